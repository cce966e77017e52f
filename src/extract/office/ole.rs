//! Compound files (MS-CFB): what is in them, and which document they are.

use std::io::Cursor;

use cfb::CompoundFile;
use encoding_rs::GB18030;
use memchr::memmem;

use super::compound::Compound;
use super::property_sets;
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{Gap, GapKind, Origin, Submission, TextBuilder};

/// The first bytes of every compound file.
const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Whether the bytes are an Office document encrypted as a whole (MS-OFFCRYPTO
/// 1.3.3): its package is one stream of a compound file.
pub(crate) fn is_encrypted_office(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) && Streams::of(bytes).has("EncryptedPackage")
}

/// The media type of a compound file by the streams it has.
pub(crate) fn ole_media_type(bytes: &[u8]) -> &'static str {
    const STREAMS: &[(&str, &str)] = &[
        ("EncryptedPackage", "application/x-ole-storage"),
        ("WordDocument", "application/msword"),
        ("Workbook", "application/vnd.ms-excel"),
        ("Book", "application/vnd.ms-excel"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
        ("PP40", "application/vnd.ms-powerpoint"),
        ("VisioDocument", "application/vnd.visio"),
        ("__properties_version1.0", "application/vnd.ms-outlook"),
        ("Quill", "application/x-mspublisher"),
        ("\u{5}HwpSummaryInformation", "application/x-hwp"),
        ("MatOST", "application/vnd.ms-works"),
        ("Equation Native", "application/vnd.ms-equation"),
        ("VBA", "application/vnd.ms-office.vbaProject"),
    ];
    let streams = Streams::of(bytes);
    let named = STREAMS.iter().find(|(stream, _)| streams.has(stream));
    let named = named.map(|(_, media_type)| *media_type);
    named.or_else(|| by_content(bytes)).unwrap_or("application/x-ole-storage")
}

/// The media type of a compound file that has lost its directory, by how streams
/// begin: each at the start of a sector.
fn by_content(bytes: &[u8]) -> Option<&'static str> {
    const SECTOR: usize = 512;
    if !bytes.starts_with(MAGIC) || Compound::open(bytes).is_some_and(|f| f.damage().is_none()) {
        return None;
    }
    bytes.chunks(SECTOR).skip(1).find_map(|sector| {
        // A Word document says how long the parts of its block are (MS-DOC 2.5).
        let is_word = sector.starts_with(b"\xEC\xA5") && sector.get(32..34) == Some(&[14, 0]);
        let is_old_word = sector.starts_with(b"\xDC\xA5");
        let begins = |with: &[&[u8]]| with.iter().any(|with| sector.starts_with(with));
        match () {
            () if is_word || is_old_word => Some("application/msword"),
            // A workbook begins with its globals (MS-XLS 2.4.21).
            () if begins(&[b"\x09\x08\x10\0\0\x06\x05\0", b"\x09\x08\x08\0\0\x05\x05\0"]) => {
                Some("application/vnd.ms-excel")
            }
            // A presentation with the container of all (MS-PPT 2.4.1).
            () if begins(&[b"\x0F\0\xE8\x03"]) => Some("application/vnd.ms-powerpoint"),
            () => None,
        }
    })
}

/// Reads a compound file of a kind that has no reader: its properties at least.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let Some(mut file) = Compound::open(&submission.bytes) else {
        return Extraction::gap(GapKind::Damaged, "the compound file has no directory");
    };
    let mut extraction = Extraction::gap(GapKind::Unsupported, "no reader for what it holds");
    extraction.gaps.extend(file.damage());
    let mut text = TextBuilder::new();
    extraction.gaps.extend(property_sets::read_all(&mut file, &mut text, budget));
    extraction.text = text.finish();
    extraction
}

/// What stands in the root of a compound file.
enum Streams<'a> {
    Named(Vec<String>),
    /// Too damaged to open: names are looked for anywhere.
    Raw(&'a [u8]),
}

impl<'a> Streams<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        match Compound::open(bytes) {
            Some(file) => {
                let in_root = file.entries().iter().filter(|e| e.parent.is_none());
                Self::Named(in_root.map(|entry| entry.name.clone()).collect())
            }
            None => Self::Raw(bytes),
        }
    }

    /// Whether there is one of that name; names are compared without case (2.6.4).
    fn has(&self, name: &str) -> bool {
        match self {
            Self::Named(names) => names.iter().any(|known| known.eq_ignore_ascii_case(name)),
            Self::Raw(bytes) => [name.to_owned(), name.to_ascii_uppercase()].iter().any(|name| {
                // A name in a directory entry is UTF-16 and ends with a zero.
                let units = name.encode_utf16().chain([0]);
                let name: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
                memmem::find(bytes, &name).is_some()
            }),
        }
    }
}

/// An object embedded in a document, taken out of the compound file around it:
/// the file as it was put in, with its name, where there is one. Anything else
/// is handed on as it is.
pub(crate) fn unwrapped(outer: &Submission, object: Submission, budget: &mut Budget) -> Submission {
    let bytes = object.bytes.shared();
    if !bytes.starts_with(MAGIC) {
        return object;
    }
    let Some(mut file) = open(&bytes) else { return object };
    if let Some((stream, gap)) = stream(&mut file, "\u{1}Ole10Native", budget)
        && let Some((name, content)) = native(&stream)
    {
        let name = name.unwrap_or_else(|| object.provenance.name().to_owned());
        return child(outer, &name, content.to_vec(), gap);
    }
    for name in ["Package", "CONTENTS", "EmbeddedOdf"] {
        if let Some((content, gap)) = stream(&mut file, name, budget)
            && !content.is_empty()
        {
            return child(outer, object.provenance.name(), content, gap);
        }
    }
    object
}

fn child(outer: &Submission, name: &str, content: Vec<u8>, gap: Option<Gap>) -> Submission {
    let mut child = outer.child(name, Origin::Embedded, content);
    child.gaps.extend(gap);
    child
}

fn stream(
    file: &mut CompoundFile<Cursor<&[u8]>>,
    name: &str,
    budget: &mut Budget,
) -> Option<(Vec<u8>, Option<Gap>)> {
    let stream = file.open_stream(format!("/{name}")).ok()?;
    let length = stream.len();
    Some(Metered::new(stream, length, budget).read_all())
}

/// The name and content of an object made by the packager (MS-OLEDS 2.3.6; the
/// layout inside is that of `Packager` and nowhere specified): a size, a type,
/// label, path, two numbers, a path again, then the content with its size.
fn native(stream: &[u8]) -> Option<(Option<String>, &[u8])> {
    let rest = stream.get(4..)?;
    if !rest.starts_with(&[2, 0]) {
        return Some((None, rest)).filter(|(_, content)| !content.is_empty());
    }
    wrapping(rest)
}

/// A file that the packager wrapped, as it stands in the data of an OLE 1 object.
pub(crate) fn packaged(outer: &Submission, data: &[u8]) -> Option<Submission> {
    let (name, content) = data.starts_with(&[2, 0]).then(|| wrapping(data)).flatten()?;
    Some(child(outer, &name.unwrap_or_else(|| "object".to_owned()), content.to_vec(), None))
}

fn wrapping(rest: &[u8]) -> Option<(Option<String>, &[u8])> {
    let (label, rest) = c_string(rest.get(2..)?)?;
    let (path, rest) = c_string(rest)?;
    let temp = rest.get(4..)?;
    let length = usize::try_from(u32_at(temp, 0)?).ok()?;
    let rest = temp.get(4usize.checked_add(length)?..)?;
    let length = usize::try_from(u32_at(rest, 0)?).ok()?;
    let body = rest.get(4..)?;
    let content = body.get(..length).unwrap_or(body);
    let after = body.get(length..).unwrap_or_default();
    let name = unicode_label(after)
        .unwrap_or_else(|| text_of(if label.is_empty() { path } else { label }));
    Some((Some(name), content))
}

/// The label in UTF-16 that newer packagers add behind the content: three
/// counted strings, of which the second is the label.
fn unicode_label(after: &[u8]) -> Option<String> {
    let first = usize::try_from(u32_at(after, 0)?).ok()?;
    let rest = after.get(4usize.checked_add(first.checked_mul(2)?)?..)?;
    let count = usize::try_from(u32_at(rest, 0)?).ok()?;
    let label = rest.get(4..4usize.checked_add(count.checked_mul(2)?)?)?;
    let units = label.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]]));
    let label: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
    Some(label).filter(|label| !label.is_empty())
}

fn c_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(0, bytes)?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

/// A name in the code page of the machine that made it: here, most likely, Chinese.
fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn open(bytes: &[u8]) -> Option<CompoundFile<Cursor<&[u8]>>> {
    CompoundFile::open(Cursor::new(bytes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;
    use std::io::Write;

    fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
        for (name, content) in streams {
            let mut stream = file.create_stream(format!("/{name}")).expect("a new name");
            stream.write_all(content).expect("memory");
        }
        file.flush().expect("memory");
        file.into_inner().into_inner()
    }

    #[test]
    fn an_encrypted_document_is_told_whole_or_damaged() {
        let encrypted = compound(&[("EncryptionInfo", b"x"), ("EncryptedPackage", b"y")]);
        assert!(is_encrypted_office(&encrypted));
        assert!(is_encrypted_office(&compound(&[("ENCRYPTEDPACKAGE", b"y")])));
        assert!(!is_encrypted_office(&compound(&[("WordDocument", b"EncryptedPackage")])));
        assert!(!is_encrypted_office(b"PK\x03\x04EncryptedPackage"));
        let mut damaged = encrypted;
        damaged[30..80].fill(0xEE);
        assert!(is_encrypted_office(&damaged));
    }

    #[test]
    fn media_types_are_told_by_streams() {
        for (stream, want) in [
            ("WordDocument", "application/msword"),
            ("Workbook", "application/vnd.ms-excel"),
            ("PowerPoint Document", "application/vnd.ms-powerpoint"),
            ("__properties_version1.0", "application/vnd.ms-outlook"),
            ("Other", "application/x-ole-storage"),
        ] {
            assert_eq!(ole_media_type(&compound(&[(stream, b"x")])), want);
        }
        assert_eq!(ole_media_type(b""), "application/x-ole-storage");
    }

    #[test]
    fn media_types_without_a_directory_are_told_by_how_streams_begin() {
        let word = [b"\xEC\xA5\xC1\0".to_vec(), vec![0; 28], vec![14, 0]].concat();
        for (begins, want) in [
            (&word[..], "application/msword"),
            (b"\x09\x08\x10\0\0\x06\x05\0", "application/vnd.ms-excel"),
            (b"\x0F\0\xE8\x03", "application/vnd.ms-powerpoint"),
            (b"anything", "application/x-ole-storage"),
        ] {
            let mut bytes = MAGIC.to_vec();
            bytes.resize(1024, 0);
            bytes.extend(begins);
            bytes.resize(2048, 0);
            assert_eq!(ole_media_type(&bytes), want);
        }
    }

    #[test]
    fn what_has_no_reader_is_a_gap() {
        for (bytes, want) in [
            (compound(&[("Other", b"x")]), GapKind::Unsupported),
            ([MAGIC, &[0; 2000]].concat(), GapKind::Damaged),
        ] {
            let submission = Submission::file("a.bin", bytes);
            let extraction = read(&submission, &mut Budget::new(Limits::default()));
            assert_eq!(extraction.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [want]);
        }
    }

    fn native_stream(label: &[u8], wide: Option<&str>, content: &[u8]) -> Vec<u8> {
        let mut body = vec![2, 0];
        body.extend(label);
        body.extend(b"\0C:\\path\0\0\0\x03\0");
        body.extend(5u32.to_le_bytes());
        body.extend(b"temp\0");
        body.extend((content.len() as u32).to_le_bytes());
        body.extend(content);
        for text in wide.iter().flat_map(|label| ["C:\\temp", label, "C:\\path"]) {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            body.extend(((units.len() / 2) as u32).to_le_bytes());
            body.extend(units);
        }
        let mut stream = (body.len() as u32).to_le_bytes().to_vec();
        stream.extend(body);
        stream
    }

    #[test]
    fn packed_files_come_out_with_their_names() {
        let outer = Submission::file("a.docx", Vec::new());
        let name = GB18030.encode("机密★10年.txt").0.into_owned();
        let cases: Vec<(Vec<u8>, &str, &[u8])> = vec![
            (
                compound(&[("\u{1}Ole10Native", &native_stream(&name, None, b"text"))]),
                "机密★10年.txt",
                b"text",
            ),
            (
                compound(&[(
                    "\u{1}Ole10Native",
                    &native_stream(b"?.txt", Some("绝密.txt"), b"text"),
                )]),
                "绝密.txt",
                b"text",
            ),
            (compound(&[("Package", b"PK")]), "oleObject1.bin", b"PK"),
            (compound(&[("CONTENTS", b"%PDF")]), "oleObject1.bin", b"%PDF"),
            (b"no compound file".to_vec(), "oleObject1.bin", b"no compound file"),
        ];
        for (bytes, name, content) in cases {
            let object = outer.child("oleObject1.bin", Origin::Embedded, bytes);
            let child = unwrapped(&outer, object, &mut Budget::new(Limits::default()));
            assert_eq!((child.provenance.name(), &*child.bytes), (name, content));
            assert_eq!(child.provenance.depth(), 1);
        }
    }

    #[test]
    fn damaged_objects_are_handed_on_and_never_dropped() {
        let outer = Submission::file("a.docx", Vec::new());
        let whole =
            compound(&[("\u{1}Ole10Native", &native_stream(b"a.txt", Some("b"), &[7; 5000]))]);
        for length in (0..whole.len()).step_by(61) {
            let object = outer.child("o", Origin::Embedded, &whole[..length]);
            let child = unwrapped(&outer, object, &mut Budget::new(Limits::default()));
            assert!(length == 0 || !child.bytes.is_empty(), "cut at {length}");
        }
    }
}

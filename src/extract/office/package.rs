//! Packages: documents that are a ZIP file of parts (ISO/IEC 29500-2), with
//! bounded access to parts, their types and their relationships.

use std::collections::HashMap;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use memchr::memmem;

use super::xml::{Xml, XmlReader};
use crate::extract::Budget;
use crate::extract::archive::zip::{Directory, Entry};
use crate::model::{Gap, GapKind, Note};

/// Gaps of one package that are told one by one; a thousand more say no more.
const MAX_GAPS: usize = 256;

/// Characters of a name that are shown.
const MAX_SHOWN: usize = 120;

/// The place of a part in its package.
pub(crate) type PartId = usize;

/// A relationship from a part (or the package) to something.
#[derive(Clone, Debug)]
pub(crate) struct Relationship {
    /// Its id, unique in its source.
    pub id: String,
    /// The last word of its type: `header`, `image`, `oleObject`.
    pub kind: String,
    /// Where it leads.
    pub target: Target,
}

/// Where a relationship leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a part of the package.
    Part(PartId),
    /// To a part that is not there: its name.
    Missing(String),
    /// Out of the package.
    External,
}

/// A part that stands in no archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FlatPart {
    /// Its name, as in an archive.
    pub name: String,
    /// Its content type.
    pub content_type: String,
    /// What it holds.
    pub content: Vec<u8>,
}

/// The parts that relationships of a kind lead to, in order.
pub(crate) fn targets(related: &[Relationship], kind: &str) -> Vec<PartId> {
    let of_kind = related.iter().filter(|r| r.kind == kind);
    of_kind
        .filter_map(|r| match r.target {
            Target::Part(id) => Some(id),
            _ => None,
        })
        .collect()
}

/// An open package.
#[derive(Debug)]
pub(crate) struct Package<'a> {
    directory: Directory<'a>,
    index: HashMap<String, PartId>,
    types: HashMap<String, String>,
    defaults: HashMap<String, String>,
    read: Vec<bool>,
    /// Content that stands for what is in the archive: decrypted parts.
    opened: HashMap<PartId, Vec<u8>>,
    /// Whether there is no archive: all there is, is opened.
    is_flat: bool,
    /// What could not be read of it so far.
    pub gaps: Vec<Gap>,
}

impl<'a> Package<'a> {
    /// Opens a package. Never fails: what is wrong is a gap.
    pub fn open(bytes: &'a [u8], budget: &mut Budget) -> Self {
        let directory = Directory::read(bytes);
        let mut index = HashMap::new();
        for (at, entry) in directory.entries.iter().enumerate() {
            // The first of a name is the part. Another of the same name is no
            // part at all, and left over for whoever looks at the rest.
            index.entry(part_name(entry)).or_insert(at);
        }
        let gaps = directory.gaps(directory.entries.is_empty());
        let read = directory.entries.iter().map(Entry::is_folder).collect();
        let (types, defaults) = (HashMap::new(), HashMap::new());
        let opened = HashMap::new();
        let is_flat = false;
        let mut package = Self { directory, index, types, defaults, read, opened, is_flat, gaps };
        package.read_types(budget);
        package
    }

    /// A package of parts that stand in no archive.
    pub fn of_parts(parts: Vec<FlatPart>) -> Self {
        let mut package = Self {
            directory: Directory::default(),
            index: HashMap::new(),
            types: HashMap::new(),
            defaults: HashMap::new(),
            read: vec![false; parts.len()],
            opened: HashMap::new(),
            is_flat: true,
            gaps: Vec::new(),
        };
        for (at, part) in parts.into_iter().enumerate() {
            let name = normal_name(&part.name);
            package.types.entry(name.clone()).or_insert(part.content_type);
            package.index.entry(name).or_insert(at);
            let mut entry = Entry::default();
            entry.name = part.name;
            package.directory.entries.push(entry);
            package.opened.insert(at, part.content);
        }
        package
    }

    fn read_types(&mut self, budget: &mut Budget) {
        let Some(id) = self.find("[Content_Types].xml") else { return };
        let part = self.xml(id, budget);
        let mut xml = XmlReader::new(&part, budget);
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            let Some(kind) = element.attr("ContentType") else { continue };
            match element.local() {
                "Default" => {
                    let extension = element.attr("Extension").unwrap_or_default();
                    self.defaults.insert(extension.to_ascii_lowercase(), kind.into_owned());
                }
                "Override" => {
                    let name = element.attr("PartName").unwrap_or_default();
                    self.types.insert(normal_name(&name), kind.into_owned());
                }
                _ => {}
            }
        }
        let trouble = xml.finish();
        self.gap_in(id, trouble);
    }

    /// What is worth saying about the archive itself.
    pub fn notes(&self) -> Vec<Note> {
        if self.is_flat { Vec::new() } else { self.directory.notes() }
    }

    /// How many members there are, parts or not.
    pub fn len(&self) -> usize {
        self.directory.entries.len()
    }

    /// The part of that name.
    pub fn find(&self, name: &str) -> Option<PartId> {
        self.index.get(&normal_name(name)).copied()
    }

    /// A part's name as it stands in the archive.
    pub fn name(&self, id: PartId) -> &str {
        self.directory.entries.get(id).map_or("", |entry| entry.name.trim_start_matches('/'))
    }

    /// A part's content type; empty where none is declared.
    pub fn content_type(&self, id: PartId) -> &str {
        let name = normal_name(self.name(id));
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        self.types.get(&name).or_else(|| self.defaults.get(extension)).map_or("", String::as_str)
    }

    /// Whether a part was read, or passed over for good.
    pub fn is_read(&self, id: PartId) -> bool {
        self.read.get(id).copied().unwrap_or(true)
    }

    /// Takes note that a part needs no reading.
    pub fn pass_over(&mut self, id: PartId) {
        if let Some(read) = self.read.get_mut(id) {
            *read = true;
        }
    }

    /// A part's content, and what stood in the way of it.
    pub fn bytes(&mut self, id: PartId, budget: &mut Budget) -> (Vec<u8>, Option<Gap>) {
        self.pass_over(id);
        if self.is_flat {
            return (self.opened.get(&id).cloned().unwrap_or_default(), None);
        }
        if let Some(opened) = self.opened.remove(&id) {
            return (opened, None);
        }
        match self.directory.entries.get(id) {
            Some(entry) => self.directory.unpack(entry, budget),
            None => (Vec::new(), None),
        }
    }

    /// Puts content in the place of what the archive has for a part, to be
    /// taken out once.
    pub fn put(&mut self, id: PartId, content: Vec<u8>) {
        self.opened.insert(id, content);
        if let Some(read) = self.read.get_mut(id) {
            *read = false;
        }
    }

    /// An XML part's characters. What stood in the way is kept as a gap.
    pub fn xml(&mut self, id: PartId, budget: &mut Budget) -> String {
        let (bytes, gap) = self.bytes(id, budget);
        let had_gap = gap.is_some();
        self.gap_in(id, gap);
        let (text, lossy) = decode(bytes);
        if lossy && !had_gap {
            self.gap_in(id, Some(Gap::new(GapKind::Damaged, "it is not in its encoding")));
        }
        text
    }

    /// Keeps a gap, if there is one, with the name of the part it is in.
    pub fn gap_in(&mut self, id: PartId, gap: Option<Gap>) {
        let Some(gap) = gap else { return };
        let words = format!("{}: {}", shortened(self.name(id)), gap.detail);
        // A spent budget says the same for every part that comes after.
        let again = matches!(gap.kind, GapKind::Limit(_))
            && self.gaps.iter().any(|known| known.kind == gap.kind);
        if !again {
            self.gap(Gap::new(gap.kind, words));
        }
    }

    /// Keeps a gap, once.
    pub fn gap(&mut self, gap: Gap) {
        if self.gaps.len() < MAX_GAPS && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// The relationships of a part, or with `None` of the package.
    pub fn relationships(
        &mut self,
        source: Option<PartId>,
        budget: &mut Budget,
    ) -> Vec<Relationship> {
        let source = source.map_or("", |id| self.name(id)).to_owned();
        let (folder, file) = source.rsplit_once(['/', '\\']).unwrap_or(("", &source));
        let Some(id) = self.find(&format!("{folder}/_rels/{file}.rels")) else {
            return Vec::new();
        };
        let part = self.xml(id, budget);
        let mut xml = XmlReader::new(&part, budget);
        let mut found = Vec::new();
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            if element.local() != "Relationship" {
                continue;
            }
            let kind = element.attr("Type").unwrap_or_default();
            let target = element.attr("Target").unwrap_or_default();
            let external = element.attr("TargetMode").is_some_and(|m| m == "External");
            found.push(Relationship {
                id: element.attr("Id").unwrap_or_default().into_owned(),
                kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                target: if external { Target::External } else { self.resolve(folder, &target) },
            });
        }
        let trouble = xml.finish();
        self.gap_in(id, trouble);
        found
    }

    fn resolve(&self, folder: &str, target: &str) -> Target {
        let target = target.split('#').next().unwrap_or_default();
        let mut path: Vec<&str> = match target.starts_with(['/', '\\']) {
            true => Vec::new(),
            false => folder.split(['/', '\\']).collect(),
        };
        for step in target.split(['/', '\\']) {
            match step {
                "" | "." => {}
                ".." => drop(path.pop()),
                step => path.push(step),
            }
        }
        let name = path.join("/");
        match self.find(&name).or_else(|| self.find(&percent_decoded(&name))) {
            Some(id) => Target::Part(id),
            None => Target::Missing(name),
        }
    }
}

/// A name as it is shown: names of parts may be as long as somebody likes.
pub(crate) fn shortened(name: &str) -> String {
    let mut shown: String = name.chars().take(MAX_SHOWN).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    shown
}

/// Characters of an XML part, told by byte order mark or declaration (XML 1.0,
/// appendix F), and whether some bytes were none.
pub(crate) fn decode(bytes: Vec<u8>) -> (String, bool) {
    let wide = match bytes.as_slice() {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = wide {
        let (text, lossy) = encoding.decode_with_bom_removal(&bytes);
        return (text.into_owned(), lossy);
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => {
            let bytes = error.into_bytes();
            let declared = bytes.get(..bytes.len().min(128)).and_then(declared_encoding);
            let (text, lossy) =
                declared.unwrap_or(encoding_rs::UTF_8).decode_with_bom_removal(&bytes);
            (text.into_owned(), lossy)
        }
    }
}

fn declared_encoding(head: &[u8]) -> Option<&'static Encoding> {
    let at = memmem::find(head, b"encoding=")? + b"encoding=".len();
    let quote = *head.get(at)?;
    let rest = head.get(at + 1..)?;
    Encoding::for_label(rest.split(|b| *b == quote).next()?)
}

fn percent_decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |b: &u8| char::from(*b).to_digit(16);
        rest = match (first, tail) {
            (b'%', [a, b, after @ ..]) if hex(a).is_some() && hex(b).is_some() => {
                bytes.push((hex(a).unwrap_or(0) * 16 + hex(b).unwrap_or(0)) as u8);
                after
            }
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a ZIP file is, told by what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZipKind {
    /// A Word document or template, Office Open XML.
    Docx,
    /// A workbook, Office Open XML (or its binary sister).
    Xlsx,
    /// A presentation, Office Open XML.
    Pptx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// OpenDocument drawing.
    Odg,
    /// OFD (GB/T 33190).
    Ofd,
    /// An electronic book.
    Epub,
    /// None of these: an archive.
    Zip,
}

impl ZipKind {
    /// Media type, as IANA has it (OFD: as GB/T 33190 files are commonly sent).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Odg => "application/vnd.oasis.opendocument.graphics",
            Self::Ofd => "application/ofd",
            Self::Epub => "application/epub+zip",
            Self::Zip => "application/zip",
        }
    }
}

/// How much of a member is looked at to tell the kind.
const PEEK: usize = 256 << 10;

/// Tells what a ZIP file is. Works on damaged files by the members that are
/// still there; unpacks two small members at most.
pub(crate) fn kind_of_zip(bytes: &[u8]) -> ZipKind {
    let directory = Directory::read(bytes);
    let named = |name: &str| directory.entries.iter().find(|e| e.name == name);
    if let Some(entry) = named("mimetype")
        && let Some(kind) = kind_by_mimetype(&directory.peek(entry, 128))
    {
        return kind;
    }
    if directory.entries.iter().any(|e| e.name.eq_ignore_ascii_case("OFD.xml")) {
        return ZipKind::Ofd;
    }
    let types = directory.entries.iter().find(|e| part_name(e) == "[content_types].xml");
    let declared = types.and_then(|entry| kind_by_types(&directory.peek(entry, PEEK)));
    declared.unwrap_or_else(|| kind_by_names(&directory, types.is_some()))
}

fn kind_by_mimetype(mimetype: &[u8]) -> Option<ZipKind> {
    let mimetype = mimetype.trim_ascii();
    let document = mimetype.strip_prefix(b"application/vnd.oasis.opendocument.");
    // What came before OpenDocument, by another name.
    let document = document.or_else(|| mimetype.strip_prefix(b"application/vnd.sun.xml."));
    Some(match document {
        Some(d) if d.starts_with(b"text") => ZipKind::Odt,
        Some(d) if d.starts_with(b"spreadsheet") => ZipKind::Ods,
        Some(d) if d.starts_with(b"presentation") => ZipKind::Odp,
        Some(d) if d.starts_with(b"graphics") || d.starts_with(b"draw") => ZipKind::Odg,
        Some(d) if d.starts_with(b"writer") => ZipKind::Odt,
        Some(d) if d.starts_with(b"calc") => ZipKind::Ods,
        Some(d) if d.starts_with(b"impress") => ZipKind::Odp,
        _ if mimetype == b"application/epub+zip" => ZipKind::Epub,
        _ if mimetype.starts_with(b"application/ofd") => ZipKind::Ofd,
        _ => return None,
    })
}

/// The kind by the content type of the main part.
fn kind_by_types(types: &[u8]) -> Option<ZipKind> {
    const MAIN: &[(&[u8], ZipKind)] = &[
        (b"wordprocessingml.document.main+xml", ZipKind::Docx),
        (b"wordprocessingml.template.main+xml", ZipKind::Docx),
        (b"ms-word.document.macroEnabled.main+xml", ZipKind::Docx),
        (b"ms-word.template.macroEnabledTemplate.main+xml", ZipKind::Docx),
        (b"spreadsheetml.sheet.main+xml", ZipKind::Xlsx),
        (b"spreadsheetml.template.main+xml", ZipKind::Xlsx),
        (b"ms-excel.sheet.macroEnabled.main+xml", ZipKind::Xlsx),
        (b"ms-excel.template.macroEnabled.main+xml", ZipKind::Xlsx),
        (b"ms-excel.addin.macroEnabled.main+xml", ZipKind::Xlsx),
        (b"ms-excel.sheet.binary.macroEnabled.main", ZipKind::Xlsx),
        (b"presentationml.presentation.main+xml", ZipKind::Pptx),
        (b"presentationml.slideshow.main+xml", ZipKind::Pptx),
        (b"presentationml.template.main+xml", ZipKind::Pptx),
        (b"ms-powerpoint.presentation.macroEnabled.main+xml", ZipKind::Pptx),
        (b"ms-powerpoint.slideshow.macroEnabled.main+xml", ZipKind::Pptx),
        (b"ms-powerpoint.template.macroEnabled.main+xml", ZipKind::Pptx),
    ];
    MAIN.iter().find(|(main, _)| memmem::find(types, main).is_some()).map(|(_, kind)| *kind)
}

/// The kind by the names of members, where nothing declares it: a document
/// that was cut off, or whose list of types is damaged.
fn kind_by_names(directory: &Directory<'_>, has_types: bool) -> ZipKind {
    let whole = directory.defects.is_empty();
    let has = |name: &str| directory.entries.iter().any(|e| part_name(e) == name);
    let holds = |folder: &str| directory.entries.iter().any(|e| part_name(e).starts_with(folder));
    let is = |main: &str, folder: &str| {
        has(main) && (has_types || has("_rels/.rels")) || (!whole || has_types) && holds(folder)
    };
    if is("word/document.xml", "word/") {
        ZipKind::Docx
    } else if is("xl/workbook.xml", "xl/") {
        ZipKind::Xlsx
    } else if is("ppt/presentation.xml", "ppt/") {
        ZipKind::Pptx
    } else if has("content.xml") && (has("meta-inf/manifest.xml") || has("styles.xml")) {
        ZipKind::Odt
    } else if has("doc_0/document.xml") || !whole && holds("doc_0/pages/") {
        ZipKind::Ofd
    } else if has_types && !whole {
        // Cut off so early that nothing else is left: most are Word's.
        ZipKind::Docx
    } else {
        ZipKind::Zip
    }
}

/// A member's name as names of parts are compared: without regard to case, `/`
/// between folders and none before the first.
fn part_name(entry: &Entry<'_>) -> String {
    normal_name(&entry.name)
}

fn normal_name(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).replace('\\', "/").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;
    use crate::extract::archive::zip::packer::{Packed, pack};

    fn types(main: &str) -> Packed {
        let xml =
            format!(r#"<Types><Override PartName="/x" ContentType="application/{main}"/></Types>"#);
        Packed::new("[Content_Types].xml", xml)
    }

    #[test]
    fn a_zip_is_what_is_in_it() {
        let word = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
        let member = |name: &str| Packed::new(name, "<x/>");
        let mimetype = |kind: &str| Packed { method: 0, ..Packed::new("mimetype", kind) };
        let odf = "application/vnd.oasis.opendocument.";
        let cases: Vec<(Vec<Packed>, ZipKind)> = vec![
            (vec![types(word)], ZipKind::Docx),
            (vec![types("vnd.ms-word.document.macroEnabled.main+xml")], ZipKind::Docx),
            (
                vec![types("vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")],
                ZipKind::Xlsx,
            ),
            (
                vec![types("vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml")],
                ZipKind::Pptx,
            ),
            // A document that embeds a workbook is no workbook.
            (
                vec![
                    types("vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                    member("word/document.xml"),
                ],
                ZipKind::Docx,
            ),
            (vec![member("_rels/.rels"), member("word\\document.xml")], ZipKind::Docx),
            (vec![member("word/document.xml")], ZipKind::Zip),
            (vec![types("xml"), member("report.txt")], ZipKind::Zip),
            (vec![mimetype(&format!("{odf}text"))], ZipKind::Odt),
            (vec![mimetype(&format!("{odf}spreadsheet-template"))], ZipKind::Ods),
            (vec![mimetype(&format!("{odf}presentation\n"))], ZipKind::Odp),
            (vec![mimetype(&format!("{odf}graphics-template"))], ZipKind::Odg),
            (vec![mimetype("application/vnd.sun.xml.writer")], ZipKind::Odt),
            (vec![member("content.xml"), member("META-INF/manifest.xml")], ZipKind::Odt),
            (vec![member("content.xml")], ZipKind::Zip),
            (vec![member("Doc_0/Document.xml")], ZipKind::Ofd),
            (vec![mimetype("application/epub+zip")], ZipKind::Epub),
            (vec![mimetype("text/plain")], ZipKind::Zip),
            (vec![member("OFD.xml"), member("Doc_0/Document.xml")], ZipKind::Ofd),
            (vec![member("a.docx")], ZipKind::Zip),
            (vec![], ZipKind::Zip),
        ];
        for (members, want) in cases {
            let bytes = pack(&members, b"");
            let names: Vec<_> =
                members.iter().map(|m| String::from_utf8_lossy(&m.name).into_owned()).collect();
            assert_eq!(kind_of_zip(&bytes), want, "{names:?}");
        }
    }

    #[test]
    fn a_document_cut_off_is_still_a_document() {
        let types = types("vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml");
        let bytes = pack(&[types, Packed::new("word/document.xml", "x".repeat(1000))], b"");
        for length in 60..bytes.len() {
            assert_eq!(kind_of_zip(&bytes[..length]), ZipKind::Docx, "cut at {length}");
        }
        let folder = pack(&[Packed::new("word/styles.xml", "x".repeat(1000))], b"");
        assert_eq!(kind_of_zip(&folder[..50]), ZipKind::Docx);
    }

    #[test]
    fn relationships_lead_to_parts_by_any_spelling() {
        let list = concat!(
            r#"<Relationships><Relationship Id="1" Type="x/header" Target="header1.xml"/>"#,
            r#"<Relationship Id="2" Type="x/image" Target="/Word/media/%E5%9B%BE.png"/>"#,
            r#"<Relationship Id="3" Type="x/item" Target="../customXml/item.xml#there"/>"#,
            r#"<Relationship Id="4" Type="x/hyperlink" Target="http://a/" TargetMode="External"/>"#,
            r#"<Relationship Id="5" Type="x/footer" Target="none.xml"/></Relationships>"#
        );
        let members = [
            Packed::new("word/_rels/document.xml.rels", list),
            Packed::new("word/document.xml", ""),
            Packed::new("WORD/Header1.xml", ""),
            Packed::new("word/media/图.png", ""),
            Packed::new("customXml\\item.xml", ""),
        ];
        let bytes = pack(&members, b"");
        let mut budget = Budget::new(Limits::default());
        let mut package = Package::open(&bytes, &mut budget);
        let main = package.find("/word/document.xml").expect("it is there");
        let targets: Vec<_> = package
            .relationships(Some(main), &mut budget)
            .into_iter()
            .map(|r| (r.kind, r.target))
            .collect();
        assert_eq!(
            targets,
            [
                ("header".to_owned(), Target::Part(2)),
                ("image".to_owned(), Target::Part(3)),
                ("item".to_owned(), Target::Part(4)),
                ("hyperlink".to_owned(), Target::External),
                ("footer".to_owned(), Target::Missing("word/none.xml".to_owned())),
            ]
        );
        assert!(package.gaps.is_empty());
    }

    #[test]
    fn parts_are_read_in_the_encoding_they_declare() {
        let gbk = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
        for (bytes, want) in [
            ("机密".as_bytes().to_vec(), ("机密", false)),
            (gbk(r#"<?xml encoding="gb2312"?>机密"#), (r#"<?xml encoding="gb2312"?>机密"#, false)),
            (vec![0xFE, 0xFF, 0x67, 0x3A], ("机", false)),
            (b"a\xFFb".to_vec(), ("a\u{fffd}b", true)),
        ] {
            let (text, lossy) = decode(bytes);
            assert_eq!((text.as_str(), lossy), want);
        }
    }
}

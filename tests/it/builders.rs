//! Documents made by hand: small packers of what readers read, sound and not.

#![allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

// --- archives --------------------------------------------------------------------

pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn nested(levels: usize) -> Vec<u8> {
    (0..levels).fold(b"innermost".to_vec(), |inner, level| {
        zip(&[(&format!("{level}.zip"), &inner), ("beside.txt", b"plain words")])
    })
}

/// Where a field stands in a member's own header and in the directory's entry.
pub type Field = (usize, usize);
pub const METHOD: Field = (8, 10);
pub const CHECKSUM: Field = (14, 16);
pub const SIZE: Field = (22, 24);

/// The archive with one field of every member changed.
pub fn patched(mut archive: Vec<u8>, field: Field, to: &[u8]) -> Vec<u8> {
    for (signature, at) in [(b"PK\x03\x04", field.0), (b"PK\x01\x02", field.1)] {
        let starts: Vec<_> = archive
            .windows(4)
            .enumerate()
            .filter(|(_, w)| w == signature)
            .map(|(n, _)| n)
            .collect();
        for start in starts {
            archive[start + at..start + at + to.len()].copy_from_slice(to);
        }
    }
    archive
}

/// An archive whose directory lists one member many times.
pub fn overlapping(entries: usize, size: usize) -> Vec<u8> {
    let content = vec![b'x'; size];
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&content).unwrap();
    let packed = packed.finish().unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(&content);
    let common = |name: &str| {
        let mut head = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        head.extend(crc.sum().to_le_bytes());
        head.extend((packed.len() as u32).to_le_bytes());
        head.extend((size as u32).to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        head
    };
    let mut archive = b"PK\x03\x04".to_vec();
    archive.extend(common("0000"));
    archive.extend(b"0000");
    archive.extend(&packed);
    let directory_at = archive.len();
    for entry in 0..entries {
        let name = format!("{entry:04}");
        archive.extend(b"PK\x01\x02\x14\0");
        archive.extend(common(&name));
        archive.extend([0; 14]);
        archive.extend(name.bytes());
    }
    let length = archive.len() - directory_at;
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend((entries as u16).to_le_bytes());
    archive.extend((entries as u16).to_le_bytes());
    archive.extend((length as u32).to_le_bytes());
    archive.extend((directory_at as u32).to_le_bytes());
    archive.extend([0, 0]);
    archive
}

// --- Word files ------------------------------------------------------------------

pub const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub const TYPES: &str = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
pub const RELS: &str = "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";

pub fn docx(body: &str) -> Vec<u8> {
    docx_of(&format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"{W}\"><w:body>{body}</w:body></w:document>"
    ))
}

pub fn docx_of(document: &str) -> Vec<u8> {
    zip(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELS.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ])
}

// --- PDF -------------------------------------------------------------------------

/// A PDF of these objects, numbered from 1; the catalogue is number 1.
pub fn pdf<T: AsRef<[u8]>>(objects: &[T]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n", number + 1).bytes());
        out.extend(object.as_ref());
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    out.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes(),
    );
    out
}

pub fn stream(content: &str) -> Vec<u8> {
    dictionary_stream("", content)
}

pub fn dictionary_stream(entries: &str, content: &str) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let mut out =
        format!("<< {entries} /Filter /FlateDecode /Length {} >>\nstream\n", packed.len())
            .into_bytes();
    out.extend(packed);
    out.extend(b"\nendstream");
    out
}

pub fn one_page(content: &[u8]) -> Vec<u8> {
    pdf(&[
        &b"<< /Type /Catalog /Pages 2 0 R >>"[..],
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
        content,
    ])
}

/// A page tree whose nodes each name the next one twice: 2^levels pages.
pub fn doubling_pages(levels: usize) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    for level in 0..levels {
        let next = level + 3;
        objects.push(format!("<< /Type /Pages /Count 1073741824 /Kids [{next} 0 R {next} 0 R] >>"));
    }
    objects.push("<< /Type /Page /MediaBox [0 0 595 842] >>".to_owned());
    pdf(&objects)
}

/// A form that draws the next one ten times, `levels` deep; 0 draws itself.
pub fn multiplying_forms(levels: usize) -> Vec<u8> {
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
          /Resources << /XObject << /F 5 0 R >> >> >>"
            .to_vec(),
        stream("/F Do"),
    ];
    for level in 0..=levels {
        let last = level == levels && levels > 0;
        let next = if levels == 0 { 5 } else { level + 6 };
        let content = if last { "BT ET".to_owned() } else { "/F Do ".repeat(10) };
        let resources =
            if last { "<< >>".to_owned() } else { format!("<< /XObject << /F {next} 0 R >> >>") };
        objects.push(dictionary_stream(
            &format!("/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources {resources}"),
            &content,
        ));
    }
    pdf(&objects)
}

// --- other archives and streams --------------------------------------------------

/// `size` bytes of one value, packed with gzip; the size at the end is not true.
pub fn gzip(size: usize) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![b'0'; size]).unwrap();
    let mut bytes = packed.finish().unwrap();
    let end = bytes.len() - 4;
    bytes[end..].copy_from_slice(&1_u32.to_le_bytes());
    bytes
}

/// `size` bytes of one value, packed with bzip2.
pub fn bzip2(size: usize) -> Vec<u8> {
    let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    packed.write_all(&vec![b'0'; size]).unwrap();
    packed.finish().unwrap()
}

/// Streams of one mebibyte of zeros, packed with XZ, one behind the other.
pub fn xz(streams: usize) -> Vec<u8> {
    hex(include_str!("zeros.xz.hex")).repeat(streams)
}

/// A Zstandard frame of blocks that each say one byte 128 KiB times; the size in
/// its head is `declared`.
pub fn zstd(blocks: usize, declared: u64) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xB5, 0x2F, 0xFD, 0b1100_0000, 0x38];
    bytes.extend(declared.to_le_bytes());
    for block in 1..=blocks {
        let head = (128_u32 << 10) << 3 | 1 << 1 | u32::from(block == blocks);
        bytes.extend(&head.to_le_bytes()[..3]);
        bytes.push(b'0');
    }
    bytes
}

/// A 7z archive of one member that is packed with bzip2 and said to be `declared`
/// bytes long.
pub fn seven(packed: &[u8], declared: u64) -> Vec<u8> {
    let number = |value: u64| [&[0xFF][..], &value.to_le_bytes()].concat();
    let mut header = vec![0x01, 0x04, 0x06, 0x00, 0x01, 0x09];
    header.extend(number(packed.len() as u64));
    header.extend([0x00, 0x07, 0x0B, 0x01, 0x00, 0x01, 0x03, 0x04, 0x02, 0x02, 0x0C]);
    header.extend(number(declared));
    header.extend([0x00, 0x00, 0x05, 0x01, 0x11, 0x05, 0x00]);
    header.extend([b'a', 0, 0, 0]);
    header.extend([0x00, 0x00]);
    let place = [
        (packed.len() as u64).to_le_bytes().to_vec(),
        (header.len() as u64).to_le_bytes().to_vec(),
        crc32fast::hash(&header).to_le_bytes().to_vec(),
    ]
    .concat();
    let check = crc32fast::hash(&place).to_le_bytes();
    [b"7z\xBC\xAF\x27\x1C\0\x04", &check[..], &place, packed, &header].concat()
}

/// A member of a tar archive: of a kind (`0` a file, `2` a link), with the size
/// that its header declares.
pub struct Tarred<'a> {
    pub name: &'a str,
    pub kind: u8,
    pub link: &'a str,
    pub declared: u64,
    pub content: &'a [u8],
}

/// A tar archive.
pub fn tar(members: &[Tarred<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for member in members {
        let mut head = [0_u8; 512];
        head[..member.name.len()].copy_from_slice(member.name.as_bytes());
        head[100..108].copy_from_slice(b"0000644\0");
        head[124..136].copy_from_slice(format!("{:011o}\0", member.declared).as_bytes());
        head[148..156].fill(b' ');
        head[156] = member.kind;
        head[157..157 + member.link.len()].copy_from_slice(member.link.as_bytes());
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend(head);
        out.extend(member.content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// Bytes that look like nothing and do not pack.
pub fn chance(size: usize) -> Vec<u8> {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    std::iter::repeat_with(|| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as u8
    })
    .take(size)
    .collect()
}

/// Such bytes that repeat: they pack to some hundredth.
pub fn noise(size: usize) -> Vec<u8> {
    chance(4096).into_iter().cycle().take(size).collect()
}

fn hex(digits: &str) -> Vec<u8> {
    let digits = digits.trim().as_bytes();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.as_chunks::<2>().0.iter().map(byte).collect()
}

/// An OpenDocument package with this content.
pub fn package(media_type: &str, content: &str) -> Vec<u8> {
    let manifest = format!(
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{media_type}\"/>\
         <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
         </manifest:manifest>"
    );
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let packed = stored.compression_method(CompressionMethod::Deflated);
    for (name, content, how) in [
        ("mimetype", media_type, stored),
        ("content.xml", content, packed),
        ("META-INF/manifest.xml", &manifest, packed),
    ] {
        writer.start_file(name, how).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of one sheet.
pub fn xlsx(sheet: &str, strings: &str) -> Vec<u8> {
    const OPEN: &str = "http://schemas.openxmlformats.org";
    let part = |name: &str, kind: &str| {
        format!(
            "<Override PartName=\"{name}\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml\"/>"
        )
    };
    let types = format!(
        "<Types xmlns=\"{OPEN}/package/2006/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>{}{}{}</Types>",
        part("/xl/workbook.xml", "sheet.main"),
        part("/xl/worksheets/sheet1.xml", "worksheet"),
        part("/xl/sharedStrings.xml", "sharedStrings")
    );
    let link = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationship Id=\"{id}\" Type=\"{OPEN}/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/>"
        )
    };
    let links = |links: String| {
        format!(
            "<Relationships xmlns=\"{OPEN}/package/2006/relationships\">{links}</Relationships>"
        )
    };
    let main = format!("{OPEN}/spreadsheetml/2006/main");
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{OPEN}/officeDocument/2006/relationships\"><sheets>\
         <sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", links(link("r1", "officeDocument", "xl/workbook.xml")).as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        (
            "xl/_rels/workbook.xml.rels",
            links(
                link("r1", "worksheet", "worksheets/sheet1.xml")
                    + &link("r2", "sharedStrings", "sharedStrings.xml"),
            )
            .as_bytes(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\">{sheet}</worksheet>").as_bytes(),
        ),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{main}\" {strings}</sst>").as_bytes()),
    ])
}

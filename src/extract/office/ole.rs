//! Compound files (MS-CFB): what is in them, and which document they are.

use std::io::Cursor;

use cfb::CompoundFile;
use memchr::memmem;

/// The first bytes of every compound file.
const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Whether the bytes are an Office document encrypted as a whole (MS-OFFCRYPTO
/// 1.3.3): its package is one stream of a compound file.
pub(crate) fn is_encrypted_office(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
        && match open(bytes) {
            Some(file) => file.exists("/EncryptedPackage"),
            None => holds_name(bytes, "EncryptedPackage"),
        }
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
        ("HwpSummaryInformation", "application/x-hwp"),
        ("\u{5}HwpSummaryInformation", "application/x-hwp"),
        ("MatOST", "application/vnd.ms-works"),
    ];
    let file = open(bytes);
    let holds = |name: &str| match &file {
        Some(file) => file.exists(format!("/{name}")),
        None => holds_name(bytes, name),
    };
    STREAMS
        .iter()
        .find(|(stream, _)| holds(stream))
        .map_or("application/x-ole-storage", |(_, media_type)| media_type)
}

fn open(bytes: &[u8]) -> Option<CompoundFile<Cursor<&[u8]>>> {
    CompoundFile::open(Cursor::new(bytes)).ok()
}

/// Whether a directory entry of this name stands anywhere in a file too
/// damaged to open: names are UTF-16 and end with a zero.
fn holds_name(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    memmem::find(bytes, &name).is_some()
}

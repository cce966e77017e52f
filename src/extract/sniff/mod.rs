//! Format by content, never by name: fixed first bytes, then structure, then
//! whether it is text at all.

mod magic;
mod mailish;
mod markup;
mod names;

use memchr::memmem;

use super::charset::{self, Charset, Told};
use crate::extract::mail::cms::is_bare_base64;
use crate::extract::office::ole::{is_encrypted_office, ole_media_type};
use crate::extract::office::package::{ZipKind, kind_of_zip};

pub(super) use names::{name_mismatch, never_empty};

/// What a file is, told by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// No bytes at all.
    #[default]
    Empty,
    /// Text without a format of its own.
    Plain,
    /// HTML.
    Html,
    /// PDF.
    Pdf,
    /// Word, Office Open XML.
    Docx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// OpenDocument drawing.
    Odg,
    /// OpenDocument in one XML file: its media type.
    FlatOdf(&'static str),
    /// OFD, GB/T 33190.
    Ofd,
    /// ZIP that is no document.
    Zip,
    /// Internet mail, RFC 5322.
    Eml,
    /// An encrypted Office document (MS-OFFCRYPTO) in a compound file.
    EncryptedOffice,
    /// Known or not, but without a reader: its media type.
    Other(&'static str),
}

/// What is known of bytes that nothing was recognised in.
const BINARY: Format = Format::Other("application/octet-stream");

/// Bytes of text looked at for structure.
const HEAD: usize = 64 << 10;
const TAIL: usize = 1 << 10;

impl Format {
    /// Media type, as IANA has it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Empty => "application/x-empty",
            Self::Plain => "text/plain",
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => ZipKind::Odt.media_type(),
            Self::Ods => ZipKind::Ods.media_type(),
            Self::Odp => ZipKind::Odp.media_type(),
            Self::Odg => ZipKind::Odg.media_type(),
            Self::FlatOdf(media_type) => media_type,
            Self::Ofd => "application/ofd",
            Self::Zip => "application/zip",
            Self::Eml => "message/rfc822",
            Self::EncryptedOffice => "application/x-ole-storage",
            Self::Other(media_type) => media_type,
        }
    }

    /// Whether it is a wrapping that nobody opens without a key.
    pub(super) fn is_encrypted(self) -> bool {
        matches!(self, Self::EncryptedOffice)
            || matches!(
                self.media_type(),
                "application/pgp-encrypted"
                    | "application/x-age"
                    | "application/x-openssl-salted"
                    | "application/x-microsoft-rpmsg-message"
            )
    }
}

/// What a look at the bytes showed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looked {
    /// The format.
    pub format: Format,
    /// The encoding, where it was asked for: it costs enough to be asked for once.
    pub told: Option<Told>,
}

impl From<Format> for Looked {
    fn from(format: Format) -> Self {
        Self { format, told: None }
    }
}

/// Tells the format.
pub fn sniff(bytes: &[u8]) -> Format {
    look(bytes).format
}

/// Tells the format, and what was found out on the way.
pub(super) fn look(bytes: &[u8]) -> Looked {
    if bytes.is_empty() {
        return Format::Empty.into();
    }
    if let Some(format) = by_container(bytes) {
        return format.into();
    }
    if let Some(media_type) = magic::strong(bytes) {
        return Format::Other(media_type).into();
    }
    let told = charset::tell(bytes);
    Looked { format: by_text(bytes, told), told: Some(told) }
}

/// The format of what has no first bytes of its own.
fn by_text(bytes: &[u8], told: Told) -> Format {
    let pdf = pdf_after_junk(bytes);
    if is_text(bytes, told) {
        let format = by_structure(bytes, told);
        return if pdf && format == Format::Plain { Format::Pdf } else { format };
    }
    if pdf {
        return Format::Pdf;
    }
    if let Some(media_type) = magic::weak(bytes) {
        return Format::Other(media_type);
    }
    // An archive with something before it (APPNOTE 4.1.9) still ends like one.
    match appended_zip(bytes) {
        Some(_) => zip_format(bytes),
        None if ends_split_zip(bytes) => Format::Zip,
        None => BINARY,
    }
}

/// Formats that hold others.
fn by_container(bytes: &[u8]) -> Option<Format> {
    const ZIP: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];
    if ZIP.iter().any(|magic| bytes.starts_with(magic)) {
        return Some(zip_format(bytes));
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Some(match is_encrypted_office(bytes) {
            true => Format::EncryptedOffice,
            false => Format::Other(ole_media_type(bytes)),
        });
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"%PDF-").then_some(Format::Pdf)
}

fn zip_format(bytes: &[u8]) -> Format {
    match kind_of_zip(bytes) {
        ZipKind::Docx => Format::Docx,
        ZipKind::Odt => Format::Odt,
        ZipKind::Ods => Format::Ods,
        ZipKind::Odp => Format::Odp,
        ZipKind::Odg => Format::Odg,
        ZipKind::Ofd => Format::Ofd,
        ZipKind::Zip => Format::Zip,
        kind => Format::Other(kind.media_type()),
    }
}

/// Readers look for the header of a PDF in the first 1024 bytes (ISO 32000-1,
/// annex H, 3.4.1). Text that only speaks of it has no objects behind it.
fn pdf_after_junk(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(1024 + 8)).unwrap_or_default();
    memmem::find(head, b"%PDF-").is_some_and(|at| {
        let rest = bytes.get(at..).unwrap_or_default();
        let version = rest.get(5..8).unwrap_or_default();
        matches!(version, [b'0'..=b'9', b'.', b'0'..=b'9'])
            && memmem::find(rest, b" obj").is_some()
            && (memmem::find(rest, b"endobj").is_some() || memmem::find(rest, b"xref").is_some())
    })
}

/// Whether bytes in the encoding they seem to be in are text.
fn is_text(bytes: &[u8], told: Told) -> bool {
    if matches!(told.charset, Charset::Wide { .. } | Charset::Ebcdic) {
        return told.reads;
    }
    let odd = charset::count(bytes, is_odd);
    match told.charset {
        // Whole files of Unicode do not come by chance; zeros and escapes in
        // them are noise, unless they are most of it.
        Charset::Utf8 if told.confidence >= 1.0 => odd * 10 <= bytes.len(),
        _ => odd * 50 <= bytes.len() && (told.reads || odd == 0),
    }
}

/// Control characters that text has no use for.
fn is_odd(byte: u8) -> bool {
    // Without branches: this looks at every byte of a file.
    let is_space = byte.wrapping_sub(0x08) < 6;
    (byte < 0x20) & !is_space & (byte != 0x1B) | (byte == 0x7F)
}

/// What a text is, by how it begins and is built.
fn by_structure(bytes: &[u8], told: Told) -> Format {
    let body = bytes.get(told.mark..).unwrap_or_default();
    let head = charset::decode_as(body.get(..HEAD).unwrap_or(body), told.charset, HEAD * 3).text;
    let start = head.trim_start();
    const FIRST: &[(&str, &str)] = &[
        ("{\\rtf", "application/rtf"),
        ("{\\urtf", "application/rtf"),
        ("%!PS", "application/postscript"),
        ("\u{4}%!PS", "application/postscript"),
        ("%FDF-", "application/vnd.fdf"),
        ("-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"),
        ("-----BEGIN AGE ENCRYPTED FILE-----", "application/x-age"),
        ("age-encryption.org/v1", "application/x-age"),
        ("-----BEGIN PKCS7-----", "application/pkcs7-mime"),
        ("-----BEGIN CMS-----", "application/pkcs7-mime"),
        ("$ANSIBLE_VAULT;", "application/x-ansible-vault"),
        ("begin-base64 ", "text/x-uuencode"),
        ("=ybegin line=", "text/x-yenc"),
        ("=ybegin part=", "text/x-yenc"),
        ("BEGIN:VCALENDAR", "text/calendar"),
        ("BEGIN:VCARD", "text/vcard"),
    ];
    if let Some((_, media_type)) = FIRST.iter().find(|(first, _)| start.starts_with(first)) {
        return Format::Other(media_type);
    }
    if is_bare_base64(start) {
        return Format::Other("application/pkcs7-mime");
    }
    if is_headless_pdf(start, body) {
        return Format::Pdf;
    }
    if is_uuencoded(start) {
        return Format::Other("text/x-uuencode");
    }
    if let Some(format) = mailish::told(&head, body) {
        return format;
    }
    // Units of two and four bytes stay whole when counted from the start.
    let tail = body.get(body.len().saturating_sub(TAIL) & !3..).unwrap_or_default();
    let tail = charset::decode_as(tail, told.charset, TAIL * 3).text;
    markup::told(&head, &tail).unwrap_or(Format::Plain)
}

/// A PDF that lost its first line begins with an object or what points at objects.
fn is_headless_pdf(start: &str, body: &[u8]) -> bool {
    let mut words = start.split_ascii_whitespace();
    let is_number = |word: Option<&str>| word.is_some_and(|w| w.parse::<u32>().is_ok());
    let begins = start.starts_with("trailer<<")
        || start.starts_with("xref") && is_number(start.split_ascii_whitespace().nth(1))
        || is_number(words.next())
            && is_number(words.next())
            && words.next().is_some_and(|w| {
                w.strip_prefix("obj").is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
            });
    begins && memmem::find(body, b"trailer").is_some() && memmem::find(body, b" obj").is_some()
}

/// `begin 644 name` and a line of its length (POSIX, uuencode).
fn is_uuencoded(text: &str) -> bool {
    let mut lines = text.lines();
    let Some(first) = lines.next().and_then(|line| line.strip_prefix("begin ")) else {
        return false;
    };
    let mode = first.split(' ').next().unwrap_or_default();
    let is_mode = (3..=4).contains(&mode.len()) && mode.bytes().all(|b| b.is_ascii_digit());
    is_mode
        && lines
            .next()
            .is_some_and(|line| line.len() >= 2 && line.bytes().all(|b| (0x20..=0x60).contains(&b)))
}

/// Where an archive begins that ends these bytes, though they begin as something
/// else: programs that open archives look at the end first.
pub(super) fn appended_zip(bytes: &[u8]) -> Option<usize> {
    let tail = bytes.len().saturating_sub(22 + 0xFFFF);
    let end = tail + memmem::rfind(bytes.get(tail..)?, b"PK\x05\x06")?;
    let field = |at: usize, size: usize| -> Option<usize> {
        let bytes = bytes.get(end + at..end + at + size)?;
        Some(bytes.iter().rev().fold(0, |sum, b| sum << 8 | usize::from(*b)))
    };
    let (size, offset) = (field(12, 4)?, field(16, 4)?);
    let directory = end.checked_sub(size)?;
    let begins = directory.checked_sub(offset)?;
    let holds = bytes.get(directory..)?.starts_with(b"PK\x01\x02");
    (holds && bytes.get(begins..)?.starts_with(b"PK\x03\x04")).then_some(begins)
}

/// Whether these are the last of an archive in several files (APPNOTE 8.5): the
/// list of members says that it is not the first disk.
fn ends_split_zip(bytes: &[u8]) -> bool {
    let tail = bytes.len().saturating_sub(22 + 0xFFFF);
    let Some(at) = bytes.get(tail..).and_then(|tail| memmem::rfind(tail, b"PK\x05\x06")) else {
        return false;
    };
    let record = bytes.get(tail + at..).unwrap_or_default();
    let number = |range: std::ops::Range<usize>| -> Option<usize> {
        Some(record.get(range)?.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    let place = number(12..16).and_then(|size| (tail + at).checked_sub(size));
    let list = place.and_then(|place| bytes.get(place..)).unwrap_or_default();
    list.starts_with(b"PK\x01\x02") && !matches!(number(4..6), None | Some(0 | 0xFFFF))
}

#[cfg(test)]
mod tests;

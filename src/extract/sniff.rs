//! Format by content, never by name.

use crate::extract::office::ole::{is_encrypted_office, ole_media_type};
use crate::extract::office::package::{ZipKind, kind_of_zip};
use crate::model::Note;

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
    /// ZIP that is no document.
    Zip,
    /// Internet mail, RFC 5322.
    Eml,
    /// An encrypted Office document (MS-OFFCRYPTO) in a compound file.
    EncryptedOffice,
    /// Known or not, but without a reader: its media type.
    Other(&'static str),
}

impl Format {
    /// Media type, as IANA has it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Empty => "application/x-empty",
            Self::Plain => "text/plain",
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Zip => "application/zip",
            Self::Eml => "message/rfc822",
            Self::EncryptedOffice => "application/x-ole-storage",
            Self::Other(media_type) => media_type,
        }
    }
}

/// Tells the format.
pub fn sniff(bytes: &[u8]) -> Format {
    if bytes.is_empty() {
        Format::Empty
    } else if bytes.starts_with(b"PK") {
        match kind_of_zip(bytes) {
            ZipKind::Docx => Format::Docx,
            ZipKind::Zip => Format::Zip,
            kind => Format::Other(kind.media_type()),
        }
    } else if is_encrypted_office(bytes) {
        Format::EncryptedOffice
    } else if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        Format::Other(ole_media_type(bytes))
    } else if std::str::from_utf8(bytes).is_ok() {
        Format::Plain
    } else {
        Format::Other("application/octet-stream")
    }
}

/// A note, if the name claims another format than the content has.
pub(super) fn name_mismatch(_name: &str, _format: Format) -> Option<Note> {
    None
}

//! Characters in the metadata of pictures, whose encoding is seldom told.

use crate::extract::archive::names::{NameEncoding, encoding_of};

/// Text in bytes: UTF-8, an Asian code page where it can be none else, or Latin.
pub(super) fn decoded(raw: &[u8]) -> String {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    if let Ok(text) = std::str::from_utf8(raw) {
        return text.to_owned();
    }
    match encoding_of(std::iter::once(head(raw))) {
        NameEncoding::Legacy(encoding) => encoding.decode_without_bom_handling(raw).0.into(),
        NameEncoding::Cp437 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(raw).0.into(),
        NameEncoding::Ascii | NameEncoding::Utf8 => String::from_utf8_lossy(raw).into(),
    }
}

/// As much as encodings are told by.
fn head(raw: &[u8]) -> &[u8] {
    raw.get(..raw.len().min(64 << 10)).unwrap_or_default()
}

/// Text in units of two bytes.
pub(super) fn wide(raw: &[u8], big: bool) -> String {
    let (raw, big) = match raw {
        [0xFF, 0xFE, rest @ ..] => (rest, false),
        [0xFE, 0xFF, rest @ ..] => (rest, true),
        _ => (raw, big),
    };
    let unit =
        |unit: &[u8; 2]| if big { u16::from_be_bytes(*unit) } else { u16::from_le_bytes(*unit) };
    let units: Vec<u16> = raw.as_chunks::<2>().0.iter().map(unit).collect();
    String::from_utf16_lossy(&units)
}

/// Text in bytes or in units of two, whichever it is.
pub(super) fn any(raw: &[u8], big: bool) -> String {
    match raw {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => wide(raw, big),
        // ASCII in units of two has a zero in each.
        _ if is_wide(raw, big) => wide(raw, big),
        _ => decoded(raw),
    }
}

fn is_wide(raw: &[u8], big: bool) -> bool {
    let head = raw.get(..raw.len().min(512)).unwrap_or_default().as_chunks::<2>().0;
    let zeros = head.iter().filter(|unit| unit[usize::from(!big)] == 0).count();
    let others = head.iter().filter(|unit| unit[usize::from(big)] == 0).count();
    zeros > 0 && zeros > others
}

/// Whether bytes are meant for people: hardly a control character, and something
/// beside them.
pub(super) fn is_text(raw: &[u8]) -> bool {
    let raw = raw.trim_ascii_end();
    let raw = match raw.iter().rposition(|byte| *byte != 0) {
        Some(last) => raw.get(..=last).unwrap_or_default(),
        None => return false,
    };
    let is_odd =
        |byte: &&u8| **byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || **byte == 0x7F;
    if raw.len() < 2 || raw.iter().any(|byte| is_odd(&byte)) {
        return false;
    }
    // Beyond ASCII, noise is seldom UTF-8, or characters of a code page and nothing else.
    raw.is_ascii() || !matches!(encoding_of(std::iter::once(head(raw))), NameEncoding::Cp437)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_what_they_make() {
        let gbk = encoding_rs::GB18030.encode("机密★10年").0.into_owned();
        let big: Vec<u8> = "秘密a".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = "ab秘密".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (raw, want) in [
            (&b"plain"[..], "plain"),
            ("机密".as_bytes(), "机密"),
            (&gbk, "机密★10年"),
            (b"\xC4 caf\xE9", "Ä café"),
            (&little, "ab秘密"),
        ] {
            assert_eq!(any(raw, false), want);
        }
        assert_eq!(any(&big, true), "秘密a");
    }

    #[test]
    fn noise_is_no_text() {
        for (raw, want) in [
            (&b"scanned at desk 4\0"[..], true),
            ("机密".as_bytes(), true),
            (b"\x01\x02text", false),
            (b"\0\0\0\0", false),
            (b"\xFF\x81\xFE\x90\x80", false),
            (b"", false),
        ] {
            assert_eq!(is_text(raw), want, "{raw:?}");
        }
    }
}

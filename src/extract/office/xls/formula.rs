//! Texts in the tokens of formulas (MS-XLS 2.5.198.89): where one begins is told
//! by its own bytes, without taking the rest apart.

use super::Version;
use super::records::Fields;
use crate::extract::office::workbook::formula::is_text;

const STRING: u8 = 0x17;

/// The texts, in their order.
pub(super) fn literals(tokens: &[u8], version: Version, page: u32) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = tokens;
    while let Some(here) = memchr::memchr(STRING, rest) {
        rest = rest.get(here + 1..).unwrap_or_default();
        let Some(count) = rest.first().copied().filter(|count| *count > 0) else { continue };
        let is_wide = rest.get(1).copied();
        let length = match (version, is_wide) {
            (Version::Eight, Some(0)) => 2 + usize::from(count),
            (Version::Eight, Some(1)) => 2 + usize::from(count) * 2,
            (Version::Eight, _) => continue,
            _ => 1 + usize::from(count),
        };
        let Some(whole) = rest.get(..length) else { continue };
        let Some(text) = Fields::of(whole).short_string(version, page) else { continue };
        // The texts of a list are parted by zeros.
        let text = text.text.replace('\0', ",");
        if is_text(&text) {
            found.push(text);
            rest = rest.get(length..).unwrap_or_default();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_among_tokens() {
        let tokens =
            b"\x44\x01\x00\x02\xC0\x17\x02\x01\x3A\x67\xC6\x5B\x17\x03\x00abc\x08\x17\x09\x00x";
        assert_eq!(literals(tokens, Version::Eight, 0), ["机密", "abc"]);
        let tokens = b"\x44\x17\x04\xBB\xFA\xC3\xDC\x17";
        assert_eq!(literals(tokens, Version::Five, 936), ["机密"]);
    }
}

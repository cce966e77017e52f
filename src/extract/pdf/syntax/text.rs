//! Text strings (ISO 32000-2, 7.9.2.2): PDFDocEncoding, UTF-16 or UTF-8.

/// Characters of PDFDocEncoding that differ from Latin-1: 0x18–0x1F and 0x80–0xA0
/// (Annex D.2).
const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
const HIGH: [char; 33] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™',
    'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
];

/// The characters of a text string.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => single(bytes),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(bytes.len());
    // ESC, language, ESC: says in which language the text is.
    let mut in_language = false;
    for c in char::decode_utf16(units) {
        match c.unwrap_or('\u{FFFD}') {
            '\u{1B}' => in_language = !in_language,
            _ if in_language => {}
            c => text.push(c),
        }
    }
    text
}

/// A string without a mark: PDFDocEncoding by the standard. Where that makes no
/// sense and UTF-8 or GB 18030 does, the producer wrote that.
fn single(bytes: &[u8]) -> String {
    if bytes.is_ascii() {
        return bytes.iter().map(|byte| document(*byte)).collect();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    if let Some(text) = chinese(bytes) {
        return text;
    }
    bytes.iter().map(|byte| document(*byte)).collect()
}

/// The text as GB 18030, if at least two characters in a row are common ones of
/// GB 2312 and nothing is left over: Latin text has no such pairs.
fn chinese(bytes: &[u8]) -> Option<String> {
    let (text, failed) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    let is_han = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    let han = text.chars().filter(|c| is_han(*c)).count();
    let in_a_row =
        text.chars().collect::<Vec<_>>().windows(2).any(|w| w.iter().all(|c| is_han(*c)));
    // Each character is two bytes from 0xA1 on; Latin letters with accents come singly.
    let level = bytes.iter().filter(|byte| **byte >= 0xA1).count();
    (!failed && in_a_row && han * 2 >= high.div_ceil(2) && level == high).then(|| text.into_owned())
}

fn document(byte: u8) -> char {
    let from = |table: &[char], first: u8| {
        table.get(usize::from(byte - first)).copied().unwrap_or('\u{FFFD}')
    };
    match byte {
        0x18..=0x1F => from(&LOW, 0x18),
        0x80..=0xA0 => from(&HIGH, 0x80),
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_told_by_their_marks() {
        let cases: [(&[u8], &str); 9] = [
            (b"plain", "plain"),
            (b"caf\xE9", "café"),
            (b"\x84 \x80 \xA0", "— • €"),
            (b"\xFE\xFF\x67\x3A\x5B\xC6", "机密"),
            (b"\xFF\xFE\x3A\x67\xC6\x5B", "机密"),
            (b"\xFE\xFF\x00\x1B\x00e\x00n\x00\x1B\x00A", "A"),
            ("\u{FEFF}机密".as_bytes(), "机密"),
            ("机密".as_bytes(), "机密"),
            (b"\xBB\xFA\xC3\xDC 10", "机密 10"),
        ];
        for (bytes, text) in cases {
            assert_eq!(decoded(bytes), text, "{bytes:?}");
        }
    }
}

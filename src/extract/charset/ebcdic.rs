//! EBCDIC as code page 500 has it: text of mainframes.

use super::Out;

/// Characters of the bytes from 0x40 on (IBM CDRA, code page 500).
const FROM_40: &str = "\
    \x20\u{A0}âäàáãåçñ[.<(+!&éêëèíîïìß]$*);^\
    -/ÂÄÀÁÃÅÇÑ¦,%_>?øÉÊËÈÍÎÏÌ`:#@'=\"\
    Øabcdefghi«»ðýþ±°jklmnopqrªºæ¸Æ¤\
    µ~stuvwxyz¡¿ÐÝÞ®¢£¥·©§¶¼½¾¬|¯¨´×\
    {ABCDEFGHI\u{AD}ôöòóõ}JKLMNOPQR¹ûüùúÿ\
    \\÷STUVWXYZ²ÔÖÒÓÕ0123456789³ÛÜÙÚ\u{9F}\
";

/// Bytes looked at.
const SAMPLE: usize = 16 << 10;

/// Whether bytes are likely EBCDIC: its space is frequent, ASCII's is not there,
/// and nearly all else are its letters and digits.
pub(super) fn is_likely(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(SAMPLE)).unwrap_or_default();
    let count = |is: fn(u8) -> bool| head.iter().filter(|b| is(**b)).count();
    let spaces = count(|b| b == 0x40);
    let letters = count(
        |b| matches!(b, 0x81..=0x89 | 0x91..=0x99 | 0xA2..=0xA9 | 0xC1..=0xC9 | 0xD1..=0xD9 | 0xE2..=0xE9 | 0xF0..=0xF9),
    );
    let ascii_spaces = count(|b| matches!(b, 0x20 | 0x0A));
    head.len() >= 16
        && spaces * 25 >= head.len()
        && ascii_spaces * 100 <= head.len()
        && (spaces + letters) * 10 >= head.len() * 8
}

/// Decodes it; line ends (NL, LF) become line ends. Double-byte text between
/// shift-out and shift-in is not read and counts as broken.
pub(super) fn decode(bytes: &[u8], out: &mut Out) {
    let table: Vec<char> = FROM_40.chars().collect();
    for (at, byte) in bytes.iter().enumerate() {
        if out.0.cut {
            return;
        }
        match byte {
            0x15 | 0x25 => out.push_char('\n'),
            0x05 => out.push_char('\t'),
            0x0D => out.push_char('\r'),
            0x0C => out.push_char('\u{C}'),
            0x00..=0x3F => out.broken(at),
            byte => match table.get(usize::from(*byte) - 0x40) {
                Some(c) => out.push_char(*c),
                None => out.broken(at),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(FROM_40.chars().count(), 0xC0);
        let text = crate::extract::charset::decode_as(
            &[0xE3, 0x88, 0x85, 0x40, 0xF1, 0x4B, 0x15],
            crate::extract::charset::Charset::Ebcdic,
            usize::MAX,
        );
        assert_eq!(text.text, "The 1.\n");
    }
}

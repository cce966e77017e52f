//! PowerPoint 4, whose records nobody has described: its texts are told by what
//! stands before each of them.

use super::Deck;
use crate::extract::charset::{self, Charset};
use crate::extract::office::sheet::Done;
use crate::model::{Gap, GapKind, Region};

/// The first bytes of the stream, as a Macintosh writes them and as Windows does.
const MAC: [u8; 4] = [0x0B, 0xAD, 0xDE, 0xED];

/// No text is longer.
const MAX_TEXT: usize = 32_768;

impl Deck<'_> {
    /// Puts down the texts of the stream, and says that there may be more.
    pub(super) fn read_four(&mut self, stream: &[u8]) {
        let words = "a presentation of PowerPoint 4: of its records the texts alone are known";
        self.gap(Gap::new(GapKind::Unsupported, words));
        if let Err(gap) = self.budget.spend_steps(stream.len() as u64 / 16) {
            return self.gap(gap);
        }
        let is_mac = stream.starts_with(&MAC);
        let mut bytes = Vec::new();
        for text in texts(stream, is_mac) {
            bytes.extend_from_slice(text);
            bytes.push(b'\r');
        }
        for line in decoded(&bytes, is_mac, self.budget.text_limit()).split(['\r', '\n', '\u{B}']) {
            let done = Done::plain(Region::TextBox, 0, "", line.trim());
            self.putter.sheet.put(done);
        }
    }
}

/// Texts by themselves: a one, how many bytes there are, the bytes.
fn texts(stream: &[u8], is_mac: bool) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = stream;
    while let Some(head) = rest.first_chunk::<6>() {
        let [a, b, length @ ..] = *head;
        let (one, length) = match is_mac {
            true => (u16::from_be_bytes([a, b]), u32::from_be_bytes(length)),
            false => (u16::from_le_bytes([a, b]), u32::from_le_bytes(length)),
        };
        let length = length as usize;
        let end = (one == 1 && (2..=MAX_TEXT).contains(&length)).then_some(6 + length);
        let text = end.and_then(|end| rest.get(6..end)).filter(|text| is_text(text));
        found.extend(text);
        rest = &rest[text.map_or(1, |text| 6 + text.len())..];
    }
    found
}

/// Whether bytes are a text; signs of a font of its own may stand in one.
fn is_text(bytes: &[u8]) -> bool {
    let odd = |byte: &&u8| matches!(byte, 1..=8 | 0x0C | 0x0E..=0x1F | 0x7F);
    let odd = bytes.iter().filter(odd).count();
    !bytes.contains(&0) && odd * 16 <= bytes.len()
}

/// Their characters: nothing says which code page they are in.
fn decoded(bytes: &[u8], is_mac: bool, limit: usize) -> String {
    let told = charset::decode_labelled(bytes, Some(b"windows-1252"), limit);
    let latin = Charset::Legacy(encoding_rs::WINDOWS_1252);
    if is_mac && told.charset == latin {
        return charset::decode_as(bytes, Charset::Legacy(encoding_rs::MACINTOSH), limit).text;
    }
    told.text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_by_what_stands_before_them() {
        let (text, _, _) = encoding_rs::GBK.encode("机密★10年\r第二行的中文内容，写得长一些");
        let little = [
            b"\xED\xDE\xAD\x0B\x01\0\xFF\xFF\xFF\xFF\x01\0",
            &(text.len() as u32).to_le_bytes()[..],
            &text,
            b"\x01\0\x03\0\0\0a\x01b\x01\0\x02\0\0",
        ]
        .concat();
        let found = texts(&little, false);
        assert_eq!(found, [&*text]);
        assert!(decoded(&found.concat(), false, 1000).starts_with("机密★10年\r第二行"));
        let big = b"\x0B\xAD\xDE\xED\0\x01\0\0\0\x07\xD2JISC\xD3\x0D";
        let found = texts(big, true);
        assert_eq!(decoded(&found.concat(), true, 1000), "“JISC”\r");
        for cut in 0..little.len() {
            let _ = texts(&little[..cut], false);
        }
    }
}

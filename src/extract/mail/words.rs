//! Words in header fields: encoded words (RFC 2047, with the language of
//! RFC 2231), bytes of eight bits in whatever encoding, and plain ASCII.

use memchr::memmem;

use super::transfer;
use crate::extract::charset;

/// Decodes a field's value.
///
/// Encoded words are decoded wherever they stand, also where the standard does
/// not allow them: some program shows them decoded. Bytes of neighbours in one
/// encoding are joined before they are decoded, since many programs split
/// characters between them. `label` names the encoding the mail is in, where
/// known: raw bytes in a field are likely in it too.
pub(super) fn decode(value: &[u8], label: Option<&[u8]>) -> String {
    let mut out = Words { text: String::new(), run: None, label };
    let (mut at, mut literal) = (0, 0);
    let mut closed = true;
    while let Some(found) = closed.then(|| memmem::find(&value[at..], b"=?")).flatten() {
        let start = at + found;
        match encoded_word(&value[start..]) {
            Ok((word, length)) => {
                out.literal(&value[literal..start], true);
                out.word(word);
                at = start + length;
                literal = at;
            }
            Err(ended) => {
                at = start + 2;
                closed = ended;
            }
        }
    }
    out.literal(&value[literal..], false);
    out.text
}

/// Bytes of an encoded word and the encoding they are in.
struct Word<'a> {
    charset: &'a [u8],
    bytes: Vec<u8>,
}

/// Reads `=?charset*language?B?text?=` at the start of some bytes, with its length.
/// `Err` says whether an end of a word was found at all: where there is none,
/// none of the words to come is whole either.
fn encoded_word(bytes: &[u8]) -> Result<(Word<'_>, usize), bool> {
    const LONGEST_CHARSET: usize = 60;
    let name = bytes.get(2..).unwrap_or_default();
    let name = name.get(..name.len().min(LONGEST_CHARSET)).unwrap_or_default();
    let mark = memchr::memchr(b'?', name).ok_or(true)?;
    let charset = &name[..mark];
    if charset.iter().any(|b| b.is_ascii_whitespace() || *b < 0x21) {
        return Err(true);
    }
    let (Some(coding), Some(b'?')) = (bytes.get(mark + 3), bytes.get(mark + 4)) else {
        return Err(true);
    };
    let begin = mark + 5;
    let rest = bytes.get(begin..).unwrap_or_default();
    let end = memmem::find(rest, b"?=").ok_or(false)?;
    let text = &rest[..end];
    let decoded = match coding {
        b'B' | b'b' => transfer::base64(text).bytes,
        b'Q' | b'q' => transfer::q_words(text),
        _ => return Err(true),
    };
    let charset = charset.split(|b| *b == b'*').next().unwrap_or_default();
    Ok((Word { charset, bytes: decoded }, begin + end + 2))
}

struct Words<'a> {
    text: String,
    /// Encoded words that may go on.
    run: Option<Word<'a>>,
    label: Option<&'a [u8]>,
}

impl<'a> Words<'a> {
    /// Text as it stands. Blanks between two encoded words are no text (RFC 2047, 6.2).
    fn literal(&mut self, bytes: &[u8], before_word: bool) {
        if before_word && self.run.is_some() && bytes.trim_ascii().is_empty() {
            return;
        }
        self.flush();
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text.push_str(text),
            Err(_) => {
                self.text.push_str(&charset::decode_labelled(bytes, self.label, usize::MAX).text)
            }
        }
    }

    fn word(&mut self, word: Word<'a>) {
        match &mut self.run {
            Some(run) if run.charset.eq_ignore_ascii_case(word.charset) => {
                run.bytes.extend(word.bytes);
            }
            _ => {
                self.flush();
                self.run = Some(word);
            }
        }
    }

    fn flush(&mut self) {
        if let Some(run) = self.run.take() {
            self.text.push_str(&labelled(&run.bytes, run.charset));
        }
    }
}

/// Decodes a few bytes that are labelled. Two bytes of Chinese may pass for one
/// character of UTF-8, so short texts are UTF-8 against their label only where
/// they hold what is hardly there by chance.
pub(super) fn labelled(bytes: &[u8], label: &[u8]) -> String {
    if let Some(charset) = charset::Charset::for_label(label) {
        let by_chance = !bytes.windows(3).any(|w| w[0] >= 0xE0 && std::str::from_utf8(w).is_ok())
            || std::str::from_utf8(bytes).is_err();
        let decoded = charset::decode_as(bytes, charset, usize::MAX);
        if by_chance && decoded.broken == 0 {
            return decoded.text;
        }
    }
    charset::decode_labelled(bytes, Some(label), usize::MAX).text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded_wherever_they_stand() {
        let gbk = |text| encoding_rs::GB18030.encode(text).0.into_owned();
        let cases: Vec<(Vec<u8>, &str)> = vec![
            (b"plain words".to_vec(), "plain words"),
            (b"=?gb2312?B?u/rD3A==?=".to_vec(), "机密"),
            (b"=?GBK?q?=BB=FA=C3=DC?= x".to_vec(), "机密 x"),
            (b"a =?utf-8?Q?b_c?= d".to_vec(), "a b c d"),
            // A character split between two words, in either coding.
            (b"=?utf-8?B?5py6?=\r\n =?UTF-8?B?5a+G4g==?= =?utf-8?q?=98=8510?=".to_vec(), "机密★10"),
            (b"=?gb2312?B?u/rD?= =?gb2312?B?3A==?=".to_vec(), "机密"),
            // Two encodings side by side.
            (b"=?gb2312?B?u/o=?= =?utf-8?B?5a+G?=".to_vec(), "机密"),
            (b"=?utf-8*zh-cn?B?5py65a+G?=".to_vec(), "机密"),
            (b"\"=?utf-8?B?5py65a+G?=\" <a@b>".to_vec(), "\"机密\" <a@b>"),
            (b"x=?utf-8?B?5py65a+G?=y".to_vec(), "x机密y"),
            (b"=?utf-8?B?5py65a+G".to_vec(), "=?utf-8?B?5py65a+G"),
            (b"=?utf-8?X?abc?= =?utf-8?Q?d?=".to_vec(), "=?utf-8?X?abc?= d"),
            (b"=?utf-7?Q?+Zzpbxg-?=".to_vec(), "机密"),
            (b"=?iso-2022-jp?B?GyRCNSFMKRsoQg==?=".to_vec(), "機密"),
            (b"=?nosuch?B?5py65a+G?=".to_vec(), "机密"),
            // A label that lies, and a short word that only seems to.
            (b"=?gb2312?B?5py65a+G?=".to_vec(), "机密"),
            (b"=?gb2312?B?xKM=?=".to_vec(), "模"),
            (b"=?utf-8?B?u/rD3KHvMTDE6g==?=".to_vec(), "机密★10年"),
            (gbk("机密★10年 关于会议的通知"), "机密★10年 关于会议的通知"),
            ("机密★10年".as_bytes().to_vec(), "机密★10年"),
        ];
        for (value, want) in cases {
            assert_eq!(decode(&value, None), want, "{}", String::from_utf8_lossy(&value));
        }
        assert_eq!(decode(&gbk("秘密"), Some(b"gb2312")), "秘密");
    }

    #[test]
    fn words_without_end_cost_no_more_than_their_length() {
        let open = b"=?a?q? ".repeat(200_000);
        assert_eq!(decode(&open, None).len(), open.len());
    }
}

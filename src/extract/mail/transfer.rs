//! Transfer encodings: base64 and quoted-printable (RFC 2045, 6), and the older
//! and younger ones that are no part of MIME: uuencode, yEnc.

use std::borrow::Cow;

use super::fields::line_at;

/// How a body was made fit for transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Not at all: `7bit`, `8bit`, `binary`, or nothing said.
    Identity,
    Base64,
    QuotedPrintable,
    Uu,
    Yenc,
    /// Nothing known, as it was written.
    Unknown(String),
}

impl Coding {
    /// The coding a `Content-Transfer-Encoding` names.
    pub(super) fn of(value: &[u8]) -> Self {
        let end = value.iter().position(|b| matches!(b, b';' | b'(')).unwrap_or(value.len());
        let name = String::from_utf8_lossy(&value[..end]).to_ascii_lowercase();
        let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        match letters.as_str() {
            "" | "7bit" | "8bit" | "7bits" | "8bits" | "binary" | "none" | "identity" | "7"
            | "8" | "bit" | "plain" => Self::Identity,
            "base64" | "base64encoded" | "b" => Self::Base64,
            "quotedprintable" | "quotedprint" | "q" => Self::QuotedPrintable,
            "uuencode" | "xuuencode" | "xuue" | "uue" | "uu" => Self::Uu,
            "xyenc" | "yenc" => Self::Yenc,
            _ => Self::Unknown(name.trim().to_owned()),
        }
    }

    /// Takes it off a body.
    pub(super) fn decode<'a>(&self, body: &'a [u8]) -> Decoded<'a> {
        match self {
            Self::Identity | Self::Unknown(_) => {
                Decoded { bytes: Cow::Borrowed(body), ..Decoded::default() }
            }
            Self::Base64 => {
                let Base64 { bytes, strange, cut, rest } = base64(body);
                let trouble = match (strange, cut) {
                    (0, false) => None,
                    (0, true) => Some("its base64 is cut".to_owned()),
                    (n, _) => Some(format!("{n} characters in its base64 are none of base64's")),
                };
                Decoded { bytes: Cow::Owned(bytes), trouble, rest }
            }
            Self::QuotedPrintable => {
                Decoded { bytes: Cow::Owned(quoted_printable(body)), ..Decoded::default() }
            }
            Self::Uu => match uu_at(body, 0) {
                Some(found) => Decoded {
                    trouble: (!found.whole).then(|| "its uuencoding is cut".to_owned()),
                    bytes: Cow::Owned(found.bytes),
                    rest: body.get(found.end..).unwrap_or_default(),
                },
                None => unlike(body, "it is said to be uuencoded and is not"),
            },
            Self::Yenc => match yenc_at(body, 0) {
                Some(found) => Decoded {
                    trouble: (!found.whole).then(|| "its yEnc is cut".to_owned()),
                    bytes: Cow::Owned(found.bytes),
                    rest: body.get(found.end..).unwrap_or_default(),
                },
                None => unlike(body, "it is said to be yEncoded and is not"),
            },
        }
    }
}

/// A body that is not in the encoding it is said to be in; an empty one may be.
fn unlike<'a>(body: &'a [u8], trouble: &str) -> Decoded<'a> {
    match body.trim_ascii() {
        [] => Decoded::default(),
        _ => Decoded { bytes: Cow::Borrowed(body), trouble: Some(trouble.to_owned()), rest: &[] },
    }
}

/// A body without its transfer encoding.
#[derive(Debug, Default)]
pub(super) struct Decoded<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// What was wrong with it.
    pub(super) trouble: Option<String>,
    /// What stands behind the end of the encoded text, as it is.
    pub(super) rest: &'a [u8],
}

/// What came out of base64.
#[derive(Debug)]
pub(super) struct Base64<'a> {
    pub(super) bytes: Vec<u8>,
    /// Characters that are none of base64's, passed over as RFC 2045 has it.
    strange: usize,
    cut: bool,
    /// Lines behind the padding that are plainly no base64: the foot that a
    /// mailing list adds.
    rest: &'a [u8],
}

/// Decodes base64. Padding ends a group and not the text: some programs join
/// what was encoded in pieces.
pub(super) fn base64(text: &[u8]) -> Base64<'_> {
    let mut out = Base64 {
        bytes: Vec::with_capacity(text.len() / 4 * 3 + 3),
        strange: 0,
        cut: false,
        rest: &[],
    };
    let (mut group, mut held, mut padded) = (0_u32, 0, false);
    let mut at = 0;
    while let Some((line, next)) = line_at(text, at) {
        let is_none = |b: &u8| {
            !b.is_ascii_alphanumeric()
                && !b.is_ascii_whitespace()
                && !matches!(b, b'+' | b'/' | b'=')
        };
        if padded && line.iter().any(is_none) {
            out.rest = &text[at..];
            break;
        }
        for byte in line {
            match value(*byte) {
                Some(six) => {
                    group = group << 6 | u32::from(six);
                    held += 1;
                    if held == 4 {
                        out.bytes.extend(&group.to_be_bytes()[1..]);
                        (group, held) = (0, 0);
                    }
                }
                None if *byte == b'=' => {
                    out.ended(group, held);
                    (group, held, padded) = (0, 0, true);
                }
                None => out.strange += usize::from(!byte.is_ascii_whitespace()),
            }
        }
        at = next;
    }
    out.cut = held == 1;
    out.ended(group, held);
    out
}

impl Base64<'_> {
    /// Takes in a group of fewer than four characters.
    fn ended(&mut self, group: u32, held: u32) {
        match held {
            2 => self.bytes.push((group >> 4) as u8),
            3 => self.bytes.extend(&((group >> 2) as u16).to_be_bytes()),
            _ => {}
        }
    }
}

fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        // Those of file names (RFC 4648, 5) too.
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Decodes quoted-printable. What is no right escape stands for itself.
pub(super) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some((line, next)) = line_at(text, at) {
        let end = &text[at + line.len()..next];
        let trimmed = line.trim_ascii_end();
        at = next;
        match trimmed.strip_suffix(b"=") {
            Some(soft) if !end.is_empty() || trimmed.len() == line.len() => escapes(soft, &mut out),
            _ => {
                escapes(trimmed, &mut out);
                out.extend(end);
            }
        }
    }
    out
}

/// Decodes what encoded words call `Q` (RFC 2047, 4.2).
pub(super) fn q_words(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let blanks: Vec<u8> = text.iter().map(|b| if *b == b'_' { b' ' } else { *b }).collect();
    escapes(&blanks, &mut out);
    out
}

fn escapes(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        out.extend(&rest[..at]);
        let digit = |i: usize| rest.get(at + i).and_then(|b| (*b as char).to_digit(16));
        let taken = match (digit(1), digit(2)) {
            (Some(a), Some(b)) => {
                out.push((a * 16 + b) as u8);
                3
            }
            _ => {
                out.push(b'=');
                1
            }
        };
        rest = &rest[at + taken..];
    }
    out.extend(rest);
}

/// A file found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its name, in the bytes of the text.
    pub(super) name: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    /// The first byte behind it in the text.
    pub(super) end: usize,
    /// Whether its end was there.
    pub(super) whole: bool,
    /// Which piece of how many, where it is said to be one of several.
    pub(super) piece: Option<(u32, u32)>,
}

/// The uuencoded file that begins with the line at or behind `at` (POSIX.1-2017,
/// uuencode, historical and base64 algorithm).
pub(super) fn uu_at(text: &[u8], at: usize) -> Option<Found> {
    let mut start = at;
    loop {
        let (line, next) = line_at(text, start)?;
        if let Some(found) = uu_from(text, line, next) {
            return Some(found);
        }
        start = next;
    }
}

/// The uuencoded file behind one line, if that begins one.
pub(super) fn uu_from(text: &[u8], line: &[u8], next: usize) -> Option<Found> {
    let in_base64 = line.starts_with(b"begin-base64 ");
    let rest = line.strip_prefix(b"begin-base64 ").or_else(|| line.strip_prefix(b"begin "))?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let name = rest.get(digits..)?.strip_prefix(b" ")?.trim_ascii().to_vec();
    let first = line_at(text, next).map_or(&b"end"[..], |(line, _)| line);
    if !(3..=4).contains(&digits) || !in_base64 && uu_line(first).is_none() && first != b"end" {
        return None;
    }
    let mut found = Found { name, bytes: Vec::new(), end: text.len(), whole: false, piece: None };
    if in_base64 {
        let mut at = next;
        while let Some((line, after)) = line_at(text, at) {
            if line.trim_ascii_end() == b"====" {
                (found.whole, found.end) = (true, after);
                break;
            }
            at = after;
        }
        found.bytes = base64(&text[next..at]).bytes;
        return Some(found);
    }
    let mut at = next;
    while let Some((line, after)) = line_at(text, at) {
        if line.trim_ascii_end() == b"end" {
            (found.whole, found.end) = (true, after);
            break;
        }
        match uu_line(line) {
            Some(bytes) => found.bytes.extend(bytes),
            None if line.trim_ascii().is_empty() => {}
            // The text goes on without an end of the file.
            None => {
                found.end = at;
                break;
            }
        }
        at = after;
    }
    Some(found)
}

/// One line: its length, then groups of four. Blanks at its end may be lost.
fn uu_line(line: &[u8]) -> Option<Vec<u8>> {
    let six = |byte: u8| (0x20..=0x60).contains(&byte).then_some(u32::from(byte - 0x20) & 63);
    let (length, groups) = line.split_first()?;
    let length = six(*length)? as usize;
    let needed = length.div_ceil(3) * 4;
    if groups.len() > needed + 4 {
        return None;
    }
    let mut bytes = Vec::with_capacity(length + 3);
    for group in groups.chunks(4).take(length.div_ceil(3)) {
        let mut word = 0;
        for place in 0..4 {
            word = word << 6 | six(group.get(place).copied().unwrap_or(b' '))?;
        }
        bytes.extend(&word.to_be_bytes()[1..]);
    }
    bytes.resize(bytes.len().max(length), 0);
    bytes.truncate(length);
    Some(bytes)
}

/// The yEncoded file that begins at or behind `at` (yEnc 1.3).
pub(super) fn yenc_at(text: &[u8], at: usize) -> Option<Found> {
    let mut start = at;
    loop {
        let (line, next) = line_at(text, start)?;
        if let Some(found) = yenc_from(text, line, next) {
            return Some(found);
        }
        start = next;
    }
}

/// The yEncoded file behind one line, if that begins one.
pub(super) fn yenc_from(text: &[u8], line: &[u8], next: usize) -> Option<Found> {
    let rest = line.strip_prefix(b"=ybegin ")?;
    let name = memchr::memmem::find(rest, b"name=")
        .map_or(&b""[..], |at| rest[at + 5..].trim_ascii())
        .to_vec();
    let number = |key: &str| {
        let at = memchr::memmem::find(rest, key.as_bytes())? + key.len();
        let digits: Vec<u8> =
            rest[at..].iter().copied().take_while(u8::is_ascii_digit).take(9).collect();
        std::str::from_utf8(&digits).ok()?.parse::<u32>().ok()
    };
    let piece = number("part=").map(|part| (part, number("total=").unwrap_or(0)));
    let mut found = Found { name, bytes: Vec::new(), end: text.len(), whole: false, piece };
    let mut at = next;
    while let Some((line, after)) = line_at(text, at) {
        at = after;
        if line.starts_with(b"=yend") {
            (found.whole, found.end) = (true, after);
            break;
        }
        if line.starts_with(b"=ypart ") {
            continue;
        }
        let mut bytes = line.iter();
        while let Some(byte) = bytes.next() {
            let plain = match byte {
                b'=' => bytes.next().map_or(0, |b| b.wrapping_sub(64)),
                other => *other,
            };
            found.bytes.push(plain.wrapping_sub(42));
        }
    }
    Some(found)
}

/// Whether a text may hold a file: a quick look before the lines are gone through.
pub(super) fn may_hold_file(text: &[u8]) -> bool {
    ["begin ", "begin-base64 ", "=ybegin "].iter().any(|begin| {
        memchr::memmem::find_iter(text, begin).any(|at| at == 0 || text.get(at - 1) == Some(&b'\n'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_far_as_it_goes() {
        for (text, bytes, trouble, rest) in [
            ("5py65a+G", "机密", false, ""),
            ("5p\r\ny65\n a+G\n", "机密", false, ""),
            ("YQ==", "a", false, ""),
            ("YQ", "a", false, ""),
            ("YQ==YmM=", "abc", false, ""),
            ("YQ==\nYmM=\n", "abc", false, ""),
            ("YQ==\n____\nlist foot!\n", "a", false, "____\nlist foot!\n"),
            ("YW*Jj", "abc", true, ""),
            ("YWJjZ", "abc", true, ""),
            ("", "", false, ""),
        ] {
            let got = Coding::Base64.decode(text.as_bytes());
            assert_eq!(String::from_utf8_lossy(&got.bytes), bytes, "{text}");
            assert_eq!(got.trouble.is_some(), trouble, "{text}");
            assert_eq!(got.rest, rest.as_bytes(), "{text}");
        }
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_escape() {
        for (text, want) in [
            ("=E6=9C=BA=e5=af=86", "机密"),
            ("=E6=9C=\r\n=BA", "机"),
            ("a =  \r\nb", "a b"),
            ("a  \r\nb\r\n", "a\r\nb\r\n"),
            ("50=25 = x=y=", "50% = x=y"),
            ("=", ""),
            ("=3", "=3"),
        ] {
            assert_eq!(String::from_utf8_lossy(&quoted_printable(text.as_bytes())), want, "{text}");
        }
    }

    #[test]
    fn files_in_text_come_out() {
        let text = b"begin 644 a.txt\n#86)C\n`\nend\nmore\n";
        let found = uu_at(text, 0).unwrap();
        assert_eq!((&*found.bytes, &*found.name, found.whole), (&b"abc"[..], &b"a.txt"[..], true));
        assert_eq!(&text[found.end..], b"more\n");
        for none in ["begin the day\n", "begin 644 a b\n\u{7f}not a line of it, too long\n", "x"] {
            assert_eq!(uu_at(none.as_bytes(), 0), None, "{none}");
        }
        let found = uu_at(b"begin-base64 644 a\nYWJj\n====\n", 0).unwrap();
        assert_eq!((&*found.bytes, found.whole), (&b"abc"[..], true));
        let found = uu_at(b"begin 644 a.txt\n#86)C\n", 0).unwrap();
        assert_eq!((&*found.bytes, found.whole), (&b"abc"[..], false));

        let coded: Vec<u8> = b"a=b".iter().map(|b| b.wrapping_add(42)).collect();
        let text =
            [b"=ybegin line=128 size=4 name=x y.bin\r\n", &coded[..], b"=}\r\n=yend size=4\r\n"];
        let found = yenc_at(&text.concat(), 0).unwrap();
        assert_eq!((&*found.bytes, &*found.name), (&b"a=b\x13"[..], &b"x y.bin"[..]));
        assert!(found.whole && found.piece.is_none());
        let found =
            yenc_at(b"=ybegin part=2 total=3 line=128 size=4 name=x\n=ypart begin=1 end=2\nk\n", 0);
        assert_eq!(found.unwrap().piece, Some((2, 3)));
    }
}

//! Values with parameters: `Content-Type` and `Content-Disposition` (RFC 2045,
//! 5.1; RFC 2183), parameters split and encoded as RFC 2231 has them, and what
//! programs write instead.

use super::words;

/// Pieces of parameters looked at in one field.
const MOST: usize = 10_000;

/// A value and its parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Params {
    /// What stands before the parameters, in small letters: `text/plain`.
    pub(super) value: String,
    pieces: Vec<Piece>,
}

/// A parameter, or a piece of one.
#[derive(Clone, Debug)]
struct Piece {
    /// In small letters, without what RFC 2231 puts behind it.
    name: String,
    /// The number behind the first asterisk.
    section: Option<u32>,
    /// Whether it is percent-encoded.
    extended: bool,
    bytes: Vec<u8>,
}

impl Params {
    /// Reads a field's value.
    pub(super) fn of(value: &[u8]) -> Self {
        let end = value.iter().position(|b| matches!(b, b';' | b'(')).unwrap_or(value.len());
        let mut main = value[..end].trim_ascii();
        let mut at = end;
        // Some programs leave out the semicolon.
        if let Some(blank) = main.iter().position(u8::is_ascii_whitespace)
            && main[blank..].contains(&b'=')
        {
            at = value.len() - value.trim_ascii_start().len() + blank;
            main = &main[..blank];
        }
        let mut params = Self {
            value: String::from_utf8_lossy(main).trim_matches('"').to_ascii_lowercase(),
            pieces: Vec::new(),
        };
        let mut scan = Scan { bytes: value, at };
        while let Some(piece) = scan.next_piece() {
            if params.pieces.len() >= MOST {
                break;
            }
            params.pieces.extend(piece);
        }
        params
    }

    /// The same parameters of another value.
    pub(super) fn called(self, value: String) -> Self {
        Self { value, ..self }
    }

    /// A parameter as it stands, undecoded: for names of boundaries and encodings.
    pub(super) fn raw(&self, name: &str) -> Option<Vec<u8>> {
        let plain = self.pieces.iter().find(|p| p.name == name && p.section.is_none());
        match plain.filter(|p| !p.extended) {
            Some(piece) => Some(piece.bytes.clone()),
            None => self.joined(name).map(|(bytes, _)| bytes),
        }
    }

    /// All values a parameter has, the one to be preferred first (RFC 6266, 4.3
    /// on `filename*`), without those said before. Programs differ in which they show.
    pub(super) fn all(&self, name: &str, label: Option<&[u8]>) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        let joined = self.joined(name).map(|(bytes, charset)| match charset {
            Some(charset) => words::labelled(&bytes, &charset),
            None => words::decode(&bytes, label),
        });
        let plain = self
            .pieces
            .iter()
            .filter(|p| p.name == name && p.section.is_none() && !p.extended)
            .map(|p| words::decode(&p.bytes, label));
        for value in joined.into_iter().chain(plain) {
            if !value.trim().is_empty() && !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    /// The preferred value.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.all(name, None).into_iter().next()
    }

    /// A parameter in pieces or percent-encoded: its bytes and their encoding.
    fn joined(&self, name: &str) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
        let mut pieces: Vec<&Piece> = self
            .pieces
            .iter()
            .filter(|p| p.name == name && (p.section.is_some() || p.extended))
            .collect();
        pieces.sort_by_key(|p| p.section);
        let mut charset = None;
        let mut bytes = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            if !piece.extended {
                bytes.extend(&piece.bytes);
                continue;
            }
            let mut text = &piece.bytes[..];
            let mut quotes = text.iter().enumerate().filter(|(_, b)| **b == b'\'').map(|(i, _)| i);
            if number == 0
                && let (Some(first), Some(second)) = (quotes.next(), quotes.next())
            {
                charset = Some(text[..first].to_vec()).filter(|c| !c.is_empty());
                text = &text[second + 1..];
            }
            percent(text, &mut bytes);
        }
        (!pieces.is_empty()).then_some((bytes, charset))
    }
}

fn percent(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if let (b'%', [a, b, behind @ ..]) = (first, after)
            && let (Some(a), Some(b)) = ((*a as char).to_digit(16), (*b as char).to_digit(16))
        {
            out.push((a * 16 + b) as u8);
            rest = behind;
            continue;
        }
        out.push(*first);
        rest = after;
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next parameter; `Some(None)` for what is none, `None` at the end.
    fn next_piece(&mut self) -> Option<Option<Piece>> {
        while self.peek().is_some_and(|b| b == b';' || b.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.peek()?;
        let start = self.at;
        while self.peek().is_some_and(|b| !matches!(b, b';' | b'=')) {
            self.at += 1;
        }
        let attribute = self.bytes[start..self.at].trim_ascii();
        // `"UTF-8"Content-Transfer-Encoding: 8bit name=x`: the last word names it.
        let attribute = attribute.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
        if self.peek() != Some(b'=') {
            return Some(None);
        }
        self.at += 1;
        let attribute = String::from_utf8_lossy(attribute).to_ascii_lowercase();
        let mut marks = attribute.split('*');
        let name = marks.next().unwrap_or_default().to_owned();
        let (mut section, mut extended) = (None, false);
        for mark in marks {
            match mark.parse() {
                Ok(number) => section = Some(number),
                Err(_) => extended = mark.is_empty(),
            }
        }
        let bytes = self.value(matches!(name.as_str(), "name" | "filename"));
        Some((!name.is_empty()).then_some(Piece { name, section, extended, bytes }))
    }

    fn value(&mut self, with_blanks: bool) -> Vec<u8> {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
        if self.peek() == Some(b'"') {
            self.at += 1;
            return self.quoted();
        }
        let start = self.at;
        let ends = |b: u8| b == b';' || !with_blanks && b.is_ascii_whitespace();
        while self.peek().is_some_and(|b| !ends(b)) {
            self.at += 1;
        }
        self.bytes[start..self.at].trim_ascii().to_vec()
    }

    /// A quoted string. Only a quote and a backslash are escaped: paths of
    /// Windows are not. Behind a byte of eight bits a backslash is half of a
    /// character of GBK or Big5.
    fn quoted(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            match (byte, self.peek()) {
                (b'"', _) => break,
                (b'\\', Some(next @ (b'"' | b'\\'))) if out.last().is_none_or(u8::is_ascii) => {
                    self.at += 1;
                    out.push(next);
                }
                _ => out.push(byte),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_in_every_writing() {
        let gbk = |text| encoding_rs::GB18030.encode(text).0.into_owned();
        let raw = [b"attachment; filename=\"".to_vec(), gbk("关于会议的通知.doc"), b"\"".to_vec()];
        let cases: Vec<(Vec<u8>, &str, &str, Option<&str>)> = vec![
            (b"text/plain; charset=utf-8".to_vec(), "text/plain", "charset", Some("utf-8")),
            (b"Text/Plain;CHARSET=\"a;b\" ; x=y".to_vec(), "text/plain", "charset", Some("a;b")),
            (
                b"text/plain charset=gbk format=flowed".to_vec(),
                "text/plain",
                "format",
                Some("flowed"),
            ),
            (b"text/plain (words); charset=x".to_vec(), "text/plain", "charset", Some("x")),
            (
                b"text/plain; charset = \"UTF-8\"Content-Transfer-Encoding: 8bit".to_vec(),
                "text/plain",
                "charset",
                Some("UTF-8"),
            ),
            (b"text/plain; charset=\"x\" name=\"y\"".to_vec(), "text/plain", "name", Some("y")),
            (b"; filename=\"a.png\"".to_vec(), "", "filename", Some("a.png")),
            (b"attachment; filename=a b.pdf".to_vec(), "attachment", "filename", Some("a b.pdf")),
            (b"a; filename=\"C:\\new\\a.pdf\"".to_vec(), "a", "filename", Some("C:\\new\\a.pdf")),
            (b"a; filename=\"a\\\"b.pdf\"".to_vec(), "a", "filename", Some("a\"b.pdf")),
            (
                b"a; filename*=utf-8''%E6%9C%BA%E5%AF%86.docx".to_vec(),
                "a",
                "filename",
                Some("机密.docx"),
            ),
            (b"a; filename*=gbk'zh'%BB%FA%C3%DC.docx".to_vec(), "a", "filename", Some("机密.docx")),
            (
                b"a; filename*1*=%AF%86.doc; filename*0*=utf-8''%E6%9C%BA%E5; filename*2=x"
                    .to_vec(),
                "a",
                "filename",
                Some("机密.docx"),
            ),
            (
                b"a; filename*0=\"=?utf-8?B?5py6\"; filename*1=\"5a+G?=.doc\"".to_vec(),
                "a",
                "filename",
                Some("机密.doc"),
            ),
            (
                b"a; filename=\"=?gb2312?B?u/rD3A==?=.doc\"".to_vec(),
                "a",
                "filename",
                Some("机密.doc"),
            ),
            (raw.concat(), "attachment", "filename", Some("关于会议的通知.doc")),
            (b"a; filename=\"open".to_vec(), "a", "filename", Some("open")),
            (b"a; filename".to_vec(), "a", "filename", None),
            (b"a; filename*0*=%".to_vec(), "a", "filename", Some("%")),
        ];
        for (value, main, name, want) in cases {
            let params = Params::of(&value);
            let said = String::from_utf8_lossy(&value);
            assert_eq!(
                (params.value.as_str(), params.get(name).as_deref()),
                (main, want),
                "{said}"
            );
        }
    }

    #[test]
    fn all_names_are_kept() {
        let value =
            b"attachment; filename=\"a.doc\"; filename*=utf-8''%E6%9C%BA.doc; filename=\"a.doc\"";
        assert_eq!(Params::of(value).all("filename", None), ["机.doc", "a.doc"]);
    }
}

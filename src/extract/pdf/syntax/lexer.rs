//! Tokens of a PDF file and of its content streams (ISO 32000-2, 7.2 and 7.3).

use std::borrow::Cow;

/// The smallest unit that means something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Integer(i64),
    Real(f64),
    Name(Cow<'a, [u8]>),
    Text(Cow<'a, [u8]>),
    ArrayStart,
    ArrayEnd,
    DictStart,
    DictEnd,
    /// Anything else: `obj`, `true`, an operator.
    Word(&'a [u8]),
}

/// What a byte is to the syntax.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    White,
    Delimiter,
    Regular,
}

const CLASSES: [Class; 256] = {
    let mut table = [Class::Regular; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = match at as u8 {
            0 | 9 | 10 | 12 | 13 | 32 => Class::White,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%' => Class::Delimiter,
            _ => Class::Regular,
        };
        at += 1;
    }
    table
};

pub(crate) fn is_white(byte: u8) -> bool {
    matches!(CLASSES.get(usize::from(byte)), Some(Class::White))
}

fn is_regular(byte: u8) -> bool {
    matches!(CLASSES.get(usize::from(byte)), Some(Class::Regular))
}

/// Reads tokens one after the other. Nothing is an error: what makes no sense
/// is a word or is passed over, and the end of the bytes ends everything open.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()) }
    }

    /// Offset of the next byte.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes on from another place.
    pub(crate) fn jump(&mut self, at: usize) {
        self.at = at.min(self.bytes.len());
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over white space and comments.
    pub(crate) fn skip_white(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let end = memchr::memchr2(b'\n', b'\r', self.rest());
                self.at = end.map_or(self.bytes.len(), |end| self.at + end);
            } else if is_white(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Takes a word, if it is the next thing.
    pub(crate) fn take(&mut self, word: &[u8]) -> bool {
        self.skip_white();
        let is_next = self.rest().starts_with(word);
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    /// The next token; `None` at the end.
    pub(crate) fn token(&mut self) -> Option<Token<'a>> {
        self.skip_white();
        let byte = self.peek()?;
        let token = match byte {
            b'0'..=b'9' | b'+' | b'-' | b'.' => return Some(self.number()),
            b'/' => return Some(self.name()),
            b'(' => return Some(Token::Text(self.literal())),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 1;
                Token::DictStart
            }
            b'<' => return Some(Token::Text(self.hex())),
            b'>' if self.bytes.get(self.at + 1) == Some(&b'>') => {
                self.at += 1;
                Token::DictEnd
            }
            b'[' => Token::ArrayStart,
            b']' => Token::ArrayEnd,
            b'>' | b')' | b'{' | b'}' => {
                Token::Word(self.bytes.get(self.at..self.at + 1).unwrap_or_default())
            }
            _ => return Some(Token::Word(self.regular())),
        };
        self.at += 1;
        Some(token)
    }

    fn regular(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// A number, or the word that begins like one (`-`, `.notdef`).
    fn number(&mut self) -> Token<'a> {
        let start = self.at;
        let mut negative = false;
        // Some producers write two signs.
        while let Some(sign @ (b'+' | b'-')) = self.peek() {
            negative |= sign == b'-';
            self.at += 1;
        }
        let (mut whole, mut digits) = (0_i64, 0);
        while let Some(byte @ b'0'..=b'9') = self.peek() {
            whole = whole.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
            digits += 1;
            self.at += 1;
        }
        let mut real = None;
        if self.peek() == Some(b'.') {
            self.at += 1;
            let (mut part, mut scale) = (0.0, 1.0);
            while let Some(byte) = self.peek() {
                match byte {
                    b'0'..=b'9' => {
                        part = part * 10.0 + f64::from(byte - b'0');
                        scale *= 10.0;
                        digits += 1;
                    }
                    // `0.-12` is written by a producer and means 0.12.
                    b'-' => {}
                    _ => break,
                }
                self.at += 1;
            }
            let part: f64 = if scale > 1e300 { 0.0 } else { part / scale };
            real = Some(whole as f64 + part);
        }
        if digits == 0 {
            let rest = self.regular();
            let word = self.bytes.get(start..self.at).unwrap_or(rest);
            // A lone sign or point is taken for 0 by everyone.
            return if rest.is_empty() { Token::Integer(0) } else { Token::Word(word) };
        }
        // `12-34`: what follows the number is dropped.
        while matches!(self.peek(), Some(b'-' | b'.' | b'0'..=b'9')) {
            self.at += 1;
        }
        match real {
            Some(value) => Token::Real(if negative { -value } else { value }),
            None => Token::Integer(if negative { -whole } else { whole }),
        }
    }

    fn name(&mut self) -> Token<'a> {
        self.at += 1;
        let raw = self.regular();
        if memchr::memchr(b'#', raw).is_none() {
            return Token::Name(Cow::Borrowed(raw));
        }
        let mut name = Vec::with_capacity(raw.len());
        let mut at = 0;
        while let Some(byte) = raw.get(at) {
            let code = (*byte == b'#').then(|| raw.get(at + 1..at + 3)).flatten();
            let digits = code.and_then(|code| match code {
                [high, low] => Some(hex_digit(*high)? * 16 + hex_digit(*low)?),
                _ => None,
            });
            name.push(digits.unwrap_or(*byte));
            at += if digits.is_some() { 3 } else { 1 };
        }
        Token::Name(Cow::Owned(name))
    }

    fn literal(&mut self) -> Cow<'a, [u8]> {
        self.at += 1;
        let start = self.at;
        // The usual string has nothing to undo.
        let rest = self.rest();
        let stop = rest.iter().position(|b| matches!(b, b'(' | b')' | b'\\' | b'\r'));
        if let Some(stop) = stop.filter(|stop| rest.get(*stop) == Some(&b')')) {
            self.at += stop + 1;
            return Cow::Borrowed(rest.get(..stop).unwrap_or_default());
        }
        let kept = stop.unwrap_or(rest.len());
        self.at = start + kept;
        let mut text = rest.get(..kept).unwrap_or_default().to_vec();
        let mut depth = 0_u32;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                b'\\' => {
                    self.escaped(&mut text);
                    continue;
                }
                b'\r' => {
                    self.at += usize::from(self.peek() == Some(b'\n'));
                    text.push(b'\n');
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        Cow::Owned(text)
    }

    fn escaped(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        text.push(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                code as u8
            }
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                return;
            }
            b'\n' => return,
            other => other,
        });
    }

    fn hex(&mut self) -> Cow<'a, [u8]> {
        self.at += 1;
        let rest = self.rest();
        let length = memchr::memchr(b'>', rest);
        self.at += length.map_or(rest.len(), |length| length + 1);
        let digits = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        Cow::Owned(unhex(digits))
    }
}

/// Bytes of hexadecimal digits; what is no digit is passed over, and a last
/// digit that stands alone is the high one.
pub(crate) fn unhex(digits: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(digits.len() / 2 + 1);
    let mut high = None;
    for digit in digits.iter().filter_map(|byte| hex_digit(*byte)) {
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high * 16 + digit),
        }
    }
    bytes.extend(high.map(|high| high * 16));
    bytes
}

pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(text.as_bytes(), 0);
        std::iter::from_fn(|| lexer.token()).collect()
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let cases = [
            ("12", Token::Integer(12)),
            ("-7", Token::Integer(-7)),
            ("+3", Token::Integer(3)),
            ("--3", Token::Integer(-3)),
            ("-.5", Token::Real(-0.5)),
            ("4.", Token::Real(4.0)),
            ("0.25", Token::Real(0.25)),
            ("0.-5", Token::Real(0.5)),
            ("12-34", Token::Integer(12)),
            ("-", Token::Integer(0)),
            ("99999999999999999999", Token::Integer(i64::MAX)),
        ];
        for (text, token) in cases {
            assert_eq!(all(text), [token], "{text}");
        }
        assert_eq!(all("0Tc"), [Token::Integer(0), Token::Word(b"Tc")]);
    }

    #[test]
    fn strings_and_names_are_unescaped() {
        let text = |bytes: &'static [u8]| Token::Text(Cow::Borrowed(bytes));
        let cases = [
            ("(ab)", text(b"ab")),
            ("(a(b)c)", text(b"a(b)c")),
            (r"(a\)b\\\n\101\7)", text(b"a)b\\\nA\x07")),
            ("(a\\\r\nb\r\nc)", text(b"ab\nc")),
            ("(open", text(b"open")),
            ("<48 65 6C6c6F>", text(b"Hello")),
            ("<487>", text(b"Hp")),
            ("/A#20B", Token::Name(Cow::Borrowed(b"A B"))),
            ("/A#2", Token::Name(Cow::Borrowed(b"A#2"))),
            ("/", Token::Name(Cow::Borrowed(b""))),
        ];
        for (source, token) in cases {
            assert_eq!(all(source), [token], "{source}");
        }
    }

    #[test]
    fn delimiters_end_words() {
        let tokens = all("BT/F1 9 Tf[(a)]TJ%c\r<</K true>>ET");
        let words: Vec<_> = tokens
            .iter()
            .filter_map(|token| match token {
                Token::Word(word) => Some(String::from_utf8_lossy(word)),
                _ => None,
            })
            .collect();
        assert_eq!(words, ["BT", "Tf", "TJ", "true", "ET"]);
        assert_eq!(tokens.len(), 13);
    }
}

//! RTF cut up: groups, control words, characters in hex, text, binary data (RTF
//! 1.9.1, "RTF Syntax"). Nothing is copied, and a step is taken each time.

/// Longest control word; the specification has 32 letters.
const MAX_WORD: usize = 64;

/// A piece of RTF.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\word`, with its number.
    Word(&'a str, Option<i32>),
    /// `\*`, `\~` and the like: a control symbol.
    Symbol(u8),
    /// `\'e4`
    Hex(u8),
    /// Bytes of text without line ends.
    Text(&'a [u8]),
    /// What `\bin` announced, as far as it is there.
    Binary(&'a [u8]),
}

/// The pieces of a file.
#[derive(Clone, Debug)]
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// What stands behind the last piece.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let rest = self.rest();
        let taken = rest.get(..count).unwrap_or(rest);
        self.at += taken.len();
        taken
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let first = *rest.first()?;
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            return Some(match first {
                b'\'' => return Some(self.hex()),
                // Their backslash makes a line's end a paragraph's.
                b'\r' | b'\n' => Token::Word("par", None),
                b'\t' => Token::Word("tab", None),
                symbol => Token::Symbol(symbol),
            });
        }
        let letters = rest.iter().take(MAX_WORD).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(self.take(letters)).unwrap_or_default();
        let number = self.number();
        if self.rest().first() == Some(&b' ') {
            self.at += 1;
        }
        if word == "bin" {
            let count = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            return Some(Token::Binary(self.take(count)));
        }
        Some(Token::Word(word, number))
    }

    /// A number behind a control word.
    fn number(&mut self) -> Option<i32> {
        let rest = self.rest();
        let (negative, digits) = match rest.split_first() {
            Some((b'-', digits)) => (true, digits),
            _ => (false, rest),
        };
        let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return None;
        }
        self.at += count + usize::from(negative);
        let value = digits.get(..count)?.iter().fold(0_i32, |sum, digit| {
            sum.saturating_mul(10).saturating_add(i32::from(digit - b'0'))
        });
        Some(if negative { -value } else { value })
    }

    /// Two digits; what is none ends them.
    fn hex(&mut self) -> Token<'a> {
        let digits = self.rest().get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match digits.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                self.at += 2;
                Token::Hex(byte)
            }
            None => Token::Symbol(b'\''),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let first = *self.rest().first()?;
            match first {
                b'{' | b'}' => {
                    self.at += 1;
                    return Some(if first == b'{' { Token::Open } else { Token::Close });
                }
                b'\\' => {
                    self.at += 1;
                    return self.control();
                }
                b'\r' | b'\n' | 0 => self.at += 1,
                b'\t' => {
                    self.at += 1;
                    return Some(Token::Word("tab", None));
                }
                _ => {
                    let is_end =
                        |b: &u8| matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n' | b'\t' | 0);
                    let rest = self.rest();
                    let count = rest.iter().position(is_end).unwrap_or(rest.len());
                    return Some(Token::Text(self.take(count)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_told_apart() {
        use Token::*;
        for (rtf, want) in [
            (r"{\b1 x}", vec![Open, Word("b", Some(1)), Text(b"x"), Close]),
            (r"\u-24456?", vec![Word("u", Some(-24456)), Text(b"?")]),
            (r"\'d6\'D0", vec![Hex(0xD6), Hex(0xD0)]),
            (r"\'zz", vec![Symbol(b'\''), Text(b"zz")]),
            (r"\*\par\~", vec![Symbol(b'*'), Word("par", None), Symbol(b'~')]),
            ("a\r\nb\\\nc", vec![Text(b"a"), Text(b"b"), Word("par", None), Text(b"c")]),
            ("\\bin3 }}}a", vec![Binary(b"}}}"), Text(b"a")]),
            ("\\bin9 }", vec![Binary(b"}")]),
            ("\\bin-1 }", vec![Binary(b""), Close]),
            ("\\fs99999999999 ", vec![Word("fs", Some(i32::MAX))]),
            ("\\b-x", vec![Word("b", None), Text(b"-x")]),
            ("\\", vec![]),
        ] {
            assert_eq!(Tokens::new(rtf.as_bytes()).collect::<Vec<_>>(), want, "{rtf:?}");
        }
    }
}

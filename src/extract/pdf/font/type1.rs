//! Type 1 programs, as far as they tell which character a code is: the encoding
//! in the part that is not encrypted (Adobe Type 1 Font Format, 2.2).

use memchr::memmem;

use super::tables::{self, Known};
use crate::extract::pdf::syntax::{Lexer, Token};

/// Glyph names by code.
pub(crate) fn encoding(data: &[u8]) -> Vec<(u8, String)> {
    // A font in segments (PFB) has its header before the text; it does no harm.
    let clear = memmem::find(data, b"eexec").and_then(|end| data.get(..end)).unwrap_or(data);
    let Some(start) = memmem::find(clear, b"/Encoding") else { return Vec::new() };
    let mut lexer = Lexer::new(clear, start + b"/Encoding".len());
    let mut made = Vec::new();
    match lexer.token() {
        Some(Token::Word(b"StandardEncoding")) => {
            let table = (0..=255).zip(tables::encoding(Known::Standard));
            return table.filter_map(|(code, name)| Some((code, (*name)?.to_owned()))).collect();
        }
        // `[/a /b …]`
        Some(Token::ArrayStart) => {
            let mut code = 0;
            while let (Some(Token::Name(name)), 0..=255) = (lexer.token(), code) {
                made.push((code as u8, String::from_utf8_lossy(&name).into_owned()));
                code += 1;
            }
            return made;
        }
        _ => {}
    }
    // `dup 65 /A put`, until `def`.
    let mut code = None;
    while let Some(token) = lexer.token() {
        match token {
            Token::Integer(value) => code = u8::try_from(value).ok(),
            // `8#101`: a number to a base.
            Token::Word(word) if word.starts_with(b"#") => {}
            Token::Name(name) => {
                if let Some(code) = code.take() {
                    made.push((code, String::from_utf8_lossy(&name).into_owned()));
                }
            }
            Token::Word(b"def" | b"readonly") if !made.is_empty() => break,
            _ => {}
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_read_in_each_form() {
        let pair = |code: u8, name: &str| (code, name.to_owned());
        let cases = [
            (
                "/Encoding 256 array 0 1 255 {1 index exch /.notdef put} for dup 65 /uni673A put \
                 dup 66/B put readonly def /Other 1 def dup 67 /C put eexec",
                vec![pair(65, "uni673A"), pair(66, "B")],
            ),
            ("/Encoding [/.notdef /A] def", vec![pair(0, ".notdef")]),
            ("/Nothing 1 def", vec![]),
        ];
        for (text, want) in cases {
            let made: Vec<_> = encoding(text.as_bytes());
            let made: Vec<_> = made.into_iter().filter(|(c, _)| *c != 1).collect();
            assert_eq!(made, want, "{text}");
        }
        assert!(encoding(b"/Encoding StandardEncoding def").len() > 140);
    }
}

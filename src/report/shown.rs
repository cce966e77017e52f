//! Strings from strangers, made fit to be shown: names and quotes may hold
//! terminal escapes, reversed text and characters that nobody sees.

use std::fmt::{self, Write};

/// Shows a string with everything that could act on a terminal, turn text round
/// or not be seen written as an escape: `\n`, `\u{202e}`.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(is_unsafe_to_show) {
            f.write_str(&rest[..at])?;
            let mut after = rest[at..].chars();
            match after.next() {
                Some('\n') => f.write_str("\\n")?,
                Some('\r') => f.write_str("\\r")?,
                Some('\t') => f.write_char(' ')?,
                Some(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                None => {}
            }
            rest = after.as_str();
        }
        f.write_str(rest)
    }
}

/// Whether a character acts on a terminal, changes the direction of text, breaks
/// the line or leaves no trace on the page.
pub fn is_unsafe_to_show(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_or_hides_is_written_out() {
        for (raw, shown) in [
            ("机密★10年", "机密★10年"),
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("c1\u{9b}31m", "c1\\u{9b}31m"),
            ("fdp.\u{202e}txt", "fdp.\\u{202e}txt"),
            ("机\u{200b}密", "机\\u{200b}密"),
            ("two\nlines\r\tof", "two\\nlines\\r of"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            ("", ""),
        ] {
            assert_eq!(Shown(raw).to_string(), shown);
        }
    }
}

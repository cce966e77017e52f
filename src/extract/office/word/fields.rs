//! Fields: instructions that Word shows the result of. Some have no result and
//! are shown by what they say themselves.

use super::symbols::SymbolFont;

/// Longer instructions than this are no longer kept.
const MAX_INSTRUCTION: usize = 4096;

/// An open field.
#[derive(Debug, Default)]
pub(in crate::extract::office) struct Field {
    instruction: String,
    in_result: bool,
    shown: bool,
}

impl Field {
    /// More of the instruction.
    pub fn instruct(&mut self, text: &str) {
        if !self.in_result && self.instruction.len() < MAX_INSTRUCTION {
            self.instruction.push_str(text);
        }
    }

    /// Whether what comes next is instruction and no result.
    pub fn is_instruction(&self) -> bool {
        !self.in_result
    }

    /// The result begins.
    pub fn separate(&mut self) {
        self.in_result = true;
    }

    /// Text is shown in it.
    pub fn show(&mut self) {
        self.shown |= self.in_result;
    }

    /// Text that an instruction holds beside what the field shows: both answers
    /// of a question, an entry of an index. Names of things it refers to, and
    /// switches, are no text.
    pub fn unsaid(&self) -> Option<String> {
        const TELLING: &[&str] = &[
            "IF", "SET", "ASK", "FILLIN", "COMPARE", "XE", "TC", "QUOTE", "COMMENTS", "TITLE",
            "SUBJECT", "KEYWORDS", "INFO", "AUTOTEXT",
        ];
        let (name, rest) = self.instruction.trim().split_once(char::is_whitespace)?;
        // One without a result shows what it says.
        let telling = TELLING.contains(&name.to_ascii_uppercase().as_str())
            && (self.shown || !name.eq_ignore_ascii_case("QUOTE"));
        let says = !rest.is_ascii();
        (telling && says).then(|| rest.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Whether anything was.
    pub fn has_shown(&self) -> bool {
        self.shown
    }

    /// Whether its instruction begins with a word, whatever its case.
    pub fn is_called(&self, name: &str) -> bool {
        self.instruction.split_whitespace().next().is_some_and(|w| w.eq_ignore_ascii_case(name))
    }

    /// What a field without a result shows.
    pub fn shown_by_itself(self) -> Option<String> {
        if self.shown {
            return None;
        }
        let instruction = self.instruction.trim();
        let (name, rest) = instruction.split_once(char::is_whitespace)?;
        let shown = match name.to_ascii_uppercase().as_str() {
            // Characters set over, into or beside one another (EQ \o\ac(○,密)).
            "EQ" => equation(rest),
            "MACROBUTTON" => rest.trim().split_once(char::is_whitespace)?.1.to_owned(),
            "SYMBOL" => symbol(rest)?.to_string(),
            "QUOTE" => rest.trim().trim_matches('"').to_owned(),
            _ => return None,
        };
        Some(shown).filter(|shown| !shown.trim().is_empty())
    }
}

/// The characters of an equation without its switches and brackets.
fn equation(formula: &str) -> String {
    let mut shown = String::new();
    let mut chars = formula.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.peek() {
                // An escaped bracket or comma is itself.
                Some(next) if !next.is_ascii_alphabetic() => shown.extend(chars.next()),
                _ => while chars.next_if(char::is_ascii_alphanumeric).is_some() {},
            },
            '(' | ')' | ',' | ';' => {}
            c => shown.push(c),
        }
    }
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The character of `171 \f "Wingdings"`.
fn symbol(arguments: &str) -> Option<char> {
    let code = arguments.split_whitespace().next()?;
    let code = match code.strip_prefix("0x").or_else(|| code.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => code.trim_matches('"').parse().ok()?,
    };
    let c = char::from_u32(code)?;
    let face = arguments.split("\\f").nth(1).map(|f| f.trim().trim_start_matches('"'));
    let face = face.and_then(|f| f.split(['"', '\\']).next()).unwrap_or_default();
    Some(SymbolFont::of_face(face).map_or(c, |font| font.shown(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_without_a_result_shows_what_it_says() {
        for (instruction, want) in [
            (r" EQ \o\ac(○,密) ", Some("○密")),
            (r"EQ \o(机密\,五年)", Some("机密,五年")),
            (r#" SYMBOL 171 \f "Wingdings" \s 16 "#, Some("★")),
            (" SYMBOL 9733 \\u ", Some("★")),
            ("MACROBUTTON NoMacro 机密★10年", Some("机密★10年")),
            (" PAGE ", None),
            (r#" HYPERLINK "http://example.org/" "#, None),
        ] {
            let mut field = Field::default();
            field.instruct(instruction);
            assert_eq!(field.shown_by_itself().as_deref(), want, "{instruction}");
        }
        let mut field = Field::default();
        field.instruct(r"EQ \o(机密)");
        field.separate();
        field.show();
        assert_eq!(field.shown_by_itself(), None);
    }
}

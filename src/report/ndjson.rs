//! One JSON object a line, one line a matter (contract, section 3).

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::is_unsafe_to_show;
use crate::model::Examination;

/// Writes one examination as a line. Quotes are written as far as they are in it.
///
/// # Errors
/// Those of the writer.
pub fn render(examination: &Examination, out: &mut dyn Write) -> io::Result<()> {
    line(examination, out)
}

/// Writes any value as one line of JSON that is safe to print.
///
/// # Errors
/// Those of the writer.
pub fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, Printable(CompactFormatter));
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// JSON whose strings hold nothing that acts on a terminal or turns text round:
/// such characters are legal in JSON, and equal to their escapes.
struct Printable(CompactFormatter);

impl Formatter for Printable {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(is_unsafe_to_show) {
            self.0.write_string_fragment(out, &rest[..at])?;
            let mut after = rest[at..].chars();
            for unit in after.next().into_iter().flat_map(|c| {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).to_vec()
            }) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = after.as_str();
        }
        self.0.write_string_fragment(out, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;
    use crate::report::Quotes;
    use crate::report::tests::{examination, finding, part};

    fn rendered(examination: &Examination) -> String {
        let mut out = Vec::new();
        render(examination, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_line_whatever_is_in_it_and_the_same_value() {
        let nasty = "a\n\u{1b}[2J\u{9b}\u{202e}\u{e0041}\u{2028}\"\\密\u{7f}";
        let line = rendered(&examination(vec![part(&[nasty], vec![])]));
        assert_eq!(line.matches('\n').count(), 1);
        assert_eq!(line.trim_end_matches('\n').find(is_unsafe_to_show), None);
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["parts"][0]["path"][0], nasty);
    }

    #[test]
    fn quotes_that_are_off_are_absent() {
        let mut one = examination(vec![part(
            &["a.txt"],
            vec![finding("cn.mark.state-secret", Severity::Block)],
        )]);
        let read: serde_json::Value = serde_json::from_str(&rendered(&one)).unwrap();
        let found = &read["parts"][0]["findings"][0];
        assert_eq!(found["quote"], "机密★10年");
        assert_eq!(found["place"]["char"], serde_json::json!([0, 6]));
        assert_eq!(found["evidence"], serde_json::json!(["own line"]));
        Quotes::OFF.apply(&mut one);
        let read: serde_json::Value = serde_json::from_str(&rendered(&one)).unwrap();
        let found = &read["parts"][0]["findings"][0];
        assert_eq!(found.get("quote"), None);
        assert_eq!(found.get("context"), None);
        assert_eq!(found["place"]["char"], serde_json::json!([0, 6]));
    }
}

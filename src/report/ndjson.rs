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

/// Writes any value as indented JSON that is safe to print.
///
/// # Errors
/// Those of the writer.
pub fn indented(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    for line in text.lines() {
        printable(line, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes JSON with what acts or hides in its strings as escapes. Outside strings JSON
/// has no such character but white space, which is left out of lines before.
fn printable(json: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = json;
    while let Some(at) = rest.find(is_unsafe_to_show) {
        out.write_all(&rest.as_bytes()[..at])?;
        let mut after = rest[at..].chars();
        if let Some(c) = after.next() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        rest = after.as_str();
    }
    out.write_all(rest.as_bytes())
}

/// Lines of JSON as one array, each as it stands.
pub struct Array<'a> {
    out: &'a mut dyn Write,
    any: bool,
}

impl<'a> Array<'a> {
    /// An array that is open.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn begin(out: &'a mut dyn Write) -> io::Result<Self> {
        out.write_all(b"[")?;
        Ok(Self { out, any: false })
    }

    /// Adds a line that is valid JSON.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn add(&mut self, line: &str) -> io::Result<()> {
        let before = if std::mem::replace(&mut self.any, true) { ",\n" } else { "\n" };
        self.out.write_all(before.as_bytes())?;
        // White space between values may be a tab.
        printable(&line.replace(['\t', '\r'], " "), self.out)
    }

    /// Closes it.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn end(self) -> io::Result<()> {
        self.out.write_all(b"\n]\n")
    }
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

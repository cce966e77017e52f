//! The text of a part as it was read: as it is, or with the place of every line.

use std::io::{self, Write};

use serde::Serialize;

use super::ndjson;
use crate::model::{Align, Encoding, Gap, Note, Rect, Region, SourceText, Span};

/// What is told of one part.
#[derive(Debug, Serialize)]
pub struct PartText<'a> {
    /// The trail, outermost first.
    pub path: &'a [String],
    /// Type by content.
    pub media_type: &'static str,
    /// Pages, where the format has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// The encoding of a plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'a Encoding>,
    /// What could not be read.
    pub gaps: &'a [Gap],
    /// What else is worth saying about the reading.
    #[serde(skip_serializing_if = "<[Note]>::is_empty")]
    pub notes: &'a [Note],
    /// Names of what is packed inside.
    pub children: Vec<&'a str>,
    /// The text.
    #[serde(rename = "lines", serialize_with = "lines")]
    pub text: &'a SourceText,
}

/// Writes a part as one line of JSON.
///
/// # Errors
/// Those of the writer.
pub fn json(part: &PartText<'_>, out: &mut dyn Write) -> io::Result<()> {
    ndjson::line(part, out)
}

/// Writes a text as it is, with a line end behind it where it has none. For a
/// terminal, characters that could act on it are written out.
///
/// # Errors
/// Those of the writer.
pub fn plain(text: &SourceText, for_terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    let text = text.as_str();
    if for_terminal {
        for line in text.split_inclusive('\n') {
            let line = line.strip_suffix('\n').unwrap_or(line);
            let line = line.strip_suffix('\r').unwrap_or(line);
            writeln!(out, "{}", super::Shown(line))?;
        }
        return Ok(());
    }
    out.write_all(text.as_bytes())?;
    if !text.is_empty() && !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Line<'a> {
    region: Region,
    #[serde(skip_serializing_if = "is_zero")]
    page: u32,
    #[serde(skip_serializing_if = "is_zero")]
    line: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    #[serde(skip_serializing_if = "is_unknown")]
    align: Align,
    #[serde(skip_serializing_if = "Option::is_none")]
    bbox: Option<Rect>,
    char: [usize; 2],
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    styles: Vec<StyledRange<'a>>,
}

/// A stretch of a line that does not look like the default.
#[derive(Serialize)]
struct StyledRange<'a> {
    char: [usize; 2],
    #[serde(skip_serializing_if = "is_unknown_size")]
    size: f32,
    #[serde(skip_serializing_if = "str::is_empty")]
    face: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<[u8; 3]>,
    #[serde(skip_serializing_if = "is_false")]
    bold: bool,
    #[serde(skip_serializing_if = "is_false")]
    struck: bool,
    #[serde(skip_serializing_if = "is_false")]
    hidden: bool,
    #[serde(skip_serializing_if = "is_false")]
    deleted: bool,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_unknown(align: &Align) -> bool {
    *align == Align::Unknown
}

fn is_unknown_size(size: &f32) -> bool {
    *size == 0.0
}

fn is_false(truth: &bool) -> bool {
    !truth
}

fn lines<S: serde::Serializer>(text: &SourceText, to: S) -> Result<S::Ok, S::Error> {
    let mut count = Counter { text: text.as_str(), byte: 0, chars: 0 };
    to.collect_seq(text.blocks().iter().map(|block| {
        let styles = text.styles_in(block.span()).map(|(span, style)| StyledRange {
            char: count.range(&span),
            size: (style.size * 10.0).round() / 10.0,
            face: &style.face,
            color: style.color,
            bold: style.bold,
            struck: style.struck,
            hidden: style.hidden,
            deleted: style.deleted,
        });
        let styles = styles.collect();
        Line {
            region: block.region,
            page: block.page,
            line: block.line,
            label: text.label(block),
            align: block.align,
            bbox: block.bbox,
            char: count.range(&block.span()),
            text: text.block_text(block),
            styles,
        }
    }))
}

/// Bytes → characters without counting from the start of the text each time.
struct Counter<'a> {
    text: &'a str,
    byte: usize,
    chars: usize,
}

impl Counter<'_> {
    fn range(&mut self, span: &Span) -> [usize; 2] {
        [self.at(span.start), self.at(span.end)]
    }

    fn at(&mut self, byte: usize) -> usize {
        let count = |from, to| self.text.get(from..to).map_or(0, |part: &str| part.chars().count());
        if byte >= self.byte {
            self.chars += count(self.byte, byte);
        } else {
            self.chars -= count(byte, self.byte);
        }
        self.byte = byte;
        self.chars
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BlockHead, Style, TextBuilder};

    #[test]
    fn ranges_slice_the_text() {
        let mut builder = TextBuilder::new();
        let large = builder.style(Style { size: 22.0, face: "黑体".into(), ..Style::default() });
        builder.begin(&BlockHead { page: 1, line: 1, ..BlockHead::default() });
        builder.push("密级：", 0);
        builder.push("机密★10年", large);
        builder.end();
        builder.block(&BlockHead { region: Region::Footer, ..BlockHead::default() }, "— 1 —");
        let text = builder.finish();
        let part = PartText {
            path: &["a.docx".to_owned()],
            media_type: "text/plain",
            pages: None,
            encoding: None,
            gaps: &[],
            notes: &[],
            children: vec![],
            text: &text,
        };
        let mut out = Vec::new();
        json(&part, &mut out).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let chars: Vec<char> = text.as_str().chars().collect();
        let slice = |range: &serde_json::Value| {
            let at = |i: usize| range[i].as_u64().unwrap() as usize;
            chars[at(0)..at(1)].iter().collect::<String>()
        };
        let lines = read["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 2);
        for line in lines {
            assert_eq!(slice(&line["char"]), line["text"].as_str().unwrap());
        }
        assert_eq!(slice(&lines[0]["styles"][0]["char"]), "机密★10年");
        assert_eq!(lines[0]["styles"][0]["face"], "黑体");
        assert_eq!(lines[1].get("styles"), None);
        assert_eq!(lines[1]["region"], "footer");
    }

    #[test]
    fn a_terminal_gets_nothing_that_acts_on_it() {
        let text = SourceText::from_lines("one\r\n\u{1b}[2Jtwo\nthree".into());
        let shown = |for_terminal| {
            let mut out = Vec::new();
            plain(&text, for_terminal, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown(false), "one\r\n\u{1b}[2Jtwo\nthree\n");
        assert_eq!(shown(true), "one\n\\u{1b}[2Jtwo\nthree\n");
    }
}

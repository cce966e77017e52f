//! Charts and diagrams: parts of their own that a drawing shows.

use std::collections::HashSet;

use crate::extract::office::xml::{Ns, Xml, XmlReader};

/// The lines of text of a chart's or diagram's part, in its order.
pub(super) fn lines(xml: &mut XmlReader<'_, '_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut open: Vec<Kind> = Vec::new();
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                let kind = match (element.ns, element.local()) {
                    (Ns::A, "p") => Kind::Paragraph,
                    (Ns::A, "t") => Kind::Text,
                    (Ns::Chart, "strCache" | "multiLvlStrCache" | "strDim" | "txData") => {
                        Kind::Strings
                    }
                    (Ns::Chart, "v" | "pt") if open.contains(&Kind::Strings) => Kind::Value,
                    _ => Kind::Other,
                };
                open.push(kind);
            }
            Xml::Close => {
                if matches!(open.pop(), Some(Kind::Paragraph | Kind::Value)) {
                    let line = std::mem::take(&mut line);
                    if !line.trim().is_empty() {
                        lines.push(line);
                    }
                }
            }
            Xml::Text(text) => {
                if matches!(open.last(), Some(Kind::Text | Kind::Value)) {
                    line.push_str(&text);
                }
            }
        }
    }
    lines
}

/// What of `drawn` is not among `known`: a diagram's picture says its data again.
pub(super) fn only_new(drawn: Vec<String>, known: &HashSet<String>) -> Vec<String> {
    drawn.into_iter().filter(|line| !known.contains(line)).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Text,
    /// Text kept from cells, numbers left out.
    Strings,
    Value,
    Other,
}

//! Charts and diagrams: parts of their own that a drawing shows.

use std::collections::HashSet;

use super::package::{Package, PartId};
use super::xml::{Ns, Xml, XmlReader};
use crate::extract::Budget;

/// The lines of text of a chart's or diagram's part of a package. A diagram's
/// picture says its data again: what is among `known` is left out, and the rest
/// is put there.
pub(crate) fn read(
    package: &mut Package<'_>,
    id: PartId,
    known: Option<&mut HashSet<String>>,
    budget: &mut Budget,
) -> Vec<String> {
    let part = package.xml(id, budget);
    let mut xml = XmlReader::new(&part, budget);
    let mut lines = lines(&mut xml);
    let trouble = xml.finish();
    package.gap_in(id, trouble);
    if let Some(known) = known {
        lines = only_new(lines, known);
        known.extend(lines.iter().cloned());
    }
    lines
}

/// The lines of text of a chart's or diagram's part, in its order.
pub(crate) fn lines(xml: &mut XmlReader<'_, '_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut open: Vec<Kind> = Vec::new();
    let mut strings = 0usize;
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                let kind = match (element.ns, element.local()) {
                    (Ns::A, "p") => Kind::Paragraph,
                    (Ns::A, "t") => Kind::Text,
                    (
                        Ns::Chart,
                        "strCache" | "strLit" | "multiLvlStrCache" | "strDim" | "txData" | "tx",
                    ) => Kind::Strings,
                    // What stands above and below a chart that is printed by itself.
                    (
                        Ns::Chart,
                        "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader"
                        | "firstFooter",
                    ) => Kind::Value,
                    (Ns::Chart, "v" | "pt") if strings > 0 => Kind::Value,
                    _ => Kind::Other,
                };
                strings += usize::from(kind == Kind::Strings);
                open.push(kind);
            }
            Xml::Close => {
                let kind = open.pop();
                strings -= usize::from(kind == Some(Kind::Strings));
                if matches!(kind, Some(Kind::Paragraph | Kind::Value)) {
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
fn only_new(drawn: Vec<String>, known: &HashSet<String>) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Budget, Limits};

    #[test]
    fn titles_and_categories_are_read_and_numbers_are_not() {
        let chart = r#"<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
            <c:title><a:p><a:r><a:t>机密</a:t></a:r><a:r><a:t>★10年</a:t></a:r></a:p></c:title>
            <c:cat><c:strRef><c:f>Sheet1!A1</c:f><c:strCache><c:pt><c:v>一月</c:v></c:pt></c:strCache></c:strRef></c:cat>
            <c:val><c:numCache><c:pt><c:v>4.2</c:v></c:pt></c:numCache></c:val></c:chartSpace>"#;
        let mut budget = Budget::new(Limits::default());
        let lines = lines(&mut XmlReader::new(chart, &mut budget));
        assert_eq!(lines, ["机密★10年", "一月"]);
        let known = HashSet::from(["一月".to_owned()]);
        assert_eq!(only_new(lines, &known), ["机密★10年"]);
    }
}

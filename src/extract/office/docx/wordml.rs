//! Word's XML of 2003 (the WordprocessingML of the Office 2003 XML reference
//! schemas): one file with everything in it. Its stories are written as in Office
//! Open XML, but headers stand in their section, notes where they are referred to,
//! and comments and tracked changes are annotations.

use super::Document;
use super::sections::section_breaks;
use super::story::{Story, StoryKind};
use crate::extract::office::base64;
use crate::extract::office::properties::{is_machine, property};
use crate::extract::office::xml::{Element, Ns, Xml, XmlReader};
use crate::model::{Origin, Submission};

/// Longest list of properties that is kept.
const MAX_PROPERTIES: usize = 100_000;

/// Reads the submission's bytes into the document.
pub(super) fn read(document: &mut Document<'_, '_>) {
    let part = document.whole_file();
    let mut head = Head::default();
    let mut xml = XmlReader::new(part.trim_start_matches('\u{FEFF}'), document.budget);
    while let Some(event) = xml.next() {
        let Xml::Open(element) = event else { continue };
        match (element.ns, element.local()) {
            (Ns::W, "wordDocument" | "docPr" | "docVars" | "lists" | "listDef" | "lvl") => {}
            (Ns::W, "docSuppData" | "docOleData") => {}
            (Ns::W, "styles") => document.styles.read(&mut xml),
            (Ns::W, "docVar") => head.variable(&element),
            (Ns::W, "lvlText") => document.settings.see_list(&element),
            (Ns::W, "binData") => head.packed(&element, document.submission, &mut xml),
            (Ns::VmlOffice, "DocumentProperties" | "CustomDocumentProperties") => {
                head.properties(&mut xml);
            }
            (Ns::W, "body") => {
                let kind = StoryKind { flows: true, ..StoryKind::default() };
                let mut story = Story::new(kind, &mut document.sheet, &mut document.styles)
                    .with_section_breaks(section_breaks(&part));
                story.read(&mut xml);
                document.pictures += story.pictures;
            }
            // Faces, divisions, defaults of shapes.
            _ => xml.skip(),
        }
    }
    if let Some(gap) = xml.finish() {
        document.package.gap(gap);
    }
    let pages = document.sheet.page;
    document.put_alternative_texts();
    document.settings.end_lists();
    document.put_settings();
    for (name, value) in head.properties {
        property(&mut document.sheet.text, &name, &value);
    }
    document.children.append(&mut head.children);
    document.sheet.page = pages;
}

/// What stands before the body.
#[derive(Default)]
struct Head {
    properties: Vec<(String, String)>,
    children: Vec<Submission>,
}

impl Head {
    fn add(&mut self, name: String, value: String) {
        if self.properties.len() < MAX_PROPERTIES && !value.trim().is_empty() {
            self.properties.push((name, value));
        }
    }

    fn variable(&mut self, element: &Element<'_>) {
        let value = |name: &str| element.attr(name).unwrap_or_default().into_owned();
        self.add(value("name"), value("val"));
    }

    /// Each child of the open element is a property.
    fn properties(&mut self, xml: &mut XmlReader<'_, '_>) {
        let mut depth = 1;
        let (mut name, mut value) = (String::new(), String::new());
        while depth > 0 {
            match xml.next() {
                Some(Xml::Open(element)) => {
                    depth += 1;
                    if depth == 2 {
                        name = unescaped(element.local());
                    }
                }
                Some(Xml::Text(text)) if depth >= 2 => value.push_str(&text),
                Some(Xml::Text(_)) => {}
                Some(Xml::Close) => {
                    depth -= 1;
                    if depth == 1 {
                        self.add_unless_machine(std::mem::take(&mut name), &mut value);
                    }
                }
                None => break,
            }
        }
        self.add_unless_machine(name, &mut value);
    }

    fn add_unless_machine(&mut self, name: String, value: &mut String) {
        let value = std::mem::take(value);
        let machine = ["Created", "LastSaved", "LastPrinted", "Version"].contains(&name.as_str());
        if !machine && !is_machine(&name) {
            self.add(name, value);
        }
    }

    /// Objects and macros, in the form Word keeps them in.
    fn packed(&mut self, element: &Element<'_>, outer: &Submission, xml: &mut XmlReader<'_, '_>) {
        let name = element.attr("name").unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        let bytes = base64::decode(xml.inner());
        if xml.spend_bytes(bytes.len() as u64).is_ok() {
            self.children.push(outer.child(name, Origin::Embedded, bytes));
        }
    }
}

/// A name in which `_x0020_` stands for a character that no element may have.
fn unescaped(name: &str) -> String {
    let mut shown = String::new();
    let mut rest = name;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let c = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        match c {
            Some(c) => shown.push(c),
            None => shown.push_str("_x"),
        }
        rest = from.get(if c.is_some() { 7 } else { 2 }..).unwrap_or_default();
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_properties_are_read_as_they_were_given() {
        for (name, want) in [
            ("Title", "Title"),
            ("_x5BC6__x7EA7_", "密级"),
            ("a_x0020_b", "a b"),
            ("_xyz", "_xyz"),
            ("_x12", "_x12"),
            ("_xD800_", "_xD800_"),
        ] {
            assert_eq!(unescaped(name), want);
        }
    }
}

//! Document properties of Office Open XML packages (ISO/IEC 29500-2, clause 11,
//! and 29500-1, 22.2–22.3), and XML stored beside the document.

use super::package::{Package, PartId};
use super::xml::{Xml, XmlReader};
use crate::extract::Budget;
use crate::model::{BlockHead, Region, TextBuilder};

/// What programs write and nobody reads: counters, switches, times.
const MACHINE: &[&str] = &[
    "revision",
    "created",
    "modified",
    "lastPrinted",
    "TotalTime",
    "Pages",
    "Words",
    "Characters",
    "CharactersWithSpaces",
    "Lines",
    "Paragraphs",
    "Slides",
    "Notes",
    "HiddenSlides",
    "MMClips",
    "Application",
    "AppVersion",
    "DocSecurity",
    "ScaleCrop",
    "LinksUpToDate",
    "SharedDoc",
    "HyperlinksChanged",
    "HeadingPairs",
    "DigSig",
];

/// Longer names are no labels.
const MAX_LABEL: usize = 200;

/// Puts one property down: a block for each line of its value.
pub(crate) fn property(text: &mut TextBuilder, name: &str, value: &str) {
    let label: String = name.chars().take(MAX_LABEL).collect();
    let head = BlockHead { region: Region::Property, label, ..BlockHead::default() };
    for line in value.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()) {
        text.block(&head, line);
    }
}

/// Reads core or application properties: each child of the root is one.
pub(crate) fn read_plain(
    package: &mut Package<'_>,
    id: PartId,
    text: &mut TextBuilder,
    budget: &mut Budget,
) {
    let part = package.xml(id, budget);
    let mut xml = XmlReader::new(&part, budget);
    let mut depth = 0;
    let (mut name, mut value) = (String::new(), String::new());
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                depth += 1;
                if depth == 2 {
                    element.local().clone_into(&mut name);
                } else if depth > 2 {
                    // Values of a list, one a line.
                    value.push('\n');
                }
            }
            Xml::Text(piece) if depth >= 2 => value.push_str(&piece),
            Xml::Text(_) => {}
            Xml::Close => {
                if depth == 2 {
                    put_unless_machine(text, &name, &value);
                    value.clear();
                }
                depth -= 1;
            }
        }
    }
    // A part that breaks off has a last value all the same.
    put_unless_machine(text, &name, &value);
    let trouble = xml.finish();
    package.gap_in(id, trouble);
}

fn put_unless_machine(text: &mut TextBuilder, name: &str, value: &str) {
    if !MACHINE.contains(&name) {
        property(text, name, value);
    }
}

/// Reads custom properties: named values, labels of protection among them.
pub(crate) fn read_custom(
    package: &mut Package<'_>,
    id: PartId,
    text: &mut TextBuilder,
    budget: &mut Budget,
) {
    let part = package.xml(id, budget);
    let mut xml = XmlReader::new(&part, budget);
    let mut name = String::new();
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) if element.local() == "property" => {
                name = element.attr("name").unwrap_or_default().into_owned();
            }
            Xml::Text(value) => property(text, &name, &value),
            _ => {}
        }
    }
    let trouble = xml.finish();
    package.gap_in(id, trouble);
}

/// Reads stored XML of any kind: the text of each element, and the values of
/// attributes that people name things by.
pub(crate) fn read_any(
    package: &mut Package<'_>,
    id: PartId,
    text: &mut TextBuilder,
    budget: &mut Budget,
) {
    let part = package.xml(id, budget);
    let mut xml = XmlReader::new(&part, budget);
    let mut names: Vec<String> = Vec::new();
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                for attribute in ["name", "displayName", "title", "value"] {
                    if let Some(value) = element.attr(attribute).filter(|v| !v.is_ascii()) {
                        property(text, element.local(), &value);
                    }
                }
                names.push(element.local().to_owned());
            }
            Xml::Close => drop(names.pop()),
            Xml::Text(value) => {
                property(text, names.last().map_or("", String::as_str), &value);
            }
        }
    }
    let trouble = xml.finish();
    package.gap_in(id, trouble);
}

//! Document properties of Office Open XML packages (ISO/IEC 29500-2, clause 11,
//! and 29500-1, 22.2–22.3), and XML stored beside the document.

use super::package::{Package, PartId, Relationship, targets};
use super::xml::{Xml, XmlReader};
use crate::extract::Budget;
use crate::model::{BlockHead, Gap, Region, TextBuilder};

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

/// Reads all properties of a package: core, application and custom ones, labels
/// of protection, and what is stored as XML beside the document. `roots` are the
/// relationships of the package.
pub(crate) fn read_all(
    package: &mut Package<'_>,
    roots: &[Relationship],
    text: &mut TextBuilder,
    budget: &mut Budget,
) {
    let named = [
        ("core-properties", "docProps/core.xml"),
        ("extended-properties", "docProps/app.xml"),
        ("custom-properties", "docProps/custom.xml"),
        ("classificationlabels", "docMetadata/LabelInfo.xml"),
    ];
    for (kind, usual) in named {
        // Strict documents name the same relationships in other words.
        let strict: String = kind.split('-').enumerate().map(|(n, w)| capitalised(n, w)).collect();
        let mut ids = targets(roots, kind);
        ids.extend(targets(roots, &strict));
        ids.extend(package.find(usual));
        for id in ids {
            if package.is_read(id) {
                continue;
            }
            match kind {
                "custom-properties" => read_custom(package, id, text, budget),
                "classificationlabels" => read_labels(package, id, text, budget),
                _ => read_plain(package, id, text, budget),
            }
        }
    }
    for id in 0..package.len() {
        let name = package.name(id).to_ascii_lowercase();
        let stored = name.starts_with("customxml/")
            && name.ends_with(".xml")
            && !name.contains("/itemprops");
        if stored && !package.is_read(id) {
            read_any(package, id, text, budget);
        }
    }
}

fn capitalised(position: usize, word: &str) -> String {
    let mut chars = word.chars();
    match chars.next().filter(|_| position > 0) {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => word.to_owned(),
    }
}

/// Puts one property down: a block for each line of its value.
pub(crate) fn property(text: &mut TextBuilder, name: &str, value: &str) {
    let label: String = name.chars().take(MAX_LABEL).collect();
    let head = BlockHead { region: Region::Property, label, ..BlockHead::default() };
    for line in value.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()) {
        text.block(&head, line);
    }
}

/// Reads core or application properties: each child of the root is one.
fn read_plain(package: &mut Package<'_>, id: PartId, text: &mut TextBuilder, budget: &mut Budget) {
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

/// Whether a property is one that programs write and nobody reads.
pub(crate) fn is_machine(name: &str) -> bool {
    MACHINE.contains(&name)
}

fn put_unless_machine(text: &mut TextBuilder, name: &str, value: &str) {
    if !is_machine(name) {
        property(text, name, value);
    }
}

/// Reads custom properties: named values, labels of protection among them.
fn read_custom(package: &mut Package<'_>, id: PartId, text: &mut TextBuilder, budget: &mut Budget) {
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

/// Reads sensitivity labels kept in a part of their own (MS-OFFCRYPTO 2.6.4),
/// under the names that custom properties have for the same.
fn read_labels(package: &mut Package<'_>, id: PartId, text: &mut TextBuilder, budget: &mut Budget) {
    const ATTRIBUTES: &[(&str, &str)] = &[
        ("name", "Name"),
        ("enabled", "Enabled"),
        ("method", "Method"),
        ("siteId", "SiteId"),
        ("contentBits", "ContentBits"),
        ("setDate", "SetDate"),
        ("removed", "Removed"),
    ];
    let part = package.xml(id, budget);
    let mut xml = XmlReader::new(&part, budget);
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) if element.local() == "label" => {
                let label = element.attr("id").unwrap_or_default();
                let label = label.trim_matches(['{', '}']);
                for (attribute, word) in ATTRIBUTES {
                    if let Some(value) = element.attr(attribute) {
                        property(text, &format!("MSIP_Label_{label}_{word}"), &value);
                    }
                }
            }
            // Extensions may say anything.
            Xml::Text(value) => property(text, "LabelInfo", &value),
            _ => {}
        }
    }
    let trouble = xml.finish();
    package.gap_in(id, trouble);
}

/// Reads stored XML of any kind: the text of each element, and the values of
/// attributes that are for people.
pub(crate) fn read_any(
    package: &mut Package<'_>,
    id: PartId,
    text: &mut TextBuilder,
    budget: &mut Budget,
) {
    let part = package.xml(id, budget);
    let trouble = read_xml(&part, text, budget);
    package.gap_in(id, trouble);
}

/// Whether an attribute of stored XML is for a person: one in any script but Latin,
/// or a word where labels keep their words. Most are for programs.
fn says(attribute: &str, value: &str) -> bool {
    const TELLING: &[&str] =
        &["value", "label", "level", "classification", "sensitivity", "marking", "caveat"];
    if attribute.starts_with("xmlns") {
        return false;
    }
    let is_word = |value: &str| {
        value.len() <= MAX_LABEL
            && value.chars().filter(char::is_ascii_alphabetic).count() > 2
            && !value.contains(['{', '\\', ':', '.'])
            && !value.split('-').all(|piece| u64::from_str_radix(piece, 16).is_ok())
    };
    !value.is_ascii()
        || TELLING.contains(&attribute.to_ascii_lowercase().as_str()) && is_word(value)
}

/// The same for XML that stands in no package; what stood in the way of all of it.
pub(crate) fn read_xml(part: &str, text: &mut TextBuilder, budget: &mut Budget) -> Option<Gap> {
    let mut xml = XmlReader::new(part, budget);
    let mut names: Vec<String> = Vec::new();
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                for (attribute, value) in element.attributes() {
                    if says(attribute, &value) {
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
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    #[test]
    fn stored_xml_is_read_where_it_is_for_people() {
        let part = r#"<doc xmlns:机="urn:密"><mark level="机密" id="x"/><element uid="id_1" value="SECRET"/>
            <element value="{6D5F-01}"/><element value="0a1b-2c3d"/><field name="Title" type="text"/>
            <note>内部资料</note></doc>"#;
        let mut text = TextBuilder::new();
        let trouble = read_xml(part, &mut text, &mut Budget::new(Limits::default()));
        let text = text.finish();
        let told: Vec<_> =
            text.blocks().iter().map(|block| (text.label(block), text.block_text(block))).collect();
        assert_eq!(told, [("mark", "机密"), ("element", "SECRET"), ("note", "内部资料")]);
        assert_eq!(trouble, None);
    }
}

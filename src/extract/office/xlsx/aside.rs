//! Parts beside the sheets: tables, pivot tables and what they keep of their
//! sources, what other workbooks held when they were last looked at, queries,
//! slicers, controls, logs of changes. Most of what they say stands in some cell
//! too; here is what does not.

use std::collections::HashSet;

use super::page::{Page, place};
use super::strings::unescaped;
use crate::extract::office::xml::{Xml, XmlReader};
use crate::model::Region;

/// Texts that are told apart, to say each once.
pub(super) const MAX_KNOWN: usize = 500_000;

/// Attributes that hold what a person wrote.
const WRITTEN: &[&str] = &[
    "altText",
    "altTextSummary",
    "caption",
    "colHeaderCaption",
    "command",
    "comment",
    "connection",
    "dataCaption",
    "description",
    "errorCaption",
    "grandTotalCaption",
    "headerCaption",
    "help",
    "missingCaption",
    "rowHeaderCaption",
    "subtotalCaption",
    "title",
    "totalsRowLabel",
];

/// Attributes that hold names, which programs give more often than people.
const NAMES: &[&str] = &["displayName", "n", "name", "tag", "u", "uniqueName", "val", "value"];

/// Takes the text of parts beside the sheets.
pub(super) struct Asides<'p> {
    pub page: &'p mut Page,
    /// Text that stands in cells.
    shown: HashSet<&'p str>,
    said: HashSet<String>,
}

impl<'p> Asides<'p> {
    pub fn new(page: &'p mut Page, shown: HashSet<&'p str>) -> Self {
        Self { page, shown, said: HashSet::new() }
    }

    /// Takes one text, if it says anything that was not said before.
    pub fn take(&mut self, region: Region, label: &str, text: &str) {
        let text = text.trim();
        if text.is_empty() || text.parse::<f64>().is_ok() || self.shown.contains(text) {
            return;
        }
        if self.said.len() < MAX_KNOWN && !self.said.insert(text.to_owned()) {
            return;
        }
        self.page.put(&mut place(region, 0, label), text);
    }

    /// Reads a part of any of these kinds.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>, region: Region, label: &str) {
        let mut text = String::new();
        // Whether each open element is a piece of the one around it.
        let mut open: Vec<bool> = Vec::new();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    let local = element.local();
                    for (name, value) in element.attrs() {
                        let counts = match name {
                            // A pivot cache's text; its numbers and days are no marks.
                            "v" => local == "s",
                            name if WRITTEN.contains(&name) => true,
                            name => NAMES.contains(&name) && is_written(&value),
                        };
                        if counts {
                            self.take(region, label, &unescaped(&value));
                        }
                    }
                    open.push(matches!(local, "t" | "r" | "rPr"));
                }
                Xml::Text(piece) => text.push_str(&piece),
                Xml::Close => {
                    if open.pop() != Some(true) {
                        self.take(region, label, &unescaped(&text));
                        text.clear();
                    }
                }
            }
            xml.check_text(self.page.text.len() + text.len());
            xml.check_lines(self.page.count);
        }
        self.take(region, label, &unescaped(&text));
    }
}

/// Whether a name is more than a program would give.
fn is_written(name: &str) -> bool {
    !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:-{}[]&@#+ ".contains(&b))
}

/// What a part beside the sheets is called, by its content type and name; `None`
/// for parts that are none.
pub(super) fn label_of(content_type: &str, name: &str) -> Option<String> {
    let word = match content_type.strip_suffix("+xml") {
        _ if name.eq_ignore_ascii_case("xl/xmlMaps.xml") => "xmlMaps",
        Some(kind) => {
            let own = ["spreadsheetml.", "ms-excel.", "ms-office.activeX", "wps-officedocument."];
            let workbook = kind.ends_with(".main") || kind.ends_with(".sheet");
            let is_own = !workbook && own.iter().any(|own| kind.contains(own));
            is_own.then(|| kind.rsplit('.').next().unwrap_or_default())?
        }
        // Parts of binary workbooks. Others are no records: toolbars, code.
        None => content_type
            .strip_prefix("application/vnd.ms-excel.")
            .filter(|kind| !kind.contains('.') && *kind != "attachedToolbars")?,
    };
    Some(word.chars().take(40).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Budget, Limits};

    #[test]
    fn only_what_no_cell_says_is_taken_and_once() {
        let part = r#"<pivotCacheDefinition><cacheField name="密级"><sharedItems><s v="机密★10年"/>
            <s v="甲"/><s v="甲"/><n v="5"/><d v="2014-01-01"/></sharedItems></cacheField>
            <pivotTable name="PivotTable1" dataCaption="Values"/>
            <is><r><t>机</t></r><r><t>密</t></r></is><v>42</v><v>乙</v></pivotCacheDefinition>"#;
        let mut budget = Budget::new(Limits::default());
        let mut page = Page::default();
        let mut asides = Asides::new(&mut page, HashSet::from(["甲"]));
        asides.read(&mut XmlReader::new(part, &mut budget), Region::Hidden, "pivot");
        let text = page.text.finish();
        assert_eq!(text.as_str(), "密级\n机密★10年\nValues\n机密\n乙\n");
    }

    #[test]
    fn parts_are_told_by_their_types() {
        let open = "application/vnd.openxmlformats-officedocument.spreadsheetml";
        for (kind, name, want) in [
            (format!("{open}.pivotCacheRecords+xml"), "", Some("pivotCacheRecords")),
            ("application/vnd.ms-excel.slicerCache+xml".into(), "", Some("slicerCache")),
            ("application/vnd.ms-excel.externalLink".into(), "", Some("externalLink")),
            ("application/xml".into(), "xl/xmlMaps.xml", Some("xmlMaps")),
            ("application/xml".into(), "customXml/item1.xml", None),
            (format!("{open}.sheet.main+xml"), "", None),
            ("application/vnd.ms-office.vbaProject".into(), "", None),
            ("application/vnd.ms-office.activeX+xml".into(), "", Some("activeX")),
            ("application/vnd.ms-office.activeX".into(), "", None),
            ("application/vnd.ms-excel.attachedToolbars".into(), "", None),
            ("application/vnd.ms-excel.sheet.binary.macroEnabled.main".into(), "", None),
            (format!("{open}.customProperty"), "", None),
        ] {
            assert_eq!(label_of(&kind, name).as_deref(), want, "{kind}");
        }
    }
}

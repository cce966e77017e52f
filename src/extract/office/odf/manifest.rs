//! The list of a package's members (ODF 1.3 part 2, 4): which are encrypted.

use crate::extract::office::xml::{Xml, XmlReader};

/// One member.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub name: String,
    pub encrypted: bool,
}

/// Reads the list.
pub(super) fn read(xml: &mut XmlReader<'_, '_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    while let Some(event) = xml.next() {
        let Xml::Open(element) = event else { continue };
        match element.local() {
            "file-entry" => {
                let name = element.attr("full-path").unwrap_or_default().into_owned();
                entries.push(Entry { name, encrypted: false });
            }
            "encryption-data" => {
                if let Some(entry) = entries.last_mut() {
                    entry.encrypted = true;
                }
            }
            _ => {}
        }
    }
    entries
}

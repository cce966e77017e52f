//! The list of a package's members (ODF 1.3 part 2, 4): which are encrypted,
//! and how.

use crate::extract::office::base64;
use crate::extract::office::xml::{Element, Xml, XmlReader};

/// One member.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub name: String,
    pub encryption: Option<Encryption>,
}

/// How a member is encrypted (part 2, 4.4 to 4.10).
#[derive(Debug, Default)]
pub(super) struct Encryption {
    pub checksum_type: String,
    pub checksum: Vec<u8>,
    pub algorithm: String,
    pub vector: Vec<u8>,
    pub derivation: String,
    pub key_size: Option<u32>,
    pub iterations: u32,
    pub salt: Vec<u8>,
    pub start_key: String,
}

/// Reads the list.
pub(super) fn read(xml: &mut XmlReader<'_, '_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    while let Some(event) = xml.next() {
        let Xml::Open(element) = event else { continue };
        if element.local() == "file-entry" {
            let name = element.attr("full-path").unwrap_or_default().into_owned();
            entries.push(Entry { name, encryption: None });
        } else if let Some(entry) = entries.last_mut() {
            encryption(entry, &element);
        }
    }
    entries
}

fn encryption(entry: &mut Entry, element: &Element<'_>) {
    let local = element.local();
    if local == "encryption-data" {
        entry.encryption = Some(Encryption::default());
    }
    let Some(made) = &mut entry.encryption else { return };
    let words = |name: &str| element.attr(name).unwrap_or_default().into_owned();
    let bytes = |name: &str| base64::decode(&element.attr(name).unwrap_or_default());
    match local {
        "encryption-data" => {
            made.checksum_type = words("checksum-type");
            made.checksum = bytes("checksum");
        }
        "algorithm" => {
            made.algorithm = words("algorithm-name");
            made.vector = bytes("initialisation-vector");
        }
        "key-derivation" => {
            made.derivation = words("key-derivation-name");
            made.key_size = element.number("key-size");
            made.iterations = element.number("iteration-count").unwrap_or(0);
            made.salt = bytes("salt");
        }
        "start-key-generation" => made.start_key = words("start-key-generation-name"),
        _ => {}
    }
}

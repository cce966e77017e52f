//! What a document says of itself: its information dictionary, XMP (ISO 16684-1),
//! bookmarks, page labels.

use std::collections::{HashMap, HashSet};

use super::Said;
use super::pages::Leaf;
use super::syntax::{Dict, File, Object, entry};
use crate::model::Region;

/// Bookmarks that are read.
const MAX_BOOKMARKS: usize = 100_000;

/// Properties, bookmarks and page labels.
pub(crate) fn read(file: &File<'_, '_>, leaves: &[Leaf]) -> Vec<Said> {
    let mut said = information(file);
    said.extend(packets(file));
    said.extend(labels(file));
    said.extend(bookmarks(file, leaves));
    said
}

fn property(label: &str, text: String) -> Said {
    Said::new(Region::Property, 0, label.to_owned(), text)
}

/// The information dictionary (14.3.3), with the keys that anybody adds.
fn information(file: &File<'_, '_>) -> Vec<Said> {
    let Some(dict) = file.dict(&file.trailer(), b"Info") else { return Vec::new() };
    let mut made = Vec::new();
    for (key, value) in dict.iter().take(1000) {
        if matches!(key, b"CreationDate" | b"ModDate" | b"Trapped") {
            continue;
        }
        let text = match file.resolve(value) {
            Object::Text(text) => super::syntax::text::decoded(&text),
            Object::Name(name) => super::syntax::text::decoded(&name),
            _ => continue,
        };
        let label = match key {
            b"Title" => "title".to_owned(),
            b"Subject" => "subject".to_owned(),
            b"Keywords" => "keywords".to_owned(),
            b"Author" => "author".to_owned(),
            other => super::syntax::text::decoded(other),
        };
        made.push(property(&label, text));
    }
    made
}

/// The XMP packet of the document (14.3.2).
pub(crate) fn packets(file: &File<'_, '_>) -> Vec<Said> {
    let Some(catalog) = file.catalog() else { return Vec::new() };
    let Object::Stream(stream) = file.get(&catalog, b"Metadata") else { return Vec::new() };
    let Some(made) = file.unpack(&stream) else { return Vec::new() };
    if !made.is_whole {
        file.meter.damaged("the metadata cannot be unpacked to its end");
    }
    let source = match made.bytes.as_slice() {
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => super::syntax::text::decoded(&made.bytes),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    };
    let texts = super::xml::texts_and_attributes(&source, file.meter);
    texts.into_iter().map(|(label, text)| property(&label, text)).collect()
}

/// Prefixes of page labels (12.4.2), as far as they are words.
fn labels(file: &File<'_, '_>) -> Vec<Said> {
    let mut made: Vec<Said> = Vec::new();
    let root = file.catalog().and_then(|catalog| file.dict(&catalog, b"PageLabels"));
    let mut waiting: Vec<_> = root.into_iter().collect();
    let mut looked_at = 0;
    while let (Some(node), true) = (waiting.pop(), looked_at < 10_000 && file.meter.steps(1)) {
        looked_at += 1;
        for kid in file.array(&node, b"Kids").unwrap_or_default().iter() {
            waiting.extend(file.resolve(kid).dict().cloned());
        }
        for label in file.array(&node, b"Nums").unwrap_or_default().iter().take(10_000) {
            let label = file.resolve(label);
            let Some(prefix) = label.dict().and_then(|label| file.text(label, b"P")) else {
                continue;
            };
            let is_word = prefix.chars().filter(|c| c.is_alphabetic()).count() > 1;
            if is_word && made.iter().all(|said| said.text != prefix) {
                made.push(property("page label", prefix));
            }
        }
    }
    made
}

/// Titles of bookmarks (12.3.3), each with the page it leads to.
fn bookmarks(file: &File<'_, '_>, leaves: &[Leaf]) -> Vec<Said> {
    let outline = file.catalog().and_then(|catalog| file.dict(&catalog, b"Outlines"));
    let Some(outline) = outline else { return Vec::new() };
    let pages: HashMap<u32, u32> =
        leaves.iter().zip(1..).map(|(leaf, number)| (leaf.number, number)).collect();
    let mut made = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting = vec![entry(&outline, b"First").clone()];
    while let Some(object) = waiting.pop() {
        let is_new = object.reference().is_some_and(|number| seen.insert(number));
        if !is_new || made.len() >= MAX_BOOKMARKS || !file.meter.steps(4) {
            continue;
        }
        let resolved = file.resolve(&object);
        let Some(dict) = resolved.dict() else { continue };
        // What comes first is taken last: children before the next.
        waiting.push(entry(dict, b"Next").clone());
        waiting.push(entry(dict, b"First").clone());
        if let Some(title) = file.text(dict, b"Title") {
            let mut said = property("bookmark", title);
            said.head.page = destination(file, dict, &pages).unwrap_or_default();
            made.push(said);
        }
    }
    made
}

/// The page a bookmark leads to, if it says so itself.
fn destination(file: &File<'_, '_>, dict: &Dict, pages: &HashMap<u32, u32>) -> Option<u32> {
    let place = file.array(dict, b"Dest").or_else(|| {
        let action = file.dict(dict, b"A")?;
        file.array(&action, b"D")
    })?;
    pages.get(&place.first()?.reference()?).copied()
}

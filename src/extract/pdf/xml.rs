//! The XML that stands in PDF files: formatted text, XMP packets, XFA forms.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::meter::Meter;

/// Elements within elements.
const MAX_DEPTH: usize = 256;

/// The texts of a document and of its attributes, each with the name of its
/// element or attribute; of lists in RDF the name of the property they belong to.
pub(super) fn texts(source: &str, meter: &Meter<'_>) -> Vec<(String, String)> {
    gather(source, meter, false)
}

/// The same with attributes: RDF writes a property without structure as one.
pub(super) fn texts_and_attributes(source: &str, meter: &Meter<'_>) -> Vec<(String, String)> {
    gather(source, meter, true)
}

fn gather(source: &str, meter: &Meter<'_>, with_attributes: bool) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(source);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut said = String::new();
    loop {
        let event = match reader.read_event() {
            Ok(Event::Eof) | Err(_) => break,
            Ok(event) => event,
        };
        if !meter.steps(1) || open.len() > MAX_DEPTH {
            break;
        }
        match &event {
            Event::Text(text) => said.push_str(text),
            Event::CData(text) => said.push_str(text),
            // `&#9733;` comes by itself: what it stands for belongs to the text.
            Event::GeneralRef(name) => {
                let reference = format!("&{};", &**name);
                said.push_str(&unescape(&reference).unwrap_or_default());
            }
            Event::Start(_) | Event::Empty(_) | Event::End(_) => {
                let holder =
                    |name: &&String| !matches!(name.as_str(), "li" | "Alt" | "Bag" | "Seq");
                let name = open.iter().rev().find(holder).cloned().unwrap_or_default();
                if !said.trim().is_empty() {
                    found.push((name, said.trim().to_owned()));
                }
                said.clear();
            }
            _ => {}
        }
        match event {
            Event::Start(tag) => {
                if with_attributes {
                    attributes(&tag, &mut found);
                }
                open.push(tag.local_name().as_ref().to_owned());
            }
            Event::Empty(tag) if with_attributes => attributes(&tag, &mut found),
            Event::End(_) => drop(open.pop()),
            _ => {}
        }
    }
    if !said.trim().is_empty() {
        found.push((open.pop().unwrap_or_default(), said.trim().to_owned()));
    }
    found
}

fn attributes(tag: &BytesStart<'_>, found: &mut Vec<(String, String)>) {
    for attribute in tag.attributes().flatten() {
        let key = attribute.key.as_ref();
        if ["xmlns", "rdf:", "xml:", "x:"].iter().all(|prefix| !key.starts_with(prefix)) {
            let value = unescape(&attribute.value).unwrap_or_default().into_owned();
            let label = key.rsplit(':').next().unwrap_or(key).to_owned();
            if !value.trim().is_empty() {
                found.push((label, value));
            }
        }
    }
}

//! The texts of XML that stands in other files: XMP packets (ISO 16684-1), forms,
//! formatted text.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

/// Elements within elements.
const MAX_DEPTH: usize = 256;

/// What was found.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Texts {
    /// Names of elements and attributes, and what they hold.
    pub found: Vec<(String, String)>,
    /// Whether the document was read to its end, with all that it refers to in itself.
    pub is_whole: bool,
}

/// The texts of a document, each with the name of its element; of lists in RDF the
/// name of the property they belong to. `step` is asked before each event, and ends
/// the reading where it says so.
pub(super) fn texts(source: &str, step: &mut dyn FnMut() -> bool) -> Texts {
    gather(source, step, false)
}

/// The same with attributes: RDF writes a property without structure as one.
pub(super) fn texts_and_attributes(source: &str, step: &mut dyn FnMut() -> bool) -> Texts {
    gather(source, step, true)
}

fn gather(source: &str, step: &mut dyn FnMut() -> bool, with_attributes: bool) -> Texts {
    let mut reader = Reader::from_str(source);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut said = String::new();
    let (mut is_whole, mut all_known) = (false, true);
    loop {
        let event = match reader.read_event() {
            Ok(Event::Eof) => {
                is_whole = open.is_empty();
                break;
            }
            Err(_) => break,
            Ok(event) => event,
        };
        if !step() || open.len() > MAX_DEPTH {
            break;
        }
        match &event {
            Event::Text(text) => said.push_str(text),
            Event::CData(text) => said.push_str(text),
            // `&#9733;` comes by itself: what it stands for belongs to the text.
            Event::GeneralRef(name) => {
                let reference = format!("&{};", &**name);
                let known = unescape(&reference);
                // An entity of the document's own could stand for anything.
                all_known &= known.is_ok();
                said.push_str(&known.unwrap_or_default());
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
    Texts { found, is_whole: is_whole && all_known }
}

fn attributes(tag: &BytesStart<'_>, found: &mut Vec<(String, String)>) {
    for attribute in tag.attributes().with_checks(false).flatten() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_bear_the_names_of_their_properties() {
        let source = "<x:xmpmeta xmlns:x='a'><rdf:RDF><rdf:Description dc:format='tiff' \
            rdf:about=''><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>机密&#9733;10年</rdf:li>\
            </rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>";
        let read = texts_and_attributes(source, &mut || true);
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(read.found, [pair("format", "tiff"), pair("title", "机密★10年")]);
        assert!(read.is_whole);
        assert_eq!(texts(source, &mut || true).found, [pair("title", "机密★10年")]);

        let cut = texts(&source[..source.len() - 60], &mut || true);
        assert!(!cut.is_whole && cut.found.len() == 1);
        assert!(!texts(source, &mut || false).is_whole);
        let entity =
            texts("<!DOCTYPE a [<!ENTITY e '机密'>]><a>一&e;&amp;二</a>", &mut || true);
        assert_eq!(entity.found, [pair("a", "一&二")]);
        assert!(!entity.is_whole, "what an entity stands for was not read");
        let deep = texts(&"<a>".repeat(1000), &mut || true);
        assert!(!deep.is_whole && deep.found.is_empty());
    }
}

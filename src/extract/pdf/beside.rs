//! What a document holds beside its pages: properties, annotations, form
//! fields, embedded files.

use std::collections::BTreeMap;

use memchr::memmem;
use pdfrum::Document;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use crate::extract::{Budget, Extraction};
use crate::model::{BlockHead, Gap, GapKind, Origin, Region, Submission};

/// Whether there may be any of it. Where objects are packed in streams the
/// words cannot be seen, so that counts as well.
pub(super) fn hinted(bytes: &[u8]) -> bool {
    const WORDS: [&[u8]; 7] = [
        b"/Annots",
        b"/AcroForm",
        b"/EmbeddedFile",
        b"/Filespec",
        b"/Info",
        b"/Metadata",
        b"/ObjStm",
    ];
    WORDS.iter().any(|word| memmem::find(bytes, word).is_some())
}

/// Adds it to what was read.
pub(super) fn read(
    document: &Document,
    submission: &Submission,
    budget: &mut Budget,
    into: &mut Extraction,
) {
    let mut found: Vec<(BlockHead, String)> = Vec::new();
    properties(document, &mut found);
    xmp(document, &mut found);
    annotations(document, &mut found);
    fields(document, &mut found);
    found.retain(|(_, text)| !text.trim().is_empty());
    for (head, text) in &found {
        into.text.append(head, text);
    }
    for (number, attachment) in (1..).zip(document.attachments()) {
        let name = attachment.file_name();
        let name = if name.is_empty() { format!("embedded-{number}") } else { name };
        let Some(data) = attachment.data() else {
            let gap = Gap::new(GapKind::Damaged, "the embedded file's data cannot be taken out");
            into.children.push(submission.lost_child(name, Origin::Embedded, gap));
            continue;
        };
        if let Err(gap) = budget.spend_bytes(data.len() as u64) {
            into.gaps.push(gap);
            return;
        }
        into.children.push(submission.child(name, Origin::Embedded, data));
    }
}

fn head(region: Region, page: u32, label: &str) -> BlockHead {
    BlockHead { region, page, label: label.to_owned(), ..BlockHead::default() }
}

fn properties(document: &Document, found: &mut Vec<(BlockHead, String)>) {
    let meta = document.metadata();
    let named = [
        ("title", meta.title),
        ("subject", meta.subject),
        ("keywords", meta.keywords),
        ("author", meta.author),
    ];
    for (label, value) in named {
        found.extend(value.map(|value| (head(Region::Property, 0, label), value)));
    }
    for (label, value) in meta.custom {
        found.push((head(Region::Property, 0, &label), value));
    }
}

fn annotations(document: &Document, found: &mut Vec<(BlockHead, String)>) {
    for (number, page) in (1..).zip(document.pages()) {
        for annotation in page.annotations() {
            let said = annotation.contents();
            found.extend(said.map(|said| (head(Region::Annotation, number, ""), said)));
        }
    }
}

fn fields(document: &Document, found: &mut Vec<(BlockHead, String)>) {
    let Some(form) = document.form() else { return };
    // A field knows no page; the widget that shows it does, by its partial name.
    let mut pages = BTreeMap::new();
    for (number, page) in (1..).zip(document.pages()) {
        for annotation in page.annotations() {
            let mut entries = annotation.dict().iter();
            let title = entries.find(|(key, _)| key.as_str() == Some("T"));
            if let Some(title) = title.and_then(|(_, value)| value.as_string()) {
                pages.entry(title.as_text().into_owned()).or_insert(number);
            }
        }
    }
    for field in form.fields() {
        let name = field.name();
        let partial = name.rsplit('.').next().unwrap_or(name);
        let page = pages.get(partial).copied().unwrap_or(0);
        found.push((head(Region::FormField, page, name), field.value()));
    }
}

/// The texts of the XMP packet, each under the name of its property
/// (ISO 16684-1: RDF, whose own elements carry no text).
fn xmp(document: &Document, found: &mut Vec<(BlockHead, String)>) {
    let Some(packet) = document.xmp_metadata() else { return };
    let packet = String::from_utf8_lossy(&packet);
    let mut reader = Reader::from_str(&packet);
    reader.config_mut().check_end_names = false;
    let mut open: Vec<String> = Vec::new();
    let mut said = String::new();
    loop {
        let event = match reader.read_event() {
            Ok(Event::Eof) | Err(_) => break,
            Ok(event) => event,
        };
        match &event {
            Event::Text(text) => said.push_str(text),
            // `&#9733;` comes by itself: what it stands for belongs to the text.
            Event::GeneralRef(name) => {
                let reference = format!("&{};", &**name);
                said.push_str(&unescape(&reference).unwrap_or_default());
            }
            Event::Start(_) | Event::Empty(_) | Event::End(_) => {
                let holder =
                    |name: &&String| !matches!(name.as_str(), "li" | "Alt" | "Bag" | "Seq");
                let name = open.iter().rev().find(holder);
                if let (Some(name), false) = (name, said.trim().is_empty()) {
                    found.push((head(Region::Property, 0, name), said.trim().to_owned()));
                }
                said.clear();
            }
            _ => {}
        }
        match event {
            Event::Start(tag) => {
                xmp_attributes(&tag, found);
                open.push(tag.local_name().as_ref().to_owned());
            }
            Event::Empty(tag) => xmp_attributes(&tag, found),
            Event::End(_) => drop(open.pop()),
            _ => {}
        }
        if open.len() > MAX_XMP_DEPTH {
            break;
        }
    }
}

/// RDF writes a property without structure as an attribute, too.
fn xmp_attributes(tag: &BytesStart, found: &mut Vec<(BlockHead, String)>) {
    for attribute in tag.attributes().flatten() {
        let key = attribute.key.as_ref();
        if ["xmlns", "rdf:", "xml:"].iter().all(|prefix| !key.starts_with(prefix)) {
            let value = unescape(&attribute.value).unwrap_or_default().into_owned();
            let label = key.rsplit(':').next().unwrap_or(key);
            found.push((head(Region::Property, 0, label), value));
        }
    }
}

/// Deeper than RDF of any producer.
const MAX_XMP_DEPTH: usize = 64;

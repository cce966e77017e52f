//! PDF (ISO 32000): text with its place on the page, and what stands beside the
//! pages: properties, annotations, form fields, embedded files.
//!
//! `syntax` reads objects, `font` tells characters, `interpret` runs pages; all of
//! them charge a [`meter::Meter`]. Where they leave a doubt a second reader is asked.

mod annotations;
mod attachments;
mod color;
mod doubt;
mod fields;
pub(crate) mod font;
mod geometry;
mod interpret;
mod layers;
mod layout;
mod meter;
mod page;
mod pages;
mod properties;
pub(crate) mod render;
mod revisions;
mod second;
mod sweep;
mod syntax;
mod xfa;
mod xml;

use std::collections::{HashMap, HashSet};

use self::annotations::Notes;
use self::attachments::Attachments;
use self::fields::Fields;
use self::interpret::{Document, Interpreter};
use self::layout::Line;
use self::meter::Meter;
use self::page::{Faces, Layer, Page};
use self::pages::Leaf;
use self::syntax::{File, Object, Refusal};
use crate::extract::unread::PICTURES;
use crate::extract::{Budget, Extraction};
use crate::model::{BlockHead, Gap, GapKind, Note, Region, Submission, TextBuilder};

/// Text that stands beside the pages, or that no line of a page is.
#[derive(Debug)]
struct Said {
    head: BlockHead,
    text: String,
}

impl Said {
    fn new(region: Region, page: u32, label: String, text: String) -> Self {
        Self { head: BlockHead { region, page, label, ..BlockHead::default() }, text }
    }
}

/// What was read.
#[derive(Default)]
struct Reading {
    pages: Vec<Page>,
    notes: Vec<Notes>,
    faces: Faces,
    said: Vec<Said>,
    /// Lines of earlier states, by page.
    earlier: Vec<Said>,
    children: Vec<Submission>,
}

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes = submission.bytes.shared();
    let passwords = budget.passwords();
    let meter = Meter::new(budget);
    let mut reading = Reading::default();
    let (file, refusal) = File::of(&bytes, &meter, passwords.iter());
    let is_refused = refusal.is_some();
    if let Some(refusal) = refusal {
        if file.has_open_metadata() {
            reading.said.extend(properties::packets(&file));
        }
        meter.note(refusal_gap(refusal));
    } else {
        read_file(&file, submission, &mut reading);
        drop(file);
        if !meter.is_stopped() {
            second::help(&bytes, &passwords, &meter, &mut reading);
        }
    }
    let bytes = (!is_refused).then_some(bytes.as_slice());
    assemble(reading, &meter, bytes)
}

fn refusal_gap(refusal: Refusal) -> Gap {
    let detail = match refusal {
        Refusal::Password => "the document opens with a password only",
        Refusal::Certificate => "the document is encrypted for the holders of certificates",
        Refusal::Handler => "the document is encrypted in a way that is not known",
    };
    Gap::new(GapKind::Encrypted, detail)
}

fn read_file(file: &File<'_, '_>, submission: &Submission, reading: &mut Reading) {
    let leaves = pages::leaves(file);
    let document = Document::new(file);
    let mut fields = Fields::load(file);
    let mut attachments = Attachments::default();
    attachments.of_document(file);
    for (leaf, number) in leaves.iter().zip(1..) {
        if file.meter.is_stopped() {
            break;
        }
        let (page, notes) = read_page(&document, leaf, number, &mut fields, &mut attachments);
        reading.pages.push(page);
        reading.notes.push(notes);
    }
    reading.said.extend(fields.said());
    let shown = || letters(&reading.pages);
    let known = |said: &Said, shown: &str| shown.contains(&letters_of(&said.text));
    let form = xfa::read(file);
    if !form.is_empty() {
        let shown = shown();
        reading.said.extend(form.into_iter().filter(|said| !known(said, &shown)));
    }
    let spoken = sweep::read(file, &mut attachments, &shown);
    reading.said.extend(spoken);
    reading.said.extend(properties::read(file, &leaves));
    reading.said.extend(attachments.take_said());
    reading.earlier = read_earlier(file, &leaves, reading);
    reading.faces = document.faces.take();
    reading.children = attachments.children(file, submission);
}

fn read_page(
    document: &Document<'_, '_, '_>,
    leaf: &Leaf,
    number: u32,
    fields: &mut Fields,
    attachments: &mut Attachments,
) -> (Page, Notes) {
    let file = document.file;
    let mut interpreter = Interpreter::new(document, leaf.base, leaf.size);
    interpreter.run_page(&content(document, leaf), &leaf.resources);
    attachments.of_page(file, &leaf.dict);
    let mut reading = annotations::Reading { fields, attachments, layers: &document.layers };
    let notes = annotations::read(file, leaf, number, &mut interpreter, &mut reading);
    (interpreter.finish(), notes)
}

/// The operators of a page: those of one stream, or of several one after the other.
fn content(document: &Document<'_, '_, '_>, leaf: &Leaf) -> Vec<u8> {
    let file = document.file;
    match file.get(&leaf.dict, b"Contents") {
        Object::Stream(stream) => document.unpacked(&stream),
        Object::Array(parts) => {
            let mut made = Vec::new();
            for part in parts.iter() {
                if !file.meter.steps(4) || made.len() > syntax::filter::MAX_STREAM {
                    break;
                }
                match file.resolve(part) {
                    Object::Stream(stream) => made.extend(document.unpacked(&stream)),
                    Object::Null => file.meter.damaged("a part of a page's content is missing"),
                    _ => {}
                }
                made.push(b'\n');
            }
            made
        }
        Object::Null if leaf.dict.has(b"Contents") => {
            file.meter.damaged("the content of a page is missing");
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn letters_of(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// All letters of all pages, in the order they are drawn.
fn letters(pages: &[Page]) -> String {
    let all = pages.iter().flat_map(|page| &page.glyphs).map(|glyph| glyph.c);
    all.filter(|c| !c.is_whitespace()).collect()
}

/// What earlier states of the file said on pages and in properties that were
/// changed since.
fn read_earlier(file: &File<'_, '_>, leaves: &[Leaf], reading: &Reading) -> Vec<Said> {
    let mut made = Vec::new();
    let states = revisions::earlier(file.bytes());
    if states.is_empty() {
        return made;
    }
    let mut known: HashSet<String> = HashSet::new();
    for page in &reading.pages {
        let mut lines = layout::lines(page);
        known.extend(lines.drain(..).map(|line| letters_of(&line.text())));
    }
    known.extend(reading.said.iter().map(|said| letters_of(&said.text)));
    for (state, revision) in states.iter().zip(1..) {
        if file.meter.is_stopped() {
            break;
        }
        let Some(old) = file.earlier(state.length, state.offset) else { continue };
        let changed = revisions::changed(file, state.length);
        let label = format!("revision {revision}");
        let mut say = |page: u32, text: String| {
            let letters = letters_of(&text);
            if !letters.is_empty() && known.insert(letters) {
                made.push(Said::new(Region::Hidden, page, label.clone(), text));
            }
        };
        let document = Document::new(&old);
        let (mut fields, mut attachments) = (Fields::load(&old), Attachments::default());
        for (leaf, number) in pages::leaves(&old).iter().zip(1..) {
            let is_here = leaves.iter().any(|now| now.number == leaf.number);
            let is_touched =
                changed.contains(&leaf.number) || revisions::is_touched(&old, &leaf.dict, &changed);
            if is_here && !is_touched {
                continue;
            }
            let (page, notes) = read_page(&document, leaf, number, &mut fields, &mut attachments);
            for line in layout::lines(&page) {
                say(number, line.text());
            }
            for said in notes.said {
                say(number, said.text);
            }
        }
        for said in fields.said().into_iter().chain(properties::read(&old, &[])) {
            say(said.head.page, said.text);
        }
    }
    made
}

/// Makes the text; `bytes` are those of a document that could be opened.
fn assemble(mut reading: Reading, meter: &Meter<'_>, bytes: Option<&[u8]>) -> Extraction {
    let mut all: Vec<Vec<Line>> = reading.pages.iter().map(layout::lines).collect();
    layout::mark_running(&reading.pages, &mut all);
    if let Some(bytes) = bytes {
        doubt::doubts(bytes, meter, &reading.pages, &all);
    }
    let notes = pictures(&reading.pages, meter);
    let mut builder = TextBuilder::new();
    reading.notes.resize_with(reading.pages.len(), Notes::default);
    let mut waiting: HashMap<u32, Vec<Said>> = HashMap::new();
    let mut behind = Vec::new();
    for said in reading.said.into_iter().chain(reading.earlier) {
        match said.head.page as usize {
            page if page >= 1 && page <= all.len() && said.head.region != Region::Property => {
                waiting.entry(said.head.page).or_default().push(said);
            }
            _ => behind.push(said),
        }
    }
    for (number, ((page, lines), notes)) in
        (1..).zip(reading.pages.iter().zip(&all).zip(reading.notes))
    {
        let labels: HashMap<Layer, String> = notes.labels.into_iter().collect();
        layout::write(&mut builder, number, page, lines, &reading.faces, &labels);
        let spoken = page
            .spoken
            .iter()
            .map(|text| Said::new(Region::AltText, number, String::new(), text.clone()));
        let beside = waiting.remove(&number).unwrap_or_default();
        for said in spoken.chain(notes.said).chain(beside) {
            write(&mut builder, &said);
        }
        if builder.len() > meter.with(|budget| budget.text_limit()) {
            meter.note(meter.with(|budget| budget.text_gap()));
            break;
        }
    }
    for said in &behind {
        write(&mut builder, said);
    }
    let mut text = builder.finish();
    text.page_sizes = reading.pages.iter().map(|page| [page.width, page.height]).collect();
    let pages = (!reading.pages.is_empty()).then_some(reading.pages.len() as u32);
    Extraction {
        pages,
        text,
        children: reading.children,
        gaps: meter.take_gaps(),
        notes,
        ..Extraction::default()
    }
}

/// Says how many pictures stand beside text, if no page is a picture itself.
fn pictures(pages: &[Page], meter: &Meter<'_>) -> Vec<Note> {
    let count: u32 = pages.iter().map(|page| page.images).sum();
    if count == 0 || meter.has(GapKind::ImageOnly) {
        return Vec::new();
    }
    PICTURES.note(count as usize).into_iter().collect()
}

/// Writes a text, a block for each of its lines.
fn write(builder: &mut TextBuilder, said: &Said) {
    for line in said.text.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let line = line.trim();
        if !line.is_empty() {
            builder.block(&said.head, line);
        }
    }
}

#[cfg(test)]
mod tests;

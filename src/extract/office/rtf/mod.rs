//! Rich Text Format (RTF 1.9.1): the body first, then what stands beside it, and
//! the properties last. A page that was wrapped in RTF comes out as a page.

mod codepage;
mod destinations;
mod fonts;
mod forms;
mod html;
mod objects;
mod reader;
mod shapes;
mod state;
mod story;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use std::borrow::Cow;

use memchr::memmem;
use reader::{Noted, Reader};
use story::Story;

use super::compound::Compound;
use super::word::sections::shown_margins;
use super::word::sheet::{NoteKind, Piece};
use super::{package, properties};
use crate::extract::unread::{EXTERNAL_LINKS, tell_pictures};
use crate::extract::{Budget, Extraction, charset};
use crate::model::{BlockHead, Gap, GapKind, Origin, Region, SourceText, Submission, TextBuilder};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes = narrow(&submission.bytes, budget);
    let wrapped = html::is_wrapped(&bytes).then(|| html::unwrap(&bytes, budget));
    let mut reader = Reader::new(submission, &bytes, budget);
    reader.read();
    let extraction = finish(reader);
    match wrapped {
        Some(page) => with_page(submission, page, extraction, budget),
        None => extraction,
    }
}

/// RTF is ASCII; some programs write it in wide characters all the same.
fn narrow<'a>(bytes: &'a [u8], budget: &Budget) -> Cow<'a, [u8]> {
    let is_wide = bytes.starts_with(&[0xFF, 0xFE])
        || bytes.starts_with(&[0xFE, 0xFF])
        || bytes.starts_with(b"{\0")
        || bytes.starts_with(b"\0{");
    if !is_wide {
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        return Cow::Borrowed(text.trim_ascii_start());
    }
    let text = charset::decode(bytes, budget.text_limit()).text;
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte) => out.push(byte),
            Err(_) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    // What stands in for it is nothing.
                    out.extend(format!("{{\\uc0\\u{unit}}}").bytes());
                }
            }
        }
    }
    Cow::Owned(out)
}

/// The page that a mail program wrapped in RTF. Word does not know of it and shows
/// the RTF, whose text is read too where it is not all the page's.
fn with_page(
    submission: &Submission,
    wrapped: html::Unwrapped,
    mut out: Extraction,
    budget: &mut Budget,
) -> Extraction {
    if says_no_more(&out.text, &wrapped.said) {
        out.text = SourceText::default();
        out.gaps.retain(|gap| gap.kind != GapKind::ImageOnly);
        out.notes.retain(|note| note.id != "pictures");
        out.pages = Some(1);
    }
    if let Some(gap) = wrapped.gap.filter(|gap| !out.gaps.contains(gap)) {
        out.gaps.push(gap);
    }
    match budget.spend_bytes(wrapped.page.len() as u64) {
        Ok(()) => {
            let page = wrapped.page.into_bytes();
            out.children.insert(0, submission.child("body.html", Origin::MailBody, page));
        }
        Err(gap) => out.gaps.push(gap),
    }
    out
}

/// Whether the letters of all lines stand in `said`, in their order.
fn says_no_more(text: &SourceText, said: &str) -> bool {
    let mut rest = said;
    text.blocks().iter().all(|block| {
        let letters = text.block_text(block).chars().filter(|c| c.is_alphanumeric());
        let letters: String = letters.collect();
        let after = rest.find(&letters).and_then(|at| rest.get(at + letters.len()..));
        after.inspect(|after| rest = after).is_some()
    })
}

fn finish(mut reader: Reader<'_, '_>) -> Extraction {
    let pages = reader.sheet.page;
    put_margins(&mut reader, pages);
    put_notes(&mut reader);
    for (page, text) in std::mem::take(&mut reader.sheet.alt) {
        let head = BlockHead { region: Region::AltText, page, ..BlockHead::default() };
        for line in text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()) {
            reader.sheet.text.block(&head, line);
        }
    }
    for (name, value) in &reader.properties {
        properties::property(&mut reader.sheet.text, name, value);
    }
    let stored = std::mem::take(&mut reader.stored);
    for data in &stored {
        let gaps = read_stored(data, &mut reader.sheet.text, reader.budget);
        reader.gaps.extend(gaps);
    }
    put_rest(&mut reader);
    if let Some((count, codepage)) = reader.broken() {
        let words = format!("{count} byte sequences are not {}", codepage.name());
        reader.gaps.push(Gap::new(GapKind::GarbledText, words));
    }
    reader.gaps.extend(reader.budget.check_pages(pages as usize).err());
    let mut extraction = Extraction {
        pages: Some(pages),
        text: reader.sheet.text.finish(),
        children: reader.children,
        gaps: reader.gaps,
        ..Extraction::default()
    };
    tell(&mut extraction, reader.pictures, reader.outside);
    extraction
}

/// Headers and footers, each once; those that no page shows are not seen.
fn put_margins(reader: &mut Reader<'_, '_>, pages: u32) {
    let shown = shown_margins(&reader.sections, reader.facing, pages);
    for header in [true, false] {
        for margin in shown.iter().filter(|margin| margin.header == header) {
            let Ok(number) = margin.id.parse::<usize>() else { continue };
            let Some(pieces) = reader.margin_pieces.get_mut(number).map(std::mem::take) else {
                continue;
            };
            put_pieces(reader, pieces, margin.page.unwrap_or(0), margin.page.is_none());
        }
    }
}

fn put_pieces(reader: &mut Reader<'_, '_>, mut pieces: Vec<Piece>, page: u32, unseen: bool) {
    let sheet = &mut reader.sheet;
    if unseen {
        Story::hide(&mut pieces, sheet);
    }
    sheet.begin_story(page);
    pieces.into_iter().for_each(|piece| sheet.put_piece(piece));
}

/// Footnotes, then comments, on the pages that refer to them.
fn put_notes(reader: &mut Reader<'_, '_>) {
    let mut notes = std::mem::take(&mut reader.notes);
    notes.sort_by_key(|noted| noted.number);
    for kind in [NoteKind::Footnote, NoteKind::Comment] {
        for Noted { number, pieces, .. } in notes.extract_if(.., |noted| noted.kind == kind) {
            let id = (kind, number.to_string());
            let page = reader.sheet.note_pages.get(&id).copied().unwrap_or(0);
            put_pieces(reader, pieces, page, false);
        }
    }
}

/// XML that programs keep with a document, in a compound file of its own.
fn read_stored(data: &[u8], text: &mut TextBuilder, budget: &mut Budget) -> Vec<Gap> {
    // Word keeps an empty one where there is none.
    if data.len() < 2048 && memmem::find(data, b"I\0t\0e\0m\0").is_none() {
        return Vec::new();
    }
    let Some(mut file) = Compound::open(data) else {
        return vec![Gap::new(GapKind::Damaged, "XML stored with the document cannot be opened")];
    };
    let mut gaps: Vec<Gap> = file.damage().into_iter().collect();
    for id in 0..file.entries().len() {
        let is_item = |id: usize| {
            file.entries().get(id).is_some_and(|entry| entry.is_stream && entry.name == "Item")
        };
        if is_item(id) {
            let (bytes, gap) = file.read(id, budget);
            gaps.extend(gap);
            gaps.extend(properties::read_xml(&package::decode(bytes).0, text, budget));
        }
    }
    gaps
}

/// What stands behind the end of the file's group no reader of the page sees.
fn put_rest(reader: &mut Reader<'_, '_>) {
    let rest = reader.rest();
    let blank = |b: &u8| b.is_ascii_whitespace() || *b == 0 || *b == b'}' || *b == 0x1A;
    if reader.is_over || rest.iter().all(blank) {
        return;
    }
    match reader.budget.spend_bytes(rest.len() as u64) {
        Ok(()) => {
            let child = reader.submission.child("behind-the-end.bin", Origin::Embedded, rest);
            reader.children.push(child);
        }
        Err(gap) => reader.gaps.push(gap),
    }
}

fn tell(extraction: &mut Extraction, pictures: usize, outside: usize) {
    let Extraction { text, gaps, notes, .. } = extraction;
    tell_pictures(pictures, text, gaps, notes);
    notes.extend(EXTERNAL_LINKS.note(outside));
}

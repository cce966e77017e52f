//! What stands beside the body: headers and footers of each section, notes,
//! comments, and what text is left that nothing leads to.

use super::bytes::{strings, u16_at};
use super::document::{Document, SEPARATORS};
use super::fib::{Part, StoryId};
use super::plc::Plc;
use super::sprm::Dialect;
use super::story::{self, Kind};
use crate::extract::office::word::sections::shown_margins;
use crate::extract::office::word::sheet::NoteKind;
use crate::model::Region;

/// Longer names are nobody's.
const MAX_NAME: usize = 60;

/// Headers, then footers, each once, on the first page that shows it.
pub(super) fn read(document: &mut Document<'_, '_>, pages: u32) {
    let stories = document.header_stories();
    let shown = shown_margins(&document.sections, document.even_and_odd, pages);
    let mut read = vec![false; stories.len()];
    for header in [true, false] {
        let region = if header { Region::Header } else { Region::Footer };
        for margin in shown.iter().filter(|margin| margin.header == header) {
            let Some(number) = margin.id.parse::<usize>().ok() else { continue };
            let Some(range) = stories.get(number) else { continue };
            if let Some(read) = read.get_mut(number) {
                *read = true;
            }
            let unseen = margin.page.is_none();
            let label = margin.which.to_owned();
            let page = margin.page.unwrap_or(0);
            read_on(document, page, margin_kind(region, label, unseen), *range);
        }
    }
    for (number, range) in stories.iter().enumerate() {
        if range.1 <= range.0 || read.get(number) == Some(&true) {
            continue;
        }
        let kind = match number < SEPARATORS {
            true => note_kind(Region::Note, "separator"),
            false => margin_kind(Region::Header, "unreferenced".to_owned(), true),
        };
        read_on(document, 0, kind, *range);
    }
    // What the table does not tell.
    let (start, end) = document.fib.story(StoryId::Headers);
    let told = stories.last().map_or(start, |(_, end)| *end);
    let unseen = !stories.is_empty();
    let kind = margin_kind(Region::Header, "unreferenced".to_owned(), unseen);
    read_on(document, u32::from(!unseen), kind, (told, end));
}

fn margin_kind(region: Region, label: String, unseen: bool) -> Kind {
    Kind { region, label, unseen, is_margin: true, ..Kind::default() }
}

fn note_kind(region: Region, label: impl Into<String>) -> Kind {
    Kind { region, label: label.into(), ..Kind::default() }
}

fn read_on(document: &mut Document<'_, '_>, page: u32, kind: Kind, range: (u32, u32)) {
    if range.1 > range.0 && !document.is_over {
        document.sheet.begin_story(page);
        story::read(document, kind, range);
    }
}

/// Footnotes, endnotes and comments, each on the page of its reference.
pub(super) fn read_notes(document: &mut Document<'_, '_>) {
    let kinds = [
        (NoteKind::Footnote, StoryId::Footnotes, Part::FootnoteTexts, Region::Note, "footnote"),
        (NoteKind::Endnote, StoryId::Endnotes, Part::EndnoteTexts, Region::Note, "endnote"),
        (NoteKind::Comment, StoryId::Comments, Part::CommentTexts, Region::Comment, "comment"),
    ];
    let authors = strings(document.part(Part::CommentAuthors), usize::from(u16::MAX));
    for (kind, story, part, region, name) in kinds {
        let range = document.fib.story(story);
        let texts = Plc::new(document.part(part), 0).ranges(range);
        for (number, text) in texts.iter().enumerate() {
            let page = document.sheet.note_pages.get(&(kind, number.to_string()));
            let page = page.copied().unwrap_or(0);
            let author = match kind {
                NoteKind::Comment => author(document, number, &authors),
                _ => None,
            };
            let label = author.map_or(name.to_owned(), |author| format!("{name} by {author}"));
            read_on(document, page, note_kind(region, label), *text);
        }
        let told = texts.last().map_or(range.0, |(_, end)| *end);
        read_on(document, 0, note_kind(region, name), (told, range.1));
    }
}

/// Who wrote a comment (2.9.6, ATRDPre10).
fn author<'n>(document: &Document<'_, '_>, number: usize, names: &'n [String]) -> Option<&'n str> {
    if document.dialect() == Dialect::Six {
        return None;
    }
    let entry = document.reference_list(NoteKind::Comment).entry(number);
    let name = names.get(usize::from(u16_at(entry, 20)?))?;
    let end = name.char_indices().nth(MAX_NAME).map_or(name.len(), |(at, _)| at);
    name.get(..end).map(str::trim).filter(|name| !name.is_empty())
}

/// Shapes and boxes that no character led to, and text behind all stories.
pub(super) fn read_left(document: &mut Document<'_, '_>) {
    for is_margin in [false, true] {
        let layer = if is_margin { &document.margins } else { &document.body };
        let adrift = layer.adrift();
        let kind = Kind {
            region: if is_margin { Region::Header } else { Region::Body },
            label: if is_margin { "unanchored".to_owned() } else { String::new() },
            is_margin,
            ..Kind::default()
        };
        document.sheet.begin_story(u32::from(!is_margin));
        story::put_shapes(document, kind, adrift);
        let layer = if is_margin { &document.margins } else { &document.body };
        for range in layer.left() {
            read_on(document, 0, note_kind(Region::TextBox, "unanchored"), range);
        }
        let story = if is_margin { StoryId::HeaderBoxes } else { StoryId::Boxes };
        let part = if is_margin { Part::HeaderBoxes } else { Part::Boxes };
        if document.part(part).is_empty() || document.dialect() == Dialect::Six {
            let range = document.fib.story(story);
            read_on(document, 0, note_kind(Region::TextBox, "unanchored"), range);
        }
    }
    document.sheet.begin_story(0);
    story::put_unanchored(document, &document.unanchored());
    for range in document.unread() {
        let kind = Kind { unseen: true, ..note_kind(Region::Hidden, "unreferenced") };
        read_on(document, 0, kind, range);
    }
}

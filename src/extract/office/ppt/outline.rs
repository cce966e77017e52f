//! The document's own record: the lists of its pages with the texts of their
//! outlines, and what holds for all of them (MS-PPT 2.4).

use super::Deck;
use super::looks::Levels;
use super::page::{Margins, string_tags};
use super::record;
use super::text::{Text, texts};
use crate::extract::office::art::{Record, Records, u32_at, utf16};
use crate::model::Gap;

/// Longer names are no faces.
const MAX_FACE: usize = 200;

/// Instances of the lists of pages.
const SLIDES: u16 = 0;
const MASTERS: u16 = 1;
const NOTES: u16 = 2;

/// Instances of what stands at the edges, for slides and for notes.
const OF_SLIDES: u16 = 3;
const OF_NOTES: u16 = 4;

/// A page in one of the document's lists.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// The number of its object.
    pub object: u32,
    /// The number by which pages refer to it.
    pub id: u32,
    /// The texts of its outline.
    pub texts: Vec<Text>,
}

/// What the document's record says.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub slides: Vec<Listed>,
    pub masters: Vec<Listed>,
    pub notes: Vec<Listed>,
    pub of_slides: Option<Margins>,
    pub of_notes: Option<Margins>,
    pub levels: Levels,
    pub fonts: Vec<String>,
    pub shows: Vec<String>,
    /// Names and values that programs keep.
    pub tags: Vec<(String, String)>,
    /// What is shown where a pointer rests on a link.
    pub tips: Vec<String>,
    /// The number of the object that holds the macros.
    pub macros: Option<u32>,
    pub size: [f32; 2],
}

impl Deck<'_> {
    /// Reads the document's record: the lists of its pages, and what holds for all.
    pub(super) fn outline(&mut self, document: &Record<'_>) -> Result<Outline, Gap> {
        let mut made = Outline::default();
        for record in document.children() {
            self.budget.spend_steps(1)?;
            match (record.kind, record.instance) {
                (record::DOCUMENT_ATOM, _) => {
                    let side = |at| u32_at(record.body, at).map_or(0.0, |side| side as i32 as f32);
                    made.size = [side(0) / 8.0, side(4) / 8.0];
                }
                (record::ENVIRONMENT, _) => self.environment(&record, &mut made)?,
                (record::SLIDE_LIST, SLIDES) => made.slides = self.list(&record)?,
                (record::SLIDE_LIST, MASTERS) => made.masters = self.list(&record)?,
                (record::SLIDE_LIST, NOTES) => made.notes = self.list(&record)?,
                (record::HEADERS_FOOTERS, OF_SLIDES) => {
                    made.of_slides = Some(Margins::read(&record));
                }
                (record::HEADERS_FOOTERS, OF_NOTES) => {
                    made.of_notes = Some(Margins::read(&record));
                }
                (record::NAMED_SHOWS, _) => {
                    let shows = record.children().filter(|r| r.kind == record::NAMED_SHOW);
                    let names = shows.filter_map(|show| show.child(record::STRING));
                    made.shows.extend(names.map(|name| utf16(name.body)));
                }
                (record::DOCUMENT_INFO, _) => self.info(&record, &mut made)?,
                (record::EXTERNAL_OBJECTS, _) => {
                    let objects = record.children().map(|object| object.kind);
                    self.outside += objects.filter(|kind| record::OUTSIDE.contains(kind)).count();
                }
                _ => {}
            }
        }
        self.size = made.size;
        Ok(made)
    }

    /// What programs keep with the presentation (2.4.23): which object holds the
    /// macros, tags, and hints of links.
    fn info(&mut self, record: &Record<'_>, made: &mut Outline) -> Result<(), Gap> {
        for part in record.children() {
            self.budget.spend_steps(1)?;
            if part.kind == record::VBA_INFO {
                let atom = part.child(record::VBA_INFO_ATOM);
                made.macros = atom.and_then(|atom| u32_at(atom.body, 0));
            }
            if part.kind != record::TAGS {
                continue;
            }
            made.tags.extend(string_tags(&part, self.budget)?);
            let binary = part.children().filter(|tag| tag.kind == record::BINARY_TAG);
            for data in binary.filter_map(|tag| tag.child(record::BINARY_TAG_DATA)) {
                for kept in Records::new(data.body) {
                    self.budget.spend_steps(1)?;
                    let tip = kept.child(record::STRING).filter(|_| kept.kind == record::LINK_TIP);
                    made.tips.extend(tip.map(|tip| utf16(tip.body)));
                }
            }
        }
        Ok(())
    }

    fn environment(&mut self, record: &Record<'_>, made: &mut Outline) -> Result<(), Gap> {
        for part in record.children() {
            self.budget.spend_steps(1)?;
            match part.kind {
                record::MASTER_STYLE => made.levels.take(&part),
                record::FONTS => {
                    let fonts = part.children().filter(|font| font.kind == record::FONT);
                    for font in fonts {
                        let face = utf16(font.body.get(..64).unwrap_or(font.body));
                        made.fonts.push(face.chars().take(MAX_FACE).collect());
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads a list of pages, each with the texts of its outline behind it.
    fn list(&mut self, list: &Record<'_>) -> Result<Vec<Listed>, Gap> {
        let mut made: Vec<Listed> = Vec::new();
        let mut of_page: Vec<Record<'_>> = Vec::new();
        for record in list.children() {
            self.budget.spend_steps(1)?;
            if record.kind == record::SLIDE_PERSIST {
                if let Some(page) = made.last_mut() {
                    page.texts = texts(of_page.drain(..), self.budget)?;
                }
                let field = |at| u32_at(record.body, at).unwrap_or(0);
                made.push(Listed { object: field(0), id: field(12), texts: Vec::new() });
            } else {
                of_page.push(record);
            }
        }
        if let Some(page) = made.last_mut() {
            page.texts = texts(of_page.into_iter(), self.budget)?;
        }
        Ok(made)
    }
}

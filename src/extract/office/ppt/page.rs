//! A slide, master, notes or handout page as its record has it (MS-PPT 2.5).

use super::looks::Levels;
use super::record;
use super::shapes::Shapes;
use crate::extract::Budget;
use crate::extract::office::art::{Record, Records, u16_at, u32_at, utf16};
use crate::model::Gap;

/// The eight colours of a page (2.12.1): background, text, shadow, title text,
/// fills, accents.
pub(super) type Scheme = [[u8; 3]; 8];

/// Instances of strings of headers and footers.
const DATE: u16 = 0;
const HEADER: u16 = 1;
const FOOTER: u16 = 2;

/// What stands at the edges of pages (2.4.15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Margins {
    flags: u16,
    pub date: String,
    pub header: String,
    pub footer: String,
}

impl Margins {
    /// Reads a container of them.
    pub fn read(container: &Record<'_>) -> Self {
        let mut made = Self::default();
        for record in container.children() {
            match (record.kind, record.instance) {
                (record::HEADERS_FOOTERS_ATOM, _) => {
                    made.flags = u16_at(record.body, 2).unwrap_or(0);
                }
                (record::STRING, DATE) => made.date = utf16(record.body),
                (record::STRING, HEADER) => made.header = utf16(record.body),
                (record::STRING, FOOTER) => made.footer = utf16(record.body),
                _ => {}
            }
        }
        made
    }

    /// Bytes of all that is said.
    pub fn size(&self) -> usize {
        self.date.len() + self.header.len() + self.footer.len()
    }

    /// Whether a date of the author's is shown.
    pub fn shows_date(&self) -> bool {
        self.flags & 5 == 5
    }

    /// Whether the header is shown.
    pub fn shows_header(&self) -> bool {
        self.flags & 0x10 != 0
    }

    /// Whether the footer is shown.
    pub fn shows_footer(&self) -> bool {
        self.flags & 0x20 != 0
    }
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub shapes: Shapes,
    pub scheme: Option<Scheme>,
    pub margins: Option<Margins>,
    /// Who said it is left out.
    pub comments: Vec<String>,
    pub tags: Vec<(String, String)>,
    pub name: String,
    pub is_hidden: bool,
    /// Of a slide: the number of its master; of notes: that of their slide.
    pub of: u32,
    /// Whether what stands on the master shows on it, and whether it has its
    /// colours and its background from there.
    pub shows_master: bool,
    pub masters_scheme: bool,
    pub masters_background: bool,
    pub levels: Levels,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// A limit that was reached.
    pub fn read(page: &Record<'_>, budget: &mut Budget) -> Result<Self, Gap> {
        let mut made = Self::default();
        for record in page.children() {
            budget.spend_steps(1)?;
            match record.kind {
                record::SLIDE_ATOM => {
                    made.of = u32_at(record.body, 12).unwrap_or(0);
                    let flags = u16_at(record.body, 20).unwrap_or(7);
                    made.shows_master = flags & 1 != 0;
                    made.masters_scheme = flags & 2 != 0;
                    made.masters_background = flags & 4 != 0;
                }
                record::NOTES_ATOM => made.of = u32_at(record.body, 0).unwrap_or(0),
                record::SLIDE_SHOW_INFO => {
                    made.is_hidden = u16_at(record.body, 10).unwrap_or(0) & 4 != 0;
                }
                record::DRAWING => made.shapes = Shapes::read(&record, budget)?,
                record::HEADERS_FOOTERS => made.margins = Some(Margins::read(&record)),
                // A master has several that it offers, and one that it has.
                record::SCHEME if record.instance == 1 => made.scheme = scheme(&record),
                record::MASTER_STYLE => made.levels.take(&record),
                record::STRING => made.name = utf16(record.body),
                record::TAGS => made.tags(&record, budget)?,
                _ => {}
            }
        }
        Ok(made)
    }

    /// What programs keep with a page, comments among it (2.3.6, 2.5.20).
    fn tags(&mut self, tags: &Record<'_>, budget: &mut Budget) -> Result<(), Gap> {
        self.tags.extend(string_tags(tags, budget)?);
        let binary = tags.children().filter(|tag| tag.kind == record::BINARY_TAG);
        for data in binary.filter_map(|tag| tag.child(record::BINARY_TAG_DATA)) {
            for comment in Records::new(data.body) {
                budget.spend_steps(1)?;
                if comment.kind == record::COMMENT {
                    self.comments.extend(comment_of(&comment));
                }
            }
        }
        Ok(())
    }
}

/// Names and values among what programs keep (2.3.6).
///
/// # Errors
/// A limit that was reached.
pub(super) fn string_tags(
    tags: &Record<'_>,
    budget: &mut Budget,
) -> Result<Vec<(String, String)>, Gap> {
    let mut made = Vec::new();
    for tag in tags.children() {
        budget.spend_steps(1)?;
        if tag.kind == record::STRING_TAG {
            let mut strings = tag.children().filter(|r| r.kind == record::STRING);
            let mut next = || strings.next().map(|r| utf16(r.body)).unwrap_or_default();
            made.push((next(), next()));
        }
    }
    Ok(made)
}

/// What a comment says (2.5.17): author, text and initials by their instances.
pub(super) fn comment_of(comment: &Record<'_>) -> Option<String> {
    let text = comment.children().find(|r| r.kind == record::STRING && r.instance == 1)?;
    Some(utf16(text.body))
}

fn scheme(record: &Record<'_>) -> Option<Scheme> {
    let mut made = Scheme::default();
    for (color, bytes) in made.iter_mut().zip(record.body.chunks_exact(4)) {
        *color = [bytes[0], bytes[1], bytes[2]];
    }
    (record.body.len() >= 32).then_some(made)
}

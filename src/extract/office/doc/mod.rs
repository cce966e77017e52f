//! Word 97 to 2003 documents (MS-DOC), and what Word 2, 6 and 95 for Windows
//! wrote: all stories of the text, what drawings say, properties, and what is
//! packed inside.

mod art;
mod bytes;
mod document;
mod fib;
mod fonts;
mod forms;
mod looks;
mod margins;
mod pages;
mod pieces;
mod plc;
mod remains;
mod source;
mod sprm;
mod story;
mod styles;
#[cfg(test)]
mod tests;
mod variables;

use document::{Document, Streams};
use fib::{Fib, StoryId, Version};
use story::Kind;

use super::compound::{Compound, packed};
use super::property_sets;
use super::word::sheet::Sheet;
use crate::extract::unread::tell_pictures;
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Region, Submission, TextBuilder};

/// What is said of a document that is locked.
const LOCKED: &str = "a password is needed to read the text";
/// Bytes of a sector: streams begin with one.
const SECTOR: usize = 512;

/// What was read of a document so far.
#[derive(Default)]
struct Reading {
    text: TextBuilder,
    gaps: Vec<Gap>,
    children: Vec<Submission>,
    pages: u32,
    pictures: usize,
}

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut reading = Reading::default();
    match Compound::open(&submission.bytes) {
        Some(mut file) => {
            reading.gaps.extend(file.damage());
            reading.read_compound(&mut file, budget);
            reading.read_beside(submission, &mut file, budget);
        }
        None => reading.read_bare(&submission.bytes, budget),
    }
    reading.finish()
}

impl Reading {
    /// Reads the text of a compound file.
    fn read_compound(&mut self, file: &mut Compound<'_>, budget: &mut Budget) {
        let main = self.stream(file, "WordDocument", budget).unwrap_or_default();
        let Some(fib) = Fib::read(&main, 0) else {
            let words = "the stream of the text is not there, or does not begin as one";
            return self.gaps.push(Gap::new(GapKind::Damaged, words));
        };
        let mut table = Vec::new();
        if fib.version == Version::Eight {
            let other = if fib.table() == "1Table" { "0Table" } else { "1Table" };
            let found = self.stream(file, fib.table(), budget);
            table = found.or_else(|| self.stream(file, other, budget)).unwrap_or_default();
        }
        let data = self.stream(file, "Data", budget).unwrap_or_default();
        let table = if fib.version == Version::Eight { &table } else { &main };
        self.read_unless_locked(fib, Streams { main: &main, table, data: &data }, budget);
    }

    fn stream(
        &mut self,
        file: &mut Compound<'_>,
        name: &str,
        budget: &mut Budget,
    ) -> Option<Vec<u8>> {
        let (bytes, gap) = file.stream(name, budget)?;
        self.gaps.extend(gap);
        Some(bytes)
    }

    /// Reads a file that is no compound file: Word 2 wrote none; a damaged one
    /// may still have its first sectors.
    fn read_bare(&mut self, bytes: &[u8], budget: &mut Budget) {
        if let Some(fib) = Fib::read(bytes, 0).filter(|fib| fib.version == Version::Two) {
            let streams = Streams { main: bytes, table: bytes, data: &[] };
            return self.read_unless_locked(fib, streams, budget);
        }
        self.gaps.push(Gap::new(GapKind::Damaged, "the compound file has no directory"));
        // Streams begin with a sector, and mostly stand in one piece.
        let mut sectors = (SECTOR..bytes.len()).step_by(SECTOR);
        let found = sectors.find_map(|at| Some((at, Fib::read(bytes, at)?)));
        let Some((at, fib)) = found else { return };
        let main = bytes.get(at..).unwrap_or_default();
        let table = match fib.version {
            Version::Eight => sectors
                .find(|at| fib.has_pieces(bytes.get(*at..).unwrap_or_default()))
                .and_then(|at| bytes.get(at..))
                .unwrap_or_default(),
            _ => main,
        };
        self.read_unless_locked(fib, Streams { main, table, data: &[] }, budget);
    }

    fn read_unless_locked(&mut self, fib: Fib, streams: Streams<'_>, budget: &mut Budget) {
        match fib.is_encrypted() {
            // Had a password been right, nothing would say so.
            true => self.gaps.push(Gap::new(GapKind::Encrypted, LOCKED)),
            false => self.read_document(fib, streams, budget),
        }
    }

    /// Reads all stories of a document whose streams are there.
    fn read_document(&mut self, fib: Fib, streams: Streams<'_>, budget: &mut Budget) {
        let next = fib.next;
        let mut document = Document::open(fib, streams, budget);
        let body = document.fib.story(StoryId::Body);
        story::read(&mut document, Kind { flows: true, ..Kind::default() }, body);
        let pages = document.sheet.page;
        margins::read(&mut document, pages);
        margins::read_notes(&mut document);
        margins::read_left(&mut document);
        remains::read(&mut document);
        document.put_alternative_texts();
        let mut sheet = std::mem::take(&mut document.sheet);
        variables::read(&document, &mut sheet.text);
        self.gaps.append(&mut document.gaps);
        self.gaps.extend(document.budget.check_pages(pages as usize).err());
        (self.pages, self.pictures) = (pages, document.pictures);
        if next > 0 {
            sheet = self.read_glossary(usize::from(next) * SECTOR, streams, sheet, budget);
        }
        self.text = sheet.text;
    }

    /// AutoText kept with a template: a document of its own behind the first,
    /// which stands on no page (2.5.2, pnNext).
    fn read_glossary(
        &mut self,
        at: usize,
        streams: Streams<'_>,
        sheet: Sheet,
        budget: &mut Budget,
    ) -> Sheet {
        let Some(fib) = Fib::read(streams.main, at) else {
            let words = "the AutoText kept with the document is not there";
            self.gaps.push(Gap::new(GapKind::Damaged, words));
            return sheet;
        };
        let mut document = Document::open(fib, streams, budget);
        document.sheet = sheet;
        document.sheet.begin_story(0);
        let range = (0, document.fib.end());
        let (region, label) = (Region::Hidden, "glossary".to_owned());
        let kind = Kind { region, label, unseen: true, ..Kind::default() };
        story::read(&mut document, kind, range);
        self.gaps.append(&mut document.gaps);
        std::mem::take(&mut document.sheet)
    }

    /// What stands beside the text in a compound file: properties, and what is
    /// packed inside.
    fn read_beside(
        &mut self,
        submission: &Submission,
        file: &mut Compound<'_>,
        budget: &mut Budget,
    ) {
        self.gaps.extend(property_sets::read_all(file, &mut self.text, budget));
        self.gaps.extend(packed::read_stored(file, &mut self.text, budget));
        self.gaps.extend(packed::protected(file));
        self.children = packed::children(submission, file, budget);
    }

    fn finish(self) -> Extraction {
        let mut extraction = Extraction {
            pages: (self.pages > 0).then_some(self.pages),
            text: self.text.finish(),
            children: self.children,
            gaps: self.gaps,
            ..Extraction::default()
        };
        let Extraction { text, gaps, notes, .. } = &mut extraction;
        tell_pictures(self.pictures, text, gaps, notes);
        extraction
    }
}

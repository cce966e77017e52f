//! PowerPoint 97-2003 presentations (MS-PPT): slides with what stands on their
//! masters, notes, comments, and what is packed in the file.

mod edits;
mod looks;
mod objects;
mod old;
mod outline;
mod page;
mod put;
mod record;
mod shapes;
mod slides;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use edits::{Edits, USER_TOKEN, USER_TOKEN_ENCRYPTED};

use std::collections::{BTreeMap, BTreeSet};

use put::Putter;

use super::art::Record;
use super::compound::{Compound, packed};
use super::property_sets;
use crate::extract::unread::{EXTERNAL_LINKS, PICTURES, scanned_slides};
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Note, Submission};

/// Where a file for PowerPoint 95 and 97 alike keeps the newer presentation.
const DUAL: &str = "PP97_DUALSTORAGE/";

/// Streams and storages that hold no text, or text that is read elsewhere.
const APPARATUS: [&str; 7] = [
    "Pictures",
    "PP40",
    "PP97_DUALSTORAGE",
    "EncryptedSummary",
    "Header",
    "Current User",
    "Current ID",
];

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut deck = Deck::new(budget);
    match Compound::open(&submission.bytes) {
        Some(mut file) => {
            deck.gaps.extend(file.damage());
            deck.read_compound(submission, &mut file);
        }
        None => {
            deck.gap(Gap::new(GapKind::Damaged, "the compound file has no directory"));
            deck.read_loose(&submission.bytes);
            deck.putter.sheet.put_later();
        }
    }
    deck.finish()
}

struct Deck<'b> {
    budget: &'b mut Budget,
    putter: Putter,
    size: [f32; 2],
    /// Objects that were read, by where they begin.
    known: BTreeSet<usize>,
    slides: u32,
    pictures: usize,
    outside: usize,
    /// Slides with a picture that may be their text: the largest share.
    scans: BTreeMap<u32, f32>,
    children: Vec<Submission>,
    gaps: Vec<Gap>,
}

impl<'b> Deck<'b> {
    fn new(budget: &'b mut Budget) -> Self {
        Self {
            budget,
            putter: Putter::default(),
            size: [0.0; 2],
            known: BTreeSet::new(),
            slides: 0,
            pictures: 0,
            outside: 0,
            scans: BTreeMap::new(),
            children: Vec::new(),
            gaps: Vec::new(),
        }
    }

    fn gap(&mut self, gap: Gap) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn damaged(&mut self, words: impl Into<String>) {
        self.gap(Gap::new(GapKind::Damaged, words));
    }

    fn read_compound(&mut self, submission: &Submission, file: &mut Compound<'_>) {
        let mut document = None;
        for folder in [DUAL, ""] {
            let Some((stream, gap)) =
                file.stream(&format!("{folder}PowerPoint Document"), self.budget)
            else {
                continue;
            };
            gap.into_iter().for_each(|gap| self.gap(gap));
            let user = file.stream(&format!("{folder}Current User"), self.budget);
            if document.is_none() {
                document = Some((user.unwrap_or_default().0, stream));
            }
        }
        match document {
            Some((user, stream)) => self.read_document(submission, &user, &stream),
            None => match file.stream("PP40", self.budget) {
                Some((stream, gap)) => {
                    gap.into_iter().for_each(|gap| self.gap(gap));
                    self.read_four(&stream);
                }
                None => self.damaged("the stream of the presentation is not there"),
            },
        }
        self.putter.sheet.put_later();
        let text = &mut self.putter.sheet.text;
        self.gaps.extend(property_sets::read_all(file, text, self.budget));
        self.gaps.extend(packed::read_stored(file, text, self.budget));
        self.gaps.extend(packed::protected(file));
        // Pictures are counted where slides show them.
        for name in APPARATUS {
            if let Some(id) = file.find(name) {
                file.pass_over(id);
            }
        }
        self.children.extend(packed::children(submission, file, self.budget));
    }

    fn read_document(&mut self, submission: &Submission, user: &[u8], stream: &[u8]) {
        let edits = Edits::read(user, stream, self.budget);
        if edits.crypt_session.is_some() {
            // Had a password been right, nothing would say so.
            return self.gap(Gap::new(GapKind::Encrypted, "a password is needed to read the text"));
        }
        if edits.is_broken {
            self.damaged("the directory of the presentation's objects");
        }
        let document = edits.document.and_then(|number| self.object(&edits, stream, number));
        let document = document.filter(|record| record.kind == record::DOCUMENT);
        let Some(document) = document else {
            self.damaged("the presentation's own record is not where it should be");
            return self.read_loose(stream);
        };
        match self.outline(&document) {
            Ok(outline) => {
                self.read_pages(submission, &edits, stream, &outline);
                self.read_sounds(submission, &document);
            }
            Err(gap) => self.gap(gap),
        }
    }

    /// The record of an object; it counts as read from here on.
    fn object<'s>(&mut self, edits: &Edits, stream: &'s [u8], number: u32) -> Option<Record<'s>> {
        let place = *edits.objects.get(&number)?;
        let record = Record::read(stream, place)?;
        self.known.insert(place);
        if record.is_cut {
            self.damaged("the presentation breaks off");
        }
        Some(record)
    }

    fn finish(mut self) -> Extraction {
        let mut text = self.putter.sheet.text.finish();
        let pages = self.slides;
        text.page_sizes = match self.size {
            [width, height] if width > 0.0 && height > 0.0 => vec![self.size; pages as usize],
            _ => Vec::new(),
        };
        self.gaps.extend(scanned_slides(&text, &self.scans));
        let mut notes: Vec<Note> = PICTURES.note(self.pictures).into_iter().collect();
        notes.extend(EXTERNAL_LINKS.note(self.outside));
        Extraction {
            pages: Some(pages).filter(|_| pages > 0 || !text.blocks().is_empty()),
            text,
            children: self.children,
            gaps: self.gaps,
            notes,
            ..Extraction::default()
        }
    }
}

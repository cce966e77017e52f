//! Slides, masters and notes in the order a person turns them, then what is in
//! the file and in no list.

use std::collections::{HashMap, HashSet};

use super::outline::{Listed, Outline};
use super::page::Page;
use super::put::{self, Role, Setting};
use super::text::Text;
use super::{Deck, Edits, record};
use crate::extract::office::art::Record;
use crate::extract::office::sheet::Done;
use crate::model::{Region, Submission};

/// A slide's master may be a title's, which has a master of its own.
const MAX_MASTERS: usize = 2;

impl Deck<'_> {
    pub(super) fn read_pages(
        &mut self,
        submission: &Submission,
        edits: &Edits,
        stream: &[u8],
        outline: &Outline,
    ) {
        let mut masters: HashMap<u32, (Page, bool)> = HashMap::new();
        for listed in &outline.masters {
            let record = self.object(edits, stream, listed.object);
            match record.map(|record| Page::read(&record, self.budget)) {
                Some(Ok(page)) => drop(masters.insert(listed.id, (page, false))),
                Some(Err(gap)) => return self.gap(gap),
                None => self.damaged("a master is not where it should be"),
            }
        }
        let mut numbers: HashMap<u32, (u32, bool)> = HashMap::new();
        for listed in &outline.slides {
            if let Err(gap) = self.budget.check_pages(self.slides as usize + 1) {
                self.gap(gap);
                break;
            }
            self.slides += 1;
            let record = self.object(edits, stream, listed.object);
            let record = record.filter(|record| record.kind == record::SLIDE);
            let Some(record) = record else {
                self.damaged(format!("slide {} is not where it should be", self.slides));
                self.put_outline(&listed.texts, self.slides, None);
                continue;
            };
            match Page::read(&record, self.budget) {
                Ok(page) => {
                    numbers.insert(listed.id, (self.slides, page.is_hidden));
                    self.read_slide(&page, outline, listed, &mut masters);
                }
                Err(gap) => return self.gap(gap),
            }
        }
        self.read_notes(edits, stream, outline, &numbers);
        let mut unused: Vec<_> = masters.into_iter().filter(|(_, (_, shown))| !shown).collect();
        unused.sort_by_key(|(id, _)| *id);
        for (_, (page, _)) in &unused {
            self.put(outline, page, None, Role::Master, 0, Some("unused master"), &[]);
        }
        for name in &outline.shows {
            self.putter.sheet.later.push(Done::plain(Region::Property, 0, "show", name.as_str()));
        }
        self.put_tags(&outline.tags, 0);
        for tip in &outline.tips {
            self.putter.sheet.later.push(Done::plain(Region::AltText, 0, "", tip.as_str()));
        }
        self.read_unlisted(edits, stream, outline);
        self.read_objects(submission, edits, stream, outline.macros);
        self.read_earlier(stream);
    }

    fn read_slide(
        &mut self,
        page: &Page,
        outline: &Outline,
        listed: &Listed,
        masters: &mut HashMap<u32, (Page, bool)>,
    ) {
        let number = self.slides;
        let unseen = page.is_hidden.then_some("hidden slide");
        let master = masters.get(&page.of).map(|(master, _)| master);
        let shown = self.put(outline, page, master, Role::Slide, number, unseen, &listed.texts);
        for (at, text) in listed.texts.iter().enumerate() {
            if !shown.contains(&at) {
                // In the outline, and on no shape of the slide.
                self.put_outline(std::slice::from_ref(text), number, Some("outline"));
            }
        }
        let margins = page.margins.as_ref().or(outline.of_slides.as_ref());
        if let Some(margins) = margins {
            // The same for all slides, and compared with what was said before.
            let spent = self.budget.spend_steps(margins.size() as u64 / 64);
            spent.unwrap_or_else(|gap| self.gap(gap));
            let master = masters.get(&page.of).map(|(master, _)| master);
            let place = |kind| page.shapes.place_of(kind).or(master?.shapes.place_of(kind));
            self.putter.put_margins(margins, number, unseen, place);
        }
        for comment in &page.comments {
            self.putter.put_plain(Region::Comment, number, "comment", comment);
        }
        self.put_tags(&page.tags, number);
        if !page.name.is_ascii() {
            let done = Done::plain(Region::Property, number, "slide", page.name.as_str());
            self.putter.sheet.later.push(done);
        }
        // What stands on a master is told once, with the first slide that shows it.
        let shown = (unseen.is_none() && page.shows_master).then_some(page.of);
        self.show_masters(outline, shown, number, masters);
    }

    /// Keeps what programs keep for the end.
    fn put_tags(&mut self, tags: &[(String, String)], number: u32) {
        for (name, value) in tags {
            // Numbers and switches are for the program alone.
            if value.chars().filter(|c| c.is_alphabetic()).count() > 1 {
                let done = Done::plain(Region::Property, number, name, value.as_str());
                self.putter.sheet.later.push(done);
            }
        }
    }

    /// Puts down what stands on a slide's master, and on the one behind that.
    fn show_masters(
        &mut self,
        outline: &Outline,
        first: Option<u32>,
        number: u32,
        masters: &mut HashMap<u32, (Page, bool)>,
    ) {
        let mut next = first;
        for _ in 0..MAX_MASTERS {
            let Some((master, was_shown)) = next.and_then(|id| masters.get_mut(&id)) else {
                return;
            };
            next = master.shows_master.then_some(master.of);
            if std::mem::replace(was_shown, true) {
                return;
            }
            self.put(outline, master, None, Role::Master, number, None, &[]);
            let name = Done::plain(Region::Property, 0, "master", master.name.as_str());
            self.putter.sheet.later.push(name);
        }
    }

    /// Texts of an outline by themselves.
    fn put_outline(&mut self, texts: &[Text], number: u32, unseen: Option<&'static str>) {
        for text in texts {
            let region = if unseen.is_some() { Region::Hidden } else { Region::Body };
            for line in text.lines() {
                let said: String = line.runs.iter().map(|(text, _)| text.as_str()).collect();
                self.putter.put_plain(region, number, "outline", &said);
            }
        }
    }

    /// Notes pages; the first in the list is the master of all.
    fn read_notes(
        &mut self,
        edits: &Edits,
        stream: &[u8],
        outline: &Outline,
        numbers: &HashMap<u32, (u32, bool)>,
    ) {
        for listed in &outline.notes {
            let Some(record) = self.object(edits, stream, listed.object) else {
                self.damaged("a page of notes is not where it should be");
                continue;
            };
            let page = match Page::read(&record, self.budget) {
                Ok(page) => page,
                Err(gap) => return self.gap(gap),
            };
            let (number, hidden) = numbers.get(&page.of).copied().unwrap_or_default();
            let unseen = hidden.then_some("hidden slide");
            self.put(outline, &page, None, Role::Notes, number, unseen, &listed.texts);
            let margins = page.margins.as_ref().or(outline.of_notes.as_ref());
            for said in margins.iter().flat_map(|m| [&m.header, &m.footer, &m.date]) {
                if self.putter.said.insert(said.trim().to_owned()) {
                    self.putter.put_plain(Region::Note, number, "notes", said);
                }
            }
        }
        if outline.notes.is_empty() {
            for said in outline.of_notes.iter().flat_map(|m| [&m.header, &m.footer, &m.date]) {
                self.putter.put_plain(Region::Note, 0, "notes", said);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a page with all that it rests on")]
    fn put(
        &mut self,
        outline: &Outline,
        page: &Page,
        master: Option<&Page>,
        role: Role,
        number: u32,
        unseen: Option<&'static str>,
        texts: &[Text],
    ) -> HashSet<usize> {
        for shape in page.shapes.shapes.iter().filter(|shape| shape.properties.has_picture) {
            self.pictures += 1;
            let share = shape.frame.map_or(1.0, |frame| put::share(frame, self.size));
            if role == Role::Slide && number > 0 {
                let largest = self.scans.entry(number).or_default();
                *largest = largest.max(share);
            }
        }
        let setting = Setting {
            page,
            master,
            defaults: &outline.levels,
            fonts: &outline.fonts,
            outline: texts,
            role,
            number,
            unseen,
            size: self.size,
        };
        let shown = self.putter.put(&setting, self.budget);
        if let Err(gap) = self.budget.spend_text(self.putter.sheet.said) {
            self.gap(gap);
        }
        shown
    }

    /// Pages that are there and in no list: handouts, and slides that were taken
    /// out of the list and left in the file.
    fn read_unlisted(&mut self, edits: &Edits, stream: &[u8], outline: &Outline) {
        let left: Vec<u32> = edits
            .objects
            .iter()
            .filter(|(_, place)| !self.known.contains(place))
            .map(|(number, _)| *number)
            .collect();
        for number in left {
            let place = edits.objects.get(&number).copied().unwrap_or(usize::MAX);
            let Some(record) = Record::read(stream, place) else { continue };
            let (role, unseen) = match record.kind {
                record::SLIDE => (Role::Slide, "unlisted slide"),
                record::NOTES => (Role::Notes, "unlisted notes"),
                record::MAIN_MASTER => (Role::Master, "unused master"),
                record::HANDOUT => (Role::Handout, "handout master"),
                _ => continue,
            };
            self.known.insert(place);
            match Page::read(&record, self.budget) {
                Ok(page) => {
                    let master = None;
                    self.put(outline, &page, master, role, 0, Some(unseen), &[]);
                    for comment in &page.comments {
                        self.putter.put_plain(Region::Comment, 0, "comment", comment);
                    }
                }
                Err(gap) => return self.gap(gap),
            }
        }
    }
}

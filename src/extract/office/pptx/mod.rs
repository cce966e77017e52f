//! Presentations, Office Open XML (ISO/IEC 29500-1, clauses 13 and 19): slides
//! with what stands on their masters, notes, comments, and the parts they show.

mod alternates;
mod color;
mod geometry;
mod known;
mod looks;
mod page;
mod parts;
mod presentation;
mod put;
mod reader;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use known::KNOWN_TYPES;
use looks::Levels;
use page::Page;
use presentation::Presentation;
use put::{Putter, Role, Setting};
use reader::PageReader;

use super::package::{FlatPart, Package, PartId, Relationship, Target, shortened, targets};
use super::sheet::Done;
use super::theme::Theme;
use super::xml::XmlReader;
use super::{packed, properties};
use crate::extract::unread::{EXTERNAL_LINKS, MISSING_PARTS, PICTURES, scanned_slides};
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Region, Submission};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let package = Package::open(&submission.bytes, budget);
    read_package(submission, package, budget)
}

/// Reads one from a package that is open.
pub(crate) fn read_package<'a>(
    submission: &'a Submission,
    package: Package<'a>,
    budget: &mut Budget,
) -> Extraction {
    let mut deck = Deck::new(submission, package, budget);
    deck.read();
    deck.finish()
}

/// Reads a part of a presentation that stands by itself.
pub(crate) fn read_alone(submission: &Submission, budget: &mut Budget) -> Extraction {
    let part = FlatPart {
        name: "ppt/slides/slide1.xml".into(),
        content: submission.bytes.to_vec(),
        ..FlatPart::default()
    };
    let mut deck = Deck::new(submission, Package::of_parts(vec![part]), budget);
    deck.read_unlisted(false);
    deck.putter.sheet.put_later();
    deck.finish()
}

struct Deck<'a, 'b> {
    submission: &'a Submission,
    package: Package<'a>,
    budget: &'b mut Budget,
    putter: Putter,
    /// Of a slide, in points.
    size: [f32; 2],
    defaults: Levels,
    /// Layouts and masters that were read.
    layers: HashMap<PartId, Rc<Layer>>,
    /// Those whose shapes were put down.
    shown: HashSet<PartId>,
    slides: u32,
    /// Whether a slide does not say which layout it has.
    lost_layout: bool,
    pictures: usize,
    /// Slides with a picture that may be their text.
    scans: BTreeMap<u32, f32>,
    /// Tags that were put down: every shape may have the same.
    tags: HashSet<(String, String)>,
    /// Relationships that lead out of the package.
    outside: usize,
    missing: usize,
    /// Relationships still to go after.
    waiting: Vec<(Vec<Relationship>, u32, Option<&'static str>)>,
    following: bool,
    children: Vec<Submission>,
}

/// A layout or master, with what it rests on.
#[derive(Debug, Default)]
struct Layer {
    page: Page,
    master: Option<PartId>,
    theme: Theme,
}

impl<'a, 'b> Deck<'a, 'b> {
    fn new(submission: &'a Submission, package: Package<'a>, budget: &'b mut Budget) -> Self {
        Self {
            submission,
            package,
            budget,
            putter: Putter::default(),
            size: [0.0; 2],
            defaults: Levels::default(),
            layers: HashMap::new(),
            shown: HashSet::new(),
            slides: 0,
            lost_layout: false,
            pictures: 0,
            scans: BTreeMap::new(),
            tags: HashSet::new(),
            outside: 0,
            missing: 0,
            waiting: Vec::new(),
            following: false,
            children: Vec::new(),
        }
    }

    fn read(&mut self) {
        let roots = self.package.relationships(None, self.budget);
        let mut related = Vec::new();
        let mut listed = None;
        match self.main_part(&roots) {
            Some(main) => {
                related = self.package.relationships(Some(main), self.budget);
                let gaps = self.package.gaps.len();
                let slides = self.read_presentation(main);
                listed = (self.package.gaps.len() == gaps).then_some(());
                self.read_slides(&related, slides);
            }
            None => {
                let gap = Gap::new(GapKind::Damaged, "the presentation part is not there");
                self.package.gap(gap);
            }
        }
        self.read_unlisted(listed.is_some());
        self.read_unused_layers();
        self.read_other_masters(&related);
        self.follow(related, 0, None);
        self.read_strays();
        self.putter.sheet.put_later();
        properties::read_all(&mut self.package, &roots, &mut self.putter.sheet.text, self.budget);
        let rest = packed::leftovers(&mut self.package, self.submission, KNOWN_TYPES, self.budget);
        self.children.extend(rest);
    }

    /// The main part by its relationship, else by its type, else by its name.
    fn main_part(&self, roots: &[Relationship]) -> Option<PartId> {
        let is_main = |id: &PartId| {
            let kind = self.package.content_type(*id);
            kind.ends_with(".main+xml") && (kind.contains("presentation") || kind.contains("power"))
        };
        targets(roots, "officeDocument")
            .first()
            .copied()
            .or_else(|| (0..self.package.len()).find(is_main))
            .or_else(|| self.package.find("ppt/presentation.xml"))
    }

    /// Reads the presentation part; the ids of its slides.
    fn read_presentation(&mut self, main: PartId) -> Vec<String> {
        let part = self.package.xml(main, self.budget);
        let mut xml = XmlReader::new(&part, self.budget);
        let presentation = Presentation::read(&mut xml);
        let trouble = xml.finish();
        self.package.gap_in(main, trouble);
        let mut xml = XmlReader::new(&part, self.budget);
        self.defaults = PageReader::default().read(&mut xml).other;
        self.size = presentation.size;
        for (what, name) in presentation.names {
            // The name of a section is on no slide, and says what its slides are.
            let done = Done::plain(Region::Property, 0, what, name);
            self.putter.sheet.later.push(done);
        }
        presentation.slides
    }

    fn read_slides(&mut self, related: &[Relationship], slides: Vec<String>) {
        let by_id: HashMap<&str, &Target> =
            related.iter().map(|r| (r.id.as_str(), &r.target)).collect();
        for id in slides {
            if let Err(gap) = self.budget.check_pages(self.slides as usize + 1) {
                self.package.gap(gap);
                return;
            }
            self.slides += 1;
            match by_id.get(id.as_str()) {
                Some(Target::Part(part)) => self.read_slide(*part, self.slides, None),
                _ => {
                    let words = format!("slide {} is not there", self.slides);
                    self.package.gap(Gap::new(GapKind::Damaged, words));
                }
            }
        }
    }

    /// Slides that the presentation does not list. Where its list could not be
    /// read they are taken for its slides, else nobody is shown them.
    fn read_unlisted(&mut self, listed: bool) {
        let mut found: Vec<(u64, PartId)> = (0..self.package.len())
            .filter(|id| !self.package.is_read(*id) && self.is_slide(*id))
            .map(|id| (number_of(self.package.name(id)), id))
            .collect();
        found.sort_unstable();
        for (_, id) in found {
            if self.budget.check_pages(self.slides as usize + 1).is_err() {
                return;
            }
            if listed {
                self.read_slide(id, 0, Some("unlisted slide"));
            } else {
                self.slides += 1;
                self.read_slide(id, self.slides, None);
            }
        }
    }

    fn is_slide(&self, id: PartId) -> bool {
        let name = self.package.name(id).to_ascii_lowercase();
        let kind = self.package.content_type(id);
        kind.ends_with("presentationml.slide+xml")
            || !kind.contains("presentationml")
                && name.starts_with("ppt/slides/slide")
                && name.ends_with(".xml")
    }

    /// Reads a part that is made of shapes.
    fn page(&mut self, id: PartId) -> Page {
        let part = self.package.xml(id, self.budget);
        let mut xml = XmlReader::new(&part, self.budget);
        let page = PageReader::default().read(&mut xml);
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
        page
    }

    fn read_slide(&mut self, id: PartId, number: u32, unseen: Option<&'static str>) {
        if self.package.is_read(id) {
            return;
        }
        let page = self.page(id);
        let related = self.package.relationships(Some(id), self.budget);
        let unseen = unseen.or((!page.shown).then_some("hidden slide"));
        let layout = targets(&related, "slideLayout").first().copied();
        self.lost_layout |= layout.is_none();
        let layout_layer = layout.and_then(|id| self.layer(id));
        let master = layout_layer.as_ref().and_then(|layer| layer.master);
        let master_layer = master.and_then(|id| self.layer(id));
        let none = Rc::new(Layer::default());
        let theme = master_layer.as_ref().or(layout_layer.as_ref()).unwrap_or(&none);
        self.put(&Setting {
            page: &page,
            layout: layout_layer.as_ref().map(|layer| &layer.page),
            master: master_layer.as_ref().map(|layer| &layer.page),
            theme: &theme.theme,
            defaults: &Levels::default(),
            role: Role::Slide,
            number,
            unseen,
            size: self.size,
        });
        if !page.name.is_ascii() {
            let done = Done::plain(Region::Property, number, "slide", page.name.as_str());
            self.putter.sheet.later.push(done);
        }
        // What stands on a layout or master is told once, with the first slide
        // that shows it.
        if unseen.is_none() && page.shows_master {
            let below = layout_layer.is_none_or(|layer| layer.page.shows_master);
            let shown = [(layout, "layout"), (master.filter(|_| below), "master")];
            for (layer, name) in shown {
                if let Some(layer) = layer {
                    self.put_layer(layer, name, number, None);
                }
            }
        }
        self.follow(related, number, unseen);
    }

    /// A layout or master, read when it is first asked for.
    fn layer(&mut self, id: PartId) -> Option<Rc<Layer>> {
        if let Some(known) = self.layers.get(&id) {
            return Some(Rc::clone(known));
        }
        if self.package.is_read(id) {
            return None;
        }
        let page = self.page(id);
        let related = self.package.relationships(Some(id), self.budget);
        let mut theme = Theme::default();
        for id in targets(&related, "theme") {
            if self.package.is_read(id) {
                continue;
            }
            let part = self.package.xml(id, self.budget);
            let mut xml = XmlReader::new(&part, self.budget);
            theme.read(&mut xml);
            let trouble = xml.finish();
            self.package.gap_in(id, trouble);
        }
        let master = targets(&related, "slideMaster").first().copied().filter(|m| *m != id);
        let layer = Rc::new(Layer { page, master, theme });
        self.layers.insert(id, Rc::clone(&layer));
        self.follow(related, 0, None);
        Some(layer)
    }

    /// Puts down what stands on a layout or master, once.
    fn put_layer(
        &mut self,
        id: PartId,
        name: &'static str,
        number: u32,
        unseen: Option<&'static str>,
    ) {
        if !self.shown.insert(id) {
            return;
        }
        let Some(layer) = self.layer(id) else { return };
        let master = layer.master.and_then(|id| self.layer(id));
        self.put(&Setting {
            page: &layer.page,
            layout: None,
            master: master.as_ref().map(|layer| &layer.page),
            theme: &master.as_ref().unwrap_or(&layer).theme,
            defaults: &Levels::default(),
            role: Role::Layer(name),
            number,
            unseen,
            size: self.size,
        });
    }

    /// Layouts and masters that no slide shows, as far as slides say.
    fn read_unused_layers(&mut self) {
        let sure = !self.lost_layout;
        for (kind, name) in [("slideLayout", "layout"), ("slideMaster", "master")] {
            for id in 0..self.package.len() {
                let is_it = self.package.content_type(id).ends_with(&format!(".{kind}+xml"));
                if is_it && (self.layers.contains_key(&id) || !self.package.is_read(id)) {
                    self.put_layer(id, name, 0, sure.then_some(unused(name)));
                }
            }
        }
    }

    /// What stands on every page of notes or handouts.
    fn read_other_masters(&mut self, related: &[Relationship]) {
        for (kind, role) in [("notesMaster", Role::Notes), ("handoutMaster", Role::Handout)] {
            let by_type = (0..self.package.len())
                .filter(|id| self.package.content_type(*id).ends_with(&format!(".{kind}+xml")));
            for id in targets(related, kind).into_iter().chain(by_type).collect::<Vec<_>>() {
                if self.package.is_read(id) {
                    continue;
                }
                let page = self.page(id);
                let further = self.package.relationships(Some(id), self.budget);
                self.put(&Setting {
                    page: &page,
                    layout: None,
                    master: None,
                    theme: &Theme::default(),
                    defaults: &Levels::default(),
                    role,
                    number: 0,
                    unseen: (role == Role::Handout).then_some("handout master"),
                    size: [0.0; 2],
                });
                self.follow(further, 0, None);
            }
        }
    }

    fn put(&mut self, setting: &Setting<'_>) {
        let setting = Setting { defaults: &self.defaults, ..*setting };
        for shape in setting.page.shapes.iter().filter(|shape| shape.picture) {
            self.pictures += 1;
            let share = shape.frame.map_or(1.0, |frame| frame.share(self.size));
            if setting.role == Role::Slide && setting.number > 0 {
                let largest = self.scans.entry(setting.number).or_default();
                *largest = largest.max(share);
            }
        }
        self.putter.put(&setting, self.budget);
        if let Err(gap) = self.budget.spend_text(self.putter.sheet.said) {
            self.package.gap(gap);
        }
    }

    fn finish(mut self) -> Extraction {
        let mut text = self.putter.sheet.text.finish();
        let pages = self.slides;
        text.page_sizes = match self.size {
            [width, height] if width > 0.0 && height > 0.0 => vec![self.size; pages as usize],
            _ => Vec::new(),
        };
        let mut gaps = std::mem::take(&mut self.package.gaps);
        let mut notes = self.package.notes();
        gaps.extend(scanned_slides(&text, &self.scans));
        notes.extend(PICTURES.note(self.pictures));
        notes.extend(EXTERNAL_LINKS.note(self.outside));
        notes.extend(MISSING_PARTS.note(self.missing));
        Extraction {
            pages: Some(pages),
            text,
            children: self.children,
            gaps,
            notes,
            ..Extraction::default()
        }
    }

    /// A relationship leads to a part that is not there.
    fn missing(&mut self, relationship: &Relationship, name: &str) {
        let empty = name.rsplit('/').next().is_none_or(|n| n.is_empty() || n == "NULL");
        if empty || known::is_apparatus(&relationship.kind) {
            self.missing += 1;
        } else if !matches!(relationship.kind.as_str(), "hyperlink" | "slide") {
            let (kind, name) = (shortened(&relationship.kind), shortened(name));
            let words = format!("a relationship ({kind}) names {name}, which is not there");
            self.package.gap(Gap::new(GapKind::Damaged, words));
        }
    }
}

fn unused(name: &str) -> &'static str {
    if name == "layout" { "unused layout" } else { "unused master" }
}

/// The last number in a part's name: `slide12.xml` comes after `slide2.xml`.
fn number_of(name: &str) -> u64 {
    let stem = name.rsplit('/').next().unwrap_or_default();
    let digits: String = stem.chars().filter(char::is_ascii_digit).take(18).collect();
    digits.parse().unwrap_or(u64::MAX)
}

//! Word documents, Office Open XML (ISO/IEC 29500-1, clause 11): everything in
//! the package that can carry a mark, the body first and the properties last.

mod known;
mod sections;
mod settings;
mod story;
mod styles;
#[cfg(test)]
mod tests;
mod wordml;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::word::sections::{Section, shown_margins};
use super::word::sheet::{NoteKind, Sheet};
use known::{KNOWN_TYPES, is_apparatus};
use story::{Story, StoryKind, read_story};
use styles::{Styles, thinned};

use super::package::{Package, PartId, Relationship, Target, decode, shortened, targets};
use super::xml::XmlReader;
use super::{controls, drawing, packed, properties};
use crate::extract::unread::{EXTERNAL_LINKS, MISSING_PARTS, tell_pictures};
use crate::extract::{Budget, Extraction};
use crate::model::{BlockHead, Gap, GapKind, Region, Submission, TextBuilder};
use sections::section_breaks;
use settings::Settings;

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
    let mut document = Document::new(submission, package, budget);
    document.read();
    document.finish()
}

/// Reads a document in the XML that Word wrote before Office Open XML.
pub(crate) fn read_2003(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut document = Document::new(submission, Package::of_parts(Vec::new()), budget);
    wordml::read(&mut document);
    document.finish()
}

/// Reads a part of a document that stands by itself.
pub(crate) fn read_alone(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut document = Document::new(submission, Package::of_parts(Vec::new()), budget);
    document.read_alone();
    document.finish()
}

struct Document<'a, 'b> {
    submission: &'a Submission,
    package: Package<'a>,
    budget: &'b mut Budget,
    sheet: Sheet,
    styles: Styles,
    settings: Settings,
    sections: Vec<Section>,
    pictures: usize,
    /// Relationships that lead out of the package.
    outside: usize,
    missing: Vec<String>,
    children: Vec<Submission>,
    /// Whether the body could not be read to its end.
    cut: bool,
    /// Relationships still to go after, with the pages of what shows them.
    waiting: Vec<(Vec<Relationship>, Pages)>,
    following: bool,
}

/// Pages of charts and diagrams, by the id of the relationship.
type Pages = HashMap<String, u32>;

impl<'a, 'b> Document<'a, 'b> {
    fn new(submission: &'a Submission, package: Package<'a>, budget: &'b mut Budget) -> Self {
        Self {
            submission,
            package,
            budget,
            sheet: Sheet::default(),
            styles: Styles::default(),
            settings: Settings::default(),
            sections: Vec::new(),
            pictures: 0,
            outside: 0,
            missing: Vec::new(),
            children: Vec::new(),
            cut: false,
            waiting: Vec::new(),
            following: false,
        }
    }

    /// The XML of a file that is no package.
    fn whole_file(&mut self) -> String {
        let (part, lossy) = decode(self.submission.bytes.to_vec());
        if lossy {
            self.package.gap(Gap::new(GapKind::Damaged, "the file is not in its encoding"));
        }
        part
    }

    /// Reads the file as one story: of the body, a header or a footer.
    fn read_alone(&mut self) {
        let part = self.whole_file();
        let root = part.split('<').find(|tag| tag.starts_with("w:")).unwrap_or_default();
        let region = match root.get(2..5) {
            Some("hdr") => Region::Header,
            Some("ftr") => Region::Footer,
            _ => Region::Body,
        };
        let flows = region == Region::Body;
        let kind = StoryKind { region, flows, ..StoryKind::default() };
        let mut story = Story::new(kind, &mut self.sheet, &mut self.styles);
        let xml = XmlReader::new(part.trim_start_matches('\u{FEFF}'), self.budget);
        let trouble = read_story(&mut story, xml);
        self.pictures += story.pictures;
        trouble.into_iter().for_each(|gap| self.package.gap(gap));
        self.put_alternative_texts();
    }

    fn read(&mut self) {
        let roots = self.package.relationships(None, self.budget);
        let Some(main) = self.main_part(&roots) else {
            self.package.gap(Gap::new(GapKind::Damaged, "the main document part is not there"));
            self.read_strays();
            self.read_properties(&roots);
            self.leftovers();
            return;
        };
        let related = self.package.relationships(Some(main), self.budget);
        self.read_looks(&related);
        let shown = self.read_body(main);
        let pages = self.sheet.page;
        self.follow(related.clone(), shown);
        self.read_margins(&related, pages);
        self.read_notes(&related);
        self.read_glossary(&related);
        self.read_strays();
        self.put_alternative_texts();
        self.put_settings();
        self.read_properties(&roots);
        self.leftovers();
        self.sheet.page = pages;
    }

    /// The main part by its relationship, else by its type, else by its name.
    fn main_part(&self, roots: &[Relationship]) -> Option<PartId> {
        let by_relationship = roots.iter().find_map(|r| match r.target {
            Target::Part(id) if r.kind == "officeDocument" => Some(id),
            _ => None,
        });
        let is_main = |id: &PartId| {
            let kind = self.package.content_type(*id);
            kind.ends_with(".main+xml") && (kind.contains("word"))
        };
        by_relationship
            .or_else(|| (0..self.package.len()).find(is_main))
            .or_else(|| self.package.find("word/document.xml"))
    }

    /// Theme, styles and settings: what decides how the rest looks.
    fn read_looks(&mut self, related: &[Relationship]) {
        for kind in ["theme", "styles", "settings", "numbering"] {
            for id in targets(related, kind) {
                // A list may name a part a thousand times.
                if self.package.is_read(id) {
                    continue;
                }
                let part = self.package.xml(id, self.budget);
                let part = if kind == "styles" { thinned(&part) } else { Cow::Borrowed(&*part) };
                let mut xml = XmlReader::new(&part, self.budget);
                match kind {
                    "theme" => self.styles.read_theme(&mut xml),
                    "styles" => self.styles.read(&mut xml),
                    "settings" => self.settings.read(&mut xml),
                    _ => self.settings.read_numbering(&mut xml),
                }
                let trouble = xml.finish();
                self.package.gap_in(id, trouble);
                if kind == "settings" {
                    let further = self.package.relationships(Some(id), self.budget);
                    self.follow(further, Pages::new());
                }
            }
        }
    }

    fn read_body(&mut self, main: PartId) -> Pages {
        self.styles.page_is_painted = self.settings.page_is_painted;
        let gaps = self.package.gaps.len();
        let part = self.package.xml(main, self.budget);
        let kind = StoryKind { flows: true, ..StoryKind::default() };
        let mut story = Story::new(kind, &mut self.sheet, &mut self.styles)
            .with_section_breaks(section_breaks(&part));
        let trouble = read_story(&mut story, XmlReader::new(&part, self.budget));
        self.sections = std::mem::take(&mut story.sections);
        self.pictures += story.pictures;
        let shown = std::mem::take(&mut story.links).into_iter().collect();
        self.package.gap_in(main, trouble);
        self.cut = self.package.gaps.len() > gaps;
        shown
    }

    /// Reads one part as a story on `page`, and what it shows from other parts.
    fn read_part(&mut self, id: PartId, kind: StoryKind, page: u32) {
        if self.package.is_read(id) {
            return;
        }
        let part = self.package.xml(id, self.budget);
        self.sheet.begin_story(page);
        let mut story = Story::new(kind, &mut self.sheet, &mut self.styles);
        let trouble = read_story(&mut story, XmlReader::new(&part, self.budget));
        self.pictures += story.pictures;
        let shown = std::mem::take(&mut story.links).into_iter().collect();
        self.package.gap_in(id, trouble);
        let related = self.package.relationships(Some(id), self.budget);
        self.follow(related, shown);
    }

    /// Headers, then footers, each once: in the order sections refer to them,
    /// those no section shows last.
    fn read_margins(&mut self, related: &[Relationship], pages: u32) {
        let by_id: HashMap<&str, PartId> = related
            .iter()
            .filter_map(|r| match r.target {
                Target::Part(id) => Some((r.id.as_str(), id)),
                _ => None,
            })
            .collect();
        let shown = shown_margins(&self.sections, self.settings.even_and_odd, pages);
        for (header, kind) in [(true, "header"), (false, "footer")] {
            let region = if header { Region::Header } else { Region::Footer };
            for margin in shown.iter().filter(|margin| margin.header == header) {
                if let Some(id) = by_id.get(margin.id.as_str()) {
                    let unseen = margin.page.is_none() && !self.cut;
                    let page = margin.page.unwrap_or(0);
                    let label = margin.which.to_owned();
                    let kind = StoryKind { region, label, unseen, ..StoryKind::default() };
                    self.read_part(*id, kind, page);
                }
            }
            for id in targets(related, kind) {
                let kind = StoryKind {
                    region,
                    label: "unreferenced".into(),
                    unseen: !self.cut,
                    ..StoryKind::default()
                };
                self.read_part(id, kind, 0);
            }
        }
    }

    fn read_notes(&mut self, related: &[Relationship]) {
        let kinds = [
            ("footnotes", NoteKind::Footnote, "footnote", Region::Note),
            ("endnotes", NoteKind::Endnote, "endnote", Region::Note),
            ("comments", NoteKind::Comment, "comment", Region::Comment),
        ];
        for (relationship, notes, label, region) in kinds {
            for id in targets(related, relationship) {
                let kind = StoryKind {
                    region,
                    label: label.into(),
                    notes: Some(notes),
                    ..StoryKind::default()
                };
                self.read_part(id, kind, 0);
            }
        }
    }

    /// Building blocks kept with the document, which stand on no page.
    fn read_glossary(&mut self, related: &[Relationship]) {
        for id in targets(related, "glossaryDocument") {
            let further = self.package.relationships(Some(id), self.budget);
            for related in &further {
                // Its own styles say nothing about what it says.
                if let Target::Part(part) = related.target
                    && is_apparatus(&related.kind)
                {
                    self.package.pass_over(part);
                }
            }
            let kind = || StoryKind {
                region: Region::Hidden,
                label: "glossary".into(),
                unseen: true,
                ..StoryKind::default()
            };
            self.read_part(id, kind(), 0);
            for kind_of_part in ["header", "footer", "footnotes", "endnotes", "comments"] {
                for part in targets(&further, kind_of_part) {
                    self.read_part(part, kind(), 0);
                }
            }
        }
    }

    /// Word's parts that nothing refers to: not on any page, and read all the same.
    fn read_strays(&mut self) {
        for id in 0..self.package.len() {
            if self.package.is_read(id) {
                continue;
            }
            let kind = self.package.content_type(id);
            let Some(kind) = kind
                .strip_suffix("+xml")
                .filter(|k| k.contains("wordprocessingml") || k.contains("ms-word"))
            else {
                continue;
            };
            let kind = kind.rsplit('.').next().unwrap_or_default();
            let region = match kind {
                "header" => Region::Header,
                "footer" => Region::Footer,
                "footnotes" | "endnotes" => Region::Note,
                "comments" => Region::Comment,
                "main" | "document" => Region::Hidden,
                _ => continue,
            };
            let kind = StoryKind {
                region,
                label: "unreferenced".into(),
                unseen: !self.cut,
                ..StoryKind::default()
            };
            self.read_part(id, kind, 0);
        }
    }

    /// Goes after relationships that lead to things shown or packed in a part.
    /// Parts lead to further parts in as long a chain as somebody likes, so what
    /// comes next waits in a list.
    fn follow(&mut self, related: Vec<Relationship>, pages: Pages) {
        self.waiting.push((related, pages));
        if self.following {
            return;
        }
        self.following = true;
        while let Some((related, pages)) = self.waiting.pop() {
            self.follow_one(&related, &pages);
        }
        self.following = false;
    }

    fn follow_one(&mut self, related: &[Relationship], pages: &Pages) {
        let mut diagrams = HashSet::new();
        for relationship in related {
            let id = match &relationship.target {
                Target::Part(id) => *id,
                Target::Missing(name) => {
                    self.missing(relationship, name);
                    continue;
                }
                Target::External => {
                    self.leads_out(relationship);
                    continue;
                }
            };
            let page = pages.get(&relationship.id).copied().unwrap_or(0);
            match relationship.kind.as_str() {
                "image" | "hdphoto" => packed::pass_over_picture(&mut self.package, id),
                "chart" | "chartEx" | "chartUserShapes" => {
                    self.read_drawing(id, "chart", page, None);
                }
                "diagramData" | "diagramDrawing" => {
                    self.read_drawing(id, "diagram", page, Some(&mut diagrams));
                }
                "control" => self.read_control(id),
                "oleObject" | "package" | "aFChunk" | "subDocument" | "activeXControlBinary" => {
                    self.embedded(id);
                }
                _ => {}
            }
        }
    }

    /// A relationship leads out of the package. Text that belongs into this
    /// document and lies elsewhere is missing from it.
    fn leads_out(&mut self, relationship: &Relationship) {
        if matches!(relationship.kind.as_str(), "subDocument" | "aFChunk" | "frame") {
            let words = format!("text that lies outside the file ({})", relationship.kind);
            self.package.gap(Gap::new(GapKind::MissingPart, words));
        } else {
            self.outside += usize::from(relationship.kind != "hyperlink");
        }
    }

    fn read_control(&mut self, id: PartId) {
        if self.package.is_read(id) {
            return;
        }
        let part = self.package.xml(id, self.budget);
        let mut xml = XmlReader::new(&part, self.budget);
        let shown = controls::shown(&mut xml);
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
        for (label, value) in shown {
            let head = BlockHead { region: Region::FormField, label, ..BlockHead::default() };
            for line in value.split(['\n', '\r']).filter(|line| !line.trim().is_empty()) {
                self.sheet.text.block(&head, line);
            }
        }
        let related = self.package.relationships(Some(id), self.budget);
        self.follow(related, Pages::new());
    }

    /// A relationship leads to a part that is not there.
    fn missing(&mut self, relationship: &Relationship, name: &str) {
        // Word writes NULL where a picture or header is gone for good.
        let empty = name.rsplit('/').next().is_none_or(|n| n.is_empty() || n == "NULL");
        if empty || is_apparatus(&relationship.kind) || relationship.kind == "image" {
            self.missing.push(name.to_owned());
        } else if relationship.kind != "hyperlink" {
            let (kind, name) = (shortened(&relationship.kind), shortened(name));
            let words = format!("a relationship ({kind}) names {name}, which is not there");
            self.package.gap(Gap::new(GapKind::Damaged, words));
        }
    }

    fn read_drawing(
        &mut self,
        id: PartId,
        label: &str,
        page: u32,
        known: Option<&mut HashSet<String>>,
    ) {
        if self.package.is_read(id) {
            return;
        }
        let lines = drawing::read(&mut self.package, id, known, self.budget);
        let group = self.sheet.next_group();
        let head = BlockHead {
            region: Region::TextBox,
            page,
            label: label.into(),
            group,
            ..BlockHead::default()
        };
        for line in lines {
            self.sheet.text.block(&head, &line);
        }
        let related = self.package.relationships(Some(id), self.budget);
        self.follow(related, Pages::new());
    }

    /// A file or object packed in the document.
    fn embedded(&mut self, id: PartId) {
        self.children.extend(packed::embedded(&mut self.package, self.submission, id, self.budget));
    }

    fn put_alternative_texts(&mut self) {
        for (page, text) in std::mem::take(&mut self.sheet.alt) {
            let head = BlockHead { region: Region::AltText, page, ..BlockHead::default() };
            for line in text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()) {
                self.sheet.text.block(&head, line);
            }
        }
    }

    fn put_settings(&mut self) {
        for (name, value) in std::mem::take(&mut self.settings.variables) {
            properties::property(&mut self.sheet.text, &name, &value);
        }
    }

    fn read_properties(&mut self, roots: &[Relationship]) {
        let text: &mut TextBuilder = &mut self.sheet.text;
        properties::read_all(&mut self.package, roots, text, self.budget);
    }

    /// Members that nothing accounts for are read as files packed in the document.
    fn leftovers(&mut self) {
        let rest = packed::leftovers(&mut self.package, self.submission, KNOWN_TYPES, self.budget);
        self.children.extend(rest);
    }

    fn finish(self) -> Extraction {
        let mut gaps = self.package.gaps.clone();
        let mut notes = self.package.notes();
        let pages = self.sheet.page;
        let text = self.sheet.text.finish();
        if let Err(gap) = self.budget.check_pages(pages as usize) {
            gaps.push(gap);
        }
        tell_pictures(self.pictures, &text, &mut gaps, &mut notes);
        notes.extend(EXTERNAL_LINKS.note(self.outside));
        notes.extend(MISSING_PARTS.note(self.missing.len()));
        Extraction {
            pages: Some(pages),
            text,
            children: self.children,
            gaps,
            notes,
            ..Extraction::default()
        }
    }
}

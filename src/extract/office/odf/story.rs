//! One story (a body, a header, an embedded object) from its XML to paragraphs
//! (ODF 1.3 part 3, 5 to 10), in one pass. What stands inside a paragraph (a
//! note, a box, a comment) follows it.

use std::collections::{HashMap, HashSet};

use super::sheet::{Done, Place, Sheet};
use super::styles::{Look, Styles};
use super::table::Table;
use crate::extract::office::xml::{Element, Ns, Xml, XmlReader};
use crate::model::{Align, BlockHead, Region};

/// Spaces one element may stand for.
const MAX_SPACES: u32 = 256;

/// Paragraphs within paragraphs whose order is kept.
const MAX_ORDERED: usize = 16;

/// Longer names are no labels.
pub(super) const MAX_LABEL: usize = 200;

/// What kind of document a story is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Kind {
    #[default]
    Text,
    Sheet,
    Slides,
    /// A chart or formula embedded in something.
    Object,
}

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Para,
    Span,
    /// Holds characters of the paragraph around it.
    Inline,
    /// Reading beside the characters.
    Aside,
    Place,
    Slide,
    Table,
    Row,
    Cell,
    Collect(Collected),
    Other,
}

/// Text that is gathered whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collected {
    Alternative,
    Header,
    Footer,
    Formula,
}

#[derive(Debug, Default)]
struct Para {
    look: Look,
    align: Option<Align>,
    hidden: bool,
    page: u32,
    /// Spans that were open where it began: not its own.
    spans_before: usize,
    pieces: Vec<Piece>,
    after: Vec<Done>,
    /// The last character was a space that further ones are one with.
    spaced: bool,
}

#[derive(Debug)]
enum Piece {
    Text { text: String, look: Look, hidden: bool },
    Line,
}

/// Reads one story.
pub(super) struct Story<'s> {
    pub sheet: &'s mut Sheet,
    pub styles: &'s mut Styles,
    pub kind: Kind,
    pub(super) tags: Vec<Tag>,
    pub(super) places: Vec<Place>,
    frames: Vec<Para>,
    spans: Vec<Look>,
    pub(super) tables: Vec<Table>,
    pub(super) table_count: u32,
    /// Texts of formulas that were put down.
    pub(super) formulas: HashSet<String>,
    collected: String,
    /// Name of a header or footer declaration that is being read.
    pub(super) declared: String,
    pub page: u32,
    break_next: bool,
    begun: bool,
    note_class: String,
    change: String,
    deletions: Vec<(String, Done)>,
    changes: HashMap<String, u32>,
    /// Master pages in use: name and first page.
    pub masters: HashMap<String, u32>,
    /// Declared headers and footers, with the first page that uses each.
    pub declarations: Vec<Done>,
    pub(super) declared_ids: HashMap<String, usize>,
    pub pictures: usize,
    pub scripts: usize,
    /// Objects and pictures referred to: place in the package and page.
    pub objects: Vec<(String, u32)>,
}

impl<'s> Story<'s> {
    pub fn new(
        kind: Kind,
        place: Place,
        page: u32,
        sheet: &'s mut Sheet,
        styles: &'s mut Styles,
    ) -> Self {
        Self {
            sheet,
            styles,
            kind,
            tags: Vec::new(),
            places: vec![place],
            frames: Vec::new(),
            spans: Vec::new(),
            tables: Vec::new(),
            table_count: 0,
            formulas: HashSet::new(),
            collected: String::new(),
            declared: String::new(),
            page,
            break_next: false,
            begun: false,
            note_class: String::new(),
            change: String::new(),
            deletions: Vec::new(),
            changes: HashMap::new(),
            masters: HashMap::new(),
            declarations: Vec::new(),
            declared_ids: HashMap::new(),
            pictures: 0,
            scripts: 0,
            objects: Vec::new(),
        }
    }

    /// Takes an element that was opened already for the first.
    pub fn begin_with(&mut self, element: &Element<'_>) {
        if let Some(tag) = self.open(element) {
            self.tags.push(tag);
        }
    }

    /// Reads to the end of the element that was opened last, or of the part.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        let mut inside = 1usize;
        let mut said = self.sheet.said;
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => match self.open(&element) {
                    Some(tag) => {
                        inside += 1;
                        self.tags.push(tag);
                    }
                    None => xml.skip(),
                },
                Xml::Close => {
                    inside -= 1;
                    if let Some(tag) = self.tags.pop() {
                        self.close(tag, xml);
                    }
                    if inside == 0 {
                        break;
                    }
                }
                Xml::Text(text) => {
                    said += text.len();
                    xml.check_text(said);
                    self.text(&text);
                }
            }
        }
        self.finish();
    }

    /// Closes what a damaged part left open, and puts down what waited.
    fn finish(&mut self) {
        self.end_tables();
        while !self.frames.is_empty() {
            self.end_para();
        }
        for (id, mut done) in std::mem::take(&mut self.deletions) {
            done.head.page = self.changes.get(&id).copied().unwrap_or(0);
            self.sheet.later.push(done);
        }
    }

    fn open(&mut self, element: &Element<'_>) -> Option<Tag> {
        if let Some(Tag::Collect(what)) = self.tags.last() {
            // Line ends between the pieces of what is gathered.
            self.collected.push('\n');
            return Some(Tag::Collect(*what));
        }
        match element.ns {
            Ns::OdfText => self.open_text(element),
            Ns::OdfTable => self.open_table(element),
            Ns::OdfDraw => self.open_draw(element),
            Ns::OdfOffice => self.open_office(element),
            Ns::OdfPresentation => self.open_presentation(element),
            Ns::OdfSvg if matches!(element.local(), "title" | "desc") => {
                Some(Tag::Collect(Collected::Alternative))
            }
            Ns::OdfForm => {
                self.form(element);
                Some(Tag::Other)
            }
            Ns::Dc | Ns::OdfMeta => None,
            Ns::Math => Some(Tag::Collect(Collected::Formula)),
            _ if element.local() == "math" => Some(Tag::Collect(Collected::Formula)),
            // Initials of who commented, and the like.
            _ if element.local().ends_with("-initials") => None,
            _ => Some(self.plain_tag()),
        }
    }

    /// An element that means nothing by itself: inside a paragraph it holds
    /// characters.
    pub(super) fn plain_tag(&self) -> Tag {
        match self.tags.last() {
            Some(Tag::Para | Tag::Span | Tag::Inline | Tag::Aside) => Tag::Inline,
            _ => Tag::Other,
        }
    }

    fn open_text(&mut self, element: &Element<'_>) -> Option<Tag> {
        let value = |name: &str| element.attr(name).unwrap_or_default();
        match element.local() {
            "p" | "h" => Some(self.begin_para(element)),
            "span" => {
                let look = self.styles.chain("text", &value("style-name"));
                self.spans.push(look.over(&self.look()));
                Some(Tag::Span)
            }
            "s" => {
                let count = element.number("c").unwrap_or(1).clamp(1, MAX_SPACES);
                self.push(&" ".repeat(count as usize));
                Some(Tag::Inline)
            }
            "tab" | "tab-stop" => {
                self.push("\t");
                Some(Tag::Inline)
            }
            "line-break" => {
                self.line();
                Some(Tag::Inline)
            }
            "soft-page-break" => {
                self.soft_break();
                Some(Tag::Inline)
            }
            "note" | "footnote" | "endnote" => {
                let class = element.attr("note-class").map(|c| c.into_owned());
                self.note_class = class.unwrap_or_else(|| element.local().to_owned());
                Some(Tag::Other)
            }
            "note-body" | "footnote-body" | "endnote-body" => {
                let label = self.note_class.clone();
                Some(self.begin_place(Region::Note, &label))
            }
            "ruby-text" => {
                let (look, spans_before) = (self.look(), self.spans.len());
                let page = self.page;
                self.frames.push(Para { look, spans_before, page, ..Para::default() });
                Some(Tag::Aside)
            }
            "section" | "index-body" => {
                let hidden =
                    value("display") == "none" || element.attr("is-hidden").is_some_and(is_true);
                let mut place = self.place();
                place.hidden |= hidden;
                self.places.push(place);
                Some(Tag::Place)
            }
            "tracked-changes" => Some(Tag::Other),
            "changed-region" => {
                self.change = element.attr("id").unwrap_or_default().into_owned();
                Some(Tag::Other)
            }
            "deletion" => Some(self.begin_place(Region::Deleted, "")),
            "change" | "change-start" => {
                let id = value("change-id").into_owned();
                if self.changes.len() < 100_000 {
                    self.changes.entry(id).or_insert(self.page);
                }
                Some(Tag::Inline)
            }
            "hidden-paragraph" => {
                if element.attr("is-hidden").is_some_and(is_true)
                    && let Some(para) = self.frames.last_mut()
                {
                    para.hidden = true;
                }
                Some(Tag::Inline)
            }
            "hidden-text" if element.attr("is-hidden").is_none_or(is_true) => {
                self.push_hidden(&value("string-value"));
                None
            }
            "conditional-text" => {
                let now = element.attr("current-value").is_some_and(is_true);
                let other = if now { "string-value-if-false" } else { "string-value-if-true" };
                let other = Done::plain(Region::Hidden, self.page, "condition", value(other));
                self.sheet.later.push(other);
                Some(Tag::Inline)
            }
            "user-field-decl" => {
                let said = element.attr("string-value").or_else(|| element.attr("value"));
                let said = said.unwrap_or_default().into_owned();
                let name = value("name");
                self.sheet.later.push(Done::plain(Region::Property, 0, &name, said));
                Some(Tag::Other)
            }
            "variable-set" | "user-field-get" | "expression" | "database-display"
                if value("display") == "none" =>
            {
                let hidden = Look::hiding().over(&self.look());
                self.spans.push(hidden);
                Some(Tag::Span)
            }
            "script" => {
                self.scripts += 1;
                None
            }
            // Numbers that a program gave, and what lists are made from.
            "note-citation" | "footnote-citation" | "endnote-citation" | "number" => None,
            local if local.ends_with("-source") => None,
            "list" | "list-item" | "list-header" | "numbered-paragraph" => Some(Tag::Other),
            _ => Some(self.plain_tag()),
        }
    }

    fn open_office(&mut self, element: &Element<'_>) -> Option<Tag> {
        match element.local() {
            "annotation" => Some(self.begin_place(Region::Comment, "")),
            "binary-data" => {
                // Data of a flat document are those of a picture or object.
                self.pictures += 1;
                None
            }
            "change-info" | "event-listeners" | "script" | "scripts" => {
                self.scripts += usize::from(element.local() != "change-info");
                None
            }
            "spreadsheet" if self.tables.is_empty() => {
                (self.kind, self.page) = (Kind::Sheet, 0);
                Some(Tag::Other)
            }
            "presentation" | "drawing" if self.tables.is_empty() => {
                (self.kind, self.page) = (Kind::Slides, 0);
                if let Some(place) = self.places.last_mut() {
                    place.paper = None;
                }
                Some(Tag::Other)
            }
            "automatic-styles" | "styles" | "master-styles" | "meta" | "settings"
            | "font-face-decls" | "dde-source" => None,
            _ => Some(self.plain_tag()),
        }
    }

    pub(super) fn place(&self) -> Place {
        self.places.last().cloned().unwrap_or_default()
    }

    /// A place inside the one that is open: seen where that one is seen.
    pub(super) fn begin_place(&mut self, region: Region, label: &str) -> Tag {
        let around = self.place();
        let place = Place {
            region,
            label: label.chars().take(MAX_LABEL).collect(),
            group: self.sheet.next_group(),
            hidden: around.hidden,
            deleted: around.deleted || region == Region::Deleted,
            flows: false,
            base: None,
            paper: around.paper,
            align: None,
            later: around.later || region == Region::Deleted,
        };
        self.places.push(place);
        Tag::Place
    }

    fn begin_para(&mut self, element: &Element<'_>) -> Tag {
        let name = element.attr("style-name").unwrap_or_default().into_owned();
        let place = self.place();
        let look = match &place.base {
            Some(base) => self.styles.chain("paragraph", &name).over(base),
            None => self.styles.look("paragraph", &name),
        };
        let flows = place.flows && self.kind == Kind::Text;
        if flows && self.frames.is_empty() && self.tables.is_empty() {
            self.flow("paragraph", &name, &look);
            self.break_next = look.page_after == Some(true);
        }
        let align = look.align.or(place.align);
        if let Some(table) = self.tables.last_mut() {
            table.filled = true;
        }
        self.frames.push(Para {
            look,
            align,
            page: self.page,
            spans_before: self.spans.len(),
            spaced: true,
            ..Para::default()
        });
        Tag::Para
    }

    /// Turns the page where a style says so.
    pub(super) fn flow(&mut self, family: &str, name: &str, look: &Look) {
        let master = self.styles.begins_master(family, name).map(str::to_owned);
        let turns = self.break_next || look.page_before == Some(true) || master.is_some();
        if turns && self.begun {
            self.page += 1;
        }
        self.break_next = false;
        if master.is_some() || !self.begun {
            self.masters.entry(master.unwrap_or_default()).or_insert(self.page);
        }
        self.begun = true;
    }

    fn soft_break(&mut self) {
        if self.kind == Kind::Text && self.places.iter().any(|place| place.flows) {
            self.page += 1;
        }
    }

    fn look(&self) -> Look {
        let Some(para) = self.frames.last() else { return Look::default() };
        match self.spans.get(para.spans_before..).and_then(<[Look]>::last) {
            Some(span) => span.clone(),
            None => para.look.clone(),
        }
    }

    fn text(&mut self, text: &str) {
        match self.tags.last() {
            Some(Tag::Collect(_)) => self.collected.push_str(text),
            Some(Tag::Para | Tag::Span | Tag::Inline | Tag::Aside) => self.push_collapsed(text),
            _ => {}
        }
    }

    /// White space is one space, and none at the beginning (ODF 1.3 part 3, 6.1.2).
    fn push_collapsed(&mut self, text: &str) {
        let Some(para) = self.frames.last_mut() else { return };
        let mut kept = String::with_capacity(text.len());
        for c in text.chars() {
            let space = matches!(c, ' ' | '\t' | '\n' | '\r');
            if !(space && para.spaced) {
                kept.push(if space { ' ' } else { c });
            }
            para.spaced = space;
        }
        self.push_raw(&kept, false);
    }

    pub(super) fn push(&mut self, text: &str) {
        self.push_raw(text, false);
        if let Some(para) = self.frames.last_mut() {
            para.spaced = false;
        }
    }

    fn push_hidden(&mut self, text: &str) {
        self.push_raw(text, true);
    }

    fn push_raw(&mut self, text: &str, hidden: bool) {
        if text.is_empty() {
            return;
        }
        let look = self.look();
        if let Some(para) = self.frames.last_mut() {
            if let Some(Piece::Text { text: last, look: known, hidden: was }) =
                para.pieces.last_mut()
                && *known == look
                && *was == hidden
            {
                last.push_str(text);
                return;
            }
            para.pieces.push(Piece::Text { text: text.to_owned(), look, hidden });
        }
    }

    fn line(&mut self) {
        if let Some(para) = self.frames.last_mut() {
            para.pieces.push(Piece::Line);
            para.spaced = true;
        }
    }

    fn close(&mut self, tag: Tag, xml: &mut XmlReader<'_, '_>) {
        match tag {
            Tag::Para | Tag::Aside => {
                self.end_para();
                xml.charge(1);
            }
            Tag::Span => drop(self.spans.pop()),
            Tag::Place => drop(self.places.pop().filter(|_| self.places.len() > 1)),
            Tag::Slide => self.end_slide(),
            Tag::Cell => self.end_cell(xml),
            Tag::Row => self.end_row(),
            Tag::Table => self.end_table(),
            Tag::Collect(what) if !matches!(self.tags.last(), Some(Tag::Collect(_))) => {
                self.end_collected(what);
            }
            Tag::Collect(_) | Tag::Inline | Tag::Other => {}
        }
    }

    fn end_collected(&mut self, what: Collected) {
        let text = std::mem::take(&mut self.collected).trim().to_owned();
        let (region, label) = match what {
            Collected::Alternative => (Region::AltText, ""),
            Collected::Header => (Region::Header, "declared"),
            Collected::Footer => (Region::Footer, "declared"),
            Collected::Formula => (Region::TextBox, "formula"),
        };
        let mut done = Done::plain(region, self.page, label, text);
        match what {
            Collected::Header | Collected::Footer => {
                done.head.page = 0;
                let name = std::mem::take(&mut self.declared);
                self.declared_ids.insert(name, self.declarations.len());
                self.declarations.push(done);
            }
            Collected::Formula => {
                let text: String = done.runs.iter().map(|(text, _)| text.as_str()).collect();
                let words: Vec<_> = text.split_whitespace().collect();
                done.runs = vec![(words.join(" "), 0)];
                self.put(done);
            }
            Collected::Alternative => self.sheet.later.push(done),
        }
    }

    /// Ends the innermost paragraph: its lines, what of it is hidden, and what
    /// stood inside it.
    fn end_para(&mut self) {
        let Some(para) = self.frames.pop() else { return };
        self.spans.truncate(para.spans_before);
        let place = self.place();
        let region = if place.deleted { Region::Deleted } else { place.region };
        let all_hidden = place.hidden || para.hidden;
        let group = match place.group {
            0 if para.pieces.iter().any(|p| matches!(p, Piece::Line)) => self.sheet.next_group(),
            group => group,
        };
        let head = |hidden: bool| BlockHead {
            region: if hidden && !place.deleted { Region::Hidden } else { region },
            page: para.page,
            align: para.align.unwrap_or_default(),
            label: place.label.clone(),
            group,
            ..BlockHead::default()
        };
        let mut lines = vec![Done { head: head(all_hidden), runs: Vec::new() }];
        let mut unseen = Vec::new();
        for piece in para.pieces {
            match piece {
                Piece::Line => lines.push(Done { head: head(all_hidden), runs: Vec::new() }),
                Piece::Text { text, look, hidden } => {
                    if let Some(table) = self.tables.last_mut().filter(|t| !t.formula.is_empty()) {
                        table.said.push_str(&text);
                    }
                    let hidden = all_hidden
                        || hidden
                        || look.is_hidden()
                        || look.is_unseen(place.paper) && !text.trim().is_empty();
                    let style = self.sheet.text.style(look.style(&text, hidden, place.deleted));
                    if hidden && !all_hidden {
                        unseen.push(Done { head: head(true), runs: vec![(text, style)] });
                    } else if let Some(line) = lines.last_mut() {
                        line.runs.push((text, style));
                    }
                }
            }
        }
        for done in lines.into_iter().chain(merged(unseen)).chain(para.after) {
            self.put(done);
        }
    }

    /// Puts a paragraph where it belongs: behind the one it stands in, into the
    /// cell it stands in, or down.
    pub(super) fn put(&mut self, done: Done) {
        if done.is_blank() {
            return;
        }
        // Deep down order matters less than being handed up level by level costs.
        let deep = self.frames.len() > MAX_ORDERED;
        let outer = if deep { self.frames.first_mut() } else { self.frames.last_mut() };
        if let Some(outer) = outer {
            outer.after.push(done);
        } else if done.head.region == Region::Deleted {
            self.deletions.push((self.change.clone(), done));
        } else if self.places.last().is_some_and(|place| place.later) {
            self.sheet.later.push(done);
        } else if let Some(kept) = self.tables.last_mut().and_then(|table| table.kept.as_mut()) {
            kept.push(done);
        } else {
            self.sheet.put(done);
        }
    }
}

/// Hidden runs that follow one another are one.
fn merged(unseen: Vec<Done>) -> Vec<Done> {
    let mut made: Vec<Done> = Vec::new();
    for done in unseen {
        match made.last_mut() {
            Some(last) => last.runs.extend(done.runs),
            None => made.push(done),
        }
    }
    made
}

pub(super) fn is_true(value: std::borrow::Cow<'_, str>) -> bool {
    value == "true" || value == "1"
}

//! A page as it is read: tokens in, lines out.

use super::css::{Display, Node, Set, Sheet, declarations};
use super::elements::{self, is_void};
use super::flow::Flow;
use super::forms::Forms;
use super::look::Look;
use super::stack::{Ended, Open, Stack};
use super::tokens::{Tag, Token, tokens};
use super::word;
use crate::extract::Budget;
use crate::model::{Gap, GapKind, Region};

/// Faces of one page that are kept apart.
const MAX_FACES: usize = 1000;

/// Tokens between looks at what the text may cost.
const CHECK_EVERY: u64 = 256;

/// What is packed in a page.
#[derive(Debug)]
pub(super) enum Packed {
    /// The page a frame holds in itself.
    Frame(String),
    /// A `data:` address.
    Data(String),
}

/// A page that is being read.
pub(super) struct Page<'b> {
    budget: &'b mut Budget,
    is_xml: bool,
    sheet: Sheet,
    pub(super) faces: Vec<String>,
    base: Look,
    pub(super) stack: Stack,
    pub flow: Flow,
    pub(super) forms: Forms,
    /// Names and values, in the order they came.
    pub properties: Vec<(String, String)>,
    pub packed: Vec<Packed>,
    pub pictures: usize,
    /// Frames and objects that the page shows from elsewhere.
    pub outside: usize,
    pub gaps: Vec<Gap>,
    /// Text of an element that is taken whole: a title, a script.
    pub(super) whole: Option<String>,
    /// A property of a document that Word or Excel saved as a page.
    pub(super) island: String,
    /// Comments within comments are text.
    in_comment: bool,
    tokens: u64,
    stopped: bool,
}

impl<'b> Page<'b> {
    pub fn new(sheet: Sheet, is_xml: bool, budget: &'b mut Budget) -> Self {
        Self {
            budget,
            is_xml,
            sheet,
            faces: vec![String::new()],
            base: Look::default(),
            stack: Stack::default(),
            flow: Flow::new(),
            forms: Forms::default(),
            properties: Vec::new(),
            packed: Vec::new(),
            pictures: 0,
            outside: 0,
            gaps: Vec::new(),
            whole: None,
            island: String::new(),
            in_comment: false,
            tokens: 0,
            stopped: false,
        }
    }

    /// Reads markup to its end, or to the end of the budget.
    pub fn read(&mut self, markup: &str) {
        for token in tokens(markup, self.is_xml) {
            if self.stopped {
                return;
            }
            self.tokens += 1;
            self.charge(1);
            if self.tokens.is_multiple_of(CHECK_EVERY)
                && let Err(gap) = self.flow.check(self.budget)
            {
                self.stop(gap);
            }
            match token {
                Token::Start(tag) => self.start(tag),
                Token::End(name) => self.end(&name),
                Token::Text(text) => self.text(&text),
                Token::Comment(words) => self.comment(&words),
            }
        }
    }

    /// Ends what is open. A script or title that nothing ended has swallowed the
    /// rest of the page: what it says is text that nobody sees.
    pub fn finish(&mut self) {
        let swallowed = self.whole.take().filter(|text| !text.trim().is_empty());
        if let Some(text) = swallowed {
            let name = self.top_name().to_owned();
            self.flow.boundary();
            self.flow.beside(Region::Hidden, &format!("unfinished {name}"), &text);
        }
        if let Some(select) = self.forms.end_select() {
            self.put_select(select);
        }
        for text in std::mem::take(&mut self.sheet.generated) {
            self.flow.boundary();
            self.flow.beside(Region::TextBox, "put in by style", &text);
        }
        self.flow.boundary();
    }

    fn gap_once(&mut self, words: &str) {
        let gap = Gap::new(GapKind::Damaged, words);
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn charge(&mut self, steps: usize) {
        if let Err(gap) = self.budget.spend_steps(steps as u64) {
            self.stop(gap);
        }
    }

    fn stop(&mut self, gap: Gap) {
        if !self.stopped {
            self.gaps.push(gap);
            self.stopped = true;
        }
    }

    fn top_name(&self) -> &str {
        self.stack.top().map_or("", Open::name)
    }

    fn text(&mut self, text: &str) {
        if let Some(whole) = &mut self.whole {
            whole.push_str(text);
            return;
        }
        if self.forms.push(text) {
            return;
        }
        if self.stack.has("xml") {
            if word::is_property(self.stack.elements()) {
                self.island.push_str(text);
            }
            return;
        }
        let look = self.stack.top().map_or(&self.base, |open| &open.look);
        self.flow.push(text, look, &self.faces);
    }

    fn comment(&mut self, words: &str) {
        let in_comment = std::mem::replace(&mut self.in_comment, true);
        match word::comment(words) {
            word::Comment::Nothing => {}
            word::Comment::Property(name, value) => self.property(name, value),
            _ if in_comment || self.whole.is_some() => {
                self.flow.beside(Region::Hidden, "comment", words);
            }
            word::Comment::Words(words) if !words.contains('<') => {
                self.flow.beside(Region::Hidden, "comment", words);
            }
            word::Comment::Words(markup) => self.aside(markup, Some("comment")),
            word::Comment::Conditional(markup) => self.aside(markup, None),
        }
        self.in_comment = in_comment;
    }

    /// Reads markup that is no part of the page: nobody sees it, or only those
    /// with another program do.
    pub(super) fn aside(&mut self, markup: &str, why: Option<&'static str>) {
        let stack = std::mem::take(&mut self.stack);
        let mut look = Look::default();
        look.gone = why;
        look.region = why.is_none().then_some(Region::TextBox);
        let base = std::mem::replace(&mut self.base, look);
        match why {
            Some(_) => self.flow.hidden_boundary(),
            None => self.flow.boundary(),
        }
        self.read(markup);
        self.whole = None;
        match why {
            Some(_) => self.flow.hidden_boundary(),
            None => self.flow.boundary(),
        }
        self.base = base;
        self.stack = stack;
    }

    pub(super) fn property(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.properties.push((name.into(), value.into()));
    }

    fn start(&mut self, tag: Tag) {
        if tag.cut {
            self.gap_once("a tag has more attributes than are read");
        }
        let ended = self.stack.make_room(&tag.name);
        self.close(ended);
        let mut open = Open::new(tag);
        let thinned = self.stack.thin_out(&open);
        self.close(thinned);
        open.look = self.look_of(&open, self.stack.elements().len());
        if let Some(region) = self.margin_of_the_page(open.name()) {
            open.look.region.get_or_insert(region);
        }
        self.begin(&open);
        let is_void = is_void(open.name()) || open.tag.closed && self.closes_itself(open.name());
        if is_void {
            self.leave(&open);
        } else {
            self.stack.push(open);
        }
    }

    /// `header` and `footer` are the page's where no other section is around them
    /// (HTML, 4.3.8 and 4.3.9).
    fn margin_of_the_page(&self, name: &str) -> Option<Region> {
        let region = match name {
            "header" => Region::Header,
            "footer" => Region::Footer,
            _ => return None,
        };
        let sections = ["article", "aside", "nav", "section", "main", "table", "blockquote"];
        (!sections.iter().any(|section| self.stack.has(section))).then_some(region)
    }

    /// Whether `/>` ends an element: in XML, and in pieces of it.
    fn closes_itself(&self, name: &str) -> bool {
        self.is_xml || name.contains(':') || self.stack.has("svg") || self.stack.has("math")
    }

    /// How an element looks that stands in the first `depth` that are open.
    fn look_of(&mut self, open: &Open, depth: usize) -> Look {
        let around = self.stack.elements().get(..depth).unwrap_or_default();
        let (sets, steps) = match self.sheet.is_empty() {
            true => (Vec::new(), 0),
            false => self.sheet.sets_for(open, &open.class_list(), around),
        };
        let style = open.tag.attr("style");
        let inline: Vec<(Set, bool)> = style.map(declarations).unwrap_or_default();
        let outer = around.last().map_or(&self.base, |open| &open.look);
        let faces = &mut self.faces;
        let look = outer.inside(&open.tag, &sets, &inline, |name| face(faces, name));
        self.charge(steps / 4 + 1);
        look
    }

    fn end(&mut self, name: &str) {
        if name == "p" && !self.stack.has("p") || name == "br" {
            // Such a tag makes an empty paragraph, or a line's end (HTML, 13.2.6.4.7).
            self.flow.boundary();
            return;
        }
        let ended = self.stack.end(name);
        self.close(ended);
    }

    /// What follows from elements having ended.
    fn close(&mut self, Ended { ended, changed }: Ended) {
        for open in &ended {
            self.leave(open);
        }
        let Some(from) = changed else { return };
        for at in from..self.stack.elements().len() {
            let Some(mut open) = self.stack.take(at) else { return };
            open.look = self.look_of(&open, at);
            self.stack.put_back(at, open);
        }
    }

    /// An element begins.
    fn begin(&mut self, open: &Open) {
        let (tag, look) = (&open.tag, &open.look);
        if look.gone.is_some() {
            if elements::display(&tag.name) != Display::Inline {
                self.flow.hidden_boundary();
            }
        } else if !self.forms.is_open() {
            self.begin_box(tag, look);
        }
        self.begin_meaning(open);
    }

    fn begin_box(&mut self, tag: &Tag, look: &Look) {
        if look.page_before {
            self.flow.break_page();
        }
        match look.display {
            Display::Block => self.flow.boundary(),
            Display::Table => {
                let role = tag.attr("role").unwrap_or_default();
                self.flow.begin_table(matches!(role, "presentation" | "none"));
            }
            Display::Row => self.flow.begin_row(),
            Display::Cell => {
                let span = tag.attr("colspan").and_then(|span| span.trim().parse().ok());
                self.flow.begin_cell(span.unwrap_or(1));
            }
            Display::Inline | Display::None => {}
        }
    }

    /// An element has ended.
    fn leave(&mut self, open: &Open) {
        self.end_meaning(open);
        let look = &open.look;
        if look.gone.is_some() {
            if elements::display(&open.tag.name) != Display::Inline {
                self.flow.hidden_boundary();
            }
            return;
        }
        match look.display {
            _ if self.forms.is_open() => {}
            Display::Block => self.flow.boundary(),
            Display::Table => self.flow.end_table(),
            Display::Row => self.flow.end_row(),
            Display::Cell => self.flow.end_cell(),
            Display::Inline | Display::None => {}
        }
        if look.page_after {
            self.flow.break_page();
        }
    }
}

/// The number of a face.
fn face(faces: &mut Vec<String>, name: &str) -> u16 {
    if let Some(at) = faces.iter().position(|known| known == name) {
        return at as u16;
    }
    if faces.len() >= MAX_FACES {
        return 0;
    }
    faces.push(name.to_owned());
    (faces.len() - 1) as u16
}

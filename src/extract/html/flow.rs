//! Lines as they fill, and what stands beside them: text that is not seen,
//! alternative texts, fields. A line goes down as one block, so that what is seen
//! together is together, whatever markup stands between its letters.

use super::css::White;
use super::look::Look;
use super::tables::{Cell, Tables};
use crate::extract::Budget;
use crate::model::{Align, BlockHead, Gap, Region, Style, StyleId, TextBuilder};

/// Styles of one page that are kept apart in full. Further ones keep what changes
/// a verdict, and lose their face and size.
const MAX_STYLES: usize = 4096;

/// Longer names are no labels.
const MAX_LABEL: usize = 100;

/// A line, or what stands beside one, ready to be put down.
#[derive(Debug)]
pub(super) struct Piece {
    pub head: BlockHead,
    pub text: String,
    /// Where each style begins.
    pub runs: Vec<(usize, StyleId)>,
    pub cell: Option<Cell>,
}

/// What stands beside a line until the line is done.
#[derive(Debug)]
struct Aside {
    region: Region,
    label: String,
    text: String,
    style: StyleId,
    /// Bytes of the line when it was last added to; `None` once it is done.
    at: Option<usize>,
}

/// The text of a page as it flows.
#[derive(Debug)]
pub(super) struct Flow {
    text: TextBuilder,
    line: String,
    runs: Vec<(usize, StyleId)>,
    /// Whether a space comes before the next letter.
    space: bool,
    /// Where the line stands: of its first letter.
    place: Option<(Region, Align)>,
    asides: Vec<Aside>,
    pub page: u32,
    number: u32,
    /// Whether a page ends before the next line.
    break_due: bool,
    group: u32,
    groups: u32,
    pub tables: Tables,
    held: Vec<Piece>,
    recent: Option<(Look, StyleId)>,
    styles: usize,
    lines: usize,
    bytes: usize,
    /// Letters and digits that a reader sees.
    pub letters: usize,
}

impl Flow {
    pub fn new() -> Self {
        Self {
            text: TextBuilder::new(),
            line: String::new(),
            runs: Vec::new(),
            space: false,
            place: None,
            asides: Vec::new(),
            page: 1,
            number: 1,
            break_due: false,
            group: 0,
            groups: 0,
            tables: Tables::default(),
            held: Vec::new(),
            recent: None,
            styles: 0,
            lines: 0,
            bytes: 0,
            letters: 0,
        }
    }

    /// Whether the budget allows what is there.
    pub fn check(&self, budget: &Budget) -> Result<(), Gap> {
        budget.spend_text(self.bytes + self.line.len())?;
        budget.check_lines(self.lines)?;
        budget.check_pages(self.page as usize)
    }

    /// Adds text that looks like `look`.
    pub fn push(&mut self, text: &str, look: &Look, faces: &[String]) {
        let hidden = look.hidden().map(|why| (Region::Hidden, why));
        if let Some((region, label)) = hidden.or(look.ruby.then_some((Region::Note, "ruby"))) {
            let style = self.style(look, faces);
            return self.push_beside(text, region, label, style);
        }
        match look.white {
            White::Normal => self.push_words(text, look, faces),
            white => {
                for (n, line) in text.split('\n').enumerate() {
                    if n > 0 {
                        self.end_line(true);
                    }
                    match white {
                        White::Pre => self.push_letters(line.trim_end_matches('\r'), look, faces),
                        _ => self.push_words(line, look, faces),
                    }
                }
            }
        }
    }

    fn push_words(&mut self, text: &str, look: &Look, faces: &[String]) {
        for (n, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            self.space |= n > 0 && !self.line.is_empty();
            if !word.is_empty() {
                self.push_letters(word, look, faces);
            }
        }
    }

    fn push_letters(&mut self, text: &str, look: &Look, faces: &[String]) {
        if text.is_empty() {
            return;
        }
        let style = self.style(look, faces);
        if self.place.is_none() {
            let region = look.region.unwrap_or(Region::Body);
            self.place = Some((region, look.align.unwrap_or(Align::Left)));
        }
        if std::mem::take(&mut self.space) {
            self.line.push(' ');
        }
        if self.runs.last().map_or(0, |(_, last)| *last) != style {
            self.runs.push((self.line.len(), style));
        }
        if look.reversed {
            self.line.push('\u{202E}');
        }
        self.line.push_str(text);
        if look.reversed {
            self.line.push('\u{202C}');
        }
    }

    /// Text that is not seen, or not in the line, stands beside it, so that it parts
    /// nothing that is seen together; pieces of it that are apart are told apart by
    /// a space.
    fn push_beside(&mut self, text: &str, region: Region, label: &str, style: StyleId) {
        let at = self.line.len();
        let open = self
            .asides
            .last_mut()
            .filter(|a| a.region == region && a.at.is_some() && a.label == label);
        let aside = match open {
            Some(aside) => aside,
            None if text.trim().is_empty() => return,
            None => {
                let aside = Aside {
                    region,
                    label: label.to_owned(),
                    text: String::new(),
                    style,
                    at: Some(at),
                };
                self.asides.push(aside);
                let Some(aside) = self.asides.last_mut() else { return };
                aside
            }
        };
        if aside.at != Some(at) && !aside.text.is_empty() {
            aside.text.push(' ');
        }
        aside.at = Some(at);
        collapse_onto(&mut aside.text, text);
    }

    /// Something that stands beside the line: a picture's words, a field's value.
    pub fn beside(&mut self, region: Region, label: &str, text: &str) {
        for line in text.split(['\n', '\r']) {
            let mut words = String::new();
            collapse_onto(&mut words, line);
            let text = words.trim().to_owned();
            if !text.is_empty() {
                let label = label.chars().take(MAX_LABEL).collect();
                self.asides.push(Aside { region, label, text, style: 0, at: None });
            }
        }
    }

    /// What stands on the line so far.
    pub fn so_far(&self) -> &str {
        self.line.trim()
    }

    /// The id of a style.
    fn style(&mut self, look: &Look, faces: &[String]) -> StyleId {
        if let Some((recent, id)) = &self.recent
            && recent == look
        {
            return *id;
        }
        let mut style = look.style(faces);
        self.styles += 1;
        if self.styles > MAX_STYLES {
            style = Style { size: 0.0, face: String::new(), color: None, ..style };
        }
        let id = if style == Style::default() { 0 } else { self.text.style(style) };
        self.recent = Some((look.clone(), id));
        id
    }

    /// Lines of a paragraph or box end here.
    pub fn boundary(&mut self) {
        self.end_line(false);
        self.group = 0;
    }

    /// Lines within what is not seen end here; those that are seen go on.
    pub fn hidden_boundary(&mut self) {
        if self.line.is_empty() {
            // Between lines it stands where it stands.
            self.put_asides(self.number);
        } else if let Some(aside) = self.asides.last_mut() {
            aside.at = None;
        }
    }

    /// A line ends here; one without letters is a line all the same if it was
    /// `asked` for.
    pub fn end_line(&mut self, asked: bool) {
        let line = std::mem::take(&mut self.line);
        let runs = std::mem::take(&mut self.runs);
        let place = self.place.take();
        self.space = false;
        let is_blank = line.trim().is_empty();
        if (!is_blank || asked || !line.is_empty()) && std::mem::take(&mut self.break_due) {
            self.page += 1;
            self.number = 1;
        }
        let number = self.number;
        if !is_blank || asked || !line.is_empty() {
            self.number = self.number.saturating_add(1);
        }
        if let Some((region, align)) = place.filter(|_| !is_blank) {
            if self.group == 0 {
                self.groups += 1;
                self.group = self.groups;
            }
            self.letters += line.chars().filter(|c| c.is_alphanumeric()).count();
            let head = BlockHead {
                region,
                page: self.page,
                line: number,
                align,
                group: self.group,
                ..BlockHead::default()
            };
            let cell = self.tables.cell();
            self.put(Piece { head, text: line, runs, cell });
        }
        self.put_asides(number);
    }

    fn put_asides(&mut self, number: u32) {
        for aside in std::mem::take(&mut self.asides) {
            let line = if aside.region == Region::Hidden { number } else { 0 };
            let (page, label) = (self.page, aside.label);
            let head =
                BlockHead { region: aside.region, page, line, label, ..BlockHead::default() };
            let runs = if aside.style > 0 { vec![(0, aside.style)] } else { Vec::new() };
            self.put(Piece { head, text: aside.text, runs, cell: None });
        }
    }

    /// A page ends here.
    pub fn break_page(&mut self) {
        self.boundary();
        self.break_due = (self.page, self.number) != (1, 1) && self.tables.is_empty();
    }

    /// A table begins. One that is `presentation` is said to be no table.
    pub fn begin_table(&mut self, presentation: bool) {
        self.boundary();
        self.tables.begin(presentation);
    }

    pub fn begin_row(&mut self) {
        self.boundary();
        self.tables.begin_row(self.number);
    }

    /// A cell begins beside those of its row, `span` columns wide.
    pub fn begin_cell(&mut self, span: u32) {
        self.boundary();
        let group = self.groups + 1;
        if let Some(number) = self.tables.begin_cell(self.number, span, group) {
            self.groups = group;
            self.number = number;
        }
    }

    pub fn end_cell(&mut self) {
        self.boundary();
        self.tables.end_cell(self.number);
    }

    pub fn end_row(&mut self) {
        self.boundary();
        if let Some(number) = self.tables.end_row() {
            self.number = number;
        }
    }

    pub fn end_table(&mut self) {
        self.end_row();
        self.tables.end();
        if self.tables.is_empty() {
            self.release();
        }
    }

    fn put(&mut self, piece: Piece) {
        self.lines += 1;
        self.bytes += piece.text.len();
        if self.tables.is_empty() {
            self.write(piece);
        } else {
            // Whether it is a table at all is told when it ends.
            self.held.push(piece);
        }
    }

    fn release(&mut self) {
        for piece in std::mem::take(&mut self.held) {
            self.write(piece);
        }
    }

    fn write(&mut self, mut piece: Piece) {
        if let Some(cell) = piece.cell.filter(|cell| !self.tables.is_layout(cell.table)) {
            if piece.head.region == Region::Body {
                piece.head.region = Region::Cell;
            }
            piece.head.label = cell.label();
            piece.head.group = cell.group;
        }
        self.text.begin(&piece.head);
        let mut at = 0;
        let mut style = 0;
        for (from, next) in piece.runs.iter().copied().chain([(piece.text.len(), 0)]) {
            self.text.push(piece.text.get(at..from).unwrap_or_default(), style);
            (at, style) = (from, next);
        }
        self.text.end();
    }

    /// Ends everything that is open.
    pub fn finish(mut self) -> TextBuilder {
        self.boundary();
        while !self.tables.is_empty() {
            self.end_table();
        }
        self.text
    }
}

/// Adds text with every run of white space as one space.
fn collapse_onto(out: &mut String, text: &str) {
    for (n, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
        if n > 0 && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        out.push_str(word);
    }
}

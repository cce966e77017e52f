//! Paragraphs on their way to pages: where each line stands.

use std::collections::HashMap;

use super::ink::{Ground, Ink};
use crate::model::{Align, BlockHead, Region, Style, StyleId, TextBuilder};

/// Styles of one document that are kept apart in full. Further ones keep what
/// changes a verdict (hidden, deleted, struck), and lose their face and size.
pub(in crate::extract::office) const MAX_STYLES: usize = 4096;

/// What happens within a paragraph, between its characters.
#[derive(Clone, Debug)]
pub(in crate::extract::office) enum Mark {
    /// Characters look so from here on.
    Style(StyleId),
    /// A line ends.
    Line,
    /// A page ends because the author says so.
    Page,
    /// A page ended here when the document was last laid out.
    LaidOutPage,
    /// A note or comment refers to this place.
    Reference(NoteKind, String),
}

/// What a note in a part of its own is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::extract::office) enum NoteKind {
    Footnote,
    Endnote,
    Comment,
}

/// Properties of a paragraph; `None` where not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::extract::office) struct ParaProps {
    pub align: Option<Align>,
    pub page_break_before: Option<bool>,
    pub shade: Option<Ink>,
    /// Its style, as its place among the styles.
    pub style: Option<u16>,
    /// Whether it stands in a frame of its own.
    pub framed: bool,
}

/// A paragraph as far as it was read.
#[derive(Debug, Default)]
pub(in crate::extract::office) struct Para {
    pub text: String,
    pub marks: Vec<(usize, Mark)>,
    pub props: ParaProps,
    /// The style of the last characters.
    pub style: StyleId,
    /// Whether a section ends with it.
    pub ends_section: bool,
    /// Whether its properties were worked out with its style.
    pub resolved: bool,
}

impl Para {
    /// Something happens here.
    pub fn mark(&mut self, mark: Mark) {
        self.marks.push((self.text.len(), mark));
    }

    /// Adds characters.
    pub fn push(&mut self, text: &str, style: StyleId) {
        if text.is_empty() {
            return;
        }
        if style != self.style {
            self.style = style;
            self.mark(Mark::Style(style));
        }
        self.text.push_str(text);
    }

    /// Takes back what came after `text` bytes and `marks` marks.
    pub fn truncate(&mut self, text: usize, marks: usize) {
        self.text.truncate(text);
        self.marks.truncate(marks);
        let styles = self.marks.iter().rev().find_map(|(_, mark)| match mark {
            Mark::Style(style) => Some(*style),
            _ => None,
        });
        self.style = styles.unwrap_or(0);
    }

    /// How many lines it takes, unwrapped.
    pub fn lines(&self) -> u32 {
        1 + self.marks.iter().filter(|(_, mark)| matches!(mark, Mark::Line)).count() as u32
    }

    /// Empties it for the next paragraph.
    pub fn clear(&mut self) {
        self.text.clear();
        self.marks.clear();
        self.props = ParaProps::default();
        (self.style, self.ends_section, self.resolved) = (0, false, false);
    }
}

/// Where paragraphs stand: the running text, a cell, a box.
#[derive(Clone, Debug, Default)]
pub(in crate::extract::office) struct Place {
    pub region: Region,
    pub label: String,
    /// The number all of its paragraphs share; 0 where each has its own.
    pub group: u32,
    pub ground: Ground,
    /// Lines so far, where they count within the place and not on the page.
    pub lines: u32,
    /// Whether its lines are lines of the page.
    pub flows: bool,
}

/// A paragraph with its place, ready to be put down.
#[derive(Debug)]
pub(in crate::extract::office) struct Piece {
    pub para: Para,
    pub region: Region,
    pub label: String,
    pub group: u32,
    /// Its first line; `None` where the page counts.
    pub line: Option<u32>,
}

/// The pages as they fill.
#[derive(Debug)]
pub(in crate::extract::office) struct Sheet {
    pub text: TextBuilder,
    /// The page and line that come next.
    pub page: u32,
    pub line: u32,
    /// Whether nothing stands on this page yet.
    fresh: bool,
    /// Whether breaks count: only in the running text.
    pub paged: bool,
    groups: u32,
    /// Alternative texts with their pages.
    pub alt: Vec<(u32, String)>,
    /// The page of the first reference to each note.
    pub note_pages: HashMap<(NoteKind, String), u32>,
    styles: usize,
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            text: TextBuilder::new(),
            page: 1,
            line: 1,
            fresh: true,
            paged: true,
            groups: 0,
            alt: Vec::new(),
            note_pages: HashMap::new(),
            styles: 0,
        }
    }
}

impl Sheet {
    /// A number no group has yet.
    pub fn next_group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    /// The id of a style.
    pub fn keep_style(&mut self, mut style: Style) -> StyleId {
        self.styles += 1;
        if self.styles > MAX_STYLES {
            style = Style { size: 0.0, face: String::new(), color: None, ..style };
        }
        self.text.style(style)
    }

    /// Puts a paragraph down.
    pub fn put(&mut self, para: &Para, place: &Place, line: Option<u32>) {
        let group = if place.group > 0 { place.group } else { self.next_group() };
        let head = BlockHead {
            region: place.region,
            align: para.props.align.unwrap_or(Align::Left),
            label: place.label.clone(),
            group,
            ..BlockHead::default()
        };
        self.put_lines(para, head, line);
    }

    /// Puts a paragraph down that had to wait.
    pub fn put_piece(&mut self, piece: Piece) {
        let group = if piece.group > 0 { piece.group } else { self.next_group() };
        let head = BlockHead {
            region: piece.region,
            align: piece.para.props.align.unwrap_or(Align::Left),
            label: piece.label,
            group,
            ..BlockHead::default()
        };
        self.put_lines(&piece.para, head, piece.line);
    }

    fn put_lines(&mut self, para: &Para, head: BlockHead, line: Option<u32>) {
        let mut run = Run { head, own_line: line, at: 0, style: 0, open: false, broke: false };
        let flows = line.is_none() && self.paged;
        if flows && para.props.page_break_before == Some(true) {
            self.break_page(false);
        }
        for (at, mark) in &para.marks {
            self.put_run(&mut run, para, *at);
            match mark {
                Mark::Style(style) => run.style = *style,
                Mark::Line => self.end_line(&mut run),
                Mark::Page if flows => {
                    self.break_page(true);
                    (run.open, run.broke) = (false, true);
                }
                Mark::Page => self.end_line(&mut run),
                Mark::LaidOutPage if flows => {
                    if self.break_page(false) {
                        run.open = false;
                    }
                }
                Mark::LaidOutPage => {}
                Mark::Reference(kind, id) => {
                    self.note_pages.entry((*kind, id.clone())).or_insert(self.page);
                }
            }
        }
        self.put_run(&mut run, para, para.text.len());
        // Behind a page break at its end a paragraph takes no line of the new page.
        if run.open || !run.broke {
            self.end_line(&mut run);
        }
        self.text.end();
    }

    fn put_run(&mut self, run: &mut Run, para: &Para, to: usize) {
        let text = para.text.get(run.at..to).unwrap_or_default();
        run.at = to;
        if text.is_empty() {
            return;
        }
        if !run.open {
            run.head.page = self.page;
            run.head.line = run.own_line.unwrap_or(self.line);
            self.text.begin(&run.head);
            (run.open, run.broke) = (true, false);
        }
        if run.own_line.is_none() {
            self.fresh = false;
        }
        self.text.push(text, run.style);
    }

    fn end_line(&mut self, run: &mut Run) {
        run.open = false;
        match &mut run.own_line {
            Some(line) => *line += 1,
            None => {
                self.line += 1;
                self.fresh = false;
            }
        }
    }

    /// Begins a page, unless nothing stands on this one and it is not `forced`.
    pub fn break_page(&mut self, forced: bool) -> bool {
        if !self.paged || (self.fresh && !forced) {
            return false;
        }
        self.page += 1;
        (self.line, self.fresh) = (1, true);
        true
    }

    /// Goes back to a place on an earlier line: cells stand side by side.
    pub fn go_to(&mut self, (page, line): (u32, u32)) {
        (self.page, self.line) = (page, line);
    }

    /// Begins a part of its own whose text stands on `page`.
    pub fn begin_story(&mut self, page: u32) {
        (self.page, self.line, self.fresh, self.paged) = (page, 1, true, false);
    }
}

/// How far a paragraph is put down.
struct Run {
    head: BlockHead,
    own_line: Option<u32>,
    at: usize,
    style: StyleId,
    open: bool,
    broke: bool,
}

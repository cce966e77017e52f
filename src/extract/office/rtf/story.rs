//! One story (the body, a header, a note, a box) as its paragraphs end: where
//! each stands, and what stands beside it unseen.

use crate::extract::office::word::ink::Ground;
use crate::extract::office::word::sheet::{Mark, Para, ParaProps, Piece, Place, Sheet};
use crate::extract::office::word::tables::Table;
use crate::model::{Region, Style, StyleId};

use super::state::Paragraph;

/// Tables within tables, at most.
const MAX_TABLES: usize = 64;

/// What a story is.
#[derive(Clone, Debug, Default)]
pub(super) struct Kind {
    pub region: Region,
    pub label: String,
    /// Whether it is the body, which alone flows over pages.
    pub flows: bool,
}

/// A table that is open.
#[derive(Debug)]
struct Level {
    table: Table,
    row_open: bool,
    cell_open: bool,
    group: u32,
    /// Cells of the row that have ended.
    cell: usize,
}

/// Text beside a paragraph.
#[derive(Debug)]
struct Aside {
    region: Region,
    label: &'static str,
    text: String,
    style: StyleId,
    /// Bytes of the paragraph when it was last added to.
    at: usize,
}

/// A story as it is read.
#[derive(Debug)]
pub(super) struct Story {
    pub kind: Kind,
    pub para: Para,
    asides: Vec<Aside>,
    /// What is anchored in the paragraph at hand.
    pub anchored: Vec<Piece>,
    levels: Vec<Level>,
    tables: u32,
    group: u32,
    lines: u32,
    /// Paragraphs of any story but the body.
    pub pieces: Vec<Piece>,
    /// What is behind the cells of the row, by its definition.
    pub shades: Vec<u16>,
    /// What is behind the cell whose definition has begun.
    pub shade: u16,
    /// A page ends before the next paragraph, because a section does.
    pub break_due: bool,
}

impl Story {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            para: Para::default(),
            asides: Vec::new(),
            anchored: Vec::new(),
            levels: Vec::new(),
            tables: 0,
            group: 0,
            lines: 0,
            pieces: Vec::new(),
            shades: Vec::new(),
            shade: 0,
            break_due: false,
        }
    }

    /// Adds text to the paragraph at hand.
    pub fn push(&mut self, text: &str, style: StyleId) {
        self.para.push(text, style);
    }

    /// Text that is not seen stands beside the paragraph, so that it parts nothing
    /// that is seen together; pieces of it that are apart are told apart by a space.
    pub fn push_beside(&mut self, region: Region, label: &'static str, text: &str, style: StyleId) {
        let at = self.para.text.len();
        let same = self.asides.last_mut().filter(|a| a.region == region && a.label == label);
        match same {
            Some(aside) => {
                if aside.at != at {
                    aside.text.push(' ');
                }
                aside.text.push_str(text);
                aside.at = at;
            }
            None => {
                self.asides.push(Aside { region, label, text: text.to_owned(), style, at });
            }
        }
    }

    /// What is behind the cell that the next paragraph is in; 0 for nothing.
    pub fn cell_shade(&self, depth: u16) -> u16 {
        if depth == 0 {
            return 0;
        }
        let cell = self.levels.last().map_or(0, |level| level.cell);
        self.shades.get(cell).copied().unwrap_or(0)
    }

    /// Whether anything is there that no paragraph's end has put down.
    fn is_open(&self) -> bool {
        !self.para.text.is_empty()
            || !self.para.marks.is_empty()
            || !self.asides.is_empty()
            || !self.anchored.is_empty()
    }

    /// A paragraph ends.
    pub fn end_paragraph(&mut self, paragraph: Paragraph, sheet: &mut Sheet) {
        if std::mem::take(&mut self.break_due) && self.kind.flows {
            sheet.break_page(true);
        }
        let mut place = self.place(usize::from(paragraph.depth), sheet);
        let mut para = std::mem::take(&mut self.para);
        para.props = ParaProps {
            align: paragraph.align,
            page_break_before: Some(paragraph.page_before),
            ..ParaProps::default()
        };
        let line = sheet.line;
        if self.kind.flows {
            if paragraph.framed && !paragraph.dropped && place.region == Region::Body {
                let (region, label) = (Region::TextBox, String::new());
                sheet.put_piece(Piece { para, region, label, group: 0, line: Some(1) });
            } else {
                sheet.put(&para, &place, None);
            }
        } else {
            place.lines = self.lines;
            self.lines += para.lines();
            let Place { region, label, group, lines, .. } = place;
            self.pieces.push(Piece { para, region, label, group, line: Some(lines + 1) });
        }
        self.put_beside(line, sheet);
    }

    fn put_beside(&mut self, line: u32, sheet: &mut Sheet) {
        let asides = std::mem::take(&mut self.asides).into_iter().map(|aside| {
            let mut para = Para::default();
            para.push(&aside.text, aside.style);
            let label = aside.label.to_owned();
            Piece { para, region: aside.region, label, group: 0, line: Some(line) }
        });
        let pieces = asides.chain(std::mem::take(&mut self.anchored));
        if self.kind.flows {
            pieces.for_each(|piece| sheet.put_piece(piece));
        } else {
            self.pieces.extend(pieces);
        }
    }

    /// Where a paragraph stands that is in so many tables.
    fn place(&mut self, depth: usize, sheet: &mut Sheet) -> Place {
        let depth = depth.min(MAX_TABLES);
        while self.levels.len() > depth {
            self.end_row(sheet);
            self.levels.pop();
        }
        while self.levels.len() < depth {
            // An inner table stands in a cell.
            self.open_cell(sheet);
            let index = match self.levels.last_mut() {
                Some(outer) => outer.table.next_inner(),
                None => {
                    self.tables += 1;
                    self.tables
                }
            };
            let table = Table::new(index);
            let level = Level { table, row_open: false, cell_open: false, group: 0, cell: 0 };
            self.levels.push(level);
        }
        let mut place = Place {
            region: self.kind.region,
            label: self.kind.label.clone(),
            group: self.group,
            ground: Ground::Page,
            flows: self.kind.flows,
            lines: 0,
        };
        if depth > 0 {
            self.open_cell(sheet);
            if place.region == Region::Body {
                place.region = Region::Cell;
            }
            if place.label.is_empty() {
                place.label = Table::label(self.levels.iter().map(|level| &level.table));
            }
            place.group = self.levels.last().map_or(0, |level| level.group);
        }
        place
    }

    /// Makes sure that a cell is open in the innermost table.
    fn open_cell(&mut self, sheet: &mut Sheet) {
        let flows = self.kind.flows;
        let Some(level) = self.levels.last_mut() else { return };
        if !level.row_open {
            level.row_open = true;
            level.cell = 0;
            level.table.begin_row((sheet.page, sheet.line), flows);
        }
        if !level.cell_open {
            level.cell_open = true;
            level.group = sheet.next_group();
            if let Some(at) = level.table.begin_cell() {
                sheet.go_to(at);
            }
        }
    }

    /// A cell ends: its last paragraph does, and the next cell stands beside it.
    pub fn end_cell(&mut self, paragraph: Paragraph, sheet: &mut Sheet) {
        self.end_paragraph(paragraph, sheet);
        if let Some(level) = self.levels.last_mut() {
            level.cell_open = false;
            level.cell += 1;
            level.table.end_cell((sheet.page, sheet.line));
        }
    }

    /// A row ends.
    pub fn end_row(&mut self, sheet: &mut Sheet) {
        let Some(level) = self.levels.last_mut() else { return };
        (level.cell_open, level.cell) = (false, 0);
        if std::mem::take(&mut level.row_open)
            && let (Some(at), _) = level.table.end_row((sheet.page, sheet.line))
        {
            sheet.go_to(at);
        }
    }

    /// The story ends, its last paragraph with it.
    pub fn end(&mut self, paragraph: Paragraph, sheet: &mut Sheet) {
        if self.is_open() {
            self.end_paragraph(paragraph, sheet);
        }
        while !self.levels.is_empty() {
            self.end_row(sheet);
            self.levels.pop();
        }
    }

    /// A line ends, or a page.
    pub fn mark(&mut self, mark: Mark) {
        self.para.mark(mark);
    }

    /// Makes all paragraphs of it ones that nobody sees.
    pub fn hide(pieces: &mut [Piece], sheet: &mut Sheet) {
        let hidden = sheet.keep_style(Style { hidden: true, ..Style::default() });
        for piece in pieces {
            piece.region = Region::Hidden;
            piece.para.marks.retain(|(_, mark)| !matches!(mark, Mark::Style(_)));
            piece.para.marks.insert(0, (0, Mark::Style(hidden)));
        }
    }
}

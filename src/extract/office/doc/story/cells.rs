//! Tables in a story: which cell a paragraph is in (MS-DOC 2.4.3).

use std::rc::Rc;

use super::Story;
use crate::extract::office::doc::looks::{Characters, Paragraph, cell_shades};
use crate::extract::office::doc::source::{CELL, Raw};
use crate::extract::office::word::ink::{Ground, Ink};
use crate::extract::office::word::sheet::Place;
use crate::extract::office::word::tables::Table;
use crate::model::Region;

/// A paragraph of a row that has not ended.
pub(super) struct Waiting<'a> {
    pub raw: Raw<'a>,
    pub characters: Characters,
    pub paragraph: Paragraph,
}

/// An open table.
pub(super) struct Level {
    table: Table,
    row_is_open: bool,
    /// The open cell.
    place: Option<Place>,
    /// Cells of the row so far.
    cells: usize,
}

/// How the cells of a row are painted.
type Shades = Rc<Vec<Option<Ink>>>;

impl<'a> Story<'_, 'a, '_> {
    /// Puts down the paragraphs of a row, now that it has ended.
    pub(super) fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        let shades = self.shades(&row);
        for (waiting, shades) in row.into_iter().zip(shades) {
            self.put_in_cell(waiting, &shades);
        }
    }

    /// The shades of the row each paragraph is in: looked for from behind, since
    /// the end of a row tells them.
    fn shades(&self, row: &[Waiting<'a>]) -> Vec<Shades> {
        let dialect = self.document.dialect();
        let mut by_depth: Vec<Shades> = Vec::new();
        let mut shades: Vec<Shades> = Vec::with_capacity(row.len());
        for Waiting { raw, paragraph, .. } in row.iter().rev() {
            let depth = paragraph.depth as usize;
            if by_depth.len() <= depth {
                by_depth.resize(depth + 1, Shades::default());
            }
            if paragraph.ends_row || paragraph.ends_inner_row {
                let lists = self.document.list(raw).into_iter();
                let found = lists.map(|list| cell_shades(list, dialect)).rfind(|s| !s.is_empty());
                if let Some(row) = by_depth.get_mut(depth) {
                    *row = Rc::new(found.unwrap_or_default());
                }
            }
            shades.push(by_depth.get(depth).cloned().unwrap_or_default());
        }
        shades.reverse();
        shades
    }

    fn put_in_cell(&mut self, waiting: Waiting<'a>, shades: &Shades) {
        let Waiting { raw, characters, paragraph } = waiting;
        let depth = paragraph.depth as usize;
        while self.tables.len() > depth {
            self.end_table();
        }
        while self.tables.len() < depth {
            self.begin_table();
        }
        if paragraph.ends_row || paragraph.ends_inner_row {
            self.end_cells();
            return;
        }
        self.begin_cell(shades);
        let place = self.tables.last_mut().and_then(|level| level.place.take());
        let Some(mut place) = place else { return };
        let ends = if depth == 1 { raw.end == Some(CELL) } else { paragraph.ends_inner_cell };
        self.put(raw, characters, paragraph, &mut place);
        let at = (self.document.sheet.page, self.document.sheet.line);
        let Some(level) = self.tables.last_mut() else { return };
        if ends {
            level.table.end_cell(at);
        } else {
            level.place = Some(place);
        }
    }

    fn begin_table(&mut self) {
        // A table within begins in a cell of the one around it.
        if !self.tables.is_empty() {
            self.begin_cell(&Shades::default());
        }
        let index = match self.tables.last_mut() {
            Some(outer) => outer.table.next_inner(),
            None => {
                self.table_count += 1;
                self.table_count
            }
        };
        let table = Table::new(index);
        self.tables.push(Level { table, row_is_open: false, place: None, cells: 0 });
    }

    /// Begins a cell of the innermost table, and a row, unless there is one.
    fn begin_cell(&mut self, shades: &Shades) {
        let at = (self.document.sheet.page, self.document.sheet.line);
        let around = self.tables.len().checked_sub(2).and_then(|at| self.tables.get(at));
        let outer = around.and_then(|level| level.place.as_ref()).unwrap_or(&self.place).clone();
        let group = self.document.sheet.next_group();
        let Some(level) = self.tables.last_mut() else { return };
        if level.place.is_some() {
            return;
        }
        if !std::mem::replace(&mut level.row_is_open, true) {
            level.table.begin_row(at, outer.flows);
            level.cells = 0;
        }
        if let Some(start) = level.table.begin_cell() {
            self.document.sheet.go_to(start);
        }
        let shade = shades.get(level.cells).copied().flatten();
        level.cells += 1;
        let in_flow = matches!(outer.region, Region::Body | Region::Cell);
        let label = Table::label(self.tables.iter().map(|level| &level.table));
        let own_label = in_flow || outer.region == Region::TextBox;
        let place = Place {
            region: if in_flow { Region::Cell } else { outer.region },
            label: if own_label { label } else { outer.label },
            group,
            ground: shade.map_or(outer.ground, Ground::Color),
            lines: outer.lines,
            flows: outer.flows,
        };
        if let Some(level) = self.tables.last_mut() {
            level.place = Some(place);
        }
    }

    /// Ends the row of the innermost table.
    fn end_cells(&mut self) {
        let at = (self.document.sheet.page, self.document.sheet.line);
        let Some(level) = self.tables.last_mut() else { return };
        level.row_is_open = false;
        let lines = level.place.take().map_or(0, |place| place.lines);
        let after = level.table.end_row(at).0;
        if let Some(after) = after {
            self.document.sheet.go_to(after);
        }
        self.place.lines = self.place.lines.max(lines);
    }

    fn end_table(&mut self) {
        if self.tables.last().is_some_and(|level| level.row_is_open) {
            self.end_cells();
        }
        self.tables.pop();
    }

    /// Ends the row at hand, if one is, and all tables.
    pub(super) fn end_tables(&mut self) {
        if !self.row.is_empty() {
            self.end_row();
        }
        while !self.tables.is_empty() {
            self.end_table();
        }
    }
}

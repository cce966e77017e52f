//! Tables: which cell a paragraph is in. Cells of a row stand side by side, so
//! each begins at the line its row begins at.

use super::ink::Ground;

/// A page and a line on it.
type Line = (u32, u32);

/// An open table.
#[derive(Debug)]
pub(in crate::extract::office) struct Table {
    index: u32,
    row: u32,
    cell: u32,
    inner: u32,
    start: Option<Line>,
    end: Line,
    /// What its cells stand on.
    pub ground: Ground,
    /// Whether the open row is a tracked deletion.
    pub row_deleted: bool,
    /// Whether the open row is hidden.
    pub row_hidden: bool,
    cell_deleted: bool,
}

impl Table {
    /// The table of that number, counted from 1 in its story or cell.
    pub fn new(index: u32) -> Self {
        Self {
            index,
            row: 0,
            cell: 0,
            inner: 0,
            start: None,
            end: (0, 0),
            ground: Ground::Page,
            row_deleted: false,
            row_hidden: false,
            cell_deleted: false,
        }
    }

    /// The number of a table in the open cell.
    pub fn next_inner(&mut self) -> u32 {
        self.inner += 1;
        self.inner
    }

    /// A row begins at a line, which counts if the table `flows` on the page.
    pub fn begin_row(&mut self, at: Line, flows: bool) {
        self.row += 1;
        self.cell = 0;
        self.start = flows.then_some(at);
        self.end = at;
    }

    /// A cell begins; the line it begins at, if lines count.
    pub fn begin_cell(&mut self) -> Option<Line> {
        self.cell += 1;
        self.inner = 0;
        self.start
    }

    /// A cell ends before that line; whether it was deleted.
    pub fn end_cell(&mut self, at: Line) -> bool {
        self.end = self.end.max(at);
        std::mem::take(&mut self.cell_deleted)
    }

    /// The cell is a tracked deletion; whether that is news.
    pub fn delete_cell(&mut self) -> bool {
        !std::mem::replace(&mut self.cell_deleted, true)
    }

    /// The row is a tracked deletion; whether that is news.
    pub fn delete_row(&mut self) -> bool {
        !std::mem::replace(&mut self.row_deleted, true)
    }

    /// A row ends; the line that comes after it, and whether it was deleted.
    pub fn end_row(&mut self, at: Line) -> (Option<Line>, bool) {
        self.row_hidden = false;
        let after = self.start.take().map(|_| self.end.max(at));
        (after, std::mem::take(&mut self.row_deleted))
    }

    /// What the open cell is called: `t1.r2.c3`, and so on inwards.
    pub fn label<'t>(tables: impl Iterator<Item = &'t Self>) -> String {
        let names = tables.map(|t| format!("t{}.r{}.c{}", t.index, t.row, t.cell));
        // Nobody looks for a cell deeper than this by its name.
        names.take(8).collect::<Vec<_>>().join(".")
    }
}

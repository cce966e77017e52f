//! Tables: rows whose cells stand side by side, and tables that only lay a page
//! out, which are none to a reader.

/// A cell of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    /// The table, from 0 in the order they begin.
    pub table: usize,
    row: u32,
    column: u32,
    pub group: u32,
}

impl Cell {
    /// `t1.r2.c3`.
    pub fn label(&self) -> String {
        format!("t{}.r{}.c{}", self.table + 1, self.row, self.column)
    }
}

#[derive(Debug, Default)]
struct Table {
    number: usize,
    row: u32,
    /// The last column begun in this row, and how wide it is.
    column: u32,
    span: u32,
    cell: Option<Cell>,
    /// The line its row begins on, and the one behind the longest cell.
    first: u32,
    behind: u32,
    in_row: bool,
}

/// What is known of a table.
#[derive(Clone, Copy, Debug, Default)]
struct Kind {
    /// It is said to be none.
    said: bool,
    /// It holds another.
    holds: bool,
    /// It has a second column.
    wide: bool,
}

/// The tables of a page.
#[derive(Debug, Default)]
pub(super) struct Tables {
    open: Vec<Table>,
    kinds: Vec<Kind>,
}

/// Wider cells are not believed.
const MAX_SPAN: u32 = 1000;

impl Tables {
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The cell that text stands in.
    pub fn cell(&self) -> Option<Cell> {
        self.open.last().and_then(|table| table.cell)
    }

    /// Whether a table that has ended only laid the page out: it said so, or held
    /// another, or had one column.
    pub fn is_layout(&self, table: usize) -> bool {
        self.kinds.get(table).is_none_or(|kind| kind.said || kind.holds || !kind.wide)
    }

    pub fn begin(&mut self, said: bool) {
        if let Some(kind) = self.open.last().and_then(|outer| self.kinds.get_mut(outer.number)) {
            kind.holds = true;
        }
        let number = self.kinds.len();
        self.kinds.push(Kind { said, ..Kind::default() });
        self.open.push(Table { number, ..Table::default() });
    }

    pub fn end(&mut self) {
        self.open.pop();
    }

    /// A row begins on `line`.
    pub fn begin_row(&mut self, line: u32) {
        let Some(table) = self.open.last_mut() else { return };
        table.row += 1;
        (table.column, table.span) = (0, 1);
        (table.first, table.behind) = (line, line);
        (table.in_row, table.cell) = (true, None);
    }

    /// A cell begins where `line` would be next. Gives the line it begins on.
    pub fn begin_cell(&mut self, line: u32, span: u32, group: u32) -> Option<u32> {
        if !self.open.last()?.in_row {
            self.begin_row(line);
        }
        let table = self.open.last_mut()?;
        table.column += if table.column == 0 { 1 } else { table.span };
        table.span = span.clamp(1, MAX_SPAN);
        if let Some(kind) = self.kinds.get_mut(table.number) {
            kind.wide |= table.column > 1;
        }
        let (row, column) = (table.row, table.column);
        table.cell = Some(Cell { table: table.number, row, column, group });
        Some(table.first)
    }

    /// The cell ends before `line`.
    pub fn end_cell(&mut self, line: u32) {
        if let Some(table) = self.open.last_mut() {
            table.behind = table.behind.max(line);
            table.cell = None;
        }
    }

    /// The row ends. Gives the line behind its longest cell.
    pub fn end_row(&mut self) -> Option<u32> {
        let table = self.open.last_mut()?;
        table.cell = None;
        std::mem::take(&mut table.in_row).then_some(table.behind)
    }
}

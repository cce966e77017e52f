//! Tables as their cells' labels tell them: rows, and what heads a column.

use std::collections::HashMap;

use crate::model::{Block, Region, SourceText};

/// Rows from the top of a table in which the head of a column may stand: a table
/// may begin with its title.
const HEAD_ROWS: usize = 3;

/// Where a cell stands: `t1.r2.c3` in a document, `r2.c3` in separated values,
/// `Sheet1!B3` in a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    pub(super) table: &'a str,
    pub(super) row: &'a str,
    pub(super) column: &'a str,
}

impl<'a> Cell<'a> {
    /// Of the label of a block; `None` where it is no cell's.
    pub(super) fn of(label: &'a str) -> Option<Self> {
        if let Some((table, cell)) = label.rsplit_once('!') {
            let row = cell.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let column = cell.strip_suffix(row)?;
            return (!row.is_empty() && !column.is_empty()).then_some(Self { table, row, column });
        }
        let (row, column) = label.rsplit_once('.').filter(|(_, c)| c.starts_with('c'))?;
        let (table, row) = row.rsplit_once('.').unwrap_or(("", row));
        row.starts_with('r').then_some(Self { table, row, column })
    }
}

/// The cells in the first rows of every table, by column.
#[derive(Debug, Default)]
pub(super) struct Heads<'a> {
    of: HashMap<(&'a str, &'a str), Vec<usize>>,
    tables: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Heads<'a> {
    pub(super) fn new(text: &'a SourceText) -> Self {
        let mut made = Self::default();
        let mut rows: HashMap<&str, Vec<&str>> = HashMap::new();
        for (at, block) in text.blocks().iter().enumerate() {
            let Some(cell) = cell_of(text, block) else { continue };
            let seen = rows.entry(cell.table).or_default();
            if seen.last() != Some(&cell.row) {
                if seen.len() >= HEAD_ROWS {
                    continue;
                }
                seen.push(cell.row);
            }
            made.of.entry((cell.table, cell.column)).or_default().push(at);
            made.tables.entry(cell.table).or_default().push(at);
        }
        made
    }

    /// Blocks above `block` that may head its column, by number.
    pub(super) fn above(&self, cell: Cell<'a>, block: usize) -> impl Iterator<Item = usize> {
        let column = self.of.get(&(cell.table, cell.column));
        column.into_iter().flatten().copied().filter(move |head| *head < block)
    }

    /// Blocks of the first rows of a table, by number.
    pub(super) fn first_rows(&self, table: &str) -> impl Iterator<Item = usize> {
        self.tables.get(table).into_iter().flatten().copied()
    }
}

/// The cell that a block is in, hidden ones too.
pub(super) fn cell_of<'a>(text: &'a SourceText, block: &Block) -> Option<Cell<'a>> {
    let may = matches!(block.region, Region::Cell | Region::Hidden | Region::Deleted);
    may.then(|| Cell::of(text.label(block)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_tell_table_row_and_column() {
        for (label, want) in [
            ("t1.r2.c3", Some(("t1", "r2", "c3"))),
            ("r2.c3", Some(("", "r2", "c3"))),
            ("题.库!AB12", Some(("题.库", "12", "AB"))),
            ("t1.t2.r4.c1", Some(("t1.t2", "r4", "c1"))),
            ("Sheet1!", None),
            ("Sheet1!7", None),
            ("sheet", None),
            ("a.b", None),
            ("", None),
        ] {
            let got = Cell::of(label).map(|cell| (cell.table, cell.row, cell.column));
            assert_eq!(got, want, "{label}");
        }
    }
}

//! Tables and sheets: where a cell stands, and whether it is shown.

use super::sheet::Done;

/// Columns of one table that are told apart.
const MAX_COLUMNS: usize = 16_384;

/// An open table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Its number in the story, from 1.
    pub number: u32,
    /// The sheet's name, where it is one.
    pub sheet: Option<String>,
    pub row: u32,
    pub column: u32,
    pub hidden: bool,
    pub row_hidden: bool,
    pub rows: u32,
    /// Last column of a run of equal columns, its default cell style, whether hidden.
    pub columns: Vec<(u32, String, bool)>,
    /// The open cell: how often it stands there, and what is in it.
    pub repeat: u32,
    pub kept: Option<Vec<Done>>,
    /// What the cell's attributes say it holds.
    pub value: String,
    /// Whether the cell has paragraphs.
    pub filled: bool,
    /// The cell's formula, and what its paragraphs say where it has one.
    pub formula: String,
    pub said: String,
}

impl Table {
    /// Adds a column that stands `count` times.
    pub fn add_columns(&mut self, count: u32, style: String, hidden: bool) {
        let last = self.columns.last().map_or(0, |(last, ..)| *last);
        if self.columns.len() < MAX_COLUMNS {
            self.columns.push((last.saturating_add(count), style, hidden));
        }
    }

    /// Default cell style of the open cell's column, and whether it is hidden.
    pub fn column(&self) -> (&str, bool) {
        let at = self.columns.partition_point(|(last, ..)| *last < self.column);
        self.columns.get(at).map_or(("", false), |(_, style, hidden)| (style, *hidden))
    }

    /// What the open cell is called: `Sheet1!B3`, or `t1.r3.c2` in a text.
    pub fn label(&self, further: u32) -> String {
        let column = self.column.saturating_add(further);
        match &self.sheet {
            Some(name) => format!("{name}!{}{}", letters(column), self.row),
            None => format!("t{}.r{}.c{column}", self.number, self.row),
        }
    }
}

/// A column's letters: 1 is A, 27 is AA.
fn letters(mut column: u32) -> String {
    let mut made = Vec::new();
    while column > 0 {
        made.push(b'A' + ((column - 1) % 26) as u8);
        column = (column - 1) / 26;
    }
    made.iter().rev().map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters_and_ranges() {
        for (column, want) in [(1, "A"), (26, "Z"), (27, "AA"), (16_384, "XFD")] {
            assert_eq!(letters(column), want);
        }
        let mut table = Table { column: 3, ..Table::default() };
        table.add_columns(2, "a".into(), false);
        table.add_columns(u32::MAX, "b".into(), true);
        assert_eq!(table.column(), ("b", true));
        table.column = 2;
        assert_eq!(table.column(), ("a", false));
    }
}

//! A table of words: what CSV and spreadsheets are written from.

use super::Lang;

/// A column: its name for programs, which is the same in every language, its heading for
/// people, and how wide it is in a spreadsheet, in characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) id: &'static str,
    pub(super) en: &'static str,
    pub(super) zh: &'static str,
    pub(super) width: u16,
}

/// A column.
pub(super) const fn column(
    id: &'static str,
    en: &'static str,
    zh: &'static str,
    width: u16,
) -> Column {
    Column { id, en, zh, width }
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is called in a workbook.
    pub(super) name: &'static str,
    /// Its columns.
    pub(super) columns: &'static [Column],
    /// A cell for each column.
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Headings for people.
    pub(super) fn headings(&self, lang: Lang) -> Vec<&'static str> {
        self.columns.iter().map(|column| lang.pick(column.en, column.zh)).collect()
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

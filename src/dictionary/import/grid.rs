//! The text of a table as vetmark reads it → sheets with rows and columns.

use std::collections::BTreeMap;

use crate::model::{Region, SourceText};

/// One sheet of a workbook, or a whole file of separated values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; empty for separated values.
    pub name: String,
    /// Rows that hold something, in order.
    pub rows: Vec<Row>,
}

/// One row that holds something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file, from 1.
    pub number: u32,
    /// Whether nobody who looks at the table sees it (a filter that is on).
    pub hidden: bool,
    /// Columns that hold something, from 1, with their text.
    pub cells: BTreeMap<u32, String>,
}

impl Row {
    /// The text of a column, blanks at its ends left out; empty where there is none.
    pub fn cell(&self, column: u32) -> &str {
        self.cells.get(&column).map_or("", |text| text.trim())
    }
}

/// The sheets of a table, in its order.
pub fn sheets(text: &SourceText) -> Vec<Sheet> {
    let mut sheets: Vec<Gathered> = Vec::new();
    let mut last: Option<(usize, u32, u32, u32)> = None;
    for block in text.blocks() {
        let cell = match block.region {
            Region::Cell | Region::Hidden => place(text.label(block)),
            // A row of one value, in separated values.
            Region::Body if text.label(block).is_empty() => {
                let (sheet, row, column, group) = last.unwrap_or((0, 0, 1, 0));
                let goes_on = block.group != 0 && block.group == group;
                let name = sheets.get(sheet).map_or("", |s| s.name.as_str());
                let place = if goes_on { (row, column) } else { (row + 1, 1) };
                Some((name, place.0, place.1))
            }
            _ => None,
        };
        let Some((name, row, column)) = cell else { continue };
        let at = match sheets.iter().rposition(|sheet| sheet.name == name) {
            Some(at) => at,
            None => {
                sheets.push(Gathered { name: name.to_owned(), rows: BTreeMap::new() });
                sheets.len() - 1
            }
        };
        let goes_on = last == Some((at, row, column, block.group)) && block.group != 0;
        last = Some((at, row, column, block.group));
        let hidden = block.region == Region::Hidden;
        sheets[at].put(row, column, hidden, goes_on, text.block_text(block));
    }
    sheets.into_iter().map(Gathered::finish).collect()
}

/// A sheet on its way.
struct Gathered {
    name: String,
    /// By row and column: the text, and whether it is hidden.
    rows: BTreeMap<u32, BTreeMap<u32, (String, bool)>>,
}

impl Gathered {
    /// Of several texts in one cell, what is seen counts; what is hidden behind
    /// it (a value that is shown as something else, how it is read aloud) does not.
    fn put(&mut self, row: u32, column: u32, hidden: bool, goes_on: bool, text: &str) {
        let cells = self.rows.entry(row).or_default();
        match cells.get_mut(&column) {
            Some((kept, was_hidden)) if goes_on && *was_hidden == hidden => {
                kept.push('\n');
                kept.push_str(text);
            }
            Some(kept) if kept.1 && !hidden => *kept = (text.to_owned(), hidden),
            Some(_) => {}
            None => {
                cells.insert(column, (text.to_owned(), hidden));
            }
        }
    }

    fn finish(self) -> Sheet {
        let rows = self.rows.into_iter().map(|(number, cells)| Row {
            number,
            hidden: cells.values().all(|(_, hidden)| *hidden),
            cells: cells.into_iter().map(|(column, (text, _))| (column, text)).collect(),
        });
        Sheet { name: self.name, rows: rows.collect() }
    }
}

/// How many cells have a text and no place: more than could be told apart.
pub fn unplaced(text: &SourceText) -> usize {
    let cells = text.blocks().iter().filter(|block| block.region == Region::Cell);
    cells.filter(|block| place(text.label(block)).is_none()).count()
}

/// `Sheet1!B3`, `r3.c2` or, of a table in a text, `t1.r3.c2`: sheet, row, column.
fn place(label: &str) -> Option<(&str, u32, u32)> {
    let (table, cell) = match label.split_once(".r") {
        Some((table, _)) if table.starts_with('t') => (table, &label[table.len() + 1..]),
        _ => ("", label),
    };
    if let Some((row, column)) = cell.strip_prefix('r').and_then(|rest| rest.split_once(".c"))
        && let (Ok(row), Ok(column)) = (row.parse(), column.parse())
    {
        return Some((table, row, column));
    }
    let (name, cell) = label.rsplit_once('!')?;
    let digits = cell.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = cell.split_at(digits);
    let column = letters.bytes().try_fold(0u32, |column, letter| {
        let value = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
        column.checked_mul(26)?.checked_add(value)
    })?;
    Some((name, row.parse().ok()?, column)).filter(|(.., column)| *column > 0)
}

/// The letters of a column, as spreadsheets have them: 1 is A, 27 is AA.
pub(super) fn letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        letters.push(b'A' + ((column - 1) % 26) as u8);
        column = (column - 1) / 26;
    }
    letters.iter().rev().map(|&letter| char::from(letter)).collect()
}

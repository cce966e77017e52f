//! The cells of one sheet, as they come: where each stands, what a person sees
//! of its value, and whether it is seen at all.

use super::looks::{Looks, Seen};
use super::page::Page;
use super::strings::{Pieces, Rich, Strings};
use crate::extract::office::numbers::Shown;
use crate::model::{BlockHead, Region, StyleId};

/// Merged ranges that are kept of one sheet.
const MAX_MERGES: usize = 200_000;

/// Merged ranges that are looked through at each cell of a row.
const MAX_OPEN: usize = 128;

/// Columns whose being hidden is told apart.
const MAX_COLUMNS: usize = 16_384;

/// Numbers written with no more characters are written as they are meant.
const EXACT_DIGITS: usize = 15;

/// Longer names are no labels.
const MAX_NAME: usize = 180;

/// A sheet as the text calls it.
#[derive(Clone, Debug, Default)]
pub(in crate::extract::office) struct SheetPlace {
    pub name: String,
    /// Its number among the sheets, from 1.
    pub page: u32,
    pub hidden: bool,
}

impl SheetPlace {
    /// The region of something on the sheet: what is on a hidden one is hidden.
    pub fn region(&self, region: Region) -> Region {
        if self.hidden { Region::Hidden } else { region }
    }

    /// What a cell is called: `Sheet1!B3`.
    pub fn label(&self, cell: &str) -> String {
        let name: String = self.name.chars().take(MAX_NAME).collect();
        let cell: String = cell.chars().take(16).collect();
        format!("{name}!{cell}")
    }
}

/// What a cell holds.
#[derive(Clone, Copy, Debug)]
pub(in crate::extract::office) enum Value<'v> {
    Shared(usize),
    Text(&'v str),
    Rich(&'v Rich),
    /// The number and how it is written in the part.
    Number(f64, &'v str),
    Bool(bool),
}

/// A range of cells that are one; rows and columns from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::extract::office) struct Merge {
    pub top: u32,
    pub left: u32,
    pub bottom: u32,
    pub right: u32,
}

/// Takes the cells of a sheet.
pub(in crate::extract::office) struct Grid<'w> {
    pub looks: &'w mut Looks,
    pub strings: &'w mut Strings,
    pub page: &'w mut Page,
    pub sheet: SheetPlace,
    pub since_1904: bool,
    /// Cells whose strings are not there.
    pub lost: usize,
    /// Bytes and pieces of text looked at since that was last charged.
    looked_at: usize,
    head: BlockHead,
    merges: Vec<Merge>,
    next_merge: usize,
    open: Vec<Merge>,
    /// First and last column of each stretch, and whether it is hidden.
    columns: Vec<(u32, u32, bool)>,
    row: u32,
    row_hidden: bool,
    /// Letters of columns, as they were last asked for.
    letters: Vec<String>,
    styled: Vec<(usize, StyleId)>,
}

impl<'w> Grid<'w> {
    pub fn new(
        looks: &'w mut Looks,
        strings: &'w mut Strings,
        page: &'w mut Page,
        sheet: SheetPlace,
    ) -> Self {
        Self {
            looks,
            strings,
            page,
            sheet,
            since_1904: false,
            lost: 0,
            looked_at: 0,
            head: BlockHead::default(),
            merges: Vec::new(),
            next_merge: 0,
            open: Vec::new(),
            columns: Vec::new(),
            row: 0,
            row_hidden: false,
            letters: Vec::new(),
            styled: Vec::new(),
        }
    }

    /// Adds a merged range; all of them come before the rows.
    pub fn merge(&mut self, merge: Merge) {
        if self.merges.len() < MAX_MERGES {
            self.merges.push(merge);
        }
    }

    /// Puts the merged ranges in order.
    pub fn end_merges(&mut self) {
        self.merges.sort_unstable();
    }

    /// Adds a stretch of columns; they come in order, before the rows.
    pub fn columns(&mut self, first: u32, last: u32, hidden: bool) {
        if self.columns.len() < MAX_COLUMNS {
            self.columns.push((first, last, hidden));
        }
    }

    /// Begins a row, numbered from 1.
    pub fn row(&mut self, row: u32, hidden: bool) {
        if row < self.row {
            // Rows in disorder: better to show a covered cell than to lose one.
            (self.next_merge, self.merges) = (0, Vec::new());
            self.open.clear();
        }
        (self.row, self.row_hidden) = (row, hidden);
        self.open.retain(|merge| merge.bottom >= row);
        while let Some(merge) = self.merges.get(self.next_merge).filter(|m| m.top <= row) {
            if merge.bottom >= row && self.open.len() < MAX_OPEN {
                self.open.push(*merge);
            }
            self.next_merge += 1;
        }
    }

    /// How many lines the text has by now.
    pub fn lines(&self) -> usize {
        self.page.count
    }

    /// How many bytes the text has by now.
    pub fn bytes(&self) -> usize {
        self.page.text.len()
    }

    /// Steps of work since this was last asked for: one string may stand in many
    /// cells, and be long.
    pub fn spent(&mut self) -> usize {
        std::mem::take(&mut self.looked_at) / 64
    }

    fn is_away(&self, column: u32) -> bool {
        let at = self.columns.partition_point(|(_, last, _)| *last < column);
        let away =
            self.columns.get(at).is_some_and(|(first, _, hidden)| *hidden && *first <= column);
        let covers = |m: &Merge| {
            (m.left..=m.right).contains(&column) && (m.top, m.left) != (self.row, column)
        };
        away || self.row_hidden || self.open.iter().any(covers)
    }

    /// Names the place of a cell of the row, where what comes next stands.
    pub fn name(&mut self, column: u32) {
        (self.head.page, self.head.group) = (self.sheet.page, 0);
        self.head.label.clear();
        if !self.page.keeps_labels() {
            return;
        }
        self.head.label.extend(self.sheet.name.chars().take(MAX_NAME));
        self.head.label.push('!');
        let at = column as usize;
        if at <= MAX_COLUMNS {
            if self.letters.len() <= at {
                self.letters.resize(at + 1, String::new());
            }
            if let Some(known) = self.letters.get_mut(at) {
                if known.is_empty() {
                    *known = letters(column);
                }
                self.head.label.push_str(known);
            }
        } else {
            self.head.label.push_str(&letters(column));
        }
        self.head.label.push_str(&self.row.to_string());
    }

    /// Takes a cell of the row; columns are numbered from 1.
    pub fn cell(&mut self, column: u32, look: usize, value: Value<'_>) {
        let seen = self.looks.seen(look, &mut self.page.text);
        self.name(column);
        let away = self.sheet.hidden || self.is_away(column);
        self.place(away || seen.hidden);
        self.head.align = seen.align;
        match value {
            Value::Bool(value) => self.put(if value { "TRUE" } else { "FALSE" }),
            Value::Number(value, raw) => self.number(value, raw, &seen),
            Value::Text(text) => self.text(text, &seen),
            Value::Rich(rich) => {
                self.pieces(rich.pieces(), look, &seen, away);
            }
            Value::Shared(at) => {
                // The strings are lent out while one of them is put down.
                let mut strings = std::mem::take(self.strings);
                match strings.take(at) {
                    Some(string) => self.pieces(string, look, &seen, away),
                    None => self.lost += 1,
                }
                *self.strings = strings;
            }
        }
    }

    fn place(&mut self, hidden: bool) {
        self.head.region = if hidden { Region::Hidden } else { Region::Cell };
    }

    fn put(&mut self, text: &str) {
        self.page.put(&mut self.head, text);
    }

    fn number(&mut self, value: f64, raw: &str, seen: &Seen) {
        // Programs write more digits than they mean: 0.10000000000000001.
        let short = (raw.len() > EXACT_DIGITS && value.is_finite()).then(|| numeral(value));
        let raw = short.as_deref().unwrap_or(raw);
        let shown = match &seen.format {
            Some(format) => format.number(value, raw, self.since_1904),
            None => Shown::Plain,
        };
        match shown {
            Shown::Plain => self.put(raw.trim()),
            Shown::As(text) => self.put(&text),
            Shown::Instead(text) => {
                self.put(&text);
                self.hide(raw.trim());
            }
        }
    }

    /// Puts down what stands in the cell and is not shown.
    pub fn hide(&mut self, text: &str) {
        let region = std::mem::replace(&mut self.head.region, Region::Hidden);
        self.put(text);
        self.head.region = region;
    }

    fn text(&mut self, text: &str, seen: &Seen) {
        let shown = match &seen.format {
            Some(format) => format.text(text),
            None => Shown::Plain,
        };
        let whole = [(0, seen.style)];
        match shown {
            Shown::Plain => self.page.put_styled(&mut self.head, text, &whole),
            Shown::As(text) => self.page.put_styled(&mut self.head, &text, &whole),
            Shown::Instead(words) => {
                self.page.put_styled(&mut self.head, &words, &whole);
                self.hide(text);
            }
        }
    }

    /// A string whose pieces may have fonts of their own.
    fn pieces(
        &mut self,
        Pieces { text, runs, phonetic }: Pieces<'_>,
        look: usize,
        seen: &Seen,
        away: bool,
    ) {
        self.looked_at += text.len() + 16 * runs.len();
        if runs.is_empty() {
            self.text(text, seen);
        } else {
            self.styled.clear();
            let first = runs.first().map_or(0, |(at, _)| *at as usize);
            let is_blank = |from: usize, to: usize| {
                text.get(from..to).is_none_or(|piece| piece.trim().is_empty())
            };
            let mut hidden = seen.hidden || is_blank(0, first);
            self.styled.push((0, seen.style));
            for (n, (at, font)) in runs.iter().enumerate() {
                let at = *at as usize;
                let end = runs.get(n + 1).map_or(text.len(), |(at, _)| *at as usize);
                let (style, unseen) = self.looks.run_style(*font, look, seen, &mut self.page.text);
                hidden &= unseen || is_blank(at, end);
                self.styled.push((at, style));
            }
            self.place(away || hidden);
            self.page.put_styled(&mut self.head, text, &self.styled);
        }
        if !phonetic.is_empty() {
            self.hide(phonetic);
        }
    }
}

/// The name of an error by its number (MS-XLSB 2.5.97.2, MS-XLS 2.5.10).
pub(in crate::extract::office) fn error_name(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        _ => "#ERROR",
    }
}

/// A number as short as it can be written exactly.
pub(in crate::extract::office) fn numeral(number: f64) -> String {
    match number == 0.0 || (1e-7..1e21).contains(&number.abs()) {
        true => number.to_string(),
        false => format!("{number:E}"),
    }
}

/// A column's letters: 1 is A, 27 is AA.
pub(in crate::extract::office) fn letters(mut column: u32) -> String {
    let mut made = Vec::new();
    while column > 0 {
        made.push(b'A' + ((column - 1) % 26) as u8);
        column = (column - 1) / 26;
    }
    made.iter().rev().map(|b| char::from(*b)).collect()
}

/// Column and row of a reference such as `B3` or `$B$3`, from 1.
pub(in crate::extract::office) fn reference(cell: &str) -> Option<(u32, u32)> {
    let (mut column, mut row) = (0u32, 0u32);
    for b in cell.bytes().filter(|b| *b != b'$') {
        match b {
            b'A'..=b'Z' if row == 0 => {
                column = column.checked_mul(26)?.checked_add(u32::from(b - b'A') + 1)?;
            }
            b'a'..=b'z' if row == 0 => {
                column = column.checked_mul(26)?.checked_add(u32::from(b - b'a') + 1)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(b - b'0'))?,
            _ => return None,
        }
    }
    (column > 0 && row > 0).then_some((column, row))
}

/// A range such as `A1:B3`.
pub(in crate::extract::office) fn range(range: &str) -> Option<Merge> {
    let (from, to) = range.split_once(':').unwrap_or((range, range));
    let ((left, top), (right, bottom)) = (reference(from)?, reference(to)?);
    Some(Merge { top, left, bottom, right })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_both_ways() {
        for (column, want) in [(1, "A"), (26, "Z"), (27, "AA"), (16_384, "XFD")] {
            assert_eq!(letters(column), want);
            assert_eq!(reference(&format!("${want}$7")), Some((column, 7)));
        }
        for wrong in ["", "A", "1", "A0", "1A", "A1B", "机1", "ZZZZZZZZZZ1", "A99999999999"] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
        assert_eq!(range("B2:C4"), Some(Merge { top: 2, left: 2, bottom: 4, right: 3 }));
        assert_eq!(range("B2"), Some(Merge { top: 2, left: 2, bottom: 2, right: 2 }));
    }
}

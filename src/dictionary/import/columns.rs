//! Which column of a list holds what: told by headings, or given.

use std::collections::{BTreeMap, BTreeSet};

use super::customs;
use super::grid::{Row, Sheet, letters};
use crate::model::Words;
use crate::normalize::fold_term;

/// Rows of the beginning among which headings are looked for.
const HEAD_ROWS: usize = 40;

/// What a column of a list may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// 序号.
    Number,
    /// The matter's name; the one column a list cannot be without.
    Matter,
    /// 密级.
    Level,
    /// 保密期限.
    Term,
    /// 知悉范围.
    Knowledge,
    /// 产生依据.
    Basis,
    /// 产生部门.
    Department,
    /// 备注.
    Remark,
    /// 关键词: what to look for.
    Words,
    /// Words beside which the matter is not meant.
    Exclusions,
    /// The matter's name in English.
    NameEn,
}

impl Column {
    /// Each with its name on the command line and in `dictionaries/import.toml`.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Number, "number"),
        (Self::Matter, "matter"),
        (Self::Level, "level"),
        (Self::Term, "term"),
        (Self::Knowledge, "knowledge"),
        (Self::Basis, "basis"),
        (Self::Department, "department"),
        (Self::Remark, "remark"),
        (Self::Words, "words"),
        (Self::Exclusions, "exclusions"),
        (Self::NameEn, "name_en"),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(column, _)| *column == self).map_or("", |(_, name)| name)
    }

    /// That of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(column, _)| *column)
    }
}

/// Which column of a sheet holds what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// For each, its column's number.
    pub columns: BTreeMap<Column, u32>,
    /// All headings as they stand there, by column.
    pub headings: BTreeMap<u32, String>,
    /// The last row of the headings; what follows are matters.
    pub last_heading: u32,
}

impl Mapping {
    /// What the headings of a sheet say; `None` where no row of it has a heading
    /// for the matter.
    pub fn recognised(sheet: &Sheet) -> Option<Self> {
        let rows = || sheet.rows.iter().take(HEAD_ROWS);
        let known: Vec<_> = rows().map(known_headings).collect();
        let best = (0..known.len())
            .filter(|&at| known[at].contains_key(&Column::Matter))
            // A title may happen to be a heading; several headings in a row do not.
            .max_by_key(|&at| (known[at].len(), std::cmp::Reverse(at)))?;
        let mut made = Self::default();
        made.take(&sheet.rows[best], &known[best]);
        // Headings of two rows: 密级和期限 over 密级 | 期限.
        if let (Some(row), Some(below)) = (sheet.rows.get(best + 1), known.get(best + 1))
            && row.number == made.last_heading + 1
            && below.keys().any(|column| !made.columns.contains_key(column))
            && row.cells.len() == below.len()
        {
            made.take(row, below);
        }
        Some(made)
    }

    /// What the command line says, over what the headings say.
    ///
    /// # Errors
    /// A heading that is not there, with those that are.
    pub fn given(sheet: &Sheet, given: &[(Column, String)]) -> Result<Self, Words> {
        let mut made = Self::recognised(sheet).unwrap_or_default();
        for (column, heading) in given {
            let same = |text: &str| plain(text) == plain(heading);
            let row = sheet
                .rows
                .iter()
                .take(HEAD_ROWS)
                .find(|row| row.cells.values().any(|text| same(text)));
            let found = row.and_then(|row| {
                let at = row.cells.iter().find(|(_, text)| same(text))?;
                Some((*at.0, Some(row)))
            });
            let Some((number, row)) = found.or_else(|| Some((by_letters(heading)?, None))) else {
                let row = sheet.rows.iter().find(|row| match made.headings.is_empty() {
                    true => row.cells.len() > 1,
                    false => row.number == made.last_heading,
                });
                let there = row.map_or(String::new(), |row| {
                    row.cells.values().map(|text| flat(text)).collect::<Vec<_>>().join(", ")
                });
                return Err(Words::new(
                    format!("no column is headed {heading}; there are: {there}"),
                    format!("没有名为“{heading}”的列；现有：{there}"),
                ));
            };
            made.columns.retain(|_, known| *known != number);
            made.columns.insert(*column, number);
            if let Some(row) = row.filter(|row| row.number > made.last_heading) {
                made.last_heading = row.number;
                made.headings.extend(row.cells.iter().map(|(at, text)| (*at, flat(text))));
            }
        }
        match made.columns.contains_key(&Column::Matter) {
            true => Ok(made),
            false => Err(Words::new(
                "no column is known to hold the matter; say which with --map matter=HEADING",
                "不知哪一列是事项名称；请用 --map matter=列名 指明",
            )),
        }
    }

    /// The text of a row in a column; empty where the list has no such column.
    pub fn cell<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        self.columns.get(&column).map_or("", |&number| row.cell(number))
    }

    /// Whether a row says the headings again, as printed lists do on each page.
    pub fn is_heading(&self, row: &Row) -> bool {
        let mapped = || self.columns.values();
        let same = |number: &&u32| {
            let text = row.cell(**number);
            !text.is_empty() && self.headings.get(*number).is_some_and(|h| plain(h) == plain(text))
        };
        let alike = mapped().filter(same).count();
        alike > 0 && alike == mapped().filter(|number| !row.cell(**number).is_empty()).count()
    }

    /// Columns with a heading that nobody asked for: letters and heading.
    pub fn unused(&self) -> Vec<(String, &str)> {
        let used: BTreeSet<u32> = self.columns.values().copied().collect();
        let others = self.headings.iter().filter(|(number, _)| !used.contains(number));
        others.map(|(number, heading)| (letters(*number), heading.as_str())).collect()
    }

    /// Columns in use: what they hold, their letters and headings.
    pub fn used(&self) -> Vec<(Column, String, &str)> {
        let heading = |number| self.headings.get(number).map_or("", String::as_str);
        self.columns.iter().map(|(what, n)| (*what, letters(*n), heading(n))).collect()
    }

    fn take(&mut self, row: &Row, known: &BTreeMap<Column, u32>) {
        self.last_heading = row.number;
        for (column, number) in known {
            self.columns.entry(*column).or_insert(*number);
        }
        self.headings.extend(row.cells.iter().map(|(at, text)| (*at, flat(text))));
    }
}

/// The headings of a row that are known. Where two columns have headings for
/// the same, the surer and then the first is it.
fn known_headings(row: &Row) -> BTreeMap<Column, u32> {
    let mut found: BTreeMap<Column, (usize, u32)> = BTreeMap::new();
    for (number, text) in &row.cells {
        let Some((column, rank)) = known(text) else { continue };
        let here = (rank, *number);
        found.entry(column).and_modify(|best| *best = here.min(*best)).or_insert(here);
    }
    found.into_iter().map(|(column, (_, number))| (column, number)).collect()
}

/// What a heading names, and how far down its list it stands: lists begin with
/// what is surest.
fn known(heading: &str) -> Option<(Column, usize)> {
    /// Longer texts are no headings.
    const LONGEST: usize = 30;
    let heading = plain(heading);
    if heading.is_empty() || heading.chars().count() > LONGEST {
        return None;
    }
    let lists =
        || customs().columns.iter().filter_map(|(name, list)| Some((Column::named(name)?, list)));
    for (column, list) in lists() {
        if let Some(rank) = list.iter().position(|known| plain(known) == heading) {
            return Some((column, rank));
        }
    }
    // 本单位国家秘密事项名称, 保密期限年: a heading with something about it.
    let inside = lists().flat_map(|(column, list)| {
        let heading = &heading;
        list.iter().enumerate().filter_map(move |(rank, known)| {
            let known = plain(known);
            let length = known.chars().count();
            (length >= 2 && !known.is_ascii() && heading.contains(&known)).then_some((
                length,
                column,
                100 + rank,
            ))
        })
    });
    let best = inside.max_by_key(|(length, column, _)| (*length, std::cmp::Reverse(*column)))?;
    Some((best.1, best.2))
}

/// A heading for comparing: folded, without blanks, marks, brackets and what
/// stands in them, in lower case.
fn plain(heading: &str) -> String {
    let mut depth = 0usize;
    let mut plain = String::new();
    for c in fold_term(heading).chars() {
        match c {
            '(' | '[' | '【' | '〔' | '（' => depth += 1,
            ')' | ']' | '】' | '〕' | '）' => depth = depth.saturating_sub(1),
            c if depth == 0 && c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            _ => {}
        }
    }
    plain
}

/// A heading on one line.
fn flat(heading: &str) -> String {
    heading.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `C`, `AA`, or a number from 1: a column without a heading.
fn by_letters(name: &str) -> Option<u32> {
    if let Ok(number) = name.parse::<u32>() {
        return (number > 0).then_some(number);
    }
    let is_column = (1..=3).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase());
    is_column.then(|| name.bytes().fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1))
}

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
    use crate::detect::detect;
    use crate::dictionary::Dictionary;
    use crate::model::{BlockHead, TextBuilder};
    use crate::normalize::fold;

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

    #[test]
    fn the_head_of_a_column_tells_a_sample_from_a_mark() {
        let dictionary = Dictionary::shipped();
        let mark = "机密★10年";
        let cases: &[(&[&[&str]], &str)] = &[
            (&[&["文号", "密级"], &["一号", mark]], "cn.mark.state-secret"),
            (&[&["要素", "示例"], &["密级和保密期限", mark]], "cn.mark.quoted"),
            (&[&["一览表"], &["要素", "示例"], &["密级和保密期限", mark]], "cn.mark.quoted"),
            (&[&["题目", "A", "答案"], &["正确的是", mark, "A"]], "cn.mark.quoted"),
            (&[&["题目", "选项一"], &["正确的是", mark]], "cn.mark.quoted"),
            // Letters and options alone make no quiz.
            (&[&["库区", "A"], &["一层", mark]], "cn.mark.state-secret"),
            // The head of another column says nothing.
            (&[&["示例", "密级"], &["一号", mark]], "cn.mark.state-secret"),
        ];
        for (rows, want) in cases {
            let mut builder = TextBuilder::new();
            for (row, cells) in (1..).zip(*rows) {
                for (column, cell) in (1..).zip(*cells) {
                    let label = format!("t1.r{row}.c{column}");
                    let head = BlockHead {
                        region: Region::Cell,
                        page: 1,
                        line: row,
                        label,
                        ..BlockHead::default()
                    };
                    builder.block(&head, cell);
                }
            }
            let text = builder.finish();
            let found = detect(&text, &fold(text.as_str()), &dictionary).findings;
            let rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
            assert!(rules.contains(want), "{rows:?}: {rules:?}");
            assert_eq!(found.iter().filter(|f| f.mark.is_some()).count(), 1, "{rows:?}");
        }
    }
}

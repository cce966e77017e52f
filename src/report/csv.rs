//! Tables for spreadsheets and programs: RFC 4180. No cell is taken for a formula, and
//! every cell can be read back.

use std::io::{self, Write};

use super::Shown;
use super::table::Table;

/// What a cell may not begin with, after blanks.
const DANGEROUS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Writes one row. Strings are shown as everywhere; a cell that a spreadsheet could take
/// for a formula, or that begins with an apostrophe, gets an apostrophe in front: take one
/// away and what was meant is there.
///
/// # Errors
/// Those of the writer.
pub fn row<S: AsRef<str>>(
    cells: impl IntoIterator<Item = S>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        let cell = tame(&Shown(cell.as_ref()).to_string());
        // Semicolons and bars part cells too, in programs of other countries.
        let quoted =
            cell.contains(|c: char| ",;|\"".contains(c) || c.is_control()) || cell.trim() != cell;
        match quoted {
            true => write!(out, "\"{}\"", cell.replace('"', "\"\""))?,
            false => out.write_all(cell.as_bytes())?,
        }
    }
    out.write_all(b"\r\n")
}

/// The cell, as text whatever it begins with.
fn tame(cell: &str) -> String {
    let first = cell.trim_start().chars().next();
    let formula = first.is_some_and(|c| DANGEROUS.contains(&c)) || cell.starts_with(DANGEROUS);
    match formula || cell.starts_with('\'') {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

/// The byte order mark by which some spreadsheets know UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Writes a table: the names of its columns, which are the same in every language, for
/// programs read them too, and its rows.
///
/// # Errors
/// Those of the writer.
pub fn table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    row(table.columns.iter().map(|column| column.id), out)?;
    table.rows.iter().try_for_each(|cells| row(cells, out))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reader of RFC 4180 that knows nothing of the writer.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
        let mut chars = text.chars().peekable();
        let mut quoted = false;
        while let Some(c) = chars.next() {
            match (quoted, c) {
                (true, '"') if chars.peek() == Some(&'"') => {
                    chars.next();
                    cell.push('"');
                }
                (_, '"') => quoted = !quoted,
                (false, ',') => row.push(std::mem::take(&mut cell)),
                (false, '\r') if chars.peek() == Some(&'\n') => {
                    chars.next();
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                (_, c) => cell.push(c),
            }
        }
        assert!(!quoted && row.is_empty() && cell.is_empty(), "{text:?}");
        rows
    }

    fn written(cells: &[String]) -> String {
        let mut out = Vec::new();
        row(cells, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_cell_begins_a_formula() {
        for (cell, want) in [
            ("=1+1", "'=1+1"),
            ("  =1+1", "'  =1+1"),
            ("\u{3000}＝SUM(A1)", "'\u{3000}＝SUM(A1)"),
            ("\u{a0}@x", "'\u{a0}@x"),
            ("－1", "'－1"),
            ("-", "'-"),
            ("\t=1", "' =1"),
            ("\r=1", "\\r=1"),
            ("'=1", "''=1"),
            ("a;=1", "\"a;=1\""),
            ("a\"b", "\"a\"\"b\""),
            ("机密★10年", "机密★10年"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(written(&[cell.to_owned()]), format!("{want}\r\n"), "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn a_reader_gets_back_what_went_in(
            rows in prop::collection::vec(
                prop::collection::vec("[ =+@\\-＝＋－＠'\",;|\\t\\r\\n\u{3000}a密\u{202e}]{0,6}", 1..4),
                1..4,
            )
        ) {
            let text: String = rows.iter().map(|cells| written(cells)).collect();
            let back = read(&text);
            prop_assert_eq!(back.len(), rows.len());
            for (cell, went_in) in back.iter().flatten().zip(rows.iter().flatten()) {
                let meant = cell.strip_prefix('\'').unwrap_or(cell);
                prop_assert_eq!(meant, Shown(went_in).to_string());
                prop_assert!(!cell.trim_start().starts_with(DANGEROUS));
                prop_assert!(!cell.contains(char::is_control));
            }
        }
    }
}

//! Tables as a workbook (Office Open XML). Every cell is a string, whatever it begins
//! with: a spreadsheet computes nothing of it. The same tables give the same bytes.

use std::io;

use rust_xlsxwriter::{
    DocProperties, Format, FormatAlign, FormatBorder, IntoCustomDateTime, Workbook, Worksheet,
    XlsxError,
};

use super::table::Table;
use super::{Lang, Shown};

/// What a cell holds at most, in UTF-16 units (ECMA-376 leaves it to programs; all of them
/// stop here).
const LONGEST: usize = 32_767;

/// Rows of a sheet, its headings among them.
const MOST: usize = 1 << 20;

/// The workbook of these tables, a sheet each.
///
/// # Errors
/// That a table has more rows than a sheet may have.
pub fn book(lang: Lang, tables: &[Table]) -> io::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let about = DocProperties::new().set_author("vetmark").set_creation_datetime(Never);
    book.set_properties(&about);
    for table in tables {
        if table.len() >= MOST {
            let (name, rows) = (table.name, table.len());
            return Err(io::Error::other(format!(
                "{name}: {rows} rows, and a sheet holds {}: take csv, or fewer matters",
                MOST - 1
            )));
        }
        sheet(lang, table, book.add_worksheet()).map_err(other)?;
    }
    book.save_to_buffer().map_err(other)
}

/// When a workbook was made, as it says: a time of now would make two workbooks of the same
/// matters differ.
struct Never;

impl IntoCustomDateTime for Never {
    fn utc_datetime(self) -> String {
        "2000-01-01T00:00:00Z".into()
    }
}

fn other(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

fn sheet(lang: Lang, table: &Table, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let heading = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin);
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name(table.name)?;
    sheet.set_landscape().set_paper_size(9);
    for (at, (column, name)) in (0..).zip(table.columns.iter().zip(table.headings(lang))) {
        sheet.set_column_width(at, column.width)?;
        sheet.write_string_with_format(0, at, name, &heading)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (at, words) in (0..).zip(cells).filter(|(_, words)| !words.is_empty()) {
            sheet.write_string_with_format(row, at, fit(words), &cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    let last = (table.len() as u32, table.columns.len().saturating_sub(1) as u16);
    sheet.autofilter(0, 0, last.0, last.1)?;
    Ok(())
}

/// The words as they are shown, cut where a cell ends, which is said.
fn fit(words: &str) -> String {
    let shown = Shown(words).to_string();
    if shown.encode_utf16().count() <= LONGEST {
        return shown;
    }
    let mut left = LONGEST - 40;
    let kept: String = shown
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    let more = shown.chars().count() - kept.chars().count();
    format!("{kept} … (+{more})")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;
    use crate::report::table::{Column, column};

    const COLUMNS: &[Column] = &[column("a", "First", "一", 10), column("b", "Second", "二", 20)];

    fn table(rows: &[[&str; 2]]) -> Table {
        let rows = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        Table { name: "Findings", columns: COLUMNS, rows }
    }

    fn member(book: &[u8], name: &str) -> String {
        let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn every_cell_is_a_string_and_none_a_formula() {
        let rows = [["=1+1", "@SUM(A1)"], ["42", "2026-11-27"], ["http://a.b", "\u{202e}<x>"]];
        let book = book(Lang::Zh, &[table(&rows)]).unwrap();
        let sheet = member(&book, "xl/worksheets/sheet1.xml");
        let cells = sheet.matches("<c ").count();
        assert_eq!(cells, 2 * (1 + rows.len()));
        assert_eq!(sheet.matches("t=\"s\"").count(), cells, "{sheet}");
        assert!(!sheet.contains("<f>") && !sheet.contains("hyperlink"), "{sheet}");
        assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<autoFilter ref=\"A1:B4\""));
        let strings = member(&book, "xl/sharedStrings.xml");
        for words in ["=1+1", "@SUM(A1)", "\\u{202e}&lt;x&gt;", "一"] {
            assert!(strings.contains(words), "{words}\n{strings}");
        }
    }

    #[test]
    fn the_same_tables_give_the_same_bytes() {
        let one = || book(Lang::En, &[table(&[["a", "b"]])]).unwrap();
        let first = one();
        assert_eq!(first, one());
        // No time of now anywhere, which a second run within the second would not show.
        let core = member(&first, "docProps/core.xml");
        assert_eq!(
            core.matches("2000-01-01T00:00:00Z").count(),
            core.matches("T00:00:00Z").count()
        );
        assert_eq!(core.matches("dcterms:W3CDTF").count(), 2, "{core}");
        let mut zip = zip::ZipArchive::new(Cursor::new(&first)).unwrap();
        for at in 0..zip.len() {
            let member = zip.by_index(at).unwrap();
            assert_eq!(
                member.last_modified().map(|at| at.year()),
                Some(1980),
                "{:?}",
                member.name()
            );
        }
    }

    #[test]
    fn what_does_not_fit_in_a_cell_is_cut_and_said() {
        for (words, ends) in [("a".repeat(32_767), "a"), ("密".repeat(40_000), "(+7273)")] {
            let fitted = fit(&words);
            assert!(fitted.ends_with(ends), "{}", &fitted[fitted.len() - 20..]);
            assert!(fitted.encode_utf16().count() <= LONGEST);
        }
        let astral = fit(&"𠮷".repeat(20_000));
        assert!(
            astral.encode_utf16().count() <= LONGEST && astral.ends_with(')'),
            "pairs are whole"
        );
    }
}

//! Findings and gaps as a table for spreadsheets: RFC 4180, one row each, and one row
//! for a matter that has neither, so that every matter is seen. No cell is taken for a
//! formula, and every cell can be read back.

use std::io::{self, Write};

use super::examined::{Examined, Finding, Gap, Part};
use super::{Lang, Shown, named, phrases};

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

/// Headings: the same in every language, for programs read them too.
const HEAD: [&str; 22] = [
    "matter",
    "verdict",
    "part",
    "kind",
    "id",
    "rule",
    "severity",
    "level",
    "term",
    "region",
    "page",
    "line",
    "from",
    "to",
    "message",
    "quote",
    "evidence",
    "basis",
    "suppressed",
    "as_of",
    "matter_sha256",
    "part_sha256",
];

/// Writes the headings.
///
/// # Errors
/// Those of the writer.
pub fn head(out: &mut dyn Write) -> io::Result<()> {
    row(HEAD, out)
}

/// Writes the rows of one matter.
///
/// # Errors
/// Those of the writer.
pub fn matter(lang: Lang, one: &Examined, out: &mut dyn Write) -> io::Result<()> {
    let mut any = false;
    for part in &one.parts {
        for finding in &part.findings {
            any = true;
            row(of_finding(lang, one, part, finding), out)?;
        }
        for gap in &part.gaps {
            any = true;
            row(of_gap(one, part, gap), out)?;
        }
    }
    if any {
        return Ok(());
    }
    let mut cells = blank(one);
    cells[3] = "none".into();
    cells[14] = phrases::heading(one.verdict).of(lang).into();
    row(cells, out)
}

/// A row with what is the matter's.
fn blank(one: &Examined) -> [String; 22] {
    let mut cells: [String; 22] = Default::default();
    cells[0].clone_from(&one.source);
    cells[1] = one.verdict.name().into();
    cells[19] = one.as_of.to_string();
    cells[20].clone_from(&one.sha256);
    cells
}

fn of_part(one: &Examined, part: &Part, kind: &str) -> [String; 22] {
    let mut cells = blank(one);
    cells[2] = part.path.join(" › ");
    cells[3] = kind.into();
    cells[21].clone_from(&part.sha256);
    cells
}

fn of_finding(lang: Lang, one: &Examined, part: &Part, finding: &Finding) -> [String; 22] {
    let place = &finding.place;
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let mut cells = of_part(one, part, "finding");
    cells[4].clone_from(&finding.id);
    cells[5].clone_from(&finding.rule);
    cells[6] = phrases::severity(finding.severity).en.into();
    cells[7] = finding.level.as_ref().map(named::level).unwrap_or_default();
    cells[8] = finding.mark.as_ref().map(|mark| named::term(lang, mark)).unwrap_or_default();
    cells[9] = phrases::region(place.region).of(lang).into();
    if !place.label.is_empty() {
        cells[9] += &format!(": {}", place.label);
    }
    cells[10] = number(place.page);
    cells[11] = number(place.line);
    [cells[12], cells[13]] = place.char.map(|n| n.to_string());
    cells[14] = lang.of(&finding.message).into();
    cells[15] = finding.quote.clone().unwrap_or_default();
    cells[16] = finding.evidence.join("; ");
    cells[17] = finding.basis.join("; ");
    if let Some(by) = &finding.suppressed {
        cells[18] = super::human::suppression_words(lang, by);
    }
    cells
}

fn of_gap(one: &Examined, part: &Part, gap: &Gap) -> [String; 22] {
    let mut cells = of_part(one, part, "gap");
    cells[5].clone_from(&gap.rule);
    cells[14] = match &gap.limit {
        Some(limit) => format!("{limit}: {}", gap.detail),
        None => gap.detail.clone(),
    };
    cells
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

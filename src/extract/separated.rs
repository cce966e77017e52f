//! Tables in plain text: values parted by commas, tabs or the like (RFC 4180 and
//! what spreadsheets make of it). A mark in a cell of its own stands alone, and
//! would not if the line it is on were one.

use super::Budget;
use crate::model::{BlockHead, Region, SourceText, TextBuilder};

/// Bytes of the beginning that tell whether a text is a table.
const HEAD: usize = 64 << 10;

/// Rows of the beginning that tell it.
const HEAD_ROWS: usize = 60;

/// Rows of equal length without which a text is no table, if its name does not
/// say it is one.
const SURE_ROWS: usize = 6;

/// A longer value in quotes is none: a quote was not closed.
const MAX_QUOTED: usize = 32 << 10;

/// Quotes that were none, after which the rest of a text has none.
const MAX_STRIKES: usize = 64;

/// Cells of one text that are told apart, or more where the limits allow more.
/// Rows behind them are lines.
const MAX_CELLS: usize = 500_000;

/// Reads a text as a table, if it is one. `name` is the file's.
pub(super) fn read(text: &str, name: &str, budget: &Budget) -> Option<SourceText> {
    let separator = separator(text, name)?;
    let limits = budget.limits();
    let most = (MAX_CELLS as u64).max(limits.cells).min(limits.lines / 2);
    let most = usize::try_from(most).unwrap_or(MAX_CELLS);
    let mut rows = Rows::new(text, separator);
    let mut made = TextBuilder::new();
    let (mut cells, mut row, mut group) = (0usize, 0u32, 0u32);
    while let Some(fields) = rows.next() {
        row = row.saturating_add(1);
        cells += fields.len();
        for (column, field) in fields.iter().enumerate() {
            let mut head = BlockHead { page: 1, line: field.line, ..BlockHead::default() };
            if fields.len() > 1 {
                head.region = Region::Cell;
                head.label = format!("r{row}.c{}", column + 1);
            }
            put(&mut made, head, &field.text, &mut group);
        }
        if cells >= most {
            break;
        }
    }
    let mut line = rows.line;
    for rest in rows.rest().lines() {
        let head = BlockHead { page: 1, line, ..BlockHead::default() };
        made.block(&head, rest);
        line = line.saturating_add(1);
    }
    Some(made.finish())
}

/// Puts one value down, a block for each of its lines.
fn put(made: &mut TextBuilder, mut head: BlockHead, text: &str, group: &mut u32) {
    if text.contains(['\n', '\r']) {
        *group += 1;
        head.group = *group;
    }
    let text = text.replace("\r\n", "\n");
    for line in text.split(['\n', '\r']) {
        if !line.trim().is_empty() {
            made.block(&head, line);
        }
        head.line = head.line.saturating_add(1);
    }
}

/// What parts the values of a text, if it is a table.
fn separator(text: &str, name: &str) -> Option<u8> {
    let end = text.floor_char_boundary(HEAD.min(text.len()));
    let head = text.get(..end)?;
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let candidates: &[u8] = match extension.trim().to_ascii_lowercase().as_str() {
        "csv" => b",;\t|",
        "tsv" | "tab" => b"\t,",
        _ => return [b',', b'\t'].into_iter().find(|separator| is_surely(head, *separator)),
    };
    let shares = candidates.iter().map(|separator| (share(head, *separator), *separator));
    // The first of those that are alike: the likelier come first.
    let (share, separator) =
        shares.fold((0, 0), |best, next| if next.0 > best.0 { next } else { best });
    (share >= 60).then_some(separator)
}

/// Lengths of the first rows, blank ones and one that may be cut left out.
fn lengths(head: &str, separator: u8) -> (Vec<usize>, usize) {
    let mut rows = Rows::new(head, separator);
    let mut lengths = Vec::new();
    while let Some(fields) = rows.next() {
        if fields.iter().any(|field| !field.text.trim().is_empty()) {
            lengths.push(fields.len());
        }
        if lengths.len() >= HEAD_ROWS {
            break;
        }
    }
    if lengths.len() > 1 && head.len() >= HEAD {
        lengths.pop();
    }
    (lengths, rows.strikes)
}

/// How many rows in a hundred are as long as most, with two values or more.
fn share(head: &str, separator: u8) -> usize {
    let (lengths, _) = lengths(head, separator);
    let count = |length: usize| lengths.iter().filter(|known| **known == length).count();
    let most = lengths.iter().filter(|length| **length > 1).map(|length| count(*length)).max();
    (most.unwrap_or(0) * 100).checked_div(lengths.len()).unwrap_or(0)
}

/// Whether a text is a table whatever its name: many rows, all of one length.
fn is_surely(head: &str, separator: u8) -> bool {
    let (lengths, strikes) = lengths(head, separator);
    let least = if separator == b'\t' { 2 } else { 3 };
    let first = lengths.first().copied().unwrap_or(0);
    let code = head.starts_with(['{', '[', '<', '(', '#', '/']);
    strikes == 0
        && !code
        && first >= least
        && lengths.len() >= SURE_ROWS
        && lengths.iter().all(|length| *length == first)
}

/// A value and the line it begins on, from 1.
#[derive(Debug, Default, PartialEq)]
struct Field {
    text: String,
    line: u32,
}

/// Takes a text apart row by row.
struct Rows<'t> {
    text: &'t str,
    at: usize,
    separator: u8,
    line: u32,
    /// Quotes that were none.
    strikes: usize,
}

impl<'t> Rows<'t> {
    fn new(text: &'t str, separator: u8) -> Self {
        Self { text, at: 0, separator, line: 1, strikes: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next row; `None` at the end.
    fn next(&mut self) -> Option<Vec<Field>> {
        if self.at >= self.text.len() {
            return None;
        }
        let mut fields = Vec::new();
        loop {
            let line = self.line;
            let text = match self.quoted() {
                Some(text) => text,
                None => self.plain(),
            };
            fields.push(Field { text, line });
            match self.rest().as_bytes() {
                [b'\r', b'\n', ..] => self.at += 2,
                [b'\n' | b'\r', ..] => self.at += 1,
                [_, ..] => {
                    self.at += 1;
                    continue;
                }
                [] => return Some(fields),
            }
            self.line = self.line.saturating_add(1);
            return Some(fields);
        }
    }

    /// A value up to the next separator or line end.
    fn plain(&mut self) -> String {
        let rest = self.rest();
        let length = memchr::memchr3(self.separator, b'\n', b'\r', rest.as_bytes());
        let length = length.unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default().to_owned()
    }

    /// A value in quotes, in which two quotes are one. Nothing is taken where the
    /// quotes do not end as quotes of a value do.
    fn quoted(&mut self) -> Option<String> {
        let inside = self.rest().strip_prefix('"').filter(|_| self.strikes < MAX_STRIKES)?;
        let mut text = String::new();
        let mut at = 0;
        loop {
            let rest = inside.get(at..)?;
            let Some(quote) = memchr::memchr(b'"', rest.as_bytes()).filter(|q| at + q < MAX_QUOTED)
            else {
                self.strikes += 1;
                return None;
            };
            text.push_str(rest.get(..quote)?);
            at += quote + 1;
            match inside.as_bytes().get(at) {
                Some(b'"') => {
                    text.push('"');
                    at += 1;
                }
                Some(b) if *b != self.separator && !matches!(*b, b'\n' | b'\r') => {
                    self.strikes += 1;
                    return None;
                }
                _ => break,
            }
        }
        self.at += 1 + at;
        let ends = text.replace("\r\n", "\n").matches(['\n', '\r']).count();
        self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn told(text: &str, name: &str) -> Option<String> {
        let made = read(text, name, &Budget::new(Limits::default()))?;
        let lines = made.blocks().iter().map(|b| {
            let region = if b.region == Region::Cell { made.label(b) } else { "-" };
            format!("{} {region} {}", b.line, made.block_text(b))
        });
        Some(lines.collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn values_become_cells() {
        for (text, name, want) in [
            (
                "机密★10年,,\r\n名,数,注\r\n",
                "a.csv",
                "1 r1.c1 机密★10年|2 r2.c1 名|2 r2.c2 数|2 r2.c3 注",
            ),
            ("题\n甲;乙\n丙;丁\n", "a.CSV", "1 - 题|2 r2.c1 甲|2 r2.c2 乙|3 r3.c1 丙|3 r3.c2 丁"),
            ("密级\t秘密★3年\n", "a.tsv", "1 r1.c1 密级|1 r1.c2 秘密★3年"),
            (
                "\"a,\"\"b\"\"\",\"行\n二\"\nc,d",
                "a.csv",
                "1 r1.c1 a,\"b\"|1 r1.c2 行|2 r1.c2 二|3 r2.c1 c|3 r2.c2 d",
            ),
            (
                "\"a\" x,b\n\"没有尽头,c\n",
                "a.csv",
                "1 r1.c1 \"a\" x|1 r1.c2 b|2 r2.c1 \"没有尽头|2 r2.c2 c",
            ),
        ] {
            assert_eq!(told(text, name).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn only_tables_are_tables() {
        let rows = "a,b,c\n".repeat(SURE_ROWS);
        for (text, name, is) in [
            (rows.as_str(), "a.txt", true),
            (rows.as_str(), "", true),
            (&"a\tb\n".repeat(SURE_ROWS), "a.txt", true),
            ("a,b,c\na,b,c\n", "a.txt", false),
            (&"a,b\n".repeat(20), "a.txt", false),
            (&"{\"a\":1,\"b\":2,\"c\":3}\n".repeat(20), "a.txt", false),
            (&"x \"a\",\"b\" y,\"c\" z\n".repeat(20), "a.txt", false),
            ("一句话，没有别的。\n另一句。\n", "a.csv", false),
            ("one, two\nthree\nfour\n", "a.csv", false),
            ("", "a.csv", false),
        ] {
            assert_eq!(told(text, name).is_some(), is, "{name}: {text}");
        }
    }

    #[test]
    fn hostile_quotes_and_numbers_of_cells_are_bounded() {
        let quotes = "\"\"\",".repeat(100_000);
        assert!(told(&quotes, "a.csv").is_none() || !quotes.is_empty());
        let limits = Limits { lines: 20, ..Limits::default() };
        let made = read(&"a,b\n".repeat(50), "a.csv", &Budget::new(limits)).expect("a table");
        let cells = made.blocks().iter().filter(|b| b.region == Region::Cell).count();
        assert_eq!((cells, made.blocks().len()), (10, 55));
        assert_eq!(made.blocks().last().map(|b| b.line), Some(50));
    }
}

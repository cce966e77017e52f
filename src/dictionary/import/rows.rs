//! The rows of a list, one by one: taken as an entry, or turned down with a reason.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::columns::{Column, Mapping};
use super::customs;
use super::grid::{Row, Sheet};
use super::words::{Chosen, derived, given};
use crate::model::Words;
use crate::normalize::fold_term;

/// A matter's name that is longer is a paragraph in the wrong column.
const LONGEST_MATTER: usize = 2000;

/// A row that became an entry, as the list has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEntry {
    /// The row it stands in.
    pub row: u32,
    /// What tells it from all others: of the same matter, level, term and
    /// department in whatever row, it is the same.
    pub key: String,
    /// 序号.
    pub number: String,
    /// The matter.
    pub matter: String,
    /// Its name in English, where the list has one.
    pub name_en: String,
    /// 密级.
    pub level: String,
    /// 保密期限.
    pub term: String,
    /// 知悉范围.
    pub knowledge: String,
    /// 产生依据.
    pub basis: String,
    /// 产生部门.
    pub department: String,
    /// 备注.
    pub remark: String,
    /// What to look for.
    pub words: Vec<String>,
    /// Beside what it is not meant.
    pub exclusions: Vec<String>,
    /// Whether the words come from the matter's name.
    pub derived: bool,
}

/// Something that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// The row it stands in.
    pub row: u32,
    /// Whether the whole row was turned down, or a word of it was left out.
    pub whole: bool,
    /// The matter, as the row has it.
    pub matter: String,
    /// Why.
    pub reason: Words,
}

/// What came of a list.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// In the order of rows.
    pub entries: Vec<ListEntry>,
    /// Likewise.
    pub turned: Vec<Turned>,
    /// Rows below the headings that hold something.
    pub rows: usize,
    /// Rows that only say the headings again.
    pub headings: usize,
    /// Rows that were read though a table with a filter on does not show them.
    pub hidden: usize,
}

/// Reads all rows. Columns of `fill` take the value of the row above where a row
/// has none: cells merged over several rows have a value in the first only.
pub fn rows(sheet: &Sheet, mapping: &Mapping, fill: &[Column]) -> Imported {
    let mut reader = Reader { fill, ..Reader::new(mapping) };
    for row in sheet.rows.iter().filter(|row| row.number > mapping.last_heading) {
        reader.row(row);
    }
    reader.made
}

struct Reader<'m> {
    mapping: &'m Mapping,
    fill: &'m [Column],
    above: BTreeMap<Column, String>,
    /// For each key, the row that has it.
    seen: HashMap<String, u32>,
    made: Imported,
}

impl<'m> Reader<'m> {
    fn new(mapping: &'m Mapping) -> Self {
        Self {
            mapping,
            fill: &[],
            above: BTreeMap::new(),
            seen: HashMap::new(),
            made: Imported::default(),
        }
    }

    fn row(&mut self, row: &Row) {
        if row.cells.values().all(|text| text.trim().is_empty()) {
            return;
        }
        self.made.rows += 1;
        if self.mapping.is_heading(row) {
            self.made.headings += 1;
            return;
        }
        self.made.hidden += usize::from(row.hidden);
        match self.entry(row) {
            Ok(entry) => self.made.entries.push(entry),
            Err(reason) => {
                let matter = flat(self.mapping.cell(row, Column::Matter));
                self.made.turned.push(Turned { row: row.number, whole: true, matter, reason });
            }
        }
    }

    fn entry(&mut self, row: &Row) -> Result<ListEntry, Words> {
        let mut value = |column| self.value(row, column);
        let mut entry = ListEntry {
            row: row.number,
            number: value(Column::Number),
            matter: value(Column::Matter),
            name_en: value(Column::NameEn),
            level: value(Column::Level),
            term: value(Column::Term),
            knowledge: value(Column::Knowledge),
            basis: value(Column::Basis),
            department: value(Column::Department),
            remark: value(Column::Remark),
            ..ListEntry::default()
        };
        if entry.matter.is_empty() {
            return Err(match row.cells.len() {
                1 => Words::new("no matter: a heading between rows", "无事项名称：为行间标题"),
                _ => Words::new("no matter", "无事项名称"),
            });
        }
        if entry.matter.chars().count() > LONGEST_MATTER {
            return Err(Words::new(
                format!("the matter is longer than {LONGEST_MATTER} characters"),
                format!("事项名称超过{LONGEST_MATTER}字"),
            ));
        }
        if let Some(code) = broken(row) {
            return Err(Words::new(
                format!("a cell holds the error {code}"),
                format!("单元格内为错误值 {code}"),
            ));
        }
        self.level(&mut entry)?;
        check_term(&entry.term)?;
        entry.key = key(&entry);
        if let Some(first) = self.seen.get(&entry.key) {
            return Err(Words::new(
                format!("the same matter, level, term and department stand in row {first}"),
                format!("与第{first}行的事项、密级、期限和部门相同"),
            ));
        }
        self.words(row, &mut entry)?;
        self.seen.insert(entry.key.clone(), row.number);
        Ok(entry)
    }

    fn value(&mut self, row: &Row, column: Column) -> String {
        let here = flat(self.mapping.cell(row, column));
        if !self.fill.contains(&column) {
            return here;
        }
        if here.is_empty() {
            return self.above.get(&column).cloned().unwrap_or_default();
        }
        self.above.insert(column, here.clone());
        here
    }

    /// A level must be one that is known. `机密★10年` is a level and a term.
    fn level(&self, entry: &mut ListEntry) -> Result<(), Words> {
        if !self.mapping.columns.contains_key(&Column::Level) {
            return Ok(());
        }
        if let Some((level, term)) = entry.level.split_once(['★', '☆']) {
            let (level, term) = (level.trim().to_owned(), term.trim().to_owned());
            entry.level = level;
            if entry.term.is_empty() {
                entry.term = term;
            }
        }
        if entry.level.is_empty() {
            return Err(Words::new(
                "no level (of merged cells the first alone has it: --fill-down level)",
                "无密级（合并单元格仅首行有值时可用 --fill-down level）",
            ));
        }
        let plain = |level: &str| {
            let folded: String = fold_term(level).split_whitespace().collect();
            folded.trim_end_matches(['级', '件']).to_lowercase()
        };
        let written = plain(&entry.level);
        match customs().levels.known.iter().any(|known| plain(known) == written) {
            true => Ok(()),
            false => Err(Words::new(
                format!("unknown level {}", entry.level),
                format!("未知密级“{}”", entry.level),
            )),
        }
    }

    fn words(&mut self, row: &Row, entry: &mut ListEntry) -> Result<(), Words> {
        let own = self.mapping.cell(row, Column::Words);
        entry.derived = own.is_empty();
        let Chosen { words, left_out } =
            if entry.derived { derived(&entry.matter) } else { given(own) };
        entry.words = words;
        if entry.words.is_empty() {
            let why = |pick: fn(&Words) -> &String| {
                let each = left_out.iter().map(|(word, why)| format!("{word} {}", pick(why)));
                each.collect::<Vec<_>>().join("; ")
            };
            return Err(Words::new(
                format!("no word to search for: {}", why(|words| &words.en)),
                format!("没有可供查找的词语：{}", why(|words| &words.zh)),
            ));
        }
        for (word, why) in left_out {
            self.leave_out(row, &entry.matter, &word, &why);
        }
        let folded: Vec<String> = entry.words.iter().map(|word| fold_term(word)).collect();
        let listed = given_plainly(self.mapping.cell(row, Column::Exclusions));
        for word in listed {
            // An excluded word within a head word would exclude the head word itself.
            let excluded = fold_term(&word);
            if excluded.trim().is_empty() || folded.iter().any(|head| head.contains(&excluded)) {
                let why = Words::new("stands in a word that is looked for", "包含在所查词语之内");
                self.leave_out(row, &entry.matter, &word, &why);
            } else {
                entry.exclusions.push(word);
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, row: &Row, matter: &str, word: &str, why: &Words) {
        let reason = Words::new(
            format!("the word {word} is left out: it {}", why.en),
            format!("词语“{word}”未采用：{}", why.zh),
        );
        let matter = matter.to_owned();
        self.made.turned.push(Turned { row: row.number, whole: false, matter, reason });
    }
}

fn given_plainly(cell: &str) -> Vec<String> {
    let parts = cell.split(['、', ',', '，', ';', '；', '|', '\n', '\r', '\t']);
    let words = parts.map(str::trim).filter(|word| !word.is_empty() && !word.starts_with(['@']));
    words.filter(|word| !word.starts_with("re:")).map(str::to_owned).collect()
}

/// A term is empty, a span of time, a day, 长期, or a condition in words.
fn check_term(term: &str) -> Result<(), Words> {
    let folded: String = fold_term(term).split_whitespace().collect();
    let wrong = |en: &str, zh: &str| {
        Err(Words::new(format!("malformed term {term}: {en}"), format!("期限“{term}”有误：{zh}")))
    };
    if folded.is_empty() || matches!(folded.as_str(), "-" | "—" | "/" | "无") {
        return Ok(());
    }
    let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &folded[digits..];
    if digits == 0 {
        let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
        return match letters >= 2 {
            true => Ok(()),
            false => {
                wrong("neither a span of time, a day nor a condition", "既非时间、日期，也非条件")
            }
        };
    }
    if folded[..digits].bytes().all(|digit| digit == b'0') {
        return wrong("it is no time at all", "时间为零");
    }
    let units = ["年", "个月", "月", "个星期", "周", "天", "日", "个工作日", "小时"];
    let english = ["year", "month", "week", "day", "hour", "yr"];
    let is_day = rest.starts_with(['-', '.', '/', '~', '至']) && rest.len() > 1;
    let has_unit = units.iter().any(|unit| rest.starts_with(unit))
        || english.iter().any(|unit| rest.to_lowercase().starts_with(unit));
    match (rest.is_empty(), has_unit || is_day) {
        (true, _) => wrong("a number without a unit", "数字后无单位"),
        (_, true) => Ok(()),
        (_, false) => wrong("a number without a unit of time", "数字后不是时间单位"),
    }
}

/// The error a spreadsheet shows in a cell.
fn broken(row: &Row) -> Option<&str> {
    const ERRORS: [&str; 7] = ["#REF!", "#NAME?", "#VALUE!", "#N/A", "#DIV/0!", "#NULL!", "#NUM!"];
    row.cells.values().map(|text| text.trim()).find(|text| ERRORS.contains(text))
}

/// The same content has the same key, wherever it stands and however it is spaced.
fn key(entry: &ListEntry) -> String {
    let mut hash = Sha256::new();
    for text in [&entry.matter, &entry.level, &entry.term, &entry.department] {
        let folded: String = fold_term(text).split_whitespace().collect();
        hash.update((folded.len() as u64).to_be_bytes());
        hash.update(folded);
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A cell on one line: a break between ideographs is a wrap, and others are blanks.
fn flat(cell: &str) -> String {
    let mut flat = String::with_capacity(cell.len());
    for word in cell.split_whitespace() {
        let wide = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
        let wrapped = wide(flat.chars().next_back()) && wide(word.chars().next());
        if !flat.is_empty() && !wrapped {
            flat.push(' ');
        }
        flat.push_str(word);
    }
    flat
}

//! `vetmark dictionary import`: a body's own list (国家秘密事项一览表) as a scope
//! dictionary.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::cli::locale::{self, LangArg};
use crate::cli::output::Output;
use crate::cli::passwords::PasswordFile;
use crate::cli::{Status, remark};
use crate::dictionary::import::{
    Column, Imported, Mapping, ScopeHead, Sheet, Turned, rows, sheets, unplaced, write_entry,
    write_scope,
};
use crate::extract::{Budget, Extraction, Format, Limits, extract, extract_as, sniff};
use crate::intake::{self, MatterBy};
use crate::model::{Date, GapKind, Submission};
use crate::report::{Lang, Shown};

/// Make a scope dictionary of a body's own list: a workbook or separated values
///
/// Columns are told by their headings (序号, 国家秘密事项名称, 密级, 保密期限, 知悉范围, 产生依据, 产生部门,
/// 备注, 关键词, or English ones) or named with --map. Every row that is not taken is said with its
/// reason. Exit status: 0 if every row was taken, 1 if some were not, 2 if nothing was written.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The list: XLSX, XLS, ODS, CSV or TSV, told by its content
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The dictionary to write, whole or not at all
    #[arg(long, value_name = "LIST.toml", required_unless_present = "preview")]
    out: Option<PathBuf>,
    /// Which column holds what: its heading, its letters or its number. WHAT is number, matter,
    /// level, term, knowledge, basis, department, remark, words, exclusions or name_en
    #[arg(long, value_name = "WHAT=HEADING", value_delimiter = ',', value_parser = mapped)]
    map: Vec<(Column, String)>,
    /// Columns in which an empty cell says what the one above says, as merged cells do
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = column)]
    fill_down: Vec<Column>,
    /// The sheet [default: the first whose headings are known]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Id of the scope; those of entries begin with it
    #[arg(long, value_name = "ID", default_value = "own.list", value_parser = id)]
    scope_id: String,
    /// Name of the scope [default: that of the file]
    #[arg(long, value_name = "NAME")]
    scope_name: Option<String>,
    /// Name of the scope in English [default: its name]
    #[arg(long, value_name = "NAME")]
    scope_name_en: Option<String>,
    /// Who issued the list
    #[arg(long, value_name = "BODY")]
    issued_by: Option<String>,
    /// First day the list applies, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    valid_from: Option<Date>,
    /// Last day the list applies, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    valid_to: Option<Date>,
    /// Show which column is taken for what and what the first rows would become; write nothing
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "5")]
    preview: Option<usize>,
    /// Write rows that were not taken, each with its reason, to a table of separated values
    #[arg(long, value_name = "FILE.csv")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    passwords: PasswordFile,
    /// Language of messages [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

/// What an import may cost: the file is the operator's own, and long.
const LIMITS: fn() -> Limits = || Limits {
    bytes: 4 << 30,
    text: 1 << 30,
    lines: 20_000_000,
    cells: 10_000_000,
    steps: 2_000_000_000,
    ..Limits::default()
};

fn mapped(text: &str) -> Result<(Column, String), String> {
    let (what, heading) = text.split_once('=').ok_or("WHAT=HEADING is wanted")?;
    Ok((column(what.trim())?, heading.trim().to_owned()))
}

fn column(name: &str) -> Result<Column, String> {
    Column::named(name).ok_or_else(|| {
        let names: Vec<_> = Column::ALL.iter().map(|(_, name)| *name).collect();
        format!("no {name}: there are {}", names.join(", "))
    })
}

fn id(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    match !text.is_empty() && text.chars().all(plain) {
        true => Ok(text.to_owned()),
        false => Err("an id is made of a-z, 0-9, dots and hyphens".into()),
    }
}

/// Imports.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let lang = locale::choose(args.lang);
    let extraction = read(args)?;
    let unplaced = unplaced(&extraction.text);
    if unplaced > 0 {
        bail!(
            "cannot import {}: {unplaced} cells are more than can be told apart",
            args.file.display()
        );
    }
    let sheets = sheets(&extraction.text);
    let sheet = choose(args, &sheets, lang)?;
    let mapping = Mapping::given(sheet, &args.map)
        .map_err(|words| anyhow::anyhow!(lang.of(&words).to_owned()))?;
    let imported = rows(sheet, &mapping, &args.fill_down);
    if let Some(most) = args.preview {
        return preview(args, sheet, &mapping, &imported, most, lang);
    }
    say(&imported.turned, lang)?;
    if let Some(path) = &args.rejects {
        let mut out = Output::open(Some(path))?;
        rejects(&imported.turned, lang, &mut out)?;
        out.finish()?;
    }
    if imported.entries.is_empty() {
        bail!("cannot import {}: no row of {} was taken", args.file.display(), imported.rows);
    }
    if let Some(path) = &args.out {
        let mut out = Output::open(Some(path))?;
        let head = head(args);
        write_scope(&head, &mut out)?;
        imported.entries.iter().try_for_each(|entry| write_entry(&head.id, entry, &mut out))?;
        out.finish()?;
    }
    tally(&imported, lang);
    Ok(match imported.turned.is_empty() {
        true => Status::NothingFound,
        false => Status::PersonNeeded,
    })
}

/// The table as vetmark reads it. What could not be read could be a row.
fn read(args: &Args) -> anyhow::Result<Extraction> {
    let shown = args.file.display();
    if args.file.is_dir() {
        bail!("cannot read {shown}: it is a folder");
    }
    let unread = intake::walk(vec![args.file.clone()], MatterBy::File).next();
    let matter = unread.with_context(|| format!("cannot read {shown}"))?.read(intake::READ_LIMIT);
    let submission = matter.submissions.into_iter().next();
    let mut submission = submission.with_context(|| format!("cannot read {shown}"))?;
    if let (true, Some(gap)) = (submission.bytes.is_empty(), submission.gaps.first()) {
        bail!("cannot read {shown}: {}", gap.detail);
    }
    let mut budget = Budget::new(LIMITS()).with_passwords(args.passwords.load()?);
    let extraction = match sniff(&submission.bytes) {
        Format::Plain => {
            let tabs = args.file.extension().is_some_and(|e| e.eq_ignore_ascii_case("tsv"));
            let name = if tabs { "list.tsv" } else { "list.csv" };
            submission = Submission::file(name.to_owned(), submission.bytes.to_vec());
            extract_as(Format::Plain, &submission, &mut budget)
        }
        _ => extract(&submission, &mut budget),
    };
    // A picture in a list is no row of it.
    let lost = extraction.gaps.iter().find(|gap| gap.kind != GapKind::ImageOnly);
    match lost {
        Some(gap) => bail!("cannot import {shown}: {}: {}", gap.kind.rule(), gap.detail),
        None => Ok(extraction),
    }
}

/// The sheet that was asked for, or the first whose headings are known.
fn choose<'s>(args: &Args, sheets: &'s [Sheet], lang: Lang) -> anyhow::Result<&'s Sheet> {
    let names = || sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = &args.sheet {
        let found = sheets.iter().find(|sheet| sheet.name == *name);
        return found.with_context(|| format!("no sheet {name}; there are: {}", names()));
    }
    let is_list = |sheet: &&Sheet| Mapping::recognised(sheet).is_some();
    let mut lists = sheets.iter().filter(is_list);
    let first = lists.next().or_else(|| sheets.first().filter(|_| !args.map.is_empty()));
    let Some(first) = first else {
        bail!(
            "cannot import {}: no row holds a heading for the matter; say which column it is with \
             --map matter=HEADING (sheets: {})",
            args.file.display(),
            names()
        );
    };
    for other in lists {
        remark(&lang.pick(
            format!("sheet {} looks like a list too and is not read: --sheet", other.name),
            format!("工作表“{}”也像一览表，未读取：可用 --sheet 指定", other.name),
        ));
    }
    Ok(first)
}

fn head(args: &Args) -> ScopeHead {
    let file = |part: Option<&std::ffi::OsStr>| {
        part.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    ScopeHead {
        id: args.scope_id.clone(),
        name: args.scope_name.clone().unwrap_or_else(|| file(args.file.file_stem())),
        name_en: args.scope_name_en.clone().unwrap_or_default(),
        issued_by: args.issued_by.clone().unwrap_or_default(),
        valid_from: args.valid_from,
        valid_to: args.valid_to,
        source: file(args.file.file_name()),
    }
}

/// Says each row that was not taken, and each word that was left out.
fn say(turned: &[Turned], lang: Lang) -> io::Result<()> {
    let mut err = io::BufWriter::new(io::stderr().lock());
    for Turned { row, whole, reason, .. } in turned {
        let reason = Shown(lang.of(reason));
        match (whole, lang) {
            (true, Lang::En) => writeln!(err, "row {row}: not taken: {reason}")?,
            (true, Lang::Zh) => writeln!(err, "第{row}行未采用：{reason}")?,
            (false, Lang::En) => writeln!(err, "row {row}: {reason}")?,
            (false, Lang::Zh) => writeln!(err, "第{row}行：{reason}")?,
        }
    }
    err.flush()
}

fn tally(imported: &Imported, lang: Lang) {
    let whole = imported.turned.iter().filter(|turned| turned.whole).count();
    let words = imported.turned.len() - whole;
    let Imported { entries, rows, headings, hidden, .. } = imported;
    let derived = entries.iter().filter(|entry| entry.derived).count();
    let entries = entries.len();
    remark(&lang.pick(
        format!("{rows} rows = {entries} entries + {whole} not taken + {headings} repeated headings; {words} words left out"),
        format!("{rows}行 = {entries}个条目 + {whole}行未采用 + {headings}行重复表头；另有{words}个词语未采用"),
    ));
    if derived > 0 {
        remark(&lang.pick(
            format!("{derived} entries have words derived from the matter's name (derived = true): give them better ones"),
            format!("{derived}个条目的词语由事项名称推得（derived = true），宜人工改进"),
        ));
    }
    if *hidden > 0 {
        remark(&lang.pick(
            format!("{hidden} rows are hidden in the table and were read all the same"),
            format!("表中有{hidden}行被隐藏，仍已读取"),
        ));
    }
}

fn preview(
    args: &Args,
    sheet: &Sheet,
    mapping: &Mapping,
    imported: &Imported,
    most: usize,
    lang: Lang,
) -> anyhow::Result<Status> {
    let mut out = Output::open(None)?;
    if !sheet.name.is_empty() {
        writeln!(out, "{}{}", lang.pick("sheet ", "工作表："), Shown(&sheet.name))?;
    }
    for (what, letters, heading) in mapping.used() {
        writeln!(out, "  {letters:>3}  {:12}{}", what.name(), Shown(heading))?;
    }
    for (letters, heading) in mapping.unused() {
        writeln!(out, "  {letters:>3}  {:12}{}", "-", Shown(heading))?;
    }
    let id = &args.scope_id;
    let last = imported.entries.get(most.saturating_sub(1)).map_or(u32::MAX, |entry| entry.row);
    for entry in imported.entries.iter().take(most) {
        let mut written = Vec::new();
        write_entry(id, entry, &mut written)?;
        for line in String::from_utf8_lossy(&written).lines() {
            writeln!(out, "{}", Shown(line))?;
        }
    }
    out.finish()?;
    let turned: Vec<_> =
        imported.turned.iter().filter(|turned| turned.row <= last).cloned().collect();
    say(&turned, lang)?;
    tally(imported, lang);
    remark(lang.pick("nothing was written", "未写出任何文件"));
    Ok(Status::NothingFound)
}

/// Separated values as spreadsheets open them: marked as UTF-8, and no cell that
/// a spreadsheet would take for a formula.
fn rejects(turned: &[Turned], lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let heads =
        lang.pick(["row", "not taken", "reason", "matter"], ["行", "未采用", "原因", "事项"]);
    write!(out, "\u{feff}{}\r\n", heads.join(","))?;
    for Turned { row, whole, matter, reason } in turned {
        let what = match whole {
            true => lang.pick("row", "整行"),
            false => lang.pick("word", "词语"),
        };
        let (reason, matter) = (cell(lang.of(reason)), cell(matter));
        write!(out, "{row},{what},{reason},{matter}\r\n")?;
    }
    Ok(())
}

/// A value in quotes, harmless to whoever opens it in a spreadsheet.
fn cell(value: &str) -> String {
    let acts = value.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || value.starts_with(['\t', '\r', '\n']);
    let guard = if acts { "'" } else { "" };
    format!("\"{guard}{}\"", value.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Words;

    #[test]
    fn what_is_turned_down_cannot_act_in_a_spreadsheet() {
        let turned = Turned {
            row: 3,
            whole: true,
            matter: "=HYPERLINK(\"http://x\")".into(),
            reason: Words::new("no level, \"none\"", "无密级"),
        };
        let mut out = Vec::new();
        rejects(&[turned], Lang::En, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\u{feff}row,not taken,reason,matter\r\n3,row,\"no level, \"\"none\"\"\",\"'=HYPERLINK(\"\"http://x\"\")\"\r\n"
        );
        for value in ["+1", "-1", "@a", "\tx", " =a", "＝a"] {
            assert!(cell(value).starts_with("\"'"), "{value}");
        }
        assert_eq!(cell("泵站"), "\"泵站\"");
    }

    #[test]
    fn mappings_are_pairs_of_known_columns() {
        assert_eq!(mapped("matter=事项"), Ok((Column::Matter, "事项".to_owned())));
        assert!(mapped("matter").is_err() && mapped("colour=红").unwrap_err().contains("matter"));
        assert!(id("own.list-1").is_ok() && id("Own").is_err() && id("").is_err());
    }
}

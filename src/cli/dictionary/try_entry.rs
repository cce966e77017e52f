//! `vetmark dictionary try`: why an entry does or does not match a document.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;

use super::explain::reach;
use super::{Source, entry};
use crate::cli::Status;
use crate::cli::locale::LangArg;
use crate::cli::output::Output;
use crate::cli::passwords::PasswordFile;
use crate::cli::settings::SettingArgs;
use crate::intake::{self, MatterBy};
use crate::model::{Date, Place};
use crate::pipeline::{HeadTrial, PartTrial, Pipeline, Step, StepKind};
use crate::report::{Lang, Shown};

/// Try an entry on documents: each head word, each condition, met or missing and where
///
/// Words of the dictionary and places are shown, no other text of the document. Exit status: 0 if
/// everything was read, 1 if something was not, 2 if it could not be done.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The entry, e.g. cn.education.2001.3-1
    #[arg(value_name = "ENTRY")]
    entry: String,
    /// Documents
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    passwords: PasswordFile,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Any day: no law is asked.
const NO_DAY: Date = jiff::civil::date(2000, 1, 1);

/// Tries.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    if let Some(path) = args.files.iter().find(|path| path.as_os_str() != "-" && !path.exists()) {
        bail!("cannot open {}: there is no such file", path.display());
    }
    let settings = args.settings.settings(&[&args.source, &args.passwords, &args.lang])?;
    let lang = settings.lang();
    settings.tell(lang);
    let dictionary = Arc::new(Source::of(&settings).load()?);
    let (number, entry) = entry(&dictionary, &args.entry)?;
    let pipeline = Pipeline::new(Arc::clone(&dictionary), settings.limits(), NO_DAY)
        .with_passwords(PasswordFile::of(&settings).load()?);
    let mut out = Output::open(None)?;
    let (mut hits, mut unread) = (0, 0);
    for matter in intake::walk(args.files.clone(), MatterBy::File) {
        for part in pipeline.try_entry(matter.read(settings.read_limit()), number) {
            write_part(&part, &entry.terms, lang, &mut out)?;
            hits += part.trial.heads.iter().filter(|head| head.hit).count();
            unread += usize::from(!part.gaps.is_empty());
        }
    }
    let id = &entry.id;
    let verdict = match hits {
        0 => lang.pick(format!("{id} does not match"), format!("{id} 未命中")),
        hits => lang.pick(
            format!("{id} matches at {hits} head words (reported once a paragraph)"),
            format!("{id} 在{hits}处词语命中（每段报告一次）"),
        ),
    };
    writeln!(out, "{verdict}")?;
    if unread > 0 {
        let words = lang.pick(
            format!("{unread} parts were not fully read: it may stand there"),
            format!("{unread}个部分未能完整读取，其中可能有所命中"),
        );
        writeln!(out, "{words}")?;
    }
    out.finish()?;
    Ok(if unread > 0 { Status::PersonNeeded } else { Status::NothingFound })
}

fn write_part(
    part: &PartTrial,
    terms: &[String],
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", Shown(&part.path.join(" > ")))?;
    for gap in &part.gaps {
        let what = lang.pick("not read", "未读取");
        writeln!(out, "  {what}: {}: {}", gap.kind.rule(), Shown(&gap.detail))?;
    }
    let trial = &part.trial;
    if trial.heads.is_empty() {
        let terms = terms.join(lang.pick(", ", "、"));
        let words =
            lang.pick(format!("none of its terms: {terms}"), format!("未见任何词语：{terms}"));
        writeln!(out, "  {}", Shown(&words))?;
    }
    for term in &trial.broken {
        let words = lang.pick(
            format!("{term} stands here broken by blanks, and so is not found"),
            format!("“{term}”被空白隔开，故未能找到"),
        );
        writeln!(out, "  {}", Shown(&words))?;
    }
    trial.heads.iter().try_for_each(|head| write_head(head, lang, out))?;
    if trial.more > 0 {
        let words = lang.pick("further head words, not shown", "处词语未逐一列出");
        writeln!(out, "  {} {words}", trial.more)?;
    }
    Ok(())
}

fn write_head(head: &HeadTrial, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match head.hit {
        true => lang.pick("a hit", "命中"),
        false => lang.pick("no hit", "未命中"),
    };
    writeln!(out, "  {} ({}): {verdict}", Shown(&head.term), place(&head.place, lang))?;
    if !head.document_fits {
        let words = lang.pick(
            "excluded the document is of a kind the entry is not looked for in",
            "排除 该条目不在此类文件中查找",
        );
        writeln!(out, "    {words}")?;
    }
    head.steps.iter().try_for_each(|step| write_step(step, lang, out))?;
    if let Some((sum, least)) = head.sum {
        let words = lang.pick(
            format!("the weights come to {sum}, of {least} asked for"),
            format!("权重合计{sum}，要求不低于{least}"),
        );
        writeln!(out, "    {words}")?;
    }
    Ok(())
}

fn write_step(step: &Step, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let state = match (step.kind, step.is_met()) {
        (StepKind::Apart, false) => lang.pick("excluded", "排除"),
        (StepKind::Apart, true) => lang.pick("free of ", "无    "),
        (_, true) => lang.pick("met     ", "满足"),
        (StepKind::Qualifier | StepKind::Support, false) => lang.pick("unseen  ", "未见"),
        (_, false) => lang.pick("missing ", "缺少"),
    };
    let mut words = some(&step.wanted, lang);
    words = format!("{words} ({})", reach(step.within, lang));
    if let Some((word, at)) = &step.seen {
        let at = place(at, lang);
        words += &lang.pick(format!(": {word}, {at}"), format!("：{word}（{at}）"));
    } else if step.kind != StepKind::Apart {
        words += &match &step.nearest {
            Some((word, at, distance)) => {
                let at = place(at, lang);
                lang.pick(
                    format!("; nearest: {word}, {at}, {distance} characters away"),
                    format!("；最近：{word}（{at}，相距{distance}字）"),
                )
            }
            None => lang.pick("; nowhere in this part", "；本部分中全无").to_owned(),
        };
    }
    writeln!(out, "    {state} {}", Shown(&words))
}

/// The first words of a condition: lists may be long.
fn some(words: &[String], lang: Lang) -> String {
    const MOST: usize = 6;
    let shown: Vec<_> = words.iter().take(MOST).map(String::as_str).collect();
    let shown = shown.join(lang.pick(", ", "、"));
    match words.len() > MOST {
        true => lang.pick(
            format!("{shown}, … ({} in all)", words.len()),
            format!("{shown}等{}个", words.len()),
        ),
        false => shown,
    }
}

/// `page 1, line 2, characters 6–8`.
pub(super) fn place(place: &Place, lang: Lang) -> String {
    let [from, to] = place.char;
    let mut words = Vec::new();
    if let Some(page) = place.page {
        words.push(lang.pick(format!("page {page}"), format!("第{page}页")));
    }
    if let Some(line) = place.line {
        words.push(lang.pick(format!("line {line}"), format!("第{line}行")));
    }
    if !place.label.is_empty() {
        words.push(place.label.clone());
    }
    words.push(lang.pick(format!("characters {from}–{to}"), format!("字符{from}–{to}")));
    words.join(lang.pick(", ", "，"))
}

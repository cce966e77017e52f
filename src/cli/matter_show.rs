//! `vetmark matter list` and `show`: what waits, and one matter with all that was said.

use std::io::{self, Write};

use serde::de::DeserializeOwned;

use super::Status;
use super::store_file::{InWords, StoreArgs, now};
use crate::dictionary::Dictionary;
use crate::model::{Step, Verdict};
use crate::record::{Act, Acted, Docket, Line, Mark, Passage, Passed, QueueOf};
use crate::report::phrases::{self, Phrase};
use crate::report::{Lang, Shown};

/// List matters, the strongest verdicts first
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only those with this verdict
    #[arg(long, value_parser = Verdict::STRONGEST_FIRST.map(Verdict::name))]
    verdict: Option<String>,
    /// Only those that wait for this step: submit, department, organiser, review, second-review,
    /// consult, decide or closed; withdraw and return: those that ended so
    #[arg(long)]
    step: Option<Step>,
    /// So many lines
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Only those behind a place, which a longer list names at its end
    #[arg(long, value_name = "PLACE")]
    behind: Option<Mark>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Show a matter: what was found in it, and what people said
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// Its number
    matter: i64,
    /// Who looks: entered in the ledger, and what they say next is about what they saw
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Lists.
pub(super) fn list(args: &List) -> anyhow::Result<Status> {
    let (store, lang) = args.store.open()?;
    let wanted = QueueOf {
        verdict: Verdict::STRONGEST_FIRST
            .into_iter()
            .find(|v| Some(v.name()) == args.verdict.as_deref()),
        step: args.step,
        limit: args.limit,
        behind: args.behind,
        ..QueueOf::default()
    };
    let mut out = io::stdout().lock();
    let rows = store.queue(&wanted).in_words(lang)?;
    for row in &rows {
        line(row, lang, &mut out)?;
    }
    if let Some(last) = rows.last().filter(|_| rows.len() as u64 >= u64::from(args.limit)) {
        let mark = last.mark;
        writeln!(
            out,
            "{}",
            lang.pick(format!("more: --behind {mark}"), format!("后续：--behind {mark}"))
        )?;
    }
    let counts = store.counts().in_words(lang)?;
    let all: u64 = counts.iter().map(|(_, count)| count).sum();
    let each: Vec<_> = counts
        .iter()
        .map(|(verdict, count)| format!("{count} {}", phrases::verdict(*verdict).of(lang)))
        .collect();
    writeln!(
        out,
        "{}",
        lang.pick(
            format!("{all} matters: {}", each.join(" + ")),
            format!("事项{all}个：{}", each.join(" + ")),
        )
    )?;
    Ok(Status::NothingFound)
}

fn line(row: &Line, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let Line { matter, source, version, verdict, channel, step, due, .. } = row;
    let (verdict, step) = (verdict_word(verdict, lang), step.words());
    let channel = channel.as_deref().unwrap_or("-");
    writeln!(
        out,
        "{matter}  {verdict}  v{version}  {}  {}  {}{}",
        lang.of(&step),
        Shown(channel),
        Shown(source),
        due.as_ref()
            .map(|due| lang.pick(format!("  by {due}"), format!("  期限{due}")))
            .unwrap_or_default()
    )
}

/// A verdict of the record in a word.
pub(super) fn verdict_word(name: &str, lang: Lang) -> String {
    word(name, lang, phrases::verdict)
}

/// A name of the record in a word: the name itself in English, and where it is not known here.
fn word<T: DeserializeOwned>(name: &str, lang: Lang, phrase: fn(T) -> Phrase) -> String {
    let known = || serde_json::from_value(serde_json::Value::String(name.to_owned())).ok();
    match (lang, known()) {
        (Lang::Zh, Some(known)) => phrase(known).of(lang).to_owned(),
        _ => Shown(name).to_string(),
    }
}

/// Shows.
pub(super) fn show(args: &Show) -> anyhow::Result<Status> {
    let (mut store, lang) = args.store.open()?;
    // Before anything is shown: a look that cannot be entered is none.
    store.open_matter(Act { actor: &args.by, at: now() }, args.matter).in_words(lang)?;
    let docket = store.docket(args.matter).in_words(lang)?;
    let mut out = io::stdout().lock();
    for row in &docket.lines {
        line(row, lang, &mut out)?;
    }
    for passed in &store.passages(args.matter).in_words(lang)? {
        came(passed, lang, &mut out)?;
    }
    found(&docket, lang, &mut out)?;
    for acted in &docket.acts {
        said(acted, lang, &mut out)?;
    }
    Ok(Status::NothingFound)
}

/// How it came through a gateway: whose it is, whom it goes to, and what it was answered.
fn came(passed: &Passed, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let Passage { protocol, answer, queue, sender, recipients, account, client, leave } =
        &passed.passage;
    let words = answer.words();
    write!(out, "{}  {protocol}  {}", passed.at, lang.of(&words))?;
    let told = [
        (lang.pick("queue", "队列"), queue.as_deref()),
        (lang.pick("from", "发件人"), sender.as_deref()),
        (lang.pick("account", "账号"), account.as_deref()),
        (lang.pick("client", "来源"), (!passed.cleared).then_some(client.as_str())),
        (lang.pick("addresses", "地址"), passed.cleared.then_some(lang.pick("cleared", "已清除"))),
        (lang.pick("by leave of", "放行授权人"), leave.as_deref()),
    ];
    for (name, value) in told {
        if let Some(value) = value {
            write!(out, "  {name} {}", Shown(value))?;
        }
    }
    writeln!(out)?;
    for recipient in recipients {
        writeln!(out, "  {} {}", lang.pick("to", "收件人"), Shown(recipient))?;
    }
    Ok(())
}

fn found(docket: &Docket, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let made = &docket.made_by;
    writeln!(
        out,
        "sha256 {}  {} {}  vetmark {}",
        docket.evidence.sha256,
        lang.pick("as of", "判定日期"),
        made.as_of,
        made.engine
    )?;
    let dictionary = Dictionary::shipped();
    for (part, number) in docket.evidence.parts.iter().zip(1..) {
        writeln!(
            out,
            "{} {number}: {}  {}  {}",
            lang.pick("part", "部分"),
            Shown(&part.path.join(" › ")),
            part.media_type,
            word(&part.read, lang, phrases::read)
        )?;
        for gap in &part.gaps {
            writeln!(out, "  {} {}", gap.rule, Shown(&lang.message(&gap.detail)))?;
        }
        for found in &part.findings {
            let level = found.level.as_ref().map_or("-", |claim| {
                let known = dictionary.level_name(&claim.regime, &claim.level);
                known.map_or(&*claim.level, |words| lang.of(words))
            });
            let page = lang.pick(("p", ""), ("第", "页"));
            let line = lang.pick(("l", ""), ("第", "行"));
            let place = [(page, found.page), (line, found.line)];
            let place: Vec<_> = place
                .iter()
                .filter_map(|((head, tail), at)| at.map(|at| format!("{head}{at}{tail}")))
                .chain([format!("{}–{}", found.char[0], found.char[1])])
                .collect();
            let quote = found.quote.as_deref().map_or_else(String::new, |q| format!("  “{q}”"));
            let counts = match found.suppressed.is_some() {
                true => lang.pick("  (does not count)", "（不计入）"),
                false => "",
            };
            writeln!(
                out,
                "  {}  {}  {}  {level}  {} {}{counts}{}",
                found.id,
                word(&found.severity, lang, phrases::severity),
                found.rule,
                word(&found.region, lang, phrases::region),
                place.join(" "),
                Shown(&quote)
            )?;
        }
    }
    Ok(())
}

fn said(acted: &Acted, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let step = acted.step.words();
    let unopened = match acted.opened {
        true => "",
        false => lang.pick("  NEVER OPENED", "  未打开过"),
    };
    writeln!(
        out,
        "#{}  {}  v{}  {}  {}  {}{unopened}",
        acted.entry,
        acted.at,
        acted.version,
        Shown(&acted.channel),
        lang.of(&step),
        Shown(&acted.person)
    )?;
    if acted.bulk > 1 {
        writeln!(
            out,
            "  {}",
            lang.pick(
                format!("one of {} at one stroke", acted.bulk),
                format!("批量办理{}项之一", acted.bulk),
            )
        )?;
    }
    if let Some((conclusion, upward)) = &acted.conclusion {
        let conclusion = conclusion.words();
        write!(out, "  {}", lang.of(&conclusion))?;
        if let Some((addressee, deadline)) = upward {
            write!(out, " → {}, {} {deadline}", Shown(addressee), lang.pick("by", "期限"))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "  {}", Shown(&acted.words))?;
    for (finding, ruling, reason) in &acted.rulings {
        let ruling = ruling.words();
        writeln!(out, "  {finding} {}: {}", lang.of(&ruling), Shown(reason))?;
    }
    for (part, words) in &acted.attested {
        let name = lang.pick("part", "部分");
        writeln!(out, "  {name} {part}: {}", Shown(words))?;
    }
    Ok(())
}

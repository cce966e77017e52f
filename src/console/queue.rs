//! `GET /queue`: what waits, for whom, the strongest verdicts first.

use askama::Template;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::IntoResponse;

use super::error::Error;
use super::page::{Answer, Page, ok, shown};
use super::state::Console;
use super::typed::Typed;
use super::who::{Roles, Signed};
use super::words;
use crate::model::{Role, Step, Timestamp, Verdict, own_name};
use crate::record::{self, Line, QueueOf, Run, RunState};
use crate::report::Lang;

/// Lines of a page.
const LINES: u32 = 50;

/// How far waiting matters are counted.
const COUNTED: u32 = 1000;

/// Something to narrow the queue by: address, words, number, whether it is chosen.
struct Facet {
    to: String,
    words: String,
    sign: &'static str,
    count: String,
    here: bool,
}

/// One line.
struct Row {
    /// What a selection of it is called.
    on: String,
    matter: i64,
    band: String,
    sign: &'static str,
    verdict: String,
    level: Option<String>,
    title: String,
    source: String,
    channel: String,
    step: String,
    day: String,
    late: bool,
    version: u32,
    /// The nearest of its deadlines, and whether it is over.
    due: Option<(String, bool)>,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    page: Page,
    steps: Vec<Facet>,
    verdicts: Vec<Facet>,
    /// Name, word, whether it is chosen.
    levels: Vec<(String, String, bool)>,
    channels: Vec<String>,
    asked: Typed,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
    /// The steps of a selection: name and words.
    bulk: Vec<(&'static str, String)>,
    total: u64,
    /// Scans on their way or just over, a sentence each.
    runs: Vec<String>,
}

/// Scans that are told of.
const RUNS: u32 = 5;

/// How far a scan has come.
fn run(run: &Run, console: &Console, lang: Lang) -> String {
    let (what, seen, when) = (shown(&run.what), run.seen, console.when(&run.begun));
    match run.state {
        RunState::Running => lang.pick(
            format!("A scan of {what} is on its way: {seen} matters so far (begun {when})."),
            format!("正在扫描{what}：已审查{seen}个事项（{when}开始）。"),
        ),
        RunState::Done => lang.pick(
            format!("A scan of {what} is done: {seen} matters."),
            format!("扫描{what}已完成：共{seen}个事项。"),
        ),
        RunState::Silent => lang.pick(
            format!("A scan of {what} says nothing any more, and not that it is done: {seen} matters (begun {when})."),
            format!("扫描{what}已无响应且未完成：已审查{seen}个事项（{when}开始）。"),
        ),
    }
}

/// Whether matters wait for a step: not for the end, nor for what ends a proposal.
fn waits(step: Step) -> bool {
    step != Step::Closed && !step.is_undone()
}

/// The step a person's queue begins with: their own that something waits for, the later
/// ones first; what they could propose comes last.
fn first_step(signed: &Signed, waiting: &[(Step, u32)]) -> Option<Step> {
    let own = || waiting.iter().rev().filter(|(step, _)| signed.person.takes(*step));
    own().find(|(_, count)| *count > 0).or(own().next()).map(|(step, _)| *step)
}

/// What is asked for. Whoever has a step to take sees what waits for it.
fn wanted(query: &Typed, signed: &Signed, waiting: &[(Step, u32)]) -> (QueueOf, Option<Step>) {
    let step = match query.has("step") {
        true => query.get("step").parse().ok(),
        false => first_step(signed, waiting),
    };
    let text = |name: &str| Some(query.get(name).to_owned()).filter(|text| !text.is_empty());
    let name = || signed.person.name.clone();
    let takes = step.is_some_and(|step| signed.person.takes(step));
    let wanted = QueueOf {
        verdict: words::verdict(query.get("verdict")),
        step,
        level: text("level"),
        channel: text("channel"),
        until: query.get("until").parse().ok(),
        text: text("text"),
        unopened_by: query.has("unopened").then(name),
        untouched_by: (takes && !query.has("all")).then(name),
        limit: LINES,
        behind: query.get("behind").parse().ok(),
    };
    (wanted, step)
}

/// The queue with some of what is asked for replaced.
fn address(query: &Typed, step: Option<Step>, changed: &[(&str, &str)]) -> String {
    let mut pairs = super::typed::address("/queue");
    let step = step.map_or("any", Step::name);
    for name in ["step", "verdict", "level", "channel", "until", "text", "unopened", "all"] {
        let own = if name == "step" { step } else { query.get(name) };
        let changed = changed.iter().find(|(key, _)| *key == name);
        let value = changed.map_or(own, |(_, value)| *value);
        let ticked = matches!(name, "unopened" | "all") && changed.is_none() && query.has(name);
        if !value.is_empty() || ticked {
            pairs.append_pair(name, if ticked { "1" } else { value });
        }
    }
    for (name, value) in changed.iter().filter(|(name, _)| *name == "behind") {
        pairs.append_pair(name, value);
    }
    pairs.finish()
}

/// `GET /queue`
pub(super) async fn show(State(console): State<Console>, signed: Signed, uri: Uri) -> Answer {
    if !signed.person.works() {
        // Who administers has other doors; who has no role yet sees why nothing is here.
        let to = if signed.person.roles.is_empty() { "/account" } else { "/people" };
        return Ok(axum::response::Redirect::to(to).into_response());
    }
    let query = Typed::read(uri.query().unwrap_or_default().as_bytes());
    let (asked, who) = (query.clone(), signed.clone());
    let at = console.now();
    let (lines, step, counts, waiting, channels, runs) = console
        .records
        .read(move |store| {
            let steps = Step::ALL.iter().copied().filter(|step| waits(*step));
            let waiting: record::Result<Vec<_>> =
                steps.map(|step| Ok((step, store.waiting(step, COUNTED)?))).collect();
            let waiting = waiting?;
            let (wanted, step) = wanted(&asked, &who, &waiting);
            let lines = store.queue(&wanted)?;
            let runs = store.runs(at, RUNS)?;
            Ok((lines, step, store.counts()?, waiting, store.channels(100)?, runs))
        })
        .await?;
    let lang = signed.lang;
    let today = console.today().to_string();
    let next = lines.last().filter(|_| lines.len() as u64 >= u64::from(LINES));
    let next = next.map(|last| address(&query, step, &[("behind", &last.mark.to_string())]));
    let bulk = step.filter(|step| signed.person.takes(*step));
    let page = QueuePage {
        page: Page::of(&signed, "/queue", lang.pick("Queue", "待办")),
        steps: step_facets(&query, step, &waiting, (&signed, lang)),
        verdicts: verdict_facets(&query, step, &counts, lang),
        levels: levels(&console, query.get("level"), lang),
        channels: channels.iter().map(|channel| shown(channel)).collect(),
        rows: lines.iter().map(|line| row(line, &console, lang, &today)).collect(),
        next,
        first: query.has("behind").then(|| address(&query, step, &[])),
        bulk: bulk
            .map(|step| (step.name(), lang.of(&step.words()).to_owned()))
            .into_iter()
            .collect(),
        total: counts.iter().map(|(_, count)| count).sum(),
        runs: runs.iter().map(|one| run(one, &console, lang)).collect(),
        asked: query,
    };
    ok(&page)
}

fn step_facets(
    query: &Typed,
    here: Option<Step>,
    waiting: &[(Step, u32)],
    (signed, lang): (&Signed, Lang),
) -> Vec<Facet> {
    let mut facets: Vec<Facet> = waiting
        .iter()
        .map(|(step, count)| {
            let mine = signed.person.takes(*step);
            let count = match *count {
                COUNTED => format!("{COUNTED}+"),
                count => count.to_string(),
            };
            Facet {
                to: address(query, Some(*step), &[]),
                words: lang.of(&step.words()).to_owned(),
                sign: if mine { "●" } else { "" },
                count,
                here: here == Some(*step),
            }
        })
        .collect();
    let plain = |step: Option<Step>, words: &'static str| Facet {
        to: address(query, step, &[]),
        words: words.to_owned(),
        sign: "",
        count: String::new(),
        here: here == step,
    };
    facets.push(plain(Some(Step::Closed), lang.pick("closed", "办结")));
    facets.push(plain(None, lang.pick("all", "全部")));
    facets
}

fn verdict_facets(
    query: &Typed,
    step: Option<Step>,
    counts: &[(Verdict, u64)],
    lang: Lang,
) -> Vec<Facet> {
    let asked = query.get("verdict");
    let mut facets: Vec<Facet> = Verdict::STRONGEST_FIRST
        .into_iter()
        .map(|verdict| {
            let count = counts.iter().find(|(known, _)| *known == verdict).map_or(0, |(_, n)| *n);
            Facet {
                to: address(query, step, &[("verdict", verdict.name())]),
                words: words::verdict_word(verdict.name(), lang),
                sign: words::verdict_sign(verdict.name()),
                count: count.to_string(),
                here: asked == verdict.name(),
            }
        })
        .collect();
    facets.push(Facet {
        to: address(query, step, &[("verdict", "")]),
        words: lang.pick("any verdict", "不限结论").to_owned(),
        sign: "",
        count: String::new(),
        here: asked.is_empty(),
    });
    facets
}

/// Levels that are classifications, of every regime.
fn levels(console: &Console, asked: &str, lang: Lang) -> Vec<(String, String, bool)> {
    let regimes = console.dictionary.regimes.iter();
    let all = regimes.flat_map(|regime| {
        let levels = regime.levels.iter().filter(|level| level.rank > 0);
        levels.map(move |level| format!("{}:{}", regime.id, level.id))
    });
    all.map(|name| {
        let words = words::level(&console.dictionary, &name, lang);
        let here = name == asked;
        (name, words, here)
    })
    .collect()
}

fn row(line: &Line, console: &Console, lang: Lang, today: &str) -> Row {
    let name = own_name(&line.source);
    let day = line.day.clone().unwrap_or_default();
    Row {
        on: format!("{}:{}", line.matter, line.channel.as_deref().unwrap_or_default()),
        matter: line.matter,
        band: shown(&line.verdict),
        sign: words::verdict_sign(&line.verdict),
        verdict: words::verdict_word(&line.verdict, lang),
        level: line.level.as_deref().map(|level| words::level(&console.dictionary, level, lang)),
        title: shown(line.title.as_deref().unwrap_or(name)),
        source: shown(&line.source),
        channel: shown(line.channel.as_deref().unwrap_or_default()),
        step: lang.of(&line.step.words()).to_owned(),
        late: !day.is_empty() && line.step != Step::Closed && day.as_str() < today,
        day,
        due: line.due.as_deref().map(|due| due_words(due, console, today)),
        version: line.version,
    }
}

/// A deadline, a day or a moment, and whether it is over.
fn due_words(due: &str, console: &Console, today: &str) -> (String, bool) {
    match due.parse::<Timestamp>() {
        Ok(moment) => (console.when(due), console.now() > moment),
        Err(_) => (shown(due), due < today),
    }
}

/// `GET /queue/count`: how many matters there are, and then how far scans have come, a line
/// each, for the script that watches them.
pub(super) async fn count(State(console): State<Console>, signed: Signed) -> Answer {
    signed.must_work()?;
    let at = console.now();
    let (counts, runs) =
        console.records.read(move |store| Ok((store.counts()?, store.runs(at, RUNS)?))).await?;
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let runs = runs.iter().map(|one| run(one, &console, signed.lang));
    let lines: Vec<_> = std::iter::once(total.to_string()).chain(runs).collect();
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], lines.join("\n")).into_response())
}

/// Whether somebody only reads.
pub(super) fn only_reads(signed: &Signed) -> Result<(), Error> {
    match signed.person.is(Role::Auditor) {
        true => Err(Error::NotYours),
        false => Ok(()),
    }
}

//! `/bulk`: one step about several matters. Each gets its own record, which says how many
//! were done at one stroke; those that were never opened are named, before and after.

use askama::Template;
use axum::extract::State;
use axum::http::Uri;

use super::error::Error;
use super::page::{Answer, Page, html, ok, shown};
use super::queue::only_reads;
use super::state::Console;
use super::step_form::{Due, Fields, Says};
use super::typed::{Posted, Typed};
use super::who::Signed;
use super::{step, words};
use crate::model::{Seen, Step, own_name};
use crate::record;

/// The most matters of one stroke.
const MOST: usize = 500;

/// A matter of the selection.
struct Selected {
    /// What the selection calls it.
    on: String,
    matter: i64,
    channel: String,
    title: String,
    sign: &'static str,
    verdict: String,
    /// Whether the person opened it as it is.
    opened: bool,
    /// Findings and unread parts that a review has to speak of.
    owed: usize,
    seen: Seen,
}

/// What became of one.
struct Outcome {
    matter: i64,
    title: String,
    opened: bool,
    entry: Option<u64>,
    refused: String,
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage {
    page: Page,
    due: Due,
    selected: Vec<Selected>,
    fields: Fields,
    unopened: usize,
    back: String,
}

#[derive(Template)]
#[template(path = "bulk_done.html")]
struct DonePage {
    page: Page,
    words: String,
    outcomes: Vec<Outcome>,
    recorded: usize,
    unopened: String,
}

/// The matters of a selection, as `12:channel`.
fn selection(typed: &Typed) -> Result<Vec<(i64, String)>, Error> {
    let mut all = Vec::new();
    for on in typed.all("on") {
        let (matter, channel) = on.split_once(':').ok_or(Error::Wrong)?;
        let one = (matter.parse().map_err(|_| Error::Wrong)?, channel.to_owned());
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.len() > MOST { Err(Error::Wrong) } else { Ok(all) }
}

/// What the person has before them of each: as they last opened it, else as it is.
async fn selected(
    console: &Console,
    signed: &Signed,
    all: Vec<(i64, String)>,
) -> Result<Vec<Selected>, Error> {
    let (name, lang) = (signed.person.name.clone(), signed.lang);
    console
        .records
        .read(move |store| {
            let mut selected = Vec::new();
            for (matter, channel) in all {
                let now = store.seen(matter)?;
                let looked = store.looked_at(matter, &name)?;
                let docket = store.docket(matter)?;
                let line = docket.lines.iter().find(|line| {
                    channel.is_empty() || line.channel.as_deref() == Some(channel.as_str())
                });
                let line = line.or(docket.lines.first());
                let source = line.map_or("", |line| line.source.as_str());
                let file = own_name(source);
                let title = line.and_then(|line| line.title.as_deref()).unwrap_or(file);
                let rulings = docket
                    .evidence
                    .findings()
                    .filter(|found| found.severity != "note" && found.suppressed.is_none());
                let unread = docket.evidence.parts.iter().filter(|part| !part.gaps.is_empty());
                selected.push(Selected {
                    on: format!("{matter}:{channel}"),
                    matter,
                    title: shown(title),
                    sign: words::verdict_sign(&docket.evidence.verdict),
                    verdict: words::verdict_word(&docket.evidence.verdict, lang),
                    opened: looked.as_ref() == Some(&now),
                    owed: rulings.count() + unread.count(),
                    seen: looked.unwrap_or(now),
                    channel,
                });
            }
            Ok(selected)
        })
        .await
}

async fn page(
    console: &Console,
    signed: &Signed,
    step: Step,
    typed: &Typed,
) -> Result<BulkPage, Error> {
    signed.must_work()?;
    only_reads(signed)?;
    let selected = selected(console, signed, selection(typed)?).await?;
    let lang = signed.lang;
    let due = Due::new(step, "", lang);
    let channels = console.records.read(|store| store.channels(100)).await?;
    let title = lang.pick(
        format!("{} matters: {}", selected.len(), due.words),
        format!("{}个事项：{}", selected.len(), due.words),
    );
    Ok(BulkPage {
        page: Page::of(signed, "/queue", title),
        unopened: selected.iter().filter(|one| !one.opened).count(),
        fields: Fields::new(typed, lang, channels, None, ""),
        selected,
        back: format!("/queue?step={}", step.name()),
        due,
    })
}

/// `GET /bulk?step=&on=&on=`
pub(super) async fn form(State(console): State<Console>, signed: Signed, uri: Uri) -> Answer {
    let typed = Typed::read(uri.query().unwrap_or_default().as_bytes());
    let step: Step = typed.get("step").parse().map_err(|_| Error::NotFound)?;
    ok(&page(&console, &signed, step, &typed).await?)
}

/// `POST /bulk`
pub(super) async fn act(State(console): State<Console>, mut posted: Posted) -> Answer {
    let step: Step = posted.typed.get("step").parse().map_err(|_| Error::NotFound)?;
    posted.signed.must_work()?;
    only_reads(&posted.signed)?;
    posted.signed.path = "/queue".into();
    let all = selection(&posted.typed)?;
    // What is missing in the form is missing for all of them, and none is recorded.
    if let Err(error) = Says::of(step, &posted.typed, &console).await {
        let mut page = page(&console, &posted.signed, step, &posted.typed).await?;
        page.page = page.page.refuses(posted.signed.lang.of(&error.words()));
        return html(error.status(), &page);
    }
    let bulk = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let lang = posted.signed.lang;
    let mut outcomes = Vec::new();
    for (matter, channel) in all {
        let on = format!("{matter}:{channel}");
        let seen = step::seen(&posted.typed, &format!("{on}-"))?;
        let channel = match step {
            Step::Submit => posted.typed.raw("channel").to_owned(),
            _ => channel,
        };
        let taken = step::take(&console, &posted, (matter, step, channel), (seen, bulk)).await;
        let title = shown(posted.typed.raw(&format!("{on}-title")));
        outcomes.push(match taken {
            Ok(done) => {
                let (entry, refused) = (Some(done.entry), String::new());
                Outcome { matter, title, opened: done.opened, entry, refused }
            }
            Err(error @ Error::Record(record::Error::Busy)) => return Err(error),
            Err(error) => {
                let refused = shown(lang.of(&error.words()));
                Outcome { matter, title, opened: true, entry: None, refused }
            }
        });
    }
    let words = lang.of(&step.words()).to_owned();
    let never: Vec<_> =
        outcomes.iter().filter(|one| !one.opened).map(|one| one.matter.to_string()).collect();
    let page = DonePage {
        page: Page::of(&posted.signed, "/queue", words.clone()),
        words,
        recorded: outcomes.iter().filter(|one| one.entry.is_some()).count(),
        outcomes,
        unopened: never.join(lang.pick(", ", "、")),
    };
    ok(&page)
}

//! `/samples`: a second look at some of what was cleared, drawn by chance, and what it says
//! of all the rest. For auditors; the record keeps others from drawing.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};

use super::error::Error;
use super::page::{Answer, Page, html, ok, shown};
use super::state::Console;
use super::typed::Posted;
use super::who::Signed;
use crate::model::{Role, Words, unhex};
use crate::record::{self, Act, PastSample, Token};

/// Samples of a page.
const SAMPLES: u32 = 50;

/// The confidence of what is said, in per cent.
const CONFIDENCE: u8 = 95;

struct Sample {
    entry: u64,
    when: String,
    actor: String,
    of: u64,
    matters: Vec<i64>,
    /// What the second look found, once it is entered.
    outcome: Option<String>,
}

#[derive(Template)]
#[template(path = "samples.html")]
struct SamplesPage {
    page: Page,
    samples: Vec<Sample>,
    size: String,
}

fn sample(past: &PastSample, console: &Console, signed: &Signed) -> Sample {
    let outcome = past.outcome.as_ref().map(|(found, confidence)| {
        let words = found.words(*confidence);
        signed.lang.of(&words).to_owned()
    });
    Sample {
        entry: past.drawn.entry,
        when: console.when(&past.at),
        actor: shown(&past.actor),
        of: past.drawn.of,
        matters: past.drawn.matters.clone(),
        outcome,
    }
}

async fn page(console: &Console, signed: &Signed) -> Result<SamplesPage, Error> {
    signed.must_be(&[Role::Auditor])?;
    let samples = console.records.read(|store| store.samples(SAMPLES)).await?;
    Ok(SamplesPage {
        page: Page::of(signed, "/samples", signed.lang.pick("Samples", "抽样复核")),
        samples: samples.iter().map(|past| sample(past, console, signed)).collect(),
        size: "59".into(),
    })
}

/// `GET /samples`
pub(super) async fn show(State(console): State<Console>, signed: Signed) -> Answer {
    ok(&page(&console, &signed).await?)
}

/// `POST /samples`: draws one.
pub(super) async fn draw(State(console): State<Console>, posted: Posted) -> Answer {
    let Posted { mut signed, typed } = posted;
    signed.must_be(&[Role::Auditor])?;
    signed.path = "/samples".into();
    let size: Option<u32> = typed.get("size").parse().ok().filter(|size| *size > 0);
    let Some(size) = size else {
        let words = Words::new("how many? a number is wanted", "请填写抽取数目");
        return refused(&console, &signed, record::Error::Wrong(words), typed.get("size")).await;
    };
    let seed: Option<[u8; 32]> = unhex(&Token::new()?.derived("sample"));
    let seed = seed.ok_or(Error::Mistake)?;
    let (name, at) = (signed.person.name.clone(), console.now());
    let drawn =
        console.records.write(move |store| store.draw(Act { actor: &name, at }, &seed, size));
    match drawn.await {
        Ok(_) => Ok(Redirect::to("/samples").into_response()),
        Err(Error::Record(error)) => refused(&console, &signed, error, typed.get("size")).await,
        Err(error) => Err(error),
    }
}

/// `POST /samples/outcome`: what the second look found.
pub(super) async fn outcome(State(console): State<Console>, posted: Posted) -> Answer {
    let Posted { mut signed, typed } = posted;
    signed.must_be(&[Role::Auditor])?;
    signed.path = "/samples".into();
    let sample: u64 = typed.get("sample").parse().map_err(|_| Error::Wrong)?;
    let missed: Result<BTreeSet<i64>, _> = typed.all("missed").map(str::parse).collect();
    let missed = missed.map_err(|_| Error::Wrong)?;
    let (name, at) = (signed.person.name.clone(), console.now());
    let entered = console
        .records
        .write(move |store| store.sampled(Act { actor: &name, at }, sample, &missed, CONFIDENCE));
    match entered.await {
        Ok(_) => Ok(Redirect::to("/samples").into_response()),
        Err(Error::Record(error)) => refused(&console, &signed, error, "").await,
        Err(error) => Err(error),
    }
}

/// The page again, with why not.
async fn refused(console: &Console, signed: &Signed, error: record::Error, size: &str) -> Answer {
    let mut page = page(console, signed).await?;
    let error = Error::Record(error);
    let words = error.words();
    page.page = page.page.refuses(signed.lang.of(&words));
    if !size.is_empty() {
        page.size = shown(size);
    }
    let status = error.status();
    html(if status.is_success() { StatusCode::CONFLICT } else { status }, &page)
}

//! `POST /matters/{matter}/{step}`: a person takes a step. What the record refuses comes back
//! as the same page, with the refusal at its head and everything that was typed.

use std::path::Path as FilePath;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};

use super::error::Error;
use super::page::{Answer, html};
use super::state::Console;
use super::step_form::Says;
use super::typed::{Posted, Typed};
use super::{matter, page};
use crate::intake::is_unchanged;
use crate::model::{Seen, Step, Words};
use crate::record::{self, Act, Done, On};

/// What the page had before the person, as its form says.
pub(super) fn seen(typed: &Typed, prefix: &str) -> Result<Seen, Error> {
    let field = |name: &str| typed.get(&format!("{prefix}{name}")).to_owned();
    let version = field("version").parse().map_err(|_| Error::Wrong)?;
    let seen = Seen { version, sha256: field("sha256"), evidence: field("evidence") };
    let digest = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match digest(&seen.sha256) && digest(&seen.evidence) {
        true => Ok(seen),
        false => Err(Error::Wrong),
    }
}

/// What is decided about is what lies where it was examined: a file that is another now is
/// scanned first.
pub(super) async fn must_be_unchanged(
    console: &Console,
    matter: i64,
    sha256: String,
) -> Result<(), Error> {
    let same = console.records.read(move |store| {
        let docket = store.docket(matter)?;
        let Some(line) = docket.lines.first() else { return Ok(true) };
        Ok(is_unchanged(FilePath::new(&line.source), &sha256)?)
    });
    match same.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(changed(
            "the file was changed since it was examined: it has to be scanned again",
            "文件在审查后已被改动：请重新扫描",
        )),
        Err(Error::Record(record::Error::File(_))) => Err(changed(
            "the file is there and cannot be read, so that nobody can tell whether it is still \
             what was examined",
            "文件存在但无法读取，不能确认是否仍为审查时的内容",
        )),
        Err(error) => Err(error),
    }
}

fn changed(en: &str, zh: &str) -> Error {
    Error::Record(record::Error::Wrong(Words::new(en, zh)))
}

/// Takes a step about one matter.
///
/// # Errors
/// What is missing, what the record refuses, and that the file is another.
pub(super) async fn take(
    console: &Console,
    posted: &Posted,
    (matter, step, channel): (i64, Step, String),
    (seen, bulk): (Seen, u32),
) -> Result<Done, Error> {
    let says = Says::of(step, &posted.typed, console).await?;
    must_be_unchanged(console, matter, seen.sha256.clone()).await?;
    let (name, at) = (posted.signed.person.name.clone(), console.now());
    console
        .records
        .write(move |store| {
            let on = On { matter, seen: &seen, bulk };
            says.record(store, Act { actor: &name, at }, &on, &channel)
        })
        .await
}

/// `POST /matters/{matter}/{step}`
pub(super) async fn act(
    State(console): State<Console>,
    Path((number, step)): Path<(i64, String)>,
    posted: Posted,
) -> Answer {
    let step: Step = step.parse().map_err(|_| Error::NotFound)?;
    posted.signed.must_work()?;
    let channel = posted.typed.raw("channel").to_owned();
    let taken = async {
        let seen = seen(&posted.typed, "")?;
        take(&console, &posted, (number, step, channel.clone()), (seen, 1)).await
    };
    match taken.await {
        Ok(done) => {
            let entry = done.entry;
            let to = format!("/matters/{number}?done={}&entry={entry}", step.name());
            Ok(Redirect::to(&to).into_response())
        }
        Err(error @ Error::Record(_)) => {
            let Posted { mut signed, typed } = posted;
            // The page in the other language is the one that is asked for, not this answer.
            signed.path = format!("/matters/{number}");
            let wanted = match step {
                Step::Submit => (step.name(), ""),
                _ => (step.name(), channel.as_str()),
            };
            let mut page = matter::page(&console, &signed, number, &typed, wanted).await?;
            page.keep_typed(step, &typed);
            let words = page::shown(signed.lang.of(&error.words()));
            page.page = page.page.refuses(words);
            html(error.status(), &page)
        }
        Err(error) => Err(error),
    }
}

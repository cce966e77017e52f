//! `/ledger`: what was done, for whoever audits, and whether it still holds together. That
//! somebody read it is an entry too.

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use serde_json::json;

use super::error::Error;
use super::page::{Answer, Page, ok, shown};
use super::state::Console;
use super::typed::{Posted, Typed};
use super::who::Signed;
use crate::model::Role;
use crate::record::{self, Act, Entry};
use crate::report::Lang;

/// Entries of a page.
const ENTRIES: u32 = 100;

struct Row {
    seq: u64,
    when: String,
    actor: String,
    /// What was done, in a word; nothing where no word is known.
    words: String,
    action: String,
    about: String,
    body: String,
    hash: String,
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    page: Page,
    rows: Vec<Row>,
    subject: String,
    next: Option<String>,
    /// What a check found: whether all is well, and sentences.
    checked: Option<(bool, Vec<String>)>,
}

fn row(entry: &Entry, console: &Console, lang: Lang) -> Row {
    let words = record::action_words(&entry.action);
    Row {
        seq: entry.seq,
        when: console.when(&entry.at),
        actor: shown(&entry.actor),
        words: words.map(|words| lang.of(&words).to_owned()).unwrap_or_default(),
        action: shown(&entry.action),
        about: shown(lang.of(&record::subject_words(&entry.subject))),
        body: shown(&entry.body),
        hash: entry.hash.to_string(),
    }
}

async fn page(console: &Console, signed: &Signed, query: &Typed) -> Result<LedgerPage, Error> {
    signed.must_be(&[Role::Auditor])?;
    let subject = record::subject_meant(query.get("subject"));
    let before: Option<u64> = query.get("before").parse().ok();
    let (name, at, about) = (signed.person.name.clone(), console.now(), subject.clone());
    if before.is_none() {
        let body = json!({ "subject": subject });
        console
            .records
            .write(move |store| {
                store.note(Act { actor: &name, at }, "ledger.look", "ledger", &body)
            })
            .await?;
    }
    let entries = console.records.read(move |store| {
        let about = Some(about.as_str()).filter(|about| !about.is_empty());
        record::entries_before(store, before.unwrap_or(u64::MAX), about, ENTRIES)
    });
    let entries = entries.await?;
    let last = entries.last().filter(|_| entries.len() as u64 >= u64::from(ENTRIES));
    let next = last.map(|last| {
        let mut query = super::typed::address("/ledger");
        if !subject.is_empty() {
            query.append_pair("subject", &subject);
        }
        query.append_pair("before", &last.seq.to_string()).finish()
    });
    let lang = signed.lang;
    Ok(LedgerPage {
        page: Page::of(signed, "/ledger", lang.pick("Ledger", "台账")),
        rows: entries.iter().map(|entry| row(entry, console, lang)).collect(),
        subject: shown(lang.of(&record::subject_words(&subject))),
        next,
        checked: None,
    })
}

/// `GET /ledger?subject=&before=`
pub(super) async fn show(State(console): State<Console>, signed: Signed, uri: Uri) -> Answer {
    let query = Typed::read(uri.query().unwrap_or_default().as_bytes());
    ok(&page(&console, &signed, &query).await?)
}

/// `POST /ledger/verify`: the file, the chain, and that the record says what the ledger says.
pub(super) async fn verify(State(console): State<Console>, posted: Posted) -> Answer {
    let mut signed = posted.signed;
    signed.must_be(&[Role::Auditor])?;
    signed.path = "/ledger".into();
    let found = console.records.read(|store| store.check()).await?;
    let (name, at) = (signed.person.name.clone(), console.now());
    let body = json!({ "entries": found.entries, "wrong": found.wrong.len() });
    console
        .records
        .write(move |store| store.note(Act { actor: &name, at }, "ledger.verify", "ledger", &body))
        .await?;
    let mut page = page(&console, &signed, &Typed::default()).await?;
    let lang = signed.lang;
    let (entries, matters, wrong) = (found.entries, found.matters, found.wrong.len());
    let mut said = vec![lang.pick(
        format!("{entries} entries that hold, {matters} matters, {wrong} things wrong."),
        format!("完好条目{entries}条，事项{matters}个，问题{wrong}项。"),
    )];
    said.extend(found.wrong.iter().map(|words| shown(lang.of(words))));
    page.checked = Some((wrong == 0, said));
    ok(&page)
}

//! `/scopes`: the lists of matters that are looked for, with where their text was read and
//! how certain it is.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;

use super::error::Error;
use super::page::{Answer, Page, ok, shown};
use super::state::Console;
use super::typed::Typed;
use super::who::Signed;
use crate::dictionary::{Entry, Scope};
use crate::model::Date;
use crate::report::Lang;

/// Entries of a page: lists of tens of thousands are bodies' own.
const ENTRIES: usize = 200;

struct ScopeRow {
    id: String,
    name: String,
    status: String,
    days: String,
    certainty: String,
    entries: usize,
}

struct EntryRow {
    id: String,
    number: String,
    name: String,
    matter: String,
    level: String,
    term: String,
    days: String,
    terms: String,
}

#[derive(Template)]
#[template(path = "scopes.html")]
struct ScopesPage {
    page: Page,
    rows: Vec<ScopeRow>,
    digest: String,
}

#[derive(Template)]
#[template(path = "scope.html")]
struct ScopePage {
    page: Page,
    row: ScopeRow,
    sources: Vec<String>,
    issued_by: String,
    entries: Vec<EntryRow>,
    /// What the list says besides, which is never looked for: number, kind, words.
    unmatched: Vec<(String, String, String)>,
    next: Option<usize>,
}

fn days(from: Option<Date>, to: Option<Date>, lang: Lang) -> String {
    let day = |day: Option<Date>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
    match (from, to) {
        (None, None) => String::new(),
        (from, to) => lang
            .pick(format!("{} to {}", day(from), day(to)), format!("{} 至 {}", day(from), day(to))),
    }
}

fn row(console: &Console, number: usize, scope: &Scope, lang: Lang) -> ScopeRow {
    ScopeRow {
        id: shown(&scope.id),
        name: shown(lang.of(&scope.name)),
        status: shown(lang.of(&scope.status)),
        days: days(scope.valid_from, scope.valid_to, lang),
        certainty: shown(&lang.message(&scope.certainty)),
        entries: console.dictionary.entries.iter().filter(|entry| entry.scope == number).count(),
    }
}

fn entry(entry: &Entry, lang: Lang) -> EntryRow {
    EntryRow {
        id: shown(&entry.id),
        number: shown(&entry.number),
        name: shown(lang.of(&entry.name)),
        matter: shown(&entry.matter),
        level: shown(&entry.level),
        term: shown(&entry.term),
        days: days(entry.valid_from, entry.valid_to, lang),
        terms: shown(&entry.terms.join(lang.pick(", ", "、"))),
    }
}

/// `GET /scopes`
pub(super) async fn all(State(console): State<Console>, signed: Signed) -> Answer {
    let lang = signed.lang;
    let scopes = console.dictionary.scopes.iter().enumerate();
    ok(&ScopesPage {
        page: Page::of(&signed, "/scopes", lang.pick("Dictionaries", "词典")),
        rows: scopes.map(|(number, scope)| row(&console, number, scope, lang)).collect(),
        digest: console.dictionary.scopes_digest.clone(),
    })
}

/// `GET /scopes/{scope}?from=`
pub(super) async fn one(
    State(console): State<Console>,
    signed: Signed,
    Path(id): Path<String>,
    uri: Uri,
) -> Answer {
    let mut scopes = console.dictionary.scopes.iter().enumerate();
    let (number, scope) = scopes.find(|(_, scope)| scope.id == id).ok_or(Error::NotFound)?;
    let query = Typed::read(uri.query().unwrap_or_default().as_bytes());
    let from: usize = query.get("from").parse().unwrap_or(0);
    let lang = signed.lang;
    let own = console.dictionary.entries.iter().filter(|entry| entry.scope == number);
    let mut entries: Vec<_> =
        own.skip(from).take(ENTRIES + 1).map(|one| entry(one, lang)).collect();
    let next = (entries.len() > ENTRIES).then_some(from + ENTRIES);
    entries.truncate(ENTRIES);
    let unmatched = scope
        .unmatched
        .iter()
        .map(|one| (shown(&one.number), lang.of(&one.kind.words()).to_owned(), shown(&one.matter)));
    ok(&ScopePage {
        page: Page::of(&signed, "/scopes", shown(lang.of(&scope.name))),
        row: row(&console, number, scope, lang),
        sources: scope.sources.iter().map(|source| shown(source)).collect(),
        issued_by: shown(&scope.issued_by.join(lang.pick(", ", "、"))),
        entries,
        unmatched: unmatched.collect(),
        next,
    })
}

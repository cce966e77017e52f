//! Matters, to be followed: where each stands, and what people said. To be read only.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::problem::{Kind, Problem};
use super::{Api, answer};
use crate::model::{Step, Verdict};
use crate::record::{Acted, Docket, Line, Mark, Proposed, QueueOf, Scope};

/// The most matters of one answer.
const MOST: u32 = 500;

/// What a query may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    verdict: Option<String>,
    step: Option<String>,
    limit: Option<String>,
    behind: Option<String>,
}

/// A matter in a list.
#[derive(Serialize)]
struct Listed<'a> {
    matter: i64,
    version: u32,
    verdict: &'a str,
    step: &'a str,
    channel: Option<&'a str>,
    due: Option<&'a str>,
    source: &'a str,
}

impl<'a> Listed<'a> {
    fn of(line: &'a Line) -> Self {
        Self {
            matter: line.matter,
            version: line.version,
            verdict: &line.verdict,
            step: line.step.name(),
            channel: line.channel.as_deref(),
            due: line.due.as_deref(),
            source: &line.source,
        }
    }
}

/// Lists matters, the strongest verdicts first.
pub async fn list(
    State(api): State<Api>,
    query: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tried = "cannot list matters";
    let access = api.access(&headers, Scope::Read, tried).await?;
    let wrong = |why: &str| Problem::new(Kind::BadRequest, format!("{tried}: {why}"));
    let Query(asked) =
        query.map_err(|_| wrong("the query takes verdict, step, limit and behind, each once"))?;
    let wanted = asked.wanted().map_err(|why| wrong(&why))?;
    let limit = wanted.limit;
    let lines = api.records.read(move |store| store.queue(&wanted)).await;
    let lines = lines.map_err(|error| Problem::of(&error, tried))?;
    api.note("api.read", json!({ "token": access.label, "matters": lines.len() })).await?;
    let next = lines.last().filter(|_| lines.len() as u64 >= u64::from(limit));
    let next = next.map(|line| line.mark.to_string());
    let matters: Vec<_> = lines.iter().map(Listed::of).collect();
    Ok(answer(StatusCode::OK, &json!({ "matters": matters, "next": next })))
}

impl Asked {
    fn wanted(&self) -> Result<QueueOf, String> {
        let verdict = match self.verdict.as_deref() {
            Some(name) => {
                let all = Verdict::STRONGEST_FIRST;
                let known = all.into_iter().find(|verdict| verdict.name() == name);
                Some(known.ok_or_else(|| {
                    format!("one of {} is a verdict", all.map(Verdict::name).join(", "))
                })?)
            }
            None => None,
        };
        let step = self.step.as_deref().map(str::parse::<Step>).transpose();
        let limit = self.limit.as_deref().map_or(Ok(100), str::parse);
        let limit = limit.ok().filter(|limit| (1..=MOST).contains(limit));
        let behind = self.behind.as_deref().map(str::parse::<Mark>).transpose();
        Ok(QueueOf {
            verdict,
            step: step.map_err(|why| format!("step: {why}"))?,
            limit: limit.ok_or_else(|| format!("a limit is a number from 1 to {MOST}"))?,
            behind: behind.map_err(|why| format!("behind: {why}"))?,
            ..QueueOf::default()
        })
    }
}

/// One matter with what was found in it and said of it.
pub async fn one(
    State(api): State<Api>,
    Path(matter): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tried = "cannot give a matter";
    let access = api.access(&headers, Scope::Read, tried).await?;
    let Ok(matter) = matter.parse::<i64>() else {
        return Err(Problem::new(Kind::BadRequest, format!("{tried}: a matter has a number")));
    };
    let found = api.records.read(move |store| {
        let docket = store.docket(matter)?;
        // One that was examined before such lines were kept has none.
        let line = store.told(matter).ok();
        Ok((docket, line))
    });
    let (docket, line) = found.await.map_err(|error| Problem::of(&error, tried))?;
    api.note("api.read", json!({ "token": access.label, "matter": matter })).await?;
    let examination = line.and_then(|line| serde_json::from_str::<serde_json::Value>(&line).ok());
    let Some(first) = docket.lines.first() else {
        return Err(Problem::new(Kind::NotFound, format!("{tried}: there is no matter {matter}")));
    };
    let records: Vec<_> =
        docket.proposals.iter().map(|proposed| record(proposed, &docket)).collect();
    Ok(answer(
        StatusCode::OK,
        &json!({
            "matter": matter,
            "version": first.version,
            "verdict": first.verdict,
            "source": first.source,
            "due": first.due,
            "sha256": docket.evidence.sha256,
            "records": records,
            "examination": examination,
        }),
    ))
}

/// A record: a matter and channel, of whichever version.
fn record(proposed: &Proposed, docket: &Docket) -> serde_json::Value {
    let acts = docket.acts.iter().filter(|acted| acted.proposal == proposed.id);
    json!({
        "version": proposed.version,
        "channel": proposed.channel,
        "title": proposed.title,
        "carrier": proposed.carrier,
        "on": proposed.on,
        "meeting": proposed.meeting,
        "basis": proposed.basis,
        "step": proposed.step,
        "acts": acts.map(act).collect::<Vec<_>>(),
    })
}

fn act(acted: &Acted) -> serde_json::Value {
    let rulings: Vec<_> = acted
        .rulings
        .iter()
        .map(|(finding, ruling, reason)| {
            json!({ "finding": finding, "ruling": ruling, "reason": reason })
        })
        .collect();
    let attested: Vec<_> = acted
        .attested
        .iter()
        .map(|(part, words)| json!({ "part": part, "words": words }))
        .collect();
    let upward = acted.conclusion.as_ref().and_then(|(_, upward)| upward.as_ref());
    json!({
        "entry": acted.entry,
        "at": acted.at,
        "step": acted.step,
        "person": acted.person,
        "words": acted.words,
        "opened": acted.opened,
        "bulk": acted.bulk,
        "rulings": rulings,
        "attested": attested,
        "conclusion": acted.conclusion.as_ref().map(|(conclusion, _)| conclusion),
        "addressee": upward.map(|(addressee, _)| addressee),
        "deadline": upward.map(|(_, deadline)| deadline),
    })
}

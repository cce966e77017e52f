//! Bytes in, an examination out. The same bytes under the same name by the same rules on
//! the same day are examined once: whoever hands them in again gets what was found.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::problem::{Kind, Problem};
use super::{Api, answer, json_text, lock, name};
use crate::model::hex;
use crate::record::{Act, OfBytes, Scope};

/// The matter an examination belongs to.
const MATTER: HeaderName = HeaderName::from_static("vetmark-matter");

/// The longest a request may ask to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What becomes of an examination on its way: its matter and its line, or that there is none.
type Made = Option<Result<(i64, String), Problem>>;

/// An examination on its way.
pub type Running = watch::Receiver<Made>;

/// What a query may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    name: Option<String>,
}

/// Takes bytes and has them examined.
pub async fn post(
    State(api): State<Api>,
    query: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let access = api.access(&headers, Scope::Examine, "cannot examine this").await?;
    let Query(asked) = query.map_err(|_| {
        Problem::new(Kind::BadRequest, "cannot examine this: the query takes name and nothing else")
    })?;
    let name = name::of(asked.name.as_deref(), &headers)?;
    let tried = format!("cannot examine {name}");
    let wait = wait(&headers, api.takes.wait);
    let turn = api.turns.clone().try_acquire_owned().map_err(|_| {
        let most = api.takes.at_once;
        Problem::new(Kind::Busy, format!("{tried}: {most} documents are in hand"))
    })?;
    let bytes = bytes(&headers, body, api.takes.bytes, &tried).await?;
    let sha256 = hex(&Sha256::digest(&bytes));
    let source = format!("api/{}/{name}", &sha256[..16]);

    let known = api.known(&sha256, &source, &tried).await?;
    let note = json!({
        "token": access.label, "name": name, "sha256": sha256, "bytes": bytes.len(),
        "known": known.is_some(),
    });
    api.note("api.examine", note).await?;
    if let Some((matter, line)) = known {
        return Ok(examined(matter, line, true));
    }
    let mut running = api.start(source, name, bytes, turn);
    match tokio::time::timeout(wait, running.wait_for(Option::is_some)).await {
        Ok(Ok(made)) => match made.clone() {
            Some(Ok((matter, line))) => Ok(examined(matter, line, false)),
            Some(Err(problem)) => Err(problem),
            None => Err(failed(&tried)),
        },
        Ok(Err(_)) => Err(failed(&tried)),
        Err(_) => Ok(accepted(&sha256)),
    }
}

/// What was found in bytes that were handed in, by their digest.
pub async fn get(
    State(api): State<Api>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tried = "cannot give an examination";
    let access = api.access(&headers, Scope::Examine, tried).await;
    let access = match access {
        Ok(access) => access,
        Err(problem) if problem.is_scope() => api.access(&headers, Scope::Read, tried).await?,
        Err(problem) => return Err(problem),
    };
    let is_digest = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if sha256.len() != 64 || !sha256.chars().all(is_digest) {
        let why = format!("{tried}: a SHA-256 is 64 lower-case hexadecimal digits");
        return Err(Problem::new(Kind::BadRequest, why));
    }
    let prefix = format!("api/{}/", &sha256[..16]);
    if lock(&api.running).keys().any(|source| source.starts_with(&prefix)) {
        return Ok(accepted(&sha256));
    }
    let of = sha256.clone();
    let found = api
        .records
        .read(move |store| store.told_of(&OfBytes { sha256: &of, source: None, identity: None }));
    let found = found.await.map_err(|error| Problem::of(&error, tried))?;
    let Some((matter, line)) = found else {
        return Err(Problem::new(Kind::NotFound, format!("{tried}: none of {sha256}")));
    };
    let note = json!({ "token": access.label, "sha256": sha256, "matter": matter });
    api.note("api.read", note).await?;
    Ok(examined(matter, line, true))
}

impl Api {
    /// What was found in these bytes under this name, by these rules, today.
    async fn known(
        &self,
        sha256: &str,
        source: &str,
        tried: &str,
    ) -> Result<Option<(i64, String)>, Problem> {
        let (examiner, as_of) = (self.examiner.clone(), self.today());
        let identity = tokio::task::spawn_blocking(move || examiner.identity(as_of)).await;
        let Ok(Ok(identity)) = identity else { return Err(failed(tried)) };
        let (sha256, source) = (sha256.to_owned(), source.to_owned());
        let found = self.records.read(move |store| {
            let (source, identity) = (Some(&*source), Some(&*identity));
            store.told_of(&OfBytes { sha256: &sha256, source, identity })
        });
        found.await.map_err(|error| Problem::of(&error, tried))
    }

    /// Has bytes examined and kept; where they are being examined already, that is what is
    /// waited for.
    fn start(
        &self,
        source: String,
        name: String,
        bytes: Vec<u8>,
        turn: OwnedSemaphorePermit,
    ) -> Running {
        let mut running = lock(&self.running);
        if let Some(running) = running.get(&source) {
            return running.clone();
        }
        let (say, hear) = watch::channel(None);
        running.insert(source.clone(), hear.clone());
        let api = self.clone();
        tokio::spawn(async move {
            let made = api.make(&source, name, bytes).await;
            // On record before it is forgotten that it was on its way.
            lock(&api.running).remove(&source);
            let _ = say.send(Some(made));
            drop(turn);
        });
        hear
    }

    async fn make(
        &self,
        source: &str,
        name: String,
        bytes: Vec<u8>,
    ) -> Result<(i64, String), Problem> {
        let tried = format!("cannot examine {name}");
        let (examiner, as_of) = (self.examiner.clone(), self.today());
        let original = examiner.holds().then(|| bytes.clone());
        let made = tokio::task::spawn_blocking(move || examiner.examine(name, bytes, as_of)).await;
        let Ok(Ok(examination)) = made else { return Err(failed(&tried)) };
        let (act, source) = (Act { actor: Act::MACHINE, at: self.now() }, source.to_owned());
        let kept = self.records.write(move |store| {
            let kept = store.keep(act, &source, &examination)?;
            let matter = kept.matter();
            store.told(matter).map(|line| (matter, line))
        });
        let (matter, line) = kept.await.map_err(|error| Problem::of(&error, &tried))?;
        if let Some(original) = original {
            self.hold(matter, original, &tried).await?;
        }
        Ok((matter, line))
    }

    /// Keeps the original of a matter that is on record, and enters that it did or why not:
    /// the examination stands either way.
    async fn hold(&self, matter: i64, original: Vec<u8>, tried: &str) -> Result<(), Problem> {
        let (examiner, sha256) = (self.examiner.clone(), hex(&Sha256::digest(&original)));
        let (of, bytes) = (sha256.clone(), original.len());
        let held = tokio::task::spawn_blocking(move || examiner.hold(&original, &of)).await;
        let (action, why) = match held {
            Ok(Ok(false)) => return Ok(()),
            Ok(Ok(true)) => ("original.hold", None),
            Ok(Err(words)) => ("original.not-held", Some(words.en)),
            Err(_) => ("original.not-held", None),
        };
        let act = Act { actor: Act::MACHINE, at: self.now() };
        let body = json!({ "sha256": sha256, "bytes": bytes, "why": why });
        let subject = format!("matter {matter}");
        let noted = self.records.write(move |store| store.note(act, action, &subject, &body)).await;
        noted.map(drop).map_err(|error| Problem::of(&error, tried))
    }
}

fn failed(tried: &str) -> Problem {
    Problem::new(Kind::Failed, format!("{tried}: nothing could examine it; try again"))
}

/// The bytes of a request, as many as are taken.
async fn bytes(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    tried: &str,
) -> Result<Vec<u8>, Problem> {
    let too_large =
        || Problem::new(Kind::TooLarge, format!("{tried}: it is larger than {most} bytes"));
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if said.and_then(|length| length.parse::<u64>().ok()).is_some_and(|said| said > most as u64) {
        return Err(too_large());
    }
    // One more than is taken: what goes on after that is too large, and no mistake.
    match to_bytes(body, most.saturating_add(1)).await {
        Ok(bytes) if bytes.is_empty() => {
            Err(Problem::new(Kind::BadRequest, format!("{tried}: the body is empty")))
        }
        Ok(bytes) if bytes.len() <= most => Ok(bytes.into()),
        Ok(_) => Err(too_large()),
        Err(error) if is_over_limit(&error) => Err(too_large()),
        Err(_) => {
            Err(Problem::new(Kind::BadRequest, format!("{tried}: the body did not arrive whole")))
        }
    }
}

/// Whether it was the limit that ended the reading.
fn is_over_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// How long a request waits: `Prefer: wait=N` (RFC 7240, 4.3).
fn wait(headers: &HeaderMap, usual: Duration) -> Duration {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences
        .flat_map(|value| value.split(','))
        .find_map(|one| one.trim().strip_prefix("wait=")?.trim().parse().ok())
        .map_or(usual, |seconds| Duration::from_secs(seconds).min(LONGEST_WAIT))
}

fn examined(matter: i64, line: String, known: bool) -> Response {
    let mut response = json_text(StatusCode::OK, line);
    let headers = response.headers_mut();
    headers.insert(MATTER, HeaderValue::from(matter));
    let known = HeaderValue::from_static(if known { "true" } else { "false" });
    headers.insert(HeaderName::from_static("vetmark-known"), known);
    response
}

/// It goes on, and is found here when it is done.
fn accepted(sha256: &str) -> Response {
    let at = format!("/api/v1/examinations/{sha256}");
    let body = json!({ "state": "running", "sha256": sha256, "examination": at });
    let mut response = answer(StatusCode::ACCEPTED, &body);
    let headers = response.headers_mut();
    if let Ok(at) = HeaderValue::from_str(&at) {
        headers.insert(header::LOCATION, at);
    }
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_a_request_waits() {
        for (prefer, seconds) in [
            (&[][..], 20),
            (&["wait=5"], 5),
            (&["respond-async, wait=0"], 0),
            (&["handling=strict", "wait=3"], 3),
            (&["wait=9999"], 60),
            (&["wait=-1"], 20),
            (&["wait"], 20),
        ] {
            let mut headers = HeaderMap::new();
            for value in prefer {
                headers.append("prefer", HeaderValue::from_static(value));
            }
            let waits = wait(&headers, Duration::from_secs(20));
            assert_eq!(waits, Duration::from_secs(seconds), "{prefer:?}");
        }
    }
}

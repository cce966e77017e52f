//! The API for programs (`/api/v1`): bytes in, an examination out, matters to be followed.
//!
//! Programs come with a token, which is good for a scope until it ends; what they ask is in
//! the ledger. The API fetches nothing: no address, no path, only what is handed in. It
//! decides nothing either: there is no request by which a step is taken. `document`
//! describes all of it, and the tests hold every answer against that.

mod access;
mod document;
mod examinations;
mod matters;
mod name;
mod problem;

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::json;
use tokio::sync::Semaphore;

use super::records::Records;
use crate::model::{Date, Examination, Timestamp, Words};
pub use access::{PREFIX, digest};
#[cfg(fuzzing)]
pub use name::fuzzed;

use access::Failures;
use examinations::Running;
use problem::{Kind, Problem};

/// What examines: brought from outside, since no page and no program may say how.
pub trait Examine: Send + Sync {
    /// What an examination of that day depends on besides the bytes: two of one identity
    /// say the same of the same bytes. Blocks as long as it takes.
    ///
    /// # Errors
    /// That nothing could examine.
    fn identity(&self, as_of: Date) -> io::Result<String>;

    /// Examines bytes under a name as of a day. What of their text may not be kept or shown
    /// is taken out. Blocks as long as it takes.
    ///
    /// # Errors
    /// That nothing could examine them; what could not be read is a gap and no error.
    fn examine(&self, name: String, bytes: Vec<u8>, as_of: Date) -> io::Result<Examination>;

    /// Whether originals of what is on record are kept.
    fn holds(&self) -> bool {
        false
    }

    /// Keeps an original, which has this SHA-256; whether it was not there before.
    ///
    /// # Errors
    /// Why it is not kept.
    fn hold(&self, bytes: &[u8], sha256: &str) -> Result<bool, Words> {
        let _ = (bytes, sha256);
        Ok(false)
    }
}

/// What the API takes.
#[derive(Clone, Copy, Debug)]
pub struct Takes {
    /// Bytes of a document.
    pub bytes: usize,
    /// Documents in hand at once.
    pub at_once: usize,
    /// How long a request waits for its examination where it does not say.
    pub wait: Duration,
    /// Tokens that are none within a minute, before such requests are not looked at.
    pub failures: u32,
}

impl Default for Takes {
    fn default() -> Self {
        Self { bytes: 64 << 20, at_once: 4, wait: Duration::from_secs(20), failures: 30 }
    }
}

/// The API. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

/// What all requests share.
pub struct Inner {
    records: Records,
    examiner: Arc<dyn Examine>,
    /// Digests of rules and dictionaries.
    rules: String,
    dictionaries: String,
    takes: Takes,
    turns: Arc<Semaphore>,
    /// What is being examined, by where the record will have it from.
    running: Mutex<HashMap<String, Running>>,
    failures: Mutex<Failures>,
    /// What time it is, and which day where the office is.
    clock: Box<dyn Fn() -> (Timestamp, Date) + Send + Sync>,
}

impl std::ops::Deref for Api {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Api {
    /// An API over a store. `digests` are those of the rules and dictionaries that
    /// `examiner` works by.
    pub fn new(
        records: Records,
        examiner: Arc<dyn Examine>,
        digests: (String, String),
        takes: Takes,
        clock: impl Fn() -> (Timestamp, Date) + Send + Sync + 'static,
    ) -> Self {
        let (rules, dictionaries) = digests;
        let turns = Arc::new(Semaphore::new(takes.at_once));
        Self(Arc::new(Inner {
            records,
            examiner,
            rules,
            dictionaries,
            takes,
            turns,
            running: Mutex::default(),
            failures: Mutex::default(),
            clock: Box::new(clock),
        }))
    }

    fn now(&self) -> Timestamp {
        (self.clock)().0
    }

    fn today(&self) -> Date {
        (self.clock)().1
    }
}

/// All of it, under `/api/v1`; beside whatever else a server has.
pub fn router<S: Clone + Send + Sync + 'static>(api: Api) -> Router<S> {
    let routes = Router::new()
        .route("/health", get(health))
        .route("/openapi.json", get(document::show))
        .route("/examinations", post(examinations::post))
        .route("/examinations/{sha256}", get(examinations::get))
        .route("/matters", get(matters::list))
        .route("/matters/{matter}", get(matters::one))
        .fallback(async || Problem::new(Kind::NotFound, "there is no such address"))
        .method_not_allowed_fallback(async || {
            Problem::new(Kind::Method, "this address is not asked in this way")
        })
        // Counted where they are read, with what is told of it.
        .layer(DefaultBodyLimit::disable())
        .with_state(api);
    Router::new().nest("/api/v1", routes)
}

/// That it answers, and by which rules.
async fn health(api: axum::extract::State<Api>) -> Response {
    answer(
        StatusCode::OK,
        &json!({
            "status": "ok",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": api.rules,
            "dictionaries": api.dictionaries,
        }),
    )
}

/// An answer in JSON.
fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(body) => json_text(status, body),
        Err(_) => Problem::new(Kind::Failed, "the answer cannot be written").into_response(),
    }
}

/// An answer that is JSON already.
fn json_text(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Whoever panicked left nothing half done in here.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

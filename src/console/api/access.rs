//! Who may ask: a token of a scope. Tokens that are none are counted, so that nobody can
//! fill the ledger with them; one that is good is let in however many are not.

use axum::http::{HeaderMap, header};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::problem::{Kind, Problem};
use super::{Api, lock};
use crate::model::{Timestamp, unhex};
use crate::record::{Access, Act, Scope};

/// What a token begins with: by it, one that was left somewhere is found by whoever looks.
pub const PREFIX: &str = "vetmark_";

/// How long failures are counted together.
const MINUTE: i64 = 60;

/// Tokens that were none.
#[derive(Debug, Default)]
pub struct Failures {
    /// The minute they are of.
    since: Option<Timestamp>,
    count: u32,
}

impl Failures {
    /// Counts one more, and says how many there were within the minute.
    fn one_more(&mut self, now: Timestamp) -> u32 {
        let over = |since: Timestamp| now.as_second() - since.as_second() >= MINUTE;
        if self.since.is_none_or(over) {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count = self.count.saturating_add(1);
        self.count
    }
}

/// SHA-256 of the secret of a token as it is written: what the store keeps of it.
pub fn digest(token: &str) -> Option<[u8; 32]> {
    let secret: [u8; 32] = unhex(token.strip_prefix(PREFIX)?)?;
    Some(Sha256::digest(secret).into())
}

impl Api {
    /// The token of a request, which is good for a scope.
    pub(super) async fn access(
        &self,
        headers: &HeaderMap,
        scope: Scope,
        tried: &str,
    ) -> Result<Access, Problem> {
        let now = self.now();
        let given = bearer(headers);
        let known = match given.and_then(digest) {
            Some(digest) => {
                let found = self.records.read(move |store| store.token(&digest, now)).await;
                found.map_err(|error| Problem::of(&error, tried))?
            }
            None => None,
        };
        let Some(access) = known else {
            return Err(self.refused(now, given.is_some(), tried).await);
        };
        if access.may(scope) {
            return Ok(access);
        }
        let body = json!({ "token": access.label, "scope": scope, "tried": tried });
        self.note("api.refused", body).await?;
        let (label, scope) = (&access.label, scope.name());
        Err(Problem::new(
            Kind::Scope,
            format!("{tried}: the token {label} is not good for {scope}"),
        ))
    }

    /// That a token was none. The first of a minute are in the ledger.
    async fn refused(&self, now: Timestamp, given: bool, tried: &str) -> Problem {
        let count = lock(&self.failures).one_more(now);
        let most = self.takes.failures;
        if count <= most.saturating_add(1) {
            let body =
                json!({ "token": null, "given": given, "tried": tried, "within_a_minute": count });
            if let Err(problem) = self.note("api.refused", body).await {
                return problem;
            }
        }
        if count > most {
            return Problem::new(
                Kind::TooManyFailures,
                format!("{tried}: more than {most} requests without a good token within a minute"),
            );
        }
        let why = match given {
            true => "the token is unknown, has ended or was revoked",
            false => "no token was given (Authorization: Bearer …)",
        };
        Problem::new(Kind::Unauthorized, format!("{tried}: {why}"))
    }

    /// Enters in the ledger what was asked.
    pub(super) async fn note(
        &self,
        action: &'static str,
        body: serde_json::Value,
    ) -> Result<(), Problem> {
        let at = self.now();
        let act = Act { actor: Act::MACHINE, at };
        let entered = self.records.write(move |store| store.note(act, action, "api", &body)).await;
        entered.map(drop).map_err(|error| Problem::of(&error, "cannot enter this in the ledger"))
    }
}

/// The credentials of a request (RFC 6750, 2.1); of two headers, neither.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (all.next()?, all.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_token() {
        let secret = "0f".repeat(32);
        assert!(digest(&format!("vetmark_{secret}")).is_some());
        for none in [&secret[..], "vetmark_", "vetmark_0f", &format!("vetmark_{secret}0f")] {
            assert_eq!(digest(none), None, "{none}");
        }
    }

    #[test]
    fn failures_are_counted_by_the_minute() {
        let mut failures = Failures::default();
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let counts: Vec<_> = [0, 1, 59, 60, 61, 200].map(|s| failures.one_more(at(s))).into();
        assert_eq!(counts, [1, 2, 3, 1, 2, 1]);
    }
}

//! What every page works with: the record, the rules, and what the outside brings.

use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::sync::Semaphore;

use super::records::Records;
use super::view::Viewing;
use crate::dictionary::Dictionary;
use crate::model::{Date, Timestamp};
use crate::record::Lifetime;

/// How the console is run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Names it may be called by (`Host`), with the port where it is not the scheme's own:
    /// any other is refused, so that no stranger's name can be made to lead here.
    pub hosts: Vec<String>,
    /// Whether it is reached by TLS, which a proxy ends: cookies then never leave it.
    pub secure: bool,
    /// The header in which a proxy at the other end of a Unix socket says who the client
    /// certificate is of.
    pub trusted_header: Option<String>,
    /// How long sessions last.
    pub life: Lifetime,
}

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub struct Console(Arc<Inner>);

/// What all requests share.
pub struct Inner {
    /// The store.
    pub records: Records,
    /// Rules and dictionaries, for their words.
    pub dictionary: Arc<Dictionary>,
    /// What documents are shown with.
    pub viewing: Viewing,
    /// How it is run.
    pub options: Options,
    /// The time zone that times are shown in.
    pub zone: TimeZone,
    /// What time it is.
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Passwords are compared one or two at a time: each takes 19 MiB and some time.
    pub(super) hashing: Semaphore,
}

impl std::ops::Deref for Console {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Console {
    /// Over a store and a dictionary. `clock` says what time it is, since nothing in here
    /// asks the machine.
    pub fn new(
        records: Records,
        dictionary: Arc<Dictionary>,
        viewing: Viewing,
        options: Options,
        zone: TimeZone,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        let (clock, hashing) = (Box::new(clock), Semaphore::new(2));
        Self(Arc::new(Inner { records, dictionary, viewing, options, zone, clock, hashing }))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Today, where the office is.
    pub fn today(&self) -> Date {
        self.zone.to_datetime(self.now()).date()
    }

    /// A time of the record as people there read it: `2026-11-27 16:00`.
    pub fn when(&self, at: &str) -> String {
        match at.parse::<Timestamp>() {
            Ok(at) => self.zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string(),
            Err(_) => at.to_owned(),
        }
    }
}

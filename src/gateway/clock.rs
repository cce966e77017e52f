//! The one place here that looks at a clock: for deadlines, for the day of judgement
//! and for the time of what is recorded.

use std::sync::Arc;
pub(super) use std::time::{Duration, Instant};

use crate::model::{Date, Timestamp};

/// This moment, for deadlines.
pub(super) fn moment() -> Instant {
    Instant::now()
}

/// This moment, for records.
pub(super) fn timestamp() -> Timestamp {
    Timestamp::now()
}

/// What day it is: a gateway runs for months, and what it judges by is for one day.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Date + Send + Sync>);

impl Clock {
    /// This machine's, where it is.
    pub fn of_this_machine() -> Self {
        Self::new(|| jiff::ZonedDateTime::now().date())
    }

    /// One that is asked each time.
    pub fn new(today: impl Fn() -> Date + Send + Sync + 'static) -> Self {
        Self(Arc::new(today))
    }

    /// Today.
    pub fn today(&self) -> Date {
        (self.0)()
    }
}

//! The one place here that looks at a clock: for deadlines, for the day of judgement
//! and for the time of what is recorded.

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

/// Today where this machine is.
pub fn today() -> Date {
    jiff::ZonedDateTime::now().date()
}

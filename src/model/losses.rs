//! What became of the processes that examined a matter: told beside an
//! examination and never in it, since it changes from run to run.

use super::finding::Gap;

/// What it took to examine one matter, or all of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// How many processes were lost. For each, another was started and the matter
    /// handed over again.
    pub retries: u64,
    /// What was given up, since a second process was lost at it; in order of
    /// matters and parts.
    pub quarantined: Vec<Quarantined>,
}

/// A part that is not tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The matter's name.
    pub source: String,
    /// The part's trail, outermost first; empty where the whole matter was given up.
    pub path: Vec<String>,
    /// The gap that the examination has in its place.
    pub gap: Gap,
}

impl std::ops::AddAssign for Losses {
    fn add_assign(&mut self, other: Self) {
        self.retries += other.retries;
        self.quarantined.extend(other.quarantined);
    }
}

//! The record: what was examined and what people decided, in one SQLite file.
//!
//! The one room that knows SQL. Each operation is one function and one transaction,
//! and enters what it did in the ledger; what may not be done is refused by the
//! tables themselves, so that it is refused whoever asks. No clock here: whoever
//! calls says when.

mod accounts;
mod addresses;
mod docket;
mod due;
mod error;
mod evidence;
mod find;
mod history;
mod keep;
mod ledger;
mod links;
mod looks;
mod migrations;
mod names;
mod papers;
mod passages;
mod people;
mod queue;
mod replay;
mod reviews;
mod runs;
mod sample;
mod secret;
mod store;
mod tokens;
mod told;
mod upkeep;

pub use accounts::{Attempt, Lifetime, Session};
pub use docket::{Acted, Docket, MadeBy};
pub use due::Deadline;
pub use error::{Error, Refusal, Result};
pub use evidence::{Claim, Evidence, Found, Gap, Part};
pub use history::Examined;
pub use keep::Kept;
pub use ledger::{
    Broken, Checkpoint, Entry, Fault, Hash, PublicKey, SigningKey, Verified, entries_after,
    entries_before, verify,
};
pub use links::{GIVE_CODES, LINK_MINUTES, LinkFor, Newcomer};
pub use looks::Look;
pub use names::{action_words, subject_meant, subject_words};
pub use papers::{Chosen, Paper, Proposed};
pub use passages::{Answered, NOTICE, Passage, Passed, Released};
pub use people::Person;
pub use queue::{Line, Mark, QueueOf};
pub use replay::{Difference, difference};
pub use reviews::{Done, On, upward};
pub use runs::{Run, RunState};
pub use sample::{Drawn, PastSample, Sampled};
pub use secret::{Code, Hashed, SHORTEST, Token};
pub use store::{Act, Store};
pub use tokens::{Access, LONGEST_DAYS, NewToken, OfBytes, Scope};
pub use upkeep::{Checked, Purged};

#[cfg(test)]
mod accounts_tests;
#[cfg(test)]
mod due_tests;
#[cfg(test)]
mod find_tests;
#[cfg(test)]
mod passage_tests;
#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod tests;

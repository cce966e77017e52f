//! The record: what was examined and what people decided, in one SQLite file.
//!
//! The one room that knows SQL. Each operation is one function and one transaction,
//! and enters what it did in the ledger; what may not be done is refused by the
//! tables themselves, so that it is refused whoever asks. No clock here: whoever
//! calls says when.

mod due;
mod error;
mod evidence;
mod keep;
mod ledger;
mod looks;
mod migrations;
mod papers;
mod people;
mod queue;
mod replay;
mod reviews;
mod store;
mod told;
mod upkeep;

pub use due::Deadline;
pub use error::{Error, Refusal, Result};
pub use evidence::{Claim, Evidence, Found, Gap, Part};
pub use keep::Kept;
pub use ledger::{
    Broken, Checkpoint, Entry, Fault, Hash, PublicKey, SigningKey, Verified, entries_after, verify,
};
pub use looks::Look;
pub use papers::{Chosen, Paper, Proposed};
pub use people::Person;
pub use queue::{Acted, Docket, Line, MadeBy, Mark, QueueOf};
pub use replay::{Difference, difference};
pub use reviews::{Done, On, upward};
pub use store::{Act, Store};
pub use upkeep::{Checked, Purged};

#[cfg(test)]
mod due_tests;
#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod tests;

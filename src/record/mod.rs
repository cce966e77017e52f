//! The record: what was examined and what people decided, in one SQLite file.
//!
//! The one room that knows SQL. Each operation is one function and one transaction,
//! and enters what it did in the ledger; what may not be done is refused by the
//! tables themselves, so that it is refused whoever asks. No clock here: whoever
//! calls says when.

mod error;
mod evidence;
mod keep;
mod ledger;
mod migrations;
mod people;
mod queue;
mod replay;
mod reviews;
mod store;
mod upkeep;

pub use error::{Error, Refusal, Result};
pub use evidence::{Claim, Evidence, Found, Gap, Part};
pub use keep::Kept;
pub use ledger::{
    Broken, Checkpoint, Entry, Fault, Hash, PublicKey, SigningKey, Verified, entries_after, verify,
};
pub use people::Person;
pub use queue::{Acted, Docket, Line, MadeBy, QueueOf};
pub use replay::{Difference, difference};
pub use reviews::{Done, On, upward};
pub use store::{Act, Store};
pub use upkeep::{Checked, Purged};

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The bytes of so many hexadecimal digits.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let mut bytes = [0; N];
    if digits.len() != 2 * N || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod tests;

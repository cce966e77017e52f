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
pub use queue::{Acted, Docket, Line, MadeBy, Mark, QueueOf};
pub use replay::{Difference, difference};
pub use reviews::{Done, On, upward};
pub use store::{Act, Store};
pub use upkeep::{Checked, Purged};

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The bytes of so many hexadecimal digits.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let mut bytes = [0; N];
    if pairs.len() != N {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod tests;

//! Suppressions: a person's decision that a hit is not what it seems, bound so
//! that it cannot rot.
//!
//! A decision is bound to the rule (and the dictionary's entry), to the folded
//! hit and to its folded surroundings, the latter two as keyed hashes: no text
//! of a document is in it. Where any of them differs, it says nothing. Whether
//! what it is about may be suppressed at all, and on which days, is for the
//! judge: this room only says which decisions are about which places.

mod bind;
mod store;

pub use bind::{Bound, bind};
pub use store::{Decision, LONGEST_DAYS, Store, StoreError, Wanted};

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::dictionary::Key;
use crate::model::hex;
use crate::model::{Decided, FoldedText, SourceText, Span};

/// A keyed hash.
pub type Digest = [u8; 32];

/// The keyed hash of some pieces, for one purpose. Each piece goes in with its
/// length before it, so that no two lists of pieces run together.
fn keyed(key: &Key, purpose: &str, pieces: &[&[u8]]) -> Digest {
    let lengths: Vec<[u8; 8]> =
        pieces.iter().map(|piece| (piece.len() as u64).to_be_bytes()).collect();
    let all: Vec<&[u8]> =
        lengths.iter().zip(pieces).flat_map(|(length, piece)| [&length[..], piece]).collect();
    key.mac(purpose).of(&all)
}

/// The decisions a run listens to, with the key that tells what they are about.
#[derive(Clone, Debug)]
pub struct Suppressions {
    key: Key,
    /// By the hit they are bound to, and of one hit in the file's order.
    by_hit: BTreeMap<Digest, Vec<Decision>>,
    digest: String,
}

impl Suppressions {
    /// The decisions of a file, all of them made with one of these keys.
    ///
    /// # Errors
    /// What is wrong with the file, or that none is the key it was made with.
    pub fn load(file: &str, keys: &[Key]) -> Result<Self, StoreError> {
        let store = Store::parse(file)?;
        let key = store.verify(keys)?.clone();
        let mut by_hit: BTreeMap<Digest, Vec<Decision>> = BTreeMap::new();
        for decision in store.decisions {
            by_hit.entry(decision.bound.hit).or_default().push(decision);
        }
        let digest = hex(&Sha256::digest(file.as_bytes()));
        Ok(Self { key, by_hit, digest })
    }

    /// SHA-256 of the file, in lower-case hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// All decisions, in the order of what they are bound to.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.by_hit.values().flatten()
    }

    /// The decisions about some places of a part, in the places' order. `part` is
    /// the digest of its bytes.
    pub fn about(
        &self,
        text: &SourceText,
        folded: &FoldedText,
        part: &str,
        places: impl IntoIterator<Item = Span>,
    ) -> Vec<Decided> {
        let mut found = Vec::new();
        if self.by_hit.is_empty() {
            return found;
        }
        for span in places {
            let Some(known) = self.by_hit.get(&bind::hit(&self.key, folded, &span)) else {
                continue;
            };
            let bound = bind(&self.key, text, folded, part, &span);
            let known = known.iter();
            found.extend(known.filter(|known| known.bound == bound).map(|known| Decided {
                rule: known.rule.clone(),
                entry: known.entry.clone(),
                span: span.clone(),
                by: known.named(),
            }));
        }
        found
    }
}

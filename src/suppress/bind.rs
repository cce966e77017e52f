//! What a decision is bound to: the hit and its surroundings, as keyed hashes.

use super::{Digest, keyed};
use crate::dictionary::Key;
use crate::model::{Block, FoldedText, SourceText, Span};

const HIT: &str = "vetmark.suppression/1 hit";
const AROUND: &str = "vetmark.suppression/1 around";

/// Characters of the same region that count as surroundings, on each side.
const REACH: usize = 100;

/// Characters of the hit's own paragraph that do, where it is longer.
const PARAGRAPH: usize = 2000;

/// Where fewer characters stand around a hit, they do not tell one document from
/// another: then the decision is bound to the document itself as well.
const THIN: usize = 40;

/// Blocks looked at on each side.
const BLOCKS: usize = 2000;

/// The keyed hashes of one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bound {
    /// Of the folded hit.
    pub hit: Digest,
    /// Of the region it stands in and the folded text around it.
    pub around: Digest,
}

/// Binds a place of a part's text. White space does not count: the same words in
/// lines of another length are the same words. `part` is the digest of the
/// part's bytes.
pub fn bind(key: &Key, text: &SourceText, folded: &FoldedText, part: &str, span: &Span) -> Bound {
    let hit = squeezed(slice(folded, span));
    let home = text.block_at(span.start).unwrap_or_default();
    let Some(block) = text.blocks().get(home) else {
        let around = keyed(key, AROUND, &[part.as_bytes()]);
        return Bound { hit: hash_of_hit(key, &hit), around };
    };
    let before = before(text, folded, home, span.start);
    let after = after(text, folded, home, span.end);
    let around = before.chars().count() + after.chars().count();
    let document = if around < THIN { part } else { "" };
    let region = format!("{:?}", block.region);
    let pieces = [region.as_bytes(), before.as_bytes(), after.as_bytes(), document.as_bytes()];
    Bound { hit: hash_of_hit(key, &hit), around: keyed(key, AROUND, &pieces) }
}

/// The folded words of a place without white space: what is hashed.
pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn hash_of_hit(key: &Key, hit: &str) -> Digest {
    keyed(key, HIT, &[hit.as_bytes()])
}

fn slice<'f>(folded: &'f FoldedText, source: &Span) -> &'f str {
    let (from, to) = (folded.folded_offset(source.start), folded.folded_offset(source.end));
    folded.as_str().get(from..to.max(from)).unwrap_or_default()
}

/// What stands before a hit, the nearest characters last.
fn before(text: &SourceText, folded: &FoldedText, home: usize, start: usize) -> String {
    let blocks = text.blocks();
    let mut kept: Vec<char> = Vec::new();
    for (number, block) in blocks[..=home].iter().enumerate().rev().take(BLOCKS) {
        if block.region != blocks[home].region {
            continue;
        }
        let span = block.span();
        let span = span.start..span.end.min(start);
        let most = room(&blocks[home], block, number == home);
        let some = slice(folded, &span).chars().rev().filter(|c| !c.is_whitespace());
        kept.extend(some.take(most.saturating_sub(kept.len())));
        if kept.len() >= most {
            break;
        }
    }
    kept.into_iter().rev().collect()
}

/// What stands behind it.
fn after(text: &SourceText, folded: &FoldedText, home: usize, end: usize) -> String {
    let blocks = text.blocks();
    let mut kept: Vec<char> = Vec::new();
    for (number, block) in blocks.iter().enumerate().skip(home).take(BLOCKS) {
        if block.region != blocks[home].region || block.span().end <= end {
            continue;
        }
        let span = block.span();
        let span = span.start.max(end)..span.end;
        let most = room(&blocks[home], block, number == home);
        let some = slice(folded, &span).chars().filter(|c| !c.is_whitespace());
        kept.extend(some.take(most.saturating_sub(kept.len())));
        if kept.len() >= most {
            break;
        }
    }
    kept.into_iter().collect()
}

/// How many characters may be kept once this block is taken in: the hit's own
/// paragraph counts as far as it goes.
fn room(home: &Block, block: &Block, is_home: bool) -> usize {
    let own = is_home || (home.group != 0 && block.group == home.group);
    if own { PARAGRAPH } else { REACH }
}

#[cfg(test)]
#[path = "bind_tests.rs"]
mod tests;

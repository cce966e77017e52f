//! What a decision is bound to: the hit and its surroundings, as keyed hashes.

use super::{Digest, keyed};
use crate::dictionary::Key;
use crate::model::{Block, FoldedText, SourceText, Span};

const HIT: &str = "vetmark.suppression/1 hit";
const AROUND: &str = "vetmark.suppression/1 around";

/// Characters of the same region that count as surroundings, on each side.
const REACH: usize = 100;

/// Characters of the hit's own paragraph that do, where it is longer: as many as
/// a search takes for one paragraph.
const PARAGRAPH: usize = 6000;

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

/// The keyed hash of the folded words of a place.
pub(super) fn hit(key: &Key, folded: &FoldedText, span: &Span) -> Digest {
    hash_of_hit(key, &squeezed(slice(folded, span)))
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
    let mut own = true;
    let mut next = &blocks[home];
    for block in blocks[..=home].iter().rev().take(BLOCKS) {
        if block.region != blocks[home].region {
            continue;
        }
        own = own && (block == next || goes_on(text, block, next));
        next = block;
        let most = if own { PARAGRAPH } else { REACH };
        let span = block.span();
        let some = slice(folded, &(span.start..span.end.min(start)));
        let some = some.chars().rev().filter(|c| !c.is_whitespace());
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
    let mut own = true;
    let mut last = &blocks[home];
    for block in blocks.iter().skip(home).take(BLOCKS) {
        let span = block.span();
        if block.region != blocks[home].region || (span.end <= end && block != last) {
            continue;
        }
        // A hit may go on into the next line.
        own = own && (block == last || span.start < end || goes_on(text, last, block));
        last = block;
        let most = if own { PARAGRAPH } else { REACH };
        let some = slice(folded, &(span.start.max(end)..span.end.max(end)));
        let some = some.chars().filter(|c| !c.is_whitespace());
        kept.extend(some.take(most.saturating_sub(kept.len())));
        if kept.len() >= most {
            break;
        }
    }
    kept.into_iter().collect()
}

/// Whether a paragraph may go on from a block to the one after it: they are of
/// one, or are lines of which the first ends within a sentence. Of an entry one
/// hit a paragraph is reported: all of it has to stay as it was.
fn goes_on(text: &SourceText, block: &Block, next: &Block) -> bool {
    if block.group != 0 || next.group != 0 {
        return block.group == next.group;
    }
    let last = text.block_text(block).trim_end().chars().next_back();
    let inside = |c: char| c.is_alphanumeric() || "，、,《“(（".contains(c);
    block.line > 0 && next.line > 0 && last.is_some_and(inside)
}

#[cfg(test)]
#[path = "bind_tests.rs"]
mod tests;

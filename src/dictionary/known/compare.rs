//! A text against known documents: one pass, one hash for each letter.

use std::collections::{BTreeMap, HashMap};

use super::{Document, Known, RUN, SHINGLE, STRIDE, covered};
use crate::model::Span;

/// Runs whose prints were looked up and are not looked up again.
const REMEMBERED: usize = 1 << 14;

/// What a text shares with one known document.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// How the document is named.
    pub id: String,
    /// Letters of the longest piece in common: at least, and at most.
    pub longest: [usize; 2],
    /// The piece as far as it is certain, in bytes of the folded text.
    pub span: Span,
    /// Pieces in common.
    pub pieces: usize,
    /// Letters of the text that are in them.
    pub letters: usize,
    /// The share of the text's letters, from 0 to 1.
    pub of_text: f64,
    /// The share of the known document's own letters, from 0 to 1.
    pub of_document: f64,
}

/// A text as it is compared, letter by letter.
#[derive(Debug)]
pub struct Comparison<'k> {
    known: &'k Known,
    /// The last letters with their places, written round and round.
    ring: [(char, usize); SHINGLE],
    hash: u64,
    power: u64,
    letters: usize,
    /// Letters since a text began.
    fresh: usize,
    /// What runs were found to be: nothing, or where in the list of prints.
    looked_up: HashMap<u64, Option<usize>>,
    touched: BTreeMap<u32, Touched>,
}

/// What was met of one document so far.
#[derive(Debug, Default)]
struct Touched {
    /// Which runs of it.
    runs: Vec<bool>,
    /// The last run met, and the text's letters before its end.
    last: Option<(u32, usize)>,
    /// The piece it belongs to: where it began, in letters and in folded bytes.
    piece: Piece,
    best: Piece,
    pieces: usize,
    letters: usize,
    /// Letters up to here are counted.
    counted: usize,
}

#[derive(Clone, Debug, Default)]
struct Piece {
    letters: usize,
    folded: Span,
}

impl<'k> Comparison<'k> {
    /// A text of which nothing has been seen.
    pub fn new(known: &'k Known) -> Self {
        let power = known.tools.rolling.power(SHINGLE);
        Self {
            known,
            ring: [('\0', 0); SHINGLE],
            hash: 0,
            power,
            letters: 0,
            fresh: 0,
            looked_up: HashMap::new(),
            touched: BTreeMap::new(),
        }
    }

    /// What follows does not go on from what came.
    pub fn pause(&mut self) {
        (self.fresh, self.hash) = (0, 0);
        self.ring = [('\0', 0); SHINGLE];
    }

    /// The next letter and where it stands in the folded text.
    #[inline]
    pub fn push(&mut self, c: char, at: usize) {
        let rolling = &self.known.tools.rolling;
        let oldest = &mut self.ring[self.letters % SHINGLE];
        self.hash = rolling.push(self.hash, c);
        if self.fresh >= SHINGLE {
            self.hash = rolling.pop(self.hash, oldest.0, self.power);
        }
        *oldest = (c, at);
        self.letters += 1;
        self.fresh += 1;
        if self.fresh >= SHINGLE {
            let mixed = rolling.finish(self.hash, RUN);
            if self.known.filter.has(mixed) {
                self.look_up(mixed);
            }
        }
    }

    #[cold]
    fn look_up(&mut self, mixed: u64) {
        let found = match self.looked_up.get(&mixed) {
            Some(found) => *found,
            None => {
                let from = self.letters % SHINGLE;
                let run = self.ring[from..].iter().chain(&self.ring[..from]).map(|(c, _)| *c);
                let found = self.known.prints.binary_search(&self.known.tools.print(run)).ok();
                if self.looked_up.len() < REMEMBERED {
                    self.looked_up.insert(mixed, found);
                }
                found
            }
        };
        let Some(found) = found else { return };
        let prints = &self.known.prints;
        let same = |at: &usize| prints[*at] == prints[found];
        let before = (0..found).rev().take_while(same).count();
        for at in (found - before..prints.len()).take_while(same) {
            let (document, run) = self.known.places[at];
            self.met(document, run);
        }
    }

    /// A run of a document ends here.
    fn met(&mut self, number: u32, run: u32) {
        let document = &self.known.documents[number as usize];
        let touched = self.touched.entry(number).or_default();
        if touched.runs.is_empty() {
            touched.runs = vec![false; document.runs.len()];
        }
        touched.runs[run as usize] = true;
        let (first, last) =
            (self.ring[self.letters % SHINGLE].1, self.ring[(self.letters - 1) % SHINGLE]);
        let end = last.1 + last.0.len_utf8();
        let goes_on = touched.last.is_some_and(|(before, letters)| {
            before + 1 == run
                && document.distance(before).is_some_and(|distance| {
                    distance <= STRIDE && self.letters == letters + distance
                })
        });
        if goes_on {
            touched.piece.letters += self.letters - touched.last.map_or(0, |(_, letters)| letters);
            touched.piece.folded.end = end;
        } else {
            touched.pieces += 1;
            touched.piece = Piece { letters: SHINGLE, folded: first..end };
        }
        touched.last = Some((run, self.letters));
        if touched.piece.letters > touched.best.letters {
            touched.best = touched.piece.clone();
        }
        let from = touched.counted.max(self.letters - SHINGLE);
        touched.letters += self.letters - from;
        touched.counted = self.letters;
    }

    /// What the text shares with each document, the largest share first.
    pub fn finish(self) -> Vec<Overlap> {
        let all = self.letters;
        let overlap = |(number, touched): (u32, Touched)| {
            let document = &self.known.documents[number as usize];
            let longest = touched.best.letters;
            Overlap {
                id: document.id.clone(),
                longest: [longest, longest + 2 * (STRIDE - 1)],
                span: touched.best.folded,
                pieces: touched.pieces,
                letters: touched.letters,
                of_text: share(touched.letters, all),
                of_document: share(document.covered(&touched.runs), document.own),
            }
        };
        let mut overlaps: Vec<Overlap> = self.touched.into_iter().map(overlap).collect();
        // A stable sort: of equal shares, the order in which documents were registered.
        overlaps.sort_by(|a, b| {
            b.of_document.total_cmp(&a.of_document).then(b.letters.cmp(&a.letters))
        });
        overlaps
    }
}

fn share(some: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { (some as f64 / all as f64).min(1.0) }
}

impl Document {
    /// Letters from a run to the next.
    fn distance(&self, run: u32) -> Option<usize> {
        let run = run as usize;
        Some((self.runs.get(run + 1)? - self.runs.get(run)?) as usize)
    }

    /// Letters that stand in the runs that were met.
    fn covered(&self, met: &[bool]) -> usize {
        covered(self.runs.iter().zip(met).filter(|(_, met)| **met).map(|(start, _)| start))
    }
}

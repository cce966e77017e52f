//! Documents → what is kept of them, once it is known what is their own.
//!
//! What stands in many of them, or in a template, is nobody's own: two letters
//! written in one form must not be taken for each other. Versions of one document
//! share nearly everything and count as one, or else three drafts would make a
//! template of it.

use std::collections::BTreeMap;

use super::{BETWEEN, Document, MOST, RUN, SHINGLE, STRIDE, Stream, Tools, letters};
use crate::dictionary::key::Key;
use crate::dictionary::rolling::Bits;
use crate::dictionary::sealed::{Sealed, Writer, seal};
use crate::model::SourceText;
use crate::normalize::fold;

/// Letters of a template's runs: shorter ones, so that the words between two
/// blanks of a form are told too.
const OF_TEMPLATE: usize = 12;

/// Letters of a kept run that are its document's own, at least.
const OWN: usize = 18;

/// Different letters of a kept run, at least: rows of noughts tell nothing.
const DIFFERENT: usize = 8;

/// Bits of the filter for each kept run.
const FILTER_BITS: usize = 32;

/// One of so many runs is looked at to tell versions of one document.
const SAMPLED: u64 = 8;

/// What stands in more documents than this says nothing of two of them.
const CROWD: usize = 64;

/// The share of the shorter one that makes two documents versions of one.
const VERSION: f64 = 0.5;

/// What became of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// How it is named.
    pub id: String,
    /// Its letters.
    pub letters: usize,
    /// Of those, how many also stand in templates or in many other documents.
    pub common: usize,
    /// Runs that are kept; where there are none it cannot be found.
    pub runs: usize,
}

/// Gathers documents.
#[derive(Debug)]
pub struct Maker {
    key: Key,
    tools: Tools,
    documents: Vec<(String, Vec<Vec<char>>)>,
    /// Hashes of runs of templates.
    template: Vec<u64>,
}

impl Maker {
    /// A set without documents.
    pub fn new(key: &Key) -> Self {
        let (key, tools) = (key.clone(), Tools::new(key));
        Self { key, tools, documents: Vec::new(), template: Vec::new() }
    }

    /// Adds a document: the texts of its parts.
    pub fn add(&mut self, id: String, texts: &[SourceText]) {
        self.documents.push((id, running(texts)));
    }

    /// Adds text that is no document's own.
    pub fn template(&mut self, texts: &[SourceText]) {
        for text in running(texts) {
            self.template.extend(self.hashes(&text, OF_TEMPLATE));
        }
    }

    /// The file, and what became of each document. What stands in `common` or more
    /// documents, versions counted as one, is nobody's own.
    pub fn finish(mut self, common: usize) -> (Vec<u8>, Vec<Added>) {
        self.template.sort_unstable();
        self.template.dedup();
        let shared = self.shared(common);
        let mut added = Vec::new();
        let mut documents = Vec::new();
        let mut kept: Vec<(u64, u32, u32)> = Vec::new();
        let mut filter = Vec::new();
        for (number, (id, texts)) in (0..).zip(&self.documents) {
            let mut document = Document { id: id.clone(), runs: Vec::new(), own: 0 };
            let (mut letters, mut not_own, mut base) = (0, 0, 0_u32);
            for text in texts {
                let own = self.own(text, &shared);
                letters += text.len();
                not_own += own.iter().filter(|own| !**own).count();
                for at in (0..(text.len() + 1).saturating_sub(SHINGLE)).step_by(STRIDE) {
                    let Some(place) = u32::try_from(at).ok().and_then(|at| base.checked_add(at))
                    else {
                        break;
                    };
                    let run = &text[at..at + SHINGLE];
                    let enough = own[at..at + SHINGLE].iter().filter(|own| **own).count() >= OWN;
                    if place <= MOST && enough && different(run) >= DIFFERENT {
                        kept.push((
                            self.tools.print(run.iter().copied()),
                            number,
                            document.runs.len() as u32,
                        ));
                        filter.extend(self.hashes(run, SHINGLE));
                        document.runs.push(place);
                    }
                }
                base = base.saturating_add(text.len() as u32).saturating_add(BETWEEN);
            }
            let runs = document.runs.len();
            added.push(Added { id: id.clone(), letters, common: not_own, runs });
            documents.push(document);
        }
        kept.sort_unstable();
        // What one document says twice is looked for once.
        kept.dedup_by_key(|(print, document, _)| (*print, *document));
        // And what a hundred versions say is looked for in the first of them.
        let mut said = (0, 0);
        kept.retain(|(print, ..)| {
            said = if said.0 == *print { (said.0, said.1 + 1) } else { (*print, 1) };
            said.1 <= CROWD
        });

        let mut body = Writer::default();
        body.u32(documents.len() as u32);
        for document in &documents {
            body.counted(document.id.as_bytes());
            body.u32(document.runs.len() as u32);
            document.runs.iter().for_each(|run| body.u32(*run));
        }
        Bits::new(&filter, FILTER_BITS, true).write(&mut body);
        body.u32(kept.len() as u32);
        for (print, document, run) in kept {
            body.u64(print);
            body.u32(document);
            body.u32(run);
        }
        (seal(Sealed::Known, &self.key, &body.bytes), added)
    }

    /// Hashes of all runs of a length.
    fn hashes(&self, text: &[char], length: usize) -> Vec<u64> {
        let rolling = &self.tools.rolling;
        let power = rolling.power(length);
        let kind = if length == SHINGLE { RUN } else { length as u64 };
        let mut hash = 0;
        let mut hashes = Vec::with_capacity(text.len());
        for (at, c) in text.iter().enumerate() {
            hash = rolling.push(hash, *c);
            if at >= length {
                hash = rolling.pop(hash, text[at - length], power);
            }
            if at + 1 >= length {
                hashes.push(rolling.finish(hash, kind));
            }
        }
        hashes
    }

    /// Hashes of runs that stand in many documents, in order.
    fn shared(&self, common: usize) -> Vec<u64> {
        let mut all: Vec<(u64, u32)> = Vec::new();
        for (number, (_, texts)) in (0..).zip(&self.documents) {
            for text in texts {
                all.extend(self.hashes(text, SHINGLE).into_iter().map(|hash| (hash, number)));
            }
        }
        all.sort_unstable();
        all.dedup();
        let family = families(&all, self.documents.len());
        let mut shared = Vec::new();
        for same in all.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() >= common) {
            let mut families: Vec<u32> = same.iter().map(|(_, d)| family[*d as usize]).collect();
            families.sort_unstable();
            families.dedup();
            if families.len() >= common {
                shared.push(same[0].0);
            }
        }
        shared
    }

    /// Which letters are the document's own.
    fn own(&self, text: &[char], shared: &[u64]) -> Vec<bool> {
        let mut own = vec![true; text.len()];
        for (length, theirs) in [(SHINGLE, shared), (OF_TEMPLATE, &self.template)] {
            if theirs.is_empty() {
                continue;
            }
            let mut done = 0;
            for (at, hash) in self.hashes(text, length).into_iter().enumerate() {
                if theirs.binary_search(&hash).is_ok() {
                    own[at.max(done)..at + length].fill(false);
                    done = at + length;
                }
            }
        }
        own
    }
}

fn running(texts: &[SourceText]) -> Vec<Vec<char>> {
    let mut all = Vec::new();
    for text in texts {
        let mut found = Vec::new();
        letters(text, &fold(text.as_str()), Stream::Running, |c, _| found.push(c));
        all.push(found);
    }
    all
}

fn different(run: &[char]) -> usize {
    let mut letters = run.to_vec();
    letters.sort_unstable();
    letters.dedup();
    letters.len()
}

/// For each document the first of those it is a version of, by what they share.
fn families(all: &[(u64, u32)], documents: usize) -> Vec<u32> {
    let mut runs = vec![0_usize; documents];
    let mut pairs: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let sampled = all.chunk_by(|a, b| a.0 == b.0).filter(|same| same[0].0 % SAMPLED == 0);
    for same in sampled {
        same.iter().for_each(|(_, document)| runs[*document as usize] += 1);
        if same.len() <= CROWD {
            for (at, (_, a)) in same.iter().enumerate() {
                same[at + 1..].iter().for_each(|(_, b)| *pairs.entry((*a, *b)).or_default() += 1);
            }
        }
    }
    let mut family: Vec<u32> = (0..documents as u32).collect();
    for ((a, b), together) in pairs {
        let shorter = runs[a as usize].min(runs[b as usize]);
        if together as f64 >= shorter as f64 * VERSION {
            let (a, b) = (root(&family, a), root(&family, b));
            family[a.max(b) as usize] = a.min(b);
        }
    }
    (0..documents as u32).map(|document| root(&family, document)).collect()
}

fn root(family: &[u32], mut of: u32) -> u32 {
    // Every step goes to a smaller number.
    while family[of as usize] != of {
        of = family[of as usize];
    }
    of
}

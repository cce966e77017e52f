//! Known documents: told by their text, or an excerpt of it, without holding any.
//!
//! Of each document every [`STRIDE`]-th run of [`SHINGLE`] letters is kept as an
//! HMAC; a text under examination is looked up at every place. So whatever has
//! [`SURE`] letters in one piece with a known document holds one that is kept.
//! Winnowing picks runs by their content, because it samples both sides; with one
//! side whole, runs at a fixed distance give the same assurance with half as many
//! hashes, and never stand so close that one could be guessed from another.

mod compare;
mod letters;
mod make;

pub use compare::{Comparison, Overlap};
pub use letters::{Stream, letters};
pub use make::{Added, Maker};

use super::key::{Key, Mac};
use super::rolling::{Bits, Rolling};
use super::sealed::{Reader, Shut};

/// Letters of a run: fewer are shared by documents that have nothing to do with
/// each other (names of laws and bodies have up to twenty or so).
pub const SHINGLE: usize = 24;

/// Letters from one kept run to the next.
pub const STRIDE: usize = 11;

/// Letters in one piece that are found wherever they begin. An excerpt of 40
/// characters has as many, unless more than six of them are blanks and signs.
pub const SURE: usize = SHINGLE + STRIDE - 1;

/// What sets the hashes of runs apart.
const RUN: u64 = 2 << 32;

/// Letters that lie between two texts of one document, so that no run goes over.
const BETWEEN: u32 = 1000;

/// Documents that are known by their runs.
#[derive(Debug)]
pub struct Known {
    /// The file, as given.
    pub file: String,
    documents: Vec<Document>,
    /// HMACs of runs, in order.
    prints: Vec<u64>,
    /// For each, the document and the number of the run in it.
    places: Vec<(u32, u32)>,
    filter: Bits,
    tools: Tools,
}

/// One known document.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Document {
    /// How findings name it.
    id: String,
    /// Where each kept run begins, in letters, in order.
    runs: Vec<u32>,
    /// Letters that are its own and stand in some kept run.
    own: usize,
}

/// Letters that stand in some runs, given in order.
fn covered<'r>(runs: impl Iterator<Item = &'r u32>) -> usize {
    let (mut end, mut covered) = (0, 0);
    for start in runs.map(|start| *start as usize) {
        covered += start + SHINGLE - start.max(end);
        end = start + SHINGLE;
    }
    covered
}

/// What is derived from the key.
#[derive(Clone, Debug)]
struct Tools {
    print: Mac,
    rolling: Rolling,
}

impl Tools {
    fn new(key: &Key) -> Self {
        Self {
            print: key.mac("vetmark known print"),
            rolling: Rolling::new(&key.mac("vetmark known rolling")),
        }
    }

    fn print(&self, run: impl Iterator<Item = char>) -> u64 {
        let mut bytes = [0; SHINGLE * 4];
        for (place, c) in bytes.chunks_exact_mut(4).zip(run) {
            place.copy_from_slice(&u32::from(c).to_le_bytes());
        }
        let mac = self.print.of(&[&bytes]);
        u64::from_le_bytes(mac[..8].try_into().unwrap_or_default())
    }
}

impl Known {
    /// Known documents from the body of their file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(file: String, body: &[u8], key: &Key) -> Result<Self, Shut> {
        let mut body = Reader::new(body);
        let mut documents = Vec::new();
        for _ in 0..body.count(8)? {
            let id = body.text()?;
            let mut runs = Vec::new();
            for _ in 0..body.count(4)? {
                runs.push(body.u32()?);
            }
            if !runs.is_sorted_by(|a, b| a < b) || runs.last().is_some_and(|last| *last > MOST) {
                return Err(Shut::Damaged("a document's runs are not in order"));
            }
            let own = covered(runs.iter());
            documents.push(Document { id, runs, own });
        }
        let filter = Bits::read(&mut body)?;
        let (mut prints, mut places) = (Vec::new(), Vec::new());
        for _ in 0..body.count(16)? {
            prints.push(body.u64()?);
            let (document, run) = (body.u32()?, body.u32()?);
            let there =
                documents.get(document as usize).is_some_and(|d| (run as usize) < d.runs.len());
            if !there {
                return Err(Shut::Damaged("a run belongs to no document"));
            }
            places.push((document, run));
        }
        body.end()?;
        if !prints.is_sorted() {
            return Err(Shut::Damaged("its runs are not in order"));
        }
        Ok(Self { file, documents, prints, places, filter, tools: Tools::new(key) })
    }

    /// How many documents there are.
    pub fn documents(&self) -> usize {
        self.documents.len()
    }

    /// How many runs are kept of them.
    pub fn runs(&self) -> usize {
        self.prints.len()
    }

    /// Bytes that they take in memory.
    pub fn memory(&self) -> usize {
        let of_documents: usize =
            self.documents.iter().map(|d| d.id.len() + d.runs.len() * 4 + 56).sum();
        of_documents + self.prints.len() * 16 + self.filter.memory()
    }
}

/// The last place a run of a document may have: texts are shorter than 4 GiB.
const MOST: u32 = u32::MAX - 2 * BETWEEN;

#[cfg(test)]
mod tests;

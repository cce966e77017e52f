//! Holding a ledger against itself: a store or an exported file, and nothing else.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::{Checkpoint, Entry, Hash, Head, PublicKey, SCHEMA, each};
use crate::model::Words;
use crate::record::error::{Error, Result};
use crate::record::store::Store;

/// The longest line of an exported ledger that is read: more is no entry of ours.
const LONGEST: u64 = 64 << 20;

/// What is wrong with a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no entry at all.
    Unreadable(String),
    /// Another number was due: an entry was taken out, put in or moved.
    Numbering {
        /// The number it has.
        found: u64,
    },
    /// It does not follow the entry before it.
    Link,
    /// What it says is not what was entered.
    Content,
    /// Somebody signed another entry of this number.
    Signed {
        /// When.
        at: String,
    },
    /// Entries up to this were signed and are not there.
    Truncated {
        /// The number of the entry that was signed.
        signed: u64,
    },
    /// A signature that is none.
    Signature,
    /// No signature of a key that is trusted.
    Untrusted,
}

/// The first entry that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The number that was due.
    pub seq: u64,
    /// What is wrong.
    pub fault: Fault,
}

impl Broken {
    /// In words.
    pub fn words(&self) -> Words {
        let seq = self.seq;
        let (en, zh) = match &self.fault {
            Fault::Unreadable(why) => {
                (format!("it is no entry ({why})"), format!("不是台账条目（{why}）"))
            }
            Fault::Numbering { found } => (
                format!(
                    "an entry numbered {found} stands here: entries were taken out, put in or moved"
                ),
                format!("此处条目的编号为{found}：条目被删除、插入或者移动"),
            ),
            Fault::Link => (
                "it does not follow the entry before it: one of the two was replaced".into(),
                "与前一条目不衔接：其中一条被替换".into(),
            ),
            Fault::Content => {
                ("it does not say what was entered".into(), "内容与登记时不一致".into())
            }
            Fault::Signed { at } => (
                format!("another entry of this number was signed at {at}"),
                format!("{at}签名的是另一条同号条目"),
            ),
            Fault::Truncated { signed } => (
                format!("the entries up to {signed} were signed, and end before this one"),
                format!("签名覆盖至第{signed}条，但条目到此缺失"),
            ),
            Fault::Signature => ("a signature over it is none".into(), "对该条目的签名无效".into()),
            Fault::Untrusted => (
                "no signature of a trusted key covers the ledger".into(),
                "台账没有受信任密钥的签名".into(),
            ),
        };
        Words::new(format!("entry {seq}: {en}"), format!("第{seq}条：{zh}"))
    }
}

/// What was seen of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries that hold.
    pub entries: u64,
    /// The hash of the last of them.
    pub head: Hash,
    /// The last entry that a signature covers; 0 where there is none.
    pub signed: u64,
    /// The first that does not hold.
    pub broken: Option<Broken>,
}

/// Verifies a store or an exported ledger. `known` are checkpoints kept elsewhere;
/// where keys are `trusted`, signatures of others count for nothing.
///
/// # Errors
/// That the file cannot be read, or is neither.
pub fn verify(path: &Path, known: &[Checkpoint], trusted: &[PublicKey]) -> Result<Verified> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    if file.fill_buf()?.starts_with(b"SQLite format 3\0") {
        let store = Store::read(path)?;
        let tx = store.connection.unchecked_transaction()?;
        let mut chain = Chain::new(super::checkpoints(&tx)?, known, trusted);
        // The first fault ends it; what SQLite cannot read is one.
        let mut broken = None;
        let ended = each(&tx, &mut |entry| {
            broken = chain.entry(&entry).err();
            if broken.is_some() { Err(Error::NotAStore) } else { Ok(()) }
        });
        if let (None, Err(error)) = (&broken, ended) {
            broken = Some(chain.broken(Fault::Unreadable(error.to_string())));
        }
        return Ok(chain.end(broken));
    }
    exported(&mut file, known, trusted)
}

fn exported(
    file: &mut dyn BufRead,
    known: &[Checkpoint],
    trusted: &[PublicKey],
) -> Result<Verified> {
    let mut line = String::new();
    read_line(file, &mut line)?;
    let head: Head = serde_json::from_str(&line).map_err(|_| not_a_ledger())?;
    if head.schema != SCHEMA {
        return Err(not_a_ledger());
    }
    let mut chain = Chain::new(head.checkpoints, known, trusted);
    let broken = loop {
        match read_line(file, &mut line) {
            Ok(true) => {}
            Ok(false) => break None,
            Err(error) => break Some(chain.broken(Fault::Unreadable(error.to_string()))),
        }
        let entered = match serde_json::from_str::<Entry>(&line) {
            Ok(entry) => chain.entry(&entry),
            Err(error) => Err(chain.broken(Fault::Unreadable(error.to_string()))),
        };
        if let Err(broken) = entered {
            break Some(broken);
        }
    };
    Ok(chain.end(broken))
}

fn not_a_ledger() -> Error {
    Error::wrong(
        "this is neither a store nor an exported ledger",
        "该文件既不是库，也不是导出的台账",
    )
}

/// Whether there was a line.
fn read_line(file: &mut dyn BufRead, line: &mut String) -> io::Result<bool> {
    line.clear();
    let read = file.take(LONGEST).read_line(line)?;
    if read as u64 == LONGEST {
        return Err(io::Error::other("a line without end"));
    }
    Ok(read > 0)
}

/// A ledger as it is gone through.
struct Chain {
    entries: u64,
    head: Hash,
    /// In the order of numbers.
    checkpoints: Vec<Checkpoint>,
    /// How many of them were passed.
    passed: usize,
    /// Whether a signature by a certain key is asked for.
    trust: bool,
}

impl Chain {
    fn new(own: Vec<Checkpoint>, known: &[Checkpoint], trusted: &[PublicKey]) -> Self {
        let trust = !trusted.is_empty();
        let mut checkpoints = own;
        checkpoints.extend_from_slice(known);
        checkpoints.retain(|checkpoint| !trust || trusted.contains(&checkpoint.key));
        checkpoints.sort_by_key(|checkpoint| checkpoint.seq);
        Self { entries: 0, head: Hash::default(), checkpoints, passed: 0, trust }
    }

    fn broken(&self, fault: Fault) -> Broken {
        Broken { seq: self.entries + 1, fault }
    }

    fn entry(&mut self, entry: &Entry) -> std::result::Result<(), Broken> {
        let fault = if entry.seq != self.entries + 1 {
            Some(Fault::Numbering { found: entry.seq })
        } else if entry.prev != self.head {
            Some(Fault::Link)
        } else if entry.computed() != entry.hash {
            Some(Fault::Content)
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(self.broken(fault));
        }
        while let Some(checkpoint) = self.checkpoints.get(self.passed)
            && checkpoint.seq <= entry.seq
        {
            if !checkpoint.is_signed() {
                return Err(self.broken(Fault::Signature));
            }
            if checkpoint.seq != entry.seq || checkpoint.hash != entry.hash {
                return Err(self.broken(Fault::Signed { at: checkpoint.at.clone() }));
            }
            self.passed += 1;
        }
        (self.entries, self.head) = (entry.seq, entry.hash);
        Ok(())
    }

    fn end(self, broken: Option<Broken>) -> Verified {
        let left = self.checkpoints.get(self.passed);
        let broken = broken.or_else(|| match left {
            Some(signed) if signed.is_signed() => {
                Some(self.broken(Fault::Truncated { signed: signed.seq }))
            }
            Some(_) => Some(self.broken(Fault::Signature)),
            None if self.trust && self.passed == 0 => Some(self.broken(Fault::Untrusted)),
            None => None,
        });
        let signed = self.checkpoints[..self.passed].last().map_or(0, |signed| signed.seq);
        Verified { entries: self.entries, head: self.head, signed, broken }
    }
}

//! Tape archives: POSIX ustar and pax, GNU tar, and the tar of old.
//!
//! Read block by block. Where a header does not hold, the next one that does is
//! looked for, so that a damaged archive still shows what else it holds; and
//! what stands behind the mark of the end is read as well, since programs differ
//! on whether it belongs to the archive.

mod header;
mod pax;
mod sparse;
#[cfg(test)]
mod tests;

use std::ops::Range;

use header::{BLOCK, Header};
use pax::Records;
use sparse::{Filled, Map};

use super::members::{Members, beyond_padding};
use super::names::{self, NameEncoding};
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{Gap, GapKind, Limit, Region, Submission};

/// More members than any matter may have parts: a list that is longer is cut.
const MAX_ENTRIES: usize = 100_000;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut members = Members::new(submission, budget);
    let mut walk = Walk { bytes: &submission.bytes, ..Walk::default() };
    if let Err(gap) = walk.run(budget) {
        members.gap(gap);
    }
    let raw = walk.entries.iter().flat_map(|e| [e.name.as_slice(), e.link.as_slice()]);
    let encoding = names::encoding_of(raw);
    members.names_guessed(encoding.name());
    for (label, said) in &walk.said {
        members.say(Region::Property, label, said);
    }
    for entry in std::mem::take(&mut walk.entries) {
        put(entry, &submission.bytes, encoding, &mut members, budget);
    }
    for gap in walk.gaps {
        members.gap(gap);
    }
    if walk.archives > 1 {
        let count = walk.archives;
        members.note(
            "concatenated",
            format!("{count} archives stand one behind the other"),
            format!("文件中有{count}个归档首尾相接"),
        );
    }
    members.take_rest(walk.rest);
    members.finish()
}

/// Puts one member down.
fn put(
    entry: Entry,
    bytes: &[u8],
    encoding: NameEncoding,
    members: &mut Members<'_>,
    budget: &mut Budget,
) {
    let name = names::decode(&entry.name, &[], false, encoding);
    for (key, value) in pax::said(&entry.records) {
        members.say(Region::Property, key, value);
    }
    match entry.kind {
        Kind::Folder => members.folder(&name),
        Kind::Device => members.device(&name),
        Kind::Link => {
            members.link(&name, &names::decode(&entry.link, &[], false, encoding));
        }
        Kind::File(map) => {
            if !members.has_room() {
                return;
            }
            let data = bytes.get(entry.data).unwrap_or_default();
            let (content, gap) = match map {
                None => Metered::new(data, data.len() as u64, budget).read_all(),
                Some(map) => {
                    let data = data.get(map.within..).unwrap_or_default();
                    Metered::new(Filled::new(map, data), data.len() as u64, budget).read_all()
                }
            };
            let cut = entry.cut.then(|| Gap::new(GapKind::Damaged, "its data break off"));
            members.take(&name, content, gap.or(cut));
        }
    }
}

/// One member.
#[derive(Debug)]
struct Entry {
    name: Vec<u8>,
    link: Vec<u8>,
    kind: Kind,
    data: Range<usize>,
    /// Its data end before the length they should have.
    cut: bool,
    records: Records,
}

#[derive(Debug)]
enum Kind {
    File(Option<Map>),
    Folder,
    /// Symbolic or hard.
    Link,
    /// A device, pipe or socket.
    Device,
}

/// The way through the blocks.
#[derive(Default)]
struct Walk<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
    gaps: Vec<Gap>,
    /// What the archive says beside its members: a label and characters.
    said: Vec<(String, String)>,
    /// What headers before a member say of it.
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    records: Records,
    /// What a header says of all members that follow.
    global: Records,
    archives: usize,
    /// What stands behind the last member and is no header.
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    fn run(&mut self, budget: &mut Budget) -> Result<(), Gap> {
        let mut at = 0;
        let mut ended = true;
        while at < self.bytes.len() {
            budget.spend_steps(1)?;
            let Some(head) = Header::at(self.bytes, at) else {
                let block = self.bytes.get(at..self.bytes.len().min(at + BLOCK));
                if block.is_some_and(|block| block.iter().all(|byte| *byte == 0)) {
                    (at, ended) = (at + BLOCK, true);
                    continue;
                }
                at = self.skip_damage(at, budget)?;
                continue;
            };
            if std::mem::take(&mut ended) {
                self.archives += 1;
            }
            if self.entries.len() >= MAX_ENTRIES {
                let words = format!("more than {MAX_ENTRIES} members: the rest were not looked at");
                return Err(Gap::new(GapKind::Limit(Limit::Parts), words));
            }
            at = self.member(at, head, budget)?;
        }
        Ok(())
    }

    /// Looks for the next header behind what is none.
    fn skip_damage(&mut self, at: usize, budget: &mut Budget) -> Result<usize, Gap> {
        let mut next = at;
        while next < self.bytes.len() {
            next += BLOCK;
            budget.spend_steps(1)?;
            if Header::at(self.bytes, next).is_some() {
                let count = next - at;
                let words = format!("{count} bytes at byte {at} are no header of a member");
                self.gaps.push(Gap::new(GapKind::Damaged, words));
                return Ok(next);
            }
        }
        self.rest = self.bytes.get(at..).unwrap_or_default();
        // Behind the mark of the end it is something that was put there; without
        // one it is where the archive breaks off.
        let marked = at >= BLOCK
            && self.bytes.get(at - BLOCK..at).is_some_and(|b| b.iter().all(|byte| *byte == 0));
        if !marked && beyond_padding(self.rest).is_some() {
            let words = format!("from byte {at} on there is no header of a member");
            self.gaps.push(Gap::new(GapKind::Damaged, words));
        }
        Ok(self.bytes.len())
    }

    /// Takes the member at that place; says where the next header should be.
    fn member(&mut self, at: usize, head: Header<'_>, budget: &mut Budget) -> Result<usize, Gap> {
        let mut start = at + BLOCK;
        let mut map = None;
        if head.kind() == b'S' {
            match sparse::old(self.bytes, at, head) {
                Some((found, extra)) => {
                    start += extra;
                    map = Some(found);
                }
                None => self.damaged(at, "the pieces of a sparse member cannot be made out"),
            }
            budget.spend_steps((start - at) as u64 / BLOCK as u64)?;
        }
        let own = self.records.get("size").or_else(|| self.global.get("size"));
        let size = match own.and_then(|size| std::str::from_utf8(size).ok()?.parse().ok()) {
            Some(size) => Some(size),
            None => head.size(),
        };
        let size = size.unwrap_or_else(|| {
            self.damaged(at, "a member's length is no number");
            0
        });
        let size = match head.kind() {
            b'2'..=b'6' => 0,
            // Old programs state the length of what a hard link leads to, and
            // store nothing.
            b'1' if Header::at(self.bytes, start).is_some() => 0,
            _ => size,
        };
        let end = start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX));
        let (data, cut) = (start..end.min(self.bytes.len()), end > self.bytes.len());
        match head.kind() {
            kind @ (b'x' | b'X' | b'g' | b'L' | b'K' | b'V' | b'M' | b'N') => {
                self.said_before(kind, at, head, data, cut, budget)?;
            }
            kind => self.entry(kind, head, data, cut, map),
        }
        Ok(end.checked_next_multiple_of(BLOCK).unwrap_or(usize::MAX).max(at + BLOCK))
    }

    /// Takes what is said about a member before it, or about the archive.
    fn said_before(
        &mut self,
        kind: u8,
        at: usize,
        head: Header<'_>,
        data: Range<usize>,
        cut: bool,
        budget: &mut Budget,
    ) -> Result<(), Gap> {
        let data = self.bytes.get(data).unwrap_or_default();
        budget.spend_bytes(data.len() as u64)?;
        if cut {
            self.damaged(at, "an extended header breaks off");
        }
        match kind {
            b'L' => self.name = Some(header::until_zero(data).to_vec()),
            b'K' => self.link = Some(header::until_zero(data).to_vec()),
            b'V' => self.said.push(("volume".into(), names::decode_alone(&head.name()))),
            // "Rename a to b": GNU tar of the eighties.
            b'N' => self.said.push(("names".into(), names::decode_alone(data))),
            b'M' => self.gaps.push(Gap::new(
                GapKind::MissingPart,
                "it begins within a member: the volume before it is needed",
            )),
            _ => {
                let mut records = Records::new();
                if !pax::read(data, &mut records) {
                    self.damaged(at, "an extended header cannot be read");
                }
                if kind == b'g' {
                    // What all members share is told once, not with each.
                    let said = pax::said(&records).map(|(key, value)| (key.into(), value.into()));
                    self.said.extend(said);
                    self.global.append(&mut records);
                } else {
                    self.records.append(&mut records);
                }
            }
        }
        Ok(())
    }

    /// Takes a member.
    fn entry(
        &mut self,
        kind: u8,
        head: Header<'_>,
        data: Range<usize>,
        cut: bool,
        mut map: Option<Map>,
    ) {
        let records = std::mem::take(&mut self.records);
        let of_pax = |key: &str| records.get(key).or_else(|| self.global.get(key)).cloned();
        let long = self.name.take();
        let name = of_pax("GNU.sparse.name").or_else(|| of_pax("path")).or(long);
        let name = name.unwrap_or_else(|| head.name());
        let link = self.link.take();
        let link = of_pax("linkpath").or(link).unwrap_or_else(|| head.link().to_vec());
        let kind = match kind {
            b'1' | b'2' => Kind::Link,
            b'3' | b'4' | b'6' => Kind::Device,
            b'5' | b'D' => Kind::Folder,
            // The tar of old tells a folder by its name.
            0 | b'0' if name.ends_with(b"/") && data.is_empty() => Kind::Folder,
            _ => {
                let stored = self.bytes.get(data.clone()).unwrap_or_default();
                map = map.or_else(|| sparse::pax(&records, stored));
                if map.is_none() && records.keys().any(|key| key.starts_with("GNU.sparse.")) {
                    let words = "the pieces of a sparse member are read without what lay between";
                    self.gaps.push(Gap::new(GapKind::Damaged, words));
                }
                Kind::File(map)
            }
        };
        let is_file = matches!(kind, Kind::File(_));
        if !is_file && !data.is_empty() {
            match head.kind() {
                // What a folder held when it was saved: a letter and a name each.
                b'D' => {
                    let held = self.bytes.get(data.clone()).unwrap_or_default();
                    self.said.push(("names".into(), names::decode_alone(held)));
                }
                // A further name of a file may come with the content, too.
                _ => {
                    let (name, data) = (name.clone(), data.clone());
                    let (link, records) = (Vec::new(), Records::new());
                    self.entries.push(Entry {
                        name,
                        link,
                        kind: Kind::File(None),
                        data,
                        cut,
                        records,
                    });
                }
            }
        }
        let data = if is_file { data } else { 0..0 };
        self.entries.push(Entry { name, link, kind, data, cut, records });
    }

    fn damaged(&mut self, at: usize, what: &str) {
        self.gaps.push(Gap::new(GapKind::Damaged, format!("{what} (at byte {at})")));
    }
}

//! Outlook items in a file (MS-OXMSG): properties, recipients and attachments in
//! the storages of a compound file.

use std::collections::BTreeMap;

use super::mapi::show::{Attachment, Content, Extra, Item, show};
use super::mapi::{self, MANY, Name, Properties, Property, id};
use crate::extract::office::compound::{Compound, EntryId};
use crate::extract::office::ole;
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Origin, Submission};

/// Where names of properties are kept (2.2.3).
const NAMES: &str = "__nameid_version1.0";
/// Where properties of a fixed width are kept (2.4).
const TABLE: &str = "__properties_version1.0";
const RECIPIENT: &str = "__recip_version1.0_";
const ATTACHMENT: &str = "__attach_version1.0_";
/// What a stream with the value of a property is called, before its number and type.
const VALUE: &str = "__substg1.0_";

/// Reads one item.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let Some(file) = Compound::open(&submission.bytes) else {
        return Extraction::gap(GapKind::Damaged, "the compound file cannot be opened");
    };
    let gaps = file.damage().into_iter().collect();
    let mut reader = Reader { file, names: Vec::new(), carried: BTreeMap::new(), gaps };
    reader.names = reader.names(budget);
    let mut item = Item { properties: reader.properties(None, budget), ..Item::default() };
    for storage in reader.storages(RECIPIENT) {
        item.recipients.push(reader.properties(Some(storage), budget));
    }
    for storage in reader.storages(ATTACHMENT) {
        let attachment = reader.attachment(storage, submission, budget);
        item.attachments.push(attachment);
    }
    item.extras = reader.extras(budget);
    let class = item.properties.text(id::MESSAGE_CLASS, mapi::ascii()).unwrap_or_default();
    if class.to_ascii_lowercase().contains(".rpmsg.") {
        reader.gaps.push(Gap::new(GapKind::Encrypted, "the message is protected by rights"));
    }
    let gaps = reader.gaps;
    show(item, gaps, submission, budget)
}

struct Reader<'a> {
    file: Compound<'a>,
    /// Set and name of each property from 0x8000 on.
    names: Vec<Option<([u8; 16], Name)>>,
    /// The streams those come from, by path: items within this one need them.
    carried: BTreeMap<String, Vec<u8>>,
    gaps: Vec<Gap>,
}

impl Reader<'_> {
    /// What stands in a storage, or in the root, itself.
    fn inside(&self, storage: Option<EntryId>) -> Vec<EntryId> {
        let all = match storage {
            Some(storage) => self.file.within(storage),
            None => 0..self.file.entries().len(),
        };
        let entries = self.file.entries();
        let own =
            |id: &EntryId| entries.get(*id).is_some_and(|e| e.parent == storage && !e.is_lost);
        all.filter(own).collect()
    }

    fn entry_name(&self, id: EntryId) -> &str {
        self.file.entries().get(id).map_or("", |entry| entry.name.as_str())
    }

    fn is_stream(&self, id: EntryId) -> bool {
        self.file.entries().get(id).is_some_and(|entry| entry.is_stream)
    }

    fn named(&self, storage: Option<EntryId>, name: &str) -> Option<EntryId> {
        self.inside(storage).into_iter().find(|id| self.entry_name(*id).eq_ignore_ascii_case(name))
    }

    /// Storages in the root whose names begin like this, in order.
    fn storages(&self, begin: &str) -> Vec<EntryId> {
        let mut found = self.inside(None);
        found.retain(|id| !self.is_stream(*id) && starts_with(self.entry_name(*id), begin));
        found
    }

    /// The bytes of a stream, as far as they are there.
    fn bytes(&mut self, stream: EntryId, budget: &mut Budget) -> Vec<u8> {
        let (bytes, gap) = self.file.read(stream, budget);
        if let Some(gap) = gap
            && !self.gaps.contains(&gap)
        {
            self.gaps.push(gap);
        }
        bytes
    }

    /// Names of properties (2.2.3.1): entries of eight bytes that point to a set
    /// and to a number or a text.
    fn names(&mut self, budget: &mut Budget) -> Vec<Option<([u8; 16], Name)>> {
        let Some(storage) = self.named(None, NAMES) else { return Vec::new() };
        for stream in self
            .inside(Some(storage))
            .into_iter()
            .filter(|id| self.is_stream(*id))
            .collect::<Vec<_>>()
        {
            let path = format!("{NAMES}/{}", self.entry_name(stream));
            let bytes = self.bytes(stream, budget);
            self.carried.insert(path, bytes);
        }
        let stream = |name: &str| {
            self.carried.get(&format!("{NAMES}/{name}")).map_or(&[][..], Vec::as_slice)
        };
        let sets = stream("__substg1.0_00020102");
        let entries = stream("__substg1.0_00030102");
        let texts = stream("__substg1.0_00040102");
        let mut names = Vec::new();
        for entry in entries.chunks_exact(8).take(0x8000) {
            let number = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
            let kind = u16_at(entry, 4);
            let index = usize::from(u16_at(entry, 6));
            let name = match kind & 1 {
                0 => Some(Name::Number(number)),
                _ => text_at(texts, number).map(Name::Text),
            };
            if index < 0x8000 && names.len() <= index {
                names.resize(index + 1, None);
            }
            if let Some(slot) = names.get_mut(index) {
                *slot = name.map(|name| (set_at(sets, kind >> 1), name));
            }
        }
        names
    }

    /// The properties of a storage: those in its table and those in streams of
    /// their own (2.1.3).
    fn properties(&mut self, storage: Option<EntryId>, budget: &mut Budget) -> Properties {
        let mut found = Properties::default();
        let mut streams: Vec<(u16, u16, Option<u32>, EntryId)> = Vec::new();
        for entry in self.inside(storage) {
            if !self.is_stream(entry) {
                continue;
            }
            let name = self.entry_name(entry);
            if name.eq_ignore_ascii_case(TABLE) {
                let table = self.bytes(entry, budget);
                self.fixed(&table, storage.is_none(), &mut found);
            } else if let Some((id, kind, number)) = parsed(name) {
                streams.push((id, kind, number, entry));
            }
        }
        // `__substg1.0_0037001F`, and `-00000002` behind it for one of many values.
        streams.sort_unstable();
        for (id, kind, number, entry) in streams {
            // What is many has a stream of lengths beside its values, which says
            // nothing the values do not. Files that are attached are read later.
            let is_list = kind & MANY != 0 && number.is_none();
            let kind = kind & !MANY;
            let is_wanted = matches!(kind, mapi::STRING | mapi::STRING8)
                || kind == mapi::BINARY && matches!(id, id::HTML | id::RTF_COMPRESSED);
            if is_list || !is_wanted {
                continue;
            }
            if let Err(gap) = budget.spend_steps(1) {
                self.gaps.push(gap);
                break;
            }
            let value = self.bytes(entry, budget);
            match found.0.last_mut() {
                Some(last)
                    if number.is_some_and(|n| n > 0) && (last.id, last.kind) == (id, kind) =>
                {
                    last.values.push(value);
                }
                _ => found.0.push(Property { id, kind, name: self.name(id), values: vec![value] }),
            }
        }
        found
    }

    /// Properties whose values stand in the table: rows of 16 bytes behind a head,
    /// which in the root has 32 bytes, or 24 where the item stood in another.
    fn fixed(&self, table: &[u8], is_root: bool, found: &mut Properties) {
        let head = match (is_root, table.len() % 16) {
            (true, 0) => 32,
            (true, _) => 24,
            (false, _) => 8,
        };
        for row in table.get(head..).unwrap_or_default().chunks_exact(16) {
            let (kind, id) = (u16_at(row, 0), u16_at(row, 2));
            if is_fixed(kind) {
                let values = vec![row.get(8..).unwrap_or_default().to_vec()];
                found.0.push(Property { id, kind, name: self.name(id), values });
            }
        }
    }

    fn name(&self, id: u16) -> Option<([u8; 16], Name)> {
        let at = id.checked_sub(0x8000)?;
        self.names.get(usize::from(at)).cloned().flatten()
    }

    fn attachment(
        &mut self,
        storage: EntryId,
        submission: &Submission,
        budget: &mut Budget,
    ) -> Attachment {
        let properties = self.properties(Some(storage), budget);
        let file = self.named(Some(storage), "__substg1.0_37010102");
        let object = self.named(Some(storage), "__substg1.0_3701000D");
        let (content, extension) = match file.or(object) {
            None => (Content::None, "bin"),
            Some(stream) if self.is_stream(stream) => {
                (Content::File(self.bytes(stream, budget)), "bin")
            }
            Some(object) => {
                let is_item = properties.number(id::ATTACH_METHOD) == Some(5)
                    || self.named(Some(object), TABLE).is_some();
                match self.embedded(object, is_item, budget) {
                    Ok(bytes) if is_item => (Content::File(bytes), "msg"),
                    Ok(bytes) => (Content::File(unwrapped(bytes, submission, budget)), "ole"),
                    Err(gap) => (Content::Lost(gap), "bin"),
                }
            }
        };
        Attachment { properties, content, extension }
    }

    /// A storage as a compound file of its own. An item within an item uses the
    /// names of the item around it (2.2.3): it gets them along.
    fn embedded(
        &mut self,
        storage: EntryId,
        is_item: bool,
        budget: &mut Budget,
    ) -> Result<Vec<u8>, Gap> {
        let mut streams = BTreeMap::new();
        if is_item && self.named(Some(storage), NAMES).is_none() {
            streams = self.carried.clone();
        }
        match self.file.storage_with(storage, streams, budget) {
            Ok((bytes, gap)) => {
                self.gaps.extend(gap);
                Ok(bytes)
            }
            Err(error) => {
                let detail = format!("an object in the item cannot be taken out: {error}");
                Err(Gap::new(GapKind::Damaged, detail))
            }
        }
    }

    /// What else the file holds: streams of no item, and those that nothing leads
    /// to any more, as an item that was edited leaves them.
    fn extras(&mut self, budget: &mut Budget) -> Vec<Extra> {
        let mut extras = Vec::new();
        for entry in 0..self.file.entries().len() {
            let Some(known) = self.file.entries().get(entry) else { break };
            if known.is_read || !known.is_stream {
                continue;
            }
            let (name, is_lost) = (known.name.clone(), known.is_lost);
            let is_own = known.parent.is_none() && !starts_with(&name, "__");
            let value = parsed(&name).map(|(id, kind, _)| (id, kind & !MANY));
            let make: fn(String, Vec<u8>) -> Extra = match value {
                _ if is_own && name.starts_with('\u{5}') => |_, bytes| Extra::Properties(bytes),
                _ if is_own => Extra::File,
                Some((id::ATTACH_DATA, mapi::BINARY)) if is_lost => Extra::File,
                Some((_, mapi::STRING)) if is_lost => |_, bytes| Extra::Text(mapi::utf16(&bytes)),
                _ => continue,
            };
            if let Err(gap) = budget.spend_steps(1) {
                self.gaps.push(gap);
                break;
            }
            let bytes = self.bytes(entry, budget);
            extras.push(make(name, bytes));
        }
        extras
    }
}

/// What an object's own program packed into it.
fn unwrapped(bytes: Vec<u8>, submission: &Submission, budget: &mut Budget) -> Vec<u8> {
    let object = submission.child("object", Origin::Embedded, bytes);
    ole::unwrapped(submission, object, budget).bytes.into_vec()
}

fn starts_with(name: &str, begin: &str) -> bool {
    name.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin))
}

/// Number, type and place among many of the property that a stream is called after.
fn parsed(name: &str) -> Option<(u16, u16, Option<u32>)> {
    let rest = starts_with(name, VALUE).then(|| name.get(VALUE.len()..)).flatten()?;
    let tag = u32::from_str_radix(rest.get(..8)?, 16).ok()?;
    let number = match rest.get(8..)? {
        "" => None,
        number => Some(u32::from_str_radix(number.strip_prefix('-')?, 16).ok()?),
    };
    Some(((tag >> 16) as u16, tag as u16, number))
}

/// Whether values of a type stand in the table itself.
fn is_fixed(kind: u16) -> bool {
    matches!(kind, mapi::INTEGER16 | mapi::INTEGER32 | mapi::INTEGER64 | mapi::BOOLEAN | mapi::TIME)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

/// A name in the stream of them: its length in bytes, then UTF-16.
fn text_at(texts: &[u8], offset: u32) -> Option<String> {
    let rest = texts.get(usize::try_from(offset).ok()?..)?;
    let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
    let text = rest.get(4..4_usize.checked_add(usize::try_from(length).ok()?)?)?;
    Some(mapi::utf16(text))
}

/// A set: two are known by number, the others stand in the stream of them.
fn set_at(sets: &[u8], index: u16) -> [u8; 16] {
    let known = |first: u32| {
        let [a, b, c, d] = first.to_le_bytes();
        [a, b, c, d, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]
    };
    match index {
        0 => [0; 16],
        1 => known(0x0002_0328),
        2 => known(0x0002_0329),
        _ => {
            let at = (usize::from(index) - 3) * 16;
            sets.get(at..at + 16).and_then(|set| set.try_into().ok()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests;

//! RAR archives, from 1.5 to 7.
//!
//! Headers, encryption and the two ways of packing that are in use (RAR 2.9 to
//! 4, RAR 5 and 7) are read here, so that a damaged archive still shows what
//! else it holds, and nothing is unpacked that was not asked for. Content packed
//! by older programs is a gap, with its name.

mod bits;
mod blake;
mod crypt;
mod filters;
mod five;
mod four;
mod ppmd;
#[cfg(test)]
mod tests;
mod unpack29;
mod unpack50;
mod window;

use std::ops::Range;

use crypt::{Key, Seal};
use unpack29::Unpack29;
use unpack50::{Settings, Unpack50};

use super::members::Members;
use super::names::{self, NameEncoding};
use super::volumes;
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Limit, Region, Submission};

/// More members than any matter may have parts: a list that is longer is cut.
const MAX_ITEMS: usize = 100_000;

/// Steps that setting up one set of tables, or one model, costs.
const TABLES: u64 = 100;

const SIGNATURE: &[u8] = b"Rar!\x1A\x07";

/// Why unpacking stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The packed data end.
    Ended,
    /// The packed data make no sense.
    Broken,
    /// They need what is not done here.
    Unknown,
    /// There is more content than there may be.
    Full,
}

/// What an archive lists.
#[derive(Default)]
struct List {
    items: Vec<Item>,
    gaps: Vec<Gap>,
    /// What it says beside its members.
    said: Vec<(&'static str, String)>,
    solid: bool,
    /// Whether the mark of its end was found.
    ended: bool,
    /// Whether another volume follows.
    more_volumes: bool,
    /// Whether some data break off.
    cut: bool,
    /// What stands behind its end.
    rest: Vec<u8>,
}

/// A member, or what serves one.
#[derive(Debug)]
struct Item {
    raw_name: Vec<u8>,
    /// Its name in characters, where the archive tells them.
    name: Option<String>,
    kind: Kind,
    data: Range<usize>,
    cut: bool,
    /// How long the content is, where that is known.
    size: Option<u64>,
    sum: Sum,
    packing: Packing,
    solid: bool,
    /// Whether it began in the volume before, or goes on in the next.
    before: bool,
    after: bool,
    seal: Option<Seal>,
    settings: Settings,
}

/// What the content is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sum {
    Absent,
    Crc(u32),
    Blake([u8; 32]),
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    /// A link, and where it leads.
    Link(String),
    /// A link whose content is where it leads.
    LinkInData,
    /// The archive's comment; in characters of two bytes or not.
    Comment {
        wide: bool,
    },
    /// A further stream of the file before it, and its name.
    Stream(String),
    /// Rights, owners, data for recovery.
    Service,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Stored,
    Rar29,
    Rar50,
    /// A version that is not unpacked here.
    Other(u8),
}

impl List {
    fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    fn has_room(&mut self, budget: &mut Budget) -> bool {
        if let Err(gap) = budget.spend_steps(1) {
            self.gaps.push(gap);
            return false;
        }
        if self.items.len() >= MAX_ITEMS {
            let words = format!("more than {MAX_ITEMS} members: the rest were not looked at");
            self.gaps.push(Gap::new(GapKind::Limit(Limit::Parts), words));
            return false;
        }
        true
    }

    fn damaged(&mut self, words: String) {
        // Thousands of damaged places say no more than a hundred.
        if self.gaps.len() < 100 {
            self.gaps.push(Gap::new(GapKind::Damaged, words));
        }
    }

    /// From here on there is no header that could be made out.
    fn rest(&mut self, bytes: &[u8], at: usize) {
        self.damaged(format!("from byte {at} on there is no header of a member"));
        self.ended = true;
        self.rest = bytes.get(at..).unwrap_or_default().to_vec();
    }
}

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes: &[u8] = &submission.bytes;
    let mut members = Members::new(submission, budget);
    let mut keys = Keys::new(budget);
    let list = match bytes.strip_prefix(SIGNATURE) {
        Some([0, ..]) => four::read(bytes, &mut keys, budget),
        Some([1, 0, ..]) => five::read(bytes, &mut keys, budget),
        _ => return Extraction::gap(GapKind::Unsupported, "RAR of a version that is not known"),
    };
    let named_piece = volumes::is_piece(submission.provenance.name());
    for gap in &list.gaps {
        members.gap(gap.clone());
    }
    if list.more_volumes || list.items.iter().any(|item| item.before || item.after) {
        let words = "a piece of an archive in several files: the other pieces are needed";
        members.gap(Gap::new(GapKind::MissingPart, words));
    } else if !list.ended && list.gaps.is_empty() {
        let kind = if named_piece { GapKind::MissingPart } else { GapKind::Damaged };
        members.gap(Gap::new(kind, "it breaks off before its end"));
    }
    for (label, said) in &list.said {
        members.say(Region::Property, label, said);
    }
    put(bytes, &list, &mut keys, &mut members, budget);
    members.take_rest(&list.rest);
    members.finish()
}

/// Puts all members down.
fn put(bytes: &[u8], list: &List, keys: &mut Keys, members: &mut Members<'_>, budget: &mut Budget) {
    let untold = list.items.iter().filter(|item| item.name.is_none());
    let encoding = names::encoding_of(untold.map(|item| item.raw_name.as_slice()));
    members.names_guessed(encoding.name());
    let mut unpacker = Unpacker { bytes, keys, unpack29: None, unpack50: None, lost: None };
    let mut last = String::new();
    for item in &list.items {
        let name = item.shown_name(encoding);
        match &item.kind {
            Kind::Folder => members.folder(&name),
            Kind::Link(target) => members.link(&name, target),
            Kind::Service => {}
            _ if !members.has_room() => return,
            Kind::Comment { wide } => {
                let (content, gap) = unpacker.content(item, budget);
                members.say(Region::Property, "comment", &comment(&content, *wide));
                if let Some(gap) = gap {
                    members.gap(Gap::new(gap.kind, format!("the comment: {}", gap.detail)));
                }
            }
            Kind::Stream(stream) => {
                let (content, gap) = unpacker.content(item, budget);
                let name = format!("{last}:{}", stream.trim_start_matches(':'));
                members.take(&name, content, gap);
            }
            Kind::File | Kind::LinkInData => {
                let (content, gap) = unpacker.content(item, budget);
                let is_link = item.kind == Kind::LinkInData && gap.is_none();
                match String::from_utf8(content) {
                    Ok(target) if is_link && target.len() < 4096 => members.link(&name, &target),
                    content => {
                        let content = content.map_or_else(|e| e.into_bytes(), String::into_bytes);
                        members.take(&name, content, gap);
                    }
                }
                last = name;
            }
        }
    }
}

fn comment(content: &[u8], wide: bool) -> String {
    if wide {
        let units = content.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
        return String::from_utf16_lossy(&units.collect::<Vec<_>>());
    }
    names::decode_alone(content)
}

impl Item {
    /// Its name. RAR has the folders of Windows between backslashes.
    fn shown_name(&self, encoding: NameEncoding) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => names::decode(&self.raw_name, &[], false, encoding),
        }
    }
}

/// Content, and what stood in the way of all of it.
type Content = (Vec<u8>, Option<Gap>);

/// Takes content out, member by member in their order.
struct Unpacker<'a, 'k> {
    bytes: &'a [u8],
    keys: &'k mut Keys,
    unpack29: Option<Box<Unpack29>>,
    unpack50: Option<Box<Unpack50>>,
    /// What was lost of the solid run so far: what comes next needs it.
    lost: Option<GapKind>,
}

impl Unpacker<'_, '_> {
    fn content(&mut self, item: &Item, budget: &mut Budget) -> Content {
        let data = self.bytes.get(item.data.clone()).unwrap_or_default();
        let lost = |gap: Gap| (Vec::new(), Some(gap));
        if item.before {
            let words = "it begins in another piece of the archive";
            self.lost = Some(GapKind::MissingPart);
            return lost(Gap::new(GapKind::MissingPart, words));
        }
        let is_packed = item.packing != Packing::Stored;
        if is_packed && !item.solid {
            self.lost = None;
        }
        if let Some(kind) = self.lost.filter(|_| is_packed) {
            let words = "it goes on with a member before it that could not be unpacked";
            return lost(Gap::new(kind, words));
        }
        let (content, gap) = match &item.seal {
            None => self.unpack(item, data, None, budget),
            Some(seal) => self.open(item, data, seal, budget),
        };
        let gap = gap.map(|gap| match gap.kind {
            GapKind::Damaged if item.after => {
                Gap::new(GapKind::MissingPart, "it goes on in another piece of the archive")
            }
            _ => gap,
        });
        if let (Some(gap), true) = (&gap, is_packed) {
            self.lost = Some(gap.kind);
        }
        (content, gap)
    }

    /// Tries passwords.
    fn open(&mut self, item: &Item, data: &[u8], seal: &Seal, budget: &mut Budget) -> Content {
        let lost = |words: &str| (Vec::new(), Some(Gap::new(GapKind::Encrypted, words)));
        if seal.cost().is_none() {
            return lost("encrypted in a way that is not undone here");
        }
        let mut nearest = None;
        for at in self.keys.order() {
            let key = match self.keys.key(seal, at, budget) {
                Ok(Some(key)) => key,
                Ok(None) => continue,
                Err(words) => return lost(words),
            };
            if seal.refuses(&key) {
                continue;
            }
            let plain = seal.open(&key, data);
            let (content, gap) = self.unpack(item, &plain, Some((seal, &key)), budget);
            let fits = match &gap {
                None => true,
                Some(gap) if matches!(gap.kind, GapKind::Limit(_)) => true,
                // What goes on elsewhere has no checksum here.
                Some(gap) => item.after && gap.detail == ENDS_EARLY,
            };
            if fits {
                self.keys.opened_by = at;
                return (content, gap);
            }
            // With a check in the header the password is the right one.
            if matches!(seal, Seal::Five { check: Some(_), .. }) {
                nearest.get_or_insert((content, gap));
            }
        }
        nearest.unwrap_or_else(|| {
            lost(match self.keys.passwords.is_empty() {
                true => "encrypted with a password",
                false => "encrypted, and none of the passwords given opens it",
            })
        })
    }

    fn unpack(
        &mut self,
        item: &Item,
        data: &[u8],
        opened: Option<(&Seal, &Key)>,
        budget: &mut Budget,
    ) -> Content {
        let packed = data.len() as u64;
        let room = budget.room(packed);
        let most = item.size.unwrap_or(u64::MAX);
        // One more than there is room for, to know that there was more.
        let most = usize::try_from(most.min(room.saturating_add(1))).unwrap_or(usize::MAX);
        let mut built = 0;
        let (content, stop) = match item.packing {
            Packing::Stored => {
                let content = data.get(..most.min(data.len())).unwrap_or_default();
                (content.to_vec(), None)
            }
            Packing::Rar29 => {
                let unpack = self.unpack29.get_or_insert_default();
                let made = unpack.unpack(data, item.solid, most);
                built = unpack.built;
                made
            }
            Packing::Rar50 => {
                let unpack = self.unpack50.get_or_insert_default();
                let made = unpack.unpack(data, item.settings, item.solid, most);
                built = unpack.built;
                made
            }
            Packing::Other(version) => {
                let words = format!("packed by version {version} of RAR's ways of packing");
                return (Vec::new(), Some(Gap::new(GapKind::Unsupported, words)));
            }
        };
        let spent = budget.spend_stream(content.len() as u64, packed);
        let gap = spent.and_then(|()| budget.spend_steps(u64::from(built) * TABLES)).err();
        let gap = gap.or_else(|| trouble(item, &content, stop, opened));
        (content, gap)
    }
}

/// What is said of content that its data do not reach to the end of.
const ENDS_EARLY: &str = "its data end before its content does";

/// What is wrong with content as it came out.
fn trouble(
    item: &Item,
    content: &[u8],
    stop: Option<Stop>,
    opened: Option<(&Seal, &Key)>,
) -> Option<Gap> {
    let is_whole = item.size.is_none_or(|size| size == content.len() as u64);
    let key = match opened {
        Some((Seal::Five { keyed: true, .. }, key)) => Some(key),
        _ => None,
    };
    // The sum of a member in pieces is that of all of them.
    if is_whole && !item.after {
        let fits = match item.sum {
            Sum::Absent => matches!(stop, None | Some(Stop::Ended | Stop::Full)),
            Sum::Crc(stated) => {
                let crc = crc_of(content);
                stated == key.map_or(crc, |key| key.hide(crc))
            }
            Sum::Blake(stated) => {
                let digest = blake::digest(content);
                stated == key.map_or(digest, |key| key.hide_digest(&digest))
            }
        };
        if fits {
            return None;
        }
    }
    let words = match stop {
        Some(Stop::Unknown) => {
            let words = "packed with a filter, or a model, that is not undone here";
            return Some(Gap::new(GapKind::Unsupported, words));
        }
        Some(Stop::Broken) => "its packed data make no sense from some point on",
        _ if item.cut && !item.after => "its data break off",
        _ if !is_whole => ENDS_EARLY,
        _ => "its content does not fit its checksum",
    };
    Some(Gap::new(GapKind::Damaged, words))
}

/// Passwords, keys that were made of them, and which opened something last.
struct Keys {
    passwords: Vec<String>,
    made: Vec<(Seal, usize, Key)>,
    opened_by: usize,
}

/// Keys that are kept: an archive has a few salts, and a hostile one thousands.
const MAX_KEYS: usize = 64;

impl Keys {
    fn new(budget: &Budget) -> Self {
        let passwords = budget.passwords().iter().map(str::to_owned).collect();
        Self { passwords, made: Vec::new(), opened_by: 0 }
    }

    /// The order in which passwords are tried: the one that fitted last first.
    fn order(&self) -> Vec<usize> {
        let (last, count) = (self.opened_by, self.passwords.len());
        std::iter::once(last).chain((0..count).filter(|at| *at != last)).collect()
    }

    /// The key of a password, if there is that password.
    fn key(
        &mut self,
        seal: &Seal,
        at: usize,
        budget: &mut Budget,
    ) -> Result<Option<Key>, &'static str> {
        let known = self.made.iter().find(|(of, by, _)| *by == at && of.same_key(seal));
        if let Some((_, _, key)) = known {
            return Ok(Some(key.clone()));
        }
        let Some(password) = self.passwords.get(at) else { return Ok(None) };
        if budget.spend_steps(seal.cost().unwrap_or(0)).is_err() {
            return Err("encrypted with a password; not all of those given were tried");
        }
        let key = seal.key(password);
        if let Some(key) = &key
            && self.made.len() < MAX_KEYS
        {
            self.made.push((seal.clone(), at, key.clone()));
        }
        Ok(key)
    }

    /// What the first password that fits makes of a header.
    fn try_all<T>(
        &mut self,
        seal: &Seal,
        budget: &mut Budget,
        open: impl Fn(&Key) -> Option<T>,
    ) -> Result<T, Gap> {
        let gap =
            |words: &str| Gap::new(GapKind::Encrypted, format!("the list of members: {words}"));
        if self.passwords.is_empty() {
            return Err(gap("encrypted with a password"));
        }
        for at in self.order() {
            let Some(key) = self.key(seal, at, budget).map_err(gap)? else { continue };
            if let Some(opened) = open(&key) {
                self.opened_by = at;
                return Ok(opened);
            }
        }
        Err(gap("encrypted, and none of the passwords given opens it"))
    }
}

fn crc_of(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

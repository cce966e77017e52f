//! 7z archives (7zFormat.txt of the LZMA SDK).
//!
//! A folder, which is what the format calls a solid block, is unpacked once, from
//! its start to its end, and charged while it comes; its members are cut off it
//! one by one. What comes before damage in a block is kept.

mod crypt;
mod folder;
mod header;
#[cfg(test)]
mod tests;

use std::io::Read;

use crypt::Recipe;
use folder::{Packed, SIGNATURE};
use header::{File, Folder, Header, List, Streams, Trouble};

use super::members::Members;
use super::volumes;
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{Gap, GapKind, Limit, Submission};

/// A packed list of members may come to this much.
const MAX_HEADER: u64 = 64 << 20;

/// How far from the end a list is looked for that nothing points at.
const MAX_SEARCH: usize = 16 << 10;

/// A list of members may be packed, and what it is packed in again.
const MAX_PACKED_HEADERS: usize = 4;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes: &[u8] = &submission.bytes;
    let mut members = Members::new(submission, budget);
    let mut keys = Keys::default();
    let (place, trouble) = first_header(bytes);
    if let Some(gap) = trouble {
        let is_piece =
            gap.kind == GapKind::MissingPart || volumes::is_piece(submission.provenance.name());
        let kind = if is_piece { GapKind::MissingPart } else { gap.kind };
        members.gap(Gap::new(kind, gap.detail));
    }
    let found = place.or_else(|| find_header(bytes).map(|from| (from, bytes.len())));
    let Some((from, to)) = found else { return members.finish() };
    let header = bytes.get(from..to).unwrap_or_default();
    if place.is_some() && bytes.get(28..32) != Some(&crc_of(header).to_le_bytes()) {
        let words = "the list of members does not fit its checksum";
        members.gap(Gap::new(GapKind::Damaged, words));
    }
    match list(bytes, header, &mut keys, budget) {
        Ok(list) => put(bytes, list, &mut keys, &mut members, budget),
        Err(gap) => members.gap(gap),
    }
    members.take_rest(bytes.get(to..).unwrap_or_default());
    members.finish()
}

/// Where the list of members stands, and what is wrong with that.
fn first_header(bytes: &[u8]) -> (Option<(usize, usize)>, Option<Gap>) {
    let damaged = |words: &str| Some(Gap::new(GapKind::Damaged, words));
    let word = |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    let long = |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
    let (Some(crc), Some(offset), Some(size), Some(_)) = (word(8), long(12), long(20), word(28))
    else {
        return (None, damaged("it breaks off within its first header"));
    };
    let sound = bytes.get(12..32).map(crc_of) == Some(u32::from_le_bytes(*crc));
    let trouble = if sound { None } else { damaged("its first header does not fit its checksum") };
    let from = u64::from_le_bytes(*offset).saturating_add(SIGNATURE as u64);
    let to = from.saturating_add(u64::from_le_bytes(*size));
    if from == to {
        // An archive without members, or one that was never finished.
        let unfinished = bytes.len() > SIGNATURE || !sound;
        let gap = damaged("it has no list of members: it was not finished");
        return (None, if unfinished { gap } else { None });
    }
    match (usize::try_from(from), usize::try_from(to)) {
        (Ok(from), Ok(to)) if to <= bytes.len() => (Some((from, to)), trouble),
        _ => (None, damaged("it breaks off before its list of members")),
    }
}

/// Looks for the list of members in the last bytes, where the first header does
/// not lead to it: an archive that was not finished may have it all the same.
fn find_header(bytes: &[u8]) -> Option<usize> {
    let start = bytes.len().saturating_sub(MAX_SEARCH).max(SIGNATURE);
    (start..bytes.len()).rev().find(|at| {
        let rest = bytes.get(*at..).unwrap_or_default();
        match rest.first() {
            Some(0x01) => {
                matches!(header::read(rest), Ok(Header::List(list)) if !list.files.is_empty())
            }
            Some(0x17) => {
                matches!(header::read(rest), Ok(Header::Packed(of)) if !of.folders.is_empty())
            }
            _ => false,
        }
    })
}

/// Reads the list, unpacking it where it is packed.
fn list(bytes: &[u8], header: &[u8], keys: &mut Keys, budget: &mut Budget) -> Result<List, Gap> {
    let mut unpacked: Vec<u8>;
    let mut header = header;
    for _ in 0..MAX_PACKED_HEADERS {
        let streams = match header::read(header) {
            Ok(Header::List(list)) => return Ok(list),
            Ok(Header::Packed(streams)) => streams,
            Err(trouble) => return Err(trouble.gap()),
        };
        unpacked = unpacked_header(bytes, &streams, keys, budget)?;
        header = &unpacked;
    }
    Err(Gap::new(GapKind::Damaged, "the list of members is packed too many times over"))
}

impl Trouble {
    fn gap(self) -> Gap {
        match self {
            Self::Damaged => {
                Gap::new(GapKind::Damaged, "the list of members does not hold together")
            }
            Self::TooMany => {
                Gap::new(GapKind::Limit(Limit::Parts), "more members than are looked at")
            }
            Self::Unknown => {
                Gap::new(GapKind::Unsupported, "the list of members is of a kind not known")
            }
        }
    }
}

fn unpacked_header(
    bytes: &[u8],
    streams: &Streams,
    keys: &mut Keys,
    budget: &mut Budget,
) -> Result<Vec<u8>, Gap> {
    let words = "the list of members cannot be unpacked";
    let (Some(folder), Some(packed)) =
        (streams.folders.first(), folder::packed(bytes, streams).into_iter().next())
    else {
        return Err(Gap::new(GapKind::Damaged, words));
    };
    if folder.size() > MAX_HEADER {
        let words = "the list of members is longer than is looked at";
        return Err(Gap::new(GapKind::Limit(Limit::Memory), words));
    }
    let mut content = unpack(folder, &packed, keys, budget);
    match content.pop() {
        Some((content, None)) => Ok(content),
        Some((_, Some(gap))) => {
            Err(Gap::new(gap.kind, format!("the list of members: {}", gap.detail)))
        }
        None => Err(Gap::new(GapKind::Damaged, words)),
    }
}

/// Puts all members down.
fn put(bytes: &[u8], list: List, keys: &mut Keys, members: &mut Members<'_>, budget: &mut Budget) {
    let packed = folder::packed(bytes, &list.streams);
    let mut folders = list.streams.folders.iter().zip(&packed);
    let mut ready = Vec::new().into_iter();
    for file in &list.files {
        if !file.has_stream {
            if file.is_folder {
                members.folder(&file.name);
            } else {
                members.take(&file.name, Vec::new(), None);
            }
            continue;
        }
        if !members.has_room() {
            return;
        }
        let next = loop {
            match ready.next() {
                Some(next) => break Some(next),
                None => match folders.next() {
                    Some((folder, packed)) => {
                        ready = unpack(folder, packed, keys, budget).into_iter();
                    }
                    None => break None,
                },
            }
        };
        let (content, gap) = next.unwrap_or_else(|| {
            let words = "the archive has no content for it";
            (Vec::new(), Some(Gap::new(GapKind::Damaged, words)))
        });
        put_file(file, content, gap, members);
    }
    if ready.next().is_some() || folders.any(|(folder, _)| !folder.members.is_empty()) {
        members.gap(Gap::new(GapKind::Damaged, "it has content that no member is listed for"));
    }
}

fn put_file(file: &File, content: Vec<u8>, gap: Option<Gap>, members: &mut Members<'_>) {
    match String::from_utf8(content) {
        Ok(target) if file.is_link() && gap.is_none() && target.len() < 4096 => {
            members.link(&file.name, &target);
        }
        content => {
            let content = content.map_or_else(|lossy| lossy.into_bytes(), String::into_bytes);
            members.take(&file.name, content, gap);
        }
    }
}

/// Content, and what stood in the way of all of it.
type Content = (Vec<u8>, Option<Gap>);

/// The members of a folder, in their order: as many as it lists.
fn unpack(
    folder: &Folder,
    packed: &Packed<'_>,
    keys: &mut Keys,
    budget: &mut Budget,
) -> Vec<Content> {
    let lost = |gap: Gap| vec![(Vec::new(), Some(gap)); folder.members.len()];
    let sealed = |words: &str| lost(Gap::new(GapKind::Encrypted, words));
    let recipes: Option<Vec<Recipe>> = folder.recipes().collect();
    let Some(recipes) = recipes else {
        return sealed("encrypted in a way that is not undone here");
    };
    let Some(recipe) = recipes.first() else {
        return match folder.open(packed, None) {
            Ok(source) => cut_up(folder, packed, source, false, budget).unwrap_or_default(),
            Err(gap) => lost(gap),
        };
    };
    if recipes.iter().any(|other| !other.same_key(recipe)) {
        return sealed("encrypted more than once");
    }
    let passwords = budget.passwords();
    let count = passwords.iter().count();
    if count == 0 {
        return sealed("encrypted with a password");
    }
    for at in keys.order(count) {
        let Some(password) = passwords.iter().nth(at) else { continue };
        let Ok(key) = keys.key(recipe, at, password, budget) else {
            return sealed("encrypted with a password; not all of those given were tried");
        };
        let Ok(source) = folder.open(packed, Some(&key)) else { continue };
        if let Some(content) = cut_up(folder, packed, source, true, budget) {
            keys.opened_by = at;
            return content;
        }
    }
    sealed("encrypted, and none of the passwords given opens it")
}

/// Cuts a folder's content into members. Where it is only tried (`on_trial`) and
/// the first member does not come out as it should, there is nothing.
fn cut_up(
    folder: &Folder,
    packed: &Packed<'_>,
    source: impl Read,
    on_trial: bool,
    budget: &mut Budget,
) -> Option<Vec<Content>> {
    let mut source = Metered::new(source, packed.len(), budget);
    let mut made: Vec<Content> = Vec::new();
    let mut broken: Option<Gap> = None;
    for (size, crc) in &folder.members {
        if let Some(gap) = &broken {
            made.push((Vec::new(), Some(gap.clone())));
            continue;
        }
        let mut content = Vec::new();
        let read = (&mut source).take(*size).read_to_end(&mut content);
        let short = (content.len() as u64) < *size;
        let mut gap = read
            .err()
            .map(|error| source.gap_of(&error))
            .or_else(|| short.then(|| Gap::new(GapKind::Damaged, "its data break off")));
        if let Some(gap) = &gap {
            let before = Gap::new(gap.kind, format!("in the block before it: {}", gap.detail));
            broken = Some(before);
        } else if crc.is_some_and(|crc| crc != crc_of(&content)) {
            let words = "its content does not fit its checksum";
            gap = Some(Gap::new(GapKind::Damaged, words));
        }
        if gap.is_some() && packed.cut {
            let words = "the archive breaks off within its data";
            gap = gap.map(|gap| Gap::new(gap.kind, format!("{}: {words}", gap.detail)));
        }
        let is_wrong = gap.as_ref().is_some_and(|gap| gap.kind == GapKind::Damaged);
        if on_trial && is_wrong && made.iter().all(|(content, _)| content.is_empty()) {
            return None;
        }
        made.push((content, gap));
    }
    // What a block holds beyond its members is seen by nobody who unpacks it.
    if broken.is_none()
        && matches!(source.read(&mut [0]), Ok(1..))
        && let Some((_, gap)) = made.last_mut()
    {
        let words = "behind it the block holds more than any member";
        gap.get_or_insert_with(|| Gap::new(GapKind::Damaged, words));
    }
    Some(made)
}

/// Keys that were made, and the password that opened something last.
#[derive(Default)]
struct Keys {
    made: Vec<(Recipe, usize, [u8; 32])>,
    opened_by: usize,
}

/// Keys that are kept: an archive has one recipe, and a hostile one thousands.
const MAX_KEYS: usize = 64;

impl Keys {
    /// The order in which passwords are tried: the one that fitted last first.
    fn order(&self, count: usize) -> Vec<usize> {
        let last = self.opened_by;
        std::iter::once(last).chain((0..count).filter(|at| *at != last)).collect()
    }

    fn key(
        &mut self,
        recipe: &Recipe,
        at: usize,
        password: &str,
        budget: &mut Budget,
    ) -> Result<[u8; 32], Gap> {
        let known = self.made.iter().find(|(r, by, _)| *by == at && r.same_key(recipe));
        if let Some((_, _, key)) = known {
            return Ok(*key);
        }
        budget.spend_steps(recipe.cost())?;
        let key = recipe.key(password);
        if self.made.len() < MAX_KEYS {
            self.made.push((recipe.clone(), at, key));
        }
        Ok(key)
    }
}

fn crc_of(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

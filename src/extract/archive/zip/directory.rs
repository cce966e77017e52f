//! The directory of a ZIP file (PKWARE APPNOTE 6.3.10): what is in it and where.
//!
//! The central directory is believed only as far as the bytes bear it out. What
//! it leaves out, and everything where it is missing, is found by the local
//! headers, so that a cut or doctored archive still shows what it holds.

use std::cell::Cell;
use std::cmp::Reverse;
use std::ops::Range;

use memchr::memmem;

use super::records::{
    CENTRAL, DESCRIPTOR, END, End, LOCAL, Local, Sizes, find_end, u16_at, u32_at,
};
use crate::extract::archive::names;

/// More members than any matter may have parts: a list that is longer is cut.
const MAX_ENTRIES: usize = 100_000;

/// Unlisted bytes below this are padding, descriptors and signatures.
const PADDING: usize = 64;

/// What a ZIP file holds.
#[derive(Debug, Default)]
pub(crate) struct Directory<'a> {
    pub(super) bytes: &'a [u8],
    /// Which password opened the last member that needed one.
    pub(super) opened_by: Cell<usize>,
    /// Members in the order of the central directory, those it leaves out behind.
    pub entries: Vec<Entry<'a>>,
    /// The archive's comment.
    pub comment: String,
    /// What is wrong with the archive.
    pub defects: Vec<Defect>,
    /// Whether it is a piece of an archive in several files.
    pub piece: bool,
    /// Bytes that belong to no member: before, between and behind them.
    pub stray: usize,
    /// Whether the archive stands behind a program that unpacks it.
    pub self_extracting: bool,
    /// The encoding unflagged member names were read in, if any were not ASCII.
    pub names_in: Option<&'static str>,
}

/// What is wrong with an archive as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    /// No central directory: members were found by their own headers.
    NoDirectory,
    /// The central directory breaks off.
    DirectoryCut,
    /// So many members lie over one another.
    Overlap(usize),
    /// The list of members was cut at this many.
    TooMany(usize),
}

/// One member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry<'a> {
    /// Its name, as text and nothing else: it is never used as a path.
    pub name: String,
    /// The name its own header gives, if that differs.
    pub other_name: Option<String>,
    /// Its comment.
    pub comment: String,
    /// Compression method.
    pub method: u16,
    /// Whether the central directory lists it.
    pub listed: bool,
    pub(super) flags: u16,
    pub(super) crc: Option<u32>,
    /// The length its header gives its content.
    pub(super) size: u64,
    /// Time of day, as MS-DOS has it: some ciphers check a password by it.
    pub(super) time: u16,
    /// Type and rights, as Unix has them; 0 where it was made elsewhere.
    mode: u16,
    header: usize,
    pub(super) data: Range<usize>,
    /// Its data end before the length they should have, or were not found.
    pub(super) cut: bool,
    pub(super) raw: Raw<'a>,
}

/// What a header says in bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw<'a> {
    name: &'a [u8],
    other_name: Option<&'a [u8]>,
    comment: &'a [u8],
    pub(super) extra: &'a [u8],
}

impl Entry<'_> {
    /// Whether a password is needed.
    pub fn is_encrypted(&self) -> bool {
        self.flags & 0x2041 != 0 || self.method == 99
    }

    /// Whether it is a symbolic link: its content is where it leads.
    pub fn is_link(&self) -> bool {
        self.mode & 0xF000 == 0xA000
    }

    /// Whether it is a folder, which has no content.
    pub fn is_folder(&self) -> bool {
        (self.name.ends_with('/') || self.name.ends_with('\\')) && self.data.is_empty()
    }
}

impl<'a> Directory<'a> {
    /// Reads the directory. Never fails: what cannot be made out is a defect.
    pub fn read(bytes: &'a [u8]) -> Self {
        let mut directory = Self { bytes, ..Self::default() };
        directory.piece = bytes.starts_with(DESCRIPTOR);
        let mut known = Vec::new();
        match find_end(bytes) {
            Some(end) => {
                directory.piece |= end.disk != 0;
                known.extend([end.directory..end.at, end.at..end.after_comment]);
                let comment = bytes.get(end.at + 22..end.after_comment).unwrap_or_default();
                directory.central(&end);
                directory.comment = names::decode_alone(comment);
            }
            None if bytes.starts_with(END) => {}
            None => directory.defects.push(Defect::NoDirectory),
        }
        directory.uncovered(known);
        directory.name_entries();
        directory
    }

    /// Reads the central directory's list.
    fn central(&mut self, end: &End) {
        let mut at = end.directory;
        let mut count = 0u64;
        while at < end.at {
            if self.entries.len() >= MAX_ENTRIES {
                self.defects.push(Defect::TooMany(MAX_ENTRIES));
                return;
            }
            let Some((entry, next)) = self.central_entry(at, end.shift) else { break };
            self.entries.push(entry);
            (at, count) = (next, count + 1);
        }
        // A count of 16 bits may have gone round; a lower one is a list cut short.
        if count < end.count {
            self.defects.push(Defect::DirectoryCut);
        }
    }

    fn central_entry(&self, at: usize, shift: i64) -> Option<(Entry<'a>, usize)> {
        let header = self.bytes.get(at..at.checked_add(46)?)?;
        if !header.starts_with(CENTRAL) {
            return None;
        }
        let name_end = at + 46 + usize::from(u16_at(header, 28));
        let extra_end = name_end + usize::from(u16_at(header, 30));
        let next = extra_end + usize::from(u16_at(header, 32));
        let name = self.bytes.get(at + 46..name_end)?;
        let extra = self.bytes.get(name_end..extra_end).unwrap_or_default();
        let comment = self.bytes.get(extra_end..next).unwrap_or_default();
        let sizes = Sizes::new(u32_at(header, 24), u32_at(header, 20), u32_at(header, 42), extra);
        let mut entry = Entry {
            method: u16_at(header, 10),
            listed: true,
            flags: u16_at(header, 8),
            crc: Some(u32_at(header, 16)),
            size: sizes.size,
            time: u16_at(header, 12),
            mode: if matches!(header.get(5), Some(3 | 19)) { u16_at(header, 40) } else { 0 },
            raw: Raw { name, comment, extra, ..Raw::default() },
            ..Entry::default()
        };
        self.locate(&mut entry, &sizes, shift);
        Some((entry, next))
    }

    /// Finds a listed member's data behind its local header.
    fn locate(&self, entry: &mut Entry<'a>, sizes: &Sizes, shift: i64) {
        let declared = i64::try_from(sizes.offset).unwrap_or(i64::MAX);
        let local = [declared.saturating_add(shift), declared]
            .into_iter()
            .filter_map(|at| usize::try_from(at).ok())
            .find_map(|at| Local::at(self.bytes, at));
        let Some(local) = local else {
            entry.cut = true;
            return;
        };
        entry.header = local.at;
        entry.raw.other_name = (local.name != entry.raw.name).then_some(local.name);
        let packed = usize::try_from(sizes.packed).unwrap_or(usize::MAX);
        let end = local.data.saturating_add(packed);
        entry.cut = end > self.bytes.len();
        entry.data = local.data..end.min(self.bytes.len());
    }

    /// Looks through the bytes that no listed member covers: for members that
    /// are there all the same, and for bytes that belong to nothing.
    fn uncovered(&mut self, mut known: Vec<Range<usize>>) {
        known.extend(
            self.entries.iter().filter(|e| !e.data.is_empty() || e.header > 0 || !e.cut).map(|e| {
                let end = e.data.end;
                e.header..end + descriptor_len(self.bytes, end)
            }),
        );
        known.retain(|range| range.start < range.end);
        known.sort_unstable_by_key(|range| (range.start, Reverse(range.end)));
        let (mut at, mut over) = (0, 0);
        let mut holes = Vec::new();
        for range in &known {
            if range.start < at {
                over += 1;
            } else if range.start > at {
                holes.push(at..range.start);
            }
            at = at.max(range.end);
        }
        if at < self.bytes.len() {
            holes.push(at..self.bytes.len());
        }
        if over > 0 {
            self.defects.push(Defect::Overlap(over));
        }
        // Each byte is looked at a few times at most, however many headers lie.
        let mut work = self.bytes.len().saturating_mul(8);
        for hole in holes {
            let stub = self.bytes.get(hole.clone()).unwrap_or_default();
            let program = hole.start == 0
                && [b"MZ".as_slice(), b"\x7fELF", b"#!"].iter().any(|m| stub.starts_with(m));
            let mut stray = self.walk(hole, &mut work);
            if program {
                self.self_extracting = true;
                stray = 0;
            }
            self.stray += if stray < PADDING { 0 } else { stray };
        }
    }

    /// Finds members by their local headers; says how many bytes were none.
    fn walk(&mut self, within: Range<usize>, work: &mut usize) -> usize {
        let mut at = within.start;
        let mut stray = 0;
        let listed = !self.defects.contains(&Defect::NoDirectory);
        while let Some(found) =
            self.bytes.get(at..within.end).and_then(|hole| memmem::find(hole, LOCAL))
        {
            let header = at + found;
            let Some(local) = Local::at(self.bytes, header).filter(Local::is_plausible) else {
                stray += found + LOCAL.len();
                at = header + LOCAL.len();
                continue;
            };
            if self.entries.len() >= MAX_ENTRIES {
                self.defects.push(Defect::TooMany(MAX_ENTRIES));
                return 0;
            }
            stray += found;
            let entry = self.local_entry(&local, within.end, work);
            at = entry.data.end + descriptor_len(self.bytes, entry.data.end);
            // Where the list is whole, bytes that only look like a member are
            // likelier than a member nobody listed: it must unpack to count.
            if listed && (entry.cut || !entry.begins_well(self.bytes, work)) {
                stray += LOCAL.len();
                at = header + LOCAL.len();
                continue;
            }
            self.entries.push(entry);
        }
        stray + within.end.saturating_sub(at)
    }

    fn local_entry(&self, local: &Local<'a>, end: usize, work: &mut usize) -> Entry<'a> {
        let sizes = Sizes::new(local.size, local.packed, 0, local.extra);
        let streamed = local.flags & 8 != 0 && sizes.packed == 0;
        let (data_end, cut, crc) = if streamed {
            match descriptor_after(self.bytes, local.data, end, work) {
                Some((data_end, crc)) => (data_end, false, Some(crc)),
                None => {
                    let next = next_header(self.bytes, local.data, end);
                    match bare_descriptor(self.bytes, local.data, next) {
                        Some((data_end, crc)) => (data_end, false, Some(crc)),
                        None => (next, true, None),
                    }
                }
            }
        } else {
            let packed = usize::try_from(sizes.packed).unwrap_or(usize::MAX);
            let data_end = local.data.saturating_add(packed);
            (data_end.min(end), data_end > end, Some(local.crc))
        };
        Entry {
            method: local.method,
            flags: local.flags,
            crc,
            size: sizes.size,
            time: local.time,
            header: local.at,
            data: local.data..data_end.max(local.data),
            cut,
            raw: Raw { name: local.name, extra: local.extra, ..Raw::default() },
            ..Entry::default()
        }
    }

    fn name_entries(&mut self) {
        let unflagged = self.entries.iter().filter(|e| e.flags & 0x0800 == 0).map(|e| e.raw.name);
        let encoding = names::encoding_of(unflagged);
        self.names_in = encoding.name();
        for entry in &mut self.entries {
            let flagged = entry.flags & 0x0800 != 0;
            let extra = entry.raw.extra;
            entry.name = names::decode(entry.raw.name, extra, flagged, encoding);
            let other = entry.raw.other_name;
            let other = other.map(|raw| names::decode(raw, extra, flagged, encoding));
            entry.other_name = other.filter(|other| *other != entry.name);
            if !entry.raw.comment.is_empty() {
                let comment = entry.raw.comment;
                entry.comment = names::decode_comment(comment, extra, flagged, encoding);
            }
        }
    }
}

/// Finds the data descriptor (4.3.9) that says how long streamed data are: the
/// one whose packed size is its own distance from the data's start.
fn descriptor_after(
    bytes: &[u8],
    data: usize,
    end: usize,
    work: &mut usize,
) -> Option<(usize, u32)> {
    let reach = end.min(data.saturating_add(*work));
    let within = bytes.get(data..reach)?;
    for distance in memmem::find_iter(within, DESCRIPTOR) {
        let record = bytes.get(data + distance + 4..data + distance + 12)?;
        if u32_at(record, 4) as usize == distance {
            *work = work.saturating_sub(distance);
            return Some((data + distance, u32_at(record, 0)));
        }
    }
    *work = work.saturating_sub(within.len());
    None
}

/// A data descriptor without its signature, which may be left out.
fn bare_descriptor(bytes: &[u8], data: usize, next: usize) -> Option<(usize, u32)> {
    let at = next.checked_sub(12)?;
    let record = bytes.get(at..next)?;
    (u32_at(record, 4) as usize == at.checked_sub(data)?).then(|| (at, u32_at(record, 0)))
}

/// Where the next header of any kind begins.
fn next_header(bytes: &[u8], data: usize, end: usize) -> usize {
    let within = bytes.get(data..end).unwrap_or_default();
    memmem::find_iter(within, b"PK")
        .find(|at| {
            let rest = within.get(*at..).unwrap_or_default();
            rest.starts_with(CENTRAL)
                || rest.starts_with(LOCAL)
                    && Local::at(bytes, data + at).is_some_and(|l| l.is_plausible())
        })
        .map_or(end, |at| data + at)
}

fn descriptor_len(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.starts_with(DESCRIPTOR) {
        // 16 bytes, or 24 with sizes of 64 bits: then the next record is there.
        let wide = rest.get(24..26).is_some_and(|b| b == b"PK");
        let narrow = rest.get(16..18).is_some_and(|b| b == b"PK");
        return if wide && !narrow { 24 } else { 16.min(rest.len()) };
    }
    0
}

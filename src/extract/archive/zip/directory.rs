//! The directory of a ZIP file (PKWARE APPNOTE 6.3.10): what is in it and where.
//!
//! The central directory is believed only as far as the bytes bear it out. What
//! it leaves out, and everything where it is missing, is found by the local
//! headers, so that a cut or doctored archive still shows what it holds.

use std::cmp::Reverse;
use std::io::Read;
use std::ops::Range;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use memchr::memmem;

use crate::extract::archive::names;
use crate::extract::{Budget, Metered};
use crate::model::{Gap, GapKind};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// More members than any matter may have parts: a list that is longer is cut.
const MAX_ENTRIES: usize = 100_000;

/// Unlisted bytes below this are padding, descriptors and signatures.
const PADDING: usize = 64;

/// Compression method "stored".
pub(crate) const STORED: u16 = 0;
/// Compression method "deflated".
pub(crate) const DEFLATED: u16 = 8;

/// What a ZIP file holds.
#[derive(Debug, Default)]
pub(crate) struct Directory<'a> {
    bytes: &'a [u8],
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
    flags: u16,
    crc: Option<u32>,
    header: usize,
    data: Range<usize>,
    /// Its data end before the length they should have, or were not found.
    cut: bool,
    raw: Raw<'a>,
}

#[derive(Clone, Debug, Default)]
struct Raw<'a> {
    name: &'a [u8],
    other_name: Option<&'a [u8]>,
    comment: &'a [u8],
    extra: &'a [u8],
}

impl Entry<'_> {
    /// Whether a password is needed.
    pub fn is_encrypted(&self) -> bool {
        self.flags & 0x2041 != 0 || self.method == 99
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
                None => (next_header(self.bytes, local.data, end), true, None),
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
                entry.comment = names::decode(entry.raw.comment, &[], flagged, encoding);
            }
        }
    }

    /// A member's content as far as it can be had, and what stood in the way.
    pub fn unpack(&self, entry: &Entry<'_>, budget: &mut Budget) -> (Vec<u8>, Option<Gap>) {
        if entry.is_encrypted() {
            return (Vec::new(), Some(Gap::new(GapKind::Encrypted, "encrypted with a password")));
        }
        let packed = self.bytes.get(entry.data.clone()).unwrap_or_default();
        let length = packed.len() as u64;
        let (bytes, gap) = match entry.method {
            STORED => Metered::new(packed, length, budget).read_all(),
            DEFLATED => Metered::new(DeflateDecoder::new(packed), length, budget).read_all(),
            other => {
                let words = format!("packed by method {other} ({})", method_name(other));
                return (Vec::new(), Some(Gap::new(GapKind::Unsupported, words)));
            }
        };
        let gap = gap.filter(|gap| !entry.cut || gap.kind != GapKind::Damaged).or_else(|| {
            let words = if entry.cut {
                "its data break off"
            } else if entry.crc.is_some_and(|crc| crc != crc_of(&bytes)) {
                "its content does not fit its checksum"
            } else {
                return None;
            };
            Some(Gap::new(GapKind::Damaged, words))
        });
        (bytes, gap)
    }

    /// The first bytes of a member's content, without charge: at most `limit`.
    pub fn peek(&self, entry: &Entry<'_>, limit: usize) -> Vec<u8> {
        let packed = self.bytes.get(entry.data.clone()).unwrap_or_default();
        let mut bytes = Vec::new();
        if !entry.is_encrypted() {
            let limit = limit as u64;
            // What came before an error is kept, and is all that is asked for.
            let _ = match entry.method {
                STORED => packed.take(limit).read_to_end(&mut bytes),
                DEFLATED => DeflateDecoder::new(packed).take(limit).read_to_end(&mut bytes),
                _ => Ok(0),
            };
        }
        bytes
    }
}

impl Entry<'_> {
    /// Whether its data look like what its header says; not, once the work
    /// that may be done to find out is spent.
    fn begins_well(&self, bytes: &[u8], work: &mut usize) -> bool {
        if self.is_encrypted() || !matches!(self.method, STORED | DEFLATED) {
            return true;
        }
        let packed = bytes.get(self.data.clone()).unwrap_or_default();
        let cost = if self.method == STORED { packed.len() } else { 512 };
        let Some(left) = work.checked_sub(cost) else { return false };
        *work = left;
        if self.method == STORED {
            return self.crc.is_some_and(|crc| crc == crc_of(packed));
        }
        DeflateDecoder::new(packed).read(&mut [0; 512]).is_ok()
    }
}

/// The end of the central directory, with the directory's place.
struct End {
    at: usize,
    after_comment: usize,
    directory: usize,
    /// What to add to every offset the archive gives.
    shift: i64,
    count: u64,
    disk: u16,
}

/// Finds the last end record whose directory is where it says, or just before it.
fn find_end(bytes: &[u8]) -> Option<End> {
    memmem::rfind_iter(bytes, END).take(64).find_map(|at| end_at(bytes, at))
}

fn end_at(bytes: &[u8], at: usize) -> Option<End> {
    let record = bytes.get(at..at.checked_add(22)?)?;
    let after_comment = (at + 22 + usize::from(u16_at(record, 20))).min(bytes.len());
    let mut end = End {
        at,
        after_comment,
        directory: at,
        shift: 0,
        count: u64::from(u16_at(record, 10)),
        disk: u16_at(record, 4),
    };
    let mut size = u64::from(u32_at(record, 12));
    let mut offset = u64::from(u32_at(record, 16));
    let mut before = at;
    if let Some(at64) = end64_before(bytes, at) {
        let record = bytes.get(at64..at64 + 56)?;
        (end.count, size, offset) = (u64_at(record, 32), u64_at(record, 40), u64_at(record, 48));
        before = at64;
    }
    if end.disk == 0xFFFF {
        end.disk = 0;
    }
    if end.count == 0 && size == 0 {
        return Some(end);
    }
    let backwards = u64::try_from(before).ok()?.checked_sub(size);
    let starts = |place: &u64| {
        usize::try_from(*place)
            .ok()
            .and_then(|p| bytes.get(p..))
            .is_some_and(|b| b.starts_with(CENTRAL))
    };
    // Where both places look right the one beside the record is the true one:
    // bytes were put before the archive.
    let place = backwards.filter(starts).or(Some(offset).filter(starts))?;
    end.directory = usize::try_from(place).ok().filter(|place| *place < at)?;
    end.shift = i64::try_from(place).ok()? - i64::try_from(offset).ok()?;
    Some(end)
}

fn end64_before(bytes: &[u8], at: usize) -> Option<usize> {
    let locator_at = at.checked_sub(20)?;
    let locator = bytes.get(locator_at..at).filter(|l| l.starts_with(LOCATOR64))?;
    let declared = usize::try_from(u64_at(locator, 8)).ok();
    // Its place is wrong when bytes were put before the archive.
    [declared, locator_at.checked_sub(56)]
        .into_iter()
        .flatten()
        .find(|place| bytes.get(*place..).is_some_and(|b| b.starts_with(END64) && b.len() >= 56))
}

/// A local file header.
struct Local<'a> {
    at: usize,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    name: &'a [u8],
    extra: &'a [u8],
    data: usize,
    version: u16,
}

impl<'a> Local<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let header = bytes.get(at..at.checked_add(30)?)?;
        if !header.starts_with(LOCAL) {
            return None;
        }
        let name_end = at + 30 + usize::from(u16_at(header, 26));
        let data = name_end + usize::from(u16_at(header, 28));
        Some(Self {
            at,
            flags: u16_at(header, 6),
            method: u16_at(header, 8),
            crc: u32_at(header, 14),
            packed: u32_at(header, 18),
            size: u32_at(header, 22),
            name: bytes.get(at + 30..name_end)?,
            extra: bytes.get(name_end..data)?,
            data,
            version: u16_at(header, 4),
        })
    }

    /// Whether it is a header and not bytes that begin like one.
    fn is_plausible(&self) -> bool {
        self.version & 0xFF <= 100
            && matches!(self.method, 0..=20 | 93..=99)
            && (1..=4096).contains(&self.name.len())
            && self.name.iter().all(|b| *b >= 0x20)
    }
}

/// Sizes and offset, with those of 64 bits from the extra field (4.5.3).
struct Sizes {
    packed: u64,
    offset: u64,
}

impl Sizes {
    fn new(size: u32, packed: u32, offset: u32, extra: &[u8]) -> Self {
        let mut sizes = Self { packed: packed.into(), offset: offset.into() };
        let Some(wide) = names::extra_fields(extra, 0x0001).next() else { return sizes };
        let mut values = wide.chunks_exact(8).map(|v| u64_at(v, 0));
        if size == u32::MAX {
            values.next();
        }
        if packed == u32::MAX {
            sizes.packed = values.next().unwrap_or(sizes.packed);
        }
        if offset == u32::MAX {
            sizes.offset = values.next().unwrap_or(sizes.offset);
        }
        sizes
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

fn crc_of(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn method_name(method: u16) -> &'static str {
    match method {
        1 => "shrunk",
        2..=5 => "reduced",
        6 => "imploded",
        9 => "deflate64",
        10 => "PKWARE imploding",
        12 => "bzip2",
        14 => "LZMA",
        16 => "z/OS",
        18 => "TERSE",
        19 => "LZ77",
        93 => "Zstandard",
        94 => "MP3",
        95 => "XZ",
        96 => "JPEG",
        97 => "WavPack",
        98 => "PPMd",
        _ => "unknown",
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

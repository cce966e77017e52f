//! The records of a ZIP file (APPNOTE 4.3): local headers, the end of the
//! central directory, and numbers.

use memchr::memmem;

use crate::extract::archive::names;

pub(super) const LOCAL: &[u8] = b"PK\x03\x04";
pub(super) const CENTRAL: &[u8] = b"PK\x01\x02";
pub(super) const END: &[u8] = b"PK\x05\x06";
pub(super) const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";

/// The end of the central directory, with the directory's place.
pub(super) struct End {
    pub at: usize,
    pub after_comment: usize,
    pub directory: usize,
    /// What to add to every offset the archive gives.
    pub shift: i64,
    pub count: u64,
    pub disk: u16,
}

/// Finds the last end record whose directory is where it says, or just before it.
pub(super) fn find_end(bytes: &[u8]) -> Option<End> {
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
pub(super) struct Local<'a> {
    pub at: usize,
    pub flags: u16,
    pub method: u16,
    pub time: u16,
    pub crc: u32,
    pub packed: u32,
    pub size: u32,
    pub name: &'a [u8],
    pub extra: &'a [u8],
    pub data: usize,
    pub version: u16,
}

impl<'a> Local<'a> {
    /// The header at that place.
    pub fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
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
            time: u16_at(header, 10),
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
    pub fn is_plausible(&self) -> bool {
        self.version & 0xFF <= 100
            && matches!(self.method, 0..=20 | 93..=99)
            && (1..=4096).contains(&self.name.len())
            && self.name.iter().all(|b| *b >= 0x20)
    }
}

/// Sizes and offset, with those of 64 bits from the extra field (4.5.3).
pub(super) struct Sizes {
    pub size: u64,
    pub packed: u64,
    pub offset: u64,
}

impl Sizes {
    /// Of the fields of 32 bits, and of those of 64 where they are needed.
    pub fn new(size: u32, packed: u32, offset: u32, extra: &[u8]) -> Self {
        let mut sizes = Self { size: size.into(), packed: packed.into(), offset: offset.into() };
        let Some(wide) = names::extra_fields(extra, 0x0001).next() else { return sizes };
        let mut values = wide.chunks_exact(8).map(|v| u64_at(v, 0));
        if size == u32::MAX {
            sizes.size = values.next().unwrap_or(sizes.size);
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

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

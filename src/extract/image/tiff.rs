//! TIFF 6.0 and BigTIFF: directories of tags, one a page. Exif is a TIFF within
//! other pictures, and is walked here too.

use std::collections::HashSet;
use std::ops::Range;

use super::exif;
use super::numbers::{big, little};
use super::picture::Picture;
use super::tags::Group;

/// Reads a file.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let Some(tiff) = Tiff::new(bytes) else {
        picture.page(None);
        return picture.damaged("its header breaks off");
    };
    tiff.walk(picture, true);
    if picture.pages() == 0 {
        picture.page(None);
        picture.damaged("no directory of a picture was found in it");
    }
}

/// Reads the Exif of another picture, whose directories are no pages.
pub(super) fn read_exif(bytes: &[u8], picture: &mut Picture<'_>) {
    match Tiff::new(bytes) {
        Some(tiff) => tiff.walk(picture, false),
        None => picture.damaged("its Exif metadata have no header"),
    }
}

/// The bytes of a file and how numbers stand in them.
pub(super) struct Tiff<'a> {
    bytes: &'a [u8],
    pub is_big_endian: bool,
    /// BigTIFF: places are of eight bytes.
    is_wide: bool,
    first: usize,
}

/// A tag and its value.
pub(super) struct Entry {
    pub tag: u16,
    /// Type of a value, of which there are `count`.
    pub kind: u16,
    pub count: usize,
    pub data: Range<usize>,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let (is_big_endian, is_wide) = match bytes.get(..4)? {
            b"II*\0" => (false, false),
            b"MM\0*" => (true, false),
            b"II+\0" => (false, true),
            b"MM\0+" => (true, true),
            _ => return None,
        };
        let tiff = Self { bytes, is_big_endian, is_wide, first: 0 };
        let first = if is_wide { tiff.number(8, 8) } else { tiff.number(4, 4) };
        Some(Self { first: usize::try_from(first?).ok()?, ..tiff })
    }

    fn number(&self, at: usize, width: usize) -> Option<u64> {
        if self.is_big_endian { big(self.bytes, at, width) } else { little(self.bytes, at, width) }
    }

    /// All directories: those in the chain, and those that tags lead to.
    fn walk(&self, picture: &mut Picture<'_>, is_file: bool) {
        let mut seen = HashSet::new();
        let mut waiting = vec![(self.first, Group::Main, true)];
        let mut in_chain = 0;
        // What comes first is taken last: a page's own directories before the next page.
        while let Some((at, group, is_chained)) = waiting.pop() {
            if !picture.steps(1) {
                return;
            }
            if !seen.insert(at) {
                picture.damaged("directories of its metadata lead back to one another");
                continue;
            }
            let (entries, next) = self.directory(at, picture);
            if is_chained && next != 0 {
                waiting.push((next, Group::Main, true));
            }
            for entry in &entries {
                let below = match (group, entry.tag) {
                    (_, 0x8769) => Group::Exif,
                    (_, 0x8825) => Group::Gps,
                    (_, 0xA005) => Group::Exchange,
                    (Group::Main, 0x014A) => Group::Main,
                    _ => continue,
                };
                let places = (0..entry.count.min(64)).filter_map(|i| self.value(entry, i));
                let places = places.filter_map(|at| usize::try_from(at).ok());
                waiting.extend(places.map(|at| (at, below, false)));
            }
            if is_chained {
                in_chain += 1;
            }
            // In Exif the second directory is that of a small copy.
            let is_page = is_chained && is_file && !self.is_copy(&entries);
            if is_page && !entries.is_empty() {
                let size = self.first_of(&entries, 0x0100).zip(self.first_of(&entries, 0x0101));
                picture.page(size);
            }
            if is_file || in_chain < 2 || !is_chained {
                exif::say(self, &entries, group, picture);
            }
        }
    }

    /// A smaller copy of another page, or a mask of one (TIFF 6.0, NewSubfileType).
    fn is_copy(&self, entries: &[Entry]) -> bool {
        self.first_of(entries, 0x00FE).is_some_and(|bits| bits & 5 != 0)
    }

    fn first_of(&self, entries: &[Entry], tag: u16) -> Option<u64> {
        self.value(entries.iter().find(|entry| entry.tag == tag)?, 0)
    }

    /// The entries of a directory, and the place of the next.
    fn directory(&self, at: usize, picture: &mut Picture<'_>) -> (Vec<Entry>, usize) {
        let (head, size, tail) = if self.is_wide { (8, 20, 8) } else { (2, 12, 4) };
        let Some(count) = self.number(at, head).and_then(|count| usize::try_from(count).ok())
        else {
            picture.damaged("a directory of its metadata lies outside of the file");
            return (Vec::new(), 0);
        };
        let begin = at + head;
        let room = self.bytes.len().saturating_sub(begin) / size;
        if count > room {
            picture.damaged("a directory of its metadata breaks off");
        }
        let count = count.min(room);
        if !picture.steps(count) {
            return (Vec::new(), 0);
        }
        let mut lost = false;
        let mut entries = Vec::with_capacity(count.min(1024));
        for number in 0..count {
            match self.entry(begin + number * size) {
                Some(entry) => entries.push(entry),
                None => lost = true,
            }
        }
        if lost {
            picture.damaged("values of its metadata lie outside of the file");
        }
        let next = self.number(begin + count * size, tail).unwrap_or(0);
        (entries, usize::try_from(next).unwrap_or(usize::MAX))
    }

    /// `None` for one whose value lies outside.
    fn entry(&self, at: usize) -> Option<Entry> {
        let word = |at: usize| self.number(at, 2).map(|word| word as u16);
        let (tag, kind) = (word(at)?, word(at + 2)?);
        let width = if self.is_wide { 8 } else { 4 };
        let count = usize::try_from(self.number(at + 4, width)?).ok()?;
        let each = match kind {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16 | 17 | 18 => 8,
            _ => 1,
        };
        let length = count.checked_mul(each)?;
        let field = at + 4 + width;
        let start = match length <= width {
            true => field,
            false => usize::try_from(self.number(field, width)?).ok()?,
        };
        let data = start..start.checked_add(length)?;
        self.bytes.get(data.clone())?;
        Some(Entry { tag, kind, count, data })
    }

    /// The bytes of a value.
    pub fn bytes(&self, entry: &Entry) -> &'a [u8] {
        self.bytes.get(entry.data.clone()).unwrap_or_default()
    }

    /// A whole number out of a value.
    pub fn value(&self, entry: &Entry, index: usize) -> Option<u64> {
        let width = match entry.kind {
            1 | 7 => 1,
            3 => 2,
            4 | 13 => 4,
            16 | 18 => 8,
            _ => return None,
        };
        let at = entry.data.start + index.checked_mul(width)?;
        (at + width <= entry.data.end).then(|| self.number(at, width)).flatten()
    }

    /// A fraction out of a value.
    pub fn fraction(&self, entry: &Entry, index: usize) -> Option<f64> {
        let at = entry.data.start + index.checked_mul(8)?;
        if entry.kind != 5 || at + 8 > entry.data.end {
            return None;
        }
        let (over, under) = (self.number(at, 4)?, self.number(at + 4, 4)?);
        (under != 0).then(|| over as f64 / under as f64)
    }
}

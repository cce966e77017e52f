//! Boxes of the ISO base media file format: HEIF with HEIC and AVIF (ISO/IEC
//! 23008-12), JPEG 2000 (15444-1, annex I), JPEG XL (18181-2).

use super::numbers::{big, place};
use super::picture::{Picture, Size};
use super::{iptc, tiff, words};
use crate::model::GapKind;

/// Boxes within boxes, and boxes of one file.
const MAX_DEPTH: usize = 8;
const MAX_BOXES: usize = 100_000;

const XMP: &[u8] = b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC";
const IPTC: &[u8] = b"\x33\xC7\xA4\xD2\xB8\x1D\x47\x23\xA0\xBA\xF1\xA3\xE0\x97\xAD\x38";

/// Reads it.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut file =
        File { bytes, size: None, items: Vec::new(), places: Vec::new(), data: 0, is_cut: false };
    let mut waiting = vec![(0, bytes.len(), 0)];
    let mut count = 0;
    while let Some((at, end, depth)) = waiting.pop() {
        count += 1;
        if at >= end || count > MAX_BOXES || !picture.steps(1) {
            continue;
        }
        let Some(one) = Box::at(bytes, at, end) else {
            file.is_cut |=
                bytes.get(at..end).is_some_and(|rest| rest.iter().any(|byte| *byte != 0));
            continue;
        };
        waiting.push((one.end, end, depth));
        file.is_cut |= one.is_cut;
        if let Some(skip) = inside(&one.kind).filter(|_| depth < MAX_DEPTH) {
            waiting.push((one.begin + skip, one.end, depth + 1));
        } else {
            file.take(&one, picture);
        }
    }
    file.take_items(picture);
    picture.page(file.size);
    if file.is_cut {
        picture.damaged("it breaks off before its end");
    }
}

/// How many bytes stand before the boxes within a box; `None` where there are none.
fn inside(kind: &[u8; 4]) -> Option<usize> {
    match kind {
        b"meta" => Some(4),
        b"jp2h" | b"iprp" | b"ipco" | b"asoc" | b"moov" | b"udta" => Some(0),
        b"iinf" => Some(6),
        _ => None,
    }
}

struct Box {
    kind: [u8; 4],
    begin: usize,
    end: usize,
    is_cut: bool,
}

impl Box {
    fn at(bytes: &[u8], at: usize, end: usize) -> Option<Self> {
        let kind = *bytes.get(at + 4..)?.first_chunk()?;
        let (length, head) = match big(bytes, at, 4)? {
            0 => (end - at, 8),
            1 => (usize::try_from(big(bytes, at + 8, 8)?).unwrap_or(usize::MAX), 16),
            length => (usize::try_from(length).ok()?, 8),
        };
        let stated = at.saturating_add(length);
        let (begin, to) = (at + head, stated.min(end));
        (length >= head && begin <= to).then_some(Self {
            kind,
            begin,
            end: to,
            is_cut: stated > end,
        })
    }
}

struct File<'a> {
    bytes: &'a [u8],
    size: Option<Size>,
    /// Numbers of items that are metadata, and whether they are Exif.
    items: Vec<(u64, bool)>,
    /// Where items lie: number, whether within the box of data, place, length.
    places: Vec<(u64, bool, usize, usize)>,
    /// Where the box of data begins.
    data: usize,
    is_cut: bool,
}

impl File<'_> {
    fn take(&mut self, one: &Box, picture: &mut Picture<'_>) {
        let data = self.bytes.get(one.begin..one.end).unwrap_or_default();
        match &one.kind {
            b"ispe" => self.grow(big(data, 4, 4).zip(big(data, 8, 4))),
            b"ihdr" => self.grow(big(data, 4, 4).zip(big(data, 0, 4))),
            b"xml " => picture.packet(data),
            b"lbl " => picture.say_bytes("label", data),
            b"Exif" => exif(data, picture),
            b"brob" => {
                picture.gap(GapKind::Unsupported, "metadata packed with Brotli were not read")
            }
            b"uuid" => uuid(data, picture),
            b"infe" => self.item(data),
            b"iloc" => self.is_cut |= self.locate(data, picture).is_none(),
            b"idat" => self.data = one.begin,
            b"jp2c" => codestream(data, picture),
            _ => {}
        }
    }

    fn grow(&mut self, size: Option<Size>) {
        let area = |(width, height): Size| width.saturating_mul(height);
        // The whole of a picture in tiles is larger than each.
        if size.map(area) > self.size.map(area) {
            self.size = size;
        }
    }

    /// An entry of the list of items.
    fn item(&mut self, data: &[u8]) {
        let (width, at) = match data.first() {
            Some(2) => (2, 4),
            Some(3) => (4, 4),
            _ => return,
        };
        let Some(number) = big(data, at, width) else { return };
        let rest = data.get(at + width + 2..).unwrap_or_default();
        let is_xmp = rest.starts_with(b"mime")
            && memchr::memmem::find(rest, b"application/rdf+xml\0").is_some();
        if (rest.starts_with(b"Exif") || is_xmp) && self.items.len() < 1000 {
            self.items.push((number, !is_xmp));
        }
    }

    /// The list of places of items (14496-12, 8.11.3).
    fn locate(&mut self, data: &[u8], picture: &mut Picture<'_>) -> Option<()> {
        let version = *data.first()?;
        let sizes = big(data, 4, 2)?;
        let nibble = |at: u32| (sizes >> at & 0xF) as usize;
        let (offset, length, base) = (nibble(12), nibble(8), nibble(4));
        let index = if version == 0 { 0 } else { nibble(0) };
        let number = if version < 2 { 2 } else { 4 };
        let mut at = 6;
        let mut take = |width: usize| {
            let value = big(data, at, width.min(8));
            at += width;
            value
        };
        let count = take(number)?;
        for _ in 0..count {
            let item = take(number)?;
            let method = if version == 0 { 0 } else { take(2)? & 0xF };
            let _reference = take(2)?;
            let base = take(base)?;
            for _ in 0..take(2)? {
                if !picture.steps(1) {
                    return None;
                }
                take(index)?;
                let (offset, length) = (take(offset)?, take(length)?);
                let begin = usize::try_from(base.saturating_add(offset)).ok()?;
                let length = usize::try_from(length).ok()?;
                if method < 2 && self.places.len() < 10_000 {
                    self.places.push((item, method == 1, begin, length));
                }
            }
        }
        Some(())
    }

    /// Reads the items that are metadata.
    fn take_items(&mut self, picture: &mut Picture<'_>) {
        for (number, is_exif) in std::mem::take(&mut self.items) {
            let mut whole = Vec::new();
            for (_, in_data, begin, length) in self.places.iter().filter(|place| place.0 == number)
            {
                let begin = if *in_data { self.data.saturating_add(*begin) } else { *begin };
                let piece = self.bytes.get(begin..begin.saturating_add(*length));
                let piece = piece.unwrap_or_else(|| {
                    self.is_cut = true;
                    self.bytes.get(begin..).unwrap_or_default()
                });
                // Pieces of one item do not lie over one another, except for fun.
                if whole.len() + piece.len() > self.bytes.len()
                    || !picture.steps(1 + piece.len() / 16)
                {
                    break;
                }
                whole.extend_from_slice(piece);
            }
            match is_exif {
                true => exif(&whole, picture),
                false => picture.packet(&whole),
            }
        }
    }
}

/// Exif behind the place at which it begins.
fn exif(data: &[u8], picture: &mut Picture<'_>) {
    let skip = place(data, 0).unwrap_or(0).saturating_add(4);
    let rest = data.get(skip..).unwrap_or_default();
    if !rest.is_empty() {
        tiff::read_exif(rest.strip_prefix(b"Exif\0\0").unwrap_or(rest), picture);
    }
}

fn uuid(data: &[u8], picture: &mut Picture<'_>) {
    if let Some(packet) = data.strip_prefix(XMP) {
        picture.packet(packet);
    } else if let Some(sets) = data.strip_prefix(IPTC) {
        iptc::read(sets, picture);
    } else if let Some(exif) = data.strip_prefix(b"JpgTiffExif->JP2") {
        tiff::read_exif(exif, picture);
    }
}

/// Reads a stream of JPEG 2000 that stands by itself.
pub(super) fn read_codestream(bytes: &[u8], picture: &mut Picture<'_>) {
    let side = |at: usize| Some(big(bytes, at, 4)?.saturating_sub(big(bytes, at + 8, 4)?));
    picture.page(side(8).zip(side(12)));
    codestream(bytes, picture);
    if !bytes.ends_with(b"\xFF\xD9") {
        picture.damaged("it breaks off before its end");
    }
}

/// Comments in the main header (15444-1, A.9.2).
fn codestream(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut at = 2;
    while let (Some(marker), true) = (big(bytes, at, 2), picture.steps(1)) {
        if !(0xFF50..=0xFF7F).contains(&marker) {
            return;
        }
        let Some(length) = big(bytes, at + 2, 2).map(|length| length as usize) else { return };
        let data = bytes.get(at + 4..at + 2 + length.max(2)).unwrap_or_default();
        if marker == 0xFF64 && words::is_text(data.get(2..).unwrap_or_default()) {
            picture.say_bytes("comment", data.get(2..).unwrap_or_default());
        }
        at += 2 + length.max(2);
    }
}

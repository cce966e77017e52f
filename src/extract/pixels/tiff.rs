//! TIFF pictures (TIFF 6.0): a page of each directory that is no smaller copy and no
//! mask, turned as the directory says.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{ChunkType, Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::fax::{Packing, Rows};
use super::{MOST_BYTES, Pixels, charge, inks, no_page, undecodable};
use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Directories that are gone through for a page.
const DIRECTORIES: u32 = 20_000;

/// A picture whose samples are entries of a palette.
const PALETTE: u32 = 3;

/// Whether a file is one, by its first bytes.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let first: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
    first.iter().any(|first| bytes.starts_with(first))
}

type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

/// Reads a page, from 1.
pub(super) fn read(bytes: &[u8], page: u32, most: u32, budget: &mut Budget) -> Result<Pixels, Gap> {
    let mut decoder = open(bytes)?;
    seek(&mut decoder, page, budget)?;
    // The library knows no palettes: entries are given to it as greys.
    let patched;
    if number(&mut decoder, Tag::PhotometricInterpretation) == Some(PALETTE) {
        patched = as_grey(bytes, &mut decoder).ok_or_else(|| undecodable(()))?;
        let colors = palette(&mut decoder);
        let mut decoder = open(&patched)?;
        seek(&mut decoder, page, budget)?;
        return page_of(&mut decoder, &patched, colors, most, budget);
    }
    page_of(&mut decoder, bytes, Vec::new(), most, budget)
}

fn open(bytes: &[u8]) -> Result<Reader<'_>, Gap> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MOST_BYTES;
    limits.intermediate_buffer_size = MOST_BYTES;
    Ok(Decoder::new(Cursor::new(bytes)).map_err(undecodable)?.with_limits(limits))
}

/// The page that the decoder stands at, with the colours of its palette, if it has one.
fn page_of(
    decoder: &mut Reader<'_>,
    bytes: &[u8],
    palette: Vec<[u8; 3]>,
    most: u32,
    budget: &mut Budget,
) -> Result<Pixels, Gap> {
    let (width, height) = decoder.dimensions().map_err(undecodable)?;
    charge(width.into(), height.into(), budget)?;
    let turn = number(decoder, Tag::Orientation).and_then(|turn| u8::try_from(turn).ok());
    let turn = turn.unwrap_or(1);
    let size = (width as usize, height as usize);
    if let Some(compression @ 2..=4) = number(decoder, Tag::Compression) {
        return Ok(faxed(decoder, bytes, compression, most)?.turned(turn));
    }
    let raster = Raster { palette, ..Raster::read(decoder, size)? };
    Ok(Pixels::sampled(size, most, |x, y| raster.pixel(x, y)).turned(turn))
}

/// A copy in which the palette picture that the decoder stands at is one of greys: only
/// in files with offsets of four bytes.
fn as_grey(bytes: &[u8], decoder: &mut Reader<'_>) -> Option<Vec<u8>> {
    let big = bytes.starts_with(b"MM\0*");
    if !big && !bytes.starts_with(b"II*\0") {
        return None;
    }
    let mut bytes = bytes.to_vec();
    let short = |bytes: &[u8], at: usize| {
        let two: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let start = usize::try_from(decoder.ifd_pointer()?.0).ok()?;
    let count = usize::from(short(&bytes, start)?);
    let mut entries = (0..count).map(|n| start + 2 + n * 12);
    let entry = entries.find(|at| short(&bytes, *at) == Some(262))?;
    let grey = if big { 1_u16.to_be_bytes() } else { 1_u16.to_le_bytes() };
    bytes.get_mut(entry + 8..entry + 10)?.copy_from_slice(&grey);
    Some(bytes)
}

/// A page of strips as a fax machine packs them.
fn faxed(
    decoder: &mut Reader<'_>,
    bytes: &[u8],
    compression: u32,
    most: u32,
) -> Result<Pixels, Gap> {
    let (width, height) = decoder.dimensions().map_err(undecodable)?;
    let mut all = |tag: Tag| decoder.get_tag_u64_vec(tag).map_err(undecodable);
    let (places, lengths) = (all(Tag::StripOffsets)?, all(Tag::StripByteCounts)?);
    let each = number(decoder, Tag::RowsPerStrip).unwrap_or(height).clamp(1, height);
    let packing = Packing {
        compression,
        options: number(decoder, Tag::Unknown(292)).unwrap_or(0),
        reversed: number(decoder, Tag::FillOrder) == Some(2),
    };
    let mut rows = Rows::new(width as usize, height as usize);
    let (mut left, mut is_read) = (height, false);
    for (place, length) in places.into_iter().zip(lengths) {
        let count = left.min(each);
        let start = usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
        let end = usize::try_from(place.saturating_add(length)).unwrap_or(usize::MAX);
        let data = bytes.get(start..end.clamp(start, bytes.len())).unwrap_or_default();
        is_read |= count > 0 && rows.strip(data, (width, count), packing);
        left -= count;
    }
    if !is_read {
        return Err(undecodable(()));
    }
    // What is white on the wire is 0, which is black where the file says so.
    let is_black_zero = number(decoder, Tag::PhotometricInterpretation) == Some(1);
    Ok(Pixels::sampled((width as usize, height as usize), most, |x, y| {
        let byte = rows.bits.get(y * rows.line + x / 8).copied().unwrap_or_default();
        let is_set = byte & (0x80 >> (x % 8)) != 0;
        let grey = if is_set == is_black_zero { 255 } else { 0 };
        [grey, grey, grey, 255]
    }))
}

fn number(decoder: &mut Reader<'_>, tag: Tag) -> Option<u32> {
    decoder.find_tag_unsigned::<u32>(tag).ok().flatten()
}

/// Goes to a page as the reader of pictures counts them.
fn seek(decoder: &mut Reader<'_>, page: u32, budget: &mut Budget) -> Result<(), Gap> {
    let mut left = page;
    for _ in 0..DIRECTORIES {
        budget.spend_steps(1)?;
        let is_copy = number(decoder, Tag::NewSubfileType).is_some_and(|bits| bits & 5 != 0);
        left -= u32::from(!is_copy).min(left);
        if left == 0 {
            return if page == 0 { Err(no_page(page)) } else { Ok(()) };
        }
        if !decoder.more_images() {
            break;
        }
        decoder.next_image().map_err(undecodable)?;
    }
    Err(no_page(page))
}

/// Samples as they are stored, in rows.
struct Raster {
    kind: ColorType,
    /// Samples of a pixel.
    samples: usize,
    /// Bits of a sample.
    bits: usize,
    /// Bytes of a row, where samples are bytes or less.
    line: usize,
    data: Vec<u8>,
    /// Red, green and blue of each entry, in eight bits.
    palette: Vec<[u8; 3]>,
}

impl Raster {
    fn read(decoder: &mut Reader<'_>, size: (usize, usize)) -> Result<Self, Gap> {
        let kind = decoder.colortype().map_err(undecodable)?;
        let bits = usize::from(kind.bit_depth());
        let samples = usize::from(kind.num_samples()).max(1);
        let planar = number(decoder, Tag::PlanarConfiguration) == Some(2) && samples > 1;
        if planar || !matches!(bits, 1 | 2 | 4 | 8 | 16) {
            let detail = "TIFF pictures with samples of this kind are not drawn";
            return Err(Gap::new(GapKind::Unsupported, detail));
        }
        // Eight bits of each sample are enough to see; less stays packed.
        let line = (size.0 * samples * bits.min(8)).div_ceil(8);
        let mut raster =
            Self { kind, samples, bits: bits.min(8), line, data: Vec::new(), palette: Vec::new() };
        raster.data = match decoder.read_image() {
            Ok(whole) => eight(whole, bits).ok_or_else(|| undecodable(()))?,
            // What there is of it is shown, and the rest is white.
            Err(error) => raster.strips(decoder, bits).ok_or(error).map_err(undecodable)?,
        };
        Ok(raster)
    }

    /// Strip by strip, up to the first that cannot be read; nothing if that is the first.
    fn strips(&self, decoder: &mut Reader<'_>, bits: usize) -> Option<Vec<u8>> {
        if decoder.get_chunk_type() != ChunkType::Strip {
            return None;
        }
        let mut data = Vec::new();
        for number in 0..decoder.strip_count().ok()? {
            match decoder.read_chunk(number).ok().and_then(|strip| eight(strip, bits)) {
                Some(strip) if data.len() + strip.len() <= MOST_BYTES => data.extend(strip),
                _ => break,
            }
        }
        (!data.is_empty()).then_some(data)
    }

    fn sample(&self, x: usize, y: usize, number: usize) -> Option<u8> {
        let bit = (x * self.samples + number) * self.bits;
        let byte = *self.data.get(y * self.line + bit / 8)?;
        let mask = ((1_u16 << self.bits) - 1) as u8;
        Some((byte >> (8 - self.bits - bit % 8)) & mask)
    }

    fn pixel(&self, x: usize, y: usize) -> [u8; 4] {
        self.color(x, y).unwrap_or([255; 4])
    }

    fn color(&self, x: usize, y: usize) -> Option<[u8; 4]> {
        let most = (1_u32 << self.bits) - 1;
        let part = |number: usize| {
            let sample = self.sample(x, y, number)?;
            Some((u32::from(sample) * 255 / most) as u8)
        };
        Some(match self.kind {
            ColorType::Gray(_) if !self.palette.is_empty() => {
                let [red, green, blue] = *self.palette.get(usize::from(self.sample(x, y, 0)?))?;
                [red, green, blue, 255]
            }
            ColorType::RGB(_) => [part(0)?, part(1)?, part(2)?, 255],
            ColorType::RGBA(_) => [part(0)?, part(1)?, part(2)?, part(3)?],
            ColorType::CMYK(_) | ColorType::CMYKA(_) => {
                inks([part(0)?, part(1)?, part(2)?, part(3)?])
            }
            ColorType::YCbCr(_) => luminance([part(0)?, part(1)?, part(2)?]),
            ColorType::GrayA(_) => [part(0)?, part(0)?, part(0)?, part(1)?],
            // Of spaces that are measured, lightness is the first; of others, who knows.
            _ => [part(0)?, part(0)?, part(0)?, 255],
        })
    }
}

/// Luminance and two differences of colour (TIFF 6.0, section 21).
fn luminance(parts: [u8; 3]) -> [u8; 4] {
    let [y, blue, red] = parts.map(f32::from);
    let (blue, red) = (blue - 128.0, red - 128.0);
    let green = y - 0.344_14 * blue - 0.714_14 * red;
    let [r, g, b] = [y + 1.402 * red, green, y + 1.772 * blue].map(|part| part.round() as u8);
    [r, g, b, 255]
}

/// Samples of eight bits or less as they are, of sixteen their upper half.
fn eight(result: DecodingResult, bits: usize) -> Option<Vec<u8>> {
    match (result, bits) {
        (DecodingResult::U8(data), ..=8) => Some(data),
        (DecodingResult::U16(data), 16) => {
            Some(data.into_iter().map(|sample| (sample >> 8) as u8).collect())
        }
        _ => None,
    }
}

/// All reds, then all greens, then all blues, in sixteen bits.
fn palette(decoder: &mut Reader<'_>) -> Vec<[u8; 3]> {
    let all = decoder.get_tag_u16_vec(Tag::ColorMap).unwrap_or_default();
    let count = all.len() / 3;
    let part = |at: usize| all.get(at).map_or(0, |part| (part >> 8) as u8);
    (0..count).map(|n| [part(n), part(count + n), part(2 * count + n)]).collect()
}

//! Bitmaps of Windows and OS/2 (BITMAPCOREHEADER, BITMAPINFOHEADER and its heirs): plain,
//! with masks, or packed in runs.

use super::{Pixels, charge, damaged};
use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// What the header says.
struct Header {
    width: usize,
    height: usize,
    /// Whether rows go from the top down.
    is_down: bool,
    bits: usize,
    packing: u32,
    /// Where its pixels begin.
    begin: usize,
    /// Bits of red, green, blue and opacity in a pixel of 16 or 32.
    masks: [u32; 4],
    palette: Vec<[u8; 3]>,
}

/// Reads it.
pub(super) fn read(bytes: &[u8], most: u32, budget: &mut Budget) -> Result<Pixels, Gap> {
    let header = header(bytes).ok_or_else(|| damaged("it breaks off in its header"))?;
    let Header { width, height, bits, .. } = header;
    charge(width as u64, height as u64, budget)?;
    let data = bytes.get(header.begin..).unwrap_or_default();
    let unpacked;
    let (rows, line) = match (header.packing, bits) {
        (0 | 3 | 6, 1 | 4 | 8 | 16 | 24 | 32) => (data, (width * bits).div_ceil(32) * 4),
        (1, 8) | (2, 4) => {
            unpacked = runs(data, &header);
            (&unpacked[..], width)
        }
        _ => {
            let detail = "bitmaps packed in this way are not drawn";
            return Err(Gap::new(GapKind::Unsupported, detail));
        }
    };
    let depth = if matches!(header.packing, 1 | 2) { 8 } else { bits };
    Ok(Pixels::sampled((width, height), most, |x, y| {
        let row = if header.is_down { y } else { height - 1 - y };
        let row = rows.get(row * line..).unwrap_or_default();
        header.pixel(row, x, depth).unwrap_or([255; 4])
    }))
}

fn header(bytes: &[u8]) -> Option<Header> {
    let four = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let two = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let size = four(14)? as usize;
    let (width, height, bits, packing, each) = match size {
        12 => (i32::from(two(18)?), i32::from(two(20)?), two(24)?, 0, 3),
        _ => (four(18)?.cast_signed(), four(22)?.cast_signed(), two(28)?, four(30)?, 4),
    };
    let bits = usize::from(bits);
    let has_masks = matches!(packing, 3 | 6) && matches!(bits, 16 | 32);
    let mask = |n: usize| four(54 + n * 4).unwrap_or_default();
    let masks = match (has_masks, bits) {
        // Opacity has a mask in the longer headers alone.
        (true, _) => [mask(0), mask(1), mask(2), if size >= 56 { mask(3) } else { 0 }],
        (false, 16) => [0x7C00, 0x03E0, 0x001F, 0],
        _ => [0x00FF_0000, 0xFF00, 0xFF, 0],
    };
    let entries = match bits {
        1 | 4 | 8 => 1_usize << bits,
        _ => 0,
    };
    let used = if size == 12 { 0 } else { four(46)? as usize };
    let entries = if used > 0 { entries.min(used) } else { entries };
    let first = (14 + size).checked_add(if has_masks && size == 40 { 12 } else { 0 })?;
    let palette = (0..entries).map_while(|n| {
        let at = first + n * each;
        let &[blue, green, red] = bytes.get(at..at + 3)? else { return None };
        Some([red, green, blue])
    });
    Some(Header {
        width: width.unsigned_abs() as usize,
        height: height.unsigned_abs() as usize,
        is_down: height < 0,
        bits,
        packing,
        begin: four(10)? as usize,
        masks,
        palette: palette.collect(),
    })
}

impl Header {
    /// A pixel of a row, which is of so many bits.
    fn pixel(&self, row: &[u8], x: usize, depth: usize) -> Option<[u8; 4]> {
        match depth {
            1 | 4 | 8 => {
                let byte = *row.get(x * depth / 8)?;
                let index = (byte >> (8 - depth - x * depth % 8)) & ((1_u16 << depth) - 1) as u8;
                let [red, green, blue] = *self.palette.get(usize::from(index))?;
                Some([red, green, blue, 255])
            }
            24 => {
                let &[blue, green, red] = row.get(x * 3..x * 3 + 3)? else { return None };
                Some([red, green, blue, 255])
            }
            16 => {
                let two = row.get(x * 2..x * 2 + 2)?.try_into().ok()?;
                Some(self.masked(u32::from(u16::from_le_bytes(two))))
            }
            _ => {
                let four = row.get(x * 4..x * 4 + 4)?.try_into().ok()?;
                Some(self.masked(u32::from_le_bytes(four)))
            }
        }
    }

    fn masked(&self, pixel: u32) -> [u8; 4] {
        let part = |mask: u32| match mask {
            0 => 0,
            _ => {
                let shift = mask.trailing_zeros();
                let most = u64::from(mask >> shift);
                (u64::from((pixel & mask) >> shift) * 255 / most) as u8
            }
        };
        let [red, green, blue, opacity] = self.masks;
        let opacity = if opacity == 0 { 255 } else { part(opacity) };
        [part(red), part(green), part(blue), opacity]
    }
}

/// Runs of eight or four bits to the pixel, as one byte for each.
fn runs(data: &[u8], header: &Header) -> Vec<u8> {
    let Header { width, height, bits, .. } = *header;
    let mut rows = vec![0; width * height];
    let (mut x, mut y, mut at) = (0_usize, 0_usize, 0_usize);
    let mut put = |x: usize, y: usize, value: u8| {
        if let (true, Some(place)) = (x < width, rows.get_mut(y * width + x)) {
            *place = value;
        }
    };
    let nibble = |byte: u8, n: usize| if n.is_multiple_of(2) { byte >> 4 } else { byte & 15 };
    while let (Some(&count), Some(&value), true) = (data.get(at), data.get(at + 1), y < height) {
        at += 2;
        match (count, value) {
            (0, 0) => (x, y) = (0, y + 1),
            (0, 1) => break,
            (0, 2) => {
                let step = |n: usize| usize::from(data.get(n).copied().unwrap_or_default());
                (x, y, at) = (x + step(at), y + step(at + 1), at + 2);
            }
            (0, count) => {
                let count = usize::from(count);
                for n in 0..count {
                    let byte = data.get(at + n * bits / 8).copied().unwrap_or_default();
                    put(x + n, y, if bits == 8 { byte } else { nibble(byte, n) });
                }
                // Each stretch fills whole words.
                (x, at) = (x + count, at + (count * bits).div_ceil(16) * 2);
            }
            (count, value) => {
                let count = usize::from(count);
                for n in 0..count {
                    put(x + n, y, if bits == 8 { value } else { nibble(value, n) });
                }
                x += count;
            }
        }
    }
    rows
}

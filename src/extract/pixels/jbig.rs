//! JBIG2 pictures as files of their own (ITU-T T.88, Annex D): black and white.

use hayro_jbig2::{Decoder, Image};

use super::{Pixels, charge, undecodable};
use crate::extract::Budget;
use crate::model::Gap;

/// A bit for each pixel: 1 is black.
struct Rows {
    line: usize,
    bits: Vec<u8>,
    at: usize,
    /// The row, from 0.
    row: usize,
}

impl Rows {
    fn push(&mut self, black: bool) {
        let place = self.row * self.line * 8 + self.at;
        self.at += 1;
        if let (true, Some(byte)) = (black, self.bits.get_mut(place / 8)) {
            *byte |= 0x80 >> (place % 8);
        }
    }
}

impl Decoder for Rows {
    fn push_pixel(&mut self, black: bool) {
        self.push(black);
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        for _ in 0..u64::from(chunk_count) * 8 {
            self.push(black);
        }
    }

    fn next_line(&mut self) {
        (self.at, self.row) = (0, self.row + 1);
    }
}

/// Reads it.
pub(super) fn read(bytes: &[u8], most: u32, budget: &mut Budget) -> Result<Pixels, Gap> {
    let image = Image::new(bytes).map_err(undecodable)?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    charge(width as u64, height as u64, budget)?;
    let line = width.div_ceil(8);
    let mut rows = Rows { line, bits: vec![0; line * height], at: 0, row: 0 };
    image.decode(&mut rows).map_err(undecodable)?;
    Ok(Pixels::sampled((width, height), most, |x, y| {
        let byte = rows.bits.get(y * line + x / 8).copied().unwrap_or_default();
        let grey = if byte & (0x80 >> (x % 8)) == 0 { 255 } else { 0 };
        [grey, grey, grey, 255]
    }))
}

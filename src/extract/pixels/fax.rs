//! Strips of a TIFF picture as a fax machine packs them (ITU-T T.4 and T.6; TIFF 6.0,
//! sections 10 and 11): runs of white and black.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode, decode};

/// How strips are packed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packing {
    /// The number of the compression: 2, 3 or 4.
    pub(super) compression: u32,
    /// Bits of `T4Options`: 1 is two-dimensional.
    pub(super) options: u32,
    /// Whether the lowest bit of a byte comes first.
    pub(super) reversed: bool,
}

/// Rows of bits, 1 for black.
pub(super) struct Rows {
    pub(super) line: usize,
    pub(super) bits: Vec<u8>,
    /// Bytes that rows may take at most.
    most: usize,
    at: usize,
}

impl Rows {
    /// Nothing yet, of so many columns and rows.
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        let line = columns.div_ceil(8);
        Self { line, bits: Vec::new(), most: line * rows, at: 0 }
    }

    /// Adds what a strip of so many rows holds, as far as it goes; what it lacks is white.
    /// Whether any of it could be read.
    pub(super) fn strip(&mut self, data: &[u8], size: (u32, u32), packing: Packing) -> bool {
        let turned: Vec<u8>;
        let data = match packing.reversed {
            true => {
                turned = data.iter().map(|byte| byte.reverse_bits()).collect();
                &turned[..]
            }
            false => data,
        };
        let before = self.bits.len();
        let after = (before + self.line * size.1 as usize).min(self.most);
        let mut context = DecoderContext::new(DecodeSettings {
            columns: size.0,
            rows: size.1,
            end_of_block: packing.compression != 2,
            end_of_line: packing.compression == 3,
            rows_are_byte_aligned: packing.compression == 2 || packing.options & 4 != 0,
            encoding: match packing.compression {
                4 => EncodingMode::Group4,
                3 if packing.options & 1 != 0 => EncodingMode::Group3_2D { k: 4 },
                _ => EncodingMode::Group3_1D,
            },
            invert_black: false,
        });
        self.bits.resize(before + self.line.min(after.saturating_sub(before)), 0);
        self.at = before * 8;
        let whole = decode(data, self, &mut context).is_ok();
        let is_read = whole || self.bits.len() > before + self.line;
        self.bits.resize(after, 0);
        is_read
    }

    fn push(&mut self, white: bool) {
        if let (false, Some(byte)) = (white, self.bits.get_mut(self.at / 8)) {
            *byte |= 0x80 >> (self.at % 8);
        }
        self.at += 1;
    }
}

impl Decoder for Rows {
    fn push_pixel(&mut self, white: bool) {
        self.push(white);
    }

    fn push_pixel_chunk(&mut self, white: bool, chunk_count: u32) {
        if white {
            self.at += chunk_count as usize * 8;
            return;
        }
        for _ in 0..u64::from(chunk_count) * 8 {
            self.push(false);
        }
    }

    fn next_line(&mut self) {
        // The next row begins on a byte of its own.
        let length = self.bits.len();
        self.at = length * 8;
        self.bits.resize((length + self.line).min(self.most), 0);
    }
}

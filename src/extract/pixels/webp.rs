//! WebP pictures (RFC 9649): the first frame, turned as its Exif data say.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::{MOST_BYTES, Pixels, charge, damaged, orientation, undecodable};
use crate::extract::Budget;
use crate::model::Gap;

/// Reads it.
pub(super) fn read(bytes: &[u8], most: u32, budget: &mut Budget) -> Result<Pixels, Gap> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(undecodable)?;
    decoder.set_memory_limit(MOST_BYTES);
    let (width, height) = decoder.dimensions();
    charge(width.into(), height.into(), budget)?;
    let turn = match decoder.exif_metadata() {
        Ok(Some(exif)) => orientation::of_exif(&exif),
        _ => 1,
    };
    let frames = if decoder.is_animated() { decoder.num_frames() } else { 1 };
    let length = decoder.output_buffer_size().filter(|length| *length <= MOST_BYTES);
    let mut data = vec![0; length.ok_or_else(|| damaged("it has no pixels"))?];
    let each = if decoder.has_alpha() { 4 } else { 3 };
    decoder.read_image(&mut data).map_err(undecodable)?;
    let columns = width as usize;
    let pixels = Pixels::sampled((columns, height as usize), most, |x, y| {
        let at = (y * columns + x) * each;
        let part = |n: usize| data.get(at + n).copied().unwrap_or(255);
        [part(0), part(1), part(2), if each == 4 { part(3) } else { 255 }]
    });
    Ok(Pixels { more_frames: frames.saturating_sub(1), ..pixels.turned(turn) })
}

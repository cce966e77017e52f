//! JPEG pictures (ITU-T T.81), as the decoder of the PDF renderer reads them.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Pixels, charge, damaged, orientation, undecodable};
use crate::extract::Budget;
use crate::model::Gap;

/// Scans of a progressive picture: each costs as much as a picture.
const SCANS: usize = 100;

/// Reads it, turned as its Exif data say.
pub(super) fn read(bytes: &[u8], most: u32, budget: &mut Budget) -> Result<Pixels, Gap> {
    Ok(plain(bytes, most, budget)?.turned(orientation::of_jpeg(bytes)))
}

/// Reads it as it is stored.
fn plain(bytes: &[u8], most: u32, budget: &mut Budget) -> Result<Pixels, Gap> {
    let side = usize::from(u16::MAX);
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(side)
        .set_max_height(side)
        .jpeg_set_max_scans(SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(undecodable)?;
    let info = decoder.info().ok_or_else(|| damaged("it breaks off in its header"))?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    charge(width as u64, height as u64, budget)?;
    let space = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => ColorSpace::Luma,
        _ => ColorSpace::RGB,
    };
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let data = decoder.decode().map_err(undecodable)?;
    let at = |n: usize| data.get(n).copied().unwrap_or(255);
    Ok(match space {
        ColorSpace::Luma => Pixels::sampled((width, height), most, |x, y| {
            let grey = at(y * width + x);
            [grey, grey, grey, 255]
        }),
        _ => Pixels::sampled((width, height), most, |x, y| {
            let first = (y * width + x) * 3;
            [at(first), at(first + 1), at(first + 2), 255]
        }),
    })
}

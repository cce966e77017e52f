//! GIF pictures: the first frame, where it lies on its canvas.

use gif::{ColorOutput, DecodeOptions, MemoryLimit};

use super::{MOST_BYTES, Pixels, charge, damaged, undecodable};
use crate::extract::Budget;
use crate::model::Gap;

/// Frames that are counted.
const FRAMES: u32 = 10_000;

/// Reads it.
pub(super) fn read(bytes: &[u8], most: u32, budget: &mut Budget) -> Result<Pixels, Gap> {
    let options = || {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::RGBA);
        options.set_memory_limit(MemoryLimit::Bytes((MOST_BYTES as u64).try_into().ok()?));
        Some(options)
    };
    let none = || damaged("it has no frame");
    let mut decoder = options().ok_or_else(none)?.read_info(bytes).map_err(undecodable)?;
    let canvas = (usize::from(decoder.width()), usize::from(decoder.height()));
    charge(canvas.0 as u64, canvas.1 as u64, budget)?;
    let frame = decoder.next_frame_info().map_err(undecodable)?.ok_or_else(none)?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    charge(width as u64, height as u64, budget)?;
    let mut data = vec![0; width * height * 4];
    // What breaks off is shown as far as it goes; the rest lets the paper through.
    let whole = decoder.read_into_buffer(&mut data).is_ok();
    let mut pixels = Pixels::sampled(canvas, most, |x, y| {
        let inside = x.checked_sub(left).zip(y.checked_sub(top));
        let inside = inside.filter(|(x, y)| *x < width && *y < height);
        let at = inside.map(|(x, y)| (y * width + x) * 4);
        let pixel = at.and_then(|at| data.get(at..at + 4)?.try_into().ok());
        pixel.unwrap_or([0; 4])
    });
    if whole {
        pixels.more_frames = more(bytes, budget)?;
    }
    Ok(pixels)
}

/// Frames behind the first.
fn more(bytes: &[u8], budget: &mut Budget) -> Result<u32, Gap> {
    let mut options = DecodeOptions::new();
    options.skip_frame_decoding(true);
    let Ok(mut decoder) = options.read_info(bytes) else { return Ok(0) };
    budget.spend_steps(bytes.len() as u64 / 64)?;
    let mut count = 0;
    while count < FRAMES && matches!(decoder.next_frame_info(), Ok(Some(_))) {
        count += 1;
    }
    Ok(count.saturating_sub(1))
}

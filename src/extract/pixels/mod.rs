//! Pictures decoded: for showing them to a person, and where documents hold them.
//!
//! Reading a document decodes none (`image`). Whatever their kind, what comes out is
//! bounded in pixels, made smaller by averaging, and turned as its Exif data say.

mod bmp;
mod fax;
mod gif;
mod jbig;
mod jpeg;
mod orientation;
mod png;
mod tiff;
mod webp;

#[cfg(test)]
mod tests;

use super::Budget;
use crate::model::{Bitmap, Gap, GapKind, Limit};

/// Pixels of a picture that is read at all.
const MOST: u64 = 60_000_000;

/// Bytes that a decoder of others may ask for at once: as many pixels with four bytes.
const MOST_BYTES: usize = MOST as usize * 4;

/// A picture: red, green, blue and opacity (not multiplied) for each pixel, row by row
/// from the top left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Vec<u8>,
    /// How many other frames it has, of which none is seen.
    pub(crate) more_frames: u32,
}

/// Decodes the picture on a page (from 1) of a file; only TIFF has more than one. Made
/// smaller by a whole number where it has more than `most` pixels.
///
/// # Errors
/// A gap: it is of a kind that is not decoded, too large, damaged, or has no such page.
pub(crate) fn pixels(
    bytes: &[u8],
    page: u32,
    most: u32,
    budget: &mut Budget,
) -> Result<Pixels, Gap> {
    let begins = |first: &[u8]| bytes.starts_with(first);
    if page != 1 && !tiff::is_one(bytes) {
        return Err(no_page(page));
    }
    if begins(b"\x89PNG\r\n\x1A\n") {
        png::read(bytes, most, budget)
    } else if begins(b"\xFF\xD8") {
        jpeg::read(bytes, most, budget)
    } else if tiff::is_one(bytes) {
        tiff::read(bytes, page, most, budget)
    } else if begins(b"GIF8") {
        gif::read(bytes, most, budget)
    } else if begins(b"BM") {
        bmp::read(bytes, most, budget)
    } else if bytes.get(8..12) == Some(b"WEBP") {
        webp::read(bytes, most, budget)
    } else if begins(b"\x97JB2\r\n\x1A\n") {
        jbig::read(bytes, most, budget)
    } else {
        Err(Gap::new(GapKind::Unsupported, "pictures of this kind are not drawn"))
    }
}

/// Whether pictures of a media type are decoded.
pub fn is_decoded(media_type: &str) -> bool {
    let kinds = ["jpeg", "png", "tiff", "gif", "bmp", "webp", "jbig2"];
    media_type.strip_prefix("image/").is_some_and(|kind| kinds.contains(&kind))
}

/// The picture on a page (from 1) of a file, on white, with at most `most` pixels, and how
/// many frames it has that are not seen.
///
/// # Errors
/// As for what decodes it.
pub fn picture(
    bytes: &[u8],
    page: u32,
    most: u32,
    budget: &mut Budget,
) -> Result<(Bitmap, u32), Gap> {
    let pixels = pixels(bytes, page, most, budget)?;
    let more = pixels.more_frames;
    Ok((pixels.on_white(), more))
}

fn no_page(page: u32) -> Gap {
    Gap::new(GapKind::MissingPart, format!("there is no page {page}"))
}

fn damaged(what: &str) -> Gap {
    Gap::new(GapKind::Damaged, format!("the picture cannot be drawn: {what}"))
}

/// What a library says of a picture that it cannot decode; its words may hold text of
/// the file, and are not passed on.
fn undecodable<E>(_: E) -> Gap {
    damaged("its data make no sense")
}

/// Charges a picture of this size before anything is made of it.
fn charge(width: u64, height: u64, budget: &mut Budget) -> Result<(), Gap> {
    let all = width.saturating_mul(height);
    if all == 0 {
        return Err(damaged("it has no pixels"));
    }
    if all > MOST {
        let detail = format!("more than {MOST} pixels in a picture");
        return Err(Gap::new(GapKind::Limit(Limit::Memory), detail));
    }
    budget.spend_steps(all / 4)
}

impl Pixels {
    /// A picture of which `pixel` tells each at column and row: by a whole number smaller
    /// where it has more than `most`, each the mean of a square.
    fn sampled(
        (width, height): (usize, usize),
        most: u32,
        pixel: impl Fn(usize, usize) -> [u8; 4],
    ) -> Self {
        let all = width as u64 * height as u64;
        let factor = (1..).find(|n| all / (n * n) <= u64::from(most.max(1))).unwrap_or(1) as usize;
        let (columns, rows) = ((width / factor).max(1), (height / factor).max(1));
        let mut rgba = Vec::with_capacity(columns * rows * 4);
        for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
            if factor == 1 {
                rgba.extend(pixel(x, y));
                continue;
            }
            // Colours weigh as much as is seen of them.
            let (mut sum, mut opacity, mut count) = ([0_u64; 3], 0_u64, 0_u64);
            for (dy, dx) in (0..factor).flat_map(|dy| (0..factor).map(move |dx| (dy, dx))) {
                let (x, y) = (x * factor + dx, y * factor + dy);
                if x >= width || y >= height {
                    continue;
                }
                let [red, green, blue, alpha] = pixel(x, y).map(u64::from);
                for (sum, part) in sum.iter_mut().zip([red, green, blue]) {
                    *sum += part * alpha;
                }
                opacity += alpha;
                count += 1;
            }
            rgba.extend(sum.map(|sum| (sum / opacity.max(1)) as u8));
            rgba.push((opacity / count.max(1)) as u8);
        }
        let (width, height) = (columns as u32, rows as u32);
        Self { width, height, rgba, more_frames: 0 }
    }

    /// Turned and mirrored as Exif orientation (1 to 8) says; any other number is 1.
    fn turned(self, orientation: u8) -> Self {
        let (width, height) = (self.width as usize, self.height as usize);
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (columns, rows) = if orientation > 4 { (height, width) } else { (width, height) };
        let mut rgba = Vec::with_capacity(self.rgba.len());
        for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
            let (from_x, from_y) = match orientation {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                _ => (width - 1 - y, x),
            };
            let at = (from_y * width + from_x) * 4;
            rgba.extend(self.rgba.get(at..at + 4).unwrap_or(&[255; 4]));
        }
        Self { width: columns as u32, height: rows as u32, rgba, ..self }
    }

    /// On white paper.
    fn on_white(mut self) -> Bitmap {
        for [red, green, blue, alpha] in self.rgba.as_chunks_mut::<4>().0 {
            let (seen, paper) = (u32::from(*alpha), 255 * (255 - u32::from(*alpha)));
            for part in [red, green, blue] {
                *part = ((u32::from(*part) * seen + paper + 127) / 255) as u8;
            }
            *alpha = 255;
        }
        let Self { width, height, rgba, .. } = self;
        Bitmap { width, height, rgba, missing: 0 }
    }
}

/// Four inks as colours: each as much darker as the others leave.
fn inks([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 4] {
    let light = |ink: u8| (u16::from(255 - ink) * u16::from(255 - black) / 255) as u8;
    [light(cyan), light(magenta), light(yellow), 255]
}

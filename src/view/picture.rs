//! A page as a picture: bounded in pixels and in work, and on every machine the same.

use super::png::png;
use super::{PIXELS, Picture};
use crate::extract::{Budget, Draw, Format, Passwords};
use crate::extract::{is_decoded, ofd_page, pdf_pages, picture as decoded, sniff};
use crate::model::{Bitmap, Gap, GapKind, Submission};

/// Pixels to the inch where a page is not too large for that: enough to read small print.
const DPI: f32 = 150.0;

/// Points to the inch.
const POINTS: f32 = 72.0;

/// Whether pages of a format can be drawn, and this is one of them.
pub(super) fn is_drawn(format: Format, page: u32) -> bool {
    match format {
        Format::Pdf | Format::Ofd => page > 0,
        Format::Other(media_type) => is_decoded(media_type),
        _ => false,
    }
}

/// Draws a page of a part, or the part where it is a picture itself.
pub(super) fn picture(
    part: &Submission,
    page: u32,
    passwords: &Passwords,
    budget: &mut Budget,
) -> Result<Picture, Gap> {
    match sniff(&part.bytes) {
        Format::Pdf => written(&pdf(&part.bytes, page, passwords, budget)?),
        Format::Ofd => {
            let painted = ofd_page(part, page, scale, budget)?;
            let picture = written(&painted.bitmap)?;
            let (lettering, not_drawn) = (painted.lettering, painted.not_drawn);
            Ok(Picture { lettering, not_drawn, ..picture })
        }
        Format::Other(media_type) if is_decoded(media_type) => {
            // What is told beside a picture stands on no page of it.
            let (bitmap, more) = decoded(&part.bytes, page.max(1), PIXELS, budget)?;
            let words = format!("{more} more frames of a moving picture");
            let more = (more > 0).then(|| Gap::new(GapKind::Unsupported, words));
            Ok(Picture { not_drawn: more.into_iter().collect(), ..written(&bitmap)? })
        }
        format => {
            let detail = format!("pages of {} are not drawn", format.media_type());
            Err(Gap::new(GapKind::Unsupported, detail))
        }
    }
}

fn pdf(bytes: &[u8], page: u32, passwords: &Passwords, budget: &mut Budget) -> Result<Bitmap, Gap> {
    let pages = pdf_pages(bytes, passwords);
    let size = pages.size(page, budget)?;
    pages.draw(page, scale(size), budget)
}

/// Pixels to the point for a page of this size, so that the picture has at most
/// [`PIXELS`].
fn scale([width, height]: [f32; 2]) -> f32 {
    // A row and a column may be added where sides are no whole numbers.
    let most = PIXELS as f32 * 0.98 / (width * height).max(1.0);
    (DPI / POINTS).min(most.sqrt())
}

fn written(bitmap: &Bitmap) -> Result<Picture, Gap> {
    let mut file = Vec::new();
    let failed = |error| Gap::new(GapKind::Crashed, format!("the picture was not made: {error}"));
    png(bitmap, DPI as u32, &mut file).map_err(failed)?;
    let Bitmap { width, height, missing, .. } = *bitmap;
    let (lettering, not_drawn) = (Vec::new(), Vec::new());
    Ok(Picture { width, height, missing, lettering, not_drawn, png: file })
}

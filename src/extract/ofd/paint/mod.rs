//! A page as a picture: what its steps of drawing say, painted on the device that PDF
//! pages are painted on, and counted by it.
//!
//! The page is found by reading the document as its text is read, so that both count pages
//! alike. What cannot be drawn is told; characters in fonts that are not in the file are
//! handed over to be set by whoever shows the picture.

mod font;
mod image;
mod path;
mod seal;
mod shade;
mod sheet;
mod text;

#[cfg(test)]
mod tests;

use std::rc::Rc;

use kurbo::Affine;
use pdfrum::{Deadline, RasterBackend};
use peniko::Color;

use self::sheet::Painter;
use super::Reader;
use super::content::Step;
use super::draw::Resources;
use super::values::{Bounds, POINTS};
use crate::extract::Budget;
use crate::extract::office::package::PartId;
use crate::extract::pdf::render::counted::{Counted, Tally};
use crate::extract::pdf::render::{MAX_PIXELS, MAX_SIDE};
use crate::model::{Bitmap, Gap, GapKind, Lettering, Limit, Submission};

/// A page whose size is not told is taken for A4, in millimetres.
const A4: Bounds = Bounds { x: 0.0, y: 0.0, width: 210.0, height: 297.0 };

/// Things that are told not to be drawn.
const MOST_TOLD: usize = 20;

/// A page that was painted.
#[derive(Debug)]
pub struct Painted {
    /// The picture.
    pub bitmap: Bitmap,
    /// Characters that are to be set over it.
    pub lettering: Vec<Lettering>,
    /// What is not in the picture, and why.
    pub not_drawn: Vec<Gap>,
}

/// What a page is made of, gathered while the document is read.
#[derive(Debug, Default)]
pub(super) struct Scene {
    /// Its place in the list of pages that annotations and stamps go by.
    pub page_id: String,
    /// Where it lies, in millimetres; of no size where that is not told.
    pub area: Option<Bounds>,
    /// Steps with the resources they name, from the lowest on.
    pub layers: Vec<(Rc<Vec<Step>>, Rc<Resources>)>,
    pub stamps: Vec<Stamp>,
}

/// A seal on the page.
#[derive(Debug)]
pub(super) struct Stamp {
    /// Where it stands, in millimetres.
    pub place: Bounds,
    /// What of it is seen, from its own corner.
    pub clip: Option<Bounds>,
    /// The seal, and the signature that holds it too, as they are tried.
    pub parts: Vec<PartId>,
}

/// One page that is wanted while a document is read.
#[derive(Debug)]
pub(super) struct Watch {
    /// Its number, from 1.
    pub number: u32,
    /// The page, once it came by.
    pub caught: Option<Scene>,
}

/// Paints page `number` (from 1), with as many pixels to the point as `scale` says for a
/// page of a width and height in points.
///
/// # Errors
/// A gap, if there is no such page, it is too large, or costs more than the budget has.
pub fn ofd_page(
    submission: &Submission,
    number: u32,
    scale: impl Fn([f32; 2]) -> f32,
    budget: &mut Budget,
) -> Result<Painted, Gap> {
    let mut reader = Reader::new(submission, budget);
    reader.watch = Some(Watch { number, caught: None });
    reader.read();
    let (pages, mut package) = (reader.pages.len(), reader.package);
    let caught = reader.watch.and_then(|watch| watch.caught);
    let limit = || package.gaps.iter().find(|gap| matches!(gap.kind, GapKind::Limit(_))).cloned();
    let Some(scene) = caught else {
        let detail = format!("there is no page {number}: the document has {pages}");
        return Err(limit().unwrap_or_else(|| Gap::new(GapKind::MissingPart, detail)));
    };
    let area = scene.area.filter(|area| area.width > 0.0 && area.height > 0.0).unwrap_or(A4);
    let size = [area.width * POINTS, area.height * POINTS];
    let scale = scale(size);
    let [width, height] = size.map(|side| f64::from(side) * f64::from(scale));
    let is_side = |side: f64| (1.0..MAX_SIDE).contains(&side);
    if !(is_side(width) && is_side(height) && width * height <= MAX_PIXELS) {
        let detail = format!("a picture of page {number} would be too large, or nothing");
        return Err(Gap::new(GapKind::Limit(Limit::Memory), detail));
    }
    let tally = Tally::new(budget.steps_left(), Deadline::manual());
    let backend = Counted::new(&tally);
    let mut device = backend.new_target(width.round() as u32, height.round() as u32, Color::WHITE);
    let mut painter = Painter::new(&mut package, budget, &mut device, &tally, f64::from(scale));
    let to_pixels = f64::from(scale * POINTS);
    let corner = Affine::translate((-f64::from(area.x), -f64::from(area.y)));
    painter.scene(&scene, Affine::scale(to_pixels) * corner);
    let (lettering, not_drawn) = painter.finish();
    budget.spend_steps(tally.spent())?;
    let made = backend.finish(device);
    let (width, height) = (made.width(), made.height());
    let bitmap = Bitmap { width, height, rgba: made.into_data(), missing: 0 };
    Ok(Painted { bitmap, lettering, not_drawn })
}

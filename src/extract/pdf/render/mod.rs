//! Pages as pictures: for reading scans by eye or by OCR, and for showing a
//! person where a finding stands.
//!
//! The page is read by our own reader first: what costs too much to read is not
//! drawn. Then `pdfrum` draws it, through a device that counts ([`counted`]).

pub(in crate::extract) mod counted;

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdfrum::{Deadline, RenderOptions, RenderSession};

use self::counted::{Counted, Tally};
use super::interpret::{Document, Interpreter};
use super::meter::Meter;
use super::pages::{self, Leaf};
use super::second;
use super::syntax::File;
use crate::extract::{Budget, Passwords, panics};
use crate::model::{Bitmap, Gap, GapKind, Limit};

/// Pixels of one picture: a page of A3 at 300 dots an inch has 17 million.
pub(in crate::extract) const MAX_PIXELS: f64 = 40e6;
/// Pixels of a side: what draws it counts them in 16 bits.
pub(in crate::extract) const MAX_SIDE: f64 = 65_000.0;
/// Pixels that are worked on in one step.
pub(in crate::extract) const PIXELS_PER_STEP: u64 = 64;
/// Stack for a renderer that recurses as deep as a file says, in bytes.
const STACK: usize = 256 << 20;

/// What draws pages: so that nobody needs to know by which renderer.
pub trait Draw {
    /// Draws page `number` (from 1) with `scale` pixels to the point (1/72 inch).
    ///
    /// # Errors
    /// A gap, if there is no such page, it is too large, costs more than the
    /// budget has, or cannot be drawn.
    fn draw(&self, number: u32, scale: f32, budget: &mut Budget) -> Result<Bitmap, Gap>;

    /// Width and height of page `number` (from 1) in points, turned as it is shown.
    ///
    /// # Errors
    /// A gap, if there is no such page or it cannot be told.
    fn size(&self, number: u32, budget: &mut Budget) -> Result<[f32; 2], Gap>;
}

/// A PDF document that is drawn by `pdfrum`, which brings its own standard fonts
/// and looks for none on the machine: everywhere the same picture.
struct Drawn<'a> {
    bytes: &'a [u8],
    passwords: &'a Passwords,
}

/// A PDF document whose pages can be drawn.
pub fn pdf_pages<'a>(bytes: &'a [u8], passwords: &'a Passwords) -> impl Draw + 'a {
    Drawn { bytes, passwords }
}

/// What reading a page told before it is drawn.
struct Tried {
    /// Pages of the document.
    count: usize,
    /// Characters of the page that cannot be drawn.
    missing: u32,
}

impl Draw for Drawn<'_> {
    fn draw(&self, number: u32, scale: f32, budget: &mut Budget) -> Result<Bitmap, Gap> {
        let Tried { count, missing } = self.try_out(number, scale, budget)?;
        let left = budget.steps_left();
        let drawn = std::thread::scope(|scope| {
            let run = || panics::caught(|| self.drawn((number, count), scale, left));
            let thread = std::thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, run).ok()?.join().ok()?.ok()
        });
        let (made, spent) = drawn.unwrap_or_default();
        budget.spend_steps(spent)?;
        let failed = || Gap::new(GapKind::Damaged, format!("page {number} cannot be drawn"));
        Ok(Bitmap { missing, ..made.ok_or_else(failed)? })
    }

    fn size(&self, number: u32, budget: &mut Budget) -> Result<[f32; 2], Gap> {
        let meter = Meter::new(budget);
        let (file, refusal) = File::of(self.bytes, &meter, self.passwords.iter());
        if let Some(refusal) = refusal {
            return Err(super::refusal_gap(refusal));
        }
        let leaves = pages::leaves(&file);
        Ok(leaf(&leaves, number)?.size)
    }
}

/// The page of a number, from 1, of those there are.
fn leaf(leaves: &[Leaf], number: u32) -> Result<&Leaf, Gap> {
    let at = (number as usize).checked_sub(1);
    at.and_then(|at| leaves.get(at)).ok_or_else(|| {
        let detail = format!("there is no page {number}: the document has {}", leaves.len());
        Gap::new(GapKind::MissingPart, detail)
    })
}

impl Drawn<'_> {
    /// Reads the page, and charges what that costs and what its pictures will.
    fn try_out(&self, number: u32, scale: f32, budget: &mut Budget) -> Result<Tried, Gap> {
        let meter = Meter::new(budget);
        let (file, refusal) = File::of(self.bytes, &meter, self.passwords.iter());
        if let Some(refusal) = refusal {
            return Err(super::refusal_gap(refusal));
        }
        let leaves = pages::leaves(&file);
        let leaf = leaf(&leaves, number)?;
        if !is_drawable(leaf, scale) {
            let detail = format!("a picture of page {number} would be too large, or nothing");
            return Err(Gap::new(GapKind::Limit(Limit::Memory), detail));
        }
        let document = Document::new(&file);
        let mut interpreter = Interpreter::new(&document, leaf.base, leaf.size);
        interpreter.run_page(&super::content(&document, leaf), &leaf.resources);
        let (missing, pixels) = (interpreter.page.uncarried, interpreter.page.pixels);
        drop(interpreter);
        meter.steps(pixels / PIXELS_PER_STEP);
        let found = meter.take_gaps().into_iter().find(|gap| matches!(gap.kind, GapKind::Limit(_)));
        found.map_or(Ok(Tried { count: leaves.len(), missing }), Err)
    }

    /// The picture, and the steps that it took, at most one more than there are.
    fn drawn(&self, page: (u32, usize), scale: f32, steps: u64) -> (Option<Bitmap>, u64) {
        let tally = Tally::new(steps, Deadline::manual());
        let draw = AssertUnwindSafe(|| self.drawn_by(page, scale, &tally));
        let made = catch_unwind(draw).ok().flatten();
        (made.filter(|_| !tally.is_over()), tally.spent())
    }

    fn drawn_by(&self, (number, count): (u32, usize), scale: f32, tally: &Tally) -> Option<Bitmap> {
        let opened = second::open(self.bytes, "");
        let document =
            opened.or_else(|| self.passwords.iter().find_map(|p| second::open(self.bytes, p)))?;
        // Where the two readers count the pages of a broken file differently, one
        // would draw another page than was asked for.
        let is_same = document.page_count() as usize == count;
        let page = document.page(number.checked_sub(1).filter(|_| is_same)?).ok()?;
        let options = RenderOptions::scaled(f64::from(scale));
        let mut session = RenderSession::new();
        session.set_deadline(Some(tally.stop()));
        let made = page.render_on(Counted::new(tally), &options, &mut session).ok()?;
        let (width, height) = (made.width(), made.height());
        let mut rgba = made.into_data();
        // What lets through light lies on white paper; colours are scaled already.
        for [red, green, blue, alpha] in rgba.as_chunks_mut::<4>().0 {
            let paper = 255 - *alpha;
            for part in [red, green, blue] {
                *part = part.saturating_add(paper);
            }
            *alpha = 255;
        }
        Some(Bitmap { width, height, rgba, missing: 0 })
    }
}

fn is_drawable(leaf: &Leaf, scale: f32) -> bool {
    let [width, height] = leaf.size.map(|length| f64::from(length) * f64::from(scale));
    let is_side = |length: f64| (1.0..MAX_SIDE).contains(&length);
    scale > 0.0 && is_side(width) && is_side(height) && width * height <= MAX_PIXELS
}

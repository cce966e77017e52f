//! A device that draws and counts: a renderer knows no budget, but all that it
//! paints goes through its device. Once the steps are spent nothing more is
//! painted, and the renderer stops at the next thing on the page.

use std::cell::Cell;
use std::rc::Rc;

use kurbo::{Affine, BezPath, Rect, Shape, Stroke};
use pdfrum::{Deadline, RasterBackend, RenderDevice, VelloCpuBackend};
use pdfrum_page::BlendMode;
use pdfrum_render::glyph::SubpixelBitmap;
use pdfrum_render::{AlphaMask, AntiAlias, Brush, FillRule, ImageQuality, Pixmap};
use peniko::Color;

use super::PIXELS_PER_STEP;

/// Pixels that all open targets may have together: a page and groups in it.
const MOST_OPEN: u64 = 160_000_000;

/// Steps spent and left.
#[derive(Clone, Debug)]
pub(in crate::extract) struct Tally {
    left: Rc<Cell<u64>>,
    spent: Rc<Cell<u64>>,
    /// Pixels of open targets.
    open: Rc<Cell<u64>>,
    stop: Deadline,
}

impl Tally {
    pub(in crate::extract) fn new(left: u64, stop: Deadline) -> Self {
        Self { left: Rc::new(Cell::new(left)), spent: Rc::default(), open: Rc::default(), stop }
    }

    /// What is raised once the steps are spent.
    pub(in crate::extract) fn stop(&self) -> Deadline {
        self.stop.clone()
    }

    pub(in crate::extract) fn spent(&self) -> u64 {
        self.spent.get()
    }

    pub(in crate::extract) fn is_over(&self) -> bool {
        self.spent.get() > self.left.get()
    }

    /// Charges one thing of so many parts and pixels. Whether it may be done.
    pub(in crate::extract) fn charge(&self, parts: usize, pixels: u64) -> bool {
        let steps = (1 + parts as u64).saturating_add(pixels / PIXELS_PER_STEP);
        self.spent.set(self.spent.get().saturating_add(steps));
        if self.is_over() {
            self.end();
        }
        !self.is_over()
    }

    fn end(&self) {
        self.spent.set(self.left.get().saturating_add(1));
        self.stop.stop();
    }
}

/// What draws.
#[derive(Debug)]
pub(in crate::extract) struct Counted {
    inner: VelloCpuBackend,
    tally: Tally,
}

impl Counted {
    pub(in crate::extract) fn new(tally: &Tally) -> Self {
        Self { inner: VelloCpuBackend::new(), tally: tally.clone() }
    }

    /// Makes a target of so many pixels, or a speck if there is no room for it.
    fn target(
        &self,
        (width, height): (u32, u32),
        make: impl FnOnce() -> Device,
        speck: impl FnOnce() -> Device,
    ) -> Target {
        let pixels = u64::from(width) * u64::from(height);
        let open = self.tally.open.get().saturating_add(pixels);
        // Clearing a target is cheap; putting it on another is not.
        let may = self.tally.charge(1, pixels.saturating_mul(2));
        let room = |pixels| Room { pixels, open: Rc::clone(&self.tally.open) };
        let tally = self.tally.clone();
        if !may || open > MOST_OPEN {
            self.tally.end();
            return Target { inner: speck(), size: Rect::ZERO, tally, room: room(0) };
        }
        self.tally.open.set(open);
        let size = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        Target { inner: make(), size, tally, room: room(pixels) }
    }
}

type Device = <VelloCpuBackend as RasterBackend>::Device;

/// Something that is drawn on.
pub(in crate::extract) struct Target {
    inner: Device,
    size: Rect,
    tally: Tally,
    room: Room,
}

/// Pixels that a target holds for as long as it is there.
struct Room {
    pixels: u64,
    open: Rc<Cell<u64>>,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.open.set(self.open.get().saturating_sub(self.pixels));
    }
}

impl Target {
    /// All of it, in pixels.
    pub(in crate::extract) fn size(&self) -> Rect {
        self.size
    }

    /// Charges something that is painted in a box.
    fn may_paint(&self, parts: usize, place: Rect) -> bool {
        let area = place.intersect(self.size).area();
        let pixels = if area.is_finite() { area.max(0.0) as u64 } else { self.room.pixels };
        self.tally.charge(parts, pixels)
    }
}

impl RenderDevice for Target {
    fn fill_path(
        &mut self,
        path: &BezPath,
        t: Affine,
        brush: &Brush<'_>,
        rule: FillRule,
        aa: AntiAlias,
    ) {
        if self.may_paint(path.elements().len(), t.transform_rect_bbox(path.control_box())) {
            self.inner.fill_path(path, t, brush, rule, aa);
        }
    }

    fn stroke_path(
        &mut self,
        path: &BezPath,
        t: Affine,
        brush: &Brush<'_>,
        stroke: &Stroke,
        aa: AntiAlias,
    ) {
        let width = stroke.width.abs() + 1.0;
        let place = path.control_box().inflate(width, width);
        // A line of dashes is as many lines as there are dashes.
        let dash: f64 = stroke.dash_pattern.iter().sum();
        let length =
            if dash > 0.0 { path.control_box().width() + path.control_box().height() } else { 0.0 };
        let dashes = (length / dash.max(0.01)).clamp(0.0, 1e12) as usize;
        let parts = path.elements().len().saturating_mul(2 + dashes);
        if self.may_paint(parts, t.transform_rect_bbox(place)) {
            self.inner.stroke_path(path, t, brush, stroke, aa);
        }
    }

    fn draw_image(&mut self, img: &Pixmap, t: Affine, quality: ImageQuality, alpha: f32) {
        let size = Rect::new(0.0, 0.0, f64::from(img.width()), f64::from(img.height()));
        // The pixels are copied before they are put down.
        let own = size.area() as u64 / PIXELS_PER_STEP;
        if self.may_paint(own as usize, t.transform_rect_bbox(size)) {
            self.inner.draw_image(img, t, quality, alpha);
        }
    }

    fn draw_glyph_lcd(&mut self, glyph: &SubpixelBitmap, origin: (f64, f64), colour: Color) {
        if self.tally.charge(glyph.channels.len() / 64, 0) {
            self.inner.draw_glyph_lcd(glyph, origin, colour);
        }
    }

    fn push_clip(&mut self, path: &BezPath, rule: FillRule) {
        // What is pushed will be popped.
        let may = self.may_paint(path.elements().len(), path.bounding_box());
        match may {
            true => self.inner.push_clip(path, rule),
            false => self.inner.push_clip_rect(Rect::ZERO),
        }
    }

    fn push_clip_rect(&mut self, rect: Rect) {
        self.tally.charge(1, 0);
        self.inner.push_clip_rect(rect);
    }

    fn push_layer(&mut self, blend: BlendMode, alpha: f32, mask: Option<&AlphaMask>) {
        self.tally.charge(1, self.room.pixels);
        self.inner.push_layer(blend, alpha, mask);
    }

    fn pop(&mut self) {
        self.inner.pop();
    }
}

impl RasterBackend for Counted {
    type Device = Target;

    fn new_target(&self, w: u32, h: u32, clear: Color) -> Target {
        let make = |w, h| move || self.inner.new_target(w, h, clear);
        self.target((w, h), make(w, h), make(1, 1))
    }

    fn new_target_with_backdrop(&self, base: &Pixmap) -> Target {
        let make = || self.inner.new_target_with_backdrop(base);
        let speck = || self.inner.new_target(1, 1, Color::TRANSPARENT);
        self.target((base.width(), base.height()), make, speck)
    }

    fn snapshot(&self, d: &Target) -> Pixmap {
        self.tally.charge(1, d.room.pixels);
        self.inner.snapshot(&d.inner)
    }

    fn finish(&self, d: Target) -> Pixmap {
        self.inner.finish(d.inner)
    }

    fn snapshot_rect(&self, d: &Target, x: u32, y: u32, width: u32, height: u32) -> Pixmap {
        self.tally.charge(1, d.room.pixels);
        self.inner.snapshot_rect(&d.inner, x, y, width, height)
    }

    fn composite_isolated_groups_as_layers(&self) -> bool {
        self.inner.composite_isolated_groups_as_layers()
    }
}

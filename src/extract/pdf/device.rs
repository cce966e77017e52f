//! The page as a stream of drawing: a device that keeps characters and forgets
//! the rest, except for what hides or replaces text.

use std::panic::resume_unwind;

use hayro_interpret::font::{Glyph as DrawnGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect as Area, Shape, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};

use super::page::{Faces, Glyph, Page};
use crate::extract::Budget;
use crate::model::Gap;

/// Thrown through the interpreter, which has no other way to be stopped.
pub(super) struct Stop(pub(super) Gap);

/// Fills kept for telling white on dark from white on white.
const FILLS: usize = 256;

/// Collects one page.
pub(super) struct Collector<'b> {
    pub(super) page: Page,
    pub(super) faces: &'b mut Faces,
    pub(super) budget: &'b mut Budget,
    fills: Vec<(Area, bool)>,
    depth: u64,
}

impl<'b> Collector<'b> {
    pub(super) fn new(
        width: f32,
        height: f32,
        faces: &'b mut Faces,
        budget: &'b mut Budget,
    ) -> Self {
        let page = Page { width, height, ..Page::default() };
        Self { page, faces, budget, fills: Vec::new(), depth: 0 }
    }

    fn spend(&mut self, steps: u64) {
        if let Err(gap) = self.budget.spend_steps(steps) {
            resume_unwind(Box::new(Stop(gap)));
        }
    }

    /// A form draws inside a clip of its own: nested forms that multiply cost
    /// more the deeper they are.
    fn enter(&mut self) {
        self.depth += 1;
        self.spend(4 + self.depth * self.depth / 2);
    }

    fn fill(&mut self, area: Area, paint: &Paint<'_>) {
        let (color, alpha) = color(paint);
        // Thin lines are rules and underlines, not grounds.
        if alpha == 0 || area.width() < 4.0 || area.height() < 4.0 {
            return;
        }
        if self.fills.len() == FILLS {
            self.fills.remove(0);
        }
        self.fills.push((area, !is_white(color)));
    }

    fn is_unseen(&self, x: f32, y: f32, size: f32, color: [u8; 3]) -> bool {
        if !is_white(color) {
            return false;
        }
        let middle = Point::new(f64::from(x + size * 0.2), f64::from(y - size * 0.3));
        let ground = self.fills.iter().rev().find(|(area, _)| area.contains(middle));
        !ground.is_some_and(|(_, dark)| *dark)
    }

    fn face(&mut self, glyph: &DrawnGlyph<'_>) -> u16 {
        let DrawnGlyph::Outline(outline) = glyph else { return 0 };
        let Some(data) = outline.font_data() else { return 0 };
        let name = data.postscript_name.unwrap_or_default();
        let bold = data.weight.is_some_and(|weight| weight >= 600) || name.contains("Bold");
        self.faces.id(&name, bold)
    }
}

fn is_white(color: [u8; 3]) -> bool {
    color.iter().all(|part| *part >= 250)
}

/// Colour and alpha of a paint. A pattern counts as an opaque middle grey.
fn color(paint: &Paint<'_>) -> ([u8; 3], u8) {
    match paint {
        Paint::Color(color) => {
            let [r, g, b, a] = color.to_rgba().to_rgba8();
            ([r, g, b], a)
        }
        Paint::Pattern(_) => ([128; 3], 255),
    }
}

impl<'a> Device<'a> for Collector<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.spend(1);
        if matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..)) {
            let area = props.transform.transform_rect_bbox(path.bounding_box());
            self.fill(area, &props.paint);
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.enter();
    }

    fn push_clip_rect(&mut self, _: &Area) {
        self.enter();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.enter();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let (color, alpha) = color(&props.paint);
        let invisible = alpha == 0 || matches!(mode, DrawMode::Invisible);
        let vertical = run.writing_mode() == WritingMode::Vertical;
        let face = run.glyphs().first().map_or(0, |glyph| self.face(glyph));
        for (at, drawn) in run.glyphs().iter().enumerate() {
            self.spend(1);
            let transform = props.transform * drawn.transform();
            let place = Place::of(transform, advance_units(drawn), vertical);
            let next = run.glyphs().get(at + 1).map(|glyph| props.transform * glyph.transform());
            let advance = place.advance_before(next);
            let Some(unicode) = drawn.as_unicode() else {
                self.page.unmapped += 1;
                self.push('\u{FFFD}', &place, advance, 0.0, (color, invisible, face));
                continue;
            };
            match unicode {
                BfString::Char(c) => {
                    self.push(c, &place, advance, 0.0, (color, invisible, face));
                }
                BfString::String(text) => {
                    let share = advance / text.chars().count().max(1) as f32;
                    for (index, c) in text.chars().enumerate() {
                        let on = share * index as f32;
                        self.push(c, &place, share, on, (color, invisible, face));
                    }
                }
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.spend(8);
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let area = props.transform.transform_rect_bbox(Area::new(0.0, 0.0, width, height));
        let sheet = Area::new(0.0, 0.0, f64::from(self.page.width), f64::from(self.page.height));
        let seen = area.intersect(sheet);
        let whole = sheet.area().max(1.0);
        self.page.images += 1;
        let cover = self.page.image_cover + (seen.area() / whole) as f32;
        self.page.image_cover = cover.clamp(0.0, 1.0);
        // A picture is a ground on which white can be read.
        self.fills.push((seen, true));
        if self.fills.len() > FILLS {
            self.fills.remove(0);
        }
    }

    fn pop_clip(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn pop_transparency_group(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

impl Collector<'_> {
    fn push(
        &mut self,
        c: char,
        place: &Place,
        advance: f32,
        on: f32,
        (color, invisible, face): ([u8; 3], bool, u16),
    ) {
        if !(place.x.is_finite() && place.y.is_finite() && place.size.is_finite()) {
            return;
        }
        let (sin, cos) = f32::from(place.angle).to_radians().sin_cos();
        let (x, y) = if place.vertical {
            (place.x, place.y + on)
        } else {
            (place.x + on * cos, place.y + on * sin)
        };
        let unseen = self.is_unseen(x, y, place.size, color);
        self.page.glyphs.push(Glyph {
            c,
            x,
            y,
            advance,
            size: place.size,
            angle: place.angle,
            vertical: place.vertical,
            color,
            face,
            invisible,
            unseen,
        });
    }
}

/// The advance a font gives a glyph, in thousandths of its size.
fn advance_units(glyph: &DrawnGlyph<'_>) -> Option<f32> {
    match glyph {
        DrawnGlyph::Outline(outline) => outline.advance_width(),
        DrawnGlyph::Type3(drawn) => drawn.advance_width(),
    }
}

/// Where and how large a glyph stands.
struct Place {
    x: f32,
    y: f32,
    size: f32,
    angle: u16,
    vertical: bool,
    advance: f32,
}

impl Place {
    /// `transform` takes thousandths of an em to the page.
    fn of(transform: Affine, units: Option<f32>, vertical: bool) -> Self {
        let [a, b, c, d, x, y] = transform.as_coeffs();
        let along = Vec2::new(a, b) * 1000.0;
        let size = Vec2::new(c, d).hypot() * 1000.0;
        let degrees = along.atan2().to_degrees().round().rem_euclid(360.0);
        // Where a font is stretched to fit, its own advance is the better guess.
        let wide = along.hypot().max(size);
        let units = f64::from(units.unwrap_or(500.0).clamp(0.0, 4000.0));
        let advance = if vertical { size } else { wide * units / 1000.0 };
        Self {
            x: x as f32,
            y: y as f32,
            size: size as f32,
            angle: degrees as u16 % 360,
            vertical,
            advance: advance as f32,
        }
    }

    /// The advance, cut short where the next glyph of the run begins earlier.
    fn advance_before(&self, next: Option<Affine>) -> f32 {
        let Some(next) = next else { return self.advance };
        let [.., x, y] = next.as_coeffs();
        let (dx, dy) = (x as f32 - self.x, y as f32 - self.y);
        let (sin, cos) = f32::from(self.angle).to_radians().sin_cos();
        let step = if self.vertical { dy } else { dx * cos + dy * sin };
        if step > 0.0 && step < self.advance { step } else { self.advance }
    }
}

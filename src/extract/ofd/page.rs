//! What a page holds once it is drawn: characters with their places, what is
//! filled behind or over them, and which of them nobody sees.

use super::values::Bounds;
use crate::extract::Budget;
use crate::model::{Gap, Rect};

/// Surfaces of one page that are looked at.
const MAX_FILLS: usize = 4096;

/// Channels that differ by less cannot be told apart.
const CONTRAST: u8 = 24;

/// What drew a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// The page or its templates.
    Page,
    /// A watermark.
    Watermark,
    /// Any other annotation.
    Annotation,
}

/// A character where it stands on the page, in points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub c: char,
    /// Origin on the baseline, from the page's top-left corner, y downwards.
    pub x: f32,
    pub y: f32,
    /// Way along the line that the character takes.
    pub advance: f32,
    /// True size.
    pub size: f32,
    /// Direction of the baseline in whole degrees clockwise, 0..360.
    pub angle: u16,
    /// Written downwards.
    pub vertical: bool,
    pub color: Option<[u8; 3]>,
    /// Its place in [`Faces`].
    pub face: u16,
    pub layer: Layer,
    pub hidden: bool,
    /// How many fills and pictures were drawn before it.
    pub order: u32,
}

impl Glyph {
    /// Its middle.
    pub fn middle(&self) -> (f32, f32) {
        let rect = self.rect();
        ((rect.x0 + rect.x1) / 2.0, (rect.y0 + rect.y1) / 2.0)
    }

    /// Its box, upright: from a typical ascent to a typical descent.
    pub fn rect(&self) -> Rect {
        let (sin, cos) = f32::from(self.angle).to_radians().sin_cos();
        let across = if self.vertical { self.size } else { self.advance };
        let corners = [(0.0, -0.88), (0.0, 0.12), (1.0, -0.88), (1.0, 0.12)];
        let points = corners.map(|(along, up)| {
            let (dx, dy) = (along * across, up * self.size);
            let (x, y) = (self.x + dx * cos - dy * sin, self.y + dx * sin + dy * cos);
            Rect { x0: x, y0: y, x1: x, y1: y }
        });
        points.into_iter().reduce(Rect::union).unwrap_or_default()
    }
}

/// Something that covers what was drawn before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    pub around: Bounds,
    /// Its colour, where it has one and nothing shines through.
    pub color: Option<[u8; 3]>,
    /// Whether it fills its box to the corners.
    pub is_box: bool,
    pub order: u32,
}

/// Names of the fonts of a document, each once, and whether they are heavy.
#[derive(Debug)]
pub(super) struct Faces(Vec<(String, bool)>);

impl Default for Faces {
    fn default() -> Self {
        Self(vec![(String::new(), false)])
    }
}

impl Faces {
    /// The place of a name with its weight, made known at first use.
    pub fn id(&mut self, name: &str, bold: bool) -> u16 {
        if let Some(at) = self.0.iter().rposition(|known| known.0 == name && known.1 == bold) {
            return at as u16;
        }
        // A document with more fonts than this has no use for their names.
        if self.0.len() >= 1024 {
            return 0;
        }
        self.0.push((name.to_owned(), bold));
        (self.0.len() - 1) as u16
    }

    pub fn get(&self, id: u16) -> (&str, bool) {
        self.0.get(usize::from(id)).map_or(("", false), |(name, bold)| (name, *bold))
    }
}

/// What a page holds.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its size in points; 0 where not known.
    pub width: f32,
    pub height: f32,
    /// Characters in the order they are drawn.
    pub glyphs: Vec<Glyph>,
    pub fills: Vec<Fill>,
    pub order: u32,
    pub pictures: u32,
    /// Area of its pictures by its own area, at most 1.
    pub picture_cover: f32,
    /// Characters that are none: private use, or said not to be known.
    pub unknown: usize,
    /// Whether nobody sees it: of an old version, or referred to by nothing.
    pub unseen: bool,
    /// Its steps could not all be drawn.
    pub cut: bool,
}

impl Page {
    /// Keeps a surface.
    pub fn cover(&mut self, around: Bounds, color: Option<[u8; 3]>, is_box: bool) {
        self.order += 1;
        if around.width > 2.0 && around.height > 2.0 && self.fills.len() < MAX_FILLS {
            self.fills.push(Fill { around, color, is_box, order: self.order });
        }
    }

    /// Keeps a picture.
    pub fn picture(&mut self, around: Bounds) {
        self.pictures += 1;
        let area = self.width * self.height;
        if area > 0.0 {
            let share = (around.width * around.height / area).max(0.0);
            self.picture_cover = (self.picture_cover + share).min(1.0);
        }
        self.cover(around, None, false);
    }

    /// Finds the characters nobody sees: off the page, covered, or of the
    /// colour of what is behind them.
    pub fn settle(&mut self, budget: &mut Budget) -> Result<(), Gap> {
        let mut glyphs = std::mem::take(&mut self.glyphs);
        budget.spend_steps((glyphs.len() * (1 + self.fills.len() / 8)) as u64)?;
        for glyph in &mut glyphs {
            if !glyph.hidden && glyph.layer == Layer::Page {
                glyph.hidden = self.is_off(glyph) || self.is_unseen(glyph);
            }
        }
        self.glyphs = glyphs;
        Ok(())
    }

    fn is_off(&self, glyph: &Glyph) -> bool {
        let (x, y) = glyph.middle();
        self.width > 0.0
            && self.height > 0.0
            && (x < 0.0 || y < 0.0 || x > self.width || y > self.height)
    }

    fn is_unseen(&self, glyph: &Glyph) -> bool {
        let (x, y) = glyph.middle();
        let mut behind = Some([255; 3]);
        for fill in self.fills.iter().filter(|fill| fill.around.holds(x, y, 0.0)) {
            if fill.order > glyph.order {
                if fill.is_box && fill.color.is_some() {
                    return true;
                }
            } else {
                behind = fill.color.filter(|_| fill.is_box);
            }
        }
        let (Some(ink), Some(behind)) = (glyph.color, behind) else { return false };
        ink.iter().zip(behind).all(|(a, b)| a.abs_diff(b) < CONTRAST)
    }
}

//! What a page holds before it is put into lines: characters with their
//! places, fills behind them, pictures.

use crate::model::Rect;

/// A character where it stands on the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// The character; U+FFFD where the file does not tell it.
    pub(super) c: char,
    /// Origin on the baseline, points from the top-left, y down.
    pub(super) x: f32,
    /// See `x`.
    pub(super) y: f32,
    /// Advance along the direction of writing, in points.
    pub(super) advance: f32,
    /// True size in points.
    pub(super) size: f32,
    /// Direction of the baseline, in whole degrees clockwise on the page, 0..360.
    pub(super) angle: u16,
    /// Written downwards.
    pub(super) vertical: bool,
    /// Red, green, blue.
    pub(super) color: [u8; 3],
    /// Place of the font's name in [`Faces`].
    pub(super) face: u16,
    /// Drawn without ink.
    pub(super) invisible: bool,
    /// White with nothing dark drawn behind.
    pub(super) unseen: bool,
}

impl Glyph {
    /// Its box, upright: from a typical ascent to a typical descent.
    pub(super) fn rect(&self) -> Rect {
        let (sin, cos) = f32::from(self.angle).to_radians().sin_cos();
        let across = if self.vertical { self.size } else { self.advance };
        // Corners of the em box in the glyph's own axes, then turned.
        let corners = [(0.0, -0.88), (0.0, 0.12), (1.0, -0.88), (1.0, 0.12)];
        let mut made: Option<Rect> = None;
        for (along, up) in corners {
            let (dx, dy) = (along * across, up * self.size);
            let (x, y) = (self.x + dx * cos - dy * sin, self.y + dx * sin + dy * cos);
            let point = Rect { x0: x, y0: y, x1: x, y1: y };
            made = Some(made.map_or(point, |rect| rect.union(point)));
        }
        made.unwrap_or_default()
    }
}

/// Names of the fonts of a document, each once.
#[derive(Debug)]
pub(super) struct Faces(Vec<(String, bool)>);

impl Default for Faces {
    fn default() -> Self {
        Self(vec![(String::new(), false)])
    }
}

impl Faces {
    /// The place of a name with its weight, made known at first use.
    pub(super) fn id(&mut self, name: &str, bold: bool) -> u16 {
        if let Some(at) = self.0.iter().rposition(|known| known.0 == name && known.1 == bold) {
            return at as u16;
        }
        let Ok(id) = u16::try_from(self.0.len()) else { return 0 };
        self.0.push((name.to_owned(), bold));
        id
    }

    /// The name, and whether it is a heavy face.
    pub(super) fn get(&self, id: u16) -> (&str, bool) {
        self.0.get(usize::from(id)).map_or(("", false), |(name, bold)| (name, *bold))
    }
}

/// What a page holds.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Width as shown, in points.
    pub(super) width: f32,
    /// Height as shown, in points.
    pub(super) height: f32,
    /// Characters in the order they are drawn.
    pub(super) glyphs: Vec<Glyph>,
    /// Characters the file does not tell.
    pub(super) unmapped: u32,
    /// Pictures drawn.
    pub(super) images: u32,
    /// Takes default user space to the page as shown.
    pub(super) to_page: [f64; 6],
    /// Area of the pictures by area of the page, at most 1.
    pub(super) image_cover: f32,
}

impl Page {
    /// The character drawn within a point or two of a place, for its look.
    pub(super) fn look_near(&self, x: f32, y: f32) -> Option<&Glyph> {
        let near = |glyph: &&Glyph| {
            let reach = glyph.size.max(2.0);
            (glyph.x - x).abs() <= reach && (glyph.y - y).abs() <= reach
        };
        // Pages of more characters than any print has are not worth the search.
        self.glyphs.get(..20_000).unwrap_or(&self.glyphs).iter().find(near)
    }
}

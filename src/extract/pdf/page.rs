//! What a page holds before it is put into lines: characters with their
//! places, fills behind and over them, pictures.

use super::geometry::{area, holds, shared};
use crate::model::Rect;

/// What a character belongs to, as far as the file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Layer {
    /// The page itself.
    #[default]
    Page,
    /// Tagged as a page header.
    Header,
    /// Tagged as a page footer.
    Footer,
    /// Tagged as a watermark, or an annotation that is one.
    Watermark,
    /// The appearance of an annotation, by its number on the page.
    Annotation(u32),
    /// The appearance of a form field, by the number of its widget on the page.
    Field(u32),
}

/// Why a character is not seen; several may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unseen(u8);

impl Unseen {
    /// Drawn without ink, or with ink that lets everything through.
    pub(crate) const INVISIBLE: Self = Self(1);
    /// Of the colour of its ground.
    pub(crate) const SAME_COLOUR: Self = Self(2);
    /// A picture is painted over it.
    pub(crate) const UNDER_PICTURE: Self = Self(4);
    /// An opaque rectangle is painted over it.
    pub(crate) const UNDER_FILL: Self = Self(8);
    /// Outside of what the page shows, clipped away, too small, on a layer that is off.
    pub(crate) const AWAY: Self = Self(16);

    pub(crate) fn add(&mut self, why: Self) {
        self.0 |= why.0;
    }

    /// Whether a reader of the page does not see it. Under or in a scan, what
    /// has no ink is the text of the scan, which is seen.
    pub(crate) fn is_hidden(self, is_scan: bool) -> bool {
        let scanned = Self::INVISIBLE.0 | Self::SAME_COLOUR.0 | Self::UNDER_PICTURE.0;
        if is_scan { self.0 & !scanned != 0 } else { self.0 != 0 }
    }
}

/// A character where it stands on the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    /// The character; U+FFFD where the file does not tell it.
    pub(crate) c: char,
    /// Origin on the baseline, points from the top-left, y down.
    pub(crate) x: f32,
    /// See `x`.
    pub(crate) y: f32,
    /// Advance along the direction of writing, in points.
    pub(crate) advance: f32,
    /// True size in points.
    pub(crate) size: f32,
    /// Direction of the baseline, in whole degrees clockwise on the page, 0..360.
    pub(crate) angle: u16,
    /// Written downwards.
    pub(crate) vertical: bool,
    /// Red, green, blue.
    pub(crate) color: [u8; 3],
    /// Place of the font's name in [`Faces`].
    pub(crate) face: u16,
    pub(crate) unseen: Unseen,
    pub(crate) layer: Layer,
}

#[cfg(test)]
impl Glyph {
    /// A plain character of an upright text, for tests.
    pub(crate) fn plain(c: char) -> Self {
        Self {
            c,
            x: 0.0,
            y: 0.0,
            advance: 1.0,
            size: 1.0,
            angle: 0,
            vertical: false,
            color: [0; 3],
            face: 0,
            unseen: Unseen::default(),
            layer: Layer::Page,
        }
    }
}

impl Glyph {
    /// Its box, upright: from a typical ascent to a typical descent.
    pub(crate) fn rect(&self) -> Rect {
        if self.angle == 0 && !self.vertical {
            let (x, y) = (self.x, self.y);
            let (top, bottom) = (y - 0.88 * self.size, y + 0.12 * self.size);
            return Rect { x0: x, y0: top, x1: x + self.advance, y1: bottom };
        }
        let (sin, cos) = f32::from(self.angle).to_radians().sin_cos();
        // Corners of the em box in the glyph's own axes, then turned. A glyph
        // written downwards hangs from the middle of its upper edge.
        let corners = match self.vertical {
            true => [(-0.5, 0.0), (-0.5, 1.0), (0.5, 0.0), (0.5, 1.0)]
                .map(|(along, up)| (along * self.size, up * self.advance.max(self.size))),
            false => [(0.0, -0.88), (0.0, 0.12), (1.0, -0.88), (1.0, 0.12)]
                .map(|(along, up)| (along * self.advance, up * self.size)),
        };
        let turned = corners.map(|(dx, dy)| {
            let (x, y) = (self.x + dx * cos - dy * sin, self.y + dx * sin + dy * cos);
            Rect { x0: x, y0: y, x1: x, y1: y }
        });
        turned.into_iter().reduce(Rect::union).unwrap_or_default()
    }

    /// A point in the middle of it.
    pub(crate) fn middle(&self) -> (f32, f32) {
        let rect = self.rect();
        ((rect.x0 + rect.x1) / 2.0, (rect.y0 + rect.y1) / 2.0)
    }
}

/// Names of the fonts of a document, each once.
#[derive(Debug)]
pub(crate) struct Faces(Vec<(String, bool)>);

impl Default for Faces {
    fn default() -> Self {
        Self(vec![(String::new(), false)])
    }
}

impl Faces {
    /// The place of a name with its weight, made known at first use.
    pub(crate) fn id(&mut self, name: &str, bold: bool) -> u16 {
        if let Some(at) = self.0.iter().rposition(|known| known.0 == name && known.1 == bold) {
            return at as u16;
        }
        // A document with more fonts than that is not worth the search.
        let Some(id) = u16::try_from(self.0.len()).ok().filter(|id| *id < 4096) else { return 0 };
        self.0.push((name.to_owned(), bold));
        id
    }

    /// The name, and whether it is a heavy face.
    pub(crate) fn get(&self, id: u16) -> (&str, bool) {
        self.0.get(usize::from(id)).map_or(("", false), |(name, bold)| (name, *bold))
    }
}

/// Pictures smaller than this share of the page are ornaments.
const ORNAMENT: f32 = 0.005;

/// Pictures of a page whose places are kept, and characters held against them.
const PICTURES: usize = 500;
const SAMPLE: u32 = 1000;

/// How far beside its picture a character may stand, in points.
const SLACK: f32 = 3.0;

/// What a page holds.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Width as shown, in points.
    pub(crate) width: f32,
    /// Height as shown, in points.
    pub(crate) height: f32,
    /// Characters in the order they are drawn.
    pub(crate) glyphs: Vec<Glyph>,
    /// Characters the file does not tell.
    pub(crate) untold: u32,
    /// Characters that are no more than likely.
    pub(crate) guessed: u32,
    /// Characters of fonts that name them otherwise than they map them.
    pub(crate) contradicted: u32,
    /// Pictures drawn that are more than an ornament.
    pub(crate) images: u32,
    /// Pixels that the pictures say they have.
    pub(crate) pixels: u64,
    /// Characters in fonts that the file does not carry and nobody else has.
    pub(crate) uncarried: u32,
    /// Area of the pictures by area of the page, at most 1.
    pub(crate) image_cover: f32,
    /// Where pictures were drawn, the first so many.
    pub(crate) pictures: Vec<Rect>,
    /// Texts that stand for something drawn: alternative descriptions.
    pub(crate) spoken: Vec<String>,
}

impl Page {
    /// Whether the page is a picture of a page, whole or in pieces.
    pub(crate) fn is_scan(&self) -> bool {
        self.image_cover > 0.8 || self.is_scan_in_pieces()
    }

    /// Whether hardly anything but pictures is seen, and what has no ink lies on
    /// them: some scanners cut a page into the pictures of its lines.
    fn is_scan_in_pieces(&self) -> bool {
        if self.pictures.is_empty() {
            return false;
        }
        let (mut inked, mut uninked, mut on_pictures) = (0u32, 0u32, 0u32);
        for glyph in self.glyphs.iter().filter(|glyph| !glyph.c.is_whitespace()) {
            if glyph.unseen.0 & Unseen::INVISIBLE.0 == 0 {
                inked += 1;
                continue;
            }
            uninked += 1;
            // Enough of them tell what all do.
            if uninked <= SAMPLE {
                let (x, y) = glyph.middle();
                let near = |r: &Rect| {
                    (r.x0 - SLACK..=r.x1 + SLACK).contains(&x)
                        && (r.y0 - SLACK..=r.y1 + SLACK).contains(&y)
                };
                on_pictures += u32::from(self.pictures.iter().any(near));
            }
        }
        uninked >= 20 && inked * 5 <= uninked && on_pictures * 10 >= uninked.min(SAMPLE) * 8
    }

    /// What the page shows.
    pub(crate) fn sheet(&self) -> Rect {
        Rect { x0: 0.0, y0: 0.0, x1: self.width, y1: self.height }
    }

    /// Counts a picture.
    pub(crate) fn add_picture(&mut self, place: Rect) {
        let share = area(shared(place, self.sheet())) / area(self.sheet()).max(1.0);
        self.images += u32::from(share >= ORNAMENT);
        self.image_cover = (self.image_cover + share).min(1.0);
        if self.pictures.len() < PICTURES {
            self.pictures.push(place);
        }
    }
}

/// Fields of a page along each side, for finding what a fill covers.
const FIELDS: usize = 48;

/// The characters of a page by place, as far as somebody has asked.
#[derive(Debug)]
pub(crate) struct Fields {
    width: f32,
    height: f32,
    fields: Vec<Vec<u32>>,
    /// Characters that are in their fields.
    known: usize,
}

impl Fields {
    pub(crate) fn new(width: f32, height: f32) -> Self {
        Self { width: width.max(1.0), height: height.max(1.0), fields: Vec::new(), known: 0 }
    }

    fn column(&self, x: f32) -> usize {
        (x / self.width * FIELDS as f32).clamp(0.0, FIELDS as f32 - 1.0) as usize
    }

    fn row(&self, y: f32) -> usize {
        (y / self.height * FIELDS as f32).clamp(0.0, FIELDS as f32 - 1.0) as usize
    }

    /// Forgets the characters from `count` on: others will stand in their place.
    pub(crate) fn forget_from(&mut self, count: usize) {
        if count < self.known {
            self.known = count;
            for field in &mut self.fields {
                field.retain(|index| (*index as usize) < count);
            }
        }
    }

    /// Puts the characters that are new into their fields.
    fn learn(&mut self, glyphs: &[Glyph]) {
        if self.fields.is_empty() {
            self.fields = vec![Vec::new(); FIELDS * FIELDS];
        }
        for (index, glyph) in glyphs.iter().enumerate().skip(self.known) {
            let (x, y) = glyph.middle();
            let field = self.row(y) * FIELDS + self.column(x);
            if let Some(field) = self.fields.get_mut(field) {
                field.push(index as u32);
            }
        }
        self.known = glyphs.len();
    }

    /// Marks the characters whose middle is in a rectangle; returns how many
    /// were looked at.
    pub(crate) fn cover(&mut self, glyphs: &mut [Glyph], place: Rect, why: Unseen) -> u64 {
        if glyphs.is_empty() {
            return 0;
        }
        let mut looked_at = (glyphs.len() - self.known.min(glyphs.len())) as u64;
        self.learn(glyphs);
        for row in self.row(place.y0)..=self.row(place.y1) {
            for column in self.column(place.x0)..=self.column(place.x1) {
                looked_at += 1;
                let Some(field) = self.fields.get(row * FIELDS + column) else { continue };
                for index in field {
                    looked_at += 1;
                    if let Some(glyph) = glyphs.get_mut(*index as usize) {
                        let (x, y) = glyph.middle();
                        if holds(place, x, y) {
                            glyph.unseen.add(why);
                        }
                    }
                }
            }
        }
        looked_at
    }
}

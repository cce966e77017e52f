//! Fonts that are in the file: outlines of their glyphs (ISO/IEC 14496-22), and which
//! glyph a character has.

use std::collections::HashMap;
use std::rc::Rc;

use kurbo::BezPath;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::extract::pdf::font::cff::glyph_count;

/// Glyphs whose outlines are kept for one page.
const KEPT: usize = 20_000;

/// A font.
pub(super) struct Face {
    bytes: Vec<u8>,
    /// Units of its outlines to the em.
    pub(super) units: f64,
    outlines: HashMap<u16, Option<Rc<BezPath>>>,
}

impl Face {
    /// A font of TrueType, OpenType or bare CFF outlines; nothing where it is none.
    pub(super) fn new(bytes: Vec<u8>) -> Option<Self> {
        let bytes = match bytes.first() {
            // Version 1 of CFF: no font in a frame of tables begins so.
            Some(1) => framed(&bytes)?,
            _ => bytes,
        };
        let font = FontRef::from_index(&bytes, 0).ok()?;
        let units = f64::from(font.head().ok()?.units_per_em());
        font.outline_glyphs().format()?;
        (units > 0.0).then_some(Self { bytes, units, outlines: HashMap::new() })
    }

    fn font(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(&self.bytes, 0).ok()
    }

    /// The glyph of a character, if there is one.
    pub(super) fn glyph(&self, c: char) -> Option<u16> {
        let font = self.font()?;
        let glyph = font.charmap().map(c).filter(|glyph| *glyph != GlyphId::NOTDEF)?;
        u16::try_from(glyph.to_u32()).ok()
    }

    /// How far the next character is, in ems.
    pub(super) fn advance(&self, glyph: u16) -> Option<f32> {
        let font = self.font()?;
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = metrics.advance_width(GlyphId::from(glyph))?;
        Some(units / self.units as f32)
    }

    /// The outline of a glyph in units of the font, y upwards; nothing where there is no
    /// such glyph or it makes no sense.
    pub(super) fn outline(&mut self, glyph: u16) -> Option<Rc<BezPath>> {
        if let Some(known) = self.outlines.get(&glyph) {
            return known.clone();
        }
        let made = self.drawn(glyph).map(Rc::new);
        if self.outlines.len() < KEPT {
            self.outlines.insert(glyph, made.clone());
        }
        made
    }

    fn drawn(&self, glyph: u16) -> Option<BezPath> {
        let outline = self.font()?.outline_glyphs().get(GlyphId::from(glyph))?;
        let mut pen = Pen(BezPath::new());
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        outline.draw(settings, &mut pen).ok()?;
        Some(pen.0)
    }
}

struct Pen(BezPath);

impl Pen {
    /// Whether something is begun: an outline that lies may draw before it begins.
    fn is_open(&self) -> bool {
        !self.0.elements().is_empty()
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((f64::from(x), f64::from(y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        if self.is_open() {
            self.0.line_to((f64::from(x), f64::from(y)));
        }
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        if self.is_open() {
            self.0.quad_to((f64::from(x1), f64::from(y1)), (f64::from(x), f64::from(y)));
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        if self.is_open() {
            let point = |x: f32, y: f32| (f64::from(x), f64::from(y));
            self.0.curve_to(point(x1, y1), point(x2, y2), point(x, y));
        }
    }

    fn close(&mut self) {
        if self.is_open() {
            self.0.close_path();
        }
    }
}

/// Bare CFF in a frame of the tables without which no outline is looked for: as many
/// glyphs as it has, a thousand units to the em.
fn framed(cff: &[u8]) -> Option<Vec<u8>> {
    let glyphs = glyph_count(cff)?;
    let mut head = vec![0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x5F, 0x0F, 0x3C, 0xF5, 0, 0];
    head.extend(1000_u16.to_be_bytes());
    head.resize(54, 0);
    let mut hhea = vec![0, 1, 0, 0];
    hhea.resize(34, 0);
    hhea.extend(1_u16.to_be_bytes());
    let mut hmtx = 1000_u16.to_be_bytes().to_vec();
    hmtx.resize(4 + 2 * usize::from(glyphs).saturating_sub(1), 0);
    let maxp = [&[0, 0, 0x50, 0][..], &glyphs.to_be_bytes()].concat();
    let tables: [(&[u8; 4], &[u8]); 5] =
        [(b"CFF ", cff), (b"head", &head), (b"hhea", &hhea), (b"hmtx", &hmtx), (b"maxp", &maxp)];
    let mut file = b"OTTO\0\x05\0\x40\0\x02\0\x10".to_vec();
    let mut at = 12 + 16 * tables.len();
    for (tag, table) in &tables {
        file.extend(*tag);
        file.extend([0; 4]);
        file.extend(u32::try_from(at).ok()?.to_be_bytes());
        file.extend(u32::try_from(table.len()).ok()?.to_be_bytes());
        at += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    Some(file)
}

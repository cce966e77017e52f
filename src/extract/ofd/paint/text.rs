//! Characters: outlines of fonts that are in the file, and those of other fonts handed
//! over to whoever shows the picture.

use std::rc::Rc;

use kurbo::{Affine, BezPath};
use pdfrum::RenderDevice;
use pdfrum_render::{AntiAlias, Brush, FillRule};

use super::font::Face;
use super::path::affine;
use super::sheet::{Painter, State, ink, lines};
use crate::extract::ofd::content::{TextCode, TextObject};
use crate::extract::ofd::draw::{Resources, natural_width, or, placed};
use crate::extract::ofd::style::Paint;
use crate::extract::office::package::{PartId, shortened};
use crate::model::{Gap, GapKind, Lettering};

/// Characters of one page that are handed over.
const MOST_LETTERED: usize = 20_000;

/// How a text object is painted.
struct Look {
    font: Option<PartId>,
    /// Colour, and whether anything of it is seen.
    fill: Option<peniko::Color>,
    stroke: Option<peniko::Color>,
    /// For whoever sets it: red, green, blue.
    color: [u8; 3],
    is_bold: bool,
}

/// What stands for a character.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    /// The font says.
    Mapped,
    Glyph(u16),
    /// Another character's glyph stands for it too.
    Nothing,
}

impl Painter<'_, '_> {
    pub(super) fn text(&mut self, text: &TextObject, resources: &Resources, state: &State) {
        let object = &text.object;
        let (fill, stroke) = resources.paints(&object.draw_param);
        let black = Paint::Color([0; 3], 255);
        let fill = or(object.fill, or(fill, or(state.fill, black)));
        let stroke = or(object.stroke, or(stroke, or(state.stroke, black)));
        let color_of = |paint: Paint| match paint {
            Paint::Color(color, alpha) => Some((color, alpha)),
            // One colour out of several says where the text is, at least.
            _ => match object.shade.as_ref().and_then(|shade| shade.stops.first()) {
                Some((_, color, alpha)) => Some((*color, *alpha)),
                None => Some(([0; 3], 255)),
            },
        };
        let fill = object.filled.then(|| color_of(fill)).flatten();
        let stroke = object.stroked.then(|| color_of(stroke)).flatten();
        let seen = |paint: Option<([u8; 3], u8)>| paint.filter(|(_, alpha)| *alpha > 5);
        let Some((color, _)) = seen(fill).or(seen(stroke)) else { return };
        let font = resources.fonts.get(&text.font);
        let as_ink = |(color, alpha)| ink(color, alpha, object, state);
        let look = Look {
            font: font.and_then(|font| font.part).filter(|part| self.has_face(*part)),
            fill: seen(fill).map(as_ink),
            stroke: seen(stroke).map(as_ink),
            color,
            is_bold: text.bold || font.is_some_and(|font| font.is_heavy),
        };
        let matrix = state.matrix * affine(placed(object));
        let clips = self.clip(object, None, matrix, state);
        let mut at = (0.0, 0.0);
        for code in &text.codes {
            at = self.code(text, code, at, matrix, &look);
        }
        self.unclip(clips);
    }

    /// Whether a part is a font that can be drawn; tells where it is none.
    fn has_face(&mut self, part: PartId) -> bool {
        if let Some(known) = self.faces.get(&part) {
            return known.is_some();
        }
        let (bytes, gap) = self.package.bytes(part, self.budget);
        let face = if gap.is_none() { Face::new(bytes) } else { None };
        if face.is_none() {
            let name = shortened(self.package.name(part));
            let words = format!("a font of the file cannot be read: {name}");
            self.tell(gap.unwrap_or_else(|| Gap::new(GapKind::Damaged, words)));
        }
        let is_one = face.is_some();
        self.faces.insert(part, face);
        is_one
    }

    /// Puts the characters of one code down; returns where the next would go on.
    fn code(
        &mut self,
        text: &TextObject,
        code: &TextCode,
        before: (f32, f32),
        matrix: Affine,
        look: &Look,
    ) -> (f32, f32) {
        let downwards = code.dx.iter().all(|d| *d == 0.0) && code.dy.iter().any(|d| *d > 0.0);
        let downwards = downwards || code.dx.is_empty() && text.reading == 90;
        let signs = signs(code);
        let (mut x, mut y) = (code.x.unwrap_or(before.0), code.y.unwrap_or(before.1));
        let mut lettering = self.lettering_of(text, matrix, look);
        for (n, c) in code.text.chars().enumerate() {
            if !self.tally.charge(1, 0) {
                return (x, y);
            }
            let sign = signs.get(n).copied().unwrap_or(Sign::Mapped);
            let glyph = self.glyph(look, sign, c);
            let width = glyph.and_then(|glyph| self.face(look)?.advance(glyph));
            let width = width.unwrap_or_else(|| natural_width(c));
            let (dx, dy) = match (code.dx.get(n), code.dy.get(n)) {
                (None, None) if downwards => (0.0, text.size),
                (None, None) => (text.size * text.stretch * width, 0.0),
                (dx, dy) => (dx.copied().unwrap_or(0.0), dy.copied().unwrap_or(0.0)),
            };
            let outline = glyph.and_then(|glyph| self.outline(look, glyph));
            match outline {
                _ if sign == Sign::Nothing || is_outside(text, x, y) => {}
                Some((outline, units)) => {
                    let size = f64::from(text.size) / units;
                    let placed = matrix
                        * Affine::translate((f64::from(x), f64::from(y)))
                        * Affine::rotate(f64::from(text.turned).to_radians())
                        * Affine::scale_non_uniform(size * f64::from(text.stretch), -size);
                    self.outlined(text, &outline, placed, look);
                }
                None if c.is_whitespace() || c.is_control() => {}
                None => self.letter(&mut lettering, c, matrix, (x, y)),
            }
            (x, y) = (x + dx, y + dy);
        }
        self.lettering.push(lettering);
        (x, y)
    }

    fn face(&mut self, look: &Look) -> Option<&mut Face> {
        self.faces.get_mut(&look.font?)?.as_mut()
    }

    fn glyph(&mut self, look: &Look, sign: Sign, c: char) -> Option<u16> {
        match sign {
            Sign::Glyph(number) => Some(number),
            Sign::Mapped => self.face(look)?.glyph(c),
            Sign::Nothing => None,
        }
    }

    fn outline(&mut self, look: &Look, glyph: u16) -> Option<(Rc<BezPath>, f64)> {
        let face = self.face(look)?;
        let units = face.units;
        Some((face.outline(glyph)?, units))
    }

    fn outlined(&mut self, text: &TextObject, outline: &BezPath, to: Affine, look: &Look) {
        if let Some(color) = look.fill {
            let (pixels, _) = super::path::in_pixels(outline, to);
            let brush = Brush::Solid(color);
            let rule = FillRule::Winding;
            self.device.fill_path(&pixels, Affine::IDENTITY, &brush, rule, AntiAlias::On);
        }
        if let Some(color) = look.stroke {
            let (pixels, _) = super::path::in_pixels(outline, to);
            let scale = self.scale * 72.0 / 25.4;
            let width = f64::from(text.object.pen.width.unwrap_or(0.1)) * scale;
            let stroke = lines(&text.object.pen, width, Affine::IDENTITY);
            let brush = Brush::Solid(color);
            self.device.stroke_path(&pixels, Affine::IDENTITY, &brush, &stroke, AntiAlias::On);
        }
    }

    /// Nothing yet of what is to be set by others in this look.
    fn lettering_of(&self, text: &TextObject, matrix: Affine, look: &Look) -> Lettering {
        let [a, b, c, d, ..] = matrix.as_coeffs();
        let angle = b.atan2(a).to_degrees() + f64::from(text.turned);
        let angle = (angle * 10.0).round() / 10.0;
        Lettering {
            text: String::new(),
            places: Vec::new(),
            size: (f64::from(text.size) * c.hypot(d) / self.scale) as f32,
            angle: angle.rem_euclid(360.0) as f32,
            color: look.color,
            is_bold: look.is_bold,
        }
    }

    fn letter(&mut self, one: &mut Lettering, c: char, matrix: Affine, at: (f32, f32)) {
        if self.lettered >= MOST_LETTERED {
            let words = format!("more than {MOST_LETTERED} characters in fonts that are not in it");
            return self.tell(Gap::new(GapKind::Limit(crate::model::Limit::Text), words));
        }
        let point = matrix * kurbo::Point::new(at.0.into(), at.1.into());
        let place = [(point.x / self.scale) as f32, (point.y / self.scale) as f32];
        if !(place[0].abs() < 1e5 && place[1].abs() < 1e5 && (0.1..5000.0).contains(&one.size)) {
            return;
        }
        self.lettered += 1;
        if one.angle != 0.0 && !one.text.is_empty() {
            let next = Lettering { text: String::new(), places: Vec::new(), ..one.clone() };
            self.lettering.push(std::mem::replace(one, next));
        }
        one.text.push(c);
        one.places.push(place);
    }
}

/// What stands for each character of a code.
fn signs(code: &TextCode) -> Vec<Sign> {
    let count = if code.glyphs.is_empty() { 0 } else { code.text.chars().count() };
    let mut signs = vec![Sign::Mapped; count];
    for glyphs in &code.glyphs {
        let first = glyphs.first.min(count);
        let end = first.saturating_add(glyphs.count.max(glyphs.numbers.len())).min(count);
        for (n, sign) in signs.get_mut(first..end).unwrap_or_default().iter_mut().enumerate() {
            *sign = match glyphs.numbers.get(n) {
                Some(number) => Sign::Glyph(*number),
                None => Sign::Nothing,
            };
        }
    }
    signs
}

/// Whether a character lies too far outside of its object to be seen.
fn is_outside(text: &TextObject, x: f32, y: f32) -> bool {
    let object = &text.object;
    let Some(b) = object.boundary.filter(|b| b.width > 0.0 && b.height > 0.0) else { return false };
    let [a, bb, c, d, ..] = object.ctm.0;
    let reach = text.size * 1.5 * a.hypot(bb).max(c.hypot(d));
    let (x, y) = object.ctm.apply(x, y);
    x < -reach || y < -reach || x > b.width + reach || y > b.height + reach
}

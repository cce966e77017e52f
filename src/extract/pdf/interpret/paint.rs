//! Paths, colours and pictures: what can lie behind text or over it (8.5, 8.6, 8.9).

use super::operands::Operands;
use super::{Interpreter, Resources};
use crate::extract::pdf::color::{Space, is_same};
use crate::extract::pdf::geometry::{area, holds, ordered, point, shared};
use crate::extract::pdf::page::Unseen;
use crate::extract::pdf::syntax::object::Parser;
use crate::extract::pdf::syntax::{Dict, Lexer, Object, Token};
use crate::model::Rect;

/// Painted areas that are remembered.
const GROUNDS: usize = 256;
/// Rectangles of one path that are told apart.
const RECTANGLES: usize = 64;
/// Thin areas are rules and underlines, not grounds.
const THIN: f32 = 4.0;

/// The path that is being made, on the page.
#[derive(Debug, Default)]
pub(super) struct Path {
    bounds: Option<Rect>,
    /// Upright rectangles it is made of.
    rectangles: Vec<Rect>,
    /// Corners of the part that is being made.
    corners: Vec<(f64, f64)>,
    /// Whether there is more to it than rectangles.
    is_free: bool,
    /// Whether it will clip.
    clips: bool,
    /// Whether overlapping parts are holes.
    is_even_odd: bool,
}

impl Path {
    fn add(&mut self, place: Rect) {
        self.bounds = Some(self.bounds.map_or(place, |bounds| bounds.union(place)));
    }

    fn rectangle(&mut self, place: Rect) {
        self.add(place);
        if self.rectangles.len() < RECTANGLES {
            self.rectangles.push(place);
        } else {
            self.is_free = true;
        }
    }

    fn corner(&mut self, at: (f64, f64)) {
        self.add(point(at));
        if self.corners.len() < 6 {
            self.corners.push(at);
        }
    }

    /// Ends the part that is being made: four corners may be a rectangle.
    fn close(&mut self) {
        let mut corners = std::mem::take(&mut self.corners);
        if corners.len() == 5 && corners.first() == corners.last() {
            corners.pop();
        }
        match corners.as_slice() {
            [] | [_] => {}
            [a, b, c, d] if is_rectangle(&[*a, *b, *c, *d]) => {
                let place = point(*a).union(point(*b)).union(point(*c));
                self.rectangle(place);
            }
            _ => self.is_free = true,
        }
    }
}

fn is_rectangle(corners: &[(f64, f64); 4]) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 0.1;
    let [a, b, c, d] = corners;
    let first = near(a.0, b.0) && near(b.1, c.1) && near(c.0, d.0) && near(d.1, a.1);
    let second = near(a.1, b.1) && near(b.0, c.0) && near(c.1, d.1) && near(d.0, a.0);
    first || second
}

impl Interpreter<'_, '_, '_, '_> {
    /// Path operators. Whether it was one.
    pub(super) fn simple_path(&mut self, operator: &[u8], operands: &Operands) -> bool {
        match operator {
            b"re" => {
                let Some([x, y, width, height]) = operands.numbers() else { return true };
                let numbers = [x, y, x + width, y + height];
                let Some(place) = ordered(&numbers) else { return true };
                self.path.close();
                let place_on_page = self.state.matrix.bounds(place);
                if self.state.matrix.is_upright() {
                    self.path.rectangle(place_on_page);
                } else {
                    self.path.add(place_on_page);
                    self.path.is_free = true;
                }
            }
            b"m" => {
                self.path.close();
                self.to(operands.numbers());
            }
            b"l" => self.to(operands.numbers()),
            b"c" => {
                let Some([a, b, c, d, e, f]) = operands.numbers() else { return true };
                self.path.is_free = true;
                for at in [[a, b], [c, d], [e, f]] {
                    self.to(Some(at));
                }
            }
            b"v" | b"y" => {
                let Some([a, b, c, d]) = operands.numbers() else { return true };
                self.path.is_free = true;
                self.to(Some([a, b]));
                self.to(Some([c, d]));
            }
            b"h" => self.path.close(),
            b"f" | b"F" | b"b" | b"B" => self.fill(false),
            b"f*" | b"b*" | b"B*" => self.fill(true),
            b"S" | b"s" | b"n" => self.end_path(),
            b"W" => self.path.clips = true,
            b"W*" => (self.path.clips, self.path.is_even_odd) = (true, true),
            b"sh" => {
                let place = self.state.clip;
                self.add_ground(place, None);
            }
            _ => return false,
        }
        true
    }

    fn to(&mut self, at: Option<[f64; 2]>) {
        if let Some([x, y]) = at {
            let at = self.state.matrix.apply(x, y);
            if at.0.is_finite() && at.1.is_finite() {
                self.path.corner(at);
            }
        }
    }

    fn end_path(&mut self) {
        self.path.close();
        if self.path.clips
            && let Some(bounds) = self.path.bounds
        {
            self.state.clip = shared(self.state.clip, bounds);
        }
        let path = &mut self.path;
        path.bounds = None;
        path.rectangles.clear();
        (path.is_free, path.clips, path.is_even_odd) = (false, false, false);
    }

    fn fill(&mut self, is_even_odd: bool) {
        self.path.close();
        if !self.state.is_off && !self.is_marked_off() && self.state.fill.alpha > 0.01 {
            self.paint_path(is_even_odd);
        }
        self.end_path();
    }

    fn paint_path(&mut self, is_even_odd: bool) {
        let Some(bounds) = self.path.bounds else { return };
        let state = &self.state;
        let is_opaque = state.fill.alpha > 0.99
            && !state.is_blended
            && !state.is_masked
            && !state.fill.is_pattern;
        let rgb = (!state.fill.is_pattern && is_opaque).then_some(state.fill.rgb);
        let rectangles = std::mem::take(&mut self.path.rectangles);
        // Rectangles within others may be holes in them.
        let apart = |(at, a): (usize, &Rect)| {
            rectangles.iter().skip(at + 1).all(|b| area(shared(*a, *b)) <= 0.0)
        };
        let is_plain = !self.path.is_free
            && (!is_even_odd || rectangles.len() < 2)
            && rectangles.iter().enumerate().all(apart);
        if is_plain {
            for place in &rectangles {
                let place = shared(*place, self.state.clip);
                if is_opaque {
                    self.cover(place, Unseen::UNDER_FILL);
                }
                self.add_ground(place, rgb);
            }
        } else {
            let place = shared(bounds, self.state.clip);
            self.add_ground(place, None);
        }
        self.path.rectangles = rectangles;
    }

    fn cover(&mut self, place: Rect, why: Unseen) {
        if place.x1 - place.x0 < THIN / 2.0 || place.y1 - place.y0 < THIN / 2.0 {
            return;
        }
        let looked_at = self.fields.cover(&mut self.page.glyphs, place, why);
        self.file.meter.steps(looked_at / 16);
    }

    fn add_ground(&mut self, place: Rect, rgb: Option<[u8; 3]>) {
        if place.x1 - place.x0 < THIN || place.y1 - place.y0 < THIN {
            return;
        }
        if self.grounds.len() >= GROUNDS {
            self.grounds.drain(..GROUNDS / 4);
        }
        self.grounds.push((place, rgb));
        if let Some(rgb) = rgb
            && self.colours.len() < GROUNDS
            && !self.colours.contains(&rgb)
        {
            self.colours.push(rgb);
        }
    }

    /// Whether the colour behind a place is this one; a place where there is more
    /// than one colour is none.
    pub(super) fn is_ground_colour(&self, x: f32, y: f32, rgb: [u8; 3]) -> bool {
        const PAPER: [u8; 3] = [255; 3];
        // Mostly no ground is of the colour of text.
        let is_known = is_same(PAPER, rgb)
            || self.colours.len() >= GROUNDS
            || self.colours.iter().any(|colour| is_same(*colour, rgb));
        is_known && {
            let found = self.grounds.iter().rev().find(|(place, _)| holds(*place, x, y));
            found.map_or(Some(PAPER), |(_, rgb)| *rgb).is_some_and(|under| is_same(under, rgb))
        }
    }

    /// Colour operators. Whether it was one.
    pub(super) fn simple_colour(
        &mut self,
        operator: &[u8],
        operands: &Operands,
        resources: &Resources,
    ) -> bool {
        let is_stroke = operator.first().is_some_and(u8::is_ascii_uppercase);
        let device = match operator {
            b"g" | b"G" => Some(Space::Gray),
            b"rg" | b"RG" => Some(Space::Rgb),
            b"k" | b"K" => Some(Space::Cmyk),
            b"cs" | b"CS" => None,
            b"sc" | b"scn" | b"SC" | b"SCN" => {
                self.set_colour(is_stroke, operands, resources);
                return true;
            }
            _ => return false,
        };
        let paint = if is_stroke { &mut self.state.stroke } else { &mut self.state.fill };
        paint.is_pattern = false;
        if let Some(space) = device {
            paint.rgb = space.rgb(&operands.all_numbers());
            paint.space = space;
        } else if let Some(name) = operands.name() {
            let name = Object::Name(name.into());
            let space = Space::load(self.file, &name, resources.spaces.as_deref());
            paint.rgb = space.initial();
            paint.is_pattern = matches!(space, Space::Pattern);
            paint.space = space;
        }
        true
    }

    fn set_colour(&mut self, is_stroke: bool, operands: &Operands, resources: &Resources) {
        let paint = if is_stroke { &mut self.state.stroke } else { &mut self.state.fill };
        let Some(name) = operands.name() else {
            paint.rgb = paint.space.rgb(&operands.all_numbers());
            paint.is_pattern = matches!(paint.space, Space::Pattern);
            return;
        };
        paint.is_pattern = true;
        paint.rgb = [128; 3];
        let pattern = resources.patterns.as_ref().map(|patterns| self.file.get(patterns, name));
        // Text may stand in the cell of a pattern.
        if let Some(Object::Stream(cell)) = pattern {
            let state = self.state.clone();
            self.state.matrix = self.base;
            self.once(&cell, resources);
            self.state = state;
        }
    }

    /// A picture in the unit square.
    pub(super) fn image(&mut self, dict: &Dict) {
        if self.state.is_off || self.is_marked_off() {
            return;
        }
        let place = shared(self.state.matrix.bounds([0.0, 0.0, 1.0, 1.0]), self.state.clip);
        self.page.add_picture(place);
        let side = |long: &[u8], short: &[u8]| {
            let side = self.file.integer(dict, long).or_else(|| self.file.integer(dict, short));
            u64::try_from(side.unwrap_or(0)).unwrap_or(0)
        };
        let pixels = side(b"Width", b"W").saturating_mul(side(b"Height", b"H"));
        self.page.pixels = self.page.pixels.saturating_add(pixels);
        let is_true = |key: &[u8]| self.file.get(dict, key) == Object::Bool(true);
        let is_stencil = is_true(b"ImageMask") || is_true(b"IM");
        let lets_through = dict.has(b"SMask") || dict.has(b"Mask") || is_stencil;
        let is_opaque = !lets_through
            && self.state.fill.alpha > 0.99
            && !self.state.is_blended
            && !self.state.is_masked
            && self.state.matrix.is_upright();
        if is_opaque {
            self.cover(place, Unseen::UNDER_PICTURE);
        }
        // On a picture any colour can be read.
        self.add_ground(place, None);
    }

    /// `BI … ID … EI` (8.9.7).
    pub(super) fn inline_image(
        &mut self,
        lexer: &mut Lexer<'_>,
        content: &[u8],
        resources: &Resources,
    ) {
        let mut parser = Parser::new(content, lexer.at(), 1000);
        let mut entries = Vec::new();
        loop {
            match parser.lexer.token() {
                Some(Token::Name(key)) => {
                    let value = parser.object().unwrap_or(Object::Null);
                    entries.push((key.as_ref().into(), value));
                }
                Some(Token::Word(b"ID")) => break,
                Some(_) if !parser.is_over() => {}
                _ => return lexer.jump(parser.lexer.at()),
            }
        }
        let dict = Dict::new(entries);
        let data = parser.lexer.at() + 1;
        let end = inline_end(content, data + self.inline_length(&dict, resources));
        self.file.meter.steps((end - data.min(end)) as u64 / 256);
        lexer.jump(end);
        self.image(&dict);
    }

    /// How long the data of an inline picture is at the least: known where it
    /// is not packed.
    fn inline_length(&self, dict: &Dict, resources: &Resources) -> usize {
        let either = |long: &[u8], short: &[u8]| match self.file.get(dict, long) {
            Object::Null => self.file.get(dict, short),
            found => found,
        };
        if !either(b"Filter", b"F").is_null() {
            return 0;
        }
        let number = |object: Object| {
            let value = object.integer().unwrap_or_default();
            usize::try_from(value).unwrap_or_default().min(1 << 16)
        };
        let is_stencil = either(b"ImageMask", b"IM") == Object::Bool(true);
        let bits = if is_stencil { 1 } else { number(either(b"BitsPerComponent", b"BPC")) };
        let space = either(b"ColorSpace", b"CS");
        let space = Space::load(self.file, &space, resources.spaces.as_deref());
        let parts = match space {
            _ if is_stencil => 1,
            Space::Rgb | Space::Lab => 3,
            Space::Cmyk => 4,
            _ => 1,
        };
        let row = (number(either(b"Width", b"W")) * parts * bits).div_ceil(8);
        row.saturating_mul(number(either(b"Height", b"H")))
    }
}

/// Where the text goes on behind the `EI` that ends an inline picture.
fn inline_end(content: &[u8], from: usize) -> usize {
    let from = if from > content.len() { 0 } else { from };
    let rest = content.get(from..).unwrap_or_default();
    let white =
        |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii_whitespace() || *byte == 0);
    for at in memchr::memmem::find_iter(rest, b"EI") {
        let before = at.checked_sub(1).and_then(|at| rest.get(at));
        if !white(before) || !white(rest.get(at + 2)) {
            continue;
        }
        // Pictures may hold these letters: what follows must be readable.
        let next = rest.get(at + 2..rest.len().min(at + 14)).unwrap_or_default();
        if next.iter().all(|byte| byte.is_ascii_graphic() || white(Some(byte))) {
            return from + at + 2;
        }
    }
    content.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_pictures_end_where_text_goes_on() {
        let cases: [(&[u8], usize); 4] =
            [(b"\x01\x02 EI Q q", 5), (b"\x01 EI\xFF\x80 \nEI\nQ", 10), (b"EI", 2), (b"no end", 6)];
        for (content, end) in cases {
            assert_eq!(inline_end(content, 0), end, "{content:?}");
        }
    }

    #[test]
    fn four_corners_may_be_a_rectangle() {
        assert!(is_rectangle(&[(0.0, 0.0), (5.0, 0.0), (5.0, 5.0), (0.0, 5.0)]));
        assert!(is_rectangle(&[(0.0, 0.0), (0.0, 5.0), (5.0, 5.0), (5.0, 0.0)]));
        assert!(!is_rectangle(&[(0.0, 0.0), (5.0, 1.0), (5.0, 5.0), (0.0, 5.0)]));
    }
}

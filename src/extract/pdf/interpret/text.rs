//! Text operators (9.4).

use std::rc::Rc;

use super::operands::{Operand, Operands};
use super::{Interpreter, Resources};
use crate::extract::pdf::font::{Font, Shown, Spelling};
use crate::extract::pdf::geometry::{Matrix, holds};
use crate::extract::pdf::layout::is_leftward;
use crate::extract::pdf::page::{Glyph, Layer, Unseen};
use crate::extract::pdf::syntax::Dict;

/// Text below this size in points is a speck.
const SPECK: f32 = 1.0;
/// Invisible rendering mode.
const INVISIBLE: u8 = 3;

impl Interpreter<'_, '_, '_, '_> {
    pub(super) fn begin_text(&mut self) {
        self.text_matrix = Matrix::IDENTITY;
        self.line_matrix = Matrix::IDENTITY;
    }

    /// Operators that set something. Whether it was one.
    pub(super) fn simple_text(&mut self, operator: &[u8], operands: &Operands) -> bool {
        let one = || operands.numbers::<1>().map(|[value]| value);
        let state = &mut self.state;
        match operator {
            b"Td" | b"TD" => {
                let Some([x, y]) = operands.numbers() else { return true };
                if operator == b"TD" {
                    state.leading = -y;
                }
                self.next_line(x, y);
            }
            b"Tm" => {
                if let Some(six) = operands.numbers() {
                    self.text_matrix = Matrix(six);
                    self.line_matrix = self.text_matrix;
                }
            }
            b"T*" => {
                let leading = state.leading;
                self.next_line(0.0, -leading);
            }
            b"Tc" => state.char_space = one().unwrap_or(state.char_space),
            b"Tw" => state.word_space = one().unwrap_or(state.word_space),
            b"Tz" => state.scale = one().map_or(state.scale, |percent| percent / 100.0),
            b"TL" => state.leading = one().unwrap_or(state.leading),
            b"Ts" => state.rise = one().unwrap_or(state.rise),
            b"Tr" => {
                let mode = one().unwrap_or_default();
                state.mode = if (0.0..8.0).contains(&mode) { mode as u8 } else { 0 };
            }
            b"ET" => {}
            _ => return false,
        }
        true
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line_matrix = Matrix::shift(x, y).then(self.line_matrix);
        self.text_matrix = self.line_matrix;
    }

    pub(super) fn set_font(&mut self, operands: &Operands, resources: &Resources) {
        if let Some([size]) = operands.numbers() {
            self.state.size = size;
        }
        let named = operands.name().zip(resources.fonts.as_ref());
        let font = named.and_then(|(name, fonts)| self.document.font(fonts.get(name)?));
        self.use_font(font);
    }

    pub(super) fn use_font(&mut self, font: Option<Rc<Font>>) {
        self.state.face = font
            .as_ref()
            .map_or(0, |font| self.document.faces.borrow_mut().id(&font.face, font.is_bold));
        self.state.font = font;
    }

    pub(super) fn show_operand(&mut self, operands: &Operands) {
        for item in operands.items() {
            if let Operand::Text(start, end) = item {
                self.show(operands.bytes((*start, *end)));
            }
        }
    }

    pub(super) fn show_array(&mut self, operands: &Operands) {
        let is_vertical = self.state.font.as_ref().is_some_and(|font| font.is_vertical());
        for item in operands.items() {
            match item {
                Operand::Text(start, end) => self.show(operands.bytes((*start, *end))),
                Operand::Number(number) => {
                    let step = -number / 1000.0 * self.state.size;
                    let shift = match is_vertical {
                        true => Matrix::shift(0.0, step),
                        false => Matrix::shift(step * self.state.scale, 0.0),
                    };
                    self.text_matrix = shift.then(self.text_matrix);
                }
                _ => {}
            }
        }
    }

    pub(super) fn show_on_next_line(&mut self, operator: &[u8], operands: &Operands) {
        if let (b"\"", [Operand::Number(word), Operand::Number(char), ..]) =
            (operator, operands.items())
        {
            self.state.word_space = *word;
            self.state.char_space = *char;
        }
        self.next_line(0.0, -self.state.leading);
        self.show_operand(operands);
    }

    fn show(&mut self, bytes: &[u8]) {
        let font = match &self.state.font {
            Some(font) => Rc::clone(font),
            None => {
                // Viewers take a standard font where none is set.
                let font = Rc::new(Font::load(self.file, &Dict::default()));
                self.state.font = Some(Rc::clone(&font));
                font
            }
        };
        let is_vertical = font.is_vertical();
        let (size, scale) = (self.state.size, self.state.scale);
        let em = Matrix([size * scale, 0.0, 0.0, size, 0.0, self.state.rise]);
        let pen = Pen::new(em.then(self.text_matrix).then(self.state.matrix), &font);
        let unseen = self.unseen_as_set();
        let layer = self.layer_of_marks();
        let matrix = self.text_matrix.then(self.state.matrix);
        // How far the pen has moved since the string began.
        let mut moved = 0.0;
        let mut rest = bytes;
        while !rest.is_empty() {
            if !self.file.meter.steps(1) {
                break;
            }
            let shown = font.next(self.file, &mut rest);
            let units = f64::from(shown.advance) / 1000.0;
            let space =
                self.state.char_space + if shown.is_space { self.state.word_space } else { 0.0 };
            let (x, y) = match is_vertical {
                true => matrix.apply(0.0, moved + self.state.rise),
                false => matrix.apply(moved, self.state.rise),
            };
            self.place(&shown, &pen, (x as f32, y as f32), (unseen, layer));
            self.page.uncarried += u32::from(!font.is_carried);
            let step = units * size + space;
            moved += if is_vertical { step } else { step * scale };
        }
        let shift = if is_vertical { Matrix::shift(0.0, moved) } else { Matrix::shift(moved, 0.0) };
        self.text_matrix = shift.then(self.text_matrix);
    }

    /// What hides every character of a string alike.
    fn unseen_as_set(&self) -> Unseen {
        let state = &self.state;
        let mut unseen = Unseen::default();
        let (fills, strokes) =
            (matches!(state.mode, 0 | 2 | 4 | 6), matches!(state.mode, 1 | 2 | 5 | 6));
        let has_ink = (fills && state.fill.alpha > 0.01) || (strokes && state.stroke.alpha > 0.01);
        // Text that only clips is seen by what is painted through it.
        if state.mode == INVISIBLE || (state.mode != 7 && !has_ink) {
            unseen.add(Unseen::INVISIBLE);
        }
        if state.is_off || self.is_marked_off() {
            unseen.add(Unseen::AWAY);
        }
        unseen
    }

    fn place(
        &mut self,
        shown: &Shown,
        pen: &Pen,
        (x, y): (f32, f32),
        (unseen, layer): (Unseen, Layer),
    ) {
        if !(x.is_finite() && y.is_finite() && pen.size.is_finite() && pen.em.is_finite()) {
            return;
        }
        let advance = (shown.advance / 1000.0 * pen.em).abs();
        let color = match self.state.mode {
            1 | 5 => self.state.stroke.rgb,
            _ => self.state.fill.rgb,
        };
        let mut glyph = Glyph {
            c: '\u{FFFD}',
            x,
            y,
            advance,
            size: pen.size,
            angle: pen.angle,
            vertical: pen.is_vertical,
            color,
            face: self.state.face,
            unseen,
            layer,
        };
        self.look(&mut glyph);
        self.page.guessed += u32::from(shown.is_guess);
        self.page.contradicted += u32::from(shown.is_contradicted);
        match &shown.spelling {
            Spelling::Untold => {
                self.page.untold += 1;
                self.push(glyph);
            }
            Spelling::One(c) => self.push(Glyph { c: *c, ..glyph }),
            Spelling::Many(text) => {
                let share = advance / text.chars().count().max(1) as f32;
                let (sin, cos) = f32::from(pen.angle).to_radians().sin_cos();
                // The first of characters written from right to left stands last.
                let is_turned = text.chars().next().is_some_and(is_leftward);
                let count = text.chars().count();
                for (at, c) in text.chars().enumerate() {
                    let on = share * if is_turned { count - 1 - at } else { at } as f32;
                    let (dx, dy) =
                        if pen.is_vertical { (-on * sin, on * cos) } else { (on * cos, on * sin) };
                    self.push(Glyph { c, x: x + dx, y: y + dy, advance: share, ..glyph });
                }
            }
        }
    }

    /// Adds what hides this one character.
    fn look(&self, glyph: &mut Glyph) {
        let (x, y) = glyph.middle();
        let slack = glyph.size * 0.3;
        let clip = self.state.clip;
        let inside = x >= clip.x0 - slack
            && x <= clip.x1 + slack
            && y >= clip.y0 - slack
            && y <= clip.y1 + slack;
        if !inside || !holds(self.page.sheet(), x, y) {
            glyph.unseen.add(Unseen::AWAY);
        }
        if glyph.size < SPECK && glyph.advance < SPECK {
            glyph.unseen.add(Unseen::AWAY);
        }
        let paint =
            if matches!(self.state.mode, 1 | 5) { &self.state.stroke } else { &self.state.fill };
        if !paint.is_pattern && self.is_ground_colour(x, y, glyph.color) {
            glyph.unseen.add(Unseen::SAME_COLOUR);
        }
    }

    fn push(&mut self, glyph: Glyph) {
        let c = if glyph.c.is_control() { ' ' } else { glyph.c };
        self.page.glyphs.push(Glyph { c, ..glyph });
    }
}

/// How a string is written: the same for all its characters.
struct Pen {
    /// An em along the line, in points.
    em: f32,
    /// Height of the characters in points.
    size: f32,
    /// Whole degrees clockwise.
    angle: u16,
    is_vertical: bool,
}

impl Pen {
    /// `matrix` takes an em of text to the page.
    fn new(Matrix([a, b, c, d, ..]): Matrix, font: &Font) -> Self {
        let is_vertical = font.is_vertical();
        let (along, up) = (a.hypot(b), c.hypot(d));
        // What is written downwards moves against the second axis.
        let degrees = b.atan2(a).to_degrees().round().rem_euclid(360.0);
        Self {
            em: if is_vertical { up } else { along } as f32,
            size: up as f32 * font.scale,
            angle: degrees as u16 % 360,
            is_vertical,
        }
    }
}

//! How the contents of an element look and where they stand (SVG 2, 6 styling,
//! 8.5 transforms): what decides whether a reader sees its text.

use crate::extract::html::css::color::{Ink, ink};
use crate::extract::html::css::{Display, Length, Set, declarations};

/// Letters where nothing says otherwise, in units of the drawing.
const SIZE: f32 = 16.0;

/// Thinner than this is not seen.
const THIN: f32 = 0.06;

/// A matrix `[a b c d e f]` as `transform` has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix([f32; 6]);

impl Matrix {
    pub const SAME: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// What is done to points that this is done to afterwards.
    pub fn of(self, inner: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, inner.0);
        Self([
            a * g + c * h,
            b * g + d * h,
            a * i + c * j,
            b * i + d * j,
            a * k + c * l + e,
            b * k + d * l + f,
        ])
    }

    pub fn scaled(x: f32, y: f32) -> Self {
        Self([x, 0.0, 0.0, y, 0.0, 0.0])
    }

    pub fn moved(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub fn point(self, x: f32, y: f32) -> [f32; 2] {
        let [a, b, c, d, e, f] = self.0;
        [a * x + c * y + e, b * x + d * y + f]
    }

    /// How much larger things become.
    pub fn scale(self) -> f32 {
        let [a, b, c, d, ..] = self.0;
        (a * d - b * c).abs().sqrt()
    }

    /// How far lines are turned, in degrees from 0 to 180.
    pub fn turn(self) -> f32 {
        let [a, b, ..] = self.0;
        b.atan2(a).to_degrees().abs()
    }

    /// Reads a list of transforms; one that cannot be read does nothing.
    pub fn parse(list: &str) -> Self {
        let mut whole = Self::SAME;
        for one in list.split(')').take(64) {
            let Some((name, numbers)) = one.split_once('(') else { continue };
            let n = numbers_of(numbers);
            let at = |place: usize| n.get(place).copied();
            let first = at(0).unwrap_or(0.0);
            let name = name.trim_matches(|c: char| c.is_whitespace() || c == ',');
            let made = match (name, n.len()) {
                ("matrix", 6) => n.as_slice().try_into().map_or(Self::SAME, Self),
                ("translate", 1..) => Self::moved(first, at(1).unwrap_or(0.0)),
                ("scale", 1..) => Self::scaled(first, at(1).unwrap_or(first)),
                ("rotate", 1..) => {
                    let (sin, cos) = first.to_radians().sin_cos();
                    let turned = Self([cos, sin, -sin, cos, 0.0, 0.0]);
                    let (x, y) = (at(1).unwrap_or(0.0), at(2).unwrap_or(0.0));
                    Self::moved(x, y).of(turned).of(Self::moved(-x, -y))
                }
                ("skewX", 1..) => Self([1.0, 0.0, first.to_radians().tan(), 1.0, 0.0, 0.0]),
                ("skewY", 1..) => Self([1.0, first.to_radians().tan(), 0.0, 1.0, 0.0, 0.0]),
                _ => Self::SAME,
            };
            whole = whole.of(made);
        }
        whole
    }
}

/// Numbers with commas or blanks between them.
pub(super) fn numbers_of(text: &str) -> Vec<f32> {
    text.split(|c: char| c.is_whitespace() || c == ',')
        .filter(|piece| !piece.is_empty())
        .take(64)
        .filter_map(|piece| piece.parse().ok())
        .filter(|number: &f32| number.is_finite())
        .collect()
}

/// The first length of a list, in units of the drawing.
pub(super) fn length(text: &str, size: f32, whole: f32) -> Option<f32> {
    let first = text.split(|c: char| c.is_whitespace() || c == ',').find(|p| !p.is_empty())?;
    match first.parse::<f32>() {
        Ok(number) => Some(number).filter(|number| number.is_finite()),
        Err(_) => Some(Length::parse(first)?.px(size, whole)).filter(|px| px.is_finite()),
    }
}

/// Where a line stands by the point it is put at.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub(super) enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// The look of the text inside an element.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// Why nothing inside is seen.
    pub gone: Option<&'static str>,
    invisible: bool,
    /// `None` for what is painted with something that is no colour.
    pub color: Option<[u8; 3]>,
    /// Whether letters have no paint, and no outline.
    clear: bool,
    outlined: bool,
    /// In units of the element.
    pub size: f32,
    pub bold: bool,
    pub face: String,
    pub matrix: Matrix,
    pub anchor: Anchor,
    pub opacity: f32,
}

impl Look {
    pub fn new(matrix: Matrix) -> Self {
        Self {
            gone: None,
            invisible: false,
            color: Some([0; 3]),
            clear: false,
            outlined: false,
            size: SIZE,
            bold: false,
            face: String::new(),
            matrix,
            anchor: Anchor::Start,
            opacity: 1.0,
        }
    }

    /// The look inside an element by its attributes and what styles say of it.
    pub fn inside(&self, attributes: &[(String, String)], sets: &[&(Set, bool)]) -> Self {
        let mut look = self.clone();
        for (name, value) in attributes {
            look.attribute(name, value);
        }
        for (set, _) in sets {
            look.set(set);
        }
        let style = attributes.iter().find(|(name, _)| name == "style");
        if let Some((_, style)) = style {
            look.style(style);
        }
        if look.opacity < THIN {
            look.gone = look.gone.or(Some("transparent"));
        }
        look
    }

    /// Attributes that are as good as styles.
    fn attribute(&mut self, name: &str, value: &str) {
        let value = value.trim();
        match name {
            "transform" => self.matrix = self.matrix.of(Matrix::parse(value)),
            "display" if value == "none" => self.gone = self.gone.or(Some("not displayed")),
            "visibility" => self.invisible = matches!(value, "hidden" | "collapse"),
            "fill" => self.fill(value),
            "stroke" => self.outlined = !matches!(value, "none" | "transparent"),
            "opacity" | "fill-opacity" => {
                let part = value.strip_suffix('%').map(|p| p.parse::<f32>().map(|n| n / 100.0));
                let part = part.unwrap_or_else(|| value.parse());
                self.opacity *= part.unwrap_or(1.0).clamp(0.0, 1.0);
            }
            "font-size" => self.size = length(value, self.size, self.size).unwrap_or(self.size),
            "font-weight" => {
                let heavy = value.parse::<f32>().is_ok_and(|weight| weight >= 600.0);
                self.bold = heavy || matches!(value, "bold" | "bolder");
            }
            "font-family" => {
                let first = value.split(',').next().unwrap_or_default();
                self.face = first.trim().trim_matches(['"', '\'']).to_owned();
            }
            "text-anchor" => {
                self.anchor = match value {
                    "middle" => Anchor::Middle,
                    "end" => Anchor::End,
                    _ => Anchor::Start,
                }
            }
            _ => {}
        }
    }

    fn fill(&mut self, value: &str) {
        match (value, ink(value)) {
            ("none", _) | (_, Some(Ink::Clear)) => self.clear = true,
            (_, Some(Ink::Rgb(rgb))) => (self.color, self.clear) = (Some(rgb), false),
            ("inherit" | "context-fill", _) => {}
            _ => (self.color, self.clear) = (None, false),
        }
    }

    fn style(&mut self, style: &str) {
        for (set, _) in declarations(style) {
            self.set(&set);
        }
        // What drawings have and pages have not.
        for declared in style.split(';') {
            if let Some((name, value)) = declared.split_once(':') {
                let name = name.trim();
                if matches!(name, "fill" | "stroke" | "fill-opacity" | "text-anchor" | "transform")
                {
                    self.attribute(name, value.trim().trim_end_matches("!important"));
                }
            }
        }
    }

    fn set(&mut self, set: &Set) {
        match set {
            Set::Display(Display::None) => self.gone = self.gone.or(Some("not displayed")),
            Set::Invisible(Some(invisible)) => self.invisible = *invisible,
            Set::Opacity(part) => self.opacity *= part.clamp(0.0, 1.0),
            Set::Size(size) => self.size = size.px(self.size, self.size),
            Set::Bold(bold) => self.bold = *bold,
            Set::Face(face) => self.face.clone_from(face),
            // Sheets are read with `fill` in the place of `color`.
            Set::Color(Some(Ink::Clear)) => self.clear = true,
            Set::Color(Some(Ink::Rgb(rgb))) => (self.color, self.clear) = (Some(*rgb), false),
            Set::Color(_) => (self.color, self.clear) = (None, false),
            _ => {}
        }
    }

    /// Why a reader does not see the text, if so.
    pub fn hidden(&self) -> Option<&'static str> {
        let small = self.size * self.matrix.scale() < 2.0;
        match () {
            () if self.gone.is_some() => self.gone,
            () if self.invisible => Some("invisible"),
            () if self.clear && !self.outlined => Some("transparent"),
            () if small => Some("too small to read"),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_are_read() {
        for (list, x, y) in [
            ("translate(10)", 11.0, 1.0),
            ("translate(10,20) scale(2)", 12.0, 22.0),
            ("matrix(1 0 0 1 5 6)", 6.0, 7.0),
            ("rotate(90)", -1.0, 1.0),
            ("rotate(180 1 1)", 1.0, 1.0),
            ("nonsense(1) scale(", 1.0, 1.0),
        ] {
            let [a, b] = Matrix::parse(list).point(1.0, 1.0);
            assert!((a - x).abs() < 0.01 && (b - y).abs() < 0.01, "{list}: {a} {b}");
        }
    }
}

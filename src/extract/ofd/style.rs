//! How lines and surfaces look (GB/T 33190-2016, 8): pens, paints, changes of colour,
//! clips; from attributes to values.

use std::rc::Rc;

use super::values::{Matrix, color, number, numbers};
use crate::extract::office::xml::Element;

/// Lengths of one pattern of dashes.
const MAX_DASHES: usize = 64;

/// How a line or a surface is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub(super) enum Paint {
    /// Not told here.
    #[default]
    Unset,
    /// One colour and its opacity.
    Color([u8; 3], u8),
    /// A pattern or shading: no single colour.
    Mixed,
}

/// How lines are drawn: what is not told is as its parameters say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pen {
    /// Millimetres.
    pub width: Option<f32>,
    pub cap: Option<Ends>,
    pub join: Option<Ends>,
    pub miter: Option<f32>,
    /// Lengths of dashes and gaps, in millimetres, and where they begin.
    pub dash: Option<Rc<(Vec<f32>, f32)>>,
}

/// How lines end, and how they meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// Cut at the end; a pointed corner.
    Plain,
    Round,
    /// A square beyond the end; a corner cut off.
    Square,
}

/// A clip: all that is in one of its paths, each with the way from its space to the
/// object's, and whether the even-odd rule holds.
#[derive(Debug, Default)]
pub(super) struct Clip {
    pub paths: Vec<(Matrix, bool, Rc<str>)>,
    /// Whether the object's own matrix moves it too.
    pub moved: bool,
    /// Whether text is part of it.
    pub has_text: bool,
}

/// A change of colours along a line or between two circles (8.3.3, 8.3.4), in the
/// object's space.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shade {
    pub start: (f32, f32),
    pub end: (f32, f32),
    /// Radii at both ends, where it goes between circles.
    pub radii: Option<(f32, f32)>,
    /// Whether it goes on beyond its start and its end.
    pub extend: (bool, bool),
    /// Repeats after this length: as it is, or there and back.
    pub repeat: Option<(f32, bool)>,
    /// Positions from 0 to 1 and their colours.
    pub stops: Vec<(f32, [u8; 3], u8)>,
}

impl Pen {
    /// This, with what it does not tell from `other`.
    pub fn or(&self, other: &Self) -> Self {
        Self {
            width: self.width.or(other.width),
            cap: self.cap.or(other.cap),
            join: self.join.or(other.join),
            miter: self.miter.or(other.miter),
            dash: self.dash.clone().or_else(|| other.dash.clone()),
        }
    }
}

/// What an element says of lines.
pub(super) fn pen(element: &Element<'_>) -> Pen {
    let number_of = |name: &str| element.attr(name).and_then(|v| number(&v));
    let ends = |name: &str| match element.attr(name)?.trim() {
        "Round" => Some(Ends::Round),
        "Square" | "Bevel" => Some(Ends::Square),
        "Butt" | "Miter" => Some(Ends::Plain),
        _ => None,
    };
    let dash = element.attr("DashPattern").map(|lengths| {
        let lengths = numbers(&lengths).take(MAX_DASHES).collect();
        Rc::new((lengths, number_of("DashOffset").unwrap_or(0.0)))
    });
    Pen {
        width: number_of("LineWidth"),
        cap: ends("Cap"),
        join: ends("Join"),
        miter: number_of("MiterLimit"),
        dash,
    }
}

/// What an element says of a change of colours; `None` for what is none that is drawn.
pub(super) fn shade(element: &Element<'_>) -> Option<Shade> {
    let number_of = |name: &str| element.attr(name).and_then(|v| number(&v));
    let point = |name: &str| {
        let value = element.attr(name)?;
        let mut all = numbers(&value);
        all.next().zip(all.next())
    };
    let radii = match element.local() {
        "AxialShd" => None,
        "RadialShd" => Some((number_of("StartRadius").unwrap_or(0.0), number_of("EndRadius")?)),
        _ => return None,
    };
    let length = number_of("MapUnit").filter(|unit| *unit > 0.0);
    let kind = element.attr("MapType").unwrap_or_default();
    let extend = number_of("Extend").unwrap_or(0.0) as u8;
    Some(Shade {
        start: point("StartPoint")?,
        end: point("EndPoint")?,
        radii,
        extend: (extend & 1 != 0, extend & 2 != 0),
        repeat: length
            .filter(|_| kind != "Direct" && !kind.is_empty())
            .map(|l| (l, kind == "Reflect")),
        stops: Vec::new(),
    })
}

impl Shade {
    /// With its positions in order; those that are not told lie evenly.
    pub fn settled(mut self) -> Self {
        let last = self.stops.len().saturating_sub(1).max(1) as f32;
        for (n, stop) in self.stops.iter_mut().enumerate() {
            stop.0 = if stop.0.is_nan() { n as f32 / last } else { stop.0.clamp(0.0, 1.0) };
        }
        self.stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        self
    }
}

/// The paint a colour element gives by itself.
pub(super) fn paint(element: &Element<'_>) -> Paint {
    let alpha = element.attr("Alpha").and_then(|v| number(&v));
    let alpha = alpha.map_or(255, |a| a.clamp(0.0, 255.0) as u8);
    match element.attr("Value").and_then(|v| color(&v)) {
        Some(color) => Paint::Color(color, alpha),
        // A colour by its index in a palette, or the default of its space.
        None if element.attr("Index").is_some() => Paint::Mixed,
        None => Paint::Color([0; 3], alpha),
    }
}

//! How characters look: what a run says over what its shape, layout, master and
//! presentation say for its level (ISO/IEC 29500-1, 21.1.2.4 and 19.3.1.52).

use super::color::{Color, Map};
use crate::extract::office::theme::Theme;
use crate::extract::office::xml::Element;
use crate::model::{Align, Style};

/// Levels of a list that can look different.
pub(super) const LEVELS: usize = 9;

/// What a surface is painted with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Paint {
    /// Nothing.
    None,
    /// One colour.
    Solid(Color),
    /// A gradient, a pattern, a picture.
    Other,
}

/// Properties of a run; `None` where not given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// Hundredths of a point.
    size: Option<u32>,
    bold: Option<bool>,
    struck: Option<bool>,
    pub paint: Option<Paint>,
    /// Letters drawn as outlines, which show without a fill.
    pub outlined: Option<bool>,
    /// What stands behind these characters alone.
    pub highlight: Option<Color>,
    latin: Option<String>,
    east: Option<String>,
}

impl Look {
    /// Takes in the attributes of `rPr` or `defRPr`.
    pub fn begin(&mut self, element: &Element<'_>) {
        let on = |name: &str| element.attr(name).map(|v| v == "1" || v == "true");
        self.size = element.attr("sz").and_then(|v| v.trim().parse().ok()).or(self.size);
        self.bold = on("b").or(self.bold);
        if let Some(strike) = element.attr("strike") {
            self.struck = Some(strike != "noStrike");
        }
    }

    /// Takes in a face.
    pub fn face(&mut self, element: &Element<'_>) {
        let face = || element.attr("typeface").map(|f| f.into_owned()).filter(|f| !f.is_empty());
        match element.local() {
            "latin" => self.latin = face().or(self.latin.take()),
            "ea" => self.east = face().or(self.east.take()),
            _ => {}
        }
    }
}

/// What a list style says of one level.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Level {
    pub look: Look,
    pub align: Option<Align>,
}

/// What a list style says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Levels(Vec<Level>);

impl Levels {
    /// A level, from 0, to be filled.
    pub fn at_mut(&mut self, level: usize) -> Option<&mut Level> {
        if level >= LEVELS {
            return None;
        }
        if self.0.len() <= level {
            self.0.resize(level + 1, Level::default());
        }
        self.0.get_mut(level)
    }

    fn at(&self, level: usize) -> Option<&Level> {
        self.0.get(level)
    }
}

/// Styles that decide for a piece of text, the nearest first.
#[derive(Clone, Copy)]
pub(super) struct Chain<'a> {
    /// List styles: of the shape, its layout's, its master's, the presentation's.
    pub levels: &'a [&'a Levels],
    pub map: &'a Map,
    pub theme: &'a Theme,
}

/// A look as it comes out.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolved {
    pub style: Style,
    /// The colour of the letters, where they have one.
    pub ink: Option<[u8; 3]>,
    /// The colour right behind them, where they bring one.
    pub highlight: Option<[u8; 3]>,
    /// Letters that leave nothing to see, whatever is behind them.
    pub invisible: bool,
}

impl Chain<'_> {
    /// How a paragraph of that level stands, unless it says so itself.
    pub fn align(&self, level: usize) -> Option<Align> {
        self.levels.iter().find_map(|levels| levels.at(level)?.align)
    }

    /// What a run of a paragraph of that level looks like. `scale` is what the
    /// shape does to sizes to make its text fit.
    pub fn resolve(&self, run: &Look, level: usize, scale: f32, text: &str) -> Resolved {
        let under = self.levels.iter().filter_map(|levels| Some(&levels.at(level)?.look));
        let looks: Vec<&Look> = std::iter::once(run).chain(under).collect();
        let paint = looks.iter().find_map(|look| look.paint.as_ref());
        let (ink, seen) = match paint {
            Some(Paint::Solid(color)) => (color.resolve(self.map, self.theme), color.alpha >= 0.05),
            Some(Paint::None) => (None, false),
            Some(Paint::Other) | None => (None, true),
        };
        let outlined = looks.iter().find_map(|look| look.outlined).unwrap_or(false);
        let size = looks.iter().find_map(|look| look.size).unwrap_or(1800);
        let size = (size as f32 / 100.0 * scale).min(4000.0);
        let style = Style {
            size,
            face: self.face(&looks, text),
            color: ink,
            bold: looks.iter().find_map(|look| look.bold).unwrap_or(false),
            struck: looks.iter().find_map(|look| look.struck).unwrap_or(false),
            ..Style::default()
        };
        let highlight = run.highlight.as_ref().and_then(|c| c.resolve(self.map, self.theme));
        Resolved { style, ink, highlight, invisible: !seen && !outlined || size < 2.0 }
    }

    /// The face that shows: the East Asian one where the text is.
    fn face(&self, looks: &[&Look], text: &str) -> String {
        let east = text.chars().any(|c| matches!(c, '\u{2E80}'.. | '\u{2460}'..='\u{27BF}'));
        let find = |script: usize| {
            let name = looks.iter().find_map(|look| match script {
                0 => look.latin.as_deref(),
                _ => look.east.as_deref(),
            })?;
            // `+mj-ea` is the theme's heading face for East Asian text.
            let Some(themed) = name.strip_prefix('+') else { return Some(name) };
            self.theme.face(usize::from(!themed.starts_with("mj")), script)
        };
        let faces = if east { [find(1), find(0)] } else { [find(0), find(1)] };
        faces.into_iter().flatten().next().unwrap_or_default().to_owned()
    }
}

/// How a paragraph stands, by the word for it (20.1.10.59).
pub(super) fn align(word: &str) -> Option<Align> {
    Some(match word {
        "l" | "just" | "justLow" | "dist" | "thaiDist" => Align::Left,
        "ctr" => Align::Center,
        "r" => Align::Right,
        _ => return None,
    })
}

//! A slide, layout, master or notes page as it is read: its shapes with their
//! text, in the order they are painted, before anything is inherited.

use super::color::{Color, Map};
use super::geometry::Frame;
use super::looks::{Levels, Look, Paint};
use crate::model::Align;

/// One page as its part has it.
#[derive(Debug)]
pub(super) struct Page {
    /// Its name, which few people give.
    pub name: String,
    /// Whether it is shown when the slides are.
    pub shown: bool,
    /// Whether what stands on its master shows on it.
    pub shows_master: bool,
    /// What it is painted with; `None` where its master says.
    pub background: Option<Paint>,
    pub map: Option<Map>,
    /// Whether things move on it while it is shown.
    pub moves: bool,
    pub shapes: Vec<Shape>,
    /// Of a master: how titles, bodies and other text look.
    pub title: Levels,
    pub body: Levels,
    pub other: Levels,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            name: String::new(),
            shown: true,
            shows_master: true,
            background: None,
            map: None,
            moves: false,
            shapes: Vec::new(),
            title: Levels::default(),
            body: Levels::default(),
            other: Levels::default(),
        }
    }
}

impl Page {
    /// The placeholder that one below this page takes its looks from: of a
    /// layout by number, of a master by kind.
    pub fn placeholder(&self, of: &Placeholder, by_number: bool) -> Option<&Shape> {
        let all = || self.shapes.iter().filter_map(|s| Some((s.placeholder.as_ref()?, s)));
        let numbered = all().find(|(known, _)| by_number && known.number == of.number);
        let same_kind = || all().find(|(known, _)| known.kind == of.kind);
        let alike = || all().find(|(known, _)| known.kind.family() == of.kind.family());
        numbered.or_else(same_kind).or_else(alike).map(|(_, shape)| shape)
    }
}

/// What a placeholder is for (ISO/IEC 29500-1, 19.7.10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    Title,
    Subtitle,
    Header,
    Footer,
    Date,
    Number,
    /// The picture of the slide on its notes page.
    Slide,
    /// Text or anything else.
    #[default]
    Body,
}

impl Kind {
    /// By the word for it.
    pub fn of(word: &str) -> Self {
        match word {
            "title" | "ctrTitle" => Self::Title,
            "subTitle" => Self::Subtitle,
            "hdr" => Self::Header,
            "ftr" => Self::Footer,
            "dt" => Self::Date,
            "sldNum" => Self::Number,
            "sldImg" => Self::Slide,
            _ => Self::Body,
        }
    }

    /// What stands in for a kind a master does not have.
    fn family(self) -> Self {
        if self == Self::Subtitle { Self::Body } else { self }
    }
}

/// A place that a layout keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Placeholder {
    pub kind: Kind,
    pub number: u32,
}

/// A shape, picture, table or frame.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub placeholder: Option<Placeholder>,
    /// Where it stands; `None` where its placeholder says.
    pub frame: Option<Frame>,
    pub hidden: bool,
    /// Whether its name says it is a watermark.
    pub watermark: bool,
    /// Alternative texts and hints.
    pub alts: Vec<String>,
    /// What it is painted with, where it says.
    pub fill: Option<Paint>,
    /// Whether a style of the theme paints it where it does not say.
    pub styled: bool,
    /// Whether it fills its box to the corners.
    pub boxy: bool,
    /// Whether it is a picture, or painted with one.
    pub picture: bool,
    pub levels: Levels,
    pub bodies: Vec<Body>,
    /// Ids of relationships to what it shows from other parts.
    pub links: Vec<String>,
}

impl Shape {
    /// The box that it covers for sure: nothing behind it is seen.
    pub fn cover(&self) -> Option<Frame> {
        let opaque = matches!(&self.fill, Some(Paint::Solid(color)) if color.alpha > 0.99);
        let upright = |frame: &Frame| frame.is_upright();
        self.frame.filter(upright).filter(|_| opaque && self.boxy && !self.hidden)
    }

    /// Whether it covers what is behind it, as far as can be told.
    pub fn may_cover(&self) -> bool {
        let painted = !matches!(self.fill, None | Some(Paint::None));
        self.picture
            || painted
            || self.fill.is_none() && self.styled
            || !self.links.is_empty()
            || self.bodies.iter().any(|body| !body.label.is_empty())
    }
}

/// The text of a shape or cell.
#[derive(Debug)]
pub(super) struct Body {
    /// Of a cell: which.
    pub label: String,
    /// Whether another cell is spread over it.
    pub covered: bool,
    /// What a cell is painted with.
    pub fill: Option<Color>,
    /// What is done to sizes to make the text fit.
    pub scale: f32,
    pub paras: Vec<Para>,
}

impl Default for Body {
    fn default() -> Self {
        Self { label: String::new(), covered: false, fill: None, scale: 1.0, paras: Vec::new() }
    }
}

/// A paragraph.
#[derive(Debug, Default)]
pub(super) struct Para {
    pub level: usize,
    pub align: Option<Align>,
    pub runs: Vec<Run>,
}

/// Characters of one look; a line end stands for a break.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub text: String,
    pub look: Look,
}

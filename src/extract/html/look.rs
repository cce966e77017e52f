//! How the text inside an element looks: what its own style says over what it
//! has from the element around it.

use super::css::color::Ink;
use super::css::declared::align_attribute;
use super::css::{Display, Length, Position, Set, White, ink_of_attribute};
use super::elements;
use super::tokens::Tag;
use crate::model::{Align, Region, Style};

/// Letters of the page where nothing says otherwise, in pixels.
const PAGE_SIZE: f32 = 16.0;

/// Letters smaller than this nobody reads, in pixels.
const SMALLEST: f32 = 2.0;

/// Farther from its place than this is off the screen, in pixels.
const AWAY: f32 = 500.0;

/// Thinner than this is not seen.
const THIN: f32 = 0.06;

/// A watermark lets the text through it be read.
const FAINT: f32 = 0.7;

/// The look of the text directly inside an element.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub display: Display,
    /// Why nothing inside is seen, whatever it says itself.
    pub gone: Option<&'static str>,
    /// Hidden, but what is inside may say otherwise.
    invisible: bool,
    color: Option<Ink>,
    /// `None` where a parent's colour shows through.
    ground: Ink,
    /// Pixels.
    size: f32,
    /// Whether anything told the size.
    sized: bool,
    bold: bool,
    /// Index of the face in the page's list, 0 for none.
    pub face: u16,
    struck: bool,
    deleted: bool,
    pub align: Option<Align>,
    pub white: White,
    pub region: Option<Region>,
    /// Whether letters stand in reverse whatever they are.
    pub reversed: bool,
    /// A reading that stands over the line.
    pub ruby: bool,
    pub page_before: bool,
    pub page_after: bool,
    /// How far the first line is moved in.
    indent: f32,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            display: Display::Block,
            gone: None,
            invisible: false,
            color: None,
            ground: Ink::Rgb([255; 3]),
            size: PAGE_SIZE,
            sized: false,
            bold: false,
            face: 0,
            struck: false,
            deleted: false,
            align: None,
            white: White::Normal,
            region: None,
            reversed: false,
            ruby: false,
            page_before: false,
            page_after: false,
            indent: 0.0,
        }
    }
}

/// What styles say of the box, which is not handed on inside.
#[derive(Default)]
struct Boxed {
    width: Option<Length>,
    height: Option<Length>,
    away: f32,
    margin: f32,
    position: Position,
    cut: bool,
    opacity: Option<f32>,
    clipped: bool,
    scaled: bool,
    turned: bool,
    untouchable: bool,
    right_to_left: bool,
    bidi: bool,
    color: Option<Option<Ink>>,
}

impl Look {
    /// The look inside `tag`, which stands in what looks like this; `sets` are what
    /// styles say of it, weakest first. Faces are numbered by `face`.
    pub fn inside(
        &self,
        tag: &Tag,
        sets: &[&(Set, bool)],
        inline: &[(Set, bool)],
        mut face: impl FnMut(&str) -> u16,
    ) -> Self {
        let mut look = Self {
            display: elements::display(&tag.name),
            page_before: false,
            page_after: false,
            ..self.clone()
        };
        let mut boxed = Boxed::default();
        look.element(tag);
        let mut attributes = Vec::new();
        presentational(tag, &mut attributes);
        let plain = attributes.iter().chain(sets.iter().copied()).chain(inline);
        let important = sets.iter().copied().chain(inline).filter(|(_, important)| *important);
        for (set, _) in plain.filter(|(_, important)| !important).chain(important) {
            look.apply(set, self, &mut boxed, &mut face);
        }
        look.settle(self, &boxed);
        look
    }

    /// What the element itself means.
    fn element(&mut self, tag: &Tag) {
        let name = tag.name.as_str();
        if let Some(scale) = elements::scale(name) {
            self.size *= scale;
            self.sized = true;
        }
        match name {
            "b" | "strong" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "th" => self.bold = true,
            "s" | "strike" => self.struck = true,
            "del" => {
                self.struck = true;
                // Editors say who took it out and when; authors of pages do not.
                self.deleted |= tag.has("datetime") || tag.has("cite");
            }
            "pre" | "listing" | "xmp" | "plaintext" | "textarea" => self.white = White::Pre,
            "rt" => self.ruby = true,
            "center" => self.align = Some(Align::Center),
            "table" => (self.white, self.indent) = (White::Normal, 0.0),
            _ => {}
        }
        if matches!(name, "th" | "caption") {
            self.align = Some(Align::Center);
        }
    }

    fn apply(
        &mut self,
        set: &Set,
        around: &Self,
        boxed: &mut Boxed,
        face: &mut impl FnMut(&str) -> u16,
    ) {
        match set {
            Set::Display(display) => self.display = *display,
            Set::Invisible(hidden) => self.invisible = hidden.unwrap_or(around.invisible),
            Set::Color(color) => boxed.color = Some(*color),
            Set::Ground(Ink::Clear) => self.ground = around.ground,
            Set::Ground(ink) => self.ground = *ink,
            Set::Size(length) => {
                self.size = length.px(around.size, around.size).clamp(0.0, 10_000.0);
                self.sized = true;
            }
            Set::Bold(bold) => self.bold = *bold,
            Set::Face(name) => self.face = face(name),
            Set::Struck(struck) => self.struck = *struck || around.struck,
            Set::Align(align) => self.align = Some(*align),
            Set::White(white) => self.white = *white,
            Set::Opacity(opacity) => boxed.opacity = Some(*opacity),
            Set::Indent(length) => self.indent = length.px(self.size, 1000.0),
            Set::Margin(length) => boxed.margin = length.px(self.size, 1000.0).min(boxed.margin),
            Set::Position(position) => boxed.position = *position,
            Set::Away(length) => {
                let away = length.px(self.size, 1000.0);
                if away.abs() > boxed.away.abs() {
                    boxed.away = away;
                }
            }
            Set::Width(length) => boxed.width = Some(*length),
            Set::Height(length) => boxed.height = Some(*length),
            Set::Cut(cut) => boxed.cut = *cut,
            Set::ClippedAway(clipped) => boxed.clipped = *clipped,
            Set::ScaledAway(scaled) => boxed.scaled = *scaled,
            Set::Turned(turned) => boxed.turned = *turned,
            Set::Untouchable(untouchable) => boxed.untouchable = *untouchable,
            Set::Override(bidi) => boxed.bidi = *bidi,
            Set::RightToLeft(right_to_left) => boxed.right_to_left = *right_to_left,
            Set::PageBefore(breaks) => self.page_before = *breaks,
            Set::PageAfter(breaks) => self.page_after = *breaks,
            Set::Region(region) => self.region = Some(*region),
        }
    }

    /// What follows from all of it together.
    fn settle(&mut self, around: &Self, boxed: &Boxed) {
        match boxed.color {
            Some(Some(ink)) => self.color = Some(ink),
            Some(None) => self.color = around.color,
            None => {}
        }
        self.reversed = boxed.bidi && boxed.right_to_left;
        if around.gone.is_some() {
            return;
        }
        let is_thin = |length: Option<Length>| {
            length.is_some_and(|l| {
                !matches!(l, Length::Percent(p) if p > 0.0) && l.px(self.size, 0.0) <= 1.0
            })
        };
        let placed = matches!(boxed.position, Position::Absolute | Position::Fixed);
        let is_away =
            boxed.position != Position::Flow && (boxed.away < -AWAY || boxed.away > 10.0 * AWAY);
        self.gone = if self.display == Display::None {
            Some("not displayed")
        } else if boxed.opacity.is_some_and(|opacity| opacity < THIN) {
            Some("transparent")
        } else if is_away || boxed.margin < -AWAY || self.indent < -AWAY {
            Some("off the screen")
        } else if boxed.scaled
            || boxed.clipped && placed
            || boxed.cut
                && self.display != Display::Inline
                && (is_thin(boxed.height) || is_thin(boxed.width))
            || boxed.cut && placed && (is_thin(boxed.height) || is_thin(boxed.width))
        {
            Some("cut away")
        } else {
            None
        };
        let faint = boxed.opacity.is_some_and(|opacity| opacity < FAINT);
        if self.gone.is_none() && placed && (boxed.untouchable || boxed.turned || faint) {
            self.region.get_or_insert(Region::Watermark);
        }
    }

    /// Why the text is not seen, if it is not.
    pub fn hidden(&self) -> Option<&'static str> {
        if self.gone.is_some() {
            return self.gone;
        }
        if self.invisible {
            return Some("invisible");
        }
        if self.size < SMALLEST {
            return Some("too small to read");
        }
        match (self.color, self.ground) {
            (Some(Ink::Clear), _) => Some("transparent"),
            (Some(Ink::Rgb(ink)), Ink::Rgb(ground))
                if ink.iter().zip(ground).all(|(a, b)| a.abs_diff(b) < 16) =>
            {
                Some("in the colour of the page")
            }
            _ => None,
        }
    }

    /// The same as characters have it; `faces` are the page's.
    pub fn style(&self, faces: &[String]) -> Style {
        Style {
            size: if self.sized { self.size * 0.75 } else { 0.0 },
            face: faces.get(usize::from(self.face)).cloned().unwrap_or_default(),
            color: match self.color {
                Some(Ink::Rgb(rgb)) => Some(rgb),
                _ => None,
            },
            bold: self.bold,
            struck: self.struck,
            hidden: self.hidden().is_some(),
            deleted: self.deleted,
        }
    }
}

/// What attributes say that styles overrule (HTML, 15.3).
fn presentational(tag: &Tag, sets: &mut Vec<(Set, bool)>) {
    let mut put = |set| sets.push((set, false));
    for (name, value) in &tag.attributes {
        match (name.as_str(), tag.name.as_str()) {
            ("hidden", _) => put(Set::Display(Display::None)),
            ("bgcolor", _) => {
                if let Some(ink) = ink_of_attribute(value) {
                    put(Set::Ground(ink));
                }
            }
            ("background", "body" | "table" | "tr" | "td" | "th") if !value.trim().is_empty() => {
                put(Set::Ground(Ink::Unknown));
            }
            ("text", "body") | ("color", "font") => {
                if let Some(ink) = ink_of_attribute(value) {
                    put(Set::Color(Some(ink)));
                }
            }
            ("size", "font" | "basefont") => {
                if let Some(size) = elements::font_size(value) {
                    put(Set::Size(Length::Px(size)));
                }
            }
            ("face", "font") => {
                let first = value.split(',').next().unwrap_or_default();
                put(Set::Face(first.trim().chars().take(100).collect()));
            }
            (
                "align",
                "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "td" | "th" | "tr"
                | "tbody" | "thead" | "caption",
            ) => {
                if let Some(align) = align_attribute(value) {
                    put(Set::Align(align));
                }
            }
            ("dir", element) => {
                put(Set::RightToLeft(value.trim().eq_ignore_ascii_case("rtl")));
                if element == "bdo" {
                    put(Set::Override(true));
                }
            }
            ("title", "div") if value == "header" => put(Set::Region(Region::Header)),
            ("title", "div") if value == "footer" => put(Set::Region(Region::Footer)),
            ("id", "div") if value.starts_with("sdfootnote") || value.starts_with("sdendnote") => {
                put(Set::Region(Region::Note));
            }
            // Drawings say with attributes what pages say with styles.
            ("display", _) if value.trim() == "none" => put(Set::Display(Display::None)),
            ("visibility", _) if value.trim() == "hidden" => put(Set::Invisible(Some(true))),
            ("opacity" | "fill-opacity", _) => {
                if let Ok(opacity) = value.trim().parse::<f32>() {
                    put(Set::Opacity(opacity));
                }
            }
            ("fill", _) => {
                if let Some(ink) = ink_of_attribute(value) {
                    put(Set::Color(Some(ink)));
                }
            }
            _ => {}
        }
    }
    if tag.name == "dialog" && !tag.has("open") {
        put(Set::Display(Display::None));
    }
}

//! Declarations: what a style says of an element, of all there is to say kept
//! that decides whether and how its text is seen.

use super::color::{Ink, ink};
use super::split::{position, split, unescaped, without_comments};
use super::values::{Length, size};
use crate::model::{Align, Region};

/// What kind of box an element makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(in crate::extract) enum Display {
    /// In the line.
    #[default]
    Inline,
    /// Lines of its own.
    Block,
    /// A table, its rows and cells.
    Table,
    Row,
    Cell,
    /// No box at all: not seen.
    None,
}

/// Which white space counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(in crate::extract) enum White {
    /// Any run of it is one space.
    #[default]
    Normal,
    /// All of it.
    Pre,
    /// Line ends alone.
    Line,
}

/// Where the box of an element goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(in crate::extract) enum Position {
    /// Where it stands in the text.
    #[default]
    Flow,
    /// Beside that by an offset.
    Relative,
    /// To a place on the page.
    Absolute,
    /// To a place on the window.
    Fixed,
}

/// One thing a style says.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::extract) enum Set {
    Display(Display),
    /// `None`: as around it.
    Invisible(Option<bool>),
    /// `None`: as around it.
    Color(Option<Ink>),
    /// Colour behind the text.
    Ground(Ink),
    Size(Length),
    Bold(bool),
    Face(String),
    Struck(bool),
    Align(Align),
    White(White),
    /// From 0 to 1.
    Opacity(f32),
    Indent(Length),
    Margin(Length),
    Position(Position),
    /// Offset from one side.
    Away(Length),
    Width(Length),
    Height(Length),
    /// Whether what does not fit is cut off.
    Cut(bool),
    /// Cut down to nothing.
    ClippedAway(bool),
    ScaledAway(bool),
    Turned(bool),
    /// Whether clicks go through it.
    Untouchable(bool),
    /// Letters put in the order of the direction, whatever they are.
    Override(bool),
    RightToLeft(bool),
    PageBefore(bool),
    PageAfter(bool),
    /// A place that Word gives its pieces when it saves as a page.
    Region(Region),
}

/// What `text` declares, in order, and whether each is `!important`.
pub(in crate::extract) fn declarations(text: &str) -> Vec<(Set, bool)> {
    let text = without_comments(text);
    let mut sets = Vec::new();
    for declaration in split(&text, ';') {
        let Some(colon) = position(declaration, &[':']) else { continue };
        let (name, value) = declaration.split_at(colon);
        let name = unescaped(name.trim()).to_ascii_lowercase();
        let value = unescaped(value.get(1..).unwrap_or_default().trim());
        let lower = value.to_ascii_lowercase();
        let (value, important) = match lower.rfind('!') {
            Some(at) if lower.get(at + 1..).is_some_and(|w| w.trim() == "important") => {
                (value.get(..at).unwrap_or_default().trim_end(), true)
            }
            _ => (value.as_str(), false),
        };
        declare(&name, value, &mut |set| sets.push((set, important)));
    }
    sets
}

fn declare(name: &str, value: &str, put: &mut dyn FnMut(Set)) {
    let word = value.trim().to_ascii_lowercase();
    let word = word.as_str();
    let put_length = |make: fn(Length) -> Set, put: &mut dyn FnMut(Set)| {
        if let Some(length) = Length::parse(word) {
            put(make(length));
        }
    };
    match name {
        "display" => put(Set::Display(display(word))),
        "visibility" => put(Set::Invisible(match word {
            "hidden" | "collapse" => Some(true),
            "visible" | "initial" => Some(false),
            _ => None,
        })),
        "content-visibility" if word == "hidden" => put(Set::Display(Display::None)),
        "color" => put(Set::Color(match word {
            "inherit" | "unset" | "revert" => None,
            "initial" => Some(Ink::Rgb([0; 3])),
            _ => Some(ink(word).unwrap_or(Ink::Unknown)),
        })),
        "-webkit-text-fill-color" => {
            if let Some(ink) = ink(word) {
                put(Set::Color(Some(ink)));
            }
        }
        "background" | "background-color" | "background-image" => {
            if let Some(ground) = ground(word) {
                put(Set::Ground(ground));
            }
        }
        "font-size" => {
            if let Some(length) = size(word) {
                put(Set::Size(length));
            }
        }
        "font-weight" => {
            if let Some(bold) = bold(word) {
                put(Set::Bold(bold));
            }
        }
        "font-family" => put(Set::Face(face(value))),
        "font" => font(value, put),
        "text-decoration" | "text-decoration-line" => {
            put(Set::Struck(word.split_ascii_whitespace().any(|w| w == "line-through")));
        }
        "text-align" => {
            if let Some(align) = align(word) {
                put(Set::Align(align));
            }
        }
        "white-space" => put(Set::White(match word {
            "pre" | "pre-wrap" | "break-spaces" => White::Pre,
            "pre-line" => White::Line,
            _ => White::Normal,
        })),
        "opacity" | "filter" | "-moz-opacity" => {
            if let Some(opacity) = opacity(word) {
                put(Set::Opacity(opacity));
            }
        }
        "text-indent" => put_length(Set::Indent, put),
        "position" => put(Set::Position(match word {
            "absolute" => Position::Absolute,
            "fixed" => Position::Fixed,
            "relative" | "sticky" => Position::Relative,
            _ => Position::Flow,
        })),
        "left" | "top" | "right" | "bottom" => put_length(Set::Away, put),
        "margin-left" | "margin-top" => put_length(Set::Margin, put),
        "width" | "max-width" => put_length(Set::Width, put),
        "height" | "max-height" => put_length(Set::Height, put),
        "overflow" | "overflow-x" | "overflow-y" => {
            put(Set::Cut(word.split_ascii_whitespace().any(|w| matches!(w, "hidden" | "clip"))));
        }
        "clip" => put(Set::ClippedAway(clips_all(word))),
        "clip-path" | "-webkit-clip-path" => put(Set::ClippedAway(path_clips_all(word))),
        "transform" | "-webkit-transform" => {
            put(Set::ScaledAway(scales_away(word)));
            put(Set::Turned(word.contains("rotate") || word.contains("matrix")));
        }
        "scale" => put(Set::ScaledAway(word.split_ascii_whitespace().any(is_zero))),
        "rotate" => put(Set::Turned(true)),
        "pointer-events" => put(Set::Untouchable(word == "none")),
        "unicode-bidi" => put(Set::Override(word.contains("override"))),
        "direction" => put(Set::RightToLeft(word == "rtl")),
        "page-break-before" | "break-before" => put(Set::PageBefore(breaks(word))),
        "page-break-after" | "break-after" => put(Set::PageAfter(breaks(word))),
        "mso-element" => {
            if let Some(region) = mso_region(word) {
                put(Set::Region(region));
            }
        }
        _ => {}
    }
}

fn display(word: &str) -> Display {
    match word {
        "none" => Display::None,
        "table" | "inline-table" => Display::Table,
        "table-row" => Display::Row,
        "table-cell" => Display::Cell,
        "inline" | "inline-block" | "contents" | "inline-flex" | "inline-grid" | "ruby"
        | "initial" | "inherit" | "unset" => Display::Inline,
        _ => Display::Block,
    }
}

/// What a background paints: a colour, or something that is not told.
fn ground(word: &str) -> Option<Ink> {
    if word.contains("url(") || word.contains("gradient(") || word.contains("image-set(") {
        return Some(Ink::Unknown);
    }
    match word {
        "none" | "initial" | "unset" | "inherit" => return Some(Ink::Clear),
        _ => {}
    }
    split(word, ' ').find_map(ink)
}

fn bold(word: &str) -> Option<bool> {
    match word {
        "bold" | "bolder" => Some(true),
        "normal" | "lighter" => Some(false),
        number => number.parse::<f32>().ok().map(|weight| weight >= 600.0),
    }
}

/// The first face of a list.
fn face(value: &str) -> String {
    let first = split(value, ',').next().unwrap_or_default();
    first.trim().trim_matches(['"', '\'']).chars().take(100).collect()
}

/// `bold 16pt/1.5 "Face", …`: everything before the size is style, behind it the face.
fn font(value: &str, put: &mut dyn FnMut(Set)) {
    let mut heavy = false;
    let mut rest = value.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind.trim_start();
        let lower = word.to_ascii_lowercase();
        let size_word = lower.split('/').next().unwrap_or_default();
        if let Some(length) = size(size_word) {
            put(Set::Size(length));
            put(Set::Bold(heavy));
            // The height of a line may stand apart: `16pt / 1.5 Face`.
            let rest = rest.strip_prefix('/').map_or(rest, |behind| {
                let behind = behind.trim_start();
                let end = behind.find(|c: char| c.is_ascii_whitespace());
                end.map_or("", |end| behind.split_at(end).1)
            });
            if !rest.trim().is_empty() {
                put(Set::Face(face(rest)));
            }
            return;
        }
        heavy |= bold(&lower) == Some(true);
    }
}

fn align(word: &str) -> Option<Align> {
    let word = word.trim_start_matches("-webkit-").trim_start_matches("-moz-");
    match word {
        "left" | "start" | "justify" | "justify-all" => Some(Align::Left),
        "center" => Some(Align::Center),
        "right" | "end" => Some(Align::Right),
        _ => None,
    }
}

/// `align` of HTML.
pub(in crate::extract) fn align_attribute(value: &str) -> Option<Align> {
    match value.trim().to_ascii_lowercase().as_str() {
        "middle" => Some(Align::Center),
        word => align(word),
    }
}

fn opacity(word: &str) -> Option<f32> {
    let number = match word.split_once("opacity(") {
        Some((_, inside)) => inside.split(')').next()?,
        None => word,
    };
    // `alpha(opacity=0)`, as Internet Explorer had it, counts in hundredths.
    let (number, whole) = match number.split_once("opacity=") {
        Some((_, percent)) => (percent.split(')').next()?, 100.0),
        None => (number, 1.0),
    };
    let value = match number.trim().strip_suffix('%') {
        Some(percent) => percent.parse::<f32>().ok()? / 100.0,
        None => number.trim().parse::<f32>().ok()? / whole,
    };
    Some(value.clamp(0.0, 1.0))
}

fn is_zero(word: &str) -> bool {
    word.trim().parse::<f32>().is_ok_and(|n| n.abs() < 0.02)
}

/// `rect(top, right, bottom, left)` without any room.
fn clips_all(word: &str) -> bool {
    let Some(inside) = word.strip_prefix("rect(") else { return false };
    let edges: Vec<f32> = inside
        .trim_end_matches(')')
        .split(|c: char| c == ',' || c.is_ascii_whitespace())
        .filter(|part| !part.is_empty())
        .filter_map(|part| Length::parse(part).map(|l| l.px(16.0, 0.0)))
        .collect();
    match edges[..] {
        [top, right, bottom, left] => bottom - top <= 1.0 || right - left <= 1.0,
        _ => false,
    }
}

fn path_clips_all(word: &str) -> bool {
    if let Some(inside) = word.strip_prefix("inset(") {
        let first = inside.trim_end_matches(')').split_ascii_whitespace().next();
        return first
            .and_then(Length::parse)
            .is_some_and(|l| matches!(l, Length::Percent(p) if p >= 50.0));
    }
    word.starts_with("circle(0") && !word.starts_with("circle(0.")
        || word == "polygon(0 0, 0 0, 0 0, 0 0)"
        || word == "polygon(0px 0px, 0px 0px, 0px 0px, 0px 0px)"
}

fn scales_away(word: &str) -> bool {
    ["scale(", "scalex(", "scaley(", "scale3d("].iter().any(|function| {
        word.split_once(function).is_some_and(|(_, inside)| {
            inside.split(')').next().unwrap_or_default().split(',').any(is_zero)
        })
    })
}

fn breaks(word: &str) -> bool {
    matches!(word, "always" | "page" | "left" | "right" | "recto" | "verso")
}

fn mso_region(word: &str) -> Option<Region> {
    Some(match word {
        "header" => Region::Header,
        "footer" => Region::Footer,
        "comment" | "comment-list" => Region::Comment,
        "footnote" | "footnote-list" | "endnote" | "endnote-list" => Region::Note,
        "frame" => Region::TextBox,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(text: &str) -> Vec<Set> {
        declarations(text).into_iter().map(|(set, _)| set).collect()
    }

    #[test]
    fn hiding_is_seen_however_it_is_written() {
        for text in [
            "display:none",
            " DISPLAY : None !important;",
            "dis/* */play:none",
            r"d\69splay:none",
            "color:red;;display:none",
        ] {
            assert!(sets(text).contains(&Set::Display(Display::None)), "{text}");
        }
        assert!(!sets("background:url('display:none')").contains(&Set::Display(Display::None)));
        assert_eq!(declarations("display:none ! important"), [(Set::Display(Display::None), true)]);
        assert_eq!(sets("opacity:0%"), [Set::Opacity(0.0)]);
        assert_eq!(sets("filter:alpha(opacity=0)"), [Set::Opacity(0.0)]);
        assert_eq!(sets("filter:opacity(50%)"), [Set::Opacity(0.5)]);
        assert_eq!(sets("clip:rect(0 0 0 0)"), [Set::ClippedAway(true)]);
        assert_eq!(sets("clip:rect(1px,1px,1px,1px)"), [Set::ClippedAway(true)]);
        assert_eq!(sets("clip:rect(auto,auto,auto,auto)"), [Set::ClippedAway(false)]);
        assert_eq!(sets("clip-path:inset(50%)"), [Set::ClippedAway(true)]);
        assert_eq!(sets("transform:scale(0)")[0], Set::ScaledAway(true));
        assert_eq!(sets("transform:scale(1,.5)")[0], Set::ScaledAway(false));
    }

    #[test]
    fn the_short_form_of_a_font_is_taken_apart() {
        let face = |name: &str| Set::Face(name.into());
        assert_eq!(
            sets("font:bold 16pt/1.5 'Sim Hei', serif"),
            [Set::Size(Length::Px(16.0 / 0.75)), Set::Bold(true), face("Sim Hei")]
        );
        assert_eq!(
            sets("font: italic 12px 宋体"),
            [Set::Size(Length::Px(12.0)), Set::Bold(false), face("宋体")]
        );
        assert_eq!(
            sets("font:700 1em / 2 x"),
            [Set::Size(Length::Em(1.0)), Set::Bold(true), face("x")]
        );
        assert_eq!(sets("font:inherit"), []);
    }

    #[test]
    fn backgrounds_are_colours_or_unknown() {
        let white = Ink::Rgb([255; 3]);
        for (value, want) in [
            ("#fff", Some(white)),
            ("no-repeat white", Some(white)),
            ("white url(a.png)", Some(Ink::Unknown)),
            ("linear-gradient(red, blue)", Some(Ink::Unknown)),
            ("none", Some(Ink::Clear)),
            ("no-repeat", None),
        ] {
            let want: Vec<_> = want.into_iter().map(Set::Ground).collect();
            assert_eq!(sets(&format!("background:{value}")), want, "{value}");
        }
    }

    #[test]
    fn other_properties_are_read() {
        for (text, want) in [
            ("text-align:-webkit-center", Set::Align(Align::Center)),
            ("text-decoration:underline line-through red", Set::Struck(true)),
            ("visibility:hidden", Set::Invisible(Some(true))),
            ("font-weight:600", Set::Bold(true)),
            ("mso-element:footer", Set::Region(Region::Footer)),
            ("page-break-before:always", Set::PageBefore(true)),
            ("text-indent:-9999px", Set::Indent(Length::Px(-9999.0))),
            ("color:inherit", Set::Color(None)),
        ] {
            assert_eq!(sets(text), [want], "{text}");
        }
    }
}

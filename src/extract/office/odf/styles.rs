//! Styles: how paragraphs, characters, cells and shapes look, through the
//! automatic, common and default styles they are made of (ODF 1.3 part 3, 16).

use std::collections::HashMap;

use crate::extract::office::xml::{Element, Ns, Xml, XmlReader};
use crate::model::{Align, Style};

/// Styles that build on others.
const MAX_PARENTS: usize = 32;

/// Longer names are no faces.
const MAX_FACE: usize = 200;

/// Colours that differ by less in every channel cannot be told apart.
const CONTRAST: u8 = 24;

/// What a style says; what it does not say comes from its parent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Look {
    size: Option<Size>,
    size_asian: Option<Size>,
    face: Option<String>,
    face_asian: Option<String>,
    pub color: Option<[u8; 3]>,
    /// Colour behind: `Some(None)` where it is said to be transparent.
    pub ground: Option<Option<[u8; 3]>>,
    bold: Option<bool>,
    bold_asian: Option<bool>,
    struck: Option<bool>,
    hidden: Option<bool>,
    pub align: Option<Align>,
    pub page_before: Option<bool>,
    pub page_after: Option<bool>,
    /// Whether a table, slide, header or footer is shown.
    pub shown: Option<bool>,
    /// Master page a paragraph or table begins.
    pub master: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Size {
    Points(f32),
    Share(f32),
}

impl Size {
    fn parse(value: &str) -> Option<Self> {
        match value.trim().strip_suffix('%') {
            Some(share) => share.parse().ok().map(|share: f32| Self::Share(share / 100.0)),
            None => points(value).map(Self::Points),
        }
    }

    fn over(own: Option<Self>, under: Option<Self>) -> Option<Self> {
        match (own, under) {
            (Some(Self::Share(a)), Some(Self::Points(b))) => Some(Self::Points(a * b)),
            (Some(Self::Share(a)), Some(Self::Share(b))) => Some(Self::Share(a * b)),
            (own, under) => own.or(under),
        }
    }

    fn value(size: Option<Self>) -> f32 {
        match size {
            Some(Self::Points(points)) => points,
            _ => 0.0,
        }
    }
}

/// A length in points.
fn points(value: &str) -> Option<f32> {
    let value = value.trim();
    let at = value.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(value.len());
    let number: f32 = value.get(..at)?.trim().parse().ok()?;
    let factor = match value.get(at..)? {
        "pt" | "" => 1.0,
        "cm" => 72.0 / 2.54,
        "mm" => 72.0 / 25.4,
        "in" | "inch" => 72.0,
        "pc" => 12.0,
        "px" => 0.75,
        _ => return None,
    };
    Some(number * factor).filter(|points| points.is_finite() && points.abs() < 1e6)
}

fn color(value: &str) -> Option<[u8; 3]> {
    let hex = value.trim().strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii())?;
    let channel = |at: usize| hex.get(at..at + 2).and_then(|v| u8::from_str_radix(v, 16).ok());
    Some([channel(0)?, channel(2)?, channel(4)?])
}

impl Look {
    /// This look over another.
    pub fn over(&self, under: &Self) -> Self {
        let name = |own: &Option<String>, under: &Option<String>| own.clone().or(under.clone());
        Self {
            size: Size::over(self.size, under.size),
            size_asian: Size::over(self.size_asian, under.size_asian),
            face: name(&self.face, &under.face),
            face_asian: name(&self.face_asian, &under.face_asian),
            color: self.color.or(under.color),
            ground: match self.ground {
                Some(None) | None => under.ground.or(self.ground),
                own => own,
            },
            bold: self.bold.or(under.bold),
            bold_asian: self.bold_asian.or(under.bold_asian),
            struck: self.struck.or(under.struck),
            hidden: self.hidden.or(under.hidden),
            align: self.align.or(under.align),
            page_before: self.page_before.or(under.page_before),
            page_after: self.page_after.or(under.page_after),
            shown: self.shown.or(under.shown),
            master: name(&self.master, &under.master),
        }
    }

    /// A look that hides what has it.
    pub fn hiding() -> Self {
        Self { hidden: Some(true), ..Self::default() }
    }

    pub fn is_hidden(&self) -> bool {
        self.hidden == Some(true)
    }

    /// Whether the ink is the colour of what is behind it; `paper` is what is
    /// there where no style says, `None` where that is not known.
    pub fn is_unseen(&self, paper: Option<[u8; 3]>) -> bool {
        let ground = self.ground.flatten().or(paper);
        let (Some(ink), Some(ground)) = (self.color, ground) else { return false };
        ink.iter().zip(ground).all(|(a, b)| a.abs_diff(b) < CONTRAST)
    }

    /// As the characters of `text` have it: Chinese has faces and sizes of its own.
    pub fn style(&self, text: &str, hidden: bool, deleted: bool) -> Style {
        let asian = text.chars().any(|c| ('\u{2E80}'..='\u{FFEF}').contains(&c));
        let (size, face, bold) = match asian {
            true => (
                self.size_asian.or(self.size),
                self.face_asian.as_ref().or(self.face.as_ref()),
                self.bold_asian.or(self.bold),
            ),
            false => (self.size, self.face.as_ref(), self.bold),
        };
        Style {
            size: (Size::value(size) * 10.0).round() / 10.0,
            face: face.cloned().unwrap_or_default(),
            color: self.color,
            bold: bold.unwrap_or(false),
            struck: self.struck.unwrap_or(false),
            hidden,
            deleted,
        }
    }

    /// Takes what one properties element says.
    fn take(&mut self, element: &Element<'_>, fonts: &HashMap<String, String>) {
        let value = |name: &str| element.attr(name);
        let face = |name: &str| {
            let found = value(name).map(|name| fonts.get(&*name).cloned().unwrap_or(name.into()));
            found.map(|face| face.chars().take(MAX_FACE).collect::<String>())
        };
        let family = |name: &str| {
            let found = value(name).map(|f| f.trim_matches(['\'', '"']).to_owned());
            let found = found.filter(|face| !face.is_empty());
            found.map(|face| face.chars().take(MAX_FACE).collect::<String>())
        };
        let heavy = |name: &str| {
            value(name).map(|w| w == "bold" || w.parse::<u32>().is_ok_and(|w| w >= 600))
        };
        let ground = |name: &str| value(name).map(|v| color(&v));
        match element.local() {
            "text-properties" => {
                self.size = value("font-size").and_then(|v| Size::parse(&v));
                self.size_asian = value("font-size-asian").and_then(|v| Size::parse(&v));
                self.face = face("font-name").or_else(|| family("font-family"));
                self.face_asian = face("font-name-asian").or_else(|| family("font-family-asian"));
                self.color = value("color").and_then(|v| color(&v));
                if value("use-window-font-color").is_some_and(|v| v == "true") {
                    self.color = None;
                }
                self.bold = heavy("font-weight");
                self.bold_asian = heavy("font-weight-asian");
                self.struck = value("text-line-through-style")
                    .or_else(|| value("text-line-through-type"))
                    .or_else(|| value("text-crossing-out"))
                    .map(|v| v != "none");
                self.hidden = value("display").map(|v| v == "none");
                self.ground = ground("background-color").or(self.ground);
            }
            "paragraph-properties" => {
                self.align = value("text-align").map(|v| match &*v {
                    "center" => Align::Center,
                    "end" | "right" => Align::Right,
                    _ => Align::Left,
                });
                self.page_before = value("break-before").map(|v| v == "page");
                self.page_after = value("break-after").map(|v| v == "page");
                self.ground = ground("background-color").or(self.ground);
            }
            "table-properties" => {
                self.shown = value("display").map(|v| v != "false");
                self.page_before = value("break-before").map(|v| v == "page");
                self.ground = ground("background-color").or(self.ground);
            }
            "table-cell-properties" => self.ground = ground("background-color").or(self.ground),
            "table-row-properties" => self.ground = ground("background-color").or(self.ground),
            "drawing-page-properties" => {
                self.shown = value("visibility").map(|v| v != "hidden");
            }
            "graphic-properties" => {
                let filled = value("fill").is_some_and(|v| v == "solid");
                if filled {
                    self.ground = ground("fill-color").or(self.ground);
                }
                self.ground = ground("background-color").or(self.ground);
            }
            _ => {}
        }
    }
}

#[derive(Debug, Default)]
struct Raw {
    parent: String,
    look: Look,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    raw: HashMap<(String, String), Raw>,
    defaults: HashMap<String, Look>,
    fonts: HashMap<String, String>,
    known: HashMap<(String, String), Look>,
}

impl Styles {
    /// Reads the styles of a part, up to its body; automatic ones if asked.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>, automatic: bool) {
        let mut open: Option<(String, String)> = None;
        let mut depth_of_open = 0;
        let mut depth = 0usize;
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    let (ns, local) = (element.ns, element.local());
                    if ns == Ns::OdfOffice && local == "body" {
                        break;
                    }
                    let passed = matches!(
                        local,
                        "master-styles" | "meta" | "settings" | "scripts" | "binary-data"
                    );
                    if passed || local == "automatic-styles" && !automatic {
                        xml.skip();
                        continue;
                    }
                    depth += 1;
                    match local {
                        "font-face" => {
                            let name = element.attr("name").unwrap_or_default().into_owned();
                            let family = element.attr("font-family").unwrap_or_default();
                            let family = family.trim_matches(['\'', '"']).to_owned();
                            self.fonts.insert(name, family);
                        }
                        "style" | "default-style" if ns == Ns::OdfStyle => {
                            open = Some(self.begin(&element, local == "default-style"));
                            depth_of_open = depth;
                        }
                        // Conditions of styles (style:map) and the like say nothing of looks.
                        _ if local.ends_with("-properties") => {
                            let Some((family, name)) = &open else { continue };
                            let look = match name.is_empty() {
                                true => self.defaults.get_mut(family),
                                false => {
                                    let key = (family.clone(), name.clone());
                                    self.raw.get_mut(&key).map(|raw| &mut raw.look)
                                }
                            };
                            if let Some(look) = look {
                                look.take(&element, &self.fonts);
                            }
                        }
                        _ => {}
                    }
                }
                Xml::Close => {
                    if depth == depth_of_open {
                        open = None;
                    }
                    depth = depth.saturating_sub(1);
                }
                Xml::Text(_) => {}
            }
        }
    }

    fn begin(&mut self, element: &Element<'_>, default: bool) -> (String, String) {
        let value = |name: &str| element.attr(name).unwrap_or_default().into_owned();
        let family = value("family");
        if default {
            self.defaults.insert(family.clone(), Look::default());
            return (family, String::new());
        }
        let name = value("name");
        let master = element.attr("master-page-name").map(|name| name.into_owned());
        let look = Look { master: master.filter(|name| !name.is_empty()), ..Look::default() };
        let raw = Raw { parent: value("parent-style-name"), look };
        self.raw.insert((family.clone(), name.clone()), raw);
        (family, name)
    }

    /// The look of a style with all it builds on.
    pub fn look(&mut self, family: &str, name: &str) -> Look {
        let look = self.chain(family, name);
        self.defaults.get(family).map_or_else(|| look.clone(), |default| look.over(default))
    }

    /// The look of a style with its parents, without its family's default.
    pub fn chain(&mut self, family: &str, name: &str) -> Look {
        if name.is_empty() {
            return Look::default();
        }
        let key = (family.to_owned(), name.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let mut look = Look::default();
        let mut next = key.clone();
        for _ in 0..MAX_PARENTS {
            let Some(raw) = self.raw.get(&next) else { break };
            look = look.over(&raw.look);
            next.1.clone_from(&raw.parent);
        }
        // Names come from the document: what is kept of them is bounded.
        if self.known.len() < 100_000 {
            self.known.insert(key, look.clone());
        }
        look
    }

    /// Gives the master page a style itself begins: that is not inherited.
    pub fn begins_master(&self, family: &str, name: &str) -> Option<&str> {
        self.raw.get(&(family.to_owned(), name.to_owned()))?.look.master.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Budget, Limits};

    fn styles(part: &str) -> Styles {
        let mut budget = Budget::new(Limits::default());
        let mut styles = Styles::default();
        styles.read(&mut XmlReader::new(part, &mut budget), true);
        styles
    }

    #[test]
    fn looks_come_through_parents_and_defaults() {
        let mut styles = styles(
            r##"<x><style:default-style style:family="paragraph"><style:text-properties
            fo:font-size="12pt" style:font-size-asian="16pt" fo:color="#112233"/></style:default-style>
            <style:style style:name="A" style:family="paragraph"><style:paragraph-properties
            fo:text-align="center"/></style:style>
            <style:style style:name="B" style:family="paragraph" style:parent-style-name="A">
            <style:text-properties fo:font-size="50%" fo:font-weight="bold" text:display="none"/>
            </style:style>
            <style:style style:name="L" style:family="paragraph" style:parent-style-name="L"/></x>"##,
        );
        let look = styles.look("paragraph", "B");
        let latin = look.style("x", false, false);
        assert_eq!((latin.size, latin.bold, latin.color), (6.0, true, Some([0x11, 0x22, 0x33])));
        assert_eq!(look.style("机", false, false).size, 16.0);
        assert_eq!((look.align, look.is_hidden()), (Some(Align::Center), true));
        assert_eq!(styles.look("paragraph", "L").style("x", false, false).size, 12.0);
    }

    #[test]
    fn lengths_are_in_points() {
        for (value, want) in
            [("12pt", Some(12.0)), ("1in", Some(72.0)), ("2.54cm", Some(72.0)), ("x", None)]
        {
            assert_eq!(points(value), want, "{value}");
        }
    }
}

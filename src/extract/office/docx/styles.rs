//! How characters and paragraphs look: direct properties over character style
//! over paragraph style over the document's defaults (ISO/IEC 29500-1, 17.7.2).

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::memmem::Finder;

use crate::extract::office::theme::Theme;
use crate::extract::office::word::ink::{Ground, Ink};
use crate::extract::office::word::sheet::{MAX_STYLES, ParaProps, Sheet};
use crate::extract::office::word::symbols::SymbolFont;
use crate::extract::office::xml::{Element, Ns, Xml, XmlReader};
use crate::model::{Align, Style, StyleId};

/// Styles that are based on one another, at most.
const MAX_CHAIN: usize = 32;

/// A face, as its place in [`Styles::faces`].
type Face = u16;

/// Properties of a run; `None` where not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct RunProps {
    /// Half points.
    size: Option<u16>,
    bold: Option<bool>,
    vanish: Option<bool>,
    strike: Option<bool>,
    double_strike: Option<bool>,
    color: Option<Ink>,
    shade: Option<Ink>,
    highlight: Option<Ink>,
    /// Letters drawn as outlines, which show without a fill.
    outlined: bool,
    unfilled: bool,
    ascii: Option<Face>,
    east: Option<Face>,
    style: Option<u16>,
}

impl RunProps {
    /// These, and where they say nothing, `under`.
    fn over(self, under: Self) -> Self {
        Self {
            size: self.size.or(under.size),
            bold: self.bold.or(under.bold),
            vanish: self.vanish.or(under.vanish),
            strike: self.strike.or(under.strike),
            double_strike: self.double_strike.or(under.double_strike),
            color: self.color.or(under.color),
            shade: self.shade.or(under.shade),
            highlight: self.highlight.or(under.highlight),
            outlined: self.outlined || under.outlined,
            unfilled: self.unfilled || under.unfilled,
            ascii: self.ascii.or(under.ascii),
            east: self.east.or(under.east),
            style: self.style,
        }
    }
}

#[derive(Debug, Default)]
struct StyleDef {
    based_on: Option<String>,
    run: RunProps,
    para: ParaProps,
    /// A table style that paints something darker than paper.
    paints: bool,
}

/// All that decides how a piece of text looks, beside the styles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Look {
    pub run: RunProps,
    /// The paragraph's style and shade.
    pub para_style: Option<u16>,
    pub para_shade: Option<Ink>,
    pub ground: Ground,
    pub deleted: bool,
    /// The whole story is never shown.
    pub unseen: bool,
    /// Whether the East Asian face is the one that shows.
    pub east_asian: bool,
}

/// The document's styles, defaults and theme.
#[derive(Debug, Default)]
pub(super) struct Styles {
    defs: Vec<StyleDef>,
    ids: HashMap<String, u16>,
    default_para: Option<u16>,
    doc_run: RunProps,
    doc_para: ParaProps,
    faces: Vec<String>,
    face_ids: HashMap<String, Face>,
    theme: Theme,
    /// The page's own colour.
    pub page: Option<Ink>,
    /// Whether that colour is shown.
    pub page_is_painted: bool,
    looks: HashMap<Look, Shown>,
    recent: Option<(Look, Shown)>,
}

/// The style a look comes to, and the symbol font it is in.
type Shown = (StyleId, Option<SymbolFont>);

impl Styles {
    /// Reads the theme part, which comes before all styles.
    pub fn read_theme(&mut self, xml: &mut XmlReader<'_, '_>) {
        self.theme.read(xml);
    }

    /// Reads the styles part, [`thinned`].
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        let mut open: Vec<Box<str>> = Vec::new();
        let mut at: Option<usize> = None;
        let mut conditions = 0usize;
        while let Some(event) = xml.next() {
            let element = match event {
                Xml::Open(element) => element,
                Xml::Close => {
                    match open.pop().as_deref() {
                        // Where they stand in a larger part, it goes on.
                        None => break,
                        Some("style") => at = None,
                        Some("tblStylePr") => conditions = conditions.saturating_sub(1),
                        _ => {}
                    }
                    continue;
                }
                Xml::Text(_) => continue,
            };
            let local = element.local();
            let parent = open.last().map_or("", |name| &**name);
            let conditional = conditions > 0;
            match local {
                "style" => at = Some(self.begin(&element)),
                "tblStylePr" => {
                    conditions += 1;
                    if let Some(def) = at.and_then(|at| self.defs.get_mut(at)) {
                        def.paints |= element.attr("painted").is_some();
                    }
                }
                "rPrChange" | "pPrChange" | "latentStyles" => {
                    xml.skip();
                    continue;
                }
                "basedOn" => {
                    if let Some(def) = at.and_then(|at| self.defs.get_mut(at)) {
                        def.based_on = element.attr("val").map(|v| v.into_owned());
                    }
                }
                "shd" if conditional || matches!(parent, "tblPr" | "tcPr") => {
                    let dark = self.shade(&element).is_some_and(|ink| ink != Ink::WHITE);
                    if let Some(def) = at.and_then(|at| self.defs.get_mut(at)) {
                        def.paints |= dark;
                    }
                }
                _ if parent == "rPr" && !conditional => {
                    let mut props = match at {
                        Some(at) => self.defs.get(at).map_or_else(RunProps::default, |d| d.run),
                        None => self.doc_run,
                    };
                    self.run_prop(&mut props, &element);
                    match at.and_then(|at| self.defs.get_mut(at)) {
                        Some(def) => def.run = props,
                        None => self.doc_run = props,
                    }
                }
                _ if parent == "pPr" && !conditional => {
                    let mut props = match at {
                        Some(at) => self.defs.get(at).map_or_else(ParaProps::default, |d| d.para),
                        None => self.doc_para,
                    };
                    self.para_prop(&mut props, &element);
                    match at.and_then(|at| self.defs.get_mut(at)) {
                        Some(def) => def.para = props,
                        None => self.doc_para = props,
                    }
                }
                _ => {}
            }
            open.push(local.into());
        }
        self.settle();
    }

    fn begin(&mut self, element: &Element<'_>) -> usize {
        let at = self.defs.len();
        self.defs.push(StyleDef::default());
        if let (Some(name), Ok(id)) = (element.attr("styleId"), u16::try_from(at)) {
            self.ids.entry(name.into_owned()).or_insert(id);
            let is_default =
                element.attr("default").is_some_and(|d| matches!(&*d, "1" | "true" | "on"));
            if is_default && element.attr("type").is_some_and(|t| t == "paragraph") {
                self.default_para = Some(id);
            }
        }
        at
    }

    /// Works out what each style says with what it is based on.
    fn settle(&mut self) {
        let base: Vec<Option<usize>> = self
            .defs
            .iter()
            .map(|def| def.based_on.as_ref().and_then(|id| self.ids.get(id)).map(|id| (*id).into()))
            .collect();
        let settled: Vec<(RunProps, ParaProps, bool)> = (0..self.defs.len())
            .map(|at| {
                let (mut run, mut para) = (RunProps::default(), ParaProps::default());
                let (mut paints, mut next) = (false, Some(at));
                for _ in 0..MAX_CHAIN {
                    let Some((at, def)) = next.and_then(|at| Some((at, self.defs.get(at)?))) else {
                        break;
                    };
                    run = run.over(def.run);
                    para.align = para.align.or(def.para.align);
                    para.page_break_before = para.page_break_before.or(def.para.page_break_before);
                    para.shade = para.shade.or(def.para.shade);
                    paints |= def.paints;
                    next = base.get(at).copied().flatten();
                }
                (run, para, paints)
            })
            .collect();
        for (def, (run, para, paints)) in self.defs.iter_mut().zip(settled) {
            (def.run, def.para, def.paints) = (run, para, paints);
        }
    }

    /// Takes in one of the newer effects of text (MS-DOCX 2.6.1): letters
    /// without a fill are only seen by their outline.
    pub fn text_effect(props: &mut RunProps, effect: &str) {
        match effect {
            "textOutline" => props.outlined = true,
            "noFill" => props.unfilled = true,
            _ => {}
        }
    }

    /// Takes in one element of `rPr`.
    pub fn run_prop(&mut self, props: &mut RunProps, element: &Element<'_>) {
        if element.ns != Ns::W {
            return;
        }
        match element.local() {
            "b" => props.bold = Some(element.is_on()),
            "vanish" => props.vanish = Some(element.is_on()),
            "strike" => props.strike = Some(element.is_on()),
            "dstrike" => props.double_strike = Some(element.is_on()),
            "sz" => {
                let size = element.attr("val").and_then(|v| half_points(&v));
                props.size = size.or(props.size);
            }
            "color" => props.color = self.color(element, "val", "themeColor").or(props.color),
            "shd" => props.shade = self.shade(element).or(props.shade),
            "highlight" => {
                props.highlight = element.attr("val").and_then(|v| Ink::highlight(&v));
            }
            "rStyle" => {
                props.style = element.attr("val").and_then(|v| self.ids.get(&*v)).copied();
            }
            "rFonts" => self.fonts(props, element),
            _ => {}
        }
    }

    fn fonts(&mut self, props: &mut RunProps, element: &Element<'_>) {
        let themed = |name: &str, script: usize| {
            let theme = element.attr(name)?;
            let set = usize::from(!theme.starts_with("major"));
            self.theme.face(set, script).map(str::to_owned)
        };
        let ascii = themed("asciiTheme", 0)
            .or_else(|| element.attr("ascii").map(|f| f.into_owned()))
            .or_else(|| element.attr("hAnsi").map(|f| f.into_owned()));
        let east = themed("eastAsiaTheme", 1)
            .or_else(|| element.attr("eastAsia").map(|f| f.into_owned()))
            .or_else(|| element.attr("fareast").map(|f| f.into_owned()));
        if let Some(face) = ascii {
            props.ascii = Some(self.face(face));
        }
        if let Some(face) = east {
            props.east = Some(self.face(face));
        }
    }

    fn face(&mut self, name: String) -> Face {
        if let Some(id) = self.face_ids.get(&name) {
            return *id;
        }
        // The first is kept for "no face", and stands in when there are too many.
        if self.faces.is_empty() {
            self.faces.push(String::new());
        }
        let Ok(id) = Face::try_from(self.faces.len()) else { return 0 };
        self.faces.push(name.clone());
        self.face_ids.insert(name, id);
        id
    }

    fn color(&self, element: &Element<'_>, value: &str, theme: &str) -> Option<Ink> {
        let direct = element.attr(value).and_then(|v| Ink::parse(&v));
        if let Some(Ink::Rgb(_)) = direct {
            return direct;
        }
        let slot = element.attr(theme)?;
        self.theme_color(&slot).map(Ink::Rgb).or(direct)
    }

    /// A colour of the theme by any of its names.
    pub fn theme_color(&self, slot: &str) -> Option<[u8; 3]> {
        self.theme.color(slot)
    }

    /// What a `shd` element paints; `None` where it paints nothing.
    pub fn shade(&self, element: &Element<'_>) -> Option<Ink> {
        let ink = match element.attr("val").as_deref() {
            Some("nil") => None,
            Some("solid") => self.color(element, "color", "themeColor"),
            _ => self.color(element, "fill", "themeFill"),
        };
        ink.filter(|ink| *ink != Ink::Auto)
    }

    /// Takes in one element of `pPr`.
    pub fn para_prop(&self, props: &mut ParaProps, element: &Element<'_>) {
        if element.ns != Ns::W {
            return;
        }
        match element.local() {
            "jc" => {
                props.align = element.attr("val").and_then(|v| match &*v {
                    "left" | "start" | "both" | "distribute" => Some(Align::Left),
                    "center" => Some(Align::Center),
                    "right" | "end" => Some(Align::Right),
                    _ => None,
                });
            }
            "pageBreakBefore" => props.page_break_before = Some(element.is_on()),
            "shd" => props.shade = self.shade(element).or(props.shade),
            "pStyle" => props.style = element.attr("val").and_then(|v| self.ids.get(&*v)).copied(),
            // A dropped capital is the first letter of the text around it.
            "framePr" => props.framed = element.attr("dropCap").is_none_or(|d| d == "none"),
            _ => {}
        }
    }

    /// What a paragraph's properties come to with its style and the defaults.
    pub fn resolve_para(&self, mut props: ParaProps) -> ParaProps {
        props.style = props.style.or(self.default_para);
        let styled = props.style.and_then(|s| self.defs.get(usize::from(s))).map(|def| def.para);
        for under in [styled.unwrap_or_default(), self.doc_para] {
            props.align = props.align.or(under.align);
            props.page_break_before = props.page_break_before.or(under.page_break_before);
            props.shade = props.shade.or(under.shade);
        }
        props
    }

    /// Whether a table of that style is painted by it.
    pub fn table_paints(&self, style: &str) -> bool {
        self.ids.get(style).and_then(|s| self.defs.get(usize::from(*s))).is_some_and(|d| d.paints)
    }

    /// The style a look comes to on a sheet, and the symbol font it is in.
    pub fn style(&mut self, look: Look, sheet: &mut Sheet) -> Shown {
        if let Some((recent, found)) = &self.recent
            && *recent == look
        {
            return *found;
        }
        let found = match self.looks.get(&look) {
            Some(found) => *found,
            None => {
                let (style, symbols) = self.resolve(&look);
                let found = (sheet.keep_style(style), symbols);
                if self.looks.len() < 4 * MAX_STYLES {
                    self.looks.insert(look, found);
                }
                found
            }
        };
        self.recent = Some((look, found));
        found
    }

    /// What a look comes to, and the symbol font it is in, if it is in one.
    pub fn resolve(&self, look: &Look) -> (Style, Option<SymbolFont>) {
        let def = |style: Option<u16>| {
            style
                .and_then(|s| self.defs.get(usize::from(s)))
                .map_or_else(RunProps::default, |def| def.run)
        };
        let (para, character) = (def(look.para_style), def(look.run.style));
        let run = look.run.over(character).over(para).over(self.doc_run);
        // Toggles of two styles undo one another (17.7.3).
        let toggle = |of: fn(&RunProps) -> Option<bool>| {
            of(&look.run).unwrap_or_else(|| {
                let styled = of(&para).unwrap_or(false) != of(&character).unwrap_or(false);
                styled || of(&self.doc_run).unwrap_or(false)
            })
        };
        let face = |face: Option<Face>| face.and_then(|f| self.faces.get(usize::from(f)));
        let (first, second) = match look.east_asian {
            true => (run.east, run.ascii),
            false => (run.ascii, run.east),
        };
        let face = face(first).or(face(second)).cloned().unwrap_or_default();
        let size = f32::from(run.size.unwrap_or(20)) / 2.0;
        let unfilled = run.unfilled && !run.outlined;
        let invisible = toggle(|r| r.vanish) || size < 2.0 || unfilled || self.vanishes(&run, look);
        let symbols = SymbolFont::of_face(
            run.ascii.and_then(|f| self.faces.get(usize::from(f))).map_or("", String::as_str),
        );
        let style = Style {
            size,
            face,
            color: match run.color {
                Some(Ink::Rgb(rgb)) => Some(rgb),
                _ => None,
            },
            bold: toggle(|r| r.bold),
            struck: toggle(|r| r.strike) || toggle(|r| r.double_strike),
            hidden: invisible || look.unseen,
            deleted: look.deleted,
        };
        (style, symbols)
    }

    /// Whether text has the colour of what lies under it.
    fn vanishes(&self, run: &RunProps, look: &Look) -> bool {
        let Some(color) = run.color else { return false };
        let ground = run.highlight.or(run.shade).or(look.para_shade);
        let ground = match (ground, look.ground) {
            (Some(ink), _) | (None, Ground::Color(ink)) => ink,
            (None, Ground::Page) => {
                self.page.filter(|_| self.page_is_painted).unwrap_or(Ink::WHITE)
            }
            (None, Ground::Unknown) => return false,
        };
        color.vanishes_on(ground)
    }
}

/// The styles part without the formats that tables have for some of their rows:
/// often nine tenths of it, of which only matters whether they paint anything.
pub(super) fn thinned(part: &str) -> Cow<'_, str> {
    const OPEN: &str = "<w:tblStylePr ";
    const CLOSE: &str = "</w:tblStylePr>";
    let (open, close) = (Finder::new(OPEN), Finder::new(CLOSE));
    let (fill, white, auto) =
        (Finder::new("w:fill=\""), Finder::new("w:fill=\"FFFFFF"), Finder::new("w:fill=\"auto"));
    let mut thin = String::new();
    let mut rest = part;
    while let Some(at) = open.find(rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        let tag = from.split_inclusive('>').next().unwrap_or_default();
        let end = match tag.ends_with("/>") {
            true => tag.len(),
            false => match close.find(from.as_bytes()) {
                Some(at) => at + CLOSE.len(),
                None => break,
            },
        };
        let (format, after) = from.split_at(end);
        if format.contains("</w:style>") {
            // Tags that do not match are left to the reader.
            return Cow::Borrowed(part);
        }
        let count = |finder: &Finder<'_>| finder.find_iter(format.as_bytes()).count();
        thin.push_str(before);
        let paints = count(&fill) > count(&white) + count(&auto);
        thin.push_str(if paints { "<w:tblStylePr painted=\"1\"/>" } else { "" });
        rest = after;
    }
    if thin.is_empty() {
        return Cow::Borrowed(part);
    }
    thin.push_str(rest);
    Cow::Owned(thin)
}

/// A size in half points, or with a unit (strict documents).
fn half_points(value: &str) -> Option<u16> {
    let value = value.trim();
    if let Some(points) = value.strip_suffix("pt") {
        return points.parse::<f32>().ok().map(|p| (p * 2.0).round().clamp(0.0, 6000.0) as u16);
    }
    value.parse().ok()
}

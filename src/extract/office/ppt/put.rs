//! From a page's shapes to text: where each line stands, how it looks, and
//! whether anybody sees it.

use std::collections::HashSet;

use super::looks::{CharLook, Levels};
use super::page::{Margins, Page, Scheme};
use super::shapes::Shape;
use super::text::{Line, Text};
use crate::extract::Budget;
use crate::extract::office::art::Color;
use crate::extract::office::sheet::{Done, Sheet};
use crate::model::{BlockHead, Rect, Region, Style, StyleId};

/// Lines whose tops differ by less stand side by side, in points.
const SAME_ROW: f32 = 12.0;

/// The share of a page that leaning text covers to be a watermark.
const WATERMARK_SHARE: f32 = 0.1;

/// What text is called that says where other text will stand.
const PROMPT: &str = "placeholder";

/// Colours that differ by less in every channel cannot be told apart.
const CONTRAST: u8 = 16;

/// What a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Slide,
    Master,
    Notes,
    Handout,
}

/// A page with all it inherits from.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub page: &'a Page,
    pub master: Option<&'a Page>,
    /// How text looks where no master says.
    pub defaults: &'a Levels,
    pub fonts: &'a [String],
    /// The texts of the slide's outline, and which of them a shape has shown.
    pub outline: &'a [Text],
    pub role: Role,
    /// The number of the slide, from 1; 0 for what stands on none.
    pub number: u32,
    /// Why nobody is shown the page, if nobody is.
    pub unseen: Option<&'static str>,
    pub size: [f32; 2],
}

impl Setting<'_> {
    fn scheme(&self) -> Option<Scheme> {
        let own = self.page.scheme.filter(|_| !self.page.masters_scheme);
        own.or(self.master.and_then(|master| master.scheme)).or(self.page.scheme)
    }

    fn resolve(&self, color: Color) -> Option<[u8; 3]> {
        match color {
            Color::Rgb(rgb) => Some(rgb),
            Color::Scheme(number) => self.scheme()?.get(usize::from(number)).copied(),
            Color::Unknown => None,
        }
    }

    /// The colour of characters: of their own, or of the scheme.
    fn ink(&self, [r, g, b, from]: [u8; 4]) -> Option<[u8; 3]> {
        match from {
            0xFE => Some([r, g, b]),
            number => self.scheme()?.get(usize::from(number)).copied(),
        }
    }

    fn levels(&self, kind: u32, level: u16) -> (Option<crate::model::Align>, CharLook) {
        let own = if self.role == Role::Master { Some(self.page) } else { self.master };
        let (align, look) = own.map_or_else(Default::default, |page| page.levels.of(kind, level));
        let (below_align, below) = self.defaults.of(kind, level);
        (align.or(below_align), look.over(below))
    }

    /// The colour behind the text of a shape, where it can be told for sure.
    fn ground(&self, at: usize, ink: [u8; 3], budget: &mut Budget) -> Option<[u8; 3]> {
        let shape = self.page.shapes.shapes.get(at)?;
        match (shape.properties.is_filled, shape.properties.fill) {
            (Some(false), _) => {}
            (_, Some(color)) if !shape.properties.has_picture => return self.resolve(color),
            (None, None) if shape.placeholder.is_some() => {}
            _ => return None,
        }
        let own = self.page.shapes.background.filter(|_| !self.page.masters_background);
        let background = own.or(self.master.and_then(|master| master.shapes.background));
        let color = match background {
            Some(color) => self.resolve(color)?,
            None => self.scheme().map_or([255; 3], |scheme| scheme[0]),
        };
        if !vanishes(ink, color) {
            return Some(color);
        }
        // Looking at all other shapes is for text that would be lost.
        let frame = shape.frame?;
        let below = self.master.filter(|_| self.page.shows_master);
        let below = below.into_iter().flat_map(|page| &page.shapes.shapes);
        let below = below.chain(self.page.shapes.shapes.iter().take(at));
        let mut steps = 0;
        let covered = below.into_iter().any(|other| {
            steps += 1;
            other.may_cover() && other.frame.is_none_or(|other| meets(other, frame))
        });
        // A spent budget shows at the next page.
        let spent = budget.spend_steps(steps).is_err();
        (!covered && !spent).then_some(color)
    }
}

fn vanishes(ink: [u8; 3], ground: [u8; 3]) -> bool {
    ink.iter().zip(ground).all(|(a, b)| a.abs_diff(b) < CONTRAST)
}

fn meets(a: Rect, b: Rect) -> bool {
    a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1
}

/// Puts pages down.
#[derive(Debug, Default)]
pub(super) struct Putter {
    pub sheet: Sheet,
    /// What was said of places for text: every master says the same.
    prompts: HashSet<String>,
    /// What was said at the edges of pages.
    margins: HashSet<(Region, String)>,
    /// Every line that was put down: what an earlier version says beyond them
    /// is what was taken out.
    pub said: HashSet<String>,
}

impl Putter {
    /// Puts all text of a page down, top to bottom. Gives back which texts of
    /// the outline stood on it.
    pub fn put(&mut self, setting: &Setting<'_>, budget: &mut Budget) -> HashSet<usize> {
        let mut shown = HashSet::new();
        for at in reading_order(&setting.page.shapes.shapes) {
            self.put_shape(setting, at, &mut shown, budget);
        }
        shown
    }

    fn put_shape(
        &mut self,
        setting: &Setting<'_>,
        at: usize,
        shown: &mut HashSet<usize>,
        budget: &mut Budget,
    ) {
        let Some(shape) = setting.page.shapes.shapes.get(at) else { return };
        let on_slide = setting.role == Role::Slide;
        let is_prompt = shape.placeholder.is_some()
            && !on_slide
            && !(setting.role == Role::Notes && setting.number > 0);
        let off = || on_slide && shape.frame.is_some_and(|frame| is_outside(frame, setting.size));
        let hidden = match () {
            () if is_prompt => Some(PROMPT),
            () if setting.unseen.is_some() => setting.unseen,
            () if shape.is_deleted => Some("deleted shape"),
            () if shape.properties.is_hidden => Some("hidden shape"),
            () if off() => Some("off the slide"),
            () => None,
        };
        let head = self.head(setting, shape, hidden);
        self.sheet.put_lines(Done {
            head: head.clone(),
            runs: vec![(shape.properties.word_art.clone(), 0)],
        });
        for text in &shape.texts {
            let text = match text.outline {
                Some(number) => {
                    // One text stands in one shape.
                    if !shown.insert(number) {
                        continue;
                    }
                    match setting.outline.get(number) {
                        Some(text) => text,
                        None => continue,
                    }
                }
                None => text,
            };
            self.put_text(setting, at, text, &head, budget);
        }
        let mut last = "";
        for said in [shape.properties.alt.as_str(), shape.properties.tip.as_str()] {
            if !said.trim().is_empty() && said != last {
                let head = BlockHead {
                    region: Region::AltText,
                    page: setting.number,
                    ..BlockHead::default()
                };
                self.sheet.later.push(Done { head, runs: vec![(said.to_owned(), 0)] });
            }
            last = said;
        }
    }

    /// Where the text of a shape stands.
    fn head(
        &mut self,
        setting: &Setting<'_>,
        shape: &Shape,
        hidden: Option<&'static str>,
    ) -> BlockHead {
        let share = shape.frame.map_or(0.0, |frame| share(frame, setting.size));
        let leans = shape.leans() && share >= WATERMARK_SHARE;
        let (region, label) = match (setting.role, shape.placeholder) {
            (Role::Notes, _) => (Region::Note, "notes"),
            (Role::Handout, _) => (Region::TextBox, "handout"),
            (_, Some(7)) => (Region::Footer, "date"),
            (_, Some(8)) => (Region::Footer, "number"),
            (_, Some(9)) => (Region::Footer, "footer"),
            (_, Some(10)) => (Region::Header, "header"),
            _ if shape.properties.is_watermark() || leans => (Region::Watermark, ""),
            (Role::Master, _) => (Region::TextBox, "master"),
            (_, Some(1 | 3 | 0x0D | 0x0F | 0x11)) => (Region::Body, "title"),
            (_, Some(4 | 0x10)) => (Region::Body, "subtitle"),
            (_, Some(_)) => (Region::Body, "outline"),
            (_, None) => (Region::TextBox, ""),
        };
        let region = match (hidden, region, &shape.cell) {
            (Some(_), ..) => Region::Hidden,
            (None, Region::Body | Region::TextBox, Some(_)) => Region::Cell,
            (None, region, _) => region,
        };
        let label = match (hidden, &shape.cell) {
            (Some(why), _) => why.to_owned(),
            (None, Some(cell)) => cell.clone(),
            (None, None) => label.to_owned(),
        };
        let on_slide = matches!(setting.role, Role::Slide | Role::Master);
        BlockHead {
            region,
            page: if hidden == Some(PROMPT) { 0 } else { setting.number },
            bbox: shape.frame.filter(|_| on_slide),
            label,
            group: self.sheet.next_group(),
            ..BlockHead::default()
        }
    }

    fn put_text(
        &mut self,
        setting: &Setting<'_>,
        at: usize,
        text: &Text,
        head: &BlockHead,
        budget: &mut Budget,
    ) {
        for line in text.lines() {
            let said: String = line.runs.iter().map(|(text, _)| text.as_str()).collect();
            let said = said.trim();
            if said.is_empty() || head.label == PROMPT && !self.prompts.insert(said.to_owned()) {
                continue;
            }
            self.said.insert(said.to_owned());
            if matches!(head.region, Region::Header | Region::Footer) {
                self.margins.insert((head.region, said.to_owned()));
            }
            let done = self.line(setting, at, text.kind, line, head, budget);
            match head.label == PROMPT {
                // What is on no slide does not stand between what is.
                true => self.sheet.later.push(done),
                false => self.sheet.put(done),
            }
        }
    }

    fn line(
        &mut self,
        setting: &Setting<'_>,
        at: usize,
        kind: u32,
        line: Line,
        head: &BlockHead,
        budget: &mut Budget,
    ) -> Done {
        let (align, base) = setting.levels(kind, line.para.level);
        let align = line.para.align.or(align).unwrap_or(crate::model::Align::Left);
        let mut done = Done { head: BlockHead { align, ..head.clone() }, runs: Vec::new() };
        for (text, look) in line.runs {
            let look = look.over(base);
            let ink = look.color.and_then(|color| setting.ink(color));
            let ground = ink.and_then(|ink| setting.ground(at, ink, budget));
            let lost = ink.zip(ground).is_some_and(|(ink, ground)| vanishes(ink, ground));
            let style = self.style(setting, &text, look, ink, lost);
            done.runs.push((text, style));
        }
        done
    }

    fn style(
        &mut self,
        setting: &Setting<'_>,
        text: &str,
        look: CharLook,
        color: Option<[u8; 3]>,
        hidden: bool,
    ) -> StyleId {
        let face = match text.is_ascii() {
            true => look.face,
            false => look.wide_face.or(look.face),
        };
        let face = face.and_then(|number| setting.fonts.get(usize::from(number)));
        self.sheet.text.style(Style {
            size: look.size.map_or(0.0, f32::from),
            face: face.cloned().unwrap_or_default(),
            color,
            bold: look.bold.unwrap_or(false),
            hidden,
            ..Style::default()
        })
    }

    /// Puts down what stands at the edges of a slide, each thing once; `place`
    /// tells where a placeholder of a kind stands.
    pub fn put_margins(
        &mut self,
        margins: &Margins,
        number: u32,
        unseen: Option<&'static str>,
        place: impl Fn(u8) -> Option<Rect>,
    ) {
        let of_slides = [
            (Region::Header, "header", &margins.header, margins.shows_header(), 10),
            (Region::Footer, "footer", &margins.footer, margins.shows_footer(), 9),
            (Region::Footer, "date", &margins.date, margins.shows_date(), 7),
        ];
        for (region, label, text, shown, kind) in of_slides {
            let text = text.trim();
            let is_new = !self.margins.contains(&(region, text.to_owned()));
            if text.is_empty() || !is_new {
                continue;
            }
            let shown = shown && unseen.is_none();
            if shown {
                self.margins.insert((region, text.to_owned()));
            } else if !self.prompts.insert(text.to_owned()) {
                continue;
            }
            self.said.insert(text.to_owned());
            let region = if shown { region } else { Region::Hidden };
            let mut done = Done::plain(region, number, label, text);
            done.head.bbox = place(kind).filter(|_| shown);
            self.sheet.put(done);
        }
    }

    /// Puts plain lines down in a group of their own.
    pub fn put_plain(&mut self, region: Region, number: u32, label: &str, text: &str) {
        let group = self.sheet.next_group();
        for line in text.split(['\r', '\n', '\u{B}']) {
            self.said.insert(line.trim().to_owned());
            let mut done = Done::plain(region, number, label, line);
            done.head.group = group;
            self.sheet.put(done);
        }
    }
}

/// Shapes as a person reads them: from the top, and in a row from the left.
/// Those of which no place is known stay with the one before.
fn reading_order(shapes: &[Shape]) -> Vec<usize> {
    let mut place = (i64::MIN, i64::MIN);
    let mut keyed: Vec<((i64, i64), usize)> = Vec::with_capacity(shapes.len());
    for (at, shape) in shapes.iter().enumerate() {
        if let Some(rect) = shape.frame {
            place = ((rect.y0 / SAME_ROW).floor() as i64, rect.x0 as i64);
        }
        keyed.push((place, at));
    }
    keyed.sort();
    keyed.into_iter().map(|(_, at)| at).collect()
}

/// Whether nothing of a box is on the page.
fn is_outside(frame: Rect, [width, height]: [f32; 2]) -> bool {
    width > 0.0
        && height > 0.0
        && (frame.x1 <= 0.0 || frame.y1 <= 0.0 || frame.x0 >= width || frame.y0 >= height)
}

/// The share of a page that a box covers.
pub(super) fn share(frame: Rect, [width, height]: [f32; 2]) -> f32 {
    let wide = (frame.x1.min(width) - frame.x0.max(0.0)).max(0.0);
    let high = (frame.y1.min(height) - frame.y0.max(0.0)).max(0.0);
    if width > 0.0 && height > 0.0 { wide * high / (width * height) } else { 1.0 }
}

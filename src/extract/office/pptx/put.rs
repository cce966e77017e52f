//! From a page's shapes to text: where each line stands, how it looks, and
//! whether anybody sees it.

use std::collections::HashSet;

use super::color::{Map, vanishes};
use super::geometry::Frame;
use super::looks::{Chain, Levels, Paint};
use super::page::{Body, Kind, Page, Para, Placeholder, Shape};
use crate::extract::Budget;
use crate::extract::office::sheet::{Done, Sheet};
use crate::extract::office::theme::Theme;
use crate::model::{Align, BlockHead, Region, Style, StyleId};

/// Styles of one document that are kept apart in full. Further ones keep what
/// changes a verdict, and lose their face and size.
const MAX_STYLES: StyleId = 4096;

/// Lines whose tops differ by less stand side by side, in points.
const SAME_ROW: f32 = 12.0;

/// What text is called that says where other text will stand.
const PROMPT: &str = "placeholder";

/// What a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Slide,
    /// What a layout or master shows on slides.
    Layer(&'static str),
    Notes,
    Handout,
}

/// A page with all it inherits from.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub page: &'a Page,
    pub layout: Option<&'a Page>,
    pub master: Option<&'a Page>,
    pub theme: &'a Theme,
    /// How text looks where nobody says.
    pub defaults: &'a Levels,
    pub role: Role,
    /// The number of the slide, from 1; 0 for what stands on none.
    pub number: u32,
    /// Whether nobody is shown the page.
    pub unseen: Option<&'static str>,
    pub size: [f32; 2],
}

/// Puts pages down.
#[derive(Debug, Default)]
pub(super) struct Putter {
    pub sheet: Sheet,
    /// The highest id of a style so far.
    styles: StyleId,
    /// What was said of places for text: every layout says the same.
    prompts: HashSet<String>,
}

impl Putter {
    /// Puts all text of a page down, top to bottom.
    pub fn put(&mut self, setting: &Setting<'_>, budget: &mut Budget) {
        let shapes = &setting.page.shapes;
        let covers: Vec<(usize, Frame)> = match setting.page.moves {
            // What covers a shape may go away.
            true => Vec::new(),
            false => shapes.iter().enumerate().filter_map(|(n, s)| Some((n, s.cover()?))).collect(),
        };
        for at in reading_order(shapes) {
            let steps = covers.len() as u64;
            // A spent budget shows at the next part.
            let covers = match budget.spend_steps(steps) {
                Ok(()) => covers.as_slice(),
                Err(_) => &[],
            };
            self.put_shape(setting, at, covers, budget);
        }
    }

    fn put_shape(
        &mut self,
        setting: &Setting<'_>,
        at: usize,
        covers: &[(usize, Frame)],
        budget: &mut Budget,
    ) {
        let Some(shape) = setting.page.shapes.get(at) else { return };
        let around = Inherited::of(setting, shape);
        // On layouts and masters placeholders say where something will stand.
        let on_slide = setting.role == Role::Slide;
        let is_prompt = shape.placeholder.is_some()
            && !on_slide
            && !(setting.role == Role::Notes && setting.number > 0);
        let off = || around.frame(shape).is_some_and(|frame| frame.is_outside(setting.size));
        let covered = || {
            let above = covers.iter().filter(|(cover, _)| *cover > at);
            let frame = around.frame(shape);
            frame.is_some_and(|frame| above.into_iter().any(|(_, cover)| cover.holds(frame)))
        };
        let hidden = match () {
            () if is_prompt => Some(PROMPT),
            () if setting.unseen.is_some() => setting.unseen,
            () if shape.hidden => Some("hidden shape"),
            () if on_slide && off() => Some("off the slide"),
            () if on_slide && covered() => Some("covered shape"),
            () => None,
        };
        for body in &shape.bodies {
            let hidden = hidden.or(body.covered.then_some("covered cell"));
            let head = self.head(setting, shape, &around, body, hidden);
            for para in &body.paras {
                self.put_para(setting, &around, at, body, para, &head, budget);
            }
        }
        for alt in &shape.alts {
            let head =
                BlockHead { region: Region::AltText, page: setting.number, ..BlockHead::default() };
            self.sheet.later.push(Done { head, runs: vec![(alt.clone(), 0)] });
        }
    }

    /// Where the text of a shape stands.
    fn head(
        &mut self,
        setting: &Setting<'_>,
        shape: &Shape,
        around: &Inherited<'_>,
        body: &Body,
        hidden: Option<&'static str>,
    ) -> BlockHead {
        let kind = shape.placeholder.map(|placeholder| placeholder.kind);
        let frame = around.frame(shape);
        let leans = frame.is_some_and(|f| f.leans() && f.share(setting.size) >= 0.1);
        let (region, label) = match (setting.role, kind) {
            (Role::Notes, _) => (Region::Note, "notes"),
            (Role::Handout, _) => (Region::TextBox, "handout"),
            (_, Some(Kind::Header)) => (Region::Header, "header"),
            (_, Some(Kind::Footer)) => (Region::Footer, "footer"),
            (_, Some(Kind::Date)) => (Region::Footer, "date"),
            (_, Some(Kind::Number)) => (Region::Footer, "number"),
            _ if shape.watermark || leans => (Region::Watermark, ""),
            (Role::Layer(name), _) => (Region::TextBox, name),
            (_, Some(Kind::Title)) => (Region::Body, "title"),
            (_, Some(Kind::Subtitle)) => (Region::Body, "subtitle"),
            (_, Some(_)) => (Region::Body, "outline"),
            (_, None) => (Region::TextBox, ""),
        };
        let cell = !body.label.is_empty();
        let region = match (hidden, region) {
            (Some(_), _) => Region::Hidden,
            (None, Region::Body | Region::TextBox) if cell => Region::Cell,
            (None, region) => region,
        };
        let label = match (hidden, cell) {
            (Some(why), _) => why.to_owned(),
            (None, true) => body.label.clone(),
            (None, false) => label.to_owned(),
        };
        let on_slide = matches!(setting.role, Role::Slide | Role::Layer(_));
        BlockHead {
            region,
            page: if hidden == Some(PROMPT) { 0 } else { setting.number },
            bbox: frame.filter(|_| on_slide).map(|frame| frame.rect()),
            label,
            group: self.sheet.next_group(),
            ..BlockHead::default()
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one line of a deep structure")]
    fn put_para(
        &mut self,
        setting: &Setting<'_>,
        around: &Inherited<'_>,
        at: usize,
        body: &Body,
        para: &Para,
        head: &BlockHead,
        budget: &mut Budget,
    ) {
        if head.label == PROMPT {
            let text: String = para.runs.iter().map(|run| run.text.trim()).collect();
            if !self.prompts.insert(text) {
                return;
            }
        }
        let levels = around.levels();
        let chain = Chain { levels: &levels, map: around.map, theme: setting.theme };
        let align = para.align.or_else(|| chain.align(para.level)).unwrap_or(Align::Left);
        let head = BlockHead { align, ..head.clone() };
        let mut line = Done { head: head.clone(), runs: Vec::new() };
        for run in &para.runs {
            let look = chain.resolve(&run.look, para.level, body.scale, &run.text);
            let ground = match look.highlight {
                Some(color) => Some(color),
                // Only text of a colour can have that of what is behind it.
                None => look.ink.and_then(|ink| around.ground(setting, at, body, ink, budget)),
            };
            let lost = look.ink.zip(ground).is_some_and(|(ink, ground)| vanishes(ink, ground));
            let style = Style { hidden: look.invisible || lost, ..look.style };
            let style = self.style(style);
            for (count, text) in run.text.split(['\n', '\r', '\u{B}']).enumerate() {
                if count > 0 {
                    let next = Done { head: head.clone(), runs: Vec::new() };
                    self.put_line(std::mem::replace(&mut line, next));
                }
                if !text.is_empty() {
                    line.runs.push((text.to_owned(), style));
                }
            }
        }
        self.put_line(line);
    }

    fn put_line(&mut self, line: Done) {
        // What is on no slide does not stand between what is.
        match line.head.label == PROMPT {
            true => self.sheet.later.push(line),
            false => self.sheet.put(line),
        }
    }

    fn style(&mut self, mut style: Style) -> StyleId {
        if self.styles > MAX_STYLES {
            style = Style { size: 0.0, face: String::new(), color: None, ..style };
        }
        let id = self.sheet.text.style(style);
        self.styles = self.styles.max(id);
        id
    }
}

/// Shapes as a person reads them: from the top, and in a row from the left.
/// Those of which no place is known stay with the one before.
fn reading_order(shapes: &[Shape]) -> Vec<usize> {
    let mut place = (i64::MIN, i64::MIN);
    let mut keyed: Vec<((i64, i64), usize)> = Vec::with_capacity(shapes.len());
    for (at, shape) in shapes.iter().enumerate() {
        if let Some(rect) = shape.frame.map(|frame| frame.rect()) {
            place = ((rect.y0 / SAME_ROW).floor() as i64, rect.x0 as i64);
        }
        keyed.push((place, at));
    }
    keyed.sort();
    keyed.into_iter().map(|(_, at)| at).collect()
}

/// What a shape has from its layout and master.
struct Inherited<'a> {
    own: &'a Shape,
    layout: Option<&'a Shape>,
    master: Option<&'a Shape>,
    styles: Option<&'a Levels>,
    defaults: &'a Levels,
    map: &'a Map,
}

impl<'a> Inherited<'a> {
    fn of(setting: &Setting<'a>, shape: &'a Shape) -> Self {
        let find = |page: Option<&'a Page>, of: &Placeholder, by_number| {
            page.and_then(|page| page.placeholder(of, by_number))
        };
        let of = shape.placeholder.as_ref();
        let layout = of.and_then(|of| find(setting.layout, of, true));
        let below = layout.and_then(|shape| shape.placeholder.as_ref()).or(of);
        let master = below.and_then(|of| find(setting.master, of, false));
        let styles = setting.master.or(Some(setting.page)).map(|page| match of.map(|p| p.kind) {
            Some(Kind::Title) => &page.title,
            Some(Kind::Body | Kind::Subtitle) => &page.body,
            _ => &page.other,
        });
        let maps = [Some(setting.page), setting.layout, setting.master];
        let map = maps.into_iter().flatten().find_map(|page| page.map.as_ref());
        Self {
            own: shape,
            layout,
            master,
            styles,
            defaults: setting.defaults,
            map: map.unwrap_or(no_map()),
        }
    }

    /// Where the shape stands.
    fn frame(&self, shape: &Shape) -> Option<Frame> {
        let under = [self.layout, self.master];
        shape.frame.or_else(|| under.into_iter().flatten().find_map(|shape| shape.frame))
    }

    /// The list styles that decide, the nearest first.
    fn levels(&self) -> Vec<&'a Levels> {
        let shapes = [Some(self.own), self.layout, self.master].into_iter().flatten();
        shapes.map(|shape| &shape.levels).chain(self.styles).chain([self.defaults]).collect()
    }

    /// The colour behind text of a shape, where it can be told for sure.
    fn ground(
        &self,
        setting: &Setting<'_>,
        at: usize,
        body: &Body,
        ink: [u8; 3],
        budget: &mut Budget,
    ) -> Option<[u8; 3]> {
        let solid = |paint: &Paint| match paint {
            Paint::Solid(color) if color.alpha > 0.9 => color.resolve(self.map, setting.theme),
            _ => None,
        };
        if !body.label.is_empty() {
            return body.fill.as_ref().and_then(|color| color.resolve(self.map, setting.theme));
        }
        let shapes = [Some(self.own), self.layout, self.master].into_iter().flatten();
        for shape in shapes {
            match &shape.fill {
                Some(Paint::None) => break,
                Some(paint) => return solid(paint),
                None if shape.styled || shape.picture => return None,
                None => {}
            }
        }
        let background = [Some(setting.page), setting.layout, setting.master];
        let background = background.into_iter().flatten().find_map(|p| p.background.as_ref());
        let color = match background {
            Some(paint) => solid(paint)?,
            None => [255; 3],
        };
        // Looking at all other shapes is for text that would be lost.
        if !vanishes(ink, color) {
            return Some(color);
        }
        let frame = self.frame(self.own)?;
        let below = [setting.master, setting.layout].into_iter().flatten();
        let below = below.flat_map(|page| &page.shapes).chain(setting.page.shapes.iter().take(at));
        let mut steps = 0;
        let covered = below.into_iter().any(|other| {
            steps += 1;
            other.may_cover() && other.frame.is_none_or(|other| other.meets(frame))
        });
        // A spent budget shows at the next part.
        let spent = budget.spend_steps(steps).is_err();
        (!covered && !spent).then_some(color)
    }
}

fn no_map() -> &'static Map {
    static NONE: std::sync::LazyLock<Map> = std::sync::LazyLock::new(Map::default);
    &NONE
}

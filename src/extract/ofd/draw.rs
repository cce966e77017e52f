//! Steps of drawing carried out: characters, surfaces and pictures where they
//! come to stand on the page.

use std::collections::HashMap;
use std::rc::Rc;

use super::content::{Object, Step, TextCode, TextObject};
use super::page::{Faces, Glyph, Layer, Page};
use super::style::{Paint, Pen};
use super::values::{Bounds, Matrix, POINTS};
use crate::extract::Budget;
use crate::extract::office::package::PartId;
use crate::model::{Gap, GapKind};

/// Composite objects within composite objects.
pub(super) const MAX_COMPOSITES: usize = 16;

/// Parameters that refer to others.
const MAX_PARAMS: usize = 8;

/// Characters of one document: each takes some forty bytes until its lines are known.
const MAX_GLYPHS: usize = 12_000_000;

/// Characters smaller than this are specks.
const SPECK: f32 = 1.0;

/// What resources a document or page has, by their ids.
#[derive(Debug, Default, Clone)]
pub(super) struct Resources {
    pub fonts: HashMap<String, Font>,
    pub params: HashMap<String, DrawParam>,
    pub composites: HashMap<String, Rc<Vec<Step>>>,
    /// Part, where it is there, and kind (`Image`, `Audio`, `Video`).
    pub media: HashMap<String, (Option<PartId>, String)>,
}

/// A font.
#[derive(Clone, Debug, Default)]
pub(super) struct Font {
    pub face: String,
    pub is_heavy: bool,
    /// The font itself, where it is in the file.
    pub part: Option<PartId>,
}

/// Parameters of drawing that several objects share.
#[derive(Clone, Debug, Default)]
pub(super) struct DrawParam {
    pub pen: Pen,
    pub relative: String,
    pub fill: Paint,
    pub stroke: Paint,
}

impl Resources {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.fonts.len() + self.params.len() + self.composites.len() + self.media.len()
    }

    /// What a parameter set and those it builds on say of lines.
    pub fn pen(&self, id: &str) -> Pen {
        let mut pen = Pen::default();
        let mut next = id;
        for _ in 0..MAX_PARAMS {
            let Some(param) = self.params.get(next) else { break };
            pen = pen.or(&param.pen);
            next = &param.relative;
        }
        pen
    }

    /// The paints of a parameter set and those it builds on.
    pub fn paints(&self, id: &str) -> (Paint, Paint) {
        let (mut fill, mut stroke) = (Paint::Unset, Paint::Unset);
        let mut next = id;
        for _ in 0..MAX_PARAMS {
            let Some(param) = self.params.get(next) else { break };
            fill = or(fill, param.fill);
            stroke = or(stroke, param.stroke);
            next = &param.relative;
        }
        (fill, stroke)
    }
}

pub(super) fn or(own: Paint, other: Paint) -> Paint {
    if own == Paint::Unset { other } else { own }
}

/// What holds inside a layer, block or composite object.
#[derive(Clone, Copy, Debug)]
struct State {
    matrix: Matrix,
    shown: bool,
    fill: Paint,
    stroke: Paint,
}

struct Frame {
    steps: Rc<Vec<Step>>,
    at: usize,
    states: Vec<State>,
}

/// Draws on one page.
pub(super) struct Drawer<'d> {
    pub page: &'d mut Page,
    pub faces: &'d mut Faces,
    pub resources: &'d Resources,
    pub budget: &'d mut Budget,
    /// Characters drawn so far in the document.
    pub drawn: &'d mut usize,
    pub layer: Layer,
}

impl Drawer<'_> {
    /// Draws `steps` with the page's corner at `origin` (in millimetres).
    ///
    /// # Errors
    /// A gap, where drawing could not go on.
    pub fn draw(
        &mut self,
        steps: &Rc<Vec<Step>>,
        origin: (f32, f32),
        shown: bool,
    ) -> Result<(), Gap> {
        let matrix = Matrix::moving(-origin.0, -origin.1);
        let state = State { matrix, shown, fill: Paint::Unset, stroke: Paint::Unset };
        let first = Frame { steps: Rc::clone(steps), at: 0, states: vec![state] };
        let mut frames = vec![first];
        let mut trouble = None;
        while let Some(frame) = frames.last_mut() {
            let steps = Rc::clone(&frame.steps);
            let Some(step) = steps.get(frame.at) else {
                frames.pop();
                continue;
            };
            frame.at += 1;
            self.budget.spend_steps(1)?;
            let Some(state) = frame.states.last().copied() else { continue };
            match step {
                Step::Begin { at, shown, draw_param, .. } => {
                    let (fill, stroke) = self.resources.paints(draw_param);
                    frame.states.push(State {
                        matrix: Matrix::moving(at.0, at.1).then(state.matrix),
                        shown: state.shown && *shown,
                        fill: or(fill, state.fill),
                        stroke: or(stroke, state.stroke),
                    });
                }
                Step::End => drop(frame.states.pop()),
                Step::Text(text) => self.text(text, &state)?,
                Step::Path { object, around, is_box, .. } => {
                    if object.filled {
                        self.fill(object, *around, *is_box, &state);
                    }
                }
                Step::Picture { object } => self.picture(object, &state),
                Step::Composite { object, resource } => {
                    let Some(inner) = self.resources.composites.get(resource) else {
                        let words = "a composite object is made of a resource that is not there";
                        trouble = Some(Gap::new(GapKind::Damaged, words));
                        continue;
                    };
                    let (fill, stroke) = self.resources.paints(&object.draw_param);
                    let state = State {
                        matrix: placed(object).then(state.matrix),
                        shown: state.shown && object.shown && object.alpha > 0,
                        fill: or(fill, state.fill),
                        stroke: or(stroke, state.stroke),
                    };
                    let frame = Frame { steps: Rc::clone(inner), at: 0, states: vec![state] };
                    if frames.len() >= MAX_COMPOSITES {
                        let words = "composite objects hold one another too deep";
                        trouble = Some(Gap::new(GapKind::Damaged, words));
                    } else {
                        frames.push(frame);
                    }
                }
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    fn text(&mut self, text: &TextObject, state: &State) -> Result<(), Gap> {
        let object = &text.object;
        let (fill, stroke) = self.resources.paints(&object.draw_param);
        let fill = or(object.fill, or(fill, state.fill));
        let stroke = or(object.stroke, or(stroke, state.stroke));
        let ink = match (object.filled, object.stroked) {
            (true, _) => or(fill, Paint::Color([0; 3], 255)),
            (false, true) => or(stroke, Paint::Color([0; 3], 255)),
            (false, false) => Paint::Color([0; 3], 0),
        };
        let (color, ink_alpha) = match ink {
            Paint::Color(color, alpha) => (Some(color), alpha),
            _ => (None, 255),
        };
        let seen = state.shown
            && object.shown
            && object.alpha > 5
            && (ink_alpha > 5 || object.filled && object.stroked);
        let face = self.resources.fonts.get(&text.font);
        let (name, heavy) = face.map_or(("", false), |font| (&*font.face, font.is_heavy));
        let face = self.faces.id(name, heavy || text.bold);
        let look = Look { color, face, seen };
        let mut at = (0.0, 0.0);
        for code in &text.codes {
            at = self.code(text, code, at, state, look)?;
        }
        Ok(())
    }

    /// Puts the characters of one code down; returns where the next would go on.
    fn code(
        &mut self,
        text: &TextObject,
        code: &TextCode,
        before: (f32, f32),
        state: &State,
        look: Look,
    ) -> Result<(f32, f32), Gap> {
        let object = &text.object;
        let matrix = placed(object).then(state.matrix);
        let [a, b, c, d, ..] = matrix.0;
        let (along, up) = (a.hypot(b), c.hypot(d));
        let size = text.size * up * POINTS;
        let downwards = code.dx.iter().all(|d| *d == 0.0) && code.dy.iter().any(|d| *d > 0.0);
        let downwards = downwards || code.dx.is_empty() && text.reading == 90;
        let angle = b.atan2(a).to_degrees().round().rem_euclid(360.0) as u16 % 360;
        let (mut x, mut y) = (code.x.unwrap_or(before.0), code.y.unwrap_or(before.1));
        let (mut count, mut all_outside) = (0, true);
        let first = self.page.glyphs.len();
        for (n, c) in code.text.chars().enumerate() {
            count += 1;
            let width = text.size * text.stretch * natural_width(c);
            let told = !code.dx.is_empty() || !code.dy.is_empty();
            // Beyond the last way that is told, and where none is, characters
            // follow one another as their widths have it.
            let (dx, dy) = match (code.dx.get(n), code.dy.get(n)) {
                (None, None) if downwards => (0.0, text.size),
                (None, None) => (width, 0.0),
                (dx, dy) => (dx.copied().unwrap_or(0.0), dy.copied().unwrap_or(0.0)),
            };
            let way = if downwards { dy } else { dx };
            let wide = is_wide(c);
            let limit = if wide { 1.25 } else { 1.1 } * text.size;
            let advance = if told && way > 0.0 && way <= limit { way } else { width };
            let point = object.ctm.apply(x, y);
            let (px, py) = matrix.apply(x, y);
            all_outside &= is_outside(object, point, text.size * up.max(along));
            let glyph = Glyph {
                c,
                x: px * POINTS,
                y: py * POINTS,
                advance: advance * if downwards { up } else { along } * POINTS,
                size,
                angle,
                vertical: downwards,
                color: look.color,
                face: look.face,
                layer: self.layer,
                hidden: !look.seen || size < SPECK,
                order: self.page.order,
            };
            if is_unknown(c) {
                self.page.unknown += 1;
            }
            self.page.glyphs.push(glyph);
            (x, y) = (x + dx, y + dy);
        }
        // What is cut off at an edge can still be told.
        for glyph in self.page.glyphs.get_mut(first..).unwrap_or_default() {
            glyph.hidden |= all_outside;
        }
        self.budget.spend_steps(count as u64)?;
        *self.drawn += count;
        if *self.drawn > MAX_GLYPHS {
            let words = format!("more than {MAX_GLYPHS} characters of one document");
            return Err(Gap::new(GapKind::Limit(crate::model::Limit::Text), words));
        }
        Ok((x, y))
    }

    fn fill(&mut self, object: &Object, around: Bounds, is_box: bool, state: &State) {
        if !state.shown || !object.shown || self.layer != Layer::Page {
            return;
        }
        let (fill, _) = self.resources.paints(&object.draw_param);
        let (color, alpha) = match or(object.fill, or(fill, state.fill)) {
            Paint::Color(color, alpha) => (Some(color), alpha),
            Paint::Mixed => (None, 255),
            Paint::Unset => return,
        };
        if alpha.min(object.alpha) == 0 {
            return;
        }
        let solid = alpha.min(object.alpha) > 240 && object.clip.is_none();
        let matrix = placed(object).then(state.matrix);
        let upright = matrix.0[1].abs() < 1e-4 && matrix.0[2].abs() < 1e-4;
        let around = in_points(matrix.bounds(around));
        self.page.cover(around, color.filter(|_| solid), is_box && upright);
    }

    fn picture(&mut self, object: &Object, state: &State) {
        if !state.shown || !object.shown || object.alpha == 0 {
            return;
        }
        let unit = Bounds { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
        let around = match object.boundary {
            Some(boundary) => state.matrix.bounds(boundary),
            None => placed(object).then(state.matrix).bounds(unit),
        };
        self.page.picture(in_points(around));
    }
}

#[derive(Clone, Copy)]
struct Look {
    color: Option<[u8; 3]>,
    face: u16,
    seen: bool,
}

fn in_points(b: Bounds) -> Bounds {
    Bounds { x: b.x * POINTS, y: b.y * POINTS, width: b.width * POINTS, height: b.height * POINTS }
}

/// From an object's own space to the space it stands in.
pub(super) fn placed(object: &Object) -> Matrix {
    let at = object.boundary.map_or((0.0, 0.0), |b| (b.x, b.y));
    object.ctm.then(Matrix::moving(at.0, at.1))
}

/// Whether a character at `point` (behind the object's matrix, before its
/// boundary's place) is clipped away whole.
fn is_outside(object: &Object, point: (f32, f32), reach: f32) -> bool {
    if object.clip.is_some_and(|clip| !clip.holds(point.0, point.1, reach)) {
        return true;
    }
    object.boundary.is_some_and(|b| {
        let own = Bounds { x: 0.0, y: 0.0, ..b };
        b.width > 0.0 && b.height > 0.0 && !own.holds(point.0, point.1, reach * 1.5)
    })
}

/// Whether a character takes a whole em: Chinese and its punctuation.
pub(super) fn is_wide(c: char) -> bool {
    ('\u{2E80}'..='\u{FFEF}').contains(&c) || c as u32 >= 0x2_0000 || matches!(c, '★' | '☆')
}

/// A character's usual width in ems.
pub(super) fn natural_width(c: char) -> f32 {
    match c {
        _ if is_wide(c) => 1.0,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.9,
        'A'..='Z' => 0.7,
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.3,
        _ => 0.5,
    }
}

fn is_unknown(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}') || c as u32 >= 0xF_0000 || c.is_control()
}

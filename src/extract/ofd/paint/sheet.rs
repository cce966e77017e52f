//! Steps of drawing carried out on a device: paths, and what all objects have in common.

use std::collections::HashMap;
use std::rc::Rc;

use kurbo::{Affine, BezPath, Cap, Join, Rect, Shape, Stroke};
use pdfrum::RenderDevice;
use pdfrum_render::{AntiAlias, Brush, FillRule, ImageQuality, Pixmap};
use peniko::Color;

use super::font::Face;
use super::path::{self, affine, in_pixels};
use super::{MOST_TOLD, Scene, shade};
use crate::extract::Budget;
use crate::extract::ofd::content::{Object, Step};
use crate::extract::ofd::draw::{MAX_COMPOSITES, Resources, or, placed};
use crate::extract::ofd::style::{Ends, Paint, Pen};
use crate::extract::ofd::values::Bounds;
use crate::extract::office::package::{Package, PartId};
use crate::extract::pdf::render::counted::{Tally, Target};
use crate::model::{Gap, GapKind, Lettering};

/// Width of a line where nothing tells it, in millimetres (8.2).
const LINE: f32 = 0.353;

/// How far a corner may stick out where nothing tells it, in line widths (8.2).
const MITER: f32 = 3.528;

/// What an object may stick out of its boundary, in millimetres: programs round.
const SLACK: f64 = 0.5;

/// What holds inside a layer, block or composite object.
#[derive(Clone)]
pub(super) struct State {
    /// From millimetres to pixels.
    pub matrix: Affine,
    pub shown: bool,
    /// Opacity of all that is around, from 0 to 1.
    pub alpha: f32,
    pub fill: Paint,
    pub stroke: Paint,
    pub pen: Pen,
}

struct Frame {
    steps: Rc<Vec<Step>>,
    at: usize,
    states: Vec<State>,
}

/// Paints one page.
pub(super) struct Painter<'p, 'a> {
    pub package: &'p mut Package<'a>,
    pub budget: &'p mut Budget,
    pub device: &'p mut Target,
    pub tally: &'p Tally,
    /// Pixels to the point.
    pub scale: f64,
    pub lettering: Vec<Lettering>,
    /// Characters set so far by whoever shows the page.
    pub lettered: usize,
    not_drawn: Vec<Gap>,
    pub faces: HashMap<PartId, Option<Face>>,
    pub pictures: HashMap<PartId, Option<Rc<Pixmap>>>,
    /// Documents that are drawn within documents: seals.
    pub depth: usize,
}

impl<'p, 'a> Painter<'p, 'a> {
    pub fn new(
        package: &'p mut Package<'a>,
        budget: &'p mut Budget,
        device: &'p mut Target,
        tally: &'p Tally,
        scale: f64,
    ) -> Self {
        Self {
            package,
            budget,
            device,
            tally,
            scale,
            lettering: Vec::new(),
            lettered: 0,
            not_drawn: Vec::new(),
            faces: HashMap::new(),
            pictures: HashMap::new(),
            depth: 0,
        }
    }

    pub fn finish(self) -> (Vec<Lettering>, Vec<Gap>) {
        let lettering = self.lettering.into_iter().filter(|one| !one.text.is_empty()).collect();
        (lettering, self.not_drawn)
    }

    /// Paints a page of another document within this one.
    pub fn within(&mut self, package: &mut Package<'_>, scene: &Scene, matrix: Affine) {
        let mut inner = Painter::new(package, self.budget, self.device, self.tally, self.scale);
        (inner.depth, inner.lettered) = (self.depth + 1, self.lettered);
        inner.scene(scene, matrix);
        self.lettered = inner.lettered;
        let (lettering, not_drawn) = inner.finish();
        self.lettering.extend(lettering);
        not_drawn.into_iter().for_each(|gap| self.tell(gap));
    }

    /// Tells, once, what is not drawn.
    pub fn tell(&mut self, gap: Gap) {
        if self.not_drawn.len() < MOST_TOLD && !self.not_drawn.contains(&gap) {
            self.not_drawn.push(gap);
        }
    }

    /// Paints all of a page; `matrix` goes from its millimetres to pixels.
    pub fn scene(&mut self, scene: &Scene, matrix: Affine) {
        let state = State {
            matrix,
            shown: true,
            alpha: 1.0,
            fill: Paint::Unset,
            stroke: Paint::Unset,
            pen: Pen::default(),
        };
        for (steps, resources) in &scene.layers {
            self.steps(steps, resources, &state);
        }
        for stamp in &scene.stamps {
            self.stamp(stamp, &state);
        }
    }

    fn steps(&mut self, steps: &Rc<Vec<Step>>, resources: &Resources, state: &State) {
        let mut frames =
            vec![Frame { steps: Rc::clone(steps), at: 0, states: vec![state.clone()] }];
        while let Some(frame) = frames.last_mut() {
            let steps = Rc::clone(&frame.steps);
            let Some(step) = steps.get(frame.at) else {
                frames.pop();
                continue;
            };
            frame.at += 1;
            // What was spent is told where the budget is charged for it.
            if !self.tally.charge(1, 0) {
                return;
            }
            let Some(state) = frame.states.last().cloned() else { continue };
            match step {
                Step::Begin { at, shown, draw_param, is_cell } => {
                    let (fill, stroke) = resources.paints(draw_param);
                    let moved = Affine::translate((f64::from(at.0), f64::from(at.1)));
                    frame.states.push(State {
                        matrix: state.matrix * moved,
                        shown: state.shown && *shown && !is_cell,
                        alpha: state.alpha,
                        fill: or(fill, state.fill),
                        stroke: or(stroke, state.stroke),
                        pen: resources.pen(draw_param).or(&state.pen),
                    });
                }
                Step::End => drop(frame.states.pop()),
                Step::Text(text) if is_seen(&text.object, &state) => {
                    self.text(text, resources, &state);
                }
                Step::Path { object, data, is_box, .. } if is_seen(object, &state) => {
                    self.path(object, data, *is_box, resources, &state);
                }
                Step::Picture { object } if is_seen(object, &state) => {
                    self.picture(object, resources, &state);
                }
                Step::Composite { object, resource } if is_seen(object, &state) => {
                    let Some(inner) = resources.composites.get(resource) else {
                        let words = "a composite object is made of a resource that is not there";
                        self.tell(Gap::new(GapKind::Damaged, words));
                        continue;
                    };
                    if frames.len() >= MAX_COMPOSITES {
                        let words = "composite objects hold one another too deep";
                        self.tell(Gap::new(GapKind::Damaged, words));
                        continue;
                    }
                    let inside = inside(object, resources, &state);
                    let states = vec![inside];
                    frames.push(Frame { steps: Rc::clone(inner), at: 0, states });
                }
                _ => {}
            }
        }
    }

    fn path(
        &mut self,
        object: &Object,
        data: &str,
        is_box: bool,
        resources: &Resources,
        state: &State,
    ) {
        let drawn = path::read(data);
        if drawn.elements().is_empty() || !self.tally.charge(data.len() / 64, 0) {
            return;
        }
        let matrix = state.matrix * affine(placed(object));
        let (fill, stroke) = resources.paints(&object.draw_param);
        let pen = object.pen.or(&resources.pen(&object.draw_param)).or(&state.pen);
        let width = f64::from(pen.width.unwrap_or(LINE).max(0.0));
        let around = drawn.control_box().inflate(width, width);
        let clips = self.clip(object, Some((around, width)), matrix, state);
        let (pixels, is_far) = in_pixels(&drawn, matrix);
        let rule = if object.even_odd { FillRule::EvenOdd } else { FillRule::Winding };
        if object.filled {
            match or(object.fill, or(fill, state.fill)) {
                Paint::Color(color, alpha) => {
                    let solid = alpha.min(object.alpha) > 240 && state.alpha > 0.94;
                    let color = ink(color, alpha, object, state);
                    let brush = Brush::Solid(color);
                    self.device.fill_path(&pixels, Affine::IDENTITY, &brush, rule, AntiAlias::On);
                    if solid && is_box && object.clips.is_empty() {
                        self.cover(pixels.control_box());
                    }
                }
                Paint::Mixed => self.shade(object, &pixels, rule, matrix, state),
                Paint::Unset => {}
            }
        }
        if object.stroked {
            let color = match or(object.stroke, or(stroke, state.stroke)) {
                Paint::Color(color, alpha) => ink(color, alpha, object, state),
                Paint::Unset => ink([0; 3], 255, object, state),
                Paint::Mixed => {
                    self.tell_mixed();
                    ink([128; 3], 255, object, state)
                }
            };
            let scale = matrix.determinant().abs().sqrt();
            let (drawn, matrix, scale) =
                if is_far { (pixels, Affine::IDENTITY, scale) } else { (drawn, matrix, 1.0) };
            let stroke = lines(&pen, width * scale, matrix);
            self.device.stroke_path(&drawn, matrix, &Brush::Solid(color), &stroke, AntiAlias::On);
        }
        self.unclip(clips);
    }

    fn tell_mixed(&mut self) {
        let words = "a pattern or a change of colours of a kind that is not drawn";
        self.tell(Gap::new(GapKind::Unsupported, words));
    }

    fn shade(
        &mut self,
        object: &Object,
        path: &BezPath,
        rule: FillRule,
        matrix: Affine,
        state: &State,
    ) {
        let Some(shade) = &object.shade else { return self.tell_mixed() };
        let place = path.control_box().intersect(self.device.size()).expand();
        if !self.tally.charge(0, place.area().max(0.0) as u64 * 8) {
            return;
        }
        let Some(made) = shade::pixels(shade, matrix, place) else { return };
        self.device.push_clip(path, rule);
        let alpha = f32::from(object.alpha) / 255.0 * state.alpha;
        let at = Affine::translate((place.x0, place.y0));
        self.device.draw_image(&made, at, ImageQuality::Nearest, alpha);
        self.device.pop();
    }

    /// Clips to an object's boundary, where something (a box in the object's space, drawn
    /// with lines of a width) sticks out of it, and to its clips. How many are to be popped.
    pub fn clip(
        &mut self,
        object: &Object,
        drawn: Option<(Rect, f64)>,
        matrix: Affine,
        state: &State,
    ) -> usize {
        let mut count = 0;
        let boundary = object.boundary.filter(|b| b.width > 0.0 || b.height > 0.0);
        if let (Some(boundary), Some((around, width))) = (boundary, drawn) {
            let slack = width / 2.0 + SLACK;
            let own = rect(boundary).inflate(slack, slack);
            let placed = affine(placed(object)).transform_rect_bbox(around);
            if own.union(placed).area() > own.area() * 1.000_001 {
                let (own, _) = in_pixels(&own.to_path(0.1), state.matrix);
                self.device.push_clip(&own, FillRule::Winding);
                count += 1;
            }
        }
        let moved = object.boundary.map_or((0.0, 0.0), |b| (b.x.into(), b.y.into()));
        let still = state.matrix * Affine::translate(moved);
        for clip in &object.clips {
            if clip.has_text {
                let words = "a clip made of text is not followed: more may be seen than there is";
                self.tell(Gap::new(GapKind::Unsupported, words));
                continue;
            }
            let to = if clip.moved { matrix } else { still };
            let mut all = BezPath::new();
            let mut is_even_odd = false;
            for (own, even_odd, data) in &clip.paths {
                all.extend(in_pixels(&path::read(data), to * affine(*own)).0);
                is_even_odd |= even_odd;
            }
            if all.elements().is_empty() {
                continue;
            }
            let rule = if is_even_odd { FillRule::EvenOdd } else { FillRule::Winding };
            self.device.push_clip(&all, rule);
            count += 1;
        }
        count
    }

    pub fn unclip(&mut self, count: usize) {
        for _ in 0..count {
            self.device.pop();
        }
    }

    /// Takes characters back that would be set over something drawn over them (in pixels).
    pub fn cover(&mut self, place: Rect) {
        self.tally.charge(self.lettered / 16, 0);
        let scale = self.scale;
        for one in &mut self.lettering {
            let half = f64::from(one.size) / 2.0;
            let kept = |at: &[f32; 2]| {
                let (x, y) = (f64::from(at[0]) + half, f64::from(at[1]) - half);
                !place.contains((x * scale, y * scale))
            };
            if one.places.iter().all(kept) {
                continue;
            }
            let pairs = one.text.chars().zip(&one.places).filter(|(_, at)| kept(at));
            (one.text, one.places) = pairs.map(|(c, at)| (c, *at)).unzip();
        }
    }
}

/// What holds inside a composite object.
fn inside(object: &Object, resources: &Resources, state: &State) -> State {
    let (fill, stroke) = resources.paints(&object.draw_param);
    State {
        matrix: state.matrix * affine(placed(object)),
        shown: state.shown,
        alpha: state.alpha * f32::from(object.alpha) / 255.0,
        fill: or(fill, state.fill),
        stroke: or(stroke, state.stroke),
        pen: resources.pen(&object.draw_param).or(&state.pen),
    }
}

fn is_seen(object: &Object, state: &State) -> bool {
    state.shown && object.shown && object.alpha > 0
}

/// A colour with the opacity of its object and of what that stands in.
pub(super) fn ink([red, green, blue]: [u8; 3], alpha: u8, object: &Object, state: &State) -> Color {
    let alpha = f32::from(alpha) * f32::from(object.alpha) / 255.0 * state.alpha;
    Color::from_rgba8(red, green, blue, alpha.round() as u8)
}

pub(super) fn rect(b: Bounds) -> Rect {
    let (x, y) = (f64::from(b.x), f64::from(b.y));
    Rect::new(x, y, x + f64::from(b.width), y + f64::from(b.height))
}

/// Lines of a width in the space that `matrix` takes to pixels: a pixel at least.
pub(super) fn lines(pen: &Pen, width: f64, matrix: Affine) -> Stroke {
    let scale = matrix.determinant().abs().sqrt().max(1e-9);
    let cap = match pen.cap {
        Some(Ends::Round) => Cap::Round,
        Some(Ends::Square) => Cap::Square,
        _ => Cap::Butt,
    };
    let join = match pen.join {
        Some(Ends::Round) => Join::Round,
        Some(Ends::Square) => Join::Bevel,
        _ => Join::Miter,
    };
    let stroke = Stroke::new(width.max(1.0 / scale))
        .with_caps(cap)
        .with_join(join)
        .with_miter_limit(f64::from(pen.miter.unwrap_or(MITER).max(1.0)));
    let Some(dash) = &pen.dash else { return stroke };
    let (lengths, offset) = &**dash;
    let whole: f32 = lengths.iter().sum();
    // Dashes finer than half a pixel are a line.
    let is_drawn = lengths.iter().all(|length| *length >= 0.0) && f64::from(whole) * scale > 0.5;
    if !is_drawn {
        return stroke;
    }
    // A list of odd length goes on with gaps and dashes changed.
    let twice = if lengths.len() % 2 == 1 { 2 } else { 1 };
    let lengths = lengths.iter().cycle().take(lengths.len() * twice);
    stroke.with_dashes(f64::from(*offset), lengths.map(|length| f64::from(length.max(1e-3))))
}

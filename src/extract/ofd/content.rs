//! What a page, a template, an annotation or a composite object says is to be
//! drawn (GB/T 33190-2016, 7.7, 11, 13), from XML to a flat list of steps.

use std::rc::Rc;

use crate::extract::office::xml::{Element, Xml, XmlReader};

use super::style::{Clip, Paint, Pen, Shade, paint, pen, shade};
use super::values::{Bounds, Matrix, advances, bounds, matrix, number, path_box};

/// One step of drawing.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A layer, block, appearance or cell of a pattern begins: its own place, whether it
    /// is shown, and whether it is such a cell.
    Begin { at: (f32, f32), shown: bool, draw_param: String, is_cell: bool },
    /// The innermost of them ends.
    End,
    /// Characters.
    Text(Box<TextObject>),
    /// Lines, or what they enclose: the box around it, whether it is a rectangle, and its
    /// path as it is written (`AbbreviatedData`).
    Path { object: Object, around: Bounds, is_box: bool, data: Rc<str> },
    /// A picture.
    Picture { object: Object },
    /// A composite object: its resource.
    Composite { object: Object, resource: String },
}

/// What all objects have.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub boundary: Option<Bounds>,
    pub ctm: Matrix,
    pub shown: bool,
    /// Its own opacity, 0 to 255.
    pub alpha: u8,
    pub draw_param: String,
    pub fill: Paint,
    pub stroke: Paint,
    pub filled: bool,
    pub stroked: bool,
    /// The box around its clips, in its own space.
    pub clip: Option<Bounds>,
    /// A resource: a picture's.
    pub resource: String,
    pub pen: Pen,
    /// Whether the even-odd rule tells what is inside.
    pub even_odd: bool,
    /// Where it may be seen: in each of these, if there are any.
    pub clips: Vec<Rc<Clip>>,
    /// What colours it from place to place, where [`Paint::Mixed`] says that something does.
    pub shade: Option<Rc<Shade>>,
}

/// Colours of one change of colours.
const MAX_STOPS: usize = 256;

/// Glyphs that one transformation names.
const MAX_GLYPHS: usize = 200_000;

/// A text object.
#[derive(Clone, Debug)]
pub(super) struct TextObject {
    pub object: Object,
    pub font: String,
    pub size: f32,
    pub stretch: f32,
    pub bold: bool,
    /// Direction of reading, in degrees.
    pub reading: u16,
    /// Direction of each character, in degrees.
    pub turned: u16,
    pub codes: Vec<TextCode>,
}

/// Characters with the place of the first and the ways from one to the next.
#[derive(Clone, Debug)]
pub(super) struct TextCode {
    pub x: Option<f32>,
    pub y: Option<f32>,
    pub dx: Vec<f32>,
    pub dy: Vec<f32>,
    pub text: String,
    /// Glyphs that stand for characters, which its font may not know.
    pub glyphs: Vec<Glyphs>,
}

/// Glyphs for characters (11.4): the place of the first of them, how many characters
/// they stand for, and their numbers in the font.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glyphs {
    pub first: usize,
    pub count: usize,
    pub numbers: Vec<u16>,
}

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Group,
    Text,
    Path,
    Picture,
    Composite,
    Code,
    Data,
    Clips,
    Clip,
    ClipPath,
    ClipData,
    Glyphs,
    Fill,
    Stroke,
    Other,
}

/// Gathers steps from the elements it is given.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub steps: Vec<Step>,
    tags: Vec<Tag>,
    objects: Vec<Object>,
    texts: Vec<TextObject>,
    code: Option<(TextCode, String, String)>,
    data: String,
    path: Option<(Bounds, bool)>,
    path_data: Option<Rc<str>>,
    clip_at: (Bounds, Matrix),
    clip_trans: bool,
    clip: Clip,
    clip_even_odd: bool,
    /// Glyphs for the characters that come next, and those that are being read.
    glyphs: Vec<Glyphs>,
    listed: Option<Glyphs>,
    shade: Option<Shade>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }
    }
}

impl Default for Matrix {
    fn default() -> Self {
        Self::IDENTITY
    }
}

impl Content {
    /// Whether something is open.
    pub fn is_open(&self) -> bool {
        !self.tags.is_empty()
    }

    /// An element begins.
    pub fn open(&mut self, element: &Element<'_>) {
        let tag = match element.local() {
            "Layer" | "PageBlock" | "Appearance" | "CellContent" | "Content" => {
                self.begin(element);
                Tag::Group
            }
            "Clips" => {
                self.clip_trans = element.attr("TransFlag").is_none_or(|v| v != "false");
                Tag::Clips
            }
            "Clip" if self.in_clips() => {
                self.clip = Clip { moved: self.clip_trans, ..Clip::default() };
                Tag::Clip
            }
            "Area" if self.in_clips() => {
                let ctm = element.attr("CTM").and_then(|v| matrix(&v)).unwrap_or_default();
                self.clip_at = (Bounds::default(), ctm);
                Tag::Other
            }
            "Text" if self.in_clips() => {
                self.clip.has_text = true;
                Tag::Other
            }
            "Path" if self.in_clips() => {
                self.clip_even_odd = element.attr("Rule").is_some_and(|v| v == "Even-Odd");
                if let Some(at) = element.attr("Boundary").and_then(|v| bounds(&v)) {
                    let own = element.attr("CTM").and_then(|v| matrix(&v)).unwrap_or_default();
                    let ctm = own.then(Matrix::moving(at.x, at.y)).then(self.clip_at.1);
                    self.clip_at = (at, ctm);
                }
                Tag::ClipPath
            }
            "AbbreviatedData" if self.tags.last() == Some(&Tag::ClipPath) => Tag::ClipData,
            _ if self.in_clips() => Tag::Other,
            "TextObject" => {
                self.begin_text(element);
                Tag::Text
            }
            "PathObject" => {
                let mut object = object(element);
                object.filled = element.attr("Fill").is_some_and(|v| v == "true" || v == "1");
                object.stroked = element.attr("Stroke").is_none_or(|v| v != "false" && v != "0");
                self.objects.push(object);
                (self.path, self.path_data) = (None, None);
                Tag::Path
            }
            "ImageObject" => {
                self.objects.push(object(element));
                Tag::Picture
            }
            "CompositeObject" => {
                self.objects.push(object(element));
                Tag::Composite
            }
            "TextCode" => {
                self.begin_code(element);
                Tag::Code
            }
            "AbbreviatedData" if self.tags.last() == Some(&Tag::Path) => Tag::Data,
            "CGTransform" => {
                let number_of = |name: &str| element.attr(name).and_then(|v| number(&v));
                let (first, count) = (number_of("CodePosition"), number_of("CodeCount"));
                self.listed = Some(Glyphs {
                    first: first.map_or(0, |n| n.max(0.0) as usize),
                    count: count.map_or(1, |n| n.max(1.0) as usize),
                    numbers: Vec::new(),
                });
                Tag::Other
            }
            "Glyphs" if self.listed.is_some() => Tag::Glyphs,
            "FillColor" => {
                self.paint(true, paint(element));
                Tag::Fill
            }
            "StrokeColor" => {
                self.paint(false, paint(element));
                Tag::Stroke
            }
            "Segment" => {
                if let Some(shade) = self.shade.as_mut().filter(|s| s.stops.len() < MAX_STOPS) {
                    let at = element.attr("Position").and_then(|v| number(&v));
                    shade.stops.push((at.unwrap_or(f32::NAN), [0; 3], 255));
                }
                Tag::Other
            }
            "Color" => {
                let told = paint(element);
                let last = self.shade.as_mut().and_then(|shade| shade.stops.last_mut());
                if let (Some(stop), Paint::Color(color, alpha)) = (last, told) {
                    (stop.1, stop.2) = (color, alpha);
                }
                Tag::Other
            }
            "Pattern" | "AxialShd" | "RadialShd" | "GouraudShd" | "LaGouraudShd" => {
                self.shade = shade(element);
                match self.tags.last() {
                    Some(Tag::Fill) => self.paint(true, Paint::Mixed),
                    Some(Tag::Stroke) => self.paint(false, Paint::Mixed),
                    _ => {}
                }
                Tag::Other
            }
            _ => Tag::Other,
        };
        self.tags.push(tag);
    }

    fn in_clips(&self) -> bool {
        self.tags.iter().rev().take(8).any(|tag| *tag == Tag::Clips)
    }

    fn begin(&mut self, element: &Element<'_>) {
        let boundary = element.attr("Boundary").and_then(|v| bounds(&v));
        let mut at = boundary.map_or((0.0, 0.0), |b| (b.x, b.y));
        // The cell of a pattern is drawn where the object it fills stands.
        if element.local() == "CellContent" {
            at = self.objects.last().and_then(|o| o.boundary).map_or(at, |b| (b.x, b.y));
        }
        let draw_param = element.attr("DrawParam").unwrap_or_default().into_owned();
        let is_cell = element.local() == "CellContent";
        self.steps.push(Step::Begin { at, shown: is_shown(element), draw_param, is_cell });
    }

    fn begin_text(&mut self, element: &Element<'_>) {
        let mut object = object(element);
        object.filled = element.attr("Fill").is_none_or(|v| v != "false" && v != "0");
        let number_of = |name: &str| element.attr(name).and_then(|v| number(&v));
        self.objects.push(object.clone());
        self.texts.push(TextObject {
            object,
            font: element.attr("Font").unwrap_or_default().trim().to_owned(),
            size: number_of("Size").unwrap_or(0.0).abs(),
            stretch: number_of("HScale").filter(|s| *s > 0.0).unwrap_or(1.0),
            bold: number_of("Weight").is_some_and(|w| w >= 600.0),
            reading: number_of("ReadDirection").map_or(0, |d| d.rem_euclid(360.0) as u16),
            turned: number_of("CharDirection").map_or(0, |d| d.rem_euclid(360.0) as u16),
            codes: Vec::new(),
        });
        self.glyphs.clear();
    }

    fn begin_code(&mut self, element: &Element<'_>) {
        let place = |name: &str| element.attr(name).and_then(|v| number(&v));
        let list = |name: &str| element.attr(name).unwrap_or_default().into_owned();
        let code = TextCode {
            x: place("X"),
            y: place("Y"),
            dx: Vec::new(),
            dy: Vec::new(),
            text: String::new(),
            glyphs: std::mem::take(&mut self.glyphs),
        };
        self.code = Some((code, list("DeltaX"), list("DeltaY")));
    }

    fn paint(&mut self, fill: bool, paint: Paint) {
        if let Some(object) = self.objects.last_mut() {
            *(if fill { &mut object.fill } else { &mut object.stroke }) = paint;
        }
    }

    /// Character data.
    pub fn text(&mut self, text: &str) {
        match self.tags.last() {
            Some(Tag::Code) => {
                if let Some((code, ..)) = &mut self.code {
                    code.text.push_str(text);
                }
            }
            Some(Tag::Data | Tag::ClipData) => self.data.push_str(text),
            Some(Tag::Glyphs) => {
                if let Some(listed) = &mut self.listed {
                    let room = MAX_GLYPHS.saturating_sub(listed.numbers.len());
                    listed.numbers.extend(glyph_numbers(text).take(room));
                }
            }
            _ => {}
        }
    }

    /// The innermost open element ends.
    pub fn close(&mut self) {
        let Some(tag) = self.tags.pop() else { return };
        match tag {
            Tag::Group => self.steps.push(Step::End),
            Tag::Code => self.end_code(),
            Tag::Data => {
                let data = std::mem::take(&mut self.data);
                self.path = path_box(&data);
                self.path_data = Some(data.into());
            }
            Tag::ClipData => self.end_clip(),
            Tag::Clip => {
                let clip = std::mem::take(&mut self.clip);
                if let Some(object) = self.objects.last_mut() {
                    object.clips.push(Rc::new(clip));
                }
            }
            Tag::Glyphs => self.end_glyphs(),
            Tag::Fill | Tag::Stroke => {
                if let (Some(shade), Some(object)) = (self.shade.take(), self.objects.last_mut())
                    && tag == Tag::Fill
                {
                    object.shade = Some(Rc::new(shade.settled()));
                }
            }
            Tag::Text => {
                let object = self.objects.pop();
                if let (Some(object), Some(text)) = (object, self.texts.pop()) {
                    self.steps.push(Step::Text(Box::new(TextObject { object, ..text })));
                }
            }
            Tag::Path => {
                let object = self.objects.pop();
                let data = self.path_data.take().unwrap_or_default();
                if let (Some(object), Some((around, is_box))) = (object, self.path.take()) {
                    self.steps.push(Step::Path { object, around, is_box, data });
                }
            }
            Tag::Picture => {
                if let Some(object) = self.objects.pop() {
                    self.steps.push(Step::Picture { object });
                }
            }
            Tag::Composite => {
                if let Some(object) = self.objects.pop() {
                    let resource = object.resource.clone();
                    self.steps.push(Step::Composite { object, resource });
                }
            }
            _ => {}
        }
    }

    fn end_code(&mut self) {
        let Some((mut code, dx, dy)) = self.code.take() else { return };
        // Files that were indented have line ends around the characters.
        if code.text.contains(['\n', '\r']) {
            code.text = code.text.trim().to_owned();
        }
        let characters = code.text.chars().count();
        code.dx = advances(&dx, characters);
        code.dy = advances(&dy, characters);
        if let Some(text) = self.texts.last_mut() {
            text.codes.push(code);
        }
    }

    /// Glyphs stand before the characters they are for; some programs put them behind.
    fn end_glyphs(&mut self) {
        let Some(glyphs) = self.listed.take() else { return };
        let codes = self.texts.last_mut().map(|text| &mut text.codes);
        match codes.and_then(|codes| codes.last_mut()).filter(|code| code.glyphs.is_empty()) {
            Some(code) => code.glyphs.push(glyphs),
            None => self.glyphs.push(glyphs),
        }
    }

    fn end_clip(&mut self) {
        let data = std::mem::take(&mut self.data);
        let path = path_box(&data);
        self.clip.paths.push((self.clip_at.1, self.clip_even_odd, data.into()));
        let (Some((around, _)), Some(object)) = (path, self.objects.last_mut()) else { return };
        let around = self.clip_at.1.bounds(around);
        let ctm = if self.clip_trans { object.ctm } else { Matrix::IDENTITY };
        let around = ctm.bounds(around);
        object.clip = Some(object.clip.map_or(around, |known| known.union(around)));
    }

    /// Ends what a damaged part left open.
    pub fn finish(mut self) -> Vec<Step> {
        while self.is_open() {
            self.close();
        }
        self.steps
    }
}

/// Reads the rest of the element that was opened last, which is given.
pub(super) fn read_inside(element: &Element<'_>, xml: &mut XmlReader<'_, '_>) -> Vec<Step> {
    let mut content = Content::default();
    content.open(element);
    while content.is_open() {
        match xml.next() {
            Some(Xml::Open(element)) => content.open(&element),
            Some(Xml::Text(text)) => content.text(&text),
            Some(Xml::Close) => content.close(),
            None => break,
        }
    }
    content.finish()
}

fn is_shown(element: &Element<'_>) -> bool {
    element.attr("Visible").is_none_or(|v| v != "false" && v != "0")
}

fn object(element: &Element<'_>) -> Object {
    let alpha = element.attr("Alpha").and_then(|v| number(&v));
    Object {
        boundary: element.attr("Boundary").and_then(|v| bounds(&v)),
        ctm: element.attr("CTM").and_then(|v| matrix(&v)).unwrap_or_default(),
        shown: is_shown(element),
        alpha: alpha.map_or(255, |a| a.clamp(0.0, 255.0) as u8),
        draw_param: element.attr("DrawParam").unwrap_or_default().into_owned(),
        fill: Paint::Unset,
        stroke: Paint::Unset,
        filled: true,
        stroked: element.attr("Stroke").is_some_and(|v| v == "true" || v == "1"),
        clip: None,
        resource: element.attr("ResourceID").unwrap_or_default().trim().to_owned(),
        pen: pen(element),
        even_odd: element.attr("Rule").is_some_and(|v| v == "Even-Odd"),
        clips: Vec::new(),
        shade: None,
    }
}

fn glyph_numbers(text: &str) -> impl Iterator<Item = u16> + '_ {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    words.map(|word| word.parse().unwrap_or_default())
}

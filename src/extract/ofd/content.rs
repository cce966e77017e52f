//! What a page, a template, an annotation or a composite object says is to be
//! drawn (GB/T 33190-2016, 7.7, 11, 13), from XML to a flat list of steps.

use crate::extract::office::xml::{Element, Xml, XmlReader};

use super::values::{Bounds, Matrix, advances, bounds, color, matrix, number, path_box};

/// One step of drawing.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A layer, block or appearance begins: its own place, whether it is shown.
    Begin { at: (f32, f32), shown: bool, draw_param: String },
    /// The innermost of them ends.
    End,
    /// Characters.
    Text(Box<TextObject>),
    /// Something filled: the box around it and whether it is a rectangle.
    Fill { object: Object, around: Bounds, is_box: bool },
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
}

/// How a line or a surface is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub(super) enum Paint {
    /// Not told here.
    #[default]
    Unset,
    /// One colour and its opacity.
    Color([u8; 3], u8),
    /// A pattern or shading: no single colour.
    Mixed,
}

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
    ClipPath,
    ClipData,
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
    clip_at: (Bounds, Matrix),
    clip_trans: bool,
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
            "Area" if self.in_clips() => {
                let ctm = element.attr("CTM").and_then(|v| matrix(&v)).unwrap_or_default();
                self.clip_at = (Bounds::default(), ctm);
                Tag::Other
            }
            "Path" if self.in_clips() => {
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
                self.objects.push(object);
                self.path = None;
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
            "FillColor" => {
                self.paint(true, paint(element));
                Tag::Fill
            }
            "StrokeColor" => {
                self.paint(false, paint(element));
                Tag::Stroke
            }
            "Pattern" | "AxialShd" | "RadialShd" | "GouraudShd" | "LaGouraudShd" => {
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
        self.steps.push(Step::Begin { at, shown: is_shown(element), draw_param });
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
            codes: Vec::new(),
        });
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
            _ => {}
        }
    }

    /// The innermost open element ends.
    pub fn close(&mut self) {
        let Some(tag) = self.tags.pop() else { return };
        match tag {
            Tag::Group => self.steps.push(Step::End),
            Tag::Code => self.end_code(),
            Tag::Data => self.path = path_box(&std::mem::take(&mut self.data)),
            Tag::ClipData => self.end_clip(),
            Tag::Text => {
                let object = self.objects.pop();
                if let (Some(object), Some(text)) = (object, self.texts.pop()) {
                    self.steps.push(Step::Text(Box::new(TextObject { object, ..text })));
                }
            }
            Tag::Path => {
                let object = self.objects.pop();
                if let (Some(object), Some((around, is_box))) = (object, self.path.take())
                    && object.filled
                {
                    self.steps.push(Step::Fill { object, around, is_box });
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

    fn end_clip(&mut self) {
        let path = path_box(&std::mem::take(&mut self.data));
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
    }
}

/// The paint a colour element gives by itself.
pub(super) fn paint(element: &Element<'_>) -> Paint {
    let alpha = element.attr("Alpha").and_then(|v| number(&v));
    let alpha = alpha.map_or(255, |a| a.clamp(0.0, 255.0) as u8);
    match element.attr("Value").and_then(|v| color(&v)) {
        Some(color) => Paint::Color(color, alpha),
        // A colour by its index in a palette, or the default of its space.
        None if element.attr("Index").is_some() => Paint::Mixed,
        None => Paint::Color([0; 3], alpha),
    }
}

//! Content streams (ISO 32000-2, 7.8): a machine that runs the operators of a
//! page and keeps its characters, and of what is painted only what hides text,
//! replaces it or is a picture.

mod marked;
mod operands;
mod paint;
mod state;
mod text;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use self::marked::Mark;
use self::operands::Operands;
use self::paint::Path;
use self::state::State;
use super::font::Font;
use super::geometry::{Matrix, shared};
use super::layers::Layers;
use super::page::{Faces, Fields, Layer, Page};
use super::syntax::{Dict, File, Lexer, Object, Stream, Token, entry};
use crate::model::Rect;

/// Forms within forms.
const MAX_FORMS: usize = 28;
/// States that are saved; what is saved beyond is counted and not kept.
const MAX_SAVED: usize = 2048;
/// Bytes of unpacked forms kept for the next time they are drawn.
const KEPT_BYTES: usize = 8 << 20;

/// What all pages of a document share.
pub(crate) struct Document<'f, 'a, 'b> {
    pub(crate) file: &'f File<'a, 'b>,
    pub(crate) layers: Layers,
    pub(crate) faces: RefCell<Faces>,
    fonts: RefCell<HashMap<FontKey, (Object, Rc<Font>)>>,
    forms: RefCell<HashMap<u32, Rc<[u8]>>>,
}

/// A font as resources name it: an object, or a dictionary in place.
#[derive(PartialEq, Eq, Hash)]
enum FontKey {
    Object(u32),
    Place(*const Dict),
}

impl<'f, 'a, 'b> Document<'f, 'a, 'b> {
    pub(crate) fn new(file: &'f File<'a, 'b>) -> Self {
        Self {
            file,
            layers: Layers::load(file),
            faces: RefCell::default(),
            fonts: RefCell::default(),
            forms: RefCell::default(),
        }
    }

    /// The font an entry leads to, read once.
    fn font(&self, object: &Object) -> Option<Rc<Font>> {
        let resolved = self.file.resolve(object);
        let dict = resolved.dict()?;
        let key = match object {
            Object::Reference(number) => FontKey::Object(*number),
            _ => FontKey::Place(Rc::as_ptr(dict)),
        };
        if let Some((_, font)) = self.fonts.borrow().get(&key) {
            return Some(Rc::clone(font));
        }
        let font = Rc::new(Font::load(self.file, dict));
        // The dictionary is kept, so that no other comes to stand in its place.
        self.fonts.borrow_mut().insert(key, (resolved.clone(), Rc::clone(&font)));
        Some(font)
    }

    /// The operators of a form, unpacked.
    fn operators(&self, stream: &Stream) -> Rc<[u8]> {
        let number = stream.id.0;
        if let Some(kept) = self.forms.borrow().get(&number) {
            return Rc::clone(kept);
        }
        let made: Rc<[u8]> = self.unpacked(stream).into();
        let mut forms = self.forms.borrow_mut();
        if forms.values().map(|form| form.len()).sum::<usize>() + made.len() > KEPT_BYTES {
            forms.clear();
        }
        if number != 0 {
            forms.insert(number, Rc::clone(&made));
        }
        made
    }

    /// Operators as far as they can be unpacked.
    pub(crate) fn unpacked(&self, stream: &Stream) -> Vec<u8> {
        match self.file.unpack(stream) {
            Some(made) => {
                if !made.is_whole && !self.file.meter.has_limit() {
                    self.file.meter.damaged("a content stream cannot be unpacked to its end");
                }
                made.bytes
            }
            None => {
                self.file.meter.damaged("a content stream is packed in an unknown way");
                Vec::new()
            }
        }
    }
}

/// Resources by kind, each looked up once for a stream.
#[derive(Clone, Default)]
struct Resources {
    fonts: Option<Rc<Dict>>,
    forms: Option<Rc<Dict>>,
    states: Option<Rc<Dict>>,
    properties: Option<Rc<Dict>>,
    spaces: Option<Rc<Dict>>,
    patterns: Option<Rc<Dict>>,
}

impl Resources {
    fn of(file: &File<'_, '_>, dict: &Dict) -> Self {
        Self {
            fonts: file.dict(dict, b"Font"),
            forms: file.dict(dict, b"XObject"),
            states: file.dict(dict, b"ExtGState"),
            properties: file.dict(dict, b"Properties"),
            spaces: file.dict(dict, b"ColorSpace"),
            patterns: file.dict(dict, b"Pattern"),
        }
    }
}

/// Runs the content of one page.
pub(crate) struct Interpreter<'d, 'f, 'a, 'b> {
    document: &'d Document<'f, 'a, 'b>,
    file: &'f File<'a, 'b>,
    pub(crate) page: Page,
    /// From default user space to the page as shown.
    pub(crate) base: Matrix,
    fields: Fields,
    state: State,
    saved: Vec<State>,
    /// States that were saved when there were too many.
    unsaved: usize,
    text_matrix: Matrix,
    line_matrix: Matrix,
    path: Path,
    /// Areas painted so far, with their colour if they have one.
    grounds: Vec<(Rect, Option<[u8; 3]>)>,
    /// Colours that grounds have had.
    colours: Vec<[u8; 3]>,
    marks: Vec<Mark>,
    layer: Layer,
    /// Forms that are being drawn.
    open_forms: Vec<u32>,
    /// Patterns and masks that have been drawn: once is enough.
    drawn: Vec<u32>,
    operands: Operands,
}

impl<'d, 'f, 'a, 'b> Interpreter<'d, 'f, 'a, 'b> {
    pub(crate) fn new(document: &'d Document<'f, 'a, 'b>, base: Matrix, size: [f32; 2]) -> Self {
        let [width, height] = size;
        let page = Page { width, height, ..Page::default() };
        let state = State::new(base, page.sheet());
        Self {
            document,
            file: document.file,
            fields: Fields::new(width, height),
            page,
            base,
            state,
            saved: Vec::new(),
            unsaved: 0,
            text_matrix: Matrix::IDENTITY,
            line_matrix: Matrix::IDENTITY,
            path: Path::default(),
            grounds: Vec::new(),
            colours: Vec::new(),
            marks: Vec::new(),
            layer: Layer::Page,
            open_forms: Vec::new(),
            drawn: Vec::new(),
            operands: Operands::default(),
        }
    }

    /// Runs the operators of the page itself.
    pub(crate) fn run_page(&mut self, content: &[u8], resources: &Dict) {
        let resources = Resources::of(self.file, resources);
        self.run(content, &resources);
    }

    /// Draws the appearance of an annotation, whose form is mapped to its
    /// rectangle on the page (12.5.5).
    pub(crate) fn run_appearance(
        &mut self,
        form: &Rc<Stream>,
        place: [f64; 4],
        layer: Layer,
        is_hidden: bool,
    ) {
        self.state = State::new(self.base, self.page.sheet());
        self.saved.clear();
        self.marks.clear();
        self.layer = layer;
        let matrix = Matrix::of(self.file.numbers_of(&form.dict, b"Matrix"));
        let bounds = self.file.numbers_of(&form.dict, b"BBox").unwrap_or_default();
        let Some(bounds) = super::geometry::ordered(&bounds) else { return };
        let made = matrix.bounds(bounds);
        let fit = |from: f32, to: f32, low: f64, high: f64| {
            let width = f64::from(to - from);
            if width.abs() < 1e-6 { 1.0 } else { (high - low) / width }
        };
        let [x0, y0, x1, y1] = place;
        let (sx, sy) = (fit(made.x0, made.x1, x0, x1), fit(made.y0, made.y1, y0, y1));
        let fitted =
            Matrix([sx, 0.0, 0.0, sy, x0 - sx * f64::from(made.x0), y0 - sy * f64::from(made.y0)]);
        self.state.matrix = fitted.then(self.base);
        self.state.is_off = is_hidden;
        self.form(form, &Resources::default());
        self.layer = Layer::Page;
    }

    /// What the page holds.
    pub(crate) fn finish(mut self) -> Page {
        self.end_marks(0);
        self.page
    }

    fn run(&mut self, content: &[u8], resources: &Resources) {
        let (saved, marks) = (self.saved.len(), self.marks.len());
        let mut lexer = Lexer::new(content, 0);
        let mut operands = std::mem::take(&mut self.operands);
        operands.clear();
        while let Some(token) = lexer.token() {
            let Token::Word(operator) = token else {
                if !operands.push(token, &mut lexer, content, self.file) {
                    break;
                }
                continue;
            };
            if !self.file.meter.steps(1) {
                break;
            }
            match operator {
                b"BI" => self.inline_image(&mut lexer, content, resources),
                b"BT" => self.begin_text(),
                b"Tj" => self.show_operand(&operands),
                b"TJ" => self.show_array(&operands),
                b"'" | b"\"" => self.show_on_next_line(operator, &operands),
                b"Do" => self.draw(&operands, resources),
                b"BDC" | b"BMC" => self.begin_mark(operator, &operands, resources),
                // What a stream did not begin it cannot end.
                b"EMC" if self.marks.len() <= marks => {}
                b"EMC" => self.end_mark(),
                b"q" => self.save(),
                b"Q" if self.saved.len() <= saved && self.unsaved == 0 => {}
                b"Q" => self.restore(),
                b"gs" => self.set_state(&operands, resources),
                b"Tf" => self.set_font(&operands, resources),
                _ => self.simple(operator, &operands, resources),
            }
            operands.clear();
        }
        self.operands = operands;
        while self.saved.len() > saved {
            self.restore();
        }
        self.end_marks(marks);
    }

    /// Operators that set or paint something; what is none is passed over.
    fn simple(&mut self, operator: &[u8], operands: &Operands, resources: &Resources) {
        let is_done = self.simple_text(operator, operands)
            || self.simple_path(operator, operands)
            || self.simple_colour(operator, operands, resources);
        if let (false, b"cm", Some(six)) = (is_done, operator, operands.numbers::<6>()) {
            self.state.matrix = Matrix(six).then(self.state.matrix);
        }
    }

    fn save(&mut self) {
        if self.saved.len() < MAX_SAVED {
            self.saved.push(self.state.clone());
        } else {
            self.unsaved += 1;
        }
    }

    fn restore(&mut self) {
        if self.unsaved > 0 {
            self.unsaved -= 1;
        } else if let Some(state) = self.saved.pop() {
            self.state = state;
        }
    }

    fn set_state(&mut self, operands: &Operands, resources: &Resources) {
        let Some(states) = &resources.states else { return };
        let Some(dict) = operands.name().and_then(|name| self.file.dict(states, name)) else {
            return;
        };
        if let Some(alpha) = self.file.number(&dict, b"ca") {
            self.state.fill.alpha = alpha as f32;
        }
        if let Some(alpha) = self.file.number(&dict, b"CA") {
            self.state.stroke.alpha = alpha as f32;
        }
        if dict.has(b"BM") {
            let mode = self.file.get(&dict, b"BM");
            let first = mode.array().and_then(|modes| modes.first()).unwrap_or(&mode);
            let name = first.name().unwrap_or(b"Normal");
            self.state.is_blended = !matches!(name, b"Normal" | b"Compatible");
        }
        if let Some(font) = self.file.array(&dict, b"Font")
            && let [font, size] = &*font
        {
            self.state.size = self.file.resolve(size).number().unwrap_or_default();
            let font = self.document.font(font);
            self.use_font(font);
        }
        match self.file.get(&dict, b"SMask") {
            Object::Name(_) => self.state.is_masked = false,
            Object::Dict(mask) => {
                self.state.is_masked = true;
                if let Object::Stream(group) = self.file.get(&mask, b"G") {
                    self.once(&group, resources);
                }
            }
            _ => {}
        }
    }

    /// Draws what is not drawn by itself, a mask or the cell of a pattern: once.
    fn once(&mut self, stream: &Rc<Stream>, resources: &Resources) {
        let number = stream.id.0;
        if self.drawn.contains(&number) || self.drawn.len() > 1024 {
            return;
        }
        self.drawn.push(number);
        self.save();
        let painted = self.grounds.len();
        self.form(stream, resources);
        self.grounds.truncate(painted);
        self.restore();
    }

    fn draw(&mut self, operands: &Operands, resources: &Resources) {
        let Some(forms) = &resources.forms else { return };
        let Some(name) = operands.name() else { return };
        let Object::Stream(stream) = self.file.get(forms, name) else { return };
        let is_off = self.document.layers.is_off(self.file, entry(&stream.dict, b"OC"));
        match self.file.name(&stream.dict, b"Subtype").as_deref() {
            Some(b"Image") if !is_off => self.image(&stream.dict),
            Some(b"Image") => {}
            _ => {
                self.save();
                self.state.is_off |= is_off;
                self.form(&stream, resources);
                self.restore();
            }
        }
    }

    /// Draws a form in the state as it is; the caller saves it.
    fn form(&mut self, form: &Rc<Stream>, around: &Resources) {
        let number = form.id.0;
        // Nested forms that multiply cost more the deeper they are.
        let depth = self.open_forms.len() as u64;
        if !self.file.meter.steps(8 + depth * depth) {
            return;
        }
        if self.open_forms.contains(&number) {
            self.file.meter.damaged("a form draws itself");
            return;
        }
        if self.open_forms.len() >= MAX_FORMS {
            self.file.meter.damaged(format!("more than {MAX_FORMS} forms within each other"));
            return;
        }
        self.state.matrix =
            Matrix::of(self.file.numbers_of(&form.dict, b"Matrix")).then(self.state.matrix);
        let bounds = self.file.numbers_of(&form.dict, b"BBox").unwrap_or_default();
        if let Some(bounds) = super::geometry::ordered(&bounds) {
            self.state.clip = shared(self.state.clip, self.state.matrix.bounds(bounds));
        }
        let own = self.file.dict(&form.dict, b"Resources");
        let own = own.map(|dict| Resources::of(self.file, &dict));
        let content = self.document.operators(form);
        let text = (self.text_matrix, self.line_matrix);
        let path = std::mem::take(&mut self.path);
        self.open_forms.push(number);
        self.run(&content, own.as_ref().unwrap_or(around));
        self.open_forms.pop();
        self.path = path;
        (self.text_matrix, self.line_matrix) = text;
    }
}

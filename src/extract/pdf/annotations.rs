//! Annotations (ISO 32000-2, 12.5): what they show on the page, what they say
//! beside it, and which of them nobody sees.

use std::rc::Rc;

use super::Said;
use super::attachments::Attachments;
use super::fields::Fields;
use super::geometry::ordered;
use super::interpret::Interpreter;
use super::page::Layer;
use super::pages::Leaf;
use super::syntax::{Dict, File, Object, Stream, entry};
use crate::model::{Rect, Region};

/// Flags: the annotation is not shown on a screen.
const HIDDEN: i64 = 1 << 1;
const NO_VIEW: i64 = 1 << 5;

/// What the annotations of a page left behind.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// What they say beside the page.
    pub(crate) said: Vec<Said>,
    /// What characters of each layer are called.
    pub(crate) labels: Vec<(Layer, String)>,
}

/// Everything annotations are read into.
pub(crate) struct Reading<'r> {
    pub(crate) fields: &'r mut Fields,
    pub(crate) attachments: &'r mut Attachments,
    pub(crate) layers: &'r super::layers::Layers,
}

/// Draws the annotations of a page and reads what they say.
pub(crate) fn read(
    file: &File<'_, '_>,
    leaf: &Leaf,
    number: u32,
    interpreter: &mut Interpreter<'_, '_, '_, '_>,
    reading: &mut Reading<'_>,
) -> Notes {
    let mut notes = Notes::default();
    let Some(list) = file.array(&leaf.dict, b"Annots") else { return notes };
    for (at, item) in (0..).zip(list.iter()) {
        if !file.meter.steps(8) {
            break;
        }
        let resolved = file.resolve(item);
        let Some(dict) = resolved.dict() else { continue };
        let one = Annotation::new(file, item, dict, reading);
        one.read(at, leaf, number, interpreter, reading, &mut notes);
    }
    notes
}

struct Annotation<'n, 'f, 'a, 'b> {
    file: &'f File<'a, 'b>,
    /// Number of its object; 0 if it stands in the list itself.
    object: u32,
    dict: &'n Rc<Dict>,
    kind: String,
    is_hidden: bool,
}

impl<'n, 'f, 'a, 'b> Annotation<'n, 'f, 'a, 'b> {
    fn new(
        file: &'f File<'a, 'b>,
        item: &Object,
        dict: &'n Rc<Dict>,
        reading: &Reading<'_>,
    ) -> Self {
        let kind = file.name(dict, b"Subtype").unwrap_or_default();
        let flags = file.integer(dict, b"F").unwrap_or_default();
        let is_hidden =
            flags & (HIDDEN | NO_VIEW) != 0 || reading.layers.is_off(file, entry(dict, b"OC"));
        let kind = String::from_utf8_lossy(&kind).into_owned();
        Self { file, object: item.reference().unwrap_or_default(), dict, kind, is_hidden }
    }

    fn read(
        &self,
        at: u32,
        leaf: &Leaf,
        number: u32,
        interpreter: &mut Interpreter<'_, '_, '_, '_>,
        reading: &mut Reading<'_>,
        notes: &mut Notes,
    ) {
        let area = self.file.numbers_of(self.dict, b"Rect").and_then(|four| ordered(&four));
        let place = area.map(|area| leaf.base.bounds(area));
        let field = (self.kind == "Widget")
            .then(|| reading.fields.of_widget(self.file, self.object, self.dict));
        let layer = match self.kind.as_str() {
            "Widget" => Layer::Field(at),
            "Watermark" => Layer::Watermark,
            _ => Layer::Annotation(at),
        };
        let before = interpreter.page.glyphs.len();
        // The window of a note shows what the note says.
        let form = if self.kind == "Popup" { None } else { self.appearance() };
        if let (Some(form), Some(area)) = (&form, area) {
            interpreter.run_appearance(form, area, layer, self.is_hidden);
        }
        let drawn = interpreter.page.glyphs.get(before..).unwrap_or_default();
        let shown: String = drawn.iter().map(|g| g.c).filter(|c| !c.is_whitespace()).collect();
        if let Some(field) = field {
            reading.fields.show(field, number, place, shown.chars());
            notes.labels.push((layer, reading.fields.name(field).to_owned()));
        } else if !drawn.is_empty() {
            notes.labels.push((layer, self.kind.clone()));
        }
        for (label, text) in self.texts(form.is_none()) {
            let letters: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            if !letters.is_empty() && !shown.contains(&letters) {
                notes.said.push(self.said(number, place, label, text));
            }
        }
        reading.attachments.of_annotation(self.file, self.dict);
    }

    fn said(&self, number: u32, place: Option<Rect>, label: String, text: String) -> Said {
        let region = if self.is_hidden { Region::Hidden } else { Region::Annotation };
        let mut said = Said::new(region, number, label, text);
        said.head.bbox = place;
        said
    }

    /// What it looks like as long as nobody does anything with it.
    fn appearance(&self) -> Option<Rc<Stream>> {
        let looks = self.file.dict(self.dict, b"AP")?;
        match self.file.get(&looks, b"N") {
            Object::Stream(form) => Some(form),
            Object::Dict(states) => {
                let state = self.file.name(self.dict, b"AS")?;
                self.file.get(&states, &state).stream().cloned()
            }
            _ => None,
        }
    }

    /// Texts it holds, each with what it is called.
    fn texts(&self, is_bare: bool) -> Vec<(String, String)> {
        // A field's own entries are read with the field.
        if matches!(self.kind.as_str(), "Widget" | "Popup") {
            return Vec::new();
        }
        let text = |key: &[u8]| self.file.text(self.dict, key);
        let mut made = Vec::new();
        let contents = text(b"Contents").unwrap_or_default();
        if let Some(rich) = self.rich() {
            let letters =
                |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
            if letters(&rich) != letters(&contents) {
                made.push((format!("{} (formatted)", self.kind), rich));
            }
        }
        if !contents.is_empty() {
            made.insert(0, (self.kind.clone(), contents));
        }
        made.extend(text(b"Subj").map(|subject| (format!("{} (subject)", self.kind), subject)));
        made.extend(text(b"OverlayText").map(|over| (format!("{} (overlay)", self.kind), over)));
        let name = self.file.name(self.dict, b"Name").filter(|_| self.kind == "Stamp" && is_bare);
        made.extend(name.map(|name| (self.kind.clone(), super::syntax::text::decoded(&name))));
        made
    }

    /// Formatted text without its format.
    fn rich(&self) -> Option<String> {
        let source = match self.file.get(self.dict, b"RC") {
            Object::Text(text) => super::syntax::text::decoded(&text),
            Object::Stream(stream) => {
                super::syntax::text::decoded(&self.file.unpack(&stream)?.bytes)
            }
            _ => return None,
        };
        let texts = super::xml::texts(&source, self.file.meter);
        let joined: Vec<String> = texts.into_iter().map(|(_, text)| text).collect();
        Some(joined.join(" ")).filter(|text| !text.trim().is_empty())
    }
}

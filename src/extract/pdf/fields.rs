//! Form fields (ISO 32000-2, 12.7): values, choices, tooltips, what a signature
//! says.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::Said;
use super::syntax::{Dict, File, Object};
use crate::model::Region;

/// Fields within fields.
const MAX_DEPTH: usize = 64;

/// A field that has a value or widgets.
#[derive(Debug, Default)]
pub(crate) struct Field {
    /// Its name with the names of the fields around it.
    pub(crate) name: String,
    /// What is said by it, each with what it is called.
    texts: Vec<(String, String)>,
    /// What it shows, which the page may show as well.
    values: Vec<String>,
    /// Page and box of the first widget that was met.
    place: Option<(u32, Option<crate::model::Rect>)>,
    /// Characters its widgets show.
    shown: String,
}

/// The fields of a document.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    fields: Vec<Field>,
    /// Fields by the object of their widgets.
    widgets: HashMap<u32, usize>,
}

/// A node of the tree that waits to be looked at.
struct Node {
    object: Object,
    name: String,
    inherited: Inherited,
    depth: usize,
}

#[derive(Clone, Default)]
struct Inherited {
    kind: Option<Rc<[u8]>>,
    value: Option<Object>,
    options: Option<Object>,
}

impl Fields {
    /// Reads the tree of fields.
    pub(crate) fn load(file: &File<'_, '_>) -> Self {
        let mut made = Self::default();
        let form = file.catalog().and_then(|catalog| file.dict(&catalog, b"AcroForm"));
        let Some(form) = form else { return made };
        let roots = file.array(&form, b"Fields").unwrap_or_default();
        let node = |object: &Object, name: &str, inherited: &Inherited, depth| Node {
            object: object.clone(),
            name: name.to_owned(),
            inherited: inherited.clone(),
            depth,
        };
        let none = Inherited::default();
        let mut waiting: Vec<Node> =
            roots.iter().rev().map(|root| node(root, "", &none, 0)).collect();
        let mut seen = HashSet::new();
        while let Some(next) = waiting.pop() {
            if !file.meter.steps(4) {
                break;
            }
            let number = next.object.reference();
            if next.depth > MAX_DEPTH || number.is_some_and(|number| !seen.insert(number)) {
                continue;
            }
            let resolved = file.resolve(&next.object);
            let Some(dict) = resolved.dict() else { continue };
            let (name, inherited) = below(file, dict, &next);
            let kids = file.array(dict, b"Kids").unwrap_or_default();
            // Kids without a name of their own are widgets of this field.
            let (named, bare): (Vec<_>, Vec<_>) = kids.iter().partition(|kid| {
                let kid = file.resolve(kid);
                kid.dict().is_some_and(|kid| kid.has(b"T") || kid.has(b"Kids"))
            });
            waiting.extend(
                named.into_iter().rev().map(|kid| node(kid, &name, &inherited, next.depth + 1)),
            );
            if kids.is_empty() || !bare.is_empty() {
                let widgets = bare.into_iter().chain([&next.object]);
                let widgets = widgets.filter_map(Object::reference);
                made.add(field(file, dict, name, &inherited), widgets);
            }
        }
        made
    }

    fn add(&mut self, field: Field, widgets: impl Iterator<Item = u32>) -> usize {
        let at = self.fields.len();
        for widget in widgets {
            self.widgets.entry(widget).or_insert(at);
        }
        self.fields.push(field);
        at
    }

    /// The field of a widget; one that no tree leads to is a field by itself.
    pub(crate) fn of_widget(&mut self, file: &File<'_, '_>, number: u32, dict: &Dict) -> usize {
        if let Some(at) = self.widgets.get(&number).filter(|_| number != 0) {
            return *at;
        }
        let node = Node {
            object: Object::Null,
            name: String::new(),
            inherited: Inherited::default(),
            depth: 0,
        };
        let (name, inherited) = below(file, dict, &node);
        let made = field(file, dict, name, &inherited);
        self.add(made, std::iter::once(number).filter(|number| *number != 0))
    }

    /// Notes where a widget of a field stands and what it shows.
    pub(crate) fn show(
        &mut self,
        at: usize,
        page: u32,
        place: Option<crate::model::Rect>,
        shown: impl Iterator<Item = char>,
    ) {
        let Some(field) = self.fields.get_mut(at) else { return };
        field.place.get_or_insert((page, place));
        field.shown.extend(shown.filter(|c| !c.is_whitespace()));
    }

    pub(crate) fn name(&self, at: usize) -> &str {
        self.fields.get(at).map_or("", |field| &field.name)
    }

    /// What the fields say beside what the pages show of them.
    pub(crate) fn said(self) -> Vec<Said> {
        let mut made = Vec::new();
        for field in self.fields {
            let (page, place) = field.place.unwrap_or_default();
            let mut say = |label: String, text: String| {
                let mut said = Said::new(Region::FormField, page, label, text);
                said.head.bbox = place;
                made.push(said);
            };
            for value in field.values {
                let letters: String = value.chars().filter(|c| !c.is_whitespace()).collect();
                if !field.shown.contains(&letters) {
                    say(field.name.clone(), value);
                }
            }
            for (label, text) in field.texts {
                say(format!("{} ({label})", field.name), text);
            }
        }
        made
    }
}

/// Name and inherited entries of a field, given those of the field around it.
fn below(file: &File<'_, '_>, dict: &Dict, around: &Node) -> (String, Inherited) {
    let own = file.text(dict, b"T").unwrap_or_default();
    let name = match (around.name.is_empty(), own.is_empty()) {
        (_, true) => around.name.clone(),
        (true, _) => own,
        (false, _) => format!("{}.{own}", around.name),
    };
    let entry = |key: &[u8]| Some(file.get(dict, key)).filter(|value| !value.is_null());
    let inherited = Inherited {
        kind: file.name(dict, b"FT").or_else(|| around.inherited.kind.clone()),
        value: entry(b"V").or_else(|| around.inherited.value.clone()),
        options: entry(b"Opt").or_else(|| around.inherited.options.clone()),
    };
    (name, inherited)
}

fn field(file: &File<'_, '_>, dict: &Dict, name: String, inherited: &Inherited) -> Field {
    let mut made = Field { name, ..Field::default() };
    let value = inherited.value.clone().unwrap_or(Object::Null);
    match inherited.kind.as_deref() {
        Some(b"Sig") => made.texts.extend(signature(file, &value)),
        Some(b"Btn") => made.values.extend(state(&value)),
        Some(b"Ch") => {
            let options = options(file, inherited.options.as_ref());
            let chosen = texts(file, &value);
            for chosen in &chosen {
                let display = options.iter().find(|(export, _)| export == chosen);
                made.values.push(display.map_or(chosen, |(_, display)| display).clone());
            }
            let other: Vec<&str> = options.iter().map(|(_, display)| display.as_str()).collect();
            // In one line: a list to choose from says nothing about the document.
            if !other.is_empty() {
                made.texts.push(("choices".to_owned(), other.join(" / ")));
            }
        }
        _ => made.values.extend(texts(file, &value)),
    }
    let default = file.get(dict, b"DV");
    for text in texts(file, &default) {
        if !made.values.contains(&text) {
            made.texts.push(("default".to_owned(), text));
        }
    }
    made.texts.extend(file.text(dict, b"TU").map(|text| ("tooltip".to_owned(), text)));
    if let Some(style) = file.dict(dict, b"MK") {
        for key in [&b"RC"[..], b"AC"] {
            made.texts.extend(file.text(&style, key).map(|text| ("caption".to_owned(), text)));
        }
        // The caption is what the button shows, unless it has another look.
        let caption = file.text(&style, b"CA").filter(|text| text.chars().count() > 1);
        made.values.extend(caption);
    }
    made.values.retain(|text| !text.trim().is_empty());
    made.texts.retain(|(_, text)| !text.trim().is_empty());
    made
}

/// The texts of a value: a string, a stream, or several strings.
fn texts(file: &File<'_, '_>, value: &Object) -> Vec<String> {
    match value {
        Object::Text(text) => vec![super::syntax::text::decoded(text)],
        Object::Stream(stream) => {
            let data = file.unpack(stream).map(|made| made.bytes).unwrap_or_default();
            vec![super::syntax::text::decoded(&data)]
        }
        Object::Array(items) => {
            let items = items.iter().take(10_000).map(|item| file.resolve(item));
            let texts = items.filter_map(|item| item.text().map(super::syntax::text::decoded));
            texts.collect()
        }
        _ => Vec::new(),
    }
}

/// The state of a button, if its name says more than that it is on.
fn state(value: &Object) -> Option<String> {
    let name = super::syntax::text::decoded(value.name()?);
    let is_word = name.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !["Off", "On", "Yes", "No"].iter().any(|plain| name.eq_ignore_ascii_case(plain));
    is_word.then_some(name)
}

/// Export values and what is shown for them.
fn options(file: &File<'_, '_>, options: Option<&Object>) -> Vec<(String, String)> {
    let Some(Object::Array(items)) = options else { return Vec::new() };
    let text = |object: &Object| {
        file.resolve(object).text().map(super::syntax::text::decoded).unwrap_or_default()
    };
    file.meter.steps(items.len() as u64);
    let pairs = items.iter().take(10_000).map(|item| match file.resolve(item) {
        Object::Array(pair) => match &*pair {
            [export, display, ..] => (text(export), text(display)),
            _ => Default::default(),
        },
        other => (text(&other), text(&other)),
    });
    pairs.collect()
}

/// What a signature says of itself.
fn signature(file: &File<'_, '_>, value: &Object) -> Vec<(String, String)> {
    let Some(dict) = value.dict() else { return Vec::new() };
    let parts = [
        (&b"Name"[..], "signer"),
        (b"Reason", "reason"),
        (b"Location", "location"),
        (b"ContactInfo", "contact"),
    ];
    let said =
        parts.iter().filter_map(|(key, label)| Some(((*label).to_owned(), file.text(dict, key)?)));
    said.collect()
}

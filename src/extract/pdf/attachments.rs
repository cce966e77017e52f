//! Files within the file (ISO 32000-2, 7.11 and 14.13): attachments of the
//! document, of pages and of annotations, portfolios, associated files.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::Said;
use super::syntax::{Dict, File, Object, Stream};
use crate::model::{Gap, GapKind, Origin, Region, Submission};

/// Files that are looked for.
const MAX_FILES: usize = 20_000;
/// Branches of a name tree within each other.
const MAX_DEPTH: usize = 64;

/// Files found so far, each once.
#[derive(Debug, Default)]
pub(crate) struct Attachments {
    found: Vec<Found>,
    /// Objects of data that were found.
    seen: HashSet<u32>,
    /// Specifications that were looked at.
    looked_at: HashMap<*const Dict, Rc<Dict>>,
    said: Vec<Said>,
}

#[derive(Debug)]
struct Found {
    name: String,
    data: Rc<Stream>,
}

impl Attachments {
    /// Files of the document as a whole.
    pub(crate) fn of_document(&mut self, file: &File<'_, '_>) {
        let Some(catalog) = file.catalog() else { return };
        self.associated(file, &catalog);
        if let Some(names) = file.dict(&catalog, b"Names")
            && let Some(tree) = file.dict(&names, b"EmbeddedFiles")
        {
            self.tree(file, &tree);
        }
        if let Some(collection) = file.dict(&catalog, b"Collection") {
            self.collection(file, &collection);
        }
    }

    /// Files of a page.
    pub(crate) fn of_page(&mut self, file: &File<'_, '_>, page: &Dict) {
        self.associated(file, page);
    }

    /// Files of an annotation: an attachment, sound, or what a rich medium plays.
    pub(crate) fn of_annotation(&mut self, file: &File<'_, '_>, dict: &Dict) {
        self.associated(file, dict);
        self.specification(file, &file.get(dict, b"FS"), "");
        if let Some(content) = file.dict(dict, b"RichMediaContent")
            && let Some(tree) = file.dict(&content, b"Assets")
        {
            self.tree(file, &tree);
        }
    }

    fn associated(&mut self, file: &File<'_, '_>, dict: &Dict) {
        match file.get(dict, b"AF") {
            Object::Array(list) => {
                for item in list.iter().take(MAX_FILES) {
                    self.specification(file, &file.resolve(item), "");
                }
            }
            other => self.specification(file, &other, ""),
        }
    }

    fn tree(&mut self, file: &File<'_, '_>, root: &Rc<Dict>) {
        let mut waiting = vec![(Rc::clone(root), 0)];
        let mut seen = HashSet::new();
        while let Some((node, depth)) = waiting.pop() {
            if !file.meter.steps(2) || depth > MAX_DEPTH || self.found.len() > MAX_FILES {
                break;
            }
            let names = file.array(&node, b"Names").unwrap_or_default();
            for [name, value] in names.as_chunks::<2>().0 {
                let name = file.resolve(name).text().map(super::syntax::text::decoded);
                self.specification(file, &file.resolve(value), &name.unwrap_or_default());
            }
            for kid in file.array(&node, b"Kids").unwrap_or_default().iter().rev() {
                if kid.reference().is_none_or(|number| seen.insert(number)) {
                    waiting.extend(file.resolve(kid).dict().map(|kid| (Rc::clone(kid), depth + 1)));
                }
            }
        }
    }

    /// A file specification; `key` is its name in a name tree.
    pub(crate) fn specification(&mut self, file: &File<'_, '_>, object: &Object, key: &str) {
        let Some(dict) = object.dict() else { return };
        // It is kept, so that no other comes to stand in its place.
        let known = self.looked_at.insert(Rc::as_ptr(dict), Rc::clone(dict));
        if !file.meter.steps(4) || known.is_some() {
            return;
        }
        let text = |name: &[u8]| file.text(dict, name).filter(|text| !text.is_empty());
        let name = text(b"UF").or_else(|| text(b"F")).or_else(|| text(b"Unix"));
        let name = name.unwrap_or_else(|| key.to_owned());
        if let Some(description) = text(b"Desc").filter(|description| *description != name) {
            let label = format!("description of {name}");
            self.said.push(Said::new(Region::Property, 0, label, description));
        }
        if let Some(item) = file.dict(dict, b"CI") {
            self.item(file, &item, &name);
        }
        let Some(files) = file.dict(dict, b"EF") else { return };
        for key in [&b"UF"[..], b"F", b"Unix", b"Mac", b"DOS"] {
            if let Object::Stream(data) = file.get(&files, key) {
                self.add(name.clone(), data);
            }
        }
        // Files that belong to this one.
        if let Some(related) = file.dict(dict, b"RF") {
            for (_, list) in related.iter() {
                let list = file.resolve(list);
                for [name, data] in list.array().unwrap_or_default().as_chunks::<2>().0 {
                    let name = file.resolve(name).text().map(super::syntax::text::decoded);
                    if let Object::Stream(data) = file.resolve(data) {
                        self.add(name.unwrap_or_default(), data);
                    }
                }
            }
        }
    }

    fn add(&mut self, name: String, data: Rc<Stream>) {
        if self.found.len() < MAX_FILES && self.seen.insert(data.id.0) {
            self.found.push(Found { name, data });
        }
    }

    /// What a portfolio says of one of its files (7.11.6).
    fn item(&mut self, file: &File<'_, '_>, item: &Dict, name: &str) {
        for (key, value) in item.iter().take(100) {
            let value = match file.resolve(value) {
                Object::Text(text) => super::syntax::text::decoded(&text),
                Object::Dict(prefixed) => {
                    let data = file.text(&prefixed, b"D").unwrap_or_default();
                    file.text(&prefixed, b"P").unwrap_or_default() + &data
                }
                _ => continue,
            };
            let key = super::syntax::text::decoded(key);
            self.said.push(Said::new(Region::Property, 0, format!("{key} of {name}"), value));
        }
    }

    /// Names of columns and folders of a portfolio.
    fn collection(&mut self, file: &File<'_, '_>, collection: &Dict) {
        let mut say = |label: &str, text: Option<String>| {
            self.said.extend(text.map(|t| Said::new(Region::Property, 0, label.to_owned(), t)));
        };
        if let Some(schema) = file.dict(collection, b"Schema") {
            for (_, field) in schema.iter().take(100) {
                let field = file.resolve(field);
                say("portfolio column", field.dict().and_then(|field| file.text(field, b"N")));
            }
        }
        let mut waiting: Vec<_> = file.dict(collection, b"Folders").into_iter().collect();
        let mut count = 0;
        while let (Some(folder), true) = (waiting.pop(), file.meter.steps(2)) {
            count += 1;
            if count > MAX_FILES {
                break;
            }
            say("portfolio folder", file.text(&folder, b"Name"));
            say("portfolio folder", file.text(&folder, b"Desc"));
            waiting.extend(file.dict(&folder, b"Next"));
            waiting.extend(file.dict(&folder, b"Child"));
        }
    }

    /// What is said of the files.
    pub(crate) fn take_said(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }

    /// The files, taken out.
    pub(crate) fn children(self, file: &File<'_, '_>, around: &Submission) -> Vec<Submission> {
        let mut made = Vec::new();
        let mut names: HashMap<String, u32> = HashMap::new();
        for (found, number) in self.found.into_iter().zip(1..) {
            if file.meter.is_stopped() {
                break;
            }
            let mut name = found.name;
            if name.is_empty() {
                name = format!("embedded-{number}");
            }
            // Two files of one name are told apart.
            let count = names.entry(name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                name = format!("{name} ({count})");
            }
            let lost = |kind, detail: &str| {
                around.lost_child(name.clone(), Origin::Embedded, Gap::new(kind, detail))
            };
            made.push(match file.unpack_file(&found.data) {
                None => lost(GapKind::Unsupported, "the embedded file is packed in an unknown way"),
                Some(data) if data.bytes.is_empty() && !data.is_whole => {
                    lost(GapKind::Damaged, "the embedded file's data cannot be taken out")
                }
                Some(data) => {
                    let mut child = around.child(name.clone(), Origin::Embedded, data.bytes);
                    if !data.is_whole {
                        let detail = "the embedded file cannot be taken out to its end";
                        child.gaps.push(Gap::new(GapKind::Damaged, detail));
                    }
                    child
                }
            });
        }
        made
    }
}

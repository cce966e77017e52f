//! What stands beside the pages: annotations, attachments, properties, tags,
//! signatures, old versions, and parts that nothing refers to.

use std::rc::Rc;

use super::draw::Resources;
use super::page::{Layer, Page};
use super::paint::{Scene, Stamp};
use super::parts::{PageXml, id_key, read_annotations, read_list};
use super::values::{Bounds, POINTS, bounds};
use super::{Document, Reader, folder_of};
use crate::extract::office::package::PartId;
use crate::extract::office::xml::{Xml, XmlReader};
use crate::model::{BlockHead, Gap, GapKind, Limit, Origin, Region, Submission};

/// Longer names are no labels.
const MAX_LABEL: usize = 200;

/// Seals on one page.
const MAX_STAMPS: usize = 1000;

impl Reader<'_, '_> {
    pub(super) fn property(&mut self, name: &str, value: &str) {
        let label: String = name.chars().take(MAX_LABEL).collect();
        let head = BlockHead { region: Region::Property, label, ..BlockHead::default() };
        self.beside.push((head, value.to_owned()));
    }

    /// Keeps titles of outlines, names of bookmarks and addresses of links.
    pub(super) fn say(&mut self, said: &[(&'static str, String)], page: u32) {
        for (what, text) in said {
            let region = if *what == "link" { Region::Annotation } else { Region::Property };
            let head =
                BlockHead { region, page, label: (*what).to_owned(), ..BlockHead::default() };
            self.beside.push((head, text.clone()));
        }
    }

    /// Reads the annotations of all pages of a document.
    pub(super) fn read_annotations(&mut self, document: &mut Document) {
        for place in std::mem::take(&mut document.root.annotations) {
            let base = document.folder.clone();
            let Some(list) = self.expect("the list of annotations", &place, &base, &base) else {
                continue;
            };
            if self.package.is_read(list) {
                continue;
            }
            let own = folder_of(self.package.name(list)).to_owned();
            for (page, place) in self.xml(list, |xml| read_list(xml, "Page", "PageID")) {
                let Some(id) = self.expect("the annotations", &place, &own, &base) else {
                    continue;
                };
                if self.package.is_read(id) {
                    continue;
                }
                let read = self.xml(id, read_annotations);
                document.annotations.entry(id_key(&page)).or_default().extend(read);
            }
        }
    }

    /// Draws the annotations of one page, and keeps what they say beside it.
    pub(super) fn draw_annotations(
        &mut self,
        document: &mut Document,
        page_id: &str,
        resources: &Resources,
        page: &mut Page,
        origin: (f32, f32),
    ) {
        let number = self.pages.len() as u32 + 1;
        let Some(annotations) = document.annotations.remove(&id_key(page_id)) else { return };
        for annotation in annotations {
            let is_watermark = annotation.kind.eq_ignore_ascii_case("watermark");
            let layer = if is_watermark { Layer::Watermark } else { Layer::Annotation };
            self.draw(page, resources, &annotation.steps, origin, layer, annotation.shown);
            let head = |label: &str| BlockHead {
                region: Region::Comment,
                page: number,
                label: label.to_owned(),
                ..BlockHead::default()
            };
            self.beside.push((head(&annotation.kind), annotation.remark));
            for (name, value) in annotation.parameters {
                // Settings of programs are not in Chinese.
                if !value.is_ascii() {
                    self.beside.push((head(&name), value));
                }
            }
        }
    }

    /// What a document has besides pages.
    pub(super) fn beside_pages(&mut self, document: &Document) {
        let said = document.root.said.clone();
        self.say(&said, 0);
        let base = document.folder.as_str();
        for place in &document.root.attachments {
            self.attachments(place, base);
        }
        for place in &document.root.tags {
            self.tags(place, base);
        }
        for place in &document.root.extensions {
            if let Some(id) = self.expect("the list of extensions", place, base, base) {
                self.any_xml(id);
            }
        }
    }

    fn attachments(&mut self, place: &str, base: &str) {
        let Some(list) = self.expect("the list of attachments", place, base, base) else { return };
        if self.package.is_read(list) {
            return;
        }
        let own = folder_of(self.package.name(list)).to_owned();
        for (name, place) in self.xml(list, |xml| read_list(xml, "Attachment", "Name")) {
            if self.children.len() >= self.budget.limits().parts as usize {
                let words = "more attachments than one matter may have parts";
                self.package.gap(Gap::new(GapKind::Limit(Limit::Parts), words));
                break;
            }
            match self.locate(&place, &own, base) {
                Some(id) => self.embedded(id, Some(name)),
                None if !self.encrypted => {
                    let gap = Gap::new(GapKind::Damaged, "the attachment's file is not there");
                    let name = if name.is_empty() { place } else { name };
                    self.children.push(self.submission.lost_child(name, Origin::Embedded, gap));
                }
                None => {}
            }
        }
    }

    fn tags(&mut self, place: &str, base: &str) {
        let Some(list) = self.expect("the list of tags", place, base, base) else { return };
        if self.package.is_read(list) {
            return;
        }
        let own = folder_of(self.package.name(list)).to_owned();
        for (_, place) in self.xml(list, |xml| read_list(xml, "CustomTag", "TypeID")) {
            if let Some(id) = self.expect("the tags", &place, &own, base) {
                self.any_xml(id);
            }
        }
    }

    /// Reads XML of any kind: what stands in each element, by the element's name.
    fn any_xml(&mut self, id: PartId) {
        if self.package.is_read(id) {
            return;
        }
        for (name, value) in self.xml(id, any_texts) {
            self.property(&name, &value);
        }
    }

    /// Takes out a file packed in the document.
    pub(super) fn embedded(&mut self, id: PartId, name: Option<String>) {
        if self.package.is_read(id) {
            return;
        }
        let file = self.package.name(id).rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        // The name that is shown may lack what says what it is.
        let name = match name.filter(|name| !name.is_empty()) {
            Some(name) if !name.contains('.') && file.contains('.') => {
                let extension = file.rsplit('.').next().unwrap_or_default();
                format!("{name}.{extension}")
            }
            Some(name) => name,
            None => file,
        };
        let (bytes, gap) = self.package.bytes(id, self.budget);
        let child = match gap {
            Some(gap) if bytes.is_empty() => {
                self.submission.lost_child(name, Origin::Embedded, gap)
            }
            gap => {
                let child = self.submission.child(name, Origin::Embedded, bytes);
                Submission { gaps: gap.into_iter().collect(), ..child }
            }
        };
        self.children.push(child);
    }

    /// Takes note of signatures; their seals and values are no text. Those whose seals
    /// stand on the page that is to be painted are kept for it, where it is of the same document.
    pub(super) fn signatures(&mut self, place: &str, is_here: bool) {
        let Some(list) = self.locate(place, "", "") else {
            self.missing += 1;
            return;
        };
        if self.package.is_read(list) {
            return;
        }
        let own = folder_of(self.package.name(list)).to_owned();
        for (_, place) in self.xml(list, |xml| read_list(xml, "Signature", "ID")) {
            self.signatures += 1;
            let Some(id) = self.locate(&place, &own, "") else { continue };
            let folder = folder_of(self.package.name(id)).to_owned();
            if self.package.is_read(id) {
                continue;
            }
            let signature = self.xml(id, Signature::read);
            let mut parts = Vec::new();
            for place in &signature.places {
                let rooted = format!("/{place}");
                for place in [&rooted, place] {
                    if let Some(part) = self.locate(place, &folder, &own) {
                        self.package.pass_over(part);
                        parts.push(part);
                    }
                }
            }
            parts.dedup();
            self.stamps(signature, &parts, is_here);
        }
    }

    /// Keeps the seals of a signature that stand on the page that is to be painted.
    fn stamps(&mut self, signature: Signature, parts: &[PartId], is_here: bool) {
        let caught = self.watch.as_mut().and_then(|watch| watch.caught.as_mut());
        let Some(scene) = caught.filter(|_| is_here) else { return };
        for (page, place, clip) in signature.stamps {
            if id_key(&page) == scene.page_id && scene.stamps.len() < MAX_STAMPS {
                scene.stamps.push(Stamp { place, clip, parts: parts.to_vec() });
            }
        }
    }

    /// Reads an older version of a document, where it is one of its own.
    pub(super) fn version(&mut self, place: &str) {
        let Some(id) = self.expect("the version", place, "", "") else { return };
        if self.package.is_read(id) {
            return;
        }
        let own = folder_of(self.package.name(id)).to_owned();
        for (_, root) in self.xml(id, |xml| read_list(xml, "DocRoot", "")) {
            if let Some(root) = self.locate(&root, &own, "") {
                let name = format!("/{}", self.package.name(root));
                self.document(&name, true);
            }
        }
    }

    /// Pages and roots that nothing refers to: seen by nobody, and read all the same.
    pub(super) fn strays(&mut self) {
        if self.stopped {
            return;
        }
        for id in 0..self.package.len() {
            let name = self.package.name(id).to_ascii_lowercase();
            if self.package.is_read(id) || !name.ends_with(".xml") {
                continue;
            }
            if name.ends_with("content.xml") && (name.contains("page") || name.contains("tpl")) {
                self.stray_page(id);
            } else {
                self.any_xml(id);
            }
        }
    }

    fn stray_page(&mut self, id: PartId) {
        let xml = self.xml(id, PageXml::read);
        if self.watch.is_some() && self.has_caught() {
            return;
        }
        // In a package that lost its list of pages these are what was seen.
        let unseen = !self.pages.is_empty();
        let mut page = Page { unseen, ..Page::default() };
        if let Some(bounds) = xml.page_box {
            page.width = bounds.width * POINTS;
            page.height = bounds.height * POINTS;
        }
        self.draw(&mut page, &Resources::default(), &xml.steps, (0.0, 0.0), Layer::Page, true);
        if !page.glyphs.is_empty() && self.budget.check_pages(self.pages.len() + 1).is_ok() {
            self.pages.push(page);
            if !self.is_passed_over(self.pages.len()) {
                let layers = vec![(xml.steps, Rc::default())];
                self.catch(Scene { area: xml.page_box, layers, ..Scene::default() });
            }
        }
    }

    /// Members that nothing accounts for are read as files packed in the document.
    pub(super) fn leftovers(&mut self) {
        if self.encrypted {
            return;
        }
        for id in 0..self.package.len() {
            let name = self.package.name(id).to_ascii_lowercase();
            let extension = name.rsplit_once('.').map_or("", |(_, e)| e).to_owned();
            // Pictures, fonts, seals and signatures that no list names.
            let known = ["png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "jb2", "gbig2"];
            let known = known.contains(&extension.as_str())
                || ["ttf", "otf", "ttc", "woff", "esl"].contains(&extension.as_str())
                || name.rsplit('/').next() == Some("signedvalue.dat");
            if known {
                self.package.pass_over(id);
            } else if !self.package.is_read(id) {
                self.embedded(id, None);
            }
        }
    }
}

impl PageXml {
    /// What is drawn, shared.
    pub(super) fn shared(&self) -> Self {
        Self { steps: self.steps.clone(), ..Self::default() }
    }
}

/// What a signature says (18): places of seals and signature values, and where its seals
/// stand: page, boundary, and what of that is seen.
#[derive(Debug, Default)]
struct Signature {
    places: Vec<String>,
    stamps: Vec<(String, Bounds, Option<Bounds>)>,
}

impl Signature {
    fn read(xml: &mut XmlReader<'_, '_>) -> Self {
        let mut made = Self::default();
        let mut names: Vec<String> = Vec::new();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    if element.local() == "StampAnnot" {
                        let box_of = |name: &str| element.attr(name).and_then(|v| bounds(&v));
                        let page = element.attr("PageRef").unwrap_or_default().into_owned();
                        if let Some(place) = box_of("Boundary") {
                            made.stamps.push((page, place, box_of("Clip")));
                        }
                    }
                    names.push(element.local().to_owned());
                }
                Xml::Close => drop(names.pop()),
                Xml::Text(text) => {
                    let inner = names.last().map_or("", String::as_str);
                    if matches!(inner, "SignedValue" | "BaseLoc" | "SignedValueLoc") {
                        made.places.push(text.trim().to_owned());
                    }
                }
            }
        }
        made
    }
}

/// Name and text of each element that has text, and values of attributes that
/// people name things by.
fn any_texts(xml: &mut XmlReader<'_, '_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut said = 0;
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                let name = element.attr("Name").map(|name| name.into_owned());
                for attribute in ["Value", "Title", "name", "value"] {
                    if let Some(value) = element.attr(attribute).filter(|v| !v.is_ascii()) {
                        found.push((element.local().to_owned(), value.into_owned()));
                    }
                }
                names.push(name.unwrap_or_else(|| element.local().to_owned()));
            }
            Xml::Close => drop(names.pop()),
            // References to objects of pages are no text.
            Xml::Text(text) if names.last().is_some_and(|name| name == "ObjectRef") => drop(text),
            Xml::Text(text) => {
                said += text.len();
                xml.check_text(said);
                if !text.trim().is_empty() {
                    found.push((names.last().cloned().unwrap_or_default(), text.into_owned()));
                }
            }
        }
    }
    found
}

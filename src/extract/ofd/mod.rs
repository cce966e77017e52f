//! OFD (GB/T 33190-2016), the fixed-layout format of China's official
//! documents: pages with geometry, and everything beside them that can carry a
//! mark.

mod beside;
mod content;
mod draw;
mod layout;
mod page;
pub(crate) mod paint;
mod parts;
mod style;
mod values;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::rc::Rc;

use draw::{Drawer, Resources};
use page::{Faces, Layer, Page};
use paint::{Scene, Watch};
use parts::{Annotation, Entry, PageXml, ResXml, Root, id_key};
use values::{Bounds, POINTS};

use crate::extract::office::package::{Package, PartId, shortened};
use crate::extract::office::xml::XmlReader;
use crate::extract::unread::{PICTURES, SCAN_LETTERS};
use crate::extract::{Budget, Extraction};
use crate::model::{BlockHead, Gap, GapKind, Note, Submission, TextBuilder, Words};

/// A picture below this share of its page is an ornament, not a scan.
const SCAN_COVER: f32 = 0.3;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut reader = Reader::new(submission, budget);
    reader.read();
    reader.finish()
}

struct Reader<'a, 'b> {
    submission: &'a Submission,
    package: Package<'a>,
    budget: &'b mut Budget,
    faces: Faces,
    pages: Vec<Page>,
    /// What stands on no page or beside one, in order.
    beside: Vec<(BlockHead, String)>,
    children: Vec<Submission>,
    /// Characters drawn so far.
    drawn: usize,
    /// A limit was reached: nothing more is drawn.
    stopped: bool,
    signatures: usize,
    /// Resources that are not there.
    missing: usize,
    encrypted: bool,
    /// What lists of resources that were read hold.
    resource_lists: HashMap<PartId, Rc<Resources>>,
    /// The one page that is to be painted: no text is wanted then.
    watch: Option<Watch>,
}

/// One document while its pages are drawn.
struct Document {
    folder: String,
    root: Root,
    resources: Rc<Resources>,
    template_ids: HashMap<String, usize>,
    /// Templates by their place in the root.
    templates: HashMap<usize, Rc<PageXml>>,
    annotations: HashMap<String, Vec<Annotation>>,
    unseen: bool,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn new(submission: &'a Submission, budget: &'b mut Budget) -> Self {
        let package = Package::open(&submission.bytes, budget);
        Self {
            submission,
            package,
            budget,
            faces: Faces::default(),
            pages: Vec::new(),
            beside: Vec::new(),
            children: Vec::new(),
            drawn: 0,
            stopped: false,
            signatures: 0,
            missing: 0,
            encrypted: false,
            resource_lists: HashMap::new(),
            watch: None,
        }
    }
}

impl Reader<'_, '_> {
    fn read(&mut self) {
        self.encrypted = self.package.find("Encryptions.xml").is_some();
        let entry = self.package.find("OFD.xml").map(|id| self.xml(id, Entry::read));
        let mut bodies = entry.map(|entry| entry.bodies).unwrap_or_default();
        if !bodies.iter().any(|body| self.package.find(&body.root).is_some()) {
            self.package.gap(Gap::new(GapKind::Damaged, "no document is named in OFD.xml"));
            bodies.push(parts::Body { root: self.any_root(), ..parts::Body::default() });
        }
        let mut versions = Vec::new();
        for body in &bodies {
            let before = self.has_caught();
            self.document(&body.root, false);
            let is_here = !before && self.has_caught();
            for (name, value) in &body.properties {
                self.property(name, value);
            }
            for place in &body.signatures {
                self.signatures(place, is_here);
            }
            versions.extend(body.versions.iter().cloned());
        }
        for place in versions {
            self.version(&place);
        }
        if !self.has_caught() {
            self.strays();
        }
        if self.watch.is_none() {
            self.leftovers();
        }
    }

    /// Whether the page that is to be painted came by.
    fn has_caught(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.caught.is_some())
    }

    /// Whether a page of this number, from 1, is nothing but counted: another is wanted.
    fn is_passed_over(&self, number: usize) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.number as usize != number)
    }

    /// Keeps the page that is to be painted, if one is.
    fn catch(&mut self, scene: Scene) {
        if let Some(watch) = &mut self.watch {
            watch.caught.get_or_insert(scene);
        }
    }

    /// The root of a document that nothing names.
    fn any_root(&self) -> String {
        let is_root = |name: &&str| name.to_ascii_lowercase().ends_with("document.xml");
        let names = (0..self.package.len()).map(|id| self.package.name(id));
        names.filter(is_root).min().unwrap_or_default().to_owned()
    }

    /// Reads one XML part. What stands in the way is kept as a gap.
    fn xml<T>(&mut self, id: PartId, read: impl FnOnce(&mut XmlReader<'_, '_>) -> T) -> T {
        let part = self.package.xml(id, self.budget);
        let mut xml = XmlReader::new(part.trim_start_matches('\u{FEFF}'), self.budget);
        let made = read(&mut xml);
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
        made
    }

    /// The part a place leads to from `folder`, else from the document's
    /// folder, else from the package's root.
    fn locate(&self, place: &str, folder: &str, document: &str) -> Option<PartId> {
        let place = place.trim();
        if place.is_empty() {
            return None;
        }
        let from = |folder: &str| self.package.find(&joined(folder, place));
        if place.starts_with(['/', '\\']) {
            return from("").or_else(|| from(document));
        }
        from(folder).or_else(|| from(document)).or_else(|| from(""))
    }

    /// The same, where a part that is not there is a gap.
    fn expect(&mut self, what: &str, place: &str, folder: &str, document: &str) -> Option<PartId> {
        let found = self.locate(place, folder, document);
        if found.is_none() && !self.encrypted && self.children.len() < 10_000 {
            let words = format!("{what} {} is not there", shortened(place));
            self.package.gap(Gap::new(GapKind::Damaged, words));
        }
        found
    }

    fn document(&mut self, root: &str, unseen: bool) {
        let Some(id) = self.expect("the document", root, "", "") else { return };
        if self.package.is_read(id) {
            return;
        }
        let folder = folder_of(self.package.name(id)).to_owned();
        let root = self.xml(id, Root::read);
        let mut document = Document {
            folder,
            root,
            resources: Rc::default(),
            template_ids: HashMap::new(),
            templates: HashMap::new(),
            annotations: HashMap::new(),
            unseen,
        };
        let lists = std::mem::take(&mut document.root.resources);
        document.resources = self.with_lists(&document, &lists, &document.folder.clone());
        for (at, (id, ..)) in document.root.templates.iter().enumerate() {
            document.template_ids.entry(id_key(id)).or_insert(at);
        }
        self.read_annotations(&mut document);
        if let Err(gap) = self.budget.check_pages(self.pages.len() + document.root.pages.len()) {
            self.package.gap(gap);
            document.root.pages.clear();
            self.stopped = true;
        }
        for (page_id, place) in std::mem::take(&mut document.root.pages) {
            if self.stopped {
                break;
            }
            self.page(&mut document, &page_id, &place);
        }
        if self.watch.is_none() {
            self.beside_pages(&document);
        }
    }

    /// Reads a list of resources, once.
    fn resources(&mut self, place: &str, folder: &str, document: &str) -> Rc<Resources> {
        // What cannot be drawn for want of it is said where it is drawn.
        let Some(id) = self.locate(place, folder, document) else {
            self.missing += 1;
            return Rc::default();
        };
        if let Some(known) = self.resource_lists.get(&id) {
            return Rc::clone(known);
        }
        let mut made = Resources::default();
        let list = self.xml(id, |xml| ResXml::read(xml, &mut made));
        let own = folder_of(self.package.name(id)).to_owned();
        let base = joined(&own, &list.base);
        for (media, kind, place) in list.media {
            let part = self.locate(&place, &base, &own);
            let part = part.or_else(|| self.locate(&place, document, ""));
            match part {
                Some(part) if kind.eq_ignore_ascii_case("image") || kind.is_empty() => {
                    self.package.pass_over(part);
                }
                Some(part) if self.watch.is_some() => self.package.pass_over(part),
                // Sound and moving pictures are looked at by whoever can.
                Some(part) => self.embedded(part, None),
                None => self.missing += 1,
            }
            made.media.insert(media, (part, kind));
        }
        for (id, place) in list.fonts {
            let part = self.locate(&place, &base, &own);
            match part {
                Some(part) => self.package.pass_over(part),
                None => self.missing += 1,
            }
            if let Some(font) = made.fonts.get_mut(&id) {
                font.part = part;
            }
        }
        let made = Rc::new(made);
        self.resource_lists.insert(id, Rc::clone(&made));
        made
    }

    fn page(&mut self, document: &mut Document, page_id: &str, place: &str) {
        let folder = document.folder.clone();
        let mut page = Page { unseen: document.unseen, ..Page::default() };
        if self.is_passed_over(self.pages.len() + 1) {
            self.pages.push(page);
            return;
        }
        let Some(id) = self.expect("the page", place, &folder, &folder) else {
            page.cut = true;
            self.pages.push(page);
            return;
        };
        let xml = self.xml(id, PageXml::read);
        let own = folder_of(self.package.name(id)).to_owned();
        let links: Vec<_> = xml.links.iter().map(|link| ("link", link.clone())).collect();
        let mut layers = Vec::new();
        for (template, over) in &xml.templates {
            if let Some((drawn, by_default)) = self.template(document, template) {
                layers.push((over.unwrap_or(by_default), drawn));
            }
        }
        let page_box = xml.page_box.or(layers.iter().find_map(|(_, t)| t.page_box));
        let page_box = page_box.or(document.root.page_box);
        if let Some(bounds) = page_box {
            page.width = bounds.width * POINTS;
            page.height = bounds.height * POINTS;
        }
        let own_resources = self.with_lists(document, &xml.resources, &own);
        let mut order: Vec<(Rc<PageXml>, Rc<Resources>)> = Vec::new();
        for over in [false, true] {
            for (_, drawn) in layers.iter().filter(|(o, _)| *o == over) {
                let resources = self.with_lists(document, &drawn.resources, &folder);
                order.push((Rc::clone(drawn), resources));
            }
            if !over {
                order.push((Rc::new(PageXml { links: Vec::new(), ..xml.shared() }), {
                    Rc::clone(&own_resources)
                }));
            }
        }
        if self.watch.is_some() {
            let steps = |(drawn, resources): (Rc<PageXml>, _)| (Rc::clone(&drawn.steps), resources);
            let mut layers: Vec<_> = order.into_iter().map(steps).collect();
            let over = document.annotations.remove(&id_key(page_id)).unwrap_or_default();
            let over = over.into_iter().filter(|annotation| annotation.shown);
            layers.extend(over.map(|annotation| (annotation.steps, Rc::clone(&own_resources))));
            let (page_id, area, stamps) = (id_key(page_id), page_box, Vec::new());
            self.catch(Scene { page_id, area, layers, stamps });
            self.pages.push(page);
            return;
        }
        let origin = page_box.map_or((0.0, 0.0), |b: Bounds| (b.x, b.y));
        for (drawn, resources) in &order {
            self.draw(&mut page, resources, &drawn.steps, origin, Layer::Page, true);
        }
        let number = self.pages.len() as u32 + 1;
        self.say(&links, number);
        self.draw_annotations(document, page_id, &own_resources, &mut page, origin);
        if let Err(gap) = page.settle(self.budget) {
            self.package.gap(gap);
            self.stopped = true;
        }
        self.pages.push(page);
    }

    /// A document's resources with those a page brings.
    fn with_lists(&mut self, document: &Document, lists: &[String], own: &str) -> Rc<Resources> {
        if lists.is_empty() {
            return Rc::clone(&document.resources);
        }
        let mut all = (*document.resources).clone();
        let mut size = all.len();
        for place in lists {
            let list = self.resources(place, own, &document.folder);
            size += list.len();
            merge(&mut all, &list);
        }
        if let Err(gap) = self.budget.spend_steps(size as u64) {
            self.package.gap(gap);
            self.stopped = true;
        }
        Rc::new(all)
    }

    fn draw(
        &mut self,
        page: &mut Page,
        resources: &Resources,
        steps: &Rc<Vec<content::Step>>,
        origin: (f32, f32),
        layer: Layer,
        shown: bool,
    ) {
        let mut drawer = Drawer {
            page,
            faces: &mut self.faces,
            resources,
            budget: self.budget,
            drawn: &mut self.drawn,
            layer,
        };
        if let Err(gap) = drawer.draw(steps, origin, shown) {
            self.stopped |= matches!(gap.kind, GapKind::Limit(_));
            self.package.gap(gap);
        }
    }

    /// A template by its id, read once.
    fn template(&mut self, document: &mut Document, id: &str) -> Option<(Rc<PageXml>, bool)> {
        let at = *document.template_ids.get(&id_key(id))?;
        let (_, place, over) = document.root.templates.get(at)?.clone();
        if let Some(known) = document.templates.get(&at) {
            return Some((Rc::clone(known), over));
        }
        let folder = document.folder.clone();
        let part = self.expect("the template", &place, &folder, &folder)?;
        let made = Rc::new(self.xml(part, PageXml::read));
        document.templates.insert(at, Rc::clone(&made));
        Some((made, over))
    }

    fn finish(mut self) -> Extraction {
        let mut lines: Vec<_> = self.pages.iter_mut().map(layout::lines).collect();
        layout::mark_running(&self.pages, &mut lines);
        let mut text = TextBuilder::new();
        for (number, lines) in (1..).zip(&lines) {
            layout::write(&mut text, number, lines, &self.faces);
        }
        self.doubts(&lines);
        for (head, said) in &self.beside {
            for line in said.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()) {
                text.block(head, line);
            }
        }
        let mut text = text.finish();
        text.page_sizes = self.pages.iter().map(|page| [page.width, page.height]).collect();
        let notes = self.notes();
        let mut gaps = self.package.gaps;
        if self.encrypted {
            // What is missing beside it is missing because of it.
            gaps.retain(|gap| gap.kind != GapKind::Damaged);
            gaps.push(Gap::new(GapKind::Encrypted, "parts of the document are encrypted"));
        }
        let pages = (!self.pages.is_empty()).then_some(self.pages.len() as u32);
        Extraction { pages, text, children: self.children, gaps, notes, ..Extraction::default() }
    }

    /// Pages that are nothing but a picture, and text whose characters are none.
    fn doubts(&mut self, lines: &[Vec<layout::Line>]) {
        let (mut scans, mut garbled) = (Vec::new(), Vec::new());
        for (number, (page, lines)) in (1..).zip(self.pages.iter().zip(lines)) {
            let letters: usize = lines.iter().map(layout::Line::letters).sum();
            if page.picture_cover >= SCAN_COVER && letters < SCAN_LETTERS {
                scans.push(number);
            }
            if page.unknown > 0 && page.unknown * 10 >= letters + page.unknown {
                garbled.push(number);
            }
        }
        if !scans.is_empty() {
            let words = format!("{} with a picture and hardly any text", pages_named(&scans));
            self.package.gap(Gap::new(GapKind::ImageOnly, words));
        }
        if !garbled.is_empty() {
            let words = format!("{} with characters the file does not tell", pages_named(&garbled));
            self.package.gap(Gap::new(GapKind::GarbledText, words));
        }
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = self.package.notes();
        notes.extend(PICTURES.note(self.pages.iter().map(|page| page.pictures as usize).sum()));
        let mut note = |id, count: usize, en: &str, zh: &str| {
            if count > 0 {
                let count = count.to_string();
                notes.push(Note { id, message: Words::new(en, zh).fill(&[("count", &count)]) });
            }
        };
        note(
            "signatures",
            self.signatures,
            "{count} electronic signatures or seals, which were not verified; words in a seal's picture were not read",
            "含{count}个电子签名或签章，未作验证；印章图像中的文字未读取",
        );
        note(
            "missing-parts",
            self.missing,
            "{count} links to resources or signatures that are not there",
            "有{count}处指向资源或签名的链接落空",
        );
        notes
    }
}

fn pages_named(pages: &[u32]) -> String {
    let shown: Vec<_> = pages.iter().take(10).map(u32::to_string).collect();
    let more = if pages.len() > 10 { " …" } else { "" };
    let noun = if pages.len() == 1 { "page" } else { "pages" };
    format!("{noun} {}{more}", shown.join(", "))
}

fn merge(into: &mut Resources, from: &Resources) {
    into.fonts.extend(from.fonts.clone());
    into.params.extend(from.params.clone());
    into.composites.extend(from.composites.clone());
    into.media.extend(from.media.clone());
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

/// A place as seen from a folder. It never leaves the package: `..` at the root
/// stays there, and parts are found by name in the archive, never as files.
fn joined(folder: &str, place: &str) -> String {
    let mut path: Vec<&str> = match place.starts_with(['/', '\\']) {
        true => Vec::new(),
        false => folder.split(['/', '\\']).filter(|step| !step.is_empty()).collect(),
    };
    for step in place.split(['/', '\\']) {
        match step.trim() {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

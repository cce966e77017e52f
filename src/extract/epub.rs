//! EPUB: the pages of the book in reading order, as children, with the style
//! sheets they link to put into them; what the package says of the book.

use std::collections::{HashMap, HashSet};

use super::html::data::percent_decoded;
use super::html::with_styles;
use super::office::package::{Package, PartId, shortened};
use super::office::properties::property;
use super::office::xml::{Xml, XmlReader};
use super::unread::PICTURES;
use super::{Budget, Extraction, charset, image, sniff};
use crate::model::{Gap, GapKind, Origin, Submission, TextBuilder};

/// Pictures with fewer bytes than this are icons.
const WEIGHT: usize = 4 << 10;

/// Parts of the packaging that say nothing.
const PACKAGING: &[&str] = &["mimetype", "META-INF/container.xml"];

/// Ways to obscure fonts, which are no lock (EPUB 3.3, 4.3).
const OBSCURED: &[&str] = &["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let package = Package::open(&submission.bytes, budget);
    let mut book = Book {
        submission,
        package,
        text: TextBuilder::new(),
        children: Vec::new(),
        pictures: 0,
        pages: 0,
        sheets: HashMap::new(),
    };
    let locked = book.locked(budget);
    for name in PACKAGING {
        if let Some(id) = book.package.find(name) {
            book.package.pass_over(id);
        }
    }
    let roots = book.roots(budget);
    if roots.is_empty() {
        let words = "the container names no package document";
        book.package.gap(Gap::new(GapKind::Damaged, words));
    }
    for root in roots {
        book.rendition(&root, &locked, budget);
    }
    book.rest(&locked, budget);
    book.finish()
}

/// What a package document lists.
#[derive(Default)]
struct Listed {
    /// Addresses and media types by id, in order.
    items: Vec<(String, String, String)>,
    /// Ids in reading order.
    spine: Vec<String>,
}

struct Book<'a> {
    submission: &'a Submission,
    package: Package<'a>,
    text: TextBuilder,
    children: Vec<Submission>,
    pictures: usize,
    /// Pages of the book that were found.
    pages: usize,
    /// Style sheets by their place in the package.
    sheets: HashMap<PartId, String>,
}

impl Book<'_> {
    /// Parts that are encrypted (EPUB OCF, 3.5.2.2).
    fn locked(&mut self, budget: &mut Budget) -> HashSet<PartId> {
        let mut locked = HashSet::new();
        let Some(id) = self.package.find("META-INF/encryption.xml") else { return locked };
        let part = self.package.xml(id, budget);
        let mut xml = XmlReader::new(&part, budget);
        let mut obscured = false;
        let mut names = Vec::new();
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            match element.local() {
                "EncryptedData" => obscured = false,
                "EncryptionMethod" => {
                    let how = element.attr("Algorithm").unwrap_or_default();
                    obscured |= OBSCURED.contains(&&*how);
                }
                "CipherReference" if !obscured => {
                    names.extend(element.attr("URI").map(|uri| decoded(&uri)));
                }
                _ => {}
            }
        }
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
        locked.extend(names.iter().filter_map(|name| self.package.find(name)));
        locked
    }

    /// Package documents by the container; without one, any there is.
    fn roots(&mut self, budget: &mut Budget) -> Vec<String> {
        let mut roots = Vec::new();
        if let Some(id) = self.package.find("META-INF/container.xml") {
            let part = self.package.xml(id, budget);
            let mut xml = XmlReader::new(&part, budget);
            while let Some(event) = xml.next() {
                if let Xml::Open(element) = event
                    && element.local() == "rootfile"
                {
                    roots.extend(element.attr("full-path").map(|path| decoded(&path)));
                }
            }
            let trouble = xml.finish();
            self.package.gap_in(id, trouble);
        }
        roots.retain(|root| self.package.find(root).is_some());
        if roots.is_empty() {
            let names = (0..self.package.len()).map(|id| self.package.name(id).to_owned());
            roots = names.filter(|name| name.to_ascii_lowercase().ends_with(".opf")).collect();
        }
        roots.dedup();
        roots
    }

    /// A package document: what it says of the book, and the book's pages.
    fn rendition(&mut self, root: &str, locked: &HashSet<PartId>, budget: &mut Budget) {
        let Some(id) = self.package.find(root).filter(|id| !self.package.is_read(*id)) else {
            return;
        };
        let part = self.package.xml(id, budget);
        let mut xml = XmlReader::new(&part, budget);
        let listed = self.listed(&mut xml);
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (_, href, media_type) in &listed.items {
            let found = self.package.find(&resolved(folder, href));
            if let Some(id) = found.filter(|_| media_type == "text/css") {
                let (bytes, gap) = self.package.bytes(id, budget);
                self.package.gap_in(id, gap);
                self.sheets.insert(id, charset::decode(&bytes, budget.text_limit()).text);
            }
        }
        let places: HashMap<&str, &str> =
            listed.items.iter().map(|(id, href, _)| (id.as_str(), href.as_str())).collect();
        let in_order = listed.spine.iter().filter_map(|id| places.get(id.as_str()));
        let others = listed.items.iter().map(|(_, href, _)| href);
        for href in in_order.map(|href| (*href).to_owned()).chain(others.cloned()) {
            if is_outside(&href) {
                continue;
            }
            match self.package.find(&resolved(folder, &href)) {
                Some(id) => self.member(id, locked, budget),
                None => {
                    let words = format!("{} is not in the book", shortened(&href));
                    self.package.gap(Gap::new(GapKind::MissingPart, words));
                }
            }
        }
    }

    /// Reads a package document; its metadata are properties.
    fn listed(&mut self, xml: &mut XmlReader<'_, '_>) -> Listed {
        let mut listed = Listed::default();
        let (mut depth, mut in_metadata, mut name) = (0, None, String::new());
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    depth += 1;
                    let attribute =
                        |name: &str| element.attr(name).unwrap_or_default().into_owned();
                    match element.local() {
                        "metadata" => in_metadata = Some(depth),
                        "item" => listed.items.push((
                            attribute("id"),
                            attribute("href"),
                            attribute("media-type").to_ascii_lowercase(),
                        )),
                        "itemref" => listed.spine.push(attribute("idref")),
                        "meta" => {
                            name = attribute("property");
                            let (known, content) = (attribute("name"), attribute("content"));
                            if !content.is_empty() && known != "cover" {
                                property(&mut self.text, &known, &content);
                            }
                        }
                        local => local.clone_into(&mut name),
                    }
                }
                Xml::Close => {
                    if in_metadata == Some(depth) {
                        in_metadata = None;
                    }
                    depth -= 1;
                    name.clear();
                }
                Xml::Text(value) => {
                    // When it was changed is said by the program, and for programs.
                    let is_machine = matches!(name.as_str(), "dcterms:modified" | "identifier");
                    if in_metadata.is_some() && !is_machine {
                        property(&mut self.text, &name, &value);
                    }
                }
            }
        }
        listed
    }

    /// A member of the book as a child, or counted.
    fn member(&mut self, id: PartId, locked: &HashSet<PartId>, budget: &mut Budget) {
        if self.package.is_read(id) {
            return;
        }
        let name = self.package.name(id).to_owned();
        if locked.contains(&id) {
            self.package.pass_over(id);
            let words = format!("{} is encrypted", shortened(&name));
            let gap = Gap::new(GapKind::Encrypted, words);
            self.children.push(self.submission.lost_child(name, Origin::Member, gap));
            return;
        }
        let (bytes, gap) = self.package.bytes(id, budget);
        if is_font(&name) && gap.is_none() {
            return;
        }
        let format = sniff(&bytes);
        let is_picture = format.media_type().starts_with("image/")
            && format.media_type() != "image/svg+xml"
            && !image::is_drawing_with_text(&bytes, budget)
            && gap.is_none();
        if is_picture {
            self.pictures += usize::from(bytes.len() >= WEIGHT);
            return;
        }
        let bytes = match format.media_type() {
            "text/html" => {
                self.pages += 1;
                self.page(&name, bytes, budget)
            }
            _ => bytes,
        };
        let mut child = self.submission.child(name, Origin::Member, bytes);
        child.gaps.extend(gap);
        self.children.push(child);
    }

    fn page(&self, name: &str, bytes: Vec<u8>, budget: &mut Budget) -> Vec<u8> {
        if self.sheets.is_empty() {
            return bytes;
        }
        // Pages of books are in UTF-8 or UTF-16 (EPUB 3.3, 3.4).
        let decoded = charset::decode(&bytes, usize::MAX);
        if decoded.broken > 0 {
            return bytes;
        }
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let find = |href: &str| {
            let id = self.package.find(&resolved(folder, href))?;
            self.sheets.get(&id).map(String::as_str)
        };
        let markup = with_styles(&decoded.text, find, budget);
        [b"\xEF\xBB\xBF", markup.as_bytes()].concat()
    }

    /// What the package does not list is no part of the book, and read all the same.
    fn rest(&mut self, locked: &HashSet<PartId>, budget: &mut Budget) {
        for id in 0..self.package.len() {
            self.member(id, locked, budget);
        }
    }

    fn finish(mut self) -> Extraction {
        let mut notes = self.package.notes();
        if self.pages == 0 && self.pictures > 0 {
            let words = format!("{} pictures and no page", self.pictures);
            self.package.gap(Gap::new(GapKind::ImageOnly, words));
        } else {
            notes.extend(PICTURES.note(self.pictures));
        }
        Extraction {
            text: self.text.finish(),
            children: self.children,
            gaps: self.package.gaps,
            notes,
            ..Extraction::default()
        }
    }
}

fn is_font(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".ttf", ".otf", ".ttc", ".woff", ".woff2"].iter().any(|end| name.ends_with(end))
}

/// Whether an address leads out of the book.
fn is_outside(href: &str) -> bool {
    href.contains("://") || href.starts_with("data:")
}

/// The place in the package that an address in `folder` leads to.
fn resolved(folder: &str, href: &str) -> String {
    let href = href.split('#').next().unwrap_or_default();
    let path = decoded(href);
    let whole = match path.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None => format!("{folder}/{path}"),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Characters written as `%E6` resolved.
fn decoded(address: &str) -> String {
    String::from_utf8_lossy(&percent_decoded(address)).into_owned()
}

#[cfg(test)]
mod tests;

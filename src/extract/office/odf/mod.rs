//! OpenDocument (ISO/IEC 26300, OASIS ODF 1.3): texts, spreadsheets,
//! presentations and drawings, in packages and in one XML file.

mod crypt;
mod drawn;
mod manifest;
mod masters;
mod meta;
mod sheet;
mod story;
mod styles;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use crypt::Opened;
use sheet::{Place, Sheet};
use story::{Kind, Story};
use styles::Styles;

use super::ole;
use super::package::{Package, PartId, decode, shortened};
use super::packed;
use super::properties;
use super::xml::{Ns, Xml, XmlReader};
use crate::extract::unread::{EXTERNAL_LINKS, MISSING_PARTS, SCRIPTS, tell_pictures};
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Note, Origin, Region, Submission, Words};

const WHITE: [u8; 3] = [255; 3];

/// Reads a package.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let package = Package::open(&submission.bytes, budget);
    let mut document = Document { package: Some(package), ..Document::new(submission, budget) };
    document.read_package();
    document.finish()
}

/// Reads a document in one XML file.
pub(crate) fn read_flat(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut document = Document::new(submission, budget);
    let (part, lossy) = decode(submission.bytes.to_vec());
    if lossy {
        document.gap(Gap::new(GapKind::Damaged, "the file is not in its encoding"));
    }
    document.read_content(&part, &part, Where::Flat);
    document.finish()
}

/// Where XML came from, to name it in a gap.
#[derive(Clone, Copy, PartialEq)]
enum Where {
    Flat,
    Package { content: Option<PartId>, styles: Option<PartId> },
}

struct Document<'a, 'b> {
    submission: &'a Submission,
    package: Option<Package<'a>>,
    budget: &'b mut Budget,
    sheet: Sheet,
    pages: u32,
    pictures: usize,
    scripts: usize,
    outside: usize,
    missing: usize,
    signed: bool,
    gaps: Vec<Gap>,
    children: Vec<Submission>,
}

impl<'a, 'b> Document<'a, 'b> {
    fn new(submission: &'a Submission, budget: &'b mut Budget) -> Self {
        Self {
            submission,
            package: None,
            budget,
            sheet: Sheet::default(),
            pages: 0,
            pictures: 0,
            scripts: 0,
            outside: 0,
            missing: 0,
            signed: false,
            gaps: Vec::new(),
            children: Vec::new(),
        }
    }

    fn gap(&mut self, gap: Gap) {
        match &mut self.package {
            Some(package) => package.gap(gap),
            None if !self.gaps.contains(&gap) => self.gaps.push(gap),
            None => {}
        }
    }

    fn gap_in(&mut self, id: Option<PartId>, gap: Option<Gap>) {
        match (&mut self.package, id) {
            (Some(package), Some(id)) => package.gap_in(id, gap),
            _ => gap.into_iter().for_each(|gap| self.gap(gap)),
        }
    }

    fn find(&self, name: &str) -> Option<PartId> {
        self.package.as_ref()?.find(name)
    }

    fn xml_of(&mut self, id: Option<PartId>) -> String {
        match (&mut self.package, id) {
            (Some(package), Some(id)) => package.xml(id, self.budget),
            _ => String::new(),
        }
    }

    /// Goes through XML with `read`; what stands in the way is kept as a gap.
    fn with<T>(
        &mut self,
        part: &str,
        id: Option<PartId>,
        read: impl FnOnce(&mut Self, &mut XmlReader<'_, '_>) -> T,
    ) -> T {
        // The reader holds the budget while it goes on.
        let mut lent = std::mem::replace(&mut *self.budget, Budget::new(Default::default()));
        let mut xml = XmlReader::new(part.trim_start_matches('\u{FEFF}'), &mut lent);
        let made = read(self, &mut xml);
        let trouble = xml.finish();
        *self.budget = lent;
        self.gap_in(id, trouble);
        made
    }

    fn read_package(&mut self) {
        if self.stays_encrypted() {
            return;
        }
        let (content, styles) = (self.find("content.xml"), self.find("styles.xml"));
        if content.is_none() {
            self.gap(Gap::new(GapKind::Damaged, "the content part is not there"));
        }
        let content_part = self.xml_of(content);
        let styles_part = self.xml_of(styles);
        self.read_content(&content_part, &styles_part, Where::Package { content, styles });
        drop((content_part, styles_part));
        if let Some(id) = self.find("meta.xml") {
            let part = self.xml_of(Some(id));
            self.with(&part, Some(id), |this, xml| meta::read(xml, &mut this.sheet));
        }
        self.leftovers();
    }

    /// Reads a document's body, then what its master pages show.
    fn read_content(&mut self, content: &str, styles: &str, place: Where) {
        let (content_id, styles_id) = match place {
            Where::Flat => (None, None),
            Where::Package { content, styles } => (content, styles),
        };
        let flat = place == Where::Flat;
        let mut looks = Styles::default();
        if !flat {
            self.with(styles, styles_id, |_, xml| looks.read(xml, false));
        }
        self.with(content, content_id, |_, xml| looks.read(xml, true));
        let mut masters = HashMap::new();
        let mut objects = Vec::new();
        self.with(content, content_id, |this, xml| {
            let body =
                Place { flows: true, paper: Some(WHITE), region: Region::Body, ..Place::default() };
            let mut story = Story::new(Kind::Text, body, 1, &mut this.sheet, &mut looks);
            if to_body(xml) {
                story.read(xml);
            }
            masters = std::mem::take(&mut story.masters);
            objects = std::mem::take(&mut story.objects);
            let declared = std::mem::take(&mut story.declarations);
            (this.pages, this.pictures, this.scripts) = (story.page, story.pictures, story.scripts);
            declared.into_iter().for_each(|done| this.sheet.put(done));
        });
        if let Err(gap) = self.budget.check_pages(self.pages as usize) {
            self.gap(gap);
        }
        self.follow(objects);
        if !flat {
            looks = Styles::default();
            self.with(styles, styles_id, |_, xml| looks.read(xml, true));
        }
        let pages = self.pages;
        let objects = self.with(styles, styles_id, |this, xml| {
            masters::read(xml, &mut this.sheet, &mut looks, masters, pages, &mut this.pictures)
        });
        self.follow(objects);
        self.sheet.put_later();
        if flat {
            self.with(content, None, |this, xml| meta::read(xml, &mut this.sheet));
        }
    }

    /// Goes after pictures and objects that are referred to.
    fn follow(&mut self, objects: Vec<(String, u32)>) {
        let mut queue = objects;
        let mut known = HashSet::new();
        while let Some((place, page)) = queue.pop() {
            let name = place.trim_start_matches("./").trim_start_matches('#').to_owned();
            if name.is_empty() || !known.insert(name.clone()) {
                continue;
            }
            if place.contains("://") || place.starts_with("../") || place.starts_with('/') {
                self.outside += 1;
                continue;
            }
            if let Some(id) = self.find(&format!("{name}/content.xml")) {
                let part = self.xml_of(Some(id));
                let styles = self.find(&format!("{name}/styles.xml"));
                let mut looks = Styles::default();
                let styles_part = self.xml_of(styles);
                self.with(&styles_part, styles, |_, xml| looks.read(xml, true));
                self.with(&part, Some(id), |_, xml| looks.read(xml, true));
                let inner = self.with(&part, Some(id), |this, xml| {
                    let group = this.sheet.next_group();
                    let place = Place {
                        region: Region::TextBox,
                        label: "object".into(),
                        group,
                        ..Place::default()
                    };
                    let mut story =
                        Story::new(Kind::Object, place, page, &mut this.sheet, &mut looks);
                    story.read(xml);
                    this.pictures += story.pictures;
                    std::mem::take(&mut story.objects)
                });
                let inside = |place: &str| format!("{name}/{}", place.trim_start_matches("./"));
                queue.extend(inner.into_iter().map(|(place, page)| (inside(&place), page)));
                continue;
            }
            match self.find(&name) {
                Some(id) if is_picture(&name) => self.picture(id, &name),
                Some(id) => self.embedded(id),
                None if self.package.is_some() => self.missing += 1,
                None => {}
            }
        }
    }

    /// A picture is counted where it stands; a drawing may hold text.
    fn picture(&mut self, id: PartId, name: &str) {
        let Some(package) = &mut self.package else { return };
        let name = name.to_ascii_lowercase();
        let is_drawing = [".emf", ".wmf"].iter().any(|end| name.ends_with(end));
        // What stands for an object is but the look of what is read.
        if is_drawing && !name.contains("objectreplacements/") && !package.is_read(id) {
            self.children.extend(packed::drawing(package, self.submission, id, self.budget));
        } else {
            package.pass_over(id);
        }
    }

    /// A file or object packed in the document.
    fn embedded(&mut self, id: PartId) {
        let Some(package) = &mut self.package else { return };
        if package.is_read(id) {
            return;
        }
        let name = package.name(id).rsplit('/').next().unwrap_or_default().to_owned();
        let (bytes, gap) = package.bytes(id, self.budget);
        let object = self.submission.child(name.as_str(), Origin::Embedded, bytes);
        self.children.push(match gap {
            Some(gap) if object.bytes.is_empty() => {
                self.submission.lost_child(name, Origin::Embedded, gap)
            }
            Some(gap) => Submission { gaps: vec![gap], ..object },
            None => ole::unwrapped(self.submission, object, self.budget),
        });
    }

    /// Members that nothing accounts for are read as files packed in the document.
    fn leftovers(&mut self) {
        for id in 0..self.package.as_ref().map_or(0, Package::len) {
            let Some(package) = &mut self.package else { return };
            if package.is_read(id) {
                continue;
            }
            let name = package.name(id).to_ascii_lowercase();
            if name.starts_with("basic/") || name.starts_with("scripts/") {
                self.scripts += 1;
            } else if name == "meta-inf/documentsignatures.xml" {
                self.signed = true;
            } else if name == "versions/versionlist.xml" || name == "versionlist.xml" {
                properties::read_any(package, id, &mut self.sheet.text, self.budget);
            } else if !is_apparatus(&name) {
                self.embedded(id);
            }
        }
    }

    fn finish(mut self) -> Extraction {
        let text = std::mem::take(&mut self.sheet).text.finish();
        let mut notes = self.package.as_ref().map(Package::notes).unwrap_or_default();
        let mut gaps = std::mem::take(&mut self.gaps);
        gaps.extend(self.package.take().map(|package| package.gaps).unwrap_or_default());
        tell_pictures(self.pictures, &text, &mut gaps, &mut notes);
        notes.extend(EXTERNAL_LINKS.note(self.outside));
        notes.extend(MISSING_PARTS.note(self.missing));
        notes.extend(SCRIPTS.note(self.scripts));
        if self.signed {
            let message = Words::new(
                "the document is signed; the signature was not verified",
                "文档带有数字签名，未作验证",
            );
            notes.push(Note { id: "signatures", message });
        }
        Extraction {
            pages: Some(self.pages.max(1)).filter(|_| !text.blocks().is_empty()),
            text,
            children: self.children,
            gaps,
            notes,
            ..Extraction::default()
        }
    }
}

/// Goes to the inside of the body; where there is none, the whole is read.
fn to_body(xml: &mut XmlReader<'_, '_>) -> bool {
    while let Some(event) = xml.next() {
        let Xml::Open(element) = event else { continue };
        match (element.ns, element.local()) {
            (Ns::OdfOffice, "body") => return true,
            (Ns::OdfOffice, local) if local.starts_with("document") => {}
            _ => xml.skip(),
        }
    }
    false
}

fn is_picture(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    ["pictures/", "objectreplacements/", "thumbnails/"].iter().any(|f| name.contains(f))
        || matches!(
            extension,
            "png" | "jpg" | "jpeg" | "gif" | "bmp" | "svm" | "wmf" | "emf" | "svg" | "tif" | "tiff"
        )
}

/// Members that carry no text of the document's own.
fn is_apparatus(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    name == "mimetype"
        || ["meta-inf/", "configurations", "fonts/", "dialogs/"].iter().any(|f| name.starts_with(f))
        || matches!(file, "settings.xml" | "manifest.rdf" | "layout-cache" | "current.xml")
        || matches!(file, "styles.xml" | "meta.xml" if name.contains('/'))
        || is_picture(name)
}

/// A gap that names a part.
fn named_gap(kind: GapKind, name: &str, words: &str) -> Gap {
    Gap::new(kind, format!("{}: {words}", shortened(name)))
}

impl Document<'_, '_> {
    /// Opens what is encrypted with the passwords there are. Says whether the
    /// document stays shut.
    fn stays_encrypted(&mut self) -> bool {
        let Some(id) = self.find("META-INF/manifest.xml") else { return false };
        let part = self.xml_of(Some(id));
        let entries = self.with(&part, Some(id), |_, xml| manifest::read(xml));
        let encrypted: Vec<_> = entries
            .into_iter()
            .filter_map(|entry| Some((self.find(&entry.name)?, entry.name, entry.encryption?)))
            .collect();
        let passwords = self.budget.passwords();
        let mut candidates: Vec<&str> = passwords.iter().collect();
        for (id, name, encryption) in encrypted {
            let known = encryption.is_known();
            let Some(package) = &mut self.package else { return false };
            let (data, _) = package.bytes(id, self.budget);
            let mut opened = None;
            for password in candidates.iter().filter(|_| known) {
                match encryption.open(&data, password, self.budget) {
                    Ok(Opened::Content(content, gap)) => {
                        opened = Some((content, gap, *password));
                        break;
                    }
                    Ok(Opened::Wrong | Opened::Unknown) => {}
                    Err(gap) => {
                        package.gap(gap);
                        break;
                    }
                }
            }
            let Some((content, gap, password)) = opened else {
                let words = match (known, candidates.is_empty()) {
                    (false, _) => "it is encrypted in a way that cannot be undone",
                    (_, true) => "it is encrypted with a password",
                    _ => "it is encrypted, and no password given opens it",
                };
                self.gap(named_gap(GapKind::Encrypted, &name, words));
                return true;
            };
            // One password opens all of a package.
            candidates = vec![password];
            package.put(id, content);
            self.gap_in(Some(id), gap);
        }
        false
    }
}

//! Parts that pages refer to: notes, comments, charts, diagrams, tags, controls,
//! and files packed in the presentation.

use std::collections::HashSet;

use super::Deck;
use super::looks::Levels;
use super::put::{Role, Setting};
use crate::extract::office::package::{PartId, Relationship, Target};
use crate::extract::office::sheet::Done;
use crate::extract::office::theme::Theme;
use crate::extract::office::xml::{Ns, Xml, XmlReader};
use crate::extract::office::{controls, drawing, packed};
use crate::model::{BlockHead, Region};

impl Deck<'_, '_> {
    /// Goes after relationships of a page that lead to things it shows or that
    /// are packed in it. `number` is the slide's. Parts lead to further parts in
    /// as long a chain as somebody likes, so what comes next waits in a list.
    pub(super) fn follow(
        &mut self,
        related: Vec<Relationship>,
        number: u32,
        unseen: Option<&'static str>,
    ) {
        self.waiting.push((related, number, unseen));
        if self.following {
            return;
        }
        self.following = true;
        while let Some((related, number, unseen)) = self.waiting.pop() {
            self.follow_one(&related, number, unseen);
        }
        self.following = false;
    }

    fn follow_one(&mut self, related: &[Relationship], number: u32, unseen: Option<&'static str>) {
        let mut diagrams = HashSet::new();
        for relationship in related {
            let id = match &relationship.target {
                Target::Part(id) => *id,
                Target::Missing(name) => {
                    self.missing(relationship, name);
                    continue;
                }
                Target::External => {
                    self.outside += usize::from(relationship.kind != "hyperlink");
                    continue;
                }
            };
            match relationship.kind.as_str() {
                "font" => self.package.pass_over(id),
                "image" | "hdphoto" => packed::pass_over_picture(&mut self.package, id),
                "notesSlide" => self.read_notes(id, number, unseen),
                "comments" => self.read_comments(id, number),
                "chart" | "chartEx" | "chartUserShapes" => {
                    self.read_drawing(id, "chart", number, unseen, None);
                }
                "diagramData" | "diagramDrawing" => {
                    self.read_drawing(id, "diagram", number, unseen, Some(&mut diagrams));
                }
                "tags" => self.read_tags(id, number),
                "control" => self.read_control(id, number),
                "vmlDrawing" => self.read_loose(id, number, unseen),
                "oleObject" | "package" | "media" | "video" | "audio" | "activeXControlBinary" => {
                    self.embedded(id)
                }
                _ => {}
            }
        }
    }

    pub(super) fn embedded(&mut self, id: PartId) {
        self.children.extend(packed::embedded(&mut self.package, self.submission, id, self.budget));
    }

    fn read_notes(&mut self, id: PartId, number: u32, unseen: Option<&'static str>) {
        if self.package.is_read(id) {
            return;
        }
        let page = self.page(id);
        self.put(&Setting {
            page: &page,
            layout: None,
            master: None,
            theme: &Theme::default(),
            defaults: &Levels::default(),
            role: Role::Notes,
            number,
            unseen,
            size: [0.0; 2],
        });
        let related = self.package.relationships(Some(id), self.budget);
        self.follow(related, number, unseen);
    }

    /// Comments, as they were (19.4) and as threads (MS-PPTX 2.16): each
    /// paragraph is a line.
    fn read_comments(&mut self, id: PartId, number: u32) {
        if self.package.is_read(id) {
            return;
        }
        let part = self.package.xml(id, self.budget);
        let mut xml = XmlReader::new(&part, self.budget);
        let mut open = Vec::new();
        let mut line = String::new();
        let mut group = 0;
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    let (is_text, ends) = match (element.ns, element.local()) {
                        (Ns::P, "text") => (true, true),
                        (Ns::A, "t") => (true, false),
                        (Ns::A, "p" | "br") => (false, true),
                        (_, "cm" | "reply") => {
                            group = self.putter.sheet.next_group();
                            (false, false)
                        }
                        _ => (false, false),
                    };
                    open.push((is_text, ends));
                }
                Xml::Text(text) => {
                    if open.last().is_some_and(|(is_text, _)| *is_text) {
                        line.push_str(&text);
                    }
                }
                Xml::Close => {
                    if open.pop().is_some_and(|(_, ends)| ends) {
                        let head = BlockHead {
                            region: Region::Comment,
                            page: number,
                            label: "comment".into(),
                            group,
                            ..BlockHead::default()
                        };
                        let runs = vec![(std::mem::take(&mut line), 0)];
                        self.putter.sheet.put_lines(Done { head, runs });
                    }
                }
            }
        }
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
        self.putter.sheet.put_lines(Done::plain(Region::Comment, number, "comment", line));
    }

    fn read_drawing(
        &mut self,
        id: PartId,
        label: &str,
        number: u32,
        unseen: Option<&'static str>,
        known: Option<&mut HashSet<String>>,
    ) {
        if self.package.is_read(id) {
            return;
        }
        let lines = drawing::read(&mut self.package, id, known, self.budget);
        let head = BlockHead {
            region: if unseen.is_some() { Region::Hidden } else { Region::TextBox },
            page: number,
            label: unseen.unwrap_or(label).to_owned(),
            group: self.putter.sheet.next_group(),
            ..BlockHead::default()
        };
        for line in lines {
            let done = Done { head: head.clone(), runs: vec![(line, 0)] };
            self.putter.sheet.put_lines(done);
        }
        let related = self.package.relationships(Some(id), self.budget);
        self.follow(related, number, unseen);
    }

    /// Names and values that programs keep with a slide or shape (19.3.3).
    fn read_tags(&mut self, id: PartId, number: u32) {
        if self.package.is_read(id) {
            return;
        }
        let part = self.package.xml(id, self.budget);
        let mut xml = XmlReader::new(&part, self.budget);
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            let value = |name: &str| element.attr(name).unwrap_or_default().into_owned();
            let tag = (value("name"), value("val"));
            // Numbers and switches are for the program alone.
            let says = tag.1.chars().filter(|c| c.is_alphabetic()).count() > 1;
            if element.local() == "tag" && says && self.tags.insert(tag.clone()) {
                self.putter.sheet.later.push(Done::plain(Region::Property, number, &tag.0, tag.1));
            }
        }
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
    }

    /// A control: what it shows is among its properties, here or in a part of
    /// its own.
    fn read_control(&mut self, id: PartId, number: u32) {
        if self.package.is_read(id) {
            return;
        }
        let part = self.package.xml(id, self.budget);
        let mut xml = XmlReader::new(&part, self.budget);
        for (name, value) in controls::shown(&mut xml) {
            self.putter.sheet.put_lines(Done::plain(Region::FormField, number, &name, value));
        }
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
        let related = self.package.relationships(Some(id), self.budget);
        self.follow(related, number, None);
    }

    /// Drawings in VML, which show objects to old readers: whatever they say.
    fn read_loose(&mut self, id: PartId, number: u32, unseen: Option<&'static str>) {
        if self.package.is_read(id) {
            return;
        }
        let part = self.package.xml(id, self.budget);
        let mut xml = XmlReader::new(&part, self.budget);
        let mut lines = Vec::new();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) if element.ns == Ns::Vml => {
                    lines.extend(element.attr("string").map(|text| text.into_owned()));
                }
                Xml::Open(element) if element.local() == "ClientData" => xml.skip(),
                Xml::Text(text) => lines.push(text.into_owned()),
                _ => {}
            }
        }
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
        let region = if unseen.is_some() { Region::Hidden } else { Region::TextBox };
        for line in lines {
            let done = Done::plain(region, number, unseen.unwrap_or("drawing"), line.trim());
            self.putter.sheet.put_lines(done);
        }
        let related = self.package.relationships(Some(id), self.budget);
        self.follow(related, number, unseen);
    }

    /// Parts of PowerPoint that nothing refers to: on no slide, and read all the
    /// same.
    pub(super) fn read_strays(&mut self) {
        for id in 0..self.package.len() {
            if self.package.is_read(id) {
                continue;
            }
            let kind = self.package.content_type(id).to_owned();
            let Some(kind) = kind.strip_suffix("+xml") else { continue };
            match kind.rsplit('.').next().unwrap_or_default() {
                "notesSlide" => self.read_notes(id, 0, Some("unreferenced")),
                "comments" => self.read_comments(id, 0),
                "tags" => self.read_tags(id, 0),
                "chart" | "chartex" | "chartshapes" => {
                    self.read_drawing(id, "chart", 0, Some("unreferenced"), None);
                }
                "diagramData" | "drawing" => {
                    self.read_drawing(id, "diagram", 0, Some("unreferenced"), None);
                }
                _ => {}
            }
        }
    }
}

//! The XML parts of an OFD document, each read into plain values (GB/T
//! 33190-2016, 7.4–7.6, 7.9, 14–16).

use std::rc::Rc;

use super::content::{Content, Step, read_inside};
use super::draw::{DrawParam, Font, Resources};
use super::style::{paint, pen};
use super::values::{Bounds, bounds};
use crate::extract::office::xml::{Element, Xml, XmlReader};

/// What the entry part (`OFD.xml`) says.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub bodies: Vec<Body>,
}

/// One document of the package.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub root: String,
    pub signatures: Vec<String>,
    /// Parts that list the files of versions.
    pub versions: Vec<String>,
    /// Name and value.
    pub properties: Vec<(String, String)>,
}

/// Longer names are no faces.
const MAX_FACE: usize = 200;

/// What programs write and nobody reads.
const MACHINE: &[&str] =
    &["DocID", "CreationDate", "ModDate", "Creator", "CreatorVersion", "DocUsage", "Cover"];

/// Goes through a part with the names of what is open; `said` gets each text
/// with them, and each element as it begins.
fn walk(
    xml: &mut XmlReader<'_, '_>,
    mut begins: impl FnMut(&[String], &Element<'_>, &mut Option<String>),
    mut ends: impl FnMut(&[String], &str),
) {
    let mut names: Vec<String> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                let mut label = None;
                begins(&names, &element, &mut label);
                names.push(label.unwrap_or_else(|| element.local().to_owned()));
                texts.push(String::new());
            }
            Xml::Text(text) => {
                if let Some(open) = texts.last_mut() {
                    open.push_str(&text);
                }
            }
            Xml::Close => {
                let text = texts.pop().unwrap_or_default();
                ends(&names, text.trim());
                names.pop();
            }
        }
    }
    while let Some(text) = texts.pop() {
        ends(&names, text.trim());
        names.pop();
    }
}

fn last(names: &[String]) -> &str {
    names.last().map_or("", String::as_str)
}

impl Entry {
    pub fn read(xml: &mut XmlReader<'_, '_>) -> Self {
        let mut entry = Self::default();
        let custom = std::cell::RefCell::new(String::new());
        let fresh = std::cell::Cell::new(0usize);
        let begins = |_: &[String], element: &Element<'_>, label: &mut Option<String>| match element
            .local()
        {
            "DocBody" => fresh.set(fresh.get() + 1),
            "CustomData" => {
                *custom.borrow_mut() = element.attr("Name").unwrap_or_default().into_owned();
            }
            "Version" => *label = element.attr("BaseLoc").map(|loc| format!("\0{loc}")),
            _ => {}
        };
        walk(xml, begins, |names, text| {
            let name = last(names);
            if entry.bodies.len() < fresh.get() {
                entry.bodies.push(Body::default());
            }
            let Some(body) = entry.bodies.last_mut() else { return };
            let in_info = names.iter().rev().take(4).any(|n| n == "DocInfo");
            match name {
                _ if name.starts_with('\0') => body.versions.push(name[1..].to_owned()),
                _ if text.is_empty() => {}
                "DocRoot" => body.root = text.to_owned(),
                "Signatures" => body.signatures.push(text.to_owned()),
                "CustomData" => body.properties.push((custom.borrow().clone(), text.to_owned())),
                _ if in_info && !MACHINE.contains(&name) => {
                    body.properties.push((name.to_owned(), text.to_owned()));
                }
                _ => {}
            }
        });
        entry
    }
}

/// What the root part of a document (`Document.xml`) says.
#[derive(Debug, Default)]
pub(super) struct Root {
    pub page_box: Option<Bounds>,
    pub resources: Vec<String>,
    /// Id, place and whether it is drawn over the page by default.
    pub templates: Vec<(String, String, bool)>,
    /// Id and place.
    pub pages: Vec<(String, String)>,
    pub annotations: Vec<String>,
    pub attachments: Vec<String>,
    pub tags: Vec<String>,
    pub extensions: Vec<String>,
    /// Titles of outlines, names of bookmarks, addresses of actions: what and text.
    pub said: Vec<(&'static str, String)>,
}

impl Root {
    pub fn read(xml: &mut XmlReader<'_, '_>) -> Self {
        let root = std::cell::RefCell::new(Self::default());
        let begins = |names: &[String], element: &Element<'_>, _: &mut Option<String>| {
            let mut root = root.borrow_mut();
            let value = |name: &str| element.attr(name).unwrap_or_default().into_owned();
            match (last(names), element.local()) {
                (_, "TemplatePage") => {
                    let over = value("ZOrder") == "Foreground";
                    root.templates.push((value("ID"), value("BaseLoc"), over));
                }
                ("Pages", "Page") => root.pages.push((value("ID"), value("BaseLoc"))),
                (_, "OutlineElem") => root.said.push(("outline", value("Title"))),
                (_, "Bookmark") => root.said.push(("bookmark", value("Name"))),
                (_, "URI") => root.said.push(("link", value("URI"))),
                _ => {}
            }
        };
        walk(xml, begins, |names, text| {
            if text.is_empty() {
                return;
            }
            let mut root = root.borrow_mut();
            let text = || text.to_owned();
            match last(names) {
                "PhysicalBox" => root.page_box = root.page_box.or(bounds(&text())),
                "PublicRes" | "DocumentRes" => root.resources.push(text()),
                "Annotations" => root.annotations.push(text()),
                "Attachments" => root.attachments.push(text()),
                "CustomTags" => root.tags.push(text()),
                "Extensions" => root.extensions.push(text()),
                _ => {}
            }
        });
        root.into_inner()
    }
}

/// What a page or template says.
#[derive(Debug, Default)]
pub(super) struct PageXml {
    pub page_box: Option<Bounds>,
    pub resources: Vec<String>,
    /// Templates it is drawn on: id, and whether the template comes over it.
    pub templates: Vec<(String, Option<bool>)>,
    pub steps: Rc<Vec<Step>>,
    /// Addresses its actions lead to.
    pub links: Vec<String>,
}

impl PageXml {
    pub fn read(xml: &mut XmlReader<'_, '_>) -> Self {
        let mut page = Self::default();
        let mut content = Content::default();
        let mut name = String::new();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    if content.is_open() || matches!(element.local(), "Content" | "Layer") {
                        content.open(&element);
                    }
                    match element.local() {
                        "Template" => {
                            let over = element.attr("ZOrder").map(|z| z == "Foreground");
                            let id = element.attr("TemplateID").unwrap_or_default().into_owned();
                            page.templates.push((id, over));
                        }
                        "URI" => page.links.extend(element.attr("URI").map(|v| v.into_owned())),
                        _ => {}
                    }
                    element.local().clone_into(&mut name);
                }
                Xml::Text(text) if content.is_open() => content.text(&text),
                Xml::Text(text) => match name.as_str() {
                    "PhysicalBox" => page.page_box = page.page_box.or(bounds(&text)),
                    "PageRes" if !text.trim().is_empty() => {
                        page.resources.push(text.trim().to_owned());
                    }
                    _ => {}
                },
                Xml::Close => content.close(),
            }
        }
        page.steps = Rc::new(content.finish());
        page
    }
}

/// What a list of resources says, before its places are looked up.
#[derive(Debug, Default)]
pub(super) struct ResXml {
    pub base: String,
    /// Places of media by id, with kind.
    pub media: Vec<(String, String, String)>,
    /// Places of embedded fonts, with their ids.
    pub fonts: Vec<(String, String)>,
}

impl ResXml {
    /// Reads a list; what needs no looking up goes into `made` at once.
    pub fn read(xml: &mut XmlReader<'_, '_>, made: &mut Resources) -> Self {
        let mut res = Self::default();
        let (mut id, mut kind, mut param) = (String::new(), String::new(), None);
        let mut name = String::new();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    let value = |n: &str| element.attr(n).unwrap_or_default().into_owned();
                    match element.local() {
                        "Res" => res.base = value("BaseLoc"),
                        "Font" => {
                            let on = |n: &str| element.attr(n).is_some_and(|v| v == "true");
                            let face = Some(value("FontName")).filter(|v| !v.is_empty());
                            let face = face.unwrap_or_else(|| value("FamilyName"));
                            let face = face.chars().take(MAX_FACE).collect();
                            let font = Font { face, is_heavy: on("Bold"), part: None };
                            id = value("ID");
                            made.fonts.insert(id.clone(), font);
                        }
                        "DrawParam" => {
                            let relative = value("Relative");
                            let pen = pen(&element);
                            let made_of = DrawParam { relative, pen, ..DrawParam::default() };
                            made.params.insert(value("ID"), made_of);
                            param = Some(value("ID"));
                        }
                        local @ ("FillColor" | "StrokeColor") => {
                            let known = param.as_ref().and_then(|id| made.params.get_mut(id));
                            if let Some(known) = known {
                                let paint = paint(&element);
                                match local {
                                    "FillColor" => known.fill = paint,
                                    _ => known.stroke = paint,
                                }
                            }
                        }
                        "MultiMedia" => (id, kind) = (value("ID"), value("Type")),
                        "CompositeGraphicUnit" => {
                            let id = value("ID");
                            let steps = Rc::new(read_inside(&element, xml));
                            made.composites.insert(id, steps);
                            continue;
                        }
                        _ => {}
                    }
                    element.local().clone_into(&mut name);
                }
                Xml::Text(text) => {
                    let text = text.trim();
                    match name.as_str() {
                        _ if text.is_empty() => {}
                        "MediaFile" => res.media.push((id.clone(), kind.clone(), text.to_owned())),
                        "FontFile" => res.fonts.push((id.clone(), text.to_owned())),
                        _ => {}
                    }
                }
                Xml::Close => name.clear(),
            }
        }
        res
    }
}

/// One annotation.
#[derive(Debug, Default)]
pub(super) struct Annotation {
    pub kind: String,
    pub shown: bool,
    pub remark: String,
    /// Name and value.
    pub parameters: Vec<(String, String)>,
    pub steps: Rc<Vec<Step>>,
}

/// Reads the annotations of one page.
pub(super) fn read_annotations(xml: &mut XmlReader<'_, '_>) -> Vec<Annotation> {
    let mut all: Vec<Annotation> = Vec::new();
    let (mut name, mut parameter) = (String::new(), String::new());
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                match element.local() {
                    "Annot" => all.push(Annotation {
                        kind: element.attr("Type").unwrap_or_default().into_owned(),
                        shown: element.attr("Visible").is_none_or(|v| v != "false"),
                        ..Annotation::default()
                    }),
                    "Parameter" => {
                        parameter = element.attr("Name").unwrap_or_default().into_owned();
                    }
                    "Appearance" => {
                        let steps = read_inside(&element, xml);
                        if let Some(open) = all.last_mut() {
                            open.steps = Rc::new(steps);
                        }
                        continue;
                    }
                    _ => {}
                }
                element.local().clone_into(&mut name);
            }
            Xml::Text(text) => {
                let Some(open) = all.last_mut() else { continue };
                match name.as_str() {
                    "Remark" => open.remark.push_str(&text),
                    "Parameter" => open.parameters.push((parameter.clone(), text.into_owned())),
                    _ => {}
                }
            }
            Xml::Close => name.clear(),
        }
    }
    all
}

/// Reads a list of files: for each element of that name one attribute, and the
/// place that stands in it (`FileLoc`) or on it (`BaseLoc`).
pub(super) fn read_list(
    xml: &mut XmlReader<'_, '_>,
    item: &str,
    attribute: &str,
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut name = String::new();
    while let Some(event) = xml.next() {
        match event {
            Xml::Open(element) => {
                if element.local() == item {
                    let value = |n: &str| element.attr(n).unwrap_or_default().into_owned();
                    all.push((value(attribute), value("BaseLoc")));
                }
                element.local().clone_into(&mut name);
            }
            Xml::Text(text) if matches!(name.as_str(), "FileLoc" | "DocRoot") => {
                if name == "DocRoot" && item == "DocRoot" {
                    all.push((String::new(), text.trim().to_owned()));
                } else if let Some(open) = all.last_mut() {
                    open.1.push_str(text.trim());
                }
            }
            Xml::Text(_) => {}
            Xml::Close => name.clear(),
        }
    }
    all
}

/// An id as ids are compared: `007` is `7`.
pub(super) fn id_key(id: &str) -> String {
    id.trim().parse::<u64>().map_or_else(|_| id.trim().to_owned(), |id| id.to_string())
}

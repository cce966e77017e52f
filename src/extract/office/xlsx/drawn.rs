//! Drawings on a sheet: text boxes, shapes, word art and their alternative texts,
//! from DrawingML (ISO/IEC 29500-1, 20.5 and 21.1.2) and from VML.

use std::collections::HashSet;

use super::colors::{Colors, Rgb, alike, parse};
use super::grid::{SheetPlace, letters};
use super::page::{Page, place};
use crate::extract::office::xml::{Element, Ns, Xml, XmlReader};
use crate::model::{Align, BlockHead, Region, Style, StyleId};

/// Longer names are no faces.
const MAX_FACE: usize = 200;

const WHITE: Rgb = [255; 3];

/// What is behind a shape's text; `None` where that is not known.
type Ground = Option<Rgb>;

/// An open shape.
#[derive(Clone, Copy, Debug)]
struct Shape {
    ground: Ground,
    hidden: bool,
    watermark: bool,
}

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Anchor,
    From,
    Column,
    Row,
    Shape,
    ShapeProps,
    ShapeFill,
    Para,
    RunProps,
    RunFill,
    Text,
    Fallback,
    /// The text of a VML box.
    Box,
    Other,
}

/// A paragraph that is being read.
#[derive(Debug, Default)]
struct Para {
    text: String,
    runs: Vec<(usize, StyleId)>,
    align: Align,
    hidden: bool,
}

/// Reads one drawing.
pub(super) struct Drawing<'p> {
    page: &'p mut Page,
    colors: &'p Colors,
    sheet: &'p SheetPlace,
    tags: Vec<Tag>,
    shapes: Vec<Shape>,
    para: Option<Para>,
    style: Style,
    column: u32,
    row: u32,
    group: u32,
    fallbacks: usize,
    /// Lines of this drawing: a fallback says again what stands before it.
    known: HashSet<String>,
    pub pictures: usize,
}

impl<'p> Drawing<'p> {
    pub fn new(page: &'p mut Page, colors: &'p Colors, sheet: &'p SheetPlace) -> Self {
        Self {
            page,
            colors,
            sheet,
            tags: Vec::new(),
            shapes: Vec::new(),
            para: None,
            style: Style::default(),
            column: 0,
            row: 0,
            group: 0,
            fallbacks: 0,
            known: HashSet::new(),
            pictures: 0,
        }
    }

    /// Reads to the end of the part.
    pub fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => match self.open(&element) {
                    Some(tag) => self.tags.push(tag),
                    None => xml.skip(),
                },
                Xml::Close => {
                    if let Some(tag) = self.tags.pop() {
                        self.close(tag);
                    }
                }
                Xml::Text(text) => self.text(&text),
            }
            xml.check_text(self.page.text.len());
            xml.check_lines(self.page.count);
        }
        self.end_para();
    }

    fn top(&self) -> Option<Tag> {
        self.tags.last().copied()
    }

    fn open(&mut self, element: &Element<'_>) -> Option<Tag> {
        match element.ns {
            Ns::Vml => return self.open_vml(element),
            Ns::Mc if element.local() == "Fallback" => {
                self.fallbacks += 1;
                return Some(Tag::Fallback);
            }
            Ns::A => return self.open_text(element),
            _ => {}
        }
        Some(match element.local() {
            "twoCellAnchor" | "oneCellAnchor" | "absoluteAnchor" => {
                (self.column, self.row) = (0, 0);
                Tag::Anchor
            }
            "from" => Tag::From,
            "col" if self.top() == Some(Tag::From) => Tag::Column,
            "row" if self.top() == Some(Tag::From) => Tag::Row,
            "sp" | "cxnSp" | "pic" | "graphicFrame" | "grpSp" => self.begin_shape(),
            "cNvPr" => {
                self.named(element);
                Tag::Other
            }
            "spPr" => Tag::ShapeProps,
            "blip" => {
                self.pictures += 1;
                Tag::Other
            }
            _ => self.open_form(element),
        })
    }

    /// Text of controls stands in boxes of markup; everything else is passed through.
    fn open_form(&mut self, element: &Element<'_>) -> Tag {
        if let Some(Tag::Box) = self.top() {
            if matches!(element.local(), "div" | "p" | "br") {
                self.end_para();
            }
            return Tag::Box;
        }
        if element.local() == "signatureline" {
            for said in ["suggestedsigner", "suggestedsigner2", "signinginstructions"] {
                let text = element.attr(said).unwrap_or_default().into_owned();
                self.put_plain(Region::TextBox, &text);
            }
        }
        Tag::Other
    }

    fn begin_shape(&mut self) -> Tag {
        // A shape without a fill stands on the sheet's white.
        let around = self.shapes.last().copied();
        self.shapes.push(Shape {
            ground: Some(WHITE),
            hidden: around.is_some_and(|shape| shape.hidden),
            watermark: around.is_some_and(|shape| shape.watermark),
        });
        self.group = self.page.next_group();
        Tag::Shape
    }

    /// A shape's name, whether it is shown, and what stands for it in words.
    fn named(&mut self, element: &Element<'_>) {
        let name = element.attr("name").unwrap_or_default();
        let hidden = element.attr("hidden").is_some_and(|v| v == "1" || v == "true");
        if let Some(shape) = self.shapes.last_mut() {
            shape.watermark |= is_watermark(&name);
            shape.hidden |= hidden;
        }
        let mut last = String::new();
        for said in ["title", "descr"] {
            let text = element.attr(said).unwrap_or_default().into_owned();
            if text != last {
                self.alternative(&text);
            }
            last = text;
        }
    }

    fn alternative(&mut self, text: &str) {
        if !text.trim().is_empty() && self.known.insert(format!("alt {text}")) {
            let region = self.sheet.region(Region::AltText);
            let head = place(region, self.sheet.page, &self.label());
            self.page.put_later(head, text);
        }
    }

    fn label(&self) -> String {
        match (self.column, self.row) {
            (0, _) | (_, 0) => self.sheet.name.clone(),
            (column, row) => self.sheet.label(&format!("{}{row}", letters(column))),
        }
    }

    /// DrawingML's own elements: text with its looks, fills, pictures.
    fn open_text(&mut self, element: &Element<'_>) -> Option<Tag> {
        let value = || element.attr("val").unwrap_or_default();
        let top = self.top();
        Some(match element.local() {
            "p" => {
                self.end_para();
                let hidden = self.shapes.last().is_some_and(|shape| shape.hidden);
                self.para = Some(Para { hidden, ..Para::default() });
                Tag::Para
            }
            "pPr" => {
                let align = match element.attr("algn").as_deref() {
                    Some("ctr") => Align::Center,
                    Some("r") => Align::Right,
                    Some(_) => Align::Left,
                    None => Align::Unknown,
                };
                if let Some(para) = &mut self.para {
                    para.align = align;
                }
                // How a list is made says nothing of what it says.
                return None;
            }
            "r" | "fld" => {
                self.style = Style::default();
                Tag::Other
            }
            "rPr" => {
                let size = element.attr("sz").and_then(|v| v.parse::<f32>().ok()).unwrap_or(0.0);
                self.style = Style {
                    size: if (0.0..=400_000.0).contains(&size) { size / 100.0 } else { 0.0 },
                    bold: element.attr("b").is_some_and(|v| v == "1" || v == "true"),
                    struck: element.attr("strike").is_some_and(|v| v != "noStrike"),
                    ..Style::default()
                };
                Tag::RunProps
            }
            "endParaRPr" | "lstStyle" | "defRPr" => return None,
            "latin" | "ea" if top == Some(Tag::RunProps) => {
                let face = element.attr("typeface").unwrap_or_default();
                if !face.starts_with('+') && (element.local() == "ea" || self.style.face.is_empty())
                {
                    self.style.face = face.chars().take(MAX_FACE).collect();
                }
                Tag::Other
            }
            "solidFill" if top == Some(Tag::RunProps) => Tag::RunFill,
            "solidFill" if top == Some(Tag::ShapeProps) => {
                self.fill(None);
                Tag::ShapeFill
            }
            "gradFill" | "blipFill" | "pattFill" | "grpFill" if top == Some(Tag::ShapeProps) => {
                self.fill(None);
                self.pictures += usize::from(element.local() == "blipFill");
                return None;
            }
            "srgbClr" => {
                self.color(top, parse(&value()));
                Tag::Other
            }
            "schemeClr" => {
                self.color(top, self.colors.theme.color(&value()));
                // Shades of it are not worked out.
                Tag::Other
            }
            "sysClr" => {
                self.color(top, element.attr("lastClr").and_then(|v| parse(&v)));
                Tag::Other
            }
            "lumMod" | "lumOff" | "shade" | "tint" | "alpha" => {
                if self.tags.contains(&Tag::ShapeFill) {
                    self.fill(None);
                } else {
                    self.style.color = None;
                }
                Tag::Other
            }
            "t" => Tag::Text,
            "br" => {
                if let Some(para) = &mut self.para {
                    para.text.push('\n');
                }
                return None;
            }
            "blip" => {
                self.pictures += 1;
                Tag::Other
            }
            _ => Tag::Other,
        })
    }

    fn color(&mut self, top: Option<Tag>, color: Option<Rgb>) {
        match top {
            Some(Tag::RunFill) => self.style.color = color,
            Some(Tag::ShapeFill) => self.fill(color),
            _ => {}
        }
    }

    fn fill(&mut self, color: Ground) {
        if let Some(shape) = self.shapes.last_mut() {
            shape.ground = color;
        }
    }

    fn open_vml(&mut self, element: &Element<'_>) -> Option<Tag> {
        let value = |name: &str| element.attr(name).unwrap_or_default().into_owned();
        Some(match element.local() {
            // A template for shapes: its text path has no text.
            "shapetype" => return None,
            "shape" | "rect" | "roundrect" | "oval" | "line" | "polyline" | "image" | "group" => {
                let tag = self.begin_shape();
                if let Some(shape) = self.shapes.last_mut() {
                    shape.watermark |= is_watermark(&value("id"));
                    shape.ground = None;
                }
                self.alternative(&value("alt"));
                tag
            }
            "textpath" => {
                let text = value("string");
                let watermark = self.shapes.last().is_some_and(|shape| shape.watermark);
                self.put_plain(if watermark { Region::Watermark } else { Region::TextBox }, &text);
                Tag::Other
            }
            "imagedata" => {
                self.pictures += 1;
                self.alternative(&value("title"));
                Tag::Other
            }
            "textbox" => {
                self.end_para();
                Tag::Box
            }
            _ => Tag::Other,
        })
    }

    fn put_plain(&mut self, region: Region, text: &str) {
        let mut head = place(self.sheet.region(region), self.sheet.page, &self.label());
        self.page.put(&mut head, text);
    }

    fn text(&mut self, text: &str) {
        match self.top() {
            Some(Tag::Column) => self.column = one_more(text),
            Some(Tag::Row) => self.row = one_more(text),
            Some(Tag::Text) => self.push(text),
            // White space of markup is one space.
            Some(Tag::Box) if !text.trim().is_empty() => {
                self.style = Style::default();
                let words: Vec<_> = text.split_whitespace().collect();
                self.push(&words.join(" "));
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        let ground = self.shapes.last().map_or(Some(WHITE), |shape| shape.ground);
        let mut style = self.style.clone();
        let unseen = style.color.zip(ground).is_some_and(|(ink, ground)| alike(ink, ground));
        style.hidden = unseen || (style.size > 0.0 && style.size < 2.0);
        let id = match style == Style::default() {
            true => 0,
            false => self.page.text.style(style),
        };
        let hidden = self.shapes.last().is_some_and(|shape| shape.hidden);
        let para = self.para.get_or_insert_with(|| Para { hidden, ..Para::default() });
        para.runs.push((para.text.len(), id));
        para.text.push_str(text);
    }

    fn close(&mut self, tag: Tag) {
        match tag {
            Tag::Para | Tag::Box => self.end_para(),
            Tag::Shape => {
                self.end_para();
                self.shapes.pop();
            }
            Tag::Anchor => (self.column, self.row) = (0, 0),
            Tag::Fallback => self.fallbacks = self.fallbacks.saturating_sub(1),
            _ => {}
        }
    }

    fn end_para(&mut self) {
        let Some(para) = self.para.take().filter(|para| !para.text.trim().is_empty()) else {
            return;
        };
        let is_new = self.known.insert(para.text.clone());
        if self.fallbacks > 0 && !is_new {
            return;
        }
        let watermark = self.shapes.last().is_some_and(|shape| shape.watermark);
        let region = match para.hidden {
            true => Region::Hidden,
            false if watermark => Region::Watermark,
            false => Region::TextBox,
        };
        let head = place(self.sheet.region(region), self.sheet.page, &self.label());
        let mut head = BlockHead { align: para.align, group: self.group, ..head };
        self.page.put_styled(&mut head, &para.text, &para.runs);
    }
}

/// Columns and rows of an anchor are numbered from 0.
fn one_more(number: &str) -> u32 {
    number.trim().parse::<u32>().ok().and_then(|n| n.checked_add(1)).unwrap_or(0)
}

fn is_watermark(name: &str) -> bool {
    name.to_ascii_lowercase().contains("watermark") || name.contains("水印")
}

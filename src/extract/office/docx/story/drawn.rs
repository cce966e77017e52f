//! Drawings in a story: text boxes, word art, alternative texts.

use super::{Story, Tag};
use crate::extract::office::docx::styles::Styles;
use crate::extract::office::word::ink::{Ground, Ink};
use crate::extract::office::word::sheet::{Mark, Para, Piece, Place};
use crate::extract::office::xml::{Element, Ns};
use crate::model::{Region, Style};

/// An open shape: what text in it stands on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    pub ground: Ground,
    pub watermark: bool,
    pub unseen: bool,
}

impl Story<'_> {
    pub(super) fn open_drawing(&mut self, element: &Element<'_>) -> Option<Tag> {
        match (self.top(), element.local()) {
            (Some(Tag::ShapeProps), "solidFill") => return Some(Tag::Fill),
            (Some(Tag::Fill), "srgbClr") => {
                let ink = element.attr("val").and_then(|v| Ink::parse(&v));
                self.fill(ink);
            }
            (Some(Tag::Fill), "schemeClr") => {
                let slot = element.attr("val").unwrap_or_default();
                let ink = self.styles.theme_color(&slot).map(Ink::Rgb);
                self.fill(ink);
            }
            (_, "blip") => self.pictures += 1,
            (_, "hlinkClick" | "hlinkHover") => self.alt(element.attr("tooltip").as_deref()),
            (_, "rPr" | "pPr" | "endParaRPr") => return None,
            (_, "p") if self.shape_props == 0 => {
                self.push_place(Region::TextBox);
                self.frames.push(self.spare.pop().unwrap_or_default());
                return Some(Tag::DrawnPara);
            }
            (_, "r") => return Some(self.begin_run()),
            (_, "t") => return Some(Tag::Text),
            (_, "br") => self.mark(Mark::Line),
            _ => {}
        }
        Some(Tag::Other(Ns::A))
    }

    /// Effects of text that later versions of Word added.
    pub(super) fn open_effect(&mut self, element: &Element<'_>) -> Option<Tag> {
        let run = self.runs.last_mut()?;
        match (self.tags.last(), element.local()) {
            (Some(Tag::RunProps), "textFill") => return Some(Tag::TextFill),
            (Some(Tag::RunProps), effect @ "textOutline")
            | (Some(Tag::TextFill), effect @ "noFill") => Styles::text_effect(run, effect),
            _ => {}
        }
        None
    }

    pub(super) fn fill(&mut self, ink: Option<Ink>) {
        if let Some(shape) = self.shapes.last_mut() {
            shape.ground = ink.map_or(Ground::Unknown, Ground::Color);
        }
    }

    /// Frames of drawings: names, alternative texts, shapes that hold text.
    pub(super) fn open_frame(&mut self, element: &Element<'_>) -> Tag {
        match (element.ns, element.local()) {
            (Ns::Wp, "docPr") | (_, "cNvPr") => {
                let name = element.attr("name").unwrap_or_default();
                self.watermark |= is_watermark(&name);
                let hidden = element.attr("hidden").is_some_and(|v| v == "1" || v == "true");
                self.unseen |= hidden;
                for attribute in ["title", "descr"] {
                    self.alt(element.attr(attribute).as_deref());
                }
            }
            (Ns::Wps, "wsp") => {
                let (watermark, unseen) = (self.watermark, self.unseen);
                self.shapes.push(Shape { ground: Ground::Unknown, watermark, unseen });
                return Tag::Shape;
            }
            (Ns::Wps, "spPr") => {
                self.shape_props += 1;
                return Tag::ShapeProps;
            }
            _ => {}
        }
        Tag::Other(element.ns)
    }

    pub(super) fn open_vml(&mut self, element: &Element<'_>) -> Option<Tag> {
        match element.local() {
            // A template for shapes: its text path has no text.
            "shapetype" => None,
            "shape" | "rect" | "roundrect" | "oval" | "line" | "polyline" | "arc" | "curve"
            | "image" | "group" => {
                let id = element.attr("id").unwrap_or_default();
                self.alt(element.attr("alt").as_deref());
                let filled = element.attr("filled").is_none_or(|f| !matches!(&*f, "f" | "false"));
                let color = match element.attr("fillcolor") {
                    Some(color) => Ink::parse_vml(&color),
                    None => Some(Ink::Rgb([255; 3])),
                };
                let ground = color.filter(|_| filled).map_or(Ground::Unknown, Ground::Color);
                let watermark = self.watermark || is_watermark(&id);
                let style = element.attr("style").unwrap_or_default();
                let unseen = style.split(';').any(|rule| {
                    rule.split_once(':').is_some_and(|(name, value)| {
                        name.trim() == "visibility" && value.trim() == "hidden"
                    })
                });
                self.shapes.push(Shape { ground, watermark, unseen });
                Some(Tag::Shape)
            }
            "textpath" => {
                if let Some(text) = element.attr("string") {
                    self.word_art(&text);
                }
                Some(Tag::Other(Ns::Vml))
            }
            "imagedata" => {
                self.pictures += 1;
                self.alt(element.attr("title").as_deref());
                Some(Tag::Other(Ns::Vml))
            }
            _ => Some(Tag::Other(element.ns)),
        }
    }

    /// Text drawn along a path: how Word makes watermarks.
    pub(super) fn word_art(&mut self, text: &str) {
        let shape = self.shapes.last().copied().unwrap_or_default();
        let margin = matches!(self.kind.region, Region::Header | Region::Footer);
        let color = match shape.ground {
            Ground::Color(Ink::Rgb(rgb)) => Some(rgb),
            _ => None,
        };
        let style =
            self.sheet.keep_style(Style { color, hidden: self.is_unseen(), ..Style::default() });
        let watermark = shape.watermark || margin;
        let region = if watermark { Region::Watermark } else { Region::TextBox };
        let mut para = Para::default();
        for (count, line) in text.lines().enumerate() {
            if count > 0 {
                para.mark(Mark::Line);
            }
            para.push(line, style);
        }
        let label = self.outer_label();
        self.waiting.push(Piece { para, region, label, group: 0, line: Some(1) });
        self.flush_if_free();
    }

    /// Whether no reader of the pages sees what stands here.
    pub(super) fn is_unseen(&self) -> bool {
        self.kind.unseen
            || self.shapes.iter().any(|shape| shape.unseen)
            || self.tables.iter().any(|table| table.row_hidden)
    }

    /// What a box is called by: the margin or note it stands in.
    pub(super) fn outer_label(&self) -> String {
        match self.kind.region {
            Region::Body => String::new(),
            Region::Header => format!("header {}", self.kind.label),
            Region::Footer => format!("footer {}", self.kind.label),
            _ => self.kind.label.clone(),
        }
    }

    pub(super) fn alt(&mut self, text: Option<&str>) {
        let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else { return };
        if self.alts.last().is_none_or(|last| last != text) {
            self.alts.push(text.to_owned());
        }
    }

    pub(super) fn push_place(&mut self, region: Region) {
        let label = self.outer_label();
        let group = self.sheet.next_group();
        let ground = self.shapes.last().map_or(Ground::Unknown, |shape| shape.ground);
        self.places.push(Place { region, label, group, ground, lines: 0, flows: false });
    }

    pub(super) fn begin_box(&mut self) -> Tag {
        let watermark = self.shapes.last().map_or(self.watermark, |shape| shape.watermark);
        self.push_place(if watermark { Region::Watermark } else { Region::TextBox });
        Tag::Box
    }
}

fn is_watermark(name: &str) -> bool {
    name.to_ascii_lowercase().contains("watermark") || name.contains("水印")
}

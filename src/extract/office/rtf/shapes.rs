//! Shapes: boxes with text, word art, alternative texts (RTF 1.9.1, "Drawing
//! Objects"; names of properties as in MS-ODRAW).

use super::destinations::{Collected, End};
use super::reader::Reader;
use super::state::Dest;
use super::story::Story;
use crate::extract::office::word::ink::Ink;
use crate::extract::office::word::sheet::{Mark, Para, Piece};
use crate::model::{Region, Style};

/// Shapes within shapes, at most.
const MAX_SHAPES: usize = 256;

/// A shape that is being read.
#[derive(Debug, Default)]
pub(super) struct Shape {
    word_art: String,
    name: String,
    alt: String,
    hidden: bool,
    behind: bool,
    color: Option<[u8; 3]>,
    /// What its boxes say.
    pieces: Vec<Piece>,
}

impl Shape {
    /// Word names its watermarks.
    fn is_watermark(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name.contains("watermark") || name.contains("水印")
    }
}

impl Reader<'_, '_> {
    /// Destinations of shapes and their settings.
    pub(super) fn shape_destination(&mut self, word: &str) -> bool {
        match word {
            "shpinst" | "do" => {
                self.state.dest = Dest::Holder;
                if self.shapes.len() < MAX_SHAPES {
                    self.settle();
                    self.shapes.push(Shape::default());
                    self.ends.push((self.depth(), End::Shape));
                }
            }
            "sp" => self.name.clear(),
            "sn" => self.collect(Collected::ShapeName, true),
            "sv" => self.collect(Collected::ShapeValue, true),
            _ => return false,
        }
        true
    }

    /// Words within a shape.
    pub(super) fn shape_word(&mut self, word: &str, number: Option<i32>) {
        if word == "shpfblwtxt"
            && let Some(shape) = self.shapes.last_mut()
        {
            shape.behind |= number == Some(1);
        }
    }

    /// A setting of the shape at hand.
    pub(super) fn shape_property(&mut self, name: &str, value: &str) {
        let Some(shape) = self.shapes.last_mut() else {
            if matches!(name, "wzDescription" | "pictureDescription") {
                self.alternative(value.to_owned());
            }
            return;
        };
        let is_on = !matches!(value.trim(), "" | "0");
        match name {
            "gtextUNICODE" => shape.word_art = value.to_owned(),
            "wzName" => shape.name = value.to_owned(),
            "wzDescription" => shape.alt = value.to_owned(),
            "fHidden" => shape.hidden = is_on,
            "fBehindDocument" => shape.behind = is_on,
            "fillColor" => {
                // The red byte is the lowest.
                let number = value.trim().parse::<u32>().ok();
                shape.color = number.map(|n| [n as u8, (n >> 8) as u8, (n >> 16) as u8]);
            }
            _ => {}
        }
    }

    fn alternative(&mut self, text: String) {
        let text = text.trim().to_owned();
        let known = |(_, last): &(u32, String)| *last == text;
        if !text.is_empty() && !self.sheet.alt.last().is_some_and(known) {
            self.sheet.alt.push((self.sheet.page, text));
        }
    }

    /// Text of a box: it waits until all is known of its shape.
    pub(super) fn end_box(&mut self, mut pieces: Vec<Piece>) {
        let group = self.sheet.next_group();
        pieces.iter_mut().filter(|p| p.region == Region::TextBox).for_each(|p| p.group = group);
        match self.shapes.last_mut() {
            Some(shape) => shape.pieces.append(&mut pieces),
            None => self.anchor(pieces),
        }
    }

    fn anchor(&mut self, mut pieces: Vec<Piece>) {
        if let Some(story) = self.stories.last_mut() {
            story.anchored.append(&mut pieces);
        }
    }

    /// A shape ends, and goes where it is anchored.
    pub(super) fn end_shape(&mut self) {
        let Some(mut shape) = self.shapes.pop() else { return };
        if std::mem::take(&mut self.is_background) {
            self.page = shape.color.map_or(self.page, Ink::Rgb);
        }
        let in_margin = !self.margin_label().is_empty();
        let is_watermark = shape.is_watermark();
        let mut pieces = std::mem::take(&mut shape.pieces);
        if is_watermark {
            pieces
                .iter_mut()
                .filter(|piece| piece.region == Region::TextBox)
                .for_each(|piece| piece.region = Region::Watermark);
        }
        if !shape.word_art.trim().is_empty() {
            let color = shape.color;
            let style = self.sheet.keep_style(Style { color, ..Style::default() });
            let mut para = Para::default();
            for (n, line) in shape.word_art.split(['\r', '\n', '\u{B}']).enumerate() {
                if n > 0 {
                    para.mark(Mark::Line);
                }
                para.push(line, style);
            }
            let shows = is_watermark || in_margin || shape.behind;
            let region = if shows { Region::Watermark } else { Region::TextBox };
            let label = self.margin_label();
            pieces.push(Piece { para, region, label, group: 0, line: Some(1) });
        }
        if shape.hidden {
            Story::hide(&mut pieces, &mut self.sheet);
        }
        self.fallback_known = pieces.iter().flat_map(|piece| letters(&piece.para.text)).collect();
        self.alternative(shape.alt);
        match self.shapes.last_mut() {
            Some(outer) => outer.pieces.append(&mut pieces),
            None => self.anchor(pieces),
        }
    }

    /// What old programs show instead of a shape: nothing new, as a rule.
    pub(super) fn end_fallback(&mut self, mut pieces: Vec<Piece>) {
        let known = std::mem::take(&mut self.fallback_known);
        pieces.retain(|piece| {
            let said: String = letters(&piece.para.text).collect();
            !said.is_empty() && !known.contains(&said)
        });
        Story::hide(&mut pieces, &mut self.sheet);
        self.anchor(pieces);
    }
}

fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_alphanumeric())
}

//! One story (the body, a header, a note, a box) from its characters to
//! paragraphs on pages.
//!
//! A row of a table says at its end that it was one, and how its cells are
//! painted, so its paragraphs are gathered first.

mod cells;
mod fields;
mod paragraph;

use cells::{Level, Waiting};
use fields::Fields;

use super::art::Shape;
use super::document::{Document, Layer};
use super::looks::{Characters, Paragraph};
use super::source::{Cursor, Raw};
use crate::extract::office::word::ink::{Ground, Ink};
use crate::extract::office::word::sheet::{Mark, Para, Piece, Place};
use crate::model::{Region, Style};

/// What a story is, and where its text stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Kind {
    pub region: Region,
    pub label: String,
    /// Whether it is the body, which alone flows over pages.
    pub flows: bool,
    /// Whether its shapes are those of headers and footers.
    pub is_margin: bool,
    /// Whether no reader of the pages sees it.
    pub unseen: bool,
    /// What its text stands on.
    pub ground: Ground,
}

/// A story as it is read.
struct Story<'d, 'a, 'b> {
    document: &'d mut Document<'a, 'b>,
    kind: Kind,
    place: Place,
    /// Open tables, the innermost last.
    tables: Vec<Level>,
    table_count: u32,
    /// Paragraphs of a row that has not ended.
    row: Vec<Waiting<'a>>,
    fields: Fields,
    /// What instructions of the paragraph at hand say and do not show.
    unsaid: Vec<String>,
    /// Shapes anchored in the paragraph at hand.
    anchored: Vec<u32>,
    /// The reference that comes next.
    reference: usize,
    /// The section it is in.
    section: usize,
}

/// Reads a story between two characters.
pub(super) fn read(document: &mut Document<'_, '_>, kind: Kind, range: (u32, u32)) {
    Story::new(document, kind).read(range);
}

/// Puts down shapes that no character of a story leads to.
pub(super) fn put_shapes(document: &mut Document<'_, '_>, kind: Kind, shapes: Vec<u32>) {
    let mut story = Story::new(document, kind);
    shapes.into_iter().for_each(|shape| story.put_shapes(shape));
}

/// Puts down what shapes say that no character of any story leads to: nobody
/// sees it.
pub(super) fn put_unanchored(document: &mut Document<'_, '_>, shapes: &[Shape]) {
    let (region, label) = (Region::Hidden, "unanchored".to_owned());
    let mut story = Story::new(document, Kind { region, label, unseen: true, ..Kind::default() });
    shapes.iter().for_each(|shape| story.put_drawn(shape));
}

impl<'d, 'a, 'b> Story<'d, 'a, 'b> {
    fn new(document: &'d mut Document<'a, 'b>, kind: Kind) -> Self {
        let place = Place {
            region: kind.region,
            label: kind.label.clone(),
            flows: kind.flows,
            ground: kind.ground,
            ..Place::default()
        };
        Self {
            document,
            kind,
            place,
            tables: Vec::new(),
            table_count: 0,
            row: Vec::new(),
            fields: Fields::default(),
            unsaid: Vec::new(),
            anchored: Vec::new(),
            reference: 0,
            section: 0,
        }
    }
}

impl<'a> Story<'_, 'a, '_> {
    fn read(&mut self, range: (u32, u32)) {
        self.document.read.push(range);
        if self.kind.region == Region::TextBox || self.kind.region == Region::Watermark {
            self.place.group = self.document.sheet.next_group();
        }
        let mut cursor = Cursor::new(range);
        while !self.document.is_over {
            match self.document.source.next(&mut cursor, self.document.budget) {
                Ok(Some(raw)) => self.take(raw),
                Ok(None) => break,
                Err(gap) => self.document.stop(gap),
            }
        }
        self.end_tables();
    }

    /// Puts a paragraph down, or keeps it until its row ends.
    fn take(&mut self, raw: Raw<'a>) {
        let (characters, paragraph) = self.document.paragraph(&raw);
        if paragraph.depth == 0 {
            self.end_tables();
            let mut place = std::mem::take(&mut self.place);
            self.put(raw, characters, paragraph, &mut place);
            self.place = place;
            return;
        }
        let ends_row = paragraph.depth == 1 && paragraph.ends_row;
        self.row.push(Waiting { raw, characters, paragraph });
        if ends_row {
            self.end_row();
        }
    }

    fn put(
        &mut self,
        raw: Raw<'a>,
        characters: Characters,
        paragraph: Paragraph,
        place: &mut Place,
    ) {
        let mut para = Para::default();
        self.fill(&mut para, &raw, characters, &paragraph, place);
        para.props.align = paragraph.align;
        para.props.page_break_before = Some(paragraph.page_break_before);
        para.resolved = true;
        let line = (!place.flows).then_some(place.lines + 1);
        place.lines += para.lines();
        if paragraph.framed && place.region == Region::Body {
            let (region, label) = (Region::TextBox, place.label.clone());
            self.document.sheet.put_piece(Piece { para, region, label, group: 0, line: Some(1) });
        } else {
            self.document.sheet.put(&para, place, line);
        }
        self.put_unsaid();
        for shape in std::mem::take(&mut self.anchored) {
            self.put_shapes(shape);
        }
        if raw.ends_section && self.kind.flows {
            self.end_section();
        }
    }

    /// Text in instructions that is not what their fields show: nobody sees it on
    /// the page.
    fn put_unsaid(&mut self) {
        for text in std::mem::take(&mut self.unsaid) {
            let sheet = &mut self.document.sheet;
            let mut para = Para::default();
            para.push(&text, sheet.keep_style(Style { hidden: true, ..Style::default() }));
            let (region, label) = (Region::Hidden, "field".to_owned());
            sheet.put_piece(Piece { para, region, label, group: 0, line: Some(0) });
        }
    }

    fn end_section(&mut self) {
        self.section += 1;
        if self.document.breaks.get(self.section).copied().unwrap_or(true) {
            self.document.sheet.break_page(true);
        }
        let page = self.document.sheet.page;
        if let Some(section) = self.document.sections.get_mut(self.section) {
            section.page = page;
        }
    }

    fn layer(&mut self) -> &mut Layer {
        match self.kind.is_margin {
            true => &mut self.document.margins,
            false => &mut self.document.body,
        }
    }

    /// What a box is called by: the margin it stands in.
    fn outer_label(&self) -> String {
        match self.kind.region {
            Region::Body => String::new(),
            Region::Header => format!("header {}", self.kind.label),
            Region::Footer => format!("footer {}", self.kind.label),
            _ => self.kind.label.clone(),
        }
    }

    /// What a shape, or a group of them, says: word art, texts of boxes.
    fn put_shapes(&mut self, top: u32) {
        let shapes = &self.document.shapes;
        let first = shapes.partition_point(|shape| shape.top < top);
        let shapes: Vec<_> =
            shapes.iter().skip(first).take_while(|s| s.top == top).cloned().collect();
        for shape in shapes {
            self.document.pictures += usize::from(shape.has_picture);
            self.put_drawn(&shape);
            let (watermark, hidden) = (shape.is_watermark(), shape.is_hidden);
            for range in self.layer().texts(shape.id) {
                let kind = Kind {
                    region: if watermark { Region::Watermark } else { Region::TextBox },
                    label: self.outer_label(),
                    unseen: self.kind.unseen || hidden,
                    ground: shape.ground,
                    ..Kind::default()
                };
                read(self.document, kind, range);
            }
        }
    }

    /// Word art and the alternative text of a shape.
    fn put_drawn(&mut self, shape: &Shape) {
        let margin = matches!(self.kind.region, Region::Header | Region::Footer);
        if !shape.word_art.trim().is_empty() {
            let color = match shape.ground {
                Ground::Color(Ink::Rgb(rgb)) => Some(rgb),
                _ => None,
            };
            let hidden = self.kind.unseen || shape.is_hidden;
            let style = self.document.sheet.keep_style(Style { color, hidden, ..Style::default() });
            let mut para = Para::default();
            for (count, line) in shape.word_art.split(['\r', '\n', '\u{B}']).enumerate() {
                if count > 0 {
                    para.mark(Mark::Line);
                }
                para.push(line, style);
            }
            let watermark = shape.is_watermark() || margin;
            let region = if watermark { Region::Watermark } else { Region::TextBox };
            let label = self.outer_label();
            self.document.sheet.put_piece(Piece { para, region, label, group: 0, line: Some(1) });
        }
        let alt = shape.alt.trim();
        let known = |(_, last): &(u32, String)| last == alt;
        if !alt.is_empty() && !self.document.sheet.alt.last().is_some_and(known) {
            let page = self.document.sheet.page;
            self.document.sheet.alt.push((page, alt.to_owned()));
        }
    }
}

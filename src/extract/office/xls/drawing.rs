//! Drawings on a sheet: text boxes, word art, remarks, alternative texts. The
//! shapes stand in one stream of records (MS-ODRAW) that is cut by the records
//! of the objects and texts they belong to (MS-XLS 2.1.7.20.3, OBJECTS).

use std::collections::HashMap;

use super::Version;
use super::beside::{Remark, name_of};
use super::records::{CONTINUE, Fields, Records, in_bytes, run_places};
use crate::extract::Budget;
use crate::extract::charset::code_page;
use crate::extract::office::art::{self, Color, Properties, kind, u16_at};
use crate::extract::office::workbook::formula::is_text;
use crate::extract::office::workbook::grid::SheetPlace;
use crate::extract::office::workbook::looks::{FontId, Ground, Looks};
use crate::extract::office::workbook::page::{Page, place};
use crate::model::{Align, Gap, Region};

/// Kinds of objects (2.5.143).
const NOTE: u16 = 0x19;
const PICTURE: u16 = 0x08;
/// Objects of Excel 5 that hold text of their own.
const OLD_TEXTS: [u16; 2] = [0x06, 0x07];

/// Degrees by which word art leans that lies over a page.
const LEANS: std::ops::RangeInclusive<f32> = 15.0..=75.0;

/// An object, by the place in the drawing where its shape ends.
#[derive(Debug)]
struct Object {
    at: usize,
    number: u16,
    kind: u16,
}

/// The text of a shape, by the same.
#[derive(Debug, Default)]
struct Text {
    at: usize,
    text: String,
    runs: Vec<(u32, FontId)>,
    align: Align,
    is_put: bool,
}

/// What there is of a sheet's drawing.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    bytes: Vec<u8>,
    objects: Vec<Object>,
    texts: Vec<Text>,
}

/// Where a drawing is put down.
pub(super) struct Drawn<'p> {
    pub page: &'p mut Page,
    pub looks: &'p Looks,
    pub sheet: &'p SheetPlace,
    pub remarks: &'p mut [Remark],
    /// Which remark has the text of which object.
    pub by_object: &'p HashMap<u16, usize>,
    pub pictures: usize,
}

/// A shape as it is gathered from its records.
#[derive(Debug, Default)]
struct Shape {
    properties: Properties,
    cell: Option<String>,
    object: Option<usize>,
    text: Option<usize>,
}

impl Drawing {
    /// Takes in a further piece of the stream.
    pub fn take(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    /// Takes in an object: that of the shape the stream has come to (2.4.181).
    pub fn object(&mut self, body: &[u8], version: Version, page: u32) {
        let at = self.bytes.len();
        if version == Version::Eight {
            let (kind, number) = (u16_at(body, 4).unwrap_or(0), u16_at(body, 6).unwrap_or(0));
            self.objects.push(Object { at, number, kind });
        } else if let Some(text) = old_text(body, page) {
            self.texts.push(Text { at: usize::MAX, text, ..Text::default() });
        }
    }

    /// Takes in a text, whose characters stand in the records that follow (2.4.329).
    pub fn text(&mut self, body: &[u8], records: &mut Records<'_>) {
        let at = self.bytes.len();
        let count = usize::from(u16_at(body, 10).unwrap_or(0));
        let runs = usize::from(u16_at(body, 12).unwrap_or(0));
        let mut units: Vec<u8> = Vec::new();
        let (mut text, mut places) = (String::new(), Vec::new());
        // Each piece says how wide its characters are.
        let mut left = count;
        while left > 0 {
            let Some(next) = records.peek().filter(|next| next.id == CONTINUE) else { break };
            records.next();
            let mut fields = Fields::of(next.body);
            let wide = fields.u8().unwrap_or(0) & 1 == 1;
            let width = if wide { 2 } else { 1 };
            let taken = left.min(next.body.len().saturating_sub(1) / width);
            text.push_str(&fields.characters(taken, wide));
            left -= taken;
            if taken == 0 {
                break;
            }
        }
        while count > 0 && units.len() < runs {
            let Some(next) = records.peek().filter(|next| next.id == CONTINUE) else { break };
            records.next();
            units.extend_from_slice(next.body);
        }
        units.truncate(runs);
        places.extend(run_places(&units, 8));
        let align = match u16_at(body, 0).unwrap_or(0) >> 1 & 7 {
            1 | 4 | 7 => Align::Left,
            2 => Align::Center,
            3 => Align::Right,
            _ => Align::Unknown,
        };
        let runs = in_bytes(&text, places.into_iter());
        self.texts.push(Text { at, text, runs, align, is_put: false });
    }

    /// Puts the drawing down.
    ///
    /// # Errors
    /// A limit that was reached.
    pub fn put(mut self, to: &mut Drawn<'_>, budget: &mut Budget) -> Result<(), Gap> {
        let shapes = self.shapes(budget)?;
        for shape in &shapes {
            self.put_shape(shape, to);
        }
        // Texts that no shape asked for stand on the sheet all the same.
        for number in 0..self.texts.len() {
            if !self.texts[number].is_put {
                let shape = Shape { text: Some(number), ..Shape::default() };
                self.put_shape(&shape, to);
            }
        }
        Ok(())
    }

    /// The shapes of the stream, in order.
    fn shapes(&self, budget: &mut Budget) -> Result<Vec<Shape>, Gap> {
        let mut shapes: Vec<Shape> = Vec::new();
        let mut at = 0;
        while let Some(record) = art::Record::read(&self.bytes, at) {
            budget.spend_steps(1)?;
            let end = record.end();
            match record.kind {
                kind::SHAPE => shapes.push(Shape::default()),
                number => {
                    if let Some(shape) = shapes.last_mut() {
                        self.part(shape, number, &record, budget)?;
                    }
                }
            }
            at = if record.is_container { at + art::HEADER } else { end };
        }
        Ok(shapes)
    }

    fn part(
        &self,
        shape: &mut Shape,
        number: u16,
        record: &art::Record<'_>,
        budget: &mut Budget,
    ) -> Result<(), Gap> {
        match number {
            number if kind::PROPERTIES.contains(&number) => {
                shape.properties.take(record, budget)?
            }
            kind::ANCHOR => {
                let column = u16_at(record.body, 2);
                shape.cell = u16_at(record.body, 6).zip(column).map(|(r, c)| name_of(r, c));
            }
            kind::CLIENT_DATA => {
                let found = self.objects.binary_search_by_key(&record.end(), |object| object.at);
                shape.object = found.ok();
            }
            kind::TEXT_BOX => {
                let at = self.texts.partition_point(|text| text.at < record.end());
                shape.text = Some(at)
                    .filter(|at| self.texts.get(*at).is_some_and(|text| text.at == record.end()));
            }
            _ => {}
        }
        Ok(())
    }

    fn put_shape(&mut self, shape: &Shape, to: &mut Drawn<'_>) {
        let properties = &shape.properties;
        let object = shape.object.and_then(|at| self.objects.get(at));
        let kind = object.map_or(0, |object| object.kind);
        if properties.has_picture || kind == PICTURE {
            to.pictures += 1;
        }
        let label = match &shape.cell {
            Some(cell) => to.sheet.label(cell),
            None => to.sheet.name.clone(),
        };
        let text = shape.text.and_then(|at| self.texts.get_mut(at));
        if kind == NOTE {
            let number = object.map_or(0, |object| object.number);
            let at = to.by_object.get(&number).copied();
            let remark = at.and_then(|at| to.remarks.get_mut(at)).filter(|r| r.text.is_empty());
            if let (Some(remark), Some(text)) = (remark, text) {
                remark.text.push_str(&text.text);
                (remark.is_found, text.is_put) = (true, true);
            }
            return;
        }
        let leans = LEANS.contains(&properties.turn.rem_euclid(90.0));
        let is_art = !properties.word_art.trim().is_empty();
        let region = match () {
            () if properties.is_hidden => Region::Hidden,
            () if properties.is_watermark() || leans && is_art => Region::Watermark,
            () => Region::TextBox,
        };
        let mut head = place(to.sheet.region(region), to.sheet.page, &label);
        head.group = to.page.next_group();
        to.page.put(&mut head, &properties.word_art);
        if let Some(text) = text {
            text.is_put = true;
            let ground = ground(properties, to.looks);
            let mut styles = vec![(0, 0)];
            let mut hidden = !text.runs.is_empty();
            for (n, (at, font)) in text.runs.iter().enumerate() {
                let (style, unseen) = to.looks.style(*font, ground, &mut to.page.text);
                let end = text.runs.get(n + 1).map_or(text.text.len(), |(at, _)| *at as usize);
                let piece = text.text.get(*at as usize..end).unwrap_or_default();
                hidden &= unseen || piece.trim().is_empty();
                styles.push((*at as usize, style));
            }
            if hidden {
                head.region = Region::Hidden;
            }
            head.align = text.align;
            to.page.put_styled(&mut head, &text.text, &styles);
        }
        let mut last = "";
        for said in [properties.alt.as_str(), properties.tip.as_str()] {
            if !said.trim().is_empty() && said != last {
                let region = to.sheet.region(Region::AltText);
                to.page.put_later(place(region, to.sheet.page, &label), said);
            }
            last = said;
        }
    }
}

/// What is behind a shape's text; a shape that is not painted stands on the
/// sheet's white.
fn ground(properties: &Properties, looks: &Looks) -> Ground {
    match (properties.is_filled, properties.fill) {
        (Some(false), _) => Ground::Paper,
        (_, Some(Color::Rgb(rgb))) => Ground::Color(rgb),
        (_, Some(Color::Scheme(number))) => {
            looks.colors.indexed(number.into()).map_or(Ground::Unknown, Ground::Color)
        }
        (_, Some(Color::Unknown)) => Ground::Unknown,
        (_, None) => Ground::Paper,
    }
}

/// The text in an object of Excel 5, which stands in its own record behind its
/// frame, its name and its macro.
fn old_text(body: &[u8], page: u32) -> Option<String> {
    if !OLD_TEXTS.contains(&u16_at(body, 4)?) {
        return None;
    }
    let (macro_size, name) = (usize::from(u16_at(body, 26)?), u16_at(body, 30)?);
    let (count, mut at) = (usize::from(u16_at(body, 44)?), 66);
    if name > 0 {
        at += 1 + usize::from(*body.get(at)?);
        at += at % 2;
    }
    let text = body.get(at.checked_add(macro_size)?..)?;
    let text = code_page::decode(page, text.get(..count)?).into_owned();
    (is_text(&text)).then_some(text)
}

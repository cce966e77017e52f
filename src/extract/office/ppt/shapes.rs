//! The shapes of a slide, master or notes page, in the order they are painted
//! (MS-PPT 2.5.13, MS-ODRAW 2.2.13).

use std::collections::{BTreeMap, BTreeSet};

use super::record;
use super::text::{Text, texts};
use crate::extract::Budget;
use crate::extract::office::art::{Color, Properties, Record, Records, kind, u16_at, u32_at};
use crate::model::{Gap, Rect};

/// Units of a slide in a point: 576 in an inch.
const UNITS: f32 = 8.0;

/// Degrees by which text leans that lies over a slide.
const LEANS: std::ops::RangeInclusive<f32> = 15.0..=75.0;

/// The background is a shape that says so of itself (2.2.40).
const IS_BACKGROUND: u32 = 1 << 10;
const IS_DELETED: u32 = 1 << 3;

/// A shape.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub properties: Properties,
    /// Where it stands, in points, turned or not.
    pub frame: Option<Rect>,
    /// What a place for text is for (2.13.23).
    pub placeholder: Option<u8>,
    pub texts: Vec<Text>,
    /// Of a cell: which.
    pub cell: Option<String>,
    /// Whether it was taken away, and left in the file.
    pub is_deleted: bool,
    /// Whether it is a group, which is not painted itself.
    is_group: bool,
    is_background: bool,
    table: Option<usize>,
}

impl Shape {
    /// Whether it leans over the page: neither upright nor on its side.
    pub fn leans(&self) -> bool {
        LEANS.contains(&self.properties.turn.rem_euclid(90.0))
    }

    /// Whether it may cover what is behind it.
    pub fn may_cover(&self) -> bool {
        let is_filled = self.properties.is_filled != Some(false);
        self.properties.has_picture || is_filled && self.placeholder.is_none() && !self.is_group
    }
}

/// What a drawing holds.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    pub shapes: Vec<Shape>,
    /// The colour of the page, where it is one.
    pub background: Option<Color>,
    tables: usize,
}

/// How lengths in a group become lengths on the page.
#[derive(Clone, Copy, Debug)]
struct Scale {
    by: [f32; 2],
    and: [f32; 2],
}

const PLAIN: Scale = Scale { by: [1.0; 2], and: [0.0; 2] };

impl Scale {
    fn rect(self, [x0, y0, x1, y1]: [f32; 4]) -> [f32; 4] {
        let at = |axis: usize, value: f32| self.and[axis] + self.by[axis] * value;
        [at(0, x0), at(1, y0), at(0, x1), at(1, y1)]
    }

    /// The scale inside a group that stands in `outer` and counts as `inner`.
    fn within(outer: [f32; 4], inner: [f32; 4]) -> Self {
        let mut made = PLAIN;
        for axis in 0..2 {
            let (from, to) = (outer[axis + 2] - outer[axis], inner[axis + 2] - inner[axis]);
            made.by[axis] = if to.abs() < 1.0 { 1.0 } else { (from / to).clamp(-1e4, 1e4) };
            made.and[axis] = outer[axis] - made.by[axis] * inner[axis];
        }
        made
    }
}

/// One shape as it is read, with what only its group asks for.
#[derive(Default)]
struct Raw {
    shape: Shape,
    anchor: Option<[f32; 4]>,
    is_child: bool,
    inner: Option<[f32; 4]>,
}

impl Shapes {
    /// Reads a drawing.
    ///
    /// # Errors
    /// A limit that was reached.
    pub fn read(drawing: &Record<'_>, budget: &mut Budget) -> Result<Self, Gap> {
        let mut made = Self::default();
        // The groups that are open: what is left of each, its scale, its table.
        let mut open: Vec<(Records<'_>, Scale, Option<usize>)> = Vec::new();
        let drawings = drawing.children().filter(|record| record.kind == kind::DRAWING);
        for drawing in drawings {
            open.push((drawing.children(), PLAIN, None));
            while let Some((records, scale, table)) = open.last_mut() {
                let (scale, table) = (*scale, *table);
                let Some(record) = records.next() else {
                    open.pop();
                    continue;
                };
                budget.spend_steps(1)?;
                match record.kind {
                    kind::GROUP => {
                        let group = made.group(&record, scale, table, budget)?;
                        open.push(group);
                    }
                    kind::SHAPE => {
                        let raw = Raw::read(&record, budget)?;
                        made.add(raw, scale, table);
                    }
                    _ => {}
                }
            }
        }
        made.name_cells();
        Ok(made)
    }

    /// Where the first place for text of a kind stands.
    pub fn place_of(&self, kind: u8) -> Option<Rect> {
        self.shapes.iter().find(|shape| shape.placeholder == Some(kind))?.frame
    }

    /// Begins a group: its first shape is the group itself.
    fn group<'a>(
        &mut self,
        group: &Record<'a>,
        scale: Scale,
        table: Option<usize>,
        budget: &mut Budget,
    ) -> Result<(Records<'a>, Scale, Option<usize>), Gap> {
        let mut children = group.children();
        let own = children.clone().next().filter(|record| record.kind == kind::SHAPE);
        let Some(own) = own else { return Ok((children, scale, table)) };
        children.next();
        let mut raw = Raw::read(&own, budget)?;
        raw.shape.is_group = true;
        let mut inside = scale;
        if let (Some(anchor), Some(inner)) = (raw.anchor, raw.inner) {
            inside = Scale::within(scale.rect(anchor), inner);
        }
        let mut table = table;
        if raw.shape.properties.is_table {
            self.tables += 1;
            table = Some(self.tables);
        }
        self.add(raw, scale, None);
        Ok((children, inside, table))
    }

    fn add(&mut self, raw: Raw, scale: Scale, table: Option<usize>) {
        let Raw { mut shape, anchor, .. } = raw;
        if shape.is_background {
            let properties = &shape.properties;
            if properties.is_filled != Some(false) {
                self.background = properties.fill.filter(|_| !properties.has_picture);
            }
            return;
        }
        shape.frame = anchor.map(|anchor| frame(scale.rect(anchor), shape.properties.turn));
        shape.table = table;
        self.shapes.push(shape);
    }

    /// Cells are known by their places alone: each edge begins a row or column.
    fn name_cells(&mut self) {
        let place = |value: f32| (value * 2.0).round() as i64;
        let mut tables: BTreeMap<usize, Vec<(usize, i64, i64)>> = BTreeMap::new();
        for (at, shape) in self.shapes.iter().enumerate() {
            let Some((table, frame)) = shape.table.zip(shape.frame) else { continue };
            if !shape.texts.is_empty() {
                tables.entry(table).or_default().push((at, place(frame.y0), place(frame.x0)));
            }
        }
        for (table, cells) in tables {
            let rows = numbered(cells.iter().map(|(_, y, _)| *y));
            let columns = numbered(cells.iter().map(|(.., x)| *x));
            for (at, y, x) in cells {
                if let (Some(row), Some(column)) = (rows.get(&y), columns.get(&x)) {
                    self.shapes[at].cell = Some(format!("t{table}.r{row}.c{column}"));
                }
            }
        }
    }
}

/// Values with their numbers, from 1, in their order.
fn numbered(values: impl Iterator<Item = i64>) -> BTreeMap<i64, usize> {
    let sorted: BTreeSet<i64> = values.collect();
    sorted.into_iter().zip(1..).collect()
}

impl Raw {
    fn read(record: &Record<'_>, budget: &mut Budget) -> Result<Self, Gap> {
        let mut made = Self::default();
        for part in record.children() {
            budget.spend_steps(1)?;
            let longs = |order: [usize; 4]| -> Option<[f32; 4]> {
                let mut rect = [0.0; 4];
                for (value, at) in rect.iter_mut().zip(order) {
                    *value = u32_at(part.body, 4 * at)? as i32 as f32;
                }
                Some(rect)
            };
            match part.kind {
                kind::SHAPE_ID => {
                    let flags = u32_at(part.body, 4).unwrap_or(0);
                    made.shape.is_background = flags & IS_BACKGROUND != 0;
                    made.shape.is_deleted = flags & IS_DELETED != 0;
                }
                kind::GROUP_FRAME => made.inner = longs([0, 1, 2, 3]),
                kind::CHILD_ANCHOR => {
                    made.anchor = longs([0, 1, 2, 3]);
                    made.is_child = true;
                }
                // Top, left, right, bottom; in short numbers or long ones.
                kind::ANCHOR if part.body.len() >= 16 => made.anchor = longs([1, 0, 2, 3]),
                kind::ANCHOR => {
                    let at = |n: usize| u16_at(part.body, 2 * n).map(|v| f32::from(v as i16));
                    made.anchor = (|| Some([at(1)?, at(0)?, at(2)?, at(3)?]))();
                }
                kind::TEXT_BOX => made.shape.texts = texts(part.children(), budget)?,
                kind::CLIENT_DATA => made.shape.placeholder = placeholder(&part),
                number if kind::PROPERTIES.contains(&number) => {
                    made.shape.properties.take(&part, budget)?;
                }
                _ => {}
            }
        }
        Ok(made)
    }
}

/// What a shape's place is for, by what PowerPoint keeps of it: of newer files
/// that went through an older program, in a record of its own.
fn placeholder(data: &Record<'_>) -> Option<u8> {
    let kept = data.child(record::ROUND_TRIP_PLACEHOLDER).and_then(|r| r.body.first().copied());
    let own = data.child(record::PLACEHOLDER).and_then(|r| r.body.get(4).copied());
    own.filter(|kind| *kind != 0).or(kept)
}

/// The upright box around a turned one, in points.
fn frame([x0, y0, x1, y1]: [f32; 4], turn: f32) -> Rect {
    let (sin, cos) = turn.to_radians().sin_cos();
    let (width, height) = ((x1 - x0).abs() / UNITS, (y1 - y0).abs() / UNITS);
    let half_width = (width * cos.abs() + height * sin.abs()) / 2.0;
    let half_height = (width * sin.abs() + height * cos.abs()) / 2.0;
    let (x, y) = ((x0 + x1) / 2.0 / UNITS, (y0 + y1) / 2.0 / UNITS);
    Rect { x0: x - half_width, y0: y - half_height, x1: x + half_width, y1: y + half_height }
}

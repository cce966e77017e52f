//! Characters into lines, lines into blocks of text.

use std::collections::{HashMap, HashSet};

use super::draw::is_wide;
use super::page::{Faces, Glyph, Layer, Page};
use crate::model::{Align, BlockHead, Rect, Region, Style, TextBuilder};

/// A line of characters in reading order.
#[derive(Debug)]
pub(super) struct Line {
    glyphs: Vec<Glyph>,
    pub bbox: Rect,
    pub region: Region,
}

impl Line {
    /// What is compared between pages: digits are all one, since page numbers differ.
    fn key(&self) -> String {
        let kept = self.glyphs.iter().map(|glyph| glyph.c).filter(|c| !c.is_whitespace());
        kept.map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
    }

    /// Letters and digits in it.
    pub fn letters(&self) -> usize {
        self.glyphs.iter().filter(|glyph| glyph.c.is_alphanumeric()).count()
    }
}

/// Place of a character along its direction of writing and across it.
fn axes(glyph: &Glyph) -> (f32, f32) {
    if glyph.vertical {
        return (glyph.y, -glyph.x);
    }
    let (sin, cos) = f32::from(glyph.angle).to_radians().sin_cos();
    (glyph.x * cos + glyph.y * sin, glyph.y * cos - glyph.x * sin)
}

/// The lines of a page from the top down and from left to right: those that
/// are seen, then those that are not.
pub(super) fn lines(page: &mut Page) -> Vec<Line> {
    let mut glyphs = std::mem::take(&mut page.glyphs);
    glyphs.retain(|glyph| !glyph.c.is_control());
    let kind = |g: &Glyph| (g.hidden, g.layer, g.vertical, g.angle);
    // Ties keep the order of drawing.
    glyphs.sort_by(|a, b| kind(a).cmp(&kind(b)).then_with(|| axes(a).1.total_cmp(&axes(b).1)));
    let mut lines = Vec::new();
    let mut open: Vec<Glyph> = Vec::new();
    for glyph in glyphs {
        if let Some(last) = open.last()
            && (kind(last) != kind(&glyph) || !same_line(last, &glyph))
        {
            finish(&mut open, &mut lines);
        }
        open.push(glyph);
    }
    finish(&mut open, &mut lines);
    for line in &mut lines {
        line.region = region(line, page);
    }
    let middle = |line: &Line| (line.bbox.y0 + line.bbox.y1) / 2.0;
    lines.sort_by(|a, b| {
        (a.region == Region::Hidden)
            .cmp(&(b.region == Region::Hidden))
            .then(middle(a).total_cmp(&middle(b)))
            .then(a.bbox.x0.total_cmp(&b.bbox.x0))
    });
    lines
}

fn same_line(a: &Glyph, b: &Glyph) -> bool {
    let small = a.size.min(b.size).max(0.5);
    (axes(a).1 - axes(b).1).abs() <= small * 0.35
}

/// Ends a line: sorts it along, drops what is drawn twice.
fn finish(open: &mut Vec<Glyph>, lines: &mut Vec<Line>) {
    let mut glyphs = std::mem::take(open);
    glyphs.sort_by(|a, b| axes(a).0.total_cmp(&axes(b).0));
    let mut kept: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        let from = kept.len().saturating_sub(4);
        let twice = kept.get(from..).unwrap_or_default().iter().any(|near| {
            near.c == glyph.c && (axes(near).0 - axes(&glyph).0).abs() < glyph.size * 0.12
        });
        if !twice {
            kept.push(glyph);
        }
    }
    if kept.iter().any(|glyph| !glyph.c.is_whitespace()) {
        let bbox = kept.iter().map(Glyph::rect).reduce(Rect::union).unwrap_or_default();
        lines.push(Line { glyphs: kept, bbox, region: Region::Body });
    }
}

/// Where a line stands, as far as it tells by itself.
fn region(line: &Line, page: &Page) -> Region {
    let Some(first) = line.glyphs.first() else { return Region::Body };
    // What is under a scan says what is seen in the scan.
    if page.unseen || first.hidden && page.picture_cover < 0.8 {
        return Region::Hidden;
    }
    let aslant = (4..=86).contains(&(first.angle % 90)) && first.size >= 18.0;
    match first.layer {
        Layer::Watermark => Region::Watermark,
        _ if aslant => Region::Watermark,
        Layer::Annotation => Region::Annotation,
        Layer::Page => Region::Body,
    }
}

/// Lines that stand at the same place at the top or bottom of most pages are
/// headers and footers.
pub(super) fn mark_running(pages: &[Page], lines: &mut [Vec<Line>]) {
    if pages.len() < 2 {
        return;
    }
    let place = |line: &Line| (line.key(), (line.bbox.y0 / 4.0).round() as i32);
    let mut counts = HashMap::<(String, i32), usize>::new();
    for (page, lines) in pages.iter().zip(lines.iter()) {
        let in_margin = lines.iter().filter(|line| margin(page, line).is_some());
        for key in in_margin.map(place).collect::<HashSet<_>>() {
            *counts.entry(key).or_default() += 1;
        }
    }
    for (page, lines) in pages.iter().zip(lines.iter_mut()) {
        for line in lines.iter_mut().filter(|line| line.region == Region::Body) {
            let Some(region) = margin(page, line) else { continue };
            if counts.get(&place(line)).is_some_and(|n| *n >= 2 && n * 2 > pages.len()) {
                line.region = region;
            }
        }
    }
}

fn margin(page: &Page, line: &Line) -> Option<Region> {
    let edge = page.height * 0.12;
    if page.height <= 0.0 {
        return None;
    }
    if line.bbox.y1 <= edge {
        return Some(Region::Header);
    }
    (line.bbox.y0 >= page.height - edge).then_some(Region::Footer)
}

/// How a line stands in the text area of its page.
fn align(line: &Line, area: Rect) -> Align {
    let (left, right) = (line.bbox.x0 - area.x0, area.x1 - line.bbox.x1);
    let size = line.glyphs.first().map_or(10.0, |glyph| glyph.size);
    if (left - right).abs() <= size && left > size * 1.5 {
        return Align::Center;
    }
    if right <= size && left > (area.x1 - area.x0) * 0.3 {
        return Align::Right;
    }
    Align::Left
}

/// Writes the lines of page `number` (from 1).
pub(super) fn write(builder: &mut TextBuilder, number: u32, lines: &[Line], faces: &Faces) {
    let body = lines.iter().filter(|line| line.region == Region::Body);
    let area = body.map(|line| line.bbox).reduce(Rect::union).unwrap_or_default();
    let mut numbers = HashMap::<Region, u32>::new();
    for line in lines {
        let at = numbers.entry(line.region).or_default();
        *at += 1;
        builder.begin(&BlockHead {
            region: line.region,
            page: number,
            line: *at,
            bbox: Some(line.bbox),
            align: align(line, area),
            ..BlockHead::default()
        });
        write_line(builder, line, faces);
        builder.end();
    }
}

fn write_line(builder: &mut TextBuilder, line: &Line, faces: &Faces) {
    let mut before: Option<&Glyph> = None;
    let mut id = 0;
    let hidden = line.region == Region::Hidden;
    for glyph in &line.glyphs {
        if before.is_none_or(|known| !same_look(known, glyph)) {
            let (face, bold) = faces.get(glyph.face);
            id = builder.style(Style {
                size: (glyph.size * 10.0).round() / 10.0,
                face: face.to_owned(),
                color: glyph.color,
                bold,
                hidden,
                ..Style::default()
            });
        }
        let rect = glyph.rect();
        if let Some(last) = before
            && needs_space(last, glyph)
        {
            builder.push_glyph(' ', id, [last.rect().x1.min(rect.x0), rect.x0]);
        }
        let space = glyph.c.is_whitespace();
        // One space says as much as many; a line begins with none.
        if !(space && before.is_none_or(|last| last.c.is_whitespace())) {
            builder.push_glyph(if space { ' ' } else { glyph.c }, id, [rect.x0, rect.x1]);
        }
        before = Some(glyph);
    }
}

fn needs_space(last: &Glyph, next: &Glyph) -> bool {
    if last.c.is_whitespace() || next.c.is_whitespace() {
        return false;
    }
    let gap = axes(next).0 - axes(last).0 - last.advance;
    let em = last.size.max(next.size);
    let enough = if is_wide(last.c) || is_wide(next.c) { 0.5 } else { 0.25 };
    gap > em * enough
}

fn same_look(a: &Glyph, b: &Glyph) -> bool {
    (a.size - b.size).abs() < 0.05 && a.face == b.face && a.color == b.color
}

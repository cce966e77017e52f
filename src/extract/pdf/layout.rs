//! Characters into lines, lines into blocks of text.

use super::page::{Faces, Glyph, Page};
use crate::model::{Align, BlockHead, Rect, Region, Style, TextBuilder};

/// A line of characters in reading order.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) bbox: Rect,
    pub(super) region: Region,
}

impl Line {
    fn new(glyphs: Vec<Glyph>) -> Self {
        let bbox = glyphs.iter().map(Glyph::rect).reduce(Rect::union).unwrap_or_default();
        Self { glyphs, bbox, region: Region::Body }
    }

    /// Its characters without white space: what is compared between pages.
    pub(super) fn key(&self) -> String {
        // Page numbers differ from page to page, so digits are all one.
        let kept = self.glyphs.iter().filter(|glyph| !glyph.c.is_whitespace());
        kept.map(|glyph| if glyph.c.is_ascii_digit() { '0' } else { glyph.c }).collect()
    }
}

/// Place of a glyph along its direction of writing and across it.
fn axes(glyph: &Glyph) -> (f32, f32) {
    if glyph.vertical {
        return (glyph.y, -glyph.x);
    }
    let (sin, cos) = f32::from(glyph.angle).to_radians().sin_cos();
    (glyph.x * cos + glyph.y * sin, glyph.y * cos - glyph.x * sin)
}

/// The lines of a page, from the top down and from left to right.
pub(super) fn lines(page: &mut Page) -> Vec<Line> {
    let mut glyphs = std::mem::take(&mut page.glyphs);
    glyphs.retain(|glyph| glyph.size > 0.2 && !glyph.c.is_control());
    // Direction first, then across the lines; ties keep the order of drawing.
    glyphs.sort_by(|a, b| {
        let (way_a, way_b) = ((a.vertical, a.angle), (b.vertical, b.angle));
        way_a.cmp(&way_b).then(axes(a).1.total_cmp(&axes(b).1))
    });
    let mut lines = Vec::new();
    let mut open: Vec<Glyph> = Vec::new();
    for glyph in glyphs {
        if let Some(first) = open.last()
            && !same_line(first, &glyph)
        {
            finish(&mut open, &mut lines);
        }
        open.push(glyph);
    }
    finish(&mut open, &mut lines);
    lines.sort_by(|a, b| {
        let middle = |line: &Line| (line.bbox.y0 + line.bbox.y1) / 2.0;
        middle(a).total_cmp(&middle(b)).then(a.bbox.x0.total_cmp(&b.bbox.x0))
    });
    lines
}

fn same_line(a: &Glyph, b: &Glyph) -> bool {
    let small = a.size.min(b.size);
    a.angle == b.angle && a.vertical == b.vertical && (axes(a).1 - axes(b).1).abs() <= small * 0.35
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
        lines.push(Line::new(kept));
    }
}

/// Large text aslant is a watermark.
pub(super) fn mark_watermarks(lines: &mut [Line]) {
    for line in lines {
        let aslant = line.glyphs.first().is_some_and(|glyph| {
            let off = glyph.angle % 90;
            (4..=86).contains(&off) && glyph.size >= 18.0
        });
        if aslant {
            line.region = Region::Watermark;
        }
    }
}

/// Lines that stand at the same place at the top or bottom of most pages are
/// headers and footers.
pub(super) fn mark_running(pages: &[Page], lines: &mut [Vec<Line>]) {
    if pages.len() < 2 {
        return;
    }
    let mut counts = std::collections::HashMap::<(String, i32), usize>::new();
    for (page, lines) in pages.iter().zip(lines.iter()) {
        let mut seen = std::collections::HashSet::new();
        for line in lines.iter().filter(|line| margin(page, line).is_some()) {
            seen.insert((line.key(), (line.bbox.y0 / 4.0).round() as i32));
        }
        for key in seen {
            *counts.entry(key).or_default() += 1;
        }
    }
    for (page, lines) in pages.iter().zip(lines.iter_mut()) {
        for line in lines.iter_mut().filter(|line| line.region == Region::Body) {
            let Some(region) = margin(page, line) else { continue };
            let key = (line.key(), (line.bbox.y0 / 4.0).round() as i32);
            if counts.get(&key).is_some_and(|count| *count >= 2 && count * 2 > pages.len()) {
                line.region = region;
            }
        }
    }
}

fn margin(page: &Page, line: &Line) -> Option<Region> {
    let edge = page.height * 0.12;
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
pub(super) fn write(
    builder: &mut TextBuilder,
    number: u32,
    page: &Page,
    lines: &[Line],
    faces: &Faces,
) {
    let body = lines.iter().filter(|line| line.region == Region::Body);
    let area = body.map(|line| line.bbox).reduce(Rect::union).unwrap_or_default();
    let mut numbers = std::collections::HashMap::<Region, u32>::new();
    for line in lines {
        let at = numbers.entry(line.region).or_default();
        *at += 1;
        let head = BlockHead {
            region: line.region,
            page: number,
            line: *at,
            bbox: Some(line.bbox),
            align: align(line, area),
            ..BlockHead::default()
        };
        builder.begin(&head);
        write_line(builder, page, line, faces);
        builder.end();
    }
}

fn write_line(builder: &mut TextBuilder, page: &Page, line: &Line, faces: &Faces) {
    let mut before: Option<&Glyph> = None;
    let mut id = 0;
    for glyph in &line.glyphs {
        if before.is_none_or(|known| !same_look(known, glyph)) {
            id = builder.style(style(page, glyph, faces));
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
    let wide = |c: char| ('\u{2E80}'..='\u{FFEF}').contains(&c) || c as u32 >= 0x2_0000;
    let enough = if wide(last.c) || wide(next.c) { 0.5 } else { 0.25 };
    gap > em * enough
}

fn same_look(a: &Glyph, b: &Glyph) -> bool {
    (a.size - b.size).abs() < 0.05
        && a.face == b.face
        && a.color == b.color
        && a.invisible == b.invisible
        && a.unseen == b.unseen
}

fn style(page: &Page, glyph: &Glyph, faces: &Faces) -> Style {
    let (face, bold) = faces.get(glyph.face);
    // Invisible text over a scan says what is seen in the scan.
    let scanned = page.image_cover > 0.8;
    Style {
        size: (glyph.size * 10.0).round() / 10.0,
        face: face.to_owned(),
        color: Some(glyph.color),
        bold,
        hidden: (glyph.invisible || glyph.unseen) && !scanned,
        ..Style::default()
    }
}

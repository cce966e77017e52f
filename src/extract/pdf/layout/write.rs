//! Lines into blocks of text, with spaces where the eye sees them.

use std::collections::HashMap;

use super::{Line, axes, is_wide};
use crate::extract::pdf::page::{Faces, Glyph, Layer, Page};
use crate::model::{Align, BlockHead, Rect, Region, Style, TextBuilder};

/// Writes the lines of page `number` (from 1).
pub(crate) fn write(
    builder: &mut TextBuilder,
    number: u32,
    page: &Page,
    lines: &[Line],
    faces: &Faces,
    labels: &HashMap<Layer, String>,
) {
    let body = lines.iter().filter(|line| line.region == Region::Body);
    let area = body.map(|line| line.bbox).reduce(Rect::union).unwrap_or_default();
    let is_scan = page.is_scan();
    let mut numbers = HashMap::<Region, u32>::new();
    for line in lines {
        let at = numbers.entry(line.region).or_default();
        *at += 1;
        let head = BlockHead {
            region: line.region,
            page: number,
            line: *at,
            bbox: Some(line.bbox),
            align: align(line, area, page.width),
            label: labels.get(&line.layer).cloned().unwrap_or_default(),
            ..BlockHead::default()
        };
        builder.begin(&head);
        let mut last: Option<(Glyph, u16)> = None;
        each(line, |c, glyph, edges| {
            let id = match last {
                Some((known, id)) if same_look(&known, glyph) => id,
                _ => builder.style(style(glyph, faces, is_scan)),
            };
            last = Some((*glyph, id));
            builder.push_glyph(c, id, edges);
        });
        builder.end();
    }
}

/// Calls with each character of a line, the glyph it is or comes before, and
/// its left and right edge.
pub(super) fn each(line: &Line, mut call: impl FnMut(char, &Glyph, [f32; 2])) {
    let mut before: Option<&Glyph> = None;
    for glyph in &line.glyphs {
        let rect = glyph.rect();
        if let Some(last) = before
            && needs_space(last, glyph)
        {
            call(' ', glyph, [last.rect().x1.min(rect.x0), rect.x0]);
        }
        let is_space = glyph.c.is_whitespace();
        // One space says as much as many; a line begins with none.
        if !(is_space && before.is_none_or(|last| last.c.is_whitespace())) {
            call(if is_space { ' ' } else { glyph.c }, glyph, [rect.x0, rect.x1]);
        }
        before = Some(glyph);
    }
}

pub(super) fn needs_space(last: &Glyph, next: &Glyph) -> bool {
    if last.c.is_whitespace() || next.c.is_whitespace() {
        return false;
    }
    let (first, second) = (axes(last).0, axes(next).0);
    // From right to left the next one stands before the last.
    let gap =
        if second >= first { second - first - last.advance } else { first - second - next.advance };
    let em = last.size.max(next.size);
    let enough = if is_wide(last.c) || is_wide(next.c) { 0.5 } else { 0.2 };
    gap > em * enough
}

/// How a line stands in the text area of its page, or between the page's edges.
fn align(line: &Line, area: Rect, width: f32) -> Align {
    let (left, right) = (line.bbox.x0 - area.x0, area.x1 - line.bbox.x1);
    let size = line.glyphs.first().map_or(10.0, |glyph| glyph.size);
    if (left - right).abs() <= size && left > size * 1.5 {
        return Align::Center;
    }
    let is_short = line.bbox.x1 - line.bbox.x0 < width * 0.6;
    if is_short && (line.bbox.x0 + line.bbox.x1 - width).abs() <= size {
        return Align::Center;
    }
    let is_beside = left > (area.x1 - area.x0) * 0.3;
    if line.region == Region::Body && right <= size && is_beside {
        return Align::Right;
    }
    let is_outside = width - line.bbox.x1 < width * 0.2 && line.bbox.x0 > width * 0.5;
    if line.region != Region::Body && is_outside { Align::Right } else { Align::Left }
}

fn same_look(a: &Glyph, b: &Glyph) -> bool {
    (a.size - b.size).abs() < 0.05 && a.face == b.face && a.color == b.color && a.unseen == b.unseen
}

fn style(glyph: &Glyph, faces: &Faces, is_scan: bool) -> Style {
    let (face, bold) = faces.get(glyph.face);
    Style {
        size: (glyph.size * 10.0).round() / 10.0,
        face: face.to_owned(),
        color: Some(glyph.color),
        bold,
        hidden: glyph.unseen.is_hidden(is_scan),
        ..Style::default()
    }
}

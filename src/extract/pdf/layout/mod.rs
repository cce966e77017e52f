//! Characters into lines, lines into reading order, with the region of each.

mod bidi;
mod columns;
mod regions;
mod write;

pub(crate) use bidi::is_leftward;
pub(crate) use regions::mark_running;
pub(crate) use write::write;

use super::page::{Glyph, Layer, Page};
use crate::model::{Rect, Region};

/// A line of characters in reading order.
#[derive(Debug)]
pub(crate) struct Line {
    glyphs: Vec<Glyph>,
    bbox: Rect,
    region: Region,
    layer: Layer,
    is_hidden: bool,
}

impl Line {
    fn new(glyphs: Vec<Glyph>, is_hidden: bool) -> Self {
        let bbox = glyphs.iter().map(Glyph::rect).reduce(Rect::union).unwrap_or_default();
        let layer = glyphs.first().map(|glyph| glyph.layer).unwrap_or_default();
        Self { glyphs, bbox, region: Region::Body, layer, is_hidden }
    }

    /// Its characters, with the spaces that are seen.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        write::each(self, |c, _, _| text.push(c));
        text
    }

    /// Letters and digits in it.
    pub(crate) fn letters(&self) -> usize {
        self.glyphs.iter().filter(|glyph| glyph.c.is_alphanumeric()).count()
    }

    /// Its characters without white space: what is compared between pages.
    pub(crate) fn key(&self) -> String {
        // Page numbers differ from page to page, so digits are all one.
        let kept = self.glyphs.iter().filter(|glyph| !glyph.c.is_whitespace());
        kept.map(|glyph| if glyph.c.is_ascii_digit() { '0' } else { glyph.c }).collect()
    }

    fn size(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.size).fold(0.0, f32::max)
    }

    fn middle(&self) -> f32 {
        (self.bbox.y0 + self.bbox.y1) / 2.0
    }

    /// Whether it runs from left to right.
    fn is_level(&self) -> bool {
        self.glyphs.first().is_some_and(|glyph| !glyph.vertical && glyph.angle == 0)
    }

    fn is_vertical(&self) -> bool {
        self.glyphs.first().is_some_and(|glyph| glyph.vertical)
    }
}

/// Place of a glyph along its direction of writing and across it.
fn axes(glyph: &Glyph) -> (f32, f32) {
    if glyph.angle == 0 {
        return if glyph.vertical { (glyph.y, -glyph.x) } else { (glyph.x, glyph.y) };
    }
    let (sin, cos) = f32::from(glyph.angle).to_radians().sin_cos();
    let (along, across) = (glyph.x * cos + glyph.y * sin, glyph.y * cos - glyph.x * sin);
    if glyph.vertical { (across, -along) } else { (along, across) }
}

/// Characters that can be in one line: none of these differs.
type Kind = (bool, Layer, bool, u16);

/// A character with its place along and across.
struct Placed {
    kind: Kind,
    along: f32,
    across: f32,
    glyph: Glyph,
}

/// The lines of a page in reading order: those that are seen, then those that
/// are not.
pub(crate) fn lines(page: &Page) -> Vec<Line> {
    let is_scan = page.is_scan();
    let placed = page.glyphs.iter().map(|glyph| {
        let (along, across) = axes(glyph);
        let kind = (glyph.unseen.is_hidden(is_scan), glyph.layer, glyph.vertical, glyph.angle);
        Placed { kind, along, across, glyph: *glyph }
    });
    let mut placed: Vec<Placed> = placed.collect();
    // Ties keep the order of drawing.
    placed.sort_by(|a, b| a.kind.cmp(&b.kind).then(a.across.total_cmp(&b.across)));
    let mut lines = Vec::new();
    let mut rest = placed.as_mut_slice();
    while let Some(first) = rest.first() {
        let (kind, across, size) = (first.kind, first.across, first.glyph.size);
        let end = rest.iter().position(|next| {
            let reach = size.min(next.glyph.size).max(0.5) * 0.35;
            next.kind != kind || next.across - across > reach
        });
        let (line, others) = rest.split_at_mut(end.unwrap_or(rest.len()).max(1));
        rest = others;
        finish(line, kind.0, &mut lines);
    }
    attach_small(&mut lines);
    stack_single(&mut lines);
    for line in &mut lines {
        line.region = regions::own(line);
    }
    regions::mark_watermarks(&mut lines);
    order(lines, page)
}

/// Makes a line: sorts its characters along, drops what is drawn twice.
fn finish(placed: &mut [Placed], is_hidden: bool, lines: &mut Vec<Line>) {
    placed.sort_by(|a, b| a.along.total_cmp(&b.along));
    let mut kept: Vec<&Placed> = Vec::with_capacity(placed.len());
    for next in placed.iter() {
        let from = kept.len().saturating_sub(4);
        let twice = kept.get(from..).unwrap_or_default().iter().any(|near| {
            near.glyph.c == next.glyph.c
                && (near.along - next.along).abs()
                    < (next.glyph.size * 0.12).min(next.glyph.advance * 0.5)
                && next.glyph.c != '\u{FFFD}'
        });
        if !twice {
            kept.push(next);
        }
    }
    if kept.iter().any(|placed| !placed.glyph.c.is_whitespace()) {
        lines.push(Line::new(kept.into_iter().map(|placed| placed.glyph).collect(), is_hidden));
    }
}

/// Puts raised and lowered small characters into the lines they belong to.
fn attach_small(lines: &mut Vec<Line>) {
    /// Lines that are looked at on each side.
    const NEAR: usize = 4;
    for at in (0..lines.len()).rev() {
        let Some(small) = lines.get(at) else { continue };
        if !small.is_level() || small.glyphs.len() > 24 {
            continue;
        }
        let fits = |line: &Line| {
            line.is_level()
                && (line.is_hidden, line.layer) == (small.is_hidden, small.layer)
                && small.size() <= line.size() * 0.8
                && small.middle() >= line.bbox.y0
                && small.middle() <= line.bbox.y1
                && touches(line, small)
        };
        let near = at.saturating_sub(NEAR)..(at + NEAR + 1).min(lines.len());
        let found = near.filter(|near| *near != at).find(|near| lines.get(*near).is_some_and(fits));
        if let Some(found) = found {
            let small = lines.remove(at);
            let found = if found > at { found - 1 } else { found };
            if let Some(line) = lines.get_mut(found) {
                line.glyphs.extend(small.glyphs);
                line.glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
                line.bbox = line.bbox.union(small.bbox);
            }
        }
    }
}

/// Whether each character of a small line stands right beside one of the line.
fn touches(line: &Line, small: &Line) -> bool {
    small.glyphs.iter().all(|glyph| {
        let after = line.glyphs.partition_point(|other| other.x <= glyph.x);
        let reach = line.size() * 0.6;
        let before = after.checked_sub(1).and_then(|at| line.glyphs.get(at));
        let is_behind = before.is_some_and(|other| glyph.x - (other.x + other.advance) < reach);
        let is_before =
            line.glyphs.get(after).is_some_and(|other| other.x - (glyph.x + glyph.advance) < reach);
        is_behind || is_before || small.glyphs.len() > 1
    }) && {
        let left = small.bbox.x0 >= line.bbox.x0 - line.size();
        left && small.bbox.x1 <= line.bbox.x1 + line.size()
    }
}

/// Characters that stand one below the other, each alone in its line, are one
/// line that is read downwards.
fn stack_single(lines: &mut Vec<Line>) {
    /// As many make a line.
    const LEAST: usize = 3;
    let single = |line: &Line| match line.glyphs.as_slice() {
        [glyph] if line.is_level() && is_wide(glyph.c) => Some(*glyph),
        _ => None,
    };
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let Some(first) = single(line) else {
            at += 1;
            continue;
        };
        let (is_hidden, layer) = (line.is_hidden, line.layer);
        let mut stack = vec![first];
        while let Some(line) = lines.get(at + stack.len())
            && (line.is_hidden, line.layer) == (is_hidden, layer)
            && let (Some(next), Some(last)) = (single(line), stack.last())
            && (next.x - last.x).abs() < last.size * 0.3
            && (next.size - last.size).abs() < last.size * 0.2
            && (0.9..2.2).contains(&((next.y - last.y) / last.size.max(0.1)))
        {
            stack.push(next);
        }
        let count = stack.len();
        if count >= LEAST {
            let glyphs = stack.into_iter().map(|glyph| Glyph {
                // A glyph written downwards hangs from the middle of its upper edge.
                x: glyph.x + glyph.advance / 2.0,
                y: glyph.y - 0.88 * glyph.size,
                advance: glyph.size,
                vertical: true,
                ..glyph
            });
            let line = Line::new(glyphs.collect(), is_hidden);
            lines.splice(at..at + count, [line]);
            at += 1;
        } else {
            at += count;
        }
    }
}

/// Whether a character fills a square: Han, kana, hangul and their punctuation.
fn is_wide(c: char) -> bool {
    ('\u{2E80}'..='\u{FFEF}').contains(&c) || c as u32 >= 0x2_0000
}

/// Puts lines into the order they are read in.
fn order(lines: Vec<Line>, page: &Page) -> Vec<Line> {
    let (hidden, seen): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line.region == Region::Hidden);
    let mut made = downwards(seen, page);
    made.extend(downwards(hidden, page));
    for line in &mut made {
        bidi::order(&mut line.glyphs);
    }
    made
}

fn downwards(lines: Vec<Line>, page: &Page) -> Vec<Line> {
    let (vertical, mut level): (Vec<_>, Vec<_>) = lines.into_iter().partition(Line::is_vertical);
    level.sort_by(|a, b| a.middle().total_cmp(&b.middle()).then(a.bbox.x0.total_cmp(&b.bbox.x0)));
    let mut made = columns::split(level, page);
    if vertical.is_empty() {
        return made;
    }
    // Columns from right to left, where the first of them begins.
    let mut vertical = vertical;
    vertical.sort_by(|a, b| b.bbox.x0.total_cmp(&a.bbox.x0).then(a.bbox.y0.total_cmp(&b.bbox.y0)));
    let top = vertical.iter().map(|line| line.bbox.y0).fold(f32::INFINITY, f32::min);
    let at = made.iter().position(|line| line.middle() > top).unwrap_or(made.len());
    made.splice(at..at, vertical);
    made
}

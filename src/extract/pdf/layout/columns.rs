//! Columns: a page of prose set in columns is read one after the other, while
//! the rows of a table stay rows.

use super::Line;
use crate::extract::pdf::page::{Glyph, Page};
use crate::model::{Rect, Region};

/// Lines on each side of a gutter before it is one.
const LEAST: usize = 5;
/// Columns within columns.
const MAX_DEPTH: usize = 4;

/// A stretch of a line without wide gaps.
#[derive(Clone, Copy)]
struct Piece {
    x0: f32,
    x1: f32,
}

/// Splits lines at the gutters of columns and puts the columns one behind the other.
pub(super) fn split(lines: Vec<Line>, page: &Page) -> Vec<Line> {
    split_at(lines, page.width, 0)
}

fn split_at(lines: Vec<Line>, width: f32, depth: usize) -> Vec<Line> {
    if lines.len() < LEAST || depth >= MAX_DEPTH || width <= 0.0 {
        return lines;
    }
    let pieces: Vec<Vec<Piece>> = lines.iter().map(pieces).collect();
    let mut made = Vec::with_capacity(lines.len());
    let mut rest: Vec<Option<Line>> = lines.into_iter().map(Some).collect();
    let mut at = 0;
    while at < rest.len() {
        match band(&pieces, at) {
            Some((end, gutter)) => {
                let taken = rest.get_mut(at..end).unwrap_or_default();
                let band: Vec<Line> = taken.iter_mut().filter_map(Option::take).collect();
                let (left, right) = cut(band, gutter);
                made.extend(split_at(left, width, depth + 1));
                made.extend(split_at(right, width, depth + 1));
                at = end;
            }
            None => {
                made.extend(rest.get_mut(at).and_then(Option::take));
                at += 1;
            }
        }
    }
    made
}

/// The stretches of a line; none of one that is not part of the page's text.
fn pieces(line: &Line) -> Vec<Piece> {
    if !line.is_level() || !matches!(line.region, Region::Body | Region::Hidden) {
        return Vec::new();
    }
    let mut made: Vec<Piece> = Vec::new();
    for glyph in line.glyphs.iter().filter(|glyph| !glyph.c.is_whitespace()) {
        let (x0, x1) = (glyph.x, glyph.x + glyph.advance);
        match made.last_mut() {
            Some(last) if x0 - last.x1 < glyph.size * 0.9 => last.x1 = last.x1.max(x1),
            _ => made.push(Piece { x0, x1 }),
        }
    }
    made
}

/// The band of lines from `start` on that a gutter runs through: where it ends,
/// and the middle of the gutter.
fn band(pieces: &[Vec<Piece>], start: usize) -> Option<(usize, f32)> {
    let first = pieces.get(start)?;
    // A gutter shows where a line has two stretches, or is the end of the first.
    let gaps = first.windows(2).map(|pair| (pair[0].x1, pair[1].x0));
    let mut best: Option<(usize, f32)> = None;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (mut low, mut high) in gaps {
        let mut end = start;
        left.clear();
        right.clear();
        for line in pieces.get(start..)? {
            let Some((new_low, new_high)) = narrowed(line, low, high) else { break };
            (low, high) = (new_low, new_high);
            end += 1;
            for piece in line {
                if piece.x1 <= low { left.push(*piece) } else { right.push(*piece) }
            }
        }
        if best.is_none_or(|(known, _)| end > known) && is_prose(&left) && is_prose(&right) {
            best = Some((end, (low + high) / 2.0));
        }
    }
    best
}

/// The gap as far as a line leaves it open.
fn narrowed(line: &[Piece], low: f32, high: f32) -> Option<(f32, f32)> {
    let (mut new_low, mut new_high) = (low, high);
    let middle = (low + high) / 2.0;
    for piece in line {
        if piece.x1 <= middle {
            new_low = new_low.max(piece.x1);
        } else if piece.x0 >= middle {
            new_high = new_high.min(piece.x0);
        } else {
            return None;
        }
    }
    (new_high - new_low > 6.0).then_some((new_low, new_high))
}

/// Whether stretches are lines of prose: one a line, and most as wide as the column.
fn is_prose(pieces: &[Piece]) -> bool {
    if pieces.len() < LEAST {
        return false;
    }
    let x0 = pieces.iter().map(|piece| piece.x0).fold(f32::INFINITY, f32::min);
    let x1 = pieces.iter().map(|piece| piece.x1).fold(f32::NEG_INFINITY, f32::max);
    let width = x1 - x0;
    let full = pieces.iter().filter(|piece| piece.x1 - piece.x0 > width * 0.75).count();
    width > 90.0 && full * 2 > pieces.len()
}

/// Cuts lines at a gutter.
fn cut(lines: Vec<Line>, gutter: f32) -> (Vec<Line>, Vec<Line>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for line in lines {
        let is_left = |glyph: &Glyph| glyph.x + glyph.advance / 2.0 < gutter;
        let (region, is_hidden, layer) = (line.region, line.is_hidden, line.layer);
        let (first, second): (Vec<_>, Vec<_>) = line.glyphs.into_iter().partition(is_left);
        for (glyphs, side) in [(first, &mut left), (second, &mut right)] {
            if glyphs.iter().any(|glyph| !glyph.c.is_whitespace()) {
                let bbox = glyphs.iter().map(Glyph::rect).reduce(Rect::union).unwrap_or_default();
                side.push(Line { glyphs, bbox, region, layer, is_hidden });
            }
        }
    }
    (left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pieces: &[(f32, f32)]) -> Vec<Piece> {
        pieces.iter().map(|(x0, x1)| Piece { x0: *x0, x1: *x1 }).collect()
    }

    #[test]
    fn gutters_run_through_prose_and_not_through_tables() {
        let prose = vec![line(&[(50.0, 290.0), (310.0, 550.0)]); 8];
        assert_eq!(band(&prose, 0), Some((8, 300.0)));
        let table = vec![line(&[(50.0, 80.0), (310.0, 330.0)]); 8];
        assert_eq!(band(&table, 0), Some((8, 195.0)).filter(|_| false));
        let few = vec![line(&[(50.0, 290.0), (310.0, 550.0)]); 3];
        assert_eq!(band(&few, 0), None);
        // A heading across both ends the band.
        let mut headed = prose.clone();
        headed.push(line(&[(50.0, 550.0)]));
        headed.extend(prose);
        assert_eq!(band(&headed, 0), Some((8, 300.0)));
        assert_eq!(band(&headed, 8), None);
        assert_eq!(band(&headed, 9), Some((17, 300.0)));
    }
}

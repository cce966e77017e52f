//! The text of a part in stretches that fit a page of the console, and where ranges of
//! its characters stand.

use std::collections::BTreeMap;

use super::picture;
use super::{
    AROUND, At, BOXES, LINE_CHARS, Line, Look, Placed, STRETCH_CHARS, STRETCH_LINES, Sheet,
};
use crate::extract::{Budget, append_name, extract};
use crate::model::{Block, Gap, GapKind, Rect, SourceText, Span, Submission};

/// Characters of a label that are shown.
const LABEL: usize = 120;

/// Gaps that are told beside a text; the examination has them all.
const GAPS: usize = 50;

/// A block, or as much of it as makes one line.
struct Piece {
    /// Its block's number.
    block: usize,
    /// Its bytes.
    span: Span,
    /// The offset of its first character.
    from: u64,
    page: u32,
    stretch: u32,
    goes_on: bool,
}

/// How far a page is filled with lines.
#[derive(Default)]
struct Filled {
    stretch: u32,
    lines: u32,
    chars: u32,
}

impl Filled {
    /// The stretch for one more line of so many characters.
    fn take(&mut self, chars: u32) -> u32 {
        if self.lines >= STRETCH_LINES || self.lines > 0 && self.chars + chars > STRETCH_CHARS {
            (self.stretch, self.lines, self.chars) = (self.stretch + 1, 0, 0);
        }
        self.lines += 1;
        self.chars += chars;
        self.stretch
    }
}

/// Cuts a text in pieces, in reading order. Gives the pages there are with the number
/// of their last stretch.
fn walk(text: &SourceText, mut see: impl FnMut(Piece)) -> BTreeMap<u32, u32> {
    let whole = text.as_str();
    let mut pages: BTreeMap<u32, Filled> = BTreeMap::new();
    let (mut at, mut from) = (0, 0_u64);
    for (number, block) in text.blocks().iter().enumerate() {
        let Span { start, end } = block.span();
        from += count(whole, at..start);
        at = start;
        let mut goes_on = false;
        loop {
            let rest = whole.get(at..end).unwrap_or_default();
            let length = rest.char_indices().nth(LINE_CHARS).map_or(rest.len(), |(at, _)| at);
            let span = at..at + length;
            let chars = count(whole, span.clone());
            let page = block.page;
            let stretch = pages.entry(page).or_default().take(chars as u32);
            see(Piece { block: number, span, from, page, stretch, goes_on });
            at += length;
            from += chars;
            goes_on = true;
            if at >= end || length == 0 {
                break;
            }
        }
    }
    pages.into_iter().map(|(page, filled)| (page, filled.stretch)).collect()
}

fn count(text: &str, span: Span) -> u64 {
    text.get(span).map_or(0, |text| text.chars().count() as u64)
}

/// The stretch that is wanted of a part's text, and where `spans` stand.
pub(super) fn sheet(
    part: &Submission,
    at: At,
    spans: &[[u64; 2]],
    budget: &mut Budget,
) -> Result<Sheet, Gap> {
    let mut extraction = extract(part, budget);
    append_name(part, &mut extraction);
    let text = &extraction.text;
    let mut asked: Vec<u64> = spans.iter().map(|span| span[0]).collect();
    if let At::Char(offset) = at {
        asked.push(offset);
    }
    let (found, filled) = locate(text, &asked);
    let last = filled.keys().next_back().copied().unwrap_or_default();
    let pages = extraction.pages.unwrap_or_default().max(last);
    let (page, stretch) = match at {
        At::Page(page, stretch) => (page, stretch),
        At::Char(_) => found.last().map_or((0, 0), |spot| (spot.page, spot.stretch)),
    };
    if page > pages || stretch > filled.get(&page).copied().unwrap_or_default() {
        let detail = format!("there is no page {page} with a stretch {stretch}: {pages} pages");
        return Err(Gap::new(GapKind::MissingPart, detail));
    }
    extraction.gaps.truncate(GAPS);
    let place = |(spot, span): (&Spot, &[u64; 2])| Placed {
        page: spot.page,
        stretch: spot.stretch,
        boxes: boxes(text, spot, *span),
    };
    let whole = Sheet {
        media_type: extraction.format.media_type().to_owned(),
        pages,
        has_beside: filled.contains_key(&0),
        places: found.iter().zip(spans).map(place).collect(),
        gaps: extraction.gaps,
        ..Sheet::default()
    };
    let wanted = around((page, stretch), pages, &filled);
    let lines = lines(text, &wanted);
    let made = |((page, stretch), lines): (&(u32, u32), Vec<Line>)| Sheet {
        page: *page,
        stretch: *stretch,
        stretches: filled.get(page).map_or(1, |last| last + 1),
        size: size(text, *page),
        is_drawn: picture::is_drawn(extraction.format, *page),
        lines,
        ..whole.clone()
    };
    let mut all = wanted.iter().zip(lines).map(made);
    let first = all.next().unwrap_or_default();
    let around = all.collect();
    Ok(Sheet { around, ..first })
}

/// A stretch, and those that may be asked for behind it: the next of its page and the
/// first of pages around.
fn around((page, stretch): (u32, u32), pages: u32, filled: &BTreeMap<u32, u32>) -> Vec<(u32, u32)> {
    let last = filled.get(&page).copied().unwrap_or_default();
    let next = (stretch < last).then_some((page, stretch + 1));
    let before = page.checked_sub(1).filter(|before| *before > 0);
    let beside = (page + 1..=pages).take(3).chain(before).map(|page| (page, 0));
    let mut all = vec![(page, stretch)];
    all.extend(next.into_iter().chain(beside).take(AROUND));
    all
}

/// The lines of each of these stretches.
fn lines(text: &SourceText, wanted: &[(u32, u32)]) -> Vec<Vec<Line>> {
    let mut lines: Vec<Vec<Line>> = wanted.iter().map(|_| Vec::new()).collect();
    walk(text, |piece| {
        let at = wanted.iter().position(|at| *at == (piece.page, piece.stretch));
        if let Some(own) = at.and_then(|at| lines.get_mut(at)) {
            own.extend(text.blocks().get(piece.block).map(|block| line(text, block, &piece)));
        }
    });
    lines
}

/// Width and height of a page, where they are known and can be.
fn size(text: &SourceText, page: u32) -> Option<[f32; 2]> {
    let at = usize::try_from(page).ok()?.checked_sub(1)?;
    let size = text.page_sizes.get(at).copied()?;
    size.iter().all(|side| side.is_finite() && *side > 0.0).then_some(size)
}

/// Where a character stands.
#[derive(Clone, Default)]
struct Spot {
    page: u32,
    stretch: u32,
    /// The bytes of its piece, and the offset of the piece's first character.
    span: Span,
    from: u64,
}

/// Where each of these characters stands: in the last piece that begins at or before it.
fn locate(text: &SourceText, asked: &[u64]) -> (Vec<Spot>, BTreeMap<u32, u32>) {
    let mut order: Vec<usize> = (0..asked.len()).collect();
    order.sort_by_key(|at| asked.get(*at));
    let mut waiting = order.into_iter().peekable();
    let mut found = vec![Spot::default(); asked.len()];
    let mut last = Spot::default();
    let filled = walk(text, |piece| {
        let before = |at: &usize| asked.get(*at).is_some_and(|offset| *offset < piece.from);
        while let Some(at) = waiting.next_if(before) {
            set(&mut found, at, &last);
        }
        let Piece { page, stretch, span, from, .. } = piece;
        last = Spot { page, stretch, span, from };
    });
    waiting.for_each(|at| set(&mut found, at, &last));
    (found, filled)
}

fn set(found: &mut [Spot], at: usize, spot: &Spot) {
    if let Some(place) = found.get_mut(at) {
        *place = spot.clone();
    }
}

/// The boxes of a range of characters that begins at a spot, line by line.
fn boxes(text: &SourceText, spot: &Spot, [from, to]: [u64; 2]) -> Vec<(u32, Rect)> {
    let start = skip(text, spot.span.start, from.saturating_sub(spot.from));
    let end = skip(text, start, to.saturating_sub(from));
    let Some(first) = text.block_at(start) else { return Vec::new() };
    let blocks = text.blocks().get(first..).unwrap_or_default().iter();
    blocks
        .take_while(|block| block.span().start < end)
        .filter_map(|block| {
            let own = start.max(block.span().start)..end.min(block.span().end);
            let place = text.bbox(block, &own).filter(|_| own.start < own.end)?;
            Some((block.page, tenths(place)))
        })
        .take(BOXES)
        .collect()
}

/// In tenths of a point, as everywhere outside: the same in a process and in a thread.
fn tenths(place: Rect) -> Rect {
    let [x0, y0, x1, y1] = <[f32; 4]>::from(place);
    Rect { x0, y0, x1, y1 }
}

/// The byte that is so many characters behind another.
fn skip(text: &SourceText, start: usize, chars: u64) -> usize {
    let rest = text.as_str().get(start..).unwrap_or_default();
    let chars = usize::try_from(chars).unwrap_or(usize::MAX);
    rest.char_indices().nth(chars).map_or(text.as_str().len(), |(at, _)| start + at)
}

fn line(text: &SourceText, block: &Block, piece: &Piece) -> Line {
    let own = text.as_str().get(piece.span.clone()).unwrap_or_default();
    Line {
        region: block.region,
        number: block.line,
        align: block.align,
        label: text.label(block).chars().take(LABEL).collect(),
        goes_on: piece.goes_on,
        place: block.bbox.map(tenths),
        from: piece.from,
        text: own.to_owned(),
        looks: looks(text, piece),
    }
}

fn looks(text: &SourceText, piece: &Piece) -> Vec<([u32; 2], Look)> {
    let mut looks: Vec<([u32; 2], Look)> = Vec::new();
    let offset = |at: usize| count(text.as_str(), piece.span.start..at) as u32;
    for (span, style) in text.styles_in(piece.span.clone()) {
        let look = Look {
            hidden: style.hidden,
            deleted: style.deleted,
            struck: style.struck,
            bold: style.bold,
        };
        if look == Look::default() {
            continue;
        }
        let [from, to] = [offset(span.start), offset(span.end)];
        match looks.last_mut() {
            Some((before, same)) if before[1] == from && *same == look => before[1] = to,
            _ => looks.push(([from, to], look)),
        }
    }
    looks
}

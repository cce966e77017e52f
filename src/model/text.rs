//! Text as read, text as folded, and the way back from one to the other.
//!
//! Offsets are bytes of UTF-8 in this crate and Unicode scalar values in every
//! output; [`SourceText::char_range`] converts. A part's text is below 4 GiB
//! (the budget sees to that), so offsets are kept as `u32`.

use std::collections::HashMap;
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

/// A byte range of a text.
pub type Span = Range<usize>;

/// Where on, beside or behind a page a piece of text stands (contract, section 3).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Running text.
    #[default]
    Body,
    /// Page header.
    Header,
    /// Page footer.
    Footer,
    /// A table cell.
    Cell,
    /// A text box or frame.
    TextBox,
    /// A footnote, endnote or speaker's note.
    Note,
    /// A reviewer's comment.
    Comment,
    /// A PDF annotation.
    Annotation,
    /// A form field's value.
    FormField,
    /// A watermark behind or over the page.
    Watermark,
    /// A document property (title, keywords, custom …).
    Property,
    /// The name of the file.
    FileName,
    /// The subject of a mail.
    Subject,
    /// Any other header of a mail.
    MailHeader,
    /// Text that a reader of the page does not see.
    Hidden,
    /// Text of a tracked deletion.
    Deleted,
    /// The alternative text of a picture.
    AltText,
    /// Text in a picture, by OCR.
    Image,
    /// The name of an attachment or archive member.
    AttachmentName,
}

impl Region {
    /// Whether the text stands on the face of a page, where a reader sees it.
    pub fn is_visible(self) -> bool {
        matches!(
            self,
            Self::Body
                | Self::Header
                | Self::Footer
                | Self::Cell
                | Self::TextBox
                | Self::Note
                | Self::FormField
                | Self::Annotation
                | Self::Watermark
                | Self::Image
        )
    }
}

/// How a paragraph or line stands between the margins.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Not told by the format.
    #[default]
    Unknown,
    /// Flush left, or justified.
    Left,
    /// Centred.
    Center,
    /// Flush right.
    Right,
}

/// A rectangle in points (1/72 inch) from the page's top-left corner, y downwards.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize)]
#[serde(into = "[f32; 4]")]
pub struct Rect {
    /// Left.
    pub x0: f32,
    /// Top.
    pub y0: f32,
    /// Right.
    pub x1: f32,
    /// Bottom.
    pub y1: f32,
}

impl From<Rect> for [f32; 4] {
    fn from(r: Rect) -> Self {
        // A tenth of a point is finer than any eye, and shorter in every output.
        [r.x0, r.y0, r.x1, r.y1].map(|v| (v * 10.0).round() / 10.0)
    }
}

impl Rect {
    /// The smallest rectangle around both.
    pub fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }
}

/// How characters look. Two runs with equal style share one [`StyleId`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Style {
    /// True size on the page in points, scaling included; 0 where not known.
    pub size: f32,
    /// Face name as the document has it (`黑体`, `SimHei`, `ABCDEF+FZXBSJW`); empty where not known.
    pub face: String,
    /// Fill colour, red green blue; `None` where not known (usually black).
    pub color: Option<[u8; 3]>,
    /// Heavier than the text around it.
    pub bold: bool,
    /// Struck through.
    pub struck: bool,
    /// Not seen by a reader of the page: hidden run, white on white, invisible
    /// rendering, a layer that is off, covered or clipped away.
    pub hidden: bool,
    /// Part of a tracked deletion.
    pub deleted: bool,
}

/// The place of a [`Style`] in [`SourceText::styles`]. 0 is the default style.
pub type StyleId = u16;

/// A stretch of text of one style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StyleRun {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Its style.
    pub style: StyleId,
}

/// What is known of a block before its characters come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockHead {
    /// Where it stands.
    pub region: Region,
    /// Page, from 1; 0 for text that is on no page (properties, names).
    pub page: u32,
    /// Line on its page within its region, from 1; 0 where that means nothing.
    pub line: u32,
    /// Box on the page, where the format has geometry.
    pub bbox: Option<Rect>,
    /// Alignment, where it is told or can be seen.
    pub align: Align,
    /// What the place is called: a property's name, `first`/`even` of a
    /// header, a sheet, a cell's `t1.r2.c3`; empty where there is nothing to say.
    pub label: String,
    /// Blocks of one paragraph, cell or box share a number; 0 stands alone.
    pub group: u32,
}

/// A line of text or, in formats without lines, a paragraph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    start: u32,
    end: u32,
    /// Where it stands.
    pub region: Region,
    /// Alignment.
    pub align: Align,
    /// Index into [`SourceText::labels`].
    label: u32,
    /// Page, from 1; 0 for none.
    pub page: u32,
    /// Line on its page within its region, from 1; 0 for none.
    pub line: u32,
    /// Paragraph, cell or box it belongs to; 0 stands alone.
    pub group: u32,
    /// Box on the page.
    pub bbox: Option<Rect>,
    /// Index of the first character's edges in `SourceText::edges`.
    edges: Option<u32>,
}

impl Block {
    /// Its bytes in the text, without the line end.
    pub fn span(&self) -> Span {
        self.start as usize..self.end as usize
    }
}

/// The text of one part as a person would read it, with the place of every line.
///
/// Blocks are in reading order, do not overlap, and each is followed by one
/// line end of the text (the last may lack it). No block holds a line end.
#[derive(Clone, Debug, Default)]
pub struct SourceText {
    text: String,
    blocks: Vec<Block>,
    styles: Vec<Style>,
    runs: Vec<StyleRun>,
    labels: Vec<String>,
    /// Left and right edge in points of each character of blocks that have them.
    edges: Vec<[f32; 2]>,
    /// Width and height of pages in points, page 1 first; empty where not known.
    pub page_sizes: Vec<[f32; 2]>,
}

impl SourceText {
    /// Text that has lines and nothing else: every line a body block on a page;
    /// a form feed begins a new page. Line ends `\n`, `\r\n` and `\r` are taken
    /// as one kind; the text itself is kept as it is.
    pub fn from_lines(text: String) -> Self {
        lines::split(text)
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// All blocks, in reading order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The characters of a block.
    pub fn block_text(&self, block: &Block) -> &str {
        &self.text[block.span()]
    }

    /// What the place of a block is called; empty where nothing is known.
    pub fn label(&self, block: &Block) -> &str {
        self.labels.get(block.label as usize).map_or("", String::as_str)
    }

    /// The number of the block that holds the byte at `offset`, or, where it is
    /// a line end, of the block before it. `None` only for a text without blocks.
    pub fn block_at(&self, offset: usize) -> Option<usize> {
        let after = self.blocks.partition_point(|b| b.start as usize <= offset);
        after.checked_sub(1).or(if self.blocks.is_empty() { None } else { Some(0) })
    }

    /// The styles that occur in a span with the part of it each covers; text
    /// without a run has the default style and is left out.
    pub fn styles_in(&self, span: Span) -> impl Iterator<Item = (Span, &Style)> {
        let first = self.runs.partition_point(|r| r.end as usize <= span.start);
        self.runs[first..].iter().take_while(move |r| (r.start as usize) < span.end).map(move |r| {
            let part = span.start.max(r.start as usize)..span.end.min(r.end as usize);
            (part, &self.styles[r.style as usize])
        })
    }

    /// The box of a span inside one block, in points: exact where characters
    /// have edges, else the block's own box.
    pub fn bbox(&self, block: &Block, span: &Span) -> Option<Rect> {
        let whole = block.bbox?;
        let Some(first) = block.edges else { return Some(whole) };
        let from = span.start.clamp(block.start as usize, block.end as usize);
        let to = span.end.clamp(from, block.end as usize);
        let before = self.text[block.start as usize..from].chars().count();
        let count = self.text[from..to].chars().count();
        let first = first as usize + before;
        let edges = &self.edges[first..first + count];
        if edges.is_empty() {
            return Some(whole);
        }
        let x0 = edges.iter().map(|e| e[0]).fold(f32::INFINITY, f32::min);
        let x1 = edges.iter().map(|e| e[1]).fold(f32::NEG_INFINITY, f32::max);
        Some(Rect { x0, x1, ..whole })
    }

    /// A byte span as a half-open range of Unicode scalar values.
    pub fn char_range(&self, span: &Span) -> [usize; 2] {
        let start = self.text[..span.start].chars().count();
        [start, start + self.text[span.clone()].chars().count()]
    }

    /// Keeps the first `limit` bytes, or what whole characters of them there
    /// are. A block that stands over the edge is cut.
    pub fn truncate(&mut self, limit: usize) {
        if self.text.len() <= limit {
            return;
        }
        let limit = self.text.floor_char_boundary(limit);
        self.text.truncate(limit);
        let limit = limit as u32;
        self.blocks.truncate(self.blocks.partition_point(|b| b.start < limit));
        if let Some(last) = self.blocks.last_mut() {
            last.end = last.end.min(limit);
        }
        self.runs.truncate(self.runs.partition_point(|r| r.start < limit));
        if let Some(last) = self.runs.last_mut() {
            last.end = last.end.min(limit);
        }
    }

    /// Puts further text behind this one, as it stands: names and properties
    /// that the pipeline knows and the reader does not.
    pub fn append(&mut self, head: &BlockHead, text: &str) {
        if !self.text.is_empty() && !self.text.ends_with(['\n', '\r', '\u{C}']) {
            self.text.push('\n');
        }
        let mut builder = TextBuilder { made: std::mem::take(self), ..TextBuilder::default() };
        // One label is found sooner than all are made known.
        let known = builder.made.labels.iter().rposition(|label| *label == head.label);
        builder.label_ids.extend(known.map(|at| (head.label.clone(), at as u32)));
        builder.block(head, text);
        *self = builder.finish();
    }
}

/// A style as it is looked up.
#[derive(Debug, PartialEq, Eq, Hash)]
struct StyleKey(u32, String, Option<[u8; 3]>, [bool; 4]);

impl StyleKey {
    fn of(style: &Style) -> Self {
        let switches = [style.bold, style.struck, style.hidden, style.deleted];
        Self(style.size.to_bits(), style.face.clone(), style.color, switches)
    }
}

/// Builds a [`SourceText`] block by block and keeps what it promises.
#[derive(Debug, Default)]
pub struct TextBuilder {
    made: SourceText,
    label_ids: HashMap<String, u32>,
    style_ids: HashMap<StyleKey, StyleId>,
    open: Option<Block>,
}

impl TextBuilder {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of a style, made known at its first use. After 65,535 different
    /// styles further ones are the default.
    pub fn style(&mut self, style: Style) -> StyleId {
        if self.made.styles.is_empty() {
            self.made.styles.push(Style::default());
        }
        // Documents repeat few styles, and the one used last is the likeliest.
        let recent = self.made.styles.len().saturating_sub(8);
        if let Some(at) = self.made.styles[recent..].iter().rposition(|known| *known == style) {
            return (recent + at) as StyleId;
        }
        // A hostile one has as many as there are colours.
        let key = StyleKey::of(&style);
        if let Some(id) = self.style_ids.get(&key) {
            return *id;
        }
        match StyleId::try_from(self.made.styles.len()) {
            Ok(id) => {
                self.made.styles.push(style);
                self.style_ids.insert(key, id);
                id
            }
            Err(_) => 0,
        }
    }

    /// Begins a block. One that is still open is ended.
    pub fn begin(&mut self, head: &BlockHead) {
        self.end();
        let next = self.made.labels.len();
        let label = match self.label_ids.get(head.label.as_str()) {
            Some(id) => *id,
            None => match u32::try_from(next) {
                Ok(id) => {
                    self.made.labels.push(head.label.clone());
                    self.label_ids.insert(head.label.clone(), id);
                    id
                }
                Err(_) => u32::MAX,
            },
        };
        let at = self.made.text.len() as u32;
        self.open = Some(Block {
            start: at,
            end: at,
            region: head.region,
            align: head.align,
            label,
            page: head.page,
            line: head.line,
            group: head.group,
            bbox: head.bbox,
            edges: None,
        });
    }

    /// Adds text to the open block. A line end inside it becomes a space: a
    /// reader that knows lines begins a block for each.
    pub fn push(&mut self, text: &str, style: StyleId) {
        debug_assert!(self.open.is_some(), "push before begin");
        let start = self.made.text.len() as u32;
        if text.contains(['\n', '\r']) {
            self.made
                .text
                .extend(text.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
        } else {
            self.made.text.push_str(text);
        }
        self.run(start, style);
    }

    /// Adds one character with its left and right edge in points. Within a block
    /// either every character has edges or none: mixing drops them.
    pub fn push_glyph(&mut self, c: char, style: StyleId, edges: [f32; 2]) {
        let start = self.made.text.len() as u32;
        let c = if matches!(c, '\n' | '\r') { ' ' } else { c };
        if let Some(block) = &mut self.open
            && (block.start == start || block.edges.is_some())
        {
            block.edges.get_or_insert(self.made.edges.len() as u32);
            self.made.edges.push(edges);
        }
        self.made.text.push(c);
        self.run(start, style);
    }

    fn run(&mut self, start: u32, style: StyleId) {
        let end = self.made.text.len() as u32;
        if style == 0 || start == end {
            return;
        }
        match self.made.runs.last_mut() {
            Some(last) if last.style == style && last.end == start => last.end = end,
            _ => self.made.runs.push(StyleRun { start, end, style }),
        }
    }

    /// Ends the open block, if any.
    pub fn end(&mut self) {
        let Some(mut block) = self.open.take() else { return };
        block.end = self.made.text.len() as u32;
        if let Some(first) = block.edges {
            let characters = self.made.text[block.span()].chars().count();
            if self.made.edges.len() - first as usize != characters {
                self.made.edges.truncate(first as usize);
                block.edges = None;
            }
        }
        self.made.text.push('\n');
        self.made.blocks.push(block);
    }

    /// A whole block of the default style.
    pub fn block(&mut self, head: &BlockHead, text: &str) {
        self.begin(head);
        self.push(text, 0);
        self.end();
    }

    /// How many bytes of text there are so far.
    pub fn len(&self) -> usize {
        self.made.text.len()
    }

    /// Whether there is no text so far.
    pub fn is_empty(&self) -> bool {
        self.made.text.is_empty()
    }

    /// The text.
    pub fn finish(mut self) -> SourceText {
        self.end();
        self.made
    }
}

mod lines {
    use super::{Align, Block, Region, SourceText};

    pub(super) fn split(text: String) -> SourceText {
        let mut blocks = Vec::with_capacity(text.len() / 64);
        let (mut page, mut line) = (1, 1);
        let mut start = 0;
        let bytes = text.as_bytes();
        let mut push = |start: usize, end: usize, page: u32, line: u32| {
            blocks.push(Block {
                start: start as u32,
                end: end as u32,
                region: Region::Body,
                align: Align::Unknown,
                label: 0,
                page,
                line,
                group: 0,
                bbox: None,
                edges: None,
            });
        };
        for at in memchr::memchr3_iter(b'\n', b'\r', 0x0C, bytes) {
            if at < start {
                continue;
            }
            push(start, at, page, line);
            start = at + 1;
            line += 1;
            match bytes[at] {
                b'\r' if bytes.get(start) == Some(&b'\n') => start += 1,
                0x0C => (page, line) = (page + 1, 1),
                _ => {}
            }
        }
        if start < text.len() {
            push(start, text.len(), page, line);
        }
        SourceText { blocks, text, labels: vec![String::new()], ..SourceText::default() }
    }
}

/// Text folded for matching, which never forgets where it came from.
///
/// Case is kept: "(S)" marks a paragraph, "document(s)" does not.
#[derive(Clone, Debug, Default)]
pub struct FoldedText {
    text: String,
    /// Where the way back changes; see [`Turn`].
    turns: Vec<Turn>,
    source_len: u32,
}

/// From folded offset `folded` on (up to the next turn) text came from `source`
/// on, in steps: each `source_step` bytes of source became `folded_step` bytes.
///
/// 1 and 1 is text in step, byte for byte; 3 and 1 full-width letters; 3 and 0
/// characters taken out. A step of source of 0 stands for a stretch too long to
/// be counted here: all of it came from all of the source up to the next turn.
#[derive(Clone, Copy, Debug)]
struct Turn {
    folded: u32,
    source: u32,
    source_step: u16,
    folded_step: u16,
}

impl FoldedText {
    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Room for a text of about `bytes` bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ..Self::default() }
    }

    /// Adds text folded to characters of the same length each (or not at all).
    pub fn push_in_step(&mut self, folded: &str) {
        self.turn(1, 1);
        self.source_len += folded.len() as u32;
        self.text.push_str(folded);
    }

    /// Adds what `source_bytes` bytes of source became: any text, or none.
    pub fn push_folded(&mut self, folded: &str, source_bytes: usize) {
        if source_bytes == 0 && folded.is_empty() {
            return;
        }
        match (u16::try_from(source_bytes), u16::try_from(folded.len())) {
            // One byte for one is a character in step with the text around it.
            (Ok(source_step), Ok(folded_step)) => self.turn(source_step, folded_step),
            _ => self.turn(0, u16::MAX),
        }
        self.source_len += source_bytes as u32;
        self.text.push_str(folded);
    }

    /// Begins a turn, unless text goes on in the same steps.
    fn turn(&mut self, source_step: u16, folded_step: u16) {
        let goes_on = |last: &&mut Turn| match folded_step {
            0 => last.folded_step == 0,
            _ => {
                source_step != 0
                    && (last.source_step, last.folded_step) == (source_step, folded_step)
            }
        };
        if self.turns.last_mut().as_ref().is_some_and(goes_on) {
            return;
        }
        let (folded, source) = (self.text.len() as u32, self.source_len);
        self.turns.push(Turn { folded, source, source_step, folded_step });
    }

    /// The source bytes behind a span of folded text: whole source characters,
    /// what was taken out between them included, what stood around them not.
    pub fn source_span(&self, folded: Span) -> Span {
        if folded.is_empty() {
            let at = self.source_start(folded.start);
            return at..at;
        }
        self.source_start(folded.start)..self.source_end(folded.end - 1)
    }

    /// The folded offset at which the source offset's text begins (or where it
    /// would stand, if it was taken out).
    pub fn folded_offset(&self, source: usize) -> usize {
        self.offset_before(self.turns.partition_point(|t| t.source as usize <= source), source)
    }

    /// For many offsets, each at or after the one before it.
    pub fn walk(&self) -> Walk<'_> {
        Walk { folded: self, after: 0 }
    }

    /// The folded offset of a source offset that lies before the turn `after`.
    fn offset_before(&self, after: usize, source: usize) -> usize {
        let Some(turn) = after.checked_sub(1).map(|i| self.turns[i]) else { return 0 };
        let limit = self.turns.get(after).map_or(self.text.len(), |t| t.folded as usize);
        let steps = (source - turn.source as usize)
            .checked_div(turn.source_step.into())
            .unwrap_or_default();
        (turn.folded as usize + steps * usize::from(turn.folded_step)).min(limit)
    }

    fn source_start(&self, folded: usize) -> usize {
        let after = self.turns.partition_point(|t| t.folded as usize <= folded);
        let Some(turn) = after.checked_sub(1).map(|i| self.turns[i]) else { return 0 };
        (turn.source as usize + turn.steps(folded) * usize::from(turn.source_step))
            .min(self.source_len as usize)
    }

    /// One past the source bytes of the folded byte at `folded`.
    fn source_end(&self, folded: usize) -> usize {
        let after = self.turns.partition_point(|t| t.folded as usize <= folded);
        let Some(turn) = after.checked_sub(1).map(|i| self.turns[i]) else { return 0 };
        if turn.source_step == 0 {
            return self.turns.get(after).map_or(self.source_len, |t| t.source) as usize;
        }
        turn.source as usize + (turn.steps(folded) + 1) * usize::from(turn.source_step)
    }
}

/// [`FoldedText::folded_offset`] for offsets in order: each costs a step or
/// two, and not a search through all turns.
#[derive(Clone, Debug)]
pub struct Walk<'f> {
    folded: &'f FoldedText,
    /// The first turn behind the last offset.
    after: usize,
}

impl Walk<'_> {
    /// The folded offset of a source offset, which is at or after the last one
    /// asked for.
    pub fn folded_offset(&mut self, source: usize) -> usize {
        let behind = |turn: &Turn| turn.source as usize <= source;
        while self.folded.turns.get(self.after).is_some_and(behind) {
            self.after += 1;
        }
        self.folded.offset_before(self.after, source)
    }
}

impl Turn {
    /// How many whole steps lie before a folded offset at or after its start.
    fn steps(&self, folded: usize) -> usize {
        (folded - self.folded as usize).checked_div(self.folded_step.into()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;

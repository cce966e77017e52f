//! Head words of scope entries and what stands around them: which become hits.

mod trial;

pub use trial::{HeadTrial, Step, StepKind, Trial, try_entry};

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use foldhash::fast::FixedState;

use super::passage::{Passage, Passages};
use crate::dictionary::quantity::{Quantity, quantities};
use crate::dictionary::{Condition, Dictionary, Entry, Occurrence, QuantityCondition, Within};
use crate::model::{Block, FoldedText, Region, SourceText, Span};

/// Hits of one entry that are kept in one part; further ones are counted.
pub(super) const LISTED: usize = 64;

/// The largest page that is looked at as one, in bytes.
const PAGE: usize = 32 << 10;

/// And in lines.
const PAGE_BLOCKS: usize = 2000;

/// Quantities below an entry's threshold that are kept in one part.
const PIECES: usize = 1000;

/// The hits of one part, in order, how many each entry has, kept or not, and the
/// pieces that stay below an entry's threshold, each quantity once.
pub(super) fn search(
    text: &SourceText,
    folded: &FoldedText,
    dictionary: &Dictionary,
) -> (Vec<Hit>, Counts, Vec<Piece>) {
    let mut search = Search::new(text, folded, dictionary);
    let mut passages = Passages::new(text, folded, dictionary.matcher.longest());
    while let Some(passage) = passages.next() {
        search.passage(passage);
    }
    search.hits.sort_by_key(|hit| (hit.folded.start, hit.folded.end, hit.entry));
    let counts = search.progress.into_iter().map(|(entry, progress)| (entry, progress.count));
    let pieces = search.pieces.into_iter();
    let pieces = pieces.map(|((entry, condition, start), (end, value))| Piece {
        entry,
        condition,
        value,
        folded: start..end,
    });
    (search.hits, counts.collect(), pieces.collect())
}

/// For each entry that has hits, how many. Looked up only: the order of a hash
/// map shows nowhere.
pub(super) type Counts = HashMap<usize, usize>;

/// What a word or quantity was looked for as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Term,
    Near,
    Quantity,
    Qualifier,
    /// A qualifier that was not there.
    Missing,
}

impl Sort {
    /// The evidence's id and its words.
    pub(super) fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Term => ("scope-term", "the term", "词语"),
            Self::Near => ("scope-near", "with", "并见"),
            Self::Quantity => ("scope-quantity", "a quantity", "数量"),
            Self::Qualifier => ("scope-qualifier", "the qualifier", "限定语"),
            Self::Missing => ("scope-missing", "no qualifier", "未见限定语"),
        }
    }
}

/// What came of looking at an entry's conditions around one head word.
enum Look {
    Hit,
    /// All but this one of its quantities, of which several together may do.
    Short(usize),
    NotHere,
    /// Nor anywhere else in the paragraph.
    NotInParagraph,
}

/// Where a word of a condition is.
enum Near {
    /// Near, with its index in its set.
    Here(Span, usize),
    /// Somewhere else in the paragraph, or it was not looked for there.
    Elsewhere,
    /// Nowhere in the paragraph.
    Absent,
}

/// Something seen near a head word, in bytes of the passage or, for a page, of
/// the folded text.
struct Sight<'a> {
    sort: Sort,
    /// What it adds to the sum of weights.
    weight: u16,
    name: &'a str,
    span: Span,
    on_page: bool,
}

/// The same, kept for a finding: in bytes of the folded text.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub sort: Sort,
    pub weight: u16,
    pub name: String,
    pub folded: Span,
}

/// A head word with all its entry asks for.
pub(super) struct Hit {
    /// Index of the entry.
    pub entry: usize,
    /// The head word, in bytes of the folded text.
    pub folded: Span,
    /// What was seen, the head word first.
    pub seen: Vec<Seen>,
    /// Names of qualifiers that were not.
    pub missing: Vec<String>,
}

/// A quantity that all else of an entry stands beside, and that is below what
/// the entry asks for.
pub(super) struct Piece {
    /// Index of the entry.
    pub entry: usize,
    /// Index of the condition among the entry's quantities.
    pub condition: usize,
    /// The quantity, in its measure's unit.
    pub value: f64,
    /// The quantity, in bytes of the folded text.
    pub folded: Span,
}

struct Search<'a> {
    text: &'a SourceText,
    folded: &'a FoldedText,
    dictionary: &'a Dictionary,
    hits: Vec<Hit>,
    /// Of each entry a head word was seen of. A dictionary may have a million
    /// entries and a document a line: nothing here grows with the dictionary.
    progress: HashMap<usize, Progress, FixedState>,
    /// By entry, condition and start: the quantity's end and value.
    pieces: BTreeMap<(usize, usize, usize), (usize, f64)>,
    /// Room for the head words of a passage, used again and again.
    heads: Vec<Occurrence>,
    /// Room for [`Search::look`], likewise.
    sights: Vec<Sight<'a>>,
    /// For each word set asked for, its words in the paragraph last looked at.
    words: Remembered,
    /// The same for pages.
    page_words: Remembered,
    quantities: Found<Quantity>,
    page_quantities: Found<Quantity>,
    /// The paragraph being looked at, counted over all passages.
    cell: usize,
    sentence: Span,
    page: Page,
    document: Option<Document>,
}

/// What a document calls itself.
#[derive(Debug)]
struct Document {
    /// Short lines of its first page, folded, without what stands in brackets
    /// behind them: a title is one of them.
    titles: Vec<String>,
    /// Its names, folded.
    names: Vec<String>,
}

impl Document {
    /// Lines of the beginning among which the title is.
    const LINES: usize = 40;
    /// Longer lines are no titles.
    const TITLE: usize = 60;

    fn of(text: &SourceText, folded: &FoldedText) -> Self {
        let line = |block: &Block| {
            let span = block.span();
            let folded_span = folded.folded_offset(span.start)..folded.folded_offset(span.end);
            folded.as_str().get(folded_span).unwrap_or_default().trim().to_owned()
        };
        let is_name =
            |block: &&Block| matches!(block.region, Region::FileName | Region::AttachmentName);
        let first = text.blocks().iter().filter(|b| b.region == Region::Body && b.page <= 1);
        let titles = first.take(Self::LINES).map(line).filter_map(|line| {
            let bare = line.find(['(', '〔', '[']).map_or(line.as_str(), |at| &line[..at]);
            let bare = bare.trim();
            let is_title = !bare.is_empty()
                && bare.chars().count() <= Self::TITLE
                && !bare.contains(['。', '；', '，', ',', ';']);
            is_title.then(|| bare.to_owned())
        });
        Self {
            titles: titles.collect(),
            names: text.blocks().iter().rev().take(4).filter(is_name).map(line).collect(),
        }
    }
}

/// How far one entry has come.
#[derive(Debug)]
struct Progress {
    /// How many hits it has.
    count: usize,
    /// The folded offset up to which it needs no further hit.
    done: usize,
    /// The paragraph for which nothing more can come of it.
    settled: usize,
}

impl Default for Progress {
    fn default() -> Self {
        Self { count: 0, done: 0, settled: usize::MAX }
    }
}

/// The page that was looked at last.
#[derive(Debug, Default)]
struct Page {
    blocks: Range<usize>,
    /// Its bytes of the folded text, unless it is too long to be looked at as one.
    folded: Option<Span>,
}

/// What was found in the stretch of text known by `of`, ordered by place.
#[derive(Clone, Debug)]
struct Found<T> {
    /// A paragraph's number, or the bytes of a page.
    of: Span,
    found: Vec<(Span, T)>,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self { of: usize::MAX..usize::MAX, found: Vec::new() }
    }
}

impl<T> Found<T> {
    /// The first of what lies in a window and will do.
    fn within(&self, window: &Span, will_do: impl Fn(&T) -> bool) -> Option<&(Span, T)> {
        let first = self.found.partition_point(|(span, _)| span.start < window.start);
        self.found[first..]
            .iter()
            .take_while(|(span, _)| span.start < window.end)
            .find(|(span, value)| span.end <= window.end && will_do(value))
    }
}

/// For word sets by number, what was found of each. Forgetting costs a search.
#[derive(Debug, Default)]
struct Remembered(HashMap<usize, Found<usize>, FixedState>);

impl Remembered {
    /// How many sets are remembered before all are forgotten.
    const MOST: usize = 1024;

    fn of(&mut self, set: usize) -> &mut Found<usize> {
        if self.0.len() >= Self::MOST && !self.0.contains_key(&set) {
            self.0.clear();
        }
        self.0.entry(set).or_default()
    }
}

impl<'a> Search<'a> {
    fn new(text: &'a SourceText, folded: &'a FoldedText, dictionary: &'a Dictionary) -> Self {
        Self {
            text,
            folded,
            dictionary,
            hits: Vec::new(),
            progress: HashMap::default(),
            pieces: BTreeMap::new(),
            heads: Vec::new(),
            sights: Vec::new(),
            words: Remembered::default(),
            page_words: Remembered::default(),
            quantities: Found::default(),
            page_quantities: Found::default(),
            cell: 0,
            sentence: 0..0,
            page: Page::default(),
            document: None,
        }
    }

    fn passage(&mut self, passage: &Passage) {
        let mut cells = passage.cells.iter();
        let mut cell = cells.next();
        self.cell += 1;
        self.sentence = 0..0;
        let mut heads = std::mem::take(&mut self.heads);
        self.dictionary.matcher.find(&passage.text, &mut heads);
        for found in heads.drain(..) {
            let (head, entry) = (found.span(), found.entry());
            while cell.is_some_and(|cell| cell.end < head.end) {
                cell = cells.next();
                self.cell += 1;
                self.sentence = 0..0;
            }
            let Some(cell) = cell else { break };
            if head.start >= cell.start {
                self.head(passage, cell, head, entry);
            }
        }
        self.heads = heads;
    }

    /// A head word of an entry: a hit where all the entry asks for is near.
    fn head(&mut self, passage: &Passage, cell: &Span, head: Span, number: usize) {
        if self.progress.entry(number).or_default().settled == self.cell {
            return;
        }
        let entry: &'a Entry = &self.dictionary.entries[number];
        let at = At { passage, cell, head: &head };
        let mut sights = std::mem::take(&mut self.sights);
        sights.clear();
        let look = self.look(&at, entry, &mut sights);
        let progress = self.progress.entry(number).or_default();
        match look {
            Look::Hit => {
                progress.settled = self.cell;
                // Where a long paragraph was cut, its pieces overlap.
                let folded = passage.folded_span(&head);
                if folded.start >= progress.done {
                    progress.done = passage.folded_span(cell).end;
                    progress.count += 1;
                    if progress.count <= LISTED {
                        self.hit(&at, number, folded, &sights);
                    }
                }
            }
            Look::Short(condition) => self.short(&at, number, condition),
            Look::NotHere => {}
            Look::NotInParagraph => progress.settled = self.cell,
        }
        self.sights = sights;
    }

    /// Looks at all conditions of an entry, cheapest failure first.
    fn look(&mut self, at: &At<'_>, entry: &'a Entry, sights: &mut Vec<Sight<'a>>) -> Look {
        if !entry.documents.is_any() && !self.document_fits(entry) {
            return Look::NotInParagraph;
        }
        let mut sum = u32::from(match entry.threshold {
            0 => 0,
            _ => entry.weight_of(&at.passage.text[at.head.clone()]),
        });
        for condition in &entry.near {
            match self.word_near(at, condition) {
                Near::Here(span, word) => {
                    sum += u32::from(condition.weight);
                    sights.push(self.sight(Sort::Near, condition, span, word));
                }
                _ if condition.weight > 0 => {}
                Near::Elsewhere => return Look::NotHere,
                Near::Absent => return Look::NotInParagraph,
            }
        }
        if sum < entry.threshold {
            return Look::NotHere;
        }
        let mut short = None;
        for (index, condition) in entry.quantities.iter().enumerate() {
            let Some(span) = self.quantity_near(at, condition) else {
                if short.is_some() || !condition.range.adds_up() {
                    return Look::NotHere;
                }
                short = Some(index);
                continue;
            };
            let on_page = condition.within == Within::Page;
            let name = &condition.name;
            sights.push(Sight { sort: Sort::Quantity, weight: 0, name, span, on_page });
        }
        for condition in &entry.apart {
            if let Near::Here(..) = self.word_near(at, condition) {
                return match condition.within {
                    Within::Paragraph => Look::NotInParagraph,
                    _ => Look::NotHere,
                };
            }
        }
        for condition in &entry.qualifiers {
            match self.word_near(at, condition) {
                Near::Here(span, word) => {
                    sights.push(self.sight(Sort::Qualifier, condition, span, word));
                }
                Near::Absent if entry.require => return Look::NotInParagraph,
                Near::Elsewhere if entry.require => return Look::NotHere,
                Near::Absent | Near::Elsewhere => {
                    sights.push(Sight {
                        sort: Sort::Missing,
                        weight: 0,
                        name: &condition.name,
                        span: 0..0,
                        on_page: false,
                    });
                }
            }
        }
        short.map_or(Look::Hit, Look::Short)
    }

    /// Whether the document is of a kind the entry is looked for in.
    fn document_fits(&mut self, entry: &Entry) -> bool {
        let document = self.document.get_or_insert_with(|| Document::of(self.text, self.folded));
        entry.documents.fit(&document.titles, &document.names)
    }

    /// Keeps the quantities near the head that may add up with others to what a
    /// condition asks for.
    fn short(&mut self, at: &At<'_>, number: usize, condition: usize) {
        let wanted = &self.dictionary.entries[number].quantities[condition];
        for (span, value) in self.quantities_near(at, wanted) {
            if self.pieces.len() < PIECES {
                self.pieces.insert((number, condition, span.start), (span.end, value));
            }
        }
    }

    /// Quantities of a condition's measure within its reach, in folded bytes.
    fn quantities_near(&mut self, at: &At<'_>, wanted: &QuantityCondition) -> Vec<(Span, f64)> {
        let on_page = wanted.within == Within::Page;
        let (found, window) = match on_page {
            true => (&self.page_quantities, self.page_quantities.of.clone()),
            false => {
                let window = self.window(at, wanted.within);
                (&self.quantities, window)
            }
        };
        let inside = |span: &Span| window.start <= span.start && span.end <= window.end;
        let near = found
            .found
            .iter()
            .filter(|(span, quantity)| inside(span) && quantity.measure == wanted.range.measure);
        let folded =
            |span: &Span| if on_page { span.clone() } else { at.passage.folded_span(span) };
        near.map(|(span, quantity)| (folded(span), quantity.value)).collect()
    }

    fn sight(&self, sort: Sort, condition: &Condition, span: Span, word: usize) -> Sight<'a> {
        let name = self.dictionary.word_sets[condition.words].word(word);
        let on_page = condition.within == Within::Page;
        Sight { sort, weight: condition.weight, name, span, on_page }
    }

    fn hit(&mut self, at: &At<'_>, entry: usize, folded: Span, sights: &[Sight<'a>]) {
        let term = at.passage.text[at.head.clone()].to_owned();
        let known = &self.dictionary.entries[entry];
        let weight = if known.threshold > 0 { known.weight_of(&term) } else { 0 };
        let mut seen = vec![Seen { sort: Sort::Term, weight, name: term, folded: folded.clone() }];
        let mut missing = Vec::new();
        for sight in sights {
            if sight.sort == Sort::Missing {
                missing.push(sight.name.to_owned());
                continue;
            }
            let folded = match sight.on_page {
                true => sight.span.clone(),
                false => at.passage.folded_span(&sight.span),
            };
            let Sight { sort, weight, .. } = *sight;
            seen.push(Seen { sort, weight, name: sight.name.to_owned(), folded });
        }
        self.hits.push(Hit { entry, folded, seen, missing });
    }

    /// The first word of a condition near the head: in bytes of the passage, or,
    /// where it is looked for on the page, of the folded text.
    fn word_near(&mut self, at: &At<'_>, condition: &Condition) -> Near {
        let set = &self.dictionary.word_sets[condition.words];
        if condition.within == Within::Page {
            let page = self.page(at);
            let found = self.page_words.of(condition.words);
            if found.of != page {
                let mut all = set.find_all(&self.folded.as_str()[page.clone()]);
                shift(&mut all, page.start);
                *found = Found { of: page, found: all };
            }
            return match found.found.first() {
                Some((span, word)) => Near::Here(span.clone(), *word),
                None => Near::Elsewhere,
            };
        }
        let found = self.words.of(condition.words);
        if found.of != (self.cell..self.cell) {
            let mut all = set.find_all(&at.passage.text[at.cell.clone()]);
            shift(&mut all, at.cell.start);
            *found = Found { of: self.cell..self.cell, found: all };
        }
        if found.found.is_empty() {
            return Near::Absent;
        }
        let window = self.window(at, condition.within);
        match self.words.of(condition.words).within(&window, |_| true) {
            Some((span, word)) => Near::Here(span.clone(), *word),
            None => Near::Elsewhere,
        }
    }

    fn quantity_near(&mut self, at: &At<'_>, condition: &QuantityCondition) -> Option<Span> {
        let holds = |quantity: &Quantity| condition.range.holds(*quantity);
        if condition.within == Within::Page {
            let page = self.page(at);
            let found = &mut self.page_quantities;
            if found.of != page {
                let mut all = quantities(&self.folded.as_str()[page.clone()]);
                shift(&mut all, page.start);
                *found = Found { of: page, found: all };
            }
            return found.found.iter().find(|(_, q)| holds(q)).map(|(span, _)| span.clone());
        }
        let found = &mut self.quantities;
        if found.of != (self.cell..self.cell) {
            let mut all = quantities(&at.passage.text[at.cell.clone()]);
            shift(&mut all, at.cell.start);
            *found = Found { of: self.cell..self.cell, found: all };
        }
        if found.found.is_empty() {
            return None;
        }
        let window = self.window(at, condition.within);
        self.quantities.within(&window, holds).map(|(span, _)| span.clone())
    }

    /// The stretch of the passage that counts as near the head.
    fn window(&mut self, at: &At<'_>, within: Within) -> Span {
        match within {
            Within::Sentence => self.sentence(at),
            Within::Paragraph | Within::Page => at.cell.clone(),
            Within::Characters(reach) => {
                let reach = usize::from(reach);
                let text = &at.passage.text;
                let before = text[at.cell.start..at.head.start].char_indices().rev();
                let start =
                    before.take(reach).last().map_or(at.head.start, |(i, _)| at.cell.start + i);
                let mut after = text[at.head.end..at.cell.end].char_indices();
                let end = after.nth(reach).map_or(at.cell.end, |(i, _)| at.head.end + i);
                start..end
            }
        }
    }

    fn sentence(&mut self, at: &At<'_>) -> Span {
        let kept = &self.sentence;
        if kept.start <= at.head.start && at.head.end <= kept.end {
            return kept.clone();
        }
        const ENDS: [char; 10] = ['。', '！', '？', '；', '!', '?', ';', '\n', '\r', '\u{c}'];
        let text = &at.passage.text;
        let start = text[at.cell.start..at.head.start].rfind(ENDS).map_or(at.cell.start, |i| {
            let i = at.cell.start + i;
            i + text[i..].chars().next().map_or(0, char::len_utf8)
        });
        let end =
            text[at.head.end..at.cell.end].find(ENDS).map_or(at.cell.end, |i| at.head.end + i);
        self.sentence = start..end;
        start..end
    }

    /// The page the head stands on, in folded bytes; of a very long one, or of a
    /// text without pages, a piece of fixed size.
    fn page(&mut self, at: &At<'_>) -> Span {
        let all = self.folded.as_str();
        let head = at.passage.folded_span(at.head);
        let source = self.folded.source_span(head.clone());
        let home = self.text.block_at(source.start).unwrap_or_default();
        if !self.page.blocks.contains(&home) {
            self.page = self.page_of(home);
        }
        match &self.page.folded {
            Some(whole) => whole.clone(),
            None => {
                let piece = head.start / PAGE * PAGE;
                all.floor_char_boundary(piece)..all.floor_char_boundary(piece + PAGE)
            }
        }
    }

    fn page_of(&self, home: usize) -> Page {
        let blocks = self.text.blocks();
        let Some(page) = blocks.get(home).map(|block| block.page) else { return Page::default() };
        let on_it = |block: &&Block| block.page == page;
        let before = blocks[..home].iter().rev().take(PAGE_BLOCKS).take_while(on_it).count();
        let after = blocks[home..].iter().take(PAGE_BLOCKS).take_while(on_it).count();
        let on_page = home - before..home + after;
        let start = self.folded.folded_offset(blocks[on_page.start].span().start);
        let end = self.folded.folded_offset(blocks[on_page.end - 1].span().end);
        let whole = before < PAGE_BLOCKS && after < PAGE_BLOCKS && end - start <= PAGE;
        Page { blocks: on_page, folded: whole.then_some(start..end) }
    }
}

/// A head word and what it stands in.
struct At<'p> {
    passage: &'p Passage,
    cell: &'p Span,
    head: &'p Span,
}

fn shift<T>(found: &mut [(Span, T)], by: usize) {
    for (span, _) in found {
        *span = span.start + by..span.end + by;
    }
}

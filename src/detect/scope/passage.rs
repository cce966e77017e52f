//! Folded text in passages: paragraphs whose wrapped lines are joined, so that
//! a word broken across two lines is one word, with the way back.

use crate::model::{FoldedText, SourceText, Span};

/// About how much text is looked through at once: with all that is found in it, it
/// stays in a processor's cache.
const PASSAGE: usize = 16 << 10;

/// Paragraphs of more lines than this are cut between two of them.
const PARAGRAPH: usize = 64 << 10;

/// Longer lines are taken in pieces.
const LINE: usize = 32 << 10;

/// The longest stretch that counts as one paragraph, in bytes.
const CELL: usize = 6000;

/// Whole paragraphs, put together for one search.
#[derive(Debug, Default)]
pub(super) struct Passage {
    pub text: String,
    /// The paragraphs: in order, and overlapping only where one was cut.
    pub cells: Vec<Span>,
    /// From this byte of `text` on, text came from this byte of the folded text on.
    segments: Vec<(usize, usize)>,
}

impl Passage {
    /// The folded bytes behind a span of its text, joined line ends included.
    pub(super) fn folded_span(&self, span: &Span) -> Span {
        if span.is_empty() {
            let at = self.folded(span.start);
            return at..at;
        }
        self.folded(span.start)..self.folded(span.end - 1) + 1
    }

    fn folded(&self, at: usize) -> usize {
        let after = self.segments.partition_point(|(text, _)| *text <= at);
        let Some((text, folded)) = after.checked_sub(1).and_then(|i| self.segments.get(i)) else {
            return 0;
        };
        folded + (at - text)
    }

    fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.segments.clear();
    }

    fn push(&mut self, piece: &str, folded: usize) {
        let goes_on = self
            .segments
            .last()
            .is_some_and(|&(text, from)| from + (self.text.len() - text) == folded);
        if !goes_on {
            self.segments.push((self.text.len(), folded));
        }
        self.text.push_str(piece);
    }

    /// Ends the paragraph that began at `start`, cut where it is too long: after
    /// a sentence, or else anywhere, with enough said twice for any word.
    fn end_cell(&mut self, mut start: usize, longest: usize) {
        while self.text.len() - start > CELL {
            let limit = self.text.floor_char_boundary(start + CELL);
            let half = self.text.floor_char_boundary(start + CELL / 2);
            let (cut, next) = match self.text[half..limit].rfind(['。', '；', '！', '？']) {
                Some(at) => (half + at + '。'.len_utf8(), half + at + '。'.len_utf8()),
                None => (limit, self.text.floor_char_boundary(limit - longest.min(CELL / 2))),
            };
            self.cells.push(start..cut);
            start = next;
        }
        if self.text.len() > start {
            self.cells.push(start..self.text.len());
        }
    }
}

/// Walks a folded text passage by passage.
#[derive(Debug)]
pub(super) struct Passages<'a> {
    source: &'a SourceText,
    folded: &'a FoldedText,
    at: usize,
    /// The longest word that must not be lost at a cut, in bytes.
    longest: usize,
    passage: Passage,
}

impl<'a> Passages<'a> {
    pub(super) fn new(source: &'a SourceText, folded: &'a FoldedText, longest: usize) -> Self {
        Self { source, folded, at: 0, longest, passage: Passage::default() }
    }

    /// The next passage; its room is used again for the one after.
    pub(super) fn next(&mut self) -> Option<&Passage> {
        let all = self.folded.as_str();
        self.passage.clear();
        let mut start = 0;
        while self.at < all.len() {
            let (line, joined) = self.line();
            self.passage.push(&all[line.text.clone()], line.text.start);
            self.at = line.next;
            let too_long = joined && self.passage.text.len() - start > PARAGRAPH;
            if too_long {
                // The last line is said again, for words that go on in the next one.
                self.at = line.text.start;
            }
            if !joined || too_long {
                self.passage.end_cell(start, self.longest);
                start = self.passage.text.len();
                if start >= PASSAGE {
                    break;
                }
            }
        }
        self.passage.end_cell(start, self.longest);
        (!self.passage.text.is_empty()).then_some(&self.passage)
    }

    /// The line at `self.at`, and whether the next one goes on with it; its end
    /// belongs to it only where it does not.
    fn line(&self) -> (Line, bool) {
        let all = self.folded.as_str();
        let limit = all.floor_char_boundary(self.at.saturating_add(LINE));
        let piece = &all.as_bytes()[self.at..limit];
        let Some(end) = memchr::memchr3(b'\n', b'\r', 0x0C, piece).map(|i| self.at + i) else {
            // A piece of a long line. What follows says its end again.
            let next = match limit == all.len() {
                true => limit,
                false => all.floor_char_boundary(limit - self.longest.min(LINE / 2)),
            };
            return (Line { text: self.at..limit, next }, false);
        };
        let bytes = all.as_bytes();
        let next = match (bytes[end], bytes.get(end + 1)) {
            (b'\r', Some(b'\n')) => end + 2,
            _ => end + 1,
        };
        if goes_on(&all[self.at..end], &all[next..]) && self.same_place(end, next) {
            (Line { text: self.at..end, next }, true)
        } else {
            (Line { text: self.at..next, next }, false)
        }
    }

    /// Whether the text before `end` and that from `next` on stand in one
    /// paragraph, or on lines that follow each other.
    fn same_place(&self, end: usize, next: usize) -> bool {
        let block = |folded: Span| {
            let source = self.folded.source_span(folded);
            self.source.block_at(source.start).and_then(|i| self.source.blocks().get(i))
        };
        let (Some(a), Some(b)) = (block(end - 1..end), block(next..next + 1)) else { return false };
        if a.region != b.region {
            return false;
        }
        if a.group != 0 || b.group != 0 {
            return a.group == b.group;
        }
        let next_line = a.page == b.page && b.line == a.line + 1;
        let next_page = b.page == a.page + 1 && b.line == 1;
        a.line > 0 && (next_line || next_page)
    }
}

struct Line {
    text: Span,
    next: usize,
}

/// Whether a line looks wrapped: ideographs on both sides of its end (or one,
/// and a digit or comma), long enough for a wrap, and no heading or number
/// begins the next.
fn goes_on(line: &str, rest: &str) -> bool {
    /// Bytes of eight ideographs: shorter lines are headings, labels and marks.
    const SHORTEST: usize = 8 * 3;
    if line.len() < SHORTEST {
        return false;
    }
    let (Some(last), Some(next)) = (line.chars().next_back(), rest.chars().next()) else {
        return false;
    };
    let inside = |c: char| is_han(c) || c.is_ascii_digit();
    let before = inside(last) || matches!(last, '，' | '、' | '《' | '“' | '(');
    let after = inside(next) || matches!(next, '，' | '、' | '》' | '”' | ')' | '。');
    before && after && (is_han(last) || is_han(next)) && !begins_item(rest)
}

/// `第三条`, `第一章`, `二、`: what begins a line of its own.
fn begins_item(rest: &str) -> bool {
    let numeral = |c: char| "一二三四五六七八九十百零〇".contains(c) || c.is_ascii_digit();
    let ordinal = rest.strip_prefix('第');
    let after = ordinal.unwrap_or(rest).trim_start_matches(numeral);
    if after.len() == ordinal.unwrap_or(rest).len() {
        return false;
    }
    match ordinal {
        Some(_) => after.starts_with(['条', '章', '节', '编', '部']),
        None => after.starts_with(['、', '.', '．']),
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '〇' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BlockHead, TextBuilder};
    use crate::normalize::fold;

    /// The paragraphs of a text, wrapped lines joined, with what each word of
    /// them is in the source.
    #[track_caller]
    fn check(text: &SourceText, expected: &[&str]) {
        let folded = fold(text.as_str());
        let mut passages = Passages::new(text, &folded, 30);
        let mut found = Vec::new();
        while let Some(passage) = passages.next() {
            for cell in &passage.cells {
                let joined = &passage.text[cell.clone()];
                found.push(joined.trim().to_owned());
                let back = &folded.as_str()[passage.folded_span(cell)];
                let flat = |s: &str| s.replace(['\n', '\r'], "");
                assert_eq!(flat(back), flat(joined));
            }
        }
        found.retain(|cell| !cell.is_empty());
        assert_eq!(found, expected);
    }

    #[test]
    fn wrapped_lines_are_joined_and_others_are_not() {
        let text = "以下为尚未公布的考试\n成绩，在公布前不得外传，\r\n按规定处理共二十\n5人。\n第三条 略\n\
                    应当报送的人员名单\n一、甲\nabc def ghi jkl mno pqr\ndef\n机密★\n长期\n";
        check(
            &SourceText::from_lines(text.into()),
            &[
                "以下为尚未公布的考试成绩，在公布前不得外传，按规定处理共二十5人。",
                "第三条 略",
                "应当报送的人员名单",
                "一、甲",
                "abc def ghi jkl mno pqr",
                "def",
                "机密★",
                "长期",
            ],
        );
    }

    #[test]
    fn paragraphs_cells_and_pages_keep_apart() {
        let mut builder = TextBuilder::new();
        let head = |page, line, group| BlockHead { page, line, group, ..BlockHead::default() };
        builder.block(&head(1, 0, 1), "以下为尚未公布的考试");
        builder.block(&head(1, 0, 1), "成绩的统计分析结果");
        builder.block(&head(1, 0, 2), "本段与上段没有关系");
        builder.block(&head(1, 9, 0), "一页之末的最后一行");
        builder.block(&head(2, 1, 0), "在下一页开头接着讲");
        builder.block(&head(2, 5, 0), "别处");
        check(
            &builder.finish(),
            &[
                "以下为尚未公布的考试成绩的统计分析结果",
                "本段与上段没有关系",
                "一页之末的最后一行在下一页开头接着讲",
                "别处",
            ],
        );
    }

    #[test]
    fn paragraphs_of_many_lines_are_cut_and_no_word_is_lost() {
        // Every line ends in the midst of the word.
        let line = "成绩已于昨日在全省范围内公布并可供查询考试\n";
        let lines = 3 * PARAGRAPH / line.len();
        let text = SourceText::from_lines(line.repeat(lines));
        let folded = fold(text.as_str());
        let mut passages = Passages::new(&text, &folded, 12);
        let mut starts = std::collections::BTreeSet::new();
        while let Some(passage) = passages.next() {
            for cell in &passage.cells {
                let words = passage.text[cell.clone()].match_indices("考试成绩");
                starts.extend(words.map(|(at, word)| {
                    let at = cell.start + at;
                    passage.folded_span(&(at..at + word.len())).start
                }));
            }
        }
        assert_eq!(starts.len(), lines - 1);
    }

    #[test]
    fn long_lines_are_cut_after_sentences_or_said_twice() {
        for unit in ["考试成绩，考试成绩。", "考试成绩"] {
            let text = SourceText::from_lines(unit.repeat(20_000));
            let folded = fold(text.as_str());
            let mut passages = Passages::new(&text, &folded, 12);
            let mut starts = std::collections::BTreeSet::new();
            while let Some(passage) = passages.next() {
                for cell in &passage.cells {
                    assert!(cell.len() <= CELL);
                    let words = passage.text[cell.clone()].match_indices("考试成绩");
                    starts.extend(words.map(|(at, word)| {
                        let at = cell.start + at;
                        passage.folded_span(&(at..at + word.len())).start
                    }));
                }
            }
            assert_eq!(starts.len(), text.as_str().matches("考试成绩").count());
        }
    }
}

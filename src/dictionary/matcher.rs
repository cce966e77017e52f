//! One pass over folded text for the head words of all entries.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::model::Span;

/// A head word of one entry, as the matcher is given it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// The word, folded; never empty.
    pub word: String,
    /// The entry: an index into the dictionary's entries.
    pub entry: usize,
    /// Whether ASCII letters match in any case.
    pub any_case: bool,
    /// Whether no ASCII letter or digit may stand before or after it.
    pub whole_word: bool,
}

/// Finds head words. The engine behind it may be replaced: nothing else knows
/// how words are found.
#[derive(Clone, Debug)]
pub struct Matcher {
    engine: AhoCorasick,
    /// Sorted by word; those of equal words are found by one pattern.
    heads: Vec<Head>,
    /// The heads of each pattern.
    patterns: Vec<Range<usize>>,
    longest: usize,
}

/// Up to this many bytes of words a table of all transitions stays small.
const SMALL: usize = 64 << 10;

impl Default for Matcher {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Matcher {
    /// A matcher for these head words.
    pub fn new(mut heads: Vec<Head>) -> Self {
        heads.sort();
        heads.dedup();
        let mut patterns: Vec<Range<usize>> = Vec::new();
        for (at, head) in heads.iter().enumerate() {
            match patterns.last_mut() {
                Some(range) if heads[range.start].word == head.word => {
                    range.end = at + 1;
                }
                _ => patterns.push(at..at + 1),
            }
        }
        let words = || patterns.iter().map(|range| heads[range.start].word.as_bytes());
        let bytes: usize = words().map(<[u8]>::len).sum();
        let kind = match bytes <= SMALL {
            true => AhoCorasickKind::DFA,
            false => AhoCorasickKind::ContiguousNFA,
        };
        let engine = AhoCorasick::builder()
            .kind(Some(kind))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(heads.iter().any(|h| h.any_case))
            .build(words())
            .expect("an automaton of fewer than 2^31 states");
        let longest = words().map(<[u8]>::len).max().unwrap_or(0);
        Self { engine, heads, patterns, longest }
    }

    /// How many head words there are.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The longest head word in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Every head word in a text, overlapping ones too, ordered by its end;
    /// where several end together, longer words first and then entries in order.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Span, usize)> + 'a {
        self.engine.find_overlapping_iter(text).flat_map(move |found| {
            let heads = &self.heads[self.patterns[found.pattern().as_usize()].clone()];
            heads
                .iter()
                .filter(move |head| head.stands(text, &found.range()))
                .map(move |head| (found.range(), head.entry))
        })
    }
}

impl Head {
    fn stands(&self, text: &str, span: &Span) -> bool {
        let word = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = text.as_bytes();
        let exact = || bytes.get(span.clone()) == Some(self.word.as_bytes());
        let apart = || {
            !word(span.start.checked_sub(1).and_then(|i| bytes.get(i)))
                && !word(bytes.get(span.end))
        };
        (self.any_case || exact()) && (!self.whole_word || apart())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(word: &str, entry: usize) -> Head {
        Head { word: word.into(), entry, any_case: false, whole_word: false }
    }

    #[track_caller]
    fn check(heads: Vec<Head>, text: &str, expected: &[(&str, usize)]) {
        let matcher = Matcher::new(heads);
        let found: Vec<_> = matcher.find(text).map(|(span, entry)| (&text[span], entry)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn nested_and_shared_words_are_all_found() {
        let heads = vec![head("考试试题", 0), head("试题", 1), head("试题", 2), head("题库", 3)];
        check(heads, "统一考试试题库", &[("考试试题", 0), ("试题", 1), ("试题", 2), ("题库", 3)]);
    }

    #[test]
    fn case_and_word_boundaries_are_the_entrys_wish() {
        let gps = Head { whole_word: true, any_case: true, ..head("GPS", 0) };
        let exact = head("GPS", 1);
        check(
            vec![gps, exact],
            "GPS gps aGPS GPS1",
            &[("GPS", 0), ("GPS", 1), ("gps", 0), ("GPS", 1), ("GPS", 1)],
        );
    }

    #[test]
    fn no_words_find_nothing() {
        check(Vec::new(), "试题", &[]);
        assert!(Matcher::default().is_empty());
    }
}

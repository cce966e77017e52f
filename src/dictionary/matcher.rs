//! One pass over folded text for the head words of all entries.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::pairs::Pairs;
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

/// Finds head words. The engines behind it may be replaced: nothing else knows
/// how words are found.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// Sorted by word.
    heads: Vec<Head>,
    /// Each different word with its heads; the first `paired` of them are found
    /// by their first two characters, the others by the automaton.
    words: Vec<Range<usize>>,
    paired: usize,
    pairs: Pairs,
    automaton: AhoCorasick,
    longest: usize,
}

/// With more words than this the filter of pairs lets too much pass.
const FEW: usize = 4000;

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
        let mut words: Vec<Range<usize>> = Vec::new();
        for (at, head) in heads.iter().enumerate() {
            match words.last_mut() {
                Some(range) if heads[range.start].word == head.word => range.end = at + 1,
                _ => words.push(at..at + 1),
            }
        }
        let word = |range: &Range<usize>| heads[range.start].word.as_str();
        let few = words.len() <= FEW;
        // A stable sort: both groups stay in the order of their words.
        words.sort_by_key(|range| !(few && Pairs::can_find(word(range))));
        let paired = words.partition_point(|range| few && Pairs::can_find(word(range)));
        let pairs = Pairs::new(words[..paired].iter().map(word));
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(heads.iter().any(|h| h.any_case))
            .build(words[paired..].iter().map(|range| word(range).as_bytes()))
            .expect("an automaton of fewer than 2^31 states");
        let longest = words.iter().map(|range| word(range).len()).max().unwrap_or(0);
        Self { words, paired, pairs, automaton, longest, heads }
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

    /// Every head word in a text with its entry, overlapping ones too, ordered by
    /// where they end; where several end together, longer words first and then
    /// entries in order. `found` is room that is used again.
    pub fn find(&self, text: &str, found: &mut Vec<(Span, usize)>) {
        found.clear();
        self.pairs.find(text, |at, words| {
            for word in &self.words[words] {
                let end = at + self.heads[word.start].word.len();
                self.add(text, at..end, word, found);
            }
        });
        if self.paired < self.words.len() {
            for hit in self.automaton.find_overlapping_iter(text) {
                let word = &self.words[self.paired + hit.pattern().as_usize()];
                self.add(text, hit.range(), word, found);
            }
        }
        found.sort_unstable_by_key(|(span, entry)| (span.end, span.start, *entry));
    }

    fn add(&self, text: &str, span: Span, word: &Range<usize>, found: &mut Vec<(Span, usize)>) {
        let heads = self.heads[word.clone()].iter().filter(|head| head.stands(text, &span));
        found.extend(heads.map(|head| (span.clone(), head.entry)));
    }
}

impl Head {
    fn stands(&self, text: &str, span: &Span) -> bool {
        let word = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = text.as_bytes();
        let Some(here) = bytes.get(span.clone()) else { return false };
        let own = self.word.as_bytes();
        let apart = || {
            !word(span.start.checked_sub(1).and_then(|i| bytes.get(i)))
                && !word(bytes.get(span.end))
        };
        let same = if self.any_case { here.eq_ignore_ascii_case(own) } else { here == own };
        same && (!self.whole_word || apart())
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
        let mut found = Vec::new();
        matcher.find(text, &mut found);
        let found: Vec<_> = found.into_iter().map(|(span, entry)| (&text[span], entry)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn both_engines_find_what_a_plain_search_finds() {
        let words = ["试题", "考试", "试", "题库", "题a", "𠀀题", "DEM", "考试试题库", "é试"];
        let heads: Vec<Head> = words.iter().enumerate().map(|(i, w)| head(w, i)).collect();
        let text = "é考试试题库DEM题a考DEM试𠀀题试é试题a题库".repeat(3);
        let mut found = Vec::new();
        Matcher::new(heads).find(&text, &mut found);
        let mut plain: Vec<(Span, usize)> = Vec::new();
        for (entry, word) in words.iter().enumerate() {
            let starts =
                (0..text.len()).filter(|&at| text.as_bytes()[at..].starts_with(word.as_bytes()));
            plain.extend(starts.map(|at| (at..at + word.len(), entry)));
        }
        plain.sort_by_key(|(span, entry)| (span.end, span.start, *entry));
        assert_eq!(found, plain);
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

//! Lists of everyday words: where something ends at every other character, filters
//! let everything pass, and an automaton that looks at each character once is
//! faster. It is made when texts turn out to be so; what is found is the same.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use daachorse::CharwiseDoubleArrayAhoCorasick;

use super::Occurrence;
use super::words::{ANY_CASE, ENTRY, WHOLE_WORD, Words, stands_apart};

/// Text that is looked through before anything is decided, in bytes.
const ENOUGH: usize = 1 << 20;

/// A word ends so often, in bytes.
const EVERY: usize = 6;

/// What has been seen so far, of all texts, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Dense {
    bytes: AtomicUsize,
    words: AtomicUsize,
    automaton: OnceLock<Option<Automaton>>,
}

pub(super) struct Automaton {
    /// Tells words by number or, if each has one entry and no wishes, by entry.
    words: CharwiseDoubleArrayAhoCorasick<u32>,
    tells_entries: bool,
}

impl fmt::Debug for Automaton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Automaton").field("bytes", &self.words.heap_bytes()).finish_non_exhaustive()
    }
}

impl Dense {
    /// Counts what was found in a text.
    pub(super) fn count(&self, bytes: usize, words: usize) {
        if self.automaton.get().is_none() {
            self.bytes.fetch_add(bytes, Relaxed);
            self.words.fetch_add(words, Relaxed);
        }
    }

    /// Bytes of memory behind it.
    pub(super) fn memory(&self) -> usize {
        let made = self.automaton.get().and_then(Option::as_ref);
        made.map_or(0, |automaton| automaton.words.heap_bytes())
    }

    /// The automaton, once it is known that there are many words in texts.
    pub(super) fn automaton(&self, words: &Words) -> Option<&Automaton> {
        match self.automaton.get() {
            Some(decided) => decided.as_ref(),
            None if self.bytes.load(Relaxed) < ENOUGH => None,
            None => {
                let many =
                    self.words.load(Relaxed).saturating_mul(EVERY) > self.bytes.load(Relaxed);
                self.decide(words, many)
            }
        }
    }

    fn decide(&self, words: &Words, many: bool) -> Option<&Automaton> {
        self.automaton.get_or_init(|| many.then(|| Automaton::new(words)).flatten()).as_ref()
    }

    /// As if many words had been seen.
    #[cfg(test)]
    pub(super) fn assume_many(&self, words: &Words) -> bool {
        self.decide(words, true).is_some()
    }
}

impl Automaton {
    fn new(words: &Words) -> Option<Self> {
        if words.any_case {
            return None;
        }
        let plain = words.heads.iter().all(|head| head & (ANY_CASE | WHOLE_WORD) == 0);
        let tells_entries = plain && words.heads.len() == words.len();
        let number = |word: usize| match words.heads.get(word) {
            Some(head) if tells_entries => *head,
            _ => word as u32,
        };
        let letters = (0..words.len()).map(|word| std::str::from_utf8(words.word(word)).ok());
        let letters: Vec<&str> = letters.collect::<Option<_>>()?;
        let numbered = letters.into_iter().enumerate().map(|(word, l)| (l, number(word)));
        let words = CharwiseDoubleArrayAhoCorasick::with_values(numbered).ok()?;
        Some(Self { words, tells_entries })
    }

    /// Adds the words of a text to those found.
    pub(super) fn find(&self, words: &Words, text: &str, found: &mut Vec<Occurrence>) {
        let all = self.words.find_overlapping_iter(text);
        if self.tells_entries {
            found.extend(all.map(|word| Occurrence::new(word.start()..word.end(), word.value())));
            return;
        }
        for word in all {
            let span = word.start()..word.end();
            for head in words.heads_of(word.value() as usize) {
                if head & WHOLE_WORD == 0 || stands_apart(text.as_bytes(), span.clone()) {
                    found.push(Occurrence::new(span.clone(), head & ENTRY));
                }
            }
        }
    }
}

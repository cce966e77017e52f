//! The words a row is looked for by: those it names, or those its matter's name
//! gives, and why others are not taken.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::customs;
use crate::dictionary::load::PATTERN;
use crate::model::Words;
use crate::normalize::fold_term;

/// Longer words stand in no text as they are.
const LONGEST: usize = 40;

/// A matter's whole name is taken for a word from this length on: nobody chose it.
const NAME: usize = 3;

/// A piece of a matter's name is taken for a word from this length on.
const PIECE: usize = 4;

/// Words that were taken, and those that were not, with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub words: Vec<String>,
    pub left_out: Vec<(String, Words)>,
}

impl Chosen {
    fn weigh(&mut self, word: &str) {
        match why_not(word) {
            Some(reason) => self.left_out.push((word.to_owned(), reason)),
            None if self.words.iter().any(|known| fold_term(known) == fold_term(word)) => {}
            None => self.words.push(word.to_owned()),
        }
    }
}

/// The words of a cell of words: parted by commas, semicolons or line ends.
pub(super) fn given(cell: &str) -> Chosen {
    let mut chosen = Chosen::default();
    let parts = cell.split(['、', ',', '，', ';', '；', '|', '/', '\n', '\r', '\t']);
    parts.map(str::trim).filter(|word| !word.is_empty()).for_each(|word| chosen.weigh(word));
    chosen
}

/// The words a matter's name gives: the whole name, and the pieces it lists.
/// What is left out of those is nothing to report: nobody asked for it.
pub(super) fn derived(matter: &str) -> Chosen {
    let name = bare(matter);
    let mut chosen = Chosen::default();
    if (1..NAME).contains(&name.chars().count()) {
        let reason = Words::new("is too short to be looked for by itself", "过短，不宜单独查找");
        return Chosen { left_out: vec![(name, reason)], ..chosen };
    }
    chosen.weigh(&name);
    let whole = std::mem::take(&mut chosen.left_out);
    let ends =
        ['、', '和', '及', '与', '，', ',', '。', '；', ';', '：', ':', '/', '(', ')', '（', '）'];
    for piece in name.split(ends).map(str::trim) {
        let piece =
            piece.trim_start_matches(['其', '的', '等', '以']).trim_end_matches(['的', '等', '以']);
        if piece.chars().count() >= PIECE {
            chosen.weigh(piece);
        }
    }
    chosen.left_out = if chosen.words.is_empty() { whole } else { Vec::new() };
    chosen
}

/// A matter's name without what numbers it and the full stop behind it.
fn bare(matter: &str) -> String {
    let name = matter.split_whitespace().collect::<Vec<_>>().join(" ");
    let numeral = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let inner = name.trim_start_matches(['(', '（', '第']);
    let after = inner.trim_start_matches(numeral);
    let rest = after.trim_start_matches([')', '）', '、', '.', '．']);
    let numbered = after.len() < inner.len() && rest.len() < after.len();
    let name = if numbered { rest } else { name.as_str() };
    name.trim().trim_end_matches(['。', '；', ';', '.']).to_owned()
}

/// Why a word is no word to look for.
pub(super) fn why_not(word: &str) -> Option<Words> {
    let folded = fold_term(word);
    let letters: Vec<char> = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let ideographs = letters.iter().filter(|c| !c.is_ascii()).count();
    if letters.is_empty() {
        return Some(Words::new("holds no letter", "不含文字"));
    }
    if folded.starts_with('@') || folded.starts_with(PATTERN) {
        return Some(Words::new("begins like a list or a pattern", "以列表或正则表达式的标记开头"));
    }
    if letters.len() < 2 || ideographs == 0 && letters.len() < 3 {
        return Some(Words::new("is too short", "过短"));
    }
    if letters.iter().all(char::is_ascii_digit) {
        return Some(Words::new("is a bare number", "只是数字"));
    }
    if folded.chars().count() > LONGEST {
        return Some(Words::new(
            format!("is longer than {LONGEST} characters"),
            format!("超过{LONGEST}字"),
        ));
    }
    is_everyday(&folded).then(|| Words::new("is an everyday word", "是日常用语"))
}

/// Whether a folded word is an everyday word, or nothing but such words in a row.
fn is_everyday(word: &str) -> bool {
    let everyday = everyday();
    let word = word.to_lowercase();
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let end = |at: usize| chars.get(at).map_or(word.len(), |(offset, _)| *offset);
    // Whether the first so many characters are everyday words in a row.
    let mut so_far = vec![false; chars.len() + 1];
    so_far[0] = true;
    for from in 0..chars.len() {
        if !so_far[from] {
            continue;
        }
        if matches!(chars[from].1, ' ' | '的' | '等' | '及' | '和' | '与' | '、' | '或') {
            so_far[from + 1] = true;
        }
        for to in from + 2..=chars.len().min(from + 16) {
            so_far[to] |= everyday.contains(&word[end(from)..end(to)]);
        }
    }
    so_far[chars.len()]
}

fn everyday() -> &'static HashSet<String> {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        customs().everyday.words.iter().map(|word| fold_term(word).to_lowercase()).collect()
    })
}

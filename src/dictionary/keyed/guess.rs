//! How many guesses a term withstands, as bits: what somebody who has list and
//! key, knows the language, and tries phrases in the order of their likelihood
//! would need about.
//!
//! Characters count by how often they are met in official Chinese, and after the
//! one before them; letters and digits by what English and numbers give. People
//! guess better than pairs of characters do: of the sum [`KEPT`] is kept.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The share of the bits of pairs that is kept. Text of laws has about 6.5 bits a
/// character by its pairs, and 4 to 5 by whoever reads the sentence.
const KEPT: f64 = 0.7;

/// What a rare character counts: one of four thousand.
const RARE: f64 = 12.0;

/// A letter: two bits are kept, as words of a list of ten thousand have.
const LETTER: f64 = 2.8;

/// A digit: years and small numbers are the most frequent.
const DIGIT: f64 = 3.0;

/// Any other sign, and a character that stands close before already.
const LITTLE: f64 = 1.0;

/// Bits of characters alone and of pairs' second ones.
struct Table {
    alone: HashMap<char, f64>,
    pairs: HashMap<(char, char), f64>,
}

impl Table {
    fn get() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Self::parse(include_str!("frequencies.txt")))
    }

    fn parse(text: &str) -> Self {
        let mut table = Self { alone: HashMap::new(), pairs: HashMap::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.split(' ');
            let (Some(length), Some(bits), Some(words)) =
                (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let bits = bits.parse().unwrap_or_default();
            let mut characters = words.chars();
            while let Some(first) = characters.next() {
                match length {
                    "1" => drop(table.alone.insert(first, bits)),
                    _ => {
                        let Some(second) = characters.next() else { break };
                        table.pairs.insert((first, second), bits);
                    }
                }
            }
        }
        table
    }

    fn bits(&self, before: Option<char>, c: char) -> f64 {
        if c.is_ascii_digit() {
            return DIGIT;
        }
        if !c.is_alphanumeric() {
            return LITTLE;
        }
        if !matches!(c, '\u{3400}'..='\u{9FFF}' | '〇' | '\u{20000}'..='\u{3FFFF}') {
            return LETTER;
        }
        let alone = self.alone.get(&c).copied().unwrap_or(RARE).min(RARE);
        let after = before.and_then(|before| self.pairs.get(&(before, c)));
        after.map_or(alone, |bits| bits.min(alone))
    }
}

/// The bits of a folded term, rounded down.
pub(super) fn bits(term: &str) -> u32 {
    let table = Table::get();
    let mut last = [None; 3];
    let mut sum = 0.0;
    for c in term.chars() {
        // 哈哈哈哈 is one character.
        sum += if last.contains(&Some(c)) { LITTLE } else { table.bits(last[2], c) };
        last = [last[1], last[2], Some(c)];
    }
    (sum * KEPT) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_words_are_few_bits_and_names_nobody_expects_are_many() {
        for (term, at_least, at_most) in [
            ("国家秘密", 5, 12),
            ("人民政府", 5, 10),
            ("作战方案", 16, 24),
            ("哈哈哈哈哈哈哈哈", 8, 14),
            ("20260101", 8, 16),
            ("Report", 10, 12),
            ("领导干部名单", 20, 31),
            ("国家发展和改革委员会", 24, 34),
            ("磐石七号工程", 32, 45),
            ("云梦泽三期清淤", 45, 70),
            ("Operation Heron Lantern 41", 40, 50),
        ] {
            let bits = bits(term);
            assert!((at_least..=at_most).contains(&bits), "{term}: {bits}");
        }
    }

    #[test]
    fn the_table_is_whole() {
        let table = Table::get();
        assert!(table.alone.len() > 2000 && table.pairs.len() > 5000);
        assert!(table.pairs.keys().all(|(a, b)| *a > '\u{3000}' && *b > '\u{3000}'));
    }
}

//! What each character is folded to: built once from Unicode's compatibility
//! forms and the tables beside this file.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::Alterations;

/// Traditional → simplified.
const TRADITIONAL: &str = include_str!("traditional.txt");
/// Radicals, Japanese and regional forms → simplified.
const VARIANTS: &str = include_str!("variants.txt");

/// Characters a reader does not see: Unicode's Default_Ignorable_Code_Point,
/// control characters that are no line end or tab, interlinear annotation.
const INVISIBLE: &[RangeInclusive<u32>] = &[
    0x00..=0x08,
    0x0E..=0x1F,
    0x7F..=0x84,
    0x86..=0x9F,
    0xAD..=0xAD,
    0x34F..=0x34F,
    0x61C..=0x61C,
    0x115F..=0x1160,
    0x17B4..=0x17B5,
    0x180B..=0x180F,
    0x200B..=0x200F,
    0x2060..=0x2065,
    0x206A..=0x206F,
    0x3164..=0x3164,
    0xFE00..=0xFE0F,
    0xFEFF..=0xFEFF,
    0xFFA0..=0xFFA0,
    0xFFF0..=0xFFFB,
    0x1BCA0..=0x1BCA3,
    0x1D173..=0x1D17A,
];

/// Bidirectional controls but for [`RIGHT_TO_LEFT_OVERRIDE`].
const BIDI: &[RangeInclusive<u32>] = &[0x202A..=0x202D, 0x2066..=0x2069];

/// From here text is shown right to left, whatever it is.
pub(super) const RIGHT_TO_LEFT_OVERRIDE: char = '\u{202E}';

/// Marks that are drawn over or around the character before them.
const STACKED: &[RangeInclusive<u32>] = &[
    0x300..=0x34E,
    0x350..=0x36F,
    0x483..=0x489,
    0x1AB0..=0x1AFF,
    0x1DC0..=0x1DFF,
    0x20D0..=0x20FF,
    0xFE20..=0xFE2F,
];

/// Blanks of any width, and separators that are shown as one.
const BLANKS: &[RangeInclusive<u32>] = &[
    0x85..=0x85,
    0xA0..=0xA0,
    0x1680..=0x1680,
    0x2000..=0x200A,
    0x2028..=0x2029,
    0x202F..=0x202F,
    0x205F..=0x205F,
    0x2800..=0x2800,
    0x3000..=0x3000,
];

/// Blocks whose compatibility forms (NFKC) are folded.
const COMPATIBILITY: &[RangeInclusive<u32>] = &[
    0xB2..=0xB3,
    0xB9..=0xB9,
    0xBC..=0xBE,
    0x2070..=0x209F,
    0x2100..=0x218F,
    0x2460..=0x24FF,
    0x2E80..=0x2FDF,
    0x3036..=0x303A,
    0x3200..=0x33FF,
    0xF900..=0xFAFF,
    0xFB00..=0xFB06,
    0xFE10..=0xFE19,
    0xFE30..=0xFE6B,
    0xFF01..=0xFFEE,
    0x1D400..=0x1D7FF,
    0x1F100..=0x1F265,
    0x2F800..=0x2FA1F,
];

/// Left as they are: punctuation that is frequent and means nothing here, and
/// stars, which are the mark grammar's affair.
const KEPT: &[char] = &['，', '；', '！', '？', '＊', '﹡'];

/// Forms that Unicode does not call compatible and the eye does.
const LOOKALIKES: &[(char, &str)] = &[
    ('∶', ":"),
    ('꞉', ":"),
    ('‐', "-"),
    ('‑', "-"),
    ('‒', "-"),
    ('−', "-"),
    ('⁄', "/"),
    ('∕', "/"),
    ('⧸', "/"),
];

/// Circled numbers and letters without a compatibility form: the first of a
/// row, its length, and what the first is folded to.
const ROWS: &[(u32, u32, u32)] =
    &[(0x2776, 10, 1), (0x2780, 10, 1), (0x278A, 10, 1), (0x24EB, 10, 11), (0x24F5, 10, 1)];
const LETTER_ROWS: &[u32] = &[0x1F150, 0x1F170];

/// Planes 0 to 2 in blocks of 64.
const BLOCKS: usize = 0x30000 / 64;

/// How one character is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold<'t> {
    /// It stays.
    Same,
    /// It becomes this text: nothing, where it is taken out.
    To(&'t str, Alterations),
    /// It goes where it is drawn over something else than a letter.
    Stacked,
    /// Text from here on is shown in reverse.
    Override,
}

/// What each character is folded to.
#[derive(Debug)]
pub(super) struct Table {
    /// For each block of 64 characters, one bit a character: touched or not.
    touched: Box<[u64; BLOCKS]>,
    /// For each block, how many characters before it are touched.
    before: Vec<u16>,
    /// Of each touched character, in their order.
    entries: Vec<Entry>,
    /// What the entries' ranges slice.
    folded: String,
    version: String,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    len: u8,
    kind: Kind,
    by: Alterations,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    To,
    Stacked,
    Override,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

impl Table {
    pub(super) fn get() -> &'static Self {
        &TABLE
    }

    /// Looks a character up.
    pub(super) fn fold(&self, c: char) -> Fold<'_> {
        let code = c as usize;
        let Some(&block) = self.touched.get(code / 64) else {
            // Plane 14: tags and variation selectors, nothing else.
            return match code {
                0xE0000..=0xE0FFF => Fold::To("", Alterations::INVISIBLE),
                _ => Fold::Same,
            };
        };
        let bit = 1u64 << (code % 64);
        if block & bit == 0 {
            return Fold::Same;
        }
        let entry = self.before[code / 64] as usize + (block & (bit - 1)).count_ones() as usize;
        let entry = self.entries[entry];
        match entry.kind {
            Kind::To => {
                let start = entry.start as usize;
                Fold::To(&self.folded[start..start + entry.len as usize], entry.by)
            }
            Kind::Stacked => Fold::Stacked,
            Kind::Override => Fold::Override,
        }
    }

    /// The offset of the first character at or after `at` that does not simply
    /// stay, or the length of the text. `bytes` is UTF-8 and `at` a boundary.
    pub(super) fn next_touched(&self, bytes: &[u8], mut at: usize) -> usize {
        let touched = &*self.touched;
        let bit = |[b0, b1, b2]: [u8; 3]| {
            let block = (usize::from(b0 & 0x0F) << 6) | usize::from(b1 & 0x3F);
            touched[block] >> (b2 & 0x3F) & 1
        };
        loop {
            // Chinese text is characters of three bytes: four at a time, then one.
            while let Some(&[a0, a1, a2, b0, b1, b2, c0, c1, c2, d0, d1, d2]) =
                bytes.get(at..).and_then(|b| b.first_chunk())
            {
                let other = (a0 ^ 0xE0) | (b0 ^ 0xE0) | (c0 ^ 0xE0) | (d0 ^ 0xE0);
                let any =
                    bit([a0, a1, a2]) | bit([b0, b1, b2]) | bit([c0, c1, c2]) | bit([d0, d1, d2]);
                if other >= 0x10 || any != 0 {
                    break;
                }
                at += 12;
            }
            while let Some(&[b0, b1, b2]) = bytes.get(at..).and_then(|b| b.first_chunk()) {
                if b0 & 0xF0 != 0xE0 {
                    break;
                }
                if bit([b0, b1, b2]) != 0 {
                    return at;
                }
                at += 3;
            }
            at += plain_ascii(&bytes[at..]);
            let Some(&b0) = bytes.get(at) else { return bytes.len() };
            let next = |i: usize| usize::from(bytes.get(at + i).map_or(0, |b| b & 0x3F));
            let (len, code) = match b0 {
                0..0x80 => (1, usize::from(b0)),
                0x80..0xE0 => (2, (usize::from(b0 & 0x1F) << 6) | next(1)),
                0xE0..0xF0 => continue,
                _ => {
                    let code =
                        (usize::from(b0 & 0x07) << 18) | (next(1) << 12) | (next(2) << 6) | next(3);
                    (4, code)
                }
            };
            // Outside the table stand only plane 14, which is looked up, and
            // characters that stay.
            if touched.get(code / 64).is_none_or(|block| block >> (code % 64) & 1 != 0) {
                return at;
            }
            at += len;
        }
    }

    fn build() -> Self {
        let mut made: HashMap<u32, (String, Alterations)> = HashMap::with_capacity(8192);
        simple_forms(&mut made);
        compatibility_forms(&mut made);
        close(&mut made);
        for &(first, count, value) in ROWS {
            made.extend(
                (0..count)
                    .map(|i| (first + i, ((value + i).to_string(), Alterations::COMPATIBILITY))),
            );
        }
        for &first in LETTER_ROWS {
            let letters = ('A'..='Z').zip(first..);
            made.extend(
                letters.map(|(c, code)| (code, (c.to_string(), Alterations::COMPATIBILITY))),
            );
        }
        for code in characters(INVISIBLE) {
            made.insert(code, (String::new(), Alterations::INVISIBLE));
        }
        for code in characters(BIDI) {
            made.insert(code, (String::new(), Alterations::BIDI));
        }
        Self::compile(&made)
    }

    fn compile(made: &HashMap<u32, (String, Alterations)>) -> Self {
        let mut codes: Vec<(u32, Kind)> = made.keys().map(|&code| (code, Kind::To)).collect();
        codes.extend(characters(STACKED).map(|code| (code, Kind::Stacked)));
        codes.push((RIGHT_TO_LEFT_OVERRIDE as u32, Kind::Override));
        codes.sort_unstable_by_key(|&(code, _)| code);

        let mut touched = Box::new([0u64; BLOCKS]);
        let mut entries = Vec::with_capacity(codes.len());
        let mut folded = String::new();
        for (code, kind) in codes {
            touched[code as usize / 64] |= 1 << (code % 64);
            let (text, by) = made.get(&code).cloned().unwrap_or_default();
            let start = folded.len() as u32;
            entries.push(Entry { start, len: text.len() as u8, kind, by });
            folded.push_str(&text);
        }
        let mut count = 0;
        let before = touched.iter().map(|block| {
            let at = count;
            count += block.count_ones() as u16;
            at
        });
        let before = before.collect();
        let version = version(&*touched, &entries, &folded);
        Self { touched, before, entries, folded, version }
    }

    /// SHA-256 of all it says.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

fn version(touched: &[u64], entries: &[Entry], folded: &str) -> String {
    let mut hash = Sha256::new();
    touched.iter().for_each(|block| hash.update(block.to_le_bytes()));
    for entry in entries {
        hash.update([entry.kind as u8, entry.len]);
        hash.update(entry.start.to_le_bytes());
    }
    hash.update(folded);
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// How many of the bytes, from the first, are ASCII that stays, in whole words
/// of eight: a newline is worth a look by itself.
fn plain_ascii(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let plain = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        let below_space = word.wrapping_sub(ONES * 0x20) & !word;
        let delete = word ^ (ONES * 0x7F);
        let is_delete = delete.wrapping_sub(ONES) & !delete;
        (word | below_space | is_delete) & HIGH == 0
    };
    bytes.as_chunks::<8>().0.iter().take_while(|word| plain(word)).count() * 8
}

fn characters(ranges: &[RangeInclusive<u32>]) -> impl Iterator<Item = u32> + '_ {
    ranges.iter().cloned().flatten()
}

/// Blanks, look-alikes and the two tables of single characters.
fn simple_forms(made: &mut HashMap<u32, (String, Alterations)>) {
    for code in characters(BLANKS) {
        made.insert(code, (" ".to_owned(), Alterations::WIDTH));
    }
    for &(c, text) in LOOKALIKES {
        made.insert(c as u32, (text.to_owned(), Alterations::COMPATIBILITY));
    }
    for (table, by) in [(TRADITIONAL, Alterations::TRADITIONAL), (VARIANTS, Alterations::VARIANT)] {
        for pair in
            table.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
        {
            let mut pair = pair.chars();
            if let (Some(from), Some(to)) = (pair.next(), pair.next()) {
                made.entry(from as u32).or_insert((to.to_string(), by));
            }
        }
    }
}

fn compatibility_forms(made: &mut HashMap<u32, (String, Alterations)>) {
    for c in characters(COMPATIBILITY).filter_map(char::from_u32) {
        let by = match c {
            '\u{FF01}'..='\u{FFEE}' => Alterations::WIDTH,
            _ => Alterations::COMPATIBILITY,
        };
        if KEPT.contains(&c) || made.contains_key(&(c as u32)) {
            continue;
        }
        let text: String = std::iter::once(c).nfkc().collect();
        // A mark by itself (￣) has no form without it.
        let marked = text.chars().any(|c| STACKED.iter().any(|marks| marks.contains(&(c as u32))));
        if text.chars().ne([c]) && !marked {
            made.insert(c as u32, (text, by));
        }
    }
}

/// Follows what folds to something that folds on: a compatibility ideograph may
/// be a traditional character.
fn close(made: &mut HashMap<u32, (String, Alterations)>) {
    let folds_on = |(_, (text, _)): &(&u32, &(String, Alterations))| {
        text.chars().any(|c| made.contains_key(&(c as u32)))
    };
    let codes: Vec<u32> = made.iter().filter(folds_on).map(|(&code, _)| code).collect();
    for code in codes {
        let Some((mut text, mut by)) = made.get(&code).cloned() else { continue };
        // No chain is longer than three; four rounds see the end of all.
        for _ in 0..4 {
            let mut next = String::with_capacity(text.len());
            for c in text.chars() {
                match made.get(&(c as u32)) {
                    Some((to, further)) => {
                        next.push_str(to);
                        by |= *further;
                    }
                    None => next.push(c),
                }
            }
            text = next;
        }
        made.insert(code, (text, by));
    }
}

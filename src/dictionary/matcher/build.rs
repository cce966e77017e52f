//! Head words → the tables they are found by.

use super::endings::Endings;
use super::filter::Bits;
use super::grams::Grams;
use super::keys::{Class, SMEAR, hash, last_bytes, slot_hash};
use super::tables::{Ends, Slot, Tables, with_before};
use super::words::{ANY_CASE, ENTRY, LARGE, NONE, WHOLE_WORD, Words, backwards};
use super::{Engine, Head};

/// From so many words on that end in characters of three bytes, their last two
/// characters tell too little.
const MANY: usize = 20_000;

/// The engine for these heads, as if there were `many` or few of them where that is said.
pub(super) fn build(mut heads: Vec<Head>, many: Option<bool>) -> Engine {
    heads.sort_unstable_by(|a, b| {
        let (left, right) = (a.word.as_bytes(), b.word.as_bytes());
        let key = |word: &[u8]| {
            let class = Class::of(word);
            (class, class.key_of(word))
        };
        let by_key = key(left).cmp(&key(right));
        by_key.then_with(|| backwards(left).cmp(backwards(right))).then_with(|| a.cmp(b))
    });
    heads.dedup();

    let mut words = Words { any_case: heads.iter().any(|h| h.any_case), ..Words::default() };
    for head in &heads {
        let last = words.starts.last().map(|start| &words.letters[*start as usize..]);
        if last != Some(head.word.as_bytes()) {
            words.firsts.push(number(words.heads.len()));
            words.starts.push(number(words.letters.len()));
            words.letters.extend_from_slice(head.word.as_bytes());
            words.longest = words.longest.max(head.word.len());
        }
        let flags = [(head.any_case, ANY_CASE), (head.whole_word, WHOLE_WORD)];
        let flags = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| flag).sum::<u32>();
        words.heads.push(number(head.entry) & ENTRY | flags);
    }
    words.firsts.push(number(words.heads.len()));
    words.starts.push(number(words.letters.len()));
    let tables = tables(&mut words, many);
    Engine::of(words, tables)
}

/// What would not fit is more than can be read as a dictionary.
fn number(of: usize) -> u32 {
    u32::try_from(of).expect("words of less than 4 GB")
}

/// Words that stand together and have the same key.
struct Group {
    class: Class,
    key: u64,
    first: usize,
    end: usize,
}

/// Makes the table of keys and the filters.
fn tables(words: &mut Words, many: Option<bool>) -> Tables {
    let mut made = Tables::default();
    let mut groups: Vec<Group> = Vec::new();
    for word in 0..words.len() {
        let class = Class::of(words.word(word));
        let key = class.key_of(words.word(word));
        made.classes[class as usize] = true;
        match groups.last_mut() {
            Some(group) if group.class == class && group.key == key => group.end = word + 1,
            _ => groups.push(Group { class, key, first: word, end: word + 1 }),
        }
    }
    let han: usize = groups.iter().filter(|g| g.class >= Class::Han).map(|g| g.end - g.first).sum();
    made.han = match many.unwrap_or(han >= MANY) {
        false => Ends::Few(Endings::for_words(han)),
        true => Ends::Many(Grams::for_words(han, made.classes[Class::TwoHan as usize])),
    };
    made.other = Endings::for_words(words.len() - han);
    made.keys = Bits::for_keys(groups.len());
    // Three in four are taken at most; filters see to it that few empty ones are asked.
    made.slots = vec![Slot::default(); (groups.len() * 4 / 3 + 1).next_power_of_two().max(2)];
    let mask = made.slots.len() - 1;
    let is_single = |g: &Group| g.class == Class::Han && words.word(g.first).len() == 3;
    if groups.iter().any(is_single) {
        made.singles = vec![0; 1 << 10];
    }
    for group in &groups {
        let mut slot = slot_hash(group.key) as usize & mask;
        while made.slots[slot].count != 0 {
            slot = (slot + 1) & mask;
        }
        made.slots[slot] = slot_of(words, group);
        if group.end - group.first > LARGE {
            parents(words, group);
        }
        for word in group.first..group.end {
            pass(&mut made, words.word(word), group);
        }
    }
    made
}

fn slot_of(words: &Words, group: &Group) -> Slot {
    let Group { class, key, first, end } = *group;
    let count = (end - first).min(usize::from(Slot::MANY)) as u8;
    let made = Slot { key, class: class as u8, first: first as u32, count };
    let heads = &words.heads[words.firsts[first] as usize..words.firsts[end] as usize];
    match heads {
        [head]
            if class.is_exact()
                && words.word(first).len() == class.len()
                && *head & !ENTRY == 0 =>
        {
            Slot { first: *head, count: Slot::DIRECT, ..made }
        }
        _ => made,
    }
}

/// Lets a word through the filters.
fn pass(made: &mut Tables, letters: &[u8], group: &Group) {
    let Group { class, key, .. } = *group;
    let tail = last_bytes(letters);
    let before = letters.len().checked_sub(class.len()).and_then(|at| letters[..at].last_chunk());
    made.keys.add(hash(match before {
        Some(three) if class == Class::FourHan => with_before(key, *three),
        _ => key,
    }));
    match class {
        // Where none is a word alone, these end words only where they are the first
        // in a row.
        Class::Han if made.singles.is_empty() => {}
        Class::Han => {
            let code = (key >> 16) as usize;
            made.singles[code / 64] |= 1 << (code % 64);
        }
        Class::TwoHan | Class::ThreeHan | Class::FourHan => match &mut made.han {
            Ends::Few(endings) => endings.add(tail, class, letters.len()),
            Ends::Many(grams) => grams.add(letters, class),
        },
        Class::EightBytes | Class::FourBytes => made.other.add(tail, class, letters.len()),
        Class::ThreeBytes | Class::TwoBytes => {
            let two = ((tail | SMEAR) >> 48) as usize;
            made.short.resize(1 << 10, 0);
            made.short[two / 64] |= 1 << (two % 64);
        }
        Class::Byte => {
            let last = ((tail | SMEAR) >> 56) as usize;
            made.short.resize(1 << 10, 0);
            for before in 0..256 {
                let two = last << 8 | before;
                made.short[two / 64] |= 1 << (two % 64);
            }
        }
    }
}

/// Links the words of a large group to the longest one each ends with.
fn parents(words: &mut Words, group: &Group) {
    words.parents.resize(words.len(), NONE);
    let mut open: Vec<usize> = Vec::new();
    for word in group.first..group.end {
        let letters = words.word(word);
        while let Some(&last) = open.last() {
            let end = words.word(last);
            let here = letters.len().checked_sub(end.len()).map(|from| &letters[from..]);
            if here.is_some_and(|here| here.eq_ignore_ascii_case(end)) {
                break;
            }
            open.pop();
        }
        if let Some(&last) = open.last() {
            words.parents[word] = last as u32;
        }
        open.push(word);
    }
}

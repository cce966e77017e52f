//! Head words → the tables they are found by.

use super::filter::{Bits, Endings};
use super::keys::{Class, SMEAR, hash, last_bytes, slot_hash};
use super::{ANY_CASE, ENTRY, Engine, Head, LARGE, NONE, Slot, WHOLE_WORD, backwards};

pub(super) fn build(mut heads: Vec<Head>) -> Engine {
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

    let mut made = Engine { any_case: heads.iter().any(|h| h.any_case), ..Engine::default() };
    for head in &heads {
        let last = made.starts.last().map(|start| &made.letters[*start as usize..]);
        if last != Some(head.word.as_bytes()) {
            made.firsts.push(number(made.heads.len()));
            made.starts.push(number(made.letters.len()));
            made.letters.extend_from_slice(head.word.as_bytes());
            made.longest = made.longest.max(head.word.len());
        }
        let flags = [(head.any_case, ANY_CASE), (head.whole_word, WHOLE_WORD)];
        let flags = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| flag).sum::<u32>();
        made.heads.push(number(head.entry) & ENTRY | flags);
    }
    made.firsts.push(number(made.heads.len()));
    made.starts.push(number(made.letters.len()));
    tables(&mut made);
    made
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
fn tables(made: &mut Engine) {
    let mut groups: Vec<Group> = Vec::new();
    for word in 0..made.starts.len() - 1 {
        let class = Class::of(made.word(word));
        let key = class.key_of(made.word(word));
        made.classes[class as usize] = true;
        match groups.last_mut() {
            Some(group) if group.class == class && group.key == key => group.end = word + 1,
            _ => groups.push(Group { class, key, first: word, end: word + 1 }),
        }
    }
    let han: usize = groups.iter().filter(|g| g.class >= Class::Han).map(|g| g.end - g.first).sum();
    made.han = Endings::for_words(han);
    made.other = Endings::for_words(made.starts.len() - 1 - han);
    made.keys = Bits::for_keys(groups.len());
    // Three in four are taken at most; filters see to it that few empty ones are asked.
    made.slots = vec![Slot::default(); (groups.len() * 4 / 3 + 1).next_power_of_two().max(2)];
    let mask = made.slots.len() - 1;
    let is_single = |g: &Group| g.class == Class::Han && made.word(g.first).len() == 3;
    if groups.iter().any(is_single) {
        made.singles = vec![0; 1 << 10];
    }
    for group in &groups {
        made.keys.add(hash(group.key));
        let mut slot = slot_hash(group.key) as usize & mask;
        while made.slots[slot].count != 0 {
            slot = (slot + 1) & mask;
        }
        made.slots[slot] = made.slot(group);
        if group.end - group.first > LARGE {
            parents(made, group);
        }
        for word in group.first..group.end {
            pass(made, word, group.class);
        }
    }
}

impl Engine {
    fn slot(&self, group: &Group) -> Slot {
        let Group { class, key, first, end } = *group;
        let mut before = 0;
        for word in first..end {
            let letters = self.word(word);
            let rest = &letters[..letters.len() - class.len().min(letters.len())];
            before |= match rest.last_chunk::<3>() {
                Some(three) => 1 << super::before_bit(*three),
                None => u16::MAX,
            };
        }
        let made = Slot {
            key,
            before,
            class: class as u8,
            first: first as u32,
            count: (end - first).min(usize::from(Slot::MANY)) as u8,
        };
        let heads = &self.heads[self.firsts[first] as usize..self.firsts[end] as usize];
        match heads {
            [head]
                if class.is_exact()
                    && self.word(first).len() == class.len()
                    && *head & !ENTRY == 0 =>
            {
                Slot { first: *head, count: Slot::DIRECT, ..made }
            }
            _ => made,
        }
    }
}

/// Lets a word through the first filters.
fn pass(made: &mut Engine, word: usize, class: Class) {
    let letters = &made.letters[made.span(word)];
    let length = letters.len();
    match class {
        // Where none is a word alone, these end words only where they are the first
        // in a row.
        Class::Han if made.singles.is_empty() => {}
        Class::Han => {
            let code = (class.key_of(letters) >> 16) as usize;
            made.singles[code / 64] |= 1 << (code % 64);
        }
        Class::TwoHan | Class::ThreeHan | Class::FourHan => {
            let tail = last_bytes(letters);
            made.han.add(tail, class, length);
        }
        Class::EightBytes | Class::FourBytes => {
            let tail = last_bytes(letters);
            made.other.add(tail, class, length);
        }
        Class::ThreeBytes | Class::TwoBytes => {
            let two = ((last_bytes(letters) | SMEAR) >> 48) as usize;
            made.short.resize(1 << 10, 0);
            made.short[two / 64] |= 1 << (two % 64);
        }
        Class::Byte => {
            let last = ((last_bytes(letters) | SMEAR) >> 56) as usize;
            made.short.resize(1 << 10, 0);
            for before in 0..256 {
                let two = last << 8 | before;
                made.short[two / 64] |= 1 << (two % 64);
            }
        }
    }
}

/// Links the words of a large group to the longest one each ends with.
fn parents(made: &mut Engine, group: &Group) {
    made.parents.resize(made.starts.len() - 1, NONE);
    let mut open: Vec<usize> = Vec::new();
    for word in group.first..group.end {
        let letters = made.word(word);
        while let Some(&last) = open.last() {
            let end = made.word(last);
            let here = letters.len().checked_sub(end.len()).map(|from| &letters[from..]);
            if here.is_some_and(|here| here.eq_ignore_ascii_case(end)) {
                break;
            }
            open.pop();
        }
        if let Some(&last) = open.last() {
            made.parents[word] = last as u32;
        }
        open.push(word);
    }
}

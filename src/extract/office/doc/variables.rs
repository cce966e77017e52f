//! Texts kept with a document that stand on no page: variables, words before the
//! items of lists, and what an old file says of its title.

use std::collections::BTreeSet;

use super::bytes::{strings, u8_at, u16_at, up_to, utf16};
use super::document::Document;
use super::fib::{Part, Version};
use crate::extract::office::properties::property;
use crate::model::TextBuilder;

/// Variables, at most: more are no document's.
const MAX_VARIABLES: usize = 10_000;
/// Lists, at most (2.9.131).
const MAX_LISTS: usize = 4095;

/// Reads them, as properties.
pub(super) fn read(document: &Document<'_, '_>, text: &mut TextBuilder) {
    if document.fib.version != Version::Eight {
        return;
    }
    for (name, value) in variables(document.part(Part::Variables)) {
        property(text, &name, &value);
    }
    let lists = document.fib.offset(Part::Lists);
    for word in lists.map(|at| list_words(document.streams.table, at)).unwrap_or_default() {
        property(text, "numbering", &word);
    }
}

/// Names with their values (2.9.309, StwUser): a table of strings with four bytes
/// more each, then the values.
fn variables(part: &[u8]) -> Vec<(String, String)> {
    let count = usize::from(u16_at(part, 2).unwrap_or(0)).min(MAX_VARIABLES);
    let more = usize::from(u16_at(part, 4).unwrap_or(0));
    let mut at = 6;
    let mut names = Vec::new();
    for _ in 0..count {
        let Some(units) = u16_at(part, at) else { break };
        let bytes = 2 * usize::from(units);
        names.push(utf16(up_to(part, at + 2, bytes)));
        at += 2 + bytes + more;
    }
    let values = strings(part.get(at..).unwrap_or_default(), names.len());
    names.into_iter().zip(values).collect()
}

/// Words that stand before the items of lists (2.9.150, LVL): the levels of all
/// lists come behind the lists, one after the other.
fn list_words(table: &[u8], at: usize) -> BTreeSet<String> {
    const LIST: usize = 28;
    const LEVEL: usize = 28;
    let mut words = BTreeSet::new();
    let part = table.get(at..).unwrap_or_default();
    let count = usize::from(u16_at(part, 0).unwrap_or(0)).min(MAX_LISTS);
    let mut levels = part.get(2 + LIST * count..).unwrap_or_default();
    for list in 0..count {
        let is_simple = u8_at(part, 2 + LIST * list + 26).is_some_and(|bits| bits & 1 != 0);
        for _ in 0..if is_simple { 1 } else { 9 } {
            let (Some(characters), Some(paragraph)) = (u8_at(levels, 24), u8_at(levels, 25)) else {
                return words;
            };
            let text = LEVEL + usize::from(characters) + usize::from(paragraph);
            let Some(units) = u16_at(levels, text) else { return words };
            let end = text + 2 + 2 * usize::from(units);
            let stored = up_to(levels, text + 2, end - text - 2);
            let units = stored.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]]));
            // Numbers below nine stand for the numbers of levels.
            let text: String = char::decode_utf16(units.filter(|unit| *unit > 8))
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            let letters = text.chars().filter(|c| c.is_alphabetic()).count();
            let is_whole = !stored.chunks_exact(2).any(|u| u[0] < 9 && u[1] == 0);
            if letters > 2 && is_whole || text.contains('★') || letters > 4 {
                words.insert(text);
            }
            levels = levels.get(end..).unwrap_or_default();
        }
    }
    words
}

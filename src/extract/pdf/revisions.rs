//! Earlier states of a file that was updated by adding to its end (ISO 32000-2,
//! 7.5.6): what they showed and the last one does not.

use std::collections::HashSet;

use memchr::memmem;

use super::syntax::{Dict, File, Lexer, Object, Token};

/// Earlier states that are read.
const MAX_REVISIONS: usize = 16;

/// An earlier state: its length, and where its last section of places is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Revision {
    pub(crate) length: usize,
    pub(crate) offset: usize,
}

/// The states before the last, oldest first.
pub(crate) fn earlier(bytes: &[u8]) -> Vec<Revision> {
    let mut made: Vec<Revision> = Vec::new();
    for at in memmem::find_iter(bytes, b"startxref") {
        let mut lexer = Lexer::new(bytes, at + b"startxref".len());
        let Some(Token::Integer(offset)) = lexer.token() else { continue };
        // The first of two in a file made for the web points nowhere, or ahead.
        let Some(offset) = usize::try_from(offset).ok().filter(|to| *to > 0 && *to < at) else {
            continue;
        };
        if made.last().is_none_or(|last| last.offset != offset) {
            made.push(Revision { length: lexer.at(), offset });
        }
        if made.len() > MAX_REVISIONS {
            break;
        }
    }
    made.pop();
    made
}

/// Objects that are written anew behind the first `length` bytes.
pub(crate) fn changed(file: &File<'_, '_>, length: usize) -> HashSet<u32> {
    let later = file.bytes().get(length..).unwrap_or_default();
    let found = super::syntax::xref::search(later, file.meter);
    found.places.into_keys().collect()
}

/// Whether a page, or what it is drawn with, is among the changed objects.
pub(crate) fn is_touched(file: &File<'_, '_>, page: &Dict, changed: &HashSet<u32>) -> bool {
    let mut waiting: Vec<Object> = Vec::new();
    let add = |waiting: &mut Vec<Object>, dict: &Dict| {
        for key in
            [&b"Contents"[..], b"Resources", b"XObject", b"Annots", b"AP", b"N", b"V", b"Font"]
        {
            waiting.extend(dict.get(key).cloned());
        }
    };
    add(&mut waiting, page);
    let mut seen = HashSet::new();
    while let (Some(object), true) = (waiting.pop(), file.meter.steps(2)) {
        if let Some(number) = object.reference() {
            if changed.contains(&number) {
                return true;
            }
            if seen.len() > 10_000 || !seen.insert(number) {
                continue;
            }
        }
        match file.resolve(&object) {
            Object::Array(items) => {
                waiting.extend(
                    items
                        .iter()
                        .take(10_000)
                        .filter(|item| matches!(item, Object::Reference(_) | Object::Dict(_)))
                        .cloned(),
                );
            }
            Object::Stream(stream) => add(&mut waiting, &stream.dict),
            Object::Dict(dict) => {
                add(&mut waiting, &dict);
                // Lists of forms and states have names of their own as keys.
                let inner = dict.iter().filter(|(_, value)| value.reference().is_some());
                let is_list = !dict.has(b"Type");
                waiting
                    .extend(inner.filter(|_| is_list).take(10_000).map(|(_, value)| value.clone()));
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_end_where_places_are_named() {
        let twice =
            b"%PDF-1.4 1 0 obj xref trailer startxref 17 %%EOF more xref startxref 50 %%EOF";
        let made = earlier(twice);
        assert_eq!(made.iter().map(|r| r.offset).collect::<Vec<_>>(), [17]);
        assert!(twice[..made[0].length].ends_with(b"startxref 17"));
        for single in [
            &b"xref startxref 2 %%EOF"[..],
            // Made for the web: the first part points at nothing.
            b"xref startxref 0 %%EOF and the rest xref startxref 5 %%EOF",
            b"nothing",
        ] {
            assert_eq!(earlier(single), []);
        }
    }
}

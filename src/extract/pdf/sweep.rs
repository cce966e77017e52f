//! What stands in objects that nothing shown leads to: alternative texts of the
//! structure tree (ISO 32000-2, 14.9), embedded files that no list names.
//!
//! All objects are looked at, but only in files that mention such things.

use memchr::memmem;

use super::Said;
use super::attachments::Attachments;
use super::syntax::File;
use crate::model::Region;

/// Keys that are worth looking at all objects.
const KEYS: [&[u8]; 4] = [b"/Alt", b"/ActualText", b"/E", b"/EF"];

/// Looks at all objects, if there may be something; `shown` are the letters of
/// the pages.
pub(crate) fn read(
    file: &File<'_, '_>,
    attachments: &mut Attachments,
    shown: &dyn Fn() -> String,
) -> Vec<Said> {
    let mut made: Vec<Said> = Vec::new();
    if !is_mentioned(file) {
        return made;
    }
    let mut letters = None;
    for number in file.numbers() {
        if file.meter.is_stopped() {
            break;
        }
        let object = file.object(number);
        let Some(dict) = object.dict() else { continue };
        if dict.has(b"EF") {
            attachments.specification(file, &object, "");
        }
        // Elements of the structure name their kind and what is around them.
        if !(dict.has(b"S") && (dict.has(b"P") || dict.is(b"Type", b"StructElem"))) {
            continue;
        }
        for (key, label) in [(&b"Alt"[..], ""), (b"ActualText", "actual text"), (b"E", "expansion")]
        {
            let Some(text) = file.text(dict, key).filter(|text| !text.trim().is_empty()) else {
                continue;
            };
            let own: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let letters = letters.get_or_insert_with(shown);
            // Mostly it is what the page shows anyway.
            let is_known =
                key == b"ActualText" && (own.chars().count() < 2 || letters.contains(&own));
            if !is_known && made.iter().rev().take(64).all(|said| said.text != text) {
                file.meter.steps(letters.len() as u64 / 256);
                made.push(Said::new(Region::AltText, 0, label.to_owned(), text));
            }
        }
    }
    made
}

/// Whether the file or one of its object streams has one of the keys.
fn is_mentioned(file: &File<'_, '_>) -> bool {
    KEYS.iter()
        .any(|key| has_key(file.bytes(), key) || file.packed_parts(&|data| has_key(data, key)))
}

fn has_key(data: &[u8], key: &[u8]) -> bool {
    memmem::find_iter(data, key).any(|at| {
        data.get(at + key.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'#')
    })
}

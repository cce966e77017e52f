//! Form fields (MS-DOC 2.9.78, FFData): what is chosen of a list.

use super::bytes::{place, u8_at, u16_at, u32_at, up_to, utf16};

/// Entries of a list, at most (2.9.78).
const MAX_ENTRIES: usize = 25;

/// What is chosen of the list that stands at a place of the data stream; `None`
/// where there is no list, but a box to tick or to write in.
pub(super) fn choice(data: &[u8], at: u32) -> Option<String> {
    let stored = data.get(place(at)..)?;
    let stored = up_to(stored, 0, place(u32_at(stored, 0)?));
    let form = stored.get(usize::from(u16_at(stored, 4)?)..)?;
    let bits = u16_at(form, 4)?;
    if bits & 3 != 2 {
        return None;
    }
    let result = usize::from(bits >> 2 & 0x1F);
    // Version, bits, length, size; a name; the default; five strings.
    let mut at = 10;
    at = behind_string(form, at)?;
    let default = usize::from(u16_at(form, at)?);
    at += 2;
    for _ in 0..5 {
        at = behind_string(form, at)?;
    }
    let count = usize::from(u16_at(form, at + 2)?).min(MAX_ENTRIES);
    at += 6;
    let chosen = if result < MAX_ENTRIES { result } else { default };
    for entry in 0..count {
        let units = usize::from(u16_at(form, at)?);
        if entry == chosen {
            return Some(utf16(up_to(form, at + 2, 2 * units)));
        }
        at += 2 + 2 * units;
    }
    None
}

/// One past a string with its count before it and a zero behind it.
fn behind_string(bytes: &[u8], at: usize) -> Option<usize> {
    let units = usize::from(u16_at(bytes, at)?);
    u8_at(bytes, at)?;
    at.checked_add(2 + 2 * units + 2)
}

//! What a glyph name stands for (Adobe Glyph List Specification).

use super::tables;

/// The characters of a glyph name; `None` where it tells none.
pub(crate) fn characters(name: &str) -> Option<String> {
    // What follows a point is a variant of the glyph, not of the character.
    let base = match name.split_once('.') {
        Some(("", _)) => return None,
        Some((base, _)) => base,
        None => name,
    };
    let mut text = String::new();
    for part in base.split('_') {
        text.push_str(&component(part)?);
    }
    (!text.is_empty()).then_some(text)
}

fn component(name: &str) -> Option<String> {
    if let Some(listed) = tables::listed(name) {
        return Some(listed.collect());
    }
    let is_hex = |digits: &str| {
        digits.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase())
    };
    let single = |digits: &str| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    if let Some(digits) = name.strip_prefix("uni").filter(|digits| digits.len() >= 4) {
        if digits.len().is_multiple_of(4) && is_hex(digits) {
            let units = digits.as_bytes().chunks(4).filter_map(|four| {
                let four = std::str::from_utf8(four).ok()?;
                u16::from_str_radix(four, 16).ok()
            });
            return String::from_utf16(&units.collect::<Vec<_>>()).ok();
        }
        // Lower-case digits are no standard, but are written.
        return single(digits.get(..4)?).map(String::from);
    }
    let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
    single(digits).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled() {
        for (name, text) in [
            ("A", "A"),
            ("A.small", "A"),
            ("f_f_i", "ffi"),
            ("uni673A5BC6", "机密"),
            ("u2014", "—"),
            ("u1F600", "😀"),
            ("uni00e9", "é"),
            ("Lcommaaccent", "Ļ"),
        ] {
            assert_eq!(characters(name).as_deref(), Some(text), "{name}");
        }
        for name in [".notdef", "g123", "cid1234", "", "uni12", "uniD800", "a_nosuchname"] {
            assert_eq!(characters(name), None, "{name}");
        }
    }
}

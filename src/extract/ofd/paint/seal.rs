//! The picture of a seal (GB/T 38540, 6; GM/T 0031): somewhere in its DER stands a sequence
//! of a type (`png`, `ofd`), the bytes of the picture, its width and its height. It is
//! looked for by its form, since releases of the standard put it at different places; nothing is verified.

/// Values that are looked at.
const MOST: usize = 20_000;

/// Sequences within sequences.
const DEPTH: usize = 24;

/// A picture in a seal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SealPicture<'a> {
    /// Its kind, in small letters: `png`, `jpg`, `bmp`, `gif`, `ofd`.
    pub(super) kind: String,
    pub(super) bytes: &'a [u8],
}

/// The first picture in a seal or in a signature that holds one.
pub(super) fn picture(der: &[u8]) -> Option<SealPicture<'_>> {
    let mut open = vec![(der, 0)];
    let mut left = MOST;
    while let Some((content, depth)) = open.pop() {
        let values = values(content, &mut left);
        if let Some(found) = as_picture(&values) {
            return Some(found);
        }
        // Those in front come first; strings of bytes may hold DER themselves.
        for (tag, inner) in values.into_iter().rev() {
            let is_open = tag & 0x20 != 0 || tag == 0x04 && inner.first() == Some(&0x30);
            if is_open && depth < DEPTH {
                open.push((inner, depth + 1));
            }
        }
    }
    None
}

/// Values one after another: tag and content. Ends at what makes no sense.
fn values<'a>(content: &'a [u8], left: &mut usize) -> Vec<(u8, &'a [u8])> {
    let mut found = Vec::new();
    let mut rest = content;
    while let (Some((tag, inner, behind)), true) = (value(rest), *left > 0) {
        *left -= 1;
        found.push((tag, inner));
        rest = behind;
    }
    found
}

fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, &first) = (bytes.first()?, bytes.get(1)?);
    let (length, begin) = match first {
        0..=0x7F => (usize::from(first), 2),
        0x81..=0x84 => {
            let digits = usize::from(first & 0x7F);
            let length = bytes.get(2..2 + digits)?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), 2 + digits)
        }
        _ => return None,
    };
    let end = begin.checked_add(length)?;
    Some((tag, bytes.get(begin..end)?, bytes.get(end..)?))
}

/// Type (IA5String or UTF8String), bytes (OCTET STRING), width and height (INTEGER).
fn as_picture<'a>(values: &[(u8, &'a [u8])]) -> Option<SealPicture<'a>> {
    values.windows(4).find_map(|four| {
        let &[(0x16 | 0x0C | 0x13, kind), (0x04, bytes), (0x02, _), (0x02, _)] = four else {
            return None;
        };
        let kind = std::str::from_utf8(kind).ok()?.trim().to_ascii_lowercase();
        let kind = kind.trim_start_matches('.').trim_start_matches("image/").to_owned();
        (!bytes.is_empty() && (2..=8).contains(&kind.len())).then_some(SealPicture { kind, bytes })
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A value in DER.
    pub(in crate::extract::ofd::paint) fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = (content.len() as u32).to_be_bytes();
        [&[tag, 0x84][..], &length, content].concat()
    }

    #[test]
    fn the_picture_is_found_wherever_it_stands() {
        let inner = [der(0x16, b"PNG"), der(4, b"pixels"), der(2, &[40]), der(2, &[30])].concat();
        let info = der(0x30, &inner);
        let seal = der(0x30, &[der(2, &[4]), der(0x30, &info)].concat());
        let wrapped = der(0x30, &[der(0x16, b"ES"), der(4, &seal)].concat());
        for whole in [&info, &seal, &wrapped] {
            let found = picture(whole).unwrap();
            assert_eq!((&*found.kind, found.bytes), ("png", &b"pixels"[..]));
            for cut in 0..whole.len() {
                assert!(picture(&whole[..cut]).is_none_or(|found| found.bytes == b"pixels"));
                let mut changed = whole.clone();
                changed[cut] ^= 0xFF;
                let _ = picture(&changed);
            }
        }
        assert_eq!(picture(&der(0x30, b"nothing")), None);
        // As deep as somebody likes.
        let deep = (0..2000).fold(info, |inner, _| der(0x30, &inner));
        assert_eq!(picture(&deep), None);
    }
}

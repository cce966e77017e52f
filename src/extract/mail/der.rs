//! ASN.1 in BER and DER (X.690), as far as CMS needs it: elements in elements,
//! with lengths that are told or not, cut where the bytes end.

use crate::extract::Budget;
use crate::model::Gap;

pub(super) const OCTETS: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const EXPLICIT_0: u8 = 0xA0;

/// Elements within each other. Each without a length of its own is gone through
/// once for each that it is in.
const DEEPEST: usize = 32;

/// A tag and its content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// Whether the bytes ended before it did.
    pub(super) cut: bool,
}

/// The element at the start of some bytes, and what stands behind it.
pub(super) fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, begin, length) = header(bytes)?;
    match length {
        Some(length) => {
            let rest = bytes.get(begin..)?;
            let cut = length > rest.len();
            let (content, behind) = rest.split_at(length.min(rest.len()));
            Some((Element { tag, content, cut }, behind))
        }
        None => {
            let (end, cut) = end_of_contents(bytes, begin);
            let behind = bytes.get(end.saturating_add(2)..).unwrap_or_default();
            Some((Element { tag, content: bytes.get(begin..end)?, cut }, behind))
        }
    }
}

/// Tag, where the content begins, and its length; `None` for one told by its end.
fn header(bytes: &[u8]) -> Option<(u8, usize, Option<usize>)> {
    let (tag, length) = (*bytes.first()?, *bytes.get(1)?);
    // Tags of more than one byte do not occur in what is read here.
    if tag & 0x1F == 0x1F {
        return None;
    }
    match length {
        0x80 if tag & 0x20 != 0 => Some((tag, 2, None)),
        0..0x80 => Some((tag, 2, Some(length.into()))),
        0x81..=0x88 => {
            let count = usize::from(length & 0x7F);
            let digits = bytes.get(2..2 + count)?;
            let length = digits.iter().fold(0_u64, |sum, b| sum << 8 | u64::from(*b));
            Some((tag, 2 + count, Some(usize::try_from(length).unwrap_or(usize::MAX))))
        }
        _ => None,
    }
}

/// Where the two zeros stand that end an element of no told length. One walk
/// over headers, however deep they stand.
fn end_of_contents(bytes: &[u8], begin: usize) -> (usize, bool) {
    let (mut at, mut open) = (begin, 0_usize);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(&[0, 0]) {
            if open == 0 {
                return (at, false);
            }
            open -= 1;
            at += 2;
            continue;
        }
        at = match header(rest) {
            Some((_, length, None)) => {
                open += 1;
                at + length
            }
            Some((_, begin, Some(length))) => {
                match at.checked_add(begin).and_then(|a| a.checked_add(length)) {
                    Some(next) if next <= bytes.len() => next,
                    _ => return (bytes.len(), true),
                }
            }
            None => return (bytes.len(), true),
        };
    }
}

impl<'a> Element<'a> {
    /// The elements in it.
    pub(super) fn children(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let is_made_of = self.tag & 0x20 != 0;
        let mut rest = if is_made_of { self.content } else { &[] };
        std::iter::from_fn(move || {
            let (element, behind) = element(rest)?;
            rest = behind;
            Some(element)
        })
    }

    /// The bytes of an octet string, put together where it is in pieces, or of
    /// anything else as it is.
    ///
    /// # Errors
    /// A gap, if the budget has no more.
    pub(super) fn octets(&self, budget: &mut Budget) -> Result<Vec<u8>, Gap> {
        let mut out = Vec::new();
        let mut open = vec![(*self, 0)];
        while let Some((element, depth)) = open.pop() {
            budget.spend_steps(1)?;
            if element.tag & 0x20 == 0 || element.tag & 0x1F != OCTETS || depth >= DEEPEST {
                budget.spend_bytes(element.content.len() as u64)?;
                out.extend(element.content);
                continue;
            }
            let mut pieces: Vec<_> = element.children().map(|e| (e, depth + 1)).collect();
            pieces.reverse();
            budget.spend_steps(pieces.len() as u64)?;
            open.extend(pieces);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_cut_where_the_bytes_end() {
        for (bytes, want) in [
            (&[4, 1, 7][..], Some((&[7][..], false))),
            (&[4, 0x81, 1, 7], Some((&[7], false))),
            (&[4, 5, 7], Some((&[7], true))),
            (&[4, 0x88, 255, 255, 255, 255, 255, 255, 255, 255, 7], Some((&[7], true))),
            (&[0x30, 0x80, 4, 1, 7, 0, 0], Some((&[4, 1, 7], false))),
            (&[0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0], Some((&[0x30, 0x80, 0, 0], false))),
            (&[0x30, 0x80, 4, 1, 7], Some((&[4, 1, 7], true))),
            (&[4, 0x80], None),
            (&[0x1F, 1, 1], None),
            (&[4], None),
        ] {
            let got = element(bytes).map(|(e, _)| (e.content, e.cut));
            assert_eq!(got, want, "{bytes:?}");
        }
    }
}

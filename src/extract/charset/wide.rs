//! UTF-16 and UTF-32, with and without a byte order mark.

use super::plausible::{Score, score_all};
use super::{Charset, Out, Told};

/// Bytes looked at to tell.
const SAMPLE: usize = 16 << 10;

/// How well the head of UTF-16 must read to be taken for it.
const READS: f32 = 62.0;

/// Tells wide text that has zero bytes: every ASCII character in it brings one.
pub(super) fn told_by_zeros(bytes: &[u8]) -> Option<Told> {
    for big in [false, true] {
        if is_utf32(bytes, big) {
            let charset = Charset::Wide { unit: 4, big };
            return Some(Told { charset, mark: 0, confidence: 0.98, reads: true });
        }
    }
    let little = score_of(bytes, false)?;
    let big = score_of(bytes, true)?;
    let (score, other, is_big) =
        if little >= big { (little, big, false) } else { (big, little, true) };
    if score.0 < READS || score.0 - other.0 < 10.0 {
        return None;
    }
    let charset = Charset::Wide { unit: 2, big: is_big };
    Some(Told { charset, mark: 0, confidence: 0.95, reads: true })
}

/// How well the bytes read as UTF-16; `None` for less than one unit.
pub(super) fn score_of(bytes: &[u8], big: bool) -> Option<Score> {
    let head = bytes.get(..bytes.len().min(SAMPLE) & !1)?;
    if head.is_empty() {
        return None;
    }
    let mut text = super::decode_as(head, Charset::Wide { unit: 2, big }, usize::MAX).text;
    // The cut may part a pair of surrogates.
    if text.ends_with(super::REPLACEMENT) && head.len() < bytes.len() {
        text.pop();
    }
    Some(score_all(&text))
}

/// Whether nearly every four bytes are a Unicode character, and the text reads.
pub(super) fn is_utf32(bytes: &[u8], big: bool) -> bool {
    let head = bytes.get(..bytes.len().min(SAMPLE) & !3).unwrap_or_default();
    if head.is_empty() {
        return false;
    }
    let text = super::decode_as(head, Charset::Wide { unit: 4, big }, usize::MAX).text;
    let text = text.trim_start_matches('\u{FEFF}');
    score_all(text).0 > 25.0
}

/// Decodes units of 2 or 4 bytes. Half a unit at the end is broken.
pub(super) fn decode(bytes: &[u8], unit: usize, big: bool, out: &mut Out) {
    let whole = bytes.len() / unit * unit;
    let body = bytes.get(..whole).unwrap_or_default();
    if unit == 2 {
        decode16(body, big, out)
    } else {
        decode32(body, big, out)
    }
    if whole < bytes.len() && !out.0.cut {
        out.broken(whole);
    }
}

fn decode16(bytes: &[u8], big: bool, out: &mut Out) {
    let label = if big { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
    out.legacy(bytes, label);
}

fn decode32(bytes: &[u8], big: bool, out: &mut Out) {
    for (at, unit) in bytes.chunks_exact(4).enumerate() {
        if out.0.cut {
            return;
        }
        let unit = <[u8; 4]>::try_from(unit).unwrap_or_default();
        let number = if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
        match char::from_u32(number) {
            Some(c) => out.push_char(c),
            None => out.broken(at * 4),
        }
    }
}

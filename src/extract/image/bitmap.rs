//! Pictures that say little beside themselves: BMP, icons, portable maps.

use super::numbers::{little, signed};
use super::picture::Picture;

/// Reads a bitmap of Windows or OS/2.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let size = match little(bytes, 14, 4) {
        Some(12) => little(bytes, 18, 2).zip(little(bytes, 20, 2)),
        Some(_) => {
            let side = |at: usize| signed(bytes, at).map(|side| u64::from(side.unsigned_abs()));
            side(18).zip(side(22))
        }
        None => None,
    };
    picture.page(size);
    if size.is_none() {
        return picture.damaged("it breaks off in its header");
    }
    let header = little(bytes, 14, 4).unwrap_or(0);
    let (begin, packing) = (little(bytes, 10, 4).unwrap_or(0), little(bytes, 30, 4).unwrap_or(0));
    let bits = little(bytes, if header == 12 { 24 } else { 28 }, 2).unwrap_or(0);
    let plain = header == 12 || packing == 0 || packing == 3;
    let (Some((width, height)), true) = (size, plain) else { return };
    let line = width.saturating_mul(bits).div_ceil(32).saturating_mul(4);
    let end =
        usize::try_from(line.saturating_mul(height).saturating_add(begin)).unwrap_or(usize::MAX);
    if end > bytes.len() {
        picture.damaged("it breaks off before its end");
    } else {
        // Where the header counts more, that belongs to it too: a profile of colours.
        let stated = little(bytes, 2, 4).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        picture.behind(bytes, end.max(stated.min(bytes.len())));
    }
}

/// Reads an icon: the largest of its pictures counts.
pub(super) fn read_icon(bytes: &[u8], picture: &mut Picture<'_>) {
    let count = little(bytes, 4, 2).unwrap_or(0);
    let side = |at: usize| match bytes.get(at) {
        Some(0) => Some(256),
        side => side.map(|side| u64::from(*side)),
    };
    let entries = (0..count as usize).map(|number| 6 + number * 16);
    let sizes = entries.map_while(|at| side(at).zip(side(at + 1)));
    let largest = sizes.max_by_key(|(width, height)| width * height);
    picture.page(largest);
    if largest.is_none() {
        picture.damaged("it breaks off in its header");
    }
}

/// Reads a portable map (PBM, PGM, PPM): lines of comment, and a size in digits.
pub(super) fn read_portable(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut sides = Vec::new();
    let mut rest = bytes.get(2..).unwrap_or_default();
    while sides.len() < 2 && picture.steps(1) {
        rest = rest.trim_ascii_start();
        match rest.first() {
            Some(b'#') => {
                let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                picture.say_bytes("comment", rest.get(1..end).unwrap_or_default());
                rest = rest.get(end..).unwrap_or_default();
            }
            Some(b'0'..=b'9') => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let number = rest.get(..digits.min(10)).unwrap_or_default();
                let number = number.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
                sides.push(number);
                rest = rest.get(digits..).unwrap_or_default();
            }
            _ => break,
        }
    }
    let size = sides.first().copied().zip(sides.get(1).copied());
    picture.page(size);
    if size.is_none() {
        picture.damaged("its header makes no sense");
    }
}

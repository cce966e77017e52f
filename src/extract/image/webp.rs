//! WebP (RFC 9649): chunks of RIFF.

use super::numbers::{big, little};
use super::picture::{Picture, Size};
use super::tiff;

/// Reads it.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut at = 12;
    let mut size = None;
    let stated = little(bytes, 4, 4).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let end = stated.saturating_add(8);
    while at < end.min(bytes.len()) && picture.steps(1) {
        let Some(length) = little(bytes, at + 4, 4).and_then(|n| usize::try_from(n).ok()) else {
            break;
        };
        let rest = bytes.get(at + 8..).unwrap_or_default();
        let data = rest.get(..length).unwrap_or(rest);
        match bytes.get(at..at + 4) {
            Some(b"VP8X") => size = canvas(data).or(size),
            Some(b"VP8 ") => size = size.or(lossy(data)),
            Some(b"VP8L") => size = size.or(lossless(data)),
            Some(b"ANMF") => picture.frames += 1,
            Some(b"EXIF") => {
                tiff::read_exif(data.strip_prefix(b"Exif\0\0").unwrap_or(data), picture)
            }
            Some(b"XMP ") => picture.packet(data),
            _ => {}
        }
        at = at.saturating_add(8).saturating_add(length).saturating_add(length % 2);
    }
    picture.page(size);
    // Some programs leave the padding of the last chunk out.
    if end > bytes.len() + 1 || at > bytes.len() + 1 {
        picture.damaged("it breaks off before its end");
    } else {
        picture.behind(bytes, end);
    }
}

fn canvas(data: &[u8]) -> Option<Size> {
    Some((little(data, 4, 3)? + 1, little(data, 7, 3)? + 1))
}

fn lossy(data: &[u8]) -> Option<Size> {
    (big(data, 3, 3)? == 0x9D_012A).then_some(())?;
    Some((little(data, 6, 2)? & 0x3FFF, little(data, 8, 2)? & 0x3FFF))
}

fn lossless(data: &[u8]) -> Option<Size> {
    let bits = little(data, 1, 4)?;
    Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
}

//! JPEG (ISO/IEC 10918-1, annex B): segments up to the end of the picture, and what
//! stands behind it.

use memchr::memchr;

use super::numbers::{big, place};
use super::picture::{Picture, Size};
use super::{psd, tiff, words};

const EXTENDED: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";

/// Reads it.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut made = Made::default();
    let end = walk(bytes, &mut made, picture);
    picture.page(made.size);
    if !made.resources.is_empty() {
        psd::read_resources(&made.resources, picture);
    }
    made.extended.sort_by_key(|(place, _)| *place);
    if !made.extended.is_empty() {
        let packet: Vec<u8> = made.extended.iter().flat_map(|(_, data)| *data).copied().collect();
        picture.packet(&packet);
    }
    match end {
        Some(end) => picture.behind(bytes, end),
        None => picture.damaged("it breaks off before its end"),
    }
}

/// What several segments make together.
#[derive(Default)]
struct Made<'a> {
    size: Option<Size>,
    /// Photoshop's resources, which may be longer than a segment.
    resources: Vec<u8>,
    /// Pieces of a long XMP packet, each with its place.
    extended: Vec<(usize, &'a [u8])>,
}

/// Takes all segments; says where the picture ends.
fn walk<'a>(bytes: &'a [u8], made: &mut Made<'a>, picture: &mut Picture<'_>) -> Option<usize> {
    let mut at = 2;
    let mut is_lost = false;
    while picture.steps(1) {
        // Entropy-coded data, and what makes no sense, reach to the next marker.
        let next = at + memchr(0xFF, bytes.get(at..)?)?;
        if next > at && !is_lost {
            is_lost = true;
            picture.damaged("bytes between its segments belong to none");
        }
        at = next + 1;
        let marker = *bytes.get(at)?;
        at += 1;
        match marker {
            0xFF => at -= 1,
            0x00 | 0x01 | 0xD0..=0xD8 => {}
            0xD9 => return Some(at),
            _ => {
                let length = usize::try_from(big(bytes, at, 2)?).ok()?;
                let data = bytes.get(at + 2..at + length.max(2));
                let Some(data) = data else {
                    segment(marker, bytes.get(at + 2..)?, made, picture);
                    return None;
                };
                segment(marker, data, made, picture);
                at += length.max(2);
                if marker == 0xDA {
                    at = behind_scan(bytes, at)?;
                }
            }
        }
    }
    None
}

/// Goes to the first marker that does not belong to the data of a scan.
fn behind_scan(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr(0xFF, bytes.get(at..)?)?;
        match bytes.get(at + 1)? {
            0x00 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

fn segment<'a>(marker: u8, data: &'a [u8], made: &mut Made<'a>, picture: &mut Picture<'_>) {
    match marker {
        0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
            made.size = made.size.or(big(data, 3, 2).zip(big(data, 1, 2)));
        }
        0xFE => picture.say_bytes("comment", data),
        0xE1 => {
            if let Some(exif) = data.strip_prefix(b"Exif\0").and_then(|rest| rest.get(1..)) {
                tiff::read_exif(exif, picture);
            } else if let Some(packet) = data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                picture.packet(packet);
            } else if let Some(rest) = data.strip_prefix(EXTENDED) {
                // Behind the digest of the whole, its length and the place of this.
                if let (Some(at), Some(piece)) = (place(rest, 36), rest.get(40..)) {
                    made.extended.push((at, piece));
                }
            } else {
                other(marker, data, picture);
            }
        }
        0xED => match data.strip_prefix(b"Photoshop 3.0\0") {
            Some(resources) => made.resources.extend_from_slice(resources),
            None => other(marker, data, picture),
        },
        0xE0..=0xEF => other(marker, data, picture),
        _ => {}
    }
}

/// A segment of some program's own: read where it is words.
fn other(marker: u8, data: &[u8], picture: &mut Picture<'_>) {
    if picture.steps(data.len() / 64) && words::is_text(data) {
        picture.say_bytes(&format!("APP{}", marker & 0xF), data);
    }
}

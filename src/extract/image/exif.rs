//! What the tags of TIFF and Exif say (Exif 3.0, 4.6), and what other metadata they
//! hold.

use super::picture::Picture;
use super::tags::{self, Group};
use super::tiff::{Entry, Tiff};
use super::{iptc, psd, words};

/// Puts down what the entries of a directory say.
pub(super) fn say(tiff: &Tiff<'_>, entries: &[Entry], group: Group, picture: &mut Picture<'_>) {
    for entry in entries {
        let raw = tiff.bytes(entry);
        if !picture.steps(1 + raw.len() / 16) {
            return;
        }
        match (group, entry.tag) {
            (Group::Main, 0x02BC) => picture.packet(raw),
            (Group::Main, 0x83BB) => iptc::read(&in_order(tiff, entry), picture),
            (Group::Main, 0x8649) => psd::read_resources(raw, picture),
            (Group::Main, 0x935C) => psd::read_layers(raw, picture),
            (Group::Main | Group::Exif, 0x9C9B..=0x9C9F) => {
                put(entry.tag, group, &words::wide(raw, false), picture)
            }
            (Group::Main | Group::Exif, 0x9286) | (Group::Gps, 0x1B | 0x1C) => {
                put(entry.tag, group, &comment(raw, tiff.is_big_endian), picture);
            }
            (Group::Main, 0x932F) => {
                put(entry.tag, group, &words::any(raw, tiff.is_big_endian), picture)
            }
            // What makers of cameras keep has a form of their own; a few keep words.
            (Group::Exif, 0x927C) if !words::is_text(raw) => {}
            (_, 0x927C) => put(entry.tag, group, &words::decoded(raw), picture),
            _ if matches!(entry.kind, 2 | 129) => {
                put(entry.tag, group, &words::decoded(raw), picture);
            }
            _ => {}
        }
    }
    if group == Group::Gps {
        position(tiff, entries, picture);
    }
}

fn put(tag: u16, group: Group, said: &str, picture: &mut Picture<'_>) {
    if let Some(name) = tags::name(tag, group) {
        picture.say(&name, said);
    }
}

/// IPTC stands in words of four bytes, which some programs turn round.
fn in_order(tiff: &Tiff<'_>, entry: &Entry) -> Vec<u8> {
    let raw = tiff.bytes(entry).to_vec();
    if entry.kind != 4 || raw.first() == Some(&0x1C) || raw.get(3) != Some(&0x1C) {
        return raw;
    }
    raw.as_chunks::<4>().0.iter().flat_map(|[a, b, c, d]| [*d, *c, *b, *a]).collect()
}

/// Text behind eight bytes that name its encoding.
fn comment(raw: &[u8], big: bool) -> String {
    match raw.split_first_chunk::<8>() {
        Some((b"ASCII\0\0\0", text)) => words::decoded(text),
        Some((b"UNICODE\0", text)) => {
            // Programs do not agree whose order of bytes it is: what makes fewer
            // strange characters is right.
            let strange = |text: &str| text.chars().filter(|c| is_strange(*c)).count();
            let (own, other) = (words::wide(text, big), words::wide(text, !big));
            if strange(&own) <= strange(&other) { own } else { other }
        }
        Some((b"JIS\0\0\0\0\0", text)) => {
            encoding_rs::ISO_2022_JP.decode_without_bom_handling(text).0.into_owned()
        }
        Some((b"\0\0\0\0\0\0\0\0", text)) => words::any(text, big),
        _ => words::any(raw, big),
    }
}

/// Characters that a text turned round is full of, and others hardly have.
fn is_strange(c: char) -> bool {
    let is_common = matches!(c, '\u{20}'..='\u{7E}' | '\u{A0}'..='\u{17F}' | '\u{2010}'..='\u{206F}'
        | '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FA5}' | '\u{FF00}'..='\u{FFEF}');
    // A low byte of zero is what a turned letter of ASCII has.
    let is_turned = u32::from(c) > 0xFF && u32::from(c) & 0xFF == 0;
    (!is_common || is_turned) && !matches!(c, '\n' | '\r' | '\t' | '\0' | '★')
}

fn position(tiff: &Tiff<'_>, entries: &[Entry], picture: &mut Picture<'_>) {
    let find = |tag: u16| entries.iter().find(|entry| entry.tag == tag);
    let side = |tag: u16| find(tag).and_then(|entry| tiff.bytes(entry).first().copied());
    let degrees = |tag: u16| {
        let entry = find(tag)?;
        let part = |index: usize| tiff.fraction(entry, index);
        Some(part(0)? + part(1).unwrap_or(0.0) / 60.0 + part(2).unwrap_or(0.0) / 3600.0)
    };
    let (Some(latitude), Some(longitude)) = (degrees(2), degrees(4)) else { return };
    let letter = |side: Option<u8>, known: [u8; 2]| {
        side.filter(|side| known.contains(side)).map_or(' ', char::from)
    };
    let (north, east) = (letter(side(1), [b'N', b'S']), letter(side(3), [b'E', b'W']));
    if latitude <= 90.0 && longitude <= 180.0 {
        picture.position(&format!("{latitude:.5}° {north}, {longitude:.5}° {east}"));
    }
}

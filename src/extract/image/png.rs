//! PNG (third edition): chunks, those with text above all.

use crc32fast::Hasher as Crc;
use memchr::memchr;

use super::numbers::{big, place};
use super::picture::Picture;
use super::{psd, tiff};

/// Reads it.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut at = 8;
    let mut size = None;
    let mut is_damaged = false;
    let end = loop {
        let Some((kind, data, next)) = chunk(bytes, at) else { break None };
        if !picture.steps(1 + data.len() / 256) {
            break None;
        }
        let stated = next.checked_sub(4).and_then(|at| big(bytes, at, 4));
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        is_damaged |= stated != Some(crc.finalize().into());
        match kind {
            b"IHDR" => size = size.or(big(data, 0, 4).zip(big(data, 4, 4))),
            b"fcTL" => picture.frames += 1,
            b"IEND" => break Some(next),
            _ => text(kind, data, picture),
        }
        at = next;
    };
    picture.page(size);
    if is_damaged {
        picture.damaged("chunks of it do not fit their checksums");
    }
    match end {
        Some(end) => picture.behind(bytes, end),
        None => {
            // The last chunk is read as far as it goes.
            if let Some((kind, data)) = rest(bytes, at) {
                text(kind, data, picture);
            }
            picture.damaged("it breaks off before its end");
        }
    }
}

/// Kind, content, and where the next begins.
fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8; 4], &[u8], usize)> {
    let length = place(bytes, at)?;
    let kind = bytes.get(at + 4..)?.first_chunk()?;
    let end = (at + 8).checked_add(length)?;
    let data = bytes.get(at + 8..end)?;
    bytes.get(end..end + 4)?;
    Some((kind, data, end + 4))
}

fn rest(bytes: &[u8], at: usize) -> Option<(&[u8; 4], &[u8])> {
    Some((bytes.get(at + 4..)?.first_chunk()?, bytes.get(at + 8..)?))
}

/// A chunk that may hold text (11.3.3) or other metadata.
fn text(kind: &[u8; 4], data: &[u8], picture: &mut Picture<'_>) {
    match kind {
        b"eXIf" => tiff::read_exif(data.strip_prefix(b"Exif\0\0").unwrap_or(data), picture),
        b"tEXt" => {
            if let Some((keyword, text)) = cut(data) {
                said(keyword, text, picture);
            }
        }
        b"zTXt" => {
            if let Some((keyword, packed)) = cut(data) {
                let text = picture.inflated(packed.get(1..).unwrap_or_default(), "compressed text");
                said(keyword, &text, picture);
            }
        }
        b"iTXt" => {
            let fields = || {
                let (keyword, rest) = cut(data)?;
                let (is_packed, rest) = (rest.first()? & 1 == 1, rest.get(2..)?);
                let (_language, rest) = cut(rest)?;
                let (translated, text) = cut(rest)?;
                Some((keyword, is_packed, translated, text))
            };
            let Some((keyword, is_packed, translated, text)) = fields() else {
                return picture.damaged("a chunk of text breaks off");
            };
            picture.say_bytes("keyword", translated);
            match is_packed {
                true => {
                    let text = picture.inflated(text, "compressed text");
                    said(keyword, &text, picture);
                }
                false => said(keyword, text, picture),
            }
        }
        _ => {}
    }
}

/// What stands before a zero, and behind it.
fn cut(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr(0, data)?;
    Some((data.get(..at)?, data.get(at + 1..)?))
}

/// A text under its keyword; ImageMagick puts metadata of other kinds there too.
fn said(keyword: &[u8], text: &[u8], picture: &mut Picture<'_>) {
    match keyword {
        b"XML:com.adobe.xmp" => return picture.packet(text),
        b"date:create" | b"date:modify" | b"date:timestamp" | b"Creation Time" => return,
        _ => {}
    }
    if let Some(kind) = keyword.strip_prefix(b"Raw profile type ") {
        let Some(profile) = profile(text) else {
            return picture.damaged("a profile within it makes no sense");
        };
        return match kind {
            b"exif" | b"APP1" => match profile.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                Some(packet) => picture.packet(packet),
                None => {
                    tiff::read_exif(profile.strip_prefix(b"Exif\0\0").unwrap_or(&profile), picture);
                }
            },
            b"iptc" | b"8bim" if profile.starts_with(b"8BIM") => {
                psd::read_resources(&profile, picture);
            }
            b"iptc" => super::iptc::read(&profile, picture),
            b"xmp" => picture.packet(&profile),
            _ => {}
        };
    }
    let keyword = super::words::decoded(keyword);
    picture.say_bytes(&keyword, text);
}

/// A profile in hexadecimal digits: an empty line, its kind, its length, itself.
fn profile(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?.trim_start();
    let (_kind, rest) = text.split_once('\n')?;
    let (length, digits) = rest.trim_start().split_once('\n')?;
    let length: usize = length.trim().parse().ok()?;
    let digits = digits.bytes().filter_map(|digit| char::from(digit).to_digit(16));
    let digits: Vec<u8> = digits.map(|digit| digit as u8).collect();
    let bytes: Vec<u8> = digits.as_chunks::<2>().0.iter().map(|[a, b]| a << 4 | b).collect();
    (bytes.len() >= length.min(1)).then_some(bytes)
}

//! Photoshop: its documents, and its resources within other pictures (Adobe
//! Photoshop File Formats Specification, 2019).

use memchr::memmem;

use super::numbers::{big, place};
use super::picture::Picture;
use super::{iptc, tiff, words};
use crate::model::Region;

/// Reads a document: resources, and the words of its layers.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let size = big(bytes, 18, 4).zip(big(bytes, 14, 4));
    picture.page(size);
    let section = |at: usize| -> Option<(usize, usize)> {
        let length = place(bytes, at)?;
        Some((at + 4, (at + 4).checked_add(length)?))
    };
    let Some((resources, end)) = section(26).and_then(|(_, end)| section(end)) else {
        return picture.damaged("it breaks off in its header");
    };
    read_resources(bytes.get(resources..end.min(bytes.len())).unwrap_or_default(), picture);
    if end >= bytes.len() {
        return picture.damaged("it breaks off before its layers");
    }
    read_layers(bytes.get(end..).unwrap_or_default(), picture);
}

/// Reads resources, one behind the other.
pub(super) fn read_resources(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut at = 0;
    while at + 12 <= bytes.len() && picture.steps(1) {
        let rest = bytes.get(at..).unwrap_or_default();
        let is_known = [&b"8BIM"[..], b"MeSa", b"AgHg", b"PHUT", b"DCSR"];
        if !is_known.iter().any(|first| rest.starts_with(first)) {
            // What is behind them may be padding.
            if rest.iter().any(|byte| *byte != 0) {
                picture.damaged("Photoshop's resources make no sense from some point on");
            }
            return;
        }
        let Some((number, data, next)) = resource(bytes, at) else {
            return picture.damaged("Photoshop's resources break off");
        };
        at = next;
        match number {
            0x0404 => iptc::read(data, picture),
            0x0422 | 0x0423 => tiff::read_exif(data, picture),
            0x0424 => picture.packet(data),
            0x03F0 => picture.say_bytes("Caption", pascal(data)),
            0x03FD | 0x0BB7 => {}
            0x040B => picture.say_bytes("URL", data),
            0x0415 | 0x045D => {
                let (count, text) = data.split_at_checked(4).unwrap_or_default();
                if count.len() == 4 {
                    picture.say("ChannelName", &words::wide(text, true));
                }
            }
            _ => {}
        }
    }
}

fn pascal(data: &[u8]) -> &[u8] {
    let Some((length, text)) = data.split_first() else { return &[] };
    text.get(..usize::from(*length)).unwrap_or(text)
}

/// Number, content, and where the next begins.
fn resource(bytes: &[u8], at: usize) -> Option<(u64, &[u8], usize)> {
    let number = big(bytes, at + 4, 2)?;
    let name = usize::from(*bytes.get(at + 6)?);
    let begin = at + 6 + (name + 1).next_multiple_of(2);
    let length = place(bytes, begin)?;
    let end = (begin + 4).checked_add(length)?;
    let data = bytes.get(begin + 4..end)?;
    Some((number, data, end.checked_add(length % 2)?))
}

/// Names of layers and the text of those that are text, told by the words that
/// stand before them: `luni` and, in a descriptor, `Txt TEXT`.
pub(super) fn read_layers(bytes: &[u8], picture: &mut Picture<'_>) {
    if !picture.steps(bytes.len() / 256) {
        return;
    }
    // In files whose numbers have the lowest byte first the words are turned round.
    for (key, skip) in [(&b"8BIMluni"[..], 4), (b"MIB8inul", 4)] {
        for at in memmem::find_iter(bytes, key) {
            let text = counted(bytes, at + key.len() + skip, key.starts_with(b"8"));
            if !picture.steps(1 + text.len()) {
                return;
            }
            picture.say("LayerName", &text);
        }
    }
    for at in memmem::find_iter(bytes, b"Txt TEXT") {
        let text = counted(bytes, at + 8, true);
        if !picture.steps(1 + text.len()) {
            return;
        }
        picture.show(Region::TextBox, "layer", &text);
    }
}

/// Characters of two bytes behind their count.
fn counted(bytes: &[u8], at: usize, is_big: bool) -> String {
    let read = if is_big { big } else { super::numbers::little };
    let count = read(bytes, at, 4).and_then(|count| usize::try_from(count).ok());
    let Some(count) = count.filter(|count| *count <= 1 << 20) else { return String::new() };
    let text = bytes.get(at + 4..at + 4 + count * 2).unwrap_or_default();
    words::wide(text, is_big)
}

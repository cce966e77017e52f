//! GIF (87a and 89a): comments, text over the picture, and XMP.

use super::numbers::little;
use super::picture::Picture;
use crate::model::Region;

/// Reads it.
pub(super) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    picture.page(little(bytes, 6, 2).zip(little(bytes, 8, 2)));
    match walk(bytes, picture) {
        Some(end) => picture.behind(bytes, end),
        None => picture.damaged("it breaks off before its end"),
    }
}

/// Takes all blocks; says where the picture ends.
fn walk(bytes: &[u8], picture: &mut Picture<'_>) -> Option<usize> {
    let mut at = 13 + table(*bytes.get(10)?);
    while picture.steps(1) {
        // The mark of the end is left out by some.
        let Some(first) = bytes.get(at) else { return (at == bytes.len()).then_some(at) };
        match first {
            // Padding between blocks.
            0 => at += 1,
            0x2C => {
                picture.frames += 1;
                at += 10 + table(*bytes.get(at + 9)?);
                at = sub_blocks(bytes, at + 1, picture).1?;
            }
            0x21 => {
                let label = *bytes.get(at + 1)?;
                let (blocks, end) = sub_blocks(bytes, at + 2, picture);
                extension(label, &blocks, picture);
                at = end?;
            }
            0x3B => return Some(at + 1),
            _ => {
                picture.damaged(format!("from byte {at} on there is no block"));
                return None;
            }
        }
    }
    None
}

/// The length of a table of colours.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The contents of a run of blocks, and where it ends, if it does.
fn sub_blocks<'a>(
    bytes: &'a [u8],
    mut at: usize,
    picture: &mut Picture<'_>,
) -> (Vec<&'a [u8]>, Option<usize>) {
    let mut blocks = Vec::new();
    while picture.steps(1) {
        let Some(length) = bytes.get(at).map(|length| usize::from(*length)) else { break };
        at += 1;
        if length == 0 {
            return (blocks, Some(at));
        }
        let Some(block) = bytes.get(at..at + length) else {
            blocks.push(bytes.get(at..).unwrap_or_default());
            break;
        };
        blocks.push(block);
        at += length;
    }
    (blocks, None)
}

fn extension(label: u8, blocks: &[&[u8]], picture: &mut Picture<'_>) {
    match (label, blocks) {
        (0xFE, _) => picture.say_bytes("comment", &blocks.concat()),
        // The first block says where the text stands and how large it is.
        (0x01, [_, text @ ..]) => {
            let text = super::words::decoded(&text.concat());
            picture.show(Region::TextBox, "text over the picture", &text);
        }
        (0xFF, [b"XMP DataXMP", packet @ ..]) => {
            // The packet stands there as it is: what is taken for the lengths of
            // blocks are its characters, up to a trailer that ends any of them.
            let mut whole = Vec::new();
            for block in packet {
                whole.push(block.len() as u8);
                whole.extend_from_slice(block);
            }
            let end = memchr::memmem::rfind(&whole, b"\x01\xFF\xFE\xFD").unwrap_or(whole.len());
            picture.packet(whole.get(..end).unwrap_or_default());
        }
        (0xFF, [name, data @ ..])
            if !matches!(*name, b"NETSCAPE2.0" | b"ANIMEXTS1.0" | b"ICCRGBG1012") =>
        {
            let data = data.concat();
            if super::words::is_text(&data) {
                picture.say_bytes(&super::words::decoded(name), &data);
            }
        }
        _ => {}
    }
}

//! Filters: what is undone on content after it was unpacked.
//!
//! Before version 5 a filter is a program for a machine of RAR's own. Six of
//! them are all that was ever written by WinRAR; they are told by their
//! checksums and done here. A program that is none of them is not run: it could
//! keep the machine busy for as long as it likes.

use super::Stop;

/// One way content was changed before it was packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Differences, of so many streams side by side.
    Delta { channels: usize },
    /// Addresses of calls, and of jumps, of the x86.
    X86 { jumps: bool },
    /// Addresses of calls of the ARM.
    Arm,
    /// Addresses of branches of the Itanium.
    Itanium,
    /// Pictures of three colours, so many bytes a line.
    Rgb { width: usize, first: usize },
    /// Sound, of so many channels.
    Audio { channels: usize },
}

/// A filter and what it is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filter {
    pub kind: Kind,
    /// The first byte of the member's content, and how many.
    pub start: usize,
    pub length: usize,
}

/// The largest address the x86 filter knows of.
const IMAGE: u32 = 0x0100_0000;

/// Undoes filters in their order. What reaches beyond the content is left.
///
/// # Errors
/// Where they are for more bytes than content has, many times over.
pub(super) fn undo(content: &mut [u8], filters: &[Filter]) -> Result<(), Stop> {
    // Two filters may well be for the same bytes; a hundred are to keep us busy.
    let mut allowed = content.len().saturating_mul(8).saturating_add(1 << 20);
    for filter in filters {
        let end = filter.start.saturating_add(filter.length);
        let Some(block) = content.get_mut(filter.start..end) else { return Err(Stop::Broken) };
        allowed = allowed.checked_sub(block.len()).ok_or(Stop::Broken)?;
        match filter.kind {
            Kind::Delta { channels } => delta(block, channels),
            Kind::X86 { jumps } => x86(block, filter.start as u32, jumps),
            Kind::Arm => arm(block, filter.start as u32),
            Kind::Itanium => itanium(block, filter.start as u32),
            Kind::Rgb { width, first } => rgb(block, width, first),
            Kind::Audio { channels } => audio(block, channels),
        }
    }
    Ok(())
}

/// Streams stand one behind the other, and go side by side.
fn delta(block: &mut [u8], channels: usize) {
    let source = block.to_vec();
    let mut next = source.iter();
    for channel in 0..channels.min(block.len()) {
        let mut last = 0u8;
        for place in block.iter_mut().skip(channel).step_by(channels) {
            last = last.wrapping_sub(next.next().copied().unwrap_or(0));
            *place = last;
        }
    }
}

fn x86(block: &mut [u8], start: u32, jumps: bool) {
    let mut at = 0;
    while at + 4 < block.len() {
        let code = block.get(at).copied().unwrap_or(0);
        at += 1;
        if code != 0xE8 && !(jumps && code == 0xE9) {
            continue;
        }
        let Some(place) = block.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<4>()) else {
            return;
        };
        let offset = start.wrapping_add(at as u32) % IMAGE;
        let address = u32::from_le_bytes(*place);
        if address & 0x8000_0000 != 0 {
            if address.wrapping_add(offset) & 0x8000_0000 == 0 {
                *place = address.wrapping_add(IMAGE).to_le_bytes();
            }
        } else if address < IMAGE {
            *place = address.wrapping_sub(offset).to_le_bytes();
        }
        at += 4;
    }
}

fn arm(block: &mut [u8], start: u32) {
    for (at, word) in block.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        if word[3] != 0xEB {
            continue;
        }
        let offset = u32::from_le_bytes([word[0], word[1], word[2], 0]);
        let place = start.wrapping_add(4 * at as u32) / 4;
        let [low, middle, high, _] = offset.wrapping_sub(place).to_le_bytes();
        *word = [low, middle, high, 0xEB];
    }
}

/// Bundles of sixteen bytes with three instructions of 41 bits each.
fn itanium(block: &mut [u8], start: u32) {
    const MASKS: [u8; 16] = [4, 4, 6, 6, 0, 0, 7, 7, 4, 4, 0, 0, 4, 4, 0, 0];
    let mut place = start >> 4;
    let mut at = 0;
    while at + 21 < block.len() {
        let Some(bundle) = block.get_mut(at..at + 16) else { return };
        let template = bundle.first().map_or(0, |byte| byte & 0x1F);
        let mask = template.checked_sub(16).and_then(|at| MASKS.get(usize::from(at)));
        for slot in (0..3).filter(|slot| mask.is_some_and(|mask| mask >> slot & 1 == 1)) {
            let from = slot * 41 + 5;
            if field(bundle, from + 37, 4) == 5 {
                let target = field(bundle, from + 13, 20).wrapping_sub(place);
                set_field(bundle, from + 13, 20, target);
            }
        }
        place = place.wrapping_add(1);
        at += 16;
    }
}

/// Bits of a bundle, the lowest first.
fn field(bundle: &[u8], from: usize, count: usize) -> u32 {
    let bit = |at: usize| bundle.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
    (0..count).fold(0, |sum, i| sum | u32::from(bit(from + i)) << i)
}

fn set_field(bundle: &mut [u8], from: usize, count: usize, value: u32) {
    for i in 0..count {
        if let Some(byte) = bundle.get_mut((from + i) / 8) {
            let bit = 1 << ((from + i) % 8);
            *byte = if value >> i & 1 == 1 { *byte | bit } else { *byte & !bit };
        }
    }
}

/// Each colour is guessed from the left, above, and both (as PNG's Paeth does).
fn rgb(block: &mut [u8], width: usize, first: usize) {
    let source = block.to_vec();
    let mut next = source.iter();
    for channel in 0..3 {
        let mut last = 0u8;
        for at in (channel..block.len()).step_by(3) {
            let above = at.checked_sub(width).filter(|above| *above >= 3);
            let guess = match above {
                Some(above) => {
                    let byte = |at: usize| i32::from(block.get(at).copied().unwrap_or(0));
                    paeth(last.into(), byte(above), byte(above - 3)) as u8
                }
                None => last,
            };
            last = guess.wrapping_sub(next.next().copied().unwrap_or(0));
            if let Some(place) = block.get_mut(at) {
                *place = last;
            }
        }
    }
    // Red and blue were stored as what differs from green.
    let end = block.len().saturating_sub(2);
    for at in (first..end).step_by(3) {
        if let Some([red, green, blue]) = block.get_mut(at..at + 3) {
            *red = red.wrapping_add(*green);
            *blue = blue.wrapping_add(*green);
        }
    }
}

fn paeth(left: i32, above: i32, corner: i32) -> i32 {
    let guess = left + above - corner;
    let far = |value: i32| (guess - value).abs();
    if far(left) <= far(above) && far(left) <= far(corner) {
        left
    } else if far(above) <= far(corner) {
        above
    } else {
        corner
    }
}

/// Each sample is guessed from those before it, by weights that learn.
fn audio(block: &mut [u8], channels: usize) {
    let source = block.to_vec();
    let mut next = source.iter();
    for channel in 0..channels.min(block.len()) {
        let (mut last, mut change) = (0u8, 0i32);
        let (mut deltas, mut weights) = ([0i32; 3], [0i32; 3]);
        let mut errors = [0u32; 7];
        for (count, place) in block.iter_mut().skip(channel).step_by(channels).enumerate() {
            deltas = [change, change - deltas[0], deltas[1]];
            let weighted: i32 = deltas.iter().zip(&weights).map(|(d, k)| d * k).sum();
            let guess = ((8 * i32::from(last) + weighted) >> 3) as u8;
            let error = next.next().copied().unwrap_or(0);
            let sample = guess.wrapping_sub(error);
            change = i32::from(sample.wrapping_sub(last).cast_signed());
            (last, *place) = (sample, sample);
            let error = i32::from(error.cast_signed()) << 3;
            let [e0, pairs @ ..] = &mut errors;
            *e0 = e0.wrapping_add(error.unsigned_abs());
            for (pair, delta) in pairs.as_chunks_mut::<2>().0.iter_mut().zip(deltas) {
                pair[0] = pair[0].wrapping_add((error - delta).unsigned_abs());
                pair[1] = pair[1].wrapping_add((error + delta).unsigned_abs());
            }
            if count % 32 == 0 {
                let least = (0..7).min_by_key(|at| errors[*at]).unwrap_or(0);
                errors = [0; 7];
                if let Some(weight) = least.checked_sub(1).and_then(|at| weights.get_mut(at / 2)) {
                    match least % 2 {
                        1 if *weight >= -16 => *weight -= 1,
                        0 if *weight < 16 => *weight += 1,
                        _ => {}
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(kind: Kind, content: &[u8]) -> Vec<u8> {
        let mut content = content.to_vec();
        let length = content.len();
        assert!(undo(&mut content, &[Filter { kind, start: 0, length }]).is_ok());
        content
    }

    #[test]
    fn differences_become_values() {
        let minus = |n: u8| 0u8.wrapping_sub(n);
        let content = [minus(1), minus(1), minus(1), minus(10), minus(10)];
        assert_eq!(undone(Kind::Delta { channels: 2 }, &content), [1, 10, 2, 20, 3]);
        assert_eq!(undone(Kind::Delta { channels: 300 }, &[1]), [255]);
    }

    #[test]
    fn addresses_become_relative() {
        let call = [0x90, 0xE8, 0x10, 0, 0, 0, 0x90, 0xE9, 0x20, 0, 0, 0, 0x90];
        let calls = undone(Kind::X86 { jumps: false }, &call);
        assert_eq!(calls[2..6], 14u32.to_le_bytes());
        assert_eq!(calls[8..12], 32u32.to_le_bytes());
        let jumps = undone(Kind::X86 { jumps: true }, &call);
        assert_eq!(jumps[8..12], 24u32.to_le_bytes());
        let arm = undone(Kind::Arm, &[0, 0, 0, 0, 5, 0, 0, 0xEB]);
        assert_eq!(arm, [0, 0, 0, 0, 4, 0, 0, 0xEB]);
    }

    #[test]
    fn too_much_filtering_and_too_far_are_refused() {
        let mut content = vec![0; 4096];
        let one = Filter { kind: Kind::Arm, start: 0, length: 4096 };
        assert!(undo(&mut content, &[one; 300]).is_err());
        let far = Filter { kind: Kind::Arm, start: 4000, length: usize::MAX };
        assert!(undo(&mut content, &[far]).is_err());
        for kind in [Kind::Rgb { width: 0, first: 0 }, Kind::Audio { channels: 1 }, Kind::Itanium] {
            undone(kind, &[0xFF; 100]);
            undone(kind, &[]);
        }
    }
}

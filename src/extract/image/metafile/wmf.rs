//! Metafiles of 16-bit Windows (MS-WMF).

use super::{Drawn, Font};
use crate::extract::image::numbers::{little, short};
use crate::extract::image::picture::Picture;
use crate::extract::image::words;

/// Objects that are kept at once.
const MAX_OBJECTS: usize = 65_536;

/// Reads it.
pub(crate) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    // Before the header may stand one that tells a place and a size.
    let mut at = if bytes.starts_with(b"\xD7\xCD\xC6\x9A") { 22 } else { 0 };
    at += usize::try_from(little(bytes, at + 2, 2).unwrap_or(9)).unwrap_or(9).max(9) * 2;
    let mut made = Reading::default();
    while let Some((words, kind)) = little(bytes, at, 4).zip(little(bytes, at + 4, 2)) {
        let length = usize::try_from(words).unwrap_or(usize::MAX).saturating_mul(2);
        let Some(record) =
            bytes.get(at..at.saturating_add(length)).filter(|record| record.len() >= 6)
        else {
            break;
        };
        if !picture.steps(1 + length / 64) {
            break;
        }
        if kind == 0 {
            made.drawn.is_whole = true;
            break;
        }
        made.take(kind, record, picture);
        at += length;
    }
    made.drawn.put(&[], picture);
}

#[derive(Default)]
struct Reading {
    drawn: Drawn,
    /// Objects by number; fonts count.
    objects: Vec<Option<Option<Font>>>,
    font: Font,
    follows: bool,
    moved_to: Option<(f64, f64)>,
}

impl Reading {
    fn take(&mut self, kind: u64, record: &[u8], picture: &mut Picture<'_>) {
        let number = |at: usize| little(record, at, 2).unwrap_or(0) as usize;
        match kind {
            0x0521 => {
                let count = number(6);
                let place = pair(record, 8 + count.next_multiple_of(2));
                self.run(record.get(8..8 + count), place, None);
            }
            0x0A32 => {
                let (count, options) = (number(10), number(12));
                let begin = if options & 6 != 0 { 22 } else { 14 };
                let text = record.get(begin..begin + count);
                let distances = begin + count.next_multiple_of(2);
                let of = |i: usize| short(record, distances + i * 2).map(f64::from);
                let width = (0..count).try_fold(0.0, |sum, i| Some(sum + of(i)?));
                if options & 0x10 != 0 {
                    self.drawn.shapes += 1;
                } else {
                    self.run(text, pair(record, 6), width);
                }
            }
            0x012E => self.follows = number(6) & 1 == 1,
            0x0214 => self.moved_to = pair(record, 6),
            0x02FB => {
                let charset = record.get(19).copied().unwrap_or(0);
                let face = record.get(24..).unwrap_or_default();
                let face = face.split(|byte| *byte == 0).next().unwrap_or_default();
                let face = words::decoded(face.get(..32).unwrap_or(face));
                let height = short(record, 6).map(|height| f64::from(height).abs());
                let height = height.filter(|height| *height > 0.0);
                self.keep(Some(Font { charset, face, height }));
            }
            0x02FA | 0x02FC | 0x0142 | 0x01F9 | 0x00F7 | 0x06FF => self.keep(None),
            0x012D => {
                if let Some(Some(Some(font))) = self.objects.get(number(6)) {
                    self.font = font.clone();
                }
            }
            0x01F0 => {
                if let Some(place) = self.objects.get_mut(number(6)) {
                    *place = None;
                }
            }
            0x0626 if number(6) == 15 => {
                let data = record.get(10..10 + number(8)).unwrap_or_default();
                if words::is_text(data) {
                    picture.say_bytes("comment", data);
                }
            }
            // With a picture of dots, if they are more than a pattern.
            0x0F43 | 0x0D33 | 0x0940 | 0x0B41 | 0x0922 | 0x0B23 if record.len() > 256 => {
                self.drawn.pictures += 1;
            }
            _ => {}
        }
    }

    /// A new object takes the lowest number that is free.
    fn keep(&mut self, font: Option<Font>) {
        // Files have a few dozen; looking through more is not worth it.
        let free = self.objects.iter().take(256).position(Option::is_none);
        match free {
            Some(at) => {
                if let Some(place) = self.objects.get_mut(at) {
                    *place = Some(font);
                }
            }
            None if self.objects.len() < MAX_OBJECTS => self.objects.push(Some(font)),
            None => {}
        }
    }

    fn run(&mut self, raw: Option<&[u8]>, place: Option<(f64, f64)>, width: Option<f64>) {
        let text = self.font.decoded(raw.unwrap_or_default());
        let place = if self.follows { self.moved_to.take() } else { place };
        self.drawn.lines.push(&text, place, width, self.font.height);
    }
}

/// A place: down comes first.
fn pair(record: &[u8], at: usize) -> Option<(f64, f64)> {
    Some((short(record, at + 2)?.into(), short(record, at)?.into()))
}

//! Enhanced metafiles (MS-EMF), with what MS-EMFPLUS puts in their comments.

use std::collections::HashMap;

use super::{Drawn, Font};
use crate::extract::image::numbers::{little, signed};
use crate::extract::image::picture::Picture;
use crate::extract::image::words;

/// States that are saved within one another, and objects.
const MAX_SAVED: usize = 256;
const MAX_OBJECTS: usize = 65_536;

/// From the page to where it is drawn: two rows of three.
type Transform = [f64; 6];
const SAME: Transform = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Reads it.
pub(crate) fn read(bytes: &[u8], picture: &mut Picture<'_>) {
    let mut made = Reading { state: State::new(), ..Reading::default() };
    let mut at = 0;
    while let Some((kind, length)) = little(bytes, at, 4).zip(little(bytes, at + 4, 4)) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(record) =
            bytes.get(at..at.saturating_add(length)).filter(|record| record.len() >= 8)
        else {
            break;
        };
        if !picture.steps(1 + length / 64) {
            break;
        }
        match kind {
            1 => description(record, picture),
            14 => made.drawn.is_whole = true,
            _ => made.take(kind, record, picture),
        }
        if kind == 14 {
            break;
        }
        at += length;
    }
    let Reading { drawn, plus, .. } = made;
    // Both kinds of records may draw the same, one for older programs.
    let mut further = Vec::new();
    for text in plus {
        if !picture.steps(1 + drawn.lines.length() / 64) {
            break;
        }
        if !drawn.lines.have(text.trim()) {
            further.push(text);
        }
    }
    drawn.put(&further, picture);
}

/// Names of program and picture in the header (2.3.4.2).
fn description(record: &[u8], picture: &mut Picture<'_>) {
    let count = little(record, 60, 4).unwrap_or(0) as usize;
    let at = little(record, 64, 4).unwrap_or(0) as usize;
    let text = record.get(at..at.saturating_add(count.saturating_mul(2)));
    let text = words::wide(text.unwrap_or_default(), false);
    for (part, label) in text.split('\0').filter(|part| !part.is_empty()).zip(["program", "title"])
    {
        picture.say(label, part);
    }
}

#[derive(Default)]
struct Reading {
    drawn: Drawn,
    /// Texts of EMF+.
    plus: Vec<String>,
    fonts: HashMap<u64, Font>,
    state: State,
    saved: Vec<State>,
}

/// What a drawing may save and take back.
#[derive(Clone, Default)]
struct State {
    font: Font,
    world: Transform,
    /// Whether texts stand where the last one ended.
    follows: bool,
    moved_to: Option<(f64, f64)>,
}

impl State {
    fn new() -> Self {
        Self { world: SAME, ..Self::default() }
    }
}

impl Reading {
    fn take(&mut self, kind: u64, record: &[u8], picture: &mut Picture<'_>) {
        let number = |at: usize| little(record, at, 4);
        match kind {
            83 | 84 => self.text(record, 36, kind == 84),
            96 | 97 => {
                let count = number(36).unwrap_or(0) as usize;
                for index in 0..count.min(record.len() / 40) {
                    self.text(record, 40 + index * 40, kind == 97);
                }
            }
            108 => self.small_text(record),
            82 => {
                if let (Some(object), true) = (number(8), self.fonts.len() < MAX_OBJECTS) {
                    let charset = record.get(35).copied().unwrap_or(0);
                    let face = words::wide(record.get(40..104).unwrap_or_default(), false);
                    let face = face.split('\0').next().unwrap_or_default().to_owned();
                    let height = signed(record, 12).map(|height| f64::from(height).abs());
                    let height = height.filter(|height| *height > 0.0);
                    self.fonts.insert(object, Font { charset, face, height });
                }
            }
            37 => {
                if let Some(font) = number(8).and_then(|object| self.fonts.get(&object)) {
                    self.state.font = font.clone();
                }
            }
            33 if self.saved.len() < MAX_SAVED => self.saved.push(self.state.clone()),
            34 => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            22 => self.state.follows = number(8).is_some_and(|mode| mode & 1 == 1),
            27 => self.state.moved_to = pair(record, 8),
            35 => self.state.world = transform(record, 8).unwrap_or(SAME),
            36 => {
                let given = transform(record, 8).unwrap_or(SAME);
                self.state.world = match number(32) {
                    Some(1) => SAME,
                    Some(2) => product(given, self.state.world),
                    Some(3) => product(self.state.world, given),
                    _ => given,
                };
            }
            70 => self.comment(record, picture),
            80 | 81 => self.dots(record, 48),
            76..=79 | 114 | 116 => self.dots(record, if kind == 79 { 96 } else { 84 }),
            _ => {}
        }
    }

    /// A picture of dots, whose header lies at the place that stands there.
    fn dots(&mut self, record: &[u8], field: usize) {
        let header = little(record, field, 4).unwrap_or(0) as usize;
        let length = little(record, field + 4, 4).unwrap_or(0);
        let side =
            |at: usize| signed(record, header.saturating_add(at)).map_or(0, i32::unsigned_abs);
        let (width, height) = (side(4), side(8));
        if length > 0 && width.min(height) >= 12 && width.max(height) >= 24 {
            self.drawn.pictures += 1;
        }
    }

    /// A text object (2.2.5): place, count, place of the characters, options,
    /// rectangle, place of the distances.
    fn text(&mut self, record: &[u8], at: usize, is_wide: bool) {
        let field = |skip: usize| little(record, at + skip, 4).map(|value| value as usize);
        let (Some(count), Some(begin), Some(options)) = (field(8), field(12), field(16)) else {
            return;
        };
        let raw =
            record.get(begin..begin.saturating_add(count.saturating_mul(1 + usize::from(is_wide))));
        let Some(raw) = raw.filter(|raw| !raw.is_empty()) else { return };
        let distances = field(36).filter(|at| *at > 0);
        let width = distances.and_then(|from| {
            // With a distance down for each, too.
            let each = if options & 0x2000 != 0 { 8 } else { 4 };
            let of = |i: usize| signed(record, from.checked_add(i * each)?);
            (0..count).try_fold(0.0, |sum, i| Some(sum + f64::from(of(i)?)))
        });
        self.run(raw, options, is_wide, pair(record, at), width);
    }

    /// 2.3.5.37.
    fn small_text(&mut self, record: &[u8]) {
        let field = |at: usize| little(record, at, 4).map(|value| value as usize);
        let (Some(count), Some(options)) = (field(16), field(20)) else { return };
        let begin: usize = if options & 0x100 != 0 { 36 } else { 52 };
        let is_wide = options & 0x200 == 0;
        let length = count.saturating_mul(1 + usize::from(is_wide));
        if let Some(raw) = record.get(begin..begin.saturating_add(length)) {
            self.run(raw, options, is_wide, pair(record, 8), None);
        }
    }

    fn run(
        &mut self,
        raw: &[u8],
        options: usize,
        is_wide: bool,
        place: Option<(f64, f64)>,
        width: Option<f64>,
    ) {
        if options & 0x10 != 0 {
            self.drawn.shapes += 1;
            return;
        }
        let text = match is_wide {
            true => self.state.font.shown(words::wide(raw, false)),
            false => self.state.font.decoded(raw),
        };
        let place = if self.state.follows { self.state.moved_to.take() } else { place };
        let world = self.state.world;
        let scale = world[0].hypot(world[1]);
        let place = place.map(|(x, y)| {
            let [a, b, c, d, e, f] = world;
            (a * x + c * y + e, b * x + d * y + f)
        });
        let height = self.state.font.height.map(|height| height * scale);
        self.drawn.lines.push(&text, place, width.map(|width| width * scale), height);
    }

    /// A comment: records of EMF+, or words.
    fn comment(&mut self, record: &[u8], picture: &mut Picture<'_>) {
        let length = little(record, 8, 4).unwrap_or(0) as usize;
        let data = record.get(12..12usize.saturating_add(length)).unwrap_or_default();
        let Some(mut rest) = data.strip_prefix(b"EMF+") else {
            if words::is_text(data) {
                picture.say_bytes("comment", data);
            }
            return;
        };
        while let Some((kind, size)) = little(rest, 0, 2).zip(little(rest, 4, 4)) {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let Some((one, behind)) = rest.split_at_checked(size.max(12)) else { return };
            self.plus_record(kind, one.get(12..).unwrap_or_default(), one);
            if !picture.steps(1) {
                return;
            }
            rest = behind;
        }
    }

    fn plus_record(&mut self, kind: u64, data: &[u8], record: &[u8]) {
        let number = |at: usize| little(data, at, 4).unwrap_or(0) as usize;
        match kind {
            // DrawString (MS-EMFPLUS 2.3.4.14).
            0x401C => {
                let raw = data.get(28..28usize.saturating_add(number(8).saturating_mul(2)));
                let text = words::wide(raw.unwrap_or_default(), false);
                self.plus
                    .extend(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
            }
            // DrawDriverString (2.3.4.13): characters, or numbers of shapes.
            0x4036 => {
                let raw = data.get(16..16usize.saturating_add(number(12).saturating_mul(2)));
                match number(4) & 1 {
                    1 => self.plus.push(words::wide(raw.unwrap_or_default(), false)),
                    _ => self.drawn.shapes += 1,
                }
            }
            // An object that is a picture (2.3.5.1).
            0x4008
                if little(record, 2, 2).is_some_and(|flags| flags >> 8 & 0x7F == 5)
                    && data.len() > 1024 =>
            {
                self.drawn.pictures += 1;
            }
            _ => {}
        }
    }
}

fn pair(record: &[u8], at: usize) -> Option<(f64, f64)> {
    Some((signed(record, at)?.into(), signed(record, at + 4)?.into()))
}

fn transform(record: &[u8], at: usize) -> Option<Transform> {
    let mut made = SAME;
    for (index, place) in made.iter_mut().enumerate() {
        let bits = *record.get(at + index * 4..)?.first_chunk()?;
        *place = f64::from(f32::from_le_bytes(bits));
    }
    Some(made)
}

/// First the one, then the other.
fn product(one: Transform, other: Transform) -> Transform {
    let [a, b, c, d, e, f] = one;
    let [p, q, r, s, t, u] = other;
    [
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    ]
}

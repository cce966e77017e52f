//! Drawings (MS-ODRAW): which shapes there are, what word art and alternative
//! texts say, which shapes hold pictures. Text in boxes is a story of its own.

use super::bytes::{place, u16_at, u32_at, up_to, utf16};
use crate::extract::Budget;
use crate::extract::office::word::ink::{Ground, Ink};
use crate::model::Gap;

const SHARED: u16 = 0xF000;
const DRAWING: u16 = 0xF002;
const GROUP: u16 = 0xF003;
const SHAPE: u16 = 0xF004;
const SHAPE_ID: u16 = 0xF00A;
const PROPERTIES: [u16; 3] = [0xF00B, 0xF121, 0xF122];

/// A shape, by itself or in a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    pub id: u32,
    /// The shape that is anchored in the text: itself, or the group it is in.
    pub top: u32,
    /// What word art says.
    pub word_art: String,
    pub name: String,
    pub alt: String,
    pub has_picture: bool,
    /// What text in it stands on.
    pub ground: Ground,
    pub is_hidden: bool,
}

impl Shape {
    /// Whether its name says that it is a watermark.
    pub fn is_watermark(&self) -> bool {
        self.name.to_ascii_lowercase().contains("watermark") || self.name.contains("水印")
    }
}

/// The shapes of drawings.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub shapes: Vec<Shape>,
    /// Whether records do not hold what they should.
    pub is_broken: bool,
}

/// The shapes of a document's own drawings: those of the text, then those of
/// headers and footers (MS-DOC 2.9.172).
///
/// # Errors
/// A limit that was reached.
pub(super) fn drawings(part: &[u8], budget: &mut Budget) -> Result<Drawn, Gap> {
    let mut drawn = Drawn::default();
    if part.is_empty() {
        return Ok(drawn);
    }
    // What all drawings share comes first: pictures and defaults.
    let shared = Record::read(part, 0).filter(|record| record.kind == SHARED);
    drawn.is_broken = shared.is_none();
    let mut at = shared.map_or(part.len(), |record| record.end);
    // Each drawing has a byte before it that says where it belongs.
    while let Some(record) = Record::read(part, at.saturating_add(1)) {
        let own = up_to(part, record.start, record.end - record.start);
        drawn.is_broken |= record.kind != DRAWING || record.is_cut;
        drawn.read(own, budget)?;
        at = record.end;
    }
    Ok(drawn)
}

/// The shape of a picture that stands in the text like a character: its
/// properties begin behind a header in the data stream (MS-DOC 2.9.192).
///
/// # Errors
/// A limit that was reached.
pub(super) fn inline(data: &[u8], at: u32, budget: &mut Budget) -> Result<Option<Shape>, Gap> {
    let picture = data.get(place(at)..).unwrap_or_default();
    let size = place(u32_at(picture, 0).unwrap_or(0));
    let picture = up_to(picture, 0, size);
    let mut from = usize::from(u16_at(picture, 4).unwrap_or(0));
    // A picture in a file of its own has its name first.
    if u16_at(picture, 6) == Some(0x66) {
        from += 1 + usize::from(picture.get(from).copied().unwrap_or(0));
    }
    let Some(record) = Record::read(picture, from).filter(|record| record.kind == SHAPE) else {
        return Ok(None);
    };
    let whole = up_to(picture, from, record.end - from);
    let mut drawn = Drawn::default();
    drawn.read(whole, budget)?;
    Ok(drawn.shapes.pop())
}

#[derive(Clone, Copy, Debug)]
struct Record {
    kind: u16,
    is_container: bool,
    /// A number whose meaning the kind tells.
    instance: u16,
    /// Its first byte behind the header, and one past its last.
    start: usize,
    end: usize,
    /// Whether it should be longer than it is.
    is_cut: bool,
}

impl Record {
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        let head = u16_at(bytes, at)?;
        let kind = u16_at(bytes, at.checked_add(2)?)?;
        let size = place(u32_at(bytes, at.checked_add(4)?)?);
        let start = at.checked_add(8)?;
        let whole = start.saturating_add(size);
        let end = whole.min(bytes.len());
        let (is_container, instance) = (head & 0xF == 0xF, head >> 4);
        Some(Self { kind, is_container, instance, start, end, is_cut: whole > end })
    }
}

impl Drawn {
    /// Reads all shapes in some records, in order.
    fn read(&mut self, bytes: &[u8], budget: &mut Budget) -> Result<(), Gap> {
        let shapes = &mut self.shapes;
        // The ends of open groups; the outermost is no group but all of a drawing.
        let mut groups: Vec<usize> = Vec::new();
        let mut top = None;
        let mut at = 0;
        while let Some(record) = Record::read(bytes, at) {
            budget.spend_steps(1)?;
            while groups.last().is_some_and(|end| *end <= at) {
                groups.pop();
                if groups.len() < 2 {
                    top = None;
                }
            }
            self.is_broken |= record.is_cut || record.kind < SHARED;
            match record.kind {
                GROUP => groups.push(record.end),
                SHAPE => {
                    shapes.push(Shape { ground: Ground::Color(Ink::WHITE), ..Shape::default() })
                }
                SHAPE_ID => {
                    let id = u32_at(bytes, record.start).unwrap_or(0);
                    let of = if groups.len() > 1 { *top.get_or_insert(id) } else { id };
                    if let Some(shape) = shapes.last_mut() {
                        (shape.id, shape.top) = (id, of);
                    }
                }
                kind if PROPERTIES.contains(&kind) => {
                    if let Some(shape) = shapes.last_mut() {
                        let own = up_to(bytes, record.start, record.end - record.start);
                        read_properties(shape, own, record.instance, budget)?;
                    }
                }
                _ => {}
            }
            at = if record.is_container { record.start } else { record.end };
        }
        self.is_broken |= at < bytes.len();
        Ok(())
    }
}

/// A table of properties: six bytes each, then the values that need more (2.2.9).
fn read_properties(
    shape: &mut Shape,
    bytes: &[u8],
    count: u16,
    budget: &mut Budget,
) -> Result<(), Gap> {
    let mut values = 6 * usize::from(count);
    for number in 0..usize::from(count) {
        budget.spend_steps(1)?;
        let (Some(id), Some(value)) = (u16_at(bytes, 6 * number), u32_at(bytes, 6 * number + 2))
        else {
            break;
        };
        let mut long: &[u8] = &[];
        if id & 0x8000 != 0 {
            long = up_to(bytes, values, place(value));
            values = values.saturating_add(place(value));
        }
        let [r, g, b, of] = value.to_le_bytes();
        match id & 0x3FFF {
            0x00C0 => shape.word_art = utf16(long),
            0x0104 => shape.has_picture |= value != 0,
            0x0181 => {
                let color = (of == 0).then_some(Ground::Color(Ink::Rgb([r, g, b])));
                shape.ground = color.unwrap_or(Ground::Unknown);
            }
            // Not filled: what is under it shows.
            0x01BF if value & 0x10_0000 != 0 && value & 0x10 == 0 => {
                shape.ground = Ground::Unknown;
            }
            0x0380 => shape.name = utf16(long),
            0x0381 => shape.alt = utf16(long),
            0x03BF => shape.is_hidden |= value & 0x2_0002 == 0x2_0002,
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn record(version: u16, instance: u16, kind: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = (version | instance << 4).to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend((body.len() as u32).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    fn shape(id: u32, texts: &[(u16, &str)]) -> Vec<u8> {
        let (mut table, mut values) = (Vec::new(), Vec::new());
        for (property, text) in texts {
            let text: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
            table.extend((property | 0x8000).to_le_bytes());
            table.extend((text.len() as u32).to_le_bytes());
            values.extend(text);
        }
        table.extend(values);
        let head = record(2, 136, SHAPE_ID, &[id.to_le_bytes(), [0; 4]].concat());
        let properties = record(3, texts.len() as u16, 0xF00B, &table);
        record(0xF, 0, SHAPE, &[head, properties].concat())
    }

    fn part() -> Vec<u8> {
        let inner = [shape(7, &[]), shape(8, &[(0xC0, "机密★10年")])].concat();
        let inner = record(0xF, 0, GROUP, &inner);
        let all = [
            shape(1, &[]),
            inner,
            shape(9, &[(0x380, "PowerPlusWaterMarkObject1"), (0x381, "绝密")]),
        ];
        let drawing = record(0xF, 0, 0xF002, &record(0xF, 0, GROUP, &all.concat()));
        [record(0xF, 0, 0xF000, &[0; 20]), vec![1], drawing].concat()
    }

    #[test]
    fn shapes_say_what_they_say_and_belong_to_their_group() {
        let mut budget = Budget::new(Limits::default());
        let Drawn { shapes, is_broken } = drawings(&part(), &mut budget).expect("in the limits");
        assert!(!is_broken);
        let told: Vec<_> =
            shapes.iter().map(|s| (s.id, s.top, &*s.word_art, &*s.alt, s.is_watermark())).collect();
        let want = [
            (1, 1, "", "", false),
            (7, 7, "", "", false),
            (8, 7, "机密★10年", "", false),
            (9, 9, "", "绝密", true),
        ];
        assert_eq!(told, want);
    }

    #[test]
    fn broken_drawings_end() {
        let whole = part();
        for at in 0..whole.len() {
            let mut budget = Budget::new(Limits::default());
            drop(drawings(&whole[..at], &mut budget));
            let mut broken = whole.clone();
            broken[at] = 0xFF;
            drop(drawings(&broken, &mut budget));
            drop(inline(&broken, at as u32, &mut budget));
        }
    }
}

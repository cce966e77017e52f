//! Records of Office drawings (MS-ODRAW), and of PowerPoint's files, which are
//! made the same way; the properties of a shape, as far as they say something.

use crate::extract::Budget;
use crate::model::Gap;

/// Version, instance, kind and length before every record (2.2.1).
pub(crate) const HEADER: usize = 8;

/// Kinds of records that drawings in all programs have.
pub(crate) mod kind {
    /// A drawing: the shapes of one page or sheet.
    pub(crate) const DRAWING: u16 = 0xF002;
    /// A group: its own shape first.
    pub(crate) const GROUP: u16 = 0xF003;
    /// A shape.
    pub(crate) const SHAPE: u16 = 0xF004;
    /// Where the shapes of a group are counted from.
    pub(crate) const GROUP_FRAME: u16 = 0xF009;
    /// Number and nature of a shape.
    pub(crate) const SHAPE_ID: u16 = 0xF00A;
    /// Tables of properties.
    pub(crate) const PROPERTIES: [u16; 3] = [0xF00B, 0xF121, 0xF122];
    /// What the program keeps of the text in a shape.
    pub(crate) const TEXT_BOX: u16 = 0xF00D;
    /// Where a shape in a group stands.
    pub(crate) const CHILD_ANCHOR: u16 = 0xF00F;
    /// Where a shape stands on its page or sheet.
    pub(crate) const ANCHOR: u16 = 0xF010;
    /// What the program keeps of a shape.
    pub(crate) const CLIENT_DATA: u16 = 0xF011;
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    /// What it is.
    pub kind: u16,
    /// A number whose meaning the kind tells.
    pub instance: u16,
    /// Whether records stand in it.
    pub is_container: bool,
    /// What stands in it, as far as it is there.
    pub body: &'a [u8],
    /// Where its header begins in the bytes it was read from.
    pub at: usize,
    /// Whether it goes on behind the end of the bytes.
    pub is_cut: bool,
}

impl<'a> Record<'a> {
    /// The record that begins at an offset; `None` where no header is.
    pub fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        let from = at.checked_add(HEADER)?;
        let head = bytes.get(at..from)?;
        let first = u16_at(head, 0)?;
        let length = u32_at(head, 4)? as usize;
        let end = from.saturating_add(length);
        Some(Self {
            kind: u16_at(head, 2)?,
            instance: first >> 4,
            is_container: first & 0xF == 0xF,
            body: bytes.get(from..end.min(bytes.len()))?,
            at,
            is_cut: end > bytes.len(),
        })
    }

    /// One past its last byte, in the bytes it was read from.
    pub fn end(&self) -> usize {
        self.at + HEADER + self.body.len()
    }

    /// The records in it.
    pub fn children(&self) -> Records<'a> {
        Records { bytes: self.body, at: 0 }
    }

    /// The first record of a kind in it.
    pub fn child(&self, kind: u16) -> Option<Record<'a>> {
        self.children().find(|record| record.kind == kind)
    }
}

/// Records one behind the other.
#[derive(Clone, Debug)]
pub(crate) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    /// Those in some bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let record = Record::read(self.bytes, self.at)?;
        self.at = record.end();
        Some(record)
    }
}

/// A colour as drawings have it (2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    /// Red, green, blue.
    Rgb([u8; 3]),
    /// A place in the page's scheme, or the workbook's palette.
    Scheme(u8),
    /// Anything else: of the system, or made from another colour.
    Unknown,
}

impl Color {
    /// From its four bytes.
    pub fn of(value: u32) -> Self {
        match value.to_le_bytes() {
            [r, g, b, 0 | 2] => Self::Rgb([r, g, b]),
            [index, _, _, 8] => Self::Scheme(index),
            _ => Self::Unknown,
        }
    }
}

/// What a shape's tables of properties say (2.3).
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties {
    /// What word art says.
    pub word_art: String,
    /// What the shape is called.
    pub name: String,
    /// Its alternative text.
    pub alt: String,
    /// What is shown when a pointer rests on it.
    pub tip: String,
    /// Whether it shows a picture, or is painted with one.
    pub has_picture: bool,
    /// The colour it is painted with, where it is one.
    pub fill: Option<Color>,
    /// Whether it says that it is painted, or that it is not.
    pub is_filled: Option<bool>,
    /// Whether nobody is shown it.
    pub is_hidden: bool,
    /// Degrees, clockwise.
    pub turn: f32,
    /// Whether it is the group of a table's cells.
    pub is_table: bool,
}

/// A fill that is one colour.
const SOLID: u32 = 0;

impl Properties {
    /// Takes in a table: six bytes each, then the values that need more (2.2.9).
    ///
    /// # Errors
    /// A limit that was reached.
    pub fn take(&mut self, table: &Record<'_>, budget: &mut Budget) -> Result<(), Gap> {
        let count = usize::from(table.instance);
        let mut values = 6 * count;
        for number in 0..count {
            budget.spend_steps(1)?;
            let at = 6 * number;
            let (Some(id), Some(value)) = (u16_at(table.body, at), u32_at(table.body, at + 2))
            else {
                return Ok(());
            };
            let mut long: &[u8] = &[];
            if id & 0x8000 != 0 {
                let end = values.saturating_add(value as usize);
                long = table.body.get(values..end).unwrap_or_default();
                values = end;
            }
            self.property(id & 0x3FFF, value, long);
        }
        Ok(())
    }

    fn property(&mut self, id: u16, value: u32, long: &[u8]) {
        // Switches come with a second bit that says whether they are meant.
        let switch = |bit: u32| (value >> (bit + 16) & 1 == 1).then_some(value >> bit & 1 == 1);
        match id {
            // Sixteen bits behind the point.
            0x0004 => self.turn = ((value as i32) as f32 / 65_536.0).rem_euclid(360.0),
            0x00C0 => self.word_art = utf16(long),
            0x0104 => self.has_picture |= value != 0,
            0x0180 if value != SOLID => {
                self.fill = Some(Color::Unknown);
                // Pictures and textures; what is left are patterns and shades.
                self.has_picture |= matches!(value, 2 | 3);
            }
            0x0181 if self.fill != Some(Color::Unknown) => self.fill = Some(Color::of(value)),
            0x01BF => self.is_filled = switch(4).or(self.is_filled),
            0x0380 => self.name = utf16(long),
            0x0381 => self.alt = utf16(long),
            0x038D => self.tip = utf16(long),
            0x039F => self.is_table |= value & 1 == 1,
            0x03BF => self.is_hidden |= switch(1) == Some(true),
            _ => {}
        }
    }

    /// Whether its name says that it is a watermark.
    pub fn is_watermark(&self) -> bool {
        self.name.to_ascii_lowercase().contains("watermark") || self.name.contains("水印")
    }
}

/// Text in UTF-16 up to its end.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]]));
    let units = units.take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}

/// Sixteen bits at an offset.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// Thirty-two bits at an offset.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn record(head: u16, kind: u16, body: &[u8]) -> Vec<u8> {
        let mut made = head.to_le_bytes().to_vec();
        made.extend(kind.to_le_bytes());
        made.extend((body.len() as u32).to_le_bytes());
        made.extend(body);
        made
    }

    #[test]
    fn records_follow_one_another_and_the_last_may_be_cut() {
        let mut bytes =
            [record(0xF, 0xF004, &record(0x10, 1, b"ab")), record(0, 2, b"cde")].concat();
        bytes.pop();
        let told: Vec<_> = Records::new(&bytes)
            .map(|r| (r.kind, r.is_container, r.body.len(), r.is_cut))
            .collect();
        assert_eq!(told, [(0xF004, true, 10, false), (2, false, 2, true)]);
        let first = Record::read(&bytes, 0).expect("a record");
        assert_eq!(first.child(1).map(|r| (r.instance, r.body)), Some((1, &b"ab"[..])));
        assert!(Record::read(&bytes, usize::MAX - 3).is_none());
    }

    #[test]
    fn properties_say_what_a_shape_shows() {
        let text: Vec<u8> = "机密★10年\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut table = Vec::new();
        for (id, value) in [
            (0x0004u16, 0xFFD3_0000u32),
            (0x80C0, text.len() as u32),
            (0x0181, 0x00FF_FFFF),
            (0x01BF, 0x10_0010),
            (0x03BF, 0x2_0002),
        ] {
            table.extend(id.to_le_bytes());
            table.extend(value.to_le_bytes());
        }
        table.extend(&text);
        let bytes = record(3 | 5 << 4, 0xF00B, &table);
        let mut budget = Budget::new(Limits::default());
        for cut in (0..=bytes.len()).rev() {
            let Some(table) = Record::read(&bytes[..cut], 0) else { continue };
            let mut made = Properties::default();
            made.take(&table, &mut budget).expect("within the limits");
            if cut == bytes.len() {
                assert_eq!((made.word_art.as_str(), made.turn), ("机密★10年", 315.0));
                assert_eq!((made.fill, made.is_filled), (Some(Color::Rgb([255; 3])), Some(true)));
                assert!(made.is_hidden && !made.is_watermark());
            }
        }
    }
}

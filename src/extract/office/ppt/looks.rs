//! How characters and paragraphs look: what runs say, and under it what the
//! master says for each kind of text and level (MS-PPT 2.9).

use super::record;
use crate::extract::office::art::{Record, u16_at, u32_at};
use crate::model::Align;

/// Levels of an outline.
const MAX_LEVELS: usize = 10;

/// What a run says of its characters; what it does not, is left to the master.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct CharLook {
    pub bold: Option<bool>,
    /// In points.
    pub size: Option<u16>,
    /// Red, green, blue, and which of the scheme's colours is meant instead.
    pub color: Option<[u8; 4]>,
    /// Numbers of the fonts: for Latin text, and for East Asian.
    pub face: Option<u16>,
    pub wide_face: Option<u16>,
}

impl CharLook {
    /// This over that.
    pub fn over(self, under: Self) -> Self {
        Self {
            bold: self.bold.or(under.bold),
            size: self.size.or(under.size),
            color: self.color.or(under.color),
            face: self.face.or(under.face),
            wide_face: self.wide_face.or(under.wide_face),
        }
    }
}

/// What is said of a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ParaLook {
    pub align: Option<Align>,
    pub level: u16,
}

/// Fields one behind the other.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn u16(&mut self) -> Option<u16> {
        let value = u16_at(self.0, 0)?;
        self.0 = &self.0[2..];
        Some(value)
    }

    fn u32(&mut self) -> Option<u32> {
        let value = u32_at(self.0, 0)?;
        self.0 = &self.0[4..];
        Some(value)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    /// A paragraph's properties (2.9.20): a switch for each that is there.
    fn para(&mut self) -> Option<Option<Align>> {
        let there = self.u32()?;
        let has = |bits: u32| there & bits != 0;
        if has(0x0F) {
            self.u16()?;
        }
        for bit in [0x80, 0x10, 0x40] {
            if has(bit) {
                self.u16()?;
            }
        }
        if has(0x20) {
            self.u32()?;
        }
        let align = if has(0x0800) { Some(self.u16()?) } else { None };
        for bit in [0x1000, 0x2000, 0x4000, 0x0100, 0x0400, 0x8000] {
            if has(bit) {
                self.u16()?;
            }
        }
        if has(0x10_0000) {
            let stops = usize::from(self.u16()?);
            self.skip(stops * 4)?;
        }
        for bits in [0x01_0000, 0x0E_0000, 0x20_0000] {
            if has(bits) {
                self.u16()?;
            }
        }
        Some(align.map(|align| match align {
            1 => Align::Center,
            2 => Align::Right,
            _ => Align::Left,
        }))
    }

    /// A run's properties (2.9.13).
    fn character(&mut self) -> Option<CharLook> {
        let there = self.u32()?;
        let has = |bits: u32| there & bits != 0;
        let mut look = CharLook::default();
        if has(0x3EB7) {
            let style = self.u16()?;
            look.bold = has(1).then_some(style & 1 == 1);
        }
        if has(0x01_0000) {
            look.face = Some(self.u16()?);
        }
        if has(0x20_0000) {
            look.wide_face = Some(self.u16()?);
        }
        for bit in [0x40_0000, 0x80_0000] {
            if has(bit) {
                self.u16()?;
            }
        }
        if has(0x02_0000) {
            look.size = Some(self.u16()?);
        }
        if has(0x04_0000) {
            look.color = Some(self.u32()?.to_le_bytes());
        }
        if has(0x08_0000) {
            self.u16()?;
        }
        Some(look)
    }
}

/// The looks of a text's paragraphs and runs, each with where it ends, counted
/// in UTF-16 units.
pub(super) type Spans<L> = Vec<(usize, L)>;

/// Reads the looks of a text of so many units (2.9.44). What breaks off is as
/// the master says.
pub(super) fn spans(body: &[u8], units: usize) -> (Spans<ParaLook>, Spans<CharLook>) {
    let mut fields = Fields(body);
    let (mut paras, mut runs) = (Vec::new(), Vec::new());
    // The end of the text counts as one.
    let mut at = 0usize;
    while at <= units {
        let Some(count) = fields.u32() else { return (paras, runs) };
        let Some(level) = fields.u16() else { return (paras, runs) };
        let Some(align) = fields.para() else { return (paras, runs) };
        at = at.saturating_add(count.max(1) as usize);
        paras.push((at, ParaLook { align, level }));
    }
    at = 0;
    while at <= units {
        let Some(count) = fields.u32() else { return (paras, runs) };
        let Some(look) = fields.character() else { return (paras, runs) };
        at = at.saturating_add(count.max(1) as usize);
        runs.push((at, look));
    }
    (paras, runs)
}

/// What a master says of each kind of text, level by level.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    kinds: [Vec<(Option<Align>, CharLook)>; 9],
}

impl Levels {
    /// Takes in what is said of one kind of text (2.9.36).
    pub fn take(&mut self, style: &Record<'_>) {
        debug_assert_eq!(style.kind, record::MASTER_STYLE);
        let Some(levels) = self.kinds.get_mut(usize::from(style.instance)) else { return };
        let mut fields = Fields(style.body);
        let count = fields.u16().unwrap_or(0);
        levels.clear();
        for _ in 0..usize::from(count).min(MAX_LEVELS) {
            if style.instance >= 5 && fields.u16().is_none() {
                return;
            }
            let Some(align) = fields.para() else { return };
            let Some(look) = fields.character() else { return };
            levels.push((align, look));
        }
    }

    /// What is said of a kind of text at a level: its own, over what it is a
    /// variety of.
    pub fn of(&self, kind: u32, level: u16) -> (Option<Align>, CharLook) {
        let under = match kind {
            6 => Some(0),
            5 | 7 | 8 => Some(1),
            _ => None,
        };
        let (mut align, mut look) = (None, CharLook::default());
        for kind in [usize::try_from(kind).ok(), under].into_iter().flatten() {
            let levels = self.kinds.get(kind).map(Vec::as_slice).unwrap_or_default();
            // A level says what changes against those above it.
            for (of_level, said) in levels.iter().take(usize::from(level) + 1).rev() {
                align = align.or(*of_level);
                look = look.over(*said);
            }
        }
        (align, look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(numbers: &[u16]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn looks_end_where_they_say() {
        let body = [
            // Three units at level 1, to the right, with tabs between.
            bytes(&[3, 0, 1, 0x0800, 0x10, 2, 1, 9, 9]),
            bytes(&[2, 0, 0, 0, 0]),
            // Two bold red units of 40 points, then the rest.
            bytes(&[2, 0, 1, 0x06, 1, 40]),
            vec![255, 0, 0, 0xFE],
            bytes(&[3, 0, 0, 0]),
        ]
        .concat();
        let (paras, runs) = spans(&body, 4);
        let right = ParaLook { align: Some(Align::Right), level: 1 };
        assert_eq!(paras, [(3, right), (5, ParaLook::default())]);
        assert_eq!(runs[0].0, 2);
        assert_eq!((runs[0].1.bold, runs[0].1.size), (Some(true), Some(40)));
        assert_eq!(runs[0].1.color, Some([255, 0, 0, 0xFE]));
        assert_eq!(runs[1], (5, CharLook::default()));
        for cut in 0..body.len() {
            let _ = spans(&body[..cut], 4);
        }
    }

    #[test]
    fn levels_add_to_those_above() {
        let body = [
            bytes(&[2]),
            bytes(&[0x0800, 0, 1]),
            bytes(&[1, 0x02, 1, 44]),
            bytes(&[0, 0]),
            bytes(&[0, 0x02, 20]),
        ]
        .concat();
        let style = Record {
            kind: record::MASTER_STYLE,
            instance: 1,
            is_container: false,
            body: &body,
            at: 0,
            is_cut: false,
        };
        let mut levels = Levels::default();
        levels.take(&style);
        let (align, look) = levels.of(5, 1);
        assert_eq!(align, Some(Align::Center));
        assert_eq!((look.bold, look.size), (Some(true), Some(20)));
        assert_eq!(levels.of(0, 0), (None, CharLook::default()));
    }
}

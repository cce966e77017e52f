//! How characters and paragraphs look: changes over the style they are in, which
//! are changes over the style it is based on (MS-DOC 2.4.6).

use super::fonts::Fonts;
use super::sprm::{Dialect, Sprm, Sprms};
use super::styles::Styles;
use crate::extract::office::word::ink::{Ground, Ink};
use crate::extract::office::word::symbols::SymbolFont;
use crate::model::{Align, Style};

/// Properties of characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Characters {
    /// Half points; 0 where not given, which is 10 points.
    pub size: u16,
    pub bold: bool,
    pub vanish: bool,
    pub strike: bool,
    pub double_strike: bool,
    pub color: Option<Ink>,
    pub shade: Option<Ink>,
    pub highlight: Option<Ink>,
    /// Fonts of Latin and of East Asian characters, by their number.
    pub latin: Option<u16>,
    pub east: Option<u16>,
    /// Part of a tracked deletion.
    pub deleted: bool,
    /// A character of a special kind: a picture, a note's number, a field's edge.
    pub special: bool,
    /// Data and no picture.
    pub data: bool,
    pub object: bool,
    /// Where in the data stream a picture or its like stands.
    pub place: Option<u32>,
    /// A symbol: the number of its font, and its code.
    pub symbol: Option<(u16, u16)>,
}

impl Characters {
    /// Takes in changes; `style` is what the style around them has.
    pub fn apply<'l>(
        &mut self,
        sprms: impl Iterator<Item = Sprm<'l>>,
        style: Self,
        styles: &Styles,
    ) {
        for sprm in sprms {
            self.change(sprm, &style, styles);
        }
    }

    fn change(&mut self, sprm: Sprm<'_>, style: &Self, styles: &Styles) {
        // 0x80 is what the style has, 0x81 the contrary.
        let toggle = |styled: bool| match sprm.byte() {
            0 => false,
            0x80 => styled,
            0x81 => !styled,
            _ => true,
        };
        let is_on = sprm.byte() != 0;
        match sprm.code {
            0x0800 => self.deleted = is_on,
            0x0806 => self.data = is_on,
            0x0835 => self.bold = toggle(style.bold),
            0x0837 => self.strike = toggle(style.strike),
            // Hidden, and hidden because the paragraph goes on after its mark.
            0x083C => self.vanish = toggle(style.vanish),
            0x0855 => self.special = is_on,
            0x0856 => self.object = is_on,
            0x2A53 => self.double_strike = toggle(style.double_strike),
            0x2A0C => self.highlight = ink(sprm.byte()),
            0x2A42 => self.color = ink(sprm.byte()),
            0x2A33 => self.plain(style),
            0x6870 => self.color = color_ref(sprm.value),
            0x4866 => self.shade = shade_80(sprm.word()),
            0xCA71 => self.shade = shade(sprm.value),
            0x4A43 => self.size = sprm.word(),
            0x4A4F => self.latin = Some(sprm.word()),
            0x4A50 => self.east = Some(sprm.word()),
            0x4A30 => {
                let deeper = *self;
                styles.characters_over(sprm.word(), self, &deeper);
            }
            // The place of a picture makes a character special (2.6.1).
            0x6A03 => (self.place, self.special) = (sprm.long(), true),
            0x6A09 => {
                let code = super::bytes::u16_at(sprm.value, 2);
                // Word 6 has symbols of one byte.
                let code = code.or(super::bytes::u8_at(sprm.value, 2).map(u16::from));
                (self.symbol, self.special) = (code.map(|code| (sprm.word(), code)), true);
            }
            _ => {}
        }
    }

    /// Back to the style, but for what characters are.
    fn plain(&mut self, style: &Self) {
        let kept = *self;
        *self = *style;
        self.deleted = kept.deleted;
        (self.special, self.data, self.object) = (kept.special, kept.data, kept.object);
        (self.place, self.symbol) = (kept.place, kept.symbol);
    }
}

/// Properties of paragraphs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// The number of its style.
    pub style: u16,
    pub align: Option<Align>,
    pub page_break_before: bool,
    pub shade: Option<Ink>,
    /// Tables it is in.
    pub depth: u32,
    /// Ends a row: of the outermost table, of one within.
    pub ends_row: bool,
    pub ends_inner_row: bool,
    pub ends_inner_cell: bool,
    /// Stands in a frame of its own.
    pub framed: bool,
    /// A dropped capital, which is no frame to a reader.
    pub dropped: bool,
}

/// Deeper tables than this are the same table to us.
const MAX_DEPTH: u32 = 32;

impl Paragraph {
    /// Takes in changes.
    pub fn apply<'l>(&mut self, sprms: impl Iterator<Item = Sprm<'l>>) {
        for sprm in sprms {
            self.change(sprm);
        }
        self.framed &= !self.dropped;
    }

    fn change(&mut self, sprm: Sprm<'_>) {
        let is_on = sprm.byte() != 0;
        match sprm.code {
            0x4600 => self.style = sprm.word(),
            0x2403 | 0x2461 => self.align = align(sprm.byte()),
            0x2407 => self.page_break_before = is_on,
            0x2416 => {
                self.depth = if is_on { self.depth.max(1) } else { 0 };
            }
            0x2417 => self.ends_row = is_on,
            0x6649 => self.depth = sprm.long().unwrap_or(0).min(MAX_DEPTH),
            0x664A => {
                let change = sprm.long().unwrap_or(0) as i32;
                self.depth = self.depth.saturating_add_signed(change).min(MAX_DEPTH);
            }
            0x244B => self.ends_inner_cell = is_on,
            0x244C => self.ends_inner_row = is_on,
            0x442D => self.shade = shade_80(sprm.word()),
            0xC64D => self.shade = shade(sprm.value),
            // A place on the page makes a frame (2.6.2), a drop cap too.
            0x8418 | 0x8419 | 0x261B => self.framed = true,
            0x442C => self.dropped = sprm.byte() & 7 != 0,
            _ => {}
        }
    }
}

/// The shade of each cell of a row, from the changes at its end.
pub(super) fn cell_shades(list: &[u8], dialect: Dialect) -> Vec<Option<Ink>> {
    let mut shades: Vec<Option<Ink>> = Vec::new();
    let mut put = |from: usize, all: Vec<Option<Ink>>| {
        shades.truncate(from);
        shades.resize(from, None);
        shades.extend(all);
    };
    for sprm in Sprms::new(list, dialect) {
        let long = || sprm.value.chunks_exact(10).map(shade).collect();
        match sprm.code {
            0xD609 => {
                let short = sprm.value.chunks_exact(2);
                put(0, short.map(|s| shade_80(u16::from_le_bytes([s[0], s[1]]))).collect());
            }
            0xD612 => put(0, long()),
            0xD616 => put(22, long()),
            0xD60C => put(44, long()),
            _ => {}
        }
    }
    shades
}

/// All that decides how a stretch of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Look {
    pub characters: Characters,
    pub para_shade: Option<Ink>,
    pub ground: Ground,
    /// Nobody sees it, whatever it looks like.
    pub unseen: bool,
    /// Whether the East Asian font is the one that shows.
    pub east_asian: bool,
}

impl Look {
    /// The style it comes to, and the symbol font it is in, if it is in one.
    pub fn resolve(&self, fonts: &Fonts) -> (Style, Option<SymbolFont>) {
        let characters = &self.characters;
        let face = |number: Option<u16>| number.map_or("", |n| fonts.face(n));
        let (first, second) = match self.east_asian {
            true => (characters.east, characters.latin),
            false => (characters.latin, characters.east),
        };
        let face_shown = if face(first).is_empty() { face(second) } else { face(first) };
        let half_points = if characters.size == 0 { 20 } else { characters.size };
        let size = f32::from(half_points) / 2.0;
        let style = Style {
            size,
            face: face_shown.to_owned(),
            color: match characters.color {
                Some(Ink::Rgb(rgb)) => Some(rgb),
                _ => None,
            },
            bold: characters.bold,
            struck: characters.strike || characters.double_strike,
            hidden: characters.vanish || size < 2.0 || self.unseen || self.vanishes(),
            deleted: characters.deleted,
        };
        (style, SymbolFont::of_face(face(characters.latin)))
    }

    /// Whether text has the colour of what lies under it.
    fn vanishes(&self) -> bool {
        let Some(color) = self.characters.color else { return false };
        let under = self.characters.highlight.or(self.characters.shade).or(self.para_shade);
        let ground = match (under, self.ground) {
            (Some(ink), _) | (None, Ground::Color(ink)) => ink,
            (None, Ground::Page) => Ink::WHITE,
            (None, Ground::Unknown) => return false,
        };
        color.vanishes_on(ground)
    }
}

fn align(value: u8) -> Option<Align> {
    match value {
        1 => Some(Align::Center),
        2 | 8 => Some(Align::Right),
        0 | 3..=5 | 7 | 9 => Some(Align::Left),
        _ => None,
    }
}

/// One of the colours that have a number (2.9.119).
fn ink(number: u8) -> Option<Ink> {
    const COLORS: [[u8; 3]; 16] = [
        [0, 0, 0],
        [0, 0, 255],
        [0, 255, 255],
        [0, 255, 0],
        [255, 0, 255],
        [255, 0, 0],
        [255, 255, 0],
        [255, 255, 255],
        [0, 0, 128],
        [0, 128, 128],
        [0, 128, 0],
        [128, 0, 128],
        [128, 0, 0],
        [128, 128, 0],
        [128, 128, 128],
        [192, 192, 192],
    ];
    let number = usize::from(number).checked_sub(1)?;
    COLORS.get(number).map(|rgb| Ink::Rgb(*rgb))
}

/// Red, green, blue, and whether it is none of them but automatic.
fn color_ref(bytes: &[u8]) -> Option<Ink> {
    match bytes {
        [r, g, b, 0, ..] => Some(Ink::Rgb([*r, *g, *b])),
        _ => None,
    }
}

/// What a shade of two colours and a pattern paints: the second, or the first
/// where the pattern is solid.
fn shade(bytes: &[u8]) -> Option<Ink> {
    let pattern = super::bytes::u16_at(bytes, 8)?;
    match pattern {
        0xFFFF => None,
        1 => color_ref(bytes),
        _ => color_ref(bytes.get(4..)?),
    }
}

/// The same in two bytes.
fn shade_80(value: u16) -> Option<Ink> {
    if value == 0xFFFF {
        return None;
    }
    let (front, back, pattern) = (value & 0x1F, (value >> 5) & 0x1F, value >> 10);
    ink((if pattern == 1 { front } else { back }) as u8)
}

//! Tables at the head of a file: fonts and colours (RTF 1.9.1, "Font Table" and
//! "Color Table").

use std::collections::HashMap;

use super::codepage::Codepage;
use crate::extract::office::word::ink::Ink;
use crate::extract::office::word::symbols::SymbolFont;

/// Fonts and colours of one file, at most.
const MAX_ENTRIES: usize = 32_768;

/// Longer names are none.
const MAX_NAME: usize = 100;

/// A font.
#[derive(Clone, Debug, Default)]
pub(super) struct Font {
    pub name: String,
    /// Its code page, where it has one.
    pub codepage: Option<Codepage>,
    /// Whether its character set is that of plain Windows text.
    pub is_plain: bool,
    pub symbols: Option<SymbolFont>,
}

/// The fonts by their numbers.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    fonts: HashMap<i32, Font>,
    /// The one that is being read.
    number: i32,
    font: Font,
}

impl Fonts {
    pub fn get(&self, number: i32) -> Option<&Font> {
        self.fonts.get(&number)
    }

    /// A font of that number begins.
    pub fn begin(&mut self, number: i32) {
        self.end();
        self.number = number;
    }

    pub fn charset(&mut self, charset: i32) {
        self.font.is_plain = charset == 0;
        self.font.codepage = Codepage::of_charset(charset);
    }

    /// A code page overrules the character set.
    pub fn codepage(&mut self, number: i32) {
        if number != 0 {
            self.font.codepage = Codepage::of_number(number).or(self.font.codepage);
            self.font.is_plain = false;
        }
    }

    /// The code page its name is in.
    pub fn name_codepage(&self) -> Option<Codepage> {
        self.font.codepage.filter(|codepage| *codepage != Codepage::Symbols)
    }

    /// More of the name; a semicolon ends it.
    pub fn push(&mut self, text: &str) {
        for (n, piece) in text.split(';').enumerate() {
            if n > 0 {
                self.end();
            }
            if self.font.name.len() < MAX_NAME {
                self.font.name.push_str(piece);
            }
        }
    }

    /// The font ends.
    pub fn end(&mut self) {
        let mut font = std::mem::take(&mut self.font);
        let name = font.name.trim().to_owned();
        if name.is_empty() || self.fonts.len() >= MAX_ENTRIES {
            return;
        }
        font.symbols = SymbolFont::of_face(&name);
        font.name = name;
        self.fonts.insert(self.number, font);
    }
}

/// The colours in order; the first is mostly the automatic one.
#[derive(Debug, Default)]
pub(super) struct Colors {
    colors: Vec<Option<[u8; 3]>>,
    rgb: [u8; 3],
    given: bool,
}

impl Colors {
    /// A channel: 0 red, 1 green, 2 blue.
    pub fn channel(&mut self, channel: usize, value: i32) {
        if let Some(slot) = self.rgb.get_mut(channel) {
            *slot = value.clamp(0, 255) as u8;
            self.given = true;
        }
    }

    /// A semicolon ends a colour.
    pub fn push(&mut self, text: &str) {
        for _ in text.bytes().filter(|b| *b == b';') {
            if self.colors.len() < MAX_ENTRIES {
                self.colors.push(self.given.then_some(self.rgb));
            }
            (self.rgb, self.given) = ([0; 3], false);
        }
    }

    /// The colour of that number; `None` for the automatic one.
    pub fn get(&self, number: u16) -> Option<[u8; 3]> {
        self.colors.get(usize::from(number)).copied().flatten()
    }

    /// The same as ink.
    pub fn ink(&self, number: u16) -> Option<Ink> {
        self.get(number).map(Ink::Rgb)
    }
}

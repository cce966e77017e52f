//! Symbol fonts: what their private codes show.
//!
//! Word keeps a symbol as a code F020–F0FF (or the bare byte 20–FF) in the face
//! of a symbol font. Only glyphs that can stand in a mark, or beside one, are
//! translated; the rest keep their code. Sources: Unicode's mapping of Wingdings
//! (L2/12-368) and of Zapf Dingbats (Unicode's vendor tables), read as facts.

/// A font whose codes are not those of its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::extract) enum SymbolFont {
    /// Wingdings.
    Wingdings,
    /// Wingdings 2.
    Wingdings2,
    /// Wingdings 3 and Webdings: no glyph of theirs stands in a mark.
    OtherDingbats,
    /// Zapf Dingbats and its copies.
    ZapfDingbats,
    /// Symbol.
    Symbol,
}

impl SymbolFont {
    /// The symbol font of that name, if it is one.
    pub fn of_face(face: &str) -> Option<Self> {
        let face: String =
            face.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
        Some(match face.as_str() {
            "wingdings" | "wingdingsregular" => Self::Wingdings,
            "wingdings2" => Self::Wingdings2,
            "wingdings3" | "webdings" => Self::OtherDingbats,
            "zapfdingbats" | "itczapfdingbats" | "monotypesorts" | "dingbats" => Self::ZapfDingbats,
            "symbol" => Self::Symbol,
            _ => return None,
        })
    }

    /// What the font shows for a character; the character itself where that is
    /// not known.
    pub fn shown(self, c: char) -> char {
        let code = u32::from(c);
        let code = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
        let Ok(code) = u8::try_from(code) else { return c };
        let table: &[(u8, char)] = match self {
            Self::Wingdings => WINGDINGS,
            Self::ZapfDingbats => ZAPF_DINGBATS,
            Self::Symbol => SYMBOL,
            Self::Wingdings2 | Self::OtherDingbats => &[],
        };
        table.iter().find(|(known, _)| *known == code).map_or(c, |(_, shown)| *shown)
    }
}

/// Whether a character is drawn in the East Asian face: ideographs, full-width
/// forms, and the signs Chinese text shares with others.
pub(in crate::extract::office) fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{2E80}'.. | '\u{2460}'..='\u{27BF}')
}

const WINGDINGS: &[(u8, char)] = &[
    (0x20, ' '),
    (0x6C, '●'),
    (0x6E, '■'),
    (0x6F, '□'),
    (0x71, '❑'),
    (0x74, '⧫'),
    (0x75, '◆'),
    (0x76, '❖'),
    (0x9F, '•'),
    (0xA1, '○'),
    (0xA4, '◉'),
    (0xA7, '▪'),
    (0xA8, '◻'),
    (0xAA, '✦'),
    (0xAB, '★'),
    (0xAC, '✶'),
    (0xAD, '✴'),
    (0xAE, '✹'),
    (0xAF, '✵'),
    (0xB5, '✪'),
    (0xB6, '✰'),
    (0xD8, '➢'),
    (0xDF, '←'),
    (0xE0, '→'),
    (0xFB, '✗'),
    (0xFC, '✓'),
    (0xFD, '☒'),
    (0xFE, '☑'),
];

const ZAPF_DINGBATS: &[(u8, char)] = &[
    (0x20, ' '),
    (0x46, '✦'),
    (0x47, '✧'),
    (0x48, '★'),
    (0x49, '✩'),
    (0x4A, '✪'),
    (0x4B, '✫'),
    (0x4C, '✬'),
    (0x4D, '✭'),
    (0x4E, '✮'),
    (0x4F, '✯'),
    (0x50, '✰'),
    (0x6C, '●'),
    (0x6E, '■'),
    (0x75, '◆'),
];

const SYMBOL: &[(u8, char)] = &[
    (0x20, ' '),
    (0x2A, '∗'),
    (0xA8, '♦'),
    (0xAE, '→'),
    (0xB0, '°'),
    (0xB4, '×'),
    (0xB7, '•'),
    (0xD7, '⋅'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_told_by_font_and_code() {
        for (face, c, want) in [
            ("Wingdings", '\u{F0AB}', '★'),
            ("Wingdings", '«', '★'),
            ("wingdings", 'l', '●'),
            ("Wingdings", '\u{F0B6}', '✰'),
            ("ITC Zapf Dingbats", 'H', '★'),
            ("Monotype Sorts", '\u{F048}', '★'),
            ("Symbol", '\u{F0B7}', '•'),
            ("Wingdings", '\u{F041}', '\u{F041}'),
            ("Wingdings", '密', '密'),
        ] {
            let font = SymbolFont::of_face(face).expect("a symbol font");
            assert_eq!(font.shown(c), want, "{face} {:x}", u32::from(c));
        }
        assert_eq!(SymbolFont::of_face("SimSun"), None);
    }
}

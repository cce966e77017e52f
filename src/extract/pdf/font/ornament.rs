//! Fonts of ornaments, whose codes are no letters: stars and bullets of
//! Wingdings and its kin, and characters of the private use area that only they
//! give a meaning.

/// Whether a character means something by agreement alone.
pub(crate) fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}

/// Whether the face is Adobe's or Microsoft's font of Greek and mathematics.
pub(crate) fn is_symbol(face: &str) -> bool {
    face == "Symbol" || face.starts_with("Symbol,") || face.starts_with("SymbolMT")
}

/// Whether the face is Zapf Dingbats.
pub(crate) fn is_dingbats(face: &str) -> bool {
    face.starts_with("ZapfDingbats") || face.starts_with("ITCZapfDingbats")
}

/// The character of a code of a font of ornaments; `None` for any other font.
pub(crate) fn ornament(face: &str, code: u32) -> Option<char> {
    let lower = face.to_ascii_lowercase();
    if lower.starts_with("wingdings2") || lower.starts_with("wingdings 2") {
        return Some(wingdings_2(code));
    }
    if lower.starts_with("wingdings3") || lower.starts_with("wingdings 3") {
        return Some(if code == 32 { ' ' } else { '▸' });
    }
    if lower.starts_with("wingdings") {
        return Some(wingdings(code));
    }
    lower.starts_with("webdings").then_some(if code == 32 { ' ' } else { '•' })
}

/// The character itself, or what it means in its face if it is a private one.
pub(crate) fn plain(face: &str, c: char) -> Option<char> {
    if !is_private(c) {
        return Some(c);
    }
    let code = u32::from(c) & 0xFF;
    ornament(face, code).or_else(|| {
        let known = super::tables::encoding(super::tables::Known::Symbol);
        let name = known.get(code as usize).copied().flatten().filter(|_| is_symbol(face))?;
        super::names::characters(name)?.chars().next()
    })
}

/// Wingdings, as far as its signs are stars, boxes, figures and arrows; the
/// others are drawings and stand as a bullet.
fn wingdings(code: u32) -> char {
    const FROM_6C: [char; 14] =
        ['●', '❍', '■', '□', '▣', '❑', '❒', '⬧', '⧫', '◆', '❖', '⬥', '⌧', '⍓'];
    const FROM_80: [char; 22] = [
        '⓪', '①', '②', '③', '④', '⑤', '⑥', '⑦', '⑧', '⑨', '⑩', '⓿', '❶', '❷', '❸', '❹', '❺', '❻',
        '❼', '❽', '❾', '❿',
    ];
    let from = |table: &[char], first: u32| table.get((code - first) as usize).copied();
    match code {
        0x20 => Some(' '),
        0x6C..=0x79 => from(&FROM_6C, 0x6C),
        0x80..=0x95 => from(&FROM_80, 0x80),
        0xA1 => Some('○'),
        0xA4 => Some('◉'),
        0xA7 => Some('▪'),
        0xA8 => Some('◻'),
        0xAA => Some('✦'),
        0xAB => Some('★'),
        0xAC => Some('✶'),
        0xAD => Some('✴'),
        0xAE => Some('✹'),
        0xAF => Some('✵'),
        0xB6 => Some('☆'),
        0xD8 => Some('➢'),
        0xDF => Some('←'),
        0xE0 | 0xE8 => Some('→'),
        0xE1 => Some('↑'),
        0xE2 => Some('↓'),
        0xF0 => Some('⇨'),
        0xFB => Some('✗'),
        0xFC => Some('✓'),
        0xFD => Some('☒'),
        0xFE => Some('☑'),
        _ => None,
    }
    .unwrap_or('•')
}

fn wingdings_2(code: u32) -> char {
    match code {
        0x20 => ' ',
        0x50 => '✓',
        0x52 => '☑',
        0x4F => '✗',
        0x51 | 0x53 | 0x54 => '☒',
        0xA3 | 0x2A => '□',
        0xDF | 0xEA => '★',
        _ => '•',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_stars() {
        for (face, code, want) in [
            ("Wingdings", 0xAB, Some('★')),
            ("Wingdings-Regular", 0x6C, Some('●')),
            ("Wingdings2", 0x52, Some('☑')),
            ("Wingdings", 0x21, Some('•')),
            ("Arial", 0xAB, None),
        ] {
            assert_eq!(ornament(face, code), want, "{face} {code:x}");
        }
        assert_eq!(plain("SymbolMT", '\u{F0B7}'), Some('•'));
        assert_eq!(plain("Wingdings", '\u{F0AB}'), Some('★'));
        assert_eq!(plain("Arial", '\u{F0AB}'), None);
        assert_eq!(plain("Arial", 'A'), Some('A'));
    }
}

//! Writing from right to left: glyphs stand as they are seen, text is read as it
//! is spoken.

use super::write;
use crate::extract::pdf::page::Glyph;

/// What a character is to the direction of a line.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Right,
    Left,
    /// A digit, or what stands within a number.
    Number,
    Neutral,
}

fn way(c: char) -> Way {
    match c {
        '\u{590}'..='\u{65F}'
        | '\u{66A}'..='\u{6EF}'
        | '\u{6FA}'..='\u{8FF}'
        | '\u{FB1D}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFF}'
        | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}' => Way::Left,
        '0'..='9' | '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}' => Way::Number,
        c if c.is_alphabetic() => Way::Right,
        _ => Way::Neutral,
    }
}

/// Whether a character is written from right to left.
pub(crate) fn is_leftward(c: char) -> bool {
    way(c) == Way::Left
}

/// Puts the glyphs of a line, which stand from left to right, into the order
/// they are read in.
pub(super) fn order(glyphs: &mut [Glyph]) {
    let leftward = glyphs.iter().filter(|glyph| is_leftward(glyph.c)).count();
    if leftward == 0 {
        return;
    }
    let rightward = glyphs.iter().filter(|glyph| way(glyph.c) == Way::Right).count();
    if leftward >= rightward {
        glyphs.reverse();
        turn(glyphs, |way| matches!(way, Way::Right | Way::Number));
    } else {
        turn(glyphs, |way| way == Way::Left);
    }
}

/// Characters in which numbers look for letters to go with.
const FARTHEST: usize = 64;

/// Turns round each stretch that begins and ends with such a character and has
/// none of the other direction in between. The characters stand from right to
/// left where numbers are among them: a number goes with the letters on its left,
/// and numbers with space between are each a stretch of its own (UAX 9, W7, N1).
fn turn(glyphs: &mut [Glyph], is_such: impl Fn(Way) -> bool) {
    let mut at = 0;
    while let Some(first) = glyphs.get(at) {
        if !is_such(way(first.c)) {
            at += 1;
            continue;
        }
        let (mut last, mut end) = (*first, at + 1);
        let mut has_letter = way(first.c) != Way::Number;
        let (mut is_apart, mut number_end) = (false, None);
        for (next, glyph) in glyphs.iter().enumerate().skip(at + 1) {
            is_apart |= glyph.c.is_whitespace() || write::needs_space(&last, glyph);
            last = *glyph;
            match way(glyph.c) {
                Way::Number if is_such(Way::Number) => {
                    let is_far = number_end.is_some() && next - at > FARTHEST;
                    if is_apart && (has_letter || is_far) {
                        break;
                    }
                    if is_apart && number_end.is_none() {
                        number_end = Some(end);
                    }
                    (end, is_apart) = (next + 1, false);
                }
                found if is_such(found) => {
                    (has_letter, number_end) = (true, None);
                    (end, is_apart) = (next + 1, false);
                }
                Way::Neutral => {}
                _ => break,
            }
        }
        let end = number_end.unwrap_or(end);
        if let Some(stretch) = glyphs.get_mut(at..end) {
            stretch.reverse();
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_spoken() {
        for (seen, spoken) in [
            ("abc", "abc"),
            ("גבא", "אבג"),
            ("12 בא", "אב 12"),
            ("הד abc גב", "בג abc דה"),
            ("see בא now", "see אב now"),
            ("2.5 בא", "אב 2.5"),
            ("2.5 12/3 בא", "אב 12/3 2.5"),
            ("ג 12 abc בא", "אב abc 12 ג"),
            ("ג abc 12 בא", "אב abc 12 ג"),
            ("ג abc 12 13 בא", "אב abc 12 13 ג"),
        ] {
            let mut glyphs: Vec<Glyph> = seen.chars().map(Glyph::plain).collect();
            order(&mut glyphs);
            assert_eq!(glyphs.iter().map(|glyph| glyph.c).collect::<String>(), spoken);
        }
    }
}

//! By which characters words begin: tells of most lines at a glance that
//! none of many words stands in them.

/// Bits of the filter, a power of two.
const BITS: usize = 1 << 16;

/// A set of pairs of characters that may hold more than was put in, never less.
#[derive(Clone, Debug)]
struct Pairs(Box<[u64; BITS / 64]>);

impl Default for Pairs {
    fn default() -> Self {
        Self(Box::new([0; BITS / 64]))
    }
}

impl Pairs {
    fn add(&mut self, first: char, second: char) {
        let bit = slot(first, second);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn may_hold(&self, first: char, second: char) -> bool {
        let bit = slot(first, second);
        self.0[bit / 64] >> (bit % 64) & 1 != 0
    }
}

/// A filter of the first three characters of words, blanks not counted: two
/// are often those of an everyday word (工作秘密).
#[derive(Clone, Debug, Default)]
pub struct Openings {
    /// First and second character of words of three and more.
    first: Pairs,
    /// Second and third character of those.
    second: Pairs,
    /// The characters of words of two.
    whole: Pairs,
    /// Whether a word has a single character: it can stand in any line.
    anywhere: bool,
}

impl Openings {
    /// For these words.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut made = Self::default();
        for word in words {
            let mut letters = word.chars().filter(|c| !c.is_whitespace());
            match (letters.next(), letters.next(), letters.next()) {
                (Some(a), Some(b), Some(c)) => {
                    made.first.add(a, b);
                    made.second.add(b, c);
                }
                (Some(a), Some(b), None) => made.whole.add(a, b),
                (Some(_), ..) => made.anywhere = true,
                _ => {}
            }
        }
        made
    }

    /// Whether one of the words may stand in a line, with or without blanks
    /// between its characters. `false` is certain.
    pub fn may_stand_in(&self, line: &str) -> bool {
        // The character before, and whether it ends the first pair of a word.
        let (mut before, mut opened) = ('\0', false);
        for c in line.chars() {
            if c.is_whitespace() {
                continue;
            }
            if (opened && self.second.may_hold(before, c)) || self.whole.may_hold(before, c) {
                return true;
            }
            opened = self.first.may_hold(before, c);
            before = c;
        }
        self.anywhere
    }
}

fn slot(first: char, second: char) -> usize {
    ((first as usize).wrapping_mul(0x9E35) ^ second as usize) % BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_an_opening_holds_none_of_the_words() {
        let openings = Openings::of(["密级", "解密", "内部资料 注意保存", "SECRET"].into_iter());
        for (line, may) in [
            ("密级：机密", true),
            ("　密　级", true),
            ("秘密级", true),
            ("本级密件", false),
            ("内 部 资 料", true),
            ("内部会议", false),
            ("已 解 密", true),
            ("部内", false),
            ("TOP SECRET", true),
            ("", false),
            ("密", false),
        ] {
            assert_eq!(openings.may_stand_in(line), may, "{line}");
        }
        assert!(Openings::of(["无"].into_iter()).may_stand_in("任何一行"));
        assert!(!Openings::of(std::iter::empty()).may_stand_in("任何一行"));
    }
}

//! By which two characters words begin: tells of most lines at a glance that
//! none of many words stands in them.

/// Bits of the filter, a power of two.
const BITS: usize = 1 << 16;

/// A filter of the first two characters of words, blanks not counted.
#[derive(Clone, Debug)]
pub struct Openings(Box<[u64; BITS / 64]>);

impl Default for Openings {
    fn default() -> Self {
        Self(Box::new([0; BITS / 64]))
    }
}

impl Openings {
    /// For these words. One of a single character can stand anywhere, and is
    /// then what [`Self::may_stand_in`] says of every line.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut made = Self::default();
        for word in words {
            let mut letters = word.chars().filter(|c| !c.is_whitespace());
            match (letters.next(), letters.next()) {
                (Some(first), Some(second)) => {
                    let bit = slot(first, second);
                    made.0[bit / 64] |= 1 << (bit % 64);
                }
                (Some(_), None) => made.0.fill(u64::MAX),
                _ => {}
            }
        }
        made
    }

    /// Whether one of the words may stand in a line, with or without blanks
    /// between its characters. `false` is certain.
    pub fn may_stand_in(&self, line: &str) -> bool {
        let mut before = '\0';
        for c in line.chars() {
            if c.is_whitespace() {
                continue;
            }
            let bit = slot(before, c);
            if self.0[bit / 64] >> (bit % 64) & 1 != 0 {
                return true;
            }
            before = c;
        }
        false
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
        let openings = Openings::of(["密级", "内部资料 注意保存", "SECRET"].into_iter());
        for (line, may) in [
            ("密级：机密", true),
            ("　密　级", true),
            ("秘密级", true),
            ("本级密件", false),
            ("内 部", true),
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

//! Lists of changes to properties (MS-DOC 2.2.5): each a number and a value
//! whose size the number tells. Word 6 had numbers of one byte; the few that
//! matter here are given the numbers of today.

use super::bytes::{u8_at, u16_at};

/// Which numbers a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Six,
    Eight,
}

/// The changes of a list, each with its value. Ends where the list does, or
/// where a size is not known.
#[derive(Clone, Debug)]
pub(super) struct Sprms<'a> {
    list: &'a [u8],
    dialect: Dialect,
}

impl<'a> Sprms<'a> {
    pub fn new(list: &'a [u8], dialect: Dialect) -> Self {
        Self { list, dialect }
    }
}

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sprm<'a> {
    /// Its number in Word 97; 0 for what has none that matters.
    pub code: u16,
    /// Its value, without the byte that tells its size.
    pub value: &'a [u8],
}

impl Sprm<'_> {
    pub fn byte(&self) -> u8 {
        u8_at(self.value, 0).unwrap_or(0)
    }

    pub fn word(&self) -> u16 {
        u16_at(self.value, 0).unwrap_or_else(|| self.byte().into())
    }

    pub fn long(&self) -> Option<u32> {
        super::bytes::u32_at(self.value, 0)
    }
}

impl<'a> Iterator for Sprms<'a> {
    type Item = Sprm<'a>;

    fn next(&mut self) -> Option<Sprm<'a>> {
        let (code, head, size) = match self.dialect {
            Dialect::Eight => eight(self.list)?,
            Dialect::Six => six(self.list)?,
        };
        let value = self.list.get(head..head.checked_add(size)?);
        self.list = self.list.get(head.saturating_add(size)..).unwrap_or_default();
        Some(Sprm { code, value: value? })
    }
}

/// The number, the place of the value and its size (2.2.5.1).
fn eight(list: &[u8]) -> Option<(u16, usize, usize)> {
    let code = u16_at(list, 0)?;
    Some(match code >> 13 {
        0 | 1 => (code, 2, 1),
        2 | 4 | 5 => (code, 2, 2),
        3 => (code, 2, 4),
        7 => (code, 2, 3),
        _ => match code {
            // The definition of a table: its size is one more than what follows.
            0xD608 => (code, 4, usize::from(u16_at(list, 2)?).saturating_sub(1)),
            // Tabs, which may be too many for a size of one byte.
            0xC615 if u8_at(list, 2)? == 255 => {
                let deleted = 1 + 4 * usize::from(u8_at(list, 3)?);
                let added = 1 + 3 * usize::from(u8_at(list, 3 + deleted)?);
                (code, 3, deleted + added)
            }
            _ => (code, 3, u8_at(list, 2)?.into()),
        },
    })
}

/// The same for Word 6.
fn six(list: &[u8]) -> Option<(u16, usize, usize)> {
    const VARIES: usize = usize::MAX;
    let old = u8_at(list, 0)?;
    let (code, size) = match old {
        2 => (0x4600, 2),
        5 => (0x2403, 1),
        9 => (0x2407, 1),
        24 => (0x2416, 1),
        25 => (0x2417, 1),
        26 => (0x8418, 2),
        27 => (0x8419, 2),
        46 => (0x442C, 2),
        47 => (0x442D, 2),
        65 => (0x0800, 1),
        66 => (0x0801, 1),
        68 => (0x6A03, VARIES),
        71 => (0x0806, 1),
        74 => (0x6A09, VARIES),
        75 => (0x080A, 1),
        77 => (0x2A0C, 1),
        80 => (0x4A30, 2),
        85 => (0x0835, 1),
        87 => (0x0837, 1),
        92 => (0x083C, 1),
        93 => (0x4A4F, 2),
        98 => (0x2A42, 1),
        99 => (0x4A43, 2),
        115 => (0x2A53, 1),
        117 => (0x0855, 1),
        118 => (0x0856, 1),
        142 => (0x3009, 1),
        143 => (0x300A, 1),
        0 | 83 => (0, 0),
        4 | 6..=8 | 10 | 11 | 13 | 14 | 29 | 37 | 44 | 50 | 51 | 67 | 86 | 88..=91 | 94 => (0, 1),
        100..=102 | 104 | 119 | 131 | 132 | 138 | 139 | 146 | 147 | 150..=153 | 158 | 159 => (0, 1),
        162 | 185 | 186 => (0, 1),
        16..=19 | 21 | 22 | 28 | 30..=36 | 38..=43 | 45 | 48 | 49 | 69 | 72 | 96 | 97 => (0, 2),
        107 | 109 | 110 | 121..=124 | 140 | 141 | 144 | 145 | 148 | 149 | 154..=157 => (0, 2),
        160 | 161 | 163..=171 | 182..=184 | 189 | 195 | 197 | 198 => (0, 2),
        73 | 95 | 136 | 137 => (0, 3),
        20 | 70 | 192 | 194 | 196 | 200 => (0, 4),
        193 | 199 => (0, 5),
        187 => (0, 12),
        3 | 12 | 15 | 52 | 81 | 82 | 103 | 105 | 106 | 108 | 120 | 133 | 191 => (0, VARIES),
        // Tabs, which may be too many for a size of one byte.
        23 if u8_at(list, 1)? == 255 => {
            let deleted = 1 + 4 * usize::from(u8_at(list, 2)?);
            let added = 1 + 3 * usize::from(u8_at(list, 2 + deleted)?);
            return Some((0, 2, deleted + added));
        }
        23 => (0, VARIES),
        188 | 190 => return Some((0, 3, usize::from(u16_at(list, 1)?).saturating_sub(1))),
        _ => return None,
    };
    Some(match size {
        VARIES => (code, 2, u8_at(list, 1)?.into()),
        size => (code, 1, size),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_size_their_number_tells() {
        let list = [
            &[0x3C, 0x08, 1][..],
            &[0x43, 0x4A, 24, 0],
            &[0x03, 0x6A, 1, 2, 3, 4],
            &[0x71, 0xCA, 2, 9, 9],
            &[0x08, 0xD6, 4, 0, 7, 7, 7],
            &[0x15, 0xC6, 255, 1, 0, 0, 0, 0, 1, 0, 0, 0],
            &[0x53, 0x2A, 1],
        ]
        .concat();
        let told: Vec<_> =
            Sprms::new(&list, Dialect::Eight).map(|s| (s.code, s.value.len())).collect();
        let want = [
            (0x083C, 1),
            (0x4A43, 2),
            (0x6A03, 4),
            (0xCA71, 2),
            (0xD608, 3),
            (0xC615, 9),
            (0x2A53, 1),
        ];
        assert_eq!(told, want);
    }

    #[test]
    fn numbers_of_word_6_become_those_of_today() {
        let list = [92, 1, 99, 24, 0, 20, 1, 2, 3, 4, 68, 4, 9, 9, 9, 9, 83, 24, 1, 7, 1];
        let told: Vec<_> = Sprms::new(&list, Dialect::Six)
            .filter(|s| s.code > 0)
            .map(|s| (s.code, s.word()))
            .collect();
        assert_eq!(told, [(0x083C, 1), (0x4A43, 24), (0x6A03, 0x0909), (0x2416, 1)]);
    }

    #[test]
    fn a_list_that_breaks_off_ends() {
        for list in
            [&[0x3C][..], &[0x3C, 0x08], &[0x71, 0xCA], &[0x71, 0xCA, 200, 1], &[0x15, 0xC6, 255]]
        {
            assert_eq!(Sprms::new(list, Dialect::Eight).count(), 0, "{list:?}");
        }
        assert_eq!(Sprms::new(&[255, 1, 92, 1], Dialect::Six).count(), 0);
    }
}

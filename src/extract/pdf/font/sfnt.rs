//! TrueType and OpenType programs, as far as they tell which character a glyph
//! is: the tables `cmap` and `post` (OpenType specification).

use std::collections::HashMap;

use super::tables;

/// Glyphs a font can have.
const MAX_GLYPHS: u32 = 65_536;

/// Reads big-endian numbers at any place.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn u8(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    pub(crate) fn u16(self, at: usize) -> Option<u16> {
        Some(u16::from_be_bytes(*self.0.get(at..)?.first_chunk()?))
    }

    pub(crate) fn u32(self, at: usize) -> Option<u32> {
        Some(u32::from_be_bytes(*self.0.get(at..)?.first_chunk()?))
    }

    pub(crate) fn from(self, at: usize) -> Option<Self> {
        self.0.get(at..).map(Bytes)
    }

    pub(crate) fn part(self, at: usize, length: usize) -> Option<&'a [u8]> {
        self.0.get(at..at.checked_add(length)?)
    }
}

/// What a program tells.
#[derive(Debug, Default)]
pub(crate) struct Sfnt {
    /// Characters by glyph, from the Unicode maps.
    pub(crate) characters: HashMap<u16, char>,
    /// Glyphs by code, from the map for symbols (3, 0); codes without their high byte.
    pub(crate) symbols: HashMap<u8, u16>,
    /// Glyphs by code, from the Macintosh map (1, 0).
    pub(crate) mac: HashMap<u8, u16>,
    /// Names by glyph.
    pub(crate) names: HashMap<u16, String>,
}

impl Sfnt {
    /// Reads a program; what is wrong with it is left out.
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let file = Bytes(data);
        let start = match file.part(0, 4)? {
            b"ttcf" => file.u32(12)? as usize,
            [0, 1, 0, 0] | b"true" | b"OTTO" | b"typ1" => 0,
            _ => return None,
        };
        let mut made = Self::default();
        if let Some(cmap) = table(file, start, b"cmap") {
            made.read_maps(Bytes(cmap));
        }
        if let Some(post) = table(file, start, b"post") {
            made.read_names(Bytes(post));
        }
        Some(made)
    }

    /// The `CFF` table of an OpenType program.
    pub(crate) fn cff(data: &[u8]) -> Option<&[u8]> {
        table(Bytes(data), 0, b"CFF ")
    }

    fn read_maps(&mut self, cmap: Bytes<'_>) -> Option<()> {
        let count = usize::from(cmap.u16(2)?).min(64);
        for at in 0..count {
            let record = 4 + at * 8;
            let (platform, encoding) = (cmap.u16(record)?, cmap.u16(record + 2)?);
            let Some(map) = cmap.from(cmap.u32(record + 4)? as usize) else { continue };
            match (platform, encoding) {
                (3, 1 | 10) | (0, _) => each(map, |code, glyph| {
                    if let Some(c) = char::from_u32(code) {
                        // Of several characters the one that is no compatibility form counts.
                        let known = self.characters.entry(glyph).or_insert(c);
                        if is_better(c, *known) {
                            *known = c;
                        }
                    }
                }),
                (3, 0) => each(map, |code, glyph| {
                    self.symbols.entry(code as u8).or_insert(glyph);
                }),
                (1, 0) => each(map, |code, glyph| {
                    if let Ok(code) = u8::try_from(code) {
                        self.mac.entry(code).or_insert(glyph);
                    }
                }),
                _ => {}
            }
        }
        Some(())
    }

    fn read_names(&mut self, post: Bytes<'_>) -> Option<()> {
        if post.u32(0)? != 0x0002_0000 {
            return None;
        }
        let count = usize::from(post.u16(32)?);
        let mut own = Vec::new();
        let mut at = 34 + count * 2;
        while let Some(length) = post.u8(at) {
            own.push(post.part(at + 1, usize::from(length)).unwrap_or_default());
            at += 1 + usize::from(length);
        }
        for glyph in 0..count {
            let index = usize::from(post.u16(34 + glyph * 2)?);
            let name = match index.checked_sub(258) {
                None => tables::mac_glyph(index).map(str::to_owned),
                Some(index) => own.get(index).map(|n| String::from_utf8_lossy(n).into_owned()),
            };
            if let (Some(name), Ok(glyph)) = (name, u16::try_from(glyph)) {
                self.names.insert(glyph, name);
            }
        }
        Some(())
    }
}

/// Whether a character is the plainer one of two that share a glyph.
fn is_better(new: char, old: char) -> bool {
    let rank = |c: char| match c {
        '\u{E000}'..='\u{F8FF}' => 3,
        '\u{2E80}'..='\u{2FDF}' | '\u{F900}'..='\u{FAFF}' | '\u{FB00}'..='\u{FFEF}' => 2,
        '\u{A0}' | '\u{AD}' => 1,
        c if c.is_control() => 4,
        _ => 0,
    };
    rank(new) < rank(old)
}

fn table<'a>(file: Bytes<'a>, start: usize, tag: &[u8; 4]) -> Option<&'a [u8]> {
    let count = usize::from(file.u16(start + 4)?);
    for at in 0..count {
        let record = start + 12 + at * 16;
        if file.part(record, 4)? == tag {
            let (offset, length) =
                (file.u32(record + 8)? as usize, file.u32(record + 12)? as usize);
            let rest = file.0.get(offset..)?;
            return Some(rest.get(..length).unwrap_or(rest));
        }
    }
    None
}

/// Calls with each code and glyph of a map.
fn each(map: Bytes<'_>, mut call: impl FnMut(u32, u16)) {
    // More than there can be means the map repeats itself.
    let mut left = 2 * MAX_GLYPHS;
    let mut put = |code: u32, glyph: u16| {
        left -= 1;
        if glyph != 0 {
            call(code, glyph);
        }
        left > 0
    };
    let _ = each_of(map, &mut put);
}

fn each_of(map: Bytes<'_>, put: &mut impl FnMut(u32, u16) -> bool) -> Option<()> {
    match map.u16(0)? {
        0 => {
            for code in 0..256_u32 {
                put(code, u16::from(map.u8(6 + code as usize)?));
            }
        }
        4 => {
            let count = usize::from(map.u16(6)? / 2);
            for segment in 0..count {
                let end = map.u16(14 + segment * 2)?;
                let start = map.u16(16 + (count + segment) * 2)?;
                let delta = map.u16(16 + (2 * count + segment) * 2)?;
                let place = 16 + (3 * count + segment) * 2;
                let offset = usize::from(map.u16(place)?);
                for code in start..=end {
                    let glyph = if offset == 0 {
                        code.wrapping_add(delta)
                    } else {
                        let at = place + offset + usize::from(code - start) * 2;
                        match map.u16(at).unwrap_or_default() {
                            0 => 0,
                            glyph => glyph.wrapping_add(delta),
                        }
                    };
                    if code == u16::MAX {
                        break;
                    }
                    if !put(u32::from(code), glyph) {
                        return None;
                    }
                }
            }
        }
        6 => {
            let first = u32::from(map.u16(6)?);
            for at in 0..map.u16(8)? {
                let glyph = map.u16(10 + usize::from(at) * 2)?;
                if !put(first + u32::from(at), glyph) {
                    return None;
                }
            }
        }
        12 => {
            for group in 0..map.u32(12)? as usize {
                let record = 16 + group.checked_mul(12)?;
                let (start, end) = (map.u32(record)?, map.u32(record + 4)?);
                let glyph = map.u32(record + 8)?;
                for code in start..=end {
                    let glyph = u16::try_from(glyph.checked_add(code - start)?).ok()?;
                    if !put(code, glyph) {
                        return None;
                    }
                }
            }
        }
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program with one table `cmap` that holds the given maps.
    pub(crate) fn program(maps: &[(u16, u16, Vec<u8>)]) -> Vec<u8> {
        let mut cmap = vec![0, 0];
        cmap.extend((maps.len() as u16).to_be_bytes());
        let mut offset = 4 + maps.len() * 8;
        for (platform, encoding, map) in maps {
            cmap.extend([platform.to_be_bytes(), encoding.to_be_bytes()].concat());
            cmap.extend((offset as u32).to_be_bytes());
            offset += map.len();
        }
        cmap.extend(maps.iter().flat_map(|(_, _, map)| map.clone()));
        let mut file = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        file.extend(b"cmap\0\0\0\0");
        file.extend(28_u32.to_be_bytes());
        file.extend((cmap.len() as u32).to_be_bytes());
        file.extend(cmap);
        file
    }

    fn words(values: &[u16]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_be_bytes()).collect()
    }

    #[test]
    fn maps_are_turned_round() {
        let four = words(&[
            4,
            0,
            0,
            4,
            0,
            0,
            0,
            0x4E01,
            0xFFFF,
            0,
            0x4E00,
            0xFFFF,
            3_u16.wrapping_sub(0x4E00),
            1,
            0,
            0,
        ]);
        let twelve: Vec<u8> = [
            words(&[12, 0]),
            [0, 0, 1, 0x20087, 0x20087, 9].iter().flat_map(|v: &u32| v.to_be_bytes()).collect(),
        ]
        .concat();
        let six = words(&[6, 0, 0, 0xF041, 2, 5, 6]);
        let made = Sfnt::read(&program(&[(3, 1, four), (3, 10, twelve), (3, 0, six)])).unwrap();
        assert_eq!(made.characters.get(&3), Some(&'一'));
        assert_eq!(made.characters.get(&4), Some(&'丁'));
        assert_eq!(made.characters.get(&9), Some(&'𠂇'));
        assert_eq!(made.symbols.get(&0x42), Some(&6));
    }

    #[test]
    fn any_bytes_end() {
        let four = words(&[4, 0, 0, 4, 0, 0, 0, 0xFFFF, 0xFFFF, 0, 0, 0, 1, 1, 2, 0]);
        let twelve: Vec<u8> = [
            words(&[12, 0]),
            [0, 0, 900, 0, u32::MAX, 0].iter().flat_map(|v: &u32| v.to_be_bytes()).collect(),
        ]
        .concat();
        let whole = program(&[(3, 1, four), (0, 3, twelve)]);
        for cut in (0..=whole.len()).step_by(5) {
            let _ = Sfnt::read(&whole[..cut]);
        }
        for at in (0..whole.len()).step_by(3) {
            let mut mutated = whole.clone();
            mutated[at] ^= 0xFF;
            let _ = Sfnt::read(&mutated);
        }
    }
}

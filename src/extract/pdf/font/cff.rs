//! CFF programs, as far as they tell which character a glyph is: charset and
//! encoding (Adobe technical note 5176).

use super::sfnt::Bytes;
use super::tables::{self, Known};

/// What a program tells.
#[derive(Debug, Default)]
pub(crate) struct Cff {
    /// Names by glyph, or empty where glyphs have CIDs.
    pub(crate) names: Vec<Option<String>>,
    /// CIDs by glyph, or empty where glyphs have names.
    pub(crate) cids: Vec<u16>,
    /// Glyph names by code, of the program's own encoding.
    pub(crate) encoding: Vec<(u8, String)>,
    /// The collection of the CIDs, like `Adobe-GB1`.
    pub(crate) collection: Option<String>,
}

/// A list of byte strings.
struct Index<'a> {
    items: Vec<&'a [u8]>,
    /// Where what follows begins.
    end: usize,
}

fn index(file: Bytes<'_>, at: usize) -> Option<Index<'_>> {
    let count = usize::from(file.u16(at)?);
    if count == 0 {
        return Some(Index { items: Vec::new(), end: at + 2 });
    }
    let size = usize::from(file.u8(at + 2)?);
    if !(1..=4).contains(&size) {
        return None;
    }
    let offset = |item: usize| {
        let bytes = file.part(at + 3 + item * size, size)?;
        Some(bytes.iter().fold(0_usize, |value, byte| (value << 8) | usize::from(*byte)))
    };
    let data = at + 2 + (count + 1) * size;
    let mut items = Vec::with_capacity(count);
    for item in 0..count {
        let (start, end) = (offset(item)?, offset(item + 1)?);
        let length = end.checked_sub(start)?;
        items.push(file.part(data.checked_add(start)?, length)?);
    }
    Some(Index { items, end: data.checked_add(offset(count)?)? })
}

/// The numbers before an operator of a DICT; two-byte operators are 1200 and up.
fn operands(dict: &[u8], wanted: u16) -> Option<Vec<i32>> {
    let dict = Bytes(dict);
    let mut at = 0;
    let mut numbers = Vec::new();
    while let Some(byte) = dict.u8(at) {
        at += 1;
        match byte {
            0..=21 => {
                let mut operator = u16::from(byte);
                if byte == 12 {
                    operator = 1200 + u16::from(dict.u8(at)?);
                    at += 1;
                }
                if operator == wanted {
                    return Some(numbers);
                }
                numbers.clear();
            }
            28 => {
                numbers.push(i32::from(dict.u16(at)? as i16));
                at += 2;
            }
            29 => {
                numbers.push(dict.u32(at)? as i32);
                at += 4;
            }
            // A real number: nothing here needs its value.
            30 => {
                while let Some(pair) = dict.u8(at) {
                    at += 1;
                    if pair & 15 == 15 || pair >> 4 == 15 {
                        break;
                    }
                }
                numbers.push(0);
            }
            32..=246 => numbers.push(i32::from(byte) - 139),
            247..=250 => {
                numbers.push((i32::from(byte) - 247) * 256 + i32::from(dict.u8(at)?) + 108);
                at += 1;
            }
            251..=254 => {
                numbers.push(-(i32::from(byte) - 251) * 256 - i32::from(dict.u8(at)?) - 108);
                at += 1;
            }
            _ => {}
        }
    }
    None
}

/// How many glyphs a program has; `None` if it is none.
pub(crate) fn glyph_count(data: &[u8]) -> Option<u16> {
    let file = Bytes(data);
    let names = index(file, usize::from(file.u8(2)?))?;
    let tops = index(file, names.end)?;
    let at = *operands(tops.items.first()?, 17)?.first()?;
    file.u16(usize::try_from(at).ok()?)
}

impl Cff {
    /// Reads a program; `None` if it is none.
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let file = Bytes(data);
        if file.u8(0)? != 1 {
            return None;
        }
        let names = index(file, usize::from(file.u8(2)?))?;
        let tops = index(file, names.end)?;
        let strings = index(file, tops.end)?;
        let top = *tops.items.first()?;
        let offset = |operator: u16| {
            let value = *operands(top, operator)?.first()?;
            usize::try_from(value).ok()
        };
        let string = |number: u16| match usize::from(number).checked_sub(391) {
            None => tables::cff_string(usize::from(number)).map(str::to_owned),
            Some(own) => strings.items.get(own).map(|s| String::from_utf8_lossy(s).into_owned()),
        };
        let glyphs = usize::from(file.u16(offset(17)?)?);
        let charset = charset(file, offset(15).unwrap_or_default(), glyphs);
        let mut made = Self::default();
        if let Some(ros) = operands(top, 1230) {
            let part = |at: usize| {
                let number = u16::try_from(*ros.get(at)?).ok()?;
                string(number)
            };
            made.collection =
                part(0).zip(part(1)).map(|(first, second)| format!("{first}-{second}"));
            made.cids = charset;
            return Some(made);
        }
        made.names = charset.into_iter().map(string).collect();
        made.encoding = encoding(file, offset(16).unwrap_or_default(), &made.names, string);
        Some(made)
    }
}

/// SIDs or CIDs by glyph. The predefined charsets are read as ISO Adobe's: the
/// expert ones have no text.
fn charset(file: Bytes<'_>, at: usize, glyphs: usize) -> Vec<u16> {
    let mut made = vec![0];
    if at <= 2 {
        made.extend(1..=228_u16.min(glyphs.saturating_sub(1) as u16));
        return made;
    }
    let mut read = || {
        let format = file.u8(at)?;
        let mut next = at + 1;
        while made.len() < glyphs {
            let first = file.u16(next)?;
            let left = match format {
                0 => 0,
                1 => u16::from(file.u8(next + 2)?),
                2 => file.u16(next + 2)?,
                _ => return None,
            };
            next += 2 + usize::from(format.min(2));
            for step in 0..=left {
                if made.len() < glyphs {
                    made.push(first.wrapping_add(step));
                }
            }
        }
        Some(())
    };
    let _ = read();
    made
}

fn encoding(
    file: Bytes<'_>,
    at: usize,
    names: &[Option<String>],
    string: impl Fn(u16) -> Option<String>,
) -> Vec<(u8, String)> {
    if at <= 1 {
        let known = if at == 0 { Known::Standard } else { Known::MacExpert };
        let table = (0..=255).zip(tables::encoding(known));
        return table.filter_map(|(code, name)| Some((code, (*name)?.to_owned()))).collect();
    }
    let mut made = Vec::new();
    let mut read = || {
        let format = file.u8(at)?;
        let count = usize::from(file.u8(at + 1)?);
        let mut next = at + 2;
        let mut glyph = 1;
        let mut put = |code: u8, made: &mut Vec<(u8, String)>| {
            made.extend(names.get(glyph).cloned().flatten().map(|name| (code, name)));
            glyph += 1;
        };
        for _ in 0..count {
            let first = file.u8(next)?;
            next += 1;
            if format & 127 == 0 {
                put(first, &mut made);
                continue;
            }
            let left = file.u8(next)?;
            next += 1;
            for step in 0..=left {
                put(first.wrapping_add(step), &mut made);
            }
        }
        if format & 128 != 0 {
            for more in 0..usize::from(file.u8(next)?) {
                let place = next + 1 + more * 3;
                let name = string(file.u16(place + 1)?);
                made.extend(name.map(|name| (file.u8(place).unwrap_or_default(), name)));
            }
        }
        Some(())
    };
    let _ = read();
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&[u8]]) -> Vec<u8> {
        let mut made = (items.len() as u16).to_be_bytes().to_vec();
        if items.is_empty() {
            return made;
        }
        made.push(1);
        let mut offset = 1;
        made.push(offset);
        for item in items {
            offset += item.len() as u8;
            made.push(offset);
        }
        made.extend(items.concat());
        made
    }

    /// A program of three glyphs: .notdef, one of an own name, `A`.
    fn program() -> Vec<u8> {
        let number = |value: usize| [vec![29], (value as u32).to_be_bytes().to_vec()].concat();
        let build = |charset: usize, encoding: usize, glyphs: usize| {
            let top =
                [number(charset), vec![15], number(encoding), vec![16], number(glyphs), vec![17]]
                    .concat();
            [vec![1, 0, 4, 1], list(&[b"F"]), list(&[&top]), list(&[b"uni673A"]), list(&[])]
                .concat()
        };
        let length = build(0, 0, 0).len();
        let mut file = build(length, length + 5, length + 9);
        file.extend([0, 1, 135, 0, 34]);
        file.extend([0, 2, 7, 9]);
        file.extend(list(&[b"", b"", b""]));
        file
    }

    #[test]
    fn glyphs_have_names_and_codes() {
        let made = Cff::read(&program()).unwrap();
        assert_eq!(made.names[1].as_deref(), Some("uni673A"));
        assert_eq!(made.names[2].as_deref(), Some("A"));
        assert_eq!(made.encoding, [(7, "uni673A".to_owned()), (9, "A".to_owned())]);
    }

    #[test]
    fn any_bytes_end() {
        let whole = program();
        for at in 0..whole.len() {
            let _ = Cff::read(&whole[..at]);
            let mut mutated = whole.clone();
            mutated[at] = 0xFF;
            let _ = Cff::read(&mutated);
        }
    }
}

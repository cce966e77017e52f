//! CMaps: how the bytes of a string are codes, and what the codes stand for
//! (ISO 32000-2, 9.7.5 and 9.10.3).

use std::borrow::Cow;
use std::rc::Rc;

use super::tables;
use crate::extract::pdf::meter::Meter;
use crate::extract::pdf::syntax::{Lexer, Token};

/// CMaps that use CMaps.
const MAX_BASES: usize = 8;
/// Ranges that are looked back at for one that reaches far.
const OVERLAPS: usize = 32;

/// Codes of one length.
#[derive(Clone, Copy, Debug)]
struct Space {
    length: usize,
    low: u32,
    high: u32,
}

impl Space {
    /// Whether each of the first `count` bytes of a code is in the range of its place.
    fn begins(&self, code: u32, count: usize) -> bool {
        (0..count.min(self.length)).all(|at| {
            let byte = |value: u32, length: usize| (value >> (8 * (length - 1 - at))) & 0xFF;
            let (low, high) = (byte(self.low, self.length), byte(self.high, self.length));
            (low..=high).contains(&byte(code, count))
        })
    }
}

/// Codes with CIDs that follow each other.
#[derive(Clone, Copy, Debug)]
struct Cids {
    first: u32,
    last: u32,
    cid: u32,
}

/// Codes with characters that follow each other.
#[derive(Clone, Debug)]
struct Texts {
    first: u32,
    last: u32,
    /// UTF-16; the last unit counts up.
    units: Rc<[u16]>,
}

/// How codes are made of bytes where no code space says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Coding {
    /// As the code spaces say.
    #[default]
    Spaces,
    Two,
    Utf8,
    Utf16,
    Utf32,
}

/// A CMap.
#[derive(Debug, Default)]
pub(crate) struct CMap {
    pub(crate) is_vertical: bool,
    /// Whether codes are their own CIDs.
    is_identity: bool,
    /// Whether codes are characters, and so which.
    coding: Coding,
    spaces: Vec<Space>,
    /// By length of the code, each sorted.
    cids: [Vec<Cids>; 4],
    texts: Vec<Texts>,
    base: Option<Rc<CMap>>,
    /// The character collection, where the name tells it.
    pub(crate) collection: Option<&'static str>,
}

impl CMap {
    /// Codes of two bytes that are their own CIDs.
    pub(crate) fn identity(is_vertical: bool) -> Self {
        Self { is_vertical, is_identity: true, coding: Coding::Two, ..Self::default() }
    }

    /// A predefined CMap.
    pub(crate) fn predefined(name: &[u8]) -> Option<Self> {
        Self::named(name, 0)
    }

    fn named(name: &[u8], depth: usize) -> Option<Self> {
        let is_vertical = name.ends_with(b"-V") || name == b"V";
        if name.starts_with(b"Identity") {
            return Some(Self::identity(is_vertical));
        }
        let text = std::str::from_utf8(name).ok()?;
        let coding = match () {
            () if !text.starts_with("Uni") => Coding::Spaces,
            () if text.contains("UCS2") => Coding::Two,
            () if text.contains("UTF8") => Coding::Utf8,
            () if text.contains("UTF16") => Coding::Utf16,
            () => Coding::Utf32,
        };
        let collection = collection(text);
        let table = if coding == Coding::Spaces {
            Cow::Borrowed(text)
        } else {
            let family = text.split_once('-').map_or(text, |(family, _)| family);
            let family = if family.starts_with("UniJIS") { "UniJIS" } else { family };
            let has_vertical = is_vertical && family != "UniAKR";
            Cow::Owned(format!("{family}-UTF32-{}", if has_vertical { 'V' } else { 'H' }))
        };
        let mut made = Self::unpacked(&tables::packed(table.as_bytes())?, depth)?;
        (made.coding, made.collection) = (coding, collection);
        if text.contains("-HW-") && coding == Coding::Two {
            // Half-width forms of ASCII are the only difference.
            let ascii = Cids { first: 0x20, last: 0x7E, cid: 231 };
            made.base = Some(Rc::new(std::mem::take(&mut made)));
            made.cids[3] = vec![ascii];
            (made.coding, made.collection, made.is_vertical) = (coding, collection, is_vertical);
        }
        Some(made)
    }

    /// Undoes what `tables/generate.py` packs.
    fn unpacked(data: &[u8], depth: usize) -> Option<Self> {
        let mut data = Packed(data);
        let is_vertical = data.byte()? == 1;
        let length = usize::from(data.byte()?);
        let base = data.0.split_off(..length)?;
        let base = match base {
            b"" => None,
            _ if depth > MAX_BASES => return None,
            name => Some(Rc::new(Self::named(name, depth + 1)?)),
        };
        let mut spaces = Vec::new();
        for _ in 0..data.number()? {
            let length = usize::from(data.byte()?);
            let mut four = || Some(u32::from_be_bytes(*data.0.split_off(..4)?.first_chunk()?));
            spaces.push(Space { length, low: four()?, high: four()? });
        }
        let mut cids: [Vec<Cids>; 4] = Default::default();
        for ranges in &mut cids {
            let (mut end, mut next) = (0_u32, 0_i64);
            for _ in 0..data.number()? {
                let first = end.checked_add(data.number()?)?;
                let span = data.number()?;
                let cid = next + data.signed()?;
                let last = first.checked_add(span)?;
                ranges.push(Cids { first, last, cid: u32::try_from(cid).ok()? });
                (end, next) = (last.saturating_add(1), cid + i64::from(span) + 1);
            }
        }
        Some(Self { is_vertical, spaces, cids, base, ..Self::default() })
    }

    /// Reads one that stands in a file.
    pub(crate) fn parse(data: &[u8], meter: &Meter<'_>) -> Self {
        let mut made = Self::default();
        let mut lexer = Lexer::new(data, 0);
        let mut last_name: Option<Vec<u8>> = None;
        while let Some(token) = lexer.token() {
            if !meter.steps(1) {
                break;
            }
            match token {
                Token::Name(name) if *name == *b"WMode" => {
                    made.is_vertical = lexer.token() == Some(Token::Integer(1));
                }
                Token::Name(name) => last_name = Some(name.into_owned()),
                Token::Word(b"usecmap") => {
                    let name = last_name.take().unwrap_or_default();
                    made.base = Self::predefined(&name).map(Rc::new);
                }
                Token::Word(b"begincodespacerange") => made.read_spaces(&mut lexer, meter),
                Token::Word(b"begincidrange") => made.read_cids(&mut lexer, true, meter),
                Token::Word(b"begincidchar") => made.read_cids(&mut lexer, false, meter),
                Token::Word(b"beginbfrange") => made.read_texts(&mut lexer, true, meter),
                Token::Word(b"beginbfchar") => made.read_texts(&mut lexer, false, meter),
                _ => {}
            }
        }
        for ranges in &mut made.cids {
            ranges.sort_by_key(|range| range.first);
        }
        // Of codes that are there twice the later one counts.
        made.texts.reverse();
        made.texts.sort_by_key(|range| range.first);
        made.texts.dedup_by_key(|range| range.first);
        made
    }

    /// The CMap an embedded one is based on by its dictionary.
    pub(crate) fn based_on(mut self, base: CMap) -> Self {
        self.base.get_or_insert_with(|| Rc::new(base));
        self
    }

    fn read_spaces(&mut self, lexer: &mut Lexer<'_>, meter: &Meter<'_>) {
        while let (Some(Token::Text(low)), true) = (lexer.token(), meter.steps(1)) {
            let Some(Token::Text(high)) = lexer.token() else { return };
            if (1..=4).contains(&low.len()) && low.len() == high.len() && self.spaces.len() < 256 {
                let space = Space { length: low.len(), low: code(&low), high: code(&high) };
                self.spaces.push(space);
            }
        }
    }

    fn read_cids(&mut self, lexer: &mut Lexer<'_>, is_range: bool, meter: &Meter<'_>) {
        while let (Some(Token::Text(low)), true) = (lexer.token(), meter.steps(1)) {
            let (first, mut last) = (code(&low), code(&low));
            if is_range {
                let Some(Token::Text(high)) = lexer.token() else { return };
                last = code(&high);
            }
            let Some(Token::Integer(cid)) = lexer.token() else { return };
            let ranges = low.len().checked_sub(1).and_then(|at| self.cids.get_mut(at));
            if let (Some(ranges), Ok(cid)) = (ranges, u32::try_from(cid)) {
                ranges.push(Cids { first, last, cid });
            }
        }
    }

    fn read_texts(&mut self, lexer: &mut Lexer<'_>, is_range: bool, meter: &Meter<'_>) {
        while let (Some(Token::Text(low)), true) = (lexer.token(), meter.steps(1)) {
            let (first, mut last) = (code(&low), code(&low));
            if is_range {
                let Some(Token::Text(high)) = lexer.token() else { return };
                last = code(&high);
            }
            match lexer.token() {
                Some(Token::Text(text)) => {
                    self.texts.push(Texts { first, last, units: units(&text) })
                }
                Some(Token::ArrayStart) => {
                    let mut at = first;
                    while let (Some(Token::Text(text)), true) = (lexer.token(), meter.steps(1)) {
                        self.texts.push(Texts { first: at, last: at, units: units(&text) });
                        at = at.saturating_add(1);
                    }
                }
                // A glyph name, which is no standard but happens.
                Some(Token::Name(name)) => {
                    let text = super::names::characters(&String::from_utf8_lossy(&name));
                    if let Some(text) = text {
                        let units = text.encode_utf16().collect();
                        self.texts.push(Texts { first, last: first, units });
                    }
                }
                _ => return,
            }
        }
    }

    /// Whether it tells characters.
    pub(crate) fn has_texts(&self) -> bool {
        !self.texts.is_empty() || self.base.as_ref().is_some_and(|base| base.has_texts())
    }

    /// Whether codes are CIDs themselves.
    pub(crate) fn is_identity(&self) -> bool {
        self.is_identity
    }

    /// Takes the next code, and how many bytes it is.
    pub(crate) fn next(&self, bytes: &[u8]) -> (u32, usize) {
        let first = bytes.first().copied().unwrap_or_default();
        let length = match self.coding {
            Coding::Spaces => return self.next_in_spaces(bytes),
            Coding::Two => 2,
            Coding::Utf32 => 4,
            Coding::Utf16 if first & 0xFC == 0xD8 => 4,
            Coding::Utf16 => 2,
            Coding::Utf8 => match first {
                0xC0..0xE0 => 2,
                0xE0..0xF0 => 3,
                0xF0.. => 4,
                _ => 1,
            },
        };
        let length = length.min(bytes.len()).max(1);
        (code(bytes.get(..length).unwrap_or_default()), length)
    }

    fn next_in_spaces(&self, bytes: &[u8]) -> (u32, usize) {
        let mut level = Some(self);
        let mut spaces: &[Space] = &[];
        while let (Some(map), true) = (level, spaces.is_empty()) {
            spaces = &map.spaces;
            if map.coding != Coding::Spaces {
                return map.next(bytes);
            }
            level = map.base.as_deref();
        }
        if spaces.is_empty() {
            return (code(bytes.get(..2).unwrap_or(bytes)), bytes.len().clamp(1, 2));
        }
        for length in 1..=bytes.len().min(4) {
            let value = code(bytes.get(..length).unwrap_or_default());
            if spaces.iter().any(|space| space.length == length && space.begins(value, length)) {
                return (value, length);
            }
        }
        // No code: as many bytes are passed over as the code that begins like it has.
        let first = u32::from(bytes.first().copied().unwrap_or_default());
        let like = spaces.iter().find(|space| space.begins(first, 1));
        let shortest = spaces.iter().map(|space| space.length).min().unwrap_or(1);
        let length = like.map_or(shortest, |space| space.length).min(bytes.len()).max(1);
        (code(bytes.get(..length).unwrap_or_default()), length)
    }

    /// The CID of a code of `length` bytes.
    pub(crate) fn cid(&self, code: u32, length: usize) -> Option<u32> {
        if self.is_identity {
            return Some(code);
        }
        let (code, length) = match self.character(code, length) {
            Some(c) => (u32::from(c), 4),
            None => (code, length),
        };
        self.cid_in(code, length)
    }

    fn cid_in(&self, code: u32, length: usize) -> Option<u32> {
        let ranges = length.checked_sub(1).and_then(|at| self.cids.get(at))?;
        let after = ranges.partition_point(|range| range.first <= code);
        let range = after.checked_sub(1).and_then(|at| ranges.get(at));
        match range.filter(|range| code <= range.last) {
            Some(range) => range.cid.checked_add(code - range.first),
            None => match &self.base {
                Some(base) if base.is_identity => Some(code),
                Some(base) => base.cid_in(code, length),
                None => None,
            },
        }
    }

    /// The character a code is, where codes are characters.
    pub(crate) fn character(&self, value: u32, length: usize) -> Option<char> {
        if self.is_identity {
            return None;
        }
        match self.coding {
            Coding::Spaces => None,
            Coding::Two | Coding::Utf32 => char::from_u32(value),
            Coding::Utf16 => {
                let units = [(value >> 16) as u16, value as u16];
                let units = if length == 4 { &units[..] } else { &units[1..] };
                char::decode_utf16(units.iter().copied()).next()?.ok()
            }
            Coding::Utf8 => {
                let bytes = value.to_be_bytes();
                let bytes = bytes.get(4_usize.saturating_sub(length)..)?;
                std::str::from_utf8(bytes).ok()?.chars().next()
            }
        }
    }

    /// The characters of a code (`ToUnicode`).
    pub(crate) fn text(&self, code: u32) -> Option<String> {
        let after = self.texts.partition_point(|range| range.first <= code);
        // Ranges may overlap: the one that begins last counts.
        let before = self.texts.get(after.saturating_sub(OVERLAPS)..after).unwrap_or_default();
        let Some(range) = before.iter().rev().find(|range| code <= range.last) else {
            return self.base.as_ref()?.text(code);
        };
        let mut units = range.units.to_vec();
        let step = u16::try_from(code - range.first).ok()?;
        let last = units.last_mut()?;
        *last = last.checked_add(step)?;
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
        (!text.is_empty()).then_some(text)
    }
}

/// The collection whose CIDs a predefined CMap gives.
fn collection(name: &str) -> Option<&'static str> {
    let begins = |parts: &[&str]| parts.iter().any(|part| name.starts_with(part));
    if begins(&["GB", "UniGB"]) {
        Some("Adobe-GB1")
    } else if begins(&["B5", "HK", "ET", "CNS", "UniCNS"]) {
        Some("Adobe-CNS1")
    } else if begins(&["KSC", "UniKS"]) {
        Some("Adobe-Korea1")
    } else if begins(&["UniAKR"]) {
        Some("Adobe-KR")
    } else if begins(&["Identity", "Adobe"]) {
        None
    } else {
        Some("Adobe-Japan1")
    }
}

fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |value, byte| (value << 8) | u32::from(*byte))
}

fn units(bytes: &[u8]) -> Rc<[u16]> {
    match bytes {
        [byte] => [u16::from(*byte)].into(),
        _ => {
            bytes.as_chunks::<2>().0.iter().take(64).map(|pair| u16::from_be_bytes(*pair)).collect()
        }
    }
}

/// The characters of a collection by CID; `None` for one that is not known.
pub(crate) fn collection_texts(collection: &str) -> Option<Vec<u32>> {
    let data = tables::packed(collection.as_bytes())?;
    let mut data = Packed(&data);
    let count = data.number()?;
    let mut last = 0_i64;
    let mut made = Vec::with_capacity(count as usize);
    for _ in 0..count {
        last += data.signed()? + 1;
        made.push(u32::try_from(last).unwrap_or_default());
    }
    Some(made)
}

/// Numbers of seven bits a byte, low ones first.
struct Packed<'a>(&'a [u8]);

impl Packed<'_> {
    fn byte(&mut self) -> Option<u8> {
        self.0.split_off_first().copied()
    }

    fn number(&mut self) -> Option<u32> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 127).checked_shl(shift)?;
            if byte < 128 {
                return Some(value);
            }
            shift += 7;
        }
    }

    fn signed(&mut self) -> Option<i64> {
        let value = i64::from(self.number()?);
        Some(if value & 1 == 0 { value >> 1 } else { -((value + 1) >> 1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Budget, Limits};

    fn parsed(text: &str) -> CMap {
        let mut budget = Budget::new(Limits::default());
        CMap::parse(text.as_bytes(), &Meter::new(&mut budget))
    }

    #[test]
    fn predefined_maps_lead_to_characters() {
        let gb = collection_texts("Adobe-GB1").unwrap();
        let japan = collection_texts("Adobe-Japan1").unwrap();
        let cases: [(&str, &[u8], &[u32], char); 8] = [
            ("GBK-EUC-H", b"\xBB\xFA", &gb, '机'),
            ("GBK-EUC-V", b"\xC3\xDC", &gb, '密'),
            ("GB-EUC-H", b"A", &gb, 'A'),
            ("GBK2K-H", b"\x81\x39\xEF\x30", &gb, '㐁'),
            ("UniGB-UCS2-H", b"\x67\x3A", &gb, '机'),
            ("UniGB-UTF16-H", b"\xD8\x40\xDC\x87", &gb, '𠂇'),
            ("90ms-RKSJ-H", b"\x93\xFA", &japan, '日'),
            ("UniJIS-UTF8-H", "日".as_bytes(), &japan, '日'),
        ];
        for (name, bytes, texts, want) in cases {
            let map = CMap::predefined(name.as_bytes()).unwrap();
            let (code, length) = map.next(bytes);
            assert_eq!(length, bytes.len(), "{name}");
            let cid = map.cid(code, length).unwrap_or_default();
            let through_cid = texts.get(cid as usize).copied().and_then(char::from_u32);
            let direct = map.character(code, length);
            assert_eq!(direct.or(through_cid), Some(want), "{name} {cid}");
        }
        assert!(CMap::predefined(b"No-Such-H").is_none());
        assert_eq!(CMap::predefined(b"UniJIS-UCS2-HW-H").unwrap().cid(0x41, 2), Some(264));
    }

    #[test]
    fn embedded_maps_are_read() {
        let map = parsed(
            "/WMode 1 def 1 begincodespacerange <00> <7F> <8000> <FFFF> endcodespacerange
            2 begincidrange <8000> <80FF> 100 <20> <7E> 1 endcidrange 1 begincidchar <9000> 7 endcidchar
            2 beginbfrange <41> <43> <0061> <50> <51> [<4E00> <4E8C4E09>] endbfrange
            1 beginbfchar <60> <D840DC87> <61> /Aacute <62> <> endbfchar",
        );
        assert!(map.is_vertical);
        assert_eq!(map.next(b"A\x80\x01"), (0x41, 1));
        assert_eq!(map.next(b"\x80\x01A"), (0x8001, 2));
        assert_eq!(map.next(b"\x80"), (0x80, 1));
        assert_eq!((map.cid(0x8001, 2), map.cid(0x41, 1)), (Some(101), Some(34)));
        assert_eq!((map.cid(0x9000, 2), map.cid(0x9001, 2)), (Some(7), None));
        let texts: Vec<_> = [0x41, 0x43, 0x44, 0x50, 0x51, 0x60, 0x61, 0x62]
            .into_iter()
            .map(|code| map.text(code).unwrap_or_default())
            .collect();
        assert_eq!(texts, ["a", "c", "", "一", "二三", "𠂇", "Á", ""]);
    }

    #[test]
    fn any_bytes_end() {
        let text = "1 begincodespacerange <00> <FFFF> endcodespacerange 1 beginbfrange <00> <FFFFFFFF> <0041>";
        for cut in 0..text.len() {
            let map = parsed(&text[..cut]);
            for bytes in [&b""[..], b"\xFF", b"\xFF\xFF\xFF\xFF\xFF"] {
                let (code, length) = map.next(bytes);
                assert!(length >= 1 && length <= bytes.len().max(1));
                map.text(code);
                map.cid(code, length);
            }
        }
    }
}

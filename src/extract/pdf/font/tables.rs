//! Published tables: glyph names, encodings, widths, character collections.
//! The data stands in `tables/`, made by `tables/generate.py`.

use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::DeflateDecoder;

const GLYPH_NAMES: &str = include_str!("tables/glyph-names.txt");
const ENCODINGS: &str = include_str!("tables/encodings.txt");
const WIDTHS: &str = include_str!("tables/standard-widths.txt");
const CFF_STRINGS: &str = include_str!("tables/cff-strings.txt");
const MAC_GLYPHS: &str = include_str!("tables/mac-glyphs.txt");
/// Names with offset, packed and unpacked length, then the packed maps: Adobe's
/// cmap-resources, © 1990–2020 Adobe, BSD-3-Clause.
const CMAPS: &[u8] = include_bytes!("tables/cmaps.bin");

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with("# "))
}

/// The characters of a glyph name in the published lists.
pub(crate) fn listed(name: &str) -> Option<impl Iterator<Item = char> + use<>> {
    static LIST: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        // Sorted by the generator.
        lines(GLYPH_NAMES).filter_map(|line| line.split_once(' ')).collect()
    });
    let at = LIST.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    let (_, codes) = LIST.get(at)?;
    Some(codes.split(' ').filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?)))
}

/// Glyph names by code.
pub(crate) type Encoding = [Option<&'static str>; 256];

/// The encodings that a font may name or have of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Standard,
    WinAnsi,
    MacRoman,
    MacExpert,
    Symbol,
    ZapfDingbats,
}

/// Glyph names of an encoding by code.
pub(crate) fn encoding(known: Known) -> &'static Encoding {
    static ENCODING: LazyLock<HashMap<&str, Encoding>> = LazyLock::new(|| {
        let mut made = HashMap::new();
        for line in lines(ENCODINGS) {
            let mut fields = line.split(' ');
            let title = fields.next().unwrap_or_default();
            let mut table = [None; 256];
            for (code, name) in fields.filter_map(|field| field.split_once(':')) {
                let code = usize::from_str_radix(code, 16).unwrap_or_default();
                if let Some(place) = table.get_mut(code) {
                    *place = Some(name);
                }
            }
            made.insert(title, table);
        }
        made
    });
    static NONE: Encoding = [None; 256];
    let title = match known {
        Known::Standard => "Standard",
        Known::WinAnsi => "WinAnsi",
        Known::MacRoman => "MacRoman",
        Known::MacExpert => "MacExpert",
        Known::Symbol => "Symbol",
        Known::ZapfDingbats => "ZapfDingbats",
    };
    ENCODING.get(title).unwrap_or(&NONE)
}

/// Width of a glyph of a standard font, in thousandths of an em.
pub(crate) fn standard_width(face: &str, glyph: &str) -> Option<f32> {
    static WIDTH: LazyLock<HashMap<(&str, &str), f32>> = LazyLock::new(|| {
        let mut made = HashMap::new();
        for line in lines(WIDTHS) {
            let mut fields = line.split(' ');
            let face = fields.next().unwrap_or_default();
            let pairs = fields.filter_map(|field| field.split_once(':'));
            made.extend(pairs.map(|(glyph, w)| ((face, glyph), w.parse().unwrap_or_default())));
        }
        made
    });
    WIDTH.get(&(face, glyph)).copied()
}

/// A standard string of CFF, by its number.
pub(crate) fn cff_string(number: usize) -> Option<&'static str> {
    static STRINGS: LazyLock<Vec<&str>> = LazyLock::new(|| lines(CFF_STRINGS).collect());
    STRINGS.get(number).copied()
}

/// A glyph name of the Macintosh order.
pub(crate) fn mac_glyph(number: usize) -> Option<&'static str> {
    static GLYPHS: LazyLock<Vec<&str>> = LazyLock::new(|| lines(MAC_GLYPHS).collect());
    GLYPHS.get(number).copied()
}

/// The unpacked data of a predefined CMap, or of the characters of a collection.
pub(crate) fn packed(name: &[u8]) -> Option<Vec<u8>> {
    let mut rest = CMAPS;
    let count = u16::from_be_bytes(*rest.split_off(..2)?.first_chunk()?);
    let mut found = None;
    for _ in 0..count {
        let length = usize::from(*rest.split_off_first()?);
        let known = rest.split_off(..length)?;
        let numbers = rest.split_off(..12)?.as_chunks::<4>().0;
        let mut numbers = numbers.iter().map(|bytes| u32::from_be_bytes(*bytes) as usize);
        if known == name {
            found = Some((numbers.next()?, numbers.next()?, numbers.next()?));
        }
    }
    let (offset, length, unpacked) = found?;
    let data = rest.get(offset..offset + length)?;
    let mut made = Vec::with_capacity(unpacked);
    DeflateDecoder::new(data).read_to_end(&mut made).ok()?;
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_whole() {
        let character = |name| listed(name).map(String::from_iter);
        assert_eq!(character("Aacute").as_deref(), Some("Á"));
        assert_eq!(character("a35").as_deref(), Some("★"));
        assert_eq!(character("nosuchglyph"), None);
        assert_eq!(encoding(Known::WinAnsi)[0x80], Some("Euro"));
        assert_eq!(encoding(Known::Standard)[0x27], Some("quoteright"));
        assert_eq!(encoding(Known::Symbol)[0x61], Some("alpha"));
        assert_eq!(standard_width("Helvetica", "A"), Some(667.0));
        assert_eq!(cff_string(34), Some("A"));
        assert_eq!(cff_string(390), Some("Semibold"));
        assert_eq!(mac_glyph(36), Some("A"));
        assert_eq!(mac_glyph(257), Some("dcroat"));
        assert!(packed(b"GBK-EUC-H").is_some() && packed(b"Adobe-GB1").is_some());
        assert!(packed(b"NoSuchMap").is_none());
    }
}

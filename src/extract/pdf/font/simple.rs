//! Simple fonts: Type 1, TrueType and Type 3, one byte a code (9.6).

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;

use super::cff::Cff;
use super::cmap::CMap;
use super::sfnt::Sfnt;
use super::tables::{self, Encoding, Known};
use super::{Shown, Spelling, mapped, names, ornament, program, to_unicode, type1};
use crate::extract::pdf::syntax::{Dict, File, Object};

/// Flag of a font that has characters outside the standard Latin ones.
const SYMBOLIC: i64 = 1 << 2;

/// A simple font.
#[derive(Debug)]
pub(crate) struct Simple {
    to_unicode: Option<CMap>,
    /// Glyph names that the font's dictionary gives.
    differences: Vec<(u8, String)>,
    /// The encoding it names.
    named: Option<&'static Encoding>,
    /// Stands in where nothing else tells: the encoding such a font has by itself.
    implied: Option<&'static Encoding>,
    /// What the embedded program says, once somebody has asked.
    own: OnceCell<Own>,
    descriptor: Option<Rc<Dict>>,
    widths: Vec<f32>,
    first_code: usize,
    missing_width: f32,
    /// The standard font that lends its widths.
    standard: Option<&'static str>,
    /// Of a Type 3 font: its unit in ems, and the height of its glyphs in units.
    type3: Option<(f32, f32)>,
    face: String,
    shown: RefCell<Vec<Option<Rc<Shown>>>>,
}

/// What an embedded program tells.
#[derive(Debug, Default)]
struct Own {
    names: Vec<(u8, String)>,
    sfnt: Option<Sfnt>,
}

impl Simple {
    pub(crate) fn load(
        file: &File<'_, '_>,
        dict: &Dict,
        descriptor: Option<&Dict>,
        face: &str,
    ) -> Self {
        let subtype = file.name(dict, b"Subtype").unwrap_or_default();
        let flags = descriptor.and_then(|d| file.integer(d, b"Flags")).unwrap_or_default();
        let is_embedded = descriptor.is_some_and(|descriptor| {
            [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| descriptor.has(key))
        });
        let (named, differences) = encoding(file, dict);
        let implied = match () {
            () if ornament::is_symbol(face) => Some(Known::Symbol),
            () if ornament::is_dingbats(face) => Some(Known::ZapfDingbats),
            () if *subtype == *b"Type3" => None,
            () if is_embedded && flags & SYMBOLIC != 0 => None,
            () if *subtype == *b"TrueType" => Some(Known::WinAnsi),
            () => Some(Known::Standard),
        };
        let widths = file.numbers_of(dict, b"Widths").unwrap_or_default();
        let first_code = file.integer(dict, b"FirstChar").unwrap_or_default();
        let missing = descriptor.and_then(|d| file.number(d, b"MissingWidth")).unwrap_or_default();
        let type3 = (*subtype == *b"Type3").then(|| units(file, dict));
        Self {
            to_unicode: to_unicode(file, dict),
            differences,
            named: named.map(tables::encoding),
            implied: implied.map(tables::encoding),
            own: OnceCell::new(),
            descriptor: descriptor.map(|d| Rc::new(d.clone())),
            standard: (widths.is_empty() && type3.is_none()).then(|| standard_face(face)),
            widths: widths.into_iter().map(|width| width as f32).collect(),
            first_code: usize::try_from(first_code).unwrap_or_default(),
            missing_width: missing as f32,
            type3,
            face: face.to_owned(),
            shown: RefCell::new(vec![None; 256]),
        }
    }

    /// Height of its glyphs by size.
    pub(crate) fn scale(&self) -> f32 {
        self.type3.map_or(1.0, |(unit, height)| {
            let scale = unit * height;
            if scale.is_finite() && scale > 0.0 { scale } else { 1.0 }
        })
    }

    pub(crate) fn show(&self, file: &File<'_, '_>, code: u8) -> Rc<Shown> {
        let mut shown = self.shown.borrow_mut();
        let Some(place) = shown.get_mut(usize::from(code)) else { return Rc::default() };
        let made = || {
            let told = self.spelled(file, code);
            let is_contradicted =
                told.as_ref().is_some_and(|told| self.is_contradicted(code, told));
            let guess = || self.guessed(code).map(String::from);
            let is_guess = told.is_none();
            let spelling = told.or_else(guess).map_or(Spelling::Untold, |t| Spelling::of(&t));
            let advance = self.width(code);
            Rc::new(Shown { spelling, advance, is_space: code == 32, is_guess, is_contradicted })
        };
        Rc::clone(place.get_or_insert_with(made))
    }

    fn width(&self, code: u8) -> f32 {
        if let Some(face) = self.standard {
            let name = self.name(code);
            return name.and_then(|name| tables::standard_width(face, name)).unwrap_or(500.0);
        }
        let at = usize::from(code).checked_sub(self.first_code);
        let width = at.and_then(|at| self.widths.get(at)).copied().unwrap_or(self.missing_width);
        match self.type3 {
            Some((unit, _)) => width * unit * 1000.0,
            None => width,
        }
    }

    /// The glyph name that the dictionary gives a code, or the font's kind implies.
    fn name(&self, code: u8) -> Option<&str> {
        let given = self.differences.iter().rev().find(|(at, _)| *at == code);
        let at = usize::from(code);
        let from = |table: Option<&'static Encoding>| table.and_then(|table| table[at]);
        match given {
            Some((_, name)) => Some(name),
            None => from(self.named).or_else(|| from(self.implied)),
        }
    }

    fn spelled(&self, file: &File<'_, '_>, code: u8) -> Option<String> {
        let by_map = self.to_unicode.as_ref().and_then(|map| mapped(map, u32::from(code)));
        if let Some(text) = by_map.filter(|text| !text.chars().all(ornament::is_private)) {
            return Some(text);
        }
        let given = self.differences.iter().rev().find(|(at, _)| *at == code);
        if let Some((_, name)) = given {
            if let Some(text) = names::characters(name) {
                return Some(text);
            }
            if name == ".notdef" && self.to_unicode.is_some() {
                return None;
            }
        }
        if let Some(c) = ornament::ornament(&self.face, u32::from(code)) {
            return Some(c.to_string());
        }
        let at = usize::from(code);
        if given.is_none()
            && let Some(text) = self.named.and_then(|table| table[at]).and_then(names::characters)
        {
            return Some(text);
        }
        self.by_program(file, code, given.map(|(_, name)| name.as_str())).or_else(|| {
            let by_kind = self.implied.and_then(|table| table[at]).and_then(names::characters);
            by_kind.filter(|_| given.is_none())
        })
    }

    /// Whether the glyph's name is an English letter, and another one than is
    /// told. Letters of other scripts are told from names of English ones by many
    /// programs, and rightly.
    fn is_contradicted(&self, code: u8, told: &str) -> bool {
        if self.to_unicode.is_none() || self.type3.is_some() {
            return false;
        }
        let given = self.differences.iter().rev().find(|(at, _)| *at == code);
        let Some(named) = given.and_then(|(_, name)| names::characters(name)) else { return false };
        let plain = |text: &str| {
            let mut letters = text.nfkd().filter(|c| c.is_alphabetic());
            let first = letters.next().filter(char::is_ascii_alphabetic)?;
            letters.next().is_none().then(|| first.to_ascii_lowercase())
        };
        matches!((plain(&named), plain(told)), (Some(named), Some(told)) if named != told)
    }

    /// Where nothing tells, a code is most likely to be the letter it is in ASCII.
    fn guessed(&self, code: u8) -> Option<char> {
        let is_named = self.differences.iter().any(|(at, _)| *at == code);
        let is_letter = matches!(code, 0x21..=0x7E) && !is_named && self.type3.is_none();
        (is_letter || code == 32).then_some(char::from(code))
    }

    /// What the embedded program says of a code, or of the glyph of a name.
    fn by_program(&self, file: &File<'_, '_>, code: u8, name: Option<&str>) -> Option<String> {
        let own = self.own.get_or_init(|| self.own_of(file));
        if let Some(sfnt) = &own.sfnt {
            let named = name.and_then(|name| {
                sfnt.names.iter().find(|(_, known)| *known == name).map(|(glyph, _)| glyph)
            });
            let glyph = named.or_else(|| sfnt.symbols.get(&code)).or_else(|| sfnt.mac.get(&code));
            if let Some(glyph) = glyph {
                let character = sfnt.characters.get(glyph).filter(|c| !ornament::is_private(**c));
                return character.map(char::to_string).or_else(|| {
                    let name = sfnt.names.get(glyph)?;
                    names::characters(name)
                });
            }
            return None;
        }
        if name.is_some() {
            return None;
        }
        // Of a code that is named twice the later name counts.
        let (_, name) = own.names.iter().rev().find(|(at, _)| *at == code)?;
        names::characters(name)
    }

    fn own_of(&self, file: &File<'_, '_>) -> Own {
        let Some(data) = program(file, self.descriptor.as_deref()) else { return Own::default() };
        file.meter.steps(data.len() as u64 / 64);
        if let Some(sfnt) = Sfnt::read(&data) {
            let cff = Sfnt::cff(&data).and_then(Cff::read);
            let names = cff.map(|cff| cff.encoding).unwrap_or_default();
            let is_empty = sfnt.characters.is_empty() && sfnt.names.is_empty();
            let sfnt = (!is_empty || names.is_empty()).then_some(sfnt);
            return Own { names, sfnt };
        }
        let names = match Cff::read(&data) {
            Some(cff) => cff.encoding,
            None => type1::encoding(&data),
        };
        Own { names, sfnt: None }
    }
}

/// The encoding a font names, and its differences from it.
fn encoding(file: &File<'_, '_>, dict: &Dict) -> (Option<Known>, Vec<(u8, String)>) {
    let known = |name: &[u8]| match name {
        b"WinAnsiEncoding" => Some(Known::WinAnsi),
        b"MacRomanEncoding" => Some(Known::MacRoman),
        b"MacExpertEncoding" => Some(Known::MacExpert),
        b"StandardEncoding" => Some(Known::Standard),
        _ => None,
    };
    let dict = match file.get(dict, b"Encoding") {
        Object::Name(name) => return (known(&name), Vec::new()),
        Object::Dict(dict) => dict,
        _ => return (None, Vec::new()),
    };
    let base = file.name(&dict, b"BaseEncoding").and_then(|name| known(&name));
    let mut differences = Vec::new();
    let mut code = 0_i64;
    for item in file.array(&dict, b"Differences").unwrap_or_default().iter().take(4096) {
        match file.resolve(item) {
            Object::Name(name) => {
                if let Ok(code) = u8::try_from(code) {
                    differences.push((code, String::from_utf8_lossy(&name).into_owned()));
                }
                code = code.saturating_add(1);
            }
            other => code = other.integer().unwrap_or(code),
        }
    }
    (base, differences)
}

/// The standard font whose widths are taken where a font brings none.
fn standard_face(face: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| face.contains(word));
    let (bold, italic) = (has(&["Bold", "bold"]), has(&["Italic", "Oblique", "italic"]));
    if ornament::is_symbol(face) {
        "Symbol"
    } else if ornament::is_dingbats(face) {
        "ZapfDingbats"
    } else if has(&["Courier", "Mono", "Consol"]) {
        "Courier"
    } else if has(&["Times", "Serif", "Roman", "Georgia"]) {
        match (bold, italic) {
            (false, false) => "Times-Roman",
            (true, false) => "Times-Bold",
            (false, true) => "Times-Italic",
            (true, true) => "Times-BoldItalic",
        }
    } else if bold {
        "Helvetica-Bold"
    } else {
        "Helvetica"
    }
}

/// Of a Type 3 font: its unit in ems, and the height of its glyphs in units.
fn units(file: &File<'_, '_>, dict: &Dict) -> (f32, f32) {
    let matrix = file.numbers_of(dict, b"FontMatrix").unwrap_or_default();
    let part = |at: usize| matrix.get(at).copied().unwrap_or_default();
    let unit = part(0).hypot(part(1));
    let unit = if unit > 0.0 { unit } else { 0.001 };
    let rise = part(2).hypot(part(3)) / unit;
    let bounds = file.numbers_of(dict, b"FontBBox").unwrap_or_default();
    let height = match bounds.as_slice() {
        [_, bottom, _, top] if (top - bottom).abs() > 0.0 => (top - bottom).abs() * rise,
        _ => 1.0 / unit,
    };
    (unit as f32, height as f32)
}

//! Fonts, as far as they tell which characters a string holds and how wide they
//! are (ISO 32000-2, 9.5 to 9.10). No outline is ever looked at.

pub(crate) mod cff;
pub(crate) mod cmap;
mod composite;
pub(crate) mod names;
mod ornament;
pub(crate) mod sfnt;
mod simple;
mod tables;
mod type1;

use std::rc::Rc;

use self::composite::Composite;
use self::simple::Simple;
use super::syntax::{Dict, File, Object, Stream, entry};

/// What a code stands for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Spelling {
    /// Nobody tells.
    #[default]
    Untold,
    One(char),
    Many(Rc<str>),
}

impl Spelling {
    fn of(text: &str) -> Self {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (None, _) => Self::Untold,
            (Some(c), None) => Self::One(c),
            _ => Self::Many(text.into()),
        }
    }
}

/// A code of a string, as the font draws it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) spelling: Spelling,
    /// How far the next glyph is, in thousandths of an em: to the right, or
    /// downwards (then negative) in vertical writing.
    pub(crate) advance: f32,
    /// Whether it is the code to which word spacing applies.
    pub(crate) is_space: bool,
    /// Whether the spelling is no more than likely.
    pub(crate) is_guess: bool,
    /// Whether the font's name for the glyph is another letter than it maps it to.
    pub(crate) is_contradicted: bool,
}

/// A font of a document.
#[derive(Debug)]
pub(crate) struct Font {
    /// Its name without the mark of a subset.
    pub(crate) face: String,
    pub(crate) is_bold: bool,
    /// Whether its glyphs are in the file, or such as a renderer has.
    pub(crate) is_carried: bool,
    /// Height of its glyphs by size: 1, but for fonts drawn in other units.
    pub(crate) scale: f32,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Simple(Box<Simple>),
    Composite(Box<Composite>),
}

impl Font {
    /// Reads the font that a dictionary describes.
    pub(crate) fn load(file: &File<'_, '_>, dict: &Dict) -> Self {
        let descendant = file
            .array(dict, b"DescendantFonts")
            .and_then(|fonts| fonts.first().and_then(|font| file.resolve(font).dict().cloned()));
        let subtype = file.name(dict, b"Subtype").unwrap_or_default();
        let described = descendant.as_deref().unwrap_or(dict);
        let descriptor = file.dict(described, b"FontDescriptor");
        let face = face(file, dict, descriptor.as_deref());
        let is_bold = is_bold(file, &face, descriptor.as_deref());
        let is_carried = descendant.is_none()
            || descriptor.as_ref().is_some_and(|descriptor| {
                [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| descriptor.has(key))
            });
        let mut scale = 1.0;
        let kind = match descendant {
            Some(descendant) if *subtype == *b"Type0" => {
                let composite = Composite::load(file, dict, &descendant, descriptor.as_deref());
                Kind::Composite(Box::new(composite))
            }
            _ => {
                let simple = Simple::load(file, dict, descriptor.as_deref(), &face);
                scale = simple.scale();
                Kind::Simple(Box::new(simple))
            }
        };
        Self { face, is_bold, is_carried, scale, kind }
    }

    /// Whether it writes downwards.
    pub(crate) fn is_vertical(&self) -> bool {
        matches!(&self.kind, Kind::Composite(font) if font.is_vertical())
    }

    /// Takes the next code off a string that is not empty.
    pub(crate) fn next(&self, file: &File<'_, '_>, bytes: &mut &[u8]) -> Rc<Shown> {
        match &self.kind {
            Kind::Simple(font) => {
                let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
                *bytes = rest;
                font.show(file, *first)
            }
            Kind::Composite(font) => font.show(file, bytes),
        }
    }
}

fn face(file: &File<'_, '_>, dict: &Dict, descriptor: Option<&Dict>) -> String {
    let own = file.name(dict, b"BaseFont");
    let name = own.or_else(|| file.name(descriptor?, b"FontName"));
    let name = super::syntax::text::decoded(&name.unwrap_or_default());
    match name.split_once('+') {
        Some((mark, rest)) if mark.len() == 6 && mark.bytes().all(|b| b.is_ascii_uppercase()) => {
            rest.to_owned()
        }
        _ => name,
    }
}

fn is_bold(file: &File<'_, '_>, face: &str, descriptor: Option<&Dict>) -> bool {
    const FORCE_BOLD: i64 = 1 << 18;
    let named = ["Bold", "Heavy", "Black", "bold"].iter().any(|word| face.contains(word));
    named
        || descriptor.is_some_and(|descriptor| {
            file.number(descriptor, b"FontWeight").is_some_and(|weight| weight >= 600.0)
                || file.integer(descriptor, b"Flags").is_some_and(|flags| flags & FORCE_BOLD != 0)
        })
}

/// The embedded program, unpacked.
fn program(file: &File<'_, '_>, descriptor: Option<&Dict>) -> Option<Vec<u8>> {
    let descriptor = descriptor?;
    let stream = [&b"FontFile2"[..], b"FontFile3", b"FontFile"]
        .iter()
        .find_map(|key| file.get(descriptor, key).stream().cloned())?;
    file.unpack(&stream).map(|unpacked| unpacked.bytes)
}

/// The map from codes to characters that a font brings along.
fn to_unicode(file: &File<'_, '_>, dict: &Dict) -> Option<cmap::CMap> {
    match file.get(dict, b"ToUnicode") {
        Object::Stream(stream) => {
            let data = file.unpack(&stream)?;
            let map = cmap::CMap::parse(&data.bytes, file.meter);
            map.has_texts().then_some(map)
        }
        // `Identity-H`: codes are characters.
        Object::Name(name) => cmap::CMap::predefined(&name),
        _ => None,
    }
}

/// The text a map gives for a code, if it can be text: maps of some producers
/// lead to nothing, or to nowhere.
fn mapped(map: &cmap::CMap, code: u32) -> Option<String> {
    let text = match map.is_identity() {
        true => char::from_u32(code).map(String::from),
        false => map.text(code),
    }?;
    let is_text = |c: char| c != '\u{FFFD}' && (!c.is_control() || c.is_whitespace());
    text.chars().all(is_text).then_some(text)
}

fn stream_entry(dict: &Dict, key: &[u8], file: &File<'_, '_>) -> Option<Rc<Stream>> {
    file.resolve(entry(dict, key)).stream().cloned()
}

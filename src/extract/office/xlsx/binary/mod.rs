//! Binary workbooks (MS-XLSB): the same parts as records instead of XML.

mod cells;
mod records;
#[cfg(test)]
mod tests;

pub(super) use cells::sheet;
pub(super) use records::{Fields, Records};

use super::aside::Asides;
use super::book::{Book, Listed};
use super::colors::{Colors, Rgb, tinted};
use super::comments;
use super::formula::{is_sign, is_text, quoted, says};
use super::grid::{SheetPlace, letters};
use super::looks::{CellLook, Font, Ground, Looks};
use super::page::Page;
use super::strings::{Rich, Strings};
use crate::model::{Align, Region};

/// Fonts, fills and looks of one workbook that are told apart.
const MAX_LOOKS: usize = 65_000;

/// A longer string is none.
const MAX_STRING: usize = u16::MAX as usize;

/// Numbers of records (2.3.2).
mod id {
    pub const SST_ITEM: u16 = 19;
    pub const NAME: u16 = 39;
    pub const FONT: u16 = 43;
    pub const FORMAT: u16 = 44;
    pub const FILL: u16 = 45;
    pub const XF: u16 = 47;
    pub const BOOK_PROPERTIES: u16 = 153;
    pub const SHEET: u16 = 156;
    pub const BEGIN_DXFS: u16 = 507;
    pub const END_DXFS: u16 = 508;
    pub const BEGIN_CELL_XFS: u16 = 617;
    pub const END_CELL_XFS: u16 = 618;
    pub const COMMENT: u16 = 635;
    pub const COMMENT_TEXT: u16 = 637;
}

/// Reads the workbook part.
pub(super) fn book(records: &mut Records<'_, '_>, book: &mut Book) {
    while let Some((number, mut fields)) = records.next() {
        match number {
            id::BOOK_PROPERTIES => book.since_1904 |= fields.u32().is_some_and(|f| f & 1 == 1),
            id::SHEET => book.sheets.extend(listed(&mut fields)),
            id::NAME => {
                if let Some((name, texts, comment)) = defined(&mut fields) {
                    book.define(&name, &quoted(&texts));
                    book.add_name(&name, comment);
                }
            }
            _ => {}
        }
    }
}

fn listed(fields: &mut Fields<'_>) -> Option<Listed> {
    let state = fields.u32()?;
    fields.u32()?;
    let relationship = fields.string()?;
    Some(Listed { name: fields.string()?, relationship, hidden: state != 0 })
}

/// A defined name, the texts of its formula, and its comment.
fn defined(fields: &mut Fields<'_>) -> Option<(String, Vec<String>, String)> {
    fields.bytes(9)?;
    let name = fields.string()?;
    let texts = literals(formula(fields).unwrap_or_default());
    Some((name, texts, fields.string().unwrap_or_default()))
}

/// The tokens of a formula that stands in fields of its own (2.2.2).
fn formula<'p>(fields: &mut Fields<'p>) -> Option<&'p [u8]> {
    let length = fields.u32()?;
    let tokens = fields.bytes(usize::try_from(length).ok()?)?;
    let beside = fields.u32()?;
    fields.bytes(usize::try_from(beside).ok()?)?;
    Some(tokens)
}

/// Texts among the tokens of a formula (2.5.98.89): where one begins is told by
/// its own bytes, without taking the rest apart.
fn literals(tokens: &[u8]) -> Vec<String> {
    const STRING: u8 = 0x17;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(here) = memchr::memchr(STRING, tokens.get(at..).unwrap_or_default()) {
        at += here + 1;
        let mut fields = Fields(tokens.get(at..).unwrap_or_default());
        let Some(text) = fields
            .u16()
            .filter(|count| (1..256).contains(count))
            .and_then(|count| fields.bytes(usize::from(count) * 2))
            // The texts of a list are parted by zeros.
            .map(|bytes| records::utf16(bytes).replace('\0', ","))
            .filter(|text| is_text(text))
        else {
            continue;
        };
        at += 2 + text.encode_utf16().count() * 2;
        found.push(text);
    }
    found
}

/// Reads the shared strings.
pub(super) fn strings(records: &mut Records<'_, '_>, strings: &mut Strings) {
    while let Some((number, mut fields)) = records.next() {
        if number == id::SST_ITEM {
            strings.add(&rich(&mut fields).unwrap_or_default());
            records.check(strings.len(), 0);
        }
    }
}

/// A string with its runs and how it is read (2.5.120).
fn rich(fields: &mut Fields<'_>) -> Option<Rich> {
    let flags = fields.u8()?;
    let mut rich = Rich { text: fields.string()?, ..Rich::default() };
    if flags & 1 != 0 {
        runs(fields, &mut rich);
    }
    if flags & 2 != 0 {
        rich.phonetic = fields.string().unwrap_or_default();
    }
    Some(rich)
}

/// Runs begin at numbers of UTF-16 units, here at bytes.
fn runs(fields: &mut Fields<'_>, rich: &mut Rich) {
    let count = fields.u32().unwrap_or(0);
    let mut places = rich.text.char_indices();
    let (mut unit, mut byte) = (0usize, 0usize);
    for _ in 0..count {
        let (Some(at), Some(font)) = (fields.u16(), fields.u16()) else { return };
        while unit < usize::from(at) {
            match places.next() {
                Some((from, c)) => {
                    unit += c.len_utf16();
                    byte = from + c.len_utf8();
                }
                None => break,
            }
        }
        if rich.runs.last().is_none_or(|(last, _)| (*last as usize) < byte) {
            rich.runs.push((byte as u32, font));
        }
    }
}

/// Reads the styles part.
pub(super) fn styles(records: &mut Records<'_, '_>, looks: &mut Looks) {
    let (mut in_cells, mut in_differences) = (false, false);
    while let Some((number, mut fields)) = records.next() {
        match number {
            id::BEGIN_CELL_XFS => in_cells = true,
            id::END_CELL_XFS => in_cells = false,
            id::BEGIN_DXFS => in_differences = true,
            id::END_DXFS => in_differences = false,
            _ if in_differences => {}
            id::FORMAT => {
                if let (Some(id), Some(code)) = (fields.u16(), fields.string()) {
                    looks.codes.insert(id, code);
                }
            }
            id::FONT if looks.fonts.len() < MAX_LOOKS => {
                looks.fonts.push(font(&mut fields, &looks.colors).unwrap_or_default())
            }
            id::FILL if looks.fills.len() < MAX_LOOKS => {
                looks.fills.push(fill(&mut fields, &looks.colors).unwrap_or_default())
            }
            id::XF if in_cells && looks.cells.len() < MAX_LOOKS => {
                looks.cells.push(cell_look(&mut fields).unwrap_or_default())
            }
            _ => {}
        }
    }
}

fn font(fields: &mut Fields<'_>, colors: &Colors) -> Option<Font> {
    let (height, flags, weight) = (fields.u16()?, fields.u16()?, fields.u16()?);
    fields.bytes(6)?;
    let color = color(fields, colors)?;
    fields.u8()?;
    Some(Font {
        size: f32::from(height) / 20.0,
        face: fields.string()?.chars().take(200).collect(),
        color,
        bold: weight >= 600,
        struck: flags & 8 != 0,
    })
}

/// A colour (2.5.16); the first `None` is for no colour at all.
fn color(fields: &mut Fields<'_>, colors: &Colors) -> Option<Option<Rgb>> {
    let (kind, index) = (fields.u8()? >> 1, fields.u8()?);
    let tint = f64::from(fields.u16()? as i16) / 32_767.0;
    let channels = fields.bytes(4)?;
    Some(match kind {
        1 => colors.indexed(index.into()).map(|rgb| tinted(rgb, tint)),
        2 => Some(tinted([channels[0], channels[1], channels[2]], tint)),
        3 => colors.themed(index.into(), tint),
        _ => None,
    })
}

fn fill(fields: &mut Fields<'_>, colors: &Colors) -> Option<Ground> {
    let pattern = fields.u32()?;
    let fore = color(fields, colors)?;
    Some(match pattern {
        0 => Ground::Paper,
        1 => fore.map_or(Ground::Unknown, Ground::Color),
        _ => Ground::Unknown,
    })
}

fn cell_look(fields: &mut Fields<'_>) -> Option<CellLook> {
    fields.u16()?;
    let (format, font, fill) = (fields.u16()?, fields.u16()?, fields.u16()?);
    fields.bytes(4)?;
    let align = match fields.u8()? & 7 {
        1 | 4 | 5 | 7 => Align::Left,
        2 | 6 => Align::Center,
        3 => Align::Right,
        _ => Align::Unknown,
    };
    Some(CellLook { font, fill: fill.into(), format, align })
}

/// Reads a part of comments.
pub(super) fn comments(records: &mut Records<'_, '_>, page: &mut Page, sheet: &SheetPlace) {
    let mut cell = String::new();
    while let Some((number, mut fields)) = records.next() {
        match number {
            id::COMMENT => {
                fields.u32();
                let place = fields.range().unwrap_or_default();
                cell = format!("{}{}", letters(place[2]), place[0]);
            }
            id::COMMENT_TEXT => {
                let text = rich(&mut fields).unwrap_or_default().text;
                comments::put(page, sheet, &cell, &text);
                records.check(page.text.len(), page.count);
            }
            _ => {}
        }
    }
}

/// Reads a part beside the sheets. Its records are of many kinds: strings are
/// told by their own bytes, a length and as many characters.
pub(super) fn aside(
    records: &mut Records<'_, '_>,
    asides: &mut Asides<'_>,
    region: Region,
    label: &str,
) {
    while let Some((_, fields)) = records.next() {
        let mut content = fields.0;
        records.charge(content.len() / 16);
        while content.len() > 4 {
            match string_at(content) {
                Some((text, rest)) => {
                    asides.take(region, label, &text);
                    content = rest;
                }
                None => content = content.get(1..).unwrap_or_default(),
            }
        }
        records.check(asides.page.text.len(), asides.page.count);
    }
}

/// A string behind its length, and what follows it, if bytes are one: most that
/// are not show it soon.
fn string_at(bytes: &[u8]) -> Option<(String, &[u8])> {
    let mut fields = Fields(bytes);
    let count = usize::try_from(fields.u32()?).ok()?;
    if !(2..=MAX_STRING).contains(&count) {
        return None;
    }
    let inside = fields.bytes(count * 2)?;
    let units = inside.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let mut text = String::new();
    for c in char::decode_utf16(units) {
        text.push(c.ok().filter(|c| is_sign(*c))?);
    }
    says(&text).then_some((text, fields.0))
}

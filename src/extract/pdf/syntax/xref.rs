//! Where objects stand: cross-reference tables and streams (ISO 32000-2, 7.5.4
//! to 7.5.8), and the search through the file where they are wrong.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use memchr::memmem;

use super::file::{read_stream_at, unpacked};
use super::lexer::{Lexer, Token, is_white};
use super::object::{Dict, Object, Parser, entry};
use crate::extract::pdf::meter::Meter;

/// Sections one file may have; each is a revision.
const MAX_SECTIONS: usize = 4096;
/// The highest object number that is believed: no file has more objects than bytes.
const MAX_NUMBER: u32 = 1 << 26;

/// Where an object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// At this offset.
    At(usize),
    /// In the object stream of this number.
    In(u32),
    /// Nowhere any more.
    Free,
}

/// The places of all objects, and the trailer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Xref {
    pub(crate) places: HashMap<u32, Place>,
    pub(crate) trailer: Dict,
}

/// Follows the sections from the last one back.
pub(crate) fn read(bytes: &[u8], base: usize, meter: &Meter<'_>) -> Option<Xref> {
    let tail_start = bytes.len().saturating_sub(2048);
    let tail = bytes.get(tail_start..)?;
    let start = memmem::rfind(tail, b"startxref").map(|at| tail_start + at);
    let start = start.or_else(|| memmem::rfind(bytes, b"startxref"))?;
    let mut lexer = Lexer::new(bytes, start + b"startxref".len());
    let Some(Token::Integer(offset)) = lexer.token() else { return None };
    read_at(bytes, base, usize::try_from(offset).ok()?, meter)
}

/// Follows the sections from the one at `offset` back.
pub(crate) fn read_at(bytes: &[u8], base: usize, offset: usize, meter: &Meter<'_>) -> Option<Xref> {
    let mut xref = Xref::default();
    let mut waiting = vec![offset];
    let mut seen = HashSet::new();
    let mut is_first = true;
    while let Some(offset) = waiting.pop() {
        if !seen.insert(offset) || seen.len() > MAX_SECTIONS {
            continue;
        }
        let section = section(bytes, base.checked_add(offset)?, &mut xref, meter);
        let trailer = match section {
            Some(trailer) => trailer,
            None if is_first => return None,
            // What older sections say is missed, and searched for when it is.
            None => continue,
        };
        let next = |key: &[u8]| {
            let offset = entry(&trailer, key).integer();
            offset.and_then(|offset| usize::try_from(offset).ok())
        };
        // The stream beside a table counts before older sections.
        waiting.extend(next(b"Prev"));
        waiting.extend(next(b"XRefStm"));
        if is_first {
            xref.trailer = trailer;
            is_first = false;
        }
    }
    xref.trailer.has(b"Root").then_some(xref)
}

fn section(bytes: &[u8], at: usize, xref: &mut Xref, meter: &Meter<'_>) -> Option<Dict> {
    let mut lexer = Lexer::new(bytes, at);
    if lexer.take(b"xref") {
        return table(&mut lexer, bytes, xref, meter);
    }
    stream(bytes, at, xref, meter)
}

fn table(lexer: &mut Lexer<'_>, bytes: &[u8], xref: &mut Xref, meter: &Meter<'_>) -> Option<Dict> {
    loop {
        let first = match lexer.token()? {
            Token::Integer(first) => first,
            Token::Word(b"trailer") => break,
            _ => return None,
        };
        let Token::Integer(count) = lexer.token()? else { return None };
        let mut number = u32::try_from(first).ok()?;
        for _ in 0..count {
            if !meter.steps(1) {
                return None;
            }
            let Token::Integer(offset) = lexer.token()? else { return None };
            let Token::Integer(generation) = lexer.token()? else { return None };
            let Token::Word(kind) = lexer.token()? else { return None };
            // Some producers begin at 1 with the entry that is always 0's.
            if first == 1 && number == 1 && generation == 65_535 && kind == b"f" {
                number = 0;
            }
            let place = match kind {
                b"n" => Place::At(usize::try_from(offset).ok()?),
                b"f" => Place::Free,
                _ => return None,
            };
            xref.places.entry(number).or_insert(place);
            number = number.checked_add(1)?;
        }
    }
    let mut parser = Parser::new(bytes, lexer.at(), 100_000);
    let trailer = parser.object()?;
    trailer.dict().map(|dict| Dict::clone(dict))
}

fn stream(bytes: &[u8], at: usize, xref: &mut Xref, meter: &Meter<'_>) -> Option<Dict> {
    let stream = read_stream_at(bytes, at)?;
    if !stream.dict.is(b"Type", b"XRef") {
        return None;
    }
    let data = unpacked(bytes, &stream, meter)?;
    let widths: Vec<usize> = entry(&stream.dict, b"W")
        .array()?
        .iter()
        .map(|width| width.integer().and_then(|width| usize::try_from(width).ok()))
        .collect::<Option<_>>()?;
    let [kind_width, first_width, second_width] = widths.get(..3)?.try_into().ok()?;
    let row: usize = kind_width + first_width + second_width;
    if row == 0 || row > 24 {
        return None;
    }
    let size = entry(&stream.dict, b"Size").integer()?;
    let index = match entry(&stream.dict, b"Index").array() {
        Some(index) => index.iter().filter_map(Object::integer).collect(),
        None => vec![0, size],
    };
    let mut rows = data.chunks_exact(row);
    for pair in index.as_chunks::<2>().0 {
        let mut number = u32::try_from(pair[0]).ok()?;
        for _ in 0..pair[1] {
            let Some(row) = rows.next() else { break };
            if !meter.steps(1) {
                return None;
            }
            let field = |from: usize, width: usize| {
                let bytes = row.get(from..from + width).unwrap_or_default();
                bytes.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte))
            };
            let kind = if kind_width == 0 { 1 } else { field(0, kind_width) };
            let first = field(kind_width, first_width);
            let place = match kind {
                0 => Some(Place::Free),
                1 => usize::try_from(first).ok().map(Place::At),
                2 => u32::try_from(first).ok().map(Place::In),
                _ => None,
            };
            if let Some(place) = place {
                xref.places.entry(number).or_insert(place);
            }
            number = number.checked_add(1)?;
        }
    }
    Some(Dict::clone(&stream.dict))
}

/// Searches the whole file for objects: of one that is written twice the last
/// counts, as it does when a file is updated.
pub(crate) fn search(bytes: &[u8], meter: &Meter<'_>) -> Xref {
    let mut xref = Xref::default();
    let mut trailers = Vec::new();
    let mut catalog = None;
    for at in memmem::find_iter(bytes, b"obj") {
        if !meter.steps(8) {
            break;
        }
        let Some((number, start)) = header_before(bytes, at) else { continue };
        xref.places.insert(number, Place::At(start));
        // What kind of object it is shows within its first bytes.
        let body = bytes.get(at..bytes.len().min(at + 1024)).unwrap_or_default();
        let own = memmem::find(body, b"endobj").and_then(|end| body.get(..end)).unwrap_or(body);
        if memmem::find(own, b"/Catalog").is_some() {
            catalog = Some(number);
        }
        let is_packed = memmem::find(own, b"/ObjStm").is_some();
        if is_packed || memmem::find(own, b"/XRef").is_some() {
            let Some(stream) = read_stream_at(bytes, start) else { continue };
            // Finding its end may have meant looking at all that follows.
            meter.steps(stream.data.1 as u64 / 256);
            if stream.dict.is(b"Type", b"XRef") {
                trailers.push(Dict::clone(&stream.dict));
            } else if is_packed {
                // Encrypted ones are looked into later, when there is a key.
                let data = unpacked(bytes, &stream, meter).unwrap_or_default();
                for member in members(&stream.dict, &data, meter) {
                    xref.places.insert(member.0, Place::In(number));
                }
            }
        }
    }
    for at in memmem::find_iter(bytes, b"trailer") {
        let mut parser = Parser::new(bytes, at + b"trailer".len(), 100_000);
        let dict = parser.object().and_then(|object| object.dict().cloned());
        if !meter.steps(parser.made) {
            break;
        }
        trailers.extend(dict.map(Rc::unwrap_or_clone));
    }
    let encrypted = trailers.iter().rev().find(|trailer| trailer.has(b"Encrypt"));
    let with_root = trailers.iter().rev().find(|trailer| trailer.has(b"Root"));
    xref.trailer = match (with_root, catalog) {
        (Some(trailer), _) => trailer.clone(),
        (None, Some(catalog)) => {
            Dict::new(vec![(b"Root".as_slice().into(), Object::Reference(catalog))])
        }
        (None, None) => Dict::default(),
    };
    if let (Some(encrypted), false) = (encrypted, xref.trailer.has(b"Encrypt")) {
        let mut entries: Vec<_> =
            xref.trailer.iter().map(|(key, value)| (key.into(), value.clone())).collect();
        for key in [&b"Encrypt"[..], b"ID"] {
            entries.push((key.into(), entry(encrypted, key).clone()));
        }
        xref.trailer = Dict::new(entries);
    }
    xref
}

/// Number and start of the header `12 0 obj` whose `obj` stands at `at`.
fn header_before(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let mut end = at;
    let mut back = |is: fn(u8) -> bool| {
        let before = end;
        while end > 0 && before - end < 32 && bytes.get(end - 1).is_some_and(|byte| is(*byte)) {
            end -= 1;
        }
        (end, before)
    };
    let digit = |byte: u8| byte.is_ascii_digit();
    back(is_white);
    let generation = back(digit);
    let gap = back(is_white);
    let number = back(digit);
    if generation.0 == generation.1 || gap.0 == gap.1 || number.0 == number.1 {
        return None;
    }
    let digits = std::str::from_utf8(bytes.get(number.0..number.1)?).ok()?;
    let value = digits.parse().ok().filter(|value| *value <= MAX_NUMBER)?;
    Some((value, number.0))
}

/// Numbers and offsets of the objects in an object stream (7.5.7).
pub(crate) fn members(dict: &Dict, data: &[u8], meter: &Meter<'_>) -> Vec<(u32, usize)> {
    let first = entry(dict, b"First").integer().and_then(|first| usize::try_from(first).ok());
    let (Some(first), Some(count)) = (first, entry(dict, b"N").integer()) else {
        return Vec::new();
    };
    let mut lexer = Lexer::new(data, 0);
    let mut made = Vec::new();
    for _ in 0..count {
        let (Some(Token::Integer(number)), Some(Token::Integer(offset))) =
            (lexer.token(), lexer.token())
        else {
            break;
        };
        if !meter.steps(1) {
            break;
        }
        let place = usize::try_from(offset).ok().and_then(|offset| first.checked_add(offset));
        if let (Ok(number), Some(place)) = (u32::try_from(number), place)
            && place < data.len()
        {
            made.push((number, place));
        }
    }
    made
}

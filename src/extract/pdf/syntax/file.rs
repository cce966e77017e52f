//! A file as a collection of objects, read one by one when they are asked for.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use memchr::memmem;

use super::crypt::{Crypt, Method, Refusal};
use super::filter::{MAX_STREAM, Parameters, Unpacked, unpack};
use super::lexer::{Lexer, Token};
use super::object::{Dict, Object, Parser, Stream, entry};
use super::xref::{self, Place, Xref};
use crate::extract::pdf::meter::Meter;
use crate::model::{Gap, GapKind, Limit};

/// References that lead to references.
const MAX_HOPS: usize = 16;
/// Objects kept; when there are more, all are forgotten and read anew.
const KEPT_OBJECTS: u64 = 1_000_000;
/// Bytes of unpacked object streams kept.
const KEPT_BYTES: usize = 48 << 20;
/// Objects of which one object may be made.
const MAX_OBJECTS: u64 = 3_000_000;

/// A file.
pub(crate) struct File<'a, 'b> {
    bytes: &'a [u8],
    /// Where offsets are counted from: the header, in some files.
    base: usize,
    xref: RefCell<Xref>,
    pub(crate) meter: &'a Meter<'b>,
    crypt: OnceCell<Crypt>,
    kept: RefCell<HashMap<u32, Object>>,
    kept_objects: Cell<u64>,
    packed: RefCell<HashMap<u32, Rc<Packed>>>,
    /// Objects that are being read: an object that needs itself is none.
    open: RefCell<HashSet<u32>>,
    /// Whether the places of objects come from a search through the file.
    searched: Cell<bool>,
}

/// A filter's name, and its parameters.
type Packing = (Rc<[u8]>, Option<Rc<Dict>>);

/// An object stream.
struct Packed {
    data: Vec<u8>,
    members: HashMap<u32, usize>,
}

impl<'a, 'b> File<'a, 'b> {
    /// Opens a file, and says why it cannot be decrypted: then it is open as far
    /// as it can be read without a key. So is a file without any object.
    pub(crate) fn of<'p>(
        bytes: &'a [u8],
        meter: &'a Meter<'b>,
        passwords: impl Iterator<Item = &'p str>,
    ) -> (Self, Option<Refusal>) {
        let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
        let base = memmem::find(head, b"%PDF-").unwrap_or_default();
        let found = xref::read(bytes, base, meter)
            .map(|xref| (xref, base))
            .or_else(|| (base > 0).then(|| xref::read(bytes, 0, meter))?.map(|xref| (xref, 0)));
        let file = Self::with(bytes, meter, found);
        if file.catalog().is_none() {
            file.search();
        }
        file.unlocked(passwords)
    }

    /// The file as it was after an earlier update: the sections from `offset`
    /// back, of the first `length` bytes. Opens with the key of this one.
    pub(crate) fn earlier(&self, length: usize, offset: usize) -> Option<Self> {
        let bytes = self.bytes.get(..length)?;
        let xref = xref::read_at(bytes, self.base, offset, self.meter)?;
        let file = Self::with(bytes, self.meter, Some((xref, self.base)));
        if let Some(crypt) = self.crypt.get() {
            let _ = file.crypt.set(crypt.clone());
        }
        Some(file)
    }

    fn with(bytes: &'a [u8], meter: &'a Meter<'b>, found: Option<(Xref, usize)>) -> Self {
        let (xref, base) = found.unwrap_or_default();
        Self {
            bytes,
            base,
            xref: RefCell::new(xref),
            meter,
            crypt: OnceCell::new(),
            kept: RefCell::default(),
            kept_objects: Cell::new(0),
            packed: RefCell::default(),
            open: RefCell::default(),
            searched: Cell::new(false),
        }
    }

    fn unlocked<'p>(self, passwords: impl Iterator<Item = &'p str>) -> (Self, Option<Refusal>) {
        let trailer = self.trailer();
        let Some(dict) = self.dict(&trailer, b"Encrypt") else { return (self, None) };
        let dict = self.in_place(&dict, 0);
        let ids = self.array(&trailer, b"ID").unwrap_or_default();
        let id = ids.first().map(|id| self.resolve(id));
        let id = id.as_ref().and_then(Object::text).unwrap_or_default().to_vec();
        match Crypt::open(&dict, &id, passwords) {
            Ok(crypt) => {
                let _ = self.crypt.set(crypt);
                // What was read before was read without a key.
                self.forget();
                if self.searched.get() {
                    self.search_packed();
                }
                (self, None)
            }
            Err(refusal) => (self, Some(refusal)),
        }
    }

    /// A dictionary with what its references lead to in their place.
    fn in_place(&self, dict: &Dict, depth: usize) -> Dict {
        let entries = dict.iter().take(1000).map(|(key, value)| {
            let value = match self.resolve(value) {
                Object::Dict(inner) if depth < 3 => {
                    Object::Dict(Rc::new(self.in_place(&inner, depth + 1)))
                }
                other => other,
            };
            (key.into(), value)
        });
        Dict::new(entries.collect())
    }

    /// The bytes of the file.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn trailer(&self) -> Dict {
        self.xref.borrow().trailer.clone()
    }

    /// The catalogue, if it has pages or says it is one.
    pub(crate) fn catalog(&self) -> Option<Rc<Dict>> {
        let root = self.xref.borrow().trailer.get(b"Root").cloned()?;
        let root = self.resolve(&root).dict().cloned()?;
        (root.has(b"Pages") || root.is(b"Type", b"Catalog")).then_some(root)
    }

    /// Whether metadata can be read without the key.
    pub(crate) fn has_open_metadata(&self) -> bool {
        let dict = self.dict(&self.trailer(), b"Encrypt");
        dict.is_some_and(|dict| *entry(&dict, b"EncryptMetadata") == Object::Bool(false))
    }

    /// Whether objects were searched for, since the file does not say where they are.
    pub(crate) fn is_searched(&self) -> bool {
        self.searched.get()
    }

    /// Numbers of all objects, ascending.
    pub(crate) fn numbers(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.xref.borrow().places.keys().copied().collect();
        numbers.sort_unstable();
        numbers
    }

    /// Where an object stands.
    pub(crate) fn place(&self, number: u32) -> Option<Place> {
        self.xref.borrow().places.get(&number).copied()
    }

    fn forget(&self) {
        self.kept.borrow_mut().clear();
        self.packed.borrow_mut().clear();
        self.kept_objects.set(0);
    }

    /// Searches for the objects, once.
    pub(crate) fn search(&self) {
        if self.searched.replace(true) {
            return;
        }
        let found = xref::search(self.bytes, self.meter);
        let mut xref = self.xref.borrow_mut();
        for (number, place) in found.places {
            // A place that a section gives is kept, if the object is there.
            let stands = match xref.places.get(&number) {
                Some(Place::At(offset)) => {
                    header_at(self.bytes, self.base + offset).is_some_and(|(n, ..)| n == number)
                }
                Some(Place::In(_)) => !matches!(place, Place::At(_)),
                Some(Place::Free) | None => false,
            };
            if !stands {
                let place = match place {
                    Place::At(offset) => Place::At(offset.saturating_sub(self.base)),
                    other => other,
                };
                xref.places.insert(number, place);
            }
        }
        let root = xref.trailer.get(b"Root").and_then(Object::reference);
        if root.is_none_or(|root| !xref.places.contains_key(&root)) || self.bytes.is_empty() {
            xref.trailer = found.trailer;
        }
        drop(xref);
        self.forget();
        if self.catalog().is_none() {
            self.find_catalog();
        }
    }

    /// Takes the first catalogue there is where the trailer names none.
    fn find_catalog(&self) {
        for number in self.numbers() {
            let object = self.object(number);
            if object.dict().is_some_and(|dict| dict.is(b"Type", b"Catalog")) {
                let root = (b"Root".as_slice().into(), Object::Reference(number));
                let mut xref = self.xref.borrow_mut();
                let old = xref.trailer.iter().map(|(key, value)| (key.into(), value.clone()));
                xref.trailer = Dict::new(old.chain([root]).collect());
                return;
            }
            if self.meter.is_stopped() {
                return;
            }
        }
    }

    /// Looks into object streams that could not be unpacked without a key.
    fn search_packed(&self) {
        for number in self.numbers() {
            let object = self.object(number);
            let Some(stream) = object.stream() else { continue };
            if !stream.dict.is(b"Type", b"ObjStm") {
                continue;
            }
            let Some(packed) = self.packed(number) else { continue };
            let mut xref = self.xref.borrow_mut();
            for member in packed.members.keys() {
                xref.places.entry(*member).or_insert(Place::In(number));
            }
        }
    }

    /// What an object is, however many references lead to it.
    pub(crate) fn resolve(&self, object: &Object) -> Object {
        let mut object = object.clone();
        for _ in 0..MAX_HOPS {
            match object {
                Object::Reference(number) => object = self.object(number),
                other => return other,
            }
        }
        Object::Null
    }

    /// The value of an entry.
    pub(crate) fn get(&self, dict: &Dict, key: &[u8]) -> Object {
        dict.get(key).map_or(Object::Null, |value| self.resolve(value))
    }

    pub(crate) fn dict(&self, dict: &Dict, key: &[u8]) -> Option<Rc<Dict>> {
        self.get(dict, key).dict().cloned()
    }

    pub(crate) fn array(&self, dict: &Dict, key: &[u8]) -> Option<Rc<[Object]>> {
        match self.get(dict, key) {
            Object::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn number(&self, dict: &Dict, key: &[u8]) -> Option<f64> {
        self.get(dict, key).number()
    }

    pub(crate) fn integer(&self, dict: &Dict, key: &[u8]) -> Option<i64> {
        self.get(dict, key).integer()
    }

    pub(crate) fn name(&self, dict: &Dict, key: &[u8]) -> Option<Rc<[u8]>> {
        match self.get(dict, key) {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    /// A text string, as characters.
    pub(crate) fn text(&self, dict: &Dict, key: &[u8]) -> Option<String> {
        self.get(dict, key).text().map(super::text::decoded)
    }

    /// Numbers of an array, resolved; what is no number is 0.
    pub(crate) fn numbers_of(&self, dict: &Dict, key: &[u8]) -> Option<Vec<f64>> {
        let items = self.array(dict, key)?;
        // More than that no array of numbers here has.
        let items = items.get(..items.len().min(1 << 16)).unwrap_or_default();
        Some(items.iter().map(|item| self.resolve(item).number().unwrap_or_default()).collect())
    }

    /// The indirect object of a number; `Null` where there is none.
    pub(crate) fn object(&self, number: u32) -> Object {
        if let Some(object) = self.kept.borrow().get(&number) {
            return object.clone();
        }
        if !self.meter.steps(4) || !self.open.borrow_mut().insert(number) {
            return Object::Null;
        }
        let object = match self.place(number) {
            Some(Place::At(offset)) => self.object_at(number, offset),
            Some(Place::In(stream)) => self.object_in(number, stream),
            Some(Place::Free) => None,
            None => None,
        };
        self.open.borrow_mut().remove(&number);
        let object = object.unwrap_or(Object::Null);
        self.kept.borrow_mut().insert(number, object.clone());
        object
    }

    /// Parses with this file's limits.
    fn parsed<'d>(&self, mut parser: Parser<'d>) -> (Option<Object>, Parser<'d>) {
        let object = parser.object();
        self.meter.steps(parser.made * 2);
        if parser.too_deep {
            let detail = "arrays or dictionaries nest too deep; the inner ones are left out";
            self.meter.note(Gap::new(GapKind::Limit(Limit::Depth), detail));
        }
        if parser.is_over() {
            let detail = format!("an object is made of more than {MAX_OBJECTS} others");
            self.meter.note(Gap::new(GapKind::Limit(Limit::Memory), detail));
        }
        let held = self.kept_objects.get() + parser.made;
        self.kept_objects.set(held);
        if held > KEPT_OBJECTS {
            self.forget();
        }
        (object, parser)
    }

    fn object_at(&self, number: u32, offset: usize) -> Option<Object> {
        let at = self.base.checked_add(offset)?;
        let header = header_at(self.bytes, at).filter(|(found, ..)| *found == number);
        let Some((_, generation, body)) = header else {
            if self.searched.get() {
                return None;
            }
            // A place that is wrong makes all of them doubtful.
            self.search();
            return match self.place(number)? {
                Place::At(again) if again != offset => self.object_at(number, again),
                Place::In(stream) => self.object_in(number, stream),
                _ => None,
            };
        };
        let id = (number, generation);
        let crypt = self.crypt.get();
        let mut parser = Parser::new(self.bytes, body, MAX_OBJECTS);
        parser.secret = crypt.map(|crypt| (crypt, id));
        let (object, mut parser) = self.parsed(parser);
        match object? {
            Object::Dict(dict) if parser.lexer.take(b"stream") => {
                let start = stream_start(self.bytes, parser.lexer.at());
                let stated = self.integer(&dict, b"Length").and_then(|l| usize::try_from(l).ok());
                let length = stream_length(self.bytes, start, stated);
                if stated != Some(length) {
                    // Finding its end meant looking at all of it.
                    self.meter.steps(length as u64 / 256);
                }
                Some(Object::Stream(Rc::new(Stream { dict, id, data: (start, length) })))
            }
            other => Some(other),
        }
    }

    fn object_in(&self, number: u32, stream: u32) -> Option<Object> {
        let packed = self.packed(stream)?;
        let at = *packed.members.get(&number)?;
        self.parsed(Parser::new(&packed.data, at, MAX_OBJECTS)).0
    }

    fn packed(&self, number: u32) -> Option<Rc<Packed>> {
        if let Some(packed) = self.packed.borrow().get(&number) {
            return Some(Rc::clone(packed));
        }
        // An object stream stands in no other.
        if !matches!(self.place(number), Some(Place::At(_))) {
            return None;
        }
        let stream = self.object(number).stream().cloned()?;
        let unpacked = self.unpack(&stream)?;
        if !unpacked.is_whole {
            self.meter.damaged("an object stream cannot be unpacked to its end");
        }
        let members = xref::members(&stream.dict, &unpacked.bytes, self.meter);
        let packed =
            Rc::new(Packed { data: unpacked.bytes, members: members.into_iter().collect() });
        let mut kept = self.packed.borrow_mut();
        let held: usize = kept.values().map(|packed| packed.data.len()).sum();
        if held > KEPT_BYTES {
            kept.clear();
        }
        kept.insert(number, Rc::clone(&packed));
        Some(packed)
    }

    /// Whether something is so of an object stream's data.
    pub(crate) fn packed_parts(&self, is_so: &dyn Fn(&[u8]) -> bool) -> bool {
        let places = self.xref.borrow();
        let mut streams: Vec<u32> = places
            .places
            .values()
            .filter_map(|place| match place {
                Place::In(stream) => Some(*stream),
                _ => None,
            })
            .collect();
        drop(places);
        streams.sort_unstable();
        streams.dedup();
        streams.into_iter().any(|stream| self.packed(stream).is_some_and(|p| is_so(&p.data)))
    }

    /// The data of a stream as it is stored, decrypted.
    pub(crate) fn raw(&self, stream: &Stream) -> Vec<u8> {
        let (start, length) = stream.data;
        let bytes = self.bytes.get(start..start + length).unwrap_or_default();
        let Some(crypt) = self.crypt.get() else { return bytes.to_vec() };
        crypt.decrypt(self.method(stream, crypt), stream.id, bytes)
    }

    fn method(&self, stream: &Stream, crypt: &Crypt) -> Method {
        let dict = &stream.dict;
        if dict.is(b"Type", b"XRef") || (dict.is(b"Type", b"Metadata") && !crypt.encrypts_metadata)
        {
            return Method::Identity;
        }
        let named = self.filters(dict).into_iter().find(|(name, _)| **name == *b"Crypt");
        if let Some((_, parameters)) = named {
            let filter = parameters.and_then(|parameters| self.name(&parameters, b"Name"));
            return match filter.as_deref() {
                None | Some(b"Identity") => Method::Identity,
                Some(_) => crypt.streams,
            };
        }
        if dict.is(b"Type", b"EmbeddedFile") { crypt.files } else { crypt.streams }
    }

    fn filters(&self, dict: &Dict) -> Vec<Packing> {
        let either = |long: &[u8], short: &[u8]| match self.get(dict, long) {
            Object::Null => self.get(dict, short),
            found => found,
        };
        let list = |object: Object| match object {
            Object::Array(items) => {
                items.iter().take(16).map(|item| self.resolve(item)).collect::<Vec<_>>()
            }
            Object::Null => Vec::new(),
            other => vec![other],
        };
        let names = list(either(b"Filter", b"F"));
        let parameters = list(either(b"DecodeParms", b"DP"));
        let named = names.into_iter().enumerate().filter_map(|(at, name)| match name {
            Object::Name(name) => Some((name, parameters.get(at).and_then(|p| p.dict().cloned()))),
            _ => None,
        });
        named.collect()
    }

    /// Undoes the filters of a stream. `None` if it is a picture, or packed in
    /// a way that is not known.
    pub(crate) fn unpack(&self, stream: &Stream) -> Option<Unpacked> {
        self.unpack_data(&stream.dict, self.raw(stream), MAX_STREAM)
    }

    /// The same for an embedded file, which may be of any length.
    pub(crate) fn unpack_file(&self, stream: &Stream) -> Option<Unpacked> {
        self.unpack_data(&stream.dict, self.raw(stream), usize::MAX)
    }

    /// The same for data that stands elsewhere than the dictionary says.
    fn unpack_data(&self, dict: &Dict, data: Vec<u8>, most: usize) -> Option<Unpacked> {
        let mut made = Unpacked { bytes: data, is_whole: true };
        for (name, parameters) in self.filters(dict) {
            let parameters = parameters.map_or_else(Parameters::default, |dict| {
                let number = |key: &[u8], default| self.integer(&dict, key).unwrap_or(default);
                Parameters {
                    predictor: number(b"Predictor", 1),
                    colors: number(b"Colors", 1),
                    bits: number(b"BitsPerComponent", 8),
                    columns: number(b"Columns", 1),
                    early_change: number(b"EarlyChange", 1) != 0,
                }
            });
            let next = unpack(&name, &made.bytes, parameters, most, self.meter)?;
            made = Unpacked { is_whole: made.is_whole && next.is_whole, ..next };
        }
        Some(made)
    }
}

/// Number, generation and place behind the header `12 0 obj` at `at`.
fn header_at(bytes: &[u8], at: usize) -> Option<(u32, u16, usize)> {
    let mut lexer = Lexer::new(bytes, at);
    let Some(Token::Integer(number)) = lexer.token() else { return None };
    let Some(Token::Integer(generation)) = lexer.token() else { return None };
    if !lexer.take(b"obj") {
        return None;
    }
    let number = u32::try_from(number).ok()?;
    Some((number, u16::try_from(generation).unwrap_or_default(), lexer.at()))
}

/// Where the data begins behind the word `stream`.
fn stream_start(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => at + 2,
        [b'\r' | b'\n', ..] => at + 1,
        // Blanks before the line end are known to happen.
        [b' ', b'\r', b'\n', ..] => at + 3,
        [b' ', b'\n', ..] => at + 2,
        _ => at,
    }
}

/// The length of stream data: as stated, if `endstream` stands behind it, else
/// up to the next `endstream` or, failing that, `endobj`.
fn stream_length(bytes: &[u8], start: usize, stated: Option<usize>) -> usize {
    let ends_at = |length: usize| {
        let mut lexer = Lexer::new(bytes, start.saturating_add(length));
        lexer.take(b"endstream")
    };
    if let Some(stated) = stated.filter(|length| {
        start.checked_add(*length).is_some_and(|end| end <= bytes.len()) && ends_at(*length)
    }) {
        return stated;
    }
    let rest = bytes.get(start..).unwrap_or_default();
    let end = memmem::find(rest, b"endstream").or_else(|| memmem::find(rest, b"endobj"));
    let data = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    let data = data.strip_suffix(b"\n").unwrap_or(data);
    data.strip_suffix(b"\r").unwrap_or(data).len()
}

/// Reads a stream object whose entries stand in place, as those that say where
/// objects are must.
pub(crate) fn read_stream_at(bytes: &[u8], at: usize) -> Option<Stream> {
    let (number, generation, body) = header_at(bytes, at)?;
    let mut parser = Parser::new(bytes, body, 100_000);
    let dict = parser.object()?.dict().cloned()?;
    if !parser.lexer.take(b"stream") {
        return None;
    }
    let start = stream_start(bytes, parser.lexer.at());
    let stated = entry(&dict, b"Length").integer().and_then(|length| usize::try_from(length).ok());
    let length = stream_length(bytes, start, stated);
    Some(Stream { dict, id: (number, generation), data: (start, length) })
}

/// Unpacks such a stream.
pub(crate) fn unpacked(bytes: &[u8], stream: &Stream, meter: &Meter<'_>) -> Option<Vec<u8>> {
    let (start, length) = stream.data;
    let data = bytes.get(start..start + length)?.to_vec();
    let file = File::with(&[], meter, None);
    file.unpack_data(&stream.dict, data, MAX_STREAM).map(|unpacked| unpacked.bytes)
}

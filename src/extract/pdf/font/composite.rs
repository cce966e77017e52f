//! Composite fonts: codes of one to four bytes that lead to CIDs (9.7).

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::cff::Cff;
use super::cmap::{CMap, collection_texts};
use super::sfnt::Sfnt;
use super::{Shown, Spelling, mapped, names, ornament, program, stream_entry, to_unicode};
use crate::extract::pdf::syntax::{Dict, File, Object};

/// A composite font.
#[derive(Debug)]
pub(crate) struct Composite {
    encoding: CMap,
    to_unicode: Option<CMap>,
    descendant: Rc<Dict>,
    descriptor: Option<Rc<Dict>>,
    collection: Option<String>,
    widths: Widths<1>,
    vertical_widths: Widths<3>,
    default_width: f32,
    /// In vertical writing.
    default_advance: f32,
    face: String,
    /// Characters of the collection by CID, once somebody has asked.
    texts: OnceCell<Option<Vec<u32>>>,
    own: OnceCell<Own>,
    shown: RefCell<HashMap<(u32, u8), Rc<Shown>>>,
}

/// What an embedded program tells.
#[derive(Debug, Default)]
struct Own {
    sfnt: Option<Sfnt>,
    cff: Option<Cff>,
    /// Glyphs by CID, two bytes each; empty where they are the same.
    glyphs: Vec<u8>,
    /// Characters of the collection that the program names.
    texts: Option<Vec<u32>>,
}

impl Composite {
    pub(crate) fn load(
        file: &File<'_, '_>,
        dict: &Dict,
        descendant: &Rc<Dict>,
        descriptor: Option<&Dict>,
    ) -> Self {
        let encoding = encoding(file, dict);
        let stated = file.dict(descendant, b"CIDSystemInfo").and_then(|info| {
            let part = |key: &[u8]| {
                let value = file.get(&info, key);
                let value = value.text().or_else(|| value.name())?.to_vec();
                Some(String::from_utf8_lossy(&value).into_owned())
            };
            Some(format!("{}-{}", part(b"Registry")?, part(b"Ordering")?))
        });
        let is_known = |name: &String| !name.ends_with("-Identity") && !name.ends_with("-UCS");
        let collection = stated.filter(is_known).or(encoding.collection.map(str::to_owned));
        let vertical = file.numbers_of(descendant, b"DW2").unwrap_or_default();
        Self {
            to_unicode: to_unicode(file, dict),
            collection,
            widths: Widths::read(file, descendant, b"W"),
            vertical_widths: match encoding.is_vertical {
                true => Widths::read(file, descendant, b"W2"),
                false => Widths::default(),
            },
            default_width: file.number(descendant, b"DW").unwrap_or(1000.0) as f32,
            default_advance: match vertical.as_slice() {
                [_, advance] => *advance as f32,
                _ => -1000.0,
            },
            face: super::face(file, dict, descriptor),
            encoding,
            descendant: Rc::clone(descendant),
            descriptor: descriptor.map(|d| Rc::new(d.clone())),
            texts: OnceCell::new(),
            own: OnceCell::new(),
            shown: RefCell::default(),
        }
    }

    pub(crate) fn is_vertical(&self) -> bool {
        self.encoding.is_vertical
    }

    pub(crate) fn show(&self, file: &File<'_, '_>, bytes: &mut &[u8]) -> Rc<Shown> {
        let (code, length) = self.encoding.next(bytes);
        *bytes = bytes.get(length..).unwrap_or_default();
        let key = (code, length as u8);
        if let Some(shown) = self.shown.borrow().get(&key) {
            return Rc::clone(shown);
        }
        let made = Rc::new(self.make(file, code, length));
        self.shown.borrow_mut().insert(key, Rc::clone(&made));
        made
    }

    fn make(&self, file: &File<'_, '_>, code: u32, length: usize) -> Shown {
        let cid = self.encoding.cid(code, length);
        let spelled = self.spelled(file, code, length, cid);
        let spelling = spelled.map_or(Spelling::Untold, |text| Spelling::of(&text));
        let is_space = code == 32 && length == 1;
        let cid = cid.unwrap_or_default();
        let [width] = self.widths.get(cid).unwrap_or([self.default_width]);
        if !self.is_vertical() {
            return Shown { spelling, advance: width, is_space, ..Shown::default() };
        }
        let [advance, ..] =
            self.vertical_widths.get(cid).unwrap_or([self.default_advance, 0.0, 0.0]);
        Shown { spelling, advance, is_space, ..Shown::default() }
    }

    fn spelled(
        &self,
        file: &File<'_, '_>,
        code: u32,
        length: usize,
        cid: Option<u32>,
    ) -> Option<String> {
        let is_private = |text: &String| text.chars().all(ornament::is_private);
        let by_map = self.to_unicode.as_ref().and_then(|map| mapped(map, code));
        if let Some(text) = by_map.as_ref().filter(|text| !is_private(text)) {
            return Some(text.clone());
        }
        if let Some(c) = by_map.as_ref().and_then(|text| text.chars().next())
            && let Some(c) = ornament::ornament(&self.face, u32::from(c) & 0xFF)
        {
            return Some(c.to_string());
        }
        if let Some(c) = self.encoding.character(code, length).filter(|c| !c.is_control()) {
            return Some(c.to_string());
        }
        let cid = cid?;
        if let Some(texts) = self.collection_texts()
            && let Some(c) = character(texts, cid)
        {
            return Some(c.to_string());
        }
        self.by_program(file, cid).or(by_map)
    }

    fn collection_texts(&self) -> Option<&Vec<u32>> {
        let load = || collection_texts(self.collection.as_deref()?);
        self.texts.get_or_init(load).as_ref()
    }

    fn by_program(&self, file: &File<'_, '_>, cid: u32) -> Option<String> {
        let own = self.own.get_or_init(|| self.own_of(file));
        if let Some(c) = own.texts.as_ref().and_then(|texts| character(texts, cid)) {
            return Some(c.to_string());
        }
        let glyph = match own.glyphs.get(cid as usize * 2..cid as usize * 2 + 2) {
            Some(&[high, low]) => u16::from_be_bytes([high, low]),
            _ if own.glyphs.is_empty() => u16::try_from(cid).ok()?,
            _ => return None,
        };
        if let Some(sfnt) = &own.sfnt {
            if let Some(c) = sfnt.characters.get(&glyph) {
                return ornament::plain(&self.face, *c).map(String::from);
            }
            if let Some(text) = sfnt.names.get(&glyph).and_then(|name| names::characters(name)) {
                return Some(text);
            }
        }
        let name = own.cff.as_ref()?.names.get(usize::from(glyph))?.as_deref()?;
        names::characters(name)
    }

    fn own_of(&self, file: &File<'_, '_>) -> Own {
        let Some(data) = program(file, self.descriptor.as_deref()) else { return Own::default() };
        file.meter.steps(data.len() as u64 / 64);
        let sfnt = Sfnt::read(&data);
        let cff = match &sfnt {
            Some(_) => Sfnt::cff(&data).and_then(Cff::read),
            None => Cff::read(&data),
        };
        let texts = cff.as_ref().and_then(|cff| collection_texts(cff.collection.as_deref()?));
        let map = stream_entry(&self.descendant, b"CIDToGIDMap", file);
        let glyphs = map.and_then(|map| file.unpack(&map)).map(|made| made.bytes);
        Own { sfnt, cff, texts, glyphs: glyphs.unwrap_or_default() }
    }
}

fn character(texts: &[u32], cid: u32) -> Option<char> {
    let c = char::from_u32(*texts.get(cid as usize)?)?;
    (c != '\0').then_some(c)
}

fn encoding(file: &File<'_, '_>, dict: &Dict) -> CMap {
    match file.get(dict, b"Encoding") {
        Object::Name(name) => CMap::predefined(&name),
        Object::Stream(stream) => file.unpack(&stream).map(|unpacked| {
            let mut map = CMap::parse(&unpacked.bytes, file.meter);
            map.is_vertical |= file.integer(&stream.dict, b"WMode") == Some(1);
            match file.name(&stream.dict, b"UseCMap").and_then(|name| CMap::predefined(&name)) {
                Some(base) => map.based_on(base),
                None => map,
            }
        }),
        _ => None,
    }
    .unwrap_or_else(|| CMap::identity(false))
}

/// Widths by CID (9.7.4.3), in stretches.
#[derive(Debug)]
struct Widths<const N: usize>(Vec<Stretch<N>>);

#[derive(Debug)]
struct Stretch<const N: usize> {
    first: u32,
    last: u32,
    /// One for each, or one for all.
    values: Vec<[f32; N]>,
}

impl<const N: usize> Default for Widths<N> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<const N: usize> Widths<N> {
    fn read(file: &File<'_, '_>, dict: &Dict, key: &[u8]) -> Self {
        let items = file.array(dict, key).unwrap_or_default();
        let mut made = Vec::new();
        let mut items = items.iter().map(|item| file.resolve(item));
        let number = |object: Object| object.number().map(|value| value as f32);
        while let Some(first) = items.next() {
            if !file.meter.steps(1) {
                break;
            }
            let Some(first) = first.integer().and_then(|first| u32::try_from(first).ok()) else {
                continue;
            };
            match items.next() {
                Some(Object::Array(list)) => {
                    let list: Vec<f32> = list
                        .iter()
                        .map(|item| number(file.resolve(item)).unwrap_or_default())
                        .collect();
                    file.meter.steps(list.len() as u64);
                    let values = list.as_chunks::<N>().0.to_vec();
                    let Some(more) = values.len().checked_sub(1) else { continue };
                    let last = first.saturating_add(more as u32);
                    made.push(Stretch { first, last, values });
                }
                Some(last) => {
                    let last = last.integer().and_then(|last| u32::try_from(last).ok());
                    let mut value = [0.0; N];
                    for part in &mut value {
                        *part = items.next().and_then(number).unwrap_or_default();
                    }
                    if let Some(last) = last {
                        made.push(Stretch { first, last, values: vec![value] });
                    }
                }
                None => break,
            }
        }
        made.sort_by_key(|stretch| stretch.first);
        Self(made)
    }

    fn get(&self, cid: u32) -> Option<[f32; N]> {
        let after = self.0.partition_point(|stretch| stretch.first <= cid);
        let stretch = self.0.get(after.checked_sub(1)?)?;
        if cid > stretch.last {
            return None;
        }
        match stretch.values.as_slice() {
            [all] => Some(*all),
            each => each.get((cid - stretch.first) as usize).copied(),
        }
    }
}

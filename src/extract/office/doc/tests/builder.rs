//! Makes Word documents byte by byte: a block, text, pages of properties and
//! tables, in a compound file.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use cfb::CompoundFile;

use crate::extract::office::doc::fib::{Part, StoryId};

const TEXT: usize = 0x800;
const PAGE: usize = 512;
/// Parts the block has room for, as Word 97 has.
const PARTS: usize = 93;

/// A change of properties, as it is stored.
pub fn sprm(code: u16, value: &[u8]) -> Vec<u8> {
    [&code.to_le_bytes()[..], value].concat()
}

pub fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Text with its count before it.
pub fn counted(text: &str) -> Vec<u8> {
    let text = utf16(text);
    [&((text.len() / 2) as u16).to_le_bytes()[..], &text].concat()
}

/// A document under construction.
#[derive(Clone, Default)]
pub struct Doc {
    text: Vec<u16>,
    counts: [u32; 8],
    story: usize,
    runs: Vec<(usize, usize, Vec<u8>)>,
    paragraphs: Vec<(usize, usize, Vec<u8>)>,
    parts: BTreeMap<usize, Vec<u8>>,
    sections: Vec<(u32, Vec<u8>)>,
    pub flags: u16,
    /// Pieces in place of one: first and last character, bytes a character, modifier.
    pub pieces: Vec<(u32, u32, usize, u16)>,
    /// Lists of changes before the table of pieces.
    pub changes: Vec<Vec<u8>>,
    pub data: Vec<u8>,
    streams: Vec<(String, Vec<u8>)>,
}

impl Doc {
    /// A document with these paragraphs in its body.
    pub fn with_body(paragraphs: &[&str]) -> Self {
        let mut doc = Self::default();
        paragraphs.iter().for_each(|text| doc.plain(text));
        doc
    }

    /// Further paragraphs stand in this story; stories come in their order.
    pub fn story(&mut self, story: StoryId) -> &mut Self {
        self.story = story as usize;
        self
    }

    /// The character that comes next, counted in its story.
    pub fn next(&self) -> u32 {
        self.counts[self.story]
    }

    /// A paragraph of one look.
    pub fn plain(&mut self, text: &str) {
        self.paragraph(&[], &[(text, &[])], "\r");
    }

    /// A paragraph of runs with their changes, and what ends it.
    pub fn paragraph(&mut self, changes: &[u8], runs: &[(&str, &[u8])], end: &str) {
        self.styled(0, changes, runs, end);
    }

    /// The same, in a style.
    pub fn styled(&mut self, style: u16, changes: &[u8], runs: &[(&str, &[u8])], end: &str) {
        let start = self.text.len();
        for (text, changes) in runs {
            let from = self.text.len();
            self.text.extend(text.encode_utf16());
            self.runs.push((from, self.text.len(), changes.to_vec()));
        }
        let from = self.text.len();
        self.text.extend(end.encode_utf16());
        self.runs.push((from, self.text.len(), Vec::new()));
        let stored = [&style.to_le_bytes()[..], changes].concat();
        self.paragraphs.push((start, self.text.len(), stored));
        self.counts[self.story] += (self.text.len() - start) as u32;
    }

    /// A part of the table stream.
    pub fn part(&mut self, part: Part, bytes: Vec<u8>) -> &mut Self {
        self.parts.insert(part as usize, bytes);
        self
    }

    /// A section that ends before a character, with its changes.
    pub fn section(&mut self, end: u32, changes: Vec<u8>) -> &mut Self {
        self.sections.push((end, changes));
        self
    }

    /// A stream or, with slashes, one in a storage.
    pub fn stream(&mut self, path: &str, bytes: &[u8]) -> &mut Self {
        self.streams.push((path.to_owned(), bytes.to_vec()));
        self
    }

    /// The compound file.
    pub fn bytes(&self) -> Vec<u8> {
        let (main, table) = self.tables();
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
        let mut streams = vec![("WordDocument".to_owned(), main), ("0Table".to_owned(), table)];
        if !self.data.is_empty() {
            streams.push(("Data".to_owned(), self.data.clone()));
        }
        streams.extend(self.streams.iter().cloned());
        for (path, bytes) in streams {
            let parents: Vec<&str> = path.split('/').collect();
            for depth in 1..parents.len() {
                let _ = file.create_storage(format!("/{}", parents[..depth].join("/")));
            }
            let mut stream = file.create_stream(format!("/{path}")).expect("a new name");
            stream.write_all(&bytes).expect("memory");
        }
        file.flush().expect("memory");
        file.into_inner().into_inner()
    }

    /// The main stream and the table stream.
    pub fn tables(&self) -> (Vec<u8>, Vec<u8>) {
        let mut main = vec![0; TEXT];
        let mut parts = self.parts.clone();
        let count = self.text.len() as u32;
        let whole = [(0, count, 2, 0)];
        let pieces = if self.pieces.is_empty() { &whole[..] } else { &self.pieces };
        // Where each character stands.
        let mut places = vec![0; self.text.len() + 1];
        let mut list = vec![];
        for (start, end, width, modifier) in pieces {
            let offset = match width {
                1 => (main.len() as u32 * 2) | 0x4000_0000,
                _ => main.len() as u32,
            };
            list.push((*start, offset, *modifier));
            let range = *start as usize..*end as usize;
            for (place, unit) in places[range.clone()].iter_mut().zip(&self.text[range]) {
                *place = main.len();
                main.extend(unit.to_le_bytes().iter().take(*width));
            }
            places[*end as usize] = main.len();
            main.resize(main.len().next_multiple_of(2), 0);
        }
        let end = pieces.last().map_or(0, |(_, end, ..)| *end);
        parts.insert(Part::Pieces as usize, self.piece_table(&list, end));
        for (part, stored) in [
            (Part::CharacterPages, page(&self.runs, &places, 1)),
            (Part::ParagraphPages, page(&self.paragraphs, &places, 13)),
        ] {
            main.resize(main.len().next_multiple_of(PAGE), 0);
            let number = (main.len() / PAGE) as u32;
            let last = places.iter().max().copied().unwrap_or(0) as u32;
            main.extend(stored);
            parts.insert(part as usize, words(&[TEXT as u32, last, number]));
        }
        if !self.sections.is_empty() {
            let mut places = vec![0];
            let mut entries = Vec::new();
            for (end, changes) in &self.sections {
                places.push(*end);
                entries.extend([0, 0]);
                entries.extend((main.len() as u32).to_le_bytes());
                entries.extend([0; 6]);
                main.extend((changes.len() as u16).to_le_bytes());
                main.extend(changes);
            }
            parts.insert(Part::Sections as usize, [words(&places), entries].concat());
        }
        let mut table = Vec::new();
        let mut put = |at: usize, bytes: &[u8]| main[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &[0xEC, 0xA5, 0xC1, 0, 0, 0, 0x04, 0x08]);
        put(10, &self.flags.to_le_bytes());
        put(24, &words(&[TEXT as u32, TEXT as u32 + 2 * count]));
        put(32, &[14, 0]);
        put(62, &[22, 0]);
        put(76, &words(&self.counts));
        put(152, &[PARTS as u8, 0]);
        for (part, bytes) in parts {
            put(154 + 8 * part, &words(&[table.len() as u32, bytes.len() as u32]));
            table.extend(bytes);
        }
        (main, table)
    }

    fn piece_table(&self, pieces: &[(u32, u32, u16)], end: u32) -> Vec<u8> {
        let mut list: Vec<u8> = pieces.iter().flat_map(|(start, ..)| start.to_le_bytes()).collect();
        list.extend(end.to_le_bytes());
        for (_, offset, modifier) in pieces {
            list.extend([0, 0]);
            list.extend(offset.to_le_bytes());
            list.extend(modifier.to_le_bytes());
        }
        let mut part = Vec::new();
        for changes in &self.changes {
            part.push(1);
            part.extend((changes.len() as u16).to_le_bytes());
            part.extend(changes);
        }
        part.push(2);
        part.extend((list.len() as u32).to_le_bytes());
        part.extend(list);
        part
    }
}

/// A page of properties of stretches of characters.
fn page(stretches: &[(usize, usize, Vec<u8>)], places: &[usize], entry: usize) -> Vec<u8> {
    let mut known: Vec<&(usize, usize, Vec<u8>)> =
        stretches.iter().filter(|(from, to, _)| from < to).collect();
    known.sort_by_key(|(from, ..)| places[*from]);
    let mut page = vec![0; PAGE];
    let mut last = PAGE - 1;
    for (number, (from, to, stored)) in known.iter().enumerate() {
        page[4 * number..4 * number + 4].copy_from_slice(&(places[*from] as u32).to_le_bytes());
        let next = (places[*to] as u32).to_le_bytes();
        page[4 * number + 4..4 * number + 8].copy_from_slice(&next);
        if stored.is_empty() {
            continue;
        }
        let mut stored = stored.clone();
        let size = match entry {
            1 => vec![stored.len() as u8],
            // An even number of bytes has its half behind a zero.
            _ if stored.len().is_multiple_of(2) => vec![0, (stored.len() / 2) as u8],
            _ => vec![stored.len().div_ceil(2) as u8],
        };
        stored.splice(0..0, size);
        last = (last - stored.len()) & !1;
        page[last..last + stored.len()].copy_from_slice(&stored);
        page[4 * (known.len() + 1) + entry * number] = (last / 2) as u8;
    }
    assert!(4 * (known.len() + 1) + entry * known.len() <= last, "too much for one page");
    page[PAGE - 1] = known.len() as u8;
    page
}

/// A record of a drawing.
pub fn record(version: u16, instance: u16, kind: u16, body: &[u8]) -> Vec<u8> {
    let head = (version | instance << 4).to_le_bytes();
    [&head[..], &kind.to_le_bytes(), &(body.len() as u32).to_le_bytes(), body].concat()
}

/// A shape with texts among its properties.
pub fn shape(id: u32, texts: &[(u16, &str)]) -> Vec<u8> {
    let (mut table, mut values) = (Vec::new(), Vec::new());
    for (property, text) in texts {
        let text = utf16(&format!("{text}\0"));
        table.extend((property | 0x8000).to_le_bytes());
        table.extend((text.len() as u32).to_le_bytes());
        values.extend(text);
    }
    table.extend(values);
    let head = record(2, 136, 0xF00A, &words(&[id, 0]));
    let properties = record(3, texts.len() as u16, 0xF00B, &table);
    record(0xF, 0, 0xF004, &[head, properties].concat())
}

/// Drawings of the text and of headers and footers.
pub fn drawings(body: &[Vec<u8>], margins: &[Vec<u8>]) -> Vec<u8> {
    let drawing = |shapes: &[Vec<u8>]| {
        let group = [vec![shape(0, &[])], shapes.to_vec()].concat().concat();
        record(0xF, 0, 0xF002, &record(0xF, 0, 0xF003, &group))
    };
    [record(0xF, 0, 0xF000, &[]), vec![0], drawing(body), vec![1], drawing(margins)].concat()
}

//! Small presentations, record by record.

use std::io::{Cursor, Write};

use crate::extract::office::art::kind;
use crate::extract::office::ppt::{USER_TOKEN, record};

/// A record with its head: version and instance.
pub(super) fn record(head: u16, kind: u16, body: &[u8]) -> Vec<u8> {
    let mut made = head.to_le_bytes().to_vec();
    made.extend(kind.to_le_bytes());
    made.extend((body.len() as u32).to_le_bytes());
    made.extend(body);
    made
}

/// A record of records.
pub(super) fn holding(kind: u16, instance: u16, parts: &[Vec<u8>]) -> Vec<u8> {
    record(0xF | instance << 4, kind, &parts.concat())
}

pub(super) fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

pub(super) fn shorts(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

pub(super) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A string of one of several meanings.
pub(super) fn string(instance: u16, text: &str) -> Vec<u8> {
    record(instance << 4, record::STRING, &wide(text))
}

/// A text of a kind: 0 title, 1 body, 4 other.
pub(super) fn text(kind: u32, text: &str) -> Vec<u8> {
    [record(0, record::TEXT_HEADER, &longs(&[kind])), record(0, record::TEXT_CHARS, &wide(text))]
        .concat()
}

/// A shape at a place (left and top in points), with properties of numbers and
/// of texts, and what stands in its text box and what PowerPoint keeps of it.
#[derive(Default)]
pub(super) struct Drawn<'a> {
    pub at: [u16; 2],
    pub numbers: &'a [(u16, u32)],
    pub texts: &'a [(u16, &'a str)],
    pub said: Vec<u8>,
    pub data: Vec<u8>,
}

impl Drawn<'_> {
    pub fn shape(self) -> Vec<u8> {
        let (mut table, mut long) = (Vec::new(), Vec::new());
        for (property, value) in self.numbers {
            table.extend(property.to_le_bytes());
            table.extend(value.to_le_bytes());
        }
        for (property, text) in self.texts {
            let text = wide(&format!("{text}\0"));
            table.extend((property | 0x8000).to_le_bytes());
            table.extend((text.len() as u32).to_le_bytes());
            long.extend(text);
        }
        table.extend(long);
        let count = (self.numbers.len() + self.texts.len()) as u16;
        let [left, top] = self.at.map(|points| points * 8);
        holding(
            kind::SHAPE,
            0,
            &[
                record(2, kind::SHAPE_ID, &longs(&[1, 0])),
                record(3 | count << 4, kind::PROPERTIES[0], &table),
                record(0, kind::ANCHOR, &shorts(&[top, left, left + 800, top + 160])),
                holding(kind::CLIENT_DATA, 0, &[self.data]),
                holding(kind::TEXT_BOX, 0, &[self.said]),
            ],
        )
    }
}

/// A text box at a place.
pub(super) fn said(at: [u16; 2], text: Vec<u8>) -> Vec<u8> {
    Drawn { at, said: text, ..Drawn::default() }.shape()
}

/// A place for text of a kind (2.13.23).
pub(super) fn placeholder(kind: u8) -> Vec<u8> {
    record(0, record::PLACEHOLDER, &[0, 0, 0, 0, kind, 0, 0, 0])
}

/// A drawing of shapes.
pub(super) fn drawing(shapes: &[Vec<u8>]) -> Vec<u8> {
    let group = [vec![holding(kind::SHAPE, 0, &[])], shapes.to_vec()].concat();
    holding(record::DRAWING, 0, &[holding(kind::DRAWING, 0, &[holding(kind::GROUP, 0, &group)])])
}

/// A slide that shows a master, with further records behind its drawing.
pub(super) fn slide(master: u32, shapes: &[Vec<u8>], further: &[Vec<u8>]) -> Vec<u8> {
    let atom = [longs(&[0, 0, 0, master, 0]), shorts(&[7, 0])].concat();
    let parts = [vec![record(2, record::SLIDE_ATOM, &atom), drawing(shapes)], further.to_vec()];
    holding(record::SLIDE, 0, &parts.concat())
}

/// That a slide is not shown.
pub(super) fn unseen() -> Vec<u8> {
    record(0, record::SLIDE_SHOW_INFO, &[longs(&[0, 0]), shorts(&[0, 4, 0, 0])].concat())
}

/// A list of pages: the number of an object, its number as a page, its texts.
pub(super) fn list(instance: u16, pages: &[(u32, u32, Vec<u8>)]) -> Vec<u8> {
    let parts = pages.iter().map(|(object, id, texts)| {
        let atom = record(0, record::SLIDE_PERSIST, &longs(&[*object, 0, 0, *id, 0]));
        [atom, texts.clone()].concat()
    });
    holding(record::SLIDE_LIST, instance, &parts.collect::<Vec<_>>())
}

/// The document's record: ten by seven and a half inches, then the rest.
pub(super) fn document(parts: &[Vec<u8>]) -> Vec<u8> {
    let size = record(1, record::DOCUMENT_ATOM, &longs(&[5760, 4320, 0, 0, 0, 0]));
    holding(record::DOCUMENT, 0, &[vec![size], parts.to_vec()].concat())
}

/// One saving: objects by number, put behind what is there.
pub(super) fn save(stream: &mut Vec<u8>, last: u32, objects: &[(u32, Vec<u8>)]) -> u32 {
    let mut directory = Vec::new();
    for (number, object) in objects {
        directory.extend(longs(&[number | 1 << 20, stream.len() as u32]));
        stream.extend(object);
    }
    let place = stream.len() as u32;
    stream.extend(record(0, 0x1772, &directory));
    let edit = stream.len() as u32;
    stream.extend(record(0, 0x0FF5, &longs(&[0, 0, last, place, 1, 99, 0])));
    edit
}

/// A file around it, with further streams.
pub(super) fn file(stream: &[u8], edit: u32, further: &[(&str, &[u8])]) -> Vec<u8> {
    let user = record(0, 0x0FF6, &longs(&[20, USER_TOKEN, edit, 0, 0]));
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
    let own: [(&str, &[u8]); 2] = [("PowerPoint Document", stream), ("Current User", &user)];
    for (name, content) in own.iter().chain(further) {
        let mut stream = file.create_stream(format!("/{name}")).expect("a new name");
        stream.write_all(content).expect("memory");
    }
    file.flush().expect("memory");
    file.into_inner().into_inner()
}

/// A presentation that was saved once: the document is object 1, the others
/// have the numbers that follow.
pub(super) fn deck(document: Vec<u8>, others: &[Vec<u8>]) -> Vec<u8> {
    let mut stream = Vec::new();
    let objects: Vec<_> = (1..).zip([vec![document], others.to_vec()].concat()).collect();
    let edit = save(&mut stream, 0, &objects);
    file(&stream, edit, &[])
}

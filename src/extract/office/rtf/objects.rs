//! What is packed in a file: objects (MS-OLEDS 2.2, in hexadecimal digits), XML
//! that programs stored, and pictures.

use super::destinations::End;
use super::reader::Reader;
use super::state::Dest;
use crate::extract::image;
use crate::extract::office::ole;
use crate::model::{Gap, GapKind, Origin};

/// Pictures narrower or lower than this are dots and lines: a third of an inch,
/// in twentieths of a point.
const SMALL: i32 = 480;

/// Digits that make bytes.
#[derive(Debug, Default)]
pub(super) struct Object {
    bytes: Vec<u8>,
    high: Option<u8>,
}

impl Object {
    /// More digits; what is none is passed over.
    pub fn digits(&mut self, digits: &[u8]) {
        for digit in digits {
            let Some(value) = char::from(*digit).to_digit(16) else { continue };
            let value = value as u8;
            match self.high.take() {
                Some(high) => self.bytes.push(high << 4 | value),
                None => self.high = Some(value),
            }
        }
    }

    /// Bytes as they are.
    pub fn binary(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

/// A picture that is being read.
#[derive(Debug, Default)]
pub(super) struct Picture {
    width: Option<i32>,
    height: Option<i32>,
    /// What it is called, where it is a drawing and may hold text.
    drawing: Option<&'static str>,
    data: Object,
}

impl Picture {
    /// More digits of a drawing; those of other pictures are not looked at.
    pub fn digits(&mut self, digits: &[u8]) {
        if self.drawing.is_some() {
            self.data.digits(digits);
        }
    }

    /// Bytes of a drawing as they are.
    pub fn binary(&mut self, bytes: &[u8]) {
        if self.drawing.is_some() {
            self.data.binary(bytes);
        }
    }
}

/// An object as OLE 1 keeps it (MS-OLEDS 2.2.4, 2.2.5).
#[derive(Debug, PartialEq)]
enum Ole1<'a> {
    /// A file or object, with the class that it is of.
    Embedded(String, &'a [u8]),
    /// It stands elsewhere.
    Linked,
    /// No such object.
    Unknown,
}

fn ole1(bytes: &[u8]) -> Ole1<'_> {
    let Some(format) = u32_at(bytes, 4) else { return Ole1::Unknown };
    let mut at = 8;
    let mut class = String::new();
    for n in 0..3 {
        let Some(length) = u32_at(bytes, at).and_then(|n| usize::try_from(n).ok()) else {
            return Ole1::Unknown;
        };
        let Some(text) = bytes.get(at + 4..).and_then(|rest| rest.get(..length)) else {
            return Ole1::Unknown;
        };
        if n == 0 {
            class = String::from_utf8_lossy(text).trim_end_matches('\0').to_owned();
        }
        at += 4 + length;
        // A picture of an object has a class and no more.
        if format == 5 {
            break;
        }
    }
    match format {
        1 => Ole1::Linked,
        2 | 5 => {
            let length = u32_at(bytes, at).and_then(|n| usize::try_from(n).ok());
            let data = bytes.get(at + 4..).unwrap_or_default();
            Ole1::Embedded(class, data.get(..length.unwrap_or(0)).unwrap_or(data))
        }
        _ => Ole1::Unknown,
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}

impl Reader<'_, '_> {
    /// Destinations that hold what is packed in the file, and shapes.
    pub(super) fn packed_word(&mut self, word: &str) -> bool {
        match word {
            "objdata" => self.begin_digits(End::Object),
            "datastore" => self.begin_digits(End::Stored),
            "pict" => {
                self.picture = Picture::default();
                self.ends.push((self.depth(), End::Picture));
                self.state.dest = Dest::Picture;
            }
            _ => return self.shape_destination(word),
        }
        true
    }

    fn begin_digits(&mut self, end: End) {
        self.settle();
        self.object = Object::default();
        self.ends.push((self.depth(), end));
        self.state.dest = Dest::Object;
    }

    /// Words within a picture.
    pub(super) fn picture_word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "picwgoal" => self.picture.width = number,
            "pichgoal" => self.picture.height = number,
            "emfblip" => self.picture.drawing = Some("emf"),
            "wmetafile" => self.picture.drawing = Some("wmf"),
            _ => self.shape_word(word, number),
        }
    }

    pub(super) fn end_picture(&mut self) {
        let picture = std::mem::take(&mut self.picture);
        let is_small = |side: Option<i32>| side.is_some_and(|side| side < SMALL);
        if !is_small(picture.width) && !is_small(picture.height) {
            self.pictures += 1;
        }
        let (Some(kind), bytes) = (picture.drawing, picture.data.bytes) else { return };
        if bytes.is_empty() || !image::is_drawing_with_text(&bytes, self.budget) {
            return;
        }
        match self.budget.spend_bytes(bytes.len() as u64) {
            Ok(()) => {
                let name = format!("drawing-{}.{kind}", self.children.len() + 1);
                self.children.push(self.submission.child(name, Origin::Embedded, bytes));
            }
            Err(gap) => self.stop(gap),
        }
    }

    pub(super) fn end_object(&mut self) {
        let bytes = std::mem::take(&mut self.object).bytes;
        if bytes.is_empty() {
            return;
        }
        if let Err(gap) = self.budget.spend_bytes(bytes.len() as u64) {
            return self.stop(gap);
        }
        let name = format!("object-{}.bin", self.children.len() + 1);
        let (class, data) = match ole1(&bytes) {
            Ole1::Linked => {
                self.outside += 1;
                return;
            }
            Ole1::Embedded(class, data) => (class, data),
            Ole1::Unknown => (String::new(), bytes.as_slice()),
        };
        // Pictures that were pasted as objects.
        if matches!(class.as_str(), "PBrush" | "StaticDib" | "StaticMetafile" | "METAFILEPICT") {
            self.pictures += 1;
            return;
        }
        let child = match ole::packaged(self.submission, data).filter(|_| class == "Package") {
            Some(child) => child,
            None => {
                let object = self.submission.child(name, Origin::Embedded, data);
                ole::unwrapped(self.submission, object, self.budget)
            }
        };
        self.children.push(child);
    }

    pub(super) fn end_stored(&mut self) {
        let bytes = std::mem::take(&mut self.object).bytes;
        if let Err(gap) = self.budget.spend_bytes(bytes.len() as u64) {
            return self.stop(gap);
        }
        match ole1(&bytes) {
            Ole1::Embedded(_, data) => self.stored.push(data.to_vec()),
            Ole1::Linked => {}
            Ole1::Unknown if bytes.is_empty() => {}
            Ole1::Unknown => {
                let words = "XML stored with the document is no object";
                self.gaps.push(Gap::new(GapKind::Damaged, words));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(format: u32, class: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![1, 5, 0, 0];
        bytes.extend(format.to_le_bytes());
        bytes.extend((class.len() as u32 + 1).to_le_bytes());
        bytes.extend(class.as_bytes());
        bytes.push(0);
        if format != 5 {
            bytes.extend([0; 8]);
        }
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn objects_are_taken_out_of_their_header() {
        assert_eq!(ole1(&object(2, "Package", b"abc")), Ole1::Embedded("Package".into(), b"abc"));
        assert_eq!(ole1(&object(5, "DIB", b"abc")), Ole1::Embedded("DIB".into(), b"abc"));
        assert_eq!(ole1(&object(1, "Package", b"")), Ole1::Linked);
        let whole = object(2, "Package", b"abc");
        for cut in 0..whole.len() {
            ole1(&whole[..cut]);
        }
        assert_eq!(ole1(&[0xFF; 64]), Ole1::Unknown);
    }

    #[test]
    fn digits_make_bytes() {
        let mut object = Object::default();
        object.digits(b"0 1\nfF");
        object.digits(b"a");
        object.binary(b"x");
        assert_eq!(object.bytes, [0x01, 0xFF, b'x']);
    }
}

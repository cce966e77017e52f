//! Properties of Outlook items (MS-OXPROPS, MS-OXCDATA 2.11): what an `.msg` and
//! a `winmail.dat` are made of.

mod names;
pub(super) mod show;

use crate::extract::charset::{self, Charset, code_page};

/// What times count from, in tenths of a microsecond (MS-DTYP 2.3.3).
pub(super) const EPOCH: jiff::civil::DateTime = jiff::civil::date(1601, 1, 1).at(0, 0, 0, 0);

/// Types of values (MS-OXCDATA 2.11.1).
pub(super) const INTEGER16: u16 = 0x0002;
pub(super) const INTEGER32: u16 = 0x0003;
pub(super) const FLOATING32: u16 = 0x0004;
pub(super) const FLOATING64: u16 = 0x0005;
pub(super) const CURRENCY: u16 = 0x0006;
pub(super) const FLOATING_TIME: u16 = 0x0007;
pub(super) const ERROR_CODE: u16 = 0x000A;
pub(super) const BOOLEAN: u16 = 0x000B;
pub(super) const OBJECT: u16 = 0x000D;
pub(super) const INTEGER64: u16 = 0x0014;
pub(super) const STRING8: u16 = 0x001E;
pub(super) const STRING: u16 = 0x001F;
pub(super) const TIME: u16 = 0x0040;
pub(super) const GUID: u16 = 0x0048;
pub(super) const BINARY: u16 = 0x0102;
/// Set on a type: many values.
pub(super) const MANY: u16 = 0x1000;

/// Properties used by number (MS-OXPROPS 2).
pub(super) mod id {
    pub(crate) const IMPORTANCE: u16 = 0x0017;
    pub(crate) const MESSAGE_CLASS: u16 = 0x001A;
    pub(crate) const SENSITIVITY: u16 = 0x0036;
    pub(crate) const SUBJECT: u16 = 0x0037;
    pub(crate) const CLIENT_SUBMIT_TIME: u16 = 0x0039;
    pub(crate) const SUBJECT_PREFIX: u16 = 0x003D;
    pub(crate) const SENT_REPRESENTING_NAME: u16 = 0x0042;
    pub(crate) const SENT_REPRESENTING_EMAIL: u16 = 0x0065;
    pub(crate) const TRANSPORT_HEADERS: u16 = 0x007D;
    pub(crate) const RECIPIENT_TYPE: u16 = 0x0C15;
    pub(crate) const SENDER_NAME: u16 = 0x0C1A;
    pub(crate) const SENDER_EMAIL: u16 = 0x0C1F;
    pub(crate) const DISPLAY_BCC: u16 = 0x0E02;
    pub(crate) const DISPLAY_CC: u16 = 0x0E03;
    pub(crate) const DISPLAY_TO: u16 = 0x0E04;
    pub(crate) const DELIVERY_TIME: u16 = 0x0E06;
    pub(crate) const NORMALIZED_SUBJECT: u16 = 0x0E1D;
    pub(crate) const BODY: u16 = 0x1000;
    pub(crate) const RTF_COMPRESSED: u16 = 0x1009;
    pub(crate) const HTML: u16 = 0x1013;
    pub(crate) const DISPLAY_NAME: u16 = 0x3001;
    pub(crate) const EMAIL_ADDRESS: u16 = 0x3003;
    pub(crate) const CREATION_TIME: u16 = 0x3007;
    pub(crate) const ATTACH_DATA: u16 = 0x3701;
    pub(crate) const ATTACH_FILENAME: u16 = 0x3704;
    pub(crate) const ATTACH_METHOD: u16 = 0x3705;
    pub(crate) const ATTACH_LONG_FILENAME: u16 = 0x3707;
    pub(crate) const ATTACH_PATHNAME: u16 = 0x3708;
    pub(crate) const ATTACH_LONG_PATHNAME: u16 = 0x370D;
    pub(crate) const ATTACH_MIME_TAG: u16 = 0x370E;
    pub(crate) const SMTP_ADDRESS: u16 = 0x39FE;
    pub(crate) const INTERNET_CODE_PAGE: u16 = 0x3FDE;
    pub(crate) const MESSAGE_CODE_PAGE: u16 = 0x3FFD;
    pub(crate) const SENDER_SMTP: u16 = 0x5D01;
    pub(crate) const SENT_REPRESENTING_SMTP: u16 = 0x5D02;
}

/// What a property above 0x8000 is called in its set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Number(u32),
    Text(String),
}

/// One property with its values.
#[derive(Clone, Debug, Default)]
pub(super) struct Property {
    pub(super) id: u16,
    /// The type of its values, without [`MANY`].
    pub(super) kind: u16,
    /// Set and name, for one that has them.
    pub(super) name: Option<([u8; 16], Name)>,
    /// The values in the bytes they are stored in.
    pub(super) values: Vec<Vec<u8>>,
}

impl Property {
    /// Whether its values are text.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.kind, STRING | STRING8)
    }

    /// Its values as text, without those that are empty.
    pub(super) fn texts(&self, charset: Charset) -> Vec<String> {
        let text = |bytes: &Vec<u8>| match self.kind {
            STRING => utf16(bytes),
            _ => {
                let end = bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
                charset::decode_as(&bytes[..end], charset, usize::MAX).text
            }
        };
        self.values.iter().map(text).filter(|text| !text.trim().is_empty()).collect()
    }
}

/// The properties of one item, recipient or attachment, in the order they are stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties(pub(super) Vec<Property>);

impl Properties {
    /// The first property of a number that has a value.
    pub(super) fn get(&self, id: u16) -> Option<&Property> {
        self.0.iter().find(|property| property.id == id && !property.values.is_empty())
    }

    /// A number as a number, whatever its width.
    pub(super) fn number(&self, id: u16) -> Option<i64> {
        let property = self.get(id)?;
        let bytes = property.values.first()?;
        let width = match property.kind {
            INTEGER16 | BOOLEAN => 2,
            INTEGER32 => 4,
            INTEGER64 | TIME => 8,
            _ => return None,
        };
        let digits = bytes.get(..width)?;
        Some(digits.iter().rev().fold(0_u64, |sum, b| sum << 8 | u64::from(*b)) as i64)
    }

    /// The first value of a property as text.
    pub(super) fn text(&self, id: u16, charset: Charset) -> Option<String> {
        let all = self.0.iter().filter(|p| p.id == id && p.is_text());
        all.flat_map(|p| p.texts(charset)).next()
    }

    /// Adds a property with one value.
    pub(super) fn put(&mut self, id: u16, kind: u16, value: &[u8]) {
        self.0.push(Property { id, kind, name: None, values: vec![value.to_vec()] });
    }

    /// The first value of a property in its bytes.
    pub(super) fn bytes(&self, id: u16) -> Option<&[u8]> {
        let property = self.0.iter().find(|p| p.id == id && p.kind == BINARY)?;
        property.values.first().map(Vec::as_slice)
    }
}

/// The encoding of texts that are stored in bytes: the code page the item names,
/// where they fit it, else what they read best in, all together.
pub(super) fn charset_of(sets: &[&Properties], named: Option<u32>) -> Charset {
    const SAMPLE: usize = 64 << 10;
    let mut sample = Vec::new();
    for property in sets.iter().flat_map(|set| &set.0).filter(|p| p.kind == STRING8) {
        for value in property.values.iter().filter(|value| !value.is_ascii()) {
            let room = SAMPLE.saturating_sub(sample.len());
            sample.extend(value.iter().take(room).filter(|b| **b != 0));
            sample.push(b'\n');
        }
    }
    let number =
        |id| sets.iter().find_map(|set| set.number(id)).and_then(|n| u32::try_from(n).ok());
    let pages = [id::MESSAGE_CODE_PAGE, id::INTERNET_CODE_PAGE].map(number);
    let label = pages.into_iter().chain([named]).flatten().find_map(code_page::encoding);
    charset::decode_labelled(&sample, label.map(|l| l.name().as_bytes()), usize::MAX).charset
}

/// The encoding for texts that are ASCII by their nature.
pub(super) fn ascii() -> Charset {
    Charset::Utf8
}

/// UTF-16 in little-endian units, to the zeros at its end.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]]));
    let mut text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
    text.truncate(text.trim_end_matches('\0').len());
    text
}

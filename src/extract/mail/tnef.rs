//! What Outlook packs in a `winmail.dat` (MS-OXTNEF): attributes of a message and
//! of its attachments, most of them properties in turn.

use super::mapi::show::{Attachment, Content, Item, show};
use super::mapi::{self, MANY, Name, Properties, Property, id};
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Submission};

/// Attributes by number (2.1.3.1), without their types.
mod attribute {
    pub(super) const FROM: u16 = 0x8000;
    pub(super) const SUBJECT: u16 = 0x8004;
    pub(super) const DATE_SENT: u16 = 0x8005;
    pub(super) const BODY: u16 = 0x800C;
    pub(super) const ATTACH_DATA: u16 = 0x800F;
    pub(super) const ATTACH_TITLE: u16 = 0x8010;
    pub(super) const ATTACH_REND_DATA: u16 = 0x9002;
    pub(super) const MAPI_PROPERTIES: u16 = 0x9003;
    pub(super) const RECIPIENTS: u16 = 0x9004;
    pub(super) const ATTACHMENT: u16 = 0x9005;
    pub(super) const CODE_PAGE: u16 = 0x9007;
}

/// Interface of an object that is an item in turn: 00020307-….
const MESSAGE: [u8; 4] = 0x0002_0307_u32.to_le_bytes();

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut tnef = Tnef::default();
    let mut scan = Scan { bytes: &submission.bytes, at: 6 };
    while !scan.rest().iter().all(|b| *b == 0) {
        if let Err(gap) = budget.spend_steps(1) {
            tnef.gaps.push(gap);
            break;
        }
        let Some((level, id, data, cut)) = scan.attribute() else {
            tnef.damaged();
            break;
        };
        if cut {
            tnef.damaged();
        }
        tnef.attribute(level, id, data, budget);
    }
    let Tnef { item, gaps } = tnef;
    show(item, gaps, submission, budget)
}

#[derive(Default)]
struct Tnef {
    item: Item,
    gaps: Vec<Gap>,
}

impl Tnef {
    fn damaged(&mut self) {
        let gap = Gap::new(GapKind::Damaged, "the attributes of the message are cut or damaged");
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn attribute(&mut self, level: u8, id: u16, data: &[u8], budget: &mut Budget) {
        let own = &mut self.item.properties;
        match (level, id) {
            (1, attribute::SUBJECT) => own.put(id::SUBJECT, mapi::STRING8, data),
            (1, attribute::BODY) => own.put(id::BODY, mapi::STRING8, data),
            (1, attribute::FROM) => {
                if let Some((name, address)) = sender(data) {
                    own.put(id::SENDER_NAME, mapi::STRING8, name);
                    own.put(id::SENDER_EMAIL, mapi::STRING8, address);
                }
            }
            (1, attribute::DATE_SENT) => {
                if let Some(ticks) = ticks(data) {
                    own.put(id::CLIENT_SUBMIT_TIME, mapi::TIME, &ticks.to_le_bytes());
                }
            }
            (1, attribute::CODE_PAGE) => {
                let page = data.get(..4).and_then(|d| d.try_into().ok()).map(u32::from_le_bytes);
                self.item.code_page = page;
            }
            (1, attribute::MAPI_PROPERTIES) => {
                let (properties, _) = self.properties(data, budget);
                self.item.properties.0.extend(properties.0);
            }
            (1, attribute::RECIPIENTS) => self.recipients(data, budget),
            (2, attribute::ATTACH_REND_DATA) => self.begin_attachment(),
            (2, _) => self.attachment(id, data, budget),
            _ => {}
        }
    }

    /// Properties in their stream (2.1.3.4), with what comes of an object.
    fn properties(&mut self, data: &[u8], budget: &mut Budget) -> (Properties, Option<Vec<u8>>) {
        let mut scan = Scan { bytes: data, at: 0 };
        let (properties, object, whole) = scan.properties(budget);
        if !whole {
            self.damaged();
        }
        (properties, object)
    }

    fn recipients(&mut self, data: &[u8], budget: &mut Budget) {
        let mut scan = Scan { bytes: data, at: 0 };
        let rows = scan.u32().unwrap_or(0);
        for _ in 0..rows {
            let (recipient, _, whole) = scan.properties(budget);
            if !recipient.0.is_empty() {
                self.item.recipients.push(recipient);
            }
            if !whole {
                self.damaged();
                break;
            }
        }
    }

    fn begin_attachment(&mut self) {
        self.item.attachments.push(Attachment {
            properties: Properties::default(),
            content: Content::None,
            extension: "bin",
        });
    }

    fn attachment(&mut self, id: u16, data: &[u8], budget: &mut Budget) {
        if self.item.attachments.is_empty() {
            self.begin_attachment();
        }
        let (found, object) = match id {
            attribute::ATTACHMENT => self.properties(data, budget),
            _ => Default::default(),
        };
        let Some(last) = self.item.attachments.last_mut() else { return };
        match id {
            attribute::ATTACH_TITLE => {
                last.properties.put(id::ATTACH_FILENAME, mapi::STRING8, data)
            }
            attribute::ATTACH_DATA => match budget.spend_bytes(data.len() as u64) {
                Ok(()) => last.content = Content::File(data.to_vec()),
                Err(gap) => last.content = Content::Lost(gap),
            },
            attribute::ATTACHMENT => {
                let file = found.bytes(id::ATTACH_DATA).map(<[u8]>::to_vec);
                if let Some(object) = object {
                    // The interface comes first; an item within an item is one of these files too.
                    let (interface, rest) = object.split_at(object.len().min(16));
                    last.extension = if interface.starts_with(&MESSAGE) { "dat" } else { "ole" };
                    last.content = Content::File(rest.to_vec());
                } else if let (Some(file), Content::None) = (file, &last.content) {
                    last.content = Content::File(file);
                }
                last.properties.0.extend(found.0);
            }
            _ => {}
        }
    }
}

/// Name and address of an old message's sender: a `TRP` structure (2.1.3.3.12)
/// with the lengths of both before them.
fn sender(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let length =
        |at: usize| Some(usize::from(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?)));
    let (name, address) = (length(4)?, length(6)?);
    let names = data.get(8..)?;
    let (name, rest) = names.split_at_checked(name)?;
    let address = rest.get(..address).unwrap_or(rest);
    let address = address.split(|b| *b == b':').nth(1).unwrap_or(address);
    Some((name, address))
}

/// A time in parts (2.1.3.3.5) as the ticks of a property, taken as UTC.
fn ticks(data: &[u8]) -> Option<i64> {
    let part = |at: usize| Some(i16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?));
    let small = |at: usize| i8::try_from(part(at)?).ok();
    let time = jiff::civil::DateTime::new(
        part(0)?,
        small(2)?,
        small(4)?,
        small(6)?,
        small(8)?,
        small(10)?,
        0,
    );
    let seconds = time.ok()?.duration_since(mapi::EPOCH).as_secs();
    seconds.checked_mul(10_000_000)
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.rest().get(..length)?;
        self.at += length;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Level, number and data of an attribute, and whether the data is cut.
    fn attribute(&mut self) -> Option<(u8, u16, &'a [u8], bool)> {
        let level = *self.take(1)?.first()?;
        let id = self.u16()?;
        self.u16()?;
        let length = usize::try_from(self.u32()?).ok()?;
        if !(1..=2).contains(&level) {
            return None;
        }
        match self.take(length) {
            Some(data) => {
                let checked = self.u16().is_some();
                Some((level, id, data, !checked))
            }
            None => {
                let data = self.rest();
                self.at = self.bytes.len();
                Some((level, id, data, true))
            }
        }
    }

    /// A list of properties, an object among them, and whether all were there.
    fn properties(&mut self, budget: &mut Budget) -> (Properties, Option<Vec<u8>>, bool) {
        let (mut found, mut object) = (Properties::default(), None);
        let Some(count) = self.u32() else { return (found, object, false) };
        for _ in 0..count {
            let read = match budget.spend_steps(1) {
                Ok(()) => self.property(budget),
                Err(_) => None,
            };
            let Some(property) = read else { return (found, object, false) };
            if property.kind == mapi::OBJECT && property.id == id::ATTACH_DATA {
                object = property.values.into_iter().next();
            } else {
                found.0.push(property);
            }
        }
        (found, object, true)
    }

    fn property(&mut self, budget: &mut Budget) -> Option<Property> {
        let (kind, id) = (self.u16()?, self.u16()?);
        let name = match id >= 0x8000 {
            true => Some(self.name()?),
            false => None,
        };
        let (many, kind) = (kind & MANY != 0, kind & !MANY);
        let width = match kind {
            mapi::INTEGER16
            | mapi::BOOLEAN
            | mapi::INTEGER32
            | mapi::FLOATING32
            | mapi::ERROR_CODE => Some(4),
            mapi::FLOATING64
            | mapi::CURRENCY
            | mapi::FLOATING_TIME
            | mapi::INTEGER64
            | mapi::TIME => Some(8),
            mapi::GUID => Some(16),
            mapi::STRING8 | mapi::STRING | mapi::BINARY | mapi::OBJECT => None,
            _ => return None,
        };
        // What varies in width is counted even where there is one.
        let count = if many || width.is_none() { self.u32()? } else { 1 };
        let mut values = Vec::new();
        for _ in 0..count {
            let length = match width {
                Some(width) => width,
                None => usize::try_from(self.u32()?).ok()?,
            };
            let value = self.take(length)?;
            self.at += self.padding(length);
            budget.spend_steps(1).ok()?;
            budget.spend_bytes(length as u64).ok()?;
            values.push(value.to_vec());
        }
        Some(Property { id, kind, name, values })
    }

    /// Set and name of a named property (2.1.3.4.1.1).
    fn name(&mut self) -> Option<([u8; 16], Name)> {
        let set = self.take(16)?.try_into().ok()?;
        let name = match self.u32()? {
            0 => Name::Number(self.u32()?),
            _ => {
                let length = usize::try_from(self.u32()?).ok()?;
                let text = self.take(length)?;
                self.at += self.padding(length);
                Name::Text(mapi::utf16(text))
            }
        };
        Some((set, name))
    }

    /// Values are filled up to four bytes; the last need not be.
    fn padding(&self, length: usize) -> usize {
        (length.next_multiple_of(4) - length).min(self.rest().len())
    }
}

#[cfg(test)]
mod tests;

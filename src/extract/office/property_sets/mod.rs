//! Property sets of compound files (MS-OLEPS): title, keywords and the like of
//! DOC, XLS, PPT and MSG files, and what users and labelling tools added.
//!
//! A set is a stream with one or two sections; a section is a list of numbered
//! properties, and the numbers of the users' own section have names in a
//! dictionary, which is a property too. Every value becomes a block whose label
//! is the name Office Open XML has for the same property.

use std::collections::HashMap;

use super::compound::Compound;
use super::properties::property;
use crate::extract::Budget;
use crate::extract::charset::code_page;
use crate::model::{Gap, GapKind, TextBuilder};

#[cfg(test)]
mod tests;
mod value;

use value::{Reader, links, shown};

/// The streams of the root storage that hold property sets, in reading order.
const STREAMS: [&str; 2] = ["\u{5}SummaryInformation", "\u{5}DocumentSummaryInformation"];

/// {F29F85E0-4FF9-1068-AB91-08002B27B3D9}, as it is stored.
const SUMMARY: [u8; 16] = [
    0xE0, 0x85, 0x9F, 0xF2, 0xF9, 0x4F, 0x68, 0x10, 0xAB, 0x91, 0x08, 0x00, 0x2B, 0x27, 0xB3, 0xD9,
];

/// {D5CDD502-2E9C-101B-9397-08002B2CF9AE}.
const DOCUMENT_SUMMARY: [u8; 16] = [
    0x02, 0xD5, 0xCD, 0xD5, 0x9C, 0x2E, 0x1B, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2B, 0x2C, 0xF9, 0xAE,
];

/// Properties of SummaryInformation that people read (MS-OLEPS 2.18, 3.1). The
/// rest are times, counters, switches and a picture.
const SUMMARY_NAMES: &[(u32, &str)] = &[
    (2, "title"),
    (3, "subject"),
    (4, "creator"),
    (5, "keywords"),
    (6, "description"),
    (7, "Template"),
    (8, "lastModifiedBy"),
];

/// The same of DocumentSummaryInformation (MS-OSHARED 2.3.3.2).
const DOCUMENT_NAMES: &[(u32, &str)] = &[
    (2, "category"),
    (3, "PresentationFormat"),
    (13, "TitlesOfParts"),
    (14, "Manager"),
    (15, "Company"),
    (26, "contentType"),
    (27, "contentStatus"),
    (28, "language"),
    (29, "version"),
];

/// Properties of the users' section that programs keep for themselves.
const MACHINE: &[&str] = &[
    "_PID_GUID",
    "_PID_LINKBASE_CRC",
    "AppVersion",
    "DocSecurity",
    "HyperlinksChanged",
    "LinksUpToDate",
    "ScaleCrop",
    "ShareDoc",
];

/// More sections than this are no property set: the format allows two.
const MAX_SECTIONS: usize = 16;

/// Reads the property sets of a compound file that is open. What could not be
/// read of them is told; one that is not there is none.
pub(crate) fn read_all(
    file: &mut Compound<'_>,
    text: &mut TextBuilder,
    budget: &mut Budget,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for name in STREAMS {
        let Some((bytes, gap)) = file.stream(name, budget) else { continue };
        gaps.extend(gap);
        gaps.extend(read(&bytes, text, budget));
    }
    gaps
}

/// Reads one property set from the bytes of its stream, a block for each value.
/// `None` if all of it was read.
pub(crate) fn read(stream: &[u8], text: &mut TextBuilder, budget: &mut Budget) -> Option<Gap> {
    if stream.is_empty() {
        return None;
    }
    let mut set = Set { text, budget, damage: None, gap: None };
    set.read(stream);
    set.gap.or_else(|| {
        let what = set.damage?;
        Some(Gap::new(GapKind::Damaged, format!("document properties: {what}")))
    })
}

struct Set<'a> {
    text: &'a mut TextBuilder,
    budget: &'a mut Budget,
    /// The first thing found broken.
    damage: Option<String>,
    /// A limit that was reached.
    gap: Option<Gap>,
}

impl Set<'_> {
    fn read(&mut self, stream: &[u8]) {
        let mut header = Reader::at(stream, 0);
        if header.u16() != Some(0xFFFE) {
            return self.damaged("the set does not begin as one");
        }
        let mut header = Reader::at(stream, 24);
        let Some(count) = header.u32() else { return self.damaged("the set is cut off") };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > MAX_SECTIONS {
            self.damaged("the set has more sections than there can be");
        }
        for _ in 0..count.min(MAX_SECTIONS) {
            let (Some(format), Some(offset)) = (header.take(16), header.u32()) else {
                return self.damaged("the list of sections is cut off");
            };
            match usize::try_from(offset).ok().and_then(|at| stream.get(at..)) {
                Some(section) => self.read_section(format, section),
                None => self.damaged("a section is not there"),
            }
            if self.gap.is_some() {
                return;
            }
        }
    }

    fn damaged(&mut self, what: &str) {
        self.damage.get_or_insert_with(|| what.to_owned());
    }

    /// A section from its first byte on (2.20): size, count, numbers with offsets.
    fn read_section(&mut self, format: &[u8], section: &[u8]) {
        let mut list = Reader::at(section, 4);
        let Some(count) = list.u32() else { return self.damaged("a section is cut off") };
        let mut entries = Vec::new();
        for _ in 0..count {
            if let Err(gap) = self.budget.spend_steps(1) {
                self.gap = Some(gap);
                return;
            }
            let (Some(id), Some(offset)) = (list.u32(), list.u32()) else {
                self.damaged("the list of properties is cut off");
                break;
            };
            entries.push((id, usize::try_from(offset).unwrap_or(usize::MAX)));
        }
        let page = self.code_page(&entries, section);
        let names = self.names(&entries, section, page);
        // Values do not overlap: what is read of a section is at most all of it.
        let mut left = section.len();
        for (id, offset) in entries {
            // The dictionary, the code page, the locale, the behaviour.
            if matches!(id, 0 | 1 | 0x8000_0000 | 0x8000_0003) {
                continue;
            }
            let name = match names.get(&id) {
                Some(name) => name.as_str(),
                None => match standard_name(format, id) {
                    Some(name) => name,
                    None => continue,
                },
            };
            if MACHINE.contains(&name) {
                continue;
            }
            let end = section.len().min(offset.saturating_add(left));
            let mut reader = Reader::at(section.get(..end).unwrap_or_default(), offset);
            let value = match name {
                "_PID_HLINKS" => links(&mut reader, page),
                _ => shown(&mut reader, page),
            };
            let used = reader.position().saturating_sub(offset).max(4);
            if let Err(gap) = self.budget.spend_steps(used as u64 / 8 + 1) {
                self.gap = Some(gap);
                return;
            }
            match value {
                Some(value) => {
                    left = left.saturating_sub(used);
                    property(self.text, name, &value);
                    if self.text.len() > self.budget.text_limit() {
                        self.gap = Some(self.budget.text_gap());
                        return;
                    }
                }
                None => self.damaged(&format!("the value of {name} cannot be read")),
            }
        }
    }

    /// The code page of a section's narrow strings (2.21 property 1).
    fn code_page(&self, entries: &[(u32, usize)], section: &[u8]) -> u32 {
        let Some((_, offset)) = entries.iter().find(|(id, _)| *id == 1) else { return 1252 };
        let mut reader = Reader::at(section, *offset);
        match (reader.u32(), reader.u16()) {
            (Some(_), Some(page)) => u32::from(page),
            _ => 1252,
        }
    }

    /// The names of a section's properties by number (2.17).
    fn names(
        &mut self,
        entries: &[(u32, usize)],
        section: &[u8],
        page: u32,
    ) -> HashMap<u32, String> {
        let mut names = HashMap::new();
        let Some((_, offset)) = entries.iter().find(|(id, _)| *id == 0) else { return names };
        let mut reader = Reader::at(section, *offset);
        let count = reader.u32().unwrap_or(0);
        // No more names than properties are of use.
        for _ in 0..count.min(u32::try_from(entries.len()).unwrap_or(u32::MAX)) {
            let (Some(id), Some(length)) = (reader.u32(), reader.u32()) else {
                self.damaged("the list of names is cut off");
                break;
            };
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            // In UTF-16 the length is in units, and names are padded to four bytes.
            let wide = page == 1200;
            let bytes = if wide { length.saturating_mul(2) } else { length };
            let Some(name) = reader.take(bytes) else {
                self.damaged("the list of names is cut off");
                break;
            };
            if wide {
                reader.align();
            }
            let name = code_page::decode(page, name);
            names.insert(id, name.trim_end_matches('\0').to_owned());
        }
        names
    }
}

/// What a property without a name of its own is called; `None` if nobody reads it.
fn standard_name(format: &[u8], id: u32) -> Option<&'static str> {
    let names = match format {
        f if f == SUMMARY => SUMMARY_NAMES,
        f if f == DOCUMENT_SUMMARY => DOCUMENT_NAMES,
        // The users' own, whose name is lost, or a set of a kind of its own.
        _ => return Some("unnamed"),
    };
    names.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

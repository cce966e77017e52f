//! Strings that no cell shows: what pivot tables keep of their sources, and what
//! cells held before a change (MS-XLS 2.1.7.15, 2.1.7.20).

use std::collections::HashSet;

use super::records::{Fields, Records};
use super::{Book, Version, id};
use crate::extract::office::compound::Compound;
use crate::extract::office::workbook::formula::is_text;

/// Where the pivot tables keep what they are made from.
const PIVOT_CACHES: &str = "_SX_DB_CUR";
/// What was changed in a workbook that several people have open.
const REVISIONS: &str = "Revision Log";
pub(super) const REVISION: &str = "revision";

impl Book<'_> {
    /// What pivot tables keep of their sources, and what was there before a
    /// change: strings that no cell shows.
    pub(super) fn read_caches(&mut self, file: &mut Compound<'_>) {
        let mut known: HashSet<String> = self.strings.all(true).map(str::to_owned).collect();
        for (storage, kind) in [(PIVOT_CACHES, "pivot"), (REVISIONS, REVISION)] {
            let Some(id) = file.find(storage) else { continue };
            for id in std::iter::once(id).chain(file.within(id)) {
                let (stream, gap) = file.read(id, self.budget);
                gap.into_iter().for_each(|gap| self.gap(gap));
                for text in self.cached(&stream) {
                    if known.insert(text.clone()) {
                        self.aside(kind, text);
                    }
                }
            }
            file.pass_over(id);
        }
    }

    /// Strings of a stream of other records than a workbook's.
    fn cached(&mut self, stream: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let mut records = Records::from(stream, 0);
        while let Some(record) = records.next() {
            if !self.spend(1) {
                break;
            }
            let mut fields = records.continued(&record);
            let text = match record.id {
                id::CACHED_STRING => fields.string(self.version, self.code_page),
                // The field's name stands behind seven numbers.
                id::CACHED_FIELD => {
                    fields.skip(14).and_then(|()| fields.string(self.version, self.code_page))
                }
                // A cell before and after: strings among its values.
                id::REVISED_CELL => {
                    let bytes = fields.bytes(usize::from(u16::MAX));
                    found.extend(loose_strings(&bytes));
                    None
                }
                _ => None,
            };
            found.extend(text.map(|text| text.text));
        }
        found
    }
}

/// Strings that are told by their own bytes: a length, a width, characters.
fn loose_strings(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while rest.len() > 3 {
        let count = usize::from(u16::from_le_bytes([rest[0], rest[1]]));
        let width = match rest[2] {
            0 => 1,
            1 => 2,
            _ => 0,
        };
        let whole =
            rest.get(..3 + count * width).filter(|_| width > 0 && (2..4096).contains(&count));
        let text = whole.and_then(|whole| Fields::of(whole).string(Version::Eight, 0));
        match text.filter(|text| is_text(&text.text)) {
            Some(text) => {
                found.push(text.text);
                rest = &rest[3 + count * width..];
            }
            None => rest = &rest[1..],
        }
    }
    found
}

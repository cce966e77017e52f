//! The directory of a presentation's objects: each time a file is saved in
//! place, an edit is added that says where objects are by then (MS-PPT 2.1.2).

use std::collections::{BTreeMap, BTreeSet};

use crate::extract::Budget;

/// What the stream of the current user says of a file (2.3.2): its content is
/// in the open, or encrypted.
pub(crate) const USER_TOKEN: u32 = 0xE391_C05F;
pub(crate) const USER_TOKEN_ENCRYPTED: u32 = 0xF3D1_C4DF;

const USER_EDIT: u16 = 0x0FF5;
const DIRECTORY: u16 = 0x1772;
/// Type and length before every record.
const HEADER: usize = 8;

/// What all edits together say.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    /// Where each object begins by its number.
    pub objects: BTreeMap<u32, usize>,
    /// Where objects began that a later edit has put elsewhere.
    pub older: BTreeSet<usize>,
    /// The number of the document itself.
    pub document: Option<u32>,
    /// The number of what says how the rest is encrypted.
    pub crypt_session: Option<u32>,
    /// Where the edits begin, the last first.
    pub edits: Vec<usize>,
    /// Whether the way from the current user to the last edit is broken.
    pub is_broken: bool,
}

impl Edits {
    /// Follows the edits from the last to the first.
    pub fn read(user: &[u8], document: &[u8], budget: &mut Budget) -> Self {
        let mut made = Self::default();
        let told = u32_at(user, 16).map(|place| place as usize);
        let mut at = told.filter(|place| kind_at(document, *place) == Some(USER_EDIT));
        if at.is_none() {
            made.is_broken = true;
            at = last_edit(document, budget);
        }
        let mut seen = BTreeSet::new();
        while let Some(place) = at.filter(|place| seen.insert(*place)) {
            if kind_at(document, place) != Some(USER_EDIT) || budget.spend_steps(1).is_err() {
                break;
            }
            made.take(document, place, budget);
            at = u32_at(document, place + HEADER + 8).map(|before| before as usize);
            at = at.filter(|before| *before != 0);
        }
        made
    }

    fn take(&mut self, document: &[u8], place: usize, budget: &mut Budget) {
        self.edits.push(place);
        let field = |at: usize| u32_at(document, place + HEADER + at);
        self.document = self.document.or(field(16));
        if field_length(document, place) >= 32 {
            self.crypt_session = self.crypt_session.or(field(28)).filter(|number| *number != 0);
        }
        let Some(directory) = field(12).map(|place| place as usize) else { return };
        if kind_at(document, directory) != Some(DIRECTORY) {
            self.is_broken = true;
            return;
        }
        let length = field_length(document, directory);
        let from = directory.saturating_add(HEADER);
        let to = from.saturating_add(length).min(document.len());
        let mut rest = document.get(from..to).unwrap_or_default();
        while let Some(entry) = u32_at(rest, 0) {
            let (first, count) = (entry & 0xF_FFFF, (entry >> 20) as usize);
            let places = rest.get(4..).unwrap_or_default();
            for (number, place) in (first..).zip(places.chunks_exact(4).take(count)) {
                let place = u32_at(place, 0).map_or(0, |place| place as usize);
                match self.objects.get(&number) {
                    Some(known) if *known != place => drop(self.older.insert(place)),
                    Some(_) => {}
                    None => drop(self.objects.insert(number, place)),
                }
            }
            if budget.spend_steps(1 + count as u64).is_err() {
                return;
            }
            rest = places.get(4 * count..).unwrap_or_default();
        }
    }
}

/// The last edit among the records of the stream, where nothing leads to it.
fn last_edit(document: &[u8], budget: &mut Budget) -> Option<usize> {
    let mut last = None;
    let mut at = 0usize;
    while let Some(kind) = kind_at(document, at) {
        if kind == USER_EDIT {
            last = Some(at);
        }
        budget.spend_steps(1).ok()?;
        at = at.checked_add(HEADER)?.checked_add(field_length(document, at))?;
    }
    last
}

fn kind_at(document: &[u8], at: usize) -> Option<u16> {
    let bytes = document.get(at.checked_add(2)?..at.checked_add(HEADER)?)?;
    Some(u16::from_le_bytes([bytes[0], bytes[1]]))
}

fn field_length(document: &[u8], at: usize) -> usize {
    u32_at(document, at.saturating_add(4)).map_or(0, |length| length as usize)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

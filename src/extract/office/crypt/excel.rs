//! Workbooks: records are encrypted one by one in their places, their headers
//! are not (MS-XLS 2.2.10).

use std::collections::BTreeMap;

use super::rc4::{Key, Scheme};
use super::xor::Pad;
use super::{Refusal, Unlocked, first_key, open, stream, summary, u16_at, with_streams};
use crate::extract::Budget;

const BOUND_SHEET: u16 = 0x85;
const EOF: u16 = 0x0A;
const FILE_PASS: u16 = 0x2F;
/// BOF, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo and RRDHead stay as they are.
const PLAIN: [u16; 7] = [0x0809, FILE_PASS, 0x0194, 0x0195, 0xE1, 0x0196, 0x0138];

/// A new key begins this often.
const BLOCK: usize = 1024;

enum Cipher {
    Rc4(Key),
    Xor(Pad),
}

pub(super) fn unlock(bytes: &[u8], passwords: &[&str], budget: &mut Budget) -> Unlocked {
    let mut file = open(bytes)?;
    let mut lost = None;
    let mut streams = BTreeMap::new();
    // A file for Excel 95 and 97 alike has both.
    for name in ["Workbook", "Book"] {
        let Some(mut book) = stream(&mut file, name, budget, &mut lost) else { continue };
        let Some(pass) = file_pass(&book) else { continue };
        let cipher = cipher(pass, passwords, budget)?;
        budget.spend_steps((book.len() / BLOCK) as u64).map_err(Refusal::Limit)?;
        undo(&mut book, &cipher);
        streams.insert(name.to_owned(), book);
        if let Cipher::Rc4(key) = &cipher {
            streams.extend(summary::streams(&mut file, key, budget));
        }
    }
    if streams.is_empty() {
        return Err(Refusal::Unlocked);
    }
    with_streams(&mut file, streams, lost, budget)
}

/// The record that says how, if there is one: it stands among the first.
fn file_pass(book: &[u8]) -> Option<&[u8]> {
    Records { book, at: 0 }
        .take_while(|(number, _)| *number != EOF)
        .find(|(number, _)| *number == FILE_PASS)
        .and_then(|(_, place)| book.get(place))
}

fn cipher(pass: &[u8], passwords: &[&str], budget: &mut Budget) -> Result<Cipher, Refusal> {
    let damaged = || Refusal::Damaged("the record that says how");
    // Before Excel 97 there was one way, and no need to say which.
    let obfuscation = match (pass.len(), u16_at(pass, 0)) {
        (4, _) => pass,
        (_, Some(0)) => pass.get(2..).ok_or_else(damaged)?,
        (_, Some(1)) => {
            let scheme = Scheme::read(pass.get(2..).ok_or_else(damaged)?)?;
            return scheme.key(passwords, budget).map(Cipher::Rc4);
        }
        _ => return Err(Refusal::Unknown("a method of another version")),
    };
    let (key, verifier) = u16_at(obfuscation, 0).zip(u16_at(obfuscation, 2)).ok_or_else(damaged)?;
    first_key(passwords, 1, budget, |password| Pad::make(password, key, verifier)).map(Cipher::Xor)
}

/// Undoes the encryption of every record that is encrypted, and makes the
/// record that says so into one that says nothing.
fn undo(book: &mut [u8], cipher: &Cipher) {
    let mut plain = book.to_vec();
    if let Cipher::Rc4(key) = cipher {
        key.apply(&mut plain, BLOCK);
    }
    let places: Vec<_> = Records { book, at: 0 }.collect();
    for (number, place) in places {
        if number == FILE_PASS {
            let header = place.start - 4;
            book[header..header + 2].fill(0xFF);
        }
        // Where a sheet begins is told in the open.
        let kept = if number == BOUND_SHEET { 4 } else { 0 };
        let from = (place.start + kept).min(place.end);
        if PLAIN.contains(&number) {
            continue;
        }
        match cipher {
            Cipher::Rc4(_) => book[from..place.end].copy_from_slice(&plain[from..place.end]),
            Cipher::Xor(pad) => {
                let at = place.start + place.len() + (from - place.start);
                pad.apply_excel(&mut book[from..place.end], at);
            }
        }
    }
}

/// Records by their numbers, with the places of their contents.
struct Records<'a> {
    book: &'a [u8],
    at: usize,
}

impl Iterator for Records<'_> {
    type Item = (u16, std::ops::Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let number = u16_at(self.book, self.at)?;
        let length = usize::from(u16_at(self.book, self.at + 2)?);
        let start = self.at + 4;
        let end = start.saturating_add(length).min(self.book.len());
        self.at = end;
        Some((number, start..end))
    }
}

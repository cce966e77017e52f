//! Word documents: the streams are encrypted from end to end, but for the head
//! of the first (MS-DOC 2.2.6).

use std::collections::BTreeMap;

use super::rc4::{Key, Scheme};
use super::xor::Pad;
use super::{Refusal, Unlocked, first_key, open, stream, summary, u16_at, u32_at, with_streams};
use crate::extract::Budget;

/// So much of the first stream stays as it is.
const HEAD: usize = 68;
/// The same for the versions before Word 97.
const OLD_HEAD: usize = 52;
/// The first version whose tables are in a stream of their own.
const WORD_97: u16 = 0xC1;
/// A new key begins this often.
const BLOCK: usize = 512;

const IS_ENCRYPTED: u16 = 1 << 8;
const TABLE_IS_1: u16 = 1 << 9;
const IS_OBFUSCATED: u16 = 1 << 15;

enum Cipher {
    Rc4(Key),
    Xor(Pad),
}

pub(super) fn unlock(bytes: &[u8], passwords: &[&str], budget: &mut Budget) -> Unlocked {
    let mut file = open(bytes)?;
    let mut lost = None;
    let Some(mut main) = stream(&mut file, "WordDocument", budget, &mut lost) else {
        return Err(Refusal::Unlocked);
    };
    let damaged = || Refusal::Damaged("the head of the document");
    let version = u16_at(&main, 2).ok_or(Refusal::Unlocked)?;
    let flags = u16_at(&main, 10).ok_or(Refusal::Unlocked)?;
    if flags & IS_ENCRYPTED == 0 {
        return Err(Refusal::Unlocked);
    }
    let key = u32_at(&main, 14).ok_or_else(damaged)?;
    let table_name = if flags & TABLE_IS_1 == 0 { "0Table" } else { "1Table" };
    let table = stream(&mut file, table_name, budget, &mut lost).unwrap_or_default();
    let old = version < WORD_97;
    let cipher = if old || flags & IS_OBFUSCATED != 0 {
        let (high, low) = ((key >> 16) as u16, key as u16);
        let make = |password: &str| Pad::make(password, high, low);
        Cipher::Xor(first_key(passwords, 1, budget, make)?)
    } else {
        Cipher::Rc4(Scheme::read(&table)?.key(passwords, budget)?)
    };
    let mut streams = BTreeMap::new();
    let mut undo = |name: &str, mut bytes: Vec<u8>, kept: usize, budget: &mut Budget| {
        budget.spend_steps((bytes.len() / BLOCK) as u64).map_err(Refusal::Limit)?;
        let head = bytes.get(..kept).unwrap_or(&bytes).to_vec();
        match &cipher {
            Cipher::Rc4(key) => key.apply(&mut bytes, BLOCK),
            Cipher::Xor(pad) => pad.apply_word(&mut bytes),
        }
        bytes[..head.len()].copy_from_slice(&head);
        streams.insert(name.to_owned(), bytes);
        Ok(())
    };
    // From here on nothing says that there was a lock.
    let open_flags = flags & !(IS_ENCRYPTED | IS_OBFUSCATED);
    main[10..12].copy_from_slice(&open_flags.to_le_bytes());
    main[14..18].fill(0);
    undo("WordDocument", main, if old { OLD_HEAD } else { HEAD }, budget)?;
    let header = match &cipher {
        Cipher::Rc4(_) => usize::try_from(key).unwrap_or(0),
        Cipher::Xor(_) => 0,
    };
    if !table.is_empty() {
        undo(table_name, table, header, budget)?;
    }
    if let Some(data) = stream(&mut file, "Data", budget, &mut lost) {
        undo("Data", data, 0, budget)?;
    }
    if let Cipher::Rc4(key) = &cipher {
        streams.extend(summary::streams(&mut file, key, budget));
    }
    with_streams(&mut file, streams, lost, budget)
}

//! Presentations: every object in the directory of objects is encrypted with a
//! key made from its number; the directory is not (MS-PPT 2.3.7).

use std::collections::BTreeMap;

use super::rc4::Scheme;
use super::{Refusal, Unlocked, open, stream, summary, u16_at, u32_at, with_streams};
use crate::extract::Budget;
use crate::extract::office::ppt::{Edits, USER_TOKEN, USER_TOKEN_ENCRYPTED};

const CRYPT_SESSION: u16 = 0x2F14;
const USER_EDIT: u16 = 0x0FF5;
const DIRECTORY: u16 = 0x1772;
/// Type and length before every record.
const HEADER: usize = 8;

pub(super) fn unlock(bytes: &[u8], passwords: &[&str], budget: &mut Budget) -> Unlocked {
    let mut file = open(bytes)?;
    let mut lost = None;
    let Some(mut user) = stream(&mut file, "Current User", budget, &mut lost) else {
        return Err(Refusal::Unlocked);
    };
    let Some(mut document) = stream(&mut file, "PowerPoint Document", budget, &mut lost) else {
        return Err(Refusal::Unlocked);
    };
    let edits = Edits::read(&user, &document, budget);
    let Some(session) = edits.crypt_session else {
        return match u32_at(&user, 12) == Some(USER_TOKEN_ENCRYPTED) {
            true => Err(Refusal::Damaged("the directory of its objects")),
            false => Err(Refusal::Unlocked),
        };
    };
    let damaged = || Refusal::Damaged("what says how");
    let place = edits.objects.get(&session).copied().ok_or_else(damaged)?;
    if u16_at(&document, place.saturating_add(2)) != Some(CRYPT_SESSION) {
        return Err(damaged());
    }
    let header = document.get(place.saturating_add(HEADER)..).ok_or_else(damaged)?;
    let key = Scheme::read(header)?.key(passwords, budget)?;
    for (number, place) in &edits.objects {
        if *number == session || matches!(u16_at(&document, place + 2), Some(USER_EDIT | DIRECTORY))
        {
            continue;
        }
        let Some(object) = document.get_mut(*place..) else { continue };
        let mut head = object.get(..HEADER).unwrap_or_default().to_vec();
        key.apply_block(*number, &mut head);
        let length = u32_at(&head, 4).map_or(0, |length| length as usize);
        let length = length.saturating_add(HEADER).min(object.len());
        budget.spend_steps(1 + (length / HEADER) as u64).map_err(Refusal::Limit)?;
        key.apply_block(*number, &mut object[..length]);
    }
    // From here on nothing says that there was a lock.
    if let Some(token) = user.get_mut(12..16) {
        token.copy_from_slice(&USER_TOKEN.to_le_bytes());
    }
    for place in edits.edits {
        let length = place.saturating_add(4);
        if u32_at(&document, length).is_some_and(|length| length >= 32)
            && let Some(session) = document.get_mut(place + HEADER + 28..place + HEADER + 32)
        {
            session.fill(0);
        }
    }
    let mut streams = BTreeMap::from([
        ("Current User".to_owned(), user),
        ("PowerPoint Document".to_owned(), document),
    ]);
    streams.extend(summary::streams(&mut file, &key, budget));
    with_streams(&mut file, streams, lost, budget)
}

//! Office documents that need a password (MS-OFFCRYPTO), opened before any
//! reader sees them: what comes out is the same document without the lock.
//!
//! Packages of Office Open XML are encrypted as a whole (agile and standard
//! encryption); in the binary formats the streams are (RC4, RC4 with a key made
//! by CryptoAPI, and the XOR of Office 95). Every try is charged.

mod aes;
mod agile;
mod digest;
mod excel;
mod package;
mod powerpoint;
mod rc4;
mod standard;
mod summary;
#[cfg(test)]
mod tests;
mod word;
mod xor;

use std::collections::BTreeMap;

use super::compound::{self, Compound};
use crate::extract::{Budget, Format};
use crate::model::{Gap, GapKind};

/// Passwords that programs set by themselves, so that nobody is asked: Excel's
/// for workbooks that are protected against changes, and PowerPoint's.
const BUILT_IN: [&str; 2] = ["VelvetSweatshop", "/01Hannes Ruescher/01"];

/// What came of a document that may be locked.
#[derive(Debug)]
pub(crate) enum Lock {
    /// It has none.
    Absent,
    /// It was opened: the document inside, and what of it was lost.
    Opened(Vec<u8>, Option<Gap>),
    /// It stays shut.
    Shut(Gap),
}

/// Why a document stays shut, or what stands in the way of trying.
#[derive(Debug)]
enum Refusal {
    /// It is not locked at all.
    Unlocked,
    /// None of the passwords is right.
    WrongPassword,
    /// It is locked in a way that is not undone here.
    Unknown(&'static str),
    /// What tells how it is locked does not hold together.
    Damaged(&'static str),
    /// A limit was reached.
    Limit(Gap),
}

/// Opens a document with the passwords there are, if it is one that may be locked.
pub(crate) fn unlock(format: Format, bytes: &[u8], budget: &mut Budget) -> Lock {
    let unlock = match format.media_type() {
        _ if format == Format::EncryptedOffice => package::unlock,
        "application/msword" => word::unlock,
        "application/vnd.ms-excel" => excel::unlock,
        "application/vnd.ms-powerpoint" => powerpoint::unlock,
        _ => return Lock::Absent,
    };
    let unlock = |keys: &[&str], budget: &mut Budget| match is_rights_managed(bytes) {
        true => Err(Refusal::Unknown("rights management, which opens it for named people only")),
        false => unlock(bytes, keys, budget),
    };
    let given = budget.passwords();
    let keys: Vec<&str> = given.iter().chain(BUILT_IN).collect();
    let (kind, words) = match unlock(&keys, budget) {
        Ok((bytes, gap)) => return Lock::Opened(bytes, gap),
        Err(Refusal::Unlocked) => return Lock::Absent,
        Err(Refusal::Limit(gap)) => return Lock::Shut(gap),
        Err(Refusal::WrongPassword) if given.iter().next().is_none() => {
            (GapKind::Encrypted, "the office document is encrypted with a password".to_owned())
        }
        Err(Refusal::WrongPassword) => (
            GapKind::Encrypted,
            "the office document is encrypted, and no password given opens it".to_owned(),
        ),
        Err(Refusal::Unknown(how)) => {
            (GapKind::Encrypted, format!("the office document is encrypted with {how}"))
        }
        Err(Refusal::Damaged(what)) => (
            GapKind::Encrypted,
            format!("the office document is encrypted, and {what} does not hold together"),
        ),
    };
    Lock::Shut(Gap::new(kind, words))
}

/// Whether a server decides who may open it (MS-OFFCRYPTO 2.2): the document is
/// in a stream of its own, and what a reader would see is a notice.
fn is_rights_managed(bytes: &[u8]) -> bool {
    const PLACES: [&str; 3] = [
        "\u{9}DRMContent",
        "\u{6}DataSpaces/TransformInfo/DRMEncryptedTransform",
        "\u{6}DataSpaces/TransformInfo/DRMTransform",
    ];
    Compound::open(bytes).is_some_and(|file| PLACES.iter().any(|at| file.find(at).is_some()))
}

/// A document without its lock, or why there is none.
type Unlocked = Result<(Vec<u8>, Option<Gap>), Refusal>;

/// The first password that makes a key; each try costs `steps`.
fn first_key<K>(
    passwords: &[&str],
    steps: u64,
    budget: &mut Budget,
    mut make: impl FnMut(&str) -> Option<K>,
) -> Result<K, Refusal> {
    for password in passwords {
        budget.spend_steps(steps).map_err(Refusal::Limit)?;
        if let Some(key) = make(password) {
            return Ok(key);
        }
    }
    Err(Refusal::WrongPassword)
}

/// A stream of the root, if it is there; what it lacks is kept in `lost`.
fn stream(
    file: &mut Compound<'_>,
    name: &str,
    budget: &mut Budget,
    lost: &mut Option<Gap>,
) -> Option<Vec<u8>> {
    let (bytes, gap) = file.stream(name, budget)?;
    if lost.is_none() {
        *lost = gap;
    }
    Some(bytes)
}

/// The compound file again, with other streams in its root.
fn with_streams(
    file: &mut Compound<'_>,
    streams: BTreeMap<String, Vec<u8>>,
    lost: Option<Gap>,
    budget: &mut Budget,
) -> Unlocked {
    match file.with_streams(streams, budget) {
        Ok((bytes, gap)) => Ok((bytes, lost.or(gap))),
        Err(_) => Err(Refusal::Damaged("the compound file")),
    }
}

fn open<'a>(bytes: &'a [u8]) -> Result<Compound<'a>, Refusal> {
    // What is no compound file, as old workbooks are none, has no such lock.
    if !bytes.starts_with(compound::MAGIC) {
        return Err(Refusal::Unlocked);
    }
    Compound::open(bytes).ok_or(Refusal::Unlocked)
}

/// A password as these algorithms take it.
fn utf16(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

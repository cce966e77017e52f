//! Packages encrypted as a whole: the stream that says how, and the one that
//! holds the package (MS-OFFCRYPTO 2.3.4).

use super::agile::Agile;
use super::standard::Standard;
use super::{Refusal, Unlocked, open, stream, u16_at};
use crate::extract::Budget;
use crate::model::Gap;

/// How a package is encrypted.
pub(super) enum Way {
    Agile(Agile),
    Standard(Standard),
}

pub(super) fn unlock(bytes: &[u8], passwords: &[&str], budget: &mut Budget) -> Unlocked {
    let mut lost = None;
    let Ok(mut file) = open(bytes) else {
        return Err(Refusal::Damaged("the compound file around it"));
    };
    let info = stream(&mut file, "EncryptionInfo", budget, &mut lost);
    let Some(info) = info else {
        return Err(Refusal::Damaged("what says how"));
    };
    let way = way(&info, budget)?;
    let package = stream(&mut file, "EncryptedPackage", budget, &mut lost).unwrap_or_default();
    let (size, package) = package.split_at_checked(8).unwrap_or_default();
    let size = size.try_into().map(u64::from_le_bytes).unwrap_or(0);
    let mut content = match way {
        Way::Agile(agile) => agile.open(package, passwords, budget)?,
        Way::Standard(standard) => standard.open(package, passwords, budget)?,
    };
    if size <= content.len() as u64 {
        content.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    } else if lost.is_none() {
        let words = format!("the package breaks off after {} of {size} bytes", content.len());
        lost = Some(Gap::new(crate::model::GapKind::Damaged, words));
    }
    Ok((content, lost))
}

fn way(info: &[u8], budget: &mut Budget) -> Result<Way, Refusal> {
    let damaged = || Refusal::Damaged("what says how");
    let versions = u16_at(info, 0).zip(u16_at(info, 2)).ok_or_else(damaged)?;
    match versions {
        (4, 4) => {
            let descriptor = info.get(8..).unwrap_or_default();
            Ok(Way::Agile(Agile::read(&String::from_utf8_lossy(descriptor), budget)?))
        }
        (2..=4, 2) => {
            Standard::read(info.get(4..).unwrap_or_default()).map(Way::Standard).ok_or_else(damaged)
        }
        (_, 3) => Err(Refusal::Unknown("a method of another program's (extensible encryption)")),
        _ => Err(Refusal::Unknown("a method of another version")),
    }
}

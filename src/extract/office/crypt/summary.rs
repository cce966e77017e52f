//! Properties encrypted with the document: streams packed into one, with a list
//! of them at its end (MS-OFFCRYPTO 2.3.5.4).

use super::rc4::Key;
use super::{u16_at, u32_at};
use crate::extract::Budget;
use crate::extract::office::compound::Compound;

/// What the stream is called, in Word's and PowerPoint's files and in Excel's.
const NAMES: [&str; 2] = ["EncryptedSummary", "encryption"];

/// A document has two such streams.
const MAX_STREAMS: usize = 16;

/// The streams with their names. What does not hold together is left out: the
/// document is there without it.
pub(super) fn streams(
    file: &mut Compound<'_>,
    key: &Key,
    budget: &mut Budget,
) -> Vec<(String, Vec<u8>)> {
    let Some((packed, _)) = NAMES.iter().find_map(|name| file.stream(name, budget)) else {
        return Vec::new();
    };
    unpack(&packed, key).unwrap_or_default()
}

fn unpack(packed: &[u8], key: &Key) -> Option<Vec<(String, Vec<u8>)>> {
    let at = u32_at(packed, 0)? as usize;
    let size = u32_at(packed, 4)? as usize;
    let mut list = packed.get(at..at.checked_add(size)?.min(packed.len()))?.to_vec();
    key.apply_block(0, &mut list);
    let count = u32_at(&list, 0)? as usize;
    let mut rest = list.get(4..)?;
    let mut made = Vec::new();
    for _ in 0..count.min(MAX_STREAMS) {
        let (from, length) = (u32_at(rest, 0)? as usize, u32_at(rest, 4)? as usize);
        let block = u16_at(rest, 8)?;
        let units = usize::from(*rest.get(10)?);
        let name = rest.get(16..16 + 2 * units)?;
        let name: Vec<u16> =
            name.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
        let mut bytes = packed.get(from..from.checked_add(length)?)?.to_vec();
        key.apply_block(u32::from(block), &mut bytes);
        made.push((String::from_utf16_lossy(&name), bytes));
        rest = rest.get(16 + 2 * units + 2..).unwrap_or_default();
    }
    Some(made)
}

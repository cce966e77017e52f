//! Headers of RAR 1.5 to 4 (technote.txt of WinRAR 4).

use super::crypt::Seal;
use super::unpack50::Settings;
use super::{Item, Keys, Kind, List, Packing, Sum};
use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Length of the shortest header.
const HEAD: usize = 7;

/// Reads all headers.
pub(super) fn read(bytes: &[u8], keys: &mut Keys, budget: &mut Budget) -> List {
    let mut list = List::default();
    let mut at = HEAD;
    let mut encrypted = false;
    let mut seen_main = false;
    // A damaged header is looked behind for the next one, within bounds.
    let mut work = bytes.len().saturating_mul(8);
    while at < bytes.len() && list.has_room(budget) {
        let block = match encrypted {
            false => Block::at(bytes, at).map(|block| (block, at)),
            true => match open_header(bytes, at, keys, budget) {
                Ok(found) => found,
                Err(gap) => {
                    list.gaps.push(gap);
                    return list;
                }
            },
        };
        let Some((block, start)) = block else {
            if !encrypted && let Some(next) = next_header(bytes, at + 1, &mut work) {
                list.damaged(format!("{} bytes at byte {at} are no header", next - at));
                at = next;
                continue;
            }
            list.rest(bytes, at);
            return list;
        };
        let data = start.saturating_add(block.length);
        match block.kind {
            0x73 => {
                seen_main = true;
                encrypted = block.flags & 0x80 != 0;
                list.solid = block.flags & 8 != 0;
                if block.flags & 2 != 0 {
                    list.damaged_comment();
                }
            }
            0x74 | 0x7A => {
                if let Some(item) = file(&block, data, bytes.len()) {
                    list.push(item);
                } else {
                    list.damaged(format!("the header of a member at byte {at} is damaged"));
                }
            }
            0x7B => {
                list.ended = true;
                list.more_volumes = block.flags & 1 != 0;
                list.rest = bytes.get(data..).unwrap_or_default().to_vec();
                return list;
            }
            _ => {}
        }
        at = data.saturating_add(usize::try_from(block.data).unwrap_or(usize::MAX));
        list.cut |= at > bytes.len();
    }
    // Archives of old have no mark of the end.
    list.ended = seen_main && at == bytes.len();
    list
}

/// A header, in the clear.
struct Block {
    kind: u8,
    flags: u16,
    /// Its bytes from the first on.
    head: Vec<u8>,
    /// How far it reaches in the file, with what encryption adds.
    length: usize,
    /// How many bytes of data follow.
    data: u64,
}

impl Block {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        let size = usize::from(u16_at(rest, 5)?).max(HEAD);
        let head = rest.get(..size)?;
        let block = Self::of(head)?;
        Some(Self { length: size, ..block })
    }

    fn of(head: &[u8]) -> Option<Self> {
        let (kind, flags) = (*head.get(2)?, u16_at(head, 3)?);
        // What comments within a header take is not summed.
        let summed = match kind {
            0x73 => head.get(2..13.min(head.len()))?,
            0x74 if flags & 8 != 0 => head.get(2..32 + usize::from(u16_at(head, 26)?))?,
            _ => head.get(2..)?,
        };
        if super::crc_of(summed) as u16 != u16_at(head, 0)? && !matches!(kind, 0x75..=0x79) {
            return None;
        }
        let with_data = flags & 0x8000 != 0 || matches!(kind, 0x74 | 0x7A);
        let mut data = if with_data { u64::from(u32_at(head, 7)?) } else { 0 };
        if matches!(kind, 0x74 | 0x7A) && flags & 0x100 != 0 {
            data |= u64::from(u32_at(head, 32)?) << 32;
        }
        (0x72..=0x7B).contains(&kind).then(|| Self {
            kind,
            flags,
            head: head.to_vec(),
            length: head.len(),
            data,
        })
    }
}

/// Decrypts the header at that place: a salt of eight bytes, and blocks.
fn open_header(
    bytes: &[u8],
    at: usize,
    keys: &mut Keys,
    budget: &mut Budget,
) -> Result<Option<(Block, usize)>, Gap> {
    let Some((salt, rest)) = bytes.get(at..).and_then(|rest| rest.split_first_chunk::<8>()) else {
        return Ok(None);
    };
    let seal = Seal::Three { salt: *salt };
    let try_key = |key: &super::crypt::Key| {
        let first = seal.open(key, rest.get(..16)?);
        let size = usize::from(u16_at(&first, 5)?).max(HEAD);
        let padded = size.next_multiple_of(16);
        let mut head = seal.open(key, rest.get(..padded)?);
        head.truncate(size);
        let block = Block::of(&head)?;
        Some(Block { length: padded, ..block })
    };
    let found = keys.try_all(&seal, budget, |key| try_key(key))?;
    Ok(Some((found, at + 8)))
}

fn next_header(bytes: &[u8], from: usize, work: &mut usize) -> Option<usize> {
    (from..bytes.len().saturating_sub(HEAD)).find(|at| {
        let is_kind = matches!(bytes.get(at + 2), Some(0x74 | 0x7A | 0x7B));
        let size = bytes.get(at + 5..).and_then(|rest| u16_at(rest, 0));
        let Some(size) = size.filter(|size| is_kind && (7..0x1000).contains(size)) else {
            return false;
        };
        let Some(left) = work.checked_sub(size.into()) else { return false };
        *work = left;
        Block::at(bytes, *at).is_some()
    })
}

/// A member, or what serves one.
fn file(block: &Block, data: usize, length: usize) -> Option<Item> {
    let head = block.head.as_slice();
    let flags = block.flags;
    let wide = flags & 0x100 != 0;
    let size = u64::from(u32_at(head, 11)?);
    let high = if wide { u64::from(u32_at(head, 36)?) << 32 } else { 0 };
    let (version, method) = (*head.get(24)?, *head.get(25)?);
    let name_start = if wide { 40 } else { 32 };
    let name_end = name_start + usize::from(u16_at(head, 26)?);
    let name = head.get(name_start..name_end)?;
    let attributes = u32_at(head, 28)?;
    let is_unix = matches!(head.get(15), Some(3..=5));
    let is_folder = flags & 0xE0 == 0xE0;
    let salt = head.get(name_end..).and_then(|rest| rest.first_chunk::<8>());
    let seal = match (flags & 4 != 0, flags & 0x400 != 0, version) {
        (false, ..) => None,
        (true, true, 29..) => Some(Seal::Three { salt: *salt? }),
        _ => Some(Seal::Old),
    };
    let end = data.saturating_add(usize::try_from(block.data).unwrap_or(usize::MAX));
    let packing = match (method, version) {
        (0x30, _) => Packing::Stored,
        (0x31..=0x35, 29..=36) => Packing::Rar29,
        _ => Packing::Other(version),
    };
    let (raw, text) = names(name, flags & 0x200 != 0);
    let kind = match block.kind {
        0x7A => match raw.as_slice() {
            // The flags of a service stand where a file has its attributes.
            b"CMT" => Kind::Comment { wide: attributes & 1 != 0 },
            b"STM" => {
                let from = name_end + if flags & 0x400 != 0 { 8 } else { 0 };
                Kind::Stream(utf16(head.get(from..).unwrap_or_default()))
            }
            _ => Kind::Service,
        },
        _ if is_folder => Kind::Folder,
        _ if is_unix && attributes & 0xF000 == 0xA000 => Kind::LinkInData,
        _ => Kind::File,
    };
    Some(Item {
        raw_name: raw,
        name: text,
        kind,
        data: data.min(length)..end.min(length),
        cut: end > length,
        size: Some(size | high).filter(|size| *size != u64::MAX && *size != 0xFFFF_FFFF),
        sum: Sum::Crc(u32_at(head, 16)?),
        packing,
        solid: flags & 0x10 != 0,
        before: flags & 1 != 0,
        after: flags & 2 != 0,
        seal,
        settings: Settings { window: 0, wide: false },
    })
}

/// A name: bytes of a code page, and characters where they are told.
fn names(field: &[u8], has_unicode: bool) -> (Vec<u8>, Option<String>) {
    if !has_unicode {
        return (field.to_vec(), None);
    }
    let Some(zero) = field.iter().position(|byte| *byte == 0) else {
        // Without a second form the first is UTF-8.
        return (field.to_vec(), String::from_utf8(field.to_vec()).ok());
    };
    let (plain, packed) = (&field[..zero], &field[zero + 1..]);
    let units = unpack_name(plain, packed);
    (plain.to_vec(), Some(String::from_utf16_lossy(&units)))
}

/// Characters of two bytes, of which the higher one is left out where it is the
/// common one or zero, or which are taken from the plain name.
fn unpack_name(plain: &[u8], packed: &[u8]) -> Vec<u16> {
    let mut rest = packed.iter().copied();
    let mut units: Vec<u16> = Vec::new();
    let Some(high) = rest.next().map(|high| u16::from(high) << 8) else { return units };
    let (mut flags, mut left) = (0u8, 0);
    while units.len() < 4096 {
        if left == 0 {
            let Some(next) = rest.next() else { break };
            (flags, left) = (next, 4);
        }
        let Some(byte) = rest.next() else { break };
        let one = u16::from(byte);
        match flags >> 6 {
            0 => units.push(one),
            1 => units.push(one | high),
            2 => match rest.next() {
                Some(above) => units.push(one | u16::from(above) << 8),
                None => break,
            },
            _ => {
                let (shift, above) = match byte & 0x80 {
                    0 => (0, 0),
                    _ => (rest.next().unwrap_or(0), high),
                };
                for _ in 0..usize::from(byte & 0x7F) + 2 {
                    let below = plain.get(units.len()).copied().unwrap_or(0);
                    units.push(u16::from(below.wrapping_add(shift)) | above);
                }
            }
        }
        flags <<= 2;
        left -= 1;
    }
    units
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).take(255).collect();
    String::from_utf16_lossy(&units)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

impl List {
    /// A comment in the old place, packed in an old way.
    fn damaged_comment(&mut self) {
        let words = "the archive has a comment in an old form that is not read";
        self.gaps.push(Gap::new(GapKind::Unsupported, words));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_two_forms_are_put_together() {
        // 机密a: two characters in full, then one with the high byte left out.
        let packed = [0x67, 0b1001_0000, 0x3A, 0x67, 0xC6, b'a'];
        let units = unpack_name(b"??a", &[0x67, 0b1010_0000, 0x3A, 0x67, 0xC6, 0x5B, b'a']);
        assert_eq!(String::from_utf16_lossy(&units), "机密a");
        let units = unpack_name(b"", &packed);
        assert_eq!(units.first(), Some(&0x673A));
        // From the plain name, as it is.
        let units = unpack_name(b"report", &[0, 0b1100_0000, 4]);
        assert_eq!(String::from_utf16_lossy(&units), "report");
        assert!(unpack_name(b"", &[]).is_empty());
        assert_eq!(names("通知".as_bytes(), true).1.as_deref(), Some("通知"));
        assert_eq!(names(b"a", false), (b"a".to_vec(), None));
    }
}

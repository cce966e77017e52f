//! Headers of RAR 5 and 7 (rarlab's "RAR 5.0 archive format").

use sha2::{Digest, Sha256};

use super::crypt::{Key, Seal};
use super::unpack50::Settings;
use super::{Item, Keys, Kind, List, Packing, Sum};
use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Length of the signature.
const SIGNATURE: usize = 8;

/// The longest header.
const MAX_HEADER: usize = 2 << 20;

/// The largest window that is made. A larger one is declared for content that is
/// larger still.
const MAX_WINDOW: u64 = 1 << 30;

/// Reads all headers.
pub(super) fn read(bytes: &[u8], keys: &mut Keys, budget: &mut Budget) -> List {
    let mut list = List::default();
    let mut at = SIGNATURE;
    let mut sealed: Option<(Seal, Key)> = None;
    let mut work = bytes.len().saturating_mul(8);
    while at < bytes.len() && list.has_room(budget) {
        let block = match &sealed {
            None => Block::at(bytes, at),
            Some((seal, key)) => Block::open(bytes, at, seal, key),
        };
        let Some(block) = block else {
            let next = match sealed {
                None => next_header(bytes, at + 1, &mut work),
                Some(_) => None,
            };
            if let Some(next) = next {
                list.damaged(format!("{} bytes at byte {at} are no header", next - at));
                at = next;
                continue;
            }
            list.rest(bytes, at);
            return list;
        };
        let mut fields = Fields(&block.body);
        match block.kind {
            1 => {
                let flags = fields.number().unwrap_or(0);
                list.solid = flags & 4 != 0;
                for (kind, record) in records(&block.extra) {
                    list.extend_name(kind, record);
                }
            }
            2 | 3 => match file(&block, bytes.len()) {
                Some(item) => list.push(item),
                None => list.damaged(format!("the header of a member at byte {at} is damaged")),
            },
            4 => match open(&block, keys, budget) {
                Ok(opened) => sealed = Some(opened),
                Err(gap) => {
                    list.gaps.push(gap);
                    return list;
                }
            },
            5 => {
                list.ended = true;
                list.more_volumes = fields.number().unwrap_or(0) & 1 != 0;
                list.rest = bytes.get(block.data.start..).unwrap_or_default().to_vec();
                return list;
            }
            _ => {}
        }
        list.cut |= block.data.end > bytes.len();
        at = block.data.end;
    }
    list
}

/// The key of an archive whose headers are encrypted.
fn open(block: &Block, keys: &mut Keys, budget: &mut Budget) -> Result<(Seal, Key), Gap> {
    let words = "the list of members is encrypted in a way that is not undone here";
    let unknown = || Gap::new(GapKind::Encrypted, words);
    let mut fields = Fields(&block.body);
    let mut seal = || {
        let (version, flags) = (fields.number()?, fields.number()?);
        let power = fields.byte()?;
        let salt = fields.bytes()?;
        let check = if flags & 1 != 0 { fields.check()? } else { None };
        (version == 0).then_some(Seal::Five { salt, power, vector: [0; 16], check, keyed: false })
    };
    let seal = seal().ok_or_else(unknown)?;
    let key = keys.try_all(&seal, budget, |key| (!seal.refuses(key)).then(|| key.clone()))?;
    Ok((seal, key))
}

/// A header, in the clear.
struct Block {
    kind: u64,
    flags: u64,
    /// What stands behind the fields that all headers have.
    body: Vec<u8>,
    extra: Vec<u8>,
    /// The data behind it; may reach beyond the file.
    data: std::ops::Range<usize>,
}

impl Block {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        let (crc, fields) = rest.split_first_chunk::<4>()?;
        let (size, size_length) = size_of(fields)?;
        let head = fields.get(..size_length + size)?;
        Self::of(*crc, head, size_length, at + 4 + size_length + size)
    }

    /// An encrypted one: a vector of sixteen bytes, and blocks.
    fn open(bytes: &[u8], at: usize, seal: &Seal, key: &Key) -> Option<Self> {
        let (vector, rest) = bytes.get(at..)?.split_first_chunk::<16>()?;
        let Seal::Five { salt, power, .. } = seal else { return None };
        let (salt, power, vector) = (*salt, *power, *vector);
        let seal = Seal::Five { salt, power, vector, check: None, keyed: false };
        let first = seal.open(key, rest.get(..16)?);
        let (size, size_length) = size_of(first.get(4..)?)?;
        let length = 4 + size_length + size;
        let head = seal.open(key, rest.get(..length.next_multiple_of(16))?);
        let (crc, fields) = head.split_first_chunk::<4>()?;
        let fields = fields.get(..size_length + size)?;
        Self::of(*crc, fields, size_length, at + 16 + length.next_multiple_of(16))
    }

    fn of(crc: [u8; 4], head: &[u8], size_length: usize, end: usize) -> Option<Self> {
        if u32::from_le_bytes(crc) != super::crc_of(head) {
            return None;
        }
        let mut fields = Fields(head.get(size_length..)?);
        let (kind, flags) = (fields.number()?, fields.number()?);
        let extra = if flags & 1 != 0 { usize::try_from(fields.number()?).ok()? } else { 0 };
        let data = if flags & 2 != 0 { fields.number()? } else { 0 };
        let (body, extra) = fields.0.split_at_checked(fields.0.len().checked_sub(extra)?)?;
        let data_end = end.saturating_add(usize::try_from(data).unwrap_or(usize::MAX));
        let (body, extra) = (body.to_vec(), extra.to_vec());
        Some(Self { kind, flags, body, extra, data: end..data_end })
    }
}

/// The length of a header behind the field that tells it, and of that field.
fn size_of(fields: &[u8]) -> Option<(usize, usize)> {
    let mut rest = Fields(fields);
    let size = usize::try_from(rest.number()?).ok().filter(|size| *size <= MAX_HEADER)?;
    Some((size, fields.len() - rest.0.len()))
}

fn next_header(bytes: &[u8], from: usize, work: &mut usize) -> Option<usize> {
    (from..bytes.len().saturating_sub(7)).find(|at| {
        let Some((size, length)) = bytes.get(at + 4..).and_then(size_of) else { return false };
        let kind = bytes.get(at + 4 + length);
        if !matches!(kind, Some(2 | 3 | 5)) || size > 0x1000 {
            return false;
        }
        let Some(left) = work.checked_sub(size) else { return false };
        *work = left;
        Block::at(bytes, *at).is_some()
    })
}

/// A member, or what serves one.
fn file(block: &Block, length: usize) -> Option<Item> {
    let mut fields = Fields(&block.body);
    let flags = fields.number()?;
    let size = fields.number()?;
    let _attributes = fields.number()?;
    if flags & 2 != 0 {
        fields.bytes::<4>()?;
    }
    let sum = match flags & 4 {
        0 => Sum::Absent,
        _ => Sum::Crc(u32::from_le_bytes(fields.bytes()?)),
    };
    let how = fields.number()?;
    let _system = fields.number()?;
    let name_length = usize::try_from(fields.number()?).ok()?;
    let raw_name = fields.0.get(..name_length)?.to_vec();
    let mut item = Item {
        name: Some(String::from_utf8_lossy(&raw_name).into_owned()),
        raw_name,
        kind: if flags & 1 != 0 { Kind::Folder } else { Kind::File },
        data: block.data.start.min(length)..block.data.end.min(length),
        cut: block.data.end > length,
        size: (flags & 8 == 0).then_some(size),
        sum,
        packing: match (how & 0x3F, how >> 7 & 7) {
            (_, 0) => Packing::Stored,
            (0 | 1, 1..=5) => Packing::Rar50,
            (version, _) => Packing::Other(version as u8),
        },
        solid: how & 0x40 != 0,
        before: block.flags & 8 != 0,
        after: block.flags & 0x10 != 0,
        seal: None,
        settings: settings(how),
    };
    if block.kind == 3 {
        item.kind = match item.raw_name.as_slice() {
            b"CMT" => Kind::Comment { wide: false },
            b"STM" => Kind::Stream(String::new()),
            _ => Kind::Service,
        };
    }
    for (kind, record) in records(&block.extra) {
        let mut fields = Fields(record);
        match kind {
            1 => item.seal = Some(seal(&mut fields).unwrap_or(Seal::Old)),
            2 => {
                if let (Some(0), Some(digest)) = (fields.number(), fields.bytes()) {
                    item.sum = Sum::Blake(digest);
                }
            }
            5 => {
                let (_kind, _flags) = (fields.number()?, fields.number()?);
                let length = usize::try_from(fields.number()?).ok()?;
                let target = fields.0.get(..length)?;
                item.kind = Kind::Link(String::from_utf8_lossy(target).into_owned());
            }
            7 if matches!(item.kind, Kind::Stream(_)) => {
                item.kind = Kind::Stream(String::from_utf8_lossy(record).into_owned());
            }
            _ => {}
        }
    }
    Some(item)
}

/// Window and version of the way it is packed. RAR 7 counts windows finer.
fn settings(how: u64) -> Settings {
    let is_seven = how & 0x3F == 1;
    let base = 0x2_0000u64 << (how >> 10 & if is_seven { 0x1F } else { 0xF });
    let more = if is_seven { base / 32 * (how >> 15 & 0x1F) } else { 0 };
    let window = usize::try_from((base + more).min(MAX_WINDOW)).unwrap_or(usize::MAX);
    Settings { window, wide: is_seven && how >> 20 & 1 == 0 }
}

fn seal(fields: &mut Fields<'_>) -> Option<Seal> {
    let (version, flags) = (fields.number()?, fields.number()?);
    let power = fields.byte()?;
    let (salt, vector) = (fields.bytes()?, fields.bytes()?);
    let check = if flags & 1 != 0 { fields.check()? } else { None };
    let keyed = flags & 2 != 0;
    (version == 0).then_some(Seal::Five { salt, power, vector, check, keyed })
}

/// Records of the extra area: kind and content.
fn records(area: &[u8]) -> Vec<(u64, &[u8])> {
    let mut rest = Fields(area);
    let mut found = Vec::new();
    while let Some(size) = rest.number().and_then(|size| usize::try_from(size).ok()) {
        let Some((record, behind)) = rest.0.split_at_checked(size) else { break };
        rest.0 = behind;
        let mut fields = Fields(record);
        let Some(kind) = fields.number() else { break };
        found.push((kind, fields.0));
    }
    found
}

impl List {
    /// The name an archive was made with, which its main header may keep.
    fn extend_name(&mut self, kind: u64, record: &[u8]) {
        let mut fields = Fields(record);
        let mut name = || {
            let flags = fields.number().filter(|flags| kind == 2 && flags & 1 != 0)?;
            let _ = flags;
            let length = usize::try_from(fields.number()?).ok()?;
            let name = fields.0.get(..length)?;
            Some(String::from_utf8_lossy(name).trim_end_matches('\0').to_owned())
        };
        if let Some(name) = name() {
            self.said.push(("name", name));
        }
    }
}

/// What is left of a header.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*bytes)
    }

    /// What tells a wrong password, unless it does not hold itself.
    #[allow(clippy::option_option)]
    fn check(&mut self) -> Option<Option<[u8; 8]>> {
        let (check, sum) = (self.bytes::<8>()?, self.bytes::<4>()?);
        Some(Sha256::digest(check).starts_with(&sum).then_some(check))
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for at in 0..10 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F).checked_shl(7 * at).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_seven_bits_a_byte() {
        for (bytes, want) in [
            (&[0x05][..], Some(5)),
            (&[0x80, 0x01], Some(128)),
            (&[0xFF; 9], None),
            (&[0x80; 12], None),
            (&[], None),
        ] {
            assert_eq!(Fields(bytes).number(), want, "{bytes:?}");
        }
    }

    #[test]
    fn windows_are_as_large_as_is_told_within_reason() {
        assert_eq!(settings(5 << 10).window, 4 << 20);
        assert_eq!(settings(15 << 10).window, 1 << 30);
        let seven = settings(1 | 5 << 10 | 16 << 15);
        assert_eq!((seven.window, seven.wide), (6 << 20, true));
        assert!(!settings(1 | 1 << 20).wide);
        assert_eq!(settings(1 | 31 << 10).window, 1 << 30);
    }
}

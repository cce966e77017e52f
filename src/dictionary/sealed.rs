//! The box that keyed lists and known documents come in.
//!
//! ```text
//! 8  magic: VMKEYED1 or VMKNOWN1
//! 8  key id
//! 32 start: HMAC of magic and body
//! 8  length of the body
//! …  body, covered
//! 32 SHA-256 of all before
//! ```
//!
//! Integers are little-endian. The body is covered under the key, with an HMAC of
//! itself to start from: the same body and key give the same bytes, and without
//! the key nothing can be learnt but its length. A checksum that needs no key comes
//! last, so that damage and a wrong key are told apart.

use std::fmt;

use sha2::{Digest, Sha256};

use super::key::{Key, KeyId};
use crate::model::hex;

/// What a box holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// A keyed list.
    Keyed,
    /// Known documents.
    Known,
}

impl Sealed {
    /// Each kind with how its files begin; the last character is the version.
    const MAGIC: [(Self, &'static [u8; 8]); 2] =
        [(Self::Keyed, b"VMKEYED1"), (Self::Known, b"VMKNOWN1")];

    fn magic(self) -> &'static [u8; 8] {
        match self {
            Self::Keyed => b"VMKEYED1",
            Self::Known => b"VMKNOWN1",
        }
    }

    /// What a file that begins like this is, of any version.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let same = |magic: &[u8; 8]| bytes.starts_with(&magic[..7]);
        Self::MAGIC.iter().find(|(_, magic)| same(magic)).map(|(kind, _)| *kind)
    }
}

/// Why a box cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shut {
    /// It is none.
    NoBox,
    /// A version this program does not know.
    Version(char),
    /// It does not hold together: what is wrong.
    Damaged(&'static str),
    /// It was made with another key: which.
    OtherKey(KeyId),
}

impl fmt::Display for Shut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBox => f.write_str("neither a keyed list nor known documents"),
            Self::Version(version) => {
                write!(f, "made by another version of vetmark (format {version})")
            }
            Self::Damaged(what) => write!(f, "the file is damaged: {what}"),
            Self::OtherKey(id) => {
                write!(f, "the list was made with another key (key id {})", hex(id))
            }
        }
    }
}

/// Bytes before the body.
const HEAD: usize = 8 + 8 + 32 + 8;

/// Bytes behind it.
const CHECK: usize = 32;

/// Puts a body into a box.
pub fn seal(kind: Sealed, key: &Key, body: &[u8]) -> Vec<u8> {
    let start = start(kind, key, body);
    let mut bytes = Vec::with_capacity(HEAD + body.len() + CHECK);
    bytes.extend_from_slice(kind.magic());
    bytes.extend_from_slice(&key.id());
    bytes.extend_from_slice(&start);
    bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
    bytes.extend_from_slice(body);
    key.mac("vetmark box cover").cover(&start, &mut bytes[HEAD..]);
    let check: [u8; CHECK] = Sha256::digest(&bytes).into();
    bytes.extend_from_slice(&check);
    bytes
}

/// Takes the body out again, with the first of the keys that made it.
///
/// # Errors
/// Why there is none.
pub fn open<'k>(bytes: &[u8], keys: &'k [Key]) -> Result<(Sealed, &'k Key, Vec<u8>), Shut> {
    let kind = Sealed::of(bytes).ok_or(Shut::NoBox)?;
    let damaged = |what| Err(Shut::Damaged(what));
    let (Some(head), Some(rest)) = (bytes.get(..HEAD), bytes.get(HEAD..)) else {
        return damaged("it ends early");
    };
    if head[..8] != kind.magic()[..] {
        return Err(Shut::Version(char::from(head[7])));
    }
    let declared = u64::from_le_bytes(head[48..56].try_into().unwrap_or_default());
    let Some((body, check)) = rest.split_last_chunk::<CHECK>() else {
        return damaged("it ends early");
    };
    if body.len() as u64 != declared {
        return damaged(if (body.len() as u64) < declared {
            "it ends early"
        } else {
            "something follows its end"
        });
    }
    if Sha256::digest(&bytes[..HEAD + body.len()])[..] != check[..] {
        return damaged("its checksum is wrong");
    }
    let id: KeyId = head[8..16].try_into().unwrap_or_default();
    let start_of: [u8; 32] = head[16..48].try_into().unwrap_or_default();
    let Some(key) = keys.iter().find(|key| key.id() == id) else {
        return Err(Shut::OtherKey(id));
    };
    let mut body = body.to_vec();
    key.mac("vetmark box cover").cover(&start_of, &mut body);
    if start(kind, key, &body) != start_of {
        return damaged("somebody changed it who has not the key");
    }
    Ok((kind, key, body))
}

/// The digest of what was looked for before and of one file more.
pub(super) fn digest(before: &str, bytes: &[u8]) -> String {
    hex(&Sha256::new().chain_update(before).chain_update(Sha256::digest(bytes)).finalize())
}

fn start(kind: Sealed, key: &Key, body: &[u8]) -> [u8; 32] {
    key.mac("vetmark box start").of(&[kind.magic(), body])
}

/// Writes the fields of a body.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes with their length before them.
    pub(super) fn counted(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.raw(bytes);
    }
}

/// Reads them again; what is not there is an error and never a panic.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
}

/// What a body that does not hold what it says is called.
const SHORT: Shut = Shut::Damaged("its body does not hold what it says");

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn raw(&mut self, count: usize) -> Result<&'a [u8], Shut> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(SHORT)?;
        self.bytes = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Shut> {
        self.raw(N)?.try_into().map_err(|_| SHORT)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Shut> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u32(&mut self) -> Result<u32, Shut> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Shut> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn counted(&mut self) -> Result<&'a [u8], Shut> {
        let count = self.u32()?;
        self.raw(count as usize)
    }

    pub(super) fn text(&mut self) -> Result<String, Shut> {
        let bytes = self.counted()?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| SHORT)
    }

    /// A count of things of `size` bytes or more each: no more than there can be.
    pub(super) fn count(&mut self, size: usize) -> Result<usize, Shut> {
        let count = self.u32()? as usize;
        match count.checked_mul(size) {
            Some(needed) if needed <= self.bytes.len() => Ok(count),
            _ => Err(SHORT),
        }
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), Shut> {
        if self.bytes.is_empty() { Ok(()) } else { Err(SHORT) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::dictionary) fn key(seed: u8) -> Key {
        let bytes: [u8; 32] = std::array::from_fn(|i| (i * 37) as u8 ^ seed);
        Key::read(&bytes).unwrap()
    }

    #[test]
    fn a_box_opens_with_its_key_alone_and_shows_nothing() {
        let body = "磐石七号".repeat(40).into_bytes();
        let sealed = seal(Sealed::Known, &key(1), &body);
        assert_eq!(sealed, seal(Sealed::Known, &key(1), &body));
        let keys = [key(2), key(1)];
        let (kind, opened_by, opened) = open(&sealed, &keys).unwrap();
        assert_eq!((kind, opened_by.id(), opened), (Sealed::Known, key(1).id(), body.clone()));
        let shut = open(&sealed, &[key(2)]).unwrap_err();
        assert_eq!(shut, Shut::OtherKey(key(1).id()));
        assert!(shut.to_string().contains("made with another key"), "{shut}");
        let piece = &body[..8];
        assert!(!sealed.windows(8).any(|window| window == piece));
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_said() {
        let sealed = seal(Sealed::Keyed, &key(1), b"some body of some length");
        let keys = [key(1)];
        for length in 0..sealed.len() {
            assert!(open(&sealed[..length], &keys).is_err(), "cut at {length}");
        }
        for bit in 0..sealed.len() * 8 {
            let mut bytes = sealed.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let shut = open(&bytes, &keys).unwrap_err();
            // Only what tells kinds and versions apart may be taken for another.
            assert!(bit / 8 < 8 || matches!(shut, Shut::Damaged(_)), "{bit}: {shut}");
        }
        let mut longer = sealed.clone();
        longer.push(0);
        assert_eq!(
            open(&longer, &keys).unwrap_err().to_string(),
            "the file is damaged: something follows its end"
        );
    }

    /// Somebody who mends the checksum still has not the key.
    #[test]
    fn a_change_with_a_mended_checksum_is_said() {
        let mut bytes = seal(Sealed::Keyed, &key(1), b"some body of some length");
        bytes[HEAD + 3] ^= 1;
        let end = bytes.len() - CHECK;
        let check: [u8; CHECK] = Sha256::digest(&bytes[..end]).into();
        bytes[end..].copy_from_slice(&check);
        let shut = open(&bytes, &[key(1)]).unwrap_err();
        assert!(shut.to_string().contains("who has not the key"), "{shut}");
    }
}

//! A member's content: decrypted, unpacked and held against its checksum.

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::GB18030;
use flate2::bufread::DeflateDecoder;

use super::crypt::{Cipher, ROUNDS};
use super::records::{u16_at, u32_at};
use super::{Directory, Entry};
use crate::extract::archive::codec::{self, Method, Source};
use crate::extract::archive::names::extra_fields;
use crate::extract::{Budget, Metered};
use crate::model::{Gap, GapKind};

/// Compression method "stored".
const STORED: u16 = 0;
/// Compression method "deflated".
const DEFLATED: u16 = 8;
/// What stands in the method's place where a member is encrypted with AES.
const AES: u16 = 99;

/// Content, and what stood in the way of all of it.
type Content = (Vec<u8>, Option<Gap>);

impl Directory<'_> {
    /// A member's content as far as it can be had, and what stood in the way.
    pub fn unpack(&self, entry: &Entry<'_>, budget: &mut Budget) -> Content {
        let packed = self.bytes.get(entry.data.clone()).unwrap_or_default();
        if entry.is_encrypted() {
            return self.open(entry, packed, budget);
        }
        entry.inflate(entry.method, packed, packed.len(), true, budget).unwrap_or_else(lost)
    }

    /// Tries passwords on an encrypted member: first the one that opened the
    /// member before it.
    fn open(&self, entry: &Entry<'_>, packed: &[u8], budget: &mut Budget) -> Content {
        let sealed = |words: &str| (Vec::new(), Some(Gap::new(GapKind::Encrypted, words)));
        let Some((cipher, method, has_crc)) = entry.cipher() else {
            return sealed("encrypted in a way that is not undone here");
        };
        let passwords = budget.passwords();
        let passwords: Vec<&str> = passwords.iter().collect();
        if passwords.is_empty() {
            return sealed("encrypted with a password");
        }
        let last = self.opened_by.get();
        let order = std::iter::once(last).chain((0..passwords.len()).filter(|at| *at != last));
        let mut nearest = None;
        for at in order {
            let Some(password) = passwords.get(at) else { continue };
            for spelled in spellings(password) {
                if budget.spend_steps(u64::from(ROUNDS)).is_err() {
                    return sealed("encrypted with a password; not all of those given were tried");
                }
                let Some((plain, whole)) = cipher.open(packed, &spelled) else { continue };
                let plain: Source<'_> = Box::new(plain);
                let content = entry.inflate_from(method, plain, packed.len(), has_crc, budget);
                let (content, gap) = content.unwrap_or_else(lost);
                if gap.is_none() && whole {
                    self.opened_by.set(at);
                    return (content, None);
                }
                let gap = gap.unwrap_or_else(|| {
                    Gap::new(GapKind::Damaged, "it was changed after it was encrypted")
                });
                // One in 65,536 passwords passes the check of AES by chance, and
                // one in 256 the older one.
                let fits = matches!(cipher, Cipher::Aes { .. }) || gap.kind != GapKind::Damaged;
                if fits && nearest.is_none() {
                    nearest = Some((content, Some(gap)));
                }
            }
        }
        nearest.unwrap_or_else(|| sealed("encrypted, and none of the passwords given opens it"))
    }

    /// The first bytes of a member's content, without charge: at most `limit`.
    pub fn peek(&self, entry: &Entry<'_>, limit: usize) -> Vec<u8> {
        let packed = self.bytes.get(entry.data.clone()).unwrap_or_default();
        let mut bytes = Vec::new();
        if !entry.is_encrypted() {
            let limit = limit as u64;
            // What came before an error is kept, and is all that is asked for.
            let _ = match entry.method {
                STORED => packed.take(limit).read_to_end(&mut bytes),
                DEFLATED => DeflateDecoder::new(packed).take(limit).read_to_end(&mut bytes),
                _ => Ok(0),
            };
        }
        bytes
    }
}

fn lost(gap: Gap) -> Content {
    (Vec::new(), Some(gap))
}

/// A password in the bytes it may have been typed in: UTF-8, and the code page
/// of Chinese Windows.
fn spellings(password: &str) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let (chinese, _, lost) = GB18030.encode(password);
    let chinese = (!lost && !password.is_ascii()).then_some(chinese);
    std::iter::once(Cow::Borrowed(password.as_bytes())).chain(chinese)
}

impl Entry<'_> {
    /// How it is encrypted, how it was packed before, and whether its checksum
    /// is one of its content; `None` where it is encrypted in another way.
    fn cipher(&self) -> Option<(Cipher, u16, bool)> {
        if self.method == AES {
            // Extra field: version, "AE", strength, method.
            let field = extra_fields(self.raw.extra, 0x9901).next()?;
            let key = match field.get(4)? {
                1 => 16,
                2 => 24,
                3 => 32,
                _ => return None,
            };
            // In version 2 the checksum is left out: the seal has its place.
            return Some((Cipher::Aes { key }, u16_at(field, 5), u16_at(field, 0) == 1));
        }
        // Strong encryption (APPNOTE 7), and its masked headers.
        if self.flags & 0x2040 != 0 {
            return None;
        }
        let check = match self.flags & 8 != 0 {
            true => self.time >> 8,
            false => (self.crc? >> 24) as u16,
        };
        Some((Cipher::Traditional { check: check as u8 }, self.method, true))
    }

    fn inflate(
        &self,
        method: u16,
        packed: &[u8],
        length: usize,
        has_crc: bool,
        budget: &mut Budget,
    ) -> Result<Content, Gap> {
        // The two that make up nearly all of the world's members need no box.
        let (bytes, gap) = match method {
            STORED => Metered::new(packed, length as u64, budget).read_all(),
            DEFLATED => Metered::new(DeflateDecoder::new(packed), length as u64, budget).read_all(),
            _ => return self.inflate_from(method, Box::new(packed), length, has_crc, budget),
        };
        Ok(self.checked(bytes, gap, has_crc))
    }

    /// Unpacks from anything that can be read.
    fn inflate_from(
        &self,
        method: u16,
        packed: Source<'_>,
        length: usize,
        has_crc: bool,
        budget: &mut Budget,
    ) -> Result<Content, Gap> {
        let unpacked = self.unpacked(method, packed)?;
        let (bytes, gap) = Metered::new(unpacked, length as u64, budget).read_all();
        Ok(self.checked(bytes, gap, has_crc))
    }

    fn unpacked<'a>(&self, method: u16, mut packed: Source<'a>) -> Result<Source<'a>, Gap> {
        let method = match method {
            STORED => Method::Stored,
            DEFLATED => Method::Deflate,
            9 => Method::Deflate64,
            12 => Method::Bzip2,
            14 => {
                // Version, length of the properties, properties, window (5.8.8).
                let head = take(&mut packed, 9)?;
                let length = (self.flags & 2 == 0).then_some(self.size);
                let properties = head.get(4).copied().unwrap_or_default();
                Method::Lzma { properties, window: u32_at(&head, 5), length }
            }
            20 | 93 => Method::Zstd,
            95 => Method::Xz,
            98 => {
                let head = u32::from(u16_at(&take(&mut packed, 2)?, 0));
                let (order, memory) = ((head & 15) + 1, ((head >> 4 & 0xFF) + 1) << 20);
                Method::PpmdI { order, memory, restore: (head >> 12) as u16 }
            }
            other => {
                let words = format!("packed by method {other} ({})", method_name(other));
                return Err(Gap::new(GapKind::Unsupported, words));
            }
        };
        let unpacked = codec::open(method, packed)?;
        // Neither has an end of its own that can be relied on.
        match method {
            Method::PpmdI { .. } => Ok(Box::new(unpacked.take(self.size))),
            _ => Ok(unpacked),
        }
    }

    /// Holds content against what the header says of it.
    fn checked(&self, bytes: Vec<u8>, gap: Option<Gap>, has_crc: bool) -> Content {
        let gap = gap.filter(|gap| !self.cut || gap.kind != GapKind::Damaged).or_else(|| {
            let words = if self.cut {
                "its data break off"
            } else if has_crc && self.crc.is_some_and(|crc| crc != crc32fast::hash(&bytes)) {
                "its content does not fit its checksum"
            } else {
                return None;
            };
            Some(Gap::new(GapKind::Damaged, words))
        });
        (bytes, gap)
    }

    /// Whether its data look like what its header says; not, once the work
    /// that may be done to find out is spent.
    pub(super) fn begins_well(&self, bytes: &[u8], work: &mut usize) -> bool {
        if self.is_encrypted() || !matches!(self.method, STORED | DEFLATED) {
            return true;
        }
        let packed = bytes.get(self.data.clone()).unwrap_or_default();
        let cost = if self.method == STORED { packed.len() } else { 512 };
        let Some(left) = work.checked_sub(cost) else { return false };
        *work = left;
        if self.method == STORED {
            return self.crc.is_some_and(|crc| crc == crc32fast::hash(packed));
        }
        DeflateDecoder::new(packed).read(&mut [0; 512]).is_ok()
    }
}

/// The first bytes of a member's data that say how the rest is packed.
fn take(packed: &mut Source<'_>, count: usize) -> Result<Vec<u8>, Gap> {
    let mut head = vec![0; count];
    packed.read_exact(&mut head).map_err(|_| Gap::new(GapKind::Damaged, "its data break off"))?;
    Ok(head)
}

fn method_name(method: u16) -> &'static str {
    match method {
        1 => "shrunk",
        2..=5 => "reduced",
        6 => "imploded",
        10 => "PKWARE imploding",
        16 => "z/OS",
        18 => "TERSE",
        19 => "LZ77",
        94 => "MP3",
        96 => "JPEG",
        97 => "WavPack",
        _ => "unknown",
    }
}

//! RC4 as the binary formats use it: a new key for every block of a stream,
//! made from the password by MD5 (MS-OFFCRYPTO 2.3.6) or SHA-1 (2.3.5).

use rc4::{KeyInit, Rc4, StreamCipher};

use super::digest::Digest;
use super::{Refusal, first_key, u16_at, u32_at, utf16};
use crate::extract::Budget;

/// RC4 by its number in the header; 0 stands for it as well.
const ALGORITHM: u32 = 0x6801;

/// How a stream is encrypted, and what proves a password.
#[derive(Debug)]
pub(super) struct Scheme {
    /// The key's size where CryptoAPI makes it; 40 bits the old way.
    bits: Option<u32>,
    salt: Vec<u8>,
    verifier: Vec<u8>,
    verifier_digest: Vec<u8>,
}

impl Scheme {
    /// Reads an encryption header from its versions on.
    pub fn read(header: &[u8]) -> Result<Self, Refusal> {
        let damaged = || Refusal::Damaged("what says how");
        match u16_at(header, 0).zip(u16_at(header, 2)).ok_or_else(damaged)? {
            (1, 1) => Self::from(header.get(4..).unwrap_or_default(), None, 16).ok_or_else(damaged),
            (2..=4, 2) => Self::crypto_api(header).ok_or_else(damaged)?,
            _ => Err(Refusal::Unknown("a method of another version")),
        }
    }

    fn crypto_api(header: &[u8]) -> Option<Result<Self, Refusal>> {
        let size = usize::try_from(u32_at(header, 8)?).ok()?;
        if !matches!(u32_at(header, 20)?, 0 | ALGORITHM) {
            return Some(Err(Refusal::Unknown("another cipher than RC4")));
        }
        // No size stands for the smallest.
        let bits = u32_at(header, 28)?.clamp(0, 128);
        let bits = if bits == 0 { 40 } else { bits };
        let verifier = header.get(12usize.checked_add(size)?..)?;
        let salt = verifier.get(4..20)?;
        let rest = [salt, verifier.get(20..36)?, verifier.get(40..60)?].concat();
        Self::from(&rest, Some(bits), 20).map(Ok)
    }

    fn from(bytes: &[u8], bits: Option<u32>, digest: usize) -> Option<Self> {
        Some(Self {
            bits,
            salt: bytes.get(..16)?.to_vec(),
            verifier: bytes.get(16..32)?.to_vec(),
            verifier_digest: bytes.get(32..32 + digest)?.to_vec(),
        })
    }

    /// The key by the first password that is right.
    pub fn key(&self, passwords: &[&str], budget: &mut Budget) -> Result<Key, Refusal> {
        first_key(passwords, 1, budget, |password| {
            let key = Key::make(self.bits, &self.salt, password);
            self.proves(&key).then_some(key)
        })
    }

    fn proves(&self, key: &Key) -> bool {
        let mut both = [self.verifier.as_slice(), &self.verifier_digest].concat();
        key.apply_block(0, &mut both);
        let (verifier, digest) = both.split_at(self.verifier.len());
        key.digest().of(&[verifier]) == digest
    }
}

/// A key that makes those of the blocks.
#[derive(Debug)]
pub(super) struct Key {
    seed: Vec<u8>,
    /// See [`Scheme::bits`].
    bits: Option<u32>,
}

impl Key {
    pub fn make(bits: Option<u32>, salt: &[u8], password: &str) -> Self {
        let password = utf16(password);
        let seed = match bits {
            Some(_) => Digest::Sha1.of(&[salt, &password]),
            None => {
                let first = Digest::Md5.of(&[&password]);
                let both = [&first[..5], salt].concat();
                let mut sum = Digest::Md5.of(&[&both.repeat(16)]);
                sum.truncate(5);
                sum
            }
        };
        Self { seed, bits }
    }

    pub fn digest(&self) -> Digest {
        if self.bits.is_some() { Digest::Sha1 } else { Digest::Md5 }
    }

    fn cipher(&self, block: u32) -> Option<Rc4> {
        let mut key = self.digest().of(&[&self.seed, &block.to_le_bytes()]);
        match self.bits {
            // A key of 40 bits is filled up with zeros.
            Some(40) => {
                key.truncate(5);
                key.resize(16, 0);
            }
            Some(bits) => key.truncate((bits / 8).max(1) as usize),
            None => {}
        }
        Rc4::new_from_slice(&key).ok()
    }

    /// Undoes the encryption of one block.
    pub fn apply_block(&self, block: u32, data: &mut [u8]) {
        if let Some(mut cipher) = self.cipher(block) {
            cipher.apply_keystream(data);
        }
    }

    /// Undoes the encryption of a whole stream with a new key every `size` bytes.
    pub fn apply(&self, data: &mut [u8], size: usize) {
        for (block, data) in (0u32..).zip(data.chunks_mut(size)) {
            self.apply_block(block, data);
        }
    }
}

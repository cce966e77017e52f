//! AES-256 of 7z, with a key made of the password by many rounds of SHA-256.

use std::io::{self, Read};

use aes::Aes256;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use sha2::{Digest, Sha256};

/// The exponent of the number of rounds. 7-Zip writes 19, and opens up to this.
const MAX_POWER: u8 = 24;

/// Rounds that cost one step of the budget.
const ROUNDS_PER_STEP: u64 = 16;

/// How a key is made, as the coder's properties tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recipe {
    power: u8,
    salt: Vec<u8>,
    vector: [u8; 16],
}

impl Recipe {
    /// Of the properties; `None` where they are none that is known.
    pub fn of(properties: &[u8]) -> Option<Self> {
        let first = *properties.first()?;
        let second = properties.get(1).copied().unwrap_or(0);
        let salt_length = usize::from((first >> 7) + (second >> 4));
        let vector_length = usize::from((first >> 6 & 1) + (second & 15));
        let rest = properties.get(2..).unwrap_or_default();
        let (salt, rest) = rest.split_at_checked(salt_length)?;
        let given = rest.get(..vector_length)?;
        let mut vector = [0; 16];
        vector.iter_mut().zip(given).for_each(|(to, from)| *to = *from);
        let power = first & 0x3F;
        (power <= MAX_POWER || power == 0x3F).then(|| Self { power, salt: salt.to_vec(), vector })
    }

    /// What making the key costs, in steps of the budget.
    pub fn cost(&self) -> u64 {
        match self.power {
            0x3F => 1,
            power => (1 << power) / ROUNDS_PER_STEP + 1,
        }
    }

    /// Whether another recipe makes the same key.
    pub fn same_key(&self, other: &Self) -> bool {
        (self.power, &self.salt) == (other.power, &other.salt)
    }

    /// The key that a password makes.
    pub fn key(&self, password: &str) -> [u8; 32] {
        let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        if self.power == 0x3F {
            let mut key = [0; 32];
            let given = self.salt.iter().chain(&password);
            key.iter_mut().zip(given).for_each(|(to, from)| *to = *from);
            return key;
        }
        let mut hash = Sha256::new();
        let mut round = [self.salt.as_slice(), &password, &[0; 8]].concat();
        let counter = round.len() - 8;
        for count in 0..1u64 << self.power {
            if let Some(place) = round.get_mut(counter..) {
                place.copy_from_slice(&count.to_le_bytes());
            }
            hash.update(&round);
        }
        hash.finalize().into()
    }

    /// Decrypts what is read from `inner`.
    pub fn open<R>(&self, key: &[u8; 32], inner: R) -> Plain<R> {
        let cipher = cbc::Decryptor::<Aes256>::new(key.into(), (&self.vector).into());
        Plain { inner, cipher, buffer: vec![0; 4096], ready: 0..0 }
    }
}

/// Data that are decrypted while they are read. A last block that is not whole
/// is left out.
pub(super) struct Plain<R> {
    inner: R,
    cipher: cbc::Decryptor<Aes256>,
    buffer: Vec<u8>,
    ready: std::ops::Range<usize>,
}

impl<R: Read> Read for Plain<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ready.is_empty() {
            let got =
                crate::extract::archive::codec::read_up_to(&mut self.inner, &mut self.buffer)?;
            let whole = got & !15;
            let (blocks, _) = self.buffer.get_mut(..whole).unwrap_or_default().as_chunks_mut();
            for block in blocks {
                self.cipher.decrypt_block(<&mut aes::Block>::from(block));
            }
            self.ready = 0..whole;
        }
        let ready = self.buffer.get(self.ready.clone()).unwrap_or_default();
        let count = ready.len().min(out.len());
        out.iter_mut().zip(ready).for_each(|(to, from)| *to = *from);
        self.ready.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_as_far_as_they_go() {
        for (properties, want) in [
            // 19, no salt, a vector of eight bytes: as 7-Zip writes it.
            (&[0x53, 0x07, 1, 2, 3, 4, 5, 6, 7, 8][..], Some((19, 0, 8))),
            (&[0x13], Some((19, 0, 0))),
            (&[0xD3, 0x11, 1, 2, 3, 4], Some((19, 2, 2))),
            (&[0x3F, 0], Some((0x3F, 0, 0))),
            (&[0x53, 0x07, 1], None),
            (&[0x20, 0], None),
            (&[], None),
        ] {
            let made = Recipe::of(properties).map(|recipe| {
                let filled = recipe.vector.iter().filter(|byte| **byte != 0).count();
                (recipe.power, recipe.salt.len(), filled)
            });
            assert_eq!(made, want, "{properties:?}");
        }
    }
}

//! Encryption of RAR 3 (AES-128, a key by many rounds of SHA-1) and of RAR 5
//! (AES-256, PBKDF2).

use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use aes::{Aes128, Aes256};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// The exponent of the number of rounds; RAR itself opens no more.
const MAX_POWER: u8 = 24;

/// Rounds that cost one step of the budget: those of RAR 5 take several times as long.
const ROUNDS_PER_STEP: u64 = 16;
const LONG_ROUNDS_PER_STEP: u64 = 4;

/// How something is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seal {
    /// As before RAR 2.9.
    Old,
    /// RAR 2.9 to 4.
    Three { salt: [u8; 8] },
    /// RAR 5 and 7.
    Five {
        salt: [u8; 16],
        power: u8,
        vector: [u8; 16],
        /// What tells a wrong password, where it is there.
        check: Option<[u8; 8]>,
        /// Whether checksums are changed by the key, so that they tell nothing.
        keyed: bool,
    },
}

/// What a password makes of a seal's salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Three { key: [u8; 16], vector: [u8; 16] },
    Five { key: [u8; 32], sums: [u8; 32], check: [u8; 8] },
}

impl Seal {
    /// What making a key costs, in steps of the budget; `None` where it is not
    /// made here.
    pub fn cost(&self) -> Option<u64> {
        match self {
            Self::Old => None,
            Self::Three { .. } => Some(0x4_0000 / ROUNDS_PER_STEP),
            Self::Five { power, .. } => {
                (*power <= MAX_POWER).then(|| (1 << power) / LONG_ROUNDS_PER_STEP + 1)
            }
        }
    }

    /// Whether the same password makes the same key for both.
    pub fn same_key(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Three { salt: one }, Self::Three { salt: other }) => one == other,
            (Self::Five { salt: one, power, .. }, Self::Five { salt: other, power: same, .. }) => {
                (one, power) == (other, same)
            }
            _ => false,
        }
    }

    /// The key a password makes.
    pub fn key(&self, password: &str) -> Option<Key> {
        match self {
            Self::Old => None,
            Self::Three { salt } => Some(three(password, salt)),
            Self::Five { salt, power, .. } => five(password.as_bytes(), salt, *power),
        }
    }

    /// Whether a key is not the right one, as far as can be told beforehand.
    pub fn refuses(&self, key: &Key) -> bool {
        match (self, key) {
            (Self::Five { check: Some(check), .. }, Key::Five { check: got, .. }) => check != got,
            _ => false,
        }
    }

    /// Decrypts data; a last block that is not whole is left out.
    pub fn open(&self, key: &Key, data: &[u8]) -> Vec<u8> {
        let mut plain = data.to_vec();
        plain.truncate(plain.len() & !15);
        let blocks = plain.as_chunks_mut::<16>().0;
        match (self, key) {
            (_, Key::Three { key, vector }) => {
                let mut cipher = cbc::Decryptor::<Aes128>::new(key.into(), vector.into());
                blocks.iter_mut().for_each(|block| cipher.decrypt_block(block.into()));
            }
            (Self::Five { vector, .. }, Key::Five { key, .. }) => {
                let mut cipher = cbc::Decryptor::<Aes256>::new(key.into(), vector.into());
                blocks.iter_mut().for_each(|block| cipher.decrypt_block(block.into()));
            }
            _ => plain.clear(),
        }
        plain
    }
}

impl Key {
    /// A checksum as RAR 5 hides it, so that it does not tell the content.
    pub fn hide(&self, crc: u32) -> u32 {
        let Some(digest) = self.sealed(&crc.to_le_bytes()) else { return crc };
        digest.as_chunks::<4>().0.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word))
    }

    /// The same of a digest.
    pub fn hide_digest(&self, digest: &[u8; 32]) -> [u8; 32] {
        self.sealed(digest).unwrap_or(*digest)
    }

    fn sealed(&self, sum: &[u8]) -> Option<[u8; 32]> {
        let Self::Five { sums, .. } = self else { return None };
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(sums).ok()?;
        mac.update(sum);
        Some(mac.finalize().into_bytes().into())
    }
}

fn three(password: &str, salt: &[u8; 8]) -> Key {
    let mut raw: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    raw.extend(salt);
    let mut hash = Sha1::new();
    let mut vector = [0; 16];
    for round in 0..0x4_0000u32 {
        hash.update(&raw);
        hash.update(&round.to_le_bytes()[..3]);
        if round % 0x4000 == 0 {
            let digest = hash.clone().finalize();
            if let (Some(to), Some(from)) = (vector.get_mut(round as usize / 0x4000), digest.last())
            {
                *to = *from;
            }
        }
    }
    // Words of the digest with their bytes turned round.
    let digest: [u8; 20] = hash.finalize().into();
    let mut key = [0; 16];
    for (to, from) in key.as_chunks_mut::<4>().0.iter_mut().zip(digest.as_chunks::<4>().0) {
        *to = [from[3], from[2], from[1], from[0]];
    }
    Key::Three { key, vector }
}

/// PBKDF2 of one block, read off at three places.
fn five(password: &[u8], salt: &[u8; 16], power: u8) -> Option<Key> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(password).ok()?;
    let run = |data: &[u8]| -> [u8; 32] {
        let mut mac = mac.clone();
        mac.update(data);
        mac.finalize().into_bytes().into()
    };
    let mut last = run(&[&salt[..], &[0, 0, 0, 1]].concat());
    let mut sum = last;
    let mut go_on = |rounds: u64| {
        for _ in 0..rounds {
            last = run(&last);
            sum.iter_mut().zip(&last).for_each(|(to, from)| *to ^= from);
        }
        sum
    };
    let key = go_on((1 << power) - 1);
    let sums = go_on(16);
    let wide = go_on(16);
    let mut check = [0; 8];
    for (at, byte) in wide.iter().enumerate() {
        check[at % 8] ^= byte;
    }
    Some(Key::Five { key, sums, check })
}

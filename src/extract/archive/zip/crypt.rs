//! Encrypted members: the cipher of PKZIP (APPNOTE 6.1) and AES as WinZip has it
//! (AE-1 and AE-2).

use std::io::{self, Read};

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};
use hmac::{Hmac, Mac};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;

/// Rounds of the key derivation of AES.
pub(super) const ROUNDS: u32 = 1000;

/// How a member is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    /// Of old: the byte that the twelfth byte should come to.
    Traditional { check: u8 },
    /// AES with a key of so many bytes.
    Aes { key: usize },
}

/// A member's data, decrypted while they are read.
pub(super) enum Plain<'a> {
    Traditional { data: &'a [u8], keys: Keys },
    Aes { data: &'a [u8], pad: Pad },
}

impl Cipher {
    /// Opens data with a password; `None` where the password is another. With it
    /// comes whether the data are as they were when they were sealed.
    pub fn open<'a>(self, data: &'a [u8], password: &[u8]) -> Option<(Plain<'a>, bool)> {
        match self {
            Self::Traditional { check } => {
                let (head, data) = data.split_at_checked(12)?;
                let mut keys = Keys::new(password);
                let last = head.iter().map(|byte| keys.decrypt(*byte)).last();
                (last == Some(check)).then_some((Plain::Traditional { data, keys }, true))
            }
            Self::Aes { key: length } => {
                let (salt, data) = data.split_at_checked(length / 2)?;
                let (check, data) = data.split_at_checked(2)?;
                let (data, seal) = data.split_at_checked(data.len().checked_sub(10)?)?;
                let mut derived = vec![0; 2 * length + 2];
                pbkdf2_hmac::<Sha1>(password, salt, ROUNDS, &mut derived);
                let (key, rest) = derived.split_at_checked(length)?;
                let (seal_key, verifier) = rest.split_at_checked(length)?;
                if verifier != check {
                    return None;
                }
                let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(seal_key).ok()?;
                mac.update(data);
                let sealed = mac.verify_truncated_left(seal).is_ok();
                Some((Plain::Aes { data, pad: Pad::new(key)? }, sealed))
            }
        }
    }
}

impl Read for Plain<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Traditional { data, keys } => {
                let got = data.read(buffer)?;
                buffer.iter_mut().take(got).for_each(|byte| *byte = keys.decrypt(*byte));
                Ok(got)
            }
            Self::Aes { data, pad } => {
                let got = data.read(buffer)?;
                buffer.iter_mut().take(got).for_each(|byte| *byte ^= pad.next());
                Ok(got)
            }
        }
    }
}

/// The three keys of the cipher of PKZIP.
pub(super) struct Keys([u32; 3]);

impl Keys {
    fn new(password: &[u8]) -> Self {
        let mut keys = Self([0x1234_5678, 0x2345_6789, 0x3456_7890]);
        password.iter().for_each(|byte| keys.update(*byte));
        keys
    }

    fn update(&mut self, byte: u8) {
        let [first, second, third] = &mut self.0;
        *first = crc_step(*first, byte);
        *second = second.wrapping_add(*first & 0xFF).wrapping_mul(134_775_813).wrapping_add(1);
        *third = crc_step(*third, (*second >> 24) as u8);
    }

    fn decrypt(&mut self, byte: u8) -> u8 {
        let third = (self.0[2] | 2) & 0xFFFF;
        let plain = byte ^ (third.wrapping_mul(third ^ 1) >> 8) as u8;
        self.update(plain);
        plain
    }

    #[cfg(test)]
    pub(super) fn encrypt(&mut self, byte: u8) -> u8 {
        let third = (self.0[2] | 2) & 0xFFFF;
        self.update(byte);
        byte ^ (third.wrapping_mul(third ^ 1) >> 8) as u8
    }

    #[cfg(test)]
    pub(super) fn of(password: &[u8]) -> Self {
        Self::new(password)
    }
}

/// CRC-32 of one byte on top of another, without the usual inversions.
fn crc_step(crc: u32, byte: u8) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let mut value = at as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
                bit += 1;
            }
            table[at] = value;
            at += 1;
        }
        table
    };
    TABLE[usize::from(crc as u8 ^ byte)] ^ crc >> 8
}

/// The key stream of AES in counter mode, counting from 1 with the lowest byte
/// first, as no standard but this one has it.
pub(super) struct Pad {
    cipher: Aes,
    counter: u128,
    block: [u8; 16],
    used: usize,
}

enum Aes {
    Short(Box<Aes128>),
    Middle(Box<Aes192>),
    Long(Box<Aes256>),
}

impl Pad {
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        let cipher = match key.len() {
            16 => Aes::Short(Box::new(Aes128::new_from_slice(key).ok()?)),
            24 => Aes::Middle(Box::new(Aes192::new_from_slice(key).ok()?)),
            _ => Aes::Long(Box::new(Aes256::new_from_slice(key).ok()?)),
        };
        Some(Self { cipher, counter: 0, block: [0; 16], used: 16 })
    }

    pub(super) fn next(&mut self) -> u8 {
        if self.used == self.block.len() {
            self.counter = self.counter.wrapping_add(1);
            let mut block = Block::from(self.counter.to_le_bytes());
            match &self.cipher {
                Aes::Short(cipher) => cipher.encrypt_block(&mut block),
                Aes::Middle(cipher) => cipher.encrypt_block(&mut block),
                Aes::Long(cipher) => cipher.encrypt_block(&mut block),
            }
            (self.block, self.used) = (block.into(), 0);
        }
        let byte = self.block.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        byte
    }
}

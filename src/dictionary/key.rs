//! The key of keyed lists and known documents: random bytes in a file, and what
//! is derived from them. Nothing here can be printed.

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

use crate::model::hex;

/// A key. Two machines with the same one can test the same words.
#[derive(Clone)]
pub struct Key {
    bytes: Vec<u8>,
}

/// A key is never shown, not even to a person who looks for a mistake.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key {}", hex(&self.id()))
    }
}

/// What tells keys apart without telling anything of them.
pub type KeyId = [u8; 8];

impl Key {
    /// Bytes that a key has at least.
    pub const LEAST: usize = 32;

    /// Different bytes that as many random ones have at least: of 32 random bytes
    /// fewer than 16 are different once in 10¹⁵ keys. A sentence has as few.
    const DIFFERENT: usize = 16;

    /// A key as it stands in a file: 64 or more hexadecimal digits, or bytes.
    ///
    /// # Errors
    /// Why it is none, without any of it.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        let text = file.trim_ascii();
        let digits = !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit);
        let bytes = if digits { from_hex(text) } else { file.to_vec() };
        if bytes.len() < Self::LEAST {
            return Err(format!(
                "a key is {} random bytes or more, as they are or as hexadecimal digits; this has {}",
                Self::LEAST,
                bytes.len()
            ));
        }
        let mut seen = [false; 256];
        bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
        // Of 10⁸ keys of random bytes one is text; sentences and other files all are.
        let unprinted = |c: char| c.is_control() && !c.is_whitespace();
        let text =
            !digits && std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains(unprinted));
        if text || seen.iter().filter(|seen| **seen).count() < Self::DIFFERENT {
            return Err("these are no random bytes: `vetmark dictionary key` makes a key".into());
        }
        Ok(Self { bytes })
    }

    /// The text of a key file for these random bytes.
    pub fn write(random: &[u8; Self::LEAST]) -> String {
        hex(random) + "\n"
    }

    /// A truncated HMAC of a constant: says which key it is, and nothing else.
    pub fn id(&self) -> KeyId {
        self.mac("vetmark key id").of(&[])[..8].try_into().unwrap_or_default()
    }

    /// A key of its own for each purpose.
    pub fn mac(&self, purpose: &str) -> Mac {
        Mac::new(&Mac::new(&self.bytes).of(&[purpose.as_bytes()]))
    }
}

/// HMAC-SHA256 under one key.
#[derive(Clone)]
pub struct Mac(Hmac<Sha256>);

impl std::fmt::Debug for Mac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mac")
    }
}

impl Mac {
    /// HMAC under a key of any length.
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// Of some pieces, one behind the other. Their lengths are not part of it:
    /// where several differ in length the caller says so in a piece.
    pub fn of(&self, pieces: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        pieces.iter().for_each(|piece| mac.update(piece));
        mac.finalize().into_bytes().into()
    }

    /// A random number of this key for a purpose.
    pub fn number(&self, purpose: &str) -> u64 {
        let mac = self.of(&[purpose.as_bytes()]);
        u64::from_le_bytes(mac[..8].try_into().unwrap_or_default())
    }

    /// Covers or uncovers bytes: XOR with HMAC in counter mode. Of each `start`
    /// only one text may be covered, or the two show their difference.
    pub fn cover(&self, start: &[u8; 32], bytes: &mut [u8]) {
        for (block, counter) in bytes.chunks_mut(32).zip(0_u64..) {
            let pad = self.of(&[start, &counter.to_le_bytes()]);
            block.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
        }
    }
}

/// An odd digit at the end is left: it is no byte.
fn from_hex(digits: &[u8]) -> Vec<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or_default() as u8;
    digits.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_digits_or_as_bytes_and_refused_where_it_is_none() {
        let random: [u8; 32] = std::array::from_fn(|i| (i * 37 + 11) as u8);
        let written = Key::write(&random);
        let id = Key::read(&random).unwrap().id();
        assert_eq!(Key::read(written.as_bytes()).unwrap().id(), id);
        assert_eq!(Key::read(written.to_uppercase().as_bytes()).unwrap().id(), id);
        assert_ne!(Key::read(&[&random[..], b"x"].concat()).unwrap().id(), id);
        for (file, said) in [
            (&b""[..], "this has 0"),
            (&random[..31], "this has 31"),
            (&written.as_bytes()[..62], "this has 31"),
            (&b"correct horse battery staple, again and again"[..], "no random bytes"),
            (&b"xxxxxxxxxxxxxxxxyyyyyyyyyyyyyyyyzzzzzzzz"[..], "no random bytes"),
        ] {
            let refused = Key::read(file).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn nothing_of_a_key_is_shown() {
        let random: [u8; 32] = std::array::from_fn(|i| (i * 37 + 11) as u8);
        let shown = format!("{:?}", Key::read(&random).unwrap());
        assert_eq!(shown.len(), "Key ".len() + 16);
        assert!(!shown.contains(&hex(&random[..4])));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_mac_is_hmac_sha256() {
        let mac = Mac::new(b"Jefe").of(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}

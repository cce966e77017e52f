//! The obfuscation of Office 95 (MS-OFFCRYPTO 2.3.7): sixteen bytes made from
//! the password, laid over the text again and again.

/// Longer passwords are cut.
const MAX_LENGTH: usize = 15;

/// What fills a password up to sixteen bytes.
const FILL: [u8; 15] =
    [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00];

/// Where a key begins, by the password's length.
const INITIAL: [u16; 15] = [
    0xE1F0, 0x1D0F, 0xCC9C, 0x84C0, 0x110C, 0x0E10, 0xF1CE, 0x313E, 0x1872, 0xE139, 0xD40F, 0x84F9,
    0x280C, 0xA96A, 0x4EC3,
];

/// What each of the lower seven bits of each character changes in a key, the
/// characters from the last place back.
#[rustfmt::skip]
const MATRIX: [[u16; 7]; 15] = [
    [0xAEFC, 0x4DD9, 0x9BB2, 0x2745, 0x4E8A, 0x9D14, 0x2A09],
    [0x7B61, 0xF6C2, 0xFDA5, 0xEB6B, 0xC6F7, 0x9DCF, 0x2BBF],
    [0x4563, 0x8AC6, 0x05AD, 0x0B5A, 0x16B4, 0x2D68, 0x5AD0],
    [0x0375, 0x06EA, 0x0DD4, 0x1BA8, 0x3750, 0x6EA0, 0xDD40],
    [0xD849, 0xA0B3, 0x5147, 0xA28E, 0x553D, 0xAA7A, 0x44D5],
    [0x6F45, 0xDE8A, 0xAD35, 0x4A4B, 0x9496, 0x390D, 0x721A],
    [0xEB23, 0xC667, 0x9CEF, 0x29FF, 0x53FE, 0xA7FC, 0x5FD9],
    [0x47D3, 0x8FA6, 0x0F6D, 0x1EDA, 0x3DB4, 0x7B68, 0xF6D0],
    [0xB861, 0x60E3, 0xC1C6, 0x93AD, 0x377B, 0x6EF6, 0xDDEC],
    [0x45A0, 0x8B40, 0x06A1, 0x0D42, 0x1A84, 0x3508, 0x6A10],
    [0xAA51, 0x4483, 0x8906, 0x022D, 0x045A, 0x08B4, 0x1168],
    [0x76B4, 0xED68, 0xCAF1, 0x85C3, 0x1BA7, 0x374E, 0x6E9C],
    [0x3730, 0x6E60, 0xDCC0, 0xA9A1, 0x4363, 0x86C6, 0x1DAD],
    [0x3331, 0x6662, 0xCCC4, 0x89A9, 0x0373, 0x06E6, 0x0DCC],
    [0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48C4],
];

/// The sixteen bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pad([u8; 16]);

impl Pad {
    /// The pad of a password that has this key and verifier.
    pub fn make(password: &str, key: u16, verifier: u16) -> Option<Self> {
        let password = single_bytes(password);
        (key_of(&password)? == key && verifier_of(&password) == verifier)
            .then(|| Self::of(&password, key))
    }

    fn of(password: &[u8], key: u16) -> Self {
        let mut pad = [0; 16];
        let filled = password.iter().chain(&FILL);
        for ((at, byte), from) in pad.iter_mut().enumerate().zip(filled) {
            *byte = (from ^ key.to_le_bytes()[at % 2]).rotate_right(1);
        }
        Self(pad)
    }

    /// Undoes a workbook's record whose first byte is laid over with the pad's
    /// byte number `at`.
    pub fn apply_excel(&self, data: &mut [u8], at: usize) {
        for (n, byte) in data.iter_mut().enumerate() {
            *byte = (*byte ^ self.0[at.wrapping_add(n) % 16]).rotate_right(5);
        }
    }

    /// Undoes a Word stream from its first byte. Zeros, and what would have
    /// become one, were left as they are.
    pub fn apply_word(&self, data: &mut [u8]) {
        for (n, byte) in data.iter_mut().enumerate() {
            let plain = *byte ^ self.0[n % 16];
            if *byte != 0 && plain != 0 {
                *byte = plain;
            }
        }
    }
}

/// The lower byte of each character, or the upper where that is zero.
fn single_bytes(password: &str) -> Vec<u8> {
    let bytes = password.encode_utf16().map(|unit| match unit.to_le_bytes() {
        [0, high] => high,
        [low, _] => low,
    });
    bytes.take(MAX_LENGTH).collect()
}

pub(super) fn key_of(password: &[u8]) -> Option<u16> {
    let mut key = *INITIAL.get(password.len().checked_sub(1)?)?;
    for (character, row) in password.iter().rev().zip(MATRIX.iter().rev()) {
        for (bit, change) in row.iter().enumerate() {
            if character >> bit & 1 != 0 {
                key ^= change;
            }
        }
    }
    Some(key)
}

pub(super) fn verifier_of(password: &[u8]) -> u16 {
    let mut verifier = 0u16;
    let length = password.len() as u8;
    for byte in password.iter().rev().copied().chain([length]) {
        let carry = u16::from(verifier & 0x4000 != 0);
        verifier = (carry ^ (verifier << 1 & 0x7FFF)) ^ u16::from(byte);
    }
    verifier ^ 0xCE4B
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_password_has_the_key_that_files_have() {
        assert_eq!(verifier_of(b"VelvetSweatshop"), 0x9A0A);
        assert_eq!(key_of(b"VelvetSweatshop"), Some(0xB359));
    }

    #[test]
    fn what_is_laid_over_is_taken_off_again() {
        let password = b"1234";
        let key = key_of(password).expect("not empty");
        let pad = Pad::make("1234", key, verifier_of(password)).expect("the same password");
        assert_eq!(Pad::make("1235", key, verifier_of(password)), None);
        let plain = b"\x00mark\x00and more than sixteen bytes of text";
        let mut data: Vec<u8> = plain
            .iter()
            .enumerate()
            .map(|(n, byte)| byte.rotate_left(5) ^ pad.0[(n + 3) % 16])
            .collect();
        pad.apply_excel(&mut data, 3);
        assert_eq!(data, plain);
    }
}

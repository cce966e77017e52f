//! The digests by which keys are made.

use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    /// By its name in an encryption descriptor (MS-OFFCRYPTO 2.3.4.10).
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "MD5" => Self::Md5,
            "SHA1" | "SHA-1" => Self::Sha1,
            "SHA256" | "SHA-256" => Self::Sha256,
            "SHA384" | "SHA-384" => Self::Sha384,
            "SHA512" | "SHA-512" => Self::Sha512,
            _ => return None,
        })
    }

    /// The digest of pieces one behind the other.
    pub fn of(self, pieces: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Md5 => digest::<Md5>(pieces),
            Self::Sha1 => digest::<Sha1>(pieces),
            Self::Sha256 => digest::<Sha256>(pieces),
            Self::Sha384 => digest::<Sha384>(pieces),
            Self::Sha512 => digest::<Sha512>(pieces),
        }
    }

    /// Salt and password, digested over and over with a count before (2.3.4.7).
    pub fn spun(self, salt: &[u8], password: &str, count: u32) -> Vec<u8> {
        let mut sum = self.of(&[salt, &super::utf16(password)]);
        for round in 0..count {
            sum = self.of(&[&round.to_le_bytes(), &sum]);
        }
        sum
    }
}

fn digest<D: sha2::Digest>(pieces: &[&[u8]]) -> Vec<u8> {
    let mut sum = D::new();
    pieces.iter().for_each(|piece| sum.update(piece));
    sum.finalize().to_vec()
}

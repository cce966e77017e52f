//! Standard encryption: AES in code book mode with a key by SHA-1, as Office
//! 2007 writes it (MS-OFFCRYPTO 2.3.4.5–2.3.4.9).

use super::digest::Digest;
use super::{Refusal, aes, first_key, u32_at};
use crate::extract::Budget;

/// Rounds by which a key is made.
const ROUNDS: u32 = 50_000;

/// Algorithms by their numbers in the header.
const AES: [(u32, u32); 3] = [(0x660E, 128), (0x660F, 192), (0x6610, 256)];

/// How, and what proves a password.
#[derive(Debug)]
pub(super) struct Standard {
    algorithm: u32,
    bits: u32,
    salt: Vec<u8>,
    verifier: Vec<u8>,
    verifier_digest: Vec<u8>,
}

impl Standard {
    /// Reads what stands behind the versions: flags, header, verifier.
    pub fn read(info: &[u8]) -> Option<Self> {
        let header = usize::try_from(u32_at(info, 4)?).ok()?;
        let verifier = info.get(8usize.checked_add(header)?..)?;
        Some(Self {
            algorithm: u32_at(info, 16)?,
            bits: u32_at(info, 24)?,
            salt: verifier.get(4..20)?.to_vec(),
            verifier: verifier.get(20..36)?.to_vec(),
            verifier_digest: verifier.get(40..72)?.to_vec(),
        })
    }

    pub fn open(
        &self,
        package: &[u8],
        passwords: &[&str],
        budget: &mut Budget,
    ) -> Result<Vec<u8>, Refusal> {
        let known = AES.iter().find(|(number, _)| *number == self.algorithm);
        let Some((_, bits)) = known.filter(|(_, bits)| self.bits == 0 || self.bits == *bits) else {
            return Err(Refusal::Unknown("another cipher than AES"));
        };
        let bytes = (*bits / 8) as usize;
        let key = first_key(passwords, u64::from(ROUNDS), budget, |password| {
            let key = self.key(password, bytes);
            self.proves(&key).then_some(key)
        })?;
        budget.spend_bytes(package.len() as u64).map_err(Refusal::Limit)?;
        aes::ecb(&key, package).ok_or(Refusal::WrongPassword)
    }

    fn key(&self, password: &str, bytes: usize) -> Vec<u8> {
        let spun = Digest::Sha1.spun(&self.salt, password, ROUNDS);
        let sum = Digest::Sha1.of(&[&spun, &0u32.to_le_bytes()]);
        let half = |fill: u8| {
            let mut block = [fill; 64];
            block.iter_mut().zip(&sum).for_each(|(byte, of_sum)| *byte ^= of_sum);
            Digest::Sha1.of(&[&block])
        };
        let mut key = half(0x36);
        key.extend(half(0x5C));
        key.truncate(bytes);
        key
    }

    fn proves(&self, key: &[u8]) -> bool {
        let verifier = aes::ecb(key, &self.verifier).unwrap_or_default();
        let digest = aes::ecb(key, &self.verifier_digest).unwrap_or_default();
        digest.get(..20) == Some(&Digest::Sha1.of(&[&verifier]))
    }
}

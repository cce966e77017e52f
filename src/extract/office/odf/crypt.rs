//! Encrypted packages (ODF 1.3 part 2, 3.4): each member by itself, with a key
//! made from the password.

use aes::Aes256;
use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use flate2::read::DeflateDecoder;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::manifest::Encryption;
use crate::extract::{Budget, Metered};
use crate::model::Gap;

/// Rounds beyond these are to keep a machine busy.
const MAX_ITERATIONS: u32 = 2_000_000;

/// The checksum covers this much of the data.
const CHECKED: usize = 1024;

/// What came of trying.
#[derive(Debug)]
pub(super) enum Opened {
    /// The member's content, and what stood in the way of all of it.
    Content(Vec<u8>, Option<Gap>),
    /// The password is another.
    Wrong,
    /// Encrypted in a way that is not undone here.
    Unknown,
}

impl Encryption {
    /// Whether it is of the kind that can be undone: AES-256 in CBC mode with a
    /// key by PBKDF2, as programs have written it since ODF 1.2.
    pub fn is_known(&self) -> bool {
        let pbkdf2 = self.derivation.to_ascii_lowercase().ends_with("pbkdf2");
        self.algorithm.ends_with("#aes256-cbc")
            && pbkdf2
            && self.key_size.is_none_or(|size| size == 32)
            && self.vector.len() == 16
            && (1..=MAX_ITERATIONS).contains(&self.iterations)
            && self.digest(b"").is_some()
    }

    fn digest(&self, data: &[u8]) -> Option<Vec<u8>> {
        digest(&self.checksum_type, data)
    }

    /// Opens `data` with a password.
    ///
    /// # Errors
    /// A gap, where the budget has no more steps.
    pub fn open(&self, data: &[u8], password: &str, budget: &mut Budget) -> Result<Opened, Gap> {
        if !self.is_known() {
            return Ok(Opened::Unknown);
        }
        budget.spend_steps(u64::from(self.iterations))?;
        budget.spend_bytes(data.len() as u64)?;
        let start = match self.start_key.is_empty() {
            true => Some(Sha1::digest(password.as_bytes()).to_vec()),
            false => digest(&self.start_key, password.as_bytes()),
        };
        let Some(start) = start else { return Ok(Opened::Unknown) };
        let mut key = [0; 32];
        pbkdf2_hmac::<Sha1>(&start, &self.salt, self.iterations, &mut key);
        let Ok(cipher) = cbc::Decryptor::<Aes256>::new_from_slices(&key, &self.vector) else {
            return Ok(Opened::Unknown);
        };
        let mut plain = data.to_vec();
        let whole = plain.len() & !15;
        let Some(blocks) = plain.get_mut(..whole) else { return Ok(Opened::Wrong) };
        if cipher.decrypt_padded::<NoPadding>(blocks).is_err() {
            return Ok(Opened::Wrong);
        }
        // The last byte says how many were added to fill the last block.
        let added = plain.last().map_or(0, |last| usize::from(*last)).min(16);
        plain.truncate(whole.saturating_sub(added));
        let checked = plain.get(..CHECKED).unwrap_or(&plain);
        if self.digest(checked).is_none_or(|sum| sum != self.checksum) {
            return Ok(Opened::Wrong);
        }
        let packed = plain.len() as u64;
        let inflated = DeflateDecoder::new(plain.as_slice());
        let (content, gap) = Metered::new(inflated, packed, budget).read_all();
        Ok(Opened::Content(content, gap))
    }
}

/// A digest by its name: SHA-1 or SHA-256, `-1k` or `/1K` behind it or not.
fn digest(name: &str, data: &[u8]) -> Option<Vec<u8>> {
    let name = name.rsplit('#').next().unwrap_or_default().to_ascii_lowercase();
    match name.trim_end_matches("1k").trim_end_matches(['-', '/']) {
        "sha1" => Some(Sha1::digest(data).to_vec()),
        "sha256" => Some(Sha256::digest(data).to_vec()),
        _ => None,
    }
}

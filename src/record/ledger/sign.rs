//! Signatures over the ledger: ed25519 (RFC 8032), over the number and hash of an
//! entry and the time of signing.

use ed25519_dalek::{Signature, Signer};
use serde::{Deserialize, Serialize};

use super::{DOMAIN, Hash};
use crate::model::{hex, unhex};

/// The head of a key file.
const LABEL: &str = "vetmark-ledger-key-1";

/// A key that signs. Never shown.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey of {}", self.public())
    }
}

impl SigningKey {
    /// The key of 32 random bytes.
    pub fn of(random: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&random))
    }

    /// Reads a key file, which [`SigningKey::write`] made.
    ///
    /// # Errors
    /// That it is none, without any of it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let key = match (words.next(), words.next(), words.next()) {
            (Some(LABEL), Some(digits), None) => unhex(digits).map(Self::of),
            _ => None,
        };
        key.ok_or_else(|| "no key of a ledger: `vetmark ledger key` makes one".to_owned())
    }

    /// The text of its file.
    pub fn write(&self) -> String {
        format!("{LABEL} {}\n", hex(&self.0.to_bytes()))
    }

    /// What its signatures are held against.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs an entry.
    pub(super) fn sign(&self, seq: u64, hash: Hash, at: &str) -> Checkpoint {
        let signature = self.0.sign(&message(seq, hash, at));
        Checkpoint::of(seq, hash, at.to_owned(), self.public(), signature.to_bytes())
    }
}

/// The public half of a key: 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    pub(super) fn of(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl std::str::FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        unhex(text.trim())
            .map(Self)
            .ok_or_else(|| "a public key is 64 hexadecimal digits".to_owned())
    }
}

/// The ledger up to an entry, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The entry.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// When it was signed.
    pub at: String,
    /// Whose key.
    #[serde(serialize_with = "key_text", deserialize_with = "read_key")]
    pub key: PublicKey,
    /// 128 hexadecimal digits.
    signature: String,
}

impl Checkpoint {
    pub(super) fn of(
        seq: u64,
        hash: Hash,
        at: String,
        key: PublicKey,
        signature: [u8; 64],
    ) -> Self {
        Self { seq, hash, at, key, signature: hex(&signature) }
    }

    /// The signature's bytes; zeros where it is not as long as one.
    pub(super) fn signature(&self) -> [u8; 64] {
        unhex(&self.signature).unwrap_or([0; 64])
    }

    /// Whether its key signed it.
    pub fn is_signed(&self) -> bool {
        let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(&self.key.0) else { return false };
        let signature = Signature::from_bytes(&self.signature());
        key.verify_strict(&message(self.seq, self.hash, &self.at), &signature).is_ok()
    }
}

fn message(seq: u64, hash: Hash, at: &str) -> Vec<u8> {
    [DOMAIN, b" checkpoint", &seq.to_be_bytes(), &hash.0, at.as_bytes()].concat()
}

fn key_text<S: serde::Serializer>(key: &PublicKey, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(key)
}

fn read_key<'de, D: serde::Deserializer<'de>>(from: D) -> Result<PublicKey, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}

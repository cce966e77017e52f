//! Agile encryption: what is used is told in XML, as Office writes it since
//! 2010 (MS-OFFCRYPTO 2.3.4.10–2.3.4.15).

use super::digest::Digest;
use super::{Refusal, aes, first_key};
use crate::extract::Budget;
use crate::extract::office::base64;
use crate::extract::office::xml::{Element, Xml, XmlReader};

/// The package is encrypted in pieces of this size.
const SEGMENT: usize = 4096;

/// More rounds than the specification allows are to keep a machine busy.
const MAX_ROUNDS: u32 = 10_000_000;

/// What keys are made for, mixed into them.
const FOR_VERIFIER: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
const FOR_VERIFIER_DIGEST: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
const FOR_KEY: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];

/// A cipher with its key's size, and the salt of what it encrypts.
#[derive(Debug, Default)]
struct Method {
    cipher: String,
    chaining: String,
    digest: Option<Digest>,
    key_bytes: usize,
    salt: Vec<u8>,
}

impl Method {
    fn read(element: &Element<'_>) -> Self {
        let word = |name: &str| element.attr(name).unwrap_or_default().into_owned();
        Self {
            cipher: word("cipherAlgorithm"),
            chaining: word("cipherChaining"),
            digest: Digest::named(&word("hashAlgorithm")),
            key_bytes: (element.number("keyBits").unwrap_or(0) / 8) as usize,
            salt: base64::decode(&word("saltValue")),
        }
    }

    /// The digest, where the whole is of a kind that is undone here.
    fn known(&self) -> Result<Digest, Refusal> {
        let known = self.cipher == "AES" && self.chaining == "ChainingModeCBC";
        match self.digest {
            Some(digest) if known && matches!(self.key_bytes, 16 | 24 | 32) => Ok(digest),
            _ => Err(Refusal::Unknown("another cipher or digest than AES with SHA")),
        }
    }
}

/// How, and what proves a password.
#[derive(Debug, Default)]
pub(super) struct Agile {
    content: Method,
    key: Method,
    rounds: u32,
    verifier: Vec<u8>,
    verifier_digest: Vec<u8>,
    encrypted_key: Vec<u8>,
}

impl Agile {
    /// Reads the descriptor.
    pub fn read(descriptor: &str, budget: &mut Budget) -> Result<Self, Refusal> {
        let mut made = Self::default();
        let mut seen = (false, false);
        let mut xml = XmlReader::new(descriptor, budget);
        while let Some(event) = xml.next() {
            let Xml::Open(element) = event else { continue };
            let bytes = |name: &str| base64::decode(&element.attr(name).unwrap_or_default());
            match element.local() {
                "keyData" => {
                    made.content = Method::read(&element);
                    seen.0 = true;
                }
                // Others than the password's are for certificates, and have no rounds.
                "encryptedKey" if element.attr("spinCount").is_some() => {
                    made.key = Method::read(&element);
                    made.rounds = element.number("spinCount").unwrap_or(u32::MAX);
                    made.verifier = bytes("encryptedVerifierHashInput");
                    made.verifier_digest = bytes("encryptedVerifierHashValue");
                    made.encrypted_key = bytes("encryptedKeyValue");
                    seen.1 = true;
                }
                _ => {}
            }
        }
        let trouble = xml.finish();
        match (seen, trouble) {
            ((true, true), _) => Ok(made),
            ((true, false), None) => Err(Refusal::Unknown("a certificate, and no password")),
            _ => Err(Refusal::Damaged("what says how")),
        }
    }

    pub fn open(
        &self,
        package: &[u8],
        passwords: &[&str],
        budget: &mut Budget,
    ) -> Result<Vec<u8>, Refusal> {
        let digest = self.key.known()?;
        let content_digest = self.content.known()?;
        if self.rounds > MAX_ROUNDS {
            return Err(Refusal::Unknown("more rounds than the format allows"));
        }
        let rounds = u64::from(self.rounds);
        let key = first_key(passwords, rounds, budget, |password| self.key(digest, password))?;
        budget.spend_bytes(package.len() as u64).map_err(Refusal::Limit)?;
        let mut content = Vec::with_capacity(package.len());
        for (number, segment) in (0u32..).zip(package.chunks(SEGMENT)) {
            let sum = content_digest.of(&[&self.content.salt, &number.to_le_bytes()]);
            let plain = aes::cbc(&key, &vector(&sum), segment);
            content.extend(plain.ok_or(Refusal::WrongPassword)?);
        }
        Ok(content)
    }

    /// The content's key, if the password is right.
    fn key(&self, digest: Digest, password: &str) -> Option<Vec<u8>> {
        let spun = digest.spun(&self.key.salt, password, self.rounds);
        let vector = vector(&self.key.salt);
        let undone = |purpose: &[u8; 8], data: &[u8]| {
            let key = fitted(digest.of(&[&spun, purpose]), self.key.key_bytes);
            aes::cbc(&key, &vector, data)
        };
        let verifier = undone(&FOR_VERIFIER, &self.verifier)?;
        let verifier = verifier.get(..self.key.salt.len()).unwrap_or(&verifier);
        let proof = undone(&FOR_VERIFIER_DIGEST, &self.verifier_digest)?;
        let sum = digest.of(&[verifier]);
        if proof.get(..sum.len())? != sum {
            return None;
        }
        let mut key = undone(&FOR_KEY, &self.encrypted_key)?;
        key.truncate(self.content.key_bytes);
        Some(key)
    }
}

/// The first block's vector from a digest or salt.
fn vector(from: &[u8]) -> Vec<u8> {
    fitted(from.to_vec(), aes::BLOCK)
}

/// Cut, or filled up as the specification has it.
fn fitted(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}

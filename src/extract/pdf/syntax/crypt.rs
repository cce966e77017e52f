//! The standard security handler (ISO 32000-2, 7.6): keys from passwords, and
//! what is done with them. Reading alone: permissions are not looked at.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes128, Aes256};
use md5::{Digest, Md5};
use sha2::{Sha256, Sha384, Sha512};

use super::object::{Dict, Object, entry};

/// Filling of passwords that are shorter than 32 bytes (7.6.4.3.2).
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08,
    0x2E, 0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// How bytes are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Not at all.
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// Why a document cannot be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No password that was given opens it.
    Password,
    /// It is encrypted for certificates.
    Certificate,
    /// The handler is not known or its dictionary makes no sense.
    Handler,
}

/// What decrypts a document.
#[derive(Clone, Debug)]
pub(crate) struct Crypt {
    key: Vec<u8>,
    pub(crate) strings: Method,
    pub(crate) streams: Method,
    pub(crate) files: Method,
    pub(crate) encrypts_metadata: bool,
    /// Whether the key is for all objects, or theirs are made of it.
    is_common: bool,
}

/// The parts of an encryption dictionary that passwords are checked against.
struct Handler {
    version: i64,
    revision: i64,
    /// Length of the key in bytes.
    length: usize,
    owner: Vec<u8>,
    user: Vec<u8>,
    owner_key: Vec<u8>,
    user_key: Vec<u8>,
    permissions: i64,
    encrypts_metadata: bool,
    id: Vec<u8>,
}

impl Crypt {
    /// Makes one of an encryption dictionary whose entries are written in place.
    ///
    /// # Errors
    /// Why it cannot be decrypted.
    pub(crate) fn open<'p>(
        dict: &Dict,
        id: &[u8],
        passwords: impl Iterator<Item = &'p str>,
    ) -> Result<Self, Refusal> {
        let filter = entry(dict, b"Filter").name().unwrap_or_default();
        if filter.starts_with(b"Adobe.PubSec") || filter == b"Adobe.PPKLite" {
            return Err(Refusal::Certificate);
        }
        let handler = Handler::of(dict, id).filter(|_| filter == b"Standard");
        let handler = handler.ok_or(Refusal::Handler)?;
        let mut tried = std::iter::once("").chain(passwords).flat_map(|p| handler.spellings(p));
        let key = tried.find_map(|password| handler.key(&password)).ok_or(Refusal::Password)?;
        let method = |name: &[u8]| method(dict, handler.version, name);
        let streams = method(b"StmF");
        let files = if dict.has(b"EFF") { method(b"EFF") } else { streams };
        Ok(Self {
            key,
            strings: method(b"StrF"),
            streams,
            files,
            encrypts_metadata: handler.encrypts_metadata,
            is_common: handler.version >= 5,
        })
    }

    /// Decrypts a string or stream of the object `id`.
    pub(crate) fn decrypt(&self, method: Method, id: (u32, u16), bytes: &[u8]) -> Vec<u8> {
        match method {
            Method::Identity => bytes.to_vec(),
            Method::Rc4 => rc4(&self.object_key(id, false), bytes),
            Method::Aes128 => aes_cbc(&self.object_key(id, true), bytes),
            Method::Aes256 => aes_cbc(&self.key, bytes),
        }
    }

    /// Algorithm 1 of 7.6.3.2.
    fn object_key(&self, (number, generation): (u32, u16), is_aes: bool) -> Vec<u8> {
        if self.is_common {
            return self.key.clone();
        }
        let mut hash = Md5::new();
        hash.update(&self.key);
        hash.update(&number.to_le_bytes()[..3]);
        hash.update(generation.to_le_bytes());
        if is_aes {
            hash.update(b"sAlT");
        }
        let mut key = hash.finalize().to_vec();
        key.truncate((self.key.len() + 5).min(16));
        key
    }
}

/// Method of the crypt filter that the entry `name` names (7.6.5).
fn method(dict: &Dict, version: i64, name: &[u8]) -> Method {
    if version < 4 {
        return Method::Rc4;
    }
    let filter = entry(dict, name).name().unwrap_or(b"Identity");
    let filters = entry(dict, b"CF").dict();
    let filter = filters.and_then(|filters| entry(filters, filter).dict());
    match filter.and_then(|filter| entry(filter, b"CFM").name()) {
        Some(b"V2") => Method::Rc4,
        Some(b"AESV2") => Method::Aes128,
        Some(b"AESV3") => Method::Aes256,
        _ => Method::Identity,
    }
}

impl Handler {
    fn of(dict: &Dict, id: &[u8]) -> Option<Self> {
        let bytes = |key: &[u8]| entry(dict, key).text().unwrap_or_default().to_vec();
        let version = entry(dict, b"V").integer().unwrap_or_default();
        let revision = entry(dict, b"R").integer()?;
        let bits = entry(dict, b"Length").integer().unwrap_or(40);
        // Some producers give bytes.
        let bits = if (5..=32).contains(&bits) { bits * 8 } else { bits };
        let length = match (version, revision) {
            (1, _) | (_, 2) => 5,
            (4, _) => 16,
            (5.., _) => 32,
            _ => usize::try_from(bits / 8).ok()?.clamp(5, 16),
        };
        let known = matches!(version, 1..=5) && matches!(revision, 2..=6);
        known.then(|| Self {
            version,
            revision,
            length,
            owner: bytes(b"O"),
            user: bytes(b"U"),
            owner_key: bytes(b"OE"),
            user_key: bytes(b"UE"),
            permissions: entry(dict, b"P").integer().unwrap_or_default(),
            encrypts_metadata: *entry(dict, b"EncryptMetadata") != Object::Bool(false),
            id: id.to_vec(),
        })
    }

    /// A password as the bytes that programs make of it.
    fn spellings(&self, password: &str) -> Vec<Vec<u8>> {
        let mut made = vec![password.as_bytes().to_vec()];
        if self.revision < 5 && !password.is_ascii() {
            if let Some(latin) = password.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
            {
                made.push(latin);
            }
            let (chinese, _, missing) = encoding_rs::GBK.encode(password);
            if !missing {
                made.push(chinese.into_owned());
            }
        }
        made
    }

    /// The key of the document, if the password is the user's or the owner's.
    fn key(&self, password: &[u8]) -> Option<Vec<u8>> {
        if self.revision >= 5 {
            return self.key_by_hash(password);
        }
        self.user_key_for(password).or_else(|| self.user_key_for(&self.user_password(password)))
    }

    /// Algorithm 2 of 7.6.4.3.2, checked by algorithms 4 to 6.
    fn user_key_for(&self, password: &[u8]) -> Option<Vec<u8>> {
        let mut hash = Md5::new();
        hash.update(padded(password));
        hash.update(self.owner.get(..32)?);
        hash.update((self.permissions as u32).to_le_bytes());
        hash.update(&self.id);
        if self.revision >= 4 && !self.encrypts_metadata {
            hash.update([0xFF; 4]);
        }
        let mut key = hash.finalize().to_vec();
        if self.revision >= 3 {
            for _ in 0..50 {
                key.truncate(self.length);
                key = Md5::digest(&key).to_vec();
            }
        }
        key.truncate(self.length);
        let is_right = if self.revision == 2 {
            rc4(&key, &PADDING) == self.user.get(..32)?
        } else {
            let mut hash = Md5::new();
            hash.update(PADDING);
            hash.update(&self.id);
            let mut made = hash.finalize().to_vec();
            for round in 0..20 {
                made = rc4(&turned(&key, round), &made);
            }
            made == self.user.get(..16)?
        };
        is_right.then_some(key)
    }

    /// The user's password that belongs to an owner's (algorithm 7).
    fn user_password(&self, owner: &[u8]) -> Vec<u8> {
        let mut key = Md5::digest(padded(owner)).to_vec();
        if self.revision >= 3 {
            for _ in 0..50 {
                // Readers cut here, whatever the text of the standard says.
                key.truncate(self.length);
                key = Md5::digest(&key).to_vec();
            }
        }
        key.truncate(self.length);
        let mut password = self.owner.get(..32).unwrap_or_default().to_vec();
        if self.revision == 2 {
            return rc4(&key, &password);
        }
        for round in (0..20).rev() {
            password = rc4(&turned(&key, round), &password);
        }
        password
    }

    /// Algorithm 2.A of 7.6.4.3.3.
    fn key_by_hash(&self, password: &[u8]) -> Option<Vec<u8>> {
        let password = password.get(..127).unwrap_or(password);
        let user = self.user.get(..48)?;
        let as_owner = self.owner.get(..48).map(|owner| (owner, user, &self.owner_key));
        let ways = [Some((user, &[][..], &self.user_key)), as_owner];
        ways.into_iter().flatten().find_map(|(check, with, packed)| {
            let made = self.hash(password, check.get(32..40)?, with);
            if made != check.get(..32)? {
                return None;
            }
            let wrap = self.hash(password, check.get(40..48)?, with);
            let mut key = packed.get(..32)?.to_vec();
            let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&wrap, &[0; 16]).ok()?;
            cipher.decrypt_padded::<NoPadding>(&mut key).ok()?;
            Some(key)
        })
    }

    /// Algorithm 2.B of 7.6.4.3.4, and its forerunner in revision 5.
    fn hash(&self, password: &[u8], salt: &[u8], with: &[u8]) -> Vec<u8> {
        let mut key = Sha256::digest([password, salt, with].concat()).to_vec();
        if self.revision == 5 {
            return key;
        }
        for round in 0_u32.. {
            let mut text = [password, &key, with].concat().repeat(64);
            let (Some(first), Some(second)) = (key.get(..16), key.get(16..32)) else { break };
            let Ok(cipher) = cbc::Encryptor::<Aes128>::new_from_slices(first, second) else {
                break;
            };
            let length = text.len();
            if cipher.encrypt_padded::<NoPadding>(&mut text, length).is_err() {
                break;
            }
            let sum: u32 = text.iter().take(16).map(|byte| u32::from(*byte)).sum();
            key = match sum % 3 {
                0 => Sha256::digest(&text).to_vec(),
                1 => Sha384::digest(&text).to_vec(),
                _ => Sha512::digest(&text).to_vec(),
            };
            let last = text.last().copied().unwrap_or_default();
            if round >= 63 && u32::from(last) <= round - 31 {
                break;
            }
        }
        key.truncate(32);
        key
    }
}

fn padded(password: &[u8]) -> [u8; 32] {
    let mut made = [0; 32];
    for (to, from) in made.iter_mut().zip(password.iter().chain(&PADDING)) {
        *to = *from;
    }
    made
}

fn turned(key: &[u8], round: u8) -> Vec<u8> {
    key.iter().map(|byte| byte ^ round).collect()
}

fn aes_cbc(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let Some((vector, data)) = bytes.split_at_checked(16) else { return Vec::new() };
    // What was cut off is no whole block.
    let mut out = data.get(..data.len() / 16 * 16).unwrap_or_default().to_vec();
    let is_done = match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, vector)
            .is_ok_and(|cipher| cipher.decrypt_padded::<NoPadding>(&mut out).is_ok()),
        32 => cbc::Decryptor::<Aes256>::new_from_slices(key, vector)
            .is_ok_and(|cipher| cipher.decrypt_padded::<NoPadding>(&mut out).is_ok()),
        _ => false,
    };
    if !is_done {
        return Vec::new();
    }
    // Padding that makes no sense is kept: it is data, or does no harm.
    if let Some(padding @ 1..=16) = out.last().copied()
        && out.iter().rev().take(usize::from(padding)).all(|byte| *byte == padding)
    {
        out.truncate(out.len() - usize::from(padding));
    }
    out
}

fn rc4(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|at| at as u8);
    let mut swap_with = 0_u8;
    for (at, key) in (0..256).zip(key.iter().cycle()) {
        swap_with = swap_with.wrapping_add(state[at]).wrapping_add(*key);
        state.swap(at, usize::from(swap_with));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    let stream = bytes.iter().map(|byte| {
        i = i.wrapping_add(1);
        let at = state[usize::from(i)];
        j = j.wrapping_add(at);
        state.swap(usize::from(i), usize::from(j));
        byte ^ state[usize::from(state[usize::from(i)].wrapping_add(at))]
    });
    stream.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::pdf::syntax::lexer::unhex;
    use crate::extract::pdf::syntax::object::Parser;

    #[test]
    fn rc4_is_the_published_one() {
        let made = rc4(b"Key", b"Plaintext");
        assert_eq!(made, [0xBB, 0xF3, 0x16, 0xE8, 0xD9, 0x40, 0xAF, 0x0A, 0xD3]);
    }

    #[test]
    fn aes_without_a_whole_block_is_nothing() {
        for length in [0, 15, 16, 17, 31] {
            assert!(aes_cbc(&[1; 16], &vec![0; length]).is_empty(), "{length}");
        }
        assert_eq!(aes_cbc(&[1; 5], &[0; 64]).len(), 0);
    }

    /// Encryption dictionaries that qpdf made, and a string of object 2 in each.
    const MADE: [(&str, &str); 5] = [
        (
            "<</Filter/Standard/Length 40/O<8eeb095819662a774442fb072e3d9f19e9d130ec09a4d0061e78fe920f7ab62f>\
             /P -12/R 2/U<c8f2709bf85fb0610de9ee8bc7b6452b0c228fc48259cccd7cea68c36b3b1c72>/V 1>>",
            "ad7e098f046a7b89058c0f82",
        ),
        (
            "<</Filter/Standard/Length 128/O<11a0834388f90388e74e54584125ce142be0de24c6b0d37746e075b891756671>\
             /P -1028/R 3/U<4cceadef05c6ebe5623eaa90a715c1580021446990b9e4114071a4d9104984c1>/V 2>>",
            "b6cdfd8a3147f2743114f0db",
        ),
        (
            "<</CF<</StdCF<</CFM/AESV2/Length 16>>>>/Filter/Standard/Length 128\
             /O<11a0834388f90388e74e54584125ce142be0de24c6b0d37746e075b891756671>/P -1028/R 4\
             /StmF/StdCF/StrF/StdCF\
             /U<4cceadef05c6ebe5623eaa90a715c1580021446990b9e4114071a4d9104984c1>/V 4>>",
            "887583ceb9e2e5188850dd25c680f5b96c44cc406062405ea196b2d16c9a2be0",
        ),
        (
            "<</CF<</StdCF<</CFM/AESV3/Length 32>>>>/Filter/Standard/Length 256\
             /O<38ceb30f5aa38bf2fb6aa9a53be0c90fd516c3be4b67cdde9888f466d804197b613db99671f5f3f8bf8d7d2f3fce8bd8>\
             /OE<4435e7375f38175c4d83ebe3584b1eef596b56ba1fafc2c20f78a65b4faa33e0>/P -1028/R 5\
             /StmF/StdCF/StrF/StdCF\
             /U<63d87d04e51160fcc9a6c98b31c68a753e6e0f781335be6c71064c531d6c9ed92aebc463c391fdd44ab01000306d082f>\
             /UE<892421583edbf12e9546d1394df10cb966905577dfd28116b5ba5d1034420ebe>/V 5>>",
            "99863654f540f158e9555d773d23ca7893e2279daf4d3f01d460f206625da263",
        ),
        (
            "<</CF<</StdCF<</CFM/AESV3/Length 32>>>>/Filter/Standard/Length 256\
             /O<ba684b27b7987266332a6127efbc70f24ab17ac932025c2431b52dadecee74afa0a804851ed1dcbf11dc21ed5b979bf5>\
             /OE<6a1895e523d7c7c4bbcb0c1a5d80216b52ae0a76fdd3c5928ac1d9c13e43e3ea>/P -1028/R 6\
             /StmF/StdCF/StrF/StdCF\
             /U<ee607b0a5a4c283c8f8f44eeaba752baf47609e4127f2096a12606762193c6601ebb19224865b979c58b5d8bf55b98eb>\
             /UE<53a04069d50b67c683f1c4d960cc02ccd244c7a01ccbb333f1edd7ed1f1be0e6>/V 5>>",
            "916165f99385597cbd1869f1d82c969de7b3058cf09c452fa4870f7c2524f95f",
        ),
    ];

    #[test]
    fn users_and_owners_open_each_revision() {
        let id = unhex(b"31415926535897932384626433832795");
        for (dict, string) in MADE {
            let parsed = Parser::new(dict.as_bytes(), 0, 1000).object().unwrap();
            let dict = parsed.dict().unwrap();
            for password in ["open", "owner"] {
                let given = ["wrong", "密码", password].into_iter();
                let crypt = Crypt::open(dict, &id, given).unwrap();
                let made = crypt.decrypt(crypt.strings, (2, 0), &unhex(string.as_bytes()));
                assert_eq!(made, b"hidden words", "{password} {dict:?}");
            }
            for wrong in ["", "Open", "密码"] {
                let refused = Crypt::open(dict, &id, [wrong].into_iter()).err();
                assert_eq!(refused, Some(Refusal::Password), "{wrong}");
            }
        }
    }

    #[test]
    fn other_handlers_are_refused() {
        for (dict, why) in [
            ("<</Filter/Adobe.PubSec/V 4>>", Refusal::Certificate),
            ("<</Filter/Other/V 1/R 2>>", Refusal::Handler),
            ("<</Filter/Standard/V 9/R 9>>", Refusal::Handler),
            ("<</Filter/Standard/V 5/R 6/U<00>/O<>>>", Refusal::Password),
            ("<<>>", Refusal::Handler),
        ] {
            let parsed = Parser::new(dict.as_bytes(), 0, 1000).object().unwrap();
            let refused = Crypt::open(parsed.dict().unwrap(), b"", std::iter::empty()).err();
            assert_eq!(refused, Some(why), "{dict}");
        }
    }
}

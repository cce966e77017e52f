//! What only one person knows: random numbers that are kept as digests, and passwords
//! that are kept as argon2id hashes (RFC 9106).

use std::fmt;

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier};
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use crate::model::{hex, unhex};

/// 256 random bits, which a cookie or a link holds and the store does not.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// That the operating system gives no random bytes.
    pub fn new() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| {
            Error::wrong("the operating system gives no random bytes", "操作系统未能提供随机数")
        })?;
        Ok(Self(bytes))
    }

    /// The bytes themselves, for what is no secret: a salt.
    pub(super) fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// From 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// What the store keeps of it.
    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// Another secret that follows from this one and that this one does not follow from:
    /// what forms of a session hold against forgery.
    pub fn derived(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(b"vetmark.derived/1\0");
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(self.0);
        hex(&hash.finalize())
    }

    /// As a cookie or a link holds it.
    pub fn text(&self) -> String {
        hex(&self.0)
    }
}

/// A secret is not shown by accident.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Letters and digits of codes: none that is taken for another.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Characters of a code: 40 bits, of which somebody may guess a few.
const CODE_CHARS: usize = 8;

/// The other half of a link, short enough to be read out: `K7M2-9QXD`.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; CODE_CHARS]);

impl Code {
    /// A new one.
    ///
    /// # Errors
    /// That the operating system gives no random bytes.
    pub fn new() -> Result<Self> {
        let Token(random) = Token::new()?;
        let mut chars = [0; CODE_CHARS];
        for (char, byte) in chars.iter_mut().zip(random) {
            *char = ALPHABET[usize::from(byte % 32)];
        }
        Ok(Self(chars))
    }

    /// As somebody types it: capital or small, with spaces or hyphens anywhere.
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let chars: Vec<u8> = typed
            .map(|c| u8::try_from(c.to_ascii_uppercase()).ok().filter(|c| ALPHABET.contains(c)))
            .collect::<Option<_>>()?;
        chars.try_into().ok().map(Self)
    }

    /// What the store keeps of it: of use for this link alone.
    pub(super) fn digest(&self, link: &[u8; 32]) -> [u8; 32] {
        Sha256::new().chain_update(link).chain_update(self.0).finalize().into()
    }

    /// As it is read out.
    pub fn text(&self) -> String {
        let (first, second) = self.0.split_at(CODE_CHARS / 2);
        [first, second].map(String::from_utf8_lossy).join("-")
    }
}

/// A secret is not shown by accident.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// A password as it is kept: a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct Hashed(pub(super) String);

impl fmt::Debug for Hashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hashed(…)")
    }
}

/// The fewest characters of a password (NIST SP 800-63B asks for 8 at least; no classes of
/// characters are asked for, and none is forbidden).
pub const SHORTEST: usize = 12;

/// A hash with the same costs that is no password's.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$W1bT5Cn9Tq1ZQm6B0Qo2Kw$p0C0pV9mGv0m4l4nqg1Zl3S8xT7J1b3mYy1m8m3m3m0";

/// The most bytes of one: hashing more would be work for whoever asks for it.
const LONGEST: usize = 512;

impl Hashed {
    /// Hashes a password, with a salt of its own and the costs that OWASP names for
    /// argon2id (19 MiB, 2 passes): some tens of milliseconds.
    ///
    /// # Errors
    /// That it is too short or too long, or is the person's name.
    pub fn of(password: &str, person: &str) -> Result<Self> {
        if password.chars().count() < SHORTEST || password.len() > LONGEST {
            return Err(Error::wrong(
                format!("a password has {SHORTEST} characters at least"),
                format!("口令至少{SHORTEST}个字符"),
            ));
        }
        let few = password.chars().collect::<std::collections::BTreeSet<_>>().len() < 4;
        if few || (!person.is_empty() && password.to_lowercase().contains(&person.to_lowercase())) {
            return Err(Error::wrong(
                "a password does not hold the name, nor the same few characters again and again",
                "口令不得包含用户名，也不得只由少数几个字符重复组成",
            ));
        }
        let hash: PasswordHash = Argon2::default()
            .hash_password(password.as_bytes())
            .map_err(|_| Error::wrong("this password cannot be hashed", "该口令无法处理"))?;
        Ok(Self(hash.to_string()))
    }

    /// Whether it is a password's. Where there is none to compare with, the same work is
    /// done, so that nobody can tell by the time it takes.
    pub fn is_of(hashed: Option<&Self>, password: &str) -> bool {
        let hash = hashed.map_or(NOBODYS, |hashed| hashed.0.as_str());
        if password.len() > LONGEST {
            return false;
        }
        Argon2::default().verify_password(password.as_bytes(), hash).is_ok() && hashed.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_its_own_hash_and_no_other() {
        let kept = Hashed::of("correct horse battery", "zhang").unwrap();
        assert!(kept.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.0);
        assert!(Hashed::is_of(Some(&kept), "correct horse battery"));
        assert!(!Hashed::is_of(Some(&kept), "correct horse batterz"));
        assert!(!Hashed::is_of(None, "correct horse battery"));
        assert_ne!(kept.0, Hashed::of("correct horse battery", "zhang").unwrap().0, "salted");
        assert!(!format!("{kept:?}").contains("argon2id"));
        // The work for nobody is the same work: the string must be one that parses.
        assert!(PasswordHash::new(NOBODYS).is_ok());
    }

    #[test]
    fn what_is_no_password() {
        for (password, person) in [
            ("", "zhang"),
            ("elevenchars", "zhang"),
            ("十一个汉字不够十二个", "zhang"),
            ("aaaaaaaaaaaaaaaaaaaa", "zhang"),
            ("my name is Zhang!", "zhang"),
            (&"x1y2".repeat(200), "zhang"),
        ] {
            assert!(Hashed::of(password, person).is_err(), "{password}");
        }
        assert!(Hashed::of("十二个汉字的口令也是可以用的", "zhang").is_ok());
    }

    #[test]
    fn codes() {
        let code = Code::new().unwrap();
        let text = code.text();
        assert_eq!((text.len(), text.as_bytes()[4]), (9, b'-'));
        for typed in [text.clone(), text.to_lowercase(), format!(" {} ", text.replace('-', " "))] {
            assert_eq!(Code::parse(&typed), Some(code.clone()), "{typed}");
        }
        assert_ne!(code.digest(&[1; 32]), code.digest(&[2; 32]));
        for bad in ["", "K7M2", "K7M2-9QX0", "K7M2-9QXDD", "Ｋ7M2-9QXD"] {
            assert_eq!(Code::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn tokens() {
        let token = Token::new().unwrap();
        assert_eq!(Token::parse(&token.text()), Some(token.clone()));
        assert_ne!(token, Token::new().unwrap());
        assert_ne!(token.derived("form"), token.derived("link"));
        assert_ne!(token.derived("form"), token.text());
        assert_eq!(format!("{token:?}"), "Token(…)");
        for bad in ["", "00", &"g".repeat(64), &"0".repeat(65)] {
            assert_eq!(Token::parse(bad), None, "{bad}");
        }
    }
}

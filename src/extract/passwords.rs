//! Passwords that may open what is encrypted.

use std::fmt;
use std::sync::Arc;

/// Passwords to try, in their order, on every part that needs one.
///
/// They are given by a person and belong to the input of an examination: what
/// opened a part is never written anywhere, only that it was opened.
#[derive(Clone, Default)]
pub struct Passwords(Arc<Vec<String>>);

impl Passwords {
    /// One password a line, as in a file: line ends are no part of one, spaces
    /// are; empty lines and a byte order mark are skipped, and a password given
    /// twice is tried once.
    pub fn from_lines(text: &str) -> Self {
        let mut passwords: Vec<String> = Vec::new();
        for line in text.trim_start_matches('\u{FEFF}').split('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if !line.is_empty() && !passwords.iter().any(|known| known == line) {
                passwords.push(line.to_owned());
            }
        }
        Self(Arc::new(passwords))
    }

    /// The passwords, in the order they are tried.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_passwords_as_they_stand() {
        let given = Passwords::from_lines("\u{FEFF}one\r\n two \n\n密码\none\n");
        assert_eq!(given.iter().collect::<Vec<_>>(), ["one", " two ", "密码"]);
        assert_eq!(format!("{given:?}"), "Passwords(3)");
        assert_eq!(Passwords::from_lines("\n").iter().count(), 0);
    }
}

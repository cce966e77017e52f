//! `--password-file`: passwords for what is encrypted.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use super::settings::{Flags, Given, Key, Settings};
use crate::extract::Passwords;

/// Where passwords come from. They are never taken from the command line
/// itself: every user of a machine can see those.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct PasswordFile {
    /// Passwords to try on what is encrypted, one a line, UTF-8
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl Flags for PasswordFile {
    fn give(&self, given: &mut Given) {
        given.path(Key::PasswordFile, self.password_file.as_ref());
    }
}

impl PasswordFile {
    /// The file that the settings in force name.
    pub(super) fn of(settings: &Settings) -> Self {
        Self { password_file: settings.path(Key::PasswordFile) }
    }

    /// Reads them; none where no file is named.
    pub(super) fn load(&self) -> anyhow::Result<Passwords> {
        let Some(path) = &self.password_file else { return Ok(Passwords::default()) };
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read passwords from {}", path.display()))?;
        Ok(Passwords::from_lines(&text))
    }
}

//! `--password-file`: passwords for what is encrypted.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use crate::extract::Passwords;

/// Where passwords come from. They are never taken from the command line
/// itself: every user of a machine can see those.
#[derive(Debug, clap::Args)]
pub(super) struct PasswordFile {
    /// Passwords to try on what is encrypted, one a line, UTF-8
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordFile {
    /// Reads them; none where no file is named.
    pub(super) fn load(&self) -> anyhow::Result<Passwords> {
        let Some(path) = &self.password_file else { return Ok(Passwords::default()) };
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read passwords from {}", path.display()))?;
        Ok(Passwords::from_lines(&text))
    }
}

//! Which rules and dictionaries a command works with.

use std::path::PathBuf;

use anyhow::bail;

use crate::dictionary::{Diagnostic, Dictionary};

/// Where rules and dictionaries come from; those built in where nothing is said.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Source {
    /// Folder with rules to use instead of those built in
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Option<PathBuf>,
    /// Scope dictionary to use beside those built in (may be given more than once)
    #[arg(long, value_name = "FILE")]
    pub(super) dictionary: Vec<PathBuf>,
}

impl Source {
    /// Loads them; nothing is done with a broken dictionary.
    pub(super) fn load(&self) -> anyhow::Result<Dictionary> {
        match self.check() {
            Ok(dictionary) => Ok(dictionary),
            Err(wrong) => {
                let lines: Vec<_> = wrong.iter().map(ToString::to_string).collect();
                bail!("the dictionaries are not in order\n{}", lines.join("\n"))
            }
        }
    }

    /// Loads them, or says everything that is wrong with them.
    pub(super) fn check(&self) -> Result<Dictionary, Vec<Diagnostic>> {
        let missing = self.rules.iter().chain(&self.dictionary).filter(|path| !path.exists());
        let missing: Vec<_> = missing
            .map(|path| Diagnostic {
                file: path.display().to_string(),
                line: 0,
                message: "does not exist".into(),
            })
            .collect();
        if missing.is_empty() { Ok(Dictionary::default()) } else { Err(missing) }
    }
}

//! Which rules and dictionaries a command works with.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::dictionary::{Diagnostic, Dictionary, load};

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
        let mut wrong = Vec::new();
        let unreadable = |path: &Path, error: std::io::Error| Diagnostic {
            file: path.display().to_string(),
            line: 0,
            message: error.to_string(),
        };
        let mut sources = match &self.rules {
            None => load::shipped(),
            Some(folder) => load::read_folder(folder).unwrap_or_else(|error| {
                wrong.push(unreadable(folder, error));
                Vec::new()
            }),
        };
        if sources.is_empty() && wrong.is_empty() {
            let message = "holds no rules: a folder with regimes/, rules/ and scopes/ is meant";
            let folder = self.rules.clone().unwrap_or_default();
            wrong.push(Diagnostic {
                file: folder.display().to_string(),
                line: 0,
                message: message.into(),
            });
        }
        for path in &self.dictionary {
            match load::read_file(path) {
                Ok(source) => sources.push(source),
                Err(error) => wrong.push(unreadable(path, error)),
            }
        }
        if wrong.is_empty() { load(&sources) } else { Err(wrong) }
    }
}

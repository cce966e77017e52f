//! Keyed lists and known documents among the files of `--dictionary`: told by how
//! they begin, opened with `--dictionary-key`.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::unreadable;
use crate::cli::key_file;
use crate::cli::settings::{self, Flags, Given, Settings};
use crate::dictionary::{Diagnostic, Dictionary, Key, Sealed, Shut};
use crate::model::hex;

/// Keys of keyed lists and known documents.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct DictionaryKeys {
    /// Key of keyed lists and known documents among the dictionaries (may be given more than once)
    #[arg(long, value_name = "FILE")]
    dictionary_key: Vec<PathBuf>,
}

impl Flags for DictionaryKeys {
    fn give(&self, given: &mut Given) {
        given.paths(settings::Key::DictionaryKeys, &self.dictionary_key);
    }
}

impl DictionaryKeys {
    pub(super) fn of(settings: &Settings) -> Self {
        Self { dictionary_key: settings.paths(settings::Key::DictionaryKeys) }
    }

    fn load(&self) -> Result<Vec<Key>, Vec<Diagnostic>> {
        let read = |path: &PathBuf| {
            key_file::load(path).map_err(|error| {
                let file = path.display().to_string();
                vec![Diagnostic { file, line: 0, message: format!("{error:#}") }]
            })
        };
        self.dictionary_key.iter().map(read).collect()
    }
}

/// Whether a file is a keyed list or known documents.
pub(super) fn is_sealed(path: &Path) -> bool {
    let mut start = [0; 8];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && Sealed::of(&start).is_some()
}

/// Adds those among some files to a dictionary.
///
/// # Errors
/// Everything that is wrong with them.
pub(super) fn add(
    dictionary: &mut Dictionary,
    files: &[PathBuf],
    keys: &DictionaryKeys,
) -> Result<(), Vec<Diagnostic>> {
    let keys = keys.load()?;
    let mut wrong = Vec::new();
    for path in files.iter().filter(|path| is_sealed(path)) {
        let name = path.display().to_string();
        match fs::read(path) {
            Err(error) => wrong.push(unreadable(path, error)),
            Ok(bytes) => {
                if let Err(shut) = dictionary.add_sealed(&name, &bytes, &keys) {
                    let message = said(&shut, &keys);
                    wrong.push(Diagnostic { file: name, line: 0, message });
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn said(shut: &Shut, keys: &[Key]) -> String {
    match shut {
        Shut::OtherKey(id) if keys.is_empty() => {
            format!("opens with a key only: give --dictionary-key FILE (key id {})", hex(id))
        }
        Shut::OtherKey(_) => {
            let given: Vec<String> = keys.iter().map(|key| hex(&key.id())).collect();
            format!("{shut}; given: {}", given.join(", "))
        }
        _ => shut.to_string(),
    }
}

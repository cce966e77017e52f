//! `--key`: files that hold secret keys.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::settings::{self, Flags, Given, Settings};
use crate::dictionary::Key;

/// What a key file may hold: more is some other file, named by mistake.
const LONGEST: u64 = 64 << 10;

/// The keys of a command. Each says of what was made with it that it is its own,
/// so nobody has to say which key is for what.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Keys {
    /// Key, at least 32 random bytes or their hexadecimal digits (may be given more than once)
    #[arg(long = "key", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Flags for Keys {
    fn give(&self, given: &mut Given) {
        given.paths(settings::Key::Keys, &self.files);
    }
}

impl Keys {
    /// The files that the settings in force name.
    pub(super) fn of(settings: &Settings) -> Self {
        Self { files: settings.paths(settings::Key::Keys) }
    }

    /// Reads them, in their order.
    pub(super) fn load(&self) -> anyhow::Result<Vec<Key>> {
        self.files.iter().map(|file| load(file)).collect()
    }
}

/// The key of one file.
pub(super) fn load(path: &Path) -> anyhow::Result<Key> {
    let name = path.display();
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot read the key {name}"))?;
    file.take(LONGEST)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read the key {name}"))?;
    Key::read(&bytes).map_err(|why| anyhow::anyhow!("{name} is no key: {why}"))
}

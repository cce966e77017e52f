//! What the command line says of settings: which file, `--set`, and the flags that
//! settings have of their own; and what the environment says.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::file::{VARIABLE, hint};
use super::key::{Key, SETTINGS};
use super::{Given, Mistake, Origin, Settings};

/// Which settings a command works by, beside its own flags.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct SettingArgs {
    /// File with settings [default: $VETMARK_CONFIG, else the first that is there of vetmark.toml,
    /// ~/.config/vetmark/vetmark.toml and /etc/vetmark/vetmark.toml]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Read no file with settings
    #[arg(long)]
    pub(super) no_config: bool,
    /// Any setting, e.g. budget.pages=500; `vetmark config` shows all (may be given more than once)
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) set: Vec<OsString>,
}

/// Flags that are settings.
pub(in crate::cli) trait Flags {
    /// Gives those that are set.
    fn give(&self, given: &mut Given);
}

impl SettingArgs {
    /// The settings in force: flags before variables before the file.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(in crate::cli) fn settings(&self, flags: &[&dyn Flags]) -> anyhow::Result<Settings> {
        Settings::load(self, flags)
    }
}

/// Takes what `--set` says.
pub(super) fn set(texts: &[OsString], given: &mut Given, wrong: &mut Vec<Mistake>) {
    for text in texts {
        let shown = text.to_string_lossy();
        let Some((name, value)) = split(text) else {
            wrong.push(Mistake::of("--set", format!("{shown}: NAME=VALUE is wanted")));
            continue;
        };
        let Some(key) = Key::named(&name) else {
            wrong.push(Mistake::of("--set", format!("there is no setting {name}{}", hint(&name))));
            continue;
        };
        match key.setting().kind.read_os(&value) {
            Ok(value) => given.add(key, value, Origin::Flag("--set")),
            Err(why) => wrong.push(Mistake::of("--set", format!("{name}: {why}"))),
        }
    }
}

/// A name and what stands behind its equals sign, whatever that is.
fn split(text: &OsStr) -> Option<(String, OsString)> {
    match text.to_str() {
        Some(text) => text.split_once('=').map(|(name, value)| (name.to_owned(), value.into())),
        None => split_bytes(text),
    }
}

#[cfg(unix)]
fn split_bytes(text: &OsStr) -> Option<(String, OsString)> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let bytes = text.as_bytes();
    let at = bytes.iter().position(|byte| *byte == b'=')?;
    let name = std::str::from_utf8(&bytes[..at]).ok()?;
    Some((name.to_owned(), OsString::from_vec(bytes[at + 1..].to_vec())))
}

#[cfg(not(unix))]
fn split_bytes(_: &OsStr) -> Option<(String, OsString)> {
    None
}

/// Takes what variables say; one that is empty says nothing.
pub(super) fn environment(given: &mut Given, wrong: &mut Vec<Mistake>) {
    let mut variables: Vec<_> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, value)| {
            name.starts_with("VETMARK_") && name != VARIABLE && !value.is_empty()
        })
        .collect();
    variables.sort();
    for (name, value) in variables {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) else {
            wrong.extend(misspelt(&name));
            continue;
        };
        let read = match setting.kind {
            super::value::Kind::Paths => {
                let paths: Vec<_> = env::split_paths(&value).collect();
                match paths.iter().any(|path| path.as_os_str().is_empty()) {
                    true => Err("the name of a file is empty".to_owned()),
                    false => Ok(super::Value::Paths(paths)),
                }
            }
            kind => kind.read_os(&value),
        };
        match read {
            Ok(value) => given.push(setting.key, value, Origin::Variable(name)),
            Err(why) => wrong.push(Mistake::of(&name, why)),
        }
    }
}

/// Others may have variables that begin so; one that is nearly a setting's is a mistake.
fn misspelt(name: &str) -> Option<Mistake> {
    let tail = |name: &str| name.trim_start_matches("VETMARK_").to_owned();
    let known: Vec<_> = SETTINGS.iter().map(|setting| tail(&setting.variable())).collect();
    let own = tail(name);
    let near = crate::cli::explain::nearest(known.iter().map(String::as_str), &own);
    // What merely holds the word is something else.
    let near = near.into_iter().find(|near| own.len().abs_diff(near.len()) <= 2)?;
    Some(Mistake::of(name, format!("is no setting; did you mean VETMARK_{near}?")))
}

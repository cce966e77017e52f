//! The settings file: where it is looked for, and reading it with the line of
//! each setting and of each mistake.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::key::{Key, SETTINGS};
use super::{Given, Mistake, Origin};
use crate::cli::explain::nearest;
use crate::dictionary::Diagnostic;

/// What a settings file is called.
pub(in crate::cli) const NAME: &str = "vetmark.toml";

/// The variable that names one.
pub(in crate::cli) const VARIABLE: &str = "VETMARK_CONFIG";

/// More than this is some other file, named by mistake.
const LONGEST: u64 = 1 << 20;

/// The file a run has its settings from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Whether nobody named it and it merely stands where the run was started.
    pub by_chance: bool,
}

/// Looks for the file: the one that is named, else the first that is there. Only
/// one is ever read.
///
/// # Errors
/// A place that cannot be looked at.
pub(super) fn find(named: Option<&Path>) -> Result<Option<Found>, Mistake> {
    let found = |path| Found { path, by_chance: false };
    if let Some(path) = named {
        return Ok(Some(found(path.to_path_buf())));
    }
    if let Some(path) = env::var_os(VARIABLE) {
        // An empty one says that there is to be none.
        return Ok((!path.is_empty()).then(|| found(path.into())));
    }
    for (at, path) in places().into_iter().enumerate() {
        match fs::metadata(&path) {
            Ok(metadata) => {
                if at == 0 && !is_own(&metadata) {
                    let why = "another user may have put it there: --config vetmark.toml takes \
                               its settings, --no-config leaves them";
                    return Err(Mistake::of(&path.display().to_string(), why));
                }
                return Ok(Some(Found { path, by_chance: at == 0 }));
            }
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(Mistake::of(&path.display().to_string(), error.to_string())),
        }
    }
    Ok(None)
}

/// Whether nobody but the user and the superuser can have written a file: others
/// may be waiting for someone to start this in a folder that all can write.
#[cfg(target_os = "linux")]
fn is_own(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = [0, rustix::process::geteuid().as_raw()].contains(&metadata.uid());
    own && metadata.mode() & 0o002 == 0
}

#[cfg(not(target_os = "linux"))]
fn is_own(_: &fs::Metadata) -> bool {
    true
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Where a file is looked for that nobody names, in this order.
pub(in crate::cli) fn places() -> Vec<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let mut places = vec![PathBuf::from(NAME)];
    // A relative folder there is to be ignored (XDG Base Directory Specification).
    let own = variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let own = match cfg!(windows) {
        true => variable("APPDATA").map(PathBuf::from),
        false => own.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config"))),
    };
    places.extend(own.map(|folder| folder.join("vetmark").join(NAME)));
    if cfg!(unix) {
        places.push(Path::new("/etc/vetmark").join(NAME));
    }
    places
}

/// Reads a file into what it gives; what is wrong with it goes to `wrong`.
pub(in crate::cli) fn read(path: &Path, given: &mut Given, wrong: &mut Vec<Mistake>) {
    let name = path.display().to_string();
    match text(path) {
        Ok(text) => parse(&name, &text, path.parent().unwrap_or(Path::new("")), given, wrong),
        Err(error) => wrong.push(Mistake::of(&name, format!("cannot be read: {error}"))),
    }
}

fn text(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    let mut text = String::new();
    let count = File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)? as u64;
    match count > LONGEST {
        true => Err(io::Error::other("it is too long for settings")),
        false => Ok(text),
    }
}

/// Reads the text of a file; its paths are taken from `folder` on.
pub(super) fn parse(
    name: &str,
    text: &str,
    folder: &Path,
    given: &mut Given,
    wrong: &mut Vec<Mistake>,
) {
    let (table, errors) = DeTable::parse_recoverable(text);
    wrong.extend(errors.iter().map(|error| Diagnostic::from_toml(name, text, error).into()));
    // A table that is half there would give one mistake more for each that is known.
    if errors.is_empty() {
        Reading { name, text, folder, given, wrong }.table("", table.get_ref());
    }
}

struct Reading<'a> {
    name: &'a str,
    text: &'a str,
    folder: &'a Path,
    given: &'a mut Given,
    wrong: &'a mut Vec<Mistake>,
}

impl Reading<'_> {
    fn table(&mut self, within: &str, table: &DeTable<'_>) {
        // In the order of the file.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let name = match within {
                "" => key.get_ref().to_string(),
                within => format!("{within}.{}", key.get_ref()),
            };
            let is_table = SETTINGS.iter().any(|setting| is_in(setting.name, &name));
            match (Key::named(&name), value.get_ref()) {
                (Some(known), found) => self.setting(known, key.span().start, found),
                (None, DeValue::Table(inner)) if is_table => self.table(&name, inner),
                (None, _) if is_table => {
                    self.fail(key.span().start, format!("[{name}] is a table of settings"));
                }
                _ => {
                    let message = format!("there is no setting {name}{}", hint(&name));
                    self.fail(key.span().start, message);
                }
            }
        }
    }

    fn setting(&mut self, key: Key, at: usize, value: &DeValue<'_>) {
        let setting = key.setting();
        match setting.kind.read_toml(value, self.folder) {
            Ok(value) => {
                let line = Diagnostic::at(self.name, self.text, at, "").line;
                let file = self.name.to_owned();
                self.given.push(key, value, Origin::File { file, line });
            }
            Err(why) => self.fail(at, format!("{}: {why}", setting.name)),
        }
    }

    fn fail(&mut self, at: usize, message: String) {
        self.wrong.push(Diagnostic::at(self.name, self.text, at, message).into());
    }
}

/// Whether a setting stands in a table.
fn is_in(setting: &str, table: &str) -> bool {
    setting.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
}

/// `; did you mean budget.pages?`, where there is such a setting.
pub(super) fn hint(name: &str) -> String {
    let name = name.replace('-', "_").to_lowercase();
    let names = || SETTINGS.iter().map(|setting| setting.name);
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    // In another table first: `pages` is `budget.pages`.
    let moved = names().find(|known| last(known) == last(&name));
    // A flag's name is not always that of the setting: `dictionary`, `matter_seconds`.
    let flag = |setting: &&super::key::Setting| {
        let flag = setting.flag.unwrap_or_default().trim_start_matches('-').replace('-', "_");
        flag == name
    };
    let flag = || SETTINGS.iter().find(flag).map(|setting| setting.name);
    match moved.or_else(flag).or_else(|| nearest(names(), &name).first().copied()) {
        Some(near) => format!("; did you mean {near}?"),
        None => "; `vetmark config` shows all".into(),
    }
}

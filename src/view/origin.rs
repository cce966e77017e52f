//! Where the bytes of a matter come from when somebody wants to see it: from where they
//! were examined, or from the hold. Never another version of them: what is given is open
//! and has the digest that is on record.

use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use crate::hold::{self, Hold};
use crate::intake;
use crate::model::{GapKind, Words};

/// Why there is nothing to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It came by standard input, or is not where it was any more.
    Gone,
    /// What is there now has another digest.
    Changed,
    /// There is a link, a folder or a device now.
    NoFile,
    /// It is there and cannot be read.
    Unreadable,
    /// What the hold kept was changed.
    Tampered,
}

impl Absent {
    /// The reason in both languages.
    pub fn words(self) -> Words {
        let (en, zh) = match self {
            Self::Gone => (
                "The original is not where it was examined, and no copy is held: nothing can be shown.",
                "原件已不在审查时的位置，也未留存副本：无法显示。",
            ),
            Self::Changed => (
                "The file there now is not the one that was examined (its SHA-256 is another), and no copy is held: another version is not shown.",
                "该处现有文件不是经审查的文件（SHA-256不同），也未留存副本：不显示其他版本。",
            ),
            Self::NoFile => (
                "There is no regular file any more where the original was examined, and no copy is held: it is not followed.",
                "原件所在位置现已不是普通文件，也未留存副本：不予跟随读取。",
            ),
            Self::Unreadable => (
                "The original is there and cannot be read by this program, and no copy is held.",
                "原件存在，但本程序无法读取，也未留存副本。",
            ),
            Self::Tampered => (
                "The original is not there as it was examined, and the held copy was changed: nothing is shown.",
                "原件已不是审查时的状态，留存副本也被改动：不予显示。",
            ),
        };
        Words::new(en, zh)
    }
}

/// Opens the file named `name` of the matter that was examined at `source`, if it has this
/// digest; else what the hold has of it. It stands at its beginning.
///
/// # Errors
/// Why there is none.
pub fn original(
    source: &str,
    name: &str,
    sha256: &str,
    hold: Option<&Hold>,
) -> Result<File, Absent> {
    let there = at_source(&place(source, name), sha256);
    let why = match there {
        Ok(file) => return Ok(file),
        Err(why) => why,
    };
    match hold.map(|hold| hold.open(sha256)) {
        Some(Ok(file)) => Ok(file),
        Some(Err(hold::Error::Tampered)) => Err(Absent::Tampered),
        _ => Err(why),
    }
}

/// Where a file of a matter is: the matter is that file, or a folder that holds it.
pub fn place(source: &str, name: &str) -> PathBuf {
    let path = Path::new(source);
    let is_folder = path.symlink_metadata().is_ok_and(|there| there.is_dir());
    if is_folder { path.join(name) } else { path.to_path_buf() }
}

fn at_source(path: &Path, sha256: &str) -> Result<File, Absent> {
    // Standard input has a name that no path has from the root on.
    if !path.is_absolute() || path.symlink_metadata().is_err() {
        return Err(Absent::Gone);
    }
    let mut file = intake::open_path(path).map_err(|gap| match gap.kind {
        GapKind::Unsupported => Absent::NoFile,
        _ => Absent::Unreadable,
    })?;
    let found: io::Result<String> = hold::digest_of(&mut file).and_then(|(digest, _)| {
        file.rewind()?;
        Ok(digest)
    });
    match found {
        Ok(found) if found == sha256 => Ok(file),
        Ok(_) => Err(Absent::Changed),
        Err(_) => Err(Absent::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_what_was_examined_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "text").unwrap();
        fs::write(at("other"), "texT").unwrap();
        fs::create_dir(at("matter")).unwrap();
        fs::write(at("matter/a"), "text").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        let (sha256, _) = hold::digest_of(&mut "text".as_bytes()).unwrap();
        for (source, name, want) in [
            ("file", "file", None),
            ("matter", "a", None),
            ("matter", "b", Some(Absent::Gone)),
            ("other", "other", Some(Absent::Changed)),
            ("gone", "gone", Some(Absent::Gone)),
            ("link", "link", Some(Absent::NoFile)),
        ] {
            let opened = original(at(source).to_str().unwrap(), name, &sha256, None);
            assert_eq!(opened.err(), want, "{source} {name}");
        }
        assert_eq!(original("-", "-", &sha256, None).err(), Some(Absent::Gone));
        assert_eq!(original("file", "file", &sha256, None).err(), Some(Absent::Gone));
        // What is held is there whatever became of the original, unless it was changed.
        let hold = Hold::open_or_make(&at("hold"), 1 << 20).unwrap();
        hold.put(&mut "text".as_bytes(), &sha256).unwrap();
        let gone = at("gone").to_str().unwrap().to_owned();
        let mut held = original(&gone, "gone", &sha256, Some(&hold)).unwrap();
        assert_eq!(io::read_to_string(&mut held).unwrap(), "text");
        let kept = at("hold").join(&sha256[..2]).join(&sha256[2..]);
        fs::write(kept, "texX").unwrap();
        let absent = original(&gone, "gone", &sha256, Some(&hold)).err();
        assert_eq!(absent, Some(Absent::Tampered));
    }
}

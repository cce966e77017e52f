//! Files below one folder and nowhere else: by no link, and without waiting for whoever
//! holds the other end of a pipe.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, Dir, FileType, Mode, OFlags, ResolveFlags, openat, openat2};

/// Files that one question may mean.
const FILES: usize = 10_000;

/// Folders within folders.
const DEPTH: usize = 32;

/// A folder whose files may be opened.
#[derive(Clone, Debug)]
pub(super) struct Root(pub(super) PathBuf);

impl Root {
    /// The path that was named, or all that stands in the folder that was, in the order of
    /// names. What is no regular file is among them, and is said when it is opened.
    ///
    /// # Errors
    /// That it is not below the folder, is a link, or cannot be opened.
    pub(super) fn list(&self, named: &[u8]) -> io::Result<Vec<PathBuf>> {
        let named = Path::new(OsStr::from_bytes(named));
        let below = self.below(named)?;
        let root = self.root()?;
        let opened = open(&root, below)?;
        match kind(&opened)? {
            FileType::Directory => {
                let mut found = Vec::new();
                self.walk(&root, below, opened, 0, &mut found)?;
                Ok(found)
            }
            _ => Ok(vec![named.to_owned()]),
        }
    }

    /// Opens a regular file.
    ///
    /// # Errors
    /// As [`Root::list`], and that it is none.
    pub(super) fn open(&self, named: &Path) -> io::Result<File> {
        let opened = open(&self.root()?, self.below(named)?)?;
        match kind(&opened)? {
            FileType::RegularFile => Ok(opened.into()),
            _ => Err(no_file()),
        }
    }

    fn root(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(openat(CWD, &self.0, flags, Mode::empty())?)
    }

    fn below<'n>(&self, named: &'n Path) -> io::Result<&'n Path> {
        let below = named.strip_prefix(&self.0).map_err(|_| outside())?;
        match below.components().all(|part| matches!(part, Component::Normal(_))) {
            true => Ok(below),
            false => Err(outside()),
        }
    }

    fn walk(
        &self,
        root: &OwnedFd,
        below: &Path,
        folder: OwnedFd,
        depth: usize,
        found: &mut Vec<PathBuf>,
    ) -> io::Result<()> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&folder)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(name);
            }
            if names.len() + found.len() > FILES {
                return Err(io::Error::other("too many files"));
            }
        }
        drop(folder);
        names.sort();
        for name in names {
            let below = below.join(OsStr::from_bytes(&name));
            let opened = open(root, &below).and_then(|opened| Ok((kind(&opened)?, opened)));
            match opened {
                Ok((FileType::Directory, _)) if depth == DEPTH => {
                    return Err(io::Error::other("folders are too deep"));
                }
                Ok((FileType::Directory, folder)) => {
                    self.walk(root, &below, folder, depth + 1, found)?;
                }
                _ => found.push(self.0.join(&below)),
            }
        }
        Ok(())
    }
}

fn open(root: &OwnedFd, below: &Path) -> io::Result<OwnedFd> {
    let below = if below.as_os_str().is_empty() { Path::new(".") } else { below };
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let how = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    Ok(openat2(root, below, flags, Mode::empty(), how)?)
}

/// What an open file is.
pub(super) fn kind(file: &impl AsFd) -> io::Result<FileType> {
    Ok(FileType::from_raw_mode(rustix::fs::fstat(file)?.st_mode))
}

fn outside() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "not below the folder that is allowed")
}

pub(super) fn no_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "no regular file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Read;
    use std::os::unix::fs::symlink;

    fn read(root: &Root, named: &str) -> Result<Vec<(String, Option<String>)>, String> {
        let found = root.list(named.as_bytes()).map_err(|error| error.to_string())?;
        let one = |path: PathBuf| {
            let mut text = String::new();
            let read = root.open(&path).and_then(|mut file| file.read_to_string(&mut text));
            let text = read.ok().map(|_| text);
            (path.strip_prefix(&root.0).unwrap().display().to_string(), text)
        };
        Ok(found.into_iter().map(one).collect())
    }

    #[test]
    fn files_below_the_root_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root(folder.path().join("in"));
        let at = |name: &str| root.0.join(name);
        fs::create_dir_all(at("sub")).unwrap();
        fs::write(at("b.txt"), "b").unwrap();
        fs::write(at("sub/a.txt"), "a").unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        symlink(folder.path().join("secret"), at("link")).unwrap();
        symlink(folder.path(), at("up")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let named = |name: &str| at(name).display().to_string();
        let b = vec![("b.txt".to_owned(), Some("b".to_owned()))];
        assert_eq!(read(&root, &named("b.txt")), Ok(b));
        let all = [
            ("b.txt", Some("b")),
            ("link", None),
            ("socket", None),
            ("sub/a.txt", Some("a")),
            ("up", None),
        ];
        let all = all.map(|(path, text)| (path.to_owned(), text.map(str::to_owned)));
        assert_eq!(read(&root, &root.0.display().to_string()), Ok(all.to_vec()));
        for outside in [
            named("../secret"),
            named("link"),
            named("up/secret"),
            named("sub/../../secret"),
            named("socket"),
            named("none"),
            folder.path().join("secret").display().to_string(),
            "/etc/passwd".into(),
            "b.txt".into(),
            String::new(),
        ] {
            assert!(read(&root, &outside).is_err(), "{outside}");
            assert!(root.open(Path::new(&outside)).is_err(), "{outside}");
        }
    }
}

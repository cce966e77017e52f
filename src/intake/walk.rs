//! Files and folders → matters, in byte order of names, hidden ones included.

use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{Item, Place, Unread, name, read};
use crate::model::{Gap, GapKind};

/// What makes a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MatterBy {
    /// Each file, with everything packed inside it.
    #[default]
    File,
    /// Each folder that directly holds files. A file given by itself is a matter too.
    Folder,
}

/// The matters of files, folders and, for `-`, standard input: in the order
/// given, and within a folder in byte order of names. Nothing is read yet, and
/// no more than the folders on the way to the present one is held in memory.
///
/// A symbolic link that is given by name is followed; one met in a folder is
/// not, since it may lead anywhere, and is listed as a gap.
pub fn walk(paths: Vec<PathBuf>, by: MatterBy) -> impl Iterator<Item = Unread> {
    paths.into_iter().flat_map(move |path| matters_of(path, by))
}

fn matters_of(path: PathBuf, by: MatterBy) -> Box<dyn Iterator<Item = Unread>> {
    if path.as_os_str() == "-" {
        let item = Item { name: "-".into(), place: Place::StandardInput };
        return Box::new(std::iter::once(alone(&path, item)));
    }
    match (fs::metadata(&path), by) {
        (Ok(found), MatterBy::File) if found.is_dir() => Box::new(files_below(&path)),
        (Ok(found), MatterBy::Folder) if found.is_dir() => Box::new(folders_below(&path)),
        (Ok(found), _) => Box::new(std::iter::once(by_name(path, found.file_type()))),
        (Err(error), _) => Box::new(std::iter::once(lost(&path, &error))),
    }
}

/// Every file below a folder, a matter each.
fn files_below(folder: &Path) -> impl Iterator<Item = Unread> + use<> {
    let root = folder.to_path_buf();
    WalkDir::new(folder)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter()
        .filter(|entry| !entry.as_ref().is_ok_and(is_folder))
        .map(move |entry| match entry {
            Ok(entry) => {
                let kind = entry.file_type();
                single(entry.into_path(), kind)
            }
            Err(error) => lost_on_the_way(&root, error),
        })
}

/// Every folder that directly holds files, the outermost first.
fn folders_below(folder: &Path) -> impl Iterator<Item = Unread> + use<> {
    let root = folder.to_path_buf();
    // Files before folders: so all files of one folder come in one stretch.
    let mut entries = WalkDir::new(folder)
        .min_depth(1)
        .sort_by(|a, b| (is_folder(a), a.file_name()).cmp(&(is_folder(b), b.file_name())))
        .into_iter()
        .filter(|entry| !entry.as_ref().is_ok_and(is_folder))
        .peekable();
    std::iter::from_fn(move || {
        let first = match entries.next()? {
            Ok(entry) => entry,
            Err(error) => return Some(lost_on_the_way(&root, error)),
        };
        let parent = first.path().parent().unwrap_or(&root).to_path_buf();
        let mut items = vec![item(first.path(), first.file_type())];
        let beside = |next: &Result<DirEntry, _>| {
            next.as_ref().is_ok_and(|entry| entry.path().parent() == Some(&parent))
        };
        while let Some(Ok(entry)) = entries.next_if(beside) {
            items.push(item(entry.path(), entry.file_type()));
        }
        Some(Unread { source: name::exact(&parent), items })
    })
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_dir()
}

/// A file that was given by name, or by that of a link to it: links are followed here,
/// and by nobody who opens it later.
fn by_name(path: PathBuf, kind: FileType) -> Unread {
    let is_link = fs::symlink_metadata(&path).is_ok_and(|own| own.file_type().is_symlink());
    let target = is_link.then(|| fs::canonicalize(&path)).transpose();
    let mut unread = single(path, kind);
    match target {
        Ok(None) => {}
        Ok(Some(target)) => {
            if let [Item { place: Place::File(place), .. }] = &mut unread.items[..] {
                *place = target;
            }
        }
        Err(error) => unread.items.iter_mut().for_each(|item| {
            item.place = Place::Lost(read::failed("open", &error));
        }),
    }
    unread
}

fn single(path: PathBuf, kind: FileType) -> Unread {
    let item = item(&path, kind);
    alone(&path, item)
}

fn item(path: &Path, kind: FileType) -> Item {
    let place = match what_else(kind) {
        None => Place::File(path.to_path_buf()),
        Some(what) => {
            Place::Lost(Gap::new(GapKind::Unsupported, format!("{what} and was not opened")))
        }
    };
    Item { name: name::readable(path), place }
}

/// What something is that is no regular file. Opening a pipe or a device might
/// never return.
fn what_else(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_symlink() {
        Some("is a symbolic link met in a folder")
    } else {
        Some("is no regular file (a pipe, socket or device)")
    }
}

fn lost_on_the_way(root: &Path, error: walkdir::Error) -> Unread {
    let path = error.path().unwrap_or(root).to_path_buf();
    lost(&path, &error.into())
}

fn lost(path: &Path, error: &io::Error) -> Unread {
    let gap = read::failed("open", error);
    alone(path, Item { name: name::readable(path), place: Place::Lost(gap) })
}

fn alone(path: &Path, item: Item) -> Unread {
    Unread { source: name::exact(path), items: vec![item] }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with files at several depths, one hidden, and an empty folder.
    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for folder in ["b/deep", "empty", "only/deeper"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        for file in [".hidden", "a.txt", "b/deep/2", "b/deep/10", "b/1", "c", "only/deeper/x"] {
            fs::write(root.path().join(file), file).unwrap();
        }
        root
    }

    /// Sources below the root with the names and text in them.
    fn walked(root: &Path, by: MatterBy) -> Vec<(String, Vec<String>)> {
        let prefix = format!("{}/", root.display());
        let short = |name: &str| name.trim_start_matches(&prefix).to_owned();
        walk(vec![root.to_path_buf()], by)
            .map(|unread| {
                let matter = unread.read(1 << 20);
                let names = matter.submissions.iter().map(|s| short(s.provenance.name()));
                (short(&matter.source), names.collect())
            })
            .collect()
    }

    #[test]
    fn files_come_in_byte_order_of_names() {
        let root = tree();
        let names: Vec<_> =
            walked(root.path(), MatterBy::File).into_iter().map(|(source, _)| source).collect();
        assert_eq!(
            names,
            [".hidden", "a.txt", "b/1", "b/deep/10", "b/deep/2", "c", "only/deeper/x"]
        );
    }

    #[test]
    fn each_folder_that_directly_holds_files_is_one_matter() {
        let root = tree();
        let matters = walked(root.path(), MatterBy::Folder);
        let own = |files: &[&str]| files.iter().map(|&f| f.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            matters,
            [
                (root.path().display().to_string(), own(&[".hidden", "a.txt", "c"])),
                ("b".into(), own(&["b/1"])),
                ("b/deep".into(), own(&["b/deep/10", "b/deep/2"])),
                ("only/deeper".into(), own(&["only/deeper/x"])),
            ]
        );
    }

    #[test]
    fn a_file_given_by_itself_is_a_matter_either_way() {
        let root = tree();
        let file = root.path().join("c");
        for by in [MatterBy::File, MatterBy::Folder] {
            let matters: Vec<_> =
                walk(vec![file.clone()], by).map(|unread| unread.read(1 << 20)).collect();
            assert_eq!(matters.len(), 1);
            assert_eq!(matters[0].source, file.display().to_string());
            assert_eq!(&*matters[0].submissions[0].bytes, b"c");
        }
    }

    #[test]
    fn what_is_not_there_is_a_gap() {
        let matters: Vec<_> = walk(vec!["/no/such/file".into()], MatterBy::File)
            .map(|unread| unread.read(1 << 20))
            .collect();
        let gap = &matters[0].submissions[0].gaps[0];
        assert_eq!(gap.kind, GapKind::Damaged);
        assert!(gap.detail.starts_with("cannot open: "), "{}", gap.detail);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_by_name_and_listed_on_the_way() {
        use std::os::unix::fs::symlink;
        let root = tree();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("far"), "far").unwrap();
        symlink(outside.path().join("far"), root.path().join("link")).unwrap();
        symlink(outside.path(), root.path().join("linked folder")).unwrap();
        symlink("nowhere", root.path().join("loose")).unwrap();

        let met: Vec<_> = walk(vec![root.path().to_path_buf()], MatterBy::File)
            .map(|unread| unread.read(1 << 20))
            .collect();
        assert_eq!(met.len(), 10);
        let gaps = met.iter().flat_map(|m| &m.submissions).filter(|s| !s.gaps.is_empty());
        let kinds: Vec<_> = gaps.map(|s| (s.gaps[0].kind, s.bytes.len())).collect();
        assert_eq!(kinds, [(GapKind::Unsupported, 0); 3]);

        let named: Vec<_> =
            walk(vec![root.path().join("link"), root.path().join("linked folder")], MatterBy::File)
                .map(|unread| unread.read(1 << 20))
                .collect();
        assert_eq!(named.len(), 2);
        assert!(named.iter().all(|m| &*m.submissions[0].bytes == b"far"), "{named:?}");
    }
}

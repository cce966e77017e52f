//! Where submissions come from: files, folders, standard input.
//!
//! [`walk`] lists matters without reading them; [`Unread::read`] reads one, on
//! whichever thread has room for it. Nothing that stands in a folder is left
//! out: what cannot or must not be read (a folder without permission, a symbolic
//! link, a device) becomes a submission with a gap.
//!
//! Files are read, not mapped: a file that is truncated while it is mapped ends
//! the process with a signal that nothing here could survive.

mod name;
mod read;
mod unchanged;
mod walk;

use std::path::PathBuf;

pub use read::{open as open_path, open_file};
pub use unchanged::is_unchanged;
pub use walk::{MatterBy, walk};

use crate::model::{Gap, Matter, Submission};

/// Bytes that are read for one matter where nobody says otherwise; what is longer is
/// a gap.
pub const READ_LIMIT: u64 = 1 << 30;

/// A matter that has not been read yet.
#[derive(Debug)]
pub struct Unread {
    /// What it is called: the path as given. Bytes that are no UTF-8 stand as `\xE4`.
    pub source: String,
    items: Vec<Item>,
}

/// One submission of a matter, before it is read.
#[derive(Debug)]
struct Item {
    /// Its name as a person would read it.
    name: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    StandardInput,
    /// Bytes that were handed in.
    Here(Vec<u8>),
    /// Nowhere to read it from.
    Lost(Gap),
}

/// Where the bytes of a submission are, to be read elsewhere.
#[derive(Debug)]
pub enum Elsewhere {
    /// In a file, which [`open_path`] opens.
    File(PathBuf),
    /// In memory, with what was lost of them: standard input can be read only once.
    Bytes(Vec<u8>, Option<Gap>),
    /// Nowhere.
    Lost(Gap),
}

impl Unread {
    /// Bytes that were handed in under a name: a matter of their own.
    pub fn here(name: String, bytes: Vec<u8>) -> Self {
        let item = Item { name: name.clone(), place: Place::Here(bytes) };
        Self { source: name, items: vec![item] }
    }

    /// The matter's submissions to be read elsewhere, each with its name; of standard
    /// input, which is read here, at most `allowance` bytes.
    pub fn hand_over(self, allowance: u64) -> Vec<(String, Elsewhere)> {
        let place = |place| match place {
            Place::Lost(gap) => Elsewhere::Lost(gap),
            Place::File(path) => Elsewhere::File(path),
            Place::StandardInput => {
                let (bytes, gap) = read::standard_input(allowance);
                Elsewhere::Bytes(bytes, gap)
            }
            Place::Here(bytes) => {
                let (bytes, gap) = read::within(bytes, allowance);
                Elsewhere::Bytes(bytes, gap)
            }
        };
        self.items.into_iter().map(|item| (item.name, place(item.place))).collect()
    }

    /// Reads the matter: at most `allowance` bytes of it, over all its submissions.
    /// What cannot be read is in it as a gap.
    pub fn read(self, mut allowance: u64) -> Matter {
        let mut take = |item: Item| {
            let (bytes, gap) = match item.place {
                Place::Lost(gap) => return Submission::unreadable(item.name, gap),
                Place::File(path) => read::file(&path, allowance),
                Place::StandardInput => read::standard_input(allowance),
                Place::Here(bytes) => read::within(bytes, allowance),
            };
            allowance -= (bytes.len() as u64).min(allowance);
            let mut submission = Submission::file(item.name, bytes);
            submission.gaps.extend(gap);
            submission
        };
        Matter { source: self.source, submissions: self.items.into_iter().map(&mut take).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_shared_by_the_files_of_a_matter() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a", "four"), ("b", "five5"), ("c", "six"), ("d", "x")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut matters = walk(vec![folder.path().to_path_buf()], MatterBy::Folder);
        let matter = matters.next().unwrap().read(8);
        let read: Vec<_> =
            matter.submissions.iter().map(|s| (s.bytes.len(), s.gaps.len())).collect();
        // What does not fit is left out whole; what comes after it and fits is read.
        assert_eq!(read, [(4, 0), (0, 1), (3, 0), (1, 0)]);
        assert_eq!(matter.submissions[1].gaps[0].kind.rule(), "gap.limit");
    }
}

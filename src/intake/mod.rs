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
mod walk;

use std::path::PathBuf;

pub use walk::{MatterBy, walk};

use crate::model::{Gap, Matter, Submission};

/// Bytes that are read for one matter; what is longer is a gap.
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
    /// Nowhere to read it from.
    Lost(Gap),
}

impl Unread {
    /// Reads the matter. What cannot be read is in it as a gap.
    pub fn read(self) -> Matter {
        let mut allowance = READ_LIMIT;
        let mut take = |item: Item| {
            let (bytes, gap) = match item.place {
                Place::Lost(gap) => return Submission::unreadable(item.name, gap),
                Place::File(path) => read::file(&path, allowance),
                Place::StandardInput => read::standard_input(allowance),
            };
            allowance -= (bytes.len() as u64).min(allowance);
            let mut submission = Submission::file(item.name, bytes);
            submission.gaps.extend(gap);
            submission
        };
        Matter { source: self.source, submissions: self.items.into_iter().map(&mut take).collect() }
    }
}

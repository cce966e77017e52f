//! Where a piece of a story stands.

use crate::model::{Align, Region};

pub(super) use crate::extract::office::sheet::{Done, Sheet};

/// Where a piece of a story stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub region: Region,
    pub label: String,
    pub group: u32,
    pub hidden: bool,
    pub deleted: bool,
    /// Whether it flows over pages.
    pub flows: bool,
    /// Look of the shape or cell it is in.
    pub base: Option<super::styles::Look>,
    /// What is behind it where no style says; `None` where that is not known.
    pub paper: Option<[u8; 3]>,
    pub align: Option<Align>,
    /// Goes behind the body instead of where it stands.
    pub later: bool,
}

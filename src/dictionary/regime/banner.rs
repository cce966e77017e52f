//! What a banner regime's marks are made of.

use serde::Deserialize;

/// The form of a banner regime's marks, levels left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Banner {
    /// What parts a level from what follows it, as written: `//`, ` - `.
    pub separators: Vec<String>,
    /// Categories and controls that may follow a level in banners; where there
    /// are none, anything in capitals may.
    pub controls: Vec<String>,
    /// Beginnings of what may follow a level in portion marks.
    pub portion_controls: Vec<String>,
    /// Lines of an authority block begin with one of these.
    pub authority: Vec<String>,
    /// One of those behind which a date may stand, after which a document is
    /// declassified.
    pub declassify_on: Option<String>,
    /// Banners that restrict without classifying (`CUI`, `LIMITE`).
    pub restricted: Vec<String>,
    /// Rule of those.
    pub restricted_rule: String,
    /// Rule that fires where banners and portions contradict each other.
    pub conflict_rule: Option<String>,
}

/// Some of the 256 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    pub(super) fn of(bytes: impl Iterator<Item = u8>) -> Self {
        let mut set = [0; 4];
        bytes.for_each(|byte| set[usize::from(byte >> 6)] |= 1 << (byte & 63));
        Self(set)
    }

    /// Whether it holds a byte.
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }
}

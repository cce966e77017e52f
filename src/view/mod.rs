//! What a person sees of a document: a page as a picture, and its text in lines with
//! the places of what was found in it.
//!
//! Made anew for each look, in a process that sees that document alone (`cell`), and
//! kept nowhere. What is asked for is [`Wanted`], what comes back is [`View`], and
//! whoever answers is a [`Show`].

mod check;
mod find;
mod kept;
mod lines;
mod origin;
mod picture;
pub mod png;

use std::fs::File;

use borsh::{BorshDeserialize, BorshSerialize};

pub use check::check;
pub use kept::Kept;
pub use origin::{Absent, original, place};

use crate::extract::{Budget, Limits, Passwords};
use crate::model::{Align, Gap, GapKind, Lettering, Limit, Rect, Region, Submission, hex};

/// Lines of one stretch: what is shown at a time of a page that has more.
pub const STRETCH_LINES: u32 = 400;

/// Characters of one stretch, unless a single line has more of them.
pub const STRETCH_CHARS: u32 = 40_000;

/// Characters of one line; one that is longer is shown in pieces.
pub const LINE_CHARS: usize = 500;

/// Boxes of one place that was found: it may run over so many lines.
pub const BOXES: usize = 64;

/// Stretches that come with the one that was asked for: what may be asked for next.
pub const AROUND: usize = 5;

/// Pixels of the picture of a page, at most.
pub const PIXELS: u32 = 4_000_000;

/// Characters that are to be set over a picture, at most.
pub const LETTERING: usize = 25_000;

/// Things told not to be in a picture, at most.
pub const NOT_DRAWN: usize = 64;

/// Stack that readers count on, in bytes.
const STACK: usize = 64 << 20;

/// What is wanted of a document.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Wanted {
    /// The trail of the part from the name of its file on, outermost first.
    pub trail: Vec<String>,
    /// SHA-256 of the file: of any other, nothing is shown.
    pub file_sha256: String,
    /// SHA-256 of the part.
    pub part_sha256: String,
    /// What of it.
    pub what: What,
}

/// What of a part is wanted.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum What {
    /// A stretch of its text, and where these characters of the text stand: half-open
    /// ranges of Unicode scalar values, as findings have them.
    Sheet(At, Vec<[u64; 2]>),
    /// A page, from 1, as a picture.
    Picture(u32),
}

/// Which stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum At {
    /// A page, from 1, or 0 for what stands on none (names, properties); and the
    /// stretch of it, from 0.
    Page(u32, u32),
    /// Where this character stands.
    Char(u64),
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub enum View {
    /// A stretch of text.
    Sheet(Sheet),
    /// A page as a picture.
    Picture(Picture),
}

/// A stretch of the text of a part.
#[derive(Clone, Debug, Default, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Sheet {
    /// Type by content.
    pub media_type: String,
    /// How many pages there are; 0 for a format without.
    pub pages: u32,
    /// The page this is, from 1, or 0 for what stands on none.
    pub page: u32,
    /// The stretch of that page, from 0.
    pub stretch: u32,
    /// How many stretches the page has: at least 1.
    pub stretches: u32,
    /// Whether anything stands on no page.
    pub has_beside: bool,
    /// Width and height of the page in points, where the format has geometry.
    pub size: Option<[f32; 2]>,
    /// Whether [`What::Picture`] of this format can be asked for.
    pub is_drawn: bool,
    /// The lines, in reading order.
    pub lines: Vec<Line>,
    /// Where each range that was asked for stands, in the order they were asked for.
    pub places: Vec<Placed>,
    /// What could not be read of the part.
    pub gaps: Vec<Gap>,
    /// Stretches around it, which are made of the same reading; they have none themselves.
    pub around: Vec<Sheet>,
}

/// A line of text, or a paragraph where the format has no lines, or a piece of one.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Line {
    /// Where it stands.
    pub region: Region,
    /// Line on its page within its region, from 1; 0 where that means nothing.
    pub number: u32,
    /// How it stands between the margins.
    pub align: Align,
    /// What its place is called: a cell, a property; empty where nothing is known.
    pub label: String,
    /// Whether it goes on from the one before: a piece of a line too long for one.
    pub goes_on: bool,
    /// Its box on the page in points.
    pub place: Option<Rect>,
    /// Its first character's offset in the text of the part, in Unicode scalar values.
    pub from: u64,
    /// Its characters.
    pub text: String,
    /// How stretches of it look, where that matters; offsets from its own beginning in
    /// Unicode scalar values, in order, without overlap.
    pub looks: Vec<([u32; 2], Look)>,
}

/// How characters look, as far as a reviewer should know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Look {
    /// A reader of the page does not see them.
    pub hidden: bool,
    /// Part of a tracked deletion.
    pub deleted: bool,
    /// Struck through.
    pub struck: bool,
    /// Heavier than what is around them.
    pub bold: bool,
}

/// Where something stands.
#[derive(Clone, Debug, Default, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Placed {
    /// The page it begins on.
    pub page: u32,
    /// The stretch of that page.
    pub stretch: u32,
    /// Its boxes with the page of each, line by line, in points.
    pub boxes: Vec<(u32, Rect)>,
}

/// A page as a picture.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Picture {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Characters in fonts that the file does not carry: they may not be in it.
    pub missing: u32,
    /// Characters that are to be set over it, in a font of whoever shows it.
    pub lettering: Vec<Lettering>,
    /// What else of the page is not in it, and why.
    pub not_drawn: Vec<Gap>,
    /// The picture, a PNG file.
    pub png: Vec<u8>,
}

/// Somebody who shows documents.
pub trait Show: Send + Sync {
    /// Shows what is wanted of an open file, which is read from its beginning.
    ///
    /// # Errors
    /// A gap that says why it cannot be shown.
    fn show(&self, file: File, wanted: &Wanted) -> Result<View, Gap>;
}

impl<S: Show + ?Sized> Show for std::sync::Arc<S> {
    fn show(&self, file: File, wanted: &Wanted) -> Result<View, Gap> {
        (**self).show(file, wanted)
    }
}

/// Reads an open file within so many bytes: its content, and what was lost.
pub type Reader = fn(File, u64) -> (Vec<u8>, Option<Gap>);

/// Makes views of documents that are in memory, within limits.
#[derive(Clone, Debug)]
pub struct Viewer {
    limits: Limits,
    passwords: Passwords,
}

impl Viewer {
    /// One that reads within `limits`, and tries `passwords` on what is encrypted.
    pub fn new(limits: Limits, passwords: Passwords) -> Self {
        Self { limits, passwords }
    }

    /// What is wanted of a file with this content.
    ///
    /// # Errors
    /// A gap that says why it cannot be shown: the file is another, the part is not in
    /// it, the page is not there or cannot be drawn.
    pub fn look(&self, bytes: Vec<u8>, wanted: &Wanted) -> Result<View, Gap> {
        let look = || self.look_here(bytes, wanted);
        let looked = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, look).ok().map(|made| made.join())
        });
        match looked {
            Some(Ok(view)) => view,
            Some(Err(_)) => Err(Gap::new(GapKind::Crashed, "what shows the document failed")),
            None => Err(Gap::new(GapKind::Limit(Limit::Memory), "no memory left for a stack")),
        }
    }

    fn look_here(&self, bytes: Vec<u8>, wanted: &Wanted) -> Result<View, Gap> {
        if digest(&bytes) != wanted.file_sha256 {
            return Err(Gap::new(GapKind::Damaged, "the file is not the one that was examined"));
        }
        let mut budget = Budget::new(self.limits.clone())
            .for_input(bytes.len() as u64)
            .with_passwords(self.passwords.clone());
        let name = wanted.trail.first().cloned().unwrap_or_default();
        let part = find::part(Submission::file(name, bytes), wanted, &mut budget)?;
        match &wanted.what {
            What::Sheet(at, spans) => lines::sheet(&part, *at, spans, &mut budget).map(View::Sheet),
            What::Picture(page) => {
                let depth = part.provenance.depth();
                budget.begin_part(depth)?;
                let passwords = &self.passwords;
                picture::picture(&part, *page, passwords, &mut budget).map(View::Picture)
            }
        }
    }
}

/// Shows documents in this process: where there are no cells, and for tests.
#[derive(Clone, Debug)]
pub struct InThread {
    /// What makes the views.
    pub viewer: Viewer,
    /// What reads files.
    pub read: Reader,
    /// Bytes that are read of one file.
    pub allowance: u64,
}

impl Show for InThread {
    fn show(&self, file: File, wanted: &Wanted) -> Result<View, Gap> {
        let (bytes, gap) = (self.read)(file, self.allowance);
        gap.map_or(Ok(()), Err)?;
        self.viewer.look(bytes, wanted)
    }
}

/// SHA-256 in lower-case hex.
fn digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex(&sha2::Sha256::digest(bytes))
}

#[cfg(test)]
mod tests;

//! The file information block: where everything stands (MS-DOC 2.5), for Word
//! 97 and later, and for Word 6 and 95, whose block has the same in other places.

use super::bytes::{place, u16_at, u32_at};

/// Parts of a document that its block tells the place of, by their number in
/// the list of all (2.5.6; the list begins alike in Word 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Styles = 1,
    FootnoteRefs = 2,
    FootnoteTexts = 3,
    CommentRefs = 4,
    CommentTexts = 5,
    Sections = 6,
    Headers = 11,
    CharacterPages = 12,
    ParagraphPages = 13,
    Fonts = 15,
    DocumentProperties = 31,
    Pieces = 33,
    CommentAuthors = 36,
    ShapePlaces = 40,
    HeaderShapePlaces = 41,
    EndnoteRefs = 46,
    EndnoteTexts = 47,
    Drawings = 50,
    Boxes = 56,
    HeaderBoxes = 58,
    Variables = 60,
    Lists = 73,
}

/// The stories of a document, in the order they stand in its text (2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoryId {
    Body = 0,
    Footnotes = 1,
    Headers = 2,
    Comments = 4,
    Endnotes = 5,
    Boxes = 6,
    HeaderBoxes = 7,
}

impl StoryId {
    pub const ALL: [Self; 7] = [
        Self::Body,
        Self::Footnotes,
        Self::Headers,
        Self::Comments,
        Self::Endnotes,
        Self::Boxes,
        Self::HeaderBoxes,
    ];
}

/// How many stories there are; the fourth held macros and is no longer used.
const STORIES: usize = 8;

/// Which layout a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// Word 2 for Windows, which is no compound file.
    Two,
    /// Word 6 and 95.
    Six,
    /// Word 97 to 2003, and all that writes the same.
    Eight,
}

/// What the block says.
#[derive(Clone, Debug)]
pub(super) struct Fib {
    pub version: Version,
    /// The language Word had when it made the file (MS-LCID).
    pub language: u16,
    flags: u16,
    /// 0 for Windows' characters, 0x100 for those of the Macintosh.
    pub characters: u16,
    /// Where text begins and ends, where there is no table of pieces.
    pub text: (u32, u32),
    /// The block of the AutoText document behind this one, in pages of 512 bytes.
    pub next: u16,
    /// Characters of each story.
    counts: [u32; STORIES],
    /// Offset and size of each part in the table stream.
    parts: Vec<(u32, u32)>,
}

impl Fib {
    /// Reads the block at an offset of the main stream. `None` where there is none.
    pub fn read(stream: &[u8], at: usize) -> Option<Self> {
        let block = stream.get(at..)?;
        let version = match (u16_at(block, 0)?, u16_at(block, 2)?) {
            (0xA5EC, 0..=105) => Version::Six,
            // What Word writes as 193 others write with numbers of their own.
            (0xA5EC, _) => Version::Eight,
            (0xA5DC, _) => Version::Six,
            (0xA5DB, _) => Version::Two,
            _ => return None,
        };
        let mut fib = Self {
            version,
            language: u16_at(block, 6)?,
            flags: u16_at(block, 10)?,
            characters: u16_at(block, 20).unwrap_or(0),
            text: (u32_at(block, 24).unwrap_or(0), u32_at(block, 28).unwrap_or(0)),
            next: u16_at(block, 8)?,
            counts: [0; STORIES],
            parts: Vec::new(),
        };
        let (counts, parts, number) = match version {
            Version::Eight => fib.places(block)?,
            Version::Six => (0x34, 0x58, 74),
            Version::Two => (0x34, 0, 0),
        };
        for (at, count) in fib.counts.iter_mut().enumerate() {
            // A number below zero is none.
            *count = u32_at(block, counts + 4 * at).filter(|n| *n < 1 << 31).unwrap_or(0);
        }
        fib.parts = (0..number)
            .map_while(|n| {
                let at = parts + 8 * n;
                Some((u32_at(block, at)?, u32_at(block, at + 4)?))
            })
            .collect();
        Some(fib)
    }

    /// Where counts and parts stand, and how many parts, by the sizes the block
    /// gives of its own parts.
    fn places(&self, block: &[u8]) -> Option<(usize, usize, usize)> {
        let words = usize::from(u16_at(block, 32)?);
        let longs_at = 34 + 2 * words;
        let longs = usize::from(u16_at(block, longs_at)?);
        let parts_at = longs_at + 2 + 4 * longs;
        let number = usize::from(u16_at(block, parts_at)?);
        Some((longs_at + 2 + 12, parts_at + 2, number))
    }

    /// Whether the file was saved by adding to it, so that its text is in pieces.
    pub fn is_complex(&self) -> bool {
        self.flags & 4 != 0
    }

    /// Whether a password is needed to read it.
    pub fn is_encrypted(&self) -> bool {
        self.flags & 0x100 != 0
    }

    /// The name of the stream that holds its tables.
    pub fn table(&self) -> &'static str {
        match (self.version, self.flags & 0x200 != 0) {
            (Version::Eight, true) => "1Table",
            (Version::Eight, false) => "0Table",
            _ => "WordDocument",
        }
    }

    /// The bytes of a part, or what there is of them; empty where there is none.
    pub fn part<'a>(&self, part: Part, table: &'a [u8]) -> &'a [u8] {
        let Some((at, size)) = self.parts.get(part as usize) else { return &[] };
        super::bytes::up_to(table, place(*at), place(*size))
    }

    /// The offset at which a part begins, where there is one.
    pub fn offset(&self, part: Part) -> Option<usize> {
        self.parts.get(part as usize).filter(|(_, size)| *size > 0).map(|(at, _)| place(*at))
    }

    /// Whether some bytes are the table stream, by its table of pieces.
    pub fn has_pieces(&self, table: &[u8]) -> bool {
        let Some((at, size)) = self.parts.get(Part::Pieces as usize) else { return false };
        let at = place(*at);
        let size_told = at.checked_add(1).and_then(|at| u32_at(table, at));
        *size > 5 && table.get(at) == Some(&2) && size_told == Some(*size - 5)
    }

    /// Whether a part should be there and the table ends before it does.
    pub fn is_cut(&self, part: Part, table: &[u8]) -> bool {
        let Some((at, size)) = self.parts.get(part as usize) else { return false };
        *size > 0 && u64::from(*at) + u64::from(*size) > table.len() as u64
    }

    /// The characters of a story: its first, and one past its last.
    pub fn story(&self, story: StoryId) -> (u32, u32) {
        let sum = |to: usize| {
            self.counts.iter().take(to).fold(0_u32, |sum, count| sum.saturating_add(*count))
        };
        let start = sum(story as usize);
        (start, start.saturating_add(self.counts.get(story as usize).copied().unwrap_or(0)))
    }

    /// One past the last character of all stories.
    pub fn end(&self) -> u32 {
        self.counts.iter().fold(0, |sum: u32, count| sum.saturating_add(*count))
    }
}

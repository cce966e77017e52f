//! What comes out of one picture: texts beside it, its sizes, what is packed in it.

use std::collections::HashSet;

use super::words;
use crate::extract::{Budget, Extraction, Metered, packet, sniff};
use crate::model::{BlockHead, Gap, GapKind, Note, Origin, Region, Submission, TextBuilder, Words};

/// Gaps of one kind that are told one by one.
const MAX_GAPS: usize = 100;

/// Pages that are told one by one.
const MAX_PAGES: usize = 200;

/// What is packed in one picture.
const MAX_CHILDREN: usize = 100;

/// Properties in XMP that are numbers of things, times, and data.
const SILENT: &[&str] = &[
    "xmptk",
    "DocumentID",
    "InstanceID",
    "OriginalDocumentID",
    "documentID",
    "instanceID",
    "originalDocumentID",
    "VersionID",
    "CreateDate",
    "ModifyDate",
    "MetadataDate",
    "DateCreated",
    "DateTime",
    "DateTimeOriginal",
    "DateTimeDigitized",
    "when",
    "Digest",
    "NativeDigest",
    "ExifVersion",
    "FlashpixVersion",
    "HasExtendedXMP",
    "toolkit",
    "parseType",
];

/// Pictures smaller than this hold no two characters that anybody could read.
const SMALLEST_SIDE: u64 = 12;
const SMALLEST: u64 = 24;

/// Width and height in pixels.
pub(super) type Size = (u64, u64);

/// Collects what comes out.
pub(super) struct Picture<'b> {
    pub budget: &'b mut Budget,
    text: TextBuilder,
    seen: HashSet<(String, String)>,
    gaps: Vec<Gap>,
    children: Vec<(String, Vec<u8>)>,
    pages: Vec<Option<Size>>,
    notes: Vec<Note>,
    /// Frames of a moving picture.
    pub frames: u32,
    /// What was not read of a drawing, which is read by its text.
    unread: Vec<String>,
    /// Whether text was found that stands in the picture itself.
    pub has_shown: bool,
    lines: u32,
    stopped: bool,
}

impl<'b> Picture<'b> {
    /// Nothing yet.
    pub fn new(budget: &'b mut Budget) -> Self {
        Self {
            budget,
            text: TextBuilder::new(),
            seen: HashSet::new(),
            gaps: Vec::new(),
            children: Vec::new(),
            pages: Vec::new(),
            notes: Vec::new(),
            frames: 0,
            unread: Vec::new(),
            has_shown: false,
            lines: 0,
            stopped: false,
        }
    }

    /// Charges steps of work. False once a limit is reached.
    pub fn steps(&mut self, count: usize) -> bool {
        if let (false, Err(gap)) = (self.stopped, self.budget.spend_steps(count as u64)) {
            self.stop(gap);
        }
        !self.stopped
    }

    fn stop(&mut self, gap: Gap) {
        self.stopped = true;
        self.gaps.push(gap);
    }

    /// Says something that does not hold together.
    pub fn damaged(&mut self, words: impl Into<String>) {
        self.gap(GapKind::Damaged, words);
    }

    /// Says what was not read.
    pub fn gap(&mut self, kind: GapKind, words: impl Into<String>) {
        let gap = Gap::new(kind, words);
        if self.gaps.len() < MAX_GAPS && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Adds a picture of that size, where it is known: most files hold one.
    pub fn page(&mut self, size: Option<Size>) {
        match self.budget.check_pages(self.pages.len() + 1) {
            Ok(()) => self.pages.push(size),
            Err(gap) if !self.stopped => self.stop(gap),
            Err(_) => {}
        }
    }

    /// How many pictures were found.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Says what of a drawing was not read.
    pub fn unread(&mut self, what: &str) {
        self.unread.push(what.to_owned());
    }

    /// Counts pictures within a drawing that has text, as readers of documents do.
    pub fn pictures(&mut self, count: u32) {
        self.notes.push(Note {
            id: "pictures",
            message: Words::new(
                format!("{count} pictures stand in the drawing; what they show was not read."),
                format!("图形中有 {count} 张图片，其内容未读取。"),
            ),
        });
    }

    /// Puts a property down, a block a line. What was said before under the same
    /// name, as programs do in EXIF, IPTC and XMP, is not said again.
    pub fn say(&mut self, label: &str, said: &str) {
        self.put(Region::Property, 0, label, said);
    }

    /// Puts text down that stands in the picture itself.
    pub fn show(&mut self, region: Region, label: &str, said: &str) {
        self.has_shown |= !said.trim().is_empty();
        self.put(region, 1, label, said);
    }

    fn put(&mut self, region: Region, page: u32, label: &str, said: &str) {
        let said = said.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        if said.is_empty() || self.stopped {
            return;
        }
        if self.text.len() + said.len() > self.budget.text_limit() {
            let gap = self.budget.text_gap();
            return self.stop(gap);
        }
        let is_property = region == Region::Property;
        if is_property && !self.seen.insert((label.to_owned(), said.to_owned())) {
            return;
        }
        let head = BlockHead { region, page, label: label.to_owned(), ..BlockHead::default() };
        let lines = said.split(['\n', '\r', '\0', '\u{B}', '\u{C}', '\u{2028}', '\u{2029}']);
        for line in lines.map(str::trim_end).filter(|line| !line.trim().is_empty()) {
            if !self.steps(1) {
                return;
            }
            if page > 0 {
                self.lines += 1;
                let head = BlockHead { line: self.lines, ..head.clone() };
                self.text.block(&head, line);
            } else {
                self.text.block(&head, line);
            }
        }
    }

    /// Puts a property in bytes down, whatever their encoding.
    pub fn say_bytes(&mut self, label: &str, raw: &[u8]) {
        if self.steps(1 + raw.len() / 16) {
            self.say(label, &words::decoded(raw));
        }
    }

    /// Reads an XMP packet, or XML of another kind.
    pub fn packet(&mut self, raw: &[u8]) {
        if !self.steps(1 + raw.len() / 16) {
            return;
        }
        let source = words::any(raw, true);
        let source = source.trim_end_matches('\0');
        let read = packet::texts_and_attributes(source, &mut || self.steps(1));
        for (label, said) in &read.found {
            let is_data = said.len() > 1024 && !said.contains([' ', '\u{3000}']) && said.is_ascii();
            if !SILENT.contains(&label.as_str()) && !is_data {
                self.say(label, said);
            }
        }
        if !read.is_whole && !self.stopped {
            self.damaged("its XMP metadata break off or make no sense from some point on");
        }
    }

    /// Unpacks zlib data; says what stood in the way.
    pub fn inflated(&mut self, packed: &[u8], what: &str) -> Vec<u8> {
        let inner = flate2::read::ZlibDecoder::new(packed);
        let (bytes, gap) = Metered::new(inner, packed.len() as u64, self.budget).read_all();
        if let Some(gap) = gap {
            self.gap(gap.kind, format!("{what}: {}", gap.detail));
        }
        bytes
    }

    /// Takes note of where a picture says that it was taken.
    pub fn position(&mut self, said: &str) {
        self.say("GPSPosition", said);
        if self.notes.iter().all(|note| note.id != "position") {
            self.notes.push(Note {
                id: "position",
                message: Words::new(
                    "The picture says where it was taken (GPS).",
                    "图片带有拍摄位置（GPS）信息。",
                ),
            });
        }
    }

    /// Takes a file that is packed in the picture.
    pub fn child(&mut self, name: &str, bytes: &[u8]) {
        if self.children.len() < MAX_CHILDREN {
            self.children.push((name.to_owned(), bytes.to_vec()));
        } else {
            self.gap(
                GapKind::Limit(crate::model::Limit::Parts),
                "more files within than are taken out",
            );
        }
    }

    /// Takes what stands behind the picture's own end, unless it is padding. A ZIP
    /// archive there is taken out for files of every kind, elsewhere.
    pub fn behind(&mut self, bytes: &[u8], end: usize) {
        let to = sniff::appended_zip(bytes).filter(|at| *at >= end).unwrap_or(bytes.len());
        let rest = bytes.get(end..to).unwrap_or_default();
        let is_padding =
            rest.iter().all(|byte| matches!(byte, 0 | 0xFF | b' ' | b'\r' | b'\n' | 0x1A));
        // Shorter things are remains of buffers.
        if !is_padding && rest.len() >= 16 && self.steps(1) {
            self.child("appended", rest);
        }
    }

    /// All of it.
    pub fn finish(mut self, submission: &Submission) -> Extraction {
        let pages = u32::try_from(self.pages.len()).unwrap_or(u32::MAX);
        let mut small = 0;
        for (at, size) in self.pages.iter().enumerate() {
            if size.is_some_and(is_small) {
                small += 1;
            } else if at < MAX_PAGES {
                self.gaps.push(Gap::new(GapKind::ImageOnly, self.described(at, *size)));
            }
        }
        if let Some(more) = self.pages.len().checked_sub(MAX_PAGES).filter(|more| *more > 0) {
            let words = format!("{more} more pages of pictures, which were not read");
            self.gaps.push(Gap::new(GapKind::ImageOnly, words));
        }
        let unread = std::mem::take(&mut self.unread);
        // In a document it is there for its text: what else it shows is one of the
        // pictures that are counted where they stand.
        let is_in_document = submission.origin == Origin::Embedded && self.has_shown;
        let unread = if is_in_document { Vec::new() } else { unread };
        self.gaps.extend(unread.into_iter().map(|what| Gap::new(GapKind::ImageOnly, what)));
        if small > 0 {
            self.notes.push(Note {
                id: "small-picture",
                message: Words::new(
                    "A picture too small to hold a word that could be read.",
                    "图片过小，容不下可辨认的文字。",
                ),
            });
        }
        let child =
            |(name, bytes): (String, Vec<u8>)| submission.child(name, Origin::Embedded, bytes);
        Extraction {
            pages: (pages > 0).then_some(pages),
            text: self.text.finish(),
            children: self.children.into_iter().map(child).collect(),
            gaps: self.gaps,
            notes: self.notes,
            ..Extraction::default()
        }
    }

    fn described(&self, at: usize, size: Option<Size>) -> String {
        let page = match self.pages.len() {
            1 => String::new(),
            _ => format!("page {}: ", at + 1),
        };
        let frames = match self.frames {
            0 | 1 => String::new(),
            frames => format!(" and {frames} frames"),
        };
        match size {
            Some((width, height)) => {
                format!("{page}a picture of {width} × {height} pixels{frames}, which was not read")
            }
            None => format!("{page}a picture of unknown size{frames}, which was not read"),
        }
    }
}

fn is_small((width, height): Size) -> bool {
    width.min(height) < SMALLEST_SIDE || width.max(height) < SMALLEST
}

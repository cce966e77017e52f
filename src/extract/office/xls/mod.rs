//! Workbooks of Excel 97-2003 (MS-XLS), and as far as they are alike those of
//! the versions before: every sheet in the workbook's order, then what stands
//! beside the sheets, the properties last.

mod beside;
mod caches;
mod cells;
mod drawing;
mod end;
mod formula;
mod globals;
mod id;
mod records;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};

use memchr::memmem;
use records::Records;

use super::compound::{Compound, packed};
use super::property_sets;
use super::workbook::grid::SheetPlace;
use super::workbook::looks::Looks;
use super::workbook::page::{Page, place};
use super::workbook::strings::Strings;
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Region, Submission};

/// Streams and storages of a workbook's file that hold no text.
const APPARATUS: [&str; 4] = ["ETExtData", "User Names", "Compatibility", "XML"];

/// How the streams of Excel 97 and of Excel 5 begin.
const STARTS: [&[u8]; 2] =
    [b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00"];

/// What begins is no sheet, but what holds for all, or what is around them (2.4.21).
const GLOBALS: u16 = 0x0005;
const WORKSPACE: u16 = 0x0100;

/// Which version of the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    Two,
    Three,
    Four,
    /// Excel 5 and 95.
    Five,
    /// Excel 97 and on.
    #[default]
    Eight,
}

impl Version {
    /// By the record that begins a workbook or sheet.
    fn of(number: u16, body: &[u8]) -> Option<Self> {
        Some(match (number, super::art::u16_at(body, 0)) {
            (id::BOF_2, _) => Self::Two,
            (id::BOF_3, _) => Self::Three,
            (id::BOF_4, _) => Self::Four,
            (id::BOF, Some(0x0500)) => Self::Five,
            (id::BOF, _) => Self::Eight,
            _ => return None,
        })
    }
}

/// What a sheet is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SheetKind {
    Cells,
    Chart,
    /// Macros of Excel 5, which a later version has made into a project.
    Module,
}

/// A sheet as the workbook lists it.
#[derive(Clone, Debug)]
struct Listed {
    /// Where it begins in the stream.
    at: usize,
    name: String,
    hidden: bool,
    kind: SheetKind,
}

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut book = Book::new(budget);
    match Compound::open(&submission.bytes) {
        Some(mut file) => {
            book.gaps.extend(file.damage());
            book.read_compound(submission, &mut file);
        }
        None => book.read_bare(&submission.bytes),
    }
    book.finish()
}

/// A workbook as far as it was read.
struct Book<'b> {
    budget: &'b mut Budget,
    version: Version,
    code_page: u32,
    since_1904: bool,
    is_locked: bool,
    page: Page,
    looks: Looks,
    /// Numbers of the fonts' colours.
    font_colors: Vec<u16>,
    strings: Strings,
    sheets: Vec<Listed>,
    /// Defined names: what to call a text, and the text.
    names: Vec<(String, String)>,
    /// What stands beside the sheets: its kind and the text.
    asides: Vec<(&'static str, String)>,
    /// Texts of formulas that were put down: one copied down a column counts once.
    formulas: HashSet<String>,
    /// Sheets so far: the next one's page is one more.
    pages: u32,
    pictures: usize,
    outside: usize,
    unvalued: usize,
    /// Cells whose strings are not there.
    lost: usize,
    children: Vec<Submission>,
    gaps: Vec<Gap>,
}

impl<'b> Book<'b> {
    fn new(budget: &'b mut Budget) -> Self {
        let page = Page::new(budget);
        Self {
            budget,
            version: Version::Eight,
            code_page: 1252,
            since_1904: false,
            is_locked: false,
            page,
            looks: Looks::default(),
            font_colors: Vec::new(),
            strings: Strings::default(),
            sheets: Vec::new(),
            names: Vec::new(),
            asides: Vec::new(),
            formulas: HashSet::new(),
            pages: 0,
            pictures: 0,
            outside: 0,
            unvalued: 0,
            lost: 0,
            children: Vec::new(),
            gaps: Vec::new(),
        }
    }

    fn gap(&mut self, gap: Gap) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Charges steps; says whether there were any left.
    fn spend(&mut self, steps: u64) -> bool {
        let spent = self.budget.spend_steps(steps);
        spent.map_err(|gap| self.gap(gap)).is_ok()
    }

    /// Whether so many bytes of text may stand in one part.
    fn may_say(&mut self, bytes: usize) -> bool {
        let spent = self.budget.spend_text(bytes);
        spent.map_err(|gap| self.gap(gap)).is_ok()
    }

    fn aside(&mut self, kind: &'static str, text: String) {
        if !text.trim().is_empty() {
            self.asides.push((kind, text));
        }
    }

    fn read_compound(&mut self, submission: &Submission, file: &mut Compound<'_>) {
        // A file for Excel 95 and 97 alike has both; programs show the first.
        let mut found = false;
        for name in ["Workbook", "Book"] {
            let Some((stream, gap)) = file.stream(name, self.budget) else { continue };
            gap.into_iter().for_each(|gap| self.gap(gap));
            self.read_stream(&stream, found);
            found = true;
        }
        if !found {
            self.gap(Gap::new(GapKind::Damaged, "the stream of the workbook is not there"));
        }
        if self.page.text.is_empty() && !self.is_locked {
            // Sectors mostly stand in their order.
            self.read_stream(&submission.bytes, false);
        }
        self.read_caches(file);
        self.end_sheets();
        self.gaps.extend(property_sets::read_all(file, &mut self.page.text, self.budget));
        self.gaps.extend(packed::read_stored(file, &mut self.page.text, self.budget));
        self.gaps.extend(packed::protected(file));
        for name in APPARATUS {
            if let Some(id) = file.find(name) {
                file.pass_over(id);
            }
        }
        self.children = packed::children(submission, file, self.budget);
    }

    /// Reads a file that is no compound file: the oldest versions wrote none; of
    /// a damaged one there may be a stream left.
    fn read_bare(&mut self, bytes: &[u8]) {
        if begins(bytes, 0).is_none() {
            self.gap(Gap::new(GapKind::Damaged, "the compound file has no directory"));
        }
        self.read_stream(bytes, false);
        self.end_sheets();
    }

    /// Reads a workbook's stream. `is_second`: another was read before, which
    /// programs show in its place.
    fn read_stream(&mut self, stream: &[u8], is_second: bool) {
        (self.sheets, self.strings) = (Vec::new(), Strings::default());
        (self.looks, self.font_colors) = (Looks::default(), Vec::new());
        let mut stream = stream;
        if begins(stream, 0).is_none() {
            self.gap(Gap::new(GapKind::Damaged, "the workbook does not begin as one"));
            // Of a damaged file there may be a stream left, not far from whole.
            let at = STARTS.iter().filter_map(|start| memmem::find(stream, start)).min();
            stream = at.and_then(|at| stream.get(at..)).unwrap_or_default();
        }
        let Some(version) = begins(stream, 0) else { return };
        self.version = version;
        self.read_globals(stream);
        if self.is_locked {
            // Had a password been right, nothing would say so.
            return self.gap(Gap::new(GapKind::Encrypted, "a password is needed to read the text"));
        }
        let listed = std::mem::take(&mut self.sheets);
        let starts = self.starts(stream);
        let known = self.read_listed(stream, &listed, is_second);
        // Sheets that the workbook does not list, or has lost its list of.
        let whole = !listed.is_empty() && self.gaps.is_empty();
        let lists = !listed.is_empty();
        for (at, is_globals) in starts {
            if known.contains(&at) || is_globals {
                continue;
            }
            if !self.next_page() {
                break;
            }
            let name = if lists { String::new() } else { format!("Sheet{}", self.pages) };
            let place = SheetPlace { name, page: self.pages, hidden: whole || is_second };
            self.read_sheet(stream, at, &place);
        }
        self.put_unused_strings();
    }

    /// Reads the sheets of the workbook's list; says where they began.
    fn read_listed(
        &mut self,
        stream: &[u8],
        listed: &[Listed],
        is_second: bool,
    ) -> BTreeSet<usize> {
        let mut known = BTreeSet::new();
        for sheet in listed {
            if !self.next_page() {
                break;
            }
            let hidden = sheet.hidden || is_second;
            let place = SheetPlace { name: sheet.name.clone(), page: self.pages, hidden };
            self.name_sheet(&place);
            if begins(stream, sheet.at).is_some() {
                // One that is listed twice says the same again.
                if known.insert(sheet.at) {
                    self.read_sheet(stream, sheet.at, &place);
                }
            } else if sheet.kind != SheetKind::Module {
                let words = format!("sheet {} is not where it should be", self.pages);
                self.gap(Gap::new(GapKind::Damaged, words));
            }
        }
        known
    }

    /// Goes on to the next sheet, if there may be as many.
    fn next_page(&mut self) -> bool {
        match self.budget.check_pages(self.pages as usize + 1) {
            Ok(()) => self.pages += 1,
            Err(gap) => {
                self.gap(gap);
                return false;
            }
        }
        true
    }

    fn name_sheet(&mut self, sheet: &SheetPlace) {
        let mut head = place(sheet.region(Region::Property), sheet.page, "sheet");
        self.page.put(&mut head, &sheet.name);
    }

    /// Reads what holds for the whole: it stands first, in the oldest versions
    /// among the cells.
    fn read_globals(&mut self, stream: &[u8]) {
        let mut records = Records::from(stream, 0);
        records.next();
        let mut ended = false;
        while let Some(record) = records.next() {
            ended = record.id == id::EOF || self.is_locked || !self.spend(1);
            if ended {
                break;
            }
            self.global(&record, &mut records);
        }
        if !ended && !self.is_locked {
            self.gap(Gap::new(GapKind::Damaged, "the workbook breaks off before its sheets"));
        }
        self.color();
    }

    /// Where sheets begin, one behind the other, and whether what begins there is
    /// none but holds for the whole.
    fn starts(&mut self, stream: &[u8]) -> Vec<(usize, bool)> {
        let mut starts = Vec::new();
        let mut depth = 0usize;
        for record in Records::from(stream, 0) {
            if !self.spend(1) {
                break;
            }
            if Version::of(record.id, record.body).is_some() {
                let kind = super::art::u16_at(record.body, 2);
                let is_globals = matches!(kind, Some(GLOBALS | WORKSPACE));
                if depth == 0 {
                    starts.push((record.at, is_globals));
                }
                // A workspace is around its sheets.
                depth += usize::from(kind != Some(WORKSPACE));
            } else if record.id == id::EOF {
                depth = depth.saturating_sub(1);
            }
        }
        starts
    }

    fn put_unused_strings(&mut self) {
        let whole = self.gaps.is_empty();
        let region = if whole { Region::Hidden } else { Region::Cell };
        for text in self.strings.all(false) {
            self.page.put(&mut place(region, 0, "unused string"), text);
        }
    }
}

/// The version of a workbook or sheet that begins at an offset.
fn begins(stream: &[u8], at: usize) -> Option<Version> {
    let record = Records::from(stream, at).peek()?;
    Version::of(record.id, record.body)
}

//! Workbooks, Office Open XML (ISO/IEC 29500-1, clause 12) and binary (MS-XLSB):
//! every sheet in the workbook's order, then what stands beside the sheets, the
//! properties last.

mod aside;
mod binary;
mod book;
mod comments;
mod drawn;
mod mashup;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use aside::{Asides, MAX_KNOWN};
use book::{Book, Listed};
use drawn::Drawing;
use grid::{Grid, SheetPlace};
use looks::Looks;
use page::{Page, place};
use sheet::{Beside, SheetReader};
use strings::Strings;

use super::package::{Package, PartId, Relationship, Target, shortened, targets};
use super::workbook::{colors, formula, grid, looks, margin, page, strings};
use super::xml::XmlReader;
use super::{drawing, packed, properties};
use crate::extract::unread::{EXTERNAL_LINKS, FORMULAS, MISSING_PARTS, tell_pictures};
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Limit, Origin, Region, Submission, TextBuilder};

/// Content types (their ends) of parts of workbooks that hold no text.
const KNOWN_TYPES: &[&str] = &[
    "spreadsheetml.styles+xml",
    "spreadsheetml.calcChain+xml",
    "spreadsheetml.printerSettings",
    "spreadsheetml.userNames+xml",
    "ms-excel.person+xml",
    "ms-excel.styles",
    "ms-excel.calcChain",
    "ms-excel.binIndexWs",
    "ms-excel.binIndexMs",
];

/// Content types (their last words) of parts that are sheets.
const SHEETS: &[&str] = &["worksheet", "chartsheet", "dialogsheet", "macrosheet", "intlmacrosheet"];

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let package = Package::open(&submission.bytes, budget);
    read_package(submission, package, budget)
}

/// Reads one from a package that is open.
pub(crate) fn read_package<'a>(
    submission: &'a Submission,
    package: Package<'a>,
    budget: &mut Budget,
) -> Extraction {
    let page = Page::new(budget);
    let mut workbook = Workbook {
        submission,
        package,
        budget,
        page,
        looks: Looks::default(),
        strings: Strings::default(),
        since_1904: false,
        sheets: 0,
        formulas: HashSet::new(),
        pictures: 0,
        outside: 0,
        missing: 0,
        unvalued: 0,
        lost: 0,
        children: Vec::new(),
    };
    workbook.read();
    workbook.finish()
}

struct Workbook<'a, 'b> {
    submission: &'a Submission,
    package: Package<'a>,
    budget: &'b mut Budget,
    page: Page,
    looks: Looks,
    strings: Strings,
    since_1904: bool,
    /// Sheets so far: the next one's page is one more.
    sheets: u32,
    /// Texts of formulas that were put down.
    formulas: HashSet<String>,
    pictures: usize,
    /// Relationships that lead out of the package.
    outside: usize,
    missing: usize,
    unvalued: usize,
    /// Cells whose strings are not there.
    lost: usize,
    children: Vec<Submission>,
}

impl Workbook<'_, '_> {
    fn read(&mut self) {
        let roots = self.package.relationships(None, self.budget);
        match self.main_part(&roots) {
            Some(main) => self.read_book(main),
            None => self.package.gap(Gap::new(GapKind::Damaged, "the workbook part is not there")),
        }
        self.read_stray_sheets();
        self.read_asides();
        self.put_unused_strings();
        self.page.put_waiting();
        self.read_queries();
        let text: &mut TextBuilder = &mut self.page.text;
        properties::read_all(&mut self.package, &roots, text, self.budget);
        let rest = packed::leftovers(&mut self.package, self.submission, KNOWN_TYPES, self.budget);
        self.children.extend(rest);
    }

    /// The workbook part by its relationship, else by its type, else by its name.
    fn main_part(&self, roots: &[Relationship]) -> Option<PartId> {
        let is_main = |id: &PartId| {
            let kind = self.package.content_type(*id);
            kind.ends_with(".main+xml") && kind.contains("sheet") || kind.ends_with("binary.main")
        };
        targets(roots, "officeDocument")
            .first()
            .copied()
            .or_else(|| (0..self.package.len()).find(is_main))
            .or_else(|| self.package.find("xl/workbook.xml"))
            .or_else(|| self.package.find("xl/workbook.bin"))
    }

    fn is_binary(&self, id: PartId) -> bool {
        self.package.name(id).to_ascii_lowercase().ends_with(".bin")
    }

    /// Goes through an XML part with `read`; what stands in the way is a gap.
    fn with(&mut self, id: PartId, read: impl FnOnce(&mut Self, &str, &mut XmlReader<'_, '_>)) {
        let part = self.package.xml(id, self.budget);
        // The reader holds the budget while it goes on.
        let mut lent = std::mem::replace(&mut *self.budget, Budget::new(Default::default()));
        let mut xml = XmlReader::new(&part, &mut lent);
        read(self, &part, &mut xml);
        let trouble = xml.finish();
        *self.budget = lent;
        self.package.gap_in(id, trouble);
    }

    /// Goes through a part of records with `read`.
    fn with_records(
        &mut self,
        id: PartId,
        read: impl FnOnce(&mut Self, &mut binary::Records<'_, '_>),
    ) {
        let (part, gap) = self.package.bytes(id, self.budget);
        self.package.gap_in(id, gap);
        let mut lent = std::mem::replace(&mut *self.budget, Budget::new(Default::default()));
        let mut records = binary::Records::new(&part, &mut lent);
        read(self, &mut records);
        let trouble = records.finish();
        *self.budget = lent;
        self.package.gap_in(id, trouble);
    }

    fn read_book(&mut self, main: PartId) {
        let related = self.package.relationships(Some(main), self.budget);
        self.read_looks(&related);
        let mut book = Book::default();
        match self.is_binary(main) {
            true => self.with_records(main, |_, records| binary::book(records, &mut book)),
            false => self.with(main, |_, _, xml| book.read(xml)),
        }
        self.since_1904 = book.since_1904;
        if let Err(gap) = self.budget.check_pages(book.sheets.len()) {
            self.package.gap(gap);
            book.sheets.truncate(self.budget.limits().pages as usize);
        }
        let parts: HashMap<&str, &Target> =
            related.iter().map(|r| (r.id.as_str(), &r.target)).collect();
        for (n, listed) in book.sheets.iter().enumerate() {
            let part = match parts.get(listed.relationship.as_str()) {
                Some(Target::Part(id)) => Ok(*id),
                // Where relationships are lost, names say as much.
                _ => Err(self.package.find(&format!("xl/worksheets/sheet{}.xml", n + 1))),
            };
            self.read_listed(listed, part);
        }
        for relationship in &related {
            match &relationship.target {
                Target::Missing(name) if relationship.kind != "worksheet" => {
                    self.missing(&relationship.kind, name);
                }
                Target::External => self.outside += usize::from(relationship.kind != "hyperlink"),
                _ => {}
            }
        }
        for (name, text) in &book.names {
            self.page.put(&mut place(Region::Property, 0, name), text);
        }
    }

    /// Theme, styles, then strings: what cells refer to.
    fn read_looks(&mut self, related: &[Relationship]) {
        let usual = [
            ("theme", "xl/theme/theme1.xml"),
            ("styles", "xl/styles.xml"),
            ("sharedStrings", "xl/sharedStrings.xml"),
        ];
        for (kind, name) in usual {
            let mut ids = targets(related, kind);
            if ids.is_empty() {
                ids.extend(self.package.find(name));
            }
            for id in ids {
                // A list may name a part a thousand times.
                if self.package.is_read(id) {
                    continue;
                }
                match (kind, self.is_binary(id)) {
                    ("theme", _) => self.with(id, |this, _, xml| this.looks.colors.theme.read(xml)),
                    ("styles", true) => {
                        self.with_records(id, |this, r| binary::styles(r, &mut this.looks));
                    }
                    ("styles", _) => self.with(id, |this, _, xml| this.looks.read(xml)),
                    (_, true) => {
                        self.with_records(id, |this, r| binary::strings(r, &mut this.strings));
                    }
                    _ => self.with(id, |this, _, xml| this.strings.read(xml, &mut this.looks)),
                }
            }
        }
    }

    /// Reads a sheet of the workbook's list: from its part, or from the one that
    /// is likely to be it.
    fn read_listed(&mut self, listed: &Listed, part: Result<PartId, Option<PartId>>) {
        self.sheets += 1;
        let (name, page, hidden) = (listed.name.clone(), self.sheets, listed.hidden);
        let sheet = SheetPlace { name, page, hidden };
        let mut head = place(sheet.region(Region::Property), page, "sheet");
        self.page.put(&mut head, &sheet.name);
        if part.is_err() {
            let words = format!("the workbook does not say which part is sheet {page}");
            self.package.gap(Gap::new(GapKind::Damaged, words));
        }
        if let Ok(id) | Err(Some(id)) = part {
            self.read_sheet(id, &sheet);
        }
    }

    /// Sheets that the workbook does not list, or has lost its list of.
    fn read_stray_sheets(&mut self) {
        let whole = self.package.gaps.is_empty();
        for id in 0..self.package.len() {
            let kind = self.package.content_type(id);
            let kind = kind.strip_suffix("+xml").unwrap_or(kind);
            let name = self.package.name(id).to_ascii_lowercase();
            let is_sheet = match kind.rsplit(['.', '/']).next() {
                Some("" | "xml") => name.starts_with("xl/worksheets/sheet"),
                Some(kind) => SHEETS.contains(&kind),
                None => false,
            };
            if !is_sheet || self.package.is_read(id) || name.ends_with(".rels") {
                continue;
            }
            self.sheets += 1;
            let name = name.rsplit('/').next().unwrap_or_default().to_owned();
            let sheet = SheetPlace { name, page: self.sheets, hidden: whole };
            self.read_sheet(id, &sheet);
        }
    }

    fn read_sheet(&mut self, id: PartId, sheet: &SheetPlace) {
        if self.package.is_read(id) {
            return;
        }
        let mut beside = Beside::default();
        match self.is_binary(id) {
            true => self.with_records(id, |this, records| {
                let since_1904 = this.since_1904;
                let mut grid = this.grid(sheet, since_1904);
                beside = binary::sheet(records, &mut grid);
                let lost = grid.lost;
                this.lost += lost;
            }),
            false => self.with(id, |this, part, xml| {
                let since_1904 = this.since_1904;
                let mut formulas = std::mem::take(&mut this.formulas);
                let mut grid = this.grid(sheet, since_1904);
                let mut reader = SheetReader::new(&mut grid, &mut formulas);
                reader.read(part, xml);
                beside = reader.beside;
                let lost = grid.lost;
                (this.formulas, this.lost) = (formulas, this.lost + lost);
            }),
        }
        self.pictures += beside.pictures;
        self.unvalued += beside.unvalued;
        self.pictures += margin::put(&mut self.page, &beside.margins, sheet, &self.looks.colors);
        for aside in &beside.asides {
            let mut head = place(Region::Hidden, sheet.page, aside.kind);
            self.page.put(&mut head, &aside.text);
        }
        for (cell, text) in &beside.tips {
            let head = place(sheet.region(Region::AltText), sheet.page, &sheet.label(cell));
            self.page.put_later(head, text.as_str());
        }
        let related = self.package.relationships(Some(id), self.budget);
        self.follow(related, sheet);
    }

    fn grid(&mut self, sheet: &SheetPlace, since_1904: bool) -> Grid<'_> {
        let mut grid = Grid::new(&mut self.looks, &mut self.strings, &mut self.page, sheet.clone());
        grid.since_1904 = since_1904;
        grid
    }

    /// Goes after relationships that lead to things shown on a sheet or packed
    /// with it, and to what these lead to in turn.
    fn follow(&mut self, related: Vec<Relationship>, sheet: &SheetPlace) {
        let mut waiting: std::collections::VecDeque<Relationship> = related.into();
        let mut diagrams = HashSet::new();
        while let Some(relationship) = waiting.pop_front() {
            let kind = relationship.kind.as_str();
            let id = match relationship.target {
                Target::Part(id) if !self.package.is_read(id) => id,
                Target::Part(_) => continue,
                Target::Missing(name) => {
                    self.missing(kind, &name);
                    continue;
                }
                Target::External => {
                    self.outside += usize::from(kind != "hyperlink");
                    continue;
                }
            };
            match kind {
                "image" | "hdphoto" => packed::pass_over_picture(&mut self.package, id),
                "drawing" | "chartUserShapes" | "vmlDrawing" => self.read_drawing(id, sheet),
                "chart" | "chartEx" => self.read_lines(id, "chart", sheet, None),
                "diagramData" | "diagramDrawing" => {
                    self.read_lines(id, "diagram", sheet, Some(&mut diagrams));
                }
                "comments" | "threadedComment" => self.read_comments(id, sheet),
                "oleObject" | "package" => {
                    let child =
                        packed::embedded(&mut self.package, self.submission, id, self.budget);
                    self.children.extend(child);
                }
                _ => continue,
            }
            waiting.extend(self.package.relationships(Some(id), self.budget));
        }
    }

    /// A relationship leads to a part that is not there.
    fn missing(&mut self, kind: &str, name: &str) {
        let empty = name.rsplit('/').next().is_none_or(|n| n.is_empty() || n == "NULL");
        let looks = matches!(kind, "image" | "theme" | "styles" | "printerSettings" | "calcChain");
        if empty || looks {
            self.missing += 1;
        } else if kind != "hyperlink" {
            let (kind, name) = (shortened(kind), shortened(name));
            let words = format!("a relationship ({kind}) names {name}, which is not there");
            self.package.gap(Gap::new(GapKind::Damaged, words));
        }
    }

    fn read_drawing(&mut self, id: PartId, sheet: &SheetPlace) {
        let part = self.package.xml(id, self.budget);
        // Excel writes VML as if it were HTML.
        let part = part.replace("<br>", "<br/>");
        let mut xml = XmlReader::new(&part, self.budget);
        let mut drawing = Drawing::new(&mut self.page, &self.looks.colors, sheet);
        drawing.read(&mut xml);
        self.pictures += drawing.pictures;
        let trouble = xml.finish();
        self.package.gap_in(id, trouble);
    }

    /// Charts and diagrams: lines of text in their order.
    fn read_lines(
        &mut self,
        id: PartId,
        label: &str,
        sheet: &SheetPlace,
        known: Option<&mut HashSet<String>>,
    ) {
        let lines = drawing::read(&mut self.package, id, known, self.budget);
        let mut head = place(sheet.region(Region::TextBox), sheet.page, label);
        head.group = self.page.next_group();
        for line in lines {
            self.page.put(&mut head, &line);
        }
    }

    fn read_comments(&mut self, id: PartId, sheet: &SheetPlace) {
        match self.is_binary(id) {
            true => self.with_records(id, |this, records| {
                binary::comments(records, &mut this.page, sheet);
            }),
            false => self.with(id, |this, _, xml| {
                comments::read(xml, &mut this.looks, &mut this.page, sheet);
            }),
        }
    }

    /// Parts beside the sheets, and shapes, charts and comments that no sheet
    /// leads to.
    fn read_asides(&mut self) {
        let mut left: Vec<(PartId, String)> = Vec::new();
        let nowhere = SheetPlace { hidden: true, ..SheetPlace::default() };
        for id in 0..self.package.len() {
            let kind = self.package.content_type(id).to_owned();
            let known = KNOWN_TYPES.iter().any(|known| kind.ends_with(known));
            if self.package.is_read(id) || known {
                continue;
            }
            let is_drawn = ["officedocument.drawing+xml", "vmlDrawing", "cellimage+xml"];
            if is_drawn.iter().any(|drawn| kind.ends_with(drawn)) {
                self.read_drawing(id, &nowhere);
            } else if kind.ends_with("drawingml.chart+xml") || kind.ends_with("chartex+xml") {
                self.read_lines(id, "chart", &nowhere, None);
            } else if let Some(label) = aside::label_of(&kind, self.package.name(id)) {
                left.push((id, label));
            }
        }
        if left.is_empty() {
            return;
        }
        // The strings are lent out while they are compared with.
        let strings = std::mem::take(&mut self.strings);
        let mut page = std::mem::take(&mut self.page);
        let mut asides = Asides::new(&mut page, strings.all(true).take(MAX_KNOWN).collect());
        for (id, label) in left {
            let region = match label.starts_with("revision") {
                true => Region::Deleted,
                false => Region::Hidden,
            };
            match self.is_binary(id) {
                true => self.with_records(id, |_, records| {
                    binary::aside(records, &mut asides, region, &label);
                }),
                false => self.with(id, |_, _, xml| asides.read(xml, region, &label)),
            }
            for relationship in self.package.relationships(Some(id), self.budget) {
                self.outside += usize::from(relationship.target == Target::External);
            }
        }
        drop(asides);
        (self.strings, self.page) = (strings, page);
    }

    /// Queries are a package of their own, in what else would be stored XML.
    fn read_queries(&mut self) {
        for id in 0..self.package.len() {
            let name = self.package.name(id).to_ascii_lowercase();
            let stored = name.starts_with("customxml/item") && name.ends_with(".xml");
            if !stored || name.contains("itemprops") || self.package.is_read(id) {
                continue;
            }
            let part = self.package.xml(id, self.budget);
            match mashup::package(&part) {
                Some(bytes) => {
                    let child = self.submission.child("DataMashup.zip", Origin::Embedded, bytes);
                    self.children.push(child);
                }
                None => self.package.put(id, part.into_bytes()),
            }
        }
    }

    /// Strings that no cell shows: left over, or of cells that could not be read.
    fn put_unused_strings(&mut self) {
        let whole = self.package.gaps.is_empty();
        let region = if whole { Region::Hidden } else { Region::Cell };
        for text in self.strings.all(false) {
            self.page.put(&mut place(region, 0, "unused string"), text);
        }
    }

    fn finish(self) -> Extraction {
        let mut gaps = self.package.gaps.clone();
        let mut notes = self.package.notes();
        let has_limit = gaps.iter().any(|gap| gap.kind == GapKind::Limit(Limit::Text));
        if self.page.full && !has_limit {
            gaps.push(self.budget.text_gap());
        }
        if self.lost > 0 {
            let words = format!("{} cells refer to strings that are not there", self.lost);
            gaps.push(Gap::new(GapKind::Damaged, words));
        }
        let text = self.page.text.finish();
        tell_pictures(self.pictures, &text, &mut gaps, &mut notes);
        notes.extend(EXTERNAL_LINKS.note(self.outside));
        notes.extend(MISSING_PARTS.note(self.missing));
        notes.extend(FORMULAS.note(self.unvalued));
        Extraction {
            pages: Some(self.sheets.max(1)).filter(|_| !text.blocks().is_empty()),
            text,
            children: self.children,
            gaps,
            notes,
            ..Extraction::default()
        }
    }
}

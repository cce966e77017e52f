//! One sheet's part from XML: rows of cells, and what the part says beside them
//! (ISO/IEC 29500-1, 18.3). Sheets of charts and dialogs and those of macros are
//! read by the same rules: they have fewer of the same elements.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memmem;

use super::formula;
use super::grid::{Grid, Merge, Value, range, reference};
use super::margin::Margin;
use super::strings::{Rich, read_rich, unescaped};
use crate::extract::office::xml::{Element, Xml, XmlReader};

/// Texts of formulas that are told apart.
const MAX_FORMULAS: usize = 200_000;

/// Bytes within which the element of a merged range ends.
const MAX_ELEMENT: usize = 256;

/// Text beside the cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aside {
    /// What it is: `validation`, `scenario`.
    pub kind: &'static str,
    pub text: String,
}

/// What a sheet's part says beside its cells.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub margins: Vec<Margin>,
    pub asides: Vec<Aside>,
    /// Text that shows where the pointer rests on a link: cell and text.
    pub tips: Vec<(String, String)>,
    /// Pictures behind the cells.
    pub pictures: usize,
    /// Formulas whose values are not in the file.
    pub unvalued: usize,
}

impl Beside {
    pub fn aside(&mut self, kind: &'static str, text: impl Into<String>) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.asides.push(Aside { kind, text });
        }
    }
}

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Row,
    Cell,
    Value,
    Formula,
    Margin,
    Validation,
    View,
    Other,
}

/// How a cell's value is to be taken (18.18.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Bool,
    /// Text of a formula, an error, a date in ISO 8601.
    Text,
    Inline,
}

#[derive(Debug, Default)]
struct Cell {
    column: u32,
    look: usize,
    kind: Kind,
    value: String,
    formula: String,
    has_formula: bool,
    rich: Rich,
}

/// Reads a sheet's part into a grid.
pub(super) struct SheetReader<'g, 'w> {
    grid: &'g mut Grid<'w>,
    /// Texts of formulas that were put down, in this sheet or another.
    known: &'g mut HashSet<String>,
    pub beside: Beside,
    tags: Vec<Tag>,
    row: u32,
    cell: Cell,
    said: String,
    margin: Option<(bool, &'static str)>,
    two_sided: bool,
    first_apart: bool,
    views: usize,
}

impl<'g, 'w> SheetReader<'g, 'w> {
    pub fn new(grid: &'g mut Grid<'w>, known: &'g mut HashSet<String>) -> Self {
        Self {
            grid,
            known,
            beside: Beside::default(),
            tags: Vec::new(),
            row: 0,
            cell: Cell::default(),
            said: String::new(),
            margin: None,
            two_sided: false,
            first_apart: false,
            views: 0,
        }
    }

    /// Reads the part to its end; `part` is the same once more, to look ahead in.
    pub fn read(&mut self, part: &str, xml: &mut XmlReader<'_, '_>) {
        merges(part).for_each(|merge| self.grid.merge(merge));
        self.grid.end_merges();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => {
                    if let Some(tag) = self.open(&element, xml) {
                        self.tags.push(tag);
                    }
                }
                Xml::Close => {
                    if let Some(tag) = self.tags.pop() {
                        self.close(tag, xml);
                    }
                }
                Xml::Text(text) => match self.tags.last() {
                    Some(Tag::Value) => self.cell.value.push_str(&text),
                    Some(Tag::Formula) => self.cell.formula.push_str(&text),
                    Some(Tag::Margin | Tag::Validation) => self.said.push_str(&text),
                    _ => {}
                },
            }
        }
        // A part that breaks off has a last cell all the same.
        if self.tags.contains(&Tag::Cell) {
            self.end_cell(xml);
        }
    }

    fn open(&mut self, element: &Element<'_>, xml: &mut XmlReader<'_, '_>) -> Option<Tag> {
        let top = self.tags.last().copied();
        Some(match (top, element.local()) {
            (_, "c") => {
                self.begin_cell(element);
                Tag::Cell
            }
            (Some(Tag::Cell), "v") => Tag::Value,
            (Some(Tag::Cell), "f") => {
                self.cell.has_formula = true;
                Tag::Formula
            }
            (Some(Tag::Cell), "is") => {
                let mut rich = std::mem::take(&mut self.cell.rich);
                read_rich(xml, self.grid.looks, &mut rich);
                self.cell.rich = rich;
                self.cell.kind = Kind::Inline;
                return None;
            }
            (_, "row") => {
                self.begin_row(element);
                Tag::Row
            }
            // An extension's formula stands one element deeper.
            (Some(Tag::Validation), _) => Tag::Validation,
            (_, local) => self.open_beside(local, element),
        })
    }

    fn open_beside(&mut self, local: &str, element: &Element<'_>) -> Tag {
        let value = |name: &str| element.attr(name).unwrap_or_default();
        match local {
            "col" => {
                let hidden = element.attr("hidden").is_some_and(|v| is_true(&v))
                    || element.attr("width").is_some_and(|w| w.trim().parse() == Ok(0.0));
                let first = element.number("min").unwrap_or(0);
                self.grid.columns(first, element.number("max").unwrap_or(first), hidden);
            }
            "headerFooter" => {
                self.two_sided = is_true(&value("differentOddEven"));
                self.first_apart = is_true(&value("differentFirst"));
            }
            "customSheetView" => {
                self.views += 1;
                return Tag::View;
            }
            "dataValidation" => {
                for said in ["promptTitle", "prompt", "errorTitle", "error"] {
                    self.beside.aside("validation", unescaped(&value(said)));
                }
            }
            "formula1" | "formula2" => {
                self.said.clear();
                return Tag::Validation;
            }
            "hyperlink" => {
                for said in ["tooltip", "display"] {
                    let text = unescaped(&value(said)).into_owned();
                    if !text.trim().is_empty() {
                        self.beside.tips.push((value("ref").into_owned(), text));
                    }
                }
            }
            "scenario" => {
                for said in ["name", "comment"] {
                    self.beside.aside("scenario", unescaped(&value(said)));
                }
            }
            "inputCells" => self.beside.aside("scenario", unescaped(&value("val"))),
            "webPublishItem" => self.beside.aside("web page", unescaped(&value("title"))),
            "picture" => self.beside.pictures += 1,
            _ => {
                if let Some(margin) = margin_of(local) {
                    self.margin = Some(margin);
                    self.said.clear();
                    return Tag::Margin;
                }
            }
        }
        Tag::Other
    }

    fn begin_row(&mut self, element: &Element<'_>) {
        self.row = self.row.saturating_add(1);
        let mut hidden = false;
        for (name, value) in element.attrs() {
            match name {
                "r" => self.row = value.trim().parse().unwrap_or(self.row),
                "hidden" => hidden |= is_true(&value),
                "ht" => hidden |= value.trim().parse() == Ok(0.0),
                _ => {}
            }
        }
        self.cell.column = 0;
        self.grid.row(self.row, hidden);
    }

    fn begin_cell(&mut self, element: &Element<'_>) {
        let cell = &mut self.cell;
        cell.column = cell.column.saturating_add(1);
        (cell.look, cell.kind, cell.has_formula) = (0, Kind::Number, false);
        cell.value.clear();
        cell.formula.clear();
        cell.rich.clear();
        for (name, value) in element.attrs() {
            match name {
                "r" => {
                    if let Some((column, row)) = reference(value.trim_ascii()) {
                        cell.column = column;
                        if row != self.row {
                            self.row = row;
                            self.grid.row(row, false);
                        }
                    }
                }
                "s" => cell.look = value.trim_ascii().parse().unwrap_or(0),
                "t" => {
                    cell.kind = match &*value {
                        "s" => Kind::Shared,
                        "b" => Kind::Bool,
                        "str" | "e" | "d" => Kind::Text,
                        "inlineStr" => Kind::Inline,
                        _ => Kind::Number,
                    }
                }
                _ => {}
            }
        }
    }

    fn close(&mut self, tag: Tag, xml: &mut XmlReader<'_, '_>) {
        match tag {
            Tag::Cell => self.end_cell(xml),
            Tag::View => self.views = self.views.saturating_sub(1),
            Tag::Margin => self.end_margin(),
            Tag::Validation if self.tags.last() != Some(&Tag::Validation) => {
                // A list in the formula itself; others refer to cells.
                let text = std::mem::take(&mut self.said);
                if let Some(list) = text.trim().strip_prefix('"') {
                    self.beside.aside("validation", list.trim_end_matches('"'));
                }
            }
            _ => {}
        }
    }

    fn end_margin(&mut self) {
        let code = unescaped(&self.said).into_owned();
        self.said.clear();
        let Some((header, which)) = self.margin.take() else { return };
        let shown = match which {
            "even" => self.two_sided,
            "first" => self.first_apart,
            _ => true,
        };
        if !code.trim().is_empty() {
            let shown = shown && self.views == 0;
            self.beside.margins.push(Margin { header, which, shown, code });
        }
    }

    fn end_cell(&mut self, xml: &mut XmlReader<'_, '_>) {
        let cell = std::mem::take(&mut self.cell);
        let raw = cell.value.trim_ascii();
        let value: Option<Value<'_>> = match cell.kind {
            Kind::Inline if cell.rich.text.is_empty() && cell.rich.phonetic.is_empty() => None,
            Kind::Inline => Some(Value::Rich(&cell.rich)),
            _ if raw.is_empty() => None,
            Kind::Shared => raw.parse().ok().map(Value::Shared),
            Kind::Bool => Some(Value::Bool(is_true(raw))),
            Kind::Number => raw.parse().ok().map(|number| Value::Number(number, raw)),
            Kind::Text => None,
        };
        match value {
            Some(value) => self.grid.cell(cell.column, cell.look, value),
            None if raw.is_empty() => {}
            // Text, and what is no number though it should be one.
            None => {
                let text: Cow<'_, str> = unescaped(&cell.value);
                self.grid.cell(cell.column, cell.look, Value::Text(&text));
            }
        }
        if cell.has_formula {
            self.formula(&cell, xml);
        }
        xml.charge(self.grid.spent());
        xml.check_text(self.grid.bytes());
        xml.check_lines(self.grid.lines());
        // The buffers go on to the next cell.
        self.cell = cell;
    }

    fn formula(&mut self, cell: &Cell, xml: &mut XmlReader<'_, '_>) {
        if cell.value.is_empty() && cell.kind != Kind::Inline {
            self.beside.unvalued += 1;
        }
        let shown = if cell.kind == Kind::Inline { &cell.rich.text } else { &cell.value };
        xml.charge(formula::cost(&cell.formula, shown));
        let lines = formula::unseen(&cell.formula, shown);
        if lines.is_empty() {
            return;
        }
        // A formula is copied down a column: its texts count once.
        let texts = formula::literals(&cell.formula).join("\n");
        if self.known.len() >= MAX_FORMULAS || self.known.insert(texts) {
            self.grid.name(cell.column);
            lines.iter().for_each(|line| self.grid.hide(line));
        }
    }
}

fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true")
}

fn margin_of(local: &str) -> Option<(bool, &'static str)> {
    Some(match local {
        "oddHeader" => (true, ""),
        "evenHeader" => (true, "even"),
        "firstHeader" => (true, "first"),
        "oddFooter" => (false, ""),
        "evenFooter" => (false, "even"),
        "firstFooter" => (false, "first"),
        _ => return None,
    })
}

/// The merged ranges of a sheet, which stand behind all of its cells.
fn merges(part: &str) -> impl Iterator<Item = Merge> {
    let bytes = part.as_bytes();
    let tail = memmem::rfind(bytes, b"sheetData").and_then(|at| part.get(at..)).unwrap_or_default();
    memmem::find_iter(tail.as_bytes(), b"mergeCell ").filter_map(move |at| {
        let end = tail.floor_char_boundary(at.saturating_add(MAX_ELEMENT).min(tail.len()));
        let element = tail.get(at..end)?.split('>').next()?;
        let value = element.split_once("ref=")?.1;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        range(value.get(1..)?.split(quote).next()?)
    })
}

//! One sheet's records (MS-XLS 2.1.7.20.6): which belong to its cells, which to
//! its drawings and charts, and which stand beside them.

use std::collections::HashSet;

use super::beside::Beside;
use super::cells::Waiting;
use super::drawing::Drawing;
use super::records::{CONTINUE, Fields, Record, Records};
use super::{Book, Version, id};
use crate::extract::Budget;
use crate::extract::office::art::u16_at;
use crate::extract::office::workbook::grid::{Grid, Merge, SheetPlace};
use crate::model::{Gap, GapKind};

/// Charts within sheets are the deepest there is.
const MAX_DEPTH: usize = 16;

impl Book<'_> {
    /// Reads the sheet that begins at an offset.
    pub(super) fn read_sheet(&mut self, stream: &[u8], at: usize, sheet: &SheetPlace) {
        let mut grid = Grid::new(&mut self.looks, &mut self.strings, &mut self.page, sheet.clone());
        grid.since_1904 = self.since_1904;
        let mut reader = Reader {
            grid: &mut grid,
            budget: &mut *self.budget,
            formulas: &mut self.formulas,
            version: self.version,
            page: self.code_page,
            records: Records::from(stream, at),
            hidden_rows: HashSet::new(),
            row: 0,
            waiting: None,
            levels: Vec::new(),
            beside: Beside::default(),
        };
        reader.look_ahead();
        reader.read();
        let beside = reader.beside;
        self.lost += grid.lost;
        beside.gaps.iter().for_each(|gap| self.gap(gap.clone()));
        self.put_beside(beside, sheet);
    }
}

/// A chart, or the sheet itself, while it is read.
#[derive(Debug, Default)]
pub(super) struct Level {
    is_chart: bool,
    drawing: Drawing,
    /// Whether the last record belonged to the drawing.
    goes_on: bool,
    lines: Vec<String>,
    known: HashSet<String>,
}

impl Level {
    /// A line of the chart, once.
    pub fn line(&mut self, text: String) {
        if !text.trim().is_empty() && self.known.insert(text.clone()) {
            self.lines.push(text);
        }
    }
}

/// Reads one sheet.
pub(super) struct Reader<'r, 'w, 'a> {
    pub grid: &'r mut Grid<'w>,
    pub budget: &'r mut Budget,
    pub formulas: &'r mut HashSet<String>,
    pub version: Version,
    pub page: u32,
    pub records: Records<'a>,
    pub hidden_rows: HashSet<u16>,
    pub row: u32,
    pub waiting: Option<Waiting>,
    pub levels: Vec<Level>,
    pub beside: Beside,
}

impl<'a> Reader<'_, '_, 'a> {
    /// Looks for what must be known before the cells come, though it may stand
    /// behind them: ranges that are one cell, and rows that are hidden.
    fn look_ahead(&mut self) {
        let mut depth = 0usize;
        for record in self.records {
            if self.budget.spend_steps(1).is_err() {
                break;
            }
            match record.id {
                id::EOF => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                id::MERGED => {
                    for range in record.body.get(2..).unwrap_or_default().chunks_exact(8) {
                        let at = |n: usize| u32::from(u16_at(range, 2 * n).unwrap_or(0)) + 1;
                        let merge = Merge { top: at(0), bottom: at(1), left: at(2), right: at(3) };
                        self.grid.merge(merge);
                    }
                }
                id::ROW => {
                    // Hidden, or no height at all.
                    let flags = u16_at(record.body, 12).unwrap_or(0);
                    let height = u16_at(record.body, 6).unwrap_or(1);
                    if flags & 0x20 != 0 || height == 0 {
                        self.hidden_rows.extend(u16_at(record.body, 0));
                    }
                }
                id::COLUMNS => {
                    let mut fields = Fields::of(record.body);
                    let first = fields.u16().unwrap_or(0);
                    let last = fields.u16().unwrap_or(0);
                    let (width, _, flags) = (fields.u16(), fields.u16(), fields.u16());
                    let hidden = flags.unwrap_or(0) & 1 != 0 || width == Some(0);
                    self.grid.columns(u32::from(first) + 1, u32::from(last) + 1, hidden);
                }
                number if Version::of(number, record.body).is_some() => depth += 1,
                _ => {}
            }
        }
        self.grid.end_merges();
    }

    fn read(&mut self) {
        while let Some(record) = self.records.next() {
            let steps = 1 + record.body.len() / 256 + self.grid.spent();
            let over = self.budget.spend_steps(steps as u64).err();
            let over = over.or_else(|| self.budget.spend_text(self.grid.bytes()).err());
            let over = over.or_else(|| self.budget.check_lines(self.grid.lines()).err());
            if let Some(gap) = over {
                self.gap(gap);
                break;
            }
            if record.is_cut {
                let words = format!("sheet {} breaks off", self.grid.sheet.page);
                self.gap(Gap::new(GapKind::Damaged, words));
            }
            if record.id == id::EOF {
                self.end_level();
                if self.levels.is_empty() {
                    return;
                }
            } else if Version::of(record.id, record.body).is_some() {
                if self.levels.len() >= MAX_DEPTH {
                    break;
                }
                let is_chart = u16_at(record.body, 2) == Some(0x20);
                self.levels.push(Level { is_chart, ..Level::default() });
            } else if self.drawn(&record) || self.cell(&record).is_some() {
                // Told.
            } else {
                let _ = self.aside(&record);
            }
        }
        let words = format!("sheet {} does not come to its end", self.grid.sheet.page);
        if self.beside.gaps.is_empty() {
            self.gap(Gap::new(GapKind::Damaged, words));
        }
        while !self.levels.is_empty() {
            self.end_level();
        }
    }

    /// Keeps a gap, once.
    pub fn gap(&mut self, gap: Gap) {
        if !self.beside.gaps.contains(&gap) {
            self.beside.gaps.push(gap);
        }
    }

    fn end_level(&mut self) {
        self.end_waiting(None);
        let Some(level) = self.levels.pop() else { return };
        self.beside.charts.extend(Some(level.lines).filter(|lines| !lines.is_empty()));
        self.beside.drawings.push(level.drawing);
    }

    /// Whether what comes next belongs to a chart.
    pub fn in_chart(&self) -> bool {
        self.levels.last().is_some_and(|level| level.is_chart)
    }

    /// Takes in what belongs to drawings; says whether it does.
    fn drawn(&mut self, record: &Record<'a>) -> bool {
        let Some(level) = self.levels.last_mut() else { return false };
        // What goes on with an object or a text goes on with the drawing.
        let goes_on = level.goes_on;
        level.goes_on = true;
        match record.id {
            id::DRAWING => level.drawing.take(record.body),
            CONTINUE if goes_on => level.drawing.take(record.body),
            id::OBJECT => level.drawing.object(record.body, self.version, self.page),
            id::TEXT_OBJECT => level.drawing.text(record.body, &mut self.records),
            id::SERIES_TEXT => {
                let mut fields = Fields::of(record.body);
                fields.u16();
                let text = fields.short_string(self.version, self.page);
                level.line(text.map(|text| text.text).unwrap_or_default());
            }
            _ => {
                level.goes_on = false;
                return false;
            }
        }
        true
    }
}

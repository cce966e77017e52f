//! What stands beside the cells of a sheet: headers and footers, remarks, hints
//! of links, validations, scenarios.

use std::collections::HashMap;

use super::drawing::{Drawing, Drawn};
use super::records::{Fields, Record};
use super::sheet::Reader;
use super::{Book, Version, formula, id};
use crate::extract::charset::code_page;
use crate::extract::office::art::utf16;
use crate::extract::office::workbook::grid::{SheetPlace, letters};
use crate::extract::office::workbook::margin::{self, Margin};
use crate::extract::office::workbook::page::place;
use crate::model::{Gap, GapKind, Region};

/// Headers and footers that are compared with those that come.
const MAX_VIEWS: usize = 64;

/// A remark on a cell.
#[derive(Debug)]
pub(super) struct Remark {
    pub cell: String,
    /// The number of the object that holds its text.
    pub object: u16,
    /// The text itself, in the versions that have no such object.
    pub text: String,
    /// Whether there is a text, be it empty.
    pub is_found: bool,
}

/// What a sheet says beside its cells.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub margins: Vec<Margin>,
    pub asides: Vec<(&'static str, String)>,
    /// Text that shows where the pointer rests on a link: cell and text.
    pub tips: Vec<(String, String)>,
    pub remarks: Vec<Remark>,
    /// Those of its charts, the sheet's own last.
    pub drawings: Vec<Drawing>,
    /// Lines of charts.
    pub charts: Vec<Vec<String>>,
    pub pictures: usize,
    pub unvalued: usize,
    pub gaps: Vec<Gap>,
}

impl Book<'_> {
    /// Puts it down behind the cells.
    pub fn put_beside(&mut self, beside: Beside, sheet: &SheetPlace) {
        self.pictures += beside.pictures;
        self.unvalued += beside.unvalued;
        self.pictures += margin::put(&mut self.page, &beside.margins, sheet, &self.looks.colors);
        for (kind, text) in &beside.asides {
            self.page.put(&mut place(Region::Hidden, sheet.page, kind), text);
        }
        for (cell, text) in beside.tips {
            let head = place(sheet.region(Region::AltText), sheet.page, &sheet.label(&cell));
            self.page.put_later(head, text);
        }
        let mut remarks = beside.remarks;
        let objects = remarks.iter().map(|remark| remark.object);
        let by_object: HashMap<u16, usize> = objects.zip(0..).collect();
        let mut drawings = beside.drawings;
        let own = drawings.pop();
        for drawing in own.into_iter().chain(drawings) {
            let mut drawn = Drawn {
                page: &mut self.page,
                looks: &self.looks,
                sheet,
                remarks: &mut remarks,
                by_object: &by_object,
                pictures: 0,
            };
            let put = drawing.put(&mut drawn, self.budget);
            self.pictures += drawn.pictures;
            put.unwrap_or_else(|gap| self.gap(gap));
        }
        let lost = remarks.iter().filter(|remark| !remark.is_found).count();
        if lost > 0 {
            let words = format!("{lost} remarks on sheet {}, whose text is not there", sheet.page);
            self.gap(Gap::new(GapKind::Damaged, words));
        }
        for remark in remarks.iter().filter(|remark| !remark.text.trim().is_empty()) {
            let label = sheet.label(&remark.cell);
            let mut head = place(sheet.region(Region::Comment), sheet.page, &label);
            head.group = self.page.next_group();
            self.page.put(&mut head, &remark.text);
        }
        for lines in beside.charts {
            let mut head = place(sheet.region(Region::TextBox), sheet.page, "chart");
            head.group = self.page.next_group();
            for line in lines {
                self.page.put(&mut head, &line);
            }
        }
    }
}

impl<'a> Reader<'_, '_, 'a> {
    /// Takes in what stands beside the cells.
    pub fn aside(&mut self, record: &Record<'a>) -> Option<()> {
        let mut fields = Fields::of(record.body);
        match record.id {
            id::HEADER | id::FOOTER if !record.body.is_empty() => {
                let code = match self.version {
                    Version::Eight => fields.string(self.version, self.page)?,
                    _ => fields.short_string(self.version, self.page)?,
                };
                // That of a chart on a sheet is printed with the chart alone.
                let shown = self.levels.len() < 2;
                self.margin(record.id == id::HEADER, "", shown, code.text);
            }
            id::HEADER_FOOTER => {
                fields.skip(28)?;
                let flags = fields.u16()?;
                let kinds = [
                    (true, "even", 1),
                    (false, "even", 1),
                    (true, "first", 2),
                    (false, "first", 2),
                ];
                let mut counts = [0; 4];
                for count in &mut counts {
                    *count = fields.u16()?;
                }
                for ((header, which, bit), count) in kinds.into_iter().zip(counts) {
                    if count > 0 {
                        let code = fields.string(self.version, self.page)?;
                        self.margin(header, which, flags & bit != 0, code.text);
                    }
                }
            }
            id::NOTE => self.remark(&mut fields)?,
            id::LINK => {
                let mut fields = self.records.continued(record);
                self.link(&mut fields)?;
            }
            id::LINK_TIP => {
                fields.skip(2)?;
                let (row, _, column) = (fields.u16()?, fields.u16()?, fields.u16()?);
                fields.u16()?;
                let bytes = fields.bytes(usize::from(u16::MAX));
                let text = utf16(&bytes);
                self.tip(row, column, text);
            }
            id::VALIDATION => {
                let mut fields = self.records.continued(record);
                self.validation(&mut fields)?;
            }
            id::SCENARIO => {
                let mut fields = self.records.continued(record);
                self.scenario(&mut fields)?;
            }
            id::BACKGROUND | id::PICTURE | id::HEADER_PICTURE => self.beside.pictures += 1,
            _ => {}
        }
        Some(())
    }

    fn margin(&mut self, header: bool, which: &'static str, shown: bool, code: String) {
        let margin = Margin { header, which, shown, code };
        // Views that people made for themselves have the same again.
        let is_known = self.beside.margins.iter().take(MAX_VIEWS).any(|known| *known == margin);
        if !margin.code.trim().is_empty() && !is_known {
            self.beside.margins.push(margin);
        }
    }

    /// A remark: the text itself, or which object has it (2.4.179).
    fn remark(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        let (row, column) = (fields.u16()?, fields.u16()?);
        if self.version == Version::Eight {
            fields.u16()?;
            let object = fields.u16()?;
            let cell = name_of(row, column);
            self.beside.remarks.push(Remark { cell, object, text: String::new(), is_found: false });
            return Some(());
        }
        fields.u16()?;
        let bytes = fields.bytes(usize::from(u16::MAX));
        let text = code_page::decode(self.page, &bytes).into_owned();
        match self.beside.remarks.last_mut().filter(|_| row == u16::MAX) {
            // One longer than a record goes on as if on a row that is none.
            Some(last) => last.text.push_str(&text),
            None => {
                let cell = name_of(row, column);
                self.beside.remarks.push(Remark { cell, object: 0, text, is_found: true });
            }
        }
        Some(())
    }

    /// A link, and what it says in place of where it leads (2.4.140; MS-OSHARED
    /// 2.3.7.1).
    fn link(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        let (row, _, column) = (fields.u16()?, fields.u16()?, fields.u16()?);
        fields.skip(2 + 16 + 4)?;
        if fields.u32()? & 0x10 == 0 {
            return Some(());
        }
        let count = fields.u32()?.min(u16::MAX.into()) as usize;
        let bytes = fields.bytes(count * 2);
        self.tip(row, column, utf16(&bytes));
        Some(())
    }

    fn tip(&mut self, row: u16, column: u16, text: String) {
        if !text.trim().is_empty() {
            self.beside.tips.push((name_of(row, column), text));
        }
    }

    /// What is said of values that a cell takes (2.4.95).
    fn validation(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        fields.u32()?;
        for _ in 0..4 {
            let text = fields.string(self.version, self.page)?.text;
            // Nothing at all is written as one zero.
            self.beside_text("validation", text.trim_matches('\0').to_owned());
        }
        for _ in 0..2 {
            let length = fields.u16()?;
            fields.u16()?;
            let tokens = fields.bytes(length.into());
            for text in formula::literals(&tokens, self.version, self.page) {
                self.beside_text("validation", text);
            }
        }
        Some(())
    }

    /// A set of values that cells may be given (2.4.244).
    fn scenario(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        let cells = fields.u16()?;
        fields.skip(2)?;
        let (name, comment, user) = (fields.u8()?, fields.u8()?, fields.u8()?);
        let name = fields.string_of(name.into(), self.version, self.page)?.text;
        self.beside_text("scenario", name);
        if user > 0 {
            fields.string(self.version, self.page)?;
        }
        if comment > 0 {
            let text = fields.string(self.version, self.page)?.text;
            self.beside_text("scenario", text);
        }
        fields.skip(usize::from(cells) * 4)?;
        for _ in 0..cells {
            let text = fields.string(self.version, self.page)?.text;
            self.beside_text("scenario", text);
        }
        Some(())
    }

    fn beside_text(&mut self, kind: &'static str, text: String) {
        if !text.trim().is_empty() {
            self.beside.asides.push((kind, text));
        }
    }
}

/// What a cell is called by its row and column from 0: `B3`.
pub(super) fn name_of(row: u16, column: u16) -> String {
    format!("{}{}", letters(u32::from(column) + 1), u32::from(row) + 1)
}

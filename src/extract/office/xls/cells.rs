//! Cells: numbers, strings, truth values, and formulas with what they came to
//! (MS-XLS 2.4.148–2.4.151, 2.4.127).

use super::records::{Fields, Record, rk};
use super::sheet::Reader;
use super::{Version, formula, id};
use crate::extract::office::workbook::formula::{cost, quoted, unseen};
use crate::extract::office::workbook::grid::{Value, error_name, numeral};
use crate::extract::office::workbook::strings::Rich;

/// Texts of formulas that are remembered.
const MAX_FORMULAS: usize = 100_000;

/// Rows and columns of the largest sheet.
const MAX_ROWS: u32 = 65_536;
/// A formula whose text comes in a record of its own.
#[derive(Debug)]
pub(super) struct Waiting {
    column: u32,
    look: usize,
    texts: Vec<String>,
}
impl<'a> Reader<'_, '_, 'a> {
    /// The row and column of a cell, and the number of its look.
    fn place(&mut self, fields: &mut Fields<'_>, number: u16) -> Option<(u32, usize)> {
        let row = fields.u16()?;
        let column = u32::from(fields.u16()?) + 1;
        let old = self.version == Version::Two && number < 0x0200;
        let look = match old {
            true => {
                let look = fields.u8()? & 0x3F;
                fields.skip(2)?;
                look.into()
            }
            false => fields.u16()?.into(),
        };
        if u32::from(row) + 1 != self.row {
            self.row = (u32::from(row) + 1).min(MAX_ROWS);
            self.grid.row(self.row, self.hidden_rows.contains(&row));
        }
        Some((column, look))
    }

    /// Takes a cell; `None` where the record is none.
    pub fn cell(&mut self, record: &Record<'a>) -> Option<()> {
        let mut fields = Fields::of(record.body);
        let (version, page) = (self.version, self.page);
        match record.id {
            id::STRING | id::STRING_2 => {
                let mut fields = self.records.continued(record);
                let text = match record.id {
                    id::STRING_2 => fields.short_string(version, page),
                    _ => fields.string(version, page),
                };
                self.end_waiting(text);
            }
            // What stands between a formula and its text.
            id::SHARED_FORMULA | id::ARRAY | id::TABLE => {
                let texts = formula::literals(record.body, version, page);
                if let Some(waiting) = &mut self.waiting {
                    waiting.texts.extend(texts);
                }
            }
            id::LABEL if self.in_chart() => {
                fields.skip(6)?;
                let text = fields.string(version, page)?.text;
                self.levels.last_mut()?.line(text);
            }
            _ if self.in_chart() => return None,
            id::LABEL_SHARED => {
                let (column, look) = self.place(&mut fields, record.id)?;
                let at = fields.u32()? as usize;
                self.grid.cell(column, look, Value::Shared(at));
            }
            id::RK => {
                let (column, look) = self.place(&mut fields, record.id)?;
                let value = rk(fields.u32()?);
                self.number(column, look, value);
            }
            id::MANY_RK => {
                let (first, mut look) = self.place(&mut fields, record.id)?;
                let count = record.body.len().saturating_sub(6) / 6;
                for column in (first..).take(count) {
                    let value = rk(fields.u32()?);
                    self.number(column, look, value);
                    look = fields.u16()?.into();
                }
            }
            id::NUMBER | id::NUMBER_2 => {
                let (column, look) = self.place(&mut fields, record.id)?;
                let value = fields.f64()?;
                self.number(column, look, value);
            }
            id::INTEGER_2 => {
                let (column, look) = self.place(&mut fields, record.id)?;
                let value = fields.u16()?;
                self.number(column, look, value.into());
            }
            id::LABEL | id::LABEL_2 | id::RICH_LABEL => {
                let mut fields = self.records.continued(record);
                let (column, look) = self.place(&mut fields, record.id)?;
                let text = match record.id {
                    id::LABEL_2 => fields.short_string(version, page)?,
                    _ => fields.string(version, page)?,
                };
                self.grid.cell(column, look, Value::Rich(&text));
            }
            id::BOOL_OR_ERROR | id::BOOL_OR_ERROR_2 => {
                let (column, look) = self.place(&mut fields, record.id)?;
                let (value, is_error) = (fields.u8()?, fields.u8()?);
                self.grid.cell(
                    column,
                    look,
                    match is_error {
                        0 => Value::Bool(value != 0),
                        _ => Value::Text(error_name(value)),
                    },
                );
            }
            id::FORMULA | id::FORMULA_3 | id::FORMULA_4 => self.formula(record)?,
            _ => return None,
        }
        Some(())
    }

    fn number(&mut self, column: u32, look: usize, value: f64) {
        self.grid.cell(column, look, Value::Number(value, &numeral(value)));
    }

    /// A formula with what it came to (2.4.127).
    fn formula(&mut self, record: &Record<'a>) -> Option<()> {
        self.end_waiting(None);
        let mut fields = self.records.continued(record);
        let (column, look) = self.place(&mut fields, record.id)?;
        let value = fields.bytes(8);
        match self.version {
            Version::Two => fields.u8().map(|_| ())?,
            Version::Three | Version::Four => fields.skip(2)?,
            _ => fields.skip(6)?,
        }
        let length = match self.version {
            Version::Two => fields.u8()?.into(),
            _ => fields.u16()?.into(),
        };
        let tokens = fields.bytes(length);
        let texts = formula::literals(&tokens, self.version, self.page);
        let value: [u8; 8] = value.as_ref().try_into().ok()?;
        if !value.ends_with(&[0xFF, 0xFF]) {
            let number = f64::from_le_bytes(value);
            self.number(column, look, number);
            self.unseen(column, texts, &numeral(number));
            return Some(());
        }
        match value[0] {
            0 => self.waiting = Some(Waiting { column, look, texts }),
            1 => {
                self.grid.cell(column, look, Value::Bool(value[2] != 0));
                self.unseen(column, texts, "");
            }
            2 => {
                self.grid.cell(column, look, Value::Text(error_name(value[2])));
                self.unseen(column, texts, "");
            }
            _ => self.unseen(column, texts, ""),
        }
        Some(())
    }

    /// Puts down the formula that waits for its text.
    pub fn end_waiting(&mut self, text: Option<Rich>) {
        let Some(waiting) = self.waiting.take() else {
            // A text that no formula asked for, as damage leaves it.
            if let Some(text) = text {
                self.beside.asides.push(("formula", text.text));
            }
            return;
        };
        self.beside.unvalued += usize::from(text.is_none());
        let text = text.unwrap_or_default();
        self.grid.cell(waiting.column, waiting.look, Value::Rich(&text));
        self.unseen(waiting.column, waiting.texts, &text.text);
    }

    /// Texts of a formula that its value does not show.
    fn unseen(&mut self, column: u32, texts: Vec<String>, shown: &str) {
        if texts.is_empty() {
            return;
        }
        let formula = quoted(&texts);
        if let Err(gap) = self.budget.spend_steps(cost(&formula, shown) as u64) {
            return self.gap(gap);
        }
        let lines = unseen(&formula, shown);
        let is_new = self.formulas.len() >= MAX_FORMULAS || self.formulas.insert(texts.join("\n"));
        if !lines.is_empty() && is_new {
            self.grid.name(column);
            lines.iter().for_each(|line| self.grid.hide(line));
        }
    }
}

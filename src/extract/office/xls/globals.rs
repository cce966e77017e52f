//! What holds for a whole workbook: its code page, its fonts and looks, its
//! strings, the list of its sheets, its names (MS-XLS 2.1.7.20.3).

use super::formula;
use super::records::{Fields, Record, Records};
use super::{Book, Listed, SheetKind, Version, id};
use crate::extract::office::art::u16_at;
use crate::extract::office::workbook::formula::{of_name, quoted};
use crate::extract::office::workbook::looks::{CellLook, Font, Ground};
use crate::model::{Align, Gap, GapKind};

/// Longer names are no faces.
const MAX_FACE: usize = 200;

/// Names of one workbook that are kept.
const MAX_NAMES: usize = 50_000;

/// The number of whatever colour text has.
const NO_COLOR: u16 = 0x7FFF;

/// The font that no record has: those behind it are counted one too far.
const NO_FONT: usize = 4;

impl Book<'_> {
    /// Takes in one record, if it holds for the whole. `records` stand behind it.
    pub(super) fn global<'a>(&mut self, record: &Record<'a>, records: &mut Records<'a>) {
        let mut fields = Fields::of(record.body);
        match record.id {
            id::CODE_PAGE => {
                self.code_page = match fields.u16().unwrap_or(1252) {
                    0x8000 => 10_000,
                    0x8001 => 1252,
                    page => u32::from(page),
                };
            }
            id::DATE_MODE => self.since_1904 |= fields.u16() == Some(1),
            id::BOUND_SHEET => self.sheets.extend(self.listed(&mut fields)),
            id::SHARED_STRINGS => self.shared_strings(record, records),
            id::FORMAT | id::FORMAT_2 => {
                let _ = self.format(record.id, &mut fields);
            }
            id::FONT | id::FONT_3 => {
                if self.looks.fonts.len() == NO_FONT {
                    self.looks.fonts.push(Font::default());
                    self.font_colors.push(NO_COLOR);
                }
                let (font, color) = self.font(&mut fields).unwrap_or_default();
                self.looks.fonts.push(font);
                self.font_colors.push(color);
            }
            id::FONT_COLOR => {
                if let (Some(color), Some(known)) = (fields.u16(), self.font_colors.last_mut()) {
                    *known = color;
                }
            }
            id::XF | id::XF_2 | id::XF_3 | id::XF_4 => {
                let look = self.cell_look(record).unwrap_or_default();
                self.looks.cells.push(look);
            }
            id::PALETTE => {
                let count = usize::from(fields.u16().unwrap_or(0));
                for at in 0..count {
                    let color = fields.bytes(4);
                    let [r, g, b, _] = *color else { break };
                    self.looks.colors.set_indexed(8 + at, [r, g, b]);
                }
            }
            id::NAME | id::NAME_2 | id::NAME_3 => {
                let _ = self.name(record);
            }
            id::EXTERNAL_CELLS => {
                let _ = self.external_cells(record, records);
            }
            id::EXTERNAL_BOOK => self.external_book(record, records),
            id::FILE_PASS => self.is_locked = true,
            _ => {}
        }
    }

    fn listed(&self, fields: &mut Fields<'_>) -> Option<Listed> {
        let at = fields.u32()? as usize;
        let (state, kind) = (fields.u8()?, fields.u8()?);
        let name = fields.short_string(self.version, self.code_page)?.text;
        let kind = match kind {
            2 => SheetKind::Chart,
            6 => SheetKind::Module,
            _ => SheetKind::Cells,
        };
        Some(Listed { at, name, hidden: state & 3 != 0, kind })
    }

    fn shared_strings<'a>(&mut self, record: &Record<'a>, records: &mut Records<'a>) {
        let mut fields = records.continued(record);
        let unique = fields.u32().and_then(|_| fields.u32()).unwrap_or(0);
        for number in 0..unique {
            let Some(rich) = fields.string(self.version, self.code_page) else {
                let words = format!("the strings break off after {number} of {unique}");
                return self.gap(Gap::new(GapKind::Damaged, words));
            };
            self.strings.add(&rich);
            let length = self.strings.len();
            if !self.spend(1) || !self.may_say(length) {
                return;
            }
        }
    }

    fn format(&mut self, number: u16, fields: &mut Fields<'_>) -> Option<()> {
        // In the oldest versions a format has no number but that of its place.
        let old = matches!(self.version, Version::Two | Version::Three);
        let id = match number {
            id::FORMAT_2 if old => self.looks.codes.len() as u16,
            _ => fields.u16()?,
        };
        let code = match self.version {
            Version::Eight => fields.string(self.version, self.code_page)?,
            _ => fields.short_string(self.version, self.code_page)?,
        };
        self.looks.codes.insert(id, code.text);
        Some(())
    }

    /// A font, and the number of its colour.
    fn font(&self, fields: &mut Fields<'_>) -> Option<(Font, u16)> {
        let (height, flags) = (fields.u16()?, fields.u16()?);
        let mut font = Font {
            size: f32::from(height) / 20.0,
            struck: flags & 8 != 0,
            bold: flags & 1 != 0 && self.version < Version::Five,
            ..Font::default()
        };
        let color = if self.version > Version::Two { fields.u16()? } else { NO_COLOR };
        if self.version >= Version::Five {
            font.bold = fields.u16()? >= 600;
            fields.skip(6)?;
        }
        let face = fields.short_string(self.version, self.code_page)?.text;
        font.face = face.chars().take(MAX_FACE).collect();
        Some((font, color))
    }

    fn cell_look(&self, record: &Record<'_>) -> Option<CellLook> {
        let body = record.body;
        let byte = |at: usize| body.get(at).copied();
        let (font, format) = match self.version {
            Version::Five | Version::Eight => (u16_at(body, 0)?, u16_at(body, 2)?),
            Version::Two => (byte(0)?.into(), (byte(2)? & 0x3F).into()),
            _ => (byte(0)?.into(), byte(1)?.into()),
        };
        let align = match self.version {
            Version::Two => byte(3)?,
            Version::Three | Version::Four => byte(4)?,
            _ => byte(6)?,
        };
        let align = match align & 7 {
            1 | 4 | 5 | 7 => Align::Left,
            2 | 6 => Align::Center,
            3 => Align::Right,
            _ => Align::Unknown,
        };
        Some(CellLook { font, fill: self.ground(body), format, align })
    }

    /// The number of the fill of a look, among those a workbook could have: by
    /// the pattern, and the colour in front.
    fn ground(&self, body: &[u8]) -> usize {
        let place = match self.version {
            Version::Eight => u16_at(body, 16).zip(u16_at(body, 18)),
            Version::Five => u16_at(body, 10).zip(u16_at(body, 8)),
            _ => None,
        };
        let Some((pattern, colors)) = place else { return 0 };
        let pattern = match self.version {
            Version::Eight => pattern >> 10,
            _ => pattern & 0x3F,
        };
        match pattern {
            0 => 0,
            // A solid fill of the first colour; 2 and on are the palette's.
            1 => 2 + usize::from(colors & 0x7F),
            _ => 1,
        }
    }

    /// Gives fonts and fills their colours, once the palette is known.
    pub(super) fn color(&mut self) {
        let colors = &self.looks.colors;
        for (font, number) in self.looks.fonts.iter_mut().zip(&self.font_colors) {
            font.color = colors.indexed((*number).into());
        }
        let solid = (0..0x80).map(|at| colors.indexed(at).map_or(Ground::Unknown, Ground::Color));
        self.looks.fills = [Ground::Paper, Ground::Unknown].into_iter().chain(solid).collect();
    }

    /// A defined name and the texts in what it stands for (2.4.150).
    fn name(&mut self, record: &Record<'_>) -> Option<()> {
        let mut fields = Fields::of(record.body);
        let built_in = fields.u16()? & 0x20 != 0;
        fields.u8()?;
        let count = usize::from(fields.u8()?);
        let formula = usize::from(fields.u16()?);
        if self.version >= Version::Five {
            fields.skip(8)?;
        }
        let name = fields.string_of(count, self.version, self.code_page)?.text;
        let tokens = fields.bytes(formula);
        let texts = formula::literals(&tokens, self.version, self.code_page);
        let name = if built_in { "_xlnm".to_owned() } else { name };
        for said in of_name(&name, &quoted(&texts)) {
            if self.names.len() < MAX_NAMES {
                self.names.push(said);
            }
        }
        Some(())
    }

    /// What cells of another workbook held when they were last looked at (2.4.63).
    fn external_cells<'a>(&mut self, record: &Record<'a>, records: &mut Records<'a>) -> Option<()> {
        let mut fields = records.continued(record);
        let (last, first) = (fields.u8()?, fields.u8()?);
        fields.u16()?;
        for _ in first..=last {
            match fields.u8()? {
                2 => {
                    let text = fields.string(self.version, self.code_page)?.text;
                    self.aside("externalLink", text);
                }
                _ => fields.skip(8)?,
            }
            if !self.spend(1) {
                break;
            }
        }
        Some(())
    }

    /// Another workbook, by the names of its sheets (2.4.271).
    fn external_book<'a>(&mut self, record: &Record<'a>, records: &mut Records<'a>) {
        let mut fields = records.continued(record);
        let sheets = fields.u16().unwrap_or(0);
        let length = fields.u16().unwrap_or(0);
        // One of these two stands for the workbook itself, or for its functions.
        if matches!(length, 0x0401 | 0x3A01) {
            return;
        }
        self.outside += 1;
        if fields.rich(length.into()).is_none() {
            return;
        }
        for _ in 0..sheets {
            let Some(name) = fields.string(self.version, self.code_page) else { return };
            if !name.text.is_ascii() {
                self.aside("externalLink", name.text);
            }
            if !self.spend(1) {
                return;
            }
        }
    }
}

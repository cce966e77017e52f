//! One sheet's part from records: rows of cells and what stands beside them.

use super::{Fields, Records, formula, literals, records, rich};
use crate::extract::office::xlsx::formula::{quoted, unseen};
use crate::extract::office::xlsx::grid::{Grid, Merge, Value, error_name, letters, numeral};
use crate::extract::office::xlsx::margin::Margin;
use crate::extract::office::xlsx::sheet::Beside;
use crate::extract::office::xlsx::strings::Rich;

/// Numbers of records (2.3.2). Those of cells come twice: with their column, and
/// without it for the column after the last.
mod id {
    pub const ROW: u16 = 0;
    pub const FIRST_CELL: u16 = 1;
    pub const LAST_CELL: u16 = 11;
    pub const FIRST_SHORT: u16 = 12;
    pub const LAST_SHORT: u16 = 18;
    pub const COLUMNS: u16 = 60;
    pub const SHORT_RICH: u16 = 61;
    pub const RICH: u16 = 62;
    pub const VALIDATION: u16 = 64;
    pub const MERGE: u16 = 176;
    pub const MARGINS: u16 = 479;
    pub const LINK: u16 = 494;
    pub const BACKGROUND: u16 = 562;
}

/// Reads a sheet's part into a grid.
pub(in crate::extract::office::xlsx) fn sheet(
    records: &mut Records<'_, '_>,
    grid: &mut Grid<'_>,
) -> Beside {
    let mut beside = Beside::default();
    merges(records.rest()).for_each(|merge| grid.merge(merge));
    grid.end_merges();
    let mut column = 0u32;
    while let Some((number, mut fields)) = records.next() {
        match number {
            id::ROW => {
                let row = fields.u32().unwrap_or(0).saturating_add(1);
                fields.bytes(7);
                let hidden = fields.u8().is_some_and(|flags| flags & 0x10 != 0);
                grid.row(row, hidden);
                column = 0;
            }
            id::FIRST_CELL..=id::LAST_CELL | id::RICH => {
                column = fields.u32().unwrap_or(0).saturating_add(1);
                cell(grid, column, number, &mut fields);
            }
            id::FIRST_SHORT..=id::LAST_SHORT | id::SHORT_RICH => {
                column = column.saturating_add(1);
                let long = if number == id::SHORT_RICH { id::RICH } else { number - 11 };
                cell(grid, column, long, &mut fields);
            }
            id::COLUMNS => {
                let (first, last) = (fields.u32().unwrap_or(0), fields.u32().unwrap_or(0));
                fields.bytes(8);
                let hidden = fields.u8().is_some_and(|flags| flags & 1 != 0);
                grid.columns(first.saturating_add(1), last.saturating_add(1), hidden);
            }
            id::MARGINS => margins(&mut fields, &mut beside),
            id::VALIDATION => {
                validation(&mut fields, &mut beside);
            }
            id::LINK => {
                link(&mut fields, &mut beside);
            }
            id::BACKGROUND => beside.pictures += 1,
            _ => {}
        }
        records.charge(grid.spent());
        records.check(grid.bytes(), grid.lines());
    }
    beside
}

/// Takes one cell, whose column was read.
fn cell(grid: &mut Grid<'_>, column: u32, number: u16, fields: &mut Fields<'_>) {
    let Some(look) = fields.bytes(4) else { return };
    let look = usize::from(look[0]) | usize::from(look[1]) << 8 | usize::from(look[2]) << 16;
    let mut put = |value: Value<'_>| grid.cell(column, look, value);
    let shown = match number {
        2 => fields.rk().map(numeral),
        5 | 9 => fields.f64().map(numeral),
        3 | 11 => fields.u8().map(|code| error_name(code).to_owned()),
        6 | 8 => fields.string(),
        _ => None,
    };
    match number {
        2 | 5 | 9 => {
            if let Some(raw) = &shown {
                put(Value::Number(raw.parse().unwrap_or(0.0), raw));
            }
        }
        3 | 11 | 6 | 8 => {
            if let Some(text) = &shown {
                put(Value::Text(text));
            }
        }
        4 | 10 => {
            if let Some(value) = fields.u8() {
                put(Value::Bool(value != 0));
            }
        }
        7 => {
            if let Some(at) = fields.u32() {
                put(Value::Shared(at as usize));
            }
        }
        id::RICH => {
            let rich: Rich = rich(fields).unwrap_or_default();
            put(Value::Rich(&rich));
        }
        _ => {}
    }
    if (8..=11).contains(&number) {
        fields.u16();
        let texts = literals(formula(fields).unwrap_or_default());
        let lines = unseen(&quoted(&texts), shown.as_deref().unwrap_or_default());
        if !lines.is_empty() {
            grid.name(column);
            lines.iter().for_each(|line| grid.hide(line));
        }
    }
}

fn margins(fields: &mut Fields<'_>, beside: &mut Beside) {
    let flags = fields.u16().unwrap_or(0);
    for (header, which) in [
        (true, ""),
        (false, ""),
        (true, "even"),
        (false, "even"),
        (true, "first"),
        (false, "first"),
    ] {
        let Some(code) = fields.string() else { return };
        let shown = match which {
            "even" => flags & 1 != 0,
            "first" => flags & 2 != 0,
            _ => true,
        };
        if !code.trim().is_empty() {
            beside.margins.push(Margin { header, which, shown, code });
        }
    }
}

fn validation(fields: &mut Fields<'_>, beside: &mut Beside) -> Option<()> {
    fields.u32()?;
    let ranges = usize::try_from(fields.u32()?).ok()?;
    fields.bytes(ranges.checked_mul(16)?)?;
    for _ in 0..4 {
        beside.aside("validation", fields.string()?);
    }
    for _ in 0..2 {
        for text in literals(formula(fields)?) {
            beside.aside("validation", text);
        }
    }
    Some(())
}

fn link(fields: &mut Fields<'_>, beside: &mut Beside) -> Option<()> {
    let [row, _, column, _] = fields.range()?;
    let cell = format!("{}{row}", letters(column));
    fields.string()?;
    fields.string()?;
    for _ in 0..2 {
        let text = fields.string()?;
        if !text.trim().is_empty() {
            beside.tips.push((cell.clone(), text));
        }
    }
    Some(())
}

/// The merged ranges of a sheet, which stand behind all of its cells.
fn merges(mut rest: &[u8]) -> impl Iterator<Item = Merge> {
    std::iter::from_fn(move || {
        while let Some((number, content, after)) = records::split(rest) {
            rest = after;
            if number == id::MERGE {
                let range = Fields(content).range();
                if let Some([top, bottom, left, right]) = range {
                    return Some(Merge { top, left, bottom, right });
                }
            }
        }
        None
    })
}

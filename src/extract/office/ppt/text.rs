//! Texts of shapes: characters with their looks, and stand-ins for what is put
//! in when a slide is shown (MS-PPT 2.9.73–2.9.79).

use super::looks::{CharLook, ParaLook, Spans, spans};
use super::record;
use crate::extract::Budget;
use crate::extract::office::art::{Record, u32_at};
use crate::model::Gap;

/// Text of a shape that is no title, body or note.
const OTHER: u32 = 4;

/// The text of a shape.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// What kind of text it is (2.13.33): title, body, notes, other …
    pub kind: u32,
    units: Vec<u16>,
    paras: Spans<ParaLook>,
    runs: Spans<CharLook>,
    /// Where stand-ins are.
    fields: Vec<usize>,
    /// The number of the text among those of the slide's outline, which stands
    /// there and not here.
    pub outline: Option<usize>,
}

/// A line of a text: pieces of one look each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    pub para: ParaLook,
    pub runs: Vec<(String, CharLook)>,
}

impl Text {
    /// Its lines: paragraphs, and what breaks stand between in them.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line { para: at(&self.paras, 0), runs: Vec::new() }];
        let mut unit = 0usize;
        for c in char::decode_utf16(self.units.iter().copied()) {
            let c = c.unwrap_or('\u{FFFD}');
            let here = unit;
            unit += c.len_utf16();
            if matches!(c, '\r' | '\n' | '\u{B}') {
                lines.push(Line { para: at(&self.paras, unit), runs: Vec::new() });
                continue;
            }
            let Some(line) = lines.last_mut() else { continue };
            if self.fields.binary_search(&here).is_ok() {
                continue;
            }
            let look = at(&self.runs, here);
            match line.runs.last_mut() {
                Some((text, known)) if *known == look => text.push(c),
                _ => line.runs.push((c.to_string(), look)),
            }
        }
        lines
    }
}

/// What is said of a unit.
fn at<L: Copy + Default>(spans: &Spans<L>, unit: usize) -> L {
    let at = spans.partition_point(|(end, _)| *end <= unit);
    spans.get(at).map(|(_, look)| *look).unwrap_or_default()
}

/// The texts among some records, in order.
///
/// # Errors
/// A limit that was reached.
pub(super) fn texts<'a>(
    records: impl Iterator<Item = Record<'a>>,
    budget: &mut Budget,
) -> Result<Vec<Text>, Gap> {
    let mut made: Vec<Text> = Vec::new();
    for record in records {
        budget.spend_steps(1 + record.body.len() as u64 / 16)?;
        if record.kind == record::TEXT_HEADER {
            let kind = u32_at(record.body, 0).unwrap_or(OTHER);
            made.push(Text { kind, ..Text::default() });
            continue;
        }
        let is_start =
            matches!(record.kind, record::TEXT_CHARS | record::TEXT_BYTES | record::OUTLINE_REF);
        if made.is_empty() && is_start {
            made.push(Text { kind: OTHER, ..Text::default() });
        }
        let Some(text) = made.last_mut() else { continue };
        match record.kind {
            record::TEXT_CHARS => {
                let units = record.body.chunks_exact(2);
                text.units = units.map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
            }
            // The lower half of each unit, where all upper halves are zero.
            record::TEXT_BYTES => text.units = record.body.iter().map(|b| u16::from(*b)).collect(),
            record::TEXT_STYLE => {
                (text.paras, text.runs) = spans(record.body, text.units.len());
            }
            record::OUTLINE_REF => {
                text.outline = u32_at(record.body, 0).map(|number| number as usize);
            }
            kind if record::FIELDS.contains(&kind) => {
                text.fields.extend(u32_at(record.body, 0).map(|place| place as usize));
            }
            _ => {}
        }
    }
    made.iter_mut().for_each(|text| text.fields.sort_unstable());
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;
    use crate::extract::office::art::Records;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut made = vec![0, 0];
        made.extend(kind.to_le_bytes());
        made.extend((body.len() as u32).to_le_bytes());
        made.extend(body);
        made
    }

    #[test]
    fn lines_are_parted_and_stand_ins_left_out() {
        let wide: Vec<u8> =
            "机密\r第*页\u{B}完".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bytes = [
            record(record::TEXT_HEADER, &[1, 0, 0, 0]),
            record(record::TEXT_CHARS, &wide),
            record(record::FIELDS[0], &[4, 0, 0, 0]),
            record(record::TEXT_HEADER, &[4, 0, 0, 0]),
            record(record::TEXT_BYTES, b"caf\xE9"),
            record(record::TEXT_HEADER, &[0, 0, 0, 0]),
            record(record::OUTLINE_REF, &[2, 0, 0, 0]),
        ]
        .concat();
        let mut budget = Budget::new(Limits::default());
        let texts = texts(Records::new(&bytes), &mut budget).expect("within the limits");
        let told: Vec<Vec<String>> = texts
            .iter()
            .map(|text| {
                let said = |line: Line| line.runs.into_iter().map(|(text, _)| text).collect();
                text.lines().into_iter().map(said).collect()
            })
            .collect();
        assert_eq!(told[0], ["机密", "第页", "完"]);
        assert_eq!(told[1], ["café"]);
        assert_eq!(texts[2].outline, Some(2));
    }
}

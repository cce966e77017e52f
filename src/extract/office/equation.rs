//! Equations of the Equation Editor and MathType: the characters of a formula,
//! in the order they stand in it. The format is MTEF, versions 2 to 5, as its
//! makers describe it; in a compound file it is the stream `Equation Native`.
//!
//! A formula is a list of records, some of which hold lists that end with a
//! record of their own. Where characters stand over or under others is left out.

use super::compound::Compound;
use crate::extract::charset::code_page;
use crate::extract::{Budget, Extraction};
use crate::model::{BlockHead, Gap, GapKind, Submission, TextBuilder};

/// The stream it is in.
const STREAM: &str = "Equation Native";

const END: u8 = 0;
const LINE: u8 = 1;
const CHARACTER: u8 = 2;
const TEMPLATE: u8 = 3;
const PILE: u8 = 4;
const MATRIX: u8 = 5;
const EMBELLISHMENT: u8 = 6;
const RULER: u8 = 7;
const SIZE: u8 = 9;

/// Reads a compound file that holds one.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let found = Compound::open(&submission.bytes).and_then(|mut file| file.stream(STREAM, budget));
    let Some((bytes, gap)) = found else {
        return Extraction::gap(GapKind::Damaged, "the stream of the equation is not there");
    };
    let mut formula = Formula::default();
    let whole = formula.read(&bytes, budget);
    let mut gaps: Vec<Gap> = gap.into_iter().collect();
    match whole {
        Ok(Some(())) => {}
        Ok(None) => gaps.push(Gap::new(GapKind::Damaged, "the equation breaks off")),
        Err(limit) => gaps.push(limit),
    }
    let mut text = TextBuilder::new();
    let lines = formula.lines.iter().filter(|line| !line.trim().is_empty());
    for (number, line) in (1..).zip(lines) {
        text.block(&BlockHead { page: 1, line: number, group: 1, ..BlockHead::default() }, line);
    }
    Extraction { text: text.finish(), gaps, ..Extraction::default() }
}

/// A formula as far as it was read.
#[derive(Debug, Default)]
struct Formula {
    lines: Vec<String>,
    /// The kinds of lists that are open.
    open: Vec<u8>,
}

/// Bytes one after the other.
#[derive(Debug)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    /// A number of one byte, or of two behind 255.
    fn number(&mut self) -> Option<u16> {
        match self.byte()? {
            255 => self.word(),
            small => Some(small.into()),
        }
    }

    /// Text up to a zero, which is passed over.
    fn string(&mut self) -> Option<()> {
        let end = memchr::memchr(0, self.0)?;
        self.take(end + 1).map(drop)
    }

    /// Where a thing was moved to by hand.
    fn nudge(&mut self) -> Option<()> {
        if self.take(2)? == [128, 128] {
            self.take(4)?;
        }
        Some(())
    }

    fn ruler(&mut self) -> Option<()> {
        let stops = usize::from(self.byte()?);
        self.take(3 * stops).map(drop)
    }

    /// Sizes in half bytes, each ended by 15.
    fn sizes(&mut self) -> Option<()> {
        let mut left = self.byte()?;
        while left > 0 {
            let both = self.byte()?;
            for half in [both >> 4, both & 15] {
                left -= u8::from(half == 15 && left > 0);
            }
        }
        Some(())
    }
}

impl Formula {
    /// Reads a stream to its end; `None` where it breaks off.
    ///
    /// # Errors
    /// A limit that was reached.
    fn read(&mut self, stream: &[u8], budget: &mut Budget) -> Result<Option<()>, Gap> {
        let Some(mut reader) = records(stream) else { return Ok(None) };
        let Some(version) = head(&mut reader) else { return Ok(None) };
        loop {
            budget.spend_steps(1)?;
            // The record that ends all may be missing.
            if reader.0.is_empty() && self.open.is_empty() && !self.lines.is_empty() {
                return Ok(Some(()));
            }
            let read = match version {
                5 => self.record(&mut reader),
                old => self.old_record(&mut reader, old),
            };
            match read {
                Some(true) => {}
                Some(false) => return Ok(Some(())),
                None => return Ok(None),
            }
        }
    }

    /// Reads a record of version 5; `Some(false)` behind the last.
    fn record(&mut self, reader: &mut Reader<'_>) -> Option<bool> {
        let kind = reader.byte()?;
        let options = match kind {
            LINE..=EMBELLISHMENT => reader.byte()?,
            _ => 0,
        };
        if options & 8 != 0 {
            reader.nudge()?;
        }
        match kind {
            CHARACTER => {
                reader.byte()?;
                let code = if options & 0x20 == 0 { Some(reader.word()?) } else { None };
                let place = match options & 0x14 {
                    0x04 => Some(reader.byte()?.into()),
                    0x10 => Some(reader.word()?),
                    _ => None,
                };
                self.push(code.or(place));
                if options & 1 != 0 {
                    self.open.push(CHARACTER);
                }
            }
            TEMPLATE => {
                reader.byte()?;
                if reader.byte()? & 0x80 != 0 {
                    reader.byte()?;
                }
                reader.byte()?;
                self.open.push(TEMPLATE);
            }
            // Styles of fonts, colours, fonts, preferences, encodings.
            8 => {
                reader.number()?;
                reader.byte()?;
            }
            15 => drop(reader.number()?),
            16 => {
                let options = reader.byte()?;
                reader.take(if options & 1 != 0 { 8 } else { 6 })?;
                if options & 4 != 0 {
                    reader.string()?;
                }
            }
            17 => {
                reader.number()?;
                reader.string()?;
            }
            18 => {
                reader.byte()?;
                reader.sizes()?;
                reader.sizes()?;
                for _ in 0..reader.byte()? {
                    if reader.number()? != 0 {
                        reader.byte()?;
                    }
                }
            }
            19 => reader.string()?,
            // What later versions add tells its size.
            100.. => {
                let size = reader.number()?;
                reader.take(size.into())?;
            }
            kind => return self.common(reader, kind, options),
        }
        Some(true)
    }

    /// Reads a record of the versions before 5, whose options are half a byte.
    fn old_record(&mut self, reader: &mut Reader<'_>, version: u8) -> Option<bool> {
        let tag = reader.byte()?;
        let (kind, options) = (tag & 15, tag >> 4);
        if options & 8 != 0 {
            reader.nudge()?;
        }
        match kind {
            CHARACTER => {
                reader.byte()?;
                let code = if version > 2 { reader.word()? } else { reader.byte()?.into() };
                self.push(Some(code));
                if options & 2 != 0 {
                    self.open.push(CHARACTER);
                }
            }
            TEMPLATE => {
                reader.take(3)?;
                self.open.push(TEMPLATE);
            }
            8 => {
                reader.take(2)?;
                reader.string()?;
            }
            15 => return None,
            kind => return self.common(reader, kind, options),
        }
        Some(true)
    }

    /// Records that are alike in all versions.
    fn common(&mut self, reader: &mut Reader<'_>, kind: u8, options: u8) -> Option<bool> {
        match kind {
            // Behind all lists, it ends the formula.
            END => return Some(self.open.pop().is_some()),
            LINE => {
                if options & 4 != 0 {
                    reader.word()?;
                }
                if options & 2 != 0 {
                    reader.ruler_record()?;
                }
                if options & 1 == 0 {
                    if !self.open.contains(&LINE) {
                        self.lines.push(String::new());
                    }
                    self.open.push(LINE);
                }
            }
            PILE => {
                reader.take(2)?;
                if options & 2 != 0 {
                    reader.ruler_record()?;
                }
                self.open.push(PILE);
            }
            MATRIX => {
                reader.take(3)?;
                let (rows, columns) = (reader.byte()?, reader.byte()?);
                for count in [rows, columns] {
                    reader.take((2 * (usize::from(count) + 1)).div_ceil(8))?;
                }
                self.open.push(MATRIX);
            }
            EMBELLISHMENT => drop(reader.byte()?),
            RULER => reader.ruler()?,
            SIZE => match reader.byte()? {
                101 => drop(reader.word()?),
                100 => drop(reader.take(3)?),
                _ => drop(reader.byte()?),
            },
            // Sizes by name: full, sub, symbol.
            10..=14 => {}
            _ => return None,
        }
        Some(true)
    }

    fn push(&mut self, code: Option<u16>) {
        let shown = match code {
            // Old formulas have Chinese in the code page of their font.
            Some(code @ 0xB0A1..=0xF7FE) if code & 0xFF > 0xA0 => {
                code_page::decode(936, &code.to_be_bytes()).into_owned()
            }
            // The formats' own spaces and marks for alignment.
            Some(0xEB00..=0xEF00) => " ".to_owned(),
            Some(code) => char::from_u32(code.into()).map(String::from).unwrap_or_default(),
            None => String::new(),
        };
        match self.lines.last_mut() {
            Some(line) => line.push_str(&shown),
            None => self.lines.push(shown),
        }
    }
}

impl Reader<'_> {
    /// A ruler with the byte that says it is one.
    fn ruler_record(&mut self) -> Option<()> {
        self.byte()?;
        self.ruler()
    }
}

/// What stands behind the header that the object has in a compound file.
fn records(stream: &[u8]) -> Option<Reader<'_>> {
    let mut reader = Reader(stream);
    let header = usize::from(reader.word()?);
    Some(Reader(stream.get(header..)?))
}

/// The version, once the head of the formula is read.
fn head(reader: &mut Reader<'_>) -> Option<u8> {
    let version = reader.byte()?;
    reader.take(4)?;
    match version {
        // The program's name, then options.
        5 => {
            reader.string()?;
            reader.byte()?;
        }
        2 | 3 => {}
        _ => return None,
    }
    Some(version)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use cfb::CompoundFile;

    use super::*;
    use crate::extract::Limits;

    fn compound(records: &[u8]) -> Vec<u8> {
        let mut stream = vec![28, 0];
        stream.resize(28, 0);
        stream.extend(records);
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
        let mut made = file.create_stream("/Equation Native").expect("a new name");
        made.write_all(&stream).expect("memory");
        drop(made);
        file.flush().expect("memory");
        file.into_inner().into_inner()
    }

    fn told(bytes: Vec<u8>) -> (Vec<String>, usize) {
        let submission = Submission::file("_1", bytes);
        let extraction = read(&submission, &mut Budget::new(Limits::default()));
        let text = &extraction.text;
        let lines = text.blocks().iter().map(|block| text.block_text(block).to_owned());
        (lines.collect(), extraction.gaps.len())
    }

    fn old() -> Vec<u8> {
        let character = |code: u16| [&[2, 0x83][..], &code.to_le_bytes()].concat();
        let slot = [vec![1], character(u16::from(b'2')), vec![0]].concat();
        let power = [vec![0x03, 28, 0, 0], slot, vec![0x11, 0]].concat();
        let first = [character(u16::from(b'x')), power, character(0xBBFA), vec![0]].concat();
        // A font, a size, a line moved by hand, an accent.
        let second = [vec![8, 1, 0, b'f', 0, 9, 3, 128], vec![0xA2, 128, 128, 1, 0, 1, 0, 0x81]];
        let second = [second.concat(), u16::from(b'y').to_le_bytes().to_vec(), vec![6, 2, 0, 0]];
        let lines = [vec![1], first, vec![0x41, 3, 0], second.concat()].concat();
        [vec![3, 1, 1, 3, 0, 10, 4, 1, 1], lines, vec![0, 0]].concat()
    }

    fn new() -> Vec<u8> {
        let character = |code: u16| [&[2, 0, 0x83][..], &code.to_le_bytes()].concat();
        let text: Vec<u8> = "机密★".encode_utf16().flat_map(character).collect();
        let defined = [19, b'e', 0, 17, 1, b'f', 0, 18, 0, 1, 0x12, 0xF0, 0, 1, 1, 2, 8, 1, 0];
        let future = [100, 2, 9, 9];
        let matrix = [5, 0, 0, 0, 0, 1, 1, 0, 0];
        let place = [2, 0x24, 0x83, b'z'];
        let cell = [&[1, 0][..], &place, &[0]].concat();
        let head = [5, 1, 0, 5, 0, b'D', 0, 0];
        [&head[..], &defined, &future, &[10, 1, 0], &text, &matrix, &cell, &[0, 0, 0]].concat()
    }

    #[test]
    fn characters_come_out_in_their_order() {
        for (records, want) in [(old(), &["x2机", "y"][..]), (new(), &["机密★z"])] {
            let want = want.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
            assert_eq!(told(compound(&records)), (want, 0), "{records:?}");
        }
    }

    #[test]
    fn a_formula_that_breaks_off_is_damaged() {
        for whole in [old(), new()] {
            for length in 0..whole.len() - 2 {
                assert!(told(compound(&whole[..length])).1 > 0, "{length}");
            }
            for at in 0..whole.len() {
                for value in [0, 1, 0x7F, 0xFF] {
                    let mut broken = whole.clone();
                    broken[at] = value;
                    told(compound(&broken));
                }
            }
        }
        assert_eq!(told(b"no compound file".to_vec()).1, 1);
    }
}

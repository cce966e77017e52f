//! Number formats of spreadsheets: how the number in a cell is shown
//! (ISO/IEC 29500-1, 18.8.30 and 18.8.31; MS-XLS 2.4.126 has the same codes).
//!
//! Dates are shown as the format has them, and so is text that a format adds to
//! a value. Grouping, rounding and colours are left out: a number stays as exact
//! as it is stored.

mod code;
mod day;
mod numerals;

use std::borrow::Cow;

use code::{Kind, Piece, Section};
use day::Moment;

/// A format, ready to show values with.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NumberFormat {
    sections: Vec<Section>,
}

/// What a person sees of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown<'v> {
    /// The value as it is.
    Plain,
    /// This, which the value can be read from.
    As(Cow<'v, str>),
    /// This, whatever the value: it is empty where nothing is shown.
    Instead(String),
}

impl NumberFormat {
    /// A format by its code, as `yyyy"年"m"月"` or `0.00;[Red]-0.00`.
    pub fn parse(code: &str) -> Self {
        let lower = code.to_ascii_lowercase();
        // The long date and the time of the system they are looked at on.
        if lower.contains("[$-f800]") || lower.contains("[$-x-sysdate]") {
            return Self::built_in(31);
        }
        if lower.contains("[$-f400]") || lower.contains("[$-x-systime]") {
            return Self::built_in(21);
        }
        if code.trim().is_empty() {
            return Self::default();
        }
        Self { sections: code::sections(code) }
    }

    /// A format by the number it has in every workbook; the dates are those of
    /// Chinese workbooks, for which some numbers are set aside.
    pub fn built_in(id: u16) -> Self {
        let code = match id {
            14 | 30 => "yyyy/m/d",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 => "h:mm",
            21 => "h:mm:ss",
            22 => "yyyy/m/d h:mm",
            27 | 36 | 50 | 52 | 57 => r#"yyyy"年"m"月""#,
            28 | 29 | 51 | 53 | 54 | 58 => r#"m"月"d"日""#,
            31 => r#"yyyy"年"m"月"d"日""#,
            32 => r#"h"时"mm"分""#,
            33 => r#"h"时"mm"分"ss"秒""#,
            34 | 55 => r#"上午/下午h"时"mm"分""#,
            35 | 56 => r#"上午/下午h"时"mm"分"ss"秒""#,
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            _ => return Self::default(),
        };
        Self::parse(code)
    }

    /// Whether it shows every value as it is.
    pub fn is_plain(&self) -> bool {
        self.sections.is_empty()
    }

    /// A number as the format shows it. `since_1904` tells which of the two
    /// calendars days are counted in.
    pub fn number(&self, value: f64, raw: &str, since_1904: bool) -> Shown<'static> {
        let Some(section) = self.section(value) else { return Shown::Plain };
        match section.kind {
            Kind::Plain => Shown::Plain,
            Kind::Day => match Moment::of_serial(value, since_1904, section.finest()) {
                Some(moment) => Shown::As(section.moment(&moment).into()),
                None => Shown::Plain,
            },
            Kind::Worded => Shown::As(section.worded(value, raw).into()),
            // A dash for nothing says less than the nothing it stands for.
            Kind::Fixed if !section.has_words() && !section.words().is_empty() => Shown::Plain,
            Kind::Fixed => Shown::Instead(section.words()),
        }
    }

    /// A text as the format shows it.
    pub fn text<'v>(&self, text: &'v str) -> Shown<'v> {
        // The fourth section is for text, or the last that has a place for it.
        let holds = |section: &&Section| section.pieces.contains(&Piece::Text);
        let section = match self.sections.get(3) {
            Some(section) => Some(section),
            None => self.sections.last().filter(holds),
        };
        let Some(section) = section else { return Shown::Plain };
        if !section.pieces.contains(&Piece::Text) {
            return Shown::Instead(section.words());
        }
        if !section.has_words() {
            return Shown::Plain;
        }
        let pieces = section.pieces.iter().map(|piece| match piece {
            Piece::Text => text,
            Piece::Words(words) => words,
            _ => "",
        });
        Shown::As(pieces.collect())
    }

    /// The section a number is shown by: that of its sign, or whose condition holds.
    fn section(&self, value: f64) -> Option<&Section> {
        let mut numbers = self.sections.iter().take(3).enumerate();
        if self.sections.iter().any(|section| section.condition.is_some()) {
            let last = self.sections.len().min(3).saturating_sub(1);
            return numbers
                .find(|(at, section)| match section.condition {
                    Some(condition) => condition.holds(value),
                    None => *at > 0 || *at == last,
                })
                .map(|(_, section)| section);
        }
        let at = match self.sections.len() {
            0 | 1 => 0,
            _ if value > 0.0 => 0,
            _ if value < 0.0 => 1,
            2 => 0,
            _ => 2,
        };
        self.sections.get(at)
    }
}

#[cfg(test)]
mod tests;

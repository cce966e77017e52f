//! When a mail was sent: its `Date` field (RFC 5322, 3.3, and as programs write it).

use crate::model::{Date, Region, SourceText};

/// The day a mail was sent, as its sender's clock had it; of several `Date`
/// fields the first that can be read.
pub(super) fn sent(text: &SourceText) -> Option<Date> {
    text.blocks()
        .iter()
        .filter(|block| block.region == Region::MailHeader)
        .filter(|block| text.label(block).eq_ignore_ascii_case("date"))
        .find_map(|block| day(text.block_text(block)))
}

/// `Mon, 3 Mar 2014 10:00:00 +0800`, `Mon Mar  3 10:00:00 2014`, `2014-03-03T10:00:00`.
fn day(field: &str) -> Option<Date> {
    if field.len() > 200 {
        return None;
    }
    let words: Vec<&str> = field
        .split(|c: char| !c.is_ascii_alphanumeric() && c != ':')
        .filter(|word| !word.is_empty())
        .collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<i16>().ok());
    if let Some(at) = words.iter().position(|word| month(word).is_some()) {
        let month = words.get(at).and_then(|word| month(word))?;
        let before = at.checked_sub(1).and_then(number);
        // The day stands before the month, or between it and the time.
        let (day, year) = match before {
            Some(day) => (day, number(at + 1)),
            None => (number(at + 1)?, (at + 2..at + 5).find_map(number)),
        };
        return Date::new(full_year(year?), month, i8::try_from(day).ok()?).ok();
    }
    let (first, rest) = words.split_first()?;
    let day = rest.get(1)?.split(['T', 't']).next()?;
    Date::new(
        first.parse().ok().filter(|year| *year > 1900)?,
        rest.first()?.parse().ok()?,
        day.parse().ok()?,
    )
    .ok()
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: &[&str] =
        &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = word.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == start)?;
    word.bytes().all(|b| b.is_ascii_alphabetic()).then_some(at as i8 + 1)
}

/// Years of two and three digits (RFC 5322, 4.3).
fn full_year(year: i16) -> i16 {
    match year {
        0..50 => year + 2000,
        50..1000 => year + 1900,
        _ => year,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_the_writings_of_many_programs() {
        for (field, want) in [
            ("Mon, 05 Jan 2026 09:00:00 +0800", Some("2026-01-05")),
            ("5 Jan 2026 09:00 GMT", Some("2026-01-05")),
            ("Tue,  3 Mar 98 10:00:00 EST", Some("1998-03-03")),
            ("Mon Mar  3 10:00:00 2014", Some("2014-03-03")),
            ("Mon, March 3, 2014 10:00", Some("2014-03-03")),
            ("2014-03-03T23:10:00+08:00", Some("2014-03-03")),
            ("2014-03-03 23:10:00", Some("2014-03-03")),
            ("Mon, 3-Mar-2014 10:00:00 (CST)", Some("2014-03-03")),
            ("Thu, 31 Feb 2014 10:00:00", None),
            ("yesterday", None),
            ("3.4", None),
            ("", None),
        ] {
            assert_eq!(day(field), want.map(|d| d.parse().unwrap()), "{field}");
        }
    }
}

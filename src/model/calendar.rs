//! Working days, and by when a matter that nobody here may decide is reported.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

/// Which days are worked: Monday to Friday but for public holidays, and the weekends
/// that are worked in their stead (调休).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

/// From this day on, ten *working* days (保守国家秘密法实施条例2024 第25条); before,
/// ten days (保守国家秘密法实施条例2014 第19条).
const WORKING_DAYS_FROM: Date = Date::constant(2024, 9, 1);

/// How many of either.
const DAYS: u32 = 10;

impl Calendar {
    /// Reads a calendar: a day a line with `off` or `worked` behind it, `#` before remarks.
    ///
    /// # Errors
    /// The first line that is neither, from 1, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut calendar = Self::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let Some(day) = words.next() else { continue };
            let wrong = |why: &str| format!("line {}: {why}", at + 1);
            let day: Date = day.parse().map_err(|_| wrong("a day as in 2026-10-01 is wanted"))?;
            let days = match (words.next(), words.next()) {
                (Some("off"), None) => &mut calendar.off,
                (Some("worked"), None) => &mut calendar.worked,
                _ => return Err(wrong("`off` or `worked` is wanted behind the day")),
            };
            days.insert(day);
        }
        match calendar.off.intersection(&calendar.worked).next() {
            Some(day) => Err(format!("{day} is both off and worked")),
            None => Ok(calendar),
        }
    }

    /// A calendar of days, each with whether it is worked.
    pub fn of(days: impl IntoIterator<Item = (Date, bool)>) -> Self {
        let mut calendar = Self::default();
        for (day, worked) in days {
            let days = if worked { &mut calendar.worked } else { &mut calendar.off };
            days.insert(day);
        }
        calendar
    }

    /// Its days in order, each with whether it is worked.
    pub fn days(&self) -> Vec<(Date, bool)> {
        let off = self.off.iter().map(|day| (*day, false));
        let mut days: Vec<_> = off.chain(self.worked.iter().map(|day| (*day, true))).collect();
        days.sort();
        days
    }

    /// The last of so many working days behind a day, which itself does not count.
    pub fn working_days_after(&self, day: Date, days: u32) -> Date {
        self.count(day, days, true)
    }

    /// Whether a day is worked.
    pub fn is_worked(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.worked.contains(&day) || !weekend && !self.off.contains(&day)
    }

    /// The last day on which something that came up on `day` may be reported upward, by
    /// the edition in force that day. The day itself does not count.
    pub fn report_by(&self, day: Date) -> Date {
        self.count(day, DAYS, day >= WORKING_DAYS_FROM)
    }

    fn count(&self, day: Date, days: u32, working: bool) -> Date {
        let (mut last, mut left) = (day, days);
        // A calendar with every day off would never end: two years are enough to see it.
        for _ in 0..732 {
            if left == 0 {
                break;
            }
            last = last.tomorrow().unwrap_or(last);
            left -= u32::from(!working || self.is_worked(last));
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_days_and_from_september_2024_ten_working_days() {
        let holidays = "2026-10-01 off # 国庆节\n2026-10-02 off\n\n2026-10-05 off\n2026-10-06 off\n\
                        2026-10-07 off\n2026-10-10 worked\n";
        let calendar = Calendar::parse(holidays).unwrap();
        let none = Calendar::default();
        for (calendar, day, last) in [
            (&none, "2024-08-31", "2024-09-10"),
            (&none, "2024-09-01", "2024-09-13"),
            (&none, "2024-09-02", "2024-09-16"),
            (&none, "2026-09-24", "2026-10-08"),
            (&calendar, "2026-09-24", "2026-10-14"),
            (&calendar, "2020-10-01", "2020-10-11"),
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(calendar.report_by(day).to_string(), last, "{day}");
        }
    }

    #[test]
    fn mistakes_in_a_calendar_are_named() {
        for (text, wrong) in [
            ("2026-10-01", "line 1: `off` or `worked` is wanted behind the day"),
            ("# a\nten off", "line 2: a day as in 2026-10-01 is wanted"),
            ("2026-10-01 off off", "line 1: `off` or `worked` is wanted behind the day"),
            ("2026-10-01 off\n2026-10-01 worked", "2026-10-01 is both off and worked"),
        ] {
            assert_eq!(Calendar::parse(text).unwrap_err(), wrong);
        }
    }
}

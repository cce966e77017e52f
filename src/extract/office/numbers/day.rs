//! Days and times: serial numbers of spreadsheets as dates (ISO/IEC 29500-1,
//! 18.17.4).

use super::code::Unit;
use super::numerals::{self, Script};

/// The last serial number that is a day: 31 December 9999.
const LAST: f64 = 2_958_466.0;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const WEEKDAYS_CHINESE: [&str; 7] = ["日", "一", "二", "三", "四", "五", "六"];

/// A day and a time of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moment {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    /// 0 is Sunday.
    weekday: i64,
    pub hour: i64,
    minute: i64,
    second: i64,
    pub millisecond: i64,
    /// Days since the calendar's beginning, for times that run on.
    days: i64,
}

impl Moment {
    /// The moment of a serial number, rounded to `digits` (at most 3) behind the
    /// second's point. `None` for what is no day.
    pub fn of_serial(serial: f64, since_1904: bool, digits: usize) -> Option<Self> {
        if !(0.0..LAST).contains(&serial) {
            return None;
        }
        let step = match digits {
            0 => 1000.0,
            1 => 100.0,
            2 => 10.0,
            _ => 1.0,
        };
        let milliseconds = ((serial * 86_400_000.0 / step).round() * step) as i64;
        let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000);
        // The calendar of 1900 has a 29 February that never was: number 60.
        let (year, month, day) = match (since_1904, days) {
            (true, days) => civil(days + UNIX_OF_1904),
            (false, 60) => (1900, 2, 29),
            (false, days) if days < 60 => civil(days + UNIX_OF_1900 + 1),
            (false, days) => civil(days + UNIX_OF_1900),
        };
        let weekday = if since_1904 { days + 5 } else { days + 6 } % 7;
        Some(Self {
            year,
            month,
            day,
            weekday,
            hour: rest / 3_600_000,
            minute: rest / 60_000 % 60,
            second: rest / 1000 % 60,
            millisecond: rest % 1000,
            days,
        })
    }

    /// Hours, minutes or seconds since the calendar's beginning.
    pub fn elapsed(&self, unit: Unit) -> i64 {
        let hours = self.days * 24 + self.hour;
        let minutes = hours * 60 + self.minute;
        match unit {
            Unit::Hour => hours,
            Unit::Minute => minutes,
            _ => minutes * 60 + self.second,
        }
    }

    /// Adds one part, written with as many letters as the code has for it.
    pub fn put(&self, out: &mut String, unit: Unit, count: usize, twelve: bool, script: Script) {
        let value = match unit {
            Unit::Year => {
                let year = if count <= 2 { self.year % 100 } else { self.year };
                let width = if count <= 2 { 2 } else { 4 };
                out.push_str(&numerals::each_digit(&format!("{year:0width$}"), script));
                return;
            }
            Unit::Month if count >= 3 => {
                let name = name(&MONTHS, self.month - 1);
                let length = match count {
                    3 => 3,
                    5 => 1,
                    _ => name.len(),
                };
                out.push_str(name.get(..length).unwrap_or(name));
                return;
            }
            Unit::Weekday => {
                match count {
                    // `aaa` and `aaaa`, told apart from `ddd` by ten.
                    13 => out.push_str(name(&WEEKDAYS_CHINESE, self.weekday)),
                    14.. => {
                        out.push_str("星期");
                        out.push_str(name(&WEEKDAYS_CHINESE, self.weekday));
                    }
                    3 => {
                        let name = name(&WEEKDAYS, self.weekday);
                        out.push_str(name.get(..3).unwrap_or(name));
                    }
                    _ => out.push_str(name(&WEEKDAYS, self.weekday)),
                }
                return;
            }
            Unit::Month => self.month,
            Unit::Day => self.day,
            Unit::Hour if twelve => (self.hour + 11) % 12 + 1,
            Unit::Hour => self.hour,
            Unit::Minute => self.minute,
            Unit::Second => self.second,
        };
        match script {
            Script::Digits => out.push_str(&format!("{value:0width$}", width = count.min(2))),
            script => match numerals::number(value as f64, script) {
                Some(numeral) => out.push_str(&numeral),
                None => out.push_str(&value.to_string()),
            },
        }
    }
}

fn name<'n>(names: &[&'n str], at: i64) -> &'n str {
    usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
}

/// Days from 1 January 1970 back to 30 December 1899 and to 1 January 1904.
const UNIX_OF_1900: i64 = -25_569;
const UNIX_OF_1904: i64 = -24_107;

/// The day `days` after 1 January 1970, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that the day that leaps comes last.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

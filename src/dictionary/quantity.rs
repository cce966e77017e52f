//! Numbers with units, as Chinese texts write them: scales (1:1万, 万分之一),
//! areas, lengths and accuracies, gravity, angles, amounts of money, shares,
//! counts and days.

use serde::{Deserialize, Serialize};

use crate::model::Span;

/// What is measured. Quantities of different kinds are never compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// A map's scale; the value is the denominator, so a larger scale has a smaller value.
    Scale,
    /// Square metres.
    Area,
    /// Metres.
    Length,
    /// Milligals (毫伽).
    Gravity,
    /// Seconds of arc.
    Angle,
    /// Yuan.
    Money,
    /// Metres by which a position or height may be wrong (±0.5米, 优于0.5米,
    /// 精度0.5米): better is smaller.
    Accuracy,
    /// Per cent.
    Share,
    /// Persons (人, 名).
    Persons,
    /// Copies (份, 册, 本).
    Copies,
    /// Devices (台, 套).
    Devices,
    /// Vehicles (辆).
    Vehicles,
    /// Ships (艘).
    Ships,
    /// Aircraft and the like (架).
    Aircraft,
    /// Pieces (件, 枚, 支).
    Pieces,
    /// A day of the calendar; the value counts days.
    Day,
}

/// A measured number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// What is measured.
    pub measure: Measure,
    /// In the measure's unit; finite and above 0.
    pub value: f64,
}

/// Units after a number, longest spelling first where one begins another, with
/// what one of it is. Written as folding leaves them.
const UNITS: &[(&str, Measure, f64)] = &[
    ("平方千米", Measure::Area, 1e6),
    ("平方公里", Measure::Area, 1e6),
    ("平方米", Measure::Area, 1.0),
    ("km2", Measure::Area, 1e6),
    ("m2", Measure::Area, 1.0),
    ("公顷", Measure::Area, 1e4),
    ("亩", Measure::Area, 10_000.0 / 15.0),
    ("毫伽", Measure::Gravity, 1.0),
    ("mGal", Measure::Gravity, 1.0),
    ("千米", Measure::Length, 1e3),
    ("公里", Measure::Length, 1e3),
    ("厘米", Measure::Length, 1e-2),
    ("毫米", Measure::Length, 1e-3),
    ("米", Measure::Length, 1.0),
    ("km", Measure::Length, 1e3),
    ("cm", Measure::Length, 1e-2),
    ("mm", Measure::Length, 1e-3),
    ("m", Measure::Length, 1.0),
    ("元", Measure::Money, 1.0),
    ("°", Measure::Angle, 3600.0),
    ("″", Measure::Angle, 1.0),
    ("\"", Measure::Angle, 1.0),
    ("′", Measure::Angle, 60.0),
    ("'", Measure::Angle, 60.0),
    ("角秒", Measure::Angle, 1.0),
    ("角分", Measure::Angle, 60.0),
    ("%", Measure::Share, 1.0),
    ("‰", Measure::Share, 0.1),
    ("人次", Measure::Persons, 1.0),
    ("人", Measure::Persons, 1.0),
    ("名", Measure::Persons, 1.0),
    ("份", Measure::Copies, 1.0),
    ("册", Measure::Copies, 1.0),
    ("本", Measure::Copies, 1.0),
    ("台", Measure::Devices, 1.0),
    ("套", Measure::Devices, 1.0),
    ("辆", Measure::Vehicles, 1.0),
    ("艘", Measure::Ships, 1.0),
    ("架", Measure::Aircraft, 1.0),
    ("件", Measure::Pieces, 1.0),
    ("枚", Measure::Pieces, 1.0),
    ("支", Measure::Pieces, 1.0),
];

/// The smallest denominator that makes 1:n a map's scale and not a score or a time.
const COARSEST: f64 = 200.0;

/// All quantities of a folded text with their spans, in order.
pub fn quantities(text: &str) -> Vec<(Span, Quantity)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_number(text, at) {
        let Some((number, end)) = number(text, start) else {
            at = start + text[start..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let quantity = day(text, start, number, end)
            .or_else(|| share(text, start))
            .or_else(|| scale(text, number, end))
            .or_else(|| measured(text, number, end));
        match quantity {
            Some((quantity, end)) if quantity.value.is_finite() && quantity.value > 0.0 => {
                found.push((start..end, quantity));
                // An accuracy is a length as well: people speak of both.
                if quantity.measure == Measure::Length && is_accuracy(text, start) {
                    let accuracy = Quantity { measure: Measure::Accuracy, ..quantity };
                    found.push((start..end, accuracy));
                }
                at = end;
            }
            _ => at = end,
        }
    }
    found
}

/// The one quantity a text consists of, as in a dictionary: `1:1万`, `25平方千米`;
/// `±0.5米` is an accuracy.
pub fn quantity(text: &str) -> Option<Quantity> {
    if let Some(length) = text.strip_prefix(['±', '\u{b1}']) {
        let length = quantity(length)?;
        return match length.measure {
            Measure::Length => Some(Quantity { measure: Measure::Accuracy, ..length }),
            _ => Some(length),
        };
    }
    match quantities(text).as_slice() {
        [(span, only)] if *span == (0..text.len()) => Some(*only),
        _ => None,
    }
}

fn next_number(text: &str, at: usize) -> Option<usize> {
    text[at..].find(|c: char| c.is_ascii_digit() || numeral(c).is_some()).map(|i| at + i)
}

/// `1:10000`, `1:1万`, `一比一万`, `五万分之一`, where `first` ends at `at`.
fn scale(text: &str, first: f64, at: usize) -> Option<(Quantity, usize)> {
    let rest = &text[at..];
    let (denominator, end) = if let Some(after) = rest.strip_prefix("分之一") {
        (first, text.len() - after.len())
    } else {
        if first != 1.0 {
            return None;
        }
        let after = [":", "比", "/"]
            .iter()
            .find_map(|sign| rest.trim_start_matches(' ').strip_prefix(sign))?;
        number(text, text.len() - after.trim_start_matches(' ').len())?
    };
    let quantity = Quantity { measure: Measure::Scale, value: denominator };
    (denominator >= COARSEST).then_some((quantity, end))
}

/// Whether what stands before a length makes it an accuracy.
fn is_accuracy(text: &str, start: usize) -> bool {
    /// Characters looked back at.
    const BACK: usize = 8;
    let before: Vec<char> = text[..start].chars().rev().take(BACK).collect();
    let before: String = before.iter().rev().collect();
    let clause = before.rsplit(['，', ',', '。', '；', ';', '\n']).next().unwrap_or_default();
    ["±", "优于", "精度", "误差"].iter().any(|word| clause.contains(word))
}

/// `百分之三十`.
fn share(text: &str, start: usize) -> Option<(Quantity, usize)> {
    const OF: &str = "百分之";
    text[start..].strip_prefix(OF)?;
    let (value, end) = number(text, start + OF.len())?;
    Some((Quantity { measure: Measure::Share, value }, end))
}

/// `2026年1月5日`, `二〇二六年一月五日`, `2026-01-05`, `2026.1.5`.
fn day(text: &str, start: usize, number_here: f64, at: usize) -> Option<(Quantity, usize)> {
    let run =
        |at: usize| text.as_bytes().iter().skip(at).take_while(|b| b.is_ascii_digit()).count();
    // 2026.1 is a number as well.
    let (year, at) = match run(start) {
        4 => (text.get(start..start + 4)?.parse().ok()?, start + 4),
        0 if text.get(start..at)?.chars().count() == 4 => (number_here, at),
        _ => return None,
    };
    if !(1900.0..2200.0).contains(&year) {
        return None;
    }
    let step = |at: usize, sign: char| {
        text.get(at..)?.strip_prefix(sign)?;
        let at = at + sign.len_utf8();
        match run(at) {
            0 => number(text, at),
            length @ 1..=2 => Some((text.get(at..at + length)?.parse().ok()?, at + length)),
            _ => None,
        }
    };
    let (month, day, end) = match text.get(at..)?.chars().next()? {
        '年' => {
            let (month, at) = step(at, '年')?;
            let (day, at) = step(at, '月')?;
            text.get(at..)?.strip_prefix('日')?;
            (month, day, at + '日'.len_utf8())
        }
        sign @ ('-' | '.' | '/') => {
            let (month, at) = step(at, sign)?;
            let (day, at) = step(at, sign)?;
            (month, day, at)
        }
        _ => return None,
    };
    let whole = |value: f64| (value.fract() == 0.0).then_some(value as i8);
    let date = jiff::civil::Date::new(year as i16, whole(month)?, whole(day)?).ok()?;
    let first = jiff::civil::date(1800, 1, 1);
    let days = first.until(date).ok()?.get_days();
    Some((Quantity { measure: Measure::Day, value: f64::from(days) }, end))
}

fn measured(text: &str, number: f64, at: usize) -> Option<(Quantity, usize)> {
    let rest = text[at..].trim_start_matches(' ');
    let (unit, measure, one) = UNITS.iter().find(|(unit, ..)| rest.starts_with(unit))?;
    let after = &rest[unit.len()..];
    // "5 months" is not five metres.
    if unit.ends_with(|c: char| c.is_ascii_alphanumeric())
        && after.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        return None;
    }
    Some((Quantity { measure: *measure, value: number * one }, text.len() - after.len()))
}

/// A number at `at` and its end: `10,000`, `2.5万`, `二十五`, `3千`, `万` (before
/// 分之一).
fn number(text: &str, at: usize) -> Option<(f64, usize)> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    let (value, end) = if first.is_ascii_digit() { digits(rest)? } else { numerals(rest)? };
    let mut value = value;
    let mut end = at + end;
    if first.is_ascii_digit() {
        while let Some(factor) = text[end..].chars().next().and_then(multiplier) {
            value *= factor;
            end += '万'.len_utf8();
        }
    }
    Some((value, end))
}

fn digits(text: &str) -> Option<(f64, usize)> {
    let bytes = text.as_bytes();
    let mut plain = String::new();
    let mut end = 0;
    while let Some(&byte) = bytes.get(end) {
        let next_digit = bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        let group = bytes.get(end + 1..end + 4).is_some_and(|g| g.iter().all(u8::is_ascii_digit));
        match byte {
            b'0'..=b'9' => plain.push(byte as char),
            b'.' if next_digit && !plain.contains('.') => plain.push('.'),
            b',' if group && !plain.contains('.') => {}
            _ => break,
        }
        end += 1;
    }
    // Identity and telephone numbers are no quantities, and are passed over whole.
    let value = if plain.len() > 15 { f64::NAN } else { plain.parse().ok()? };
    Some((value, end))
}

fn multiplier(c: char) -> Option<f64> {
    match c {
        '百' => Some(1e2),
        '千' => Some(1e3),
        '万' => Some(1e4),
        '亿' => Some(1e8),
        _ => None,
    }
}

fn numeral(c: char) -> Option<f64> {
    let digit = "零一二三四五六七八九".chars().position(|n| n == c);
    digit.map(|d| d as f64).or(match c {
        '〇' => Some(0.0),
        '两' => Some(2.0),
        '十' => Some(10.0),
        _ => multiplier(c),
    })
}

/// Chinese numerals: 二十五, 一万, 两千五百, 十万, 百万.
fn numerals(text: &str) -> Option<(f64, usize)> {
    // Sections of 万 and 亿; within one, digits before 十, 百, 千.
    let (mut total, mut section, mut digit) = (0.0, 0.0, None);
    let mut end = 0;
    for c in text.chars().take(16) {
        match (c, numeral(c)) {
            (_, None) => break,
            ('万' | '亿', Some(factor)) => {
                let before: f64 = section + digit.unwrap_or(0.0);
                total = if total + before == 0.0 { factor } else { (total + before) * factor };
                (section, digit) = (0.0, None);
            }
            ('十' | '百' | '千', Some(factor)) => {
                section += digit.unwrap_or(1.0) * factor;
                digit = None;
            }
            (_, Some(value)) => {
                // Years and house numbers are strings of digits: 二〇一二.
                digit = Some(digit.map_or(value, |d: f64| d * 10.0 + value));
            }
        }
        end += c.len_utf8();
    }
    (end > 0).then_some((total + section + digit.unwrap_or(0.0), end))
}

/// A condition on a quantity: which values satisfy it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// What is measured.
    pub measure: Measure,
    /// The value itself, or one of several; or a stretch of values.
    pub wanted: Wanted,
}

/// Which values satisfy a [`Range`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Wanted {
    /// One of these.
    OneOf(Vec<f64>),
    /// From the first to the second; each bound with whether it belongs to it.
    Between(Option<(f64, bool)>, Option<(f64, bool)>),
}

impl Range {
    /// Whether quantities of its measure lie in it together: their sum.
    pub fn holds_together(&self, values: impl Iterator<Item = f64>) -> bool {
        self.adds_up() && self.holds(Quantity { measure: self.measure, value: values.sum() })
    }

    /// Whether a quantity lies in it.
    pub fn holds(&self, quantity: Quantity) -> bool {
        if quantity.measure != self.measure {
            return false;
        }
        let value = quantity.value;
        match &self.wanted {
            Wanted::OneOf(values) => values.iter().any(|v| (v - value).abs() <= v * 1e-9),
            Wanted::Between(low, high) => {
                low.is_none_or(|(low, with)| value > low || with && value == low)
                    && high.is_none_or(|(high, with)| value < high || with && value == high)
            }
        }
    }

    /// Whether several quantities below it may together reach it: areas, lengths
    /// and amounts add up, scales, accuracies and angles do not.
    pub fn adds_up(&self) -> bool {
        let amount = matches!(self.measure, Measure::Area | Measure::Length | Measure::Money);
        amount && matches!(self.wanted, Wanted::Between(Some(_), None))
    }

    /// Whether no quantity can lie in it.
    pub fn is_empty(&self) -> bool {
        match &self.wanted {
            Wanted::OneOf(values) => values.is_empty(),
            Wanted::Between(Some((low, with_low)), Some((high, with_high))) => {
                low > high || low == high && !(*with_low && *with_high)
            }
            Wanted::Between(..) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Measure, f64)]) {
        let found = quantities(text);
        let found: Vec<_> =
            found.into_iter().map(|(span, q)| (&text[span], q.measure, q.value)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn scales_in_all_their_spellings() {
        for text in [
            "1:10000",
            "1:1万",
            "1: 10,000",
            "1/10000",
            "一比一万",
            "1比1万",
            "万分之一",
            "一万分之一",
        ] {
            check(text, &[(text, Measure::Scale, 10_000.0)]);
        }
        check(
            "1:2.5万、1:5千和五十万分之一地形图",
            &[
                ("1:2.5万", Measure::Scale, 25_000.0),
                ("1:5千", Measure::Scale, 5_000.0),
                ("五十万分之一", Measure::Scale, 500_000.0),
            ],
        );
    }

    #[test]
    fn what_is_no_scale() {
        for text in ["比分3:1", "1:30开会", "二分之一", "主客1:0", "十有八九"] {
            check(text, &[]);
        }
    }

    #[test]
    fn measures_with_units() {
        check(
            "超过25平方千米、二十五平方公里或6km2",
            &[
                ("25平方千米", Measure::Area, 25e6),
                ("二十五平方公里", Measure::Area, 25e6),
                ("6km2", Measure::Area, 6e6),
            ],
        );
        check(
            "优于±1毫伽,等高距20米,长1000千米",
            &[
                ("1毫伽", Measure::Gravity, 1.0),
                ("20米", Measure::Length, 20.0),
                ("1000千米", Measure::Length, 1e6),
            ],
        );
        check(
            "30′×30′,±3″",
            &[
                ("30′", Measure::Angle, 1800.0),
                ("30′", Measure::Angle, 1800.0),
                ("3″", Measure::Angle, 3.0),
            ],
        );
        check(
            "3.2亿元 5 months 100mm",
            &[("3.2亿元", Measure::Money, 3.2e8), ("100mm", Measure::Length, 0.1)],
        );
    }

    #[test]
    fn accuracies_are_lengths_that_may_be_wrong() {
        let both = |text: &'static str, value| {
            [(text, Measure::Length, value), (text, Measure::Accuracy, value)]
        };
        check("平面精度优于±0.5米", &both("0.5米", 0.5));
        check("高程误差不超过30厘米", &both("30厘米", 0.3));
        check("优于1m的成果", &both("1m", 1.0));
        check("精度高，长30米", &[("30米", Measure::Length, 30.0)]);
        let accuracy = quantity("±0.5米").unwrap();
        assert_eq!((accuracy.measure, accuracy.value), (Measure::Accuracy, 0.5));
        assert_eq!(quantity("±1毫伽").unwrap().measure, Measure::Gravity);
    }

    #[test]
    fn shares_counts_and_days() {
        check(
            "占30%、百分之三十五或千分之一,2‰",
            &[
                ("30%", Measure::Share, 30.0),
                ("百分之三十五", Measure::Share, 35.0),
                ("千分之一", Measure::Scale, 1000.0),
                ("2‰", Measure::Share, 0.2),
            ],
        );
        check(
            "参训1,200人,印发三十份,设备12台(套),车辆5辆",
            &[
                ("1,200人", Measure::Persons, 1200.0),
                ("三十份", Measure::Copies, 30.0),
                ("12台", Measure::Devices, 12.0),
                ("5辆", Measure::Vehicles, 5.0),
            ],
        );
        let days = |text: &str| {
            let found = quantities(text);
            let days = found.iter().filter(|(_, q)| q.measure == Measure::Day);
            days.map(|(span, q)| (text[span.clone()].to_owned(), q.value)).collect::<Vec<_>>()
        };
        let first = days("2026年1月5日")[0].1;
        for text in ["2026-01-05", "2026.1.5", "2026/01/05", "二〇二六年一月五日"] {
            assert_eq!(days(text), [(text.to_owned(), first)], "{text}");
        }
        assert_eq!(days("2026年1月6日")[0].1, first + 1.0);
        for text in ["2026年13月5日", "1月5日", "12026-1-5", "2026年1月"] {
            assert!(days(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn endless_digits_end() {
        check(&"9".repeat(100_000), &[]);
        assert!(quantities(&"万".repeat(100_000)).is_empty());
    }

    #[test]
    fn ranges_hold_what_they_say() {
        let over = |low| Range {
            measure: Measure::Area,
            wanted: Wanted::Between(Some((low, false)), None),
        };
        let q = |text: &str| quantity(text).unwrap();
        assert!(over(25e6).holds(q("30平方千米")) && !over(25e6).holds(q("25平方公里")));
        assert!(!over(0.0).holds(q("30米")));
        let scales = Range { measure: Measure::Scale, wanted: Wanted::OneOf(vec![5e4]) };
        assert!(scales.holds(q("1:5万")) && !scales.holds(q("1:50万")));
        assert!(quantity("1:5万地形图").is_none());
    }
}

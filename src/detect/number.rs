//! Numbers and dates as marks and official documents write them: Arabic and
//! Chinese numerals, plain and financial.

use crate::model::Date;

/// The value of a digit in any numeral that is written place by place.
fn digit(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => c as u32 - '0' as u32,
        '〇' | '零' | '○' | 'Ｏ' | '◯' | 'O' | 'o' => 0,
        '一' | '壹' | '元' => 1,
        '二' | '贰' | '两' | '弍' => 2,
        '三' | '叁' | '参' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The value of a unit of ten.
fn unit(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 10,
        '廿' => 20,
        '卅' => 30,
        '百' | '佰' => 100,
        _ => return None,
    })
}

/// Whether a character can stand in a numeral.
pub(super) fn is_numeral(c: char) -> bool {
    // Latin letters stand for a zero only between true digits.
    !matches!(c, 'O' | 'o' | '元' | '参') && (digit(c).is_some() || unit(c).is_some())
}

/// The value of a whole numeral: `10`, `一〇`, `十`, `二十五`, `拾伍`, `一百二十`.
/// `None` if it is none, or over 9999.
pub(super) fn value(numeral: &str) -> Option<u32> {
    if numeral.is_empty() || numeral.chars().count() > 8 {
        return None;
    }
    if numeral.chars().all(|c| digit(c).is_some()) {
        let value = numeral
            .chars()
            .try_fold(0_u32, |sum, c| sum.checked_mul(10)?.checked_add(digit(c)?))?;
        return (value <= 9999).then_some(value);
    }
    let (mut total, mut pending) = (0, None);
    for c in numeral.chars() {
        if let Some(unit) = unit(c) {
            total += match unit {
                20 | 30 => unit,
                unit => pending.take().unwrap_or(1) * unit,
            };
        } else {
            let digit = digit(c)?;
            if pending.is_some_and(|before| before != 0) {
                return None;
            }
            pending = Some(digit);
        }
    }
    let value = total + pending.unwrap_or(0);
    (value <= 9999).then_some(value)
}

/// A date at the beginning of `text` (blanks inside allowed) and how many
/// characters it takes: `2014年3月1日`, `二〇一四年三月一日`, `2014-03-01`,
/// `2014.3.1`, `2014/3/1`.
pub(super) fn date(text: &str) -> Option<(Date, usize)> {
    let chars: Vec<char> = text.chars().take(40).collect();
    let mut at = 0;
    let mut take = |ends: &[char]| -> Option<u32> {
        let blank = |at: &mut usize| {
            while chars.get(*at).is_some_and(|c| c.is_whitespace()) {
                *at += 1;
            }
        };
        blank(&mut at);
        let mut numeral = String::new();
        while let Some(&c) = chars.get(at) {
            if is_numeral(c) || (digit(c).is_some() && !numeral.is_empty()) {
                numeral.push(c);
                at += 1;
            } else if c.is_whitespace() && !numeral.is_empty() {
                at += 1;
            } else {
                break;
            }
        }
        if !ends.is_empty() {
            let end = chars.get(at)?;
            if !ends.contains(end) {
                return None;
            }
            at += 1;
        }
        value(&numeral)
    };
    let year = take(&['年', '-', '.', '/'])?;
    let month = take(&['月', '-', '.', '/'])?;
    let day = take(&[])?;
    if chars.get(at).is_some_and(|c| matches!(c, '日' | '号')) {
        at += 1;
    }
    if !(1900..=2200).contains(&year) {
        return None;
    }
    let date = Date::new(year as i16, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some((date, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_have_their_value() {
        for (numeral, expected) in [
            ("10", Some(10)),
            ("十", Some(10)),
            ("二十", Some(20)),
            ("二十五", Some(25)),
            ("拾伍", Some(15)),
            ("贰拾", Some(20)),
            ("廿五", Some(25)),
            ("一百二十", Some(120)),
            ("二〇一四", Some(2014)),
            ("二○○九", Some(2009)),
            ("三十年", None),
            ("", None),
            ("123456789", None),
        ] {
            assert_eq!(value(numeral), expected, "{numeral}");
        }
    }

    #[test]
    fn dates_are_read_as_written() {
        for (text, expected) in [
            ("2014年3月1日", Some(("2014-03-01", 9))),
            ("二〇〇九年六月三日", Some(("2009-06-03", 9))),
            ("一九九七年十一月二十三日印发", Some(("1997-11-23", 12))),
            ("2 0 1 9 年 5 月 2 2 日", Some(("2019-05-22", 19))),
            ("2014-03-01", Some(("2014-03-01", 10))),
            ("2014.3.1", Some(("2014-03-01", 8))),
            ("2014年13月1日", None),
            ("2014年2月30日", None),
            ("14年3月1日", None),
            ("年月日", None),
        ] {
            let expected = expected.map(|(date, length)| (date.parse::<Date>().unwrap(), length));
            assert_eq!(date(text), expected, "{text}");
        }
    }
}

//! Digits in other scripts, as `[DBNum1]` and its like ask for in Chinese
//! workbooks.

/// How digits are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Script {
    #[default]
    Digits,
    /// 一二三.
    Chinese,
    /// 壹贰叁.
    Formal,
    /// １２３.
    Wide,
}

const CHINESE: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const FORMAL: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

impl Script {
    pub fn of_code(code: &str) -> Option<Self> {
        Some(match code {
            "dbnum1" => Self::Chinese,
            "dbnum2" => Self::Formal,
            "dbnum3" | "dbnum4" => Self::Wide,
            _ => return None,
        })
    }

    fn digit(self, digit: u32) -> char {
        let from = |set: &[char; 10]| set.get(digit as usize).copied().unwrap_or_default();
        match self {
            Self::Digits => char::from_digit(digit, 10).unwrap_or_default(),
            Self::Chinese => from(&CHINESE),
            Self::Formal => from(&FORMAL),
            Self::Wide => char::from_u32('０' as u32 + digit).unwrap_or_default(),
        }
    }
}

/// Digit for digit, as years are written: 二〇一四.
pub(super) fn each_digit(digits: &str, script: Script) -> String {
    digits.chars().map(|c| c.to_digit(10).map_or(c, |digit| script.digit(digit))).collect()
}

/// A whole number below ten thousand, as it is spoken: 二十一. `None` for others.
pub(super) fn number(value: f64, script: Script) -> Option<String> {
    if !(0.0..10_000.0).contains(&value) || value.fract() != 0.0 {
        return None;
    }
    let value = value as u32;
    let units: [&str; 4] = match script {
        Script::Chinese => ["", "十", "百", "千"],
        Script::Formal => ["", "拾", "佰", "仟"],
        _ => return Some(each_digit(&value.to_string(), script)),
    };
    if value == 0 {
        return Some(script.digit(0).to_string());
    }
    let mut out = String::new();
    let mut gap = false;
    for (place, unit) in units.iter().enumerate().rev() {
        let digit = value / 10u32.pow(place as u32) % 10;
        if digit == 0 {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push(if script == Script::Chinese { '零' } else { script.digit(0) });
            gap = false;
        }
        // Ten is spoken without a one before it.
        let bare = script == Script::Chinese && place == 1 && digit == 1 && out.is_empty();
        if !bare {
            out.push(script.digit(digit));
        }
        out.push_str(unit);
    }
    Some(out)
}

//! Lengths (CSS Values 4).

/// A length, as far as it can be told without laying the page out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::extract) enum Length {
    /// Pixels of 1/96 inch.
    Px(f32),
    /// Times the size of the letters.
    Em(f32),
    /// Times the size of the page's letters.
    Rem(f32),
    /// Hundredths of something.
    Percent(f32),
    /// Hundredths of the window.
    Window(f32),
}

impl Length {
    /// Reads one.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        let end = value
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')))
            .unwrap_or(value.len());
        // `1e3px` is a number with an exponent, `1em` is not.
        let (number, unit) = value.split_at(end);
        let number: f32 = number.parse().ok().filter(|n: &f32| n.is_finite() && n.abs() < 1e7)?;
        Some(match unit.trim().to_ascii_lowercase().as_str() {
            "px" => Self::Px(number),
            "" if number == 0.0 => Self::Px(0.0),
            "pt" => Self::Px(number / 0.75),
            "pc" => Self::Px(number * 16.0),
            "in" => Self::Px(number * 96.0),
            "cm" => Self::Px(number * 96.0 / 2.54),
            "mm" => Self::Px(number * 96.0 / 25.4),
            "q" => Self::Px(number * 96.0 / 101.6),
            "em" | "ic" => Self::Em(number),
            "ex" | "ch" => Self::Em(number / 2.0),
            "rem" => Self::Rem(number),
            "%" => Self::Percent(number),
            "vw" | "vh" | "vmin" | "vmax" => Self::Window(number),
            _ => return None,
        })
    }

    /// As pixels, beside letters of `size` pixels; hundredths are of `whole`.
    pub fn px(self, size: f32, whole: f32) -> f32 {
        match self {
            Self::Px(number) => number,
            Self::Em(number) => number * size,
            Self::Rem(number) => number * 16.0,
            Self::Percent(number) => number / 100.0 * whole,
            Self::Window(number) => number / 100.0 * 1000.0,
        }
    }
}

/// The size of letters, in words or as a length (CSS Fonts 4, 2.5).
pub(super) fn size(value: &str) -> Option<Length> {
    let word = value.trim().to_ascii_lowercase();
    Some(match word.as_str() {
        "xx-small" => Length::Px(9.0),
        "x-small" => Length::Px(10.0),
        "small" => Length::Px(13.0),
        "medium" => Length::Px(16.0),
        "large" => Length::Px(18.0),
        "x-large" => Length::Px(24.0),
        "xx-large" => Length::Px(32.0),
        "xxx-large" => Length::Px(48.0),
        "smaller" => Length::Em(0.83),
        "larger" => Length::Em(1.2),
        other => match Length::parse(other)? {
            Length::Percent(number) => Length::Em(number / 100.0),
            length => length,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_every_unit() {
        for (value, px) in [
            ("12pt", 16.0),
            ("0", 0.0),
            ("-9999px", -9999.0),
            ("2em", 20.0),
            ("1.5rem", 24.0),
            ("50%", 100.0),
            ("1in", 96.0),
            ("2.54CM", 96.0),
            ("-200vw", -2000.0),
        ] {
            let length = Length::parse(value).unwrap_or_else(|| panic!("{value}"));
            assert!((length.px(10.0, 200.0) - px).abs() < 0.01, "{value}: {length:?}");
        }
        for value in ["", "auto", "12", "px", "1 2px", "nan", "1e9px", "--1px"] {
            assert_eq!(Length::parse(value), None, "{value}");
        }
        assert_eq!(size("small"), Some(Length::Px(13.0)));
        assert_eq!(size("120%"), Some(Length::Em(1.2)));
    }
}

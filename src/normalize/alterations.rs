//! Which kinds of folding a piece of text needed.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of kinds of folding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Alterations(u8);

impl Alterations {
    /// Full-width or half-width forms, blanks of unusual width.
    pub const WIDTH: Self = Self(1);
    /// Circled, squared, parenthesised, mathematical or compatibility forms, radicals.
    pub const COMPATIBILITY: Self = Self(1 << 1);
    /// Variant forms: 図, ⻓.
    pub const VARIANT: Self = Self(1 << 2);
    /// Traditional characters.
    pub const TRADITIONAL: Self = Self(1 << 3);
    /// Characters nobody sees: zero-width, soft hyphens, variation selectors, tags.
    pub const INVISIBLE: Self = Self(1 << 4);
    /// Controls of writing direction.
    pub const BIDI: Self = Self(1 << 5);
    /// Marks drawn over a character that takes none.
    pub const STACKED: Self = Self(1 << 6);

    const NAMES: [(Self, &'static str); 7] = [
        (Self::WIDTH, "width"),
        (Self::COMPATIBILITY, "compatibility"),
        (Self::VARIANT, "variant"),
        (Self::TRADITIONAL, "traditional"),
        (Self::INVISIBLE, "invisible"),
        (Self::BIDI, "bidi"),
        (Self::STACKED, "stacked"),
    ];

    /// Whether nothing was altered.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all kinds of `other` are in the set.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the text was altered in a way no writer or program does by
    /// accident of layout, language or font: it may have been meant to deceive.
    pub fn may_deceive(self) -> bool {
        self.0 & (Self::INVISIBLE.0 | Self::BIDI.0 | Self::STACKED.0) != 0
    }

    /// The kinds by name, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |&(kind, _)| self.contains(kind)).map(|(_, name)| name)
    }
}

impl BitOr for Alterations {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Alterations {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Display for Alterations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.names().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{name}")?;
        }
        Ok(())
    }
}

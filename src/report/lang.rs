//! The language of what is said to people.

use std::borrow::Cow;

use crate::model::Words;

/// English or Chinese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese (simplified).
    Zh,
}

impl Lang {
    /// One of two wordings.
    pub fn pick<T>(self, en: T, zh: T) -> T {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// The sentence in this language.
    pub fn of(self, words: &Words) -> &str {
        self.pick(&words.en, &words.zh)
    }

    /// A message that was made in English: why a part was not read, what is wrong with a
    /// command.
    pub fn message(self, english: &str) -> Cow<'_, str> {
        match self {
            Self::En => Cow::Borrowed(english),
            Self::Zh => super::chinese::chinese(english),
        }
    }

    /// The language of a POSIX locale such as `zh_CN.UTF-8`; English where it is neither.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '.', '@', '-']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") { Self::Zh } else { Self::En }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales() {
        for (locale, lang) in [
            ("zh_CN.UTF-8", Lang::Zh),
            ("zh", Lang::Zh),
            ("zh-Hans", Lang::Zh),
            ("C.UTF-8", Lang::En),
            ("en_GB", Lang::En),
            ("zha_CN", Lang::En),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::of_locale(locale), lang, "{locale}");
        }
    }
}

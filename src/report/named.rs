//! Levels and terms in words, as papers name them.

use super::examined::{Examined, Mark};
use super::{Lang, Shown};
use crate::model::{Level, Severity};

/// `机密 (cn jimi)`; a level is never put in another regime's words.
pub(super) fn level(level: &Level) -> String {
    let name = match (level.regime.as_str(), level.id.as_str()) {
        ("cn", "juemi") => "绝密",
        ("cn", "jimi") => "机密",
        ("cn", "mimi") => "秘密",
        (regime, id) => return format!("{} {}", Shown(regime), Shown(id)),
    };
    name.to_owned()
}

/// `10 years`, `2034-03-01`, `indefinite`; nothing where the mark names no term.
pub(super) fn term(lang: Lang, mark: &Mark) -> String {
    let value = mark.term.value.as_deref().unwrap_or_default();
    match mark.term.kind.as_str() {
        "duration" => duration(lang, value),
        "indefinite" => lang.pick("indefinite", "长期").to_owned(),
        "none" => lang.pick("not stated", "未注明").to_owned(),
        "condition" if value.is_empty() => lang.pick("a condition", "附条件").to_owned(),
        _ => Shown(value).to_string(),
    }
}

/// What an examination puts behind a law whose text was not read.
const UNVERIFIED: &str = " (unverified)";

/// Law in words: that its text was not read is said in the language of the paper.
pub(super) fn laws(lang: Lang, basis: &[String]) -> Vec<String> {
    let law = |cite: &String| match cite.strip_suffix(UNVERIFIED) {
        Some(law) => lang.pick(format!("{law}{UNVERIFIED}"), format!("{law}（条文未核对）")),
        None => cite.clone(),
    };
    basis.iter().map(law).collect()
}

/// What the marks of a matter say that count, each once: level and term.
pub(super) fn marks(lang: Lang, one: &Examined) -> Vec<String> {
    let mut words = Vec::new();
    for finding in one.parts.iter().flat_map(|part| &part.findings) {
        if let (Some(claimed), Some(mark)) = (&finding.level, &finding.mark)
            && finding.suppressed.is_none()
            && finding.severity > Severity::Note
        {
            let says = format!("{} · {}", level(claimed), term(lang, mark));
            if !words.contains(&says) {
                words.push(says);
            }
        }
    }
    words
}

/// `P1Y6M` in words; as it stands where it is no duration.
fn duration(lang: Lang, value: &str) -> String {
    let mut words = String::new();
    let mut digits = String::new();
    for c in value.strip_prefix('P').unwrap_or_default().chars() {
        let (en, zh) = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            'Y' => (" years ", "年"),
            'M' => (" months ", "个月"),
            'D' => (" days ", "日"),
            _ => return Shown(value).to_string(),
        };
        words += &std::mem::take(&mut digits);
        words += lang.pick(en, zh);
    }
    match words.trim_end() {
        "" => Shown(value).to_string(),
        words => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn law_that_was_not_read_is_said_in_either_language() {
        let basis = ["甲2014 第3条".to_owned(), "乙2025 (unverified)".to_owned()];
        assert_eq!(laws(Lang::En, &basis), basis);
        assert_eq!(laws(Lang::Zh, &basis), ["甲2014 第3条", "乙2025（条文未核对）"]);
    }

    #[test]
    fn durations_in_words() {
        for (value, en, zh) in [
            ("P10Y", "10 years", "10年"),
            ("P1Y6M", "1 years 6 months", "1年6个月"),
            ("P30D", "30 days", "30日"),
            ("P", "P", "P"),
            ("=1+1", "=1+1", "=1+1"),
            ("PX", "PX", "PX"),
        ] {
            assert_eq!(duration(Lang::En, value), en);
            assert_eq!(duration(Lang::Zh, value), zh);
        }
    }
}

//! What the record's names are called on pages: verdicts, levels, regions, rules.

use crate::dictionary::Dictionary;
use crate::model::{ReadState, Region, Severity, Verdict};
use crate::report::{Lang, phrases};

use super::page::shown;

/// A verdict by its name in the record.
pub(super) fn verdict(name: &str) -> Option<Verdict> {
    Verdict::STRONGEST_FIRST.into_iter().find(|verdict| verdict.name() == name)
}

/// A verdict in a word; its name where it is not known here.
pub(super) fn verdict_word(name: &str, lang: Lang) -> String {
    match (verdict(name), lang) {
        (Some(verdict), Lang::Zh) => phrases::verdict(verdict).of(lang).to_owned(),
        (Some(Verdict::NoFinding), Lang::En) => "no finding".to_owned(),
        (Some(verdict), Lang::En) => verdict.name().to_owned(),
        (None, _) => shown(name),
    }
}

/// What a verdict says to do, in a sentence.
pub(super) fn verdict_sentence(name: &str, lang: Lang) -> String {
    verdict(name).map_or_else(String::new, |verdict| phrases::heading(verdict).of(lang).to_owned())
}

/// A sign for a verdict that does not need colour: filled the more, the stronger.
pub(super) fn verdict_sign(name: &str) -> &'static str {
    match verdict(name) {
        Some(Verdict::Withhold) => "■",
        Some(Verdict::Refer) => "▲",
        Some(Verdict::Incomplete) => "◐",
        Some(Verdict::Review) => "◇",
        Some(Verdict::NoFinding) => "○",
        None => "?",
    }
}

/// A value by the word the contract has for it.
fn by_name<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

/// A severity in a word.
pub(super) fn severity(name: &str, lang: Lang) -> String {
    let known = by_name::<Severity>(name);
    known.map_or_else(|| shown(name), |known| phrases::severity(known).of(lang).to_owned())
}

/// A region in words.
pub(super) fn region(name: &str, lang: Lang) -> String {
    let known = by_name::<Region>(name);
    known.map_or_else(|| shown(name), |known| phrases::region(known).of(lang).to_owned())
}

/// How much of a part was read, in words.
pub(super) fn read(name: &str, lang: Lang) -> String {
    let known = by_name::<ReadState>(name);
    known.map_or_else(|| shown(name), |known| phrases::read(known).of(lang).to_owned())
}

/// A level by regime and id, `cn:jimi`: its name in its own regime's words.
pub(super) fn level(dictionary: &Dictionary, name: &str, lang: Lang) -> String {
    let (regime, id) = name.split_once(':').unwrap_or((name, ""));
    match dictionary.level_name(regime, id).map(|words| lang.of(words)) {
        None | Some("") => shown(name),
        Some(level) if regime == "cn" => shown(level),
        Some(level) => format!("{} ({})", shown(level), shown(regime)),
    }
}

/// The title of a rule; its id where it is not known here.
pub(super) fn rule_title(dictionary: &Dictionary, id: &str, lang: Lang) -> String {
    dictionary.rule(id).map_or_else(|| shown(id), |rule| shown(lang.of(&rule.title)))
}

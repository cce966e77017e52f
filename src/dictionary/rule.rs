//! What each rule means, says and rests on: `dictionaries/rules/*/*.toml`.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;

use super::Diagnostic;
use crate::model::{Severity, Words};

/// One rule of the contract: its documentation and its law, as data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `regime.kind.name`, e.g. `cn.mark.state-secret`.
    pub id: String,
    /// How much a finding of it weighs, unless the judge says otherwise.
    pub severity: Severity,
    /// Its name, a few words.
    pub title: Words,
    /// When it fires and what that means; two to five sentences.
    pub meaning: Words,
    /// What a finding of it says; may hold `{level}`, `{term}`, `{through}`,
    /// `{issued}`, `{maximum}`, `{organ}`, `{other}`, `{place}`, `{entry}`.
    pub message: Words,
    /// What a person does about it.
    pub action: Words,
    /// Law it rests on, by edition.
    #[serde(default)]
    pub basis: Vec<Basis>,
    /// Documents on which it fires: whole short texts.
    #[serde(default)]
    pub examples: Vec<Example>,
    /// Documents on which it does not.
    #[serde(default)]
    pub counter_examples: Vec<Example>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
    /// Its line there, from 1.
    #[serde(skip)]
    pub line: usize,
}

/// A whole short document, as its author would type it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Its text; lines as on the page.
    pub text: String,
    /// What the file is called; `example.txt` where nothing is said.
    #[serde(default)]
    pub name: Option<String>,
    /// The day it is judged on; 2026-11-23 where nothing is said.
    #[serde(default)]
    pub as_of: Option<Date>,
    /// Why it is one, where that is not plain.
    #[serde(default)]
    pub why: Option<Words>,
    /// What the program lacks to do as it says; it is then not rehearsed.
    #[serde(default)]
    pub pending: Option<Words>,
}

/// One law a rule rests on, while it was in force.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Edition and article, e.g. `保守国家秘密法2010 第17条`.
    pub cite: String,
    /// First day it applies; from the beginning where nothing is said.
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day it applies; until today where nothing is said.
    #[serde(default)]
    pub to: Option<Date>,
    /// Which day decides: that of issue (marking) or that of judgement (review, declassification).
    #[serde(default)]
    pub by: BasisDay,
    /// Whether the text of the article was read; a recalled one is shown as such.
    #[serde(default = "yes")]
    pub verified: bool,
}

/// The day by which a [`Basis`] is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BasisDay {
    /// The day the document was issued; where it is not known, the day of judgement.
    #[default]
    Issue,
    /// The day of judgement.
    Judgement,
}

impl Basis {
    /// `保守国家秘密法2010 第17条 (2010-10-01 to 2024-04-30)`.
    pub fn words(&self) -> Words {
        let (mut en, mut zh) = (self.cite.clone(), self.cite.clone());
        match (self.from, self.to) {
            (Some(from), Some(to)) => {
                en += &format!(" ({from} to {to})");
                zh += &format!("（{from} 至 {to}）");
            }
            (Some(from), None) => {
                en += &format!(" (from {from})");
                zh += &format!("（自 {from}）");
            }
            (None, Some(to)) => {
                en += &format!(" (to {to})");
                zh += &format!("（至 {to}）");
            }
            (None, None) => {}
        }
        if !self.verified {
            en += ", text not verified";
            zh += "，条文未核对";
        }
        Words { en, zh }
    }
}

fn yes() -> bool {
    true
}

impl Rule {
    /// What it rests on for a document issued and judged on these days, in the
    /// file's order. Without an issue date every marking basis in force on the
    /// day of judgement is given.
    pub fn basis_on(&self, issued: Option<Date>, judged: Date) -> Vec<String> {
        self.basis
            .iter()
            .filter(|basis| {
                let day = match basis.by {
                    BasisDay::Issue => issued.unwrap_or(judged),
                    BasisDay::Judgement => judged,
                };
                basis.from.is_none_or(|from| from <= day) && basis.to.is_none_or(|to| day <= to)
            })
            .map(|basis| match basis.verified {
                true => basis.cite.clone(),
                false => format!("{} (unverified)", basis.cite),
            })
            .collect()
    }
}

/// What a message may be filled with.
const PLACEHOLDERS: [&str; 9] =
    ["level", "term", "through", "issued", "maximum", "organ", "other", "place", "entry"];

/// The names between braces, each once.
fn placeholders(message: &str) -> BTreeSet<&str> {
    message.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

/// `us.banner`, `cn.mark.state-secret`.
fn is_rule_id(id: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    (2..=3).contains(&id.split('.').count()) && id.split('.').all(word)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<toml::Spanned<Rule>>,
}

/// Reads one rule file.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub(super) fn parse(file: &str, text: &str) -> Result<Vec<Rule>, Vec<Diagnostic>> {
    let parsed: File =
        toml::from_str(text).map_err(|error| vec![Diagnostic::from_toml(file, text, &error)])?;
    let mut wrong = Vec::new();
    for rule in &parsed.rule {
        let at = rule.span().start;
        let rule = rule.get_ref();
        let mut say = |message: String| wrong.push(Diagnostic::at(file, text, at, message));
        if !is_rule_id(&rule.id) {
            say(format!("{}: an id is two or three lower-case words joined by dots", rule.id));
        }
        for placeholder in placeholders(&rule.message.en) {
            if !PLACEHOLDERS.contains(&placeholder) {
                say(format!("{}: message knows no {{{placeholder}}}", rule.id));
            }
        }
        if placeholders(&rule.message.en) != placeholders(&rule.message.zh) {
            say(format!("{}: message has other placeholders in Chinese", rule.id));
        }
        for (name, words) in [
            ("title", &rule.title),
            ("meaning", &rule.meaning),
            ("message", &rule.message),
            ("action", &rule.action),
        ] {
            if words.en.trim().is_empty() || words.zh.trim().is_empty() {
                say(format!("{}: {name} needs English and Chinese", rule.id));
            }
        }
        for basis in &rule.basis {
            if let (Some(from), Some(to)) = (basis.from, basis.to)
                && from > to
            {
                say(format!("{}: {} ends before it begins", rule.id, basis.cite));
            }
        }
    }
    if wrong.is_empty() {
        let placed = parsed.rule.into_iter().map(|rule| {
            let line = Diagnostic::at(file, text, rule.span().start, String::new()).line;
            Rule { file: file.to_owned(), line, ..rule.into_inner() }
        });
        Ok(placed.collect())
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = r#"
[[rule]]
id = "cn.mark.state-secret"
severity = "block"
title = { en = "Mark", zh = "标志" }
meaning = { en = "It is marked.", zh = "已标密。" }
message = { en = "Marked {level}.", zh = "密级为{level}。" }
action = { en = "Ask.", zh = "询问。" }
basis = [
    { cite = "旧法1990 第4条", to = "2014-03-08" },
    { cite = "新法2014 第24条", from = "2014-03-09", verified = false },
    { cite = "今法2024 第42条", from = "2024-09-01", by = "judgement" },
]
"#;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn law_goes_by_the_day_of_issue_or_of_judgement() {
        let rules = parse("rules/cn/mark.state-secret.toml", RULE).unwrap();
        let [rule] = &rules[..] else { panic!("one rule") };
        for (issued, judged, law) in [
            (Some("2014-03-08"), "2024-08-31", &["旧法1990 第4条"][..]),
            (Some("2014-03-09"), "2024-08-31", &["新法2014 第24条 (unverified)"]),
            (Some("1999-12-31"), "2024-09-01", &["旧法1990 第4条", "今法2024 第42条"]),
            (None, "2024-09-01", &["新法2014 第24条 (unverified)", "今法2024 第42条"]),
        ] {
            assert_eq!(rule.basis_on(issued.map(date), date(judged)), law, "{issued:?} {judged}");
        }
    }

    #[test]
    fn an_author_hears_of_everything_that_is_wrong() {
        let cases = [
            ("id = \"cn.mark.state-secret\"", "id = \"CN mark\"", "an id is"),
            ("en = \"Ask.\"", "en = \" \"", "action needs English and Chinese"),
            ("en = \"Marked {level}.\"", "en = \"Marked {colour}.\"", "knows no {colour}"),
            ("zh = \"密级为{level}。\"", "zh = \"已标密。\"", "other placeholders in Chinese"),
            ("from = \"2014-03-09\"", "from = \"2014-03-09\", to = \"2014-03-08\"", "ends before"),
            ("severity = \"block\"", "severity = \"loud\"", "unknown variant"),
            ("title =", "titel =", "titel"),
        ];
        for (right, wrong, said) in cases {
            assert!(RULE.contains(right), "{right}");
            let diagnostics =
                parse("rules/cn/mark.state-secret.toml", &RULE.replacen(right, wrong, 1))
                    .unwrap_err();
            assert!(diagnostics.iter().any(|d| d.message.contains(said)), "{diagnostics:?}");
            assert!(
                diagnostics
                    .iter()
                    .all(|d| d.file == "rules/cn/mark.state-secret.toml" && d.line > 1)
            );
        }
        let twice =
            RULE.replace("en = \"Ask.\"", "en = \"\"").replace("en = \"Mark\"", "en = \"\"");
        assert_eq!(parse("rules/cn/mark.state-secret.toml", &twice).unwrap_err().len(), 2);
    }
}

//! `/rules`: what each rule means, what to do about it, its law by edition, and documents on
//! which it fires and does not.

use askama::Template;
use axum::extract::{Path, State};

use super::error::Error;
use super::page::{Answer, Page, ok, shown};
use super::state::Console;
use super::who::Signed;
use super::words;
use crate::dictionary::{Example, Rule};
use crate::model::Severity;
use crate::report::{Lang, phrases};

struct RuleRow {
    id: String,
    title: String,
    severity: &'static str,
    weight: &'static str,
}

/// A document, line by line.
struct ExampleView {
    name: Option<String>,
    lines: Vec<String>,
    why: Option<String>,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    page: Page,
    /// By regime: its name and its rules.
    groups: Vec<(String, Vec<RuleRow>)>,
    digest: String,
}

#[derive(Template)]
#[template(path = "rule.html")]
struct RulePage {
    page: Page,
    row: RuleRow,
    meaning: String,
    action: String,
    law: Vec<String>,
    examples: Vec<ExampleView>,
    counter_examples: Vec<ExampleView>,
}

fn row(rule: &Rule, lang: Lang) -> RuleRow {
    RuleRow {
        id: shown(&rule.id),
        title: shown(lang.of(&rule.title)),
        severity: phrases::severity(rule.severity).of(lang),
        weight: match rule.severity {
            Severity::Block => "block",
            Severity::Review => "review",
            Severity::Note => "note",
        },
    }
}

fn example(of: &Example, lang: Lang) -> ExampleView {
    ExampleView {
        name: of.name.as_deref().map(shown),
        lines: of.text.trim_end().lines().map(shown).collect(),
        why: of.why.as_ref().map(|why| shown(lang.of(why).trim())),
    }
}

/// `GET /rules`
pub(super) async fn all(State(console): State<Console>, signed: Signed) -> Answer {
    let lang = signed.lang;
    let mut groups: Vec<(String, Vec<RuleRow>)> = Vec::new();
    for rule in &console.dictionary.rules {
        let first = rule.id.split('.').next().unwrap_or_default();
        let regime = console.dictionary.regimes.iter().find(|regime| regime.id == first);
        let name = match (regime, first) {
            (Some(regime), _) => shown(lang.of(&regime.name)),
            (None, "gap") => lang.pick("What could not be read", "未能读取的内容").to_owned(),
            (None, _) => lang.pick("Of any text", "通用").to_owned(),
        };
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row(rule, lang)),
            None => groups.push((name, vec![row(rule, lang)])),
        }
    }
    let page = Page::of(&signed, "/rules", lang.pick("Rules", "规则"));
    ok(&RulesPage { page, groups, digest: console.dictionary.rules_digest.clone() })
}

/// `GET /rules/{rule}`
pub(super) async fn one(
    State(console): State<Console>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let rule = console.dictionary.rule(&id).ok_or(Error::NotFound)?;
    let lang = signed.lang;
    let title = words::rule_title(&console.dictionary, &id, lang);
    let said = |of: &crate::model::Words| shown(lang.of(of).trim());
    ok(&RulePage {
        page: Page::of(&signed, "/rules", title),
        row: row(rule, lang),
        meaning: said(&rule.meaning),
        action: said(&rule.action),
        law: rule.basis.iter().map(|basis| said(&basis.words())).collect(),
        examples: rule.examples.iter().map(|one| example(one, lang)).collect(),
        counter_examples: rule.counter_examples.iter().map(|one| example(one, lang)).collect(),
    })
}

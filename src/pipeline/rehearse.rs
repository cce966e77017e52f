//! Every entry's own examples, sent through the real stages: what an author
//! proves is what the program does.

use std::fmt;
use std::sync::Arc;

use super::Pipeline;
use crate::detect::detect;
use crate::dictionary::{Dictionary, Entry, Example, Rule};
use crate::extract::Limits;
use crate::model::{Date, SourceText, Submission, Words};
use crate::normalize::fold;

/// An example that did not do what its author says it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file the entry stands in.
    pub file: String,
    /// The entry's line in it.
    pub line: usize,
    /// The entry or rule.
    pub entry: String,
    /// The example, as written.
    pub example: String,
    /// What went wrong.
    pub problem: Words,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, entry, example, problem } = self;
        write!(f, "{file}:{line}: {entry}: {}: {example:?}", problem.en)
    }
}

/// Rehearses every rule and every scope entry of a dictionary, in its order.
pub fn rehearse(dictionary: &Arc<Dictionary>) -> Vec<Failure> {
    let rules = dictionary.rules.iter().flat_map(|rule| rehearse_rule(dictionary, rule));
    rules.chain(rehearse_entries(dictionary, |_| true)).collect()
}

/// Rehearses those scope entries that are wanted.
pub fn rehearse_entries(dictionary: &Dictionary, wanted: impl Fn(&Entry) -> bool) -> Vec<Failure> {
    let entries = dictionary.entries.iter().filter(|entry| wanted(entry));
    entries.flat_map(|entry| rehearse_entry(dictionary, entry)).collect()
}

/// An example of a rule is a document: it goes the way of one, from its bytes to
/// the verdict.
fn rehearse_rule(dictionary: &Arc<Dictionary>, rule: &Rule) -> Vec<Failure> {
    let examples = rule.examples.iter().map(|example| (example, true));
    let counter_examples = rule.counter_examples.iter().map(|example| (example, false));
    let mut failures = Vec::new();
    let rehearsed = examples.chain(counter_examples).filter(|(e, _)| e.pending.is_none());
    for (example, wanted) in rehearsed {
        let reported = reported(dictionary, example);
        if reported.contains(&rule.id) == wanted {
            continue;
        }
        let others = reported.join(", ");
        let problem = match wanted {
            true => Words::new(
                format!("is not reported for its own example, but: {others}"),
                format!("未能在自己的示例上触发，触发的是：{others}"),
            ),
            false => Words::new("is reported for its counter-example", "在反例上触发"),
        };
        failures.push(Failure {
            file: rule.file.clone(),
            line: rule.line,
            entry: rule.id.clone(),
            example: example.text.clone(),
            problem,
        });
    }
    failures
}

/// The day an example is judged on where it names none.
const AS_OF: Date = jiff::civil::date(2026, 11, 23);

/// The rules that are reported for an example, each once.
fn reported(dictionary: &Arc<Dictionary>, example: &Example) -> Vec<String> {
    let as_of = example.as_of.unwrap_or(AS_OF);
    let name = example.name.clone().unwrap_or_else(|| "example.txt".to_owned());
    let pipeline = Pipeline::new(Arc::clone(dictionary), Limits::default(), as_of);
    let examination = pipeline.examine(Submission::file(name, example.text.clone().into_bytes()));
    let findings = examination.parts.iter().flat_map(|part| &part.findings);
    let mut rules: Vec<String> = findings.map(|finding| finding.rule.clone()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn rehearse_entry(dictionary: &Dictionary, entry: &Entry) -> Vec<Failure> {
    let examples = entry.examples.iter().map(|example| (example, true));
    let negatives = entry.negative_examples.iter().map(|example| (example, false));
    let mut failures = Vec::new();
    for (example, wanted) in examples.chain(negatives) {
        if found(dictionary, entry, example) == wanted {
            continue;
        }
        let problem = match wanted {
            true => Words::new("is not found in its own example", "未能命中自己的示例"),
            false => Words::new("is found in a negative example", "命中了反例"),
        };
        failures.push(Failure {
            file: entry.file.clone(),
            line: entry.line,
            entry: entry.id.clone(),
            example: example.clone(),
            problem,
        });
    }
    failures
}

fn found(dictionary: &Dictionary, entry: &Entry, example: &str) -> bool {
    let text = SourceText::from_lines(example.to_owned());
    let detection = detect(&text, &fold(text.as_str()), dictionary);
    detection.findings.iter().any(|finding| finding.entry.as_ref() == Some(&entry.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::{Kind, Source, load};

    #[test]
    fn shipped_entries_do_what_their_examples_say() {
        let failures = rehearse(&Arc::new(Dictionary::shipped()));
        assert!(
            failures.is_empty(),
            "{}",
            failures.iter().map(|f| format!("{f}\n")).collect::<String>()
        );
    }

    /// What was published is the best example of all; and in the list itself it
    /// is nobody's secret.
    #[test]
    fn shipped_entries_are_found_in_their_own_words_and_not_in_their_own_scope() {
        let dictionary = Dictionary::shipped();
        let mut wrong = String::new();
        for entry in dictionary.entries.iter() {
            let title = &dictionary.scopes[entry.scope].name.zh;
            let listed = format!("{title}\n{}\n{}\n", entry.level, entry.matter);
            if !found(&dictionary, entry, &entry.matter) {
                wrong += &format!("{} is not found in: {}\n", entry.id, entry.matter);
            }
            if title.contains("国家秘密") && found(&dictionary, entry, &listed) {
                wrong += &format!("{} is found in: {listed}\n", entry.id);
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn a_false_example_is_a_failure_with_its_place() {
        let text = "[scope]\nid = \"x\"\nname = { zh = \"甲\", en = \"A\" }\n\n[[entry]]\nid = \"x.1\"\n\
            name = { zh = \"甲\", en = \"A\" }\nmatter = \"甲\"\nterms = [\"融雪剂\"]\n\
            examples = [\"融雪剂储备\", \"工业盐\"]\nnegative_examples = [\"融雪剂\"]\n";
        let dictionary = load(&[Source::new(Kind::Scope, "x.toml", text)]).unwrap();
        let failures = rehearse(&Arc::new(dictionary));
        let shown: Vec<String> = failures.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "x.toml:5: x.1: is not found in its own example: \"工业盐\"",
                "x.toml:5: x.1: is found in a negative example: \"融雪剂\""
            ]
        );
    }
}

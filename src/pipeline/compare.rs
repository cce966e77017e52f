//! Two dictionaries on one matter: which hits of scope entries would come, go or
//! change. The matter is read and folded once.

use std::collections::BTreeMap;

use crate::detect::scope_hits;
use crate::dictionary::Dictionary;
use crate::extract::{Budget, Limits, append_name, extract};
use crate::model::{Finding, Gap, Matter, Place, SourceText, Submission};
use crate::normalize::fold;

/// What became of a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The new dictionary alone has it.
    Came,
    /// The old dictionary alone has it.
    Gone,
    /// Both have it, with other evidence, qualifiers or another head word.
    Changed,
}

/// One hit that is not the same with both.
#[derive(Clone, Debug)]
pub struct Change {
    /// The entry.
    pub entry: String,
    /// What became of it.
    pub fate: Fate,
    /// Where it stands, as the new dictionary has it where that does.
    pub place: Place,
    /// What the dictionary's words were, as evidence has it.
    pub evidence: Vec<crate::model::Words>,
}

/// What two dictionaries say of one part.
#[derive(Clone, Debug, Default)]
pub struct PartDifference {
    /// Outermost first.
    pub path: Vec<String>,
    /// What was not read of it.
    pub gaps: Vec<Gap>,
    /// By entry: hits with the old and with the new dictionary.
    pub counts: BTreeMap<String, (usize, usize)>,
    /// In the order of places.
    pub changes: Vec<Change>,
}

/// Looks through a matter with both.
pub fn compare(
    old: &Dictionary,
    new: &Dictionary,
    limits: &Limits,
    matter: impl Into<Matter>,
) -> Vec<PartDifference> {
    let matter = matter.into();
    let mut budget = Budget::new(limits.clone()).for_input(matter.bytes());
    let mut parts = Vec::new();
    let mut waiting: Vec<Submission> = matter.submissions.into_iter().rev().collect();
    while let Some(submission) = waiting.pop() {
        let mut extraction = extract(&submission, &mut budget);
        waiting.extend(std::mem::take(&mut extraction.children).into_iter().rev());
        append_name(&submission, &mut extraction);
        let text = &extraction.text;
        let folded = fold(text.as_str());
        let hits = |dictionary| scope_hits(text, &folded, dictionary);
        let mut part = difference(text, hits(old), hits(new));
        part.path = submission.provenance.names().to_vec();
        part.gaps = extraction.gaps;
        parts.push(part);
    }
    parts
}

fn difference(text: &SourceText, old: Vec<Finding>, new: Vec<Finding>) -> PartDifference {
    let mut part = PartDifference::default();
    // By entry and place: a paragraph has one hit of an entry at the most, so two
    // in one block are one that moved to another head word.
    let key = |finding: &Finding| {
        let entry = finding.entry.clone().unwrap_or_default();
        (text.block_at(finding.span.start).unwrap_or_default(), entry)
    };
    let mut by_place: BTreeMap<_, (Vec<Finding>, Vec<Finding>)> = BTreeMap::new();
    for finding in old {
        by_place.entry(key(&finding)).or_default().0.push(finding);
    }
    for finding in new {
        by_place.entry(key(&finding)).or_default().1.push(finding);
    }
    for ((_, entry), (old, new)) in by_place {
        let counts = part.counts.entry(entry).or_default();
        counts.0 += old.len();
        counts.1 += new.len();
        let (mut old, mut new) = (old.into_iter(), new.into_iter());
        loop {
            let (fate, shown) = match (old.next(), new.next()) {
                (None, None) => break,
                (Some(old), Some(new)) if same(&old, &new) => continue,
                (Some(_), Some(new)) => (Fate::Changed, new),
                (None, Some(new)) => (Fate::Came, new),
                (Some(old), None) => (Fate::Gone, old),
            };
            part.changes.push(Change {
                entry: shown.entry.unwrap_or_default(),
                fate,
                place: shown.place,
                evidence: shown.evidence.into_iter().map(|evidence| evidence.words).collect(),
            });
        }
    }
    part
}

fn same(old: &Finding, new: &Finding) -> bool {
    old.span == new.span
        && old.missing_qualifiers == new.missing_qualifiers
        && old.evidence == new.evidence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::{Kind, Source, load};

    fn dictionary(terms: &str, more: &str) -> Dictionary {
        let entry = |id: &str, terms: &str, more: &str| {
            format!("[[entry]]\nid = \"x.{id}\"\nmatter = \"甲\"\nterms = [{terms}]\n{more}\n")
        };
        let file = format!(
            "[scope]\nid = \"x\"\nname = {{ zh = \"甲\", en = \"A\" }}\n{}{}",
            entry("1", terms, more),
            entry("2", "\"工业盐\"", "")
        );
        load(&[Source::new(Kind::Scope, "x.toml", file)]).unwrap()
    }

    #[test]
    fn hits_come_go_and_change() {
        let old = dictionary("\"融雪剂\"", "");
        let text = "融雪剂储备。\n工业盐。\n储备点位与融雪剂。\n点位。";
        let tell = |new: &Dictionary| {
            let matter = Submission::file("a.txt".to_owned(), text.as_bytes().to_vec());
            let parts = compare(&old, new, &Limits::default(), matter);
            let [part] = &parts[..] else { panic!("one part") };
            assert!(part.gaps.is_empty());
            assert_eq!(part.counts["x.2"], (1, 1));
            let line = |change: &Change| {
                (change.entry.clone(), change.fate, change.place.line.unwrap_or_default())
            };
            part.changes.iter().map(line).collect::<Vec<_>>()
        };
        let one = || "x.1".to_owned();
        assert_eq!(tell(&dictionary("\"融雪剂\"", "")), []);
        assert_eq!(
            tell(&dictionary("\"融雪剂\", \"点位\"", "")),
            [(one(), Fate::Changed, 3), (one(), Fate::Came, 4)]
        );
        assert_eq!(
            tell(&dictionary("\"融雪剂\"", "exclusions = [\"点位\"]")),
            [(one(), Fate::Gone, 3)]
        );
        assert_eq!(
            tell(&dictionary("\"融雪剂\"", "qualifiers = [\"储备点位\"]")),
            [(one(), Fate::Changed, 1), (one(), Fate::Changed, 3)]
        );
    }
}

//! What a person's decision may take out of the count: what is worth a look, and
//! never a mark of a classification, what forbids disclosure, what nobody here
//! may decide alone, or what rests on more than one place.

use super::verdict_of;
use crate::model::{
    Date, Decided, Facts, Finding, Note, Part, Severity, Suppression, Verdict, Words,
};

/// Why a finding cannot be suppressed; `None` where it can.
pub fn why_not_suppressed(finding: &Finding) -> Option<Words> {
    let rule = finding.rule.as_str();
    if finding.severity == Severity::Note {
        return Some(Words::new(
            "it is a note: it changes no verdict, so there is nothing to suppress",
            "仅为提示，不影响结论，无须排除",
        ));
    }
    if finding.severity == Severity::Block || (finding.mark.is_some() && finding.level.is_some()) {
        return Some(Words::new(
            "marks of a classification are never suppressed",
            "涉密标志一律不得排除",
        ));
    }
    if verdict_of(finding) != Verdict::Review {
        return Some(Words::new("nobody here may decide alone about it", "本单位不得自行决定"));
    }
    if finding.evidence.iter().any(|evidence| evidence.id == "scope-further") {
        return Some(Words::new(
            "it stands for further places that are not listed",
            "该发现还代表其他未列出之处",
        ));
    }
    // Two places and their order: what holds for one says nothing about the other.
    if rule.contains(".conflict.") || rule.ends_with(".aggregation") {
        return Some(Words::new(
            "it rests on more than one place: suppress what it rests on, where that may be",
            "该发现涉及多处内容，只能就所涉各处分别排除",
        ));
    }
    None
}

/// Takes out of the count what decisions that hold on this day are about.
pub(super) fn apply(part: &mut Part, facts: &Facts, as_of: Date) {
    for finding in &mut part.findings {
        if let Some(by) = about(finding, facts)
            && (by.made..=by.expires).contains(&as_of)
            && why_not_suppressed(finding).is_none()
        {
            finding.suppressed = Some(by.clone());
        }
    }
}

/// Says which decisions are about a finding and do not hold. The findings have
/// their ids by then.
pub(super) fn say(part: &mut Part, facts: &Facts, as_of: Date) {
    let counted = part.findings.iter().filter(|finding| finding.suppressed.is_none());
    let notes = counted.filter_map(|finding| {
        let by = about(finding, facts)?;
        Some(match why_not_suppressed(finding) {
            Some(why) => not_allowed(finding, by, &why),
            None if as_of < by.made => not_yet(finding, by),
            None => expired(finding, by),
        })
    });
    let notes: Vec<Note> = notes.collect();
    part.notes.extend(notes);
}

/// The decision about a finding; of two the one that holds longest.
fn about<'f>(finding: &Finding, facts: &'f Facts) -> Option<&'f Suppression> {
    let is_about = |decided: &&Decided| {
        decided.span == finding.span
            && decided.rule == finding.rule
            && decided.entry == finding.entry
    };
    facts.decided.iter().filter(is_about).map(|d| &d.by).max_by_key(|by| (by.expires, &by.id))
}

fn expired(finding: &Finding, by: &Suppression) -> Note {
    let (id, Suppression { id: name, owner, expires, .. }) = (&finding.id, by);
    Note {
        id: "suppression-expired",
        message: Words::new(
            format!("{id} counts again: suppression {name} of {owner} expired on {expires}."),
            format!("{id}重新计入：{owner}的排除决定{name}已于{expires}到期。"),
        ),
    }
}

fn not_yet(finding: &Finding, by: &Suppression) -> Note {
    let (id, Suppression { id: name, owner, made, .. }) = (&finding.id, by);
    Note {
        id: "suppression-not-yet",
        message: Words::new(
            format!(
                "{id} counts: suppression {name} of {owner} was made on {made}, after the day of judgement."
            ),
            format!("{id}计入：{owner}的排除决定{name}作出于{made}，晚于判断日期。"),
        ),
    }
}

fn not_allowed(finding: &Finding, by: &Suppression, why: &Words) -> Note {
    let (id, Suppression { id: name, owner, .. }) = (&finding.id, by);
    Note {
        id: "suppression-not-allowed",
        message: Words::new(
            format!("{id} counts in spite of suppression {name} of {owner}: {}.", why.en),
            format!("{owner}的排除决定{name}不适用于{id}：{}。", why.zh),
        ),
    }
}

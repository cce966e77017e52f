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
    if finding.severity == Severity::Block || finding.level.is_some() {
        return Some(Words::new(
            "marks of a classification are never suppressed",
            "涉密标志一律不得排除",
        ));
    }
    if verdict_of(finding) != Verdict::Review {
        return Some(Words::new("nobody here may decide alone about it", "本单位不得自行决定"));
    }
    // Two places and their order: what holds for one says nothing about the other.
    if rule.contains(".conflict.") || rule.ends_with(".aggregation") {
        return Some(Words::new(
            "it rests on more than one place: suppress what it rests on, where that may be",
            "该发现涉及多处内容，只能就所涉各处分别排除",
        ));
    }
    let may = rule.ends_with(".scope.hit")
        || rule.ends_with(".term.expired")
        || [".mark.", ".defect."].iter().any(|kind| rule.contains(kind));
    if !may {
        return Some(Words::new(
            "only hits of scopes, marks that classify nothing and defects of marks are",
            "只有事项范围命中、非密级标志和标志瑕疵可以排除",
        ));
    }
    if finding.evidence.iter().any(|evidence| evidence.id == "scope-further") {
        return Some(Words::new(
            "it stands for further places that are not listed",
            "该发现还代表其他未列出之处",
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
    let counted = part.findings.iter_mut().filter(|finding| finding.suppressed.is_none());
    for finding in counted {
        let Some(by) = about(finding, facts) else { continue };
        let note = match why_not_suppressed(finding) {
            Some(why) => not_allowed(finding, by, &why),
            None if as_of < by.made => not_yet(finding, by),
            None => expired(finding, by),
        };
        finding.unheeded = Some(by.clone());
        part.notes.push(note);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::Dictionary;
    use crate::model::{Evidence, Level, Place, Said};

    fn finding(rule: &str, severity: Severity) -> Finding {
        Finding {
            id: "f1".into(),
            rule: rule.into(),
            severity,
            level: None,
            mark: None,
            place: Place::default(),
            quote: None,
            context: None,
            evidence: Vec::new(),
            basis: Vec::new(),
            entry: None,
            missing_qualifiers: None,
            suppressed: None,
            unheeded: None,
            message: Words::default(),
            span: 0..3,
            said: Said::default(),
        }
    }

    #[test]
    fn of_all_rules_these_may_be_suppressed_where_they_ask_for_a_review() {
        let dictionary = Dictionary::shipped();
        let may = |severity| {
            let rules = dictionary.rules.iter().map(|rule| rule.id.as_str());
            let rules = rules.filter(|rule| !rule.starts_with("gap."));
            rules.filter(move |rule| why_not_suppressed(&finding(rule, severity)).is_none())
        };
        assert_eq!(may(Severity::Block).count(), 0);
        assert_eq!(may(Severity::Note).count(), 0);
        let allowed = ["cn.scope.hit", "cn.term.expired"];
        for rule in may(Severity::Review) {
            let kind = rule.starts_with("cn.mark.") || rule.starts_with("cn.defect.");
            assert!(kind || allowed.contains(&rule), "{rule}");
        }
        for rule in allowed.iter().chain(&["cn.mark.internal", "cn.mark.work-secret"]) {
            assert!(may(Severity::Review).any(|other| other == *rule), "{rule}");
        }
    }

    #[test]
    fn what_carries_a_level_or_stands_for_others_may_not() {
        let mut mark = finding("cn.mark.label", Severity::Review);
        mark.level = Some(Level { regime: "cn".into(), id: "mimi".into(), rank: 1 });
        let mut last = finding("cn.scope.hit", Severity::Review);
        last.evidence.push(Evidence {
            id: "scope-further".into(),
            words: Words::default(),
            weight: 0,
        });
        for (finding, why) in [(mark, "never suppressed"), (last, "further places")] {
            let reason = why_not_suppressed(&finding).expect("a reason").en;
            assert!(reason.contains(why), "{reason}");
        }
    }

    #[test]
    fn rule_entry_place_and_day_are_compared() {
        let days =
            |made, expires| (Date::constant(2026, made, 1), Date::constant(2027, expires, 1));
        let decided = |rule: &str, entry: Option<&str>, span, (made, expires)| Decided {
            rule: rule.into(),
            entry: entry.map(str::to_owned),
            span,
            by: Suppression {
                id: "s-0123456789ab".into(),
                owner: "Li Hong".into(),
                reason: "A course.".into(),
                made,
                expires,
            },
        };
        let hit = "cn.scope.hit";
        for (decided, suppressed, note) in [
            (decided(hit, Some("x.1"), 0..3, days(11, 5)), true, None),
            (decided("cn.mark.internal", Some("x.1"), 0..3, days(11, 5)), false, None),
            (decided(hit, Some("x.2"), 0..3, days(11, 5)), false, None),
            (decided(hit, None, 0..3, days(11, 5)), false, None),
            (decided(hit, Some("x.1"), 0..4, days(11, 5)), false, None),
            (decided(hit, Some("x.1"), 0..3, days(12, 5)), false, Some("suppression-not-yet")),
            (decided(hit, Some("x.1"), 0..3, days(1, 1)), true, None),
        ] {
            let mut part = Part {
                path: vec!["a.txt".into()],
                media_type: "text/plain".into(),
                sha256: String::new(),
                bytes: 3,
                pages: None,
                encoding: None,
                read: crate::model::ReadState::Full,
                gaps: Vec::new(),
                notes: Vec::new(),
                findings: vec![Finding {
                    entry: Some("x.1".into()),
                    ..finding(hit, Severity::Review)
                }],
            };
            let facts = Facts { decided: vec![decided.clone()], ..Facts::default() };
            apply(&mut part, &facts, Date::constant(2026, 11, 27));
            say(&mut part, &facts, Date::constant(2026, 11, 27));
            assert_eq!(part.findings[0].suppressed.is_some(), suppressed, "{decided:?}");
            assert_eq!(part.findings[0].unheeded.is_some(), note.is_some(), "{decided:?}");
            assert_eq!(part.notes.first().map(|note| note.id), note, "{decided:?}");
        }
    }
}

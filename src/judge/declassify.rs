//! The archivist's block: where the mark that protects longest stands, whose it
//! is, when archives open, and what only a person can answer.

use jiff::ToSpan;

use super::{Judged, conflict, regime_of};
use crate::dictionary::{Dictionary, Regime};
use crate::model::{
    Date, Declassification, DeclassificationState, Facts, Level, Part, Verdict, Words,
};

/// The block of a matter, of the mark that protects longest.
pub(super) fn declassification(
    parts: &[(Part, Facts)],
    judged: &[Judged],
    dictionary: &Dictionary,
    as_of: Date,
) -> Declassification {
    use DeclassificationState as S;
    let order = |state: S| match state {
        S::Indefinite => 7,
        S::Condition => 6,
        S::Pre1991 => 5,
        S::InForce => 4,
        S::UnknownDate => 3,
        S::Expired => 2,
        S::Cancelled => 1,
        S::Unmarked => 0,
    };
    // The law's state follows the highest level first: what it protects counts.
    let chosen = judged.iter().max_by_key(|j| {
        (j.standing.is_live(), order(j.standing.state), j.standing.through, j.rank)
    });
    let Some(chosen) = chosen else {
        let stamped = parts
            .iter()
            .any(|(p, _)| p.findings.iter().any(|f| f.rule.ends_with("mark.declassified")));
        let state = if stamped { S::Cancelled } else { S::Unmarked };
        return Declassification { questions: questions(state), ..Declassification::of(state) };
    };
    let standing = &chosen.standing;
    let (part, facts) = &parts[chosen.part];
    let regime = part.findings.get(chosen.finding).and_then(|f| regime_of(f, dictionary));
    let regime = regime.or_else(|| dictionary.regimes.first());
    let issued = standing.issue.as_ref().map(|issue| issue.date);
    let edition = issued.zip(regime).and_then(|(day, r)| r.edition_on(day)).map(|e| e.id.clone());
    Declassification {
        protected_through: standing.through,
        issue_date: issued,
        issue_date_from: standing.issue.as_ref().map(|issue| issue.from.to_owned()),
        edition,
        implicit_term: standing.implicit,
        original_classifying_body: facts.issuing_body.clone(),
        archives_open: issued.zip(regime).and_then(|(day, regime)| opens(day, regime, as_of)),
        questions: questions(standing.state),
        ..Declassification::of(standing.state)
    }
}

/// The day from which archives of a day are to be open by the law of `as_of`
/// (Archives Law 2020 art. 27: 25 years; before 2021: 30). A clock of its own:
/// what is secret then follows the law of secrecy.
fn opens(issued: Date, regime: &Regime, as_of: Date) -> Option<Date> {
    let years = regime.opening_on(as_of)?.years;
    issued.checked_add(i64::from(years).years()).ok()
}

/// What a person must still answer before anything is declassified.
fn questions(state: DeclassificationState) -> Vec<Words> {
    use DeclassificationState as S;
    let owner = || {
        Words::new(
            "Is the body named the original classifying body, or who has its functions now?",
            "所列机关是否为原定密机关？已撤销或者合并的，职能由谁承担？",
        )
    };
    let own = match state {
        S::Unmarked => return Vec::new(),
        S::InForce => Words::new(
            "Was the term changed, or the document declassified early?",
            "保密期限是否变更过，是否已提前解密？",
        ),
        S::Expired => Words::new(
            "Was a notice of extension served before the term ended?",
            "期限届满前是否收到延长保密期限的通知？",
        ),
        S::Condition => Words::new(
            "Has the condition come about, and on which day?",
            "解密条件是否已经成就，何日成就？",
        ),
        S::Indefinite => Words::new(
            "Which entry of a matter scope allows a term without end?",
            "依据哪一条保密事项范围确定为长期？",
        ),
        S::Cancelled => Words::new(
            "Who declassified it, when, and by which notice?",
            "由谁、何时、以何通知解密？",
        ),
        S::Pre1991 => Words::new(
            "Have the original classifying body or the archives reviewed documents of before 1991?",
            "原定密机关或者档案馆是否已对1991年以前的文件进行解密审核？",
        ),
        S::UnknownDate => Words::new("On which day was the document issued?", "文件何日制发？"),
    };
    vec![own, owner()]
}

/// The step a verdict names, with who decides and by when where the regime's law
/// says it (Regulations 2014 art. 19, 2024 art. 25).
pub(super) fn next_step(
    verdict: Verdict,
    parts: &[(Part, Facts)],
    level: Option<&Level>,
    dictionary: &Dictionary,
    as_of: Date,
) -> Words {
    let plain = super::next_step::words(verdict);
    if verdict != Verdict::Refer {
        return plain;
    }
    let Some(regime) = dictionary.regimes.iter().find(|r| r.unclear_on(as_of).is_some()) else {
        return plain;
    };
    let Some(unclear) = regime.unclear_on(as_of) else { return plain };
    let body = parts.iter().find_map(|(_, facts)| facts.issuing_body.as_deref());
    let tier = body.and_then(|body| conflict::tier(body, regime)).map(|organ| organ.tier.as_str());
    let claimed =
        parts.iter().flat_map(|(part, _)| &part.findings).filter_map(|f| f.level.as_ref());
    let levels = || claimed.clone().chain(level).filter(|level| level.regime == regime.id);
    let national = levels().any(|level| unclear.national_levels.contains(&level.id))
        || tier.is_some_and(|tier| unclear.national_tiers.iter().any(|known| known == tier));
    let whom = if national { &unclear.national } else { &unclear.provincial };
    Words::new(
        format!(
            "{} Whom: the competent department with authority, or {}. {}",
            plain.en, whom.en, unclear.deadline.en
        ),
        format!("{}受理：有权的业务主管部门，或者{}。{}", plain.zh, whom.zh, unclear.deadline.zh),
    )
}

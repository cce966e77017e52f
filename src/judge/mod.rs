//! Findings + gaps + facts + date → verdict.
//!
//! A pure function: what a mark is worth on a day, who contradicts whom, and
//! what is to be done. It never opens what was read.

mod aggregation;
mod conflict;
mod declassify;
mod next_step;
mod suppress;
mod term;

pub use suppress::why_not_suppressed;

use crate::dictionary::{Dictionary, Regime};
use crate::model::{
    Coverage, Date, DeclassificationState, Disclosure, EngineId, Examination, Facts, Finding,
    IssueDate, Level, MarkForm, Part, Place, ReadState, Region, Said, Severity, Term, Verdict,
    Words,
};
use declassify::declassification;
use term::Standing;

/// What is judged: the parts of one matter with what each says of itself.
#[derive(Debug)]
pub struct Case {
    /// What the matter is called.
    pub source: String,
    /// Its digest.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its parts, each container before what is packed in it.
    pub parts: Vec<(Part, Facts)>,
}

/// A mark with what it is worth.
#[derive(Clone, Debug)]
struct Judged {
    /// The part and the finding in it.
    part: usize,
    finding: usize,
    rank: u8,
    standing: Standing,
}

/// Judges a matter as of a day.
pub fn judge(mut case: Case, dictionary: &Dictionary, as_of: Date) -> Examination {
    let mut judged = Vec::new();
    for part in 0..case.parts.len() {
        judged.extend(marks_of(&mut case, part, dictionary, as_of));
    }
    for (part, facts) in &mut case.parts {
        for (regime, _) in facts.declassify_on.iter().filter(|(_, day)| *day < as_of) {
            past_its_day(part, regime);
        }
    }
    conflict::weigh(&mut case.parts, &judged, dictionary);
    for (part, facts) in &mut case.parts {
        suppress::apply(part, facts, as_of);
    }
    aggregation::add_up(&mut case.parts, dictionary, as_of);
    explain(&mut case.parts, &judged, dictionary, as_of);

    let mut coverage = Coverage::default();
    let mut verdict = Verdict::NoFinding;
    let mut number = 0;
    let mut suppressed = 0;
    for (part, facts) in &mut case.parts {
        coverage.parts += 1;
        if part.read == ReadState::Full {
            coverage.read += 1
        } else {
            coverage.unread += 1
        }
        if !part.gaps.is_empty() {
            verdict = verdict.max(Verdict::Incomplete);
        }
        part.findings.sort_by(|a, b| {
            (a.span.start, a.span.end, &a.rule).cmp(&(b.span.start, b.span.end, &b.rule))
        });
        for finding in &mut part.findings {
            number += 1;
            finding.id = format!("f{number}");
        }
        suppress::say(part, facts, as_of);
        for finding in &part.findings {
            match finding.suppressed {
                None => verdict = verdict.max(verdict_of(finding)),
                Some(_) => suppressed += 1,
            }
        }
    }
    let highest = judged.iter().filter(|j| j.standing.is_live()).max_by_key(|j| j.rank);
    let level = highest.and_then(|j| {
        case.parts[j.part]
            .0
            .findings
            .iter()
            .filter_map(|f| f.level.clone())
            .find(|l| l.rank == j.rank)
    });
    let declassification = declassification(&case.parts, &judged, dictionary, as_of);
    let next_step = match (verdict, suppressed) {
        (Verdict::NoFinding, 1..) => next_step::nothing_else(suppressed),
        _ => declassify::next_step(verdict, &case.parts, level.as_ref(), dictionary, as_of),
    };
    Examination {
        schema: "vetmark.examination/1",
        source: case.source,
        sha256: case.sha256,
        bytes: case.bytes,
        as_of,
        verdict,
        disclosure: Disclosure::NeedsHumanApproval,
        level,
        next_step,
        declassification: Some(declassification),
        parts: case.parts.into_iter().map(|(part, _)| part).collect(),
        coverage,
        engine: EngineId {
            name: "vetmark",
            version: env!("CARGO_PKG_VERSION"),
            rules: dictionary.rules_digest.clone(),
            dictionaries: dictionary.scopes_digest.clone(),
            suppressions: None,
            budget: None,
        },
    }
}

/// Lowers what a banner regime's document says of itself once the day after
/// Declassify On has come: a person still looks (32 CFR 2001.15, 2001.21).
fn past_its_day(part: &mut Part, regime: &str) {
    for finding in &mut part.findings {
        let own = finding.rule.strip_prefix(regime).is_some_and(|rest| rest.starts_with('.'));
        if own && finding.severity == Severity::Block {
            finding.severity = Severity::Review;
        }
    }
}

fn verdict_of(finding: &Finding) -> Verdict {
    match finding.severity {
        Severity::Note => Verdict::NoFinding,
        Severity::Review if finding.rule.ends_with(".derivative.unmarked") => Verdict::Refer,
        Severity::Review if finding.rule.ends_with(".authority.level") => Verdict::Refer,
        Severity::Review => Verdict::Review,
        Severity::Block => Verdict::Withhold,
    }
}

fn is_mark(finding: &Finding) -> bool {
    finding.mark.is_some()
        && ["mark.state-secret", "mark.label", "mark.portion"]
            .iter()
            .any(|end| finding.rule.ends_with(end))
}

fn regime_of<'d>(finding: &Finding, dictionary: &'d Dictionary) -> Option<&'d Regime> {
    regime_named(&finding.level.as_ref()?.regime, dictionary)
}

fn regime_named<'d>(id: &str, dictionary: &'d Dictionary) -> Option<&'d Regime> {
    dictionary.regimes.iter().find(|regime| regime.id == id)
}

/// Weighs each mark of a part, lowers what no longer protects, and adds what is
/// wrong with its form or term.
fn marks_of(case: &mut Case, part: usize, dictionary: &Dictionary, as_of: Date) -> Vec<Judged> {
    let issue = issue_date(case, part);
    let (this, facts) = &mut case.parts[part];
    let declassified = this.findings.iter().any(|f| f.rule.ends_with("mark.declassified"));
    let mut judged = Vec::new();
    let mut added = Vec::new();
    for number in 0..this.findings.len() {
        let finding = &mut this.findings[number];
        let Some(regime) = regime_of(finding, dictionary) else { continue };
        let (true, Some(mark), Some(level)) =
            (is_mark(finding), finding.mark.clone(), finding.level.clone())
        else {
            continue;
        };
        let mut standing = term::standing(&mark, issue.as_ref(), regime, as_of);
        let told = term::extend(&mut standing, &facts.extensions, as_of);
        finding.evidence.extend(told);
        let struck = finding.evidence.iter().any(|e| e.id == "struck-out");
        if declassified || struck {
            standing.state = DeclassificationState::Cancelled;
        }
        if !standing.is_live() {
            finding.severity = Severity::Review;
        }
        let mut add = |rule: &str, severity: Severity| {
            added.push(derived(finding, &regime.id, rule, severity))
        };
        defects(&mut add, &mark, &standing, regime);
        layout(&mut add, finding, facts, &standing, regime, as_of);
        judged.push(Judged { part, finding: number, rank: level.rank, standing });
    }
    this.findings.extend(added);
    judged
}

/// The part's own date, else that of the nearest container that has one.
fn issue_date(case: &Case, part: usize) -> Option<IssueDate> {
    let path = &case.parts[part].0.path;
    case.parts[..=part]
        .iter()
        .rev()
        .filter(|(other, _)| path.starts_with(&other.path))
        .find_map(|(_, facts)| facts.issue_dates.first().cloned())
}

fn derived(from: &Finding, regime: &str, rule: &str, severity: Severity) -> Finding {
    Finding {
        rule: format!("{regime}.{rule}"),
        severity,
        mark: None,
        level: None,
        basis: Vec::new(),
        message: Words::default(),
        said: Said {
            level: from.level.clone().or_else(|| from.said.level.clone()),
            mark: from.mark.clone().or_else(|| from.said.mark.clone()),
            other: from.said.other.clone(),
        },
        ..from.clone()
    }
}

fn defects(
    add: &mut impl FnMut(&str, Severity),
    mark: &crate::model::Mark,
    standing: &Standing,
    regime: &Regime,
) {
    if mark.form == MarkForm::Malformed {
        add("defect.malformed", Severity::Review);
    }
    match standing.state {
        DeclassificationState::Expired => add("term.expired", Severity::Review),
        DeclassificationState::Condition => add("term.condition", Severity::Block),
        DeclassificationState::UnknownDate if matches!(mark.term, Term::Duration(_)) => {
            add("defect.no-issue-date", Severity::Note);
        }
        _ => {}
    }
    let since = regime.terms.indefinite_needs_scope_from;
    let issued = standing.issue.as_ref().map(|issue| issue.date);
    let needs_scope = since.zip(issued).is_none_or(|(since, issued)| issued >= since);
    let maximum = regime.level_entry(&mark.level).and_then(|level| level.maximum_years);
    match &mark.term {
        Term::None if standing.state != DeclassificationState::Pre1991 => {
            add("defect.no-term", Severity::Note)
        }
        Term::Indefinite if needs_scope => add("defect.indefinite-term", Severity::Review),
        Term::Duration(length)
            if maximum.is_some_and(|m| {
                u32::from(length.years) * 12 + u32::from(length.months) > u32::from(m) * 12
            }) =>
        {
            add("defect.term-over-maximum", Severity::Review);
        }
        _ => {}
    }
}

/// Copy number, position and authority, by the layout in force at issue.
fn layout(
    add: &mut impl FnMut(&str, Severity),
    finding: &Finding,
    facts: &Facts,
    standing: &Standing,
    regime: &Regime,
    as_of: Date,
) {
    let on_page = finding.rule.ends_with("state-secret") && finding.place.region == Region::Body;
    if !on_page
        || !facts.official
        || finding.place.page != Some(1)
        || conflict::heads_an_annex(finding)
    {
        return;
    }
    let Some(mark) = &finding.mark else { return };
    let day = standing.issue.as_ref().map_or(as_of, |issue| issue.date);
    if let Some(layout) = regime.layout_on(day) {
        if !facts.copy_number && layout.copy_number_for.contains(&mark.level) {
            add("defect.no-copy-number", Severity::Note);
        }
        let seen = |id: &str| finding.evidence.iter().any(|e| e.id == id);
        let right = seen("flush-right") || seen("centred");
        let far = finding.place.line.is_some_and(|line| line > 8);
        if far || (right && layout.mark_at == crate::dictionary::Edge::Left) {
            add("defect.position", Severity::Note);
        }
    }
    let tier = facts.issuing_body.as_deref().and_then(|body| conflict::tier(body, regime));
    if let Some(tier) = tier
        && !tier.may.contains(&mark.level)
        && mark.level == "juemi"
        && facts.citations.is_empty()
    {
        add("authority.level", Severity::Review);
    }
}

/// Gives every finding its law and its sentence.
fn explain(parts: &mut [(Part, Facts)], judged: &[Judged], dictionary: &Dictionary, as_of: Date) {
    for (number, (part, facts)) in parts.iter_mut().enumerate() {
        let issued = facts.issue_dates.first().map(|issue| issue.date);
        let through =
            judged.iter().filter(|j| j.part == number).filter_map(|j| j.standing.through).max();
        let shown = part.findings.iter().find(|f| is_mark(f)).cloned();
        for finding in &mut part.findings {
            let Some(rule) = dictionary.rule(&finding.rule) else { continue };
            if finding.basis.is_empty() {
                finding.basis = rule.basis_on(issued, as_of);
            }
            if finding.message == Words::default() {
                let own = Said {
                    level: finding.level.clone().or_else(|| finding.said.level.clone()),
                    mark: finding.mark.clone().or_else(|| finding.said.mark.clone()),
                    other: finding.said.other.clone(),
                };
                let shown = || Said {
                    level: shown.as_ref().and_then(|mark| mark.level.clone()),
                    mark: shown.as_ref().and_then(|mark| mark.mark.clone()),
                    other: finding.said.other.clone(),
                };
                let of = if own.level.is_some() { own } else { shown() };
                finding.message = message(&rule.message, finding, &of, through, dictionary, facts);
            }
        }
    }
}

fn message(
    words: &Words,
    finding: &Finding,
    of: &Said,
    through: Option<Date>,
    dictionary: &Dictionary,
    facts: &Facts,
) -> Words {
    let regime = of.level.as_ref().and_then(|level| regime_named(&level.regime, dictionary));
    let entry = regime.zip(of.level.as_ref()).and_then(|(r, level)| r.level_entry(&level.id));
    let term = of.mark.as_ref().map_or_else(Words::default, |mark| term::words(&mark.term));
    let level = entry.map_or_else(Words::default, |e| e.name.clone());
    let maximum = entry.and_then(|e| e.maximum_years).map_or_else(String::new, |y| y.to_string());
    let tier =
        regime.zip(facts.issuing_body.as_deref()).and_then(|(r, body)| conflict::tier(body, r));
    let organ = tier.map_or_else(Words::default, |t| t.name.clone());
    let through = through.map_or_else(|| "?".to_owned(), |day| day.to_string());
    let place = place(&finding.place);
    let entry = finding.entry.clone().unwrap_or_default();
    let fill = |text: &Words, pick: fn(&Words) -> &String| {
        let values = [
            ("level", pick(&level)),
            ("term", pick(&term)),
            ("through", &through),
            ("maximum", &maximum),
            ("organ", pick(&organ)),
            ("place", pick(&place)),
            ("entry", &entry),
            ("other", pick(&of.other)),
        ];
        values.iter().fold(pick(text).clone(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    };
    Words::new(fill(words, |w| &w.en), fill(words, |w| &w.zh))
}

/// A place as messages name it: the page, or what else bears a mark.
fn place(place: &Place) -> Words {
    let label = &place.label;
    match (place.region, place.page, place.line) {
        (Region::FileName, ..) => Words::new("The file name", "文件名"),
        (Region::AttachmentName, ..) => Words::new("The attachment's name", "附件名称"),
        (Region::Subject, ..) => Words::new("The mail subject", "邮件主题"),
        (Region::MailHeader, ..) => {
            Words::new(format!("The mail header {label}"), format!("邮件头“{label}”"))
        }
        (Region::Property, ..) => {
            Words::new(format!("The document property {label}"), format!("文件属性“{label}”"))
        }
        (_, Some(page), Some(line)) => {
            Words::new(format!("Page {page}, line {line}"), format!("第{page}页第{line}行"))
        }
        _ => Words::new(label.clone(), label.clone()),
    }
}

/// The highest of some levels of one regime.
fn highest<'l>(levels: impl Iterator<Item = &'l Level>) -> Option<&'l Level> {
    levels.max_by_key(|level| level.rank)
}

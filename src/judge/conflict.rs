//! Who contradicts whom: marks against marks, names, properties, attachments,
//! labels and disclosure attributes (domain facts C.1).

use std::ops::Range;

use super::{Judged, derived, highest, is_mark};
use crate::dictionary::{Dictionary, Organ, Regime};
use crate::model::{Facts, Finding, Level, Part, Region, Severity, Words};

type Parts = [(Part, Facts)];

/// Marks of one part that are held against each other.
const COMPARED: usize = 500;

/// Adds what the marks, names, labels and attributes of a matter contradict.
pub(super) fn weigh(parts: &mut Parts, judged: &[Judged], dictionary: &Dictionary) {
    for regime in &dictionary.regimes {
        for part in 0..parts.len() {
            let mut added = Vec::new();
            let marks: Vec<(&Finding, &Judged)> = judged
                .iter()
                .filter(|j| j.part == part)
                .filter_map(|j| parts[part].0.findings.get(j.finding).map(|f| (f, j)))
                .filter(|(f, _)| f.level.as_ref().is_some_and(|l| l.regime == regime.id))
                .collect();
            let live: Vec<&Finding> =
                marks.iter().filter(|(_, j)| j.standing.is_live()).map(|(f, _)| *f).collect();
            disclosure(&parts[part].0, &live, regime, &mut added);
            levels(&live, regime, &mut added);
            metadata(&marks, regime, &mut added);
            higher(parts, part, &live, regime, &mut added);
            facts(&parts[part].1, &marks, regime, &mut added);
            parts[part].0.findings.extend(added);
        }
    }
}

/// A live mark together with an attribute that lets the document out.
fn disclosure(part: &Part, live: &[&Finding], regime: &Regime, added: &mut Vec<Finding>) {
    let rule = format!("{}.mark.disclosure", regime.id);
    let released = part.findings.iter().find(|f| f.rule == rule && f.severity == Severity::Note);
    if let (Some(released), false) = (released, live.is_empty()) {
        let mut finding = derived(released, &regime.id, "conflict.public-release", Severity::Block);
        finding.said.level = live.iter().filter_map(|f| f.level.clone()).max_by_key(|l| l.rank);
        added.push(finding);
    }
}

fn on_page(finding: &Finding) -> bool {
    finding.place.region.is_visible() && !finding.rule.ends_with("mark.portion")
}

fn level(finding: &Finding) -> Option<&Level> {
    finding.level.as_ref()
}

/// Marks on the page that disagree on the level, or stand beside each other.
fn levels(live: &[&Finding], regime: &Regime, added: &mut Vec<Finding>) {
    // Each is held against those before it: enough of them tell the story.
    let seen: Vec<&&Finding> = live.iter().filter(|f| on_page(f)).take(COMPARED).collect();
    for (number, one) in seen.iter().enumerate() {
        let beside =
            seen[..number].iter().find(|other| beside(one, other) && one.mark != other.mark);
        let apart = || {
            seen[..number].iter().find(|other| {
                level(other) != level(one) && !is_own(one, other) && !self::beside(one, other)
            })
        };
        let (rule, other) = match (beside, apart) {
            (Some(other), _) => ("conflict.two-marks", other),
            (None, apart) => match apart() {
                Some(other) => ("conflict.level", other),
                None => continue,
            },
        };
        let mut finding = derived(one, &regime.id, rule, Severity::Review);
        let entry = level(other).and_then(|level| regime.level_entry(&level.id));
        finding.said.other = entry.map_or_else(Words::default, |entry| entry.name.clone());
        added.push(finding);
    }
}

/// Whether two marks stand in one place: same region, page and neighbouring lines.
fn beside(one: &Finding, other: &Finding) -> bool {
    let (a, b) = (&one.place, &other.place);
    a.region == b.region
        && a.page == b.page
        && a.label == b.label
        && a.line.zip(b.line).is_none_or(|(a, b)| a.abs_diff(b) <= 2)
        && one.span != other.span
}

/// A mark at the head of a later page or of an annex, which is that one's or a
/// compiled item's.
fn annexed(finding: &Finding) -> bool {
    let later = finding.place.page.is_some_and(|page| page > 1);
    (finding.place.region == Region::Body && later) || heads_an_annex(finding)
}

/// Whether a mark may differ from one before it: an annex's own, and of what is
/// compiled behind a cover those that are lower.
fn is_own(one: &Finding, before: &Finding) -> bool {
    let rank = |finding: &Finding| level(finding).map(|level| level.rank);
    heads_an_annex(one) || (annexed(one) && rank(one) < rank(before))
}

/// Whether it stands below a line that heads an annex.
pub(super) fn heads_an_annex(finding: &Finding) -> bool {
    finding.evidence.iter().any(|evidence| evidence.id == "annex")
}

/// A name, property or subject that says other than the page.
fn metadata(marks: &[(&Finding, &Judged)], regime: &Regime, added: &mut Vec<Finding>) {
    let page: Vec<&Finding> =
        marks.iter().map(|(f, _)| *f).filter(|f| f.place.region.is_visible()).collect();
    for (finding, _) in marks {
        let named = matches!(
            finding.place.region,
            Region::Property
                | Region::FileName
                | Region::AttachmentName
                | Region::Subject
                | Region::MailHeader
        );
        if named && !page.iter().any(|f| level(f) == level(finding)) {
            added.push(derived(finding, &regime.id, "conflict.metadata", Severity::Review));
        }
    }
}

/// Attachments, annexes and portions marked higher than their cover.
fn higher(
    parts: &Parts,
    part: usize,
    live: &[&Finding],
    regime: &Regime,
    added: &mut Vec<Finding>,
) {
    let own = live.iter().filter(|f| on_page(f) && !annexed(f)).filter_map(|f| level(f));
    let own = highest(own).map_or(0, |l| l.rank);
    for finding in live.iter().filter(|f| annexed(f) || f.rule.ends_with("mark.portion")) {
        // Without a mark of its own nothing says that page 1 is another's cover.
        let covered = own > 0 || heads_an_annex(finding);
        if covered && level(finding).is_some_and(|l| l.rank > own) {
            added.push(derived(finding, &regime.id, "conflict.attachment-higher", Severity::Block));
        }
    }
    let Some(cover) = cover(parts, part) else { return };
    let cover = highest(
        parts[cover]
            .0
            .findings
            .iter()
            .filter(|f| is_mark(f) && f.place.region.is_visible())
            .filter_map(level),
    )
    .map_or(0, |l| l.rank);
    let top = live
        .iter()
        .filter(|f| f.place.region.is_visible())
        .max_by_key(|f| level(f).map(|l| l.rank));
    if let Some(top) = top
        && level(top).is_some_and(|l| l.rank > cover)
    {
        added.push(derived(top, &regime.id, "conflict.attachment-higher", Severity::Block));
    }
}

/// The nearest document around a part that has a page of its own: an archive
/// is a box, not a cover.
fn cover(parts: &Parts, part: usize) -> Option<usize> {
    let path = &parts[part].0.path;
    let above: Range<usize> = 0..part;
    above.rev().find(|&other| {
        let other = &parts[other].0;
        other.path.len() < path.len() && path.starts_with(&other.path) && !is_box(&other.media_type)
    })
}

fn is_box(media_type: &str) -> bool {
    ["zip", "tar", "gzip", "7z", "rar", "x-xz", "zstd", "bzip"]
        .iter()
        .any(|word| media_type.contains(word))
}

/// What the document says of itself besides its marks.
fn facts(facts: &Facts, marks: &[(&Finding, &Judged)], regime: &Regime, added: &mut Vec<Finding>) {
    let own = |finding: &&Finding| finding.rule.starts_with(&format!("{}.", regime.id));
    if marks.is_empty() {
        added.extend(facts.citations.iter().filter(own).take(1).cloned());
    } else {
        added.extend(facts.unclassified.iter().filter(own).cloned());
    }
    added.extend(facts.translations.iter().filter(own).take(1).cloned());
}

/// The tier of an issuing body by its name: the tier whose word stands last in it.
pub(super) fn tier<'r>(body: &str, regime: &'r Regime) -> Option<&'r Organ> {
    let mut best: Option<(usize, &Organ)> = None;
    for organ in &regime.organs {
        for word in organ.holds.iter().chain(&organ.ends) {
            if let Some(at) = body.rfind(word.as_str()) {
                let end = at + word.len();
                if best.is_none_or(|(known, _)| end > known) {
                    best = Some((end, organ));
                }
            }
        }
    }
    best.map(|(_, organ)| organ)
}

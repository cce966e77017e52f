//! One word for what was found, for peers that take one word: `Review.Mark.StateSecret`,
//! `Review.Unread.Encrypted`. The names are stable: other programs' settings hold them.

use crate::model::{Examination, Finding, Gap, GapKind, Severity, Verdict};

/// Said where nothing was found and a person's approval is still wanted.
const APPROVAL: &str = "Review.Approval";

/// Said where there is a verdict but nothing of its weight that could be named.
const UNNAMED: &str = "Review.Other";

/// The longest name: peers have small buffers.
const LONGEST: usize = 80;

/// What was found, as one name.
pub(super) fn name(examination: &Examination) -> String {
    let parts = || examination.parts.iter();
    let finding = parts()
        .flat_map(|part| &part.findings)
        .filter(|finding| finding.suppressed.is_none() && finding.severity > Severity::Note)
        // The first of the gravest: `max_by_key` would give the last.
        .reduce(|best, next| if next.severity > best.severity { next } else { best });
    let gap = parts().flat_map(|part| &part.gaps).next();
    let (finding, gap) = (finding.map(of_finding), gap.map(of_gap));
    let name = match examination.verdict {
        Verdict::NoFinding => Some(APPROVAL.to_owned()),
        Verdict::Incomplete => gap.or(finding),
        _ => finding.or(gap),
    };
    name.unwrap_or_else(|| UNNAMED.to_owned())
}

/// Whether something was not read that a second try, a larger limit or a whole file
/// would let be read: peers are told that it failed, and not what was found.
pub(super) fn is_cut_short(examination: &Examination) -> bool {
    let cut = |gap: &Gap| {
        matches!(
            gap.kind,
            GapKind::Limit(_) | GapKind::Damaged | GapKind::MissingPart | GapKind::Crashed
        )
    };
    examination.verdict == Verdict::Incomplete
        && examination.parts.iter().flat_map(|part| &part.gaps).any(cut)
}

/// `cn.mark.state-secret` is `Review.Mark.StateSecret`, `us.banner` is `Review.Us.Banner`.
fn of_finding(finding: &Finding) -> String {
    named(finding.rule.strip_prefix("cn.").unwrap_or(&finding.rule).split('.'))
}

fn of_gap(gap: &Gap) -> String {
    let rule = gap.kind.rule().trim_start_matches("gap.");
    let limit = match gap.kind {
        GapKind::Limit(limit) => Some(limit.name()),
        _ => None,
    };
    named(["unread", rule].into_iter().chain(limit))
}

/// Words joined by dots, each with capitals for its hyphens. Whatever is no letter or
/// digit goes: some peers end a name at a blank, a colon or a parenthesis.
fn named<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut name = "Review".to_owned();
    for word in words {
        name.push('.');
        for piece in word.split(|c: char| !c.is_ascii_alphanumeric()) {
            let mut letters = piece.chars();
            name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            name.extend(letters);
        }
    }
    name.truncate(LONGEST);
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limit;

    #[test]
    fn names_are_what_peers_can_hold() {
        for (rule, want) in [
            ("cn.mark.state-secret", "Review.Mark.StateSecret"),
            ("cn.conflict.attachment-higher", "Review.Conflict.AttachmentHigher"),
            ("us.banner", "Review.Us.Banner"),
            ("text.obfuscated", "Review.Text.Obfuscated"),
            ("cn.a b:c(d)", "Review.ABCD"),
        ] {
            let rule = rule.strip_prefix("cn.").unwrap_or(rule);
            assert_eq!(named(rule.split('.')), want);
        }
        for (kind, want) in [
            (GapKind::Encrypted, "Review.Unread.Encrypted"),
            (GapKind::ImageOnly, "Review.Unread.ImageOnly"),
            (GapKind::Limit(Limit::Ratio), "Review.Unread.Limit.Ratio"),
        ] {
            assert_eq!(of_gap(&Gap::new(kind, "")), want);
        }
        let long = named([&"ü(x)".repeat(90)[..]].into_iter());
        assert!(long.len() <= LONGEST && long.is_ascii(), "{long}");
    }
}

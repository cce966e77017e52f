//! Banner regimes: a classification line at the head and foot of the page,
//! portion marks at the start of paragraphs, an authority block (32 CFR 2001.21,
//! 2001.23). Case is evidence: "(S)" marks a paragraph, "document(s)" does not.

use super::related::finding;
use super::sheet::Sheet;
use crate::dictionary::LevelEntry;
use crate::model::{Block, Finding, Mark, MarkForm, Severity, Term};

/// Longest banner line in bytes.
const LONGEST: usize = 120;

/// Everything of one banner regime in a part.
pub(super) fn banners(sheet: &Sheet) -> Vec<Finding> {
    let (mut lines, mut portions, mut authority, mut restricted) = (vec![], vec![], vec![], vec![]);
    let banner = &sheet.regime.banner;
    let id = &sheet.regime.id;
    for (block, line) in sheet.lines() {
        let line = line.trim();
        if let Some(level) = portion(sheet, line) {
            portions.push(marked(sheet, block, &format!("{id}.portion"), level));
        }
        let begins = line.chars().next();
        let may_be_one = begins.is_some_and(|c| sheet.regime.finders.banner_starts.contains(&c));
        if !may_be_one || block.span().len() > LONGEST {
            continue;
        }
        if let Some((level, controlled)) = banner_line(sheet, line) {
            lines.push((
                marked(sheet, block, &format!("{id}.banner"), level),
                controlled,
                level.rank,
            ));
        } else if is_restricted(banner, line) {
            restricted.push(finding(sheet, block, &banner.restricted_rule, Severity::Review));
        } else if banner.authority.iter().any(|start| line.starts_with(start.as_str())) {
            authority.push(finding(
                sheet,
                block,
                &format!("{id}.authority-block"),
                Severity::Block,
            ));
        }
    }
    // A level word alone on a line is ordinary English ("Confidential" at the
    // foot of a business letter) until the document says more.
    let said = !portions.is_empty()
        || authority.len() >= 2
        || lines.iter().any(|(_, controlled, _)| *controlled)
        || banner.plain;
    let classified = lines.iter().any(|(_, _, rank)| *rank > 0)
        || portions.iter().any(|p| p.severity == Severity::Block);
    let mut found = restricted;
    if said {
        found.extend(lines.into_iter().map(|(finding, _, _)| finding));
        found.extend(portions);
        if authority.len() >= 2 && classified {
            found.extend(authority.into_iter().take(1));
        }
    }
    found
}

fn marked(sheet: &Sheet, block: &Block, rule: &str, level: &LevelEntry) -> Finding {
    let severity = if level.rank > 0 { Severity::Block } else { Severity::Note };
    let mut finding = finding(sheet, block, rule, severity);
    finding.level = sheet.regime.level(&level.id);
    finding.mark =
        Some(Mark { form: MarkForm::Canonical, level: level.id.clone(), term: Term::None });
    finding
}

/// A whole line that is a banner, and whether controls follow the level.
fn banner_line<'r>(sheet: &Sheet<'r>, line: &str) -> Option<(&'r LevelEntry, bool)> {
    let mut parts = line.split("//").map(str::trim);
    let head = parts.next()?;
    let level =
        sheet.regime.levels.iter().find(|level| level.words.iter().any(|word| word == head))?;
    let rest: Vec<&str> = parts.collect();
    let upper = |part: &&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || " ,-/_.".contains(c))
    };
    rest.iter().all(upper).then_some((level, !rest.is_empty()))
}

fn is_restricted(banner: &crate::dictionary::Banner, line: &str) -> bool {
    let head = line.split("//").next().unwrap_or_default().trim();
    banner.restricted.iter().any(|word| word == head) && line.chars().all(|c| !c.is_lowercase())
}

/// A portion mark at the start of a paragraph, after its number.
fn portion<'r>(sheet: &Sheet<'r>, line: &str) -> Option<&'r LevelEntry> {
    let rest = line.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '.' | ' ' | '\t' | '•' | '-')
    });
    let inside = rest.strip_prefix('(')?;
    let (inside, after) = inside.split_once(')')?;
    if !after.starts_with([' ', '\t', '\u{a0}']) || after.trim().len() < 3 {
        return None;
    }
    let mut parts = inside.split("//").map(str::trim);
    let head = parts.next()?;
    let level =
        sheet.regime.levels.iter().find(|level| level.portions.iter().any(|word| word == head))?;
    let known = |part: &str| {
        sheet
            .regime
            .banner
            .portion_controls
            .iter()
            .any(|control| part.starts_with(control.as_str()))
    };
    let controls: Vec<&str> = parts.collect();
    // (C) and (S) alone also number lists: "(c)" is none, and neither is a
    // lone letter in a list of its neighbours; the caller asks for more.
    (controls.iter().all(|part| part.split('/').all(|p| known(p.trim())))).then_some(level)
}

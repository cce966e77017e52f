//! Banner regimes: a classification line at the head and foot of the page,
//! portion marks at the start of paragraphs, an authority block (32 CFR 2001.21,
//! 2001.23). Case is evidence: "(S)" marks a paragraph, "document(s)" does not.

use super::related::finding;
use super::sheet::Sheet;
use crate::dictionary::{Banner, LevelEntry};
use crate::model::{Block, Date, Facts, Finding, Mark, MarkForm, Region, Severity, Term};

/// Longest banner line in bytes.
const LONGEST: usize = 120;

/// Farthest from the beginning of a paragraph that a portion mark's bracket opens.
const NUMBERING: usize = 12;

/// Findings of one kind that are listed: a document of ten thousand marked
/// paragraphs is no clearer for the rest.
const LISTED: usize = 500;

/// Everything of the banner regimes in a part. The lines are gone through once
/// for all regimes.
pub(super) fn banners(sheets: &[Sheet], facts: &mut Facts) -> Vec<Finding> {
    let Some(first) = sheets.first() else { return Vec::new() };
    let mut seen: Vec<Seen> = sheets.iter().map(Seen::new).collect();
    for (block, line) in first.lines() {
        let line = line.trim_start();
        let Some(&begins) = line.as_bytes().first() else { continue };
        // Most lines begin with what no banner and no numbering begins with.
        let numbered = begins.is_ascii_digit() || matches!(begins, b'(' | b'-' | b'\xE2');
        for seen in &mut seen {
            let banner = seen.sheet.regime.finders.banner_starts.has(begins);
            if !banner && !numbered {
                continue;
            }
            seen.portion(block, line.trim_end());
            if banner && block.span().len() <= LONGEST {
                seen.line(block, line.trim_end());
            }
        }
    }
    seen.into_iter().flat_map(|seen| seen.told(facts)).collect()
}

/// A finding with the rank of its level.
struct Ranked {
    finding: Finding,
    rank: u8,
}

/// What one regime has in a part.
struct Seen<'s, 'a> {
    sheet: &'s Sheet<'a>,
    lines: Vec<Ranked>,
    portions: Vec<Ranked>,
    authority: Vec<Finding>,
    restricted: Vec<Finding>,
    declassify_on: Option<Date>,
    /// Whether a banner or portion can be nothing else: it has controls, or its
    /// words are the regime's own.
    plain: bool,
}

impl<'s, 'a> Seen<'s, 'a> {
    fn new(sheet: &'s Sheet<'a>) -> Self {
        Self {
            sheet,
            lines: Vec::new(),
            portions: Vec::new(),
            authority: Vec::new(),
            restricted: Vec::new(),
            declassify_on: None,
            plain: false,
        }
    }

    /// Looks at a short line.
    fn line(&mut self, block: &Block, line: &str) {
        let banner = &self.sheet.regime.banner;
        let id = &self.sheet.regime.id;
        if let Some((level, sure)) = banner_line(self.sheet, line) {
            self.plain |= sure;
            let finding = marked(self.sheet, block, &format!("{id}.banner"), level);
            self.lines.push(Ranked { finding, rank: level.rank });
        } else if is_restricted(banner, line) {
            let rule = &banner.restricted_rule;
            let weight = if self.sheet.about_marks { Severity::Note } else { Severity::Review };
            self.restricted.push(finding(self.sheet, block, rule, weight));
        } else if banner.authority.iter().any(|start| line.starts_with(start.as_str())) {
            if let Some(rest) =
                banner.declassify_on.as_ref().and_then(|d| line.strip_prefix(d.as_str()))
            {
                self.declassify_on = self.declassify_on.max(day(rest.trim()));
            }
            let rule = format!("{id}.authority-block");
            self.authority.push(finding(self.sheet, block, &rule, Severity::Block));
        }
    }

    /// Looks at the beginning of a paragraph.
    fn portion(&mut self, block: &Block, line: &str) {
        if let Some((level, sure)) = portion(self.sheet, line) {
            self.plain |= sure;
            let rule = format!("{}.portion", self.sheet.regime.id);
            let finding = marked(self.sheet, block, &rule, level);
            self.portions.push(Ranked { finding, rank: level.rank });
        }
    }

    /// What it comes to. A level word alone on a line is ordinary English
    /// ("Confidential" at the foot of a business letter), and one letter in
    /// brackets may number a list, until the document says more.
    fn told(mut self, facts: &mut Facts) -> Vec<Finding> {
        let block = self.authority.len() >= 2;
        let said = self.plain
            || block
            || self.portions.len() >= 2
            || (!self.portions.is_empty() && !self.lines.is_empty());
        let mut found = self.restricted;
        if !said {
            return found;
        }
        if let Some(day) = self.declassify_on.filter(|_| block) {
            facts.declassify_on.push((self.sheet.regime.id.clone(), day));
        }
        if self.sheet.about_marks {
            let spoken = self.lines.iter_mut().chain(&mut self.portions);
            for ranked in spoken.filter(|ranked| !is_in_the_margin(&ranked.finding)) {
                ranked.finding.severity = Severity::Note;
                ranked.rank = 0;
            }
        }
        let top = |of: &[Ranked]| of.iter().map(|ranked| ranked.rank).max().unwrap_or(0);
        let (banner, portion) = (top(&self.lines), top(&self.portions));
        let lowest = self.lines.iter().map(|line| line.rank).min().unwrap_or(0);
        if let Some(rule) = &self.sheet.regime.banner.conflict_rule {
            let higher = self.portions.iter().find(|p| p.rank == portion && portion > banner);
            let disagree = self.lines.iter().find(|l| l.rank == banner && lowest < banner);
            found.extend(higher.or(disagree).map(|ranked| Finding {
                rule: rule.clone(),
                severity: Severity::Review,
                mark: None,
                ..ranked.finding.clone()
            }));
        }
        for ranked in [self.lines, self.portions] {
            facts.left_out += ranked.len().saturating_sub(LISTED);
            found.extend(ranked.into_iter().take(LISTED).map(|ranked| ranked.finding));
        }
        if block {
            found.extend(self.authority.into_iter().take(1));
        }
        found
    }
}

/// Whether a banner is where its page's own stands.
fn is_in_the_margin(finding: &Finding) -> bool {
    matches!(finding.place.region, Region::Header | Region::Footer)
        || (finding.place.region == Region::Body && finding.place.line == Some(1))
}

fn marked(sheet: &Sheet, block: &Block, rule: &str, level: &LevelEntry) -> Finding {
    let weight = if level.rank > 0 { Severity::Block } else { Severity::Note };
    let mut finding = finding(sheet, block, rule, level.severity.unwrap_or(weight));
    finding.level = sheet.regime.level(&level.id);
    finding.mark =
        Some(Mark { form: MarkForm::Canonical, level: level.id.clone(), term: Term::None });
    finding
}

/// A whole line that is a banner, and whether it needs nothing beside it.
fn banner_line<'r>(sheet: &Sheet<'r>, line: &str) -> Option<(&'r LevelEntry, bool)> {
    let banner = &sheet.regime.banner;
    // Foreign information begins with the separator: //NATO SECRET.
    let line = banner.separators.iter().find_map(|s| line.strip_prefix(s.as_str())).unwrap_or(line);
    let (head, rest) = split(line, &banner.separators);
    let is = |words: &[String]| words.iter().any(|word| word == head);
    let level = sheet.regime.levels.iter().find(|l| is(&l.plain) || is(&l.words))?;
    let known = |part: &str| {
        let upper = part
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || " ,-/_.".contains(c));
        upper
            && (banner.controls.is_empty()
                || banner.controls.iter().any(|c| part.starts_with(c.as_str())))
    };
    let mut rest = rest.filter(|rest| !rest.is_empty());
    let controlled = rest.is_some();
    while let Some(parts) = rest {
        let (part, further) = split(parts, &banner.separators);
        if part.is_empty() || !known(part) {
            return None;
        }
        rest = further;
    }
    Some((level, controlled || is(&level.plain)))
}

/// A line up to its first separator, and what follows that.
fn split<'l>(line: &'l str, separators: &[String]) -> (&'l str, Option<&'l str>) {
    let at = |s: &String| line.find(s.as_str()).map(|at| (at, at + s.len()));
    match separators.iter().filter_map(at).min() {
        Some((end, next)) => (line[..end].trim(), Some(line[next..].trim())),
        None => (line.trim(), None),
    }
}

fn is_restricted(banner: &Banner, line: &str) -> bool {
    let (head, _) = split(line, &banner.separators);
    banner.restricted.iter().any(|word| word == head) && line.chars().all(|c| !c.is_lowercase())
}

/// A portion mark at the start of a paragraph, after its number, and whether it
/// can be nothing else.
fn portion<'r>(sheet: &Sheet<'r>, line: &str) -> Option<(&'r LevelEntry, bool)> {
    let open = memchr::memchr(b'(', line.as_bytes()).filter(|at| *at <= NUMBERING)?;
    let (numbering, inside) = (line.get(..open)?, line.get(open + 1..)?);
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ' ' | '\t' | '•' | '-');
    if !numbering.chars().all(number) {
        return None;
    }
    let (inside, after) = inside.split_once(')')?;
    let after = after.strip_prefix([' ', '\t', '\u{a0}'])?.trim_start();
    // (C) 2024 is a copyright.
    if after.len() < 2 || (inside == "C" && after.starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let mut parts = inside.split("//").map(str::trim);
    let head = parts.next()?;
    let level = sheet.regime.levels.iter().find(|l| l.portions.iter().any(|word| word == head))?;
    let known = |part: &str| {
        let controls = &sheet.regime.banner.portion_controls;
        controls.iter().any(|control| part.starts_with(control.as_str()))
    };
    let controls: Vec<&str> = parts.collect();
    let all = controls.iter().all(|part| part.split('/').all(|p| known(p.trim())));
    all.then_some((level, !controls.is_empty()))
}

/// `20440502`, as authority blocks write it, or a date with marks between.
fn day(text: &str) -> Option<Date> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    if digits.len() == 8 {
        let number = |from, to| digits.get(from..to)?.parse::<i16>().ok();
        let (month, day) = (number(4, 6)?, number(6, 8)?);
        return Date::new(number(0, 4)?, month.try_into().ok()?, day.try_into().ok()?).ok();
    }
    super::number::date(text).map(|(date, _)| date)
}

#[cfg(test)]
mod tests {
    use crate::detect::detect;
    use crate::dictionary::Dictionary;
    use crate::model::{Severity, SourceText};
    use crate::normalize::fold;

    /// Rule and weight of everything but portions that say there is nothing.
    fn told(dictionary: &Dictionary, text: &str) -> Vec<String> {
        let source = SourceText::from_lines(text.to_owned());
        let mut told: Vec<String> = detect(&source, &fold(text), dictionary)
            .findings
            .iter()
            .map(|finding| {
                let level = finding.mark.as_ref().map_or("-", |mark| mark.level.as_str());
                let weight = match finding.severity {
                    Severity::Note => "note",
                    Severity::Review => "review",
                    Severity::Block => "block",
                };
                format!("{} {level} {weight}", finding.rule)
            })
            .collect();
        told.dedup();
        told
    }

    #[test]
    fn a_line_is_a_banner_where_the_document_says_so() {
        let dictionary = Dictionary::shipped();
        let cases: &[(&str, &[&str])] = &[
            ("SECRET//NOFORN\nWicks.\n", &["us.banner S block"]),
            ("SECRET\nWicks.\n", &[]),
            ("Confidential\nDear Sir,\n", &[]),
            ("CONFIDENTIAL\n(C) 2024 Merrow Ltd.\n", &[]),
            ("(S) Wicks.\nPlain.\n", &[]),
            (
                "(S) Wicks.\n(U) Oil.\n",
                &["us.conflict.banner-portion - review", "us.portion S block", "us.portion U note"],
            ),
            ("//NATO SECRET\nLamps.\n", &["nato.banner NS block"]),
            ("NATO UNCLASSIFIED\nLamps.\n", &["nato.banner NU review"]),
            ("COSMIC TOP SECRET ATOMAL\nLamps.\n", &["nato.banner CTS block"]),
            ("TRES SECRET UE/EU TOP SECRET\nHives.\n", &["eu.banner TS-UE block"]),
            ("LIMITE\nHives.\n", &["eu.banner - review"]),
            ("SECRET - UK EYES ONLY\nBenches.\n", &["uk.banner SECRET block"]),
            ("OFFICIAL-SENSITIVE\nBenches.\n", &["uk.banner OFFICIAL-SENSITIVE review"]),
            ("OFFICIAL\nBenches.\n", &["uk.banner OFFICIAL note"]),
            (
                "Classified By: J. Merrow\nDeclassify On: 20440502\n",
                &["us.authority-block - block"],
            ),
            ("FOR OFFICIAL USE ONLY\nWicks.\n", &["us.cui - review"]),
            // A manual shows samples.
            (
                "Classification and Control Markings\nUse a banner.\nSECRET//NOFORN\nCUI\n",
                &["us.banner S note", "us.cui - note"],
            ),
            (
                "SECRET//NOFORN\nClassification and Control Markings\nUse a banner.\n",
                &["us.banner S block"],
            ),
        ];
        for (text, want) in cases {
            assert_eq!(told(&dictionary, text), *want, "{text}");
        }
    }
}

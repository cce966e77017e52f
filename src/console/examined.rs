//! What the machine found in a matter, as a page shows it: parts, findings with their law,
//! gaps, and the witnesses of a level beside each other.

use std::collections::BTreeMap;

use super::page::shown;
use super::typed::Typed;
use super::words;
use crate::dictionary::Dictionary;
use crate::model::Date;
use crate::record::{Acted, Evidence, Found, Gap, Part};
use crate::report::Lang;

/// A document of the matter.
pub(super) struct PartView {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) sha256: String,
    pub(super) bytes: u64,
    pub(super) read: String,
    /// Whether a person has to read it.
    pub(super) unread: bool,
    pub(super) gaps: Vec<GapView>,
    pub(super) findings: Vec<FindingView>,
    /// What persons said of it: who and what.
    pub(super) attested: Vec<(String, String)>,
    /// What is typed of it here.
    pub(super) typed: String,
}

/// Something that was not read.
pub(super) struct GapView {
    pub(super) rule: String,
    pub(super) title: String,
    pub(super) what: String,
    pub(super) detail: String,
    pub(super) action: String,
}

/// Something found.
pub(super) struct FindingView {
    pub(super) id: String,
    pub(super) rule: String,
    pub(super) title: String,
    pub(super) severity: String,
    /// `block`, `review` or `note`.
    pub(super) weight: String,
    pub(super) level: Option<String>,
    pub(super) place: String,
    /// The page it is shown on; 0 where it stands on none.
    pub(super) page: u32,
    pub(super) quote: Option<String>,
    pub(super) context: Option<String>,
    pub(super) entry: Option<String>,
    pub(super) suppressed: Option<String>,
    pub(super) meaning: String,
    pub(super) action: String,
    /// The law in force on the day of judgement, with its days.
    pub(super) law: Vec<String>,
    /// Whether a reviewer has to rule on it.
    pub(super) to_rule: bool,
    /// What persons said of it: who, what, why.
    pub(super) ruled: Vec<(String, String, String)>,
    /// What is typed of it here: a ruling's name, and the reason.
    pub(super) typed: (String, String),
    /// Those after it in its part that are alike: of the same rule, level, entry and region,
    /// and of the same text where it is kept. What is ruled of it may be ruled of them.
    pub(super) alike: Vec<String>,
    /// Whether that was ticked.
    pub(super) all_alike: bool,
    /// The first that it is like.
    pub(super) like: Option<String>,
}

/// What one part says of its level, and where: regions with findings and their levels.
pub(super) struct Witness {
    pub(super) part: String,
    pub(super) cells: Vec<(String, Vec<(String, String)>)>,
}

/// What views are made with.
pub(super) struct With<'a> {
    pub(super) dictionary: &'a Dictionary,
    pub(super) lang: Lang,
    /// The day of judgement.
    pub(super) as_of: Option<Date>,
    /// What people said of this version.
    pub(super) acts: Vec<&'a Acted>,
    /// What was typed and did not come to be recorded.
    pub(super) typed: &'a Typed,
}

/// Whether a reviewer has to rule on it.
fn is_to_rule(found: &Found) -> bool {
    found.suppressed.is_none() && found.severity != "note"
}

impl With<'_> {
    /// All parts.
    pub(super) fn parts(&self, evidence: &Evidence) -> Vec<PartView> {
        evidence.parts.iter().zip(1..).map(|(part, number)| self.part(part, number)).collect()
    }

    fn part(&self, part: &Part, number: u32) -> PartView {
        let attested = self.acts.iter().flat_map(|act| {
            let of_part = act.attested.iter().filter(move |(at, _)| *at == number);
            of_part.map(|(_, words)| (shown(&act.person), shown(words)))
        });
        PartView {
            number,
            name: shown(&part.path.join(" › ")),
            media_type: shown(&part.media_type),
            sha256: part.sha256.clone(),
            bytes: part.bytes,
            read: words::read(&part.read, self.lang),
            unread: !part.gaps.is_empty(),
            gaps: part.gaps.iter().map(|gap| self.gap(gap)).collect(),
            findings: self.findings(&part.findings),
            attested: attested.collect(),
            typed: self.typed.raw(&format!("attest-{number}")).to_owned(),
        }
    }

    fn gap(&self, gap: &Gap) -> GapView {
        let rule = self.dictionary.rule(&gap.rule);
        GapView {
            rule: shown(&gap.rule),
            title: words::rule_title(self.dictionary, &gap.rule, self.lang),
            what: shown(&gap.what),
            detail: shown(&self.lang.message(&gap.detail)),
            action: rule.map_or_else(String::new, |rule| shown(self.lang.of(&rule.action).trim())),
        }
    }

    fn findings(&self, all: &[Found]) -> Vec<FindingView> {
        let mut views: Vec<_> = all.iter().map(|found| self.finding(found)).collect();
        let mut firsts = BTreeMap::new();
        for (at, found) in all.iter().enumerate().filter(|(_, found)| is_to_rule(found)) {
            let level = found.level.as_ref().map(|claim| (&claim.regime, &claim.level));
            let kind = (&found.rule, level, &found.entry, &found.region, &found.quote);
            let first = *firsts.entry(kind).or_insert(at);
            if first != at {
                let (id, first_id) = (views[at].id.clone(), views[first].id.clone());
                views[first].alike.push(id);
                views[at].like = Some(first_id);
            }
        }
        views
    }

    fn finding(&self, found: &Found) -> FindingView {
        let lang = self.lang;
        let rule = self.dictionary.rule(&found.rule);
        let said = |words: &crate::model::Words| shown(lang.of(words).trim());
        let ruled = self.acts.iter().flat_map(|act| {
            let of_it = act.rulings.iter().filter(|(id, ..)| *id == found.id);
            of_it.map(|(_, ruling, why)| {
                (shown(&act.person), lang.of(&ruling.words()).to_owned(), shown(why))
            })
        });
        FindingView {
            id: shown(&found.id),
            rule: shown(&found.rule),
            title: words::rule_title(self.dictionary, &found.rule, lang),
            severity: words::severity(&found.severity, lang),
            weight: shown(&found.severity),
            level: found.level.as_ref().map(|claim| {
                words::level(self.dictionary, &format!("{}:{}", claim.regime, claim.level), lang)
            }),
            place: self.place(found),
            page: found.page.unwrap_or_default(),
            quote: found.quote.as_deref().map(shown),
            context: found.context.as_deref().map(shown),
            entry: found.entry.as_deref().map(|entry| self.entry(entry)),
            suppressed: found.suppressed.as_deref().map(shown),
            meaning: rule.map_or_else(String::new, |rule| said(&rule.meaning)),
            action: rule.map_or_else(String::new, |rule| said(&rule.action)),
            law: self.law(&found.rule),
            to_rule: is_to_rule(found),
            ruled: ruled.collect(),
            typed: (
                self.typed.get(&format!("ruling-{}", found.id)).to_owned(),
                self.typed.raw(&format!("reason-{}", found.id)).to_owned(),
            ),
            alike: Vec::new(),
            all_alike: self.typed.has(&format!("alike-{}", found.id)),
            like: None,
        }
    }

    fn entry(&self, id: &str) -> String {
        let known = self.dictionary.entries.iter().find(|entry| entry.id == id);
        match known {
            Some(entry) => format!("{} {}", shown(id), shown(self.lang.of(&entry.name))),
            None => shown(id),
        }
    }

    fn place(&self, found: &Found) -> String {
        let lang = self.lang;
        let mut place = vec![words::region(&found.region, lang)];
        if let Some(page) = found.page {
            place.push(lang.pick(format!("page {page}"), format!("第{page}页")));
        }
        if let Some(line) = found.line {
            place.push(lang.pick(format!("line {line}"), format!("第{line}行")));
        }
        let [from, to] = found.char;
        place.push(lang.pick(format!("characters {from} to {to}"), format!("字符{from}–{to}")));
        place.join(lang.pick(", ", "，"))
    }

    /// The law of a rule in force on the day of judgement; all of it, where the day is
    /// not known.
    fn law(&self, rule: &str) -> Vec<String> {
        let Some(rule) = self.dictionary.rule(rule) else { return Vec::new() };
        let in_force = |day: Date| {
            move |from: Option<Date>, to: Option<Date>| {
                from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
            }
        };
        let basis = rule.basis.iter().filter(|basis| match self.as_of {
            Some(day) => in_force(day)(basis.from, basis.to),
            None => true,
        });
        basis.map(|basis| shown(self.lang.of(&basis.words()))).collect()
    }

    /// What every part says of its level, where more than one place says something.
    pub(super) fn witnesses(&self, evidence: &Evidence) -> Vec<Witness> {
        let mut rows: Vec<Witness> = Vec::new();
        for part in &evidence.parts {
            let mut cells: Vec<(String, Vec<(String, String)>)> = Vec::new();
            for found in &part.findings {
                let Some(claim) = &found.level else { continue };
                if found.suppressed.is_some() || found.severity == "note" {
                    continue;
                }
                let region = words::region(&found.region, self.lang);
                let name = format!("{}:{}", claim.regime, claim.level);
                let says = (shown(&found.id), words::level(self.dictionary, &name, self.lang));
                match cells.iter_mut().find(|(known, _)| *known == region) {
                    Some((_, all)) => all.push(says),
                    None => cells.push((region, vec![says])),
                }
            }
            if !cells.is_empty() {
                rows.push(Witness { part: shown(&part.path.join(" › ")), cells });
            }
        }
        let places: usize = rows.iter().map(|row| row.cells.len()).sum();
        if places > 1 { rows } else { Vec::new() }
    }
}

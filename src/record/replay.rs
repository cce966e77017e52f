//! What is kept of a matter beside what is found in it today: whether the recorded
//! evidence still follows, and if not, exactly what differs and why.

use std::collections::BTreeMap;

use super::docket::{Docket, MadeBy};
use super::error::Result;
use super::evidence::{Evidence, Found, Part};
use crate::model::{Examination, Words};

/// Two examinations beside each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What differs in what they were made of: bytes, rules, dictionaries, the day.
    /// Something may, and the evidence be the same.
    pub causes: Vec<Words>,
    /// What differs in what was found; nothing where the recorded evidence follows.
    pub effects: Vec<Words>,
}

/// Compares what is kept of a matter with an examination of today.
///
/// # Errors
/// None that a value of ours can cause.
pub fn difference(kept: &Docket, now: &Examination) -> Result<Difference> {
    let found = Evidence::of(now)?;
    let mut effects = Vec::new();
    let (old, new) = (&kept.evidence, &found);
    if old.verdict != new.verdict {
        effects.push(changed("verdict", "结论", &old.verdict, &new.verdict));
    }
    if old.level != new.level {
        let level = |of: &Evidence| of.level.as_ref().map_or("-".into(), |c| c.level.clone());
        effects.push(changed("level", "密级", &level(old), &level(new)));
    }
    parts(&old.parts, &new.parts, &mut effects);
    findings(old, new, &mut effects);
    // Whatever the list above does not name: the digest covers all of it.
    if effects.is_empty() && old.digest()? != new.digest()? && old.sha256 == new.sha256 {
        effects.push(Words::new("details of a finding", "发现的细节不同"));
    }
    Ok(Difference { causes: causes(&kept.made_by, (&old.sha256, &new.sha256), now), effects })
}

fn changed(en: &str, zh: &str, old: &str, new: &str) -> Words {
    Words::new(format!("{en}: {old}, now {new}"), format!("{zh}：原为{old}，现为{new}"))
}

fn causes(kept: &MadeBy, (old, new): (&str, &str), now: &Examination) -> Vec<Words> {
    let engine = &now.engine;
    let none = String::new();
    let text = |of: &Option<String>| of.clone().unwrap_or(none.clone());
    let as_of = now.as_of.to_string();
    let pairs = [
        ("bytes (SHA-256)", "文件内容（SHA-256）", old.to_owned(), new.to_owned()),
        ("day of judgement", "判定日期", kept.as_of.clone(), as_of),
        ("version of vetmark", "vetmark版本", kept.engine.clone(), engine.version.to_owned()),
        ("rules", "规则", kept.rules.clone(), engine.rules.clone()),
        ("dictionaries", "词典", kept.dictionaries.clone(), engine.dictionaries.clone()),
        ("suppressions", "排除决定", text(&kept.suppressions), text(&engine.suppressions)),
        ("limits", "限额", text(&kept.budget), text(&engine.budget)),
    ];
    let differing = pairs.into_iter().filter(|(_, _, old, new)| old != new);
    differing.map(|(en, zh, old, new)| changed(en, zh, &old, &new)).collect()
}

fn parts(old: &[Part], new: &[Part], effects: &mut Vec<Words>) {
    let by_path = |parts: &[Part]| -> BTreeMap<Vec<String>, Part> {
        parts.iter().map(|part| (part.path.clone(), part.clone())).collect()
    };
    let (old, new) = (by_path(old), by_path(new));
    for (path, part) in &old {
        let name = path.join(" › ");
        let Some(now) = new.get(path) else {
            effects.push(Words::new(
                format!("part {name}: no longer there"),
                format!("部分{name}：已不存在"),
            ));
            continue;
        };
        if part.sha256 != now.sha256 {
            effects.push(Words::new(
                format!("part {name}: other bytes"),
                format!("部分{name}：内容不同"),
            ));
        }
        let gaps = |part: &Part| {
            let all: Vec<_> =
                part.gaps.iter().map(|gap| format!("{} {}", gap.rule, gap.what)).collect();
            format!("{} [{}]", part.read, all.join(", ").replace(" ,", ",").trim_end())
        };
        if gaps(part) != gaps(now) {
            effects.push(changed(
                &format!("part {name}, read"),
                &format!("部分{name}的读取"),
                &gaps(part),
                &gaps(now),
            ));
        }
    }
    for path in new.keys().filter(|path| !old.contains_key(*path)) {
        let name = path.join(" › ");
        effects.push(Words::new(format!("part {name}: new"), format!("部分{name}：新增")));
    }
}

/// What tells one finding from another: trail, rule, characters, entry.
type Spot = (Vec<String>, String, [usize; 2], Option<String>);

/// Findings by rule and place: their numbers shift when one comes or goes.
fn findings(old: &Evidence, new: &Evidence, effects: &mut Vec<Words>) {
    let by_place = |evidence: &Evidence| {
        let mut all: BTreeMap<Spot, Vec<Found>> = BTreeMap::new();
        for part in &evidence.parts {
            for found in &part.findings {
                let key = (part.path.clone(), found.rule.clone(), found.char, found.entry.clone());
                all.entry(key).or_default().push(found.clone());
            }
        }
        all
    };
    let (old, new) = (by_place(old), by_place(new));
    let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (path, rule, [from, to], _) = key;
        let place = format!("{rule}, {}, {from}–{to}", path.join(" › "));
        match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => {
                let said = |all: &[Found]| {
                    let all = all.iter().map(|found| {
                        let level = found.level.as_ref().map_or("-", |level| &level.level);
                        let counts = if found.suppressed.is_some() { " suppressed" } else { "" };
                        format!("{} {level}{counts}", found.severity)
                    });
                    all.collect::<Vec<_>>().join(" + ")
                };
                if said(old) != said(new) {
                    effects.push(changed(&place, &place, &said(old), &said(new)));
                }
            }
            (Some(_), None) => effects.push(Words::new(
                format!("{place}: no longer found"),
                format!("{place}：不再发现"),
            )),
            (None, _) => {
                effects.push(Words::new(format!("{place}: new"), format!("{place}：新发现")));
            }
        }
    }
}

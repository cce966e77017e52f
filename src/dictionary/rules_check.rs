//! Holds `dictionaries/rules/` against the contract and the calendar of the law.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{self, Kind, Source};
use super::rule::{Basis, Rule, parse};
use crate::model::{Date, Severity};

use Severity::{Block, Note, Review};

/// Every rule of the contract's sections 4 and 5, with what it weighs.
const CONTRACT: &[(&str, Severity)] = &[
    ("cn.mark.state-secret", Block),
    ("cn.mark.label", Block),
    ("cn.mark.portion", Block),
    ("cn.mark.work-secret", Review),
    ("cn.mark.internal", Review),
    ("cn.mark.trade-secret", Review),
    ("cn.mark.disclosure", Note),
    ("cn.mark.declassified", Review),
    ("cn.mark.quoted", Note),
    ("cn.defect.malformed", Review),
    ("cn.defect.no-term", Note),
    ("cn.defect.term-over-maximum", Review),
    ("cn.defect.indefinite-term", Review),
    ("cn.defect.star-misuse", Review),
    ("cn.defect.no-copy-number", Note),
    ("cn.defect.position", Note),
    ("cn.defect.no-issue-date", Note),
    ("cn.conflict.public-release", Block),
    ("cn.conflict.level", Review),
    ("cn.conflict.metadata", Review),
    ("cn.conflict.attachment-higher", Block),
    ("cn.conflict.two-marks", Review),
    ("cn.conflict.unclassified-label", Review),
    ("cn.conflict.translation", Review),
    ("cn.term.expired", Review),
    ("cn.term.condition", Block),
    ("cn.authority.level", Review),
    ("cn.derivative.unmarked", Review),
    ("cn.scope.hit", Review),
    ("cn.scope.aggregation", Review),
    ("text.obfuscated", Review),
    ("text.hidden", Review),
    ("text.known-document", Review),
    ("us.banner", Block),
    ("us.portion", Block),
    ("us.authority-block", Block),
    ("us.cui", Review),
    ("us.conflict.banner-portion", Review),
    ("nato.banner", Block),
    ("nato.portion", Block),
    ("eu.banner", Block),
    ("eu.portion", Block),
    ("uk.banner", Block),
    ("tw.mark", Block),
    ("gap.encrypted", Review),
    ("gap.damaged", Review),
    ("gap.unsupported", Review),
    ("gap.image-only", Review),
    ("gap.garbled-text", Review),
    ("gap.limit", Review),
    ("gap.crashed", Review),
    ("gap.missing-part", Review),
];

/// Each Chinese edition that may be cited: first day in force and last, empty where open.
const EDITIONS: &[(&str, &str, &str)] = &[
    ("保守国家秘密法1988", "1989-05-01", "2010-09-30"),
    ("保守国家秘密法2010", "2010-10-01", "2024-04-30"),
    ("保守国家秘密法2024", "2024-05-01", ""),
    ("保守国家秘密法实施条例2014", "2014-03-01", "2024-08-31"),
    ("保守国家秘密法实施条例2024", "2024-09-01", ""),
    ("国家秘密文件、资料和其他物品标志的规定1990", "1991-01-01", "2014-03-08"),
    ("国家秘密保密期限的规定1990", "1991-01-01", "2014-03-08"),
    ("国家秘密定密管理暂行规定2014", "2014-03-09", "2025-04-30"),
    ("国家秘密定密管理规定2025", "2025-05-01", ""),
    ("国家秘密解密暂行办法2020", "2020-06-28", ""),
    ("保密事项范围制定、修订和使用办法2017", "2017-04-01", ""),
    ("政府信息公开条例2019", "2019-05-15", ""),
    ("中央企业商业秘密保护暂行规定2010", "2010-03-25", ""),
    ("党政机关公文处理工作条例2012", "2012-07-01", ""),
    ("GB/T 9704-1999", "2000-01-01", "2012-06-30"),
    ("GB/T 9704-2012", "2012-07-01", ""),
];

/// The rules of every file, by file.
fn rules() -> BTreeMap<String, Vec<Rule>> {
    let shipped = load::shipped().into_iter().filter(|source| source.kind == Kind::Rules);
    let parsed = shipped.map(|Source { name, text, .. }| {
        let rules = parse(&name, &text).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
        (name, rules)
    });
    parsed.collect()
}

fn all() -> Vec<Rule> {
    rules().into_values().flatten().collect()
}

fn date(text: &str) -> Option<Date> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

#[test]
fn every_rule_of_the_contract_is_there_once() {
    let mut wanted: Vec<_> = CONTRACT.to_vec();
    wanted.sort();
    let mut written: Vec<_> = Vec::new();
    for (file, rules) in rules() {
        let [rule] = &rules[..] else { panic!("{file} holds one rule") };
        let (regime, rest) = rule.id.split_once('.').unwrap();
        assert_eq!(file, format!("rules/{regime}/{rest}.toml"));
        written.push((rule.id.clone(), rule.severity));
    }
    written.sort();
    let written: Vec<_> = written.iter().map(|(id, severity)| (id.as_str(), *severity)).collect();
    assert_eq!(written, wanted);
}

#[test]
fn chinese_is_chinese_and_english_is_english() {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for rule in all() {
        for words in [&rule.title, &rule.meaning, &rule.message, &rule.action] {
            assert!(words.zh.chars().any(is_han), "{}: {}", rule.id, words.zh);
            let latin = words.en.chars().filter(char::is_ascii_alphabetic).count();
            assert!(latin > words.en.chars().filter(|c| is_han(*c)).count(), "{}", words.en);
            for text in [&words.en, &words.zh] {
                assert_eq!(text.trim(), text, "{}", rule.id);
                assert!(!text.contains('\n') && !text.contains("  "), "{}: {text}", rule.id);
            }
        }
        let english = format!("{} {} {}", rule.meaning.en, rule.message.en, rule.action.en);
        assert!(!english.to_lowercase().contains("decrypt"), "{} speaks of ciphers", rule.id);
        for text in [&rule.meaning.en, &rule.message.en, &rule.action.en] {
            assert!(text.ends_with('.'), "{}: {text}", rule.id);
        }
        for text in [&rule.meaning.zh, &rule.message.zh, &rule.action.zh] {
            assert!(text.ends_with('。'), "{}: {text}", rule.id);
        }
    }
}

#[test]
fn chinese_law_is_cited_by_edition_article_and_days_in_force() {
    for rule in all() {
        let mut seen = BTreeSet::new();
        for basis in &rule.basis {
            assert!(seen.insert(&basis.cite), "{} cites {} twice", rule.id, basis.cite);
            if ["cn", "text", "gap"].contains(&rule.id.split('.').next().unwrap()) {
                check_citation(&rule.id, basis);
            } else {
                let year = basis.cite.split(|c: char| !c.is_ascii_digit());
                let named = year.filter_map(|digits| digits.parse::<u32>().ok());
                let named = named.filter(|n| (1990..=2026).contains(n)).count() > 0;
                assert!(named || !basis.verified, "{}: {} names no year", rule.id, basis.cite);
            }
        }
    }
}

fn check_citation(rule: &str, basis: &Basis) {
    let (work, article) = match basis.cite.rsplit_once(" 第") {
        Some((work, article)) => (work, Some(article)),
        None => (basis.cite.as_str(), None),
    };
    let edition = EDITIONS.iter().find(|(name, ..)| *name == work);
    let Some((_, from, to)) = edition else { panic!("{rule}: no edition {work}") };
    assert_eq!(basis.from, date(from), "{rule}: {}", basis.cite);
    assert_eq!(basis.to, date(to), "{rule}: {}", basis.cite);
    match article {
        Some(article) => {
            let number = article.strip_suffix('条').and_then(|number| number.parse::<u32>().ok());
            assert!(number.is_some_and(|n| (1..=80).contains(&n)), "{rule}: {}", basis.cite);
        }
        None => assert!(!basis.verified, "{rule}: {} names no article", basis.cite),
    }
}

#[test]
fn a_mark_rests_on_the_law_of_its_day() {
    let rules = all();
    let rule = rules.iter().find(|rule| rule.id == "cn.mark.state-secret").unwrap();
    let (law10, law24) = ("保守国家秘密法2010 第17条", "保守国家秘密法2024 第22条");
    let old = "保守国家秘密法1988 第9条 (unverified)";
    let marks90 = "国家秘密文件、资料和其他物品标志的规定1990 第4条";
    let rule14 = "国家秘密定密管理暂行规定2014 第24条";
    let rule25 = "国家秘密定密管理规定2025 (unverified)";
    for (issued, law) in [
        ("1985-06-01", &[][..]),
        ("1990-12-31", &[old]),
        ("1991-01-01", &[old, marks90]),
        ("2010-10-01", &[law10, marks90]),
        ("2014-03-08", &[law10, marks90]),
        ("2014-03-09", &[law10, rule14]),
        ("2024-04-30", &[law10, rule14]),
        ("2024-05-01", &[law24, rule14]),
        ("2025-05-01", &[law24, rule25]),
    ] {
        let judged = date("2026-11-23").unwrap();
        assert_eq!(rule.basis_on(date(issued), judged), law, "issued {issued}");
    }
}

#[test]
fn every_rule_of_state_secrets_rests_on_something_today() {
    let judged = date("2026-11-23").unwrap();
    for rule in all() {
        if rule.id.starts_with("cn.") || rule.id.starts_with("gap.") {
            for issued in ["2013-01-01", "2015-06-01", "2024-06-01", "2026-01-01"] {
                // 长期 was free to central bodies before the rules of 2014.
                if rule.id == "cn.defect.indefinite-term" && issued < "2014-03-09" {
                    continue;
                }
                assert!(!rule.basis_on(date(issued), judged).is_empty(), "{} {issued}", rule.id);
            }
        }
    }
}

#[test]
fn rules_about_text_have_examples_of_both_kinds() {
    for rule in all() {
        let (yes, no) = (&rule.examples, &rule.counter_examples);
        if rule.id.starts_with("gap.") {
            assert!(yes.is_empty() && no.is_empty(), "{}", rule.id);
            continue;
        }
        for examples in [yes, no] {
            assert!((1..=4).contains(&examples.len()), "{}: {}", rule.id, examples.len());
            for example in examples {
                assert!(example.text.lines().count() >= 3, "{}: {}", rule.id, example.text);
                let why = example.why.as_ref();
                assert!(why.is_none_or(|w| !w.en.is_empty() && !w.zh.is_empty()), "{}", rule.id);
            }
        }
        let documents = |examples: &[super::Example]| -> BTreeSet<_> {
            examples.iter().map(|e| (e.name.clone(), e.text.clone(), e.as_of)).collect()
        };
        let (yes_set, no_set) = (documents(yes), documents(no));
        assert_eq!(yes_set.len() + no_set.len(), yes.len() + no.len(), "{} repeats one", rule.id);
        assert!(yes_set.is_disjoint(&no_set), "{} says both of one document", rule.id);
    }
}

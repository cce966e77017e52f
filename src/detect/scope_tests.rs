//! Hits, near misses, and the way back.

use super::*;
use crate::dictionary::{Kind, Source, load};
use crate::model::{BlockHead, TextBuilder};
use crate::normalize::fold;

const FILE: &str = r#"
[scope]
id = "x"
name = { zh = "某工作国家秘密范围", en = "A scope" }

[[entry]]
id = "x.paper"
number = "3(1)"
name = { zh = "试题", en = "papers" }
matter = "启用前的试题"
terms = ["试题", "评分标准"]
all_of = [["统一考试", "高考"]]
qualifiers = [["启用前", "启用之前"], ["副题"]]
exclusions = ["模拟", { any = ["re:第.条"], within = "paragraph" }]

[[entry]]
id = "x.map"
name = { zh = "地形图", en = "maps" }
matter = "地形图"
terms = ["地形图"]
none_of = ["公开版"]
quantities = [{ one_of = ["1:5万", "1:10万"] }]

[[entry]]
id = "x.page"
name = { zh = "命题", en = "setting" }
matter = "命题"
terms = ["命题人员"]
all_of = [{ any = ["考务中心"], within = "page" }]

[[entry]]
id = "x.near"
name = { zh = "名单", en = "list" }
matter = "名单"
terms = ["名单"]
all_of = [{ any = ["入闱"], within = 3 }]
qualifiers = [["封闭"]]
qualifiers_within = "sentence"
require = true
"#;

fn dictionary() -> Dictionary {
    load(&[Source::new(Kind::Scope, "x.toml", FILE)]).unwrap()
}

fn find(text: &SourceText) -> Vec<Finding> {
    scopes(text, &fold(text.as_str()), &dictionary()).0
}

/// Entry, quote and missing qualifiers of each hit.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str, &[&str])]) {
    let text = SourceText::from_lines(text.to_owned());
    let found = find(&text);
    for finding in &found {
        assert_eq!(finding.quote.as_deref(), text.as_str().get(finding.span.clone()));
        assert_eq!(finding.place.char, text.char_range(&finding.span));
        assert!(finding.level.is_none() && finding.severity == Severity::Review);
    }
    let found: Vec<(&str, &str, Vec<&str>)> = found
        .iter()
        .map(|f| {
            let missing = f.missing_qualifiers.iter().flatten().map(String::as_str).collect();
            (f.entry.as_deref().unwrap(), f.quote.as_deref().unwrap(), missing)
        })
        .collect();
    let expected: Vec<_> = expected.iter().map(|(e, q, m)| (*e, *q, m.to_vec())).collect();
    assert_eq!(found, expected, "{}", text.as_str());
}

#[test]
fn words_need_each_other() {
    check("统一考试试题和副题，启用前封存。", &[("x.paper", "试题", &[])]);
    check("统一考试試題", &[("x.paper", "試題", &["启用前", "副题"])]);
    check("统一考试结束。试题已毁。", &[]);
    check("试题", &[]);
    check("统一考试模拟试题", &[]);
    check("第三条　高考的办法。高考试题启用前保密。", &[]);
    check("第三条　略。\n高考试题，启用之前。", &[("x.paper", "试题", &["副题"])]);
}

#[test]
fn one_hit_a_paragraph() {
    check(
        "高考试题与高考评分标准。高考试题。\n高考评分标准。",
        &[("x.paper", "试题", &["启用前", "副题"]), ("x.paper", "评分标准", &["启用前", "副题"])],
    );
}

#[test]
fn quantities_count_with_their_units() {
    check("１：５万地形图", &[("x.map", "地形图", &[])]);
    check("五万分之一地形图两幅", &[("x.map", "地形图", &[])]);
    check("1:5000地形图", &[]);
    check("1:5万公开版地形图", &[]);
    check("1:5万。地形图", &[]);
}

#[test]
fn reach_is_counted() {
    check("封闭入闱的名单", &[("x.near", "名单", &[])]);
    check("封闭入闱老师的名单", &[]);
    check("入闱名单。封闭", &[]);
    check("命题人员\n\n\n考务中心", &[("x.page", "命题人员", &[])]);
    check("命题人员\n\u{c}考务中心", &[]);
}

#[test]
fn wrapped_lines_do_not_hide_a_word() {
    let text = SourceText::from_lines("云岭省统一考试副题在启用前的试\n题由专人送达。".into());
    let found = find(&text);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].quote.as_deref(), Some("试\n题"));
    assert_eq!(found[0].missing_qualifiers.as_deref(), Some(&[][..]));
}

#[test]
fn cells_of_a_table_do_not_make_a_word_together() {
    let mut builder = TextBuilder::new();
    for (group, text) in [(1, "以下是本年度高考试"), (2, "题型与分值的对照表")] {
        builder.block(&BlockHead { group, ..BlockHead::default() }, text);
    }
    assert!(find(&builder.finish()).is_empty());
}

#[test]
fn evidence_says_what_was_seen_and_where() {
    let text = SourceText::from_lines("附：1:5万地形图".into());
    let found = find(&text);
    let evidence: Vec<&str> = found[0].evidence.iter().map(|e| e.words.en.as_str()).collect();
    assert_eq!(
        evidence,
        ["the term 地形图 at characters 6–9", "a quantity one of 1:5万, 1:10万 at characters 2–6"]
    );
    let paper = find(&SourceText::from_lines("高考试题启用前".into()));
    assert_eq!(paper[0].basis, ["某工作国家秘密范围 3(1)"]);
    assert!(paper[0].message.zh.contains("x.paper（试题）"), "{}", paper[0].message.zh);
}

#[test]
fn many_hits_are_counted_and_not_all_listed() {
    let text = SourceText::from_lines("高考试题。\n".repeat(100));
    let found = find(&text);
    assert_eq!(found.len(), LISTED);
    let last = &found[LISTED - 1].evidence;
    assert!(last.last().unwrap().words.en.starts_with("36 further paragraphs"), "{last:?}");
}

#[test]
fn hostile_repetition_ends() {
    for text in ["试题".repeat(200_000), "试题。".repeat(200_000), "命题人员\n".repeat(50_000)]
    {
        assert!(find(&SourceText::from_lines(text)).is_empty());
    }
}

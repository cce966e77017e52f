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
    scopes(text, &fold(text.as_str()), &dictionary(), None).0
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
        ["the term 地形图 at characters 6–9", "a quantity = 1:5万 / 1:10万 at characters 2–6"]
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

/// Hits of one entry, with their evidence in English.
fn hits(entry: &str, name: &str, text: &str) -> Vec<Vec<String>> {
    let file = format!(
        "[scope]\nid = \"x\"\nname = {{ zh = \"甲\", en = \"A\" }}\nvalid_from = \"2001-01-01\"\n\
         valid_to = \"2020-06-30\"\n[[entry]]\nid = \"x.1\"\nmatter = \"甲\"\n{entry}"
    );
    let dictionary = load(&[Source::new(Kind::Scope, "x.toml", file)])
        .unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let mut text = SourceText::from_lines(text.to_owned());
    let head = BlockHead { region: crate::model::Region::FileName, ..BlockHead::default() };
    text.append(&head, name);
    let day = "2021-05-01".parse().ok();
    let found = scopes(&text, &fold(text.as_str()), &dictionary, day).0;
    let words = |f: Finding| f.evidence.into_iter().map(|evidence| evidence.words.en).collect();
    found.into_iter().map(words).collect()
}

#[test]
fn weights_add_up_to_a_threshold() {
    let entry = "terms = [\"靶场\", { word = \"弹道\", weight = 3 }]\nthreshold = 4\n\
                 support = [{ any = [\"射程\"], weight = 1 }, { any = [\"坐标\"], weight = 3, within = \"paragraph\" }]";
    for (text, is) in [
        ("弹道与射程", true),
        ("弹道", false),
        ("靶场与射程", false),
        ("靶场。坐标", true),
        ("靶场。射程。坐标", true),
        ("射程与坐标", false),
    ] {
        assert_eq!(!hits(entry, "a.txt", text).is_empty(), is, "{text}");
    }
    let evidence = &hits(entry, "a.txt", "弹道与射程")[0];
    assert!(
        evidence[0].ends_with(", weight 3") && evidence[1].ends_with(", weight 1"),
        "{evidence:?}"
    );
    assert_eq!(evidence[2], "the weights come to 4, of 4 asked for");
}

#[test]
fn head_words_may_have_a_case_and_bounds_of_their_own() {
    let entry = "terms = [{ word = \"GPS\", case = \"any\", whole_word = true, aliases = [\"北斗\"] }, \"DEM\"]";
    for (text, is) in [
        ("gps", true),
        ("agps", false),
        ("北斗", true),
        ("DEM", true),
        ("dem", false),
        ("xDEM", true),
    ] {
        assert_eq!(!hits(entry, "a.txt", text).is_empty(), is, "{text}");
    }
}

#[test]
fn entries_may_be_for_some_documents_only() {
    let text = "云岭市关于融雪剂储备的通知（试行）\n各单位：\n融雪剂储备总结。";
    for (documents, is) in [
        ("kinds = [\"通知\"]", true),
        ("kinds = [\"纪要\", \"方案\"]", false),
        ("not_kinds = [\"通知\"]", false),
        ("not_kinds = [\"总结\"]", true),
        ("names = [\"*.DOCX\"]", true),
        ("names = [\"*.pdf\"]", false),
        ("not_names = [\"*储备*\"]", false),
        ("kinds = [\"通知\"], not_names = [\"*.pdf\"]", true),
    ] {
        let entry = format!("terms = [\"融雪剂\"]\ndocuments = {{ {documents} }}");
        assert_eq!(!hits(&entry, "储备.docx", text).is_empty(), is, "{documents}");
    }
}

#[test]
fn an_entry_that_no_longer_applied_says_so_and_stands() {
    let said = |more: &str| {
        let found = hits(&format!("terms = [\"融雪剂\"]\n{more}"), "a.txt", "融雪剂");
        found[0].get(1).cloned().unwrap_or_default()
    };
    assert_eq!(said(""), "the entry applied to 2020-06-30, and the document is of 2021-05-01");
    assert_eq!(said("valid_to = \"2030-01-01\""), "");
    assert_eq!(
        said("valid_from = \"2022-01-01\"\nvalid_to = \"2030-01-01\""),
        "the entry applies from 2022-01-01 on, and the document is of 2021-05-01"
    );
    assert!(said("derived = true").contains("by a program"));
}

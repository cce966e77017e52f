//! Headings, rows and words, and that what is written can be loaded.

use super::*;
use crate::dictionary::{Kind, Source, load};
use crate::model::{BlockHead, Region, TextBuilder};

/// A sheet of these rows, as a reader of workbooks gives it.
fn sheet(rows: &[&[&str]]) -> Sheet {
    let mut text = TextBuilder::new();
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let label = format!("表!{}{}", grid::letters(column as u32 + 1), row + 1);
            let group = (row * 100 + column + 1) as u32;
            for line in cell.split('\n') {
                let head = BlockHead {
                    region: Region::Cell,
                    label: label.clone(),
                    group,
                    ..BlockHead::default()
                };
                text.block(&head, line);
            }
        }
    }
    sheets(&text.finish()).remove(0)
}

fn import(rows_of: &[&[&str]]) -> Imported {
    let sheet = sheet(rows_of);
    let mapping = Mapping::recognised(&sheet).expect("headings");
    rows(&sheet, &mapping, &[])
}

/// Each row that was turned down, or word left out, with what is said.
#[track_caller]
fn check_turned(rows: &[&[&str]], expected: &[(u32, bool, &str)]) {
    let turned = import(rows).turned;
    let shown: Vec<_> = turned.iter().map(|t| (t.row, t.whole, &t.reason.en)).collect();
    assert_eq!(turned.len(), expected.len(), "{shown:#?}");
    for (turned, (row, whole, said)) in turned.iter().zip(expected) {
        assert_eq!((turned.row, turned.whole), (*row, *whole), "{turned:?}");
        assert!(turned.reason.en.contains(said), "{} should say {said}", turned.reason.en);
    }
}

const HEADINGS: &[&str] = &["序号", "国家秘密事项名称", "密级", "保密期限", "关键词"];

#[test]
fn what_the_program_knows_of_lists_is_sound() {
    let customs = customs();
    for (_, name) in Column::ALL {
        assert!(!customs.columns[name].is_empty(), "{name}");
    }
    assert_eq!(customs.columns.len(), Column::ALL.len());
    assert!(customs.levels.known.len() > 5 && customs.everyday.words.len() > 100);
}

#[test]
fn columns_are_told_by_headings_in_either_language() {
    for (headings, columns) in [
        (
            &["序号", "国家秘密事项名称", "密级", "保密期限", "知悉范围", "产生部门", "备注"][..],
            "number matter level term knowledge department remark",
        ),
        (&["No.", "Matter", "Level", "Term", "Keywords"], "number matter level term words"),
        (
            &[
                "序 号",
                "国家秘密事项\n（具体名称）",
                "密级（绝密、机密、秘密）",
                "保密\n期限",
                "法律依据",
            ],
            "number matter level term basis",
        ),
        (&["本单位涉密事项名称", "拟定密级", "关键词语"], "matter level words"),
    ] {
        let title = ["某局国家秘密事项一览表"];
        let sheet = sheet(&[&title, &["二〇二六年制"], headings, &["1", "甲"]]);
        let mapping = Mapping::recognised(&sheet).expect("headings");
        let mut found: Vec<_> = mapping.columns.iter().map(|(c, at)| (*at, c.name())).collect();
        found.sort_unstable();
        let found: Vec<_> = found.iter().map(|(_, name)| *name).collect();
        assert_eq!(found.join(" "), columns, "{headings:?}");
        assert_eq!(mapping.last_heading, 3, "{headings:?}");
    }
    assert!(Mapping::recognised(&sheet(&[&["姓名", "年龄"], &["甲", "3"]])).is_none());
}

#[test]
fn headings_may_have_two_rows() {
    let rows: &[&[&str]] = &[
        &["序号", "事项名称", "定密", "", "备注"],
        &["", "", "密级", "保密期限"],
        &["1", "云岭水库调度密钥表", "机密", "10年", "略"],
    ];
    let entry = &import(rows).entries[0];
    assert_eq!(
        (entry.level.as_str(), entry.term.as_str(), entry.remark.as_str()),
        ("机密", "10年", "略")
    );
}

#[test]
fn columns_may_be_given() {
    let sheet = sheet(&[&["题", "等", "词"], &["融雪剂储备点位图", "秘密", "储备点位"]]);
    let given = |list: &[(Column, &str)]| {
        let list: Vec<_> = list.iter().map(|(c, h)| (*c, (*h).to_owned())).collect();
        Mapping::given(&sheet, &list)
    };
    let mapping =
        given(&[(Column::Matter, "题"), (Column::Level, "B"), (Column::Words, "词")]).unwrap();
    let imported = rows(&sheet, &mapping, &[]);
    assert_eq!(imported.entries[0].words, ["储备点位"]);
    assert_eq!(imported.entries[0].level, "秘密");
    assert!(given(&[(Column::Matter, "没有")]).unwrap_err().en.contains("题"));
    assert!(given(&[(Column::Level, "等")]).unwrap_err().en.contains("matter"));
}

#[test]
fn each_row_that_is_not_taken_has_its_reason() {
    check_turned(
        &[
            HEADINGS,
            &["1", "融雪剂储备点位图", "机密", "10年", "储备点位图"],
            &["2", "", "机密", "10年"],
            &["一、防汛"],
            &["3", "泵站布置图", "机秘", "10年"],
            &["4", "泵站布置图", "", "10年"],
            &["5", "泵站布置图", "秘密", "10"],
            &["6", "泵站布置图", "秘密", "0年"],
            &["7", "泵站布置图", "秘密", "？"],
            &["8", "融雪剂储备点位图", "机密", "10年", "别的词语"],
            &["9", "会议纪要", "秘密", "5年"],
            &["10", "泵站布置图", "秘密", "5年", "泵站布置图、会议、甲、统计数据、123"],
            &["11", "闸门远程控制口令", "秘密", "#REF!"],
            &["序号", "国家秘密事项名称", "密级", "保密期限", "关键词"],
            &["12", "闸门", "绝密级", "启用前", "通知"],
        ],
        &[
            (3, true, "no matter"),
            (4, true, "heading between rows"),
            (5, true, "unknown level 机秘"),
            (6, true, "--fill-down"),
            (7, true, "without a unit"),
            (8, true, "no time at all"),
            (9, true, "malformed term"),
            (10, true, "row 2"),
            (11, true, "会议纪要 is an everyday word"),
            (12, false, "会议"),
            (12, false, "too short"),
            (12, false, "统计数据"),
            (12, false, "bare number"),
            (13, true, "#REF!"),
            (15, true, "no word to search for"),
        ],
    );
}

#[test]
fn terms_are_what_a_list_may_say() {
    for (term, fine) in [
        ("10年", true),
        ("１０年", true),
        ("十年", true),
        ("长期", true),
        ("公布前", true),
        ("6个月", true),
        ("2030年1月1日", true),
        ("2030-01-01", true),
        ("10 years", true),
        ("", true),
        ("—", true),
        ("启用之前", true),
        ("10", false),
        ("10元", false),
        ("0", false),
        ("?", false),
        ("年", false),
    ] {
        let turned = import(&[HEADINGS, &["1", "融雪剂储备点位图", "机密", term]]).turned;
        assert_eq!(turned.is_empty(), fine, "{term}: {turned:?}");
    }
}

#[test]
fn words_are_derived_conservatively_and_said_to_be() {
    for (matter, words) in [
        ("融雪剂储备点位图", &["融雪剂储备点位图"][..]),
        (
            "（一）泵站布置图、闸门控制口令和会议记录",
            &["泵站布置图、闸门控制口令和会议记录", "泵站布置图", "闸门控制口令"],
        ),
        (
            "3.尚未启用的考核试题及评分标准。",
            &["尚未启用的考核试题及评分标准", "尚未启用的考核试题", "评分标准"],
        ),
        ("工作计划及重要数据", &[]),
        ("保密", &[]),
        ("密钥", &[]),
    ] {
        let imported = import(&[HEADINGS, &["1", matter, "秘密", "5年"]]);
        let found = imported.entries.first().map_or(&[][..], |entry| &entry.words);
        assert_eq!(found, words, "{matter}");
        assert!(imported.entries.iter().all(|entry| entry.derived));
        assert_eq!(imported.turned.len(), usize::from(words.is_empty()), "{matter}");
    }
}

#[test]
fn the_same_content_has_the_same_key_in_any_row() {
    let a = ["1", "融雪剂储备点位图", "机密", "10年"];
    let b = ["2", "泵站布置图", "秘密", "5年"];
    let b_again = ["7", "泵站\n布置图", "秘密", "５年", "泵站布置图"];
    let keys = |rows: &[&[&str]]| {
        import(rows).entries.into_iter().map(|entry| entry.key).collect::<Vec<_>>()
    };
    let first = keys(&[HEADINGS, &a, &b]);
    let second = keys(&[HEADINGS, &b_again, &a]);
    assert_eq!((&first[0], &first[1]), (&second[1], &second[0]));
    assert_ne!(first[0], first[1]);
}

#[test]
fn merged_cells_are_filled_down_where_asked() {
    let sheet = sheet(&[HEADINGS, &["1", "泵站布置图", "秘密", "5年"], &["2", "融雪剂储备点位图"]]);
    let mapping = Mapping::recognised(&sheet).unwrap();
    let entries = rows(&sheet, &mapping, &[Column::Level, Column::Term]).entries;
    assert_eq!((entries[1].level.as_str(), entries[1].term.as_str()), ("秘密", "5年"));
    assert_eq!(rows(&sheet, &mapping, &[]).entries.len(), 1);
}

#[test]
fn what_is_written_is_a_scope_file() {
    let imported = import(&[
        &[
            "序号",
            "事项名称",
            "密级",
            "保密期限",
            "关键词",
            "排除词",
            "知悉范围",
            "依据",
            "部门",
            "备注",
        ],
        &[
            "1(2)",
            "“甲\\乙\"点位图\u{202e}",
            "机密★10年",
            "",
            "点位图；甲乙 Plan",
            "模拟、点位",
            "略",
            "某规定",
            "某处",
            "a=\"b\"",
        ],
        &["2", "泵站布置图", "秘密", "5年"],
    ]);
    let head =
        ScopeHead {
            id: "example.list".into(), name: "某局一览表".into(), ..ScopeHead::default()
        };
    let mut file = Vec::new();
    write_scope(&head, &mut file).unwrap();
    for entry in &imported.entries {
        write_entry(&head.id, entry, &mut file).unwrap();
    }
    let file = String::from_utf8(file).unwrap();
    assert!(!file.contains('\u{202e}'));
    let dictionary = load(&[Source::new(Kind::Scope, "x.toml", &file)])
        .unwrap_or_else(|wrong| panic!("{wrong:?}\n{file}"));
    let [one, two] = [&dictionary.entries[0], &dictionary.entries[1]];
    assert_eq!(one.terms, ["点位图", "甲乙 Plan"]);
    assert_eq!(
        (one.level.as_str(), one.term.as_str(), one.number.as_str()),
        ("机密", "10年", "1(2)")
    );
    assert_eq!((one.apart.len(), one.derived, two.derived), (1, false, true));
    assert_eq!((one.name.zh.as_str(), two.name.en.as_str()), (one.matter.as_str(), "泵站布置图"));
}

#[test]
fn rows_of_separated_values_keep_their_numbers() {
    let mut text = TextBuilder::new();
    let head =
        |label: &str, region| BlockHead { label: label.into(), region, ..BlockHead::default() };
    text.block(&head("", Region::Body), "某局事项一览表");
    text.block(&head("r2.c1", Region::Cell), "事项名称");
    text.block(&head("r2.c2", Region::Cell), "密级");
    text.block(&head("r4.c1", Region::Cell), "泵站布置图");
    text.block(&head("r4.c2", Region::Cell), "秘密");
    let sheets = sheets(&text.finish());
    assert_eq!(sheets.len(), 1);
    let numbers: Vec<_> = sheets[0].rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [1, 2, 4]);
    assert_eq!(sheets[0].rows[2].cell(2), "秘密");
}

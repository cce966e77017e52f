//! What is said of whole documents.

use std::sync::Arc;

use super::Pipeline;
use crate::dictionary::Dictionary;
use crate::extract::Limits;
use crate::model::{Examination, Submission, Term};

fn examine(name: &str, text: &str) -> Examination {
    let day = jiff::civil::date(2026, 11, 23);
    let pipeline = Pipeline::new(Arc::new(Dictionary::shipped()), Limits::default(), day);
    pipeline.examine(Submission::file(name, text.as_bytes().to_vec()))
}

#[test]
fn messages_name_what_they_speak_of() {
    let cases = [
        (
            "a.txt",
            "主动公开\n　　正文。\n　　（此件公开发布）\n",
            "cn.mark.disclosure",
            "文件标明公开属性：此件公开发布。",
        ),
        (
            "a.txt",
            "机密★10年\n标题\n正文。\n正文。\n2024年4月6日\n（此件公开发布）\n",
            "cn.conflict.public-release",
            "标有密级机密，同时标明“此件公开发布”。",
        ),
        (
            "a.txt",
            "秘密★5年\n标题\n正文。\n正文。\n2024年4月6日\n\n机密★10年\n",
            "cn.conflict.level",
            "同一文件密级不一致：此处为机密，他处为秘密。",
        ),
        (
            "a.txt",
            "秘密★5年\n机密★10年\n标题\n2024年4月6日\n",
            "cn.conflict.two-marks",
            "此处有两个未作废的标志：机密与秘密。",
        ),
        (
            "机密★10年-名册.txt",
            "名册\n正文。\n",
            "cn.conflict.metadata",
            "文件名标有密级机密，与可见正文不一致。",
        ),
        (
            "a.txt",
            "密级：公开\n机密★10年\n标题\n2024年4月6日\n",
            "cn.conflict.unclassified-label",
            "标签注明“公开”，文件却标有密级机密。",
        ),
        (
            "a.txt",
            "内部资料★\n标题\n",
            "cn.defect.star-misuse",
            "国家秘密标志专用的五角星与“内部资料”连用。",
        ),
        // Each mark's own level and term, not the first one's.
        (
            "a.txt",
            "秘密★5年\n标题\n正文。\n正文。\n2024年4月6日\n\n机密★25年\n",
            "cn.defect.term-over-maximum",
            "期限25年超过机密级最长期限20年。",
        ),
    ];
    for (name, text, rule, message) in cases {
        let examination = examine(name, text);
        let findings = examination.parts.iter().flat_map(|part| &part.findings);
        let said: Vec<_> = findings.filter(|f| f.rule == rule).map(|f| &f.message.zh).collect();
        assert_eq!(said, [message], "{text}");
    }
}

#[test]
fn an_archivist_hears_of_both_clocks_and_of_what_is_to_be_answered() {
    let cases = [
        (
            "秘密★5年\n汀兰市渔业站文件\n汀渔〔2019〕12号\n正文。\n汀兰市渔业站\n2019年3月1日\n",
            Some("2044-03-01"),
            Some("汀兰市渔业站"),
            "延长",
        ),
        ("秘密★任务完成前\n正文。\n2025年3月1日\n", Some("2050-03-01"), None, "条件"),
        ("秘密★50年\n标题\n正文。\n", None, None, "何日制发"),
        ("标题\n正文。\n2025年3月1日\n", None, None, ""),
    ];
    for (text, opens, body, question) in cases {
        let block = examine("a.txt", text).declassification.expect("always there");
        assert_eq!(block.archives_open.map(|day| day.to_string()).as_deref(), opens, "{text}");
        assert_eq!(block.original_classifying_body.as_deref(), body, "{text}");
        let asked: String = block.questions.iter().map(|words| words.zh.as_str()).collect();
        assert!(asked.contains(question) && asked.is_empty() == question.is_empty(), "{asked}");
    }
}

#[test]
fn who_decides_what_is_unclear_goes_by_level_tier_and_day() {
    let refer = |organ: &str, day| {
        let text = format!(
            "{organ}文件\n某发〔2023〕6号\n关于落实要求的通知\n　　根据《意见》（岚渡〔2023〕2号，机密★10年），请完成。\n{organ}\n2023年4月7日\n"
        );
        let pipeline = Pipeline::new(Arc::new(Dictionary::shipped()), Limits::default(), day);
        let examination = pipeline.examine(Submission::file("a.txt", text.into_bytes()));
        assert_eq!(examination.verdict.name(), "refer");
        examination.next_step.zh
    };
    let (before, since) = (jiff::civil::date(2024, 8, 31), jiff::civil::date(2024, 9, 1));
    for (organ, day, whom, when) in [
        ("汀兰市渡口管理局", before, "省、自治区、直辖市保密行政管理部门", "在10日内"),
        ("汀兰市渡口管理局", since, "省、自治区、直辖市保密行政管理部门", "在10个工作日内"),
        ("国家渡口管理局", since, "国家保密行政管理部门", "在10个工作日内"),
    ] {
        let step = refer(organ, day);
        assert!(step.contains(&format!("或者{whom}")) && step.contains(when), "{organ}: {step}");
    }
}

/// The mark of a document of one line of form or head, as `rule level term`.
#[test]
fn marks_are_known_as_people_write_them() {
    let cases = [
        ("密级：☑机密 □秘密 □公开", "cn.mark.label jimi "),
        ("密级：□绝密 □机密 ☑ 秘密", "cn.mark.label mimi "),
        ("密级：机密□ 秘密☑ 公开□", "cn.mark.label mimi "),
        ("密级：[√]机密 [ ]秘密 [ ]公开", "cn.mark.label jimi "),
        ("密级：□机密 □秘密 ☑公开", ""),
        ("密级：□机密 □秘密 □公开", ""),
        ("密级：机密□ 秘密□ 公开☑", ""),
        ("【密级】秘密", "cn.mark.label mimi "),
        ("秘密★5年（原机密★10年，2024年3月1日变更）", "cn.mark.state-secret mimi 5年"),
        ("机密★2020年1月1日至2030年1月1日", "cn.mark.state-secret jimi 2030-01-01"),
        ("机密★★10年", "cn.mark.state-secret jimi 10年"),
        ("机密★★★", ""),
        ("服务★★★★★", ""),
    ];
    for (line, want) in cases {
        let text = format!("{line}\n某某项目情况\n　　正文。\n2025年5月6日\n");
        let examination = examine("a.txt", &text);
        let findings = examination.parts.iter().flat_map(|part| &part.findings);
        let marks: Vec<String> = findings
            .filter(|finding| finding.rule != "cn.mark.quoted")
            .filter_map(|finding| {
                let mark = finding.mark.as_ref()?;
                let term = match &mark.term {
                    Term::Duration(length) => format!("{}年", length.years),
                    Term::Date(day) => day.to_string(),
                    _ => String::new(),
                };
                Some(format!("{} {} {term}", finding.rule, mark.level))
            })
            .collect();
        assert_eq!(marks.join("; "), want, "{line}");
    }
}

/// Pieces in several documents of one matter add up; what is found alone, what
/// stays below together, and scales do not.
#[test]
fn pieces_of_a_matter_add_up() {
    let letter = |body: &str| {
        format!(
            "From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; \
             boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--b\r\n\
             Content-Type: text/plain; charset=utf-8; name=\"b.txt\"\r\nContent-Disposition: attachment; \
             filename=\"b.txt\"\r\n\r\n1:2000地形图，覆盖14平方千米。\r\n--b--\r\n"
        )
    };
    let cases = [
        (letter("移交1:2000地形图，覆盖12平方千米。"), vec!["cn.scope.aggregation"]),
        (letter("移交1:2000地形图，覆盖10平方千米。"), vec![]),
        (letter("移交1:2000地形图，覆盖40平方千米。"), vec!["cn.scope.hit"]),
        (letter("移交1:1万地形图，覆盖12平方千米。"), vec![]),
        (letter("移交1:2000地形图，覆盖12平方千米，见公开版。"), vec![]),
    ];
    for (text, expected) in cases {
        let examination = examine("a.eml", &text);
        let findings = examination.parts.iter().flat_map(|part| &part.findings);
        let scope = findings.clone().filter(|f| f.rule.starts_with("cn.scope"));
        assert_eq!(scope.map(|f| f.rule.as_str()).collect::<Vec<_>>(), expected, "{text}");
        for finding in findings.filter(|f| f.rule == "cn.scope.aggregation") {
            assert_eq!(finding.quote.as_deref(), Some("12平方千米"));
            assert_eq!(finding.entry.as_deref(), Some("cn.surveying.2020.18"));
            let evidence: Vec<_> = finding.evidence.iter().map(|e| e.words.zh.as_str()).collect();
            assert_eq!(
                evidence,
                [
                    "未达条目规定的数量（字符30–36）",
                    "未达条目规定的数量（a.eml > b.txt的字符12–18）",
                    "共2处，单独均未达到条目规定（≥ 25平方千米），合计达到",
                ]
            );
        }
    }
}

/// A notice extends a term where it came before the end; the day it names is no
/// day of issue, and a sentence about extensions is none.
#[test]
fn notices_extend_terms() {
    let document = |notice: &str, close: &str| {
        format!(
            "秘密★5年\n{notice}\n澄溪省气象局文件\n澄气〔2018〕5号\n关于设备巡检的通知\n各市局：\n请按期巡检。\n\
             澄溪省气象局\n2018年6月1日\n{close}\n"
        )
    };
    let cases = [
        ("", "", "2023-06-01", "expired"),
        ("延长保密期限至2030年12月31日", "", "2030-12-31", "in_force"),
        ("", "（2023年5月10日决定延长保密期限10年）", "2033-06-01", "in_force"),
        ("", "经审核，保密期限延长至2030年5月1日（2023年4月6日）", "2030-05-01", "in_force"),
        ("", "2024年1月8日决定延长保密期限至2030年1月1日", "2023-06-01", "expired"),
        ("", "延长保密期限至2025年1月1日", "2025-01-01", "expired"),
        ("", "需要延长保密期限10年的，应当在届满前书面通知", "2023-06-01", "expired"),
    ];
    for (notice, close, through, state) in cases {
        let text = document(notice, close);
        let examination = examine("a.txt", &text);
        let declassification = examination.declassification.as_ref().unwrap();
        let said = serde_json::to_value(declassification).unwrap();
        assert_eq!(said["protected_through"], through, "{text}");
        assert_eq!(said["state"], state, "{text}");
        assert_eq!(said["issue_date"], "2018-06-01", "{text}");
        let evidence = examination.parts.iter().flat_map(|part| &part.findings);
        let told = evidence.flat_map(|f| &f.evidence).any(|e| e.id.starts_with("extension"));
        let names_one = close.contains("延长") && !close.contains("的，") || !notice.is_empty();
        assert_eq!(told, names_one, "{text}");
    }
}

/// A mark in brackets beside the document's own title is one; beside the title of
/// another document, in a list or in a sentence it is not.
#[test]
fn marks_stand_beside_titles() {
    let body = "各库房：\n　　请按期盘点。\n　　　　南麓仓储管理处\n　　　　2024年3月1日\n";
    let cases = [
        ("关于南麓仓库盘点安排的通知（机密★10年）", true),
        ("机密★10年 关于南麓仓库盘点安排的通知", true),
        ("南麓仓库守护人员名单【秘密★5年】", true),
        ("关于南麓仓库盘点安排的通知（机密）", false),
        ("关于贯彻《南麓仓库盘点办法》的通知（机密★10年）", false),
        ("1. 关于南麓仓库盘点安排的通知（机密★10年）", false),
        ("题目：应当怎样标注的通知（机密★10年）", false),
        ("关于南麓仓库盘点安排的通知（机密★10年）\n关于工作餐的通知（秘密★5年）", false),
        ("本文讲盘点，例如关于盘点的通知（机密★10年）", false),
    ];
    for (title, marked) in cases {
        let examination = examine("a.txt", &format!("{title}\n{body}"));
        let mut findings = examination.parts.iter().flat_map(|part| &part.findings);
        let found = findings.any(|f| f.rule == "cn.mark.state-secret");
        assert_eq!(found, marked, "{title}");
    }
}

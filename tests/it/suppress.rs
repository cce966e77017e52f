//! Decisions that hits are not what they seem: what they take out of the count,
//! and what brings it back.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Ran, fixtures, run, tree};

const BEFORE: &str =
    "食堂管理员培训班的学员们本周围绕锅炉安全、冷库温度记录和碗筷消毒三个题目各写了一篇心得。";
const HIT: &str = "会计资格考试成绩未公布，合格人数暂按内部口径掌握。";
const AFTER: &str =
    "班主任把心得贴在走廊的展板上，供大家在午休时间阅读，月底收回装订，存在后勤科的铁皮柜里。";

/// A folder with `doc.txt`, a report about it, and a key.
fn room(text: &str) -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    let key: String = (0..32).map(|byte: u8| format!("{:02x}", byte.wrapping_mul(37))).collect();
    fs::write(room.path().join("key"), key).unwrap();
    fs::write(room.path().join("doc.txt"), text).unwrap();
    scan(room.path(), &["doc.txt", "--out", "report.ndjson"]);
    room
}

fn plain() -> String {
    format!("{BEFORE}\n{HIT}\n{AFTER}\n")
}

fn scan(room: &Path, arguments: &[&str]) -> Ran {
    let mut all = vec!["scan", "--format", "ndjson", "--lang", "en"];
    if !arguments.contains(&"--as-of") {
        all.extend(["--as-of", "2026-11-27"]);
    }
    run(room, &[all.as_slice(), arguments].concat())
}

fn listen(room: &Path, arguments: &[&str]) -> (Ran, Value) {
    let with = ["doc.txt", "--suppressions", "store.toml", "--key", "key"];
    let ran = scan(room, &[with.as_slice(), arguments].concat());
    assert!(ran.status < 2, "{}", ran.stderr);
    let examination = ran.lines().remove(0);
    (ran, examination)
}

fn add(room: &Path, finding: &str) -> Ran {
    let arguments = [
        "suppress",
        "add",
        "--finding",
        finding,
        "--report",
        "report.ndjson",
        "--owner",
        "Li Hong",
        "--reason",
        "A course for cooks.",
        "--expires",
        "2027-05-31",
        "--today",
        "2026-11-27",
        "--store",
        "store.toml",
        "--key",
        "key",
        "--lang",
        "en",
    ];
    run(room, &arguments)
}

fn findings(examination: &Value) -> Vec<&Value> {
    let parts = examination["parts"].as_array().unwrap().iter();
    parts.flat_map(|part| part["findings"].as_array().unwrap()).collect()
}

fn notes(examination: &Value) -> Vec<&str> {
    let notes = examination["parts"][0]["notes"].as_array().into_iter().flatten();
    notes.filter_map(|note| note["id"].as_str()).collect()
}

/// A room with a decision about the hit of `plain()`.
fn decided() -> tempfile::TempDir {
    let room = room(&plain());
    let added = add(room.path(), "f1");
    assert_eq!(added.status, 0, "{}", added.stderr);
    room
}

#[test]
fn a_suppressed_finding_stays_and_does_not_count() {
    let room = decided();
    let (ran, examination) = listen(room.path(), &[]);
    assert_eq!((ran.status, &examination["verdict"]), (0, &"no_finding".into()));
    let found = findings(&examination);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["rule"], "cn.scope.hit");
    assert_eq!(found[0]["suppressed"]["owner"], "Li Hong");
    assert_eq!(found[0]["suppressed"]["expires"], "2027-05-31");
    let step = examination["next_step"]["en"].as_str().unwrap();
    assert!(step.contains("(1)") && step.contains("human approval"), "{step}");
    assert!(
        ran.stderr.contains("suppressions: applied 1 to 1 findings; expired 0,"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("Li Hong, until 2027-05-31: A course for cooks. ×1"));
    assert_eq!(examination["engine"]["suppressions"].as_str().map(str::len), Some(64));

    // The report for people names it too.
    let arguments = ["scan", "doc.txt", "--as-of", "2026-11-27", "--lang", "en"];
    let listening = ["--suppressions", "store.toml", "--key", "key"];
    let human = run(room.path(), &[arguments.as_slice(), &listening].concat());
    for words in ["[suppressed] cn.scope.hit", "does not count: s-", "A course for cooks."] {
        assert!(human.stdout.contains(words), "{words}\n{}", human.stdout);
    }
    // Without them it counts.
    assert_eq!(scan(room.path(), &["doc.txt"]).status, 1);
}

#[test]
fn no_text_of_the_document_is_kept() {
    let room = decided();
    let store = fs::read_to_string(room.path().join("store.toml")).unwrap();
    for words in ["考试", "成绩", "公布", "食堂", "doc"] {
        assert!(!store.contains(words), "{words} in {store}");
    }
    let mode = fs::read_dir(room.path()).unwrap().count();
    assert_eq!(mode, 4, "key, doc.txt, report.ndjson, store.toml and nothing half written");
}

#[test]
fn what_it_is_bound_to_brings_it_back_when_it_changes() {
    let room = decided();
    for (text, counts) in [
        (plain(), false),
        // Lines of another length, full-width forms and traditional characters.
        (plain().replace("题目各写", "题目\n各写").replace("记录", "記錄"), false),
        // Another document with the same words in the same place.
        (format!("{}{}", plain(), "甲乙丙丁\n".repeat(40)), true),
        (plain().replace("班主任把心得贴在", "班主任把试卷贴在"), true),
        (plain().replace("冷库", "机房"), true),
        (plain().replace("合格人数", "不合格人数"), true),
        (plain().replace("未公布，", "尚未公布，"), true),
    ] {
        fs::write(room.path().join("doc.txt"), &text).unwrap();
        let (ran, examination) = listen(room.path(), &[]);
        assert_eq!(ran.status, i32::from(counts), "{text}");
        assert_eq!(findings(&examination)[0].get("suppressed").is_none(), counts, "{text}");
    }
}

#[test]
fn another_entry_brings_it_back() {
    let room = decided();
    let rules = room.path().join("rules");
    for folder in ["regimes", "rules", "scopes"] {
        fs::create_dir_all(rules.join(folder)).unwrap();
        for file in crate::house::files(&tree("dictionaries").join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let text = text.replace("\"cn.personnel.1992.2-3-2\"", "\"cn.personnel.1992.2-3-9\"");
            fs::write(rules.join(folder).join(file.file_name().unwrap()), text).unwrap();
        }
    }
    let (ran, examination) = listen(room.path(), &["--rules", "rules"]);
    assert_eq!(ran.status, 1);
    assert_eq!(findings(&examination)[0]["entry"], "cn.personnel.1992.2-3-9");
}

#[test]
fn days_bring_it_back() {
    let room = decided();
    for (as_of, counts, note) in [
        ("2026-11-26", true, &["suppression-not-yet"][..]),
        ("2026-11-27", false, &[]),
        ("2027-05-31", false, &[]),
        ("2027-06-01", true, &["suppression-expired"]),
    ] {
        let (ran, examination) = listen(room.path(), &["--as-of", as_of]);
        assert_eq!(ran.status, i32::from(counts), "{as_of}");
        assert_eq!(notes(&examination), note, "{as_of}");
        let expired =
            if as_of == "2027-06-01" { "; expired 1, so 1 findings" } else { "; expired 0, so 0" };
        assert!(ran.stderr.contains(expired), "{as_of}: {}", ran.stderr);
    }
}

#[test]
fn marks_are_never_suppressed() {
    let room = room(&format!("机密★10年\n云岭省后勤局文件\n{}", plain()));
    let report = fs::read_to_string(room.path().join("report.ndjson")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let mut refused = 0;
    for finding in findings(&report) {
        let id = finding["id"].as_str().unwrap();
        if finding["rule"] == "cn.scope.hit" {
            assert_eq!(add(room.path(), id).status, 0);
            continue;
        }
        let ran = add(room.path(), id);
        assert_eq!(ran.status, 2, "{finding}");
        assert!(ran.stderr.contains("cannot be suppressed"), "{}", ran.stderr);
        refused += 1;
    }
    assert!(refused > 0, "{report}");
    let (ran, examination) = listen(room.path(), &[]);
    assert_eq!((ran.status, &examination["verdict"]), (1, &"withhold".into()));
}

#[test]
fn gaps_count_whatever_is_suppressed() {
    let room = decided();
    fs::create_dir(room.path().join("matter")).unwrap();
    fs::rename(room.path().join("doc.txt"), room.path().join("matter/doc.txt")).unwrap();
    fs::copy(fixtures().join("in/unknown.bin"), room.path().join("matter/unknown.bin")).unwrap();
    let arguments =
        ["matter", "--matter-by", "folder", "--suppressions", "store.toml", "--key", "key"];
    let ran = scan(room.path(), &arguments);
    assert_eq!((ran.status, &ran.lines()[0]["verdict"]), (1, &"incomplete".into()));
}

#[test]
fn keys_and_files_that_are_wrong_are_said() {
    let room = decided();
    let other: Vec<u8> = (0..32).map(|byte: u8| byte.wrapping_mul(91) ^ 5).collect();
    fs::write(room.path().join("other"), other).unwrap();
    fs::write(room.path().join("short"), "0123456789").unwrap();
    let store = fs::read_to_string(room.path().join("store.toml")).unwrap();
    fs::write(room.path().join("longer.toml"), store.replace("2027-05-31", "2027-11-20")).unwrap();
    for (file, key, said) in [
        ("store.toml", "other", "not the one this file was made with"),
        ("store.toml", "short", "no key"),
        ("store.toml", "no-such-key", "cannot read the key"),
        ("longer.toml", "key", "not as it was made"),
        ("no-such-file", "key", "cannot read the suppressions"),
        ("doc.txt", "key", "line 1"),
    ] {
        let ran = scan(room.path(), &["doc.txt", "--suppressions", file, "--key", key]);
        assert_eq!(ran.status, 2, "{file} {key}");
        assert!(ran.stderr.contains(said), "{file} {key}: {}", ran.stderr);
    }
    assert_eq!(scan(room.path(), &["doc.txt", "--suppressions", "store.toml"]).status, 2);
}

#[test]
fn a_decision_is_about_the_report_it_was_made_from() {
    let room = room(&plain());
    fs::write(room.path().join("doc.txt"), plain().replace("展板", "墙")).unwrap();
    let ran = add(room.path(), "f1");
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("not what the report is about"), "{}", ran.stderr);
    assert_eq!(add(room.path(), "f9").status, 2);
    assert!(!room.path().join("store.toml").exists());
}

#[test]
fn decisions_are_listed_and_checked() {
    let room = decided();
    let check = |today: &str| {
        let arguments = ["suppress", "check", "doc.txt", "--store", "store.toml", "--key", "key"];
        run(room.path(), &[arguments.as_slice(), &["--today", today, "--lang", "en"]].concat())
    };
    let ran = check("2026-11-27");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("about 1 findings\n1 suppressions, 0 expired, 0 about nothing"));
    let ran = check("2027-06-01");
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("EXPIRED 2027-05-31") && ran.stdout.contains("about 1 findings"));
    fs::write(room.path().join("doc.txt"), plain().replace("冷库", "机房")).unwrap();
    let ran = check("2026-11-27");
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("1 suppressions, 0 expired, 1 about nothing"), "{}", ran.stdout);
    let list =
        ["suppress", "list", "--store", "store.toml", "--today", "2026-11-27", "--lang", "en"];
    let ran = run(room.path(), &list);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("until 2027-05-31\n    Li Hong, 2026-11-27: A course"));
    assert!(ran.stderr.contains("not held against a key"));
}

#[test]
fn threads_do_not_matter() {
    let room = decided();
    for number in 0..12 {
        let text =
            if number % 3 == 0 { plain() } else { plain().replace("冷库", &number.to_string()) };
        fs::create_dir_all(room.path().join("in")).unwrap();
        fs::write(room.path().join(format!("in/{number:02}.txt")), text).unwrap();
    }
    let scan = |jobs| {
        let with = ["in", "--suppressions", "store.toml", "--key", "key", "--jobs", jobs];
        let ran = scan(room.path(), &with);
        (ran.stdout, ran.stderr)
    };
    let one = scan("1");
    assert!(one.1.contains("applied 1 to 4 findings"), "{}", one.1);
    assert_eq!(one, scan("2"));
}

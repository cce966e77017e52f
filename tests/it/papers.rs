//! Papers out of the store: what people said is in them, and that they were taken out is
//! in the ledger.

use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{Ran, run};

fn with_store(room: &Path, arguments: &[&str]) -> Ran {
    run(room, &[arguments, &["--store", "store", "--lang", "zh"]].concat())
}

fn done(room: &Path, arguments: &[&str]) -> String {
    let ran = with_store(room, arguments);
    assert_eq!(ran.status, 0, "{arguments:?}\n{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

/// Two matters: one reported upward after its review, one that nobody proposed.
fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let room = folder.path();
    fs::create_dir(room.join("in")).unwrap();
    fs::write(room.join("in/a.txt"), "机密★10年\n关于<某事>的通知\n2014年3月1日\n").unwrap();
    fs::write(room.join("in/b.txt"), "食堂下周供应面条。\n").unwrap();
    for (name, shown, role) in
        [("zhang", "张三", "submitter"), ("li", "李四", "reviewer"), ("wang", "王<五>", "approver")]
    {
        done(room, &["person", "add", name, "--shown", shown, "--by", "setup"]);
        done(room, &["person", "grant", name, role, "--by", "setup"]);
    }
    let scan = ["scan", "in", "--as-of", "2026-11-27", "--isolation", "thread"];
    assert_eq!(with_store(room, &scan).status, 1);
    let of = |verb, by| ["matter", verb, "1", "--by", by, "--channel", "微信公众号"];
    let says = ["--title", "=通知", "--on", "2026-12-01", "--basis", "条例", "--opinion", "拟公开"];
    done(room, &[&of("submit", "zhang")[..], &says].concat());
    let back = ["--reason", "标题有误"];
    done(room, &[&of("return", "li")[..], &back].concat());
    done(room, &[&of("submit", "zhang")[..], &says].concat());
    let shown = done(room, &["matter", "show", "1", "--by", "li"]);
    let ids = shown.lines().filter_map(|line| line.trim().split_once("  "));
    let ids = ids.filter(|(id, rest)| {
        id.starts_with('f') && (rest.starts_with("禁止") || rest.starts_with("审查"))
    });
    let rulings: Vec<_> = ids.map(|(id, _)| format!("{id}=看过原件")).collect();
    let rulings: Vec<_> = rulings.iter().flat_map(|ruling| ["--leave", ruling]).collect();
    done(room, &[&of("review", "li")[..], &["--opinion", "拿不准"], &rulings].concat());
    let report = ["--conclusion", "report", "--reason", "报请确定", "--addressee", "市保密局"];
    done(room, &[&of("decide", "wang")[..], &report].concat());
    folder
}

#[test]
fn the_form_is_filled_with_what_people_said_and_its_making_is_recorded() {
    let folder = office();
    let room = folder.path();
    let html = done(room, &["report", "--as", "form", "--matter", "1", "--by", "zhang"]);
    for words in [
        "<td>1-1</td>",
        "=通知",
        "☑ 公文",
        "☑ 其他：微信公众号",
        "2026-12-01",
        "登记：张三，",
        "拿不准",
        "存疑：看过原件",
        "登记：李四，",
        "☑ 报请确定",
        "报送市保密局，期限20",
        "登记：王&lt;五&gt;，",
        "未打开过该事项",
    ] {
        assert!(html.contains(words), "{words}\n{html}");
    }
    assert!(!html.contains("标题有误"), "what was returned is another record");
    assert!(!html.contains("机密★10年"), "no text of a document is kept");
    assert_eq!(html.matches("<section>").count(), 1);

    done(room, &["ledger", "export", "--out", "ledger"]);
    let ledger = fs::read_to_string(room.join("ledger")).unwrap();
    let last: Value = serde_json::from_str(ledger.lines().last().unwrap()).unwrap();
    assert_eq!((&last["actor"], &last["action"]), (&"zhang".into(), &"report.export".into()));
    let body: Value = serde_json::from_str(last["body"].as_str().unwrap()).unwrap();
    let digest: String =
        Sha256::digest(html.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(body["sha256"], digest.as_str());
    assert_eq!((&body["count"], &body["paper"]), (&1.into(), &"form".into()));
    done(room, &["store", "check"]);
}

#[test]
fn who_takes_a_paper_out_is_named_and_known() {
    let folder = office();
    let room = folder.path();
    for more in [&[][..], &["--by", "nobody"], &["--by", "li", "--matter", "9"]] {
        let arguments = [&["report", "--as", "csv", "--out", "paper"], more].concat();
        let ran = with_store(room, &arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{more:?}");
        assert!(!room.join("paper").exists(), "{more:?}");
    }
    let neither = run(room, &["report", "--as", "csv"]);
    assert_eq!(neither.status, 2);
    fs::write(room.join("file"), "").unwrap();
    let both = with_store(room, &["report", "file", "--as", "csv", "--matter", "1"]);
    assert_eq!(both.status, 2, "of a file there is nothing to choose");
}

#[test]
fn what_is_chosen_is_in_the_paper() {
    let folder = office();
    let room = folder.path();
    let json = |more: &[&str]| -> Vec<Value> {
        let arguments = [&["report", "--as", "json", "--by", "li"], more].concat();
        serde_json::from_str(&done(room, &arguments)).unwrap()
    };
    for (more, count) in [
        (&[][..], 2),
        (&["--matter", "2"], 1),
        (&["--step", "closed"], 1),
        (&["--step", "submit"], 1),
        (&["--verdict", "no_finding"], 1),
        (&["--since", "2020-01-01"], 2),
        (&["--since", "2199-01-01"], 0),
    ] {
        assert_eq!(json(more).len(), count, "{more:?}");
    }
    // What the record gives is what the scan said.
    let scan = ["scan", "in", "--as-of", "2026-11-27", "--isolation", "thread", "--no-config"];
    let scanned = run(room, &[&scan[..], &["--format", "ndjson"]].concat()).stdout;
    let scanned: Vec<Value> =
        scanned.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (kept, said) in json(&[]).into_iter().zip(scanned) {
        for field in ["verdict", "parts", "declassification", "coverage", "engine", "sha256"] {
            assert_eq!(kept[field], said[field], "{field}");
        }
    }
}

#[test]
fn register_worklist_and_workbook_say_the_same_of_the_same_matters() {
    let folder = office();
    let room = folder.path();
    let paper = |kind: &str| done(room, &["report", "--as", kind, "--by", "li"]);
    let register = paper("register");
    let row = register.lines().nth(1).unwrap();
    for words in ["1-1,", "'=通知", "张三", "李四", "王<五>", "报上级确定", "市保密局"]
    {
        assert!(row.contains(words), "{words}\n{register}");
    }
    assert_eq!(register.lines().count(), 3);
    // A term of ten years from 2014 is over on 2026-11-27.
    let list = paper("worklist");
    for words in ["2024年届满（1件）", "2024-03-01", "保密期限已满", "列入1件", "无有效标志的1件"]
    {
        assert!(list.contains(words), "{words}\n{list}");
    }
    assert_eq!(paper("worklist-csv").lines().count(), 2);
    let book = |name: &str| {
        done(room, &["report", "--as", "xlsx", "--by", "li", "--out", name]);
        fs::read(room.join(name)).unwrap()
    };
    let (one, two) = (book("one.xlsx"), book("two.xlsx"));
    assert!(one.starts_with(b"PK") && one == two, "the same matters, the same bytes");
}

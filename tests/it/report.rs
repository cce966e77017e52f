//! Papers made of what `scan` wrote: what must be in them, and what becomes of files that
//! are no examinations. How they look: `tests/golden/report`.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::{Ran, fixtures, run, run_with_input};

fn paper(arguments: &[&str]) -> String {
    let Ran { status, stdout, stderr } =
        run(&fixtures(), &[&["report", "office.ndjson", "--as"], arguments].concat());
    assert_eq!((status, stderr.as_str()), (0, ""), "{arguments:?}");
    stdout
}

fn examined() -> Vec<Value> {
    let text = fs::read_to_string(fixtures().join("office.ndjson")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many findings and gaps there are.
fn count() -> usize {
    let list = |of: &Value| of.as_array().unwrap().len();
    let matters = examined();
    let parts = matters.iter().flat_map(|one| one["parts"].as_array().unwrap());
    parts.map(|part| list(&part["findings"]) + list(&part["gaps"])).sum()
}

/// What SARIF 2.1.0 requires of the objects we write, section by section.
#[test]
fn sarif_keeps_to_its_specification() {
    let log: Value = serde_json::from_str(&paper(&["sarif", "--lang", "zh"])).unwrap();
    assert_eq!(log["version"], "2.1.0", "3.13.2");
    assert!(log["$schema"].as_str().unwrap().contains("sarif"));
    let [run] = log["runs"].as_array().unwrap().as_slice() else { panic!("one run") };
    assert_eq!(run["language"], "zh-CN", "3.14.7");
    assert_eq!(run["columnKind"], "unicodeCodePoints", "3.14.17");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "vetmark", "3.19.8");
    let rules = driver["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "3.19.23: unique");
    for rule in rules {
        for words in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[words]["text"].as_str().unwrap().is_empty(), "3.49: {rule}");
        }
        let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
        assert!(["error", "warning", "note"].contains(&level), "3.50.3");
    }
    let artifacts = run["artifacts"].as_array().unwrap();
    for (at, artifact) in artifacts.iter().enumerate() {
        is_uri(&artifact["location"]["uri"]);
        assert!(artifact["length"].as_i64().unwrap() >= -1, "3.24.9");
        if let Some(parent) = artifact.get("parentIndex") {
            assert!((parent.as_u64().unwrap() as usize) < at, "3.24.3");
        }
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), count(), "every finding and gap is a result");
    let mut fingerprints = BTreeSet::new();
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(result["ruleId"], rule["id"], "3.27.6");
        assert_eq!(result["kind"], "fail", "3.27.9: a level needs it");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty(), "3.27.11");
        let [location] = result["locations"].as_array().unwrap().as_slice() else { panic!() };
        let physical = &location["physicalLocation"];
        let index = physical["artifactLocation"]["index"].as_u64().unwrap() as usize;
        assert_eq!(
            physical["artifactLocation"]["uri"], artifacts[index]["location"]["uri"],
            "3.4.5"
        );
        if let Some(region) = physical.get("region") {
            assert!(region["charOffset"].as_u64().is_some(), "3.30.9");
            assert!(region["charLength"].as_u64().is_some(), "3.30.10");
            assert!(region.get("startLine").is_none_or(|line| line.as_u64().unwrap() > 0));
        }
        for (_, print) in result["partialFingerprints"].as_object().unwrap() {
            assert!(fingerprints.insert(print.as_str().unwrap()), "3.27.17");
        }
    }
    assert_eq!(fingerprints.len(), results.len());
    let verdicts = |matters: &[Value]| -> Vec<_> {
        matters.iter().map(|one| (one["source"].clone(), one["verdict"].clone())).collect()
    };
    let of_run = run["properties"]["matters"].as_array().unwrap();
    assert_eq!(verdicts(of_run), verdicts(&examined()), "every matter with its verdict");
}

/// RFC 3986: what is not of these is an escape of two digits.
fn is_uri(uri: &Value) {
    let uri = uri.as_str().unwrap();
    for (at, c) in uri.char_indices() {
        let escape = || u8::from_str_radix(&uri[at + 1..at + 3], 16).is_ok();
        assert!(c.is_ascii_alphanumeric() || "-._~/:".contains(c) || c == '%' && escape(), "{uri}");
    }
}

/// One sheet a matter, and nothing in it from elsewhere: no script, no address, no markup
/// that a name brought along.
#[test]
fn forms_are_plain_sheets() {
    for lang in ["en", "zh"] {
        let html = paper(&["form", "--lang", lang]);
        assert_eq!(html.matches("<section>").count(), examined().len());
        for (line, text) in html.lines().enumerate() {
            for foreign in ["<script", "<b>", "src=", "href=", "url(", "http:", "https:", "@import"]
            {
                assert!(!text.contains(foreign), "{lang} {line}: {foreign}");
            }
        }
        assert!(html.contains("office/menu &lt;b&gt; &amp; [list](1).txt"));
        assert!(html.contains("@page { size: A4;"));
        assert!(html.contains("gap.unsupported · office/unknown.bin"));
        assert!(html.contains("机密★启用前"));
    }
}

#[test]
fn json_is_all_that_went_in() {
    let array: Value = serde_json::from_str(&paper(&["json"])).unwrap();
    assert_eq!(array, Value::Array(examined()));
}

#[test]
fn a_table_has_a_row_for_every_finding_gap_and_silent_matter() {
    let plain = paper(&["csv"]);
    let silent = examined().iter().filter(|one| one["verdict"] == "no_finding").count();
    assert!(silent > 0);
    assert_eq!(plain.matches("\r\n").count(), 1 + count() + silent);
    assert_eq!(plain.matches('\n').count(), plain.matches("\r\n").count());
    assert_eq!(paper(&["csv", "--bom"]), format!("\u{feff}{plain}"));
}

#[test]
fn what_is_no_examination_is_named_by_line_and_nothing_is_written() {
    let good = fs::read_to_string(fixtures().join("office.ndjson")).unwrap();
    let first = good.lines().next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("paper");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for paper in ["csv", "json", "sarif"] {
        for (bad, line) in [
            (format!("{first}\n\n{{\"a\":1}}\n"), 3),
            (format!("{first}\n{}", &first[..first.len() - 1]), 2),
            (first.replace("vetmark.examination/1", "other"), 1),
            (first.replace("\"verdict\":\"", "\"verdict\":\"no_"), 1),
            (deep.clone(), 1),
        ] {
            let arguments = ["report", "-", "--as", paper, "--out", target.to_str().unwrap()];
            let Ran { status, stdout, stderr } =
                run_with_input(&fixtures(), &arguments, bad.as_bytes());
            assert_eq!((status, stdout.as_str()), (2, ""), "{paper} {line}");
            let says = format!("error: -, line {line}: no examination: ");
            assert!(stderr.starts_with(&says), "{stderr}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{paper} {line}");
        }
    }
}

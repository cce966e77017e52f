//! The record through the door: a scan that keeps, the procedure by commands, the
//! ledger as a file, and what a changed original or another rule brings back.

use std::fs;
use std::path::Path;

use crate::support::{Ran, run, tree};

/// A folder with two documents, scanned into a store, and three persons.
fn office() -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    fs::create_dir(room.path().join("in")).unwrap();
    fs::write(room.path().join("in/plain.txt"), "食堂下周供应面条。\n").unwrap();
    fs::write(room.path().join("in/marked.txt"), "机密★10年\n关于某事的通知\n").unwrap();
    for (name, role) in [("zhang", "submitter"), ("li", "reviewer"), ("wang", "approver")] {
        done(room.path(), &["person", "add", name, "--shown", name, "--by", "setup"]);
        done(room.path(), &["person", "grant", name, role, "--by", "setup"]);
    }
    let kept = scan(room.path(), &[]);
    assert_eq!(kept.status, 1, "{}", kept.stderr);
    assert!(kept.stderr.contains("kept: 2 matters opened, 0 known, 0 opened again"));
    room
}

fn with_store(room: &Path, arguments: &[&str]) -> Ran {
    run(room, &[arguments, &["--store", "store", "--lang", "en"]].concat())
}

fn done(room: &Path, arguments: &[&str]) -> String {
    let ran = with_store(room, arguments);
    assert_eq!(ran.status, 0, "{arguments:?}\n{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

fn scan(room: &Path, more: &[&str]) -> Ran {
    let scan = ["scan", "in", "--as-of", "2026-11-27", "--isolation", "thread"];
    with_store(room, &[&scan, more].concat())
}

/// The command of a step about one matter.
fn step<'a>(verb: &'a str, matter: &'a str, by: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["matter", verb, matter, "--by", by, "--channel", "www"];
    if verb == "submit" {
        all.extend(["--title", "t", "--on", "2026-12-01", "--basis", "b", "--opinion", "o"]);
    }
    all.extend(more);
    all
}

#[test]
fn the_procedure_by_commands() {
    let room = office();
    let room = room.path();
    let shown = done(room, &["matter", "show", "1", "--by", "zhang"]);
    assert!(shown.contains("withhold") && shown.contains("cn.mark.state-secret"), "{shown}");
    assert!(!shown.contains("机密★10年"), "no text of a document is kept\n{shown}");
    done(room, &step("submit", "1", "zhang", &[]));
    // Whoever passes over a finding is refused, and whoever skips a step.
    let refused = with_store(room, &step("review", "1", "li", &["--opinion", "o"]));
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("every finding is upheld"), "{}", refused.stderr);
    let decide = ["--conclusion", "withhold", "--reason", "r"];
    let refused = with_store(room, &step("decide", "1", "wang", &decide));
    assert!(refused.stderr.contains("another step comes next"), "{}", refused.stderr);
    let shown = done(room, &["matter", "show", "1", "--by", "li"]);
    let blocking: Vec<_> = shown
        .lines()
        .filter_map(|line| line.trim().split_once("  "))
        .filter(|(_, rest)| rest.starts_with("block") || rest.starts_with("review"))
        .map(|(id, _)| format!("{id}=seen"))
        .collect();
    assert!(!blocking.is_empty(), "{shown}");
    let uphold: Vec<_> = blocking.iter().flat_map(|ruling| ["--uphold", ruling]).collect();
    let review = step("review", "1", "li", &[&["--opinion", "o"], uphold.as_slice()].concat());
    done(room, &review);
    let decided = with_store(room, &step("decide", "1", "wang", &decide));
    assert_eq!(decided.status, 0, "{}", decided.stderr);
    assert!(decided.stderr.contains("never opened by wang: 1"), "{}", decided.stderr);
    let shown = done(room, &["matter", "show", "1", "--by", "li"]);
    assert!(shown.contains("do not disclose") && shown.contains("NEVER OPENED"), "{shown}");
    let listed = done(room, &["matter", "list", "--step", "closed"]);
    assert!(listed.contains("1  withhold") && listed.contains("2 matters"), "{listed}");
    done(room, &["store", "check"]);
}

#[test]
fn many_at_one_stroke_are_one_record_each_and_the_unopened_are_named() {
    let room = office();
    let room = room.path();
    done(room, &["matter", "show", "2", "--by", "zhang"]);
    let many = step("submit", "1", "zhang", &["2", "9"]);
    let ran = with_store(room, &many);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert_eq!(ran.stdout.matches("next: confidentiality review").count(), 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("never opened by zhang: 1\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("9: there is no matter 9 in the store"), "{}", ran.stderr);
    let shown = done(room, &["matter", "show", "1", "--by", "li"]);
    assert!(shown.contains("NEVER OPENED") && shown.contains("one of 3 at one stroke"), "{shown}");
    assert_eq!(with_store(room, &["matter", "list", "--verdict", "clean"]).status, 2);
}

#[test]
fn what_is_due_is_listed_until_it_was_reported() {
    let room = office();
    let room = room.path();
    assert_eq!(done(room, &["matter", "due"]), "");
    fs::write(room.join("days"), "2026-10-01 off\n").unwrap();
    done(room, &["store", "holidays", "days", "--by", "setup"]);
    fs::write(room.join("days"), "2026-10-01 perhaps\n").unwrap();
    let wrong = with_store(room, &["store", "holidays", "days", "--by", "setup"]);
    assert!(wrong.stderr.contains("line 1: `off` or `worked`"), "{}", wrong.stderr);
    done(room, &["person", "pace", "review", "250", "--by", "setup"]);
    done(room, &step("submit", "1", "zhang", &[]));
    assert_eq!(done(room, &["matter", "due", "--within", "7d"]), "", "a year is left");
    let leak = ["matter", "leak", "1", "--by", "li", "--words", "seen on a page"];
    let late = with_store(room, &[&leak[..], &["--found", "2020-01-01T08:00:00+08:00"]].concat());
    assert_eq!(late.status, 1, "{}", late.stderr);
    assert!(
        late.stderr.contains("to be reported to the secrecy administration"),
        "{}",
        late.stderr
    );
    let due = with_store(room, &["matter", "due", "--within", "9999d", "--format", "ndjson"]);
    assert_eq!(due.status, 1);
    let due: Vec<serde_json::Value> =
        due.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<_> = due.iter().map(|one| (&one["what"], &one["overdue"])).collect();
    assert_eq!(said, [(&"leak".into(), &true.into()), (&"step".into(), &false.into())]);
    assert_eq!(due[0]["due"], "2020-01-02T00:00:00.000Z");
    let listed = done(room, &["matter", "list"]);
    assert!(listed.contains("marked.txt  by 2020-01-02T00:00:00.000Z"), "{listed}");
    let reported = ["matter", "reported", "1", "--what", "leak", "--by", "li", "--words", "No. 8"];
    done(room, &reported);
    assert_eq!(with_store(room, &reported).status, 2, "once");
    let back = ["matter", "return", "1", "--by", "li", "--channel", "www", "--reason", "no text"];
    assert!(done(room, &back).contains("next: proposal"));
    assert_eq!(done(room, &["matter", "due", "--within", "9999d"]), "");
    let shown = done(room, &["matter", "show", "1", "--by", "li"]);
    assert!(shown.contains("return") && shown.contains("no text"), "{shown}");
    done(room, &["store", "check"]);
}

#[test]
fn a_token_is_shown_once_and_kept_as_a_digest() {
    let room = office();
    let room = room.path();
    let add = ["store", "token", "add", "scanner", "--by", "setup", "--scope", "read"];
    let made = with_store(room, &[&add[..], &["--days", "30"]].concat());
    assert_eq!(made.status, 0, "{}", made.stderr);
    let token = made.stdout.trim();
    let secret = token.strip_prefix("vetmark_").unwrap();
    assert_eq!(secret.len(), 64);
    assert!(made.stderr.contains("shown once"), "{}", made.stderr);
    let again = with_store(room, &add);
    assert_eq!((again.status, again.stdout.as_str()), (2, ""));
    for (more, wrong) in
        [(["--scope", "write"], "one of examine, read"), (["--days", "0"], "1..=366")]
    {
        let ran = with_store(
            room,
            &[&["store", "token", "add", "x", "--by", "setup"][..], &more].concat(),
        );
        assert!(ran.status == 2 && ran.stderr.contains(wrong), "{}", ran.stderr);
    }
    let listed = done(room, &["store", "token", "list"]);
    assert!(listed.starts_with("scanner  read  until ") && !listed.contains(secret), "{listed}");
    done(room, &["store", "token", "revoke", "scanner", "--by", "setup"]);
    assert!(done(room, &["store", "token", "list"]).contains("revoked"));
    done(room, &["store", "check"]);
    let bytes: Vec<u8> = secret
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    for file in ["store", "store-wal"] {
        let kept = fs::read(room.join(file)).unwrap_or_default();
        for secret in [secret.as_bytes(), &bytes] {
            assert!(!kept.windows(secret.len()).any(|window| window == secret), "{file}");
        }
    }
}

#[test]
fn a_store_among_the_documents_is_refused() {
    let room = office();
    let scan = ["scan", ".", "--isolation", "thread"];
    let refused = with_store(room.path(), &scan);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("stands among what is to be examined"), "{}", refused.stderr);
    done(room.path(), &["store", "check"]);
}

#[test]
fn a_changed_original_is_not_decided_about() {
    let room = office();
    let room = room.path();
    done(room, &step("submit", "2", "zhang", &[]));
    done(room, &step("review", "2", "li", &["--opinion", "o"]));
    let decide = step("decide", "2", "wang", &["--conclusion", "disclose", "--reason", "r"]);
    done(room, &["replay", "2"]);

    fs::write(room.join("in/plain.txt"), "绝密★20年\n换过的内容\n").unwrap();
    let refused = with_store(room, &decide);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("was changed since it was examined"), "{}", refused.stderr);
    let replayed = with_store(room, &["replay", "2"]);
    assert_eq!(replayed.status, 1);
    for words in ["verdict: no_finding, now withhold", "other bytes", "does not follow", "SHA-256"]
    {
        assert!(replayed.stdout.contains(words), "{words}\n{}", replayed.stdout);
    }
    let kept = scan(room, &[]);
    assert!(kept.stderr.contains("0 matters opened, 1 known, 1 opened again"), "{}", kept.stderr);
    let refused = with_store(room, &decide);
    assert!(refused.stderr.contains("no longer what this person"), "{}", refused.stderr);
    let shown = done(room, &["matter", "list", "--step", "submit"]);
    assert!(shown.contains("2  withhold  v2"), "{shown}");
    // Of a part marked above what the host may hold, no text is kept however it is asked.
    fs::write(room.join("in/plain.txt"), "绝密★20年\n又换过的内容\n").unwrap();
    scan(room, &["--quotes=on"]);
    let store = fs::read(room.join("store")).unwrap();
    let wal = fs::read(room.join("store-wal")).unwrap_or_default();
    let text = "绝密★20年".as_bytes();
    assert!(![store, wal].concat().windows(text.len()).any(|bytes| bytes == text));
}

#[test]
fn past_clearances_are_looked_through_with_other_rules() {
    let room = office();
    let room = room.path();
    done(room, &step("submit", "2", "zhang", &[]));
    done(room, &step("review", "2", "li", &["--opinion", "o"]));
    done(room, &step("decide", "2", "wang", &["--conclusion", "disclose", "--reason", "r"]));
    let released = |rules: &str, more: &[&str]| {
        let command = ["released", "--affected-by", rules, "--as-of", "2026-11-27"];
        with_store(room, &[&command, more].concat())
    };
    let shipped = tree("dictionaries");
    let same = released(shipped.to_str().unwrap(), &[]);
    assert_eq!(same.status, 0, "{}{}", same.stdout, same.stderr);
    assert!(same.stdout.contains("1 cleared matters, 0 would differ"), "{}", same.stdout);
    fs::write(room.join("own.toml"), OWN).unwrap();
    let differs = released("own.toml", &["--reopen"]);
    assert_eq!(differs.status, 1, "{}{}", differs.stdout, differs.stderr);
    assert!(differs.stdout.contains("no_finding → review"), "{}", differs.stdout);
    let listed = done(room, &["matter", "list"]);
    assert!(listed.contains("2  review  v2"), "{listed}");
}

/// A dictionary with an entry that touches the plain document.
const OWN: &str = include_str!("../fixtures/cli/canteen.toml");

#[test]
fn the_ledger_is_verified_from_its_file_alone() {
    let room = office();
    let room = room.path();
    let public = run(room, &["ledger", "key", "--out", "key"]).stdout;
    let sign = ["ledger", "checkpoint", "--key", "key"];
    fs::write(room.join("checkpoint"), done(room, &sign)).unwrap();
    done(room, &["ledger", "export", "--out", "ledger"]);
    let verify = |file: &str, more: &[&str]| {
        run(room, &[&["ledger", "verify", file, "--lang", "en"], more].concat())
    };
    for file in ["ledger", "store"] {
        let whole = verify(file, &["--trust", public.trim(), "--checkpoint", "checkpoint"]);
        assert_eq!(whole.status, 0, "{}{}", whole.stdout, whole.stderr);
        assert!(whole.stdout.contains("entries that hold: 10; signed up to: 10"), "{whole:?}");
    }
    let lines = fs::read_to_string(room.join("ledger")).unwrap();
    let lines: Vec<_> = lines.lines().collect();
    fs::write(room.join("cut"), lines[..8].join("\n") + "\n").unwrap();
    let cut = verify("cut", &[]);
    assert_eq!(cut.status, 1);
    assert!(cut.stdout.contains("BROKEN at entry 8"), "{}", cut.stdout);
    let edited = lines.join("\n").replacen("zhang", "chang", 1) + "\n";
    fs::write(room.join("edited"), edited).unwrap();
    let edited = verify("edited", &[]);
    assert_eq!(edited.status, 1);
    assert!(edited.stdout.contains("it does not say what was entered"), "{}", edited.stdout);
}

/// Sixty matters are cleared and twenty drawn: anybody draws the same by the seed in the
/// ledger, and what follows is said once.
#[test]
fn a_sample_of_what_was_cleared_says_what_follows() {
    let room = office();
    let room = room.path();
    for number in 0..59 {
        let text = format!("食堂第{number}周供应面条。\n");
        fs::write(room.join(format!("in/week-{number:02}.txt")), text).unwrap();
    }
    scan(room, &[]);
    let none = with_store(room, &["matter", "sample", "--size", "20", "--by", "setup"]);
    assert_eq!(none.status, 2, "{}", none.stdout);
    let plain: Vec<_> = (2..=61).map(|number: u32| number.to_string()).collect();
    let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
    let all = |verb: &str, by: &str, more: &[&str]| {
        let head = ["matter", verb, "--by", by, "--channel", "www"];
        done(room, &[&head[..], &plain, more].concat());
    };
    let about = ["--title", "t", "--on", "2026-12-01", "--basis", "b", "--opinion", "o"];
    all("submit", "zhang", &about);
    all("review", "li", &["--opinion", "o"]);
    all("decide", "wang", &["--conclusion", "disclose", "--reason", "r"]);
    let seed = "ab".repeat(32);
    let draw = ["matter", "sample", "--size", "20", "--by", "setup", "--seed", &seed];
    let drawn = with_store(room, &draw);
    assert!(drawn.stderr.contains("20 of 60 cleared matters"), "{}", drawn.stderr);
    assert_eq!(drawn.stdout, done(room, &draw), "one seed, one sample");
    let other = done(room, &["matter", "sample", "--size", "20", "--by", "setup"]);
    assert_ne!(drawn.stdout, other);
    let entry = drawn.stderr.split_once("sample ").unwrap().1.split_once(':').unwrap().0;
    let first = drawn.stdout.lines().next().unwrap();
    let outcome = |more: &[&str]| {
        with_store(room, &[&["matter", "sampled", entry, "--by", "setup"], more].concat())
    };
    // Matter 1 is marked and was never cleared.
    assert_eq!(outcome(&["--missed", "1"]).status, 2);
    let said = outcome(&["--missed", first]);
    assert_eq!(said.status, 1, "{}", said.stderr);
    assert!(said.stdout.contains("1 of 20") && said.stdout.contains("at most 21.62 % of all 60"));
    assert_eq!(outcome(&[]).status, 2, "it is said once");
    assert_eq!(with_store(room, &["matter", "sampled", "1", "--by", "setup"]).status, 2);
}

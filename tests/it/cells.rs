//! Documents in processes of their own. What they are lost at: `immunity/many.rs`.

#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

use crate::immunity::{by_name, examined, good, scan};

#[test]
fn a_process_says_what_a_thread_says() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 12);
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    fs::write(folder.path().join("broken.pdf"), "%PDF-1.7 broken").unwrap();
    std::os::unix::fs::symlink("a-good-0000.txt", folder.path().join("link.txt")).unwrap();
    let own = examined(scan(folder.path()).args(["--isolation", "process"]));
    assert_eq!(own.len(), 15);
    assert_eq!(own, examined(scan(folder.path()).args(["--isolation", "thread"])));
}

/// What comes again is not examined again, and nobody can tell by the report.
#[test]
fn copies_say_what_they_would_say_alone() {
    let folder = tempfile::tempdir().unwrap();
    for copy in ["2024", "2025", "2026/更早"] {
        let into = folder.path().join(copy);
        fs::create_dir_all(&into).unwrap();
        let filling = "普通内容。".repeat(600);
        for (name, text) in [("通知.txt", "机密★10年"), ("附件.txt", "秘密★"), ("密级.txt", "公开")]
        {
            fs::write(into.join(name), format!("{text}\n{filling}")).unwrap();
        }
        let broken = format!("%PDF-1.7 broken {filling}");
        fs::write(into.join("broken.pdf"), broken).unwrap();
    }
    let run = |room: &str| {
        let mut scan = scan(folder.path());
        let set = format!("host.remember={room}");
        scan.args(["--jobs", "1", "--quotes=on", "--set", &set]);
        String::from_utf8(scan.output().unwrap().stdout).unwrap()
    };
    let own = run("0 KiB");
    assert_eq!(own.lines().count(), 12);
    assert_eq!(own, run("64 MiB"));
    // Too little for all of them.
    assert_eq!(own, run("16 KiB"));
}

/// Long lists are made ready by the first process; those after it find the same.
#[test]
fn a_long_list_says_the_same_in_every_process() {
    use std::fmt::Write;
    let folder = tempfile::tempdir().unwrap();
    let list = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    let mut text = String::from("[scope]\nid = \"own.x\"\nname = { zh = \"甲\", en = \"A\" }\n");
    for number in 0..2_000 {
        let _ = write!(
            text,
            "[[entry]]\nid = \"own.x.{number}\"\nmatter = \"与其他事项都不相同的一项，编号为{number}\"\nterms = [\"名称{number}号\"]\n"
        );
    }
    fs::write(list.path(), text).unwrap();
    for number in 0..8 {
        let text = format!("关于名称{}号的通知\n", number * 7);
        fs::write(folder.path().join(format!("{number}.txt")), text).unwrap();
    }
    let run = |more: &[&str]| {
        let mut scan = scan(folder.path());
        examined(scan.arg("--dictionary").arg(list.path()).args(more))
    };
    let own = run(&["--isolation", "thread"]);
    let found = |one: &serde_json::Value| one["parts"][0]["findings"].to_string().contains("own.x");
    assert!(own.values().all(found), "{own:?}");
    assert_eq!(own, run(&["--jobs", "2", "--set", "host.recycle=1"]));
}

/// Files are opened one after the other, however many a matter has.
#[test]
fn a_folder_may_hold_more_files_than_may_be_open() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 300);
    let scan = scan(folder.path());
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 48; exec \"$0\" \"$@\" --matter-by folder"]);
    limited.arg(scan.get_program()).args(scan.get_args());
    let said = examined(&mut limited);
    assert_eq!(said.len(), 1);
    let coverage = &said.values().next().unwrap()["coverage"];
    assert_eq!((&coverage["parts"], &coverage["read"]), (&300.into(), &300.into()), "{coverage}");
}

/// A matter whose parts all kill is given up at some point, and said to be.
#[test]
#[cfg(debug_assertions)]
fn what_kills_a_cell_at_every_turn_is_not_tried_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let mut mail = String::from(
        "From: a@example.org\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n",
    );
    for number in 0..40 {
        mail += &format!(
            "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; \
             filename=\"{number}.txt\"\r\n\r\nvetmark-crasher:abort\r\n"
        );
    }
    fs::write(folder.path().join("mail.eml"), mail + "--b--\r\n").unwrap();
    fs::write(folder.path().join("other.txt"), "机密★10年\n").unwrap();
    let out = scan(folder.path()).output().unwrap();
    let said = by_name(&out.stdout);
    assert_eq!(said.len(), 2);
    assert_eq!(said["mail.eml"]["coverage"]["unread"], 1, "{}", said["mail.eml"]);
    assert_eq!(said["other.txt"]["verdict"], "withhold");
    let ledger = String::from_utf8(out.stderr).unwrap();
    // Sixteen parts, twice each, and then the one that was too many.
    assert!(ledger.contains("processes: 34 retries, 1 quarantined\n"), "{ledger}");
    assert!(ledger.contains("/mail.eml (the whole matter) · gap.crashed · "), "{ledger}");
}

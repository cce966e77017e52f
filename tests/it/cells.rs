//! Documents in processes of their own: what they are lost at is said, and costs
//! nobody else anything.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A folder of documents with something to find in every third.
fn good(folder: &Path, count: usize) {
    for number in 0..count {
        let head = if number % 3 == 0 { "机密★10年\n" } else { "" };
        let text = format!("{head}巡检通知第{number}号\n请按期巡检。\n2024年3月1日\n");
        fs::write(folder.join(format!("good-{number:03}.txt")), text.repeat(1 + number % 5))
            .unwrap();
    }
}

fn scan(folder: &Path) -> Command {
    let mut scan = Command::new(env!("CARGO_BIN_EXE_vetmark"));
    scan.args(["scan", "--format", "ndjson", "--as-of", "2026-11-23", "--jobs", "2"]).arg(folder);
    scan
}

/// What a scan says of each matter, by the name of its file.
fn examined(scan: &mut Command) -> Vec<(String, Value)> {
    let out = scan.output().unwrap();
    read(&out.stdout)
}

fn read(out: &[u8]) -> Vec<(String, Value)> {
    let lines = std::str::from_utf8(out).unwrap().lines();
    let named = lines.map(|line| {
        let value: Value = serde_json::from_str(line).unwrap();
        let source = value["source"].as_str().unwrap().to_owned();
        (source.rsplit('/').next().unwrap().to_owned(), value)
    });
    named.collect()
}

#[test]
fn a_process_says_what_a_thread_says() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 12);
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    fs::write(folder.path().join("broken.pdf"), "%PDF-1.7 broken").unwrap();
    std::os::unix::fs::symlink("good-000.txt", folder.path().join("link.txt")).unwrap();
    let own = examined(scan(folder.path()).args(["--isolation", "process"]));
    assert_eq!(own.len(), 15);
    assert_eq!(own, examined(scan(folder.path()).args(["--isolation", "thread"])));
}

/// Files are opened one after the other, however many a matter has.
#[test]
fn a_folder_may_hold_more_files_than_may_be_open() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 300);
    let scan = scan(folder.path());
    let arguments: Vec<_> = scan.get_args().collect();
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 48; exec \"$0\" \"$@\" --matter-by folder"]);
    limited.arg(scan.get_program()).args(arguments);
    let said = examined(&mut limited);
    assert_eq!(said.len(), 1);
    let coverage = &said[0].1["coverage"];
    assert_eq!((&coverage["parts"], &coverage["read"]), (&300.into(), &300.into()), "{coverage}");
}

/// Only programs built for tests have the reader that does what these ask for.
#[test]
#[cfg(debug_assertions)]
fn what_kills_a_cell_is_named_and_costs_no_one_else() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 30);
    let quiet = examined(scan(folder.path()).args(["--matter-seconds", "3"]));
    let wishes = [
        ("abort", Some(("gap.crashed", None))),
        ("panic", Some(("gap.crashed", None))),
        ("stack", Some(("gap.crashed", None))),
        ("loop", Some(("gap.limit", Some("time")))),
        ("memory", Some(("gap.limit", Some("memory")))),
        // What is forbidden fails, and threads, which are not, start.
        ("file", None),
        ("write", None),
        ("socket", None),
        ("program", None),
        ("thread", None),
    ];
    for (wish, _) in wishes {
        let name = folder.path().join(format!("wish-{wish}.txt"));
        fs::write(name, format!("vetmark-crasher:{wish}")).unwrap();
    }
    // One part of a mail: its neighbours are read.
    let mail = "From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
                Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
                Content-Type: text/plain; name=\"a.txt\"\r\n\
                Content-Disposition: attachment; filename=\"a.txt\"\r\n\r\nvetmark-crasher:abort\r\n\
                --b\r\nContent-Type: text/plain; charset=utf-8; name=\"b.txt\"\r\n\
                Content-Disposition: attachment; filename=\"b.txt\"\r\n\r\n机密★10年\r\n--b--\r\n";
    fs::write(folder.path().join("wish-mail.eml"), mail).unwrap();

    let out = scan(folder.path()).args(["--matter-seconds", "3"]).output().unwrap();
    let mut all = read(&out.stdout);
    let wished: Vec<_> = all.extract_if(.., |(name, _)| name.starts_with("wish-")).collect();
    assert_eq!(all, quiet);
    assert_eq!(wished.len(), wishes.len() + 1);
    for (wish, lost) in wishes {
        let name = format!("wish-{wish}.txt");
        let (_, said) = wished.iter().find(|(known, _)| *known == name).unwrap();
        let gap = &said["parts"][0]["gaps"][0];
        assert_eq!(gap["rule"].as_str(), lost.map(|(rule, _)| rule), "{wish}: {said}");
        assert_eq!(gap["limit"].as_str(), lost.and_then(|(_, limit)| limit), "{wish}: {said}");
        let verdict = if lost.is_some() { "incomplete" } else { "no_finding" };
        assert_eq!(said["verdict"], verdict, "{wish}: {said}");
    }
    let (_, mail) = wished.iter().find(|(name, _)| name == "wish-mail.eml").unwrap();
    assert_eq!(mail["verdict"], "withhold", "{mail}");
    let gaps =
        mail["parts"].as_array().unwrap().iter().map(|part| part["gaps"][0]["rule"].as_str());
    assert_eq!(gaps.flatten().collect::<Vec<_>>(), ["gap.crashed"], "{mail}");

    // The ledger names each by matter and part, with the reason: lost twice and let be.
    let ledger = String::from_utf8(out.stderr).unwrap();
    let mut lines = ledger.lines().skip_while(|line| !line.starts_with("processes: "));
    assert_eq!(lines.next(), Some("processes: 12 retries, 6 quarantined"), "{ledger}");
    let named: Vec<_> = lines
        .map(|line| {
            let (_, from) = line.split_once("/wish-").unwrap();
            let (from, why) = from.split_once(" · the process that read this was lost").unwrap();
            assert!(why.starts_with(" twice ("), "{line}");
            from
        })
        .collect();
    let want = [
        "abort.txt · gap.crashed",
        "loop.txt · gap.limit (time)",
        "mail.eml › a.txt · gap.crashed",
        "memory.txt · gap.limit (memory)",
        "panic.txt · gap.crashed",
        "stack.txt · gap.crashed",
    ];
    assert_eq!(named, want, "{ledger}");
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
    let said = read(&out.stdout);
    assert_eq!(said.len(), 2);
    assert_eq!(said[0].1["coverage"]["unread"], 1, "{}", said[0].1);
    assert_eq!(said[1].1["verdict"], "withhold");
    let ledger = String::from_utf8(out.stderr).unwrap();
    // Sixteen parts, twice each, and then the one that was too many.
    assert!(ledger.contains("processes: 34 retries, 1 quarantined\n"), "{ledger}");
    assert!(ledger.contains("/mail.eml (the whole matter) · gap.crashed · "), "{ledger}");
}

#[test]
fn killing_cells_at_any_moment_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 300);
    let quiet = scan(folder.path()).output().unwrap();
    let (quiet, quiet_ledger) = (read(&quiet.stdout), String::from_utf8(quiet.stderr).unwrap());
    let (mut killed, mut told) = (0, 0);
    // As many runs as it takes: a short one may be over before its time.
    for _ in 0..100 {
        let mut run =
            scan(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let before = killed;
        let mut stdout = run.stdout.take().unwrap();
        let reading = std::thread::spawn(move || {
            let mut out = Vec::new();
            stdout.read_to_end(&mut out).unwrap();
            out
        });
        // Every other cell: the one that tries again is let live, since a part at
        // which two are lost is a gap by the rules.
        let mut known = std::collections::BTreeSet::new();
        while run.try_wait().unwrap().is_none() {
            for cell in children(run.id()) {
                if known.insert(cell) && known.len() % 2 == 1 {
                    std::thread::sleep(Duration::from_millis(killed * 7 % 60));
                    let end = Command::new("kill").args(["-9", &cell.to_string()]).output();
                    killed += u64::from(end.unwrap().status.success());
                }
            }
        }
        let said = read(&reading.join().unwrap());
        let other = said.iter().zip(&quiet).find(|(said, quiet)| said != quiet);
        assert!(other.is_none() && said.len() == quiet.len(), "{}: {other:?}", said.len());
        // The ledger is the same as well, but for the count of what was lost: what is
        // killed when nothing is left to do is missed by nobody.
        let mut ledger = String::new();
        run.stderr.take().unwrap().read_to_string(&mut ledger).unwrap();
        let (counts, rest): (Vec<_>, Vec<_>) =
            ledger.lines().partition(|line| line.starts_with("processes: "));
        assert_eq!(rest, quiet_ledger.lines().collect::<Vec<_>>());
        let count = counts.first().map_or(0, |line| {
            let count = line.strip_prefix("processes: ").unwrap();
            count.strip_suffix(" retries, 0 quarantined").unwrap().parse::<u64>().unwrap()
        });
        assert!(count <= killed - before, "{count} of {}", killed - before);
        told += count;
        if killed >= 50 {
            break;
        }
    }
    assert!(killed >= 50, "{killed}");
    assert!(told >= killed / 4, "{told} of {killed}");
}

/// The processes that a process started.
fn children(process: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return found };
    for thread in threads.flatten() {
        let list = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        found.extend(list.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    found
}

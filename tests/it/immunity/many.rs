//! A thousand good documents among all hostile ones: what is said of them is byte
//! for byte what is said of them alone, whatever is lost on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{cases, good, scan};
use crate::house::{files, name, tree};

const GOOD: usize = 1000;

/// More matters than are in hand or wait for an earlier one in a scan of two jobs, where
/// none is much slower than the others.
const IN_HAND: u64 = 40;

/// Lines of a report as they are, by the names of their files.
fn lines(report: &str) -> BTreeMap<String, String> {
    let line = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = value["source"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (name, line.to_owned())
    };
    report.lines().map(line).collect()
}

fn examined(scan: &mut Command) -> BTreeMap<String, String> {
    lines(&String::from_utf8(scan.output().unwrap().stdout).unwrap())
}

fn json(line: &str) -> serde_json::Value {
    serde_json::from_str(line).unwrap()
}

/// Every hostile document there is: those made here and those of the tree.
fn hostile(folder: &Path) {
    for case in cases() {
        fs::write(folder.join(case.name), case.bytes).unwrap();
    }
    for path in files(&tree("corpora/hostile/documents")) {
        fs::copy(&path, folder.join(format!("kept-{}", name(&path)))).unwrap();
    }
}

/// The gap that a wish leaves, and its limit.
#[cfg(debug_assertions)]
type Lost = Option<(&'static str, Option<&'static str>)>;

/// Only programs built for tests have the reader that does what these ask for.
#[cfg(debug_assertions)]
const WISHES: [(&str, Lost); 10] = [
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

#[test]
#[cfg(debug_assertions)]
fn what_kills_a_cell_is_named_and_costs_no_one_else() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), GOOD);
    let patience = ["--matter-seconds", "10"];
    let quiet = examined(scan(folder.path()).args(patience));
    assert_eq!(quiet.len(), GOOD);
    hostile(folder.path());
    for (wish, _) in WISHES {
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

    let out = scan(folder.path()).args(patience).output().unwrap();
    let all = lines(std::str::from_utf8(&out.stdout).unwrap());
    for (name, line) in &quiet {
        assert_eq!(Some(line), all.get(name), "{name}");
    }
    for (wish, lost) in WISHES {
        let said = json(&all[&format!("wish-{wish}.txt")]);
        let gap = &said["parts"][0]["gaps"][0];
        assert_eq!(gap["rule"].as_str(), lost.map(|(rule, _)| rule), "{wish}: {said}");
        assert_eq!(gap["limit"].as_str(), lost.and_then(|(_, limit)| limit), "{wish}: {said}");
        let verdict = if lost.is_some() { "incomplete" } else { "no_finding" };
        assert_eq!(said["verdict"], verdict, "{wish}: {said}");
        let twice = gap["detail"].as_str().is_none_or(|detail| detail.contains("was lost twice"));
        assert!(twice, "{wish}: {said}");
    }
    let mail = json(&all["wish-mail.eml"]);
    assert_eq!(mail["verdict"], "withhold", "{mail}");
    let gaps =
        mail["parts"].as_array().unwrap().iter().map(|part| part["gaps"][0]["rule"].as_str());
    assert_eq!(gaps.flatten().collect::<Vec<_>>(), ["gap.crashed"], "{mail}");

    // The ledger names each by matter and part, with the reason: lost twice and let be.
    let ledger = String::from_utf8(out.stderr).unwrap();
    let mut lines = ledger.lines().skip_while(|line| !line.starts_with("processes: "));
    let counted = lines.next().and_then(|line| line.strip_prefix("processes: "));
    let (retries, rest) = counted.and_then(|line| line.split_once(' ')).expect("the count");
    // On a busy machine a slow document may run out of time once, and is then read.
    assert!(retries.parse::<u32>().unwrap() >= 12, "{ledger}");
    assert_eq!(rest, "retries, 6 quarantined", "{ledger}");
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

/// Fifty cells are killed at moments that nothing decides; the one that tries again
/// is let live, since a part at which two are lost is a gap by the rules.
#[test]
fn killing_cells_at_any_moment_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), GOOD);
    let out = scan(folder.path()).output().unwrap();
    let quiet = lines(std::str::from_utf8(&out.stdout).unwrap());
    let (mut killed, mut told) = (0, 0);
    // As many runs as it takes: a short one may be over before its time.
    for _ in 0..20 {
        let (said, ledger, ends) = killing(&mut scan(folder.path()), 50 - killed, killed);
        killed += ends;
        told += missed(&ledger, std::str::from_utf8(&out.stderr).unwrap(), ends);
        let other = said.iter().find(|(name, line)| quiet.get(*name) != Some(line));
        assert!(other.is_none() && said.len() == quiet.len(), "{}: {other:?}", said.len());
        if killed >= 50 {
            break;
        }
    }
    assert!(killed >= 50, "{killed}");
    assert!(told >= killed / 4, "{told} of {killed}");
}

/// How many of the cells that were killed a ledger counts; otherwise it is that of a
/// quiet run. What is killed when it has nothing to do is missed by nobody.
fn missed(ledger: &str, quiet: &str, killed: u64) -> u64 {
    let (counts, rest): (Vec<_>, Vec<_>) =
        ledger.lines().partition(|line| line.starts_with("processes: "));
    assert_eq!(rest, quiet.lines().collect::<Vec<_>>());
    let count = counts.first().map_or(0, |line| {
        let count = line.strip_prefix("processes: ").unwrap();
        count.strip_suffix(" retries, 0 quarantined").unwrap().parse::<u64>().unwrap()
    });
    assert!(count <= killed, "{count} of {killed}");
    count
}

/// What a scan says while up to `most` of its cells are killed, its ledger, and how
/// many were.
fn killing(scan: &mut Command, most: u64, seed: u64) -> (BTreeMap<String, String>, String, u64) {
    let mut run = scan.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdout = BufReader::new(run.stdout.take().unwrap());
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    let reading = std::thread::spawn(move || {
        let mut report = String::new();
        for line in stdout.lines() {
            report = report + &line.unwrap() + "\n";
            counted.fetch_add(1, Ordering::Relaxed);
        }
        report
    });
    let (mut killed, mut next) = (0, 0);
    while run.try_wait().unwrap().is_none() {
        // By then the matter that the last one was killed at is done.
        let is_time = count.load(Ordering::Relaxed) >= next && killed < most;
        let cells: Vec<u32> = children(run.id()).into_iter().collect();
        let moment = (seed + killed) * 7919 % 23;
        std::thread::sleep(Duration::from_millis(moment.max(1)));
        if let Some(cell) = cells.get(moment as usize % cells.len().max(1)).filter(|_| is_time) {
            let end = Command::new("kill").args(["-9", &cell.to_string()]).output();
            killed += u64::from(end.unwrap().status.success());
            next = count.load(Ordering::Relaxed) + IN_HAND;
        }
    }
    let mut ledger = String::new();
    run.stderr.take().unwrap().read_to_string(&mut ledger).unwrap();
    (lines(&reading.join().unwrap()), ledger, killed)
}

/// The processes that a process started.
fn children(process: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return found };
    for thread in threads.flatten() {
        let list = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        found.extend(list.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    found
}

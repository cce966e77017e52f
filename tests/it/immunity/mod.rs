//! What no document can do: the cases of `docs/security.md`, each a document made
//! here, all of them read by the program itself, in one folder with good neighbours.
//!
//! Each ends in the verdict and the gap that is said of it, in little memory, with the
//! same words from a process as from a thread, and costs its neighbours nothing.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

/// What grows when it is unpacked, and sizes that are not true.
mod bombs;
/// Places in a folder, and where reports are written.
mod files;
/// A thousand good documents among all of these.
mod many;
/// Names that would be paths, commands or escapes.
mod names;
/// PDF documents of others that are made to hurt.
mod pdf;
/// What documents ask to be fetched.
mod reach;
/// What nests, refers to itself or declares what is not there.
mod structure;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::vetmark;

/// Bytes of address space that no process of a run has here. What one matter may
/// unpack is a quarter of it, and stacks of readers are another.
pub const MEMORY: u64 = 2 << 30;

/// A document that means harm.
pub struct Case {
    /// Its file name, which says what it shows.
    pub name: String,
    pub bytes: Vec<u8>,
    /// The verdicts it may have; `no_finding` only where there is nothing to find.
    pub verdicts: &'static [&'static str],
    /// Gaps of which one at least is named; none need be where there are none here.
    pub gaps: &'static [&'static str],
}

/// A document that cannot be read to its end.
pub fn unread(name: &str, bytes: impl Into<Vec<u8>>, gaps: &'static [&'static str]) -> Case {
    Case { name: name.into(), bytes: bytes.into(), verdicts: &["incomplete"], gaps }
}

/// A document that bears a mark: either that is found, or what hides it is a gap.
pub fn marked(name: &str, bytes: impl Into<Vec<u8>>) -> Case {
    let verdicts = &["withhold", "incomplete"];
    Case { name: name.into(), bytes: bytes.into(), verdicts, gaps: &[] }
}

/// A document that can be read to its end, whatever it declares.
pub fn harmless(name: &str, bytes: impl Into<Vec<u8>>) -> Case {
    Case { name: name.into(), bytes: bytes.into(), verdicts: &["no_finding"], gaps: &[] }
}

/// All of them.
pub fn cases() -> Vec<Case> {
    let secret = reach::Secret::new();
    [bombs::cases(), structure::cases(), reach::cases(&secret)].into_iter().flatten().collect()
}

/// Small documents with something to find in every third.
pub fn good(folder: &Path, count: usize) {
    for number in 0..count {
        let head = if number % 3 == 0 { "机密★10年\n" } else { "" };
        let text = format!("{head}巡检通知第{number}号\n请按期巡检。\n2024年3月1日\n");
        // Spread over the folder, so that each hostile one has some around it.
        let initial = char::from(b'a' + (number % 26) as u8);
        let name = format!("{initial}-good-{number:04}.txt");
        fs::write(folder.join(name), text.repeat(1 + number % 3)).unwrap();
    }
}

/// A scan of a folder for programs.
pub fn scan(folder: &Path) -> Command {
    let mut scan = vetmark();
    scan.args(["scan", "--format", "ndjson", "--as-of", "2026-11-23", "--jobs", "2"]).arg(folder);
    scan
}

/// The same where no process may have more address space than so much.
pub fn within(memory: u64, scan: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -v {}; exec \"$0\" \"$@\"", memory >> 10)]);
    limited.arg(scan.get_program()).args(scan.get_args()).env_clear().env("TZ", "UTC");
    limited
}

/// What a scan says of each matter, by the name of its file.
pub fn examined(scan: &mut Command) -> BTreeMap<String, Value> {
    let out = scan.output().unwrap();
    assert!(matches!(out.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&out.stderr));
    by_name(&out.stdout)
}

/// Lines of a report by the names of their files.
pub fn by_name(report: &[u8]) -> BTreeMap<String, Value> {
    let lines = std::str::from_utf8(report).unwrap().lines();
    let named = lines.map(|line| {
        let value: Value = serde_json::from_str(line).unwrap();
        let source = value["source"].as_str().unwrap().to_owned();
        (source.rsplit('/').next().unwrap().to_owned(), value)
    });
    named.collect()
}

/// Gaps of an examination by rule, with the name of the limit: `gap.limit:bytes`.
pub fn gaps(examination: &Value) -> Vec<String> {
    let parts = examination["parts"].as_array().unwrap();
    let gaps = parts.iter().filter_map(|part| part["gaps"].as_array()).flatten();
    gaps.map(|gap| match gap["limit"].as_str() {
        Some(limit) => format!("gap.limit:{limit}"),
        None => gap["rule"].as_str().unwrap().to_owned(),
    })
    .collect()
}

/// What is wrong with what was said of a case.
fn wrong(case: &Case, said: &Value) -> Option<String> {
    let seen = gaps(said);
    let verdict = said["verdict"].as_str().unwrap();
    let named = case.gaps.is_empty() || case.gaps.iter().any(|gap| seen.iter().any(|s| s == gap));
    // Readers end by themselves: no clock, no limit of the process, no crash.
    let lost = seen.iter().any(|gap| gap == "gap.crashed" || gap == "gap.limit:memory");
    let counts = ["parts", "read", "unread", "excluded"].map(|n| said["coverage"][n].as_u64());
    let [parts, rest @ ..] = counts.map(Option::unwrap);
    let right = case.verdicts.contains(&verdict) && named && !lost;
    (!right || parts != rest.iter().sum::<u64>()).then(|| {
        format!(
            "{}: {verdict} {seen:?} {counts:?}, want {:?} {:?}",
            case.name, case.verdicts, case.gaps
        )
    })
}

#[test]
fn each_case_ends_as_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 26);
    let quiet = examined(&mut scan(folder.path()));
    assert_eq!(quiet.len(), 26);

    let cases = cases();
    for case in &cases {
        fs::write(folder.path().join(&case.name), &case.bytes).unwrap();
    }
    let mut run = scan(folder.path());
    let mut said = examined(&mut within(MEMORY, run.args(["--isolation", "process"])));
    let threads = examined(scan(folder.path()).args(["--isolation", "thread"]));
    for (name, said) in &said {
        assert_eq!(Some(said), threads.get(name), "{name}: a thread says otherwise");
    }

    let mut failures = Vec::new();
    for case in &cases {
        match said.remove(&case.name) {
            Some(said) => failures.extend(wrong(case, &said)),
            None => failures.push(format!("{}: not listed", case.name)),
        }
    }
    assert!(failures.is_empty(), "\n  {}\n", failures.join("\n  "));
    assert_eq!(said, quiet, "what a neighbour says of its own is another");
}

//! Places in a folder and where reports are written: pipes, sockets, devices, links,
//! what may not be read, what changes while it is read, full disks.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::{by_name, examined, gaps, good, scan};
use crate::support::{Ran, fixtures, vetmark};

#[test]
fn a_full_disk_is_status_2() {
    for format in ["ndjson", "human"] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran: Ran = vetmark()
            .current_dir(fixtures())
            .args(["scan", "--format", format, "in/letter.txt"])
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap()
            .into();
        assert_eq!(ran.status, 2, "{format}");
        assert!(ran.stderr.contains("No space left"), "{}", ran.stderr);
    }
}

/// What was there before stays as it was, and nothing is left beside it.
#[test]
fn a_disk_that_fills_leaves_the_old_report() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 60);
    let place = tempfile::tempdir().unwrap();
    let report = place.path().join("report.ndjson");
    fs::write(&report, "of old").unwrap();
    let mut run = scan(folder.path());
    run.arg("--out").arg(&report);
    // A file may have a thousand bytes; the signal that says so ends a program, or not.
    for signal in ["-", "''"] {
        let mut limited = Command::new("sh");
        let script = format!("trap {signal} XFSZ; ulimit -f 1; exec \"$0\" \"$@\"");
        limited.args(["-c", &script]).arg(run.get_program()).args(run.get_args());
        let out = limited.output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!matches!(out.status.code(), Some(0 | 1)), "{signal}: {said}");
        assert_eq!(fs::read_to_string(&report).unwrap(), "of old");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "something is left");
    }
    // A full device is no place for a report either.
    let full = scan(folder.path()).args(["--out", "/dev/full"]).output().unwrap();
    assert_eq!(full.status.code(), Some(2));
}

/// A link where a report is to be written would let whoever may write in that folder
/// say which file of the person who runs this is replaced.
#[test]
fn a_report_is_written_through_no_link() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 3);
    let place = tempfile::tempdir().unwrap();
    let precious = place.path().join("precious");
    fs::write(&precious, "mine").unwrap();
    for (name, target) in [("link", precious.as_path()), ("loose", "nowhere".as_ref())] {
        let link = place.path().join(name);
        symlink(target, &link).unwrap();
        let out = scan(folder.path()).arg("--out").arg(&link).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(said.contains("a symbolic link"), "{said}");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
    assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 3);
}

#[test]
fn what_cannot_be_opened_is_a_gap_and_never_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    fs::write(place.join("0000.txt"), "The canteen roof leaks.\n").unwrap();
    symlink("nowhere", place.join("loose")).unwrap();
    symlink("/etc/passwd", place.join("passwd")).unwrap();
    symlink(".", place.join("ring")).unwrap();
    symlink("/dev/zero", place.join("zeros")).unwrap();
    assert!(Command::new("mkfifo").arg(place.join("pipe")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(place.join("socket")).unwrap();
    let locked = place.join("locked.txt");
    fs::write(&locked, "locked").unwrap();
    fs::create_dir(place.join("shut")).unwrap();
    fs::write(place.join("shut/a.txt"), "shut").unwrap();
    for (path, mode) in [(&locked, 0o000), (&place.join("shut"), 0o000)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    // The superuser may read them all the same.
    let may_read = fs::read(&locked).is_ok();

    let out = scan(place).output().unwrap();
    fs::set_permissions(place.join("shut"), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(out.status.code(), Some(1));
    let seen: Vec<_> = String::from_utf8(out.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let source = line["source"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            let gap = gaps(&line).first().cloned().unwrap_or("read".into());
            format!("{source} {gap}")
        })
        .collect();
    let locked = if may_read { "read" } else { "gap.damaged" };
    let want = [
        "0000.txt read".to_owned(),
        format!("locked.txt {locked}"),
        "loose gap.unsupported".into(),
        "passwd gap.unsupported".into(),
        "pipe gap.unsupported".into(),
        "ring gap.unsupported".into(),
        format!("{} {locked}", if may_read { "a.txt" } else { "shut" }),
        "socket gap.unsupported".into(),
        "zeros gap.unsupported".into(),
    ];
    assert_eq!(seen, want);
    // Given by name it is not the command that is wrong, but the document.
    for name in ["loose", "pipe", "socket", "zeros", "/dev/zero"] {
        let ran = vetmark().current_dir(place).args(["scan", name]).output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{name}");
    }
}

/// A document that is cut short and written again while it is read: what is said
/// is of one of its states, or that it changed.
#[test]
fn what_changes_while_it_is_read_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), 8);
    let quiet = examined(&mut scan(folder.path()));
    let path = folder.path().join("b-changing.txt");
    let whole = "巡检通知。\n".repeat(1 << 14);
    fs::write(&path, &whole).unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            for length in (0..whole.len() as u64).rev().step_by(997).cycle() {
                file.set_len(length).unwrap();
                std::thread::sleep(Duration::from_micros(300));
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        let scans = ["process", "thread", "process", "thread"]
            .map(|isolation| scan(folder.path()).args(["--isolation", isolation]).output());
        is_over.store(true, Ordering::Relaxed);
        for out in scans.map(Result::unwrap) {
            let mut said = by_name(&out.stdout);
            let changing = said.remove("b-changing.txt").unwrap();
            // Where it grew again it is no text: then nobody claims to have read it.
            let known = |gap: &String| {
                ["gap.damaged", "gap.garbled-text", "gap.unsupported"].contains(&gap.as_str())
            };
            assert!(gaps(&changing).iter().all(known), "{changing}");
            assert_eq!(said, quiet);
        }
    });
}

//! The program itself: status, streams, files, signals.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Ran, fixtures, run, run_with_input, vetmark};

const AS_OF: [&str; 4] = ["scan", "--as-of", "2026-11-23", "--format=ndjson"];

fn scan(folder: &Path, arguments: &[&str]) -> Ran {
    run(folder, &[AS_OF.as_slice(), arguments].concat())
}

/// A folder with `count` small plain documents.
fn many(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..count {
        let text = format!("Report {number}: the canteen roof leaks.\n");
        fs::write(folder.path().join(format!("{number:04}.txt")), text).unwrap();
    }
    folder
}

#[test]
fn the_exit_status_says_whether_a_person_is_needed() {
    for (arguments, status) in [
        (&["in/letter.txt"][..], 0),
        (&["in/letter.txt", "in/empty.txt"], 0),
        (&["in/unknown.bin"], 1),
        (&["in"], 1),
        (&["no/such/file"], 2),
        (&["in", "--format", "xml"], 2),
        (&["in", "--jobs", "0"], 2),
        (&["in", "--rules", "no/such/folder"], 2),
        (&["in", "--dictionary", "no/such/file"], 2),
        (&[], 2),
    ] {
        let ran = scan(&fixtures(), arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.stderr);
        let said_why = ran.stderr.starts_with("error: ");
        assert_eq!(said_why, status == 2, "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn other_commands_keep_to_the_same_statuses() {
    for (arguments, status) in [
        (&["--version"][..], 0),
        (&["--help"], 0),
        (&["rules", "check"], 0),
        (&["rules", "check", "--rules", "no/such/folder"], 2),
        (&["rules", "list"], 0),
        (&["explain", "no.such.rule"], 2),
        (&["text", "in/letter.txt"], 0),
        (&["text", "in/unknown.bin"], 1),
        (&["text", "no/such/file"], 2),
        (&["render", "in/letter.txt", "--out", "no/such/folder/x.png"], 2),
        (&["render", "in/letter.txt"], 2),
        (&["completions", "bash"], 0),
        (&["completions", "tcsh"], 2),
        (&["man"], 0),
        (&["man", "scan"], 0),
        (&["man", "config", "check"], 0),
        (&["config"], 0),
        (&["config", "--format", "json"], 0),
        (&["config", "check"], 2),
        (&["config", "check", "no/such/file"], 2),
        (&["config", "check", "settings/sound.toml"], 0),
        (&["config", "check", "settings/sound.toml", "settings/mistakes.toml"], 2),
        (&["man", "no-such-command"], 2),
        (&["no-such-command"], 2),
        (&[], 2),
    ] {
        let ran = run(&fixtures(), arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn completions_and_manual_name_the_commands() {
    for arguments in [&["completions", "bash"][..], &["completions", "zsh"], &["man"]] {
        let ran = run(&fixtures(), arguments);
        for command in ["scan", "text", "render", "explain", "rules", "config"] {
            assert!(ran.stdout.contains(command), "{arguments:?} lacks {command}");
        }
    }
    let page = run(&fixtures(), &["man", "scan"]).stdout;
    assert!(page.contains("matter\\-by"), "{page}");
}

#[test]
fn the_number_of_jobs_changes_no_byte() {
    let folder = many(120);
    fs::create_dir(folder.path().join("0050")).unwrap();
    fs::write(folder.path().join("0050/x.bin"), b"\0\x01\xff\xfe").unwrap();
    for format in ["ndjson", "human"] {
        let with = |jobs| {
            let ran = scan(folder.path(), &["--format", format, "--jobs", jobs, "."]);
            assert_eq!(ran.status, 1, "{}", ran.stderr);
            (ran.stdout, ran.stderr)
        };
        let one = with("1");
        assert!(one.0.lines().count() > 100);
        for jobs in ["2", "7", "64"] {
            assert_eq!(one, with(jobs), "{format}, {jobs} jobs");
        }
    }
}

#[test]
fn every_line_is_one_matter_in_order_and_the_ledger_adds_up() {
    let folder = many(30);
    let ran = scan(folder.path(), &["."]);
    let sources: Vec<_> =
        ran.lines().iter().map(|line| line["source"].as_str().unwrap().to_owned()).collect();
    let want: Vec<_> = (0..30).map(|number| format!("./{number:04}.txt")).collect();
    assert_eq!(sources, want);
    let want = "matters: 30 seen = 30 no_finding\n\
                parts: 30 seen = 30 read + 0 unread + 0 excluded\n";
    assert_eq!(ran.stderr, want);
}

#[test]
fn an_empty_folder_is_an_empty_run() {
    let folder = tempfile::tempdir().unwrap();
    let ran = scan(folder.path(), &["."]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    assert!(ran.stderr.starts_with("matters: 0 seen\n"), "{}", ran.stderr);
}

#[test]
fn standard_input_is_a_matter_named_by_its_dash() {
    let ran = run_with_input(&fixtures(), &[AS_OF.as_slice(), &["-"]].concat(), b"\0\x01\xff");
    assert_eq!(ran.status, 1);
    let line = &ran.lines()[0];
    assert_eq!((&line["source"], &line["bytes"]), (&"-".into(), &3.into()));
}

#[test]
fn a_page_is_drawn_into_a_file_or_there_is_none() {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/extract/pdf");
    let mut all: Vec<_> = fs::read_dir(&documents).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    let pdf = all.iter().find(|path| path.extension().is_some_and(|e| e == "pdf")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let draw = |file: &str, name: &str, more: &[&str]| {
        let out = place.path().join(name);
        let arguments = [&["render", file, "--out", out.to_str().unwrap()][..], more].concat();
        let ran = run(&fixtures(), &arguments);
        (ran.status, ran.stdout + &ran.stderr, fs::read(out).unwrap_or_default())
    };
    let pdf = pdf.to_str().unwrap();
    let (status, said, small) = draw(pdf, "small.png", &["--dpi", "72"]);
    assert!(status < 2, "{said}");
    let (_, _, large) = draw(pdf, "large.png", &["--dpi", "144"]);
    let side = |png: &[u8], at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    for at in [16, 20] {
        assert!(side(&large, at).abs_diff(2 * side(&small, at)) <= 2);
    }
    for (file, more, why) in [
        (pdf, &["--page", "9999"][..], "there is no page 9999"),
        (pdf, &["--dpi", "5"], "--dpi"),
        ("in/letter.txt", &[], "it is not a PDF"),
        ("no/such/file", &[], "no/such/file"),
    ] {
        let (status, said, written) = draw(file, "none.png", more);
        assert_eq!((status, written), (2, Vec::new()), "{more:?}");
        assert!(said.contains(why), "{said}");
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = many(3);
    let place = tempfile::tempdir().unwrap();
    let report = place.path().join("report.ndjson");
    let named = report.to_str().unwrap();

    let ran = scan(folder.path(), &[".", "--out", named]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(&report).unwrap(), scan(folder.path(), &["."]).stdout);

    // A run that cannot be done leaves the old file as it was, and nothing beside it.
    let before = fs::read(&report).unwrap();
    assert_eq!(scan(folder.path(), &["no/such/file", "--out", named]).status, 2);
    assert_eq!(fs::read(&report).unwrap(), before);

    // A folder, a device and a missing folder are no place for a file.
    for wrong in [place.path().to_str().unwrap(), "/dev/null", "no/such/folder/report"] {
        let ran = scan(folder.path(), &[".", "--out", wrong]);
        assert_eq!(ran.status, 2, "{wrong}");
        assert!(ran.stderr.starts_with("error: cannot write "), "{}", ran.stderr);
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn a_run_over_its_own_folder_does_not_meet_its_report() {
    let folder = many(3);
    let report = folder.path().join("report.ndjson");
    let ran = scan(folder.path(), &[".", "--out", report.to_str().unwrap()]);
    assert_eq!(ran.status, 0);
    assert_eq!(fs::read_to_string(report).unwrap().lines().count(), 3);
}

#[test]
fn a_reader_that_goes_away_is_no_reason_for_a_complaint() {
    let folder = many(400);
    let mut child = vetmark()
        .current_dir(folder.path())
        .args(AS_OF)
        .arg(".")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 100];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!((ran.status, ran.stderr.as_str()), (2, ""));
}

/// The matter in hand is one that waits for standard input, so the signal surely
/// comes while there is more to do.
#[cfg(unix)]
#[test]
fn an_interrupted_run_finishes_what_it_has_in_hand_and_writes_no_file() {
    let folder = many(60);
    for out in [None, Some("report.ndjson")] {
        let mut command = vetmark();
        command.current_dir(folder.path()).args(AS_OF).args(["--jobs", "1", "0000.txt", "-", "."]);
        command.args(out.iter().flat_map(|out| ["--out", out]));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        // More than a pipe holds: once it is all taken, the program is at this matter.
        let mut input = child.stdin.take().unwrap();
        input.write_all(&vec![b'x'; 1 << 20]).unwrap();
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let mut said = String::new();
        stderr.read_line(&mut said).unwrap();
        assert!(said.starts_with("stopping after the matters in hand"), "{said}");
        drop(input);

        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        let ran: Ran = child.wait_with_output().unwrap().into();
        assert_eq!(ran.status, 2, "{rest}");
        assert!(rest.contains("interrupted: "), "{rest}");
        assert!(ran.stdout.lines().count() < 10, "{}", ran.stdout);
        assert_eq!(rest.contains("no file was written"), out.is_some(), "{rest}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 60);
}

#[test]
fn quotes_take_their_value_after_an_equals_sign_only() {
    for arguments in
        [&["--quotes", "in/letter.txt"][..], &["--quotes=off", "in/letter.txt"], &["in/letter.txt"]]
    {
        let ran = scan(&fixtures(), arguments);
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout.lines().count(), 1);
    }
    assert_eq!(scan(&fixtures(), &["--quotes=sometimes", "in/letter.txt"]).status, 2);
}

#[test]
fn the_language_is_asked_for_or_the_locales() {
    let say = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = vetmark();
        command.current_dir(fixtures()).args(["scan", "in/letter.txt"]).args(arguments);
        command.envs(variables.iter().copied());
        let ran: Ran = command.output().unwrap().into();
        ran.stderr.starts_with("事项")
    };
    for (variables, arguments, chinese) in [
        (&[][..], &[][..], false),
        (&[("LANG", "zh_CN.UTF-8")], &[], true),
        (&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], &[], false),
        (&[("LANG", "en_US"), ("LC_MESSAGES", "zh_CN")], &[], true),
        (&[("LANG", "zh_CN.UTF-8")], &["--lang", "en"], false),
        (&[], &["--lang", "zh"], true),
    ] {
        assert_eq!(say(variables, arguments), chinese, "{variables:?} {arguments:?}");
    }
}

#[test]
fn scopes_are_listed_with_their_kind_and_what_is_never_matched() {
    let ran = run(&fixtures(), &["dictionary", "list", "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let mut counts = [0; 3];
    for line in ran.lines() {
        let kind = ["scope", "entry", "unmatched"].iter().position(|kind| line["kind"] == *kind);
        counts[kind.unwrap()] += 1;
        assert_eq!(line["category"].is_string(), kind < Some(2), "{line}");
        assert_eq!(line["terms"].is_array(), kind == Some(1), "{line}");
        let certainty = line["certainty"].as_str().unwrap();
        assert!(certainty.contains("seen"), "{line}");
    }
    assert!(counts[0] >= 10 && counts[1] >= 59 && counts[2] >= 31, "{counts:?}");
}

//! What the program prints. Each file of `tests/golden/cli` and `tests/golden/report` is a case: its first
//! line is the command, run in `tests/fixtures/cli`; the rest is what came of it.
//! A new case is a new file with a first line. `UPDATE_GOLDEN=1 cargo test`
//! writes what is printed today; the difference is for a person to read.

use std::fs;

use crate::support::{Ran, fixtures, run, run_with_input, tree};

#[test]
fn commands_print_what_they_printed() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    let mut cases: Vec<_> = ["tests/golden/cli", "tests/golden/report"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(tree(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    for case in cases {
        seen += 1;
        let want = fs::read_to_string(&case).unwrap();
        let command = want.lines().next().unwrap_or_default();
        let got = transcript(command);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&case, got).unwrap();
        } else if got != want {
            wrong.push(format!("{}\n{}", case.display(), first_difference(&want, &got)));
        }
    }
    assert!(seen >= 10, "only {seen} cases found");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The page of rules is written by the program and kept in `docs/` for those who
/// read before they install.
#[test]
fn the_page_of_rules_is_that_of_the_rule_files() {
    let Ran { status, stdout, stderr } = run(&fixtures(), &["rules", "page"]);
    assert_eq!((status, stderr.as_str()), (0, ""));
    let page = tree("docs/rules.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&page, &stdout).unwrap();
    }
    let kept = fs::read_to_string(&page).unwrap_or_default();
    let command = "UPDATE_GOLDEN=1 cargo test writes it anew";
    assert!(kept == stdout, "docs/rules.md: {command}\n{}", first_difference(&kept, &stdout));
    assert!(stdout.matches("\n## ").count() >= 40 && stdout.contains("\n## tw.mark\n"));
}

/// So is that of the scopes.
#[test]
fn the_page_of_scopes_is_that_of_the_scope_files() {
    let Ran { status, stdout, stderr } = run(&fixtures(), &["dictionary", "page"]);
    assert_eq!((status, stderr.as_str()), (0, ""));
    let page = tree("docs/scopes.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&page, &stdout).unwrap();
    }
    let kept = fs::read_to_string(&page).unwrap_or_default();
    let command = "UPDATE_GOLDEN=1 cargo test writes it anew";
    assert!(kept == stdout, "docs/scopes.md: {command}\n{}", first_difference(&kept, &stdout));
    assert!(stdout.matches("\n## cn.").count() >= 10 && stdout.contains("| 危害标准 · "));
}

/// The command with its status and both streams.
fn transcript(command: &str) -> String {
    let words = command.strip_prefix("$ vetmark").expect("a case begins with `$ vetmark …`");
    let (words, input) = match words.split_once(" < ") {
        Some((words, file)) => (words, Some(fs::read(fixtures().join(file)).unwrap())),
        None => (words, None),
    };
    let words: Vec<_> = words.split_whitespace().collect();
    let Ran { status, stdout, stderr } = match input {
        Some(input) => run_with_input(&fixtures(), &words, &input),
        None => run(&fixtures(), &words),
    };
    let streams = format!("--- stdout\n{stdout}--- stderr\n{stderr}");
    format!("{command}\n--- status {status}\n{}", without_digests(&streams))
}

/// Digests of rules and the program's version change with every entry and
/// release; what a case shows does not depend on them.
fn without_digests(text: &str) -> String {
    let engine = regex::Regex::new(r#""engine":\{[^}]*\}"#).unwrap();
    let line = regex::Regex::new(r"vetmark \d+\.\d+\.\d+, (rules|规则) [0-9a-f]*").unwrap();
    let text = engine.replace_all(text, r#""engine":{…}"#);
    line.replace_all(&text, "vetmark …, $1 …").into_owned()
}

fn first_difference(want: &str, got: &str) -> String {
    let pairs = want.lines().zip(got.lines()).enumerate();
    match pairs.into_iter().find(|(_, (want, got))| want != got) {
        Some((at, (want, got))) => format!("  line {}\n  - {want}\n  + {got}", at + 1),
        None => format!("  {} lines wanted, {} got", want.lines().count(), got.lines().count()),
    }
}

//! A watched folder: what goes on, what waits, and what a crash leaves behind.

use std::fs;

use super::around::text;
use super::{Gateway, MARKED, PLAIN, matters, office};

/// The folders, and how long a file has to be the same.
const WATCHED: &str = "--watch-folder in --pass out --hold hold --stable 1";

fn wait_until(what: &str, is: impl Fn() -> bool) {
    super::around::wait_until(is, || what.to_owned());
}

#[test]
fn files_go_on_or_wait_and_nothing_is_lost() {
    let folder = office();
    let at = |name: &str| folder.path().join(name);
    for name in ["in/sub", "out", "hold"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    fs::write(at("in/plain.txt"), PLAIN).unwrap();
    fs::write(at("in/sub/marked.txt"), MARKED).unwrap();
    fs::write(at("in/.part"), PLAIN).unwrap();
    fs::write(at("secret"), PLAIN).unwrap();
    std::os::unix::fs::symlink(at("secret"), at("in/link")).unwrap();
    // A name that is taken by something else, and one that a crash left half done.
    fs::write(at("in/taken.txt"), PLAIN).unwrap();
    fs::write(at("out/taken.txt"), "another").unwrap();
    fs::write(at("in/again.txt"), PLAIN).unwrap();
    fs::write(at("out/again.txt"), PLAIN).unwrap();
    let arguments = format!("{WATCHED} --policy leave.toml --store office.store");
    let mut gateway = Gateway::start(folder.path(), &arguments);
    wait_until("plain", || at("out/plain.txt").exists() && !at("in/plain.txt").exists());
    wait_until("marked", || at("hold/sub/marked.txt").exists());
    wait_until("link", || fs::symlink_metadata(at("hold/link")).is_ok());
    wait_until("again", || !at("in/again.txt").exists());
    gateway.wait_for("name-taken");
    assert_eq!(text(&at("out/plain.txt")), PLAIN);
    assert_eq!(
        (text(&at("in/taken.txt")), text(&at("out/taken.txt"))),
        (PLAIN.into(), "another".into())
    );
    assert_eq!(text(&at("hold/sub/marked.txt")), MARKED);
    assert!(!at("out/sub/marked.txt").exists() && !at("out/link").exists());
    assert!(at("in/.part").exists());
    let slip = text(&at("hold/sub/marked.txt.slip.txt"));
    assert!(
        slip.contains("held until a person has reviewed it") && slip.contains("已扣留"),
        "{slip}"
    );
    assert!(!slip.contains("机密"), "{slip}");
    fs::remove_file(at("out/taken.txt")).unwrap();
    wait_until("taken", || at("out/taken.txt").exists());
    // The same name again: what is held already is not written over.
    fs::create_dir_all(at("in/sub")).unwrap();
    fs::write(at("in/sub/marked.txt"), format!("{MARKED}second\n")).unwrap();
    wait_until("second", || at("hold/sub/marked.txt~2").exists());
    // What is put in while the gateway is away is taken up when it is back.
    drop(gateway);
    fs::write(at("in/late.txt"), PLAIN).unwrap();
    let gateway = Gateway::start(folder.path(), &arguments);
    wait_until("late", || at("out/late.txt").exists());
    assert_eq!(gateway.stop(), 0);
    let held = matters(folder.path()).into_iter().filter(|(verdict, _)| verdict == "withhold");
    let held: Vec<_> = held.map(|(_, source)| source).collect();
    assert_eq!(held.len(), 2);
    assert!(held[0].ends_with("/hold/sub/marked.txt"), "{held:?}");
}

/// Without a policy that says so nothing goes on, and a file that changes stays.
#[test]
fn nothing_goes_on_by_itself() {
    let folder = office();
    let at = |name: &str| folder.path().join(name);
    for name in ["in", "out", "hold"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    fs::write(at("in/plain.txt"), PLAIN).unwrap();
    let gateway = Gateway::start(folder.path(), WATCHED);
    wait_until("held", || at("hold/plain.txt").exists());
    assert!(!at("out/plain.txt").exists());
    assert_eq!(gateway.stop(), 0);
    let ran = crate::support::run(
        folder.path(),
        &["gateway", "--no-config", "--watch-folder", "in", "--pass", "in/out", "--hold", "hold"],
    );
    assert_eq!(ran.status, 2, "{ran:?}");
}

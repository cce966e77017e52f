//! The file under everything that may happen to it: a full disk, another writer, a
//! newer program, a crash between any two writes, and people who edit it.

use std::process::{Command, Stdio};

use super::tests::{CHANNEL, act, decided, examination, office, on, proposal, reviewed};
use super::*;
use crate::model::{Conclusion, Date, Ruling, Step};

#[test]
fn what_people_said_and_what_was_found_is_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), true);
    whole(&mut store);
    for sql in [
        "UPDATE act SET words = 'x'",
        "DELETE FROM act",
        "UPDATE disposition SET conclusion = 'disclose'",
        "DELETE FROM disposition",
        "UPDATE ruling SET ruling = 'overturned'",
        "DELETE FROM ruling",
        "DELETE FROM attested",
        "UPDATE finding SET severity = 'note'",
        "DELETE FROM gap",
        "UPDATE evidence SET verdict = 'no_finding'",
        "UPDATE examination SET rules = 'x'",
        "UPDATE proposal SET channel = 'x'",
        "UPDATE proposal SET step = 'submit'",
        "DELETE FROM matter",
        "DELETE FROM opened",
    ] {
        let error: Error = store.connection.execute(sql, []).unwrap_err().into();
        let Error::Refused(why) = error else { panic!("{sql}: {error}") };
        assert!(matches!(why, Refusal::AppendOnly | Refusal::NotThisStep), "{sql}: {why:?}");
    }
    assert_eq!(store.check().unwrap().wrong, []);
}

/// A matter with a gap, all the way to its end.
fn whole(store: &mut Store) {
    let seen = store.open_matter(act("zhang"), 1).unwrap();
    store.submit(act("zhang"), &on(&seen), &proposal()).unwrap();
    let mut review = reviewed(Ruling::Upheld);
    review.attested = vec![crate::model::Attested { part: 2, words: "已阅".into() }];
    store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review).unwrap();
    store.decide(act("chen"), &on(&seen), CHANNEL, &decided(Conclusion::Withhold)).unwrap();
}

#[test]
fn whoever_edits_the_file_is_found_out() {
    for (trigger, sql) in [
        ("act_is_not_changed", "UPDATE act SET person = 'wang' WHERE step = 'decide'"),
        ("act_is_not_changed", "UPDATE act SET words = 'x' WHERE step = 'review'"),
        ("disposition_is_not_changed", "UPDATE disposition SET conclusion = 'disclose'"),
        ("ruling_is_not_changed", "UPDATE ruling SET ruling = 'overturned'"),
        ("attested_is_not_deleted", "DELETE FROM attested"),
        ("evidence_is_not_changed", "UPDATE evidence SET verdict = 'no_finding'"),
        ("ledger_is_not_changed", "UPDATE ledger SET body = '{}' WHERE action = 'matter.decide'"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut store = office(folder.path(), true);
        whole(&mut store);
        store.connection.execute_batch(&format!("DROP TRIGGER {trigger}; {sql}")).unwrap();
        assert_ne!(store.check().unwrap().wrong, [], "{sql}");
    }
}

#[test]
fn a_newer_store_and_other_files_are_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(office(folder.path(), false));
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    let before = std::fs::read(&path).unwrap();
    for opened in [Store::create(&path), Store::open(&path), Store::read(&path)] {
        assert!(matches!(opened, Err(Error::Newer { found: 99, .. })), "{opened:?}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let other = folder.path().join("other");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(matches!(Store::create(&other), Err(Error::NotAStore)));
    let text = folder.path().join("text");
    std::fs::write(&text, "no database, and longer than its header would be".repeat(9)).unwrap();
    assert!(matches!(Store::create(&text), Err(Error::NotAStore)));
    assert!(matches!(Store::open(&folder.path().join("none")), Err(Error::File(_))));
}

#[test]
fn a_full_disk_and_another_writer_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let pages: i64 =
        store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update(None, "max_page_count", pages).unwrap();
    let mut kept = 0;
    let full = loop {
        let source = format!("/in/{kept}");
        match store.keep(act(Act::MACHINE), &source, &examination(kept + 10, false)) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::Full), "{full:?}");
    assert_eq!(store.check().unwrap().matters, 1 + u64::from(kept));
    store.connection.pragma_update(None, "max_page_count", 1_000_000).unwrap();

    let mut other = Store::open(store.path()).unwrap();
    other.connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    store.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = other.keep(act(Act::MACHINE), "/in/busy", &examination(200, false));
    assert!(matches!(busy, Err(Error::Busy)), "{busy:?}");
    // Who reads is not kept waiting.
    assert_eq!(other.docket(1).unwrap().lines.len(), 1);
    store.connection.execute_batch("COMMIT").unwrap();
    other.keep(act(Act::MACHINE), "/in/busy", &examination(200, false)).unwrap();
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn a_copy_is_whole_and_a_purge_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), true);
    whole(&mut store);
    let copy = folder.path().join("copy");
    store.backup(act("zhang"), &copy).unwrap();
    assert!(store.backup(act("zhang"), &copy).is_err(), "nothing is written over");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for file in [copy.as_path(), store.path()] {
            assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    let copied = Store::open(&copy).unwrap();
    assert_eq!(copied.docket(1).unwrap().acts, store.docket(1).unwrap().acts);
    assert_eq!(copied.check().unwrap().wrong, []);

    let day = |text: &str| -> Date { text.parse().unwrap() };
    assert_eq!(store.purge(act("zhang"), day("2026-11-27"), true).unwrap(), Purged::default());
    let done = store.purge(act("zhang"), day("2026-11-28"), false).unwrap();
    assert_eq!(done, Purged { matters: 1, ..Purged::default() });
    assert!(matches!(store.docket(1), Err(Error::Unknown(_))));
    assert_eq!(store.check().unwrap().wrong, []);
    let entries = entries_after(&store, 0, 1000).unwrap();
    let actions: Vec<_> = entries.iter().map(|entry| &*entry.action).collect();
    assert!(actions.contains(&"matter.decide") && actions.ends_with(&["matter.purge"]));
    let left: i64 =
        store.connection.query_row("SELECT count(*) FROM finding", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    // Its number is not given again.
    let kept = store.keep(act(Act::MACHINE), "/in/a.zip", &examination(1, true)).unwrap();
    assert_eq!(kept, Kept::Opened(2));
    // What nobody decided about is taken out only where somebody says so.
    for (undecided, matters) in [(false, 0), (true, 1)] {
        let done = store.purge(act("zhang"), day("2026-11-28"), undecided).unwrap();
        assert_eq!(done, Purged { matters, undecided: matters, addresses: 0 });
    }
    assert_eq!(store.check().unwrap().wrong, []);
}

/// Where the child of the next test is to end.
const CRASH: &str = "VETMARK_TEST_CRASH";

/// A process of its own, which is lost at one of its writes.
#[test]
#[ignore = "started by the test below"]
fn child_that_is_lost() {
    let Ok(told) = std::env::var(CRASH) else { return };
    let (path, last) = told.rsplit_once(' ').unwrap();
    let mut left: u32 = last.parse().unwrap();
    let mut store = Store::open(path.as_ref()).unwrap();
    let lost = move |_: rusqlite::hooks::Action, _: &str, _: &str, _: i64| {
        left -= 1;
        if left == 0 {
            // As `kill -9` does: nothing is finished, flushed or dropped.
            let own = std::process::id().to_string();
            let _ = Command::new("kill").args(["-9", &own]).status();
            std::process::abort();
        }
    };
    store.connection.update_hook(Some(lost)).unwrap();
    whole(&mut store);
    store.keep(act(Act::MACHINE), "/in/a.zip", &examination(2, true)).unwrap();
}

#[test]
#[cfg(unix)]
fn a_crash_between_any_two_writes_loses_only_what_was_not_recorded_yet() {
    let mut seen = std::collections::BTreeSet::new();
    for at in 1.. {
        let folder = tempfile::tempdir().unwrap();
        let path = office(folder.path(), true).path().to_path_buf();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["record::store_tests::child_that_is_lost", "--exact", "--ignored"])
            .env(CRASH, format!("{} {at}", path.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let store = Store::open(&path).unwrap();
        let found = store.check().unwrap();
        assert_eq!(found.wrong, [], "write {at}");
        let acts = store.docket(1).unwrap().acts.len();
        seen.insert((acts, store.seen(1).unwrap().version));
        if child.success() {
            assert!(at > 15, "only {at} writes were seen");
            break;
        }
    }
    // Each operation is there whole or not at all.
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(0, 1), (1, 1), (2, 1), (3, 1), (3, 2)]);
}

//! What the ledger refuses, and what it finds out about whoever went around that.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::record::error::Refusal;

fn act(actor: &str) -> Act<'_> {
    Act { actor, at: "2026-11-27T08:00:00.000Z".parse().unwrap() }
}

/// A store with so many entries, of which the ones in `signed` are signed.
fn store(entries: u64, signed: &[u64]) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::create(&folder.path().join("store")).unwrap();
    for number in 1..=entries {
        let body = json!({ "n": number, "words": "一\"二" });
        assert_eq!(store.note(act("li"), "try", "matter 1", &body).unwrap(), number);
        if signed.contains(&number) {
            store.sign(&key(1), act("li").at).unwrap();
        }
    }
    (folder, store)
}

fn key(number: u8) -> SigningKey {
    SigningKey::of([number; 32])
}

/// The lines of the exported ledger.
fn lines(store: &Store) -> Vec<String> {
    let mut out = Vec::new();
    store.export_ledger(&mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
}

fn write(folder: &tempfile::TempDir, lines: &[String]) -> PathBuf {
    let path = folder.path().join("ledger.ndjson");
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    path
}

fn broken(path: &std::path::Path) -> Option<(u64, Fault)> {
    verify(path, &[], &[]).unwrap().broken.map(|broken| (broken.seq, broken.fault))
}

#[test]
fn a_whole_ledger_holds_as_a_store_and_as_a_file() {
    let (folder, store) = store(5, &[3]);
    let file = write(&folder, &lines(&store));
    for path in [store.path(), file.as_path()] {
        let seen = verify(path, &[], &[key(1).public()]).unwrap();
        assert_eq!((seen.entries, seen.signed, seen.broken), (5, 3, None), "{}", path.display());
    }
    let empty = Store::create(&folder.path().join("empty")).unwrap();
    assert_eq!(verify(empty.path(), &[], &[]).unwrap(), Verified::default());
}

#[test]
fn rows_are_added_and_never_changed() {
    let (_folder, store) = store(3, &[2]);
    for sql in [
        "UPDATE ledger SET body = '{}' WHERE seq = 2",
        "UPDATE ledger SET seq = 9 WHERE seq = 3",
        "DELETE FROM ledger WHERE seq = 3",
        "DELETE FROM ledger",
        "REPLACE INTO ledger SELECT seq, at, 'x', action, subject, body, prev, hash FROM ledger WHERE seq = 2",
        "REPLACE INTO ledger SELECT seq, at, 'x', action, subject, body, prev, hash FROM ledger WHERE seq = 3",
        "INSERT INTO ledger SELECT 5, at, actor, action, subject, body, hash, hash FROM ledger WHERE seq = 3",
        "INSERT INTO ledger SELECT 4, at, actor, action, subject, body, prev, hash FROM ledger WHERE seq = 3",
        "UPDATE checkpoint SET seq = 1",
        "DELETE FROM checkpoint",
    ] {
        let refused: Error = store.connection.execute(sql, []).unwrap_err().into();
        assert!(matches!(refused, Error::Refused(Refusal::AppendOnly)), "{sql}: {refused}");
    }
    assert_eq!(verify(store.path(), &[], &[]).unwrap().entries, 3);
}

#[test]
fn whoever_goes_around_that_in_the_store_is_found_out() {
    for (sql, want) in [
        ("UPDATE ledger SET body = '{}' WHERE seq = 3", (3, Fault::Content)),
        ("UPDATE ledger SET actor = 'wang' WHERE seq = 1", (1, Fault::Content)),
        ("UPDATE ledger SET at = '2025-11-27T08:00:00.000Z' WHERE seq = 5", (5, Fault::Content)),
        ("DELETE FROM ledger WHERE seq = 1", (1, Fault::Numbering { found: 2 })),
        ("DELETE FROM ledger WHERE seq = 3", (3, Fault::Numbering { found: 4 })),
        ("DELETE FROM ledger WHERE seq >= 4", (4, Fault::Truncated { signed: 4 })),
        (
            "UPDATE ledger SET seq = 13 - seq WHERE seq < 3; UPDATE ledger SET seq = seq - 10 WHERE seq > 10",
            (1, Fault::Link),
        ),
        ("UPDATE ledger SET hash = zeroblob(32) WHERE seq = 2", (2, Fault::Content)),
        ("UPDATE checkpoint SET signature = zeroblob(64)", (4, Fault::Signature)),
    ] {
        let (_folder, store) = store(5, &[4]);
        let triggers = "PRAGMA foreign_keys = OFF; DROP TRIGGER ledger_is_not_changed; \
                        DROP TRIGGER ledger_is_not_deleted; DROP TRIGGER checkpoint_is_not_changed;";
        store.connection.execute_batch(triggers).unwrap();
        store.connection.execute_batch(sql).unwrap();
        assert_eq!(broken(store.path()), Some(want), "{sql}");
    }
}

#[test]
fn what_was_signed_cannot_be_made_anew_without_the_key() {
    let (folder, store) = store(5, &[3]);
    let kept = verify_kept(&store);
    let mut lines = lines(&store);
    let mut prev = Hash::default();
    for (at, line) in lines.iter_mut().enumerate().skip(1) {
        let mut entry: Entry = serde_json::from_str(line).unwrap();
        entry.actor = if at == 2 { "wang".into() } else { entry.actor };
        entry.prev = prev;
        entry.hash = entry.computed();
        prev = entry.hash;
        *line = serde_json::to_string(&entry).unwrap();
    }
    let signed = Fault::Signed { at: "2026-11-27T08:00:00.000Z".into() };
    let path = write(&folder, &lines);
    assert_eq!(broken(&path), Some((3, signed.clone())));
    // Without its checkpoints the file holds together; a checkpoint kept elsewhere, or
    // the wish for a signature, tells.
    lines[0] = format!(r#"{{"schema":"{SCHEMA}","checkpoints":[]}}"#);
    let path = write(&folder, &lines);
    assert_eq!(broken(&path), None);
    let seen = verify(&path, &kept, &[]).unwrap().broken.unwrap();
    assert_eq!((seen.seq, seen.fault), (3, signed));
    let seen = verify(&path, &[], &[key(1).public()]).unwrap().broken.unwrap();
    assert_eq!(seen.fault, Fault::Untrusted);
    // Signed anew by another key, it is not trusted either.
    let forged = key(2).sign(5, prev, "2026-11-27T08:00:00.000Z");
    let seen = verify(&path, &[forged], &[key(1).public()]).unwrap().broken.unwrap();
    assert_eq!(seen.fault, Fault::Untrusted);
    assert!(!seen.words().en.is_empty() && !seen.words().zh.is_empty());
}

fn verify_kept(store: &Store) -> Vec<Checkpoint> {
    let kept = checkpoints(&store.connection).unwrap();
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Checkpoint>>(&text).unwrap(), kept);
    kept
}

#[test]
fn keys_are_read_as_they_were_written() {
    let key = key(7);
    let read = SigningKey::read(&key.write()).unwrap();
    assert_eq!(read.public(), key.public());
    assert_eq!(key.public().to_string().parse::<PublicKey>().unwrap(), key.public());
    assert!(!format!("{key:?}").contains("0707"), "{key:?}");
    for text in ["", "vetmark-ledger-key-1", "vetmark-ledger-key-1 07", "0707"] {
        assert!(SigningKey::read(text).is_err(), "{text}");
    }
}

#[test]
fn files_that_are_no_ledger_are_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    for text in ["", "\n", "{}", "SQLite format 3\0 and no more", "机密"] {
        let path = folder.path().join("file");
        std::fs::write(&path, text).unwrap();
        assert!(verify(&path, &[], &[]).is_err(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One change anywhere in an exported file is found, at its entry or before.
    #[test]
    fn no_change_of_a_file_goes_unseen(
        entries in 2u64..9,
        line in 0usize..1000,
        how in 0u8..5,
        byte in 0usize..10_000,
        with in 0u8..255,
    ) {
        let (folder, store) = store(entries, &[entries]);
        let whole = lines(&store);
        let mut changed = whole.clone();
        let at = 1 + line % (whole.len() - 1);
        match how {
            0 => { changed.remove(at); }
            1 => { changed.insert(at, whole[at].clone()); }
            2 => { changed.swap(at, 1 + at % (whole.len() - 1)); }
            3 => { changed.truncate(at); }
            _ => {
                let mut bytes = changed[at].clone().into_bytes();
                let place = byte % bytes.len();
                bytes[place] = with;
                changed[at] = String::from_utf8_lossy(&bytes).replace('\n', " ");
            }
        }
        let same = |a: &str, b: &str| {
            serde_json::from_str::<Entry>(a).ok() == serde_json::from_str::<Entry>(b).ok()
        };
        let equal = changed.len() == whole.len()
            && changed.iter().zip(&whole).skip(1).all(|(a, b)| a == b || same(a, b));
        let seen = verify(&write(&folder, &changed), &[], &[]).unwrap();
        match seen.broken {
            None => prop_assert!(equal, "line {at}, {how}"),
            Some(broken) => prop_assert!(!equal && broken.seq <= at as u64 + 1),
        }
    }
}

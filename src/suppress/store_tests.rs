//! Files of decisions: read back as written, told where they were changed.

use super::*;

fn key(first: u8) -> Key {
    Key::read(&(first..first + 32).collect::<Vec<_>>()).unwrap()
}

const MADE: Date = Date::constant(2026, 11, 27);

fn make(reason: &str, expires: Date) -> Result<Decision, StoreError> {
    let wanted = Wanted {
        rule: "cn.scope.hit",
        entry: Some("cn.personnel.1992.2-3-2"),
        bound: Bound { hit: [1; 32], around: [2; 32] },
        hit: "考试成绩",
        owner: "Li Hong",
        reason,
        made: MADE,
        expires,
    };
    Decision::make(wanted, &key(0))
}

fn one() -> Store {
    let mut store = Store::new(&key(0));
    let until = Date::constant(2027, 5, 31);
    store.put(make("The cook's \"quiz\" on hygiene \\ 厨艺", until).unwrap());
    store
}

#[test]
fn what_is_written_is_read_back() {
    let store = one();
    let text = store.write();
    assert_eq!(Store::parse(&text), Ok(store.clone()));
    assert!(store.verify(&[key(1), key(0)]).is_ok());
    assert_eq!(store.verify(&[key(1)]).unwrap_err(), StoreError::WrongKey);
    assert!(!text.contains("考试"), "{text}");
}

#[test]
fn a_decision_needs_a_reason_of_its_own_words_and_an_end() {
    let until = Date::constant(2027, 11, 28);
    assert!(make("Harmless.", until).is_ok());
    for (reason, expires, why) in [
        ("", until, "its reason"),
        (" \u{3000}", until, "its reason"),
        ("two\nlines", until, "one line"),
        ("the 考试　成績 of cooks", until, "words that were found"),
        ("Harmless.", MADE, "not after"),
        ("Harmless.", Date::constant(2027, 11, 29), "at most 366 days"),
    ] {
        let error = make(reason, expires).unwrap_err().to_string();
        assert!(error.contains(why), "{reason:?} {expires}: {error}");
    }
}

#[test]
fn what_is_changed_without_the_key_is_told() {
    let text = one().write();
    for (from, to) in [
        ("2027-05-31", "2027-11-01"),
        ("Li Hong", "Li Huan"),
        ("厨艺", "厨师"),
        ("made = \"2026-11-27\"", "made = \"2026-01-01\""),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        let error = Store::parse(&changed).unwrap().verify(&[key(0)]).unwrap_err();
        assert!(matches!(error, StoreError::Broken(_)), "{from}: {error}");
    }
    // What it is bound to is in its id.
    for (from, to) in [("cn.scope.hit", "cn.mark.label"), ("2-3-2", "2-3-1"), ("0101", "0102")] {
        let error = Store::parse(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains("id is not its own"), "{from}: {error}");
    }
}

#[test]
fn what_is_no_such_file_is_told_with_its_line() {
    let text = one().write();
    for (changed, why) in [
        (String::new(), "missing field"),
        ("not toml".into(), "line 1"),
        (text.replace("version = 1", "version = 2"), "version 2"),
        (text.replace("owner", "author"), "unknown field"),
        (text.replace("2027-05-31", "next spring"), "line"),
        (text.replacen("key = \"", "key = \"zz", 1), "line 4: key"),
        (format!("{text}{}", &text[text.find("\n[[").unwrap()..]), "twice"),
    ] {
        let error = Store::parse(&changed).unwrap_err().to_string();
        assert!(error.contains(why), "{why}: {error}");
    }
}

#[test]
fn a_newer_decision_takes_the_place_of_the_one_before() {
    let mut store = one();
    let until = Date::constant(2027, 6, 30);
    let old = store.put(make("Still harmless.", until).unwrap());
    assert_eq!(old.map(|old| old.expires), Some(Date::constant(2027, 5, 31)));
    assert_eq!(store.decisions.len(), 1);
    assert_eq!(store.decisions[0].expires, until);
}

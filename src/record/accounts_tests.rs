//! Who gets in, for how long, and what becomes of those who try.

use super::*;
use crate::model::{Role, Timestamp};

const LIFE: Lifetime = Lifetime { idle: 30, whole: 720 };

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
    start.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap()
}

fn act(actor: &str, minutes: i64) -> Act<'_> {
    Act { actor, at: at(minutes) }
}

fn office() -> (tempfile::TempDir, Store) {
    let room = tempfile::tempdir().unwrap();
    let mut store = Store::create(&room.path().join("store")).unwrap();
    store.add_person(act("setup", 0), "zhang", "张三").unwrap();
    (room, store)
}

fn hashed(password: &str) -> Hashed {
    Hashed::of(password, "").unwrap()
}

fn actions(store: &Store) -> Vec<String> {
    let entries = entries_after(store, 0, 1000).unwrap();
    entries.into_iter().map(|entry| format!("{} {}", entry.action, entry.subject)).collect()
}

#[test]
fn a_link_sets_a_password_once_and_not_for_ever() {
    let (_room, mut store) = office();
    let first = store.link(act("setup", 0), "zhang").unwrap();
    assert_eq!(
        store.link_for(&first, at(1)).unwrap(),
        Some(LinkFor::Person { name: "zhang".into(), coded: false })
    );
    let second = store.link(act("setup", 1), "zhang").unwrap();
    assert_eq!(store.link_for(&first, at(1)).unwrap(), None, "a new link replaces the old");
    assert_eq!(store.link_for(&second, at(1 + LINK_MINUTES)).unwrap(), None, "its time is over");
    assert!(!store.has_accounts().unwrap());
    let password = hashed("a long enough one");
    assert_eq!(store.use_link(at(2), &second, None, &password).unwrap(), "zhang");
    assert!(store.use_link(at(2), &second, None, &password).is_err(), "a link works once");
    assert!(store.has_accounts().unwrap());
    assert!(store.link(act("setup", 3), "nobody").is_err());
    let want = [
        "person.add person zhang",
        "person.link person zhang",
        "person.link person zhang",
        "person.password person zhang",
    ];
    assert_eq!(actions(&store), want);
}

#[test]
fn a_session_ends_by_idleness_by_age_and_by_hand() {
    let (_room, mut store) = office();
    let token = store.sign_in(act("zhang", 0), "password", LIFE).unwrap();
    let open = |store: &Store, minutes| store.session(&token, at(minutes), LIFE).unwrap();
    assert_eq!(open(&store, 29).unwrap().person.shown, "张三");
    assert_eq!(open(&store, 31), None, "idle");
    assert!(!open(&store, 0).unwrap().stale && open(&store, 2).unwrap().stale);
    for minutes in (20..=700).step_by(20) {
        assert!(open(&store, minutes).is_some(), "{minutes}");
        store.session_used(&token, at(minutes)).unwrap();
    }
    store.session_used(&token, at(719)).unwrap();
    assert!(open(&store, 719).is_some());
    assert_eq!(open(&store, 721), None, "its time is over, however busy it is");
    let token = store.sign_in(act("zhang", 0), "password", LIFE).unwrap();
    store.sign_out(act("zhang", 1), &token).unwrap();
    assert_eq!(store.session(&token, at(1), LIFE).unwrap(), None);
    assert_eq!(store.session(&Token::new().unwrap(), at(1), LIFE).unwrap(), None);
}

#[test]
fn another_password_and_leaving_end_every_session() {
    let (_room, mut store) = office();
    let token = store.sign_in(act("zhang", 0), "password", LIFE).unwrap();
    store.set_password(act("zhang", 1), &hashed("another one, long")).unwrap();
    assert_eq!(store.session(&token, at(1), LIFE).unwrap(), None);
    let token = store.sign_in(act("zhang", 2), "password", LIFE).unwrap();
    let link = store.link(act("setup", 2), "zhang").unwrap();
    store.retire_person(act("setup", 3), "zhang").unwrap();
    assert_eq!(store.session(&token, at(3), LIFE).unwrap(), None);
    assert_eq!(store.link_for(&link, at(3)).unwrap(), None);
    assert_eq!(store.password("zhang").unwrap(), None);
    assert!(store.sign_in(act("zhang", 4), "certificate", LIFE).is_err());
    assert!(store.set_password(act("zhang", 4), &hashed("and yet another")).is_err());
}

#[test]
fn a_name_is_locked_for_longer_and_longer() {
    let (_room, mut store) = office();
    let fail = |store: &mut Store, name: &'static str, minutes| {
        let may = store.attempt(act(name, minutes)).unwrap();
        if let Attempt::May(_) = may {
            store.attempt_failed(act(name, minutes)).unwrap();
        }
        may
    };
    for _ in 0..5 {
        assert_eq!(fail(&mut store, "zhang", 0), Attempt::May(None));
    }
    let Attempt::Locked(until) = fail(&mut store, "zhang", 0) else { panic!("not locked") };
    assert_eq!(until, "2026-11-27T08:01:00.000Z");
    assert_eq!(fail(&mut store, "zhang", 1), Attempt::May(None));
    assert!(matches!(fail(&mut store, "zhang", 2), Attempt::Locked(_)), "two minutes now");
    assert_eq!(fail(&mut store, "zhang", 3), Attempt::May(None));
    assert!(matches!(fail(&mut store, "zhang", 6), Attempt::Locked(_)), "four minutes now");
    let refused = actions(&store).iter().filter(|a| *a == "session.refuse person zhang").count();
    assert_eq!(refused, 7, "what was not compared is no entry");
    // Whoever gets in starts anew.
    store.sign_in(act("zhang", 60), "password", LIFE).unwrap();
    assert_eq!(fail(&mut store, "zhang", 60), Attempt::May(None));
    assert_eq!(fail(&mut store, "zhang", 60), Attempt::May(None));
    // Names that are nobody's are one name, which the ledger does not repeat.
    for name in ["hunter2", "my password", "a", "b", "c"] {
        fail(&mut store, name, 0);
    }
    assert!(matches!(fail(&mut store, "d", 0), Attempt::Locked(_)));
    assert!(actions(&store).contains(&"session.refuse person ?".to_owned()));
    assert!(!actions(&store).iter().any(|action| action.contains("hunter2")));
    // Even after years of trying the lock is an hour.
    let mut minutes = 100;
    for _ in 0..80 {
        fail(&mut store, "zhang", minutes);
        minutes += 61;
    }
    assert_eq!(fail(&mut store, "zhang", minutes), Attempt::May(None));
}

#[test]
fn a_new_store_is_set_up_by_its_link_with_two_administrators() {
    let room = tempfile::tempdir().unwrap();
    let mut store = Store::create(&room.path().join("store")).unwrap();
    let [(None, old)] = &store.first_links(at(0)).unwrap()[..] else { panic!() };
    let [(None, link)] = &store.first_links(at(0)).unwrap()[..] else { panic!() };
    assert_eq!(store.link_for(old, at(0)).unwrap(), None, "replaced");
    assert_eq!(store.link_for(link, at(61)).unwrap(), None, "its time is over");
    let want = LinkFor::Setup { system: true, security: true };
    assert_eq!(store.link_for(link, at(1)).unwrap(), Some(want));
    let new = |name: &str| Newcomer { name: name.into(), shown: name.to_uppercase() };
    let (sun, qian) = (new("sun"), new("qian"));
    assert!(store.set_up(at(1), link, Some(&sun), None).is_err());
    assert!(store.set_up(at(1), link, Some(&sun), Some(&sun)).is_err(), "two persons");
    assert!(store.people().unwrap().is_empty(), "nothing is half done");
    let links = store.set_up(at(1), link, Some(&sun), Some(&qian)).unwrap();
    assert_eq!(links.len(), 2);
    assert!(store.set_up(at(1), link, Some(&sun), Some(&qian)).is_err(), "once");
    let people = store.people().unwrap();
    assert_eq!(people[1].roles, [Role::SystemAdministrator]);
    assert_eq!(people[0].roles, [Role::SecurityAdministrator]);
    // Nobody can sign in yet: started again, each gets a link of their own.
    let again = store.first_links(at(2)).unwrap();
    assert_eq!(
        again.iter().map(|(n, _)| n.as_deref()).collect::<Vec<_>>(),
        [Some("sun"), Some("qian")]
    );
    assert_eq!(store.link_for(&links[0].1, at(2)).unwrap(), None);
    assert_eq!(
        store.use_link(at(3), &again[0].1, None, &hashed("long enough too")).unwrap(),
        "sun"
    );
    assert!(store.first_links(at(3)).is_err());
    // From now on links are the system administrator's to make.
    let refused = store.link(act("qian", 4), "sun").unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::NoDuty)), "{refused}");
    store.link(act("sun", 4), "qian").unwrap();
    assert_eq!(verify(store.path(), &[], &[]).unwrap().broken, None);
    assert!(store.check().unwrap().wrong.is_empty());
}

#[test]
fn whoever_makes_a_link_is_not_by_it_whoever_it_is_for() {
    let (_room, mut store) = office();
    let duties = [
        ("sun", Role::SystemAdministrator),
        ("qian", Role::SecurityAdministrator),
        ("wu", Role::Auditor),
    ];
    for (name, role) in duties {
        let enters = if name == "sun" { "setup" } else { "sun" };
        store.add_person(act(enters, 0), name, name).unwrap();
        let gives = if name == "wu" { "qian" } else { "setup" };
        store.grant(act(gives, 0), name, role, true).unwrap();
    }
    let password = hashed("a sentence of somebody");
    let link = store.link(act("sun", 1), "zhang").unwrap();
    let wants = LinkFor::Person { name: "zhang".into(), coded: true };
    assert_eq!(store.link_for(&link, at(1)).unwrap(), Some(wants));
    assert_eq!(store.coded_links(at(1)).unwrap(), [("zhang".to_owned(), false)]);
    let of_nobody = Code::parse("2222-2222").unwrap();
    for code in [None, Some(&of_nobody)] {
        assert!(store.use_link(at(2), &link, code, &password).is_err(), "no code was given yet");
    }
    for (by, whose) in [("sun", "zhang"), ("zhang", "zhang"), ("qian", "sun")] {
        assert!(store.code(act(by, 2), whose).is_err(), "{by} for {whose}");
    }
    let void = store.code(act("qian", 2), "zhang").unwrap();
    let code = store.code(act("wu", 3), "zhang").unwrap();
    assert_eq!(store.coded_links(at(3)).unwrap(), [("zhang".to_owned(), true)]);
    assert!(store.use_link(at(3), &link, Some(&void), &password).is_err(), "another was given");
    assert_eq!(store.password("zhang").unwrap(), None);
    assert_eq!(store.use_link(at(3), &link, Some(&code), &password).unwrap(), "zhang");
    // Another link is nothing with the code of the one before, and void after some tries.
    let link = store.link(act("sun", 4), "zhang").unwrap();
    store.code(act("qian", 4), "zhang").unwrap();
    for _ in 0..5 {
        assert!(store.use_link(at(5), &link, Some(&code), &password).is_err());
    }
    assert_eq!(store.link_for(&link, at(5)).unwrap(), None, "void");
    let refused = actions(&store);
    let refused = refused.iter().filter(|action| *action == "person.code-refuse person zhang");
    assert_eq!(refused.count(), 8);
    // A security administrator gets theirs by the auditor, and by nobody where there is none.
    store.link(act("sun", 6), "qian").unwrap();
    assert!(store.code(act("qian", 6), "qian").is_err());
    store.code(act("wu", 6), "qian").unwrap();
    // Nobody takes out whoever would have to agree.
    let refused =
        |did: Result<()>, why| assert!(matches!(did, Err(Error::Refused(no)) if no == why));
    refused(store.retire_person(act("sun", 7), "wu"), Refusal::AuditorFirst);
    refused(store.retire_person(act("sun", 7), "qian"), Refusal::LastDuty);
    refused(store.retire_person(act("sun", 7), "sun"), Refusal::LastDuty);
    let vacant = store.grant(act("qian", 7), "sun", Role::SystemAdministrator, false);
    refused(vacant, Refusal::LastDuty);
    store.grant(act("qian", 7), "wu", Role::Auditor, false).unwrap();
    store.retire_person(act("sun", 7), "wu").unwrap();
    let link = store.link(act("sun", 7), "qian").unwrap();
    assert_eq!(store.use_link(at(8), &link, None, &password).unwrap(), "qian");
}

//! What came through a gateway: one matter each, and let go only by a decision about it.

use super::tests::{act, decided, examination, office, on, proposal, reviewed};
use super::*;
use crate::model::{Conclusion, Date, Ruling, Step};

fn passage(queue: &str) -> Passage {
    Passage {
        protocol: "milter".into(),
        answer: Answered::Hold,
        queue: Some(queue.into()),
        sender: Some("a@b.example".into()),
        recipients: vec!["c@d.example".into()],
        account: None,
        client: "192.0.2.1".into(),
        leave: None,
    }
}

fn come(store: &mut Store, queue: &str) -> Passed {
    let source = format!("mail/{queue}");
    let machine = act(Act::MACHINE);
    store.keep_passage(machine, &source, &examination(9, false), &passage(queue)).unwrap();
    store.passage_of(queue).unwrap().unwrap()
}

/// Three persons decide about a matter for a channel.
fn decide(store: &mut Store, matter: i64, channel: &str, conclusion: Conclusion) {
    let seen = store.seen(matter).unwrap();
    let on = On { matter, ..on(&seen) };
    let says = crate::model::Proposal { channel: channel.into(), ..proposal() };
    store.submit(act("zhang"), &on, &says).unwrap();
    let review = reviewed(Ruling::Overturned);
    store.review(act("li"), &on, channel, Step::Review, &review).unwrap();
    store.decide(act("wang"), &on, channel, &decided(conclusion)).unwrap();
}

#[test]
fn what_came_is_let_go_by_a_decision_about_it_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    // The same bytes to other people are another matter.
    let (first, second, third) =
        (come(&mut store, "Q1"), come(&mut store, "Q2"), come(&mut store, "Q3"));
    assert_eq!([first.matter, second.matter, third.matter], [2, 3, 4]);
    assert_eq!(store.passages(2).unwrap(), std::slice::from_ref(&first));
    assert_eq!(first.passage, passage("Q1"));
    decide(&mut store, 2, "mail", Conclusion::Disclose);
    decide(&mut store, 3, "mail", Conclusion::Part);
    decide(&mut store, 4, "www", Conclusion::Disclose);
    let released = |store: &Store, passed: &Passed| {
        store.released(passed, "mail").unwrap().map(|released| released.person)
    };
    assert_eq!(released(&store, &first).as_deref(), Some("wang"));
    assert_eq!(released(&store, &second), None);
    assert_eq!(released(&store, &third), None);
    // What comes under the same name again came after the decision.
    let again = come(&mut store, "Q1");
    assert_eq!((again.matter, again.version), (2, 1));
    assert_eq!(released(&store, &again), None);
    let held = |store: &Store| {
        let held = store.in_hold().unwrap().into_iter();
        held.filter_map(|passed| passed.passage.queue).collect::<Vec<_>>()
    };
    assert_eq!(held(&store), ["Q1", "Q2", "Q3", "Q1"]);
    store.note(act(Act::MACHINE), "gateway.release", "queue Q2", &"").unwrap();
    assert!(!held(&store).contains(&"Q2".to_owned()));
    assert_eq!(store.check().unwrap().wrong, []);
    // It goes with its matter when that is purged.
    store.purge(act("setup"), crate::model::Date::constant(2027, 1, 1), true).unwrap();
    assert_eq!(store.passage_of("Q1").unwrap(), None);
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn a_passage_that_was_changed_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    come(&mut store, "Q1");
    let refused = store.connection.execute("UPDATE passage SET answer = 'pass'", []);
    assert!(refused.unwrap_err().to_string().contains("append-only"));
    store.connection.execute("DROP TRIGGER passage_is_not_changed", []).unwrap();
    store.connection.execute("UPDATE passage SET answer = 'pass'", []).unwrap();
    assert_eq!(store.check().unwrap().wrong.len(), 1);
    store.connection.execute("DROP TRIGGER passage_is_not_deleted", []).unwrap();
    store.connection.execute("DELETE FROM passage", []).unwrap();
    assert_eq!(store.check().unwrap().wrong.len(), 1);
}

/// Every word of every entry of the ledger.
fn entries(store: &Store) -> String {
    let entries = entries_after(store, 0, 1000).unwrap();
    entries.iter().map(|entry| format!("{} {}\n", entry.subject, entry.body)).collect()
}

#[test]
fn addresses_are_sealed_in_the_ledger_and_cleared_by_a_purge() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let held = come(&mut store, "Q1");
    let passes = Passage {
        answer: Answered::Pass,
        account: Some("huang".into()),
        leave: Some("li".into()),
        ..passage("Q2")
    };
    let machine = act(Act::MACHINE);
    store.keep_passage(machine, "mail/Q2", &examination(9, false), &passes).unwrap();
    let passed = store.passage_of("Q2").unwrap().unwrap();
    assert_eq!((&passed.passage, passed.cleared), (&passes, false));
    let said = entries(&store);
    for address in ["a@b.example", "c@d.example", "192.0.2.1", "huang"] {
        assert!(!said.contains(address), "{address}: {said}");
    }
    // Two seals of the same addresses have nothing in common.
    let seals: Vec<_> = said.matches("\"addresses\":\"").collect();
    assert_eq!(seals.len(), 2);
    // What stays loses its addresses with time; what is held keeps them.
    let done = store.purge(act("setup"), Date::constant(2026, 11, 1), false).unwrap();
    assert_eq!(done.addresses, 0);
    let done = store.purge(act("setup"), Date::constant(2027, 1, 1), false).unwrap();
    assert_eq!((done.matters, done.addresses), (0, 1));
    assert_eq!(store.passage_of("Q1").unwrap().unwrap(), held);
    let cleared = store.passage_of("Q2").unwrap().unwrap();
    assert!(cleared.cleared);
    let bare = Passage {
        sender: None,
        recipients: Vec::new(),
        account: None,
        client: String::new(),
        ..passes
    };
    assert_eq!(cleared.passage, bare);
    assert_eq!(store.check().unwrap().wrong, []);
    let path = store.path().to_owned();
    drop(store);
    let file = std::fs::read(path).unwrap();
    assert!(memchr::memmem::find(&file, b"Q2").is_some());
    assert!(memchr::memmem::find(&file, b"huang").is_none(), "it is nowhere in the file");
}

#[test]
fn addresses_that_were_changed_are_found_out() {
    for change in [
        "UPDATE passage SET sender = 'x@y.example'",
        "UPDATE passage SET recipients = '[]'",
        "UPDATE passage SET salt = zeroblob(32)",
        "UPDATE passage SET salt = NULL",
        "UPDATE passage SET salt = NULL, cleared = 1",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut store = office(folder.path(), false);
        come(&mut store, "Q1");
        assert!(store.connection.execute(change, []).is_err(), "{change}");
        store.connection.execute("DROP TRIGGER passage_is_not_changed", []).unwrap();
        store.connection.execute(change, []).unwrap();
        assert_eq!(store.check().unwrap().wrong.len(), 1, "{change}");
        let read = store.passage_of("Q1");
        assert!(read.is_err() || read.unwrap().unwrap().cleared, "{change}");
    }
}

/// What was entered before addresses were sealed is read as it was entered.
#[test]
fn entries_of_before_keep_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let now = come(&mut store, "Q1");
    let Passage { sender, recipients, account, client, .. } = passage("Q0");
    let body = serde_json::json!({ "version": 1, "passage": {
        "protocol": "milter", "answer": "hold", "queue": "Q0", "leave": null, "sender": sender,
        "recipients": recipients, "account": account, "client": client,
    }});
    let subject = format!("matter {}", now.matter);
    let entry = store.note(act(Act::MACHINE), "gateway.passage", &subject, &body).unwrap();
    let insert = "INSERT INTO passage (entry, matter, version, protocol, answer, queue, sender, \
                  recipients, client) VALUES (?1, ?2, 1, 'milter', 'hold', 'Q0', ?3, ?4, ?5)";
    let list = serde_json::to_string(&recipients).unwrap();
    store.connection.execute(insert, (entry, now.matter, sender, list, client)).unwrap();
    let old = store.passage_of("Q0").unwrap().unwrap();
    assert_eq!((old.passage, old.cleared), (passage("Q0"), false));
    assert_eq!(store.check().unwrap().wrong, []);
}

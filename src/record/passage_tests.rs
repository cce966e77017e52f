//! What came through a gateway: one matter each, and let go only by a decision about it.

use super::tests::{act, decided, examination, office, on, proposal, reviewed};
use super::*;
use crate::model::{Conclusion, Ruling, Step};

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

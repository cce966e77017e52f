//! Proposals that end without a decision, deadlines, and stores of before there were any.

use super::tests::{CHANNEL, act, decided, examination, office, on, proposal, reviewed};
use super::*;
use crate::model::{
    Calendar, Conclusion, Date, Declassification, DeclassificationState, Disposition, Due,
    Proposal, Role, Ruling, Seen, Step, Timestamp,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn submitted(store: &mut Store, by: &str) -> Seen {
    let seen = store.open_matter(act(by), 1).unwrap();
    store.submit(act(by), &on(&seen), &proposal()).unwrap();
    seen
}

fn refusal(result: Result<Done>) -> Option<Refusal> {
    match result {
        Err(Error::Refused(why)) => Some(why),
        Err(Error::Wrong(_)) => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_proposal_is_taken_back_by_whoever_made_it_and_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let seen = submitted(&mut store, "zhang");
    let waits = |store: &Store| {
        let queue = QueueOf { limit: 10, ..QueueOf::default() };
        store.queue(&queue).unwrap().iter().map(|line| line.step).collect::<Vec<_>>()
    };
    assert_eq!(waits(&store), [Step::Review]);
    // Wang may submit too, and did not submit this.
    let theirs = store.withdraw(act("wang"), &on(&seen), CHANNEL, "有误");
    assert_eq!(refusal(theirs), Some(Refusal::NotYours));
    let reasonless = store.withdraw(act("zhang"), &on(&seen), CHANNEL, " ");
    assert_eq!(refusal(reasonless), None);
    let done = store.withdraw(act("zhang"), &on(&seen), CHANNEL, "标题有误").unwrap();
    assert_eq!(done.next, Step::Submit);
    assert_eq!(waits(&store), [Step::Submit]);
    let twice = store.withdraw(act("zhang"), &on(&seen), CHANNEL, "再撤");
    assert_eq!(refusal(twice), Some(Refusal::NotThisStep));
    let review = reviewed(Ruling::Overturned);
    let late = store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review);
    assert_eq!(refusal(late), Some(Refusal::NotThisStep), "what was withdrawn is not reviewed");

    // Made again, it goes its way; what was withdrawn stands in the record.
    let better = Proposal { title: "关于食堂的通知（更正）".into(), ..proposal() };
    store.submit(act("zhang"), &on(&seen), &better).unwrap();
    store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review).unwrap();
    let own = store.review(act("zhang"), &on(&seen), CHANNEL, Step::Review, &review);
    assert!(own.is_err(), "who withdrew has submitted");
    store.decide(act("chen"), &on(&seen), CHANNEL, &decided(Conclusion::Disclose)).unwrap();
    let late = store.withdraw(act("zhang"), &on(&seen), CHANNEL, "晚了");
    assert_eq!(refusal(late), Some(Refusal::NotThisStep), "what was decided is not withdrawn");
    let docket = store.docket(1).unwrap();
    let steps: Vec<_> = docket.acts.iter().map(|acted| (acted.proposal, acted.step)).collect();
    assert_eq!(
        steps,
        [
            (1, Step::Submit),
            (1, Step::Withdraw),
            (2, Step::Submit),
            (2, Step::Review),
            (2, Step::Decide)
        ]
    );
    assert_eq!(docket.lines.len(), 1);
    assert_eq!(docket.proposals[0].step, Step::Withdraw);
    assert_eq!(docket.proposals[1].title, "关于食堂的通知（更正）");
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn who_may_give_a_proposal_back_is_whoever_reviews_or_decides() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let seen = submitted(&mut store, "wang");
    let back = |store: &mut Store, who: &str, why: &str| {
        refusal(store.send_back(act(who), &on(&seen), CHANNEL, why))
    };
    for (who, why, want) in [
        ("zhang", "缺附件", Some(Refusal::NoRole)),
        ("zhao", "缺附件", Some(Refusal::NoRole)),
        ("chen", "缺附件", Some(Refusal::NoRole)),
        // Wang reviews too, and submitted this.
        ("wang", "缺附件", Some(Refusal::OwnWork)),
        ("li", "", None),
    ] {
        assert_eq!(back(&mut store, who, why), want, "{who} {why}");
    }
    store.send_back(act("li"), &on(&seen), CHANNEL, "缺附件").unwrap();
    assert_eq!(back(&mut store, "li", "再退"), Some(Refusal::NotThisStep));
    // The same officer makes it again, the same reviewer reviews it.
    store.submit(act("wang"), &on(&seen), &proposal()).unwrap();
    let review = reviewed(Ruling::Overturned);
    store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review).unwrap();
    assert_eq!(back(&mut store, "li", "现在归审批人"), Some(Refusal::NoRole));
    store.grant(act("setup"), "li", Role::Approver, true).unwrap();
    assert_eq!(back(&mut store, "li", "自己审查过"), Some(Refusal::OwnWork));
    let done = store.send_back(act("chen"), &on(&seen), CHANNEL, "理由不充分").unwrap();
    assert_eq!(done.next, Step::Submit);
    store.submit(act("wang"), &on(&seen), &proposal()).unwrap();
    // Whoever gave it back as approver does not review it now.
    store.grant(act("setup"), "chen", Role::Reviewer, true).unwrap();
    let own = store.review(act("chen"), &on(&seen), CHANNEL, Step::Review, &review);
    assert_eq!(refusal(own), Some(Refusal::OwnWork));
    let step = Step::Withdraw;
    let odd = store.review(act("wang"), &on(&seen), CHANNEL, step, &review);
    assert_eq!(refusal(odd), Some(Refusal::NotThisStep), "a review is none of the ends");
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn policy_of_optional_steps_is_not_given_back_by_advisers() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    store.set_policy(act("setup"), Step::Department, crate::model::Asked::Always).unwrap();
    let seen = submitted(&mut store, "zhang");
    let back = store.send_back(act("zhao"), &on(&seen), CHANNEL, "不归我管");
    assert_eq!(refusal(back), Some(Refusal::NoRole));
    store.withdraw(act("zhang"), &on(&seen), CHANNEL, "换渠道").unwrap();
}

/// What is due, as kind, day or moment.
fn due(store: &Store, until: &str) -> Vec<(Due, String)> {
    store.due(at(until), 100).unwrap().into_iter().map(|one| (one.what, one.due)).collect()
}

#[test]
fn clocks_run_from_what_was_entered_until_something_stops_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let far = "2027-12-31T00:00:00Z";
    assert_eq!(due(&store, far), []);
    // Friday 2026-11-27; Monday is a holiday and Saturday is worked.
    let calendar = Calendar::parse("2026-11-30 off\n2026-11-28 worked").unwrap();
    store.set_holidays(act("setup"), &calendar).unwrap();
    assert_eq!(store.calendar().unwrap(), calendar);
    for (step, days) in [(Step::Submit, Some(3)), (Step::Return, None), (Step::Review, Some(0))] {
        assert!(store.set_pace(act("setup"), step, days).is_err(), "{step:?} {days:?}");
    }
    store.set_pace(act("setup"), Step::Review, Some(3)).unwrap();
    store.set_pace(act("setup"), Step::Decide, Some(1)).unwrap();
    assert_eq!(store.pace().unwrap(), [(Step::Review, 3), (Step::Decide, 1)]);

    let seen = submitted(&mut store, "zhang");
    assert_eq!(due(&store, far), [(Due::Step, "2026-12-02".into())]);
    assert_eq!(due(&store, "2026-12-01T23:59:59Z"), []);
    let line = |store: &Store| store.docket(1).unwrap().lines[0].due.clone();
    assert_eq!(line(&store).as_deref(), Some("2026-12-02"));

    // A leak that was found an hour ago.
    let found = at("2026-11-27T07:00:00Z");
    assert!(
        store.leak(act("li"), 1, at("2026-11-27T08:00:01Z"), "网站").is_err(),
        "later than now"
    );
    assert!(store.leak(act("li"), 1, found, " ").is_err(), "without words");
    assert!(store.leak(act("nobody"), 1, found, "网站").is_err());
    assert!(store.leak(act("li"), 9, found, "网站").is_err());
    assert_eq!(store.leak(act("li"), 1, found, "网站").unwrap(), at("2026-11-28T07:00:00Z"));
    let leak = "2026-11-28T07:00:00.000Z";
    assert_eq!(line(&store).as_deref(), Some(leak));
    assert_eq!(due(&store, far), [(Due::Leak, leak.into()), (Due::Step, "2026-12-02".into())]);

    let review = reviewed(Ruling::Overturned);
    store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review).unwrap();
    assert_eq!(due(&store, far)[0], (Due::Step, "2026-11-28".into()), "one working day to decide");
    let upward = Some(upward("市保密局", day("2026-11-27"), &store.calendar().unwrap()));
    let report = Disposition { upward, ..decided(Conclusion::Report) };
    store.decide(act("chen"), &on(&seen), CHANNEL, &report).unwrap();
    let deadline = "2026-12-11";
    assert_eq!(due(&store, far), [(Due::Leak, leak.into()), (Due::Report, deadline.into())]);
    let one = &store.due(at(far), 100).unwrap()[1];
    assert_eq!(one.whom.as_deref(), Some("市保密局"));
    assert_eq!(one.channel.as_deref(), Some(CHANNEL));

    // What is still to be reported is not purged.
    let purged = store.purge(act("setup"), day("2027-01-01"), true).unwrap();
    assert_eq!(purged.matters, 0);
    for (what, works) in
        [(Due::Step, false), (Due::Expiry, false), (Due::Leak, true), (Due::Leak, false)]
    {
        assert_eq!(store.reported(act("li"), 1, what, "已报").is_ok(), works, "{what:?}");
    }
    assert_eq!(store.reported(act("li"), 1, Due::Report, "市保密局收文12号").unwrap(), 1);
    assert_eq!((due(&store, far), line(&store)), (vec![], None));
    assert_eq!(store.check().unwrap().wrong, []);
    assert_eq!(store.purge(act("setup"), day("2027-01-01"), true).unwrap().matters, 1);
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn steps_of_what_the_matter_was_are_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    store.set_pace(act("setup"), Step::Review, Some(3)).unwrap();
    submitted(&mut store, "zhang");
    store.leak(act("li"), 1, act("li").at, "网站").unwrap();
    store.keep(act(Act::MACHINE), "/in/a.zip", &examination(2, false)).unwrap();
    let far = "2027-12-31T00:00:00Z";
    let kinds: Vec<_> = due(&store, far).into_iter().map(|(what, _)| what).collect();
    assert_eq!(kinds, [Due::Leak], "a leak stays one");
    let seen = submitted(&mut store, "zhang");
    assert_eq!(due(&store, far).len(), 2);
    store.withdraw(act("zhang"), &on(&seen), CHANNEL, "有误").unwrap();
    assert_eq!(due(&store, far).len(), 1);
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn marks_whose_term_ends_are_named_before_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    use DeclassificationState as S;
    for (byte, state, through) in [
        (10, S::InForce, Some("2026-12-04")),
        (11, S::InForce, Some("2026-12-05")),
        (12, S::Expired, Some("2020-01-01")),
        (13, S::UnknownDate, None),
        // It ran out since the last scan.
        (14, S::InForce, Some("2026-11-26")),
    ] {
        let mut of = examination(byte, false);
        let through = through.map(day);
        of.declassification =
            Some(Declassification { protected_through: through, ..Declassification::of(state) });
        store.keep(act(Act::MACHINE), &format!("/in/{byte}"), &of).unwrap();
    }
    let ends = due(&store, "2026-12-04T08:00:00Z");
    let days: Vec<_> = ends.iter().map(|(_, due)| due.as_str()).collect();
    assert_eq!(days, ["2026-11-26", "2026-12-04"]);
    let all = store.due(at("2026-12-04T08:00:00Z"), 1).unwrap();
    assert_eq!((all.len(), all[0].matter, all[0].what), (1, 6, Due::Expiry));
    // Scanned again, it is known to have run out.
    let mut of = examination(14, false);
    of.declassification = Some(Declassification::of(S::Expired));
    store.keep(act(Act::MACHINE), "/in/14", &of).unwrap();
    assert_eq!(due(&store, "2026-12-04T08:00:00Z").len(), 1);
}

#[test]
fn a_day_is_over_when_it_has_passed_and_a_moment_at_once() {
    let deadline = |due: &str| Deadline {
        matter: 1,
        source: "a".into(),
        verdict: "review".into(),
        what: Due::Report,
        due: due.into(),
        since: None,
        channel: None,
        step: None,
        whom: None,
    };
    for (due, over) in [
        ("2026-11-26", true),
        ("2026-11-27", false),
        ("2026-11-28", false),
        ("2026-11-27T07:59:59.999Z", true),
        ("2026-11-27T08:00:00.000Z", false),
    ] {
        let (now, today) = (at("2026-11-27T08:00:00Z"), day("2026-11-27"));
        assert_eq!(deadline(due).is_over(now, today), over, "{due}");
    }
}

#[test]
fn whoever_moves_a_deadline_is_refused_and_found_out() {
    for (trigger, sql) in [
        ("clock_is_only_closed", "UPDATE clock SET due = '2030-01-01'"),
        ("clock_is_only_closed", "UPDATE clock SET closed = 1"),
        ("clock_is_not_deleted", "DELETE FROM clock"),
        ("told_is_not_changed", "UPDATE told SET json = '{}'"),
        ("", "INSERT INTO holiday VALUES ('2026-12-01', 0)"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut store = office(folder.path(), false);
        store.leak(act("li"), 1, act("li").at, "网站").unwrap();
        if trigger == "clock_is_not_deleted" || sql.contains("due") || sql.contains("told") {
            assert!(store.connection.execute(sql, []).is_err(), "{sql}");
        }
        let drop =
            if trigger.is_empty() { String::new() } else { format!("DROP TRIGGER {trigger};") };
        store.connection.execute_batch(&format!("{drop} {sql}")).unwrap();
        assert_ne!(store.check().unwrap().wrong, [], "{sql}");
    }
}

#[test]
fn papers_are_made_of_chosen_matters_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let mut other = examination(2, false);
    other.verdict = crate::model::Verdict::Review;
    store.keep(act(Act::MACHINE), "/in/b.zip", &other).unwrap();
    submitted(&mut store, "zhang");
    let choose = |of: Chosen| store.choose(&of).unwrap();
    let all = Chosen::default;
    assert_eq!(choose(all()), [1, 2]);
    assert_eq!(choose(Chosen { matters: vec![2], ..all() }), [2]);
    assert_eq!(choose(Chosen { verdict: Some(crate::model::Verdict::Review), ..all() }), [2]);
    assert_eq!(choose(Chosen { step: Some(Step::Submit), ..all() }), [2]);
    assert_eq!(choose(Chosen { step: Some(Step::Review), ..all() }), [1]);
    assert_eq!(choose(Chosen { since: Some(day("2026-11-27")), ..all() }), [1, 2]);
    assert!(choose(Chosen { since: Some(day("2026-11-28")), ..all() }).is_empty());
    assert!(store.choose(&Chosen { matters: vec![2, 9], ..all() }).is_err());
    let paper = Paper { name: "form", matters: &[1], sha256: "ab", bytes: 10 };
    assert!(store.exported(act("nobody"), &paper).is_err());
    let entry = store.exported(act("zhang"), &paper).unwrap();
    let entered = &entries_after(&store, entry - 1, 1).unwrap()[0];
    assert_eq!((&*entered.actor, &*entered.action), ("zhang", "report.export"));
    assert!(entered.body.contains("\"count\":1"), "{}", entered.body);
}

#[test]
fn a_store_of_the_version_before_is_brought_up_to_date_with_all_that_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut old = rusqlite::Connection::open(&path).unwrap();
    old.pragma_update(None, "foreign_keys", true).unwrap();
    migrations::to(&mut old, 2).unwrap();
    let tx = old.transaction().unwrap();
    let body = serde_json::json!({
        "channel": "www",
        "disposition": {"conclusion": "report", "reason": "r",
                        "upward": {"addressee": "局", "deadline": "2026-12-11"}},
        "seen": {"version": 1, "sha256": "a".repeat(64)},
    });
    for (actor, action) in
        [("setup", "person.add"), ("vetmark", "matter.open"), ("chen", "matter.decide")]
    {
        ledger::append(&tx, act(actor), action, "matter 1", &body).unwrap();
    }
    let hash = "a".repeat(64);
    tx.execute_batch(&format!(
        "INSERT INTO person VALUES ('chen', '陈', 1, NULL);
         INSERT INTO role VALUES ('chen', 'approver', 1);
         INSERT INTO evidence VALUES (1, '{hash}', '{hash}', 'review', NULL, NULL, NULL);
         INSERT INTO matter (id, source, version, sha256, evidence, verdict, band, proposed, opened, entry)
           VALUES (1, '/in/a', 1, '{hash}', 1, 'review', 3, 1, '2026-11-27T08:00:00.000Z', 2);
         INSERT INTO examination VALUES (1, 1, 1, 2, 1, '/in/a', '2026-11-27', '0.1.0', 'r', 'd', NULL, NULL);
         DROP TRIGGER a_proposal_begins_at_the_beginning;
         INSERT INTO proposal VALUES (7, 1, 1, 'www', 't', 'document', '2026-12-01', 0, 'b', 3, 'decide');
         INSERT INTO route VALUES (7, 'decide'), (7, 'closed');
         INSERT INTO act VALUES (3, 7, 'decide', 'chen', 3, 1, '{hash}', 1, 1, 1, 'r');
         INSERT INTO disposition VALUES (3, 'report', '局', '2026-12-11');
         UPDATE proposal SET step = 'closed' WHERE id = 7;"
    ))
    .unwrap();
    tx.commit().unwrap();
    drop(old);

    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.check().unwrap().wrong, []);
    let docket = store.docket(1).unwrap();
    assert_eq!((docket.proposals[0].id, docket.proposals[0].step), (7, Step::Closed));
    assert_eq!(docket.acts[0].words, "r");
    assert_eq!(docket.lines[0].due.as_deref(), Some("2026-12-11"));
    assert!(
        matches!(store.told(1), Err(Error::Wrong(_))),
        "it was examined before lines were kept"
    );
    store.reported(act("chen"), 1, Due::Report, "收文1号").unwrap();
    // The constraint that was one for good still holds for what stands.
    let twice = store.connection.execute(
        "INSERT INTO proposal VALUES (8, 1, 1, 'www', 't', 'document', '2026-12-01', 0, 'b', 3, 'submit')",
        [],
    );
    assert!(twice.is_err());
    let lost = store.connection.execute("INSERT INTO route VALUES (99, 'review')", []);
    assert!(lost.is_err(), "foreign keys hold");
}

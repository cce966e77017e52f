//! The procedure walked whole, and everything it must refuse: in the store, whoever
//! asks.

use std::path::Path;

use super::*;
use crate::model::{
    Asked, Attested, Calendar, Carrier, Conclusion, Coverage, Disclosure, Disposition, EngineId,
    Examination, Finding, GapKind, Level, Part as Examined, Place, Proposal, ReadState, Review,
    Role, Ruled, Ruling, Said, Seen, Severity, Step, Verdict, Words, hex,
};

pub(super) const CHANNEL: &str = "www";

pub(super) fn act(actor: &str) -> Act<'_> {
    Act { actor, at: "2026-11-27T08:00:00Z".parse().unwrap() }
}

fn finding(id: &str, severity: Severity) -> Finding {
    Finding {
        id: id.into(),
        rule: "cn.mark.state-secret".into(),
        severity,
        level: Some(Level { regime: "cn".into(), id: "jimi".into(), rank: 2 }),
        mark: None,
        place: Place { page: Some(1), line: Some(2), char: [7, 13], ..Place::default() },
        quote: None,
        context: None,
        evidence: Vec::new(),
        basis: Vec::new(),
        entry: None,
        missing_qualifiers: None,
        suppressed: None,
        unheeded: None,
        message: Words::default(),
        span: 0..0,
        said: Said::default(),
    }
}

/// An examination of bytes that `byte` tells apart: f1 blocks, f2 is a note; with a gap
/// in its second part where `gap` says so.
pub(super) fn examination(byte: u8, gap: bool) -> Examination {
    let part = |path: &[&str], findings, gaps: Vec<crate::model::Gap>| Examined {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        media_type: "text/plain".into(),
        sha256: hex(&[byte; 32]),
        bytes: 100,
        pages: None,
        encoding: None,
        read: if gaps.is_empty() { ReadState::Full } else { ReadState::None },
        gaps,
        notes: Vec::new(),
        findings,
    };
    let findings = vec![finding("f1", Severity::Block), finding("f2", Severity::Note)];
    let mut parts = vec![part(&["in/a.zip"], findings, Vec::new())];
    if gap {
        let gap = crate::model::Gap::new(GapKind::Encrypted, "needs a password");
        parts.push(part(&["in/a.zip", "b.docx"], Vec::new(), vec![gap]));
    }
    Examination {
        schema: "vetmark.examination/1",
        source: "in/a.zip".into(),
        sha256: hex(&[byte; 32]),
        bytes: 100,
        as_of: crate::model::Date::constant(2026, 11, 27),
        verdict: Verdict::Withhold,
        disclosure: Disclosure::NeedsHumanApproval,
        level: None,
        next_step: Words::default(),
        declassification: None,
        parts,
        coverage: Coverage::default(),
        engine: EngineId {
            name: "vetmark",
            version: "0.1.0",
            rules: "r".into(),
            dictionaries: "d".into(),
            suppressions: None,
            budget: None,
        },
    }
}

/// A store with people and one matter, number 1.
pub(super) fn office(folder: &Path, gap: bool) -> Store {
    let mut store = Store::create(&folder.join("store")).unwrap();
    let people = [
        ("zhang", &[Role::Submitter][..]),
        ("li", &[Role::Reviewer, Role::Submitter]),
        ("wang", &[Role::Approver, Role::Reviewer, Role::Submitter]),
        ("zhao", &[Role::Adviser]),
        ("chen", &[Role::Approver]),
    ];
    for (name, roles) in people {
        store.add_person(act("setup"), name, &format!("{name} shown")).unwrap();
        for role in roles {
            store.grant(act("setup"), name, *role, true).unwrap();
        }
    }
    let kept = store.keep(act(Act::MACHINE), "/in/a.zip", &examination(1, gap)).unwrap();
    assert_eq!(kept, Kept::Opened(1));
    store
}

pub(super) fn proposal() -> Proposal {
    Proposal {
        title: "关于食堂的通知".into(),
        carrier: Carrier::Document,
        channel: CHANNEL.into(),
        on: crate::model::Date::constant(2026, 12, 1),
        meeting: false,
        basis: "政府信息公开条例".into(),
        opinion: "拟公开".into(),
    }
}

fn ruled(finding: &str, ruling: Ruling) -> Ruled {
    Ruled { finding: finding.into(), ruling, reason: "看过原件".into() }
}

pub(super) fn reviewed(ruling: Ruling) -> Review {
    Review { opinion: "同意".into(), rulings: vec![ruled("f1", ruling)], attested: Vec::new() }
}

pub(super) fn decided(conclusion: Conclusion) -> Disposition {
    Disposition { conclusion, reason: "同意".into(), upward: None }
}

pub(super) fn on(seen: &Seen) -> On<'_> {
    On { matter: 1, seen, bulk: 1 }
}

fn refused<T: std::fmt::Debug>(result: Result<T>, refusal: Refusal, what: &str) {
    match result {
        Err(Error::Refused(why)) if why == refusal => {}
        other => panic!("{what}: {refusal:?} wanted, not {other:?}"),
    }
}

#[test]
fn the_procedure_from_proposal_to_decision() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), true);
    let seen = store.open_matter(act("zhang"), 1).unwrap();
    let done = store.submit(act("zhang"), &on(&seen), &proposal()).unwrap();
    assert_eq!((done.next, done.opened), (Step::Review, true));
    let mut review = reviewed(Ruling::Upheld);
    review.attested = vec![Attested { part: 2, words: "已阅，无涉密内容".into() }];
    let done = store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review).unwrap();
    // Li never opened it: recorded, not forbidden.
    assert_eq!((done.next, done.opened), (Step::Decide, false));
    let upheld = store.decide(act("chen"), &on(&seen), CHANNEL, &decided(Conclusion::Disclose));
    refused(upheld, Refusal::Upheld, "a live mark is not disclosed as it is");
    let report = Disposition {
        upward: Some(upward("市保密局", "2026-11-27".parse().unwrap(), &Calendar::default())),
        ..decided(Conclusion::Report)
    };
    let done = store.decide(act("chen"), &on(&seen), CHANNEL, &report).unwrap();
    assert_eq!(done.next, Step::Closed);

    let docket = store.docket(1).unwrap();
    let steps: Vec<_> = docket.acts.iter().map(|acted| (acted.step, &*acted.person)).collect();
    let want =
        [(Step::Submit, "zhang shown"), (Step::Review, "li shown"), (Step::Decide, "chen shown")];
    assert_eq!(steps, want);
    assert_eq!(docket.acts[1].attested, [(2, "已阅，无涉密内容".to_owned())]);
    let upward = Some(("市保密局".to_owned(), "2026-12-11".to_owned()));
    assert_eq!(docket.acts[2].conclusion, Some((Conclusion::Report, upward)));
    assert_eq!(docket.evidence, Evidence::of(&examination(1, true)).unwrap());
    assert_eq!(store.check().unwrap().wrong, []);
    let queue = QueueOf { limit: 10, ..QueueOf::default() };
    assert_eq!(store.queue(&queue).unwrap()[0].step, Step::Closed);
}

#[test]
fn what_may_not_be_done_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), true);
    let seen = store.open_matter(act("wang"), 1).unwrap();
    let full = Review {
        attested: vec![Attested { part: 2, words: "已阅".into() }],
        ..reviewed(Ruling::Overturned)
    };
    let decide = decided(Conclusion::Disclose);
    let entries = |store: &Store| ledger::verify(store.path(), &[], &[]).unwrap().entries;

    refused(store.submit(act("zhao"), &on(&seen), &proposal()), Refusal::NoRole, "no submitter");
    refused(store.submit(act("nobody"), &on(&seen), &proposal()), Refusal::NoRole, "unknown");
    let nothing = Proposal { basis: " ".into(), ..proposal() };
    assert!(matches!(store.submit(act("wang"), &on(&seen), &nothing), Err(Error::Wrong(_))));
    let before = entries(&store);
    store.submit(act("wang"), &on(&seen), &proposal()).unwrap();
    assert_eq!(entries(&store), before + 1, "what is refused leaves no entry");

    let again = store.submit(act("zhang"), &on(&seen), &proposal());
    refused(again, Refusal::NotThisStep, "one record for a matter and channel");
    let skipped = store.decide(act("chen"), &on(&seen), CHANNEL, &decide);
    refused(skipped, Refusal::NotThisStep, "the review is skipped");
    let own = store.review(act("wang"), &on(&seen), CHANNEL, Step::Review, &full);
    refused(own, Refusal::OwnWork, "the submitter reviews");
    let role = store.review(act("chen"), &on(&seen), CHANNEL, Step::Review, &full);
    refused(role, Refusal::NoRole, "no reviewer");
    let step = store.review(act("li"), &on(&seen), CHANNEL, Step::SecondReview, &full);
    refused(step, Refusal::NotThisStep, "a step that nobody asked for");
    for (review, refusal) in [
        (Review { rulings: Vec::new(), ..full.clone() }, Refusal::NotRuled),
        (Review { rulings: vec![ruled("f2", Ruling::Left)], ..full.clone() }, Refusal::NotRuled),
        (Review { attested: Vec::new(), ..full.clone() }, Refusal::NotAttested),
    ] {
        let said = store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review);
        refused(said, refusal, "something is passed over");
    }
    let reasonless = Ruled { reason: String::new(), ..ruled("f1", Ruling::Left) };
    for rulings in [
        vec![ruled("f9", Ruling::Left)],
        vec![reasonless],
        vec![ruled("f1", Ruling::Left), ruled("f1", Ruling::Upheld)],
    ] {
        let review = Review { rulings, ..full.clone() };
        let said = store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review);
        assert!(matches!(said, Err(Error::Wrong(_))), "{review:?}: {said:?}");
    }
    store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &full).unwrap();
    let own = store.decide(act("wang"), &on(&seen), CHANNEL, &decide);
    refused(own, Refusal::OwnWork, "the submitter decides");
    let report = store.decide(act("chen"), &on(&seen), CHANNEL, &decided(Conclusion::Report));
    assert!(matches!(report, Err(Error::Wrong(_))), "{report:?}");
    // For another channel too, it is their own work.
    let other = Proposal { channel: "paper".into(), ..proposal() };
    store.submit(act("zhang"), &on(&seen), &other).unwrap();
    let own = store.review(act("wang"), &on(&seen), "paper", Step::Review, &full);
    refused(own, Refusal::OwnWork, "the submitter of one channel reviews for another");
    store.decide(act("chen"), &on(&seen), CHANNEL, &decide).unwrap();
    let twice = store.decide(act("chen"), &on(&seen), CHANNEL, &decide);
    refused(twice, Refusal::NotThisStep, "decided already");
    store.retire_person(act("setup"), "li").unwrap();
    let gone = store.review(act("li"), &on(&seen), "paper", Step::Review, &full);
    refused(gone, Refusal::NoRole, "who left acts no more");
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn changed_bytes_or_evidence_open_a_matter_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let keep = |store: &mut Store, source: &str, of: &Examination| {
        store.keep(act(Act::MACHINE), source, of).unwrap()
    };
    let same = examination(1, false);
    assert_eq!(keep(&mut store, "/in/a.zip", &same), Kept::Known(1));
    assert_eq!(keep(&mut store, "/elsewhere/a.zip", &same), Kept::Known(1));
    let mut rules = same.clone();
    rules.engine.rules = "others, which say the same".into();
    assert_eq!(keep(&mut store, "/in/a.zip", &rules), Kept::Known(1));
    assert_eq!(keep(&mut store, "/elsewhere/a.zip", &examination(3, false)), Kept::Opened(2));

    let seen = store.open_matter(act("zhang"), 1).unwrap();
    store.submit(act("zhang"), &on(&seen), &proposal()).unwrap();
    let review = reviewed(Ruling::Overturned);
    store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review).unwrap();
    // Between review and decision the file is changed and scanned again.
    assert_eq!(keep(&mut store, "/in/a.zip", &examination(2, false)), Kept::Reopened(1));
    let decide = decided(Conclusion::Disclose);
    refused(store.decide(act("chen"), &on(&seen), CHANNEL, &decide), Refusal::Stale, "old bytes");
    let new = store.seen(1).unwrap();
    assert_eq!(new.version, 2);
    let stale = store.decide(act("chen"), &on(&new), CHANNEL, &decide);
    refused(stale, Refusal::Stale, "reviewed was another version");
    assert_eq!(store.looked_at(1, "zhang").unwrap(), Some(seen));
    assert_eq!(store.looked_at(1, "chen").unwrap(), None);
    // Back to the first bytes, it is another version still.
    assert_eq!(keep(&mut store, "/in/a.zip", &examination(1, false)), Kept::Reopened(1));
    assert_eq!(store.seen(1).unwrap().version, 3);
    // A rule that touches it.
    let mut touched = examination(1, false);
    touched.parts[0].findings[0].severity = Severity::Review;
    assert_eq!(keep(&mut store, "/in/a.zip", &touched), Kept::Reopened(1));
    // Standard input has no place: bytes and evidence tell it apart.
    assert_eq!(keep(&mut store, "-", &examination(7, false)), Kept::Opened(3));
    assert_eq!(keep(&mut store, "-", &examination(8, false)), Kept::Opened(4));
    assert_eq!(keep(&mut store, "-", &examination(7, false)), Kept::Known(3));
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn two_who_decide_at_once_are_one_who_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    store.grant(act("setup"), "zhao", Role::Approver, true).unwrap();
    let seen = store.seen(1).unwrap();
    store.submit(act("zhang"), &on(&seen), &proposal()).unwrap();
    let review = reviewed(Ruling::Overturned);
    store.review(act("li"), &on(&seen), CHANNEL, Step::Review, &review).unwrap();
    let path = store.path().to_path_buf();
    let at_once = std::sync::Barrier::new(2);
    let decide = |person: &str, conclusion| {
        let mut store = Store::open(&path).unwrap();
        at_once.wait();
        store.decide(act(person), &on(&seen), CHANNEL, &decided(conclusion))
    };
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| decide("chen", Conclusion::Disclose));
        let two = scope.spawn(|| decide("zhao", Conclusion::Withhold));
        (one.join().unwrap(), two.join().unwrap())
    });
    match (one, two) {
        (Ok(_), lost) | (lost, Ok(_)) => refused(lost, Refusal::NotThisStep, "the second"),
        neither => panic!("{neither:?}"),
    }
    assert_eq!(store.docket(1).unwrap().acts.len(), 3);
}

#[test]
fn the_policy_decides_which_steps_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    for (step, asked) in [
        (Step::Department, Asked::Always),
        (Step::SecondReview, Asked::Always),
        (Step::Consult, Asked::Meeting),
    ] {
        store.set_policy(act("setup"), step, asked).unwrap();
    }
    assert!(store.set_policy(act("setup"), Step::Review, Asked::Never).is_err());
    let seen = store.seen(1).unwrap();
    let meeting = Proposal { meeting: true, channel: "meeting".into(), ..proposal() };
    for (says, steps) in [
        (proposal(), &[Step::Department, Step::Review][..]),
        (meeting, &[Step::Department, Step::Organiser, Step::Review]),
    ] {
        let mut next = store.submit(act("zhang"), &on(&seen), &says).unwrap().next;
        for (at, step) in steps.iter().enumerate() {
            assert_eq!(next, *step, "{}", says.channel);
            let name = format!("adviser {at} {}", says.channel);
            store.add_person(act("setup"), &name, &name).unwrap();
            let role = step.role().unwrap();
            store.grant(act("setup"), &name, role, true).unwrap();
            let review = reviewed(Ruling::Left);
            next =
                store.review(act(&name), &on(&seen), &says.channel, *step, &review).unwrap().next;
        }
        assert_eq!(next, Step::SecondReview);
    }
}

#[test]
fn three_administrators_have_three_duties() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    for name in ["sys", "sec", "aud"] {
        store.add_person(act("setup"), name, name).unwrap();
    }
    store.grant(act("setup"), "sys", Role::SystemAdministrator, true).unwrap();
    let entered = store.add_person(act("setup"), "x", "x");
    refused(entered, Refusal::NoDuty, "persons are the system administrator's");
    store.grant(act("setup"), "aud", Role::Auditor, true).unwrap();
    store.grant(act("setup"), "sec", Role::SecurityAdministrator, true).unwrap();
    let given = store.grant(act("sys"), "zhang", Role::Approver, true);
    refused(given, Refusal::NoDuty, "roles are the security administrator's");
    for (person, role) in [
        ("aud", Role::SystemAdministrator),
        ("sys", Role::Reviewer),
        ("zhang", Role::SecurityAdministrator),
    ] {
        let given = store.grant(act("sec"), person, role, true);
        refused(given, Refusal::SeparateDuties, person);
    }
    refused(store.grant(act("sec"), "sec", Role::Approver, true), Refusal::OwnRole, "oneself");
    let before = crate::model::Date::constant(2030, 1, 1);
    refused(store.purge(act("sec"), before, true), Refusal::NoDuty, "purging");
    store.add_person(act("sys"), "x", "x").unwrap();
    store.grant(act("sec"), "x", Role::Approver, true).unwrap();
    store.grant(act("sec"), "x", Role::Approver, false).unwrap();
    assert!(store.people().unwrap().iter().any(|p| p.name == "x" && p.roles.is_empty()));
}

#[test]
fn the_queue_is_walked_page_by_page_the_strongest_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    for number in 2..12 {
        let mut of = examination(number, false);
        of.verdict = Verdict::STRONGEST_FIRST[usize::from(number) % 5];
        store.keep(act(Act::MACHINE), &format!("/in/{number}"), &of).unwrap();
    }
    // Matter 3 for two channels, matter 1 for one.
    for (matter, channel) in [(3, "www"), (3, "paper"), (1, "www")] {
        let seen = store.seen(matter).unwrap();
        let says = Proposal { channel: channel.into(), ..proposal() };
        store.submit(act("zhang"), &On { matter, seen: &seen, bulk: 1 }, &says).unwrap();
    }
    let pages = |verdict, step, limit| {
        let (mut all, mut behind) = (Vec::new(), None);
        loop {
            let page = store
                .queue(&QueueOf { verdict, step, limit, behind, ..QueueOf::default() })
                .unwrap();
            let Some(last) = page.last() else { return all };
            behind = Some(last.mark.to_string().parse().unwrap());
            all.extend(page.into_iter().map(|line| line.matter));
        }
    };
    for limit in [1, 2, 5, 100] {
        assert_eq!(pages(None, None, limit), [1, 5, 10, 6, 11, 2, 7, 3, 3, 8, 4, 9], "{limit}");
        assert_eq!(pages(Some(Verdict::Review), None, limit), [3, 3, 8], "{limit}");
        assert_eq!(pages(None, Some(Step::Review), limit), [1, 3, 3], "{limit}");
        let submit = [5, 10, 6, 11, 2, 7, 8, 4, 9];
        assert_eq!(pages(None, Some(Step::Submit), limit), submit, "{limit}");
        assert_eq!(pages(Some(Verdict::Review), Some(Step::Review), limit), [3, 3], "{limit}");
        assert!(pages(None, Some(Step::Decide), limit).is_empty());
    }
    let counts: Vec<_> = store.counts().unwrap().into_iter().map(|(_, count)| count).collect();
    assert_eq!(counts, [3, 2, 2, 2, 2]);
}

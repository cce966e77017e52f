//! The record at size: 100,000 matters in a store, 1,000,000 entries in a ledger.
//!
//! `cargo bench --bench record` prints medians and what they may be at most. The store
//! lies in memory where there is a place for that: what is measured is the work, and
//! not how often a disk can be made to write.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench says what it measured")]

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use jiff::tz::TimeZone;
use tower::ServiceExt;
use vetmark::console::{Console, Options, Records, Viewing, router};
use vetmark::dictionary::Dictionary;
use vetmark::extract::{Limits, Passwords};
use vetmark::hold::Hold;
use vetmark::intake;
use vetmark::model::{
    Carrier, Coverage, Date, Declassification, DeclassificationState, Disclosure, EngineId,
    Examination, Finding, Level, Part, Place, Proposal, ReadState, Role, Said, Severity, Step,
    Timestamp, Verdict, Words,
};
use vetmark::record::{Act, Entry, Hash, Hashed, Lifetime, On, QueueOf, Store, verify};
use vetmark::report::Quotes;
use vetmark::view::{InThread, Viewer};

const MATTERS: u32 = 100_000;
const ENTRIES: u64 = 1_000_000;

fn main() {
    let folder = tempfile::tempdir_in(place()).unwrap();
    store(folder.path());
    ledger(folder.path());
}

fn place() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

fn store(folder: &Path) {
    let path = folder.join("store");
    let mut store = Store::create(&path).unwrap();
    let act = Act { actor: Act::MACHINE, at: "2026-11-27T08:00:00Z".parse().unwrap() };
    let started = Instant::now();
    for number in 0..MATTERS {
        store.keep(act, &format!("/in/{number}.docx"), &examination(number)).unwrap();
    }
    let each = started.elapsed() / MATTERS;
    println!("kept: {MATTERS} matters, {each:?} each");
    propose(&mut store);

    let queue = |behind: &str, verdict, step| QueueOf {
        verdict,
        step,
        limit: 50,
        behind: behind.parse().ok(),
        ..QueueOf::default()
    };
    let (some, all) = (Some(Verdict::Review), None);
    for (what, wanted) in [
        ("queue, first page", queue("", all, None)),
        ("queue, middle", queue("2-50000-0", all, None)),
        ("queue, one verdict", queue("3-60000-0", some, None)),
        ("queue, one step", queue("2-50000-0", all, Some(Step::Submit))),
        ("queue, one step and verdict", queue("3-60000-0", some, Some(Step::Review))),
        ("queue, nothing fits", queue("", all, Some(Step::Decide))),
    ] {
        let median = median(|| store.queue(&wanted).unwrap().len());
        told(what, median, Duration::from_millis(50));
    }
    told("counts", median(|| store.counts().unwrap().len()), Duration::from_millis(50));
    for (what, until) in [("due within a day", "2026-11-28"), ("due within a month", "2026-12-27")]
    {
        let until = format!("{until}T08:00:00Z").parse().unwrap();
        let due = median(|| store.due(until, 100).unwrap().len());
        told(what, due, Duration::from_millis(50));
    }
    let mut matter = 1;
    let page = median(|| {
        matter = matter * 7919 % i64::from(MATTERS) + 1;
        store.docket(matter).unwrap().evidence.parts.len()
    });
    told("one matter", page, Duration::from_millis(50));
    let line = median(|| {
        matter = matter * 7919 % i64::from(MATTERS) + 1;
        store.told(matter).unwrap().len()
    });
    told("one matter as it was reported", line, Duration::from_millis(50));
    pages(&path, &mut store);
    let started = Instant::now();
    let checked = store.check().unwrap();
    assert_eq!((checked.matters, checked.wrong.len()), (u64::from(MATTERS), 0));
    println!("check of all: {:?}, {} entries", started.elapsed(), checked.entries);
}

/// Every second matter is proposed for a channel, and waits for its review.
fn propose(store: &mut Store) {
    let act = Act { actor: "zhang", at: "2026-11-27T08:00:00Z".parse().unwrap() };
    store.add_person(act, "zhang", "张三").unwrap();
    store.grant(act, "zhang", Role::Submitter, true).unwrap();
    store.set_pace(act, Step::Review, Some(5)).unwrap();
    let says = Proposal {
        title: "关于食堂的通知".into(),
        carrier: Carrier::Document,
        channel: "www".into(),
        on: Date::constant(2026, 12, 1),
        meeting: false,
        basis: "政府信息公开条例".into(),
        opinion: "拟公开".into(),
    };
    for matter in (1..=i64::from(MATTERS)).step_by(2) {
        let seen = store.seen(matter).unwrap();
        store.submit(act, &On { matter, seen: &seen, bulk: 1 }, &says).unwrap();
    }
}

/// Pages of the console from request to answer, for somebody who is signed in.
fn pages(path: &Path, store: &mut Store) {
    let at: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
    let setup = Act { actor: "zhang", at };
    store.add_person(setup, "li", "李四").unwrap();
    store.grant(setup, "li", Role::Reviewer, true).unwrap();
    let hashed = Hashed::of("a sentence of the office", "li").unwrap();
    store.set_password(Act { actor: "li", at }, &hashed).unwrap();
    let life = Lifetime::default();
    let token = store.sign_in(Act { actor: "li", at }, "password", life).unwrap();
    let show = InThread {
        viewer: Viewer::new(Limits::default(), Passwords::default()),
        read: intake::open_file,
        allowance: 1 << 30,
    };
    let quotes = Quotes { on: true, host: None };
    let console = Console::new(
        Records::open(path).unwrap(),
        Arc::new(Dictionary::shipped()),
        Viewing::new(Arc::new(show), Hold::beside(path), quotes),
        Options { hosts: vec!["localhost".into()], life, ..Options::default() },
        TimeZone::UTC,
        move || at,
    );
    let router = router(console);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let get = |address: &str| {
        let request = Request::builder()
            .uri(address)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, format!("vetmark={}", token.text()))
            .body(Body::empty())
            .unwrap();
        runtime.block_on(async {
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{address}");
            to_bytes(answer.into_body(), 16 << 20).await.unwrap().len()
        })
    };
    for (what, address) in [
        ("page: queue, what waits for me", "/queue"),
        ("page: queue, all", "/queue?step=any"),
        ("page: queue, all, middle", "/queue?step=any&behind=2-50000-0"),
        ("page: queue, one verdict, unopened", "/queue?step=any&verdict=review&unopened=1"),
        ("page: queue, a word in names", "/queue?step=any&text=77777"),
        ("page: queue, a word that is nowhere", "/queue?step=any&text=nowhere"),
        ("page: queue, a word in every name", "/queue?step=any&text=DOCX"),
        ("page: queue, a word in every title", "/queue?step=any&text=%E9%A3%9F%E5%A0%82"),
        ("page: queue, one channel and a day", "/queue?step=any&channel=www&until=2026-11-30"),
        ("page: queue, one level", "/queue?step=any&level=cn%3Ajimi"),
    ] {
        told(what, median(|| get(address)), Duration::from_millis(50));
    }
    let mut matter = 1;
    let page = median(|| {
        matter = matter * 7919 % i64::from(MATTERS) + 1;
        get(&format!("/matters/{matter}"))
    });
    told("page: one matter", page, Duration::from_millis(50));
}

fn ledger(folder: &Path) {
    let path = folder.join("ledger");
    let mut out = BufWriter::new(std::fs::File::create(&path).unwrap());
    writeln!(out, r#"{{"schema":"vetmark.ledger/1","checkpoints":[]}}"#).unwrap();
    let mut prev = Hash::default();
    for seq in 1..=ENTRIES {
        let mut entry = Entry {
            seq,
            at: "2026-11-27T08:00:00.000Z".into(),
            actor: "zhang".into(),
            action: "matter.look".into(),
            subject: format!("matter {seq}"),
            body: format!(r#"{{"version":1,"sha256":"{:064x}","evidence":"{seq:064}"}}"#, seq),
            prev,
            hash: Hash::default(),
        };
        entry.hash = entry.computed();
        prev = entry.hash;
        serde_json::to_writer(&mut out, &entry).unwrap();
        out.write_all(b"\n").unwrap();
    }
    out.into_inner().unwrap().sync_all().unwrap();
    let started = Instant::now();
    let seen = verify(&path, &[], &[]).unwrap();
    assert_eq!((seen.entries, seen.broken), (ENTRIES, None));
    told("verify of 1,000,000 entries", started.elapsed(), Duration::from_secs(10));
}

/// The median of 31 runs, each of which gives something to count.
fn median(mut work: impl FnMut() -> usize) -> Duration {
    let mut times: Vec<_> = (0..31)
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(work());
            started.elapsed()
        })
        .collect();
    times.sort();
    times[15]
}

fn told(what: &str, took: Duration, most: Duration) {
    let verdict = if took <= most { "" } else { "  TOO SLOW" };
    println!("{what}: {took:?} (at most {most:?}){verdict}");
}

/// One of five verdicts, with three findings in two parts; no two alike.
fn examination(number: u32) -> Examination {
    let verdict = Verdict::STRONGEST_FIRST[number as usize % 5];
    let sha256 = format!("{number:064x}");
    let finding = |id: &str| Finding {
        id: id.into(),
        rule: "cn.scope.hit".into(),
        severity: Severity::Review,
        level: Some(Level { regime: "cn".into(), id: "mimi".into(), rank: 1 }),
        mark: None,
        place: Place { page: Some(1), line: Some(2), char: [7, 13], ..Place::default() },
        quote: None,
        context: None,
        evidence: Vec::new(),
        basis: Vec::new(),
        entry: Some("own.canteen.1".into()),
        missing_qualifiers: None,
        suppressed: None,
        unheeded: None,
        message: Words::default(),
        span: 0..0,
        said: Said::default(),
    };
    let part = |path: &[&str], findings| Part {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        media_type: "application/pdf".into(),
        sha256: sha256.clone(),
        bytes: 48_213,
        pages: Some(3),
        encoding: None,
        read: ReadState::Full,
        gaps: Vec::new(),
        notes: Vec::new(),
        findings,
    };
    let name = format!("{number}.docx");
    Examination {
        schema: "vetmark.examination/1",
        source: name.clone(),
        bytes: 48_213,
        as_of: Date::constant(2026, 11, 27),
        verdict,
        disclosure: Disclosure::NeedsHumanApproval,
        level: None,
        next_step: Words::default(),
        declassification: Some(Declassification {
            // Terms that end over a hundred years, some of them soon.
            protected_through: Date::constant(2026, 11, 27)
                .checked_add(jiff::Span::new().days(number % 36_500))
                .ok(),
            ..Declassification::of(DeclassificationState::InForce)
        }),
        parts: vec![
            part(&[&name], vec![finding("f1"), finding("f2")]),
            part(&[&name, "image1.pdf"], vec![finding("f3")]),
        ],
        coverage: Coverage::default(),
        engine: EngineId {
            name: "vetmark",
            version: "0.1.0",
            rules: "r".repeat(64),
            dictionaries: "d".repeat(64),
            suppressions: None,
            budget: None,
        },
        sha256,
    }
}

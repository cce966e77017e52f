//! The API for programs: a table of refusals, bytes that are examined once, and every
//! answer held against the document that is served.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use boon::{Compiler, Schemas};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use vetmark::console::Records;
use vetmark::console::api::{Api, Examine, Takes, digest, router};
use vetmark::dictionary::Dictionary;
use vetmark::extract::Limits;
use vetmark::model::{Date, Examination, Matter, Role, Submission, Timestamp};
use vetmark::pipeline::Pipeline;
use vetmark::record::{Act, NewToken, Scope, Store};

const NOW: i64 = 1_795_766_400;

/// Examines in this thread, counts, and waits where it is told to.
struct Counting {
    dictionary: Arc<Dictionary>,
    examined: AtomicUsize,
    gate: Mutex<bool>,
    opened: Condvar,
}

impl Counting {
    fn pipeline(&self, as_of: Date) -> Pipeline {
        Pipeline::new(self.dictionary.clone(), Limits::default(), as_of)
    }

    fn set(&self, shut: bool) {
        *self.gate.lock().unwrap() = shut;
        self.opened.notify_all();
    }
}

impl Examine for Counting {
    fn identity(&self, as_of: Date) -> io::Result<String> {
        Ok(self.pipeline(as_of).identity())
    }

    fn examine(&self, name: String, bytes: Vec<u8>, as_of: Date) -> io::Result<Examination> {
        let shut = self.gate.lock().unwrap();
        drop(self.opened.wait_while(shut, |shut| *shut).unwrap());
        self.examined.fetch_add(1, Ordering::SeqCst);
        if name == "lost.txt" {
            return Err(io::Error::other("a secret of this machine"));
        }
        let submission = Submission::file(name.clone(), bytes);
        Ok(self.pipeline(as_of).examine(Matter { source: name, submissions: vec![submission] }))
    }
}

/// An API over a store in a folder, with a document that its answers are held against.
struct Office {
    folder: tempfile::TempDir,
    router: Router,
    examiner: Arc<Counting>,
    /// Seconds that have passed.
    passed: Arc<AtomicI64>,
    document: Value,
    seen: Mutex<BTreeSet<String>>,
}

const EXAMINE: &str = "vetmark_0000000000000000000000000000000000000000000000000000000000000001";
const READ: &str = "vetmark_0000000000000000000000000000000000000000000000000000000000000002";
const BOTH: &str = "vetmark_0000000000000000000000000000000000000000000000000000000000000003";
const ENDED: &str = "vetmark_0000000000000000000000000000000000000000000000000000000000000004";
const REVOKED: &str = "vetmark_0000000000000000000000000000000000000000000000000000000000000005";
const UNKNOWN: &str = "vetmark_0000000000000000000000000000000000000000000000000000000000000006";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn store(path: &Path) -> Store {
    let mut store = Store::create(path).unwrap();
    let act = Act { actor: "setup", at: at(0) };
    use Scope::{Examine as E, Read as R};
    for (label, token, scopes, seconds) in [
        ("examiner", EXAMINE, &[E][..], 90_000),
        ("reader", READ, &[R], 90_000),
        ("both", BOTH, &[E, R], 90_000),
        ("ended", ENDED, &[E, R], 1),
        ("revoked", REVOKED, &[E, R], 90_000),
    ] {
        let digest = digest(token).unwrap();
        store.add_token(act, &NewToken { label, digest, scopes, ends: at(seconds) }).unwrap();
    }
    store.revoke_token(act, "revoked").unwrap();
    store
}

impl Office {
    fn new(takes: Takes) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        drop(store(&path));
        let dictionary = Arc::new(Dictionary::shipped());
        let digests = (dictionary.rules_digest.clone(), dictionary.scopes_digest.clone());
        let examiner = Arc::new(Counting {
            dictionary,
            examined: AtomicUsize::new(0),
            gate: Mutex::new(false),
            opened: Condvar::new(),
        });
        let passed = Arc::new(AtomicI64::new(10));
        let clock = passed.clone();
        let api =
            Api::new(Records::open(&path).unwrap(), examiner.clone(), digests, takes, move || {
                let now = at(clock.load(Ordering::SeqCst));
                (now, now.to_string()[..10].parse().unwrap())
            });
        let document = include_str!("../../src/console/api/openapi.json");
        let document = serde_json::from_str(document).unwrap();
        let (router, seen) = (router(api), Mutex::default());
        Self { folder, router, examiner, passed, document, seen }
    }

    fn store(&self) -> Store {
        Store::open(&self.folder.path().join("store")).unwrap()
    }

    fn examined(&self) -> usize {
        self.examiner.examined.load(Ordering::SeqCst)
    }

    /// Asks, and holds the answer against the document.
    async fn ask(&self, asked: &Asked<'_>) -> (StatusCode, HeaderMap, Value) {
        let mut request = Request::builder().method(asked.method.clone()).uri(asked.uri);
        if !asked.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", asked.token));
        }
        for (name, value) in asked.headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(asked.body.to_vec())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 1 << 24).await.unwrap();
        let body: Value = serde_json::from_slice(&body)
            .unwrap_or_else(|error| panic!("{} {status}: {error}: {body:?}", asked.uri));
        self.holds(asked, status, &headers, &body);
        (status, headers, body)
    }

    /// The document knows this address, this status, this type and every field.
    fn holds(&self, asked: &Asked<'_>, status: StatusCode, headers: &HeaderMap, body: &Value) {
        let path = asked.uri.split('?').next().unwrap();
        let paths = self.document["paths"].as_object().unwrap();
        let Some(known) = paths.keys().find(|known| is_of(known, path)) else {
            assert_eq!(status, StatusCode::NOT_FOUND, "{path} is not in the document");
            return;
        };
        let known = known.replace('~', "~0").replace('/', "~1");
        // A method that is none of an address is said by those it has.
        let mut method = asked.method.as_str().to_lowercase();
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let methods = self.document.pointer(&format!("/paths/{known}")).unwrap();
            method = methods.as_object().unwrap().keys().next().unwrap().clone();
        }
        let status = status.as_u16();
        let kind = headers["content-type"].to_str().unwrap().replace('/', "~1");
        let at = format!("/paths/{known}/{method}/responses/{status}/content/{kind}/schema");
        assert!(self.document.pointer(&at).is_some(), "{at} is not in the document\n{body:#}");
        self.seen.lock().unwrap().insert(format!("{known} {method} {status}"));
        let whole = SCHEMAS.get_or_init(served);
        let mut compiler = Compiler::new();
        let mut schemas = Schemas::new();
        compiler.add_resource("http://localhost/api.json", whole.clone()).unwrap();
        let schema = compiler.compile(&format!("http://localhost/api.json#{at}"), &mut schemas);
        let schema = schema.unwrap_or_else(|error| panic!("{at}: {error}"));
        if let Err(error) = schemas.validate(body, schema) {
            panic!("{at}\n{error}\n{body:#}");
        }
    }
}

static SCHEMAS: std::sync::OnceLock<Value> = std::sync::OnceLock::new();

/// The document as it is served.
fn served() -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || {
        runtime.block_on(async {
            let office = Office::new(Takes::default());
            let request = Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap();
            let response = office.router.oneshot(request).await.unwrap();
            let body = to_bytes(response.into_body(), 1 << 24).await.unwrap();
            serde_json::from_slice(&body).unwrap()
        })
    })
    .join()
    .unwrap()
}

/// Whether a path is of an address with names in braces.
fn is_of(known: &str, path: &str) -> bool {
    let (known, path): (Vec<_>, Vec<_>) = (known.split('/').collect(), path.split('/').collect());
    known.len() == path.len()
        && known.iter().zip(&path).all(|(known, part)| known.starts_with('{') || known == part)
}

/// A request.
#[derive(Clone)]
struct Asked<'a> {
    method: Method,
    uri: &'a str,
    token: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a [u8],
}

fn get<'a>(uri: &'a str, token: &'a str) -> Asked<'a> {
    Asked { method: Method::GET, uri, token, headers: &[], body: b"" }
}

fn post<'a>(uri: &'a str, token: &'a str, body: &'a [u8]) -> Asked<'a> {
    Asked { method: Method::POST, uri, token, headers: &[], body }
}

const MARKED: &[u8] = "机密★10年\n关于某事的通知\n2020年3月1日\n".as_bytes();
const POST: &str = "/api/v1/examinations?name=notice.txt";

#[tokio::test]
async fn what_may_not_be_asked_is_refused_with_what_was_tried() {
    let office = Office::new(Takes { bytes: 64, failures: 1000, ..Takes::default() });
    let long = vec![b'a'; 65];
    let upper = format!("/api/v1/examinations/{}", "A".repeat(64));
    let missing = format!("/api/v1/examinations/{}", "a".repeat(64));
    let delete = Asked { method: Method::DELETE, ..get("/api/v1/matters/1", BOTH) };
    let put = Asked { method: Method::PUT, ..get(POST, BOTH) };
    for (asked, status, kind, says) in [
        (post(POST, "", MARKED), 401, "unauthorized", "no token was given"),
        (post(POST, UNKNOWN, MARKED), 401, "unauthorized", "unknown, has ended or was revoked"),
        (post(POST, "x", MARKED), 401, "unauthorized", "unknown"),
        (post(POST, ENDED, MARKED), 401, "unauthorized", "has ended"),
        (post(POST, REVOKED, MARKED), 401, "unauthorized", "was revoked"),
        (post(POST, READ, MARKED), 403, "scope", "the token reader is not good for examine"),
        (get("/api/v1/matters", EXAMINE), 403, "scope", "not good for read"),
        (get("/api/v1/matters/1", EXAMINE), 403, "scope", "not good for read"),
        (post("/api/v1/examinations", BOTH, MARKED), 400, "bad-request", "what the document"),
        (post("/api/v1/examinations?name=..%2Fa", BOTH, MARKED), 400, "bad-request", "no path"),
        (post("/api/v1/examinations?name=a&path=b", BOTH, MARKED), 400, "bad-request", "name"),
        (post(POST, BOTH, b""), 400, "bad-request", "notice.txt: the body is empty"),
        (post(POST, BOTH, &long), 413, "too-large", "notice.txt: it is larger than 64 bytes"),
        (get("/api/v1/matters?limit=0", BOTH), 400, "bad-request", "1 to 500"),
        (get("/api/v1/matters?limit=501", BOTH), 400, "bad-request", "1 to 500"),
        (get("/api/v1/matters?step=release", BOTH), 400, "bad-request", "step: one of submit"),
        (get("/api/v1/matters?verdict=clean", BOTH), 400, "bad-request", "is a verdict"),
        (get("/api/v1/matters?behind=x", BOTH), 400, "bad-request", "behind"),
        (get("/api/v1/matters?url=http:%2F%2Fa", BOTH), 400, "bad-request", "the query takes"),
        (get("/api/v1/matters/9", BOTH), 404, "not-found", "no matter 9"),
        (get("/api/v1/matters/x", BOTH), 400, "bad-request", "a matter has a number"),
        (get(&upper, BOTH), 400, "bad-request", "64 lower-case"),
        (get(&missing, BOTH), 404, "not-found", "none of aaaa"),
        (get("/api/v1/elsewhere", BOTH), 404, "not-found", "no such address"),
        (delete, 405, "method", "not asked in this way"),
        (put, 405, "method", "not asked in this way"),
        (post("/api/v1/health", BOTH, b""), 405, "method", "not asked in this way"),
        (post(&POST.replace("notice", "lost"), BOTH, MARKED), 500, "failed", "lost.txt: nothing"),
    ] {
        let (got, headers, body) = office.ask(&asked).await;
        let what = format!("{} {}\n{body:#}", asked.method, asked.uri);
        assert_eq!(got.as_u16(), status, "{what}");
        assert_eq!(headers["content-type"], "application/problem+json", "{what}");
        assert_eq!(body["type"], format!("urn:vetmark:problem:{kind}"), "{what}");
        assert_eq!(body["status"], status, "{what}");
        assert!(body["detail"].as_str().unwrap().contains(says), "{what}");
        assert!(!body.to_string().contains("secret of this machine"), "{what}");
        assert_eq!(headers.contains_key("www-authenticate"), status == 401, "{what}");
    }
    assert_eq!(office.store().counts().unwrap(), [], "nothing of that was kept");
    // Two headers are none, as are other schemes.
    let twice = [("authorization", "Bearer x")];
    let asked = Asked { headers: &twice, ..get("/api/v1/matters", BOTH) };
    assert_eq!(office.ask(&asked).await.0, 401);
    let basic = [("authorization", "Basic dTpw")];
    let asked = Asked { headers: &basic, ..get("/api/v1/matters", "") };
    assert_eq!(office.ask(&asked).await.0, 401);
    assert_eq!(office.store().check().unwrap().wrong, []);
}

#[tokio::test]
async fn the_same_bytes_are_examined_once_and_kept_as_one_matter() {
    let office = Office::new(Takes::default());
    let (status, headers, first) = office.ask(&post(POST, EXAMINE, MARKED)).await;
    assert_eq!((status.as_u16(), &headers["vetmark-known"]), (200, &"false".parse().unwrap()));
    assert_eq!((&first["verdict"], &headers["vetmark-matter"]), (&json!("withhold"), &1.into()));
    assert_eq!(first["parts"][0]["path"], json!(["notice.txt"]));
    assert_eq!(office.examined(), 1);
    let by_header = [("content-disposition", "attachment; filename=\"notice.txt\"")];
    let asked = Asked { headers: &by_header, ..post("/api/v1/examinations", EXAMINE, MARKED) };
    for asked in [post(POST, EXAMINE, MARKED), post(POST, BOTH, MARKED), asked] {
        let (_, headers, again) = office.ask(&asked).await;
        assert_eq!((again == first, &headers["vetmark-known"]), (true, &"true".parse().unwrap()));
    }
    assert_eq!(office.examined(), 1);
    // Another name is another witness; other bytes are another matter.
    let (_, headers, _) = office.ask(&post(&POST.replace("notice", "other"), BOTH, MARKED)).await;
    assert_eq!((office.examined(), &headers["vetmark-known"]), (2, &"false".parse().unwrap()));
    let (_, headers, _) = office.ask(&post(POST, BOTH, b"plain words")).await;
    assert_eq!((office.examined(), &headers["vetmark-known"]), (3, &"false".parse().unwrap()));
    // Another day may say something else.
    office.passed.store(86_400, Ordering::SeqCst);
    office.ask(&post(POST, BOTH, MARKED)).await;
    assert_eq!(office.examined(), 4);

    let sha256: String = Sha256::digest(MARKED).iter().map(|b| format!("{b:02x}")).collect();
    for token in [EXAMINE, READ, BOTH] {
        let uri = format!("/api/v1/examinations/{sha256}");
        let (status, _, found) = office.ask(&get(&uri, token)).await;
        assert_eq!((status.as_u16(), &found["sha256"]), (200, &json!(sha256)));
    }
    assert_eq!(office.store().check().unwrap().wrong, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_goes_on_and_so_much_is_in_hand_at_once() {
    let office = Office::new(Takes { at_once: 1, wait: Duration::ZERO, ..Takes::default() });
    office.examiner.set(true);
    let (status, headers, body) = office.ask(&post(POST, BOTH, MARKED)).await;
    assert_eq!((status.as_u16(), &body["state"]), (202, &json!("running")));
    let place = headers["location"].to_str().unwrap().to_owned();
    assert_eq!(office.ask(&get(&place, BOTH)).await.0, 202);
    let (status, headers, body) = office.ask(&post(POST, BOTH, b"other bytes")).await;
    assert_eq!((status.as_u16(), &body["type"]), (503, &json!("urn:vetmark:problem:busy")));
    assert!(headers.contains_key("retry-after"));
    office.examiner.set(false);
    // Whoever asks for longer gets it: the turn is free once it is done.
    let wait = [("prefer", "wait=60")];
    let found = loop {
        let (status, _, body) =
            office.ask(&Asked { headers: &wait, ..post(POST, BOTH, MARKED) }).await;
        if status != 503 {
            assert_eq!(status, 200, "{body:#}");
            break body;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((office.examined(), &found["verdict"]), (1, &json!("withhold")));
    assert_eq!(office.ask(&get(&place, BOTH)).await.2, found);
}

#[tokio::test]
async fn tokens_that_are_none_are_counted_and_a_good_one_is_let_in() {
    let office = Office::new(Takes { failures: 3, ..Takes::default() });
    let bad = get("/api/v1/matters", UNKNOWN);
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(office.ask(&bad).await.0.as_u16());
    }
    assert_eq!(statuses, [[401; 3].as_slice(), &[429; 7]].concat());
    assert_eq!(office.ask(&get("/api/v1/matters", READ)).await.0, 200);
    let refused = |office: &Office| {
        let entries = vetmark::record::entries_after(&office.store(), 0, 1000).unwrap();
        entries.iter().filter(|entry| entry.action == "api.refused").count()
    };
    assert_eq!(refused(&office), 4, "three, and that there were more");
    office.passed.fetch_add(61, Ordering::SeqCst);
    assert_eq!(office.ask(&bad).await.0, 401);
    assert_eq!(refused(&office), 5);
}

#[tokio::test]
async fn matters_are_followed_with_all_that_was_said_and_nothing_is_left_undocumented() {
    let office = Office::new(Takes::default());
    office.ask(&post(POST, BOTH, MARKED)).await;
    office.ask(&post(&POST.replace("notice", "plain"), BOTH, b"words")).await;
    let torn = b"PK\x03\x04 torn";
    office.ask(&post(&POST.replace("notice.txt", "torn.zip"), BOTH, torn)).await;
    walk(&mut office.store());
    let (_, _, page) = office.ask(&get("/api/v1/matters?limit=2", READ)).await;
    let listed = page["matters"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[0]["verdict"]), (2, &json!("withhold")));
    let next = page["next"].as_str().unwrap();
    let (_, _, rest) = office.ask(&get(&format!("/api/v1/matters?behind={next}"), READ)).await;
    assert_eq!((rest["matters"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    for (query, count) in [("verdict=withhold", 1), ("step=submit", 1), ("step=decide", 0)] {
        let (_, _, page) = office.ask(&get(&format!("/api/v1/matters?{query}"), READ)).await;
        assert_eq!(page["matters"].as_array().unwrap().len(), count, "{query}\n{page:#}");
    }
    let (_, _, one) = office.ask(&get("/api/v1/matters/1", READ)).await;
    let acts = one["records"][0]["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 3);
    assert_eq!(acts[2]["addressee"], "局");
    assert_eq!(one["examination"]["verdict"], "withhold");
    let (_, _, gap) = office.ask(&get("/api/v1/matters/3", READ)).await;
    office.ask(&get("/api/v1/health", "")).await;
    office.ask(&get("/api/v1/openapi.json", "")).await;

    // Every field of ours that the document describes was in an answer.
    let mut described = BTreeSet::new();
    for (name, schema) in office.document["components"]["schemas"].as_object().unwrap() {
        let fields = schema["properties"].as_object().unwrap().keys();
        described.extend(fields.map(|field| (name.clone(), field.clone())));
    }
    let mut found = BTreeSet::new();
    for (name, value) in [
        ("Matters", &page),
        ("Listed", &listed[0]),
        ("Matter", &one),
        ("Record", &one["records"][0]),
        ("Act", &acts[1]),
        ("Ruling", &acts[1]["rulings"][0]),
        ("Attested", &gap["records"][0]["acts"][1]["attested"][0]),
    ] {
        let fields = value.as_object().unwrap_or_else(|| panic!("{name}: {value:#}")).keys();
        found.extend(fields.map(|field| (name.to_owned(), field.clone())));
    }
    // Of these every answer above was whole, or it would not have held.
    described.retain(|(name, _)| !["Problem", "Health", "Running"].contains(&name.as_str()));
    assert_eq!(described, found);
    assert_eq!(office.store().check().unwrap().wrong, []);
}

/// Matters 1 and 3 go their way: one is reported upward, of the other a part was not read.
fn walk(store: &mut Store) {
    use vetmark::model::{
        Attested, Carrier, Conclusion, Disposition, Proposal, Review, Ruled, Ruling, Step, Upward,
    };
    use vetmark::record::On;
    for (name, role) in
        [("zhang", Role::Submitter), ("li", Role::Reviewer), ("wang", Role::Approver)]
    {
        let act = Act { actor: "setup", at: at(20) };
        store.add_person(act, name, name).unwrap();
        store.grant(act, name, role, true).unwrap();
    }
    for matter in [1, 3] {
        let seen = store.seen(matter).unwrap();
        let on = On { matter, seen: &seen, bulk: 1 };
        let says = Proposal {
            title: "t".into(),
            carrier: Carrier::Document,
            channel: "www".into(),
            on: Date::constant(2026, 12, 1),
            meeting: false,
            basis: "b".into(),
            opinion: "o".into(),
        };
        store.submit(Act { actor: "zhang", at: at(21) }, &on, &says).unwrap();
        let docket = store.docket(matter).unwrap();
        let findings = docket.evidence.findings().filter(|found| found.severity != "note");
        let rulings = findings
            .map(|found| Ruled {
                finding: found.id.clone(),
                ruling: Ruling::Left,
                reason: "r".into(),
            })
            .collect();
        let unread =
            docket.evidence.parts.iter().zip(1..).filter(|(part, _)| !part.gaps.is_empty());
        let attested = unread.map(|(_, part)| Attested { part, words: "read".into() }).collect();
        let review = Review { opinion: "o".into(), rulings, attested };
        store.review(Act { actor: "li", at: at(22) }, &on, "www", Step::Review, &review).unwrap();
        let deadline = Date::constant(2026, 12, 11);
        let upward = Some(Upward { addressee: "局".into(), deadline });
        let says = Disposition { conclusion: Conclusion::Report, reason: "r".into(), upward };
        store.decide(Act { actor: "wang", at: at(23) }, &on, "www", &says).unwrap();
    }
}

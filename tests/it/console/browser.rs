//! An office with a store and a console, and browsers that know no more of it than its
//! pages say: they follow links, fill in forms, and keep cookies.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::tz::TimeZone;
use regex::Regex;
use tower::ServiceExt;
use vetmark::console::{Console, Options, Records, Viewing, router};
use vetmark::dictionary::Dictionary;
use vetmark::extract::{Limits, Passwords};
use vetmark::hold::Hold;
use vetmark::intake;
use vetmark::model::{Role, Timestamp};
use vetmark::record::{Act, Hashed, Lifetime, Store};
use vetmark::report::Quotes;
use vetmark::view::{InThread, Viewer};

use crate::support::run;

pub const HOST: &str = "127.0.0.1:8750";
pub const PASSWORD: &str = "a sentence of the office";

/// Everybody there is, and what they do.
const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("zhang", "张三", &[Role::Submitter]),
    ("li", "李四", &[Role::Reviewer]),
    ("wang", "王五", &[Role::Approver]),
    // Has two roles, as in a small office: the record keeps them apart on each matter.
    ("zhao", "赵六", &[Role::Reviewer, Role::Approver]),
    ("sun", "孙七", &[Role::SystemAdministrator]),
    ("qian", "钱八", &[Role::SecurityAdministrator]),
    ("shen", "沈九", &[Role::Auditor]),
    ("nobody", "新人", &[]),
];

/// A room with documents, a store, and a console over it whose clock is set by hand.
pub struct Office {
    pub room: tempfile::TempDir,
    pub console: Console,
    minutes: Arc<AtomicI64>,
}

pub fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
    start.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap()
}

impl Office {
    /// Documents: 1 plain, 2 marked, 3 that cannot be read.
    pub fn open() -> Self {
        Self::with(Options { hosts: vec![HOST.into()], ..Options::default() })
    }

    pub fn with(options: Options) -> Self {
        let room = tempfile::tempdir().unwrap();
        fs::create_dir(room.path().join("in")).unwrap();
        fs::write(room.path().join("in/a-plain.txt"), "食堂下周供应面条。\n").unwrap();
        fs::write(room.path().join("in/b-marked.txt"), "机密★10年\n关于某事的通知\n").unwrap();
        fs::write(room.path().join("in/c-broken.pdf"), b"%PDF-1.7\nnothing more").unwrap();
        scan(room.path());
        let mut store = Store::open(&room.path().join("store")).unwrap();
        let act = Act { actor: "setup", at: at(0) };
        let hashed = Hashed::of(PASSWORD, "").unwrap();
        for (name, shown, _) in PEOPLE {
            store.add_person(act, name, shown).unwrap();
            store.set_password(Act { actor: name, at: at(0) }, &hashed).unwrap();
        }
        // Whoever gives roles comes last: from then on only they may.
        let mut grants: Vec<_> = PEOPLE
            .iter()
            .flat_map(|(name, _, roles)| roles.iter().map(|role| (*name, *role)))
            .collect();
        grants.sort_by_key(|(_, role)| *role == Role::SecurityAdministrator);
        for (name, role) in grants {
            store.grant(act, name, role, true).unwrap();
        }
        Self::over(room, options)
    }

    /// A console over the store of a room.
    pub fn over(room: tempfile::TempDir, options: Options) -> Self {
        let minutes = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&minutes);
        let records = Records::open(&room.path().join("store")).unwrap();
        let console = Console::new(
            records,
            Arc::new(Dictionary::shipped()),
            viewing(&room.path().join("store")),
            Options { life: Lifetime { idle: 30, whole: 720 }, ..options },
            TimeZone::UTC,
            move || at(clock.load(Ordering::SeqCst)),
        );
        Self { room, console, minutes }
    }

    pub fn later(&self, minutes: i64) {
        self.minutes.fetch_add(minutes, Ordering::SeqCst);
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.room.path().join("in").join(name)
    }

    pub fn store(&self) -> Store {
        Store::open(&self.room.path().join("store")).unwrap()
    }

    pub fn browser(&self, lang: &str) -> Browser<'_> {
        Browser {
            office: self,
            cookies: BTreeMap::new(),
            lang: lang.to_owned(),
            headers: Vec::new(),
        }
    }

    /// A browser in which somebody signed in.
    pub async fn signed_in(&self, name: &str, lang: &str) -> Browser<'_> {
        let mut browser = self.browser(lang);
        let page = browser.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}: {}", page.body);
        browser
    }
}

/// Documents are shown in this process, as far as a host without a level may.
fn viewing(store: &Path) -> Viewing {
    let show = InThread {
        viewer: Viewer::new(Limits::default(), Passwords::default()),
        read: intake::open_file,
        allowance: 1 << 30,
    };
    Viewing::new(Arc::new(show), Hold::beside(store), Quotes { on: true, host: None })
}

pub fn scan(room: &Path) {
    let scan = ["scan", "in", "--as-of", "2026-11-27", "--isolation", "thread", "--store", "store"];
    let ran = run(room, &scan);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
}

/// A browser.
pub struct Browser<'a> {
    office: &'a Office,
    pub cookies: BTreeMap<String, String>,
    lang: String,
    /// Further headers of every request.
    pub headers: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// The same as it came: pictures are no text.
    pub bytes: Vec<u8>,
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Sends a form as a page of the console does.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = encoded(fields);
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin");
        self.send(request, Body::from(body)).await
    }

    /// Sends anything.
    pub async fn send(&mut self, mut request: axum::http::request::Builder, body: Body) -> Page {
        if request.headers_ref().is_some_and(|headers| !headers.contains_key(header::HOST)) {
            request = request.header(header::HOST, HOST);
        }
        let cookies: Vec<_> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        request = request
            .header(header::COOKIE, cookies.join("; "))
            .header(header::ACCEPT_LANGUAGE, &self.lang);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response =
            router(self.office.console.clone()).oneshot(request.body(body).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for set in headers.get_all(header::SET_COOKIE) {
            let (pair, attributes) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match attributes.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let bytes = to_bytes(response.into_body(), 16 << 20).await.unwrap().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Page { status, headers, body, bytes }
    }

    /// Opens a page, fills in the form that leads to `action`, and follows where it leads.
    pub async fn fill(&mut self, path: &str, action: &str, typed: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        self.fill_in(&page, action, typed).await
    }

    /// The same on a page that is open.
    pub async fn fill_in(&mut self, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
        let mut fields = page.fields_of(action);
        for (name, value) in typed {
            fields.retain(|(field, _)| field != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let answer = self.post(action, &fields).await;
        if answer.status != StatusCode::SEE_OTHER {
            return answer;
        }
        let to = answer.headers[header::LOCATION].to_str().unwrap().to_owned();
        self.get(&to).await
    }
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    fields.iter().for_each(|(name, value)| {
        body.append_pair(name, value);
    });
    body.finish()
}

/// Everything a pattern finds.
pub fn all(pattern: &str, text: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

impl Page {
    /// The hidden fields of the form that leads somewhere.
    pub fn fields_of(&self, action: &str) -> Vec<(String, String)> {
        let marker = format!("action=\"{action}\"");
        let at = self.body.find(&marker).unwrap_or_else(|| panic!("no {action} in {}", self.body));
        let form = self.body[at..].split("</form>").next().unwrap();
        let hidden = Regex::new(r#"<input type="hidden" name="([^"]*)" value="([^"]*)">"#).unwrap();
        hidden.captures_iter(form).map(|c| (c[1].to_owned(), c[2].to_owned())).collect()
    }

    /// Every ruling and attestation that the page asks for, with an answer to each.
    pub fn answers(&self, ruling: &str) -> Vec<(String, String)> {
        let mut answers = Vec::new();
        for finding in all(r#"name="reason-(f\d+)""#, &self.body) {
            answers.push((format!("ruling-{finding}"), ruling.to_owned()));
            answers.push((format!("reason-{finding}"), format!("read {finding}")));
        }
        for part in all(r#"name="attest-(\d+)""#, &self.body) {
            answers.push((format!("attest-{part}"), "read on paper".to_owned()));
        }
        answers
    }

    pub fn says(&self, words: &str) {
        assert!(self.body.contains(words), "{words} in {} {}", self.status, self.body);
    }
}

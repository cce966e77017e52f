//! Coming in, staying in, and everything that is turned away before a page.

use std::io::{Read, Write};
use std::net::TcpStream;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use vetmark::console::{Limits, Listener, Options, router, serve};
use vetmark::record::entries_after;

use super::browser::{HOST, Office, PASSWORD, all, at, encoded};

fn actions(office: &Office) -> Vec<String> {
    entries_after(&office.store(), 0, 10_000).unwrap().into_iter().map(|e| e.action).collect()
}

#[tokio::test]
async fn whoever_signs_in_is_let_in_and_whoever_signs_out_is_out() {
    let office = Office::open();
    let mut browser = office.browser("en");
    let page = browser.get("/matters/2?step=review").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let to = page.headers[header::LOCATION].to_str().unwrap();
    assert_eq!(to, "/sign-in?next=%2Fmatters%2F2%3Fstep%3Dreview");
    browser.get(to).await.says("value=\"/matters/2?step=review\"");
    let typed = [("name", "li"), ("password", PASSWORD), ("next", "/matters/2?step=review")];
    let page = browser.post("/sign-in", &typed).await;
    assert_eq!(page.headers[header::LOCATION], "/matters/2?step=review");
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let held = browser.cookies["vetmark"].clone();
    let page = browser.fill("/queue", "/sign-out", &[]).await;
    page.says("You are signed out");
    browser.cookies.insert("vetmark".into(), held);
    let page = browser.get("/queue").await;
    assert_eq!(
        page.status,
        StatusCode::SEE_OTHER,
        "the cookie of an ended session is worth nothing"
    );
    let typed = [("name", "li"), ("password", PASSWORD), ("next", "//evil.example/")];
    let page = browser.post("/sign-in", &typed).await;
    assert_eq!(page.headers[header::LOCATION], "/");
}

#[tokio::test]
async fn wrong_passwords_lock_a_name_and_say_the_same_of_every_name() {
    let office = Office::open();
    let mut browser = office.browser("en");
    let mut sentences = Vec::new();
    for name in ["li", "li", "li", "li", "li", "li", "no such person"] {
        let typed = [("name", name), ("password", "not the password at all")];
        let page = browser.post("/sign-in", &typed).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(!page.body.contains("not the password at all"));
        sentences.extend(all("role=\"alert\"[^>]*>(.*)</p>", &page.body));
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    let right = [("name", "li"), ("password", PASSWORD)];
    let page = browser.post("/sign-in", &right).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "locked, whatever is typed");
    let refused = actions(&office).iter().filter(|action| *action == "session.refuse").count();
    assert_eq!(refused, 6, "five of li, one of nobody, none while it was locked");
    office.later(2);
    let page = browser.post("/sign-in", &right).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let office = Office::open();
    let mut browser = office.signed_in("li", "en").await;
    for _ in 0..3 {
        office.later(29);
        assert_eq!(browser.get("/queue").await.status, StatusCode::OK);
    }
    office.later(31);
    assert_eq!(browser.get("/queue").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn forms_from_elsewhere_are_turned_away() {
    let office = Office::open();
    let mut browser = office.signed_in("zhang", "en").await;
    let page = browser.get("/matters/1").await;
    let mut fields = page.fields_of("/matters/1/submit");
    let typed = [
        ("title", "t"),
        ("channel", "www"),
        ("day", "2026-12-01"),
        ("basis", "b"),
        ("opinion", "o"),
    ];
    fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let before = actions(&office).len();
    let own = format!("http://{HOST}");
    let cases: &[(&str, Option<&str>, Option<&str>, bool)] = &[
        ("from another site", Some("http://evil.example"), Some("cross-site"), true),
        ("from another port", Some("http://127.0.0.1:9999"), Some("same-site"), true),
        ("from nowhere", None, None, true),
        ("from a sandbox", Some("null"), Some("cross-site"), true),
        ("without the token", Some(&own), Some("same-origin"), false),
    ];
    for (what, origin, site, with_token) in cases {
        let kept: Vec<_> = fields
            .iter()
            .filter(|(name, _)| *with_token || name != "form")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut request = Request::post("/matters/1/submit")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, *origin);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", *site);
        }
        let page = browser.send(request, Body::from(encoded(&kept))).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}");
        page.says("does not come from a page of this session");
    }
    // Nor is the token of another session good.
    let mut other = office.signed_in("li", "en").await;
    let others = other.get("/account").await.fields_of("/account/password");
    let before_all = actions(&office).len();
    let mut mixed: Vec<_> = fields.iter().filter(|(name, _)| name != "form").cloned().collect();
    mixed.extend(others);
    let mixed: Vec<_> = mixed.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(browser.post("/matters/1/submit", &mixed).await.status, StatusCode::FORBIDDEN);
    assert_eq!(actions(&office).len(), before_all);
    assert_eq!(before_all, before + 1, "li signed in, and that is all");
    // The same with everything right is recorded.
    let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(browser.post("/matters/1/submit", &fields).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn it_answers_to_its_own_names_only() {
    let office = Office::open();
    let mut browser = office.browser("en");
    for (host, status) in [
        (HOST, StatusCode::OK),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let request = Request::get("/sign-in").header(header::HOST, host);
        assert_eq!(browser.send(request, Body::empty()).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn large_and_strange_forms_are_turned_away() {
    let office = Office::open();
    let mut browser = office.signed_in("zhang", "en").await;
    let long = "x".repeat(2 << 20);
    let page = browser.post("/sign-in", &[("name", "li"), ("password", &long)]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let request = Request::post("/sign-in")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ORIGIN, format!("http://{HOST}"));
    assert_eq!(browser.send(request, Body::from("{}")).await.status, StatusCode::BAD_REQUEST);
    for (path, status) in [
        ("/matters/999", StatusCode::NOT_FOUND),
        ("/matters/x", StatusCode::BAD_REQUEST),
        ("/rules/no.such-rule", StatusCode::NOT_FOUND),
        ("/bulk?step=review&on=x", StatusCode::BAD_REQUEST),
        ("/nothing", StatusCode::NOT_FOUND),
        ("/link/00", StatusCode::NOT_FOUND),
        ("/people", StatusCode::FORBIDDEN),
        ("/ledger", StatusCode::FORBIDDEN),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.headers.contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
    }
}

#[tokio::test]
async fn a_new_store_is_set_up_by_links_and_roles_are_apart() {
    let room = tempfile::tempdir().unwrap();
    let options = Options { hosts: vec![HOST.into()], ..Options::default() };
    let office = Office::over(room, options);
    let links = office.store().first_links(at(0)).unwrap();
    let setup = format!("/setup/{}", links[0].1.text());
    let mut browser = office.browser("zh");
    browser.get(&setup).await.says("系统管理员");
    let names = [
        ("system-name", "sun"),
        ("system-shown", "孙七"),
        ("security-name", "sun"),
        ("security-shown", "钱八"),
    ];
    let page = browser.post(&setup, &names).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "one person cannot be both");
    page.says("value=\"孙七\"");
    let names = [names[0], names[1], ("security-name", "qian"), names[3]];
    let page = browser.post(&setup, &names).await;
    let links = all("href=\"(/link/[0-9a-f]{64})\"", &page.body);
    assert_eq!(links.len(), 2, "{}", page.body);
    assert_eq!(browser.get(&setup).await.status, StatusCode::NOT_FOUND, "once");
    for link in &links {
        let page = browser.post(link, &[("password", PASSWORD), ("again", "another")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("两次输入的口令不一致");
        let page = browser.post(link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        assert_eq!(browser.get(link).await.status, StatusCode::NOT_FOUND, "once");
    }
    // One enters persons, the other gives roles, and neither does the other's part.
    let mut sun = office.signed_in("sun", "zh").await;
    let typed = [("name", "li"), ("shown", "李四")];
    sun.fill("/people", "/people/add", &typed).await.says("李四");
    let mut qian = office.signed_in("qian", "zh").await;
    let page = qian.get("/people").await;
    assert!(!page.body.contains("/people/add"));
    let change = [("name", "li"), ("role", "reviewer"), ("do", "grant")];
    let page = qian.fill_in(&page, "/people/change", &change).await;
    page.says("保密审查人");
    let sun_token = sun.get("/people").await.fields_of("/people/add")[0].1.clone();
    let grant = [("form", &*sun_token), ("name", "li"), ("role", "approver"), ("do", "grant")];
    assert_eq!(sun.post("/people/change", &grant).await.status, StatusCode::FORBIDDEN);
    // A link is one half of a way in, and the other half is somebody else's to give.
    let page = sun.get("/people").await;
    let page = sun.fill_in(&page, "/people/change", &[("name", "li"), ("do", "link")]).await;
    page.says("验证码由安全保密管理员或者安全审计员给出");
    let link = all("href=\"(/link/[0-9a-f]{64})\"", &page.body).remove(0);
    let code = [("form", &*sun_token), ("name", "li"), ("do", "code")];
    assert_eq!(sun.post("/people/change", &code).await.status, StatusCode::FORBIDDEN);
    let page = qian.get("/people").await;
    page.says("链接待验证码");
    let page = qian.fill_in(&page, "/people/change", &[("name", "li"), ("do", "code")]).await;
    let code = all("<code>([0-9A-Z]{4}-[0-9A-Z]{4})</code>", &page.body).remove(0);
    assert!(!page.body.contains("/link/"), "whoever gives the code has no link");
    browser.get(&link).await.says("验证码");
    let typed = [("code", "2222-2222"), ("password", PASSWORD), ("again", PASSWORD)];
    let page = browser.post(&link, &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("验证码与链接不符");
    let typed = [("code", &*code), typed[1], typed[2]];
    assert_eq!(browser.post(&link, &typed).await.status, StatusCode::SEE_OTHER);
    office.signed_in("li", "zh").await;
    let own = [("name", "qian"), ("role", "approver"), ("do", "grant")];
    let page = qian.get("/people").await;
    let page = qian.fill_in(&page, "/people/change", &own).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("任何人不得变更本人的角色");
    // Who administers sees no matters.
    assert_eq!(sun.get("/queue").await.headers[header::LOCATION], "/people");
    // A person gets in by a link that is shown once.
    let page = sun.get("/people").await;
    let page = sun.fill_in(&page, "/people/change", &[("name", "li"), ("do", "link")]).await;
    let link = all("href=\"(/link/[0-9a-f]{64})\"", &page.body).remove(0);
    assert!(!sun.get("/people").await.body.contains(&link));
    browser.get(&link).await.says("value=\"li\"");
}

#[tokio::test]
async fn another_password_ends_every_session() {
    let office = Office::open();
    let mut here = office.signed_in("li", "en").await;
    let mut there = office.signed_in("li", "en").await;
    let new = "another sentence entirely";
    let wrong = [("old", "not the old one"), ("password", new), ("again", new)];
    let page = here.fill("/account", "/account/password", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [("old", PASSWORD), ("password", new), ("again", new)];
    here.fill("/account", "/account/password", &typed).await.says("The password is set");
    assert_eq!(there.get("/queue").await.status, StatusCode::SEE_OTHER);
    let mut again = office.browser("en");
    let page = again.post("/sign-in", &[("name", "li"), ("password", new)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_proxy_vouches_for_whoever_has_a_certificate() {
    let office = Office::with(Options {
        hosts: vec![HOST.into()],
        secure: true,
        trusted_header: Some("x-client-subject".into()),
        ..Options::default()
    });
    let mut browser = office.browser("en");
    browser.headers = vec![("x-client-subject", "CN=li,O=Office".into())];
    let page = browser.get("/queue").await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("李四");
    let held = browser.cookies["__Host-vetmark"].clone();
    browser.get("/queue").await;
    assert_eq!(browser.cookies["__Host-vetmark"], held, "one session, and not one a request");
    // With another certificate nobody goes on as li.
    browser.headers = vec![("x-client-subject", "CN=wang,O=Office".into())];
    browser.get("/queue").await.says("王五");
    browser.headers = vec![("x-client-subject", "CN=stranger,O=Office".into())];
    assert_eq!(browser.get("/queue").await.status, StatusCode::NOT_FOUND);
    assert!(actions(&office).contains(&"session.open".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_holds_nothing_open() {
    let office = Office::open();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits =
        Limits { connections: 1, head: std::time::Duration::from_millis(100), ..Limits::default() };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let router = router(office.console.clone());
    let served = tokio::spawn(serve(Listener::Tcp(listener), router, limits, async {
        let _ = stopped.await;
    }));
    tokio::task::spawn_blocking(move || {
        // One that never ends its head has the only turn, and loses it.
        let mut slow = TcpStream::connect(address).unwrap();
        slow.write_all(b"GET /sign-in HTTP/1.1\r\nHost: ").unwrap();
        let mut next = TcpStream::connect(address).unwrap();
        let request = format!("GET /sign-in HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n");
        next.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        next.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        let mut rest = Vec::new();
        let _ = slow.read_to_end(&mut rest);
        assert!(!rest.starts_with(b"HTTP/1.1 200"));
        // A head without end is cut off.
        let mut long = TcpStream::connect(address).unwrap();
        let _ = long.write_all(format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nX: ").as_bytes());
        let _ = long.write_all(&[b'x'; 100_000]);
        let mut answer = Vec::new();
        let _ = long.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    })
    .await
    .unwrap();
    stop.send(()).unwrap();
    served.await.unwrap();
}

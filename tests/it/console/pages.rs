//! Every page, in both languages, for everybody who may see it.

use axum::http::{StatusCode, header};

use vetmark::model::{Date, Submission};
use vetmark::record::{Act, Answered, Passage};

use super::browser::{Office, all, at};
use crate::house::pipeline;

/// Pages and who looks at them.
const PAGES: &[(&str, &str)] = &[
    ("li", "/queue"),
    ("li", "/queue?step=submit"),
    ("li", "/queue?step=any&text=marked&level=cn%3Ajimi&unopened=1&all=1"),
    ("li", "/matters/1"),
    ("li", "/matters/2"),
    ("li", "/matters/3"),
    ("li", "/matters/2/parts/1/pages/1"),
    ("li", "/matters/2/parts/1/pages/0"),
    ("li", "/matters/3/parts/1/pages/1"),
    ("zhang", "/matters/2"),
    ("zhang", "/bulk?step=submit&on=1%3A&on=2%3A"),
    ("li", "/bulk?step=review"),
    ("sun", "/people"),
    ("qian", "/people"),
    ("shen", "/people"),
    ("qian", "/policy"),
    ("shen", "/policy"),
    ("shen", "/ledger"),
    ("shen", "/ledger?subject=matter+2"),
    ("shen", "/queue"),
    ("shen", "/samples"),
    ("li", "/rules"),
    ("li", "/rules/cn.mark.state-secret"),
    ("li", "/rules/gap.encrypted"),
    ("li", "/scopes"),
    ("li", "/scopes/cn.statistics"),
    ("li", "/keys"),
    ("nobody", "/account"),
];

#[tokio::test]
async fn every_page_is_whole_in_both_languages() {
    let office = Office::open();
    let scope = office.console.dictionary.scopes[0].id.clone();
    for (who, path) in PAGES {
        let path = path.replace("cn.statistics", &scope);
        let mut bodies = Vec::new();
        for lang in ["en", "zh"] {
            let mut browser = office.signed_in(who, lang).await;
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{who} {path} {}", page.body);
            assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
            let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
            for absent in ["<style", " style=", "onclick", "javascript:", "http://", "https://"] {
                let own = page.body.contains(absent) && !path.starts_with("/scopes/");
                assert!(!own, "{absent} in {path}: {}", page.body);
            }
            let code = if lang == "en" { "en" } else { "zh-CN" };
            page.says(&format!("<html lang=\"{code}\">"));
            whole(&path, &page.body);
            bodies.push(page.body);
        }
        let title = |body: &str| all("<title>(.*)</title>", body).remove(0);
        assert_ne!(title(&bodies[0]), title(&bodies[1]), "{path}");
        let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(!chinese(&title(&bodies[0])) || path.contains("/scopes/"), "{path}");
        assert!(chinese(&title(&bodies[1])), "{path}");
    }
}

/// What every page of every kind has: one heading, labels for controls, names for links.
fn whole(path: &str, body: &str) {
    assert_eq!(body.matches("<h1").count(), 1, "{path}");
    for id in all(r#"<(?:input|select|textarea)[^>]* id="([^"]+)""#, body) {
        let labelled = body.contains(&format!("for=\"{id}\""));
        assert!(labelled, "{path}: no label for {id}");
    }
    let ids = all(r#" id="([^"]+)""#, body);
    let mut once = ids.clone();
    once.sort();
    once.dedup();
    assert_eq!(ids.len(), once.len(), "{path}: an id twice in {ids:?}");
    assert_eq!(all("(<(?:a|button|h[1-4]|legend)[^>]*></)", body), [""; 0], "{path}: no words");
}

#[tokio::test]
async fn strings_of_strangers_do_nothing() {
    let office = Office::open();
    let name = "x<script>alert(1)<\u{202e}fdp.\"onload='a'&.txt";
    std::fs::write(office.file(name), "秘密★5年\n通知\n").unwrap();
    super::browser::scan(office.room.path());
    let mut browser = office.signed_in("zhang", "en").await;
    for path in ["/queue?step=any", "/matters/4", "/bulk?step=submit&on=4%3A"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(!page.body.contains('\u{202e}'), "{path}");
        page.says("\\u{202e}fdp.");
    }
    let typed = [
        ("title", "<img src=x>"),
        ("channel", "a\"b'c"),
        ("day", "2026-12-01"),
        ("basis", "b"),
        ("opinion", "line\r\n<b>bold</b>\u{202e}"),
    ];
    let page = browser.fill("/matters/4", "/matters/4/submit", &typed).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("<img") && !page.body.contains("<b>bold"), "{}", page.body);
    assert!(!page.body.contains('\u{202e}') || !page.body.contains("bold"), "kept without it");
}

#[tokio::test]
async fn the_queue_is_narrowed_and_gone_through() {
    let office = Office::open();
    for number in 0..60 {
        std::fs::write(office.file(&format!("m{number}.txt")), format!("第{number}号\n")).unwrap();
    }
    super::browser::scan(office.room.path());
    let mut browser = office.signed_in("zhang", "en").await;
    let (mut path, mut seen) = ("/queue?step=submit".to_owned(), Vec::new());
    loop {
        let page = browser.get(&path).await;
        seen.extend(all("class=\"hit\" href=\"/matters/([0-9]+)\"", &page.body));
        match all("<a href=\"([^\"]*)\" rel=\"next\"", &page.body).pop() {
            Some(next) => path = next.replace("&#38;", "&").replace("&amp;", "&"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 63);
    assert_eq!(seen[0], "2", "the strongest verdict first");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 63, "each once");
    for (query, found) in [
        ("step=any&text=m7.txt", 1),
        ("step=any&text=3", 1 + 1 + 15),
        ("step=any&text=%25", 0),
        ("step=any&level=cn%3Ajimi", 1),
        ("step=any&verdict=no_finding", 61),
        ("step=any&channel=www", 0),
        ("step=review", 0),
    ] {
        let page = browser.get(&format!("/queue?{query}")).await;
        let count = all("class=\"hit\" href=\"/matters/([0-9]+)\"", &page.body).len();
        if query.contains("text=3") {
            assert!(count > 1, "{query}: {count}");
        } else {
            assert_eq!(count, found.min(50), "{query}");
        }
    }
    // What one opened is no longer among what one never opened.
    let unopened = "/queue?step=any&unopened=1&text=marked";
    browser.get(unopened).await.says("/matters/2");
    browser.get("/matters/2").await;
    assert!(!browser.get(unopened).await.body.contains("/matters/2"));
    assert_eq!(browser.get("/queue/count").await.body.lines().next(), Some("63"));
}

/// Whoever decides about a message knows whose it is and whom it goes to.
#[tokio::test]
async fn a_message_says_where_it_comes_from_and_goes_to() {
    let office = Office::open();
    let passage = Passage {
        protocol: "milter".into(),
        answer: Answered::Hold,
        queue: Some("4Z<1>".into()),
        sender: Some("author@agency.example".into()),
        recipients: vec!["one@press.example".into(), "two@press.example".into()],
        account: None,
        client: "192.0.2.7".into(),
        leave: None,
    };
    let at = "2026-11-27T08:00:00Z".parse().unwrap();
    let message = pipeline(Date::constant(2026, 11, 27))
        .examine(Submission::file("mail/4Z", "From: a\nSubject: b\n\ntext".as_bytes().to_vec()));
    let act = Act { actor: Act::MACHINE, at };
    let kept = office.store().keep_passage(act, "mail/4Z", &message, &passage).unwrap();
    for (lang, words) in [("en", "held"), ("zh", "扣留")] {
        let page =
            office.signed_in("li", lang).await.get(&format!("/matters/{}", kept.matter())).await;
        for said in
            [words, "author@agency.example", "one@press.example", "two@press.example", "192.0.2.7"]
        {
            page.says(said);
        }
        assert!(!page.body.contains("4Z<1>"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_running_scan_is_told_of_and_keeps_nobody_signed_in() {
    let office = Office::open();
    let run = office.store().begin_run(at(0), "in <b>").unwrap();
    office.store().run_goes_on(at(0), run, 7, false).unwrap();
    let mut li = office.signed_in("li", "zh").await;
    li.get("/queue").await.says("正在扫描in &#60;b&#62;：已审查7个事项");
    let told = li.get("/queue/count").await;
    assert_eq!(told.body.lines().next(), Some("3"));
    assert!(
        told.body.lines().any(|line| line.starts_with("正在扫描in <b>：已审查7个事项")),
        "{}",
        told.body
    );
    // The page asks by itself for longer than a session may be idle.
    for _ in 0..7 {
        office.later(5);
        li.get("/queue/count").await;
    }
    assert_eq!(li.get("/queue").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_auditor_draws_a_sample_and_nobody_else() {
    let office = Office::open();
    let mut shen = office.signed_in("shen", "en").await;
    let page = shen.get("/samples").await;
    let none = shen.fill_in(&page, "/samples", &[("size", "5")]).await;
    assert!(!none.status.is_success() && !none.status.is_redirection(), "{}", none.body);
    none.says("nothing was cleared");
    let mut li = office.signed_in("li", "en").await;
    assert_eq!(li.get("/samples").await.status, StatusCode::FORBIDDEN);
}

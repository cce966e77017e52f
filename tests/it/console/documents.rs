//! Documents beside what was found in them: what is shown, to whom, and what is not.

use std::fs;

use axum::http::{StatusCode, header};

use super::browser::{Office, Page, all, scan};
use crate::support::tree;

/// An office with two documents more: 4 is a PDF of two pages, 5 a mail with what it carries.
fn office() -> Office {
    let office = Office::open();
    let pdf = tree("tests/fixtures/extract/pdf/two-pages.pdf");
    fs::copy(pdf, office.file("d.pdf")).unwrap();
    let mail = "From: a@example.org\r\nSubject: 通知\r\nMIME-Version: 1.0\r\n\
                Content-Type: multipart/mixed; boundary=b\r\n\r\n\
                --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n正文\r\n\
                --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; \
                filename=\"a.txt\"\r\n\r\n绝密★20年\r\n关于某事的通知\r\n--b--\r\n";
    fs::write(office.file("e.eml"), mail).unwrap();
    scan(office.room.path());
    office
}

/// Entries of the ledger about looks at pages.
fn looks(office: &Office) -> Vec<String> {
    let entries = vetmark::record::entries_after(&office.store(), 0, 1000).unwrap();
    let entries = entries.into_iter().filter(|entry| entry.action == "matter.page");
    entries.map(|entry| format!("{} {} {}", entry.actor, entry.subject, entry.body)).collect()
}

fn main_of(page: &Page) -> &str {
    let start = page.body.find("<div class=\"view\">").expect("a page with a document");
    page.body[start..].split("</main>").next().unwrap()
}

#[tokio::test]
async fn text_is_shown_with_its_hits_and_the_look_is_entered() {
    let office = office();
    let mut li = office.signed_in("li", "en").await;
    let page = li.get("/matters/2/parts/1/pages/1?hit=f1").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.says("<mark class=\"block \">机密★10年</mark>");
    page.says("href=\"/matters/2#f1\"");
    page.says("关于某事的通知");
    assert_eq!(all(r#" id="hit-(f\d+)""#, &page.body), ["f1", "f2"]);
    let entered = looks(&office);
    assert_eq!(entered.len(), 1, "{entered:?}");
    assert!(entered[0].starts_with("li matter 2 "), "{entered:?}");
    for word in [r#""as":"text""#, r#""part":1"#, r#""page":1"#, r#""version":1"#] {
        assert!(entered[0].contains(word), "{word}: {entered:?}");
    }
    // From the matter to the document and back.
    let matter = li.get("/matters/2").await;
    matter.says("/matters/2/parts/1/pages/1?hit=f1#hit-f1");
    matter.says("href=\"/matters/2/parts/1/pages/1\"");
}

#[tokio::test]
async fn pages_of_a_pdf_are_pictures_and_numbered() {
    let office = office();
    let mut li = office.signed_in("li", "en").await;
    let page = li.get("/matters/4/parts/1/pages/2").await;
    page.says("page 2 of 2");
    page.says("<image href=\"/matters/4/parts/1/pages/2.png\"");
    page.says("viewBox=\"0 0 595.3 841.9\"");
    // As often as it is asked for.
    for _ in 0..2 {
        let picture = li.get("/matters/4/parts/1/pages/2.png").await;
        assert_eq!(picture.status, StatusCode::OK);
        assert_eq!(picture.headers[header::CONTENT_TYPE], "image/png");
        assert_eq!(picture.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(picture.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(picture.bytes.starts_with(b"\x89PNG"));
    }
    assert_eq!(looks(&office).iter().filter(|look| look.contains("picture")).count(), 2);
    for nothing in
        ["1/pages/3.png", "1/pages/02", "1/pages/x", "9/pages/1", "0/pages/1", "1/pages/-1"]
    {
        let page = li.get(&format!("/matters/4/parts/{nothing}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    let beyond = li.get("/matters/4/parts/1/pages/3").await;
    beyond.says("could not be shown");
}

#[tokio::test]
async fn another_version_is_never_shown() {
    let office = office();
    let mut li = office.signed_in("li", "zh").await;
    fs::write(office.file("b-marked.txt"), "机密★10年\n关于另一事的通知\n").unwrap();
    for _ in 0..2 {
        let page = li.get("/matters/2/parts/1/pages/1").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("机密★10年") && !page.body.contains("另一事"), "{}", page.body);
        // Where things stand is on record all the same.
        page.says("id=\"hit-f1\"");
        match office.file("b-marked.txt").exists() {
            true => page.says("不是经审查的文件"),
            false => page.says("原件已不在"),
        }
        let _ = fs::remove_file(office.file("b-marked.txt"));
    }
    fs::copy(office.file("a-plain.txt"), office.file("d.pdf")).unwrap();
    let picture = li.get("/matters/4/parts/1/pages/1.png").await;
    assert_eq!(picture.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_marked_above_the_host_is_places_only() {
    let office = office();
    let mut li = office.signed_in("li", "en").await;
    let matter = li.get("/matters/5").await;
    let parts = all(r#"href="/matters/5/parts/(\d+)/pages/1""#, &matter.body);
    assert_eq!(parts.len(), 2, "the mail and its attachment");
    let (mut above, mut shown) = (0, 0);
    for part in parts {
        let page = li.get(&format!("/matters/5/parts/{part}/pages/1")).await;
        assert!(!page.body.contains("绝密★"), "{}", main_of(&page));
        match page.body.contains("marked above what this machine may hold") {
            true => {
                above += 1;
                assert!(!page.body.contains("关于某事的通知"), "{}", main_of(&page));
                page.says("characters 0 to 6");
            }
            // The mail itself, which is marked nowhere.
            false => shown += usize::from(page.body.contains("正文")),
        }
    }
    assert_eq!((above, shown), (1, 1));
}

#[tokio::test]
async fn only_those_who_work_on_matters_look_at_documents() {
    let office = office();
    for (name, status) in [
        ("zhang", StatusCode::OK),
        ("shen", StatusCode::OK),
        ("sun", StatusCode::FORBIDDEN),
        ("qian", StatusCode::FORBIDDEN),
        ("nobody", StatusCode::FORBIDDEN),
    ] {
        let mut browser = office.signed_in(name, "en").await;
        for path in ["/matters/4/parts/1/pages/1", "/matters/4/parts/1/pages/1.png"] {
            assert_eq!(browser.get(path).await.status, status, "{name} {path}");
        }
    }
    let mut stranger = office.browser("en");
    let page = stranger.get("/matters/4/parts/1/pages/1.png").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(looks(&office).len(), 4);
}

/// `UPDATE_GOLDEN=1 cargo test` writes what comes today; the difference is for a person to read.
#[tokio::test]
async fn a_small_document_looks_as_it_did() {
    let office = office();
    for lang in ["en", "zh"] {
        let mut li = office.signed_in("li", lang).await;
        let page = li.get("/matters/2/parts/1/pages/1").await;
        let golden = tree(&format!("tests/golden/console/document-{lang}.html"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(golden.parent().unwrap()).unwrap();
            fs::write(&golden, main_of(&page)).unwrap();
        }
        let kept = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(main_of(&page), kept, "{}", golden.display());
    }
}

//! From proposal to decision by forms alone, and what comes back when the record refuses.

use axum::http::StatusCode;
use vetmark::model::Step;
use vetmark::record::verify;

use super::browser::{Browser, Office, Page, all, scan};

const PROPOSAL: &[(&str, &str)] = &[
    ("title", "关于某事的通知"),
    ("channel", "政府网站"),
    ("carrier", "document"),
    ("day", "2026-12-01"),
    ("basis", "政府信息公开条例"),
    ("opinion", "拟公开"),
];

async fn submit(browser: &mut Browser<'_>, matter: u32) -> Page {
    let (path, action) = (format!("/matters/{matter}"), format!("/matters/{matter}/submit"));
    browser.fill(&path, &action, PROPOSAL).await
}

async fn review(browser: &mut Browser<'_>, matter: u32, ruling: &str) -> Page {
    let page = browser.get(&format!("/matters/{matter}")).await;
    let mut typed = page.answers(ruling);
    typed.push(("opinion".into(), "同意".into()));
    let typed: Vec<_> = typed.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    browser.fill_in(&page, &format!("/matters/{matter}/review"), &typed).await
}

async fn decide(browser: &mut Browser<'_>, matter: u32, conclusion: &str) -> Page {
    let typed = [("conclusion", conclusion), ("reason", "一个很长的理由")];
    let (path, action) = (format!("/matters/{matter}"), format!("/matters/{matter}/decide"));
    browser.fill(&path, &action, &typed).await
}

#[tokio::test]
async fn three_persons_take_a_matter_through_by_forms() {
    for (lang, recorded) in [("en", "Recorded: "), ("zh", "已登记：")] {
        let office = Office::open();
        let mut zhang = office.signed_in("zhang", lang).await;
        let mut li = office.signed_in("li", lang).await;
        let mut wang = office.signed_in("wang", lang).await;
        for (matter, ruling, conclusion) in
            [(1, "overturned", "disclose"), (2, "upheld", "withhold"), (3, "left", "part")]
        {
            submit(&mut zhang, matter).await.says(recorded);
            let page = review(&mut li, matter, ruling).await;
            page.says(recorded);
            let page = decide(&mut wang, matter, conclusion).await;
            assert_eq!(page.status, StatusCode::OK, "{matter} {}", page.body);
            page.says(recorded);
        }
        let store = office.store();
        for matter in 1..=3 {
            let docket = store.docket(matter).unwrap();
            assert_eq!(docket.lines[0].step, Step::Closed, "{matter}");
            let steps: Vec<_> = docket.acts.iter().map(|act| (act.step, act.opened)).collect();
            let want = [(Step::Submit, true), (Step::Review, true), (Step::Decide, true)];
            assert_eq!(steps, want, "{matter}");
        }
        assert!(store.check().unwrap().wrong.is_empty());
        assert_eq!(verify(store.path(), &[], &[]).unwrap().broken, None);
        // The auditor sees who did what, and may do nothing.
        let mut shen = office.signed_in("shen", lang).await;
        shen.get("/ledger").await.says("matter.decide");
        let page = shen.fill("/ledger", "/ledger/verify", &[]).await;
        page.says("✓");
        let page = shen.get("/matters/2").await;
        assert!(!page.body.contains("id=\"step\""), "{}", page.body);
    }
}

#[tokio::test]
async fn an_upheld_mark_is_not_disclosed_and_the_reason_is_kept() {
    let office = Office::open();
    submit(&mut office.signed_in("zhang", "en").await, 2).await;
    review(&mut office.signed_in("li", "en").await, 2, "upheld").await.says("Recorded");
    let page = decide(&mut office.signed_in("wang", "en").await, 2, "disclose").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("a live mark was upheld");
    page.says("一个很长的理由");
}

#[tokio::test]
async fn nobody_approves_what_they_reviewed() {
    let office = Office::open();
    submit(&mut office.signed_in("zhang", "en").await, 2).await;
    let mut zhao = office.signed_in("zhao", "en").await;
    let before = zhao.get("/matters/2").await;
    review(&mut zhao, 2, "overturned").await.says("Recorded");
    // The page offers no form any more, and says why.
    let page = zhao.get("/matters/2").await;
    page.says("You took part in this matter");
    assert!(!page.body.contains("/matters/2/decide"));
    // Whoever sends one nevertheless is refused by the record, and loses nothing of it.
    let typed = [("conclusion", "part"), ("reason", "一个很长的理由"), ("channel", "政府网站")];
    let mut fields = before.fields_of("/matters/2/review");
    fields.retain(|(name, _)| name != "channel");
    let mut fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    fields.extend(typed);
    let page = zhao.post("/matters/2/decide", &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("nobody reviews or approves what they submitted or reviewed themselves");
    page.says("一个很长的理由");
    assert_eq!(office.store().docket(2).unwrap().acts.len(), 2);
}

#[tokio::test]
async fn what_changed_since_it_was_looked_at_is_not_decided() {
    let office = Office::open();
    let mut zhang = office.signed_in("zhang", "zh").await;
    let page = zhang.get("/matters/1").await;
    std::fs::write(office.file("a-plain.txt"), "食堂下周供应米饭。\n").unwrap();
    // The file is another, and nobody examined it yet.
    let refused = zhang.fill_in(&page, "/matters/1/submit", PROPOSAL).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("文件在审查后已被改动");
    refused.says("政府信息公开条例");
    // It was examined: what the page showed is stale.
    scan(office.room.path());
    let refused = zhang.fill_in(&page, "/matters/1/submit", PROPOSAL).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the file is not what was shown");
    std::fs::remove_file(office.file("a-plain.txt")).unwrap();
    let refused = zhang.fill_in(&page, "/matters/1/submit", PROPOSAL).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.says("事项已不是此人所见的内容");
    refused.says("政府信息公开条例");
    // The page that came back is about what is there now.
    let page = zhang.fill_in(&refused, "/matters/1/submit", PROPOSAL).await;
    page.says("已登记");
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_is_second() {
    let office = Office::open();
    submit(&mut office.signed_in("zhang", "en").await, 1).await;
    review(&mut office.signed_in("li", "en").await, 1, "left").await;
    let mut wang = office.signed_in("wang", "en").await;
    let mut zhao = office.signed_in("zhao", "en").await;
    let page = wang.get("/matters/1").await;
    decide(&mut zhao, 1, "withhold").await.says("Recorded");
    let typed = [("conclusion", "disclose"), ("reason", "一个很长的理由")];
    let page = wang.fill_in(&page, "/matters/1/decide", &typed).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("somebody else has taken this one");
    page.says("一个很长的理由");
}

#[tokio::test]
async fn what_is_passed_over_is_refused() {
    let office = Office::open();
    submit(&mut office.signed_in("zhang", "en").await, 2).await;
    submit(&mut office.signed_in("zhang", "en").await, 3).await;
    let mut li = office.signed_in("li", "en").await;
    let page = li.fill("/matters/2", "/matters/2/review", &[("opinion", "同意吧")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("every finding is upheld, overturned or left, with a reason");
    page.says("同意吧");
    let page = li.fill("/matters/3", "/matters/3/review", &[("opinion", "同意吧")]).await;
    page.says("every part that was not read is attested");
    let empty = [("opinion", "o"), ("ruling-f1", "upheld"), ("reason-f1", " ")];
    let page = li.fill("/matters/2", "/matters/2/review", &empty).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("no reason is given");
    let mut wang = office.signed_in("wang", "en").await;
    let page = wang.get("/matters/2").await;
    assert!(!page.body.contains("id=\"step\""), "it is not their turn");
    page.says("No step here is yours");
}

#[tokio::test]
async fn findings_that_are_alike_are_ruled_on_at_one_stroke() {
    let office = Office::open();
    let pages = ["机密★10年\n                    工作动态\n　　本月补植行道树三百株。\n"; 3];
    std::fs::write(office.file("z-pages.txt"), pages.join("\u{c}")).unwrap();
    scan(office.room.path());
    let store = office.store();
    let matter = (1..)
        .find(|matter| store.docket(*matter).unwrap().lines[0].source.ends_with("z-pages.txt"));
    let number = matter.unwrap();
    let matter = u32::try_from(number).unwrap();
    submit(&mut office.signed_in("zhang", "en").await, matter).await;
    let mut li = office.signed_in("li", "zh").await;
    let page = li.get(&format!("/matters/{matter}")).await;
    let alike = all("name=\"alike-f2\" value=\"([^\"]*)\"", &page.body);
    assert_eq!(alike, ["f4 f6"], "{}", page.body);
    page.says("同类：");
    let action = format!("/matters/{matter}/review");
    let one = [("opinion", "同意"), ("ruling-f2", "overturned"), ("reason-f2", "公开刊物")];
    let refused = li.fill_in(&page, &action, &one).await;
    refused.says("每处发现均须认定");
    let typed = [one[0], one[1], one[2], ("alike-f2", &*alike[0])];
    li.fill_in(&refused, &action, &typed).await.says("已登记");
    let acts = office.store().docket(number).unwrap().acts;
    let ruled: Vec<_> = acts[1].rulings.iter().map(|(id, _, why)| format!("{id} {why}")).collect();
    assert_eq!(ruled, ["f2 公开刊物", "f4 公开刊物", "f6 公开刊物"]);
}

#[tokio::test]
async fn many_at_once_get_a_record_each_and_the_unopened_are_named() {
    let office = Office::open();
    let mut zhang = office.signed_in("zhang", "en").await;
    zhang.get("/matters/1").await;
    let page = zhang.get("/bulk?step=submit&on=1%3A&on=2%3A&on=3%3A").await;
    page.says("Never opened by you as they are now:</strong>".replace("</strong>", "").trim());
    let fields = page.fields_of("/bulk");
    let mut fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let nothing = zhang.post("/bulk", &fields).await;
    assert_eq!(
        nothing.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "what is missing is missing for all"
    );
    fields.extend(PROPOSAL.iter().copied());
    let page = zhang.post("/bulk", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.says("Recorded: 3 of 3");
    page.says("their records say so: 2, 3");
    let store = office.store();
    for matter in 1..=3 {
        let acts = store.docket(matter).unwrap().acts;
        assert_eq!((acts.len(), acts[0].bulk, acts[0].opened), (1, 3, matter == 1));
    }
    // A review of many speaks for none that has findings of its own.
    let mut li = office.signed_in("li", "en").await;
    let on =
        "on=1%3A%E6%94%BF%E5%BA%9C%E7%BD%91%E7%AB%99&on=2%3A%E6%94%BF%E5%BA%9C%E7%BD%91%E7%AB%99";
    let page = li.get(&format!("/bulk?step=review&{on}")).await;
    let fields = page.fields_of("/bulk");
    let mut fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    fields.push(("opinion", "同意"));
    let page = li.post("/bulk", &fields).await;
    page.says("Recorded: 1 of 2");
    page.says("every finding is upheld");
}

#[tokio::test]
async fn a_look_is_entered_before_anything_is_shown() {
    let office = Office::open();
    let mut li = office.signed_in("li", "en").await;
    li.get("/matters/2").await.says("cn.mark.state-secret");
    let entries = vetmark::record::entries_before(&office.store(), u64::MAX, Some("matter 2"), 1);
    let entry = entries.unwrap().remove(0);
    assert_eq!((entry.action.as_str(), entry.actor.as_str()), ("matter.look", "li"));
    let mut sun = office.signed_in("sun", "en").await;
    assert_eq!(sun.get("/matters/2").await.status, StatusCode::FORBIDDEN);
    let entries = vetmark::record::entries_before(&office.store(), u64::MAX, Some("matter 2"), 1);
    assert_eq!(entries.unwrap()[0].actor, "li", "who may not look is no look");
}

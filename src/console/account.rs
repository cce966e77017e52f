//! A person's own account, and the legend of keys.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect};

use super::error::Error;
use super::guard::{lang_of, remember};
use super::page::{Answer, Page, html, ok, shown};
use super::sign_in::chosen;
use super::state::Console;
use super::typed::Posted;
use super::who::Signed;
use crate::model::Words;
use crate::record::{self, Act, Hashed, SHORTEST};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Page,
    name: String,
    shown: String,
    shortest: usize,
}

#[derive(Template)]
#[template(path = "keys.html")]
struct KeysPage {
    page: Page,
    keys: Vec<(&'static str, &'static str)>,
}

fn account(signed: &Signed) -> AccountPage {
    let page = Page::of(signed, "/account", signed.lang.pick("Account", "账户"));
    let person = &signed.person;
    AccountPage { page, name: shown(&person.name), shown: shown(&person.shown), shortest: SHORTEST }
}

/// `GET /account`
pub(super) async fn show(signed: Signed) -> Answer {
    ok(&account(&signed))
}

/// `POST /account/password`: with the old one, and everybody who is in by it goes out.
pub(super) async fn password(State(console): State<Console>, posted: Posted) -> Answer {
    let Posted { signed, typed } = &posted;
    let (name, at) = (signed.person.name.clone(), console.now());
    let changed = async {
        let asked = name.clone();
        let old = console.records.read(move |store| store.password(&asked)).await?;
        if let Some(old) = old {
            let _turn = console.hashing.acquire().await.map_err(|_| Error::Mistake)?;
            let given = typed.raw("old").to_owned();
            let same = tokio::task::spawn_blocking(move || Hashed::is_of(Some(&old), &given));
            if !same.await.map_err(|_| Error::Mistake)? {
                let words = Words::new("the present password is another", "当前口令不正确");
                return Err(Error::Record(record::Error::Wrong(words)));
            }
        }
        let new = chosen(&console, typed, &name).await?;
        let name = name.clone();
        console.records.write(move |store| store.set_password(Act { actor: &name, at }, &new)).await
    };
    match changed.await {
        Ok(()) => Ok(Redirect::to("/sign-in?set").into_response()),
        Err(error) => {
            let mut page = account(signed);
            page.page = page.page.refuses(signed.lang.of(&error.words()));
            html(error.status(), &page)
        }
    }
}

/// `POST /account/language`
pub(super) async fn language(State(console): State<Console>, posted: Posted) -> Answer {
    let lang = lang_of(posted.typed.get("lang")).ok_or(Error::Wrong)?;
    let name = posted.signed.person.name;
    let code = lang.pick("en", "zh");
    console.records.write(move |store| store.set_language(&name, code)).await?;
    let mut response = Redirect::to("/account").into_response();
    if let Ok(value) = HeaderValue::from_str(&remember(lang)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// `GET /keys`: the same legend that `?` opens.
pub(super) async fn keys(signed: Signed) -> Answer {
    let page = Page::of(&signed, "/keys", signed.lang.pick("Keys", "按键"));
    let keys = KEYS.iter().map(|(key, en, zh)| (*key, signed.lang.pick(*en, *zh))).collect();
    html(StatusCode::OK, &KeysPage { page, keys })
}

/// What each key does; the script knows the same keys.
const KEYS: &[(&str, &str, &str)] = &[
    ("?", "this legend", "显示本说明"),
    ("j / n", "next finding, gap or line of a list", "下一处发现、未读部分或者列表行"),
    ("k / p", "the one before", "上一处"),
    ("Enter", "open the line", "打开所在行"),
    ("x", "select the line", "选中所在行"),
    ("u / o / l", "at a finding: upheld, overturned, left open", "在发现处：成立、不成立、存疑"),
    ("d", "to the decision panel", "转到办理栏"),
    ("f", "to the findings", "转到发现"),
    ("/", "to the search field", "转到搜索框"),
    ("g q", "to the queue", "转到待办"),
    ("g r", "to the rules", "转到规则"),
    ("Esc", "leave a field, close the legend", "离开输入框、关闭说明"),
];

//! Coming in and going out: a name with a password, a one-time link, and the first
//! administrators of a new store.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::error::Error;
use super::guard::{Reader, remember};
use super::page::{Answer, Page, html, ok, shown};
use super::state::Console;
use super::typed::{Posted, Typed};
use super::who::set_cookie;
use crate::model::Words;
use crate::record::{self, Act, Attempt, Code, Hashed, LinkFor, Newcomer, SHORTEST, Token};
use crate::report::Lang;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    name: String,
    next: String,
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    page: Page,
    name: String,
    /// Whether a code is asked for.
    coded: bool,
    shortest: usize,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    page: Page,
    system: bool,
    security: bool,
    typed: Typed,
    /// What was made: name and path of a link, once it was done.
    links: Vec<(String, String)>,
}

fn sign_in_page(lang: Lang, name: &str, next: &str) -> SignInPage {
    let path = match next {
        "" => "/sign-in".to_owned(),
        next => {
            let mut query = super::typed::address("/sign-in");
            query.append_pair("next", next);
            query.finish()
        }
    };
    let page = Page::open(lang, &path, lang.pick("Sign in", "登录"));
    SignInPage { page, name: shown(name), next: next.to_owned() }
}

/// `GET /sign-in`
pub(super) async fn form(Extension(reader): Extension<Reader>, uri: Uri) -> Answer {
    let query = Typed::read(uri.query().unwrap_or_default().as_bytes());
    let lang = reader.of_person(None);
    let mut page = sign_in_page(lang, query.get("name"), own_path(query.get("next")));
    if query.has("set") {
        page.page = page.page.says(
            lang.pick("The password is set. Sign in with it.", "口令已设置，请使用新口令登录。"),
        );
    }
    if query.has("out") {
        page.page = page.page.says(lang.pick("You are signed out.", "您已退出登录。"));
    }
    ok(&page)
}

/// `POST /sign-in`
pub(super) async fn sign_in(
    State(console): State<Console>,
    Extension(reader): Extension<Reader>,
    typed: Typed,
) -> Answer {
    let name: String = typed.get("name").chars().take(200).collect();
    let password = typed.raw("password").to_owned();
    let next = own_path(typed.get("next")).to_owned();
    if !is_persons(&console, &name, password).await? {
        let lang = reader.of_person(None);
        let mut page = sign_in_page(lang, &name, &next);
        // One sentence for all that can be wrong: whose name it is, is nobody's business.
        page.page = page.page.refuses(lang.pick(
            "Name and password do not go together, or the name was tried too often and is \
             locked for a while.",
            "用户名与口令不符，或者尝试次数过多，账户暂时锁定。",
        ));
        return html(StatusCode::UNAUTHORIZED, &page);
    }
    let (at, life) = (console.now(), console.options.life);
    let (token, chosen) = console
        .records
        .write(move |store| {
            let token = store.sign_in(Act { actor: &name, at }, "password", life)?;
            let session = store.session(&token, at, life)?;
            Ok((token, session.and_then(|session| session.lang)))
        })
        .await?;
    let mut response = Redirect::to(if next.is_empty() { "/" } else { &next }).into_response();
    put(&mut response, &set_cookie(Some(&token), &console.options));
    if let Some(lang) = chosen.as_deref().and_then(super::guard::lang_of) {
        put(&mut response, &remember(lang));
    }
    Ok(response)
}

/// Whether a password is a person's. An attempt is counted before it is looked at.
async fn is_persons(console: &Console, name: &str, password: String) -> Result<bool, Error> {
    let _turn = console.hashing.acquire().await.map_err(|_| Error::Mistake)?;
    let (at, tried) = (console.now(), name.to_owned());
    let attempt =
        console.records.write(move |store| store.attempt(Act { actor: &tried, at })).await?;
    let (hash, may) = match attempt {
        Attempt::May(hash) => (hash, true),
        Attempt::Locked(_) => (None, false),
    };
    let right = tokio::task::spawn_blocking(move || Hashed::is_of(hash.as_ref(), &password))
        .await
        .map_err(|_| Error::Mistake)?;
    if may && !right {
        let tried = name.to_owned();
        let failed =
            move |store: &mut record::Store| store.attempt_failed(Act { actor: &tried, at });
        console.records.write(failed).await?;
    }
    Ok(right)
}

/// Hashes a password that somebody chose, typed twice.
pub(super) async fn chosen(
    console: &Console,
    typed: &Typed,
    person: &str,
) -> Result<Hashed, Error> {
    let (password, again) = (typed.raw("password"), typed.raw("again"));
    if password != again {
        let words = Words::new("the two passwords are not the same", "两次输入的口令不一致");
        return Err(Error::Record(record::Error::Wrong(words)));
    }
    let _turn = console.hashing.acquire().await.map_err(|_| Error::Mistake)?;
    let (password, person) = (password.to_owned(), person.to_owned());
    let hashed = tokio::task::spawn_blocking(move || Hashed::of(&password, &person));
    Ok(hashed.await.map_err(|_| Error::Mistake)??)
}

/// `POST /sign-out`
pub(super) async fn sign_out(State(console): State<Console>, posted: Posted) -> Answer {
    let (at, options) = (console.now(), &console.options);
    let (name, token) = (posted.signed.person.name, posted.signed.token);
    console.records.write(move |store| store.sign_out(Act { actor: &name, at }, &token)).await?;
    let mut response = Redirect::to("/sign-in?out").into_response();
    put(&mut response, &set_cookie(None, options));
    Ok(response)
}

/// What the link in an address is for, if it holds.
async fn link_for(console: &Console, token: &str) -> Result<(Token, LinkFor), Error> {
    let token = Token::parse(token).ok_or(Error::NotFound)?;
    let (at, asked) = (console.now(), token.clone());
    let found = console.records.read(move |store| store.link_for(&asked, at)).await?;
    found.map(|link| (token, link)).ok_or(Error::NotFound)
}

fn link_page(lang: Lang, path: &str, name: &str, coded: bool) -> LinkPage {
    let page = Page::open(lang, path, lang.pick("Set your password", "设置口令"));
    LinkPage { page, name: shown(name), coded, shortest: SHORTEST }
}

/// `GET /link/{token}`
pub(super) async fn link_form(
    State(console): State<Console>,
    Extension(reader): Extension<Reader>,
    uri: Uri,
    Path(token): Path<String>,
) -> Answer {
    match link_for(&console, &token).await? {
        (_, LinkFor::Person { name, coded }) => {
            ok(&link_page(reader.of_person(None), uri.path(), &name, coded))
        }
        _ => Err(Error::NotFound),
    }
}

/// `POST /link/{token}`
pub(super) async fn link(
    State(console): State<Console>,
    Extension(reader): Extension<Reader>,
    uri: Uri,
    Path(token): Path<String>,
    typed: Typed,
) -> Answer {
    let (token, LinkFor::Person { name, coded }) = link_for(&console, &token).await? else {
        return Err(Error::NotFound);
    };
    let (at, code) = (console.now(), Code::parse(typed.get("code")));
    let done = match chosen(&console, &typed, &name).await {
        Ok(hashed) => {
            let used =
                move |store: &mut record::Store| store.use_link(at, &token, code.as_ref(), &hashed);
            console.records.write(used).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(name) => {
            let mut query = super::typed::address("/sign-in");
            query.append_pair("set", "").append_pair("name", &name);
            Ok(Redirect::to(&query.finish()).into_response())
        }
        Err(error) => {
            let lang = reader.of_person(None);
            let mut page = link_page(lang, uri.path(), &name, coded);
            page.page = page.page.refuses(lang.of(&error.words()));
            html(error.status(), &page)
        }
    }
}

fn setup_page(lang: Lang, path: &str, system: bool, security: bool) -> SetupPage {
    let page = Page::open(lang, path, lang.pick("Set up this store", "初始化"));
    SetupPage { page, system, security, typed: Typed::default(), links: Vec::new() }
}

/// `GET /setup/{token}`
pub(super) async fn setup_form(
    State(console): State<Console>,
    Extension(reader): Extension<Reader>,
    uri: Uri,
    Path(token): Path<String>,
) -> Answer {
    match link_for(&console, &token).await? {
        (_, LinkFor::Setup { system, security }) => {
            ok(&setup_page(reader.of_person(None), uri.path(), system, security))
        }
        _ => Err(Error::NotFound),
    }
}

/// `POST /setup/{token}`
pub(super) async fn setup(
    State(console): State<Console>,
    Extension(reader): Extension<Reader>,
    uri: Uri,
    Path(token): Path<String>,
    typed: Typed,
) -> Answer {
    let (token, LinkFor::Setup { system, security }) = link_for(&console, &token).await? else {
        return Err(Error::NotFound);
    };
    let at = console.now();
    let newcomer = |duty: &str| Newcomer {
        name: typed.kept(&format!("{duty}-name")),
        shown: typed.kept(&format!("{duty}-shown")),
    };
    let (first, second) = (newcomer("system"), newcomer("security"));
    let done = console
        .records
        .write(move |store| store.set_up(at, &token, Some(&first), Some(&second)))
        .await;
    let mut page = setup_page(reader.of_person(None), uri.path(), system, security);
    match done {
        Ok(links) => {
            let path = |token: &Token| format!("/link/{}", token.text());
            page.links = links.iter().map(|(name, token)| (shown(name), path(token))).collect();
            ok(&page)
        }
        Err(error) => {
            page.page = page.page.clone().refuses(page.page.lang.of(&error.words()));
            page.typed = typed;
            html(error.status(), &page)
        }
    }
}

/// An address of ours to go on to; nothing where it could lead elsewhere.
fn own_path(path: &str) -> &str {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n'])
        && path.is_ascii();
    if own { path } else { "" }
}

fn put(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_goes_on_to_is_here() {
        for (path, own) in [
            ("/matters/3?step=review", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example/", false),
            ("javascript:alert(1)", false),
            ("/a\r\nSet-Cookie: x=y", false),
            ("", false),
        ] {
            assert_eq!(!own_path(path).is_empty(), own, "{path}");
        }
    }
}

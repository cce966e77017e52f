//! What every page has around it: title, way around, who is signed in, language.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::error::Error;
use super::who::{Roles, Signed};
use crate::model::{Role, Words};
use crate::report::{Lang, Shown};

/// The frame of a page. Everything in it is fit to be shown.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) lang: Lang,
    pub(super) title: String,
    /// The person's name on papers, where one is signed in.
    pub(super) person: Option<String>,
    /// Their roles in words.
    pub(super) roles: String,
    /// What every form holds.
    pub(super) form: String,
    /// Where the way around leads: address, name, whether it is this page.
    pub(super) ways: Vec<(&'static str, &'static str, bool)>,
    /// This page in the other language.
    pub(super) other: String,
    /// What was done or refused just now.
    pub(super) notice: Option<Notice>,
}

/// A sentence at the head of a page.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    /// Whether something was refused.
    pub(super) refused: bool,
    pub(super) words: String,
}

impl Page {
    /// A page for whoever is signed in. `way` is where it stands in the way around.
    pub(super) fn of(signed: &Signed, way: &str, title: impl Into<String>) -> Self {
        let lang = signed.lang;
        let roles: Vec<_> =
            signed.person.roles.iter().map(|role| lang.of(&role.words()).to_owned()).collect();
        Self {
            lang,
            title: title.into(),
            person: Some(shown(&signed.person.shown)),
            roles: roles.join(lang.pick(", ", "、")),
            form: signed.form.clone(),
            ways: ways(signed, way),
            other: in_other(&signed.path, lang),
            notice: None,
        }
    }

    /// A page for nobody in particular.
    pub(super) fn open(lang: Lang, path: &str, title: impl Into<String>) -> Self {
        Self {
            lang,
            title: title.into(),
            person: None,
            roles: String::new(),
            form: String::new(),
            ways: Vec::new(),
            other: in_other(path, lang),
            notice: None,
        }
    }

    /// Says at its head what was done.
    pub(super) fn says(mut self, words: impl Into<String>) -> Self {
        self.notice = Some(Notice { refused: false, words: words.into() });
        self
    }

    /// Says at its head what was refused.
    pub(super) fn refuses(mut self, words: impl Into<String>) -> Self {
        self.notice = Some(Notice { refused: true, words: words.into() });
        self
    }

    /// One of two wordings.
    pub(super) fn t<'a>(&self, en: &'a str, zh: &'a str) -> &'a str {
        self.lang.pick(en, zh)
    }

    /// For the `lang` attribute.
    pub(super) fn code(&self) -> &'static str {
        self.lang.pick("en", "zh-CN")
    }
}

/// A string of a document or a person as a page may show it; the template escapes it.
pub(super) fn shown(text: &str) -> String {
    Shown(text).to_string()
}

/// Several lines of a person, each as a page may show it.
pub(super) fn shown_lines(text: &str) -> Vec<String> {
    text.lines().map(shown).collect()
}

/// Where this person may go.
fn ways(signed: &Signed, here: &str) -> Vec<(&'static str, &'static str, bool)> {
    let person = &signed.person;
    let administers =
        person.is(Role::SystemAdministrator) || person.is(Role::SecurityAdministrator);
    let all = [
        (person.works(), "/queue", "Queue", "待办"),
        (administers || person.is(Role::Auditor), "/people", "People", "人员"),
        (administers || person.is(Role::Auditor), "/policy", "Steps", "步骤"),
        (person.is(Role::Auditor), "/ledger", "Ledger", "台账"),
        (person.is(Role::Auditor), "/samples", "Samples", "抽样复核"),
        (true, "/rules", "Rules", "规则"),
        (true, "/scopes", "Dictionaries", "词典"),
        (true, "/keys", "Keys", "按键"),
        (true, "/account", "Account", "账户"),
    ];
    let all = all.into_iter().filter(|(may, ..)| *may);
    all.map(|(_, to, en, zh)| (to, signed.lang.pick(en, zh), to == here)).collect()
}

/// The same address in the other language.
fn in_other(path: &str, lang: Lang) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        if key != "lang" {
            pairs.append_pair(&key, &value);
        }
    }
    pairs.append_pair("lang", lang.pick("zh", "en"));
    format!("{path}?{}", pairs.finish())
}

/// An answer of a handler.
pub(super) type Answer = Result<Response, Error>;

/// A page as an answer.
pub(super) fn html(status: StatusCode, page: &impl Template) -> Answer {
    match page.render() {
        Ok(text) => Ok((status, Html(text)).into_response()),
        Err(_) => Err(Error::Mistake),
    }
}

/// A page as an answer, where all went well.
pub(super) fn ok(page: &impl Template) -> Answer {
    html(StatusCode::OK, page)
}

#[derive(Template)]
#[template(path = "failed.html")]
struct FailedPage {
    page: Page,
    words: String,
}

/// The page that comes where another does not.
pub(super) fn failed(lang: Lang, status: StatusCode, words: &Words) -> Html<String> {
    let title = match status {
        StatusCode::NOT_FOUND => lang.pick("Not found", "未找到"),
        _ => lang.pick("Not done", "未办理"),
    };
    let page = FailedPage { page: Page::open(lang, "/", title), words: shown(lang.of(words)) };
    Html(page.render().unwrap_or_else(|_| title.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_page_in_the_other_language() {
        for (path, other) in [
            ("/queue", "/queue?lang=zh"),
            ("/queue?step=review&lang=en", "/queue?step=review&lang=zh"),
            ("/queue?text=%E5%AF%86+a%26b", "/queue?text=%E5%AF%86+a%26b&lang=zh"),
        ] {
            assert_eq!(in_other(path, Lang::En), other);
        }
    }
}

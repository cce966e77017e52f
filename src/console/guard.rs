//! What holds for every request, before and behind whatever answers it: the name it is called
//! by, where a form comes from, the reader's language, and headers that keep a page to itself.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::{Error, Failed};
use super::page;
use super::state::Console;
use super::who::{Signed, named_cookie, set_cookie};
use crate::report::Lang;

/// Nothing but this program's own style, script, pictures and forms; nobody frames a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The cookie that remembers a language; no secret.
const LANGUAGE: &str = "lang";

/// The languages a request names, in the order in which they count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader {
    /// `?lang=`.
    asked: Option<Lang>,
    /// Remembered from before.
    remembered: Option<Lang>,
    /// The browser's.
    accepted: Option<Lang>,
}

impl Reader {
    fn of(request: &Request) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let asked = form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == "lang")
            .and_then(|(_, value)| lang_of(&value));
        let headers = request.headers();
        let remembered = named_cookie(headers, LANGUAGE).and_then(lang_of);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self { asked, remembered, accepted: accepted.and_then(accepted_lang) }
    }

    /// The language for a person who chose this one, or none.
    pub fn of_person(self, chosen: Option<&str>) -> Lang {
        let chosen = chosen.and_then(lang_of);
        self.asked.or(self.remembered).or(chosen).or(self.accepted).unwrap_or_default()
    }
}

/// `en` or `zh`.
pub(super) fn lang_of(name: &str) -> Option<Lang> {
    match name {
        "en" => Some(Lang::En),
        "zh" => Some(Lang::Zh),
        _ => None,
    }
}

/// The first of `Accept-Language` that pages are in (RFC 9110, 12.5.4). Browsers send them
/// in the order of their weights.
fn accepted_lang(value: &str) -> Option<Lang> {
    value.split(',').find_map(|range| {
        let range = range.split(';').next().unwrap_or_default().trim();
        let primary = range.split('-').next().unwrap_or_default();
        lang_of(&primary.to_ascii_lowercase())
    })
}

/// The header that remembers a language.
pub(super) fn remember(lang: Lang) -> String {
    let year = 365 * 24 * 60 * 60;
    format!("{LANGUAGE}={}; Path=/; SameSite=Strict; Max-Age={year}", lang.pick("en", "zh"))
}

/// Every request passes here, pages and programs' alike.
pub(super) async fn every(
    State(console): State<Console>,
    mut request: Request,
    next: Next,
) -> Response {
    let reader = Reader::of(&request);
    request.extensions_mut().insert(reader);
    let mut response = match is_called_right(&request, &console.options.hosts) {
        true => next.run(request).await,
        false => Error::Host.into_response(),
    };
    if let Some(Failed(words)) = response.extensions_mut().remove::<Failed>() {
        let lang = reader.of_person(None);
        let status = response.status();
        let retry = response.headers_mut().remove(header::RETRY_AFTER);
        response = (status, page::failed(lang, status, &words)).into_response();
        response.headers_mut().extend(retry.map(|value| (header::RETRY_AFTER, value)));
    }
    if let Some(lang) = reader.asked
        && let Ok(value) = HeaderValue::from_str(&remember(lang))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    keep_to_itself(response.headers_mut());
    response
}

/// Requests of pages, which a cookie stands behind: what changes something comes from a page
/// of this host (OWASP: verify origin with standard headers), beside the token in its form.
pub(super) async fn pages(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if !safe && !is_from_here(request.headers()) {
        return Error::Forged.into_response();
    }
    let (mut parts, body) = request.into_parts();
    // A certificate's session begins here: its cookie goes with whatever is answered.
    let begun = match console.options.trusted_header {
        Some(_) => Signed::of(&mut parts, &console).await.ok().filter(|signed| signed.fresh),
        None => None,
    };
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(signed) = begun
        && let Ok(value) = HeaderValue::from_str(&set_cookie(Some(&signed.token), &console.options))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Whether it is called by a name of its own: else a stranger's name could be made to lead
/// here, and their page would be of the same origin (DNS rebinding).
fn is_called_right(request: &Request, hosts: &[String]) -> bool {
    let mut named = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return false };
    let own = |host: &str| hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
    let by_line = request.uri().authority().is_none_or(|line| own(line.as_str()));
    by_line && host.to_str().is_ok_and(own)
}

/// Whether a form comes from a page of this host. Every browser of today says where from.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
        && site != "same-origin"
    {
        return false;
    }
    let (origin, host) = (text(header::ORIGIN), text(header::HOST).unwrap_or_default());
    let authority = origin.and_then(|origin| Some(origin.split_once("://")?.1));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

fn keep_to_itself(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            header::HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What a page holds stays nowhere; only style and script say otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().uri("/queue?lang=zh");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(axum::body::Body::empty()).unwrap()
    }

    #[test]
    fn hosts() {
        let own = ["127.0.0.1:8750".to_owned(), "review.office".to_owned()];
        for (headers, right) in [
            (&[("host", "127.0.0.1:8750")][..], true),
            (&[("host", "Review.Office")], true),
            (&[("host", "127.0.0.1")], false),
            (&[("host", "evil.example:8750")], false),
            (&[("host", "127.0.0.1:8750"), ("host", "evil.example")], false),
            (&[], false),
        ] {
            assert_eq!(is_called_right(&request(headers), &own), right, "{headers:?}");
        }
    }

    #[test]
    fn origins() {
        let host = ("host", "127.0.0.1:8750");
        for (origin, site, from_here) in [
            (Some("http://127.0.0.1:8750"), Some("same-origin"), true),
            (Some("http://127.0.0.1:8750"), None, true),
            (Some("http://127.0.0.1:8750"), Some("cross-site"), false),
            (Some("http://127.0.0.1:8750"), Some("same-site"), false),
            (Some("http://127.0.0.1:9999"), Some("same-site"), false),
            (Some("http://evil.example"), None, false),
            (Some("null"), Some("same-origin"), false),
            (None, Some("same-origin"), false),
            (None, None, false),
        ] {
            let mut headers = vec![host];
            headers.extend(origin.map(|origin| ("origin", origin)));
            headers.extend(site.map(|site| ("sec-fetch-site", site)));
            let request = request(&headers);
            assert_eq!(is_from_here(request.headers()), from_here, "{origin:?} {site:?}");
        }
    }

    #[test]
    fn languages() {
        let of = |headers: &[(&str, &str)]| {
            let mut reader = Reader::of(&request(headers));
            assert_eq!(reader.asked, Some(Lang::Zh));
            reader.asked = None;
            (reader.of_person(None), reader.of_person(Some("zh")))
        };
        let (en, zh) = (Lang::En, Lang::Zh);
        assert_eq!(of(&[]), (en, zh));
        assert_eq!(of(&[("accept-language", "fr-FR,zh-CN;q=0.9,en;q=0.8")]), (zh, zh));
        assert_eq!(of(&[("accept-language", "en-GB,zh;q=0.9")]), (en, zh));
        assert_eq!(of(&[("cookie", "lang=en"), ("accept-language", "zh")]), (en, en));
        assert_eq!(of(&[("cookie", "lang=xx"), ("accept-language", "zh")]), (zh, zh));
    }
}

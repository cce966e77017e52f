//! Who asks: the session of a cookie, or the certificate that a proxy vouches for.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header;
use axum::http::request::Parts;

use super::error::Error;
use super::guard::Reader;
use super::state::{Console, Options};
use crate::model::{Role, Step};
use crate::record::{Act, Person, Token};
use crate::report::Lang;

/// A person who is signed in, in a request of theirs.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Who.
    pub person: Person,
    /// The language of the page they asked for.
    pub lang: Lang,
    /// What forms of this session hold, and forged ones cannot.
    pub form: String,
    /// What the cookie holds.
    pub(super) token: Token,
    /// The path they asked for, with its query.
    pub path: String,
    /// Whether the session began with this request, and its cookie is to be set.
    pub(super) fresh: bool,
}

/// What roles allow on pages.
pub trait Roles {
    /// Whether they have a role.
    fn is(&self, role: Role) -> bool;

    /// Whether they see matters: not those who only administer.
    fn works(&self) -> bool {
        [Role::Submitter, Role::Adviser, Role::Reviewer, Role::Approver, Role::Auditor]
            .into_iter()
            .any(|role| self.is(role))
    }

    /// Whether they take a step.
    fn takes(&self, step: Step) -> bool {
        step.role().is_some_and(|role| self.is(role))
    }
}

impl Roles for Person {
    fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

impl Signed {
    /// Who asks, in a request that is taken apart.
    ///
    /// # Errors
    /// That nobody is signed in, and those of the store.
    pub async fn of(parts: &mut Parts, console: &Console) -> Result<Self, Error> {
        if let Some(signed) = parts.extensions.get::<Self>() {
            return Ok(signed.clone());
        }
        let wanted = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let vouched = vouched(&parts.headers, &console.options);
        let found = match cookie(&parts.headers, &console.options) {
            // A page that is left open and asks by itself how far scans are keeps nobody
            // signed in.
            Some(token) => open(console, token, parts.uri.path() != "/queue/count").await?,
            None => None,
        };
        // Behind a proxy that knows who it is, nobody goes on as somebody else.
        let found = found.filter(|(session, _)| match &vouched {
            Some(name) => session.person.name == *name,
            None => true,
        });
        let (session, token, fresh) = match (found, vouched) {
            (Some((session, token)), _) => (session, token, false),
            (None, Some(name)) => {
                let (session, token) = begin(console, name).await?;
                (session, token, true)
            }
            (None, None) if parts.method == axum::http::Method::GET => {
                return Err(Error::SignIn { wanted });
            }
            (None, None) => return Err(Error::SignIn { wanted: "/".into() }),
        };
        let reader = parts.extensions.get::<Reader>().copied().unwrap_or_default();
        let lang = reader.of_person(session.lang.as_deref());
        let form = token.derived("form");
        let person = session.person;
        let signed = Self { person, lang, form, token, path: wanted, fresh };
        parts.extensions.insert(signed.clone());
        Ok(signed)
    }

    /// Goes on if they see matters.
    ///
    /// # Errors
    /// That they do not.
    pub fn must_work(&self) -> Result<(), Error> {
        if self.person.works() { Ok(()) } else { Err(Error::NotYours) }
    }

    /// Goes on if they have one of these roles.
    ///
    /// # Errors
    /// That they do not.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Error> {
        match roles.iter().any(|role| self.person.is(*role)) {
            true => Ok(()),
            false => Err(Error::NotYours),
        }
    }
}

impl FromRequestParts<Console> for Signed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Error> {
        Self::of(parts, console).await
    }
}

/// The session of a token. That it is in use is written down once a minute.
async fn open(
    console: &Console,
    token: Token,
    is_use: bool,
) -> Result<Option<(crate::record::Session, Token)>, Error> {
    let (at, life, asked) = (console.now(), console.options.life, token.clone());
    let found = console.records.read(move |store| store.session(&asked, at, life)).await?;
    if is_use && found.as_ref().is_some_and(|session| session.stale) {
        let used = token.clone();
        console.records.write(move |store| store.session_used(&used, at)).await?;
    }
    Ok(found.map(|session| (session, token)))
}

/// A session of whoever the proxy says it is.
async fn begin(console: &Console, name: String) -> Result<(crate::record::Session, Token), Error> {
    let (at, life) = (console.now(), console.options.life);
    let begun = console
        .records
        .write(move |store| {
            let token = store.sign_in(Act { actor: &name, at }, "certificate", life)?;
            Ok(store.session(&token, at, life)?.map(|session| (session, token)))
        })
        .await?;
    begun.ok_or(Error::Mistake)
}

/// Whom the proxy vouches for: the name itself, or the common name of a subject.
fn vouched(headers: &HeaderMap, options: &Options) -> Option<String> {
    let name = options.trusted_header.as_ref()?;
    let mut values = headers.get_all(name).iter();
    // Two of them: one is not the proxy's.
    let (value, None) = (values.next()?, values.next()) else { return None };
    common_name(std::str::from_utf8(value.as_bytes()).ok()?)
}

/// `zhang` of `CN=zhang,O=Office` (RFC 4514) and of `zhang`; nothing of a subject without a
/// plain common name.
fn common_name(subject: &str) -> Option<String> {
    if !subject.contains('=') {
        return Some(subject.trim().to_owned()).filter(|name| !name.is_empty());
    }
    // What is escaped or quoted is not taken apart here: no name of ours needs it.
    if subject.contains(['\\', '"', '+']) {
        return None;
    }
    let mut names = subject.split(',').filter_map(|part| {
        let (kind, value) = part.split_once('=')?;
        kind.trim().eq_ignore_ascii_case("cn").then(|| value.trim().to_owned())
    });
    match (names.next(), names.next()) {
        (Some(name), None) if !name.is_empty() => Some(name),
        _ => None,
    }
}

/// The name of the cookie. One whose name begins with `__Host-` is taken by browsers from
/// this host by TLS alone.
fn cookie_name(options: &Options) -> &'static str {
    if options.secure { "__Host-vetmark" } else { "vetmark" }
}

/// What the session's cookie holds.
fn cookie(headers: &HeaderMap, options: &Options) -> Option<Token> {
    named_cookie(headers, cookie_name(options)).and_then(Token::parse)
}

/// A cookie of a request; nothing where there are two of the name.
pub(super) fn named_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = all
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// The header that gives a browser its session, or takes it.
pub(super) fn set_cookie(token: Option<&Token>, options: &Options) -> String {
    let name = cookie_name(options);
    let value = token.map(Token::text).unwrap_or_default();
    let secure = if options.secure { "; Secure" } else { "" };
    let age = if token.is_some() { "" } else { "; Max-Age=0" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_certificates() {
        for (subject, name) in [
            ("zhang", Some("zhang")),
            ("CN=zhang,OU=办公室,O=某局", Some("zhang")),
            ("O=某局, cn=张三", Some("张三")),
            ("O=某局", None),
            ("CN=zhang,CN=wang", None),
            ("CN=zhang\\,O=x", None),
            ("CN=\"zhang\"", None),
            ("CN=zhang+UID=1", None),
            ("CN=", None),
            ("", None),
        ] {
            assert_eq!(common_name(subject).as_deref(), name, "{subject}");
        }
    }

    #[test]
    fn cookies() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; vetmark=x; vetmark2=y".parse().unwrap());
        assert_eq!(named_cookie(&headers, "vetmark"), Some("x"));
        assert_eq!(named_cookie(&headers, "b"), None);
        headers.append(header::COOKIE, "vetmark=z".parse().unwrap());
        assert_eq!(named_cookie(&headers, "vetmark"), None, "one of them is somebody else's");
        let options = Options { secure: true, ..Options::default() };
        let set = set_cookie(None, &options);
        assert_eq!(set, "__Host-vetmark=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0");
    }
}

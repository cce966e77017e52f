//! What somebody typed into a form: pairs in their order, as they were sent.

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;

use super::error::Error;
use super::state::Console;
use super::who::Signed;
use crate::report::is_unsafe_to_show;

/// The fields of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

/// The most bytes of a form: reasons for several thousand findings.
pub(super) const LARGEST: usize = 1 << 20;

impl Typed {
    /// Reads what a form sends.
    pub fn read(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).map(|(k, v)| (k.into_owned(), v.into_owned())).collect())
    }

    /// A field as it was typed; empty where it was not sent.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A field without blanks around it.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// Whether a box was ticked.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Every value of a field that may be there more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All fields in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// What stands behind a prefix in the names of fields, with what was typed there:
    /// `reason-f1` by `reason-` gives `f1`.
    pub fn behind<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(key, value)| Some((key.strip_prefix(prefix)?, value.trim())))
    }

    /// A field as the record may keep it: what turns text round or is not seen is not
    /// typed by people on purpose, and would make a record say what it does not hold.
    pub fn kept(&self, name: &str) -> String {
        fit(self.get(name))
    }
}

/// An address of ours, to which a query is added.
pub(super) fn address(path: &str) -> form_urlencoded::Serializer<'static, String> {
    form_urlencoded::Serializer::for_suffix(format!("{path}?"), path.len() + 1)
}

/// A text without characters that act or hide; ends of lines stay.
pub(super) fn fit(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| *c == '\n' || *c == '\t' || !is_unsafe_to_show(*c)).collect()
}

impl FromRequest<Console> for Typed {
    type Rejection = Error;

    async fn from_request(request: Request, _: &Console) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Error::Wrong);
        }
        let bytes: Bytes =
            to_bytes(request.into_body(), LARGEST).await.map_err(|_| Error::Wrong)?;
        Ok(Self::read(&bytes))
    }
}

/// A form that a signed-in person sent from a page of their own session.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Who.
    pub signed: Signed,
    /// What.
    pub typed: Typed,
}

impl FromRequest<Console> for Posted {
    type Rejection = Error;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let signed = Signed::of(&mut parts, console).await?;
        let typed = Typed::from_request(Request::from_parts(parts, body), console).await?;
        let own =
            subtle::ConstantTimeEq::ct_eq(signed.form.as_bytes(), typed.raw("form").as_bytes());
        if !bool::from(own) {
            return Err(Error::Forged);
        }
        Ok(Self { signed, typed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let typed = Typed::read(b"a=1&b=+x%0D%0Ay+&a=2&reason-f1=why&reason-f10=%E5%AF%86&c");
        assert_eq!((typed.get("a"), typed.get("b"), typed.get("z")), ("1", "x\r\ny", ""));
        assert_eq!(typed.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(typed.kept("b"), "x\ny");
        assert!(typed.has("c") && !typed.has("z"));
        let reasons: Vec<_> = typed.behind("reason-").collect();
        assert_eq!(reasons, [("f1", "why"), ("f10", "密")]);
        assert_eq!(fit("同意\u{202e}开公\u{200b}\n\u{1b}[2J\t。"), "同意开公\n[2J\t。");
    }
}

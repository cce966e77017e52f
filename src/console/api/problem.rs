//! What a program is told where there is no answer: RFC 9457, with what was tried on what.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::console::error::Error;
use crate::model::{Words, named};
use crate::record;

named! {
    /// Kinds of problems; the last part of their `type`, `urn:vetmark:problem:…`.
    Kind:
    /// No token, or none that is good.
    Unauthorized, "unauthorized", "no token that is good", "没有有效的令牌";
    /// A token that is not good for this.
    Scope, "scope", "the token is not good for this", "令牌的范围不包括此项";
    /// Too many tokens that were none.
    TooManyFailures, "too-many-failures", "too many requests without a good token", "无效令牌的请求过多";
    /// What was sent does not say what is wanted.
    BadRequest, "bad-request", "the request does not say what is wanted", "请求内容不完整或者不正确";
    /// There is no such thing.
    NotFound, "not-found", "there is no such thing", "没有所请求的内容";
    /// It is not asked for in this way.
    Method, "method", "this is not asked for in this way", "请求方法不适用";
    /// More bytes than are taken.
    TooLarge, "too-large", "more bytes than are taken", "内容超过允许的大小";
    /// As much is in hand as is taken at once.
    Busy, "busy", "too much is in hand", "正在处理的内容过多";
    /// It failed here.
    Failed, "failed", "this could not be done", "未能完成";
}

impl Kind {
    /// The status that says it.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Scope => StatusCode::FORBIDDEN,
            Self::TooManyFailures => StatusCode::TOO_MANY_REQUESTS,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// After how many seconds it is worth another try.
    fn retry(self) -> Option<&'static str> {
        match self {
            Self::TooManyFailures => Some("60"),
            Self::Busy => Some("5"),
            _ => None,
        }
    }
}

/// A problem.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
}

impl Problem {
    /// A problem; `detail` is what was tried, on what, and what came of it.
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// What the record says of something that was tried.
    pub(super) fn of(error: &Error, tried: &str) -> Self {
        use record::Error as Record;
        let kind = match error {
            Error::Record(Record::Unknown(_)) => Kind::NotFound,
            Error::Record(Record::Busy) => Kind::Busy,
            _ => Kind::Failed,
        };
        let words = error.words();
        Self::new(kind, format!("{tried}: {}", words.en))
    }

    /// Whether a good token is not good for this.
    pub(super) fn is_scope(&self) -> bool {
        self.kind == Kind::Scope
    }

    /// The kind.
    #[cfg(test)]
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { kind, detail } = self;
        let status = kind.status();
        let body = json!({
            "type": format!("urn:vetmark:problem:{}", kind.name()),
            "title": kind.words().en,
            "title_zh": kind.words().zh,
            "status": status.as_u16(),
            "detail": detail,
        });
        let kept = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kept, body.to_string()).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = kind.retry() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if kind == Kind::Unauthorized {
            // RFC 6750, 3.
            let challenge = HeaderValue::from_static("Bearer realm=\"vetmark\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

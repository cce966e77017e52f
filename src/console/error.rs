//! What comes back where a page does not: a status and words, and nothing of what went on
//! inside.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::model::Words;
use crate::record;

/// Why a page does not come.
#[derive(Debug)]
pub enum Error {
    /// Nobody is signed in: who was to see this page is asked to.
    SignIn {
        /// Where they wanted to go.
        wanted: String,
    },
    /// There is nothing here.
    NotFound,
    /// The person's roles do not go this far.
    NotYours,
    /// The request does not come from a page of ours, or from one of an ended session.
    Forged,
    /// It is called by a name that is not its own.
    Host,
    /// What was sent is no form of ours.
    Wrong,
    /// The record refused, or could not.
    Record(record::Error),
    /// Our own mistake.
    Mistake,
}

/// What the middleware makes a page of, in the reader's language.
#[derive(Clone, Debug)]
pub(super) struct Failed(pub(super) Words);

impl Error {
    /// The status that says it to programs.
    pub fn status(&self) -> StatusCode {
        use record::Error as Record;
        match self {
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::NotFound | Self::Record(Record::Unknown(_)) => StatusCode::NOT_FOUND,
            Self::NotYours | Self::Forged => StatusCode::FORBIDDEN,
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::Wrong => StatusCode::BAD_REQUEST,
            Self::Record(Record::Refused(_)) => StatusCode::CONFLICT,
            Self::Record(Record::Wrong(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Record(Record::Busy) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Record(_) | Self::Mistake => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// In words for whoever looks at the page.
    pub fn words(&self) -> Words {
        use record::Error as Record;
        match self {
            Self::SignIn { .. } => Words::new("sign in first", "请先登录"),
            Self::NotFound => Words::new("there is no such page", "没有这个页面"),
            Self::NotYours => Words::new("your roles do not go this far", "您的角色无权使用此页面"),
            Self::Forged => Words::new(
                "this request does not come from a page of this session: go back, load the page \
                 again and repeat; nothing was recorded",
                "该请求不是由本次登录的页面发出：请返回并重新载入页面后再办理；未作任何记录",
            ),
            Self::Host => Words::new(
                "the console is not called by this name; whoever runs it says which names it has",
                "控制台没有这个名称；可用名称由运行者设定",
            ),
            Self::Wrong => Words::new(
                "what was sent is not complete; nothing was recorded",
                "提交的内容不完整；未作任何记录",
            ),
            // What a refusal says is for people; what a database or a file system says is not.
            Self::Record(
                error @ (Record::Refused(_)
                | Record::Wrong(_)
                | Record::Unknown(_)
                | Record::Busy
                | Record::Full
                | Record::ReadOnly),
            ) => error.words(),
            Self::Record(_) | Self::Mistake => Words::new(
                "this could not be done, and nothing of it was recorded; whoever runs the console \
                 finds the cause with `vetmark store check`",
                "未能完成，未作任何记录；运行者可用vetmark store check查找原因",
            ),
        }
    }
}

impl From<record::Error> for Error {
    fn from(error: record::Error) -> Self {
        Self::Record(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::SignIn { wanted } = &self {
            let mut query = super::typed::address("/sign-in");
            if wanted != "/" && !wanted.is_empty() {
                query.append_pair("next", wanted);
            }
            let to = query.finish();
            return Redirect::to(to.trim_end_matches('?')).into_response();
        }
        let mut response = self.status().into_response();
        if matches!(self, Self::Record(record::Error::Busy)) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(Failed(self.words()));
        response
    }
}

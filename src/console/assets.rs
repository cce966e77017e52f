//! Style and script: two small files of this program, and nothing from elsewhere.

use axum::http::header;
use axum::response::IntoResponse;

const STYLE: &str = include_str!("assets/console.css");
const SCRIPT: &str = include_str!("assets/console.js");

/// Kept by the browser for an hour: they hold nothing of anybody.
const KEPT: (header::HeaderName, &str) = (header::CACHE_CONTROL, "private, max-age=3600");

pub(super) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), KEPT], STYLE)
}

pub(super) async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), KEPT], SCRIPT)
}

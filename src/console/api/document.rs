//! The OpenAPI document (3.1): ours, with the published schema of examinations put in.

use std::sync::OnceLock;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::json_text;
use super::problem::{Kind, Problem};

/// Addresses, answers and their fields.
const OWN: &str = include_str!("openapi.json");

/// What an examination is, as it is published.
const EXAMINATION: &str = include_str!("../../../docs/examination.schema.json");

/// Gives the document.
pub async fn show() -> Response {
    static DOCUMENT: OnceLock<Option<String>> = OnceLock::new();
    match DOCUMENT.get_or_init(document) {
        Some(document) => json_text(StatusCode::OK, document.clone()),
        None => Problem::new(Kind::Failed, "the document cannot be read").into_response(),
    }
}

/// The whole of it. What the schema of examinations defines within itself becomes schemas
/// of the document, so that nothing is referred to that is not in it.
fn document() -> Option<String> {
    let mut own: Value = serde_json::from_str(OWN).ok()?;
    let mut examination: Value = serde_json::from_str(EXAMINATION).ok()?;
    let fields = examination.as_object_mut()?;
    fields.remove("$id");
    fields.remove("$schema");
    let defined = fields.remove("$defs")?;
    let schemas = own.pointer_mut("/components/schemas")?.as_object_mut()?;
    schemas.insert("Examination".into(), examination);
    for (name, schema) in defined.as_object()? {
        schemas.insert(format!("examination.{name}"), schema.clone());
    }
    let whole = serde_json::to_string(&own).ok()?;
    Some(whole.replace("\"#/$defs/", "\"#/components/schemas/examination."))
}

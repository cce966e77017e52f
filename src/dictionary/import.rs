//! A body's own list of secret matters (国家秘密事项一览表) → entries of a scope
//! file: its columns told by their headings, its rows taken or turned down each
//! with a reason.
//!
//! Nothing here reads a file: a table comes as text with the place of each cell.

mod columns;
mod grid;
mod rows;
mod words;
mod write;

pub use columns::{Column, Mapping};
pub use grid::{Row, Sheet, sheets, unplaced};
pub use rows::{Imported, ListEntry, Turned, rows};
pub use write::{ScopeHead, write_entry, write_scope};

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What `dictionaries/import.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Customs {
    columns: BTreeMap<String, Vec<String>>,
    levels: Levels,
    everyday: Everyday,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Levels {
    known: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Everyday {
    words: Vec<String>,
}

fn customs() -> &'static Customs {
    static CUSTOMS: OnceLock<Customs> = OnceLock::new();
    CUSTOMS.get_or_init(|| {
        toml::from_str(include_str!("../../dictionaries/import.toml"))
            .expect("a test holds that the file is sound")
    })
}

#[cfg(test)]
#[path = "import/tests.rs"]
mod tests;

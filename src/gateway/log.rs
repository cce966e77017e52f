//! What a gateway says of its work: one JSON object a line, with what, when and which
//! matter, and never with text of a document or an address of a person.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::clock;

/// Where lines go.
#[derive(Clone)]
pub struct Log(Arc<dyn Fn(&str) + Send + Sync>);

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Log {
    /// A log that hands each line, without its end, to `write`.
    pub fn new(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    /// Says that something happened; `what` is an object whose fields stand behind
    /// `at` and `event`.
    pub fn say(&self, event: &str, what: Value) {
        let mut line = Map::new();
        line.insert("at".into(), format!("{:.3}", clock::timestamp()).into());
        line.insert("event".into(), event.into());
        if let Value::Object(what) = what {
            line.extend(what.into_iter().filter(|(_, value)| !value.is_null()));
        }
        (self.0)(&Value::Object(line).to_string());
    }
}

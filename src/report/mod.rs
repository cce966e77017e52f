//! Values → words, one renderer a file. Renderers take values and a writer;
//! they know no file, no clock and no terminal.

pub mod csv;
pub mod examined;
pub mod form;
pub mod human;
mod lang;
mod ledger;
mod named;
pub mod ndjson;
mod phrases;
pub mod png;
mod quotes;
pub mod sarif;
mod shown;
pub mod text;

pub use lang::Lang;
pub use ledger::Ledger;
pub use quotes::{HostLevel, Quotes};
pub use shown::{Shown, is_unsafe_to_show};

#[cfg(test)]
mod tests;

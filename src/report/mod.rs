//! Values → words, one renderer a file. Renderers take values and a writer;
//! they know no file, no clock and no terminal.

mod chinese;
pub mod csv;
pub mod examined;
pub mod filed;
pub mod findings;
pub mod form;
mod html;
pub mod human;
mod lang;
mod ledger;
mod named;
pub mod ndjson;
pub mod phrases;
mod quotes;
pub mod register;
pub mod sarif;
mod shown;
mod table;
pub mod text;
pub mod worklist;
pub mod xlsx;

pub use lang::Lang;
pub use ledger::Ledger;
pub use quotes::{HostLevel, Quotes};
pub use shown::{Shown, is_unsafe_to_show};
pub use table::Table;

#[cfg(test)]
mod tests;

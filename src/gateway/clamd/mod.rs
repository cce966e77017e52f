//! The protocol of clamd (clamd(8)), which mail filters, web servers and file servers
//! speak to a scanner: a command, a content, and one line for an answer.

mod answers;
mod codec;
mod contents;
mod session;

#[cfg(fuzzing)]
pub use codec::fuzzed;
pub use session::{Clamd, session};

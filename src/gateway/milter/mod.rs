//! The mail filter protocol of Sendmail and Postfix, version 6: a message comes in
//! pieces with its envelope, and goes on, is held in the mail server's own queue, is put
//! off or goes back. The codec is our own; there is no policy in it.

mod codec;
mod message;
mod session;

pub(super) use message::TRACE;
#[cfg(fuzzing)]
pub use message::fuzzed;
pub use session::{Milter, session};

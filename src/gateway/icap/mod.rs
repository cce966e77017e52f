//! ICAP (RFC 3507): a proxy or file server hands over what goes through it before it goes.
//!
//! The codec is our own: the one crate with a server (`icap-rs` 0.3, looked at in November
//! 2026) is young, brings an executor and TLS of its own, and would decide how long a
//! body is held and where; what is needed of the protocol is a few hundred lines.

mod codec;
mod http;
mod session;

#[cfg(fuzzing)]
pub use http::fuzzed;
pub use session::{Icap, session};

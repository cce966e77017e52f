//! Gateways: mail and files stop until they were read, and until a person decided
//! where one is needed.
//!
//! Every protocol is a codec and a session in a room of its own ([`clamd`], [`milter`], [`icap`]);
//! all of them ask one [`Desk`]: it has the content examined in a cell, maps
//! the verdict to an action by a [`Policy`], writes a matter into the store, and only then
//! answers. Whatever goes wrong on the way is an answer that puts the sender off, and
//! never one that lets something pass.
//!
//! Sessions are threads that block with a deadline, one for each connection and no
//! more than a listener may have. Peers are a handful of mail servers and not the
//! public; a message costs a scan of many milliseconds, beside which a thread costs nothing;
//! and what is below (cells, the store) blocks as well. So a session reads like the
//! protocol's own text, and there is no second scheduler that could lose one.

mod below;
mod buffer;
pub mod clamd;
mod clock;
mod decide;
mod envelope;
pub mod folder;
pub mod health;
pub mod icap;
mod limits;
mod log;
mod metrics;
pub mod milter;
mod names;
mod notice;
mod peer;
mod policy;
pub mod postfix;
mod program;
mod scans;
mod serve;
mod slip;
mod spool;

pub use clock::Clock;
pub use decide::{Answer, Desk, Keeping, Request, Settled};
pub use envelope::{Direction, Envelope};
pub use limits::Limits;
pub use log::Log;
pub use metrics::Metrics;
#[cfg(fuzzing)]
pub use notice::fuzzed as fuzzed_notice;
pub use peer::Peer;
pub use policy::{Action, Policy};
pub use scans::{Refused, Rules, Scans};
pub use serve::{Address, Gate, Listener, bind, serve};
pub use spool::{Full, Room, Sealed, Spool};

//! Worker processes that can be lost: each examines matters where a document can
//! hurt nothing but itself.
//!
//! A cell is this program, started again with limits on memory, processor time,
//! files and processes, no view of any file (Landlock), and few system calls
//! (seccomp). Documents come to it as open files and never through the pipe;
//! what comes back is an examination, short, checked and counted. The parent
//! never parses what strangers made. When a cell is lost, the part it was at is
//! tried once more, alone, and is then a gap; every other part is read.
//!
//! A cell that shows a document to a person is started for one look and ended after it:
//! what it saw, no other document meets.

mod confine;
#[cfg(debug_assertions)]
mod crasher;
mod known;
mod pool;
mod protocol;
mod showing;
mod worker;

pub use confine::Confinement;
pub use pool::{Bench, Cells, Content, Handed, Item, Settings};
#[cfg(fuzzing)]
pub use protocol::fuzzed;
pub use showing::Showing;
pub use worker::{show, work};

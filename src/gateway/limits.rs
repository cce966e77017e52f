//! What a gateway gives its peers, at most.

use std::time::Duration;

/// Limits of one gateway.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one content.
    pub content: u64,
    /// Bytes of all contents that are held in memory at one time.
    pub memory: u64,
    /// Connections of one listener.
    pub connections: usize,
    /// Contents that wait for a cell.
    pub queue: usize,
    /// Until then an answer is given; where there is no verdict yet, one that lets
    /// nothing pass.
    pub deadline: Duration,
    /// The longest silence of a peer in the middle of something.
    pub silence: Duration,
    /// The longest that one content may take to arrive.
    pub arrival: Duration,
    /// The longest silence of a peer between two requests.
    pub idle: Duration,
    /// How long a stop waits for what is in hand.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            content: 256 << 20,
            memory: 1 << 30,
            connections: 128,
            queue: 256,
            deadline: Duration::from_secs(60),
            silence: Duration::from_secs(60),
            arrival: Duration::from_secs(600),
            idle: Duration::from_secs(600),
            grace: Duration::from_secs(60),
        }
    }
}

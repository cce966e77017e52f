//! Ctrl-C: the first ends a run in good order, the second at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the run was interrupted.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for Ctrl-C. Where that is not possible Ctrl-C ends the program at once.
    pub(super) fn listen() -> Self {
        let interrupt = Self::default();
        let flag = Arc::clone(&interrupt.0);
        let _ = ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(2);
            }
            super::note("stopping after the matters in hand; Ctrl-C again to stop at once");
        });
        interrupt
    }

    /// Whether it happened.
    pub(super) fn happened(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

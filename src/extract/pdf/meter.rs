//! What a document may cost, shared by everything that reads it.

use std::cell::{Cell, RefCell};

use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Steps that are charged at once: a budget is asked only now and then.
const BATCH: u64 = 1024;

/// The budget of one document, and the gaps found while it is read.
///
/// A limit that is reached stays reached: from then on nothing more is read,
/// and what was read before is kept.
pub(crate) struct Meter<'b> {
    budget: RefCell<&'b mut Budget>,
    pending: Cell<u64>,
    stopped: Cell<bool>,
    gaps: RefCell<Vec<Gap>>,
}

impl<'b> Meter<'b> {
    pub(crate) fn new(budget: &'b mut Budget) -> Self {
        Self {
            budget: RefCell::new(budget),
            pending: Cell::new(0),
            stopped: Cell::new(false),
            gaps: RefCell::default(),
        }
    }

    /// Charges steps of work. False once a limit is reached.
    pub(crate) fn steps(&self, count: u64) -> bool {
        let pending = self.pending.get().saturating_add(count);
        self.pending.set(pending);
        if pending >= BATCH {
            self.settle();
        }
        !self.stopped.get()
    }

    fn settle(&self) {
        let pending = self.pending.replace(0);
        let spent = self.budget.borrow_mut().spend_steps(pending);
        self.stop_at(spent);
    }

    /// Charges bytes that came out of a stream of `packed` bytes, of which
    /// `out` have come so far. False if it may give no more.
    pub(crate) fn unpacked(&self, count: usize, packed: usize, out: usize) -> bool {
        let mut budget = self.budget.borrow_mut();
        let spent = budget.spend_bytes(count as u64);
        let proportion = budget.check_ratio(packed as u64, out as u64);
        drop(budget);
        if let Err(gap) = proportion {
            // A bomb costs itself, not what stands beside it.
            self.note(gap);
            return false;
        }
        self.stop_at(spent);
        !self.stopped.get()
    }

    fn stop_at(&self, spent: Result<(), Gap>) {
        if let Err(gap) = spent {
            self.stopped.set(true);
            self.note(gap);
        }
    }

    /// Whether a limit is reached.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// Whether a gap of a kind was noted.
    pub(crate) fn has(&self, kind: GapKind) -> bool {
        self.gaps.borrow().iter().any(|gap| gap.kind == kind)
    }

    /// Whether anything was cut at a limit.
    pub(crate) fn has_limit(&self) -> bool {
        self.gaps.borrow().iter().any(|gap| matches!(gap.kind, GapKind::Limit(_)))
    }

    /// Notes a gap, once.
    pub(crate) fn note(&self, gap: Gap) {
        let mut gaps = self.gaps.borrow_mut();
        if !gaps.contains(&gap) {
            gaps.push(gap);
        }
    }

    /// Notes damage.
    pub(crate) fn damaged(&self, detail: impl Into<String>) {
        self.note(Gap::new(GapKind::Damaged, detail));
    }

    /// Asks the budget itself.
    pub(crate) fn with<T>(&self, ask: impl FnOnce(&mut Budget) -> T) -> T {
        ask(&mut self.budget.borrow_mut())
    }

    /// Checks something with the budget; false, and a gap, if it is too much.
    pub(crate) fn check(&self, ask: impl FnOnce(&mut Budget) -> Result<(), Gap>) -> bool {
        let asked = self.with(ask);
        let is_fine = asked.is_ok();
        self.stop_at(asked);
        is_fine
    }

    /// The gaps noted so far.
    pub(crate) fn take_gaps(&self) -> Vec<Gap> {
        self.settle();
        self.gaps.take()
    }
}

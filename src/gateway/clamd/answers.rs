//! Answers of one connection: written whole, one at a time, by whoever has one first, and
//! no more of them to come than a bound.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::codec::Form;
use crate::gateway::peer::Writer;

/// Answers that one connection may wait for at the same time.
pub(super) const AT_ONCE: usize = 8;

/// Where the answers of a connection go.
pub(super) struct Answers<W = Writer> {
    out: Mutex<W>,
    to_come: Mutex<usize>,
    fewer: Condvar,
}

impl<W: Write> Answers<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out: Mutex::new(out), to_come: Mutex::new(0), fewer: Condvar::new() }
    }

    /// Writes an answer, in one write (some peers read once), behind the number of what was
    /// asked where there is one.
    ///
    /// # Errors
    /// That the peer does not take it.
    pub(super) fn say(&self, number: Option<u64>, form: Form, text: &str) -> io::Result<()> {
        let mut line = match number {
            Some(number) => format!("{number}: {text}").into_bytes(),
            None => text.as_bytes().to_vec(),
        };
        line.push(form.end());
        self.out.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)
    }

    /// Waits until one more may be to come. One may always be; beside it [`AT_ONCE`] may at
    /// most, and each for as long as it has what `spare` gives, if that is anything.
    pub(super) fn place<S>(&self, spare: impl Fn() -> Option<S>) -> Place<'_, W, S> {
        let mut to_come = self.to_come();
        loop {
            let spare = if (1..AT_ONCE).contains(&*to_come) { spare() } else { None };
            if *to_come == 0 || spare.is_some() {
                *to_come += 1;
                return Place { answers: self, _spare: spare };
            }
            to_come = self.fewer.wait(to_come).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn to_come(&self) -> MutexGuard<'_, usize> {
        self.to_come.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers<Writer> {
    /// Ends the connection, since an answer will not come.
    pub(super) fn shut(&self) {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).shut();
    }
}

/// One answer that is to come.
pub(super) struct Place<'a, W: Write, S> {
    answers: &'a Answers<W>,
    _spare: Option<S>,
}

impl<W: Write, S> Drop for Place<'_, W, S> {
    fn drop(&mut self) {
        *self.answers.to_come() -= 1;
        self.answers.fewer.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    #[test]
    fn answers_are_whole_and_bear_their_number() {
        let answers = Answers::new(Vec::new());
        answers.say(Some(2), Form::Zero, "stream: OK").unwrap();
        answers.say(None, Form::Newline, "PONG").unwrap();
        assert_eq!(answers.out.into_inner().unwrap(), b"2: stream: OK\0PONG\n");
    }

    /// However they are asked for, there are never more to come than may be; and where there
    /// is nothing to spare, one at a time.
    #[test]
    fn no_more_are_to_come_than_may_be() {
        for (spare, bound) in [(Some(()), AT_ONCE), (None, 1)] {
            let answers = Answers::new(io::sink());
            let most = AtomicUsize::new(0);
            thread::scope(|scope| {
                for _ in 0..4 * AT_ONCE {
                    let place = answers.place(|| spare);
                    most.fetch_max(*answers.to_come(), Ordering::SeqCst);
                    scope.spawn(move || drop(place));
                }
            });
            let most = most.into_inner();
            assert!((1..=bound).contains(&most), "{most} of {bound}");
            assert_eq!(*answers.to_come(), 0);
        }
        // None of which ends meanwhile: so many and no more.
        let answers = Answers::new(io::sink());
        let places: Vec<_> = (0..AT_ONCE).map(|_| answers.place(|| Some(()))).collect();
        assert_eq!(*answers.to_come(), AT_ONCE);
        drop(places);
        assert_eq!(*answers.to_come(), 0);
    }
}

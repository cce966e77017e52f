//! Many matters at once. Workers read and examine; what they made is kept on
//! the calling thread, in the order the matters came in.
//!
//! What waits is the means to read a matter and not its bytes, so memory is
//! bounded by the number of workers and not by the number of matters.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use super::Pipeline;
use crate::model::{Examination, Gap, GapKind, Matter, Part, Submission};

/// Stack of a worker. Readers limit their depth; this is what the limits count on.
const STACK: usize = 64 << 20;

/// Matters handed to the workers and not finished, for each worker: the one it
/// is at and the next, so that it never waits for the walk.
const IN_HAND: usize = 2;

/// How many matters may be ahead of the oldest one not yet kept, for each worker,
/// whatever was found in them.
const AHEAD: usize = 16;

/// How much of what is made may wait for an older one beside that, as [`Weighs`]
/// counts it: one slow document must not leave the other workers idle, and what
/// waits must not fill the memory.
const WAITING: usize = 20_000;

/// A worker's answer: the matter's place in the order, and what became of it.
type Answer<Made> = (usize, io::Result<Made>);

/// What waits to be kept, by the memory it takes: about a kilobyte each.
pub(crate) trait Weighs {
    /// 1 or more.
    fn weight(&self) -> usize;
}

impl Weighs for Examination {
    fn weight(&self) -> usize {
        let part = |part: &Part| 1 + part.findings.len() + part.gaps.len() + part.notes.len();
        1 + self.parts.iter().map(part).sum::<usize>()
    }
}

impl<With> Weighs for (Examination, With) {
    fn weight(&self) -> usize {
        self.0.weight()
    }
}

/// Gives every matter to one of `jobs` workers, each on a thread of its own, and
/// hands what they make of them to `keep`, in the order of `matters`, on the
/// calling thread. `worker` is called once on each thread.
///
/// To stop early, let `matters` end: what is in flight is still finished.
///
/// # Errors
/// The first error of a worker or of `keep` (nothing is kept after it), or a
/// thread that could not be started.
pub(crate) fn in_order<Read, Made, Work>(
    jobs: usize,
    matters: impl IntoIterator<Item = (String, Read)>,
    worker: &(impl Fn() -> Work + Sync),
    mut keep: impl FnMut(Made) -> io::Result<()>,
) -> io::Result<()>
where
    Read: Send,
    Made: Send + Weighs,
    Work: FnMut(&str, Read) -> io::Result<Made>,
{
    let jobs = jobs.max(1);
    let (submit, work) = mpsc::channel::<(usize, String, Read)>();
    let (finish, answers) = mpsc::channel::<Answer<Made>>();
    let work = Mutex::new(work);
    thread::scope(|scope| {
        // Moved in here, so that they are dropped and the workers end before the scope waits.
        let (submit, answers) = (submit, answers);
        for number in 0..jobs {
            let (work, finish) = (&work, finish.clone());
            thread::Builder::new()
                .name(format!("examine-{number}"))
                .stack_size(STACK)
                .spawn_scoped(scope, move || one_after_another(work, &finish, worker()))?;
        }
        drop(finish);
        let mut matters = matters.into_iter().enumerate();
        let mut early = BTreeMap::new();
        let (mut submitted, mut answered, mut kept, mut waiting) = (0, 0, 0, 0);
        loop {
            while submitted - answered < jobs * IN_HAND
                && (submitted - kept < jobs * AHEAD || waiting < WAITING)
                && let Some((place, (source, read))) = matters.next()
            {
                submit.send((place, source, read)).map_err(|_| lost())?;
                submitted += 1;
            }
            if kept == submitted {
                return Ok(());
            }
            let (place, made) = answers.recv().map_err(|_| lost())?;
            answered += 1;
            waiting += weight(&made);
            early.insert(place, made);
            while let Some(made) = early.remove(&kept) {
                waiting -= weight(&made);
                keep(made?)?;
                kept += 1;
            }
        }
    })
}

fn weight<Made: Weighs>(made: &io::Result<Made>) -> usize {
    made.as_ref().map_or(1, Weighs::weight)
}

fn one_after_another<Read, Made>(
    work: &Mutex<mpsc::Receiver<(usize, String, Read)>>,
    finish: &mpsc::Sender<Answer<Made>>,
    mut worker: impl FnMut(&str, Read) -> io::Result<Made>,
) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((place, source, read)) = next else { return };
        if finish.send((place, worker(&source, read))).is_err() {
            return;
        }
    }
}

impl Pipeline {
    /// Examines every matter on `jobs` threads and hands each examination to
    /// `keep`, in the order of `matters`, on the calling thread. A matter comes
    /// as its name and the means to read it, which a worker calls.
    ///
    /// To stop early, let `matters` end: what is in flight is still finished.
    ///
    /// # Errors
    /// The first error of `keep` (nothing is kept after it), or a thread that
    /// could not be started.
    pub fn examine_all<Read: FnOnce() -> Matter + Send>(
        &self,
        jobs: usize,
        matters: impl IntoIterator<Item = (String, Read)>,
        keep: impl FnMut(Examination) -> io::Result<()>,
    ) -> io::Result<()> {
        let worker = || |source: &str, read: Read| self.examine_or_say_why(source, read);
        in_order(jobs, matters, &worker, keep)
    }

    /// A mistake of ours must not cost the other matters their answer, nor this
    /// one its place in the list: it is examined once more, as something that
    /// could not be read. An error only if that fails as well.
    fn examine_or_say_why(
        &self,
        source: &str,
        read: impl FnOnce() -> Matter,
    ) -> io::Result<Examination> {
        let examined = catch_unwind(AssertUnwindSafe(|| self.examine(read())));
        if let Ok(examination) = examined {
            return Ok(examination);
        }
        let gap = Gap::new(GapKind::Crashed, "the examination failed; nothing was read");
        let submissions = vec![Submission::unreadable(source, gap)];
        let matter = Matter { source: source.to_owned(), submissions };
        catch_unwind(AssertUnwindSafe(|| self.examine(matter))).map_err(|_| lost())
    }
}

fn lost() -> io::Error {
    io::Error::other("a matter could not be examined, nor could that be reported")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::dictionary::Dictionary;
    use crate::extract::Limits;
    use crate::model::{Date, Verdict};

    fn pipeline() -> Pipeline {
        let as_of = Date::constant(2026, 11, 23);
        Pipeline::new(Arc::new(Dictionary::default()), Limits::default(), as_of)
    }

    fn plain(number: usize) -> (String, impl FnOnce() -> Matter + Send) {
        let name = format!("{number}.txt");
        let text = format!("text of document {number}").into_bytes();
        (name.clone(), move || {
            // Early ones take longest, so that answers come out of order.
            thread::sleep(Duration::from_micros(50 * (number as u64 % 7)));
            Submission::file(name, text).into()
        })
    }

    #[test]
    fn order_and_content_do_not_depend_on_the_number_of_jobs() {
        let run = |jobs| {
            let mut kept = Vec::new();
            pipeline()
                .examine_all(jobs, (0..300).rev().map(plain), |examination| {
                    kept.push(serde_json::to_string(&examination).unwrap());
                    Ok(())
                })
                .unwrap();
            kept
        };
        let one = run(1);
        assert_eq!(one.len(), 300);
        assert!(one[0].contains("\"source\":\"299.txt\""), "{}", one[0]);
        assert_eq!(one, run(8));
    }

    #[test]
    fn a_panic_costs_one_matter_and_no_more() {
        let matters = (0..20).map(|number| {
            let (name, read) = plain(number);
            (name, move || if number == 3 { panic!("a mistake of ours") } else { read() })
        });
        let mut kept = Vec::new();
        pipeline()
            .examine_all(4, matters, |examination| {
                kept.push(examination);
                Ok(())
            })
            .unwrap();
        assert_eq!(kept.len(), 20);
        for (number, examination) in kept.iter().enumerate() {
            assert_eq!(examination.source, format!("{number}.txt"));
            let rules: Vec<_> = examination.parts[0].gaps.iter().map(|g| g.kind.rule()).collect();
            assert_eq!(rules == ["gap.crashed"], number == 3, "{number}: {rules:?}");
        }
        assert_eq!(kept[3].verdict, Verdict::Incomplete);
    }

    #[test]
    fn a_slow_matter_does_not_leave_the_others_waiting() {
        let read = AtomicUsize::new(0);
        let others = AtomicUsize::new(0);
        let (read, others) = (&read, &others);
        let matters = (0..2_000).map(move |number| {
            let (name, _) = plain(number);
            let document = Submission::file(name.clone(), b"text".to_vec());
            (name, move || {
                // The first is at it until a thousand behind it are done, or half a minute.
                for _ in 0..3_000 {
                    if number > 0 || read.load(Ordering::Relaxed) >= 1_000 {
                        break;
                    }
                    thread::sleep(Duration::from_millis(10));
                }
                if number == 0 {
                    others.store(read.load(Ordering::Relaxed), Ordering::Relaxed);
                }
                read.fetch_add(1, Ordering::Relaxed);
                Matter::from(document)
            })
        });
        let mut kept = Vec::new();
        pipeline()
            .examine_all(2, matters, |examination| {
                kept.push(examination.source);
                Ok(())
            })
            .unwrap();
        assert!(others.load(Ordering::Relaxed) >= 1_000, "{others:?}");
        assert_eq!(kept.len(), 2_000);
        assert_eq!(kept[..2], ["0.txt", "1.txt"]);
    }

    #[test]
    fn what_waits_is_bounded_by_its_weight() {
        let taken = AtomicUsize::new(0);
        let matters = (0..200).map(|number| {
            taken.fetch_add(1, Ordering::Relaxed);
            (number.to_string(), number)
        });
        let worker = || {
            |_: &str, number: usize| {
                // The first comes last of those that may be taken meanwhile.
                while number == 0 && taken.load(Ordering::Relaxed) < 2 * AHEAD {
                    thread::yield_now();
                }
                thread::sleep(Duration::from_millis(if number == 0 { 50 } else { 0 }));
                Ok(Heavy)
            }
        };
        let mut most = 0;
        in_order(2, matters, &worker, |_| {
            most = most.max(taken.load(Ordering::Relaxed));
            Err::<(), _>(io::Error::other("the first is enough"))
        })
        .unwrap_err();
        assert_eq!(most, 2 * AHEAD);
    }

    /// Something of which one is too much.
    struct Heavy;

    impl Weighs for Heavy {
        fn weight(&self) -> usize {
            WAITING
        }
    }

    #[test]
    fn nothing_is_kept_after_an_error() {
        let taken = AtomicUsize::new(0);
        let matters = (0..50_000).map(|number| {
            taken.fetch_add(1, Ordering::Relaxed);
            plain(number)
        });
        let mut kept = 0;
        let ended = pipeline().examine_all(2, matters, |_| {
            kept += 1;
            if kept == 5 { Err(io::Error::other("no space left")) } else { Ok(()) }
        });
        assert_eq!(ended.unwrap_err().to_string(), "no space left");
        assert_eq!(kept, 5);
        let taken = taken.into_inner();
        assert!(taken <= 5 + WAITING, "{taken} matters were taken ahead");
    }
}

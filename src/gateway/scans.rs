//! One long-lived pool of cells that all connections share: a queue with a bound, work on
//! the same content done once, and other rules without anybody being cut off.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::clock::{self, Clock, Duration, Instant};
use super::log::Log;
use super::metrics::Metrics;
use super::spool::Sealed;
use crate::cell::{Bench, Cells, Content, Handed, Item};
use crate::model::{Date, Examination, Gap, GapKind, Losses};

/// Examinations that are remembered for whoever asks for the same again: a peer that
/// did not wait asks a second time.
const RECENT: usize = 256;

/// One with more findings and gaps is not remembered, for the memory it takes.
const HEAVY: usize = 200;

/// How long after rules failed to load for a new day they are tried again.
const AGAIN: Duration = Duration::from_secs(15);

/// How often the day is looked at where nothing comes.
const LOOK: Duration = Duration::from_secs(5);

/// What contents are examined by.
#[derive(Debug)]
pub struct Rules {
    /// The pool of cells, which all work by these rules.
    pub cells: Cells,
    /// The day of judgement.
    pub as_of: Date,
}

/// Loads rules as they are now, for a day.
type Load = dyn Fn(Date) -> io::Result<Rules> + Send + Sync;

/// What is done with an examination, once, on some thread of the pool.
type Deliver = Box<dyn FnOnce(&Scanned) + Send>;

/// What became of a content: an examination, or why there is none.
pub(super) type Scanned = Result<Examination, String>;

/// Why there is no verdict. Whoever is told so tries again; nothing passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too much waits already.
    Busy,
    /// There are no rules for today.
    NoRules,
    /// The gateway stops.
    Stopping,
    /// The examination failed.
    Failed,
    /// It could not be recorded.
    Record,
}

impl Refused {
    /// Its name in logs and numbers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NoRules => "no-rules",
            Self::Stopping => "stopping",
            Self::Failed => "failed",
            Self::Record => "record",
        }
    }
}

/// What makes two contents one piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    sha256: String,
    name: String,
    identity: String,
}

/// A content that waits or is examined, and who waits for it.
struct Job {
    key: Key,
    content: Sealed,
    waiting: Mutex<Vec<Deliver>>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<Job>>,
    /// Those that wait or are examined.
    under_way: HashMap<Key, Arc<Job>>,
    recent: HashMap<Key, Arc<Scanned>>,
    /// Their order.
    order: VecDeque<Key>,
    rules: Option<Current>,
    loading: bool,
    /// Jobs that ended and whose waiters are being told.
    telling: usize,
    /// When loading for a new day failed.
    failed: Option<Instant>,
    stopping: bool,
}

#[derive(Clone)]
struct Current {
    cells: Arc<Cells>,
    as_of: Date,
    generation: u64,
}

/// The pool.
pub struct Scans {
    state: Mutex<State>,
    /// Something to do, or rules to do it by.
    changed: Condvar,
    /// A stop was asked for.
    stopped: Condvar,
    /// A job came to its end, and whoever waited for it has been told.
    ended: Condvar,
    load: Box<Load>,
    clock: Clock,
    most: usize,
    /// Places in the queue that whoever has one already may have besides.
    spare: AtomicUsize,
    metrics: Arc<Metrics>,
    log: Log,
}

/// A place in the queue besides the one that everybody may have.
pub(super) struct Spare(Arc<Scans>);

impl Drop for Spare {
    fn drop(&mut self) {
        self.0.spare.fetch_add(1, Ordering::Relaxed);
    }
}

impl Scans {
    /// Starts a pool of `jobs` workers whose queue holds `most` contents. Rules are for the
    /// clock's day, and loaded anew when that is over, whether anything comes or not.
    ///
    /// # Errors
    /// Why rules cannot be loaded or a thread not be started.
    pub fn start(
        load: impl Fn(Date) -> io::Result<Rules> + Send + Sync + 'static,
        clock: Clock,
        jobs: usize,
        most: usize,
        metrics: Arc<Metrics>,
        log: Log,
    ) -> io::Result<Arc<Self>> {
        let rules = load(clock.today())?;
        let state = State { rules: Some(Current::of(rules, 1)), ..State::default() };
        let scans = Arc::new(Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            stopped: Condvar::new(),
            ended: Condvar::new(),
            load: Box::new(load),
            clock,
            spare: AtomicUsize::new(most / 2),
            most,
            metrics,
            log,
        });
        let watching = Arc::clone(&scans);
        thread::Builder::new().name("day".into()).spawn(move || watching.watch_the_day())?;
        for number in 0..jobs.max(1) {
            let scans = Arc::clone(&scans);
            thread::Builder::new().name(format!("scan-{number}")).spawn(move || scans.work())?;
        }
        Ok(scans)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a content examined, joining whoever has the same examined already. `deliver`
    /// is called once, unless this is an error.
    pub(super) fn submit(
        self: &Arc<Self>,
        name: &str,
        content: Sealed,
        deliver: Deliver,
    ) -> Result<(), Refused> {
        self.keep_up_with_the_day();
        let mut state = self.state();
        if state.stopping {
            return Err(Refused::Stopping);
        }
        let Some(rules) = &state.rules else { return Err(Refused::NoRules) };
        if rules.as_of != self.clock.today() && !state.loading {
            return Err(Refused::NoRules);
        }
        let identity = rules.cells.identity().to_owned();
        let key = Key { sha256: content.sha256.clone(), name: name.to_owned(), identity };
        if let Some(known) = state.recent.get(&key).cloned() {
            drop(state);
            self.metrics.count("vetmark_gateway_joined_total", &[("how", "recent")]);
            deliver(&known);
            return Ok(());
        }
        if let Some(job) = state.under_way.get(&key) {
            // Under the lock of the state: whoever ends a job takes it out under it too.
            job.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(deliver);
            self.metrics.count("vetmark_gateway_joined_total", &[("how", "under-way")]);
            return Ok(());
        }
        if state.queue.len() >= self.most {
            return Err(Refused::Busy);
        }
        let waiting = Mutex::new(vec![deliver]);
        let job = Arc::new(Job { key: key.clone(), content, waiting });
        state.under_way.insert(key, Arc::clone(&job));
        state.queue.push_back(job);
        self.metrics.set("vetmark_gateway_queue", state.queue.len() as i64);
        self.changed.notify_all();
        Ok(())
    }

    /// Loads the rules as they are now. Nothing is examined meanwhile, and where they
    /// cannot be loaded those that were stay in force.
    ///
    /// # Errors
    /// Why they cannot be loaded, or that it is being done already.
    pub fn reload(&self) -> io::Result<()> {
        {
            let mut state = self.state();
            if state.loading || state.stopping {
                return Err(io::Error::other("rules are being loaded already"));
            }
            state.loading = true;
        }
        let day = self.clock.today();
        let loaded = catch_unwind(AssertUnwindSafe(|| (self.load)(day)))
            .unwrap_or_else(|_| Err(io::Error::other("loading the rules failed")));
        let mut state = self.state();
        state.loading = false;
        let result = match loaded {
            Ok(rules) => {
                let generation = state.rules.as_ref().map_or(0, |rules| rules.generation) + 1;
                state.rules = Some(Current::of(rules, generation));
                state.failed = None;
                Ok(())
            }
            Err(error) => {
                state.failed = Some(clock::moment());
                Err(error)
            }
        };
        self.changed.notify_all();
        drop(state);
        let outcome = if result.is_ok() { "done" } else { "failed" };
        self.metrics.count("vetmark_gateway_reloads_total", &[("outcome", outcome)]);
        let why = result.as_ref().err().map(ToString::to_string);
        self.log.say("reload", serde_json::json!({ "outcome": outcome, "why": why }));
        result
    }

    /// Whether a term has run out depends on the day: rules are for one day only.
    fn keep_up_with_the_day(self: &Arc<Self>) {
        {
            let state = self.state();
            let stale = state.rules.as_ref().is_some_and(|rules| rules.as_of != self.clock.today());
            let patient = state.failed.is_some_and(|at| clock::moment() < at + AGAIN);
            if !stale || patient || state.loading || state.stopping {
                return;
            }
        }
        let _ = self.reload();
    }

    /// Looks now and then whether the day is over: a gateway to which nothing comes would
    /// else say all night that it is not ready, and a balancer send it nothing.
    fn watch_the_day(self: &Arc<Self>) {
        loop {
            self.keep_up_with_the_day();
            let state = self.state();
            if state.stopping {
                return;
            }
            drop(self.stopped.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Whether contents are examined now.
    pub fn is_ready(&self) -> bool {
        let state = self.state();
        let current = state.rules.as_ref().is_some_and(|rules| rules.as_of == self.clock.today());
        current && !state.loading && !state.stopping
    }

    /// What the rules in force are known by.
    pub fn identity(&self) -> String {
        self.state().rules.as_ref().map_or_else(String::new, |r| r.cells.identity().to_owned())
    }

    /// A place besides, if there is one: half of the queue is for those who have none.
    pub(super) fn spare(self: &Arc<Self>) -> Option<Spare> {
        let less = |spare: usize| spare.checked_sub(1);
        self.spare.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).ok()?;
        Some(Spare(Arc::clone(self)))
    }

    /// Contents that wait, and those that are examined.
    pub fn load_now(&self) -> (usize, usize) {
        let state = self.state();
        (state.queue.len(), state.under_way.len() - state.queue.len())
    }

    /// Takes no more; what waits and is examined is finished.
    pub fn stop(&self) {
        self.state().stopping = true;
        self.changed.notify_all();
        self.stopped.notify_all();
    }

    /// Waits until nothing waits or is examined any more, and says whether that came to be.
    pub fn finish(&self, grace: Duration) -> bool {
        let until = clock::moment() + grace;
        let mut state = self.state();
        while !state.under_way.is_empty() || state.telling > 0 {
            let left = until.saturating_duration_since(clock::moment());
            if left.is_zero() {
                return false;
            }
            state = self.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn work(&self) {
        let mut bench: Option<(u64, Bench)> = None;
        while let Some((job, rules)) = self.next() {
            let bench = match &mut bench {
                Some((generation, bench)) if *generation == rules.generation => bench,
                other => {
                    let fresh = Bench::new(Arc::clone(&rules.cells));
                    &mut other.insert((rules.generation, fresh)).1
                }
            };
            // What came before a new day's rules failed to load is not judged by the old.
            let scanned = match rules.as_of == self.clock.today() {
                true => catch_unwind(AssertUnwindSafe(|| examine(bench, &job)))
                    .unwrap_or_else(|_| Err("the examination failed".into())),
                false => Err("the rules are for another day".into()),
            };
            if let Err(why) = &scanned {
                self.log.say("failed", serde_json::json!({ "sha256": job.key.sha256, "why": why }));
            }
            self.end(&job, &rules, scanned);
        }
    }

    /// The next job and the rules for it; nothing once all is done and a stop was asked for.
    fn next(&self) -> Option<(Arc<Job>, Current)> {
        let mut state = self.state();
        loop {
            let current = state.rules.clone().filter(|_| !state.loading);
            if let Some(rules) = current
                && let Some(job) = state.queue.pop_front()
            {
                self.metrics.set("vetmark_gateway_queue", state.queue.len() as i64);
                return Some((job, rules));
            }
            if state.stopping && state.queue.is_empty() {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn end(&self, job: &Job, rules: &Current, scanned: Scanned) {
        let scanned = Arc::new(scanned);
        let waiting = {
            let mut state = self.state();
            // Nobody joins it any more; it counts as under way until all were told.
            state.under_way.remove(&job.key);
            state.telling += 1;
            // By the rules it was examined by, which may be others than when it came.
            let key = Key { identity: rules.cells.identity().to_owned(), ..job.key.clone() };
            if scanned.as_ref().as_ref().is_ok_and(is_light)
                && state.recent.insert(key.clone(), Arc::clone(&scanned)).is_none()
            {
                state.order.push_back(key);
                if state.order.len() > RECENT
                    && let Some(oldest) = state.order.pop_front()
                {
                    state.recent.remove(&oldest);
                }
            }
            std::mem::take(&mut *job.waiting.lock().unwrap_or_else(PoisonError::into_inner))
        };
        for deliver in waiting {
            let _ = catch_unwind(AssertUnwindSafe(|| deliver(&scanned)));
        }
        self.state().telling -= 1;
        self.ended.notify_all();
    }
}

impl Current {
    fn of(rules: Rules, generation: u64) -> Self {
        Self { cells: Arc::new(rules.cells), as_of: rules.as_of, generation }
    }
}

fn examine(bench: &mut Bench, job: &Job) -> Scanned {
    let content = job.content.clone();
    let open = move || {
        content.open().map_err(|error| Gap::new(GapKind::Damaged, format!("cannot read: {error}")))
    };
    let name = job.key.name.clone();
    let item = Item { name: name.clone(), content: Content::File(Box::new(open)), gap: None };
    let (examination, losses) = bench
        .examine(Handed { source: name, items: vec![item] })
        .map_err(|error| error.to_string())?;
    whole(examination, losses, &job.key.sha256)
}

/// What a bench gave, if it is an examination of the content and not of less. A content
/// that took cell after cell with it before any of its parts was begun was seen by none.
fn whole(examination: Examination, losses: Losses, sha256: &str) -> Scanned {
    let lost = losses.quarantined.into_iter().find(|lost| lost.path.is_empty());
    match lost {
        Some(lost) => Err(format!("no process could read it: {}", lost.gap.detail)),
        // A cell that was taken over may answer what it likes, but not of other bytes.
        None if examination.sha256 != sha256 => Err("the examination is of other bytes".into()),
        None => Ok(examination),
    }
}

fn is_light(examination: &Examination) -> bool {
    let weight: usize =
        examination.parts.iter().map(|part| 1 + part.findings.len() + part.gaps.len()).sum();
    weight <= HEAVY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Coverage, Disclosure, EngineId, Quarantined, Verdict, Words};

    fn examination(sha256: &str) -> Examination {
        Examination {
            schema: "vetmark.examination/1",
            source: "a".into(),
            sha256: sha256.into(),
            bytes: 1,
            as_of: Date::constant(2026, 11, 27),
            verdict: Verdict::Incomplete,
            disclosure: Disclosure::NeedsHumanApproval,
            level: None,
            next_step: Words::default(),
            declassification: None,
            parts: Vec::new(),
            coverage: Coverage { parts: 0, read: 0, unread: 0, excluded: 0 },
            engine: EngineId {
                name: "vetmark",
                version: env!("CARGO_PKG_VERSION"),
                rules: "r".into(),
                dictionaries: "d".into(),
                suppressions: None,
                budget: None,
            },
        }
    }

    fn lost(path: &[&str]) -> Losses {
        let path = path.iter().map(|name| (*name).to_owned()).collect();
        let gap = Gap::new(GapKind::Crashed, "lost twice (signal 9)");
        Losses { retries: 2, quarantined: vec![Quarantined { source: "a".into(), path, gap }] }
    }

    #[test]
    fn what_a_bench_gave_is_of_the_content_or_says_why_not() {
        let no_process = "no process could read it: lost twice (signal 9)";
        for (sha256, losses, want) in [
            ("aa", Losses::default(), None),
            // A part that was given up is a gap in an examination of the whole.
            ("aa", lost(&["a", "b"]), None),
            ("bb", Losses::default(), Some("the examination is of other bytes")),
            // Of nothing, since no process lived to see it.
            ("e3", lost(&[]), Some(no_process)),
            ("aa", lost(&[]), Some(no_process)),
        ] {
            let said = whole(examination(sha256), losses, "aa");
            assert_eq!(said.err().as_deref(), want, "{sha256}");
        }
    }
}

//! A gateway that runs from one day to the next: what it judges by is of today, and where
//! that cannot be had nothing is judged.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use vetmark::cell;
use vetmark::gateway::{
    Answer, Clock, Desk, Envelope, Limits, Log, Metrics, Policy, Refused, Request, Rules, Scans,
    Spool,
};
use vetmark::model::{Date, Verdict};
use vetmark::record::Answered;

use super::PATIENCE;

/// A document whose term ends with November.
const TERM: &str = "机密★10年\n\n关于有关事项的通知\n\n某某局\n2016年11月30日\n";

/// A leave that ends with it, too.
const LEAVE: &str = r#"
    contact = { en = "the office", zh = "保密办" }
    [[rule]]
    verdicts = ["no_finding"]
    action = "pass"
    by = "Wang"
    until = 2026-11-30
"#;

/// A gateway whose day can be set.
struct Days {
    today: Arc<Mutex<Date>>,
    are_rules_there: Arc<AtomicBool>,
    lines: Receiver<Value>,
    desk: Arc<Desk>,
}

impl Days {
    fn start(day: Date) -> Self {
        let today = Arc::new(Mutex::new(day));
        let are_rules_there = Arc::new(AtomicBool::new(true));
        let there = Arc::clone(&are_rules_there);
        let load = move |as_of: Date| {
            if !there.load(Ordering::SeqCst) {
                return Err(io::Error::other("no rules"));
            }
            let program = PathBuf::from(env!("CARGO_BIN_EXE_vetmark"));
            let arguments = ["cell", "--as-of", &as_of.to_string()].map(Into::into).to_vec();
            let cells = cell::Cells::start(cell::Settings::new(program, arguments))?;
            Ok(Rules { cells, as_of })
        };
        let (send, lines) = channel();
        let log = Log::new(move |line| {
            let _ = send.send(serde_json::from_str(line).unwrap());
        });
        let asked = Arc::clone(&today);
        let clock = Clock::new(move || *asked.lock().unwrap());
        let metrics = Arc::new(Metrics::default());
        let numbers = Arc::clone(&metrics);
        let scans = Scans::start(load, clock, 1, 10, numbers, log.clone()).unwrap();
        let policy = Policy::parse(LEAVE).unwrap();
        let desk = Desk::new(scans, Limits::default(), policy, None, metrics, log).unwrap();
        Self { today, are_rules_there, lines, desk }
    }

    fn set(&self, day: Date) {
        *self.today.lock().unwrap() = day;
    }

    /// What is said of a text.
    fn ask(&self, text: &str) -> Result<(Verdict, vetmark::gateway::Action), Refused> {
        let content = Spool::copy(text.as_bytes(), &self.desk.room, 1 << 20).unwrap();
        let envelope = Envelope { protocol: "clamd", ..Envelope::default() };
        let request =
            Request { name: "a.txt".into(), source: "clamd/a.txt".into(), content, envelope };
        match self.desk.decide(request, Answered::Later) {
            Answer::Settled(settled) => Ok((settled.verdict, settled.action)),
            Answer::Refused(refused) => Err(refused),
            Answer::NotYet => panic!("no answer in time"),
        }
    }

    fn wait_for_reload(&self) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap();
            if line["event"] == "reload" {
                return line["outcome"].clone();
            }
        }
    }
}

#[test]
fn what_is_judged_by_is_of_today() {
    use vetmark::gateway::Action::{Hold, Pass};
    let day = |month, day| Date::constant(2026, month, day);
    let days = Days::start(day(11, 30));
    let plain = "The canteen opens at noon.\n";
    assert_eq!(days.ask(TERM), Ok((Verdict::Withhold, Hold)));
    assert_eq!(days.ask(plain), Ok((Verdict::NoFinding, Pass)));
    // The day is over: rules are loaded anew with nobody asking, and no verdict of yesterday is
    // given again.
    let before = days.desk.scans.identity();
    days.set(day(12, 1));
    assert!(!days.desk.scans.is_ready());
    assert_eq!(days.wait_for_reload(), "done");
    assert!(days.desk.scans.is_ready());
    assert_ne!(days.desk.scans.identity(), before);
    assert_eq!(days.ask(TERM), Ok((Verdict::Review, Hold)));
    assert_eq!(days.ask(plain), Ok((Verdict::NoFinding, Hold)), "the leave is over");
    // The same where the first to notice is somebody who asks.
    days.set(day(11, 29));
    assert_eq!(days.ask(TERM), Ok((Verdict::Withhold, Hold)));
    // No rules for a new day: nothing is judged by those of another.
    days.are_rules_there.store(false, Ordering::SeqCst);
    days.set(day(12, 2));
    assert_eq!(days.ask(plain), Err(Refused::NoRules));
    assert!(!days.desk.scans.is_ready());
    days.desk.scans.stop();
    assert!(days.desk.scans.finish(PATIENCE));
}

//! Postfix's hold queue and the record, held against each other: what a person released
//! goes, what was held unread is examined, and what went without an order is an alarm.
//!
//! Postfix runs no filter on what is released (postsuper(1)), and whoever may run
//! `postsuper -H` may let anything go: that cannot be kept from here, but it is seen.
//! Its programs are called by their whole paths, with no shell, and with no argument of a
//! stranger's but a queue id, which is letters and digits.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;

use serde::Deserialize;
use serde_json::json;

use super::clock::{self, Duration};
use super::decide::{Desk, Request};
use super::envelope::Envelope;
use super::milter::TRACE;
use super::notice::{Told, What};
use super::program::{in_time, program};
use super::serve::Gate;
use super::slip::decided;
use super::spool::Spool;
use crate::model::Timestamp;
use crate::record::{Answered, Passage, Passed};

/// The longest listing of a queue.
const LISTING: u64 = 256 << 20;

/// What is younger may still be on its way between filter and queue.
const YOUNG: i64 = 120;

/// How long one of Postfix's programs may take.
const PROGRAM: Duration = Duration::from_secs(120);

/// A queue id that was given before the message came is another message's.
const EARLIER: i64 = 3600;

/// Postfix, and who decides.
#[derive(Clone)]
pub struct Postfix {
    /// Who decides.
    pub desk: Arc<Desk>,
    /// What ends it.
    pub gate: Arc<Gate>,
    /// The folder of `main.cf`, where it is not Postfix's own.
    pub config: Option<PathBuf>,
    /// The folder of its programs.
    pub programs: PathBuf,
    /// The channel that a person's decision must be for.
    pub channel: String,
    /// How often the queue is looked at.
    pub every: Duration,
    /// Age below which a message may still be on its way, in seconds.
    pub young: i64,
}

impl Postfix {
    /// Postfix as it is commonly installed.
    pub fn new(desk: Arc<Desk>, gate: Arc<Gate>, channel: String) -> Self {
        let programs = PathBuf::from("/usr/sbin");
        let every = Duration::from_secs(30);
        Self { desk, gate, config: None, programs, channel, every, young: YOUNG }
    }
}

/// A message as `postqueue -j` tells it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
struct Queued {
    queue_name: String,
    queue_id: String,
    arrival_time: i64,
    #[serde(default)]
    sender: String,
    #[serde(default)]
    recipients: Vec<Recipient>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
struct Recipient {
    address: String,
}

impl Postfix {
    /// Starts to look after the queue.
    ///
    /// # Errors
    /// That the queue cannot be listed.
    pub fn start(self) -> io::Result<()> {
        self.list()?;
        thread::Builder::new().name("postfix".into()).spawn(move || {
            loop {
                let _busy = self.gate.busy();
                if let Err(error) = self.reconcile() {
                    self.desk.metrics.count("vetmark_gateway_reconcile_errors_total", &[]);
                    self.desk.log.say("reconcile", json!({ "why": error.to_string() }));
                }
                drop(_busy);
                if self.gate.wait(self.every) {
                    return;
                }
            }
        })?;
        Ok(())
    }

    /// Looks once.
    fn reconcile(&self) -> io::Result<()> {
        // The record first: what came behind it is in the listing, and not the other way.
        let held = self.store(|store| store.in_hold())?;
        let listing = self.list()?;
        let now = clock::timestamp().as_second();
        for message in listing.values().filter(|message| message.queue_name == "hold") {
            let passed = self.store(|store| store.passage_of(&message.queue_id))?;
            match passed.filter(|passed| is_about(passed, message)) {
                Some(passed) => self.release(message, &passed)?,
                None if now - message.arrival_time >= self.young => self.examine(message)?,
                None => {}
            }
        }
        for passed in held {
            let Some(queue) = &passed.passage.queue else { continue };
            let found = listing.get(queue).filter(|message| is_about(&passed, message));
            if seconds(&passed.at).is_none_or(|at| now - at < self.young)
                || found.is_some_and(|message| message.queue_name == "hold")
            {
                continue;
            }
            let found = found.map_or("nowhere", |message| message.queue_name.as_str());
            self.alarm(&passed, queue, found)?;
        }
        self.desk.metrics.set("vetmark_gateway_last_reconcile_seconds", now);
        Ok(())
    }

    /// Lets go what a person released, and nothing else. Whoever was told that their mail
    /// is held is told what was decided.
    fn release(&self, message: &Queued, passed: &Passed) -> io::Result<()> {
        let released = self.store(|store| store.released(passed, &self.channel))?;
        let Some(released) = released else { return self.refuse(message, passed) };
        let order = json!({
            "matter": passed.matter, "by": released.person, "entry": released.entry,
        });
        self.let_go(&message.queue_id, &order)?;
        if self.desk.tells() && self.store(|store| store.was_told(passed, What::Held.name()))? {
            self.tell(What::Released, passed);
        }
        Ok(())
    }

    /// Tells an author once that their mail does not go; it stays where it is.
    fn refuse(&self, message: &Queued, passed: &Passed) -> io::Result<()> {
        if !self.desk.tells() || message.sender.is_empty() {
            return Ok(());
        }
        let refused = self.store(|store| {
            Ok(store.refused(passed, &self.channel)?.is_some()
                && store.was_told(passed, What::Held.name())?
                && !store.was_told(passed, What::Refused.name())?)
        })?;
        if refused {
            self.tell(What::Refused, passed);
        }
        Ok(())
    }

    fn tell(&self, what: What, passed: &Passed) {
        let Passage { sender, recipients, queue, account, .. } = &passed.passage;
        let envelope = Envelope {
            protocol: "postfix",
            sender: sender.clone(),
            recipients: recipients.clone(),
            queue: queue.clone(),
            account: account.clone(),
            ..Envelope::default()
        };
        let slip = decided(what == What::Released, &self.desk.policy().contact, passed.matter);
        let matter = Some(passed.matter);
        self.desk.tell(&Told { what, envelope: &envelope, content: None, matter, slip: &slip });
    }

    fn let_go(&self, queue: &str, order: &serde_json::Value) -> io::Result<()> {
        // On record before it is done: an order that failed is given again.
        self.desk.order("gateway.release", &format!("queue {queue}"), order)?;
        if !self.run("postsuper", &["-H", queue])?.0.success() {
            return Err(io::Error::other("postsuper did not release a message"));
        }
        // It would wait for the next run of the queue, which is minutes away and comes anyway.
        let _ = self.run("postqueue", &["-i", queue]);
        self.desk.metrics.count("vetmark_gateway_releases_total", &[]);
        self.desk.log.say("released", json!({ "queue": queue, "order": order }));
        Ok(())
    }

    /// Examines what is held and was never seen: a filter that was away, or was passed by.
    fn examine(&self, message: &Queued) -> io::Result<()> {
        let child = self
            .program("postcat")
            .args(["-bhq", &message.queue_id])
            .stdout(Stdio::piped())
            .spawn()?;
        let limit = self.desk.limits.content;
        let copied = in_time(child, PROGRAM, |child| {
            let out = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
            let copied = Spool::copy(TRACE.chain(out), &self.desk.room, limit);
            copied.map_err(|_| io::Error::other("no room for it"))
        });
        // One that was ended by the clock gave a piece of a message.
        let content = match copied {
            Ok((status, content)) if status.success() => content,
            _ => {
                self.desk.log.say("unread", json!({ "queue": message.queue_id }));
                return Ok(());
            }
        };
        let envelope = Envelope {
            protocol: "postfix",
            sender: Some(message.sender.clone()),
            recipients: message.recipients.iter().map(|to| to.address.clone()).collect(),
            queue: Some(message.queue_id.clone()),
            client: "hold queue".into(),
            is_held: true,
            ..Envelope::default()
        };
        let source = format!("mail/{}/{}", message.queue_id, &content.sha256[..16]);
        let request = Request { name: "message.eml".into(), source, content, envelope };
        self.desk.decide(request, Answered::Hold);
        self.desk.metrics.count("vetmark_gateway_held_unread_total", &[]);
        self.desk.log.say("held-unread", json!({ "queue": message.queue_id }));
        Ok(())
    }

    fn alarm(&self, passed: &Passed, queue: &str, found: &str) -> io::Result<()> {
        let what = json!({
            "matter": passed.matter, "version": passed.version, "entry": passed.entry,
            "found": found,
        });
        self.desk.order("gateway.left", &format!("queue {queue}"), &what)?;
        self.desk.metrics.count("vetmark_gateway_alarms_total", &[]);
        self.desk.log.say(
            "alarm",
            json!({
                "queue": queue, "matter": passed.matter, "found": found,
                "what": "left the hold queue, and no order of a person on record let it",
            }),
        );
        Ok(())
    }

    fn list(&self) -> io::Result<HashMap<String, Queued>> {
        let (status, text) = self.run("postqueue", &["-j"])?;
        match status.success() {
            true => listing(&text),
            false => Err(io::Error::other("postqueue did not list the queue")),
        }
    }

    /// Runs a program to its end, or ends it when it takes too long; with what it wrote.
    fn run(&self, name: &str, arguments: &[&str]) -> io::Result<(ExitStatus, Vec<u8>)> {
        let child = self.program(name).args(arguments).stdout(Stdio::piped()).spawn()?;
        in_time(child, PROGRAM, |child| {
            let mut text = Vec::new();
            let out = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
            out.take(LISTING).read_to_end(&mut text)?;
            Ok(text)
        })
    }

    fn program(&self, name: &str) -> Command {
        let mut command = program(&self.programs.join(name));
        if let Some(config) = &self.config {
            command.arg("-c").arg(config);
        }
        command
    }

    fn store<T>(
        &self,
        work: impl FnOnce(&mut crate::record::Store) -> crate::record::Result<T>,
    ) -> io::Result<T> {
        let done = self.desk.with_store(work).map_err(io::Error::other)?;
        done.ok_or_else(|| io::Error::other("no store is kept"))
    }
}

/// The messages of a listing, by their ids.
///
/// # Errors
/// That a line is none: what is in the queue would not be known.
fn listing(text: &[u8]) -> io::Result<HashMap<String, Queued>> {
    let mut messages = HashMap::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        // Addresses in a queue may be in any encoding.
        let line = String::from_utf8_lossy(line);
        let message: Queued = serde_json::from_str(&line)?;
        let id = &message.queue_id;
        if id.is_empty() || id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a queue id that is none"));
        }
        messages.insert(id.clone(), message);
    }
    Ok(messages)
}

/// Whether a passage is about this message, and not about one that had its id before.
fn is_about(passed: &Passed, message: &Queued) -> bool {
    seconds(&passed.at).is_some_and(|at| at >= message.arrival_time - EARLIER)
}

fn seconds(at: &str) -> Option<i64> {
    at.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_read_and_nothing_in_it_is_an_argument() {
        let line = r#"{"queue_name": "hold", "queue_id": "4XyZ1", "arrival_time": 1800000000, "message_size": 380, "forced_expire": false, "sender": "a@b", "recipients": [{"address": "c@d", "delay_reason": "x"}]}"#;
        let found = listing(format!("{line}\n").as_bytes()).unwrap();
        let message = &found["4XyZ1"];
        assert_eq!((message.queue_name.as_str(), message.arrival_time), ("hold", 1_800_000_000));
        assert_eq!(message.recipients[0].address, "c@d");
        assert_eq!(listing(b"").unwrap().len(), 0);
        for wrong in ["-H", "ALL;x", "", "4X/..", "４Ｘ"] {
            assert!(listing(line.replace("4XyZ1", wrong).as_bytes()).is_err(), "{wrong}");
        }
        assert!(listing(b"{\"queue_name\": \"hold\"").is_err());
    }
}

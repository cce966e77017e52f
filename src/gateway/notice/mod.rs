//! Notices: the author of a mail that is held hears so, with the slip that says what to do
//! and whom to ask, and hears again what a person decided.
//!
//! They are sent by the mail server's own program, beside the decision and never in its way:
//! what cannot be sent is said in the log, and changes nothing of what was decided.
//! Whom they may go to is [`origin`]'s.

mod letter;
mod origin;

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::json;
use sha2::{Digest, Sha256};

use self::letter::Letter;
pub(super) use self::letter::What;
#[cfg(fuzzing)]
pub use self::origin::fuzzed;
pub(super) use self::origin::is_plain;
use self::origin::{Head, author};
use super::clock::{self, Duration, Instant};
use super::decide::Desk;
use super::envelope::Envelope;
use super::program::{in_time, program};
use super::serve::{Busy, Gate};
use super::spool::Sealed;
use crate::model::{Words, hex};

/// How long the program may take for one.
const PROGRAM: Duration = Duration::from_secs(60);

/// Notices that wait to be sent; more are not.
const WAITING: usize = 256;

/// Notices that are remembered, so that none is sent twice.
const REMEMBERED: usize = 10_000;

/// Notices of held mail that one author is sent in an hour.
const AN_HOUR: usize = 20;

/// What a notice is sent with and to whom it has gone.
pub(super) struct Notices {
    out: SyncSender<Notice>,
    sent: Mutex<Sent>,
    gate: Arc<Gate>,
}

/// One that is to be sent.
struct Notice {
    what: What,
    to: String,
    about: Head,
    queue: Option<String>,
    matter: Option<i64>,
    recipients: usize,
    slip: Words,
    /// Holds a stop back.
    _busy: Busy,
}

/// What is told of, of whose mail.
pub(super) struct Told<'t> {
    pub(super) what: What,
    pub(super) envelope: &'t Envelope,
    /// The mail itself, where it is at hand: its head may say that it is nobody's.
    pub(super) content: Option<&'t Sealed>,
    pub(super) matter: Option<i64>,
    pub(super) slip: &'t Words,
}

impl Notices {
    /// Starts to send notices by a program that takes mail as sendmail(8) does.
    ///
    /// # Errors
    /// That no thread can be had.
    pub(super) fn start(desk: &Arc<Desk>, gate: &Arc<Gate>, with: PathBuf) -> io::Result<Self> {
        let (out, to_send) = sync_channel(WAITING);
        let desk = Arc::clone(desk);
        let sender = Sender { desk, program: with, to_send };
        thread::Builder::new().name("notices".into()).spawn(move || sender.run())?;
        Ok(Self { out, sent: Mutex::default(), gate: Arc::clone(gate) })
    }

    /// Tells the author, if they may be told; says in the log what became of it.
    pub(super) fn tell(&self, desk: &Desk, told: &Told<'_>) {
        if let Err(why) = self.hand_over(desk, told) {
            say(desk, told.what, told.matter, told.envelope.queue.as_deref(), Some(why));
        }
    }

    fn hand_over(&self, desk: &Desk, told: &Told<'_>) -> Result<(), &'static str> {
        let Told { what, envelope, content, matter, slip } = told;
        let policy = desk.policy();
        let (to, mut about) = author(&policy, envelope, *content)?;
        if !policy.notify().is_some_and(|notify| notify.subject) {
            about.subject = None;
        }
        let queue = envelope.queue.clone();
        let of = content.map(|content| content.sha256.as_str()).or(queue.as_deref());
        let key = format!("{} {to} {}", what.name(), of.unwrap_or_default());
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).admit(
            *what,
            &to,
            key,
            clock::moment(),
        )?;
        let notice = Notice {
            what: *what,
            to,
            about,
            queue,
            matter: *matter,
            recipients: envelope.recipients.len(),
            slip: (*slip).clone(),
            _busy: self.gate.busy(),
        };
        self.out.try_send(notice).map_err(|_| "too-many-wait")
    }
}

/// What was sent, as far as it matters for what is sent next.
#[derive(Default)]
struct Sent {
    known: HashSet<String>,
    order: VecDeque<String>,
    /// Whom notices of held mail went to within the hour, and how many.
    hour: HashMap<String, usize>,
    begun: Option<Instant>,
}

impl Sent {
    /// Whether one more may be sent: none twice, and not without end to one author.
    fn admit(
        &mut self,
        what: What,
        to: &str,
        key: String,
        now: Instant,
    ) -> Result<(), &'static str> {
        if self.known.contains(&key) {
            return Err("sent-before");
        }
        if self.begun.is_none_or(|begun| now - begun > Duration::from_secs(3600)) {
            self.hour.clear();
            self.begun = Some(now);
        }
        if what == What::Held {
            // As many authors as are ours: the policy bounds them, and so does the hour.
            let count = self.hour.entry(to.to_ascii_lowercase()).or_default();
            if *count == AN_HOUR {
                return Err("too-many");
            }
            *count += 1;
        }
        self.known.insert(key.clone());
        self.order.push_back(key);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        Ok(())
    }
}

/// Who sends, one after the other.
struct Sender {
    desk: Arc<Desk>,
    program: PathBuf,
    to_send: Receiver<Notice>,
}

impl Sender {
    fn run(&self) {
        for (number, notice) in self.to_send.iter().enumerate() {
            let Notice { what, queue, matter, .. } = &notice;
            let why = match self.send(&notice, number) {
                Ok(()) => self.enter(&notice).err().map(|_| "not-recorded".to_owned()),
                Err(error) => Some(error.to_string()),
            };
            say(&self.desk, *what, *matter, queue.as_deref(), why.as_deref());
        }
    }

    fn send(&self, notice: &Notice, number: usize) -> io::Result<()> {
        let policy = self.desk.policy();
        let from = policy.notify().map(|notify| notify.from.clone());
        let from = from.ok_or_else(|| io::Error::other("the policy says nothing of notices"))?;
        let at = clock::timestamp();
        let unique = format!("{at} {number} {} {:?}", notice.to, notice.queue);
        let token = hex(&Sha256::digest(unique));
        let letter = Letter {
            what: notice.what,
            from: &from,
            to: &notice.to,
            at,
            token: &token[..32],
            about: &notice.about,
            queue: notice.queue.as_deref(),
            matter: notice.matter,
            recipients: notice.recipients,
            slip: &notice.slip,
        };
        self.hand_to_the_mail_server(letter.text().as_bytes())
    }

    /// Recipients stand in the mail (`-t`), a line with a point does not end it (`-i`), and
    /// what cannot be delivered comes back to nobody (`-f <>`).
    fn hand_to_the_mail_server(&self, text: &[u8]) -> io::Result<()> {
        let mut command = program(&self.program);
        let child = command.args(["-t", "-i", "-f", "<>"]).stdin(Stdio::piped()).spawn()?;
        let (status, taken) = in_time(child, PROGRAM, |child| {
            let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
            // One that ended before it took all says more by its status.
            match input.write_all(text) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Err(error)),
                written => written.map(Ok),
            }
        })?;
        match status.success() {
            true => taken,
            false => Err(io::Error::other(format!("the program did not take it: {status}"))),
        }
    }

    /// Enters that it was sent: to nobody's address, which the passage has.
    fn enter(&self, notice: &Notice) -> io::Result<()> {
        let Some(matter) = notice.matter else { return Ok(()) };
        let body = json!({ "what": notice.what.name(), "queue": notice.queue });
        self.desk.order(NOTICE, &format!("matter {matter}"), &body)
    }
}

/// What an entry of one that was sent is called.
pub(super) const NOTICE: &str = crate::record::NOTICE;

fn say(desk: &Desk, what: What, matter: Option<i64>, queue: Option<&str>, why: Option<&str>) {
    let outcome = if why.is_none() { "sent" } else { "not-sent" };
    desk.metrics.count("vetmark_gateway_notices_total", &[("outcome", outcome)]);
    desk.log.say(
        "notice",
        json!({
            "what": what.name(), "matter": matter, "queue": queue, "outcome": outcome, "why": why,
        }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_sent_twice_and_nobody_is_flooded() {
        let (mut sent, now) = (Sent::default(), clock::moment());
        let mut admit = |what, to: &str, key: &str, at| sent.admit(what, to, key.to_owned(), at);
        assert_eq!(admit(What::Held, "a@b", "0", now), Ok(()));
        assert_eq!(admit(What::Held, "a@b", "0", now), Err("sent-before"));
        for number in 1..AN_HOUR {
            assert_eq!(admit(What::Held, "A@b", &number.to_string(), now), Ok(()));
        }
        assert_eq!(admit(What::Held, "a@b", "x", now), Err("too-many"));
        assert_eq!(admit(What::Held, "c@b", "y", now), Ok(()), "others are told");
        assert_eq!(admit(What::Released, "a@b", "z", now), Ok(()), "and what became of it");
        let later = now + Duration::from_secs(3601);
        assert_eq!(admit(What::Held, "a@b", "x", later), Ok(()));
        for number in 0..2 * REMEMBERED {
            let _ = admit(What::Released, "a@b", &format!("r{number}"), later);
        }
        assert!(sent.order.len() <= REMEMBERED && sent.known.len() == sent.order.len());
    }
}

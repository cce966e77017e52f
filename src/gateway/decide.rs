//! The one decision path: content and envelope in, an answer out, a matter on record
//! before the answer is given.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, RwLock};

use serde_json::json;

use super::clock::{self, Duration};
use super::envelope::Envelope;
use super::limits::Limits;
use super::log::Log;
use super::metrics::Metrics;
use super::names;
use super::notice::{Notices, Told, What};
use super::policy::{Action, Policy};
use super::scans::{Refused, Scanned, Scans};
use super::serve::Gate;
use super::slip::slip;
use super::spool::{Room, Sealed};
use crate::hold::{Hold, Put};
use crate::model::{Examination, Verdict, Words};
use crate::record::{Act, Answered, Passage, Store};
use crate::report::Quotes;

/// How long recording may still take once the deadline has passed.
const RECORDING: Duration = Duration::from_secs(15);

/// Where matters are kept, and what of them.
#[derive(Debug)]
pub struct Keeping {
    /// The file.
    pub path: PathBuf,
    /// What text of documents.
    pub quotes: Quotes,
    /// Where originals that a person is to look at are kept, if they are.
    pub hold: Option<Hold>,
}

/// What a peer hands in.
#[derive(Debug)]
pub struct Request {
    /// What the content is called: a witness like any other part's name.
    pub name: String,
    /// What the matter is called.
    pub source: String,
    /// The content.
    pub content: Sealed,
    /// Whose it is.
    pub envelope: Envelope,
}

/// What a peer is told.
#[derive(Clone, Debug)]
pub enum Answer {
    /// There is a verdict, and it is on record where a store is kept.
    Settled(Box<Settled>),
    /// There is none yet: the examination goes on, and is recorded when it is done.
    NotYet,
    /// There will be none.
    Refused(Refused),
}

/// What was decided.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The verdict.
    pub verdict: Verdict,
    /// What is done.
    pub action: Action,
    /// What was found, in one name.
    pub name: String,
    /// Whether something was not read that could be read another time.
    pub cut_short: bool,
    /// The matter's number, where a store is kept.
    pub matter: Option<i64>,
    /// For whoever sent it.
    pub slip: Words,
    /// Digests of the rules: the first sixteen digits.
    pub rules: String,
}

/// The desk that all protocols come to.
pub struct Desk {
    /// The pool.
    pub scans: Arc<Scans>,
    /// Limits of this gateway.
    pub limits: Limits,
    /// Memory of contents.
    pub room: Arc<Room>,
    /// Numbers.
    pub metrics: Arc<Metrics>,
    /// What is said.
    pub log: Log,
    policy: RwLock<Arc<Policy>>,
    keeping: Option<Keeping>,
    /// Opened again after it failed.
    store: Mutex<Option<Store>>,
    /// How authors are told what became of their mail, where they are.
    notices: OnceLock<Notices>,
}

/// Where one request stands, for the one who waits and the one who settles it.
enum Stand {
    Waiting,
    /// It is being recorded.
    Settling,
    Done(Answer),
    /// Nobody waits any more: it was answered early.
    Gone,
}

type Ticket = Arc<(Mutex<Stand>, Condvar)>;

impl Desk {
    /// A desk. The store is opened at once, so that what is wrong with it is known before
    /// anything comes.
    ///
    /// # Errors
    /// Those of the store.
    pub fn new(
        scans: Arc<Scans>,
        limits: Limits,
        policy: Policy,
        keeping: Option<Keeping>,
        metrics: Arc<Metrics>,
        log: Log,
    ) -> crate::record::Result<Arc<Self>> {
        let store = keeping.as_ref().map(|keeping| Store::create(&keeping.path)).transpose()?;
        Ok(Arc::new(Self {
            scans,
            room: Room::new(limits.memory, limits.silence / 4),
            limits,
            metrics,
            log,
            policy: RwLock::new(Arc::new(policy)),
            keeping,
            store: Mutex::new(store),
            notices: OnceLock::new(),
        }))
    }

    /// Whether a store is kept.
    pub fn keeps(&self) -> bool {
        self.keeping.is_some()
    }

    /// From now on authors whom the policy names are told what became of their mail, by a
    /// program that takes mail as sendmail(8) does. A stop at the gate waits for what is told.
    ///
    /// # Errors
    /// That no thread can be had.
    pub fn notify(self: &Arc<Self>, gate: &Arc<Gate>, with: PathBuf) -> std::io::Result<()> {
        let notices = Notices::start(self, gate, with)?;
        let _ = self.notices.set(notices);
        Ok(())
    }

    /// Tells an author what became of their mail, where authors are told.
    pub(super) fn tell(&self, told: &Told<'_>) {
        if let Some(notices) = self.notices.get() {
            notices.tell(self, told);
        }
    }

    /// Whether authors are told what became of their mail.
    pub(super) fn tells(&self) -> bool {
        self.notices.get().is_some()
    }

    /// The policy in force.
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Another policy from now on.
    pub fn set_policy(&self, policy: Policy) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }

    /// Answers within the deadline. `early` is what the peer is told where there is no
    /// verdict by then.
    pub fn decide(self: &Arc<Self>, request: Request, early: Answered) -> Answer {
        let begun = clock::moment();
        let Request { name, source, content, envelope } = request;
        let protocol = envelope.protocol;
        let ticket: Ticket = Arc::new((Mutex::new(Stand::Waiting), Condvar::new()));
        let (desk, settled, held) = (Arc::clone(self), Arc::clone(&ticket), content.clone());
        let deliver = Box::new(move |scanned: &Scanned| {
            desk.deliver(scanned, &source, &envelope, &held, early, &settled);
        });
        let answer = match self.scans.submit(&name, content, deliver) {
            Ok(()) => self.wait(&ticket),
            Err(refused) => Answer::Refused(refused),
        };
        self.metrics.took(clock::moment() - begun);
        let said = match &answer {
            Answer::Settled(settled) => word(settled.action).name(),
            Answer::NotYet => "early",
            Answer::Refused(refused) => refused.name(),
        };
        let labels = [("protocol", protocol), ("answer", said)];
        self.metrics.count("vetmark_gateway_answers_total", &labels);
        answer
    }

    fn wait(&self, (stand, changed): &(Mutex<Stand>, Condvar)) -> Answer {
        let mut until = clock::moment() + self.limits.deadline;
        let mut stand = stand.lock().unwrap_or_else(PoisonError::into_inner);
        let mut extended = false;
        loop {
            if let Stand::Done(answer) = &*stand {
                return answer.clone();
            }
            let left = until.saturating_duration_since(clock::moment());
            if !left.is_zero() {
                let waited = changed.wait_timeout(stand, left);
                stand = waited.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            // What is being recorded is nearly answered, and not as if there were nothing.
            if matches!(*stand, Stand::Settling) && !extended {
                extended = true;
                until = clock::moment() + RECORDING;
                continue;
            }
            if matches!(*stand, Stand::Settling) {
                return Answer::Refused(Refused::Record);
            }
            *stand = Stand::Gone;
            return Answer::NotYet;
        }
    }

    fn deliver(
        &self,
        scanned: &Scanned,
        source: &str,
        envelope: &Envelope,
        content: &Sealed,
        early: Answered,
        (stand, changed): &(Mutex<Stand>, Condvar),
    ) {
        let gone = {
            let mut stand = stand.lock().unwrap_or_else(PoisonError::into_inner);
            let gone = matches!(*stand, Stand::Gone);
            if !gone {
                *stand = Stand::Settling;
            }
            gone
        };
        let answer = match scanned {
            Ok(examination) => {
                self.settle(examination.clone(), source, envelope, content, gone.then_some(early))
            }
            Err(_) => Answer::Refused(Refused::Failed),
        };
        *stand.lock().unwrap_or_else(PoisonError::into_inner) = Stand::Done(answer);
        changed.notify_all();
    }

    /// Maps a verdict to an action and records both. `answered` is what the peer was
    /// told already.
    fn settle(
        &self,
        mut examination: Examination,
        source: &str,
        envelope: &Envelope,
        content: &Sealed,
        answered: Option<Answered>,
    ) -> Answer {
        let policy = self.policy();
        let bytes = content.bytes;
        let ruled = policy.rule(examination.verdict, envelope, bytes, examination.as_of);
        // What was answered early was not let pass, whatever the policy says now.
        let action = match (envelope.is_held, answered) {
            (true, _) => Action::Hold,
            (false, Some(_)) => ruled.action.max(Action::Hold),
            (false, None) => ruled.action,
        };
        examination.source = source.to_owned();
        let passage = Passage {
            protocol: envelope.protocol.to_owned(),
            answer: answered.unwrap_or(word(action)),
            queue: envelope.queue.clone(),
            sender: envelope.sender.clone(),
            recipients: envelope.recipients.clone(),
            account: envelope.account.clone(),
            client: envelope.client.clone(),
            leave: ruled.leave.filter(|_| action == Action::Pass),
        };
        let Ok(matter) = self.keep(&examination, source, &passage) else {
            return Answer::Refused(Refused::Record);
        };
        if let (Some(matter), true) = (matter, action > Action::Pass) {
            self.hold(matter, content);
        }
        let verdict = examination.verdict;
        self.metrics.count("vetmark_gateway_verdicts_total", &[("verdict", verdict.name())]);
        let name = names::name(&examination);
        self.log.say(
            "decided",
            json!({
                "protocol": envelope.protocol, "verdict": verdict, "answer": passage.answer,
                "name": name, "matter": matter, "queue": envelope.queue, "bytes": bytes,
                "sha256": examination.sha256, "leave": passage.leave,
                "early": answered.map(|_| true),
            }),
        );
        let slip = slip(&examination, action, &policy.contact, matter);
        // Who is rejected is told so in the answer; a file has its slip beside it.
        if action == Action::Hold && matches!(envelope.protocol, "milter" | "postfix") {
            let content = Some(content);
            self.tell(&Told { what: What::Held, envelope, content, matter, slip: &slip });
        }
        Answer::Settled(Box::new(Settled {
            verdict,
            action,
            name,
            cut_short: names::is_cut_short(&examination),
            matter,
            slip,
            rules: examination.engine.rules.chars().take(16).collect(),
        }))
    }

    /// Keeps the original of a matter that is on record, for whoever is to look at it. One
    /// that cannot be kept did not pass all the same.
    fn hold(&self, matter: i64, content: &Sealed) {
        let hold = self.keeping.as_ref().and_then(|keeping| keeping.hold.as_ref());
        let Some(hold) = hold else { return };
        let Sealed { sha256, bytes, .. } = content;
        let body = json!({ "sha256": sha256, "bytes": bytes });
        let why = match hold.put(&mut content.reader(), sha256) {
            Ok(Put::Known) => return,
            Ok(Put::Kept) => {
                match self.order("original.hold", &format!("matter {matter}"), &body) {
                    Ok(()) => return,
                    Err(error) => error.to_string(),
                }
            }
            Err(error) => error.to_string(),
        };
        self.metrics.count("vetmark_gateway_originals_lost_total", &[]);
        self.log.say("not-held", json!({ "matter": matter, "why": why }));
    }

    /// The matter's number, where a store is kept.
    fn keep(
        &self,
        examination: &Examination,
        source: &str,
        passage: &Passage,
    ) -> Result<Option<i64>, ()> {
        let Some(keeping) = &self.keeping else { return Ok(None) };
        let mut examination = examination.clone();
        keeping.quotes.apply(&mut examination);
        let kept = self.with_store(|store| {
            store.keep_passage(
                Act { actor: Act::MACHINE, at: clock::timestamp() },
                source,
                &examination,
                passage,
            )
        });
        match kept {
            Ok(kept) => Ok(kept.map(crate::record::Kept::matter)),
            Err(error) => {
                self.metrics.count("vetmark_gateway_record_errors_total", &[]);
                self.log.say("record", json!({ "why": error.to_string() }));
                Err(())
            }
        }
    }

    /// Does something with the store; nothing where none is kept. A store that failed is
    /// opened anew the next time.
    ///
    /// # Errors
    /// Those of the store.
    pub fn with_store<T>(
        &self,
        work: impl FnOnce(&mut Store) -> crate::record::Result<T>,
    ) -> crate::record::Result<Option<T>> {
        let Some(keeping) = &self.keeping else { return Ok(None) };
        let mut slot = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let mut store = match slot.take() {
            Some(store) => store,
            None => Store::open(&keeping.path)?,
        };
        let done = work(&mut store)?;
        *slot = Some(store);
        Ok(Some(done))
    }

    /// Enters in the ledger what is about to be done with something that was held.
    ///
    /// # Errors
    /// That it could not be entered; then it is not done.
    pub(super) fn order(
        &self,
        action: &str,
        subject: &str,
        body: &serde_json::Value,
    ) -> std::io::Result<()> {
        let act = Act { actor: Act::MACHINE, at: clock::timestamp() };
        let entered = self.with_store(|store| store.note(act, action, subject, body));
        match entered.map_err(std::io::Error::other)? {
            Some(_) => Ok(()),
            None => Err(std::io::Error::other("no store is kept")),
        }
    }

    /// Whether contents are examined and recorded now.
    pub fn is_ready(&self) -> bool {
        self.scans.is_ready() && self.with_store(|store| store.counts()).is_ok()
    }
}

/// The word of the record for what is done.
fn word(action: Action) -> Answered {
    match action {
        Action::Pass => Answered::Pass,
        Action::Hold => Answered::Hold,
        Action::Reject => Answered::Reject,
    }
}

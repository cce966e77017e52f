//! A connection of a mail server: one after the other, messages with their envelopes;
//! for each, one decision.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::json;

use super::codec::{Broken, Reply, Said, VERSION, action, protocol, take};
use super::message::{Message, OURS, kept};
use crate::gateway::buffer::Buffer;
use crate::gateway::decide::{Answer, Desk, Request, Settled};
use crate::gateway::peer::Peer;
use crate::gateway::policy::Action;
use crate::gateway::serve::{Busy, Gate};
use crate::gateway::spool::Full;
use crate::record::Answered;

/// What a message is called.
const NAME: &str = "message.eml";

/// What this filter needs to do: without it, mail is put off.
const WANTED: u32 = action::ADD_HEADERS | action::CHANGE_HEADERS | action::QUARANTINE;

/// What need not come, and what need not be answered.
const LEFT_OUT: u32 = protocol::NO_HELO
    | protocol::NO_UNKNOWN
    | protocol::NO_DATA
    | protocol::NO_REPLY_HEADER
    | protocol::NO_REPLY_CONNECT
    | protocol::NO_REPLY_MAIL
    | protocol::NO_REPLY_RECIPIENT
    | protocol::NO_REPLY_EOH
    | protocol::NO_REPLY_BODY
    | protocol::LEADING_SPACE;

/// What the milter protocol is served with.
#[derive(Clone)]
pub struct Milter {
    /// Who decides.
    pub desk: Arc<Desk>,
    /// What holds a stop back while a message is in hand.
    pub gate: Arc<Gate>,
}

/// Serves one connection.
pub fn session(milter: &Milter, peer: Peer) {
    let mut session = Session {
        milter,
        peer,
        buffer: Buffer::new(&milter.desk.room),
        agreed: None,
        client: String::new(),
        account: Vec::new(),
        message: None,
    };
    if let Err(error) = session.run() {
        let why = error.to_string();
        milter.desk.log.say("broken", json!({ "protocol": "milter", "why": why }));
    }
}

/// What both sides agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Agreed {
    actions: u32,
    protocol: u32,
}

struct Session<'m> {
    milter: &'m Milter,
    peer: Peer,
    buffer: Buffer,
    agreed: Option<Agreed>,
    /// Who speaks to the mail server.
    client: String,
    /// Macros that hold for the connection: who was authenticated.
    account: Vec<(Vec<u8>, Vec<u8>)>,
    message: Option<(Message, Busy)>,
}

impl Session<'_> {
    fn run(&mut self) -> io::Result<()> {
        while let Some(said) = self.next()? {
            if !self.take(said)? {
                break;
            }
            if self.message.is_none() && self.milter.gate.is_shut() {
                break;
            }
        }
        Ok(())
    }

    /// What the mail server says next; nothing where it is done.
    fn next(&mut self) -> io::Result<Option<Said>> {
        let limits = &self.milter.desk.limits;
        // Between its commands the server waits for a client, who may be slow.
        match self.buffer.is_empty() {
            true => self.peer.allow(limits.idle, limits.idle),
            false => self.peer.allow(limits.silence, limits.arrival),
        }
        loop {
            match take(&mut self.buffer) {
                Ok(Some(said)) => return Ok(Some(said)),
                Ok(None) => {}
                Err(Broken(why)) => return Err(io::Error::new(io::ErrorKind::InvalidData, why)),
            }
            if self.buffer.fill(&mut self.peer, usize::MAX)? == 0 {
                return match self.buffer.is_empty() {
                    true => Ok(None),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
        }
    }

    /// Does what was said, and says whether more may come.
    fn take(&mut self, said: Said) -> io::Result<bool> {
        match said {
            Said::Negotiate { version, actions, protocol } => {
                let agreed = Agreed { actions: actions & WANTED, protocol: protocol & LEFT_OUT };
                self.agreed = Some(agreed);
                let Agreed { actions, protocol } = agreed;
                self.say(&[Reply::Negotiate { version: version.min(VERSION), actions, protocol }])?;
            }
            Said::Macros(command, pairs) => match &mut self.message {
                Some((message, _)) => message.macros(&pairs),
                // Those of the sender come before the sender.
                None if command == b'M' => self.account = kept(pairs),
                None => {}
            },
            Said::Connect { host, address } => {
                let from = if address.is_empty() { host } else { address };
                self.client = String::from_utf8_lossy(&from)
                    .chars()
                    .filter(|c| c.is_ascii_graphic())
                    .take(100)
                    .collect();
                self.go_on(protocol::NO_REPLY_CONNECT)?;
            }
            Said::Mail(texts) => {
                let desk = &self.milter.desk;
                let client = if self.client.is_empty() { "unknown" } else { &self.client };
                let mut message = Message::new(&desk.room, desk.limits.content, client);
                message.macros(&self.account);
                message.mail(&texts);
                self.message = Some((message, self.milter.gate.busy()));
                self.go_on(protocol::NO_REPLY_MAIL)?;
            }
            Said::Recipient(texts) => {
                self.message()?.recipient(&texts);
                self.go_on(protocol::NO_REPLY_RECIPIENT)?;
            }
            Said::Header(name, value) => {
                let has_blank = self.has(protocol::LEADING_SPACE);
                self.message()?.header(&name, &value, has_blank);
                self.go_on(protocol::NO_REPLY_HEADER)?;
            }
            Said::EndOfHeaders => self.go_on(protocol::NO_REPLY_EOH)?,
            Said::Body(piece) => {
                self.message()?.body(&piece);
                self.go_on(protocol::NO_REPLY_BODY)?;
            }
            Said::EndOfBody(piece) => {
                if !piece.is_empty() {
                    self.message()?.body(&piece);
                }
                let replies = self.decide()?;
                self.say(&replies)?;
            }
            Said::Abort => self.message = None,
            Said::QuitNewConnection => {
                self.message = None;
                self.account.clear();
                self.client.clear();
            }
            Said::Quit => return Ok(false),
            Said::Helo | Said::Data | Said::Unknown => self.say(&[Reply::Continue])?,
        }
        Ok(true)
    }

    fn has(&self, flag: u32) -> bool {
        self.agreed.is_some_and(|agreed| agreed.protocol & flag != 0)
    }

    fn may(&self, actions: u32) -> bool {
        self.agreed.is_some_and(|agreed| agreed.actions & actions == actions)
    }

    /// The message in hand. A server that speaks of one before its sender is none.
    fn message(&mut self) -> io::Result<&mut Message> {
        let missing = || io::Error::new(io::ErrorKind::InvalidData, "a message without a sender");
        self.message.as_mut().map(|(message, _)| message).ok_or_else(missing)
    }

    /// Answers where an answer was not agreed to be left out.
    fn go_on(&mut self, unless: u32) -> io::Result<()> {
        if self.has(unless) { Ok(()) } else { self.say(&[Reply::Continue]) }
    }

    fn say(&mut self, replies: &[Reply]) -> io::Result<()> {
        let bytes: Vec<u8> = replies.iter().flat_map(Reply::bytes).collect();
        self.peer.write_all(&bytes)
    }

    /// What becomes of the message in hand.
    fn decide(&mut self) -> io::Result<Vec<Reply>> {
        self.message()?;
        let Some((message, _busy)) = self.message.take() else { return Ok(Vec::new()) };
        let (forged, utf8) = (message.forged(), message.utf8);
        let (content, envelope) = match message.end() {
            Ok(whole) => whole,
            Err(full) => {
                self.milter.desk.log.say("put-off", json!({ "why": full_name(&full) }));
                return Ok(vec![Reply::Code(match full {
                    Full::Content => "552 5.3.4 Message is larger than can be reviewed".into(),
                    _ => "451 4.3.1 No room to review this message now, try again".into(),
                })]);
            }
        };
        if !self.may(WANTED) {
            // Neither to hold nor to take forged headers out was offered.
            self.milter
                .desk
                .log
                .say("put-off", json!({ "why": "the server lets us do too little" }));
            return Ok(vec![Reply::TempFail]);
        }
        let queue = envelope.queue.clone().unwrap_or_else(|| "unnamed".into());
        let source = format!("mail/{queue}/{}", &content.sha256[..16]);
        let request = Request { name: NAME.to_owned(), source, content, envelope };
        let answer = self.milter.desk.decide(request, Answered::Hold);
        // Where a value has its blank with it, ours has as well.
        let blank = if self.has(protocol::LEADING_SPACE) { " " } else { "" };
        Ok(replies(&answer, &forged, blank, utf8))
    }
}

fn full_name(full: &Full) -> &'static str {
    match full {
        Full::Content => "too-large",
        Full::Room => "no-room",
        Full::Machine(_) => "no-memory",
    }
}

/// What a mail server is told.
fn replies(answer: &Answer, forged: &[(String, u32)], blank: &str, utf8: bool) -> Vec<Reply> {
    let gone =
        |(name, number): &(String, u32)| Reply::ChangeHeader(*number, name.clone(), String::new());
    let clean = forged.iter().map(gone);
    let header =
        |value: String| Reply::AddHeader(format!("{OURS}Verdict"), format!("{blank}{value}"));
    match answer {
        Answer::Settled(settled) => {
            let Settled { action, verdict, matter, rules, .. } = &**settled;
            let matter = matter.map_or_else(String::new, |matter| format!("; matter={matter}"));
            match action {
                Action::Reject => vec![Reply::Code(rejection(settled, utf8))],
                Action::Pass => clean
                    .chain([header(format!("{}; rules={rules}{matter}", verdict.name()))])
                    .chain([Reply::Continue])
                    .collect(),
                Action::Hold => clean
                    .chain([header(format!("{}; rules={rules}{matter}", verdict.name()))])
                    .chain([Reply::Quarantine(format!("vetmark: {}{matter}", settled.name))])
                    .chain([Reply::Continue])
                    .collect(),
            }
        }
        Answer::NotYet => clean
            .chain([header("pending".into())])
            .chain([Reply::Quarantine("vetmark: not yet examined".into())])
            .chain([Reply::Continue])
            .collect(),
        Answer::Refused(refused) => {
            vec![Reply::Code(format!("451 4.7.1 Review not possible now ({})", refused.name()))]
        }
    }
}

/// The slip as an SMTP answer: in ASCII, and in Chinese as well where the client said
/// that it reads UTF-8.
fn rejection(settled: &Settled, utf8: bool) -> String {
    let ascii = |c: char| if c.is_ascii() { c } else { '?' };
    let en: String = match utf8 {
        true => settled.slip.en.clone(),
        // A site's own words may be in any script.
        false => settled.slip.en.chars().map(ascii).collect(),
    };
    let mut lines = folded(&en, 400);
    if utf8 {
        lines.extend(folded(&settled.slip.zh, 400));
    }
    let last = lines.len().saturating_sub(1);
    let line = |(at, line): (usize, &String)| {
        let mark = if at == last { ' ' } else { '-' };
        format!("550{mark}5.7.1 {}", line.replace('%', "%%"))
    };
    lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
}

/// A text in lines of at most so many bytes (RFC 5321, 4.5.3.1.5).
fn folded(text: &str, most: usize) -> Vec<String> {
    let is_safe = |c: char| !c.is_control();
    let mut lines = vec![String::new()];
    for c in text.chars().filter(|c| is_safe(*c)) {
        if lines.last().is_some_and(|line| line.len() + c.len_utf8() > most) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::scans::Refused;
    use crate::model::{Verdict, Words};

    fn settled(action: Action) -> Answer {
        Answer::Settled(Box::new(Settled {
            verdict: Verdict::Review,
            action,
            name: "Review.Mark.Internal".into(),
            cut_short: false,
            matter: Some(7),
            slip: Words::new("Ask 100% of us.", "请咨询。"),
            rules: "abcd".into(),
        }))
    }

    #[test]
    fn answers_as_replies() {
        let forged = [("X-Vetmark-Verdict".to_owned(), 1)];
        let clean = Reply::ChangeHeader(1, "X-Vetmark-Verdict".into(), String::new());
        let header = |value: &str| Reply::AddHeader("X-Vetmark-Verdict".into(), value.into());
        let said = "review; rules=abcd; matter=7";
        for (answer, want) in [
            (settled(Action::Pass), vec![clean.clone(), header(said), Reply::Continue]),
            (
                settled(Action::Hold),
                vec![
                    clean.clone(),
                    header(said),
                    Reply::Quarantine("vetmark: Review.Mark.Internal; matter=7".into()),
                    Reply::Continue,
                ],
            ),
            (
                settled(Action::Reject),
                vec![Reply::Code("550-5.7.1 Ask 100%% of us.\r\n550 5.7.1 请咨询。".into())],
            ),
            (
                Answer::NotYet,
                vec![
                    clean,
                    header("pending"),
                    Reply::Quarantine("vetmark: not yet examined".into()),
                    Reply::Continue,
                ],
            ),
            (
                Answer::Refused(Refused::Record),
                vec![Reply::Code("451 4.7.1 Review not possible now (record)".into())],
            ),
        ] {
            assert_eq!(replies(&answer, &forged, "", true), want);
        }
        let ascii = replies(&settled(Action::Reject), &[], " ", false);
        assert_eq!(ascii, [Reply::Code("550 5.7.1 Ask 100%% of us.".into())]);
    }

    #[test]
    fn long_texts_are_folded_and_cannot_end_a_line() {
        assert_eq!(folded("a\r\nb", 10), ["ab"]);
        let lines = folded(&"密".repeat(300), 400);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() <= 400));
    }
}

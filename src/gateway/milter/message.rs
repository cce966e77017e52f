//! A message on its way in: its envelope as the mail server tells it, its bytes as they
//! were before the server took them apart, and headers that only we may set.

use std::sync::Arc;

use crate::gateway::envelope::Envelope;
use crate::gateway::spool::{Full, Room, Sealed, Spool};

/// Headers that this program sets begin so; those that come in with one are forged.
pub(super) const OURS: &str = "X-Vetmark-";

/// Stands before every message, as what a mail server adds does: with it a message is
/// read as one, whatever little its author wrote above it.
pub(in crate::gateway) const TRACE: &[u8] = b"Return-Path: <>\r\nReceived: by vetmark\r\n";

/// Recipients that are kept of one message; with more it is put off.
const RECIPIENTS: usize = 10_000;

/// Bytes of an address, a name or an account that are kept.
const ADDRESS: usize = 1000;

/// Forged headers that are taken out of one message; with more it is put off.
const FORGED: usize = 1000;

/// Macros that are listened to: the mail server's name for the message, and who was
/// authenticated.
const QUEUE: &[u8] = b"i";
const QUEUE_IN_BRACES: &[u8] = b"{i}";
const ACCOUNT: &[u8] = b"{auth_authen}";

/// Those of some macros that are listened to, no longer than they are kept.
pub(super) fn kept(pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let known = pairs
        .into_iter()
        .filter(|(name, _)| [QUEUE, QUEUE_IN_BRACES, ACCOUNT].contains(&name.as_slice()))
        .map(|(name, value)| (name, value[..value.len().min(ADDRESS)].to_vec()));
    known.take(3).collect()
}

/// A message in the making.
pub(super) struct Message {
    spool: Result<Spool, Full>,
    pub(super) envelope: Envelope,
    /// Forged headers: their names, and which of that name they are, from 1.
    forged: Vec<(String, u32)>,
    /// Headers so far end with an empty line once the body begins.
    in_body: bool,
    /// Whether texts in UTF-8 may be answered (RFC 6531).
    pub(super) utf8: bool,
    /// What was more than is kept.
    overflow: bool,
}

impl Message {
    pub(super) fn new(room: &Arc<Room>, most: u64, client: &str) -> Self {
        let envelope =
            Envelope { protocol: "milter", client: client.to_owned(), ..Envelope::default() };
        let mut message = Self {
            spool: Spool::new(room, most),
            envelope,
            forged: Vec::new(),
            in_body: false,
            utf8: false,
            overflow: false,
        };
        message.add(TRACE);
        message
    }

    /// The sender, with what the client says of the message.
    pub(super) fn mail(&mut self, texts: &[Vec<u8>]) {
        self.envelope.sender = texts.first().map(|text| address(text));
        self.utf8 = texts.iter().skip(1).any(|text| text.eq_ignore_ascii_case(b"SMTPUTF8"));
    }

    pub(super) fn recipient(&mut self, texts: &[Vec<u8>]) {
        let Some(text) = texts.first() else { return };
        match self.envelope.recipients.len() < RECIPIENTS {
            true => {
                let address = address(text);
                self.count(address.len());
                self.envelope.recipients.push(address);
            }
            false => self.overflow = true,
        }
    }

    /// What the mail server says beside its commands: its name for the message, and who
    /// was authenticated.
    pub(super) fn macros(&mut self, pairs: &[(Vec<u8>, Vec<u8>)]) {
        for (name, value) in pairs {
            let value = shown(value);
            match name.as_slice() {
                QUEUE | QUEUE_IN_BRACES if !value.is_empty() => self.envelope.queue = Some(value),
                ACCOUNT if !value.is_empty() => self.envelope.account = Some(value),
                _ => {}
            }
        }
    }

    /// A header field, with the blank behind its colon where the server gave it.
    pub(super) fn header(&mut self, name: &[u8], value: &[u8], has_blank: bool) {
        let text = String::from_utf8_lossy(name).trim().to_owned();
        if text.to_ascii_lowercase().starts_with(&OURS.to_ascii_lowercase()) {
            let same = |(other, _): &&(String, u32)| other.eq_ignore_ascii_case(&text);
            let number = 1 + self.forged.iter().filter(same).count() as u32;
            match self.forged.len() < FORGED && text.len() <= ADDRESS {
                true => {
                    self.count(text.len());
                    self.forged.push((text, number));
                }
                false => self.overflow = true,
            }
        }
        self.add(name);
        self.add(if has_blank { b":" } else { b": " });
        // Lines of a long value are parted by a line feed alone here.
        for (at, line) in value.split(|byte| *byte == b'\n').enumerate() {
            if at > 0 {
                self.add(b"\r\n");
            }
            self.add(line.strip_suffix(b"\r").unwrap_or(line));
        }
        self.add(b"\r\n");
    }

    /// A piece of the body.
    pub(super) fn body(&mut self, piece: &[u8]) {
        if !self.in_body {
            self.in_body = true;
            self.add(b"\r\n");
        }
        self.add(piece);
    }

    /// Counts what is kept of it beside its bytes.
    fn count(&mut self, bytes: usize) {
        if let Ok(spool) = &mut self.spool
            && let Err(full) = spool.count_beside(bytes + size_of::<String>())
        {
            self.spool = Err(full);
        }
    }

    fn add(&mut self, more: &[u8]) {
        // Once there was no room, nothing more is kept, and the end says so.
        if let Ok(spool) = &mut self.spool
            && let Err(full) = spool.add(more)
        {
            self.spool = Err(full);
        }
    }

    /// The forged headers, in an order in which taking one out moves no other that is to
    /// go: the last of each name first.
    pub(super) fn forged(&self) -> Vec<(String, u32)> {
        let mut forged = self.forged.clone();
        forged.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        forged
    }

    /// Ends it.
    pub(super) fn end(mut self) -> Result<(Sealed, Envelope), Full> {
        if !self.in_body {
            self.body(b"");
        }
        if self.overflow {
            return Err(Full::Content);
        }
        Ok((self.spool?.seal()?, self.envelope))
    }
}

/// An address without its brackets.
fn address(text: &[u8]) -> String {
    shown(text).trim_start_matches('<').trim_end_matches('>').to_owned()
}

fn shown(text: &[u8]) -> String {
    let text = &text[..text.len().min(ADDRESS)];
    String::from_utf8_lossy(text).chars().filter(|c| !c.is_control()).collect()
}

/// Any bytes, as a mail server might send them: packets end, and what becomes of a message
/// stays within its room.
#[cfg(fuzzing)]
pub fn fuzzed(bytes: &[u8]) {
    use super::codec::{Said, take};
    let room = Room::new(1 << 20, std::time::Duration::ZERO);
    let fresh = || Message::new(&room, 1 << 18, "192.0.2.1");
    let (mut buffer, mut message) = (bytes.to_vec(), fresh());
    loop {
        let before = buffer.len();
        match take(&mut buffer) {
            Ok(Some(said)) => match said {
                Said::Macros(_, pairs) => message.macros(&kept(pairs)),
                Said::Mail(texts) => message.mail(&texts),
                Said::Recipient(texts) => message.recipient(&texts),
                Said::Header(name, value) => message.header(&name, &value, before & 1 == 1),
                Said::Body(piece) => message.body(&piece),
                Said::EndOfBody(_) => {
                    let forged = message.forged();
                    assert!(forged.iter().all(|(_, number)| *number > 0));
                    let _ = std::mem::replace(&mut message, fresh()).end();
                }
                _ => {}
            },
            Ok(None) | Err(_) => break,
        }
        assert!(buffer.len() < before, "a packet of nothing");
    }
    drop(message);
    assert_eq!(room.taken(), 0, "all is given back");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::time::Duration;

    fn message() -> Message {
        Message::new(&Room::new(8 << 20, Duration::ZERO), 4 << 20, "192.0.2.1")
    }

    fn text(message: Message) -> String {
        let mut text = String::new();
        message.end().unwrap().0.open().unwrap().read_to_string(&mut text).unwrap();
        text.strip_prefix(std::str::from_utf8(TRACE).unwrap()).unwrap().to_owned()
    }

    #[test]
    fn a_message_is_put_together_as_it_was() {
        let mut whole = message();
        whole.header(b"Subject", b" a\n\tb", true);
        whole.header(b"To", b"c", false);
        whole.body(b"one\r\n");
        whole.body(b"two");
        assert_eq!(text(whole), "Subject: a\r\n\tb\r\nTo: c\r\n\r\none\r\ntwo");
        let mut empty = message();
        empty.header(b"A", b" b", true);
        assert_eq!(text(empty), "A: b\r\n\r\n");
    }

    #[test]
    fn forged_headers_are_known_by_name_and_number() {
        let mut forged = message();
        for name in ["X-Vetmark-Verdict", "Subject", "x-vetmark-verdict", "X-VETMARK-Slip"] {
            forged.header(name.as_bytes(), b" no_finding", true);
        }
        let want = [("x-vetmark-verdict", 2), ("X-Vetmark-Verdict", 1), ("X-VETMARK-Slip", 1)];
        assert_eq!(forged.forged(), want.map(|(name, number)| (name.to_owned(), number)));
    }

    #[test]
    fn an_envelope_is_what_the_server_says() {
        let mut given = message();
        given.mail(&[b"<a@b.example>".to_vec(), b"smtputf8".to_vec()]);
        given.recipient(&[b"<c@d.example>".to_vec(), b"NOTIFY=NEVER".to_vec()]);
        given.recipient(&[b"<e\r\nf@g>".to_vec()]);
        given.macros(&[(b"i".to_vec(), b"4X1".to_vec()), (b"{auth_authen}".to_vec(), vec![])]);
        assert!(given.utf8);
        let envelope = given.envelope;
        assert_eq!(envelope.sender.as_deref(), Some("a@b.example"));
        assert_eq!(envelope.recipients, ["c@d.example", "ef@g"]);
        assert_eq!((envelope.queue.as_deref(), envelope.account), (Some("4X1"), None));
    }

    #[test]
    fn what_is_more_than_fits_is_no_message() {
        let mut large = message();
        large.body(&vec![b'x'; 5 << 20]);
        large.body(b"more");
        assert!(matches!(large.end(), Err(Full::Content)));
        let mut many = message();
        for _ in 0..=RECIPIENTS {
            many.recipient(&[b"<a@b>".to_vec()]);
        }
        assert!(matches!(many.end(), Err(Full::Content)));
        // A name that is too long to be kept is not left in the message.
        let mut long = message();
        long.header(format!("X-Vetmark-{}", "a".repeat(ADDRESS)).as_bytes(), b"", true);
        assert!(matches!(long.end(), Err(Full::Content)));
    }

    #[test]
    fn an_envelope_is_counted_with_its_message() {
        let room = Room::new(1 << 20, Duration::ZERO);
        let mut message = Message::new(&room, 1 << 20, "192.0.2.1");
        let before = room.taken();
        let long = [b"a".repeat(2 * ADDRESS)];
        message.recipient(&long);
        assert_eq!(room.taken() - before, (ADDRESS + size_of::<String>()) as u64);
        for _ in 0..2000 {
            message.recipient(&long);
        }
        assert!(matches!(message.end(), Err(Full::Room)));
        assert_eq!(room.taken(), 0);
    }

    #[test]
    fn of_macros_what_is_listened_to_is_kept() {
        let pair = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
        let given = vec![
            pair("{auth_type}", "plain"),
            pair("{auth_authen}", &"w".repeat(ADDRESS + 1)),
            pair("i", "4X"),
            pair("v", "Postfix"),
        ];
        let want = [pair("{auth_authen}", &"w".repeat(ADDRESS)), pair("i", "4X")];
        assert_eq!(kept(given), want);
    }
}

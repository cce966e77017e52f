//! Whom a notice may go to: the author of a message, if it is one of ours and a person, and
//! nobody else. A stranger is never answered: a filter that tells strangers what it holds is an
//! oracle for them, and one that answers forged senders floods whom they name.

use std::io::Read;

use crate::gateway::envelope::{Envelope, domain};
use crate::gateway::policy::Policy;
use crate::gateway::spool::Sealed;

/// The longest head that is read for what it says of itself; of a longer one nothing is
/// known, and nobody is told.
const HEAD: u64 = 256 << 10;

/// The longest address (RFC 5321, 4.5.3.1.3, without its brackets).
const ADDRESS: usize = 254;

/// The longest local part (RFC 5321, 4.5.3.1.1).
const LOCAL: usize = 64;

/// What of a message's own head goes into a notice about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Its identifier with its brackets, where it has one that is well made.
    pub(super) id: Option<String>,
    /// Its subject as it stands, where that is one line of ASCII.
    pub(super) subject: Option<String>,
}

/// The author of a message, where they may be told, and what of its head a notice names;
/// else why not, in a word for the log. Without the message, its head was asked before.
pub(super) fn author(
    policy: &Policy,
    envelope: &Envelope,
    content: Option<&Sealed>,
) -> Result<(String, Head), &'static str> {
    let address = addressee(policy, envelope)?;
    let Some(content) = content else { return Ok((address, Head::default())) };
    let mut head = Vec::new();
    // Of a content that cannot be read nothing is known.
    content.reader().take(HEAD).read_to_end(&mut head).map_err(|_| "unread")?;
    Ok((address, head_of(&head)?))
}

/// The sender, if a notice may go there whatever the message says of itself.
fn addressee(policy: &Policy, envelope: &Envelope) -> Result<String, &'static str> {
    let notify = policy.notify().ok_or("policy")?;
    let sender = envelope.sender.as_deref().unwrap_or_default();
    if sender.is_empty() {
        // A bounce, or a notice of somebody's (RFC 3834, section 2).
        return Err("null-sender");
    }
    if !policy.is_ours(&domain(sender)) {
        return Err("stranger");
    }
    if notify.authenticated && envelope.account.is_none() {
        return Err("not-authenticated");
    }
    if !is_plain(sender) {
        return Err("address");
    }
    let local = sender.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let robot = ["mailer-daemon", "postmaster", "noreply", "no-reply"].contains(&local.as_str())
        || local.starts_with("owner-")
        || local.ends_with("-request")
        || local.ends_with("-bounces");
    if robot || sender.eq_ignore_ascii_case(&notify.from) {
        return Err("robot");
    }
    Ok(sender.to_owned())
}

/// Whether an address is of the common kind, which is all that is written into a head here:
/// a dot-atom at a domain of letters, digits and hyphens (RFC 5322, 3.4.1).
pub(in crate::gateway) fn is_plain(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else { return false };
    let is_atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    let is_label = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let dotted = |text: &str, is: &dyn Fn(u8) -> bool| {
        text.split('.').all(|piece| !piece.is_empty() && piece.bytes().all(is))
    };
    address.len() <= ADDRESS
        && local.len() <= LOCAL
        // Some programs would take it for an option.
        && !local.starts_with('-')
        && dotted(local, &is_atom)
        && dotted(domain, &is_label)
}

/// What a head says of its message, unless that was sent by a machine or to a list
/// (RFC 3834, section 2; RFC 2919; and what is in use beside them).
fn head_of(bytes: &[u8]) -> Result<Head, &'static str> {
    let mut head = Head::default();
    for (name, value) in fields(bytes).ok_or("head")? {
        let value = value.trim();
        let word = value.split([';', '(', ' ']).next().unwrap_or_default().to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "auto-submitted" if word != "no" => return Err("automatic"),
            "x-auto-response-suppress" | "x-autoreply" | "x-autorespond" => {
                return Err("automatic");
            }
            "precedence" if ["bulk", "list", "junk"].contains(&word.as_str()) => {
                return Err("list");
            }
            "list-id" | "list-post" | "list-unsubscribe" | "mailing-list" => return Err("list"),
            "message-id" if is_identifier(value) => head.id = Some(value.to_owned()),
            "subject" => head.subject = one_line(value),
            _ => {}
        }
    }
    Ok(head)
}

/// The fields of a head, unfolded; nothing where its end is not among the bytes.
fn fields(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let text = String::from_utf8_lossy(bytes);
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut is_whole = (bytes.len() as u64) < HEAD;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            is_whole = true;
            break;
        }
        match (line.starts_with([' ', '\t']), fields.last_mut()) {
            (true, Some((_, value))) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (true, None) => {}
            (false, _) => {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                fields.push((name.trim_end().to_owned(), value.to_owned()));
            }
        }
    }
    is_whole.then_some(fields)
}

fn is_identifier(value: &str) -> bool {
    let inner = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    value.len() <= 250
        && inner.is_some_and(|inner| {
            inner.matches('@').count() == 1
                && inner.bytes().all(|b| b.is_ascii_graphic() && !b"<>(),;:\\\"".contains(&b))
        })
}

fn one_line(value: &str) -> Option<String> {
    let fits = !value.is_empty() && value.len() <= 400;
    (fits && value.bytes().all(|b| (b' '..=b'~').contains(&b))).then(|| value.to_owned())
}

/// Any bytes as the head of a mail and as an address: what comes of them makes no other
/// line in a notice than its own.
#[cfg(fuzzing)]
pub fn fuzzed(bytes: &[u8]) {
    let one_line = |text: &String| text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if let Ok(Head { id, subject }) = head_of(bytes) {
        assert!(id.iter().chain(&subject).all(one_line), "{id:?} {subject:?}");
    }
    let address = String::from_utf8_lossy(bytes);
    if is_plain(&address) {
        assert!(one_line(&address.to_string()) && !address.contains([' ', ',', '<', '"', ':']));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
        local_domains = ["agency.example", ".sub.example"]
        contact = { en = "us", zh = "我们" }
        rule = []
        [notify]
        from = "secrecy@agency.example"
    "#;

    fn from(sender: &str) -> Envelope {
        Envelope { protocol: "milter", sender: Some(sender.into()), ..Envelope::default() }
    }

    #[test]
    fn persons_of_ours_are_told_and_nobody_else() {
        let policy = Policy::parse(POLICY).unwrap();
        for (sender, want) in [
            ("wang@agency.example", Ok("wang@agency.example")),
            ("Li.Hua+a@X.Sub.Example", Ok("Li.Hua+a@X.Sub.Example")),
            ("", Err("null-sender")),
            ("wang@else.example", Err("stranger")),
            ("wang@agency.example.else.example", Err("stranger")),
            ("wang", Err("stranger")),
            ("a@else.example@agency.example", Err("address")),
            ("\"a b\"@agency.example", Err("address")),
            ("a,b@else.example,c@agency.example", Err("address")),
            ("a b@agency.example", Err("address")),
            ("王@agency.example", Err("address")),
            ("-oQ/tmp@agency.example", Err("address")),
            (".a@agency.example", Err("address")),
            ("a..b@agency.example", Err("address")),
            ("MAILER-DAEMON@agency.example", Err("robot")),
            ("owner-news@agency.example", Err("robot")),
            ("news-request@agency.example", Err("robot")),
            ("Secrecy@agency.example", Err("robot")),
        ] {
            let want = want.map(str::to_owned);
            assert_eq!(addressee(&policy, &from(sender)), want, "{sender}");
        }
        let long = format!("{}@agency.example", "a".repeat(65));
        assert_eq!(addressee(&policy, &from(&long)), Err("address"));
        assert_eq!(addressee(&Policy::default(), &from("wang@agency.example")), Err("policy"));
        assert_eq!(addressee(&policy, &Envelope::default()), Err("null-sender"));
        let strict = format!("{POLICY}authenticated = true\n");
        let strict = Policy::parse(&strict).unwrap();
        let wang = from("wang@agency.example");
        assert_eq!(addressee(&strict, &wang), Err("not-authenticated"));
        let signed = Envelope { account: Some("wang".into()), ..wang };
        assert!(addressee(&strict, &signed).is_ok());
    }

    #[test]
    fn what_a_machine_sent_or_a_list_is_not_answered() {
        let trace = "Return-Path: <>\r\nReceived: by vetmark\r\n";
        for (head, want) in [
            ("Subject: a\r\n\r\nbody", Ok(Head { id: None, subject: Some("a".into()) })),
            (
                "Message-ID:\r\n <x.1@agency.example>\r\nSubject: =?utf-8?B?5py65a+G?=\r\n b\r\n\r\n",
                Ok(Head {
                    id: Some("<x.1@agency.example>".into()),
                    subject: Some("=?utf-8?B?5py65a+G?= b".into()),
                }),
            ),
            ("Message-ID: <a@b>\r\n\tBcc: x@y\r\nSubject: 机密\r\n\r\n", Ok(Head::default())),
            ("Auto-Submitted: no\r\n\r\n", Ok(Head::default())),
            ("Auto-Submitted: no (a person)\r\n\r\n", Ok(Head::default())),
            ("Auto-Submitted: auto-replied\r\n\r\n", Err("automatic")),
            ("auto-submitted :\r\n\tauto-generated; x=y\r\n\r\n", Err("automatic")),
            ("X-Auto-Response-Suppress: OOF\r\n\r\n", Err("automatic")),
            ("Precedence: normal\r\n\r\n", Ok(Head::default())),
            ("Precedence: bulk\n\n", Err("list")),
            ("PRECEDENCE: List\r\n\r\n", Err("list")),
            ("List-Id: <news.agency.example>\r\n\r\n", Err("list")),
            ("List-Unsubscribe: <mailto:a@b>\r\n\r\n", Err("list")),
            // What stands in the body says nothing of the message.
            ("Subject:\r\n\r\nPrecedence: bulk\r\n", Ok(Head::default())),
            ("Precedence: bulk", Err("list")),
        ] {
            assert_eq!(head_of(format!("{trace}{head}").as_bytes()), want, "{head}");
        }
        let long = vec![b'a'; HEAD as usize];
        assert_eq!(head_of(&long), Err("head"));
    }
}

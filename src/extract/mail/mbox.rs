//! Mailboxes (RFC 4155 and its older kin): messages one after another, each
//! behind a line that begins with `From `.

use memchr::memmem;

use super::body::as_mail;
use super::fields::{Head, is_known_field, line_at};
use super::words;
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Limit, Origin, Submission};

/// Reads one mailbox: a child for each message, named by its number and subject.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut out = Extraction::default();
    let messages = messages(&submission.bytes);
    if messages.is_empty() {
        out.gaps.push(Gap::new(GapKind::Damaged, "no message begins in the mailbox"));
    }
    let most = budget.limits().parts as usize;
    for (at, message) in messages.iter().enumerate() {
        if at >= most {
            let detail = format!("more than {most} messages in one mailbox");
            out.gaps.push(Gap::new(GapKind::Limit(Limit::Parts), detail));
            break;
        }
        let spent = budget.spend_steps(1);
        if let Err(gap) = spent.and_then(|()| budget.spend_bytes(message.len() as u64)) {
            out.gaps.push(gap);
            break;
        }
        let mail = as_mail(unquoted(message));
        let head = Head::of(&mail);
        let subject = head.get("subject").map(|value| words::decode(value, None));
        let name = match subject.filter(|subject| !subject.trim().is_empty()) {
            Some(subject) => format!("{} {}", at + 1, subject.trim()),
            None => format!("{}", at + 1),
        };
        out.children.push(submission.child(name, Origin::MailBody, mail));
    }
    out
}

/// The messages without their `From ` lines.
fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    let mut messages = Vec::new();
    let mut begun: Option<usize> = None;
    // Where the message ends by its own account.
    let mut stated = 0;
    let later = memmem::find_iter(bytes, b"\nFrom ").map(|at| at + 1);
    let first = bytes.len() - bytes.trim_ascii_start().len();
    let first = bytes.get(first..).is_some_and(|rest| rest.starts_with(b"From ")).then_some(first);
    for at in first.into_iter().chain(later) {
        let Some((line, next)) = line_at(bytes, at) else { continue };
        let is_first = begun.is_none();
        if !is_first && !separates(bytes, at, line, next, at < stated) {
            continue;
        }
        if let Some(begin) = begun.replace(next) {
            messages.push(bytes.get(begin..at).unwrap_or_default());
        }
        stated = next.saturating_add(stated_length(bytes.get(next..).unwrap_or_default()));
    }
    messages.extend(begun.and_then(|begin| bytes.get(begin..)));
    messages
}

/// Whether a line that begins with `From ` begins a message: by two of three,
/// its time, the empty line before it, and the field behind it. Within the
/// length that a message states for itself the field has to be there.
fn separates(bytes: &[u8], at: usize, line: &[u8], next: usize, inside: bool) -> bool {
    let has_time = line.len() < 256
        && line.windows(4).any(|w| {
            w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit() && w[3].is_ascii_digit()
        });
    let before = bytes.get(..at).unwrap_or_default();
    let is_apart = before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n");
    let has_field = line_at(bytes, next).is_some_and(|(line, _)| is_known_field(line));
    let reasons = usize::from(has_time) + usize::from(is_apart) + usize::from(has_field);
    reasons >= 2 && (has_field || !inside)
}

/// Head and `Content-Length` of a message (the `mboxcl` kinds); 0 where nothing
/// is stated. It only ever argues against an end: text that a message claims
/// might else hide others.
fn stated_length(message: &[u8]) -> usize {
    const LONGEST_HEAD: usize = 64 << 10;
    let head = Head::of(message.get(..LONGEST_HEAD).unwrap_or(message));
    let length = head.get("content-length").and_then(|n| std::str::from_utf8(n).ok());
    let length = length.and_then(|n| n.trim().parse::<u32>().ok());
    length.map_or(0, |length| head.body.saturating_add(length as usize))
}

/// Takes off the `>` that keeps lines of a message from being taken for
/// separators: one of each line of them (`mboxrd`), which for `mboxo` is the only one.
fn unquoted(message: &[u8]) -> Vec<u8> {
    if memmem::find(message, b">From ").is_none() {
        return message.to_vec();
    }
    let mut out = Vec::with_capacity(message.len());
    for line in message.split_inclusive(|b| *b == b'\n') {
        let quotes = line.iter().take_while(|b| **b == b'>').count();
        let quoted = quotes > 0 && line.get(quotes..).is_some_and(|l| l.starts_with(b"From "));
        out.extend(if quoted { line.get(1..).unwrap_or_default() } else { line });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Format, Limits, sniff};

    fn names(mailbox: &str) -> Vec<(String, String)> {
        let submission = Submission::file("a.mbox", mailbox.as_bytes());
        let read = read(&submission, &mut Budget::new(Limits::default()));
        let shown = |c: &Submission| {
            let text = String::from_utf8_lossy(&c.bytes).into_owned();
            (c.provenance.name().to_owned(), text)
        };
        assert!(read.gaps.is_empty());
        read.children.iter().map(shown).collect()
    }

    #[test]
    fn each_message_is_a_child() {
        let from = "From a@b Mon Mar  3 10:00:00 2014\n";
        for (mailbox, want) in [
            (
                format!(
                    "{from}Subject: =?utf-8?B?5py65a+G?=\nTo: x\n\none\n\n{from}To: y\n\ntwo\n"
                ),
                vec![
                    ("1 机密", "Subject: =?utf-8?B?5py65a+G?=\nTo: x\n\none\n\n"),
                    ("2", "MIME-Version: 1.0\r\nReceived:\r\nTo: y\n\ntwo\n"),
                ],
            ),
            // Quoted lines, and lines that only begin alike.
            (
                format!("{from}Subject: a\nTo: x\n\n>From here\n>>From there\nFrom then on\n"),
                vec![("1 a", "Subject: a\nTo: x\n\nFrom here\n>From there\nFrom then on\n")],
            ),
            // No empty line before the next message, and no time in its line.
            (
                format!(
                    "{from}Subject: a\nTo: x\n\none\n{from}Subject: b\nTo: y\n\n\nFrom MAILER\nSubject: c\nTo: z\n\n"
                ),
                vec![
                    ("1 a", "Subject: a\nTo: x\n\none\n"),
                    ("2 b", "Subject: b\nTo: y\n\n\n"),
                    ("3 c", "Subject: c\nTo: z\n\n"),
                ],
            ),
            // What a stated length holds begins no message, unless it looks like one in full.
            (
                format!(
                    "{from}Subject: a\nContent-Length: 500\nTo: x\n\none\n\n{from}two\n\n{from}Subject: b\nTo: y\n\n"
                ),
                vec![
                    (
                        "1 a",
                        &*format!("Subject: a\nContent-Length: 500\nTo: x\n\none\n\n{from}two\n\n"),
                    ),
                    ("2 b", "Subject: b\nTo: y\n\n"),
                ],
            ),
        ] {
            let want: Vec<_> =
                want.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            assert_eq!(names(&mailbox), want);
            for (name, mail) in names(&mailbox) {
                assert_eq!(sniff(mail.as_bytes()), Format::Eml, "{name}");
            }
        }
    }

    #[test]
    fn what_begins_no_message_is_damaged() {
        let submission = Submission::file("a.mbox", &b"nothing\n"[..]);
        let read = read(&submission, &mut Budget::new(Limits::default()));
        assert_eq!(read.gaps[0].kind, GapKind::Damaged);
    }
}

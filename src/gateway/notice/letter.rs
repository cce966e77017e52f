//! A notice as a mail (RFC 5322): in both languages, from no return path, and marked as
//! what it is (RFC 3834), so that no program answers it.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use super::origin::Head;
use crate::model::{Timestamp, Words};

/// The longest line of a body, with the sign that it goes on (RFC 2045, 6.7).
const LINE: usize = 76;

/// Characters of one encoded word: none is longer than four bytes, and a word no longer
/// than 75 characters (RFC 2047, section 2).
const WORD: usize = 5;

/// What is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum What {
    /// It waits for a person.
    Held,
    /// A person let it go.
    Released,
    /// A person decided that it does not go as it is.
    Refused,
}

impl What {
    /// Its name in the record and the log.
    pub(in crate::gateway) fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Released => "released",
            Self::Refused => "refused",
        }
    }

    fn subject(self) -> Words {
        match self {
            Self::Held => Words::new("Held for review", "邮件待审"),
            Self::Released => Words::new("Released after review", "邮件审查后已放行"),
            Self::Refused => Words::new("Not released after review", "邮件经审查不予放行"),
        }
    }
}

/// A notice to one person.
#[derive(Clone, Debug)]
pub(super) struct Letter<'l> {
    pub(super) what: What,
    /// From whom it is: an address of the common kind.
    pub(super) from: &'l str,
    /// To whom it goes: an address of the common kind.
    pub(super) to: &'l str,
    pub(super) at: Timestamp,
    /// What no other letter has: letters and digits.
    pub(super) token: &'l str,
    /// What it is about, as far as it may be named.
    pub(super) about: &'l Head,
    /// The mail server's name for it.
    pub(super) queue: Option<&'l str>,
    pub(super) matter: Option<i64>,
    /// How many it was to go to.
    pub(super) recipients: usize,
    /// What is said.
    pub(super) slip: &'l Words,
}

impl Letter<'_> {
    /// The mail, with line ends as a local program takes them.
    pub(super) fn text(&self) -> String {
        let domain = self.from.split_once('@').map_or("localhost", |(_, domain)| domain);
        let date =
            rfc2822::to_string(&self.at.to_zoned_datetime(TimeZone::UTC)).unwrap_or_default();
        let mut head = vec![
            format!("From: vetmark <{}>", self.from),
            format!("To: {}", self.to),
            format!("Subject: {}", self.subject()),
            format!("Date: {date}"),
            format!("Message-ID: <vetmark.{}@{domain}>", self.token),
        ];
        if let Some(id) = &self.about.id {
            head.push(format!("In-Reply-To: {id}"));
            head.push(format!("References: {id}"));
        }
        head.extend(
            [
                "Auto-Submitted: auto-replied",
                "X-Auto-Response-Suppress: All",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
            ]
            .map(str::to_owned),
        );
        format!("{}\n\n{}", head.join("\n"), quoted(&self.body()))
    }

    /// In both languages; what the message's own says comes last, on a line of its own.
    fn subject(&self) -> String {
        let Words { en, zh } = self.what.subject();
        let matter = self.matter.map_or_else(String::new, |matter| format!(" [{matter}]"));
        let zh = words(&zh);
        let own = self.about.subject.as_deref().map_or_else(String::new, |own| format!("\n {own}"));
        format!("{en}{matter}\n {zh}{own}")
    }

    fn body(&self) -> String {
        let at = format!("{:.0}", self.at);
        let queue = self.queue.unwrap_or("-");
        let count = self.recipients;
        let Words { en, zh } = self.slip;
        format!(
            "{zh}\n\n邮件标识：{queue}；收件人数：{count}；时间：{at}（UTC）。\n本邮件由系统自动发出，请勿回复。\n\n\
             {en}\n\nMail server's name for it: {queue}; recipients: {count}; at {at} (UTC).\n\
             This was sent by a program; nobody reads an answer to it.\n"
        )
    }
}

/// A text as encoded words, one behind the other (RFC 2047, 4.2).
fn words(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let word = |chars: &[char]| {
        let bytes: String = chars.iter().collect();
        let coded: String = bytes.bytes().map(|byte| format!("={byte:02X}")).collect();
        format!("=?utf-8?Q?{coded}?=")
    };
    all.chunks(WORD).map(word).collect::<Vec<_>>().join("\n ")
}

/// A text as quoted-printable (RFC 2045, 6.7), with line feeds for its line ends.
fn quoted(text: &str) -> String {
    let mut coded = String::new();
    for line in text.lines() {
        let mut width = 0;
        for (at, byte) in line.bytes().enumerate() {
            let is_plain = (b'!'..=b'~').contains(&byte) && byte != b'=';
            // A blank at the end of a line may be lost, a leading point doubled.
            let is_plain = is_plain && !(byte == b'.' && width == 0);
            let is_plain = is_plain || byte == b' ' && at + 1 < line.len();
            let piece =
                if is_plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
            if width + piece.len() >= LINE {
                coded.push_str("=\n");
                width = 0;
            }
            width += piece.len();
            coded.push_str(&piece);
        }
        coded.push('\n');
    }
    coded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader makes of quoted-printable.
    fn read(text: &str) -> String {
        let joined = text.replace("=\n", "");
        let mut bytes = Vec::new();
        let mut rest = joined.as_bytes();
        while let Some((first, behind)) = rest.split_first() {
            match first {
                b'=' => {
                    let hex = std::str::from_utf8(&behind[..2]).unwrap();
                    bytes.push(u8::from_str_radix(hex, 16).unwrap());
                    rest = &behind[2..];
                }
                byte => {
                    bytes.push(*byte);
                    rest = behind;
                }
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_letter_is_whole_and_marked_as_what_it_is() {
        let about = Head {
            id: Some("<1@agency.example>".into()),
            subject: Some("=?utf-8?B?5py65a+G?=".into()),
        };
        let slip = Words::new("Ask the office = us.", "请咨询保密办。".repeat(30));
        let letter = Letter {
            what: What::Held,
            from: "secrecy@agency.example",
            to: "wang@agency.example",
            at: "2026-11-27T20:00:00.5Z".parse().unwrap(),
            token: "abc1",
            about: &about,
            queue: Some("4AB1"),
            matter: Some(12),
            recipients: 2,
            slip: &slip,
        };
        let text = letter.text();
        let (head, body) = text.split_once("\n\n").unwrap();
        let want = "From: vetmark <secrecy@agency.example>\nTo: wang@agency.example\n\
                    Subject: Held for review [12]\n =?utf-8?Q?=E9=82=AE=E4=BB=B6=E5=BE=85=E5=AE=A1?=\n \
                    =?utf-8?B?5py65a+G?=\nDate: Fri, 27 Nov 2026 20:00:00 +0000\n\
                    Message-ID: <vetmark.abc1@agency.example>\nIn-Reply-To: <1@agency.example>\n\
                    References: <1@agency.example>\nAuto-Submitted: auto-replied\n\
                    X-Auto-Response-Suppress: All\nMIME-Version: 1.0\n\
                    Content-Type: text/plain; charset=utf-8\n\
                    Content-Transfer-Encoding: quoted-printable";
        assert_eq!(head, want);
        assert!(text.is_ascii());
        assert!(text.lines().all(|line| line.len() <= LINE && line != "."), "{text}");
        let body = read(body);
        for said in
            [&slip.en, &slip.zh, "4AB1", "收件人数：2", "recipients: 2", "2026-11-27T20:00:00Z"]
        {
            assert!(body.contains(said), "{said}: {body}");
        }
    }

    #[test]
    fn texts_come_out_as_they_went_in() {
        for text in ["", "a", " a ", ".", "a\n.\n..b", "a=b", "机密★10年", "\u{1F512}\t"] {
            let coded = quoted(text);
            let whole = if text.is_empty() { String::new() } else { format!("{text}\n") };
            assert_eq!(read(&coded), whole, "{coded}");
            assert!(coded.lines().all(|line| !line.ends_with([' ', '\t']) && line != "."));
        }
        for text in ["邮件经审查不予放行", "🔒🔒🔒🔒🔒🔒"] {
            assert!(words(text).lines().all(|word| word.trim().len() <= 75), "{}", words(text));
        }
    }
}

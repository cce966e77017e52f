//! Mail, mailboxes and archived web pages: what begins with header fields
//! (RFC 5322, RFC 4155, RFC 2557).

use memchr::memmem;

use super::Format;

/// Fields that stand in mail and hardly elsewhere.
const TELLING: &[&str] = &[
    "from",
    "received",
    "message-id",
    "return-path",
    "delivered-to",
    "mime-version",
    "subject",
    "content-transfer-encoding",
    "x-mailer",
    "x-originating-ip",
    "dkim-signature",
    "authentication-results",
];

/// Further fields of mail, which stand elsewhere too.
const COMMON: &[&str] = &[
    "to",
    "cc",
    "bcc",
    "date",
    "sender",
    "reply-to",
    "content-type",
    "content-disposition",
    "in-reply-to",
    "references",
    "importance",
    "priority",
    "x-priority",
    "sensitivity",
    "keywords",
    "comments",
    "envelope-to",
    "errors-to",
    "list-id",
    "organization",
    "user-agent",
    "thread-topic",
    "thread-index",
];

/// What it is, if it begins with header fields. `body` is the whole text's bytes.
pub(super) fn told(head: &str, body: &[u8]) -> Option<Format> {
    let text = head.trim_start_matches(['\r', '\n', ' ', '\u{FEFF}']);
    let (from_line, fields) = match text.strip_prefix("From ") {
        // An old way to write the field itself (RFC 5322, 4.5).
        Some(rest) if rest.trim_start().starts_with(':') => (false, text),
        Some(rest) => (is_from_line(rest), rest.split_once('\n').map_or("", |(_, rest)| rest)),
        None if text.starts_with(">From ") => (false, after_line(text)),
        None if is_length(text) => (false, after_line(text)),
        None => (false, text),
    };
    let block = Fields::of(fields);
    if !block.is_mail() && (!from_line || block.known() == 0) {
        return None;
    }
    if from_line && has_further_message(body) {
        return Some(Format::Other("application/mbox"));
    }
    if block.is_web_archive() {
        return Some(Format::Other("multipart/related"));
    }
    Some(Format::Eml)
}

/// A line with nothing but the mail's length, as Apple's program puts before it.
fn is_length(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default().trim_end();
    !line.is_empty() && line.len() <= 12 && line.bytes().all(|b| b.is_ascii_digit())
}

fn after_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest)
}

/// `someone@example.org Mon Mar  3 10:00:00 2014`: what follows `From `.
fn is_from_line(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default();
    let has_time = line.as_bytes().windows(6).any(
        |w| matches!(w, [a, b, b':', c, d, _] if [a, b, c, d].iter().all(|x| x.is_ascii_digit())),
    );
    has_time && line.len() < 256
}

/// Whether a second message begins somewhere after an empty line.
fn has_further_message(body: &[u8]) -> bool {
    memmem::find_iter(body, b"\nFrom ").any(|at| {
        let before = body.get(..at).unwrap_or_default();
        let line = body.get(at + 6..).unwrap_or_default();
        let line = line.get(..line.len().min(256)).unwrap_or_default();
        (before.ends_with(b"\n") || before.ends_with(b"\n\r") || before.ends_with(b"\r\n\r"))
            && is_from_line(&String::from_utf8_lossy(line))
    })
}

/// The names of the fields a text begins with.
struct Fields<'a> {
    names: Vec<String>,
    /// Whether nothing but fields stood before the first empty line.
    clean: bool,
    /// Whether fields are at least half of the lines there.
    is_header: bool,
    text: &'a str,
}

impl<'a> Fields<'a> {
    fn of(text: &'a str) -> Self {
        let (mut names, mut strange, mut length) = (Vec::new(), 0, 0);
        for line in text.split_inclusive('\n').take(400) {
            let bare = line.trim_end();
            if bare.is_empty() {
                break;
            }
            length += line.len();
            if line.starts_with([' ', '\t']) && !names.is_empty() {
                continue;
            }
            match field_name(bare) {
                Some(name) => names.push(name.to_ascii_lowercase()),
                None if names.is_empty() => {
                    strange = 1;
                    break;
                }
                None => strange += 1,
            }
        }
        // A strange line in what is plainly a header is damage.
        let clean = strange * 4 <= names.len();
        let is_header = !names.is_empty() && strange <= names.len();
        Self { names, clean, is_header, text: text.get(..length).unwrap_or_default() }
    }

    fn count(&self, of: &[&str]) -> usize {
        of.iter().filter(|name| self.names.iter().any(|known| known == *name)).count()
    }

    fn known(&self) -> usize {
        self.count(TELLING) + self.count(COMMON)
    }

    fn is_mail(&self) -> bool {
        let (telling, known) = (self.count(TELLING), self.known());
        // A part of a mail that stands alone may have but a type and an encoding.
        let is_part = self.names.first().is_some_and(|first| first.starts_with("content-"))
            && (self.holds("multipart/")
                || self.count(&["content-transfer-encoding"]) > 0
                || self.is_bare_part());
        self.clean && (telling >= 1 && known >= 2 || is_part) || self.is_header && self.is_packed()
    }

    /// Whether a mail program would unpack what follows, whoever wrote the other fields: as
    /// text nobody could read what is in it.
    fn is_packed(&self) -> bool {
        let unfolded = self.text.replace('\r', "").replace("\n ", " ").replace("\n\t", " ");
        unfolded.to_ascii_lowercase().lines().filter_map(|line| line.split_once(':')).any(
            |(name, value)| {
                let (name, value) = (name.trim_end(), value.trim_start());
                let coded = ["base64", "quoted-printable", "x-uu"];
                name == "content-type"
                    && value.starts_with("multipart/")
                    && value.contains("boundary")
                    || name == "content-transfer-encoding"
                        && coded.iter().any(|coding| value.starts_with(coding))
            },
        )
    }

    /// What was signed or compressed as a part of a mail (RFC 8551, 3.1) may
    /// have a type and nothing else.
    fn is_bare_part(&self) -> bool {
        const FAMILIES: &[&str] = &["text/", "application/", "message/", "image/", "multipart/"];
        let value = self.text.split_once(':').map_or("", |(_, value)| value.trim_start());
        let value: String = value.chars().take(20).collect::<String>().to_ascii_lowercase();
        self.names.first().is_some_and(|first| first == "content-type")
            && self.names.iter().all(|name| name.starts_with("content-"))
            && FAMILIES.iter().any(|family| value.starts_with(family))
    }

    /// Browsers put themselves in the place of a sender, in their own language.
    fn is_from_nobody(&self) -> bool {
        let lines = self.text.split('\n');
        let mut from = lines.filter(|line| {
            line.split_once(':').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("from"))
        });
        from.next().is_some_and(|line| !line.contains('@'))
    }

    fn holds(&self, what: &str) -> bool {
        self.text.to_ascii_lowercase().contains(what)
    }

    /// Browsers save a page with its pictures as a mail of their own (RFC 2557).
    fn is_web_archive(&self) -> bool {
        self.holds("multipart/related")
            && !self
                .names
                .iter()
                .any(|name| matches!(name.as_str(), "to" | "received" | "message-id"))
            && (self.count(&["from"]) == 0
                || self.is_from_nobody()
                || self.names.iter().any(|name| name == "snapshot-content-location"))
    }
}

/// The name of a header field: printable ASCII but colon, then a colon.
fn field_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let name = name.trim_end();
    let fits = !name.is_empty()
        && name.len() < 80
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mail_program_unpacks_is_mail_whatever_else_its_header_says() {
        for (head, is_mail) in [
            ("X-A: 1\nContent-Type: multipart/mixed; boundary=b", true),
            ("X-A: 1\r\nX-B: 2\r\nContent-Type:\r\n multipart/mixed;\r\n\tboundary=\"b\"", true),
            ("Thread: 1\nMULTIPART: no\ncontent-type : Multipart/Related; Boundary=b", true),
            ("X-A: 1\nContent-Transfer-Encoding: base64", true),
            ("X-A: 1\nX-B: 2\nno field\nContent-Type: multipart/mixed; boundary=b", true),
            ("X-A: 1\nContent-Type: multipart/mixed", false),
            ("X-A: 1\nContent-Type: text/plain", false),
            ("X-A: 1\nAbout: content-type: multipart/mixed; boundary=b", false),
            ("one\ntwo\nContent-Type: multipart/mixed; boundary=b", false),
            ("Subject: x\nTo: y", true),
            ("甲方：某局\n乙方：某公司", false),
        ] {
            let text = format!("{head}\n\n--b\n\ntext\n--b--\n");
            let told = told(&text, text.as_bytes());
            assert_eq!(told.is_some(), is_mail, "{head}");
        }
    }
}

//! Header fields (RFC 5322, 2.2; RFC 2045, 3): a head split into fields, each
//! unfolded, and where the head ends.

use std::borrow::Cow;

use memchr::memchr;

/// Longest name of a field that is taken for one.
const LONGEST_NAME: usize = 200;

/// One field of a head.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    /// Its name as written, without the colon; printable ASCII, or empty for a
    /// line in the head that is no field.
    pub(super) name: &'a str,
    /// Its value, unfolded, in the bytes of the mail.
    pub(super) value: Cow<'a, [u8]>,
}

impl Field<'_> {
    /// Whether it has this name; names are compared without case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The fields an entity begins with.
#[derive(Clone, Debug, Default)]
pub(super) struct Head<'a> {
    /// In the order they stand.
    pub(super) fields: Vec<Field<'a>>,
    /// Where the body begins, in bytes of what the head was read from.
    pub(super) body: usize,
}

impl<'a> Head<'a> {
    /// Splits the head off an entity.
    ///
    /// An empty line ends it. A line of blanks is a fold, and a line that is no
    /// field a blemish, where a known field follows; else the body begins there.
    /// Programs differ on both, and a head read too far is still read, while a
    /// head cut short would leave a body undecoded.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let mut head = Self::default();
        let mut folded: Vec<&'a [u8]> = Vec::new();
        let mut name: Option<&'a str> = None;
        let mut at = 0;
        while let Some((line, next)) = line_at(bytes, at) {
            let bare = line.trim_ascii();
            let follows = || line_at(bytes, next).is_some_and(|(line, _)| is_known_field(line));
            let blank = bare.is_empty();
            if line.is_empty() || blank && (name.is_none() || !follows()) {
                at = next;
                break;
            }
            if blank || line.starts_with(b" ") || line.starts_with(b"\t") {
                if name.is_none() {
                    break;
                }
                folded.push(line);
            } else if let Some((field, value)) = split(line) {
                head.put(name.replace(field), &mut folded);
                folded.push(value);
            } else if follows() {
                head.put(name.replace(""), &mut folded);
                folded.push(line);
            } else {
                break;
            }
            at = next;
        }
        head.put(name, &mut folded);
        head.body = at;
        head
    }

    fn put(&mut self, name: Option<&'a str>, folded: &mut Vec<&'a [u8]>) {
        let Some(name) = name else { return };
        let value = match folded.as_slice() {
            [only] => Cow::Borrowed(only.trim_ascii()),
            // Unfolding takes the line end and leaves the blank behind it.
            lines => Cow::Owned(lines.concat().trim_ascii().to_vec()),
        };
        folded.clear();
        self.fields.push(Field { name, value });
    }

    /// The value of the first field of a name.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|field| field.is(name)).map(|field| &*field.value)
    }

    /// The values of all fields of a name.
    pub(super) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s [u8]> + use<'s, 'a> {
        self.fields.iter().filter(move |field| field.is(name)).map(|field| &*field.value)
    }
}

/// The line at an offset without its end, and where the next begins; `None` at
/// the end of the bytes.
pub(super) fn line_at(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    let end = memchr(b'\n', rest);
    let line = rest.get(..end.unwrap_or(rest.len()))?;
    let next = at + end.map_or(rest.len(), |end| end + 1);
    Some((line.strip_suffix(b"\r").unwrap_or(line), next))
}

/// Name and value of a line that is a field: printable ASCII and a colon, with
/// blanks before the colon as old programs wrote them (RFC 5322, 4.5).
fn split(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = memchr(b':', line.get(..line.len().min(LONGEST_NAME))?)?;
    let name = line.get(..colon)?.trim_ascii_end();
    let fits = !name.is_empty() && name.iter().all(|b| (0x21..0x7F).contains(b));
    let name = std::str::from_utf8(name).ok().filter(|_| fits)?;
    Some((name, line.get(colon + 1..)?))
}

/// Whether a line is a field that stands in mail and hardly elsewhere.
pub(super) fn is_known_field(line: &[u8]) -> bool {
    const KNOWN: &[&str] = &[
        "bcc",
        "cc",
        "comments",
        "date",
        "delivered-to",
        "dkim-signature",
        "from",
        "importance",
        "in-reply-to",
        "keywords",
        "message-id",
        "mime-version",
        "organization",
        "priority",
        "received",
        "references",
        "reply-to",
        "return-path",
        "sender",
        "sensitivity",
        "subject",
        "thread-index",
        "thread-topic",
        "to",
        "user-agent",
    ];
    let Some((name, _)) = split(line) else { return false };
    let name = name.to_ascii_lowercase();
    ["content-", "x-", "resent-", "list-", "arc-"].iter().any(|begin| name.starts_with(begin))
        || KNOWN.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(head: &Head) -> Vec<String> {
        let value = |f: &Field| String::from_utf8_lossy(&f.value).into_owned();
        head.fields.iter().map(|f| format!("{}={}", f.name, value(f))).collect()
    }

    #[test]
    fn heads_are_split_where_programs_end_them() {
        for (text, fields, body) in [
            ("A: b\r\nC: d\r\n\r\ntext", vec!["A=b", "C=d"], "text"),
            ("A: b\n c\n\td\n\ntext", vec!["A=b c\td"], "text"),
            ("A : b\n\ntext", vec!["A=b"], "text"),
            // A line of blanks is a fold where fields go on behind it.
            ("A: b\n \nContent-Type: c\n\ntext", vec!["A=b", "Content-Type=c"], "text"),
            ("A: b\n \ntext: more\n", vec!["A=b"], "text: more\n"),
            // A line that is no field.
            ("A: b\nstray\nSubject: c\n\ntext", vec!["A=b", "=stray", "Subject=c"], "text"),
            ("A: b\ntext\nmore\n", vec!["A=b"], "text\nmore\n"),
            ("\ntext", vec![], "text"),
            ("text", vec![], "text"),
            (" text", vec![], " text"),
            ("A: b", vec!["A=b"], ""),
            ("", vec![], ""),
            ("机密: b\n\ntext", vec![], "机密: b\n\ntext"),
        ] {
            let head = Head::of(text.as_bytes());
            assert_eq!(
                (shown(&head), &text[head.body..]),
                (fields.iter().map(|f| (*f).to_owned()).collect(), body)
            );
        }
    }
}

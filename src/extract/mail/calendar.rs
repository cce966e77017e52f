//! Invitations and address cards: iCalendar (RFC 5545), vCard (RFC 6350) and
//! their older kin, as content lines.

use memchr::memmem;

use super::page::Page;
use super::transfer;
use crate::extract::{Budget, Extraction, charset};
use crate::model::{Gap, GapKind, Origin, Region, Submission};

/// Reads one file of either.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut out = Extraction { pages: Some(1), ..Extraction::default() };
    let mut page = Page::new();
    // Lines are folded between bytes, not characters (RFC 5545, 3.1).
    let text = charset::decode(&unfolded(&submission.bytes), budget.text_limit());
    out.gaps.extend(text.gap());
    let mut lines = text.text.lines();
    while let Some(line) = lines.next() {
        if page.is_full() {
            break;
        }
        let mut line = Line::of(line);
        if line.says("encoding", "quoted-printable") || line.has("quoted-printable") {
            let mut value = line.value.to_owned();
            while value.ends_with('=') {
                value.pop();
                value.push_str(lines.next().unwrap_or_default());
            }
            let value = transfer::quoted_printable(value.as_bytes());
            let label = line.param("charset").map(str::as_bytes);
            let value = charset::decode_labelled(&value, label, usize::MAX).text;
            line.value = "";
            put(&line, &value, &mut page, budget);
        } else if let Some((name, bytes)) = packed(&line) {
            let name = name.unwrap_or_else(|| {
                format!("{}-{}", line.name.to_lowercase(), out.children.len() + 1)
            });
            if let Err(gap) = budget.spend_bytes(bytes.len() as u64) {
                out.gaps.push(gap);
                break;
            }
            out.children.push(submission.child(name, Origin::Attachment, bytes));
        } else if line.name.eq_ignore_ascii_case("x-alt-desc") && line.says("fmttype", "text/html")
        {
            let html = format!("<!DOCTYPE html>\n{}", unescaped(line.value));
            out.children.push(submission.child(
                "x-alt-desc.html",
                Origin::MailBody,
                html.into_bytes(),
            ));
        } else {
            put(&line, &unescaped(line.value), &mut page, budget);
        }
    }
    let (text, gap) = page.finish();
    out.text = text;
    out.gaps.extend(gap);
    if out.text.blocks().is_empty() && out.children.is_empty() && out.gaps.is_empty() {
        out.gaps
            .push(Gap::new(GapKind::Damaged, "no property of a calendar or card could be read"));
    }
    out
}

/// The text of a property: what a person wrote as lines of the page, the rest beside it.
fn put(line: &Line, value: &str, page: &mut Page, budget: &mut Budget) {
    const SHOWN: &[&str] = &[
        "SUMMARY",
        "DESCRIPTION",
        "COMMENT",
        "LOCATION",
        "CATEGORIES",
        "CONTACT",
        "RESOURCES",
        "NOTE",
        "FN",
        "N",
        "ORG",
        "TITLE",
        "ROLE",
        "NICKNAME",
        "ADR",
        "LABEL",
    ];
    const WORDLESS: &[&str] = &["BEGIN", "END", "VERSION", "CALSCALE"];
    if WORDLESS.iter().any(|name| line.name.eq_ignore_ascii_case(name)) {
        return;
    }
    let shown = SHOWN.iter().any(|name| line.name.eq_ignore_ascii_case(name));
    for one in value.split(['\n', '\r']).filter(|one| !one.trim().is_empty()) {
        match shown {
            true => page.line(Region::Body, one.trim_matches(';'), budget),
            false => page.field(Region::Property, line.name, one, budget),
        }
    }
    for (name, value) in &line.params {
        let worded = ["cn", "dir", "x-", "filename"]
            .iter()
            .any(|start| name.to_ascii_lowercase().starts_with(start));
        if worded || !value.is_ascii() {
            page.field(Region::Property, &format!("{};{name}", line.name), value, budget);
        }
    }
}

/// A file packed in a property: its name, where it has one, and its bytes.
fn packed(line: &Line) -> Option<(Option<String>, Vec<u8>)> {
    let in_uri = line.value.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
    let text = match in_uri {
        true => line.value.split_once(";base64,")?.1,
        false if line.says("encoding", "b") || line.says("encoding", "base64") => line.value,
        false if line.has("base64") => line.value,
        false => return None,
    };
    let name = ["filename", "x-filename", "x-apple-filename"].iter().find_map(|n| line.param(n));
    Some((name.map(str::to_owned), transfer::base64(text.as_bytes()).bytes))
}

/// `name;parameter=value:value`
struct Line<'a> {
    name: &'a str,
    params: Vec<(&'a str, &'a str)>,
    value: &'a str,
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        const MOST: usize = 100;
        let mut in_quotes = false;
        let colon = line.bytes().position(|b| {
            in_quotes ^= b == b'"';
            b == b':' && !in_quotes
        });
        let colon = colon.or_else(|| line.find(':'));
        let (head, value) = match colon {
            Some(at) => (&line[..at], &line[at + 1..]),
            // No content line: text all the same.
            None => ("", line),
        };
        let mut in_quotes = false;
        let mut pieces = head.split(|c| {
            in_quotes ^= c == '"';
            c == ';' && !in_quotes
        });
        let name = pieces.next().unwrap_or_default();
        // `item1.TEL`: a group that properties belong to.
        let name = name.rsplit('.').next().unwrap_or_default();
        let param = |piece: &'a str| match piece.split_once('=') {
            Some((name, value)) => (name, value.trim_matches('"')),
            None => (piece, ""),
        };
        Self { name, params: pieces.take(MOST).map(param).collect(), value }
    }

    fn param(&self, name: &str) -> Option<&'a str> {
        self.params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| *v)
    }

    /// Whether it has a parameter without a value, as vCard 2.1 wrote them.
    fn has(&self, name: &str) -> bool {
        self.param(name) == Some("")
    }

    fn says(&self, name: &str, value: &str) -> bool {
        self.param(name).is_some_and(|said| said.eq_ignore_ascii_case(value))
    }
}

fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memmem::find(rest, b"\n") {
        let (line, after) = rest.split_at(at + 1);
        rest = after;
        match after.first() {
            Some(b' ' | b'\t') => {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                out.extend(line.strip_suffix(b"\r").unwrap_or(line));
                rest = &after[1..];
            }
            _ => out.extend(line),
        }
    }
    out.extend(rest);
    out
}

/// `\n` is a line end, and commas, semicolons and backslashes are escaped (RFC 5545, 3.3.11).
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn reading(text: &str) -> (Vec<String>, Vec<(String, Vec<u8>)>) {
        let submission = Submission::file("a.ics", text.as_bytes());
        let read = read(&submission, &mut Budget::new(Limits::default()));
        let line =
            |b: &crate::model::Block| format!("{} {}", read.text.label(b), read.text.block_text(b));
        let child = |c: &Submission| (c.provenance.name().to_owned(), c.bytes.to_vec());
        (read.text.blocks().iter().map(line).collect(), read.children.iter().map(child).collect())
    }

    #[test]
    fn properties_are_text_and_what_is_packed_comes_out() {
        let (text, children) = reading(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=zh:机密★10年\\n会议\\, 二楼\r\n\
            DESCRIPTION:folded\r\n  line\r\nATTENDEE;CN=\"张: 三\";X=y:mailto:a@b\r\nCLASS:CONFIDENTIAL\r\n\
            ATTACH;FILENAME=a.txt;ENCODING=BASE64;VALUE=BINARY:YWJj\r\n\
            X-ALT-DESC;FMTTYPE=text/html:<p>x</p>\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        );
        assert_eq!(
            text,
            [
                " 机密★10年",
                " 会议, 二楼",
                " folded line",
                "ATTENDEE mailto:a@b",
                "ATTENDEE;CN 张: 三",
                "CLASS CONFIDENTIAL",
            ]
        );
        assert_eq!(children[0], ("a.txt".to_owned(), b"abc".to_vec()));
        assert_eq!(children[1].1, b"<!DOCTYPE html>\n<p>x</p>");
        let (text, children) = reading(
            "BEGIN:VCARD\nVERSION:2.1\nitem1.FN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=BB=FA=\n=C3=DC\n\
            PHOTO;TYPE=PNG;BASE64:YWJj\nEND:VCARD\n",
        );
        assert_eq!(
            (text, children),
            (vec![" 机密".to_owned()], vec![("photo-1".to_owned(), b"abc".to_vec())])
        );
    }
}

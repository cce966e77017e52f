//! Internet mail (RFC 5322, MIME): header fields and plain text as blocks; pages,
//! attachments and nested messages as children.
//!
//! The tree of parts is walked by [`entities`], not by a library: what stands
//! outside the parts, twice, cut or mislabelled must be read or said too.

use std::borrow::Cow;

use memchr::memchr;

use super::body;
use super::entity::{Entity, Role, entities, quoted_parts};
use super::fields::{Field, Head, line_at};
use super::page::Page;
use super::transfer::{Coding, Decoded};
use super::words;
use crate::extract::charset::{self, Charset, Told};
use crate::extract::{Budget, Extraction, sniff};
use crate::model::{Gap, GapKind, Origin, Region, Submission};

/// Reads one mail, whose encoding as a text may have been told already.
pub(crate) fn read(submission: &Submission, told: Option<Told>, budget: &mut Budget) -> Extraction {
    let told = told.unwrap_or_else(|| charset::tell(&submission.bytes));
    let bytes = plain_lines(&submission.bytes, told);
    let (bytes, behind) = past_envelope(&bytes);
    let (entities, gaps) = entities(bytes, budget);
    let label = entities.iter().find_map(|entity| entity.kind.raw("charset"));
    let mut reader =
        Reader { submission, label, page: Page::new(), children: Vec::new(), gaps, number: 0 };
    for entity in &entities {
        reader.entity(entity, budget);
    }
    reader.hidden(behind, budget);
    let (text, gap) = reader.page.finish();
    reader.gaps.extend(gap);
    Extraction {
        pages: Some(1),
        text,
        children: reader.children,
        gaps: reader.gaps,
        ..Extraction::default()
    }
}

/// The mail in bytes whose lines end as lines of mail do: a file in UTF-16 as
/// UTF-8, and one whose lines end with a carriage return alone with feeds.
pub(super) fn plain_lines(bytes: &[u8], told: Told) -> Cow<'_, [u8]> {
    let rest = bytes.get(told.mark..).unwrap_or_default();
    if matches!(told.charset, Charset::Wide { .. } | Charset::Ebcdic) {
        let decoded = charset::decode_as(rest, told.charset, usize::MAX);
        return Cow::Owned(decoded.text.into_bytes());
    }
    if memchr(b'\n', rest).is_none() && memchr(b'\r', rest).is_some() {
        return Cow::Owned(rest.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect());
    }
    Cow::Borrowed(rest)
}

/// The mail without empty lines and the `From ` line of a mailbox before it, and
/// what stands behind the length that Apple's program writes before a mail.
pub(super) fn past_envelope(bytes: &[u8]) -> (&[u8], &[u8]) {
    let text = bytes.trim_ascii_start();
    let Some((line, next)) = line_at(text, 0) else { return (text, &[]) };
    let rest = text.get(next..).unwrap_or_default();
    let number = std::str::from_utf8(line).ok().and_then(|l| l.trim().parse::<usize>().ok());
    if let Some(length) = number {
        // The length is believed only where what it cuts off is a property list:
        // parts of the mail cannot be talked away.
        let split = rest.split_at_checked(length);
        return split.filter(|(_, behind)| is_property_list(behind)).unwrap_or((rest, &[]));
    }
    let from = line.strip_prefix(b">").unwrap_or(line).strip_prefix(b"From ");
    match from {
        Some(from) if !from.trim_ascii_start().starts_with(b":") => (rest, &[]),
        _ => (text, &[]),
    }
}

/// Whether bytes are a property list and hold nothing that could be parts of a mail.
fn is_property_list(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii();
    let begins = [&b"<?xml"[..], b"<!DOCTYPE plist", b"<plist"];
    begins.iter().any(|begin| text.starts_with(begin))
        && text.ends_with(b"</plist>")
        && !text.split(|b| *b == b'\n').any(|line| line.starts_with(b"--"))
}

struct Reader<'a> {
    submission: &'a Submission,
    /// The encoding the mail's first text is in, by its own account.
    label: Option<Vec<u8>>,
    page: Page,
    children: Vec<Submission>,
    gaps: Vec<Gap>,
    /// How many parts were seen, to name those that have no name.
    number: usize,
}

impl Reader<'_> {
    fn entity(&mut self, entity: &Entity, budget: &mut Budget) {
        let is_mail = self.number == 0;
        self.number += 1;
        for field in &entity.head.fields {
            self.field(field, is_mail, budget);
        }
        match entity.role {
            Role::Multipart if entity.kind.value == "multipart/encrypted" => {
                self.gap(GapKind::Encrypted, "the mail or a part of it is encrypted");
            }
            Role::Multipart => {}
            Role::Outside => self.hidden(entity.body, budget),
            Role::Leaf => self.leaf(entity, budget),
        }
    }

    /// A field as a block. Those that hold no words are left out, unless there
    /// is something in them that no program puts there.
    fn field(&mut self, field: &Field, is_mail: bool, budget: &mut Budget) {
        let value = words::decode(&field.value, self.label.as_deref());
        if value.is_empty() || body::is_wordless(field.name) && value.is_ascii() {
            return;
        }
        let is_subject = is_mail && field.is("subject");
        let region = if is_subject { Region::Subject } else { Region::MailHeader };
        let label = if is_subject { "" } else { field.name };
        self.page.field(region, label, &value, budget);
    }

    fn leaf(&mut self, entity: &Entity, budget: &mut Budget) {
        if entity.body.trim_ascii().is_empty() && self.names(entity).is_empty() {
            return;
        }
        let decoded = entity.coding.decode(entity.body);
        if let Coding::Unknown(name) = &entity.coding {
            let number = self.number;
            let detail = format!("part {number} has an unknown transfer encoding, {name:?}");
            self.gap(GapKind::Unsupported, &detail);
        }
        if let Err(gap) = budget.spend_bytes(decoded.bytes.len() as u64) {
            self.gaps.push(gap);
            return;
        }
        let rest = decoded.rest;
        for other in entity.other_codings() {
            let bytes = other.decode(entity.body).bytes;
            if bytes != decoded.bytes {
                let name = format!("part-{}-otherwise", self.number);
                self.children.push(self.submission.child(name, Origin::MailBody, &*bytes));
            }
        }
        self.part(entity, decoded, budget);
        self.hidden(rest, budget);
    }

    /// A part by what it says it is.
    fn part(&mut self, entity: &Entity, decoded: Decoded, budget: &mut Budget) {
        let kind = entity.kind.value.as_str();
        let attached = entity.disposition.value == "attachment" || !self.names(entity).is_empty();
        match kind {
            "application/pgp-encrypted" if entity.inside == "multipart/encrypted" => {
                self.hidden(&decoded.bytes, budget);
            }
            _ if attached => self.attached(entity, decoded, budget),
            "message/delivery-status"
            | "message/disposition-notification"
            | "message/feedback-report"
            | "message/tracking-status"
            | "text/rfc822-headers" => self.groups_of_fields(&decoded.bytes, budget),
            "message/partial" => self.partial(entity, decoded, budget),
            "message/external-body" => {
                let detail = "a part of the mail is kept elsewhere";
                self.gap(GapKind::MissingPart, detail);
                self.groups_of_fields(&decoded.bytes, budget);
            }
            _ if kind.starts_with("multipart/") && entity.coding != Coding::Identity => {
                // Parts under an encoding, which the standard does not allow.
                let head = [b"Content-Type: ", entity.head.get("content-type").unwrap_or_default()];
                let mail = [&head.concat(), &b"\r\n\r\n"[..], &decoded.bytes].concat();
                self.child(entity, decoded.trouble, mail);
            }
            "text/html" => self.html(entity, decoded),
            "text/plain" => self.plain(entity, decoded, budget),
            _ if kind.starts_with("multipart/") => self.plain(entity, decoded, budget),
            _ if kind.starts_with("message/") => self.message(entity, decoded),
            _ if kind.starts_with("text/") && !is_document(kind) => {
                self.plain(entity, decoded, budget);
            }
            _ => self.child(entity, decoded.trouble, decoded.bytes.into_owned()),
        }
    }

    /// Text that the mail shows. What only claims to be text is a child.
    fn plain(&mut self, entity: &Entity, decoded: Decoded, budget: &mut Budget) {
        let label = entity.kind.raw("charset");
        let wide = label.as_deref().and_then(Charset::for_label);
        let is_wide = matches!(wide, Some(Charset::Wide { .. }));
        if !is_wide && !body::is_text(sniff(&decoded.bytes)) {
            return self.child(entity, decoded.trouble, decoded.bytes.into_owned());
        }
        let number = self.number;
        if let Some(trouble) = &decoded.trouble {
            self.gap(GapKind::Damaged, &format!("part {number}: {trouble}"));
        }
        let taken = body::take_files(decoded.bytes);
        for (file, gap) in taken.files {
            let name = words::decode(&file.name, self.label.as_deref());
            let mut child = self.submission.child(name, Origin::Attachment, file.bytes);
            child.gaps.extend(gap);
            self.children.push(child);
        }
        let text = charset::decode_labelled(&taken.text, label.as_deref(), budget.text_limit());
        self.gaps.extend(text.gap().map(|gap| {
            let detail = format!("part {number}: {}", gap.detail);
            Gap { detail, ..gap }
        }));
        self.gaps.extend(body::sealed(&text.text));
        if let Some(mail) = quoted_parts(&taken.text) {
            let name = format!("part-{number}-quoted.eml");
            self.children.push(self.submission.child(name, Origin::MailBody, mail));
        }
        let yes = |name, value: &str| {
            entity.kind.get(name).is_some_and(|said| said.eq_ignore_ascii_case(value))
        };
        if yes("format", "flowed") {
            for line in body::unflow(&text.text, yes("delsp", "yes")) {
                self.page.line(Region::Body, &line, budget);
            }
        } else {
            self.page.lines(Region::Body, &text.text, budget);
        }
    }

    /// A page shown as the mail's body, in UTF-8 with its mark: what the mail
    /// says of its encoding counts for more than what the page says.
    fn html(&mut self, entity: &Entity, decoded: Decoded) {
        let label = entity.kind.raw("charset");
        let text = charset::decode_labelled(&decoded.bytes, label.as_deref(), usize::MAX);
        let number = self.number;
        self.gaps.extend(text.gap().map(|gap| {
            let detail = format!("part {number}: {}", gap.detail);
            Gap { detail, ..gap }
        }));
        let page = body::html_page(&text.text);
        self.child(entity, decoded.trouble, page);
    }

    /// A message within the mail.
    fn message(&mut self, entity: &Entity, decoded: Decoded) {
        let mail = body::as_mail(decoded.bytes.into_owned());
        self.child(entity, decoded.trouble, mail);
    }

    /// Something with a name, or that is said to be attached.
    fn attached(&mut self, entity: &Entity, decoded: Decoded, budget: &mut Budget) {
        let names = self.names(entity);
        for other in names.iter().skip(1) {
            self.page.field(Region::AttachmentName, "", other, budget);
        }
        let kind = entity.kind.value.as_str();
        if kind.starts_with("message/") && kind != "message/partial" {
            return self.message(entity, decoded);
        }
        let label = entity.kind.raw("charset");
        let bytes = match label {
            Some(label) if kind.starts_with("text/") => body::labelled(decoded.bytes, &label),
            _ => decoded.bytes.into_owned(),
        };
        self.child(entity, decoded.trouble, bytes);
    }

    /// A piece of a message that came in several mails (RFC 2046, 5.2.2).
    fn partial(&mut self, entity: &Entity, decoded: Decoded, budget: &mut Budget) {
        let said = |name| entity.kind.get(name).and_then(|n| n.trim().parse::<u32>().ok());
        let (number, total) = (said("number").unwrap_or(0), said("total"));
        if (number, total) != (1, Some(1)) {
            let of = total.map_or_else(|| "several".to_owned(), |total| total.to_string());
            let detail = format!("the mail is piece {number} of {of} of a message");
            self.gap(GapKind::MissingPart, &detail);
        }
        if number == 1 {
            self.message(entity, decoded);
        } else {
            self.plain(entity, decoded, budget);
        }
    }

    /// Groups of fields with empty lines between them: reports (RFC 3464, RFC 8098).
    fn groups_of_fields(&mut self, bytes: &[u8], budget: &mut Budget) {
        let mut rest = bytes;
        loop {
            let head = Head::of(rest);
            for field in &head.fields {
                self.field(field, false, budget);
            }
            let after = rest.get(head.body..).unwrap_or_default();
            if after.is_empty() || self.page.is_full() {
                return;
            }
            if head.fields.is_empty() && after.len() == rest.len() {
                let text = charset::decode_labelled(after, self.label.as_deref(), usize::MAX).text;
                return self.page.lines(Region::Body, &text, budget);
            }
            rest = after;
        }
    }

    /// Text that no program shows.
    fn hidden(&mut self, bytes: &[u8], budget: &mut Budget) {
        if bytes.trim_ascii().is_empty() {
            return;
        }
        let text = charset::decode_labelled(bytes, self.label.as_deref(), budget.text_limit());
        self.gaps.extend(text.gap());
        self.page.lines(Region::Hidden, &text.text, budget);
    }

    fn child(&mut self, entity: &Entity, trouble: Option<String>, bytes: Vec<u8>) {
        let name = self.names(entity).into_iter().next();
        let attached = name.is_some() || entity.disposition.value == "attachment";
        let origin = if attached { Origin::Attachment } else { Origin::MailBody };
        let name = name.unwrap_or_else(|| {
            format!("part-{}.{}", self.number, body::extension(&entity.kind.value))
        });
        let mut child = self.submission.child(name, origin, bytes);
        child.gaps.extend(trouble.map(|said| Gap::new(GapKind::Damaged, said)));
        self.children.push(child);
    }

    /// The names a part has, the one that programs show first.
    fn names(&self, entity: &Entity) -> Vec<String> {
        let label = self.label.as_deref();
        let mut names = entity.disposition.all("filename", label);
        for name in entity.kind.all("name", label) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn gap(&mut self, kind: GapKind, detail: &str) {
        let gap = Gap::new(kind, detail);
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }
}

/// Texts that are documents of their own.
fn is_document(kind: &str) -> bool {
    ["calendar", "vcard", "x-vcard", "directory", "rtf", "richtext", "csv", "xml", "x-amp-html"]
        .iter()
        .any(|subtype| kind.strip_prefix("text/") == Some(subtype))
}

#[cfg(test)]
mod tests;

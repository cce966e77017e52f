//! An Outlook item as text: fields, recipients and other properties with words,
//! then its body; HTML, RTF and attachments as children.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::names;
use super::{Properties, Property, STRING8, charset_of, id};
use crate::extract::charset::{self, Charset, code_page};
use crate::extract::mail::body::{self, html_page};
use crate::extract::mail::fields::Head;
use crate::extract::mail::page::Page;
use crate::extract::mail::rtf_lz;
use crate::extract::mail::words;
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Origin, Region, Submission};

/// What an attachment holds.
#[derive(Clone, Debug)]
pub(in crate::extract::mail) enum Content {
    /// A file.
    File(Vec<u8>),
    /// Nothing, and why.
    Lost(Gap),
    /// Nothing: it is kept elsewhere, or there is nothing to it.
    None,
}

/// Something attached to an item.
#[derive(Clone, Debug)]
pub(in crate::extract::mail) struct Attachment {
    pub(in crate::extract::mail) properties: Properties,
    pub(in crate::extract::mail) content: Content,
    /// What its name ends with, where it has none of its own.
    pub(in crate::extract::mail) extension: &'static str,
}

/// What a file holds beside its item.
#[derive(Clone, Debug)]
pub(in crate::extract::mail) enum Extra {
    /// A property set (MS-OLEPS).
    Properties(Vec<u8>),
    /// A file, by the name of its stream.
    File(String, Vec<u8>),
    /// Text that belongs to nothing any more.
    Text(String),
}

/// An item with all that belongs to it.
#[derive(Clone, Debug, Default)]
pub(in crate::extract::mail) struct Item {
    pub(in crate::extract::mail) properties: Properties,
    pub(in crate::extract::mail) recipients: Vec<Properties>,
    pub(in crate::extract::mail) attachments: Vec<Attachment>,
    pub(in crate::extract::mail) extras: Vec<Extra>,
    /// The code page of its texts, where something but its properties names it.
    pub(in crate::extract::mail) code_page: Option<u32>,
}

/// Shows an item. Gaps that were found on the way to it come first.
pub(in crate::extract::mail) fn show(
    item: Item,
    gaps: Vec<Gap>,
    submission: &Submission,
    budget: &mut Budget,
) -> Extraction {
    let mut sets = vec![&item.properties];
    sets.extend(&item.recipients);
    sets.extend(item.attachments.iter().map(|attachment| &attachment.properties));
    let charset = charset_of(&sets, item.code_page);
    let mut shown = Shown {
        submission,
        charset,
        page: Page::new(),
        children: Vec::new(),
        gaps,
        said: BTreeSet::new(),
    };
    shown.fields(&item, budget);
    shown.other_texts(&item.properties, budget);
    shown.bodies(&item.properties, budget);
    for attachment in item.attachments {
        shown.attachment(attachment, budget);
    }
    for extra in item.extras {
        match extra {
            Extra::Properties(set) => shown.gaps.extend(shown.page.property_set(&set, budget)),
            Extra::File(name, bytes) => {
                shown.children.push(submission.child(name, Origin::Embedded, bytes));
            }
            Extra::Text(text) => shown.page.lines(Region::Hidden, &text, budget),
        }
    }
    let (text, gap) = shown.page.finish();
    shown.gaps.extend(gap);
    if text.blocks().is_empty() && shown.children.is_empty() && shown.gaps.is_empty() {
        shown.gaps.push(Gap::new(GapKind::Damaged, "the item has no text and nothing attached"));
    }
    Extraction {
        pages: Some(1),
        text,
        children: shown.children,
        gaps: shown.gaps,
        ..Extraction::default()
    }
}

struct Shown<'a> {
    submission: &'a Submission,
    charset: Charset,
    page: Page,
    children: Vec<Submission>,
    gaps: Vec<Gap>,
    /// Values that stand in the text already: items store most twice or more.
    said: BTreeSet<String>,
}

impl Shown<'_> {
    fn say(&mut self, region: Region, label: &str, value: &str, budget: &mut Budget) {
        let value = value.trim();
        if !value.is_empty() {
            self.said.insert(value.to_owned());
            for line in value.split(['\n', '\r', '\u{b}']).filter(|line| !line.trim().is_empty()) {
                self.page.field(region, label, line, budget);
            }
        }
    }

    fn field(&mut self, label: &str, value: &str, budget: &mut Budget) {
        self.say(Region::MailHeader, label, value, budget);
    }

    /// What a mail has as its fields.
    fn fields(&mut self, item: &Item, budget: &mut Budget) {
        let own = &item.properties;
        let charset = self.charset;
        let text = |id| own.text(id, charset);
        let subject = text(id::SUBJECT).or_else(|| {
            let prefix = text(id::SUBJECT_PREFIX).unwrap_or_default();
            text(id::NORMALIZED_SUBJECT).map(|subject| prefix + &subject)
        });
        if let Some(subject) = subject {
            // A prefix may be marked by two control characters (MS-OXCMSG 2.2.1.10).
            let subject = subject.trim_start_matches(|c: char| c < ' ').to_owned();
            self.say(Region::Subject, "", &subject, budget);
        }
        self.transport(own, budget);
        let author = Whom {
            name: text(id::SENT_REPRESENTING_NAME),
            address: text(id::SENT_REPRESENTING_SMTP).or_else(|| text(id::SENT_REPRESENTING_EMAIL)),
        };
        let sender = Whom {
            name: text(id::SENDER_NAME),
            address: text(id::SENDER_SMTP).or_else(|| text(id::SENDER_EMAIL)),
        };
        if sender.shown() != author.shown() && !author.shown().is_empty() {
            self.whom("From", &author, budget);
            self.whom("Sender", &sender, budget);
        } else {
            self.whom("From", &sender, budget);
        }
        for recipient in &item.recipients {
            self.recipient(recipient, budget);
        }
        for (number, label) in
            [(id::DISPLAY_TO, "To"), (id::DISPLAY_CC, "Cc"), (id::DISPLAY_BCC, "Bcc")]
        {
            if item.recipients.is_empty()
                && let Some(names) = text(number)
            {
                self.field(label, &names, budget);
            }
        }
        let dated = self.page.has("date");
        let times = [id::CLIENT_SUBMIT_TIME, id::DELIVERY_TIME, id::CREATION_TIME];
        if let Some(date) = times.into_iter().find_map(|time| own.number(time)).and_then(date)
            && !dated
        {
            self.field("Date", &date, budget);
        }
        let importance = match own.number(id::IMPORTANCE) {
            Some(0) => "low",
            Some(2) => "high",
            _ => "",
        };
        self.field("Importance", importance, budget);
        let sensitivity = match own.number(id::SENSITIVITY) {
            Some(1) => "Personal",
            Some(2) => "Private",
            Some(3) => "Company-Confidential",
            _ => "",
        };
        self.field("Sensitivity", sensitivity, budget);
    }

    /// The fields the item came with when it was a mail.
    fn transport(&mut self, own: &Properties, budget: &mut Budget) {
        let Some(headers) = own.text(id::TRANSPORT_HEADERS, self.charset) else { return };
        // A line of Exchange's own may stand first.
        let headers = headers.trim_start().as_bytes();
        let headers =
            headers.strip_prefix(b"Microsoft Mail Internet Headers Version 2.0").unwrap_or(headers);
        let headers = headers.trim_ascii_start();
        let head = Head::of(headers);
        for field in &head.fields {
            let value = words::decode(&field.value, None);
            if body::is_wordless(field.name) && value.is_ascii()
                || field.is("subject") && self.said.contains(value.trim())
            {
                continue;
            }
            self.field(field.name, &value, budget);
        }
        let rest = headers.get(head.body..).unwrap_or_default();
        let rest = String::from_utf8_lossy(rest);
        self.page.lines(Region::Hidden, &rest, budget);
    }

    fn recipient(&mut self, recipient: &Properties, budget: &mut Budget) {
        let text = |id| recipient.text(id, self.charset);
        let whom = Whom {
            name: text(id::DISPLAY_NAME),
            address: text(id::SMTP_ADDRESS).or_else(|| text(id::EMAIL_ADDRESS)),
        };
        let label = match recipient.number(id::RECIPIENT_TYPE).map(|kind| kind & 0xF) {
            Some(2) => "Cc",
            Some(3) => "Bcc",
            _ => "To",
        };
        self.whom(label, &whom, budget);
    }

    fn whom(&mut self, label: &str, whom: &Whom, budget: &mut Budget) {
        self.field(label, &whom.shown(), budget);
        let parts = whom.name.iter().chain(&whom.address);
        self.said.extend(parts.map(|part| part.trim().to_owned()));
    }

    /// All further properties with text that does not stand there yet.
    fn other_texts(&mut self, own: &Properties, budget: &mut Budget) {
        const SHOWN: &[u16] = &[
            id::SUBJECT,
            id::SUBJECT_PREFIX,
            id::TRANSPORT_HEADERS,
            id::DISPLAY_TO,
            id::DISPLAY_CC,
            id::DISPLAY_BCC,
            id::BODY,
            id::HTML,
        ];
        // Kinds of addresses: `SMTP`, `EX`.
        const WORDLESS: &[u16] = &[0x0064, 0x0066, 0x0068, 0x0075, 0x0077, 0x0C1E, 0x3002];
        for property in own.0.iter().filter(|p| p.is_text()) {
            let is_class = property.id == id::MESSAGE_CLASS;
            for text in property.texts(self.charset) {
                let is_plain = WORDLESS.contains(&property.id) && text.len() <= 8
                    || is_class && text.starts_with("IPM.");
                let named = names::is_field(property.name.as_ref());
                if SHOWN.contains(&property.id)
                    || is_plain && text.is_ascii()
                    || !named && self.said.contains(text.trim())
                {
                    continue;
                }
                let label = names::label(property.id, property.name.as_ref());
                let region = if named { Region::MailHeader } else { Region::Property };
                self.say(region, &label, &text, budget);
            }
            if self.page.is_full() {
                return;
            }
        }
    }

    fn bodies(&mut self, own: &Properties, budget: &mut Budget) {
        for property in own.0.iter().filter(|p| p.id == id::BODY && p.is_text()) {
            for text in property.texts(self.charset) {
                self.gaps.extend(body::sealed(&text));
                self.page.lines(Region::Body, &text, budget);
            }
        }
        for property in own.0.iter().filter(|p| p.id == id::HTML) {
            for value in &property.values {
                if let Err(gap) = budget.spend_bytes(value.len() as u64) {
                    self.gaps.push(gap);
                    return;
                }
                self.html(property, value, own);
            }
        }
        if let Some(packed) = own.bytes(id::RTF_COMPRESSED).filter(|packed| !packed.is_empty()) {
            let Some((rtf, whole)) = rtf_lz::unpack(packed) else {
                self.gaps.push(Gap::new(GapKind::Damaged, "the compressed RTF of the message"));
                return;
            };
            if let Err(gap) = budget.spend_bytes(rtf.len() as u64) {
                self.gaps.push(gap);
                return;
            }
            let mut child = self.submission.child("body.rtf", Origin::MailBody, rtf);
            if !whole {
                child.gaps.push(Gap::new(GapKind::Damaged, "its compressed text is cut"));
            }
            self.children.push(child);
        }
    }

    fn html(&mut self, property: &Property, value: &[u8], own: &Properties) {
        let page = own.number(id::INTERNET_CODE_PAGE).and_then(|n| u32::try_from(n).ok());
        let label = page.and_then(code_page::encoding).map(|encoding| encoding.name().as_bytes());
        let text = match property.kind {
            super::STRING => super::utf16(value),
            STRING8 => charset::decode_as(value, self.charset, usize::MAX).text,
            _ => {
                let decoded = charset::decode_labelled(value, label, usize::MAX);
                self.gaps.extend(decoded.gap());
                decoded.text
            }
        };
        let text = text.trim_end_matches('\0');
        if !text.trim().is_empty() {
            let child = self.submission.child("body.html", Origin::MailBody, html_page(text));
            self.children.push(child);
        }
    }

    fn attachment(&mut self, attachment: Attachment, budget: &mut Budget) {
        const NAMES: &[u16] = &[id::ATTACH_LONG_FILENAME, id::ATTACH_FILENAME, id::DISPLAY_NAME];
        const PATHS: &[u16] = &[id::ATTACH_LONG_PATHNAME, id::ATTACH_PATHNAME];
        // What the name ends with, its type, its place in a page.
        const WORDLESS: &[u16] = &[0x3703, 0x370E, 0x3711, 0x3712, 0x3713];
        let own = &attachment.properties;
        let mut names: Vec<String> = Vec::new();
        for name in NAMES.iter().chain(PATHS).filter_map(|id| own.text(*id, self.charset)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // The short name of `a long name.docx` is `ALONGN~1.DOC`.
        names.retain(|name| !name.is_ascii() || !name.contains("~1"));
        let number = self.children.len() + 1;
        let name = match names.first() {
            Some(name) => name.trim().to_owned(),
            None => {
                let kind = own.text(id::ATTACH_MIME_TAG, self.charset).unwrap_or_default();
                let extension = match body::extension(&kind) {
                    "bin" => attachment.extension,
                    known => known,
                };
                format!("attachment-{number}.{extension}")
            }
        };
        for other in names.iter().skip(1) {
            if !self.said.contains(other.trim()) {
                self.say(Region::AttachmentName, "", other, budget);
            }
        }
        for property in own.0.iter().filter(|p| p.is_text()) {
            let skip = [NAMES, PATHS, WORDLESS].iter().any(|ids| ids.contains(&property.id));
            for text in property.texts(self.charset).iter().filter(|_| !skip) {
                if !self.said.contains(text.trim()) {
                    let label = names::label(property.id, property.name.as_ref());
                    self.say(Region::Property, &label, text, budget);
                }
            }
        }
        let child = match attachment.content {
            Content::File(bytes) => self.submission.child(name, Origin::Attachment, bytes),
            Content::Lost(gap) => self.submission.lost_child(name, Origin::Attachment, gap),
            // By reference: 2, 3, 4; in the cloud: 7 (MS-OXCMSG 2.2.2.9).
            Content::None if matches!(own.number(id::ATTACH_METHOD), Some(2..=4 | 7)) => {
                let gap = Gap::new(GapKind::MissingPart, "the attachment is kept elsewhere");
                self.submission.lost_child(name, Origin::Attachment, gap)
            }
            Content::None => {
                let gap = Gap::new(GapKind::MissingPart, "the attachment has no content");
                self.submission.lost_child(name, Origin::Attachment, gap)
            }
        };
        self.children.push(child);
    }
}

/// Somebody a mail is from or to.
struct Whom {
    name: Option<String>,
    address: Option<String>,
}

impl Whom {
    /// As the field of a mail has it.
    fn shown(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default().trim();
        match self.address.as_deref().map(str::trim) {
            None => name.to_owned(),
            Some(address) if address == name || name.is_empty() => address.to_owned(),
            Some(address) => format!("{name} <{address}>"),
        }
    }
}

/// A time (100 ns since 1601, UTC) as the field of a mail has it, at Beijing's
/// hour: items do not keep their sender's, and there it is the later day.
fn date(ticks: i64) -> Option<String> {
    let hour = SignedDuration::from_hours(8);
    let time =
        super::EPOCH.checked_add(SignedDuration::from_secs(ticks / 10_000_000) + hour).ok()?;
    // Times of nothing: 1601, 4501.
    let known = (1970..3000).contains(&time.year());
    known.then(|| time.strftime("%a, %d %b %Y %H:%M:%S +0800").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_at_beijings_hour() {
        let ticks = (11_644_473_600 + 1_767_542_400) * 10_000_000;
        assert_eq!(date(ticks).as_deref(), Some("Mon, 05 Jan 2026 00:00:00 +0800"));
        assert_eq!(date(0), None);
        assert_eq!(date(i64::MAX), None);
    }
}

//! Internet mail (RFC 5322, MIME): subject and plain text as blocks; HTML
//! bodies, attachments and nested messages as children.

use mail_parser::{MessageParser, MimeHeaders, PartType};

use crate::extract::{Budget, Extraction};
use crate::model::{BlockHead, Gap, GapKind, Origin, Region, Submission, TextBuilder};

/// Reads one mail.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let Some(mail) = MessageParser::default().parse(&submission.bytes[..]) else {
        return Extraction::gap(GapKind::Damaged, "no header of a mail could be read");
    };
    let mut out = Extraction { pages: Some(1), ..Extraction::default() };
    // Other header fields are not read yet; a mail must not pass without them.
    out.gaps.push(Gap::new(
        GapKind::Unsupported,
        "header fields of the mail other than its subject are not read",
    ));
    let mut text = TextBuilder::new();
    if let Some(subject) = mail.subject() {
        text.block(&BlockHead { region: Region::Subject, ..BlockHead::default() }, subject);
    }
    let mut line = 0;
    for (number, part) in mail.parts.iter().enumerate() {
        let size = part.offset_end.saturating_sub(part.offset_body);
        if let Err(gap) = budget.spend_bytes(u64::from(size)) {
            out.gaps.push(gap);
            break;
        }
        if part.is_encoding_problem {
            let detail = format!("part {number} of the mail is cut or wrongly encoded");
            out.gaps.push(Gap::new(GapKind::Damaged, detail));
        }
        let kind = part.content_type().and_then(|t| t.c_subtype.as_deref()).unwrap_or("");
        if kind.eq_ignore_ascii_case("encrypted") || kind.ends_with("pkcs7-mime") {
            out.gaps.push(Gap::new(GapKind::Encrypted, "the mail or a part of it is encrypted"));
        }
        let name = part.attachment_name();
        let named = |ext| name.map_or_else(|| format!("part-{number}.{ext}"), str::to_owned);
        let (child, origin, bytes) = match &part.body {
            PartType::Text(body) if name.is_none() => {
                for one in body.lines() {
                    line += 1;
                    let head = BlockHead { page: 1, line, ..BlockHead::default() };
                    text.block(&head, one);
                }
                continue;
            }
            PartType::Multipart(_) => continue,
            PartType::Text(body) => (named("txt"), Origin::Attachment, body.as_bytes()),
            PartType::Html(body) => (named("html"), Origin::MailBody, body.as_bytes()),
            PartType::Binary(body) | PartType::InlineBinary(body) => {
                (named("bin"), Origin::Attachment, body.as_ref())
            }
            PartType::Message(nested) => (named("eml"), Origin::Attachment, nested.raw_message()),
        };
        out.children.push(submission.child(child, origin, bytes));
    }
    out.text = text.finish();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    #[test]
    fn a_gbk_subject_and_the_body_are_text() {
        let mail =
            "Subject: =?gb2312?B?u/rD3A==?=\r\nContent-Type: text/plain\r\n\r\none\r\ntwo\r\n";
        let read =
            read(&Submission::file("a.eml", mail.as_bytes()), &mut Budget::new(Limits::default()));
        let lines: Vec<_> = read
            .text
            .blocks()
            .iter()
            .map(|b| (b.region, b.line, read.text.block_text(b)))
            .collect();
        let body = Region::Body;
        assert_eq!(lines, [(Region::Subject, 0, "机密"), (body, 1, "one"), (body, 2, "two")]);
    }
}

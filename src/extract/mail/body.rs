//! The text of a mail's body: paragraphs that were broken for transfer
//! (RFC 3676), files between its lines, and what is sealed in it.

use std::borrow::Cow;

use super::fields::line_at;
use super::transfer::{Found, may_hold_file, uu_from, yenc_from};
use crate::extract::{Format, charset, sniff};
use crate::model::{Gap, GapKind};

/// Whether what says it is text is shown as text in its mail. What is plainly
/// something else goes to the reader for that.
pub(super) fn is_text(format: Format) -> bool {
    match format {
        Format::Empty | Format::Plain | Format::Html | Format::Eml => true,
        Format::Other(kind) => {
            matches!(kind, "application/mbox" | "application/pgp-encrypted" | "text/x-uuencode")
        }
        _ => false,
    }
}

/// A body without the files between its lines.
#[derive(Debug, Default)]
pub(super) struct Taken<'a> {
    pub(super) text: Cow<'a, [u8]>,
    /// Each file with what is wrong with it.
    pub(super) files: Vec<(Found, Option<Gap>)>,
}

/// Takes uuencoded and yEncoded files out of a text.
pub(super) fn take_files(text: Cow<'_, [u8]>) -> Taken<'_> {
    if !may_hold_file(&text) {
        return Taken { text, files: Vec::new() };
    }
    let (mut left, mut files) = (Vec::new(), Vec::new());
    let (mut at, mut kept) = (0, 0);
    while let Some((line, next)) = line_at(&text, at) {
        let found = uu_from(&text, line, next).or_else(|| yenc_from(&text, line, next));
        match found {
            Some(found) => {
                left.extend(&text[kept..at]);
                (at, kept) = (found.end, found.end);
                let gap = wrong(&found);
                files.push((found, gap));
            }
            None => at = next,
        }
    }
    left.extend(&text[kept..]);
    Taken { text: Cow::Owned(left), files }
}

fn wrong(found: &Found) -> Option<Gap> {
    match found.piece {
        Some((piece, total)) if (piece, total) != (1, 1) => {
            let detail = format!("piece {piece} of {total} of a file");
            Some(Gap::new(GapKind::MissingPart, detail))
        }
        _ if !found.whole => Some(Gap::new(GapKind::Damaged, "the encoded file has no end")),
        _ => None,
    }
}

/// The gap of a text with something sealed or packed in it that is not read.
pub(super) fn sealed(text: &str) -> Option<Gap> {
    let begins = |start: &str| text.starts_with(start) || text.contains(&format!("\n{start}"));
    if begins("-----BEGIN PGP MESSAGE-----") {
        return Some(Gap::new(GapKind::Encrypted, "the text holds a message encrypted with PGP"));
    }
    begins("(This file must be converted with BinHex")
        .then(|| Gap::new(GapKind::Unsupported, "the text holds a file in BinHex"))
}

/// Joins the lines of `format=flowed` text to the paragraphs they were (RFC
/// 3676, 4): a line that ends with a blank goes on in the next of its depth.
pub(super) fn unflow(text: &str, delete_space: bool) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    // The depth of the last paragraph, if it goes on.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_signature = content == "-- ";
        let flows = content.ends_with(' ') && !is_signature;
        let shown = if flows && delete_space { &content[..content.len() - 1] } else { content };
        match paragraphs.last_mut() {
            Some(last) if open == Some(depth) && !is_signature => last.push_str(shown),
            _ if depth == 0 => paragraphs.push(shown.to_owned()),
            _ => paragraphs.push(format!("{} {shown}", ">".repeat(depth))),
        }
        open = flows.then_some(depth);
    }
    paragraphs
}

/// An attached text as it is, where its bytes tell its encoding as the mail
/// does; else in UTF-8 with its mark.
pub(super) fn labelled(bytes: Cow<'_, [u8]>, label: &[u8]) -> Vec<u8> {
    let told = charset::decode(&bytes, usize::MAX);
    let said = charset::decode_labelled(&bytes, Some(label), usize::MAX);
    if told.text == said.text || said.broken > 0 {
        return bytes.into_owned();
    }
    [b"\xEF\xBB\xBF", said.text.as_bytes()].concat()
}

/// A message in bytes that are told for one: some have too few fields, and
/// get two that say nothing.
pub(super) fn as_mail(message: Vec<u8>) -> Vec<u8> {
    match sniff(&message) {
        Format::Plain => [b"MIME-Version: 1.0\r\nReceived:\r\n", message.as_slice()].concat(),
        _ => message,
    }
}

/// A page that is the body of a message, in UTF-8 with its mark where it needs
/// one. A piece of a page that does not begin like one is one all the same.
pub(super) fn html_page(text: &str) -> Vec<u8> {
    let mark: &[u8] = if text.is_ascii() { b"" } else { b"\xEF\xBB\xBF" };
    let page = [mark, text.as_bytes()].concat();
    match sniff(&page) {
        Format::Plain => [mark, b"<!DOCTYPE html>\n", text.as_bytes()].concat(),
        _ => page,
    }
}

/// Fields whose values are made by programs for programs: the structure of the
/// mail, signatures and digests.
pub(super) fn is_wordless(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "autocrypt",
        "content-disposition",
        "content-length",
        "content-md5",
        "content-transfer-encoding",
        "content-type",
        "dkim-signature",
        "domainkey-signature",
        "face",
        "lines",
        "mime-version",
        "thread-index",
        "x-face",
        "x-google-dkim-signature",
        "x-microsoft-antispam-message-info",
    ];
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
        || name.starts_with("arc-")
        || name.starts_with("x-ms-exchange-antispam-messagedata")
}

/// The extension for a part that has no name, by its media type.
pub(super) fn extension(kind: &str) -> &str {
    const KNOWN: &[(&str, &str)] = &[
        ("text/html", "html"),
        ("text/calendar", "ics"),
        ("text/vcard", "vcf"),
        ("text/x-vcard", "vcf"),
        ("text/directory", "vcf"),
        ("text/rtf", "rtf"),
        ("text/richtext", "rtf"),
        ("text/csv", "csv"),
        ("text/xml", "xml"),
        ("application/rtf", "rtf"),
        ("application/pdf", "pdf"),
        ("application/zip", "zip"),
        ("application/ms-tnef", "dat"),
        ("application/vnd.ms-tnef", "dat"),
        ("application/pkcs7-mime", "p7m"),
        ("application/x-pkcs7-mime", "p7m"),
        ("application/pkcs7-signature", "p7s"),
        ("application/x-pkcs7-signature", "p7s"),
        ("application/pgp-signature", "asc"),
        ("image/png", "png"),
        ("image/jpeg", "jpg"),
        ("image/gif", "gif"),
        ("image/bmp", "bmp"),
        ("image/tiff", "tif"),
    ];
    match KNOWN.iter().find(|(known, _)| *known == kind) {
        Some((_, extension)) => extension,
        None if kind.starts_with("multipart/") || kind.starts_with("message/") => "eml",
        None if kind.starts_with("text/") => "txt",
        None => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_joined_within_their_depth() {
        for (text, delete, want) in [
            ("a \nb\nc\n", false, vec!["a b", "c"]),
            ("机 \n密\n", true, vec!["机密"]),
            ("> a \n> b \nc\n", false, vec!["> a b ", "c"]),
            (" > a\n", false, vec!["> a"]),
            ("a \n-- \nb\n", false, vec!["a ", "-- ", "b"]),
            (">> a \n> b\n", false, vec![">> a ", "> b"]),
            ("a \n", false, vec!["a "]),
            ("", false, vec![]),
        ] {
            assert_eq!(unflow(text, delete), want, "{text:?}");
        }
    }

    #[test]
    fn files_leave_the_text_around_them() {
        let text = b"one\nbegin 644 a.txt\n#86)C\n`\nend\ntwo\nbegin with this\n=ybegin part=1 total=2 name=x\nk\n=yend\nthree\n";
        let taken = take_files(text[..].into());
        assert_eq!(String::from_utf8_lossy(&taken.text), "one\ntwo\nbegin with this\nthree\n");
        let kinds: Vec<_> =
            taken.files.iter().map(|(_, gap)| gap.as_ref().map(|g| g.kind)).collect();
        assert_eq!(kinds, [None, Some(GapKind::MissingPart)]);
    }
}

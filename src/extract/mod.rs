//! Bytes in, text out: one file or folder per format, chosen by content and
//! never by name. Reading never fails; what could not be read is a gap.
//!
//! Readers do not call readers: what is packed inside comes back as children,
//! which the pipeline queues. No reader opens a file.
//!
//! A panic in a reader is caught and becomes a gap; an overflow of the stack
//! cannot be caught, so no reader recurses without a limit: readers keep what is
//! open in vectors, whose length they bound, and containers within containers
//! are bounded by [`Limits::depth`].

mod archive;
mod budget;
mod charset;
mod epub;
mod html;
mod image;
mod json;
mod mail;
mod ofd;
mod office;
mod packet;
mod panics;
mod passwords;
mod pdf;
mod pixels;
mod plain;
mod separated;
mod sniff;
mod svg;
mod unread;
mod xml;

pub use budget::{Budget, Limits, Metered};
pub use ofd::paint::{Painted, ofd_page};
pub use panics::quiet_panics;
pub use passwords::Passwords;
pub use pdf::render::{Draw, pdf_pages};
pub use pixels::{is_decoded, picture};
pub use sniff::{Format, sniff};

use office::crypt::Lock;
use sniff::{Looked, look};

use crate::model::{
    BlockHead, Encoding, Gap, GapKind, Note, Origin, Region, SourceText, Submission, Words,
    own_name,
};

/// What one submission yielded: its text, what was packed inside, and what
/// could not be read.
#[derive(Debug, Default)]
pub struct Extraction {
    /// What the content is, told by the content.
    pub format: Format,
    /// Encoding of a plain text.
    pub encoding: Option<Encoding>,
    /// Pages, where the format has them.
    pub pages: Option<u32>,
    /// The text with the place of every line.
    pub text: SourceText,
    /// What is packed inside, in a fixed order.
    pub children: Vec<Submission>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// What else is worth saying about the reading.
    pub notes: Vec<Note>,
}

impl Extraction {
    /// Nothing read, for one reason.
    pub fn gap(kind: GapKind, detail: impl Into<String>) -> Self {
        Self { gaps: vec![Gap::new(kind, detail)], ..Self::default() }
    }
}

/// Puts the name of a submission behind its text, as text: a name is a witness too,
/// and what is found in it has a place like any other.
pub fn append_name(submission: &Submission, extraction: &mut Extraction) {
    let region = match submission.origin {
        Origin::MailBody => return,
        Origin::File => Region::FileName,
        Origin::Attachment | Origin::Member | Origin::Embedded => Region::AttachmentName,
    };
    let head = BlockHead { region, ..BlockHead::default() };
    // A path's folders are no part of the name: `in/机密/` holds files of any kind.
    let name = own_name(submission.provenance.name());
    extraction.text.append(&head, name);
}

/// Reads one submission. The budget is shared by everything in its matter.
pub fn extract(submission: &Submission, budget: &mut Budget) -> Extraction {
    if submission.bytes.is_empty() && !submission.gaps.is_empty() {
        // Nobody saw the bytes: that is not the same as there being none.
        let format = Format::Other("application/octet-stream");
        return Extraction { format, gaps: submission.gaps.clone(), ..Extraction::default() };
    }
    let (looked, panicked) = match panics::caught(|| look(&submission.bytes)) {
        Ok(looked) => (looked, None),
        Err(said) => (Looked::default(), Some(said)),
    };
    read_with(looked, panicked, submission, budget)
}

/// The same, for a submission that is read as `format`, whatever its bytes say.
pub fn extract_as(format: Format, submission: &Submission, budget: &mut Budget) -> Extraction {
    read_with(format.into(), None, submission, budget)
}

fn read_with(
    looked: Looked,
    panicked: Option<String>,
    submission: &Submission,
    budget: &mut Budget,
) -> Extraction {
    let format = looked.format;
    if let Err(gap) = budget.begin_part(submission.provenance.depth()) {
        return Extraction { format, gaps: vec![gap], ..Extraction::default() };
    }
    let spent = budget.bytes_spent();
    // A reader is third-party code fed by strangers. If it panics, there is a
    // gap to report, not a process to lose.
    let result = match panicked {
        Some(said) => Err(said),
        None => panics::caught(|| unlock_and_read(looked, submission, budget)),
    };
    let mut extraction = result.unwrap_or_else(|said| {
        let detail = format!("the reader for {} failed: {said}", format.media_type());
        Extraction { format, ..Extraction::gap(GapKind::Crashed, detail) }
    });
    let format = extraction.format;
    unappend(submission, &mut extraction);
    settle(&mut extraction, spent, budget);
    extraction.gaps.extend(submission.gaps.iter().cloned());
    extraction.notes.extend(sniff::name_mismatch(submission.provenance.name(), format));
    extraction
}

/// Takes out an archive that stands behind something else: a file that is two
/// at once shows each program a different one.
fn unappend(submission: &Submission, extraction: &mut Extraction) {
    let one = match extraction.format {
        Format::Pdf | Format::Plain | Format::Html => true,
        // A compound file may well end in a package of its own.
        Format::Other(kind) => {
            ["image/", "audio/", "video/"].iter().any(|family| kind.starts_with(family))
        }
        _ => false,
    };
    let Some(at) = one.then(|| sniff::appended_zip(&submission.bytes)).flatten() else { return };
    let Some(archive) = submission.bytes.get(at..).filter(|_| at > 0) else { return };
    extraction.children.push(submission.child("appended.zip", Origin::Embedded, archive));
    extraction.notes.push(Note {
        id: "appended-archive",
        message: Words::new(
            format!("A ZIP archive stands behind the file's own content, at byte {at}."),
            format!("文件自身内容之后（第 {at} 字节处）附有一个 ZIP 压缩包。"),
        ),
    });
}

/// Holds what a reader gave against the limits, whatever the reader did itself:
/// text over the limit is cut, and children that were not paid for are paid for
/// or dropped.
fn settle(extraction: &mut Extraction, spent: u64, budget: &mut Budget) {
    if let Err(gap) = budget.spend_text(extraction.text.as_str().len()) {
        extraction.text.truncate(budget.text_limit());
        if !extraction.gaps.contains(&gap) {
            extraction.gaps.push(gap);
        }
    }
    let mut paid = budget.bytes_spent() - spent;
    let mut kept = 0;
    for child in &extraction.children {
        let size = child.bytes.len() as u64;
        let owed = size.saturating_sub(paid);
        paid = paid.saturating_sub(size);
        if let Err(gap) = budget.spend_bytes(owed) {
            if size == 0 || owed == 0 {
                kept += 1;
                continue;
            }
            if !extraction.gaps.contains(&gap) {
                extraction.gaps.push(gap);
            }
            break;
        }
        kept += 1;
    }
    extraction.children.truncate(kept);
}

/// Reads a document, without its lock where a password opens it.
fn unlock_and_read(looked: Looked, submission: &Submission, budget: &mut Budget) -> Extraction {
    let format = looked.format;
    match office::crypt::unlock(format, &submission.bytes, budget) {
        Lock::Absent => Extraction { format, ..read(looked, submission, budget) },
        Lock::Shut(gap) => {
            // What is in the open all the same, as properties may be, is read.
            let mut extraction = read(looked, submission, budget);
            extraction.gaps.retain(|gap| gap.kind != GapKind::Encrypted);
            extraction.gaps.insert(0, gap);
            Extraction { format, ..extraction }
        }
        Lock::Opened(bytes, lost) => {
            let looked = look(&bytes);
            let opened = Submission {
                bytes: bytes.into(),
                gaps: Vec::new(),
                provenance: submission.provenance.clone(),
                origin: submission.origin,
            };
            let mut extraction = read(looked, &opened, budget);
            extraction.gaps.extend(lost);
            extraction.notes.push(Note {
                id: "password",
                message: Words::new(
                    "The document is encrypted; a password opened it.",
                    "文档已加密，用口令打开。",
                ),
            });
            Extraction { format: looked.format, ..extraction }
        }
    }
}

fn read(looked: Looked, submission: &Submission, budget: &mut Budget) -> Extraction {
    let Looked { format, told } = looked;
    match format {
        Format::Empty if sniff::never_empty(submission.provenance.name()) => {
            Extraction::gap(GapKind::Damaged, "no bytes, where a file of this name always has some")
        }
        Format::Empty => Extraction::default(),
        Format::Plain => plain::read(submission, told, budget),
        Format::Html => html::read(submission, budget),
        Format::Pdf => pdf::read(submission, budget),
        Format::Docx => office::docx::read(submission, budget),
        Format::Odt | Format::Ods | Format::Odp | Format::Odg => {
            office::odf::read(submission, budget)
        }
        Format::FlatOdf(_) => office::odf::read_flat(submission, budget),
        Format::Ofd => ofd::read(submission, budget),
        Format::Zip => archive::zip::read(submission, budget),
        Format::Eml => mail::eml::read(submission, told, budget),
        Format::EncryptedOffice => {
            Extraction::gap(GapKind::Encrypted, "the office document is encrypted with a password")
        }
        Format::Other(media_type) if format.is_encrypted() => {
            Extraction::gap(GapKind::Encrypted, format!("{media_type} needs a key"))
        }
        Format::Other(media_type) => match reader(media_type) {
            Some(reader) => reader(submission, budget),
            None if archive::volumes::is_piece(submission.provenance.name()) => Extraction::gap(
                GapKind::MissingPart,
                "by its name a piece of a file in several pieces: the others are needed",
            ),
            None => Extraction::gap(GapKind::Unsupported, format!("no reader for {media_type}")),
        },
    }
}

/// What reads one format.
type Reader = fn(&Submission, &mut Budget) -> Extraction;

/// Readers of formats that nothing else needs to tell apart, by media type.
const READERS: &[(&str, Reader)] = &[
    ("application/rtf", office::rtf::read),
    ("application/epub+zip", epub::read),
    ("application/xml", xml::read),
    ("image/svg+xml", svg::read),
    ("application/vnd.ms-spreadsheetml", xml::read),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml+xml", xml::read),
    ("application/ofd", xml::read),
    ("application/vnd.adobe.xdp+xml", xml::read),
    ("application/x-fictionbook+xml", xml::read),
    ("application/vnd.jgraph.mxfile", xml::read),
    ("application/mbox", mail::mbox::read),
    ("application/vnd.ms-outlook", mail::msg::read),
    ("application/vnd.ms-tnef", mail::tnef::read),
    ("multipart/related", mail::mht::read),
    ("application/pkcs7-mime", mail::cms::read),
    ("application/applefile", mail::apple::read),
    ("text/calendar", mail::calendar::read),
    ("text/vcard", mail::calendar::read),
    ("text/x-uuencode", mail::uu::read),
    ("text/x-yenc", mail::uu::read),
    ("application/x-tar", archive::tar::read),
    ("application/gzip", archive::stream::read),
    ("application/x-bzip2", archive::stream::read),
    ("application/x-xz", archive::stream::read),
    ("application/zstd", archive::stream::read),
    ("application/lzip", archive::stream::read),
    ("application/x-lzma", archive::stream::read),
    ("application/x-compress", archive::stream::read),
    ("application/x-7z-compressed", archive::seven::read),
    ("application/vnd.rar", archive::rar::read),
    ("application/vnd.ms-cab-compressed", archive::cab::read),
    ("application/x-archive", archive::ar::read),
    ("application/x-cpio", archive::cpio::read),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", office::xlsx::read),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        office::pptx::read,
    ),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml+xml",
        office::docx::read_alone,
    ),
    ("application/vnd.openxmlformats-officedocument.presentationml+xml", office::pptx::read_alone),
    ("application/vnd.ms-wordml", office::docx::read_2003),
    ("application/vnd.ms-word2006ml", office::flat::read),
    ("application/vnd.uof", office::uof::read),
    ("application/vnd.ms-office.vbaProject", office::vba::read),
    ("application/msword", office::doc::read),
    ("application/vnd.ms-equation", office::equation::read),
    ("application/x-ole-storage", office::ole::read),
    ("application/vnd.ms-excel", office::xls::read),
    ("application/vnd.ms-powerpoint", office::ppt::read),
];

fn reader(media_type: &str) -> Option<Reader> {
    let is_drawing = matches!(media_type, "image/vnd.dwg" | "image/svg+xml");
    if media_type.starts_with("image/") && !is_drawing {
        return Some(image::read);
    }
    READERS.iter().find(|(known, _)| *known == media_type).map(|(_, reader)| *reader)
}

#[cfg(test)]
mod tests;

//! Bytes in, text out: one file or folder per format, chosen by content and
//! never by name. Reading never fails; what could not be read is a gap.
//!
//! Readers do not call readers: what is packed inside comes back as children,
//! which the pipeline queues. No reader opens a file.

mod archive;
mod budget;
mod charset;
mod html;
mod mail;
mod office;
mod pdf;
mod plain;
mod sniff;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use budget::{Budget, Limits, Metered};
pub use sniff::{Format, sniff};

use crate::model::{Encoding, Gap, GapKind, Note, SourceText, Submission};

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

/// Reads one submission. The budget is shared by everything in its matter.
pub fn extract(submission: &Submission, budget: &mut Budget) -> Extraction {
    if submission.bytes.is_empty() && !submission.gaps.is_empty() {
        return Extraction { gaps: submission.gaps.clone(), ..Extraction::default() };
    }
    let format = sniff(&submission.bytes);
    if let Err(gap) = budget.begin_part(submission.provenance.depth()) {
        return Extraction { format, gaps: vec![gap], ..Extraction::default() };
    }
    // A reader is third-party code fed by strangers. If it panics, there is a
    // gap to report, not a process to lose.
    let read = catch_unwind(AssertUnwindSafe(|| read(format, submission, budget)));
    let mut extraction = read.unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        let detail = format!("the reader for {} failed: {said}", format.media_type());
        Extraction::gap(GapKind::Crashed, detail)
    });
    extraction.format = format;
    extraction.gaps.extend(submission.gaps.iter().cloned());
    extraction.notes.extend(sniff::name_mismatch(submission.provenance.name(), format));
    if let Err(gap) = budget.spend_text(extraction.text.as_str().len()) {
        extraction.gaps.push(gap);
    }
    extraction
}

fn read(format: Format, submission: &Submission, budget: &mut Budget) -> Extraction {
    match format {
        Format::Empty => Extraction::default(),
        Format::Plain => plain::read(submission, budget),
        Format::Html => html::read(submission, budget),
        Format::Pdf => pdf::read(submission, budget),
        Format::Docx => office::docx::read(submission, budget),
        Format::Zip => archive::zip::read(submission, budget),
        Format::Eml => mail::eml::read(submission, budget),
        Format::EncryptedOffice => {
            Extraction::gap(GapKind::Encrypted, "the office document is encrypted with a password")
        }
        Format::Other(media_type) => {
            Extraction::gap(GapKind::Unsupported, format!("no reader for {media_type}"))
        }
    }
}

//! One document's path, from bytes to verdict. Start reading here.
//!
//! [`Pipeline::examine`] is a pure function of its inputs: no clock, no disk, no
//! database. Every face of vetmark calls it, and nothing else.

mod batch;
mod digest;
mod rehearse;

pub use rehearse::{Failure, rehearse};

use std::sync::Arc;

use crate::detect::detect;
use crate::dictionary::Dictionary;
use crate::extract::{Budget, Extraction, Limits, Passwords, extract};
use crate::judge::{Case, judge};
use crate::model::{
    BlockHead, Date, Examination, Facts, Matter, Note, Origin, Part, ReadState, Region, Submission,
    Words,
};
use crate::normalize::fold;

/// Everything an examination depends on besides the bytes.
#[derive(Clone, Debug)]
pub struct Pipeline {
    dictionary: Arc<Dictionary>,
    limits: Limits,
    passwords: Passwords,
    as_of: Date,
}

impl Pipeline {
    /// A pipeline that judges by `dictionary` as of `as_of`, within `limits` for each matter.
    pub fn new(dictionary: Arc<Dictionary>, limits: Limits, as_of: Date) -> Self {
        Self { dictionary, limits, passwords: Passwords::default(), as_of }
    }

    /// The same, with passwords to try on what is encrypted.
    pub fn with_passwords(self, passwords: Passwords) -> Self {
        Self { passwords, ..self }
    }

    /// Examines a matter: what was handed in, and everything packed inside it.
    pub fn examine(&self, matter: impl Into<Matter>) -> Examination {
        let matter = matter.into();
        let mut budget = Budget::new(self.limits.clone()).with_passwords(self.passwords.clone());
        let mut parts: Vec<(Part, Facts)> = Vec::new();
        let mut files = Vec::new();
        let bytes = matter.submissions.iter().map(|s| s.bytes.len() as u64).sum();

        // What is packed inside a submission is a submission like any other: it
        // walks the same path as the thing it came in, next after it.
        let mut waiting: Vec<Submission> = matter.submissions.into_iter().rev().collect();
        while let Some(submission) = waiting.pop() {
            let mut extraction = extract(&submission, &mut budget);
            waiting.extend(std::mem::take(&mut extraction.children).into_iter().rev());
            let (part, facts) = self.part(&submission, extraction);
            if submission.provenance.depth() == 0 {
                files.push((part.sha256.clone(), submission.provenance.name().to_owned()));
            }
            parts.push((part, facts));
        }
        let sha256 = digest::of_matter(&files);

        judge(Case { source: matter.source, sha256, bytes, parts }, &self.dictionary, self.as_of)
    }

    /// Looks through what was read of one submission.
    fn part(&self, submission: &Submission, mut extraction: Extraction) -> (Part, Facts) {
        let read = match extraction.gaps.is_empty() {
            true => ReadState::Full,
            false if extraction.text.blocks().is_empty() => ReadState::None,
            false => ReadState::Partial,
        };
        name_block(submission, &mut extraction);
        let folded = fold(extraction.text.as_str());
        let detection = detect(&extraction.text, &folded, &self.dictionary);
        if detection.facts.left_out > 0 {
            let count = detection.facts.left_out;
            extraction.notes.push(Note {
                id: "more-quoted-marks",
                message: Words::new(
                    format!("{count} further marks, spoken about or repeated, are not listed."),
                    format!("另有{count}处仅被提及或者重复的标志未列出。"),
                ),
            });
        }
        let part = Part {
            path: submission.provenance.names().to_vec(),
            media_type: extraction.format.media_type().to_owned(),
            sha256: digest::of_bytes(&submission.bytes),
            bytes: submission.bytes.len() as u64,
            pages: extraction.pages,
            encoding: extraction.encoding,
            read,
            gaps: extraction.gaps,
            notes: extraction.notes,
            findings: detection.findings,
        };
        (part, detection.facts)
    }
}

/// A name is a witness too: it stands behind the text, as text.
fn name_block(submission: &Submission, extraction: &mut Extraction) {
    let region = match submission.origin {
        Origin::MailBody => return,
        Origin::File => Region::FileName,
        Origin::Attachment | Origin::Member | Origin::Embedded => Region::AttachmentName,
    };
    let head = BlockHead { region, ..BlockHead::default() };
    // A path's folders are no part of the name: `in/机密/` holds files of any kind.
    let name = submission.provenance.name().rsplit(['/', '\\']).next().unwrap_or_default();
    extraction.text.append(&head, name);
}

#[cfg(test)]
mod tests;

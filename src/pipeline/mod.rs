//! One document's path, from bytes to verdict. Start reading here.
//!
//! [`Pipeline::examine`] is a pure function of its inputs: no clock, no disk, no
//! database. Every face of vetmark calls it, and nothing else.

mod batch;
mod compare;
mod digest;
mod rehearse;
mod trial;

pub(crate) use batch::in_order;
pub use compare::{Change, Fate, PartDifference, compare};
pub use rehearse::{Failure, rehearse, rehearse_entries};
pub use trial::{HeadTrial, PartTrial, Step, StepKind, Trial};

use std::sync::Arc;

use crate::detect::detect;
use crate::dictionary::{Dictionary, Key};
use crate::extract::{Budget, Extraction, Limits, Passwords, append_name, extract};
use crate::judge::{Case, judge};
use crate::model::{
    Date, Examination, Facts, Finding, FoldedText, Gap, Matter, Note, Part, ReadState, SourceText,
    Span, Submission, Words,
};
use crate::normalize::fold;
use crate::suppress::{Bound, Suppressions, bind};

/// Everything an examination depends on besides the bytes.
#[derive(Clone, Debug)]
pub struct Pipeline {
    dictionary: Arc<Dictionary>,
    limits: Limits,
    /// Limits that hold around it, by name.
    around: Vec<(&'static str, u64)>,
    passwords: Passwords,
    suppressions: Option<Arc<Suppressions>>,
    as_of: Date,
}

impl Pipeline {
    /// A pipeline that judges by `dictionary` as of `as_of`, within `limits` for each matter.
    pub fn new(dictionary: Arc<Dictionary>, limits: Limits, as_of: Date) -> Self {
        let passwords = Passwords::default();
        Self { dictionary, limits, around: Vec::new(), passwords, suppressions: None, as_of }
    }

    /// The same, with passwords to try on what is encrypted.
    pub fn with_passwords(self, passwords: Passwords) -> Self {
        Self { passwords, ..self }
    }

    /// The same, listening to people's decisions about hits.
    pub fn with_suppressions(self, suppressions: Option<Arc<Suppressions>>) -> Self {
        Self { suppressions, ..self }
    }

    /// The same, where other limits hold as well (size, time, memory) that are
    /// not what they are by default: what they end is not read, so an examination
    /// names them.
    pub fn with_limits_around(self, around: Vec<(&'static str, u64)>) -> Self {
        Self { around, ..self }
    }

    /// Examines a matter: what was handed in, and everything packed inside it.
    pub fn examine(&self, matter: impl Into<Matter>) -> Examination {
        self.walk(matter.into(), &mut |_| None, &mut |_| {})
    }

    /// The same; `watch` is shown each part before it is read, in the order of the
    /// examination. Where it answers with a gap, the part is not read.
    pub fn examine_watched(
        &self,
        matter: impl Into<Matter>,
        watch: &mut dyn FnMut(&Submission) -> Option<Gap>,
    ) -> Examination {
        self.walk(matter.into(), watch, &mut |_| {})
    }

    /// What an examination depends on besides the bytes, as a line: two pipelines
    /// of one identity say the same of the same matter.
    pub fn identity(&self) -> String {
        let suppressions = self.suppressions.as_ref().map_or("none", |known| known.digest());
        let Dictionary { rules_digest, scopes_digest, .. } = &*self.dictionary;
        let (version, as_of) = (env!("CARGO_PKG_VERSION"), self.as_of);
        let budget = self.budget().unwrap_or_default();
        format!("vetmark {version} {as_of} {rules_digest} {scopes_digest} {suppressions} {budget}")
    }

    /// Limits that are not the default, in words; none where all are.
    fn budget(&self) -> Option<String> {
        let differing = self.limits.differing().into_iter().chain(self.around.iter().copied());
        let words: Vec<_> = differing.map(|(name, limit)| format!("{name}={limit}")).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Examines a matter and binds every place of its findings with a key: what a
    /// decision about one of them would hold to. One list for each part.
    pub fn examine_and_bind(
        &self,
        matter: impl Into<Matter>,
        key: &Key,
    ) -> (Examination, Vec<Vec<(Span, Bound)>>) {
        let mut bound = Vec::new();
        let examination = self.walk(matter.into(), &mut |_| None, &mut |seen| {
            let Seen { text, folded, sha256, places } = seen;
            let bind = |span: Span| (span.clone(), bind(key, text, folded, sha256, &span));
            bound.push(places.into_iter().map(bind).collect());
        });
        (examination, bound)
    }

    /// One matter's path; `watch` is shown each part before it is read, `see` the
    /// text of each while it is there.
    fn walk(
        &self,
        matter: Matter,
        watch: &mut dyn FnMut(&Submission) -> Option<Gap>,
        see: &mut dyn FnMut(Seen<'_>),
    ) -> Examination {
        let bytes = matter.bytes();
        let budget = Budget::new(self.limits.clone()).for_input(bytes);
        let mut budget = budget.with_passwords(self.passwords.clone());
        let mut parts: Vec<(Part, Facts)> = Vec::new();
        let mut files = Vec::new();

        // What is packed inside a submission is a submission like any other: it
        // walks the same path as the thing it came in, next after it.
        let mut waiting: Vec<Submission> = matter.submissions.into_iter().rev().collect();
        while let Some(submission) = waiting.pop() {
            let mut extraction = match watch(&submission) {
                Some(gap) => Extraction { gaps: vec![gap], ..Extraction::default() },
                None => extract(&submission, &mut budget),
            };
            waiting.extend(std::mem::take(&mut extraction.children).into_iter().rev());
            let (part, facts) = self.part(&submission, extraction, see);
            if submission.provenance.depth() == 0 {
                files.push((part.sha256.clone(), submission.provenance.name().to_owned()));
            }
            parts.push((part, facts));
        }
        let sha256 = digest::of_matter(&files);

        let case = Case { source: matter.source, sha256, bytes, parts };
        let mut examination = judge(case, &self.dictionary, self.as_of);
        examination.engine.budget = self.budget();
        examination.engine.suppressions =
            self.suppressions.as_ref().map(|suppressions| suppressions.digest().to_owned());
        examination
    }

    /// Looks through what was read of one submission.
    fn part(
        &self,
        submission: &Submission,
        mut extraction: Extraction,
        see: &mut dyn FnMut(Seen<'_>),
    ) -> (Part, Facts) {
        let read = match extraction.gaps.is_empty() {
            true => ReadState::Full,
            false if extraction.text.blocks().is_empty() => ReadState::None,
            false => ReadState::Partial,
        };
        append_name(submission, &mut extraction);
        let folded = fold(extraction.text.as_str());
        let mut detection = detect(&extraction.text, &folded, &self.dictionary);
        let sha256 = digest::of_bytes(&submission.bytes);
        let places = places(&detection.findings, &detection.facts);
        if let Some(suppressions) = &self.suppressions {
            detection.facts.decided =
                suppressions.about(&extraction.text, &folded, &sha256, places.iter().cloned());
        }
        see(Seen { text: &extraction.text, folded: &folded, sha256: &sha256, places });
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
            sha256,
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

/// A part's text with the places its findings may stand on.
struct Seen<'a> {
    text: &'a SourceText,
    folded: &'a FoldedText,
    sha256: &'a str,
    places: Vec<Span>,
}

/// Every place that a finding stands on, or one that the judge makes of the facts.
fn places(findings: &[Finding], facts: &Facts) -> Vec<Span> {
    let made = [&facts.citations, &facts.unclassified, &facts.translations];
    let all = findings.iter().chain(made.into_iter().flatten());
    let mut places: Vec<Span> = all.map(|finding| finding.span.clone()).collect();
    places.sort_by_key(|span| (span.start, span.end));
    places.dedup();
    places
}

#[cfg(test)]
mod packed_tests;
#[cfg(test)]
mod tests;

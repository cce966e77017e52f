//! One entry tried on one matter: what is read and folded as in an examination,
//! and what became of the entry in each part.

use super::Pipeline;
use crate::detect::try_entry;
use crate::extract::{Budget, append_name, extract};
use crate::model::{Gap, Matter, Submission};
use crate::normalize::fold;

pub use crate::detect::{HeadTrial, Step, StepKind, Trial};

/// What came of an entry in one part of a matter.
#[derive(Clone, Debug)]
pub struct PartTrial {
    /// Outermost first.
    pub path: Vec<String>,
    /// What was not read of it: the entry may stand there.
    pub gaps: Vec<Gap>,
    /// The entry in what was read.
    pub trial: Trial,
}

impl Pipeline {
    /// Tries the entry `number` of the dictionary on a matter, part by part.
    pub fn try_entry(&self, matter: impl Into<Matter>, number: usize) -> Vec<PartTrial> {
        let matter = matter.into();
        let budget = Budget::new(self.limits.clone()).for_input(matter.bytes());
        let mut budget = budget.with_passwords(self.passwords.clone());
        let mut parts = Vec::new();
        let mut waiting: Vec<Submission> = matter.submissions.into_iter().rev().collect();
        while let Some(submission) = waiting.pop() {
            let mut extraction = extract(&submission, &mut budget);
            waiting.extend(std::mem::take(&mut extraction.children).into_iter().rev());
            append_name(&submission, &mut extraction);
            let folded = fold(extraction.text.as_str());
            parts.push(PartTrial {
                path: submission.provenance.names().to_vec(),
                trial: try_entry(&extraction.text, &folded, &self.dictionary, number),
                gaps: extraction.gaps,
            });
        }
        parts
    }
}

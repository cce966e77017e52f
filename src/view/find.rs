//! The way from a file to one of its parts: containers are opened along the trail, and
//! nothing beside it.

use super::{Wanted, digest};
use crate::extract::{Budget, extract};
use crate::model::{Gap, GapKind, Submission};

/// The part that is wanted. Where containers hold several things of one name, each is
/// looked into until the digest is the right one.
pub(super) fn part(
    file: Submission,
    wanted: &Wanted,
    budget: &mut Budget,
) -> Result<Submission, Gap> {
    let mut waiting = vec![file];
    while let Some(submission) = waiting.pop() {
        let depth = submission.provenance.names().len();
        if depth >= wanted.trail.len() {
            if digest(&submission.bytes) == wanted.part_sha256 {
                return Ok(submission);
            }
            continue;
        }
        let children = extract(&submission, budget).children;
        let next = wanted.trail.get(..=depth);
        let is_next = |child: &Submission| Some(child.provenance.names()) == next;
        waiting.extend(children.into_iter().filter(is_next).rev());
    }
    Err(Gap::new(GapKind::MissingPart, "this part is not found in the file"))
}

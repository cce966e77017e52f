//! Alternate content: the same thing said once for newer and once for older
//! readers (ISO/IEC 29500-3). Every branch is read; what a later one says again
//! is taken back.

use super::{Story, Tag};
use crate::extract::office::xml::{Element, Ns, XmlReader};

/// Where an alternative's text begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Snapshot {
    pub frames: usize,
    pub text: usize,
    pub marks: usize,
    pub waiting: usize,
    pub alts: usize,
}

/// The branches of alternate content: the same thing said for different readers.
#[derive(Debug, Default)]
pub(super) struct Alternates {
    pub seen: String,
    pub branch: Option<Snapshot>,
}

impl Story<'_> {
    pub(super) fn open_alternates(&mut self, element: &Element<'_>) -> Tag {
        match element.local() {
            "AlternateContent" => {
                self.alternates.push(Alternates::default());
                Tag::Alternates
            }
            "Choice" | "Fallback" if self.top() == Some(Tag::Alternates) => {
                let (text, marks) =
                    self.frames.last().map_or((0, 0), |p| (p.text.len(), p.marks.len()));
                let snapshot = Snapshot {
                    frames: self.frames.len(),
                    text,
                    marks,
                    waiting: self.waiting.len(),
                    alts: self.alts.len(),
                };
                if let Some(alternates) = self.alternates.last_mut() {
                    alternates.branch = Some(snapshot);
                }
                Tag::Branch
            }
            _ => Tag::Other(Ns::Mc),
        }
    }

    /// Takes back what a branch says again, word for word, in another dress.
    pub(super) fn end_branch(&mut self, xml: &mut XmlReader<'_, '_>) {
        let Some(alternates) = self.alternates.last_mut() else { return };
        let Some(from) = alternates.branch.take() else { return };
        if from.frames != self.frames.len() {
            return;
        }
        let seen = std::mem::take(&mut alternates.seen);
        let first = seen.is_empty();
        let mut said = String::new();
        let mut fresh = |text: &str| {
            xml.charge(seen.len() / 64 + text.len() / 16);
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let is_new = first || !seen.contains(&text);
            said.push_str(&text);
            said.push('\n');
            is_new
        };
        if let Some(para) = self.frames.last_mut()
            && !fresh(para.text.get(from.text..).unwrap_or_default())
        {
            para.truncate(from.text, from.marks);
        }
        let waiting = self.waiting.split_off(from.waiting.min(self.waiting.len()));
        self.waiting.extend(waiting.into_iter().filter(|piece| fresh(&piece.para.text)));
        let alts = self.alts.split_off(from.alts.min(self.alts.len()));
        self.alts.extend(alts.into_iter().filter(|alt| fresh(alt)));
        if let Some(alternates) = self.alternates.last_mut() {
            alternates.seen = seen + &said;
        }
    }
}

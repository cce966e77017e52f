//! Alternate content: the same thing said once for newer and once for older
//! readers (ISO/IEC 29500-3). Every branch is read; what a later one says again
//! is taken back.

use super::page::{Run, Shape};

/// The branches of one alternate content.
#[derive(Debug, Default)]
pub(super) struct Alternates {
    /// What earlier branches said, without spaces.
    seen: String,
    /// Whether there was an earlier branch that gave something.
    given: bool,
    shapes: usize,
    runs: Option<usize>,
}

impl Alternates {
    /// A branch begins: so many shapes there are, and runs of an open paragraph.
    pub fn begin(&mut self, shapes: usize, runs: Option<usize>) {
        (self.shapes, self.runs) = (shapes, runs);
    }

    /// A branch ends. Gives back the steps this took.
    pub fn end(&mut self, shapes: &mut Vec<Shape>, runs: Option<&mut Vec<Run>>) -> usize {
        let mut said = String::new();
        let mut steps = 0;
        let given = self.given;
        let mut is_new = |text: &str| {
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            steps += 1 + (self.seen.len() + text.len()) / 64;
            let is_new = !text.is_empty() && !self.seen.contains(&text);
            said.push_str(&text);
            said.push('\n');
            is_new
        };
        if let (Some(from), Some(runs)) = (self.runs, runs) {
            let text: String = runs.iter().skip(from).map(|run| run.text.as_str()).collect();
            let is_new = is_new(&text);
            self.given |= runs.len() > from;
            if given && !is_new {
                runs.truncate(from);
            }
        }
        let from = self.shapes.min(shapes.len());
        self.given |= shapes.len() > from;
        for mut shape in shapes.split_off(from) {
            for body in &mut shape.bodies {
                body.paras.retain(|para| {
                    let text: String = para.runs.iter().map(|run| run.text.as_str()).collect();
                    is_new(&text) || !given
                });
            }
            shape.alts.retain(|alt| is_new(alt) || !given);
            let says = !shape.alts.is_empty() || shape.bodies.iter().any(|b| !b.paras.is_empty());
            if !given || says {
                shape.picture &= !given;
                shapes.push(shape);
            }
        }
        self.seen.push_str(&said);
        steps
    }
}

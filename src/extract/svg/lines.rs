//! Lines of a drawing: runs of text put together where they stand side by side,
//! and put in order from the top.

use crate::model::{BlockHead, Rect, Region, StyleId, TextBuilder};

/// Points in a unit of CSS.
const POINTS: f32 = 0.75;

/// A run of text with one look.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub text: String,
    pub style: StyleId,
    /// Where its baseline begins, and the size of its letters, in pixels.
    pub at: [f32; 2],
    pub size: f32,
    pub region: Region,
    pub label: &'static str,
    /// Whether it goes on where the last run ended.
    pub follows: bool,
}

impl Run {
    /// How wide it is, by and large: an ideograph is as wide as it is high.
    pub fn width(&self) -> f32 {
        width(&self.text, self.size)
    }
}

pub(super) fn width(text: &str, size: f32) -> f32 {
    text.chars().map(|c| if c < '\u{2E80}' { 0.5 } else { 1.0 }).sum::<f32>() * size
}

#[derive(Debug)]
struct Line {
    runs: Vec<Run>,
    end: f32,
}

/// The lines of a drawing.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    /// Bytes of text.
    pub bytes: usize,
}

impl Lines {
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Adds a run, to the last line if it stands behind that.
    pub fn push(&mut self, mut run: Run) {
        self.bytes += run.text.len();
        let end = run.at[0] + run.width();
        if let Some(line) = self.lines.last_mut()
            && let Some(last) = line.runs.last()
        {
            let same = last.region == run.region && last.label == run.label;
            let level = (last.at[1] - run.at[1]).abs() < 0.3 * run.size;
            let gap = run.at[0] - line.end;
            let beside = level && gap > -0.5 * run.size && gap < 1.0 * run.size;
            if same && (run.follows || beside) {
                if !run.follows && gap > 0.3 * run.size && !last.text.ends_with(' ') {
                    run.text.insert(0, ' ');
                }
                line.end = if run.follows { line.end + run.width() } else { end };
                line.runs.push(run);
                return;
            }
        }
        self.lines.push(Line { runs: vec![run], end });
    }

    /// Puts them down, from the top to the bottom.
    pub fn put(mut self, text: &mut TextBuilder) {
        self.lines.sort_by(|a, b| top(a).total_cmp(&top(b)));
        let mut number = 0;
        for line in self.lines {
            let Some(first) = line.runs.first() else { continue };
            if line.runs.iter().all(|run| run.text.trim().is_empty()) {
                continue;
            }
            number += 1;
            let size = line.runs.iter().map(|run| run.size).fold(0.0, f32::max);
            let [x, y] = first.at;
            let bbox = Rect {
                x0: x * POINTS,
                y0: (y - size) * POINTS,
                x1: line.end * POINTS,
                y1: (y + 0.2 * size) * POINTS,
            };
            text.begin(&BlockHead {
                region: first.region,
                page: 1,
                line: number,
                bbox: Some(bbox).filter(|b| b.x0.is_finite() && b.y0.is_finite()),
                label: first.label.to_owned(),
                ..BlockHead::default()
            });
            for run in &line.runs {
                text.push(&run.text, run.style);
            }
            text.end();
        }
    }
}

fn top(line: &Line) -> f32 {
    line.runs.first().map_or(0.0, |run| run.at[1])
}

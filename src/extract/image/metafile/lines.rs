//! Lines out of runs of characters and the places they are drawn at.

/// Runs in the order they are drawn.
#[derive(Debug, Default)]
pub(super) struct Lines {
    made: Vec<String>,
    /// Where the last run stands: baseline, its start, its end where that is known.
    last: Option<(f64, f64, Option<f64>)>,
    length: usize,
}

/// Characters of one metafile.
const MOST: usize = 16 << 20;

impl Lines {
    /// Adds a run that begins there and is so wide, in letters so high, all in the
    /// same units; without a place it goes on with the one before.
    pub fn push(
        &mut self,
        text: &str,
        place: Option<(f64, f64)>,
        width: Option<f64>,
        height: Option<f64>,
    ) {
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        self.length = self.length.saturating_add(text.len());
        if text.is_empty() || self.length > MOST {
            return;
        }
        let count = text.chars().count() as f64;
        let Some((x, y)) = place else {
            match self.made.last_mut() {
                Some(line) => line.push_str(&text),
                None => self.made.push(text),
            }
            return;
        };
        let end = width.filter(|width| *width > 0.0).map(|width| x + width);
        let goes_on = self.last.is_some_and(|(baseline, start, _)| baseline == y && x > start);
        match self.made.last_mut().filter(|_| goes_on) {
            Some(line) => {
                let gap = match (self.last, height) {
                    (Some((.., Some(before))), Some(height)) => Some((x - before) / height),
                    _ => None,
                };
                let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
                let parts_words = match gap {
                    // A space is a quarter of the height wide; letters set apart
                    // are less, and their spaces are drawn like them.
                    Some(gap) => gap > 0.2,
                    None => {
                        count > 1.0
                            && is_word(line.chars().next_back())
                            && is_word(text.chars().next())
                    }
                };
                if parts_words && !line.ends_with(' ') && !text.starts_with(' ') {
                    line.push(' ');
                }
                line.push_str(&text);
            }
            None => self.made.push(text),
        }
        self.last = Some((y, x, end));
    }

    /// Bytes of all of them.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Whether a text stands in one of the lines.
    pub fn have(&self, text: &str) -> bool {
        self.made.iter().any(|line| line.contains(text))
    }

    /// All lines.
    pub fn finish(self) -> Vec<String> {
        self.made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_side_by_side_make_a_line() {
        type Run = (&'static str, Option<(f64, f64)>, Option<f64>);
        let cases: [(&[Run], &[&str]); 5] = [
            (&[("机", Some((0.0, 5.0)), None), ("密", Some((9.0, 5.0)), None)], &["机密"]),
            (&[("机密", Some((0.0, 5.0)), None), ("秘", Some((0.0, 9.0)), None)], &["机密", "秘"]),
            (
                &[("TOP", Some((0.0, 5.0)), None), ("SECRET", Some((9.0, 5.0)), None)],
                &["TOP SECRET"],
            ),
            (
                &[
                    ("SE", Some((0.0, 5.0)), Some(20.0)),
                    ("CRET", Some((20.0, 5.0)), Some(40.0)),
                    ("NOT", Some((70.0, 5.0)), Some(30.0)),
                ],
                &["SECRET NOT"],
            ),
            (&[("a", None, None), ("b", None, None)], &["ab"]),
        ];
        for (runs, want) in cases {
            let mut lines = Lines::default();
            runs.iter()
                .for_each(|(text, place, width)| lines.push(text, *place, *width, Some(20.0)));
            assert_eq!(lines.finish(), want);
        }
    }
}

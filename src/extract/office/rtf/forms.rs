//! Fields of forms (RTF 1.9.1, "Form Fields"): boxes to tick and lists to choose
//! from, which have no result that would be text.

use super::reader::Reader;
use crate::model::{Region, Style};

/// Entries of one list that are kept.
const MAX_ENTRIES: usize = 1000;

/// A form field that is being read.
#[derive(Debug, Default)]
pub(super) struct Form {
    kind: i32,
    result: Option<i32>,
    default: Option<i32>,
    pub entries: Vec<String>,
}

impl Form {
    pub fn entry(&mut self, text: String) {
        if self.entries.len() < MAX_ENTRIES {
            self.entries.push(text);
        }
    }

    /// What was chosen; 25 stands for what is chosen in advance.
    fn chosen(&self) -> i32 {
        self.result.filter(|result| *result != 25).or(self.default).unwrap_or(0)
    }
}

impl Reader<'_, '_> {
    /// Words within a form field.
    pub(super) fn special_word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "fftype" => self.form.kind = number.unwrap_or(0),
            "ffres" => self.form.result = number,
            "ffdefres" => self.form.default = number,
            _ => self.picture_word(word, number),
        }
    }

    /// A form field ends: what it shows is text, the rest of a list is not seen.
    pub(super) fn end_form(&mut self) {
        let form = std::mem::take(&mut self.form);
        let chosen = form.chosen();
        match form.kind {
            1 => self.char(if chosen == 1 { '☑' } else { '☐' }),
            2 => {
                let at = usize::try_from(chosen).unwrap_or(0);
                if let Some(entry) = form.entries.get(at) {
                    entry.chars().for_each(|c| self.char(c));
                }
                let others: Vec<&str> = form
                    .entries
                    .iter()
                    .enumerate()
                    .filter(|(n, _)| *n != at)
                    .map(|(_, entry)| entry.as_str())
                    .collect();
                let hidden = self.sheet.keep_style(Style { hidden: true, ..Style::default() });
                if let Some(story) = self.stories.last_mut().filter(|_| !others.is_empty()) {
                    let text = others.join(" / ");
                    story.push_beside(Region::Hidden, "further options", &text, hidden);
                }
            }
            _ => {}
        }
    }
}

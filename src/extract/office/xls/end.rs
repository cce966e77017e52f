//! What is said of a workbook behind its sheets: names, what stands on no sheet,
//! and in the end the notes and gaps of the whole.

use super::Book;
use super::caches::REVISION;
use crate::extract::Extraction;
use crate::extract::office::workbook::page::place;
use crate::extract::unread::{EXTERNAL_LINKS, FORMULAS, tell_pictures};
use crate::model::{Gap, GapKind, Limit, Region};

impl Book<'_> {
    /// Puts down what belongs to no sheet.
    pub(super) fn end_sheets(&mut self) {
        for (name, text) in std::mem::take(&mut self.names) {
            self.page.put(&mut place(Region::Property, 0, &name), &text);
        }
        for (kind, text) in std::mem::take(&mut self.asides) {
            let region = if kind == REVISION { Region::Deleted } else { Region::Hidden };
            self.page.put(&mut place(region, 0, kind), &text);
        }
        self.page.put_waiting();
    }

    /// What was read, and what is said of it.
    pub(super) fn finish(self) -> Extraction {
        let mut gaps = self.gaps;
        let has_limit = gaps.iter().any(|gap| gap.kind == GapKind::Limit(Limit::Text));
        if self.page.full && !has_limit {
            gaps.push(self.budget.text_gap());
        }
        if self.lost > 0 {
            let words = format!("{} cells refer to strings that are not there", self.lost);
            gaps.push(Gap::new(GapKind::Damaged, words));
        }
        let text = self.page.text.finish();
        let mut notes = Vec::new();
        tell_pictures(self.pictures, &text, &mut gaps, &mut notes);
        notes.extend(EXTERNAL_LINKS.note(self.outside));
        notes.extend(FORMULAS.note(self.unvalued));
        Extraction {
            pages: Some(self.pages.max(1)).filter(|_| !text.blocks().is_empty()),
            text,
            children: self.children,
            gaps,
            notes,
            ..Extraction::default()
        }
    }
}

//! What is said of a workbook behind its sheets: names, what stands on no sheet,
//! and in the end the notes and gaps of the whole.

use super::Book;
use super::caches::REVISION;
use crate::extract::Extraction;
use crate::extract::office::workbook::page::place;
use crate::model::{Gap, GapKind, Limit, Note, Region, Words};

/// Fewer letters than this beside pictures are no text: a scan with a page number.
const SCAN_LETTERS: usize = 16;

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
        let shown = text.blocks().iter().filter(|b| b.region.is_visible());
        let letters = shown
            .flat_map(|b| text.block_text(b).chars())
            .filter(|c| c.is_alphanumeric())
            .take(SCAN_LETTERS)
            .count();
        let mut pictures = self.pictures;
        if pictures > 0 && letters < SCAN_LETTERS {
            let words = format!("{pictures} pictures and hardly any text");
            gaps.push(Gap::new(GapKind::ImageOnly, words));
            pictures = 0;
        }
        let counted: [(_, usize, &str, &str); 3] = [
            (
                "pictures",
                pictures,
                "{count} pictures, whose content was not read",
                "含{count}幅图片，图中内容未读取",
            ),
            (
                "external-links",
                self.outside,
                "{count} links to content outside the document",
                "有{count}处链接指向文档之外的内容",
            ),
            (
                "formulas",
                self.unvalued,
                "{count} formulas, whose results are not in the file",
                "含{count}个公式，文件中没有其计算结果",
            ),
        ];
        let mut notes = Vec::new();
        for (id, count, en, zh) in counted {
            if count > 0 {
                let count = count.to_string();
                notes.push(Note { id, message: Words::new(en, zh).fill(&[("count", &count)]) });
            }
        }
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

//! What readers meet and do not read, told at the end of a document: notes that
//! count it, and the gap of a document that is pictures and hardly any text.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Gap, GapKind, Note, Region, SourceText, Words};

/// Fewer letters than this beside pictures are no text: a scan with a page number.
pub(crate) const SCAN_LETTERS: usize = 16;

/// The share of a slide that a picture covers at least which may be its text.
const SCAN_SHARE: f32 = 0.04;

/// Slides that are named one by one.
const NAMED: usize = 20;

/// A kind of thing that is counted: the note's id and words, `{count}` in both.
pub(crate) struct Counted {
    id: &'static str,
    en: &'static str,
    zh: &'static str,
}

/// Pictures beside text.
pub(crate) const PICTURES: Counted = Counted {
    id: "pictures",
    en: "{count} pictures, whose content was not read",
    zh: "含{count}幅图片，图中内容未读取",
};

/// Links that are never followed.
pub(crate) const EXTERNAL_LINKS: Counted = Counted {
    id: "external-links",
    en: "{count} links to content outside the document",
    zh: "有{count}处链接指向文档之外的内容",
};

/// Links within the document that lead nowhere, to what bears no text.
pub(crate) const MISSING_PARTS: Counted = Counted {
    id: "missing-parts",
    en: "{count} links to pictures, objects or settings that are not there",
    zh: "有{count}处指向图片、对象或设置的链接落空",
};

/// Formulas of cells that show nothing.
pub(crate) const FORMULAS: Counted = Counted {
    id: "formulas",
    en: "{count} formulas, whose results are not in the file",
    zh: "含{count}个公式，文件中没有其计算结果",
};

/// Programs in a document that are no text for people.
pub(crate) const SCRIPTS: Counted = Counted {
    id: "scripts",
    en: "{count} scripts or macros, which were not read",
    zh: "含{count}个脚本或宏，未读取",
};

impl Counted {
    /// The note, where there is anything to count.
    pub(crate) fn note(&self, count: usize) -> Option<Note> {
        let message = || Words::new(self.en, self.zh).fill(&[("count", &count.to_string())]);
        (count > 0).then(|| Note { id: self.id, message: message() })
    }
}

/// Tells of a document's pictures: a note, or where hardly any text is visible
/// beside them, the gap.
pub(crate) fn tell_pictures(
    count: usize,
    text: &SourceText,
    gaps: &mut Vec<Gap>,
    notes: &mut Vec<Note>,
) {
    let shown = text.blocks().iter().filter(|block| block.region.is_visible());
    let letters = shown.flat_map(|block| text.block_text(block).chars());
    let letters = letters.filter(|c| c.is_alphanumeric()).take(SCAN_LETTERS).count();
    tell_pictures_beside(count, letters, gaps, notes);
}

/// The same, where the reader counted the letters itself.
pub(crate) fn tell_pictures_beside(
    count: usize,
    letters: usize,
    gaps: &mut Vec<Gap>,
    notes: &mut Vec<Note>,
) {
    if count > 0 && letters < SCAN_LETTERS {
        let words = format!("{count} pictures and hardly any text");
        gaps.push(Gap::new(GapKind::ImageOnly, words));
    } else {
        notes.extend(PICTURES.note(count));
    }
}

/// The gap of slides that are a picture with hardly any text of their own:
/// `pictures` has the largest share of each slide that a picture covers.
pub(crate) fn scanned_slides(text: &SourceText, pictures: &BTreeMap<u32, f32>) -> Option<Gap> {
    let mut letters: HashMap<u32, usize> = HashMap::new();
    for block in text.blocks() {
        let own =
            matches!(block.region, Region::Body | Region::Cell | Region::TextBox | Region::Hidden);
        if own && !matches!(text.label(block), "layout" | "master") {
            let letters = letters.entry(block.page).or_default();
            *letters += text.block_text(block).chars().filter(|c| c.is_alphanumeric()).count();
        }
    }
    let scanned = pictures.iter().filter(|(page, share)| {
        **share >= SCAN_SHARE && letters.get(page).is_none_or(|count| *count < SCAN_LETTERS)
    });
    let pages: Vec<String> = scanned.map(|(page, _)| page.to_string()).collect();
    let more = if pages.len() > NAMED { " and more" } else { "" };
    let named = pages.get(..NAMED).unwrap_or(&pages).join(", ");
    let words = || format!("pictures and hardly any text on slide {named}{more}");
    (!pages.is_empty()).then(|| Gap::new(GapKind::ImageOnly, words()))
}

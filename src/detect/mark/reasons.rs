//! Reasons for and against taking a candidate as a mark, by name: what each
//! weighs stands in the regime file.

use super::around::{Around, is_ticked, tail};
use crate::detect::grammar::{Parsed, Separator};
use crate::detect::number;
use crate::detect::sheet::{Sheet, compact};
use crate::detect::table;
use crate::model::{Evidence, Region, Span, Term};

pub(super) struct Weighed<'s, 'a> {
    pub(super) sheet: &'s Sheet<'a>,
    pub(super) evidence: Vec<Evidence>,
}

impl Weighed<'_, '_> {
    pub(super) fn add(&mut self, id: &str) {
        self.fill(id, &[]);
    }

    pub(super) fn fill(&mut self, id: &str, values: &[(&str, &str)]) {
        if let Some(entry) = self.sheet.regime.evidence(id) {
            let words = entry.words.fill(values);
            self.evidence.push(Evidence { id: id.into(), words, weight: entry.weight });
        }
    }
}

pub(super) fn place_evidence(weighed: &mut Weighed, around: &Around, region: Region, named: bool) {
    let block = weighed.sheet.text.blocks()[around.block];
    let label = weighed.sheet.text.label(&block).to_owned();
    let (line, page) = (block.line.to_string(), block.page.to_string());
    match region {
        Region::Header => weighed.add("header"),
        Region::Footer => weighed.add("footer"),
        Region::Watermark => weighed.add("watermark"),
        Region::TextBox => weighed.add("text-box"),
        Region::Property => weighed.fill("property", &[("label", &label)]),
        Region::FileName | Region::AttachmentName => weighed.add("name"),
        Region::Subject => weighed.add("subject"),
        Region::MailHeader => weighed.fill("mail-header", &[("label", &label)]),
        Region::Hidden | Region::Deleted => weighed.add("out-of-sight"),
        Region::Body => {}
        Region::Cell => weighed.add("cell"),
        _ => weighed.add("annotation"),
    }
    if !named
        && matches!(region, Region::Body | Region::Cell | Region::Hidden | Region::Deleted)
        && (1..=6).contains(&block.line)
    {
        if block.page == 1 {
            // Without a box nothing was laid out: the order of the text says it.
            let id = if block.bbox.is_some() { "first-lines" } else { "first-lines-in-order" };
            weighed.fill(id, &[("line", &line)]);
        } else if block.line <= 3 {
            weighed.fill("page-top", &[("line", &line), ("page", &page)]);
        }
    }
    if heads_an_annex(weighed.sheet, around) {
        weighed.add("annex");
    }
    if region == Region::Body && weighed.sheet.official {
        weighed.add("official-layout");
    }
    if weighed.sheet.copy_number && block.page == 1 && block.line <= 6 {
        weighed.add("copy-number");
    }
}

/// Whether one of the two lines above says 附件1 or the like and no more.
pub(super) fn heads_an_annex(sheet: &Sheet, around: &Around) -> bool {
    let blocks = sheet.text.blocks();
    let home = &blocks[around.block];
    let above = blocks[..around.block].iter().rev().take(4);
    let same = above.filter(|b| b.region == home.region && b.span().len() <= 60);
    let lines = same.map(|block| compact(sheet.line(block))).filter(|line| !line.is_empty());
    lines.take(2).any(|line| {
        let rest =
            sheet.regime.annex.words.iter().find_map(|word| line.strip_prefix(word.as_str()));
        rest.is_some_and(|rest| {
            rest.chars()
                .all(|c| number::is_numeral(c) || c.is_ascii_digit() || "-—:：()（）".contains(c))
        })
    })
}

pub(super) fn form_evidence(weighed: &mut Weighed, parsed: &Parsed, label: bool, source: &Span) {
    match parsed.separator {
        Separator::Star => weighed.add("star"),
        Separator::Other | Separator::Bracket => weighed.add("other-separator"),
        Separator::None => {}
    }
    if parsed.term != Term::None {
        weighed.add("term");
    }
    if label {
        weighed.add("label");
    } else if !parsed.is_formed() {
        weighed.add("bare");
    }
    if parsed.spaced && !parsed.wrapped {
        weighed.add("spaced");
    }
    if parsed.lookalike && !parsed.is_formed() {
        weighed.add("lookalike-alone");
    }
    let style = weighed.sheet.text.styles_in(source.clone()).next().map(|(_, style)| style.clone());
    if let Some(style) = style {
        if style.bold || ["黑", "Hei", "hei"].iter().any(|face| style.face.contains(face)) {
            weighed.add("heavy-face");
        }
        if style.color.is_some_and(|[r, g, b]| r > 150 && g < 100 && b < 100) {
            weighed.add("red");
        }
    }
    let struck: usize = weighed
        .sheet
        .text
        .styles_in(source.clone())
        .filter(|(_, s)| s.struck)
        .map(|(part, _)| part.len())
        .sum();
    if struck > 0 && struck == source.len() {
        weighed.add("struck-out");
    }
    let block = weighed.sheet.text.block_at(source.start).map(|b| weighed.sheet.text.blocks()[b]);
    if let Some(block) = block {
        let line = weighed.sheet.line(&block);
        let blanks = line.chars().take_while(|c| c.is_whitespace()).count();
        match block.align {
            crate::model::Align::Right => weighed.add("flush-right"),
            crate::model::Align::Left => weighed.add("flush-left"),
            crate::model::Align::Center => weighed.add("centred"),
            _ if blanks >= 20 => weighed.add("flush-right"),
            _ => {}
        }
    }
}

pub(super) fn against(
    weighed: &mut Weighed,
    around: &Around,
    parsed: &Parsed,
    portion: bool,
    named: bool,
) {
    let before = around.before.trim_end();
    let after = around.after.trim_start();
    let last = before.chars().next_back();
    let first = after.chars().next();
    if last.is_some_and(|c| matches!(c, '“' | '‘' | '「' | '『' | '"' | '\'' | '《' | '`')) {
        weighed.add("quotation-marks");
    }
    let ticked = is_ticked(weighed.sheet, around);
    let open = last.is_some_and(|c| matches!(c, '□' | '☐' | '○' | '◯' | '〇'))
        || before.contains(['×', '_'])
        || first.is_some_and(|c| matches!(c, '×' | '_' | '/' | '、' | '□' | '☐'));
    if open && !ticked {
        weighed.add("placeholder");
    }
    let start = around.before.trim_start();
    let mut letters = start.chars();
    if matches!(letters.next(), Some('A'..='H' | 'a'..='h'))
        && letters.next().is_some_and(|c| matches!(c, '.' | '、' | '．' | ')' | ':'))
    {
        weighed.add("option");
    }
    if [around.before, around.after].iter().any(|side| {
        ["==", "assert", "\\d", "()", "{", "};", "=>"].iter().any(|code| side.contains(code))
    }) {
        weighed.add("source-code");
    }
    if !portion && !named && introduced(weighed.sheet, around) {
        weighed.add("introduced");
    }
    let text = weighed.sheet.text;
    let head = table::cell_of(text, &text.blocks()[around.block])
        .and_then(|cell| weighed.sheet.sample_column(cell, around.block));
    if let Some(head) = head {
        weighed.fill("sample-column", &[("head", &head)]);
    }
    if weighed.sheet.about_marks {
        weighed.add("about-marks");
    }
    if weighed.sheet.statute && !parsed.is_formed() {
        weighed.add("article");
    }
}

/// Whether one of the lines before leads to a sample.
pub(super) fn introduced(sheet: &Sheet, around: &Around) -> bool {
    let blocks = sheet.text.blocks();
    let region = blocks[around.block].region;
    let lines = blocks[..around.block].iter().rev().take(8).filter(|b| b.region == region).take(4);
    lines.map(|block| compact(tail(sheet.line(block)))).any(|line| {
        line.ends_with([':', '：'])
            && sheet.regime.talk.introducers.iter().any(|word| line.contains(word.as_str()))
    })
}

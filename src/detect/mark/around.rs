//! What stands around a candidate on its line, and what that makes of it.

use crate::detect::grammar::{self, is_han};
use crate::detect::sheet::{Sheet, compact};
use crate::detect::squeeze::Squeezed;
use crate::detect::table;
use crate::model::{Region, Span, Term};

/// Everything on the lines of a candidate that is not the candidate.
pub(super) struct Around<'a> {
    /// What stands before it, back to the start of its line.
    pub(super) before: &'a str,
    /// What stands behind it, up to the end of its line.
    pub(super) after: &'a str,
    /// Index of the block it begins in.
    pub(super) block: usize,
}

pub(super) fn around<'a>(sheet: &Sheet<'a>, source: &Span, folded: &Span) -> Option<Around<'a>> {
    let first = sheet.text.block_at(source.start)?;
    let last = sheet.text.block_at(source.end.saturating_sub(1).max(source.start))?;
    let blocks = sheet.text.blocks();
    let all: &'a str = sheet.folded.as_str();
    let from = sheet.folded.folded_offset(blocks.get(first)?.span().start).min(folded.start);
    let to = sheet.folded.folded_offset(blocks.get(last)?.span().end).max(folded.end);
    let before = all.get(from..folded.start)?;
    let after = all.get(folded.end..to.min(all.len()))?;
    Some(Around { before: tail(before), after: head(after), block: first })
}

/// Farthest that a line is looked at to either side of a candidate, in bytes: a
/// longer line is no mark's, and a line of megabytes must not be read for each.
pub(super) const SIDE: usize = 600;

pub(super) fn head(side: &str) -> &str {
    let mut end = side.len().min(SIDE);
    while !side.is_char_boundary(end) {
        end -= 1;
    }
    &side[..end]
}

pub(super) fn tail(side: &str) -> &str {
    let mut start = side.len().saturating_sub(SIDE);
    while !side.is_char_boundary(start) {
        start += 1;
    }
    &side[start..]
}

pub(super) fn touches_words(around: &Around) -> bool {
    let before = around.before.chars().next_back();
    let after = around.after.chars().next();
    before.is_some_and(|c| is_han(c) || c.is_alphanumeric())
        || after.is_some_and(|c| is_han(c) || c.is_alphanumeric())
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    Line,
    Column,
    No,
}

/// Whether a candidate stands by itself on its line, or in a column of it.
pub(super) fn stands_alone(sheet: &Sheet, around: &Around, label: bool) -> Alone {
    let before = if label { strip_label(sheet, around.before) } else { around.before };
    if label && is_ticked(sheet, around) {
        return Alone::Column;
    }
    let after = if is_remarked(sheet, around.after) { "" } else { around.after };
    let rest = [cleaned(sheet, before), cleaned(sheet, after)];
    if rest.iter().all(String::is_empty) {
        return Alone::Line;
    }
    let wide = |text: &str, end: bool| {
        let blank = |c: &char| c.is_whitespace();
        let count = if end {
            text.chars().rev().take_while(blank).count()
        } else {
            text.chars().take_while(blank).count()
        };
        text.trim().is_empty() || count >= 2 || text.contains('\t')
    };
    // A label's neighbours need no wide blank: 密级：机密 保密期限：5年.
    let set_apart = wide(before, true)
        && (wide(around.after, false) || (label && around.after.starts_with(char::is_whitespace)));
    if set_apart
        && !is_sentence(around)
        && before.chars().count() + around.after.chars().count() <= 80
    {
        return Alone::Column;
    }
    Alone::No
}

pub(super) fn is_sentence(around: &Around) -> bool {
    [around.before, around.after]
        .iter()
        .any(|side| side.contains(['，', '。', '；', '？', '！', ',', ';', '?', '!']))
}

/// What is left of one side of a line when blanks and what usually stands
/// beside a mark are taken away.
pub(super) fn cleaned(sheet: &Sheet, side: &str) -> String {
    let mut words: Vec<&str> = side.split_whitespace().collect();
    // Before 2000 copy numbers had fewer digits; beside a mark they are nothing else.
    let number =
        |word: &str| (3..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    words.retain(|word| !number(word));
    let mut rest = words.concat();
    for word in &sheet.regime.companions.words {
        rest = rest.replace(&compact(word), "");
    }
    for related in &sheet.regime.related {
        if related.rule.ends_with("declassified") {
            for word in &related.words {
                rest = rest.replace(&format!("({word})"), "").replace(&format!("（{word}）"), "");
            }
        }
    }
    // Another mark on the same line is no sentence.
    for level in &sheet.regime.levels {
        for word in &level.words {
            if let Some(other) = rest.strip_prefix(word.as_str())
                && other.chars().next().is_some_and(|c| sheet.regime.mark.star.starts_with(c))
                && other.chars().count() <= 12
            {
                rest = String::new();
                break;
            }
        }
    }
    if let Some(at) = sheet
        .regime
        .levels
        .iter()
        .flat_map(|l| &l.words)
        .filter_map(|w| rest.find(&format!("{w}{}", sheet.regime.mark.star)))
        .min()
        && at == 0
    {
        rest.clear();
    }
    let ornament = |c: char| {
        matches!(
            c,
            '-' | '—' | '_' | '=' | '*' | '|' | '(' | ')' | '[' | ']' | '【' | '】' | '〔' | '〕'
        )
    };
    rest.trim_matches(ornament).to_owned()
}

/// The label word before a candidate, in its line or in the cell before it.
pub(super) fn label_before<'r>(sheet: &Sheet<'r>, around: &Around) -> Option<&'r str> {
    let words = || sheet.regime.label.words.iter().map(String::as_str);
    let block = sheet.text.blocks()[around.block];
    if block.region == Region::Property {
        let label = sheet.text.label(&block).to_lowercase();
        return sheet
            .regime
            .label
            .properties
            .iter()
            .map(String::as_str)
            .find(|name| *name == label);
    }
    let before = compact(around.before);
    let bracketed = [('【', '】'), ('[', ']'), ('〔', '〕'), ('(', ')')];
    let bracketed =
        bracketed.iter().any(|(open, close)| before.ends_with(*close) && before.contains(*open));
    let before = before.trim_end_matches([':', '：']);
    let before = if bracketed { before.trim_end_matches(['】', ']', '〕', ')']) } else { before };
    if let Some(word) = words().find(|word| before.ends_with(word)) {
        return Some(word);
    }
    let ticked = is_ticked(sheet, around);
    if ticked && let Some(word) = words().find(|word| before.contains(word)) {
        return Some(word);
    }
    if (before.is_empty() || ticked) && block.region == Region::Cell {
        let previous = around.block.checked_sub(1).map(|b| sheet.text.blocks()[b])?;
        let cell = compact(sheet.line(&previous));
        let row = |block| table::cell_of(sheet.text, block).map(|cell| (cell.table, cell.row));
        let same_row = row(&previous) == row(&block);
        let cell = cell.trim_end_matches([':', '：']);
        // Fields of data are called as properties are.
        let name = cell.to_lowercase();
        let properties = sheet.regime.label.properties.iter().map(String::as_str);
        let mut known = words().chain(properties);
        return known.find(|word| *word == cell || *word == name).filter(|_| same_row);
    }
    None
}

/// Whether a candidate is the one that is ticked of several: ☑机密 □秘密,
/// 机密☑ 秘密□, [√]机密.
pub(super) fn is_ticked(sheet: &Sheet, around: &Around) -> bool {
    let is_tick = |c: char| sheet.regime.label.ticks.contains(c);
    let is_box = |c: char| is_tick(c) || matches!(c, '□' | '☐' | '○' | '[' | '(' | '（');
    // Boxes stand all before their words or all behind them.
    let options = around.before.rsplit([':', '：']).next().unwrap_or_default();
    if options.trim_start().starts_with(is_box) {
        let before = around.before.trim_end().trim_end_matches([']', ')', '）']);
        return before.ends_with(is_tick);
    }
    around.after.trim_start().trim_start_matches(['[', '(', '（']).starts_with(is_tick)
}

/// Whether all that follows is a remark in brackets about the mark.
pub(super) fn is_remarked(sheet: &Sheet, after: &str) -> bool {
    let after = after.trim();
    after.starts_with(['(', '（'])
        && after.ends_with([')', '）'])
        && sheet.regime.remarks.words.iter().any(|word| after.contains(word.as_str()))
}

pub(super) fn strip_label<'t>(sheet: &Sheet, before: &'t str) -> &'t str {
    let trimmed = before.trim_end().trim_end_matches([':', '：', '】', ']', '〕']).trim_end();
    for word in &sheet.regime.label.words {
        let mut rest = trimmed;
        let mut all = true;
        for c in word.chars().rev() {
            match rest.trim_end().strip_suffix(c) {
                Some(shorter) => rest = shorter,
                None => {
                    all = false;
                    break;
                }
            }
        }
        if all {
            return rest;
        }
    }
    before
}

/// The term of a label form, on its own line or one of the next: 保密期限：5年.
pub(super) fn term_label(sheet: &Sheet, around: &Around, from: usize) -> Option<Term> {
    let blocks = sheet.text.blocks();
    let mut seen = around.after.to_owned();
    for block in blocks.get(around.block + 1..).unwrap_or_default().iter().take(3) {
        seen.push('\n');
        seen.push_str(sheet.line(block));
    }
    let _ = from;
    let packed = compact(&seen);
    for word in &sheet.regime.label.term_words {
        if let Some(at) = packed.find(word.as_str()) {
            let rest = packed[at + word.len()..].trim_start_matches([':', '：']);
            // Read as the term of a mark, with a level and star put before it.
            let level = sheet.regime.levels.first()?.words.first()?;
            let star = &sheet.regime.mark.star;
            let put = format!("{level}{star}{rest}");
            let squeezed = Squeezed::of(&put, 0..put.len(), sheet.regime);
            return grammar::parse(&squeezed, 0, sheet.regime).map(|parsed| parsed.term);
        }
    }
    None
}

/// (机密) or 【秘密★5年】 at the start of a paragraph with text behind it.
pub(super) fn is_portion(around: &Around) -> bool {
    let before = around.before.trim();
    let opened =
        before.chars().next_back().is_some_and(|c| matches!(c, '(' | '（' | '[' | '【' | '〔'));
    let closed = around
        .after
        .trim_start()
        .chars()
        .next()
        .is_some_and(|c| matches!(c, ')' | '）' | ']' | '】' | '〕'));
    let numbering = before.trim_end_matches(['(', '（', '[', '【', '〔']).trim();
    let short = numbering.chars().count() <= 5
        && numbering.chars().all(|c| {
            c.is_ascii_digit() || matches!(c, '.' | '、' | '．' | ')' | '(' | '一'..='十')
        });
    opened && closed && short && around.after.chars().filter(|c| is_han(*c)).count() >= 4
}

/// Whether the line names a document, 《…》 or a document number; of a line that
/// goes on from the one before, both.
pub(super) fn cites(sheet: &Sheet, around: &Around) -> bool {
    let blocks = sheet.text.blocks();
    let region = blocks[around.block].region;
    let previous = around.block.checked_sub(1).map(|b| &blocks[b]).filter(|b| b.region == region);
    let mut before = previous.map_or_else(String::new, |block| tail(sheet.line(block)).to_owned());
    before.push_str(around.before);
    let numbered = |text: &str| text.contains('〔') && text.contains('号');
    let titled = around.before.contains('《') && before.trim_end().ends_with(['(', '（']);
    numbered(&before) || numbered(around.after) || titled
}

/// Lines from the top of page 1 in which a document's own title is looked for.
const TITLE: u32 = 3;

/// Longest title, in characters without blanks.
const LONGEST_TITLE: usize = 60;

/// Whether a candidate stands in brackets behind the document's own title, or
/// before it: 关于某事的通知（机密★10年）. Not where the title speaks of another
/// document, nor in a list, of which the line before or after bears a mark as well.
pub(super) fn is_in_title(sheet: &Sheet, around: &Around) -> bool {
    let blocks = sheet.text.blocks();
    let block = &blocks[around.block];
    let first =
        block.region == Region::Body && block.page == 1 && (1..=TITLE).contains(&block.line);
    if !first || is_sentence(around) {
        return false;
    }
    let (before, after) = (around.before.trim(), around.after.trim());
    let behind = before.ends_with(['(', '（', '[', '【', '〔'])
        && matches!(after, ")" | "）" | "]" | "】" | "〕");
    let title = match (behind, before.is_empty(), around.after.starts_with(char::is_whitespace)) {
        (true, ..) => before.trim_end_matches(['(', '（', '[', '【', '〔']),
        (false, true, true) => after,
        _ => return false,
    };
    let title = compact(title);
    let spoken = ['《', '》', '“', '”', '"', '、', '：', ':'];
    let ends = &sheet.regime.title.words;
    title.chars().count() <= LONGEST_TITLE
        && title.starts_with(is_han)
        && !title.contains(spoken)
        && ends.iter().any(|end| title.ends_with(end.as_str()))
        && !neighbours_are_marked(sheet, around.block)
}

/// Whether the line before or after, blank ones passed over, holds a mark's star too.
fn neighbours_are_marked(sheet: &Sheet, block: usize) -> bool {
    let blocks = sheet.text.blocks();
    let marked = |line: &str| line.contains(|c: char| sheet.regime.mark.star.starts_with(c));
    let told = |line: &&str| !line.trim().is_empty();
    let before = blocks[..block].iter().rev().take(4).map(|b| sheet.line(b)).find(told);
    let after = blocks[block + 1..].iter().take(4).map(|b| sheet.line(b)).find(told);
    before.is_some_and(marked) || after.is_some_and(marked)
}

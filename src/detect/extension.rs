//! Notices on the paper that a term was extended: 经审核，延长保密期限至2030年
//! 12月31日 (Regulations 2014 art. 16 and 2024 art. 23: by the original
//! classifying body or its superior, in writing, before the term ends).

use super::number;
use super::sheet::Sheet;
use crate::model::{Block, Date, Extension, Region, Term, TermLength};

/// Longest line that is a notice and no sentence about extensions, in characters
/// without blanks.
const LONGEST: usize = 50;

/// Whether a line without blanks speaks of an extension: its day is no day of issue.
pub(super) fn speaks_of_one(sheet: &Sheet, packed: &str) -> bool {
    sheet.regime.extension.words.iter().any(|word| packed.contains(word.as_str()))
}

/// The extension that a line without blanks grants: until when, and when it was
/// decided where it says so. What stands behind the day is a sentence of another kind.
pub(super) fn extension(sheet: &Sheet, block: &Block, packed: &str) -> Option<Extension> {
    if packed.chars().count() > LONGEST || !is_place(block) {
        return None;
    }
    let words = &sheet.regime.extension.words;
    let (before, after) = words.iter().find_map(|word| packed.split_once(word.as_str()))?;
    let (until, rest) = until(after.trim_start_matches(['为', '至', '到', ':', '：']))?;
    let closed = |c: char| matches!(c, '日' | '止' | '。' | ')' | '）' | ']' | '】' | '〕');
    let (decided, rest) = match day_in_brackets(rest) {
        Some((day, rest)) => (Some(day), rest),
        None => (first_date(before), rest),
    };
    rest.chars().all(closed).then(|| {
        let span = block.span();
        let chars = sheet.places.char_range(&span);
        Extension { until, decided, chars }
    })
}

fn is_place(block: &Block) -> bool {
    !matches!(block.region, Region::Hidden | Region::Deleted | Region::AltText)
}

/// A day, or a length of time, and what follows it.
fn until(text: &str) -> Option<(Term, &str)> {
    let rest = |taken: usize| text.char_indices().nth(taken).map_or("", |(at, _)| &text[at..]);
    if let Some((date, taken)) = number::date(text) {
        return Some((Term::Date(date), rest(taken)));
    }
    let numeral: String = text.chars().take_while(|c| number::is_numeral(*c)).collect();
    let count = u16::try_from(number::value(&numeral)?).ok().filter(|count| *count > 0)?;
    let rest = &text[numeral.len()..];
    let years = TermLength { years: count, ..TermLength::default() };
    let months = TermLength { months: count, ..TermLength::default() };
    if let Some(rest) = rest.strip_prefix('年') {
        return Some((Term::Duration(years), rest));
    }
    let rest = rest.strip_prefix("个月")?;
    Some((Term::Duration(months), rest))
}

/// `（2024年3月1日）`, `（2024年3月1日决定）` behind the notice.
fn day_in_brackets(text: &str) -> Option<(Date, &str)> {
    let inner = text.trim_start_matches(['日', '止']).strip_prefix(['(', '（', '〔'])?;
    let (date, taken) = number::date(inner)?;
    let rest = inner.char_indices().nth(taken).map_or("", |(at, _)| &inner[at..]);
    let worded = ["决定", "审批", "批准", "通知"].iter().find_map(|word| rest.strip_prefix(word));
    Some((date, worded.unwrap_or(rest)))
}

/// The first day written in a line without blanks.
fn first_date(line: &str) -> Option<Date> {
    let starts = line.char_indices().filter(|(_, c)| number::is_numeral(*c));
    starts.filter_map(|(at, _)| number::date(&line[at..])).map(|(date, _)| date).next()
}

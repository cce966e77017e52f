//! Words of matter scopes (保密事项范围) in a text: `cn.scope.hit`.
//!
//! One pass finds the head words of all entries. Around each, the conditions of
//! its entries are looked at: words that must be near, quantities, exclusions,
//! qualifiers. A hit points a person to an entry; it never assigns a level.

mod keyed;
mod passage;
mod search;

pub(crate) use keyed::keyed;
pub use search::{HeadTrial, Step, StepKind, Trial, try_entry};

use crate::dictionary::{Category, Dictionary, Entry};
use crate::model::{
    Date, Evidence, Finding, FoldedText, Piece, Said, Severity, SourceText, Span, Words,
};

use super::place::Places;
use search::{Counts, Hit, LISTED, Seen, search};

const RULE: &str = "cn.scope.hit";

/// Pieces of one entry that are below its threshold one by one.
const TOGETHER: &str = "cn.scope.aggregation";

/// Characters of context on each side of a hit.
const CONTEXT: usize = 30;

/// Every entry's words in one part's text, at most once a paragraph, and the
/// quantities beside them that stay below an entry's threshold.
pub(crate) fn scopes(
    text: &SourceText,
    folded: &FoldedText,
    dictionary: &Dictionary,
    issued: Option<Date>,
) -> (Vec<Finding>, Vec<Piece>) {
    found(text, folded, dictionary, true, issued)
}

/// The same; `readable` says whether words of the dictionary may be shown.
fn found(
    text: &SourceText,
    folded: &FoldedText,
    dictionary: &Dictionary,
    readable: bool,
    issued: Option<Date>,
) -> (Vec<Finding>, Vec<Piece>) {
    if dictionary.matcher.is_empty() {
        return Default::default();
    }
    let (hits, counts, pieces) = search(text, folded, dictionary);
    let writer = Writer { folded, dictionary, places: Places::new(text), readable, issued };
    let mut listed = Counts::new();
    let findings = hits.into_iter().map(|hit| {
        let so_far = listed.entry(hit.entry).or_default();
        *so_far += 1;
        // The last one listed says how many there were.
        let unlisted = match (*so_far, counts.get(&hit.entry)) {
            (LISTED, Some(all)) => all - LISTED,
            _ => 0,
        };
        writer.finding(hit, unlisted)
    });
    let findings = findings.collect();
    (findings, pieces.into_iter().map(|piece| writer.piece(&piece)).collect())
}

/// Writes findings of one part.
struct Writer<'a> {
    folded: &'a FoldedText,
    dictionary: &'a Dictionary,
    places: Places<'a>,
    /// Whether words of the dictionary may be shown.
    readable: bool,
    /// The day of the document, where it has one.
    issued: Option<Date>,
}

impl Writer<'_> {
    fn finding(&self, hit: Hit, unlisted: usize) -> Finding {
        let entry = &self.dictionary.entries[hit.entry];
        let span = self.folded.source_span(hit.folded.clone());
        let mut evidence: Vec<Evidence> = hit.seen.iter().map(|seen| self.seen(seen)).collect();
        if entry.threshold > 0 {
            let sum: u32 = hit.seen.iter().map(|seen| u32::from(seen.weight)).sum();
            let least = entry.threshold;
            let words = Words::new(
                format!("the weights come to {sum}, of {least} asked for"),
                format!("权重合计{sum}，要求不低于{least}"),
            );
            evidence.push(Evidence { id: "scope-weight".to_owned(), words, weight: 0 });
        }
        if entry.derived {
            let words = Words::new(
                "its words were taken from the matter's name by a program",
                "该条目的词语由程序从事项名称推得",
            );
            evidence.push(Evidence { id: "scope-derived".to_owned(), words, weight: 0 });
        }
        evidence.extend(self.validity(entry));
        if let Some(category) = entry.category.map(|at| &self.dictionary.categories[at]) {
            let Category { number, name, basis, .. } = category;
            let words = Words::new(
                format!("of the kind {number} of the law: {} ({basis})", name.en),
                format!("属于{basis}第{number}项：{}", name.zh),
            );
            evidence.push(Evidence { id: "scope-category".to_owned(), words, weight: 0 });
        }
        let status = &self.dictionary.scopes[entry.scope].status;
        if !status.en.is_empty() {
            let words = Words::new(
                format!("of the scope: {}", status.en),
                format!("该范围：{}", status.zh),
            );
            evidence.push(Evidence { id: "scope-status".to_owned(), words, weight: 0 });
        }
        if unlisted > 0 {
            let words = Words::new(
                format!("{unlisted} further paragraphs match and are not listed"),
                format!("另有{unlisted}个段落命中，未逐一列出"),
            );
            evidence.push(Evidence { id: "scope-further".to_owned(), words, weight: 0 });
        }
        let missing = match self.readable {
            true => hit.missing,
            false => hit.missing.iter().map(|_| keyed::WORD.to_owned()).collect(),
        };
        Finding { evidence, missing_qualifiers: Some(missing), ..self.at(RULE, entry, span) }
    }

    /// Where an entry did not apply on the day of the document: the hit stands, and
    /// says so. What was no secret then may be one now, and the other way round.
    fn validity(&self, entry: &Entry) -> Option<Evidence> {
        let scope = &self.dictionary.scopes[entry.scope];
        let (from, to) = (entry.valid_from.or(scope.valid_from), entry.valid_to.or(scope.valid_to));
        let day = self.issued?;
        let words = match (from, to) {
            (Some(from), _) if day < from => Words::new(
                format!("the entry applies from {from} on, and the document is of {day}"),
                format!("该条目自{from}起施行，而文件日期为{day}"),
            ),
            (_, Some(to)) if day > to => Words::new(
                format!("the entry applied to {to}, and the document is of {day}"),
                format!("该条目适用至{to}，而文件日期为{day}"),
            ),
            _ => return None,
        };
        Some(Evidence { id: "scope-validity".to_owned(), words, weight: 0 })
    }

    /// A quantity below an entry's threshold.
    fn piece(&self, piece: &search::Piece) -> Piece {
        let entry = &self.dictionary.entries[piece.entry];
        let span = self.folded.source_span(piece.folded.clone());
        Piece {
            entry: piece.entry,
            condition: piece.condition,
            value: piece.value,
            finding: self.at(TOGETHER, entry, span),
        }
    }

    /// A finding of an entry at a place, without evidence.
    fn at(&self, rule: &str, entry: &Entry, span: Span) -> Finding {
        Finding {
            id: String::new(),
            rule: rule.to_owned(),
            severity: Severity::Review,
            level: None,
            mark: None,
            place: self.places.place(&span),
            quote: self.readable.then(|| self.places.quote(&span).to_owned()),
            context: self.readable.then(|| self.places.context(&span, CONTEXT)),
            evidence: Vec::new(),
            basis: vec![self.basis(entry)],
            entry: Some(entry.id.clone()),
            missing_qualifiers: None,
            suppressed: None,
            unheeded: None,
            message: self.message(rule, entry),
            span,
            said: Said::default(),
        }
    }

    /// What was seen and where, in words of the dictionary: evidence is shown
    /// where text of the document is not.
    fn seen(&self, seen: &Seen) -> Evidence {
        let [from, to] = self.places.char_range(&self.folded.source_span(seen.folded.clone()));
        let (id, en, zh) = seen.sort.words();
        let name = if self.readable { seen.name.as_str() } else { keyed::WORD };
        let (heavy_en, heavy_zh) = match seen.weight {
            0 => Default::default(),
            weight => (format!(", weight {weight}"), format!("，权重{weight}")),
        };
        let words = Words::new(
            format!("{en} {name} at characters {from}–{to}{heavy_en}"),
            format!("{zh}“{name}”（字符{from}–{to}{heavy_zh}）"),
        );
        let weight = i16::try_from(seen.weight.max(1)).unwrap_or(i16::MAX);
        Evidence { id: id.to_owned(), words, weight }
    }

    /// The scope's name and the entry's number, as published.
    fn basis(&self, entry: &Entry) -> String {
        let scope = &self.dictionary.scopes[entry.scope];
        let number = match entry.number.as_str() {
            "" => "",
            number => &format!(" {number}"),
        };
        format!("{}{number}", scope.name.zh)
    }

    fn message(&self, rule: &str, entry: &Entry) -> Words {
        let plain = || {
            Words::new(
                "Words of the scope entry {entry} stand here; a person must compare.",
                "此处出现保密事项范围条目{entry}的用语，须由人核对。",
            )
        };
        let words = self.dictionary.rule(rule).map_or_else(plain, |rule| rule.message.clone());
        Words::new(
            words.en.replace("{entry}", &format!("{} ({})", entry.id, entry.name.en)),
            words.zh.replace("{entry}", &format!("{}（{}）", entry.id, entry.name.zh)),
        )
    }
}

#[cfg(test)]
#[path = "scope_tests.rs"]
mod tests;

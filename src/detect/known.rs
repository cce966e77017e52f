//! Known documents in a text: `text.known-document`.
//!
//! A finding points to the longest piece that the text shares with one known
//! document and says how much of both is shared. What is in common is never
//! quoted: of the known document's level nothing is known here, so nobody can say
//! where it may be shown. Whoever holds the text finds it by its place.

use super::place::Places;
use crate::dictionary::known::{Comparison, Overlap, Stream, letters};
use crate::dictionary::{Dictionary, Known};
use crate::model::{Evidence, Finding, FoldedText, Said, Severity, SourceText, Words};

const RULE: &str = "text.known-document";

/// Documents that are listed for one part; further ones are counted.
const LISTED: usize = 16;

/// Every known document that one part's text holds a piece of.
pub(crate) fn known(
    text: &SourceText,
    folded: &FoldedText,
    dictionary: &Dictionary,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for known in &dictionary.known {
        let mut comparison = Comparison::new(known);
        for stream in Stream::ALL {
            letters(text, folded, stream, |c, at| comparison.push(c, at));
            comparison.pause();
        }
        let overlaps = comparison.finish();
        if overlaps.is_empty() {
            continue;
        }
        let writer = Writer { folded, known, places: Places::new(text), dictionary };
        let unlisted = overlaps.len().saturating_sub(LISTED);
        let listed = overlaps.into_iter().take(LISTED).enumerate();
        findings.extend(listed.map(|(at, overlap)| {
            let last = at + 1 == LISTED;
            writer.finding(overlap, if last { unlisted } else { 0 })
        }));
    }
    findings
}

struct Writer<'a> {
    folded: &'a FoldedText,
    known: &'a Known,
    places: Places<'a>,
    dictionary: &'a Dictionary,
}

impl Writer<'_> {
    fn finding(&self, overlap: Overlap, unlisted: usize) -> Finding {
        let span = self.folded.source_span(overlap.span.clone());
        let [from, to] = self.places.char_range(&span);
        Finding {
            id: String::new(),
            rule: RULE.to_owned(),
            severity: Severity::Review,
            level: None,
            mark: None,
            place: self.places.place(&span),
            quote: None,
            context: None,
            evidence: self.evidence(&overlap, [from, to], unlisted),
            basis: Vec::new(),
            entry: Some(overlap.id.clone()),
            missing_qualifiers: None,
            suppressed: None,
            unheeded: None,
            message: self.message(&overlap.id),
            span,
            said: Said::default(),
        }
    }

    fn evidence(
        &self,
        overlap: &Overlap,
        [from, to]: [usize; 2],
        unlisted: usize,
    ) -> Vec<Evidence> {
        let Overlap { longest: [least, most], pieces, letters, .. } = overlap;
        // Where the set lies on this machine is nobody's business.
        let file = self.known.file.rsplit(['/', '\\']).next().unwrap_or_default();
        let (of_text, of_document) = (percent(overlap.of_text), percent(overlap.of_document));
        let mut evidence = vec![
            (
                "known-document",
                format!("known document {} of {file}", overlap.id),
                format!("已登记文件{}（{file}）", overlap.id),
            ),
            (
                "known-longest",
                format!(
                    "the longest piece in common has {least} to {most} letters, at characters {from}–{to}"
                ),
                format!("最长的相同片段有{least}至{most}字，位于字符{from}–{to}"),
            ),
            (
                "known-share",
                format!(
                    "{of_document} of the known document and {of_text} of this text are in common: {letters} letters in {pieces} pieces"
                ),
                format!(
                    "相同部分占已登记文件的{of_document}、占本文的{of_text}：{pieces}处共{letters}字"
                ),
            ),
        ];
        if unlisted > 0 {
            evidence.push((
                "known-further",
                format!(
                    "{unlisted} further known documents have less in common and are not listed"
                ),
                format!("另有{unlisted}份已登记文件相同部分较少，未逐一列出"),
            ));
        }
        let made = evidence.into_iter().map(|(id, en, zh)| Evidence {
            id: id.to_owned(),
            words: Words::new(en, zh),
            weight: 0,
        });
        made.collect()
    }

    fn message(&self, id: &str) -> Words {
        let words = self.dictionary.rule(RULE).map(|rule| rule.message.clone());
        words.unwrap_or_default().fill(&[("entry", id)])
    }
}

/// A share for people, rounded down, and never nought of what is there.
fn percent(share: f64) -> String {
    match (share * 100.0) as u32 {
        0 => "under 1 %".into(),
        whole => format!("{whole} %"),
    }
}

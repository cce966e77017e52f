//! Folded text + dictionary → findings, and the facts about the document that
//! the judge needs to weigh them.

mod place;
mod scope;

mod banner;
mod extension;
mod grammar;
mod known;
mod mark;
mod number;
mod related;
mod sent;
mod sheet;
mod squeeze;
mod table;
mod word;

pub use scope::{HeadTrial, Step, StepKind, Trial, try_entry};

use sheet::Sheet;

use crate::dictionary::{Dictionary, Form, Regime};
use crate::model::{Facts, Finding, FoldedText, SourceText};

/// What was seen in one part's text.
#[derive(Clone, Debug, Default)]
pub struct Detection {
    /// In order of place.
    pub findings: Vec<Finding>,
    /// What the document says of itself.
    pub facts: Facts,
}

/// Hits of scope entries alone, in one part's text.
pub fn scope_hits(text: &SourceText, folded: &FoldedText, dictionary: &Dictionary) -> Vec<Finding> {
    scope::scopes(text, folded, dictionary, None).0
}

/// Looks for everything the dictionary holds in one part's text.
pub fn detect(text: &SourceText, folded: &FoldedText, dictionary: &Dictionary) -> Detection {
    let mut detection = Detection::default();
    detection.findings.extend(scope::keyed(text, folded, dictionary));
    detection.findings.extend(known::known(text, folded, dictionary));
    let of = |form| dictionary.regimes.iter().filter(move |regime| regime.form == form);
    for regime in of(Form::LevelStarTerm) {
        star_regime(text, folded, regime, &mut detection);
    }
    let issued = detection.facts.issue_dates.first().map(|issue| issue.date);
    let (findings, pieces) = scope::scopes(text, folded, dictionary, issued);
    detection.findings.extend(findings);
    detection.facts.pieces = pieces;
    let banners: Vec<Sheet> =
        of(Form::Banner).map(|regime| Sheet::new(text, folded, regime)).collect();
    detection.findings.extend(banner::banners(&banners, &mut detection.facts));
    for regime in of(Form::Word) {
        let found = word::words(&Sheet::new(text, folded, regime));
        // What such a regime's own field says is no other regime's mark.
        detection.findings.retain(|other| {
            !found
                .iter()
                .any(|own| own.span.start < other.span.end && other.span.start < own.span.end)
        });
        detection.findings.extend(found);
    }
    detection.findings.sort_by(|a, b| {
        (a.span.start, a.span.end, &a.rule).cmp(&(b.span.start, b.span.end, &b.rule))
    });
    detection
}

fn star_regime(text: &SourceText, folded: &FoldedText, regime: &Regime, detection: &mut Detection) {
    let sheet = Sheet::new(text, folded, regime);
    let marks = mark::marks(&sheet);
    detection.findings.extend(marks.findings);
    let facts = &mut detection.facts;
    facts.citations.extend(marks.citations);
    facts.left_out += marks.left_out;
    facts.issue_dates = sheet.issue_dates();
    facts.issuing_body = sheet.issuing_body();
    facts.official = sheet.official;
    facts.copy_number = sheet.copy_number;
    detection.findings.extend(related::related(&sheet, facts));
}

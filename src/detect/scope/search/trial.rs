//! Why one entry does or does not match: each of its head words with what is,
//! and what is not, near it. Looks with the eyes of the search itself.

use std::collections::BTreeMap;

use super::{At, Near, Search};
use crate::detect::place::Places;
use crate::detect::scope::passage::Passages;
use crate::dictionary::quantity::{Quantity, quantities};
use crate::dictionary::{Condition, Dictionary, Entry, Occurrence, QuantityCondition, Within};
use crate::model::{FoldedText, Place, SourceText, Span};

/// Head words that are told one by one; further ones are counted.
const HEADS: usize = 100;

/// What came of an entry in one part's text.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// Its head words, in order.
    pub heads: Vec<HeadTrial>,
    /// How many more there are.
    pub more: usize,
    /// Head words that stand in the text with blanks between their characters,
    /// which no search finds.
    pub broken: Vec<String>,
}

/// One head word.
#[derive(Clone, Debug)]
pub struct HeadTrial {
    /// The word, as it is in the folded text.
    pub term: String,
    /// Where it stands.
    pub place: Place,
    /// All that the entry asks for, in the order it is looked at.
    pub steps: Vec<Step>,
    /// What the weights of all that is near come to, and what they must.
    pub sum: Option<(u32, u32)>,
    /// Whether the document is of a kind the entry is looked for in.
    pub document_fits: bool,
    /// Whether nothing it cannot do without is missing.
    pub hit: bool,
}

/// What a step of a trial is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Words of which one must be near.
    Near,
    /// Words that add to the sum of weights where they are near.
    Support,
    /// A quantity that must be near.
    Quantity,
    /// Words of which none may be near.
    Apart,
    /// A qualifier that must be near.
    Required,
    /// A qualifier that is named where it is missing.
    Qualifier,
}

/// One condition of an entry, looked at from one head word.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is about.
    pub kind: StepKind,
    /// Its words, or the quantity as written.
    pub wanted: Vec<String>,
    /// How near.
    pub within: Within,
    /// What was seen there, and where.
    pub seen: Option<(String, Place)>,
    /// Where nothing was: the nearest elsewhere in the text, and how many
    /// characters stand between.
    pub nearest: Option<(String, Place, usize)>,
}

impl Step {
    /// Whether the condition is met.
    pub fn is_met(&self) -> bool {
        self.seen.is_some() != (self.kind == StepKind::Apart)
    }

    /// Whether a hit cannot do without it.
    pub fn is_needed(&self) -> bool {
        !matches!(self.kind, StepKind::Qualifier | StepKind::Support)
    }
}

/// Looks at every head word of the entry `number`.
pub fn try_entry(
    text: &SourceText,
    folded: &FoldedText,
    dictionary: &Dictionary,
    number: usize,
) -> Trial {
    let entry = &dictionary.entries[number];
    let mut trier = Trier {
        search: Search::new(text, folded, dictionary),
        places: Places::new(text),
        elsewhere: BTreeMap::new(),
        quantities: None,
    };
    let mut trial = Trial::default();
    let mut passages = Passages::new(text, folded, dictionary.matcher.longest());
    let mut heads = Vec::new();
    let mut done = 0;
    while let Some(passage) = passages.next() {
        dictionary.matcher.find(&passage.text, &mut heads);
        for cell in &passage.cells {
            trier.search.cell += 1;
            trier.search.sentence = 0..0;
            let inside = |head: &Span| cell.start <= head.start && head.end <= cell.end;
            let own = heads.iter().filter(|found| found.entry() == number);
            for head in own.map(Occurrence::span).filter(inside) {
                let head = &head;
                // Where a long paragraph was cut, its pieces overlap.
                let at = passage.folded_span(head);
                if at.end <= done {
                    continue;
                }
                done = at.end;
                if trial.heads.len() < HEADS {
                    trial.heads.push(trier.head(&At { passage, cell, head }, entry));
                } else {
                    trial.more += 1;
                }
            }
        }
    }
    if trial.heads.is_empty() {
        let close: String = folded.as_str().chars().filter(|c| !c.is_whitespace()).collect();
        let close = |term: &&String| {
            let term: String = term.chars().filter(|c| !c.is_whitespace()).collect();
            close.contains(&term)
        };
        trial.broken = entry.terms.iter().filter(close).cloned().collect();
    }
    trial
}

struct Trier<'a> {
    search: Search<'a>,
    places: Places<'a>,
    /// For each word set asked for, its words in the whole text.
    elsewhere: BTreeMap<usize, Vec<(Span, usize)>>,
    quantities: Option<Vec<(Span, Quantity)>>,
}

impl<'a> Trier<'a> {
    fn head(&mut self, at: &At<'_>, entry: &'a Entry) -> HeadTrial {
        let mut steps = Vec::new();
        for condition in &entry.near {
            let kind = if condition.weight > 0 { StepKind::Support } else { StepKind::Near };
            steps.push(self.words(at, kind, condition));
        }
        for condition in &entry.quantities {
            steps.push(self.quantity(at, condition));
        }
        for condition in &entry.apart {
            steps.push(self.words(at, StepKind::Apart, condition));
        }
        let kind = if entry.require { StepKind::Required } else { StepKind::Qualifier };
        for condition in &entry.qualifiers {
            steps.push(self.words(at, kind, condition));
        }
        let term = &at.passage.text[at.head.clone()];
        let sum = (entry.threshold > 0).then(|| {
            let seen = entry.near.iter().zip(&steps).filter(|(_, step)| step.is_met());
            let near: u32 = seen.map(|(condition, _)| u32::from(condition.weight)).sum();
            (u32::from(entry.weight_of(term)) + near, entry.threshold)
        });
        let document_fits = entry.documents.is_any() || self.search.document_fits(entry);
        HeadTrial {
            sum,
            document_fits,
            term: at.passage.text[at.head.clone()].to_owned(),
            place: self.place(&at.passage.folded_span(at.head)),
            hit: steps.iter().all(|step| step.is_met() || !step.is_needed())
                && sum.is_none_or(|(sum, least)| sum >= least)
                && document_fits,
            steps,
        }
    }

    fn words(&mut self, at: &At<'_>, kind: StepKind, condition: &Condition) -> Step {
        let set = &self.search.dictionary.word_sets[condition.words];
        let near = self.search.word_near(at, condition);
        let seen = match near {
            Near::Here(span, word) => {
                let span = self.in_folded(at, condition.within, span);
                Some((set.word(word).to_owned(), self.place(&span)))
            }
            _ => None,
        };
        let mut nearest = None;
        if seen.is_none() && kind != StepKind::Apart {
            let all = self.search.folded.as_str();
            let found = self.elsewhere.entry(condition.words).or_insert_with(|| set.find_all(all));
            let head = at.passage.folded_span(at.head);
            let best = found.iter().min_by_key(|(span, _)| apart(span, &head)).cloned();
            nearest = best.map(|(span, word)| {
                (set.word(word).to_owned(), self.place(&span), self.between(&span, &head))
            });
        }
        let wanted = set.words().to_vec();
        Step { kind, wanted, within: condition.within, seen, nearest }
    }

    fn quantity(&mut self, at: &At<'_>, condition: &QuantityCondition) -> Step {
        let folded = self.search.folded.as_str();
        let written = |span: &Span| folded[span.clone()].to_owned();
        let seen = self.search.quantity_near(at, condition).map(|span| {
            let span = self.in_folded(at, condition.within, span);
            (written(&span), self.place(&span))
        });
        let mut nearest = None;
        if seen.is_none() {
            let head = at.passage.folded_span(at.head);
            let all = self.quantities.get_or_insert_with(|| quantities(folded));
            let alike = all.iter().filter(|(_, q)| q.measure == condition.range.measure);
            let best =
                alike.min_by_key(|(span, q)| (!condition.range.holds(*q), apart(span, &head)));
            nearest = best
                .cloned()
                .map(|(span, _)| (written(&span), self.place(&span), self.between(&span, &head)));
        }
        let wanted = vec![condition.name.clone()];
        Step { kind: StepKind::Quantity, wanted, within: condition.within, seen, nearest }
    }

    fn in_folded(&self, at: &At<'_>, within: Within, span: Span) -> Span {
        match within {
            Within::Page => span,
            _ => at.passage.folded_span(&span),
        }
    }

    fn place(&self, folded: &Span) -> Place {
        self.places.place(&self.search.folded.source_span(folded.clone()))
    }

    /// Characters between two spans of the folded text.
    fn between(&self, a: &Span, b: &Span) -> usize {
        let gap = if a.end <= b.start { a.end..b.start } else { b.end..a.start.max(b.end) };
        self.search.folded.as_str().get(gap).map_or(0, |text| text.chars().count())
    }
}

/// Bytes between two spans.
fn apart(a: &Span, b: &Span) -> usize {
    a.start.saturating_sub(b.end).max(b.start.saturating_sub(a.end))
}

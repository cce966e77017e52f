//! Level marks of a star regime: candidates, the evidence for and against each,
//! and what they are: mark, label, portion, or a mark that is spoken about.

mod around;
mod reasons;

use super::grammar::{self, Parsed, is_han};
use super::sheet::Sheet;
use super::squeeze::{BACK, Squeezed};
use crate::model::{Evidence, Finding, Mark, MarkForm, Region, Said, Severity, Span, Term, Words};
use crate::normalize::alterations;
use around::{
    Alone, around, cites, is_in_title, is_portion, is_sentence, label_before, stands_alone,
    term_label, touches_words,
};
use reasons::{Weighed, against, form_evidence, place_evidence};

/// What the level marks of one part's text are.
#[derive(Default)]
pub(super) struct Marks {
    /// Marks spoken about beyond [`SPOKEN_ABOUT`], which are only counted.
    pub(super) left_out: usize,
    spoken_about: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) citations: Vec<Finding>,
}

/// Marks spoken about that one part's findings name: a text that repeats one a
/// hundred thousand times tells a reader nothing more.
const SPOKEN_ABOUT: usize = 500;

/// Classified documents named in one part that are kept.
const CITED: usize = 100;

/// Looks for the regime's marks.
pub(super) fn marks(sheet: &Sheet) -> Marks {
    let mut made = Marks::default();
    let regime = sheet.regime;
    let Some(finder) = &regime.finders.anchors else { return made };
    let folded = sheet.folded.as_str();
    let mut done = 0;
    for hit in finder.find_iter(folded) {
        if let Some(number) = secret_number(folded, &hit.range()) {
            made.cite(sheet, number);
        }
        if hit.start() < done
            || plainly_a_word(folded, hit.start(), hit.end())
            || !has_a_head(folded, &hit.range(), &regime.finders.heads)
        {
            continue;
        }
        let squeezed = Squeezed::around(folded, hit.start(), regime);
        let Some(at) = squeezed.index_of(hit.start()) else { continue };
        let starts = (0..=3).filter_map(|back| at.checked_sub(back));
        let Some(parsed) = starts
            .filter_map(|start| grammar::parse(&squeezed, start, regime))
            .find(|parsed| parsed.start <= at && at < parsed.end)
        else {
            continue;
        };
        let (Some(first), Some(last)) = (squeezed.get(parsed.start), squeezed.get(parsed.end - 1))
        else {
            continue;
        };
        let span = first.start..last.end;
        done = span.end;
        weigh(sheet, &parsed, span, &mut made);
    }
    made
}

impl Marks {
    /// Keeps the number of a classified document that is named in this one.
    fn cite(&mut self, sheet: &Sheet, folded: Span) {
        if self.citations.len() >= CITED || sheet.about_marks {
            return;
        }
        let span = sheet.folded.source_span(folded);
        self.citations.push(Finding {
            id: String::new(),
            rule: format!("{}.derivative.unmarked", sheet.regime.id),
            severity: Severity::Review,
            level: None,
            mark: None,
            place: sheet.places.place(&span),
            quote: Some(sheet.places.quote(&span).to_owned()),
            context: Some(sheet.places.context(&span, 24)),
            evidence: Vec::new(),
            basis: Vec::new(),
            entry: None,
            missing_qualifiers: None,
            suppressed: None,
            unheeded: None,
            message: Words::default(),
            span,
            said: Said::default(),
        });
    }
}

/// The number of a classified document, 岚渡密〔2025〕3号, around its 密. Bureaus of
/// secrecy (保密) and of cryptography (国密) number what is no secret so as well.
fn secret_number(folded: &str, hit: &Span) -> Option<Span> {
    let before = folded[..hit.start].chars().rev().take_while(|c| is_han(*c)).take(8);
    let before: Vec<char> = before.collect();
    if &folded[hit.clone()] != "密" || before.is_empty() || matches!(before[0], '保' | '国' | '商')
    {
        return None;
    }
    let rest = folded[hit.end..].strip_prefix(['〔', '[', '('])?;
    let year = rest.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = rest[year.len()..].strip_prefix(['〕', ']', ')'])?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest[digits..].strip_prefix('号').filter(|_| digits > 0)?;
    let start = hit.start - before.iter().map(|c| c.len_utf8()).sum::<usize>();
    Some(start..folded.len() - after.len())
}

/// Whether a level can end here: something that its beginning is made of stands
/// in the hit or before it, as far back as the grammar looks.
fn has_a_head(folded: &str, hit: &Span, heads: &[char]) -> bool {
    let back = folded.floor_char_boundary(hit.start.saturating_sub(BACK));
    folded[back..hit.end].chars().any(|c| heads.binary_search(&c).is_ok())
}

/// Most hits by far: 密 in a word of running text, with no level before it and
/// Han on both sides.
fn plainly_a_word(folded: &str, start: usize, end: usize) -> bool {
    let before = folded[..start].chars().next_back();
    let after = folded[end..].chars().next();
    let level = before.is_some_and(|c| matches!(c, '绝' | '机' | '秘'));
    let han_before = before.is_some_and(is_han);
    let word = &folded[start..end];
    match word.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => {
            before.is_some_and(|c| c.is_ascii_alphanumeric())
                || after.is_some_and(|c| c.is_ascii_alphabetic())
        }
        _ if word.chars().count() > 1 => false,
        _ => han_before && !level && after.is_some_and(|c| is_han(c) && c != '级'),
    }
}

fn weigh(sheet: &Sheet, parsed: &Parsed, folded: Span, made: &mut Marks) {
    let source = sheet.folded.source_span(folded.clone());
    let Some(around) = around(sheet, &source, &folded) else { return };
    let region = sheet.places.place(&source).region;
    let label = label_before(sheet, &around);
    if !parsed.is_formed() && label.is_none() && touches_words(&around) {
        return;
    }
    let mut weighed = Weighed { sheet, evidence: Vec::new() };
    let portion = is_portion(&around);
    let named = matches!(
        region,
        Region::Property
            | Region::FileName
            | Region::AttachmentName
            | Region::Subject
            | Region::MailHeader
    );
    place_evidence(&mut weighed, &around, region, named);
    form_evidence(&mut weighed, parsed, label.is_some(), &source);
    let alone = stands_alone(sheet, &around, label.is_some());
    if portion {
        weighed.add("bracketed");
        weighed.add("own-column");
    } else {
        match alone {
            Alone::Line => weighed.add("own-line"),
            Alone::Column => weighed.add("own-column"),
            Alone::No if named && !is_sentence(&around) => weighed.add("own-column"),
            Alone::No if parsed.is_full() && is_in_title(sheet, &around) => weighed.add("title"),
            Alone::No => weighed.add("in-sentence"),
        }
    }
    against(&mut weighed, &around, parsed, portion, named);

    let term = match parsed.term {
        Term::None if label.is_some() => term_label(sheet, &around, folded.end),
        _ => None,
    };
    let sum: i16 = weighed.evidence.iter().map(|e| e.weight).sum();
    let is_mark = sum >= sheet.regime.weighing.threshold;
    let rule = match (is_mark, portion, label.is_some()) {
        (true, true, _) => "mark.portion",
        (true, false, true) => "mark.label",
        (true, false, false) => "mark.state-secret",
        (false, _, _) if parsed.is_formed() => "mark.quoted",
        _ => return,
    };
    if !is_mark {
        made.spoken_about += 1;
        if made.spoken_about > SPOKEN_ABOUT {
            made.left_out += 1;
            return;
        }
    }
    let finding = finding(sheet, rule, parsed, term, &source, weighed.evidence);
    if !is_mark && !sheet.about_marks && cites(sheet, &around) {
        let rule = format!("{}.derivative.unmarked", sheet.regime.id);
        made.citations.push(Finding {
            rule,
            severity: Severity::Review,
            mark: None,
            level: None,
            ..finding.clone()
        });
    }
    let clean = &finding.quote.clone().unwrap_or_default();
    let hidden = matches!(finding.place.region, Region::Hidden | Region::Deleted);
    let obfuscated = parsed.scattered || parsed.lookalike || alterations(clean).may_deceive();
    // What somebody hid is looked at, be it a mark or written about one.
    if hidden {
        made.findings.push(also(&finding, "text.hidden"));
    }
    if is_mark && obfuscated {
        made.findings.push(also(&finding, "text.obfuscated"));
    }
    made.findings.push(finding);
}

fn also(finding: &Finding, rule: &str) -> Finding {
    Finding {
        rule: rule.into(),
        severity: Severity::Review,
        level: None,
        mark: None,
        ..finding.clone()
    }
}

fn finding(
    sheet: &Sheet,
    rule: &str,
    parsed: &Parsed,
    term: Option<Term>,
    source: &Span,
    evidence: Vec<Evidence>,
) -> Finding {
    let level = &sheet.regime.levels[parsed.level];
    // Full-width digits, variants, what nobody sees: readable, not as prescribed.
    let plain = alterations(sheet.places.quote(source)).is_empty();
    let form = if plain { parsed.form } else { parsed.form.max(MarkForm::Tolerated) };
    Finding {
        id: String::new(),
        rule: format!("{}.{rule}", sheet.regime.id),
        severity: if rule == "mark.quoted" { Severity::Note } else { Severity::Block },
        level: sheet.regime.level(&level.id),
        mark: Some(Mark {
            form,
            level: level.id.clone(),
            term: term.unwrap_or_else(|| parsed.term.clone()),
        }),
        place: sheet.places.place(source),
        quote: Some(sheet.places.quote(source).to_owned()),
        context: Some(sheet.places.context(source, 24)),
        evidence,
        basis: Vec::new(),
        entry: None,
        missing_qualifiers: None,
        suppressed: None,
        unheeded: None,
        message: Words::default(),
        span: source.clone(),
        said: Said::default(),
    }
}

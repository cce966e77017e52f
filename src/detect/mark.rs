//! Level marks of a star regime: candidates, the evidence for and against each,
//! and what they are: mark, label, portion, or a mark that is spoken about.

use super::grammar::{self, Parsed, Separator, is_han};
use super::number;
use super::sheet::{Sheet, compact};
use super::squeeze::{BACK, Squeezed};
use super::table;
use crate::model::{Evidence, Finding, Mark, MarkForm, Region, Said, Severity, Span, Term, Words};
use crate::normalize::alterations;

/// What the level marks of one part's text are.
#[derive(Default)]
pub(super) struct Marks {
    /// Marks spoken about beyond [`SPOKEN_ABOUT`], which are only counted.
    pub(super) left_out: usize,
    spoken_about: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) citations: Vec<Finding>,
}

/// Everything on the lines of a candidate that is not the candidate.
struct Around<'a> {
    before: &'a str,
    after: &'a str,
    block: usize,
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
    if is_mark && hidden {
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
        message: Words::default(),
        span: source.clone(),
        said: Said::default(),
    }
}

fn around<'a>(sheet: &Sheet<'a>, source: &Span, folded: &Span) -> Option<Around<'a>> {
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
const SIDE: usize = 600;

fn head(side: &str) -> &str {
    let mut end = side.len().min(SIDE);
    while !side.is_char_boundary(end) {
        end -= 1;
    }
    &side[..end]
}

fn tail(side: &str) -> &str {
    let mut start = side.len().saturating_sub(SIDE);
    while !side.is_char_boundary(start) {
        start += 1;
    }
    &side[start..]
}

fn touches_words(around: &Around) -> bool {
    let before = around.before.chars().next_back();
    let after = around.after.chars().next();
    before.is_some_and(|c| is_han(c) || c.is_alphanumeric())
        || after.is_some_and(|c| is_han(c) || c.is_alphanumeric())
}

struct Weighed<'s, 'a> {
    sheet: &'s Sheet<'a>,
    evidence: Vec<Evidence>,
}

impl Weighed<'_, '_> {
    fn add(&mut self, id: &str) {
        self.fill(id, &[]);
    }

    fn fill(&mut self, id: &str, values: &[(&str, &str)]) {
        if let Some(entry) = self.sheet.regime.evidence(id) {
            let words = entry.words.fill(values);
            self.evidence.push(Evidence { id: id.into(), words, weight: entry.weight });
        }
    }
}

fn place_evidence(weighed: &mut Weighed, around: &Around, region: Region, named: bool) {
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
fn heads_an_annex(sheet: &Sheet, around: &Around) -> bool {
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

fn form_evidence(weighed: &mut Weighed, parsed: &Parsed, label: bool, source: &Span) {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Alone {
    Line,
    Column,
    No,
}

/// Whether a candidate stands by itself on its line, or in a column of it.
fn stands_alone(sheet: &Sheet, around: &Around, label: bool) -> Alone {
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

fn is_sentence(around: &Around) -> bool {
    [around.before, around.after]
        .iter()
        .any(|side| side.contains(['，', '。', '；', '？', '！', ',', ';', '?', '!']))
}

/// What is left of one side of a line when blanks and what usually stands
/// beside a mark are taken away.
fn cleaned(sheet: &Sheet, side: &str) -> String {
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
fn label_before<'r>(sheet: &Sheet<'r>, around: &Around) -> Option<&'r str> {
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
fn is_ticked(sheet: &Sheet, around: &Around) -> bool {
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
fn is_remarked(sheet: &Sheet, after: &str) -> bool {
    let after = after.trim();
    after.starts_with(['(', '（'])
        && after.ends_with([')', '）'])
        && sheet.regime.remarks.words.iter().any(|word| after.contains(word.as_str()))
}

fn strip_label<'t>(sheet: &Sheet, before: &'t str) -> &'t str {
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
fn term_label(sheet: &Sheet, around: &Around, from: usize) -> Option<Term> {
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
fn is_portion(around: &Around) -> bool {
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

fn against(weighed: &mut Weighed, around: &Around, parsed: &Parsed, portion: bool, named: bool) {
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
fn introduced(sheet: &Sheet, around: &Around) -> bool {
    let blocks = sheet.text.blocks();
    let region = blocks[around.block].region;
    let lines = blocks[..around.block].iter().rev().take(8).filter(|b| b.region == region).take(4);
    lines.map(|block| compact(tail(sheet.line(block)))).any(|line| {
        line.ends_with([':', '：'])
            && sheet.regime.talk.introducers.iter().any(|word| line.contains(word.as_str()))
    })
}

/// Whether the line names a document, 《…》 or a document number; of a line that
/// goes on from the one before, both.
fn cites(sheet: &Sheet, around: &Around) -> bool {
    let blocks = sheet.text.blocks();
    let region = blocks[around.block].region;
    let previous = around.block.checked_sub(1).map(|b| &blocks[b]).filter(|b| b.region == region);
    let mut before = previous.map_or_else(String::new, |block| tail(sheet.line(block)).to_owned());
    before.push_str(around.before);
    let numbered = |text: &str| text.contains('〔') && text.contains('号');
    let titled = around.before.contains('《') && before.trim_end().ends_with(['(', '（']);
    numbered(&before) || numbered(around.after) || titled
}

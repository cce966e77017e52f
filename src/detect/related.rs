//! Marks beside the level mark: work secrets, internal papers, trade secrets,
//! disclosure attributes, declassification stamps, and foreign level words in a
//! mark's place. Each counts only where a mark stands, never in a sentence.

use super::grammar::is_han;
use super::number;
use super::sheet::{Sheet, compact, is_copy_number};
use crate::model::{Block, Evidence, Facts, Finding, Region, Said, Severity, Span, Words};

/// Longest line that can be a mark, in characters without blanks.
const LONGEST: usize = 40;

/// How many lines from the top or bottom of a page are a mark's place.
const TOP: u32 = 8;

/// Looks at every short line of the part.
pub(super) fn related(sheet: &Sheet, facts: &mut Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    let labels = sheet.regime.finders.labels.as_ref();
    // A label may stand in the cell before.
    let mut labelled = false;
    for (number, (block, line)) in sheet.lines().enumerate() {
        if block.span().len() > LONGEST * 8 {
            labelled = false;
            continue;
        }
        // Of a line too long for a mark only a label matters.
        let telling = match is_long(line) {
            true => labels.is_some_and(|labels| labels.is_match(line)),
            false => sheet.regime.finders.related.may_stand_in(line),
        };
        let worth_a_look = telling || (labelled && block.region == Region::Cell);
        labelled = telling;
        translations(sheet, block, line.trim(), facts);
        if !worth_a_look {
            continue;
        }
        let packed = compact(line);
        if packed.is_empty() || packed.chars().count() > LONGEST * 2 {
            continue;
        }
        if packed.chars().count() <= LONGEST {
            words(sheet, block, &packed, &mut found);
        }
        facts.extensions.extend(super::extension::extension(sheet, block, &packed));
        let by_label = labels.is_some_and(|labels| labels.is_match(&packed));
        disclosure(sheet, number, block, &packed, by_label, &mut found);
        if by_label || block.region == Region::Cell {
            unclassified(sheet, number, block, &packed, facts);
        }
    }
    found
}

/// Whether a line has more than [`LONGEST`] characters without counting them:
/// where blanks fill it, that cannot be told.
fn is_long(line: &str) -> bool {
    let bytes = line.trim().as_bytes();
    bytes.len() > LONGEST * 4 && memchr::memmem::find(bytes, b"  ").is_none()
}

fn is_place(block: &Block) -> bool {
    match block.region {
        Region::Body | Region::Cell => block.line <= TOP && block.page <= 2,
        Region::Header
        | Region::Footer
        | Region::Watermark
        | Region::TextBox
        | Region::Property
        | Region::Annotation => true,
        _ => false,
    }
}

/// The line without what may stand beside a mark.
fn bare(sheet: &Sheet, packed: &str) -> String {
    let mut rest = packed.to_owned();
    for word in &sheet.regime.companions.words {
        rest = rest.replace(&compact(word), "");
    }
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    if is_copy_number(&digits) {
        rest = rest[digits.len()..].to_owned();
    }
    rest.trim_matches([
        '(', ')', '（', '）', '[', ']', '【', '】', '〔', '〕', '—', '-', '!', '！', '。',
    ])
    .to_owned()
}

fn words(sheet: &Sheet, block: &Block, packed: &str, found: &mut Vec<Finding>) {
    let behind_a_mark = packed.contains(sheet.regime.mark.star.as_str());
    let on_paper = block.region == Region::Body && sheet.official;
    if !is_place(block) && !behind_a_mark && !on_paper {
        return;
    }
    let line = bare(sheet, packed);
    for related in &sheet.regime.related {
        let stamp = related.rule.ends_with("declassified");
        let stamped = stamp && (behind_a_mark || on_paper);
        if !is_place(block) && !stamped {
            continue;
        }
        let mut known: Vec<String> = related.words.iter().map(|word| compact(word)).collect();
        known.sort_by_key(|word| std::cmp::Reverse(word.len()));
        for word in known {
            let Some(rest) = line.strip_prefix(word.as_str()) else {
                // 机密★20年(已解密): behind a mark.
                let bracketed = [("(", ")"), ("〔", "〕"), ("[", "]")]
                    .iter()
                    .any(|(open, close)| packed.ends_with(&format!("{open}{word}{close}")));
                if stamp && behind_a_mark && bracketed && is_place(block) {
                    found.push(finding(sheet, block, &related.rule, Severity::Review));
                    return;
                }
                continue;
            };
            let star = rest.chars().next().filter(|c| sheet.regime.mark.star.starts_with(*c));
            let tail = rest.trim_start_matches(|c: char| star == Some(c));
            let dated = tail.is_empty()
                || ((star.is_some() || stamp || related.rule.ends_with("trade-secret"))
                    && tail.chars().count() <= 14
                    && tail.chars().any(|c| c.is_ascii_digit() || matches!(c, '年' | '期' | '日'))
                    && tail.chars().all(of_a_date));
            if !dated {
                continue;
            }
            // A word as common as 解密 or 商业秘密 needs a true place.
            found.push(finding(sheet, block, &related.rule, Severity::Review));
            if star.is_some() && !stamp {
                let rule = format!("{}.defect.star-misuse", sheet.regime.id);
                found.push(worded(sheet, block, &rule, Severity::Review, &word));
            }
            return;
        }
        if related.owned.iter().any(|word| owned(&line, word)) {
            found.push(finding(sheet, block, &related.rule, Severity::Review));
            return;
        }
    }
}

/// Characters of a day or a term: 2020年3月1日, 日期：, 5年, 长期.
fn of_a_date(c: char) -> bool {
    number::is_numeral(c)
        || c.is_ascii_digit()
        || "年月日号个天时分期限长永久于自至起满前后-./:：()（）▲△◆· ".contains(c)
}

/// 青禾家具▲核心商密▲5年: a name, the word and a term (central enterprises'
/// interim rules on trade secrets 2010, art. 13 to 15).
fn owned(line: &str, word: &str) -> bool {
    let Some((owner, term)) = line.split_once(word) else { return false };
    let mark = |c: char| matches!(c, '▲' | '△' | '◆' | '·');
    let owner = owner.trim_end_matches(mark);
    let term = term.trim_start_matches(mark);
    let named = (2..=15).contains(&owner.chars().count()) && owner.chars().all(is_han);
    let termed = (2..=12).contains(&term.chars().count())
        && (["年", "个月", "月", "日", "天", "长期", "永久"].iter().any(|end| term.ends_with(end))
            || term.ends_with('前'))
        && !term.contains(['，', '。', '；', '：']);
    named && termed
}

fn disclosure(
    sheet: &Sheet,
    number: usize,
    block: &Block,
    packed: &str,
    by_label: bool,
    found: &mut Vec<Finding>,
) {
    if !matches!(
        block.region,
        Region::Body
            | Region::Cell
            | Region::TextBox
            | Region::Header
            | Region::Footer
            | Region::Property
    ) {
        return;
    }
    let rule = format!("{}.mark.disclosure", sheet.regime.id);
    let inner = packed.trim_matches(['(', ')', '（', '）', '[', ']', '【', '】', '。']);
    let label = &sheet.regime.disclosure_label.words;
    let labelled = label.iter().filter(|_| by_label).find_map(|word| {
        let at = packed.find(word.as_str())?;
        Some(packed[at + word.len()..].trim_start_matches([':', '：']).to_owned())
    });
    let previous = || number.checked_sub(1).map(|n| &sheet.text.blocks()[n]);
    let celled = block.region == Region::Cell
        && previous().is_some_and(|cell| {
            let cell = compact(sheet.line(cell));
            label.iter().any(|w| cell.trim_end_matches([':', '：']) == w)
        });
    for entry in &sheet.regime.disclosure {
        let severity = if entry.releases { Severity::Note } else { Severity::Review };
        for word in &entry.words {
            let alone = inner == word
                && (word.starts_with("此件") || packed != inner || celled || sheet.official);
            let labelled = labelled.as_deref().is_some_and(|value| {
                value.starts_with(word.as_str()) && !value.contains(['□', '☐', '/', '、'])
            });
            if alone || labelled {
                found.push(worded(sheet, block, &rule, severity, word));
                return;
            }
        }
    }
}

/// 密级：公开, kept as a fact: a finding only beside a mark.
fn unclassified(sheet: &Sheet, number: usize, block: &Block, packed: &str, facts: &mut Facts) {
    if !matches!(block.region, Region::Body | Region::Cell | Region::TextBox | Region::Header) {
        return;
    }
    let values = &sheet.regime.label.unclassified;
    let rule = format!("{}.conflict.unclassified-label", sheet.regime.id);
    for word in &sheet.regime.label.words {
        if let Some(at) = packed.find(word.as_str()) {
            let value = packed[at + word.len()..].trim_start_matches([':', '：']);
            let colon = packed[at + word.len()..].starts_with([':', '：']);
            let said = values.iter().find(|v| {
                value == v.as_str()
                    || value
                        .strip_prefix(v.as_str())
                        .is_some_and(|rest| !rest.starts_with(super::grammar::is_han))
            });
            if let Some(said) = said.filter(|_| colon && packed[..at].chars().count() <= 20) {
                facts.unclassified.push(worded(sheet, block, &rule, Severity::Review, said));
                return;
            }
        }
        if block.region == Region::Cell
            && values.iter().any(|value| value == packed)
            && number.checked_sub(1).is_some_and(|n| {
                compact(sheet.line(&sheet.text.blocks()[n])).trim_end_matches([':', '：']) == word
            })
        {
            facts.unclassified.push(worded(sheet, block, &rule, Severity::Review, packed));
            return;
        }
    }
}

fn translations(sheet: &Sheet, block: &Block, line: &str, facts: &mut Facts) {
    let place = match block.region {
        Region::Header | Region::Footer | Region::Watermark => true,
        Region::Body => block.page == 1 && block.line <= 3,
        _ => false,
    };
    let known = sheet.regime.translation.iter().flat_map(|list| &list.words);
    if place && sheet.chinese && known.clone().any(|word| word == line) {
        let rule = format!("{}.conflict.translation", sheet.regime.id);
        facts.translations.push(worded(sheet, block, &rule, Severity::Review, line));
    }
}

/// The same, of a word of the regime that its message names.
fn worded(sheet: &Sheet, block: &Block, rule: &str, severity: Severity, word: &str) -> Finding {
    let mut finding = finding(sheet, block, rule, severity);
    finding.said.other = Words::new(word, word);
    finding
}

/// A finding on a whole line, blanks at its ends left out.
pub(super) fn finding(sheet: &Sheet, block: &Block, rule: &str, severity: Severity) -> Finding {
    let source = sheet.text.block_text(block);
    let start = block.span().start + (source.len() - source.trim_start().len());
    let span: Span = start..start + source.trim().len();
    let evidence = sheet.regime.evidence("own-line").map(|entry| Evidence {
        id: entry.id.clone(),
        words: entry.words.clone(),
        weight: entry.weight,
    });
    Finding {
        id: String::new(),
        rule: rule.into(),
        severity,
        level: None,
        mark: None,
        place: sheet.places.place(&span),
        quote: Some(sheet.places.quote(&span).to_owned()),
        context: Some(sheet.places.context(&span, 24)),
        evidence: evidence.into_iter().collect(),
        basis: Vec::new(),
        entry: None,
        missing_qualifiers: None,
        suppressed: None,
        unheeded: None,
        message: Words::default(),
        span,
        said: Said::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_stands_before_the_word_and_a_term_behind() {
        for (line, is) in [
            ("青禾家具核心商密5年", true),
            ("青禾家具▲核心商密▲长期", true),
            ("青禾家具·核心商密·公布前", true),
            ("核心商密5年", false),
            ("青禾家具核心商密", false),
            ("本厂关于核心商密的管理办法", false),
            ("某，某核心商密5年", false),
        ] {
            assert_eq!(owned(line, "核心商密"), is, "{line}");
        }
    }
}

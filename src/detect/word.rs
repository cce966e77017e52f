//! Regimes whose levels are words of their own script: in the field of a form,
//! or alone on a line at the head of the page.

use std::collections::BTreeSet;

use super::related::finding;
use super::sheet::{Sheet, compact};
use crate::model::{Block, Finding, Mark, MarkForm, Region, Severity, Term};

/// Lines from the top of page 1 that are a mark's place.
const TOP: u32 = 6;

/// Longest line that is looked at, in bytes.
const LONGEST: usize = 400;

/// Places of each kind that are looked at.
const LISTED: usize = 500;

/// Whether a block is a mark's place.
fn at_the_top(block: &Block) -> bool {
    match block.region {
        Region::Body => block.page <= 1 && block.line <= TOP,
        Region::Header | Region::Footer | Region::Watermark => true,
        _ => false,
    }
}

/// Everything of one regime of words in a part.
pub(super) fn words(sheet: &Sheet) -> Vec<Finding> {
    let regime = sheet.regime;
    let rule = format!("{}.mark", regime.id);
    let mut found = Vec::new();
    let blocks = sheet.text.blocks();
    let fields = regime.finders.labels.iter().flat_map(|labels| {
        let hits = labels.find_iter(sheet.folded.as_str());
        hits.filter_map(|hit| sheet.text.block_at(sheet.folded.source_span(hit.range()).start))
    });
    let mut places: BTreeSet<usize> = fields.take(LISTED).collect();
    places.extend((0..blocks.len()).filter(|at| at_the_top(&blocks[*at])).take(LISTED));
    for block in places.into_iter().map(|at| &blocks[at]) {
        if block.span().len() > LONGEST {
            continue;
        }
        let (line, top) = (sheet.line(block), at_the_top(block));
        let packed = compact(line);
        let value = regime.label.words.iter().find_map(|word| {
            let (_, value) = packed.split_once(word.as_str())?;
            value.strip_prefix([':', '：'])
        });
        // The longer words first: one level's word may hold another's.
        let level = regime
            .levels
            .iter()
            .filter_map(|level| {
                let written = level.words.iter().filter(|word| match value {
                    Some(value) => value.starts_with(word.as_str()),
                    None => top && packed == **word && level.rank > 0,
                });
                written.map(|word| (word.len(), level)).max_by_key(|(length, _)| *length)
            })
            .max_by_key(|(length, _)| *length);
        // A word that another regime has too, alone on its line, is that one's.
        let Some((_, level)) =
            level.filter(|(_, l)| value.is_some() || !regime.shared.contains(&l.id))
        else {
            continue;
        };
        let mut mark = finding(sheet, block, &rule, Severity::Block);
        mark.level = regime.level(&level.id);
        mark.mark =
            Some(Mark { form: MarkForm::Canonical, level: level.id.clone(), term: Term::None });
        found.push(mark);
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::detect::detect;
    use crate::dictionary::Dictionary;
    use crate::model::SourceText;
    use crate::normalize::fold;

    #[test]
    fn levels_of_the_taiwan_regime_are_no_state_secret_marks() {
        let dictionary = Dictionary::shipped();
        let cases: &[(&str, &[&str])] = &[
            ("密等及解密條件或保密期限：機密（公布後解密）\n主旨：一\n", &["tw.mark jimi"]),
            ("密等：密\n主旨：一\n", &["tw.mark mi"]),
            ("密等及解密條件或保密期限：\n主旨：一\n", &[]),
            ("密等及解密條件或保密期限：普通\n", &[]),
            ("絕對機密\n主旨：一\n", &["tw.mark juedui-jimi"]),
            ("極　機　密\n主旨：一\n", &["tw.mark ji-jimi"]),
            ("機密★10年\n內容。\n", &["cn.mark.state-secret jimi"]),
            ("本週播出絕對機密檔案館\n", &[]),
        ];
        for (text, want) in cases {
            let source = SourceText::from_lines((*text).to_owned());
            let found = detect(&source, &fold(text), &dictionary).findings;
            let got: Vec<String> = found
                .iter()
                .filter_map(|f| Some(format!("{} {}", f.rule, f.mark.as_ref()?.level)))
                .collect();
            assert_eq!(got, *want, "{text}");
        }
    }
}

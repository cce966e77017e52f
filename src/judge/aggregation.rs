//! Pieces that stay below a scope entry's threshold one by one and pass it
//! together (保守国家秘密法 2024 Art. 36; 实施条例 2024 Art. 43).

use std::collections::BTreeMap;

use crate::dictionary::Dictionary;
use crate::model::{Date, Evidence, Facts, Finding, Part, Piece, Words};

/// Pieces that are named one by one; further ones are counted.
const NAMED: usize = 20;

/// The pieces of one condition of one entry, each with its part.
type Pieces<'a> = Vec<(usize, &'a Piece)>;

/// Adds one finding for each entry whose pieces pass its threshold together, at
/// the first of them; none where one alone does and is reported for it.
pub(super) fn add_up(parts: &mut [(Part, Facts)], dictionary: &Dictionary, as_of: Date) {
    let mut by_condition: BTreeMap<(usize, usize), Pieces<'_>> = BTreeMap::new();
    for (part, (_, facts)) in parts.iter().enumerate() {
        for piece in &facts.pieces {
            by_condition.entry((piece.entry, piece.condition)).or_default().push((part, piece));
        }
    }
    let mut added = Vec::new();
    for ((entry, condition), pieces) in by_condition {
        let range = &dictionary.entries[entry].quantities[condition].range;
        let together = range.holds_together(pieces.iter().map(|(_, piece)| piece.value));
        if pieces.len() > 1 && together && !reported(parts, &pieces) {
            added.push(finding(parts, &pieces, dictionary, as_of));
        }
    }
    for (part, finding) in added {
        parts[part].0.findings.push(finding);
    }
}

/// Whether the entry was found by itself somewhere in the matter, and it counts.
fn reported(parts: &[(Part, Facts)], pieces: &Pieces<'_>) -> bool {
    let entry = pieces.first().and_then(|(_, piece)| piece.finding.entry.as_ref());
    parts.iter().any(|(part, _)| {
        part.findings.iter().any(|f| f.entry.as_ref() == entry && f.suppressed.is_none())
    })
}

/// The finding, at the first piece, with the part it stands in.
fn finding(
    parts: &[(Part, Facts)],
    pieces: &Pieces<'_>,
    dictionary: &Dictionary,
    as_of: Date,
) -> (usize, Finding) {
    let (home, first) = pieces[0];
    let mut finding = first.finding.clone();
    let named = pieces.iter().take(NAMED).map(|(part, piece)| {
        let [from, to] = piece.finding.place.char;
        let (en, zh) = match *part == home {
            true => Default::default(),
            false => {
                let name = parts[*part].0.path.join(" > ");
                (format!(" of {name}"), format!("{name}的"))
            }
        };
        let words = Words::new(
            format!("a quantity below the threshold at characters {from}–{to}{en}"),
            format!("未达条目规定的数量（{zh}字符{from}–{to}）"),
        );
        Evidence { id: "scope-piece".to_owned(), words, weight: 1 }
    });
    finding.evidence.extend(named);
    let all = pieces.len();
    let wanted = &dictionary.entries[first.entry].quantities[first.condition].name;
    let words = Words::new(
        format!("{all} pieces, none of them {wanted}, together are"),
        format!("共{all}处，单独均未达到条目规定（{wanted}），合计达到"),
    );
    finding.evidence.push(Evidence { id: "scope-together".to_owned(), words, weight: 0 });
    let issued = parts[home].1.issue_dates.first().map(|issue| issue.date);
    if let Some(rule) = dictionary.rule(&finding.rule) {
        finding.basis.extend(rule.basis_on(issued, as_of));
    }
    (home, finding)
}

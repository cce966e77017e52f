//! What was found, in the order in which a reader comes to it, across parts; and of which parts
//! nothing may be shown here.

use crate::console::page::shown;
use crate::console::words;
use crate::dictionary::Dictionary;
use crate::record::{Evidence, Found, Part};
use crate::report::{Lang, Quotes};

/// Something found, with the address of the place in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its part, from 1.
    pub(super) part: u32,
    /// `f1` and the like.
    pub(super) id: String,
    /// `block`, `review` or `note`.
    pub(super) weight: String,
    /// What it is, in a few words: severity, rule, level.
    pub(super) title: String,
    /// Where it stands: region, page, line, characters.
    pub(super) place: String,
    /// Where it is shown.
    pub(super) address: String,
    /// The characters it stands on.
    pub(super) span: [usize; 2],
}

/// All hits of a matter in the order of parts and, in each, of the text.
pub(super) fn hits(
    evidence: &Evidence,
    matter: i64,
    dictionary: &Dictionary,
    lang: Lang,
) -> Vec<Hit> {
    let of_part = |(part, number): (&Part, u32)| {
        let mut hits: Vec<Hit> = part
            .findings
            .iter()
            .map(|found| hit(found, matter, number, dictionary, lang))
            .collect();
        hits.sort_by_key(|hit| hit.span);
        hits
    };
    evidence.parts.iter().zip(1..).flat_map(of_part).collect()
}

fn hit(found: &Found, matter: i64, part: u32, dictionary: &Dictionary, lang: Lang) -> Hit {
    let level = found
        .level
        .as_ref()
        .map(|claim| words::level(dictionary, &format!("{}:{}", claim.regime, claim.level), lang));
    let mut title = vec![
        words::severity(&found.severity, lang),
        words::rule_title(dictionary, &found.rule, lang),
    ];
    title.extend(level);
    Hit {
        part,
        id: shown(&found.id),
        weight: shown(&found.severity),
        title: title.join(" · "),
        place: place(found, lang),
        address: address(matter, part, found),
        span: found.char,
    }
}

fn place(found: &Found, lang: Lang) -> String {
    let mut place = vec![words::region(&found.region, lang)];
    if let Some(page) = found.page {
        place.push(lang.pick(format!("page {page}"), format!("第{page}页")));
    }
    if let Some(line) = found.line {
        place.push(lang.pick(format!("line {line}"), format!("第{line}行")));
    }
    let [from, to] = found.char;
    place.push(lang.pick(format!("characters {from} to {to}"), format!("字符{from}–{to}")));
    place.join(lang.pick(", ", "，"))
}

/// Where something found is shown.
pub(in crate::console) fn address(matter: i64, part: u32, found: &Found) -> String {
    let (page, id) = (found.page.unwrap_or_default(), &found.id);
    format!("/matters/{matter}/parts/{part}/pages/{page}?hit={id}#hit-{id}")
}

/// The hit before the first of those on a page and the one behind the last; where none is on
/// it, those around character `from` of its part.
pub(super) fn around(
    hits: &[Hit],
    part: u32,
    from: usize,
    is_here: impl Fn(&Hit) -> bool,
) -> (Option<&Hit>, Option<&Hit>) {
    let first = hits.iter().position(&is_here);
    let last = hits.iter().rposition(&is_here);
    let (before, behind) = match (first, last) {
        (Some(first), Some(last)) => (first, last + 1),
        _ => {
            let at = hits.partition_point(|hit| (hit.part, hit.span[0]) < (part, from));
            (at, at)
        }
    };
    (before.checked_sub(1).and_then(|at| hits.get(at)), hits.get(behind))
}

/// Why no text of a part is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Withheld {
    /// None of any document is.
    Off,
    /// It, or what it came in, is marked above what this machine may hold.
    Level,
}

impl Withheld {
    pub(super) fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Off => lang.pick(
                "Text of documents is not shown by this console (setting quotes): places are, and nothing else.",
                "本控制台不显示文件原文（设置quotes）：仅显示位置。",
            ),
            Self::Level => lang.pick(
                "This is marked above what this machine may hold (setting host_level): places are shown, no text and no picture.",
                "该文件标志的密级高于本机可存储的最高密级（设置host_level）：仅显示位置，不显示原文和图像。",
            ),
        }
    }
}

/// Whether the text of a part is withheld: by the same rule as quotes in every output.
pub(super) fn withheld(evidence: &Evidence, part: &Part, quotes: Quotes) -> Option<Withheld> {
    let around = |known: &&Part| part.path.starts_with(&known.path);
    let above = evidence.parts.iter().filter(around).any(|part| is_above(part, quotes));
    if above { Some(Withheld::Level) } else { (!quotes.on).then_some(Withheld::Off) }
}

/// The same for a picture of a page, which may show what is packed in the part as well.
pub(super) fn picture_withheld(
    evidence: &Evidence,
    part: &Part,
    quotes: Quotes,
) -> Option<Withheld> {
    let within = |known: &&Part| known.path.starts_with(&part.path);
    let above = evidence.parts.iter().filter(within).any(|part| is_above(part, quotes));
    if above { Some(Withheld::Level) } else { withheld(evidence, part, quotes) }
}

fn is_above(part: &Part, quotes: Quotes) -> bool {
    let counts = |found: &&Found| found.severity != "note";
    let above = |found: &Found| {
        let claim = found.level.as_ref();
        claim.is_some_and(|claim| quotes.is_above(&claim.regime, claim.rank))
    };
    part.findings.iter().filter(counts).any(above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Claim;
    use crate::report::HostLevel;

    fn found(id: &str, severity: &str, rank: u8, char: [usize; 2]) -> Found {
        let level = Some(Claim { regime: "cn".into(), level: "x".into(), rank });
        Found {
            id: id.into(),
            rule: "cn.mark.state-secret".into(),
            severity: severity.into(),
            level,
            entry: None,
            region: "body".into(),
            page: Some(1),
            line: None,
            char,
            suppressed: None,
            quote: None,
            context: None,
        }
    }

    fn part(path: &[&str], findings: Vec<Found>) -> Part {
        Part {
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            media_type: "text/plain".into(),
            sha256: String::new(),
            bytes: 0,
            read: "full".into(),
            gaps: Vec::new(),
            findings,
        }
    }

    fn evidence(parts: Vec<Part>) -> Evidence {
        Evidence { sha256: String::new(), verdict: "review".into(), level: None, parts }
    }

    #[test]
    fn text_is_withheld_as_quotes_are_and_pictures_with_what_is_in_them() {
        use HostLevel::{Juemi, Mimi};
        let all = |rank, severity, quotes| {
            let of = evidence(vec![
                part(&["a"], vec![]),
                part(&["a", "b"], vec![found("f1", severity, rank, [0, 1])]),
                part(&["a", "b", "c"], vec![]),
                part(&["d"], vec![]),
            ]);
            let text = of.parts.iter().map(|part| withheld(&of, part, quotes));
            let pictures = of.parts.iter().map(|part| picture_withheld(&of, part, quotes));
            (text.collect::<Vec<_>>(), pictures.collect::<Vec<_>>())
        };
        let on = |host| Quotes { on: true, host };
        let (level, off) = (Some(Withheld::Level), Some(Withheld::Off));
        let none = vec![None; 4];
        let above = (vec![None, level, level, None], vec![level, level, level, None]);
        for (rank, severity, quotes, want) in [
            (2, "block", on(None), (none.clone(), none.clone())),
            (3, "block", on(None), above.clone()),
            (3, "review", on(None), above.clone()),
            (3, "note", on(None), (none.clone(), none.clone())),
            (3, "block", on(Some(Juemi)), (none.clone(), none)),
            (2, "block", on(Some(Mimi)), above),
            (1, "block", Quotes::OFF, (vec![off; 4], vec![off; 4])),
        ] {
            assert_eq!(all(rank, severity, quotes), want, "{rank} {severity} {quotes:?}");
        }
    }

    #[test]
    fn hits_follow_one_another_across_pages_and_parts() {
        let of = evidence(vec![
            part(&["a"], vec![found("f1", "note", 1, [50, 52]), found("f2", "note", 1, [10, 12])]),
            part(&["b"], vec![]),
            part(&["c"], vec![found("f3", "block", 1, [0, 2])]),
        ]);
        let dictionary = Dictionary::default();
        let all = hits(&of, 7, &dictionary, Lang::En);
        let ids: Vec<_> = all.iter().map(|hit| (hit.part, hit.id.as_str())).collect();
        assert_eq!(ids, [(1, "f2"), (1, "f1"), (3, "f3")]);
        assert_eq!(all[2].address, "/matters/7/parts/3/pages/1?hit=f3#hit-f3");
        for (here, part, from, want) in [
            (&["f1"][..], 1, 40, (Some("f2"), Some("f3"))),
            (&["f2", "f1"], 1, 0, (None, Some("f3"))),
            (&["f3"], 3, 0, (Some("f1"), None)),
            (&[], 1, 20, (Some("f2"), Some("f1"))),
            (&[], 2, 0, (Some("f1"), Some("f3"))),
        ] {
            let (before, behind) = around(&all, part, from, |hit| here.contains(&&*hit.id));
            let ids = (before.map(|hit| &*hit.id), behind.map(|hit| &*hit.id));
            assert_eq!(ids, want, "{here:?}");
        }
    }
}

//! Lines of text cut where a hit begins or ends and where characters look different.

use super::hits::Hit;
use crate::console::page::shown;
use crate::model::{Align, Region};
use crate::report::{Lang, phrases};
use crate::view::{Line, Look};

/// A line as a page shows it.
pub(super) struct LineView {
    /// Its number on its page within its region; empty where it has none.
    pub(super) number: String,
    /// The region in words, where it is not running text.
    pub(super) region: Option<String>,
    /// Classes of the line.
    pub(super) class: String,
    /// What its place is called.
    pub(super) label: String,
    pub(super) segments: Vec<Segment>,
}

/// Characters that look alike and stand in the same hits.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) text: String,
    /// Hits that begin here, by their place among those that were given.
    pub(super) begins: Vec<usize>,
    /// The heaviest hit it stands in: `block`, `review` or `note`.
    pub(super) mark: Option<String>,
    /// Classes: `concealed`, `deleted`, `struck`, `bold`.
    pub(super) class: &'static str,
}

/// A line with the hits of its part.
pub(super) fn line(line: &Line, hits: &[Hit], lang: Lang) -> LineView {
    let concealed = matches!(line.region, Region::Hidden | Region::Deleted);
    let align = match line.align {
        Align::Center => " centred",
        Align::Right => " right",
        Align::Left | Align::Unknown => "",
    };
    let aside = if line.region.is_visible() { "" } else { " beside" };
    let concealed = if concealed { " concealed" } else { "" };
    let goes_on = if line.goes_on { " goes-on" } else { "" };
    let number =
        if line.goes_on || line.number == 0 { String::new() } else { line.number.to_string() };
    LineView {
        number,
        region: (line.region != Region::Body)
            .then(|| phrases::region(line.region).of(lang).to_owned()),
        class: format!("line{align}{aside}{concealed}{goes_on}"),
        label: shown(&line.label),
        segments: segments(line, hits),
    }
}

fn segments(line: &Line, hits: &[Hit]) -> Vec<Segment> {
    let chars: Vec<char> = line.text.chars().collect();
    let (from, to) = (line.from as usize, line.from as usize + chars.len());
    // A hit of nothing, at the end of a line, begins there all the same.
    let touches =
        |hit: &&(usize, &Hit)| hit.1.span[0] <= to && hit.1.span[1].max(hit.1.span[0] + 1) > from;
    let here: Vec<(usize, &Hit)> = hits.iter().enumerate().collect();
    let here: Vec<_> = here.iter().filter(touches).collect();
    let mut cuts = vec![0, chars.len()];
    let inside = |at: usize| at.saturating_sub(from).min(chars.len());
    cuts.extend(here.iter().flat_map(|(_, hit)| hit.span.map(inside)));
    cuts.extend(
        line.looks.iter().flat_map(|(span, _)| span.map(|at| (at as usize).min(chars.len()))),
    );
    cuts.sort_unstable();
    cuts.dedup();
    if cuts.len() == 1 {
        cuts.push(0);
    }
    let mut made = Vec::new();
    for pair in cuts.windows(2) {
        let &[start, end] = pair else { continue };
        let is_last = end == chars.len();
        let begins = |hit: &Hit| {
            let at = hit.span[0];
            at >= from && (at - from == start || is_last && at - from == end && end > start)
        };
        let over =
            here.iter().filter(|(_, hit)| hit.span[0] < from + end && hit.span[1] > from + start);
        let mark = over.map(|(_, hit)| hit.weight.as_str()).max_by_key(|weight| heaviness(weight));
        made.push(Segment {
            text: shown(&chars[start..end].iter().collect::<String>()),
            begins: here.iter().filter(|(_, hit)| begins(hit)).map(|(at, _)| *at).collect(),
            mark: mark.map(str::to_owned),
            class: class(line, start),
        });
    }
    made
}

fn heaviness(weight: &str) -> u8 {
    match weight {
        "block" => 2,
        "review" => 1,
        _ => 0,
    }
}

fn class(line: &Line, at: usize) -> &'static str {
    let over =
        line.looks.iter().find(|([from, to], _)| (*from as usize..*to as usize).contains(&at));
    match over.map(|(_, look)| *look) {
        Some(Look { hidden: true, .. }) => "concealed",
        Some(Look { deleted: true, .. }) => "deleted",
        Some(Look { struck: true, .. }) => "struck",
        Some(Look { bold: true, .. }) => "bold",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(weight: &str, span: [usize; 2]) -> Hit {
        Hit {
            part: 1,
            id: String::new(),
            weight: weight.into(),
            title: String::new(),
            place: String::new(),
            address: String::new(),
            span,
        }
    }

    fn cut(text: &str, from: u64, looks: &[([u32; 2], Look)], hits: &[Hit]) -> String {
        let line = Line {
            region: Region::Body,
            number: 1,
            align: Align::Unknown,
            label: String::new(),
            goes_on: false,
            place: None,
            from,
            text: text.into(),
            looks: looks.to_vec(),
        };
        let written = |s: &Segment| {
            let begins: String = s.begins.iter().map(|at| format!("<{at}>")).collect();
            let mark = s.mark.as_deref().map_or("", |mark| &mark[..1]);
            format!("{begins}{}{}{mark}", s.text, s.class)
        };
        segments(&line, hits).iter().map(written).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn lines_are_cut_where_hits_and_looks_change() {
        let hidden = Look { hidden: true, ..Look::default() };
        for (text, from, looks, hits, want) in [
            ("机密★10年", 0, &[][..], &[hit("block", [0, 6])][..], "<0>机密★10年b"),
            ("a机密b", 10, &[], &[hit("block", [11, 13])], "a|<0>机密b|b"),
            ("abcd", 0, &[], &[hit("note", [0, 3]), hit("block", [1, 4])], "<0>an|<1>bcb|db"),
            ("abcd", 100, &[], &[hit("review", [90, 102])], "abr|cd"),
            (
                "abcd",
                0,
                &[([1, 3], hidden)],
                &[hit("note", [2, 9])],
                "a|bconcealed|<0>cconcealedn|dn",
            ),
            ("ab", 0, &[], &[hit("note", [2, 2])], "<0>ab"),
            ("", 5, &[], &[hit("note", [5, 5])], "<0>"),
            ("ab", 0, &[], &[hit("note", [7, 9])], "ab"),
        ] {
            assert_eq!(cut(text, from, looks, hits), want, "{text} {from}");
        }
    }
}

//! Sections of the body: on which pages they begin, and which headers and
//! footers their pages show.

use std::collections::{BTreeMap, HashMap};

/// A header or footer that a section refers to.
#[derive(Clone, Debug)]
pub(super) struct MarginRef {
    /// Whether it is a header.
    pub header: bool,
    /// `default`, `first`, `even`.
    pub which: &'static str,
    /// The relationship's id.
    pub id: String,
}

/// A section of the body.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    pub margins: Vec<MarginRef>,
    /// Whether its first page has a header of its own.
    pub title_page: bool,
    /// The page it begins on.
    pub page: u32,
}

/// A header or footer with the first page that shows it.
pub(super) struct Margin {
    pub header: bool,
    pub which: &'static str,
    pub id: String,
    pub page: Option<u32>,
}

/// The headers and footers in order of first reference, each with the first
/// page that shows it. A section without its own shows the one before's.
pub(super) fn shown_margins(sections: &[Section], even_and_odd: bool, pages: u32) -> Vec<Margin> {
    let mut margins: Vec<Margin> = Vec::new();
    let mut known: HashMap<(bool, &str), usize> = HashMap::new();
    let mut current: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for section in sections {
        for reference in &section.margins {
            let at = *known.entry((reference.header, &reference.id)).or_insert_with(|| {
                margins.push(Margin {
                    header: reference.header,
                    which: reference.which,
                    id: reference.id.clone(),
                    page: None,
                });
                margins.len() - 1
            });
            current.insert((reference.header, reference.which), at);
        }
        for ((_, which), at) in &current {
            let on = match *which {
                "first" => section.title_page,
                "even" => even_and_odd,
                _ => true,
            };
            // A title page has none of the section's other headers, and an odd
            // page none of the even ones.
            let odd = *which == "even" && section.page % 2 == 1;
            let later = odd || section.title_page && *which != "first";
            let page = (section.page + u32::from(later)).min(pages).max(1);
            if let Some(margin) = margins.get_mut(*at).filter(|m| on && m.page.is_none()) {
                margin.page = Some(page);
            }
        }
    }
    margins
}

/// Whether each section of a body begins on a new page, in order. A section
/// says so at its end, so this looks through the whole part first.
pub(super) fn section_breaks(part: &str) -> Vec<bool> {
    let mut breaks = Vec::new();
    let mut rest = part;
    while let Some(at) = rest.find("sectPr") {
        let (before, from) = rest.split_at(at);
        let tag = before.rsplit('<').next().unwrap_or_default();
        let change = from.starts_with("sectPrChange");
        let opens = before.len() > tag.len() && !tag.starts_with('/') && !tag.contains('>');
        rest = from.get("sectPr".len()..).unwrap_or_default();
        if !opens {
            continue;
        }
        // What a section was before a tracked change is no section.
        let end = if change { "sectPrChange>" } else { "sectPr>" };
        let empty = rest.find('>').filter(|at| rest.get(..*at).is_some_and(|t| t.ends_with('/')));
        let close = empty.or_else(|| rest.find(end)).unwrap_or(rest.len());
        let inside = rest.get(..close).unwrap_or_default();
        if !change {
            let kind = inside.split(":type ").nth(1).and_then(|t| t.split('>').next());
            breaks
                .push(!kind.is_some_and(|k| k.contains("continuous") || k.contains("nextColumn")));
        }
        rest = rest.get(close..).unwrap_or_default();
    }
    breaks
}

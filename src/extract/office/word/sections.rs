//! Sections of the body: on which pages they begin, and which headers and
//! footers their pages show.

use std::collections::{BTreeMap, HashMap};

/// A header or footer that a section refers to.
#[derive(Clone, Debug)]
pub(in crate::extract::office) struct MarginRef {
    /// Whether it is a header.
    pub header: bool,
    /// `default`, `first`, `even`.
    pub which: &'static str,
    /// The relationship's id.
    pub id: String,
}

/// A section of the body.
#[derive(Clone, Debug, Default)]
pub(in crate::extract::office) struct Section {
    pub margins: Vec<MarginRef>,
    /// Whether its first page has a header of its own.
    pub title_page: bool,
    /// The page it begins on.
    pub page: u32,
}

/// A header or footer with the first page that shows it.
pub(in crate::extract::office) struct Margin {
    pub header: bool,
    pub which: &'static str,
    pub id: String,
    pub page: Option<u32>,
}

/// The headers and footers in order of first reference, each with the first
/// page that shows it. A section without its own shows the one before's.
pub(in crate::extract::office) fn shown_margins(
    sections: &[Section],
    even_and_odd: bool,
    pages: u32,
) -> Vec<Margin> {
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
            // A title page has none of the section's other headers, an odd page
            // none of the even ones, and the other way round.
            let from = section.page + u32::from(section.title_page && *which != "first");
            let turned = match *which {
                "even" => from % 2 == 1,
                "default" => even_and_odd && from % 2 == 0,
                _ => false,
            };
            let page = (from + u32::from(turned)).min(pages).max(1);
            if let Some(margin) = margins.get_mut(*at).filter(|m| on && m.page.is_none()) {
                margin.page = Some(page);
            }
        }
    }
    margins
}

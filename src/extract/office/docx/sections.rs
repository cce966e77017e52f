//! How each section of the body begins, looked up ahead of reading it.

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

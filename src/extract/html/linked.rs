//! Style sheets that stand beside a page, put into it.

use super::css::sheet::medium;
use super::tokens::{Token, tokens};
use crate::extract::Budget;

/// Bytes of style sheets that are put into one page.
const MAX_STYLES: usize = 4 << 20;

/// The page with the style sheets it links to at its end, where `find` has them
/// by their addresses.
pub(in crate::extract) fn with_styles<'s>(
    markup: &str,
    find: impl Fn(&str) -> Option<&'s str>,
    budget: &mut Budget,
) -> String {
    let mut styles = String::new();
    for token in tokens(markup, super::is_xml(markup)) {
        if budget.spend_steps(1).is_err() {
            break;
        }
        let Token::Start(tag) = token else { continue };
        let rel = tag.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let is_sheet = rel.split_ascii_whitespace().any(|word| word == "stylesheet")
            && !rel.contains("alternate")
            && tag.attr("media").is_none_or(medium);
        if tag.name != "link" || !is_sheet {
            continue;
        }
        let css = tag.attr("href").and_then(|href| find(href.trim())).unwrap_or_default();
        if styles.len() + css.len() <= MAX_STYLES {
            styles.push_str(css);
            styles.push('\n');
        }
    }
    let styles = styles.trim();
    if styles.is_empty() {
        return markup.to_owned();
    }
    // What would end the element early is no style.
    format!("{markup}\n<style>{}</style>\n", styles.replace("</", "< /"))
}

//! Pages that office programs save: what they put into comments and islands of XML.

use super::css::Node;
use super::stack::Open;

/// What a comment is.
#[derive(Debug, PartialEq)]
pub(super) enum Comment<'a> {
    /// Nothing but a sign to a program.
    Nothing,
    /// Something it says of the page: name and value.
    Property(&'static str, &'a str),
    /// Markup for some programs only (`<!--[if mso]> … <![endif]-->`).
    Conditional(&'a str),
    /// Anything else.
    Words(&'a str),
}

/// Told by how it begins.
pub(super) fn comment(words: &str) -> Comment<'_> {
    let trimmed = words.trim();
    if let Some(rest) = trimmed.strip_prefix("[if") {
        let inside = rest.split_once("]>").map_or("", |(_, inside)| inside);
        let inside = inside.rsplit_once("<![endif]").map_or(inside, |(inside, _)| inside);
        // `<!--[if !mso]><!-->` only opens what others see anyway.
        return match inside.trim() {
            "" | "<!" | "<!--" | "-->" => Comment::Nothing,
            markup => Comment::Conditional(markup),
        };
    }
    if let Some(rest) = trimmed.strip_prefix("saved from url=") {
        return Comment::Property("saved from", rest.trim());
    }
    let is_sign = trimmed.is_empty()
        || matches!(trimmed, "StartFragment" | "EndFragment" | "<![endif]" | "[endif]" | "endif")
        || trimmed.starts_with("?xml")
        || trimmed.starts_with("[endif]")
        || trimmed.starts_with("<![endif]");
    if is_sign { Comment::Nothing } else { Comment::Words(trimmed) }
}

/// Whether text in the innermost element is a property's value: of a document's
/// properties, or the name of a sheet.
pub(super) fn is_property(open: &[Open]) -> bool {
    let mut names = open.iter().rev().map(|open| open.name());
    let (own, around) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    own == "x:name" || matches!(around, "o:documentproperties" | "o:customdocumentproperties")
}

/// The name of a property by its element: `o:密级_x0020_等` is 密级 等.
pub(super) fn property_name(element: &str) -> String {
    let local = element.split_once(':').map_or(element, |(_, local)| local);
    if element == "x:name" {
        return "sheet".to_owned();
    }
    let mut out = String::new();
    let mut rest = local;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let c = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        out.push_str(rest.get(..at).unwrap_or_default());
        match c {
            Some(c) => {
                out.push(c);
                rest = rest.get(at + 7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = rest.get(at + 2..).unwrap_or_default();
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_told_by_how_they_begin() {
        for (words, want) in [
            ("[if gte mso 9]><xml>x</xml><![endif]", Comment::Conditional("<xml>x</xml>")),
            ("[if !mso]><!", Comment::Nothing),
            ("<![endif]", Comment::Nothing),
            ("StartFragment", Comment::Nothing),
            ("  ", Comment::Nothing),
            (" 密级：机密 ", Comment::Words("密级：机密")),
            (
                " saved from url=(0014)about:internet ",
                Comment::Property("saved from", "(0014)about:internet"),
            ),
        ] {
            assert_eq!(comment(words), want, "{words}");
        }
    }

    #[test]
    fn names_of_properties_are_decoded() {
        for (element, want) in [
            ("o:author", "author"),
            ("o:密级", "密级"),
            ("o:a_x0020_b", "a b"),
            ("o:a_xzzzz_", "a_xzzzz_"),
            ("o:_x", "_x"),
            ("x:name", "sheet"),
        ] {
            assert_eq!(property_name(element), want);
        }
    }
}

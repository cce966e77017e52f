//! What the elements of HTML are: which make lines of their own, which end others
//! by beginning, and what they mean to a reader.

use super::css::Display;

/// What kind of box an element makes where no style says otherwise (HTML, 15.3).
pub(super) fn display(name: &str) -> Display {
    match name {
        "html" | "body" | "address" | "article" | "aside" | "blockquote" | "caption" | "center"
        | "dd" | "details" | "dialog" | "dir" | "div" | "dl" | "dt" | "fieldset" | "figcaption"
        | "figure" | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header"
        | "hgroup" | "hr" | "legend" | "li" | "listing" | "main" | "menu" | "nav" | "ol" | "p"
        | "plaintext" | "pre" | "search" | "section" | "summary" | "ul" | "xmp" | "optgroup"
        | "option" | "frameset" | "thead" | "tbody" | "tfoot" | "colgroup" => Display::Block,
        // Pieces of drawings and of Word's pages.
        "text" | "foreignobject" | "v:textbox" | "v:shape" | "w:p" => Display::Block,
        "table" => Display::Table,
        "tr" => Display::Row,
        "td" | "th" => Display::Cell,
        // An unseen `noscript` is what its text is for those who see scripts run.
        "head" | "template" | "noscript" | "noframes" | "noembed" | "iframe" | "datalist"
        | "script" | "style" | "meta" | "link" | "title" | "base" | "param" | "source"
        | "track" | "area" | "rp" | "audio" | "video" | "canvas" | "xml" | "defs" | "symbol"
        | "metadata" | "desc" | "annotation" | "annotation-xml" => Display::None,
        _ => Display::Inline,
    }
}

/// Whether an element has no inside (HTML, 13.1.2).
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "image"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether an element goes on in the next block where it was not ended
/// (HTML, 13.2.4.3).
pub(super) fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// Whether nothing that was opened before it can be ended inside, nor goes on
/// behind it.
pub(super) fn is_boundary(name: &str) -> bool {
    matches!(
        name,
        "table"
            | "td"
            | "th"
            | "caption"
            | "template"
            | "button"
            | "object"
            | "applet"
            | "marquee"
            | "svg"
            | "foreignobject"
            | "math"
            | "html"
            | "select"
    )
}

/// Which open elements end where `name` begins, and within what they are looked
/// for: the innermost of them is ended with all inside it.
pub(super) fn ends(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    const TABLE: &[&str] = &["table", "template", "html"];
    match name {
        "li" => (&["li"], &["ul", "ol", "menu", "dir", "table", "td", "th"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl", "table", "td", "th"]),
        "td" | "th" => (&["td", "th", "caption"], &["table", "tr"]),
        "tr" => (&["tr", "caption", "colgroup"], TABLE),
        "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot", "caption", "colgroup"], TABLE),
        "colgroup" | "caption" => (&["colgroup", "caption"], TABLE),
        "option" => (&["option"], &["select", "datalist", "optgroup"]),
        "optgroup" => (&["optgroup", "option"], &["select", "datalist"]),
        "body" => (&["head"], &["html"]),
        "rt" | "rp" => (&["rt", "rp"], &["ruby"]),
        "a" => (&["a"], &["td", "th", "table", "button", "object"]),
        "button" => (&["button"], &[]),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => (&["p"], P_SCOPE),
        "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dialog"
        | "dir" | "div" | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "form"
        | "header" | "hgroup" | "hr" | "listing" | "main" | "menu" | "nav" | "ol" | "p"
        | "plaintext" | "pre" | "search" | "section" | "summary" | "table" | "ul" | "xmp" => {
            (&["p"], P_SCOPE)
        }
        _ => (&[], &[]),
    }
}

/// Within what a paragraph that is to be ended is looked for.
const P_SCOPE: &[&str] =
    &["td", "th", "caption", "button", "object", "table", "template", "foreignobject", "html"];

/// Within what the element is looked for that a tag ends: a cell's inside ends
/// nothing outside it, but for the table's own tags.
pub(super) fn end_scope(name: &str) -> &'static [&'static str] {
    match name {
        "table" | "tbody" | "thead" | "tfoot" | "html" | "body" | "template" => &["template"],
        "tr" | "td" | "th" | "caption" => &["table", "template"],
        _ => &["td", "th", "caption", "table", "template", "object", "button", "select"],
    }
}

/// Times the size of the text around it.
pub(super) fn scale(name: &str) -> Option<f32> {
    Some(match name {
        "h1" => 2.0,
        "h2" => 1.5,
        "h3" => 1.17,
        "h5" => 0.83,
        "h6" => 0.67,
        "small" | "sub" | "sup" => 0.83,
        "big" => 1.2,
        _ => return None,
    })
}

/// Pixels of the sizes of `<font>` (HTML, 15.3.4).
pub(super) fn font_size(value: &str) -> Option<f32> {
    let value = value.trim();
    let number: i32 = value.trim_start_matches('+').parse().ok()?;
    let step = if value.starts_with(['+', '-']) { number.saturating_add(3) } else { number };
    const SIZES: [f32; 7] = [10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0];
    SIZES.get(usize::try_from(step.clamp(1, 7) - 1).ok()?).copied()
}

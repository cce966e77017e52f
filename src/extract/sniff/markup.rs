//! HTML and XML: what begins with a tag.

use super::Format;
use crate::extract::xml::tokens::{doctype_end, is_name_start};

/// Elements that begin a page or a piece of one (WHATWG MIME Sniffing 7.1 has
/// the first; pieces come from mail programs and editors).
const HTML: &[&str] = &[
    "html",
    "head",
    "body",
    "title",
    "script",
    "style",
    "meta",
    "link",
    "base",
    "iframe",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "div",
    "font",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "a",
    "b",
    "i",
    "u",
    "br",
    "p",
    "span",
    "center",
    "ul",
    "ol",
    "li",
    "dl",
    "img",
    "form",
    "input",
    "strong",
    "em",
    "pre",
    "blockquote",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "hr",
    "frameset",
    "noscript",
    "template",
];

/// Root elements of XML that is no plain text: its text is cut up by markup, or
/// means something else than it says.
const XML: &[(&str, &str)] = &[
    ("office:document", ODF),
    ("office:document-content", ODF),
    ("office:document-styles", ODF),
    ("office:document-meta", ODF),
    ("w:wordDocument", "application/vnd.ms-wordml"),
    ("pkg:package", "application/vnd.ms-word2006ml"),
    ("w:document", "application/vnd.openxmlformats-officedocument.wordprocessingml+xml"),
    ("w:hdr", "application/vnd.openxmlformats-officedocument.wordprocessingml+xml"),
    ("w:ftr", "application/vnd.openxmlformats-officedocument.wordprocessingml+xml"),
    ("p:sld", "application/vnd.openxmlformats-officedocument.presentationml+xml"),
    ("sst", "application/vnd.openxmlformats-officedocument.spreadsheetml+xml"),
    ("worksheet", "application/vnd.openxmlformats-officedocument.spreadsheetml+xml"),
    ("Workbook", "application/vnd.ms-spreadsheetml"),
    ("ss:Workbook", "application/vnd.ms-spreadsheetml"),
    ("uof:UOF", "application/vnd.uof"),
    ("UOF", "application/vnd.uof"),
    ("ofd:OFD", "application/ofd"),
    ("ofd:Document", "application/ofd"),
    ("ofd:Page", "application/ofd"),
    ("svg", "image/svg+xml"),
    ("svg:svg", "image/svg+xml"),
    ("xdp:xdp", "application/vnd.adobe.xdp+xml"),
    ("FictionBook", "application/x-fictionbook+xml"),
    ("mxfile", "application/vnd.jgraph.mxfile"),
];

/// OpenDocument in one file.
const ODF: &str = "application/vnd.oasis.opendocument.text-flat-xml";

/// Which OpenDocument it is, by what its root says.
fn flat_type(head: &str) -> &'static str {
    let says = |kind: &str| {
        head.contains(&format!("mimetype=\"application/vnd.oasis.opendocument.{kind}"))
    };
    match () {
        () if says("spreadsheet") => "application/vnd.oasis.opendocument.spreadsheet-flat-xml",
        () if says("presentation") => "application/vnd.oasis.opendocument.presentation-flat-xml",
        () if says("graphics") => "application/vnd.oasis.opendocument.graphics-flat-xml",
        () => ODF,
    }
}

/// What it is, if it is markup. `tail` is how the text ends.
pub(super) fn told(head: &str, tail: &str) -> Option<Format> {
    let first = Prolog::skip(head);
    let lower = |text: &str| text.chars().take(64).collect::<String>().to_ascii_lowercase();
    let start = lower(first.rest);
    if start.starts_with("<!doctype html") {
        return Some(Format::Html);
    }
    if let Some(root) = first.rest.strip_prefix('<') {
        let end = root.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '-' | '_'));
        let name = root.get(..end.unwrap_or(root.len())).unwrap_or_default();
        let follows = root.get(name.len()..).and_then(|rest| rest.chars().next());
        if let Some(media_type) = xml_type(name, head) {
            return Some(match media_type {
                ODF => Format::FlatOdf(flat_type(head)),
                _ => Format::Other(media_type),
            });
        }
        let ends = follows.is_none_or(|c| c.is_whitespace() || matches!(c, '>' | '/'));
        let is_html = HTML.contains(&name.to_ascii_lowercase().as_str());
        let is_page = name.eq_ignore_ascii_case("html");
        // With a declaration it is XML of some kind, unless it is a page.
        if ends && (is_page || is_html && !first.is_xml) {
            return Some(Format::Html);
        }
    }
    if is_page_after_words(head, tail) {
        return Some(Format::Html);
    }
    is_xml(&first, tail).then_some(Format::Other("application/xml"))
}

/// Whether it is XML of no kind that is known: it says so, or ends with the end
/// of the element that it begins with.
fn is_xml(first: &Prolog<'_>, tail: &str) -> bool {
    let Some(root) = first.rest.strip_prefix('<').filter(|root| root.starts_with(is_name_start))
    else {
        return false;
    };
    let end = root.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    let Some(name) = end.and_then(|end| root.get(..end)) else { return first.is_xml };
    let last = tail.trim_end_matches(|c: char| c.is_whitespace() || c == '\0');
    let ending = last.strip_suffix('>').map(str::trim_end);
    let ends = ending.and_then(|rest| rest.strip_suffix(name)).is_some_and(|r| r.ends_with("</"));
    // One that is empty tells itself by its namespace.
    let is_lone = root.contains("xmlns") && root.trim_end().ends_with("/>");
    first.is_xml || ends || is_lone
}

/// XML by its root element, and where that is a common word, by its namespace.
fn xml_type(root: &str, head: &str) -> Option<&'static str> {
    let (_, media_type) = XML.iter().find(|(known, _)| *known == root)?;
    let own = match root {
        "Workbook" => head.contains("urn:schemas-microsoft-com:office:spreadsheet"),
        "sst" | "worksheet" => {
            head.contains("openxmlformats.org") || head.contains("purl.oclc.org")
        }
        "UOF" => head.contains("uof"),
        _ => true,
    };
    own.then_some(media_type)
}

/// A page with a few words before it, as some servers and programs leave them.
fn is_page_after_words(head: &str, tail: &str) -> bool {
    let near: String = head.chars().take(1024).collect::<String>().to_ascii_lowercase();
    let opens = near.contains("<!doctype html") || near.contains("<html");
    opens && (near.starts_with('<') || tail.to_ascii_lowercase().contains("</html>"))
}

/// What stands before the root element.
struct Prolog<'a> {
    rest: &'a str,
    is_xml: bool,
}

impl<'a> Prolog<'a> {
    /// Passes over space, comments, processing instructions, and declarations
    /// of types other than HTML.
    fn skip(text: &'a str) -> Self {
        let (mut rest, mut is_xml) = (text, false);
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
            let (end, kind) = match rest {
                r if r.starts_with("<!--") => ("-->", false),
                r if r.starts_with("<?xml") => ("?>", true),
                r if r.starts_with("<?mso-") => ("?>", true),
                r if r.starts_with("<!DOCTYPE")
                    && !r[9..].trim_start().to_ascii_lowercase().starts_with("html") =>
                {
                    (">", true)
                }
                _ => return Self { rest, is_xml },
            };
            is_xml |= kind;
            let found = match end {
                ">" => doctype_end(rest.get(2..).unwrap_or_default()).map(|at| at + 2),
                _ => rest.find(end),
            };
            match found {
                Some(at) => rest = rest.get(at + end.len()..).unwrap_or_default(),
                None => return Self { rest, is_xml },
            }
        }
    }
}

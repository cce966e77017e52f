//! One XML part, read as a stream: elements with their namespace told, text with
//! references resolved, and nothing else. No tree is built, no entity beyond
//! XML's own five is expanded, and every event is charged.

use std::borrow::Cow;

use memchr::memmem::Finder;
use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Deeper than any producer nests, and shallow enough to keep a stack of.
const MAX_DEPTH: usize = 4096;

/// Tags that do not match are read over this often before a part is given up.
const MAX_MISMATCHES: u32 = 64;

/// The namespaces readers tell apart, transitional and strict as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ns {
    /// WordprocessingML.
    W,
    /// PresentationML.
    P,
    /// DrawingML: main.
    A,
    /// DrawingML in a word-processing document.
    Wp,
    /// DrawingML: pictures.
    Pic,
    /// DrawingML: shapes of word processing.
    Wps,
    /// DrawingML: charts.
    Chart,
    /// DrawingML: diagrams.
    Diagram,
    /// VML.
    Vml,
    /// Office's additions to VML.
    VmlOffice,
    /// Office mathematics.
    Math,
    /// Markup compatibility.
    Mc,
    /// OpenDocument: documents and their parts.
    OdfOffice,
    /// OpenDocument: text.
    OdfText,
    /// OpenDocument: tables.
    OdfTable,
    /// OpenDocument: styles.
    OdfStyle,
    /// OpenDocument: drawing.
    OdfDraw,
    /// OpenDocument: presentations.
    OdfPresentation,
    /// OpenDocument: forms.
    OdfForm,
    /// OpenDocument: SVG's titles and descriptions.
    OdfSvg,
    /// OpenDocument: metadata.
    OdfMeta,
    /// Dublin Core.
    Dc,
    /// Any other, or none.
    Other,
}

impl Ns {
    fn of_uri(uri: &str) -> Self {
        let open = uri
            .strip_prefix("http://schemas.openxmlformats.org/")
            .or_else(|| uri.strip_prefix("http://purl.oclc.org/ooxml/"));
        if let Some(odf) = Self::of_odf(uri) {
            return odf;
        }
        match (open, uri) {
            (Some("wordprocessingml/2006/main" | "wordprocessingml/main"), _) => Self::W,
            (Some("presentationml/2006/main" | "presentationml/main"), _) => Self::P,
            (Some("drawingml/2006/main" | "drawingml/main"), _) => Self::A,
            (
                Some("drawingml/2006/wordprocessingDrawing" | "drawingml/wordprocessingDrawing"),
                _,
            ) => Self::Wp,
            (Some("drawingml/2006/picture" | "drawingml/picture"), _) => Self::Pic,
            (Some("drawingml/2006/chart" | "drawingml/chart"), _) => Self::Chart,
            (Some("drawingml/2006/diagram" | "drawingml/diagram"), _) => Self::Diagram,
            (Some("officeDocument/2006/math" | "officeDocument/math"), _) => Self::Math,
            (Some("markup-compatibility/2006"), _) => Self::Mc,
            (_, "http://schemas.microsoft.com/office/word/2010/wordprocessingShape") => Self::Wps,
            (_, "http://schemas.microsoft.com/office/drawing/2014/chartex") => Self::Chart,
            (_, "http://schemas.microsoft.com/office/drawing/2008/diagram") => Self::Diagram,
            // Word before Office Open XML: the same words for the same things.
            (_, "http://schemas.microsoft.com/office/word/2003/wordml") => Self::W,
            (_, "urn:schemas-microsoft-com:vml") => Self::Vml,
            (_, "urn:schemas-microsoft-com:office:office") => Self::VmlOffice,
            _ => Self::Other,
        }
    }

    /// A namespace of OpenDocument (ODF 1.3 part 3, 1.4), or of what came before it.
    fn of_odf(uri: &str) -> Option<Self> {
        let name = uri
            .strip_prefix("urn:oasis:names:tc:opendocument:xmlns:")
            .or_else(|| uri.strip_prefix("http://openoffice.org/2000/"))
            .or_else(|| (uri == "http://purl.org/dc/elements/1.1/").then_some("dc"))?;
        Some(Self::of_odf_name(name.split(':').next().unwrap_or_default()))
    }

    fn of_odf_name(name: &str) -> Self {
        match name {
            "office" => Self::OdfOffice,
            "text" => Self::OdfText,
            "table" => Self::OdfTable,
            "style" => Self::OdfStyle,
            "drawing" | "draw" => Self::OdfDraw,
            "presentation" => Self::OdfPresentation,
            "form" => Self::OdfForm,
            "svg-compatible" | "svg" => Self::OdfSvg,
            "meta" => Self::OdfMeta,
            "dc" => Self::Dc,
            _ => Self::Other,
        }
    }

    /// A prefix that nothing declares, in a part that is damaged or doctored:
    /// taken for what everybody means by it.
    fn of_undeclared(prefix: &str) -> Self {
        match prefix {
            "w" => Self::W,
            "p" => Self::P,
            "a" => Self::A,
            "wp" => Self::Wp,
            "pic" => Self::Pic,
            "wps" => Self::Wps,
            "v" => Self::Vml,
            "o" => Self::VmlOffice,
            "m" => Self::Math,
            "mc" => Self::Mc,
            odf => Self::of_odf_name(odf),
        }
    }
}

/// An element's beginning.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    /// Its namespace.
    pub ns: Ns,
    start: BytesStart<'a>,
    /// Where its name begins behind the prefix.
    local_at: usize,
}

impl Element<'_> {
    /// Its name without the prefix.
    pub fn local(&self) -> &str {
        self.start.name().0.get(self.local_at..).unwrap_or_default()
    }

    /// The value of the attribute of that local name, whatever its prefix.
    pub fn attr(&self, local: &str) -> Option<Cow<'_, str>> {
        self.attr_where(|name| local_of(name) == local)
    }

    /// The id of a relationship: the attribute of that local name which has a
    /// prefix, as `r:id` has beside an `id` of the element's own.
    pub fn related(&self, local: &str) -> Option<Cow<'_, str>> {
        self.attr_where(|name| local_of(name) == local && name.len() > local.len())
    }

    /// Names without their prefix, and values; `xmlns` and its like included.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        attributes.flatten().map(|attribute| {
            let name = attribute.key.0;
            let name = if name.starts_with("xmlns") { "xmlns" } else { local_of(name) };
            let value = match attribute.value {
                Cow::Borrowed(raw) => unescaped(raw),
                Cow::Owned(raw) => Cow::Owned(unescaped(&raw).into_owned()),
            };
            (name, value)
        })
    }

    fn attr_where(&self, is_it: impl Fn(&str) -> bool) -> Option<Cow<'_, str>> {
        let mut attributes = self.start.attributes();
        let found =
            attributes.with_checks(false).flatten().find(|attribute| is_it(attribute.key.0))?;
        Some(match found.value {
            Cow::Borrowed(raw) => unescaped(raw),
            Cow::Owned(raw) => Cow::Owned(unescaped(&raw).into_owned()),
        })
    }

    /// All attributes, in their order: local name and value.
    pub fn attrs(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        attributes.flatten().map(|attribute| {
            let value = match attribute.value {
                Cow::Borrowed(raw) => unescaped(raw),
                Cow::Owned(raw) => Cow::Owned(unescaped(&raw).into_owned()),
            };
            (local_of(attribute.key.0), value)
        })
    }

    /// Whether an on/off property is on: so unless its value says otherwise
    /// (ISO/IEC 29500-1, 17.17.4).
    pub fn is_on(&self) -> bool {
        self.attr("val").is_none_or(|v| !matches!(&*v, "0" | "false" | "off" | "none"))
    }

    /// The attribute `val` as a number.
    pub fn number(&self, local: &str) -> Option<u32> {
        self.attr(local)?.trim().parse().ok()
    }
}

fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('&') {
        return Cow::Borrowed(raw);
    }
    unescape(raw).unwrap_or(Cow::Borrowed(raw))
}

fn local_of(name: &str) -> &str {
    name.get(local_at(name)..).unwrap_or_default()
}

/// Where a name begins behind its prefix. Names are short: a plain loop wins.
fn local_at(name: &str) -> usize {
    name.bytes().position(|b| b == b':').map_or(0, |at| at + 1)
}

/// What comes next in a part.
#[derive(Debug)]
pub(crate) enum Xml<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// The innermost open element ends.
    Close,
    /// Character data.
    Text(Cow<'a, str>),
}

struct Binding {
    depth: usize,
    prefix: Box<str>,
    ns: Ns,
}

/// Reads one part event by event.
pub(crate) struct XmlReader<'a, 'b> {
    part: &'a str,
    reader: Reader<&'a [u8]>,
    budget: &'b mut Budget,
    xmlns: Finder<'static>,
    bindings: Vec<Binding>,
    /// The binding used last, while none was added or dropped since.
    recent: Option<usize>,
    depth: usize,
    mismatches: u32,
    trouble: Option<Gap>,
    done: bool,
}

impl<'a, 'b> XmlReader<'a, 'b> {
    /// A reader at the beginning of `part`.
    pub fn new(part: &'a str, budget: &'b mut Budget) -> Self {
        let mut reader = Reader::from_str(part);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self {
            part,
            reader,
            budget,
            xmlns: Finder::new("xmlns"),
            bindings: Vec::new(),
            recent: None,
            depth: 0,
            mismatches: 0,
            trouble: None,
            done: false,
        }
    }

    /// What comes next; `None` at the end, or where reading cannot go on.
    pub fn next(&mut self) -> Option<Xml<'a>> {
        loop {
            match self.event()? {
                Event::Start(start) => return self.open(start),
                Event::End(_) => {
                    self.close();
                    return Some(Xml::Close);
                }
                Event::Text(text) => return Some(Xml::Text(text.into_inner())),
                Event::CData(text) => return Some(Xml::Text(text.into_inner())),
                Event::GeneralRef(reference) => {
                    return Some(Xml::Text(self.resolve(&reference.into_inner())));
                }
                _ => {}
            }
        }
    }

    /// The next event as it stands in the part, charged.
    fn event(&mut self) -> Option<Event<'a>> {
        while !self.done {
            if let Err(gap) = self.budget.spend_steps(1) {
                self.stop(gap);
                break;
            }
            match self.reader.read_event() {
                Ok(Event::Eof) => {
                    self.done = true;
                    if self.depth > 0 {
                        self.damaged("it breaks off");
                    }
                }
                Ok(Event::DocType(_)) => self.damaged("it has a document type, which is not read"),
                Ok(event) => return Some(event),
                Err(Error::IllFormed(_)) if self.mismatches < MAX_MISMATCHES => {
                    self.mismatches += 1;
                    self.damaged("its tags do not match");
                }
                Err(_) => {
                    self.damaged("it is not well-formed");
                    self.done = true;
                }
            }
        }
        None
    }

    fn open(&mut self, start: BytesStart<'a>) -> Option<Xml<'a>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.damaged("its elements nest too deep");
            self.done = true;
            return None;
        }
        let attributes = start.attributes_raw().as_bytes();
        if attributes.len() > "xmlns=".len() && self.xmlns.find(attributes).is_some() {
            self.bind(&start);
        }
        let name = start.name().0;
        let local_at = local_at(name);
        let ns = self.ns_of(name.get(..local_at.saturating_sub(1)).unwrap_or_default());
        Some(Xml::Open(Element { ns, start, local_at }))
    }

    fn close(&mut self) {
        while self.bindings.last().is_some_and(|b| b.depth >= self.depth) {
            self.bindings.pop();
            self.recent = None;
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn bind(&mut self, start: &BytesStart<'_>) {
        for attribute in start.attributes().with_checks(false).flatten() {
            let prefix = match attribute.key.0.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) if rest.starts_with(':') => rest.trim_start_matches(':'),
                _ => continue,
            };
            let ns = Ns::of_uri(&unescaped(&attribute.value));
            self.bindings.push(Binding { depth: self.depth, prefix: prefix.into(), ns });
            self.recent = None;
        }
    }

    fn ns_of(&mut self, prefix: &str) -> Ns {
        if let Some(binding) = self.recent.and_then(|at| self.bindings.get(at))
            && *binding.prefix == *prefix
        {
            return binding.ns;
        }
        self.charge(self.bindings.len() / 64);
        self.recent = self.bindings.iter().rposition(|b| *b.prefix == *prefix);
        match self.recent.and_then(|at| self.bindings.get(at)) {
            Some(binding) => binding.ns,
            None => Ns::of_undeclared(prefix),
        }
    }

    /// Passes over the rest of the element that was opened last.
    pub fn skip(&mut self) {
        let mut inside = 1usize;
        while inside > 0 {
            match self.event() {
                Some(Event::Start(_)) => inside += 1,
                Some(Event::End(_)) => inside -= 1,
                Some(_) => {}
                None => return,
            }
        }
        self.close();
    }

    /// What stands inside the element that was opened last, as it is written.
    /// Passes over it.
    pub fn inner(&mut self) -> &'a str {
        let begins = self.position();
        let (mut inside, mut ends) = (1usize, begins);
        while inside > 0 {
            ends = self.position();
            match self.event() {
                Some(Event::Start(_)) => inside += 1,
                Some(Event::End(_)) => inside -= 1,
                Some(_) => {}
                // What was cut off goes to the end.
                None => return self.part.get(begins..).unwrap_or_default(),
            }
        }
        self.close();
        self.part.get(begins..ends).unwrap_or_default()
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Charges bytes that come out of a part: what is written in letters.
    ///
    /// # Errors
    /// A gap, if the matter has no more.
    pub fn spend_bytes(&mut self, count: u64) -> Result<(), Gap> {
        self.budget.spend_bytes(count)
    }

    /// Charges work done beside reading; a spent budget shows at the next event.
    pub fn charge(&mut self, steps: usize) {
        if let Err(gap) = self.budget.spend_steps(steps as u64) {
            self.stop(gap);
        }
    }

    /// Stops reading where a part has given more text than one may.
    pub fn check_text(&mut self, bytes: usize) {
        if let Err(gap) = self.budget.spend_text(bytes) {
            self.stop(gap);
        }
    }

    /// Stops reading where a part has given more lines than one may.
    pub fn check_lines(&mut self, lines: usize) {
        if let Err(gap) = self.budget.check_lines(lines) {
            self.stop(gap);
        }
    }

    fn resolve(&mut self, reference: &str) -> Cow<'a, str> {
        let known = match reference {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => reference
                .strip_prefix('#')
                .and_then(|n| match n.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => n.parse().ok(),
                })
                .and_then(char::from_u32),
        };
        match known {
            Some(c) => Cow::Owned(c.to_string()),
            None => {
                self.damaged("it refers to entities, which are not expanded");
                Cow::Owned(format!("&{reference};"))
            }
        }
    }

    fn damaged(&mut self, words: &str) {
        self.trouble.get_or_insert_with(|| Gap::new(GapKind::Damaged, words));
    }

    fn stop(&mut self, gap: Gap) {
        self.trouble = Some(gap);
        self.done = true;
    }

    /// Why the part could not be read as it should be, if it could not.
    pub fn finish(self) -> Option<Gap> {
        self.trouble
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn told(part: &str) -> (String, Option<Gap>) {
        let mut budget = Budget::new(Limits::default());
        let mut xml = XmlReader::new(part, &mut budget);
        let mut told = String::new();
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(e) => told.push_str(&format!("<{:?} {}>", e.ns, e.local())),
                Xml::Close => told.push_str("</>"),
                Xml::Text(text) => told.push_str(&text),
            }
        }
        (told, xml.finish())
    }

    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    const STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";

    #[test]
    fn namespaces_are_told_by_their_names_and_not_by_prefixes() {
        let cases = [
            (format!(r#"<w:p xmlns:w="{W}"/>"#), "<W p></>"),
            (format!(r#"<x:p xmlns:x="{STRICT}"><x:r/></x:p>"#), "<W p><W r></></>"),
            (
                format!(r#"<p xmlns="{W}"><q xmlns="urn:other"/><r/></p>"#),
                "<W p><Other q></><W r></></>",
            ),
            (
                format!(r#"<a:p xmlns:a="{W}"><a:t xmlns:a="urn:b"/><a:t/></a:p>"#),
                "<W p><Other t></><W t></></>",
            ),
            ("<w:p><v:shape/></w:p>".to_owned(), "<W p><Vml shape></></>"),
        ];
        for (part, want) in cases {
            let (told, trouble) = told(&part);
            assert_eq!((told.as_str(), trouble), (want, None), "{part}");
        }
    }

    #[test]
    fn references_are_resolved_and_entities_are_not_expanded() {
        let (text, trouble) = told("<t>a&lt;&#x2605;&#9733;<![CDATA[&lt;]]>&amp;</t>");
        assert_eq!((text.as_str(), trouble), ("<Other t>a<★★&lt;&</>", None));
        let (text, trouble) = told(r#"<!DOCTYPE t [<!ENTITY x "机密">]><t>&x;&x;</t>"#);
        assert_eq!(text, "<Other t>&x;&x;</>");
        assert_eq!(trouble.map(|gap| gap.kind), Some(GapKind::Damaged));
    }

    #[test]
    fn what_was_read_before_the_damage_is_kept() {
        for (part, want) in [
            ("<p><t>机密", "<Other p><Other t>机密"),
            ("<p><t>机密</t></q><t>秘密</t></p>", "<Other p><Other t>机密</>"),
            ("<p><t>机密</t><t a=", "<Other p><Other t>机密</>"),
        ] {
            let (told, trouble) = told(part);
            assert!(told.starts_with(want), "{part}: {told}");
            assert_eq!(trouble.map(|gap| gap.kind), Some(GapKind::Damaged), "{part}");
        }
    }

    #[test]
    fn the_inside_of_an_element_is_given_as_it_is_written() {
        for (part, want, after) in [
            ("<p><q a='1'><r/>x &amp; <q>y</q></q><s/></p>", "<r/>x &amp; <q>y</q>", Some("s")),
            ("<p><q/><s/></p>", "", Some("s")),
            ("<p><q><r>cut", "<r>cut", None),
        ] {
            let mut budget = Budget::new(Limits::default());
            let mut xml = XmlReader::new(part, &mut budget);
            assert!(matches!(xml.next(), Some(Xml::Open(_))));
            assert!(matches!(xml.next(), Some(Xml::Open(_))));
            assert_eq!(xml.inner(), want, "{part}");
            let next = xml.next();
            let next = next.as_ref().and_then(|event| match event {
                Xml::Open(element) => Some(element.local()),
                _ => None,
            });
            assert_eq!(next, after, "{part}");
        }
    }

    #[test]
    fn depth_and_steps_are_limited() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(told(&deep).1.map(|gap| gap.kind), Some(GapKind::Damaged));
        let mut budget = Budget::new(Limits { steps: 10, ..Limits::default() });
        let part = format!("<a>{}</a>", "<b/>".repeat(100));
        let mut xml = XmlReader::new(&part, &mut budget);
        while xml.next().is_some() {}
        assert!(matches!(xml.finish().map(|gap| gap.kind), Some(GapKind::Limit(_))));
    }
}

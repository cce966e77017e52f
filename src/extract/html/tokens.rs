//! Markup in pieces: tags, text with its references resolved, comments. The
//! tokens are those of the WHATWG's tokenizer (HTML, 13.2.5) by `html5gum`; what
//! they are kept in is bounded here.

use std::collections::VecDeque;

use html5gum::{Emitter, Error, State, Tokenizer, emitters::naive_next_state};

/// Attributes of one tag that are kept. Browsers keep all; nobody writes more.
const MAX_ATTRIBUTES: usize = 256;

/// Text is handed on when there is this much of it.
const CHUNK: usize = 16 << 10;

/// Drawings within drawings, at most.
const MAX_FOREIGN: usize = 64;

/// Where the contents of drawings are HTML again (HTML, 13.2.6.5).
const INTEGRATION: &[&str] = &["foreignobject", "desc", "annotation-xml"];

/// Tags that no drawing has: they end it, whatever is open (HTML, 13.2.6.5).
const BREAKOUT: &[&str] = &[
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "strike",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
    "var",
];

/// A piece of markup.
#[derive(Debug, PartialEq)]
pub(super) enum Token {
    /// An element begins.
    Start(Tag),
    /// An element of this name ends.
    End(String),
    /// Text, or some of it.
    Text(String),
    /// A comment, or what is taken for one.
    Comment(String),
}

/// How an element begins.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tag {
    /// Its name in small letters.
    pub name: String,
    /// Names in small letters, and values; of a name that comes twice the first counts.
    pub attributes: Vec<(String, String)>,
    /// Whether it ends with `/>`, which means something in XML and drawings only.
    pub closed: bool,
    /// Whether it had more attributes than are kept.
    pub cut: bool,
}

impl Tag {
    /// The value of an attribute.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether an attribute is there, whatever its value.
    pub fn has(&self, name: &str) -> bool {
        self.attr(name).is_some()
    }
}

/// The tokens of `markup`. In XML a tag may close itself, whatever it is.
pub(super) fn tokens(markup: &str, is_xml: bool) -> impl Iterator<Item = Token> + '_ {
    let collector = Collector { is_xml, ..Collector::default() };
    // Reading from memory cannot fail.
    Tokenizer::new_with_emitter(markup, collector).map_while(Result::ok)
}

#[derive(Debug, Default, PartialEq, Clone, Copy)]
enum Current {
    #[default]
    Nothing,
    Start,
    End,
    Comment,
}

/// Puts together what the tokenizer calls out.
#[derive(Debug, Default)]
struct Collector {
    is_xml: bool,
    ready: VecDeque<Token>,
    text: Vec<u8>,
    current: Current,
    /// The name of the tag, or the words of the comment.
    name: Vec<u8>,
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Whether the attribute that is being read is beyond those kept.
    over: bool,
    cut: bool,
    closed: bool,
    last_start: Vec<u8>,
    /// Drawings and islands of HTML within them that are open: whether each is a drawing.
    foreign: Vec<(String, bool)>,
}

impl Collector {
    fn flush_text(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.ready.push_back(Token::Text(string(text)));
        }
    }

    fn in_drawing(&self) -> bool {
        self.foreign.last().is_some_and(|(_, drawing)| *drawing)
    }

    fn enter(&mut self, name: &str) {
        if BREAKOUT.contains(&name) && self.in_drawing() {
            self.foreign.clear();
        }
        let drawing = matches!(name, "svg" | "math");
        let island = self.in_drawing() && INTEGRATION.contains(&name);
        if (drawing || island) && !self.closed && self.foreign.len() < MAX_FOREIGN {
            self.foreign.push((name.to_owned(), drawing));
        }
    }

    fn leave(&mut self, name: &str) {
        if let Some(at) = self.foreign.iter().rposition(|(open, _)| open == name) {
            self.foreign.truncate(at);
        }
    }

    /// How the inside of the element that begins is read.
    fn state_inside(&self, name: &str) -> Option<State> {
        if self.in_drawing() || self.closed && self.is_xml {
            return None;
        }
        match name {
            "noframes" => Some(State::RawText),
            // Read as for those whose browser runs no scripts.
            "noscript" => None,
            // In XML these have markup like any other element.
            "title" | "textarea" | "iframe" | "xmp" | "noembed" | "plaintext" if self.is_xml => {
                None
            }
            _ => naive_next_state(name.as_bytes()),
        }
    }

    fn attribute(&mut self) -> Option<&mut (Vec<u8>, Vec<u8>)> {
        if self.over { None } else { self.attributes.last_mut() }
    }
}

impl Emitter for Collector {
    type Token = Token;

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start = name.unwrap_or_default().to_vec();
    }

    fn emit_eof(&mut self) {
        self.flush_text();
    }

    fn emit_error(&mut self, _: Error) {}

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<Token> {
        self.ready.pop_front()
    }

    fn emit_string(&mut self, text: &[u8]) {
        // Zeros are left out, as browsers do.
        if text == b"\0" {
            return;
        }
        self.text.extend_from_slice(text);
        if self.text.len() < CHUNK {
            return;
        }
        // A chunk may end within a character.
        let whole = match std::str::from_utf8(&self.text) {
            Ok(_) => self.text.len(),
            Err(error) => error.valid_up_to(),
        };
        if whole > 0 {
            let rest = self.text.split_off(whole);
            let text = std::mem::replace(&mut self.text, rest);
            self.ready.push_back(Token::Text(string(text)));
        }
    }

    fn init_start_tag(&mut self) {
        self.current = Current::Start;
        self.name.clear();
        self.attributes.clear();
        (self.over, self.cut, self.closed) = (false, false, false);
    }

    fn init_end_tag(&mut self) {
        self.init_start_tag();
        self.current = Current::End;
    }

    fn init_comment(&mut self) {
        self.init_start_tag();
        self.current = Current::Comment;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.flush_text();
        let name = string(std::mem::take(&mut self.name));
        let attributes = std::mem::take(&mut self.attributes);
        if self.current == Current::End {
            self.leave(&name);
            self.ready.push_back(Token::End(name));
            return None;
        }
        self.last_start = name.clone().into_bytes();
        self.enter(&name);
        let state = self.state_inside(&name);
        let attributes =
            attributes.into_iter().map(|(name, value)| (string(name), string(value))).collect();
        let (closed, cut) = (self.closed, self.cut);
        self.ready.push_back(Token::Start(Tag { name, attributes, closed, cut }));
        state
    }

    fn emit_current_comment(&mut self) {
        self.flush_text();
        let words = std::mem::take(&mut self.name);
        self.ready.push_back(Token::Comment(string(words)));
    }

    fn emit_current_doctype(&mut self) {}

    fn set_self_closing(&mut self) {
        self.closed = true;
    }

    fn set_force_quirks(&mut self) {}

    fn push_tag_name(&mut self, name: &[u8]) {
        self.name.extend_from_slice(name);
    }

    fn push_comment(&mut self, words: &[u8]) {
        self.name.extend_from_slice(words);
    }

    fn push_doctype_name(&mut self, _: &[u8]) {}

    fn init_doctype(&mut self) {
        self.current = Current::Nothing;
    }

    fn init_attribute(&mut self) {
        self.over = self.attributes.len() >= MAX_ATTRIBUTES;
        self.cut |= self.over;
        if !self.over {
            self.attributes.push((Vec::new(), Vec::new()));
        }
    }

    fn push_attribute_name(&mut self, name: &[u8]) {
        if let Some((known, _)) = self.attribute() {
            known.extend_from_slice(name);
        }
    }

    fn push_attribute_value(&mut self, value: &[u8]) {
        if let Some((_, known)) = self.attribute() {
            known.extend_from_slice(value);
        }
    }

    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.current == Current::End && !self.name.is_empty() && self.name == self.last_start
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.is_xml || self.in_drawing()
    }
}

/// The tokenizer reads text and gives text; but that is not for us to trust.
fn string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(markup: &str, is_xml: bool) -> String {
        let mut told = String::new();
        for token in tokens(markup, is_xml) {
            match token {
                Token::Start(tag) => told.push_str(&format!("<{}>", tag.name)),
                Token::End(name) => told.push_str(&format!("</{name}>")),
                Token::Text(text) => told.push_str(&text),
                Token::Comment(words) => told.push_str(&format!("({words})")),
            }
        }
        told
    }

    #[test]
    fn text_and_markup_are_told_apart_as_browsers_do() {
        for (markup, want) in [
            ("<P>&#x673A;&#23494;&star;&nbsp;&amp &notit;", "<p>机密☆\u{a0}& ¬it;"),
            ("a<b title='>'>c</B >", "a<b>c</b>"),
            ("<机密>a < b <3", "<机密>a < b <3"),
            ("<title>a<b>&lt;</title>", "<title>a<b><</title>"),
            ("<script>'</b>'</script>c", "<script>'</b>'</script>c"),
            ("<style>p{}</style><!-- x --><!a><?b>", "<style>p{}</style>( x )(a)(?b)"),
            ("<svg><title>a<b>c</svg>", "<svg><title>a<b>c</svg>"),
            ("<svg><style><a></style></svg>", "<svg><style><a></style></svg>"),
            ("<svg><![CDATA[<x>]]></svg><![CDATA[y]]>", "<svg><x></svg>([CDATA[y]])"),
            ("机\0密", "机密"),
            ("<iframe><p>x</p></iframe><noscript><p>y", "<iframe><p>x</p></iframe><noscript><p>y"),
        ] {
            assert_eq!(told(markup, false), want, "{markup}");
        }
        assert_eq!(told("<title/><p>x", true), "<title><p>x");
        assert_eq!(told("<title/><p>x", false), "<title><p>x");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let markup = "机密★".repeat(20_000);
        let pieces: Vec<_> = tokens(&markup, false).collect();
        let whole: String = pieces
            .iter()
            .map(|token| if let Token::Text(text) = token { text.as_str() } else { "" })
            .collect();
        assert_eq!(whole, markup);
    }

    #[test]
    fn attributes_are_bounded_and_the_first_of_a_name_counts() {
        let many: String = (0..5_000).map(|n| format!(" a{n}=1")).collect();
        let markup = format!("<p id=x ID=y{many}>");
        let Some(Token::Start(tag)) = tokens(&markup, false).next() else { panic!("no tag") };
        assert_eq!((tag.attr("id"), tag.cut), (Some("x"), true));
        assert_eq!(tag.attributes.len(), MAX_ATTRIBUTES);
    }
}

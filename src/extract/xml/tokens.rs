//! XML in pieces (XML 1.0, 2.4–2.8), without judging it: what is not well-formed
//! is text, and said. Nothing is copied, and each byte is looked at a few times
//! at most, however the pieces are broken.

use memchr::{memchr, memmem};

/// A piece of XML, as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    /// An element begins: its name, its attributes, whether it ends at once.
    Start(&'a str, Attributes<'a>, bool),
    /// An element of this name ends.
    End(&'a str),
    /// Characters, references among them.
    Text(&'a str),
    /// Characters that have no references among them.
    Literal(&'a str),
    Comment(&'a str),
    /// A processing instruction: for which program, and what.
    Instruction(&'a str, &'a str),
    /// A document type declaration, without its brackets.
    Doctype(&'a str),
}

/// Attributes of an element, as they stand in its tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Attributes<'a>(&'a str);

impl<'a> Attributes<'a> {
    /// Names and values, references in them unresolved.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            loop {
                rest = rest.trim_start_matches(|c: char| is_space(c) || c == '/');
                let end = rest.find(|c: char| is_space(c) || matches!(c, '=' | '"' | '\''));
                let name = rest.get(..end.unwrap_or(rest.len()))?;
                let after = rest.get(name.len()..)?.trim_start_matches(is_space);
                let Some(value) = after.strip_prefix('=') else {
                    // A name without a value, or a value without a name.
                    let lone = after.strip_prefix(['"', '\'']).unwrap_or(after);
                    if name.is_empty() && lone.is_empty() {
                        return None;
                    }
                    rest = lone;
                    if name.is_empty() {
                        continue;
                    }
                    return Some((name, ""));
                };
                let value = value.trim_start_matches(is_space);
                let (value, behind) = match value.chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        let inside = value.get(1..)?;
                        inside.split_once(quote).unwrap_or((inside, ""))
                    }
                    _ => value.split_at(value.find(is_space).unwrap_or(value.len())),
                };
                rest = behind;
                return Some((name, value));
            }
        })
    }
}

/// The pieces of a file.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    rest: &'a str,
    /// Quotes of which no more follow: single, double.
    spent: [bool; 2],
    /// What is not well-formed, once each.
    pub damage: Vec<&'static str>,
}

impl<'a> Tokens<'a> {
    pub fn new(xml: &'a str) -> Self {
        Self { rest: xml, spent: [false; 2], damage: Vec::new() }
    }

    pub fn damaged(&mut self, words: &'static str) {
        if !self.damage.contains(&words) {
            self.damage.push(words);
        }
    }

    fn take(&mut self, count: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// What stands between the first `skip` bytes and `end`; to the end of the
    /// file where there is no such end.
    fn until(&mut self, skip: usize, end: &str, broken: &'static str) -> &'a str {
        self.take(skip);
        match memmem::find(self.rest.as_bytes(), end.as_bytes()) {
            Some(at) => {
                let inside = self.take(at);
                self.take(end.len());
                inside
            }
            None => {
                self.damaged(broken);
                self.take(self.rest.len())
            }
        }
    }

    /// Where a tag or declaration ends: its `>`, those in quotes left out.
    fn end_of_tag(&mut self) -> Option<usize> {
        let bytes = self.rest.as_bytes();
        let mut at = 1;
        loop {
            let found = at + memchr::memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
            let quote = *bytes.get(found)?;
            if quote == b'>' {
                return Some(found);
            }
            let spent = self.spent.get_mut(usize::from(quote == b'"'))?;
            let closing = match *spent {
                true => None,
                false => memchr(quote, bytes.get(found + 1..)?),
            };
            match closing {
                Some(length) => at = found + length + 2,
                None => {
                    *spent = true;
                    self.damaged("a value has no end");
                    at = found + 1;
                }
            }
        }
    }

    fn tag(&mut self) -> Token<'a> {
        let Some(end) = self.end_of_tag() else {
            self.damaged("it breaks off within a tag");
            return Token::Text(self.take(self.rest.len()));
        };
        let inside = self.take(end + 1).get(1..end).unwrap_or_default();
        if let Some(name) = inside.strip_prefix('/') {
            return Token::End(name.trim_matches(is_space));
        }
        let (inside, closed) = match inside.strip_suffix('/') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let end = inside.find(|c: char| is_space(c) || matches!(c, '/' | '"' | '\'' | '='));
        let (name, attributes) = inside.split_at(end.unwrap_or(inside.len()));
        Token::Start(name, Attributes(attributes), closed)
    }

    fn doctype(&mut self) -> Token<'a> {
        self.take("<!DOCTYPE".len());
        let end = doctype_end(self.rest);
        if end.is_none() {
            self.damaged("it breaks off within the document type");
        }
        let inside = self.take(end.unwrap_or(self.rest.len()));
        self.take(1);
        Token::Doctype(inside)
    }
}

/// Where a document type ends. Brackets, quotes and comments nest in it.
pub(crate) fn doctype_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut brackets) = (0, 0_u32);
    loop {
        let rest = bytes.get(at..)?;
        match rest.first()? {
            b'>' if brackets == 0 => return Some(at),
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b'<' if rest.starts_with(b"<!--") => at += memmem::find(rest, b"-->")?,
            b'<' if rest.starts_with(b"<?") => at += memmem::find(rest, b"?>")?,
            quote @ (b'"' | b'\'') => at += 1 + memchr(*quote, rest.get(1..)?)?,
            _ => {}
        }
        at += 1;
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.rest;
        if rest.is_empty() {
            return None;
        }
        let Some(marked) = rest.strip_prefix('<') else {
            let end = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            return Some(Token::Text(self.take(end)));
        };
        let name = marked.strip_prefix('/').unwrap_or(marked);
        Some(match marked {
            _ if marked.starts_with("!--") => {
                Token::Comment(self.until(4, "-->", "a comment has no end"))
            }
            _ if marked.starts_with("![CDATA[") => {
                Token::Literal(self.until(9, "]]>", "a CDATA section has no end"))
            }
            _ if marked.starts_with("!DOCTYPE") => self.doctype(),
            _ if marked.starts_with('?') => {
                let inside = self.until(2, "?>", "an instruction has no end");
                let (target, words) = inside.split_once(is_space).unwrap_or((inside, ""));
                Token::Instruction(target, words)
            }
            _ if name.starts_with(is_name_start) => self.tag(),
            _ => {
                self.damaged("a `<` begins no tag");
                Token::Text(self.take(1))
            }
        })
    }
}

/// White space as XML has it (XML 1.0, 2.3).
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// What a name may begin with: letters of any script, by and large.
pub(crate) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii() && c.is_alphanumeric()
}

/// A name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(xml: &str) -> (String, Vec<&'static str>) {
        let mut tokens = Tokens::new(xml);
        let mut told = String::new();
        for token in tokens.by_ref() {
            told += &match token {
                Token::Start(name, attributes, closed) => {
                    let list = attributes.iter().map(|(name, value)| format!(" {name}={value}"));
                    format!("<{name}{}{}>", list.collect::<String>(), if closed { "/" } else { "" })
                }
                Token::End(name) => format!("</{name}>"),
                Token::Text(text) => format!("'{text}'"),
                Token::Literal(text) => format!("\"{text}\""),
                Token::Comment(words) => format!("({words})"),
                Token::Instruction(target, words) => format!("?{target}|{words}?"),
                Token::Doctype(inside) => format!("!{inside}!"),
            };
        }
        (told, tokens.damage)
    }

    #[test]
    fn pieces_are_told_apart() {
        for (xml, want) in [
            ("<a b='1' c = \"2>\"/>x</a >", "<a b=1 c=2>/>'x'</a>"),
            ("<密级 限='十年'>机密</密级>", "<密级 限=十年>'机密'</密级>"),
            ("<a><![CDATA[<b>&amp;]]>&amp;</a>", "<a>\"<b>&amp;\"'&amp;'</a>"),
            ("<!-- <a> --><?x y z?><?w?>", "( <a> )?x|y z??w|?"),
            (
                "<!DOCTYPE a [<!ENTITY b \">\"><!-- ]> --><!ENTITY c ']'>]><a/>",
                "! a [<!ENTITY b \">\"><!-- ]> --><!ENTITY c ']'>]!<a/>",
            ),
            ("<a b c=d/>", "<a b= c=d/>"),
        ] {
            assert_eq!(told(xml), (want.to_owned(), vec![]), "{xml}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_kept_and_said() {
        for (xml, want) in [
            ("a < b", "'a ''<'' b'"),
            ("<a b=\"x>机密</a>", "<a b=x>'机密'</a>"),
            ("<a b='", "'<a b=''"),
            ("<a>机密<b c", "<a>'机密''<b c'"),
            ("<!--机密", "(机密)"),
            ("<![CDATA[机密", "\"机密\""),
            ("<?x 机密", "?x|机密?"),
            ("<!DOCTYPE a [机密", "! a [机密!"),
        ] {
            let (got, damage) = told(xml);
            assert_eq!(got, want, "{xml}");
            assert!(!damage.is_empty(), "{xml}");
        }
    }

    #[test]
    fn broken_pieces_cost_no_more_than_whole_ones() {
        let n = 200_000;
        for xml in ["<a \"", "<a \">", "<a '\">", "<", "<!", "<a", "<a \"'>", "<!DOCTYPE '"] {
            let xml = xml.repeat(n);
            assert!(Tokens::new(&xml).count() <= 2 * n, "{}", &xml[..8]);
        }
    }
}

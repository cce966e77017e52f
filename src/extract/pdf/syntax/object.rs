//! Objects of a PDF file (ISO 32000-2, 7.3), and the parser that makes them of
//! tokens.

use std::rc::Rc;

use super::crypt::Crypt;
use super::lexer::{Lexer, Token};

/// Arrays and dictionaries within each other; deeper ones are passed over.
const MAX_DEPTH: usize = 96;
/// From this many entries on a dictionary is searched by an index.
const INDEXED: usize = 24;

/// An object. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Object {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(Rc<[u8]>),
    Name(Rc<[u8]>),
    Array(Rc<[Object]>),
    Dict(Rc<Dict>),
    Stream(Rc<Stream>),
    /// An indirect object, by its number. Generations are not told apart: of an
    /// object that was written twice the last one counts.
    Reference(u32),
}

impl Object {
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Real(value) => Some(*value as i64),
            _ => None,
        }
    }

    pub(crate) fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The dictionary, also of a stream.
    pub(crate) fn dict(&self) -> Option<&Rc<Dict>> {
        match self {
            Self::Dict(dict) => Some(dict),
            Self::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    pub(crate) fn stream(&self) -> Option<&Rc<Stream>> {
        match self {
            Self::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    pub(crate) fn reference(&self) -> Option<u32> {
        match self {
            Self::Reference(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

const NULL: &Object = &Object::Null;

/// A dictionary.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dict {
    entries: Vec<(Rc<[u8]>, Object)>,
    /// Places of the entries by key, where they are many.
    index: Vec<u32>,
}

impl Dict {
    pub(crate) fn new(entries: Vec<(Rc<[u8]>, Object)>) -> Self {
        let mut index = Vec::new();
        if entries.len() >= INDEXED {
            index = (0..entries.len() as u32).collect();
            let key = |at: &u32| entries.get(*at as usize).map(|(key, _)| key);
            index.sort_by(|a, b| key(a).cmp(&key(b)).then(a.cmp(b)));
        }
        Self { entries, index }
    }

    /// The entry as it is written: a reference stays one. Of a key that is
    /// there twice the last value counts.
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Object> {
        if self.index.is_empty() {
            return self.entries.iter().rev().find(|(k, _)| **k == *key).map(|(_, value)| value);
        }
        let entry = |at: &u32| self.entries.get(*at as usize);
        let after = self.index.partition_point(|at| entry(at).is_some_and(|(k, _)| **k <= *key));
        let (found, value) = entry(self.index.get(after.checked_sub(1)?)?)?;
        (**found == *key).then_some(value)
    }

    pub(crate) fn has(&self, key: &[u8]) -> bool {
        self.get(key).is_some_and(|value| !value.is_null())
    }

    /// Whether the entry is this name, written in the place itself.
    pub(crate) fn is(&self, key: &[u8], name: &[u8]) -> bool {
        self.get(key).and_then(Object::name) == Some(name)
    }

    /// The entries, in the order they are written.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &Object)> {
        self.entries.iter().map(|(key, value)| (&**key, value))
    }
}

/// A stream: where its bytes stand in the file is known, what they unpack to is
/// not.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stream {
    pub(crate) dict: Rc<Dict>,
    /// Number and generation of the object it is: what its key is made of.
    pub(crate) id: (u32, u16),
    /// First byte of the packed data in the file, and how many there are.
    pub(crate) data: (usize, usize),
}

/// Makes objects of tokens.
pub(crate) struct Parser<'a> {
    pub(crate) lexer: Lexer<'a>,
    /// Objects made so far.
    pub(crate) made: u64,
    /// Objects that may be made.
    allowed: u64,
    /// Whether something was nested too deep and passed over.
    pub(crate) too_deep: bool,
    /// What decrypts strings, and the object they stand in.
    pub(crate) secret: Option<(&'a Crypt, (u32, u16))>,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize, allowed: u64) -> Self {
        Self { lexer: Lexer::new(bytes, at), made: 0, allowed, too_deep: false, secret: None }
    }

    /// Whether more objects were asked for than are allowed.
    pub(crate) fn is_over(&self) -> bool {
        self.made > self.allowed
    }

    /// The next object, or `None` at the end or before a word that ends
    /// something (`endobj`, `]`).
    pub(crate) fn object(&mut self) -> Option<Object> {
        let token = self.lexer.token()?;
        self.object_of(token, 0)
    }

    fn object_of(&mut self, token: Token<'a>, depth: usize) -> Option<Object> {
        self.made += 1;
        if self.is_over() {
            return None;
        }
        Some(match token {
            Token::Integer(value) => self.reference(value).unwrap_or(Object::Integer(value)),
            Token::Real(value) => Object::Real(value),
            Token::Name(name) => Object::Name(name.as_ref().into()),
            Token::Text(text) => Object::Text(match self.secret {
                Some((crypt, id)) => crypt.decrypt(crypt.strings, id, &text).into(),
                None => text.as_ref().into(),
            }),
            Token::ArrayStart => self.array(depth + 1),
            Token::DictStart => Object::Dict(Rc::new(self.dict(depth + 1))),
            Token::Word(b"true") => Object::Bool(true),
            Token::Word(b"false") => Object::Bool(false),
            Token::Word(b"null") => Object::Null,
            Token::Word(_) | Token::ArrayEnd | Token::DictEnd => return None,
        })
    }

    /// `7 0 R`, of which the 7 has been read.
    fn reference(&mut self, number: i64) -> Option<Object> {
        let number = u32::try_from(number).ok()?;
        // Most numbers stand before something that is no digit.
        let mut ahead = self.lexer.clone();
        ahead.skip_white();
        if !ahead.rest().first()?.is_ascii_digit() {
            return None;
        }
        let Some(Token::Integer(0..=65_535)) = ahead.token() else { return None };
        ahead.skip_white();
        let rest = ahead.rest();
        let ends = rest.get(1).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if rest.first() != Some(&b'R') || !ends {
            return None;
        }
        self.lexer.jump(ahead.at() + 1);
        Some(Object::Reference(number))
    }

    fn array(&mut self, depth: usize) -> Object {
        let mut items = Vec::new();
        if depth > MAX_DEPTH {
            self.pass_over();
            return Object::Null;
        }
        loop {
            let before = self.lexer.clone();
            match self.lexer.token() {
                None | Some(Token::ArrayEnd) => break,
                // The array was never closed.
                Some(Token::Word(b"endobj" | b"stream" | b"endstream" | b"obj")) => {
                    self.lexer = before;
                    break;
                }
                Some(Token::DictEnd) => {
                    self.lexer = before;
                    break;
                }
                Some(token) => items.extend(self.object_of(token, depth)),
            }
            if self.is_over() {
                break;
            }
        }
        Object::Array(items.into())
    }

    fn dict(&mut self, depth: usize) -> Dict {
        let mut entries = Vec::new();
        if depth > MAX_DEPTH {
            self.pass_over();
            return Dict::default();
        }
        loop {
            let before = self.lexer.clone();
            let key = match self.lexer.token() {
                None | Some(Token::DictEnd) => break,
                Some(Token::Name(key)) => key,
                Some(Token::Word(b"endobj" | b"stream" | b"endstream" | b"obj")) => {
                    self.lexer = before;
                    break;
                }
                // What is no key is passed over.
                Some(_) => {
                    self.made += 1;
                    if self.is_over() {
                        break;
                    }
                    continue;
                }
            };
            let before = self.lexer.clone();
            match self.lexer.token() {
                None => break,
                Some(Token::DictEnd | Token::Word(b"endobj" | b"stream")) => {
                    self.lexer = before;
                    continue;
                }
                Some(token) => {
                    let value = self.object_of(token, depth).unwrap_or(Object::Null);
                    entries.push((key.as_ref().into(), value));
                }
            }
            if self.is_over() {
                break;
            }
        }
        Dict::new(entries)
    }

    /// Passes over the rest of an array or dictionary that nests too deep.
    fn pass_over(&mut self) {
        self.too_deep = true;
        let mut open = 1_u64;
        while open > 0 && !self.is_over() {
            self.made += 1;
            let before = self.lexer.clone();
            match self.lexer.token() {
                None => return,
                Some(Token::ArrayStart | Token::DictStart) => open += 1,
                Some(Token::ArrayEnd | Token::DictEnd) => open -= 1,
                Some(Token::Word(b"endobj" | b"stream" | b"endstream")) => {
                    self.lexer = before;
                    return;
                }
                Some(_) => {}
            }
        }
    }
}

/// The entry of a dictionary, `Null` where there is none.
pub(crate) fn entry<'d>(dict: &'d Dict, key: &[u8]) -> &'d Object {
    dict.get(key).unwrap_or(NULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Option<Object>, bool) {
        let mut parser = Parser::new(text.as_bytes(), 0, 1_000_000);
        (parser.object(), parser.too_deep)
    }

    #[test]
    fn references_are_told_from_numbers() {
        let Some(Object::Array(items)) = parse("[1 0 R 2 3 4 0 Rx 5 0 R]").0 else { panic!() };
        let kinds: Vec<_> = items.iter().map(|item| (item.reference(), item.integer())).collect();
        assert_eq!(kinds[0], (Some(1), None));
        assert_eq!(kinds[1], (None, Some(2)));
        assert_eq!(kinds.last(), Some(&(Some(5), None)));
    }

    #[test]
    fn dictionaries_survive_what_does_not_belong() {
        for text in [
            "<</A 1 /B (x)>>",
            "<</A 1 junk /B (x) >>",
            "<</A 1 /C >>",
            "<</A 1 /A 2 /A 1>>",
            "<</A 1 /B [1 2 endobj",
            "<</A 1",
        ] {
            let object = parse(text).0.unwrap();
            assert_eq!(object.dict().unwrap().get(b"A"), Some(&Object::Integer(1)), "{text}");
        }
    }

    #[test]
    fn large_dictionaries_are_found_in() {
        let body: String = (0..100).map(|at| format!("/K{at} {at} ")).collect();
        let object = parse(&format!("<<{body}/K7 77>>")).0.unwrap();
        let dict = object.dict().unwrap();
        assert_eq!(dict.get(b"K7"), Some(&Object::Integer(77)));
        assert_eq!(dict.get(b"K99"), Some(&Object::Integer(99)));
        assert_eq!(dict.get(b"L"), None);
    }

    #[test]
    fn deep_nesting_is_passed_over_and_what_follows_is_read() {
        let deep = format!("<</D {}1{} /After 2>>", "[".repeat(100_000), "]".repeat(100_000));
        let (object, too_deep) = parse(&deep);
        assert!(too_deep);
        assert_eq!(object.unwrap().dict().unwrap().get(b"After"), Some(&Object::Integer(2)));
        assert!(!parse("[[[1]]]").1);
    }
}

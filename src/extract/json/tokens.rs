//! JSON in pieces (RFC 8259), one value after another as logs have them.

use std::borrow::Cow;

/// A piece of JSON.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// An object or array begins.
    Open,
    /// It ends.
    Close,
    /// The name of the member that follows.
    Name(Cow<'t, str>),
    Text(Cow<'t, str>),
    /// A number, `true`, `false`, `null`.
    Scalar(&'t str),
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    Value,
    ValueOrClose,
    NameOrClose,
    Name,
    Colon,
    CommaOrClose,
}

/// The pieces of a text.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// Whether each open value is an object. However deep they stand in one another:
    /// nothing recurses, and each costs its byte and its step.
    open: Vec<bool>,
    next: Next,
    /// Whether what came was no JSON; nothing comes after it.
    pub failed: bool,
}

impl<'t> Tokens<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, open: Vec::new(), next: Next::Value, failed: false }
    }

    /// What was not taken apart.
    pub fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Whether all that was opened is closed.
    pub fn is_whole(&self) -> bool {
        self.open.is_empty()
    }

    fn after_value(&mut self) {
        self.next = if self.open.is_empty() { Next::Value } else { Next::CommaOrClose };
    }

    /// A string behind its quote, and how long it is with the one that ends it.
    fn string(&self, from: usize) -> Option<(Cow<'t, str>, usize)> {
        let text = self.text.get(from..)?;
        let mut at = 0;
        let mut escaped = false;
        loop {
            at += memchr::memchr3(b'"', b'\\', b'\n', text.as_bytes().get(at..)?)?;
            match text.as_bytes().get(at)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    at += 2;
                }
                _ => return None,
            }
        }
        let inside = text.get(..at)?;
        let said = if escaped { Cow::Owned(unescaped(inside)) } else { Cow::Borrowed(inside) };
        Some((said, at + 1))
    }

    fn piece(&mut self) -> Option<Token<'t>> {
        loop {
            let rest = self.rest();
            let bare = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            self.at += rest.len() - bare.len();
            let first = *bare.as_bytes().first()?;
            match (first, self.next) {
                (b',', Next::CommaOrClose) => {
                    let in_object = self.open.last() == Some(&true);
                    self.next = if in_object { Next::Name } else { Next::Value };
                }
                (b':', Next::Colon) => self.next = Next::Value,
                (b'"', Next::Name | Next::NameOrClose) => {
                    let (name, length) = self.string(self.at + 1)?;
                    self.at += 1 + length;
                    self.next = Next::Colon;
                    return Some(Token::Name(name));
                }
                (b'"', Next::Value | Next::ValueOrClose) => {
                    let (text, length) = self.string(self.at + 1)?;
                    self.at += 1 + length;
                    self.after_value();
                    return Some(Token::Text(text));
                }
                (b'{' | b'[', Next::Value | Next::ValueOrClose) => {
                    self.at += 1;
                    self.open.push(first == b'{');
                    self.next = if first == b'{' { Next::NameOrClose } else { Next::ValueOrClose };
                    return Some(Token::Open);
                }
                (b'}' | b']', Next::CommaOrClose | Next::ValueOrClose | Next::NameOrClose) => {
                    if self.open.pop() != Some(first == b'}') {
                        return None;
                    }
                    self.at += 1;
                    self.after_value();
                    return Some(Token::Close);
                }
                (_, Next::Value | Next::ValueOrClose) => {
                    let scalar = scalar(bare)?;
                    self.at += scalar.len();
                    self.after_value();
                    return Some(Token::Scalar(scalar));
                }
                _ => return None,
            }
            // A comma or colon was passed over.
            self.at += 1;
        }
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        if self.failed {
            return None;
        }
        let piece = self.piece();
        self.failed = piece.is_none() && !self.rest().trim_start().is_empty();
        piece
    }
}

fn scalar(text: &str) -> Option<&str> {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
    let end = text.bytes().position(|b| !is_part(b)).unwrap_or(text.len());
    let word = text.get(..end)?;
    let is_number = || {
        let begins = word.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        begins && word.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
    };
    (matches!(word, "true" | "false" | "null") || is_number()).then_some(word)
}

/// The characters of a string; an escape that is none is kept as it is written.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let behind = rest.get(at + 1..).unwrap_or_default();
        let mut chars = behind.chars();
        let (c, length) = match chars.next() {
            Some('n') => ('\n', 1),
            Some('r') => ('\r', 1),
            Some('t') => ('\t', 1),
            Some('b' | 'f') => (' ', 1),
            Some('u') => unit_pair(behind).unwrap_or(('\\', 0)),
            Some(c) => (c, c.len_utf8()),
            None => ('\\', 0),
        };
        out.push(c);
        rest = behind.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character of `uD83D\uDE00` or `u673A`, and how many bytes that takes.
pub(super) fn unit_pair(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| -> Option<u16> {
        let digits = text.strip_prefix('u')?.get(..4)?;
        let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    };
    let first = unit(text)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, 5));
    }
    let second = text.get(5..).and_then(|rest| rest.strip_prefix('\\')).and_then(unit);
    match char::decode_utf16([first, second.unwrap_or(0)]).next() {
        Some(Ok(c)) => Some((c, 11)),
        _ => Some(('\u{FFFD}', 5)),
    }
}

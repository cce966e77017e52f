//! XML of any kind: the text of its elements line by line, and beside it what
//! attributes, comments and declarations say. Nothing outside the file is fetched.

pub(in crate::extract) mod entities;
mod lines;
pub(in crate::extract) mod packed;
#[cfg(test)]
mod tests;
pub(in crate::extract) mod tokens;

use std::collections::HashSet;

use memchr::memmem;

use entities::Entities;
use lines::{Lines, Stack, mixed};
use packed::Packed;
use tokens::{Attributes, Token, Tokens, local};

use super::plain::Labelled;
use super::{Budget, Extraction};
use crate::extract::unread::PICTURES;
use crate::model::{Gap, GapKind, Region, SourceText, Submission};

/// Pieces between looks at what the text may cost.
const CHECK_EVERY: u64 = 256;

/// Attributes that are kept in mind, so as to say each only once.
const MAX_SAID: usize = 100_000;

/// The value of a field is no longer than this.
const MAX_FIELD: usize = 40;

/// Instructions for programs that say nothing to people.
const SILENT: &[&str] = &["xml", "xml-stylesheet", "mso-application", "xml-model"];

/// Attributes that say how to read the file.
const APPARATUS: &[&str] = &["schemaLocation", "noNamespaceSchemaLocation", "space", "xmlns"];

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let label = declared_encoding(&submission.bytes);
    let Labelled { text: markup, encoding, mut gaps, mut notes } =
        Labelled::read(submission, label.as_deref(), budget);
    let mixed = mixed(&markup, budget);
    let mut reader = Reader::new(submission, mixed, budget);
    let text = reader.read(&markup);
    gaps.append(&mut reader.gaps);
    notes.extend(PICTURES.note(reader.packed.pictures));
    Extraction {
        encoding: Some(encoding),
        pages: Some(1),
        text,
        children: reader.packed.children,
        gaps,
        notes,
        ..Extraction::default()
    }
}

/// The encoding that a file says it is in (XML 1.0, 4.3.3).
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<Vec<u8>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let head = bytes.get(..bytes.len().min(1024))?.strip_prefix(b"<?xml")?;
    let head = head.get(..memmem::find(head, b"?>")?)?;
    let value = head.get(memmem::find(head, b"encoding")? + "encoding".len()..)?;
    let value = value.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let label = value.split(|b| b == quote).next()?.to_vec();
    // A file that can be read so far is in nothing as wide.
    let is_wide = label.to_ascii_lowercase().starts_with(b"utf-16");
    (!is_wide && !label.is_empty()).then_some(label)
}

struct Reader<'a, 'b> {
    budget: &'b mut Budget,
    /// Names of elements that hold sentences.
    mixed: HashSet<&'a str>,
    /// What is open, and whether each stands within a sentence.
    stack: Stack<'a, bool>,
    lines: Lines,
    entities: Entities,
    said: HashSet<(String, String)>,
    /// Attributes and their values, each once.
    attributes: Vec<(String, String)>,
    /// The text of the element that began last, as long as nothing began in it.
    field: Option<String>,
    packed: Packed<'b>,
    gaps: Vec<Gap>,
    in_order: bool,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn new(submission: &'b Submission, mixed: HashSet<&'a str>, budget: &'b mut Budget) -> Self {
        Self {
            budget,
            mixed,
            stack: Stack::new(),
            lines: Lines::default(),
            entities: Entities::default(),
            said: HashSet::new(),
            attributes: Vec::new(),
            field: None,
            packed: Packed::new(submission),
            gaps: Vec::new(),
            in_order: true,
        }
    }

    fn read(&mut self, xml: &'a str) -> SourceText {
        let mut tokens = Tokens::new(xml);
        let mut count = 0_u64;
        let mut over = None;
        for token in tokens.by_ref() {
            count += 1;
            let mut spent = self.budget.spend_steps(1);
            if count.is_multiple_of(CHECK_EVERY) {
                spent = spent.and_then(|()| self.lines.check(self.budget));
            }
            if let Err(gap) = spent {
                over = Some(gap);
                break;
            }
            self.take(token);
        }
        if over.is_none() {
            self.say_damage(&tokens);
        }
        self.gaps.extend(over);
        self.finish()
    }

    fn say_damage(&mut self, tokens: &Tokens<'_>) {
        let mut damage: Vec<String> =
            tokens.damage.iter().map(|words| (*words).to_owned()).collect();
        if !self.in_order {
            damage.push("its tags do not match".to_owned());
        }
        let open = self.stack.depth();
        if open > 0 {
            damage.push(format!("it ends within {open} elements"));
        }
        if !damage.is_empty() {
            let words = format!("the file is not well-formed: {}", damage.join("; "));
            self.gaps.push(Gap::new(GapKind::Damaged, words));
        }
    }

    fn take(&mut self, token: Token<'a>) {
        match token {
            Token::Start(name, attributes, closed) => self.start(name, attributes, closed),
            Token::End(name) => {
                let (ended, in_order) = self.stack.end(name);
                self.in_order &= in_order;
                let field = self.field.take().filter(|_| ended.len() == 1);
                if let (Some(value), Some((name, false))) = (field, ended.first()) {
                    self.field(name, &value);
                }
                if ended.iter().any(|(_, inline)| !inline) {
                    self.lines.end();
                }
            }
            Token::Text(text) => {
                let text = self.entities.resolved(text);
                self.text(&text);
            }
            Token::Literal(text) => self.text(text),
            Token::Comment(words) => self.lines.beside(Region::Comment, "", words),
            Token::Instruction(target, words) => {
                if !SILENT.contains(&target) {
                    let words = format!("{target} {words}");
                    self.lines.beside(Region::Hidden, "instruction", &words);
                }
            }
            Token::Doctype(inside) => self.entities.declare(inside),
        }
    }

    fn start(&mut self, name: &'a str, attributes: Attributes<'a>, closed: bool) {
        let inline = self.stack.top().is_some_and(|(around, _)| self.mixed.contains(around));
        if !inline {
            self.lines.end();
        }
        for (name, value) in attributes.iter() {
            let is_apparatus = name.starts_with("xmlns") || APPARATUS.contains(&local(name));
            let value = self.entities.resolved(value);
            // Numbers and switches of one digit say nothing.
            if !is_apparatus
                && value.contains(char::is_alphabetic)
                && !self.packed.take(&value, self.budget)
            {
                self.attribute(local(name), &value);
            }
        }
        self.field = (!closed).then(String::new);
        if !closed {
            self.stack.begin(name, inline);
        }
    }

    /// An element with a few words in it may be a field of a form, and its name
    /// the field's: said as an attribute would be, beside the line it is.
    fn field(&mut self, name: &str, value: &str) {
        let value = value.trim();
        let is_short = value.chars().take(MAX_FIELD + 1).count() <= MAX_FIELD;
        if is_short && !value.contains('\n') && value.contains(char::is_alphabetic) {
            self.attribute(local(name), value);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let said = (name.to_owned(), value.trim().to_owned());
        let is_new = self.said.len() >= MAX_SAID || self.said.insert(said.clone());
        if is_new {
            self.attributes.push(said);
        }
    }

    fn text(&mut self, text: &str) {
        if text.trim().is_empty() {
            // Blanks between words within a sentence part them.
            let within = self.stack.top().is_some_and(|(name, _)| self.mixed.contains(name));
            if within {
                self.lines.push(text, "");
            }
            return;
        }
        let name = self.stack.top().map_or("", |(name, _)| *name);
        if !self.packed.take(text, self.budget) {
            if let Some(field) = self.field.as_mut().filter(|field| field.len() <= 4 * MAX_FIELD) {
                field.push_str(text);
            }
            self.lines.push(text, name);
        }
    }

    fn finish(&mut self) -> SourceText {
        let mut lines = std::mem::take(&mut self.lines);
        lines.end();
        for (name, value) in std::mem::take(&mut self.attributes) {
            lines.row(&name, &value);
        }
        for words in std::mem::take(&mut self.entities.comments) {
            lines.beside(Region::Comment, "", &words);
        }
        for (name, value) in self.entities.unused() {
            lines.beside(Region::Hidden, &format!("entity {name}"), value);
        }
        self.gaps.append(&mut self.entities.gaps);
        self.gaps.extend(self.packed.finish(self.budget));
        self.gaps.extend(lines.check(self.budget).err().filter(|gap| !self.gaps.contains(gap)));
        lines.finish().finish()
    }
}

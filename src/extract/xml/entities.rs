//! What references stand for (XML 1.0, 4): characters, and the entities that a
//! document declares itself. What lies outside it is never fetched, and what
//! grows out of proportion is not expanded.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::memchr;

use super::tokens::is_space;
use crate::model::{Gap, GapKind, Limit};

/// Entities of one document that are kept.
const MAX_ENTITIES: usize = 10_000;

/// Bytes one entity may stand for, those within it included.
const MAX_VALUE: usize = 64 << 10;

/// Bytes all references of a document may come to, beside what it has itself.
const MAX_GROWTH: usize = 8 << 20;

/// Entities within entities.
const MAX_DEPTH: usize = 16;

/// References within entities that are followed in one document.
const MAX_FOLLOWED: usize = 1_000_000;

/// Longer names are none.
const MAX_NAME: usize = 100;

/// Names of characters that pages have and XML has not, which people use all the same.
const CHARACTERS: &[(&str, &str)] = &[
    ("lt", "<"),
    ("gt", ">"),
    ("amp", "&"),
    ("apos", "'"),
    ("quot", "\""),
    ("nbsp", "\u{A0}"),
    ("ensp", "\u{2002}"),
    ("emsp", "\u{2003}"),
    ("shy", "\u{AD}"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("middot", "·"),
    ("bull", "•"),
    ("hellip", "…"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("times", "×"),
    ("star", "☆"),
    ("starf", "★"),
    ("bigstar", "★"),
];

/// An entity.
#[derive(Debug)]
struct Entity {
    /// Its replacement as it is declared; `None` where it lies outside.
    value: Option<String>,
    used: bool,
    /// Whether it turned out to stand for too much.
    too_large: bool,
}

/// The entities of a document, and what came of references to them.
#[derive(Debug, Default)]
pub(crate) struct Entities {
    declared: HashMap<String, Entity>,
    /// In the order they were declared.
    names: Vec<String>,
    grown: usize,
    /// References within entities that were followed.
    followed: usize,
    /// What could not be resolved.
    pub gaps: Vec<Gap>,
    /// Comments in the declarations.
    pub comments: Vec<String>,
}

impl Entities {
    /// Reads the declarations of a document type.
    pub fn declare(&mut self, doctype: &str) {
        let mut rest = doctype;
        while let Some(at) = memchr(b'<', rest.as_bytes()) {
            rest = rest.get(at..).unwrap_or_default();
            if let Some(comment) = rest.strip_prefix("<!--") {
                let (words, behind) = comment.split_once("-->").unwrap_or((comment, ""));
                self.comments.push(words.to_owned());
                rest = behind;
            } else if let Some(declared) = rest.strip_prefix("<!ENTITY") {
                rest = self.entity(declared);
            } else {
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }

    /// Reads one declaration and gives what stands behind it.
    fn entity<'t>(&mut self, declared: &'t str) -> &'t str {
        let text = declared.trim_start_matches(is_space);
        // Those with a percent sign are for declarations alone.
        let (of_declarations, text) = match text.strip_prefix('%') {
            Some(text) => (true, text.trim_start_matches(is_space)),
            None => (false, text),
        };
        let (name, text) = text.split_at(text.find(is_space).unwrap_or(text.len()));
        let text = text.trim_start_matches(is_space);
        let value = match text.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = text.get(1..).unwrap_or_default();
                let (value, behind) = inside.split_once(quote).unwrap_or((inside, ""));
                self.keep(name, of_declarations, Some(value));
                return behind;
            }
            _ => None,
        };
        self.keep(name, of_declarations, value);
        text.find('>').and_then(|end| text.get(end..)).unwrap_or_default()
    }

    fn keep(&mut self, name: &str, of_declarations: bool, value: Option<&str>) {
        if self.names.len() >= MAX_ENTITIES {
            let words = format!("more than {MAX_ENTITIES} entities of one document");
            return self.gap(Gap::new(GapKind::Limit(Limit::Text), words));
        }
        if of_declarations && value.is_none() {
            let words = "declarations of the document type are kept elsewhere";
            return self.gap(Gap::new(GapKind::MissingPart, words));
        }
        let name = if of_declarations { format!("%{name}") } else { name.to_owned() };
        // The first declaration counts (XML 1.0, 4.2).
        if !self.declared.contains_key(&name) {
            let entity = Entity { value: value.map(str::to_owned), used: false, too_large: false };
            self.names.push(name.clone());
            self.declared.insert(name, entity);
        }
    }

    fn gap(&mut self, gap: Gap) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Text with its references resolved.
    pub fn resolved<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if memchr(b'&', text.as_bytes()).is_none() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        if !self.expand(text, &mut out, usize::MAX, 0) {
            let words = "its entities grow out of proportion, and are not all expanded";
            self.gap(Gap::new(GapKind::Limit(Limit::Ratio), words));
        }
        Cow::Owned(out)
    }

    /// Adds text with its references resolved, as long as there is room. Gives
    /// false where there was not enough.
    fn expand(&mut self, text: &str, out: &mut String, limit: usize, depth: usize) -> bool {
        let mut rest = text;
        let mut whole = true;
        // What is too much within an entity is too much of it.
        while let Some(at) = memchr(b'&', rest.as_bytes()) {
            out.push_str(rest.get(..at).unwrap_or_default());
            let behind = rest.get(at + 1..).unwrap_or_default();
            let near = behind.get(..behind.floor_char_boundary(MAX_NAME)).unwrap_or_default();
            let Some(end) = near.find(';') else {
                // No reference: a sign that somebody wrote as it is.
                out.push('&');
                rest = behind;
                continue;
            };
            let name = behind.get(..end).unwrap_or_default();
            rest = behind.get(end + 1..).unwrap_or_default();
            if let Some(c) = character(name) {
                out.push(c);
            } else {
                whole &= self.reference(name, out, limit, depth);
            }
            if out.len() > limit || !whole && depth > 0 {
                return false;
            }
        }
        out.push_str(rest);
        whole && out.len() <= limit
    }

    fn reference(&mut self, name: &str, out: &mut String, limit: usize, depth: usize) -> bool {
        let declared = self.declared.get_mut(name).map(|entity| {
            let size = entity.value.as_ref().map_or(0, String::len);
            if entity.too_large || size > MAX_VALUE {
                return Err(());
            }
            entity.used = true;
            Ok(entity.value.clone())
        });
        match declared {
            Some(Err(())) => {
                written(name, out);
                false
            }
            Some(Ok(Some(value))) => {
                let begin = out.len();
                self.followed += 1;
                let spent = depth >= MAX_DEPTH
                    || self.grown > MAX_GROWTH
                    || self.followed > MAX_FOLLOWED && depth > 0;
                let room = limit.min(begin.saturating_add(MAX_VALUE));
                if spent || !self.expand(&value, out, room, depth + 1) {
                    self.grown = self.grown.saturating_add(out.len().saturating_sub(begin));
                    out.truncate(begin);
                    written(name, out);
                    if depth == 0
                        && let Some(entity) = self.declared.get_mut(name)
                    {
                        entity.too_large = true;
                    }
                    return false;
                }
                if depth == 0 {
                    self.grown = self.grown.saturating_add(out.len().saturating_sub(begin));
                }
                // Markup in an entity parts its text and is no text.
                if let Some(text) = out.get(begin..).filter(|text| text.contains('<')) {
                    let bare = without_tags(text);
                    out.truncate(begin);
                    out.push_str(&bare);
                }
                true
            }
            Some(Ok(None)) => {
                written(name, out);
                let words = format!("the entity {name:?} is kept elsewhere");
                self.gap(Gap::new(GapKind::MissingPart, words));
                true
            }
            None => {
                match CHARACTERS.iter().find(|(known, _)| *known == name) {
                    Some((_, text)) => out.push_str(text),
                    None => {
                        written(name, out);
                        if is_name(name) {
                            let words = "it refers to entities that it does not declare";
                            self.gap(Gap::new(GapKind::MissingPart, words));
                        }
                    }
                }
                true
            }
        }
    }

    /// Entities that nothing refers to, or that were not expanded: names, and what
    /// they would say.
    pub fn unused(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().filter_map(|name| {
            let entity =
                self.declared.get(name).filter(|entity| !entity.used || entity.too_large)?;
            Some((name.trim_start_matches('%'), entity.value.as_deref()?))
        })
    }
}

/// A reference as it is written.
fn written(name: &str, out: &mut String) {
    out.push('&');
    out.push_str(name);
    out.push(';');
}

fn is_name(name: &str) -> bool {
    name.starts_with(super::tokens::is_name_start) && !name.contains(is_space)
}

fn character(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    code.ok().and_then(char::from_u32)
}

fn without_tags(text: &str) -> String {
    let mut out = String::new();
    for token in super::tokens::Tokens::new(text) {
        match token {
            super::tokens::Token::Text(text) | super::tokens::Token::Literal(text) => {
                out.push_str(text);
            }
            _ => out.push(' '),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(doctype: &str, text: &str) -> (String, Vec<GapKind>) {
        let mut entities = Entities::default();
        entities.declare(doctype);
        let text = entities.resolved(text).into_owned();
        (text, entities.gaps.iter().map(|gap| gap.kind).collect())
    }

    #[test]
    fn references_are_resolved() {
        for (doctype, text, want) in [
            ("", "&lt;&#x673A;&#23494;&amp;amp;&starf;&nbsp;a & b&", "<机密&amp;★\u{A0}a & b&"),
            ("[<!ENTITY a '机密'><!ENTITY b \"&a;★\">]", "&b;10年", "机密★10年"),
            ("[<!ENTITY a 'x'><!ENTITY a 'y'>]", "&a;", "x"),
            ("[<!ENTITY a '机<b>密</b>'>]", "&a;", "机 密 "),
        ] {
            assert_eq!(told(doctype, text), (want.to_owned(), vec![]), "{doctype} {text}");
        }
    }

    #[test]
    fn what_is_not_in_the_document_is_said() {
        for (doctype, text) in [
            ("[<!ENTITY a SYSTEM 'file:///etc/passwd'>]", "&a;"),
            ("[<!ENTITY a PUBLIC 'x' 'http://x'>]", "&a;"),
            ("[<!ENTITY % a SYSTEM 'x.dtd'> %a;]", ""),
            ("", "&unheard;"),
        ] {
            let (got, gaps) = told(doctype, text);
            assert_eq!((got.as_str(), gaps), (text, vec![GapKind::MissingPart]), "{doctype}");
        }
    }

    #[test]
    fn entities_that_grow_are_not_expanded() {
        let mut laughs = "[<!ENTITY l0 'lol'>".to_owned();
        for n in 1..30 {
            let inner = format!("&l{};", n - 1).repeat(10);
            laughs += &format!("<!ENTITY l{n} '{inner}'>");
        }
        let (text, gaps) = told(&laughs, "&l29;&l3;");
        assert!(text.len() < MAX_GROWTH && text.contains("lollol"), "{}", text.len());
        assert_eq!(gaps, [GapKind::Limit(Limit::Ratio)]);
        let (text, gaps) = told("[<!ENTITY a '&b;'><!ENTITY b '&a;'>]", "&a;机");
        assert_eq!((text.as_str(), gaps), ("&a;机", vec![GapKind::Limit(Limit::Ratio)]));
        // Each is small, and there are many of them.
        let big = format!("[<!ENTITY a '{}'>]", "x".repeat(60_000));
        let mut entities = Entities::default();
        entities.declare(&big);
        let out: usize = (0..2000).map(|_| entities.resolved("&a;").len()).sum();
        assert!(out < 2 * MAX_GROWTH, "{out}");
        assert!(!entities.gaps.is_empty());
    }

    #[test]
    fn entities_that_come_to_nothing_cost_nothing() {
        let mut nothing = "[<!ENTITY l0 ''>".to_owned();
        for n in 1..15 {
            let inner = format!("&l{};", n - 1).repeat(10);
            nothing += &format!("<!ENTITY l{n} '{inner}'>");
        }
        let (text, gaps) = told(&nothing, &"&l14;".repeat(1000));
        assert_eq!(text.len(), 5000);
        assert_eq!(gaps, [GapKind::Limit(Limit::Ratio)]);
    }

    #[test]
    fn what_nothing_refers_to_is_known() {
        let mut entities = Entities::default();
        entities.declare("a [<!ENTITY a '机密'><!-- 注 --><!ENTITY b 'x'>]");
        entities.resolved("&b;");
        assert_eq!(entities.unused().collect::<Vec<_>>(), [("a", "机密")]);
        assert_eq!(entities.comments, [" 注 "]);
    }
}

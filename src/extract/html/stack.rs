//! The elements that are open: what ends what where tags are left out or crossed,
//! in the way browsers mend it, on a stack of bounded depth (HTML, 13.2.6).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::css::{Node, bit};
use super::elements::{end_scope, ends, is_boundary, is_formatting};
use super::look::Look;
use super::tokens::Tag;

/// As deep as browsers nest elements; what stands deeper is text all the same.
const MAX_DEPTH: usize = 512;

/// As many formatting elements of a kind as browsers carry on.
const MAX_ALIKE: usize = 3;

/// Classes of one element that are looked at.
const MAX_CLASSES: usize = 64;

/// An open element.
#[derive(Debug)]
pub(super) struct Open {
    pub tag: Tag,
    /// Tells elements of a name apart by their attributes.
    hash: u64,
    /// What it is called, for selectors to be compared with quickly.
    bits: u64,
    pub look: Look,
}

impl Open {
    pub fn new(tag: Tag) -> Self {
        let mut hasher = DefaultHasher::new();
        if is_formatting(&tag.name) {
            tag.attributes.hash(&mut hasher);
        }
        let mut open = Self { tag, hash: hasher.finish(), bits: 0, look: Look::default() };
        open.bits = open.classes().fold(bit(open.name()) | bit(open.id()), |b, c| b | bit(c));
        open
    }

    pub fn class_list(&self) -> Vec<&str> {
        self.classes().collect()
    }

    fn classes(&self) -> impl Iterator<Item = &str> {
        let classes = self.tag.attr("class").unwrap_or_default();
        classes.split_ascii_whitespace().take(MAX_CLASSES)
    }
}

impl Node for Open {
    fn name(&self) -> &str {
        &self.tag.name
    }

    fn id(&self) -> &str {
        self.tag.attr("id").unwrap_or_default()
    }

    fn has_class(&self, class: &str) -> bool {
        self.classes().any(|known| known == class)
    }

    fn attr(&self, name: &str) -> Option<&str> {
        self.tag.attr(name)
    }

    fn bits(&self) -> u64 {
        self.bits
    }
}

/// What a tag did to the elements that were open.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// The elements that ended, innermost first.
    pub ended: Vec<Open>,
    /// From here on elements stand in others than before, and look different.
    pub changed: Option<usize>,
}

/// The open elements, outermost first.
#[derive(Debug, Default)]
pub(super) struct Stack {
    open: Vec<Open>,
    /// How many of each name are open.
    count: HashMap<String, usize>,
    /// Elements that are open beyond the depth that is kept.
    beyond: usize,
}

impl Stack {
    /// The elements, outermost first.
    pub fn elements(&self) -> &[Open] {
        &self.open
    }

    /// The innermost element.
    pub fn top(&self) -> Option<&Open> {
        self.open.last()
    }

    /// Whether an element of that name is open.
    pub fn has(&self, name: &str) -> bool {
        self.count.get(name).is_some_and(|count| *count > 0)
    }

    /// Takes an element out of its place, to be given another look and put back.
    pub fn take(&mut self, at: usize) -> Option<Open> {
        self.open.get_mut(at).map(|slot| std::mem::replace(slot, Open::new(Tag::default())))
    }

    /// Puts an element back into its place.
    pub fn put_back(&mut self, at: usize, open: Open) {
        if let Some(slot) = self.open.get_mut(at) {
            *slot = open;
        }
    }

    /// Ends what ends where an element of this name begins.
    pub fn make_room(&mut self, name: &str) -> Ended {
        let (ended, within) = ends(name);
        if !ended.iter().any(|name| self.has(name)) {
            return Ended::default();
        }
        let found = self
            .open
            .iter()
            .enumerate()
            .rev()
            .take_while(|(_, open)| !within.contains(&open.name()))
            .find(|(_, open)| ended.contains(&open.name()));
        match found {
            Some((at, _)) if name == "a" => self.remove(at),
            Some((at, _)) => self.cut(at),
            None => Ended::default(),
        }
    }

    /// Opens an element; one that is too deep is only counted.
    pub fn push(&mut self, open: Open) {
        if self.open.len() >= MAX_DEPTH {
            self.beyond += 1;
            return;
        }
        *self.count.entry(open.tag.name.clone()).or_default() += 1;
        self.open.push(open);
    }

    /// Drops the oldest of formatting elements that are all like `new`.
    pub fn thin_out(&mut self, new: &Open) -> Ended {
        if !is_formatting(new.name())
            || self.count.get(new.name()).is_none_or(|count| *count < MAX_ALIKE)
        {
            return Ended::default();
        }
        let alike: Vec<usize> = self
            .open
            .iter()
            .enumerate()
            .rev()
            .take_while(|(_, open)| !is_boundary(open.name()))
            .filter(|(_, open)| open.name() == new.name() && open.hash == new.hash)
            .map(|(at, _)| at)
            .collect();
        match alike.get(MAX_ALIKE - 1) {
            // All alike say the same: nothing looks different for it.
            Some(oldest) => Ended { changed: None, ..self.remove(*oldest) },
            None => Ended::default(),
        }
    }

    /// Ends the element that a tag ends, with what it holds.
    pub fn end(&mut self, name: &str) -> Ended {
        if self.beyond > 0 {
            self.beyond -= 1;
            return Ended::default();
        }
        if !self.has(name) {
            return Ended::default();
        }
        let within = end_scope(name);
        let found = self
            .open
            .iter()
            .enumerate()
            .rev()
            .find(|(_, open)| open.name() == name || within.contains(&open.name()));
        match found.filter(|(_, open)| open.name() == name) {
            // What formatting crosses goes on without it.
            Some((at, _)) if is_formatting(name) => self.remove(at),
            Some((at, _)) => self.cut(at),
            None => Ended::default(),
        }
    }

    /// Ends an element with all it holds, but formatting, which goes on.
    fn cut(&mut self, at: usize) -> Ended {
        let tail = self.open.split_off(at);
        let mut holds = tail.first().is_some_and(|open| is_boundary(open.name()));
        let mut ended = Vec::new();
        for open in tail {
            holds |= !ended.is_empty() && is_boundary(open.name());
            if !ended.is_empty() && !holds && is_formatting(open.name()) {
                self.open.push(open);
            } else {
                self.uncount(open.name());
                ended.push(open);
            }
        }
        ended.reverse();
        Ended { ended, changed: (self.open.len() > at).then_some(at) }
    }

    fn remove(&mut self, at: usize) -> Ended {
        let open = self.open.remove(at);
        self.uncount(open.name());
        Ended { ended: vec![open], changed: (self.open.len() > at).then_some(at) }
    }

    fn uncount(&mut self, name: &str) {
        if let Some(count) = self.count.get_mut(name) {
            *count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is open after `markup`, written `<name` and `/name`.
    fn left(tags: &str) -> String {
        let mut stack = Stack::default();
        for tag in tags.split(' ') {
            if let Some(name) = tag.strip_prefix('/') {
                stack.end(name);
            } else {
                stack.make_room(tag);
                let open = Open::new(Tag { name: tag.into(), ..Tag::default() });
                stack.thin_out(&open);
                stack.push(open);
            }
        }
        stack.elements().iter().map(|open| open.name().to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_left_open_is_ended_as_browsers_do() {
        for (tags, want) in [
            ("p p", "p"),
            ("p b p", "b p"),
            ("p span p", "p"),
            ("div p /div", ""),
            ("b p /b", "p"),
            ("b i /b", "i"),
            ("ul li ul li li", "ul li ul li"),
            ("table tr td td tr", "table tr"),
            ("table tr td table tr td /td", "table tr td table tr"),
            ("table tr td div /table", ""),
            ("div table tr td /div", "div table tr td"),
            ("p table", "table"),
            ("p button p", "p button p"),
            ("table tr td b /td td", "table tr td"),
            ("dl dt dd", "dl dd"),
            ("select option option /select", ""),
            ("a a", "a"),
            ("/p /b", ""),
            ("p b b b b b p", "b b b p"),
        ] {
            assert_eq!(left(tags), want, "{tags}");
        }
    }

    #[test]
    fn depth_is_bounded_and_tags_still_match() {
        let mut stack = Stack::default();
        let tag = |name: &str| Tag { name: name.into(), ..Tag::default() };
        stack.push(Open::new(tag("section")));
        for _ in 0..10_000 {
            stack.push(Open::new(tag("div")));
        }
        assert_eq!(stack.elements().len(), MAX_DEPTH);
        for _ in 0..10_000 {
            stack.end("div");
        }
        assert_eq!(stack.elements().len(), 1);
    }
}

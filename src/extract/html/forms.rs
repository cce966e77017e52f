//! Fields of forms: what a reader sees in them, and what stands in them unseen.

use super::tokens::Tag;

/// Options of one list that are kept.
const MAX_OPTIONS: usize = 10_000;

/// A list to choose from.
#[derive(Debug, Default)]
pub(super) struct Select {
    pub label: String,
    /// Whether it is no part of what is seen.
    pub gone: bool,
    /// Whether all of it is seen, and not just what is chosen.
    pub is_open: bool,
    /// Texts, and whether each is chosen.
    pub options: Vec<(String, bool)>,
}

impl Select {
    /// What is seen of it, and what is not.
    pub fn parted(mut self) -> (Vec<String>, Vec<String>) {
        self.options.retain(|(text, _)| !text.trim().is_empty());
        if !self.is_open
            && !self.options.iter().any(|(_, chosen)| *chosen)
            && let Some(first) = self.options.first_mut()
        {
            first.1 = true;
        }
        let (seen, unseen): (Vec<_>, Vec<_>) =
            self.options.into_iter().partition(|(_, chosen)| *chosen || self.is_open);
        let text = |options: Vec<(String, bool)>| {
            options.into_iter().map(|(text, _)| text.trim().to_owned()).collect()
        };
        (text(seen), text(unseen))
    }
}

/// The fields that are open.
#[derive(Debug, Default)]
pub(super) struct Forms {
    select: Option<Select>,
}

impl Forms {
    /// Whether text goes into a field.
    pub fn is_open(&self) -> bool {
        self.select.is_some()
    }

    pub fn begin_select(&mut self, select: Select) {
        self.select = Some(select);
    }

    pub fn begin_option(&mut self, tag: &Tag) {
        if let Some(select) = self.select.as_mut().filter(|s| s.options.len() < MAX_OPTIONS) {
            let label = tag.attr("label").unwrap_or_default().to_owned();
            select.options.push((label, tag.has("selected")));
        }
    }

    /// Takes text, if it goes into a field.
    pub fn push(&mut self, text: &str) -> bool {
        let Some(select) = &mut self.select else { return false };
        if let Some((option, _)) = select.options.last_mut() {
            option.push_str(text);
        }
        true
    }

    pub fn end_select(&mut self) -> Option<Select> {
        self.select.take()
    }
}

/// What an `<input>` shows.
#[derive(Debug, PartialEq)]
pub(super) enum Input<'a> {
    /// Words in the line: a button's.
    Words(&'a str),
    /// A value in a field.
    Value(&'a str),
    /// A value that is sent and not seen.
    Unseen(&'a str),
    /// A picture.
    Picture,
    Nothing,
}

/// Told by its type and value.
pub(super) fn input(tag: &Tag) -> Input<'_> {
    let kind = tag.attr("type").unwrap_or("text").trim().to_ascii_lowercase();
    let value = tag.attr("value").unwrap_or_default();
    match kind.as_str() {
        "hidden" if is_token(value) => Input::Nothing,
        "hidden" => Input::Unseen(value),
        "submit" | "button" | "reset" => Input::Words(value),
        "checkbox" | "radio" => Input::Words(if tag.has("checked") { "☑" } else { "☐" }),
        "image" => Input::Picture,
        "file" | "range" | "color" => Input::Nothing,
        _ if value.is_empty() => Input::Value(tag.attr("placeholder").unwrap_or_default()),
        _ => Input::Value(value),
    }
}

/// A long word of random letters says nothing to anybody.
fn is_token(value: &str) -> bool {
    let is_letter =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_');
    value.len() >= 40 && value.bytes().all(is_letter)
}

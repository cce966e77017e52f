//! HTML: text as a reader of the page sees it, line by line, and beside it what
//! the page says without showing it.

pub(super) mod css;
pub(super) mod data;
mod elements;
mod encoding;
mod flow;
mod forms;
mod linked;
mod look;
mod meaning;
mod page;
mod stack;
mod tables;
#[cfg(test)]
mod tests;
mod tokens;
mod word;

pub(super) use linked::with_styles;

use css::Sheet;
use css::sheet::medium;
use page::{Packed, Page};
use tokens::{Token, tokens};

use super::plain::Labelled;
use super::unread::{EXTERNAL_LINKS, tell_pictures_beside};
use super::{Budget, Extraction};
use crate::model::{BlockHead, Gap, GapKind, Origin, Region, Submission, TextBuilder};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let label = encoding::label(&submission.bytes);
    let Labelled { text: markup, encoding, mut gaps, mut notes } =
        Labelled::read(submission, label.as_deref(), budget);
    let markup = markup.as_str();
    let is_xml = is_xml(markup);
    let sheet = styles_of(markup, is_xml);
    let mut page = Page::new(sheet, is_xml, budget);
    page.read(markup);
    page.finish();
    gaps.append(&mut page.gaps);
    let Page { flow, properties, packed, pictures, outside, .. } = page;
    let (letters, pages) = (flow.letters, flow.page);
    let mut text = flow.finish();
    put_properties(&mut text, &properties);
    let mut children = Vec::new();
    let pictures = pictures + unpack(submission, packed, budget, &mut children, &mut gaps);
    tell_pictures_beside(pictures, letters, &mut gaps, &mut notes);
    notes.extend(EXTERNAL_LINKS.note(outside));
    Extraction {
        encoding: Some(encoding),
        pages: Some(pages),
        text: text.finish(),
        children,
        gaps,
        notes,
        ..Extraction::default()
    }
}

/// Whether the page is XML, where any element may close itself.
fn is_xml(markup: &str) -> bool {
    let head: String = markup.trim_start().chars().take(1024).collect();
    head.starts_with("<?xml")
        || head.contains("xmlns=\"http://www.w3.org/1999/xhtml\"") && head.contains("DTD XHTML")
}

/// The rules of all style sheets of the page: one that comes late holds for what
/// came before it too.
fn styles_of(markup: &str, is_xml: bool) -> Sheet {
    let mut sheet = Sheet::default();
    if !has_styles(markup) {
        return sheet;
    }
    let mut inside: Option<String> = None;
    for token in tokens(markup, is_xml) {
        match token {
            Token::Start(tag) if tag.name == "style" => {
                let for_screen = tag.attr("media").is_none_or(medium);
                inside = (for_screen && !(tag.closed && is_xml)).then(String::new);
            }
            Token::Text(text) => {
                if let Some(css) = &mut inside {
                    css.push_str(&text);
                }
            }
            Token::Comment(words) => {
                if let Some(css) = &mut inside {
                    css.push_str(&words);
                }
            }
            Token::End(name) if name == "style" => {
                if let Some(css) = inside.take() {
                    sheet.add(&css);
                }
            }
            _ => {}
        }
    }
    sheet
}

fn has_styles(markup: &str) -> bool {
    memchr::memchr_iter(b'<', markup.as_bytes()).any(|at| {
        markup.as_bytes().get(at + 1..at + 6).is_some_and(|n| n.eq_ignore_ascii_case(b"style"))
    })
}

fn put_properties(text: &mut TextBuilder, properties: &[(String, String)]) {
    for (name, value) in properties {
        let label = name.trim().chars().take(100).collect();
        let head = BlockHead { region: Region::Property, label, ..BlockHead::default() };
        let value = value.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        if !value.is_empty() {
            text.block(&head, &value);
        }
    }
}

/// Makes children of what is packed in the page. Gives how many of it are
/// pictures, which are not taken out.
fn unpack(
    submission: &Submission,
    packed: Vec<Packed>,
    budget: &mut Budget,
    children: &mut Vec<Submission>,
    gaps: &mut Vec<Gap>,
) -> usize {
    let mut pictures = 0;
    for (number, packed) in packed.into_iter().enumerate() {
        let number = number + 1;
        let (name, bytes) = match packed {
            Packed::Frame(markup) => (format!("frame-{number}.html"), markup.into_bytes()),
            Packed::Data(address) => match data::data(&address) {
                Some(data) if data.is_picture() => {
                    pictures += usize::from(data.is_image_of_weight());
                    continue;
                }
                Some(data) => (format!("data-{number}.{}", data.extension()), data.bytes),
                None => {
                    let words = format!("a data: address (no. {number}) cannot be decoded");
                    gaps.push(Gap::new(GapKind::Damaged, words));
                    continue;
                }
            },
        };
        if let Err(gap) = budget.spend_bytes(bytes.len() as u64) {
            gaps.push(gap);
            break;
        }
        children.push(submission.child(name, Origin::Embedded, bytes));
    }
    pictures
}

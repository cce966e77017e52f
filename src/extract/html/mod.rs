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

use super::plain::guessed;
use super::{Budget, Extraction, charset};
use crate::model::{BlockHead, Gap, GapKind, Note, Origin, Region, Submission, TextBuilder, Words};

/// Fewer letters than this beside pictures are no text: a scan on a page.
const SCAN_LETTERS: usize = 16;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let label = encoding::label(&submission.bytes);
    let limit = budget.text_limit();
    let decoded = charset::decode_labelled(&submission.bytes, label.as_deref(), limit);
    let mut gaps: Vec<Gap> = decoded.gap().into_iter().collect();
    if decoded.cut {
        gaps.push(budget.text_gap());
    }
    let encoding = decoded.encoding();
    let mut notes: Vec<Note> = guessed(encoding.name, encoding.confidence).into_iter().collect();
    let markup = decoded.text.as_str();
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
    if pictures > 0 && letters < SCAN_LETTERS {
        gaps.push(Gap::new(GapKind::ImageOnly, format!("{pictures} pictures and hardly any text")));
    } else if pictures > 0 {
        notes.push(Note {
            id: "pictures",
            message: Words::new(
                format!("{pictures} pictures, whose content was not read"),
                format!("含{pictures}幅图片，图中内容未读取"),
            ),
        });
    }
    if outside > 0 {
        notes.push(Note {
            id: "external-links",
            message: Words::new(
                format!("{outside} links to content outside the document"),
                format!("有{outside}处链接指向文档之外的内容"),
            ),
        });
    }
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

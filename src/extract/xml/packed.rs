//! What is packed in the text of XML and JSON: files in base64, and pages written with
//! references in the place of their tags.

use crate::extract::office::base64;
use crate::extract::{Budget, Format, image, sniff};
use crate::model::{Gap, Origin, Submission};

/// Shorter text is no file.
const SHORTEST: usize = 128;

/// Pictures with fewer bytes than this are icons.
const WEIGHT: usize = 4 << 10;

/// What is packed in one file.
#[derive(Debug)]
pub(in crate::extract) struct Packed<'s> {
    submission: &'s Submission,
    pub children: Vec<Submission>,
    pub pictures: usize,
    /// Pages and pieces of pages, one after the other.
    markup: String,
    gap: Option<Gap>,
}

impl<'s> Packed<'s> {
    pub fn new(submission: &'s Submission) -> Self {
        let (children, markup) = (Vec::new(), String::new());
        Self { submission, children, pictures: 0, markup, gap: None }
    }

    /// Takes what is packed in a text. Gives false for one that is text.
    pub fn take(&mut self, text: &str, budget: &mut Budget) -> bool {
        let text = text.trim();
        if text.starts_with('<') {
            return self.markup(text, budget);
        }
        if text.len() < SHORTEST || !is_base64(text) {
            return false;
        }
        let bytes = base64::decode(text);
        match sniff(&bytes) {
            Format::Empty | Format::Other("application/octet-stream") => return false,
            Format::Plain if std::str::from_utf8(&bytes).is_err() => return false,
            format if is_picture(format) && !image::is_drawing_with_text(&bytes, budget) => {
                self.pictures += usize::from(bytes.len() >= WEIGHT);
                return true;
            }
            _ => {}
        }
        let name = format!("packed-{}.bin", self.children.len() + 1);
        self.child(name, bytes, budget);
        true
    }

    fn markup(&mut self, text: &str, budget: &mut Budget) -> bool {
        if !text.contains("</") && !text.contains("/>") {
            return false;
        }
        match sniff(text.as_bytes()) {
            Format::Html => {
                self.markup.push_str(text);
                self.markup.push('\n');
            }
            Format::Other("application/xml" | "image/svg+xml") => {
                let name = format!("packed-{}.xml", self.children.len() + 1);
                self.child(name, text.as_bytes().to_vec(), budget);
            }
            _ => return false,
        }
        true
    }

    fn child(&mut self, name: String, bytes: Vec<u8>, budget: &mut Budget) {
        if self.gap.is_none() {
            self.gap = budget.spend_bytes(bytes.len() as u64).err();
        }
        if self.gap.is_none() {
            self.children.push(self.submission.child(name, Origin::Embedded, bytes));
        }
    }

    /// Puts the pages down; gives the limit that was reached, if any.
    pub fn finish(&mut self, budget: &mut Budget) -> Option<Gap> {
        let markup = std::mem::take(&mut self.markup);
        if !markup.is_empty() {
            let mark: &[u8] = if markup.is_ascii() { b"" } else { b"\xEF\xBB\xBF" };
            self.child("packed.html".to_owned(), [mark, markup.as_bytes()].concat(), budget);
        }
        self.gap.take()
    }
}

fn is_picture(format: Format) -> bool {
    let media_type = format.media_type();
    media_type.starts_with("image/") && media_type != "image/svg+xml"
}

fn is_base64(text: &str) -> bool {
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    text.bytes().all(|b| is_digit(b) || b.is_ascii_whitespace())
        // Words have blanks between them, lines of base64 are long.
        && text.split_ascii_whitespace().next().is_some_and(|line| line.len() >= 60)
}

//! Files encoded as text for transfer, on their own: uuencode and yEnc.

use super::body::take_files;
use super::page::Page;
use super::words;
use crate::extract::{Budget, Extraction, charset};
use crate::model::{Origin, Region, Submission};

/// Reads a text with such files in it: a child for each, and the lines between.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let taken = take_files(submission.bytes[..].into());
    let mut out = Extraction { pages: Some(1), ..Extraction::default() };
    for (file, gap) in taken.files {
        let name = words::decode(&file.name, None);
        let mut child = submission.child(name, Origin::Member, file.bytes);
        child.gaps.extend(gap);
        out.children.push(child);
    }
    let text = charset::decode(&taken.text, budget.text_limit());
    out.gaps.extend(text.gap().filter(|_| !taken.text.trim_ascii().is_empty()));
    let mut page = Page::new();
    page.lines(Region::Body, &text.text, budget);
    let (text, gap) = page.finish();
    out.text = text;
    out.gaps.extend(gap);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    #[test]
    fn files_are_children_and_what_stands_between_is_text() {
        let text = b"begin 644 a.txt\n#86)C\n`\nend\nbetween\nbegin 644 b.txt\n#86)C\n`\nend\n";
        let submission = Submission::file("a.uu", &text[..]);
        let read = read(&submission, &mut Budget::new(Limits::default()));
        let names: Vec<_> =
            read.children.iter().map(|c| (c.provenance.name(), &*c.bytes)).collect();
        assert_eq!(names, [("a.txt", &b"abc"[..]), ("b.txt", &b"abc"[..])]);
        assert_eq!(read.text.as_str(), "between\n");
        assert!(read.gaps.is_empty());
    }
}

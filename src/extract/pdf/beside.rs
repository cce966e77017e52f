//! What a document holds beside its pages: properties, annotations, form
//! fields, embedded files.

use memchr::memmem;
use pdfrum::Document;

use crate::extract::{Budget, Extraction};
use crate::model::{BlockHead, Origin, Region, Submission};

/// Whether there may be any of it. Where objects are packed in streams the
/// words cannot be seen, so that counts as well.
pub(super) fn hinted(bytes: &[u8]) -> bool {
    const WORDS: [&[u8]; 7] = [
        b"/Annots",
        b"/AcroForm",
        b"/EmbeddedFile",
        b"/Filespec",
        b"/Info",
        b"/Metadata",
        b"/ObjStm",
    ];
    WORDS.iter().any(|word| memmem::find(bytes, word).is_some())
}

/// Adds it to what was read.
pub(super) fn read(
    document: &Document,
    submission: &Submission,
    budget: &mut Budget,
    into: &mut Extraction,
) {
    let mut found: Vec<(BlockHead, String)> = Vec::new();
    properties(document, &mut found);
    annotations(document, &mut found);
    fields(document, &mut found);
    found.retain(|(_, text)| !text.trim().is_empty());
    for (head, text) in &found {
        into.text.append(head, text);
    }
    for (number, attachment) in (1..).zip(document.attachments()) {
        let Some(data) = attachment.data() else { continue };
        if let Err(gap) = budget.spend_bytes(data.len() as u64) {
            into.gaps.push(gap);
            return;
        }
        let name = attachment.file_name();
        let name = if name.is_empty() { format!("embedded-{number}") } else { name };
        into.children.push(submission.child(name, Origin::Embedded, data));
    }
}

fn head(region: Region, page: u32, label: &str) -> BlockHead {
    BlockHead { region, page, label: label.to_owned(), ..BlockHead::default() }
}

fn properties(document: &Document, found: &mut Vec<(BlockHead, String)>) {
    let meta = document.metadata();
    let named = [
        ("title", meta.title),
        ("subject", meta.subject),
        ("keywords", meta.keywords),
        ("author", meta.author),
    ];
    for (label, value) in named {
        found.extend(value.map(|value| (head(Region::Property, 0, label), value)));
    }
    for (label, value) in meta.custom {
        found.push((head(Region::Property, 0, &label), value));
    }
}

fn annotations(document: &Document, found: &mut Vec<(BlockHead, String)>) {
    for (number, page) in (1..).zip(document.pages()) {
        for annotation in page.annotations() {
            let said = annotation.contents();
            found.extend(said.map(|said| (head(Region::Annotation, number, ""), said)));
        }
    }
}

fn fields(document: &Document, found: &mut Vec<(BlockHead, String)>) {
    let Some(form) = document.form() else { return };
    for field in form.fields() {
        found.push((head(Region::FormField, 0, field.name()), field.value()));
    }
}

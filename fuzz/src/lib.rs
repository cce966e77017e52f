//! What must hold of every reader, whatever it is fed: it ends, within its
//! budget, without a panic, in text whose places are true or in a named gap.

use vetmark::extract::{Budget, Format, Limits, extract, extract_as};
use vetmark::model::{GapKind, Submission};

/// Limits small enough that a run is not spent on what is merely large.
fn limits() -> Limits {
    Limits {
        bytes: 16 << 20,
        ratio: 500,
        parts: 200,
        depth: 8,
        pages: 200,
        text: 8 << 20,
        lines: 200_000,
        cells: 10_000,
        steps: 2_000_000,
    }
}

/// Reads bytes as a format, whatever they are.
pub fn read(format: Format, bytes: &[u8]) {
    let submission = Submission::file("input", bytes);
    check(extract_as(format, &submission, &mut Budget::new(limits())));
}

/// Reads bytes as what they are taken for.
pub fn tell(bytes: &[u8]) {
    let submission = Submission::file("input", bytes);
    check(extract(&submission, &mut Budget::new(limits())));
}

fn check(read: vetmark::extract::Extraction) {
    for gap in &read.gaps {
        assert!(gap.kind != GapKind::Crashed, "a reader panicked: {}", gap.detail);
    }
    let text = &read.text;
    let mut end = 0;
    for block in text.blocks() {
        let span = block.span();
        assert!(span.start >= end, "blocks overlap at {}", span.start);
        end = span.end;
        assert!(!text.block_text(block).contains(['\n', '\r']), "a block holds a line end");
        assert!(text.styles_in(span.clone()).all(|(part, _)| part.start < part.end));
    }
}

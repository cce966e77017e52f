//! What must hold, whatever it is fed: of every reader that it ends, within its
//! budget, without a panic, in text whose places are true or in a named gap; of
//! everything else that it ends in an answer or a refusal.

use vetmark::detect::detect;
use vetmark::dictionary::{Dictionary, Key};
use vetmark::extract::{Budget, Format, Limits, extract, extract_as};
use vetmark::model::{GapKind, Submission};
use vetmark::normalize::fold;

/// Limits small enough that a run is not spent on what is merely large.
pub fn limits() -> Limits {
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

/// The bytes of `base` with edits made to them: three bytes each, a place and what
/// stands there then. Where the first bit is set, the rest is cut off there.
pub fn edited(base: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = base.to_vec();
    for [high, low, value] in edits.as_chunks::<3>().0 {
        let at = usize::from(u16::from_be_bytes([high & 0x7F, *low]));
        match bytes.get_mut(at) {
            Some(_) if high & 0x80 != 0 => bytes.truncate(at),
            Some(byte) => *byte = *value,
            None => {}
        }
    }
    bytes
}

/// A key that is no secret.
pub fn key() -> Key {
    let bytes: Vec<u8> = (0..64).map(|n: u8| n.wrapping_mul(37) ^ 0xA5).collect();
    Key::read(&bytes).expect("bytes of all kinds")
}

/// A scope file with something of everything that an entry can have.
pub const SCOPE: &str = r#"
[lists]
law = ["re:^第[一二三四五六七八九十]+条", "本办法"]

[scope]
id = "own.list"
name.zh = "本单位清单"
name.en = "Own list"
category = "economy"
issued_by = ["某局"]
valid_from = "2020-01-01"
certainty = "seen"

[[entry]]
id = "own.list.1"
number = "1"
name.zh = "尚未公布的统计数据"
name.en = "Unpublished statistics"
matter = "尚未公布的统计数据"
level = "机密"
terms = ["统计数据", "statistics"]
all_of = [["报告", "报表"]]
exclusions = ["已公布", { any = ["@law"], within = "paragraph" }]
examples = ["现将统计数据的报告印发你们。"]
negative_examples = ["统计数据的报告已公布。"]

[[entry]]
id = "own.list.2"
number = "2"
name.zh = "巡检路线"
name.en = "Routes"
matter = "巡检路线"
level = "秘密"
terms = ["巡检路线", "再别库"]
"#;

/// A text in which that finds something.
pub const TEXT: &str = "机密★10年\n关于统计数据的报告\n巡检路线与再别库的statistics。\n2024年3月1日\n";

/// Holds what is found in a text against the text, and folds it there and back.
pub fn find(text: &str, dictionary: &Dictionary) {
    let submission = Submission::file("input.txt", text.as_bytes());
    let read = extract_as(Format::Plain, &submission, &mut Budget::new(limits()));
    let source = read.text.as_str();
    let found = detect(&read.text, &fold(source), dictionary);
    let mut last = 0;
    for finding in found.findings {
        let slice = source.get(finding.span.clone());
        assert!(slice.is_some_and(|slice| !slice.is_empty()), "{}: {:?}", finding.rule, finding.span);
        // Of a known document the report quotes nothing.
        assert!(finding.quote.is_none() || finding.quote.as_deref() == slice, "{}", finding.rule);
        last = last.max(finding.span.end);
    }
    assert!(last <= source.len());
}

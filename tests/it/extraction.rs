//! What each reader makes of small files: `tests/fixtures/extract/<format>/`
//! holds them, named by what they show, each with its golden `<name>.txt` beside
//! it. A new case is a new file. `UPDATE_GOLDEN=1 cargo test` writes what is read
//! today; the difference is for a person to read.

#![allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use vetmark::extract::{Budget, Extraction, Limits, extract};
use vetmark::model::{Align, Block, Submission};

use crate::house::{files, name, tree};

#[test]
fn readers_see_what_they_saw() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for fixture in fixtures() {
        seen += 1;
        let got = dump(&read(&fixture, fs::read(&fixture).unwrap()));
        let golden = golden(&fixture);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &got).unwrap();
            continue;
        }
        match fs::read_to_string(&golden) {
            Ok(want) if want == got => {}
            Ok(want) => wrong.push(format!("{}\n{}", golden.display(), difference(&want, &got))),
            Err(_) => wrong.push(format!("{} is missing", golden.display())),
        }
    }
    assert!(seen >= 60, "only {seen} fixtures found");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn line_ends_make_no_difference() {
    let mut seen = 0;
    for fixture in fixtures() {
        let format = fixture.parent().map(name).unwrap_or_default();
        let bytes = fs::read(&fixture).unwrap();
        // In UTF-16 and UTF-32 a line end is more than one byte.
        if !matches!(format.as_str(), "plain" | "html") || bytes.contains(&0) {
            continue;
        }
        seen += 1;
        let crlf = bytes.split(|b| *b == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
        let (lf, crlf) = (dump(&read(&fixture, bytes)), dump(&read(&fixture, crlf)));
        assert_eq!(lf, crlf, "{}", fixture.display());
    }
    assert!(seen >= 15, "only {seen} text fixtures found");
}

/// What a text promises (`SourceText`), held for every fixture and document.
#[test]
fn blocks_are_in_order_and_hold_no_line_end() {
    let mut seen = 0;
    let collections = ["sample", "marks", "traps", "folded", "hostile"];
    let documents =
        collections.iter().flat_map(|c| files(&tree("corpora").join(c).join("documents")));
    for path in fixtures().into_iter().chain(documents) {
        seen += 1;
        let extraction = read(&path, fs::read(&path).unwrap());
        let text = &extraction.text;
        let mut end = 0;
        for block in text.blocks() {
            let span = block.span();
            assert!(span.start >= end && span.end >= span.start, "{}: {span:?}", path.display());
            let inside = text.as_str().get(span.clone()).expect("a block is a slice of the text");
            assert!(!inside.contains('\n'), "{}: {inside:?}", path.display());
            end = span.end;
        }
        assert!(end <= text.as_str().len(), "{}", path.display());
    }
    assert!(seen >= 250, "only {seen} files");
}

fn fixtures() -> Vec<PathBuf> {
    let root = tree("tests/fixtures/extract");
    let mut formats: Vec<_> = fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).collect();
    formats.retain(|path| path.is_dir());
    formats.sort();
    let all = formats.iter().flat_map(|format| files(format));
    // `header.docx.txt` is the golden of `header.docx`; `utf-8.txt` is a fixture.
    all.filter(|path| {
        path.extension().is_none_or(|e| e != "txt") || !path.with_extension("").is_file()
    })
    .collect()
}

fn golden(fixture: &Path) -> PathBuf {
    fixture.with_file_name(name(fixture) + ".txt")
}

fn read(path: &Path, bytes: Vec<u8>) -> Extraction {
    let mut budget = Budget::new(Limits::default());
    extract(&Submission::file(name(path), bytes), &mut budget)
}

/// Everything that was read, a line a block: `p1 l2 body | text`.
fn dump(extraction: &Extraction) -> String {
    let mut out = format!("format {}\n", extraction.format.media_type());
    if let Some(pages) = extraction.pages {
        let _ = writeln!(out, "pages {pages}");
    }
    if let Some(encoding) = &extraction.encoding {
        let _ = writeln!(out, "encoding {}", encoding.name);
    }
    for gap in &extraction.gaps {
        let _ = writeln!(out, "{} | {}", gap.kind.rule(), gap.detail);
    }
    for note in &extraction.notes {
        let _ = writeln!(out, "note {} | {}", note.id, note.message.en);
    }
    for block in extraction.text.blocks() {
        let _ = writeln!(out, "{} | {}", head(extraction, block), shown(extraction, block));
    }
    for child in &extraction.children {
        let gaps: Vec<_> = child.gaps.iter().map(|gap| gap.kind.rule()).collect();
        let name = child.provenance.name();
        let _ = writeln!(
            out,
            "child {:?} {name:?} {} bytes {}",
            child.origin,
            child.bytes.len(),
            gaps.join(" ")
        );
    }
    // A golden with blanks at line ends would not survive an editor.
    out.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn head(extraction: &Extraction, block: &Block) -> String {
    let text = &extraction.text;
    let mut head = Vec::new();
    if block.page > 0 {
        head.push(format!("p{}", block.page));
    }
    if block.line > 0 {
        head.push(format!("l{}", block.line));
    }
    head.push(serde_json::to_value(block.region).unwrap().as_str().unwrap().to_owned());
    if block.align != Align::Unknown {
        head.push(format!("{:?}", block.align).to_lowercase());
    }
    if block.group > 0 {
        head.push(format!("group {}", block.group));
    }
    if !text.label(block).is_empty() {
        head.push(format!("[{}]", text.label(block)));
    }
    head.join(" ")
}

/// The text of a block. Characters nobody sees are written out, and so is what
/// is struck, hidden or deleted: `kept{deleted gone}kept`.
fn shown(extraction: &Extraction, block: &Block) -> String {
    let text = &extraction.text;
    let mut out = String::new();
    let mut at = block.span().start;
    for (span, style) in text.styles_in(block.span()) {
        let flags: Vec<_> =
            [("struck", style.struck), ("hidden", style.hidden), ("deleted", style.deleted)]
                .into_iter()
                .filter_map(|(flag, on)| on.then_some(flag))
                .collect();
        if flags.is_empty() {
            continue;
        }
        out.push_str(&visible(&text.as_str()[at..span.start]));
        let _ = write!(out, "{{{} {}}}", flags.join(" "), visible(&text.as_str()[span.clone()]));
        at = span.end;
    }
    out + &visible(&text.as_str()[at..block.span().end])
}

fn visible(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let unseen = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}');
        if unseen || c.is_control() {
            let _ = write!(out, "{}", c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

fn difference(want: &str, got: &str) -> String {
    let mut out = String::new();
    let (want, got): (Vec<_>, Vec<_>) = (want.lines().collect(), got.lines().collect());
    for at in 0..want.len().max(got.len()) {
        let (want, got) = (want.get(at), got.get(at));
        if want != got {
            for (sign, line) in [('-', want), ('+', got)] {
                if let Some(line) = line {
                    let _ = writeln!(out, "  {sign} {line}");
                }
            }
        }
    }
    out
}

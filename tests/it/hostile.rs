//! Bombs, loops and other malice, made while the test runs. Each must end in the
//! named gap within the budget, and must not cost its neighbours their reading.
//!
//! Small hostile documents with a label are in `corpora/hostile`.

#![allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

use std::fmt::Write as _;

use vetmark::extract::Limits;
use vetmark::model::{Examination, Submission, Verdict};
use vetmark::pipeline::Pipeline;

use crate::builders::{
    CHECKSUM, METHOD, RELS, SIZE, TYPES, W, docx, docx_of, doubling_pages, multiplying_forms,
    nested, one_page, overlapping, patched, pdf, stream, zip,
};
use crate::house::{TODAY, dictionary, files, name, rules, tree};

const MIB: usize = 1 << 20;

/// What a matter may cost here: little, so that reaching it takes no time.
fn small() -> Limits {
    Limits {
        bytes: 16 << 20,
        ratio: 200,
        parts: 200,
        depth: 8,
        pages: 500,
        text: 8 << 20,
        steps: 2_000_000,
        ..Limits::default()
    }
}

fn examine(name: &str, bytes: Vec<u8>) -> Examination {
    Pipeline::new(dictionary(), small(), TODAY).examine(Submission::file(name, bytes))
}

/// One case: what it is called, its bytes, and the gaps of which one at least must be named.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    gaps: &'static [&'static str],
}

fn check(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for case in cases {
        let examination = examine(case.name, case.bytes);
        let seen = gaps(&examination);
        let named = case.gaps.iter().any(|gap| seen.iter().any(|seen| seen == gap));
        let crashed = seen.iter().any(|gap| gap == "gap.crashed");
        if !named || crashed || examination.verdict < Verdict::Incomplete {
            let verdict = examination.verdict.name();
            wrong.push(format!("{}: {verdict} {seen:?}, want {:?}", case.name, case.gaps));
        }
        let coverage = examination.coverage;
        assert_eq!(coverage.parts, coverage.read + coverage.unread + coverage.excluded);
        assert!(coverage.parts <= u64::from(small().parts) * 2, "{}: {coverage:?}", case.name);
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

/// Gaps by rule, with the name of the limit: `gap.limit:bytes`.
fn gaps(examination: &Examination) -> Vec<String> {
    let gaps = examination.parts.iter().flat_map(|part| &part.gaps);
    gaps.map(|gap| serde_json::to_value(gap).unwrap())
        .map(|gap| match gap["limit"].as_str() {
            Some(limit) => format!("gap.limit:{limit}"),
            None => gap["rule"].as_str().unwrap().to_owned(),
        })
        .collect()
}

#[test]
fn archives_end_in_the_named_gap() {
    check(vec![
        Case {
            name: "zeros.zip",
            bytes: zip(&[("zeros.txt", &vec![b'0'; 64 * MIB])]),
            gaps: &["gap.limit:bytes", "gap.limit:ratio"],
        },
        Case {
            name: "many-bombs.zip",
            bytes: {
                let bomb = vec![b' '; 4 * MIB];
                let names: Vec<_> = (0..12).map(|n| format!("{n}.txt")).collect();
                zip(&names.iter().map(|name| (name.as_str(), &bomb[..])).collect::<Vec<_>>())
            },
            gaps: &["gap.limit:bytes"],
        },
        Case { name: "matryoshka.zip", bytes: nested(40), gaps: &["gap.limit:depth"] },
        Case {
            name: "crowd.zip",
            bytes: {
                let names: Vec<_> = (0..2000).map(|n| format!("{n}.txt")).collect();
                zip(&names.iter().map(|name| (name.as_str(), &b"x"[..])).collect::<Vec<_>>())
            },
            gaps: &["gap.limit:parts"],
        },
        // A thousand entries of the directory point to one member.
        Case {
            name: "overlapping.zip",
            bytes: overlapping(1000, MIB),
            gaps: &["gap.limit:bytes", "gap.limit:parts", "gap.damaged"],
        },
        Case {
            name: "no-directory.zip",
            bytes: b"PK\x03\x04".repeat(4000),
            gaps: &["gap.damaged"],
        },
        Case {
            name: "unknown-method.zip",
            bytes: patched(zip(&[("a.txt", b"plain words")]), METHOD, &[99, 0]),
            gaps: &["gap.unsupported", "gap.damaged", "gap.encrypted"],
        },
        Case {
            name: "wrong-checksum.zip",
            bytes: patched(zip(&[("a.txt", b"plain words")]), CHECKSUM, &[1, 2, 3, 4]),
            gaps: &["gap.damaged"],
        },
    ]);
}

#[test]
fn word_files_end_in_the_named_gap() {
    let deep = |levels| {
        let open = "<w:tbl><w:tr><w:tc>".repeat(levels);
        format!(
            "{open}<w:p><w:r><w:t>深</w:t></w:r></w:p>{}",
            "</w:tc></w:tr></w:tbl>".repeat(levels)
        )
    };
    let text = |count| format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "话".repeat(count));
    check(vec![
        Case {
            name: "deep.docx",
            bytes: docx(&deep(20_000)),
            gaps: &["gap.limit:depth", "gap.limit:time", "gap.damaged"],
        },
        Case {
            name: "long-text.docx",
            bytes: docx(&text(4 * MIB)),
            gaps: &["gap.limit:bytes", "gap.limit:text", "gap.limit:ratio"],
        },
        Case {
            name: "many-events.docx",
            bytes: docx(&"<w:p/>".repeat(2_100_000)),
            gaps: &["gap.limit:time", "gap.limit:bytes", "gap.limit:ratio"],
        },
        Case { name: "unclosed.docx", bytes: docx("<w:p><w:r><w:t>开"), gaps: &["gap.damaged"] },
        Case {
            name: "no-document.docx",
            bytes: zip(&[
                ("[Content_Types].xml", TYPES.as_bytes()),
                ("_rels/.rels", RELS.as_bytes()),
            ]),
            gaps: &["gap.damaged"],
        },
    ]);
}

/// Entities that multiply: not expanded, whatever else is said of the file.
#[test]
fn entities_do_not_multiply() {
    let mut laughs =
        String::from("<?xml version=\"1.0\"?><!DOCTYPE w:document [<!ENTITY a0 \"ha\">");
    for level in 1..30 {
        let _ = write!(laughs, "<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10));
    }
    let _ = write!(
        laughs,
        "<!ENTITY file SYSTEM \"file:///etc/hostname\">]><w:document xmlns:w=\"{W}\"><w:body><w:p><w:r>\
         <w:t>&a29;&file;</w:t></w:r></w:p></w:body></w:document>"
    );
    let examination = examine("laughs.docx", docx_of(&laughs));
    assert!(!gaps(&examination).contains(&"gap.crashed".to_owned()));
    assert!(examination.verdict >= Verdict::Incomplete, "what was not expanded was not read");
}

#[test]
fn pdf_files_end_in_the_named_gap() {
    check(vec![
        Case {
            name: "page-tree-loop.pdf",
            bytes: pdf(&[
                "<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Count 1 /Kids [2 0 R] >>",
            ]),
            gaps: &["gap.damaged", "gap.limit:pages", "gap.limit:depth", "gap.limit:time"],
        },
        Case {
            name: "page-tree-doubles.pdf",
            bytes: doubling_pages(30),
            gaps: &["gap.damaged", "gap.limit:pages", "gap.limit:depth", "gap.limit:time"],
        },
        Case {
            name: "forms-multiply.pdf",
            bytes: multiplying_forms(10),
            gaps: &["gap.limit:time", "gap.limit:depth", "gap.damaged"],
        },
        Case {
            name: "form-in-itself.pdf",
            bytes: multiplying_forms(0),
            gaps: &["gap.limit:time", "gap.limit:depth", "gap.damaged"],
        },
        Case {
            name: "content-bomb.pdf",
            bytes: one_page(&stream(&" q Q".repeat(16 * MIB))),
            gaps: &["gap.limit:bytes", "gap.limit:ratio", "gap.limit:time"],
        },
        Case { name: "head-alone.pdf", bytes: b"%PDF-1.7\n".to_vec(), gaps: &["gap.damaged"] },
        Case {
            name: "nothing-but-brackets.pdf",
            bytes: pdf(&[&"[".repeat(200_000), "<< /Type /Catalog >>"]),
            gaps: &["gap.damaged", "gap.limit:depth"],
        },
    ]);
}

/// These can be read to the end or leave a gap, as the reader sees fit: they must
/// not take the program down, and what is marked in them is found.
#[test]
fn deep_text_formats_are_survived() {
    let html = format!("{}<p>机密★10年</p>{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
    let parts = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(2000);
    let mail = format!("From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n{parts}\r\n");
    let header = format!(
        "From: a@b.example\r\nSubject: {}\r\n\r\nx\r\n",
        "=?utf-8?q?=41?= ".repeat(200_000)
    );
    let long_line = "长".repeat(2 * MIB);
    let quotes = "“《（".repeat(200_000);
    let stars = "机密★".repeat(300_000);
    for (name, bytes) in [
        ("deep.html", html.into_bytes()),
        ("deep.eml", mail.into_bytes()),
        ("wide-header.eml", header.into_bytes()),
        ("long-line.txt", long_line.into_bytes()),
        ("brackets.txt", quotes.into_bytes()),
        ("stars.txt", stars.into_bytes()),
        ("attributes.html", format!("<p {}>x</p>", "a=1 ".repeat(300_000)).into_bytes()),
        ("open-comment.html", format!("<p>甲</p><!-- {}", "-".repeat(MIB)).into_bytes()),
    ] {
        let examination = examine(name, bytes);
        assert!(!rules(&examination).contains(&"gap.crashed"), "{name}");
        assert_eq!(examination.coverage.parts, examination.parts.len() as u64, "{name}");
    }
}

/// A bomb beside a marked paper: the bomb is a gap, the paper is still found.
#[test]
fn neighbours_are_not_harmed() {
    let paper =
        std::fs::read(tree("corpora/marks/documents/layout-2012-all-three-lines.docx")).unwrap();
    let bomb = zip(&[("zeros.txt", &vec![0; 12 * MIB])]);
    for (first, second) in [(&bomb, &paper), (&paper, &bomb)] {
        let both = zip(&[("1.bin", first), ("2.bin", second)]);
        let examination = examine("both.zip", both);
        assert!(gaps(&examination).contains(&"gap.limit:ratio".to_owned()));
        assert!(rules(&examination).contains(&"cn.mark.state-secret"));
        assert_eq!(examination.verdict, Verdict::Withhold);
    }
}

/// The sizes an archive declares are a stranger's word.
#[test]
fn declared_sizes_are_not_believed() {
    let honest = zip(&[("a.txt", "机密★10年\n".as_bytes())]);
    for size in [0, 1, u32::MAX - 1] {
        let lying = patched(honest.clone(), SIZE, &size.to_le_bytes());
        let examination = examine("lying.zip", lying);
        let seen = rules(&examination);
        assert!(!seen.contains(&"gap.crashed"), "{size}: {seen:?}");
        // Either the member was read in spite of it, or it is a gap: never silence.
        assert!(examination.verdict >= Verdict::Incomplete, "{size}: {seen:?}");
    }
}

/// Names are a stranger's words too: kept as they are, as one line of JSON.
#[test]
fn names_are_only_names() {
    let names = [
        "../../../../etc/cron.d/x.txt",
        "/etc/passwd.txt",
        "C:\\Windows\\x.txt",
        "a\0b.txt",
        "\u{1b}[31mred.txt",
        "line\nbreak.txt",
        "\u{202e}txt.exe",
    ];
    let bytes = zip(&names.map(|name| (name, "一句话。\n".as_bytes())));
    let examination = examine("names.zip", bytes);
    let inner = examination.parts.len() - 1;
    assert!(inner == names.len() || examination.verdict >= Verdict::Incomplete, "{inner} members");
    let line = serde_json::to_string(&examination).unwrap();
    assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
}

/// Bytes that are two formats at once must not pass as the harmless one.
#[test]
fn polyglots_do_not_pass() {
    let marked = zip(&[("a.txt", "机密★10年\n\n关于桌椅的通知\n".as_bytes())]);
    let clean = std::fs::read(tree("corpora/traps/documents/ordinary-official-paper.pdf")).unwrap();
    let program = [&b"MZ\x90\0"[..], &[0; 400], &marked].concat();
    for (name, bytes) in [
        ("paper-and-archive.pdf", [&clean[..], &marked].concat()),
        ("self-extracting.exe", program),
        ("text-and-archive.txt", ["无关的话。\n".as_bytes(), &marked].concat()),
    ] {
        let examination = examine(name, bytes);
        assert!(
            examination.verdict >= Verdict::Incomplete,
            "{name}: {}",
            examination.verdict.name()
        );
    }
}

/// Every document of the tree cut off at many places, and with bytes changed:
/// no reader may crash, and no archive or package may pass cut off.
#[test]
fn damage_is_survived() {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below.max(1) as u64) as usize
    };
    let mut tried = 0;
    for format in files_by_format() {
        for path in format {
            let whole = std::fs::read(&path).unwrap();
            let name = name(&path);
            for _ in 0..6 {
                tried += 1;
                let cut = &whole[..next(whole.len())];
                let examination = examine(&name, cut.to_vec());
                let seen = rules(&examination);
                assert!(!seen.contains(&"gap.crashed"), "{name} cut to {}: {seen:?}", cut.len());
                // An archive without members has nothing to lose.
                let archive = name.ends_with(".zip") && name != "empty.zip";
                let package = name.ends_with(".docx") || archive;
                let silent =
                    package && !cut.is_empty() && examination.verdict < Verdict::Incomplete;
                assert!(!silent, "{name} cut to {} passes", cut.len());
                let mut changed = whole.clone();
                for _ in 0..8 {
                    let at = next(changed.len());
                    if let Some(byte) = changed.get_mut(at) {
                        *byte = next(256) as u8;
                    }
                }
                let seen = gaps(&examine(&name, changed));
                assert!(!seen.contains(&"gap.crashed".to_owned()), "{name} changed: {seen:?}");
            }
        }
    }
    assert!(tried >= 200, "only {tried} files were damaged");
}

/// All of the above once more in a process of its own that may not have more
/// than a gibibyte of address space.
#[test]
#[cfg(target_os = "linux")]
fn bombs_stay_within_memory() {
    for test in ["archives", "word_files", "pdf_files"] {
        let test = format!("hostile::{test}_end_in_the_named_gap");
        let ran = std::process::Command::new("sh")
            .args(["-c", "ulimit -v 1048576 && exec \"$@\"", "sh"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", &test, "--test-threads=1"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(said.contains("1 passed") || said.contains("1 failed"), "{test}: {ran:?}");
        // Wrong gaps are that test's own failure; here it is about ending at all.
        assert!(matches!(ran.status.code(), Some(0 | 101)), "{test} was ended: {ran:?}");
        assert!(!said.contains("memory allocation of"), "{test}: {said}");
    }
}

fn files_by_format() -> Vec<Vec<std::path::PathBuf>> {
    let folder = tree("tests/fixtures/extract");
    ["docx", "pdf", "zip", "eml", "html", "plain"]
        .map(|format| {
            let mut of_format = files(&folder.join(format));
            of_format.retain(|path| path.extension().is_some_and(|e| e != "txt"));
            of_format
        })
        .into()
}

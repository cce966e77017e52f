//! Names that would be paths, commands or escapes: nothing is unpacked, nothing is
//! handed to a shell, and what acts on a terminal is written out.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::{by_name, gaps, scan};
use crate::builders::{Tarred, tar, zip};
use crate::support::{Ran, run, vetmark};

/// Members of archives and attachments of mails. The first would leave their
/// folder, those that follow would do something in a shell or on a screen.
const NAMES: &[&str] = &[
    "../../../../../../tmp/vetmark-was-here.txt",
    "/tmp/vetmark-was-here.txt",
    "C:\\Windows\\vetmark-was-here.txt",
    "..\\..\\vetmark-was-here.txt",
    "$(touch vetmark-was-here).txt",
    "`touch vetmark-was-here`.txt",
    "a;touch vetmark-was-here;.txt",
    "a|touch vetmark-was-here|.txt",
    "--out=vetmark-was-here.txt",
    "%f \"' \\ & < >.txt",
    "\u{1b}[2J\u{1b}]0;owned\u{7}.txt",
    "\u{9b}31mred.txt",
    "line\nno_finding\r.txt",
    "exe.\u{202e}txt",
    "\u{2066}a\u{200b}b\u{feff}.txt",
    "twice.txt",
    "twice.txt",
];

/// Whether nothing in it acts on a terminal or turns text round.
fn harmless(text: &str) -> Result<(), char> {
    let acts = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().find(acts).map_or(Ok(()), Err)
}

/// A scan in a folder.
fn ran(folder: &Path, arguments: &[&str]) -> Ran {
    run(folder, &[&["scan", "--as-of", "2026-11-23", "--format=ndjson"], arguments].concat())
}

/// What a command prints, on both streams.
fn printed(out: &Output) -> String {
    String::from_utf8(out.stdout.clone()).unwrap() + &String::from_utf8_lossy(&out.stderr)
}

#[test]
fn names_of_members_are_only_names() {
    let folder = tempfile::tempdir().unwrap();
    let content = "机密★10年\n".as_bytes();
    let tarred =
        |name| Tarred { name, kind: b'0', link: "", declared: content.len() as u64, content };
    let mail: String = NAMES.iter().fold(
        "From: a@b.example\r\nSubject: \u{1b}[31mx\r\nMIME-Version: 1.0\r\nContent-Type: \
         multipart/mixed; boundary=b\r\n\r\n"
            .to_owned(),
        |mail, name| {
            let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            mail + &format!(
                "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; \
                 filename*=utf-8''{name}\r\n\r\n机密★10年\r\n"
            )
        },
    ) + "--b--\r\n";
    for (name, bytes) in [
        ("names.zip", twice(&zip(&members(content)))),
        ("names.tar", tar(&NAMES.iter().map(|name| tarred(*name)).collect::<Vec<_>>())),
        ("names.eml", mail.into_bytes()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    for format in ["human", "ndjson"] {
        let run = scan(folder.path())
            .current_dir(folder.path())
            .args(["--format", format, "--quotes=on"])
            .output();
        let out = run.unwrap();
        let text = printed(&out);
        assert_eq!(out.status.code(), Some(1), "{text}");
        assert_eq!(harmless(&text), Ok(()), "{format}: {text}");
        assert!(!text.lines().any(|line| line == "no_finding"), "{text}");
        if format == "ndjson" {
            for (name, said) in by_name(&out.stdout) {
                assert_eq!(said["verdict"], "withhold", "{name}");
                let parts = said["parts"].as_array().unwrap().len() - 1;
                // A mail's own text is its first part.
                assert!(parts >= NAMES.len(), "{name}: {parts} of {} members", NAMES.len());
            }
        }
    }
    for name in ["names.zip", "names.tar", "names.eml"] {
        for arguments in [&["text"][..], &["text", "--format", "json"]] {
            let out =
                vetmark().current_dir(folder.path()).args(arguments).arg(name).output().unwrap();
            let lines = String::from_utf8_lossy(&out.stderr).into_owned();
            assert_eq!(harmless(&lines), Ok(()), "{arguments:?} {name}: {lines}");
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "something was written");
    assert!(!std::path::Path::new("/tmp/vetmark-was-here.txt").exists());
}

/// Members for an archive, whose writer takes no name twice.
fn members(content: &[u8]) -> Vec<(&str, &[u8])> {
    let mut names: Vec<_> = NAMES.iter().map(|name| (*name, content)).collect();
    *names.last_mut().unwrap() = ("tw1ce.txt", content);
    names
}

fn twice(archive: &[u8]) -> Vec<u8> {
    let mut bytes = archive.to_vec();
    for at in 0..bytes.len() - 9 {
        if &bytes[at..at + 9] == b"tw1ce.txt" {
            bytes[at + 2] = b'i';
        }
    }
    bytes
}

/// Links are content: what they lead to is said and never opened.
#[test]
fn links_in_archives_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), "绝密★30年\n").unwrap();
    let target = secret.path().to_str().unwrap();
    let link = |name, kind, link| Tarred { name, kind, link, declared: 0, content: b"" };
    let through = Tarred { name: "etc/x.txt", kind: b'0', link: "", declared: 3, content: b"abc" };
    let tarred = tar(&[
        link("soft.txt", b'2', target),
        link("hard.txt", b'1', target),
        link("etc", b'2', "/etc"),
        through,
    ]);
    let mut zipped = zip(&[("soft.txt", target.as_bytes())]);
    // Made under Unix, a link by its mode.
    let entry = zipped.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    zipped[entry + 5] = 3;
    zipped[entry + 38..entry + 42].copy_from_slice(&(0o120_777_u32 << 16).to_le_bytes());
    for (name, bytes) in [("links.tar", tarred), ("links.zip", zipped)] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let out = scan(folder.path()).output().unwrap();
    for (name, said) in by_name(&out.stdout) {
        assert!(said["level"].is_null(), "{name}: the link was followed: {said}");
        assert!(!gaps(&said).contains(&"gap.crashed".to_owned()), "{name}: {said}");
    }
}

#[test]
fn hostile_names_reach_no_terminal() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    // An escape sequence, a second line that looks like output, reversed text,
    // an 8-bit control, 机密 in GBK, and a name that looks like an option.
    let names: [&[u8]; 6] = [
        b"a\x1b]0;owned\x07.txt",
        b"b\nno_finding\n.txt",
        "c\u{202e}txt.exe".as_bytes(),
        "d\u{9b}31m.txt".as_bytes(),
        b"e\xbb\xfa\xc3\xdc.txt",
        b"--\x1b[31m",
    ];
    for name in names {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        fs::write(path, b"\x7fELF\x02\x01\x01\0\0\0\xff").unwrap();
    }
    for format in ["human", "ndjson"] {
        let ran = ran(folder.path(), &["--format", format, "."]);
        assert_eq!(harmless(&(ran.stdout.clone() + &ran.stderr)), Ok(()), "{}", ran.stdout);
        assert_eq!(ran.status, 1, "{}", ran.stderr);
        assert!(!ran.stdout.lines().any(|line| line == "no_finding"), "{}", ran.stdout);
    }
    let lines = ran(folder.path(), &["."]).lines();
    assert_eq!(lines.len(), names.len());
    let gbk = lines.iter().find(|line| line["source"].as_str().unwrap().starts_with("./e"));
    let gbk = gbk.expect("the name in GBK");
    assert_eq!(gbk["source"], "./e\\xBB\\xFA\\xC3\\xDC.txt");
    assert_eq!(gbk["parts"][0]["path"][0], "./e机密.txt");

    // As an argument, whether it is there or not.
    for name in ["\u{1b}[31m", "--\u{1b}[31m", "x\ny"] {
        let ran = ran(folder.path(), &[name]);
        assert_eq!(ran.status, 2);
        assert_eq!(harmless(&ran.stderr), Ok(()), "{}", ran.stderr);
    }
}

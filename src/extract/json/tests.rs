//! Tests of `json`: tables of texts and what is read of them.

use super::*;
use crate::extract::Limits;

fn dump(text: &str) -> Option<(String, usize)> {
    let mut budget = Budget::new(Limits::default());
    let read = read(text, &Submission::file("a.json", text.as_bytes()), &mut budget)?;
    let text = &read.text;
    let shown = text.blocks().iter().filter(|block| block.region != Region::Property);
    let lines = shown
        .map(|block| format!("{} {} {}", block.line, text.label(block), text.block_text(block)));
    Some((lines.collect::<Vec<_>>().join("\n"), read.gaps.len()))
}

#[test]
fn names_and_values_are_cells() {
    for (text, want) in [
        (r#"{"密级": "机密★10年"}"#, "1 r1.c1 密级\n1 r1.c2 机密★10年"),
        (
            r#"{"a":"\u673a\u5bc6","b":[1,2.5,true],"c":null}"#,
            "1 r1.c1 a\n1 r1.c2 机密\n2 r2.c1 b\n3 r3.c2 1, 2.5, true\n4 r4.c1 c",
        ),
        (r#"{"a":"甲\n乙\r\n","b":3}"#, "1 r1.c1 a\n1 r1.c2 甲\n2 r1.c2 乙\n3 r2.c1 b\n3 r2.c2 3"),
        (
            r#"[{"a":{"b":"\ud83d\ude00"}}, "x\"y\\z\/"]"#,
            "1 r1.c1 a\n2 r2.c1 b\n2 r2.c2 😀\n3 r3.c2 x\"y\\z/",
        ),
        ("{\"a\":\"甲\"}\n{\"a\":\"乙\"}\n", "1 r1.c1 a\n1 r1.c2 甲\n2 r2.c1 a\n2 r2.c2 乙"),
    ] {
        assert_eq!(dump(text), Some((want.to_owned(), 0)), "{text}");
    }
}

#[test]
fn what_is_no_json_is_not_taken_for_it() {
    for text in [
        "[1] 某文件",
        "[机密] 某事",
        "{机密}",
        "[1, 2]",
        "{ a: 1 }",
        "// x\n{\"a\": 1}",
        "{\"a\": 1} and many other words",
        "",
        "{",
    ] {
        assert_eq!(dump(text), None, "{text}");
    }
}

#[test]
fn what_breaks_off_is_read_and_said() {
    for (text, want) in [
        (r#"{"a":"甲","b":"机密"#, "1 r1.c1 a\n1 r1.c2 甲\n2 r2.c1 b\n3  \"机密"),
        (r#"{"a":"甲","#, "1 r1.c1 a\n1 r1.c2 甲"),
        (r#"{"a":"甲"} ]"#, "1 r1.c1 a\n1 r1.c2 甲\n2  ]"),
    ] {
        assert_eq!(dump(text), Some((want.to_owned(), 1)), "{text}");
    }
    let text = r#"{"a":["甲",{"b":-1.5e3}],"c":"\ud83d\ude00\u12"}"#;
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        dump(&text[..at]);
        for put in ["{", "}", "[", "]", "\"", "\\", ",", ":", "\n"] {
            dump(&format!("{}{put}{}", &text[..at], &text[at..]));
        }
    }
    for text in ["[\"a\",".repeat(100_000), "{\"a\":".repeat(100_000), "\"\\".repeat(100_000)] {
        dump(&text);
    }
}

/// What stands before a mark, in brackets or numbers, makes no plain text of it.
#[test]
fn no_beginning_is_too_deep_or_too_long() {
    let deep = format!("{}\"机密★10年\"{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("[{}\"机密★10年\"]", "1,".repeat(100_000));
    for text in [deep, long] {
        let read = read(
            &text,
            &Submission::file("a.json", text.as_bytes()),
            &mut Budget::new(Limits::default()),
        );
        let read = read.unwrap();
        assert!(read.gaps.is_empty(), "{:?}", read.gaps);
        assert!(read.text.as_str().lines().any(|line| line == "机密★10年"));
    }
}

#[test]
fn files_in_strings_are_children() {
    let page = "{\"html\": \"<p>机密</p>\"}";
    let mut budget = Budget::new(Limits::default());
    let read = read(page, &Submission::file("a.json", page.as_bytes()), &mut budget).unwrap();
    assert_eq!(read.children.len(), 1);
    assert_eq!(read.text.as_str(), "html\n");
}

#[test]
fn escapes_in_any_text_are_resolved() {
    for (text, want) in [
        ("level=\\u673a\\u5BC6\\u260510\\u5e74", "level=机密★10年"),
        ("\"\\\\u673a\\\\u5bc6\"", "\"机密\""),
        ("\\ud83d\\ude00", "😀"),
        ("C:\\users\\u0041 \\u00e9 \\uD83D \\u12", "C:\\users\\u0041 \\u00e9 \\uD83D \\u12"),
        ("plain", "plain"),
    ] {
        assert_eq!(escapes_resolved(text), want, "{text}");
    }
}

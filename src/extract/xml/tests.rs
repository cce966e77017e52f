//! Tests of `xml`: tables of files and what is read of them.

use super::*;
use crate::extract::Limits;
use crate::model::Limit;

fn read_file(xml: &[u8]) -> Extraction {
    let mut budget = Budget::new(Limits::default());
    read(&Submission::file("a.xml", xml), &mut budget)
}

/// A line a block: `region [label] text`, with the page's lines numbered.
fn dump(read: &Extraction) -> String {
    let text = &read.text;
    let lines = text.blocks().iter().map(|block| {
        let (label, said) = (text.label(block), text.block_text(block));
        match block.region {
            Region::Body => format!("{} [{label}] {said}", block.line),
            Region::Cell => format!("{label} {said}"),
            region => format!("{region:?} [{label}] {said}"),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The same without what is said of fields.
fn bare(read: &Extraction) -> String {
    let dump = dump(read);
    dump.lines().filter(|line| !line.starts_with('r')).collect::<Vec<_>>().join("\n")
}

fn check(cases: &[(&str, &str)]) {
    for (xml, want) in cases {
        let read = read_file(xml.as_bytes());
        assert_eq!(dump(&read), *want, "{xml}");
        assert_eq!(read.gaps, [], "{xml}");
    }
}

fn check_bare(cases: &[(&str, &str)]) {
    for (xml, want) in cases {
        let read = read_file(xml.as_bytes());
        assert_eq!(bare(&read), *want, "{xml}");
        assert_eq!(read.gaps, [], "{xml}");
    }
}

#[test]
fn short_elements_are_fields_with_names() {
    check(&[
        (
            "<r><密级>机密</密级><n>12</n><密级>机密</密级></r>",
            "1 [密级] 机密\n2 [n] 12\n3 [密级] 机密\nr1.c1 密级\nr1.c2 机密",
        ),
        ("<p>甲<b>乙</b></p>", "1 [p] 甲乙"),
    ]);
    let long = "长".repeat(41);
    check(&[(&format!("<r><p>{long}</p></r>"), &format!("1 [p] {long}"))]);
}

#[test]
fn elements_have_lines_of_their_own_but_within_sentences() {
    check_bare(&[
        ("<a><b>甲</b><c>乙</c></a>", "1 [b] 甲\n2 [c] 乙"),
        ("<a><p>机<b>密</b>★10年</p><p><b>秘</b>密</p></a>", "1 [p] 机密★10年\n2 [b] 秘密"),
        ("<a><p>甲 <b>乙</b> <c>丙</c></p></a>", "1 [p] 甲 乙 丙"),
        ("<a>\n  <p>甲\n  乙</p>\n</a>", "1 [p] 甲\n2 [p] 乙"),
        ("<p>甲<n><q>乙</q><q>丙</q></n>丁</p>", "1 [p] 甲\n2 [q] 乙\n3 [q] 丙\n4 [p] 丁"),
        ("<x:密级 xmlns:x='u'>机密</x:密级>", "1 [密级] 机密"),
        ("<a><![CDATA[x<b>&amp;</b]]>&lt;</a>", "1 [a] x<b>&amp;</b<"),
    ]);
}

#[test]
fn what_is_no_text_stands_beside_it() {
    check(&[
        (
            "<a 密级='机密' n='5' xml:space='preserve'><b 密级='机密'/><b c='&#x79D8;密'/></a>",
            "r1.c1 密级\nr1.c2 机密\nr2.c1 c\nr2.c2 秘密",
        ),
        (
            "<a>甲<!-- 机密\n注 -->乙</a>",
            "Comment [] 机密\nComment [] 注\n1 [a] 甲乙\nr1.c1 a\nr1.c2 甲乙",
        ),
        ("<?xml-stylesheet href='x'?><?机 密?><a/>", "Hidden [instruction] 机 密"),
        (
            "<!DOCTYPE a [<!-- 注 --><!ENTITY u '机密'><!ENTITY v '秘密'>]><a>&v;</a>",
            "1 [a] 秘密\nr1.c1 a\nr1.c2 秘密\nComment [] 注\nHidden [entity u] 机密",
        ),
    ]);
}

#[test]
fn all_encodings_are_read() {
    let text = "<?xml version=\"1.0\" encoding=\"GB2312\"?><a>机密</a>";
    let gbk = encoding_rs::GBK.encode(text).0;
    assert_eq!(bare(&read_file(&gbk)), "1 [a] 机密");
    let text = "<?xml version='1.0' encoding='Shift_JIS'?><a>機密</a>";
    assert_eq!(bare(&read_file(&encoding_rs::SHIFT_JIS.encode(text).0)), "1 [a] 機密");
    let text = "\u{FEFF}<?xml version='1.0' encoding='utf-16'?><a>机密</a>";
    for bytes in [
        text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        text.as_bytes().to_vec(),
    ] {
        assert_eq!(bare(&read_file(&bytes)), "1 [a] 机密");
    }
}

#[test]
fn what_is_packed_is_a_child() {
    let inner = base64(&b"%PDF-1.4\n".repeat(20));
    let xml =
        format!("<a><f>{inner}</f><d>&lt;p&gt;机密&lt;/p&gt;</d><d><![CDATA[<p>x</p>]]></d></a>");
    let read = read_file(xml.as_bytes());
    let children: Vec<_> = read
        .children
        .iter()
        .map(|c| (c.provenance.name(), String::from_utf8_lossy(&c.bytes).into_owned()))
        .collect();
    assert_eq!(children[0].0, "packed-1.bin");
    assert!(children[0].1.starts_with("%PDF-1.4"));
    assert_eq!(children[1], ("packed.html", "\u{FEFF}<p>机密</p>\n<p>x</p>\n".into()));
    assert_eq!(dump(&read), "");
    // What only looks like base64 is text.
    let word = "abcdefgh".repeat(20);
    assert_eq!(dump(&read_file(format!("<a>{word}</a>").as_bytes())), format!("1 [a] {word}"));
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let number =
            three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for n in 0..=three.len() {
            out.push(char::from(DIGITS[(number >> (18 - 6 * n)) as usize & 63]));
        }
    }
    out
}

#[test]
fn nothing_outside_is_fetched_and_damage_is_said() {
    for (xml, text, kind) in [
        (
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>机密&x;</a>",
            "1 [a] 机密&x;",
            GapKind::MissingPart,
        ),
        ("<a><b>机密</b>", "1 [b] 机密", GapKind::Damaged),
        ("<a><b>机密</a>", "1 [b] 机密", GapKind::Damaged),
        ("<a>机密</b></a>", "1 [a] 机密", GapKind::Damaged),
        ("<a>机密<b c", "1 [a] 机密<b c", GapKind::Damaged),
        ("<a>机密<!-- x", "Comment [] x\n1 [a] 机密", GapKind::Damaged),
    ] {
        let read = read_file(xml.as_bytes());
        assert_eq!(bare(&read), text, "{xml}");
        assert_eq!(read.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [kind], "{xml}");
    }
}

#[test]
fn hostile_files_end_within_the_budget() {
    let n = 50_000;
    for xml in [
        "<a>".repeat(n),
        "</a>".repeat(n),
        "<a b='机密'>".repeat(n),
        "<a>机<b>密</b>".repeat(n),
        "<a \"".repeat(n),
        "<![CDATA[".repeat(n),
        "<!--".repeat(n),
        "<!DOCTYPE a [".repeat(n),
        "&a;".repeat(n),
        (0..n).map(|at| format!("<a{at}>")).collect(),
        (0..n).map(|at| format!("<a b{at}='x{at}'/>")).collect(),
    ] {
        read_file(xml.as_bytes());
    }
    let mut budget = Budget::new(Limits { steps: 100, ..Limits::default() });
    let xml = "<a>机密</a>".repeat(1000);
    let gaps = read(&Submission::file("a.xml", xml.as_bytes()), &mut budget).gaps;
    assert_eq!(gaps.first().map(|gap| gap.kind), Some(GapKind::Limit(Limit::Time)));
}

#[test]
fn no_cut_and_no_change_panics() {
    let xml = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e '机'>]><a b=\"c\"><!-- d --><![CDATA[x]]>&e;&#x5BC6;<?p q?></a>";
    for at in (0..xml.len()).filter(|at| xml.is_char_boundary(*at)) {
        read_file(&xml.as_bytes()[..at]);
        for put in ["<", ">", "\"", "'", "&", "]]>", "<!--", "\u{0}"] {
            read_file(format!("{}{put}{}", &xml[..at], &xml[at..]).as_bytes());
        }
    }
}

//! Tests of `epub`: small books and what is read of them.

use super::*;
use crate::extract::Limits;
use crate::extract::archive::zip::packer::{Packed, pack};
use crate::model::Region;

const CONTAINER: &str = r#"<?xml version="1.0"?><container><rootfiles><rootfile full-path="O/b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#;

const PACKAGE: &str = r#"<?xml version="1.0"?><package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>题目</dc:title><dc:creator>张三</dc:creator><dc:identifier>urn:x</dc:identifier>
<meta property="dcterms:modified">2026-01-01T00:00:00Z</meta><meta name="密级" content="内部"/></metadata>
<manifest><item id="c" href="c.css" media-type="text/css"/><item id="one" href="%E4%B8%80.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/><item id="x" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="two"/><itemref idref="one"/></spine></package>"#;

fn book() -> Vec<Packed> {
    let page = |inside: &str| {
        format!(
            "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><link rel=\"stylesheet\" href=\"c.css\"/></head><body><p>{inside}</p></body></html>"
        )
    };
    vec![
        Packed::new("mimetype", "application/epub+zip"),
        Packed::new("META-INF/container.xml", CONTAINER),
        Packed::new("O/b.opf", PACKAGE),
        Packed::new("O/c.css", ".x{display:none}"),
        Packed::new("O/一.xhtml", page("一")),
        Packed::new("O/two.xhtml", page("二")),
        Packed::new("O/p.png", [b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", &[0; 5000][..]].concat()),
        Packed::new("O/f.ttf", "x"),
        Packed::new("other.txt", "余"),
    ]
}

fn read_parts(parts: &[Packed]) -> Extraction {
    let mut budget = Budget::new(Limits::default());
    read(&Submission::file("a.epub", pack(parts, b"")), &mut budget)
}

#[test]
fn pages_come_in_reading_order_and_nothing_is_left() {
    let read = read_parts(&book());
    let names: Vec<_> = read.children.iter().map(|child| child.provenance.name()).collect();
    assert_eq!(names, ["O/two.xhtml", "O/一.xhtml", "other.txt"]);
    let page = String::from_utf8_lossy(&read.children[1].bytes).into_owned();
    assert!(page.contains("<p>一</p>") && page.contains("<style>.x{display:none}</style>"));
    let text = &read.text;
    let said: Vec<_> = text
        .blocks()
        .iter()
        .map(|b| format!("{:?} {} {}", b.region, text.label(b), text.block_text(b)))
        .collect();
    assert_eq!(said, ["Property title 题目", "Property creator 张三", "Property 密级 内部"]);
    assert!(text.blocks().iter().all(|block| block.region == Region::Property));
    assert_eq!(read.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::MissingPart]);
    assert_eq!(read.notes.iter().map(|note| note.id).collect::<Vec<_>>(), ["pictures"]);
}

#[test]
fn what_is_encrypted_is_said_and_obscured_fonts_are_not() {
    let mut parts = book();
    parts.push(Packed::new(
        "META-INF/encryption.xml",
        r#"<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/><CipherData><CipherReference URI="O/two.xhtml"/></CipherData></EncryptedData>
<EncryptedData><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/><CipherData><CipherReference URI="O/f.ttf"/></CipherData></EncryptedData></encryption>"#,
    ));
    let read = read_parts(&parts);
    assert_eq!(read.children[0].gaps.first().map(|gap| gap.kind), Some(GapKind::Encrypted));
    assert_eq!(read.children.iter().map(|child| child.gaps.len()).sum::<usize>(), 1);
}

#[test]
fn a_broken_book_is_read_all_the_same() {
    for drop in ["META-INF/container.xml", "O/b.opf", "O/two.xhtml"] {
        let mut parts = book();
        parts.retain(|part| part.name != drop.as_bytes());
        let read = read_parts(&parts);
        assert!(read.children.iter().any(|c| c.provenance.name() == "O/一.xhtml"), "{drop}");
        assert!(!read.gaps.is_empty(), "{drop}");
    }
    let whole = pack(&book(), b"");
    let mut budget = Budget::new(Limits::default());
    for cut in (0..whole.len()).step_by(7) {
        read(&Submission::file("a.epub", &whole[..cut]), &mut budget);
        let mut changed = whole.clone();
        changed[cut] ^= 0x55;
        read(&Submission::file("a.epub", changed), &mut budget);
    }
}

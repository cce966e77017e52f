//! Tests of `svg`: tables of drawings and what is read of them.

use super::*;
use crate::extract::Limits;
use crate::model::{Limit, Region};

fn read_file(inside: &str) -> Extraction {
    let mut budget = Budget::new(Limits::default());
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"300\">{inside}</svg>"
    );
    read(&Submission::file("a.svg", svg.as_bytes()), &mut budget)
}

fn dump(read: &Extraction) -> String {
    let text = &read.text;
    let lines = text.blocks().iter().map(|block| {
        let (label, said) = (text.label(block), text.block_text(block));
        match block.region {
            Region::Body => format!("{} {said}", block.line),
            region => format!("{region:?} [{label}] {said}"),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn check(cases: &[(&str, &str)]) {
    for (inside, want) in cases {
        let read = read_file(inside);
        assert_eq!(dump(&read), *want, "{inside}");
        assert_eq!(read.gaps, [], "{inside}");
    }
}

#[test]
fn text_is_read_where_it_stands() {
    check(&[
        ("<text x='0' y='50'>乙</text><text x='0' y='20'>甲</text>", "1 甲\n2 乙"),
        ("<text y='20'>机<tspan fill='red'>密</tspan>★</text>", "1 机密★"),
        ("<text y='20'>甲<tspan x='0' dy='20'>乙</tspan></text>", "1 甲\n2 乙"),
        ("<text x='0' y='20'>机</text><text x='16' y='20'>密</text>", "1 机密"),
        ("<text x='0' y='20'>甲</text><text x='200' y='20'>乙</text>", "1 甲\n2 乙"),
        ("<g transform='translate(0 100)'><text>乙</text></g><text y='20'>甲</text>", "1 甲\n2 乙"),
        ("<text><textPath href='#p'>甲</textPath></text>", "1 甲"),
        (
            "<foreignObject><div xmlns='x'><p>机<b>密</b></p><p>乙</p></div></foreignObject>",
            "1 机密\n2 乙",
        ),
    ]);
}

#[test]
fn what_is_not_seen_is_told() {
    check(&[
        ("<text display='none'>甲</text>", "Hidden [not displayed] 甲"),
        ("<g style='display: none'><text>甲</text></g>", "Hidden [not displayed] 甲"),
        ("<text visibility='hidden'>甲</text>", "Hidden [invisible] 甲"),
        ("<g opacity='0'><text>甲</text></g>", "Hidden [transparent] 甲"),
        ("<text fill='none'>甲</text>", "Hidden [transparent] 甲"),
        ("<text fill='none' stroke='red'>甲</text>", "1 甲"),
        ("<text fill='#fff'>甲</text>", "Hidden [in the colour of the page] 甲"),
        ("<rect fill='red'/><text fill='#fff'>甲</text>", "1 甲"),
        ("<text font-size='1'>甲</text>", "Hidden [too small to read] 甲"),
        (
            "<style>.x{display:none} .y{fill:#fff}</style><text class='x'>甲</text>",
            "Hidden [not displayed] 甲",
        ),
        (
            "<text class='y'>甲</text><style>.y { fill:#fff }</style>",
            "Hidden [in the colour of the page] 甲",
        ),
        ("<defs><text id='a'>甲</text></defs>", "Hidden [not used] 甲"),
        ("<defs><text id='a' y='9'>甲</text></defs><use href='#a'/>", "1 甲"),
        ("甲<text y='9'>乙</text>", "1 乙\nHidden [not displayed] 甲"),
        ("<script>甲</script>", ""),
    ]);
}

#[test]
fn what_stands_beside_the_text_is_read() {
    check(&[
        (
            "<title>甲</title><g aria-label='乙'><desc>丙</desc></g>",
            "AltText [title] 甲\nAltText [aria-label] 乙\nAltText [desc] 丙",
        ),
        ("<metadata><d:title>甲</d:title></metadata>", "Property [title] 甲"),
        ("<!-- 甲 --><text>&#x4E59;</text>", "1 乙\nComment [] 甲"),
        (
            "<text transform='rotate(-45)' font-size='60' opacity='0.3'>机密</text>",
            "Watermark [] 机密",
        ),
    ]);
    let read =
        read_file("<text x='100' y='200' font-size='20' fill='red' font-weight='700'>机密</text>");
    let block = &read.text.blocks()[0];
    let bbox = block.bbox.unwrap();
    assert_eq!([bbox.x0, bbox.y0, bbox.x1], [75.0, 135.0, 105.0]);
    let styles: Vec<_> = read.text.styles_in(block.span()).map(|(_, style)| style).collect();
    assert_eq!((styles[0].size, styles[0].bold, styles[0].color), (15.0, true, Some([255, 0, 0])));
    assert_eq!(read.text.page_sizes, [[300.0, 225.0]]);
}

#[test]
fn pictures_and_packed_files_are_told() {
    let picture = "A".repeat(8 << 10);
    let read = read_file(&format!("<image href='data:image/png;base64,{picture}'/>"));
    assert_eq!(read.gaps.first().map(|gap| gap.kind), Some(GapKind::ImageOnly));
    let read = read_file("<image xlink:href='data:image/svg+xml,&lt;svg/>'/><image href='x.png'/>");
    assert_eq!(read.children.len(), 1);
    assert_eq!(&read.children[0].bytes[..], b"<svg/>");
    assert_eq!(read.notes.iter().map(|note| note.id).collect::<Vec<_>>(), ["external-links"]);
    let read = read_file(&format!("<path d='{}'/>", "M 1 2 ".repeat(1000)));
    assert_eq!(read.gaps.first().map(|gap| gap.kind), Some(GapKind::ImageOnly));
}

#[test]
fn damage_and_limits_are_said() {
    let mut budget = Budget::new(Limits::default());
    let svg = "<svg><title>甲</title><g transform='rotate(1 2'><text x='1'>机<tspan dy='2'>密</tspan></text></g><defs/><style>a{fill:red}</style></svg>";
    for at in (0..svg.len()).filter(|at| svg.is_char_boundary(*at)) {
        read(&Submission::file("a.svg", &svg.as_bytes()[..at]), &mut budget);
        for put in ["<", ">", "'", "&", "\u{0}"] {
            let text = format!("{}{put}{}", &svg[..at], &svg[at..]);
            read(&Submission::file("a.svg", text.as_bytes()), &mut budget);
        }
    }
    let cut = read(&Submission::file("a.svg", &b"<svg><text y='9'>x"[..]), &mut budget);
    assert_eq!(dump(&cut), "1 x");
    assert_eq!(cut.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::Damaged]);
    for svg in ["<g>", "<text>", "<tspan>x", "</g>", "<text x='1e38' font-size='1e38'>x</text>"] {
        let svg = format!("<svg>{}", svg.repeat(20_000));
        read(&Submission::file("a.svg", svg.as_bytes()), &mut budget);
    }
    let deep = format!("<svg>{}<text>x</text>{}</svg>", "<g>".repeat(2000), "</g>".repeat(2000));
    let gaps = read(&Submission::file("a.svg", deep.as_bytes()), &mut budget).gaps;
    assert_eq!(gaps.first().map(|gap| gap.kind), Some(GapKind::Limit(Limit::Depth)));
    let mut budget = Budget::new(Limits { steps: 50, ..Limits::default() });
    let svg = "<text>x</text>".repeat(1000);
    let gaps = read(&Submission::file("a.svg", svg.as_bytes()), &mut budget).gaps;
    assert!(gaps.iter().any(|gap| gap.kind == GapKind::Limit(Limit::Time)));
}

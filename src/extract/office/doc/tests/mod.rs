//! Cases for the reader: documents made here, text and places expected.

mod builder;
mod damage;
mod old;

use builder::{Doc, counted, drawings, shape, sprm, utf16, words};

use super::fib::{Part, StoryId};
use super::read;
use crate::extract::{Budget, Extraction, Limits};
use crate::model::{Align, GapKind, Style, Submission};

const HIDDEN: &[u8] = &[0x3C, 0x08, 1];
const SPECIAL: &[u8] = &[0x55, 0x08, 1];

fn read_bytes(bytes: &[u8]) -> Extraction {
    let submission = Submission::file("a.doc", bytes.to_vec());
    read(&submission, &mut Budget::new(Limits::default()))
}

/// Each block with its place: `p1 l2 cell t1.r1.c1 | text`.
fn told(extraction: &Extraction) -> Vec<String> {
    let text = &extraction.text;
    let blocks = text.blocks().iter().map(|block| {
        let region = serde_json::to_value(block.region).expect("a word");
        let mut head = format!("p{} l{} {}", block.page, block.line, region.as_str().unwrap_or(""));
        let label = text.label(block);
        if !label.is_empty() {
            head += &format!(" {label}");
        }
        format!("{head} | {}", text.block_text(block))
    });
    blocks.collect()
}

/// The styles of a text, with the words each is of.
fn styles(extraction: &Extraction) -> Vec<(String, Style)> {
    let text = &extraction.text;
    let all = text.styles_in(0..text.as_str().len());
    all.map(|(span, style)| (text.as_str()[span].to_owned(), style.clone())).collect()
}

fn check(doc: &Doc, want: &[&str]) {
    let extraction = read_bytes(&doc.bytes());
    assert_eq!(
        (told(&extraction), &extraction.gaps[..]),
        (want.iter().map(|w| (*w).to_owned()).collect(), &[][..])
    );
}

#[test]
fn paragraphs_stand_on_lines_and_pages() {
    let mut doc = Doc::default();
    doc.paragraph(&sprm(0x2403, &[2]), &[("机密★10年", &[])], "\r");
    doc.paragraph(&sprm(0x2403, &[1]), &[("两行\u{B}题目", &[])], "\r");
    doc.plain("");
    doc.plain("前\u{C}后");
    doc.paragraph(&sprm(0x2407, &[1]), &[("另页", &[])], "\r");
    doc.plain("a\u{1E}b\tc\u{1F}d");
    let want = [
        "p1 l1 body | 机密★10年",
        "p1 l2 body | 两行",
        "p1 l3 body | 题目",
        "p1 l5 body | 前",
        "p2 l1 body | 后",
        "p3 l1 body | 另页",
        "p3 l2 body | a\u{2011}b\tc\u{AD}d",
    ];
    check(&doc, &want);
    let extraction = read_bytes(&doc.bytes());
    let aligns: Vec<_> = extraction.text.blocks().iter().map(|b| b.align).collect();
    assert_eq!(aligns[..3], [Align::Right, Align::Center, Align::Center]);
    assert_eq!(extraction.pages, Some(3));
}

#[test]
fn looks_come_from_changes_over_styles() {
    let mut doc = Doc::default();
    // Styles: 0 in 16 points and bold; 1 based on it, hidden; 2 of characters, red.
    let style = |kind: u16, base: u16, lists: &[&[u8]]| {
        let head = [0, kind | base << 4, lists.len() as u16, 0, 0].map(u16::to_le_bytes).concat();
        let mut style = [head, counted("s"), vec![0, 0]].concat();
        for list in lists {
            style.extend((list.len() as u16).to_le_bytes());
            style.extend(*list);
            style.resize(style.len().next_multiple_of(2), 0);
        }
        [(style.len() as u16).to_le_bytes().to_vec(), style].concat()
    };
    let bold = [sprm(0x4A43, &[32, 0]), sprm(0x0835, &[1])].concat();
    let head = [3_u16, 10, 1, 0, 0, 0, 0, 1, 0].map(u16::to_le_bytes).concat();
    let sheet = [
        vec![18, 0],
        head,
        style(1, 0xFFF, &[&[0, 0], &bold]),
        style(1, 0, &[&[1, 0], HIDDEN]),
        style(2, 0xFFF, &[&sprm(0x2A42, &[6])]),
    ];
    doc.part(Part::Styles, sheet.concat());
    let font = |name: &str| {
        let font = [vec![0; 39], utf16(name), vec![0, 0]].concat();
        [vec![font.len() as u8], font].concat()
    };
    let fonts = [vec![2, 0, 0, 0], font("Times New Roman"), font("黑体")].concat();
    doc.part(Part::Fonts, fonts);
    let runs: [(&str, &[u8]); 8] = [
        ("题", &[]),
        ("A", &sprm(0x4A43, &[24, 0])),
        ("轻", &sprm(0x0835, &[0x81])),
        ("红", &sprm(0x4A30, &[2, 0])),
        ("删", &sprm(0x0800, &[1])),
        ("划", &sprm(0x0837, &[1])),
        ("白", &sprm(0x6870, &[255, 255, 255, 0])),
        ("小", &sprm(0x4A43, &[2, 0])),
    ];
    doc.paragraph(&[], &runs, "\r");
    doc.styled(1, &[], &[("隐", &[]), ("现", &sprm(0x083C, &[0]))], "\r");
    let extraction = read_bytes(&doc.bytes());
    let base = Style { size: 16.0, face: "黑体".into(), bold: true, ..Style::default() };
    let white = Some([255; 3]);
    let want = [
        ("题", base.clone()),
        ("A", Style { size: 12.0, face: "Times New Roman".into(), ..base.clone() }),
        ("轻", Style { bold: false, ..base.clone() }),
        ("红", Style { color: Some([255, 0, 0]), ..base.clone() }),
        ("删", Style { deleted: true, ..base.clone() }),
        ("划", Style { struck: true, ..base.clone() }),
        ("白", Style { color: white, hidden: true, ..base.clone() }),
        ("小", Style { size: 1.0, hidden: true, ..base.clone() }),
        ("隐", Style { hidden: true, ..base.clone() }),
        ("现", base.clone()),
    ];
    let want = want.map(|(text, style)| (text.to_owned(), style));
    assert_eq!(styles(&extraction), want);
}

#[test]
fn pieces_of_every_kind_make_one_text() {
    let mut doc = Doc::with_body(&["caf\u{E9}机密★10年末", "x"]);
    // One byte a character, then two; the last hidden by a list of changes, and
    // struck by a short one.
    doc.changes = vec![HIDDEN.to_vec()];
    doc.pieces = vec![(0, 4, 1, 0), (4, 9, 2, 0), (9, 10, 2, 1), (10, 14, 2, 87 << 1 | 1 << 8)];
    check(&doc, &["p1 l1 body | café机密★10年末", "p1 l2 body | x"]);
    let shown = styles(&read_bytes(&doc.bytes()));
    let looks: Vec<_> = shown.iter().map(|(t, s)| (&**t, s.hidden, s.struck)).collect();
    assert_eq!(
        looks,
        [
            ("café机密★10", false, false),
            ("年", true, false),
            ("末", false, true),
            ("x", false, true)
        ]
    );
}

#[test]
fn fields_show_their_result() {
    let special = |c: &'static str| (c, SPECIAL);
    let mut doc = Doc::default();
    let link: [(&str, &[u8]); 6] = [
        special("\u{13}"),
        (" HYPERLINK \"http://example.org\" ", &[]),
        special("\u{14}"),
        ("看", &[]),
        special("\u{15}"),
        ("完", &[]),
    ];
    doc.paragraph(&[], &link, "\r");
    let equation: [(&str, &[u8]); 3] =
        [special("\u{13}"), (" EQ \\o\\ac(○,密) ", &[]), special("\u{15}")];
    doc.paragraph(&[], &equation, "\r");
    let question: [(&str, &[u8]); 5] = [
        special("\u{13}"),
        (" IF 1=2 \"绝密\" \"公开\" ", &[]),
        special("\u{14}"),
        ("公开", &[]),
        special("\u{15}"),
    ];
    doc.paragraph(&[], &question, "\r");
    // One that does not end: what it swallows is told as hidden.
    doc.paragraph(&[], &[("甲", &[]), special("\u{13}"), ("机密", &[])], "\r");
    doc.plain("绝密");
    check(
        &doc,
        &[
            "p1 l1 body | 看完",
            "p1 l2 body | ○密",
            "p1 l3 body | 公开",
            "p1 l0 hidden field | 1=2 \"绝密\" \"公开\"",
            "p1 l4 body | 甲机密",
            "p1 l5 body | 绝密",
        ],
    );
    let hidden = styles(&read_bytes(&doc.bytes())).into_iter().filter(|(_, s)| s.hidden);
    assert_eq!(
        hidden.map(|(text, _)| text).collect::<Vec<_>>(),
        ["1=2 \"绝密\" \"公开\"", "机密", "绝密"]
    );
}

#[test]
fn a_list_shows_what_is_chosen() {
    let mut form = words(&[0xFFFF_FFFF]);
    form.extend((2_u16 | 1 << 2).to_le_bytes());
    form.extend([0; 4]);
    form.extend([counted("名"), vec![0, 0], vec![0, 0]].concat());
    (0..5).for_each(|_| form.extend([0; 4]));
    form.extend([0xFF, 0xFF, 2, 0, 0, 0]);
    form.extend([counted("公开"), counted("机密")].concat());
    let mut doc = Doc::default();
    doc.data = words(&[form.len() as u32 + 68]);
    doc.data.extend([68, 0]);
    doc.data.resize(68, 0);
    doc.data.extend(form);
    let data = [sprm(0x6A03, &[0; 4]), sprm(0x0806, &[1]), SPECIAL.to_vec()].concat();
    let runs: [(&str, &[u8]); 6] = [
        ("密级", &[]),
        ("\u{13}", SPECIAL),
        (" FORMDROPDOWN ", &[]),
        ("\u{1}", &data),
        ("\u{14}", SPECIAL),
        ("\u{15}", SPECIAL),
    ];
    doc.paragraph(&[], &runs, "\r");
    check(&doc, &["p1 l1 body | 密级机密"]);
}

#[test]
fn symbols_are_what_their_font_shows() {
    let mut doc = Doc::default();
    let font = [vec![0; 39], utf16("Wingdings"), vec![0, 0]].concat();
    doc.part(Part::Fonts, [vec![1, 0, 0, 0, font.len() as u8], font].concat());
    let symbol = [sprm(0x6A09, &[0, 0, 0xAB, 0xF0]), SPECIAL.to_vec()].concat();
    let face = sprm(0x4A4F, &[0, 0]);
    doc.paragraph(&[], &[("机密", &[]), ("(", &symbol), ("\u{F0AB}", &face), ("(", &[])], "\r");
    check(&doc, &["p1 l1 body | 机密★★("]);
}

#[test]
fn cells_stand_side_by_side_and_within_one_another() {
    let cell = sprm(0x2416, &[1]);
    let row = [cell.clone(), sprm(0x2417, &[1])].concat();
    let inner = [cell.clone(), sprm(0x6649, &[2, 0, 0, 0])].concat();
    let inner_cell = [inner.clone(), sprm(0x244B, &[1])].concat();
    let inner_row = [inner.clone(), sprm(0x244B, &[1]), sprm(0x244C, &[1])].concat();
    // The second cell is painted black.
    let shades = [sprm(0xD609, &[4, 0xFF, 0xFF, 0x20, 0x00])].concat();
    let painted = [row.clone(), shades].concat();
    let white = sprm(0x2A42, &[8]);
    let mut doc = Doc::default();
    doc.paragraph(&cell, &[("甲", &white)], "\u{7}");
    doc.paragraph(&cell, &[("乙一", &white)], "\r");
    doc.paragraph(&cell, &[("乙二", &[])], "\u{7}");
    doc.paragraph(&painted, &[], "\u{7}");
    doc.paragraph(&cell, &[("丙", &[])], "\r");
    doc.paragraph(&inner_cell, &[("丁", &[])], "\r");
    doc.paragraph(&inner_row, &[], "\r");
    doc.paragraph(&cell, &[("戊", &[])], "\u{7}");
    doc.paragraph(&row, &[], "\u{7}");
    doc.plain("完");
    let want = [
        "p1 l1 cell t1.r1.c1 | 甲",
        "p1 l1 cell t1.r1.c2 | 乙一",
        "p1 l2 cell t1.r1.c2 | 乙二",
        "p1 l3 cell t1.r2.c1 | 丙",
        "p1 l4 cell t1.r2.c1.t1.r1.c1 | 丁",
        "p1 l5 cell t1.r2.c1 | 戊",
        "p1 l6 body | 完",
    ];
    let extraction = read_bytes(&doc.bytes());
    assert_eq!(
        (told(&extraction), &extraction.gaps[..]),
        (want.map(str::to_owned).to_vec(), &[][..])
    );
    let hidden = styles(&extraction).into_iter().filter(|(_, style)| style.hidden);
    assert_eq!(hidden.map(|(text, _)| text).collect::<Vec<_>>(), ["甲"]);
}

/// Two sections, the second on a new page and with a page of its own; margins of
/// all kinds.
fn sections() -> Doc {
    let mut doc = Doc::with_body(&["第一节"]);
    doc.paragraph(&[], &[("末", &[])], "\u{C}");
    let first = doc.next();
    doc.plain("第二节");
    let end = doc.next();
    doc.section(first, Vec::new()).section(end, sprm(0x300A, &[1]));
    doc.story(StoryId::Headers);
    let mut places = vec![0; 7];
    let texts = ["偶", "机密★10年", "", "页脚", "", "", "", "", "", "", "首页", ""];
    for text in texts {
        if !text.is_empty() {
            doc.plain(text);
        }
        places.push(doc.next());
    }
    places.push(doc.next());
    doc.part(Part::Headers, words(&places));
    doc
}

#[test]
fn margins_stand_on_the_first_page_that_shows_them() {
    let mut doc = sections();
    check(
        &doc,
        &[
            "p1 l1 body | 第一节",
            "p1 l2 body | 末",
            "p2 l1 body | 第二节",
            "p0 l1 header even | 偶",
            "p1 l1 header default | 机密★10年",
            "p2 l1 header first | 首页",
            "p1 l1 footer default | 页脚",
        ],
    );
    let extraction = read_bytes(&doc.bytes());
    let hidden = styles(&extraction).into_iter().filter(|(_, style)| style.hidden);
    assert_eq!(hidden.map(|(text, _)| text).collect::<Vec<_>>(), ["偶"]);
    // With even pages of their own.
    doc.part(Part::DocumentProperties, vec![1]);
    assert!(told(&read_bytes(&doc.bytes())).contains(&"p2 l1 header even | 偶".to_owned()));
    // Without the table all of it is read as one.
    doc.part(Part::Headers, Vec::new());
    let told = told(&read_bytes(&doc.bytes()));
    assert!(told.contains(&"p1 l2 header unreferenced | 机密★10年".to_owned()), "{told:?}");
}

#[test]
fn a_section_may_go_on_on_the_same_page() {
    let mut doc = Doc::default();
    doc.paragraph(&[], &[("一", &[])], "\u{C}");
    let first = doc.next();
    doc.plain("二");
    let end = doc.next();
    doc.section(first, Vec::new()).section(end, sprm(0x3009, &[0]));
    check(&doc, &["p1 l1 body | 一", "p1 l2 body | 二"]);
}

#[test]
fn notes_and_comments_stand_where_they_are_referred_to() {
    let mut doc = Doc::default();
    doc.plain("第一页\u{C}");
    let note = doc.next() + 1;
    doc.paragraph(&[], &[("正", &[]), ("\u{2}", SPECIAL), ("\u{5}", SPECIAL)], "\r");
    doc.story(StoryId::Footnotes).paragraph(&[], &[("\u{2}", SPECIAL), ("脚注", &[])], "\r");
    let size = doc.next();
    doc.part(Part::FootnoteRefs, [words(&[note, note + 2]), vec![1, 0]].concat());
    doc.part(Part::FootnoteTexts, words(&[0, size, size]));
    doc.story(StoryId::Comments).plain("机密");
    let size = doc.next();
    let entry = [counted("张"), vec![0; 16], vec![1, 0], vec![0; 8]].concat();
    doc.part(Part::CommentRefs, [words(&[note + 1, note + 2]), entry].concat());
    doc.part(Part::CommentTexts, words(&[0, size, size]));
    doc.part(Part::CommentAuthors, [counted("李四"), counted("张三")].concat());
    doc.story(StoryId::Endnotes).plain("尾注");
    check(
        &doc,
        &[
            "p1 l1 body | 第一页",
            "p2 l1 body | 正",
            "p2 l1 note footnote | 脚注",
            "p0 l1 note endnote | 尾注",
            "p2 l1 comment comment by 张三 | 机密",
        ],
    );
}

/// A document with a box in its text, and word art and a box in its header.
fn drawn() -> Doc {
    let mut doc = Doc::default();
    doc.paragraph(&[], &[("正文", &[]), ("\u{8}", SPECIAL)], "\r");
    doc.plain("后");
    doc.story(StoryId::Headers).paragraph(&[], &[("\u{8}", SPECIAL), ("\u{8}", SPECIAL)], "\r");
    let end = doc.next();
    doc.part(Part::Headers, words(&[0, 0, 0, 0, 0, 0, 0, 0, end, end, end, end, end, end]));
    doc.story(StoryId::Boxes).plain("框中");
    let size = doc.next();
    let anchor = |id: u32| [words(&[id]), vec![0; 22]].concat();
    let text_box = |id: u32| [vec![0; 14], words(&[id, 0])].concat();
    doc.part(Part::ShapePlaces, [words(&[2, 3]), anchor(7)].concat());
    doc.part(Part::Boxes, [words(&[0, size]), text_box(7)].concat());
    doc.story(StoryId::HeaderBoxes).plain("眉框");
    let size = doc.next();
    let places = [words(&[0, 1, 2]), anchor(8), anchor(9)].concat();
    doc.part(Part::HeaderShapePlaces, places);
    doc.part(Part::HeaderBoxes, [words(&[0, size]), text_box(9)].concat());
    let margin = [shape(8, &[(0xC0, "绝密")]), shape(9, &[(0x381, "说明")])];
    doc.part(Part::Drawings, drawings(&[shape(7, &[])], &margin));
    doc
}

#[test]
fn drawings_say_what_they_say_where_they_are_anchored() {
    check(
        &drawn(),
        &[
            "p1 l1 body | 正文",
            "p1 l1 text_box | 框中",
            "p1 l2 body | 后",
            "p1 l1 watermark header default | 绝密",
            "p1 l1 text_box header default | 眉框",
            "p1 l0 alt_text | 说明",
        ],
    );
}

#[test]
fn drawings_without_an_anchor_are_read() {
    let mut doc = drawn();
    doc.part(Part::ShapePlaces, Vec::new()).part(Part::HeaderShapePlaces, Vec::new());
    let told = told(&read_bytes(&doc.bytes()));
    for text in ["框中", "眉框"] {
        assert!(told.contains(&format!("p0 l1 text_box unanchored | {text}")), "{told:?}");
    }
}

#[test]
fn text_that_nothing_leads_to_is_hidden() {
    let mut doc = Doc::with_body(&["正文", "", "机密★10年"]);
    // The block tells of the first paragraph only; one mark ends all stories.
    let (mut main, table) = doc.tables();
    main[76..80].copy_from_slice(&3_u32.to_le_bytes());
    let bytes = damage::compound(&[("WordDocument", &main), ("0Table", &table)]);
    assert_eq!(
        told(&read_bytes(&bytes)),
        ["p1 l1 body | 正文", "p0 l2 hidden unreferenced | 机密★10年"]
    );
    doc.flags = 0x100;
    let gaps = read_bytes(&doc.bytes()).gaps;
    assert_eq!(gaps.iter().map(|g| g.kind).collect::<Vec<_>>(), [GapKind::Encrypted]);
}

#[test]
fn what_fast_saving_left_is_told_as_deleted() {
    let mut doc = Doc::with_body(&["正文", "原为机密★10年", "."]);
    // Only the first paragraph is in a piece; the rest stands behind it.
    doc.pieces = vec![(0, 3, 2, 0)];
    for (flags, want) in [
        (4, &["p1 l1 body | 正文", "p0 l0 deleted fast save | 原为机密★10年"][..]),
        (0, &["p1 l1 body | 正文"]),
    ] {
        doc.flags = flags;
        let (mut main, table) = doc.tables();
        main[76..80].copy_from_slice(&3_u32.to_le_bytes());
        let left = utf16("原为机密★10年\r.\r");
        main[0x806..0x806 + left.len()].copy_from_slice(&left);
        let bytes = damage::compound(&[("WordDocument", &main), ("0Table", &table)]);
        assert_eq!(told(&read_bytes(&bytes)), want);
    }
}

#[test]
fn what_is_kept_beside_the_text_is_property() {
    let mut doc = Doc::with_body(&["正文"]);
    let names = [vec![0xFF, 0xFF, 1, 0, 4, 0], counted("密级"), vec![0; 4]].concat();
    doc.part(Part::Variables, [names, counted("机密")].concat());
    doc.stream("MsoDataStore/a/Item", "<a><level>秘密★5年</level></a>".as_bytes());
    doc.stream("MsoDataStore/a/Properties", b"<p>x</p>");
    check(
        &doc,
        &["p1 l1 body | 正文", "p0 l0 property 密级 | 机密", "p0 l0 property level | 秘密★5年"],
    );
}

#[test]
fn what_is_packed_inside_is_a_child() {
    let mut doc = Doc::with_body(&["正文"]);
    let packed =
        [vec![2, 0], b"a.txt\0".to_vec(), vec![0; 9], words(&[4]), b"text".to_vec()].concat();
    let native = [words(&[packed.len() as u32]), packed].concat();
    doc.stream("ObjectPool/_1/\u{1}Ole10Native", &native);
    doc.stream("ObjectPool/_2/WordDocument", b"inner").stream("ObjectPool/_2/\u{1}Ole", b"x");
    doc.stream("ObjectPool/_3/\u{3}ObjInfo", b"x");
    doc.stream("Extra", b"more").stream("\u{1}CompObj", b"x").stream("Macros/VBA/dir", b"x");
    doc.stream("\tDRMContent", b"x");
    let Extraction { children, gaps, .. } = read_bytes(&doc.bytes());
    assert_eq!(gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::Encrypted]);
    let told: Vec<_> = children
        .iter()
        .map(|child| {
            let kind = match child.bytes.starts_with(b"\xD0\xCF") {
                true => "compound".to_owned(),
                false => String::from_utf8_lossy(&child.bytes).into_owned(),
            };
            let gaps: Vec<_> = child.gaps.iter().map(|gap| gap.kind.rule()).collect();
            format!("{} {kind}{}", child.provenance.name(), gaps.concat())
        })
        .collect();
    let want = ["a.txt text", "_2 compound", "Extra more", "Macros compound"];
    assert_eq!(told, want);
}

#[test]
fn pictures_alone_are_no_text() {
    let picture = [sprm(0x6A03, &[0; 4]), SPECIAL.to_vec()].concat();
    for (text, kinds) in
        [("", &[GapKind::ImageOnly][..]), ("正文正文正文正文正文正文正文正文", &[])]
    {
        let mut doc = Doc::default();
        doc.data = vec![0; 80];
        doc.paragraph(&[], &[(text, &[]), ("\u{1}", &picture)], "\r");
        let extraction = read_bytes(&doc.bytes());
        assert_eq!(extraction.gaps.iter().map(|g| g.kind).collect::<Vec<_>>(), kinds);
        assert_eq!(extraction.notes.len(), 1 - kinds.len());
    }
}

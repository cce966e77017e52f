//! What is read of small presentations made here, record by record.

mod builder;

use std::io::Write;

use builder::*;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;
use crate::extract::Limits;
use crate::model::Block;

fn extracted(bytes: &[u8]) -> Extraction {
    read(&Submission::file("a.ppt", bytes), &mut Budget::new(Limits::default()))
}

/// Blocks as `page region [label] text`, one a line; `~` before what has a style
/// that nobody sees.
fn told(extraction: &Extraction) -> Vec<String> {
    let text = &extraction.text;
    let line = |b: &Block| {
        let region = format!("{:?}", b.region).to_lowercase();
        let unseen = if text.styles_in(b.span()).any(|(_, style)| style.hidden) { "~" } else { "" };
        format!("{} {region} [{}] {unseen}{}", b.page, text.label(b), text.block_text(b))
    };
    text.blocks().iter().map(line).collect()
}

fn check(bytes: &[u8], want: &[&str]) {
    let extraction = extracted(bytes);
    assert_eq!(extraction.gaps, [], "{:?}", told(&extraction));
    assert_eq!(told(&extraction), want);
}

fn is_placed(kind: u8, at: [u16; 2], text: Vec<u8>) -> Vec<u8> {
    Drawn { at, said: text, data: placeholder(kind), ..Drawn::default() }.shape()
}

#[test]
fn slides_come_in_their_order_with_what_stands_on_them() {
    let refers = |number: u32| {
        [
            record(0, record::TEXT_HEADER, &longs(&[0])),
            record(0, record::OUTLINE_REF, &longs(&[number])),
        ]
        .concat()
    };
    // The shape that is painted first stands below the other.
    let first = slide(
        0x8000_0000,
        &[
            said([10, 200], text(4, "框一\u{B}框二\r框三")),
            is_placed(0x0D, [10, 20], refers(0)),
            Drawn { at: [300, 200], texts: &[(0xC0, "艺术字")], ..Drawn::default() }.shape(),
            Drawn {
                at: [10, 400],
                texts: &[(0x380, "WordArt 水印"), (0x381, "替代文字")],
                said: text(4, "水印字"),
                ..Drawn::default()
            }
            .shape(),
        ],
        &[],
    );
    let second = slide(0x8000_0000, &[said([10, 10], text(4, "第二张"))], &[unseen()]);
    let master = holding(
        record::MAIN_MASTER,
        0,
        &[
            record(2, record::SLIDE_ATOM, &[0; 24]),
            drawing(&[
                said([0, 0], text(4, "母版上的字")),
                is_placed(1, [0, 50], text(0, "单击此处编辑标题")),
            ]),
            string(2, "设计模板"),
        ],
    );
    let notes = holding(
        record::NOTES,
        0,
        &[
            record(1, record::NOTES_ATOM, &longs(&[257, 0])),
            drawing(&[said([0, 0], text(2, "备注文字"))]),
        ],
    );
    let edges = holding(
        record::HEADERS_FOOTERS,
        3,
        &[record(0, record::HEADERS_FOOTERS_ATOM, &shorts(&[0, 0x20])), string(2, "页脚密级")],
    );
    let document = document(&[
        list(1, &[(4, 0x8000_0000, Vec::new())]),
        edges,
        // The list tells the order, not the numbers of the objects.
        list(0, &[(3, 257, text(0, "标题")), (2, 256, text(1, "只在大纲"))]),
        list(2, &[(5, 300, Vec::new())]),
        holding(
            record::NAMED_SHOWS,
            0,
            &[holding(record::NAMED_SHOW, 0, &[string(0, "给领导的放映")])],
        ),
    ]);
    check(
        &deck(document, &[second, first, master, notes]),
        &[
            "1 body [title] 标题",
            "1 textbox [] 框一",
            "1 textbox [] 框二",
            "1 textbox [] 框三",
            "1 textbox [] 艺术字",
            "1 watermark [] 水印字",
            "1 footer [footer] 页脚密级",
            "1 textbox [master] 母版上的字",
            "2 hidden [hidden slide] 第二张",
            "2 hidden [outline] 只在大纲",
            "1 note [notes] 备注文字",
            "1 alttext [] 替代文字",
            "0 hidden [placeholder] 单击此处编辑标题",
            "0 property [master] 设计模板",
            "0 property [show] 给领导的放映",
        ],
    );
}

#[test]
fn what_nobody_is_shown_is_hidden() {
    let white = |said: &str| {
        let units = said.encode_utf16().count() as u32 + 1;
        let mut looks = [longs(&[units]), shorts(&[0]), longs(&[0])].concat();
        looks.extend([longs(&[units, 0x04_0000]), vec![255, 255, 255, 0xFE]].concat());
        [text(4, said), record(0, record::TEXT_STYLE, &looks)].concat()
    };
    let slide = slide(
        0,
        &[
            Drawn { numbers: &[(0x01BF, 0x10_0000)], said: white("白字"), ..Drawn::default() }
                .shape(),
            // On a ground of its own it can be seen.
            Drawn {
                at: [0, 100],
                numbers: &[(0x0181, 0x0000_00FF)],
                said: white("红底白字"),
                ..Drawn::default()
            }
            .shape(),
            Drawn {
                at: [0, 200],
                numbers: &[(0x03BF, 0x2_0002)],
                said: text(4, "藏起的框"),
                ..Drawn::default()
            }
            .shape(),
            said([0, 300], text(4, "页内")),
            said([900, 400], text(4, "页外")),
        ],
        &[],
    );
    let document = document(&[list(0, &[(2, 256, Vec::new())])]);
    let bytes = deck(document, &[slide]);
    check(
        &bytes,
        &[
            "1 textbox [] ~白字",
            "1 textbox [] 红底白字",
            "1 hidden [hidden shape] 藏起的框",
            "1 textbox [] 页内",
            "1 hidden [off the slide] 页外",
        ],
    );
}

#[test]
fn cells_of_a_table_are_told_by_their_places() {
    let cell = |left: i32, top: i32, said: &str| {
        let anchor: Vec<u8> = [left, top, left + 800, top + 400].map(i32::to_le_bytes).concat();
        holding(
            0xF004,
            0,
            &[
                record(2, 0xF00A, &longs(&[1, 2])),
                record(0, 0xF00F, &anchor),
                holding(0xF00D, 0, &[text(4, said)]),
            ],
        )
    };
    let frame: Vec<u8> = [0i32, 0, 1600, 800].map(i32::to_le_bytes).concat();
    let own = holding(
        0xF004,
        0,
        &[
            record(1, 0xF009, &frame),
            record(2, 0xF00A, &longs(&[1, 1])),
            record(3 | 1 << 4, 0xF122, &[shorts(&[0x039F]), longs(&[1])].concat()),
            record(0, 0xF010, &shorts(&[800, 800, 2400, 1600])),
        ],
    );
    let table = holding(
        0xF003,
        0,
        &[own, cell(0, 0, "甲"), cell(800, 0, "乙"), cell(0, 400, "丙"), cell(800, 400, "机密")],
    );
    let slide = slide(0, &[table], &[]);
    let document = document(&[list(0, &[(2, 256, Vec::new())])]);
    let extraction = extracted(&deck(document, &[slide]));
    assert_eq!(
        told(&extraction),
        [
            "1 cell [t1.r1.c1] 甲",
            "1 cell [t1.r1.c2] 乙",
            "1 cell [t1.r2.c1] 丙",
            "1 cell [t1.r2.c2] 机密",
        ]
    );
    let frame = extraction.text.blocks()[3].bbox.expect("a place");
    assert_eq!([frame.x0, frame.y0, frame.x1, frame.y1], [200.0, 150.0, 300.0, 200.0]);
    assert_eq!(extraction.text.page_sizes, [[720.0, 540.0]]);
}

#[test]
fn comments_and_tags_are_read() {
    let comment = holding(
        record::COMMENT,
        0,
        &[string(0, "张三"), string(1, "批注一\r批注二"), string(2, "Z")],
    );
    let tags = holding(
        record::TAGS,
        0,
        &[
            holding(
                record::BINARY_TAG,
                0,
                &[string(0, "___PPT10"), record(0, record::BINARY_TAG_DATA, &comment)],
            ),
            holding(record::STRING_TAG, 0, &[string(0, "MARK"), string(1, "内部资料")]),
            holding(record::STRING_TAG, 0, &[string(0, "SIZE"), string(1, "12.5")]),
        ],
    );
    let slide = slide(0, &[said([0, 0], text(4, "字"))], &[tags]);
    let document = document(&[list(0, &[(2, 256, Vec::new())])]);
    check(
        &deck(document, &[slide]),
        &[
            "1 textbox [] 字",
            "1 comment [comment] 批注一",
            "1 comment [comment] 批注二",
            "1 property [MARK] 内部资料",
        ],
    );
}

#[test]
fn the_presentation_has_tags_hints_and_links_of_its_own() {
    let hint =
        holding(record::LINK_TIP, 0, &[record(0, 0x0FD3, &longs(&[1])), string(1, "链接的说明")]);
    let data = record(0, record::BINARY_TAG_DATA, &hint);
    let tags = holding(
        record::TAGS,
        0,
        &[
            holding(record::BINARY_TAG, 0, &[string(0, "___PPT9"), data]),
            holding(record::STRING_TAG, 0, &[string(0, "MARK"), string(1, "内部资料")]),
        ],
    );
    let film = holding(0x1006, 0, &[string(0, "film.avi")]);
    let document = document(&[
        holding(record::EXTERNAL_OBJECTS, 0, &[record(0, 0x040A, &longs(&[1])), film]),
        holding(record::DOCUMENT_INFO, 0, &[tags]),
    ]);
    let extraction = extracted(&deck(document, &[]));
    assert_eq!(told(&extraction), ["0 property [MARK] 内部资料", "0 alttext [] 链接的说明"]);
    let notes: Vec<_> = extraction.notes.iter().map(|note| note.id).collect();
    assert_eq!(notes, ["external-links"]);
}

#[test]
fn what_was_taken_out_is_still_read() {
    let of = |said_of_it: &str| slide(0, &[said([0, 0], text(4, said_of_it))], &[]);
    let first = document(&[list(0, &[(2, 256, Vec::new()), (3, 257, Vec::new())])]);
    let second = document(&[list(0, &[(2, 256, Vec::new())])]);
    let mut stream = Vec::new();
    let edit = save(&mut stream, 0, &[(1, first), (2, of("旧字")), (3, of("删去的一张"))]);
    let edit = save(&mut stream, edit, &[(1, second), (2, of("新字"))]);
    check(
        &file(&stream, edit, &[]),
        &[
            "1 textbox [] 新字",
            "0 hidden [unlisted slide] 删去的一张",
            "0 hidden [earlier version] 旧字",
        ],
    );
}

#[test]
fn objects_macros_and_sounds_are_children() {
    let packed = |content: &[u8]| {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(content).expect("memory");
        let packed = packer.finish().expect("memory");
        let body = [longs(&[u32::MAX]), packed].concat();
        record(1 << 4, record::OBJECT_STORAGE, &body)
    };
    let atom = record(2, record::VBA_INFO_ATOM, &longs(&[4, 1, 2]));
    let info = holding(record::VBA_INFO, 1, &[atom]);
    let document = document(&[holding(record::DOCUMENT_INFO, 0, &[info])]);
    let plain = record(0, record::OBJECT_STORAGE, b"plain object");
    let bytes = deck(document, &[plain, packed(b"packed object"), packed(b"macros")]);
    let extraction = extracted(&bytes);
    assert_eq!(extraction.gaps, []);
    let children: Vec<_> =
        extraction.children.iter().map(|c| (c.provenance.name(), &*c.bytes)).collect();
    assert_eq!(
        children,
        [
            ("oleObject1.bin", &b"plain object"[..]),
            ("oleObject2.bin", b"packed object"),
            ("vbaProject.bin", b"macros"),
        ]
    );
    let data = record(0, record::SOUND_DATA, b"RIFF");
    let sound = holding(record::SOUND, 0, &[string(0, "掌声"), string(1, ".wav"), data]);
    let sounds = holding(record::SOUNDS, 5, &[record(0, 0x07E5, &[1, 0, 0, 0]), sound]);
    let extraction = extracted(&deck(builder::document(&[sounds]), &[]));
    let children: Vec<_> =
        extraction.children.iter().map(|c| (c.provenance.name(), &*c.bytes)).collect();
    assert_eq!(children, [("掌声.wav", &b"RIFF"[..])]);
    // An object that cannot be unpacked is there, and says so.
    let torn = record(1 << 4, record::OBJECT_STORAGE, &[9; 40]);
    let extraction = extracted(&deck(builder::document(&[]), &[torn]));
    assert_eq!(extraction.children.len(), 1);
    assert_eq!(extraction.children[0].gaps.len(), 1);
}

#[test]
fn pictures_alone_are_a_gap() {
    let picture = |numbers: &'static [(u16, u32)]| Drawn { numbers, ..Drawn::default() }.shape();
    let deck_of = |shapes: &[Vec<u8>]| {
        let document = document(&[list(0, &[(2, 256, Vec::new())])]);
        extracted(&deck(document, &[slide(0, shapes, &[])]))
    };
    let kinds = |extraction: &Extraction| -> Vec<GapKind> {
        extraction.gaps.iter().map(|gap| gap.kind).collect()
    };
    // A tenth of an inch by two is too small for a page.
    let small = deck_of(&[picture(&[(0x4104, 1)])]);
    assert_eq!((kinds(&small), small.notes.len()), (Vec::new(), 1));
    let mut large = picture(&[(0x4104, 1)]);
    let place = memchr::memmem::find(&large, &shorts(&[0, 0, 800, 160])).expect("the anchor");
    large[place..place + 8].copy_from_slice(&shorts(&[0, 0, 5000, 4000]));
    assert_eq!(kinds(&deck_of(&[large.clone()])), [GapKind::ImageOnly]);
    let words = said([0, 0], text(4, "这一张幻灯片上另外有足够多的字可以读出来"));
    assert_eq!(kinds(&deck_of(&[large, words])), []);
}

/// A deck with a bit of everything.
fn various() -> (Vec<u8>, u32) {
    let comment = holding(record::COMMENT, 0, &[string(1, "批注")]);
    let data = record(0, record::BINARY_TAG_DATA, &comment);
    let tags = holding(record::TAGS, 0, &[holding(record::BINARY_TAG, 0, &[data])]);
    let styled = [
        text(4, "one"),
        record(0, record::TEXT_STYLE, &[longs(&[4]), shorts(&[0]), longs(&[0, 4, 0])].concat()),
    ]
    .concat();
    let first = slide(
        7,
        &[said([0, 0], styled), Drawn { texts: &[(0x381, "alt")], ..Drawn::default() }.shape()],
        &[tags, record(1 << 4, record::SCHEME, &[0; 32])],
    );
    let master = holding(record::MAIN_MASTER, 0, &[drawing(&[said([0, 0], text(4, "m"))])]);
    let object = record(1 << 4, record::OBJECT_STORAGE, &[0, 0, 0, 0, 0x78, 0x9C, 3, 0]);
    let document =
        document(&[list(1, &[(3, 7, Vec::new())]), list(0, &[(2, 256, text(0, "two"))])]);
    let mut stream = Vec::new();
    let edit = save(&mut stream, 0, &[(1, document), (2, first), (3, master), (4, object)]);
    (stream, edit)
}

#[test]
fn damage_is_told_and_costs_its_own_part() {
    let (stream, edit) = various();
    let has = |extraction: &Extraction, text: &str| {
        told(extraction).iter().any(|line| line.ends_with(text))
    };
    // Without the way to the last edit.
    let lost = extracted(&file(&stream, 3, &[]));
    assert!(!lost.gaps.is_empty() && has(&lost, "one") && has(&lost, "批注"));
    // Without any directory: records one behind the other.
    let cut = extracted(&file(&stream[..edit as usize - 8], edit, &[]));
    assert!(!cut.gaps.is_empty() && has(&cut, "one") && has(&cut, "m"));
    // Without the file around it.
    let mut torn = file(&stream, edit, &[]);
    torn[48..52].fill(0xEE);
    let torn = extracted(&torn);
    assert!(!torn.gaps.is_empty() && has(&torn, "one"));
    // A slide that the list has and the directory has not.
    let document = document(&[list(0, &[(9, 256, text(0, "大纲里的字"))])]);
    let extraction = extracted(&deck(document, &[]));
    assert_eq!(extraction.gaps.len(), 1);
    assert_eq!(told(&extraction), ["1 body [outline] 大纲里的字"]);
    assert_eq!(extracted(b"").gaps.len(), 1);
}

#[test]
fn hostile_presentations_end_within_their_limits() {
    let (stream, edit) = various();
    // Nothing asks for the end of the last edit.
    let needed = edit as usize + 8 + 20;
    for at in 0..stream.len() {
        for value in [0, 1, 0x0F, 0x7F, 0xFF] {
            let mut torn = stream.clone();
            torn[at] = value;
            let _ = extracted(&file(&torn, edit, &[]));
        }
        let extraction = extracted(&file(&stream[..at], edit, &[]));
        assert!(!extraction.gaps.is_empty() || at >= needed, "cut at {at}");
    }
    let whole = file(&stream, edit, &[]);
    for at in (0..whole.len()).step_by(7) {
        let _ = extracted(&whole[..at]);
    }
    let limits = Limits { steps: 20, ..Limits::default() };
    let extraction = read(&Submission::file("a.ppt", whole), &mut Budget::new(limits));
    assert!(extraction.gaps.iter().any(|gap| matches!(gap.kind, GapKind::Limit(_))));
    // Groups in groups, as deep as the bytes go.
    let mut deep = Vec::new();
    for _ in 0..4000 {
        deep = record(0xF, 0xF003, &deep);
    }
    let document = document(&[list(0, &[(2, 256, Vec::new())])]);
    let _ = extracted(&deck(document, &[slide(0, &[deep], &[])]));
}

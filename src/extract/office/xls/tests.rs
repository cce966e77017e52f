//! What is read of small workbooks made here, record by record.

use std::io::{Cursor, Write};

use super::*;
use crate::extract::Limits;

fn record(number: u16, content: &[u8]) -> Vec<u8> {
    let mut made = number.to_le_bytes().to_vec();
    made.extend((content.len() as u16).to_le_bytes());
    made.extend(content);
    made
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A string as Excel 97 has it, behind a length of two bytes.
fn string(text: &str) -> Vec<u8> {
    let mut made = (text.encode_utf16().count() as u16).to_le_bytes().to_vec();
    made.push(1);
    made.extend(wide(text));
    made
}

fn bof(kind: u16) -> Vec<u8> {
    record(id::BOF, &numbers(&[0x0600, kind, 0, 0, 0, 0, 0, 0]))
}

fn label(row: u16, column: u16, look: u16, text: &str) -> Vec<u8> {
    record(id::LABEL, &[numbers(&[row, column, look]), string(text)].concat())
}

/// A workbook's stream of sheets: name, state, records.
fn stream(globals: &[Vec<u8>], sheets: &[(&str, u8, Vec<Vec<u8>>)]) -> Vec<u8> {
    let globals = globals.concat();
    let entry = |at: usize, name: &str, state: u8| {
        let mut made = (at as u32).to_le_bytes().to_vec();
        made.extend([state, 0, name.encode_utf16().count() as u8, 1]);
        made.extend(wide(name));
        record(id::BOUND_SHEET, &made)
    };
    let list: usize = sheets.iter().map(|(name, state, _)| entry(0, name, *state).len()).sum();
    let mut at = bof(5).len() + globals.len() + list + record(id::EOF, &[]).len();
    let mut made = [bof(5), globals].concat();
    let mut bodies = Vec::new();
    for (name, state, records) in sheets {
        made.extend(entry(at, name, *state));
        let body = [bof(0x10), records.concat(), record(id::EOF, &[])].concat();
        at += body.len();
        bodies.extend(body);
    }
    made.extend(record(id::EOF, &[]));
    made.extend(bodies);
    made
}

fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
    for (name, content) in streams {
        if let Some((storage, _)) = name.rsplit_once('/') {
            file.create_storage_all(format!("/{storage}")).expect("a new name");
        }
        let mut stream = file.create_stream(format!("/{name}")).expect("a new name");
        stream.write_all(content).expect("memory");
    }
    file.flush().expect("memory");
    file.into_inner().into_inner()
}

fn extracted(bytes: &[u8]) -> Extraction {
    read(&Submission::file("a.xls", bytes), &mut Budget::new(Limits::default()))
}

/// Blocks as `page region [label] text`, one a line.
fn told(extraction: &Extraction) -> Vec<String> {
    let text = &extraction.text;
    let line = |b: &crate::model::Block| {
        let region = format!("{:?}", b.region).to_lowercase();
        format!("{} {region} [{}] {}", b.page, text.label(b), text.block_text(b))
    };
    text.blocks().iter().map(line).collect()
}

fn check(bytes: &[u8], want: &[&str]) {
    let extraction = extracted(bytes);
    assert_eq!(extraction.gaps, [], "{:?}", told(&extraction));
    assert_eq!(told(&extraction), want);
}

#[test]
fn cells_of_every_kind_are_read() {
    let rk = |value: u32| value.to_le_bytes().to_vec();
    let formula = |row: u16, value: [u8; 8], tokens: &[u8]| {
        let mut made = numbers(&[row, 0, 0]);
        made.extend(value);
        made.extend([0; 6]);
        made.extend((tokens.len() as u16).to_le_bytes());
        made.extend(tokens);
        record(id::FORMULA, &made)
    };
    let mut strings = vec![9, 0, 0, 0, 2, 0, 0, 0];
    strings.extend(string("机密★10年"));
    strings.extend([4, 0, 0, b'n', b'e']);
    let literal = [&[0x17, 2, 1], wide("秘密").as_slice()].concat();
    let globals = vec![
        record(id::SHARED_STRINGS, &strings),
        record(records::CONTINUE, &[&[1], wide("xt").as_slice()].concat()),
        record(id::FORMAT, &[numbers(&[164]), string("\"绝密★\"0\"年\"")].concat()),
        record(id::XF, &[0; 20]),
        record(id::XF, &[numbers(&[0, 14]), vec![0; 16]].concat()),
        record(id::XF, &[numbers(&[0, 164]), vec![0; 16]].concat()),
    ];
    let cells = vec![
        record(id::LABEL_SHARED, &[numbers(&[0, 0, 0]), rk(0)].concat()),
        record(id::LABEL_SHARED, &[numbers(&[0, 1, 0]), rk(1)].concat()),
        record(id::RK, &[numbers(&[1, 0, 0]), rk(1234 << 2 | 3)].concat()),
        record(
            id::MANY_RK,
            &[numbers(&[2, 0, 0]), rk(1 << 2 | 2), numbers(&[2]), rk(20 << 2 | 2), numbers(&[1])]
                .concat(),
        ),
        record(id::NUMBER, &[numbers(&[3, 0, 1]), 41_699f64.to_le_bytes().to_vec()].concat()),
        record(id::BOOL_OR_ERROR, &[numbers(&[4, 0, 0]), vec![1, 0]].concat()),
        record(id::BOOL_OR_ERROR, &[numbers(&[4, 1, 0]), vec![0x2A, 1]].concat()),
        label(5, 0, 0, "甲\n乙"),
        formula(6, 2.5f64.to_le_bytes(), &[]),
        formula(7, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF], &literal),
        record(id::STRING, &string("shown")),
        formula(8, [2, 0, 7, 0, 0, 0, 0xFF, 0xFF], &[]),
    ];
    check(
        &compound(&[("Workbook", &stream(&globals, &[("表", 0, cells)]))]),
        &[
            "1 property [sheet] 表",
            "1 cell [表!A1] 机密★10年",
            "1 cell [表!B1] next",
            "1 cell [表!A2] 12.34",
            "1 cell [表!A3] 1",
            "1 cell [表!B3] 绝密★20年",
            "1 cell [表!A4] 2014/3/1",
            "1 cell [表!A5] TRUE",
            "1 cell [表!B5] #N/A",
            "1 cell [表!A6] 甲",
            "1 cell [表!A6] 乙",
            "1 cell [表!A7] 2.5",
            "1 cell [表!A8] shown",
            "1 hidden [表!A8] =\"秘密\"",
            "1 cell [表!A9] #DIV/0!",
        ],
    );
}

#[test]
fn what_nobody_is_shown_is_hidden() {
    let mut row = numbers(&[3, 0, 1, 255, 0, 0]);
    row.extend(numbers(&[0x20, 0]));
    let cells = vec![
        record(id::COLUMNS, &numbers(&[2, 2, 2048, 0, 1, 0])),
        record(id::ROW, &row),
        label(0, 0, 0, "shown"),
        label(0, 2, 0, "column"),
        label(1, 0, 0, "first"),
        label(1, 1, 0, "covered"),
        label(3, 0, 0, "row"),
        label(4, 0, 1, "white"),
        record(id::MERGED, &numbers(&[1, 1, 1, 0, 1])),
    ];
    let font = |color: u16| {
        let mut made = numbers(&[240, 0, color, 400, 0]);
        made.extend([0, 0, 0, 0, 1, 0, b'A']);
        record(id::FONT, &made)
    };
    let globals = vec![
        font(0x7FFF),
        font(9),
        record(id::XF, &[0; 20]),
        record(id::XF, &[numbers(&[1, 0]), vec![0; 16]].concat()),
    ];
    let sheets = [
        ("a", 0, cells),
        ("b", 1, vec![label(0, 0, 0, "hidden")]),
        ("c", 2, vec![label(0, 0, 0, "very")]),
    ];
    check(
        &compound(&[("Workbook", &stream(&globals, &sheets))]),
        &[
            "1 property [sheet] a",
            "1 cell [a!A1] shown",
            "1 hidden [a!C1] column",
            "1 cell [a!A2] first",
            "1 hidden [a!B2] covered",
            "1 hidden [a!A4] row",
            "1 hidden [a!A5] white",
            "2 hidden [sheet] b",
            "2 hidden [b!A1] hidden",
            "3 hidden [sheet] c",
            "3 hidden [c!A1] very",
        ],
    );
}

fn art(head: u16, kind: u16, content: &[u8]) -> Vec<u8> {
    let mut made = numbers(&[head, kind]);
    made.extend((content.len() as u32).to_le_bytes());
    made.extend(content);
    made
}

/// A shape whose text, if it has any, comes in a record of its own.
fn shape(cell: (u16, u16), properties: &[(u16, &str)], has_text: bool) -> Vec<u8> {
    let (mut table, mut long) = (Vec::new(), Vec::new());
    for (property, text) in properties {
        let text = wide(&format!("{text}\0"));
        table.extend((property | 0x8000).to_le_bytes());
        table.extend((text.len() as u32).to_le_bytes());
        long.extend(text);
    }
    table.extend(long);
    let anchor = numbers(&[0, cell.1, 0, cell.0, 0, 9, 0, 9, 0]);
    let parts = [
        art(3 | (properties.len() as u16) << 4, 0xF00B, &table),
        art(0, 0xF010, &anchor),
        art(0, 0xF011, &[]),
    ];
    // The record of the text's shape is cut off, and comes behind the object.
    let length = parts.concat().len() + if has_text { 8 } else { 0 };
    let mut made = numbers(&[0xF, 0xF004]);
    made.extend((length as u32).to_le_bytes());
    made.extend(parts.concat());
    made
}

fn object(kind: u16, number: u16) -> Vec<u8> {
    record(id::OBJECT, &numbers(&[0x15, 0x12, kind, number, 0, 0, 0, 0, 0, 0, 0]))
}

fn text(text: &str) -> Vec<u8> {
    let count = text.encode_utf16().count() as u16;
    [
        record(id::DRAWING, &art(0, 0xF00D, &[])),
        record(id::TEXT_OBJECT, &numbers(&[2 << 1, 0, 0, 0, 0, count, 16, 0, 0])),
        record(records::CONTINUE, &[&[1], wide(text).as_slice()].concat()),
        record(records::CONTINUE, &numbers(&[0, 0, 0, 0, count, 0, 0, 0])),
    ]
    .concat()
}

#[test]
fn what_stands_beside_the_cells_is_read() {
    let chart = [
        bof(0x20),
        record(id::HEADER, &string("&Cchart's own")),
        record(id::SERIES_TEXT, &[&[0, 0, 2, 1], wide("题目").as_slice()].concat()),
        record(id::EOF, &[]),
    ]
    .concat();
    let mut drawing = art(0xF, 0xF003, &[]);
    drawing.extend(shape((1, 1), &[(0x381, "替代")], true));
    let mut validation = vec![3, 0, 0, 0];
    for said in ["密级", "\0", "选一个", "\0"] {
        validation.extend(string(said));
    }
    validation.extend(numbers(&[0, 0, 0, 0]));
    let sheet = vec![
        record(id::HEADER, &string("&L&\"黑体,Bold\"机密★5年&R&A")),
        record(id::FOOTER, &string("&C第&P页")),
        label(0, 0, 0, "cell"),
        record(id::DRAWING, &drawing),
        object(6, 1),
        text("框中的字"),
        record(id::DRAWING, &shape((2, 0), &[], true)),
        object(0x19, 2),
        text("张三:\n批注"),
        record(id::DRAWING, &shape((3, 3), &[(0xC0, "艺术字"), (0x380, "WordArt 水印")], false)),
        object(0x1E, 3),
        record(id::DRAWING, &shape((9, 0), &[], false)),
        object(5, 4),
        chart,
        record(id::NOTE, &numbers(&[2, 0, 0, 2, 0])),
        record(id::VALIDATION, &validation),
        record(id::LINK_TIP, &[numbers(&[0x800, 0, 0, 0, 0]), wide("提示\0")].concat()),
    ];
    let mut name = numbers(&[0]);
    name.extend([0, 3]);
    name.extend(numbers(&[7, 0, 0, 0, 0]));
    name.push(1);
    name.extend(wide("密级名"));
    name.extend([0x17, 2, 1]);
    name.extend(wide("秘密"));
    let globals = [record(id::NAME, &name)];
    check(
        &compound(&[("Workbook", &stream(&globals, &[("表", 0, sheet)]))]),
        &[
            "1 property [sheet] 表",
            "1 cell [表!A1] cell",
            "1 header [] 机密★5年",
            "1 header [] 表",
            "1 header [] chart's own",
            "1 footer [] 第页",
            "1 hidden [validation] 密级",
            "1 hidden [validation] 选一个",
            "1 textbox [表!B2] 框中的字",
            "1 watermark [表!D4] 艺术字",
            "1 comment [表!A3] 张三:",
            "1 comment [表!A3] 批注",
            "1 textbox [chart] 题目",
            "0 property [name] 密级名",
            "0 property [密级名] =\"秘密\"",
            "1 alttext [表!A1] 提示",
            "1 alttext [表!B2] 替代",
        ],
    );
}

#[test]
fn old_workbooks_are_read_in_their_code_page() {
    let old = |version: u16, kind: u16| record(id::BOF, &numbers(&[version, kind, 0, 0]));
    let cell = [numbers(&[0, 0, 0, 4]), b"\xBB\xFA\xC3\xDC".to_vec()].concat();
    let note = [numbers(&[0, 1, 4]), b"\xBB\xFA\xC3\xDC".to_vec()].concat();
    let page = record(id::CODE_PAGE, &numbers(&[936]));
    let globals = [old(0x0500, 5), page.clone()].concat();
    let mut sheet = ((globals.len() + 4 + 8 + 1 + 4) as u32).to_le_bytes().to_vec();
    sheet.extend([0, 0, 2, 0xB1, 0xED]);
    sheet.truncate(9);
    let list = record(id::BOUND_SHEET, &sheet);
    let body = [
        old(0x0500, 0x10),
        record(id::LABEL, &cell),
        record(id::NOTE, &note),
        record(id::EOF, &[]),
    ]
    .concat();
    let five = [globals, list, record(id::EOF, &[]), body].concat();
    check(
        &compound(&[("Book", &five)]),
        &["1 property [sheet] 表", "1 cell [表!A1] 机密", "1 comment [表!B1] 机密"],
    );
    // The oldest had one sheet and no file around it.
    let cell = [numbers(&[2, 1]), vec![0, 0, 0, 4], b"\xBB\xFA\xC3\xDC".to_vec()].concat();
    let number = [numbers(&[3, 1]), vec![0, 0, 0], 5f64.to_le_bytes().to_vec()].concat();
    let two = [
        record(id::BOF_2, &numbers(&[2, 0x10])),
        page,
        record(id::LABEL_2, &cell),
        record(id::NUMBER_2, &number),
        record(id::EOF, &[]),
    ]
    .concat();
    check(&two, &["1 cell [Sheet1!B3] 机密", "1 cell [Sheet1!B4] 5"]);
}

#[test]
fn what_is_left_over_is_hidden_or_a_child() {
    let strings = [&[0; 4], &[1, 0, 0, 0], string("没有用到").as_slice()].concat();
    let book =
        stream(&[record(id::SHARED_STRINGS, &strings)], &[("a", 0, vec![label(0, 0, 0, "shown")])]);
    let stray = [bof(0x10), label(0, 0, 0, "stray"), record(id::EOF, &[])].concat();
    let cache = record(id::CACHED_STRING, &string("缓存"));
    let file = compound(&[
        ("Workbook", &[book, stray].concat()),
        ("_SX_DB_CUR/0001", &cache),
        ("MBD0001/Package", b"PK packed"),
        ("MBD0001/\u{1}CompObj", b"apparatus"),
        ("ETExtData", b"apparatus"),
    ]);
    let extraction = extracted(&file);
    assert_eq!(extraction.gaps, []);
    assert_eq!(
        told(&extraction),
        [
            "1 property [sheet] a",
            "1 cell [a!A1] shown",
            "2 hidden [!A1] stray",
            "0 hidden [unused string] 没有用到",
            "0 hidden [pivot] 缓存",
        ]
    );
    let children: Vec<_> = extraction.children.iter().map(|c| c.provenance.name()).collect();
    assert_eq!(children, ["MBD0001"]);
    assert_eq!(&*extraction.children[0].bytes, b"PK packed");
}

#[test]
fn damage_is_told_and_costs_its_own_part() {
    let kinds = |bytes: &[u8]| -> Vec<GapKind> {
        extracted(bytes).gaps.iter().map(|gap| gap.kind).collect()
    };
    assert_eq!(kinds(&compound(&[("Workbook", b"")])), [GapKind::Damaged]);
    assert_eq!(kinds(&compound(&[("Other", b"x")])).first(), Some(&GapKind::Damaged));
    let locked = [bof(5), record(id::FILE_PASS, &[1, 0])].concat();
    assert_eq!(kinds(&compound(&[("Workbook", &locked)])), [GapKind::Encrypted]);
    let book = stream(&[], &[("a", 0, vec![label(0, 0, 0, "one"), label(1, 0, 0, "two")])]);
    let cut = &book[..book.len() - 6];
    let extraction = extracted(cut);
    assert_eq!(extraction.gaps.len(), 1);
    assert!(told(&extraction).contains(&"1 cell [a!A1] one".to_owned()));
    // The stream is found though the file around it is no more.
    let mut file = compound(&[("Workbook", &[book.clone(), vec![0; 5000]].concat())]);
    file[48..52].fill(0xEE);
    let extraction = extracted(&file);
    assert!(!extraction.gaps.is_empty());
    assert!(told(&extraction).contains(&"1 cell [a!A2] two".to_owned()));
}

#[test]
fn hostile_workbooks_end_within_their_limits() {
    let mut drawing = art(0xF, 0xF003, &[]);
    drawing.extend(shape((1, 1), &[(0x381, "替代")], true));
    let book = stream(
        &[
            record(
                id::SHARED_STRINGS,
                &[&[9, 0, 0, 0, 255, 255, 255, 255], string("a").as_slice()].concat(),
            ),
            record(id::FORMAT, &[numbers(&[164]), string("yyyy")].concat()),
            record(id::XF, &[numbers(&[0, 164]), vec![0; 16]].concat()),
        ],
        &[(
            "a",
            0,
            vec![
                label(0, 0, 0, "one"),
                record(id::RK, &[numbers(&[1, 0, 0]), vec![0; 4]].concat()),
                record(id::DRAWING, &drawing),
                object(6, 1),
                text("text"),
                bof(0x20),
                record(id::EOF, &[]),
            ],
        )],
    );
    let file = compound(&[("Workbook", &book)]);
    for at in 0..book.len() {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut torn = book.clone();
            torn[at] = value;
            let _ = extracted(&torn);
        }
        let extraction = extracted(&book[..at]);
        assert!(!extraction.gaps.is_empty(), "cut at {at}");
    }
    for at in (0..file.len()).step_by(7) {
        let _ = extracted(&file[..at]);
    }
    let limits = Limits { steps: 20, ..Limits::default() };
    let extraction = read(&Submission::file("a.xls", file), &mut Budget::new(limits));
    assert!(extraction.gaps.iter().any(|gap| matches!(gap.kind, GapKind::Limit(_))));
}

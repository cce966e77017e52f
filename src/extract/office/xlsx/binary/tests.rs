//! Cases for binary workbooks: records made here, text and places expected.

use crate::extract::archive::zip::packer::{Packed, pack};
use crate::extract::office::xlsx::read;
use crate::extract::{Budget, Extraction, Limits};
use crate::model::Submission;

const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn record(id: u16, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match id {
        0..0x80 => out.push(id as u8),
        _ => out.extend([(id & 0x7F) as u8 | 0x80, (id >> 7) as u8]),
    }
    let size = content.len();
    match size {
        0..0x80 => out.push(size as u8),
        _ => out.extend([(size & 0x7F) as u8 | 0x80, (size >> 7) as u8]),
    }
    out.extend(content);
    out
}

fn string(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut out = (units.len() as u32).to_le_bytes().to_vec();
    out.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    out
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn joined(pieces: &[&[u8]]) -> Vec<u8> {
    pieces.concat()
}

/// A cell: its column, its look, what it holds.
fn cell(id: u16, column: u32, look: u32, content: &[u8]) -> Vec<u8> {
    record(id, &joined(&[&numbers(&[column, look]), content]))
}

fn row(at: u32, hidden: bool) -> Vec<u8> {
    let flags = if hidden { 0x10 } else { 0 };
    record(0, &joined(&[&numbers(&[at, 0]), &[0x2C, 1, 0, flags, 0]]))
}

/// A formula's tokens: one text.
fn text_formula(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let tokens = joined(&[&[0x17], &((units.len() / 2) as u16).to_le_bytes(), &units]);
    joined(&[&numbers(&[tokens.len() as u32]), &tokens, &numbers(&[0])])
}

fn workbook() -> Vec<u8> {
    let sheet = |state: u32, id: &str, name: &str| {
        record(156, &joined(&[&numbers(&[state, 1]), &string(id), &string(name)]))
    };
    let name = joined(&[&[0; 9], &string("暗语"), &text_formula("机密★5年"), &string("见封面")]);
    joined(&[
        &record(153, &[0; 8]),
        &sheet(0, "s1", "表"),
        &sheet(2, "s2", "藏"),
        &record(39, &name),
    ])
}

fn styles() -> Vec<u8> {
    let font = |height: u16, flags: u16, weight: u16, color: [u8; 8], face: &str| {
        let mut out = Vec::new();
        for value in [height, flags, weight] {
            out.extend(value.to_le_bytes());
        }
        out.extend([0; 6]);
        out.extend(color);
        out.push(0);
        out.extend(string(face));
        record(43, &out)
    };
    let look = |format: u16, font: u16, align: u8| {
        let mut out = vec![0, 0];
        for value in [format, font, 0] {
            out.extend(value.to_le_bytes());
        }
        out.extend([0, 0, 0, 0, align, 0, 0, 0]);
        record(47, &out)
    };
    joined(&[
        &record(44, &joined(&[&200u16.to_le_bytes(), &string(r#""机密★"0"年""#)])),
        &font(220, 0, 400, [1, 0, 0, 0, 0, 0, 0, 255], "宋体"),
        &font(320, 8, 700, [5, 0, 0, 0, 255, 0, 0, 255], "黑体"),
        &font(220, 0, 400, [5, 0, 0, 0, 255, 255, 255, 255], "宋体"),
        &record(45, &joined(&[&numbers(&[0]), &[0; 16]])),
        &record(626, &[]),
        &look(0, 2, 0),
        &record(627, &[]),
        &record(617, &[]),
        &look(0, 0, 0),
        &look(0, 1, 2),
        &look(31, 0, 0),
        &look(200, 0, 0),
        &look(0, 2, 0),
        &record(618, &[]),
    ])
}

fn strings() -> Vec<u8> {
    let rich = joined(&[&[1], &string("𠀀机密"), &numbers(&[1]), &[2, 0, 1, 0]]);
    joined(&[&record(19, &joined(&[&[0], &string("字")])), &record(19, &rich)])
}

fn sheet() -> Vec<u8> {
    let link =
        joined(&[&numbers(&[1, 1, 1, 1]), &string(""), &string(""), &string("提示"), &string("")]);
    let validation = joined(&[
        &numbers(&[3, 1, 0, 0, 0, 0]),
        &string(""),
        &string("错"),
        &numbers(&[u32::MAX]),
        &string("填密级"),
        &text_formula("绝密,机密"),
        &numbers(&[0, 0]),
    ]);
    let margins = joined(&[
        &[2, 0],
        &string("&C机密★10年"),
        &numbers(&[u32::MAX; 3]),
        &string("首页"),
        &numbers(&[u32::MAX]),
    ]);
    joined(&[
        &record(129, &[]),
        &record(60, &joined(&[&numbers(&[3, 3, 0, 0]), &[1, 0]])),
        &record(145, &[]),
        &row(0, false),
        &cell(7, 0, 1, &numbers(&[0])),
        &cell(7, 1, 0, &numbers(&[1])),
        &cell(2, 2, 2, &numbers(&[41_699 << 2 | 2])),
        &cell(5, 3, 0, &1.5f64.to_le_bytes()),
        &row(1, true),
        &cell(4, 0, 0, &[1]),
        &row(2, false),
        &cell(3, 0, 0, &[0x2A]),
        &record(13, &joined(&[&numbers(&[3]), &numbers(&[10 << 2 | 2])])),
        &cell(8, 4, 0, &joined(&[&string("无"), &[0, 0], &text_formula("机密")])),
        &cell(6, 5, 4, &string("白")),
        &cell(62, 6, 0, &joined(&[&[0], &string("富")])),
        &row(4, false),
        &cell(7, 0, 0, &numbers(&[0])),
        &cell(7, 1, 0, &numbers(&[0])),
        &record(146, &[]),
        &record(177, &[]),
        &record(176, &numbers(&[4, 4, 0, 1])),
        &record(64, &validation),
        &record(494, &link),
        &record(479, &margins),
        &record(130, &[]),
    ])
}

fn book() -> Vec<u8> {
    let related = |inside: &[(&str, &str, &str)]| {
        let list: String = inside
            .iter()
            .map(|(id, kind, to)| {
                format!(r#"<Relationship Id="{id}" Type="{RELATED}/{kind}" Target="/{to}"/>"#)
            })
            .collect();
        format!("<Relationships>{list}</Relationships>")
    };
    let kind = |name: &str, kind: &str| {
        format!(
            r#"<Override PartName="/xl/{name}" ContentType="application/vnd.ms-excel.{kind}"/>"#
        )
    };
    let types = [
        kind("workbook.bin", "sheet.binary.macroEnabled.main"),
        kind("worksheets/sheet1.bin", "worksheet"),
        kind("worksheets/sheet2.bin", "worksheet"),
        kind("styles.bin", "styles"),
        kind("sharedStrings.bin", "sharedStrings"),
        kind("comments1.bin", "comments"),
        kind("pivotCache/p.bin", "pivotCacheDefinition"),
    ];
    let comments = joined(&[
        &record(635, &joined(&[&numbers(&[0, 1, 1, 2, 2]), &[0; 16]])),
        &record(637, &joined(&[&[0], &string("批注")])),
    ]);
    let pivot = record(24, &joined(&[&[7], &string("机密★10年"), &[1, 0, 0, 0, 0, 0xFF]]));
    let hidden = joined(&[&row(0, false), &cell(6, 0, 0, &string("暗"))]);
    pack(
        &[
            Packed::new("[Content_Types].xml", format!("<Types>{}</Types>", types.concat())),
            Packed::new("_rels/.rels", related(&[("m", "officeDocument", "xl/workbook.bin")])),
            Packed::new("xl/workbook.bin", workbook()),
            Packed::new(
                "xl/_rels/workbook.bin.rels",
                related(&[
                    ("s1", "worksheet", "xl/worksheets/sheet1.bin"),
                    ("s2", "worksheet", "xl/worksheets/sheet2.bin"),
                    ("y", "styles", "xl/styles.bin"),
                    ("t", "sharedStrings", "xl/sharedStrings.bin"),
                ]),
            ),
            Packed::new("xl/styles.bin", styles()),
            Packed::new("xl/sharedStrings.bin", strings()),
            Packed::new("xl/worksheets/sheet1.bin", sheet()),
            Packed::new(
                "xl/worksheets/_rels/sheet1.bin.rels",
                related(&[("c", "comments", "xl/comments1.bin")]),
            ),
            Packed::new("xl/worksheets/sheet2.bin", hidden),
            Packed::new("xl/comments1.bin", comments),
            Packed::new("xl/pivotCache/p.bin", pivot),
        ],
        b"",
    )
}

fn read_bytes(bytes: Vec<u8>) -> Extraction {
    read(&Submission::file("a.xlsb", bytes), &mut Budget::new(Limits::default()))
}

#[test]
fn records_say_what_elements_say() {
    let extraction = read_bytes(book());
    let text = &extraction.text;
    let told: Vec<_> = text
        .blocks()
        .iter()
        .map(|b| {
            let region = format!("{:?}", b.region).to_lowercase();
            format!("{} {region} [{}] {}", b.page, text.label(b), text.block_text(b))
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 property [sheet] 表",
            "1 cell [表!A1] 字",
            "1 cell [表!B1] 𠀀机密",
            "1 cell [表!C1] 2014年3月1日",
            "1 hidden [表!D1] 1.5",
            "1 hidden [表!A2] TRUE",
            "1 cell [表!A3] #N/A",
            "1 cell [表!B3] 机密★10年",
            "1 cell [表!E3] 无",
            "1 hidden [表!E3] =\"机密\"",
            "1 hidden [表!F3] 白",
            "1 cell [表!G3] 富",
            "1 cell [表!A5] 字",
            "1 hidden [表!B5] 字",
            "1 header [] 机密★10年",
            "1 header [first] 首页",
            "1 hidden [validation] 错",
            "1 hidden [validation] 填密级",
            "1 hidden [validation] 绝密,机密",
            "1 comment [表!C2] 批注",
            "2 hidden [sheet] 藏",
            "2 hidden [藏!A1] 暗",
            "0 property [name] 暗语",
            "0 property [暗语] =\"机密★5年\"",
            "0 property [暗语] 见封面",
            "0 hidden [pivotCacheDefinition] 机密★10年",
            "1 alttext [表!B2] 提示",
        ]
    );
    assert_eq!(extraction.gaps, []);
    let styles: Vec<_> = text
        .styles_in(0..text.as_str().len())
        .map(|(span, s)| (&text.as_str()[span], s.face.as_str(), s.size, s.bold, s.struck))
        .take(3)
        .collect();
    assert_eq!(
        styles,
        [
            ("字", "黑体", 16.0, true, true),
            ("𠀀", "宋体", 11.0, false, false),
            ("机密", "黑体", 16.0, true, true),
        ]
    );
}

#[test]
fn damage_anywhere_ends_in_text_or_a_gap() {
    let parts: [(&str, Vec<u8>); 3] =
        [("workbook", workbook()), ("sheet1", sheet()), ("sharedStrings", strings())];
    for (name, part) in parts {
        let mut seed = 3u64;
        for n in 0..200usize {
            let mut changed = part.clone();
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % changed.len();
            match n % 2 {
                0 => changed[at] = (seed >> 11) as u8,
                _ => changed.truncate(at),
            }
            let (path, kind) = match name {
                "workbook" => ("xl/workbook.bin", "sheet.binary.macroEnabled.main"),
                "sheet1" => ("xl/worksheets/sheet1.bin", "worksheet"),
                _ => ("xl/sharedStrings.bin", "sharedStrings"),
            };
            let types = format!(
                r#"<Types><Override PartName="/{path}" ContentType="application/vnd.ms-excel.{kind}"/></Types>"#
            );
            let bytes =
                pack(&[Packed::new("[Content_Types].xml", types), Packed::new(path, changed)], b"");
            let _ = read_bytes(bytes);
        }
    }
}

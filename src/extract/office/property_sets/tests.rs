//! Property sets made byte by byte.

use encoding_rs::GB18030;

use super::*;
use crate::extract::Limits;
use crate::model::Region;

const USERS: [u8; 16] = [
    0x05, 0xD5, 0xCD, 0xD5, 0x9C, 0x2E, 0x1B, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2B, 0x2C, 0xF9, 0xAE,
];

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn narrow(bytes: &[u8]) -> Vec<u8> {
    let mut value = words(&[0x1E, bytes.len() as u32 + 1]);
    value.extend(bytes);
    value.push(0);
    value
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    [words(&[0x1F, units.len() as u32 / 2]), units].concat()
}

fn code_page(page: u16) -> (u32, Vec<u8>) {
    (1, words(&[2, page.into()]))
}

fn dictionary(names: &[(u32, &[u8])], wide: bool) -> (u32, Vec<u8>) {
    let mut value = words(&[names.len() as u32]);
    for (id, name) in names {
        let length = if wide { name.len() / 2 } else { name.len() };
        value.extend(words(&[*id, length as u32]));
        value.extend(*name);
        while wide && !value.len().is_multiple_of(4) {
            value.push(0);
        }
    }
    (0, value)
}

fn section(properties: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut list = Vec::new();
    let mut values: Vec<u8> = Vec::new();
    for (id, value) in properties {
        list.extend(words(&[*id, (8 + 8 * properties.len() + values.len()) as u32]));
        values.extend(value);
        values.resize(values.len().next_multiple_of(4), 0);
    }
    let size = 8 + list.len() + values.len();
    [words(&[size as u32, properties.len() as u32]), list, values].concat()
}

fn set(sections: &[([u8; 16], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0xFE, 0xFF, 0, 0];
    bytes.resize(24, 0);
    bytes.extend(words(&[sections.len() as u32]));
    let mut offset = 28 + 20 * sections.len();
    for (format, section) in sections {
        bytes.extend(format);
        bytes.extend(words(&[offset as u32]));
        offset += section.len();
    }
    sections.iter().for_each(|(_, section)| bytes.extend(section));
    bytes
}

fn told(stream: &[u8]) -> (Vec<(String, String)>, Option<Gap>) {
    let mut text = TextBuilder::new();
    let gap = read(stream, &mut text, &mut Budget::new(Limits::default()));
    let text = text.finish();
    let blocks = text.blocks().iter().map(|block| {
        assert_eq!(block.region, Region::Property);
        (text.label(block).to_owned(), text.block_text(block).to_owned())
    });
    (blocks.collect(), gap)
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn sample() -> Vec<u8> {
    let gbk = |text: &str| GB18030.encode(text).0.into_owned();
    let mut parts = words(&[0x101E, 2]);
    for part in ["第一章", "机密"] {
        let part = gbk(part);
        // In vectors strings stand without padding.
        parts.extend(words(&[part.len() as u32 + 1]));
        parts.extend(part);
        parts.push(0);
    }
    let users = section(&[
        code_page(936),
        dictionary(
            &[(2, &gbk("密级\0")), (3, &gbk("保密期限\0")), (4, b"MSIP_Label_1_Enabled\0")],
            false,
        ),
        (2, narrow(&gbk("机密"))),
        (3, words(&[3, 10])),
        (4, words(&[0x0B, 0xFFFF])),
    ]);
    let document = section(&[
        code_page(936),
        (15, narrow(&gbk("某局"))),
        (13, parts),
        (16, words(&[0x0B, 0])),
    ]);
    set(&[(DOCUMENT_SUMMARY, document), (USERS, users)])
}

#[test]
fn names_and_values_come_out_in_their_code_page() {
    let (properties, gap) = told(&sample());
    let want = [
        ("Company", "某局"),
        ("TitlesOfParts", "第一章"),
        ("TitlesOfParts", "机密"),
        ("密级", "机密"),
        ("保密期限", "10"),
        ("MSIP_Label_1_Enabled", "true"),
    ];
    assert_eq!((properties, gap), (pairs(&want), None));
}

#[test]
fn every_code_page_and_type_is_read() {
    let utf16: Vec<u8> = "密级\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let value: Vec<u8> = "秘密★5年\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut narrow16 = words(&[0x1E, value.len() as u32]);
    narrow16.extend(&value);
    let time = [words(&[0x40]), 133_000_000_000_000_000_u64.to_le_bytes().to_vec()].concat();
    let day = [words(&[7]), 45_000.5_f64.to_le_bytes().to_vec()].concat();
    let mut link = words(&[3, 1]);
    link.extend(wide("http://example.org/机密"));
    let link = [words(&[0x41, 4 + link.len() as u32, 2]), link].concat();
    type Case = (&'static str, Vec<u8>, &'static [(&'static str, &'static str)]);
    let cases: Vec<Case> = vec![
        (
            "utf-16 set",
            section(&[code_page(1200), dictionary(&[(2, &utf16)], true), (2, narrow16)]),
            &[("密级", "秘密★5年")],
        ),
        (
            "utf-16 value",
            section(&[code_page(1252), dictionary(&[(9, b"Level\0")], false), (9, wide("机密"))]),
            &[("Level", "机密")],
        ),
        (
            "utf-8",
            section(&[
                code_page(65001),
                dictionary(&[(2, "密级\0".as_bytes())], false),
                (2, narrow("机密".as_bytes())),
            ]),
            &[("密级", "机密")],
        ),
        (
            "time",
            section(&[dictionary(&[(2, b"t\0"), (3, b"d\0")], false), (2, time), (3, day)]),
            &[("t", "2022-06-18T04:26:40"), ("d", "2023-03-15T12:00:00")],
        ),
        (
            "links",
            section(&[dictionary(&[(2, b"_PID_HLINKS\0")], false), (2, link)]),
            &[("_PID_HLINKS", "http://example.org/机密")],
        ),
        ("no name", section(&[(7, narrow(b"SECRET"))]), &[("unnamed", "SECRET")]),
        (
            "behind the zero",
            section(&[(7, narrow(b"a\0SECRET"))]),
            &[("unnamed", "a"), ("unnamed", "SECRET")],
        ),
    ];
    for (name, section, want) in cases {
        assert_eq!(told(&set(&[(USERS, section)])), (pairs(want), None), "{name}");
    }
}

#[test]
fn standard_properties_have_the_names_packages_use() {
    let properties: Vec<_> = [2, 3, 4, 5, 6, 8].map(|id| (id, narrow(b"x"))).into();
    let (told, gap) = told(&set(&[(SUMMARY, section(&properties))]));
    let names: Vec<_> = told.iter().map(|(name, _)| name.as_str()).collect();
    let want = ["title", "subject", "creator", "keywords", "description", "lastModifiedBy"];
    assert_eq!((names, gap), (want.to_vec(), None));
}

#[test]
fn one_long_value_many_properties_point_to_is_read_once() {
    let long = vec![b'x'; 100_000];
    let mut one = section(&[(2, narrow(&long))]);
    let value = one.split_off(16);
    let count = 5000_u32;
    let mut bytes = words(&[0, count]);
    (0..count).for_each(|id| bytes.extend(words(&[id + 2, 8 + 8 * count])));
    bytes.extend(value);
    let (properties, gap) = told(&set(&[(USERS, bytes)]));
    assert_eq!(properties.len(), 1);
    assert_eq!(gap.map(|gap| gap.kind), Some(GapKind::Damaged));
}

#[test]
fn a_damaged_set_is_read_as_far_as_it_goes() {
    let whole = sample();
    for length in 1..whole.len() {
        let (properties, gap) = told(&whole[..length]);
        // Padding may be missing at the end.
        assert!(gap.is_some() || (length + 4 > whole.len() && properties.len() == 6), "{length}");
    }
    for at in 0..whole.len() {
        for value in [0, 0x7F, 0xFF] {
            let mut broken = whole.clone();
            broken[at] = value;
            told(&broken);
        }
    }
}

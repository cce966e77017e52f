//! What the reader makes of small files, built attribute by attribute.

use super::*;
use crate::extract::{Limits, extract};
use crate::model::{Block, Origin};

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn attribute(level: u8, id: u16, data: &[u8]) -> Vec<u8> {
    let sum: u16 = data.iter().fold(0, |sum: u16, b| sum.wrapping_add((*b).into()));
    let head = [
        vec![level],
        id.to_le_bytes().to_vec(),
        vec![0, 0],
        (data.len() as u32).to_le_bytes().to_vec(),
    ];
    [head.concat(), data.to_vec(), sum.to_le_bytes().to_vec()].concat()
}

fn padded(value: &[u8]) -> Vec<u8> {
    let mut out = (value.len() as u32).to_le_bytes().to_vec();
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn property(id: u16, kind: u16, name: &[u8], value: &[u8]) -> Vec<u8> {
    let tag = [kind.to_le_bytes(), id.to_le_bytes()].concat();
    [&tag, name, &1_u32.to_le_bytes(), &padded(value)].concat()
}

fn list(properties: &[Vec<u8>]) -> Vec<u8> {
    [(properties.len() as u32).to_le_bytes().to_vec(), properties.concat()].concat()
}

fn file(attributes: &[Vec<u8>]) -> Vec<u8> {
    [b"\x78\x9F\x3E\x22\x01\0".to_vec(), attributes.concat()].concat()
}

fn sample() -> Vec<u8> {
    let gbk = |text| encoding_rs::GB18030.encode(text).0.into_owned();
    let name = [
        &[0x86, 3, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46][..],
        &1_u32.to_le_bytes(),
        &padded(&utf16("msip_labels\0")),
    ]
    .concat();
    let nested = file(&[attribute(1, attribute::SUBJECT, b"inner\0")]);
    let object = [&MESSAGE[..], &[0; 12], &nested].concat();
    file(&[
        attribute(1, attribute::CODE_PAGE, &[0xA8, 3, 0, 0, 0, 0, 0, 0]),
        attribute(1, attribute::SUBJECT, &gbk("机密★10年\0")),
        attribute(1, attribute::FROM, &[&[0, 0, 0, 0, 2, 0, 9, 0][..], b"a\0SMTP:a@b\0"].concat()),
        attribute(1, attribute::DATE_SENT, &[0xEA, 7, 1, 0, 5, 0, 1, 0, 0, 0, 0, 0, 1, 0]),
        attribute(1, attribute::BODY, &gbk("正文\r\n二\0")),
        attribute(
            1,
            attribute::MAPI_PROPERTIES,
            &list(&[
                property(0x8000, mapi::STRING, &name, &utf16("Secret\0")),
                [mapi::INTEGER32.to_le_bytes(), id::SENSITIVITY.to_le_bytes(), [3, 0], [0, 0]]
                    .concat(),
                property(
                    id::RTF_COMPRESSED,
                    mapi::BINARY,
                    &[],
                    b"\x10\0\0\0\x04\0\0\0MELA\0\0\0\0{\\r}",
                ),
            ]),
        ),
        attribute(
            1,
            attribute::RECIPIENTS,
            &[
                &1_u32.to_le_bytes()[..],
                &list(&[property(id::DISPLAY_NAME, mapi::STRING8, &[], &gbk("综合科\0"))]),
            ]
            .concat(),
        ),
        attribute(2, attribute::ATTACH_REND_DATA, &[0; 14]),
        attribute(2, attribute::ATTACH_TITLE, b"a.txt\0"),
        attribute(2, attribute::ATTACH_DATA, b"abc"),
        attribute(
            2,
            attribute::ATTACHMENT,
            &list(&[property(id::ATTACH_LONG_FILENAME, mapi::STRING8, &[], &gbk("秘密.txt\0"))]),
        ),
        attribute(2, attribute::ATTACH_REND_DATA, &[0; 14]),
        attribute(
            2,
            attribute::ATTACHMENT,
            &list(&[property(id::ATTACH_DATA, mapi::OBJECT, &[], &object)]),
        ),
    ])
}

fn reading(bytes: &[u8]) -> Extraction {
    extract(&Submission::file("winmail.dat", bytes), &mut Budget::new(Limits::default()))
}

fn blocks(read: &Extraction) -> Vec<String> {
    let line = |block: &Block| {
        let region = serde_json::to_value(block.region).unwrap();
        format!(
            "{} {} {}",
            region.as_str().unwrap(),
            read.text.label(block),
            read.text.block_text(block)
        )
    };
    read.text.blocks().iter().map(line).collect()
}

#[test]
fn attributes_and_properties_are_text_and_attachments_children() {
    let read = reading(&sample());
    assert_eq!(
        blocks(&read),
        [
            "subject  机密★10年",
            "mail_header From a <a@b>",
            "mail_header To 综合科",
            "mail_header Date Mon, 05 Jan 2026 09:00:00 +0800",
            "mail_header Sensitivity Company-Confidential",
            "mail_header msip_labels Secret",
            "body  正文",
            "body  二",
            "attachment_name  a.txt",
        ]
    );
    let children: Vec<_> = read.children.iter().map(|c| (c.provenance.name(), c.origin)).collect();
    assert_eq!(
        children,
        [
            ("body.rtf", Origin::MailBody),
            ("秘密.txt", Origin::Attachment),
            ("attachment-3.dat", Origin::Attachment),
        ]
    );
    assert_eq!(&*read.children[1].bytes, b"abc");
    assert!(read.gaps.is_empty(), "{:?}", read.gaps);
    assert_eq!(blocks(&reading(&read.children[2].bytes)), ["subject  inner"]);
}

#[test]
fn cut_and_changed_files_end_in_text_or_gaps() {
    let whole = sample();
    for at in 7..whole.len() {
        let cut = reading(&whole[..at]);
        assert!(!cut.gaps.is_empty() || !cut.text.blocks().is_empty(), "cut at {at}");
        for byte in [0, 0x7F, 0xFF] {
            let mut changed = whole.clone();
            changed[at] = byte;
            let read = reading(&changed);
            assert!(
                read.gaps.iter().all(|gap| gap.kind != GapKind::Crashed),
                "{at} {:?}",
                read.gaps
            );
        }
    }
    // Counts that the bytes cannot hold.
    let many = file(&[attribute(1, attribute::MAPI_PROPERTIES, &[0xFF; 40])]);
    assert_eq!(reading(&many).gaps[0].kind, GapKind::Damaged);
    let many = file(&[attribute(1, attribute::RECIPIENTS, &[0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])]);
    assert_eq!(reading(&many).gaps[0].kind, GapKind::Damaged);
}

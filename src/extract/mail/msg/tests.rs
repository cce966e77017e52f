//! What the reader makes of small items, built stream by stream.

use std::io::{Cursor, Write};
use std::path::Path;

use cfb::CompoundFile;

use super::*;
use crate::extract::{Limits, extract};

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A row of the table of properties.
fn row(id: u16, kind: u16, value: i64) -> Vec<u8> {
    let head = [kind.to_le_bytes(), id.to_le_bytes(), [6, 0], [0, 0]].concat();
    [head, value.to_le_bytes().to_vec()].concat()
}

/// A compound file of streams; `name/` is an empty storage.
fn compound(streams: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, content) in streams {
        let path = Path::new("/").join(name);
        file.create_storage_all(path.parent().unwrap()).unwrap();
        if !name.ends_with('/') {
            file.create_stream(&path).unwrap().write_all(content).unwrap();
        }
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn stream(name: &str, content: impl Into<Vec<u8>>) -> (String, Vec<u8>) {
    (name.to_owned(), content.into())
}

/// Streams of an item: a mail with a label, a recipient and two attachments, one
/// of them an item in turn.
fn mail() -> Vec<(String, Vec<u8>)> {
    let table = |head: usize, rows: &[Vec<u8>]| [vec![0; head], rows.concat()].concat();
    // 2026-01-05 01:00 UTC.
    let sent = (11_644_473_600_i64 + 1_767_574_800) * 10_000_000;
    let names = [
        // `msip_labels` among the fields of mails, then `Keywords`, then a number.
        [0, 0, 0, 0, 7, 0, 0, 0],
        [28, 0, 0, 0, 5, 0, 1, 0],
        [0x08, 0x82, 0, 0, 8, 0, 2, 0],
    ];
    let counted = |text: &str| {
        [(utf16(text).len() as u32).to_le_bytes().to_vec(), utf16(text), vec![0, 0]].concat()
    };
    let inner = "__attach_version1.0_#00000001/__substg1.0_3701000D";
    vec![
        stream(
            "__properties_version1.0",
            table(
                32,
                &[
                    row(id::CLIENT_SUBMIT_TIME, mapi::TIME, sent),
                    row(id::SENSITIVITY, mapi::INTEGER32, 3),
                    row(id::INTERNET_CODE_PAGE, mapi::INTEGER32, 936),
                ],
            ),
        ),
        stream(
            "__nameid_version1.0/__substg1.0_00020102",
            [
                [0x86, 3, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46],
                [0x02, 0x20, 6, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46],
            ]
            .concat(),
        ),
        stream("__nameid_version1.0/__substg1.0_00030102", names.concat()),
        stream(
            "__nameid_version1.0/__substg1.0_00040102",
            [counted("msip_labels"), counted("Keywords")].concat(),
        ),
        stream("__substg1.0_0037001F", utf16("机密★10年 会议")),
        stream("__substg1.0_0C1A001E", encoding_rs::GB18030.encode("办公室").0.into_owned()),
        stream("__substg1.0_0C1F001F", utf16("a@b")),
        stream(
            "__substg1.0_007D001F",
            utf16("Received: from x\r\nX-Mark: =?utf-8?B?5py65a+G?=\r\n\r\n"),
        ),
        stream("__substg1.0_8000001F", utf16("MSIP_Label_1_Name=Secret")),
        stream("__substg1.0_8001101F", vec![4, 0, 0, 0, 4, 0, 0, 0]),
        stream("__substg1.0_8001101F-00000000", utf16("甲\0")),
        stream("__substg1.0_8001101F-00000001", utf16("乙\0")),
        stream("__substg1.0_8002001F", utf16("二楼")),
        stream("__substg1.0_1000001F", utf16("机密★10年\r\n正文\r\n")),
        stream("__substg1.0_10130102", encoding_rs::GB18030.encode("<p>正文</p>").0.into_owned()),
        stream("__substg1.0_10090102", b"\x10\0\0\0\x04\0\0\0MELA\0\0\0\0{\\r}".to_vec()),
        stream(
            "__recip_version1.0_#00000000/__properties_version1.0",
            table(8, &[row(id::RECIPIENT_TYPE, mapi::INTEGER32, 2)]),
        ),
        stream("__recip_version1.0_#00000000/__substg1.0_3001001F", utf16("综合科")),
        stream("__recip_version1.0_#00000000/__substg1.0_39FE001F", utf16("c@d")),
        stream(
            "__attach_version1.0_#00000000/__properties_version1.0",
            table(8, &[row(id::ATTACH_METHOD, mapi::INTEGER32, 1)]),
        ),
        stream("__attach_version1.0_#00000000/__substg1.0_3704001F", utf16("SECRET~1.TXT")),
        stream("__attach_version1.0_#00000000/__substg1.0_3707001F", utf16("秘密★5年.txt")),
        stream("__attach_version1.0_#00000000/__substg1.0_37010102", b"abc".to_vec()),
        stream(
            "__attach_version1.0_#00000001/__properties_version1.0",
            table(8, &[row(id::ATTACH_METHOD, mapi::INTEGER32, 5)]),
        ),
        stream("__attach_version1.0_#00000001/__substg1.0_3001001F", utf16("内件")),
        stream(
            &format!("{inner}/__properties_version1.0"),
            table(24, &[row(id::SENSITIVITY, mapi::INTEGER32, 1)]),
        ),
        stream(&format!("{inner}/__substg1.0_0037001F"), utf16("内件")),
        stream(&format!("{inner}/__substg1.0_8000001F"), utf16("Inner")),
        stream(
            "__attach_version1.0_#00000002/__properties_version1.0",
            table(8, &[row(id::ATTACH_METHOD, mapi::INTEGER32, 7)]),
        ),
        stream("__attach_version1.0_#00000002/__substg1.0_3707001F", utf16("云.docx")),
    ]
}

fn reading(bytes: &[u8]) -> Extraction {
    extract(&Submission::file("a.msg", bytes), &mut Budget::new(Limits::default()))
}

fn blocks(read: &Extraction) -> Vec<String> {
    let line = |block: &crate::model::Block| {
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
fn an_item_is_read_with_all_that_belongs_to_it() {
    let read = reading(&compound(&mail()));
    assert_eq!(read.format.media_type(), "application/vnd.ms-outlook");
    assert_eq!(
        blocks(&read),
        [
            "subject  机密★10年 会议",
            "mail_header Received from x",
            "mail_header X-Mark 机密",
            "mail_header From 办公室 <a@b>",
            "mail_header Cc 综合科 <c@d>",
            "mail_header Date Mon, 05 Jan 2026 09:00:00 +0800",
            "mail_header Sensitivity Company-Confidential",
            "mail_header msip_labels MSIP_Label_1_Name=Secret",
            "mail_header Keywords 甲",
            "mail_header Keywords 乙",
            "property Location 二楼",
            "body  机密★10年",
            "body  正文",
        ]
    );
    let children: Vec<_> = read.children.iter().map(|c| (c.provenance.name(), c.origin)).collect();
    assert_eq!(
        children,
        [
            ("body.html", Origin::MailBody),
            ("body.rtf", Origin::MailBody),
            ("秘密★5年.txt", Origin::Attachment),
            ("内件", Origin::Attachment),
            ("云.docx", Origin::Attachment),
        ]
    );
    assert_eq!(&*read.children[0].bytes, "\u{FEFF}<p>正文</p>".as_bytes());
    assert_eq!(&*read.children[1].bytes, b"{\\r}");
    assert_eq!(&*read.children[2].bytes, b"abc");
    assert_eq!(read.children[4].gaps[0].kind, GapKind::MissingPart);
    assert!(read.gaps.is_empty(), "{:?}", read.gaps);

    let inner = reading(&read.children[3].bytes);
    assert_eq!(
        blocks(&inner),
        ["subject  内件", "mail_header Sensitivity Personal", "mail_header msip_labels Inner",]
    );
    let again = reading(&compound(&mail()));
    assert_eq!(*read.children[3].bytes, *again.children[3].bytes);
}

#[test]
fn texts_in_bytes_are_read_in_the_code_page_they_are_in() {
    let text = "關於召開會議的通知，請各單位按照要求參加。";
    let big5 = encoding_rs::BIG5.encode(text).0.into_owned();
    for page in [950, 1252, 0] {
        let table = [vec![0; 32], row(id::MESSAGE_CODE_PAGE, mapi::INTEGER32, page)].concat();
        let file = compound(&[
            stream("__properties_version1.0", table),
            stream("__substg1.0_0037001E", encoding_rs::BIG5.encode("機密").0.into_owned()),
            stream("__substg1.0_1000001E", big5.clone()),
        ]);
        assert_eq!(blocks(&reading(&file)), ["subject  機密".to_owned(), format!("body  {text}")]);
    }
}

#[test]
fn objects_give_what_was_packed_into_them() {
    let object = "__attach_version1.0_#00000000/__substg1.0_3701000D";
    let table = [vec![0; 8], row(id::ATTACH_METHOD, mapi::INTEGER32, 6)].concat();
    let read = reading(&compound(&[
        stream("__properties_version1.0", vec![0; 32]),
        stream("__attach_version1.0_#00000000/__properties_version1.0", table),
        stream(&format!("{object}/Package"), b"PK\x03\x04".to_vec()),
    ]));
    assert_eq!(
        (read.children[0].provenance.name(), &*read.children[0].bytes),
        ("attachment-1.ole", &b"PK\x03\x04"[..])
    );
}

#[test]
fn damaged_items_end_in_text_or_gaps() {
    let whole = compound(&mail());
    for at in (0..whole.len()).step_by(97) {
        let cut = reading(&whole[..at]);
        assert!(at == 0 || !cut.gaps.is_empty() || !cut.text.blocks().is_empty(), "cut at {at}");
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
}

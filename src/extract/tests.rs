//! Tests of the frame: what it holds whatever a reader does.

use super::*;
use crate::model::{BlockHead, Limit, TextBuilder};

fn text_of(lines: &[&str]) -> SourceText {
    let mut text = TextBuilder::new();
    for line in lines {
        text.block(&BlockHead::default(), line);
    }
    text.finish()
}

#[test]
fn text_over_the_limit_is_cut_and_told() {
    let mut budget = Budget::new(Limits { text: 7, ..Limits::default() });
    let mut extraction =
        Extraction { text: text_of(&["abc", "机密", "x"]), ..Extraction::default() };
    settle(&mut extraction, 0, &mut budget);
    let text = &extraction.text;
    assert_eq!(text.as_str(), "abc\n机");
    let blocks: Vec<_> = text.blocks().iter().map(|b| text.block_text(b)).collect();
    assert_eq!(blocks, ["abc", "机"]);
    assert_eq!(extraction.gaps[0].kind, GapKind::Limit(Limit::Text));
}

#[test]
fn children_that_nobody_paid_for_are_paid_for_or_dropped() {
    let outer = Submission::file("a", b"a".as_slice());
    let child = |size: usize| outer.child("b", Origin::Member, vec![0; size]);
    let mut budget = Budget::new(Limits { bytes: 100, ..Limits::default() });
    budget.spend_bytes(40).unwrap();
    let children = vec![child(40), child(0), child(50), child(30), child(1)];
    let mut extraction = Extraction { children, ..Extraction::default() };
    settle(&mut extraction, 0, &mut budget);
    assert_eq!(extraction.children.len(), 3);
    assert_eq!(extraction.gaps.len(), 1);
    assert_eq!(extraction.gaps[0].kind, GapKind::Limit(Limit::Bytes));
}

#[test]
fn an_archive_behind_a_file_is_a_child() {
    let name = b"a.txt";
    let local = [&b"PK\x03\x04\x0A\0\0\0\0\0\0\0\0\0"[..], &[0; 12], &[5, 0, 0, 0], name].concat();
    let central =
        [&b"PK\x01\x02\x0A\0\x0A\0\0\0\0\0\0\0\0\0"[..], &[0; 12], &[5, 0], &[0; 16], name]
            .concat();
    let mut end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    end.extend((central.len() as u32).to_le_bytes());
    end.extend((local.len() as u32).to_le_bytes());
    end.extend([0, 0]);
    let zip = [local, central, end].concat();
    let both = [&b"\xFF\xD8\xFF\xE0 a picture"[..], &zip].concat();
    let read = extract(&Submission::file("a.jpg", both), &mut Budget::new(Limits::default()));
    assert_eq!(read.format, Format::Other("image/jpeg"));
    assert_eq!(read.children.len(), 1);
    assert_eq!(&read.children[0].bytes[..], &zip);
    assert_eq!(sniff(&zip), Format::Zip);
}

#[test]
fn what_needs_a_key_is_encrypted_and_not_unsupported() {
    let mail = "-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n";
    let read =
        extract(&Submission::file("a.asc", mail.as_bytes()), &mut Budget::new(Limits::default()));
    assert_eq!(read.gaps[0].kind, GapKind::Encrypted);
}

#[test]
fn a_name_put_behind_a_text_stands_on_a_line_of_its_own() {
    let mut text = SourceText::from_lines("一机".to_owned());
    text.append(&BlockHead::default(), "密.txt");
    assert_eq!(text.as_str(), "一机\n密.txt\n");
    assert_eq!(text.blocks().len(), 2);
}

#[test]
fn what_was_not_opened_is_not_called_empty() {
    let gap = Gap::new(GapKind::Unsupported, "not opened");
    let unopened = Submission::unreadable("a.docx", gap.clone());
    let extraction = extract(&unopened, &mut Budget::new(Limits::default()));
    assert_eq!(extraction.format.media_type(), "application/octet-stream");
    assert_eq!(extraction.gaps, [gap]);
    assert!(extraction.notes.is_empty());
}

//! Tests of `zip`: tables of cases.

use super::packer::{Packed, pack};
use super::read;
use crate::extract::{Budget, Extraction, Limits};
use crate::model::{GapKind, Limit, Region, Submission};
use encoding_rs::GB18030;

fn read_with(bytes: Vec<u8>, limits: Limits) -> Extraction {
    read(&Submission::file("a.zip", bytes), &mut Budget::new(limits))
}

fn read_it(bytes: Vec<u8>) -> Extraction {
    read_with(bytes, Limits::default())
}

/// Names and contents of children, with the rule of a gap where there is one.
fn children(extraction: &Extraction) -> Vec<(String, String, &'static str)> {
    let told = extraction.children.iter().map(|child| {
        let content = String::from_utf8_lossy(&child.bytes).into_owned();
        let gap = child.gaps.first().map_or("", |gap| gap.kind.rule());
        (child.provenance.name().to_owned(), content, gap)
    });
    told.collect()
}

fn kinds(extraction: &Extraction) -> Vec<GapKind> {
    extraction.gaps.iter().map(|gap| gap.kind).collect()
}

fn own(name: &str, content: &str, gap: &'static str) -> (String, String, &'static str) {
    (name.to_owned(), content.to_owned(), gap)
}

#[test]
fn members_come_in_stored_order_folders_do_not() {
    let bytes = pack(
        &[
            Packed { method: 0, ..Packed::new("b/", "") },
            Packed::new("b/二.txt", "二"),
            Packed { method: 0, ..Packed::new("../../一.txt", "一") },
            Packed { flags: 0x0808, ..Packed::new("三.txt", "三") },
            Packed::new("empty", ""),
        ],
        b"",
    );
    let extraction = read_it(bytes);
    assert_eq!(
        children(&extraction),
        [
            own("b/二.txt", "二", ""),
            own("../../一.txt", "一", ""),
            own("三.txt", "三", ""),
            own("empty", "", ""),
        ]
    );
    assert!(extraction.gaps.is_empty() && extraction.notes.is_empty());
}

#[test]
fn names_comments_and_second_names_are_witnesses() {
    let gbk = |text: &str| GB18030.encode(text).0.into_owned();
    let bytes = pack(
        &[
            Packed { flags: 0, ..Packed::new(gbk("机密★10年.txt"), "x") },
            Packed { comment: "member".into(), ..Packed::new("b", "y") },
            Packed { local_name: Some("绝密.txt".into()), ..Packed::new("c", "z") },
        ],
        "秘密★5年\n第二行".as_bytes(),
    );
    let extraction = read_it(bytes);
    assert_eq!(children(&extraction)[0].0, "机密★10年.txt");
    assert_eq!(extraction.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["encoding-guessed"]);
    let text = &extraction.text;
    let said: Vec<_> =
        text.blocks().iter().map(|b| (b.region, text.label(b), text.block_text(b))).collect();
    assert_eq!(
        said,
        [
            (Region::Property, "comment", "秘密★5年"),
            (Region::Property, "comment", "第二行"),
            (Region::Property, "comment", "member"),
            (Region::AttachmentName, "local header", "绝密.txt"),
        ]
    );
}

#[test]
fn what_cannot_be_unpacked_is_a_lost_child_with_its_name() {
    let bytes = pack(
        &[
            Packed { flags: 0x0801, ..Packed::new("zipcrypto", "secret") },
            Packed { flags: 0x0801, method: 99, ..Packed::new("aes", "secret") },
            Packed { method: 12, ..Packed::new("bzip2", "BZh9") },
            Packed::new("plain", "text"),
        ],
        b"",
    );
    assert_eq!(
        children(&read_it(bytes)),
        [
            own("zipcrypto", "", "gap.encrypted"),
            own("aes", "", "gap.encrypted"),
            own("bzip2", "", "gap.unsupported"),
            own("plain", "text", ""),
        ]
    );
}

#[test]
fn a_wrong_checksum_is_damage_and_the_content_is_kept() {
    let mut bytes = pack(&[Packed { method: 0, ..Packed::new("a", "abc") }], b"");
    let at = bytes.windows(3).position(|w| w == b"abc").expect("stored");
    bytes[at] = b'x';
    assert_eq!(children(&read_it(bytes)), [own("a", "xbc", "gap.damaged")]);
}

#[test]
fn members_are_found_without_a_directory() {
    let members = [
        Packed::new("a", "first"),
        Packed { flags: 0x0808, ..Packed::new("b", "second") },
        Packed::new("c", "third ".repeat(100)),
    ];
    let whole = pack(&members, b"");
    let directory = whole.windows(4).position(|w| w == b"PK\x01\x02").expect("a directory");
    let extraction = read_it(whole[..directory].to_vec());
    let third = "third ".repeat(100);
    assert_eq!(
        children(&extraction),
        [own("a", "first", ""), own("b", "second", ""), own("c", &third, "")]
    );
    assert_eq!(kinds(&extraction), [GapKind::Damaged]);

    let extraction = read_it(whole[..directory - 4].to_vec());
    assert_eq!(children(&extraction)[2].2, "gap.damaged");
    assert_eq!(kinds(&extraction), [GapKind::Damaged]);
}

#[test]
fn a_member_that_the_directory_leaves_out_is_read_too() {
    let hidden = Packed { unlisted: true, ..Packed::new("hidden", "机密★10年") };
    let extraction = read_it(pack(&[Packed::new("a", "x"), hidden, Packed::new("b", "y")], b""));
    assert_eq!(
        children(&extraction),
        [own("a", "x", ""), own("b", "y", ""), own("hidden", "机密★10年", "")]
    );
    assert_eq!(extraction.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["unlisted-members"]);
}

#[test]
fn bytes_around_the_archive_are_noted_unless_they_unpack_it() {
    let archive = pack(&[Packed::new("a", "x")], b"");
    for (before, noted) in [("MZ", false), ("%PDF-1.4", true)] {
        let mut bytes = before.as_bytes().to_vec();
        bytes.extend([b' '; 200]);
        bytes.extend(&archive);
        let extraction = read_it(bytes);
        assert_eq!(children(&extraction), [own("a", "x", "")], "{before}");
        let ids: Vec<_> = extraction.notes.iter().map(|n| n.id).collect();
        assert_eq!(ids, if noted { vec!["extra-data"] } else { vec![] }, "{before}");
    }
}

#[test]
fn a_piece_of_a_split_archive_misses_its_others() {
    let mut piece = b"PK\x07\x08".to_vec();
    let archive = pack(&[Packed::new("a", "x"), Packed::new("b", "y".repeat(500))], b"");
    let directory = archive.windows(4).position(|w| w == b"PK\x01\x02").expect("a directory");
    piece.extend(&archive[..directory]);
    let extraction = read_it(piece);
    assert_eq!(kinds(&extraction), [GapKind::MissingPart]);
    assert_eq!(children(&extraction)[0], own("a", "x", ""));

    let mut last = archive.clone();
    let end = last.len() - 22;
    last[end + 4] = 3;
    assert_eq!(kinds(&read_it(last)), [GapKind::MissingPart]);
}

#[test]
fn bombs_end_in_a_limit() {
    let bomb = pack(&[Packed::new("zeros", vec![0; 8 << 20])], b"");
    let extraction = read_with(bomb.clone(), Limits::default());
    assert_eq!(extraction.children[0].gaps[0].kind, GapKind::Limit(Limit::Ratio));
    let extraction = read_with(bomb, Limits { bytes: 1 << 20, ..Limits::default() });
    assert_eq!(extraction.children[0].gaps[0].kind, GapKind::Limit(Limit::Bytes));
    assert!(extraction.children[0].bytes.len() <= (1 << 20) + (1 << 17));

    let many: Vec<_> = (0..50).map(|n| Packed::new(format!("{n}"), "x")).collect();
    let extraction = read_with(pack(&many, b""), Limits { parts: 10, ..Limits::default() });
    assert_eq!(extraction.children.len(), 10);
    assert_eq!(kinds(&extraction), [GapKind::Limit(Limit::Parts)]);
}

#[test]
fn members_over_one_another_are_damage() {
    // Every entry of the directory points at the same data.
    let mut bytes = pack(&[Packed::new("a", "x".repeat(100)), Packed::new("b", "y")], b"");
    let second = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").expect("a directory");
    bytes[second + 42..second + 46].fill(0);
    let extraction = read_it(bytes);
    assert!(kinds(&extraction).contains(&GapKind::Damaged));
    assert_eq!(extraction.children.len(), 3, "the data nobody lists any more are read too");
}

#[test]
fn no_cut_and_no_flipped_bit_is_silent() {
    let members = [
        Packed { method: 0, ..Packed::new("a.txt", "机密★10年") },
        Packed { flags: 0x0808, ..Packed::new("b.txt", "秘密★5年".repeat(20)) },
    ];
    let whole = pack(&members, b"comment");
    let told = |extraction: &Extraction| {
        let whole = extraction.children.iter().filter(|c| c.gaps.is_empty());
        whole.filter(|c| c.bytes.len() > 10).count()
    };
    let check = |bytes: Vec<u8>, how: String| {
        let extraction = read_it(bytes);
        let gaps = extraction.gaps.len()
            + extraction.children.iter().map(|child| child.gaps.len()).sum::<usize>();
        assert!(told(&extraction) >= 2 || gaps > 0, "{how}: {:?}", children(&extraction));
    };
    check(whole.clone(), "whole".into());
    for length in 0..whole.len() - b"comment".len() {
        check(whole[..length].to_vec(), format!("cut at {length}"));
    }
    for at in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        check(bytes, format!("bit {} of byte {}", at % 8, at / 8));
    }
}

//! Tests of `zip`: tables of cases.

use hmac::{Hmac, KeyInit, Mac};

use super::crypt::{Keys, Pad};
use super::packer::{Packed, pack};
use super::read;
use crate::extract::{Budget, Extraction, Limits, Passwords};
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
            Packed { method: 97, ..Packed::new("wavpack", "wvpk") },
            Packed::new("plain", "text"),
        ],
        b"",
    );
    assert_eq!(
        children(&read_it(bytes)),
        [
            own("zipcrypto", "", "gap.encrypted"),
            own("aes", "", "gap.encrypted"),
            own("wavpack", "", "gap.unsupported"),
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

fn read_opening(bytes: Vec<u8>, passwords: &str) -> Extraction {
    let budget = Budget::new(Limits::default());
    let mut budget = budget.with_passwords(Passwords::from_lines(passwords));
    read(&Submission::file("a.zip", bytes), &mut budget)
}

fn crc(content: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    crc.sum()
}

/// A member encrypted as PKZIP did.
fn traditional(name: &str, content: &str, password: &[u8]) -> Packed {
    let mut keys = Keys::of(password);
    let check = (crc(content.as_bytes()) >> 24) as u8;
    let plain = [&[7; 11][..], &[check], content.as_bytes()].concat();
    let data = plain.iter().map(|byte| keys.encrypt(*byte)).collect();
    Packed { method: 0, flags: 0x0801, data: Some(data), ..Packed::new(name, content) }
}

/// A member encrypted with AES-256, as WinZip does.
fn aes(name: &str, content: &str, password: &str) -> Packed {
    let salt = [5; 16];
    let mut derived = [0; 66];
    pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password.as_bytes(), &salt, 1000, &mut derived);
    let mut pad = Pad::new(&derived[..32]).expect("a key of that length");
    let sealed: Vec<u8> = content.bytes().map(|byte| byte ^ pad.next()).collect();
    let mut mac = <Hmac<sha1::Sha1> as KeyInit>::new_from_slice(&derived[32..64]).expect("a key");
    mac.update(&sealed);
    let seal = mac.finalize().into_bytes();
    let data = [&salt[..], &derived[64..], &sealed, &seal[..10]].concat();
    let extra = vec![0x01, 0x99, 7, 0, 2, 0, b'A', b'E', 3, 0, 0];
    Packed { method: 99, flags: 0x0801, data: Some(data), extra, ..Packed::new(name, content) }
}

#[test]
fn passwords_open_what_they_fit() {
    let gbk = GB18030.encode("密码").0.into_owned();
    let members = [
        aes("一.txt", "机密★10年", "two"),
        traditional("二.txt", "notice", b"one"),
        aes("三.txt", "x", "two"),
        traditional("四.txt", "y", &gbk),
        aes("五.txt", "z", "lost"),
        Packed::new("六.txt", "open"),
    ];
    let bytes = pack(&members, b"");
    let closed = read_it(bytes.clone());
    let gaps: Vec<_> = children(&closed).into_iter().map(|(_, _, gap)| gap).collect();
    let encrypted = "gap.encrypted";
    assert_eq!(gaps, [encrypted, encrypted, encrypted, encrypted, encrypted, ""]);

    let opened = read_opening(bytes.clone(), "none\none\ntwo\n密码\n");
    assert_eq!(
        children(&opened),
        [
            own("一.txt", "机密★10年", ""),
            own("二.txt", "notice", ""),
            own("三.txt", "x", ""),
            own("四.txt", "y", ""),
            own("五.txt", "", encrypted),
            own("六.txt", "open", ""),
        ]
    );
    // However often a member is changed, it is opened as it was or told.
    for at in (0..bytes.len()).step_by(11) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x24;
        let extraction = read_opening(changed, "two");
        for child in &extraction.children {
            assert!(!child.bytes.is_empty() || !child.gaps.is_empty(), "{at}");
        }
    }
}

#[test]
fn a_seal_that_is_broken_is_damage_and_the_content_is_kept() {
    let mut member = aes("a.txt", "some words", "two");
    if let Some(last) = member.data.as_mut().and_then(|data| data.last_mut()) {
        *last ^= 1;
    }
    let extraction = read_opening(pack(&[member], b""), "two");
    assert_eq!(children(&extraction), [own("a.txt", "some words", "gap.damaged")]);
}

#[test]
fn passwords_are_tried_within_the_budget() {
    let members: Vec<_> = (0..40).map(|i| aes(&format!("{i}"), "x", "lost")).collect();
    let limits = Limits { steps: 30_000, ..Limits::default() };
    let passwords = Passwords::from_lines("a\nb\nc\n");
    let mut budget = Budget::new(limits).with_passwords(passwords);
    let extraction = read(&Submission::file("a.zip", pack(&members, b"")), &mut budget);
    assert!(extraction.children.iter().all(|c| c.gaps[0].kind == GapKind::Encrypted));
    let untried = extraction.children.iter().filter(|c| c.gaps[0].detail.contains("not all"));
    assert_eq!(untried.count(), 30);
}

#[test]
fn links_are_noted_and_folders_are_names() {
    let bytes = pack(
        &[
            Packed { mode: 0o120777, ..Packed::new("通知/link", "../机密.txt") },
            Packed { mode: 0o100644, ..Packed::new("通知/a.txt", "x") },
        ],
        b"",
    );
    let extraction = read_it(bytes);
    let text = &extraction.text;
    let said: Vec<_> = text.blocks().iter().map(|b| (text.label(b), text.block_text(b))).collect();
    assert_eq!(said, [("folder", "通知"), ("link", "link"), ("link target", "../机密.txt")]);
    assert_eq!(children(&extraction), [own("通知/a.txt", "x", "")]);
}

#[test]
fn every_method_that_is_known_comes_out() {
    let bzip2 = {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        std::io::Write::write_all(&mut encoder, b"notice\n").expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    };
    let lzma = "1305 0500 5d00008000 00371bcaef34f65ffeab9afffffed7f000";
    let xz = "fd377a585a000004e6d6b4460200210116000000742fe5a30100066e6f746963650a00006ff0\
              d008c6bd362900011f07162eb8731fb6f37d010000000004595a";
    let zstd = "28b52ffd24073900006e6f746963650a02f6ae18";
    let ended = |data: Vec<u8>| Packed { flags: 0x0802, data: Some(data), ..Packed::default() };
    for (method, packed, gap) in [
        (0, b"notice\n".to_vec(), ""),
        (12, bzip2, ""),
        (14, bytes_of(lzma), ""),
        (93, bytes_of(zstd), ""),
        (95, bytes_of(xz), ""),
        (97, b"sound".to_vec(), "gap.unsupported"),
        (98, b"\0".to_vec(), "gap.damaged"),
        (14, b"\0".to_vec(), "gap.damaged"),
    ] {
        let member = Packed { method, ..ended(packed) };
        let member = Packed { name: b"a".to_vec(), content: b"notice\n".to_vec(), ..member };
        let extraction = read_it(pack(&[member], b""));
        let content = if gap.is_empty() { "notice\n" } else { "" };
        assert_eq!(children(&extraction), [own("a", content, gap)], "method {method}");
    }
}

#[test]
fn a_piece_misses_the_others() {
    let bytes = pack(&[Packed::new("a", "first"), Packed::new("b", "x".repeat(900))], b"");
    let first = Submission::file("a.zip.001", bytes[..bytes.len() / 2].to_vec());
    let extraction = read(&first, &mut Budget::new(Limits::default()));
    assert_eq!(kinds(&extraction), [GapKind::MissingPart]);
    // Whole in spite of its name.
    let whole = Submission::file("a.001", bytes);
    assert!(read(&whole, &mut Budget::new(Limits::default())).gaps.is_empty());
}

#[test]
fn the_last_piece_lists_what_is_in_the_others() {
    let mut bytes = pack(&[Packed::new("通知.txt", "x".repeat(900))], b"");
    let end = bytes.len() - 22;
    bytes[end + 4] = 1;
    let directory = end - 46 - "通知.txt".len();
    let last = Submission::file("a.zip", bytes[directory - 5..].to_vec());
    assert_eq!(crate::extract::sniff(&last.bytes), crate::extract::Format::Zip);
    let extraction = read(&last, &mut Budget::new(Limits::default()));
    assert_eq!(children(&extraction), [own("通知.txt", "", "gap.missing-part")]);
    assert_eq!(kinds(&extraction), [GapKind::MissingPart]);
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

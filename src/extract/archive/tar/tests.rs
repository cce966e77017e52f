//! Tape archives made in memory: sound ones, old ones and such as no tool makes.

use super::*;
use crate::extract::Limits;

/// A member to pack.
#[derive(Clone, Default)]
struct Packed {
    name: Vec<u8>,
    kind: u8,
    link: Vec<u8>,
    content: Vec<u8>,
    /// The length it states, if that is not the true one.
    states: Option<u64>,
    magic: &'static [u8],
}

fn file(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Packed {
    Packed {
        name: name.as_ref().to_vec(),
        kind: b'0',
        content: content.as_ref().to_vec(),
        magic: b"ustar\x0000",
        ..Packed::default()
    }
}

fn other(kind: u8, name: impl AsRef<[u8]>, link: &str) -> Packed {
    Packed { kind, link: link.into(), ..file(name, "") }
}

fn pax(kind: u8, records: &[(&str, &[u8])]) -> Packed {
    let mut data = Vec::new();
    for (key, value) in records {
        let bare = key.len() + value.len() + 3;
        let mut length = bare + 1;
        while length != bare + length.to_string().len() {
            length = bare + length.to_string().len();
        }
        data.extend(format!("{length} {key}=").bytes());
        data.extend(*value);
        data.push(b'\n');
    }
    Packed { kind, ..file("pax", data) }
}

fn header(member: &Packed) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, value: &[u8]| block[at..at + value.len()].copy_from_slice(value);
    put(0, &member.name[..member.name.len().min(100)]);
    put(100, b"0000644\0");
    put(124, format!("{:011o}\0", member.states.unwrap_or(member.content.len() as u64)).as_bytes());
    put(156, &[member.kind]);
    put(157, &member.link);
    put(257, member.magic);
    put(148, b"        ");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn pack(members: &[Packed]) -> Vec<u8> {
    let mut out = Vec::new();
    for member in members {
        out.extend(header(member));
        out.extend(&member.content);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    out.extend([0; 2 * BLOCK]);
    out
}

fn read_it(bytes: &[u8]) -> Extraction {
    let submission = Submission::file("a.tar", bytes.to_vec());
    read(&submission, &mut Budget::new(Limits::default()))
}

fn names(made: &Extraction) -> Vec<&str> {
    made.children.iter().map(|child| child.provenance.name()).collect()
}

fn texts(made: &Extraction) -> Vec<String> {
    let text = &made.text;
    text.blocks().iter().map(|b| format!("{}: {}", text.label(b), text.block_text(b))).collect()
}

#[test]
fn members_come_out_with_their_names_and_content() {
    let long = "长".repeat(60);
    let gbk = encoding_rs::GB18030.encode("机密★10年.txt").0.into_owned();
    let cases: Vec<(&str, Vec<Packed>, Vec<&str>)> = vec![
        ("ustar", vec![file("a/b.txt", "x"), file("c", "")], vec!["a/b.txt", "c"]),
        ("no magic", vec![Packed { magic: b"", ..file("a", "x") }], vec!["a"]),
        (
            "old folder",
            vec![Packed { kind: 0, ..file("dir/", "") }, file("dir/a", "x")],
            vec!["dir/a"],
        ),
        ("gbk name", vec![file(gbk, "x")], vec!["机密★10年.txt"]),
        (
            "gnu long name",
            vec![Packed { kind: b'L', ..file("././@LongLink", &long) }, file("cut", "x")],
            vec![&long],
        ),
        (
            "pax path",
            vec![pax(b'x', &[("path", "通知.txt".as_bytes())]), file("t", "x")],
            vec!["通知.txt"],
        ),
        (
            "pax path of the next member only",
            vec![pax(b'x', &[("path", b"new")]), file("old", "x"), file("b", "y")],
            vec!["new", "b"],
        ),
        ("unknown kind is a file", vec![Packed { kind: b'7', ..file("a", "x") }], vec!["a"]),
        (
            "link and device",
            vec![other(b'2', "l", "t"), other(b'3', "d", ""), file("a", "x")],
            vec!["a"],
        ),
    ];
    for (what, members, want) in cases {
        let made = read_it(&pack(&members));
        assert_eq!(names(&made), want, "{what}");
        assert!(made.gaps.is_empty(), "{what}: {:?}", made.gaps);
        let packed: Vec<_> = members
            .iter()
            .filter(|m| matches!(m.kind, b'0' | b'7'))
            .map(|m| m.content.clone())
            .collect();
        let got: Vec<_> = made.children.iter().map(|c| c.bytes.to_vec()).collect();
        assert_eq!(got, packed, "{what}");
    }
}

#[test]
fn links_labels_and_comments_are_text() {
    let made = read_it(&pack(&[
        Packed { kind: b'V', ..file("机密卷", "") },
        pax(b'g', &[("comment", "共同说明".as_bytes()), ("mtime", b"1")]),
        pax(b'x', &[("SCHILY.xattr.user.comment", "批注".as_bytes()), ("uid", b"7")]),
        file("a.txt", "x"),
        other(b'2', "b.txt", "../绝密/c.txt"),
        Packed { kind: b'1', content: b"y".to_vec(), ..other(b'0', "d.txt", "a.txt") },
    ]));
    assert_eq!(
        texts(&made),
        [
            "volume: 机密卷",
            "comment: 共同说明",
            "SCHILY.xattr.user.comment: 批注",
            "link: b.txt",
            "link target: ../绝密/c.txt",
            "link: d.txt",
            "link target: a.txt",
        ]
    );
    assert_eq!(names(&made), ["a.txt", "d.txt"]);
}

#[test]
fn lengths_are_believed_only_as_far_as_the_bytes_reach() {
    for (states, gap) in [(9, true), (u64::MAX >> 40, true), (1, false)] {
        let mut bytes = header(&Packed { states: Some(states), ..file("a", "") }).to_vec();
        bytes.push(b'x');
        let made = read_it(&bytes);
        assert_eq!(made.children[0].bytes.to_vec(), b"x");
        assert_eq!(made.children[0].gaps.len(), usize::from(gap), "{states}");
    }
    // By pax, as far as 64 bits go.
    let made = read_it(&pack(&[pax(b'x', &[("size", b"18446744073709551615")]), file("a", "x")]));
    assert_eq!(names(&made), ["a"]);
    assert_eq!(made.children[0].gaps[0].kind, GapKind::Damaged);
}

#[test]
fn what_stands_behind_a_damaged_header_or_the_end_is_found() {
    let mut bytes = pack(&[file("a", "x"), file("b", "y"), file("c", "z")]);
    bytes[2 * BLOCK + 5] ^= 1;
    let made = read_it(&bytes);
    assert_eq!(names(&made), ["a", "c"]);
    assert_eq!(made.gaps[0].detail, "1024 bytes at byte 1024 are no header of a member");

    let two = [pack(&[file("a", "x")]), pack(&[file("b", "y")])].concat();
    let made = read_it(&two);
    assert_eq!(names(&made), ["a", "b"]);
    assert_eq!(made.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["concatenated"]);

    let appended = [pack(&[file("a", "x")]), b"something else that was put here".to_vec()].concat();
    let made = read_it(&appended);
    assert_eq!(names(&made), ["a", "appended"]);
    assert!(made.gaps.is_empty());

    let cut = [&pack(&[file("a", "x")])[..2 * BLOCK], b"no header of anything at all"].concat();
    let made = read_it(&cut);
    assert_eq!(made.gaps[0].kind, GapKind::Damaged);
}

#[test]
fn a_volume_that_is_not_the_first_misses_one() {
    let made = read_it(&pack(&[Packed { kind: b'M', ..file("a", "rest") }, file("b", "x")]));
    assert_eq!(made.gaps[0].kind, GapKind::MissingPart);
    assert_eq!(names(&made), ["b"]);
}

#[test]
fn sparse_members_are_filled_in_every_way() {
    let one = |data: Vec<u8>| Packed { content: data, ..file("GNUSparseFile.0/a", "") };
    let mut mapped = b"1\n3\n2\n".to_vec();
    mapped.resize(BLOCK, 0);
    mapped.extend(b"ab");
    let cases = [
        vec![
            pax(
                b'x',
                &[
                    ("GNU.sparse.major", b"1"),
                    ("GNU.sparse.minor", b"0"),
                    ("GNU.sparse.name", b"a"),
                    ("GNU.sparse.realsize", b"6"),
                ],
            ),
            one(mapped),
        ],
        vec![
            pax(
                b'x',
                &[("GNU.sparse.name", b"a"), ("GNU.sparse.size", b"6"), ("GNU.sparse.map", b"3,2")],
            ),
            one(b"ab".to_vec()),
        ],
        vec![
            pax(
                b'x',
                &[
                    ("path", b"a"),
                    ("GNU.sparse.size", b"6"),
                    ("GNU.sparse.offset", b"3"),
                    ("GNU.sparse.numbytes", b"2"),
                ],
            ),
            one(b"ab".to_vec()),
        ],
    ];
    for members in cases {
        let made = read_it(&pack(&members));
        assert_eq!(names(&made), ["a"]);
        assert_eq!(made.children[0].bytes.to_vec(), b"\0\0\0ab\0");
        assert!(made.gaps.is_empty());
    }
    // A hole of an exabyte is a limit and no memory.
    let huge =
        pax(b'x', &[("GNU.sparse.size", b"1152921504606846976"), ("GNU.sparse.map", b"0,2")]);
    let made = read_it(&pack(&[huge, one(b"ab".to_vec())]));
    assert!(matches!(made.children[0].gaps[0].kind, GapKind::Limit(_)));
}

#[test]
fn cut_and_changed_archives_end_in_members_or_gaps() {
    let bytes = pack(&[
        pax(b'g', &[("comment", b"x")]),
        pax(b'x', &[("path", b"a/b"), ("GNU.sparse.map", b"0,1"), ("GNU.sparse.size", b"3")]),
        file("a", "xyz"),
        Packed { kind: b'S', ..file("s", "data") },
        Packed { kind: b'L', ..file("l", "long name") },
        file("b", "x".repeat(700)),
    ]);
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x91;
        for bytes in [&bytes[..at], &changed] {
            let made = read_it(bytes);
            let out: usize = made.children.iter().map(|c| c.bytes.len()).sum();
            assert!(out <= 2 * bytes.len() + 8, "{at}");
        }
    }
}

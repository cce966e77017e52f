//! 7z archives, made by hand: sound ones and such as no program makes.

use super::*;
use crate::extract::{Limits, Passwords};
use aes::cipher::{BlockModeEncrypt, KeyIvInit};

/// A folder to pack: members, and the coders their content goes through.
#[derive(Clone, Default)]
struct Block {
    members: Vec<(&'static str, Vec<u8>)>,
    /// Method and properties; the first coder is the last that packed.
    coders: Vec<(Vec<u8>, Vec<u8>)>,
    /// What is packed; the content itself where nothing is said.
    data: Option<Vec<u8>>,
}

fn stored(members: &[(&'static str, &[u8])]) -> Block {
    let members = members.iter().map(|(name, content)| (*name, content.to_vec())).collect();
    Block { members, coders: vec![(vec![0], vec![])], data: None }
}

impl Block {
    fn content(&self) -> Vec<u8> {
        self.members.iter().flat_map(|(_, content)| content.clone()).collect()
    }

    fn data(&self) -> Vec<u8> {
        self.data.clone().unwrap_or_else(|| self.content())
    }
}

/// A number in nine bytes: as good as any shorter way.
fn number(value: usize) -> Vec<u8> {
    [&[0xFF][..], &(value as u64).to_le_bytes()].concat()
}

/// The list of members; `others` are empty files and folders.
fn list(blocks: &[Block], others: &[(&str, bool)]) -> Vec<u8> {
    let mut out = vec![0x01, 0x04, 0x06, 0];
    out.extend(number(blocks.len()));
    out.push(0x09);
    blocks.iter().for_each(|block| out.extend(number(block.data().len())));
    out.extend([0, 0x07, 0x0B]);
    out.extend(number(blocks.len()));
    out.push(0);
    for block in blocks {
        out.extend(number(block.coders.len()));
        for (method, properties) in &block.coders {
            out.push(method.len() as u8 | if properties.is_empty() { 0 } else { 0x20 });
            out.extend(method);
            if !properties.is_empty() {
                out.extend(number(properties.len()));
                out.extend(properties);
            }
        }
        // Each coder's input is the output of the one before it.
        for at in 1..block.coders.len() {
            out.extend([number(at), number(at - 1)].concat());
        }
    }
    out.push(0x0C);
    for block in blocks {
        // What comes out of every coder but the last is the packed stream's length.
        for at in 1..=block.coders.len() {
            let last = at == block.coders.len();
            out.extend(number(if last { block.content().len() } else { block.data().len() }));
        }
    }
    out.extend([0, 0x08, 0x0D]);
    blocks.iter().for_each(|block| out.extend(number(block.members.len())));
    out.push(0x09);
    for block in blocks {
        let cut = block.members.len().saturating_sub(1);
        block.members[..cut].iter().for_each(|(_, c)| out.extend(number(c.len())));
    }
    out.extend([0x0A, 1]);
    let all = || blocks.iter().flat_map(|block| &block.members);
    all().for_each(|(_, content)| out.extend(crc_of(content).to_le_bytes()));
    out.extend([0, 0, 0x05]);
    let count = all().count() + others.len();
    out.extend(number(count));
    let bits = |bits: &[bool]| -> Vec<u8> {
        let byte =
            |c: &[bool]| c.iter().enumerate().fold(0, |b, (i, on)| b | u8::from(*on) << (7 - i));
        bits.chunks(8).map(byte).collect()
    };
    if !others.is_empty() {
        let empty: Vec<bool> = (0..count).map(|at| at >= count - others.len()).collect();
        let files: Vec<bool> = others.iter().map(|(_, is_file)| *is_file).collect();
        for (id, bits) in [(0x0E, bits(&empty)), (0x0F, bits(&files))] {
            out.push(id);
            out.extend(number(bits.len()));
            out.extend(bits);
        }
    }
    let names = all().map(|(name, _)| *name).chain(others.iter().map(|(name, _)| *name));
    let names: Vec<u8> =
        names.flat_map(|n| n.encode_utf16().chain([0])).flat_map(u16::to_le_bytes).collect();
    out.push(0x11);
    out.extend(number(names.len() + 1));
    out.push(0);
    out.extend(names);
    out.extend([0, 0]);
    out
}

fn assemble(data: &[u8], header: &[u8]) -> Vec<u8> {
    let place = [
        (data.len() as u64).to_le_bytes().to_vec(),
        (header.len() as u64).to_le_bytes().to_vec(),
        crc_of(header).to_le_bytes().to_vec(),
    ]
    .concat();
    let crc = crc_of(&place).to_le_bytes();
    [b"7z\xBC\xAF\x27\x1C\0\x04", &crc[..], &place, data, header].concat()
}

fn pack(blocks: &[Block], others: &[(&str, bool)]) -> Vec<u8> {
    let data: Vec<u8> = blocks.iter().flat_map(Block::data).collect();
    assemble(&data, &list(blocks, others))
}

/// AES with a key of four rounds, in front of a coder that only stores.
fn encrypted(name: &'static str, content: &[u8], password: &str) -> Block {
    let properties = vec![0x42, 0x0F, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    let recipe = Recipe::of(&properties).expect("properties");
    let mut data = content.to_vec();
    data.resize(content.len().next_multiple_of(16), 0);
    let key = recipe.key(password);
    let mut vector = [0; 16];
    vector.copy_from_slice(&properties[2..]);
    let mut cipher = cbc::Encryptor::<aes::Aes256>::new((&key).into(), (&vector).into());
    for block in data.as_chunks_mut::<16>().0 {
        cipher.encrypt_block(block.into());
    }
    Block {
        members: vec![(name, content.to_vec())],
        coders: vec![(vec![6, 0xF1, 7, 1], properties)],
        data: Some(data),
    }
}

fn read_opening(bytes: &[u8], passwords: &str) -> Extraction {
    let mut budget =
        Budget::new(Limits::default()).with_passwords(Passwords::from_lines(passwords));
    read(&Submission::file("a.7z", bytes.to_vec()), &mut budget)
}

fn read_it(bytes: &[u8]) -> Extraction {
    read_opening(bytes, "")
}

fn children(made: &Extraction) -> Vec<(&str, Vec<u8>, &'static str)> {
    let gap = |child: &Submission| child.gaps.first().map_or("", |gap| gap.kind.rule());
    made.children.iter().map(|c| (c.provenance.name(), c.bytes.to_vec(), gap(c))).collect()
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

#[test]
fn members_come_out_in_their_order() {
    let bytes = pack(
        &[stored(&[("a/一.txt", b"one"), ("b.txt", b"")]), stored(&[("c.txt", b"three")])],
        &[("空.txt", true), ("资料", false)],
    );
    let made = read_it(&bytes);
    assert_eq!(
        children(&made),
        [
            ("a/一.txt", b"one".to_vec(), ""),
            ("b.txt", vec![], ""),
            ("c.txt", b"three".to_vec(), ""),
            ("空.txt", vec![], ""),
        ]
    );
    assert!(made.gaps.is_empty(), "{:?}", made.gaps);
    let text = &made.text;
    let folders: Vec<_> = text.blocks().iter().map(|b| text.block_text(b)).collect();
    assert_eq!(folders, ["a", "资料"]);
    assert!(read_it(&assemble(b"", b"")).gaps.is_empty());
}

#[test]
fn methods_are_undone_one_after_the_other() {
    let lzma = "00371bcaef34f65ffeab9afffffed7f000";
    let zstd = "28b52ffd24073900006e6f746963650a02f6ae18";
    let notice = || vec![("a", b"notice\n".to_vec())];
    let one = |method: &[u8], properties: &[u8], data: Vec<u8>| Block {
        members: notice(),
        coders: vec![(method.to_vec(), properties.to_vec())],
        data: Some(data),
    };
    let mut delta: Vec<u8> = b"notice\n".to_vec();
    for at in (1..delta.len()).rev() {
        delta[at] = delta[at].wrapping_sub(delta[at - 1]);
    }
    let chain = Block {
        members: notice(),
        coders: vec![(vec![0], vec![]), (vec![3], vec![0])],
        data: Some(delta),
    };
    let cases = [
        (one(&[3, 1, 1], &[0x5D, 0, 0, 0x80, 0], bytes_of(lzma)), ""),
        (one(&[4, 0xF7, 0x11, 1], &[], bytes_of(zstd)), ""),
        (one(&[0x21], &[0x18], [&[1, 0, 6][..], b"notice\n", &[0]].concat()), ""),
        (chain, ""),
        (one(&[4, 0xF7, 0x11, 2], &[], b"brotli".to_vec()), "gap.unsupported"),
        (one(&[3, 4, 1], &[6, 0, 0, 0, 0xFF], vec![0; 8]), "gap.limit"),
        (one(&[3, 4, 1], &[0, 0, 0, 0, 0], vec![0; 8]), "gap.damaged"),
        (one(&[0x21], &[0x29], vec![0]), "gap.unsupported"),
        (one(&[0], &[], b"not".to_vec()), "gap.damaged"),
    ];
    for (block, gap) in cases {
        let method = block.coders[0].0.clone();
        let made = read_it(&pack(&[block], &[]));
        let (_, content, got) = children(&made).remove(0);
        assert_eq!(got, gap, "{method:?}");
        assert!(!gap.is_empty() || content == b"notice\n", "{method:?}");
    }
}

#[test]
fn damage_costs_what_comes_after_it_in_its_block() {
    let mut block = stored(&[("a", b"one"), ("b", b"two"), ("c", b"three")]);
    block.data = Some(b"onetw".to_vec());
    let made = read_it(&pack(&[block, stored(&[("d", b"four")])], &[]));
    assert_eq!(
        children(&made),
        [
            ("a", b"one".to_vec(), ""),
            ("b", b"tw".to_vec(), "gap.damaged"),
            ("c", vec![], "gap.damaged"),
            ("d", b"four".to_vec(), ""),
        ]
    );
    let mut hiding = stored(&[("a", b"one")]);
    hiding.data = Some(b"one and more".to_vec());
    let made = read_it(&pack(&[hiding], &[]));
    assert_eq!(children(&made), [("a", b"one".to_vec(), "gap.damaged")]);
}

#[test]
fn passwords_open_members_and_lists() {
    let blocks = [
        encrypted("a", b"some words", "密码"),
        stored(&[("b", b"open")]),
        encrypted("c", b"x", "?"),
    ];
    let bytes = pack(&blocks, &[]);
    let sealed = "gap.encrypted";
    let closed = [("a", vec![], sealed), ("b", b"open".to_vec(), ""), ("c", vec![], sealed)];
    assert_eq!(children(&read_it(&bytes)), closed);
    let opened = [("a", b"some words".to_vec(), ""), closed[1].clone(), closed[2].clone()];
    assert_eq!(children(&read_opening(&bytes, "one\n密码\n")), opened);

    // The list of members is a block like any other.
    let inner = list(&[stored(&[("a", b"one")])], &[]);
    let inner: &'static [u8] = Box::leak(inner.into_boxed_slice());
    let block = encrypted("list", inner, "two");
    let mut outer = vec![0x17, 0x06];
    outer.extend(number(3));
    outer.extend(number(1));
    outer.push(0x09);
    outer.extend(number(block.data().len()));
    outer.extend([0, 0x07, 0x0B, 1, 0, 1, 0x24]);
    outer.extend(&block.coders[0].0);
    outer.extend(number(block.coders[0].1.len()));
    outer.extend(&block.coders[0].1);
    outer.push(0x0C);
    outer.extend(number(inner.len()));
    outer.extend([0x0A, 1]);
    outer.extend(crc_of(inner).to_le_bytes());
    outer.extend([0, 0]);
    let bytes = assemble(&[b"one", &block.data()[..]].concat(), &outer);
    let made = read_it(&bytes);
    assert_eq!(made.gaps[0].kind, GapKind::Encrypted);
    assert!(made.children.is_empty());
    assert_eq!(children(&read_opening(&bytes, "two")), [("a", b"one".to_vec(), "")]);
}

#[test]
fn a_piece_misses_the_others_and_what_stands_behind_is_a_child() {
    let bytes = pack(&[stored(&[("a", b"one")])], &[]);
    let half = bytes[..bytes.len() - 9].to_vec();
    for (name, want) in [("a.7z.001", GapKind::MissingPart), ("a.7z", GapKind::Damaged)] {
        let piece = Submission::file(name, half.clone());
        let made = read(&piece, &mut Budget::new(Limits::default()));
        assert_eq!(made.gaps.iter().map(|g| g.kind).collect::<Vec<_>>(), [want], "{name}");
    }
    let more = [&bytes[..], b"something that was put behind it"].concat();
    let made = read_it(&more);
    let names: Vec<_> = made.children.iter().map(|c| c.provenance.name()).collect();
    assert_eq!(names, ["a", "appended"]);
}

#[test]
fn a_list_that_nothing_points_at_is_found() {
    let mut bytes = pack(&[stored(&[("a", b"one")])], &[]);
    bytes[8..32].fill(0);
    let made = read_it(&bytes);
    assert_eq!(children(&made), [("a", b"one".to_vec(), "")]);
    assert_eq!(made.gaps.iter().map(|g| g.kind).collect::<Vec<_>>(), [GapKind::Damaged]);
}

#[test]
fn no_cut_and_no_changed_byte_is_silent() {
    let bytes = pack(
        &[stored(&[("a/b", b"one"), ("c", b"two")]), encrypted("d", b"words", "x")],
        &[("e", true)],
    );
    for at in 0..bytes.len() {
        let made = read_it(&bytes[..at]);
        assert!(!made.gaps.is_empty() || at == 0, "cut at {at}");
        for flip in [0x01, 0x80, 0xFF] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            let made = read_opening(&changed, "x");
            let told = !made.gaps.is_empty() || made.children.iter().any(|c| !c.gaps.is_empty());
            // Whatever is changed behind the version.
            assert!(told || at < 8, "{at}");
        }
    }
}

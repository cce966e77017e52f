//! Broken documents: read as far as they go, and told to be broken.

use std::io::{Cursor, Write};

use cfb::CompoundFile;

use super::builder::Doc;
use super::{drawn, read_bytes, sections, told};
use crate::extract::office::doc::read;
use crate::extract::{Budget, Limits};
use crate::model::{GapKind, Limit, Submission};

pub(super) fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
    for (name, content) in streams {
        let mut stream = file.create_stream(format!("/{name}")).expect("a new name");
        stream.write_all(content).expect("memory");
    }
    file.flush().expect("memory");
    file.into_inner().into_inner()
}

#[test]
fn a_document_without_its_tables_gives_its_text() {
    for text in ["机密★10年 正文 and more", "plain Latin text"] {
        let mut doc = Doc::with_body(&[text, "末"]);
        if text.is_ascii() {
            doc = Doc::with_body(&[text, "end"]);
            doc.pieces = vec![(0, 21, 1, 0)];
        }
        let (main, _) = doc.tables();
        let extraction = read_bytes(&compound(&[("WordDocument", &main)]));
        assert!(told(&extraction)[0].ends_with(text), "{:?}", told(&extraction));
        assert_eq!(extraction.gaps[0].kind, GapKind::Damaged);
        // The same where even the directory is lost.
        let bare = [vec![0; 512], main].concat();
        let extraction = read_bytes(&bare);
        assert!(told(&extraction)[0].ends_with(text), "{:?}", told(&extraction));
        assert_eq!(extraction.gaps[0].kind, GapKind::Damaged);
    }
}

#[test]
fn what_is_no_document_is_a_gap() {
    for bytes in [
        Vec::new(),
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(),
        compound(&[("WordDocument", b"no block")]),
        compound(&[("Other", b"x")]),
    ] {
        let kinds: Vec<_> = read_bytes(&bytes).gaps.iter().map(|gap| gap.kind).collect();
        assert_eq!(kinds, [GapKind::Damaged]);
    }
}

#[test]
fn a_document_cut_short_ends_in_a_gap() {
    let whole = sections().bytes();
    for length in (512..whole.len()).step_by(97) {
        let extraction = read_bytes(&whole[..length]);
        // The last sectors may be ones that nothing needs.
        let same = told(&extraction).len() == 7;
        assert!(same || !extraction.gaps.is_empty(), "cut at {length}: {:?}", told(&extraction));
    }
}

#[test]
fn no_byte_that_changes_loses_text_in_silence() {
    let words = ["第一节", "末", "第二节", "偶", "机密★10年", "首页", "页脚"];
    let (main, table) = sections().tables();
    let check = |what: &str, at: usize, main: &[u8], table: &[u8]| {
        let extraction = read_bytes(&compound(&[("WordDocument", main), ("0Table", table)]));
        let whole = words.iter().all(|word| extraction.text.as_str().contains(word));
        assert!(whole || !extraction.gaps.is_empty(), "{what} {at}: {:?}", told(&extraction));
    };
    for value in [0, 0xFF] {
        for at in (0..table.len()).filter(|at| table[*at] != value) {
            let mut table = table.clone();
            table[at] = value;
            check("table", at, &main, &table);
        }
        // The block, then pages of properties.
        let main_bytes = (0..0x300).chain((0xA00..main.len()).step_by(5));
        for at in main_bytes.filter(|at| main[*at] != value) {
            let mut main = main.clone();
            main[at] = value;
            check("main", at, &main, &table);
        }
    }
}

#[test]
fn broken_drawings_end() {
    let (main, table) = drawn().tables();
    for value in [0, 1, 0xFF] {
        for at in (0..table.len()).step_by(2) {
            let mut table = table.clone();
            table[at] = value;
            read_bytes(&compound(&[("WordDocument", &main), ("0Table", &table)]));
        }
    }
}

#[test]
fn pieces_that_repeat_a_text_stop_at_the_limit() {
    let mut doc = Doc::with_body(&[&"密".repeat(5000)]);
    let (main, table) = doc.tables();
    drop(table);
    // A thousand pieces over the same bytes.
    let count = 1000_u32;
    let mut list: Vec<u8> = (0..=count).flat_map(|n| (n * 5000).to_le_bytes()).collect();
    for _ in 0..count {
        list.extend([0, 0]);
        list.extend(0x800_u32.to_le_bytes());
        list.extend([0, 0]);
    }
    let part = [vec![2], (list.len() as u32).to_le_bytes().to_vec(), list].concat();
    let mut main = main;
    main[76..80].copy_from_slice(&(count * 5000).to_le_bytes());
    main[154 + 8 * 33..154 + 8 * 33 + 8]
        .copy_from_slice(&[[0; 4], (part.len() as u32).to_le_bytes()].concat());
    let limits = Limits { text: 1 << 20, ..Limits::default() };
    let bytes = compound(&[("WordDocument", &main), ("0Table", &part)]);
    let extraction = read(&Submission::file("a.doc", bytes), &mut Budget::new(limits));
    let kinds: Vec<_> = extraction.gaps.iter().map(|gap| gap.kind).collect();
    assert!(kinds.contains(&GapKind::Limit(Limit::Text)), "{kinds:?}");
    doc.flags = 0;
}

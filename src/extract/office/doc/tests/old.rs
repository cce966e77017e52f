//! Documents of Word 2, 6 and 95: text in bytes of a code page.

use encoding_rs::GB18030;

use super::builder::words;
use super::damage::compound;
use super::{read_bytes, styles, told};
use crate::model::GapKind;

/// A document of Word 6 with its text at 0x300: languages, flags, counts of
/// characters, then parts by their number.
fn six(language: u16, text: &[u8], counts: &[u32], parts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut main = vec![0; 0x300];
    main.extend(text);
    let mut put = |at: usize, bytes: &[u8]| main[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &[0xDC, 0xA5, 0x68, 0]);
    put(6, &language.to_le_bytes());
    put(24, &words(&[0x300, 0x300 + text.len() as u32]));
    put(0x34, &words(counts));
    for (part, bytes) in parts {
        let at = main.len() as u32;
        let pair = words(&[at, bytes.len() as u32]);
        main[0x58 + 8 * part..0x60 + 8 * part].copy_from_slice(&pair);
        main.extend(*bytes);
    }
    main
}

#[test]
fn bytes_are_read_in_the_code_page_of_the_language() {
    let gbk = |text: &str| GB18030.encode(text).0.into_owned();
    for (language, text, want) in [
        (0x0804, gbk("机密★10年\r正文\r"), "机密★10年"),
        (0x0409, b"caf\xE9\rmore\r".to_vec(), "café"),
        (0x0419, b"\xD1\xE5\xEA\xF0\xE5\xF2\r".to_vec(), "Секрет"),
    ] {
        let main = six(language, &text, &[text.len() as u32], &[]);
        let extraction = read_bytes(&compound(&[("WordDocument", &main)]));
        assert_eq!(told(&extraction)[0], format!("p1 l1 body | {want}"));
        assert_eq!(extraction.gaps, []);
    }
}

#[test]
fn headers_and_hidden_text_of_word_6_are_told() {
    let text = b"open secret\rSECRET//NOFORN\r";
    let mut page = vec![0; 512];
    page[..12].copy_from_slice(&words(&[0x300, 0x305, 0x30C]));
    page[13] = 100;
    page[200..203].copy_from_slice(&[2, 92, 1]);
    page[511] = 2;
    let headers = words(&[0, 0, 0, 0, 0, 0, 0, 0, 15, 15, 15, 15, 15, 15]);
    let mut main = six(0x0409, text, &[12, 0, 15], &[(11, &headers)]);
    main.resize(0x400, 0);
    main.extend(page);
    let list = [words(&[0x300, 0x30C]), vec![2, 0]].concat();
    let pair = words(&[main.len() as u32, list.len() as u32]);
    main[0x58 + 8 * 12..0x60 + 8 * 12].copy_from_slice(&pair);
    main.extend(list);
    let extraction = read_bytes(&compound(&[("WordDocument", &main)]));
    let want = ["p1 l1 body | open secret", "p1 l1 header default | SECRET//NOFORN"];
    assert_eq!(
        (told(&extraction), &extraction.gaps[..]),
        (want.map(str::to_owned).to_vec(), &[][..])
    );
    let hidden = styles(&extraction).into_iter().filter(|(_, style)| style.hidden);
    assert_eq!(hidden.map(|(text, _)| text).collect::<Vec<_>>(), ["secret"]);
}

#[test]
fn word_2_is_no_compound_file() {
    let text = b"SECRET\rmore\r";
    let mut main = six(0x0409, text, &[text.len() as u32], &[]);
    main[..4].copy_from_slice(&[0xDB, 0xA5, 0x2D, 0]);
    let extraction = read_bytes(&main);
    assert_eq!(told(&extraction), ["p1 l1 body | SECRET", "p1 l2 body | more"]);
    assert_eq!(extraction.gaps, []);
    main[11] = 1;
    let kinds: Vec<_> = read_bytes(&main).gaps.iter().map(|gap| gap.kind).collect();
    assert_eq!(kinds, [GapKind::Encrypted]);
}

#[test]
fn no_byte_that_changes_ends_the_run() {
    let text = b"\xBB\xFA\xC3\xDC open\rheader\r";
    let headers = words(&[0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7, 7, 7]);
    let main = six(0x0804, text, &[10, 0, 7], &[(11, &headers), (12, &[7; 40]), (13, &[7; 40])]);
    for value in [0, 1, 0x7F, 0xFF] {
        for at in 0..main.len() {
            let mut main = main.clone();
            main[at] = value;
            read_bytes(&compound(&[("WordDocument", &main)]));
            read_bytes(&main);
        }
    }
}

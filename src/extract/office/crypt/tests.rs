//! Locks of every kind, made here and opened.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use ::aes::cipher::block_padding::NoPadding;
use ::aes::cipher::{BlockModeEncrypt, KeyIvInit};
use ::aes::{Aes128, Aes256};

use super::digest::Digest;
use super::rc4::Key;
use super::*;
use crate::extract::{Limits, Passwords};
use crate::model::Limit;

const EXCEL: Format = Format::Other("application/vnd.ms-excel");
const WORD: Format = Format::Other("application/msword");
const POWERPOINT: Format = Format::Other("application/vnd.ms-powerpoint");

fn budget(passwords: &str) -> Budget {
    Budget::new(Limits::default()).with_passwords(Passwords::from_lines(passwords))
}

fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
    for (name, content) in streams {
        let mut stream = file.create_stream(format!("/{name}")).expect("a new name");
        stream.write_all(content).expect("memory");
    }
    file.flush().expect("memory");
    file.into_inner().into_inner()
}

fn opened(format: Format, bytes: &[u8], passwords: &str) -> Option<Vec<u8>> {
    match unlock(format, bytes, &mut budget(passwords)) {
        Lock::Opened(bytes, None) => Some(bytes),
        Lock::Opened(_, Some(gap)) => panic!("{gap:?}"),
        Lock::Shut(gap) => {
            assert_eq!(gap.kind, GapKind::Encrypted, "{gap:?}");
            None
        }
        Lock::Absent => panic!("no lock was seen"),
    }
}

fn stream_of(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut file = Compound::open(bytes).expect("a compound file");
    file.stream(name, &mut budget("")).expect(name).0
}

fn chained<C: KeyIvInit + BlockModeEncrypt>(key: &[u8], vector: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut data = plain.to_vec();
    data.resize(plain.len().div_ceil(16) * 16, 0);
    let length = data.len();
    let cipher = C::new_from_slices(key, vector).expect("right sizes");
    cipher.encrypt_padded::<NoPadding>(&mut data, length).expect("whole blocks");
    data
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut made = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for n in 0..=three.len() {
            made.push(char::from(DIGITS[(bits >> (18 - 6 * n) & 63) as usize]));
        }
    }
    made
}

/// An encrypted package as Office writes it, with few rounds.
fn agile(content: &[u8], password: &str, rounds: u32) -> Vec<u8> {
    type Encryptor = cbc::Encryptor<Aes256>;
    let (salt, key_salt, key) = ([1u8; 16], [2u8; 16], [3u8; 32]);
    let digest = Digest::Sha512;
    let spun = digest.spun(&salt, password, rounds.min(20));
    let under = |purpose: [u8; 8], data: &[u8]| {
        let mut key = digest.of(&[&spun, &purpose]);
        key.truncate(32);
        base64(&chained::<Encryptor>(&key, &salt, data))
    };
    let verifier = [7u8; 16];
    let input = under([0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79], &verifier);
    let sum = digest.of(&[&verifier]);
    let value = under([0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E], &sum);
    let sealed = under([0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6], &key);
    let method = r#"blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512""#;
    let xml = format!(
        r#"<encryption xmlns="e" xmlns:p="p"><keyData {method} saltValue="{}"/><keyEncryptors>
        <keyEncryptor uri="p"><p:encryptedKey spinCount="{rounds}" {method} saltValue="{}"
        encryptedVerifierHashInput="{input}" encryptedVerifierHashValue="{value}"
        encryptedKeyValue="{sealed}"/></keyEncryptor></keyEncryptors></encryption>"#,
        base64(&key_salt),
        base64(&salt),
    );
    let mut info = vec![4, 0, 4, 0, 0x40, 0, 0, 0];
    info.extend(xml.bytes());
    let mut package = (content.len() as u64).to_le_bytes().to_vec();
    for (number, segment) in (0u32..).zip(content.chunks(4096)) {
        let vector = digest.of(&[&key_salt, &number.to_le_bytes()]);
        package.extend(chained::<Encryptor>(&key, &vector[..16], segment));
    }
    compound(&[("EncryptionInfo", &info), ("EncryptedPackage", &package)])
}

#[test]
fn a_package_opens_with_its_password_and_no_other() {
    let content: Vec<u8> = (0..10_001u32).map(|n| (n % 253) as u8).collect();
    let file = agile(&content, "密码 1", 20);
    let format = Format::EncryptedOffice;
    assert_eq!(opened(format, &file, "wrong\n密码 1\n"), Some(content));
    assert_eq!(opened(format, &file, "密码1\n"), None);
    assert_eq!(opened(format, &file, ""), None);
    // Excel asks nobody for this one.
    let file = agile(b"workbook", "VelvetSweatshop", 20);
    assert_eq!(opened(format, &file, ""), Some(b"workbook".to_vec()));
}

#[test]
fn rounds_are_paid_for() {
    assert_eq!(opened(Format::EncryptedOffice, &agile(b"x", "a", 4_000_000_000), "a\n"), None);
    let file = agile(b"x", "a", 9_000_000);
    let limits = Limits { steps: 1_000_000, ..Limits::default() };
    let mut budget = Budget::new(limits).with_passwords(Passwords::from_lines("a\n"));
    match unlock(Format::EncryptedOffice, &file, &mut budget) {
        Lock::Shut(gap) => assert_eq!(gap.kind, GapKind::Limit(Limit::Time)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_way_of_office_2007_is_known() {
    let salt = [5u8; 16];
    let spun = Digest::Sha1.spun(&salt, "pass", 50_000);
    let sum = Digest::Sha1.of(&[&spun, &0u32.to_le_bytes()]);
    let mut block = [0x36u8; 64];
    block.iter_mut().zip(&sum).for_each(|(byte, of_sum)| *byte ^= of_sum);
    let key = Digest::Sha1.of(&[&block])[..16].to_vec();
    // Code book mode is chaining with one block and no vector.
    let each = |data: &[u8]| -> Vec<u8> {
        data.chunks(16)
            .flat_map(|block| chained::<cbc::Encryptor<Aes128>>(&key, &[0; 16], block))
            .collect()
    };
    let verifier = [9u8; 16];
    let mut sum = Digest::Sha1.of(&[&verifier]);
    sum.resize(32, 0);
    let mut info = vec![3, 0, 2, 0];
    for number in [0x24u32, 32, 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0, 16] {
        info.extend(number.to_le_bytes());
    }
    info.extend(salt);
    info.extend(each(&verifier));
    info.extend(20u32.to_le_bytes());
    info.extend(each(&sum));
    let mut package = 17u64.to_le_bytes().to_vec();
    package.extend(each(b"seventeen letters"));
    let file = compound(&[("EncryptionInfo", &info), ("EncryptedPackage", &package)]);
    let content = opened(Format::EncryptedOffice, &file, "pass\n");
    assert_eq!(content.as_deref(), Some(&b"seventeen letters"[..]));
    assert_eq!(opened(Format::EncryptedOffice, &file, "Pass\n"), None);
}

/// The header of RC4 with a verifier: versions, salt, and what proves a password.
fn rc4_header(bits: Option<u32>, password: &str) -> (Vec<u8>, Key) {
    let salt = [4u8; 16];
    let key = Key::make(bits, &salt, password);
    let verifier = [6u8; 16];
    let mut proof = verifier.to_vec();
    proof.extend(key.digest().of(&[&verifier]));
    key.apply_block(0, &mut proof);
    let mut header = match bits {
        None => vec![1, 0, 1, 0],
        Some(bits) => {
            let mut header = vec![4, 0, 2, 0];
            for number in [4u32, 32, 4, 0, 0x6801, 0x8004, bits, 1, 0, 0, 16] {
                header.extend(number.to_le_bytes());
            }
            header
        }
    };
    header.extend(salt);
    header.extend(&proof[..16]);
    if bits.is_some() {
        header.extend(20u32.to_le_bytes());
    }
    header.extend(&proof[16..]);
    (header, key)
}

fn record(number: u16, content: &[u8]) -> Vec<u8> {
    let mut made = number.to_le_bytes().to_vec();
    made.extend((content.len() as u16).to_le_bytes());
    made.extend(content);
    made
}

/// A workbook's stream: a beginning, how it is locked, a sheet's place and name,
/// and a long text.
fn workbook(pass: &[u8]) -> Vec<u8> {
    let text: Vec<u8> = (0..3000u32).map(|n| (n % 7) as u8).collect();
    [
        record(0x0809, &[0, 6, 5, 0, 1, 2, 3, 4]),
        record(0x2F, pass),
        record(0x85, b"\x10\x20\x30\x40name"),
        record(0x3C, &text),
        record(0x0A, b""),
    ]
    .concat()
}

/// Where the contents of the last three records stand, and what stays of each.
fn contents(book: &[u8]) -> Vec<std::ops::Range<usize>> {
    let (mut at, mut made) = (0, Vec::new());
    while at + 4 <= book.len() {
        let number = u16::from_le_bytes([book[at], book[at + 1]]);
        let length = usize::from(u16::from_le_bytes([book[at + 2], book[at + 3]]));
        let kept = if number == 0x85 { 4 } else { 0 };
        if !matches!(number, 0x0809 | 0x2F) {
            made.push(at + 4 + kept..at + 4 + length);
        }
        at += 4 + length;
    }
    made
}

fn check_book(book: Vec<u8>, locked: Vec<u8>, password: &str) {
    let file = compound(&[("Workbook", &locked)]);
    let unlocked = opened(EXCEL, &file, password).expect("the right password");
    let mut want = book;
    // The record that told of the lock is there no more.
    want[12..14].fill(0xFF);
    assert_eq!(stream_of(&unlocked, "Workbook"), want);
    assert_eq!(opened(EXCEL, &file, "another\n"), None);
    assert!(matches!(unlock(EXCEL, &unlocked, &mut budget("")), Lock::Absent));
}

#[test]
fn workbooks_open() {
    for bits in [None, Some(40), Some(128)] {
        let (header, key) = rc4_header(bits, "12 34");
        let book = workbook(&[&[1, 0], header.as_slice()].concat());
        let mut sealed = book.clone();
        key.apply(&mut sealed, 1024);
        let mut locked = book.clone();
        for place in contents(&book) {
            locked[place.clone()].copy_from_slice(&sealed[place]);
        }
        check_book(book, locked, "12 34\n");
    }
}

#[test]
fn obfuscated_workbooks_open() {
    for versioned in [true, false] {
        let password = "abc";
        let (key, verifier) = (xor::key_of(b"abc").expect("letters"), xor::verifier_of(b"abc"));
        let pass = [key.to_le_bytes(), verifier.to_le_bytes()].concat();
        let book = workbook(&if versioned { [&[0, 0], pass.as_slice()].concat() } else { pass });
        let pad = xor::Pad::make(password, key, verifier).expect("the same");
        // One byte of the pad is what a zero becomes, turned back.
        let mut zeros = [0u8; 16];
        pad.apply_excel(&mut zeros, 0);
        let mut locked = book.clone();
        for place in contents(&book) {
            let kept = if place.len() == 4 { 4 } else { 0 };
            let base = (place.start - kept) + (place.len() + kept) + kept;
            for (n, at) in place.enumerate() {
                locked[at] = locked[at].rotate_left(5) ^ zeros[(base + n) % 16].rotate_left(5);
            }
        }
        check_book(book, locked, "abc\n");
    }
}

#[test]
fn word_documents_open() {
    for bits in [None, Some(128)] {
        let (header, key) = rc4_header(bits, "p");
        let mut main = vec![0u8; 2000];
        main[..4].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0]);
        main[68..].iter_mut().enumerate().for_each(|(n, byte)| *byte = (n % 9) as u8);
        let mut table = header.clone();
        table.extend(b"a table of pieces");
        let (mut locked_main, mut locked_table) = (main.clone(), table.clone());
        key.apply(&mut locked_main, 512);
        key.apply(&mut locked_table, 512);
        locked_main[..68].copy_from_slice(&main[..68]);
        locked_main[11] = 3;
        locked_main[14..18].copy_from_slice(&(header.len() as u32).to_le_bytes());
        locked_table[..header.len()].copy_from_slice(&header);
        let file = compound(&[("WordDocument", &locked_main), ("1Table", &locked_table)]);
        let unlocked = opened(WORD, &file, "p\n").expect("the right password");
        let mut want = main;
        want[11] = 2;
        assert_eq!(stream_of(&unlocked, "WordDocument"), want);
        assert_eq!(stream_of(&unlocked, "1Table"), table);
        assert_eq!(opened(WORD, &file, "q\n"), None);
    }
}

/// A presentation of one object, with how it is locked and the list of both.
fn presentation(password: &str) -> (Vec<u8>, Vec<u8>) {
    let art = |kind: u16, content: &[u8]| {
        let mut made = vec![0x0F, 0];
        made.extend(kind.to_le_bytes());
        made.extend((content.len() as u32).to_le_bytes());
        made.extend(content);
        made
    };
    let (header, key) = rc4_header(Some(128), password);
    let object = art(1000, b"what the presentation says");
    let mut sealed = object.clone();
    key.apply_block(1, &mut sealed);
    let session = art(0x2F14, &header);
    let directory_at = (object.len() + session.len()) as u32;
    let mut directory = (1u32 | 2 << 20).to_le_bytes().to_vec();
    directory.extend(0u32.to_le_bytes());
    directory.extend((object.len() as u32).to_le_bytes());
    let directory = art(0x1772, &directory);
    let edit_at = directory_at + directory.len() as u32;
    let mut edit = Vec::new();
    for number in [0, 0, 0, directory_at, 1, 3, 0, 2] {
        edit.extend(number.to_le_bytes());
    }
    let document = [sealed, session, directory, art(0x0FF5, &edit)].concat();
    let mut user = art(0x0FF6, &[]);
    for number in [20, USER_TOKEN_ENCRYPTED, edit_at] {
        user.extend(number.to_le_bytes());
    }
    let file = compound(&[("Current User", &user), ("PowerPoint Document", &document)]);
    (file, object)
}

use crate::extract::office::ppt::USER_TOKEN_ENCRYPTED;

#[test]
fn presentations_open() {
    let (file, object) = presentation("p");
    let unlocked = opened(POWERPOINT, &file, "p\n").expect("the right password");
    let document = stream_of(&unlocked, "PowerPoint Document");
    assert_eq!(document[..object.len()], object);
    assert!(matches!(unlock(POWERPOINT, &unlocked, &mut budget("")), Lock::Absent));
    assert_eq!(opened(POWERPOINT, &file, "q\n"), None);
}

#[test]
fn properties_encrypted_beside_come_back() {
    let (_, key) = rc4_header(Some(128), "p");
    let name: Vec<u8> = "Summary".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut packed = [8u8 + 10, 0, 0, 0, 0, 0, 0, 0].to_vec();
    let mut content = b"properties".to_vec();
    key.apply_block(3, &mut content);
    packed.extend(&content);
    let mut list = 1u32.to_le_bytes().to_vec();
    list.extend(8u32.to_le_bytes());
    list.extend(10u32.to_le_bytes());
    list.extend([3, 0, 7, 1, 0, 0, 0, 0]);
    list.extend(&name);
    list.extend([0, 0]);
    packed[4] = list.len() as u8;
    key.apply_block(0, &mut list);
    packed.extend(&list);
    let file = compound(&[("EncryptedSummary", &packed)]);
    let mut file = Compound::open(&file).expect("a compound file");
    let streams = summary::streams(&mut file, &key, &mut budget(""));
    assert_eq!(streams, [("Summary".to_owned(), b"properties".to_vec())]);
}

#[test]
fn what_is_not_locked_is_left_alone() {
    for (format, bytes) in [
        (EXCEL, compound(&[("Workbook", &record(0x0809, &[0, 6]))])),
        (EXCEL, b"\x09\x08\x10\0\0\x06\x05\0".to_vec()),
        (EXCEL, Vec::new()),
        (WORD, compound(&[("WordDocument", &[0; 100])])),
        (WORD, compound(&[("WordDocument", b"short")])),
        (POWERPOINT, compound(&[("Current User", b""), ("PowerPoint Document", b"")])),
        (POWERPOINT, compound(&[("PP40", b"x")])),
        (Format::Pdf, b"%PDF".to_vec()),
    ] {
        let lock = unlock(format, &bytes, &mut budget("a\n"));
        assert!(matches!(lock, Lock::Absent), "{format:?}: {lock:?}");
    }
}

#[test]
fn torn_locks_stay_shut_and_nothing_breaks() {
    let (header, _) = rc4_header(Some(128), "p");
    let files: BTreeMap<&str, (Format, Vec<u8>)> = BTreeMap::from([
        ("agile", (Format::EncryptedOffice, agile(b"content", "p", 3))),
        ("presentation", (POWERPOINT, presentation("p").0)),
        ("workbook", (EXCEL, compound(&[("Workbook", &workbook(&header))]))),
    ]);
    for (name, (format, whole)) in files {
        for at in (0..whole.len()).step_by(37) {
            for value in [0, 0x7F, 0xFF] {
                let mut torn = whole.clone();
                torn[at] = value;
                let _ = unlock(format, &torn, &mut budget("p\n"));
            }
            let _ = unlock(format, &whole[..at], &mut budget("p\n"));
        }
        assert!(!whole.is_empty(), "{name}");
    }
}

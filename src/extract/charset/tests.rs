//! Tests of `charset`: tables of cases.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, GB18030, ISO_2022_JP, SHIFT_JIS, WINDOWS_1251};

use super::*;

const NOTICE: &str = "机密★10年\n\n关于做好冬季道路养护工作的通知\n各处室、各单位：\n　　为做好今年的养护工作，现将有关事项通知如下。\n";
const TRADITIONAL: &str = "機密★10年\n\n關於做好冬季道路養護工作的通知\n各處室、各單位：\n";
const JAPANESE: &str = "これは道路の保守に関する連絡です。各部署で確認してください。\n";
const KOREAN: &str = "이것은 도로 관리에 관한 안내입니다. 각 부서에서 확인하여 주십시오.\n";
const RUSSIAN: &str = "Настоящее уведомление касается содержания дорог зимой.\n";

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
}

fn utf32(text: &str, big: bool) -> Vec<u8> {
    text.chars()
        .flat_map(|c| if big { (c as u32).to_be_bytes() } else { (c as u32).to_le_bytes() })
        .collect()
}

fn check(bytes: &[u8], name: &str, text: &str) {
    let decoded = decode(bytes, usize::MAX);
    assert_eq!(decoded.charset.name(), name, "{:?}", decoded.text);
    assert_eq!(decoded.text, text, "{name}");
    assert_eq!(decoded.gap(), None, "{name}: {text}");
}

#[test]
fn each_encoding_is_told_and_read() {
    check(NOTICE.as_bytes(), "UTF-8", NOTICE);
    check(&GB18030.encode(NOTICE).0, "gb18030", NOTICE);
    check(&BIG5.encode(TRADITIONAL).0, "Big5", TRADITIONAL);
    check(&SHIFT_JIS.encode(JAPANESE).0, "Shift_JIS", JAPANESE);
    check(&EUC_JP.encode(JAPANESE).0, "EUC-JP", JAPANESE);
    check(&ISO_2022_JP.encode(JAPANESE).0, "ISO-2022-JP", JAPANESE);
    check(&EUC_KR.encode(KOREAN).0, "EUC-KR", KOREAN);
    check(&WINDOWS_1251.encode(RUSSIAN).0, "windows-1251", RUSSIAN);
    check(
        b"Un caf\xE9 tr\xE8s fort, s'il vous pla\xEEt.\n",
        "windows-1252",
        "Un café très fort, s'il vous plaît.\n",
    );
    check(
        b"plain ASCII + some ~{ signs ~} 1+1=2\n",
        "UTF-8",
        "plain ASCII + some ~{ signs ~} 1+1=2\n",
    );
}

#[test]
fn unicode_is_told_with_and_without_a_mark() {
    let texts =
        [NOTICE, TRADITIONAL, KOREAN, JAPANESE, "Secret\r\n", "机密★10年", "机密", "秘密文件"];
    for text in texts {
        for big in [false, true] {
            let names = if big { ["UTF-16BE", "UTF-32BE"] } else { ["UTF-16LE", "UTF-32LE"] };
            check(&utf16(text, big), names[0], text);
            check(&utf32(text, big), names[1], text);
            check(&utf16(&format!("\u{FEFF}{text}"), big), names[0], text);
            check(&utf32(&format!("\u{FEFF}{text}"), big), names[1], text);
        }
        check(format!("\u{FEFF}{text}").as_bytes(), "UTF-8", text);
    }
}

#[test]
fn a_few_bytes_are_enough() {
    for text in ["机密★10年", "秘密", "绝密★30年", "机密级", "内部资料"] {
        check(&GB18030.encode(text).0, "gb18030", text);
    }
    for text in ["機密★10年", "極機密文件", "絕對機密"] {
        check(&BIG5.encode(text).0, "Big5", text);
    }
}

#[test]
fn chinese_in_seven_bits_is_read() {
    check(b"Notice ~{;zC\\~} of 2014\n", "HZ-GB-2312", "Notice 机密 of 2014\n");
    check(b"level +ZzpbxiYF-10 end+-\n", "UTF-7", "level 机密★10 end+\n");
}

#[test]
fn one_broken_byte_is_counted_and_named() {
    let mut bytes = NOTICE.as_bytes().to_vec();
    bytes.insert(9, 0xFF);
    let decoded = decode(&bytes, usize::MAX);
    assert_eq!(decoded.charset, Charset::Utf8);
    assert_eq!((decoded.broken, decoded.first_broken), (1, 9));
    assert!(decoded.text.starts_with("机密★\u{FFFD}10年"));
    let gap = decoded.gap().unwrap();
    assert_eq!(gap.kind, GapKind::GarbledText);
    assert!(gap.detail.contains("byte 9"), "{}", gap.detail);
}

#[test]
fn a_mark_before_other_bytes_does_not_make_them_utf8() {
    let mut bytes = vec![0xEF, 0xBB, 0xBF];
    bytes.extend(GB18030.encode(NOTICE).0.iter());
    check(&bytes, "gb18030", NOTICE);
}

#[test]
fn bytes_of_no_language_are_garbled() {
    let noise: Vec<u8> = (0..600_u32).map(|i| 0x80 + (i * 7919 % 127) as u8).collect();
    assert!(decode(&noise, usize::MAX).gap().is_some());
}

#[test]
fn a_label_is_believed_until_the_bytes_say_otherwise() {
    let gbk = GB18030.encode(NOTICE).0;
    for label in ["gb2312", "GBK", "gb18030", "iso-8859-1x", "utf-8", "us-ascii"] {
        let decoded = decode_labelled(&gbk, Some(label.as_bytes()), usize::MAX);
        assert_eq!(decoded.text, NOTICE, "{label}");
    }
    assert_eq!(decode_labelled(NOTICE.as_bytes(), Some(b"gb2312"), usize::MAX).text, NOTICE);
    let latin = b"\xA9 2014 caf\xE9";
    assert_eq!(decode_labelled(latin, Some(b"iso-8859-1"), usize::MAX).text, "© 2014 café");
}

#[test]
fn a_text_is_cut_at_the_limit() {
    for (bytes, charset) in [
        (NOTICE.as_bytes().to_vec(), Charset::Utf8),
        (GB18030.encode(NOTICE).0.into_owned(), Charset::Legacy(GB18030)),
        (utf16(NOTICE, true), Charset::Wide { unit: 2, big: true }),
        (utf32(NOTICE, false), Charset::Wide { unit: 4, big: false }),
    ] {
        let decoded = decode_as(&bytes, charset, 10);
        assert!(decoded.cut);
        assert_eq!(decoded.text, "机密★1");
    }
}

#[test]
fn any_bytes_can_be_decoded_as_anything() {
    let bytes: Vec<u8> = (0..4096_u32).map(|i| (i * 31 % 251) as u8).collect();
    for label in ["utf-8", "utf-16le", "utf-32", "gbk", "big5", "hz", "utf-7", "iso-2022-jp"] {
        for cut in 0..64 {
            let charset = Charset::for_label(label.as_bytes()).unwrap();
            decode_as(&bytes[cut..cut * 3 + 70], charset, usize::MAX);
            decode(&bytes[cut..cut * 2 + 1], usize::MAX);
        }
    }
}

#[test]
fn the_first_broken_bytes_are_told_where_they_begin() {
    for (label, bytes, at) in [
        ("utf-8", b"abc\xFFd".as_slice(), 3),
        ("gb18030", b"abc\xFFd", 3),
        ("gb18030", b"\xBB\xFA\xC3\xDC\xFF\n", 4),
        ("gb18030", b"ab\x81", 2),
        ("gb18030", b"ab\x81\x30\x81\x20cd", 2),
        ("big5", b"abc\xFFd", 3),
        ("shift_jis", b"abc\x81\x20d", 3),
    ] {
        let charset = Charset::for_label(label.as_bytes()).unwrap();
        let decoded = decode_as(bytes, charset, usize::MAX);
        assert!(decoded.broken > 0, "{label} {bytes:?}");
        assert_eq!(decoded.first_broken, at, "{label} {bytes:?}");
    }
}

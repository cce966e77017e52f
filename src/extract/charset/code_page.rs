//! Windows code pages: the numbers by which Microsoft's formats name encodings.

use std::borrow::Cow;

use encoding_rs::Encoding;

/// The encoding of a Windows code page; `None` for one no decoder is here for.
/// GBK and GB 2312 are read as GB 18030, which holds them both.
pub(in crate::extract) fn encoding(page: u32) -> Option<&'static Encoding> {
    Some(match page {
        // ASCII and ISO 8859-1 are read as browsers read them.
        1252 | 20127 | 28591 => encoding_rs::WINDOWS_1252,
        936 | 20936 | 51936 | 54936 => encoding_rs::GB18030,
        932 | 10001 => encoding_rs::SHIFT_JIS,
        949 | 10003 | 51949 => encoding_rs::EUC_KR,
        950 | 10002 => encoding_rs::BIG5,
        10008 => encoding_rs::GB18030,
        874 => encoding_rs::WINDOWS_874,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 | 28599 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        866 => encoding_rs::IBM866,
        10000 => encoding_rs::MACINTOSH,
        10007 => encoding_rs::X_MAC_CYRILLIC,
        20866 => encoding_rs::KOI8_R,
        21866 => encoding_rs::KOI8_U,
        28592 => encoding_rs::ISO_8859_2,
        28593 => encoding_rs::ISO_8859_3,
        28594 => encoding_rs::ISO_8859_4,
        28595 => encoding_rs::ISO_8859_5,
        28596 => encoding_rs::ISO_8859_6,
        28597 => encoding_rs::ISO_8859_7,
        28598 => encoding_rs::ISO_8859_8,
        28605 => encoding_rs::ISO_8859_15,
        50220..=50222 => encoding_rs::ISO_2022_JP,
        20932 | 51932 => encoding_rs::EUC_JP,
        1200 => encoding_rs::UTF_16LE,
        1201 => encoding_rs::UTF_16BE,
        65001 => encoding_rs::UTF_8,
        _ => return None,
    })
}

/// Text in a code page; where no decoder is here for it, what is ASCII of it.
/// What cannot be decoded becomes U+FFFD.
pub(in crate::extract) fn decode(page: u32, bytes: &[u8]) -> Cow<'_, str> {
    match encoding(page) {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
        None => bytes
            .iter()
            .map(|b| if b.is_ascii() { char::from(*b) } else { char::REPLACEMENT_CHARACTER })
            .collect(),
    }
}

/// The code page of text in a language (MS-LCID), as Windows had it before
/// Unicode. Languages that are not known are taken as Western.
pub(in crate::extract) fn of_language(lid: u16) -> u32 {
    match (lid & 0x3FF, lid) {
        // Traditional Chinese: Taiwan, Hong Kong, Macao.
        (0x04, 0x0404 | 0x0C04 | 0x1404 | 0x7C04) => 950,
        (0x04, _) => 936,
        (0x11, _) => 932,
        (0x12, _) => 949,
        (0x1E, _) => 874,
        (0x1A, 0x0C1A | 0x1C1A | 0x281A | 0x301A) => 1251,
        (0x05 | 0x0E | 0x15 | 0x18 | 0x1A | 0x1B | 0x1C | 0x24, _) => 1250,
        (0x02 | 0x19 | 0x22 | 0x23 | 0x2F | 0x3F | 0x40 | 0x44 | 0x50, _) => 1251,
        (0x08, _) => 1253,
        (0x1F | 0x2C, _) => 1254,
        (0x0D, _) => 1255,
        (0x01 | 0x20 | 0x29, _) => 1256,
        (0x25..=0x27, _) => 1257,
        (0x2A, _) => 1258,
        _ => 1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_pages_decode_as_their_number_says() {
        for (page, bytes, want) in [
            (936, &b"\xBB\xFA\xC3\xDC\xA1\xEF"[..], "机密★"),
            (950, b"\xBE\xF7\xB1\x4B", "機密"),
            (932, b"\x8B\x40\x96\xA7", "機密"),
            (1251, b"\xD1\xE5\xEA\xF0\xE5\xF2", "Секрет"),
            (1252, b"caf\xE9", "café"),
            (65001, "机密".as_bytes(), "机密"),
            (1200, b"\x3A\x67\xC6\x5B", "机密"),
            (1361, b"a\xE9", "a\u{FFFD}"),
        ] {
            assert_eq!(decode(page, bytes), want, "code page {page}");
        }
    }

    #[test]
    fn languages_have_the_code_page_windows_gave_them() {
        for (lid, page) in [
            (0x0804, 936),
            (0x1004, 936),
            (0x0404, 950),
            (0x0C04, 950),
            (0x0411, 932),
            (0x0409, 1252),
            (0x0419, 1251),
            (0x0405, 1250),
            (0x0C1A, 1251),
            (0, 1252),
        ] {
            assert_eq!(of_language(lid), page, "{lid:04x}");
        }
    }
}

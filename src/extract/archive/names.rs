//! Member names: bytes in an encoding that old archives do not tell.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS};

use crate::model::{Note, Words};

/// How the names of an archive that are not flagged as UTF-8 are to be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum NameEncoding {
    /// Nothing but ASCII.
    Ascii,
    /// UTF-8 by tools that do not set the flag.
    Utf8,
    /// An Asian code page.
    Legacy(&'static Encoding),
    /// The code page of the first PCs, which APPNOTE (D.1) takes for granted.
    Cp437,
}

impl NameEncoding {
    /// Its name, where it had to be guessed.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Ascii | Self::Utf8 => None,
            Self::Legacy(encoding) => Some(encoding.name()),
            Self::Cp437 => Some("CP437"),
        }
    }
}

/// Tells the encoding from all names together: one archive, one code page.
pub(crate) fn encoding_of<'a>(names: impl Iterator<Item = &'a [u8]>) -> NameEncoding {
    let mut joined = Vec::new();
    // Enough to tell by; an archive may hold a hundred thousand names.
    for name in names.filter(|name| !name.is_ascii()) {
        if joined.len() > 1 << 16 {
            break;
        }
        joined.extend_from_slice(name);
        joined.push(b'\n');
    }
    if joined.is_empty() {
        return NameEncoding::Ascii;
    }
    if std::str::from_utf8(&joined).is_ok() {
        return NameEncoding::Utf8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&joined, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // Private-use characters are what another code page's bytes turn into.
    let fits = |encoding: &'static Encoding| {
        encoding
            .decode_without_bom_handling_and_without_replacement(&joined)
            .is_some_and(|text| !text.chars().any(|c| ('\u{e000}'..='\u{f8ff}').contains(&c)))
    };
    if (guess == GBK || guess == GB18030) && fits(GB18030) || is_gb2312(&joined) {
        // A guess at Big5 needs bytes that GB 2312 does not have.
        NameEncoding::Legacy(GB18030)
    } else if [BIG5, SHIFT_JIS, EUC_KR, EUC_JP].contains(&guess) && fits(guess) {
        NameEncoding::Legacy(guess)
    } else {
        NameEncoding::Cp437
    }
}

/// Whether everything beyond ASCII is characters of GB 2312: Chinese, and
/// hardly anything else, looks so by chance.
fn is_gb2312(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [lead, tail @ ..] = rest {
        rest = match (lead, tail) {
            (0..0x80, _) => tail,
            (0xA1..=0xA9 | 0xB0..=0xF7, [0xA1..=0xFE, after @ ..]) => after,
            _ => return false,
        };
    }
    true
}

/// A name as text: the Unicode Path field (4.6.9) where it still fits, the
/// flag's UTF-8, else the archive's encoding.
pub(crate) fn decode(raw: &[u8], extra: &[u8], flagged: bool, encoding: NameEncoding) -> String {
    decode_with(raw, extra, 0x7075, flagged, encoding)
}

/// A comment as text, likewise: the Unicode Comment field (4.6.8), …
pub(crate) fn decode_comment(
    raw: &[u8],
    extra: &[u8],
    flagged: bool,
    encoding: NameEncoding,
) -> String {
    decode_with(raw, extra, 0x6375, flagged, encoding)
}

fn decode_with(
    raw: &[u8],
    extra: &[u8],
    field: u16,
    flagged: bool,
    encoding: NameEncoding,
) -> String {
    let fitting = extra_fields(extra, field).find_map(|field| match field {
        [1, c0, c1, c2, c3, name @ ..] if !name.is_empty() => {
            let fits = u32::from_le_bytes([*c0, *c1, *c2, *c3]) == crc(raw);
            std::str::from_utf8(name).ok().filter(|_| fits)
        }
        _ => None,
    });
    if let Some(name) = fitting {
        return name.to_owned();
    }
    match (std::str::from_utf8(raw), encoding) {
        (Ok(name), _) if flagged || name.is_ascii() => name.to_owned(),
        (Ok(name), NameEncoding::Utf8) => name.to_owned(),
        (_, NameEncoding::Legacy(encoding)) => encoding.decode_without_bom_handling(raw).0.into(),
        (_, NameEncoding::Cp437) => raw.iter().map(|b| cp437(*b)).collect(),
        _ => decode_alone(raw),
    }
}

/// Text whose encoding nothing tells, by itself.
pub(crate) fn decode_alone(raw: &[u8]) -> String {
    match encoding_of(std::iter::once(raw)) {
        NameEncoding::Legacy(encoding) => encoding.decode_without_bom_handling(raw).0.into(),
        NameEncoding::Cp437 => raw.iter().map(|b| cp437(*b)).collect(),
        NameEncoding::Ascii | NameEncoding::Utf8 => String::from_utf8_lossy(raw).into(),
    }
}

/// The note that names were read in an encoding the archive does not tell.
pub(crate) fn guess_note(encoding: &str) -> Note {
    Note {
        id: "encoding-guessed",
        message: Words::new(
            format!(
                "member names were read as {encoding}; the archive does not say their encoding"
            ),
            format!("成员名按{encoding}读取，压缩包未注明其编码"),
        ),
    }
}

/// The content of every extra field with that id.
pub(crate) fn extra_fields(mut extra: &[u8], wanted: u16) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        while let [i0, i1, l0, l1, rest @ ..] = extra {
            let length = usize::from(u16::from_le_bytes([*l0, *l1]));
            let content = rest.get(..length)?;
            extra = rest.get(length..)?;
            if u16::from_le_bytes([*i0, *i1]) == wanted {
                return Some(content);
            }
        }
        None
    })
}

fn crc(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

fn cp437(byte: u8) -> char {
    const HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»\
        ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
        αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    match byte {
        0..0x80 => char::from(byte),
        _ => HIGH.chars().nth(usize::from(byte) - 0x80).unwrap_or('\u{fffd}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_the_encoding_of_the_whole_archive() {
        let gbk = |s: &str| GB18030.encode(s).0.into_owned();
        let big5 = |s: &str| BIG5.encode(s).0.into_owned();
        let sjis = |s: &str| SHIFT_JIS.encode(s).0.into_owned();
        let cases: &[(Vec<Vec<u8>>, &[&str])] = &[
            (vec![b"a.txt".to_vec()], &["a.txt"]),
            (vec![gbk("机密★10年.txt"), gbk("通知.docx")], &["机密★10年.txt", "通知.docx"]),
            (vec![gbk("秘密")], &["秘密"]),
            (vec!["通知.txt".into(), "é".into()], &["通知.txt", "é"]),
            (vec![big5("關於採購辦公傢俱的通知.txt")], &["關於採購辦公傢俱的通知.txt"]),
            (vec![sjis("これはテストのファイルです.txt")], &["これはテストのファイルです.txt"]),
            (vec![b"r\x82sum\x82.txt".to_vec()], &["résumé.txt"]),
        ];
        for (raw, want) in cases {
            let encoding = encoding_of(raw.iter().map(Vec::as_slice));
            let got: Vec<String> = raw.iter().map(|r| decode(r, &[], false, encoding)).collect();
            assert_eq!(got, *want, "{encoding:?}");
        }
    }

    #[test]
    fn the_unicode_path_field_counts_only_while_it_fits_the_name() {
        let raw = b"jimi.txt";
        let field = |crc: u32| {
            let name = "机密.txt".as_bytes();
            let mut field = vec![0x75, 0x70, (5 + name.len()) as u8, 0, 1];
            field.extend(crc.to_le_bytes());
            field.extend(name);
            field
        };
        assert_eq!(decode(raw, &field(crc(raw)), false, NameEncoding::Ascii), "机密.txt");
        assert_eq!(decode(raw, &field(7), false, NameEncoding::Ascii), "jimi.txt");
    }

    #[test]
    fn the_table_has_a_character_for_every_byte() {
        assert_eq!(cp437(0x82), 'é');
        assert_eq!(cp437(0xB0), '░');
        assert_eq!(cp437(0xE0), 'α');
        assert_eq!(cp437(0xFF), '\u{a0}');
    }
}

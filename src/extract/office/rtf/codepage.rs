//! Code pages: which characters bytes are, by the number or the character set
//! that a file gives (RTF 1.9.1, "Character Set" and "Font Table").

use encoding_rs::{Decoder, Encoding};

/// A code page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codepage {
    /// One that the Encoding Standard has.
    Known(&'static Encoding),
    /// One of DOS: its upper half.
    Dos(&'static str),
    /// Codes of a font of symbols.
    Symbols,
}

/// Code page 437 from 0x80 on.
const DOS_437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";

/// Code page 850 from 0x80 on.
const DOS_850: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";

impl Codepage {
    /// Windows' for western Europe.
    pub const WESTERN: Self = Self::Known(encoding_rs::WINDOWS_1252);

    /// By its number.
    pub fn of_number(number: i32) -> Option<Self> {
        use encoding_rs as e;
        Some(Self::Known(match number {
            437 => return Some(Self::Dos(DOS_437)),
            850 | 858 => return Some(Self::Dos(DOS_850)),
            42 => return Some(Self::Symbols),
            819 | 1252 => e::WINDOWS_1252,
            866 => e::IBM866,
            874 => e::WINDOWS_874,
            932 | 10001 => e::SHIFT_JIS,
            936 | 10008 | 52936 | 54936 => e::GB18030,
            949 | 10003 | 51949 => e::EUC_KR,
            950 | 10002 => e::BIG5,
            1250 => e::WINDOWS_1250,
            1251 => e::WINDOWS_1251,
            1253 => e::WINDOWS_1253,
            1254 => e::WINDOWS_1254,
            1255 => e::WINDOWS_1255,
            1256 => e::WINDOWS_1256,
            1257 => e::WINDOWS_1257,
            1258 => e::WINDOWS_1258,
            10000 => e::MACINTOSH,
            10007 => e::X_MAC_CYRILLIC,
            20866 => e::KOI8_R,
            21866 => e::KOI8_U,
            28592 => e::ISO_8859_2,
            28595 => e::ISO_8859_5,
            28597 => e::ISO_8859_7,
            28605 => e::ISO_8859_15,
            51932 => e::EUC_JP,
            65001 => e::UTF_8,
            _ => return None,
        }))
    }

    /// By the character set of a font (`\fcharset`); `None` for the document's own.
    pub fn of_charset(charset: i32) -> Option<Self> {
        let number = match charset {
            0 => 1252,
            2 => return Some(Self::Symbols),
            77 => 10000,
            78 | 128 => 932,
            79 | 129 => 949,
            80 | 134 => 936,
            81 | 136 => 950,
            83 | 161 => 1253,
            162 => 1254,
            163 => 1258,
            84 | 177 => 1255,
            85 | 178 => 1256,
            186 => 1257,
            89 | 204 => 1251,
            87 | 222 => 874,
            88 | 238 => 1250,
            254 => 437,
            255 => 850,
            _ => return None,
        };
        Self::of_number(number)
    }

    /// Whether one character may take several bytes.
    pub fn is_wide(self) -> bool {
        matches!(self, Self::Known(label) if !label.is_single_byte())
    }

    /// What a report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Known(label) => label.name(),
            Self::Dos(_) => "a code page of DOS",
            Self::Symbols => "a font of symbols",
        }
    }
}

/// Bytes on their way to characters. A character may begin in one group and end in
/// the next, so its first byte waits here.
pub(super) struct Decoding {
    codepage: Codepage,
    decoder: Option<Decoder>,
    /// How often bytes were no characters, and the code page of the first.
    pub broken: Option<(u64, Codepage)>,
}

impl Decoding {
    pub fn new(codepage: Codepage) -> Self {
        Self { codepage, decoder: None, broken: None }
    }

    /// Adds the characters that `bytes` are.
    pub fn push(&mut self, bytes: &[u8], codepage: Codepage, out: &mut String) {
        if codepage != self.codepage {
            self.finish(out);
            self.codepage = codepage;
        }
        match codepage {
            Codepage::Known(label) => {
                let decoder =
                    self.decoder.get_or_insert_with(|| label.new_decoder_without_bom_handling());
                decode(decoder, bytes, false, out, &mut self.broken, codepage);
            }
            Codepage::Dos(table) => out.extend(bytes.iter().map(|byte| {
                let upper = byte.checked_sub(0x80).map(usize::from);
                upper.map_or(char::from(*byte), |at| table.chars().nth(at).unwrap_or('\u{FFFD}'))
            })),
            // A symbol's code is kept in the private use area (F020-F0FF).
            Codepage::Symbols => out
                .extend(bytes.iter().filter_map(|byte| char::from_u32(0xF000 + u32::from(*byte)))),
        }
    }

    /// Ends what was begun: half a character is none.
    pub fn finish(&mut self, out: &mut String) {
        if let Some(mut decoder) = self.decoder.take() {
            decode(&mut decoder, &[], true, out, &mut self.broken, self.codepage);
        }
    }
}

fn decode(
    decoder: &mut Decoder,
    bytes: &[u8],
    last: bool,
    out: &mut String,
    broken: &mut Option<(u64, Codepage)>,
    codepage: Codepage,
) {
    let Some(room) = decoder.max_utf8_buffer_length(bytes.len()) else { return };
    out.reserve(room);
    let (.., errors) = decoder.decode_to_string(bytes, out, last);
    if errors {
        broken.get_or_insert((0, codepage)).0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(codepage: Codepage, pieces: &[&[u8]]) -> (String, bool) {
        let mut decoding = Decoding::new(Codepage::WESTERN);
        let mut out = String::new();
        pieces.iter().for_each(|piece| decoding.push(piece, codepage, &mut out));
        decoding.finish(&mut out);
        (out, decoding.broken.is_some())
    }

    #[test]
    fn characters_are_told_by_code_page() {
        let of = |number| Codepage::of_number(number).unwrap();
        for (codepage, bytes, want) in [
            (of(936), &b"\xBB\xFA\xC3\xDC"[..], "机密"),
            (of(950), b"\xBE\xF7\xB1K", "機密"),
            (of(932), b"\x8B@\x96\xA7", "機密"),
            (of(437), b"a\x80\xFF", "aÇ\u{A0}"),
            (of(850), b"\x9D", "Ø"),
            (of(10000), b"\x8A", "ä"),
            (Codepage::Symbols, b"\xAB", "\u{F0AB}"),
        ] {
            assert_eq!(decoded(codepage, &[bytes]), (want.to_owned(), false));
        }
        assert_eq!(DOS_437.chars().count(), 128);
        assert_eq!(DOS_850.chars().count(), 128);
    }

    #[test]
    fn a_character_may_come_in_two_pieces() {
        let gbk = Codepage::of_number(936).unwrap();
        assert_eq!(decoded(gbk, &[b"\xBB", b"\xFA\xC3", b"\xDC"]), ("机密".to_owned(), false));
        assert_eq!(decoded(gbk, &[b"\xBB"]), ("\u{FFFD}".to_owned(), true));
    }
}

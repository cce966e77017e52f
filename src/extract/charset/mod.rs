//! Characters out of bytes: which encoding a text is in, how sure that is, and
//! how much of it could not be decoded.
//!
//! What settles the matter comes first (a byte order mark, valid UTF-8); what
//! is left is told by trying the likely encodings on samples and asking which
//! result reads best ([`plausible`]).

mod candidates;
pub(super) mod code_page;
mod ebcdic;
mod plausible;
mod sample;
mod seven_bit;
mod wide;

use encoding_rs::{DecoderResult, Encoding as Label};
use memchr::memchr;

use crate::model::{Encoding, Gap, GapKind};

/// Replacement characters stand where bytes were no text.
const REPLACEMENT: char = '\u{FFFD}';

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-8, ASCII included.
    Utf8,
    /// UTF-16 or UTF-32: bytes of a unit, and whether the big end comes first.
    Wide { unit: usize, big: bool },
    /// Any encoding of the WHATWG Encoding Standard.
    Legacy(&'static Label),
    /// Chinese in seven bits, RFC 1843.
    Hz,
    /// UTF-7, RFC 2152.
    Utf7,
    /// EBCDIC, code page 500.
    Ebcdic,
}

impl Charset {
    /// WHATWG name, where it has one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Wide { unit: 2, big: false } => "UTF-16LE",
            Self::Wide { unit: 2, big: true } => "UTF-16BE",
            Self::Wide { big: false, .. } => "UTF-32LE",
            Self::Wide { big: true, .. } => "UTF-32BE",
            Self::Legacy(label) => label.name(),
            Self::Hz => "HZ-GB-2312",
            Self::Utf7 => "UTF-7",
            Self::Ebcdic => "IBM500",
        }
    }

    /// The encoding a label names (`charset=` of a mail or page). GBK and
    /// GB 2312 are read as GB 18030, which holds them both.
    pub fn for_label(label: &[u8]) -> Option<Self> {
        let label = label.trim_ascii().trim_ascii_start();
        let is = |name: &str| label.eq_ignore_ascii_case(name.as_bytes());
        if is("utf-7") || is("unicode-1-1-utf-7") {
            return Some(Self::Utf7);
        }
        if is("hz-gb-2312") || is("hz") {
            return Some(Self::Hz);
        }
        if is("utf-32") || is("utf-32be") {
            return Some(Self::Wide { unit: 4, big: true });
        }
        if is("utf-32le") {
            return Some(Self::Wide { unit: 4, big: false });
        }
        if is("cp936") || is("ms936") || is("gb-18030") || is("gb_2312") || is("euc-cn") {
            return Some(Self::Legacy(encoding_rs::GB18030));
        }
        if is("cp950") || is("ms950") {
            return Some(Self::Legacy(encoding_rs::BIG5));
        }
        let known = Label::for_label(label)?;
        Some(match known {
            l if l == encoding_rs::UTF_8 => Self::Utf8,
            l if l == encoding_rs::UTF_16LE => Self::Wide { unit: 2, big: false },
            l if l == encoding_rs::UTF_16BE => Self::Wide { unit: 2, big: true },
            l if l == encoding_rs::GBK => Self::Legacy(encoding_rs::GB18030),
            l if l == encoding_rs::REPLACEMENT => return None,
            l => Self::Legacy(l),
        })
    }
}

/// What the encoding of some bytes was told to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Told {
    /// The encoding.
    pub charset: Charset,
    /// Bytes of byte order mark before the text.
    pub mark: usize,
    /// From 0 to 1: 1 where a byte order mark or valid UTF-8 settles it.
    pub confidence: f32,
    /// Whether what comes out reads like text in some language.
    pub reads: bool,
}

impl Told {
    fn sure(charset: Charset, mark: usize) -> Self {
        Self { charset, mark, confidence: 1.0, reads: true }
    }
}

/// Tells the encoding of a whole text.
pub(super) fn tell(bytes: &[u8]) -> Told {
    if let Some(told) = by_mark(bytes) {
        return told;
    }
    let has_zero = memchr(0, bytes).is_some();
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        if has_zero && let Some(told) = wide::told_by_zeros(bytes) {
            return told;
        }
        if bytes.is_ascii()
            && let Some(charset) = seven_bit::told(bytes)
        {
            return Told { charset, mark: 0, confidence: 0.9, reads: true };
        }
        return Told::sure(Charset::Utf8, 0);
    }
    if has_zero && let Some(told) = wide::told_by_zeros(bytes) {
        return told;
    }
    if ebcdic::is_likely(bytes) {
        return Told { charset: Charset::Ebcdic, mark: 0, confidence: 0.7, reads: true };
    }
    candidates::best(bytes)
}

/// A byte order mark settles the matter, unless what follows is plainly
/// something else: some programs put UTF-8's before anything.
fn by_mark(bytes: &[u8]) -> Option<Told> {
    let wide = |unit, big| Charset::Wide { unit, big };
    let (charset, mark) = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => (Charset::Utf8, 3),
        // Two zeros more make it UTF-32, unless they are a zero character of UTF-16.
        [0xFF, 0xFE, 0, 0, ..] if wide::is_utf32(bytes, false) => (wide(4, false), 4),
        [0, 0, 0xFE, 0xFF, ..] => (wide(4, true), 4),
        [0xFF, 0xFE, ..] => (wide(2, false), 2),
        [0xFE, 0xFF, ..] => (wide(2, true), 2),
        [0x84, 0x31, 0x95, 0x33, ..] => (Charset::Legacy(encoding_rs::GB18030), 4),
        _ => return None,
    };
    let rest = bytes.get(mark..).unwrap_or_default();
    if charset == Charset::Utf8 && simdutf8::basic::from_utf8(rest).is_err() {
        let told = candidates::best(rest);
        return Some(Told { mark, confidence: told.confidence.min(0.9), ..told });
    }
    Some(Told::sure(charset, mark))
}

/// Text, and what it took to get it.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The characters; U+FFFD where bytes were none.
    pub text: String,
    /// The encoding it was read in.
    pub charset: Charset,
    /// From 0 to 1.
    pub confidence: f32,
    /// How many times bytes were no characters, and where first.
    pub broken: u64,
    /// Offset in the bytes of the first that were not.
    pub first_broken: usize,
    /// Whether the text was cut at the limit.
    pub cut: bool,
    /// Whether what came out reads like text in some language.
    pub reads: bool,
}

impl Decoded {
    /// What a report says of the encoding.
    pub fn encoding(&self) -> Encoding {
        Encoding { name: self.charset.name(), confidence: self.confidence }
    }

    /// The gap, if some of it is not readable text.
    pub fn gap(&self) -> Option<Gap> {
        let name = self.charset.name();
        if self.broken > 0 {
            let (count, at) = (self.broken, self.first_broken);
            let words = format!("{count} byte sequences are not {name}, the first at byte {at}");
            return Some(Gap::new(GapKind::GarbledText, words));
        }
        if !self.reads {
            let words = format!("no encoding tried gives readable text; {name} came nearest");
            return Some(Gap::new(GapKind::GarbledText, words));
        }
        None
    }
}

/// Decodes a whole text, in the encoding its bytes tell, to at most `limit` bytes.
pub(super) fn decode(bytes: &[u8], limit: usize) -> Decoded {
    decode_told(bytes, tell(bytes), limit)
}

/// The same, where the encoding of the whole text was told before.
pub(super) fn decode_told(bytes: &[u8], told: Told, limit: usize) -> Decoded {
    let mut decoded = decode_as(bytes.get(told.mark..).unwrap_or_default(), told.charset, limit);
    decoded.confidence = told.confidence;
    decoded.reads = told.reads;
    if decoded.broken > 0 {
        decoded.first_broken += told.mark;
        decoded.confidence = decoded.confidence.min(0.9);
    }
    decoded
}

/// Decodes text that is labelled with an encoding. A byte order mark overrules
/// the label, and so does valid UTF-8, which no other text is by chance; a label
/// that does not fit the bytes is overruled by what fits them better.
pub(super) fn decode_labelled(bytes: &[u8], label: Option<&[u8]>, limit: usize) -> Decoded {
    let Some(charset) = label.and_then(Charset::for_label) else { return decode(bytes, limit) };
    let seven_bit = matches!(charset, Charset::Hz | Charset::Utf7)
        || charset == Charset::Legacy(encoding_rs::ISO_2022_JP);
    let settled = by_mark(bytes).is_some()
        || !bytes.is_ascii() && simdutf8::basic::from_utf8(bytes).is_ok()
        || bytes.is_ascii() && !seven_bit && !matches!(charset, Charset::Wide { .. });
    if settled {
        return decode(bytes, limit);
    }
    let labelled = decode_as(bytes, charset, limit);
    let is_latin = charset == Charset::Legacy(encoding_rs::WINDOWS_1252);
    if labelled.broken == 0 && !is_latin {
        return labelled;
    }
    let told = decode(bytes, limit);
    // Latin takes any byte, and is what programs write that know no better.
    let better = if is_latin {
        told.broken == 0
            && plausible::score(&told.text).0 > plausible::score(&labelled.text).0 + 12.0
    } else {
        told.broken < labelled.broken
    };
    if better && told.reads { told } else { labelled }
}

/// Decodes as one encoding, without a byte order mark, to at most `limit` bytes.
pub(super) fn decode_as(bytes: &[u8], charset: Charset, limit: usize) -> Decoded {
    let mut out = Out::new(charset, limit);
    match charset {
        Charset::Utf8 => out.utf8(bytes),
        Charset::Wide { unit, big } => wide::decode(bytes, unit, big, &mut out),
        Charset::Legacy(label) => out.legacy(bytes, label),
        Charset::Hz => seven_bit::decode_hz(bytes, &mut out),
        Charset::Utf7 => seven_bit::decode_utf7(bytes, &mut out),
        Charset::Ebcdic => ebcdic::decode(bytes, &mut out),
    }
    out.0
}

/// How many bytes are of a kind. Whole files are counted through: sums of one
/// byte for 255 bytes at most let the compiler count many at a time.
pub(super) fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes
        .chunks(255)
        .map(|some| {
            usize::from(some.iter().fold(0_u8, |sum, b| sum.wrapping_add(u8::from(is(*b)))))
        })
        .sum()
}

/// Where decoded characters go.
struct Out(Decoded, usize);

impl Out {
    fn new(charset: Charset, limit: usize) -> Self {
        let decoded = Decoded {
            text: String::new(),
            charset,
            confidence: 1.0,
            broken: 0,
            first_broken: 0,
            cut: false,
            reads: true,
        };
        Self(decoded, limit)
    }

    /// Adds characters, as far as there is room.
    fn push(&mut self, text: &str) {
        let room = self.1.saturating_sub(self.0.text.len());
        if text.len() <= room {
            self.0.text.push_str(text);
        } else {
            self.0.text.push_str(&text[..text.floor_char_boundary(room)]);
            self.0.cut = true;
        }
    }

    fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
    }

    /// Puts a replacement character for bytes at `at`.
    fn broken(&mut self, at: usize) {
        if self.0.broken == 0 {
            self.0.first_broken = at;
        }
        self.0.broken += 1;
        self.push_char(REPLACEMENT);
    }

    fn utf8(&mut self, bytes: &[u8]) {
        // One check and one copy where nothing is broken, which is nearly always.
        if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
            return self.push(text);
        }
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            if self.0.cut {
                return;
            }
            self.push(chunk.valid());
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                self.broken(at);
                at += chunk.invalid().len();
            }
        }
    }

    fn legacy(&mut self, bytes: &[u8], label: &'static Label) {
        let mut decoder = label.new_decoder_without_bom_handling();
        let mut at = 0;
        let mut piece = String::with_capacity(64 << 10);
        while !self.0.cut {
            let rest = bytes.get(at..).unwrap_or_default();
            let (result, read) =
                decoder.decode_to_string_without_replacement(rest, &mut piece, true);
            at += read;
            self.push(&piece);
            piece.clear();
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                // What was read includes the sequence, and what stood behind it.
                DecoderResult::Malformed(length, behind) => {
                    self.broken(at.saturating_sub(usize::from(length) + usize::from(behind)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! Chinese in seven bits: HZ (RFC 1843) and UTF-7 (RFC 2152).

use encoding_rs::GB18030;
use memchr::{memchr, memmem};

use super::plausible::score;
use super::{Charset, Out};

/// How well shifted text must read before ASCII is taken for anything else.
const READS: f32 = 60.0;

/// Bytes looked at.
const SAMPLE: usize = 256 << 10;

/// Tells ASCII that is not meant as ASCII.
pub(super) fn told(bytes: &[u8]) -> Option<Charset> {
    if memchr(0x1B, bytes).is_some() && is_iso_2022_jp(bytes) {
        return Some(Charset::Legacy(encoding_rs::ISO_2022_JP));
    }
    let from = |at: usize| {
        let start = at.saturating_sub(1 << 10);
        bytes.get(start..bytes.len().min(start + SAMPLE)).unwrap_or_default()
    };
    if let Some(at) = memmem::find(bytes, b"~{") {
        let decoded = super::decode_as(from(at), Charset::Hz, usize::MAX);
        if decoded.broken == 0 && !decoded.text.is_ascii() && score(&decoded.text).0 > READS {
            return Some(Charset::Hz);
        }
    }
    if let Some(at) = memchr(b'+', bytes) {
        let decoded = super::decode_as(from(at), Charset::Utf7, usize::MAX);
        if decoded.broken == 0 && !decoded.text.is_ascii() && score(&decoded.text).0 > READS {
            return Some(Charset::Utf7);
        }
    }
    None
}

fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    let shifts: [&[u8]; 4] = [b"\x1B$B", b"\x1B$@", b"\x1B(J", b"\x1B(I"];
    shifts.iter().any(|shift| memmem::find(bytes, shift).is_some())
}

/// Decodes HZ: `~{` begins GB 2312 in seven bits, `~}` ends it, `~~` is a tilde
/// and `~` at a line's end joins lines.
pub(super) fn decode_hz(bytes: &[u8], out: &mut Out) {
    let (mut at, mut wide) = (0, false);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        if out.0.cut {
            return;
        }
        let step = match rest {
            [b'~', b'}', ..] if wide => {
                wide = false;
                2
            }
            // A line's end ends the shift, whether it was ended or not.
            [b'\n', ..] => {
                wide = false;
                out.push_char('\n');
                1
            }
            [lead @ 0x21..=0x77, trail @ 0x21..=0x7E, ..] if wide => {
                let pair = [lead | 0x80, trail | 0x80];
                match GB18030.decode_without_bom_handling_and_without_replacement(&pair) {
                    Some(text) => out.push(&text),
                    None => out.broken(at),
                }
                2
            }
            [byte, ..] if wide => {
                if !byte.is_ascii_whitespace() {
                    out.broken(at);
                }
                1
            }
            [b'~', b'{', ..] => {
                wide = true;
                2
            }
            [b'~', b'~', ..] => {
                out.push_char('~');
                2
            }
            [b'~', b'\n', ..] => 2,
            [byte, ..] => {
                ascii(*byte, at, out);
                1
            }
            [] => 1,
        };
        at += step;
    }
}

/// Decodes UTF-7: `+` begins UTF-16 in base64, anything outside its alphabet
/// ends it (`-` is swallowed), `+-` is a plus. A plus that begins no character
/// stays a plus.
pub(super) fn decode_utf7(bytes: &[u8], out: &mut Out) {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        if out.0.cut {
            return;
        }
        let plus = memchr(b'+', rest).unwrap_or(rest.len());
        for (i, byte) in rest.iter().take(plus).enumerate() {
            ascii(*byte, at + i, out);
        }
        at += plus;
        let Some([b'+', shifted @ ..]) = bytes.get(at..) else { return };
        let length = shifted.iter().take_while(|b| sextet(**b).is_some()).count();
        let ended = usize::from(shifted.get(length) == Some(&b'-'));
        match shifted.get(..length).and_then(utf16_of) {
            Some(text) if length > 0 => out.push(&text),
            _ => {
                out.push_char('+');
                if length == 0 {
                    at += 1 + ended;
                } else {
                    at += 1;
                }
                continue;
            }
        }
        at += 1 + length + ended;
    }
}

/// Base64 as UTF-16; `None` where it is none. Spare bits must be zero, which
/// keeps `C++0x` and `a+b` what they are.
fn utf16_of(shifted: &[u8]) -> Option<String> {
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut units = Vec::with_capacity(shifted.len() * 3 / 8 + 1);
    for byte in shifted {
        held = held << 6 | u32::from(sextet(*byte)?);
        bits += 6;
        if bits >= 16 {
            bits -= 16;
            units.push((held >> bits) as u16);
            held &= (1 << bits) - 1;
        }
    }
    if bits >= 6 || held != 0 || units.is_empty() {
        return None;
    }
    let text = String::from_utf16(&units).ok()?;
    // Whoever writes UTF-7 writes ASCII plainly, but for a few signs.
    (!text.is_ascii()).then_some(text).or_else(|| {
        let text = String::from_utf16(&units).ok()?;
        text.chars().all(|c| c.is_ascii_punctuation()).then_some(text)
    })
}

fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

fn ascii(byte: u8, at: usize, out: &mut Out) {
    if byte.is_ascii() { out.push_char(char::from(byte)) } else { out.broken(at) }
}

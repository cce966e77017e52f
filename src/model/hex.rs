//! Bytes as hexadecimal digits: digests, keys and signatures.

use std::fmt::Write;

/// Bytes as lower-case hexadecimal digits, two each.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The bytes of so many hexadecimal digits of either case; `None` for anything else.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_back_and_nothing_else_is_taken_for_them() {
        assert_eq!(hex(&[0, 0x0F, 0xF0, 0xFF]), "000ff0ff");
        for (text, bytes) in [
            ("0aF0", Some([0x0A, 0xF0])),
            ("0aF", None),
            ("0aF00", None),
            ("+a+f", None),
            (" a f", None),
            ("0ag0", None),
            ("é0a", None),
        ] {
            assert_eq!(unhex(text), bytes, "{text}");
        }
    }
}

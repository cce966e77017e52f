//! Bytes written in base64 (RFC 4648, 4).

/// The bytes; what is no digit of base64 is passed over.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let (mut made, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            made.push((bits >> count) as u8);
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        for (text, want) in [("bWFyaw==", &b"mark"[..]), ("bWF y\naw", b"mark"), ("", b"")] {
            assert_eq!(decode(text), want);
        }
    }
}

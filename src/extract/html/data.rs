//! `data:` addresses (RFC 2397): a file in an attribute.

/// Pictures with fewer bytes than this are icons.
const WEIGHT: usize = 4 << 10;

/// What an address holds.
#[derive(Debug, PartialEq)]
pub(in crate::extract) struct Data {
    media_type: String,
    pub bytes: Vec<u8>,
}

impl Data {
    /// Whether it is a picture that is made of dots.
    pub fn is_picture(&self) -> bool {
        self.media_type.starts_with("image/") && !self.media_type.contains("svg")
            || ["font/", "audio/", "video/", "application/font", "application/x-font"]
                .iter()
                .any(|family| self.media_type.starts_with(family))
    }

    /// Whether it is a picture large enough to say something.
    pub fn is_image_of_weight(&self) -> bool {
        self.media_type.starts_with("image/") && self.bytes.len() >= WEIGHT
    }

    /// What its name would end in.
    pub fn extension(&self) -> &str {
        let subtype = self.media_type.split('/').nth(1).unwrap_or("bin");
        match subtype.split(['+', '.', '-']).next_back().unwrap_or(subtype) {
            _ if subtype.starts_with("svg") => "svg",
            "plain" => "txt",
            short if short.len() <= 4 && short.bytes().all(|b| b.is_ascii_alphanumeric()) => short,
            _ => "bin",
        }
    }
}

/// Decodes an address; `None` where it cannot be.
pub(in crate::extract) fn data(address: &str) -> Option<Data> {
    let (head, body) = address.get(5..)?.split_once(',')?;
    let mut parts = head.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_base64 = parts.any(|part| part.eq_ignore_ascii_case("base64"));
    let plain = percent_decoded(body);
    let bytes = if is_base64 { base64(&plain)? } else { plain };
    let media_type = if media_type.is_empty() { "text/plain".to_owned() } else { media_type };
    Some(Data { media_type, bytes })
}

/// Bytes that are written as `%E6`, and all others as they are.
pub(in crate::extract) fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                out.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = behind;
            }
        }
    }
    out
}

/// Base64 with white space left out, padded or not.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ if byte.is_ascii_whitespace() => continue,
            _ => return None,
        };
        held = (held << 6 | u32::from(value)) & 0xFF_FFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_decoded() {
        for (address, media_type, bytes) in [
            ("data:,a%20b%E5%AF%86", "text/plain", "a b密"),
            ("data:text/html;charset=utf-8;base64,PHA+5a+GPC9wPg==", "text/html", "<p>密</p>"),
            ("DATA:text/html;BASE64,PHA%2B\n5a+GPC9wPg", "text/html", "<p>密</p>"),
            ("data:text/plain,100%", "text/plain", "100%"),
        ] {
            let want = Data { media_type: media_type.into(), bytes: bytes.into() };
            assert_eq!(data(address), Some(want), "{address}");
        }
        for address in ["data:text/html", "data:;base64,***"] {
            assert_eq!(data(address), None, "{address}");
        }
    }
}

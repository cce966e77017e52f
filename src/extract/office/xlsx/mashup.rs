//! Queries that a workbook was filled by, as they are stored with it: a package
//! in a stream in base64 in a part of XML (MS-QDEFF 2.2, 2.3).

use memchr::memmem;

/// The package of queries in a part; `None` where it has none.
pub(super) fn package(part: &str) -> Option<Vec<u8>> {
    let at = memmem::find(part.as_bytes(), b"DataMashup")?;
    let element = part.get(at..)?;
    let (_, inside) = element.split_once('>')?;
    let stream = decoded(inside.split('<').next()?)?;
    // A version, then the package's length.
    let length = u32::from_le_bytes(stream.get(4..8)?.try_into().ok()?);
    let rest = stream.get(8..)?;
    let package = rest.get(..usize::try_from(length).ok()?).unwrap_or(rest);
    package.starts_with(b"PK").then(|| package.to_vec())
}

/// Bytes in base64, white space left out; `None` where there is something else.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            c if c.is_ascii_whitespace() => continue,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_is_taken_out() {
        for (part, want) in [
            // 0, 0, 0, 0, 4, 0, 0, 0, "PK12", "rest"
            ("<DataMashup xmlns='x'>AAAAAAQAAABQSzEycmVzdA==</DataMashup>", Some(&b"PK12"[..])),
            ("<x:DataMashup>AAAAAAQA\n AABQSzEy</x:DataMashup>", Some(b"PK12")),
            ("<DataMashup>AAAA/////wAAUEsxMg==</DataMashup>", None),
            ("<DataMashup>机密</DataMashup>", None),
            ("<DataMashup", None),
            ("<other>AAAAAAQAAABQSzEy</other>", None),
        ] {
            assert_eq!(package(part).as_deref(), want, "{part}");
        }
    }
}

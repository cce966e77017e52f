//! Which encoding a page says it is in (HTML, 13.2.3.2): a guess in advance, from
//! its first tags.

use memchr::memmem;

/// Bytes looked at. Browsers look at 1024; some pages say it late.
const HEAD: usize = 64 << 10;

/// A tag that says it is no longer than this.
const LONGEST: usize = 1 << 10;

/// The label, if one is given.
pub(super) fn label(bytes: &[u8]) -> Option<Vec<u8>> {
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    let mut rest = head;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix(b"!--") {
            let end = memmem::find(comment, b"-->").unwrap_or(comment.len());
            rest = comment.get(end..).unwrap_or_default();
            continue;
        }
        let key: &[u8] = match rest.get(..4).map(<[u8]>::to_ascii_lowercase).as_deref() {
            Some(b"meta") => b"charset",
            Some(b"?xml") => b"encoding",
            _ => continue,
        };
        let near = rest.get(..rest.len().min(LONGEST)).unwrap_or_default();
        let end = memchr::memchr(b'>', near).unwrap_or(near.len());
        let lower = near.get(..end).unwrap_or_default().to_ascii_lowercase();
        let found = memmem::find(&lower, key).and_then(|at| value(lower.get(at + key.len()..)?));
        // A page that can be read so far is in nothing as wide.
        if let Some(label) = found.filter(|label| !label.starts_with(b"utf-16")) {
            return Some(match label.as_slice() {
                b"x-user-defined" => b"windows-1252".to_vec(),
                _ => label,
            });
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    None
}

/// What stands behind `charset`: `= "gbk"`, `=gbk;`.
fn value(behind: &[u8]) -> Option<Vec<u8>> {
    let value = behind.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let end = value
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b';' | b'/' | b'?'))
        .unwrap_or(value.len());
    let label = value.get(..end)?.to_vec();
    (!label.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_is_found_where_pages_put_it() {
        for (page, want) in [
            ("<meta charset=gbk>", Some("gbk")),
            ("<META CHARSET = 'Big5' />", Some("big5")),
            ("<meta http-equiv=x content=\"text/html; charset=gb2312\">", Some("gb2312")),
            ("<?xml version='1.0' encoding='GB18030'?><html>", Some("gb18030")),
            ("<!-- <meta charset=big5> --><meta charset=gbk>", Some("gbk")),
            ("<meta charset=utf-16><meta charset=gbk>", Some("gbk")),
            ("<meta name=charset>", None),
            ("<p>charset=gbk</p>", None),
            ("<meta charset=\"\">", None),
        ] {
            assert_eq!(label(page.as_bytes()).as_deref(), want.map(str::as_bytes), "{page}");
        }
    }
}

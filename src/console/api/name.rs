//! What a document is called, by a query or by `Content-Disposition` (RFC 6266). A name
//! is a witness that is examined too; it is never a path that is opened.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_DISPOSITION;

use super::problem::{Kind, Problem};

/// The longest name, in bytes: what file systems take.
const LONGEST: usize = 255;

/// The name, from the query before the header.
pub(super) fn of(query: Option<&str>, headers: &HeaderMap) -> Result<String, Problem> {
    let wrong = |why: &str| Err(Problem::new(Kind::BadRequest, format!("the name: {why}")));
    let header = headers.get(CONTENT_DISPOSITION).map(|value| disposition(value.as_bytes()));
    let name = match (query, header) {
        (Some(name), _) => name.to_owned(),
        (None, Some(Some(name))) => name,
        (None, Some(None)) => return wrong("Content-Disposition holds no filename"),
        (None, None) => {
            return wrong(
                "neither ?name= nor Content-Disposition says what the document is called",
            );
        }
    };
    match name.as_str() {
        "" | "." | ".." => wrong("it is empty"),
        name if name.len() > LONGEST => wrong("it is longer than 255 bytes"),
        name if name.contains(['/', '\\']) => wrong("it is a name and no path"),
        name if name.chars().any(char::is_control) => wrong("it holds control characters"),
        _ => Ok(name),
    }
}

/// The file name of a header's value: `filename*` (RFC 8187, UTF-8) before `filename`.
fn disposition(value: &[u8]) -> Option<String> {
    let value = std::str::from_utf8(value).ok()?;
    let mut plain = None;
    for (name, value) in parameters(value) {
        match name.as_str() {
            "filename*" => {
                let (charset, rest) = value.split_once('\'')?;
                let (_, encoded) = rest.split_once('\'')?;
                return match charset.eq_ignore_ascii_case("utf-8") {
                    true => percent(encoded),
                    false => None,
                };
            }
            "filename" => plain = Some(value),
            _ => {}
        }
    }
    plain
}

/// `name=value` and `name="value"` behind the first semicolon.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Some((_, mut rest)) = value.split_once(';') else { return found };
    while let Some((name, behind)) = rest.split_once('=') {
        let behind = behind.trim_start();
        let (value, next) = match behind.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let end = behind.find(';').unwrap_or(behind.len());
                (behind[..end].trim().to_owned(), &behind[end..])
            }
        };
        found.push((name.trim().to_ascii_lowercase(), value));
        rest = next.trim_start().strip_prefix(';').unwrap_or_default();
    }
    found
}

/// What stands before the closing quote, and what behind it.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            _ => value.push(c),
        }
    }
    (value, "")
}

/// Percent-encoded UTF-8.
fn percent(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        let [byte] = crate::model::unhex::<1>(std::str::from_utf8(digits).ok()?)?;
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8(bytes).ok()
}

/// Any bytes as a query and as a header: a name that comes of them is one, and no path.
#[cfg(fuzzing)]
pub fn fuzzed(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    if let Ok(value) = axum::http::HeaderValue::from_bytes(bytes) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    let query = std::str::from_utf8(bytes).ok();
    for name in [of(query, &headers), of(None, &headers)].into_iter().flatten() {
        assert!(!name.is_empty() && name.len() <= LONGEST, "{name:?}");
        assert!(!name.contains(['/', '\\']) && name != "..", "{name:?}");
        assert!(!name.chars().any(char::is_control), "{name:?}");
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_come_from_the_query_or_the_header_and_are_no_paths() {
        for (query, header, name) in [
            (Some("通知.docx"), None, Some("通知.docx")),
            (Some("a.docx"), Some("attachment; filename=b.docx"), Some("a.docx")),
            (None, Some("attachment; filename=\"a \\\"b\\\".txt\""), Some("a \"b\".txt")),
            (None, Some("attachment; filename=a.txt; size=3"), Some("a.txt")),
            (None, Some("attachment; FileName*=UTF-8''%E9%80%9A%E7%9F%A5.txt"), Some("通知.txt")),
            (None, Some("attachment; filename=x; filename*=utf-8'zh'%e9%80%9a"), Some("通")),
            (None, Some("attachment; filename*=gbk''%e9"), None),
            (None, Some("attachment; filename*=utf-8''%e9"), None),
            (None, Some("attachment; filename*=utf-8''%e"), None),
            (None, Some("attachment; filename*=utf-8''%+1"), None),
            (None, Some("attachment"), None),
            (None, None, None),
            (Some(""), None, None),
            (Some(".."), None, None),
            (Some("../etc/passwd"), None, None),
            (Some("a\\b"), None, None),
            (Some("a\nb"), None, None),
            (None, Some("attachment; filename=\"/etc/passwd\""), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(header) = header {
                let value = HeaderValue::from_bytes(header.as_bytes()).unwrap();
                headers.insert(CONTENT_DISPOSITION, value);
            }
            let found = of(query, &headers);
            assert_eq!(found.as_deref().ok(), name, "{query:?} {header:?}");
            if let Err(problem) = found {
                assert_eq!(problem.kind(), Kind::BadRequest);
            }
        }
        assert!(of(Some(&"密".repeat(85)), &HeaderMap::new()).is_ok());
        assert!(of(Some(&"密".repeat(86)), &HeaderMap::new()).is_err());
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(value in "\\PC{0,20}[;=\"'%*\\\\ a-f密]{0,30}") {
            let _ = disposition(value.as_bytes());
        }
    }
}

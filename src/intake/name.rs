//! What a path is called: once so that it can be told from every other path,
//! once as a person would read it.

use std::fmt::Write;
use std::path::Path;

/// The path as it was given; bytes that are no UTF-8 stand as `\xE4`, and where that
/// stands in a name itself, its first character as `\x5C`.
pub(super) fn exact(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        match cfg!(windows) {
            // It parts names there and is in none.
            true => name.push_str(chunk.valid()),
            false => name.push_str(&chunk.valid().replace("\\x", "\\x5Cx")),
        }
        for byte in chunk.invalid() {
            let _ = write!(name, "\\x{byte:02X}");
        }
    }
    name
}

/// The path as a person would read it. Archives packed under Windows leave names
/// in GBK behind, and a name can carry a mark: where a name is no UTF-8 and reads
/// as GB 18030 it is taken for that.
pub(super) fn readable(path: &Path) -> String {
    if let Some(name) = path.to_str() {
        return name.to_owned();
    }
    let bytes = path.as_os_str().as_encoded_bytes();
    let decoded = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    decoded.map_or_else(|| exact(path), std::borrow::Cow::into_owned)
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    fn path(bytes: &[u8]) -> &Path {
        Path::new(OsStr::from_bytes(bytes))
    }

    #[test]
    fn names_can_be_told_apart_and_read() {
        // 机密 in UTF-8, in GBK, and bytes that are neither.
        for (bytes, as_exact, as_readable) in [
            ("in/机密.txt".as_bytes(), "in/机密.txt", "in/机密.txt"),
            (b"in/\xbb\xfa\xc3\xdc.txt", r"in/\xBB\xFA\xC3\xDC.txt", "in/机密.txt"),
            (b"in/\xff.txt", r"in/\xFF.txt", r"in/\xFF.txt"),
            (br"in/\xFF.txt", r"in/\x5CxFF.txt", r"in/\xFF.txt"),
            (b"in/\\\xff.txt", r"in/\\xFF.txt", r"in/\\xFF.txt"),
            (br"in\a.txt", r"in\a.txt", r"in\a.txt"),
        ] {
            assert_eq!(exact(path(bytes)), as_exact);
            assert_eq!(readable(path(bytes)), as_readable);
        }
    }
}

//! Digests that let an examination be checked against the bytes it was made of.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::model::hex;

/// SHA-256 in lower-case hex.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Digest of a matter: of its one file, or, for a folder, of the lines
/// `digest  name` of its files in their order.
///
/// `files` holds digest and name of each file.
pub(crate) fn of_matter(files: &[(String, String)]) -> String {
    if let [(only, _)] = files {
        return only.clone();
    }
    let mut lines = String::new();
    for (digest, name) in files {
        let _ = writeln!(lines, "{digest}  {name}");
    }
    of_bytes(lines.as_bytes())
}

//! Digests that let an examination be checked against the bytes it was made of.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::model::Matter;

/// SHA-256 in lower-case hex.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Digest and size of a matter: of its one file, or, for a folder, of the lines
/// `digest  name` of its files in their order.
pub(crate) fn of_matter(matter: &Matter) -> (String, u64) {
    let bytes = matter.submissions.iter().map(|s| s.bytes.len() as u64).sum();
    if let [only] = matter.submissions.as_slice() {
        return (of_bytes(&only.bytes), bytes);
    }
    let mut lines = String::new();
    for submission in &matter.submissions {
        let _ =
            writeln!(lines, "{}  {}", of_bytes(&submission.bytes), submission.provenance.name());
    }
    (of_bytes(lines.as_bytes()), bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

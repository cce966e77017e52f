//! Whether a file is still what was examined.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::model::hex;

/// Whether a file still has the bytes of a digest (SHA-256, lower-case hex). Where there is
/// no regular file, as for a folder or for what came by standard input, there is nothing
/// that could have changed.
///
/// # Errors
/// That it cannot be read.
pub fn is_unchanged(path: &Path, sha256: &str) -> io::Result<bool> {
    if !path.is_file() {
        return Ok(true);
    }
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize()) == sha256),
            read => hash.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_byte_is_another_file() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("a");
        std::fs::write(&file, "abc").unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(is_unchanged(&file, abc).unwrap());
        std::fs::write(&file, "abd").unwrap();
        assert!(!is_unchanged(&file, abc).unwrap());
        assert!(is_unchanged(room.path(), abc).unwrap());
        assert!(is_unchanged(&room.path().join("gone"), abc).unwrap());
    }
}

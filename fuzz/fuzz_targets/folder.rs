#![no_main]
//! A folder of any names: everything that stands in it is listed once, by a name
//! that nothing else has.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use vetmark::intake::{MatterBy, walk};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let root = tempfile::tempdir().expect("a folder");
    let mut made = 0;
    // A name a line; its first byte says what bears it.
    for line in bytes.split(|byte| *byte == b'\n').take(24) {
        let Some((kind, name)) = line.split_first() else { continue };
        let path = root.path().join(Path::new(OsStr::from_bytes(name)));
        if !path.starts_with(root.path()) || name.split(|b| *b == b'/').any(|s| s == b"..") {
            continue;
        }
        made += usize::from(match kind % 4 {
            0 => {
                let _ = fs::create_dir_all(&path);
                false
            }
            1 => std::os::unix::fs::symlink("/etc/passwd", &path).is_ok(),
            _ => !path.exists() && fs::write(&path, name).is_ok(),
        });
    }
    let listed: Vec<_> = walk(vec![root.path().to_owned()], MatterBy::File).collect();
    assert_eq!(listed.len(), made);
    let names: BTreeSet<_> = listed.iter().map(|unread| unread.source.clone()).collect();
    assert_eq!(names.len(), made, "two are called the same: {names:?}");
    let mut files = 0;
    for matter in walk(vec![root.path().to_owned()], MatterBy::Folder).map(|unread| unread.read(1 << 20)) {
        files += matter.submissions.len();
        for submission in &matter.submissions {
            assert!(submission.bytes.is_empty() || submission.gaps.is_empty());
        }
    }
    assert_eq!(files, made);
});

//! Compound files: whole ones by their paths, torn ones as far as they go.

use std::io::{Cursor, Write};

use cfb::CompoundFile;

use super::*;
use crate::extract::Limits;

/// A file with a small and a large stream in the root and one of each in a storage.
fn whole() -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
    file.create_storage("/Inner").expect("a new name");
    for (path, length) in [("/a", 100), ("/b", 9000), ("/Inner/c", 200), ("/Inner/d", 5000)] {
        let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
        file.create_stream(path).expect("a new name").write_all(&bytes).expect("memory");
    }
    file.flush().expect("memory");
    file.into_inner().into_inner()
}

fn budget() -> Budget {
    Budget::new(Limits::default())
}

#[test]
fn streams_are_read_by_path_whatever_the_case() {
    let bytes = whole();
    let mut file = Compound::open(&bytes).expect("a compound file");
    for (path, length) in [("a", 100), ("B", 9000), ("inner/C", 200), ("INNER/d", 5000)] {
        let (read, gap) = file.stream(path, &mut budget()).expect(path);
        assert_eq!((read.len(), gap), (length, None), "{path}");
        assert!(read.iter().enumerate().all(|(n, byte)| *byte == (n % 251) as u8), "{path}");
    }
    assert!(file.entries().iter().all(|entry| entry.is_read || !entry.is_stream));
    assert!(file.stream("Inner", &mut budget()).is_none());
    assert!(file.stream("c", &mut budget()).is_none());
    assert!(file.damage().is_none());
}

#[test]
fn a_storage_stands_alone() {
    let bytes = whole();
    let mut file = Compound::open(&bytes).expect("a compound file");
    let id = file.find("Inner").expect("a storage");
    let (alone, gap) = file.storage_alone(id, &mut budget()).expect("plain names");
    assert_eq!(gap, None);
    let mut alone = Compound::open(&alone).expect("a compound file");
    let names: Vec<_> = alone.entries().iter().map(|entry| entry.name.clone()).collect();
    assert_eq!(names, ["c", "d"]);
    assert_eq!(alone.stream("d", &mut budget()).expect("a stream").0.len(), 5000);
}

#[test]
fn a_file_cut_short_gives_what_is_there() {
    let bytes = whole();
    let mut seen_partial = false;
    for length in (0..bytes.len()).step_by(97) {
        let Some(mut file) = Compound::open(&bytes[..length]) else { continue };
        for id in 0..file.entries().len() {
            let size = file.entries()[id].size;
            let is_stream = file.entries()[id].is_stream;
            let (read, gap) = file.read(id, &mut budget());
            if is_stream && (read.len() as u64) < size {
                assert_eq!(gap.map(|gap| gap.kind), Some(GapKind::Damaged));
                seen_partial |= !read.is_empty();
            }
        }
    }
    assert!(seen_partial);
}

#[test]
fn torn_tables_cost_their_own_part_only() {
    let bytes = whole();
    for at in (0..bytes.len()).step_by(53) {
        for value in [0, 1, 0xFE, 0xFF] {
            let mut torn = bytes.clone();
            torn[at] = value;
            let Some(mut file) = Compound::open(&torn) else { continue };
            let mut all = 0;
            for id in 0..file.entries().len() {
                all += file.read(id, &mut budget()).0.len();
                let _ = file.storage_alone(id, &mut budget());
            }
            assert!(all <= torn.len() * file.entries().len(), "byte {at}");
        }
    }
}

#[test]
fn chains_that_bite_their_tail_end() {
    let mut bytes = whole();
    // Every sector leads to itself.
    let fat = 512 * (1 + u32_at(&bytes, 76).expect("a header") as usize);
    for (n, entry) in bytes[fat..fat + 512].chunks_exact_mut(4).enumerate() {
        entry.copy_from_slice(&(n as u32).to_le_bytes());
    }
    if let Some(mut file) = Compound::open(&bytes) {
        for id in 0..file.entries().len() {
            assert!(file.read(id, &mut budget()).0.len() <= bytes.len());
        }
    }
}

#[test]
fn a_storage_with_names_no_file_may_have_comes_out_whole() {
    let mut bytes = whole();
    let mut name = [0; 64];
    name[0] = b'd';
    let at = memchr::memmem::find(&bytes, &name).expect("its name");
    bytes[at] = b'/';
    let mut file = Compound::open(&bytes).expect("a file");
    let storage = file.find("Inner").expect("a storage");
    let (alone, gap) = file.storage_alone(storage, &mut budget()).expect("names that may stand");
    assert_eq!(gap, None);
    let mut inner = Compound::open(&alone).expect("a file");
    assert_eq!(inner.stream("_", &mut budget()).map(|(bytes, _)| bytes.len()), Some(5000));
}

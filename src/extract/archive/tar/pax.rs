//! Extended headers (POSIX.1-2001, pax): keys and values for the member that
//! follows, or for all that follow.

use std::collections::BTreeMap;

/// Keys of one extended header. Values are bytes: names need not be UTF-8.
pub(super) type Records = BTreeMap<String, Vec<u8>>;

/// Keys that say when, whose and where: nothing a person wrote.
const MACHINE: &[&str] = &[
    "atime",
    "ctime",
    "mtime",
    "LIBARCHIVE.creationtime",
    "uid",
    "gid",
    "uname",
    "gname",
    "size",
    "path",
    "linkpath",
    "hdrcharset",
    "charset",
];

/// Reads `length key=value\n` until the end; says whether all of it was so.
pub(super) fn read(mut data: &[u8], records: &mut Records) -> bool {
    while !data.is_empty() {
        let Some((record, rest)) = split_record(data) else {
            // Blocks are filled with zeros.
            return data.iter().all(|byte| *byte == 0);
        };
        let (key, value) = record;
        if matches!(key, b"GNU.sparse.offset" | b"GNU.sparse.numbytes") {
            // Version 0.0 has a key for each number, time and again: 0.1 has a list.
            let list = records.entry("GNU.sparse.map".into()).or_default();
            let comma = if list.is_empty() { &b""[..] } else { b"," };
            list.extend([comma, value].concat());
        }
        records.insert(String::from_utf8_lossy(key).into_owned(), value.to_vec());
        data = rest;
    }
    true
}

type Record<'a> = (&'a [u8], &'a [u8]);

fn split_record(data: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let space = memchr::memchr(b' ', data.get(..data.len().min(24))?)?;
    let length: usize = std::str::from_utf8(data.get(..space)?).ok()?.parse().ok()?;
    let record = data.get(space + 1..length.checked_sub(1)?)?;
    let equals = memchr::memchr(b'=', record)?;
    Some(((record.get(..equals)?, record.get(equals + 1..)?), data.get(length..)?))
}

/// What somebody wrote: the values that are text and no bookkeeping.
pub(super) fn said(records: &Records) -> impl Iterator<Item = (&str, &str)> {
    records.iter().filter_map(|(key, value)| {
        let value = std::str::from_utf8(value).ok()?;
        let written = !MACHINE.contains(&key.as_str())
            && !key.starts_with("GNU.sparse.")
            && !key.starts_with("SCHILY.acl")
            && !key.starts_with("SCHILY.fflags")
            && !matches!(key.as_str(), "SCHILY.dev" | "SCHILY.ino" | "SCHILY.nlink");
        let is_text = !value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r'));
        (written && is_text).then_some((key.as_str(), value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_as_long_as_they_say() {
        for (data, whole, want) in [
            (&b"11 path=ab\n"[..], true, &[("path", "ab")][..]),
            (b"11 path=ab\n13 comment=x\n", true, &[("comment", "x"), ("path", "ab")]),
            (b"9 a=b\nc=\n", true, &[("a", "b\nc=")]),
            (b"11 path=ab\n\0\0\0", true, &[("path", "ab")]),
            (b"11 path=ab\n99 a=b\n", false, &[("path", "ab")]),
            (b"0 a=b\n", false, &[]),
            (b"5 ab\n", false, &[]),
            (b"999999999999999999999999 a=b\n", false, &[]),
        ] {
            let mut records = Records::new();
            assert_eq!(read(data, &mut records), whole, "{data:?}");
            let got: Vec<_> = records
                .iter()
                .map(|(key, value)| (key.as_str(), std::str::from_utf8(value).expect("text")))
                .collect();
            assert_eq!(got, want, "{data:?}");
        }
    }
}

//! A compound file written anew: a storage by itself, or the whole with other
//! streams in it.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Cursor, Write};
use std::time::UNIX_EPOCH;

use cfb::CompoundFile;

use super::{Compound, EntryId};
use crate::extract::Budget;
use crate::model::Gap;

/// Writes what stands in a storage, or in the root, and `streams` beside it.
pub(super) fn write(
    from: &mut Compound<'_>,
    storage: Option<EntryId>,
    streams: BTreeMap<String, Vec<u8>>,
    budget: &mut Budget,
) -> io::Result<(Vec<u8>, Option<Gap>)> {
    let within = match storage {
        Some(id) => from.within(id),
        None => 0..from.entries.len(),
    };
    if let Err(gap) = budget.spend_steps(within.len() as u64) {
        return Ok((Vec::new(), Some(gap)));
    }
    let mut made = CompoundFile::create(Cursor::new(Vec::new()))?;
    let mut paths = HashMap::from([(storage, String::new())]);
    let mut trouble = None;
    for at in within {
        let entry = &from.entries[at];
        let Some(parent) = paths.get(&entry.parent) else { continue };
        let replaced = entry.parent == storage
            && streams.keys().any(|name| name.eq_ignore_ascii_case(&entry.name));
        if replaced || (entry.is_lost && storage.is_none()) {
            continue;
        }
        let path = format!("{parent}/{}", allowed(&entry.name));
        if entry.is_stream {
            let (bytes, gap) = from.read(at, budget);
            trouble = trouble.or(gap);
            // One of the same name is an error, and not overwritten.
            made.create_new_stream(&path)?.write_all(&bytes)?;
        } else {
            from.entries[at].is_read = true;
            made.create_storage(&path)?;
            // The same bytes on every day.
            made.set_created_time(&path, UNIX_EPOCH)?;
            made.set_modified_time(&path, UNIX_EPOCH)?;
            paths.insert(Some(at), path);
        }
    }
    for (name, bytes) in streams {
        if let Some((storage, _)) = name.rsplit_once('/')
            && !made.is_storage(format!("/{storage}"))
        {
            made.create_storage(format!("/{storage}"))?;
            made.set_created_time(format!("/{storage}"), UNIX_EPOCH)?;
            made.set_modified_time(format!("/{storage}"), UNIX_EPOCH)?;
        }
        made.create_stream(format!("/{name}"))?.write_all(&bytes)?;
    }
    if let Some(entry) = storage.and_then(|id| from.entries.get_mut(id)) {
        entry.is_read = true;
    }
    made.flush()?;
    Ok((made.into_inner().into_inner(), trouble))
}

/// A name as it may stand in a file (MS-CFB 2.6.1): broken files have others.
fn allowed(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if matches!(c, '/' | '\\' | ':' | '!') { '_' } else { c }).collect();
    match name.as_str() {
        "" | "." | ".." => "_".to_owned(),
        _ => name,
    }
}

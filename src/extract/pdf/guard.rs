//! Looked at before any parser runs: nesting no parser should be given, and
//! streams that unpack to more than the matter may hold.

use std::io;

use flate2::read::ZlibDecoder;
use memchr::memmem;

use crate::extract::{Budget, Metered};
use crate::model::{Gap, GapKind, Limit};

/// Arrays and dictionaries within each other.
const NESTING: u32 = 2000;
/// Compressed streams shorter than this unpack to a few MiB at most.
const SMALL: usize = 16 << 10;

/// Whether the file may be given to the parsers.
///
/// # Errors
/// The limit it would break.
pub(super) fn check(bytes: &[u8], budget: &mut Budget) -> Result<(), Gap> {
    let mut from = 0;
    for at in memmem::find_iter(bytes, b"stream") {
        if at < from || bytes.get(at.saturating_sub(3)..at) == Some(b"end") {
            continue;
        }
        let head = bytes.get(from..at).unwrap_or_default();
        nesting(head)?;
        let body = at + b"stream".len();
        let rest = bytes.get(body..).unwrap_or_default();
        let length = memmem::find(rest, b"endstream").unwrap_or(rest.len());
        let packed = rest.get(..length).unwrap_or_default();
        unpacking(head, packed, budget)?;
        from = body + length;
    }
    nesting(bytes.get(from..).unwrap_or_default())
}

fn nesting(bytes: &[u8]) -> Result<(), Gap> {
    let mut depth = 0_u32;
    for pair in bytes.windows(2) {
        match pair {
            [b'[', _] | b"<<" => depth += 1,
            [b']', _] | b">>" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTING {
            let detail = format!("more than {NESTING} arrays and dictionaries within each other");
            return Err(Gap::new(GapKind::Limit(Limit::Depth), detail));
        }
    }
    Ok(())
}

/// Unpacks what may be large once for its size alone. Pictures are never
/// unpacked by the readers, so neither here.
fn unpacking(head: &[u8], packed: &[u8], budget: &mut Budget) -> Result<(), Gap> {
    let own = head.get(head.len().saturating_sub(1024)..).unwrap_or(head);
    let own = memmem::rfind(own, b" obj").and_then(|at| own.get(at..)).unwrap_or(own);
    let has = |word: &[u8]| memmem::find(own, word).is_some();
    let filters = memmem::find_iter(own, b"/FlateDecode").count();
    if filters == 0 || has(b"/Image") || (packed.len() < SMALL && filters == 1) {
        return Ok(());
    }
    let start = packed.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(0);
    let mut metered = Vec::new();
    for round in 1..=filters {
        let source = if round == 1 { packed.get(start..).unwrap_or_default() } else { &metered };
        let mut meter = Metered::new(ZlibDecoder::new(source), source.len() as u64, budget);
        if round == filters {
            // What comes last is only counted.
            let _ = io::copy(&mut meter, &mut io::sink());
            return meter.into_gap().filter(is_limit).map_or(Ok(()), Err);
        }
        let (made, gap) = meter.read_all();
        if let Some(gap) = gap.filter(is_limit) {
            return Err(gap);
        }
        metered = made;
    }
    Ok(())
}

fn is_limit(gap: &Gap) -> bool {
    matches!(gap.kind, GapKind::Limit(_))
}

#![no_main]
//! Compiled dictionaries that were changed by somebody who knows of the checksum.

use std::sync::{Arc, LazyLock};

use vetmark::dictionary::load::shipped;
use vetmark::dictionary::{Kind, Source, load, pack};

static BESIDE: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let mut sources = shipped();
    sources.retain(|source| source.kind != Kind::Scope || source.name.contains("categories"));
    sources
});

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let own = [Source::new(Kind::Scope, "own.toml", vetmark_fuzz::SCOPE)];
    pack(&own, &BESIDE).unwrap_or_else(|wrong| panic!("{wrong:?}"))
});

libfuzzer_sys::fuzz_target!(|edits: &[u8]| {
    let mut file = vetmark_fuzz::edited(&WHOLE, edits);
    if let Some((head, body)) = file.split_at_mut_checked(24) {
        head[20..].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    }
    let own = Source { compiled: Some(Arc::new(file)), ..Source::new(Kind::Scope, "own", "") };
    let mut sources = BESIDE.clone();
    sources.push(own);
    if let Ok(dictionary) = load(&sources) {
        vetmark_fuzz::find(vetmark_fuzz::TEXT, &dictionary);
    }
});

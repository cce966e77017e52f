#![no_main]
//! Dictionary files as people write them: taken, or refused with reasons.

use vetmark::dictionary::load::shipped;
use vetmark::dictionary::{Kind, Source, load, pack};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((kind, text)) = bytes.split_last() else { return };
    let text = String::from_utf8_lossy(text);
    let kind = [Kind::Scope, Kind::Scope, Kind::Regime, Kind::Rules][usize::from(kind % 4)];
    let own = Source::new(kind, "own.toml", text);
    let mut sources = shipped();
    sources.retain(|source| source.kind != kind || source.name.contains("categories"));
    sources.push(own.clone());
    match load(&sources) {
        Ok(dictionary) => vetmark_fuzz::find(vetmark_fuzz::TEXT, &dictionary),
        Err(reasons) => assert!(!reasons.is_empty()),
    }
    if kind == Kind::Scope {
        sources.pop();
        let _ = pack(&[own], &sources);
    }
});

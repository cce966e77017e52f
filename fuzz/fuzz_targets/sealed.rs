#![no_main]
//! Keyed lists and known documents: changed by anybody, and by somebody who has
//! the key.

use std::sync::LazyLock;

use vetmark::dictionary::keyed::make;
use vetmark::dictionary::known::Maker;
use vetmark::dictionary::load::shipped;
use vetmark::dictionary::{Dictionary, Kind, Sealed, Source, open_box, seal_box};
use vetmark::model::SourceText;

/// A keyed list and known documents, in their boxes.
static WHOLE: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let key = vetmark_fuzz::key();
    let mut sources = shipped();
    sources.retain(|source| source.kind != Kind::Scope || source.name.contains("categories"));
    sources.push(Source::new(Kind::Scope, "own.toml", vetmark_fuzz::SCOPE));
    let made = make(&sources, &["own.toml".to_owned()], &key, 0, true);
    let mut known = Maker::new(&key);
    known.add("one".to_owned(), &[SourceText::from_lines(vetmark_fuzz::TEXT.repeat(3))]);
    [made.unwrap_or_else(|wrong| panic!("{wrong:?}")).bytes, known.finish(8).0]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((how, edits)) = bytes.split_first() else { return };
    let key = [vetmark_fuzz::key()];
    let whole = &WHOLE[usize::from(how & 1)];
    let file = if how & 2 == 0 {
        vetmark_fuzz::edited(whole, edits)
    } else {
        let (kind, key, body) = open_box(whole, &key).expect("a whole one");
        assert!(matches!(kind, Sealed::Keyed | Sealed::Known));
        seal_box(kind, key, &vetmark_fuzz::edited(&body, edits))
    };
    let mut dictionary = Dictionary::default();
    if dictionary.add_sealed("own", &file, &key).is_ok() {
        vetmark_fuzz::find(&vetmark_fuzz::TEXT.repeat(4), &dictionary);
    }
});

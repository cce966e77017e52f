#![no_main]
//! Folded text: every stretch of it knows the text it came from, and what is
//! folded stays as it is.

use vetmark::normalize::{alterations, fold};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let folded = fold(&text);
    let ends = folded.as_str().char_indices().map(|(at, c)| (at, at + c.len_utf8()));
    let mut last = 0;
    for (at, end) in ends {
        let span = folded.source_span(at..end);
        assert!(text.get(span.clone()).is_some(), "{span:?} is no slice");
        assert!(span.start >= last, "{span:?} comes before {last}");
        last = span.start;
    }
    let whole = folded.source_span(0..folded.as_str().len());
    assert!(whole.end <= text.len());
    for (at, _) in text.char_indices().take(256) {
        let there = folded.folded_offset(at);
        assert!(folded.as_str().is_char_boundary(there));
    }
    assert_eq!(fold(folded.as_str()).as_str(), folded.as_str(), "folded twice");
    if fold(&text).as_str() != text {
        assert!(!alterations(&text).is_empty(), "changed by nothing");
    }
});

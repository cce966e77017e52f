#![no_main]
//! What a program calls a document it hands in: by a header that was changed, or anything.

const SAID: &[u8] =
    b"attachment; filename=\"a\\\"b.txt\"; filename*=UTF-8''%E7%A7%98%E5%AF%86.docx; x=y";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| match bytes.split_first() {
    Some((0..128, edits)) => vetmark::console::api::fuzzed(&vetmark_fuzz::edited(SAID, edits)),
    Some((_, anything)) => vetmark::console::api::fuzzed(anything),
    None => {}
});

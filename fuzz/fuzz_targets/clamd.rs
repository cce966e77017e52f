#![no_main]
//! What a peer of clamd's protocol sends: a dialogue that was changed, or anything.

/// A session with a stream, a file and what is no command.
const SAID: &[u8] =
    b"\x00zIDSESSION\0zINSTREAM\0\0\0\0\x05hello\0\0\0\0nSCAN /a b\nPING\r\nzFILDES\0zEND\0";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| match bytes.split_first() {
    Some((0..128, edits)) => vetmark::gateway::clamd::fuzzed(&vetmark_fuzz::edited(SAID, edits)),
    Some((_, anything)) => vetmark::gateway::clamd::fuzzed(anything),
    None => {}
});

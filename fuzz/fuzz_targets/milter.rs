#![no_main]
//! What a mail server sends, and a message made of it: a dialogue that was changed, or
//! anything.

/// A message from its negotiation to its end.
const SAID: &[u8] = b"\0\0\0\x0dO\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff\0\0\0\x16Cmail\x004\x00\x19192.0.2.1\0\
    \0\0\0\x16DM{auth_authen}\0wang\0\0\0\0\x10M<a@b>\0SMTPUTF8\0\0\0\0\x07R<c@d>\0\
    \0\0\0\x14LX-Vetmark-A\0 forged\0\0\0\0\x0eLSubject\0 a\nb\0\0\0\0\x01N\0\0\0\x06Bhello\0\0\0\x01E";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| match bytes.split_first() {
    Some((0..128, edits)) => vetmark::gateway::milter::fuzzed(&vetmark_fuzz::edited(SAID, edits)),
    Some((_, anything)) => vetmark::gateway::milter::fuzzed(anything),
    None => {}
});

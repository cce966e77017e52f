#![no_main]
//! What a proxy sends, and the HTTP heads inside: a request that was changed, or anything.

/// A response with a body.
const SAID: &[u8] = b"RESPMOD icap://h/vetmark ICAP/1.0\r\nHost: h\r\nAllow: 204\r\nPreview: 4\r\n\
    Encapsulated: req-hdr=0, res-hdr=21, res-body=97\r\n\r\nGET /a/b%20 HTTP/1.1\r\n\
    HTTP/1.1 206 OK\r\nContent-Encoding: gzip\r\nContent-Disposition: x; filename=\"../a\"\r\n\r\n\
    4;x=y\r\nbody\r\n0; ieof\r\n\r\nOPTIONS / ICAP/1.0\r\n\r\n";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| match bytes.split_first() {
    Some((0..128, edits)) => vetmark::gateway::icap::fuzzed(&vetmark_fuzz::edited(SAID, edits)),
    Some((_, anything)) => vetmark::gateway::icap::fuzzed(anything),
    None => {}
});

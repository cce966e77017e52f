#![no_main]
//! The head of a mail whose author may be told of it: one that was changed, or anything.

/// What a head may say of its message.
const SAID: &[u8] = b"Return-Path: <>\r\nMessage-ID:\r\n\t<1.a@agency.example>\r\nSubject: =?utf-8?B?5py6?=\r\n b\r\n\
    Auto-Submitted: no (a)\r\nPrecedence: normal\r\nX: y\r\n\r\nbody";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| match bytes.split_first() {
    Some((0..128, edits)) => vetmark::gateway::fuzzed_notice(&vetmark_fuzz::edited(SAID, edits)),
    Some((_, anything)) => vetmark::gateway::fuzzed_notice(anything),
    None => {}
});

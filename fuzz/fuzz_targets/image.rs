#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vetmark_fuzz::tell(bytes));

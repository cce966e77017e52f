#![no_main]

use vetmark::extract::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vetmark_fuzz::read(Format::Other("application/vnd.ms-cab-compressed"), bytes));

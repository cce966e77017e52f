#![no_main]
//! Pages of PDF as pictures: no larger than asked for, within the steps there are.

use vetmark::extract::{Budget, Draw, Limits, Passwords, pdf_pages};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { steps: 200_000, ..vetmark_fuzz::limits() };
    let passwords = Passwords::default();
    let pages = pdf_pages(bytes, &passwords);
    for number in 1..=2 {
        if let Ok(picture) = pages.draw(number, 0.25, &mut Budget::new(limits.clone())) {
            assert_eq!(picture.rgba.len(), picture.width as usize * picture.height as usize * 4);
        }
    }
});

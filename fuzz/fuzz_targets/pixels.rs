#![no_main]
//! A picture that a person looks at: drawn no larger than was asked for, or a gap.

use vetmark::extract::{Budget, picture};

/// Pixels that are asked for.
const MOST: u32 = 100_000;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut budget = Budget::new(vetmark_fuzz::limits());
    if let Ok((drawn, _)) = picture(bytes, 1, MOST, &mut budget) {
        assert!(u64::from(drawn.width) * u64::from(drawn.height) <= u64::from(MOST));
        assert_eq!(drawn.rgba.len(), drawn.width as usize * drawn.height as usize * 4);
    }
});

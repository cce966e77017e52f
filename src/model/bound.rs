//! What a sample says of the whole it was drawn from.

/// The exact upper limit of a share (Clopper and Pearson, Biometrika 26, 1934, one-sided): with
/// this confidence no more than this share of the whole is of a kind of which `found` of `size`
/// drawn things were. For things drawn without putting them back it is on the safe side.
///
/// `confidence` is below 1, such as 0.95. Nothing drawn says nothing: 1.
pub fn upper_limit(size: u64, found: u64, confidence: f64) -> f64 {
    if found >= size {
        return 1.0;
    }
    let rest = (1.0 - confidence).ln();
    // The larger the share, the less likely it is to find so few: one crossing.
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let middle = low.midpoint(high);
        match ln_at_most(size, found, middle) > rest {
            true => low = middle,
            false => high = middle,
        }
    }
    high
}

/// The logarithm of how likely at most `found` of `size` are, where each is with this
/// likelihood: the terms of the binomial distribution, each from the one before.
fn ln_at_most(size: u64, found: u64, share: f64) -> f64 {
    let odds = share.ln() - (-share).ln_1p();
    let mut term = size as f64 * (-share).ln_1p();
    let mut sum = term;
    for number in 0..found {
        term += ((size - number) as f64).ln() - ((number + 1) as f64).ln() + odds;
        let (more, less) = if sum > term { (sum, term) } else { (term, sum) };
        sum = more + (less - more).exp().ln_1p();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where nothing was found the limit has a closed form; the others are where the
    /// distribution, summed up by hand, is what is left of certainty.
    #[test]
    fn limits_are_exact() {
        for size in [1, 10, 50, 59, 300, 100_000] {
            let want = 1.0 - 0.05_f64.powf(1.0 / size as f64);
            assert!((upper_limit(size, 0, 0.95) - want).abs() < 1e-12, "{size}");
        }
        // 59 without a miss: below five in a hundred with 95 %.
        assert!(upper_limit(59, 0, 0.95) < 0.05 && upper_limit(58, 0, 0.95) > 0.05);
        for (size, found, confidence) in [(10, 1, 0.95), (50, 3, 0.95), (100, 2, 0.99), (7, 6, 0.9)]
        {
            let limit = upper_limit(size, found, confidence);
            let mut choose = 1.0;
            let mut sum = 0.0;
            for number in 0..=found {
                let (drawn, rest) = (number as i32, (size - number) as i32);
                sum += choose * limit.powi(drawn) * (1.0 - limit).powi(rest);
                choose *= (size - number) as f64 / (number + 1) as f64;
            }
            assert!((sum - (1.0 - confidence)).abs() < 1e-9, "{size} {found}: {sum}");
        }
        assert!((upper_limit(10, 1, 0.95) - 0.394).abs() < 5e-4);
        for (size, found) in [(0, 0), (5, 5), (5, 9)] {
            assert_eq!(upper_limit(size, found, 0.95), 1.0);
        }
    }
}

//! Which encoding reads best: for text that is neither marked nor UTF-8.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, SHIFT_JIS, UTF_8};

use super::plausible::{POOR, Score, score};
use super::{Charset, Told, sample, wide};

/// What the statistics of chardetng are worth beside the score.
const GUESS_BONUS: f32 = 15.0;

/// Text that is UTF-8 but for some bytes is UTF-8 that was damaged.
const UTF8_BONUS: f32 = 25.0;

/// Chinese of the mainland is what this program mostly meets.
const HOME_BONUS: f32 = 5.0;

/// The encoding in which the bytes read best.
pub(super) fn best(bytes: &[u8]) -> Told {
    let sample = sample::of(bytes);
    let guess = guess(&sample);
    if guess == ISO_2022_JP {
        return Told {
            charset: Charset::Legacy(ISO_2022_JP),
            mark: 0,
            confidence: 0.9,
            reads: true,
        };
    }
    let mut tried: Vec<(Charset, f32, f32)> = Vec::new();
    let mut enter = |charset, Score(plain), bonus: f32| tried.push((charset, plain + bonus, plain));
    let mut labels = vec![GB18030, BIG5, SHIFT_JIS, EUC_KR, EUC_JP];
    if !labels.contains(&guess) {
        labels.push(guess);
    }
    for label in labels {
        let text = super::decode_as(&sample, Charset::Legacy(label), usize::MAX).text;
        let mut bonus = if label == guess { GUESS_BONUS } else { 0.0 };
        if label == GB18030 {
            bonus += HOME_BONUS;
        }
        enter(Charset::Legacy(label), score(&text), bonus);
    }
    let utf8 = super::decode_as(&sample, Charset::Utf8, usize::MAX);
    enter(Charset::Utf8, utf8_score(&utf8.text, utf8.broken), UTF8_BONUS);
    for big in [false, true] {
        if let Some(plain) = wide::score_of(bytes, big) {
            enter(Charset::Wide { unit: 2, big }, plain, 0.0);
        }
    }
    // The first of equals stays, so the order above is part of the answer.
    tried.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some(&(charset, top, plain)) = tried.first() else {
        return Told { charset: Charset::Utf8, mark: 0, confidence: 0.0, reads: false };
    };
    let second = tried.get(1).map_or(0.0, |(_, second, _)| *second);
    let lead = ((top - second) / 40.0).clamp(0.0, 1.0);
    let confidence = ((plain / 90.0).clamp(0.0, 1.0) * (0.5 + 0.5 * lead)).min(0.99);
    // Two digits: more would claim what was not measured.
    let confidence = (confidence * 100.0).round() / 100.0;
    Told { charset, mark: 0, confidence, reads: plain >= POOR }
}

/// Right sequences of several bytes do not come by chance: a few broken ones
/// among many do not make text another encoding's.
fn utf8_score(text: &str, broken: u64) -> Score {
    let right =
        text.chars().filter(|c| !c.is_ascii()).count() as u64 - broken.min(text.len() as u64);
    if right > 0 && broken * 4 <= right { Score(80.0) } else { score(text) }
}

fn guess(sample: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Allow);
    if guess == GBK || guess == UTF_8 { GB18030 } else { guess }
}

//! Samples of a text: pieces that hold what is not ASCII, cut where no
//! character can be cut.

/// Bytes of one piece. The first is larger: titles and marks stand there.
const FIRST: usize = 48 << 10;
const FURTHER: usize = 8 << 10;

/// The part of the bytes by which an encoding that shares ASCII is told.
pub(super) fn of(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    let first = piece(bytes, 0, FIRST);
    sample.extend_from_slice(bytes.get(first.clone()).unwrap_or_default());
    let mut from = first.end;
    for part in 1..=2 {
        let begin = from.max(bytes.len() / 3 * part);
        let next = piece(bytes, begin, FURTHER);
        sample.push(b'\n');
        sample.extend_from_slice(bytes.get(next.clone()).unwrap_or_default());
        from = next.end;
    }
    sample
}

/// A piece from the first byte at or after `from` that is not ASCII. It begins
/// and ends at a line, which no encoding tried here has inside a character.
fn piece(bytes: &[u8], from: usize, size: usize) -> std::ops::Range<usize> {
    let from = if from == 0 { 0 } else { line_end(bytes, from) };
    let rest = bytes.get(from..).unwrap_or_default();
    let ascii = encoding_rs::Encoding::ascii_valid_up_to(rest);
    let lead = rest.get(..ascii).unwrap_or_default();
    let start = from + memchr::memrchr(b'\n', lead).map_or(0, |at| at + 1);
    let start = start.max((from + ascii).saturating_sub(1 << 10));
    let end = (start + size).min(bytes.len());
    let end = if end == bytes.len() { end } else { line_end(bytes, end).min(end + size) };
    start..end.max(start)
}

/// The end of the line that holds `at`; `at` itself where lines are endless.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let near = rest.get(..FIRST).unwrap_or(rest);
    memchr::memchr(b'\n', near).map_or(at, |found| at + found + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_far_behind_ascii_are_in_the_sample() {
        let mut bytes = b"plain line\n".repeat(100_000);
        bytes.extend(encoding_rs::GBK.encode("机密★10年\n").0.iter());
        let sample = of(&bytes);
        assert!(memchr::memmem::find(&sample, &encoding_rs::GBK.encode("机密").0).is_some());
        assert!(sample.len() < 80 << 10);
    }

    #[test]
    fn a_sample_of_little_is_all_of_it() {
        assert!(of(b"abc").starts_with(b"abc"));
        assert_eq!(of(b"").trim_ascii(), b"");
    }
}

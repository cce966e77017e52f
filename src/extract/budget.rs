//! What a matter may cost: counted while it is spent, never taken from declared
//! sizes, and the same on every machine (steps, not seconds).

use std::io::{self, Read};

use super::Passwords;
use super::charset::count;
use crate::model::{Gap, GapKind, Limit};

/// Limits for one matter with everything packed inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that may come out of containers and streams.
    pub bytes: u64,
    /// Output of one compressed stream per byte of its input, once it has given
    /// more than [`Limits::RATIO_FREE`] bytes.
    pub ratio: u64,
    /// Parts: documents within documents.
    pub parts: u32,
    /// Containers within containers.
    pub depth: usize,
    /// Pages of one document.
    pub pages: u32,
    /// Bytes of text of one part, at most 4 GiB - 1: offsets are 32 bits wide.
    pub text: u64,
    /// Lines of text of one part. Each costs some fifty bytes beside its own,
    /// so a file of nothing but line ends would be fifty times its size.
    pub lines: u64,
    /// Cells of one table whose places are named.
    pub cells: u64,
    /// Steps of work (drawing operators, XML events) of one part.
    pub steps: u64,
}

impl Limits {
    /// Output below which no ratio is looked at: small files compress well.
    pub const RATIO_FREE: u64 = 4 << 20;

    /// Output of all streams of a matter together below which no ratio is looked at.
    pub const TREE_FREE: u64 = 64 << 20;

    /// Those that are not what they are by default, by their names in settings:
    /// what an examination depends on beside the bytes.
    pub fn differing(&self) -> Vec<(&'static str, u64)> {
        let default = Self::default();
        let all = self.named().into_iter().zip(default.named());
        all.filter(|(own, default)| own != default).map(|(own, _)| own).collect()
    }

    fn named(&self) -> [(&'static str, u64); 9] {
        let Self { bytes, ratio, parts, depth, pages, text, lines, cells, steps } = *self;
        [
            ("bytes", bytes),
            ("ratio", ratio),
            ("parts", parts.into()),
            ("depth", depth as u64),
            ("pages", pages.into()),
            ("text", text),
            ("lines", lines),
            ("cells", cells),
            ("steps", steps),
        ]
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 512 << 20,
            ratio: 500,
            parts: 10_000,
            depth: 16,
            pages: 20_000,
            text: 256 << 20,
            lines: 4_000_000,
            cells: 60_000,
            steps: 50_000_000,
        }
    }
}

/// What is left of a matter's limits.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    passwords: Passwords,
    /// Bytes that may come out: of all containers together no more for each byte
    /// handed in than of one.
    room: u64,
    bytes: u64,
    parts: u32,
    steps: u64,
}

impl Budget {
    /// A fresh budget.
    pub fn new(limits: Limits) -> Self {
        let room = limits.bytes;
        Self { limits, passwords: Passwords::default(), room, bytes: 0, parts: 0, steps: 0 }
    }

    /// The same for a matter of so many bytes: containers within containers, each of
    /// which stays within the ratio, do not multiply it beyond [`Limits::TREE_FREE`].
    pub fn for_input(self, bytes: u64) -> Self {
        let allowed = bytes.saturating_mul(self.limits.ratio).max(Limits::TREE_FREE);
        Self { room: allowed.min(self.limits.bytes), ..self }
    }

    /// The same, with passwords for what is encrypted.
    pub fn with_passwords(self, passwords: Passwords) -> Self {
        Self { passwords, ..self }
    }

    /// Passwords to try on what is encrypted. A cheap copy, so that the budget
    /// can be spent while they are tried.
    pub fn passwords(&self) -> Passwords {
        self.passwords.clone()
    }

    /// The limits it was made from.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Begins a part that stands in `depth` containers; its steps start at 0.
    ///
    /// # Errors
    /// A gap that names the limit, if it is one part or one container too many.
    pub fn begin_part(&mut self, depth: usize) -> Result<(), Gap> {
        self.parts += 1;
        self.steps = 0;
        if depth > self.limits.depth {
            return Err(over(
                Limit::Depth,
                self.limits.depth as u64,
                "containers within containers",
            ));
        }
        if self.parts > self.limits.parts {
            return Err(over(Limit::Parts, u64::from(self.limits.parts), "parts of one matter"));
        }
        Ok(())
    }

    /// Charges bytes that came out of a container or stream.
    ///
    /// # Errors
    /// A gap, if the matter has no more.
    pub fn spend_bytes(&mut self, count: u64) -> Result<(), Gap> {
        self.bytes = self.bytes.saturating_add(count);
        if self.bytes > self.limits.bytes {
            return Err(over(Limit::Bytes, self.limits.bytes, "bytes unpacked in one matter"));
        }
        if self.bytes > self.room {
            let ratio = self.limits.ratio;
            return Err(over(Limit::Ratio, ratio, "bytes unpacked for each byte of the matter"));
        }
        Ok(())
    }

    /// How many bytes a stream of `packed` bytes may give: no more than the matter
    /// has left, and no more for each byte of input than is allowed.
    pub fn room(&self, packed: u64) -> u64 {
        let left = self.room.saturating_sub(self.bytes);
        let ratio = packed.max(1).saturating_mul(self.limits.ratio);
        left.min(ratio.max(Limits::RATIO_FREE))
    }

    /// Charges bytes that a stream of `packed` bytes gave.
    ///
    /// # Errors
    /// A gap, if the matter has no more, or the stream gave more than it may.
    pub fn spend_stream(&mut self, count: u64, packed: u64) -> Result<(), Gap> {
        self.spend_bytes(count)?;
        let ratio = self.limits.ratio;
        if count > Limits::RATIO_FREE && count > packed.max(1).saturating_mul(ratio) {
            return Err(over(Limit::Ratio, ratio, "bytes out for each byte in"));
        }
        Ok(())
    }

    /// Charges steps of work on the current part.
    ///
    /// # Errors
    /// A gap, if the part has no more.
    pub fn spend_steps(&mut self, count: u64) -> Result<(), Gap> {
        self.steps = self.steps.saturating_add(count);
        if self.steps > self.limits.steps {
            return Err(over(Limit::Time, self.limits.steps, "steps of work on one part"));
        }
        Ok(())
    }

    /// Steps that the current part has left.
    pub fn steps_left(&self) -> u64 {
        self.limits.steps.saturating_sub(self.steps)
    }

    /// Checks what one compressed stream has given against what was put in.
    ///
    /// # Errors
    /// A gap, if it is out of proportion.
    pub fn check_ratio(&self, packed: u64, out: u64) -> Result<(), Gap> {
        let ratio = self.limits.ratio;
        if out > Limits::RATIO_FREE && out / packed.max(1) > ratio {
            return Err(over(Limit::Ratio, ratio, "bytes out for each byte in"));
        }
        Ok(())
    }

    /// Checks the number of pages of one document.
    ///
    /// # Errors
    /// A gap, if they are too many.
    pub fn check_pages(&self, pages: usize) -> Result<(), Gap> {
        if pages as u64 > u64::from(self.limits.pages) {
            return Err(over(Limit::Pages, u64::from(self.limits.pages), "pages of one document"));
        }
        Ok(())
    }

    /// Bytes that have come out of containers and streams so far.
    pub(super) fn bytes_spent(&self) -> u64 {
        self.bytes
    }

    /// The length one part's text may have in bytes.
    pub fn text_limit(&self) -> usize {
        // Names are put behind the text later, and offsets are 32 bits wide.
        let widest = u64::from(u32::MAX) - (1 << 20);
        usize::try_from(self.limits.text.min(widest)).unwrap_or(usize::MAX)
    }

    /// The gap of a text that was cut at its limit.
    pub fn text_gap(&self) -> Gap {
        over(Limit::Text, self.limits.text, "bytes of text of one part")
    }

    /// Checks the number of lines of one part's text.
    ///
    /// # Errors
    /// A gap, if they are too many.
    pub fn check_lines(&self, lines: usize) -> Result<(), Gap> {
        if lines as u64 > self.limits.lines {
            return Err(over(Limit::Text, self.limits.lines, "lines of text of one part"));
        }
        Ok(())
    }

    /// Checks the length of one part's text in bytes.
    ///
    /// # Errors
    /// A gap, if it is too long.
    pub fn spend_text(&self, bytes: usize) -> Result<(), Gap> {
        if bytes > self.text_limit() { Err(self.text_gap()) } else { Ok(()) }
    }
}

/// Cuts a text that has more lines than allowed, behind the last that is.
///
/// Line ends are counted as [`crate::model::SourceText::from_lines`] takes
/// them, but for `\r\n`, which counts twice where lines are many.
pub(super) fn cut_lines(text: &mut String, budget: &Budget) -> Option<Gap> {
    let allowed = usize::try_from(budget.limits.lines).unwrap_or(usize::MAX);
    let ends = || memchr::memchr3_iter(b'\n', b'\r', 0x0C, text.as_bytes());
    // Few lines are the rule, and a text shorter than the limit has no more.
    let is_end = |byte| (byte == b'\n') | (byte == b'\r') | (byte == 0x0C);
    if text.len() <= allowed || count(text.as_bytes(), is_end) <= allowed {
        return None;
    }
    let cut = ends().nth(allowed.saturating_sub(1))? + 1;
    text.truncate(cut);
    budget.check_lines(allowed.saturating_add(1)).err()
}

fn over(limit: Limit, allowed: u64, what: &str) -> Gap {
    Gap::new(GapKind::Limit(limit), format!("more than {allowed} {what}"))
}

/// A decompressor whose output is charged while it is read.
pub struct Metered<'b, R> {
    inner: R,
    budget: &'b mut Budget,
    packed: u64,
    out: u64,
    gap: Option<Gap>,
}

impl<'b, R: Read> Metered<'b, R> {
    /// Meters `inner`, which unpacks `packed` bytes of input (the true length
    /// of the input, not a declared one).
    pub fn new(inner: R, packed: u64, budget: &'b mut Budget) -> Self {
        Self { inner, budget, packed, out: 0, gap: None }
    }

    /// Reads to the end. The bytes got before anything went wrong are kept.
    pub fn read_all(mut self) -> (Vec<u8>, Option<Gap>) {
        let mut bytes = Vec::new();
        let failed = self.read_to_end(&mut bytes).err();
        let gap = failed.map(|error| self.gap_of(&error));
        (bytes, gap)
    }

    /// What an error of reading comes to: the limit that was reached, or damage.
    pub fn gap_of(&mut self, error: &io::Error) -> Gap {
        let words = || Gap::new(GapKind::Damaged, format!("unpacking stopped: {error}"));
        self.gap.clone().unwrap_or_else(words)
    }

    /// What stopped the reading, if the budget did.
    pub fn into_gap(self) -> Option<Gap> {
        self.gap
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.out += count as u64;
        let spent = self.budget.spend_bytes(count as u64);
        if let Err(gap) = spent.and_then(|()| self.budget.check_ratio(self.packed, self.out)) {
            let words = gap.detail.clone();
            self.gap = Some(gap);
            return Err(io::Error::other(words));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beyond_the_limit_are_cut_and_told() {
        let budget = Budget::new(Limits { lines: 3, ..Limits::default() });
        for (text, kept) in
            [("a\nb\nc", "a\nb\nc"), ("a\nb\nc\nd\ne", "a\nb\nc\n"), ("\n\n\n\n\n", "\n\n\n")]
        {
            let mut cut = text.to_owned();
            let gap = cut_lines(&mut cut, &budget);
            assert_eq!(cut, kept);
            assert_eq!(gap.is_some(), text != kept, "{text:?}");
        }
    }

    #[test]
    fn containers_within_containers_do_not_multiply_the_ratio() {
        const MIB: u64 = 1 << 20;
        for (input, spent, limit) in [
            (100, 64 * MIB, None),
            (100, 65 * MIB, Some(Limit::Ratio)),
            (MIB / 2, 249 * MIB, None),
            (MIB / 2, 251 * MIB, Some(Limit::Ratio)),
            (10 * MIB, 512 * MIB, None),
            (10 * MIB, 513 * MIB, Some(Limit::Bytes)),
        ] {
            let mut budget = Budget::new(Limits::default()).for_input(input);
            let halves = [spent / 2, spent - spent / 2];
            let gap = halves.iter().find_map(|half| budget.spend_bytes(*half).err());
            assert_eq!(gap.map(|gap| gap.kind), limit.map(GapKind::Limit), "{input} {spent}");
        }
    }

    #[test]
    fn metering_stops_a_bomb_and_keeps_what_came() {
        let limits = Limits { ratio: 10, ..Limits::default() };
        let mut budget = Budget::new(limits);
        let zeros = io::repeat(0).take(64 << 20);
        let (bytes, gap) = Metered::new(zeros, 100, &mut budget).read_all();
        assert_eq!(gap.map(|g| g.kind), Some(GapKind::Limit(Limit::Ratio)));
        assert!(bytes.len() as u64 >= Limits::RATIO_FREE && bytes.len() < 8 << 20);
    }
}

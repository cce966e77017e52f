//! What a matter may cost: counted while it is spent, never taken from declared
//! sizes, and the same on every machine (steps, not seconds).

use std::io::{self, Read};

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
    /// Steps of work (drawing operators, XML events) of one part.
    pub steps: u64,
}

impl Limits {
    /// Output below which no ratio is looked at: small files compress well.
    pub const RATIO_FREE: u64 = 4 << 20;
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
            steps: 50_000_000,
        }
    }
}

/// What is left of a matter's limits.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    bytes: u64,
    parts: u32,
    steps: u64,
}

impl Budget {
    /// A fresh budget.
    pub fn new(limits: Limits) -> Self {
        Self { limits, bytes: 0, parts: 0, steps: 0 }
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

    /// Checks the length of one part's text in bytes.
    ///
    /// # Errors
    /// A gap, if it is too long.
    pub fn spend_text(&self, bytes: usize) -> Result<(), Gap> {
        if bytes as u64 > self.limits.text {
            return Err(over(Limit::Text, self.limits.text, "bytes of text of one part"));
        }
        Ok(())
    }
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
        let gap = self.gap.take().or_else(|| {
            failed.map(|error| Gap::new(GapKind::Damaged, format!("unpacking stopped: {error}")))
        });
        (bytes, gap)
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.out += count as u64;
        let mut spent = self.budget.spend_bytes(count as u64);
        let ratio = self.budget.limits.ratio;
        if spent.is_ok() && self.out > Limits::RATIO_FREE && self.out / self.packed.max(1) > ratio {
            spent = Err(over(Limit::Ratio, ratio, "bytes out for each byte in"));
        }
        if let Err(gap) = spent {
            let words = gap.detail.clone();
            self.gap = Some(gap);
            return Err(io::Error::other(words));
        }
        Ok(count)
    }
}

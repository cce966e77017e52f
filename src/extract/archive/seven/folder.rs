//! Folders of a 7z archive: the way from packed streams to content.

use std::io::Read;

use lzma_rust2::filter::bcj2::Bcj2Reader;

use super::crypt::Recipe;
use super::header::{Coder, Folder, Streams};
use crate::extract::archive::codec::{self, Branch, Method, Source};
use crate::model::{Gap, GapKind};

/// Length of the first header, behind which packed streams begin.
pub(super) const SIGNATURE: usize = 32;

/// The packed streams of each folder, as far as they are there.
pub(super) struct Packed<'a> {
    /// One for each packed stream of the folder.
    pub streams: Vec<&'a [u8]>,
    /// Whether some of them break off.
    pub cut: bool,
}

impl Packed<'_> {
    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.streams.iter().map(|stream| stream.len() as u64).sum()
    }
}

/// Finds the packed streams of all folders.
pub(super) fn packed<'a>(bytes: &'a [u8], streams: &Streams) -> Vec<Packed<'a>> {
    let mut at = u64::try_from(SIGNATURE).unwrap_or(0).saturating_add(streams.start);
    let mut lengths = streams.packed.iter();
    let mut next = |_: &usize| {
        let Some(length) = lengths.next() else { return (&bytes[..0], true) };
        let end = at.saturating_add(*length);
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let found = bytes.get(place(at)..place(end)).unwrap_or_default();
        at = end;
        (found, (found.len() as u64) < *length)
    };
    let of_folder = |folder: &Folder| {
        let found: Vec<_> = folder.packed.iter().map(&mut next).collect();
        let cut = found.iter().any(|(_, cut)| *cut);
        Packed { streams: found.into_iter().map(|(stream, _)| stream).collect(), cut }
    };
    streams.folders.iter().map(of_folder).collect()
}

impl Folder {
    /// How its content is encrypted, if it is: one recipe for each such coder.
    pub fn recipes(&self) -> impl Iterator<Item = Option<Recipe>> {
        let encrypted = self.coders.iter().filter(|coder| coder.is_encryption());
        encrypted.map(|coder| Recipe::of(&coder.properties))
    }

    /// A reader of its content; `key` is for what is encrypted.
    ///
    /// # Errors
    /// A gap, where it cannot be unpacked here.
    pub fn open<'a>(
        &self,
        packed: &Packed<'a>,
        key: Option<&'a [u8; 32]>,
    ) -> Result<Source<'a>, Gap> {
        let main = self.main().ok_or_else(tangled)?;
        let mut chain = Chain { folder: self, packed, key, used: vec![false; self.coders.len()] };
        chain.output(main)
    }
}

fn tangled() -> Gap {
    Gap::new(GapKind::Damaged, "the steps of unpacking lead nowhere")
}

/// The steps of unpacking on their way to be put together.
struct Chain<'f, 'a> {
    folder: &'f Folder,
    packed: &'f Packed<'a>,
    key: Option<&'a [u8; 32]>,
    used: Vec<bool>,
}

impl<'a> Chain<'_, 'a> {
    /// What comes out of a coder. Goes no deeper than there are coders, since
    /// none is used twice.
    fn output(&mut self, at: usize) -> Result<Source<'a>, Gap> {
        let folder = self.folder;
        let coder = folder.coders.get(at).ok_or_else(tangled)?;
        let used = self.used.get_mut(at).ok_or_else(tangled)?;
        if std::mem::replace(used, true) {
            return Err(tangled());
        }
        let before = folder.coders.iter().take(at).map(|coder| coder.inputs);
        let first: usize = before.sum();
        let inputs: Result<Vec<_>, _> =
            (first..first + coder.inputs).map(|input| self.input(input)).collect();
        let size = folder.sizes.get(at).copied().unwrap_or(0);
        coder.decode(inputs?, size, self.key)
    }

    /// What goes into an input: another coder's output, or a packed stream.
    fn input(&mut self, input: usize) -> Result<Source<'a>, Gap> {
        if let Some((_, output)) = self.folder.bonds.iter().find(|(to, _)| *to == input) {
            return self.output(*output);
        }
        let at = self.folder.packed.iter().position(|to| *to == input).ok_or_else(tangled)?;
        let stream: &'a [u8] = self.packed.streams.get(at).copied().unwrap_or_default();
        Ok(Box::new(stream))
    }
}

impl Coder {
    fn is_encryption(&self) -> bool {
        self.method == [0x06, 0xF1, 0x07, 0x01]
    }

    fn decode<'a>(
        &self,
        mut inputs: Vec<Source<'a>>,
        size: u64,
        key: Option<&'a [u8; 32]>,
    ) -> Result<Source<'a>, Gap> {
        if self.method == [3, 3, 1, 0x1B] && inputs.len() == 4 {
            return Ok(Box::new(Bcj2Reader::new(inputs, size)));
        }
        let (Some(input), true) = (inputs.pop(), inputs.is_empty()) else {
            return Err(self.unknown());
        };
        if self.is_encryption() {
            let recipe = Recipe::of(&self.properties).ok_or_else(|| self.unknown())?;
            let key =
                key.ok_or_else(|| Gap::new(GapKind::Encrypted, "encrypted with a password"))?;
            return Ok(Box::new(recipe.open(key, input).take(size)));
        }
        let method = self.known(size).ok_or_else(|| self.unknown())?;
        let unpacked = codec::open(method, input)?;
        Ok(match method {
            // It has no end of its own.
            Method::PpmdH { .. } => Box::new(unpacked.take(size)),
            _ => unpacked,
        })
    }

    /// The method by its number (Methods.txt of the LZMA SDK).
    fn known(&self, size: u64) -> Option<Method> {
        let byte = |at: usize| self.properties.get(at).copied();
        let word = |at: usize| {
            let bytes = self.properties.get(at..)?.first_chunk()?;
            Some(u32::from_le_bytes(*bytes))
        };
        Some(match self.method.as_slice() {
            [0] => Method::Stored,
            [0x21] => Method::Lzma2 { window: lzma2_window(byte(0)?)? },
            [3, 1, 1] => {
                Method::Lzma { properties: byte(0)?, window: word(1)?, length: Some(size) }
            }
            [3, 4, 1] => Method::PpmdH { order: byte(0)?.into(), memory: word(1)? },
            [4, 1, 8] => Method::Deflate,
            [4, 1, 9] => Method::Deflate64,
            [4, 2, 2] => Method::Bzip2,
            [4, 0xF7, 0x11, 1] => Method::Zstd,
            [3] => Method::Delta { distance: usize::from(byte(0).unwrap_or(0)) + 1 },
            [4] | [3, 3, 1, 3] => Method::Branch(Branch::X86),
            [5] | [3, 3, 2, 5] => Method::Branch(Branch::PowerPc),
            [6] | [3, 3, 4, 1] => Method::Branch(Branch::Ia64),
            [7] | [3, 3, 5, 1] => Method::Branch(Branch::Arm),
            [8] | [3, 3, 7, 1] => Method::Branch(Branch::ArmThumb),
            [9] | [3, 3, 8, 5] => Method::Branch(Branch::Sparc),
            [0x0A] => Method::Branch(Branch::Arm64 { start: word(0).unwrap_or(0) }),
            [0x0B] => Method::Branch(Branch::RiscV { start: word(0).unwrap_or(0) }),
            _ => return None,
        })
    }

    fn unknown(&self) -> Gap {
        let name = match self.method.as_slice() {
            [4, 0xF7, 0x11, 2] => "Brotli",
            [4, 0xF7, 0x11, 4] => "LZ4",
            [4, 0xF7, 0x11, 5] => "LZ5",
            [4, 0xF7, 0x11, 6] => "Lizard",
            [6, 0xF1, 7, ..] => "a cipher",
            _ => "unknown",
        };
        let number: String = self.method.iter().map(|byte| format!("{byte:02x}")).collect();
        Gap::new(GapKind::Unsupported, format!("packed by method {number} ({name})"))
    }
}

/// The window of LZMA2: a power of two, or half as much again.
fn lzma2_window(byte: u8) -> Option<u32> {
    let byte = u32::from(byte);
    match byte {
        0..40 => Some((2 | byte & 1) << (byte / 2 + 11)),
        40 => Some(u32::MAX),
        _ => None,
    }
}

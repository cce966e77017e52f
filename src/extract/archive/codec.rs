//! The decompressors of ZIP members, 7z coders and single streams.
//!
//! None of them is given memory for what a header declares: windows grow with
//! what comes out, which the budget bounds. The two whose models must be there
//! before the first byte comes (PPMd, Zstandard) have a limit of their own.

use std::io::{self, BufReader, Read};

use flate2::bufread::DeflateDecoder;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{Lzma2Reader, LzmaReader, XzReader};
use ppmd_rust::{Ppmd7Decoder, Ppmd8Decoder, RestoreMethod};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::model::{Gap, GapKind, Limit};

/// What a decompressor reads from, or another decompressor reads it through.
pub(super) type Source<'a> = Box<dyn Read + 'a>;

/// The largest model of PPMd and window of Zstandard. `zstd --long` and 7-Zip at
/// its strongest ask for less.
const MAX_MODEL: u32 = 256 << 20;

/// One way to pack, with what it needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// As it is.
    Stored,
    /// Deflate (RFC 1951).
    Deflate,
    /// Deflate with a window of 64 KiB.
    Deflate64,
    /// bzip2.
    Bzip2,
    /// LZMA without a header: properties, window, and the length of the output
    /// where no mark ends it.
    Lzma { properties: u8, window: u32, length: Option<u64> },
    /// LZMA2 without a header.
    Lzma2 { window: u32 },
    /// XZ with its header.
    Xz,
    /// Zstandard (RFC 8878).
    Zstd,
    /// PPMd, variant H, as 7z has it.
    PpmdH { order: u32, memory: u32 },
    /// PPMd, variant I, as ZIP has it.
    PpmdI { order: u32, memory: u32, restore: u16 },
    /// Differences of bytes that far apart.
    Delta { distance: usize },
    /// Addresses of jumps in programs, made absolute.
    Branch(Branch),
}

/// The processor whose jumps a branch filter knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Branch {
    X86,
    PowerPc,
    Ia64,
    Arm,
    ArmThumb,
    Arm64 { start: u32 },
    Sparc,
    RiscV { start: u32 },
}

/// A reader of what `input` unpacks to.
///
/// # Errors
/// A gap, where the stream cannot even be begun.
pub(super) fn open<'a>(method: Method, input: Source<'a>) -> Result<Source<'a>, Gap> {
    let damaged = |words: String| Gap::new(GapKind::Damaged, words);
    Ok(match method {
        Method::Stored => input,
        Method::Deflate => Box::new(DeflateDecoder::new(BufReader::new(input))),
        Method::Deflate64 => Box::new(deflate64::Deflate64Decoder::new(input)),
        Method::Bzip2 => Box::new(bzip2::read::BzDecoder::new(input)),
        Method::Lzma { properties, window, length } => {
            let length = length.unwrap_or(u64::MAX);
            let reader = LzmaReader::new_with_props(input, length, properties, window, None);
            Box::new(reader.map_err(|error| damaged(format!("unpacking stopped: {error}")))?)
        }
        Method::Lzma2 { window } => Box::new(Lzma2Reader::new(Calls::new(input), window, None)),
        Method::Xz => Box::new(XzReader::new(Calls::new(input), true)),
        Method::Zstd => Box::new(Zstd::new(BufReader::new(input))),
        Method::PpmdH { order, memory } => {
            check_model(memory)?;
            let reader = Ppmd7Decoder::new(input, order, memory);
            Box::new(reader.map_err(|_| damaged("the PPMd model cannot be set up".into()))?)
        }
        Method::PpmdI { order, memory, restore } => {
            check_model(memory)?;
            let restore = match restore {
                0 => RestoreMethod::Restart,
                1 => RestoreMethod::CutOff,
                _ => return Err(damaged("the PPMd model cannot be set up".into())),
            };
            let reader = Ppmd8Decoder::new(input, order, memory, restore);
            Box::new(reader.map_err(|_| damaged("the PPMd model cannot be set up".into()))?)
        }
        Method::Delta { distance } => Box::new(DeltaReader::new(input, distance)),
        Method::Branch(branch) => Box::new(match branch {
            Branch::X86 => BcjReader::new_x86(input, 0),
            Branch::PowerPc => BcjReader::new_ppc(input, 0),
            Branch::Ia64 => BcjReader::new_ia64(input, 0),
            Branch::Arm => BcjReader::new_arm(input, 0),
            Branch::ArmThumb => BcjReader::new_arm_thumb(input, 0),
            Branch::Arm64 { start } => BcjReader::new_arm64(input, start as usize),
            Branch::Sparc => BcjReader::new_sparc(input, 0),
            Branch::RiscV { start } => BcjReader::new_riscv(input, start as usize),
        }),
    })
}

fn check_model(memory: u32) -> Result<(), Gap> {
    if memory <= MAX_MODEL {
        return Ok(());
    }
    let words = format!("unpacking would take more than {} MiB of memory", MAX_MODEL >> 20);
    Err(Gap::new(GapKind::Limit(Limit::Memory), words))
}

/// A source that may be asked a number of times and no more.
///
/// Blocks and chunks of LZMA2 are as small as their writer likes, and each costs
/// a new set of tables. Their headers are read one by one, and their content at
/// once; so a stream of millions of small ones is told by how often it reads.
pub(super) struct Calls<R> {
    /// The source itself.
    pub inner: R,
    left: u32,
}

impl<R> Calls<R> {
    /// Times a source may be asked: some hundred thousand blocks or chunks.
    const MOST: u32 = 2_000_000;

    /// None used yet.
    pub fn new(inner: R) -> Self {
        Self { inner, left: Self::MOST }
    }
}

impl<R: Read> Read for Calls<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| io::Error::other("it is cut into too many pieces"))?;
        self.inner.read(buffer)
    }
}

/// Streams of one kind that may stand one behind the other.
pub(super) const MAX_STREAMS: u32 = 100_000;

/// Zstandard frames, one behind the other, with what may be skipped between.
pub(super) struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    open: bool,
    ended: bool,
    begun: u32,
    /// Bytes taken from the source that begin no frame.
    unread: usize,
}

impl<R: Read> Zstd<R> {
    /// Reads frames from here on.
    pub fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_MODEL.into());
        Self { source, decoder, open: false, ended: false, begun: 0, unread: 0 }
    }

    /// The source, and how many bytes were taken from it that belong to no frame.
    pub fn into_source(self) -> (R, usize) {
        (self.source, self.unread)
    }

    /// Begins the next frame, if there is one.
    fn begin(&mut self) -> io::Result<()> {
        let mut magic = [0; 4];
        let got = read_up_to(&mut self.source, &mut magic)?;
        let is_frame = magic == [0x28, 0xB5, 0x2F, 0xFD];
        let may_be_skipped = (0x50..=0x5F).contains(&magic[0]) && magic[1..] == [0x2A, 0x4D, 0x18];
        if got < 4 || !(is_frame || may_be_skipped) {
            (self.ended, self.unread) = (true, got);
            return Ok(());
        }
        self.begun += 1;
        if self.begun > MAX_STREAMS {
            return Err(io::Error::other("it is cut into too many pieces"));
        }
        match self.decoder.init((&magic[..]).chain(&mut self.source)) {
            Ok(()) => self.open = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let mut skipped = (&mut self.source).take(length.into());
                if io::copy(&mut skipped, &mut io::sink())? < length.into() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        Ok(())
    }

    fn check(&self) -> io::Result<()> {
        let stated = self.decoder.get_checksum_from_data();
        if stated.is_some() && stated != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other("the content does not fit its checksum"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            if !self.open {
                self.begin()?;
                continue;
            }
            let got = self.decoder.read(buffer)?;
            if got > 0 {
                return Ok(got);
            }
            if self.decoder.is_finished() {
                self.open = false;
                self.check()?;
                continue;
            }
            let one = BlockDecodingStrategy::UptoBlocks(1);
            self.decoder.decode_blocks(&mut self.source, one).map_err(io::Error::other)?;
        }
        Ok(0)
    }
}

/// Fills the buffer as far as the source reaches; says how far.
pub(super) fn read_up_to(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(free) = buffer.get_mut(got..).filter(|free| !free.is_empty()) {
        match source.read(free) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

//! Single compressed streams: gzip (RFC 1952), bzip2, XZ, lzip, LZMA, Zstandard
//! and compress(1). What is packed in one is one child.
//!
//! Streams of one kind that stand one behind the other are one content, as the
//! programs that unpack them have it; what stands behind the last is a child.

use std::io::{self, Read};

use crc32fast::Hasher as Crc;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::{LzmaReader, XzReader};

use super::codec::{Calls, MAX_STREAMS, Zstd};
use super::compress::Compress;
use super::members::Members;
use super::names;
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{Gap, GapKind, Region, Submission};

/// Names and comments of further members that are told; a file of nothing but
/// empty members would have more than anyone reads.
const MAX_SAID: usize = 1000;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes: &[u8] = &submission.bytes;
    let mut members = Members::new(submission, budget);
    let mut stream = Stream::new(bytes);
    let metered = Metered::new(&mut stream, bytes.len() as u64, budget);
    let (content, gap) = metered.read_all();
    let gap = gap.or_else(|| stream.trouble.take().map(|words| Gap::new(GapKind::Damaged, words)));
    if stream.begun == 0 && gap.is_none() {
        return Extraction::gap(GapKind::Unsupported, "no stream of a kind that is known");
    }
    let mut named = None;
    for (label, said) in std::mem::take(&mut stream.said) {
        let said = names::decode_alone(&said);
        match label {
            "name" if named.is_none() => named = Some(said),
            "name" => members.say(Region::AttachmentName, "name", &said),
            label => members.say(Region::Property, label, &said),
        }
    }
    let name = named.unwrap_or_else(|| unpacked_name(submission.provenance.name()));
    let whole = gap.is_none();
    members.take(&name, content, gap);
    // Behind a stream that broke off nobody knows what belongs to it.
    if whole {
        members.take_rest(stream.rest);
    }
    members.finish()
}

/// What the content is called: the name of the stream without what says how it
/// is packed.
fn unpacked_name(name: &str) -> String {
    const PACKED: &[(&str, &str)] = &[
        (".tgz", ".tar"),
        (".taz", ".tar"),
        (".tbz", ".tar"),
        (".tbz2", ".tar"),
        (".txz", ".tar"),
        (".tlz", ".tar"),
        (".tzst", ".tar"),
        (".svgz", ".svg"),
        (".emz", ".emf"),
        (".wmz", ".wmf"),
        (".gz", ""),
        (".bz2", ""),
        (".bz", ""),
        (".xz", ""),
        (".lz", ""),
        (".lzma", ""),
        (".zst", ""),
        (".z", ""),
    ];
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let found = PACKED.iter().find_map(|(packed, plain)| {
        let stem = name.get(..lower.strip_suffix(packed)?.len())?;
        (!stem.is_empty()).then(|| format!("{stem}{plain}"))
    });
    found.unwrap_or_else(|| "content".to_owned())
}

/// The window of an lzip member, from its header: a power of two, less some
/// sixteenths.
fn lzip_window(size: u8) -> u32 {
    let base = 1u32 << (size & 0x1F).clamp(12, 29);
    base - base / 16 * u32::from(size >> 5)
}

/// All streams of one kind from the first byte on.
struct Stream<'a> {
    rest: &'a [u8],
    one: Option<One<'a>>,
    /// What stands between the packed bytes: a label and raw characters.
    said: Vec<(&'static str, Vec<u8>)>,
    /// What was wrong with it although it could be unpacked.
    trouble: Option<&'static str>,
    begun: u32,
}

/// One stream that is being read.
enum One<'a> {
    Gzip { data: DeflateDecoder<&'a [u8]>, crc: Crc },
    Bzip2(bzip2::bufread::BzDecoder<&'a [u8]>),
    Xz(Box<XzReader<Calls<&'a [u8]>>>),
    Lzip { data: Box<LzmaReader<&'a [u8]>>, crc: Crc, length: u64 },
    Lzma(Box<LzmaReader<&'a [u8]>>),
    Zstd(Box<Zstd<&'a [u8]>>),
    Compress(Box<Compress<'a>>),
}

impl<'a> Stream<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, one: None, said: Vec::new(), trouble: None, begun: 0 }
    }

    /// Begins the stream that stands next, if one does.
    fn begin(&mut self) -> io::Result<bool> {
        if self.begun >= MAX_STREAMS {
            return Err(io::Error::other("it is cut into too many pieces"));
        }
        let rest = self.rest;
        let one = match rest {
            [0x1F, 0x8B, 8, ..] => match self.gzip_header() {
                Some(data) => One::Gzip { data: DeflateDecoder::new(data), crc: Crc::new() },
                None if self.begun > 0 => return Ok(false),
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            },
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => One::Bzip2(bzip2::bufread::BzDecoder::new(rest)),
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => {
                One::Xz(Box::new(XzReader::new(Calls::new(rest), false)))
            }
            [b'L', b'Z', b'I', b'P', 1, size, data @ ..] => One::Lzip {
                data: Box::new(LzmaReader::new(data, u64::MAX, 3, 0, 2, lzip_window(*size), None)?),
                crc: Crc::new(),
                length: 0,
            },
            [0x1F, 0x9D, ..] => One::Compress(Box::new(Compress::new(rest)?)),
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => {
                One::Zstd(Box::new(Zstd::new(rest)))
            }
            [0x5D, 0, 0, ..] if self.begun == 0 => {
                One::Lzma(Box::new(LzmaReader::new_mem_limit(rest, u32::MAX, None)?))
            }
            _ => return Ok(false),
        };
        (self.one, self.begun) = (Some(one), self.begun + 1);
        Ok(true)
    }

    /// Takes note of what a gzip header says; gives what stands behind it.
    fn gzip_header(&mut self) -> Option<&'a [u8]> {
        let flags = *self.rest.get(3)?;
        let mut rest = self.rest.get(10..)?;
        if flags & 4 != 0 {
            let length = usize::from(u16::from_le_bytes([*rest.first()?, *rest.get(1)?]));
            rest = rest.get(2 + length..)?;
        }
        for (flag, label) in [(8, "name"), (16, "comment")] {
            if flags & flag != 0 {
                let end = memchr::memchr(0, rest)?;
                let said = rest.get(..end)?;
                if self.said.len() < MAX_SAID && !said.is_empty() {
                    self.said.push((label, said.to_vec()));
                }
                rest = rest.get(end + 1..)?;
            }
        }
        rest.get(if flags & 2 != 0 { 2 } else { 0 }..)
    }

    /// Ends the stream that was read, and says where the next would begin.
    fn end(&mut self) {
        let Some(one) = self.one.take() else { return };
        self.rest = match one {
            One::Gzip { data, crc } => {
                let length = data.total_out() as u32;
                let rest = data.into_inner();
                let stated = [crc.finalize().to_le_bytes(), length.to_le_bytes()].concat();
                self.check(rest, &stated)
            }
            One::Bzip2(reader) => reader.into_inner(),
            One::Xz(reader) => {
                let rest = reader.into_inner().inner;
                // Streams may be padded to four bytes, and further by fours (2.2).
                let zeros = rest.iter().take_while(|byte| **byte == 0).count();
                rest.get(zeros / 4 * 4..).unwrap_or_default()
            }
            One::Lzip { data, crc, length } => {
                let (rest, unused) = data.into_parts();
                let rest = self.behind(rest.len() + unused.len());
                let packed = (self.rest.len() - rest.len() + 20) as u64;
                let stated = [
                    &crc.finalize().to_le_bytes()[..],
                    &length.to_le_bytes(),
                    &packed.to_le_bytes(),
                ]
                .concat();
                self.check(rest, &stated)
            }
            One::Lzma(reader) => {
                let (rest, unused) = reader.into_parts();
                self.behind(rest.len() + unused.len())
            }
            One::Zstd(reader) => {
                let (rest, unread) = reader.into_source();
                self.behind(rest.len() + unread)
            }
            One::Compress(_) => &[],
        };
    }

    /// Holds what stands behind the data against what should stand there; gives
    /// what comes next.
    fn check(&mut self, rest: &'a [u8], true_one: &[u8]) -> &'a [u8] {
        match rest.split_at_checked(true_one.len()) {
            Some((stated, rest)) => {
                if stated != true_one {
                    self.trouble = Some("its content does not fit its checksum");
                }
                rest
            }
            None => {
                self.trouble = Some("its checksum is cut off");
                &[]
            }
        }
    }

    /// The last bytes, so many.
    fn behind(&self, count: usize) -> &'a [u8] {
        self.rest.get(self.rest.len().saturating_sub(count)..).unwrap_or_default()
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            let Some(one) = &mut self.one else {
                if self.begin()? {
                    continue;
                }
                break;
            };
            let got = match one {
                One::Gzip { data, crc } => {
                    let got = data.read(buffer)?;
                    crc.update(buffer.get(..got).unwrap_or_default());
                    got
                }
                One::Bzip2(reader) => reader.read(buffer)?,
                One::Xz(reader) => reader.read(buffer)?,
                One::Lzip { data, crc, length } => {
                    let got = data.read(buffer)?;
                    crc.update(buffer.get(..got).unwrap_or_default());
                    *length += got as u64;
                    got
                }
                One::Lzma(reader) => reader.read(buffer)?,
                One::Zstd(reader) => reader.read(buffer)?,
                One::Compress(reader) => reader.read(buffer)?,
            };
            if got > 0 {
                return Ok(got);
            }
            self.end();
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder};

    use super::*;
    use crate::extract::Limits;
    use crate::model::Limit;

    const NOTICE: &[u8] = b"notice\n";
    const XZ: &str = "fd377a585a000004e6d6b4460200210116000000742fe5a30100066e6f746963650a00006ff0\
                      d008c6bd362900011f07162eb8731fb6f37d010000000004595a";
    const LZMA: &str = "5d00008000ffffffffffffffff00371bcaef34f65ffeab9afffffed7f000";
    const LZIP: &str = "4c5a4950010c00371bcaef34f65ffeab9afffffed7f0004aa8f547070000000000\
                        00002b00000000000000";
    const ZSTD: &str = "28b52ffd24073900006e6f746963650a02f6ae18";

    fn bytes_of(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    }

    fn bzip2(content: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(content).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    }

    /// A gzip member with all a header may hold.
    fn gzip_named(name: &[u8], comment: &[u8], content: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).expect("memory takes everything");
        let data = encoder.finish().expect("memory takes everything");
        let head = [0x1F, 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, b'x', b'y'];
        let trailer =
            [crc32fast::hash(content).to_le_bytes(), (content.len() as u32).to_le_bytes()].concat();
        [&head, name, b"\0", comment, b"\0", b"hc", &data, &trailer].concat()
    }

    fn read_as(name: &str, bytes: &[u8]) -> Extraction {
        let submission = Submission::file(name, bytes.to_vec());
        read(&submission, &mut Budget::new(Limits::default()))
    }

    fn children(made: &Extraction) -> Vec<(&str, Vec<u8>)> {
        made.children.iter().map(|c| (c.provenance.name(), c.bytes.to_vec())).collect()
    }

    #[test]
    fn every_kind_comes_out_alone_twice_and_with_something_behind() {
        let zstd = bytes_of(ZSTD);
        let skippable = [&[0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0][..], b"skp", &zstd].concat();
        let kinds = [
            ("a.gz", gzip(NOTICE), true),
            ("a.bz2", bzip2(NOTICE), true),
            ("a.xz", bytes_of(XZ), true),
            ("a.zst", zstd, true),
            ("a.zst", skippable, true),
            ("a.lzma", bytes_of(LZMA), false),
            ("a.lz", bytes_of(LZIP), true),
        ];
        let rest = b"something that was put behind it";
        for (name, packed, repeats) in kinds {
            let made = read_as(name, &packed);
            assert_eq!(children(&made), [("a", NOTICE.to_vec())], "{name}");
            assert!(made.gaps.is_empty() && made.children[0].gaps.is_empty(), "{name}");

            let made = read_as(name, &[&packed[..], rest].concat());
            let want = [("a", NOTICE.to_vec()), ("appended", rest.to_vec())];
            assert_eq!(children(&made), want, "{name} with something behind");

            if repeats {
                let made = read_as(name, &packed.repeat(2));
                assert_eq!(children(&made), [("a", NOTICE.repeat(2))], "{name} twice");
                assert!(made.children[0].gaps.is_empty(), "{name} twice");
            }
            for at in 0..packed.len() {
                let made = read_as(name, &packed[..at]);
                // What may be skipped and nothing else is an empty stream.
                let nothing = at < 6 || packed[0] == 0x5A && (11..15).contains(&at);
                let told = made.children.iter().any(|child| !child.gaps.is_empty());
                assert!(told || nothing, "{name}: {at}");
                let mut changed = packed.clone();
                changed[at] ^= 0x41;
                read_as(name, &changed);
            }
        }
        // compress(1) has no end and no checksum.
        let made = read_as("a.Z", &bytes_of("1f9d906eded04933a68c02"));
        assert_eq!(children(&made), [("a", NOTICE.to_vec())]);
        assert_eq!(read_as("a.Z", b"\x1f\xa0packed").gaps[0].kind, GapKind::Unsupported);
    }

    #[test]
    fn names_and_comments_of_gzip_are_told() {
        let gbk = encoding_rs::GB18030.encode("机密.txt").0.into_owned();
        let bytes = [
            gzip_named(&gbk, "说明".as_bytes(), b"one"),
            gzip_named("附件二.txt".as_bytes(), b"", b"two"),
        ]
        .concat();
        let made = read_as("out.gz", &bytes);
        assert_eq!(children(&made), [("机密.txt", b"onetwo".to_vec())]);
        let text = &made.text;
        let said: Vec<_> =
            text.blocks().iter().map(|b| (text.label(b), text.block_text(b))).collect();
        assert_eq!(said, [("comment", "说明"), ("name", "附件二.txt")]);
    }

    #[test]
    fn content_is_named_by_the_stream() {
        for (name, want) in [
            ("in/a.tar.gz", "a.tar"),
            ("a.TGZ", "a.tar"),
            ("报告.docx.xz", "报告.docx"),
            ("a.svgz", "a.svg"),
            (".gz", "content"),
            ("a.bin", "content"),
            ("a.txt.Z", "a.txt"),
        ] {
            assert_eq!(unpacked_name(name), want);
        }
    }

    #[test]
    fn bombs_stop_at_the_ratio_and_damage_keeps_what_came() {
        let bomb = gzip(&vec![0; 16 << 20]);
        let made = read_as("a.gz", &bomb);
        assert_eq!(made.children[0].gaps[0].kind, GapKind::Limit(Limit::Ratio));

        let mut wrong = gzip(NOTICE);
        let crc = wrong.len() - 8;
        wrong[crc] ^= 1;
        let made = read_as("a.gz", &wrong);
        assert_eq!(children(&made), [("a", NOTICE.to_vec())]);
        assert_eq!(made.children[0].gaps[0].detail, "its content does not fit its checksum");

        let many = gzip(b"").repeat(MAX_STREAMS as usize + 1);
        let made = read_as("a.gz", &many);
        assert_eq!(made.children[0].gaps[0].kind, GapKind::Damaged);
    }
}

//! Cabinets of Windows (MS-CAB): files lie one behind the other in folders, which are
//! packed as a whole in blocks of 32 KiB.

use std::collections::BTreeMap;
use std::io::{self, Read};

use flate2::bufread::DeflateDecoder;

use super::members::Members;
use super::names;
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{Gap, GapKind, Submission};

/// What a block may unpack to, and what the next may refer back to.
const BLOCK: usize = 32 << 10;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes: &[u8] = &submission.bytes;
    let mut members = Members::new(submission, budget);
    let Some(cabinet) = Cabinet::read(bytes, budget) else {
        let words = "its header, or its list of folders, breaks off";
        members.gap(Gap::new(GapKind::Damaged, words));
        return members.finish();
    };
    if cabinet.is_cut {
        members.gap(Gap::new(GapKind::Damaged, "its list of files breaks off"));
    }
    if cabinet.is_piece {
        let words = "a piece of an archive in several files: the other pieces are needed";
        members.gap(Gap::new(GapKind::MissingPart, words));
    }
    let encoding =
        names::encoding_of(cabinet.files.iter().filter(|file| !file.is_utf8).map(|file| file.name));
    members.names_guessed(encoding.name());
    let mut by_folder: BTreeMap<usize, Vec<&File<'_>>> = BTreeMap::new();
    for file in &cabinet.files {
        by_folder.entry(file.folder).or_default().push(file);
    }
    for (number, files) in by_folder {
        let Some(folder) = cabinet.folders.get(number) else {
            // The folder begins or goes on elsewhere.
            for file in files {
                let gap =
                    Gap::new(GapKind::MissingPart, "its data begin or go on in another piece");
                members.take(&file.shown(encoding), Vec::new(), Some(gap));
            }
            continue;
        };
        let (content, gap) = folder.unpack(bytes, cabinet.reserved, budget);
        // What the folder gave is paid for; files that lie over one another are not.
        let mut paid = content.len();
        for file in files {
            if !members.has_room() {
                return members.finish();
            }
            let end = file.start.saturating_add(file.length);
            let piece = content.get(file.start.min(content.len())..end.min(content.len()));
            let piece = piece.unwrap_or_default();
            let mut trouble = (end > content.len()).then(|| {
                gap.clone().unwrap_or_else(|| Gap::new(GapKind::Damaged, "its data break off"))
            });
            let owed = piece.len().saturating_sub(paid);
            paid = paid.saturating_sub(piece.len());
            let piece = match budget.spend_bytes(owed as u64) {
                Ok(()) => piece.to_vec(),
                Err(limit) => {
                    trouble = Some(limit);
                    Vec::new()
                }
            };
            members.take(&file.shown(encoding), piece, trouble);
        }
    }
    members.take_rest(bytes.get(cabinet.end..).unwrap_or_default());
    members.finish()
}

struct Cabinet<'a> {
    folders: Vec<Folder>,
    files: Vec<File<'a>>,
    /// Bytes between the header of a block and its data.
    reserved: usize,
    is_cut: bool,
    is_piece: bool,
    end: usize,
}

struct Folder {
    start: usize,
    blocks: usize,
    method: u16,
}

struct File<'a> {
    name: &'a [u8],
    is_utf8: bool,
    folder: usize,
    start: usize,
    length: usize,
}

impl File<'_> {
    fn shown(&self, encoding: names::NameEncoding) -> String {
        match self.is_utf8 {
            true => String::from_utf8_lossy(self.name).into_owned(),
            false => names::decode(self.name, &[], false, encoding),
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?).into())
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}

fn text(bytes: &[u8], at: usize) -> Option<&[u8]> {
    // Names are of 255 characters at most, of up to three bytes.
    let rest = bytes.get(at..bytes.len().min(at.checked_add(1024)?))?;
    rest.get(..memchr::memchr(0, rest)?)
}

impl<'a> Cabinet<'a> {
    fn read(bytes: &'a [u8], budget: &mut Budget) -> Option<Self> {
        let stated = long(bytes, 8)?;
        let first_file = long(bytes, 16)?;
        let (folder_count, file_count, flags) =
            (word(bytes, 26)?, word(bytes, 28)?, word(bytes, 30)?);
        let mut at = 36;
        let (mut reserved, mut in_folder) = (0, 0);
        if flags & 4 != 0 {
            let header = word(bytes, at)?;
            (in_folder, reserved) =
                (usize::from(*bytes.get(at + 2)?), usize::from(*bytes.get(at + 3)?));
            at += 4 + header;
        }
        for flag in [1, 2] {
            if flags & flag != 0 {
                for _ in 0..2 {
                    at += text(bytes, at)?.len() + 1;
                }
            }
        }
        let mut folders = Vec::new();
        for _ in 0..folder_count {
            let (start, blocks, method) =
                (long(bytes, at)?, word(bytes, at + 4)?, word(bytes, at + 6)?);
            folders.push(Folder { start, blocks, method: method as u16 });
            at += 8 + in_folder;
        }
        let mut files = Vec::new();
        let mut at = first_file;
        for _ in 0..file_count {
            let Some((file, next)) = Self::file(bytes, at) else { break };
            if budget.spend_steps(1).is_err() {
                break;
            }
            files.push(file);
            at = next;
        }
        let is_cut = files.len() < file_count;
        let end = stated.min(bytes.len()).max(at.min(bytes.len()));
        Some(Self { folders, files, reserved, is_cut, is_piece: flags & 3 != 0, end })
    }

    fn file(bytes: &'a [u8], at: usize) -> Option<(File<'a>, usize)> {
        let name = text(bytes, at.checked_add(16)?)?;
        let file = File {
            name,
            is_utf8: word(bytes, at + 14)? & 0x80 != 0,
            folder: word(bytes, at + 8)?,
            start: long(bytes, at + 4)?,
            length: long(bytes, at)?,
        };
        Some((file, at + 16 + name.len() + 1))
    }
}

impl Folder {
    /// All of it, as far as it can be unpacked.
    fn unpack(&self, bytes: &[u8], reserved: usize, budget: &mut Budget) -> (Vec<u8>, Option<Gap>) {
        if !matches!(self.method & 0xF, 0 | 1) {
            let name = if self.method & 0xF == 2 { "Quantum" } else { "LZX" };
            let words = format!("packed by {name}, which is not undone here");
            return (Vec::new(), Some(Gap::new(GapKind::Unsupported, words)));
        }
        let rest = bytes.get(self.start..).unwrap_or_default();
        let blocks = Blocks {
            rest,
            left: self.blocks,
            reserved,
            is_packed: self.method & 0xF == 1,
            block: Vec::new(),
            at: 0,
        };
        Metered::new(blocks, rest.len() as u64, budget).read_all()
    }
}

/// The blocks of a folder, one behind the other.
struct Blocks<'a> {
    rest: &'a [u8],
    left: usize,
    reserved: usize,
    is_packed: bool,
    /// The block unpacked last, which the next may refer to.
    block: Vec<u8>,
    at: usize,
}

impl Blocks<'_> {
    fn next(&mut self) -> io::Result<bool> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(false) };
        self.left = left;
        let fields = || Some((long(self.rest, 0)?, word(self.rest, 4)?, word(self.rest, 6)?));
        let (sum, packed, length) = fields().ok_or(io::ErrorKind::UnexpectedEof)?;
        let begin = 8 + self.reserved;
        let data = self.rest.get(begin..begin + packed).ok_or(io::ErrorKind::UnexpectedEof)?;
        let summed = self.rest.get(4..begin).unwrap_or_default();
        if sum != 0 && checksum(summed, checksum(data, 0)) as usize != sum {
            return Err(io::Error::other("a block does not fit its checksum"));
        }
        if length > BLOCK {
            return Err(io::Error::other("a block is longer than any may be"));
        }
        self.block = match self.is_packed {
            false => data.to_vec(),
            true => self.inflated(data, length)?,
        };
        if self.block.len() != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.rest = self.rest.get(begin + packed..).unwrap_or_default();
        self.at = 0;
        Ok(true)
    }

    /// A block of MSZIP: two letters and deflate, which goes on from the block
    /// before. That is put before it as a block that is stored.
    fn inflated(&self, data: &[u8], length: usize) -> io::Result<Vec<u8>> {
        let data = data.strip_prefix(b"CK").ok_or_else(|| io::Error::other("no block of MSZIP"))?;
        let before = self.block.len() as u16;
        let [low, high] = before.to_le_bytes();
        let [not_low, not_high] = (!before).to_le_bytes();
        let head = [0, low, high, not_low, not_high];
        let source = head.chain(self.block.as_slice()).chain(data);
        let mut out = Vec::new();
        let mut decoder = DeflateDecoder::new(io::BufReader::new(source));
        decoder.by_ref().take((self.block.len() + length) as u64).read_to_end(&mut out)?;
        out.drain(..self.block.len().min(out.len()));
        Ok(out)
    }
}

impl Read for Blocks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.block.len() {
            if !self.next()? {
                return Ok(0);
            }
        }
        let rest = self.block.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) else {
            return Ok(0);
        };
        to.copy_from_slice(from);
        self.at += count;
        Ok(count)
    }
}

/// Words of four bytes, one over the other; what is left over stands the other way round.
fn checksum(bytes: &[u8], seed: u32) -> u32 {
    let (words, rest) = bytes.as_chunks::<4>();
    let sum = words.iter().fold(seed, |sum, word| sum ^ u32::from_le_bytes(*word));
    sum ^ rest.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::extract::Limits;
    use crate::model::Limit;

    /// A cabinet of one folder: contents that were packed in blocks before.
    fn cabinet(
        method: u16,
        files: &[(&[u8], usize, usize)],
        blocks: &[(Vec<u8>, usize)],
    ) -> Vec<u8> {
        let first_file = 36 + 8;
        let mut list = Vec::new();
        for (name, start, length) in files {
            list.extend((*length as u32).to_le_bytes());
            list.extend((*start as u32).to_le_bytes());
            list.extend([0, 0, 0, 0, 0, 0, 0x20, 0]);
            list.extend(name.iter().chain(&[0]));
        }
        let mut data = Vec::new();
        for (block, length) in blocks {
            let sizes =
                [(block.len() as u16).to_le_bytes(), (*length as u16).to_le_bytes()].concat();
            data.extend(checksum(&sizes, checksum(block, 0)).to_le_bytes());
            data.extend(sizes);
            data.extend(block);
        }
        let start = first_file + list.len();
        let mut out = b"MSCF\0\0\0\0".to_vec();
        out.extend(((start + data.len()) as u32).to_le_bytes());
        out.extend([0; 4]);
        out.extend((first_file as u32).to_le_bytes());
        out.extend([0, 0, 0, 0, 3, 1, 1, 0]);
        out.extend((files.len() as u16).to_le_bytes());
        out.extend([0; 6]);
        out.extend((start as u32).to_le_bytes());
        out.extend((blocks.len() as u16).to_le_bytes());
        out.extend(method.to_le_bytes());
        [out, list, data].concat()
    }

    fn mszip(content: &[u8]) -> Vec<u8> {
        let mut encoder =
            flate2::write::DeflateEncoder::new(b"CK".to_vec(), flate2::Compression::default());
        encoder.write_all(content).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    }

    fn read_with(bytes: &[u8], limits: Limits) -> Extraction {
        read(&Submission::file("a.cab", bytes), &mut Budget::new(limits))
    }

    fn children(made: &Extraction) -> Vec<(&str, String, usize)> {
        let content = |c: &Submission| String::from_utf8_lossy(&c.bytes).into_owned();
        made.children.iter().map(|c| (c.provenance.name(), content(c), c.gaps.len())).collect()
    }

    #[test]
    fn files_come_out_of_stored_and_packed_folders() {
        let gbk = encoding_rs::GB18030.encode("机密★10年.txt").0.into_owned();
        let files: [(&[u8], usize, usize); 2] = [(&gbk, 0, 3), (b"b.txt", 3, 5)];
        for (method, block) in [(0, b"onethree".to_vec()), (1, mszip(b"onethree"))] {
            let made = read_with(&cabinet(method, &files, &[(block, 8)]), Limits::default());
            let want = [("机密★10年.txt", "one".to_owned(), 0), ("b.txt", "three".to_owned(), 0)];
            assert_eq!(children(&made), want);
            assert!(made.gaps.is_empty(), "{:?}", made.gaps);
        }
        // The second block is a reference to the first.
        let mut packer = flate2::Compress::new(flate2::Compression::default(), false);
        packer.set_dictionary(b"onethree").expect("nothing was packed before");
        let mut back = Vec::with_capacity(64);
        packer
            .compress_vec(b"onethreeonethree", &mut back, flate2::FlushCompress::Finish)
            .expect("there is room");
        assert!(back.len() < 12);
        let blocks = [(mszip(b"onethree"), 8), ([b"CK".to_vec(), back].concat(), 16)];
        let made = read_with(&cabinet(1, &[(b"a", 0, 24)], &blocks), Limits::default());
        assert_eq!(children(&made), [("a", "onethree".repeat(3), 0)]);
        let other = cabinet(3, &files, &[(vec![0; 8], 8)]);
        let made = read_with(&other, Limits::default());
        assert_eq!(made.children[0].gaps[0].kind, GapKind::Unsupported);
    }

    #[test]
    fn damage_and_files_over_one_another_are_bounded() {
        let files: [(&[u8], usize, usize); 2] = [(b"a", 0, 3), (b"b", 3, 5)];
        let whole = cabinet(1, &files, &[(mszip(b"onethree"), 8)]);
        for at in 8..whole.len() {
            let made = read_with(&whole[..at], Limits::default());
            let told = !made.gaps.is_empty() || made.children.iter().any(|c| !c.gaps.is_empty());
            assert!(told, "{at}");
            let mut changed = whole.clone();
            changed[at] ^= 0x21;
            read_with(&changed, Limits::default());
        }
        let over: Vec<(&[u8], usize, usize)> = vec![(b"a", 0, 1000); 1000];
        let block = (vec![b'x'; 1000], 1000);
        let limits = Limits { bytes: 100_000, ..Limits::default() };
        let made = read_with(&cabinet(0, &over, &[block]), limits);
        let kept: usize = made.children.iter().map(|child| child.bytes.len()).sum();
        assert!(kept <= 100_000);
        assert_eq!(made.children[999].gaps[0].kind, GapKind::Limit(Limit::Bytes));
    }
}

//! The headers of a 7z archive (7zFormat.txt of the LZMA SDK): which streams are
//! packed how, and which members are in them.
//!
//! Nothing is given memory by a declared number: every thing that is counted
//! takes at least one byte of the header.

/// Folders and members beyond which the list is not read: a matter may have far
/// fewer parts.
const MAX_COUNT: usize = 1 << 18;

/// Coders of one folder, and streams into them.
const MAX_CODERS: usize = 32;

/// The list of an archive.
#[derive(Debug, Default)]
pub(super) struct List {
    /// How the packed streams are unpacked.
    pub streams: Streams,
    /// Members, in the order of their content.
    pub files: Vec<File>,
}

/// Packed streams and how they are unpacked.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// Where the first stream begins, from the end of the first header.
    pub start: u64,
    /// How long each stream is.
    pub packed: Vec<u64>,
    /// What is made of the streams, in their order.
    pub folders: Vec<Folder>,
}

/// Streams that are unpacked together ("folder" in the format's own words): the
/// members of a solid block.
#[derive(Clone, Debug, Default)]
pub(super) struct Folder {
    pub coders: Vec<Coder>,
    /// The input that each output of a coder goes to: input, output.
    pub bonds: Vec<(usize, usize)>,
    /// The inputs that packed streams go to.
    pub packed: Vec<usize>,
    /// How much comes out of each coder.
    pub sizes: Vec<u64>,
    /// Length and checksum of each member within.
    pub members: Vec<(u64, Option<u32>)>,
    crc: Option<u32>,
}

/// One step of unpacking. All that are known have one output.
#[derive(Clone, Debug, Default)]
pub(super) struct Coder {
    pub method: Vec<u8>,
    pub inputs: usize,
    pub properties: Vec<u8>,
}

/// One member.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub name: String,
    /// Whether it has content.
    pub has_stream: bool,
    /// Whether it is a folder on disk.
    pub is_folder: bool,
    /// Windows attributes; above them, with bit 15 set, type and rights of Unix.
    pub attributes: u32,
}

impl Folder {
    /// The coder whose output is the folder's own.
    pub fn main(&self) -> Option<usize> {
        (0..self.coders.len()).find(|output| !self.bonds.iter().any(|(_, out)| out == output))
    }

    /// How much comes out of it.
    pub fn size(&self) -> u64 {
        self.main().and_then(|main| self.sizes.get(main)).copied().unwrap_or(0)
    }
}

impl File {
    /// Whether its content is where a symbolic link leads.
    pub fn is_link(&self) -> bool {
        self.attributes & 0x8000 != 0 && self.attributes >> 28 == 0xA
            || self.attributes & 0x400 != 0
    }
}

/// What stands in a header: the list, or how to unpack it.
#[derive(Debug)]
pub(super) enum Header {
    List(List),
    Packed(Streams),
}

/// Why a header cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It does not hold together.
    Damaged,
    /// It counts more than is read.
    TooMany,
    /// It is of a kind that no program writes.
    Unknown,
}

/// Reads a header.
///
/// # Errors
/// Where it cannot be made out.
pub(super) fn read(bytes: &[u8]) -> Result<Header, Trouble> {
    let mut rest = Rest(bytes);
    match rest.byte()? {
        0x01 => list(&mut rest).map(Header::List),
        0x17 => streams(&mut rest).map(Header::Packed),
        _ => Err(Trouble::Damaged),
    }
}

fn list(rest: &mut Rest<'_>) -> Result<List, Trouble> {
    let mut list = List::default();
    let mut id = rest.byte()?;
    if id == 0x02 {
        // Properties of the archive: none is known.
        while rest.byte()? != 0 {
            let length = rest.length()?;
            rest.take(length)?;
        }
        id = rest.byte()?;
    }
    if id == 0x03 {
        return Err(Trouble::Unknown);
    }
    if id == 0x04 {
        list.streams = streams(rest)?;
        id = rest.byte()?;
    }
    if id == 0x05 {
        list.files = files(rest)?;
    }
    Ok(list)
}

fn streams(rest: &mut Rest<'_>) -> Result<Streams, Trouble> {
    let mut streams = Streams::default();
    let mut id = rest.byte()?;
    if id == 0x06 {
        streams.start = rest.number()?;
        let count = rest.count()?;
        loop {
            match rest.byte()? {
                0 => break,
                0x09 => streams.packed = rest.numbers(count)?,
                0x0A => drop(rest.digests(count)?),
                _ => return Err(Trouble::Damaged),
            }
        }
        id = rest.byte()?;
    }
    if id == 0x07 {
        streams.folders = folders(rest)?;
        id = rest.byte()?;
    }
    for folder in &mut streams.folders {
        folder.members = vec![(folder.size(), folder.crc)];
    }
    if id == 0x08 {
        members(rest, &mut streams.folders)?;
        id = rest.byte()?;
    }
    if id == 0 { Ok(streams) } else { Err(Trouble::Damaged) }
}

fn folders(rest: &mut Rest<'_>) -> Result<Vec<Folder>, Trouble> {
    if rest.byte()? != 0x0B {
        return Err(Trouble::Damaged);
    }
    let count = rest.count()?;
    if rest.byte()? != 0 {
        return Err(Trouble::Unknown);
    }
    let mut folders = Vec::new();
    for _ in 0..count {
        folders.push(folder(rest)?);
    }
    if rest.byte()? != 0x0C {
        return Err(Trouble::Damaged);
    }
    for folder in &mut folders {
        folder.sizes = rest.numbers(folder.coders.len())?;
    }
    loop {
        match rest.byte()? {
            0 => return Ok(folders),
            0x0A => {
                for (folder, crc) in folders.iter_mut().zip(rest.digests(count)?) {
                    folder.crc = crc;
                }
            }
            _ => return Err(Trouble::Damaged),
        }
    }
}

fn folder(rest: &mut Rest<'_>) -> Result<Folder, Trouble> {
    let mut folder = Folder::default();
    let (coders, mut inputs) = (rest.length()?, 0);
    if !(1..=MAX_CODERS).contains(&coders) {
        return Err(Trouble::Unknown);
    }
    for _ in 0..coders {
        let flags = rest.byte()?;
        let method = rest.take(usize::from(flags & 0x0F))?.to_vec();
        let mut coder = Coder { method, inputs: 1, properties: Vec::new() };
        if flags & 0x10 != 0 {
            coder.inputs = rest.length()?;
            if rest.length()? != 1 || coder.inputs > MAX_CODERS {
                return Err(Trouble::Unknown);
            }
        }
        if flags & 0x20 != 0 {
            let length = rest.length()?;
            coder.properties = rest.take(length)?.to_vec();
        }
        if flags & 0x80 != 0 {
            return Err(Trouble::Unknown);
        }
        inputs += coder.inputs;
        folder.coders.push(coder);
    }
    for _ in 1..coders {
        folder.bonds.push((rest.length()?, rest.length()?));
    }
    let packed = inputs.checked_sub(folder.bonds.len()).ok_or(Trouble::Damaged)?;
    if packed > MAX_CODERS {
        return Err(Trouble::Unknown);
    }
    if packed == 1 {
        let free = (0..inputs).find(|at| !folder.bonds.iter().any(|(input, _)| input == at));
        folder.packed = vec![free.ok_or(Trouble::Damaged)?];
    } else {
        for _ in 0..packed {
            folder.packed.push(rest.length()?);
        }
    }
    Ok(folder)
}

/// How each folder's content is cut into members.
fn members(rest: &mut Rest<'_>, folders: &mut [Folder]) -> Result<(), Trouble> {
    let mut id = rest.byte()?;
    let mut counts = vec![1; folders.len()];
    if id == 0x0D {
        let mut total = 0usize;
        for count in &mut counts {
            *count = rest.length()?;
            total = total.saturating_add(*count);
        }
        if total > MAX_COUNT {
            return Err(Trouble::TooMany);
        }
        id = rest.byte()?;
    }
    for (folder, count) in folders.iter_mut().zip(&counts) {
        let (whole, crc) = (folder.size(), folder.crc.filter(|_| *count == 1));
        let mut left = whole;
        folder.members.clear();
        for at in 0..*count {
            // The last takes what is left.
            let size = match at + 1 == *count {
                true => left,
                false if id == 0x09 => rest.number()?,
                false => 0,
            };
            left = left.checked_sub(size).ok_or(Trouble::Damaged)?;
            folder.members.push((size, crc));
        }
    }
    if id == 0x09 {
        id = rest.byte()?;
    }
    while id != 0 {
        if id != 0x0A {
            return Err(Trouble::Damaged);
        }
        let unknown = folders.iter().flat_map(|folder| &folder.members);
        let unknown = unknown.filter(|(_, crc)| crc.is_none()).count();
        let mut digests = rest.digests(unknown)?.into_iter();
        let all = folders.iter_mut().flat_map(|folder| &mut folder.members);
        for (_, crc) in all.filter(|(_, crc)| crc.is_none()) {
            *crc = digests.next().flatten();
        }
        id = rest.byte()?;
    }
    Ok(())
}

fn files(rest: &mut Rest<'_>) -> Result<Vec<File>, Trouble> {
    let count = rest.count()?;
    let mut files = vec![File { has_stream: true, ..File::default() }; count];
    let mut empty = Vec::new();
    loop {
        let id = rest.byte()?;
        if id == 0 {
            break;
        }
        let length = rest.length()?;
        let mut property = Rest(rest.take(length)?);
        match id {
            0x0E => {
                let bits = property.bits(count)?;
                for (file, is_empty) in files.iter_mut().zip(&bits) {
                    (file.has_stream, file.is_folder) = (!is_empty, *is_empty);
                }
                empty = bits;
            }
            0x0F => {
                let which = empty.iter().zip(&mut files).filter(|(is_empty, _)| **is_empty);
                let which: Vec<&mut File> = which.map(|(_, file)| file).collect();
                let bits = property.bits(which.len())?;
                for (file, is_file) in which.into_iter().zip(bits) {
                    file.is_folder = !is_file;
                }
            }
            0x11 => {
                if property.byte()? != 0 {
                    return Err(Trouble::Unknown);
                }
                for file in &mut files {
                    file.name = property.name()?;
                }
            }
            0x15 => {
                let known = property.all_or_bits(count)?;
                if property.byte()? != 0 {
                    return Err(Trouble::Unknown);
                }
                for (file, _) in files.iter_mut().zip(known).filter(|(_, is_known)| *is_known) {
                    file.attributes = property.word()?;
                }
            }
            // Times, positions, filling and what is not known yet.
            _ => {}
        }
    }
    Ok(files)
}

/// What is left of a header.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Trouble> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Trouble::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Trouble> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    fn word(&mut self) -> Result<u32, Trouble> {
        let bytes = self.take(4)?.first_chunk().copied();
        Ok(u32::from_le_bytes(bytes.unwrap_or_default()))
    }

    /// A number whose first byte says by its leading ones how many follow.
    fn number(&mut self) -> Result<u64, Trouble> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let low = self.take(more as usize)?;
        let low = low.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let high = u64::from(first & 0x7F_u8.checked_shr(more).unwrap_or(0));
        Ok(low | high.checked_shl(8 * more).unwrap_or(0))
    }

    fn length(&mut self) -> Result<usize, Trouble> {
        usize::try_from(self.number()?).map_err(|_| Trouble::Damaged)
    }

    /// How many things follow. Each takes a byte at the least.
    fn count(&mut self) -> Result<usize, Trouble> {
        let count = self.length()?;
        // Names take two bytes each, sizes one; only empty lists take none.
        if count > self.0.len() {
            return Err(Trouble::Damaged);
        }
        if count > MAX_COUNT { Err(Trouble::TooMany) } else { Ok(count) }
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<u64>, Trouble> {
        (0..count).map(|_| self.number()).collect()
    }

    fn bits(&mut self, count: usize) -> Result<Vec<bool>, Trouble> {
        let bytes = self.take(count.div_ceil(8))?;
        let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte & 0x80 >> (at % 8) != 0);
        Ok((0..count).map(bit).collect())
    }

    fn all_or_bits(&mut self, count: usize) -> Result<Vec<bool>, Trouble> {
        if self.byte()? != 0 { Ok(vec![true; count]) } else { self.bits(count) }
    }

    fn digests(&mut self, count: usize) -> Result<Vec<Option<u32>>, Trouble> {
        let known = self.all_or_bits(count)?;
        known.into_iter().map(|is_known| is_known.then(|| self.word()).transpose()).collect()
    }

    /// A name in UTF-16, ended by a zero.
    fn name(&mut self) -> Result<String, Trouble> {
        let (units, _) = self.0.as_chunks::<2>();
        let end = units.iter().position(|unit| *unit == [0, 0]).ok_or(Trouble::Damaged)?;
        let name = units.iter().take(end).map(|unit| u16::from_le_bytes(*unit));
        let name = char::decode_utf16(name).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        let name = name.collect();
        self.take(2 * end + 2)?;
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_their_first_byte_says() {
        for (bytes, want, left) in [
            (&[0x05, 9][..], Some(5), 1),
            (&[0x7F], Some(127), 0),
            (&[0x81, 0x02], Some(0x0102), 0),
            (&[0xC1, 2, 3], Some(0x01_0302), 0),
            (&[0xFE, 1, 2, 3, 4, 5, 6, 7], Some(0x07_0605_0403_0201), 0),
            (&[0xFF, 1, 2, 3, 4, 5, 6, 7, 8], Some(0x0807_0605_0403_0201), 0),
            (&[0xFF, 1], None, 1),
            (&[], None, 0),
        ] {
            let mut rest = Rest(bytes);
            assert_eq!(rest.number().ok(), want, "{bytes:?}");
            assert_eq!(rest.0.len(), left, "{bytes:?}");
        }
    }

    #[test]
    fn counts_are_held_against_what_is_there() {
        for (bytes, want) in [
            // Four thousand million members in a list of a few bytes.
            (&[1, 5, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0][..], Trouble::Damaged),
            (&[1, 4, 6, 0, 0xE0, 0xFF, 0xFF, 0xFF], Trouble::Damaged),
            (&[1, 4, 7, 0x0B, 1, 0, 0x80, 0xFF], Trouble::Unknown),
            (&[1, 3], Trouble::Unknown),
            (&[9], Trouble::Damaged),
        ] {
            assert_eq!(read(bytes).err(), Some(want), "{bytes:?}");
        }
    }
}

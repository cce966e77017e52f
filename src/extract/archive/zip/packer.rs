//! Makes ZIP files for tests, byte by byte: also such as no tool would make.

use std::io::Write;

use crc32fast::Hasher as Crc;
use flate2::Compression;
use flate2::write::DeflateEncoder;

/// A member to pack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packed {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub extra: Vec<u8>,
    pub comment: Vec<u8>,
    /// Whether the central directory leaves it out.
    pub unlisted: bool,
    /// Another name for its own header.
    pub local_name: Option<Vec<u8>>,
    /// Its data, where they are not its content packed by its method.
    pub data: Option<Vec<u8>>,
    /// Type and rights, as Unix has them.
    pub mode: u16,
}

impl Packed {
    /// Content, deflated.
    pub fn new(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        let (name, content) = (name.as_ref().to_vec(), content.as_ref().to_vec());
        Self { name, content, method: 8, flags: 0x0800, ..Self::default() }
    }

    fn data(&self) -> Vec<u8> {
        if let Some(data) = &self.data {
            return data.clone();
        }
        if self.method != 8 {
            return self.content.clone();
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&self.content).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    }

    /// Version, flags, method, time, date, checksum and sizes: alike in both headers.
    fn common(&self, packed: usize, streamed: bool) -> Vec<u8> {
        let mut crc = Crc::new();
        crc.update(&self.content);
        let mut out = Vec::new();
        out.extend(20u16.to_le_bytes());
        out.extend(self.flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        out.extend([0; 4]);
        let known = [crc.finalize(), packed as u32, self.content.len() as u32];
        for value in known {
            out.extend(if streamed { 0 } else { value }.to_le_bytes());
        }
        out
    }
}

/// A ZIP file of these members, with an archive comment.
pub(crate) fn pack(members: &[Packed], comment: &[u8]) -> Vec<u8> {
    let (mut out, mut central, mut count) = (Vec::new(), Vec::new(), 0u16);
    for member in members {
        let at = out.len() as u32;
        let data = member.data();
        let streamed = member.flags & 8 != 0;
        let local_name = member.local_name.as_ref().unwrap_or(&member.name);
        out.extend(b"PK\x03\x04");
        out.extend(member.common(data.len(), streamed));
        out.extend((local_name.len() as u16).to_le_bytes());
        out.extend((member.extra.len() as u16).to_le_bytes());
        out.extend(local_name);
        out.extend(&member.extra);
        out.extend(&data);
        if streamed {
            out.extend(b"PK\x07\x08");
            out.extend(&member.common(data.len(), false)[10..22]);
        }
        if member.unlisted {
            continue;
        }
        count += 1;
        central.extend(b"PK\x01\x02");
        central.extend([20, if member.mode > 0 { 3 } else { 0 }]);
        central.extend(member.common(data.len(), false));
        for length in [member.name.len(), member.extra.len(), member.comment.len(), 0, 0] {
            central.extend((length as u16).to_le_bytes());
        }
        central.extend([0; 2]);
        central.extend(member.mode.to_le_bytes());
        central.extend(at.to_le_bytes());
        central.extend(&member.name);
        central.extend(&member.extra);
        central.extend(&member.comment);
    }
    let start = out.len() as u32;
    let length = central.len() as u32;
    out.extend(central);
    out.extend(b"PK\x05\x06");
    for value in [0, 0, count, count] {
        out.extend(value.to_le_bytes());
    }
    out.extend(length.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend((comment.len() as u16).to_le_bytes());
    out.extend(comment);
    out
}

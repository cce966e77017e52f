//! Projects of macros (MS-OVBA): the source of their modules, which is text that
//! a person wrote.

use std::io::Cursor;
use std::path::Path;

use cfb::CompoundFile;
use memchr::memmem;

use crate::extract::charset::code_page;
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{BlockHead, Gap, GapKind, Submission, TextBuilder};

/// Bytes that a chunk comes to at most (2.4.1.1.4).
const CHUNK: usize = 4096;

/// How a module's source begins, behind the first flag of its first chunk.
const BEGINS: &[u8] = b"\0Attribut";

/// Reads a project in a file of its own (`vbaProject.bin`).
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let Ok(mut file) = CompoundFile::open(Cursor::new(&submission.bytes[..])) else {
        return Extraction::gap(GapKind::Damaged, "the compound file cannot be opened");
    };
    let mut project = modules(&mut file, "/", budget);
    if project.modules.is_empty() && project.gaps.is_empty() {
        project.damaged("its modules");
    }
    let mut text = TextBuilder::new();
    let mut line = 0;
    for (group, module) in (1..).zip(&project.modules) {
        for shown in module.source.split(['\n', '\r']).filter(|line| !line.trim().is_empty()) {
            line += 1;
            let label = module.name.clone();
            text.block(&BlockHead { page: 1, line, label, group, ..BlockHead::default() }, shown);
        }
    }
    Extraction { text: text.finish(), gaps: project.gaps, ..Extraction::default() }
}

/// What a project of macros holds.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub modules: Vec<Module>,
    pub gaps: Vec<Gap>,
}

/// A module's source, or what is written in a form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Module {
    pub name: String,
    pub source: String,
}

/// Reads the project under `root` of a compound file: `/` in a file of its own,
/// `/Macros` in a Word document, `/_VBA_PROJECT_CUR` in a workbook.
pub(crate) fn modules(
    file: &mut CompoundFile<Cursor<&[u8]>>,
    root: &str,
    budget: &mut Budget,
) -> Project {
    let mut project = Project::default();
    let folder = Path::new(root).join("VBA");
    let Ok(entries) = file.read_storage(&folder) else { return project };
    let names: Vec<String> =
        entries.filter(cfb::Entry::is_stream).map(|e| e.name().to_owned()).collect();
    let mut page = 1252;
    let mut listed = Vec::new();
    match project.stream(file, &folder.join("dir"), budget) {
        Some(dir) => {
            let (records, whole) = decompressed(&dir, budget, &mut project.gaps);
            if !whole {
                project.damaged("its list of modules");
            }
            (page, listed) = directory(&records);
        }
        None => project.damaged("its list of modules"),
    }
    for name in names {
        let is_apparatus = name.eq_ignore_ascii_case("dir")
            || name.starts_with("_VBA_PROJECT")
            || name.starts_with("__SRP_");
        if is_apparatus {
            continue;
        }
        let Some(stream) = project.stream(file, &folder.join(&name), budget) else { continue };
        let offset = listed.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
        // Where nothing lists it, the source is found by how every one begins.
        let by_look = || memmem::find(&stream, BEGINS)?.checked_sub(3);
        let source = offset.map(|(_, at)| *at).filter(|at| stream.get(*at) == Some(&1));
        let Some(packed) = source.or_else(by_look).and_then(|at| stream.get(at..)) else {
            project.damaged(&name);
            continue;
        };
        let (source, whole) = decompressed(packed, budget, &mut project.gaps);
        if !whole {
            project.damaged(&name);
        }
        let source = code_page::decode(page, &source).into_owned();
        project.modules.push(Module { name, source });
    }
    project.read_forms(file, root, page, budget);
    project
}

impl Project {
    fn damaged(&mut self, what: &str) {
        let what: String = what.chars().take(80).collect();
        let gap = Gap::new(GapKind::Damaged, format!("macros: {what} cannot be read"));
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn stream(
        &mut self,
        file: &mut CompoundFile<Cursor<&[u8]>>,
        path: &Path,
        budget: &mut Budget,
    ) -> Option<Vec<u8>> {
        let stream = file.open_stream(path).ok()?;
        let length = stream.len();
        let (bytes, gap) = Metered::new(stream, length, budget).read_all();
        self.gaps.extend(gap.filter(|gap| !self.gaps.contains(gap)));
        Some(bytes)
    }

    /// Forms (2.2.10, 2.3.5): their titles are read; what stands on their
    /// controls is kept in a format of its own.
    fn read_forms(
        &mut self,
        file: &mut CompoundFile<Cursor<&[u8]>>,
        root: &str,
        page: u32,
        budget: &mut Budget,
    ) {
        let Ok(entries) = file.read_storage(root) else { return };
        let storages: Vec<_> = entries
            .filter(|e| e.is_storage() && !e.name().eq_ignore_ascii_case("VBA"))
            .map(|e| e.path().to_owned())
            .collect();
        for storage in storages {
            let frame = self.stream(file, &storage.join("\u{3}VBFrame"), budget);
            let Some(frame) = frame else { continue };
            let name = storage.file_name().map_or_else(String::new, |n| n.to_string_lossy().into());
            let controls = self.stream(file, &storage.join("o"), budget);
            if controls.is_some_and(|bytes| !bytes.is_empty()) {
                let words = "macros: the controls of a form are not read";
                let gap = Gap::new(GapKind::Unsupported, words);
                if !self.gaps.contains(&gap) {
                    self.gaps.push(gap);
                }
            }
            let source = code_page::decode(page, &frame).into_owned();
            self.modules.push(Module { name, source });
        }
    }
}

/// The code page, and each module's stream with the offset of its source, of a
/// `dir` stream (2.3.4.2).
fn directory(records: &[u8]) -> (u32, Vec<(String, usize)>) {
    let (mut page, mut listed) = (1252, Vec::new());
    let (mut name, mut at) = (String::new(), 0usize);
    while let (Some(id), Some(size)) = (number(records, at, 2), number(records, at + 2, 4)) {
        // The version's record says it is two bytes shorter than it is.
        let size = if id == 0x0009 { 6 } else { size as usize };
        let Some(data) = records.get(at + 6..).and_then(|rest| rest.get(..size)) else { break };
        match id {
            0x0003 => page = number(data, 0, 2).unwrap_or(page),
            0x001A => name = code_page::decode(page, data).into_owned(),
            0x0032 => {
                let units = data.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]]));
                name = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
            }
            0x0031 => {
                if let Some(offset) = number(data, 0, 4) {
                    listed.push((std::mem::take(&mut name), offset as usize));
                }
            }
            0x0010 => break,
            _ => {}
        }
        at += 6 + size;
    }
    (page, listed)
}

fn number(bytes: &[u8], at: usize, size: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(size)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// What a compressed container holds (2.4.1.3), and whether that is all of it.
/// What comes out is charged.
pub(crate) fn decompressed(
    container: &[u8],
    budget: &mut Budget,
    gaps: &mut Vec<Gap>,
) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let Some((1, mut rest)) = container.split_first() else { return (out, false) };
    while let Some(header) = number(rest, 0, 2) {
        // What follows the last chunk is none.
        if header >> 12 & 7 != 3 {
            break;
        }
        let size = (header & 0x0FFF) as usize + 1;
        let is_packed = header & 0x8000 != 0;
        let data = rest.get(2..).unwrap_or_default();
        let whole = data.len() >= size || !is_packed;
        let begins = out.len();
        match is_packed {
            true => unpack(data.get(..size).unwrap_or(data), begins, &mut out),
            false => out.extend_from_slice(data.get(..CHUNK).unwrap_or(data)),
        }
        if let Err(gap) = budget.spend_bytes((out.len() - begins) as u64) {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
            return (out, false);
        }
        if !whole {
            return (out, false);
        }
        rest = data.get(size..).unwrap_or_default();
    }
    (out, true)
}

/// Unpacks one chunk behind what there is (2.4.1.3.2): literal bytes, and copies
/// of what came before in the chunk.
fn unpack(mut data: &[u8], begins: usize, out: &mut Vec<u8>) {
    while let Some((flags, rest)) = data.split_first() {
        data = rest;
        for bit in 0..8 {
            let so_far = out.len() - begins;
            if so_far >= CHUNK || data.is_empty() {
                break;
            }
            if flags >> bit & 1 == 0 {
                out.push(data[0]);
                data = &data[1..];
                continue;
            }
            let Some(token) = number(data, 0, 2) else { return };
            data = data.get(2..).unwrap_or_default();
            // The farther into the chunk, the more bits the offset has (2.4.1.3.19.1).
            let bits = (4..12).find(|bits| so_far <= 1 << bits).unwrap_or(12);
            let length = (token & (0xFFFF >> bits)) as usize + 3;
            let offset = (token >> (16 - bits)) as usize + 1;
            if offset > so_far {
                return;
            }
            for _ in 0..length.min(CHUNK - so_far) {
                let byte = out[out.len() - offset];
                out.push(byte);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;
    use std::io::Write;

    fn unpacked(container: &[u8]) -> (Vec<u8>, bool) {
        decompressed(container, &mut Budget::new(Limits::default()), &mut Vec::new())
    }

    /// The examples of the specification (3.2).
    #[test]
    fn containers_come_apart_as_the_specification_says() {
        let plain: &[u8] = &[
            0x01, 0x19, 0xB0, 0x00, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x00, 0x69,
            0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70, 0x00, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76,
            0x2E,
        ];
        assert_eq!(unpacked(plain), (b"abcdefghijklmnopqrstuv.".to_vec(), true));
        let most: &[u8] = &[0x01, 0x03, 0xB0, 0x02, 0x61, 0x45, 0x00];
        assert_eq!(unpacked(most), (vec![b'a'; 73], true));
        assert!(!unpacked(&plain[..20]).1, "a chunk that is cut");
        assert_eq!(unpacked(b""), (Vec::new(), false));
    }

    /// A container of literal bytes.
    fn packed(content: &[u8]) -> Vec<u8> {
        let mut container = vec![1];
        for chunk in content.chunks(2048) {
            let data: Vec<u8> =
                chunk.chunks(8).flat_map(|eight| [&[0u8][..], eight].concat()).collect();
            container.extend((0xB000 | (data.len() as u16 - 1)).to_le_bytes());
            container.extend(data);
        }
        container
    }

    fn record(id: u16, data: &[u8]) -> Vec<u8> {
        let mut record = id.to_le_bytes().to_vec();
        record.extend((data.len() as u32).to_le_bytes());
        record.extend(data);
        record
    }

    fn project(module: &[u8], listed: bool) -> Vec<u8> {
        let mut dir = record(0x0003, &936u16.to_le_bytes());
        dir.extend([9, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0]);
        if listed {
            dir.extend(record(0x001A, b"Module1"));
            dir.extend(record(0x0031, &7u32.to_le_bytes()));
        }
        dir.extend(record(0x0010, b""));
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
        file.create_storage("/VBA").expect("a new name");
        let mut put = |name: &str, content: &[u8]| {
            let mut stream = file.create_stream(name).expect("a new name");
            stream.write_all(content).expect("memory");
        };
        put("/VBA/dir", &packed(&dir));
        put("/VBA/_VBA_PROJECT", b"\xCC\x61");
        put("/VBA/Module1", &[b"p-code\0", &packed(module)[..]].concat());
        file.flush().expect("memory");
        file.into_inner().into_inner()
    }

    fn read_bytes(bytes: Vec<u8>) -> Extraction {
        let submission = Submission::file("vbaProject.bin", bytes);
        read(&submission, &mut Budget::new(Limits::default()))
    }

    #[test]
    fn sources_are_read_in_their_code_page_and_found_without_a_list() {
        let source = "Attribute VB_Name = \"Module1\"\r\n' 机密★10年\r\nSub A()\r\nEnd Sub\r\n";
        let (source, _, _) = encoding_rs::GB18030.encode(source);
        for listed in [true, false] {
            let extraction = read_bytes(project(&source, listed));
            assert_eq!(extraction.gaps, []);
            assert!(extraction.text.as_str().contains("\n' 机密★10年\nSub A()"), "{listed}");
            assert_eq!(extraction.text.label(&extraction.text.blocks()[0]), "Module1");
        }
    }

    #[test]
    fn no_damage_is_silent() {
        let source = b"Attribute VB_Name = \"Module1\"\r\n' SECRET\r\n";
        let whole = project(source, true);
        for at in (0..whole.len()).step_by(11) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x42;
            // A flipped letter of the source is another source.
            for bytes in [bytes, whole[..at].to_vec()] {
                let extraction = read_bytes(bytes);
                assert!(!extraction.text.as_str().is_empty() || !extraction.gaps.is_empty());
            }
        }
        assert_eq!(read_bytes(b"none".to_vec()).gaps.len(), 1);
    }
}

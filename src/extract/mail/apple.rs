//! Files of a Mac in two forks (AppleSingle and AppleDouble, RFC 1740): parts of
//! mails, and the `._name` beside each `name` in archives that a Mac made.

use super::page::Page;
use crate::extract::{Budget, Extraction, charset};
use crate::model::{Gap, GapKind, Origin, Region, Submission};

/// Kinds of entries (RFC 1740, appendix B).
const DATA_FORK: u32 = 1;
const RESOURCE_FORK: u32 = 2;
const REAL_NAME: u32 = 3;
const COMMENT: u32 = 4;
const FINDER_INFO: u32 = 9;

/// Resources without words: icons, previews, windows' places.
const WORDLESS: &[&[u8; 4]] = &[
    b"icns", b"ICN#", b"ICON", b"icl4", b"icl8", b"ics#", b"ics4", b"ics8", b"il32", b"l8mk",
    b"is32", b"s8mk", b"it32", b"t8mk", b"PICT", b"pnot", b"usro", b"WPOS", b"BNDL", b"FREF",
];

/// Reads one such file.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes = &submission.bytes[..];
    let mut out = Extraction::default();
    let mut page = Page::new();
    let count = u16_at(bytes, 24).unwrap_or(0);
    let (mut name, mut data) = (None, Vec::new());
    for number in 0..usize::from(count) {
        let entry = 26 + number * 12;
        let Some(kind) = u32_at(bytes, entry) else {
            out.gaps.push(damaged());
            break;
        };
        let Some(content) = slice(bytes, u32_at(bytes, entry + 4), u32_at(bytes, entry + 8)) else {
            out.gaps.push(damaged());
            continue;
        };
        if let Err(gap) = spend(content, budget) {
            out.gaps.push(gap);
            break;
        }
        match kind {
            DATA_FORK if !content.is_empty() => data.push(content),
            RESOURCE_FORK => out.gaps.extend(resources(content)),
            REAL_NAME => {
                let real = text(content);
                page.field(Region::AttachmentName, "", &real, budget);
                name = Some(real);
            }
            COMMENT => page.field(Region::Comment, "", &text(content), budget),
            FINDER_INFO => out.gaps.extend(attributes(bytes, content, &mut page, budget).err()),
            _ => {}
        }
    }
    let name = name.unwrap_or_else(|| "data".to_owned());
    for data in data {
        if let Err(gap) = budget.spend_bytes(data.len() as u64) {
            out.gaps.push(gap);
            break;
        }
        out.children.push(submission.child(name.clone(), Origin::Embedded, data));
    }
    let (text, gap) = page.finish();
    out.text = text;
    out.gaps.extend(gap);
    out
}

fn damaged() -> Gap {
    Gap::new(GapKind::Damaged, "an entry of the file lies outside of it")
}

/// Charges what it costs to look through bytes: many entries may share the same.
fn spend(bytes: &[u8], budget: &mut Budget) -> Result<(), Gap> {
    budget.spend_steps(1 + bytes.len() as u64 / 16)
}

/// A gap, if a resource fork holds what may have words (Inside Macintosh, More
/// Macintosh Toolbox, 1-121: a head, the data, and a map with the types).
fn resources(fork: &[u8]) -> Option<Gap> {
    let at = |place| u32_at(fork, place).and_then(|n| usize::try_from(n).ok());
    if at(8).unwrap_or(0) == 0 {
        return None;
    }
    let map = at(4).and_then(|at| fork.get(at..)).unwrap_or_default();
    let types = u16_at(map, 24).and_then(|at| map.get(usize::from(at)..)).unwrap_or_default();
    let count = u16_at(types, 0).map_or(0, |last| usize::from(last.wrapping_add(1)));
    let known = |number: usize| {
        let kind = types.get(2 + number * 8..6 + number * 8);
        kind.is_some_and(|kind| WORDLESS.iter().any(|known| known[..] == *kind))
    };
    let wordless = !types.is_empty() && (0..count).all(known);
    (!wordless).then(|| Gap::new(GapKind::Unsupported, "the resource fork is not read"))
}

/// Extended attributes, which stand behind the Finder's own (XNU, `vfs_xattr.c`):
/// tags and comments of the Finder among them.
fn attributes(
    bytes: &[u8],
    finder: &[u8],
    page: &mut Page,
    budget: &mut Budget,
) -> Result<(), Gap> {
    let Some(head) = finder.get(34..).filter(|head| head.starts_with(b"ATTR")) else {
        return Ok(());
    };
    let count = u16_at(head, 34).unwrap_or(0);
    let mut at = 36;
    for _ in 0..count {
        let length = usize::from(head.get(at + 10).copied().unwrap_or(0));
        let Some(name) = head.get(at + 11..at + 11 + length) else { return Err(damaged()) };
        let name = String::from_utf8_lossy(name).trim_end_matches('\0').to_owned();
        let value = slice(bytes, u32_at(head, at), u32_at(head, at + 4)).ok_or_else(damaged)?;
        at += (11 + length).next_multiple_of(4);
        spend(value, budget)?;
        if value.starts_with(b"bplist00") {
            for text in strings(value).ok_or_else(damaged)? {
                page.field(Region::Property, &name, &text, budget);
            }
        } else if !value.contains(&0)
            && let Ok(text) = std::str::from_utf8(value)
        {
            page.field(Region::Property, &name, text, budget);
        }
    }
    Ok(())
}

/// The strings of a binary property list, in the order of its table of objects;
/// nothing if objects lie outside of it or over one another.
fn strings(list: &[u8]) -> Option<Vec<String>> {
    let trailer = list.get(list.len().checked_sub(32)?..)?;
    let width = usize::from(*trailer.get(6)?).clamp(1, 8);
    let count = usize::try_from(number(trailer.get(8..16)?)).ok()?;
    let table = list.get(usize::try_from(number(trailer.get(24..32)?)).ok()?..)?;
    let table = table.get(..count.checked_mul(width)?)?;
    let (mut found, mut left) = (Vec::new(), list.len());
    for offset in table.chunks_exact(width).map(number) {
        let Some((is_wide, content)) = string(list.get(usize::try_from(offset).ok()?..)?)? else {
            continue;
        };
        left = left.checked_sub(content.len())?;
        let units = content.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
        let text = match is_wide {
            true => char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect(),
            false => String::from_utf8_lossy(content).into_owned(),
        };
        if !text.trim().is_empty() {
            found.push(text);
        }
    }
    Some(found)
}

/// The string an object is, if it is one, and whether it is in UTF-16; nothing
/// if it is cut.
fn string(object: &[u8]) -> Option<Option<(bool, &[u8])>> {
    let marker = *object.first()?;
    let is_wide = match marker >> 4 {
        5 => false,
        6 => true,
        _ => return Some(None),
    };
    let (length, begin) = match marker & 0x0F {
        // The length is an object of its own: a number of 1, 2, 4 or 8 bytes.
        0x0F => {
            let size = 1_usize << (*object.get(1)? & 3);
            (usize::try_from(number(object.get(2..2 + size)?)).ok()?, 2 + size)
        }
        short => (usize::from(short), 1),
    };
    let length = length.checked_mul(if is_wide { 2 } else { 1 })?;
    Some(Some((is_wide, object.get(begin..begin.checked_add(length)?)?)))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn text(bytes: &[u8]) -> String {
    charset::decode(bytes, usize::MAX).text
}

fn slice(bytes: &[u8], offset: Option<u32>, length: Option<u32>) -> Option<&[u8]> {
    let offset = usize::try_from(offset?).ok()?;
    bytes.get(offset..offset.checked_add(usize::try_from(length?).ok()?)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Limits, extract};

    fn file(entries: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let mut head = b"\0\x05\x16\x07\0\x02\0\0".to_vec();
        head.extend([0; 16]);
        head.extend((entries.len() as u16).to_be_bytes());
        let mut at = 26 + entries.len() * 12;
        for (kind, content) in entries {
            head.extend([*kind, at as u32, content.len() as u32].map(u32::to_be_bytes).concat());
            at += content.len();
        }
        entries.iter().for_each(|(_, content)| head.extend(content));
        head
    }

    fn reading(bytes: &[u8]) -> (Vec<(Region, String)>, Vec<GapKind>, usize) {
        let submission = Submission::file("._a", bytes);
        let read = extract(&submission, &mut Budget::new(Limits::default()));
        let blocks = read.text.blocks().iter();
        let blocks = blocks.map(|b| (b.region, read.text.block_text(b).to_owned())).collect();
        (blocks, read.gaps.iter().map(|g| g.kind).collect(), read.children.len())
    }

    /// A property list that is an array of one string.
    fn list(text: &str) -> Vec<u8> {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut out = b"bplist00\xA1\x01".to_vec();
        out.push(0x60 | (units.len() / 2) as u8);
        out.extend(&units);
        let table = out.len() as u64;
        out.extend([8, 10]);
        out.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        out.extend([2_u64, 0, table].map(u64::to_be_bytes).concat());
        out
    }

    #[test]
    fn names_tags_and_data_come_out() {
        let tag = list("机密\n6");
        let name = b"com.apple.metadata:_kMDItemUserTags\0";
        let mut finder = vec![0; 34];
        finder.extend(b"ATTR");
        finder.extend([0; 28]);
        finder.extend([0, 0, 0, 1]);
        // The file has two entries before what is here: 26 + 24 bytes.
        let value = 50 + finder.len() + (11 + name.len()).next_multiple_of(4);
        finder.extend([value as u32, tag.len() as u32].map(u32::to_be_bytes).concat());
        finder.extend([0, 0, name.len() as u8]);
        finder.extend(name);
        finder.resize(value - 50, 0);
        finder.extend(tag);
        let whole = file(&[(FINDER_INFO, finder), (REAL_NAME, "秘密.txt".into())]);
        let (blocks, gaps, _) = reading(&whole);
        assert_eq!(
            blocks[..2],
            [
                (Region::Property, "机密 6".to_owned()),
                (Region::AttachmentName, "秘密.txt".to_owned()),
            ]
        );
        assert!(gaps.is_empty());
        let forks = [(DATA_FORK, b"abc".to_vec()), (DATA_FORK, b"def".to_vec())];
        assert_eq!(reading(&file(&forks)).2, 2);
        for at in 8..whole.len() {
            reading(&whole[..at]);
            let mut changed = whole.clone();
            changed[at] = 0xFF;
            reading(&changed);
        }
    }

    #[test]
    fn lists_give_their_strings_or_are_damaged() {
        let long = "密".repeat(300);
        let mut out = b"bplist00\x6F\x11\x01\x2C".to_vec();
        out.extend(long.encode_utf16().flat_map(u16::to_be_bytes));
        let table = out.len() as u64;
        out.extend([8, 0, 0, 0, 0, 0, 0, 1, 1]);
        out.extend([1_u64, 0, table].map(u64::to_be_bytes).concat());
        assert_eq!(strings(&out), Some(vec![long]));
        // The same string over and over.
        let mut many = list("机密");
        let at = many.len() - 34;
        many.splice(at..at + 2, [10; 200]);
        let count = many.len() - 24;
        many[count..count + 8].copy_from_slice(&200_u64.to_be_bytes());
        assert_eq!(strings(&many), None);
        assert_eq!(strings(b"bplist00"), None);
    }

    #[test]
    fn work_on_entries_that_share_their_bytes_is_bounded() {
        let mut head = file(&[]);
        head.truncate(24);
        head.extend(u16::MAX.to_be_bytes());
        head.extend(
            [COMMENT, 0, 800_000].map(u32::to_be_bytes).concat().repeat(usize::from(u16::MAX)),
        );
        head.resize(800_000, b'a');
        let submission = Submission::file("._a", head);
        let mut budget = Budget::new(Limits { steps: 200_000, ..Limits::default() });
        let read = read(&submission, &mut budget);
        assert!(read.gaps.iter().any(|gap| matches!(gap.kind, GapKind::Limit(_))));
    }

    #[test]
    fn resources_with_words_are_a_gap() {
        let fork = |kind: &[u8; 4], length: u32| {
            let mut out = [16, 16 + length, length, 50].map(u32::to_be_bytes).concat();
            out.extend(vec![0; length as usize]);
            out.extend([0; 24]);
            out.extend([0, 28, 0, 0, 0, 0]);
            out.extend(kind);
            out.extend([0, 0, 0, 0]);
            out
        };
        for (kind, length, want) in
            [(b"icns", 4, vec![]), (b"TEXT", 4, vec![GapKind::Unsupported]), (b"TEXT", 0, vec![])]
        {
            assert_eq!(reading(&file(&[(RESOURCE_FORK, fork(kind, length))])).1, want);
        }
        let cut = file(&[(RESOURCE_FORK, fork(b"icns", 4)[..20].to_vec())]);
        assert_eq!(reading(&cut).1, [GapKind::Unsupported]);
    }
}

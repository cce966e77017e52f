//! Archives of `cpio(1)` whose headers are text: the portable one in octal digits
//! (070707) and the new ones in hexadecimal (070701, 070702).

use super::members::Members;
use super::names;
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{Gap, GapKind, Submission};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes: &[u8] = &submission.bytes;
    let mut members = Members::new(submission, budget);
    let mut entries = Vec::new();
    let mut at = 0;
    let mut has_end = false;
    while let Some(entry) = Entry::at(bytes, at) {
        if let Err(gap) = budget.spend_steps(1) {
            members.gap(gap);
            return members.finish();
        }
        at = entry.next;
        if entry.name == b"TRAILER!!!" {
            has_end = true;
            break;
        }
        entries.push(entry);
    }
    let encoding = names::encoding_of(entries.iter().map(|entry| entry.name));
    members.names_guessed(encoding.name());
    for entry in &entries {
        let name = names::decode(entry.name, &[], false, encoding);
        let data = bytes.get(entry.begin..entry.end.min(bytes.len())).unwrap_or_default();
        match entry.mode >> 12 & 0xF {
            0o4 => members.folder(&name),
            0o12 => members.link(&name, &names::decode(data, &[], false, encoding)),
            0o1 | 0o2 | 0o6 | 0o14 => members.device(&name),
            _ if !members.has_room() => break,
            _ => {
                let gap = entry.trouble(bytes, data);
                let (content, limit) = Metered::new(data, data.len() as u64, budget).read_all();
                members.take(&name, content, limit.or(gap));
            }
        }
    }
    if !has_end {
        let words = format!("from byte {at} on there is no header of a member");
        members.gap(Gap::new(GapKind::Damaged, words));
    }
    members.take_rest(bytes.get(at..).unwrap_or_default());
    members.finish()
}

/// A member.
struct Entry<'a> {
    name: &'a [u8],
    mode: u64,
    begin: usize,
    end: usize,
    next: usize,
    /// The sum of its bytes, where the header has one.
    sum: Option<u64>,
}

impl<'a> Entry<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        let is_octal = rest.starts_with(b"070707");
        let has_sum = rest.starts_with(b"070702");
        if !is_octal && !has_sum && !rest.starts_with(b"070701") {
            return None;
        }
        let field = |from: usize, length: usize, base: u32| -> Option<usize> {
            let digits = std::str::from_utf8(rest.get(from..from + length)?).ok()?;
            usize::from_str_radix(digits, base).ok()
        };
        let (head, mode, size, name, fill): (usize, usize, usize, usize, usize) = match is_octal {
            true => (76, field(18, 6, 8)?, field(65, 11, 8)?, field(59, 6, 8)?, 1),
            false => (110, field(14, 8, 16)?, field(54, 8, 16)?, field(94, 8, 16)?, 4),
        };
        let sum = if has_sum { Some(field(102, 8, 16)? as u64) } else { None };
        let raw = rest.get(head..head.checked_add(name)?)?;
        let end_of_name = raw.iter().position(|byte| *byte == 0).unwrap_or(raw.len());
        let begin = at + (head + name).next_multiple_of(fill);
        let end = begin.checked_add(size)?;
        let next = at + (end - at).checked_next_multiple_of(fill)?;
        Some(Self { name: raw.get(..end_of_name)?, mode: mode as u64, begin, end, next, sum })
    }

    fn trouble(&self, bytes: &[u8], data: &[u8]) -> Option<Gap> {
        if self.end > bytes.len() {
            return Some(Gap::new(GapKind::Damaged, "its data break off"));
        }
        let sum = data.iter().map(|byte| u64::from(*byte)).sum::<u64>() & 0xFFFF_FFFF;
        let fits = self.sum.is_none_or(|stated| stated == sum);
        (!fits).then(|| Gap::new(GapKind::Damaged, "its content does not fit its checksum"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn octal(name: &str, mode: u32, content: &[u8]) -> Vec<u8> {
        let head = format!(
            "070707{:06o}{:06o}{mode:06o}{:06o}{:06o}{:06o}{:06o}{:011o}{:06o}{:011o}",
            0,
            0,
            0,
            0,
            1,
            0,
            0,
            name.len() + 1,
            content.len()
        );
        [head.as_bytes(), name.as_bytes(), b"\0", content].concat()
    }

    fn hexadecimal(name: &str, mode: u32, content: &[u8]) -> Vec<u8> {
        let sum: u32 = content.iter().map(|byte| u32::from(*byte)).sum();
        let mut out = format!("070702{:08x}{mode:08x}", 0).into_bytes();
        for field in [0, 0, 1, 0, content.len(), 0, 0, 0, 0, name.len() + 1, sum as usize] {
            out.extend(format!("{field:08X}").bytes());
        }
        out.extend(name.bytes().chain([0]));
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(content);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    fn read_it(bytes: &[u8]) -> Extraction {
        read(&Submission::file("a.cpio", bytes), &mut Budget::new(Limits::default()))
    }

    #[test]
    fn members_links_and_folders_of_both_kinds_are_read() {
        for make in [octal, hexadecimal] {
            let archive = [
                make("夹", 0o40755, b""),
                make("夹/通知.txt", 0o100_644, b"one"),
                make("link", 0o120_777, "../机密.txt".as_bytes()),
                make("TRAILER!!!", 0, b""),
                vec![0; 512],
            ]
            .concat();
            let made = read_it(&archive);
            let children: Vec<_> =
                made.children.iter().map(|c| (c.provenance.name(), c.bytes.to_vec())).collect();
            assert_eq!(children, [("夹/通知.txt", b"one".to_vec())]);
            assert!(made.gaps.is_empty() && made.children[0].gaps.is_empty());
            assert!(made.text.as_str().contains("../机密.txt"));

            // What fills up the last header may be missing.
            for at in 6..archive.len() - 512 - 4 {
                assert!(!read_it(&archive[..at]).gaps.is_empty(), "{at}");
                let mut changed = archive.clone();
                changed[at] ^= 0x11;
                read_it(&changed);
            }
        }
        let mut wrong = hexadecimal("a", 0o100_644, b"words");
        let last = wrong.len() - 4;
        wrong[last] ^= 1;
        let made = read_it(&[wrong, hexadecimal("TRAILER!!!", 0, b"")].concat());
        assert_eq!(made.children[0].gaps[0].kind, GapKind::Damaged);
    }
}

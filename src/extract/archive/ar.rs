//! Archives of `ar(1)`, which Debian's packages are: members behind headers of text.
//!
//! Long names stand in a member of their own (System V, GNU) or before the content
//! (BSD).

use super::members::Members;
use super::names;
use crate::extract::{Budget, Extraction, Metered};
use crate::model::{Gap, GapKind, Submission};

const SIGNATURE: usize = 8;
const HEAD: usize = 60;

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let bytes: &[u8] = &submission.bytes;
    let mut members = Members::new(submission, budget);
    let mut long_names: &[u8] = &[];
    let mut at = SIGNATURE;
    while at < bytes.len() && members.has_room() {
        if let Err(gap) = budget.spend_steps(1) {
            members.gap(gap);
            break;
        }
        let Some((raw, size)) = header(bytes, at) else {
            let words = format!("from byte {at} on there is no header of a member");
            members.gap(Gap::new(GapKind::Damaged, words));
            members.take_rest(bytes.get(at..).unwrap_or_default());
            break;
        };
        let begin = at + HEAD;
        let end = begin.saturating_add(size);
        let data = bytes.get(begin..end.min(bytes.len())).unwrap_or_default();
        at = end.saturating_add(size % 2);
        match raw {
            b"//" => long_names = data,
            // Lists of what programs define.
            b"/" | b"/SYM64/" | b"__.SYMDEF" | b"__.SYMDEF SORTED" => {}
            _ => {
                let (name, data) = named(raw, data, long_names);
                let cut =
                    (end > bytes.len()).then(|| Gap::new(GapKind::Damaged, "its data break off"));
                let (content, gap) = Metered::new(data, data.len() as u64, budget).read_all();
                members.take(&names::decode_alone(name), content, gap.or(cut));
            }
        }
    }
    members.finish()
}

/// Name and length of a member.
fn header(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let head = bytes.get(at..at.checked_add(HEAD)?)?;
    if !head.ends_with(b"`\n") {
        return None;
    }
    let digits = std::str::from_utf8(head.get(48..58)?).ok()?;
    Some((head.get(..16)?.trim_ascii_end(), digits.trim_ascii().parse().ok()?))
}

/// A member's whole name, and its content without it.
fn named<'a>(raw: &'a [u8], data: &'a [u8], long_names: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<usize>().ok();
    if let Some((name, data)) =
        raw.strip_prefix(b"#1/").and_then(number).and_then(|length| data.split_at_checked(length))
    {
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
        return (name.get(..end).unwrap_or(name), data);
    }
    if let Some(name) = raw.strip_prefix(b"/").and_then(number).and_then(|at| long_names.get(at..))
    {
        let end = name.iter().position(|byte| matches!(byte, b'\n' | 0)).unwrap_or(name.len());
        let name = name.get(..end.min(4096)).unwrap_or(name);
        return (name.strip_suffix(b"/").unwrap_or(name), data);
    }
    (raw.strip_suffix(b"/").unwrap_or(raw), data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn member(name: &str, content: &[u8]) -> Vec<u8> {
        let head = format!("{name:16}{:12}{:6}{:6}{:8}{:10}`\n", 0, 0, 0, 644, content.len());
        [head.as_bytes(), content, &b"\n"[..content.len() % 2]].concat()
    }

    fn read_it(bytes: &[u8]) -> Extraction {
        read(&Submission::file("a.deb", bytes), &mut Budget::new(Limits::default()))
    }

    fn children(made: &Extraction) -> Vec<(&str, Vec<u8>, usize)> {
        let child = |c: &'_ Submission| (c.bytes.to_vec(), c.gaps.len());
        made.children
            .iter()
            .map(|c| (c.provenance.name(), child(c)))
            .map(|(name, (bytes, gaps))| (name, bytes, gaps))
            .collect()
    }

    #[test]
    fn members_come_out_under_short_and_long_names() {
        let archive = [
            b"!<arch>\n".to_vec(),
            member("//", "机密★10年的很长的名字.txt/\n".as_bytes()),
            member("/", b"list"),
            member("short.txt/", b"one"),
            member("/0", b"two"),
            member("#1/8", "名.c\0three".as_bytes()),
        ]
        .concat();
        let made = read_it(&archive);
        let want = [
            ("short.txt", b"one".to_vec(), 0),
            ("机密★10年的很长的名字.txt", b"two".to_vec(), 0),
            ("名.c", b"hree".to_vec(), 0),
        ];
        let got = children(&made);
        assert_eq!(got[..2], want[..2]);
        assert_eq!(got.len(), 3);
        assert!(made.gaps.is_empty());
    }

    #[test]
    fn no_cut_is_silent_and_lengths_are_believed_as_far_as_bytes_reach() {
        let archive =
            [b"!<arch>\n".to_vec(), member("a/", b"first"), member("b/", b"second")].concat();
        let second = archive.len() - 66;
        for at in 9..archive.len() {
            let made = read_it(&archive[..at]);
            let told = !made.gaps.is_empty() || made.children.iter().any(|c| !c.gaps.is_empty());
            // Behind a member, with or without what fills it up, the archive may end.
            assert!(told || at == second || at + 1 == second, "{at}");
            let mut changed = archive.clone();
            changed[at] ^= 0x15;
            read_it(&changed);
        }
        let huge =
            [&b"!<arch>\n"[..], format!("{:48}9999999999`\n", "a/").as_bytes(), b"x"].concat();
        assert_eq!(children(&read_it(&huge)), [("a", b"x".to_vec(), 1)]);
    }
}

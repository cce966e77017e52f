//! The tree of a mail (RFC 2045, 2046): entities within entities, told by
//! boundaries, and what stands outside all of them.
//!
//! Everything between the first byte and the last is handed on: heads, bodies,
//! and the text before, between and behind the parts that no program shows.

use memchr::memmem;

use super::fields::{Head, is_known_field, line_at};
use super::params::Params;
use super::transfer::Coding;
use crate::extract::Budget;
use crate::model::{Gap, GapKind, Limit};

/// Multiparts within multiparts. Each is searched once for each that it is in.
const DEEPEST: usize = 60;

/// What an entity is to the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It holds others, which follow; its body is theirs.
    Multipart,
    /// It has a body of its own.
    Leaf,
    /// Text outside the parts of a multipart.
    Outside,
}

/// An entity: a head and a body.
#[derive(Clone, Debug)]
pub(super) struct Entity<'a> {
    pub(super) role: Role,
    pub(super) head: Head<'a>,
    pub(super) kind: Params,
    pub(super) disposition: Params,
    pub(super) coding: Coding,
    /// Still in its transfer encoding.
    pub(super) body: &'a [u8],
    /// Media type of the multipart around it; empty for the mail itself.
    pub(super) inside: String,
}

impl<'a> Entity<'a> {
    fn of(bytes: &'a [u8], inside: &str) -> Self {
        let head = Head::of(bytes);
        let kind = content_type(&head, inside);
        let disposition = head.get("content-disposition").map(Params::of).unwrap_or_default();
        let coding = head.get("content-transfer-encoding").map_or(Coding::Identity, Coding::of);
        let body = bytes.get(head.body..).unwrap_or_default();
        let role = Role::Leaf;
        Self { role, head, kind, disposition, coding, body, inside: inside.to_owned() }
    }

    fn outside(body: &'a [u8], inside: &str) -> Self {
        Self {
            role: Role::Outside,
            head: Head::default(),
            kind: Params::default(),
            disposition: Params::default(),
            coding: Coding::Identity,
            body,
            inside: inside.to_owned(),
        }
    }

    /// Other codings its head names: programs differ in which of two they follow.
    pub(super) fn other_codings(&self) -> Vec<Coding> {
        let mut others: Vec<Coding> = Vec::new();
        for coding in self.head.all("content-transfer-encoding").map(Coding::of) {
            if coding != self.coding && !others.contains(&coding) {
                others.push(coding);
            }
        }
        others
    }
}

/// The type an entity says it has, or the one that stands where nothing is said.
/// Of several a multipart is taken: what it holds is read either way.
fn content_type(head: &Head, inside: &str) -> Params {
    let mut all = head.all("content-type").map(Params::of);
    let first = all.next();
    let chosen = match first {
        Some(first) if first.value.starts_with("multipart/") => Some(first),
        Some(first) => Some(all.find(|p| p.value.starts_with("multipart/")).unwrap_or(first)),
        None => None,
    };
    let default = if inside == "multipart/digest" { "message/rfc822" } else { "text/plain" };
    match chosen {
        Some(kind) if kind.value.contains('/') => kind,
        Some(kind) => {
            let value = match kind.value.as_str() {
                // As programs before MIME had it.
                "" | "text" => default.to_owned(),
                "html" => "text/html".to_owned(),
                _ => "application/octet-stream".to_owned(),
            };
            kind.called(value)
        }
        None => Params::default().called(default.to_owned()),
    }
}

/// All entities of a mail in the order they stand, and what went wrong.
pub(super) fn entities<'a>(bytes: &'a [u8], budget: &mut Budget) -> (Vec<Entity<'a>>, Vec<Gap>) {
    let (mut found, mut gaps) = (Vec::new(), Vec::new());
    let mut waiting = vec![(Entity::of(bytes, ""), 0)];
    while let Some((mut entity, depth)) = waiting.pop() {
        let most = budget.limits().parts as usize;
        let work = budget.spend_steps(1 + entity.body.len() as u64 / 1024);
        if found.len() >= most || work.is_err() {
            let detail = format!("more than {most} parts of one mail");
            gaps.push(work.err().unwrap_or_else(|| Gap::new(GapKind::Limit(Limit::Parts), detail)));
            break;
        }
        let split = match entity.role {
            Role::Outside => outsiders(entity.body),
            _ if entity.kind.value.starts_with("multipart/") => split_multipart(&entity, &mut gaps),
            _ => None,
        };
        let Some(split) = split else {
            found.push(entity);
            continue;
        };
        if depth >= DEEPEST {
            let detail = format!("more than {DEEPEST} parts of a mail within each other");
            gaps.push(Gap::new(GapKind::Limit(Limit::Depth), detail));
            found.push(Entity::outside(entity.body, &entity.inside));
            continue;
        }
        if !split.closed && split.last_at_end(bytes) {
            gaps.push(Gap::new(
                GapKind::Damaged,
                "the mail ends before the last of its parts does",
            ));
        }
        let inside = match entity.role {
            Role::Outside => entity.inside.clone(),
            _ => entity.kind.value.clone(),
        };
        let mut inner = vec![Entity::outside(split.before, &inside)];
        inner.extend(split.parts.iter().map(|part| Entity::of(part, &inside)));
        inner.push(Entity::outside(split.behind, &inside));
        inner.retain(|e| e.role != Role::Outside || !e.body.trim_ascii().is_empty());
        if entity.role != Role::Outside {
            entity.role = Role::Multipart;
            found.push(entity);
        }
        waiting.extend(inner.into_iter().rev().map(|entity| (entity, depth + 1)));
    }
    (found, gaps)
}

/// The parts of a multipart; `None` if it turns out to have none.
fn split_multipart<'a>(entity: &Entity<'a>, gaps: &mut Vec<Gap>) -> Option<Split<'a>> {
    let types = entity.head.all("content-type").map(Params::of);
    let stated: Vec<Vec<u8>> = types.filter_map(|kind| kind.raw("boundary")).collect();
    let mut tried = stated.iter().map(|b| b.trim_ascii_end().to_vec());
    let found = tried.find_map(|boundary| Split::by(entity.body, &boundary));
    // A boundary that is not stated, or is another than stated.
    let found = found.or_else(|| Split::by(entity.body, &guessed(entity.body)?));
    if found.is_none() && !entity.body.trim_ascii().is_empty() && entity.coding == Coding::Identity
    {
        let detail = "the parts of the mail are not where it says they are";
        gaps.push(Gap::new(GapKind::Damaged, detail));
    }
    found
}

/// Parts outside of parts: some programs would find them.
fn outsiders(body: &[u8]) -> Option<Split<'_>> {
    Split::by(body, &guessed(body)?)
}

/// A mail of the encoded parts that stand in a plain text: mail that came back
/// with its parts as text, which nobody can read there.
pub(super) fn quoted_parts(text: &[u8]) -> Option<Vec<u8>> {
    if !has_encoded_part(text) {
        return None;
    }
    let boundary = guessed(text)?;
    let begin = memmem::find(text, &[b"--", &*boundary].concat())?;
    let head = [b"Content-Type: multipart/mixed; boundary=\"", &*boundary, b"\"\r\n\r\n"];
    Some([&head.concat(), text.get(begin..)?].concat())
}

/// Whether a line says that what follows is encoded, so that letters are no longer seen.
fn has_encoded_part(text: &[u8]) -> bool {
    const FIELD: &[u8] = b"content-transfer-encoding:";
    let mut at = 0;
    while let Some((line, next)) = line_at(text, at) {
        let starts = line.get(..FIELD.len()).is_some_and(|name| name.eq_ignore_ascii_case(FIELD));
        let value = line.get(FIELD.len()..).unwrap_or_default();
        if starts && !matches!(Coding::of(value), Coding::Identity | Coding::Unknown(_)) {
            return true;
        }
        at = next;
    }
    false
}

/// The boundary that seems to divide a body: a line that begins with two
/// hyphens before a field of a part.
fn guessed(body: &[u8]) -> Option<Vec<u8>> {
    let mut at = 0;
    while let Some((line, next)) = line_at(body, at) {
        if let Some(boundary) = line.strip_prefix(b"--")
            && let Some((below, _)) = line_at(body, next)
            && !boundary.trim_ascii_end().is_empty()
            && is_known_field(below)
            && below.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"))
        {
            return Some(boundary.trim_ascii_end().to_vec());
        }
        at = next;
    }
    None
}

/// A body divided at a boundary.
#[derive(Debug, Default, PartialEq, Eq)]
struct Split<'a> {
    before: &'a [u8],
    parts: Vec<&'a [u8]>,
    behind: &'a [u8],
    /// Whether the last boundary says that it is the last.
    closed: bool,
}

impl<'a> Split<'a> {
    /// Divides a body; `None` if the boundary does not stand in it.
    fn by(body: &'a [u8], boundary: &[u8]) -> Option<Self> {
        let delimiter = [b"--", boundary].concat();
        let mut split = Self::default();
        // Where the part begins that is being looked through.
        let mut begun: Option<usize> = None;
        for at in memmem::find_iter(body, &delimiter) {
            if at > 0 && body.get(at - 1) != Some(&b'\n') {
                continue;
            }
            let Some((line, next)) = line_at(body, at) else { continue };
            let after = line.get(delimiter.len()..).unwrap_or_default().trim_ascii_end();
            if begun.is_some_and(|begin| at < begin) || !matches!(after, b"" | b"--") {
                continue;
            }
            let end = before_line_end(body, at);
            match begun {
                Some(begin) => split.parts.push(body.get(begin..end).unwrap_or_default()),
                None => split.before = body.get(..end).unwrap_or_default(),
            }
            begun = Some(next);
            if after == b"--" {
                split.behind = body.get(next..).unwrap_or_default();
                split.closed = true;
                return Some(split);
            }
        }
        split.parts.push(body.get(begun?..).unwrap_or_default());
        Some(split)
    }

    /// Whether its last part reaches the end of the mail: nothing says that
    /// what should follow did not get lost.
    fn last_at_end(&self, mail: &[u8]) -> bool {
        let end = |bytes: &[u8]| bytes.as_ptr_range().end;
        self.parts.last().is_some_and(|last| end(last) == end(mail))
    }
}

/// The line end before a boundary belongs to it (RFC 2046, 5.1.1).
fn before_line_end(body: &[u8], at: usize) -> usize {
    let before = body.get(..at).unwrap_or_default();
    let bare = before.strip_suffix(b"\n").unwrap_or(before);
    bare.strip_suffix(b"\r").unwrap_or(bare).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    /// Entities as `role type body`.
    fn shown(mail: &str) -> (Vec<String>, usize) {
        let mut budget = Budget::new(Limits::default());
        let (found, gaps) = entities(mail.as_bytes(), &mut budget);
        let line = |e: &Entity| {
            let body = String::from_utf8_lossy(e.body).into_owned();
            match e.role {
                Role::Multipart => format!("+{}", e.kind.value),
                Role::Leaf => format!("{} {body}", e.kind.value),
                Role::Outside => format!("-{}", body.trim()),
            }
        };
        (found.iter().map(line).collect(), gaps.len())
    }

    #[test]
    fn parts_are_found_wherever_they_stand() {
        let mixed = "Content-Type: multipart/mixed; boundary=\"b\"\n\n";
        for (mail, want, gaps) in [
            ("Subject: x\n\ntext".to_owned(), vec!["text/plain text"], 0),
            (
                format!(
                    "{mixed}pre\n--b\n\none\n--b \nContent-Type: text/html\n\ntwo\n--b--\nepi\n"
                ),
                vec!["+multipart/mixed", "-pre", "text/plain one", "text/html two", "-epi"],
                0,
            ),
            // A boundary that begins like another; a head without a body.
            (
                format!("{mixed}--b\n\none\n--bc\n--b\nContent-Type: text/html\n--b--"),
                vec!["+multipart/mixed", "text/plain one\n--bc", "text/html "],
                0,
            ),
            // The end is missing.
            (format!("{mixed}--b\n\none\n"), vec!["+multipart/mixed", "text/plain one\n"], 1),
            // A boundary nowhere stated, or stated wrongly.
            (
                "Content-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\none\n--x--"
                    .to_owned(),
                vec!["+multipart/mixed", "text/plain one"],
                0,
            ),
            (
                format!("{mixed}--x\nContent-Type: text/plain\n\none\n--x--"),
                vec!["+multipart/mixed", "text/plain one"],
                0,
            ),
            (format!("{mixed}no parts\n"), vec!["multipart/mixed no parts\n"], 1),
            // Two types: the parts are found either way.
            (
                format!("Content-Type: text/plain\n{mixed}--b\n\none\n--b--"),
                vec!["+multipart/mixed", "text/plain one"],
                0,
            ),
            (
                format!("Content-Type: multipart/mixed; boundary=a\n{mixed}--b\n\none\n--b--"),
                vec!["+multipart/mixed", "text/plain one"],
                0,
            ),
            // Parts behind the end, and in front of the beginning.
            (
                format!("{mixed}--b\n\none\n--b--\n--b\nContent-Type: text/html\n\ntwo\n--b--"),
                vec!["+multipart/mixed", "text/plain one", "text/html two"],
                0,
            ),
            // An inner multipart without an end of its own.
            (
                format!(
                    "{mixed}--b\nContent-Type: multipart/digest; boundary=c\n\n--c\n\nx\n--b\n\ntwo\n--b--"
                ),
                vec!["+multipart/mixed", "+multipart/digest", "message/rfc822 x", "text/plain two"],
                0,
            ),
            // Two with one boundary: the outer takes it.
            (
                format!("{mixed}--b\n{mixed}--b\n\none\n--b--\n--b--\n"),
                vec!["+multipart/mixed", "text/plain one", "---b--"],
                0,
            ),
        ] {
            let (mut got, count) = shown(&mail);
            got.retain(|entity| entity != "multipart/mixed ");
            assert_eq!(
                (got, count),
                (want.into_iter().map(str::to_owned).collect(), gaps),
                "{mail}"
            );
        }
    }

    #[test]
    fn depth_and_number_of_parts_are_bounded() {
        let mut mail = String::new();
        for depth in 0..200 {
            mail += &format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n");
        }
        let (found, gaps) = shown(&mail);
        assert!(found.len() < 80 && gaps > 0);
        let many =
            "Content-Type: multipart/mixed; boundary=b\n\n".to_owned() + &"--b\n\n".repeat(20_000);
        let mut budget = Budget::new(Limits { parts: 100, ..Limits::default() });
        let (found, gaps) = entities(many.as_bytes(), &mut budget);
        assert_eq!(found.len(), 100);
        assert!(gaps.iter().any(|gap| gap.kind == GapKind::Limit(Limit::Parts)));
    }
}

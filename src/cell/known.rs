//! What was examined before: the same bytes under the same name, in another folder or
//! another mail, are the same matter once more, and nothing is examined twice.
//!
//! Where the bytes are the same is found out here and not by a cell: one that a document
//! took over could else answer for documents it never saw.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use memchr::memmem;
use sha2::{Digest, Sha256};

use super::pool::{Content, Handed};
use crate::model::{Examination, hex, own_name};

/// Files shorter than this are examined as fast as they are looked up.
const SHORTEST: u64 = 4096;

/// Bytes that an examination takes beside its own: key, name, nodes, and what the allocator
/// adds to each.
const BESIDE: usize = size_of::<Same>() + 192;

/// Examinations kept, the least asked for dropped first.
#[derive(Debug)]
pub(super) struct Known {
    kept: Mutex<Generations>,
    /// Bytes each generation may take.
    most: usize,
}

/// A generation that is full becomes the old one, and the old one is dropped: what was
/// asked for meanwhile is in the young one by then.
#[derive(Debug, Default)]
struct Generations {
    young: BTreeMap<Same, Box<[u8]>>,
    old: BTreeMap<Same, Box<[u8]>>,
    /// Bytes in the young one.
    weight: usize,
}

/// What two matters have in common that are examined alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Same {
    sha256: [u8; 32],
    /// The name without its folders: a name is a witness too.
    name: String,
}

impl Known {
    /// Room for so many bytes of examinations; with 0, none is kept.
    pub(super) fn new(bytes: u64) -> Self {
        let most = usize::try_from(bytes / 2).unwrap_or(usize::MAX);
        Self { kept: Mutex::default(), most }
    }

    /// What a matter has in common with those examined alike, where it is one file long
    /// enough that this is worth knowing. What cannot be read here is for a cell to say.
    pub(super) fn same(&self, matter: &Handed) -> Option<Same> {
        let [item] = &matter.items[..] else { return None };
        let (Content::File(open), None) = (&item.content, &item.gap) else { return None };
        if self.most == 0 {
            return None;
        }
        let file = open().ok()?;
        let sha256 = (file.metadata().ok()?.len() >= SHORTEST).then(|| digest(file))?.ok()?;
        Some(Same { sha256, name: own_name(&item.name).to_owned() })
    }

    /// The examination of such a matter, as one of `matter`.
    pub(super) fn get(&self, same: &Same, matter: &Handed) -> Option<Examination> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match kept.young.get(same) {
            Some(found) => found.clone(),
            None => {
                let found = kept.old.remove(same)?;
                kept.put(same.clone(), found.clone(), self.most);
                found
            }
        };
        drop(kept);
        let mut examination: Examination = borsh::from_slice(&found).ok()?;
        examination.source.clone_from(&matter.source);
        let name = matter.items.first().map(|item| item.name.as_str()).unwrap_or_default();
        for part in &mut examination.parts {
            name.clone_into(part.path.first_mut()?);
        }
        Some(examination)
    }

    /// Keeps an examination of a matter that has this in common with others, unless more
    /// of it than sources and paths speaks of where it is.
    pub(super) fn keep(&self, same: Same, examination: &Examination) {
        if examination.sha256 != hex(&same.sha256) {
            return;
        }
        let mut nameless = examination.clone();
        let source = std::mem::take(&mut nameless.source);
        let mut names = vec![source];
        for part in &mut nameless.parts {
            let Some(name) = part.path.first_mut() else { return };
            names.push(std::mem::take(name));
        }
        names.dedup();
        let Ok(bytes) = borsh::to_vec(&nameless) else { return };
        let placeless = |name: &String| memmem::find(&bytes, name.as_bytes()).is_none();
        if bytes.len() <= self.most / 8 && names.iter().all(placeless) {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.put(same, bytes.into_boxed_slice(), self.most);
        }
    }
}

impl Generations {
    fn put(&mut self, same: Same, bytes: Box<[u8]>, most: usize) {
        let weight = |bytes: &[u8]| bytes.len() + same.name.len() + BESIDE;
        self.weight += weight(&bytes);
        if self.weight > most {
            self.weight = weight(&bytes);
            self.old = std::mem::take(&mut self.young);
        }
        if let Some(before) = self.young.insert(same.clone(), bytes) {
            self.weight -= weight(&before);
        }
    }
}

fn digest(mut file: File) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; 256 << 10];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(read) => hash.update(&piece[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::cell::Item;
    use crate::model::{
        Coverage, Date, Disclosure, EngineId, Gap, GapKind, Part, ReadState, Verdict, Words,
    };

    fn handed(source: &str, text: &str) -> Handed {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let open = move || file.reopen().map_err(|e| Gap::new(GapKind::Damaged, e.to_string()));
        let content = Content::File(Box::new(open));
        let items = vec![Item { name: source.to_owned(), content, gap: None }];
        Handed { source: source.to_owned(), items }
    }

    /// What a cell might say of it.
    fn examined(source: &str, text: &str) -> Examination {
        let sha256 = hex(&Sha256::digest(text));
        let part = |path: Vec<String>| Part {
            path,
            media_type: "text/plain".into(),
            sha256: sha256.clone(),
            bytes: text.len() as u64,
            pages: None,
            encoding: None,
            read: ReadState::Partial,
            gaps: vec![Gap::new(GapKind::Damaged, "a line of it")],
            notes: Vec::new(),
            findings: Vec::new(),
        };
        Examination {
            schema: "vetmark.examination/1",
            source: source.into(),
            sha256: sha256.clone(),
            bytes: text.len() as u64,
            as_of: Date::constant(2026, 11, 27),
            verdict: Verdict::Incomplete,
            disclosure: Disclosure::NeedsHumanApproval,
            level: None,
            next_step: Words::new("read it", "请阅读"),
            declassification: None,
            parts: vec![part(vec![source.into()]), part(vec![source.into(), "within".into()])],
            coverage: Coverage { parts: 2, read: 0, unread: 2, excluded: 0 },
            engine: EngineId {
                name: "vetmark",
                version: env!("CARGO_PKG_VERSION"),
                rules: "r".into(),
                dictionaries: "d".into(),
                suppressions: None,
                budget: None,
            },
        }
    }

    fn long(text: &str) -> String {
        format!("{text}\n{}", "普通内容。".repeat(400))
    }

    fn said(examination: &Examination) -> String {
        serde_json::to_string(examination).unwrap()
    }

    #[test]
    fn the_same_bytes_under_the_same_name_are_known_wherever_they_are() {
        let known = Known::new(1 << 20);
        let text = long("机密★10年");
        let first = handed("in/2025/通知.txt", &text);
        let same = known.same(&first).unwrap();
        assert!(known.get(&same, &first).is_none());
        known.keep(same, &examined("in/2025/通知.txt", &text));
        // Each place, what is there, and whether it is known.
        for (place, text, is_known) in [
            ("in/2026/通知.txt", &text, true),
            ("通知.txt", &text, true),
            ("in/2025/通知2.txt", &text, false),
            ("in/2025/通知.txt", &long("机密★20年"), false),
        ] {
            let again = handed(place, text);
            let same = known.same(&again).unwrap();
            let found = known.get(&same, &again);
            assert_eq!(found.is_some(), is_known, "{place}");
            if let Some(found) = found {
                assert_eq!(said(&found), said(&examined(place, text)), "{place}");
            }
        }
    }

    #[test]
    fn what_is_short_or_of_several_files_or_lost_is_not_asked_for() {
        let known = Known::new(1 << 20);
        let text = long("x");
        let mut several = handed("a/b.txt", &text);
        several.items.extend(handed("a/c.txt", &text).items);
        let mut lost = handed("a/b.txt", &text);
        lost.items[0].gap = Some(Gap::new(GapKind::Damaged, "lost"));
        let memory =
            Item { name: "-".into(), content: Content::Bytes(text.clone().into()), gap: None };
        let memory = Handed { source: "-".into(), items: vec![memory] };
        for matter in [several, lost, memory, handed("a/b.txt", "short")] {
            assert!(known.same(&matter).is_none(), "{}", matter.source);
        }
        assert!(Known::new(0).same(&handed("a/b.txt", &text)).is_none());
    }

    /// A cell says what it likes: it is believed of the file it was handed alone.
    #[test]
    fn an_examination_of_other_bytes_is_not_kept() {
        let known = Known::new(1 << 20);
        let text = long("机密★10年");
        let matter = handed("a/b.txt", &text);
        let same = known.same(&matter).unwrap();
        known.keep(same.clone(), &examined("a/b.txt", &long("nothing")));
        assert!(known.get(&same, &matter).is_none());
    }

    #[test]
    fn an_examination_that_says_more_of_the_place_is_not_kept() {
        let known = Known::new(1 << 20);
        let text = long("见 a/b.txt");
        let matter = handed("a/b.txt", &text);
        let same = known.same(&matter).unwrap();
        let mut examination = examined("a/b.txt", &text);
        examination.parts[0].gaps.push(Gap::new(GapKind::Damaged, "a/b.txt > c"));
        known.keep(same.clone(), &examination);
        assert!(known.get(&same, &matter).is_none());
    }

    #[test]
    fn room_is_bounded_and_what_is_asked_for_stays() {
        let most = 100_000;
        let mut kept = Generations::default();
        let same = |number: u32| {
            let mut sha256 = [0; 32];
            sha256[..4].copy_from_slice(&number.to_le_bytes());
            Same { sha256, name: "a.txt".into() }
        };
        for number in 0..1_000 {
            kept.put(same(number), vec![0; 1_000].into(), most);
            if let Some(first) = kept.old.remove(&same(0)) {
                kept.put(same(0), first, most);
            }
            let held: usize = [&kept.young, &kept.old]
                .iter()
                .flat_map(|g| g.values())
                .map(|bytes| bytes.len())
                .sum();
            assert!(held <= 2 * most, "{held} after {number}");
        }
        assert!(kept.young.contains_key(&same(0)) || kept.old.contains_key(&same(0)));
        assert!(!kept.young.contains_key(&same(1)) && !kept.old.contains_key(&same(1)));
    }
}

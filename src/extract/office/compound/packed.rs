//! What is packed in a document's compound file: embedded objects, XML stored
//! for programs, and streams that nothing accounts for.

use super::{Compound, EntryId};
use crate::extract::Budget;
use crate::extract::office::{ole, package, properties};
use crate::model::{Gap, GapKind, Origin, Submission, TextBuilder};

/// The storage of embedded objects (MS-DOC 2.1.7).
const OBJECTS: &str = "ObjectPool";
/// The storage of XML that programs keep (MS-DOC 2.1.9).
const STORED_XML: &str = "MsoDataStore";
/// Streams that say what wrote the file, and how it is linked: nobody's text.
const APPARATUS: [&str; 4] = ["\u{1}CompObj", "\u{1}Ole", "\u{3}ObjInfo", "_xmlsignatures"];
/// How a program that embeds the document shows it where it cannot open it
/// (MS-OLEDS 2.3.4): a picture of what is read.
const PREVIEW: &str = "\u{2}OlePres";
/// A document that a rights server encrypted; what is beside it is a notice.
const PROTECTED: &str = "\tDRMContent";
/// How it is encrypted (MS-OFFCRYPTO 2.2).
const SPACES: &str = "\u{6}DataSpaces";

/// Reads the XML that programs stored, as properties.
pub(in crate::extract::office) fn read_stored(
    file: &mut Compound<'_>,
    text: &mut TextBuilder,
    budget: &mut Budget,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let Some(store) = file.find(STORED_XML) else { return gaps };
    for id in file.within(store) {
        if file.entries().get(id).is_some_and(|entry| entry.is_stream && entry.name == "Item") {
            let (bytes, gap) = file.read(id, budget);
            gaps.extend(gap);
            gaps.extend(properties::read_xml(&package::decode(bytes).0, text, budget));
        }
    }
    file.pass_over(store);
    gaps
}

/// Says that what is read is a notice, and the document encrypted beside it.
pub(in crate::extract::office) fn protected(file: &mut Compound<'_>) -> Option<Gap> {
    let id = file.find(PROTECTED)?;
    file.pass_over(id);
    if let Some(spaces) = file.find(SPACES) {
        file.pass_over(spaces);
    }
    Some(Gap::new(GapKind::Encrypted, "the document is encrypted by a rights server"))
}

/// Everything else in the file that is more than apparatus.
pub(in crate::extract::office) fn children(
    submission: &Submission,
    file: &mut Compound<'_>,
    budget: &mut Budget,
) -> Vec<Submission> {
    for name in APPARATUS {
        if let Some(id) = file.find(name) {
            file.pass_over(id);
        }
    }
    let mut children = Vec::new();
    let pool = file.find(OBJECTS);
    if let Some(id) = pool {
        let of_pool: Vec<EntryId> =
            file.within(id).filter(|at| file.entries()[*at].parent == Some(id)).collect();
        children.extend(of_pool.into_iter().filter_map(|id| child(submission, file, id, budget)));
        file.pass_over(id);
    }
    for id in 0..file.entries().len() {
        let Some(entry) = file.entries().get(id) else { break };
        let is_preview = entry.is_stream && entry.name.starts_with(PREVIEW);
        if !entry.is_read && !is_preview && entry.parent.is_none() {
            children.extend(child(submission, file, id, budget));
        }
    }
    children
}

/// A stream or storage as a child; `None` for one that is empty.
fn child(
    submission: &Submission,
    file: &mut Compound<'_>,
    id: EntryId,
    budget: &mut Budget,
) -> Option<Submission> {
    let entry = file.entries().get(id)?;
    let name: String = entry.name.chars().filter(|c| !c.is_control()).collect();
    let taken = match entry.is_stream {
        true => Ok(file.read(id, budget)),
        false if !holds_content(file, id) => {
            file.pass_over(id);
            return None;
        }
        false => file.storage_alone(id, budget),
    };
    let (bytes, gap) = match taken {
        Ok((bytes, gap)) => (bytes, gap),
        Err(error) => {
            let gap = Gap::new(GapKind::Damaged, format!("the storage {name}: {error}"));
            return Some(submission.lost_child(name, Origin::Embedded, gap));
        }
    };
    if bytes.is_empty() {
        return gap.map(|gap| submission.lost_child(name, Origin::Embedded, gap));
    }
    let object = submission.child(name, Origin::Embedded, bytes);
    Some(match gap {
        Some(gap) => Submission { gaps: vec![gap], ..object },
        None => ole::unwrapped(submission, object, budget),
    })
}

/// Whether a storage holds more than apparatus.
fn holds_content(file: &Compound<'_>, id: EntryId) -> bool {
    file.within(id).any(|at| {
        file.entries().get(at).is_some_and(|entry| {
            entry.is_stream && !APPARATUS.iter().any(|name| entry.name.eq_ignore_ascii_case(name))
        })
    })
}

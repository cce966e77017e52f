//! What is packed in an Office Open XML document: files and objects that are
//! children, and members of which nothing is to be read.

use super::ole;
use super::package::{Package, PartId};
use crate::extract::{Budget, image};
use crate::model::{Origin, Submission};

/// Content types (their ends) of parts that hold no text, in documents of any kind.
const KNOWN_TYPES: &[&str] = &[
    "relationships+xml",
    "officedocument.obfuscatedFont",
    "theme+xml",
    "themeOverride+xml",
    "customXmlProperties+xml",
    "diagramLayout+xml",
    "diagramStyle+xml",
    "diagramColors+xml",
    "chartstyle+xml",
    "chartcolorstyle+xml",
    "ms-office.webextension+xml",
    "ms-office.webextensiontaskpanes+xml",
];

/// A file or object packed in the document, as a child; `None` where the part
/// was read before.
pub(crate) fn embedded(
    package: &mut Package<'_>,
    outer: &Submission,
    id: PartId,
    budget: &mut Budget,
) -> Option<Submission> {
    if package.is_read(id) {
        return None;
    }
    let name = package.name(id).rsplit('/').next().unwrap_or_default().to_owned();
    let (bytes, gap) = package.bytes(id, budget);
    let object = outer.child(name.as_str(), Origin::Embedded, bytes);
    Some(match gap {
        Some(gap) if object.bytes.is_empty() => outer.lost_child(name, Origin::Embedded, gap),
        Some(gap) => Submission { gaps: vec![gap], ..object },
        None => ole::unwrapped(outer, object, budget),
    })
}

/// Members that nothing accounts for, as children. `known` has the ends of
/// content types that hold no text in this kind of document.
pub(crate) fn leftovers(
    package: &mut Package<'_>,
    outer: &Submission,
    known: &[&str],
    budget: &mut Budget,
) -> Vec<Submission> {
    (0..package.len())
        .filter_map(|id| {
            if package.is_read(id) {
                None
            } else if may_be_drawing(package, id) {
                drawing(package, outer, id, budget)
            } else {
                let left = !is_known(package, id, known);
                left.then(|| embedded(package, outer, id, budget)).flatten()
            }
        })
        .collect()
}

/// Takes note of a picture, which is counted where it stands. A drawing may hold
/// text: it is looked at with what is left over.
pub(crate) fn pass_over_picture(package: &mut Package<'_>, id: PartId) {
    if !may_be_drawing(package, id) {
        package.pass_over(id);
    }
}

fn may_be_drawing(package: &Package<'_>, id: PartId) -> bool {
    let kind = package.content_type(id);
    let name = package.name(id).to_ascii_lowercase();
    let is_picture = kind.starts_with("image/") && !name.starts_with("docprops/");
    is_picture && [".emf", ".wmf"].iter().any(|end| name.ends_with(end))
}

/// A drawing with text in it, as a child; others are pictures like all.
pub(crate) fn drawing(
    package: &mut Package<'_>,
    outer: &Submission,
    id: PartId,
    budget: &mut Budget,
) -> Option<Submission> {
    let name = package.name(id).rsplit('/').next().unwrap_or_default().to_owned();
    let (bytes, gap) = package.bytes(id, budget);
    let says = image::is_drawing_with_text(&bytes, budget);
    says.then(|| Submission {
        gaps: gap.into_iter().collect(),
        ..outer.child(name, Origin::Embedded, bytes)
    })
}

/// Whether a part is of a kind that carries no text of the document's own.
fn is_known(package: &Package<'_>, id: PartId, known: &[&str]) -> bool {
    let name = package.name(id).to_ascii_lowercase();
    let kind = package.content_type(id);
    let is_twin = package.find(&name) != Some(id);
    if is_twin {
        return false;
    }
    kind.starts_with("image/")
        || KNOWN_TYPES.iter().chain(known).any(|known| kind.ends_with(known))
        || name.ends_with(".rels")
        || name.starts_with("_xmlsignatures/")
        || name.starts_with("docprops/thumbnail")
}

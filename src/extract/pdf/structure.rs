//! Whether the page tree and the forms of a document hold together: a reader
//! that breaks off a loop without a word has not read the document.

use std::collections::{HashMap, HashSet};

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, MaybeRef, ObjRef, Object, ObjectIdentifier, Stream};

use crate::extract::Budget;
use crate::model::{Gap, GapKind};

/// Page trees nest a few levels; what nests deeper is no producer's work.
const MAX_TREE_DEPTH: usize = 256;

/// What does not hold together, at most one gap of each kind.
///
/// # Errors
/// A gap, if the part has no more steps.
pub(super) fn check(pdf: &Pdf, budget: &mut Budget) -> Result<Vec<Gap>, Gap> {
    let mut gaps = Vec::new();
    let xref = pdf.xref();
    let root = xref.get::<Dict>(xref.root_id());
    let Some(tree) = root.as_ref().and_then(|root| root.get_ref("Pages")) else {
        return Ok(gaps);
    };
    let mut seen = HashSet::new();
    let mut leaves = 0;
    let mut forms = Vec::new();
    let mut repeated = false;
    let mut waiting = vec![(tree, 0)];
    while let Some((reference, depth)) = waiting.pop() {
        budget.spend_steps(1)?;
        if !seen.insert(ObjectIdentifier::from(reference)) || depth > MAX_TREE_DEPTH {
            repeated = true;
            continue;
        }
        let Some(node) = xref.get::<Dict>(reference.into()) else { continue };
        forms.extend(drawn(&node));
        match node.get::<Array>("Kids") {
            Some(kids) => {
                let inside = kids.raw_iter().filter_map(|kid: MaybeRef<Object>| kid.as_obj_ref());
                waiting.extend(inside.map(|kid| (kid, depth + 1)));
            }
            None => leaves += 1,
        }
    }
    if repeated {
        gaps.push(damaged("the page tree names a page or branch more than once"));
    } else if leaves > pdf.pages().len() {
        gaps.push(damaged("the page tree names more pages than could be read"));
    }
    if pdf.pages().is_empty() {
        gaps.push(damaged("the document has no page"));
    }
    if draws_itself(pdf, forms, budget)? {
        gaps.push(damaged("a form draws itself"));
    }
    Ok(gaps)
}

fn damaged(detail: &str) -> Gap {
    Gap::new(GapKind::Damaged, detail)
}

/// The forms that the resources of a page or form name.
fn drawn(holder: &Dict) -> Vec<ObjRef> {
    let resources = holder.get::<Dict>("Resources");
    let named = resources.and_then(|resources| resources.get::<Dict>("XObject"));
    let Some(named) = named else { return Vec::new() };
    named.entries().filter_map(|(_, object)| object.as_obj_ref()).collect()
}

/// Whether a form names itself, straight or through others.
fn draws_itself(pdf: &Pdf, roots: Vec<ObjRef>, budget: &mut Budget) -> Result<bool, Gap> {
    /// Where the walk stands with a form: its own forms are being looked at, or were.
    #[derive(PartialEq)]
    enum Walk {
        Inside,
        Done,
    }
    let mut walked: HashMap<ObjectIdentifier, Walk> = HashMap::new();
    let mut waiting: Vec<(ObjRef, bool)> = roots.into_iter().map(|form| (form, false)).collect();
    while let Some((form, leaving)) = waiting.pop() {
        budget.spend_steps(1)?;
        let id = ObjectIdentifier::from(form);
        if leaving {
            walked.insert(id, Walk::Done);
            continue;
        }
        match walked.get(&id) {
            Some(Walk::Inside) => return Ok(true),
            Some(Walk::Done) => continue,
            None => {}
        }
        walked.insert(id, Walk::Inside);
        waiting.push((form, true));
        if let Some(stream) = pdf.xref().get::<Stream>(id) {
            waiting.extend(drawn(stream.dict()).into_iter().map(|inner| (inner, false)));
        }
    }
    Ok(false)
}

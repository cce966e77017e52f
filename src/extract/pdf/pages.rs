//! The page tree (ISO 32000-2, 7.7.3): its leaves in order, with what they
//! inherit and how they are turned.

use std::collections::HashSet;
use std::rc::Rc;

use super::geometry::{Matrix, ordered};
use super::syntax::{Dict, File, Object};
use crate::extract::Budget;

/// Page trees nest a few levels; what nests deeper is no producer's work.
const MAX_DEPTH: usize = 256;
/// Size of a page that has none: A4.
const A4: [f64; 4] = [0.0, 0.0, 595.276, 841.89];

/// A page before it is read.
pub(crate) struct Leaf {
    pub(crate) dict: Rc<Dict>,
    /// Number of its object; 0 if it stands in the tree itself.
    pub(crate) number: u32,
    pub(crate) resources: Rc<Dict>,
    /// From default user space to the page as shown.
    pub(crate) base: Matrix,
    /// Width and height as shown, in points.
    pub(crate) size: [f32; 2],
}

/// What a page inherits from the branches above it.
#[derive(Clone, Default)]
struct Inherited {
    resources: Option<Rc<Dict>>,
    media: Option<[f64; 4]>,
    crop: Option<[f64; 4]>,
    turn: Option<i64>,
}

impl Inherited {
    fn with(&self, file: &File<'_, '_>, dict: &Dict) -> Self {
        let area = |key: &[u8]| file.numbers_of(dict, key).and_then(|numbers| ordered(&numbers));
        Self {
            resources: file.dict(dict, b"Resources").or_else(|| self.resources.clone()),
            media: area(b"MediaBox").or(self.media),
            crop: area(b"CropBox").or(self.crop),
            turn: file.integer(dict, b"Rotate").or(self.turn),
        }
    }
}

/// Walks over the tree.
struct Walk<'f, 'a, 'b> {
    file: &'f File<'a, 'b>,
    seen: HashSet<u32>,
    leaves: Vec<Leaf>,
    repeats: bool,
    misses: bool,
}

/// All pages in order. What is wrong with the tree is noted.
pub(crate) fn leaves(file: &File<'_, '_>) -> Vec<Leaf> {
    let mut walk = Walk::over(file);
    if walk.leaves.is_empty() && !file.is_searched() {
        file.search();
        walk = Walk::over(file);
    }
    if walk.repeats {
        file.meter.damaged("the page tree names a page or branch more than once");
    }
    if walk.misses || walk.leaves.is_empty() {
        let found = walk.leaves.len();
        walk.look_everywhere();
        let more = walk.leaves.len() - found;
        if found == 0 && more == 0 {
            file.meter.damaged("the document has no page");
        } else if more > 0 {
            let words = format!("the page tree is broken; {more} pages were found outside of it");
            file.meter.damaged(words);
        } else {
            file.meter.damaged("the page tree names pages that are not there");
        }
    }
    walk.leaves
}

impl<'f, 'a, 'b> Walk<'f, 'a, 'b> {
    fn over(file: &'f File<'a, 'b>) -> Self {
        let mut walk =
            Self { file, seen: HashSet::new(), leaves: Vec::new(), repeats: false, misses: false };
        if let Some(catalog) = file.catalog() {
            let root = catalog.get(b"Pages").cloned().unwrap_or(Object::Null);
            walk.tree(root);
        }
        walk
    }

    fn tree(&mut self, root: Object) {
        let mut waiting = vec![(root, Inherited::default(), 0)];
        while let Some((object, inherited, depth)) = waiting.pop() {
            if !self.file.meter.steps(2) || !self.has_room() {
                return;
            }
            let number = object.reference().unwrap_or_default();
            if number != 0 && !self.seen.insert(number) {
                self.repeats = true;
                continue;
            }
            let node = self.file.resolve(&object);
            let Some(dict) = node.dict().filter(|_| depth <= MAX_DEPTH) else {
                self.misses = true;
                continue;
            };
            let kids = self.file.array(dict, b"Kids");
            let is_page = self.file.name(dict, b"Type").as_deref() == Some(b"Page");
            match kids.filter(|_| !is_page) {
                Some(kids) => {
                    let inherited = inherited.with(self.file, dict);
                    let kids = kids.iter().rev();
                    waiting.extend(kids.map(|kid| (kid.clone(), inherited.clone(), depth + 1)));
                }
                // A branch that lost its list holds nothing to read.
                None if self.file.name(dict, b"Type").as_deref() == Some(b"Pages") => {
                    self.misses |= self.file.integer(dict, b"Count") != Some(0);
                }
                None => self.leaf(dict, number, &inherited),
            }
        }
    }

    /// Whether more pages may be read.
    fn has_room(&self) -> bool {
        let next = self.leaves.len() + 1;
        self.file.meter.check(|budget: &mut Budget| budget.check_pages(next))
    }

    fn leaf(&mut self, dict: &Rc<Dict>, number: u32, above: &Inherited) {
        let own = above.with(self.file, dict);
        let unit = self.file.number(dict, b"UserUnit").filter(|unit| *unit > 0.0).unwrap_or(1.0);
        let (base, size) = shown(own.media, own.crop, own.turn.unwrap_or_default(), unit);
        let resources = own.resources.unwrap_or_default();
        self.leaves.push(Leaf { dict: Rc::clone(dict), number, resources, base, size });
    }

    /// Adds pages that no branch leads to, in the order of their objects.
    fn look_everywhere(&mut self) {
        self.file.search();
        for number in self.file.numbers() {
            if self.file.meter.is_stopped() || !self.has_room() {
                return;
            }
            if self.seen.contains(&number) {
                continue;
            }
            let object = self.file.object(number);
            let Object::Dict(dict) = object else { continue };
            if dict.is(b"Type", b"Page") {
                self.seen.insert(number);
                self.leaf(&dict, number, &Inherited::default());
            }
        }
    }
}

/// The matrix to the page as it is shown, and its size.
fn shown(
    media: Option<[f64; 4]>,
    crop: Option<[f64; 4]>,
    turn: i64,
    unit: f64,
) -> (Matrix, [f32; 2]) {
    let is_usable = |area: &[f64; 4]| area[2] - area[0] >= 1.0 && area[3] - area[1] >= 1.0;
    let media = media.filter(is_usable).unwrap_or(A4);
    let crop = crop.unwrap_or(media);
    let both = [
        media[0].max(crop[0]),
        media[1].max(crop[1]),
        media[2].min(crop[2]),
        media[3].min(crop[3]),
    ];
    let [x0, y0, x1, y1] = if is_usable(&both) { both } else { media };
    let (width, height) = ((x1 - x0) * unit, (y1 - y0) * unit);
    let upright = Matrix([unit, 0.0, 0.0, -unit, -x0 * unit, y1 * unit]);
    let (turned, size) = match turn.rem_euclid(360) {
        90 => (Matrix([0.0, 1.0, -1.0, 0.0, height, 0.0]), [height, width]),
        180 => (Matrix([-1.0, 0.0, 0.0, -1.0, width, height]), [width, height]),
        270 => (Matrix([0.0, -1.0, 1.0, 0.0, 0.0, width]), [height, width]),
        _ => (Matrix::IDENTITY, [width, height]),
    };
    (upright.then(turned), size.map(|length| length as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_turned_and_cropped() {
        let media = Some([0.0, 0.0, 200.0, 100.0]);
        // Where the lower left corner of the media box comes to stand.
        let cases = [
            (None, 0, 1.0, (0.0, 100.0), [200.0, 100.0]),
            (None, 90, 1.0, (0.0, 0.0), [100.0, 200.0]),
            (None, 180, 1.0, (200.0, 0.0), [200.0, 100.0]),
            (None, 270, 1.0, (100.0, 200.0), [100.0, 200.0]),
            (None, -90, 1.0, (100.0, 200.0), [100.0, 200.0]),
            (Some([10.0, 20.0, 300.0, 80.0]), 0, 1.0, (-10.0, 80.0), [190.0, 60.0]),
            (None, 0, 2.0, (0.0, 200.0), [400.0, 200.0]),
            (Some([500.0, 500.0, 600.0, 600.0]), 0, 1.0, (0.0, 100.0), [200.0, 100.0]),
        ];
        for (crop, turn, unit, corner, want) in cases {
            let (matrix, size) = shown(media, crop, turn, unit);
            assert_eq!((matrix.apply(0.0, 0.0), size), (corner, want), "{crop:?} {turn}");
        }
    }
}

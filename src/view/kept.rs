//! Answers that are kept for a while, so that turning pages of a long document does not
//! read all of it for each: in the memory of one process, checked before they come here,
//! few and small together, and nowhere else. Who may see what, and that it was looked at,
//! is for those who ask; that the file is still the one, too.

use std::collections::VecDeque;
use std::fs::File;
use std::mem::take;
use std::sync::{Mutex, PoisonError};

use super::{At, Picture, Sheet, Show, View, Wanted, What};
use crate::model::Gap;

/// Answers that are kept at most.
const MOST: usize = 32;

/// Bytes that they take together at most, as far as they are counted.
const MOST_BYTES: usize = 24 << 20;

/// Bytes that a line takes beside its characters.
const LINE: usize = 256;

/// Bytes that a box, or a character that is to be set, takes.
const PLACE: usize = 32;

/// Shows what another shows, and remembers it.
pub struct Kept<S> {
    show: S,
    /// The newest first, with the bytes each takes.
    kept: Mutex<VecDeque<(Wanted, View, usize)>>,
}

impl<S: Show> Kept<S> {
    /// Remembers nothing yet.
    pub fn new(show: S) -> Self {
        Self { show, kept: Mutex::default() }
    }

    fn find(&self, wanted: &Wanted) -> Option<View> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, ..)| known == wanted)?;
        let found = kept.remove(at)?;
        let view = found.1.clone();
        kept.push_front(found);
        Some(view)
    }

    fn keep(&self, wanted: Wanted, view: View) {
        let bytes = bytes(&view);
        if bytes > MOST_BYTES / 2 {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, ..)| *known != wanted);
        kept.push_front((wanted, view, bytes));
        let mut all = 0;
        let few = kept.iter().take(MOST).take_while(|(.., bytes)| {
            all += bytes;
            all <= MOST_BYTES
        });
        let few = few.count();
        kept.truncate(few);
    }
}

impl<S: Show> Show for Kept<S> {
    fn show(&self, file: File, wanted: &Wanted) -> Result<View, Gap> {
        if let Some(view) = self.find(wanted) {
            return Ok(view);
        }
        let mut view = self.show.show(file, wanted)?;
        if let (View::Sheet(sheet), What::Sheet(at, spans)) = (&mut view, &wanted.what) {
            let around = take(&mut sheet.around);
            let page = |sheet: &Sheet| At::Page(sheet.page, sheet.stretch);
            let of = |at: At| Wanted { what: What::Sheet(at, spans.clone()), ..wanted.clone() };
            // What was asked for last stays longest.
            for one in around.into_iter().rev() {
                self.keep(of(page(&one)), View::Sheet(one));
            }
            if *at != page(sheet) {
                self.keep(of(page(sheet)), View::Sheet(sheet.clone()));
            }
        }
        self.keep(wanted.clone(), view.clone());
        Ok(view)
    }
}

/// What an answer takes, about.
fn bytes(view: &View) -> usize {
    match view {
        View::Picture(Picture { png, lettering, .. }) => {
            let letters: usize = lettering.iter().map(|one| one.places.len()).sum();
            png.len() + lettering.len() * LINE + letters * PLACE
        }
        View::Sheet(Sheet { lines, places, gaps, .. }) => {
            let text: usize = lines.iter().map(|line| line.text.len() + line.looks.len()).sum();
            let boxes: usize = places.iter().map(|place| 1 + place.boxes.len()).sum();
            text + (lines.len() + gaps.len()) * LINE + boxes * PLACE
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::model::GapKind;
    use crate::view::Line;

    /// Counts how often it is asked; page 9 cannot be shown.
    #[derive(Default)]
    struct Counting(AtomicUsize, usize);

    impl Show for Counting {
        fn show(&self, _: File, wanted: &Wanted) -> Result<View, Gap> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let sheet = |page| Sheet { page, stretches: 1, pages: 9, ..Sheet::default() };
            match wanted.what {
                What::Sheet(At::Page(9, _), _) => Err(Gap::new(GapKind::Damaged, "nothing")),
                What::Sheet(At::Page(page, _), _) => {
                    let around = vec![sheet(page + 1), sheet(page + 2)];
                    Ok(View::Sheet(Sheet { around, ..sheet(page) }))
                }
                What::Sheet(At::Char(_), _) => Ok(View::Sheet(sheet(7))),
                What::Picture(_) => {
                    let (lettering, not_drawn) = (Vec::new(), Vec::new());
                    let png = vec![0; self.1];
                    let picture =
                        Picture { width: 1, height: 1, missing: 0, lettering, not_drawn, png };
                    Ok(View::Picture(picture))
                }
            }
        }
    }

    fn wanted(file: &str, what: What) -> Wanted {
        let sha256 = file.to_owned();
        Wanted { trail: vec!["a".into()], file_sha256: sha256.clone(), part_sha256: sha256, what }
    }

    fn page(page: u32) -> What {
        What::Sheet(At::Page(page, 0), vec![[0, 1]])
    }

    #[test]
    fn what_was_shown_and_what_is_around_it_is_remembered() {
        let kept = Kept::new(Counting::default());
        let file = || File::open("Cargo.toml").unwrap();
        let mut asked = 0;
        for (file_of, what, asks, shows) in [
            ("a", page(1), 1, Some(1)),
            ("a", page(1), 0, Some(1)),
            ("a", page(2), 0, Some(2)),
            ("a", page(3), 0, Some(3)),
            ("a", page(4), 1, Some(4)),
            ("a", page(1), 0, Some(1)),
            // Of another file, or other findings, nothing is known.
            ("b", page(1), 1, Some(1)),
            ("a", What::Sheet(At::Page(1, 0), vec![]), 1, Some(1)),
            ("a", What::Sheet(At::Char(5), vec![[0, 1]]), 1, Some(7)),
            ("a", page(7), 0, Some(7)),
            // What failed is tried again.
            ("a", page(9), 1, None),
            ("a", page(9), 1, None),
        ] {
            let shown = kept.show(file(), &wanted(file_of, what.clone()));
            asked += asks;
            assert_eq!(kept.show.0.load(Ordering::Relaxed), asked, "{file_of} {what:?}");
            let number = shown.ok().map(|view| match view {
                View::Sheet(sheet) => (sheet.page, sheet.around.len()),
                View::Picture(_) => panic!("{what:?}"),
            });
            assert_eq!(number, shows.map(|page| (page, 0)), "{file_of} {what:?}");
        }
    }

    #[test]
    fn little_is_kept() {
        let size = 5 << 20;
        let kept = Kept::new(Counting(AtomicUsize::new(0), size));
        let file = || File::open("Cargo.toml").unwrap();
        for page in 1..=40 {
            kept.show(file(), &wanted("a", What::Picture(page))).unwrap();
            let held = kept.kept.lock().unwrap();
            assert!(held.len() <= MOST_BYTES / size, "{}", held.len());
            assert_eq!(held.front().unwrap().0.what, What::Picture(page));
        }
        // Too much by itself: shown, and not kept.
        let kept = Kept::new(Counting(AtomicUsize::new(0), MOST_BYTES));
        kept.show(file(), &wanted("a", What::Picture(1))).unwrap();
        assert_eq!(kept.kept.lock().unwrap().len(), 0);
        for page in 1..=100 {
            kept.show(file(), &wanted("a", What::Sheet(At::Page(page * 10, 0), vec![]))).unwrap();
        }
        assert_eq!(kept.kept.lock().unwrap().len(), MOST);
        let line = Line {
            region: crate::model::Region::Body,
            number: 1,
            align: crate::model::Align::Unknown,
            label: String::new(),
            goes_on: false,
            place: None,
            from: 0,
            text: "x".repeat(100),
            looks: Vec::new(),
        };
        assert!(bytes(&View::Sheet(Sheet { lines: vec![line; 10], ..Sheet::default() })) > 1000);
    }
}

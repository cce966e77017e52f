//! Panics of readers, kept quiet: a panic's message may hold text of the document
//! (`byte index 2 is not a char boundary; it is inside '密'`), which belongs
//! neither on standard error nor into a report.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside a reader.
    static READING: Cell<bool> = const { Cell::new(false) };
    /// Where the reader panicked last.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics inside readers silent, in this process and for good. Any other
/// panic goes to the hook that was there before. Done once, however often asked;
/// [`super::extract`] asks itself.
pub fn quiet_panics() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if READING.get() {
                let place = info.location().map(|at| place(at.file(), at.line()));
                PLACE.with_borrow_mut(|last| *last = place);
            } else {
                before(info);
            }
        }));
    });
}

/// Runs a reader. If it panics: what may be said of it, which is where, and what
/// only if the words are the program's own.
pub(super) fn caught<T>(read: impl FnOnce() -> T) -> Result<T, String> {
    quiet_panics();
    let outer = READING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(read));
    READING.set(outer);
    result.map_err(|panic| said(panic.as_ref()))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let place = PLACE.take().unwrap_or_default();
    // Words put together at run time are a `String`, and may quote the document.
    match panic.downcast_ref::<&'static str>() {
        Some(words) if place.is_empty() => (*words).to_owned(),
        Some(words) => format!("{words} ({place})"),
        None => place,
    }
}

/// `crate/file.rs:12`: where it is in its package, not on somebody's disk.
fn place(file: &str, line: u32) -> String {
    let file = file.replace('\\', "/");
    let mut inner = file.as_str();
    if let Some(at) = inner.rfind("/src/") {
        let package = inner.get(..at).unwrap_or_default();
        let from = package.rfind('/').map_or(0, |slash| slash + 1);
        inner = inner.get(from..).unwrap_or_default();
    }
    format!("{inner}:{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_says_where_but_quotes_nothing_of_the_document() {
        let secret = String::from("机密");
        let words = caught(|| secret.get(1..).expect(&secret).len()).unwrap_err();
        assert!(words.contains("panics.rs:"), "{words}");
        assert!(!words.contains('机'), "{words}");
    }

    #[test]
    fn words_of_the_program_are_kept() {
        let words = caught(|| panic!("no such table")).unwrap_err();
        assert!(words.starts_with("no such table ("), "{words}");
    }

    #[test]
    fn places_are_those_of_packages() {
        for (file, place_of) in [
            ("/home/x/.cargo/registry/src/index-1/thing-0.1/src/a/b.rs", "thing-0.1/src/a/b.rs:7"),
            ("src/extract/plain.rs", "src/extract/plain.rs:7"),
            ("/rustc/abc/library/core/src/str/mod.rs", "core/src/str/mod.rs:7"),
        ] {
            assert_eq!(place(file, 7), place_of);
        }
    }
}

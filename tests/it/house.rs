//! Where the documents are, and the pipeline the tests run.

#![allow(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vetmark::dictionary::Dictionary;
use vetmark::extract::Limits;
use vetmark::model::{Date, Examination};
use vetmark::pipeline::Pipeline;

/// The day of judgement where nothing else is said.
pub const TODAY: Date = Date::constant(2026, 11, 23);

/// A place in the source tree.
pub fn tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The dictionaries that are shipped.
pub fn dictionary() -> Arc<Dictionary> {
    Arc::new(Dictionary::shipped())
}

/// The shipped pipeline as of a day.
pub fn pipeline(as_of: Date) -> Pipeline {
    Pipeline::new(dictionary(), Limits::default(), as_of)
}

/// The files of a folder, in order of their names.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

/// The last name of a path.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().expect("names here are UTF-8").to_owned()
}

/// Every rule an examination reports, gaps among them, in the parts' order.
pub fn rules(examination: &Examination) -> Vec<&str> {
    let parts = examination.parts.iter();
    parts
        .flat_map(|part| {
            let gaps = part.gaps.iter().map(|gap| gap.kind.rule());
            gaps.chain(part.findings.iter().map(|finding| finding.rule.as_str()))
        })
        .collect()
}

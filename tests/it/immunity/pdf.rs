//! PDF documents that others made to hurt: a folder beside the source tree, where
//! there is one. Whatever is in it ends, in little memory, and never in silence.

use std::fs;

use super::{MEMORY, examined, gaps, scan, within};
use crate::house::{files, name, tree};
use crate::support::vetmark;

#[test]
#[allow(clippy::print_stdout, reason = "a test that was skipped says so")]
fn hostile_pdf_documents_are_read_or_told() {
    let folder = tree("../shared/corpora/pdf_hostile");
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return;
    }
    let documents: Vec<_> =
        files(&folder).into_iter().filter(|p| p.extension().is_some_and(|e| e == "pdf")).collect();
    assert!(!documents.is_empty());
    let mut last = None;
    for isolation in ["process", "thread"] {
        let mut run = scan(&folder);
        run.args(["--isolation", isolation]);
        let said = examined(&mut within(MEMORY, &run));
        for path in &documents {
            let name = name(path);
            let said = &said[&name];
            let seen = gaps(said);
            let lost = |gap: &String| gap == "gap.crashed" || gap == "gap.limit:memory";
            assert!(!seen.iter().any(lost), "{isolation} {name}: {seen:?}");
            let whole = seen.is_empty()
                && said["parts"].as_array().unwrap().iter().all(|part| part["read"] == "full");
            assert_eq!(said["coverage"]["unread"] == 0, whole, "{isolation} {name}: {said}");
            if said["verdict"] == "no_finding" {
                assert!(whole, "{isolation} {name} passes and was not read: {said}");
                let bytes = fs::read(path).unwrap();
                let text = vetmark().arg("text").arg(path).output().unwrap().stdout;
                let shows = bytes.windows(9).any(|nine| nine == b"/Contents");
                assert!(!text.trim_ascii().is_empty() || !shows, "{name}: no text and no gap");
            }
        }
        assert!(last.is_none_or(|last| last == said), "processes and threads differ");
        last = Some(said);
    }
}

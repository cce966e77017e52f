#![no_main]
//! A body's own list as separated values: what is made of it is a dictionary.

use vetmark::dictionary::import::{Mapping, ScopeHead, rows, sheets, write_entry, write_scope};
use vetmark::dictionary::{Kind, Source, load};
use vetmark::extract::{Budget, Format, extract_as};
use vetmark::model::Submission;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let submission = Submission::file("list.csv", bytes);
    let budget = &mut Budget::new(vetmark_fuzz::limits());
    let read = extract_as(Format::Plain, &submission, budget);
    for sheet in sheets(&read.text) {
        let Some(mapping) = Mapping::recognised(&sheet) else { continue };
        let imported = rows(&sheet, &mapping, &[]);
        let whole = imported.turned.iter().filter(|turned| turned.whole).count();
        let added = imported.entries.len() + whole + imported.headings;
        assert_eq!(imported.rows, added, "rows are missing");
        if imported.entries.is_empty() {
            continue;
        }
        let head = ScopeHead {
            id: "own.list".to_owned(),
            name: "清单".to_owned(),
            name_en: String::new(),
            issued_by: String::new(),
            valid_from: None,
            valid_to: None,
            source: sheet.name.clone(),
        };
        let mut file = Vec::new();
        write_scope(&head, &mut file).expect("memory");
        for entry in &imported.entries {
            write_entry(&head.id, entry, &mut file).expect("memory");
        }
        let text = String::from_utf8(file).expect("text");
        let loaded = load(&[Source::new(Kind::Scope, "own.toml", text.clone())]);
        let dictionary = loaded.unwrap_or_else(|wrong| panic!("{wrong:?} of\n{text}"));
        assert_eq!(dictionary.entries.iter().count(), imported.entries.len());
    }
});

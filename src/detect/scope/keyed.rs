//! Entries of keyed lists in a text: found by their prints, opened by the words
//! that were found, and then matched as entries that anybody can read are.
//! Of their words nothing is shown, and no text of the document either.

use super::passage::Passages;
use crate::dictionary::{Dictionary, KeyedList, keyed};
use crate::model::{Evidence, Finding, FoldedText, SourceText, Words};

/// What stands for a word that may not be shown.
pub(super) const WORD: &str = "[keyed]";

/// Every keyed list's entries in one part's text, at most once a paragraph.
pub(crate) fn keyed(
    text: &SourceText,
    folded: &FoldedText,
    dictionary: &Dictionary,
) -> Vec<Finding> {
    dictionary.keyed.iter().flat_map(|list| entries_of(list, text, folded)).collect()
}

fn entries_of(list: &KeyedList, text: &SourceText, folded: &FoldedText) -> Vec<Finding> {
    let mut words = keyed::Words::new();
    let mut room = keyed::Room::default();
    let mut passages = Passages::new(text, folded, list.longest());
    while let Some(passage) = passages.next() {
        list.find(&passage.text, &mut room, &mut words);
    }
    if words.is_empty() {
        return Vec::new();
    }
    // Quantities below a threshold are not added up with those of other parts: they
    // would have to be known by an entry that is not in the dictionary.
    let (mut findings, _) = super::found(text, folded, &list.opened(&words), false, None);
    for finding in &mut findings {
        let words = Words::new("an entry of a keyed list", "加密词表的条目");
        finding.evidence.push(Evidence { id: "scope-keyed".to_owned(), words, weight: 0 });
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::detect::detect;
    use crate::dictionary::{Key, Kind, Source, load};
    use crate::normalize::fold;

    fn key(seed: u8) -> Key {
        Key::read(&std::array::from_fn::<u8, 32, _>(|i| (i * 37) as u8 ^ seed)).unwrap()
    }

    fn hits(dictionary: &Dictionary, text: &str) -> Vec<(String, crate::model::Span, usize)> {
        let text = SourceText::from_lines(text.to_owned());
        let found = detect(&text, &fold(text.as_str()), dictionary).findings;
        let entry = |f: &Finding| {
            let missing = f.missing_qualifiers.as_ref().map_or(0, Vec::len);
            Some((f.entry.clone()?, f.span.clone(), missing))
        };
        found.iter().filter_map(entry).collect()
    }

    /// What ships is full of conditions: keyed, every entry says of every example
    /// what it says when it can be read.
    #[test]
    fn keyed_entries_match_where_readable_ones_do() {
        let sources: Vec<Source> =
            load::shipped().into_iter().filter(|s| s.kind == Kind::Scope).collect();
        let plain = load(&sources).unwrap();
        let files: Vec<String> = sources.iter().map(|s| s.name.clone()).collect();
        let made = keyed::make(&sources, &files, &key(1), 0, false).unwrap();
        let mut dictionary = Dictionary::default();
        dictionary.add_sealed("all.vmk", &made.bytes, &[key(1)]).unwrap();
        let short: HashSet<&str> = made.refused.iter().map(|r| r.entry.as_str()).collect();
        let (mut compared, mut found) = (0, 0);
        for entry in plain.entries.iter() {
            for example in entry.examples.iter().chain(&entry.negative_examples) {
                let mut wanted = hits(&plain, example);
                let mut keyed = hits(&dictionary, example);
                // Both are ordered by place; entries of one place by the order of files.
                wanted.retain(|(id, ..)| !short.contains(id.as_str()));
                keyed.retain(|(id, ..)| !short.contains(id.as_str()));
                wanted.sort_by_key(|(id, span, _)| (span.start, id.clone()));
                keyed.sort_by_key(|(id, span, _)| (span.start, id.clone()));
                assert_eq!(keyed, wanted, "{}: {example}", entry.id);
                compared += 1;
                found += keyed.len();
            }
        }
        assert!(compared > 100 && found > 30, "{compared} examples, {found} hits");
    }

    #[test]
    fn nothing_of_words_or_text_is_shown() {
        let file = "[scope]\nid = \"own\"\nname = { zh = \"一览表\", en = \"List\" }\n\n[[entry]]\n\
            id = \"own.1\"\nname = { zh = \"甲\", en = \"A\" }\nmatter = \"-\"\nlevel = \"机密\"\n\
            terms = [\"磐石七号工程\"]\nany_of = [\"岚川泵站\"]\nqualifiers = [\"尚未公布\"]\n";
        let sources = [Source::new(Kind::Scope, "own.toml", file)];
        let made = keyed::make(&sources, &["own.toml".into()], &key(1), 32, false).unwrap();
        let mut dictionary = Dictionary::default();
        let before = dictionary.scopes_digest.clone();
        let shut = dictionary.add_sealed("own.vmk", &made.bytes, &[key(2)]).unwrap_err();
        assert!(shut.to_string().contains("made with another key"), "{shut}");
        dictionary.add_sealed("own.vmk", &made.bytes, &[key(2), key(1)]).unwrap();
        assert_ne!(dictionary.scopes_digest, before);

        let text = SourceText::from_lines(
            "第一段。\n本周查看磐石七\u{200B}號工程，随后到岚川泵站。\n磐石七号工程另议。\n".into(),
        );
        let found = detect(&text, &fold(text.as_str()), &dictionary).findings;
        let [hit] = &found[..] else { panic!("{found:?}") };
        assert_eq!(&text.as_str()[hit.span.clone()], "磐石七\u{200B}號工程");
        assert_eq!((hit.rule.as_str(), hit.entry.as_deref()), ("cn.scope.hit", Some("own.1")));
        assert_eq!((hit.place.line, hit.level.as_ref()), (Some(2), None));
        assert_eq!((&hit.quote, &hit.context), (&None, &None));
        assert_eq!(hit.missing_qualifiers.as_deref(), Some(&[WORD.to_owned()][..]));
        let evidence: Vec<&str> = hit.evidence.iter().map(|e| e.words.en.as_str()).collect();
        assert_eq!(
            evidence,
            [
                "the term [keyed] at characters 9–16",
                "with [keyed] at characters 20–24",
                "an entry of a keyed list"
            ]
        );
        let shown = format!("{:?}{:?}", hit.message, hit.basis);
        assert!(!shown.contains("磐石") && !shown.contains("一览表"), "{shown}");
    }
}

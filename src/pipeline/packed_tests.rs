//! A compiled file finds what its sources find, or is refused.

use std::fmt::Write;
use std::sync::Arc;

use crate::detect::detect;
use crate::dictionary::{Dictionary, Kind, Source, load, pack};
use crate::model::{Finding, SourceText};
use crate::normalize::fold;

/// What a compiled file begins with.
const MAGIC: &[u8; 16] = b"vetmark compiled";

const LISTS: &str = r#"
[lists]
exam = ["统一考试", "高考"]
"#;

fn own() -> Source {
    let mut text = String::from(
        r#"
[scope]
id = "x.test"
name = { zh = "某范围", en = "A scope" }
year = 2001
valid_from = "2001-02-03"
status = { zh = "有效", en = "in force" }

[lists]
notice = ["通知", "re:第[0-9]号"]
"#,
    );
    let conditions = [
        "all_of = [\"@exam\"]\nqualifiers = [[\"启用前\", \"启用之前\"]]",
        "quantities = [{ over = \"25平方千米\" }, { one_of = [\"1:1万\", \"1:5万\"], within = \"page\" }]",
        "any_of = [\"@notice\"]\nwithin = 12\nexclusions = [\"模拟\", { any = [\"re:第.条\"], within = \"paragraph\" }]",
        "case = \"any\"\nwhole_word = true",
        "none_of = [\"公布\"]\nvalid_to = \"2020-06-30\"",
    ];
    for (number, word) in ["试题", "地形图", "批复", "DEM", "名单"].iter().enumerate() {
        let rest = conditions[number];
        write!(
            text,
            "[[entry]]\nid = \"x.test.{number}\"\nname = {{ zh = \"甲{number}\", en = \"A\" }}\n\
             matter = \"某事{number}\"\nnumber = \"{number}\"\nlevel = \"秘密\"\n\
             terms = [\"{word}\", \"{word}汇编\", \"另一{word}\"]\n{rest}\nexamples = [\"例\"]\n"
        )
        .unwrap();
    }
    Source::new(Kind::Scope, "lists/own.toml", text)
}

fn beside(lists: &str) -> Vec<Source> {
    let plain = "[scope]\nid = \"y\"\nname = { zh = \"乙\", en = \"Y\" }\n\
                 [[entry]]\nid = \"y.1\"\nname = { zh = \"乙\", en = \"Y\" }\nmatter = \"乙\"\n\
                 terms = [\"试题汇编\", \"题\"]\n";
    vec![
        Source::new(Kind::Scope, "scopes/lists.toml", lists),
        Source::new(Kind::Scope, "scopes/y.toml", plain),
    ]
}

fn compiled(bytes: Vec<u8>) -> Source {
    Source { compiled: Some(Arc::new(bytes)), ..Source::new(Kind::Scope, "own.cache", "") }
}

fn packed() -> Vec<u8> {
    pack(&[own()], &beside(LISTS)).unwrap()
}

const TEXT: &str = "统一考试的试题汇编在启用前不得外传。\n地形图覆盖30平方千米，比例尺1:5万。\n\
    关于名单的通知，批复第3号。\n批复模拟通知\n第二条 批复的通知。\ndem DEM xDEM\n名单已公布。另一名单\n";

fn findings(dictionary: &Dictionary) -> Vec<Finding> {
    let text = SourceText::from_lines(TEXT.to_owned());
    detect(&text, &fold(text.as_str()), dictionary).findings
}

fn both(mut written: Vec<Source>, mut packed: Vec<Source>) -> [Dictionary; 2] {
    written.splice(0..0, beside(LISTS));
    packed.splice(0..0, beside(LISTS));
    [written, packed].map(|sources| load(&sources).unwrap())
}

#[test]
fn findings_entries_and_digest_are_those_of_the_sources() {
    let [written, read] = both(vec![own()], vec![compiled(packed())]);
    assert_eq!(written.scopes_digest, read.scopes_digest);
    let found = findings(&written);
    assert!(found.len() > 6, "{found:#?}");
    assert_eq!(format!("{found:?}"), format!("{:?}", findings(&read)));
    assert_eq!(written.entries.len(), read.entries.len());
    for (a, b) in written.entries.iter().zip(read.entries.iter()) {
        // Word sets of several files are numbered otherwise.
        let [a, b] = [(a, &written), (b, &read)].map(|(entry, dictionary)| {
            let mut entry = entry.clone();
            let conditions = entry.near.iter_mut().chain(&mut entry.apart);
            let words: Vec<_> = conditions
                .chain(&mut entry.qualifiers)
                .map(|c| dictionary.word_sets[std::mem::take(&mut c.words)].words().to_vec())
                .collect();
            format!("{entry:?} {words:?}")
        });
        assert_eq!(a, b);
    }
    assert_eq!(format!("{:?}", written.scopes), format!("{:?}", read.scopes));
}

#[test]
fn files_before_and_behind_it_keep_their_places() {
    let more = |id: &str| {
        let text = own().text.replace("x.test", id).replace("notice", id);
        Source::new(Kind::Scope, format!("{id}.toml"), text)
    };
    let other = pack(&[more("c")], &beside(LISTS)).unwrap();
    let [written, read] = both(
        vec![own(), more("b"), more("c"), more("d")],
        vec![compiled(packed()), more("b"), compiled(other), more("d")],
    );
    assert_eq!(written.scopes_digest, read.scopes_digest);
    assert_eq!(format!("{:?}", findings(&written)), format!("{:?}", findings(&read)));
    let ids = |d: &Dictionary| d.entries.iter().map(|e| e.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&written), ids(&read));
}

#[test]
fn its_lists_are_there_for_other_files() {
    let text = "[scope]\nid = \"z\"\nname = { zh = \"丙\", en = \"Z\" }\n\
                [[entry]]\nid = \"z.1\"\nname = { zh = \"丙\", en = \"Z\" }\nmatter = \"丙\"\n\
                terms = [\"题\"]\nall_of = [\"@notice\"]\n";
    let other = Source::new(Kind::Scope, "z.toml", text);
    let [written, read] = both(vec![own(), other.clone()], vec![compiled(packed()), other]);
    assert_eq!(format!("{:?}", findings(&written)), format!("{:?}", findings(&read)));
}

#[track_caller]
fn refused(sources: Vec<Source>, words: &str) {
    let wrong = load(&sources).unwrap_err();
    let said: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|line| line.contains(words)), "{said:#?} should say {words}");
}

#[test]
fn what_is_stale_is_refused_with_the_reason() {
    let with = |source: Source, lists: &str| {
        let mut sources = beside(lists);
        sources.push(source);
        sources
    };
    let other = LISTS.replace("高考", "中考");
    refused(with(compiled(packed()), &other), "compile it again");
    refused(with(compiled(packed()), ""), "the list is not the one");
    let changed = |at: usize| {
        let mut bytes = packed();
        bytes[at] ^= 1;
        compiled(bytes)
    };
    refused(with(changed(MAGIC.len()), LISTS), "compiled in format");
    refused(with(changed(MAGIC.len() + 5), LISTS), "damaged");
    let mut sources = with(compiled(packed()), LISTS);
    sources.push(own());
    refused(sources, "the id stands at own.cache:1 already");
    let clash = own().text.replace("\"x.test\"", "\"x\"").replace("notice", "n");
    let mut sources = with(compiled(packed()), LISTS);
    sources.push(Source::new(Kind::Scope, "clash.toml", clash));
    refused(sources, "the id stands at clash.toml");
    let again = pack(&[compiled(packed())], &beside(LISTS)).unwrap_err();
    assert!(again[0].message.contains("compiled already"));
}

/// Whatever is in the file, with a checksum that holds: nothing panics, also not
/// when words are looked for and entries asked for.
#[test]
fn hostile_files_end_in_an_error_or_a_dictionary() {
    let good = packed();
    let mut outcomes = [0, 0];
    let step = 1 + good.len() / 150;
    for at in (20..good.len()).step_by(step) {
        for change in [1, 0x80, 0xFF] {
            let mut bytes = good.clone();
            bytes[at] ^= change;
            let whole = at < 24;
            if !whole {
                let checksum = crc32fast::hash(&bytes[24..]);
                bytes[20..24].copy_from_slice(&checksum.to_le_bytes());
            }
            let mut sources = beside(LISTS);
            sources.push(compiled(bytes));
            match load(&sources) {
                Ok(dictionary) => {
                    outcomes[0] += 1;
                    findings(&dictionary);
                    assert_eq!(dictionary.entries.iter().count(), dictionary.entries.len());
                }
                Err(_) => outcomes[1] += 1,
            }
        }
    }
    assert!(outcomes.iter().all(|count| *count > 0), "{outcomes:?}");
    for length in (16..good.len()).step_by(step) {
        let mut sources = beside(LISTS);
        sources.push(compiled(good[..length].to_vec()));
        assert!(load(&sources).is_err(), "cut to {length}");
    }
}

#[test]
fn a_bit_that_flips_is_seen() {
    let good = packed();
    for at in (MAGIC.len()..good.len()).step_by(1 + good.len() / 300) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        let mut sources = beside(LISTS);
        sources.push(compiled(bytes));
        assert!(load(&sources).is_err(), "byte {at}");
    }
}

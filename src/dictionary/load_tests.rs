//! What is right, what is wrong, and what is said about it.

use super::*;

const HEAD: &str = r#"
[scope]
id = "x.test"
name = { zh = "某范围", en = "A scope" }

[lists]
exam = ["统一考试", "高考"]
"#;

fn file(entries: &str) -> Source {
    Source::new(Kind::Scope, "scopes/test.toml", format!("{HEAD}{entries}"))
}

fn entry(rest: &str) -> String {
    format!(
        "\n[[entry]]\nid = \"x.test.1\"\nname = {{ zh = \"甲\", en = \"A\" }}\nmatter = \"甲\"\n{rest}\n"
    )
}

/// One diagnostic on each expected line, each with its words.
#[track_caller]
fn check(entries: &str, expected: &[(usize, &str)]) {
    let wrong = load(&[file(entries)]).err().unwrap_or_default();
    let shown: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(wrong.len(), expected.len(), "{shown:#?}");
    for (diagnostic, (line, words)) in wrong.iter().zip(expected) {
        assert_eq!(diagnostic.line, *line, "{diagnostic}");
        assert!(diagnostic.message.contains(words), "{diagnostic} should say {words}");
    }
}

#[test]
fn a_sound_file_is_taken_in() {
    let text = entry(
        r#"terms = ["試題"]
all_of = ["@exam", ["甲", "乙"], { any = ["丙"], within = 20 }]
quantities = [{ at_least = "1:1万" }, { over = "25平方千米", at_most = "30平方千米" }]
qualifiers = [["启用前", "启用之前"]]
exclusions = ["模拟", { any = ["re:第.条"], within = "paragraph" }]
valid_from = "2001-01-01"
valid_to = "2020-06-30""#,
    );
    let dictionary = load(&[file(&text)]).unwrap();
    let entry = &dictionary.entries[0];
    assert_eq!(entry.terms, ["试题"], "terms are folded");
    assert_eq!((entry.near.len(), entry.quantities.len(), entry.apart.len()), (3, 2, 2));
    assert_eq!(entry.qualifiers[0].name, "启用前");
    assert_eq!((entry.file.as_str(), entry.line), ("scopes/test.toml", 9));
    assert_eq!(dictionary.scopes[entry.scope].id, "x.test");
}

#[test]
fn everything_wrong_is_said_at_once() {
    let two = entry("terms = [\"甲\"]\nall_off = [\"乙\"]")
        + &entry("terms = [\"甲\", \"\\u200b\"]\nvalid_from = \"2020-13-01\"")
        + &entry("terms = []\nwithin = \"chapter\"");
    check(&two, &[(14, "all_off"), (21, "month"), (28, "chapter")]);
}

#[test]
fn what_cannot_be_meant() {
    for (rest, words) in [
        ("terms = []", "terms: at least one word"),
        ("terms = [\"\\u200b\"]", "would match everywhere"),
        ("terms = [\"re:甲+\"]", "plain words, not patterns"),
        ("terms = [\"@nobody\", \"甲\"]", "no list named nobody"),
        ("terms = [\"甲\"]\nall_of = [[]]", "without words never matches"),
        ("terms = [\"甲\"]\nall_of = [\"re:(\"]", "all_of: (: "),
        ("terms = [\"甲\"]\nexclusions = [\"re:乙*\"]", "matches nothing at all"),
        ("terms = [\"模拟试题\"]\nexclusions = [\"模拟\"]", "it can never match"),
        ("terms = [\"甲\"]\nall_of = [[\"模拟考试\"]]\nnone_of = [\"模拟\"]", "it can never match"),
        (
            "terms = [\"甲\"]\nall_of = [{ any = [\"乙丙丁戊\"], within = 1 }]",
            "does not fit within 1",
        ),
        ("terms = [\"甲\"]\nall_of = [{ any = [\"乙\"], within = 0 }]", "expected a word, a list"),
        ("terms = [\"甲\"]\nexclusions_within = 5000", "1 to 1000 characters"),
        ("terms = [\"甲\"]\nquantities = [{}]", "over, at_least"),
        ("terms = [\"甲\"]\nquantities = [{ over = \"很多\" }]", "a number with a unit"),
        (
            "terms = [\"甲\"]\nquantities = [{ over = \"2米\", under = \"1米\" }]",
            "no value is > 2米, < 1米",
        ),
        (
            "terms = [\"甲\"]\nquantities = [{ over = \"2米\", under = \"5亩\" }]",
            "one kind of measure",
        ),
        (
            "terms = [\"甲\"]\nvalid_from = \"2002-01-01\"\nvalid_to = \"2001-01-01\"",
            "before valid_from",
        ),
    ] {
        let wrong = load(&[file(&entry(rest))]).err().unwrap_or_default();
        assert!(wrong.iter().any(|d| d.message.contains(words)), "{rest}: {wrong:#?}");
        assert!(wrong.iter().all(|d| d.line >= 9), "{wrong:#?}");
    }
}

#[test]
fn ids_are_given_once_and_below_their_scope() {
    let twice = entry("terms = [\"甲\"]") + &entry("terms = [\"乙\"]");
    check(&twice, &[(15, "the id stands at scopes/test.toml:9 already")]);
    let stray = entry("terms = [\"甲\"]").replace("x.test.1", "y.1");
    check(&stray, &[(9, "begins with its scope's: x.test.")]);
    let loud = entry("terms = [\"甲\"]").replace("x.test.1", "x.test.Ä");
    check(&loud, &[(9, "an id is made of")]);
}

#[test]
fn broken_files_do_not_hide_each_other() {
    let broken = Source::new(Kind::Scope, "scopes/a.toml", "[scope\nid = \"a\"\n");
    let homeless = Source::new(Kind::Scope, "scopes/b.toml", entry("terms = [\"甲\"]"));
    let wrong = load(&[broken, homeless, file(&entry("terms = []"))]).unwrap_err();
    let files: Vec<&str> = wrong.iter().map(|d| d.file.as_str()).collect();
    for name in ["scopes/a.toml", "scopes/b.toml", "scopes/test.toml"] {
        assert!(files.contains(&name), "{files:?}");
    }
}

#[test]
fn a_file_given_twice_is_no_dictionary() {
    let mut twice = shipped();
    twice.extend(shipped());
    let wrong = load(&twice).unwrap_err();
    for words in ["cn.scope.hit: the rule is given twice", "cn.archives.1990.2-1: the id stands"] {
        assert!(wrong.iter().any(|d| d.message.contains(words)), "{words}");
    }
}

#[test]
fn digests_know_names_texts_and_kinds_but_not_the_order() {
    let a = Source::new(Kind::Scope, "scopes/a.toml", "# a");
    let b = Source::new(Kind::Scope, "scopes/b.toml", "# b");
    let of = |sources: &[Source]| load(sources).unwrap().scopes_digest;
    assert_eq!(of(&[a.clone(), b.clone()]), of(&[b.clone(), a.clone()]));
    let mut moved = b.clone();
    moved.name = "scopes/c.toml".into();
    assert_ne!(of(&[a.clone(), b.clone()]), of(&[a.clone(), moved]));
    let rules = Source::new(Kind::Rules, "rules/a.toml", "rule = []");
    let both = load(&[a.clone(), rules]).unwrap();
    assert_eq!(both.scopes_digest, of(&[a]));
    assert_ne!(both.rules_digest, load(&[]).unwrap().rules_digest);
}

#[test]
fn the_shipped_files_are_those_in_the_folders() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dictionaries");
    let mut shipped = shipped();
    shipped.sort();
    let there = read_folder(&folder).unwrap();
    let names = |sources: &[Source]| sources.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&there), names(&shipped));
    for (there, shipped) in there.iter().zip(&shipped) {
        assert!(there == shipped, "{} was changed since", there.name);
    }
}

#[test]
fn the_shipped_dictionaries_are_sound_and_documented() {
    let dictionary = load(&shipped()).unwrap_or_else(|wrong| {
        panic!("{}", wrong.iter().map(|d| format!("{d}\n")).collect::<String>())
    });
    assert!(dictionary.entries.len() >= 50, "{} entries", dictionary.entries.len());
    for scope in &dictionary.scopes {
        assert!(!scope.sources.is_empty(), "{} has no source", scope.id);
        assert!(scope.certainty.starts_with("seen"), "{} was not seen", scope.id);
    }
    for entry in dictionary.entries.iter() {
        let whole = !entry.examples.is_empty() && !entry.negative_examples.is_empty();
        assert!(whole, "{} needs an example and a negative example", entry.id);
        assert!(!entry.level.is_empty(), "{} has no published level", entry.id);
    }
}

#[test]
fn what_is_never_matched_has_no_words_to_match() {
    let unmatched =
        "\n[[unmatched]]\nnumber = \"2\"\nkind = \"criterion\"\nmatter = \"造成损害的\"\n";
    let dictionary = load(&[file(unmatched)]).unwrap();
    let scope = &dictionary.scopes[0];
    assert_eq!(scope.unmatched[0].kind, crate::dictionary::UnmatchedKind::Criterion);
    assert_eq!((dictionary.entries.len(), dictionary.matcher.is_empty()), (0, true));
    check(&format!("{unmatched}terms = [\"损害\"]\n"), &[(13, "terms")]);
    check(&unmatched.replace("criterion", "hint"), &[(11, "hint")]);
}

#[test]
fn categories_are_named_by_scopes_and_entries() {
    let categories = "\n[[category]]\nid = \"economy\"\nnumber = \"(四)\"\nbasis = \"法\"\n\
                      name = { zh = \"经济\", en = \"Economy\" }\n";
    let own = entry("terms = [\"试题\"]\ncategory = \"economy\"");
    let dictionary = load(&[file(&format!("{categories}{own}"))]).unwrap();
    let entry = &dictionary.entries[0];
    assert_eq!(entry.category.map(|at| dictionary.categories[at].id.as_str()), Some("economy"));
    assert_eq!(dictionary.scopes[0].category, None);
    check(&own, &[(9, "no category economy")]);
    check(&format!("{categories}{categories}"), &[(15, "stands in scopes/test.toml already")]);
}

/// Every kind of matter the law names is there, and every scope is of one; an
/// entry's level is one the law knows, and what is no entry is never matched.
#[test]
fn the_shipped_scopes_are_sorted_by_the_law() {
    let dictionary = Dictionary::shipped();
    let numbers: Vec<&str> = dictionary.categories.iter().map(|c| c.number.as_str()).collect();
    assert_eq!(numbers, ["(一)", "(二)", "(三)", "(四)", "(五)", "(六)", "(七)"]);
    assert!(dictionary.scopes.iter().all(|scope| scope.category.is_some()));
    for entry in dictionary.entries.iter() {
        let id = &entry.id;
        assert!(["绝密", "机密", "秘密"].contains(&entry.level.as_str()), "{id}: {}", entry.level);
        let scope = &dictionary.scopes[entry.scope];
        assert!(!(entry.sources.is_empty() && scope.sources.is_empty()), "{id}: no source");
        let certainty =
            if entry.certainty.is_empty() { &scope.certainty } else { &entry.certainty };
        assert!(certainty.starts_with("seen"), "{id}: {certainty}");
        assert!(entry.examples.len() > 1 && entry.negative_examples.len() > 1, "{id}: examples");
    }
    let besides = dictionary.scopes.iter().flat_map(|scope| &scope.unmatched);
    assert!(besides.clone().count() > 20);
    for unmatched in besides {
        let known = dictionary.entries.iter().any(|entry| entry.matter == unmatched.matter);
        assert!(!known, "{} is an entry too", unmatched.matter);
    }
}

#[test]
fn weights_and_documents_that_cannot_be_meant_are_said() {
    check(&entry("terms = [{ word = \"甲\", weight = 2 }]"), &[(9, "without a threshold")]);
    check(
        &entry("terms = [\"甲\"]\nthreshold = 5\nsupport = [{ any = [\"乙\"], weight = 3 }]"),
        &[(9, "come to 4")],
    );
    check(&entry("terms = [\"甲\"]\ndocuments = { kinds = [\"\"] }"), &[(9, "fit everywhere")]);
    check(&entry("terms = [{ word = \"甲\", wait = 2 }]"), &[(13, "expected a word or")]);
    check(&entry("terms = [\"甲\"]\ndocuments = { kind = [\"通知\"] }"), &[(14, "unknown field")]);
    let text = entry("terms = [{ word = \"甲\", aliases = [\"乙\", \"甲\"] }]\nthreshold = 1");
    let dictionary = load(&[file(&text)]).unwrap();
    assert_eq!(dictionary.entries[0].terms, ["甲", "乙"]);
}

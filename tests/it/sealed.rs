//! Keyed lists and known documents, from the files they are made of to findings.

use std::fs;
use std::path::Path;

use crate::support::{Ran, run};

const LIST: &str = r#"
[scope]
id = "own.2026"
name = { zh = "某机关一览表", en = "A body's own list" }

[[entry]]
id = "own.2026.1"
name = { zh = "磐石七号", en = "Bedrock Seven" }
matter = "磐石七号工程的选址"
level = "机密"
terms = ["磐石七号工程"]
any_of = ["岚川泵站"]
exclusions = ["@practice"]
examples = ["磐石七号工程在岚川泵站以东。"]
negative_examples = ["磐石七号工程另议。"]

[[entry]]
id = "own.2026.2"
name = { zh = "方案", en = "Plan" }
matter = "方案"
terms = ["应急方案"]
"#;

const LETTER: &str =
    "　　关于磐石七號工程选址的说明\n　　磐石七号工程拟在岚川泵站以东动工，请各组知悉。\n";

/// A folder with a list, a letter and two keys.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("own.toml"), LIST).unwrap();
    fs::create_dir(at("in")).unwrap();
    fs::write(at("in/letter.txt"), LETTER).unwrap();
    for key in ["a.key", "b.key"] {
        let ran = run(folder.path(), &["dictionary", "key", "--out", key]);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
        let text = fs::read_to_string(at(key)).unwrap();
        assert_eq!(text.trim().len(), 64);
        assert!(!ran.stderr.contains(text.trim()), "{}", ran.stderr);
    }
    folder
}

fn scan(folder: &Path, arguments: &[&str]) -> Ran {
    run(folder, &[&["scan", "--as-of=2026-11-23", "--format=ndjson"], arguments].concat())
}

#[test]
fn a_key_is_its_owners_alone_and_never_written_over() {
    let folder = folder();
    let before = fs::read(folder.path().join("a.key")).unwrap();
    let ran = run(folder.path(), &["dictionary", "key", "--out", "a.key"]);
    assert_eq!(ran.status, 2);
    assert_eq!(fs::read(folder.path().join("a.key")).unwrap(), before);
    assert_ne!(fs::read(folder.path().join("b.key")).unwrap(), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join("a.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_keyed_list_finds_its_entries_and_shows_their_ids_alone() {
    let folder = folder();
    let make = ["dictionary", "keyed", "own.toml", "--key", "a.key", "--out"];
    let ran = run(folder.path(), &[&make[..], &["own.vmk"]].concat());
    // One head word is everyday, so the list is made without it and a person hears of it.
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("own.toml:17: own.2026.2: head word 1 is left out"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("own.vmk: 1 head words"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("应急") && !ran.stderr.contains("磐石"), "{}", ran.stderr);
    run(folder.path(), &[&make[..], &["again.vmk"]].concat());
    let made = fs::read(folder.path().join("own.vmk")).unwrap();
    assert!(made == fs::read(folder.path().join("again.vmk")).unwrap());

    let list = ["--dictionary", "own.vmk", "--dictionary-key"];
    let ran = scan(folder.path(), &[&list[..], &["a.key", "in", "--quotes"]].concat());
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(!ran.stdout.contains("磐石") && !ran.stdout.contains("泵站"), "{}", ran.stdout);
    let line = &ran.lines()[0];
    let finding = &line["parts"][0]["findings"][0];
    assert_eq!((&line["verdict"], &finding["rule"]), (&"review".into(), &"cn.scope.hit".into()));
    assert_eq!(finding["entry"], "own.2026.1");
    assert_eq!(finding["place"]["line"], 2);
    assert_eq!(finding["place"]["char"], serde_json::json!([18, 24]));
    assert_eq!((finding.get("quote"), finding.get("context")), (None, None));
    assert!(finding["evidence"].to_string().contains("an entry of a keyed list"));

    for (arguments, said) in [
        (&[&list[..], &["b.key", "in"]].concat()[..], "the list was made with another key"),
        (&["--dictionary", "own.vmk", "in"], "own.vmk:0: opens with a key only"),
        (&[&list[..], &["own.toml", "in"]].concat(), "no random bytes"),
        (&[&list[..], &["no.key", "in"]].concat(), "cannot read the key no.key"),
    ] {
        let ran = scan(folder.path(), arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
    let mut damaged = made;
    damaged[70] ^= 1;
    fs::write(folder.path().join("own.vmk"), damaged).unwrap();
    let ran = scan(folder.path(), &[&list[..], &["a.key", "in"]].concat());
    assert!(ran.status == 2 && ran.stderr.contains("damaged"), "{}", ran.stderr);
}

#[test]
fn an_example_that_fails_in_the_list_is_said() {
    let folder = folder();
    let wrong = LIST.replace("[\"磐石七号工程另议。\"]", "[\"磐石七号工程，岚川泵站。\"]");
    fs::write(folder.path().join("own.toml"), wrong).unwrap();
    let ran = run(
        folder.path(),
        &["dictionary", "keyed", "own.toml", "--key", "a.key", "--out", "own.vmk"],
    );
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("is found in a negative example"), "{}", ran.stderr);
    assert!(!folder.path().join("own.vmk").exists());
}

/// Numbered sentences: as many different ones as are wanted.
fn minutes(seed: usize) -> String {
    let places =
        ["库房西侧", "二号棚", "临河泵房", "新修的晒场", "旧礼堂", "东门收发室", "堆场北角"];
    let things = ["灯笼骨架", "竹席", "展柜玻璃", "水泵滤网", "旧账册"];
    let sentence = |n: usize| {
        let n = n * 31 + seed * 101;
        let (place, thing) = (places[n % 7], things[n / 7 % 5]);
        format!(
            "第{}批{thing}共{}件已运至{place}，由{}号保管员签收并造册备查。\n",
            n % 97,
            n % 83 + 2,
            n % 13
        )
    };
    (0..12).map(sentence).collect()
}

#[test]
fn known_documents_are_found_whatever_holds_a_piece_of_them() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("known")).unwrap();
    for seed in 1..4 {
        fs::write(at(&format!("known/minutes {seed}.txt")), minutes(seed)).unwrap();
    }
    fs::write(at("known/short.txt"), "一行字而已。").unwrap();
    fs::write(at("known/unknown.bin"), b"\0\x01\xff\xfe").unwrap();
    let make = ["dictionary", "fingerprint", "known", "--key", "a.key", "--title-as-id", "--out"];
    let ran = run(folder.path(), &[&make[..], &["known.vmf"]].concat());
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        "minutes 1\tknown/minutes 1.txt\nminutes 2\tknown/minutes 2.txt\nminutes 3\tknown/minutes 3.txt\n"
    );
    assert!(ran.stderr.contains("known/short.txt: not known: 5 letters"), "{}", ran.stderr);
    assert!(ran.stderr.contains("known/unknown.bin: gap.unsupported"), "{}", ran.stderr);
    let made = fs::read(at("known.vmf")).unwrap();
    run(folder.path(), &[&make[..], &["again.vmf"]].concat());
    assert!(made == fs::read(at("again.vmf")).unwrap());

    let excerpt: String = minutes(2).chars().skip(60).take(70).collect();
    fs::write(at("in/letter.txt"), format!("摘要如下：\n{excerpt}\n以上。\n")).unwrap();
    fs::write(at("in/other.txt"), minutes(77)).unwrap();
    fs::write(at("in/copy.txt"), minutes(3)).unwrap();
    let arguments = ["--dictionary", "known.vmf", "--dictionary-key", "a.key", "in"];
    let ran = scan(folder.path(), &arguments);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let found: Vec<(String, String)> = ran
        .lines()
        .iter()
        .flat_map(|line| {
            let name = line["source"].as_str().unwrap().to_owned();
            let findings = line["parts"][0]["findings"].as_array().unwrap().clone();
            findings.into_iter().map(move |f| {
                assert_eq!(f["rule"], "text.known-document");
                assert_eq!(f["severity"], "review");
                (name.clone(), f["entry"].as_str().unwrap().to_owned())
            })
        })
        .collect();
    let wanted = [("in/copy.txt", "minutes 3"), ("in/letter.txt", "minutes 2")];
    assert_eq!(found, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let lines = ran.lines();
    let evidence = lines[0]["parts"][0]["findings"][0]["evidence"].to_string();
    assert!(evidence.contains("100 % of the known document"), "{evidence}");
    for jobs in ["1", "4"] {
        let again = scan(folder.path(), &[&arguments[..], &["--jobs", jobs]].concat());
        assert_eq!(again.stdout, ran.stdout);
    }

    let wrong =
        scan(folder.path(), &["--dictionary", "known.vmf", "--dictionary-key", "b.key", "in"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("made with another key"), "{}", wrong.stderr);
}

#[test]
fn compiled_lists_say_what_their_files_say() {
    let folder = folder();
    let path = folder.path();
    let ran = run(path, &["dictionary", "compile", "own.toml", "--out", "own.cache"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let readable = scan(path, &["--dictionary=own.toml", "in"]);
    let compiled = scan(path, &["--dictionary=own.cache", "in"]);
    assert!(readable.stdout.contains("own.2026.1"), "{}", readable.stdout);
    assert_eq!(readable.stdout, compiled.stdout, "{}", compiled.stderr);
    // Damaged or made of other files, it is refused and not half used.
    let whole = fs::read(path.join("own.cache")).unwrap();
    for (name, bytes) in [("cut", &whole[..whole.len() - 1]), ("empty", &whole[..whole.len() / 2])]
    {
        fs::write(path.join(name), bytes).unwrap();
        let refused = scan(path, &[&format!("--dictionary={name}"), "in"]);
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""), "{name}");
        assert!(refused.stderr.contains(name), "{name}: {}", refused.stderr);
    }
}

#[test]
fn a_keyed_list_is_compiled_by_either_command() {
    let folder = folder();
    let path = folder.path();
    let own = ["dictionary", "keyed", "own.toml", "--key", "a.key", "--out", "one.vmk"];
    let other = ["dictionary", "compile", "own.toml", "--keyed", "a.key", "--out", "two.vmk"];
    assert_eq!(run(path, &own).status, run(path, &other).status);
    let read = |name: &str| fs::read(path.join(name)).unwrap();
    assert!(!read("one.vmk").is_empty());
    assert_eq!(read("one.vmk"), read("two.vmk"));
}

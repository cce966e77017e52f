//! What is said in English deep inside is said in Chinese to those who read Chinese.

use std::path::Path;

use vetmark::report::Lang;

use crate::support::vetmark;

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Every reason that the documents of this repository give for not being read.
#[test]
fn reasons_are_said_in_chinese() {
    let mut scan = vetmark();
    scan.args(["scan", "--lang", "zh", "--quotes=off", "tests/fixtures", "corpora"]);
    let said = String::from_utf8(scan.output().unwrap().stdout).unwrap();
    let reasons: Vec<_> =
        said.lines().filter(|line| line.trim_start().starts_with("[未读]")).collect();
    assert!(reasons.len() > 40, "{} reasons", reasons.len());
    let english: Vec<_> = reasons
        .iter()
        .filter_map(|line| line.split_once(" · "))
        .filter(|(_, reason)| !is_chinese(reason))
        .collect();
    assert!(english.is_empty(), "{english:#?}");
}

/// Every reason that stands in the sources as it is said, with a number where it changes.
#[test]
fn reasons_in_the_sources_have_their_chinese() {
    let reason = regex::Regex::new(
        r#"(?:Gap::new|gap|damaged|Mistake::of|bail!|\.context|with_context)\([^";{}]{0,120}(?:\{\s*|format!\(\s*){0,2}"((?:[^"\\]|\\.|\\\n)*)""#,
    )
    .unwrap();
    let wrapped = regex::Regex::new(r"\\\n\s*").unwrap();
    let hole = regex::Regex::new(r"\{[^{}]*\}").unwrap();
    let (mut seen, mut english) = (0, Vec::new());
    for path in sources(Path::new("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for found in reason.captures_iter(text) {
            let literal = wrapped.replace_all(&found[1], "").into_owned();
            let example = hole
                .replace_all(&literal.replace("\\\"", "\"").replace("\\n", "\n"), "7")
                .into_owned();
            // Words of its own: not only what stands in it, and no name of a key.
            if !example.contains(|c: char| c.is_ascii_lowercase())
                || !example.contains(' ')
                || is_chinese(&example)
                || example == "cannot 7: 7"
            {
                continue;
            }
            seen += 1;
            if !is_chinese(&Lang::Zh.message(&example)) {
                english.push(format!("{}: {literal}", path.display()));
            }
        }
    }
    assert!(seen > 120, "{seen} reasons");
    assert!(english.is_empty(), "{english:#?}");
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    walk.into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .filter(|path| !path.to_string_lossy().contains("test"))
        .collect()
}

#[test]
fn mistakes_are_said_in_chinese() {
    for (line, said) in [
        (&["scan", "no-such-file"][..], "错误：无法打开no-such-file：没有这个文件或目录"),
        (&["explain", "no.such.rule"], "错误：没有规则no.such.rule；"),
        (
            &["scan", "--set", "budget.pages=many", "Cargo.toml"],
            "错误：设置有误\n--set：budget.pages：须为1至1000000的数",
        ),
        (&["scan", "--out", "src", "Cargo.toml"], "错误：无法写入src：不是普通文件"),
        (&["scan"], "错误：缺少必需的参数：<PATH>..."),
    ] {
        let out = vetmark().args(line).args(["--lang", "zh"]).output().unwrap();
        let words = String::from_utf8(out.stderr).unwrap();
        assert!(words.starts_with(said), "{line:?}: {words}");
        assert_eq!(out.status.code(), Some(2), "{line:?}");
        let out = vetmark().args(line).args(["--lang", "en"]).output().unwrap();
        let words = String::from_utf8(out.stderr).unwrap();
        assert!(words.starts_with("error: ") && !is_chinese(&words), "{line:?}: {words}");
    }
}

/// Help is chosen like everything else, although it is printed before anything is read.
#[test]
fn help_is_said_in_chinese() {
    let help = |line: &[&str], variables: &[(&str, &str)]| {
        let mut command = vetmark();
        for name in ["LC_ALL", "LC_MESSAGES", "LANG", "VETMARK_LANG"] {
            command.env_remove(name);
        }
        let out = command.args(line).envs(variables.iter().copied()).output().unwrap();
        String::from_utf8([out.stdout, out.stderr].concat()).unwrap()
    };
    let (zh, en) =
        ("用法：vetmark scan [选项] <PATH>...", "Usage: vetmark scan [OPTIONS] <PATH>...");
    for (line, variables, said) in [
        (&["scan", "--help"][..], &[("VETMARK_LANG", "zh")][..], zh),
        (&["scan", "-h"], &[("LANG", "zh_CN.UTF-8")], zh),
        (&["help", "scan"], &[("LC_ALL", "zh_CN.UTF-8"), ("LANG", "en_GB.UTF-8")], zh),
        (&["scan", "--lang", "zh", "--help"], &[], zh),
        (&["scan", "--lang=en", "--help"], &[("VETMARK_LANG", "zh")], en),
        (&["scan", "--help"], &[("VETMARK_LANG", "en"), ("LANG", "zh_CN.UTF-8")], en),
        (&["scan", "--help"], &[], en),
        (&["dictionary"], &[("VETMARK_LANG", "zh")], "用法：vetmark dictionary <命令>"),
        (&[], &[("VETMARK_LANG", "zh")], "用法：vetmark [命令]"),
        (&["man", "scan"], &[("VETMARK_LANG", "zh")], ".SH 名称"),
        (&["completions", "zsh"], &[("VETMARK_LANG", "zh")], "判定日期"),
    ] {
        let words = help(line, variables);
        assert!(words.contains(said), "{line:?} {variables:?}: {words}");
    }
}

/// Every sentence in the room of dictionaries, which authors of lists are told: but for what is
/// no message (names of keyed hashes, what is written into files) and what has its Chinese beside it.
#[test]
fn what_is_wrong_with_a_dictionary_has_its_chinese() {
    let literal = regex::Regex::new(r#""((?:[^"\\]|\\.|\\\n)*)""#).unwrap();
    let no_message = regex::Regex::new(
        r"(?:Words::new\(\s*(?:format!\(\s*)?|wrong\(|mac\(|odd\(|expect\(|or\(en,|line ==|parse\(|panic!\(|b|writeln!\(\s*\w+,|text\(\w+, .certainty.,|is_ok\(\),|let mut text = format!\(|en \+=)\s*$",
    )
    .unwrap();
    let wrapped = regex::Regex::new(r"\\\n\s*").unwrap();
    let hole = regex::Regex::new(r"\{[^{}…]*\}").unwrap();
    let word = regex::Regex::new(r"\b[a-z]{2,}\b").unwrap();
    let (mut seen, mut english) = (0, Vec::new());
    // The check of the shipped rules is a test.
    let own =
        sources(Path::new("src/dictionary")).into_iter().filter(|p| !p.ends_with("rules_check.rs"));
    for path in own {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines: Vec<_> = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
        // A quotation mark by itself begins no literal.
        let text = lines.join("\n").replace("'\"'", "' '");
        for found in literal.captures_iter(&text) {
            let before = &text[..found.get(0).unwrap().start()];
            let said = wrapped.replace_all(&found[1], "").replace("\\\"", "\"");
            let example = hole.replace_all(&said, "7").into_owned();
            let is_toml = said.contains("\\n");
            if word.find_iter(&example).count() < 2
                || !example.contains(' ')
                || is_chinese(&example)
                || is_toml
                || no_message.is_match(before)
            {
                continue;
            }
            seen += 1;
            if !is_chinese(&Lang::Zh.message(&example)) {
                english.push(format!("{}: {said}", path.display()));
            }
        }
    }
    assert!(seen > 80, "{seen} messages");
    assert!(english.is_empty(), "{english:#?}");
}

#[test]
fn what_is_wrong_with_a_list_is_said_in_chinese() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("own.toml");
    let scope = "[scope]\nid = \"own.x\"\nname = { zh = \"甲\", en = \"A\" }\n";
    let entry = "[[entry]]\nid = \"own.x.1\"\nmatter = \"一项\"\nterms = [\"名称\"]\n";
    for (text, said) in [
        (format!("{scope}{entry}"), "条目1个，均无误；已演练示例0个\n1个条目没有示例"),
        (
            format!("{scope}{}", entry.replace("own.x.1", "Own 1")),
            "own.toml:4：Own 1：标识由a-z、0-9、点和连字符组成\n",
        ),
        (format!("{scope}{}", entry.replace("\"名称\"", "")), "terms：没有词语的列表无从命中"),
        (
            format!("{scope}{}", entry.replace("名称", "@none")),
            "own.toml:4：own.x.1：terms：没有名为none的列表\n",
        ),
        (format!("{scope}{entry}colour = 1\n"), "own.toml:8：没有`colour`这一项；可用：`"),
        (format!("{scope}{entry}within = 5000\n"), "5000不是可用的距离：须为1至1000字"),
        (format!("{scope}{entry}terms = 1\n"), "own.toml:8：键重复"),
        (
            format!("{scope}{}", entry.replace("[\"名称\"]", "7")),
            "类型有误：所给为整数`7`，须为列表",
        ),
        (format!("{scope}{}", entry.replace("\"一项\"", "\"一项")), "own.toml:6：字符串有误"),
        (
            format!("{scope}{entry}examples = [\"无关\"]\n"),
            "own.toml:4：own.x.1：未能命中自己的示例：\"无关\"",
        ),
        (format!("{scope}{entry}none_of = [\"re:(\"]\n"), "正则表达式有误"),
    ] {
        std::fs::write(&list, &text).unwrap();
        let mut check = vetmark();
        check.args(["dictionary", "check"]).arg(&list).env("VETMARK_LANG", "zh");
        let out = check.output().unwrap();
        let words = String::from_utf8([out.stdout, out.stderr].concat()).unwrap();
        assert!(words.contains(said), "{text}\n{words}");
        let mut check = vetmark();
        check.args(["dictionary", "check"]).arg(&list).env("VETMARK_LANG", "en");
        let out = check.output().unwrap();
        let words = String::from_utf8([out.stdout, out.stderr].concat()).unwrap();
        let words = words.replace("无关", "");
        assert!(!is_chinese(&words), "{words}");
    }
}

/// Every action that the sources enter in the ledger has its words for who reads it there.
#[test]
fn actions_of_the_ledger_have_their_words() {
    let entered = regex::Regex::new(
        r#"\b(?:append|note|order|examined)\((?:[^"();]|\([^();"]*\))*"([a-z]+\.[a-z-]+|scan)""#,
    )
    .unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for room in ["src/record", "src/console", "src/gateway", "src/cli"] {
        for path in sources(Path::new(room)) {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            seen.extend(entered.captures_iter(text).map(|found| found[1].to_owned()));
        }
    }
    assert!(seen.len() > 30, "{seen:?}");
    seen.insert("gateway.notice".to_owned());
    let mute: Vec<_> = seen
        .iter()
        .filter(|action| {
            !vetmark::record::action_words(action)
                .is_some_and(|words| is_chinese(&words.zh) && !is_chinese(&words.en))
        })
        .collect();
    assert!(mute.is_empty(), "{mute:?}");
}

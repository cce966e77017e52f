//! Every text of every command has its Chinese, and the table says nothing that no command says.

use std::collections::BTreeSet;

use clap::{Command, CommandFactory};

use super::*;

/// Every paragraph that a command, what is below it and their arguments say.
fn paragraphs(command: &Command, said: &mut BTreeSet<String>) {
    let arguments = command.get_arguments().flat_map(|argument| {
        let values = argument.get_possible_values();
        let values: Vec<_> = values.iter().filter_map(|value| value.get_help().cloned()).collect();
        argument.get_help().into_iter().chain(argument.get_long_help()).cloned().chain(values)
    });
    let own = [command.get_about(), command.get_long_about()].into_iter().flatten().cloned();
    for text in own.chain(arguments) {
        said.extend(text.to_string().split("\n\n").map(str::to_owned));
    }
    command.get_subcommands().for_each(|inner| paragraphs(inner, said));
}

fn said() -> BTreeSet<String> {
    let (mut tree, mut said) = (Cli::command(), BTreeSet::new());
    tree.build();
    paragraphs(&tree, &mut said);
    said
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// A text that stands in Chinese where it is written (秘密) needs no other.
fn needs_none(text: &str) -> bool {
    is_chinese(text) && !text.contains(|c: char| c.is_ascii_lowercase())
}

#[test]
fn every_text_has_its_chinese() {
    let bare = |text: &str| text.strip_suffix('.').unwrap_or(text).to_owned();
    let missing: Vec<_> = said()
        .into_iter()
        .filter(|text| !needs_none(text))
        .filter(|text| {
            let found = CHINESE.get(text.as_str()).or_else(|| CHINESE.get(bare(text).as_str()));
            !found.is_some_and(|chinese| is_chinese(chinese))
        })
        .collect();
    assert!(missing.is_empty(), "without Chinese in help.tsv:\n{}", missing.join("\n"));
}

/// The gateway's lines are said where there are gateways.
#[cfg(target_os = "linux")]
#[test]
fn the_table_says_nothing_else() {
    let said = said();
    let idle: Vec<_> = CHINESE
        .keys()
        .filter(|text| !said.contains(**text) && !said.contains(&format!("{text}.")))
        .collect();
    assert!(idle.is_empty(), "said by no command: {idle:#?}");
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(lines, CHINESE.len(), "a line twice, or without a tab");
}

/// Renders the help of a command and of what is below it, long and short.
fn each_help(command: &mut Command, seen: &mut impl FnMut(&str, String)) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    seen(&name, shown(&command.render_help().to_string()));
    seen(&name, shown(&command.render_long_help().to_string()));
    command.get_subcommands_mut().for_each(|inner| each_help(inner, seen));
}

/// Words in a row that stand in none of the names of commands, values and files.
fn speaks_english(line: &str) -> bool {
    let inner = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let words: Vec<_> = inner.split(' ').map(is_word).collect();
    words.windows(3).any(|three| three.iter().all(|word| *word))
}

#[test]
fn nothing_in_the_help_is_english() {
    assert!(speaks_english("      --jobs <N>  Matters examined at the same time"));
    let mut helps = 0;
    each_help(&mut tree(true), &mut |name, help| {
        helps += 1;
        assert!(!help.contains('\u{200b}'), "{name}: a mark is left");
        for line in help.lines() {
            let heading = !is_chinese(line) && line.trim_end().ends_with(':');
            assert!(!heading, "{name}: {line}");
            let note = ["possible", "values:", "default:", "OPTIONS", "COMMAND"];
            assert!(!note.iter().any(|note| line.contains(note)), "{name}: {line}");
            let names = line.contains("vetmark ");
            assert!(names || !speaks_english(line), "{name}: {line}");
        }
    });
    assert!(helps > 100, "{helps} helps");
}

/// No line is wider than the widest that clap makes (a Chinese character takes two columns),
/// but for a phrase that nothing divides.
#[test]
fn chinese_breaks_where_a_phrase_ends() {
    let text = breakable("先审查，后公开（一事一审）。`vetmark scan`");
    assert_eq!(text, format!("先审查，{BREAK}后公开（一事一审）。{BREAK}`vetmark scan`"));
    assert_eq!(shown(&text), "先审查，后公开（一事一审）。`vetmark scan`\n");
    let width = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    each_help(&mut tree(true), &mut |name, help| {
        // Usage is broken by clap as it can be.
        for line in help.lines().filter(|line| is_chinese(line) && !line.contains("vetmark ")) {
            assert!(width(line) <= 120, "{name}: {line}");
        }
    });
}

#[test]
fn notes_are_not_divided() {
    for (rendered, said) in [
        ("  --a  甲 [possible\n       values: on, off]", "  --a  甲\n       [可用的值：on, off]\n"),
        ("  --a  甲 [default:\n       9]", "  --a  甲\n       [默认：9]\n"),
        ("  --a  甲 [default: 9]", "  --a  甲 [默认：9]\n"),
    ] {
        assert_eq!(shown(rendered), said);
    }
}

#[test]
fn values_have_their_words_in_chinese() {
    let mut tree = tree(true);
    let scan = tree.find_subcommand_mut("scan").expect("scan");
    let help = shown(&scan.render_long_help().to_string());
    assert!(help.contains("- human:  供人阅读：按结论分组，最重的在前"), "{help}");
    assert!(help.contains("可用的值：") && help.contains("用法：vetmark scan [选项] <PATH>..."));
}

/// Pages of the manual and completions are made of the same words, without marks.
#[test]
fn what_is_described_elsewhere_has_no_marks() {
    let (zh, en) = (described(Lang::Zh), described(Lang::En));
    let about = |tree: &Command| {
        let scan = tree.find_subcommand("scan").and_then(|scan| scan.get_about());
        scan.map(ToString::to_string).unwrap_or_default()
    };
    assert_eq!(about(&zh), "审查文件，对每个事项给出一个结论");
    assert_eq!(about(&en), "Examine documents and give one verdict for each matter");
}

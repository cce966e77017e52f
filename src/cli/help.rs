//! Help in Chinese: clap's tree of commands as it is shown to those who read Chinese.
//!
//! Commands and arguments say in English what they are for, where they stand (`///`).
//! `help.tsv` has the same in Chinese, paragraph by paragraph. Arguments are parsed by the
//! tree that was derived; the one made here is for showing, and for nothing else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clap::builder::{PossibleValuesParser, StyledStr};
use clap::{Arg, Command, CommandFactory};

use super::Cli;
use crate::report::Lang;

/// A line a paragraph: English, a tab, Chinese.
const TABLE: &str = include_str!("help.tsv");

static CHINESE: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).collect()
});

/// Words that clap puts around the texts of a command, where they are a whole line.
const HEADINGS: [(&str, &str); 4] = [
    ("Commands:", "命令："),
    ("Arguments:", "参数："),
    ("Options:", "选项："),
    ("Possible values:", "可用的值："),
];

/// Words that clap puts around the texts of a command, wherever they stand.
const NOTES: [(&str, &str); 6] = [
    ("Usage: ", "用法："),
    ("[OPTIONS]", "[选项]"),
    ("[COMMAND]", "[命令]"),
    ("<COMMAND>", "<命令>"),
    ("[possible values: ", "[可用的值："),
    ("[default: ", "[默认："),
];

/// Where a line of Chinese may break: clap breaks at blanks alone. Taken out again by [`shown`].
const BREAK: &str = "\u{200b} ";

/// The help of a command line, where that asks for it: of the same arguments, in Chinese.
pub(super) fn of(arguments: &[std::ffi::OsString]) -> Option<String> {
    let error = tree(true).try_get_matches_from(arguments).err()?;
    Some(shown(&error.render().to_string()))
}

/// The short help of the program.
pub(super) fn short(lang: Lang) -> String {
    match lang {
        Lang::En => Cli::command().render_help().to_string(),
        Lang::Zh => shown(&tree(true).render_help().to_string()),
    }
}

/// The tree of commands to be described elsewhere: in a manual page, for a shell.
pub(super) fn described(lang: Lang) -> Command {
    match lang {
        Lang::En => {
            let mut tree = Cli::command();
            tree.build();
            tree
        }
        Lang::Zh => tree(false),
    }
}

/// What clap rendered, with its own words in Chinese and without marks for breaks.
pub(super) fn shown(rendered: &str) -> String {
    let mut lines = String::new();
    for line in whole_notes(rendered).lines() {
        let heading = HEADINGS.iter().find(|(english, _)| line.trim() == *english);
        let line = match heading {
            Some((english, chinese)) => line.replace(english, chinese),
            None => NOTES
                .iter()
                .fold(line.replace(BREAK, ""), |line, (english, zh)| line.replace(english, zh)),
        };
        lines += line.replace('\u{200b}', "").trim_end();
        lines.push('\n');
    }
    lines
}

/// The notes that a line breaks within, moved to the next whole: `[possible`, `values: on]`.
fn whole_notes(rendered: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in rendered.lines() {
        let inner = line.trim_start();
        let carried =
            ["[possible values:", "[possible", "[default:"].into_iter().find_map(|note| {
                let last = lines.last_mut()?;
                let kept = last.trim_end().strip_suffix(note)?.trim_end().len();
                last.truncate(kept);
                Some(note)
            });
        lines.push(match carried {
            Some(note) => format!("{:1$}{note} {inner}", "", line.len() - inner.len()),
            None => line.to_owned(),
        });
    }
    lines.join("\n")
}

/// The whole tree in Chinese, built, so that what clap adds itself (`help`) is in it.
fn tree(breaks: bool) -> Command {
    let mut tree = Cli::command();
    tree.build();
    of_command(tree, breaks)
}

fn of_command(mut command: Command, breaks: bool) -> Command {
    if let Some(about) = command.get_about().map(|text| chinese(text, breaks)) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(|text| chinese(text, breaks)) {
        command = command.long_about(about);
    }
    command
        .mut_args(|argument| of_argument(argument, breaks))
        .mut_subcommands(|inner| of_command(inner, breaks))
}

fn of_argument(mut argument: Arg, breaks: bool) -> Arg {
    if let Some(help) = argument.get_help().map(|text| chinese(text, breaks)) {
        argument = argument.help(help);
    }
    if let Some(help) = argument.get_long_help().map(|text| chinese(text, breaks)) {
        argument = argument.long_help(help);
    }
    let values = argument.get_possible_values();
    // Those without words of their own (the shells) are names.
    if values.iter().all(|value| value.get_help().is_none()) {
        return argument;
    }
    let values =
        values.into_iter().map(|value| match value.get_help().map(|text| chinese(text, breaks)) {
            Some(help) => value.help(help),
            None => value,
        });
    let values: Vec<_> = values.collect();
    argument.value_parser(PossibleValuesParser::new(values))
}

/// A text of a command in Chinese; a paragraph nobody put in Chinese stays as it is.
fn chinese(text: &StyledStr, breaks: bool) -> String {
    let text = text.to_string();
    let said: Vec<_> = text
        .split("\n\n")
        .map(|paragraph| match (CHINESE.get(paragraph), paragraph.strip_suffix('.')) {
            (Some(chinese), _) => (*chinese).to_owned(),
            (None, Some(bare)) if CHINESE.contains_key(bare) => format!("{}。", CHINESE[bare]),
            _ => paragraph.to_owned(),
        })
        .map(|said| if breaks { breakable(&said) } else { said })
        .collect();
    said.join("\n\n")
}

/// The text with a mark wherever a line of it may break: behind what closes a phrase, and
/// before nothing that closes one.
fn breakable(text: &str) -> String {
    const CLOSES: &str = "，。；：、）”》";
    let mut marked = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        marked.push(letter);
        let goes_on = letters.peek().is_some_and(|next| !CLOSES.contains(*next) && *next != ' ');
        if CLOSES.contains(letter) && goes_on && !marked.ends_with("[默认：") {
            marked += BREAK;
        }
    }
    marked
}

#[cfg(test)]
mod tests;

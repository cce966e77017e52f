//! Mistakes in how a command is written, in words: clap says them in English, and what it
//! knows of each is said in Chinese here.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::help;
use crate::report::Lang;

/// What is wrong with a command line, or the help or version that was asked for.
pub(super) fn words(lang: Lang, error: &clap::Error, arguments: &[OsString]) -> String {
    let chinese = match lang {
        Lang::En => None,
        Lang::Zh => chinese(error).or_else(|| help::of(arguments)),
    };
    chinese.unwrap_or_else(|| error.render().to_string())
}

fn chinese(error: &clap::Error) -> Option<String> {
    let of = |kind| error.get(kind).map(value).unwrap_or_default();
    let (argument, given) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let mut said = match error.kind() {
        ErrorKind::InvalidValue if given.is_empty() => format!("“{argument}”须有值"),
        ErrorKind::InvalidValue => format!("“{argument}”的值“{given}”无效"),
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(why) => {
                let why = Lang::Zh.message(&why.to_string()).into_owned();
                format!("“{argument}”的值“{given}”无效：{why}")
            }
            None => format!("“{argument}”的值“{given}”无效"),
        },
        ErrorKind::UnknownArgument => format!("没有参数“{argument}”"),
        ErrorKind::InvalidSubcommand => {
            format!("没有命令“{}”", of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数：{argument}"),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::ArgumentConflict => {
            format!("“{argument}”不能与“{}”同用", of(ContextKind::PriorArg))
        }
        ErrorKind::NoEquals => format!("“{argument}”的值须以等号给出"),
        ErrorKind::TooManyValues => format!("“{argument}”的值过多：“{given}”"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("“{argument}”的值的数目不对")
        }
        ErrorKind::InvalidUtf8 => "有参数不是UTF-8".to_owned(),
        // Help and version, and what no command line of ours can lead to.
        _ => return None,
    };
    let valid = [ContextKind::ValidValue, ContextKind::ValidSubcommand];
    let meant =
        [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand];
    let first = |kinds: &[ContextKind]| kinds.iter().map(|kind| of(*kind)).find(|s| !s.is_empty());
    if let Some(valid) = first(&valid) {
        said += &format!("\n  [可用的值：{valid}]");
    }
    if let Some(meant) = first(&meant) {
        said += &format!("\n\n  提示：是否指“{meant}”？");
    }
    let usage = match of(ContextKind::Usage) {
        none if none.is_empty() => none,
        usage => help::shown(&usage) + "\n",
    };
    Some(format!("错误：{said}\n\n{usage}详见 --help。\n"))
}

fn value(value: &ContextValue) -> String {
    match value {
        ContextValue::None => String::new(),
        ContextValue::Strings(all) => all.join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    fn said(lang: Lang, line: &str) -> String {
        let line = std::iter::once("vetmark").chain(line.split(' '));
        let arguments: Vec<OsString> = line.map(Into::into).collect();
        let error = Cli::try_parse_from(&arguments).expect_err("a mistake or help");
        words(lang, &error, &arguments)
    }

    #[test]
    fn mistakes() {
        for (line, words) in [
            ("scan", "缺少必需的参数：<PATH>..."),
            ("scna x", "没有命令“scna”"),
            ("scan --nothing x", "没有参数“--nothing”"),
            ("scan --langg zh x", "提示：是否指“--lang”？"),
            (
                "scan --format xml x",
                "“--format <FORMAT>”的值“xml”无效\n  [可用的值：human, ndjson]",
            ),
            ("scan --as-of tomorrow x", "“--as-of <DATE>”的值“tomorrow”无效"),
            ("scan --jobs 0 x", "“--jobs <N>”的值“0”无效"),
            ("scan --as-of", "“--as-of <DATE>”须有值"),
        ] {
            let (zh, en) = (said(Lang::Zh, line), said(Lang::En, line));
            assert!(zh.starts_with("错误：") && zh.contains(words), "{line}: {zh}");
            assert!(en.starts_with("error: "), "{line}: {en}");
            assert!(!zh.contains('\u{1b}'), "{line}: {zh:?}");
        }
    }

    #[test]
    fn help_is_no_mistake() {
        for (line, zh, en) in [
            ("--help", "用法：vetmark [命令]", "Usage: vetmark [COMMAND]"),
            ("help scan", "用法：vetmark scan [选项] <PATH>...", "Usage: vetmark scan [OPTIONS]"),
            ("dictionary", "用法：vetmark dictionary", "Usage: vetmark dictionary"),
        ] {
            let (zh_said, en_said) = (said(Lang::Zh, line), said(Lang::En, line));
            assert!(zh_said.contains(zh), "{line}: {zh_said}");
            assert!(en_said.contains(en), "{line}: {en_said}");
        }
    }
}

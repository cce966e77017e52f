//! Mistakes in how a command is written, in words: clap says them in English, and what it
//! knows of each is said in Chinese here.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::report::Lang;

/// What is wrong with a command line, or the help or version that was asked for.
pub(super) fn words(lang: Lang, error: &clap::Error) -> String {
    let chinese = match lang {
        Lang::En => None,
        Lang::Zh => chinese(error),
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
    let usage = of(ContextKind::Usage);
    let usage =
        usage.strip_prefix("Usage: ").map_or(usage.clone(), |usage| format!("用法：{usage}"));
    Some(format!("错误：{said}\n\n{usage}\n\n详见 --help。\n"))
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

    #[test]
    fn mistakes() {
        for (line, said) in [
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
            let arguments = std::iter::once("vetmark").chain(line.split(' '));
            let error = Cli::try_parse_from(arguments).expect_err(line);
            let (zh, en) = (words(Lang::Zh, &error), words(Lang::En, &error));
            assert!(zh.starts_with("错误：") && zh.contains(said), "{line}: {zh}");
            assert!(en.starts_with("error: "), "{line}: {en}");
            assert!(!zh.contains('\u{1b}'), "{line}: {zh:?}");
        }
    }

    #[test]
    fn help_is_no_mistake() {
        let error = Cli::try_parse_from(["vetmark", "--help"]).expect_err("help");
        assert_eq!(words(Lang::Zh, &error), error.render().to_string());
    }
}

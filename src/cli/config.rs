//! `vetmark config`: the settings in force and where each came from; and whether a
//! file of settings is in order.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde_json::{Value as Json, json};

use super::locale::{self, LangArg};
use super::output::Output;
use super::scan::ScanFlags;
use super::settings::{
    DefaultValue, Given, Key, Origin, SETTINGS, Setting, SettingArgs, Settings, Value, places,
    read_file,
};
use super::{Status, complain};
use crate::report::{Lang, Shown, ndjson};

/// Print the settings in force, and where each came from
///
/// What is printed is a settings file again. Exit status: 0, or 2 if settings are not in order.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// How they are written
    #[arg(long, value_enum, default_value_t = Format::Toml)]
    format: Format,
    #[command(flatten)]
    flags: ScanFlags,
    /// Language [default: the locale's]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    #[command(flatten)]
    settings: SettingArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check settings files and say everything that is wrong, with file and line
    ///
    /// Exit status: 0 if they are in order, 2 if not.
    Check {
        /// Settings files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A settings file, with the origin of each beside it
    Toml,
    /// For programs: one JSON object
    Json,
}

/// Prints or checks.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    if let Some(Command::Check { files }) = &args.command {
        return check(files);
    }
    let settings = args.settings.settings(&[&args.flags, &args.lang])?;
    let mut out = Output::open(None)?;
    match args.format {
        Format::Toml => toml(&settings, settings.lang(), &mut out)?,
        Format::Json => ndjson::line(&as_json(&settings), &mut out)?,
    }
    out.finish()?;
    Ok(Status::NothingFound)
}

fn check(files: &[PathBuf]) -> anyhow::Result<Status> {
    let mut out = Output::open(None)?;
    let mut status = Status::NothingFound;
    for file in files {
        let (mut given, mut wrong) = (Given::default(), Vec::new());
        read_file(file, &mut given, &mut wrong);
        match Settings::of(given).checked(wrong) {
            Ok(settings) => {
                let count = SETTINGS.iter().filter(|s| settings.origin(s.key).is_some()).count();
                let file = shown(&file.display().to_string());
                let words = locale::spoken().pick(
                    format!("{file}: {count} settings in order"),
                    format!("{file}：设置{count}项，均无误"),
                );
                writeln!(out, "{words}")?;
            }
            Err(error) => {
                complain(&format!("{error:#}"));
                status = Status::NotDone;
            }
        }
    }
    out.finish()?;
    Ok(status)
}

fn shown(text: &str) -> String {
    Shown(text).to_string()
}

/// As a file of settings: what is not the default stands in it, what is stands as a
/// comment with the same words.
fn toml(settings: &Settings, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let file = match &settings.file {
        Some(found) => {
            let path = shown(&found.path.display().to_string());
            lang.pick(format!("settings file: {path}"), format!("设置文件：{path}"))
        }
        None => {
            let looked: Vec<_> =
                places().iter().map(|path| shown(&path.display().to_string())).collect();
            let looked = looked.join(", ");
            lang.pick(
                format!("no settings file; looked for: {looked}"),
                format!("无设置文件；查找位置：{looked}"),
            )
        }
    };
    writeln!(out, "# {file}")?;
    let mut table = "";
    for setting in SETTINGS {
        let (within, name) = setting.name.rsplit_once('.').unwrap_or(("", setting.name));
        if within != table {
            table = within;
            writeln!(out, "\n[{table}]")?;
        }
        writeln!(out, "\n# {}", lang.pick(setting.about.0, setting.about.1))?;
        let line = match (settings.value(setting.key), settings.origin(setting.key)) {
            (Some(value), Some(origin)) => format!("{name} = {}  # {origin}", literal(&value)),
            (Some(value), None) => {
                format!("# {name} = {}  # {}", literal(&value), unset(setting, lang))
            }
            (None, _) => format!("# {name}  # {}", unset(setting, lang)),
        };
        writeln!(out, "{}", Shown(&line))?;
        for (_, _, _, why) in
            settings.weakened(lang).iter().filter(|(of, ..)| of.key == setting.key)
        {
            let head = lang.pick("weakens protection: ", "降低防护：");
            writeln!(out, "# {head}{why}")?;
        }
        if setting.key == Key::HostJobs {
            let (asked, jobs) = settings.jobs();
            let words = match jobs < asked {
                true => lang.pick(
                    format!("in force: {jobs}, so that host.memory is kept"),
                    format!("实际：{jobs}，以不超出host.memory"),
                ),
                false => lang.pick(format!("in force: {jobs}"), format!("实际：{jobs}")),
            };
            writeln!(out, "# {words}")?;
        }
    }
    Ok(())
}

/// What is said of a setting that nobody sets.
fn unset(setting: &Setting, lang: Lang) -> String {
    let default = lang.pick("default", "默认");
    match setting.default {
        DefaultValue::Is(_) => default.to_owned(),
        DefaultValue::Unset(en, zh) => {
            lang.pick(format!("{default}: {en}"), format!("{default}：{zh}"))
        }
    }
}

/// A value as a settings file has it.
fn literal(value: &Value) -> String {
    let text = |text: &str| ::toml::Value::from(text).to_string();
    match value {
        Value::Count(count) => count.to_string(),
        Value::Paths(paths) => {
            let paths: Vec<_> =
                paths.iter().map(|path| text(&path.display().to_string())).collect();
            format!("[{}]", paths.join(", "))
        }
        other => text(&other.to_string()),
    }
}

fn as_json(settings: &Settings) -> Json {
    let one = |setting: &Setting| {
        let both = |of: (&str, &str)| json!({ "en": of.0, "zh": of.1 });
        let mut object = json!({
            "name": setting.name,
            "value": settings.value(setting.key).map(|value| plain(&value)),
            "origin": origin(settings.origin(setting.key)),
            "default": setting.default_value().map(|value| plain(&value)),
            "possible": setting.kind.wanted(),
            "variable": setting.variable(),
            "flag": setting.flag,
            "about": both(setting.about),
        });
        if let DefaultValue::Unset(en, zh) = setting.default {
            object["unset"] = both((en, zh));
        }
        if let (Some(value), Some(_)) = (settings.value(setting.key), settings.origin(setting.key))
            && let (Some(en), Some(zh)) =
                (setting.weakens(&value, Lang::En), setting.weakens(&value, Lang::Zh))
        {
            object["weakens"] = both((&en, &zh));
        }
        object
    };
    json!({
        "schema": "vetmark.settings/1",
        "file": settings.file.as_ref().map(|found| found.path.display().to_string()),
        "jobs": settings.jobs().1,
        "settings": SETTINGS.iter().map(one).collect::<Vec<_>>(),
    })
}

/// A value for programs: bytes and seconds as numbers.
fn plain(value: &Value) -> Json {
    match value {
        Value::Count(number) | Value::Size(number) | Value::Seconds(number) => (*number).into(),
        Value::Word(word) => (*word).into(),
        Value::Path(path) => path.display().to_string().into(),
        Value::Paths(paths) => {
            paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().into()
        }
    }
}

fn origin(origin: Option<&Origin>) -> Json {
    match origin {
        None => json!({ "kind": "default" }),
        Some(Origin::File { file, line }) => json!({ "kind": "file", "file": file, "line": line }),
        Some(Origin::Variable(name)) => json!({ "kind": "variable", "name": name }),
        Some(Origin::Flag(name)) => json!({ "kind": "flag", "name": name }),
    }
}
